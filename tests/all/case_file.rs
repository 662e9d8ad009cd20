//! The case as a file: what anyone can read with SQLite alone, what is refused when it comes from somebody else, the
//! journal, and that the same evidence gives the same case.

use crate::desk::{Desk, HEADER, differences, event, flow_lines, gz};
use coldtrail::case::{journal, schema};
use rusqlite::Connection;
use serde_json::json;

fn with_evidence() -> Desk {
    let desk = Desk::new();
    desk.file("in/a.log.gz", gz(format!("{HEADER}{}bad line\n", flow_lines(0..20)).as_bytes()));
    let records = json!({"Records": [event("e-1", "RunInstances", "2021-05-16T00:00:00Z")]});
    desk.file("in/b.json", records.to_string());
    desk.import(&[desk.path("in")]);
    desk
}

#[test]
fn a_closed_case_is_one_sqlite_file_with_our_mark() {
    let desk = with_evidence();
    assert_eq!(desk.beside(), ["one.coldtrail"]);
    let bytes = std::fs::read(&desk.case).unwrap();
    assert_eq!(&bytes[..16], b"SQLite format 3\0");
    // Bytes 18 and 19: no write-ahead log; 60 to 63 the user version, 68 to 71 the application's mark.
    assert_eq!(bytes[18..20], [1, 1]);
    assert_eq!(bytes[60..64], schema::VERSION.to_be_bytes());
    assert_eq!(&bytes[68..72], b"CTRL");
    assert_eq!(desk.number("PRAGMA application_id"), i64::from(schema::APPLICATION_ID));
}

#[test]
fn a_case_on_a_medium_that_cannot_be_written_is_read() {
    let desk = with_evidence();
    let bytes = std::fs::read(&desk.case).unwrap();
    let mut permissions = std::fs::metadata(&desk.case).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&desk.case, permissions).unwrap();
    assert_eq!(desk.count("flows", &[]), 20);
    assert!(std::fs::read(&desk.case).unwrap() == bytes, "reading changed the case");
    assert_eq!(desk.beside(), ["one.coldtrail"]);
}

#[test]
fn sqlite_alone_reads_the_views() {
    let desk = with_evidence();
    let conn = desk.sqlite();
    let flow: (i64, i64, String, String, i64, String, i64, bool) = conn
        .query_row(
            "SELECT evidence, position, srcaddr, interface_id, dstport, action, \"end\" - start, duplicate FROM flow_record
             ORDER BY evidence, position LIMIT 1",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?, r.get(7)?)),
        )
        .unwrap();
    let expected = ("10.0.0.0".into(), "eni-0a1b2c3d4e5f00000".into(), 443, "ACCEPT".into(), 59, false);
    assert_eq!((flow.2, flow.3, flow.4, flow.5, flow.6, flow.7), expected);
    assert_eq!((flow.0, flow.1), (1, 2), "line 1 is the header");
    let trail: (String, String, String) = conn
        .query_row("SELECT event_name, event_time, user_identity_arn FROM cloudtrail_event", [], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })
        .unwrap();
    let arn = "arn:aws:iam::111122223333:user/Alice";
    assert_eq!(trail, ("RunInstances".into(), "2021-05-16T00:00:00Z".into(), arn.into()));
    if let Ok(shell) = std::process::Command::new("sqlite3")
        .args(["-readonly", desk.case(), "SELECT count(*) FROM flow_record; SELECT count(*) FROM cloudtrail_event;"])
        .output()
    {
        assert_eq!(String::from_utf8_lossy(&shell.stdout), "20\n1\n", "{}", String::from_utf8_lossy(&shell.stderr));
    }
}

#[test]
fn addresses_tuples_and_pairs_are_kept_once() {
    let desk = with_evidence();
    for (table, count) in [("flow", 20), ("address", 40), ("pair", 20), ("interface", 7), ("disposition", 1)] {
        assert_eq!(desk.number(&format!("SELECT count(*) FROM {table}")), count, "{table}");
    }
}

/// Changes a case with SQLite, past every check of ours.
fn tamper(desk: &Desk, sql: &str) {
    let conn = Connection::open(&desk.case).unwrap();
    conn.execute_batch(sql).unwrap();
}

#[test]
fn what_no_case_holds_is_refused_and_not_run() {
    let marker = "INSERT INTO setting VALUES ('marker', 'run')";
    for (change, message) in [
        (format!("CREATE TRIGGER t AFTER INSERT ON journal BEGIN {marker}; END"), "has unexpected content: trigger t"),
        ("CREATE VIEW extra_view AS SELECT load_extension('x')".into(), "has unexpected content: view extra_view"),
        (
            "DROP VIEW flow_record; CREATE VIEW flow_record AS SELECT 1 AS evidence".into(),
            "has unexpected content: view flow_record",
        ),
        ("CREATE TABLE more(a)".into(), "has unexpected content: table more"),
        ("CREATE INDEX more ON flow(srcport)".into(), "has unexpected content: index more"),
        ("ALTER TABLE setting ADD COLUMN more TEXT".into(), "has unexpected content: table setting"),
        (
            "PRAGMA writable_schema = 1; INSERT INTO sqlite_schema VALUES ('view', 'sqlite_stat1', 'sqlite_stat1', 0,
             'CREATE VIEW sqlite_stat1 AS SELECT 1')"
                .into(),
            "has unexpected content: view sqlite_stat1",
        ),
        ("PRAGMA user_version = 0".into(), "is not a Coldtrail case"),
        ("PRAGMA user_version = -1".into(), "is not a Coldtrail case"),
        (
            "PRAGMA user_version = 99".into(),
            "was written by a newer Coldtrail (case version 99; this program supports versions up to ",
        ),
        ("PRAGMA application_id = 0".into(), "is not a Coldtrail case"),
    ] {
        let desk = Desk::new();
        desk.file("a.log", format!("{HEADER}{}", flow_lines(0..3)));
        tamper(&desk, &change);
        let before = std::fs::read(&desk.case).unwrap();
        let evidence = desk.path("a.log");
        for arguments in [
            vec!["info", desk.case()],
            vec!["flows", desk.case()],
            vec!["sql", desk.case(), "SELECT 1"],
            vec!["import", desk.case(), evidence.to_str().unwrap()],
        ] {
            let text = desk.fails(&arguments, 3);
            assert!(text.contains(message), "{change}: {arguments:?}: {text}");
            assert!(text.lines().count() >= 2, "{change} says nothing of what to do: {text}");
        }
        assert!(std::fs::read(&desk.case).unwrap() == before, "{change}: the case was written");
        assert_eq!(desk.beside(), ["one.coldtrail"], "{change}");
        assert_eq!(desk.number("SELECT count(*) FROM setting WHERE key = 'marker'"), 0, "{change}");
    }
}

#[test]
fn what_is_no_case_is_told_apart() {
    let desk = with_evidence();
    let whole = std::fs::read(&desk.case).unwrap();
    let mut noise = Vec::new();
    let mut state = 7_u32;
    while noise.len() < 100_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.push((state >> 24) as u8);
    }
    let mut half = whole.clone();
    half.truncate(whole.len() / 2);
    let mut scribbled = whole.clone();
    for page in (8192..whole.len()).step_by(8192) {
        scribbled[page..page + 40].copy_from_slice(&noise[page % 50_000..page % 50_000 + 40]);
    }
    let mut header_only = whole[..100].to_vec();
    header_only.extend_from_slice(&noise);
    for (name, bytes, message) in [
        ("empty", Vec::new(), "is not a Coldtrail case"),
        ("text", b"2 123456789010 eni-1 10.0.0.1".to_vec(), "is not a Coldtrail case"),
        ("noise", noise, "is not a Coldtrail case"),
        ("half", half, "is damaged"),
        ("scribbled", scribbled, "is damaged"),
        ("header", header_only, "is damaged"),
    ] {
        let file = desk.file(&format!("{name}.coldtrail"), &bytes);
        for command in ["info", "flows", "import"] {
            let mut arguments = vec![command, file.to_str().unwrap()];
            if command == "import" {
                arguments.push(desk.folder.path().to_str().unwrap());
            }
            let text = desk.fails(&arguments, 3);
            assert!(text.contains(message), "{name}, {command}: {text}");
        }
        assert!(std::fs::read(&file).unwrap() == bytes, "{name} was changed");
    }
    let folder = desk.path("in");
    assert!(desk.fails(&["info", folder.to_str().unwrap()], 3).contains("is not a Coldtrail case"));
    assert!(desk.fails(&["info", desk.path("gone").to_str().unwrap()], 3).contains("does not exist"));
    assert!(desk.fails(&["new", desk.case()], 3).contains("already exists"));
    assert!(std::fs::read(&desk.case).unwrap() == whole);
}

#[test]
fn every_write_is_in_the_journal() {
    let desk = Desk::new();
    let line = "eni-0a1b2c3d4e5f67890 10.0.0.1 10.0.0.2 1621123200 1621123260\n".repeat(3);
    let name = "111122223333_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20210516T0000Z_0a1b2c3d.log.gz";
    let file = desk.file(name, gz(line.as_bytes()));
    desk.import(&[&file]);
    desk.import(&[file.to_str().unwrap(), "--format", "${interface-id} ${srcaddr} ${dstaddr} ${start} ${end}"]);
    let entries = desk.reader().journal().unwrap();
    assert_eq!(journal::first_break(&entries), None);
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["create", "import", "read_again", "setting", "import"]);
    for entry in &entries {
        assert_eq!((entry.examiner.as_str(), entry.tool_version.as_str()), ("A. Mori", env!("CARGO_PKG_VERSION")));
        assert!(entry.at_utc.ends_with('Z') && entry.at_utc.len() == 20, "{}", entry.at_utc);
    }
    let last = entries.last().unwrap();
    let parameters: serde_json::Value = serde_json::from_str(&last.parameters).unwrap();
    let counts: serde_json::Value = serde_json::from_str(&last.counts).unwrap();
    assert_eq!(parameters["path"], file.to_str().unwrap());
    assert_eq!(parameters["sha256"].as_str().unwrap().len(), 64);
    assert_eq!((counts["records"].as_u64(), counts["warnings"].as_u64()), (Some(3), Some(0)));
}

#[test]
fn reading_writes_nothing() {
    let desk = with_evidence();
    let before = std::fs::read(&desk.case).unwrap();
    for arguments in [
        vec!["info", desk.case()],
        vec!["flows", desk.case(), "--sort", "-bytes"],
        vec!["events", desk.case(), "--occurrences"],
        vec!["warnings", desk.case()],
        vec!["evidence", "list", desk.case()],
        vec!["raw", desk.case(), "1:2"],
        vec!["sql", desk.case(), "SELECT count(*) FROM flow_record"],
    ] {
        desk.ok(&arguments);
        assert!(std::fs::read(&desk.case).unwrap() == before, "{arguments:?} changed the case");
        assert_eq!(desk.beside(), ["one.coldtrail"], "{arguments:?}");
    }
}

/// The order in which the reading threads come to their ends is not that of the last time; the case is.
#[test]
fn the_same_evidence_gives_the_same_case() {
    let first = Desk::new();
    for n in 0..12 {
        // Long and short files by turns, so that the threads overtake each other.
        let lines = flow_lines(n * 90..n * 90 + if n % 2 == 0 { 3000 } else { 100 });
        first.file(&format!("in/{n}.log.gz"), gz(format!("{HEADER}{lines}").as_bytes()));
        let events: Vec<_> =
            (n * 5..n * 5 + 9).map(|id| event(&format!("e-{id}"), "Run", "2021-05-16T00:00:00Z")).collect();
        first.file(&format!("in/{n}.json"), json!({"Records": events}).to_string());
    }
    first.import(&[first.path("in")]);
    let folder = first.path("in");
    for attempt in 0..2 {
        let again = Desk::new();
        again.import(&[&folder]);
        assert_eq!(differences(&first.case, &again.case), [""; 0], "attempt {attempt}");
    }
    // On one core where the machine lets us choose.
    let single = Desk::new();
    let program = env!("CARGO_BIN_EXE_coldtrail");
    if let Ok(output) =
        std::process::Command::new("taskset").args(["-c", "0", program, "import", single.case()]).arg(&folder).output()
    {
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(differences(&first.case, &single.case), [""; 0], "one core");
    }
}
