//! Tags, notes and findings: written by the commands, attributed, undone, filtered by, and never lost.

use crate::desk::{Desk, HEADER, event, flow_lines};
use crate::exhibits::desk;
use coldtrail::app::conclusions::conclude;
use coldtrail::model::conclusions::{Change, ExhibitText, FindingText, Subject};
use coldtrail::model::{EvidenceId, RecordId};
use coldtrail::query;

fn rows(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn commands_write_list_and_take_back() {
    let desk = desk();
    let case = desk.case();
    desk.ok(&["tag", "add", case, "exfil", "1:3", "3:2", "--address", "203.0.113.5", "--pair", "10.0.0.1>203.0.113.1"]);
    desk.ok(&["tag", "add", case, "exfil", "1:3"]);
    desk.ok(&["tag", "remove", case, "exfil", "3:2"]);
    let tags = rows(&desk.ok(&["tag", "list", case, "--removed", "--format", "jsonl"]));
    let keys: Vec<&str> = tags.iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["1:3", "3:2", "203.0.113.5", "10.0.0.1 > 203.0.113.1"], "once each");
    assert!(tags.iter().all(|row| row["by"] == "A. Mori" && row["at_utc"].as_str().unwrap().ends_with('Z')));
    assert_eq!(tags[1]["removed_by"], "A. Mori");
    assert_eq!(rows(&desk.ok(&["tag", "list", case, "--format", "jsonl"])).len(), 3);
    desk.ok(&["note", "add", case, "最初の接触", "1:3"]);
    desk.ok(&["note", "edit", case, "1", "first contact"]);
    desk.ok(&["note", "add", case, "gone", "--principal", "arn:aws:iam::1:user/A"]);
    desk.ok(&["note", "remove", case, "2"]);
    let notes = rows(&desk.ok(&["note", "list", case, "--removed", "--format", "jsonl"]));
    assert_eq!((notes[0]["note"].as_str(), notes[0]["changed_by"].as_str()), (Some("first contact"), Some("A. Mori")));
    assert_eq!((notes[1]["about"].as_str(), notes[1]["removed_by"].as_str()), (Some("principal"), Some("A. Mori")));
    desk.ok(&["finding", "add", case, "--title", "It left", "--technique", "T1048.003", "--confidence", "high"]);
    desk.ok(&["finding", "add", case, "--title", "By SSH"]);
    desk.ok(&["finding", "cite", case, "1", "1:3", "3:2"]);
    desk.ok(&["finding", "uncite", case, "1", "3:2"]);
    desk.ok(&["finding", "edit", case, "1", "--status", "confirmed"]);
    desk.ok(&["finding", "move", case, "2", "1"]);
    let findings = rows(&desk.ok(&["finding", "list", case, "--format", "jsonl"]));
    assert_eq!((findings[0]["title"].as_str(), findings[0]["place"].as_i64()), (Some("By SSH"), Some(1)));
    let cited =
        ["title", "status", "confidence", "technique", "records"].map(|name| findings[1][name].as_str().unwrap());
    assert_eq!(cited, ["It left", "confirmed", "high", "T1048.003", "1:3"]);
    desk.ok(&["finding", "remove", case, "2"]);
    let findings = rows(&desk.ok(&["finding", "list", case, "--removed", "--format", "jsonl"]));
    assert_eq!((findings[0]["place"].as_i64(), findings[1]["place"].as_i64()), (Some(1), Some(0)), "the gap closes");
    for (arguments, message) in [
        (vec!["tag", "add", case, "x", "9:9"], "record 9:9 is not in the case"),
        (vec!["tag", "add", case, "x"], "specify a record"),
        (vec!["tag", "add", case, " ", "1:3"], "a tag needs a name"),
        (vec!["tag", "add", case, "x", "--address", "host"], "host is not a valid address"),
        (vec!["note", "add", case, " ", "1:3"], "a note needs a text"),
        (vec!["note", "edit", case, "7", "x"], "the case has no note 7"),
        (vec!["finding", "add", case, "--title", "x", "--technique", "exfil"], "not a MITRE ATT&CK technique ID"),
        (vec!["finding", "add", case, "--title", "x", "--status", "done"], "open, confirmed or ruled_out"),
        (vec!["finding", "cite", case, "7", "1:3"], "the case has no finding 7"),
    ] {
        let code = if message.contains("not in the case") { 3 } else { 2 };
        let told = desk.fails(&arguments, code);
        assert!(told.contains(message), "{arguments:?}: {told}");
    }
    assert_eq!(desk.reader().conclusions_that_differ().unwrap(), [""; 0]);
}

#[test]
fn a_filter_finds_tagged_records_at_once_and_an_event_by_any_of_its_copies() {
    let desk = desk();
    let case = desk.case();
    let count = |view: &str, filter: &str| desk.count(view, &["--filter", filter]);
    assert_eq!((count("flows", "tag exists"), count("flows", "not tag = a")), (0, 61));
    desk.ok(&["tag", "add", case, "a", "1:3", "1:4", "2:25", "3:2", "--address", "10.0.0.1"]);
    desk.ok(&["tag", "add", case, "b", "1:4"]);
    assert_eq!((count("flows", "tag = a"), count("events", "tag = a")), (3, 1), "an address is no record");
    assert_eq!((count("flows", "tag != a"), count("flows", "tag in (a, b)")), (0, 3));
    assert_eq!((count("flows", "tag = a and tag = b"), count("flows", "tag is null")), (1, 58));
    desk.ok(&["tag", "remove", case, "a", "1:3"]);
    assert_eq!(count("flows", "tag = a"), 2);
    // Another delivery of the same event: the tag is on the event, not on the file that brought it.
    let again = serde_json::json!({"Records": [event("e-1", "ConsoleLogin", "2021-05-16T00:01:00Z")]});
    desk.file("more.json", again.to_string());
    desk.import(&[desk.path("more.json")]);
    assert_eq!(desk.count("events", &["--filter", "tag = a", "--occurrences"]), 2);
    desk.ok(&["tag", "add", case, "a", "4:1"]);
    desk.ok(&["tag", "remove", case, "a", "4:1"]);
    assert_eq!(count("events", "tag = a"), 0, "taken off by its other name");
    assert_eq!(desk.reader().conclusions_that_differ().unwrap(), [""; 0]);
}

/// What examiners wrote, as it is.
fn standing(desk: &Desk) -> String {
    let reader = desk.reader();
    let tags: Vec<_> = query::tags(&reader, false).unwrap().into_iter().map(|t| (t.name, t.subject)).collect();
    let notes: Vec<_> = query::notes(&reader, false).unwrap().into_iter().map(|n| (n.id, n.text)).collect();
    let findings: Vec<_> =
        query::findings(&reader, false).unwrap().into_iter().map(|f| (f.id, f.place, f.text, f.records)).collect();
    let exhibits: Vec<_> =
        query::exhibits(&reader, false).unwrap().into_iter().map(|e| (e.id, e.place, e.text, e.frozen)).collect();
    format!("{tags:?}\n{notes:?}\n{findings:?}\n{exhibits:?}\n{:?}", query::report_fields(&reader).unwrap())
}

#[test]
fn every_change_is_undone_by_its_inverse() {
    let desk = desk();
    let record = |position| RecordId::new(EvidenceId(1), position);
    let title = |title: &str| FindingText { title: title.into(), ..FindingText::default() };
    let words = |caption: &str| ExhibitText { caption: caption.into(), ..ExhibitText::default() };
    for n in 1..=3 {
        conclude(&desk.case, &Change::AddFinding(title(&n.to_string()))).unwrap();
        conclude(&desk.case, &Change::AddNote { subject: Subject::Address("10.0.0.1".into()), text: "x".into() })
            .unwrap();
        desk.ok(&["exhibit", "add", desk.case(), "--kind", "text", "--text", "x", "--caption", &n.to_string()]);
    }
    conclude(&desk.case, &Change::Cite { finding: 1, records: vec![record(3)] }).unwrap();
    let subjects = vec![Subject::Record(record(3)), Subject::Pair("10.0.0.1".into(), "-".into())];
    conclude(&desk.case, &Change::AddTag { name: "a".into(), subjects: subjects[..1].to_vec() }).unwrap();
    for change in [
        // Of two one has the tag already: only the other loses it again.
        Change::AddTag { name: "a".into(), subjects },
        Change::RemoveTag { name: "a".into(), subjects: vec![Subject::Record(record(3))] },
        Change::EditNote { id: 2, text: "y".into() },
        Change::RemoveNote(2),
        Change::EditFinding { id: 2, text: title("other") },
        Change::MoveFinding { id: 1, place: 3 },
        Change::RemoveFinding(2),
        Change::Cite { finding: 1, records: vec![record(3), record(4)] },
        Change::Uncite { finding: 1, records: vec![record(3), record(9)] },
        Change::EditExhibit { id: 2, text: ExhibitText { finding: Some(3), ..words("other") } },
        Change::MoveExhibit { id: 3, place: 1 },
        Change::RemoveExhibit(1),
        Change::SetReport { field: coldtrail::model::conclusions::ReportField::Mark, value: "TLP:RED".into() },
    ] {
        let before = standing(&desk);
        let done = conclude(&desk.case, &change).unwrap();
        assert_ne!(standing(&desk), before, "{change:?}");
        let undone = conclude(&desk.case, &done.inverse.unwrap()).unwrap();
        let mark = |text: &str| text.replace("[(Mark, \"\")]", "[]");
        assert_eq!(mark(&standing(&desk)), before, "{change:?}");
        // And made again by the inverse of that.
        let redone = conclude(&desk.case, &undone.inverse.unwrap()).unwrap();
        conclude(&desk.case, &redone.inverse.unwrap()).unwrap();
        assert_eq!(mark(&standing(&desk)), before, "{change:?}");
    }
    let nothing = conclude(&desk.case, &Change::MoveFinding { id: 1, place: 1 }).unwrap();
    assert_eq!(nothing.inverse, None);
    assert_eq!(desk.reader().conclusions_that_differ().unwrap(), [""; 0]);
}

#[test]
fn exhibits_are_added_listed_shown_moved_and_taken_back_by_the_command() {
    let desk = desk();
    let case = desk.case();
    let add = |more: &[&str]| {
        let arguments: Vec<&str> = ["exhibit", "add", case].into_iter().chain(more.iter().copied()).collect();
        desk.ok(&arguments)
    };
    desk.ok(&["finding", "add", case, "--title", "It left"]);
    let flows = ["--kind", "flows", "--filter", "dstport = 443", "--sort", "-bytes", "--limit", "3", "--columns"];
    add(&[&flows[..], &["srcaddr,bytes", "--caption", "Largest", "--note", "n", "--finding", "1"]].concat());
    add(&["--kind", "pairs", "--ip", "10.0.0.1", "--caption", "Pairs", "--tz", "Asia/Tokyo"]);
    add(&["--kind", "series", "--by", "action", "--bin", "1h", "--shape", "lines", "--caption", "Time"]);
    add(&["--kind", "events", "--filter", "event_name = GetObject", "--caption", "Reads"]);
    let list = rows(&desk.ok(&["exhibit", "list", case, "--format", "jsonl"]));
    let kinds: Vec<&str> = list.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["flows", "pairs", "series", "events"]);
    assert_eq!((list[0]["finding"].as_i64(), list[0]["rows"].as_i64()), (Some(1), Some(3)));
    assert_eq!(list[1]["zone"], "Asia/Tokyo");
    // What it shows is what the command prints.
    let printed = desk.ok(&[
        "flows",
        case,
        "--filter",
        "dstport = 443",
        "--sort",
        "-bytes",
        "--limit",
        "3",
        "--columns",
        "ref,srcaddr,bytes",
    ]);
    assert_eq!(desk.ok(&["exhibit", "show", case, "1", "--format", "csv"]), printed);
    let pairs = desk.ok(&["pairs", case, "--ip", "10.0.0.1"]);
    assert_eq!(desk.ok(&["exhibit", "show", case, "2", "--format", "csv"]), pairs);
    let lines = desk.ok(&["exhibit", "show", case, "1", "--lines"]);
    assert_eq!(coldtrail::app::exhibits::canonical::digest(&lines), list[0]["digest"].as_str().unwrap());
    let whole: serde_json::Value = serde_json::from_str(&desk.ok(&["exhibit", "show", case, "1", "--json"])).unwrap();
    assert_eq!(whole["facts"]["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(whole["query"]["records"]["filter"], "dstport = 443");
    desk.ok(&["exhibit", "move", case, "4", "1"]);
    desk.ok(&["exhibit", "edit", case, "1", "--caption", "All reads"]);
    desk.ok(&["exhibit", "remove", case, "2"]);
    let list = rows(&desk.ok(&["exhibit", "list", case, "--removed", "--format", "jsonl"]));
    let captions: Vec<_> =
        list.iter().map(|r| (r["number"].as_i64().unwrap(), r["caption"].as_str().unwrap())).collect();
    assert_eq!(captions, [(1, "All reads"), (2, "Pairs"), (3, "Time"), (0, "Largest")]);
    let check = rows(&desk.ok(&["exhibit", "check", case, "--format", "jsonl"]));
    assert!(check.len() == 3 && check.iter().all(|row| row["verdict"] == "same"), "{check:?}");
    desk.file("more.log", format!("{HEADER}{}", flow_lines(250..251)));
    desk.import(&[desk.path("more.log")]);
    desk.fails(&["exhibit", "check", case, "--format", "jsonl"], 4);
    for (more, message) in [
        (vec!["--kind", "sightigs"], "unknown kind of exhibit sightigs"),
        (vec!["--kind", "text"], "needs --text"),
        (vec!["--kind", "pairs", "--columns", "a"], "an exhibit of kind pairs has no --columns"),
        (vec!["--kind", "address"], "needs --ip"),
        (vec!["--kind", "flows", "--filter", "nofield = 1"], "nofield"),
        (vec!["--kind", "text", "--text", "x", "--finding", "9"], "the case has no finding 9"),
    ] {
        let arguments: Vec<&str> =
            ["exhibit", "add", case, "--caption", "x"].into_iter().chain(more.iter().copied()).collect();
        let told = desk.fails(&arguments, 2);
        assert!(told.contains(message), "{more:?}: {told}");
    }
    assert!(desk.fails(&["exhibit", "show", case, "9"], 2).contains("the case has no exhibit 9"));
}
