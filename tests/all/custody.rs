//! The chain of custody: entries are added, listed, in the journal and in the report; nothing changes one.

use crate::desk::{Desk, HEADER, flow_lines};

#[test]
fn who_passed_what_to_whom_is_recorded_and_reported() {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..5)))]);
    let case = desk.case();
    let report = |name: &str| {
        let out = desk.path(name);
        desk.ok(&["report", case, "--out", out.to_str().unwrap(), "--no-verify", "--html", "--csv"]);
        out
    };
    let json = |out: &std::path::Path| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap()
    };
    let none = report("none");
    assert_eq!(json(&none)["custody"], serde_json::Value::Null);
    let html = std::fs::read_to_string(none.join("report.html")).unwrap();
    assert!(html.contains("No chain of custody was recorded in this case."));
    let hash = "AB".repeat(32);
    desk.ok(&[
        "custody",
        "add",
        case,
        "--from",
        "Kestrel IT",
        "--to",
        "M. Tanaka",
        "--at",
        "2026-03-13T09:30:00Z",
        "--medium",
        "USB disk 4711",
        "--sha256",
        &hash,
        "--evidence",
        "1",
        "--note",
        "sealed",
    ]);
    desk.ok(&["custody", "add", case, "--to", "R. Sato", "--examiner", "Mika"]);
    let rows = desk.ok(&["custody", "list", case, "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let hash = hash.to_lowercase();
    assert_eq!(
        rows[0][1..8],
        ["Kestrel IT", "M. Tanaka", "2026-03-13T09:30:00Z", "USB disk 4711", &hash, "1", "sealed"]
    );
    assert_eq!((rows[1][2].as_str(), rows[1][9].as_str(), rows.len()), ("R. Sato", "Mika", 2));
    let entries = desk.reader().journal().unwrap();
    assert_eq!(entries.last().unwrap().seq.to_string(), rows[1][0]);
    let with = report("with");
    assert_eq!(json(&with)["custody"]["rows"].as_array().unwrap().len(), 2);
    assert!(std::fs::read_to_string(with.join("report.html")).unwrap().contains("USB disk 4711"));
    desk.ok(&["verify", case]);
    assert!(desk.fails(&["custody", "add", case, "--to", " "], 2).contains("who received it"));
    assert!(desk.fails(&["custody", "add", case, "--to", "x", "--sha256", "00"], 2).contains("64 hexadecimal digits"));
    assert!(desk.fails(&["custody", "add", case, "--to", "x", "--evidence", "9"], 2).contains("no evidence file 9"));
}
