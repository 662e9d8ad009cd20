//! The columns give exactly what plain SQL over the rows gives.

use super::leaders::Reach;
use super::*;
use crate::case::index::{IndexCache, flow};
use crate::columns::Grouping;
use crate::filter::parse;
use crate::model::{Address, Dataset, TimeRange, Timestamp, Value, field};
use crate::query::conversations::conversations_by_sql;
use crate::query::figures::figures_by_sql;
use crate::query::filter_sql::fixture::{TestRecord, case_of};
use crate::query::filter_sql::random_tests::{FLOW_SUBJECTS, filter_text, flow_record, numbered};
use crate::query::histogram::{Bins, histogram_by_sql};
use crate::query::hours::{hours_by_sql, source_hours_by_sql};
use crate::query::pairs::pairs_by_sql;
use crate::query::rows::rows_by_sql;
use crate::query::series::lines_by_sql;
use crate::query::top::top_by_sql;
use crate::query::{ConversationColumn, ConversationQuery, ConversationSort, Repeats};
use crate::query::{Duplicates, RecordQuery, SortKey};
use crate::query::{
    GroupBy, Measure, PairColumn, PairKey, PairQuery, PairSort, Scope, SeriesQuery, TopQuery, own_field, pair_rows,
};
use proptest::prelude::*;
use std::path::Path;

/// A case with these records, its columns in segments of so many rows.
pub(super) fn reader(records: &[TestRecord], segment_rows: usize) -> CaseReader {
    let conn = case_of(records);
    conn.execute_batch("UPDATE evidence SET flow_count = (SELECT count(*) FROM flow WHERE id >> 32 = evidence_id)")
        .unwrap();
    CaseReader::over(conn, Path::new("memory"), Arc::new(IndexCache::with_segments_of(segment_rows)))
}

pub(super) fn by_columns<T>(
    reader: &CaseReader,
    threads: usize,
    run: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
) -> T {
    by_columns_of(Dataset::Flows, reader, threads, run)
}

pub(super) fn by_columns_of<T>(
    dataset: Dataset,
    reader: &CaseReader,
    threads: usize,
    run: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
) -> T {
    attempt_on(threads, reader, dataset, &Cancel::default(), run).unwrap().expect("the columns answer")
}

pub(super) fn query(text: &str) -> RecordQuery {
    let filter = parse(text, Dataset::Flows).unwrap_or_else(|e| panic!("{text}: {e}"));
    RecordQuery { filter: Some(filter), duplicates: Duplicates::All, ..RecordQuery::all(Dataset::Flows) }
}

/// The same rows in the same order, and the same bins.
pub(super) fn compare(reader: &CaseReader, query: &RecordQuery, threads: usize, what: &str) {
    let dataset = query.dataset;
    let expected: Vec<_> = rows_by_sql(reader, query, &Cancel::default()).unwrap().iter().collect();
    let rows = by_columns_of(dataset, reader, threads, |engine| engine.rows(query));
    assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{what} {query:?}");
    for (place, id) in expected.iter().enumerate() {
        assert_eq!(rows.place(*id), Some(place));
    }
    let any = by_columns_of(dataset, reader, threads, |engine| engine.any(query));
    assert_eq!(any, !expected.is_empty(), "{what} {query:?}");
    let some: Vec<_> = expected.iter().copied().rev().step_by(2).collect();
    let mut places: Vec<usize> = (0..expected.len()).rev().step_by(2).collect();
    places.reverse();
    assert_eq!(rows.places(&some), places);
    for limit in [1, 4, 20] {
        if let Some(first) = by_columns_of(dataset, reader, threads, |engine| engine.first_rows(query, limit)) {
            assert_eq!(
                first.iter().collect::<Vec<_>>(),
                expected[..limit.min(expected.len())],
                "{limit} {what} {query:?}"
            );
        }
    }
    let unordered = RecordQuery { sort: Vec::new(), ..query.clone() };
    for bins in [Bins::Most(1), Bins::Most(3), Bins::Most(100), Bins::Secs(7)] {
        let expected = histogram_by_sql(reader, &unordered, bins, &Cancel::default()).unwrap();
        let found = by_columns_of(dataset, reader, threads, |engine| engine.histogram(&unordered, bins));
        assert_eq!(found, expected, "{what}");
    }
}

fn sort_keys() -> impl Strategy<Value = Vec<SortKey>> {
    let fields: Vec<_> = field::of(Dataset::Flows).collect();
    let key =
        (prop::sample::select(fields), any::<bool>()).prop_map(|(field, descending)| SortKey { field, descending });
    prop::collection::vec(key, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn random_queries_find_what_sql_finds(
        records in prop::collection::vec(flow_record(), 0..40), segment_rows in 1usize..12, threads in 1usize..4,
        filters in prop::collection::vec((filter_text(FLOW_SUBJECTS), sort_keys(), any::<bool>(), 0i64..4, 0i64..4), 12),
    ) {
        let reader = reader(&numbered(records), segment_rows);
        for (text, sort, once, from, to) in filters {
            let bound = |at: i64| (at > 0).then(|| Timestamp(999_500 + at * 500));
            let query = RecordQuery {
                sort,
                range: TimeRange { from: bound(from), to: bound(to) },
                duplicates: if once { Duplicates::Once } else { Duplicates::All },
                ..query(&text)
            };
            compare(&reader, &query, threads, &text);
        }
    }
}

fn pair_sorts() -> impl Strategy<Value = Vec<PairSort>> {
    let key = (prop::sample::select(PairColumn::ALL.to_vec()), any::<bool>());
    prop::collection::vec(key.prop_map(|(column, descending)| PairSort { column, descending }), 0..3)
}

fn groupings() -> Vec<GroupBy> {
    let fields = field::of(Dataset::Flows).filter(|f| f.kind != crate::model::Kind::Time);
    let fields = fields.filter(|f| f.home != crate::model::Home::Extra).map(GroupBy::Field);
    let others = [GroupBy::Talker, GroupBy::PacketTalker, GroupBy::Pair, GroupBy::PacketPair];
    fields.chain(others).chain([GroupBy::EitherPort, GroupBy::Service]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(15))]

    #[test]
    fn random_aggregates_are_those_of_sql(
        records in prop::collection::vec(flow_record(), 0..40), segment_rows in 1usize..12, threads in 1usize..4,
        filters in prop::collection::vec((filter_text(FLOW_SUBJECTS), any::<bool>()), 4),
        sorts in prop::collection::vec((pair_sorts(), 0usize..3, prop::option::of(0usize..6)), 4),
        lists in prop::collection::vec((prop::sample::select(groupings()), 0usize..3, prop::option::of(0usize..6)), 8),
        widths in prop::collection::vec(1u32..7, 2),
    ) {
        let reader = reader(&numbered(records), segment_rows);
        let never = Cancel::default();
        for (text, once) in filters {
            let filter = if once { None } else { query(&text).filter };
            let scope = Scope { filter, duplicates: if once { Duplicates::Once } else { Duplicates::All }, ..Scope::all(Dataset::Flows) };
            let found = by_columns(&reader, threads, |engine| engine.figures(&scope));
            let count = by_columns(&reader, threads, |engine| engine.count(&scope));
            prop_assert_eq!(count, found.records, "{}", text);
            prop_assert_eq!(found, figures_by_sql(&reader, &scope, &never).unwrap(), "{}", text);
            let fields = ["account_id", "region", "interface_id", "tgw_id"].map(|name| own_field(Dataset::Flows, name));
            let found = by_columns(&reader, threads, |engine| engine.source_hours(&scope, &fields));
            prop_assert_eq!(found, source_hours_by_sql(&reader, &scope, &fields, &never).unwrap(), "{}", text);
            for (sort, by, limit) in &sorts {
                let by = [PairKey::Addresses, PairKey::AddressesAndDirection, PairKey::PacketAddresses][*by];
                let query = PairQuery { scope: scope.clone(), by, sort: sort.clone(), limit: *limit, ..PairQuery::all() };
                let expected = pairs_by_sql(&reader, &query, &never).unwrap();
                let rows = |table: &crate::query::PairTable| pair_rows(&reader, table, 0..100).unwrap();
                if let Some(first) = by_columns(&reader, threads, |engine| engine.first_pairs(&query)) {
                    prop_assert_eq!((rows(&first), &first.totals), (rows(&expected), &expected.totals), "{:?}", query);
                }
                let found = by_columns(&reader, threads, |engine| engine.pair_table(&query));
                prop_assert_eq!(rows(&found), rows(&expected), "{:?}", query);
                prop_assert_eq!((found.len(), found.totals), (expected.len(), expected.totals));
            }
            for (by, measure, limit) in &lists {
                let query = TopQuery { scope: scope.clone(), by: *by, measure: Measure::ALL[*measure], limit: *limit };
                let expected = top_by_sql(&reader, &query, &never).unwrap();
                let found = by_columns(&reader, threads, |engine| engine.top(&query));
                prop_assert_eq!(&found, &expected, "{:?}", query);
                let keys: Vec<Vec<Value>> = expected.rows.into_iter().map(|row| row.key).collect();
                for (width, by) in widths.iter().flat_map(|width| [(width, Some(*by)), (width, None)]) {
                    let keys = if by.is_some() { keys.clone() } else { Vec::new() };
                    let query = SeriesQuery { by, ..SeriesQuery::of(scope.clone(), query.measure) };
                    let expected = lines_by_sql(&reader, &query, *width, keys.clone(), &never).unwrap();
                    let found = attempt_on(threads, &reader, Dataset::Flows, &never, |engine| engine.lines(&query, *width, &keys)).unwrap();
                    prop_assert_eq!(found.unwrap_or_else(|| panic!("no answer to {query:?} {keys:?}")), expected, "{:?}", query);
                }
            }
        }
        let hours = by_columns(&reader, threads, |engine| engine.hours());
        prop_assert_eq!(hours, hours_by_sql(&reader, Dataset::Flows, &never).unwrap());
        let fields = ["account_id", "region", "interface_id", "tgw_id"].map(|name| own_field(Dataset::Flows, name));
        for fields in [&fields[..], &fields[2..3], &fields[1..2]] {
            let found = by_columns(&reader, threads, |engine| engine.hours_of_sources(fields));
            let expected = source_hours_by_sql(&reader, &Scope::all(Dataset::Flows), fields, &never).unwrap();
            prop_assert_eq!(found, expected.into_iter().map(|hour| (hour.source, hour.hour)).collect::<Vec<_>>());
        }
    }
}

#[test]
fn the_first_of_many_groups_are_those_of_sql() {
    let record = |n: i64| {
        let side = |at: i64| format!("10.0.0.{}", at % 13);
        let (source, destination) = (side(n * 7), side(n * n));
        let (bytes, packets) = ((n * n * 37 % 101).to_string(), (n % 5).to_string());
        let mut values = vec![("action", if n % 3 == 0 { "REJECT" } else { "ACCEPT" }), ("bytes", &bytes)];
        if n % 11 == 0 {
            values = vec![("log_status", "NODATA"), ("bytes", "999999")];
        }
        if n % 17 != 0 {
            values.extend([("srcaddr", source.as_str()), ("dstaddr", &destination), ("packets", &packets)]);
        }
        TestRecord::new(Dataset::Flows, n, &values, None)
    };
    let reader = reader(&numbered((0..400).map(record).collect()), 50);
    let never = Cancel::default();
    for (text, measure) in
        ["", "action = REJECT", "bytes < 60"].iter().flat_map(|text| Measure::ALL.map(|m| (*text, m)))
    {
        let scope = Scope { filter: query(text).filter, duplicates: Duplicates::All, ..Scope::all(Dataset::Flows) };
        let found = by_columns(&reader, 2, |engine| {
            let grouping = Grouping::new(vec![engine.pair_part(flow::PAIR, &*engine.pairs()?)?]).unwrap();
            engine.leaders(&*engine.chosen(&scope.records(Vec::new()))?, &grouping, measure, (3, Reach::Equal))
        });
        assert!(found.is_some_and(|leaders| leaders.slots.count() < 20), "{text}");
        let column = match measure {
            Measure::Bytes => PairColumn::TotalBytes,
            Measure::Packets => PairColumn::Packets,
            Measure::Records => PairColumn::RecordCount,
        };
        for limit in [1, 3, 20] {
            let sort = vec![PairSort { column, descending: true }];
            let pairs = PairQuery { scope: scope.clone(), sort, limit: Some(limit), ..PairQuery::all() };
            let expected = pairs_by_sql(&reader, &pairs, &never).unwrap();
            let rows = |table: &crate::query::PairTable| pair_rows(&reader, table, 0..100).unwrap();
            let first = by_columns(&reader, 2, |engine| engine.first_pairs(&pairs));
            // Later ones find the sums of all that were kept for the greatest limit.
            let is_sooner = text == "action = REJECT" && measure == Measure::Bytes && limit < 20;
            assert!(first.is_some() || !is_sooner, "{pairs:?}");
            if let Some(first) = first {
                assert_eq!((rows(&first), &first.totals), (rows(&expected), &expected.totals), "{pairs:?}");
            }
            let found = by_columns(&reader, 2, |engine| engine.pair_table(&pairs));
            assert_eq!((rows(&found), found.totals.clone()), (rows(&expected), expected.totals.clone()), "{pairs:?}");
            let talkers = TopQuery { scope: scope.clone(), by: GroupBy::Talker, measure, limit: Some(limit) };
            let found = by_columns(&reader, 2, |engine| engine.top(&talkers));
            assert_eq!(found, top_by_sql(&reader, &talkers, &never).unwrap(), "{talkers:?}");
        }
    }
}

#[test]
fn the_pairs_with_the_most_records_of_a_verdict_are_those_of_sql() {
    let record = |n: i64, names: &[&'static str]| {
        let side = |at: i64| if at % 4 == 0 { format!("2001:db8::{}", at % 9) } else { format!("10.0.0.{}", at % 9) };
        let (source, destination) = (side(n * 7), side(n * n));
        let mut values = vec![("action", names[n as usize % names.len()]), ("bytes", "7"), ("packets", "2")];
        if n % 11 == 0 {
            values.push(("log_status", "NODATA"));
        }
        if n % 17 != 0 {
            values.extend([("srcaddr", source.as_str()), ("dstaddr", &destination)]);
        }
        TestRecord::new(Dataset::Flows, n, &values, None)
    };
    // The filter finds a name in any case; the counts of all records do not have it.
    for names in [&["ACCEPT", "REJECT", "ACCEPT", "-"][..], &["ACCEPT", "reject", "REJECT", "accept", "REJECT"]] {
        let reader = reader(&numbered((0..300).map(|n| record(n, names)).collect()), 40);
        let filters = ["action = ACCEPT", "action = REJECT", "not action = REJECT", "action = REJECT and bytes = 7"];
        let all = filters.iter().flat_map(|text| [1, 3, 500].map(|limit| (*text, limit)));
        for (text, limit) in all {
            for (by, duplicates) in [(GroupBy::Pair, Duplicates::All), (GroupBy::PacketPair, Duplicates::Once)] {
                let scope = Scope { filter: query(text).filter, duplicates, ..Scope::all(Dataset::Flows) };
                let query = TopQuery { scope, by, measure: Measure::Records, limit: Some(limit) };
                let expected = top_by_sql(&reader, &query, &Cancel::default()).unwrap();
                assert_eq!(by_columns(&reader, 2, |engine| engine.top(&query)), expected, "{query:?}");
            }
        }
    }
}

fn conversation_sorts() -> impl Strategy<Value = Vec<ConversationSort>> {
    let key = (prop::sample::select(ConversationColumn::ALL.to_vec()), any::<bool>());
    prop::collection::vec(key.prop_map(|(column, descending)| ConversationSort { column, descending }), 0..3)
}

/// A conversation between few addresses, seen at few interfaces at about the same time.
fn talk() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let address = || prop::option::weighted(0.9, prop::sample::select(vec!["10.0.0.1", "10.0.0.2", "9.9.9.9"]));
    let port = || prop::option::weighted(0.9, prop::sample::select(vec![22u16, 443, 50_000, 50_001]));
    let sides = (address(), address(), prop::option::weighted(0.3, address()), prop::option::weighted(0.3, address()));
    let tuple = (port(), port(), prop::sample::select(vec![1, 6, 17]), 0u8..4);
    (sides, tuple, prop::option::weighted(0.9, 0u8..3), 0i64..30, prop::option::weighted(0.9, 0i64..9), 0u8..9)
        .prop_map(|(sides, (from, to, protocol, flags), interface, start, duration, bytes)| {
            let mut values: Vec<(&'static str, Option<String>)> = vec![
                ("srcaddr", sides.0.map(str::to_owned)),
                ("dstaddr", sides.1.map(str::to_owned)),
                ("pkt_srcaddr", sides.2.flatten().map(str::to_owned)),
                ("pkt_dstaddr", sides.3.flatten().map(str::to_owned)),
                ("srcport", from.map(|port| port.to_string())),
                ("dstport", to.map(|port| port.to_string())),
                ("protocol", Some(protocol.to_string())),
                ("tcp_flags", [None, Some("2"), Some("18"), Some("16")][usize::from(flags)].map(str::to_owned)),
                ("interface_id", interface.map(|eni| format!("eni-{eni}"))),
                ("action", Some(if bytes % 4 == 0 { "REJECT" } else { "ACCEPT" }.to_owned())),
                ("start", Some(start.to_string())),
                ("end", duration.map(|duration| (start + duration).to_string())),
            ];
            values.push(("bytes", (bytes > 1).then(|| bytes.to_string())));
            values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_conversations_are_those_of_sql(talk in prop::collection::vec(talk(), 0..40), segment_rows in 1usize..12, threads in 1usize..4,
                                             queries in prop::collection::vec((conversation_sorts(), any::<[bool; 4]>(), prop::option::of(0usize..5)), 4)) {
        let record = |(n, values): (usize, &Vec<(&'static str, String)>)| {
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            TestRecord::new(Dataset::Flows, n as i64, &values, None)
        };
        let reader = reader(&numbered(talk.iter().enumerate().map(record).collect()), segment_rows);
        for (sort, [packets, left_out, one, once], limit) in queries {
            let scope = Scope { duplicates: if once { Duplicates::Once } else { Duplicates::All }, ..Scope::all(Dataset::Flows) };
            let by = if packets { PairKey::PacketAddresses } else { PairKey::Addresses };
            let ip = one.then(|| Address::parse(b"9.9.9.9").unwrap());
            let query = ConversationQuery {
                repeats: if left_out { Repeats::LeftOut } else { Repeats::Counted },
                sort,
                limit,
                ..ConversationQuery::of(PairQuery { scope, by, ip, ..PairQuery::all() })
            };
            let expected = conversations_by_sql(&reader, &query, &Cancel::default()).unwrap();
            let records = query.pairs.records().unwrap().records(Vec::new());
            let asked = crate::query::conversations::asked(&reader, &query).unwrap();
            if let Some(first) = by_columns(&reader, threads, |engine| engine.first_conversations(&query, &records, &asked)) {
                prop_assert_eq!(&first, &expected, "{:?}", query);
            }
            let found = by_columns(&reader, threads, |engine| engine.conversations(&query, &records, &asked));
            prop_assert_eq!(found, expected, "{:?}", query);
        }
    }
}

#[test]
fn folding_says_how_much_of_the_records_is_read() {
    let values = |n: i64| vec![("srcaddr", if n % 2 == 0 { "10.0.0.1" } else { "10.0.0.2" }), ("dstaddr", "10.0.0.3")];
    let records = (0..20).map(|n| TestRecord::new(Dataset::Flows, n, &values(n), None)).collect();
    let reader = reader(&numbered(records), 3);
    // The second one finds what the first one has kept.
    for repeats in [Repeats::Counted, Repeats::LeftOut] {
        let cancel = Cancel::default();
        let query = ConversationQuery { repeats, ..ConversationQuery::of(PairQuery::all()) };
        let records = query.pairs.records().unwrap().records(Vec::new());
        attempt_on(2, &reader, Dataset::Flows, &cancel, |engine| engine.conversations(&query, &records, &[]))
            .unwrap()
            .unwrap();
        assert_eq!(cancel.progress(), Some((5 * 20, 5 * 20)));
    }
}

#[test]
fn every_field_sorts_both_ways() {
    let records: Vec<TestRecord> = numbered(
        (0..50)
            .map(|n: i64| {
                let text = |values: &[&'static str]| values.get(n as usize * 7 % (values.len() + 1)).copied();
                let values: Vec<(&str, &str)> = [
                    ("srcaddr", text(&["10.0.0.9", "10.0.0.10", "2001:db8::1", "fe80::1%eth0", "fe80::1"])),
                    ("dstaddr", text(&["192.0.2.1", "10.1.1.1"])),
                    ("pkt_srcaddr", text(&["10.0.0.9", "10.0.0.10", "9.9.9.9"])),
                    ("srcport", text(&["0", "65535", "443"])),
                    ("bytes", text(&["9223372036854775807", "-9223372036854775807", "0", "5", "4294967296"])),
                    ("start", text(&["1000", "1001", "-5"])),
                    ("end", text(&["1005", "1001"])),
                    ("action", text(&["ACCEPT", "REJECT"])),
                    ("tcp_flags", text(&["2", "18", "100"])),
                    ("vpc_id", text(&["b", "a", "B", ""])),
                ]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect();
                let json = text(&[r#"{"packets_lost_no_route":10}"#, r#"{"packets_lost_no_route":9,"end":7}"#]);
                TestRecord::new(Dataset::Flows, n, &values, json)
            })
            .collect(),
    );
    let reader = reader(&records, 7);
    for field in field::of(Dataset::Flows) {
        for descending in [false, true] {
            let query = RecordQuery { sort: vec![SortKey { field, descending }], ..query("") };
            let expected: Vec<_> = rows_by_sql(&reader, &query, &Cancel::default()).unwrap().iter().collect();
            let rows = by_columns(&reader, 2, |engine| engine.rows(&query));
            assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{} {descending}", field.name());
        }
    }
}

#[test]
fn a_stop_is_heard_and_a_refused_filter_says_the_same() {
    let reader = reader(&[], 7);
    let stopped = Cancel::default();
    stopped.cancel();
    let found = attempt(&reader, Dataset::Flows, &stopped, |engine| engine.rows(&query("dstport = 1")));
    assert!(matches!(found, Err(QueryError::Cancelled)));
    let of_events = parse("event_name = x", Dataset::Events).unwrap();
    let refused = RecordQuery { filter: Some(of_events), ..RecordQuery::all(Dataset::Flows) };
    let by_sql = rows_by_sql(&reader, &refused, &Cancel::default()).unwrap_err().to_string();
    let by_columns =
        attempt(&reader, Dataset::Flows, &Cancel::default(), |engine| engine.rows(&refused)).unwrap_err().to_string();
    assert_eq!(by_columns, by_sql);
}
