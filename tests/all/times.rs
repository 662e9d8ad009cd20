//! Times in every form, tables of spreadsheets and objects of both directions, through the whole program: what a case says
//! of them, where their text is, and that reading the originals again gives the same.

use crate::desk::Desk;
use crate::formats::{values, warnings};
use serde_json::json;

/// Reads the originals again and compares every row.
fn replays(desk: &Desk) {
    desk.ok(&["verify", desk.case(), "--replay"]);
}

fn raw(desk: &Desk, id: &str) -> String {
    desk.ok(&["raw", desk.case(), id]).trim_end().to_owned()
}

#[test]
fn a_time_is_the_same_in_every_form_and_told_where_the_file_does_not_state_it() {
    let desk = Desk::new();
    let table = |start: &str| format!("srcaddr,dstaddr,action,start\n10.0.0.1,10.0.0.2,ACCEPT,\"{start}\"\n");
    let stamps = ["1741064400", "1741064400000", "1741064400000000", "1741064400000000000", "1.7410644E9"];
    let texts = ["2025-03-04 05:00:00.000", "2025-03-04T14:00:00+09:00", "2025-03-04 00:00:00.000 America/New_York"];
    for (i, start) in stamps.iter().chain(&texts).chain(&["45720.2083333333"]).enumerate() {
        desk.file(&format!("in/{i}.csv"), table(start));
    }
    desk.file("in/lines.log", "srcaddr dstaddr action start\n10.0.0.1 10.0.0.2 ACCEPT 1741064400000000\n");
    desk.file("in/one.json", r#"{"srcaddr":"10.0.0.1","dstaddr":"10.0.0.2","action":"ACCEPT","start":1.7410644e15}"#);
    desk.file("in/two.json", r#"{"srcaddr":"10.0.0.1","dstaddr":"10.0.0.2","@timestamp":"2025-03-04 05:00:00.000"}"#);
    let imported = desk.import(&[desk.path("in")]);
    assert!(imported.iter().all(|row| row.counts() == (1, 0, 0)), "{imported:?}");
    for row in values(&desk, "flows", "start", &["--all-copies"]) {
        assert_eq!(row, [json!("2025-03-04T05:00:00Z")]);
    }
    // Milli-, micro- and nanoseconds, days; lines and JSON in microseconds.
    let told: Vec<String> = warnings(&desk).into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(told, ["read_as"; 6]);
    assert_eq!(raw(&desk, "9:2"), "10.0.0.1,10.0.0.2,ACCEPT,\"45720.2083333333\"");
    replays(&desk);
}

#[test]
fn times_that_no_log_can_have_are_told_the_same_when_read_again() {
    let desk = Desk::new();
    let line = |start: &str| format!("10.0.0.1 10.0.0.2 ACCEPT {start}\n");
    let log = ["srcaddr dstaddr action start\n".to_owned(), line("5"), line("4102444700"), line("1741064400")].concat();
    let output = desk.import_output(&[desk.file("in/odd.log", log)]);
    assert_eq!(output.status.code(), Some(0), "they are records");
    let told = desk.ok(&["warnings", desk.case(), "--format", "jsonl"]);
    let details: Vec<String> = told
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["detail"].as_str().unwrap().to_owned())
        .collect();
    assert!(details[0].starts_with("1 records have a time before 1990"), "{details:?}");
    assert!(details[1].starts_with("the latest record is of 2099-12-31T23:58:20Z, after the day of its import"));
    assert_eq!(details.len(), 2);
    replays(&desk);
}

#[test]
fn records_without_a_time_are_counted_and_told_by_every_empty_result_of_a_time_range() {
    let desk = Desk::new();
    let log = "srcaddr dstaddr action start\n10.0.0.1 10.0.0.2 ACCEPT -\n10.0.0.1 10.0.0.3 ACCEPT -\n\
               10.0.0.1 10.0.0.2 ACCEPT 1741064400\n";
    desk.import(&[desk.file("in/a.log", log)]);
    let info: serde_json::Value = serde_json::from_str(&desk.ok(&["info", desk.case(), "--json"])).unwrap();
    assert_eq!((&info["flows_without_time"], &info["events_without_time"]), (&json!(2), &json!(0)));
    assert!(desk.ok(&["info", desk.case()]).contains("2 flow records, 0 events; not included in any time range"));
    let range = ["--from", "2020-01-01", "--to", "2020-01-02"];
    let told = "matching records without a time, excluded by the time range: 2;";
    for command in [
        vec!["flows", desk.case()],
        vec!["flows", desk.case(), "--count"],
        vec!["pairs", desk.case()],
        vec!["series", desk.case(), "--dataset", "flows", "--bin", "1h"],
        vec!["query", desk.case(), "flow-preview"],
    ] {
        let messages = desk.fails(&[command.as_slice(), &range].concat(), 0);
        assert!(messages.contains(told), "{command:?}: {messages}");
    }
    let filtered = [&["flows", desk.case(), "--filter", "dstaddr = 10.0.0.3"], range.as_slice()].concat();
    assert!(desk.fails(&filtered, 0).contains("excluded by the time range: 1;"));
    let all_timed = [&["flows", desk.case(), "--filter", "dstaddr = 10.0.0.9"], range.as_slice()].concat();
    assert!(!desk.fails(&all_timed, 0).contains("without a time"));
}

#[test]
fn a_spreadsheets_table_is_read_as_it_was_or_told() {
    let desk = Desk::new();
    let header = "version;account-id;interface-id;srcaddr;dstaddr;start;bytes;action";
    desk.file(
        "in/a.csv",
        format!("{header}\r\n2;111122223333;eni-1;10.0.0.1;10.0.0.2;3/4/2025 5:06:07;4.0E4;ACCEPT\r\n2;1.11122E+11;eni-1;10.0.0.1;10.0.0.2;3/14/2025 5:06:07;1.2E+07;ACCEPT\r\n"),
    );
    let output = desk.import_output(&[desk.path("in")]);
    assert_eq!(output.status.code(), Some(1), "digits are lost");
    let rows = values(&desk, "flows", "start,bytes,account_id", &[]);
    assert_eq!(rows[0], [json!("2025-03-04T05:06:07Z"), json!(40_000), json!("111122223333")]);
    assert_eq!(rows[1][0], json!("2025-03-14T05:06:07Z"));
    let told: Vec<String> = warnings(&desk).into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(told, ["read_as", "inexact", "inexact"]);
    assert_eq!(raw(&desk, "1:2"), "2;111122223333;eni-1;10.0.0.1;10.0.0.2;3/4/2025 5:06:07;4.0E4;ACCEPT");
    replays(&desk);
}

#[test]
fn both_directions_of_an_object_count_in_their_direction() {
    let desk = Desk::new();
    let object = |ip: &str, inward: u64, outward: u64| {
        json!({"ip": ip, "remote_port": 40_000, "local_port": 443, "protocol": 6, "in_bytes": inward, "out_bytes": outward,
            "avg_in_packet_size": 52, "avg_out_packet_size": 1000, "is_rejected_packet": "false",
            "interface_local_ips": "[\"10.0.0.1\"]", "start_time": "2025-03-04T05:00:00.000Z",
            "end_time": "2025-03-04T05:01:00.000Z"})
        .to_string()
    };
    let lines = [object("203.0.113.9", 5200, 5_000_000_000), object("203.0.113.10", 100, 0)].join("\n");
    let imported = desk.import(&[desk.file("in/a.jsonl", &lines)]);
    assert_eq!(imported[0].counts(), (2, 0, 0), "an object is a record");
    let rows = values(&desk, "flows", "srcaddr,dstaddr,bytes,packets", &[]);
    assert_eq!(rows[0], [json!("203.0.113.9"), json!("10.0.0.1"), json!(5200), json!(100)]);
    assert_eq!(raw(&desk, "1:1"), lines.lines().next().unwrap());

    let names = ["srcaddr", "dstaddr", "total_bytes", "packets", "record_count"];
    let pairs: Vec<Vec<serde_json::Value>> = desk
        .ok(&["pairs", desk.case(), "--sort", "-total_bytes", "--format", "jsonl"])
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| names.map(|name| row[name].clone()).to_vec())
        .collect();
    let (out, inward) = (["10.0.0.1", "203.0.113.9"], ["203.0.113.9", "10.0.0.1"]);
    assert_eq!(pairs[0], [json!(out[0]), json!(out[1]), json!(5_000_000_000u64), json!(5_000_000), json!(1)]);
    assert_eq!(pairs[1], [json!(inward[0]), json!(inward[1]), json!(5200), json!(100), json!(1)]);
    assert_eq!(pairs.len(), 3);
    let sum = desk.ok(&["series", desk.case(), "--dataset", "flows", "--bin", "1h", "--format", "jsonl"]);
    assert!(sum.contains("5000005300"), "{sum}");

    desk.ok(&["indicators", "import", desk.case(), desk.file("list.txt", "203.0.113.9\n").to_str().unwrap()]);
    let told = desk.ok(&["sightings", desk.case(), "--format", "jsonl"]);
    let sighting: serde_json::Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!((&sighting["bytes_to"], &sighting["bytes_from"]), (&json!(5_000_000_000u64), &json!(5200)));

    // As the playbook counts: remote hosts, an object once.
    let top = desk.ok(&["query", desk.case(), "top-ips-by-records", "--format", "jsonl"]);
    let hosts: Vec<(String, u64, u64)> = top
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| {
            let text = row["ip"].as_str().unwrap().to_owned();
            (text, row["record_count"].as_u64().unwrap(), row["total"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(hosts, [("203.0.113.9".to_owned(), 1, 5_000_005_200), ("203.0.113.10".to_owned(), 1, 100)]);
    replays(&desk);
}
