//! The most frequent values beside a table: what they say, and what clicks and keys on them do.

use super::real::case;
use super::*;
use crate::present::Language;
use crate::session::{Action, Command, Side};

const ACCEPTED: &str = "action ACCEPT: 80, 87.9 %";
const REFUSED: &str = "action REJECT: 10, 11.0 %";
const NO_ACTION: &str = "action no value: 1, 1.1 %";

fn beside_flows(size: egui::Vec2) -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(size);
    dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
    (folder, harness)
}

fn value<'a>(harness: &'a Shown, name: &'a str) -> egui_kittest::Node<'a> {
    harness.get_by_role_and_label(Role::Button, name)
}

fn applied(harness: &Shown) -> String {
    app(harness).app.records().unwrap().applied().to_owned()
}

fn is_shown(harness: &Shown) -> bool {
    harness.query_all_by_label_contains("action ACCEPT: ").next().is_some()
}

#[test]
fn values_are_counted_and_a_click_keeps_or_excludes_their_records() {
    let (_folder, mut harness) = beside_flows(vec2(1900.0, 1000.0));
    for name in [ACCEPTED, REFUSED, NO_ACTION] {
        value(&harness, name);
    }
    value(&harness, REFUSED).click();
    settle(&mut harness);
    assert_eq!((applied(&harness).as_str(), rows(&harness)), ("action = REJECT", 10));
    value(&harness, "action REJECT: 10, 100.0 %");
    dispatch(&mut harness, Action::Command(Command::ClearFilter));
    value(&harness, NO_ACTION).click();
    settle(&mut harness);
    assert_eq!((applied(&harness).as_str(), rows(&harness)), ("action is null", 1));
    dispatch(&mut harness, Action::Command(Command::Undo));
    value(&harness, ACCEPTED).click_modifiers(Modifiers::SHIFT);
    settle(&mut harness);
    assert_eq!((applied(&harness).as_str(), rows(&harness)), ("not action = ACCEPT", 11));
}

#[test]
fn keys_go_through_the_values_and_include_and_exclude() {
    let (_folder, mut harness) = beside_flows(vec2(1900.0, 1000.0));
    value(&harness, ACCEPTED).focus();
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    assert!(value(&harness, REFUSED).is_focused());
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(applied(&harness), "action = REJECT");
    dispatch(&mut harness, Action::Command(Command::Undo));
    value(&harness, REFUSED).focus();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    settle(&mut harness);
    assert_eq!(applied(&harness), "not action = REJECT");
}

#[test]
fn fields_are_chosen_and_all_of_it_is_put_away() {
    let (_folder, mut harness) = beside_flows(vec2(1900.0, 1000.0));
    assert!(is_shown(&harness));
    value(&harness, "Fields").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::CheckBox, "action").click();
    settle(&mut harness);
    assert!(!is_shown(&harness));
    harness.get_by_role_and_label(Role::CheckBox, "log_status").click();
    settle(&mut harness);
    let chosen = app(&harness).app.settings.facets["flows"].clone();
    assert_eq!(chosen, ["srcaddr", "dstaddr", "dstport", "protocol", "interface_id", "log_status"]);
    value(&harness, "log_status NODATA: 1, 1.1 %");
    value(&harness, "Default fields").click();
    settle(&mut harness);
    assert!(is_shown(&harness) && app(&harness).app.settings.facets.is_empty());
    value(&harness, "Hide top values (F9)").click();
    settle(&mut harness);
    assert!(!is_shown(&harness));
    assert_eq!(app(&harness).app.settings.facets_shown, Some(false));
    harness.key_press(Key::F9);
    settle(&mut harness);
    assert!(is_shown(&harness));
}

#[test]
fn a_small_window_has_the_table_alone_until_they_are_asked_for() {
    let (_folder, mut harness) = beside_flows(vec2(1440.0, 900.0));
    assert!(!is_shown(&harness));
    harness.key_press(Key::F9);
    settle(&mut harness);
    assert!(is_shown(&harness));
    let table = harness.get_by_role_and_label(Role::ColumnHeader, "start (UTC)").rect();
    assert!(value(&harness, ACCEPTED).rect().right() < table.left());
    harness.set_size(vec2(560.0, 900.0));
    settle(&mut harness);
    assert!(!is_shown(&harness), "the table is not less than it needs");
}

#[test]
fn events_have_their_own_and_both_languages_name_them() {
    let (_folder, mut harness) = case(vec2(1900.0, 1000.0));
    dispatch(&mut harness, Action::Show(View::Records(Dataset::Events)));
    value(&harness, "event_name ListBuckets: 2, 66.7 %");
    value(&harness, "error_code no value: 2, 66.7 %");
    dispatch(&mut harness, Action::Command(Command::Language(Language::Japanese)));
    value(&harness, "event_name ListBuckets: 2 件、66.7 %");
    value(&harness, "上位の値を非表示（F9）");
}

const TIP: &str = "Click: only these records. Shift+click: exclude them. Enter and Shift+Enter do the same.";

#[test]
fn a_tool_tip_says_only_what_is_not_there_already() {
    let (_folder, mut harness) = beside_flows(vec2(1900.0, 1000.0));
    let rest = |harness: &mut Shown, name: &str| {
        harness.get_by_label_contains(name).hover();
        (0..40).for_each(|_| harness.step());
    };
    assert!(harness.query_by_label_contains(TIP).is_none(), "the pointer rests on none");
    rest(&mut harness, ACCEPTED);
    harness.get_by_label(TIP);
    rest(&mut harness, NO_ACTION);
    harness.get_by_label(&format!("no value\n{TIP}"));
    dispatch(&mut harness, Action::Show(View::Records(Dataset::Events)));
    rest(&mut harness, "user_identity_arn user/mori");
    harness.get_by_label(&format!("arn:aws:iam::123456789012:user/mori\n{TIP}"));
}

#[test]
fn each_half_keeps_the_width_that_was_dragged_in_it() {
    let (_folder, mut harness) = beside_flows(vec2(2600.0, 1000.0));
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    dispatch(&mut harness, Action::ShowIn(Side::Right, View::Records(Dataset::Events)));
    dispatch(&mut harness, Action::ShowFacets(true));
    let event = "event_name ListBuckets: 2, 66.7 %";
    let right = value(&harness, event).rect();
    let end = value(&harness, ACCEPTED).rect().right();
    let handles = harness.get_all_by_label("Resize panel").map(|node| node.rect().center());
    let edge = handles.min_by_key(|at| (at.x - end).abs() as i32).unwrap();
    harness.hover_at(edge);
    harness.step();
    harness.drag_at(edge);
    for by in [40.0, 60.0] {
        harness.step();
        harness.hover_at(edge + vec2(by, 0.0));
    }
    harness.step();
    harness.drop_at(edge + vec2(60.0, 0.0));
    settle(&mut harness);
    assert!((value(&harness, ACCEPTED).rect().right() - end - 60.0).abs() < 2.0);
    assert_eq!(value(&harness, event).rect().width(), right.width());
    let sizes = &app(&harness).app.settings.sizes;
    assert!((280.0..300.0).contains(&sizes["facets-flows"]) && !sizes.contains_key("facets-events"), "{sizes:?}");
}
