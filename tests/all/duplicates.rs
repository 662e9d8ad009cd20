//! The same thing delivered more than once: files, flow records, events.

use crate::desk::{Desk, HEADER, Imported, event, flow_lines, gz};
use serde_json::{Value, json};

fn counts(rows: &[Imported]) -> Vec<(u64, u64, u64)> {
    rows.iter().map(Imported::counts).collect()
}

#[test]
fn the_same_file_twice_is_recognised_by_its_hash() {
    let desk = Desk::new();
    let bytes = gz(format!("{HEADER}{}broken\n", flow_lines(0..9)).as_bytes());
    let first = desk.file("first.log.gz", &bytes);
    let rows = desk.import(&[&first]);
    assert_eq!((counts(&rows), rows[0].status.as_str()), (vec![(9, 0, 1)], "imported"));
    // Again; under another name; and twice more in one import, one of them beside a new file.
    let other = desk.file("more/other-name", &bytes);
    desk.file("more/third.gz", &bytes);
    desk.file("more/z-new.log", format!("{HEADER}{}", flow_lines(50..53)));
    for (path, sums) in
        [(first, vec![(0, 9, 1)]), (other, vec![(0, 9, 1)]), (desk.path("more"), vec![(0, 9, 1), (0, 9, 1), (3, 0, 0)])]
    {
        let rows = desk.import(&[&path]);
        assert_eq!(counts(&rows), sums, "{}", path.display());
        for row in rows.iter().filter(|row| row.records == 0) {
            assert_eq!((row.status.as_str(), row.evidence), ("already in the case", 1), "{}", row.path);
        }
    }
    assert_eq!(desk.number("SELECT count(*) FROM evidence"), 2);
    assert_eq!(desk.count("flows", &["--all-copies"]), 12);
}

#[test]
fn two_copies_in_one_import_leave_one_evidence_file() {
    let desk = Desk::new();
    for name in ["in/a.log", "in/b.log", "in/c.log"] {
        desk.file(name, format!("{HEADER}{}", flow_lines(0..500)));
    }
    let rows = desk.import(&[desk.path("in")]);
    assert_eq!(counts(&rows), [(500, 0, 0), (0, 500, 0), (0, 500, 0)]);
    let tables = ["evidence", "flow", "raw_block"].map(|table| desk.number(&format!("SELECT count(*) FROM {table}")));
    assert_eq!(tables, [1, 500, 1]);
}

/// The traffic of one interface: as S3 delivers the default format, as CloudWatch exports it, and in a custom format.
fn deliveries(desk: &Desk, numbers: std::ops::Range<u64>) -> [std::path::PathBuf; 3] {
    let lines = flow_lines(numbers);
    let stamped: String = lines.lines().map(|line| format!("2021-05-16T00:00:00.000Z {line}\n")).collect();
    let custom: String = lines
        .lines()
        .map(|line| {
            let v: Vec<&str> = line.split(' ').collect();
            let rest = v[1..].join(" ");
            format!("5 {rest} vpc-0123456789abcdef0 subnet-0123456789abcdef0 19 ingress {} {}\n", v[3], v[4])
        })
        .collect();
    let custom_header =
        HEADER.trim_end().to_owned() + " vpc-id subnet-id tcp-flags flow-direction pkt-srcaddr pkt-dstaddr\n";
    [
        desk.file("s3.log.gz", gz(format!("{HEADER}{lines}").as_bytes())),
        desk.file("cloudwatch/000000.gz", gz(stamped.as_bytes())),
        desk.file("custom.log.gz", gz(format!("{custom_header}{custom}").as_bytes())),
    ]
}

#[test]
fn one_record_in_three_deliveries_counts_once_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let desk = Desk::new();
        let files = deliveries(&desk, 0..300);
        let found: Vec<_> = order.iter().map(|place| counts(&desk.import(&[&files[*place]]))[0]).collect();
        assert_eq!(found, [(300, 0, 0), (0, 300, 0), (0, 300, 0)], "{order:?}");
        assert_eq!(desk.count("flows", &[]), 300);
        assert_eq!(desk.count("flows", &["--all-copies"]), 900);
        assert_eq!(desk.count("flows", &["--filter", "dstport = 443"]), 300);
        assert_eq!(desk.count("flows", &["--all-copies", "--filter", "duplicate = true"]), 600);
        assert_eq!(desk.number("SELECT count(*) FROM flow_record WHERE NOT duplicate"), 300);
        let info: Value = serde_json::from_str(&desk.ok(&["info", desk.case(), "--json"])).unwrap();
        assert_eq!((info["records"].as_u64(), info["flow_duplicates"].as_u64()), (Some(300), Some(600)));
    }
}

#[test]
fn deliveries_that_overlap_in_part_share_only_that_part() {
    let desk = Desk::new();
    let a = desk.file("a.log", format!("{HEADER}{}", flow_lines(0..100)));
    let b = desk.file("b.log", format!("{HEADER}{}", flow_lines(60..160)));
    let c = desk.file("c.log", format!("{HEADER}{}", flow_lines(90..200)));
    assert_eq!(counts(&desk.import(&[a, b, c])), [(100, 0, 0), (60, 40, 0), (40, 70, 0)]);
}

#[test]
fn identical_lines_of_one_file_stay_records_and_each_accounts_for_one_elsewhere() {
    let line = flow_lines(5..6);
    let times = |count: usize| format!("{HEADER}{}", line.repeat(count));
    for (first, second, duplicates) in [(3, 2, 2), (2, 3, 2), (1, 4, 1), (4, 1, 1)] {
        let desk = Desk::new();
        let a = desk.file("a.log", times(first));
        let b = desk.file("b.log", times(second));
        let rows = desk.import(&[a, b]);
        let (first, second) = (first as u64, second as u64);
        assert_eq!(counts(&rows), [(first, 0, 0), (second - duplicates, duplicates, 0)]);
        assert_eq!(desk.count("flows", &[]), first.max(second));
        assert_eq!(desk.count("flows", &["--all-copies"]), first + second);
    }
}

#[test]
fn records_that_differ_in_anything_are_no_duplicates() {
    let line = flow_lines(5..6);
    for (from, to) in [
        (" 443 ", " 444 "),
        ("ACCEPT", "REJECT"),
        ("eni-0a1b2c3d4e5f00005", "eni-0a1b2c3d4e5f00006"),
        (" OK", " NODATA"),
    ] {
        assert!(line.contains(from), "{from}");
        let desk = Desk::new();
        let a = desk.file("a.log", format!("{HEADER}{line}"));
        let b = desk.file("b.log", format!("{HEADER}{}", line.replace(from, to)));
        assert_eq!(counts(&desk.import(&[a, b])), [(1, 0, 0), (1, 0, 0)], "{from}");
    }
}

/// One event as S3, lookup-events and the console's CSV tell it.
fn tellings(desk: &Desk) -> [std::path::PathBuf; 3] {
    let full = event("7e1a2b3c-0000-4000-8000-000000000001", "RunInstances", "2021-05-16T00:10:00Z");
    let lookup = json!({"Events": [{
        "EventId": full["eventID"], "EventName": "RunInstances", "ReadOnly": "false", "AccessKeyId": "AKIAEXAMPLE",
        "EventTime": "2021-05-16T00:10:00+00:00", "EventSource": "ec2.amazonaws.com", "Username": "Alice",
        "Resources": [], "CloudTrailEvent": full.to_string()
    }]});
    let csv = "Event ID,Event time,User name,Event name,Resource type,Resource name,AWS access key,AWS region,Error code,\
               Source IP address,Event source,Read-only,Request ID,Event type,Recipient Account Id,Event category\n\
               7e1a2b3c-0000-4000-8000-000000000001,\"May 16, 2021, 00:10:00 (UTC+00:00)\",Alice,RunInstances,,,AKIAEXAMPLE,us-east-1,,\
               198.51.100.7,ec2.amazonaws.com,false,req-1,AwsApiCall,111122223333,Management\n";
    [
        desk.file("s3.json", json!({"Records": [full]}).to_string()),
        desk.file("lookup.json", lookup.to_string()),
        desk.file("event_history.csv", csv),
    ]
}

#[test]
fn an_event_told_three_times_is_one_and_the_fullest_telling_is_shown() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let desk = Desk::new();
        let files = tellings(&desk);
        let rows: Vec<Imported> = order.iter().flat_map(|place| desk.import(&[&files[*place]])).collect();
        assert_eq!(counts(&rows), [(1, 0, 0), (0, 1, 0), (0, 1, 0)], "{order:?}");
        assert_eq!((desk.count("events", &[]), desk.count("events", &["--occurrences"])), (1, 3), "{order:?}");
        let columns = "ref,event_name,user_identity_arn,request_parameters,source_ip_address";
        let shown: Value =
            serde_json::from_str(&desk.ok(&["events", desk.case(), "--columns", columns, "--format", "jsonl"]))
                .unwrap();
        assert_eq!(shown["user_identity_arn"], "arn:aws:iam::111122223333:user/Alice", "{order:?}");
        assert!(shown["request_parameters"].to_string().contains("i-0123456789abcdef0"), "{order:?}: {shown}");
        let csv = order.iter().position(|place| *place == 2).unwrap() + 1;
        assert_ne!(shown["ref"], format!("{csv}:1"), "{order:?}: the CSV tells least");
        // Asked for by its eventID, it is the same occurrence.
        let raw = desk.ok(&["raw", desk.case(), "7e1a2b3c-0000-4000-8000-000000000001"]);
        assert!(raw.contains("i-0123456789abcdef0"), "{order:?}: {raw}");
        let info: Value = serde_json::from_str(&desk.ok(&["info", desk.case(), "--json"])).unwrap();
        assert_eq!((info["events"].as_u64(), info["distinct_events"].as_u64()), (Some(3), Some(1)), "{order:?}");
        let reader = desk.reader();
        let id = coldtrail::model::RecordId::parse(shown["ref"].as_str().unwrap()).unwrap();
        assert_eq!(coldtrail::query::record(&reader, id).unwrap().occurrences.len(), 3, "{order:?}");
        let filter = |text: &str| desk.count("events", &["--occurrences", "--filter", text]);
        assert_eq!((filter("duplicate = true"), filter("duplicate = false")), (2, 1), "{order:?}");
    }
}

#[test]
fn events_twice_in_one_file_are_one_and_those_without_an_id_are_each_their_own() {
    let desk = Desk::new();
    let twice = event("e-1", "RunInstances", "2021-05-16T00:10:00Z");
    let mut nameless = event("", "StopInstances", "2021-05-16T00:11:00Z");
    nameless.as_object_mut().unwrap().remove("eventID");
    let file = desk.file("a.json", json!({"Records": [twice, twice, nameless, nameless]}).to_string());
    assert_eq!(counts(&desk.import(&[file])), [(3, 1, 0)]);
    assert_eq!((desk.count("events", &[]), desk.count("events", &["--occurrences"])), (3, 4));
}

#[test]
fn an_aggregated_summary_is_no_event_but_is_kept() {
    let desk = Desk::new();
    let mut summary = event("e-9", "GetObject", "2021-05-16T00:10:00Z");
    summary["eventCategory"] = "Aggregated".into();
    let file =
        desk.file("a.json", json!({"Records": [event("e-1", "A", "2021-05-16T00:10:00Z"), summary]}).to_string());
    assert_eq!(counts(&desk.import(&[file])), [(2, 0, 0)]);
    let info: Value = serde_json::from_str(&desk.ok(&["info", desk.case(), "--json"])).unwrap();
    assert_eq!((info["events"].as_u64(), info["distinct_events"].as_u64()), (Some(2), Some(1)));
    assert_eq!(desk.count("events", &[]), 1);
    assert_eq!(desk.count("events", &["--occurrences"]), 2);
}
