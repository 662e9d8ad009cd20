//! Sigma rules that an examiner brings: what comes in, what it matches, how it goes out and comes back, and that every row
//! leads to the events that it counts.

use crate::desk::{Desk, sample_logs};
use serde_json::Value;
use std::path::PathBuf;

const STOPPED: &str = "
title: Trail stopped
id: 11111111-1111-1111-1111-111111111111
name: trail_stopped
status: stable
level: high
tags: [attack.t1685.002]
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventSource: cloudtrail.amazonaws.com, eventName: [StopLogging, DeleteTrail]}
  condition: selection
";

const DENIED: &str = "
title: Denied
name: denied
level: low
logsource: {product: aws}
detection:
  selection: {errorCode|contains: ['AccessDenied', 'UnauthorizedOperation']}
  condition: selection
---
title: Many denied
id: 22222222-2222-2222-2222-222222222222
level: medium
correlation:
  type: event_count
  rules: [denied]
  group-by: [userIdentity.arn]
  timespan: 1h
  condition: {gte: 3}
";

const WINDOWS: &str = "
title: Whoami
logsource: {product: windows}
detection: {a: {x: y}, condition: a}
";

/// The sample with a folder of rules in it.
fn desk() -> (Desk, PathBuf) {
    let desk = sample_logs();
    let folder = desk.path("rules");
    std::fs::create_dir_all(folder.join("inner")).unwrap();
    std::fs::write(folder.join("stopped.yml"), STOPPED).unwrap();
    std::fs::write(folder.join("inner/denied.yaml"), DENIED).unwrap();
    std::fs::write(folder.join("windows.yml"), WINDOWS).unwrap();
    std::fs::write(folder.join("broken.yml"), "title: [").unwrap();
    std::fs::write(folder.join("README.md"), "no rule").unwrap();
    desk.ok(&["sigma", "import", desk.case(), folder.to_str().unwrap()]);
    (desk, folder)
}

fn rows(desk: &Desk, words: &[&str]) -> Vec<Value> {
    let text = desk.ok(&[words, &["--format", "jsonl"]].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn count(desk: &Desk, filter: &str) -> u64 {
    desk.count("events", &["--filter", filter])
}

#[test]
fn a_folder_of_rules_says_what_it_matches() {
    let (desk, _) = desk();
    let found = rows(&desk, &["sigma", desk.case()]);
    let of =
        |title: &str| found.iter().find(|row| row["title"] == title).unwrap_or_else(|| panic!("{title}: {found:#?}"));
    let stopped = of("Trail stopped");
    let by_filter = "event_source = cloudtrail.amazonaws.com and event_name in (StopLogging, DeleteTrail)";
    let expected = count(&desk, by_filter);
    assert!(expected > 0);
    assert_eq!(stopped["matches"], expected);
    assert_eq!(stopped["file"], "rules/stopped.yml");
    assert_eq!(
        (&stopped["level"], &stopped["status"], &stopped["state"]),
        (&"high".into(), &"stable".into(), &"used".into())
    );
    assert_eq!(stopped["actors"], 1, "{stopped}");
    assert_eq!(of("Denied")["matches"], of("Denied")["failed"]);
    assert_eq!(
        of("Denied")["matches"],
        count(&desk, "error_code contains AccessDenied or error_code contains UnauthorizedOperation")
    );
    let whoami = of("Whoami");
    assert_eq!((&whoami["state"], &whoami["matches"]), (&"not_cloudtrail".into(), &Value::Null));
    let broken = found.iter().find(|row| row["state"] == "unusable").unwrap();
    assert_eq!((&broken["file"], &broken["matches"]), (&"rules/broken.yml".into(), &Value::Null));
    assert!(broken["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    // The sum of a file that the case names is the file's.
    let list = rows(&desk, &["sigma", "list", desk.case()]);
    assert_eq!(list.len(), 4);
    assert_eq!(list.iter().find(|row| row["path"] == "rules/stopped.yml").unwrap()["sha256"], stopped["sha256"]);
    // Again, it is the same to the byte.
    let again = || desk.ok(&["query", desk.case(), "sigma", "--format", "csv"]);
    assert_eq!(again(), again());
}

#[test]
fn rows_lead_to_their_events_by_columns_and_by_rows() {
    let (desk, _) = desk();
    for row in rows(&desk, &["sigma", desk.case()]).iter().filter(|row| row["state"] == "used") {
        let name = row["id"].as_str().or(row["title"].as_str()).unwrap();
        let filter = format!("sigma = '{name}'");
        let events = rows(&desk, &["query", desk.case(), "sigma-events", "--param", &format!("rule={name}")]);
        assert_eq!(row["matches"], count(&desk, &filter), "{name}");
        assert_eq!(events.len() as u64, row["matches"], "{name}");
        for event in &events {
            let this = format!("{filter} and event_id = '{}'", event["event_id"].as_str().unwrap());
            assert_eq!(count(&desk, &this), 1);
        }
    }
    let stopped = count(&desk, "sigma = 'Trail stopped'");
    assert_eq!(count(&desk, "sigma_level = high"), stopped);
    assert_eq!(count(&desk, "sigma_level = HIGH and sigma exists"), stopped);
    assert_eq!(count(&desk, "not sigma exists") + count(&desk, "sigma exists"), count(&desk, ""));
    assert_eq!(count(&desk, "sigma contains trail"), stopped);
    let with_index = [count(&desk, "sigma exists"), count(&desk, "sigma != 'Trail stopped'")];
    desk.ok(&["index", desk.case(), "--drop"]);
    assert_eq!([count(&desk, "sigma exists"), count(&desk, "sigma != 'Trail stopped'")], with_index);
    assert!(desk.fails(&["sigma-events", desk.case(), "--rule", "nothing"], 2).contains("nothing"));
    assert!(desk.fails(&["events", desk.case(), "--filter", "sigma_level = hgh"], 2).contains("high"));
    assert!(desk.fails(&["sigma", "remove", desk.case(), "nothing"], 2).contains("nothing"));
}

#[test]
fn rules_are_removed_and_restored_and_the_case_verifies() {
    let (desk, folder) = desk();
    let before = desk.ok(&["query", desk.case(), "sigma", "--format", "csv"]);
    desk.ok(&[
        "exhibit",
        "add",
        desk.case(),
        "--kind",
        "query",
        "--query",
        "sigma",
        "--caption",
        "Rules of the community",
    ]);
    // The same files again change nothing.
    let again = desk.ok(&["sigma", "import", desk.case(), folder.to_str().unwrap(), "--format", "jsonl"]);
    assert_eq!(again.matches("\"present\"").count(), 4, "{again}");
    desk.ok(&["sigma", "remove", desk.case(), "rules"]);
    assert_eq!(desk.ok(&["query", desk.case(), "sigma", "--format", "csv"]).lines().count(), 1);
    assert_eq!(count(&desk, "sigma exists"), 0);
    assert_eq!(rows(&desk, &["sigma", "list", desk.case(), "--removed"]).len(), 4);
    desk.ok(&["sigma", "restore", desk.case(), "rules"]);
    assert_eq!(desk.ok(&["query", desk.case(), "sigma", "--format", "csv"]), before);
    let journal = desk.ok(&["journal", desk.case()]);
    for action in ["supplement_add", "supplement_remove", "supplement_restore"] {
        assert!(journal.contains(action), "{action}");
    }
    let (found, code) = crate::verify::verdicts(&desk, &desk.case, &[]);
    assert_eq!(code, 0, "{found:#?}");
    // What somebody changes past the program is reported.
    let conn = rusqlite::Connection::open(&desk.case).unwrap();
    conn.execute("UPDATE supplement SET content = CAST('title: x' AS BLOB) WHERE supplement_id = 1", []).unwrap();
    drop(conn);
    let (found, code) = crate::verify::verdicts(&desk, &desk.case, &[]);
    assert_eq!(code, 4, "{found:#?}");
    assert!(found.iter().any(|line| format!("{line:?}").contains("supplement 1")), "{found:#?}");
}
