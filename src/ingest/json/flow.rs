//! Flow records that come as JSON members: the playbook's foreign lines, and wrapped or plain AWS names.

use super::text::{Members, get, members, value_text};
use crate::ingest::cloudtrail::time;
use crate::ingest::emit::FlowFields;
use crate::model::{Address, Dataset, FieldId, field};
use std::borrow::Cow;

/// A flow field by any of its names: `pkt-srcaddr`, `pkt_srcaddr`, or an alias such as Logs Insights' `srcAddr`.
pub fn field_named(name: &str) -> Option<FieldId> {
    field::by_header(name).or_else(|| {
        let lower = name.to_ascii_lowercase();
        let squeezed = lower.replace(['-', '_'], "");
        field::of(Dataset::Flows)
            .find(|field| field.aliases.contains(&lower.as_str()) || field.name.replace('_', "") == squeezed)
    })
}

/// An object in AWS's names (`aws.vpc` of a wrapped record, or a record unloaded as JSON); `None` without both addresses
/// and without an interface.
pub fn named(of: &Members<'_>) -> Option<FlowFields> {
    let mut record = FlowFields::default();
    for (name, value) in of {
        match (field_named(name), value_text(value.get())) {
            (Some(field), Some(text)) => record.fields.push((field, text.into_owned())),
            (Some(_), None) => {}
            (None, _) => record.extras.push((name.clone().into_owned(), value.get().to_owned())),
        }
    }
    let has = |name| field::by_name(Dataset::Flows, name).is_some_and(|id| record.fields.iter().any(|(f, _)| *f == id));
    (has("srcaddr") && has("dstaddr") || has("interface_id") && has("log_status")).then_some(record)
}

/// One line of the playbook's second table. `ip` is the remote side, and the object counts both directions; it becomes
/// one record towards the interface with the sum of both counters, and keeps each counter as a further value.
///
/// Source: aws-customer-playbook-framework, Analyzing_VPC_Flow_Logs.md, second DDL.
pub fn foreign(of: &Members<'_>) -> Option<FlowFields> {
    let has = |name| get(of, name).is_some();
    if !has("ip") || !(has("local_port") || has("remote_port")) || !(has("in_bytes") || has("out_bytes")) {
        return None;
    }
    let text = |name| get(of, name).and_then(value_text);
    let mut record = FlowFields::default();
    let mut set = |name: &str, value: Option<Cow<'_, str>>| {
        if let (Some(field), Some(value)) = (field::by_name(Dataset::Flows, name), value) {
            record.fields.push((field, value.into_owned()));
        }
    };
    set("srcaddr", text("ip"));
    let local = text("interface_local_ips").and_then(|list| first_address(&list));
    let public = || text("interface_public_ips").and_then(|list| first_address(&list));
    set("dstaddr", local.or_else(public).map(Cow::Owned));
    set("srcport", text("remote_port"));
    set("dstport", text("local_port"));
    for name in ["protocol", "account_id", "vpc_id", "instance_id"] {
        set(name, text(name));
    }
    set("region", text("source_region"));
    set("bytes", sum(text("in_bytes"), text("out_bytes")));
    let rejected = text("is_rejected_packet").or_else(|| text("rejected_packet"));
    let is_rejected = rejected.is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1");
    set("action", Some(if is_rejected { "REJECT" } else { "ACCEPT" }.into()));
    set("start", text("start_time").map(seconds));
    set("end", text("end_time").map(seconds));
    const TAKEN: [&str; 9] = [
        "ip",
        "remote_port",
        "local_port",
        "protocol",
        "account_id",
        "vpc_id",
        "instance_id",
        "start_time",
        "end_time",
    ];
    let rest = of.iter().filter(|(name, _)| !TAKEN.contains(&name.as_ref()));
    record.extras.extend(rest.map(|(name, value)| (name.clone().into_owned(), value.get().to_owned())));
    Some(record)
}

/// A list of addresses comes as a JSON list, or as the text of one.
fn first_address(list: &str) -> Option<String> {
    let mut items = list.split(|c: char| matches!(c, '[' | ']' | '"' | ',') || c.is_whitespace());
    items.find(|item| Address::parse(item.as_bytes()).is_some()).map(str::to_owned)
}

/// Counters that are no numbers are left to the record's own checks.
fn sum<'a>(one: Option<Cow<'a, str>>, other: Option<Cow<'a, str>>) -> Option<Cow<'a, str>> {
    let (one, other) = match (one, other) {
        (Some(one), Some(other)) => (one, other),
        (one, other) => return one.or(other),
    };
    match (one.parse::<u64>(), other.parse::<u64>()) {
        (Ok(a), Ok(b)) => Some(Cow::Owned((u128::from(a) + u128::from(b)).to_string())),
        (Err(_), _) => Some(one),
        (_, Err(_)) => Some(other),
    }
}

/// ISO text as seconds since 1970, or as milliseconds where it has any; other text stays as it is.
fn seconds(text: Cow<'_, str>) -> Cow<'_, str> {
    match time::millis(&text) {
        Some(millis) if millis % 1000 == 0 => Cow::Owned((millis / 1000).to_string()),
        Some(millis) => Cow::Owned(millis.to_string()),
        None => text,
    }
}

/// Does a message look like a flow record? Detection asks this; a record of any chosen fields passes as long as it names
/// an address, an interface, an action or a status.
pub fn looks_like_line(message: &str) -> bool {
    let mut words = message.split_ascii_whitespace();
    message.len() < 64 << 10
        && words.any(|word| {
            matches!(word, "ACCEPT" | "REJECT" | "NODATA" | "SKIPDATA")
                || word.starts_with("eni-")
                || word.starts_with("tgw-")
                || Address::parse(word.as_bytes()).is_some()
        })
}

/// The fields under `aws.vpc` of a wrapped record.
pub fn wrapped(of: &Members<'_>) -> Option<FlowFields> {
    named(&members(get(&members(get(of, "aws")?)?, "vpc")?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(record: &FlowFields) -> String {
        record.fields.iter().map(|(id, value)| format!("{}={value} ", id.name())).collect()
    }

    #[test]
    fn a_foreign_line_is_one_record_towards_the_interface() {
        let line = r#"{"is_rejected_packet":"true","ip":"1.2.3.4","local_port":22,"remote_port":"999","protocol":6,
            "in_bytes":4249,"out_bytes":"1","start_time":"2014-12-14T04:06:50.000Z","end_time":"2014-12-14T04:07:50.5Z",
            "interface_local_ips":"[\"172.31.16.21\"]","source_tag":"web","account_id":"012345678901"}"#;
        let record = foreign(&members(line).unwrap()).unwrap();
        assert_eq!(
            fields(&record),
            "srcaddr=1.2.3.4 dstaddr=172.31.16.21 srcport=999 dstport=22 protocol=6 account_id=012345678901 bytes=4250 \
             action=REJECT start=1418530010 end=1418530070500 "
        );
        let extras: Vec<_> = record.extras.iter().map(|(name, json)| format!("{name}={json}")).collect();
        assert_eq!(
            extras,
            [
                r#"is_rejected_packet="true""#,
                "in_bytes=4249",
                r#"out_bytes="1""#,
                r#"interface_local_ips="[\"172.31.16.21\"]""#,
                r#"source_tag="web""#
            ]
        );
        let public = r#"{"ip":"1.2.3.4","local_port":22,"in_bytes":1,"interface_local_ips":[],
            "interface_public_ips":["x","5.6.7.8"],"rejected_packet":false}"#;
        let record = foreign(&members(public).unwrap()).unwrap();
        assert_eq!(fields(&record), "srcaddr=1.2.3.4 dstaddr=5.6.7.8 dstport=22 bytes=1 action=ACCEPT ");
        assert_eq!(foreign(&members(r#"{"ip":"1.2.3.4","comment":"ioc"}"#).unwrap()), None);
    }

    #[test]
    fn named_values_become_fields_and_extras() {
        let json = r#"{"aws":{"vpc":{"srcAddr":"1.1.1.1","dst_addr":"2.2.2.2","pkt-src-aws-service":"S3","x":[1],"start":5}}}"#;
        let record = wrapped(&members(json).unwrap()).unwrap();
        assert_eq!(fields(&record), "srcaddr=1.1.1.1 dstaddr=2.2.2.2 pkt_src_aws_service=S3 start=5 ");
        assert_eq!(record.extras, [("x".to_owned(), "[1]".to_owned())]);
        assert_eq!(named(&members(r#"{"srcaddr":"1.1.1.1"}"#).unwrap()), None);
    }

    #[test]
    fn lines_are_told_from_other_messages() {
        assert!(looks_like_line("2 eni-1 - - NODATA"));
        assert!(looks_like_line("10.0.0.1 10.0.0.2"));
        assert!(!looks_like_line("Checking health of destination Firehose."));
    }
}
