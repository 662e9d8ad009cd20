//! Parquet files of every kind: read as what they are, or refused by name.

use super::testing::{Leaf, Values, file, floats, longs, texts};
use super::*;
use crate::ingest::emit::{FormatChoice, Output};
use crate::ingest::{detect::detect, head::Head};
use crate::model::Scope;
use serde_json::{Value, json};

#[derive(Default)]
struct Read {
    format: Option<Format>,
    flows: usize,
    starts: Vec<i64>,
    bytes: Vec<i64>,
    events: Vec<Value>,
    warnings: Vec<ImportWarning>,
}

fn read(content: &[u8]) -> Read {
    let mut parser = detect(&Head { bytes: content, complete: true }, &FormatChoice::default()).unwrap();
    let mut out = Emitter::default();
    parser.push(content, &mut out);
    parser.finish(&StreamEnd::Complete, &mut out);
    while parser.rest(&mut out) {}
    let mut found = Read { format: Some(parser.format()), ..Read::default() };
    for output in out.take_all() {
        match output {
            Output::Flows(batch) => {
                found.flows += batch.rows.len();
                found.starts.extend(batch.rows.iter().map(|row| row.start));
                found.bytes.extend(batch.rows.iter().map(|row| row.bytes));
            }
            Output::Events(events) => {
                found.events.extend(events.iter().map(|event| serde_json::from_str::<Value>(event.json).unwrap()));
            }
            Output::Warnings(warnings) => found.warnings.extend(warnings),
            Output::Digest(_) => {}
        }
    }
    found
}

fn details(found: &Read) -> Vec<&str> {
    found.warnings.iter().map(|warning| warning.detail.as_str()).collect()
}

const NAMES: &str =
    "optional binary eventtime (UTF8); optional binary eventname (UTF8); optional binary eventsource (UTF8);";

fn named() -> Vec<Leaf> {
    vec![
        texts(1, &["2025-03-04T05:00:00Z", "2025-03-04T05:01:00Z"]),
        texts(1, &["DeleteBucket", "GetObject"]),
        texts(1, &["s3.amazonaws.com", "s3.amazonaws.com"]),
    ]
}

#[test]
fn events_in_structs_maps_and_lists_are_read_in_awss_names() {
    let schema = format!(
        "message m {{ {NAMES}
           optional group useridentity {{ optional binary type (UTF8); optional binary principalid (UTF8);
             optional group sessioncontext {{ optional group attributes {{ optional binary mfaauthenticated (UTF8); }} }} }}
           optional group requestparameters (MAP) {{ repeated group key_value {{ required binary key (UTF8); optional binary value (UTF8); }} }}
           optional group resources (LIST) {{ repeated group list {{ optional group element {{ optional binary arn (UTF8); }} }} }} }}"
    );
    let mut leaves = named();
    leaves.push(texts(2, &["IAMUser", "AssumedRole"]));
    leaves.push(texts(2, &["AIDAX", "AROAX:s"]));
    leaves.push(Leaf(Values::Text(vec!["true"]), vec![4, 1], vec![]));
    leaves.push(Leaf(Values::Text(vec!["bucketName", "acl", "key"]), vec![2, 2, 2], vec![0, 1, 0]));
    leaves.push(Leaf(Values::Text(vec!["b", "{\"x\":1}", "k"]), vec![3, 3, 3], vec![0, 1, 0]));
    leaves.push(Leaf(Values::Text(vec!["arn:a", "arn:b"]), vec![4, 4, 0], vec![0, 1, 0]));
    let content = file(&schema, &leaves);
    let found = read(&content);
    assert_eq!((found.format, found.flows, details(&found)), (Some(Format::CloudTrailParquet), 0, vec![]));
    let first = &found.events[0];
    assert_eq!(first["eventName"], "DeleteBucket");
    assert_eq!(first["userIdentity"]["principalId"], "AIDAX");
    assert_eq!(first["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"], "true");
    assert_eq!(first["requestParameters"]["bucketName"], "b");
    assert_eq!(first["requestParameters"]["acl"], json!({"x": 1}), "a map of texts holds JSON as its values");
    assert_eq!(first["resources"], json!([{"ARN": "arn:a"}, {"ARN": "arn:b"}]));
    assert_eq!(found.events[1]["requestParameters"], json!({"key": "k"}));
    let row: Value = serde_json::from_str(&render_row(&content, 2).unwrap()).unwrap();
    assert_eq!((&row["eventname"], &row["useridentity"]["type"]), (&json!("GetObject"), &json!("AssumedRole")));
}

#[test]
fn events_with_json_or_struct_text_in_their_members_are_read() {
    let schema = format!(
        "message m {{ {NAMES} optional binary useridentity (UTF8); optional binary requestparameters (UTF8); optional boolean readonly; }}"
    );
    let mut leaves = named();
    leaves.push(texts(1, &["{\"type\":\"IAMUser\",\"accountid\":\"1\"}", "{type=IAMUser, accountid=2}"]));
    leaves.push(texts(1, &["{\"bucketName\":\"b\"}", "null"]));
    leaves.push(Leaf(Values::Bool(vec![false, true]), vec![1, 1], vec![]));
    let found = read(&file(&schema, &leaves));
    assert_eq!(details(&found), Vec::<&str>::new());
    let identities: Vec<_> = found.events.iter().map(|event| event["userIdentity"]["accountId"].as_str()).collect();
    assert_eq!(identities, [Some("1"), Some("2")]);
    assert_eq!(found.events[0]["requestParameters"]["bucketName"], "b");
    assert_eq!(found.events[0]["readOnly"], false);
}

#[test]
fn whole_events_stand_in_a_column_or_in_a_list() {
    let whole = "{\"eventVersion\":\"1.08\",\"eventName\":\"A\",\"requestParameters\":{\"Deep\":1}}";
    let schema = "message m { optional binary eventid (UTF8); optional binary cloudtrailevent (UTF8); }";
    let found = read(&file(schema, &[texts(1, &["e"]), texts(1, &[whole])]));
    assert_eq!(found.events[0]["requestParameters"]["Deep"], 1);
    let schema = "message m { optional group records (LIST) { repeated group list { optional group element {
        optional binary eventname (UTF8); optional binary eventid (UTF8); } } } }";
    let of = |values: Vec<&'static str>| Leaf(Values::Text(values), vec![4, 4, 4], vec![0, 1, 0]);
    let content = file(schema, &[of(vec!["A", "B", "C"]), of(vec!["1", "2", "3"])]);
    let found = read(&content);
    let names: Vec<_> = found.events.iter().map(|event| event["eventName"].as_str().unwrap()).collect();
    assert_eq!((names, details(&found)), (vec!["A", "B", "C"], vec![]));
    assert_eq!(render_row(&content, 3).as_deref(), Some(r#"{"eventname":"C","eventid":"3"}"#));
}

#[test]
fn times_of_events_are_iso_text_whatever_their_unit() {
    for (kind, value) in
        [("TIMESTAMP(MILLIS,true)", 1_741_064_400_000), ("TIMESTAMP(NANOS,true)", 1_741_064_400_000_000_000)]
    {
        let schema = format!("message m {{ optional int64 eventtime ({kind}); optional binary eventname (UTF8); }}");
        let found = read(&file(&schema, &[longs(1, &[value]), texts(1, &["A"])]));
        assert_eq!(found.events[0]["eventTime"], "2025-03-04T05:00:00Z", "{kind}");
    }
}

#[test]
fn names_below_the_top_and_lists_make_no_flow_log_and_no_damage() {
    let schema = "message m { optional group src (LIST) { repeated group list { optional group element {
        optional binary srcaddr (UTF8); optional binary dstaddr (UTF8); optional int64 start; optional int64 bytes; } } } }";
    let leaf = || Leaf(Values::Text(vec!["10.0.0.1"]), vec![4], vec![0]);
    let number = || Leaf(Values::Long(vec![1]), vec![4], vec![0]);
    let found = read(&file(schema, &[leaf(), leaf(), number(), number()]));
    assert_eq!((found.flows, found.events.len(), found.format), (0, 0, Some(Format::Unknown)));
    let [warning] = found.warnings.as_slice() else { panic!("{:?}", found.warnings) };
    assert_eq!((warning.scope, warning.reason), (Scope::File, Reason::UnknownFormat));
    assert!(warning.detail.contains("columns: src"), "{}", warning.detail);
}

#[test]
fn a_flow_log_needs_addresses_or_an_interface_and_a_time() {
    let of = |names: &str, leaves: &[Leaf]| read(&file(&format!("message m {{ {names} }}"), leaves));
    let text = || texts(1, &["10.0.0.1"]);
    let number = || longs(1, &[1_741_064_400]);
    let pair = "optional binary srcaddr (UTF8); optional binary dstaddr (UTF8);";
    assert_eq!(of(&format!("{pair} optional int64 start;"), &[text(), text(), number()]).flows, 1);
    let interface = "optional binary interface_id (UTF8); optional int64 start;";
    assert_eq!(of(interface, &[texts(1, &["eni-1"]), number()]).flows, 1);
    let timeless = of(&format!("{pair} optional int64 bytes;"), &[text(), text(), number()]);
    assert_eq!((timeless.flows, timeless.format), (0, Some(Format::Unknown)));
    assert!(details(&timeless)[0].contains("without a time"), "{:?}", details(&timeless));
    // A list beside the flow log's columns is a further value.
    let listed = format!(
        "{pair} optional int64 start; optional group tags (LIST) {{ repeated group list {{ optional binary element (UTF8); }} }}"
    );
    let tags = Leaf(Values::Text(vec!["a", "b"]), vec![3, 3], vec![0, 1]);
    let found = of(&listed, &[text(), text(), number(), tags]);
    assert_eq!((found.flows, details(&found)), (1, vec![]));
}

#[test]
fn other_logs_are_refused_by_name() {
    for (names, what) in [
        ("optional binary query_name (UTF8); optional binary rcode (UTF8);", "DNS query logs"),
        ("optional binary elb (UTF8); optional binary request_url (UTF8);", "load balancer access logs"),
        ("optional binary colour (UTF8); optional binary size (UTF8);", "no log that Coldtrail reads"),
    ] {
        let found = read(&file(&format!("message m {{ {names} }}"), &[texts(1, &["x"]), texts(1, &["y"])]));
        assert!(details(&found)[0].contains(what) && details(&found)[0].contains("eventname"), "{:?}", details(&found));
        assert_eq!((found.flows, found.events.len(), found.format), (0, 0, Some(Format::Unknown)));
    }
}

#[test]
fn parquet_of_security_lake_is_read_by_its_class() {
    let schema = "message m { optional int32 class_uid; optional int64 time;
        optional group metadata { optional binary uid (UTF8); }
        optional group api { optional binary operation (UTF8); }
        optional group src_endpoint { optional binary ip (UTF8); optional int32 port; }
        optional group dst_endpoint { optional binary ip (UTF8); optional int32 port; }
        optional group unmapped (MAP) { repeated group key_value { required binary key (UTF8); optional binary value (UTF8); } } }";
    let leaves = [
        Leaf(Values::Int(vec![4001, 6003, 4003]), vec![1; 3], vec![]),
        longs(1, &[1_741_064_400_000; 3]),
        Leaf(Values::Text(vec!["e-1"]), vec![1, 2, 1], vec![]),
        Leaf(Values::Text(vec!["CreateUser"]), vec![0, 2, 0], vec![]),
        texts(2, &["10.0.0.1", "203.0.113.9", "10.0.0.1"]),
        Leaf(Values::Int(vec![443, 1, 1]), vec![2; 3], vec![]),
        texts(2, &["10.0.0.2", "10.0.0.2", "10.0.0.1"]),
        Leaf(Values::Int(vec![50000, 1, 53]), vec![2; 3], vec![]),
        Leaf(Values::Text(vec!["readOnly"]), vec![0, 2, 0], vec![0; 3]),
        Leaf(Values::Text(vec!["false"]), vec![0, 3, 0], vec![0; 3]),
    ];
    let found = read(&file(schema, &leaves));
    assert_eq!((found.format, found.flows, found.events.len()), (Some(Format::OcsfParquet), 1, 1));
    assert_eq!(
        (&found.events[0]["eventTime"], &found.events[0]["readOnly"]),
        (&json!("2025-03-04T05:00:00Z"), &json!("false"))
    );
    let [warning] = found.warnings.as_slice() else { panic!("{:?}", found.warnings) };
    assert_eq!((warning.scope, warning.position), (Scope::Element, 3));
    assert!(warning.detail.contains("4003") && warning.raw.starts_with(b"{"), "{}", warning.detail);
}

#[test]
fn a_cut_file_is_a_warning() {
    let schema = format!("message m {{ {NAMES} }}");
    let content = file(&schema, &named());
    for len in [4, content.len() / 2, content.len() - 1] {
        let found = read(&content[..len]);
        let reasons: Vec<_> = found.warnings.iter().map(|w| (w.scope, w.reason)).collect();
        assert_eq!(reasons, [(Scope::File, Reason::CutOff)], "{len}");
        assert!(reasons[0].1.is_fault());
    }
}

#[test]
fn times_of_any_unit_and_type_are_the_same_time() {
    const THEN: i64 = 1_741_064_400;
    for (column, value, told) in [
        ("int64 start", THEN, None),
        ("int64 start", THEN * 1000, Some("times are counted in milliseconds")),
        ("int64 start", THEN * 1_000_000, Some("times are counted in microseconds")),
        ("int64 start", THEN * 1_000_000_000, Some("times are counted in nanoseconds")),
        ("int64 start (TIMESTAMP_MILLIS)", THEN * 1000, None),
        ("int64 start (TIMESTAMP_MICROS)", THEN * 1_000_000, None),
        ("int64 start (TIMESTAMP(NANOS,true))", THEN * 1_000_000_000, None),
        ("int64 start (DECIMAL(18,3))", THEN * 1000, None),
    ] {
        let schema = format!(
            "message m {{ optional binary srcaddr (UTF8); optional binary dstaddr (UTF8); optional {column}; }}"
        );
        let content = file(&schema, &[texts(1, &["10.0.0.1"]), texts(1, &["10.0.0.2"]), longs(1, &[value])]);
        let read = read(&content);
        assert_eq!(read.starts, [THEN], "{column} {value}");
        let details = details(&read);
        assert_eq!(details.len(), usize::from(told.is_some()), "{column} {details:?}");
        assert!(told.is_none_or(|told| details[0].starts_with(told)), "{details:?}");
    }
    let schema =
        "message m { optional binary srcaddr (UTF8); optional binary dstaddr (UTF8); optional binary start (UTF8); }";
    let starts = ["2025-03-04 05:00:00.000 UTC", "2025-03-04T14:00:00+09:00", "soon"];
    let content = file(schema, &[texts(1, &["10.0.0.1"; 3]), texts(1, &["10.0.0.2"; 3]), texts(1, &starts)]);
    let read = read(&content);
    assert_eq!(read.starts, [THEN, THEN]);
    assert_eq!((read.warnings.len(), read.warnings[0].position), (1, 3));
    assert!(String::from_utf8_lossy(&read.warnings[0].raw).contains("soon"));
}

#[test]
fn rows_with_both_directions_keep_their_text() {
    let schema = "message m { optional binary ip (UTF8); optional int64 local_port; optional int64 in_bytes;
        optional int64 out_bytes; optional binary start_time (UTF8); optional binary local_ip (UTF8); }";
    let content = file(
        schema,
        &[
            texts(1, &["203.0.113.5", "203.0.113.6", "203.0.113.7"]),
            longs(1, &[22, 22, 22]),
            longs(1, &[5200, 1, 0]),
            longs(1, &[5_000_000_000, 0, 7]),
            texts(1, &["2025-03-04T05:00:00Z"; 3]),
            texts(1, &["10.0.0.1"; 3]),
        ],
    );
    let read = read(&content);
    assert_eq!((read.format, read.warnings.len()), (Some(Format::FlowParquet), 0), "{:?}", details(&read));
    assert_eq!(read.bytes, [5200, 1, 7]);
    let remote = |row| serde_json::from_str::<Value>(&render_row(&content, row)?).ok().map(|row| row["ip"].clone());
    let hosts = ["203.0.113.5", "203.0.113.6", "203.0.113.7"];
    assert_eq!((1..=3).map(remote).collect::<Vec<_>>(), hosts.map(|host| Some(json!(host))));
    assert_eq!(render_row(&content, 4), None);
}

#[test]
fn times_of_too_few_bits_are_told() {
    let schema = "message m { optional binary srcaddr (UTF8); optional binary dstaddr (UTF8); optional float start; }";
    let read = read(&file(schema, &[texts(1, &["10.0.0.1"]), texts(1, &["10.0.0.2"]), floats(1, &[1_741_064_400.0])]));
    assert_eq!((read.flows, read.warnings[0].reason), (1, Reason::Inexact));
    assert!(details(&read)[0].contains("exact to seven digits only: start"), "{:?}", details(&read));
}

/// The flow records of a file, with all that they refer to.
fn flows(content: &[u8]) -> Vec<crate::model::FlowBatch> {
    let mut parser = detect(&Head { bytes: content, complete: true }, &FormatChoice::default()).unwrap();
    let mut out = Emitter::default();
    content.chunks(10_000).for_each(|piece| parser.push(piece, &mut out));
    parser.finish(&StreamEnd::Complete, &mut out);
    while parser.rest(&mut out) {}
    let of = |output| match output {
        Output::Flows(batch) => batch,
        other => panic!("{other:?}"),
    };
    out.take_all().into_iter().map(of).collect()
}

/// More interfaces than are remembered, absent values, numbers as numbers and as text.
#[test]
fn columns_of_numbers_and_of_texts_are_the_same_records() {
    const ROWS: usize = 150_000;
    let leaked = |text: String| -> &'static str { text.leak() };
    let numbers: Vec<i64> = (0..ROWS as i64).map(|row| row * 7 % 256).collect();
    let words: Vec<&'static str> = numbers.iter().map(|number| leaked(number.to_string())).collect();
    let times: Vec<i64> = (0..ROWS as i64).map(|row| 1_621_151_386 + row).collect();
    let time_words: Vec<&'static str> = times.iter().map(|time| leaked(time.to_string())).collect();
    let interfaces: Vec<&'static str> =
        (0..ROWS).map(|row| if row % 3 == 0 { "eni-0" } else { leaked(format!("eni-{row}")) }).collect();
    let addresses: Vec<&'static str> = (0..ROWS).map(|row| leaked(format!("10.0.{}.1", row % 200))).collect();
    let present: Vec<i16> = (0..ROWS).map(|row| i16::from(row % 5 > 0)).collect();
    let actions: Vec<&'static str> =
        (0..ROWS).filter(|row| row % 5 > 0).map(|row| if row % 2 == 0 { "ACCEPT" } else { "-" }).collect();
    let file_of = |[number, time]: [Leaf; 2], kind: &str| {
        let counted = |name: &str| match kind {
            "text" => format!("optional binary {name} (UTF8);"),
            _ => format!("optional int64 {name};"),
        };
        let named = |name: &str| format!("optional binary {name} (UTF8);");
        let schema = ["interface_id", "srcaddr", "dstaddr"].map(named).concat()
            + &["protocol", "start"].map(counted).concat()
            + &named("action");
        let action = Leaf(Values::Text(actions.clone()), present.clone(), Vec::new());
        let leaves = [texts(1, &interfaces), texts(1, &addresses), texts(1, &addresses), number, time, action];
        file(&format!("message m {{ {schema} }}"), &leaves)
    };
    let as_numbers = flows(&file_of([longs(1, &numbers), longs(1, &times)], "number"));
    let as_texts = flows(&file_of([texts(1, &words), texts(1, &time_words)], "text"));
    assert_eq!(as_numbers.iter().map(|batch| batch.rows.len()).sum::<usize>(), ROWS);
    for (one, other) in as_numbers.iter().zip(&as_texts) {
        assert!(one.rows == other.rows && one.pairs == other.pairs && one.addresses == other.addresses);
        assert!(one.interfaces == other.interfaces && one.dispositions == other.dispositions);
    }
    let row = |at: usize| {
        let batch = &as_numbers[at / crate::model::FlowBatchBuilder::FULL];
        let row = batch.rows[at % crate::model::FlowBatchBuilder::FULL];
        (batch.interfaces[row.interface as usize].0[0].1.to_string(), row.position, row.start)
    };
    assert_eq!(row(140_000), ("eni-140000".to_owned(), 140_001, 1_621_291_386));
    assert_eq!(row(140_001), ("eni-0".to_owned(), 140_002, 1_621_291_387));
}

/// An event: position, time, JSON, columns.
type Event = (u32, Option<i64>, String, Vec<Option<String>>);

/// The events of a file.
fn events(content: &[u8]) -> Vec<Event> {
    let mut parser = detect(&Head { bytes: content, complete: true }, &FormatChoice::default()).unwrap();
    let mut out = Emitter::default();
    parser.push(content, &mut out);
    parser.finish(&StreamEnd::Complete, &mut out);
    while parser.rest(&mut out) {}
    let mut found = Vec::new();
    for output in out.take_all() {
        let Output::Events(batch) = output else { panic!("{output:?}") };
        found.extend(batch.iter().map(|event| {
            let columns = event.columns.iter().map(|value| value.map(str::to_owned)).collect();
            (event.position, event.time_millis, event.json.to_owned(), columns)
        }));
    }
    found
}

/// Put together column by column, and with a column that is only a part of a member, which is written as JSON and read.
#[test]
fn events_put_together_by_column_are_those_that_are_read_from_their_json() {
    const ROWS: usize = 10_000;
    let leaked = |text: String| -> &'static str { text.leak() };
    let times = (0..ROWS).map(|row| leaked(format!("2025-03-04T05:{:02}:{:02}Z", row / 60 % 60, row % 60)));
    let times: Vec<&'static str> = times.collect();
    let ids: Vec<&'static str> = (0..ROWS).map(|row| leaked(format!("id \"{row}\""))).collect();
    let identities = (0..ROWS).map(|row| match row % 4 {
        0 => leaked(format!("{{\"type\":\"IAMUser\",\"userName\":\"user-{}\",\"more\":[{row}]}}", row % 700)),
        1 => "{type=AssumedRole, principalid=AROA1234567890ABC:s, accountid=111122223333}",
        2 => "{\"type\":\"Root\",\"accountId\":\"111122223333\"}",
        _ => "no identity",
    });
    let identities: Vec<&'static str> = identities.collect();
    let present: Vec<i16> = (0..ROWS).map(|row| i16::from(row % 3 > 0)).collect();
    let requests = (0..ROWS).filter(|row| row % 3 > 0).map(|row| match row % 1000 {
        1 => leaked(format!("{{\"bucketName\":\"{}\"}}", "b".repeat(5000))),
        _ => leaked(format!("{{\"bucketName\":\"b-{}\",\"key\":{row}}}", row % 50)),
    });
    let requests: Vec<&'static str> = requests.collect();
    let flags: Vec<bool> = (0..ROWS).map(|row| row % 7 == 0).collect();
    let file_of = |has_part: bool| {
        let texts_of = |name: &str| format!("optional binary {name} (UTF8);");
        let mut schema =
            ["eventtime", "eventid", "useridentity", "requestparameters", "eventname", "eventsource", "note"]
                .map(texts_of)
                .concat()
                + "optional boolean readonly;";
        let mut leaves = vec![
            texts(1, &times),
            texts(1, &ids),
            texts(1, &identities),
            Leaf(Values::Text(requests.clone()), present.clone(), Vec::new()),
            texts(1, &vec!["GetObject"; ROWS]),
            texts(1, &vec!["s3.amazonaws.com"; ROWS]),
            texts(1, &ids),
            Leaf(Values::Bool(flags.clone()), vec![1; ROWS], Vec::new()),
        ];
        if has_part {
            schema += &texts_of("useridentity_arn");
            leaves.push(Leaf(Values::Text(Vec::new()), vec![0; ROWS], Vec::new()));
        }
        file(&format!("message m {{ {schema} }}"), &leaves)
    };
    let (by_column, read) = (events(&file_of(false)), events(&file_of(true)));
    assert_eq!(by_column.len(), ROWS);
    assert!(by_column.iter().map(|event| event.0).eq(1..=ROWS as u32));
    for (one, other) in by_column.iter().zip(&read) {
        assert_eq!(one, other);
    }
    assert!(by_column[4].2.contains(r#""requestParameters":{"bucketName":"b-4","key":4}"#), "{}", by_column[4].2);
}
