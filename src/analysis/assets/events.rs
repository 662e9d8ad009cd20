//! What events say of assets.

use super::ledger::{Asset, Place, Saying};
use serde_json::Value;
use std::collections::BTreeMap;

/// Events that say something of assets.
pub(super) const NAMES: [&str; 27] = [
    "RunInstances",
    "TerminateInstances",
    "CreateNetworkInterface",
    "DeleteNetworkInterface",
    "AttachNetworkInterface",
    "DetachNetworkInterface",
    "ModifyNetworkInterfaceAttribute",
    "ModifyInstanceAttribute",
    "AllocateAddress",
    "ReleaseAddress",
    "AssociateAddress",
    "DisassociateAddress",
    "AssignPrivateIpAddresses",
    "UnassignPrivateIpAddresses",
    "AssignIpv6Addresses",
    "UnassignIpv6Addresses",
    "CreateNatGateway",
    "DeleteNatGateway",
    "CreateVpcEndpoint",
    "DeleteVpcEndpoints",
    "CreateSecurityGroup",
    "DeleteSecurityGroup",
    "CreateTags",
    "CreateRole",
    "DeleteRole",
    "CreateUser",
    "DeleteUser",
];

/// An event as it is read.
pub(super) struct Told<'a> {
    pub name: &'a str,
    pub place: Place,
    pub request: &'a Value,
    pub response: &'a Value,
}

/// The elements of a list, as AWS nests them: `{"items": [..]}`, `{"item": [..]}`, one object, or a list.
fn items(value: &Value) -> Vec<&Value> {
    let inner = value.get("items").or_else(|| value.get("item")).unwrap_or(value);
    match inner {
        Value::Array(list) => list.iter().collect(),
        Value::Object(members) if !members.is_empty() => vec![inner],
        _ => Vec::new(),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn texts(list: &Value, name: &str) -> Vec<String> {
    items(list).into_iter().filter_map(|item| text(item, name)).collect()
}

/// The value of tag Name in a list of tags.
fn tagged_name(tags: &Value) -> Option<String> {
    let is_name = |tag: &&Value| text(tag, "key").or_else(|| text(tag, "Key")).as_deref() == Some("Name");
    let tag = items(tags).into_iter().find(is_name)?;
    text(tag, "value").or_else(|| text(tag, "Value"))
}

/// The kind that the prefix of an id stands for.
fn kind_of(id: &str) -> &'static str {
    let prefix = id.split_once('-').map_or("", |(prefix, _)| prefix);
    match prefix {
        "i" => "instance",
        "eni" => "interface",
        "sg" => "security_group",
        "subnet" => "subnet",
        "vpc" => "vpc",
        "nat" => "nat_gateway",
        "vpce" => "vpc_endpoint",
        "eipalloc" => "allocation",
        _ => "resource",
    }
}

/// What somebody says of assets of one place.
struct Sayings {
    place: Place,
    said: Vec<Saying>,
}

impl Sayings {
    fn of(place: Place) -> Self {
        Self { place, said: Vec::new() }
    }

    fn asset(&self, kind: &'static str, id: &str) -> Asset {
        // A unique id of IAM is of an account, whatever the region.
        let region = if kind == "principal" { None } else { self.place.region.clone() };
        Asset { kind, id: id.to_owned(), place: Place { region, ..self.place.clone() } }
    }

    fn is(&mut self, asset: (&'static str, &str), property: &'static str, value: Option<String>) {
        let asset = self.asset(asset.0, asset.1);
        self.said.extend(value.map(|value| Saying::Is(asset, property, value)));
    }

    fn only(&mut self, asset: (&'static str, &str), property: &'static str, values: Vec<String>) {
        if !values.is_empty() {
            self.said.push(Saying::Only(self.asset(asset.0, asset.1), property, values));
        }
    }

    fn ends(&mut self, asset: (&'static str, &str), property: &'static str, value: Option<&str>) {
        self.said.push(Saying::Ends(self.asset(asset.0, asset.1), property, value.map(str::to_owned)));
    }

    fn gone(&mut self, kind: &'static str, id: Option<String>) {
        let gone = id.map(|id| Saying::Gone(self.asset(kind, &id)));
        self.said.extend(gone);
    }

    /// A network interface, as EC2 describes it.
    fn interface(&mut self, of: &Value, instance: Option<&str>) {
        let Some(id) = text(of, "networkInterfaceId") else { return };
        let interface = ("interface", id.as_str());
        self.is(interface, "instance", instance.map(str::to_owned));
        self.is(interface, "subnet", text(of, "subnetId"));
        self.is(interface, "vpc", text(of, "vpcId"));
        self.is(interface, "description", text(of, "description"));
        self.is(interface, "name", tagged_name(&of["tagSet"]));
        self.only(interface, "security_group", texts(&of["groupSet"], "groupId"));
        let mut addresses: Vec<String> = text(of, "privateIpAddress").into_iter().collect();
        addresses.extend(texts(&of["privateIpAddressesSet"], "privateIpAddress"));
        addresses.extend(texts(&of["ipv6AddressesSet"], "ipv6Address"));
        let public = of.get("association").and_then(|association| text(association, "publicIp"));
        addresses.extend(public);
        addresses.sort();
        addresses.dedup();
        for address in &addresses {
            self.is(("address", address), "interface", Some(id.clone()));
            self.is(("address", address), "instance", instance.map(str::to_owned));
        }
    }

    /// An instance, as EC2 describes it.
    fn instance(&mut self, of: &Value) {
        let Some(id) = text(of, "instanceId") else { return };
        let instance = ("instance", id.as_str());
        self.is(instance, "name", tagged_name(&of["tagSet"]));
        self.is(instance, "subnet", text(of, "subnetId"));
        self.is(instance, "vpc", text(of, "vpcId"));
        self.is(instance, "image", text(of, "imageId"));
        self.only(instance, "security_group", texts(&of["groupSet"], "groupId"));
        for name in ["privateIpAddress", "ipAddress"] {
            if let Some(address) = text(of, name) {
                self.is(("address", &address), "instance", Some(id.clone()));
            }
        }
        for interface in items(&of["networkInterfaceSet"]) {
            self.interface(interface, Some(&id));
        }
    }
}

/// What events said before that later ones refer to by other ids.
#[derive(Default)]
pub(super) struct Hearing {
    /// Interfaces by the id of their attachment.
    attached: BTreeMap<String, String>,
    /// Elastic addresses by the id of their association: kind and id of what has it.
    associated: BTreeMap<String, (&'static str, String)>,
    /// Unique ids by account and name of users and roles.
    principals: BTreeMap<(Option<String>, &'static str, String), String>,
}

impl Hearing {
    /// What an event without error says; events are heard in the order of their times.
    pub(super) fn said(&mut self, told: &Told<'_>) -> Vec<Saying> {
        let mut out = Sayings::of(told.place.clone());
        let (request, response) = (told.request, told.response);
        match told.name {
            "RunInstances" => items(&response["instancesSet"]).into_iter().for_each(|item| out.instance(item)),
            "TerminateInstances" => {
                for id in texts(&request["instancesSet"], "instanceId") {
                    out.gone("instance", Some(id));
                }
            }
            "CreateNetworkInterface" => out.interface(&response["networkInterface"], None),
            "AttachNetworkInterface" => self.attach(&mut out, request, response),
            "DetachNetworkInterface" => {
                if let Some(interface) = text(request, "attachmentId").and_then(|id| self.attached.remove(&id)) {
                    out.ends(("interface", &interface), "instance", None);
                }
            }
            "ModifyNetworkInterfaceAttribute" | "ModifyInstanceAttribute" => groups_changed(&mut out, request),
            "AllocateAddress" => {
                if let Some(address) = text(response, "publicIp") {
                    out.is(("address", &address), "allocation", text(response, "allocationId"));
                }
            }
            "AssociateAddress" => self.associate(&mut out, request, response),
            "DisassociateAddress" => self.disassociate(&mut out, request),
            "AssignPrivateIpAddresses" | "AssignIpv6Addresses" => assigned(&mut out, request, response, true),
            "UnassignPrivateIpAddresses" | "UnassignIpv6Addresses" => assigned(&mut out, request, response, false),
            "CreateSecurityGroup" => {
                if let Some(group) = text(response, "groupId") {
                    out.is(("security_group", &group), "name", text(request, "groupName"));
                    out.is(("security_group", &group), "vpc", text(request, "vpcId"));
                }
            }
            "CreateNatGateway" => nat_gateway(&mut out, &response["CreateNatGatewayResponse"]["natGateway"]),
            "CreateVpcEndpoint" => endpoint(&mut out, &response["CreateVpcEndpointResponse"]["vpcEndpoint"]),
            "CreateTags" => named(&mut out, request),
            "CreateRole" => self.principal(&mut out, &response["role"], ("roleId", "roleName")),
            "CreateUser" => self.principal(&mut out, &response["user"], ("userId", "userName")),
            "DeleteRole" => self.principal_gone(&mut out, request, "roleName"),
            "DeleteUser" => self.principal_gone(&mut out, request, "userName"),
            "DeleteNetworkInterface" => out.gone("interface", text(request, "networkInterfaceId")),
            "DeleteSecurityGroup" => out.gone("security_group", text(request, "groupId")),
            "ReleaseAddress" => {
                out.gone("allocation", text(request, "allocationId"));
                out.gone("address", text(request, "publicIp"));
            }
            "DeleteNatGateway" => {
                out.gone("nat_gateway", text(&request["DeleteNatGatewayRequest"], "NatGatewayId"));
            }
            "DeleteVpcEndpoints" => {
                out.gone("vpc_endpoint", text(&request["DeleteVpcEndpointsRequest"]["VpcEndpointId"], "content"));
            }
            _ => {}
        }
        out.said
    }

    fn attach(&mut self, out: &mut Sayings, request: &Value, response: &Value) {
        let Some(interface) = text(request, "networkInterfaceId") else { return };
        out.is(("interface", &interface), "instance", text(request, "instanceId"));
        self.attached.extend(text(response, "attachmentId").map(|attachment| (attachment, interface)));
    }

    fn associate(&mut self, out: &mut Sayings, request: &Value, response: &Value) {
        let allocation = text(request, "allocationId").map(|id| ("allocation", id));
        let Some((kind, id)) = allocation.or_else(|| text(request, "publicIp").map(|id| ("address", id))) else {
            return;
        };
        for (property, name) in
            [("instance", "instanceId"), ("interface", "networkInterfaceId"), ("private_address", "privateIpAddress")]
        {
            out.is((kind, &id), property, text(request, name));
        }
        self.associated.extend(text(response, "associationId").map(|association| (association, (kind, id))));
    }

    fn disassociate(&mut self, out: &mut Sayings, request: &Value) {
        let by_id = text(request, "associationId").and_then(|id| self.associated.remove(&id));
        let Some((kind, id)) = by_id.or_else(|| text(request, "publicIp").map(|id| ("address", id))) else { return };
        for property in ["instance", "interface", "private_address"] {
            out.ends((kind, &id), property, None);
        }
    }

    fn principal(&mut self, out: &mut Sayings, of: &Value, (id, name): (&str, &'static str)) {
        let Some(unique) = text(of, id) else { return };
        out.is(("principal", &unique), "name", text(of, name));
        out.is(("principal", &unique), "arn", text(of, "arn"));
        let account = out.place.account.clone();
        self.principals.extend(text(of, name).map(|text| ((account, name, text), unique)));
    }

    /// A deletion names its principal by name; whose unique id that is, its creation says.
    fn principal_gone(&mut self, out: &mut Sayings, request: &Value, name: &'static str) {
        let key = text(request, name).map(|text| (out.place.account.clone(), name, text));
        out.gone("principal", key.and_then(|key| self.principals.remove(&key)));
    }
}

fn groups_changed(out: &mut Sayings, request: &Value) {
    let groups = texts(&request["groupSet"], "groupId");
    for (kind, name) in [("interface", "networkInterfaceId"), ("instance", "instanceId")] {
        if let Some(id) = text(request, name) {
            out.only((kind, &id), "security_group", groups.clone());
        }
    }
}

/// Addresses that an interface gets or loses.
fn assigned(out: &mut Sayings, request: &Value, response: &Value, gets: bool) {
    let inner = ["AssignIpv6AddressesRequest", "UnassignIpv6AddressesRequest"];
    let asked = inner.iter().find_map(|name| request.get(*name)).unwrap_or(request);
    let interface = text(asked, "networkInterfaceId").or_else(|| text(asked, "NetworkInterfaceId"));
    let Some(interface) = interface else { return };
    let mut addresses = texts(&asked["privateIpAddressesSet"], "privateIpAddress");
    addresses.extend(texts(&response["assignedPrivateIpAddressesSet"], "privateIpAddress"));
    for list in [
        &asked["Ipv6Addresses"],
        &asked["Ipv6Address"],
        &response["AssignIpv6AddressesResponse"]["assignedIpv6Addresses"],
    ] {
        addresses.extend(texts(list, "content"));
        addresses.extend(items(list).into_iter().filter_map(|item| item.as_str().map(str::to_owned)));
    }
    addresses.sort();
    addresses.dedup();
    for address in addresses {
        match gets {
            true => out.is(("address", &address), "interface", Some(interface.clone())),
            false => out.ends(("address", &address), "interface", Some(&interface)),
        }
    }
}

fn nat_gateway(out: &mut Sayings, of: &Value) {
    let Some(id) = text(of, "natGatewayId") else { return };
    let gateway = ("nat_gateway", id.as_str());
    out.is(gateway, "subnet", text(of, "subnetId"));
    out.is(gateway, "vpc", text(of, "vpcId"));
    out.is(gateway, "name", tagged_name(&of["tagSet"]));
    for address in items(&of["natGatewayAddressSet"]) {
        out.is(gateway, "allocation", text(address, "allocationId"));
        for name in ["publicIp", "privateIp"] {
            if let Some(address) = text(address, name) {
                out.is(("address", &address), "nat_gateway", Some(id.clone()));
            }
        }
    }
}

fn endpoint(out: &mut Sayings, of: &Value) {
    let Some(id) = text(of, "vpcEndpointId") else { return };
    out.is(("vpc_endpoint", &id), "service", text(of, "serviceName"));
    out.is(("vpc_endpoint", &id), "vpc", text(of, "vpcId"));
    for item in items(&of["networkInterfaceIdSet"]) {
        let interface = item.as_str().map(str::to_owned).or_else(|| text(item, "content"));
        if let Some(interface) = interface {
            out.is(("interface", &interface), "vpc_endpoint", Some(id.clone()));
        }
    }
}

/// The tag Name of any resource.
fn named(out: &mut Sayings, request: &Value) {
    let Some(name) = tagged_name(&request["tagSet"]) else { return };
    for id in texts(&request["resourcesSet"], "resourceId") {
        out.is((kind_of(&id), &id), "name", Some(name.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::ledger::{Fact, Ledger, Source};
    use super::*;
    use serde_json::json;

    fn heard(events: &[(&str, Value, Value)]) -> Vec<Fact> {
        let (mut hearing, mut ledger) = (Hearing::default(), Ledger::default());
        for (time, (name, request, response)) in (1..).zip(events) {
            let place = Place { account: Some("111122223333".to_owned()), region: Some("eu-west-1".to_owned()) };
            for saying in hearing.said(&Told { name, place, request, response }) {
                ledger.hear(Some(time), &Source::Event(format!("e{time}")), saying);
            }
        }
        ledger.finish()
    }

    /// Asset, property, value, from and to.
    fn told(facts: &[Fact]) -> Vec<(String, Option<i64>, Option<i64>)> {
        let line = |fact: &Fact| format!("{} {} {} {}", fact.asset.kind, fact.asset.id, fact.property, fact.value);
        facts.iter().map(|fact| (line(fact), fact.from, fact.to)).collect()
    }

    #[test]
    fn an_instance_says_its_addresses_groups_and_name_until_it_ends() {
        let item = json!({
            "instanceId": "i-1", "privateIpAddress": "10.0.0.5", "groupSet": {"items": [{"groupId": "sg-1"}]},
            "tagSet": {"items": [{"key": "Name", "value": "web"}]},
            "networkInterfaceSet": {"items": [{"networkInterfaceId": "eni-1", "privateIpAddress": "10.0.0.5"}]},
        });
        let facts = heard(&[
            ("RunInstances", json!({}), json!({"instancesSet": {"items": [item]}})),
            (
                "CreateTags",
                json!({"resourcesSet": {"items": [{"resourceId": "i-1"}]},
                "tagSet": {"items": [{"key": "Name", "value": "web-2"}]}}),
                json!({}),
            ),
            ("TerminateInstances", json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}), json!({})),
        ]);
        let expected = [
            ("address 10.0.0.5 instance i-1", Some(1), Some(3)),
            ("address 10.0.0.5 interface eni-1", Some(1), None),
            ("instance i-1 name web", Some(1), Some(2)),
            ("instance i-1 name web-2", Some(2), Some(3)),
            ("instance i-1 security_group sg-1", Some(1), Some(3)),
            ("interface eni-1 instance i-1", Some(1), Some(3)),
        ];
        assert_eq!(told(&facts), expected.map(|(line, from, to)| (line.to_owned(), from, to)));
    }

    #[test]
    fn what_is_ended_by_another_id_ends() {
        let facts = heard(&[
            (
                "AttachNetworkInterface",
                json!({"networkInterfaceId": "eni-1", "instanceId": "i-1"}),
                json!({"attachmentId": "a"}),
            ),
            ("AllocateAddress", json!({}), json!({"publicIp": "198.51.100.9", "allocationId": "eipalloc-1"})),
            (
                "AssociateAddress",
                json!({"allocationId": "eipalloc-1", "instanceId": "i-1"}),
                json!({"associationId": "b"}),
            ),
            ("DisassociateAddress", json!({"associationId": "b"}), json!({})),
            ("DetachNetworkInterface", json!({"attachmentId": "a"}), json!({})),
            ("CreateUser", json!({}), json!({"user": {"userId": "AIDAEXAMPLE", "userName": "mori"}})),
            ("DeleteUser", json!({"userName": "mori"}), json!(null)),
            ("ReleaseAddress", json!({"allocationId": "eipalloc-1"}), json!({})),
        ]);
        let expected = [
            ("address 198.51.100.9 allocation eipalloc-1", Some(2), Some(8)),
            ("allocation eipalloc-1 instance i-1", Some(3), Some(4)),
            ("interface eni-1 instance i-1", Some(1), Some(5)),
            ("principal AIDAEXAMPLE name mori", Some(6), Some(7)),
        ];
        assert_eq!(told(&facts), expected.map(|(line, from, to)| (line.to_owned(), from, to)));
    }

    #[test]
    fn what_is_not_of_the_expected_form_says_nothing() {
        let strange =
            [json!(null), json!("x"), json!([1]), json!({"instancesSet": 7}), json!({"groupSet": {"items": {}}})];
        for name in NAMES {
            for value in &strange {
                assert_eq!(told(&heard(&[(name, value.clone(), value.clone())])), [], "{name} {value}");
            }
        }
    }
}
