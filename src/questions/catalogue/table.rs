//! The table of named queries.

use super::published::PUBLISHED;
use super::published_groups::GROUPS;
use super::{Key, NamedQuery, Order, Origin, Parameter, ParameterKind, Shape};
use crate::analysis::{ALL, Analysis};
use crate::model::Dataset;
use crate::query::tables::{Inside, RecordColumn};
use crate::query::{Figure, Measure, PairColumn, PairKey};
use std::sync::LazyLock;

const START: Option<Order> = Some(Order { field: "start", descending: false });
const LATEST: Option<Order> = Some(Order { field: "start", descending: true });
const LARGEST: Option<Order> = Some(Order { field: "bytes", descending: true });
const EVENT_TIME: Option<Order> = Some(Order { field: "event_time", descending: false });

const IP: Parameter = Parameter { name: "ip", kind: ParameterKind::Address, default: None, optional: false };
const HOSTS: Parameter = Parameter { name: "hosts", kind: ParameterKind::Addresses, default: None, optional: false };
/// FTP, SSH, Telnet, RPC, NetBIOS, LDAP, SMB, SQL Server, RDP, VNC, WinRM: remote administration and file services; and
/// the usual ports of web consoles (Tomcat, application servers, Cockpit, Webmin).
const ADMIN_PORTS: Parameter = Parameter {
    name: "ports",
    kind: ParameterKind::Ports,
    default: Some("20,21,22,23,135,139,389,445,1433,3389,5900,5985,5986,8000,8080,8443,8888,9090,9443,10000"),
    optional: false,
};

/// Groups of equal values, unless told otherwise.
const MOST_GROUPS: usize = 50;
const GROUPED_FLOWS: &[Parameter] = &grouped("srcaddr");
const GROUPED_EVENTS: &[Parameter] = &grouped("event_name");

const fn grouped(by: &'static str) -> [Parameter; 3] {
    [
        Parameter { name: "by", kind: ParameterKind::Fields, default: Some(by), optional: false },
        Parameter { name: "measure", kind: ParameterKind::Measure, default: Some("records"), optional: false },
        optional("sort", ParameterKind::Columns),
    ]
}

const fn optional(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter { name, kind, default: None, optional: true }
}

const fn rows(sort: Option<Order>) -> Shape {
    Shape::Records { sort, columns: &[] }
}

const fn pairs(by: PairKey, sort: PairColumn) -> Shape {
    Shape::Pairs { by, sort }
}

const fn top(by: Key, measure: Measure) -> Shape {
    Shape::Top { by, measure }
}

/// A query on flow records.
const fn flows(name: &'static str, origin: Origin, filter: &'static str, shape: Shape) -> NamedQuery {
    let dataset = Dataset::Flows;
    NamedQuery { name, origin, dataset, filter, parameters: &[], needs: &[], shape, limit: None, noted: false }
}

const fn predefined(name: &'static str, filter: &'static str, shape: Shape) -> NamedQuery {
    flows(name, Origin::Predefined, filter, shape)
}

const fn playbook(name: &'static str, filter: &'static str, shape: Shape) -> NamedQuery {
    flows(name, Origin::Playbook, filter, shape)
}

/// A query on CloudTrail events, in their order of time.
const fn events(name: &'static str, filter: &'static str, columns: &'static [RecordColumn]) -> NamedQuery {
    let shape = Shape::Records { sort: EVENT_TIME, columns };
    NamedQuery {
        name,
        origin: Origin::Monitoring,
        dataset: Dataset::Events,
        filter,
        parameters: &[],
        needs: &[],
        shape,
        limit: None,
        noted: false,
    }
}

impl NamedQuery {
    pub(super) const fn with(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }

    const fn needing(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    pub(super) const fn limited(self, limit: usize) -> Self {
        Self { limit: Some(limit), ..self }
    }

    pub(super) const fn noted(self) -> Self {
        Self { noted: true, ..self }
    }
}

const PACKET: &[&str] = &["pkt_srcaddr", "pkt_dstaddr"];
const PACKET_PRESENT: &str = "pkt_srcaddr exists and pkt_dstaddr exists";
const BYTES: Measure = Measure::Bytes;
const RECORDS: Measure = Measure::Records;

/// What the article displays.
const HTTP_SHOWN: &[RecordColumn] = &[
    RecordColumn::Field("interface_id"),
    RecordColumn::Field("srcaddr"),
    RecordColumn::Field("srcport"),
    RecordColumn::Field("dstaddr"),
    RecordColumn::Field("dstport"),
    RecordColumn::Field("protocol"),
    RecordColumn::Field("bytes"),
    RecordColumn::Field("action"),
    RecordColumn::Field("log_status"),
    RecordColumn::Field("start"),
    RecordColumn::Field("end"),
    RecordColumn::Field("flow_direction"),
    RecordColumn::Field("tcp_flags"),
];

const LOGIN: &[RecordColumn] = &[
    RecordColumn::Field("event_time"),
    RecordColumn::Field("user_identity_user_name"),
    RecordColumn::Field("source_ip_address"),
    RecordColumn::Inside(Inside { name: "mfa_used", field: "additional_event_data", pointer: "/MFAUsed" }),
    RecordColumn::Inside(Inside { name: "console_login", field: "response_elements", pointer: "/ConsoleLogin" }),
    RecordColumn::Field("error_message"),
    RecordColumn::Field("event_id"),
];
const CREATED: &[RecordColumn] = &[
    RecordColumn::Field("event_time"),
    RecordColumn::Field("aws_region"),
    RecordColumn::Inside(Inside { name: "created_user_name", field: "request_parameters", pointer: "/userName" }),
    RecordColumn::Inside(Inside { name: "created_user_arn", field: "response_elements", pointer: "/user/arn" }),
    RecordColumn::Field("error_code"),
    RecordColumn::Field("user_identity_arn"),
    RecordColumn::Field("event_id"),
];
const WRITTEN: &[RecordColumn] = &[
    RecordColumn::Field("event_time"),
    RecordColumn::Field("source_ip_address"),
    RecordColumn::Field("user_identity_arn"),
    RecordColumn::Inside(Inside { name: "bucket_name", field: "request_parameters", pointer: "/bucketName" }),
    RecordColumn::Inside(Inside { name: "key", field: "request_parameters", pointer: "/key" }),
    RecordColumn::Field("error_code"),
    RecordColumn::Field("event_id"),
];
/// The eight keys of LookupEvents.
const LOOKUP: &[Parameter] = &[
    optional("AccessKeyId", ParameterKind::Text),
    optional("EventId", ParameterKind::Text),
    optional("EventName", ParameterKind::Text),
    optional("EventSource", ParameterKind::Text),
    optional("ReadOnly", ParameterKind::Boolean),
    optional("ResourceName", ParameterKind::Text),
    optional("ResourceType", ParameterKind::Text),
    optional("Username", ParameterKind::Text),
];
const NAT: &[Parameter] = &[
    optional("interface", ParameterKind::Text),
    Parameter { name: "window", kind: ParameterKind::Seconds, default: Some("900"), optional: false },
    Parameter { name: "threshold", kind: ParameterKind::Bytes, default: Some("5000000"), optional: false },
];

/// Every named query: the predefined ones under AWS's names, in AWS's order; then the playbook's; then CloudTrail's; then those
/// that AWS publishes for incident response; then the analyses.
pub static CATALOGUE: LazyLock<Vec<NamedQuery>> = LazyLock::new(|| {
    QUERIES.into_iter().chain(PUBLISHED).chain(GROUPS).chain(ALL.iter().map(|of| analysis(of))).collect()
});

const fn analysis(of: &'static Analysis) -> NamedQuery {
    NamedQuery {
        name: of.name,
        origin: Origin::Analysis,
        dataset: of.dataset,
        filter: "",
        parameters: of.parameters,
        needs: of.needs,
        shape: Shape::Analysis(of),
        limit: None,
        noted: false,
    }
}

const QUERIES: [NamedQuery; 44] = [
    predefined("VpcFlowLogsAcceptedTraffic", "protocol = 6 and action = ACCEPT", rows(LATEST)).noted(),
    predefined("VpcFlowLogsAdminPortTraffic", "port in :ports", top(Key::Talker, BYTES))
        .with(&[ADMIN_PORTS])
        .limited(10)
        .noted(),
    predefined(
        "VpcFlowLogsIPv4Traffic",
        "type = 'IPv4' or (type is null and srcaddr in 0.0.0.0/0)",
        Shape::Figure(Figure::Bytes),
    )
    .noted(),
    predefined(
        "VpcFlowLogsIPv6Traffic",
        "type = 'IPv6' or (type is null and srcaddr exists and not srcaddr in 0.0.0.0/0)",
        Shape::Figure(Figure::Bytes),
    )
    .noted(),
    predefined("VpcFlowLogsRejectedTCPTraffic", "protocol = 6 and action = REJECT", rows(LATEST)).noted(),
    predefined("VpcFlowLogsRejectedTraffic", "action = REJECT", rows(LATEST)).noted(),
    predefined("VpcFlowLogsSshRdpTraffic", "port in (22, 3389)", rows(LATEST)).noted(),
    predefined("VpcFlowLogsTopTalkers", "", top(Key::Talker, BYTES)).limited(50).noted(),
    predefined("VpcFlowLogsTopTalkersPacketLevel", PACKET_PRESENT, top(Key::PacketTalker, BYTES))
        .needing(PACKET)
        .limited(50)
        .noted(),
    predefined("VpcFlowLogsTopTalkingInstances", "", top(Key::Field("instance_id"), BYTES))
        .needing(&["instance_id"])
        .limited(50),
    predefined("VpcFlowLogsTopTalkingSubnets", "", top(Key::Field("subnet_id"), BYTES))
        .needing(&["subnet_id"])
        .limited(50),
    predefined("VpcFlowLogsTopTCPTraffic", "protocol = 6 and srcaddr = :ip", rows(LARGEST)).with(&[IP]).noted(),
    predefined("VpcFlowLogsTotalBytesTransferred", "", pairs(PairKey::Addresses, PairColumn::TotalBytes)).limited(50),
    predefined(
        "VpcFlowLogsTotalBytesTransferredPacketLevel",
        PACKET_PRESENT,
        pairs(PairKey::PacketAddresses, PairColumn::TotalBytes),
    )
    .needing(PACKET)
    .limited(50),
    predefined("VpcFlowLogsTrafficFrmSrcAddr", "srcaddr = :ip", rows(START)).with(&[IP]).noted(),
    predefined("VpcFlowLogsTrafficToDstAddr", "dstaddr = :ip", rows(START)).with(&[IP]).noted(),
    // The playbook's and the articles'.
    playbook("flow-count", "", Shape::Figure(Figure::Records)),
    playbook("flow-preview", "", rows(None)).limited(1000),
    playbook("top-ips-by-records", "", top(Key::Remote, RECORDS)).limited(100).noted(),
    playbook("flows-of-ip", "ip = :ip", rows(START)).with(&[IP]),
    playbook("data-ratio", SUMMED, Shape::DataRatio).with(&[optional("ip", ParameterKind::Address)]).noted(),
    playbook("top-rejected-pairs", "action = REJECT", pairs(PairKey::Addresses, PairColumn::RecordCount)).limited(10),
    playbook("top-accepted-pairs", "action = ACCEPT", pairs(PairKey::Addresses, PairColumn::RecordCount)).limited(10),
    playbook("latest-flows", "", rows(LATEST)).limited(2),
    playbook("bytes-by-direction", "", pairs(PairKey::AddressesAndDirection, PairColumn::TotalBytes))
        .needing(&["flow_direction"])
        .limited(2),
    playbook("bytes-by-instance", "", top(Key::Field("instance_id"), BYTES)).needing(&["instance_id"]).limited(5),
    playbook("rejected-ssh", "action = REJECT and protocol = 6 and dstport = 22", top(Key::Field("srcaddr"), BYTES))
        .limited(2),
    playbook("http-between-hosts", HTTP, Shape::Records { sort: LATEST, columns: HTTP_SHOWN }).with(&[HOSTS]),
    playbook("http-between-hosts-per-minute", HTTP, Shape::Series { measure: BYTES, by: None, bin_secs: 60 })
        .with(&[HOSTS]),
    playbook(
        "nat-alarm",
        "flow_direction = 'egress' and (pkt_srcaddr = srcaddr or pkt_srcaddr is null) {interface_id = :interface}",
        Shape::Series { measure: BYTES, by: Some(Key::Field("interface_id")), bin_secs: 900 },
    )
    .with(NAT)
    .needing(&["flow_direction", "interface_id"])
    .noted(),
    playbook("ioc-directional-view", "srcaddr in indicators or dstaddr in indicators", Shape::Directional).noted(),
    // CloudTrail.
    events("console-logins", "event_name = ConsoleLogin", LOGIN),
    events("created-users", "event_name = CreateUser", CREATED),
    events(
        "s3-put-object",
        "event_name = PutObject and event_source = 's3.amazonaws.com' and not source_ip_address in \
         ('delivery.logs.amazonaws.com', 'cloudtrail.amazonaws.com', 'athena.amazonaws.com')",
        WRITTEN,
    ),
    events("lookup-events", LOOKUP_FILTER, &[]).with(LOOKUP).noted(),
    events("root-use", "user_identity_type = Root or session_issuer_type = Root", &[]),
    events("trail-changes", "event_name in (StopLogging, DeleteTrail, UpdateTrail)", &[]),
    events("failures", FAILURES, &[]).noted(),
    events(
        "access-denied",
        "error_code like 'Unauthorized%' or error_code like '%.Unauthorized%' or error_code like 'AccessDenied%' or \
         responseElements.errorCode like 'Unauthorized%' or responseElements.errorCode like 'AccessDenied%' or \
         error_message = 'Failed authentication'",
        &[],
    )
    .noted(),
    events(
        "iam-policy-changes",
        "event_name in (DeleteGroupPolicy, DeleteRole, DeleteRolePolicy, DeleteUserPolicy, PutGroupPolicy, \
         PutRolePolicy, PutUserPolicy)",
        &[],
    ),
    events(
        "instance-changes",
        "event_name in (RunInstances, CreateInstances, LaunchInstances, TerminateInstances)",
        &[],
    ),
    events("network-changes", NETWORK, &[]).noted(),
    flows("top-flows", Origin::Analysis, "", Shape::Groups).with(GROUPED_FLOWS).limited(MOST_GROUPS),
    NamedQuery {
        dataset: Dataset::Events,
        ..flows("top-events", Origin::Analysis, "", Shape::Groups).with(GROUPED_EVENTS).limited(MOST_GROUPS)
    },
];

/// NODATA and SKIPDATA records say nothing of traffic.
const SUMMED: &str = "not log_status in (NODATA, SKIPDATA)";
const HTTP: &str = "srcaddr in :hosts and dstaddr in :hosts and protocol = 6 and (dstport = 80 or srcport = 80)";
const LOOKUP_FILTER: &str = "{user_identity_access_key_id = :AccessKeyId} {event_id = :EventId} {event_name = :EventName} \
    {event_source = :EventSource} {read_only = :ReadOnly} \
    {resource_name = :ResourceName} {resource_type = :ResourceType} {event_user_name = :Username}";
/// A code or a message at either level, and not an empty one; inside an answer a `code` is an error's beside a `message`.
const FAILURES: &str = "error_code != '' or error_message != '' or \
    responseElements.errorCode != '' or responseElements.errorMessage != '' or \
    serviceEventDetails.errorCode != '' or serviceEventDetails.errorMessage != '' or \
    (responseElements.code != '' and responseElements.message exists) or \
    responseElements.error.errorCode != '' or \
    (responseElements.error.code != '' and responseElements.error.message exists) or \
    login_result = failure";
const NETWORK: &str = "event_name in (AttachInternetGateway, AssociateRouteTable, CreateRoute, DeleteCustomerGateway, \
    DeleteInternetGateway, DeleteRoute, DeleteRouteTable, DeleteDhcpOptions, DisassociateRouteTable, \
    CreateNetworkAcl, CreateNetworkAclEntry, DeleteNetworkAcl, DeleteNetworkAclEntry, ReplaceNetworkAclEntry, \
    ReplaceNetworkAclAssociation, AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress, \
    RevokeSecurityGroupIngress, RevokeSecurityGroupEgress, ModifySecurityGroupRules, CreateSecurityGroup, \
    DeleteSecurityGroup)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::text::{Language, Texts};

    #[test]
    fn every_named_query_has_its_texts() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for query in CATALOGUE.iter() {
                assert!(texts.has(&format!("query-{}", query.name)), "{}", query.name);
                assert!(texts.has(&format!("query-{}-about", query.name)), "{}", query.name);
                assert_eq!(texts.has(&format!("query-{}-note", query.name)), query.noted, "{}", query.name);
                for parameter in query.parameters.iter().filter(|_| query.name != "lookup-events") {
                    assert!(texts.has(&format!("query-parameter-{}", parameter.name)), "{}", parameter.name);
                }
            }
        }
    }
}
