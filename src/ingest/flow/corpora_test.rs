//! Every flow log file of the corpora, detected and read: records and element warnings make up its count.

use super::testing::{Found, run};
use super::{MessageReader, MessageSink, Place, detect, infer};
use crate::ingest::parquet::{MAGIC, render_row};
use crate::ingest::{Emitter, FormatChoice, StreamEnd};
use crate::ingest::{detect as any, head::Head};
use crate::model::{Format, Reason, Scope};
use std::io::Read;
use std::path::PathBuf;

fn corpora() -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "the corpora are missing");
    println!("skipped: the corpora are missing");
    None
}

/// The decoded content of a file, and how it ended.
fn content(path: &std::path::Path) -> (Vec<u8>, StreamEnd) {
    let file = std::fs::read(path).unwrap();
    let (mut bytes, mut end) = (file.clone(), StreamEnd::Complete);
    if file.starts_with(&[0x1f, 0x8b]) {
        bytes.clear();
        let mut decoder = flate2::read::MultiGzDecoder::new(file.as_slice());
        let mut piece = [0; 512];
        loop {
            match decoder.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => bytes.extend_from_slice(&piece[..n]),
                Err(error) => {
                    end = StreamEnd::CutOff(error.to_string());
                    break;
                }
            }
        }
    }
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let units: Vec<u16> = rest.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        bytes = String::from_utf16(&units).unwrap().into_bytes();
    }
    (bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).map(<[u8]>::to_vec).unwrap_or(bytes), end)
}

const HEAD_BYTES: usize = 256 << 10;

/// The beginning of the content, as far as it can be decoded.
fn head_of(path: &std::path::Path) -> Vec<u8> {
    let file = std::fs::read(path).unwrap();
    let mut head = Vec::new();
    if file.starts_with(&[0x1f, 0x8b]) {
        // A file that is cut off has a beginning all the same.
        _ = flate2::read::MultiGzDecoder::new(file.as_slice()).take(HEAD_BYTES as u64).read_to_end(&mut head);
    } else {
        head.extend_from_slice(file.get(..HEAD_BYTES).unwrap_or(&file));
    }
    head
}

struct NoEvents;

impl MessageSink for NoEvents {
    fn message(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool {
        out.warn(place.warning(Reason::BadJson, "an event", message));
        false
    }
}

fn read(bytes: &[u8], end: &StreamEnd, choice: &FormatChoice) -> Option<(Format, Found)> {
    let head = Head { bytes: bytes.get(..256 << 10).unwrap_or(bytes), complete: bytes.len() <= 256 << 10 };
    let mut parser = match bytes.starts_with(MAGIC) {
        true => any::detect(&head, choice)?,
        false => detect(&head, choice, &|| Box::new(NoEvents))?,
    };
    let pieces: Vec<&[u8]> = bytes.chunks(100).collect();
    let found = run(parser.as_mut(), &pieces, end);
    Some((parser.format(), found))
}

fn read_file(name: &str) -> Option<(Format, Found)> {
    let (bytes, end) = content(&corpora()?.join(name));
    read(&bytes, &end, &FormatChoice::default())
}

/// Kinds of files that are read elsewhere: JSON, containers, files without content.
fn is_elsewhere(path: &str) -> bool {
    [".json", ".jsonl", ".zip", ".gz.gz"].iter().any(|end| path.ends_with(end))
}

#[test]
fn every_flow_log_adds_up_to_its_count() {
    let Some(root) = corpora() else { return };
    let manifest = std::fs::read_to_string(root.join("MANIFEST.tsv")).unwrap();
    let mut seen = 0;
    for line in manifest.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (path, kind, count) = (cells[0], cells[1], cells[3]);
        let is_flow = kind.starts_with("vpc-flow")
            || kind == "tgw-flow"
            || kind == "cloudwatch-export"
            || path.starts_with("constructed/edge/flow");
        if !is_flow || is_elsewhere(path) {
            continue;
        }
        let (_, found) = read_file(path).unwrap_or_else(|| panic!("{path} is not detected"));
        let expected: usize = count.parse().unwrap();
        if path.ends_with("flow-truncated.log.gz") {
            // The cut is in the last of its rows.
            assert_eq!(found.rows.len(), 6, "{path}");
        }
        assert_eq!(found.elements(), expected, "{path} {:?}", found.warnings);
        seen += 1;
    }
    assert_eq!(seen, EXPECTED_FILES);
}

const EXPECTED_FILES: usize = 39;

#[test]
fn which_lines_are_no_records() {
    if corpora().is_none() {
        return;
    }
    for (path, format, records, reasons) in [
        ("awsdocs-vpc-user-guide/default-v2-noheader.log", Format::FlowHeaderless, 7, vec![]),
        (
            "awsdocs-vpc-user-guide/custom-nat-6fields-trailing-comments.log",
            Format::FlowText,
            4,
            vec!["field_count"; 2],
        ),
        ("otel-contrib-awslogs/vpc_flow_log_too_few_fields.log", Format::FlowText, 0, vec!["field_count"]),
        ("otel-contrib-awslogs/vpc_flow_log_too_many_fields.log", Format::FlowText, 0, vec!["field_count"]),
        ("constructed/edge/flow-bad-values.log", Format::FlowText, 2, vec!["bad_value"; 4]),
        ("constructed/edge/flow-mixed-headers.log", Format::FlowText, 10, vec![]),
        ("constructed/edge/flow-tabs-and-trailing-spaces.log", Format::FlowText, 6, vec![]),
        ("constructed/flow/cloudwatch-console.csv", Format::CloudWatchInsightsCsv, 7, vec![]),
        ("cloudgrep-tests/000000.gz", Format::CloudWatchExport, 0, vec!["not_a_record"; 166]),
    ] {
        let (found_format, found) = read_file(path).unwrap();
        let found_reasons: Vec<&str> = found.warnings.iter().map(|w| w.reason.code()).collect();
        assert_eq!((found_format, found.rows.len(), found_reasons), (format, records, reasons), "{path}");
    }
}

#[test]
fn bad_values_say_what_is_wrong() {
    let Some((_, found)) = read_file("constructed/edge/flow-bad-values.log") else { return };
    let details: Vec<(u64, &str)> = found.warnings.iter().map(|w| (w.position, w.detail.as_str())).collect();
    assert_eq!(
        details,
        [
            (2, "srcaddr 999.1.1.1 is not an address"),
            (3, "srcport 70000 is above 65535"),
            (4, "packets 18446744073709551616 is above 9223372036854775807"),
            (7, "start -1 is below 0"),
        ]
    );
    let row = &found.rows[1];
    assert_eq!(
        (row["account_id"].as_str(), row["srcaddr"].as_str(), row["dstaddr"].as_str()),
        ("000000000042", "::ffff:10.0.0.1", "fe80::1%eth0")
    );
    let row = &found.rows[0];
    assert_eq!((row["start"].as_str(), row["end"].as_str()), ("1700000060", "1700000000"));
}

#[test]
fn twins_are_equal() {
    if corpora().is_none() {
        return;
    }
    let values = |path: &str| read_file(path).unwrap().1.values();
    let text = values(
        "constructed/flow/AWSLogs/123456789012/vpcflowlogs/us-east-1/2023/11/14/\
         123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20231114T2215Z_00c0ffee.log.gz",
    );
    assert_eq!(values(PARQUET), text);
    assert_eq!(text.len(), 4);
    assert!(!text[3].contains_key("srcaddr") && text[3]["log_status"] == "NODATA");
    let documented = values("awsdocs-vpc-user-guide/default-v2-header.log");
    for twin in [
        "awsdocs-vpc-user-guide/default-v2-noheader.log",
        "constructed/edge/flow-crlf.log",
        "constructed/edge/flow-utf8-bom.log",
        "constructed/edge/flow-utf16le-bom.log",
        "constructed/edge/flow-multi-member.log.gz",
        "constructed/flow/cloudwatch-console.csv",
        "constructed/flow/cloudwatch-insights.csv",
        "constructed/flow/cloudwatch-export-s3/exportedlogs/8f2d9a3e-0000-4000-8000-00000000000A/\
         eni-1235b8ca123456789-all/000000.gz",
    ] {
        assert_eq!(values(twin), documented, "{twin}");
    }
}

const PARQUET: &str = "constructed/flow/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/\
                       aws-region=us-east-1/year=2023/month=11/day=14/hour=22/\
                       123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20231114T2215Z_00c0ffee.log.parquet";

#[test]
fn a_parquet_row_renders_as_an_object() {
    let Some(root) = corpora() else { return };
    let bytes = std::fs::read(root.join(PARQUET)).unwrap();
    let row = render_row(&bytes, 4).unwrap();
    assert!(
        row.starts_with(
            r#"{"version":5,"account_id":"123456789012","interface_id":"eni-0fff9999aaaa8888b","srcaddr":"-""#
        ),
        "{row}"
    );
    let row: serde_json::Value = serde_json::from_str(&row).unwrap();
    assert_eq!((&row["srcport"], &row["start"]), (&serde_json::Value::Null, &serde_json::json!(1_700_000_030)));
    assert_eq!((render_row(&bytes, 0), render_row(&bytes, 5), render_row(b"PAR1", 1)), (None, None, None));
}

#[test]
fn a_damaged_parquet_file_is_a_warning() {
    let Some(root) = corpora() else { return };
    let bytes = std::fs::read(root.join(PARQUET)).unwrap();
    for at in (4..bytes.len()).step_by(397) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x5a;
        let (_, found) = read(&damaged, &StreamEnd::Complete, &FormatChoice::default()).unwrap();
        assert!(found.rows.len() == 4 || !found.warnings.is_empty(), "byte {at}");
    }
    let cut = &bytes[..bytes.len() / 2];
    let (_, found) = read(cut, &StreamEnd::Complete, &FormatChoice::default()).unwrap();
    assert_eq!(found.warnings.iter().map(|w| (w.scope, w.reason)).collect::<Vec<_>>(), [(Scope::File, Reason::CutOff)]);
}

#[test]
fn other_text_is_left_alone() {
    let Some(root) = corpora() else { return };
    let manifest = std::fs::read_to_string(root.join("MANIFEST.tsv")).unwrap();
    let mut seen = 0;
    for line in manifest.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (path, kind) = (cells[0], cells[1]);
        if kind.starts_with("ioc")
            || kind.starts_with("csv")
            || kind.starts_with("cloudtrail")
            || path.ends_with(".txt")
            || kind == "expected"
        {
            let mut bytes = head_of(&root.join(path));
            let complete = bytes.len() < HEAD_BYTES;
            bytes.truncate(HEAD_BYTES);
            let parser = detect(&Head { bytes: &bytes, complete }, &FormatChoice::default(), &|| Box::new(NoEvents));
            assert!(parser.is_none(), "{path} {:?}", parser.map(|p| p.format()));
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn messages_of_a_transit_gateway_are_told_by_their_shape() {
    let Some(root) = corpora() else { return };
    let text = std::fs::read_to_string(root.join("otel-contrib-awslogs/valid_tgw_flow_cw.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let message = json["logEvents"][0]["message"].as_str().unwrap().as_bytes();
    let (mut reader, mut out) = (MessageReader::new(&FormatChoice::default()), Emitter::default());
    assert!(reader.read(message, Place { position: 1, offset: 0, len: 10 }, &mut out));
    assert_eq!(reader.record_format(), infer::Preset::by_name("tgw-cloudwatch").map(|p| p.format().to_spec()));
    let found = super::testing::collect(&mut out);
    let row = &found.rows[0];
    assert_eq!(
        (row["tgw_dst_az_id"].as_str(), row["packets"].as_str(), row["bytes"].as_str()),
        ("use1-az2", "10", "1000")
    );
    assert_eq!((row["type"].as_str(), row["tcp_flags"].as_str(), row["region"].as_str()), ("IPv4", "2", "us-east-1"));
}
