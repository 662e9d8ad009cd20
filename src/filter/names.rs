//! Names that stand for numbers or for a closed set of values: protocols, ports, TCP flags, enumerations.

use crate::model::FieldId;

/// Protocol numbers by the names that investigators type (IANA's assigned internet protocol numbers). Where a number
/// has several names, the first is the canonical one.
pub(crate) static PROTOCOLS: [(&str, i64); 21] = [
    ("hopopt", 0),
    ("icmp", 1),
    ("igmp", 2),
    ("ipip", 4),
    ("tcp", 6),
    ("egp", 8),
    ("udp", 17),
    ("dccp", 33),
    ("ipv6", 41),
    ("rsvp", 46),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("icmpv6", 58),
    ("ipv6-icmp", 58),
    ("eigrp", 88),
    ("ospf", 89),
    ("pim", 103),
    ("vrrp", 112),
    ("l2tp", 115),
    ("sctp", 132),
];

/// Ports by service name (IANA's registry, and the names in everyday use).
pub(crate) static PORTS: [(&str, i64); 62] = [
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("dns", 53),
    ("domain", 53),
    ("dhcp", 67),
    ("tftp", 69),
    ("http", 80),
    ("kerberos", 88),
    ("pop3", 110),
    ("rpcbind", 111),
    ("ntp", 123),
    ("msrpc", 135),
    ("netbios", 139),
    ("imap", 143),
    ("snmp", 161),
    ("bgp", 179),
    ("irc", 194),
    ("ldap", 389),
    ("https", 443),
    ("smb", 445),
    ("microsoft-ds", 445),
    ("smtps", 465),
    ("ike", 500),
    ("syslog", 514),
    ("submission", 587),
    ("ldaps", 636),
    ("rsync", 873),
    ("ftps", 990),
    ("imaps", 993),
    ("pop3s", 995),
    ("socks", 1080),
    ("openvpn", 1194),
    ("mssql", 1433),
    ("oracle", 1521),
    ("radius", 1812),
    ("nfs", 2049),
    ("zookeeper", 2181),
    ("docker", 2375),
    ("etcd", 2379),
    ("squid", 3128),
    ("mysql", 3306),
    ("rdp", 3389),
    ("ms-wbt-server", 3389),
    ("nat-t", 4500),
    ("sip", 5060),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("amqp", 5672),
    ("vnc", 5900),
    ("winrm", 5985),
    ("winrms", 5986),
    ("redis", 6379),
    ("kubernetes", 6443),
    ("http-alt", 8080),
    ("https-alt", 8443),
    ("kafka", 9092),
    ("elasticsearch", 9200),
    ("memcached", 11211),
    ("mongodb", 27017),
];

/// Bits of `tcp_flags`, lowest first (VPC Flow Logs guide: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32).
pub(crate) static FLAGS: [(&str, i64); 6] = [("fin", 1), ("syn", 2), ("rst", 4), ("psh", 8), ("ack", 16), ("urg", 32)];

/// What an actor can be. Some of them are names of fields, too.
const ACTOR_TYPES: [&str; 10] =
    ["user", "root", "service", "account", "instance", "person", "source_identity", "provider", "name", "session"];

/// How it can be known who acted, the strongest proof first.
const PROOFS: [&str; 14] = [
    "not_a_call",
    "direct",
    "access_key",
    "shared_event_id",
    "assumed_role_id",
    "switch_role",
    "source_identity",
    "assumed_role_arn",
    "sso",
    "instance_profile",
    "service",
    "web_identity",
    "session_name",
    "unresolved",
];

/// The values of a field that has a closed set of them, in AWS's spelling. They compare regardless of case.
pub(crate) fn choices(field: FieldId) -> Option<&'static [&'static str]> {
    match field.name() {
        "action" => Some(&["ACCEPT", "REJECT"]),
        "log_status" => Some(&["OK", "NODATA", "SKIPDATA"]),
        "type" => Some(&["IPv4", "IPv6", "EFA"]),
        "flow_direction" => Some(&["ingress", "egress"]),
        "actor_type" => Some(&ACTOR_TYPES),
        "actor_proof" => Some(&PROOFS),
        _ => None,
    }
}

/// Values worth proposing for a field although others exist.
pub(crate) fn suggestions(field: FieldId) -> &'static [&'static str] {
    match field.name() {
        "user_identity_type" => &[
            "Root",
            "IAMUser",
            "AssumedRole",
            "Role",
            "FederatedUser",
            "Directory",
            "AWSAccount",
            "AWSService",
            "IdentityCenterUser",
            "SAMLUser",
            "WebIdentityUser",
            "Unknown",
        ],
        "event_type" => {
            &["AwsApiCall", "AwsServiceEvent", "AwsConsoleAction", "AwsConsoleSignIn", "AwsCloudTrailInsight"]
        }
        "event_category" => &["Management", "Data", "NetworkActivity", "Insight"],
        _ => &[],
    }
}

/// The number of a name in one of the tables, regardless of case.
pub(crate) fn number_of(table: &[(&'static str, i64)], name: &str) -> Option<i64> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
}

/// The canonical name of a number.
pub(crate) fn name_of(table: &[(&'static str, i64)], number: i64) -> Option<&'static str> {
    table.iter().find(|(_, known)| *known == number).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unambiguous_and_lower_case() {
        for table in [&PROTOCOLS[..], &PORTS[..], &FLAGS[..]] {
            for (name, number) in table {
                assert_eq!(number_of(table, &name.to_uppercase()), Some(*number));
                assert_eq!(*name, name.to_ascii_lowercase());
                assert!(name_of(table, *number).is_some());
            }
        }
    }
}
