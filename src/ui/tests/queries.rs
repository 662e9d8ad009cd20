//! The query library by the window.

use super::real::case;
use super::*;
use crate::questions::catalogue::{CATALOGUE, ParameterKind};
use crate::session::Action;
use crate::session::View;
use crate::session::library::LibraryAction;

fn library() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1500.0, 1000.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num7);
    settle(&mut harness);
    (folder, harness)
}

fn choose(harness: &mut Shown, name: &'static str) {
    dispatch(harness, Action::Command(crate::session::Command::Show(View::Queries)));
    dispatch(harness, Action::Library(LibraryAction::Choose(name)));
}

fn run(harness: &mut Shown) {
    harness.get_by_role_and_label(Role::Button, "Run").click();
    settle(harness);
}

#[test]
fn a_query_is_found_by_its_words_and_opens_in_its_view() {
    let (_folder, mut harness) = library();
    harness.get_by_role_and_label(Role::TextInput, "Search queries").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Search queries").type_text("rejected tcp");
    settle(&mut harness);
    assert!(harness.query_by_label("Top subnets").is_none());
    harness.get_by_role_and_label(Role::Button, "Rejected TCP traffic *").click();
    settle(&mut harness);
    harness.get_by_label_contains("* The published description gives no order");
    run(&mut harness);
    assert_eq!(app(&harness).app.view, View::Records(Dataset::Flows));
    assert_eq!(rows(&harness), 10);
    let records = app(&harness).app.records().unwrap();
    assert_eq!((records.sort[0].field.name(), records.sort[0].descending), ("start", true));
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Queries);
}

#[test]
fn enter_runs_the_chosen_query_and_its_answer_keeps_the_time_that_it_is_of() {
    let (_folder, mut harness) = library();
    choose(&mut harness, "coverage");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Coverage by hour and source").focus();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Rows containing");
    let from = crate::model::Timestamp::from_secs(super::real::DAY);
    let to = crate::model::Timestamp::from_secs(super::real::DAY + 3600);
    let of_range = format!("{} – ", app(&harness).app.zone.format(from));
    dispatch(&mut harness, Action::SetRange(crate::model::TimeRange { from: Some(from), to: Some(to) }));
    settle(&mut harness);
    assert!(harness.query_by_label_contains(&of_range).is_none(), "the answer is that of all times still");
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_label_contains(&of_range);
}

#[test]
fn a_query_shows_its_own_columns_until_they_are_taken_back() {
    let (folder, mut harness) = library();
    choose(&mut harness, "console-logins");
    run(&mut harness);
    assert_eq!(app(&harness).app.view, View::Records(Dataset::Events));
    harness.get_by_label("mfa_used: Yes");
    harness.get_by_label("console_login: Success");
    harness.get_by_label("Columns of the query");
    // A value inside JSON filters as any other.
    harness.get_by_label("mfa_used: Yes").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Only this value").click();
    settle(&mut harness);
    let applied = app(&harness).app.records().unwrap().applied().to_owned();
    assert_eq!(applied, "event_name = ConsoleLogin and additionalEventData.MFAUsed = Yes");
    assert_eq!(rows(&harness), 1);
    assert!(harness.query_by_label("Columns of the query").is_none(), "another filter, the own columns");

    choose(&mut harness, "console-logins");
    run(&mut harness);
    let path = folder.path().join("logins.csv");
    super::exports::export(&mut harness, &path);
    let written = super::exports::lines(&path);
    assert_eq!(
        written[0],
        "ref,event_time,user_identity_user_name,source_ip_address,mfa_used,console_login,error_message,event_id"
    );
    assert!(written[1].contains(",mori,203.0.113.9,Yes,Success,"), "{written:?}");
    harness.get_by_role_and_label(Role::Button, "Custom columns").click();
    settle(&mut harness);
    assert!(harness.query_by_label("mfa_used: Yes").is_none());
    harness.get_by_role_and_label(Role::ColumnHeader, "user_identity_arn");
}

#[test]
fn a_top_list_is_shown_in_place_and_leads_to_the_records() {
    let (_folder, mut harness) = library();
    choose(&mut harness, "VpcFlowLogsTopTalkers");
    run(&mut harness);
    harness.get_by_label_contains("records: 91");
    for cell in ["total: 320,440", "sent: 40,000", "received: 280,440"] {
        harness.get_by_label(cell);
    }
    // Sorted by another column, and the other way round.
    let first = |h: &Shown| {
        let cells = h.get_all_by(|n| n.label().is_some_and(|l| l.starts_with("ip: ")));
        cells.min_by(|a, b| a.rect().top().total_cmp(&b.rect().top())).unwrap().accesskit_node().label().unwrap()
    };
    assert_eq!(first(&harness), "ip: 10.0.0.5");
    for expected in ["ip: no value", "ip: 203.0.113.9"] {
        harness.get_by_role_and_label(Role::ColumnHeader, "ip").click();
        settle(&mut harness);
        assert_eq!(first(&harness), expected);
    }
    // Only rows that contain a text.
    harness.get_by_role_and_label(Role::TextInput, "Rows containing").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Rows containing").type_text("10.0.0");
    settle(&mut harness);
    assert!(harness.query_by_label("ip: 203.0.113.9").is_none());
    harness.get_by_label("ip: 10.0.0.5").click();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(rows(&harness), 90);
}

/// The rows of a query are shown when it is run again after another one was stopped.
#[test]
fn an_answer_is_shown_again_after_another_query_was_stopped() {
    let (_folder, mut harness) = library();
    choose(&mut harness, "VpcFlowLogsTopTalkers");
    run(&mut harness);
    harness.get_by_label("total: 320,440");
    choose(&mut harness, "flow-count");
    let running = harness.state_mut().as_mut().unwrap();
    running.app.dispatch(Action::Library(LibraryAction::Run));
    running.app.dispatch(Action::Library(LibraryAction::Stop));
    settle(&mut harness);
    choose(&mut harness, "VpcFlowLogsTopTalkers");
    run(&mut harness);
    harness.get_by_label("total: 320,440");
}

#[test]
fn a_parameter_is_asked_for_and_a_query_without_evidence_says_what_is_missing() {
    let (_folder, mut harness) = library();
    choose(&mut harness, "VpcFlowLogsTrafficFrmSrcAddr");
    harness.get_by_label_contains("requires the parameter ip");
    harness.get_by_role_and_label(Role::TextInput, "Address").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Address").type_text("198.51.100.7");
    settle(&mut harness);
    run(&mut harness);
    assert_eq!(rows(&harness), 10);
    choose(&mut harness, "VpcFlowLogsTopTalkingSubnets");
    assert!(harness.query_all_by_label("No record in the case has subnet_id.").count() > 0);
    assert!(harness.get_by_role_and_label(Role::Button, "Run").accesskit_node().is_disabled());
}

/// Whatever a query gives, some view shows it, and nothing fails.
#[test]
fn every_query_that_can_be_asked_opens() {
    let (_folder, mut harness) = library();
    let mut opened = 0;
    for query in CATALOGUE.iter() {
        choose(&mut harness, query.name);
        if app(&harness).app.case.as_ref().unwrap().library.lack(query).is_some() {
            continue;
        }
        for parameter in query.parameters.iter().filter(|p| !p.optional && p.default.is_none()) {
            let value = match parameter.kind {
                ParameterKind::Address => "10.0.0.5",
                ParameterKind::Addresses => "10.0.0.5, 203.0.113.0/24",
                ParameterKind::Ports => "443",
                ParameterKind::Text => "eni-0a",
                ParameterKind::Texts => "a, b",
                ParameterKind::Document => r#"{"PublicKeyList": []}"#,
                ParameterKind::Boolean => "true",
                ParameterKind::Number => "0.5",
                ParameterKind::Bytes => "5MB",
                ParameterKind::Seconds => "900",
                ParameterKind::Minutes => "5",
                ParameterKind::Days => "7",
                ParameterKind::Fields => "ip",
                ParameterKind::Measure => "records",
                ParameterKind::Columns => "-records",
            };
            dispatch(&mut harness, Action::Library(LibraryAction::Parameter(parameter.name, value.into())));
        }
        dispatch(&mut harness, Action::Library(LibraryAction::Run));
        let app = &app(&harness).app;
        assert!(app.errors.entries().is_empty(), "{}: {:?}", query.name, app.errors.entries());
        let answered = app.view != View::Queries || app.case.as_ref().unwrap().library.answer().is_some();
        assert!(answered, "{}", query.name);
        opened += 1;
    }
    assert!(opened > 20, "{opened}");
}

#[test]
fn filters_are_kept_in_the_case_and_go_from_case_to_case() {
    let (folder, mut harness) = library();
    dispatch(&mut harness, Action::Command(crate::session::Command::Show(View::Records(Dataset::Flows))));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    harness.get_by_role_and_label(Role::Button, "Save").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("the scanner");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_label("Filter saved in the case");
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, String::new()));
    dispatch(&mut harness, Action::Command(crate::session::Command::Show(View::Queries)));
    harness.get_by_role_and_label(Role::Button, "the scanner").click();
    settle(&mut harness);
    assert_eq!(rows(&harness), 10);

    let path = folder.path().join("filters.json");
    let file = |imports| Dialog::FilterFile { path: path.to_string_lossy().into_owned(), imports };
    dispatch(&mut harness, Action::Command(crate::session::Command::Show(View::Queries)));
    dispatch(&mut harness, Action::Dialog(Some(file(false))));
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_label("Remove the scanner").click();
    settle(&mut harness);
    assert!(app(&harness).app.case.as_ref().unwrap().saved_filters.list().is_empty());
    dispatch(&mut harness, Action::Dialog(Some(file(true))));
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_label("Filters imported: 1; already in the case: 0");
    assert_eq!(app(&harness).app.case.as_ref().unwrap().saved_filters.list()[0].text, "dstport = 22");
    assert!(app(&harness).app.errors.entries().is_empty(), "{:?}", app(&harness).app.errors.entries());
}
