//! The page of leads by the window.

use super::real::case_of;
use super::*;
use crate::session::{Action, Command};

/// Guesses at SSH from one address, and nothing else.
fn flows() -> String {
    let mut lines = vec![super::real::HEADER.to_owned()];
    for n in 0..60i64 {
        let start = super::real::DAY + n * 20;
        for (from, to, ports, direction) in [
            ("203.0.113.66", "10.0.0.5", (40_000 + n, 22), "ingress"),
            ("10.0.0.5", "203.0.113.66", (22, 40_000 + n), "egress"),
        ] {
            lines.push(format!(
                "5 123456789012 eni-0a {from} {to} {} {} 6 9 {} {start} {} ACCEPT OK {direction} 3 {from} {to} i-0a",
                ports.0,
                ports.1,
                1200 + n,
                start + 4
            ));
        }
    }
    lines.join("\n") + "\n"
}

fn window() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case_of(vec2(1800.0, 1000.0), &[("flows.log", flows())]);
    settle(&mut harness);
    dispatch(&mut harness, Action::Command(Command::Show(View::Leads)));
    settle(&mut harness);
    (folder, harness)
}

fn leads(harness: &Shown) -> &crate::session::leads::Leads {
    &app(harness).app.case.as_ref().unwrap().leads
}

#[test]
fn a_lead_shows_its_parts_and_leads_to_exactly_its_records() {
    let (_folder, mut harness) = window();
    let of = leads(&harness).chosen().unwrap().clone();
    assert_eq!((of.kind.as_str(), of.subject.as_str(), of.records), ("guessing", "203.0.113.66", Some(60)));
    harness.get_by_label_contains("50.0 medium · Guessing");
    harness.get_by_label_contains("a wrong password is a short answered session");
    harness.get_by_label("Show the records").click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Flows), 60));
}

#[test]
fn a_lead_is_dismissed_with_a_reason_and_the_step_is_undone() {
    let (_folder, mut harness) = window();
    let all = leads(&harness).len();
    harness.get_by_label("Dismiss …").click();
    settle(&mut harness);
    harness.get_by_label("Reason").focus();
    harness.run();
    harness.get_by_label("Reason").type_text("a test of ours");
    settle(&mut harness);
    harness.get_by_label("Dismiss this lead").click();
    settle(&mut harness);
    assert_eq!((leads(&harness).len(), leads(&harness).dismissed()), (all - 1, 1));
    harness.get_by_label("Dismissed (1)").click();
    settle(&mut harness);
    assert_eq!(leads(&harness).len(), all);
    harness.get_by_label_contains("Dismissed: a test of ours");
    dispatch(&mut harness, Action::Command(Command::Undo));
    settle(&mut harness);
    assert_eq!(leads(&harness).dismissed(), 0);
}

#[test]
fn a_lead_becomes_a_finding_that_cites_its_records() {
    let (_folder, mut harness) = window();
    harness.get_by_label("Make a finding").click();
    settle(&mut harness);
    let lists = app(&harness).app.case.as_ref().unwrap().conclusions.lists().unwrap().clone();
    let [finding] = lists.findings.as_slice() else { panic!("{:?}", lists.findings) };
    assert_eq!(finding.records.len(), 60);
    assert!(finding.text.title.starts_with("Guessing: 60 small sessions"), "{}", finding.text.title);
    assert!(finding.text.text.contains("Refuted by: a monitor"), "{}", finding.text.text);
}

#[test]
fn an_entry_of_an_allow_list_applies_at_once_and_is_undone() {
    let (_folder, mut harness) = window();
    let all = leads(&harness).len();
    harness.get_by_label("Allow-list …").click();
    settle(&mut harness);
    harness.get_by_label("Reason").focus();
    harness.run();
    harness.get_by_label("Reason").type_text("our scanner");
    settle(&mut harness);
    harness.get_by_label("Add to the allow-list of Scans and guessing").click();
    settle(&mut harness);
    assert_eq!((leads(&harness).len(), leads(&harness).found().unwrap().left_out), (all - 1, 1));
    dispatch(&mut harness, Action::Command(Command::Undo));
    settle(&mut harness);
    assert_eq!((leads(&harness).len(), leads(&harness).found().unwrap().left_out), (all, 0));
}

#[test]
fn the_overview_shows_the_first_leads() {
    let (_folder, mut harness) = window();
    dispatch(&mut harness, Action::Command(Command::Show(View::Overview)));
    settle(&mut harness);
    harness.get_by_label_contains("Guessing · 203.0.113.66");
    harness.get_by_label_contains("All ").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Leads);
}
