//! The table over the columns gives what the view over the rows gives.

use super::replace_view;
use crate::case::CaseReader;
use crate::case::index::IndexCache;
use crate::query::filter_sql::fixture::{TestRecord, case_of};
use crate::query::filter_sql::random_tests::{flow_record, numbered};
use crate::query::{Cancel, SqlDialect, SqlLimits, SqlStatement, athena, read_only_sql};
use proptest::prelude::*;
use rusqlite::Connection;
use std::sync::Arc;

/// A case file with these records, its columns in segments of eight.
fn case(records: &[TestRecord], folder: &std::path::Path) -> CaseReader {
    let path = folder.join("one.coldtrail");
    let conn = case_of(records);
    conn.execute_batch("UPDATE evidence SET flow_count = (SELECT count(*) FROM flow WHERE id >> 32 = evidence_id)")
        .unwrap();
    conn.execute("VACUUM INTO ?", [path.to_str().unwrap()]).unwrap();
    CaseReader::over(Connection::open(&path).unwrap(), &path, Arc::new(IndexCache::with_segments_of(8)))
}

const LIMITS: SqlLimits = SqlLimits { rows: 100_000, time: None };

/// Statements whose rows have one order.
const ORDERED: [&str; 17] = [
    "SELECT * FROM flow_record",
    "SELECT count(*), count(duplicate), sum(bytes), max(\"end\"), min(start) FROM flow_record",
    "SELECT action, count(*), sum(bytes) FROM flow_record GROUP BY 1",
    "SELECT srcaddr, dstaddr, count(*), min(start) FROM flow_record GROUP BY 1, 2",
    "SELECT dstport, protocol, count(DISTINCT srcaddr) FROM flow_record GROUP BY 1, 2 ORDER BY 1 DESC, 2",
    "SELECT interface_id, count(*) FROM flow_record WHERE NOT duplicate GROUP BY interface_id ORDER BY 2 DESC, 1",
    "SELECT evidence, duplicate, count(*) FROM flow_record GROUP BY 1, 2",
    "SELECT position, dstport FROM flow_record WHERE dstport BETWEEN 10 AND 500",
    "SELECT position, start FROM flow_record WHERE start >= 1609459200 AND start < 1700000000 AND bytes > 1",
    "SELECT position FROM flow_record WHERE srcaddr = '10.0.0.1' OR dstaddr = 'nothing'",
    "SELECT position FROM flow_record WHERE srcaddr = '10.0.0.1' AND action = 'REJECT'",
    "SELECT position FROM flow_record WHERE protocol > 5 AND action >= 'B'",
    "SELECT position FROM flow_record WHERE srcport = '443' OR bytes > 1.5",
    "SELECT position FROM flow_record WHERE srcport = '443'",
    "SELECT position FROM flow_record WHERE action IS NULL AND evidence = 1",
    "SELECT position, extra FROM flow_record WHERE dstport IN (22, 443, NULL) AND log_status = 'OK' COLLATE NOCASE",
    "SELECT packets_lost_mtu_exceeded, region, count(*) FROM flow_record GROUP BY region, 1 HAVING count(*) > 1",
];

const UNORDERED: [&str; 3] = [
    "SELECT DISTINCT action, dstport FROM flow_record",
    "SELECT a.position, b.position FROM flow_record a JOIN flow_record b ON a.dstaddr = b.srcaddr AND a.bytes < b.bytes",
    "SELECT a.action, (SELECT count(*) FROM flow_record b WHERE b.dstport = a.dstport) FROM flow_record a",
];

fn rows(reader: &CaseReader, text: &str, dialect: SqlDialect) -> Vec<String> {
    let statement = SqlStatement { text: text.to_owned(), dialect, ..SqlStatement::default() };
    let found = read_only_sql(reader, &statement, LIMITS, &Cancel::default()).unwrap_or_else(|e| panic!("{text}: {e}"));
    found.rows.iter().map(|row| serde_json::Value::from(row.clone()).to_string()).collect()
}

/// The rows of a statement in Athena's dialect, over the columns or over the view.
fn athena_rows(reader: &CaseReader, text: &str, over_columns: bool) -> Vec<String> {
    let console = reader.another().unwrap();
    let remarks = athena::Remarks::default();
    assert!(!over_columns || replace_view(&console, true).unwrap());
    athena::prepare(&console.conn, &remarks, "", over_columns).unwrap();
    let mut statement = console.conn.prepare(text).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let cells = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
        Ok(cells.collect::<Vec<_>>().join(" "))
    };
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

const ATHENA: [&str; 6] = [
    "SELECT * FROM vpc_flow_logs",
    "SELECT action, ip, region, count(*) FROM vpcflow GROUP BY 1, 2, 3",
    "SELECT date_partition, region_partition, account_partition, count(*) FROM vpcflow GROUP BY 1, 2, 3",
    "SELECT starttime FROM vpcflow WHERE sourceaddress = '-' AND instanceid = '-'",
    "SELECT starttime FROM vpcflow WHERE action <> 'ACCEPT' AND destinationport < 1000",
    "SELECT sourceaddress, count(*) FROM vpcflow WHERE action >= '-' GROUP BY 1",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_columns_give_what_the_view_gives(records in proptest::collection::vec(flow_record(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let reader = case(&numbered(records), folder.path());
        for text in ORDERED {
            prop_assert_eq!(rows(&reader, text, SqlDialect::Sqlite), rows(&reader, text, SqlDialect::Earlier), "{}", text);
        }
        for text in UNORDERED {
            let [mut one, mut other] = [SqlDialect::Sqlite, SqlDialect::Earlier].map(|dialect| rows(&reader, text, dialect));
            one.sort();
            other.sort();
            prop_assert_eq!(one, other, "{}", text);
        }
        for text in ATHENA {
            prop_assert_eq!(athena_rows(&reader, text, true), athena_rows(&reader, text, false), "{}", text);
        }
    }
}

#[test]
fn sqlite_neither_joins_nor_sorts() {
    let folder = tempfile::tempdir().unwrap();
    let records = numbered(vec![TestRecord::new(crate::model::Dataset::Flows, 1, &[("srcaddr", "10.0.0.1")], None)]);
    let reader = case(&records, folder.path());
    let console = reader.another().unwrap();
    assert!(replace_view(&console, false).unwrap());
    let plan = |text: &str| {
        let mut statement = console.conn.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        lines.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    };
    let grouped = plan("SELECT action, count(*) FROM flow_record GROUP BY 1");
    assert!(grouped.starts_with("SCAN coldtrail_flow") && !grouped.contains("B-TREE"), "{grouped}");
    let filtered = plan("SELECT position FROM flow_record WHERE dstport > 10 AND start < 5");
    assert_eq!(filtered.lines().count(), 1, "{filtered}");
    assert!(filtered.contains(">6 <") || filtered.contains('>'), "the conditions are handed over: {filtered}");
}
