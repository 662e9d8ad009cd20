//! Aggregates over random records are what adding up in memory says.

use crate::answers::plain;
use crate::desk::Desk;
use coldtrail::filter;
use coldtrail::model::{Address, Dataset, SeriesKey, Value, field};
use coldtrail::query::{
    BinWidth, Cancel, ConversationQuery, GroupBy, Measure, PairKey, PairQuery, Repeats, Scope, SeriesQuery, TopQuery,
    conversation_rows, conversations, figures, pair_rows, pairs, series, top,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
struct Flow {
    addresses: Option<(&'static str, &'static str)>,
    ports: (u16, u16),
    packets: Option<u64>,
    bytes: Option<u64>,
    start: Option<i64>,
    lasting: i64,
    action: Option<&'static str>,
    status: &'static str,
    direction: Option<&'static str>,
    interface: &'static str,
}

const HEADER: &str = "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
                      log-status flow-direction\n";

impl Flow {
    fn line(&self) -> String {
        fn or_dash(value: Option<impl ToString>) -> String {
            value.map_or("-".to_owned(), |value| value.to_string())
        }
        let (source, destination) = self.addresses.unzip();
        let end = self.start.map(|start| start + self.lasting);
        format!(
            "5 {} {} {} {} {} 6 {} {} {} {} {} {} {}\n",
            self.interface,
            or_dash(source),
            or_dash(destination),
            self.ports.0,
            self.ports.1,
            or_dash(self.packets),
            or_dash(self.bytes),
            or_dash(self.start),
            or_dash(end),
            or_dash(self.action),
            self.status,
            or_dash(self.direction)
        )
    }

    fn sum(&self, value: Option<u64>) -> Option<u128> {
        value.filter(|_| self.status == "OK").map(u128::from)
    }
}

fn flow() -> impl Strategy<Value = Flow> {
    const ADDRESSES: [&str; 6] = ["10.0.0.1", "10.0.0.2", "9.9.9.9", "203.0.113.5", "2001:db8::1", "fe80::1"];
    const COUNTERS: [Option<u64>; 6] =
        [None, Some(0), Some(1), Some(1 << 32), Some(u32::MAX as u64), Some(i64::MAX as u64)];
    const ACTIONS: [Option<&str>; 3] = [None, Some("ACCEPT"), Some("REJECT")];
    const DIRECTIONS: [Option<&str>; 3] = [None, Some("ingress"), Some("egress")];
    let counter = || prop::sample::select(COUNTERS.to_vec());
    let ends = prop::option::weighted(
        0.9,
        (prop::sample::select(ADDRESSES.to_vec()), prop::sample::select(ADDRESSES.to_vec())),
    );
    let start = prop::option::weighted(0.9, prop_oneof![0i64..200, 3600i64..3700, 90_000i64..90_100]);
    let what =
        (prop::sample::select(ACTIONS.to_vec()), prop::sample::select(vec!["OK", "OK", "OK", "NODATA", "SKIPDATA"]));
    let place = (prop::sample::select(DIRECTIONS.to_vec()), prop::sample::select(vec!["eni-1", "eni-2", "eni-3"]));
    let ports = (prop::sample::select(vec![22u16, 443, 50_000]), prop::sample::select(vec![22u16, 443, 50_000]));
    (ends, ports, counter(), counter(), start, 0i64..100, what, place).prop_map(
        |(addresses, ports, packets, bytes, start, lasting, (action, status), (direction, interface))| Flow {
            addresses,
            ports,
            packets,
            bytes,
            start,
            lasting,
            action,
            status,
            direction,
            interface,
        },
    )
}

/// What a group adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sums {
    records: u64,
    packets: Option<u128>,
    bytes: Option<u128>,
    first: Option<i64>,
    last: Option<i64>,
    accepted: u64,
    rejected: u64,
}

fn add(sum: &mut Option<u128>, value: Option<u128>) {
    *sum = sum.map(|sum| sum + value.unwrap_or(0)).or(value);
}

impl Sums {
    fn add(&mut self, flow: &Flow) {
        self.records += 1;
        add(&mut self.packets, flow.sum(flow.packets));
        add(&mut self.bytes, flow.sum(flow.bytes));
        self.first = self.first.into_iter().chain(flow.start).min();
        self.last = self.last.into_iter().chain(flow.start.map(|start| start + flow.lasting)).max();
        self.accepted += u64::from(flow.action == Some("ACCEPT"));
        self.rejected += u64::from(flow.action == Some("REJECT"));
    }
}

fn grouped<K: Ord>(flows: &[&Flow], key: impl Fn(&Flow) -> K) -> BTreeMap<K, Sums> {
    let mut groups = BTreeMap::new();
    flows.iter().for_each(|flow| groups.entry(key(flow)).or_insert_with(Sums::default).add(flow));
    groups
}

/// The filters with what they mean.
type Meaning = (&'static str, fn(&Flow) -> bool);
const FILTERS: [Meaning; 5] = [
    ("", |_| true),
    ("action = REJECT", |flow| flow.action == Some("REJECT")),
    ("not action = REJECT", |flow| flow.action != Some("REJECT")),
    ("ip in 10.0.0.0/8 and port = 22", |flow| {
        let inside = flow.addresses.is_some_and(|(a, b)| a.starts_with("10.") || b.starts_with("10."));
        inside && (flow.ports.0 == 22 || flow.ports.1 == 22)
    }),
    ("bytes > 5", |flow| flow.bytes.is_some_and(|bytes| bytes > 5)),
];

type Ends = Option<(&'static str, &'static str)>;

fn check_pairs(desk: &Desk, scope: &Scope, flows: &[&Flow]) {
    let reader = desk.reader();
    for by in [PairKey::Addresses, PairKey::AddressesAndDirection] {
        let query = PairQuery { scope: scope.clone(), by, ..PairQuery::all() };
        let table = pairs(&reader, &query, &Cancel::default()).unwrap();
        let rows = pair_rows(&reader, &table, 0..table.len()).unwrap();
        let with_direction = by == PairKey::AddressesAndDirection;
        let expected = grouped(flows, |flow| (flow.addresses, flow.direction.filter(|_| with_direction)));
        let ours: BTreeMap<_, _> = rows
            .iter()
            .map(|row| {
                let key = (row.srcaddr.clone().zip(row.dstaddr.clone()), row.flow_direction.clone());
                let sums = Sums {
                    records: row.record_count,
                    packets: row.packets,
                    bytes: row.total_bytes,
                    first: row.first_seen.map(|time| time.secs()),
                    last: row.last_seen.map(|time| time.secs()),
                    accepted: row.accepted,
                    rejected: row.rejected,
                };
                (key, sums)
            })
            .collect();
        assert_eq!(ours.len(), rows.len());
        let text = |ends: Ends| ends.map(|(a, b)| (a.to_owned(), b.to_owned()));
        let expected: BTreeMap<_, _> = expected
            .into_iter()
            .map(|((ends, direction), sums)| ((text(ends), direction.map(str::to_owned)), sums))
            .collect();
        assert_eq!(ours, expected);
        let bytes: Vec<Option<u128>> = rows.iter().map(|row| row.total_bytes).collect();
        assert!(bytes.is_sorted_by(|a, b| a >= b), "most first, none last: {bytes:?}");
        let all = figures(&reader, scope, &Cancel::default()).unwrap();
        assert_eq!((all.records, all.bytes), (table.totals.records, table.totals.bytes));
        assert_eq!(all.left_out, flows.iter().filter(|flow| flow.status != "OK").count() as u64);
    }
}

fn check_talkers(desk: &Desk, scope: &Scope, flows: &[&Flow]) {
    let mut expected: BTreeMap<String, (u64, Option<u128>, Option<u128>)> = BTreeMap::new();
    for flow in flows {
        let (source, destination) = flow.addresses.unzip();
        let name = |side: Option<&str>| side.unwrap_or("-").to_owned();
        let ends = BTreeSet::from([name(source), name(destination)]);
        ends.into_iter().for_each(|end| expected.entry(end).or_default().0 += 1);
        add(&mut expected.get_mut(&name(source)).unwrap().1, flow.sum(flow.bytes));
        add(&mut expected.get_mut(&name(destination)).unwrap().2, flow.sum(flow.bytes));
    }
    let query = TopQuery { scope: scope.clone(), by: GroupBy::Talker, measure: Measure::Bytes, limit: None };
    let table = top(&desk.reader(), &query, &Cancel::default()).unwrap();
    let ours: BTreeMap<_, _> =
        table.rows.iter().map(|row| (plain(&row.key[0]), (row.figures.records, row.sent, row.received))).collect();
    assert_eq!((ours.len() as u64, table.rows.len() as u64), (table.groups, table.groups));
    assert_eq!(ours, expected);
    // Most first; ties by the address's value, no address last.
    let order: Vec<_> = table
        .rows
        .iter()
        .map(|row| {
            let key = match &row.key[0] {
                Value::Text(text) => Some(Address::parse(text.as_bytes()).unwrap().key()),
                _ => None,
            };
            (std::cmp::Reverse(row.figures.bytes), key.is_none(), key)
        })
        .collect();
    assert!(order.is_sorted(), "{order:?}");
}

fn check_series(desk: &Desk, scope: &Scope, flows: &[&Flow], width: i64) {
    let by = GroupBy::Field(field::by_name(Dataset::Flows, "interface_id").unwrap());
    let query = SeriesQuery {
        bin: BinWidth::Secs(width as u32),
        by: Some(by),
        top: 2,
        ..SeriesQuery::of(scope.clone(), Measure::Bytes)
    };
    let table = series(&desk.reader(), &query, &Cancel::default()).unwrap();
    let own: Vec<String> = table
        .lines
        .iter()
        .filter_map(|line| if let SeriesKey::Group(key) = &line.key { Some(plain(&key[0])) } else { None })
        .collect();
    let mut expected: BTreeMap<(i64, String), u128> = BTreeMap::new();
    for flow in flows {
        let Some(start) = flow.start else { continue };
        let line = if own.contains(&flow.interface.to_owned()) { flow.interface } else { "other" };
        *expected.entry((start / width * width, line.to_owned())).or_default() += flow.sum(flow.bytes).unwrap_or(0);
    }
    let mut ours = BTreeMap::new();
    for line in &table.lines {
        let name = if let SeriesKey::Group(key) = &line.key { plain(&key[0]) } else { "other".to_owned() };
        for (at, value) in line.at.iter().zip(&line.values) {
            ours.insert((table.bins[*at as usize], name.clone()), *value);
        }
    }
    assert_eq!(ours, expected);
    assert_eq!(table.untimed, flows.iter().filter(|flow| flow.start.is_none()).count() as u64);
}

fn check_conversations(desk: &Desk, scope: &Scope, flows: &[&Flow]) {
    let reader = desk.reader();
    let query = ConversationQuery::of(PairQuery { scope: scope.clone(), ..PairQuery::all() });
    let rows = |query: &ConversationQuery| {
        let table = conversations(&reader, query, &Cancel::default()).unwrap();
        conversation_rows(&reader, &table, 0..table.len()).unwrap()
    };
    let all = rows(&query);
    let mut expected: BTreeMap<BTreeSet<&str>, Sums> = BTreeMap::new();
    for flow in flows {
        let ends = flow.addresses.map_or(BTreeSet::new(), |(a, b)| BTreeSet::from([a, b]));
        expected.entry(ends).or_default().add(flow);
    }
    assert_eq!(all.len(), expected.len());
    for row in &all {
        let ends: BTreeSet<&str> = [&row.left, &row.right].into_iter().filter_map(Option::as_deref).collect();
        let sums = &expected[&ends];
        assert_eq!((row.record_count, row.total_bytes(), row.rejected), (sums.records, sums.bytes, sums.rejected));
        let sent = flows.iter().filter(|flow| {
            flow.addresses.unzip().0 == row.left.as_deref() && flow.addresses.unzip().1 == row.right.as_deref()
        });
        let sent = sent.fold(None, |mut sum, flow| {
            add(&mut sum, flow.sum(flow.bytes));
            sum
        });
        assert_eq!(row.sent, sent);
    }
    // A record is a repeat or it counts.
    let repeats: u64 = all.iter().map(|row| row.repeats).sum();
    let once = rows(&ConversationQuery { repeats: Repeats::LeftOut, ..query });
    let counted: u64 = once.iter().map(|row| row.record_count).sum();
    assert_eq!(counted + repeats, flows.len() as u64);
    assert_eq!(repeats, repeats_of(flows));
}

/// The rule of repeats by comparing every record with every other.
fn repeats_of(flows: &[&Flow]) -> u64 {
    let mut list: Vec<&&Flow> = flows.iter().filter(|flow| flow.addresses.is_some() && flow.start.is_some()).collect();
    list.sort_by_key(|flow| flow.interface);
    let mut counted: Vec<&Flow> = Vec::new();
    let mut repeats = 0;
    for flow in list {
        let meets = |other: &&Flow| {
            let same = (other.addresses, other.ports, other.action) == (flow.addresses, flow.ports, flow.action);
            let (a, b) = (flow.start.unwrap(), other.start.unwrap());
            same && other.interface < flow.interface && a <= b + other.lasting && b <= a + flow.lasting
        };
        if counted.iter().any(meets) { repeats += 1 } else { counted.push(flow) }
    }
    repeats
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn random_records_add_up(flows in prop::collection::vec(flow(), 1..60), width in prop::sample::select(vec![1i64, 60, 3600, 86_400])) {
        let desk = Desk::new();
        // No line twice: the file would hold a record that it holds already.
        let mut seen = BTreeSet::new();
        let flows: Vec<Flow> = flows.into_iter().filter(|flow| seen.insert(flow.line())).collect();
        let lines: String = flows.iter().map(Flow::line).collect();
        let rows = desk.import(&[desk.file("a.log", format!("{HEADER}{lines}"))]);
        prop_assert_eq!(rows[0].counts(), (flows.len() as u64, 0, 0));
        for (text, matches) in FILTERS {
            let filter = filter::parse(text, Dataset::Flows).unwrap();
            let scope = if text.is_empty() { Scope::all(Dataset::Flows) } else { Scope::of(Dataset::Flows, filter) };
            let matching: Vec<&Flow> = flows.iter().filter(|flow| matches(flow)).collect();
            check_pairs(&desk, &scope, &matching);
            check_talkers(&desk, &scope, &matching);
            check_series(&desk, &scope, &matching, width);
            check_conversations(&desk, &scope, &matching);
        }
    }
}
