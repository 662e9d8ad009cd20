//! Who writes: every command that writes to a case takes the name of whoever does it, and the journal has it; a case of
//! an older version is written to when that was agreed to, and read without being changed.

use crate::desk::{Desk, HEADER, event, flow_lines};
use crate::support::repository;
use clap::CommandFactory;
use coldtrail::case::{journal, schema};
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn with_evidence() -> Desk {
    let desk = Desk::new();
    desk.file("in/a.log", format!("{HEADER}{}", flow_lines(0..20)));
    let records = json!({"Records": [event("e-1", "RunInstances", "2021-05-16T00:00:00Z")]});
    desk.file("in/b.json", records.to_string());
    desk.import(&[desk.path("in")]);
    desk.file("more/c.log", format!("{HEADER}{}", flow_lines(30..40)));
    desk.file("key", crate::sign::test_key());
    desk.file("list.txt", "203.0.113.66\n");
    desk.file("rule.yml", "title: a\nlogsource: {product: aws}\ndetection:\n  a: {errorCode: x}\n  condition: a\n");
    desk.file("users.json", r#"{"Users": [{"UserId": "AIDAEXAMPLE000000001", "UserName": "mika"}]}"#);
    desk
}

/// Commands that write, in an order in which each finds what it needs. `CASE` and `DIR` are filled in.
const WRITING: [&str; 39] = [
    "import CASE DIR/more",
    "custody add CASE --to Mika --medium disk",
    "allow add CASE beacons --filter port=123 --reason time",
    "allow remove CASE beacons --filter port=123",
    "sign CASE --key DIR/key",
    "tag add CASE odd 1:2",
    "tag remove CASE odd 1:2",
    "note add CASE seen 1:2",
    "note edit CASE 1 again",
    "note remove CASE 1",
    "finding add CASE --title left",
    "finding edit CASE 1 --status confirmed",
    "finding cite CASE 1 1:2",
    "finding uncite CASE 1 1:2",
    "finding add CASE --title second",
    "finding move CASE 2 1",
    "finding remove CASE 2",
    "exhibit add CASE --kind pairs --limit 5 --caption who",
    "exhibit add CASE --kind pairs --limit 4 --caption whom",
    "exhibit edit CASE 1 --note seen",
    "exhibit move CASE 2 1",
    "exhibit remove CASE 1",
    "indicators import CASE DIR/list.txt --list known",
    "indicators add CASE 198.51.100.9",
    "indicators disable CASE known",
    "indicators enable CASE known",
    "indicators remove CASE known",
    "indicators restore CASE known",
    "indicators validity CASE off",
    "label add CASE 10.0.0.1 host",
    "label remove CASE 1",
    "label restore CASE 1",
    "sigma import CASE DIR/rule.yml",
    "sigma remove CASE 1",
    "sigma restore CASE 1",
    "inventory import CASE DIR/users.json",
    "inventory remove CASE 2",
    "inventory restore CASE 2",
    "index CASE --rebuild",
];

/// Those that write another way: in a test of their own, or tested where databases are.
const OTHERS: [&str; 7] = ["label owners", "report", "new", "upgrade", "rescue", "subset", "index"];

fn words(line: &str, desk: &Desk) -> Vec<String> {
    let folder = desk.folder.path().to_str().unwrap();
    line.split(' ').map(|word| word.replace("CASE", desk.case()).replace("DIR", folder)).collect()
}

#[test]
fn every_command_that_writes_says_in_the_journal_who_did() {
    let desk = with_evidence();
    for (number, line) in WRITING.iter().enumerate() {
        let before = desk.reader().journal().unwrap().len();
        let by = format!("Examiner {number}");
        let words = words(line, &desk);
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.extend(["--examiner", &by]);
        desk.ok(&arguments);
        let entries = desk.reader().journal().unwrap();
        assert!(entries.len() > before, "{line} wrote nothing");
        for entry in &entries[before..] {
            assert_eq!(entry.examiner, by, "{line}: {}", entry.action);
        }
    }
    let before = desk.reader().journal().unwrap().len();
    desk.ok(&["report", desk.case(), "--title", "T", "--examiner", "R. Writer"]);
    let owners = repository().join("tests/fixtures/owners.mmdb");
    desk.ok(&["label", "owners", desk.case(), owners.to_str().unwrap(), "--examiner", "R. Writer"]);
    let part = desk.path("part.coldtrail");
    desk.ok(&["subset", desk.case(), part.to_str().unwrap(), "--evidence", "1", "--examiner", "R. Writer"]);
    let entries = desk.reader().journal().unwrap();
    assert!(entries.len() >= before + 3);
    assert!(entries[before..].iter().all(|entry| entry.examiner == "R. Writer"), "{:?}", &entries[before..]);
    let of_part = coldtrail::case::CaseReader::open(&part).unwrap().journal().unwrap();
    let subset = of_part.iter().find(|entry| entry.action == "subset").unwrap();
    assert_eq!(subset.examiner, "R. Writer");
    // The case's own examiner is who it was.
    assert!(desk.ok(&["info", desk.case()]).contains("A. Mori"));
    desk.ok(&["tag", "add", desk.case(), "odd", "1:3"]);
    assert_eq!(desk.reader().journal().unwrap().last().unwrap().examiner, "A. Mori");
    assert_eq!(journal::first_break(&desk.reader().journal().unwrap()), None);
}

/// No command that takes the name is left out of the test above.
#[test]
fn the_commands_that_take_an_examiner_are_those_that_write() {
    let mut command = coldtrail::cli::Arguments::command();
    command.build();
    let mut takes = BTreeSet::new();
    for outer in command.get_subcommands().filter(|outer| outer.get_name() != "help") {
        let names = |command: &clap::Command| command.get_arguments().any(|argument| argument.get_id() == "examiner");
        let inner = outer.get_subcommands().filter(|inner| names(inner));
        takes.extend(inner.map(|inner| format!("{} {}", outer.get_name(), inner.get_name())));
        takes.extend(names(outer).then(|| outer.get_name().to_owned()));
    }
    let tested = WRITING.iter().map(|line| line.split(" CASE").next().unwrap().to_owned());
    let tested: BTreeSet<String> = tested.chain(OTHERS.map(str::to_owned)).collect();
    assert_eq!(takes, tested);
}

/// A case of each older version: as it was written, where there is one, and one that is made of the frozen schema.
fn older() -> Vec<(i32, Desk)> {
    let mut list = Vec::new();
    for version in 1..schema::VERSION {
        let packed = repository().join(format!("tests/fixtures/case-v{version}.coldtrail.zst"));
        if let Ok(packed) = std::fs::read(packed) {
            let desk = Desk::without_case();
            desk.file("one.coldtrail", zstd::decode_all(packed.as_slice()).unwrap());
            list.push((version, desk));
        }
        let desk = Desk::without_case();
        let ddl = std::fs::read_to_string(repository().join(format!("src/case/migrate/v{version}.sql"))).unwrap();
        let conn = Connection::open(&desk.case).unwrap();
        conn.execute_batch(&format!(
            "PRAGMA page_size = 16384; PRAGMA application_id = {}; {ddl}; PRAGMA user_version = {version};
             INSERT INTO case_info VALUES ('title', 'old'), ('examiner', 'A. Mori'), ('created_utc', '2026-01-01T00:00:00Z');",
            schema::APPLICATION_ID
        ))
        .unwrap();
        list.push((version, desk));
    }
    list
}

/// A folder for the program's settings in which nothing is, so that the test does not depend on the machine's.
fn quiet(desk: &Desk) -> PathBuf {
    desk.path("config")
}

#[test]
fn reading_a_case_of_an_older_version_leaves_it_as_it_is() {
    for (version, desk) in older() {
        let before = std::fs::read(&desk.case).unwrap();
        let protect = |mode: u32| {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let folder = desk.case.parent().unwrap();
                let (file, of_folder) = if mode == 0 { (0o444, 0o555) } else { (0o644, 0o755) };
                std::fs::set_permissions(&desk.case, std::fs::Permissions::from_mode(file)).unwrap();
                std::fs::set_permissions(folder, std::fs::Permissions::from_mode(of_folder)).unwrap();
            }
        };
        // What is written lies elsewhere.
        let out = tempfile::tempdir().unwrap();
        let temporary = tempfile::tempdir().unwrap();
        let report = out.path().join("report");
        protect(0);
        for command in [
            vec!["info"],
            vec!["info", "--json"],
            vec!["journal"],
            vec!["verify"],
            vec!["flows", "--count"],
            vec!["events", "--count"],
            vec!["warnings"],
            vec!["evidence", "list"],
            vec!["query", "--list"],
            vec!["report", "--html", "--out", report.to_str().unwrap()],
        ] {
            let (words, options): (Vec<&str>, Vec<&str>) = match command.as_slice() {
                ["evidence", "list"] => (vec!["evidence", "list"], vec![]),
                [word, options @ ..] => (vec![*word], options.to_vec()),
                [] => unreachable!(),
            };
            let output = crate::support::coldtrail(out.path())
                .env("TMPDIR", temporary.path())
                .args(words)
                .arg(&desk.case)
                .args(options)
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "version {version}, {command:?}: {told}");
            assert!(told.contains(&format!("has case version {version}")), "{command:?}: {told}");
            assert!(told.contains("coldtrail upgrade"), "{command:?}: {told}");
            assert!(std::fs::read(&desk.case).unwrap() == before, "version {version}: {command:?} changed it");
            assert_eq!(desk.beside(), ["one.coldtrail"], "version {version}: {command:?}");
            assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "the copy stayed: {command:?}");
        }
        protect(1);
        let info: serde_json::Value = serde_json::from_str(&desk.ok(&["info", desk.case(), "--json"])).unwrap();
        assert_eq!(info["schema_version"], version);
        assert_eq!(info["journal_entries"], desk.number("SELECT count(*) FROM journal"));
    }
}

#[test]
fn an_older_case_is_written_to_when_that_was_agreed_to_and_the_journal_names_who_did_it() {
    for (version, desk) in older() {
        let before = std::fs::read(&desk.case).unwrap();
        let told = desk.fails(&["label", "add", desk.case(), "10.0.0.1", "host"], 3);
        assert!(told.contains(&format!("case version {version}; this program writes {}", schema::VERSION)), "{told}");
        assert!(told.contains("--upgrade") && told.contains("coldtrail upgrade CASE"), "{told}");
        assert!(std::fs::read(&desk.case).unwrap() == before, "a refused command wrote");
        let copy = desk.file("two.coldtrail", &before);
        let last = |case: &Path, action: &str| {
            let entries = coldtrail::case::CaseReader::open(case).unwrap().journal().unwrap();
            let entry = entries.into_iter().rev().find(|entry| entry.action == action);
            entry.map(|entry| entry.examiner).unwrap_or_default()
        };
        desk.ok(&["label", "add", desk.case(), "10.0.0.1", "host", "--upgrade", "--examiner", "K. Sato"]);
        assert_eq!((last(&desk.case, "migrate"), last(&desk.case, "label_add")), ("K. Sato".into(), "K. Sato".into()));
        assert_eq!(desk.number("PRAGMA user_version"), i64::from(schema::VERSION));
        // Without a name: the examiner of the settings, else the login name; never that of the case.
        let upgrade = || {
            let mut command = crate::support::coldtrail(desk.folder.path());
            command.env("COLDTRAIL_CONFIG_DIR", quiet(&desk)).env("USER", "ksato").arg("upgrade").arg(&copy);
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        };
        upgrade();
        assert_eq!(last(&copy, "migrate"), "ksato", "version {version}");
        desk.file("config/settings.json", r#"{"examiner": "S. Named"}"#);
        std::fs::write(&copy, &before).unwrap();
        upgrade();
        assert_eq!(last(&copy, "migrate"), "S. Named", "version {version}");
        let once = std::fs::read(&copy).unwrap();
        upgrade();
        assert!(std::fs::read(&copy).unwrap() == once, "upgraded twice");
    }
}

#[test]
fn an_older_case_that_cannot_be_copied_says_so() {
    let (_, desk) = older().swap_remove(0);
    let output = crate::support::coldtrail(desk.folder.path())
        .env("TMPDIR", desk.path("gone"))
        .args(["info", desk.case()])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("temporary copy, which could not be made in") && told.contains("TMPDIR"), "{told}");
}
