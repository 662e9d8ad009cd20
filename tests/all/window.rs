//! The real program in a real window, used by keyboard and mouse alone. What it did is read from outside: from its title,
//! from the case by the command line, and from the settings, where the filters that were applied are remembered.

use crate::support::{coldtrail, repository, run};
use crate::xvfb::{Screen, wait_for};
use std::path::Path;

/// The rows that the command line finds, in the order of the window's table.
fn rows(home: &Path, case: &str, filter: &str) -> Vec<serde_json::Value> {
    let arguments = ["flows", case, "--filter", filter, "--sort", "start", "--format", "jsonl"];
    let output = run(home, &arguments, 0).stdout;
    output.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
}

/// How many records the case holds by now; `None` while it is being made.
fn records(home: &Path, case: &str) -> Option<u64> {
    let output = coldtrail(home).args(["info", case, "--json"]).output().unwrap();
    let info: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    info["records"].as_u64().filter(|_| output.status.success())
}

/// The filter that the window applied last.
fn last_filter(home: &Path) -> Option<String> {
    let text = std::fs::read(home.join("coldtrail/settings.json")).ok()?;
    let settings: serde_json::Value = serde_json::from_slice(&text).ok()?;
    settings["filters"][0].as_str().map(str::to_owned)
}

/// The path of a case with little evidence.
fn imported(home: &Path) -> String {
    let evidence = repository().join("sample-logs/evidence/from-data-team");
    let case = home.join("case.coldtrail").to_str().unwrap().to_owned();
    run(home, &["new", &case, "--examiner", "A. Analyst"], 0);
    // Exit code 1: one line of it is no record.
    run(home, &["import", &case, evidence.to_str().unwrap(), "--examiner", "A. Analyst"], 1);
    case
}

#[test]
fn evidence_is_imported_filtered_and_its_last_row_is_the_right_one() {
    let Some(screen) = Screen::start("window", 1280, 800) else { return };
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let evidence = repository().join("sample-logs/evidence/from-data-team");
    let case = home.join("case.coldtrail");
    let case = case.to_str().unwrap();

    // Who works with the program is remembered.
    std::fs::create_dir(home.join("coldtrail")).unwrap();
    std::fs::write(home.join("coldtrail/settings.json"), r#"{"examiner":"A. Analyst"}"#).unwrap();
    // Evidence on the command line: the window asks for a case, then how to import.
    let program = screen.open(home, &[evidence.to_str().unwrap()]);
    assert_eq!(program.title(), "Coldtrail");
    program.key("Return");
    wait_for("the new case", || (program.title() == "case – Coldtrail").then_some(()));
    program.key("Return");
    wait_for("the imported records", || (records(home, case) == Some(1794)).then_some(()));

    let by_mouse = program.changes("the flows", 20_000, |p| p.key("ctrl+3"));
    program.changes("the keyboard in the filter", 500, |p| p.key("ctrl+f"));
    program.type_text("dstport = 5439");
    program.key("Return");
    wait_for("the filter", || (last_filter(home).as_deref() == Some("dstport = 5439")).then_some(()));
    let found = rows(home, case, "dstport = 5439");
    assert!(found.len() > 100 && found.len() < 1794);
    let last = found.last().unwrap();
    let narrowed = format!("dstport = 5439 and srcport = {}", last["srcport"]);
    assert_eq!(rows(home, case, &narrowed).len(), 1, "the port names the last row and no other");

    // The wheel moves the table, whose middle this is; so does the end key, as far as it goes.
    program.changes("rows further down", 5_000, |p| p.wheel(by_mouse.width / 2, by_mouse.height / 2, 5));
    program.changes("the last rows", 5_000, |p| p.key("End"));
    program.key("Right");
    program.key("Right");
    program.changes("the menu of the cell", 5_000, |p| p.key("shift+F10"));
    // The first entry of the cell's menu has the keyboard: only this value.
    program.key("Return");
    wait_for("the filter of the last row's menu", || {
        let filter = last_filter(home).filter(|filter| filter != "dstport = 5439")?;
        assert_eq!(filter, narrowed);
        Some(())
    });

    assert_eq!(program.close(), Some(0));
    let names = std::fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut beside: Vec<String> = names.filter(|name| name.starts_with("case")).collect();
    beside.sort();
    assert_eq!(beside, ["case.coldtrail"], "closed, a case is one file");
    assert_eq!(records(home, case), Some(1794));
}

#[test]
fn the_clipboard_is_shared_with_other_programs() {
    let Some(screen) = Screen::start("clipboard", 1280, 800) else { return };
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let case = imported(home);
    let case = case.as_str();
    let program = screen.open(home, &[case]);
    program.changes("the flows", 20_000, |p| p.key("ctrl+3"));

    // In: what another program copied becomes the filter.
    screen.put_on_clipboard("dstport = 5439");
    program.changes("the keyboard in the filter", 500, |p| p.key("ctrl+f"));
    program.key("ctrl+v");
    program.key("Return");
    wait_for("the pasted filter", || (last_filter(home).as_deref() == Some("dstport = 5439")).then_some(()));

    // Out: another program gets the selected row, under the names of its columns.
    // The first row is selected already.
    program.key("Home");
    let copied = wait_for("the copied row", || {
        program.key("ctrl+c");
        screen.clipboard().filter(|text| text.starts_with("start\t"))
    });
    let first = &rows(home, case, "dstport = 5439")[0];
    let (names, values) = copied.split_once('\n').expect("a line of names and the row");
    let values: Vec<&str> = values.trim_end().split('\t').collect();
    let names: Vec<&str> = names.split('\t').collect();
    assert_eq!(names.len(), values.len(), "{copied:?}");
    for name in ["srcaddr", "dstaddr", "interface_id", "action"] {
        let at = names.iter().position(|n| *n == name).expect(name);
        assert_eq!(first[name].as_str(), Some(values[at]), "{name}");
    }
    assert_eq!(program.close(), Some(0));
}

/// What the files of unsaved texts hold, all of them together.
fn unsaved(home: &Path) -> String {
    let files = std::fs::read_dir(home.join("coldtrail/unsaved")).into_iter().flatten().filter_map(Result::ok);
    files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect()
}

#[test]
fn what_is_being_typed_survives_the_sudden_end_of_the_program() {
    let Some(screen) = Screen::start("sudden-end", 1280, 800) else { return };
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let case = imported(home);
    let case = case.as_str();
    let words = "The key left at 03";
    let program = screen.open(home, &[case]);
    program.changes("the flows", 20_000, |p| p.key("ctrl+3"));
    program.changes("the dialog", 5_000, |p| p.key("ctrl+e"));
    program.type_text(words);
    wait_for("the words in their file", || unsaved(home).contains(words).then_some(()));
    program.kill();

    let program = screen.open(home, &[case]);
    program.changes("the flows again", 5_000, |p| p.key("ctrl+3"));
    program.changes("the dialog with its words", 5_000, |p| p.key("ctrl+e"));
    program.key("Return");
    wait_for("the exhibit", || {
        let listed = coldtrail(home).args(["exhibit", "list", case]).output().unwrap();
        String::from_utf8_lossy(&listed.stdout).contains(words).then_some(())
    });
    wait_for("nothing unsaved", || unsaved(home).is_empty().then_some(()));
    assert_eq!(program.close(), Some(0));
}

#[test]
fn the_window_opens_where_and_as_large_as_it_was_left() {
    let Some(screen) = Screen::start("place", 1920, 1080) else { return };
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let program = screen.open(home, &[]);
    program.place(120, 90, 1010, 640);
    wait_for("the window at its new place", || (program.size() == Some((1010, 640))).then_some(()));
    assert_eq!(program.close(), Some(0));
    let settings = std::fs::read_to_string(home.join("coldtrail/settings.json")).unwrap();
    let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
    assert_eq!((&settings["window"]["width"], &settings["window"]["height"]), (&1010.0.into(), &640.0.into()));
    let program = screen.open(home, &[]);
    assert_eq!(program.size(), Some((1010, 640)));
    assert_eq!(program.close(), Some(0));
}
