//! Copies of one event that contradict each other: all are kept and told, however they came.

use crate::desk::{Desk, event, gz};
use crate::verify::verdicts;
use serde_json::{Value, json};

const TIME: &str = "2021-05-16T00:10:00Z";

/// The same event with some of its members in other values.
fn other(changes: Value) -> Value {
    let mut copy = event("e-1", "RunInstances", TIME);
    for (name, value) in changes.as_object().unwrap() {
        copy[name] = value.clone();
    }
    copy
}

fn records(events: &[Value]) -> String {
    json!({"Records": events}).to_string()
}

/// Rows of `event_conflict`: the two events and the fields.
fn conflicts(desk: &Desk) -> Vec<String> {
    let conn = desk.sqlite();
    let sql =
        "SELECT (id >> 32) || ':' || (id & 4294967295) || ' ' || (other_id >> 32) || ':' || (other_id & 4294967295)
                 || ' ' || fields FROM event_conflict ORDER BY id";
    let mut statement = conn.prepare(sql).unwrap();
    statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
}

fn is_verified(desk: &Desk) {
    assert_eq!(verdicts(desk, &desk.case, &["--replay"]), (vec![], 0));
}

#[test]
fn two_copies_that_contradict_each_other_are_two_events() {
    let desk = Desk::new();
    desk.file("in/a.json", records(&[event("e-1", "RunInstances", TIME), event("e-2", "A", TIME)]));
    let changes = json!({"eventName": "TerminateInstances", "sourceIPAddress": "203.0.113.9", "eventTime": "2021-05-16T00:10:01Z"});
    desk.file("in/b.json.gz", gz(records(&[other(changes), event("e-2", "A", TIME)]).as_bytes()));
    let counts: Vec<_> = desk.import(&[desk.path("in")]).iter().map(|row| (row.counts(), row.notes)).collect();
    assert_eq!(counts, [((2, 0, 0), 0), ((1, 1, 0), 1)]);
    assert_eq!(conflicts(&desk), [r#"2:1 1:1 ["event_time","event_name","source_ip_address"]"#]);
    assert_eq!((desk.count("events", &[]), desk.count("events", &["--occurrences"])), (3, 4));
    let filter = |text: &str| desk.count("events", &["--filter", text]);
    for (text, count) in [
        ("conflict exists", 2),
        ("conflict", 2),
        ("not conflict exists", 1),
        ("conflict not exists", 1),
        ("conflict = false", 0),
        ("conflict exists and event_name = RunInstances", 1),
        ("conflict exists and event_name = TerminateInstances", 1),
    ] {
        assert_eq!(filter(text), count, "{text}");
    }
    let listed = desk.ok(&["events", desk.case(), "--columns", "event_id,event_name,conflict", "--sort", "event_name"]);
    let rows = ["event_id,event_name,conflict", "e-2,A,false", "e-1,RunInstances,true", "e-1,TerminateInstances,true"];
    assert_eq!(listed.lines().collect::<Vec<_>>(), rows);
    let told = desk.ok(&["warnings", desk.case(), "--format", "jsonl"]);
    let what =
        "event 2:1 and event 1:1 have the eventID e-1 and differ in event_time, event_name, source_ip_address; both";
    assert!(told.contains("conflicting_copy") && told.contains(what), "{told}");
    is_verified(&desk);
}

#[test]
fn a_further_copy_is_one_of_the_content_that_it_equals() {
    let contents = [
        json!({}),
        json!({"eventName": "StopInstances"}),
        json!({"errorCode": "AccessDenied", "awsRegion": "eu-west-1"}),
    ];
    let desk = Desk::new();
    for (file, content) in [0, 1, 0, 2, 1, 2, 0].into_iter().enumerate() {
        // Not the same file again.
        desk.file(
            &format!("in/{file}.json"),
            format!("{}\n{}", records(&[other(contents[content].clone())]), " ".repeat(file)),
        );
    }
    desk.import(&[desk.path("in")]);
    // The third content is a conflict by its region; an error that the first does not tell is none.
    assert_eq!(conflicts(&desk), [r#"2:1 1:1 ["event_name"]"#, r#"4:1 1:1 ["aws_region"]"#]);
    let choices = desk.number("SELECT count(*) FROM event_choice");
    let counts = |key: u32| {
        let sql = format!("SELECT occurrence_count FROM event_choice WHERE event_key = ({key} << 32) + 1");
        desk.number(&sql)
    };
    assert_eq!((choices, counts(1), counts(2), counts(4)), (3, 3, 2, 2));
    assert_eq!((desk.count("events", &[]), desk.count("events", &["--occurrences"])), (3, 7));
    is_verified(&desk);
    // In the same order, in one import or file by file, it is the same case.
    let again = Desk::new();
    for file in 0..7 {
        let name = format!("in/{file}.json");
        let bytes = std::fs::read(desk.path(&name)).unwrap();
        again.import(&[again.file(&name, bytes)]);
    }
    assert_eq!(conflicts(&again), conflicts(&desk));
}

#[test]
fn a_copy_that_tells_less_or_spells_otherwise_is_no_conflict() {
    let full = other(
        json!({"additionalEventData": {"n": 1, "at": TIME, "list": [1, "a"]}, "resources": [{"ARN": "arn:aws:s3:::b"}]}),
    );
    let mut respelled = full.clone();
    respelled["eventVersion"] = json!(1.08);
    respelled["eventTime"] = json!("2021-05-16T00:10:00.000Z");
    respelled["readOnly"] = json!("false");
    respelled["recipientAccountId"] = json!(111_122_223_333u64);
    respelled["additionalEventData"] =
        json!(r#"{"list":["1","a"],"at":"2021-05-16T00:10:00.000Z","n":"1","more":null}"#);
    respelled["requestParameters"] = json!(full["requestParameters"].to_string());
    respelled["responseElements"] = json!({});
    respelled["errorCode"] = json!("");
    let mut less = full.clone();
    less.as_object_mut()
        .unwrap()
        .retain(|name, _| !["requestParameters", "userAgent", "resources"].contains(&name.as_str()));
    let item = json!({
        "EventId": "e-1", "EventName": "RunInstances", "ReadOnly": "false", "AccessKeyId": "AKIAEXAMPLE",
        "EventTime": 1_621_123_800.0, "EventSource": "ec2.amazonaws.com", "Username": "a-session",
        "Resources": [{"ResourceType": "AWS::EC2::Instance", "ResourceName": "i-1"}]
    });
    let csv = "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,\
               Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category\n\
               a-session,AKIAEXAMPLE,\"2021-05-16, 09:10:00 AM\",ec2.amazonaws.com,RunInstances,us-east-1,198.51.100.7,aws-cli/2.0,,\
               [],req-1,e-1,false,AwsApiCall,111122223333,Management\n";
    let files = [
        ("full.json", records(&[full])),
        ("respelled.json", records(&[respelled])),
        ("less.json", records(&[less])),
        ("lookup.json", json!({"Events": [item]}).to_string()),
        ("event_history.csv", csv.to_owned()),
    ];
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 0, 4, 1, 2]] {
        let desk = Desk::new();
        for at in order {
            let (name, bytes) = &files[at];
            desk.import(&[desk.file(name, bytes)]);
        }
        assert_eq!(conflicts(&desk), Vec::<String>::new(), "{order:?}");
        assert_eq!((desk.count("events", &[]), desk.count("events", &["--occurrences"])), (1, 5), "{order:?}");
    }
    // What they do tell is compared.
    let desk = Desk::new();
    desk.import(&[desk.file(files[0].0, &files[0].1)]);
    desk.import(&[desk.file(files[4].0, files[4].1.replace("RunInstances", "StopInstances"))]);
    assert_eq!(conflicts(&desk), [r#"2:1 1:1 ["event_name"]"#]);
    assert_eq!(desk.count("events", &["--filter", "conflict exists"]), 2);
    is_verified(&desk);
}
