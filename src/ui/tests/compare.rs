//! The comparison below the table.

use super::real::case;
use super::*;
use crate::session::{Action, Command, Side};

fn compared() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1440.0, 900.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    settle(&mut harness);
    // The second and the third: one was refused, the other not.
    harness.key_press(Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::M);
    settle(&mut harness);
    (folder, harness)
}

fn is_open(harness: &Shown) -> bool {
    let app = &app(harness).app;
    app.case.as_ref().unwrap().compare.is_open(app.view)
}

#[test]
fn events_are_compared_leaf_by_leaf_and_escape_closes() {
    let (_folder, mut harness) = compared();
    assert!(is_open(&harness));
    harness.get_by_label("Comparison of 2 records");
    harness.get_by_label("3 of 14 values differ");
    harness.get_by_label_contains("2021-05-16 00:10:00 ListBuckets (");
    harness.get_by_label_contains("2021-05-16 00:15:00 ListBuckets (");
    harness.get_by_label("errorCode = \"AccessDenied\", differs");
    harness.get_by_label("errorCode = –, differs");
    assert!(harness.query_by_label("awsRegion = \"us-east-1\", equal").is_none(), "folded");
    harness.get_all_by_label_contains("11 equal values").next().unwrap().click();
    settle(&mut harness);
    assert_eq!(harness.get_all_by_label("awsRegion = \"us-east-1\", equal").count(), 2);
    harness.get_by_role_and_label(Role::CheckBox, "Only differences").click();
    settle(&mut harness);
    assert!(harness.query_by_label_contains("equal values").is_none());
    harness.get_by_role_and_label(Role::Button, "Copy as CSV").click();
    settle(&mut harness);
    let text = app(&harness).app.case.as_ref().unwrap().compare.csv().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("field,differs,"), "{text}");
    assert_eq!(lines[1], "errorCode,true,\"\"\"AccessDenied\"\"\",");
    assert_eq!(lines.len(), 4, "{text}");
    // Esc is for the menu first.
    harness.get_by_label("errorCode = \"AccessDenied\", differs").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Exclude this value");
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(is_open(&harness));
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(!is_open(&harness));
}

#[test]
fn a_value_of_a_comparison_filters_and_the_pane_says_what_the_exhibit_says() {
    let (folder, mut harness) = compared();
    let case = app(&harness).app.case.as_ref().unwrap();
    let shown = case.compare.shown().unwrap();
    let records: Vec<_> = shown.heads.iter().map(|head| head.record).collect();
    assert_eq!(records, app(&harness).app.records().unwrap().selected_ids(5), "in the order of the selection");
    let rows: Vec<Vec<String>> = shown
        .rows
        .iter()
        .map(|row| {
            [row.name(), row.differs.to_string()]
                .into_iter()
                .chain(row.values.iter().map(crate::model::Value::to_text))
                .collect()
        })
        .collect();
    use crate::questions::{CompareQuestion, Question};
    let reader = crate::case::CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
    let question = CompareQuestion::of(Dataset::Events, records);
    let sections =
        question.sections(&reader, crate::present::Zone::default(), &crate::query::Cancel::default()).unwrap();
    let frozen: Vec<Vec<String>> =
        sections[0].rows.iter().map(|row| row.iter().map(crate::model::Value::to_text).collect()).collect();
    assert_eq!(rows, frozen);
    harness.get_by_label("errorCode = \"AccessDenied\", differs").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Only this value").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "$.errorCode = AccessDenied");
}

#[test]
fn flow_records_are_compared_field_by_field_from_the_menu_of_a_cell() {
    let (_folder, mut harness) = case(vec2(1440.0, 900.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    harness.get_by_label("Compare the selected rows").click();
    settle(&mut harness);
    assert!(is_open(&harness));
    harness.get_by_label("srcport = 50000, differs");
    // Where the window is low, it takes the place of the inspector.
    let (_folder, mut harness) = case(vec2(1024.0, 700.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    settle(&mut harness);
    dispatch(&mut harness, Action::Command(Command::Compare));
    let pane = harness.get_by_label("Comparison of 2 records").rect();
    assert!(pane.top() > 300.0 && pane.bottom() < 700.0, "{pane:?}");
    assert!(harness.query_by_role_and_label(Role::Tab, "Summary").is_none());
    harness.get_by_role_and_label(Role::Button, "Close the comparison").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Tab, "Summary");
}

#[test]
fn a_comparison_beside_the_other_table_leaves_the_keyboard_where_it_is() {
    let (_folder, mut harness) = compared();
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    dispatch(&mut harness, Action::ShowIn(Side::Right, View::Records(Dataset::Flows)));
    harness.get_by_label("Comparison of 2 records");
    harness.get_by_role_and_label(Role::TextInput, "From").focus();
    settle(&mut harness);
    assert!(harness.get_by_role_and_label(Role::TextInput, "From").is_focused());
}
