//! AWS's records inside of other tools' files: they come in whole, can be traced to their bytes, and come out the same
//! when the originals are read again.

use crate::desk::Desk;
use crate::verify::verdicts;
use serde_json::{Value, json};

fn event(id: &str) -> Value {
    json!({"eventVersion": "1.11", "eventTime": "2025-03-04T05:01:00Z", "eventSource": "s3.amazonaws.com",
           "eventName": "GetObject", "eventID": id, "sourceIPAddress": "203.0.113.44",
           "userIdentity": {"type": "IAMUser", "userName": "kyoko"}})
}

fn csv(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

const LINE: &str = "2 123456789010 eni-1 10.0.0.1 203.0.113.5 4444 22 6 3 180 1621151386 1621151400 REJECT OK";

/// Name, content, format, and the words of which each is in the raw text of one record.
fn files() -> Vec<(&'static str, String, &'static str, Vec<&'static str>)> {
    let text = |id: &str| Value::from(event(id).to_string());
    let hit = |id: &str| json!({"_id": id, "_source": {"event": {"original": text(id)}}});
    let cell = |text: &str| json!({ "VarCharValue": text });
    let row = |id: &str| json!({"Data": [cell(id), cell("GetObject"), {}]});
    let names = json!({"Data": (["eventid", "eventname", "sourceipaddress"].map(cell))});
    vec![
        ("01.json", format!("{}\n", json!({"preview": false, "result": {"_raw": text("a-1")}})), "cloudtrail-in-splunk", vec!["a-1"]),
        ("02.csv", format!("_time,_raw\nt,{}\n", csv(&event("a-2").to_string())), "cloudtrail-in-splunk", vec!["a-2"]),
        ("03.json", json!({"took": 1, "hits": {"total": 2, "hits": [hit("a-3"), hit("a-4")]}}).to_string(), "cloudtrail-in-elastic", vec!["a-3", "a-4"]),
        ("04.json", json!({"Messages": [{"MessageId": "m", "Body": json!({"Records": [event("a-5"), event("a-6")]}).to_string()}]}).to_string(),
            "cloudtrail-in-sqs", vec!["a-5", "a-6"]),
        ("05.json", json!({"ResultSet": {"Rows": [names, row("a-7"), row("a-8")]}}).to_string(), "cloudtrail-in-athena", vec!["a-7", "a-8"]),
        ("06.json", json!({"QueryResultRows": [[{"eventID": "a-9"}, {"eventName": "GetObject"}]]}).to_string(), "cloudtrail-in-lake", vec!["a-9"]),
        ("07.txt", format!("EVENTS\tAKIA\t{}\te\nRESOURCES\tb\tT\nEVENTS\tAKIA\t{}\te\n", event("b-1"), event("b-2")),
            "cloudtrail-lookup-events", vec!["b-1", "b-2"]),
        ("08.json", json!({"k1": {"Records": [event("b-3")]}, "k2": {"Records": [event("b-4")]}}).to_string(), "cloudtrail-json", vec!["b-3", "b-4"]),
        ("09.json", json!({"Events": [{"EventId": "b-5", "EventName": "GetObject", "CloudTrailEvent": event("b-5")}]}).to_string(),
            "cloudtrail-lookup-events", vec!["b-5"]),
        ("10.json", json!({"@version": "1", "message": LINE}).to_string(), "flow-in-logstash", vec!["eni-1"]),
    ]
}

#[test]
fn wrapped_records_are_whole_traceable_and_the_same_when_read_again() {
    let desk = Desk::new();
    for (name, content, ..) in files() {
        desk.file(&format!("in/{name}"), content);
    }
    let rows = desk.import(&[desk.path("in")]);
    for ((name, content, format, words), row) in files().iter().zip(&rows) {
        assert_eq!((row.format.as_str(), row.counts(), row.notes), (*format, (words.len() as u64, 0, 0), 0), "{name}");
        for (word, number) in words.iter().zip(1..) {
            let raw = desk.ok(&["raw", desk.case(), &format!("{}:{number}", row.evidence)]);
            assert!(raw.contains(word) && content.contains(&raw), "{name}: {raw}");
        }
    }
    let whole =
        desk.count("events", &["--filter", "source_ip_address = 203.0.113.44 and user_identity_user_name = kyoko"]);
    assert_eq!(whole, 11);
    assert_eq!(desk.count("events", &["--filter", "source_ip_address is null"]), 3);
    assert_eq!(verdicts(&desk, &desk.case, &["--replay"]), (vec![], 0));
}

#[test]
fn what_is_not_whole_is_told_with_the_way_out_and_exit_code_1() {
    let item = json!({"EventId": "e-1", "EventName": "GetObject", "Username": "kyoko", "CloudTrailEvent": "{\"eventVersion\":"});
    let taken = json!({"_source": {"event": {"provider": "s3.amazonaws.com"}, "aws": {"cloudtrail": {"event_type": "AwsApiCall"}}}});
    for (name, content, records, told) in [
        ("lookup.json", json!({"Events": [item]}).to_string(), 1, "CloudTrailEvent cannot be read"),
        ("ecs.json", taken.to_string(), 0, "event.original"),
        ("discover.csv", "\"@timestamp\",\"event.action\",\"event.id\"\nt,a,b\n".to_owned(), 0, "event.original"),
        (
            "lookup.yaml",
            "Events:\n- EventId: e\n  CloudTrailEvent: '{\"eventVersion\":\"1\"}'\n".to_owned(),
            0,
            "--output json",
        ),
        ("table.txt", format!("{0}\n|   LookupEvents   |\n+{0}+\n", "-".repeat(20)), 0, "--output json"),
    ] {
        let desk = Desk::new();
        let file = desk.file(name, content);
        desk.fails(&["import", desk.case(), file.to_str().unwrap()], 1);
        assert_eq!(desk.count("events", &[]), records, "{name}");
        let warnings = desk.ok(&["warnings", desk.case(), "--format", "jsonl"]);
        assert!(warnings.contains(told), "{name}: {warnings}");
        assert_eq!(verdicts(&desk, &desk.case, &["--replay"]), (vec![], 0), "{name}");
    }
}
