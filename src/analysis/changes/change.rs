//! What an event changes of the paths of traffic: on what, and for which protocols, ports and ranges.

use crate::model::{Address, KeySpan, Network};
use serde_json::Value;

/// Events that change the rules of security groups.
pub(crate) const OF_GROUPS: &[&str] = &[
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
    "ModifySecurityGroupRules",
];

/// Events that may change which groups something is in.
const OF_MEMBERS: &[&str] = &["ModifyInstanceAttribute", "ModifyNetworkInterfaceAttribute"];

/// Events that change ACLs, routes and gateways.
pub(crate) const OF_PATHS: &[&str] = &[
    "CreateNetworkAclEntry",
    "ReplaceNetworkAclEntry",
    "DeleteNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
    "CreateRoute",
    "ReplaceRoute",
    "DeleteRoute",
    "AssociateRouteTable",
    "DisassociateRouteTable",
    "AttachInternetGateway",
    "DetachInternetGateway",
    "ReplaceRouteTableAssociation",
];

/// Events that change groups, ACLs, routes and gateways.
pub(super) fn names() -> Vec<&'static str> {
    [OF_GROUPS, OF_MEMBERS, OF_PATHS].concat()
}

/// A part of what a change names; absent where it is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    /// As flow records number it.
    pub protocol: Option<i64>,
    pub ports: Option<(i64, i64)>,
    pub range: Option<KeySpan>,
    /// As it is shown.
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// What is changed: a group, an ACL, a table, an interface, an instance, a gateway.
    pub target: Option<String>,
    pub rules: Vec<Rule>,
}

impl Rule {
    /// Does it speak of traffic of this protocol and port with this address?
    pub(super) fn holds(&self, protocol: Option<i64>, port: Option<i64>, peer: &str) -> bool {
        let within = |(from, to): (i64, i64)| port.is_some_and(|port| (from..=to).contains(&port));
        let inside = |range: &KeySpan| {
            Address::parse(peer.as_bytes()).is_some_and(|address| range.contains(KeySpan::of(&address).first))
        };
        self.protocol.is_none_or(|own| protocol == Some(own))
            && self.ports.is_none_or(within)
            && self.range.as_ref().is_none_or(inside)
    }
}

impl Change {
    /// The rules in short: `tcp 22 0.0.0.0/0`.
    pub(super) fn rules_text(&self) -> Option<String> {
        let texts: Vec<&str> =
            self.rules.iter().map(|rule| rule.text.as_str()).filter(|text| !text.is_empty()).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn number(value: &Value, name: &str) -> Option<i64> {
    let value = value.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// The elements of a list, as AWS nests them.
fn items(value: &Value) -> Vec<&Value> {
    match value.get("items").or_else(|| value.get("item")).unwrap_or(value) {
        Value::Array(list) => list.iter().collect(),
        one @ Value::Object(members) if !members.is_empty() => vec![one],
        _ => Vec::new(),
    }
}

/// `None` where the event changes nothing of the kind: an attribute that is no group.
pub(super) fn change(name: &str, request: &Value, response: &Value) -> Option<Change> {
    let first = |names: &[&str]| names.iter().find_map(|name| text(request, name));
    let (target, rules) = match name {
        "ModifyInstanceAttribute" | "ModifyNetworkInterfaceAttribute" => {
            let groups: Vec<String> =
                items(&request["groupSet"]).into_iter().filter_map(|group| text(group, "groupId")).collect();
            if groups.is_empty() {
                return None;
            }
            let told = Rule { text: groups.join(" "), ..Rule::default() };
            (first(&["networkInterfaceId", "instanceId"]), vec![told])
        }
        "CreateNetworkAclEntry" | "ReplaceNetworkAclEntry" | "DeleteNetworkAclEntry" => {
            (first(&["networkAclId"]), vec![acl_entry(request)])
        }
        "ReplaceNetworkAclAssociation" => (first(&["networkAclId"]), Vec::new()),
        "CreateRoute" | "ReplaceRoute" | "DeleteRoute" => (first(&["routeTableId"]), vec![route(request)]),
        "AssociateRouteTable" | "DisassociateRouteTable" | "ReplaceRouteTableAssociation" => {
            (first(&["subnetId", "routeTableId", "associationId"]), Vec::new())
        }
        "AttachInternetGateway" | "DetachInternetGateway" => (first(&["internetGatewayId"]), Vec::new()),
        _ => group(request, response),
    };
    Some(Change { target, rules })
}

/// The rules of a security group: as the answer lists them, else as they were asked for.
fn group(request: &Value, response: &Value) -> (Option<String>, Vec<Rule>) {
    let inner = request.get("ModifySecurityGroupRulesRequest").unwrap_or(request);
    let target = text(inner, "groupId").or_else(|| text(inner, "GroupId")).or_else(|| text(inner, "groupName"));
    let answered = items(&response["securityGroupRuleSet"]);
    if !answered.is_empty() {
        let ranges = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedGroupId"];
        let rule = |item: &&Value| {
            let range = ranges.iter().find_map(|name| text(item, name));
            rule(item, "ipProtocol", range.as_deref())
        };
        return (target, answered.iter().map(rule).collect());
    }
    let mut rules = Vec::new();
    let asked = items(&inner["ipPermissions"]);
    for item in if asked.is_empty() { vec![inner] } else { asked } {
        let mut ranges: Vec<String> = text(item, "cidrIp").into_iter().collect();
        for (list, name) in [("ipRanges", "cidrIp"), ("ipv6Ranges", "cidrIpv6"), ("groups", "groupId")] {
            ranges.extend(items(&item[list]).into_iter().filter_map(|range| text(range, name)));
        }
        match ranges.is_empty() {
            true => rules.extend(text(item, "ipProtocol").map(|_| rule(item, "ipProtocol", None))),
            false => rules.extend(ranges.iter().map(|range| rule(item, "ipProtocol", Some(range)))),
        }
    }
    (target, rules)
}

fn rule(of: &Value, protocol: &str, range: Option<&str>) -> Rule {
    ruled(text(of, protocol), number(of, "fromPort").zip(number(of, "toPort")), range, None)
}

fn acl_entry(of: &Value) -> Rule {
    let protocol = number(of, "aclProtocol").map(|number| number.to_string());
    let ports = of.get("portRange").and_then(|range| number(range, "from").zip(number(range, "to")));
    let range = text(of, "cidrBlock").or_else(|| text(of, "ipv6CidrBlock"));
    ruled(protocol, ports, range.as_deref(), text(of, "ruleAction"))
}

fn route(of: &Value) -> Rule {
    let range = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"];
    let through = ["gatewayId", "natGatewayId", "instanceId", "networkInterfaceId", "transitGatewayId"];
    let range = range.iter().find_map(|name| text(of, name));
    ruled(None, None, range.as_deref(), through.iter().find_map(|name| text(of, name)))
}

fn ruled(protocol: Option<String>, ports: Option<(i64, i64)>, range: Option<&str>, more: Option<String>) -> Rule {
    let number = protocol.as_deref().and_then(|name| match name {
        "tcp" => Some(6),
        "udp" => Some(17),
        "icmp" => Some(1),
        "icmpv6" => Some(58),
        other => other.parse().ok().filter(|number| *number >= 0),
    });
    // Of ICMP these are types, and -1 is every one.
    let ports = ports.filter(|(from, _)| *from >= 0 && !matches!(number, Some(1 | 58)));
    let ports_text = ports.map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") });
    let parts = [protocol.filter(|name| name != "-1"), ports_text, range.map(str::to_owned), more];
    Rule {
        protocol: number,
        ports,
        range: range.and_then(Network::parse).map(KeySpan::from),
        text: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_group_that_is_opened_says_for_what() {
        let request = json!({"groupId": "sg-1", "ipPermissions": {"items": [{
            "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
            "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]}}]}});
        let found = change("AuthorizeSecurityGroupIngress", &request, &json!(null)).unwrap();
        assert_eq!(found.target.as_deref(), Some("sg-1"));
        assert_eq!(found.rules_text().as_deref(), Some("tcp 22 0.0.0.0/0; tcp 22 ::/0"));
        let rule = &found.rules[0];
        assert!(rule.holds(Some(6), Some(22), "203.0.113.9"));
        assert!(!rule.holds(Some(6), Some(23), "203.0.113.9"));
        assert!(!rule.holds(Some(17), Some(22), "203.0.113.9"));
        let answer = json!({"securityGroupRuleSet": {"items": [{
            "ipProtocol": "-1", "fromPort": -1, "toPort": -1, "cidrIpv4": "10.0.0.0/8"}]}});
        let found = change("RevokeSecurityGroupEgress", &json!({"groupId": "sg-2"}), &answer).unwrap();
        assert_eq!(found.rules_text().as_deref(), Some("10.0.0.0/8"));
        assert!(found.rules[0].holds(Some(17), Some(53), "10.9.9.9") && !found.rules[0].holds(None, None, "11.0.0.1"));
    }

    #[test]
    fn acls_routes_and_attributes() {
        let entry = json!({"networkAclId": "acl-1", "aclProtocol": "6", "ruleAction": "deny", "cidrBlock": "0.0.0.0/0",
            "portRange": {"from": 80, "to": 443}});
        let found = change("CreateNetworkAclEntry", &entry, &json!(null)).unwrap();
        assert_eq!(
            (found.target.as_deref(), found.rules_text().as_deref()),
            (Some("acl-1"), Some("6 80-443 0.0.0.0/0 deny"))
        );
        let route = json!({"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"});
        assert_eq!(
            change("CreateRoute", &route, &json!(null)).unwrap().rules_text().as_deref(),
            Some("0.0.0.0/0 igw-1")
        );
        let data = json!({"instanceId": "i-1", "userData": "x"});
        assert_eq!(change("ModifyInstanceAttribute", &data, &json!(null)), None);
        for name in names() {
            for strange in [json!(null), json!([]), json!("x"), json!({"ipPermissions": 7, "portRange": []})] {
                // Whatever is in it, it is read.
                let found = change(name, &strange, &strange);
                assert!(found.is_none_or(|found| found.target.is_none()), "{name}");
            }
        }
    }
}
