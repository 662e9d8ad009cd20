//! A bad first line does not lose the file: what is before the records is warnings with position and raw text.

use super::detect::detect;
use super::emit::{Emitter, FormatChoice, Output, StreamEnd};
use super::head::Head;
use crate::model::{Format, ImportWarning, Scope};

fn read_as(text: &str, format: Option<&str>) -> (Option<Format>, usize, Vec<ImportWarning>) {
    let choice = FormatChoice { flow_format: format.map(str::to_owned) };
    let Some(mut parser) = detect(&Head { bytes: text.as_bytes(), complete: true }, &choice) else {
        return (None, 0, Vec::new());
    };
    let mut out = Emitter::default();
    parser.push(text.as_bytes(), &mut out);
    parser.finish(&StreamEnd::Complete, &mut out);
    let (mut records, mut warnings) = (0, Vec::new());
    for output in out.take_all() {
        match output {
            Output::Flows(batch) => records += batch.rows.len(),
            Output::Events(events) => records += events.len(),
            Output::Warnings(found) => warnings.extend(found.into_iter().filter(|w| w.scope == Scope::Element)),
            Output::Digest(_) => {}
        }
    }
    (Some(parser.format()), records, warnings)
}

const V2: &str = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n";
const EVENT: &str = r#"{"eventVersion":"1.08","eventTime":"2023-07-10T11:42:36Z","eventName":"A","eventID":"e"}"#;

#[test]
fn what_stands_before_the_records_is_warnings() {
    let header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
    let contents = [
        (format!("{header}{V2}{V2}"), Format::FlowText),
        (format!("{V2}{V2}"), Format::FlowHeaderless),
        (format!("timestamp,message\n1,{V2}2,{V2}"), Format::CloudWatchInsightsCsv),
        (format!("2014-12-14T04:06:50.000Z {V2}2014-12-14T04:06:50.000Z {V2}"), Format::CloudWatchExport),
        (
            "eventID,eventTime,eventName\ne,2023-07-10T11:42:36Z,A\nf,2023-07-10T11:42:36Z,B\n".to_owned(),
            Format::CloudTrailQueryCsv,
        ),
        (format!("{EVENT}\n{EVENT}\n"), Format::CloudTrailJson),
        (format!("{{\n\"Records\": [\n{EVENT},\n{EVENT}\n]\n}}\n"), Format::CloudTrailJson),
    ];
    let before = [
        "22 6 20 4249 1418530010 1418530070 ACCEPT OK\n",
        "# exported by the on-call engineer\n",
        "analyst@host:~$ aws logs get-log-events \\\n",
        "\u{fffd}\u{fffd}\u{1}rubbish\n",
        "a line\nand another \"one\nand a third\n",
    ];
    for (content, format) in &contents {
        for first in before {
            let (found, records, warnings) = read_as(&format!("{first}{content}"), None);
            assert_eq!((found, records), (Some(*format), 2), "{first:?} before {content:?}: {warnings:?}");
            let is_comment = first.starts_with('#') && *format == Format::CloudTrailQueryCsv;
            assert!(is_comment || !warnings.is_empty(), "{first:?} before {content:?}");
            assert!(warnings.iter().all(|w| w.position > 0 && !w.raw.is_empty()), "{warnings:?}");
        }
    }
}

#[test]
fn a_stated_format_is_obeyed_whatever_comes_first() {
    let spec = "srcaddr dstaddr dstport interface-id start action";
    let line = "10.0.0.1 10.0.0.2 443 eni-1 1741064400 ACCEPT";
    let row = line.replace(' ', ",");
    for first in ["", "# comment\n", "$ cat flows.log\n", "ACCEPT\n"] {
        let text = read_as(&format!("{first}{line}\n{line}\n"), Some(spec));
        assert_eq!((text.0, text.1), (Some(Format::FlowHeaderless), 2), "{first:?}");
        let csv = read_as(&format!("{first}{row}\n{row}\n{row}\n"), Some(spec));
        assert_eq!((csv.0, csv.1), (Some(Format::CloudWatchInsightsCsv), 3), "{first:?}");
        let export = format!("{first}2025-03-04T05:00:00.000Z {line}\n2025-03-04T05:00:00.000Z {line}\n");
        let export = read_as(&export, Some(spec));
        assert_eq!((export.0, export.1), (Some(Format::CloudWatchExport), 2), "{first:?}");
    }
}

#[test]
fn every_form_of_aws_logs_tail_is_an_export() {
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(EVENT).unwrap()).unwrap();
    for text in [
        format!("2025-03-04T05:00:00 {V2}2025-03-04T05:00:01 {V2}"),
        format!("2025-03-04T05:00:00.000000+00:00 eni-1-all {V2}2025-03-04T05:00:01.120000+00:00 eni-1-all {V2}"),
        format!("2025-03-04T05:00:00+00:00 a_stream {V2}2025-03-04T05:00:00+00:00 a_stream {V2}"),
        format!("2025-03-04T05:00:00.000000+00:00 trail {EVENT}\n2025-03-04T05:00:00.000000+00:00 trail {EVENT}\n"),
        format!("2025-03-04T05:00:00.000000+00:00 t \n{pretty}\n2025-03-04T05:00:00.000000+00:00 t \n{pretty}\n"),
    ] {
        let (format, records, warnings) = read_as(&text, None);
        assert_eq!((format, records, warnings.len()), (Some(Format::CloudWatchExport), 2, 0), "{text}: {warnings:?}");
    }
}

#[test]
fn a_known_layout_is_proposed_before_unknown_columns() {
    use super::flow::infer::propose;
    let v5 = "vpc-1 subnet-1 i-1 2 IPv4 203.0.113.5 10.0.0.2 us-east-1 use1-az1 - - - S3 ingress 1";
    let ecs = "- - - - - - 店舗サービス - - -";
    let v7 = format!("{} {v5} {ecs}", V2.trim());
    let odd = v7.replacen("10.0.0.1", "10.0.0", 1);
    let mut lines = vec![v7.as_bytes(); 40];
    lines.insert(3, odd.as_bytes());
    assert_eq!(propose(&lines).and_then(|proposal| proposal.preset), Some("aws-v7"));
    let v8 = format!("{v7} BPA");
    assert_eq!(propose(&[v8.as_bytes()]).and_then(|proposal| proposal.preset), Some("aws-v8"));
    // A name with blanks makes a value too many: told, never read into the wrong columns.
    let spaced = format!("{} {v5} - - - - - - - - - my task\n", V2.trim());
    let spec = super::flow::format_by_name_or_spec("aws-v7").unwrap();
    let (_, records, warnings) = read_as(&format!("{v7}\n{spaced}"), Some(&spec));
    assert_eq!((records, warnings.len()), (1, 1), "{warnings:?}");
    assert!(warnings[0].detail.contains("40 values, the format has 39 fields"), "{warnings:?}");
}
