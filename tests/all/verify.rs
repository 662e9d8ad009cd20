//! `coldtrail verify`: a whole case passes; whatever is changed in it past the program is named, with exit code 4.

use crate::desk::{Desk, HEADER, event, flow_lines, gz};
use crate::exhibits::{desk, one_of_each, text};
use crate::support::run;
use coldtrail::app::conclusions::conclude;
use coldtrail::app::exhibits;
use coldtrail::model::conclusions::{Change, FindingText, ReportField, Subject};
use coldtrail::model::{EvidenceId, RecordId};
use coldtrail::present::zone::Zone;
use coldtrail::query::Cancel;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// A case with evidence of several kinds, an archive among it, and something of everything that examiners write.
pub(crate) fn written() -> Desk {
    let desk = desk();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("AWSLogs/1/a.log", format!("{HEADER}{}", flow_lines(100..140)).into_bytes()),
        ("AWSLogs/1/b.log.gz", gz(format!("{HEADER}{}", flow_lines(130..150)).as_bytes())),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, &bytes).unwrap();
    }
    desk.file("in2/all.zip", zip.finish().unwrap().into_inner());
    let again = serde_json::json!({"Records": [event("e-1", "ConsoleLogin", "2021-05-16T00:01:00Z")]});
    desk.file("in2/again.json.gz", gz(again.to_string().as_bytes()));
    desk.import(&[desk.path("in2")]);
    headerless(&desk);
    for exhibit in one_of_each() {
        exhibits::add(&desk.case, exhibit.as_ref(), Zone::default(), text("所見"), &Cancel::default()).unwrap();
    }
    let record = |position| RecordId::new(EvidenceId(1), position);
    let subjects = vec![Subject::Record(record(3)), Subject::Record(record(4)), Subject::Address("10.0.0.1".into())];
    for change in [
        Change::AddTag { name: "exfil".into(), subjects: subjects.clone() },
        Change::RemoveTag { name: "exfil".into(), subjects: subjects[1..2].to_vec() },
        Change::AddNote { subject: subjects[0].clone(), text: "first".into() },
        Change::EditNote { id: 1, text: "second".into() },
        Change::AddFinding(FindingText { title: "it left".into(), ..FindingText::default() }),
        Change::AddFinding(FindingText { title: "by SSH".into(), ..FindingText::default() }),
        Change::MoveFinding { id: 2, place: 1 },
        Change::Cite { finding: 1, records: vec![record(3), record(5)] },
        Change::RemoveExhibit(2),
        Change::MoveExhibit { id: 5, place: 1 },
        Change::SetReport { field: ReportField::Title, value: "調査".into() },
    ] {
        assert!(conclude(&desk.case, &change).unwrap().inverse.is_some(), "{change:?}");
    }
    desk
}

/// Records without a header: of one file the format shows by itself, of the other it is stated; each with a line that
/// does not fit.
fn headerless(desk: &Desk) {
    desk.file("in3/000000.log", format!("{}too short\n", flow_lines(400..404)));
    desk.import(&[desk.path("in3")]);
    let cut = |line: &str| line.split(' ').skip(2).collect::<Vec<_>>().join(" ") + "\n";
    let twelve: String = flow_lines(410..413).lines().map(cut).collect();
    let path = desk.file("in4/cut.log", format!("{twelve}too short\n"));
    let fields = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
    let format: Vec<String> = fields.split(' ').map(|field| format!("${{{field}}}")).collect();
    let counts = desk.import(&[path.to_str().unwrap(), "--format", &format.join(" ")]);
    assert_eq!(counts[0].counts(), (3, 0, 1), "{counts:?}");
}

/// Rows that are not good, as `check|item|verdict|detail`, and the exit code.
pub(crate) fn verdicts(desk: &Desk, case: &Path, more: &[&str]) -> (Vec<String>, i32) {
    let case = case.to_str().unwrap();
    let arguments: Vec<&str> = ["verify", case, "--format", "jsonl"].into_iter().chain(more.iter().copied()).collect();
    let output = crate::support::coldtrail(desk.folder.path()).args(&arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let cell = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (cell("verdict") != "good").then(|| ["check", "item", "verdict", "detail"].map(cell).join("|"))
    };
    assert!(!text.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (text.lines().filter_map(row).collect(), output.status.code().unwrap())
}

/// A copy of the case with one thing changed past the program.
fn tampered(desk: &Desk, sql: &str) -> PathBuf {
    let copy = desk.path("tampered.coldtrail");
    std::fs::copy(&desk.case, &copy).unwrap();
    let conn = Connection::open(&copy).unwrap();
    conn.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert!(conn.total_changes() > 0, "{sql} changes nothing");
    copy
}

#[test]
fn a_case_that_nobody_touched_passes_every_check() {
    let desk = written();
    assert_eq!(verdicts(&desk, &desk.case, &[]), (vec![], 0));
    let originals = desk.path("");
    // The list of indicators is no evidence.
    let list = desk.path("lists/known.csv");
    let missing = format!("originals|{}|missing in the case|no evidence file has this size", list.display());
    let found = verdicts(&desk, &desk.case, &["--replay", "--originals", originals.to_str().unwrap()]);
    assert_eq!(found, (vec![missing], 1));
    // The temporary case is gone, and the case is as it was.
    let left: Vec<String> = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("replay") || name.starts_with(".tmp"))
        .collect();
    assert_eq!(left, [""; 0]);
    let all =
        String::from_utf8(run(desk.folder.path(), &["verify", desk.case(), "--replay", "--format", "csv"], 0).stdout);
    let all = all.unwrap();
    for check in ["structure", "journal", "conclusions", "evidence", "index", "exhibit", "replay"] {
        assert!(all.lines().any(|line| line.starts_with(check)), "{check} is not among\n{all}");
    }
    assert_eq!(
        all.lines().filter(|line| line.starts_with("evidence,")).count(),
        10,
        "the list, each file, members too\n{all}"
    );
}

#[test]
fn whatever_is_changed_past_the_program_is_named() {
    let desk = written();
    for (sql, named) in [
        ("UPDATE flow SET bytes = bytes + 1 WHERE id = (1 << 32) + 5", "index||FAILED"),
        ("DELETE FROM flow WHERE id = (1 << 32) + 5", "structure|counts of evidence|FAILED|evidence 1: 41 flow rows"),
        ("UPDATE raw_block SET encoding = 'stored', data = zeroblob(byte_count) WHERE evidence_id = 2", "evidence|2 "),
        ("DELETE FROM raw_block WHERE evidence_id = 3", "evidence|3 "),
        (
            "UPDATE evidence SET path = 'x' WHERE evidence_id = 2",
            "evidence||FAILED|the path of evidence 2 does not match",
        ),
        (
            "UPDATE evidence SET warning_count = 0",
            "evidence||FAILED|the number of warnings of evidence 1 does not match",
        ),
        ("UPDATE evidence SET content_sha256 = replace(content_sha256, '1', '2') WHERE evidence_id = 1", "evidence|1 "),
        ("UPDATE raw_block SET encoding = 'stored', data = zeroblob(byte_count) WHERE evidence_id = 6", "evidence|6 "),
        ("UPDATE journal SET examiner = 'Mallory' WHERE seq = 4", "journal|entry 4|FAILED"),
        ("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", "conclusions||FAILED|the report's title"),
        ("UPDATE exhibit SET caption = 'other' WHERE exhibit_id = 4", "conclusions||FAILED|exhibit 4 does not match"),
        ("UPDATE exhibit SET digest = replace(digest, '1', '2') WHERE exhibit_id = 4", "exhibit|"),
        (
            "UPDATE exhibit_content SET data = (SELECT data FROM exhibit_content WHERE exhibit_id = 1), byte_count =
          (SELECT byte_count FROM exhibit_content WHERE exhibit_id = 1) WHERE exhibit_id = 4",
            "exhibit|",
        ),
        ("DELETE FROM exhibit_content WHERE exhibit_id = 4", "exhibit|"),
        (
            "UPDATE exhibit SET place = 100 - place WHERE place > 0",
            "conclusions||FAILED|exhibit 5 does not match the journal: place is 99, and was 1",
        ),
        (
            "UPDATE finding SET status = 'confirmed' WHERE finding_id = 1",
            "conclusions||FAILED|finding 1 does not match",
        ),
        ("DELETE FROM finding_record WHERE record_id = (1 << 32) + 5", "conclusions||FAILED|finding 1"),
        ("DELETE FROM note", "conclusions||FAILED|note 1 is in the journal and not in the case"),
        ("UPDATE note SET created_by = 'Mallory'", "conclusions||FAILED|note 1 does not match the journal"),
        (
            "UPDATE tag SET removed_utc = NULL, removed_by = NULL",
            "conclusions||FAILED|tag exfil on record 1:4 does not match the journal",
        ),
        (
            "UPDATE tag SET name = 'x' WHERE subject = 'address'",
            "conclusions||FAILED|tag exfil on address 10.0.0.1 is in",
        ),
        ("UPDATE report_setting SET value = 'x'", "conclusions||FAILED|the report's title does not match"),
        (
            "INSERT INTO flow (id, bytes) VALUES ((99 << 32) + 1, 5)",
            "structure|rows of no evidence|FAILED|1 rows of flow belong to no evidence",
        ),
    ] {
        let (found, code) = verdicts(&desk, &tampered(&desk, sql), &[]);
        assert_eq!(code, 4, "{sql}: {found:?}");
        let is_named = found.iter().any(|row| row.starts_with(named) && row.contains("|FAILED|"));
        let is_named = is_named || found.iter().any(|row| row.starts_with(named) && named.contains("FAILED"));
        assert!(is_named, "{sql}: {found:#?}");
    }
}

#[test]
fn a_row_that_the_original_does_not_say_is_found_by_deriving_it_again() {
    let desk = written();
    // The index goes along, so that only the originals can tell.
    let without_index = |sql: &str| {
        let copy = tampered(&desk, sql);
        desk.ok(&["index", copy.to_str().unwrap(), "--rebuild"]);
        copy
    };
    for (sql, named) in [
        ("UPDATE flow SET bytes = bytes + 1 WHERE id = (1 << 32) + 5", "flow 1:5: bytes is "),
        (
            "UPDATE disposition SET action = 'REJECT' WHERE action = 'ACCEPT'",
            "action is REJECT, but ACCEPT when read again",
        ),
        (
            "UPDATE caller SET source_ip_address = '192.0.2.1' WHERE caller_id = (SELECT caller_id FROM event_row WHERE id = (3 << 32) + 2)",
            "event 3:2: source_ip_address is",
        ),
        ("UPDATE import_warning SET detail = 'nothing'", "warning 1:1: detail is nothing"),
        ("DELETE FROM flow_duplicate WHERE id = (2 << 32) + 3", "duplicate 2:3: it is missing"),
        ("UPDATE event_choice SET best_id = event_key + 1", "occurrences 3:2: best_id is"),
        (
            "INSERT INTO address SELECT max(address_id) + 1, '192.0.2.77', x'00000000000000000000ffffc000024d' FROM address",
            "192.0.2.77 16 bytes is not in any original",
        ),
        (
            "INSERT INTO pair SELECT (SELECT max(pair_id) + 1 FROM pair), source_id, destination_id FROM pair LIMIT 1",
            "exists twice, and nothing refers to it",
        ),
    ] {
        let (found, code) = verdicts(&desk, &without_index(sql), &["--replay"]);
        let replayed = found.iter().any(|row| row.starts_with("replay|") && row.contains(named));
        assert!(code == 4 && replayed, "{sql}: {found:#?}");
    }
}

#[test]
fn originals_that_were_left_out_are_unchecked_until_they_are_there() {
    let desk = Desk::new();
    let path = desk.file("in/a.log.gz", gz(format!("{HEADER}{}", flow_lines(0..50)).as_bytes()));
    desk.import(&[path.to_str().unwrap(), "--no-raw"]);
    let moved = desk.path("elsewhere/a copy.gz");
    std::fs::create_dir_all(moved.parent().unwrap()).unwrap();
    std::fs::rename(&path, &moved).unwrap();
    let (found, code) = verdicts(&desk, &desk.case, &["--replay"]);
    assert_eq!(code, 0, "what cannot be checked proves nothing: {found:?}");
    assert_eq!(found.iter().filter(|row| row.contains("|unchecked|")).count(), found.len());
    assert!(found.iter().any(|row| row.starts_with("evidence|1 ")), "{found:?}");
    let folder = desk.path("elsewhere");
    let with = ["--replay", "--originals", folder.to_str().unwrap()];
    assert_eq!(verdicts(&desk, &desk.case, &with), (vec![], 0));
    std::fs::write(&moved, gz(b"other")).unwrap();
    let (found, code) = verdicts(&desk, &desk.case, &with);
    assert_eq!(code, 4);
    assert!(found.iter().any(|row| row.starts_with("originals|1 ") && row.contains("FAILED")), "{found:?}");
    let wrong = desk.fails(&["verify", desk.case(), "--originals", "nowhere"], 2);
    assert!(wrong.contains("nowhere is not a folder"), "{wrong}");
}

#[test]
fn the_journal_is_listed_with_the_state_of_its_chain() {
    let desk = written();
    let list = desk.ok(&["journal", desk.case(), "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[0]["action"], "create");
    assert!(rows.iter().any(|row| row["action"] == "exhibit_add" && row["examiner"] == "A. Mori"));
    let copy = tampered(&desk, "UPDATE journal SET counts = '{}' WHERE seq = 3");
    let broken = desk.fails(&["journal", copy.to_str().unwrap(), "--format", "csv"], 4);
    assert!(broken.contains("broken at entry 3"), "{broken}");
}

#[test]
fn what_was_chosen_and_is_not_what_the_journal_says_is_named_without_the_originals() {
    let desk = written();
    desk.ok(&["label", "add", desk.case(), "10.20.1.22", "bastion"]);
    for (sql, named) in [
        ("UPDATE case_info SET value = 'x' WHERE key = 'title'", "case||the case's title does not match the journal"),
        ("UPDATE case_info SET value = 'x' WHERE key = 'examiner'", "case||the case's examiner does not match"),
        ("UPDATE label SET name = 'x'", "indicators||label 1 does not match the journal: name is x, and was bastion"),
        (
            "UPDATE indicator_entry SET value = '203.0.113.8' WHERE entry_id = 1",
            "indicators||indicator list 1 does not match",
        ),
        ("UPDATE indicator_entry SET enabled = 0 WHERE entry_id = 1", "indicators||indicator_entry 1 does not match"),
        (
            "UPDATE tag SET record_id = record_id + 1 WHERE tag_id = 1",
            "conclusions||tag exfil on record 1:3 does not match",
        ),
        (
            "UPDATE address SET key = zeroblob(16) WHERE address_id = 3",
            "structure|addresses|address 3: key does not match",
        ),
        (
            "UPDATE caller SET source_ip_key = zeroblob(16) WHERE caller_id = 1",
            "structure|keys of event|caller 1: source_ip_key does not match source_ip_address",
        ),
        (
            "DELETE FROM raw_block; DELETE FROM seek_point; UPDATE evidence SET raw_kept = 0",
            "evidence||the raw_kept of evidence 1 does not match the journal",
        ),
    ] {
        let (found, code) = verdicts(&desk, &tampered(&desk, sql), &[]);
        let found: Vec<String> = found.iter().map(|row| row.replacen("|FAILED|", "|", 1)).collect();
        assert!(code == 4 && found.iter().any(|row| row.starts_with(named)), "{sql}: {found:#?}");
    }
}

#[test]
fn evidence_that_came_in_since_is_told_apart_from_what_was_changed() {
    let desk = written();
    desk.file("in9/more.log", format!("{HEADER}{}", flow_lines(300..340)));
    desk.import(&[desk.path("in9")]);
    let (found, code) = verdicts(&desk, &desk.case, &[]);
    assert_eq!(code, 1, "{found:#?}");
    let outdated = |row: &&String| row.starts_with("exhibit|") && row.contains("|outdated|evidence was added after");
    assert!(found.iter().any(|row| outdated(&row)), "{found:#?}");
    assert!(found.iter().all(|row| outdated(&row)), "nothing else is wrong: {found:#?}");
    // The same rows changed past the program, without anything that came in: a failure.
    let before = written();
    let sql = "UPDATE caller SET source_ip_address = '192.0.2.1' WHERE caller_id = (SELECT caller_id FROM event_row WHERE id = (3 << 32) + 2)";
    let (found, code) = verdicts(&before, &tampered(&before, sql), &[]);
    assert_eq!(code, 4);
    assert!(found.iter().any(|row| row.starts_with("exhibit|") && row.contains("|FAILED|")), "{found:#?}");
    assert!(!found.iter().any(|row| row.contains("|outdated|")), "{found:#?}");
}

/// A journal that was written again under another name has a whole chain; only a head that was kept elsewhere contradicts it.
#[test]
fn a_head_that_was_kept_elsewhere_finds_a_journal_that_was_cut_or_written_again() {
    let desk = Desk::new();
    let file = desk.file("a.log", format!("{HEADER}{}", flow_lines(0..10)));
    desk.import(&[&file]);
    let journal = desk.reader().journal().unwrap();
    let kept = journal.last().unwrap().hash.clone();
    let spoken: Vec<String> =
        kept.to_uppercase().as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into()).collect();
    desk.ok(&["verify", desk.case(), "--head", &spoken.join(" ")]);
    desk.ok(&["note", "add", desk.case(), "seen", "1:3"]);
    let rows = desk.ok(&["verify", desk.case(), "--head", &kept, "--format", "csv"]);
    assert!(
        rows.contains(&format!(
            "head {kept},good,it is entry {} of the journal; entries added since: 1",
            journal.len()
        )),
        "{rows}"
    );
    // Its end removed: the chain of the rest is whole, and everything agrees with it.
    let now = desk.reader().journal().unwrap().last().unwrap().hash.clone();
    let cut = "DELETE FROM note; DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)";
    Connection::open(&desk.case).unwrap().execute_batch(cut).unwrap();
    let rows = desk.fails(&["verify", desk.case(), "--head", &now], 4);
    assert!(!rows.is_empty());
    desk.ok(&["verify", desk.case(), "--head", &kept]);
    desk.fails(&["verify", desk.case(), "--head", "00ff"], 2);
}
