//! What is typed into the two fields of the time range.

use super::real::{DAY, case};
use super::*;
use crate::model::{TimeRange, Timestamp};

fn flows_of_the_case() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1440.0, 900.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    (folder, harness)
}

fn enter(harness: &mut Shown, field: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    settle(harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    settle(harness);
    harness.key_press(Key::Enter);
    settle(harness);
}

fn minutes(from: i64, to: i64) -> TimeRange {
    let at = |minute: i64| Some(Timestamp::from_secs(DAY + minute * 60));
    TimeRange { from: at(from), to: at(to) }
}

#[test]
fn expressions_are_read_in_either_field() {
    let (_folder, mut harness) = flows_of_the_case();
    enter(&mut harness, "From", "00:05-00:15");
    assert_eq!(app(&harness).app.range, minutes(5, 15));
    enter(&mut harness, "To", "+20m");
    assert_eq!(app(&harness).app.range, minutes(5, 25));
    enter(&mut harness, "From", "today");
    assert_eq!(app(&harness).app.range, minutes(0, 24 * 60));
    // The first row of the case is selected.
    enter(&mut harness, "To", "±5m around this row");
    assert_eq!(app(&harness).app.range, minutes(-5, 5));
}

/// As after Ctrl+T: what is typed replaces the time that is there.
#[test]
fn tab_selects_the_time_of_the_field_that_it_goes_to() {
    let (_folder, mut harness) = flows_of_the_case();
    enter(&mut harness, "From", "00:05-00:15");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::T);
    settle(&mut harness);
    harness.key_press(Key::Tab);
    settle(&mut harness);
    assert!(harness.get_by_role_and_label(Role::TextInput, "To").is_focused());
    harness.get_by_role_and_label(Role::TextInput, "To").type_text("00:20");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(app(&harness).app.range, minutes(5, 20));
}

#[test]
fn a_wrong_time_marks_its_own_field_and_says_what_is_accepted() {
    let (_folder, mut harness) = flows_of_the_case();
    enter(&mut harness, "From", "soon");
    assert_eq!(app(&harness).app.range, TimeRange::default());
    let says = |harness: &Shown, field: &str| {
        let node = harness.get_by_role_and_label(Role::TextInput, field);
        node.accesskit_node().description().filter(|says| says.starts_with("Not a time"))
    };
    assert!(says(&harness, "From").unwrap().starts_with("Not a time. Accepted: 03:30"));
    assert_eq!(says(&harness, "To"), None);
    harness.get_by_role_and_label(Role::TextInput, "From").focus();
    settle(&mut harness);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert_eq!(says(&harness, "From"), None);
}

#[test]
fn presets_need_no_typing() {
    let (_folder, mut harness) = flows_of_the_case();
    harness.get_by_role_and_label(Role::Button, "Presets").click();
    settle(&mut harness);
    harness.get_by_label_contains("Last hour of the case").click();
    settle(&mut harness);
    let range = app(&harness).app.range;
    assert_eq!(range.to.unwrap().0 - range.from.unwrap().0, 3_600_000);
}

/// However fast they come: a field that Enter has left is not entered again by Esc.
#[test]
fn esc_behind_enter_leaves_the_time_and_keeps_it() {
    for frames in [1, 2] {
        let mut harness = flows(1000);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::T);
        settle(&mut harness);
        harness.key_press(Key::Tab);
        settle(&mut harness);
        let key = |key| egui::Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        harness.input_mut().events.extend([egui::Event::Text("2030-01-01".into()), key(Key::Enter)]);
        (1..frames).for_each(|_| harness.step());
        harness.input_mut().events.push(key(Key::Escape));
        settle(&mut harness);
        assert!(app(&harness).app.range.to.is_some(), "{frames}");
        assert!(!harness.get_by_role_and_label(Role::TextInput, "To").is_focused(), "{frames}");
    }
}
