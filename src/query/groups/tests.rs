//! Groups of equal values: their examples, that they add up, and that columns and SQL agree.

use super::*;
use crate::case::index::IndexCache;
use crate::filter::{Filter, clause, parse, target_named};
use crate::model::field;
use crate::query::Duplicates;
use crate::query::engine::attempt_on;
use crate::query::filter_sql::fixture::{TestRecord, case_of};
use crate::query::filter_sql::random_tests::{
    EVENT_SUBJECTS, FLOW_SUBJECTS, event_record, filter_text, flow_record, numbered,
};
use crate::query::rows::from_where;
use proptest::prelude::*;
use rusqlite::params_from_iter;
use std::path::Path;
use std::sync::Arc;

/// A case with these records, its columns in segments of so many rows.
fn reader(records: &[TestRecord], segment_rows: usize) -> CaseReader {
    let conn = case_of(records);
    conn.execute_batch(
        "UPDATE evidence SET flow_count = (SELECT count(*) FROM flow WHERE id >> 32 = evidence_id),
           event_count = (SELECT count(*) FROM event_row WHERE id >> 32 = evidence_id)",
    )
    .unwrap();
    CaseReader::over(conn, Path::new("memory"), Arc::new(IndexCache::with_segments_of(segment_rows)))
}

/// None of them a copy of another.
fn distinct(mut records: Vec<TestRecord>) -> Vec<TestRecord> {
    records.iter_mut().for_each(|record| record.duplicate = false);
    numbered(records)
}

fn scope(dataset: Dataset, text: &str, once: bool) -> Scope {
    let filter = parse(text, dataset).unwrap_or_else(|error| panic!("{text}: {error}"));
    let duplicates = if once { Duplicates::Once } else { Duplicates::All };
    Scope { filter: (filter != Filter::All).then_some(filter), duplicates, ..Scope::all(dataset) }
}

fn by(dataset: Dataset, names: &[&str]) -> Vec<Target> {
    names.iter().map(|name| target_named(dataset, name).unwrap()).collect()
}

/// How many records these are, as SQL counts them.
fn counted(reader: &CaseReader, scope: &Scope) -> u128 {
    let (from, params) = from_where(&scope.records(Vec::new()), "").unwrap();
    crate::query::filter_sql::prepare(reader).unwrap();
    let count =
        reader.conn.query_row(&format!("SELECT count(*) {from}"), params_from_iter(params), |row| row.get::<_, u64>(0));
    count.unwrap().into()
}

/// A facet's values, the rest of them, and the records without a value are all records of the scope; each value leads to as
/// many records as it says.
fn facet_adds_up(reader: &CaseReader, scope: &Scope, field: FieldId, limit: usize) {
    let query = GroupsQuery::of_field(scope.clone(), field, limit);
    let table = groups(reader, &query, &Cancel::default()).unwrap();
    let shown: u128 = table.rows.iter().filter_map(|row| row.value).sum();
    let other = table.other.map_or(0, |other| other.value.unwrap());
    let all = counted(reader, scope);
    assert_eq!((shown + other, table.all), (all, Some(all)), "{} {scope:?}", field.name());
    let others = table.other.map_or(0, |other| other.groups);
    assert_eq!(table.rows.len() as u64 + others, table.groups);
    for row in &table.rows {
        let records = scope.and(clause::clause(&row.key[0], field, false));
        assert_eq!(Some(counted(reader, &records)), row.value, "{} {:?} {scope:?}", field.name(), row.key);
    }
}

fn names(dataset: Dataset) -> &'static [&'static str] {
    match dataset {
        Dataset::Flows => &["action", "srcport", "protocol", "tcp_flags", "packets", "vpc_id", "interface_id", "end"],
        Dataset::Events => &["event_name", "read_only", "source_ip_address", "event_time"],
    }
}

fn measures() -> Vec<GroupMeasure> {
    let distinct = ["srcaddr", "dstport", "vpc_id", "start", "packets_lost_no_route"];
    let distinct = distinct.map(|name| GroupMeasure::Distinct(own_field(Dataset::Flows, name)));
    [GroupMeasure::Records, GroupMeasure::Bytes, GroupMeasure::Packets].into_iter().chain(distinct).collect()
}

const KEYS: &[&str] =
    &["srcaddr", "dstaddr", "pkt_dstaddr", "srcport", "dstport", "action", "protocol", "vpc_id", "packets", "start"];

/// Of up to three fields: which of the columns sort, and in which direction.
fn orders() -> impl Strategy<Value = Vec<(usize, bool)>> {
    prop::collection::vec((0usize..4, any::<bool>()), 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn facets_of_flow_records_add_up(
        records in prop::collection::vec(flow_record(), 0..40), segment_rows in 1usize..12,
        filters in prop::collection::vec((filter_text(FLOW_SUBJECTS), any::<bool>(), 0usize..5), 6),
    ) {
        let reader = reader(&numbered(records), segment_rows);
        for (text, once, limit) in filters {
            for name in names(Dataset::Flows) {
                facet_adds_up(&reader, &scope(Dataset::Flows, &text, once), own_field(Dataset::Flows, name), limit);
            }
        }
    }

    #[test]
    fn facets_of_events_add_up(
        records in prop::collection::vec(event_record(), 0..40),
        filters in prop::collection::vec((filter_text(EVENT_SUBJECTS), any::<bool>(), 0usize..5), 6),
    ) {
        let reader = reader(&numbered(records), 7);
        for (text, once, limit) in filters {
            for name in names(Dataset::Events) {
                facet_adds_up(&reader, &scope(Dataset::Events, &text, once), own_field(Dataset::Events, name), limit);
            }
        }
    }

    #[test]
    fn groups_over_the_columns_are_those_of_sql(
        records in prop::collection::vec(flow_record(), 0..40), segment_rows in 1usize..12, threads in 1usize..4,
        asked in prop::collection::vec((
            filter_text(FLOW_SUBJECTS), prop::sample::subsequence(KEYS, 1..=3), prop::sample::select(measures()), orders(),
            prop::option::of(0usize..6),
        ), 8),
    ) {
        let reader = reader(&numbered(records), segment_rows);
        for (text, keys, measure, orders, limit) in asked {
            let query = query(scope(Dataset::Flows, &text, false), &keys, measure, &orders, limit);
            // Ports beside others make more groups than values are counted of.
            let counted = match measure {
                GroupMeasure::Distinct(field) => field.name() == "vpc_id" && keys.len() == 1,
                _ => true,
            };
            columns_and_sql_agree(&reader, threads, &query, counted && !keys.contains(&"start"));
        }
    }

    #[test]
    fn groups_of_events_over_the_columns_are_those_of_sql(
        records in prop::collection::vec(event_record(), 0..40), segment_rows in 1usize..12, threads in 1usize..4,
        asked in prop::collection::vec((
            filter_text(EVENT_SUBJECTS), any::<bool>(), prop::sample::subsequence(EVENT_KEYS, 1..=3),
            prop::option::of(prop::sample::select(EVENT_KEYS)), orders(), prop::option::of(0usize..6),
        ), 8),
    ) {
        let reader = reader(&numbered(records), segment_rows);
        for (text, once, keys, of, orders, limit) in asked {
            let measure = of.map_or(GroupMeasure::Records, |of| GroupMeasure::Distinct(own_field(Dataset::Events, of)));
            let query = query(scope(Dataset::Events, &text, once), &keys, measure, &orders, limit);
            let has_column = keys.iter().chain(&of).all(|name| !WITHOUT_COLUMN.contains(name));
            columns_and_sql_agree(&reader, threads, &query, has_column);
        }
    }
}

const EVENT_KEYS: &[&str] = &[
    "event_name",
    "event_source",
    "read_only",
    "source_ip_address",
    "user_identity_arn",
    "error_code",
    "error_message",
    "event_time",
    "event_id",
];
const WITHOUT_COLUMN: &[&str] = &["event_time", "event_id"];

fn query(
    scope: Scope,
    keys: &[&str],
    measure: GroupMeasure,
    orders: &[(usize, bool)],
    limit: Option<usize>,
) -> GroupsQuery {
    let column = |at: usize| if at < keys.len() { GroupColumn::Key(at) } else { GroupColumn::Measure };
    let mut sort: Vec<GroupOrder> = Vec::new();
    for (at, descending) in orders {
        if !sort.iter().any(|known| known.column == column(*at)) {
            sort.push(GroupOrder { column: column(*at), descending: *descending });
        }
    }
    let by = by(scope.dataset, keys);
    GroupsQuery { scope, by, measure, sort, limit }
}

/// `has_columns`: the columns can answer it, and do. They may do so where it is not sure that they can.
fn columns_and_sql_agree(reader: &CaseReader, threads: usize, query: &GroupsQuery, has_columns: bool) {
    let never = Cancel::default();
    let expected = sql::ranked(reader, query, &never).unwrap();
    let found = attempt_on(threads, reader, query.scope.dataset, &never, |engine| engine.ranked(query)).unwrap();
    match found {
        Some(found) => assert_eq!(found, expected, "{query:?}"),
        None => assert!(!has_columns, "{query:?}"),
    }
    // What is in no row, by another way: the groups behind the limit, as they are without one.
    let table = groups(reader, query, &never).unwrap();
    let whole = groups(reader, &GroupsQuery { limit: None, ..query.clone() }, &never).unwrap();
    assert_eq!(&whole.rows[..table.rows.len()], &table.rows[..]);
    let behind = whole.rows[table.rows.len()..].iter().filter_map(|row| row.value).reduce(|a, b| a + b);
    assert_eq!(table.other.is_some(), whole.rows.len() > table.rows.len());
    let Some(other) = table.other else { return };
    assert_eq!(other.groups, (whole.rows.len() - table.rows.len()) as u64);
    match query.measure {
        // The same value in two groups counts once.
        GroupMeasure::Distinct(_) => assert!(other.value <= behind),
        GroupMeasure::Records | GroupMeasure::Bytes | GroupMeasure::Packets => {
            assert_eq!(other.value, behind, "{query:?}");
        }
    }
}

/// The flow records of the specification's examples.
fn examples() -> CaseReader {
    let row = |n: i64, values: [&str; 8]| {
        let [interface, from, to, ports, packets, bytes, action, status] = values;
        let (srcport, dstport) = ports.split_once(' ').unwrap_or_default();
        let named = [
            ("interface_id", interface),
            ("srcaddr", from),
            ("dstaddr", to),
            ("srcport", srcport),
            ("dstport", dstport),
            ("packets", packets),
            ("bytes", bytes),
            ("action", action),
            ("log_status", status),
        ];
        let values: Vec<(&str, &str)> = named.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        TestRecord::new(Dataset::Flows, n, &values, None)
    };
    let (inside, outside) = ("10.0.0.5", "198.51.100.7");
    let refused = "203.0.113.9";
    reader(
        &distinct(vec![
            row(1, ["eni-1", inside, outside, "40000 443", "10", "1000", "ACCEPT", "OK"]),
            row(2, ["eni-1", outside, inside, "443 40000", "8", "9001", "ACCEPT", "OK"]),
            row(3, ["eni-1", inside, outside, "40001 443", "3", "501", "ACCEPT", "OK"]),
            row(4, ["eni-2", refused, "172.31.0.8", "50000 22", "1", "40", "REJECT", "OK"]),
            row(5, ["eni-2", "172.32.0.1", "172.31.0.8", "50001 22", "2", "80", "REJECT", "OK"]),
            row(6, ["eni-2", "10.0.0.0", "172.31.0.8", "50002 3389", "1", "40", "REJECT", "OK"]),
            row(7, ["eni-3", "", "", "", "", "", "", "NODATA"]),
        ]),
        3,
    )
}

fn written(value: Option<u128>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// `REJECT 3; other (2 groups) 2`
fn told(reader: &CaseReader, names: &[&str], measure: GroupMeasure, limit: usize) -> String {
    let by = by(Dataset::Flows, names);
    let query = GroupsQuery { scope: Scope::all(Dataset::Flows), by, measure, sort: Vec::new(), limit: Some(limit) };
    let table = groups(reader, &query, &Cancel::default()).unwrap();
    let row = |row: &GroupRow| {
        let key: Vec<String> = row.key.iter().map(Value::to_text).collect();
        format!("{} {}", key.join(","), written(row.value))
    };
    let other = table.other.map(|other| format!("other ({} groups) {}", other.groups, written(other.value)));
    table.rows.iter().map(row).chain(other).collect::<Vec<_>>().join("; ")
}

#[test]
fn the_examples_of_the_specification() {
    let reader = examples();
    let distinct = GroupMeasure::Distinct(own_field(Dataset::Flows, "srcaddr"));
    assert_eq!(told(&reader, &["action"], distinct, 1), "REJECT 3; other (2 groups) 2");
    assert_eq!(told(&reader, &["action"], distinct, 50), "REJECT 3; ACCEPT 2;  0");
    assert_eq!(told(&reader, &["action"], GroupMeasure::Bytes, 1), "ACCEPT 10502; other (2 groups) 160");
    assert_eq!(told(&reader, &["action"], GroupMeasure::Bytes, 2), "ACCEPT 10502; REJECT 160; other (1 groups) -");
    assert_eq!(told(&reader, &["dstport"], GroupMeasure::Records, 3), "22 2; 443 2; 3389 1; other (2 groups) 2");
    assert_eq!(
        told(&reader, &["action", "interface_id"], GroupMeasure::Packets, 9),
        "ACCEPT,eni-1 21; REJECT,eni-2 4; ,eni-3 -"
    );
    // Each record once in each of its groups, which do not add up.
    assert_eq!(told(&reader, &["ip"], GroupMeasure::Records, 3), "10.0.0.5 3; 172.31.0.8 3; 198.51.100.7 3");
    assert_eq!(told(&reader, &["port", "action"], GroupMeasure::Bytes, 2), "443,ACCEPT 10502; 40000,ACCEPT 10001");
}

#[test]
fn bytes_between_equal_sides_count_once_and_one_absent_side_is_no_value() {
    let row = |n: i64, from: &str, to: &str| {
        let values = [("srcaddr", from), ("dstaddr", to), ("bytes", "10")];
        let values: Vec<(&str, &str)> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        TestRecord::new(Dataset::Flows, n, &values, None)
    };
    let of = |rows: Vec<TestRecord>| reader(&distinct(rows), 3);
    let same = of(vec![row(1, "10.0.0.1", "10.0.0.1"), row(2, "10.0.0.1", "10.0.0.2")]);
    assert_eq!(told(&same, &["ip"], GroupMeasure::Bytes, 9), "10.0.0.1 20; 10.0.0.2 10");
    assert_eq!(told(&same, &["ip"], GroupMeasure::Records, 9), "10.0.0.1 2; 10.0.0.2 1");
    let half = of(vec![row(1, "10.0.0.1", ""), row(2, "", ""), row(3, "10.0.0.2", "10.0.0.1")]);
    assert_eq!(told(&half, &["ip"], GroupMeasure::Records, 9), "10.0.0.1 2; 10.0.0.2 1;  1");
}

#[test]
fn paths_into_events_group_each_element_once() {
    let event = |n: i64, json: &str| TestRecord::new(Dataset::Events, n, &[("event_name", "a")], Some(json));
    let records = vec![
        event(
            1,
            r#"{"resources":[{"type":"x"},{"type":"x"},{"type":"y"},{"type":null}],"requestParameters":{"n":1.5}}"#,
        ),
        event(2, r#"{"resources":[{"type":"y"}],"requestParameters":{"n":true}}"#),
        event(3, r#"{"requestParameters":{"n":"it's"}}"#),
    ];
    let reader = reader(&distinct(records), 3);
    let told = |name: &str| {
        let by = by(Dataset::Events, &[name]);
        let (scope, measure) = (Scope::all(Dataset::Events), GroupMeasure::Records);
        let query = GroupsQuery { scope: scope.clone(), by, measure, sort: Vec::new(), limit: Some(9) };
        let table = groups(&reader, &query, &Cancel::default()).unwrap();
        assert_eq!(table.all.is_some(), !name.contains('*'));
        let row = |row: &GroupRow| {
            let filter = clause::target_clause(&row.key[0], query.by[0].clone(), false);
            assert_eq!(Some(counted(&reader, &scope.and(filter))), row.value, "{row:?}");
            format!("{} {}", row.key[0].to_text(), written(row.value))
        };
        table.rows.iter().map(row).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(told("resources[*].type"), "y 2; x 1;  1");
    assert_eq!(told("requestParameters.n"), "1.5 1; it's 1; true 1");
}

#[test]
fn what_cannot_be_grouped_is_refused() {
    let reader = examples();
    let refused = |dataset: Dataset, by: Vec<Target>, measure: GroupMeasure| {
        let query = GroupsQuery { scope: Scope::all(dataset), by, measure, sort: Vec::new(), limit: None };
        groups(&reader, &query, &Cancel::default()).unwrap_err().to_string()
    };
    let field = |dataset, name| vec![Target::Field(field::by_name(dataset, name).unwrap())];
    assert_eq!(refused(Dataset::Flows, Vec::new(), GroupMeasure::Records), "groups have 1 to 3 keys");
    let of_event = refused(Dataset::Flows, field(Dataset::Events, "event_name"), GroupMeasure::Records);
    assert_eq!(of_event, "these records cannot be grouped by event_name");
    let bytes = refused(Dataset::Events, field(Dataset::Events, "event_name"), GroupMeasure::Bytes);
    assert_eq!(bytes, "events have no bytes");
    assert_eq!(
        refused(Dataset::Flows, vec![Target::Tag], GroupMeasure::Records),
        "these records cannot be grouped by tag"
    );
}
