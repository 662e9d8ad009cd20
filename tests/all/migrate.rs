//! Cases that earlier versions of the program wrote: opened, they say what they said, and what they would say if their
//! evidence were read today. `tests/fixtures/case-vN.coldtrail.zst` is a case of version N as that program left it.

use crate::desk::Desk;
use crate::support::repository;
use serde_json::Value;
use std::collections::BTreeMap;

/// A desk whose case is the fixture of this version.
fn desk_of_version(version: u32) -> Desk {
    let desk = Desk::without_case();
    let packed = std::fs::read(repository().join(format!("tests/fixtures/case-v{version}.coldtrail.zst"))).unwrap();
    desk.file("one.coldtrail", zstd::decode_all(packed.as_slice()).unwrap());
    desk
}

/// A new case with the evidence that the other one holds.
fn read_today(old: &Desk) -> Desk {
    let new = Desk::new();
    let list = old.ok(&["evidence", "list", old.case(), "--format", "jsonl"]);
    for line in list.lines() {
        let evidence: Value = serde_json::from_str(line).unwrap();
        let path = new.file(evidence["path"].as_str().unwrap(), "");
        std::fs::remove_file(&path).unwrap();
        let id = evidence["evidence"].to_string();
        old.ok(&["evidence", "export", old.case(), &id, "--out", path.to_str().unwrap()]);
    }
    new.ok(&["import", new.case(), new.path("evidence").to_str().unwrap()]);
    new
}

/// The rows of a view by event or record, user_identity apart: (everything else, user_identity).
fn view(desk: &Desk, name: &str) -> BTreeMap<(i64, i64), (Value, Value)> {
    let rows = desk.ok(&["sql", desk.case(), &format!("SELECT * FROM {name}"), "--format", "jsonl"]);
    let read = |line: &str| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        let key = (row["evidence"].as_i64().unwrap(), row["position"].as_i64().unwrap());
        let identity = row.as_object_mut().unwrap().remove("user_identity").unwrap_or_default();
        let identity = identity.as_str().map_or(Value::Null, |text| said(serde_json::from_str(text).unwrap()));
        (key, (row, identity))
    };
    rows.lines().map(read).collect()
}

/// What an object says: members that are null or empty objects say nothing.
fn said(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, said(value)));
            let some: serde_json::Map<_, _> =
                members.filter(|(_, value)| !value.is_null() && *value != serde_json::json!({})).collect();
            if some.is_empty() { Value::Null } else { Value::Object(some) }
        }
        other => other,
    }
}

#[test]
fn a_case_of_version_1_says_the_same_as_its_evidence_read_today() {
    says_the_same(1, 7);
}

#[test]
fn a_case_of_version_2_says_the_same_as_its_evidence_read_today() {
    says_the_same(2, 7);
}

#[test]
fn a_case_of_version_3_says_the_same_as_its_evidence_read_today() {
    let old = says_the_same(3, 9);
    // What it searched for is there, and finds what it would find today.
    let list = old.file("known.txt", "198.51.100.7\n203.0.113.0/24\nevil.example\n");
    let today = read_today(&old);
    today.ok(&["indicators", "import", today.case(), list.to_str().unwrap()]);
    let sightings = |desk: &Desk| desk.ok(&["sightings", desk.case(), "--format", "jsonl"]);
    assert!(sightings(&old).contains("203.0.113.0/24"));
    assert_eq!(sightings(&old), sightings(&today));
}

#[test]
fn a_case_of_version_4_says_the_same_as_its_evidence_read_today() {
    let old = says_the_same(4, 16);
    // What was concluded in it holds: every exhibit gives the rows that it gave.
    let verified = old.ok(&["verify", old.case()]);
    assert_eq!(verified.lines().filter(|line| line.starts_with("exhibit,")).count(), 3, "{verified}");
    assert!(old.ok(&["tag", "list", old.case()]).contains("suspicious"));
    assert!(old.ok(&["info", old.case()]).contains("105 distinct, 111 occurrences"));
}

#[test]
fn a_case_of_version_5_says_the_same_as_its_evidence_read_today() {
    let old = says_the_same(5, 11);
    let verified = old.ok(&["verify", old.case()]);
    assert_eq!(verified.lines().filter(|line| line.starts_with("exhibit,")).count(), 3, "{verified}");
}

#[test]
fn a_case_of_version_6_says_the_same_as_its_evidence_read_today() {
    let old = says_the_same(6, 11);
    let verified = old.ok(&["verify", old.case()]);
    assert_eq!(verified.lines().filter(|line| line.starts_with("exhibit,")).count(), 4, "{verified}");
}

#[test]
fn a_case_of_version_7_says_the_same_as_its_evidence_read_today() {
    let old = says_the_same(7, 12);
    let verified = old.ok(&["verify", old.case()]);
    assert_eq!(verified.lines().filter(|line| line.starts_with("exhibit,")).count(), 4, "{verified}");
    // It takes what version 8 is for.
    let rule = "title: Any\nlogsource: {product: aws}\ndetection: {a: {eventName: '*'}, condition: a}\n";
    let rules = old.file("any.yml", rule);
    old.ok(&["sigma", "import", old.case(), rules.to_str().unwrap()]);
    assert_eq!(
        old.count("events", &["--filter", "sigma = Any"]),
        old.count("events", &["--filter", "event_name exists"])
    );
}

/// What version 7 derives from events is in the case, and any program that reads SQLite sees it.
#[test]
fn what_is_derived_is_added_to_a_case_of_version_6() {
    let old = desk_of_version(6);
    old.ok(&["upgrade", old.case(), "--examiner", "A. Mori"]);
    let conn = rusqlite::Connection::open(&old.case).unwrap();
    let list = |sql: &str| -> Vec<String> {
        conn.prepare(sql).unwrap().query_map([], |r| r.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let assumed = "SELECT resource_type || ' ' || resource_name || ' ' || event_user_name FROM cloudtrail_event
                   WHERE event_name = 'AssumeRole' AND resource_name LIKE '%deploy-role%' ORDER BY event_time LIMIT 1";
    let assumed = list(assumed);
    assert!(assumed[0].contains(r#"["AWS::IAM::Role","AWS::IAM::AccessKey","AWS::STS::AssumedRole""#), "{assumed:?}");
    let named = |filter: &str| old.ok(&["events", old.case(), "--filter", filter, "--count"]).trim().to_owned();
    let counted = list("SELECT count(*) || '' FROM cloudtrail_event WHERE session_name IS NOT NULL");
    assert_eq!(named("session_name exists"), counted[0]);
    assert_ne!(counted, ["0"]);
    // Its exhibits, made while these fields were read from the JSON, hold.
    let verified = old.ok(&["verify", old.case()]);
    assert_eq!(verified.lines().filter(|line| line.starts_with("exhibit,")).count(), 4, "{verified}");
}

/// Before version 6 an event's row held all of its values. The views say what they said, to the byte.
#[test]
fn the_views_of_events_are_the_same_before_and_after_rows_became_narrow() {
    let old = desk_of_version(5);
    let rows = |case: &std::path::Path, view: &str| -> Vec<Vec<rusqlite::types::Value>> {
        let conn = rusqlite::Connection::open(case).unwrap();
        let mut statement = conn.prepare(&format!("SELECT * FROM {view} ORDER BY evidence, position")).unwrap();
        // What later versions derive is behind what there was.
        let new = statement.column_names().position(|name| name == "event_user_name");
        let count = new.unwrap_or(statement.column_count());
        let row = |r: &rusqlite::Row<'_>| (0..count).map(|at| r.get(at)).collect();
        statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let views = ["cloudtrail_event", "cloudtrail_occurrence", "flow_record"];
    let before: Vec<_> = views.iter().map(|view| rows(&old.case, view)).collect();
    assert!(before.iter().all(|rows| rows.len() > 100));
    old.ok(&["upgrade", old.case(), "--examiner", "A. Mori"]);
    let after: Vec<_> = views.iter().map(|view| rows(&old.case, view)).collect();
    assert!(before == after);
    let conn = rusqlite::Connection::open(&old.case).unwrap();
    let count = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM event_row"), 111);
    // What repeats is there once.
    assert!(count("SELECT count(*) FROM caller") < 60);
    assert_eq!(count("SELECT count(*) - count(DISTINCT json) FROM member"), 0);
}

fn says_the_same(version: u32, journalled: i64) -> Desk {
    let old = desk_of_version(version);
    let before = rusqlite::Connection::open(&old.case).unwrap();
    let count = |conn: &rusqlite::Connection, sql: &str| conn.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count(&before, "PRAGMA user_version"), i64::from(version));
    assert_eq!(count(&before, "SELECT count(*) FROM journal"), journalled);
    drop(before);
    // Read through a copy: it stays as it is.
    assert!(old.ok(&["info", old.case()]).contains("105 distinct, 111 occurrences"));
    let new = read_today(&old);
    for name in ["flow_record", "cloudtrail_event", "cloudtrail_occurrence"] {
        let (then, now) = (view(&old, name), view(&new, name));
        assert!(then.len() > 100, "{name}");
        assert_eq!(then, now, "{name}");
    }
    for arguments in [["events", "--occurrences"], ["events", "--limit=1000"], ["flows", "--limit=1000"]] {
        let rows = |desk: &Desk| {
            let fields = coldtrail::model::field::of(match arguments[0] {
                "flows" => coldtrail::model::Dataset::Flows,
                _ => coldtrail::model::Dataset::Events,
            });
            let columns = fields.map(|field| field.name()).collect::<Vec<_>>().join(",");
            desk.ok(&[arguments[0], desk.case(), arguments[1], "--columns", &columns])
        };
        assert_eq!(rows(&old), rows(&new), "{arguments:?}");
    }
    for filter in [
        "any contains kestrel",
        "userIdentity.sessionContext.sessionIssuer.userName exists",
        "userIdentity.type = AssumedRole and requestParameters exists",
    ] {
        let count = |desk: &Desk| desk.count("events", &["--filter", filter]);
        assert!(count(&old) > 0, "{filter}");
        assert_eq!(count(&old), count(&new), "{filter}");
    }
    old.ok(&["upgrade", old.case(), "--examiner", "K. Sato"]);
    assert!(old.ok(&["info", old.case()]).contains("105 distinct, 111 occurrences"));
    let after = rusqlite::Connection::open(&old.case).unwrap();
    assert_eq!(count(&after, "PRAGMA user_version"), i64::from(coldtrail::case::schema::VERSION));
    let last = "SELECT action || ' ' || examiner FROM journal ORDER BY seq DESC LIMIT 1";
    assert_eq!(after.query_row(last, [], |r| r.get::<_, String>(0)).unwrap(), "migrate K. Sato");
    assert_eq!(count(&after, "SELECT count(*) FROM journal"), journalled + 1);
    drop(after);
    let chain = coldtrail::case::CaseReader::open(&old.case).unwrap().journal().unwrap();
    assert!(chain.windows(2).all(|two| two[1].previous_hash == two[0].hash));
    // It verifies as well: what its program did not write into the journal is reported as unchecked.
    let (found, code) = crate::verify::verdicts(&old, &old.case, &["--replay"]);
    assert_eq!(code, 0, "{found:#?}");
    let untold = "evidence||unchecked|the journal of an older version does not record ";
    // From version 5 on it records all of it.
    assert_eq!(found.iter().any(|row| row.starts_with(untold)), version < 5, "{found:#?}");
    old
}

/// Files may not grow beyond what the case has: as on a full disk, bringing it up fails.
#[cfg(unix)]
#[test]
fn a_case_of_version_1_that_cannot_be_written_is_left_as_it_is_with_a_way_out() {
    let old = desk_of_version(1);
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" upgrade \"$1\"";
    let program = env!("CARGO_BIN_EXE_coldtrail");
    let output = std::process::Command::new("bash").args(["-c", script, program, old.case()]).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("could not be upgraded") && message.contains("upgrade the copy"), "{message}");
    // With room again it is the case that it was.
    assert!(old.ok(&["info", old.case()]).contains("105 distinct, 111 occurrences"));
}

/// As the window does: every thread that reads opens the case for itself.
#[test]
fn a_case_of_an_older_version_is_opened_by_several_at_once() {
    for version in [2, 3, 4, 5].into_iter().cycle().take(8) {
        let old = desk_of_version(version);
        let together = std::sync::Barrier::new(8);
        let open = || {
            together.wait();
            coldtrail::case::CaseReader::open(&old.case).map(drop)
        };
        let opened: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
}

/// A copy that contradicts its event was kept as a further occurrence before version 5.
#[test]
fn a_copy_that_contradicts_its_event_becomes_an_event_of_its_own_when_the_case_is_upgraded() {
    let old = desk_of_version(4);
    let conn = rusqlite::Connection::open(&old.case).unwrap();
    let (copy, evidence): (i64, i64) = conn
        .query_row(
            "SELECT e.id, e.id >> 32 FROM event e JOIN event f ON f.id = e.event_key
             WHERE e.event_key <> e.id AND e.request_id <> '' AND f.request_id <> '' ORDER BY e.id LIMIT 1",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .unwrap();
    conn.execute("UPDATE event SET error_message = 'refused', request_id = 'another' WHERE id = ?", [copy]).unwrap();
    let counts = |conn: &rusqlite::Connection| -> (i64, i64) {
        let sql = "SELECT record_count, duplicate_count FROM evidence WHERE evidence_id = ?";
        conn.query_row(sql, [evidence], |r| Ok((r.get(0)?, r.get(1)?))).unwrap()
    };
    let (records, duplicates) = counts(&conn);
    drop(conn);
    let count = |filter: &str| old.ok(&["events", old.case(), "--filter", filter, "--count"]).trim().to_owned();
    // Read through a copy, and upgraded in place: the same.
    for upgraded in [false, true] {
        if upgraded {
            old.ok(&["upgrade", old.case(), "--examiner", "A. Mori"]);
        }
        assert_eq!(count("conflict exists"), "2", "upgraded: {upgraded}");
        assert_eq!(count("conflict is null"), "104");
        let info = old.ok(&["info", old.case()]);
        assert!(info.contains("106 distinct, 111 occurrences"), "{info}");
        // What the journal says of the import still fits, and no other check fails.
        old.ok(&["verify", old.case()]);
        let warnings = old.ok(&["warnings", old.case()]);
        assert!(warnings.contains("differ in") && warnings.contains("request_id"), "{warnings}");
    }
    assert_eq!(counts(&rusqlite::Connection::open(&old.case).unwrap()), (records + 1, duplicates - 1));
    let journal = old.ok(&["journal", old.case(), "--format", "jsonl"]);
    let entry: Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    assert_eq!(entry["action"], "migrate");
    let counted: Value = match &entry["counts"] {
        Value::String(text) => serde_json::from_str(text).unwrap(),
        other => other.clone(),
    };
    assert_eq!(counted["contradicting_copies"], 1);
}
