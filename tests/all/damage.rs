//! A damaged case is read as far as it is whole, says what is missing, is not written to, and can be saved into a new
//! one.

use crate::desk::{Desk, HEADER, event, flow_lines, gz};
use crate::support::coldtrail;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

/// A case with flows, events, warnings, originals and what examiners write.
fn whole() -> Desk {
    let desk = Desk::new();
    for (n, from) in (0..4_u64).zip((0..).step_by(3000)) {
        let lines = flow_lines(from..from + 3000);
        desk.file(&format!("in/{n}.log.gz"), gz(format!("{HEADER}{lines}bad line {n}\n").as_bytes()));
    }
    let time = |n: u64| format!("2021-05-16T{:02}:{:02}:00Z", n / 60 % 24, n % 60);
    for file in 0..3_u64 {
        let events: Vec<Value> =
            (0..150).map(|n| file * 100 + n).map(|n| event(&format!("e-{n}"), "RunInstances", &time(n))).collect();
        desk.file(&format!("in/{file}.json"), json!({"Records": events}).to_string());
    }
    desk.import(&[desk.path("in")]);
    desk.ok(&["tag", "add", desk.case(), "odd", "1:100"]);
    desk.ok(&["note", "add", desk.case(), "first contact", "1:100"]);
    desk.ok(&["exhibit", "add", desk.case(), "--kind", "pairs", "--limit", "5", "--caption", "Who"]);
    desk
}

fn stderr_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const READING: [&[&str]; 7] = [
    &["info"],
    &["journal"],
    &["warnings"],
    &["evidence", "list"],
    &["verify"],
    &["flows", "--count"],
    &["events", "--count"],
];

fn read(desk: &Desk, case: &Path, command: &[&str]) -> Output {
    let (words, options): (Vec<&str>, Vec<&str>) = command.iter().partition(|word| !word.starts_with("--"));
    coldtrail(desk.folder.path()).args(words).arg(case).args(options).output().unwrap()
}

/// Rows of each table, as texts; what follows from other rows is left out.
fn tables(case: &Path) -> BTreeMap<String, Vec<String>> {
    let conn = crate::desk::plain(case);
    let derived = ["column_index", "column_segment", "event_choice", "journal"];
    let names: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap()
        .query_map([], |r| r.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let names = names.into_iter().filter(|name| !derived.contains(&name.as_str()));
    let rows = |name: &String| -> Vec<String> {
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns: Vec<(usize, String)> = statement.column_names().map(str::to_owned).enumerate().collect();
        let told = |r: &rusqlite::Row<'_>| {
            let values = columns.iter().filter(|(_, name)| !["flow_count", "event_count"].contains(&name.as_str()));
            let values: Vec<_> = values.map(|(at, _)| r.get::<_, rusqlite::types::Value>(*at).unwrap()).collect();
            Ok(format!("{values:?}"))
        };
        let mut rows: Vec<String> = statement.query_map([], told).unwrap().map(Result::unwrap).collect();
        rows.sort();
        rows
    };
    names.map(|name| (name.clone(), rows(&name))).collect()
}

/// What a damaged case gives when it is saved: rows of the whole one, but for one at most, in which the damage is.
/// How many rows are gone; each table that lacks some is reported of.
fn rescued(desk: &Desk, damaged: &Path, was: &BTreeMap<String, Vec<String>>, what: &str) -> usize {
    let target = damaged.with_extension("rescued.coldtrail");
    let bytes = std::fs::read(damaged).unwrap();
    let output = coldtrail(desk.folder.path()).arg("rescue").args([damaged, &target]).output().unwrap();
    let told = stderr_of(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{what}: {told}");
    assert!(std::fs::read(damaged).unwrap() == bytes, "{what}: the damaged case was written");
    let is = tables(&target);
    let (mut gone, mut others) = (0, 0);
    for (table, rows) in was {
        let there = &is[table];
        let foreign = there.iter().filter(|row| rows.binary_search(row).is_err()).count();
        let lost = rows.len() + foreign - there.len();
        (gone, others) = (gone + lost, others + foreign);
        if rows.len() > there.len() {
            // Occurrences of events are called by the name of their view.
            let names = if table == "event_row" { vec!["event_row", "event"] } else { vec![table.as_str()] };
            let is_told = names.iter().any(|name| told.contains(&format!("unreadable: {name}: ")));
            assert!(is_told, "{what}: {table} lacks rows: {told}");
        }
    }
    assert!(others <= 1, "{what}: {others} rows are not of the case");
    let info: Value = serde_json::from_str(&desk.ok(&["info", target.to_str().unwrap(), "--json"])).unwrap();
    assert_eq!(info["rescued"]["of"], damaged.file_name().unwrap().to_str().unwrap(), "{what}");
    let lost = told.lines().filter(|line| line.starts_with("unreadable: ")).count();
    assert_eq!(info["rescued"]["lost_ranges"], lost, "{what}");
    assert_eq!(info["rescued"]["lost"].as_array().unwrap().len(), lost, "{what}");
    assert_eq!(output.status.code(), Some(i32::from(lost > 0)), "{what}");
    std::fs::remove_file(target).unwrap();
    gone
}

#[test]
fn a_bit_flipped_anywhere_leaves_the_rest_to_be_read() {
    let desk = whole();
    let bytes = std::fs::read(&desk.case).unwrap();
    let was = tables(&desk.case);
    let places: Vec<usize> = (0..100).map(|n| n * bytes.len() / 100 + n * 7919 % (bytes.len() / 100)).collect();
    let one = |n: usize, place: usize| {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (n % 8);
        let case = desk.file(&format!("flipped-{n}.coldtrail"), &changed);
        let mut damaged = false;
        let usable = READING.iter().all(|command| {
            let output = read(&desk, &case, command);
            let (code, told) = (output.status.code(), stderr_of(&output));
            assert!(matches!(code, Some(0 | 1 | 3 | 4)), "byte {place}, {command:?}: {code:?} {told}");
            if code == Some(3) {
                eprintln!("byte {place}, {command:?}: {told}");
                assert!(told.lines().count() >= 2, "byte {place}, {command:?} says no way on: {told}");
            }
            damaged |= told.contains("is damaged; only the readable part is used");
            code != Some(3)
        });
        if damaged && usable {
            rescued(&desk, &case, &was, &format!("byte {place}"));
        }
        assert!(std::fs::read(&case).unwrap() == changed, "byte {place}: reading changed the case");
        std::fs::remove_file(case).unwrap();
        (usable, damaged)
    };
    let half = |odd: usize| -> Vec<(bool, bool)> {
        places.iter().enumerate().filter(|(n, _)| n % 2 == odd).map(|(n, place)| one(n, *place)).collect()
    };
    let told: Vec<(bool, bool)> = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut told = half(0);
        told.extend(other.join().unwrap());
        told
    });
    let count = |of: fn(&(bool, bool)) -> bool| told.iter().filter(|one| of(one)).count();
    let (usable, damaged) = (count(|(usable, _)| *usable), count(|(_, damaged)| *damaged));
    eprintln!("of 100 flipped bits in {} bytes: {usable} cases usable, {damaged} told as damaged", bytes.len());
    assert!(usable >= 95, "{usable} of 100");
    assert!(damaged > 0, "no flip was noticed");
}

/// Whole pages that hold something else.
#[test]
fn pages_that_were_overwritten_cost_their_own_rows_only() {
    let desk = whole();
    let bytes = std::fs::read(&desk.case).unwrap();
    let was = tables(&desk.case);
    let all: usize = was.values().map(Vec::len).sum();
    let page = 16_384;
    let pages = bytes.len() / page;
    assert!(pages > 40, "{pages} pages");
    let mut gone = Vec::new();
    for number in (pages / 3..pages).step_by(pages / 20) {
        let mut changed = bytes.clone();
        let noise = (0..page).map(|n| (n * 31 + number * 17) as u8);
        changed.splice(number * page..(number + 1) * page, noise);
        let case = desk.file("page.coldtrail", &changed);
        for command in READING {
            let output = read(&desk, &case, command);
            assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "page {number}, {command:?}: {output:?}");
        }
        gone.push(rescued(&desk, &case, &was, &format!("page {number}")));
    }
    eprintln!("rows lost with a page of {pages}, of {all} rows: {gone:?}");
    assert!(gone.iter().all(|gone| *gone < all / 4), "{gone:?}");
    assert!(gone.iter().any(|gone| *gone > 0));
}

/// The first page of a table's rows is bad: what is lost is named, the rest of the case is there.
#[test]
fn a_damaged_case_says_at_every_command_what_is_missing_and_is_not_written() {
    let desk = whole();
    let root = desk.number("SELECT rootpage FROM sqlite_schema WHERE name = 'note'") as usize;
    let mut bytes = std::fs::read(&desk.case).unwrap();
    bytes[(root - 1) * 16_384..root * 16_384].fill(0xff);
    std::fs::write(&desk.case, &bytes).unwrap();
    for command in READING {
        let output = read(&desk, &desk.case, command);
        let told = stderr_of(&output);
        assert!(told.contains("is damaged; only the readable part is used"), "{command:?}: {told}");
        assert!(told.contains("unreadable: note: all rows"), "{command:?}: {told}");
        assert!(told.contains("coldtrail rescue"), "{command:?}: {told}");
    }
    assert_eq!(desk.count("flows", &[]), 12_000);
    assert_eq!(desk.count("events", &[]), 350);
    assert!(desk.ok(&["tag", "list", desk.case()]).contains("odd"));
    let out = desk.path("out");
    desk.ok(&["evidence", "export", desk.case(), "--out", out.to_str().unwrap()]);
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 7);
    let told = desk.fails(&["verify", desk.case()], 4);
    assert!(told.contains("failed"), "{told}");
    let report = desk.path("report");
    let output = read(&desk, &desk.case, &["report", &format!("--out={}", report.display()), "--html"]);
    assert!(matches!(output.status.code(), Some(0 | 4)), "{output:?}");
    let page = std::fs::read_to_string(report.join("report.html")).unwrap();
    assert!(page.contains("The case file is damaged"), "the report says nothing of it");
    for command in [
        vec!["import", desk.case(), desk.path("in").to_str().unwrap()],
        vec!["tag", "add", desk.case(), "odd", "1:101"],
        vec!["index", desk.case(), "--rebuild"],
        vec!["label", "add", desk.case(), "10.0.0.1", "host"],
        vec!["report", desk.case(), "--title", "x"],
    ] {
        let told = desk.fails(&command, 3);
        assert!(told.contains("is damaged") && told.contains("coldtrail rescue"), "{command:?}: {told}");
    }
    assert!(std::fs::read(&desk.case).unwrap() == bytes, "the case was written");
    assert_eq!(desk.beside(), ["one.coldtrail"]);
}

#[test]
fn a_rescued_case_says_so_and_is_worked_with() {
    let desk = whole();
    let root = desk.number("SELECT rootpage FROM sqlite_schema WHERE name = 'note'") as usize;
    let mut bytes = std::fs::read(&desk.case).unwrap();
    bytes[(root - 1) * 16_384..root * 16_384].fill(0xff);
    std::fs::write(&desk.case, &bytes).unwrap();
    let target = desk.path("new.coldtrail");
    let new = target.to_str().unwrap();
    let told = desk.fails(&["rescue", desk.case(), new, "--examiner", "K. Sato"], 1);
    assert!(told.contains("unreadable: note: all rows"), "{told}");
    let sha256 = coldtrail::case::journal::hex(&sha2::Digest::finalize(sha2::Digest::chain_update(
        <sha2::Sha256 as sha2::Digest>::new(),
        &bytes,
    )));
    let journal = desk.ok(&["journal", new, "--format", "jsonl"]);
    let last: Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    assert_eq!((&last["action"], &last["examiner"]), (&json!("rescue"), &json!("K. Sato")));
    let parameters: Value = serde_json::from_str(last["parameters"].as_str().unwrap()).unwrap();
    assert_eq!((&parameters["of"], &parameters["sha256"]), (&json!("one.coldtrail"), &json!(sha256)));
    let info = desk.ok(&["info", new]);
    assert!(info.contains(&format!("from one.coldtrail, SHA-256 {sha256}")), "{info}");
    assert!(info.contains("note: all rows"), "{info}");
    let report = desk.path("report");
    let output = read(&desk, &target, &["report", &format!("--out={}", report.display()), "--html"]);
    assert!(matches!(output.status.code(), Some(0 | 4)), "{output:?}");
    let page = std::fs::read_to_string(report.join("report.html")).unwrap();
    assert!(
        page.contains("recovered from the damaged file") && page.contains(&sha256),
        "the report says nothing of it"
    );
    // Its index is rebuilt, and it is written to like any other.
    assert!(desk.ok(&["index", new, "--check"]).contains("12000") || desk.count("flows", &[]) == 12_000);
    desk.ok(&["note", "add", new, "again", "1:100"]);
    assert!(desk.fails(&["rescue", desk.case(), new], 3).contains("already exists"));
}

/// What another program put there is refused; its rows are saved without running anything of it.
#[test]
fn nothing_of_a_foreign_schema_runs_when_the_rows_are_saved() {
    let desk = whole();
    let conn = Connection::open(&desk.case).unwrap();
    conn.execute_batch(
        "CREATE TRIGGER t AFTER INSERT ON journal BEGIN INSERT INTO setting VALUES ('marker', 'run'); END;
         DROP VIEW flow_record; CREATE VIEW flow_record AS SELECT 1 AS evidence; ALTER TABLE extra ADD COLUMN more TEXT;",
    )
    .unwrap();
    drop(conn);
    assert!(desk.fails(&["info", desk.case()], 3).contains("has unexpected content"));
    let target = desk.path("new.coldtrail");
    desk.ok(&["rescue", desk.case(), target.to_str().unwrap()]);
    let conn = crate::desk::plain(&target);
    let count = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM setting WHERE key = 'marker'"), 0);
    assert_eq!(count("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"), 0);
    assert_eq!(count("SELECT count(*) FROM flow_record"), 12_000);
    let journal = desk.ok(&["journal", target.to_str().unwrap()]);
    assert!(journal.contains("trigger t is not part of the case format"), "{journal}");
}

/// Objects that nobody needs to read the rows.
#[test]
fn a_missing_or_altered_index_or_table_is_told_and_the_rest_is_read() {
    for (change, told) in [
        ("DROP INDEX address_by_key", "index address_by_key is missing or altered"),
        ("DROP TABLE seek_point", "table seek_point is missing or altered"),
        ("DROP VIEW indicator", "view indicator is missing or altered"),
        (
            "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = 'CREATE INDEX address_by_key ON address(nokey)'
             WHERE name = 'address_by_key'",
            "index address_by_key is missing or altered",
        ),
    ] {
        let desk = whole();
        Connection::open(&desk.case).unwrap().execute_batch(change).unwrap();
        let message = desk.fails(&["verify", desk.case()], 4);
        assert!(message.contains(told), "{change}: {message}");
        assert_eq!(desk.count("flows", &["--filter", "srcaddr = 10.0.0.7"]), 1, "{change}");
        assert!(desk.fails(&["tag", "add", desk.case(), "odd", "1:101"], 3).contains("is damaged"), "{change}");
    }
}
