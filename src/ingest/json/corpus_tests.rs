//! Every JSON-shaped file of the corpora, counted against its manifest.

use super::detect_json;
use super::parser::tests::{Read, Recorder, read_with};
use crate::ingest::emit::StreamEnd;
use crate::ingest::head::Head;
use crate::model::{Format, Reason, field};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The corpora beside the repository. Where they are missing, a test on a build server fails and any other one is skipped.
pub(crate) fn corpora() -> Option<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
    if root.join("MANIFEST.tsv").is_file() {
        return Some(root.to_owned());
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "the corpora are missing: {}", root.display());
    eprintln!("skipped: the corpora are missing ({})", root.display());
    None
}

/// path, kind, count (where the manifest has one).
pub(crate) fn manifest(root: &Path) -> Vec<(String, String, Option<usize>)> {
    let text = std::fs::read_to_string(root.join("MANIFEST.tsv")).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.map(|row| (row[0].to_owned(), row[1].to_owned(), row[3].parse().ok())).collect()
}

/// A file's content as a parser gets it: unpacked, without byte order mark, UTF-16 as UTF-8.
pub(crate) fn content(path: &Path) -> (Vec<u8>, StreamEnd) {
    let mut bytes = std::fs::read(path).unwrap();
    let mut end = StreamEnd::Complete;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        if let Err(error) = flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain) {
            end = StreamEnd::CutOff(error.to_string());
        }
        bytes = plain;
    }
    if let Some(utf16) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let units: Vec<u16> = utf16.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        bytes = String::from_utf16(&units).unwrap().into_bytes();
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).map(<[u8]>::to_vec).unwrap_or(bytes);
    (bytes, end)
}

/// Detects and reads a file; `None` where detection says that it holds nothing of ours.
fn read_file(path: &Path, piece: usize) -> Option<Read> {
    let (bytes, end) = content(path);
    let head = bytes.get(..256 << 10).unwrap_or(&bytes);
    let head = Head { bytes: head, complete: head.len() == bytes.len() };
    let recorder = Recorder::default();
    let mut parser = detect_json(&head, || recorder.sinks())?;
    let mut read = read_with(parser.as_mut(), &bytes, piece, &end);
    read.flows = recorder.0.lock().unwrap().clone();
    for warning in read.elements() {
        let raw = &bytes[warning.offset as usize..][..warning.len as usize];
        assert!(raw.starts_with(&warning.raw), "{}", path.display());
    }
    Some(read)
}

#[test]
fn every_file_holds_what_the_manifest_says() {
    let Some(root) = corpora() else { return };
    let mut files = 0;
    for (path, kind, count) in manifest(&root) {
        let by_json = ["cloudtrail", "cloudtrail-insights", "cloudtrail/lookup-events", "cloudtrail/eventbridge"];
        let flow = matches!(kind.as_str(), "vpc-flow/json" | "vpc-flow/cloudwatch-json" | "tgw-flow/cloudwatch-json");
        let digest = kind == "cloudtrail-digest";
        let edge = kind == "edge" && path.contains("/ct-");
        if !(by_json.contains(&kind.as_str()) || kind == "cloudtrail/cloudwatch-json" || flow || digest || edge) {
            continue;
        }
        let read = read_file(&root.join(&path), 4096).unwrap_or_else(|| panic!("{path} was not recognised"));
        files += 1;
        let Some(count) = count else { continue };
        if digest {
            assert_eq!((read.digest_files, read.positions().len()), (Some(count), 0), "{path}");
            continue;
        }
        assert_eq!(read.elements().count(), 0, "{path}: {:?}", read.elements().next());
        assert_eq!(if flow { read.flows.len() } else { read.events.len() }, count, "{path}");
        assert_eq!(read.positions(), (1..=count as u64).collect::<Vec<_>>(), "{path}");
    }
    assert!(files >= 772, "{files}");
}

#[test]
fn json_that_holds_no_records_is_left_alone() {
    let Some(root) = corpora() else { return };
    let mut files = 0;
    for (path, kind, _) in manifest(&root) {
        let other = kind.starts_with("ioc-") || kind.starts_with("aws-") || kind == "expected" || kind == "csv-other";
        if other || kind == "vpc-flow" {
            assert!(read_file(&root.join(&path), 4096).is_none(), "{path}");
            files += 1;
        }
    }
    assert!(files > 60, "{files}");
}

#[test]
fn damaged_files_keep_what_can_be_read() {
    let Some(root) = corpora() else { return };
    for (path, events, warnings) in [
        ("opensearch-catalog/cloudtrail_samples-large.json", 840, vec![(Reason::NotARecord, 3), (Reason::BadJson, 51)]),
        ("cloudgrep-tests/bad_cloudtrail.json", 0, vec![(Reason::CutOff, 1)]),
        ("awsdocs-cloudtrail-user-guide/cloudtrail-log-file-examples-6.INVALID.json", 0, vec![(Reason::BadJson, 1)]),
        (
            "awsdocs-cloudtrail-user-guide/view-cloudtrail-events-cli-1.INVALID.json",
            0,
            vec![(Reason::BadJson, 1), (Reason::IncompleteCapture, 0)],
        ),
        ("constructed/edge/ct-truncated.json.gz", 102, vec![(Reason::CutOff, 103)]),
        ("constructed/edge/ct-invalid-utf8.json", 1, vec![(Reason::InvalidUtf8, 0)]),
    ] {
        for piece in [1, 17, 1 << 20] {
            let read = read_file(&root.join(path), piece).unwrap();
            assert_eq!((read.events.len(), read.reasons()), (events, warnings.clone()), "{path}");
        }
    }
}

#[test]
fn the_kinds_of_wrapping_are_told_apart() {
    let Some(root) = corpora() else { return };
    for (path, format) in [
        ("constructed/flow/playbook-second-ddl.jsonl", Format::FlowForeignJson),
        ("opensearch-catalog/vpc_flow_sample.json", Format::FlowJson),
        ("otel-contrib-awslogs/valid_vpc_flow_cw_custom.json", Format::CloudWatchSubscription),
        ("otel-contrib-awslogs/cloudtrail_log_cw.json", Format::CloudWatchSubscription),
        ("flowlogs-reader/cwl-filter-log-events.json", Format::CloudWatchEvents),
        ("constructed/flow/cloudwatch-get-log-events.json", Format::CloudWatchEvents),
        ("plaso/aws_cloudtrail.jsonl", Format::CloudTrailLookupEvents),
        ("aws-cli-examples/lookup-events.json", Format::CloudTrailLookupEvents),
        ("otel-contrib-awslogs/cloudtrail_digest.json", Format::CloudTrailDigest),
        ("constructed/edge/ct-array-of-files.json", Format::CloudTrailJson),
    ] {
        assert_eq!(read_file(&root.join(path), 4096).unwrap().format, Some(format), "{path}");
    }
}

#[test]
fn odd_events_keep_their_exact_values() {
    let Some(root) = corpora() else { return };
    let read = read_file(&root.join("constructed/edge/ct-odd-events.json"), 4096).unwrap();
    let column = |position: usize, name: &str| {
        let at = field::event_columns().position(|column| column.name() == name).unwrap();
        read.events[position - 1].column(at)
    };
    assert_eq!(read.warnings, []);
    const NOON: i64 = 1_688_989_356_000;
    let times: Vec<_> = read.events.iter().map(|event| event.time_millis).collect();
    assert_eq!(times[..7], [Some(NOON), Some(NOON), Some(NOON + 123), Some(NOON - 7_200_000), Some(NOON), None, None]);
    assert!(times[7..].iter().all(|time| *time == Some(NOON)));
    assert_eq!((column(6, "event_time"), column(7, "event_time")), (None, Some("not a time")));
    assert_eq!((column(1, "user_identity_type"), column(2, "user_identity_type")), (None, None));
    assert_eq!(column(3, "user_identity_type"), Some("IAMUser"));
    assert_eq!(column(3, "session_mfa_authenticated"), Some("true"));
    assert_eq!((column(8, "event_id"), column(8, "event_name")), (None, Some("GetStorageLensConfiguration")));
    assert!(read.events[8].json.contains("\"requestParameters\": \"a plain string\""));
    assert!(read.events[9].json.contains("\"n\": 9007199254740993"));
    assert_eq!((column(11, "source_ip_address"), column(12, "source_ip_address")), (None, Some("2001:db8::1")));
    assert_eq!(column(13, "source_ip_address"), Some("AWS Internal"));
    assert_eq!(column(14, "user_agent"), Some("<script>alert(1)</script>\u{202e}gnp.exe \0 NUL"));
    assert_eq!(column(15, "error_message").map(str::len), Some(100_000));
    assert_eq!((column(16, "read_only"), column(17, "event_version")), (Some("true"), Some("1.08")));
    assert!(read.events[17].json.contains("newFutureField"));
    assert_eq!(column(20, "recipient_account_id"), Some("000000000042"));
}
