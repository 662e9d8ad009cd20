//! Names columns by the shapes of their values, where no named format fits.

use super::format::{FlowColumn, LineFormat};
use super::infer::is_counter;
use super::shape::Shape;
use crate::model::FieldId;
use crate::model::field::{self, Dataset};
use std::collections::BTreeMap;

pub(super) struct Guess {
    pub format: LineFormat,
    /// Columns whose values can hardly be anything else.
    pub certain: usize,
    pub reasons: Vec<String>,
}

/// For shapes that tell a field by themselves: the fields, in the order in which AWS lists them.
const TOLD_BY_SHAPE: [(Shape, &[&str], &str); 14] = [
    (Shape::Eni, &["interface-id", "next-hop-interface-id"], "interface ids"),
    (Shape::Vpc, &["vpc-id", "next-hop-vpc-id"], "VPC ids"),
    (Shape::Subnet, &["subnet-id", "next-hop-subnet-id"], "subnet ids"),
    (Shape::Instance, &["instance-id"], "instance ids"),
    (Shape::Tgw, &["tgw-id"], "transit gateway ids"),
    (Shape::TgwAttachment, &["tgw-attachment-id", "tgw-pair-attachment-id"], "attachment ids"),
    (Shape::Address, &["srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"], "addresses"),
    (Shape::Account, &["account-id"], "12-digit accounts"),
    (Shape::Action, &["action"], "ACCEPT or REJECT"),
    (Shape::Status, &["log-status"], "OK, NODATA or SKIPDATA"),
    (Shape::Direction, &["flow-direction"], "ingress or egress"),
    (Shape::IpType, &["type"], "IPv4 or IPv6"),
    (Shape::Region, &["region"], "region names"),
    (Shape::AzId, &["az-id", "next-hop-az-id"], "availability zone ids"),
];

/// Names every column; one that cannot be named becomes an unknown `column-N`.
pub(super) fn guess(columns: &[Vec<Shape>]) -> Guess {
    let present: Vec<Vec<Shape>> =
        columns.iter().map(|shapes| shapes.iter().copied().filter(|s| *s != Shape::Absent).collect()).collect();
    let mut names: Vec<Option<FieldId>> = vec![None; columns.len()];
    let (mut certain, mut reasons) = (0, Vec::new());
    for (shape, fields, what) in TOLD_BY_SHAPE {
        let mut wanted = fields.iter().filter_map(|name| field::by_header(name));
        for (i, shapes) in present.iter().enumerate() {
            if shapes.is_empty() || shapes.iter().any(|s| *s != shape) {
                continue;
            }
            let Some(field) = wanted.next() else { break };
            certain += 1;
            reasons.push(format!("column {} has {what}", i + 1));
            if let Some(name) = names.get_mut(i) {
                *name = Some(field);
            }
        }
    }
    name_times(&present, columns, &mut names, &mut certain, &mut reasons);
    name_counters(&present, columns, &mut names, &mut reasons);
    name_services(&present, &mut names);
    let column = |(i, name): (usize, Option<FieldId>)| match name {
        Some(field) => FlowColumn::Field(field),
        None => FlowColumn::Unknown(format!("column_{}", i + 1).into()),
    };
    let columns = names.into_iter().enumerate().map(column).collect();
    Guess { format: LineFormat::new(columns), certain, reasons }
}

/// The first two columns of epoch times are start and end; AWS never lists them the other way round, and the log does
/// not say more.
fn name_times(
    present: &[Vec<Shape>],
    columns: &[Vec<Shape>],
    names: &mut [Option<FieldId>],
    certain: &mut usize,
    reasons: &mut Vec<String>,
) {
    let mut wanted = ["start", "end"].into_iter().filter_map(field::by_header);
    for (i, shapes) in present.iter().enumerate() {
        let times = !shapes.is_empty() && shapes.iter().all(|s| *s == Shape::Epoch);
        // A lone sample of ten digits may be a byte count; one that every record has, with absent addresses too, is
        // not.
        if times && columns.get(i).is_some_and(|all| all.len() == shapes.len()) {
            let Some(field) = wanted.next() else { break };
            *certain += 1;
            reasons.push(format!("column {} has epoch times", i + 1));
            if let Some(name) = names.get_mut(i) {
                *name = Some(field);
            }
        }
    }
}

/// Integers: the assignment of fields to columns that scores best, by fit and by neighbourhood.
fn name_counters(
    present: &[Vec<Shape>],
    columns: &[Vec<Shape>],
    names: &mut [Option<FieldId>],
    reasons: &mut Vec<String>,
) {
    let open: Vec<usize> = (0..present.len())
        .filter(|&i| names.get(i).is_some_and(Option::is_none))
        .filter(|&i| present.get(i).is_some_and(|s| !s.is_empty() && s.iter().all(|s| as_number(*s).is_some())))
        .take(10)
        .collect();
    let fields: Vec<FieldId> =
        ["version", "srcport", "dstport", "protocol", "packets", "bytes", "tcp-flags", "traffic-path"]
            .into_iter()
            .filter_map(field::by_header)
            .filter(|f| is_counter(*f))
            .collect();
    for (&i, f) in open.iter().zip(best_assignment(present, columns, &open, &fields)) {
        if let (Some(field), Some(name)) = (f.and_then(|f| fields.get(f)), names.get_mut(i)) {
            reasons.push(format!("column {} has numbers that fit {}", i + 1, field.name().replace('_', "-")));
            *name = Some(*field);
        }
    }
    order_packets_and_bytes(present, names, reasons);
}

/// A score and, for each open column so far, the field chosen.
type Choice = (i32, Vec<Option<usize>>);

/// For each of the open columns the place of its field in `fields`: the best sum of fit and neighbourhood. Kept while
/// going through the columns is the best choice for each set of fields taken and each last field.
fn best_assignment(
    present: &[Vec<Shape>],
    columns: &[Vec<Shape>],
    open: &[usize],
    fields: &[FieldId],
) -> Vec<Option<usize>> {
    let none = fields.len();
    let mut best = BTreeMap::<(u16, usize), Choice>::from([((0, none), (0, Vec::new()))]);
    let mut before = None;
    for &i in open {
        let values = present.get(i).map(Vec::as_slice).unwrap_or_default();
        let is_adjacent = before == i.checked_sub(1) && i > 0;
        let is_first = i == 0 && columns.first().is_some_and(|all| all.len() == values.len());
        let fits: Vec<Option<i32>> = fields.iter().map(|field| fit(*field, values, is_first)).collect();
        let mut next = BTreeMap::<(u16, usize), Choice>::new();
        for ((taken, last), (score, chosen)) in &best {
            let mut enter = |key, gain, field| {
                if next.get(&key).is_none_or(|old| old.0 < score + gain) {
                    let chosen = chosen.iter().copied().chain([field]).collect();
                    next.insert(key, (score + gain, chosen));
                }
            };
            enter((*taken, none), 0, None);
            for (f, fit) in fits.iter().enumerate().filter(|(f, _)| taken & 1 << f == 0) {
                let Some(fit) = fit else { continue };
                let follows = i32::from(*last != none && f == last + 1) * if is_adjacent { 6 } else { 4 };
                enter((taken | 1 << f, f), fit + follows, Some(f));
            }
        }
        best = next;
        before = Some(i);
    }
    best.into_values().max_by_key(|(score, _)| *score).map(|(_, chosen)| chosen).unwrap_or_default()
}

fn as_number(shape: Shape) -> Option<u64> {
    match shape {
        Shape::Integer(number) => Some(number),
        Shape::Account | Shape::Epoch => Some(u64::MAX),
        _ => None,
    }
}

/// How well the numbers of a column fit a field; `None` where they cannot.
fn fit(field: FieldId, values: &[Shape], first: bool) -> Option<i32> {
    if !values.iter().all(|value| value.fits(field)) {
        return None;
    }
    let numbers = || values.iter().filter_map(|value| as_number(*value));
    let all = |test: fn(u64) -> bool| numbers().all(test);
    let (fits, gain, loss) = match field.name {
        // The version is the same everywhere, and nobody lists it but first.
        "version" => (first, 12, -6),
        "protocol" => (all(|n| matches!(n, 1 | 6 | 17 | 47 | 50 | 58 | 132)), 8, -4),
        "srcport" | "dstport" if all(|n| n == 0) => (true, 1, 1),
        "srcport" | "dstport" => (numbers().any(|n| n > 255), 5, 3),
        "packets" => (all(|n| n > 0), 3, 0),
        "bytes" => (all(|n| n >= 20), 5, 0),
        "tcp_flags" => (all(|n| matches!(n, 0..=7 | 18 | 19 | 22 | 23)), 4, -4),
        "traffic_path" => (all(|n| (1..=8).contains(&n)), 3, -4),
        _ => (true, 0, 0),
    };
    Some(if fits { gain } else { loss })
}

/// No packet is smaller than its header: where every packet count is above the byte count, they are the other way
/// round.
fn order_packets_and_bytes(present: &[Vec<Shape>], names: &mut [Option<FieldId>], reasons: &mut Vec<String>) {
    let place = |name: &str| names.iter().position(|field| field.is_some_and(|f| f.name == name));
    let (Some(packets), Some(bytes)) = (place("packets"), place("bytes")) else { return };
    let (Some(p), Some(b)) = (present.get(packets), present.get(bytes)) else { return };
    let numbers = || p.iter().zip(b).filter_map(|(p, b)| as_number(*p).zip(as_number(*b)));
    if numbers().next().is_some() && numbers().all(|(p, b)| p >= b.saturating_mul(20)) {
        names.swap(packets, bytes);
        reasons.push(format!("column {} has the larger of packets and bytes", packets + 1));
    }
}

/// Names of AWS services are upper-case words; AWS lists the source's first.
fn name_services(present: &[Vec<Shape>], names: &mut [Option<FieldId>]) {
    let mut wanted =
        field::of(Dataset::Flows).filter(|f| matches!(f.name, "pkt_src_aws_service" | "pkt_dst_aws_service"));
    for (i, shapes) in present.iter().enumerate() {
        let services = !shapes.is_empty() && shapes.iter().all(|s| *s == Shape::AwsService);
        if let Some(name) = names.get_mut(i)
            && name.is_none()
            && services
            && let Some(field) = wanted.next()
        {
            *name = Some(field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::infer::{PRESETS, Preset, propose};

    fn spec_of(lines: &[&str]) -> (String, Option<&'static str>) {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        let proposal = propose(&lines).unwrap();
        assert!(proposal.confidence > 0.0 && proposal.confidence < 1.0, "{proposal:?}");
        (proposal.spec.replace("${", "").replace('}', ""), proposal.preset)
    }

    #[test]
    fn presets_have_the_documented_widths() {
        let widths: Vec<(&str, usize)> = PRESETS.iter().map(|p| (p.name, p.format().len())).collect();
        assert_eq!(
            widths,
            [
                ("default-v2", 14),
                ("aws-v3", 21),
                ("aws-v4", 25),
                ("aws-v5", 29),
                ("blog", 29),
                ("aws-v7", 39),
                ("aws-v8", 40),
                ("aws-v9", 41),
                ("aws-v10", 42),
                ("aws-v11", 54),
                ("playbook", 29),
                ("insights-27", 27),
                ("tgw-default", 36),
                ("tgw-cloudwatch", 27),
                ("tgw-with-losses", 31)
            ]
        );
        assert_eq!(Preset::by_name("playbook").map(|p| p.format().unknown_names().len()), Some(0));
    }

    #[test]
    fn a_line_of_a_preset_proposes_it() {
        let v2 = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
        assert_eq!(spec_of(&[v2]).1, Some("default-v2"));
        let tail = "203.0.113.5 10.0.0.2 us-east-1 use1-az1 - - - S3 ingress 1";
        let v5 = format!("{v2} vpc-1 subnet-1 i-1 2 IPv4 {tail}");
        assert_eq!(spec_of(&[&v5]).1, Some("aws-v5"));
        let playbook =
            format!("{v2} vpc-1 IPv4 2 subnet-1 - - us-east-1 203.0.113.5 10.0.0.2 i-1 use1-az1 - S3 ingress 1");
        assert_eq!(spec_of(&[&playbook]).1, Some("playbook"));
        let insights = "123456789010 vpc-1 subnet-1 eni-1 i-1 10.0.0.1 40000 10.0.0.2 22 6 20 4249 ACCEPT OK \
                        1418530010 1418530070 ingress 1 2 203.0.113.5 - 10.0.0.2 S3 us-east-1 use1-az1 - -";
        assert_eq!(spec_of(&[insights]).1, Some("insights-27"));
    }

    #[test]
    fn other_orders_are_read_from_the_shapes() {
        let spec = "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport \
                    pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status";
        let lines = [
            "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 \
             52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK",
            "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 \
             10.0.0.62 52.213.180.42 5001 43416 10.0.0.62 52.213.180.42 6 376 7 1566848875 1566848933 ACCEPT 18 OK",
            "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 \
             52.213.180.42 10.0.0.62 43418 5001 52.213.180.42 10.0.0.62 6 100701 70 1566848875 1566848933 ACCEPT 2 OK",
        ];
        assert_eq!(spec_of(&lines), (spec.split_whitespace().collect::<Vec<_>>().join(" "), None));
        assert_eq!(
            spec_of(&["2 eni-1235b8ca123456789 172.31.16.139 172.31.16.21"]).0,
            "version interface-id srcaddr dstaddr"
        );
        assert_eq!(
            spec_of(&["eni-1 10.0.0.1 10.0.0.2 my-tag 443 51000 6"]).0,
            "interface-id srcaddr dstaddr column-4 srcport dstport protocol"
        );
        assert_eq!(propose(&[b"just some prose", b"10.0.0.1"]), None);
    }
}
