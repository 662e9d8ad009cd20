//! Athena's tables as views of a connection: those of AWS's texts, over the documented views of the case.

use crate::model::{Dataset, FieldId, Kind, field};

/// Columns that hold JSON, into which a path can lead.
pub(super) const JSON_COLUMNS: [&str; 11] = [
    "useridentity",
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "resources",
    "serviceeventdetails",
    "tlsdetails",
    "addendum",
    "edgedevicedetails",
    "insightdetails",
    "eventcontext",
];

/// Parts of useridentity that are columns of their own, and the fields that they are.
pub(super) const IDENTITY_PARTS: [(&str, &str); 14] = [
    ("type", "user_identity_type"),
    ("principalid", "user_identity_principal_id"),
    ("arn", "user_identity_arn"),
    ("accountid", "user_identity_account_id"),
    ("accesskeyid", "user_identity_access_key_id"),
    ("username", "user_identity_user_name"),
    ("invokedby", "user_identity_invoked_by"),
    ("sessioncontext.attributes.creationdate", "session_creation_date"),
    ("sessioncontext.attributes.mfaauthenticated", "session_mfa_authenticated"),
    ("sessioncontext.sessionissuer.type", "session_issuer_type"),
    ("sessioncontext.sessionissuer.principalid", "session_issuer_principal_id"),
    ("sessioncontext.sessionissuer.arn", "session_issuer_arn"),
    ("sessioncontext.sessionissuer.accountid", "session_issuer_account_id"),
    ("sessioncontext.sessionissuer.username", "session_issuer_user_name"),
];

/// The columns that the playbook's table and the blog's begin with.
const FLOW_FIRST: [(&str, &str); 14] = [
    ("version", "version"),
    ("account", "account_id"),
    ("interfaceid", "interface_id"),
    ("sourceaddress", "srcaddr"),
    ("destinationaddress", "dstaddr"),
    ("sourceport", "srcport"),
    ("destinationport", "dstport"),
    ("protocol", "protocol"),
    ("numpackets", "packets"),
    ("numbytes", "bytes"),
    ("starttime", "start"),
    ("endtime", "end"),
    ("action", "action"),
    ("logstatus", "log_status"),
];

const PLAYBOOK: [(&str, &str); 15] = [
    ("vpcid", "vpc_id"),
    ("type", "type"),
    ("tcpflags", "tcp_flags"),
    ("subnetid", "subnet_id"),
    ("sublocationtype", "sublocation_type"),
    ("sublocationid", "sublocation_id"),
    ("region", "region"),
    ("pktsrcaddr", "pkt_srcaddr"),
    ("pktdstaddr", "pkt_dstaddr"),
    ("instanceid", "instance_id"),
    ("azid", "az_id"),
    ("pktsrcawsservice", "pkt_src_aws_service"),
    ("pktdstawsservice", "pkt_dst_aws_service"),
    ("flowdirection", "flow_direction"),
    ("trafficpath", "traffic_path"),
];

const BLOG: [(&str, &str); 15] = [
    ("vpcid", "vpc_id"),
    ("subnetid", "subnet_id"),
    ("instanceid", "instance_id"),
    ("tcpflags", "tcp_flags"),
    ("type", "type"),
    ("pktsrcaddr", "pkt_srcaddr"),
    ("pktdstaddr", "pkt_dstaddr"),
    ("region", "region"),
    ("azid", "az_id"),
    ("sublocationtype", "sublocation_type"),
    ("sublocationid", "sublocation_id"),
    ("pktsrcawsservice", "pkt_src_aws_service"),
    ("pktdstawsservice", "pkt_dst_aws_service"),
    ("flowdirection", "flow_direction"),
    ("trafficpath", "traffic_path"),
];

/// AWS's columns of CloudTrail's table, then those of later versions.
const EVENT_COLUMNS: [(&str, &str); 32] = [
    ("eventversion", "event_version"),
    ("useridentity", "user_identity"),
    ("eventtime", "event_time"),
    ("eventsource", "event_source"),
    ("eventname", "event_name"),
    ("awsregion", "aws_region"),
    ("sourceipaddress", "source_ip_address"),
    ("useragent", "user_agent"),
    ("errorcode", "error_code"),
    ("errormessage", "error_message"),
    ("requestparameters", "request_parameters"),
    ("responseelements", "response_elements"),
    ("additionaleventdata", "additional_event_data"),
    ("requestid", "request_id"),
    ("eventid", "event_id"),
    ("resources", "resources"),
    ("eventtype", "event_type"),
    ("apiversion", "api_version"),
    ("readonly", "read_only"),
    ("recipientaccountid", "recipient_account_id"),
    ("serviceeventdetails", "service_event_details"),
    ("sharedeventid", "shared_event_id"),
    ("vpcendpointid", "vpc_endpoint_id"),
    ("vpcendpointaccountid", "vpc_endpoint_account_id"),
    ("eventcategory", "event_category"),
    ("addendum", "addendum"),
    ("sessioncredentialfromconsole", "session_credential_from_console"),
    ("edgedevicedetails", "edge_device_details"),
    ("tlsdetails", "tls_details"),
    ("managementevent", "management_event"),
    ("insightdetails", "insight_details"),
    ("eventcontext", "event_context"),
];

/// Members of the playbook's second table that are texts and stand among a record's further values.
const TABLE_TEXTS: [&str; 8] = [
    "is_rejected_packet",
    "is_skipped_rejected_packets",
    "source_dc",
    "source_tag",
    "interface_public_ips",
    "interface_local_ips",
    "source_az",
    "source_region",
];

/// Those that are numbers.
const TABLE_NUMBERS: [&str; 4] = ["in_bytes", "out_bytes", "avg_in_packet_size", "avg_out_packet_size"];

/// A fact of the path of a record's evidence.
fn of_path(column: &str) -> String {
    format!("(SELECT v.{column} FROM main.evidence v WHERE v.evidence_id = r.evidence)")
}

/// Day, region and account as the partitions of a table have them: of the path, else of the record.
fn partitions(day: &str, region: &str, account: &str) -> Vec<String> {
    let of_date = format!("ifnull(replace(substr({}, 1, 10), '-', '/'), {day})", of_path("path_date"));
    vec![
        format!("{of_date} AS date_partition"),
        format!("{of_date} AS event_date"),
        format!("ifnull({}, {region}) AS region_partition", of_path("path_region")),
        format!("ifnull({}, {account}) AS account_partition", of_path("path_account")),
    ]
}

/// A field of a flow record; a text that is absent is '-', as Athena reads it. With `dashes`, the table says so itself.
fn flow_value(field: FieldId, dashes: bool) -> String {
    match field.kind {
        Kind::Text | Kind::Address | Kind::Json | Kind::List if !dashes => format!("ifnull(r.\"{}\", '-')", field.name),
        Kind::Text | Kind::Address | Kind::Json | Kind::List => format!("r.\"{}\"", field.name),
        Kind::Integer | Kind::Port | Kind::Protocol | Kind::TcpFlags | Kind::Bytes | Kind::Time | Kind::Boolean => {
            format!("r.\"{}\"", field.name)
        }
    }
}

fn flow_view(name: &str, rest: &[(&str, &str)], dashes: bool) -> String {
    let mut list = Vec::new();
    let mut used: Vec<String> = Vec::new();
    let mut add = |name: &str, value: String, list: &mut Vec<String>| {
        if !used.iter().any(|known| known == name) {
            list.push(format!("{value} AS \"{name}\""));
            used.push(name.to_owned());
        }
    };
    for (column, of) in FLOW_FIRST.iter().chain(rest) {
        if let Some(field) = field::by_name(Dataset::Flows, of) {
            add(column, flow_value(field, dashes), &mut list);
        }
    }
    let day = "strftime('%Y/%m/%d', r.start, 'unixepoch')";
    list.extend(partitions(day, "ifnull(r.region, '-')", "ifnull(r.account_id, '-')"));
    for field in field::of(Dataset::Flows) {
        add(field.name, flow_value(field, dashes), &mut list);
    }
    let inside = |name: &str| format!("r.extra ->> '$.{name}'");
    for name in TABLE_TEXTS {
        add(name, format!("ifnull({}, '-')", inside(name)), &mut list);
    }
    add("instance_type", format!("ifnull({}, '-')", inside("instance_type")), &mut list);
    for name in TABLE_NUMBERS {
        add(name, format!("CAST({} AS NUMERIC)", inside(name)), &mut list);
    }
    let by_remote = |source: &str, destination: &str| {
        let remote = inside("remote");
        format!("CASE {remote} WHEN 'srcaddr' THEN {source} WHEN 'dstaddr' THEN {destination}")
    };
    add("local_port", format!("{} END", by_remote("r.dstport", "r.srcport")), &mut list);
    add("remote_port", format!("{} END", by_remote("r.srcport", "r.dstport")), &mut list);
    let external = "CASE coldtrail_external(r.srcaddr) - coldtrail_external(r.dstaddr) WHEN 1 THEN r.srcaddr WHEN -1 THEN r.dstaddr END";
    let by_direction =
        format!("CASE r.flow_direction WHEN 'ingress' THEN r.srcaddr WHEN 'egress' THEN r.dstaddr ELSE {external} END");
    add("ip", format!("{} ELSE {by_direction} END", by_remote("r.srcaddr", "r.dstaddr")), &mut list);
    for (name, of) in [("start_time", "start"), ("end_time", "end")] {
        add(name, format!("strftime('%Y-%m-%dT%H:%M:%SZ', r.\"{of}\", 'unixepoch')"), &mut list);
    }
    let table = if dashes { "coldtrail_flow_dashes" } else { "main.flow_record" };
    format!("CREATE TEMP VIEW {name} AS SELECT\n  {}\nFROM {table} r WHERE r.duplicate = 0;", list.join(",\n  "))
}

/// A field of an event; the log writes true and false as texts.
fn event_value(field: FieldId) -> String {
    match field.kind {
        Kind::Boolean => format!("CASE r.{0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", field.name),
        _ => format!("r.{}", field.name),
    }
}

fn event_view(name: &str) -> String {
    let column = |prefix: &str, (column, of): &(&str, &str)| {
        let field = field::by_name(Dataset::Events, of)?;
        Some(format!("{} AS \"{prefix}{column}\"", event_value(field)))
    };
    let mut list: Vec<String> = EVENT_COLUMNS.iter().filter_map(|pair| column("", pair)).collect();
    let day = "replace(substr(r.event_time, 1, 10), '-', '/')";
    list.extend(partitions(day, "r.aws_region", "r.recipient_account_id"));
    list.extend(IDENTITY_PARTS.iter().filter_map(|pair| column("useridentity.", pair)));
    format!("CREATE TEMP VIEW {name} AS SELECT\n  {}\nFROM cloudtrail_event r;", list.join(",\n  "))
}

const IOCS: &str = "CREATE TEMP VIEW incident_iocs AS SELECT value AS threat_ip, comment AS threat_comment
FROM main.indicator WHERE purpose = 'known_bad' AND kind IN ('address', 'range') AND looked_for;";

/// Ranges that a statement about incident_iocs does not meet, because it compares texts.
pub(super) const RANGES: &str =
    "SELECT value FROM main.indicator WHERE purpose = 'known_bad' AND kind = 'range' AND looked_for ORDER BY 1 LIMIT 1";

fn directional_view() -> String {
    let met = "SELECT a.address FROM main.indicator_entry n JOIN main.indicator_list l ON l.list_id = n.list_id
    JOIN main.address a ON a.key BETWEEN n.first_key AND ifnull(n.last_key, n.first_key)
    WHERE l.purpose = 'known_bad' AND n.kind IN ('address', 'range') AND n.enabled AND l.enabled
      AND n.removed_utc IS NULL AND l.removed_utc IS NULL";
    let half = |direction: &str, ip: &str, port: &str, indicator: &str| {
        format!(
            "SELECT account, interfaceid, sourceaddress || ':' || sourceport AS source,
  destinationaddress || ':' || destinationport AS destination, '{direction}' AS direction,
  {ip} AS connecting_ip, {port} AS connecting_port, protocol, numpackets, numbytes, action, logstatus,
  from_unixtime(starttime) AS starttime, from_unixtime(endtime) AS endtime, endtime - starttime AS sessiontime
FROM vpcflow WHERE {indicator} IN ({met})"
        )
    };
    format!(
        "CREATE TEMP VIEW incident_vpc_flow_directional AS {}\nUNION ALL {}
ORDER BY starttime, endtime, sessiontime, interfaceid, connecting_ip, direction;",
        half("INBOUND", "sourceaddress", "sourceport", "destinationaddress"),
        half("OUTBOUND", "destinationaddress", "destinationport", "sourceaddress")
    )
}

/// The statements that make the views; with `dashes`, over the table of flow records whose absent texts are '-'.
pub(super) fn ddl(dashes: bool) -> String {
    [
        flow_view("vpcflow", &PLAYBOOK, dashes),
        flow_view("vpc_flow_logs", &BLOG, dashes),
        event_view("cloudtrail_logs"),
        event_view("cloudtrail"),
        IOCS.to_owned(),
        directional_view(),
    ]
    .join("\n")
}
