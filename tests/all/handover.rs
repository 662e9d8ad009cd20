//! What leaves the house: all that people wrote, and a part of a case as a case of its own.

use crate::desk::plain;
use crate::exhibits::text;
use crate::verify::{verdicts, written};
use coldtrail::app::conclusions::conclude;
use coldtrail::app::exhibits;
use coldtrail::model::conclusions::{Change, ExhibitText, Subject};
use coldtrail::model::{Dataset, EvidenceId, RecordId};
use coldtrail::present::zone::Zone;
use coldtrail::query::{self, Cancel, Scope};
use coldtrail::questions::{self, RecordsQuestion};
use serde_json::Value;

#[test]
fn discovery_holds_what_was_taken_back_and_what_it_was_before() {
    let desk = written();
    conclude(&desk.case, &Change::RemoveNote(1)).unwrap();
    let file = desk.path("written.json");
    desk.ok(&["discovery", desk.case(), "--out", file.to_str().unwrap()]);
    let told = std::fs::read_to_string(&file).unwrap();
    let all: Value = serde_json::from_str(&told).unwrap();
    let tags = all["tags"].as_array().unwrap();
    assert_eq!((tags.len(), tags[1]["removed"]["by"].as_str()), (3, Some("A. Mori")));
    assert_eq!(
        (all["notes"][0]["text"].as_str(), all["notes"][0]["removed"]["by"].as_str()),
        (Some("second"), Some("A. Mori"))
    );
    let exhibits = all["exhibits"].as_array().unwrap();
    let gone = exhibits.iter().find(|exhibit| exhibit["id"] == 2).unwrap();
    assert_eq!(
        (exhibits.len(), gone["place"].as_i64(), gone["removed"]["by"].as_str()),
        (questions::KINDS.len(), Some(0), Some("A. Mori"))
    );
    assert_eq!(all["findings"][1]["citations"][1]["record"], "1:5");
    assert_eq!(all["report"]["title"], "調査");
    let history = all["history"].as_array().unwrap();
    let before = history.iter().find(|entry| entry["action"] == "note_edit").unwrap();
    assert_eq!(before["parameters"]["before"]["text"], "first");
    assert_eq!(all["case"]["journal_head"], desk.reader().journal().unwrap().last().unwrap().hash);
    // The same case, the same bytes; and nothing is overwritten.
    assert_eq!(desk.ok(&["discovery", desk.case()]), told);
    assert!(desk.fails(&["discovery", desk.case(), "--out", file.to_str().unwrap()], 3).contains("already exists"));
}

#[test]
fn a_part_of_a_case_is_a_case_that_proves_itself() {
    let desk = written();
    let record = |evidence, position| RecordId::new(EvidenceId(evidence), position);
    let tagged = coldtrail::filter::parse("tag = exfil", Dataset::Flows).unwrap();
    let tagged = RecordsQuestion {
        query: Scope::of(Dataset::Flows, tagged).records(Vec::new()),
        columns: Vec::new(),
        limit: None,
    };
    let supports = ExhibitText { finding: Some(1), ..text("tagged") };
    exhibits::add(&desk.case, &tagged, Zone::default(), supports, &Cancel::default()).unwrap();
    conclude(&desk.case, &Change::AddNote { subject: Subject::Record(record(4, 1)), text: "zip".into() }).ok();
    let part = desk.path("part.coldtrail");
    let name = part.to_str().unwrap();
    let kinds = |case: &std::path::Path| -> Vec<String> {
        let reader = coldtrail::case::CaseReader::open(case).unwrap();
        query::exhibits(&reader, false).unwrap().into_iter().map(|exhibit| exhibit.frozen.kind).collect()
    };
    // The fifth was moved to the front and the second removed; the last asks for a tag.
    let all = kinds(&desk.case);
    let number = |kind: &str| (all.iter().position(|known| known == kind).unwrap() + 1).to_string();
    let (event, words, last) = (number("event"), number("text"), all.len().to_string());
    desk.ok(&[
        "subset",
        desk.case(),
        name,
        "--exhibit",
        &event,
        "--exhibit",
        &words,
        "--exhibit",
        &last,
        "--record",
        "1:3",
    ]);
    assert_eq!(kinds(&part), ["event", "text", "flows"]);
    let reader = coldtrail::case::CaseReader::open(&part).unwrap();
    let evidence: Vec<u32> = query::evidence_list(&reader).unwrap().iter().map(|evidence| evidence.id.0).collect();
    assert_eq!(evidence, [1, 3, 4], "with their numbers; the event stands in two files");
    let tags: Vec<String> = query::tags(&reader, false).unwrap().iter().map(|tag| tag.subject.key()).collect();
    assert_eq!(tags, ["1:3"], "of chosen records; the address may be about others");
    let notes = query::notes(&reader, false).unwrap();
    assert_eq!((notes.len(), notes[0].life.created.by.as_str()), (1, "A. Mori"));
    let findings = query::findings(&reader, false).unwrap();
    assert_eq!((findings.len(), findings[0].text.title.as_str()), (1, "it left"));
    assert_eq!(findings[0].records, [record(1, 3), record(1, 5)]);
    assert_eq!(verdicts(&desk, &part, &["--replay"]), (vec![], 0));
    let origin: String =
        plain(&part).query_row("SELECT parameters FROM journal WHERE action = 'subset'", [], |r| r.get(0)).unwrap();
    let head = desk.reader().journal().unwrap().last().unwrap().hash.clone();
    assert_eq!(serde_json::from_str::<Value>(&origin).unwrap()["journal_head"], head);
    // Nothing of the other files is in it.
    let others: i64 = plain(&part)
        .query_row("SELECT count(*) FROM address WHERE address LIKE '10.0.78.%'", [], |r| r.get(0))
        .unwrap();
    assert_eq!(others, 0);
    assert!(desk.number("SELECT count(*) FROM address WHERE address LIKE '10.0.78.%'") > 0);
}

/// The plots rest on the hours of all evidence, the archive goes over with its members.
#[test]
fn every_exhibit_of_a_part_gives_the_rows_that_it_had() {
    let desk = written();
    let part = desk.path("part.coldtrail");
    let numbers: Vec<String> = (1..questions::KINDS.len()).map(|number| number.to_string()).collect();
    let mut arguments = vec!["subset", desk.case(), part.to_str().unwrap()];
    numbers.iter().for_each(|number| arguments.extend(["--exhibit", number]));
    desk.ok(&arguments);
    assert_eq!(verdicts(&desk, &part, &["--replay"]), (vec![], 0));
}

/// Lists, labels and what was turned off go over with their numbers, and only where an exhibit asks for them.
#[test]
fn what_exhibits_look_for_goes_with_them() {
    let desk = written();
    let case = desk.case().to_owned();
    desk.ok(&["indicators", "add", &case, "203.0.113.0/29", "--purpose", "own", "--list", "ours"]);
    desk.ok(&["indicators", "add", &case, "203.0.113.9", "203.0.113.11", "--list", "typed"]);
    desk.ok(&["indicators", "disable", &case, "ours"]);
    desk.ok(&["label", "add", &case, "10.0.0.3", "workstation"]);
    // A pattern of two parts, of which no record of the case meets both.
    let pattern = "[ipv4-addr:value = '203.0.113.5' AND ipv4-addr:value = '192.0.2.1']";
    let bundle = serde_json::json!({"type": "bundle", "id": "bundle--1", "objects": [{
        "type": "indicator", "spec_version": "2.1", "id": "indicator--1", "pattern_type": "stix", "pattern": pattern,
        "valid_from": "2000-01-01T00:00:00Z"}]});
    let bundle = desk.file("pattern.json", bundle.to_string());
    desk.ok(&["indicators", "import", &case, bundle.to_str().unwrap()]);
    let add = |more: &[&str]| desk.ok(&[&["exhibit", "add", &case, "--caption", "x", "--kind"][..], more].concat());
    add(&["flows", "--filter", "label = workstation or dstaddr in indicators"]);
    add(&["sql", "--sql", "SELECT entry_id, list, value, looked_for FROM indicator ORDER BY 1"]);
    add(&["pairs", "--external"]);
    let count = query::exhibits(&desk.reader(), false).unwrap().len();
    let names = |part: &std::path::Path| {
        let reader = coldtrail::case::CaseReader::open(part).unwrap();
        let lists = query::indicator_lists(&reader, true).unwrap().into_iter();
        (lists.map(|list| (list.name, list.enabled)).collect::<Vec<_>>(), query::labels(&reader, true).unwrap().len())
    };
    for number in count - 2..=count {
        let part = desk.path(&format!("part{number}.coldtrail"));
        desk.ok(&["subset", &case, part.to_str().unwrap(), "--exhibit", &number.to_string()]);
        assert_eq!(verdicts(&desk, &part, &["--replay"]), (vec![], 0), "{number}");
        let lists = [("known", true), ("ours", false), ("typed", true), ("pattern", true)]
            .map(|(name, on)| (name.to_owned(), on));
        assert_eq!(names(&part), (lists.to_vec(), 1), "{number}");
    }
    let none = desk.path("none.coldtrail");
    desk.ok(&["subset", &case, none.to_str().unwrap(), "--evidence", "1"]);
    assert_eq!(names(&none), (vec![], 0));
    // What asks for more than goes over is reported, and nothing is written.
    add(&["sql", "--sql", "SELECT count(*) FROM journal"]);
    let part = desk.path("journal.coldtrail");
    let number = (count + 1).to_string();
    let told = desk.fails(&["subset", &case, part.to_str().unwrap(), "--exhibit", &number], 2);
    assert!(told.contains("does not return the same rows in a part of the case; exclude it"), "{told}");
    assert!(!part.exists());
}

#[test]
fn what_cannot_be_handed_over_leaves_nothing() {
    let desk = written();
    let part = desk.path("part.coldtrail");
    let name = part.to_str().unwrap();
    assert!(desk.fails(&["subset", desk.case(), name], 2).contains("nothing was selected"));
    assert!(desk.fails(&["subset", desk.case(), name, "--exhibit", "99"], 2).contains("no exhibit 99"));
    assert!(desk.fails(&["subset", desk.case(), name, "--evidence", "99"], 2).contains("no evidence number 99"));
    desk.fails(&["subset", desk.case(), name, "--record", "9:9"], 3);
    assert!(!part.exists());
    let copy = desk.path("copy.coldtrail");
    std::fs::copy(&desk.case, &copy).unwrap();
    let conn = rusqlite::Connection::open(&copy).unwrap();
    conn.execute_batch("UPDATE flow SET bytes = bytes + 1 WHERE id = (1 << 32) + 5").unwrap();
    drop(conn);
    let told = desk.fails(&["subset", copy.to_str().unwrap(), name, "--evidence", "1"], 3);
    assert!(told.contains("evidence 1 cannot be copied: flow 1:5: bytes is"), "{told}");
    let left: Vec<_> = std::fs::read_dir(desk.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("part")), "{left:?}");
    desk.file("part.coldtrail", "mine");
    assert!(desk.fails(&["subset", desk.case(), name, "--evidence", "1"], 3).contains("already exists"));
    assert_eq!(std::fs::read(&part).unwrap(), b"mine");
}
