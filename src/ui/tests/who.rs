//! Identities, monitoring rules, the page of a key, and who acted, by the window.

use super::real::case_of;
use super::*;
use crate::session::identities::{IdentitiesAction, Listed};
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
    harness.get_by_label("actor: arn:aws:iam::111122223333:user/mika");
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
