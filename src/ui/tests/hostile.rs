//! Evidence that tries to dress up the window: characters that turn or hide text, and values without end.

use super::*;
use crate::app::error::{Message, UserError};
use crate::app::failure::Cause;
use crate::app::import::{FailureKind, FileFailure};
use crate::present::display::SHOWN_CHARS;
use crate::session::Action;

#[test]
fn values_without_end_are_shown_in_part_and_say_so() {
    let mut harness = flows(50);
    harness.get_by_label("srcaddr: 10.0.0.7").click();
    settle(&mut harness);
    harness.get_by_label_contains("98,000 more characters are not shown; Copy includes all of them");
    let told = harness.get_all_by(|_| true).filter_map(|node| node.accesskit_node().label());
    let longest = told.map(|text| text.chars().count()).max();
    assert_eq!(longest, Some("endless = ".len() + SHOWN_CHARS + 1), "with the ellipsis");
}

#[test]
fn every_place_spells_out_what_could_turn_its_text() {
    let case = "/cases/evil\u{202e}name\u{7}.coldtrail";
    let mut harness = window(MemoryBackend::with_flows(50), Some(case));
    let window = harness.state_mut().as_mut().unwrap();
    let path = std::path::PathBuf::from("/logs/\u{2066}x.gz");
    let reason = "why \u{202e}\u{1b}[31m".to_owned();
    let cause = Cause::Input(FileFailure { path: path.clone(), kind: FailureKind::NotFound, reason });
    let error = UserError::new(Message::new("error-file"), cause.told()).at(path);
    window.app.dispatch(Action::Fail(error));
    window.app.dispatch(Action::ApplyFilter(Dataset::Flows, "interface_id = 'a\u{202e}b\u{200b}'".into()));
    settle(&mut harness);
    nothing_turns(&harness, "the reason why nothing is shown");
    harness.get_by_role_and_label(Role::Button, "History").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "interface_id = 'a‹U+202E›b‹U+200B›'");
    nothing_turns(&harness, "the filters that were used");
    harness.key_press(Key::Escape);
    harness.get_by_label("Errors: 1").click();
    settle(&mut harness);
    harness.get_by_label("why ‹U+202E›‹U+001B›[31m");
    harness.get_by_label("/logs/‹U+2066›x.gz");
    nothing_turns(&harness, "the errors");
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("evil‹U+202E›name‹U+0007›").count() > 1, "recent cases and status bar");
    nothing_turns(&harness, "the recent cases");
}

fn nothing_turns(harness: &Shown, place: &str) {
    let signs = ['\u{200b}', '\u{202e}', '\u{2066}', '\u{7}', '\u{1b}'];
    let turns = |text: Option<String>| text.is_some_and(|text| text.contains(signs));
    // The value of a field is what is edited; it is painted with a sign in place of each.
    let found =
        harness.query_all_by(|node| node.role() != Role::TextInput && (turns(node.label()) || turns(node.value())));
    let found: Vec<_> = found.map(|n| (n.accesskit_node().label(), n.value())).collect();
    assert!(found.is_empty(), "{place}: {found:?}");
}
