//! Tables in which one object counts both directions between a remote and a local side: the playbook's second table,
//! and others with its names. An object is one record. Its first direction that carried anything, inwards before
//! outwards, decides what is source; the counters of the other one are the record's second ones, which sums and lists
//! count in their own direction. `remote` among the further values says which side is the remote one.
//!
//! Source: aws-customer-playbook-framework, Analyzing_VPC_Flow_Logs.md, second DDL.

use crate::ingest::emit::FlowFields;
use crate::ingest::json::text::value_text;
use crate::ingest::time::number;
use crate::model::{Address, Dataset, field};

const REMOTE: [&str; 4] = ["ip", "remote_ip", "remote_addr", "remote_address"];
const LOCAL: [&str; 3] = ["local_ip", "local_addr", "local_address"];
/// Lists of the interface's addresses, the better one first.
const LOCAL_LISTS: [&str; 2] = ["interface_local_ips", "interface_public_ips"];
const IN_BYTES: [&str; 2] = ["in_bytes", "bytes_in"];
const OUT_BYTES: [&str; 2] = ["out_bytes", "bytes_out"];
const BYTES: [&str; 2] = ["bytes", "numbytes"];
const IN_PACKETS: [&str; 2] = ["in_packets", "packets_in"];
const OUT_PACKETS: [&str; 2] = ["out_packets", "packets_out"];
const DIRECTION: [&str; 2] = ["direction", "flow_direction"];
const REJECTED: [&str; 2] = ["is_rejected_packet", "rejected_packet"];

/// Members that are fields of a flow log under their own names.
const AS_THEY_ARE: [&str; 7] =
    ["protocol", "account_id", "vpc_id", "instance_id", "interface_id", "subnet_id", "log_status"];
/// Further members that are in a field of the same meaning.
const TAKEN: [&str; 8] =
    ["ip", "remote_ip", "remote_addr", "remote_address", "remote_port", "local_port", "start_time", "end_time"];

/// Is this the set of names of such a table?
pub(crate) fn is_table<'a>(names: impl Iterator<Item = &'a str> + Clone) -> bool {
    let has = |wanted: &[&str]| names.clone().any(|name| wanted.contains(&name));
    let counts = has(&IN_BYTES) || has(&OUT_BYTES) || has(&BYTES) && has(&DIRECTION);
    has(&REMOTE) && (has(&["local_port", "remote_port"]) || has(&LOCAL)) && counts
}

/// Reads an object by its members, names and the JSON text of the values; `None` where it is none of such a table.
pub(crate) fn read(of: &[(&str, &str)]) -> Option<FlowFields> {
    if !is_table(of.iter().map(|(name, _)| *name)) {
        return None;
    }
    let object = Object(of);
    let mut flow = FlowFields::default();
    let remote = object.text(&REMOTE);
    let (local, others) = object.local(remote.as_deref());
    if others > 0 {
        let shown = local.as_deref().unwrap_or_default();
        let text = format!(
            "objects list several addresses of their interface; the first of the remote side's family stands for the local \
             side ({shown}), all of them are kept as extra.interface_local_ips"
        );
        flow.remarks.push(("local-addresses", text));
    }
    let (first, has_second) = object.directions();
    let is_out = first == Some(Direction::Out);
    let ([source, destination], [source_port, destination_port]) = match is_out {
        true => ([local, remote], ["local_port", "remote_port"]),
        false => ([remote, local], ["remote_port", "local_port"]),
    };
    let [bytes, packets] = object.counters(first, &mut flow.remarks);
    if has_second {
        flow.second = Some(object.counters(Some(Direction::Out), &mut flow.remarks));
    }
    let mut set = |name: &str, value: Option<String>| {
        if let (Some(field), Some(value)) = (field::by_name(Dataset::Flows, name), value) {
            flow.fields.push((field, value));
        }
    };
    set("srcaddr", source);
    set("dstaddr", destination);
    set("srcport", object.text(&[source_port]));
    set("dstport", object.text(&[destination_port]));
    for name in AS_THEY_ARE {
        set(name, object.text(&[name]));
    }
    set("region", object.text(&["source_region", "region"]));
    set("bytes", bytes);
    set("packets", packets);
    set("action", object.action());
    // Of both, neither is the record's.
    set("flow_direction", first.filter(|_| !has_second).map(|direction| direction.words().to_owned()));
    set("start", object.text(&["start_time", "start"]));
    set("end", object.text(&["end_time", "end"]));
    flow.extras = object.rest();
    flow.extras.push(("remote".to_owned(), if is_out { "\"dstaddr\"" } else { "\"srcaddr\"" }.to_owned()));
    Some(flow)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// From the remote to the local side.
    In,
    Out,
}

impl Direction {
    fn named(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "in" | "inbound" | "ingress" | "incoming" | "received" | "rx" => Some(Direction::In),
            "out" | "outbound" | "egress" | "outgoing" | "sent" | "tx" => Some(Direction::Out),
            _ => None,
        }
    }

    /// As AWS writes it.
    fn words(self) -> &'static str {
        match self {
            Direction::In => "ingress",
            Direction::Out => "egress",
        }
    }
}

struct Object<'a>(&'a [(&'a str, &'a str)]);

impl Object<'_> {
    /// The value of the first of these names that has one.
    fn text(&self, names: &[&str]) -> Option<String> {
        let value = |name: &&str| {
            let (_, json) = self.0.iter().find(|(known, _)| known == name)?;
            value_text(json).map(|text| text.into_owned()).filter(|text| !text.is_empty())
        };
        names.iter().find_map(value)
    }

    /// The local side, and how many others it may be: the first of the remote side's family.
    fn local(&self, remote: Option<&str>) -> (Option<String>, usize) {
        if let Some(local) = self.text(&LOCAL) {
            return (Some(local), 0);
        }
        let is_v4 = |text: &str| Address::parse(text.as_bytes()).map(|address| address.ip.is_ipv4());
        let family = remote.and_then(is_v4);
        let lists = LOCAL_LISTS.iter().filter_map(|name| self.text(&[name]));
        let all: Vec<Vec<String>> = lists.map(|list| addresses(&list)).collect();
        let of_family = |list: &&Vec<String>| list.iter().any(|text| family.is_none() || is_v4(text) == family);
        let Some(list) = all.iter().find(of_family).or_else(|| all.iter().find(|list| !list.is_empty())) else {
            return (None, 0);
        };
        let mut fitting: Vec<&String> = list.iter().filter(|text| family.is_none() || is_v4(text) == family).collect();
        if fitting.is_empty() {
            fitting = list.iter().collect();
        }
        (fitting.first().map(|text| (*text).clone()), fitting.len().saturating_sub(1))
    }

    /// The direction of the record, and whether the other one, outwards, carried anything as well.
    fn directions(&self) -> (Option<Direction>, bool) {
        let stated = self.text(&DIRECTION).and_then(|text| Direction::named(&text));
        let counts = |names: &[&str]| self.text(names).map(|text| !is_zero(&text));
        match (counts(&IN_BYTES), counts(&OUT_BYTES)) {
            (None, None) => (stated, false),
            (Some(true), Some(true)) => (Some(Direction::In), true),
            (Some(_), None) | (Some(true), Some(false)) => (Some(Direction::In), false),
            (None, Some(_)) | (Some(false), Some(true)) => (Some(Direction::Out), false),
            (Some(false), Some(false)) => (Some(stated.unwrap_or(Direction::In)), false),
        }
    }

    /// Bytes and packets; where the object has average sizes only, packets follow from them.
    fn counters(&self, direction: Option<Direction>, remarks: &mut Vec<(&'static str, String)>) -> [Option<String>; 2] {
        let (bytes, packets, size) = match direction {
            Some(Direction::In) => (IN_BYTES, IN_PACKETS, "avg_in_packet_size"),
            Some(Direction::Out) => (OUT_BYTES, OUT_PACKETS, "avg_out_packet_size"),
            None => (BYTES, BYTES, "avg_packet_size"),
        };
        let bytes = self.text(&bytes).or_else(|| self.text(&BYTES));
        let counted = match direction {
            Some(_) => self.text(&packets).or_else(|| self.text(&["packets", "numpackets"])),
            None => self.text(&["packets", "numpackets"]),
        };
        if counted.is_some() {
            return [bytes, counted];
        }
        let millis = |text: Option<String>| {
            number::parse(text?.as_bytes())?.scaled(3).map(|(value, _)| value).filter(|value| *value >= 0)
        };
        let (Some(sum), Some(size)) = (millis(bytes.clone()), millis(self.text(&[size]))) else {
            return [bytes, None];
        };
        let packets = match (sum, size) {
            (0, _) => 0,
            (_, 0) => return [bytes, None],
            (sum, size) => ((sum + size / 2) / size).max(1),
        };
        remarks.push((
            "average-sizes",
            "packets are the bytes divided by the objects' average packet sizes, rounded: the objects do not count packets"
                .to_owned(),
        ));
        [bytes, Some(packets.to_string())]
    }

    /// Nothing where the object does not say.
    fn action(&self) -> Option<String> {
        let rejected = self.text(&REJECTED)?.to_ascii_lowercase();
        let is_rejected = matches!(rejected.as_str(), "true" | "1" | "yes" | "y" | "t");
        Some(if is_rejected { "REJECT" } else { "ACCEPT" }.to_owned())
    }

    fn rest(&self) -> Vec<(String, String)> {
        let rest = self.0.iter().filter(|(name, _)| !TAKEN.contains(name) && !AS_THEY_ARE.contains(name));
        rest.map(|(name, json)| ((*name).to_owned(), (*json).to_owned())).collect()
    }
}

fn is_zero(text: &str) -> bool {
    number::parse(text.as_bytes()).and_then(number::Number::whole) == Some(0)
}

/// A list of addresses comes as a JSON list, or as the text of one.
fn addresses(list: &str) -> Vec<String> {
    let items = list.split(|c: char| matches!(c, '[' | ']' | '"' | '\'' | ',' | ';') || c.is_whitespace());
    items.filter(|item| Address::parse(item.as_bytes()).is_some()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::json::text::members;

    fn directed(json: &str) -> Option<FlowFields> {
        let of = members(json).unwrap();
        let of: Vec<(&str, &str)> = of.iter().map(|(name, value)| (name.as_ref(), value.get())).collect();
        read(&of)
    }

    fn fields(json: &str) -> String {
        let flow = directed(json).unwrap();
        let values: Vec<String> =
            flow.fields.iter().map(|(field, value)| format!("{}={value}", field.name())).collect();
        values.join(" ")
    }

    #[test]
    fn an_object_is_a_record_with_counters_of_each_direction() {
        let json = r#"{"is_rejected_packet":"true","ip":"1.2.3.4","local_port":22,"remote_port":"999","protocol":6,
            "in_bytes":5200,"out_bytes":"5000000000","avg_in_packet_size":52,"avg_out_packet_size":1250.5,
            "start_time":"2014-12-14T04:06:50.000Z","end_time":"2014-12-14T04:07:50.5Z","interface_id":"interface-1",
            "interface_local_ips":"[\"172.31.16.21\"]","source_tag":"web","account_id":"012345678901"}"#;
        assert_eq!(
            fields(json),
            "srcaddr=1.2.3.4 dstaddr=172.31.16.21 srcport=999 dstport=22 protocol=6 account_id=012345678901 \
             interface_id=interface-1 bytes=5200 packets=100 action=REJECT start=2014-12-14T04:06:50.000Z \
             end=2014-12-14T04:07:50.5Z"
        );
        let read = directed(json).unwrap();
        assert_eq!(read.second, Some([Some("5000000000".to_owned()), Some("3998401".to_owned())]));
        let extras: Vec<String> = read.extras.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let kept = [
            r#"is_rejected_packet="true""#,
            "in_bytes=5200",
            r#"out_bytes="5000000000""#,
            "avg_in_packet_size=52",
            "avg_out_packet_size=1250.5",
            r#"interface_local_ips="[\"172.31.16.21\"]""#,
            r#"source_tag="web""#,
            r#"remote="srcaddr""#,
        ];
        assert_eq!(extras, kept);
        assert!(read.remarks.iter().all(|(key, _)| *key == "average-sizes"), "{:?}", read.remarks);
    }

    #[test]
    fn the_direction_that_carried_something_decides_what_is_source() {
        let of = |counters: &str| format!(r#"{{"ip":"1.2.3.4","local_port":22,"local_ip":"10.0.0.1",{counters}}}"#);
        let (inward, outward) =
            ("srcaddr=1.2.3.4 dstaddr=10.0.0.1 dstport=22", "srcaddr=10.0.0.1 dstaddr=1.2.3.4 srcport=22");
        for (counters, expected) in [
            (r#""in_bytes":7,"out_bytes":0"#, format!("{inward} bytes=7 flow_direction=ingress")),
            (r#""in_bytes":0,"out_bytes":7"#, format!("{outward} bytes=7 flow_direction=egress")),
            (r#""out_bytes":7"#, format!("{outward} bytes=7 flow_direction=egress")),
            (r#""in_bytes":7,"out_bytes":null"#, format!("{inward} bytes=7 flow_direction=ingress")),
            (r#""in_bytes":0,"out_bytes":0.0"#, format!("{inward} bytes=0 flow_direction=ingress")),
            (r#""bytes":7,"direction":"OUTBOUND""#, format!("{outward} bytes=7 flow_direction=egress")),
            (r#""bytes":7,"direction":"in","packets":2"#, format!("{inward} bytes=7 packets=2 flow_direction=ingress")),
        ] {
            assert_eq!(fields(&of(counters)), expected, "{counters}");
            assert_eq!(directed(&of(counters)).unwrap().second, None);
        }
        assert_eq!(directed(r#"{"ip":"1.2.3.4","comment":"ioc"}"#), None);
        assert_eq!(directed(r#"{"ip":"1.2.3.4","remote_port":1,"bytes":5}"#), None);
    }

    #[test]
    fn the_local_side_is_of_the_remote_sides_family() {
        let of = |rest: &str| fields(&format!(r#"{{"ip":"2001:db8::1","local_port":22,"in_bytes":1,{rest}}}"#));
        let begins =
            |text: String, local: &str| assert!(text.starts_with(&format!("srcaddr=2001:db8::1 {local}")), "{text}");
        begins(of(r#""interface_local_ips":["10.0.0.1","2001:db8::2"]"#), "dstaddr=2001:db8::2 ");
        begins(of(r#""interface_local_ips":[],"interface_public_ips":["x","2001:db8::3"]"#), "dstaddr=2001:db8::3 ");
        begins(of(r#""interface_local_ips":"[]""#), "dstport=22 ");
        let many = r#"{"ip":"1.2.3.4","local_port":22,"in_bytes":1,"interface_local_ips":["10.0.0.1","10.0.0.2"]}"#;
        assert_eq!(directed(many).unwrap().remarks[0].0, "local-addresses");
    }
}
