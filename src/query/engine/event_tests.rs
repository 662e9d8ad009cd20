//! The columns of events give exactly what plain SQL over the rows gives.

use super::dictionary::Dictionary;
use super::tests::{by_columns_of, compare};
use super::*;
use crate::case::index::{IndexCache, complete};
use crate::filter::parse;
use crate::model::{FieldId, Kind, RecordId, TimeRange, Value, field};
use crate::query::figures::figures_by_sql;
use crate::query::filter_sql::fixture::{TestRecord, case_of};
use crate::query::filter_sql::random_tests::{EVENT_SUBJECTS, event_record, filter_text, numbered};
use crate::query::hours::{hours_by_sql, source_hours_by_sql};
use crate::query::rows::rows_by_sql;
use crate::query::series::lines_by_sql;
use crate::query::top::top_by_sql;
use crate::query::{Duplicates, GroupBy, Measure, RecordQuery, Scope, SeriesQuery, SortKey, TopQuery, own_field};
use crate::query::{batch, identities, rows};
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;

const EVENTS: Dataset = Dataset::Events;

/// Of two records the later one becomes an occurrence of the earlier one, and stands for the event or does not.
type Copied = (Index, Index, bool);

fn copies() -> impl Strategy<Value = Vec<Copied>> {
    prop::collection::vec((any::<Index>(), any::<Index>(), any::<bool>()), 0..12)
}

/// A case with these events, its columns in segments of so many rows.
fn reader(records: &[TestRecord], segment_rows: usize, copies: &[Copied]) -> CaseReader {
    let conn = case_of(records);
    conn.execute_batch(
        "UPDATE evidence SET event_count = (SELECT count(*) FROM event_row WHERE id >> 32 = evidence_id)",
    )
    .unwrap();
    for (one, other, stands) in copies.iter().filter(|_| !records.is_empty()) {
        let (one, other) = (one.get(records).id, other.get(records).id);
        let (first, later) = (one.min(other), one.max(other));
        let sql = "UPDATE event_row SET event_key = ?1 WHERE id = ?2 AND event_key = id AND id <> ?1
                   AND (SELECT e.event_key = e.id FROM event_row e WHERE e.id = ?1)";
        if conn.execute(sql, [first, later]).unwrap() == 1 {
            let best = if *stands { later } else { first };
            conn.execute("INSERT OR REPLACE INTO event_choice VALUES (?, ?, 2)", [first, best]).unwrap();
        }
    }
    complete(&conn, segment_rows);
    CaseReader::over(conn, Path::new("memory"), Arc::new(IndexCache::with_segments_of(segment_rows)))
}

fn query(text: &str) -> RecordQuery {
    let filter = parse(text, EVENTS).unwrap_or_else(|e| panic!("{text}: {e}"));
    RecordQuery { filter: Some(filter), duplicates: Duplicates::All, ..RecordQuery::all(EVENTS) }
}

fn duplicates(once: bool) -> Duplicates {
    if once { Duplicates::Once } else { Duplicates::All }
}

/// Fields by which columns can sort.
fn sorted() -> Vec<FieldId> {
    field::of(EVENTS).filter(|field| field.name() == "event_time" || Dictionary::of(*field).is_some()).collect()
}

fn sort_keys() -> impl Strategy<Value = Vec<SortKey>> {
    let key =
        (prop::sample::select(sorted()), any::<bool>()).prop_map(|(field, descending)| SortKey { field, descending });
    prop::collection::vec(key, 0..4)
}

/// Fields whose values are groups that columns can sum.
fn groupings() -> Vec<GroupBy> {
    let fields = sorted().into_iter().filter(|field| field.kind != Kind::Time);
    fields.map(GroupBy::Field).chain([GroupBy::Principal, GroupBy::PrincipalName]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn random_queries_find_what_sql_finds(
        records in prop::collection::vec(event_record(), 0..40), segment_rows in 1usize..12, threads in 1usize..4, copies in copies(),
        filters in prop::collection::vec((filter_text(EVENT_SUBJECTS), sort_keys(), any::<bool>(), 0i64..4, 0i64..4), 12),
    ) {
        let reader = reader(&numbered(records), segment_rows, &copies);
        reader.check_index().unwrap();
        for (text, sort, once, from, to) in filters {
            let bound = |at: i64| (at > 0).then(|| Timestamp(999_500 + at * 500));
            let query = RecordQuery {
                sort,
                range: TimeRange { from: bound(from), to: bound(to) },
                duplicates: duplicates(once),
                ..query(&text)
            };
            compare(&reader, &query, threads, &text);
        }
    }

    #[test]
    fn random_aggregates_are_those_of_sql(
        records in prop::collection::vec(event_record(), 0..40), segment_rows in 1usize..12, threads in 1usize..4, copies in copies(),
        filters in prop::collection::vec((filter_text(EVENT_SUBJECTS), any::<bool>()), 4),
        lists in prop::collection::vec((prop::sample::select(groupings()), prop::option::of(0usize..6)), 8),
        widths in prop::collection::vec(1u32..7, 2),
    ) {
        let reader = reader(&numbered(records), segment_rows, &copies);
        let never = Cancel::default();
        let sources = ["recipient_account_id", "aws_region"].map(|name| own_field(EVENTS, name));
        for (text, once) in filters {
            let filter = if once { None } else { query(&text).filter };
            let scope = Scope { filter, duplicates: duplicates(once), ..Scope::all(EVENTS) };
            let found = by_columns_of(EVENTS, &reader, threads, |engine| engine.figures(&scope));
            let count = by_columns_of(EVENTS, &reader, threads, |engine| engine.count(&scope));
            prop_assert_eq!(count, found.records, "{}", text);
            prop_assert_eq!(found, figures_by_sql(&reader, &scope, &never).unwrap(), "{}", text);
            let found = by_columns_of(EVENTS, &reader, threads, |engine| engine.source_hours(&scope, &sources));
            prop_assert_eq!(found, source_hours_by_sql(&reader, &scope, &sources, &never).unwrap(), "{}", text);
            for (by, limit) in &lists {
                let query = TopQuery { scope: scope.clone(), by: *by, measure: Measure::Records, limit: *limit };
                let expected = top_by_sql(&reader, &query, &never).unwrap();
                let found = by_columns_of(EVENTS, &reader, threads, |engine| engine.top(&query));
                prop_assert_eq!(&found, &expected, "{:?}", query);
                let keys: Vec<Vec<Value>> = expected.rows.into_iter().map(|row| row.key).collect();
                for (width, by) in widths.iter().flat_map(|width| [(width, Some(*by)), (width, None)]) {
                    let keys = if by.is_some() { keys.clone() } else { Vec::new() };
                    let query = SeriesQuery { by, ..SeriesQuery::of(scope.clone(), Measure::Records) };
                    let expected = lines_by_sql(&reader, &query, *width, keys.clone(), &never).unwrap();
                    let found = by_columns_of(EVENTS, &reader, threads, |engine| engine.lines(&query, *width, &keys));
                    prop_assert_eq!(found, expected, "{:?}", query);
                }
            }
        }
        let hours = by_columns_of(EVENTS, &reader, threads, |engine| engine.hours());
        prop_assert_eq!(hours, hours_by_sql(&reader, EVENTS, &never).unwrap());
        let found = by_columns_of(EVENTS, &reader, threads, |engine| engine.hours_of_sources(&sources));
        let expected = source_hours_by_sql(&reader, &Scope::all(EVENTS), &sources, &never).unwrap();
        prop_assert_eq!(found, expected.into_iter().map(|hour| (hour.source, hour.hour)).collect::<Vec<_>>());
    }
}

/// JSON of members in forms that SQLite writes as they are, and in others.
const MEMBERS: [&str; 9] = [
    r#"{"a":1,"b":[true,null,"é\u0020\n"]}"#,
    r#"{ "a" : 1 }"#,
    r#"[{"c":-2.50e3}]"#,
    r#""text \" é""#,
    "12",
    "true",
    "null",
    r#"{"\u0061":{}}"#,
    r#"{"a":{"deep":[[[[1]]]]}}"#,
];

/// Members of an event, by numbers of `MEMBERS`.
fn with_members(mut record: TestRecord, members: &[usize], ids: usize) -> TestRecord {
    let names = ["userIdentity", "requestParameters", "responseElements", "resources"];
    let list = names.iter().zip(members).filter_map(|(name, at)| Some(format!("\"{name}\":{}", MEMBERS.get(*at)?)));
    record.json = Some(format!("{{{}}}", list.collect::<Vec<_>>().join(",")));
    let uuid = format!("0b9c3a5e-1d2f-4a6b-8c7d-9e0f1a2b3c{:02x}", ids % 7);
    for (at, name) in ["event_id", "request_id", "shared_event_id", "error_message"].into_iter().enumerate() {
        let field = crate::query::own_field(EVENTS, name);
        match (ids >> at) % 4 {
            0 => _ = record.values.insert(field, uuid.clone()),
            1 => _ = record.values.insert(field, "no uuid, é".to_owned()),
            _ => {}
        }
    }
    record
}

/// Stores members as what differs from a base.
fn share_members(conn: &rusqlite::Connection, head: usize, tail: usize) {
    let list: Vec<(i64, String)> = {
        let mut statement = conn.prepare("SELECT member_id, json FROM member_text").unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    for (id, json) in list {
        let characters: Vec<char> = json.chars().collect();
        if characters.len() < head + tail {
            continue;
        }
        let (begin, rest) = characters.split_at(head);
        let (middle, end) = rest.split_at(rest.len() - tail);
        let text = |characters: &[char]| characters.iter().collect::<String>();
        let base = format!("{}é{}", text(begin), text(end));
        conn.execute("INSERT INTO member_text VALUES (?, NULL, NULL, NULL, ?)", (id + 100_000, base)).unwrap();
        let sql = "UPDATE member_text SET base_id = ?1 + 100000, head = ?2, tail = ?3, json = ?4 WHERE member_id = ?1";
        conn.execute(sql, (id, head as i64, tail as i64, text(middle))).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn batches_say_what_rows_say(
        records in prop::collection::vec((event_record(), prop::collection::vec(0usize..12, 4), any::<u8>()), 1..40),
        segment_rows in 1usize..12, order in prop::collection::vec(any::<Index>(), 0..60), shared in prop::option::of((0usize..4, 0usize..4)),
    ) {
        let with = |(record, members, ids): (TestRecord, Vec<usize>, u8)| with_members(record, &members, ids.into());
        let records = numbered(records.into_iter().map(with).collect());
        let reader = reader(&records, segment_rows, &[]);
        if let Some((head, tail)) = shared {
            share_members(&reader.conn, head, tail);
        }
        let fields: Vec<FieldId> = field::own(EVENTS).collect();
        let mut words = Words::default();
        let all: Vec<RecordId> = records.iter().map(|record| RecordId(record.id)).collect();
        let some: Vec<RecordId> = order.iter().map(|at| *at.get(&all)).collect();
        for ids in [all, some] {
            let never = Cancel::default();
            let told = batch::values(&reader, EVENTS, &ids, &fields, false, &mut words, &never).unwrap();
            let batch::Told { rows, fields: mut columns, identities, .. } = told.expect("the columns answer");
            prop_assert_eq!(rows, ids.len());
            for (column, field) in columns.iter_mut().zip(&fields) {
                if field.home == identities::HOME {
                    *column = identities.as_ref().unwrap().values().unwrap();
                }
            }
            let expected = rows::page(&reader, EVENTS, &ids, &fields).unwrap();
            for (row, values) in expected.iter().enumerate() {
                for ((column, value), field) in columns.iter().zip(values).zip(&fields) {
                    prop_assert_eq!(&column.get(row), value, "{} of {}", field.name(), row);
                }
            }
        }
    }
}

#[test]
fn every_field_with_a_column_sorts_both_ways() {
    let records: Vec<TestRecord> = (0..50)
        .map(|n: i64| {
            let text = |values: &[&'static str]| values.get(n as usize * 7 % (values.len() + 1)).copied();
            let values: Vec<(&str, &str)> = [
                ("event_time", text(&["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.250Z", "soon"])),
                ("source_ip_address", text(&["10.0.0.9", "10.0.0.10", "::ffff:10.0.0.9", "AWS Internal", "a.example"])),
                ("session_creation_date", text(&["2024-01-02T03:04:05Z", "2024-01-02T04:04:05+01:00", "then"])),
                ("user_identity_arn", text(&["b", "a", "B", ""])),
                ("user_identity_principal_id", text(&["AIDA", "AROA:x"])),
                ("user_identity_access_key_id", text(&["AKIA2", "AKIA1"])),
                ("error_message", text(&["2", "1"])),
                ("read_only", text(&["true", "false"])),
                ("event_name", text(&["b", "a", "B"])),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
            TestRecord::new(EVENTS, n, &values, None)
        })
        .collect();
    let reader = reader(&numbered(records), 7, &[]);
    for (field, descending) in sorted().into_iter().flat_map(|field| [(field, false), (field, true)]) {
        let query = RecordQuery { sort: vec![SortKey { field, descending }], ..query("") };
        let expected: Vec<_> = rows_by_sql(&reader, &query, &Cancel::default()).unwrap().iter().collect();
        let rows = by_columns_of(EVENTS, &reader, 2, |engine| engine.rows(&query));
        assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{} {descending}", field.name());
    }
}

#[test]
fn what_columns_cannot_tell_is_left_to_sql() {
    let record = |time| TestRecord::new(EVENTS, 0, &[("event_time", time), ("event_name", "a")], None);
    let answers = |reader: &CaseReader, query: &RecordQuery| {
        attempt(reader, EVENTS, &Cancel::default(), |engine| engine.rows(query)).unwrap().is_some()
    };
    let case = reader(&numbered(vec![record("2024-01-02T03:04:05Z")]), 7, &[]);
    let by_id = field::by_name(EVENTS, "event_id").map(|field| SortKey { field, descending: false });
    assert!(answers(&case, &query("event_name = a")));
    assert!(!answers(&case, &RecordQuery { sort: by_id.into_iter().collect(), ..query("") }));
    // Before 1970, SQL rounds parts of seconds in two ways.
    let early = reader(&numbered(vec![record("1969-12-31T23:59:58.500Z")]), 7, &[]);
    let bins = |engine: &Engine<'_>| engine.histogram(&query(""), crate::query::Bins::Secs(1));
    assert!(answers(&early, &query("event_time < 1970-01-01")));
    assert!(attempt(&early, EVENTS, &Cancel::default(), bins).unwrap().is_none());
}

#[test]
fn what_is_kept_of_rows_is_not_used_for_their_place_in_the_index() {
    let record = |n| TestRecord::new(EVENTS, n, &[("event_name", "a")], None);
    let conn = case_of(&numbered((0..10).map(record).collect()));
    conn.execute_batch(
        "UPDATE evidence SET event_count = (SELECT count(*) FROM event_row WHERE id >> 32 = evidence_id)",
    )
    .unwrap();
    let cache = Arc::new(IndexCache::with_segments_of(4));
    let reader = CaseReader::over(conn, Path::new("memory"), Arc::clone(&cache));
    compare(&reader, &RecordQuery::all(EVENTS), 2, "from the rows");
    complete(&reader.conn, 3);
    let reader = CaseReader::over(reader.conn, Path::new("memory"), cache);
    compare(&reader, &RecordQuery::all(EVENTS), 2, "from the index");
}
