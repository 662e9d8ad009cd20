//! A second program, in another language, gets the same digests from the case and the report alone, by what the page
//! `assets/docs/recompute.md` says.

use crate::desk::{Desk, HEADER, flow_lines};
use crate::support::repository;
use coldtrail::model::Unit;
use std::process::Command;

/// What the program prints, and whether it found nothing wrong.
fn recompute(desk: &Desk) -> Option<(String, bool)> {
    let output = Command::new("python3")
        .arg(repository().join("tests/recompute.py"))
        .args([desk.case.as_path(), &desk.path("report")])
        .output()
        .ok()?;
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Some((told, output.status.success()))
}

#[test]
fn a_second_program_computes_the_same_digests() {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..20)))]);
    for (kind, caption) in [("pairs", "\"Who\" \\ \u{2028} 誰"), ("flows", "records"), ("series", "series")] {
        let more: &[&str] = if kind == "series" { &["--dataset", "flows", "--bin", "1h"] } else { &["--limit", "5"] };
        let head = ["exhibit", "add", desk.case(), "--kind", kind, "--caption", caption];
        desk.ok(&[&head[..], more].concat());
    }
    desk.ok(&["exhibit", "remove", desk.case(), "2"]);
    let out = desk.path("report");
    desk.ok(&["report", desk.case(), "--out", out.to_str().unwrap(), "--no-verify", "--csv"]);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap();
    let table = &json["exhibits"][0]["body"][0];
    assert_eq!(table["columns"].as_array().unwrap().len(), table["units"].as_array().unwrap().len());
    assert!(table["units"].as_array().unwrap().iter().any(|unit| unit == "bytes"), "{table}");
    let Some((told, is_same)) = recompute(&desk) else {
        eprintln!("there is no python3: the second program was not run");
        return;
    };
    assert!(is_same && told.contains("2 exhibits, 0 differences"), "{told}");
    // What it would say if something were different.
    let sqlite = rusqlite::Connection::open(&desk.case).unwrap();
    sqlite.execute("UPDATE journal SET examiner = 'X' WHERE seq = 2", []).unwrap();
    sqlite.execute("UPDATE exhibit SET digest = 'x' WHERE place = 1", []).unwrap();
    drop(sqlite);
    let (told, is_same) = recompute(&desk).unwrap();
    assert!(!is_same && told.contains("journal entry 2\n") && told.contains("exhibit 1\n"), "{told}");
}

#[test]
fn the_page_names_every_unit() {
    let page = std::fs::read_to_string(repository().join("assets/docs/recompute.md")).unwrap();
    for unit in Unit::ALL {
        assert!(page.contains(&format!("| `{}` |", unit.name())), "{}", unit.name());
    }
}
