//! The facts about formats, sentence by sentence, each on a file of a few lines that goes through the program. Whole
//! files of others are in `corpora`.

use crate::desk::{Desk, HEADER, event, gz};
use serde_json::{Value, json};

pub(crate) const LINE: &str =
    "2 123456789010 eni-1 10.0.0.1 203.0.113.5 4444 22 6 3 180 1621151386 1621151400 REJECT OK";

/// Imports files; their formats and counts, in order of their names.
fn import(desk: &Desk, files: &[(&str, &[u8])]) -> Vec<(String, (u64, u64, u64))> {
    for (name, bytes) in files {
        desk.file(&format!("in/{name}"), bytes);
    }
    desk.import(&[desk.path("in")]).into_iter().map(|row| (row.format.clone(), row.counts())).collect()
}

pub(crate) fn check(files: &[(&str, &[u8])], expected: &[(&str, (u64, u64, u64))]) -> Desk {
    let desk = Desk::new();
    let rows = import(&desk, files);
    let rows: Vec<_> = rows.iter().map(|(format, counts)| (format.as_str(), *counts)).collect();
    assert_eq!(rows, expected);
    desk
}

/// The values of some columns, a row a line.
pub(crate) fn values(desk: &Desk, view: &str, columns: &str, more: &[&str]) -> Vec<Vec<Value>> {
    let mut arguments = vec![view, desk.case(), "--format", "jsonl", "--columns", columns];
    arguments.extend(more);
    let names: Vec<&str> = columns.split(',').collect();
    let rows = desk.ok(&arguments);
    rows.lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            names.iter().map(|name| row[*name].clone()).collect()
        })
        .collect()
}

fn row(values: Value) -> Vec<Value> {
    values.as_array().unwrap().clone()
}

/// reason and raw text of every warning
pub(crate) fn warnings(desk: &Desk) -> Vec<(String, String)> {
    let text = |line: &str| -> (String, String) {
        let row: Value = serde_json::from_str(line).unwrap();
        (row["reason"].as_str().unwrap().to_owned(), row["raw"].as_str().unwrap().to_owned())
    };
    let all = desk.ok(&["warnings", desk.case(), "--format", "jsonl"]);
    all.lines().map(text).collect()
}

#[test]
fn any_version_and_order_and_fields_that_are_not_known_are_kept() {
    let log = "new-thing dstaddr srcaddr account-id start end tcp-flags traffic-path bytes\n\
               longer_text 192.0.2.1 192.0.2.2 unknown 1621151386000 1621151400000 19 8 -\n\
               x 192.0.2.1 192.0.2.3 000000000001 1621151386 1621151400 0 1 5\n";
    let two = "dstaddr srcaddr\n192.0.2.1 192.0.2.9\n";
    let desk = check(
        &[("a.log", log.as_bytes()), ("b.log", two.as_bytes())],
        &[("flow-text", (2, 0, 0)), ("flow-text", (1, 0, 0))],
    );
    let rows = values(&desk, "flows", "version,account_id,srcaddr,start,tcp_flags,traffic_path,bytes", &[]);
    assert_eq!(rows[0], row(json!([null, "unknown", "192.0.2.2", "2021-05-16T07:49:46Z", 19, 8, null])));
    assert_eq!(rows[1], row(json!([null, "000000000001", "192.0.2.3", "2021-05-16T07:49:46Z", 0, 1, 5])));
    assert_eq!(rows[2], row(json!([null, null, "192.0.2.9", null, null, null, null])));
    for filter in ["extra.new-thing = longer_text", "extra.new_thing like 'longer%'", "tcp_flags has (syn, fin)"] {
        assert_eq!(values(&desk, "flows", "srcaddr", &["--filter", filter]), [["192.0.2.2"]], "{filter}");
    }
}

#[test]
fn rows_of_coverage_are_kept_and_are_no_traffic() {
    let lines = "2 123456789010 eni-1 - - - - - - - 1621151386 1621151400 - NODATA\n\
                 2 123456789010 eni-1 - - - - - - - 1621151386 1621151400 - SKIPDATA\n";
    let desk = check(&[("a.log", format!("{HEADER}{lines}{LINE}\n").as_bytes())], &[("flow-text", (3, 0, 0))]);
    assert_eq!(
        values(&desk, "flows", "log_status", &["--filter", "srcaddr is null and action is null"]),
        [["NODATA"], ["SKIPDATA"]]
    );
    assert_eq!(
        desk.ok(&["sql", desk.case(), "SELECT sum(bytes), count(*) FROM flow_record"]),
        "sum(bytes),count(*)\r\n180,3\r\n"
    );
}

#[test]
fn a_line_with_another_number_of_values_is_never_guessed() {
    let header = format!("{} instance-tag\n", HEADER.trim());
    let log = format!("{header}{LINE} my tag\n{LINE} tag\n{LINE}\n");
    let desk = check(&[("a.log", log.as_bytes())], &[("flow-text", (1, 0, 2))]);
    let expected = [format!("{LINE} my tag"), LINE.to_owned()].map(|raw| ("field_count".to_owned(), raw));
    assert_eq!(warnings(&desk), expected);
}

#[test]
fn members_marks_line_ends_and_encodings() {
    let with = |n: u8| format!("{HEADER}{}\n", LINE.replace("10.0.0.1", &format!("10.0.0.{n}")));
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let unit = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let text = ("flow-text", (1, 0, 0));
    let desk = check(
        &[
            ("a.log.gz", &[gz(with(1).as_bytes()), gz(with(2).as_bytes())].concat()),
            ("b.log", format!("\u{feff}{}", with(3)).replace('\n', "\r\n").as_bytes()),
            ("c.log", &utf16(&with(4), false)),
            ("d.log", &utf16(&with(5), true)),
        ],
        &[("flow-text", (2, 0, 0)), text, text, text],
    );
    let sources: Vec<Value> = values(&desk, "flows", "srcaddr", &[]).concat();
    assert_eq!(sources, (1..6).map(|n| json!(format!("10.0.0.{n}"))).collect::<Vec<_>>());
}

#[test]
fn paths_are_evidence_and_are_compared_with_the_records() {
    let log = |n: u8, region: &str| {
        gz(format!("{} region\n{} {region}\n", HEADER.trim(), LINE.replace("10.0.0.1", &format!("10.0.0.{n}")))
            .as_bytes())
    };
    let day = "2021/05/16";
    let names = [
        "AWSLogs/999999999999/vpcflowlogs/us-east-1/2021/05/16/999999999999_vpcflowlogs_us-east-1_fl-0a0a0a0a0a0a0a0a0_20210516T0745Z_a1b2c3d4.log.gz".to_owned(),
        "AWSLogs/aws-account-id=123456789010/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2021/month=05/day=16/hour=07/123456789010_vpcflowlogs_eu-west-1_fl-0b0b0b0b0b0b0b0b0_20210516T0745Z_a1b2c3d4.log.gz".to_owned(),
        format!("p/AWSLogs/123456789010/vpcflowlogs/us-east-1/{day}/07/123456789010_vpcflowlogs_us-east-1_fl-0c0c0c0c0c0c0c0c0_20210516T0745Z_a1b2c3d4.log.gz"),
        format!("q/AWSLogs/o-abc123/123456789010/CloudTrail/us-east-1/{day}/123456789010_CloudTrail_us-east-1_20210516T0750Z_abcdefghijklmnop.json.gz"),
    ];
    let mut call = event("e-1", "A", "2021-05-16T07:49:46Z");
    call["recipientAccountId"] = "123456789010".into();
    let trail = gz(json!({"Records": [call]}).to_string().as_bytes());
    let bytes = [log(1, "eu-west-1"), log(2, "eu-west-1"), log(3, "us-east-1"), trail];
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&bytes).map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let text = ("flow-text", (1, 0, 0));
    let desk = check(&files, &[text, text, text, ("cloudtrail-json", (1, 0, 0))]);
    let sql = "SELECT path_account a, path_organisation o, path_region r, path_date d, path_log_id l, path_service s FROM evidence";
    let expected = "a,o,r,d,l,s\r\n\
                    999999999999,,us-east-1,2021-05-16T07:45,fl-0a0a0a0a0a0a0a0a0,vpcflowlogs\r\n\
                    123456789010,,eu-west-1,2021-05-16T07:45,fl-0b0b0b0b0b0b0b0b0,vpcflowlogs\r\n\
                    123456789010,,us-east-1,2021-05-16T07:45,fl-0c0c0c0c0c0c0c0c0,vpcflowlogs\r\n\
                    123456789010,o-abc123,us-east-1,2021-05-16T07:50,,CloudTrail\r\n";
    assert_eq!(desk.ok(&["sql", desk.case(), sql]), expected);
    let told = desk.ok(&["warnings", desk.case(), "--format", "jsonl"]);
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = told.iter().map(|w| (w["evidence"].as_u64().unwrap(), w["reason"].as_str().unwrap())).collect();
    assert_eq!(told, [(1, "path_mismatch"), (1, "path_mismatch")], "account and region of the first file");
}

#[test]
fn records_without_a_header_take_the_default_a_preset_or_a_format_that_is_remembered() {
    let playbook =
        format!("{LINE} vpc-1 IPv4 2 subnet-1 - - us-east-1 10.0.0.1 203.0.113.5 i-1 use1-az1 - AMAZON egress 8\n");
    let blog =
        format!("{LINE} vpc-1 subnet-1 i-1 2 IPv4 10.0.0.1 203.0.113.5 us-east-1 use1-az1 - - - AMAZON egress 8\n");
    let insights = "123456789010 vpc-1 subnet-1 eni-1 i-1 10.0.0.1 4444 203.0.113.5 22 6 3 180 REJECT OK 1621151386 1621151400 egress 8 2 10.0.0.1 - 203.0.113.5 AMAZON us-east-1 use1-az1 - -\n";
    let columns =
        "srcport,vpc_id,subnet_id,instance_id,tcp_flags,region,flow_direction,traffic_path,pkt_dst_aws_service";
    let expected = row(json!([4444, "vpc-1", "subnet-1", "i-1", 2, "us-east-1", "egress", 8, "AMAZON"]));
    for (preset, log) in [("playbook", playbook.as_str()), ("blog", &blog), ("insights-27", insights)] {
        let desk = Desk::new();
        let name = |id: u8| {
            format!("123456789010_vpcflowlogs_us-east-1_fl-0a0a0a0a0a0a0a0a{id}_20210516T0745Z_a1b2c3d{id}.log")
        };
        let first = desk.file(&name(0), log);
        let rows = desk.import(&[&first]);
        assert_eq!((rows[0].format.as_str(), rows[0].counts()), ("flow-headerless", (0, 0, 1)), "{preset}");
        let rows = desk.import(&[first.to_str().unwrap(), "--format", preset]);
        assert_eq!(rows[0].counts(), (1, 0, 0), "{preset}");
        assert_eq!(values(&desk, "flows", columns, &[]), std::slice::from_ref(&expected), "{preset}");
        // The answer is remembered for that flow log, and for no other.
        desk.file(&format!("same/{}", name(0)), log.replace("1621151386", "1621151387"));
        desk.file(&format!("other/{}", name(1)), log.replace("1621151386", "1621151388"));
        assert_eq!(desk.import(&[desk.path("same")])[0].counts(), (1, 0, 0), "{preset}");
        assert_eq!(desk.import(&[desk.path("other")])[0].counts(), (0, 0, 1), "{preset}");
    }
    check(&[("a.log", format!("{LINE}\n").as_bytes())], &[("flow-headerless", (1, 0, 0))]);
}

#[test]
fn foreign_json_lines_in_both_editions() {
    let object = |key: &str, start: u64| {
        let mut object = json!({
            "avg_in_packet_size": 60.0, "vpc_id": "vpc-1", "local_port": 22, "source_dc": "x", "ip": "203.0.113.5",
            "end_time": 1_621_151_400, "remote_port": 4444, "start_time": start, "protocol": 6, "in_bytes": 180,
            "source_tag": "t", "account_id": "012345678901", "instance_id": "i-1", "interface_public_ips": ["192.0.2.1"],
            "out_bytes": 90, "is_skipped_rejected_packets": false, "source_az": "a", "source_region": "us-east-1",
            "avg_out_packet_size": 0, "instance_type": "m5", "interface_local_ips": ["10.0.0.1"]
        });
        object[key] = true.into();
        format!("{object}\n")
    };
    let log =
        [object("is_rejected_packet", 1_621_151_386), "{\"broken\n".into(), object("rejected_packet", 1_621_151_387)]
            .concat();
    let desk = check(&[("a.jsonl", log.as_bytes())], &[("flow-foreign-json", (2, 0, 1))]);
    let columns = "account_id,instance_id,srcaddr,dstaddr,srcport,dstport,bytes,packets,action,start";
    let rows = values(&desk, "flows", columns, &[]);
    let time = "2021-05-16T07:49:46Z";
    let expected = row(json!(["012345678901", "i-1", "203.0.113.5", "10.0.0.1", 4444, 22, 180, 3, "REJECT", time]));
    assert_eq!((rows.len(), &rows[0]), (2, &expected));
    assert_eq!(rows[1][8], "REJECT");
    assert_eq!(desk.count("flows", &["--filter", "extra.in_bytes = 180 and extra.out_bytes = 90"]), 2);
}

const TGW: &str = "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id \
    tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id \
    tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type \
    packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region \
    flow-direction pkt-src-aws-service pkt-dst-aws-service";

#[test]
fn transit_gateway_records_have_no_action() {
    let line = "6 TransitGateway 123456789010 tgw-1 tgw-attach-1 111111111111 222222222222 vpc-1 vpc-2 subnet-1 subnet-2 \
                eni-1 eni-2 use1-az1 use1-az2 tgw-attach-2 10.0.0.1 10.1.0.1 4444 22 6 3 180 1621151386 1621151400 OK IPv4 \
                1 2 3 4 2 us-east-1 ingress - -";
    let desk = check(&[("a.log.gz", &gz(format!("{TGW}\n{line}\n").as_bytes()))], &[("flow-text", (1, 0, 0))]);
    let columns = TGW.replace('-', "_").split_whitespace().collect::<Vec<_>>().join(",");
    let shown: Vec<String> = values(&desk, "flows", &columns, &[])[0]
        .iter()
        .map(|value| match value {
            Value::Null => "-".to_owned(),
            Value::String(text) if text == "2021-05-16T07:49:46Z" => "1621151386".to_owned(),
            Value::String(text) if text == "2021-05-16T07:50:00Z" => "1621151400".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    assert_eq!(shown.join(" "), line.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(desk.count("flows", &["--filter", "action is null"]), 1);
}

fn call(id: &str) -> Value {
    event(id, "RunInstances", "2021-05-16T07:49:46Z")
}

fn subscription(kind: &str, messages: &[&str]) -> String {
    let events: Vec<Value> =
        messages.iter().map(|m| json!({"id": "1", "timestamp": 1_621_151_386_000_u64, "message": m})).collect();
    json!({"messageType": kind, "owner": "1", "logGroup": "g", "logStream": "s", "subscriptionFilters": ["f"], "logEvents": events}).to_string()
}

#[test]
fn the_five_forms_of_cloudwatch_for_flow_records_and_events() {
    let [e1, e2, e3, e4, e5] = ["e-1", "e-2", "e-3", "e-4", "e-5"].map(|id| call(id).to_string());
    let line = |port: u16| LINE.replace("4444", &port.to_string());
    let [l1, l2, l3, l4, l5] = [1, 2, 3, 4, 5].map(line);
    let stamp = "2021-05-16T07:49:46.000Z";
    let logged = |message: &str| json!({"logStreamName": "s", "timestamp": 1, "message": message, "ingestionTime": 1, "eventId": "1"});
    let got = |message: &str| json!({"timestamp": 1, "message": message, "ingestionTime": 1});
    let quoted = |text: &str| text.replace('"', "\"\"");
    let export = gz(format!("{stamp} {l1}\n{stamp} {e1}\n").as_bytes());
    let stream =
        [subscription("CONTROL_MESSAGE", &["CWL CONTROL MESSAGE"]), subscription("DATA_MESSAGE", &[&l2, &e2])].concat();
    let filtered = json!({"events": [logged(&l3), logged(&e3)], "nextToken": "more"}).to_string();
    let fetched =
        json!({"events": [got(&l4), got(&e4)], "nextForwardToken": "f/1", "nextBackwardToken": "b/1"}).to_string();
    let insights =
        format!("@timestamp,@message\n2021-05-16 07:49:46.000,{l5}\n2021-05-16 07:49:46.000,\"{}\"\n", quoted(&e5));
    let results = json!({"results": [[{"field": "@message", "value": line(6)}, {"field": "@ptr", "value": "x"}]], "status": "Complete"});
    let two = (2, 0, 0);
    let desk = check(
        &[
            ("1.gz", &export),
            ("2.gz", &gz(stream.as_bytes())),
            ("3.json", filtered.as_bytes()),
            ("4.json", fetched.as_bytes()),
            ("5.csv", insights.as_bytes()),
            ("6.json", results.to_string().as_bytes()),
        ],
        &[
            ("cloudwatch-export", two),
            ("cloudwatch-subscription", two),
            ("cloudwatch-events", two),
            ("cloudwatch-events", two),
            ("cloudwatch-csv", two),
            ("cloudwatch-insights-json", (1, 0, 0)),
        ],
    );
    assert_eq!(values(&desk, "flows", "srcport", &[]), [[1], [2], [3], [4], [5], [6]]);
    assert_eq!(values(&desk, "events", "event_id", &[]), [["e-1"], ["e-2"], ["e-3"], ["e-4"], ["e-5"]]);
    let reasons: Vec<String> = warnings(&desk).into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, ["incomplete_capture"; 2], "a token means that there was more");
}

#[test]
fn the_shapes_of_cloudtrail_json() {
    let wrapped =
        json!({"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": call("f")});
    let records = |id: &str| json!({"Records": [call(id)]}).to_string();
    let utf16: Vec<u8> = records("h").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files: [(&str, Vec<u8>); 8] = [
        ("a.json", json!({"Records": [call("a1"), call("a2")]}).to_string().into()),
        ("b.jsonl", format!("{}\n{}\n", call("b1"), call("b2")).into()),
        ("c.json", json!([call("c1"), call("c2")]).to_string().into()),
        ("d.json", format!("{:#}", json!({"Records": [call("d")]})).into()),
        ("e.json", format!("{:#}", call("e")).into()),
        ("f.json", wrapped.to_string().into()),
        ("g.jsonl", format!("{}\n{}\n", records("g1"), records("g2")).into()),
        ("h.json", [vec![0xff, 0xfe], utf16].concat()),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let mut counts = [2, 2, 2, 1, 1, 1, 2, 1].map(|records| ("cloudtrail-json", (records, 0, 0)));
    counts[5].0 = "cloudtrail-in-eventbridge";
    let desk = check(&files, &counts);
    let ids: Vec<Value> = values(&desk, "events", "event_id", &[]).concat();
    assert_eq!(ids, ["a1", "a2", "b1", "b2", "c1", "c2", "d", "e", "f", "g1", "g2", "h"]);
}

/// An event with other values than usual.
fn odd(id: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut event = call(id);
    change(&mut event);
    event
}

#[test]
fn nothing_that_a_value_may_be_drops_an_event() {
    let insight = json!({
        "eventVersion": "1.07", "eventTime": "2021-05-16T07:49:46Z", "awsRegion": "us-east-1", "eventID": "insight",
        "eventType": "AwsCloudTrailInsight", "sharedEventID": "s-1", "eventCategory": "Insight",
        "insightDetails": {"state": "Start", "eventName": "RunInstances", "insightType": "ApiCallRateInsight", "insightContext": {}}
    });
    let aggregated = json!({"eventVersion": "1.0", "eventCategory": "Aggregated", "eventID": "sum", "awsRegion": "us-east-1",
        "timeWindow": {"windowStart": "2021-05-16T07:45:00Z", "windowEnd": "2021-05-16T07:50:00Z"}, "summary": {"x": 1}});
    let records = [
        odd("null", |e| e["requestParameters"] = Value::Null),
        odd("hidden", |e| e["requestParameters"] = "HIDDEN_DUE_TO_SECURITY_REASONS".into()),
        odd("inner", |e| e["responseElements"] = json!({"errorCode": "AccessDenied", "errorMessage": "no"})),
        odd("outer", |e| e["errorCode"] = "AccessDenied".into()),
        odd("internal", |e| e["sourceIPAddress"] = "AWS Internal".into()),
        odd("service", |e| e["sourceIPAddress"] = "ec2.amazonaws.com".into()),
        odd("v6", |e| e["sourceIPAddress"] = "2001:DB8:0:0::1".into()),
        odd("newer", |e| (e["eventVersion"], e["unknownThing"]) = ("1.11".into(), json!({"x": [1]}))),
        odd("amends", |e| e["addendum"] = json!({"reason": "UPDATED_DATA", "originalEventID": "null"})),
        insight,
        aggregated,
    ];
    let count = records.len() as u64;
    let desk =
        check(&[("a.json", json!({"Records": records}).to_string().as_bytes())], &[("cloudtrail-json", (count, 0, 0))]);
    for (filter, ids) in [
        ("request_parameters = HIDDEN_DUE_TO_SECURITY_REASONS", vec!["hidden"]),
        ("requestParameters is null", vec!["null", "insight"]),
        ("error_code = AccessDenied", vec!["inner", "outer"]),
        ("error_message = no", vec!["inner"]),
        ("source_ip_address = 'AWS Internal'", vec!["internal"]),
        ("source_ip_address = ec2.amazonaws.com", vec!["service"]),
        ("ip in 2001:db8::/32", vec!["v6"]),
        ("event_version = '1.11' and $.unknownThing.x[0] = 1", vec!["newer"]),
        ("addendum.originalEventID = 'null' or event_id = 'null'", vec!["null", "amends"]),
        ("shared_event_id = s-1 and insightDetails.state = Start and event_category = Insight", vec!["insight"]),
    ] {
        let found: Vec<Value> = values(&desk, "events", "event_id", &["--filter", filter]).concat();
        assert_eq!(found, ids, "{filter}");
    }
    // A summary of five minutes is no event, but is not lost.
    assert_eq!(desk.count("events", &[]), count - 1);
    assert_eq!(desk.count("events", &["--occurrences", "--filter", "event_category = Aggregated"]), 1);
}

#[test]
fn lookup_events_the_console_lake_and_athena() {
    let looked_up = |id: &str, time: Value| {
        json!({"EventId": id, "EventName": "RunInstances", "ReadOnly": "false", "AccessKeyId": "AKIA", "EventTime": time,
               "EventSource": "ec2.amazonaws.com", "Username": "u", "Resources": [], "CloudTrailEvent": call(id).to_string()})
    };
    let lookup = json!({"Events": [looked_up("l-1", 1_621_151_386.0.into()), looked_up("l-2", "2021-05-16T16:49:46+09:00".into())], "NextToken": "t"});
    let mut poor = looked_up("l-3", 1_621_151_386.into());
    poor.as_object_mut().unwrap().remove("CloudTrailEvent");
    let console = "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category\n\
        Alice,AKIAEXAMPLE,2021-05-16T07:49:46Z,ec2.amazonaws.com,RunInstances,us-east-1,198.51.100.7,aws-cli/2.0,,\"[{\"\"resourceType\"\":\"\"AWS::EC2::Instance\"\",\"\"resourceName\"\":\"\"i-1\"\"}]\",req-1,c-1,false,AwsApiCall,111122223333,Management\n";
    let lake = "# a query's id\neventVersion,userIdentity,eventTime,eventSource,eventName,awsRegion,sourceIPAddress,eventID\n\
        1.08,\"{type=IAMUser, principalid=AIDA, arn=arn:aws:iam::1:user/x, accountid=123456789010, username=x}\",2021-05-16 07:49:46.000,ec2.amazonaws.com,X,us-east-1,192.0.2.1,k-1\n";
    let athena = "\"eventversion\",\"useridentity\",\"eventtime\",\"eventsource\",\"eventname\",\"requestparameters\",\"eventid\"\n\
        \"1.08\",\"{type=AssumedRole, principalid=AROA:s, arn=arn:aws:sts::1:assumed-role/r/s, accountid=1, sessioncontext={attributes={mfaauthenticated=false}, sessionissuer={type=Role, arn=arn:aws:iam::1:role/r, username=r}}}\",\"2021-05-16T07:49:46Z\",\"s3.amazonaws.com\",\"GetObject\",\"{\"\"bucketName\"\":\"\"b\"\"}\",\"a-1\"\n";
    let desk = check(
        &[
            ("1.json", lookup.to_string().as_bytes()),
            ("2.json", json!({"Events": [poor]}).to_string().as_bytes()),
            ("3.csv", console.as_bytes()),
            ("4.csv.gz", &gz(lake.as_bytes())),
            ("5.csv", athena.as_bytes()),
            // A fuller copy of the console's event.
            ("6.json", json!({"Records": [call("c-1")]}).to_string().as_bytes()),
        ],
        &[
            ("cloudtrail-lookup-events", (2, 0, 0)),
            ("cloudtrail-lookup-events", (1, 0, 0)),
            ("cloudtrail-console-csv", (1, 0, 0)),
            ("cloudtrail-query-csv", (1, 0, 0)),
            ("cloudtrail-query-csv", (1, 0, 0)),
            ("cloudtrail-json", (0, 1, 0)),
        ],
    );
    assert_eq!(warnings(&desk).iter().map(|w| w.0.as_str()).collect::<Vec<_>>(), ["incomplete_capture"]);
    let rows = values(&desk, "events", "event_id,event_time", &["--sort", "event_id"]);
    let time = "2021-05-16T07:49:46Z";
    assert_eq!(rows, ["a-1", "c-1", "k-1", "l-1", "l-2", "l-3"].map(|id| [id, time]));
    assert_eq!(
        values(&desk, "events", "ref,user_identity_user_name", &["--filter", "event_id = c-1"]),
        [["6:1", "Alice"]]
    );
    let athena =
        "session_issuer_user_name = r and requestParameters.bucketName = b and session_mfa_authenticated = false";
    assert_eq!(values(&desk, "events", "event_id", &["--filter", athena]), [["a-1"]]);
    assert_eq!(
        values(&desk, "events", "event_id", &["--filter", "user_identity_arn = arn:aws:iam::1:user/x"]),
        [["k-1"]]
    );
    let copies =
        values(&desk, "events", "resources", &["--occurrences", "--filter", "resources[0].resourceName = i-1"]);
    assert_eq!(copies.len(), 1, "the poorer copy is kept");
}

#[test]
fn digests_are_kept_and_listed() {
    let digest = json!({"awsAccountId": "123456789010", "digestStartTime": "2021-05-16T07:00:00Z",
        "digestEndTime": "2021-05-16T08:00:00Z", "digestS3Bucket": "b", "digestS3Object": "o", "digestPublicKeyFingerprint": "f",
        "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": null, "oldestEventTime": null,
        "previousDigestS3Bucket": null, "previousDigestS3Object": null, "previousDigestHashValue": null,
        "previousDigestHashAlgorithm": null, "previousDigestSignature": null, "logFiles": []});
    let name = "AWSLogs/123456789010/CloudTrail-Digest/us-east-1/2021/05/16/123456789010_CloudTrail-Digest_us-east-1_trail_us-east-1_20210516T080000Z.json.gz";
    let bytes = gz(digest.to_string().as_bytes());
    let desk = check(&[(name, &bytes)], &[("cloudtrail-digest", (0, 0, 0))]);
    let sql = "SELECT path_account a, path_region r, path_date d, path_log_id l, path_service s FROM evidence";
    assert_eq!(
        desk.ok(&["sql", desk.case(), sql]),
        "a,r,d,l,s\r\n123456789010,us-east-1,2021-05-16T08:00,trail,CloudTrail-Digest\r\n"
    );
    let out = desk.path("again.gz");
    desk.ok(&["evidence", "export", desk.case(), "1", "--out", out.to_str().unwrap()]);
    assert_eq!(std::fs::read(out).unwrap(), bytes);
}

/// What is left of a record that was cut off is no record in another format.
#[test]
fn a_message_that_is_cut_off_proposes_no_format() {
    let stamp = "2021-05-16T07:49:46.000Z";
    let mut messages = format!("{stamp} {LINE}\n");
    let cuts =
        ["2 123456789010", "2 123456789010 eni-1 10.0.0.1 203.0", "2 123456789010 eni-1 10.0.0.1 203.0.113.5 4444 2"];
    for cut in cuts {
        messages += &format!("{stamp} {cut}\n");
    }
    let other = "123456789010 eni-1 vpc-1 10.0.0.1 203.0.113.5 ACCEPT OK";
    let desk = check(&[("a.gz", &gz(messages.as_bytes()))], &[("cloudwatch-export", (1, 0, 3))]);
    let reasons: Vec<String> = warnings(&desk).into_iter().map(|(reason, _)| reason).collect();
    assert!(!reasons.contains(&"format_needed".to_owned()), "{reasons:?}");
    // A log group may hold another format, too: several records that are alike.
    let other_log = format!("{stamp} {other}\n").repeat(2);
    let both = format!("{messages}{other_log}");
    let desk = check(&[("a.gz", &gz(both.as_bytes()))], &[("cloudwatch-export", (1, 0, 5))]);
    assert!(warnings(&desk).contains(&("format_needed".to_owned(), other.to_owned())), "{:?}", warnings(&desk));
}

/// The signature beside the result files of a CloudTrail Lake query, as the user guide shows it.
#[test]
fn the_signature_of_query_results_is_kept_and_its_files_listed() {
    let sign = json!({"version": "1.0", "region": "us-east-1",
        "files": [{"fileHashValue": "de85a48b", "fileName": "result_1.csv.gz"}, {"fileHashValue": "00", "fileName": "result_2.csv.gz"}],
        "hashAlgorithm": "SHA-256", "signatureAlgorithm": "SHA256withRSA", "queryCompleteTime": "2022-05-10T22:06:30Z",
        "hashSignature": "7664652", "publicKeyFingerprint": "67b9fa73676d86966b449dd677850753"});
    let pretty = serde_json::to_string_pretty(&sign).unwrap();
    let desk = check(&[("result_sign.json", pretty.as_bytes())], &[("cloudtrail-query-sign", (2, 0, 0))]);
    let sql = "SELECT group_concat(s3_object || ' ' || hash_value || ' ' || hash_algorithm) FROM digest_log_file";
    let listed: String = desk.sqlite().query_row(sql, [], |r| r.get(0)).unwrap();
    assert_eq!(listed, "result_1.csv.gz de85a48b SHA-256,result_2.csv.gz 00 SHA-256");
    assert_eq!(desk.count("events", &["--occurrences"]), 0);
}

#[test]
fn the_raw_text_of_what_could_not_be_read_is_printed_like_that_of_a_record() {
    let desk = Desk::new();
    let long = format!("2 {}", "x".repeat(9000));
    let log = format!("{HEADER}{LINE}\nnot a record\n{long}\n{LINE}\n");
    let file = desk.file("a.log.gz", gz(log.as_bytes()));
    assert_eq!(desk.import(&[&file])[0].counts(), (2, 0, 2));
    std::fs::remove_file(file).unwrap();
    let raw = |place: &str| desk.ok(&["raw", desk.case(), place]);
    assert_eq!((raw("1:2").as_str(), raw("1:3").as_str()), (LINE, "not a record"));
    assert_eq!(raw("1:4"), long, "more than a warning keeps");
    for nothing in ["1:1", "1:6", "2:1"] {
        assert!(desk.fails(&["raw", desk.case(), nothing], 2).contains(nothing));
    }
    // Without the originals a warning still knows what it keeps.
    let file = desk.file("b.log", format!("{HEADER}{LINE} 5\nnot a record either\n"));
    desk.import(&[file.to_str().unwrap(), "--no-raw"]);
    std::fs::remove_file(file).unwrap();
    assert_eq!(raw("2:3"), "not a record either");
}

#[test]
fn further_values_of_flow_records_are_columns() {
    let desk = Desk::new();
    let log =
        "version interface-id srcaddr start new-field other\n2 eni-1 10.0.0.1 100 seen 7\n2 eni-1 10.0.0.2 100 - 8\n";
    desk.import(&[desk.file("a.log", log)]);
    let columns =
        |names: &str| desk.ok(&["flows", desk.case(), "--columns", names, "--format", "csv"]).replace('\r', "");
    for name in ["extra.new_field", "extra.new-field"] {
        let expected = "srcaddr,extra.new_field,extra.other\n10.0.0.1,seen,7\n10.0.0.2,,8\n";
        assert_eq!(columns(&format!("srcaddr,{name},extra.other")), expected);
    }
    let wrong = desk.fails(&["flows", desk.case(), "--columns", "extra.othr"], 2);
    assert!(wrong.contains("othr") && wrong.contains("did you mean other?"), "{wrong}");
    assert!(desk.fails(&["events", desk.case(), "--columns", "extra.other"], 2).contains("unknown field"));
    assert!(desk.fails(&["flows", desk.case(), "--columns", "conflict"], 2).contains("unknown field"));
}

#[test]
fn a_word_that_is_no_command_and_no_file_is_no_window() {
    let desk = Desk::without_case();
    let told = desk.fails(&["flwos", "x.coldtrail", "--filter", "bytes > 1"], 2);
    assert_eq!(told, "coldtrail: unknown command flwos; did you mean flows?\n");
    assert!(
        desk.fails(&["xyzzy"], 2)
            .starts_with("coldtrail: unknown command xyzzy, and there is no file with this name\n")
    );
    assert!(desk.fails(&["no/such.log.gz"], 3).contains("there is no file or folder no/such.log.gz"));
    // With --quiet an error is still told.
    assert!(desk.fails(&["--quiet", "info", "gone.coldtrail"], 3).contains("gone.coldtrail"));
}
