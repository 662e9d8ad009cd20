//! Every column of every table changed once past the program, and cells that no program writes: verifying names each, and
//! nothing ends it.

use crate::desk::{Desk, Template, event, gz_at};
use crate::verify::written;
use coldtrail::app::verify::{Area, Check, Told, Verdict, VerifyOptions, verify};
use coldtrail::case::CaseWriter;
use coldtrail::model::{Cancel, Dataset, SavedFilter};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A case in which every table has rows.
fn full() -> Desk {
    static CASE: Template = Template::new();
    CASE.desk(filled)
}

fn filled() -> Desk {
    let desk = written();
    let digest = serde_json::json!({
        "awsAccountId": "123456789010", "digestStartTime": "2021-05-16T07:00:00Z",
        "digestEndTime": "2021-05-16T08:00:00Z", "digestS3Bucket": "b", "digestS3Object": "o",
        "logFiles": [{"s3Bucket": "b", "s3Object": "o.gz", "hashValue": "ab", "hashAlgorithm": "SHA-256"}]
    });
    desk.file("in5/CloudTrail-Digest/d.json", digest.to_string());
    // Of a format that needs no dictionary, and long enough for a place where reading can start.
    let lines: String = (0..420_000u64).map(|n| format!("{:x}\n", n * 2_654_435_761 % 1_000_003)).collect();
    let long = format!("{lines}{lines}");
    desk.file("in5/long.gz", gz_at(long.as_bytes(), 6));
    // Twice: the second is received as a copy.
    for name in ["in5/extra.log", "in5/extra-copy.log"] {
        desk.file(
            name,
            "version srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status a-new-field\n\
             2 10.9.9.9 10.9.9.8 1 2 6 1 100 1621123200 1621123260 ACCEPT OK something\n",
        );
    }
    // It contradicts the copy that the case has, and is in no exhibit.
    let mut other = event("e-5", "AssumeRole", "2021-05-18T00:05:00Z");
    other["sourceIPAddress"] = "192.0.2.77".into();
    other["errorMessage"] = "refused".into();
    desk.file("in5/other.json", serde_json::json!({"Records": [other]}).to_string());
    desk.import(&[desk.path("in5")]);
    let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","name":"C2",
        "pattern":"[ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 443]","pattern_type":"stix"},
        {"type":"indicator","name":"x","pattern":"[file:name = 'x.exe']","pattern_type":"stix"}]}"#;
    let bundle = desk.file("lists/b.json", bundle);
    desk.ok(&["indicators", "import", desk.case(), bundle.to_str().unwrap(), "--list", "b"]);
    desk.ok(&["indicators", "validity", desk.case(), "off"]);
    desk.ok(&["label", "add", desk.case(), "10.20.1.22", "bastion", "--note", "reached by SSH"]);
    let rule = "title: Denied\nlogsource: {product: aws}\ndetection:\n  a: {errorCode: AccessDenied}\n  condition: a\n";
    let rule = desk.file("rules/denied.yml", rule);
    desk.ok(&["sigma", "import", desk.case(), rule.to_str().unwrap()]);
    let users = r#"{"Users": [{"UserId": "AIDAEXAMPLE000000001", "UserName": "mika",
        "Arn": "arn:aws:iam::123456789012:user/mika", "CreateDate": "2021-01-01T00:00:00Z"}]}"#;
    let users = desk.file("inventories/users.json", users);
    desk.ok(&["inventory", "import", desk.case(), users.to_str().unwrap(), "--captured-at", "2021-05-20T00:00:00Z"]);
    desk.ok(&["inventory", "remove", desk.case(), "2"]);
    let mut writer = CaseWriter::open(&desk.case).unwrap();
    let filter = |name: &str| SavedFilter {
        dataset: Dataset::Flows,
        name: name.into(),
        text: "dstport = 443".into(),
        note: "all".into(),
    };
    writer.save_filter(&filter("web"), "2026-01-01T00:00:00Z").unwrap();
    writer
        .add_filters(
            &[filter("web"), SavedFilter { note: "other".into(), ..filter("web") }],
            "a",
            "2026-01-02T00:00:00Z",
        )
        .unwrap();
    writer.set_queue(&[("a/path".into(), "{}".into())]).unwrap();
    writer.close().unwrap();
    desk
}

/// Columns that may hold anything, each with its reason.
const FREE: [(&str, &str, &str); 7] = [
    (
        "import_queue",
        "queue_id",
        "what an import still has to read: no statement about evidence, emptied by the next import",
    ),
    ("import_queue", "path", "as above"),
    ("import_queue", "options", "as above; must be JSON"),
    ("import_warning", "warning_id", "only the order of the warnings of a file is told by it, and that is compared"),
    ("column_index", "revision", "counts the changes of the index; no answer depends on it"),
    ("column_index", "segment_rows", "how long the next segments will be; no answer depends on it"),
    ("column_index", "event_layout", "an index of another layout is built anew; no answer depends on it"),
];

/// What a failed check may call a table's rows, beside the table's name.
const CALLED: [(&str, &[&str]); 29] = [
    ("address", &["flow"]),
    ("call", &["event"]),
    ("caller", &["event"]),
    ("case_info", &["the case's"]),
    ("column_index", &["index"]),
    ("column_segment", &["index"]),
    ("derived", &["event"]),
    ("disposition", &["flow"]),
    ("event_choice", &["occurrences", "event"]),
    ("event_conflict", &["conflict"]),
    ("event_json", &["event"]),
    ("event_row", &["event"]),
    ("exhibit_content", &["exhibit"]),
    ("extra", &["flow"]),
    ("finding_record", &["finding"]),
    ("flow", &["index"]),
    ("flow_chunk", &["place"]),
    ("flow_duplicate", &["duplicate", "index"]),
    ("import_warning", &["warning"]),
    ("indicator_entry", &["indicator list", "setting"]),
    ("indicator_issue", &["indicator list"]),
    ("indicator_list", &["indicator list"]),
    ("indicator_part", &["indicator list"]),
    ("interface", &["flow"]),
    ("member_text", &["event", "member"]),
    ("message", &["event"]),
    ("pair", &["flow", "index"]),
    ("raw_block", &["evidence"]),
    ("report_setting", &["the report's"]),
];

fn is_named(table: &str, check: &Check) -> bool {
    let called = CALLED.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, called)| called);
    let text = format!("{} {} {}", check.area.name(), check.item, check.detail);
    let text = text.replace("saved_filter", "filter");
    [table, table.trim_start_matches("saved_")].iter().chain(called).any(|word| text.contains(word))
}

fn open(case: &Path) -> Connection {
    let conn = Connection::open_with_flags(case, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    conn.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY").unwrap();
    conn
}

fn texts(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap();
    statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
}

fn tables(conn: &Connection) -> Vec<String> {
    texts(conn, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name")
}

/// Columns of a table: name, declared type.
fn columns(conn: &Connection, table: &str) -> Vec<(String, String)> {
    let names = texts(conn, &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
    let kinds = texts(conn, &format!("SELECT type FROM pragma_table_info('{table}') ORDER BY cid"));
    names.into_iter().zip(kinds).collect()
}

/// What names a row in SQL.
fn keys(conn: &Connection, table: &str) -> Vec<String> {
    let of_table = format!("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = '{table}'");
    match conn.query_row(&of_table, [], |r| r.get::<_, i64>(0)).unwrap() {
        0 => vec!["rowid".to_owned()],
        _ => texts(conn, &format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk")),
    }
}

/// Another value of the same type.
fn other(value: Value, declared: &str) -> Value {
    match value {
        Value::Integer(value) => Value::Integer(value + 1),
        Value::Real(value) => Value::Real(value + 1.0),
        Value::Text(text) => {
            let mut bytes = text.into_bytes();
            match bytes.iter().rposition(u8::is_ascii_alphanumeric) {
                Some(at) => bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' },
                None => bytes.push(b'x'),
            }
            Value::Text(String::from_utf8(bytes).unwrap())
        }
        Value::Blob(mut bytes) => {
            match bytes.len() {
                0 => bytes.push(1),
                len => bytes[len / 2] ^= 1,
            }
            Value::Blob(bytes)
        }
        Value::Null => match declared {
            "INTEGER" => Value::Integer(1),
            "BLOB" => Value::Blob(vec![1]),
            _ => Value::Text("x".into()),
        },
    }
}

/// Writes a cell of the row with these keys; `false` where the table refuses it.
fn write(case: &Path, table: &str, column: &str, keys: &[String], row: &[Value], value: &Value) -> bool {
    let conn = open(case);
    let condition = keys.iter().map(|key| format!("{key} IS ?")).collect::<Vec<_>>().join(" AND ");
    let sql = format!("UPDATE {table} SET \"{column}\" = ? WHERE {condition}");
    conn.execute(&sql, params_from_iter(std::iter::once(value).chain(row))).is_ok_and(|changed| changed == 1)
}

/// Runs the checks until one of them is wanted. Panics where the run ends in an error.
fn checks(case: &Path, replay: bool, wanted: &dyn Fn(&Check) -> bool) -> Vec<Check> {
    let cancel = Cancel::default();
    let mut list = Vec::new();
    let options = VerifyOptions { replay, ..VerifyOptions::default() };
    let mut told = |told: Told<'_>| {
        if let Told::Check(check) = told {
            if wanted(check) {
                cancel.cancel();
            }
            list.push(check.clone());
        }
    };
    verify(case, &options, &cancel, &mut told).unwrap();
    list
}

/// A row of a table, by its keys, in which this column has a value if any has.
fn row_with(conn: &Connection, table: &str, column: &str, keys: &[String]) -> (Vec<Value>, Value) {
    let list = keys.join(", ");
    let last = keys.iter().map(|key| format!("{key} DESC")).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT \"{column}\", {list} FROM {table} ORDER BY \"{column}\" IS NULL, {last} LIMIT 1");
    let read = |r: &rusqlite::Row<'_>| {
        let keys = (0..keys.len()).map(|at| r.get(at + 1)).collect::<Result<Vec<Value>, _>>()?;
        Ok((keys, r.get(0)?))
    };
    conn.query_row(&sql, [], read).unwrap_or_else(|error| panic!("{table} has no rows: {error}"))
}

#[test]
fn a_change_of_any_column_is_named() {
    let desk = full();
    let good = checks(&desk.case, true, &|_| false);
    // Lists came in after the exhibits were frozen, so some are outdated.
    let is_bad = |check: &&Check| !matches!(check.verdict, Verdict::Good | Verdict::Outdated);
    let bad: Vec<&Check> = good.iter().filter(is_bad).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let conn = open(&desk.case);
    let mut missed = Vec::new();
    let mut count = 0;
    for table in tables(&conn) {
        let keys = keys(&conn, &table);
        for (column, declared) in columns(&conn, &table) {
            if FREE.iter().any(|(of, name, _)| (*of, *name) == (table.as_str(), column.as_str())) {
                continue;
            }
            let (row, value) = row_with(&conn, &table, &column, &keys);
            let changed = other(value.clone(), &declared);
            let copy = desk.path("flipped.coldtrail");
            std::fs::copy(&desk.case, &copy).unwrap();
            assert!(write(&copy, &table, &column, &keys, &row, &changed), "{table}.{column} {changed:?}");
            let wanted = |check: &Check| check.verdict == Verdict::Failed && is_named(&table, check);
            // What is found without the originals is found with them.
            let found = |replay| checks(&copy, replay, &wanted).iter().any(wanted);
            count += 1;
            if !found(false) && !found(true) {
                missed.push(format!("{table}.{column}: {value:?} as {changed:?}"));
            }
        }
    }
    assert!(count > 250, "{count}");
    assert!(missed.is_empty(), "{} of {count}: {missed:#?}", missed.len());
}

/// A generator of numbers that are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// A cell that no program of ours writes there, mostly.
fn broken(value: &Value, numbers: &mut Numbers) -> Value {
    match numbers.below(8) {
        0 => Value::Null,
        1 => Value::Text("{not json".into()),
        2 => Value::Blob(vec![0xff, 0xfe, 0x00]),
        3 => Value::Integer(i64::MAX),
        4 => Value::Integer(-1),
        5 => Value::Real(0.5),
        6 => Value::Text(String::new()),
        _ => match value {
            Value::Text(text) => Value::Text(text.chars().skip(1).collect()),
            Value::Blob(bytes) => Value::Blob(bytes.iter().copied().skip(1).collect()),
            Value::Integer(value) => Value::Integer(value ^ (1 << numbers.below(62))),
            _ => Value::Text("x".into()),
        },
    }
}

#[test]
fn no_cell_ends_a_verification() {
    let desk = full();
    let conn = open(&desk.case);
    let mut numbers = Numbers(7);
    let tables = tables(&conn);
    let mut tried = 0;
    let mut named = 0;
    for round in 0..400 {
        let table = &tables[round % tables.len()];
        let keys = keys(&conn, table);
        let columns = columns(&conn, table);
        let (column, _) = &columns[numbers.below(columns.len())];
        let (row, value) = row_with(&conn, table, column, &keys);
        let copy = desk.path("broken.coldtrail");
        std::fs::copy(&desk.case, &copy).unwrap();
        let done = match numbers.below(6) {
            // Text that is no UTF-8 cannot be bound.
            0 => open(&copy).execute(&format!("UPDATE {table} SET \"{column}\" = CAST(x'41ff42' AS TEXT)"), []).is_ok(),
            _ => write(&copy, table, column, &keys, &row, &broken(&value, &mut numbers)),
        };
        if !done {
            continue;
        }
        tried += 1;
        let found =
            checks(&copy, round % 8 == 0, &|check| check.verdict == Verdict::Failed && check.area == Area::Replay);
        assert!(found.len() > 5, "{table}.{column}: {found:#?}");
        named += usize::from(found.iter().any(|check| check.verdict == Verdict::Failed));
    }
    assert!(tried > 250 && named > tried * 8 / 10, "{named} of {tried}");
}

#[test]
fn a_malformed_cell_is_named_with_its_row_and_the_rest_is_checked() {
    let desk = full();
    for (sql, table, cell) in [
        ("UPDATE exhibit SET query = CAST(x'41ff' AS TEXT) WHERE exhibit_id = 3", "exhibit", "exhibit.query, row 3: "),
        ("UPDATE evidence SET file_bytes = 'many' WHERE evidence_id = 2", "evidence", "evidence.file_bytes, row 2: "),
        ("UPDATE flow SET bytes = x'00' WHERE id = (1 << 32) + 3", "flow", "flow.bytes, row 4294967299: "),
        ("UPDATE member_text SET json = '{' WHERE member_id = 1", "member_text", "member_text.json, row 1: "),
        ("UPDATE journal SET parameters = CAST(x'ff' AS TEXT) WHERE seq = 5", "journal", "journal.parameters, row 5: "),
    ] {
        let copy = desk.path("malformed.coldtrail");
        std::fs::copy(&desk.case, &copy).unwrap();
        assert_eq!(open(&copy).execute(sql, []).unwrap(), 1, "{sql}");
        let found = checks(&copy, true, &|_| false);
        let named = |check: &&Check| check.verdict == Verdict::Failed && check.detail.starts_with(cell);
        assert!(found.iter().any(|check| named(&check) && check.item == table), "{sql}: {found:#?}");
        for area in Area::ALL {
            let reached = area == Area::Originals || found.iter().any(|check| check.area == area);
            assert!(reached, "{sql}: nothing of {}: {found:#?}", area.name());
        }
        let exhibits = found.iter().filter(|check| check.area == Area::Exhibit).count();
        assert_eq!(exhibits, 18, "{sql}: every exhibit is asked again");
    }
}

/// The case with the statement of its SQL exhibit made endless.
fn endless(desk: &Desk) -> PathBuf {
    let copy = desk.path("endless.coldtrail");
    std::fs::copy(&desk.case, &copy).unwrap();
    let statement = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    let query = serde_json::json!({"statement": statement, "limit": null}).to_string();
    assert_eq!(open(&copy).execute("UPDATE exhibit SET query = ? WHERE kind = 'sql'", [query]).unwrap(), 1);
    copy
}

#[test]
fn an_endless_statement_fails_by_its_limit() {
    let desk = written();
    let copy = endless(&desk);
    let mut found = Vec::new();
    let options = VerifyOptions { statement_time: Duration::ZERO, ..VerifyOptions::default() };
    let mut told = |told: Told<'_>| {
        if let Told::Check(check) = told {
            found.push(check.clone());
        }
    };
    let done = verify(&copy, &options, &Cancel::default(), &mut told).unwrap();
    assert!(!done.stopped);
    let text = "its statement timed out after 0 s; increase the timeout, or remove the exhibit";
    assert!(found.iter().any(|check| check.area == Area::Exhibit && check.detail == text), "{found:#?}");
}

#[test]
fn a_verification_stops_inside_a_statement_when_it_is_asked_to() {
    let desk = written();
    let copy = endless(&desk);
    let cancel = Cancel::default();
    let mut areas = Vec::new();
    let mut told = |told: Told<'_>| {
        if let Told::Progress(progress) = told {
            areas.push(progress.area);
            // The last exhibit is the statement: it runs when the stop comes.
            if progress.area == Area::Exhibit && progress.done + 2 == progress.total {
                cancel.cancel();
            }
        }
    };
    let options = VerifyOptions { statement_time: Duration::from_secs(100_000), ..VerifyOptions::default() };
    let done = verify(&copy, &options, &cancel, &mut told).unwrap();
    assert!(done.stopped);
    for area in [Area::Structure, Area::Evidence, Area::Exhibit] {
        assert!(areas.contains(&area), "{areas:?}");
    }
}
