//! An import that is killed at any moment leaves whole evidence files and a list of the rest; one that is stopped does
//! the same, at once.

use crate::corpora::evidence_rows_add_up;
use crate::desk::{Desk, HEADER, differences, event, flow_lines, gz, plain};
use crate::support::coldtrail;
use coldtrail::case::{CaseReader, journal};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// Evidence of every kind that is written differently: flow logs, an overlap, a zip, events met twice, damage.
fn evidence(desk: &Desk) -> PathBuf {
    for n in 0..8 {
        // Each overlaps the one before by fifty lines: those become duplicates.
        let lines = flow_lines(n * 450..n * 450 + 500);
        desk.file(&format!("in/flow-{n}.log.gz"), gz(format!("{HEADER}{lines}").as_bytes()));
        let events: Vec<_> = (n * 30..n * 30 + 40)
            .map(|id| event(&format!("event-{id}"), "RunInstances", &format!("2021-05-16T00:{:02}:00Z", id % 60)))
            .collect();
        desk.file(&format!("in/trail-{n}.json.gz"), gz(json!({"Records": events}).to_string().as_bytes()));
    }
    big(desk);
    desk.file("in/unknown.txt", "nothing of ours");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for n in 0..3 {
        zip.start_file(format!("m{n}.log"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(format!("{HEADER}{}", flow_lines(20_000 + n * 300..20_300 + n * 300)).as_bytes()).unwrap();
    }
    desk.file("in/members.zip", zip.finish().unwrap().into_inner());
    desk.path("in")
}

const FILES: i64 = 19;

/// Files of the evidence before the big one, in the order in which they are imported.
const BEFORE_BIG: u64 = 8;

/// The largest file of the evidence.
fn big(desk: &Desk) {
    desk.file("in/h-big.log", format!("{HEADER}{}not a record\n", flow_lines(10_000..14_000)));
}

/// Flow records that take minutes to read in the profile that tests run in: no import of them ends by itself before a
/// test has ended it.
fn endless() -> Vec<u8> {
    let member = gz(flow_lines(0..20_000).as_bytes());
    gz(HEADER.as_bytes()).into_iter().chain((0..400).flat_map(|_| member.iter().copied())).collect()
}

/// A generator of numbers that every run gives alike (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }
}

/// When to end the process.
#[derive(Clone, Copy, Debug)]
enum At {
    /// So many rows were printed.
    Rows(u64),
    /// Case and write-ahead log have grown to so many bytes together.
    Bytes(u64),
}

fn bytes_on_disk(case: &Path) -> u64 {
    let len = |path: &Path| std::fs::metadata(path).map_or(0, |m| m.len());
    len(case) + len(Path::new(&format!("{}-wal", case.display())))
}

fn start(desk: &Desk, arguments: &[&str]) -> Child {
    let mut command = coldtrail(desk.folder.path());
    command.args(["import", desk.case()]).args(arguments).arg("--json");
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until it is time; false where the process came to its end before.
fn wait_until(child: &mut Child, case: &Path, at: At) -> bool {
    match at {
        At::Rows(rows) => {
            let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
            let mut line = String::new();
            for _ in 0..rows {
                line.clear();
                if lines.read_line(&mut line).unwrap() == 0 {
                    return false;
                }
            }
            true
        }
        At::Bytes(bytes) => loop {
            if bytes_on_disk(case) >= bytes {
                return true;
            }
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::yield_now();
        },
    }
}

/// Starts an import and kills it; true where it was still running.
fn kill_import(desk: &Desk, arguments: &[&str], at: At) -> bool {
    let mut child = start(desk, arguments);
    let in_time = wait_until(&mut child, &desk.case, at);
    child.kill().unwrap();
    let status = child.wait().unwrap();
    in_time && status.code().is_none()
}

/// What holds for a case at any moment. Returns how many files it has and how many are still to come.
fn is_whole(desk: &Desk, what: &str) -> (i64, i64) {
    desk.ok(&["info", desk.case()]);
    let text = |sql: &str| -> String { desk.sqlite().query_row(sql, [], |r| r.get(0)).unwrap() };
    assert_eq!(text("PRAGMA integrity_check"), "ok", "{what}");
    evidence_rows_add_up(desk);
    for table in ["flow", "event", "flow_duplicate"] {
        let orphans = format!("SELECT count(*) FROM {table} WHERE id >> 32 NOT IN (SELECT evidence_id FROM evidence)");
        assert_eq!(desk.number(&orphans), 0, "{what}: {table}");
    }
    for table in ["import_warning", "raw_block", "seek_point", "digest", "digest_log_file"] {
        let orphans =
            format!("SELECT count(*) FROM {table} WHERE evidence_id NOT IN (SELECT evidence_id FROM evidence)");
        assert_eq!(desk.number(&orphans), 0, "{what}: {table}");
    }
    let chunks = "SELECT count(*) FROM flow_chunk WHERE first_id >> 32 NOT IN (SELECT evidence_id FROM evidence)";
    assert_eq!(desk.number(chunks), 0, "{what}: flow_chunk");
    let places = "SELECT (SELECT ifnull(sum(row_count), 0) FROM flow_chunk) - (SELECT count(*) FROM flow)";
    assert_eq!(desk.number(places), 0, "{what}: every flow record has its place");
    let originals = "SELECT count(*) FROM evidence e WHERE file_bytes <>
         (SELECT ifnull(sum(byte_count), 0) FROM raw_block r WHERE r.evidence_id = e.evidence_id)";
    assert_eq!(desk.number(originals), 0, "{what}: every original is whole");
    let entries = desk.reader().journal().unwrap();
    assert_eq!(journal::first_break(&entries), None, "{what}");
    let imports = entries.iter().filter(|entry| entry.action == "import").count() as i64;
    assert_eq!(imports, desk.number("SELECT count(*) FROM evidence"), "{what}: an entry for each evidence file");
    let files = desk.number("SELECT count(*) FROM evidence WHERE container_id IS NULL");
    (files, desk.number("SELECT count(*) FROM import_queue"))
}

/// The case of one import from start to end, and what it took.
fn in_one_go(desk: &Desk, folder: &str) -> u64 {
    let mut child = start(desk, &[folder]);
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(bytes_on_disk(&desk.case));
        std::thread::yield_now();
    }
    let mut rows = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rows).unwrap();
    assert_eq!((child.wait().unwrap().code(), rows.lines().count()), (Some(1), FILES as usize + 3));
    assert_eq!(is_whole(desk, "in one go"), (FILES, 0));
    assert_eq!(desk.beside(), ["one.coldtrail"]);
    most
}

#[test]
fn killed_at_any_moment_a_case_is_whole_and_can_go_on() {
    let reference = Desk::new();
    let folder = evidence(&reference);
    let folder = folder.to_str().unwrap();
    let most = in_one_go(&reference, folder);
    assert!(differences(&reference.case, &Desk::new().case).len() > 10, "an empty case does not look the same");
    let mut numbers = Numbers(20_260_101);
    let mut killed = 0;
    for round in 0..25 {
        let at = if round % 3 == 0 { At::Rows(numbers.below(BEFORE_BIG + 1)) } else { At::Bytes(numbers.below(most)) };
        let what = format!("round {round}, {at:?}");
        let desk = Desk::new();
        // The rows of finished files come with their commit, often all at once: a file that does not end keeps the
        // import running. Before the import goes on, it is the one of the others.
        if matches!(at, At::Rows(_)) {
            reference.file("in/h-big.log", endless());
        }
        let running = kill_import(&desk, &[folder], at);
        assert!(running || matches!(at, At::Bytes(_)), "{what}");
        killed += usize::from(running);
        big(&reference);
        let (files, waiting) = is_whole(&desk, &what);
        assert!(files + waiting == FILES || (files, waiting) == (0, 0), "{what}: {files} and {waiting}");
        // Some are killed once more while they continue.
        if round % 4 == 0 && waiting > 0 {
            kill_import(&desk, &["--resume"], At::Rows(numbers.below(waiting as u64)));
            let (files, waiting) = is_whole(&desk, &what);
            assert_eq!(files + waiting, FILES, "{what}, again");
        }
        let rest = if desk.number("SELECT count(*) FROM import_queue") > 0 { "--resume" } else { folder };
        desk.import(&[rest]);
        assert_eq!(is_whole(&desk, &what), (FILES, 0), "{what}");
        // Where the kill came too late, all was there and is offered again: written down as copies, and nothing else.
        let differ = differences(&reference.case, &desk.case);
        let differ: Vec<&String> = differ.iter().filter(|what| !what.starts_with("received:")).collect();
        assert_eq!(differ, [""; 0], "{what}");
        assert_eq!(desk.beside(), ["one.coldtrail"], "{what}");
    }
    assert!(killed > 9, "only {killed} of 25 imports were still running when they were killed");
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let done = std::process::Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(done.success());
}

#[cfg(unix)]
#[test]
fn stopped_with_ctrl_c_a_case_holds_what_was_finished_and_can_go_on() {
    let reference = Desk::new();
    let folder = evidence(&reference);
    let folder = folder.to_str().unwrap();
    in_one_go(&reference, folder);
    for rows in [1, BEFORE_BIG] {
        let desk = Desk::new();
        reference.file("in/h-big.log", endless());
        let mut child = start(&desk, &[folder]);
        assert!(wait_until(&mut child, &desk.case, At::Rows(rows)));
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        let (files, waiting) = is_whole(&desk, "stopped");
        assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(files >= rows as i64 && waiting > 0 && files + waiting == FILES, "{files} and {waiting}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("--resume"));
        assert!(desk.ok(&["info", desk.case()]).contains("--resume"));
        let entries = desk.reader().journal().unwrap();
        assert_eq!(entries.last().unwrap().action, "import_cancelled");
        assert_eq!(desk.beside(), ["one.coldtrail"]);
        big(&reference);
        desk.import(&["--resume"]);
        assert_eq!(is_whole(&desk, "gone on"), (FILES, 0));
        assert_eq!(differences(&reference.case, &desk.case), [""; 0]);
    }
}

/// A stop does not wait for the end of the file that is being read.
#[cfg(unix)]
#[test]
fn ctrl_c_inside_a_long_file_takes_effect_at_once() {
    let desk = Desk::new();
    desk.file("in/a.log", format!("{HEADER}{}", flow_lines(0..10)));
    desk.file("in/b.log.gz", endless());
    let mut child = start(&desk, &[desk.path("in").to_str().unwrap()]);
    assert!(wait_until(&mut child, &desk.case, At::Rows(1)));
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert_eq!(is_whole(&desk, "stopped inside a file"), (1, 1));
    assert_eq!(desk.number("SELECT count(*) FROM flow"), 10);
    assert_eq!(desk.beside(), ["one.coldtrail"]);
}

/// Whoever reads while an import runs sees whole files, too.
#[test]
fn a_reader_beside_a_running_import_sees_whole_files() {
    let desk = Desk::new();
    let folder = evidence(&desk);
    let mut child = start(&desk, &[folder.to_str().unwrap()]);
    let mut seen = std::collections::BTreeSet::new();
    while child.try_wait().unwrap().is_none() {
        let Ok(reader) = CaseReader::open(&desk.case) else { continue };
        drop(reader);
        let conn = plain(&desk.case);
        let snapshot = conn.unchecked_transaction().unwrap();
        let counted: i64 =
            snapshot.query_row("SELECT ifnull(sum(flow_count), 0) FROM evidence", [], |r| r.get(0)).unwrap();
        let there: i64 = snapshot.query_row("SELECT count(*) FROM flow", [], |r| r.get(0)).unwrap();
        assert_eq!(counted, there);
        seen.insert(there);
    }
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(seen.len() > 1, "{seen:?}");
    let _ = desk.ok(&["info", desk.case()]);
}

#[cfg(unix)]
#[test]
fn an_export_that_is_interrupted_leaves_no_part_of_a_file() {
    let desk = Desk::new();
    let bytes = format!("{HEADER}{}", flow_lines(0..200_000)).into_bytes();
    let file = desk.file("big.log", &bytes);
    desk.import(&[&file]);
    std::fs::create_dir(desk.path("out")).unwrap();
    let out = desk.path("out/again.log");
    let begun = || std::fs::read_dir(desk.path("out")).unwrap().next().is_some();
    let arguments = ["evidence", "export", desk.case(), "1", "--out", out.to_str().unwrap()];
    match crate::support::interrupted(desk.folder.path(), &arguments, begun) {
        true => assert!(!begun()),
        false => assert!(std::fs::read(&out).unwrap() == bytes),
    }
    // A stop that comes before the first byte is no matter of speed.
    let reader = desk.reader();
    let evidence = coldtrail::query::evidence(&reader, coldtrail::model::EvidenceId(1)).unwrap().unwrap();
    let (cancel, target) = (coldtrail::model::Cancel::default(), desk.path("never.log"));
    cancel.cancel();
    assert!(coldtrail::app::raw::export(&reader, &evidence, &target, &cancel).is_err());
    assert!(!target.exists());
}
