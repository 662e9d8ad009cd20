//! Imports by the window: a format that has to be confirmed, a case that is left meanwhile.

use super::real::DAY;
use super::*;
use crate::case::CaseReader;
use crate::session::source::{CaseInfo, ImportOptions};
use crate::session::{Action, CaseBackend};

#[test]
fn a_proposed_format_is_confirmed_and_the_records_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("custom.log");
    let lines: String = (0..200).map(custom_line).collect();
    std::fs::write(&log, lines).unwrap();
    let case = folder.path().join("case.coldtrail");
    let mut harness = opened(Arc::new(CaseBackend::default()), Opening::default(), vec2(1400.0, 900.0));
    settle(&mut harness);
    let window = harness.state_mut().as_mut().unwrap();
    let info = CaseInfo { examiner: "A. Analyst".into(), ..CaseInfo::default() };
    window.app.dispatch(Action::Create { path: case, info, then_import: vec![log] });
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    // It asks by itself.
    harness.get_by_role_and_label(Role::Button, "Review and use this format...").click();
    settle(&mut harness);
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Format of flow records without a header");
    let proposal = field.value().unwrap();
    assert!(proposal.contains("${srcaddr}") && proposal.contains("${action}"), "{proposal}");
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.dialog, None, "{:?}", app(&harness).app.errors.entries());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.get_by_label("200 of 200 records");
    harness.get_by_label("srcaddr: 10.1.2.3");
}

/// A flow log with its own order of fields: interface, addresses, ports, protocol, packets, bytes, start, end, action.
fn custom_line(n: u64) -> String {
    let (start, action) = (1_621_123_200 + n, if n.is_multiple_of(3) { "REJECT" } else { "ACCEPT" });
    format!(
        "eni-0a1b2c3d4e5f60718 10.1.2.{} 192.0.2.{} {} 443 6 {} {} {start} {} {action} OK\n",
        3 + n % 200,
        1 + n % 9,
        40_000 + n,
        1 + n % 20,
        100 + n * 52,
        start + 59,
    )
}

#[test]
fn a_case_under_import_is_left_only_after_an_answer() {
    let opening = Opening { case: Some("/a.coldtrail".into()), evidence: vec!["/logs/a.gz".into()] };
    let mut harness = opened(Arc::new(MemoryBackend::importing()), opening, vec2(1400.0, 900.0));
    let answered = |harness: &mut Shown| settle_while(harness, |_| false);
    answered(&mut harness);
    typed(&mut harness, Role::TextInput, "Your name", "A. Analyst");
    harness.get_by_role_and_label(Role::Button, "Import").click();
    answered(&mut harness);
    assert!(app(&harness).app.is_importing());
    for (button, still_open) in [("Stay in this case", true), ("Continue in background", false)] {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::W);
        answered(&mut harness);
        harness.get_by_label_contains("still being imported into a.coldtrail");
        harness.get_by_role_and_label(Role::Button, button).click();
        answered(&mut harness);
        assert_eq!(app(&harness).app.case.is_some(), still_open);
        assert!(app(&harness).app.jobs.running().is_some());
    }
    harness.get_by_label("into a.coldtrail");
    harness.get_by_role_and_label(Role::Button, "Cancel import");
}

#[test]
fn an_import_into_a_case_without_an_examiner_asks_for_the_name_first() {
    let folder = tempfile::tempdir().unwrap();
    let (log, path) = (folder.path().join("flows.log"), folder.path().join("case.coldtrail"));
    let record =
        format!("2 123456789012 eni-0a 10.0.0.5 203.0.113.9 50000 443 6 4 1000 {DAY} {} ACCEPT OK\n", DAY + 59);
    std::fs::write(&log, record).unwrap();
    let mut harness = opened(Arc::new(CaseBackend::default()), Opening::default(), vec2(1400.0, 900.0));
    settle(&mut harness);
    dispatch(
        &mut harness,
        Action::Create { path: path.clone(), info: CaseInfo::default(), then_import: vec![log.clone()] },
    );
    let may = |harness: &Shown| !harness.get_by_role_and_label(Role::Button, "Import").accesskit_node().is_disabled();
    harness.get_by_label_contains("The case names no examiner");
    assert!(!may(&harness));
    // Nor does any other way lead past the question.
    dispatch(&mut harness, Action::Dialog(None));
    dispatch(&mut harness, Action::Import { paths: vec![log], options: ImportOptions::default() });
    assert!(app(&harness).app.jobs.list().is_empty() && !may(&harness));
    typed(&mut harness, Role::TextInput, "Your name", "A. Analyst");
    assert!(may(&harness));
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.settings.examiner, "A. Analyst");
    let entries = CaseReader::open(&path).unwrap().journal().unwrap();
    let (created, imported) = entries.split_first().unwrap();
    assert_eq!(created.examiner, "");
    assert!(!imported.is_empty() && imported.iter().all(|entry| entry.examiner == "A. Analyst"), "{imported:?}");
}
