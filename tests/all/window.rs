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

#[test]
fn evidence_is_imported_filtered_and_its_last_row_is_the_right_one() {
    let Some(screen) = Screen::start("window", 1280, 800) else { return };
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let evidence = repository().join("sample-logs/evidence/from-data-team");
    let case = home.join("case.coldtrail");
    let case = case.to_str().unwrap();

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
    program.changes("rows further down", 5_000, |p| p.wheel(by_mouse.width / 2, by_mouse.height * 3 / 4, 5));
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
    let evidence = repository().join("sample-logs/evidence/from-data-team");
    let case = home.join("case.coldtrail");
    let case = case.to_str().unwrap();
    run(home, &["new", case, "--examiner", "A. Analyst"], 0);
    // Exit code 1: one line of it is no record.
    run(home, &["import", case, evidence.to_str().unwrap(), "--examiner", "A. Analyst"], 1);
    let program = screen.open(home, &[case]);
    program.changes("the flows", 20_000, |p| p.key("ctrl+3"));

    // In: what another program copied becomes the filter.
    screen.put_on_clipboard("dstport = 5439");
    program.changes("the keyboard in the filter", 500, |p| p.key("ctrl+f"));
    program.key("ctrl+v");
    program.key("Return");
    wait_for("the pasted filter", || (last_filter(home).as_deref() == Some("dstport = 5439")).then_some(()));

    // Out: another program gets the selected row, under the names of its columns.
    program.changes("the first row", 500, |p| p.key("Down"));
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
