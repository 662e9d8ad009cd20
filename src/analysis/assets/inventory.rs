//! What inventories say: answers of AWS's command line (`aws ec2 describe-instances`, `describe-network-interfaces`,
//! `describe-addresses`, `describe-security-groups`, `describe-managed-prefix-lists`, `get-managed-prefix-list-entries`,
//! `aws iam list-users`, `list-roles`, `aws guardduty get-findings`) as JSON, AWS's ip-ranges.json, and findings of
//! GuardDuty as EventBridge and its export have them.

use super::findings;
use super::ledger::{Asset, Place, Saying};
use serde_json::Value;
use std::collections::BTreeMap;

/// Why a file is no inventory; plain English, for the record.
pub(crate) const NOT_ONE: &str = "it has none of Reservations, NetworkInterfaces, Addresses, SecurityGroups, PrefixLists, Entries, Users, Roles, \
     prefixes, Findings";

/// What a file says; `None` where it is no inventory.
pub(crate) fn said(content: &[u8]) -> Option<Vec<Saying>> {
    if let Some(found) = findings::said(content) {
        return Some(found);
    }
    let root: Value = serde_json::from_slice(content).ok()?;
    if let Some(ranges) = published_ranges(&root) {
        return Some(ranges);
    }
    let mut out = Vec::new();
    let mut is_one = false;
    let mut each = |name: &str, say: &dyn Fn(&Value, &mut Vec<Saying>)| {
        if let Some(list) = root.get(name).and_then(Value::as_array) {
            is_one = true;
            list.iter().for_each(|item| say(item, &mut out));
        }
    };
    each("Reservations", &|reservation, out| {
        let owner = text(reservation, "OwnerId");
        for item in list(reservation, "Instances") {
            instance(item, owner.as_deref(), out);
        }
    });
    each("NetworkInterfaces", &|item, out| interface(item, None, out));
    each("Addresses", &address);
    each("SecurityGroups", &|item, out| {
        let at = place(item, None);
        is(out, ("security_group", text(item, "GroupId")), &at, "name", text(item, "GroupName"));
        is(out, ("security_group", text(item, "GroupId")), &at, "vpc", text(item, "VpcId"));
    });
    each("PrefixLists", &|item, out| {
        let at = Place { region: arn_part(item, "PrefixListArn", 3), ..place(item, None) };
        let own = || ("prefix_list", text(item, "PrefixListId"));
        is(out, own(), &at, "name", text(item, "PrefixListName"));
        for range in list(item, "Cidrs").filter_map(Value::as_str) {
            let name = text(item, "PrefixListName").or_else(|| text(item, "PrefixListId"));
            also(out, ("range", Some(range.to_owned())), &at, "prefix_list", name);
        }
    });
    each("Entries", &|item, out| {
        // Which list they are of is not in the answer.
        let said = text(item, "Description").unwrap_or_else(|| "entry of a prefix list".to_owned());
        also(out, ("range", text(item, "Cidr")), &Place::default(), "prefix_list", Some(said));
    });
    each("Users", &|item, out| principal(item, ["UserId", "UserName"], out));
    each("Roles", &|item, out| principal(item, ["RoleId", "RoleName"], out));
    is_one.then_some(out)
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The account is the owner; the region is that of the zone.
fn place(of: &Value, owner: Option<&str>) -> Place {
    let account = text(of, "OwnerId").or_else(|| owner.map(str::to_owned));
    let zone = text(of, "AvailabilityZone").or_else(|| text(of.get("Placement")?, "AvailabilityZone"));
    let region = zone.map(|zone| zone.trim_end_matches(|c: char| c.is_ascii_lowercase()).to_owned());
    Place { account, region: region.or_else(|| text(of, "NetworkBorderGroup")) }
}

fn is(
    out: &mut Vec<Saying>,
    (kind, id): (&'static str, Option<String>),
    place: &Place,
    property: &'static str,
    value: Option<String>,
) {
    let asset = id.map(|id| Asset { kind, id, place: place.clone() });
    out.extend(asset.zip(value).map(|(asset, value)| Saying::Is(asset, property, value)));
}

fn also(
    out: &mut Vec<Saying>,
    (kind, id): (&'static str, Option<String>),
    place: &Place,
    property: &'static str,
    value: Option<String>,
) {
    let asset = id.map(|id| Asset { kind, id, place: place.clone() });
    out.extend(asset.zip(value).map(|(asset, value)| Saying::Also(asset, property, value, [None, None])));
}

/// What stands between two colons of an ARN.
fn arn_part(of: &Value, name: &str, at: usize) -> Option<String> {
    text(of, name)?.split(':').nth(at).filter(|part| !part.is_empty()).map(str::to_owned)
}

/// AWS's ip-ranges.json: the services of each range, since the date of the file. `None` where it is another file.
fn published_ranges(root: &Value) -> Option<Vec<Saying>> {
    let created = chrono::NaiveDateTime::parse_from_str(root.get("createDate")?.as_str()?, "%Y-%m-%d-%H-%M-%S");
    let from = created.ok().map(|created| created.and_utc().timestamp_millis());
    let mut services: BTreeMap<(String, Option<String>), Vec<String>> = BTreeMap::new();
    let all = [("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")];
    root.get("prefixes")?.as_array()?;
    for (name, prefix) in all {
        for item in list(root, name) {
            let (Some(range), Some(service)) = (text(item, prefix), text(item, "service")) else { continue };
            services.entry((range, text(item, "region"))).or_default().push(service);
        }
    }
    let said = services.into_iter().map(|((id, region), mut services)| {
        services.sort();
        services.dedup();
        // Every range is one of AMAZON; others say more.
        if services.len() > 1 {
            services.retain(|service| service != "AMAZON");
        }
        let asset = Asset { kind: "range", id, place: Place { account: None, region } };
        Saying::Also(asset, "service", services.join(" "), [from, None])
    });
    Some(said.collect())
}

fn groups(out: &mut Vec<Saying>, of: &Value, (kind, id): (&'static str, String), place: &Place, name: &str) {
    let values: Vec<String> = list(of, name).filter_map(|group| text(group, "GroupId")).collect();
    if !values.is_empty() {
        out.push(Saying::Only(Asset { kind, id, place: place.clone() }, "security_group", values));
    }
}

fn tagged_name(of: &Value, tags: &str) -> Option<String> {
    let tag = list(of, tags).find(|tag| text(tag, "Key").as_deref() == Some("Name"))?;
    text(tag, "Value")
}

fn instance(of: &Value, owner: Option<&str>, out: &mut Vec<Saying>) {
    let Some(id) = text(of, "InstanceId") else { return };
    let at = place(of, owner);
    let own = || ("instance", Some(id.clone()));
    is(out, own(), &at, "name", tagged_name(of, "Tags"));
    for (property, name) in [("subnet", "SubnetId"), ("vpc", "VpcId"), ("image", "ImageId")] {
        is(out, own(), &at, property, text(of, name));
    }
    groups(out, of, ("instance", id.clone()), &at, "SecurityGroups");
    for name in ["PrivateIpAddress", "PublicIpAddress"] {
        is(out, ("address", text(of, name)), &at, "instance", Some(id.clone()));
    }
    for item in list(of, "NetworkInterfaces") {
        interface(item, Some((&id, &at)), out);
    }
}

fn interface(of: &Value, inside: Option<(&str, &Place)>, out: &mut Vec<Saying>) {
    let Some(id) = text(of, "NetworkInterfaceId") else { return };
    let at = inside.map_or_else(|| place(of, None), |(_, at)| at.clone());
    let attached = of.get("Attachment").and_then(|attachment| text(attachment, "InstanceId"));
    let instance = inside.map(|(id, _)| id.to_owned()).or(attached);
    let own = || ("interface", Some(id.clone()));
    is(out, own(), &at, "instance", instance.clone());
    is(out, own(), &at, "name", tagged_name(of, "TagSet"));
    for (property, name) in [("subnet", "SubnetId"), ("vpc", "VpcId"), ("description", "Description")] {
        is(out, own(), &at, property, text(of, name));
    }
    groups(out, of, ("interface", id.clone()), &at, "Groups");
    let mut addresses: Vec<String> = text(of, "PrivateIpAddress").into_iter().collect();
    addresses.extend(list(of, "PrivateIpAddresses").filter_map(|item| text(item, "PrivateIpAddress")));
    addresses.extend(list(of, "Ipv6Addresses").filter_map(|item| text(item, "Ipv6Address")));
    addresses.extend(of.get("Association").and_then(|association| text(association, "PublicIp")));
    addresses.sort();
    addresses.dedup();
    for address in addresses {
        is(out, ("address", Some(address.clone())), &at, "interface", Some(id.clone()));
        is(out, ("address", Some(address)), &at, "instance", instance.clone());
    }
}

fn address(of: &Value, out: &mut Vec<Saying>) {
    let at = Place { account: text(of, "NetworkInterfaceOwnerId"), region: text(of, "NetworkBorderGroup") };
    let own = || ("address", text(of, "PublicIp"));
    is(out, own(), &at, "allocation", text(of, "AllocationId"));
    is(out, own(), &at, "instance", text(of, "InstanceId"));
    is(out, own(), &at, "interface", text(of, "NetworkInterfaceId"));
    is(out, own(), &at, "private_address", text(of, "PrivateIpAddress"));
    is(out, own(), &at, "name", tagged_name(of, "Tags"));
}

fn principal(of: &Value, [id, name]: [&str; 2], out: &mut Vec<Saying>) {
    let arn = text(of, "Arn");
    let at = Place { account: arn_part(of, "Arn", 4), region: None };
    is(out, ("principal", text(of, id)), &at, "name", text(of, name));
    is(out, ("principal", text(of, id)), &at, "arn", arn);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_inventory_is_known_by_its_members() {
        for (file, count) in [
            (
                json!({"Reservations": [{"OwnerId": "111122223333", "Instances": [{
                "InstanceId": "i-1", "PrivateIpAddress": "10.0.0.5", "Placement": {"AvailabilityZone": "eu-west-1a"},
                "SecurityGroups": [{"GroupId": "sg-1"}], "Tags": [{"Key": "Name", "Value": "web"}]}]}]}),
                3,
            ),
            (
                json!({"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "Description": "ELB app/x",
                "PrivateIpAddress": "10.0.0.6", "Association": {"PublicIp": "198.51.100.1"}}]}),
                3,
            ),
            (json!({"Addresses": [{"PublicIp": "198.51.100.1", "AllocationId": "eipalloc-1"}]}), 1),
            (json!({"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web"}]}), 1),
            (
                json!({"Users": [{"UserId": "AIDAEXAMPLE", "UserName": "mori", "Arn": "arn:aws:iam::111122223333:user/mori"}]}),
                2,
            ),
            (json!({"Roles": []}), 0),
            (
                json!({"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3",
                "OwnerId": "AWS", "PrefixListArn": "arn:aws:ec2:eu-west-1:aws:prefix-list/pl-1", "Cidrs": ["52.218.0.0/17"]}]}),
                2,
            ),
            (json!({"Entries": [{"Cidr": "10.0.0.0/8", "Description": "office"}, {"Cidr": "10.1.0.0/16"}]}), 2),
            (
                json!({"createDate": "2026-08-22-15-17-05", "prefixes": [
                {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "AMAZON"},
                {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "S3"}], "ipv6_prefixes": [
                {"ipv6_prefix": "2600:1f1c::/36", "region": "us-west-1", "service": "EC2"}]}),
                2,
            ),
        ] {
            assert_eq!(said(file.to_string().as_bytes()).map(|said| said.len()), Some(count), "{file}");
        }
        let users = said(br#"{"Users": [{"UserId": "AIDAEXAMPLE", "Arn": "arn:aws:iam::111122223333:user/mori"}]}"#);
        let Some(Saying::Is(asset, "arn", _)) = users.unwrap().into_iter().next() else { panic!() };
        assert_eq!(asset.place.account.as_deref(), Some("111122223333"));
        let ranges = br#"{"createDate": "2026-08-22-15-17-05", "prefixes": [
            {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "AMAZON"},
            {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "S3"}]}"#;
        let Some(Saying::Also(asset, "service", service, [from, to])) = said(ranges).unwrap().pop() else { panic!() };
        assert_eq!((asset.id.as_str(), asset.place.region.as_deref()), ("3.5.140.0/22", Some("ap-northeast-2")));
        assert_eq!((service.as_str(), from, to), ("S3", Some(1_787_411_825_000), None), "the file's own stamp");
        for nothing in [&b"{}"[..], b"[]", b"", b"{\"Users\": 7}", b"not json"] {
            assert_eq!(said(nothing), None);
        }
    }
}
