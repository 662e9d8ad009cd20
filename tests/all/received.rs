//! What was offered to an import and is no evidence of its own leaves a trace in the case, the journal, the lists and the
//! report.

use crate::desk::{Desk, HEADER, flow_lines, gz, gz_at};
use crate::support::{files_below, repository};
use crate::verify::verdicts;
use serde_json::Value;
use std::path::Path;

fn rows(desk: &Desk, arguments: &[&str]) -> Vec<Value> {
    let arguments = [arguments, &["--format", "jsonl"]].concat();
    desk.ok(&arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// State and path below the desk of what was not imported.
fn received(desk: &Desk) -> Vec<(String, String)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let root = format!("{}/", desk.path("").to_str().unwrap().trim_end_matches('/'));
    let row = |row: &Value| (text(row, "state"), text(row, "path").replace(&root, ""));
    rows(desk, &["evidence", "list", desk.case(), "--received"]).iter().map(row).collect()
}

fn log(numbers: std::ops::Range<u64>) -> String {
    format!("{HEADER}{}", flow_lines(numbers))
}

#[cfg(unix)]
#[test]
fn whatever_is_no_evidence_is_told_everywhere() {
    let desk = Desk::new();
    let first = desk.file("in/a.log", log(0..10));
    desk.file("in/copy.log", log(0..10));
    desk.file("in/bomb.gz", gz_at(&vec![0; 100 << 20], 9));
    std::fs::create_dir(desk.path("in/empty")).unwrap();
    std::os::unix::fs::symlink("nowhere", desk.path("in/link")).unwrap();
    std::os::unix::net::UnixListener::bind(desk.path("in/socket")).unwrap();
    let output = desk.import_output(&[desk.path("in"), desk.path("gone"), desk.case.clone()]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    for what in ["a link to nowhere", "a socket", "an empty folder", "the case itself", "bytes expand to more than"] {
        assert!(told.contains(what), "{what} is not in\n{told}");
    }
    let expected = [
        ("empty_folder", "in/empty"),
        ("link", "in/link"),
        ("special", "in/socket"),
        ("unreadable", "gone"),
        ("skipped", "one.coldtrail"),
        ("refused", "in/bomb.gz"),
        ("copy", "in/copy.log"),
    ]
    .map(|(state, path)| (state.to_owned(), path.to_owned()));
    assert_eq!(received(&desk), expected);
    let copy = rows(&desk, &["evidence", "list", desk.case(), "1", "--received"]);
    assert_eq!(copy.len(), 1);
    assert_eq!((&copy[0]["evidence"], &copy[0]["reason"]), (&1.into(), &"the same bytes as evidence 1".into()));
    let evidence = rows(&desk, &["evidence", "list", desk.case()]);
    assert_eq!((evidence.len(), &copy[0]["file_sha256"]), (1, &evidence[0]["file_sha256"]));
    let info = desk.ok(&["info", desk.case()]);
    let line =
        "1 duplicate file, 1 empty folder, 1 link not followed, 1 refused, 1 skipped, 1 special file, 1 unreadable";
    assert!(info.contains(line), "{info}");
    let warnings = rows(&desk, &["warnings", desk.case()]);
    let reasons: Vec<&str> = warnings.iter().map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["empty_folder", "link", "special", "unreadable", "skipped", "refused", "copy"]);
    // The journal vouches for every row.
    assert_eq!(verdicts(&desk, &desk.case, &[]), (vec![], 0));
    rusqlite::Connection::open(&desk.case)
        .unwrap()
        .execute("UPDATE received SET path = 'elsewhere' WHERE state = 'copy'", [])
        .unwrap();
    let (found, code) = verdicts(&desk, &desk.case, &[]);
    assert_eq!((found.len(), code), (1, 4), "{found:?}");
    assert!(found[0].contains("not match journal entry"), "{found:?}");
    // Offered once more: also received then.
    desk.import(&[first]);
    assert_eq!(received(&desk).last(), Some(&("copy".to_owned(), "in/a.log".to_owned())));
}

#[test]
fn the_report_lists_what_was_not_imported() {
    let desk = Desk::new();
    desk.file("in/a.log", log(0..10));
    desk.file("in/b.log", log(0..10));
    desk.import(&[desk.path("in")]);
    for (language, title) in [("en", "Files not imported"), ("ja", "取り込まなかったファイル")] {
        let out = desk.path(language);
        desk.ok(&["report", desk.case(), "--out", out.to_str().unwrap(), "--lang", language]);
        let html = std::fs::read_to_string(out.join("report.html")).unwrap();
        assert!(html.contains(title), "{language}");
        let table = std::fs::read_to_string(out.join("attachments/not-imported.exact.csv")).unwrap();
        assert!(table.contains("in/b.log") && table.contains("copy"), "{table}");
    }
}

#[test]
fn many_copies_are_a_row_each_and_all_of_them_in_the_journal() {
    let desk = Desk::new();
    for number in 0..300 {
        desk.file(&format!("in/{number:03}.log"), log(0..1));
    }
    desk.import(&[desk.path("in")]);
    assert_eq!(desk.number("SELECT count(*) FROM received WHERE state = 'copy'"), 299);
    let (entries, told) = ("FROM journal WHERE action = 'received'", "SELECT sum(counts ->> '$.copy')");
    assert_eq!(desk.number(&format!("{told} {entries}")), 299);
    assert_eq!(verdicts(&desk, &desk.case, &[]), (vec![], 0));
}

#[test]
fn files_that_the_case_lacks_are_named_and_are_no_tampering() {
    let desk = Desk::new();
    desk.file("in/a.log", log(0..10));
    desk.file("in/b.log", log(0..10));
    desk.file("in/c.log", log(20..30));
    let folder = desk.path("in");
    let originals = ["--originals", folder.to_str().unwrap()];
    desk.import(&[folder.as_path()]);
    assert_eq!(verdicts(&desk, &desk.case, &originals), (vec![], 0));
    let new = [desk.file("in/d.log", log(10..20)), desk.file("in/e.log", "another size")];
    let (found, code) = verdicts(&desk, &desk.case, &originals);
    let named = |path: &Path| format!("originals|{}|missing in the case|", path.display());
    assert_eq!((found.len(), code), (2, 1), "{found:?}");
    assert!(found.iter().zip(&new).all(|(row, path)| row.starts_with(&named(path))), "{found:?}");
}

#[test]
fn what_is_cut_off_is_a_warning_and_keeps_what_can_be_read() {
    let (one, two) = (log(0..200), log(200..400));
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in [("one.log", &one), ("two.log", &two)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let first = 512 + one.len().next_multiple_of(512);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("one.log", &one), ("two.log", &two)] {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, stored).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let second = zip.windows(4).enumerate().filter(|(_, four)| *four == b"PK\x03\x04").nth(1).unwrap().0;
    // A flushed block of gzip ends at the end of a line, and the rest is missing.
    let mut line_end = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut line_end, one.as_bytes()).unwrap();
    std::io::Write::flush(&mut line_end).unwrap();
    let line_end = line_end.get_ref().clone();
    for (name, bytes) in [
        ("a.tar", tar[..first].to_vec()),
        ("a.tar.gz", gz(&tar[..first])),
        ("a.zip", zip[..second].to_vec()),
        ("a.log.gz", line_end),
    ] {
        let desk = Desk::new();
        let path = desk.file(name, bytes);
        let output = desk.import_output(&[&path]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert_eq!(desk.count("flows", &[]), 200, "{name}");
        let warnings = rows(&desk, &["warnings", desk.case()]);
        assert!(warnings.iter().any(|row| row["reason"] == "damaged_stream"), "{name}: {warnings:?}");
    }
    let parquet = files_below(&repository().join("sample-logs"));
    let parquet = parquet.iter().find(|path| path.extension().is_some_and(|end| end == "parquet")).unwrap();
    let bytes = std::fs::read(parquet).unwrap();
    let desk = Desk::new();
    let path = desk.file("a.parquet", &bytes[..bytes.len() / 2]);
    assert_eq!(desk.import_output(&[&path]).status.code(), Some(1));
    assert!(!rows(&desk, &["warnings", desk.case()]).is_empty());
    // Whole ones are no warning.
    for (name, bytes) in [("a.tar", tar.clone()), ("a.tar.gz", gz(&tar)), ("a.zip", zip.clone())] {
        let desk = Desk::new();
        let path = desk.file(name, bytes);
        assert_eq!(desk.import_output(&[&path]).status.code(), Some(0), "{name}");
        assert_eq!(rows(&desk, &["warnings", desk.case()]).len(), 0, "{name}");
    }
}
