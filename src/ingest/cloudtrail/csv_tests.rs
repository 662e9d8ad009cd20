//! Tests of the CSV parser, small files and the console layouts.

use super::*;
use crate::ingest::json::corpus_tests::{content, corpora, manifest};
use crate::ingest::json::parser::tests::{OwnedEvent, Read, Recorder, read_with};
use crate::model::batch::Completeness;
use crate::model::field;
use proptest::prelude::*;
use std::io::Read as _;

fn read(content: &[u8], piece: usize) -> Option<Read> {
    let mut parser = detect_csv(&Head { bytes: content, complete: true }, || Recorder::default().sinks())?;
    Some(read_with(parser.as_mut(), content, piece, &StreamEnd::Complete))
}

fn column<'a>(event: &'a OwnedEvent, name: &str) -> Option<&'a str> {
    let at = field::event_columns().position(|column| column.name() == name).unwrap();
    event.column(at)
}

const QUERY: &str = "# result 1\n\neventID,eventTime,userIdentity,requestParameters\r\n\
    e1,2023-07-10 11:42:36.000,\"{type=Root, accountid=042}\",\"{\"\"a\"\":\n1}\"\r\n\
    \r\ne2,,,\r\ne3,x\r\n\"e4\",\"\u{c3}\",y,z";

#[test]
fn rows_of_a_query_keep_their_places() {
    let mut content = QUERY.as_bytes().to_vec();
    let at = content.iter().position(|b| *b == 0xc3).unwrap();
    content.remove(at + 1);
    for piece in [1, 2, 3, 7, 1000] {
        let read = read(&content, piece).unwrap();
        assert_eq!(read.format, Some(Format::CloudTrailQueryCsv));
        let raws: Vec<_> = read.events.iter().map(|e| &content[e.offset as usize..][..e.len as usize]).collect();
        assert_eq!(raws[0], b"e1,2023-07-10 11:42:36.000,\"{type=Root, accountid=042}\",\"{\"\"a\"\":\n1}\"");
        assert_eq!(raws[1..], [&b"e2,,,"[..], b"\"e4\",\"\xc3\",y,z"]);
        assert_eq!(
            &*read.events[0].json,
            "{\"eventID\":\"e1\",\"eventTime\":\"2023-07-10 11:42:36.000\",\"userIdentity\":{\"type\":\"Root\",\"accountId\":\"042\"},\"requestParameters\":{\"a\":\n1}}"
        );
        assert_eq!(read.events[0].time_millis, Some(1_688_989_356_000));
        assert_eq!(&*read.events[1].json, r#"{"eventID":"e2"}"#);
        assert_eq!(read.positions(), [1, 2, 3, 4]);
        assert_eq!(read.reasons(), [(Reason::FieldCount, 3), (Reason::InvalidUtf8, 0), (Reason::BadValue, 0)]);
        assert_eq!(read.warnings[0].raw, b"e3,x");
    }
}

#[test]
fn a_file_that_ends_in_a_row_says_so() {
    let text = b"eventID,eventTime\ne1,2023\ne2,\"20";
    let read_back = read(text, 5).unwrap();
    assert_eq!((read_back.events.len(), read_back.reasons()), (1, vec![(Reason::CutOff, 2)]));
    assert_eq!(read_back.warnings[0].raw, b"e2,\"20");
    let mut parser = detect_csv(&Head { bytes: text, complete: true }, || Recorder::default().sinks()).unwrap();
    let cut = StreamEnd::CutOff("gzip".into());
    let read_back = read_with(parser.as_mut(), b"eventID,eventTime\ne1,2023\ne2,20", 100, &cut);
    assert_eq!((read_back.events.len(), read_back.reasons()), (1, vec![(Reason::CutOff, 2)]));
    assert!(read(b"eventID,eventTime", 1).unwrap().positions().is_empty());
}

#[test]
fn a_lost_quote_costs_one_row() {
    // The quote swallows lines up to the next one, or to the end of the file.
    for (rest, events, reasons) in [
        ("e2,\"x\r\ne3,3\r\ne4,\"y\"\r\ne5,5\r\n", 4, vec![(Reason::FieldCount, 2), (Reason::BadValue, 0)]),
        ("e2,\"x\r\ne3,3\r\n\"e4\",4\r\ne5,5\r\n", 4, vec![(Reason::FieldCount, 2)]),
        ("e2,\"x\ne3,3\ne4,4", 3, vec![(Reason::NotARecord, 2)]),
    ] {
        let text = format!("eventID,eventTime\ne1,1\n{rest}");
        for piece in [1, 4, 1000] {
            let read = read(text.as_bytes(), piece).unwrap();
            assert_eq!((read.events.len(), read.reasons()), (events, reasons.clone()), "{rest}");
            assert_eq!(read.warnings[0].raw, b"e2,\"x");
            let last = read.events.last().unwrap();
            assert!(text[last.offset as usize..].starts_with(&format!("e{},", events + 1)), "{rest}");
        }
    }
}

#[test]
fn the_consoles_files_are_read_in_both_layouts() {
    let Some(root) = corpora() else { return };
    let mut files = 0;
    for (path, kind, count) in manifest(&root) {
        if kind != "cloudtrail/console-csv" {
            let mut head = Vec::new();
            std::fs::File::open(root.join(&path)).unwrap().take(4096).read_to_end(&mut head).unwrap();
            assert!(
                detect_csv(&Head { bytes: &head, complete: false }, || Recorder::default().sinks()).is_none(),
                "{path}"
            );
            continue;
        }
        let (bytes, _) = content(&root.join(&path));
        let read = read(&bytes, 4096);
        files += 1;
        let read = read.unwrap();
        assert_eq!((Some(read.events.len()), read.warnings.len()), (count, 0), "{path}");
        assert!(read.events.iter().all(|event| event.time_millis.is_some()), "{path}");
        let event =
            read.events.iter().find(|event| column(event, "event_id") == Some("3c856bc0-1a07-4c18-89d9-4d9205856714"));
        let event = event.unwrap();
        assert_eq!(event.time_millis, Some(1_688_989_364_000));
        assert_eq!(column(event, "user_identity_access_key_id"), Some("AKIATFQZ7NSC8Q4X21BJ"));
        assert_eq!(column(event, "source_ip_address"), Some("10.248.16.43"));
        let (source, how) = match event.completeness {
            Completeness::ConsoleCsv16 => (Some("s3.amazonaws.com"), Some("true")),
            other => {
                assert_eq!(other, Completeness::ConsoleCsv10);
                (None, None)
            }
        };
        assert_eq!((column(event, "event_source"), column(event, "read_only")), (source, how));
        assert!(event.json.contains(r#""resources":[{"resourceType":"AWS::S3::Bucket""#), "{}", event.json);
    }
    assert_eq!(files, 2);
}

proptest! {
    #[test]
    fn pieces_make_no_difference(text in "[a,\"\r\n{=é]{0,60}", piece in 1usize..9) {
        let text = format!("eventID,eventTime\n{text}");
        let whole = read(text.as_bytes(), 1000).unwrap();
        let pieces = read(text.as_bytes(), piece).unwrap();
        prop_assert_eq!(&pieces.events, &whole.events);
        prop_assert_eq!(&pieces.warnings, &whole.warnings);
        prop_assert_eq!(whole.positions(), (1..=whole.positions().len() as u64).collect::<Vec<_>>());
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut content = b"eventID,eventTime\n".to_vec();
        content.extend(&bytes);
        prop_assert!(read(&content, 7).is_some());
        let _ = read(&bytes, 7);
    }
}

/// Tables of Splunk and of Elastic's Discover: the record is in one column, the others are what the tool extracted from
/// it.
#[test]
fn the_column_that_holds_the_record_is_found() {
    let event = r#"{"eventVersion":"1.11","eventTime":"2025-03-04T05:01:00Z","eventName":"A","eventID":"e-1","eventSource":"s"}"#;
    let line = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for (header, code) in [
        ("_time,eventName,eventSource,_raw", "in-splunk"),
        ("\"@timestamp\",\"event.action\",\"event.id\",\"event.original\"", "in-elastic"),
        ("Date,Host,Service,Content", "in-wrapper"),
        ("timestamp,level,host,message", "in-wrapper"),
    ] {
        for (record, kind) in [(event, "cloudtrail"), (line, "flow")] {
            if kind == "flow" && header.ends_with("Content") {
                continue;
            }
            let content = format!("{header}\nt,X,y,{}\nt,X,y,\nt,X,y,{}\n", cell(record), cell(record));
            let recorder = Recorder::default();
            let head = Head { bytes: content.as_bytes(), complete: true };
            let mut parser = detect_csv(&head, || recorder.sinks()).unwrap_or_else(|| panic!("{content}"));
            let read = read_with(parser.as_mut(), content.as_bytes(), 7, &StreamEnd::Complete);
            assert_eq!(read.format.map(Format::code), Some(&*format!("{kind}-{code}")));
            let flows = recorder.0.lock().unwrap().len();
            match kind {
                "flow" => assert_eq!(flows, 2, "{content}"),
                _ => assert!(read.events.iter().filter(|event| event.json == *record).count() == 2, "{content}"),
            }
            // A row without the record is a warning, and where its other columns say what happened, an event of these.
            let partial = header.contains("eventName");
            let expected = if partial { (Reason::BadJson, 0) } else { (Reason::NotARecord, 2) };
            assert_eq!(read.reasons(), [expected], "{content}");
            assert_eq!(read.events.len() + flows, if partial { 3 } else { 2 });
        }
    }
    let of_aws = "eventID,eventName,eventJson\ne-1,A,\"{\"\"eventVersion\"\":\"\"1\"\"}\"\n";
    assert_eq!(read(of_aws.as_bytes(), 100).unwrap().format, Some(Format::CloudTrailQueryCsv));
}

fn times(read: &Read) -> Vec<Option<i64>> {
    read.events.iter().map(|event| event.time_millis).collect()
}

#[test]
fn tables_that_went_through_a_spreadsheet() {
    const THEN: Option<i64> = Some(1_741_064_767_000);
    for text in [
        "User name;Event time;Event source;Event name;Event ID\nkyoko;2025-03-04T05:06:07Z;s3.amazonaws.com;ListBuckets;e1\n",
        "sep=;\nUser name;Event time;Event source;Event name;Event ID;;\n;;;;\nkyoko;2025-03-04 05:06:07;s3.amazonaws.com;ListBuckets;e1;;\n",
        "User name\tEvent time\tEvent source\tEvent name\nkyoko\t2025/03/04 5:06:07\ts3.amazonaws.com\tListBuckets\n",
        "Event time,Event source,Event name\n2025-03-04T05:06:07Z,s3.amazonaws.com,ListBuckets\n",
    ] {
        for piece in [1, 1000] {
            let read = read(text.as_bytes(), piece).unwrap();
            assert_eq!((times(&read), read.reasons()), (vec![THEN], vec![]), "{text}");
            assert_eq!(column(&read.events[0], "event_name"), Some("ListBuckets"));
            let event = &read.events[0];
            assert!(text[event.offset as usize..][..event.len as usize].contains("s3.amazonaws.com"));
        }
    }
}

#[test]
fn the_order_of_day_and_month_is_never_guessed() {
    let table = |rows: &[&str]| {
        let rows: Vec<String> =
            rows.iter().map(|time| format!("kyoko,{time},s3.amazonaws.com,ListBuckets\n")).collect();
        read(format!("User name,Event time,Event source,Event name\n{}", rows.concat()).as_bytes(), 1000).unwrap()
    };
    let told = table(&["3/4/2025 5:06:07", "3/14/2025 5:06:07"]);
    assert_eq!(times(&told), [Some(1_741_064_767_000), Some(1_741_928_767_000)]);
    assert_eq!(told.reasons(), [(Reason::ReadAs, 0)]);
    assert_eq!(told.positions(), [1, 2]);
    let open = table(&["3/4/2025 5:06", "soon"]);
    assert_eq!(times(&open), [None, None]);
    assert_eq!(open.reasons(), [(Reason::BadValue, 0), (Reason::BadValue, 0)]);
    let details: Vec<bool> =
        open.warnings.iter().map(|w| w.detail.starts_with("element ") && !w.raw.is_empty()).collect();
    assert_eq!(details, [true, true]);
    assert!(open.warnings[0].detail.contains("may be two days"));
}

#[test]
fn values_in_the_wrong_columns_are_no_event() {
    let header = "Event time,User agent,Event name,AWS region,Read-only,Recipient Account Id,Event category,User name";
    // The agent's comma moves the rest by one; the empty last value is not there to tell.
    let shifted =
        "2025-03-04T05:06:07Z,Mozilla (KHTML, like Gecko),ListBuckets,eu-central-1,true,111122223333,Management";
    let good =
        "2025-03-04T05:06:07Z,\"Mozilla (KHTML, like Gecko)\",ListBuckets,eu-central-1,true,111122223333,Management,";
    let read = read(format!("{header}\n{shifted}\n{good}\n").as_bytes(), 1000).unwrap();
    assert_eq!((read.events.len(), read.reasons()), (1, vec![(Reason::FieldCount, 1)]));
    assert!(read.warnings[0].detail.contains("wrong columns"), "{}", read.warnings[0].detail);
    assert_eq!(read.warnings[0].raw, shifted.as_bytes());
}

/// `lookup-events --output text`: tabs, the event in a column, and no header.
#[test]
fn lines_without_a_header_are_no_table() {
    let event = r#"{"eventVersion":"1.11","eventTime":"2025-03-04T05:01:00Z","eventName":"A","eventID":"e-1","eventSource":"s"}"#;
    let content = format!("EVENTS\tAKIAEXAMPLE\t{event}\te-1\n").repeat(3);
    let recorder = Recorder::default();
    let head = Head { bytes: content.as_bytes(), complete: true };
    assert!(detect_csv(&head, || recorder.sinks()).is_none());
}
