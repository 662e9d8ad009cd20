//! A case on disk with little evidence in it, for the views that ask the case file itself.

use super::*;
use crate::session::source::{CaseInfo, ImportOptions};
use crate::session::{Action, CaseBackend};
use std::path::PathBuf;
use tempfile::TempDir;

/// 2021-05-16T00:00:00Z.
pub(super) const DAY: i64 = 1_621_123_200;

/// Version 5 fields, so that directions, flags and packet-level addresses are there.
pub(super) const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
                      log-status flow-direction tcp-flags pkt-srcaddr pkt-dstaddr instance-id";

/// One hour of records: a client that talks to a server and is answered, a scanner that is refused, silence in between.
fn flows() -> String {
    let mut lines = vec![HEADER.to_owned()];
    let mut line = |minute: i64, from: &str, to: &str, ports: (u16, u16), bytes: u64, flags: u8, rest: (&str, &str)| {
        let (start, (action, direction)) = (DAY + minute * 60, rest);
        lines.push(format!(
            "5 123456789012 eni-0a {from} {to} {} {} 6 4 {bytes} {start} {} {action} OK {direction} {flags} {from} {to} i-0a",
            ports.0,
            ports.1,
            start + 59,
        ));
    };
    for minute in (0..20).chain(40..60) {
        line(minute, "10.0.0.5", "203.0.113.9", (50_000, 443), 1000, 2, ("ACCEPT", "egress"));
        line(minute, "203.0.113.9", "10.0.0.5", (443, 50_000), 7001, 18, ("ACCEPT", "ingress"));
    }
    for minute in 0..10 {
        line(minute, "198.51.100.7", "10.0.0.5", (40_000, 22), 40, 2, ("REJECT", "ingress"));
    }
    lines.push(format!("5 123456789012 eni-0a - - - - - - - {} {} - NODATA - - - - -", DAY + 25 * 60, DAY + 26 * 60));
    lines.join("\n") + "\n"
}

pub(super) fn events() -> String {
    let event = |n: i64, name: &str, error: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventTime":"2021-05-16T00:{:02}:00Z","eventSource":"signin.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"x","eventID":"00000000-0000-0000-0000-{n:012}","eventType":"AwsApiCall","recipientAccountId":"123456789012","userIdentity":{{"type":"IAMUser","userName":"mori","arn":"arn:aws:iam::123456789012:user/mori"}}{error}}}"#,
            n * 5
        )
    };
    let list = [
        event(
            1,
            "ConsoleLogin",
            r#","additionalEventData":{"MFAUsed":"Yes"},"responseElements":{"ConsoleLogin":"Success"}"#,
        ),
        event(2, "ListBuckets", r#","errorCode":"AccessDenied""#),
        event(3, "ListBuckets", ""),
    ];
    format!(r#"{{"Records":[{}]}}"#, list.join(","))
}

/// The case, imported and settled, in a window of this size; the folder goes with the value.
pub(super) fn case(size: egui::Vec2) -> (tempfile::TempDir, Shown) {
    case_of(size, &[("flows.log", flows()), ("trail.json", events())])
}

/// The same without events.
pub(super) fn flows_alone(size: egui::Vec2) -> (tempfile::TempDir, Shown) {
    case_of(size, &[("flows.log", flows())])
}

pub(super) fn case_of(size: egui::Vec2, files: &[(&str, String)]) -> (tempfile::TempDir, Shown) {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    for (name, text) in files {
        std::fs::write(logs.join(name), text).unwrap();
    }
    let harness = imported(size, &folder, logs, ImportOptions::default());
    assert!(app(&harness).app.errors.entries().is_empty(), "{:?}", app(&harness).app.errors.entries());
    (folder, harness)
}

/// The case of this folder, with what was imported from there.
pub(super) fn imported(size: egui::Vec2, folder: &TempDir, from: PathBuf, options: ImportOptions) -> Shown {
    let path = folder.path().join("case.coldtrail");
    let mut harness = opened(Arc::new(CaseBackend::default()), Opening::default(), size);
    settle(&mut harness);
    dispatch(&mut harness, Action::Create { path, info: CaseInfo::default(), then_import: vec![] });
    // Tests are about a case and settings that name nobody.
    dispatch(&mut harness, Action::Examiner("K. Sato".into()));
    dispatch(&mut harness, Action::Import { paths: vec![from], options });
    dispatch(&mut harness, Action::Examiner(String::new()));
    harness
}
