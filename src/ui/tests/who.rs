//! Identities, monitoring rules, the page of a key, and who acted, by the window.

use super::real::case_of;
use super::*;
use crate::model::SupplementKind;
use crate::session::flags::FlagKind;
use crate::session::identities::{IdentitiesAction, Listed};
use crate::session::indicators::{Change, IndicatorsAction};
use crate::session::rules::{Arranged, RulesAction};
use crate::session::{Action, Command};

const KEY: &str = "ASIAZ1XYWVU2TSRQ3PON";

/// A user gets a session, stops a trail with it, is refused, and makes a key; the instance has flows.
fn events() -> String {
    let user = r#"{"type":"IAMUser","principalId":"AIDAQ3EGHIJ4KLMN5OPQ6","arn":"arn:aws:iam::111122223333:user/mika",
        "accountId":"111122223333","accessKeyId":"AKIAQ3EGHIJ4KLMN5OPQ","userName":"mika"}"#;
    let session = r#"{"type":"AssumedRole","principalId":"AROAR7STUVW8XYZA9BCDE:i-0123456789abcdef0",
        "arn":"arn:aws:sts::111122223333:assumed-role/deploy/i-0123456789abcdef0","accountId":"111122223333",
        "accessKeyId":"ASIAZ1XYWVU2TSRQ3PON","sessionContext":{"sessionIssuer":{"type":"Role",
        "principalId":"AROAR7STUVW8XYZA9BCDE","arn":"arn:aws:iam::111122223333:role/deploy",
        "accountId":"111122223333","userName":"deploy"},"attributes":{"creationDate":"2026-03-01T10:00:00Z"}}}"#;
    let issued = r#","responseElements":{"credentials":{"accessKeyId":"ASIAZ1XYWVU2TSRQ3PON","expiration":
        "Mar 1, 2026, 11:00:00 AM"}}"#;
    let event = |n: u32, (source, name): (&str, &str), identity: &str, more: &str| {
        format!(
            r#"{{"eventVersion":"1.10","eventID":"00000000-0000-0000-0000-{n:012}","eventTime":"2026-03-01T10:{n:02}:00Z",
            "eventName":"{name}","eventSource":"{source}.amazonaws.com","awsRegion":"us-east-1","readOnly":false,
            "sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","recipientAccountId":"111122223333",
            "eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{identity}{more}}}"#
        )
    };
    let list = [
        event(0, ("sts", "AssumeRole"), user, issued),
        event(5, ("cloudtrail", "StopLogging"), session, ""),
        event(6, ("s3", "ListBuckets"), session, r#","errorCode":"AccessDenied""#),
        event(7, ("sts", "AssumeRole"), session, &issued.replace("Z1XYWVU2", "Z2XYWVU2")),
    ];
    format!(r#"{{"Records":[{}]}}"#, list.join(","))
}

fn window_of(size: egui::Vec2) -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case_of(size, &[("trail.json", events())]);
    settle(&mut harness);
    (folder, harness)
}

fn show(harness: &mut Shown, view: View) {
    dispatch(harness, Action::Command(Command::Show(view)));
    settle(harness);
}

#[test]
fn principals_and_sessions_lead_to_their_page_and_to_their_events() {
    let (_folder, mut harness) = window_of(vec2(2600.0, 1000.0));
    show(&mut harness, View::Identities);
    harness.get_by_label("principal: AIDAQ3EGHIJ4KLMN5OPQ6").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Follow this identity");
    harness.get_all_by_label("Show the records").next().unwrap().click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Events), 1));
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Identities);
    dispatch(&mut harness, Action::Identities(IdentitiesAction::Show(Listed::Sessions)));
    settle(&mut harness);
    harness.get_by_label(&format!("session: {KEY}"));
    // Of mika's own session and of the one that it issued.
    assert_eq!(harness.get_all_by_label("actor: arn:aws:iam::111122223333:user/mika").count(), 2);
}

#[test]
fn a_key_is_followed_from_who_acted_to_what_it_issued() {
    let (_folder, mut harness) = window_of(vec2(1500.0, 1000.0));
    dispatch(&mut harness, Action::FollowKey(KEY.to_owned()));
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Follow);
    harness.get_by_label("ASIA: temporary access key (STS)");
    harness.get_by_role_and_label(Role::Button, "user/mika · 111122223333");
    harness.get_by_label("the access key was issued by this call");
    harness.get_by_role_and_label(Role::Button, "StopLogging 1");
    harness.get_by_label_contains("trail stopped: StopLogging");
    harness.get_by_role_and_label(Role::Button, "Flow records of i-0123456789abcdef0");
    harness.get_by_role_and_label(Role::Button, "ASIAZ2XYWVU2TSRQ3PON").click();
    settle(&mut harness);
    harness.get_by_label("No event of the case was called with it.");
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(app(&harness).app.case.as_ref().unwrap().follow.subject(), Some(KEY));
    harness.get_by_role_and_label(Role::Button, "ListBuckets 1").click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Events), 1));
}

#[test]
fn every_rule_is_there_and_its_figure_opens_its_events() {
    let (_folder, mut harness) = window_of(vec2(1500.0, 1000.0));
    show(&mut harness, View::Rules);
    let found = |harness: &Shown| {
        let rules = &app(harness).app.case.as_ref().unwrap().rules;
        (rules.len(), rules.monitored().map(|found| found.rules.iter().filter(|of| of.matches > 0).count()).unwrap())
    };
    let (all, matched) = found(&harness);
    assert_eq!(all, 112 + 11, "rules and their groups");
    assert!((3..20).contains(&matched), "{matched}");
    dispatch(&mut harness, Action::Rules(RulesAction::ShowZeros(false)));
    settle(&mut harness);
    assert!(found(&harness).0 < 40);
    let cell = harness.get_by_label("rule:     Trail changes");
    cell.click();
    settle(&mut harness);
    harness.get_by_label_contains("leaves a gap in the record");
    harness.get_by_role_and_label(Role::Button, "Show the records").click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Events), 1));
    assert_eq!(app(&harness).app.records().unwrap().applied(), "rule = trail-changes");
}

#[test]
fn a_cell_of_the_matrix_opens_the_rules_of_its_technique() {
    let (_folder, mut harness) = window_of(vec2(1500.0, 1000.0));
    show(&mut harness, View::Rules);
    dispatch(&mut harness, Action::Rules(RulesAction::Arrange(Arranged::Matrix)));
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "T1485: 0 matches");
    harness.get_by_role_and_label(Role::Button, "T1685.002: 2 matches").click();
    settle(&mut harness);
    let rules = &app(&harness).app.case.as_ref().unwrap().rules;
    assert_eq!((rules.arranged(), rules.technique()), (Arranged::ByGroup, Some("T1685.002")));
    harness.get_by_label("Rules of T1685.002");
    harness.get_by_role_and_label(Role::Button, "All rules").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.case.as_ref().unwrap().rules.len(), 112 + 11);
}

#[test]
fn who_acted_is_a_column_and_stands_in_the_inspector_with_its_steps() {
    let (_folder, mut harness) = window_of(vec2(2600.0, 1000.0));
    show(&mut harness, View::Records(Dataset::Events));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Events, "event_name = StopLogging".into()));
    settle(&mut harness);
    assert_eq!(rows(&harness), 1);
    harness.get_by_label("actor: mika");
    harness.get_by_label("Who acted:");
    harness.get_by_label("the access key was issued by this call");
    harness.get_by_role_and_label(Role::Button, "AssumeRole 2026-03-01 10:00:00 UTC").click();
    settle(&mut harness);
    let chosen = app(&harness).app.records().unwrap().detail().unwrap().1.detail.value("event_name").cloned();
    assert_eq!(chosen, Some(crate::model::Value::Text("AssumeRole".into())));
}

#[test]
fn without_events_the_views_say_what_to_do() {
    let (_folder, mut harness) = super::real::flows_alone(vec2(1500.0, 1000.0));
    settle(&mut harness);
    for view in [View::Identities, View::Rules] {
        show(&mut harness, view);
        harness.get_all_by_role_and_label(Role::Button, "Import evidence...").next().unwrap();
    }
    dispatch(&mut harness, Action::FollowKey(String::new()));
    settle(&mut harness);
    harness.get_by_label("Nothing is followed yet");
}

#[test]
fn sigma_rules_come_in_are_listed_and_mark_their_events() {
    let (folder, mut harness) = window_of(vec2(2600.0, 1000.0));
    show(&mut harness, View::Rules);
    harness.get_by_role_and_label(Role::Button, "Sigma").click();
    settle(&mut harness);
    harness.get_by_label("No Sigma rules in this case");
    harness.get_by_role_and_label(Role::Button, "Import Sigma rules...").click();
    settle(&mut harness);
    let rule = "title: Trail stopped\nid: 4db60cc0-36fb-42b7-9b58-a5b53019fb74\nstatus: test\nlevel: medium\n\
                logsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  selection:\n    eventName: StopLogging\n  \
                condition: selection\n";
    std::fs::write(folder.path().join("rule.yml"), rule).unwrap();
    let path = folder.path().join("rule.yml");
    let import = Change::Supplement(SupplementKind::Sigma, path);
    dispatch(&mut harness, Action::Dialog(None));
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Change(Box::new(import))));
    settle(&mut harness);
    harness.get_by_label("title: Trail stopped");
    dispatch(&mut harness, Action::Command(Command::Undo));
    settle(&mut harness);
    harness.get_by_label("No Sigma rules in this case");
    dispatch(&mut harness, Action::Command(Command::Redo));
    settle(&mut harness);
    harness.get_by_label("title: Trail stopped").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Show the records").click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Events), 1));
    harness.get_by_label("Row 1, Sigma match");
    let flags = |harness: &Shown| -> Vec<String> {
        let all = app(harness).app.case.as_ref().unwrap().flags.all().iter();
        all.filter(|flag| flag.kind == FlagKind::Sigma).map(|flag| flag.what.clone()).collect()
    };
    assert_eq!(flags(&harness), ["Trail stopped"]);
}

#[test]
fn an_address_says_what_inventories_and_findings_know_of_it() {
    let (folder, mut harness) = window_of(vec2(1600.0, 1000.0));
    let files = [
        (
            "ip-ranges.json",
            r#"{"createDate": "2026-02-01-00-00-00", "prefixes": [
                {"ip_prefix": "198.51.100.0/24", "region": "us-east-1", "service": "EC2"}]}"#,
        ),
        (
            "findings.json",
            r#"{"Findings": [{"Type": "Recon:EC2/Portscan", "Severity": 5, "Title": "A scan", "Id": "f1",
                "Resource": {"InstanceDetails": {"InstanceId": "i-0123456789abcdef0"}},
                "Service": {"EventFirstSeen": "2026-03-01T09:00:00Z", "EventLastSeen": "2026-03-01T10:00:00Z",
                    "Action": {"RemoteIpDetails": {"IpAddressV4": "198.51.100.7"}}}}]}"#,
        ),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
        let import = Change::Supplement(SupplementKind::Inventory, folder.path().join(name));
        dispatch(&mut harness, Action::Indicators(IndicatorsAction::Change(Box::new(import))));
        settle(&mut harness);
    }
    dispatch(&mut harness, Action::ShowAddress("198.51.100.7".to_owned()));
    settle(&mut harness);
    harness.get_by_label(
        "GuardDuty finding: Recon:EC2/Portscan; A scan; f1; severity 5, 2026-03-01 09:00:00 UTC to 2026-03-01 10:00:00 UTC",
    );
    harness.get_by_label("AWS service: EC2, 198.51.100.0/24, since 2026-02-01 00:00:00 UTC");
    harness.get_by_label("from the inventory ip-ranges.json");
}
