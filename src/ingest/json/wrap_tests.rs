//! Records inside of other tools' objects, wrapper by wrapper.

use super::*;
use crate::ingest::json::parser::tests::{Read, read};
use crate::ingest::json::payload::tests::{base64, gzip};
use crate::model::Reason;
use serde_json::{Value, json};

const LINE: &str = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 22 6 20 4249 1418530010 1418530070 ACCEPT OK";

fn event(id: &str) -> Value {
    json!({"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "userName": "kyoko"}, "eventTime": "2025-03-04T05:01:00Z",
           "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventID": id, "requestParameters": {"bucketName": "b"}})
}

fn text(value: &Value) -> Value {
    value.to_string().into()
}

/// The texts of a log shipper's file: one, lines, a list.
fn forms(item: &Value) -> [String; 3] {
    [item.to_string(), format!("{item}\n{item}\n"), json!([item, item]).to_string()]
}

fn ids(read: &Read) -> Vec<&str> {
    read.events.iter().map(|event| event.column(0).unwrap_or("-")).collect()
}

#[test]
fn the_event_is_found_in_every_wrapper_and_the_format_says_which() {
    let whole = event("e-1");
    let json = whole.to_string();
    let quoted = text(&whole);
    let packed = |value: &Value| Value::from(base64(&gzip(&value.to_string())));
    let subscription = json!({"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": [{"id": "1", "timestamp": 1, "message": quoted}]});
    for (item, code) in [
        (
            json!({"preview": false, "offset": 0, "result": {"_raw": quoted, "_time": "t", "eventName": "X"}}),
            "cloudtrail-in-splunk",
        ),
        (json!({"preview": false, "result": whole}), "cloudtrail-in-splunk"),
        // What Splunk extracted from the event looks like an event itself.
        (
            json!({"_raw": quoted, "eventName": "X", "eventSource": "y", "eventVersion": "1.0", "sourcetype": "aws:cloudtrail"}),
            "cloudtrail-in-splunk",
        ),
        (json!({"time": 1, "sourcetype": "aws:cloudtrail", "event": whole}), "cloudtrail-in-splunk"),
        (
            json!({"_index": "x", "_source": {"event": {"original": quoted, "action": "X"}, "aws": {"cloudtrail": {"event_type": "T"}}}}),
            "cloudtrail-in-elastic",
        ),
        (json!({"_index": "x", "_source": {"event.original": quoted}}), "cloudtrail-in-elastic"),
        (json!({"_index": "x", "_id": "1", "fields": {"event.original": [quoted]}}), "cloudtrail-in-elastic"),
        (json!({"_index": "x", "_source": whole}), "cloudtrail-in-elastic"),
        (json!({"@timestamp": "t", "event": {"original": quoted}}), "cloudtrail-in-elastic"),
        (json!({"@timestamp": "t", "@version": "1", "message": quoted}), "cloudtrail-in-logstash"),
        (json!({"@timestamp": "t", "agent": {"type": "filebeat"}, "message": quoted}), "cloudtrail-in-filebeat"),
        (json!({"date": 1.5, "log": quoted}), "cloudtrail-in-fluentd"),
        (json!({"time": "t", "stream": "stdout", "log": format!("{}\n", whole)}), "cloudtrail-in-fluentd"),
        (json!({"timestamp": 1, "message": quoted, "newrelic.source": "logs"}), "cloudtrail-in-new-relic"),
        (json!({"logtype": "cloudtrail", "log": quoted}), "cloudtrail-in-new-relic"),
        (json!({"logtype": "cloudtrail", "body": quoted}), "cloudtrail-in-new-relic"),
        (
            json!({"_id": "A", "date": "d", "service": "cloudtrail", "tags": [], "attributes": whole}),
            "cloudtrail-in-datadog",
        ),
        (
            json!({"id": "A", "type": "log", "attributes": {"service": "s", "attributes": whole}}),
            "cloudtrail-in-datadog",
        ),
        (
            json!({"timestamp": "t", "rule": {"id": "1"}, "agent": {"id": "0"}, "data": {"integration": "aws", "aws": whole}}),
            "cloudtrail-in-wazuh",
        ),
        (
            json!({"timestamp": "t", "agent": {"id": "0"}, "full_log": json!({"integration": "aws", "aws": whole}).to_string()}),
            "cloudtrail-in-wazuh",
        ),
        (json!({"recordId": "1", "data": base64(whole.to_string().as_bytes())}), "cloudtrail-in-firehose"),
        (json!({"recordId": "1", "data": packed(&subscription)}), "cloudtrail-in-firehose"),
        (
            json!({"kinesis": {"data": packed(&subscription)}, "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventName": "aws:kinesis:record"}),
            "cloudtrail-in-kinesis",
        ),
        (json!({"SequenceNumber": "1", "PartitionKey": "p", "Data": packed(&subscription)}), "cloudtrail-in-kinesis"),
        (json!({"awslogs": {"data": packed(&subscription)}}), "cloudtrail-in-cloudwatch-payload"),
        (
            json!({"messageId": "1", "receiptHandle": "r", "body": json!({"Type": "Notification", "TopicArn": "a", "Message": quoted}).to_string()}),
            "cloudtrail-in-sqs",
        ),
        (
            json!({"MessageId": "1", "Body": json!({"detail-type": "x", "detail": whole}).to_string()}),
            "cloudtrail-in-sqs",
        ),
        (json!({"EventSource": "aws:sns", "Sns": {"Message": quoted}}), "cloudtrail-in-sns"),
        (
            json!({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": whole}),
            "cloudtrail-in-eventbridge",
        ),
        (json!({"version": "0", "detail": quoted}), "cloudtrail-in-eventbridge"),
        (json!({"ts": 1, "payload": quoted}), "cloudtrail-in-wrapper"),
        (json!({"event": whole}), "cloudtrail-in-wrapper"),
        (json!({"something": {"else": {"entirely": quoted}}}), "cloudtrail-in-wrapper"),
        // Text in text.
        (json!({"message": text(&quoted)}), "cloudtrail-in-wrapper"),
        (json!({"message": format!("Mar  4 host aws: {whole}")}), "cloudtrail-in-wrapper"),
    ] {
        for text in forms(&item) {
            let read = read(text.as_bytes());
            assert_eq!(read.format.map(Format::code), Some(code), "{text}");
            assert_eq!((read.warnings.as_slice(), read.flows.len()), (&[][..], 0), "{text}");
            assert!(!read.events.is_empty() && ids(&read).iter().all(|id| *id == "e-1"), "{text}");
            assert!(read.events.iter().all(|event| event.json == json), "{text}");
            let raw = &text[read.events[0].offset as usize..][..read.events[0].len as usize];
            assert_eq!(raw, item.to_string());
        }
    }
}

#[test]
fn lists_inside_of_wrappers_are_read_element_by_element() {
    let source = |id: &str| json!({"_id": id, "_source": {"event": {"original": text(&event(id))}}});
    let hits = json!({"total": {"value": 2}, "hits": [source("e-1"), source("e-2")]});
    for (content, code) in [
        (json!({"took": 1, "timed_out": false, "hits": hits}), "cloudtrail-in-elastic"),
        (json!({"rawResponse": {"took": 1, "hits": hits}}), "cloudtrail-in-elastic"),
        (json!([{"hits": hits}]), "cloudtrail-in-elastic"),
        (json!({"responses": [{"hits": hits}]}), "cloudtrail-in-wrapper"),
        (json!({"results": [{"_raw": text(&event("e-1"))}, {"_raw": text(&event("e-2"))}]}), "cloudtrail-in-splunk"),
        (
            json!({"preview": false, "init_offset": 0, "results": [{"_raw": text(&event("e-1"))}, {"_raw": text(&event("e-2"))}]}),
            "cloudtrail-in-splunk",
        ),
        (
            json!({"a.json.gz": {"Records": [event("e-1")]}, "n": 1, "b.json.gz": {"x": {}, "Records": [event("e-2")]}}),
            "cloudtrail-json",
        ),
        (
            json!({"Messages": [{"MessageId": "1", "Body": text(&json!({"Records": [event("e-1"), event("e-2")]}))}]}),
            "cloudtrail-in-sqs",
        ),
        (
            json!({"deliveryStreamArn": "a", "records": [{"recordId": "1", "data": base64(event("e-1").to_string().as_bytes())},
            {"recordId": "2", "data": base64(event("e-2").to_string().as_bytes())}]}),
            "cloudtrail-in-firehose",
        ),
        (
            json!({"logs": [{"message": text(&event("e-1"))}, {"message": text(&event("e-2"))}], "common": {}}),
            "cloudtrail-in-wrapper",
        ),
        (json!({"Records": {"0": event("e-1"), "1": event("e-2")}}), "cloudtrail-in-wrapper"),
    ] {
        for content in [content.to_string(), serde_json::to_string_pretty(&content).unwrap()] {
            let read = read(content.as_bytes());
            assert_eq!((ids(&read), read.reasons()), (vec!["e-1", "e-2"], vec![]), "{content}");
            assert_eq!(read.format.map(Format::code), Some(code), "{content}");
            assert_eq!(read.positions(), [1, 2], "{content}");
        }
    }
    // Stamps and names beside the records, the action lines of a bulk file.
    let rows = json!({"fields": ["_raw", "_time"], "rows": [[text(&event("e-1")), "t"], [text(&event("e-2")), 5]]})
        .to_string();
    let bulk = |id: &str| format!("{}\n{}\n", json!({"index": {"_index": "x"}}), source(id)["_source"]);
    for content in [rows, bulk("e-1") + &bulk("e-2")] {
        let read = read(content.as_bytes());
        assert_eq!((ids(&read), read.reasons()), (vec!["e-1", "e-2"], vec![]), "{content}");
    }
    // The hits of a search have places of their own.
    let content = json!({"took": 1, "hits": hits}).to_string();
    let read = read(content.as_bytes());
    let raw = |at: usize| &content[read.events[at].offset as usize..][..read.events[at].len as usize];
    assert_eq!((raw(0), raw(1)), (&*source("e-1").to_string(), &*source("e-2").to_string()));
}

#[test]
fn flow_records_stand_in_wrappers_too() {
    for (item, code, count) in [
        (json!({"_raw": LINE, "sourcetype": "aws:cloudwatchlogs:vpcflow"}), "flow-in-splunk", 1),
        (json!({"_source": {"event": {"original": LINE}}}), "flow-in-elastic", 1),
        (json!({"@version": "1", "message": format!("{LINE}\n{LINE}\n")}), "flow-in-logstash", 2),
        (json!({"time": "t", "log": LINE}), "flow-in-fluentd", 1),
        (json!({"recordId": "1", "data": base64(format!("{LINE}\n{LINE}").as_bytes())}), "flow-in-firehose", 2),
        (
            json!({"data": {"integration": "aws", "aws": {"source": "vpc", "srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2"}}}),
            "flow-in-wazuh",
            1,
        ),
    ] {
        let read = read(item.to_string().as_bytes());
        assert_eq!(
            (read.format.map(Format::code), read.flows.len(), read.reasons()),
            (Some(code), count, vec![]),
            "{item}"
        );
        assert_eq!(read.positions(), (1..=count as u64).collect::<Vec<_>>());
    }
}

#[test]
fn a_control_message_and_an_empty_file_are_quiet() {
    let control = json!({"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL MESSAGE"}]});
    let payload = Value::from(base64(&gzip(&control.to_string())));
    for content in [
        json!({"Records": null}).to_string(),
        json!({"Events": null, "NextToken": null}).to_string(),
        json!({"awslogs": {"data": payload}}).to_string(),
    ] {
        let read = read(content.as_bytes());
        assert_eq!((read.positions(), read.reasons()), (vec![], vec![]), "{content}");
    }
}

#[test]
fn what_stands_beside_the_records_is_told() {
    let body = |text: String| json!({"messageId": "1", "receiptHandle": "r", "body": text}).to_string();
    let good = event("e-1").to_string();
    for (content, events) in [
        // Cut off behind the first event.
        (body(format!("{good}\n{}", &good[..60])), 1),
        (body(json!({"Records": [event("e-1"), {"a": 1}]}).to_string()), 1),
        (body(good[..good.len() - 3].to_owned()), 0),
        (json!({"recordId": "1", "data": base64(&gzip(&good)[..40])}).to_string(), 0),
    ] {
        let read = read(content.as_bytes());
        let reasons: Vec<_> = read.reasons().into_iter().map(|(reason, _)| reason).collect();
        assert_eq!((read.events.len(), reasons), (events, vec![Reason::NotARecord]), "{content}");
    }
}

#[test]
fn an_item_of_lookup_events_keeps_the_whole_event_or_its_own_fields() {
    let item = |event: Value| {
        json!({"EventId": "e-1", "EventName": "GetObject", "EventTime": "2025-03-04T05:01:00+00:00", "Username": "kyoko",
               "Resources": [{"ResourceType": "AWS::S3::Bucket", "ResourceName": "b"}], "CloudTrailEvent": event})
    };
    let told = r#","Resources":[{"ResourceName":"b","ResourceType":"AWS::S3::Bucket"}]}"#;
    for held in [text(&event("e-1")), event("e-1"), text(&text(&event("e-1")))] {
        let read = read(json!({"Events": [item(held)]}).to_string().as_bytes());
        assert_eq!(read.warnings, []);
        let whole = event("e-1").to_string();
        assert_eq!(read.events[0].json, format!("{}{told}", whole.trim_end_matches('}').to_owned() + "}"));
        assert_eq!(read.events[0].completeness, Completeness::Full);
        assert_eq!(read.format, Some(Format::CloudTrailLookupEvents));
    }
    for held in [json!(null), json!(""), json!("cut {\"a\":"), json!("[1,2]"), json!({"a": 1}), json!(7)] {
        let read = read(json!({"Events": [item(held.clone())]}).to_string().as_bytes());
        assert_eq!(read.reasons(), [(Reason::BadJson, 0)], "{held}");
        assert!(read.warnings[0].detail.starts_with("element 1 at byte 11: CloudTrailEvent "), "{:?}", read.warnings);
        assert!(!read.warnings[0].raw.is_empty());
        let event = &read.events[0];
        assert_eq!((event.column(0), event.completeness), (Some("e-1"), Completeness::QueryCsv));
        assert!(event.json.contains(r#""userName":"kyoko""#) && event.json.contains("AWS::S3::Bucket"));
        assert_eq!(read.positions(), [1]);
    }
    for name in ["event", "detail", "message"] {
        for held in [event("e-1"), text(&event("e-1"))] {
            let mut item = item(json!(null));
            item.as_object_mut().unwrap().remove("CloudTrailEvent");
            item[name] = held;
            let read = read(json!({"Events": [item]}).to_string().as_bytes());
            assert_eq!((read.events[0].completeness, read.reasons()), (Completeness::Full, vec![]), "{name}");
        }
        let cut = json!({"EventId": "e-1", "EventName": "GetObject", name: "{\"eventVersion\":"});
        let read = read(cut.to_string().as_bytes());
        assert_eq!(
            (read.events[0].completeness, read.reasons()),
            (Completeness::QueryCsv, vec![(Reason::BadJson, 0)]),
            "{name}"
        );
    }
    let snake = json!({"event_id": "e-1", "event_name": "X", "cloud_trail_event": event("e-1")});
    assert_eq!(ids(&read(snake.to_string().as_bytes())), ["e-1"]);
}

#[test]
fn flattened_members_are_a_partial_event_and_taken_apart_ones_are_refused() {
    let flat = json!({"eventVersion": "1.08", "eventName": "X", "eventSource": "s", "eventID": "e-1", "readOnly": "true",
                      "userIdentity.type": "IAMUser", "userIdentity.userName": "kyoko", "requestParameters.bucketName": "b"});
    let read_back = read(flat.to_string().as_bytes());
    let event = &read_back.events[0];
    assert_eq!(event.completeness, Completeness::QueryCsv);
    let json: Value = serde_json::from_str(&event.json).unwrap();
    assert_eq!(
        (&json["userIdentity"]["userName"], &json["requestParameters"]["bucketName"], &json["readOnly"]),
        (&"kyoko".into(), &"b".into(), &true.into())
    );
    let taken = json!({"_index": "x", "_source": {"event": {"provider": "s3.amazonaws.com"}, "aws": {"cloudtrail": {"event_type": "T"}}}});
    let read_back = read(taken.to_string().as_bytes());
    assert_eq!((read_back.events.len(), read_back.reasons()), (0, vec![(Reason::NotARecord, 1)]));
    assert!(read_back.warnings[0].detail.contains("event.original"), "{:?}", read_back.warnings);
}

#[test]
fn query_results_are_read_row_by_row() {
    let cell = |text: &str| json!({ "VarCharValue": text });
    let names = json!({"Data": (["eventid", "eventname", "eventsource"].map(cell))});
    let row = |id: &str| json!({"Data": [cell(id), cell("X"), {}]});
    let athena = json!({"UpdateCount": 0, "ResultSet": {"Rows": [names, row("e-1"), row("e-2")], "ResultSetMetadata": {"ColumnInfo": [{"Name": "eventid"}]}}});
    let lake = json!({"QueryStatus": "FINISHED", "QueryResultRows": [[{"eventID": "e-1"}, {"eventName": "X"}], [{"eventID": "e-2"}, {"eventName": "X"}]]});
    for (content, code) in [(athena, "cloudtrail-in-athena"), (lake, "cloudtrail-in-lake")] {
        for content in [content.to_string(), serde_json::to_string_pretty(&content).unwrap()] {
            let read = read(content.as_bytes());
            assert_eq!((ids(&read), read.reasons()), (vec!["e-1", "e-2"], vec![]), "{content}");
            assert_eq!(read.format.map(Format::code), Some(code));
            assert_eq!(read.positions(), [1, 2]);
        }
    }
}

#[test]
fn an_events_own_members_are_not_taken_for_a_wrapper() {
    for parameters in [
        json!({"Records": [event("x")]}),
        json!({"a": {"hits": {"hits": [event("x")]}}}),
        json!({"message": text(&event("x")), "_raw": text(&event("x"))}),
        json!({"CloudTrailEvent": event("x")}),
    ] {
        let mut whole = event("e-1");
        whole["requestParameters"] = parameters;
        for content in [whole.to_string(), json!({"Records": [whole]}).to_string(), json!([whole]).to_string()] {
            let read = read(content.as_bytes());
            assert_eq!((ids(&read), read.reasons()), (vec!["e-1"], vec![]), "{content}");
            assert_eq!(read.events[0].json, whole.to_string());
        }
    }
}
