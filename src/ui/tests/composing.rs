//! Input methods: Enter, Tab and Esc during a composition are the input method's, whichever field it is in.

use super::*;
use crate::session::{Action, Command};
use egui::{Event, ImeEvent};

fn composes(harness: &mut Shown, text: &str) {
    harness.event(Event::Ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None }));
    settle(harness);
}

fn commits(harness: &mut Shown, text: &str) {
    harness.event(Event::Ime(ImeEvent::Preedit { text: String::new(), active_range_chars: None }));
    harness.event(Event::Ime(ImeEvent::Commit(text.to_owned())));
    settle(harness);
}

fn draft(harness: &Shown) -> String {
    app(harness).app.records().unwrap().draft.clone()
}

#[test]
fn enter_runs_the_filter_only_when_the_word_is_committed() {
    let mut harness = flows(1000);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    composes(&mut harness, "action = REJECT");
    assert_eq!(draft(&harness), "action = REJECT", "what is composed is seen in its place");
    keyed(&mut harness, Key::Enter);
    assert_eq!(rows(&harness), 1000, "Enter chose a candidate");
    commits(&mut harness, "action = REJECT");
    assert_eq!(draft(&harness), "action = REJECT");
    keyed(&mut harness, Key::Enter);
    assert_eq!(rows(&harness), 250);
}

#[test]
fn tab_and_arrows_take_no_completion_and_esc_leaves_the_field_alone() {
    let mut harness = flows(100);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("srca");
    settle(&mut harness);
    composes(&mut harness, "か");
    for key in [Key::ArrowDown, Key::Tab, Key::Escape, Key::Tab] {
        keyed(&mut harness, key);
        assert_eq!(draft(&harness), "srcaか", "{key:?}");
    }
    composes(&mut harness, "");
    assert_eq!(draft(&harness), "srca");
    keyed(&mut harness, Key::Tab);
    assert_eq!(draft(&harness), "srcaddr ", "the keys are the window's again");
}

#[test]
fn a_dialog_stays_while_a_word_is_composed_in_it() {
    let mut harness = flows(10);
    let dialog = |harness: &Shown| app(harness).app.dialog.is_some();
    for command in [Command::Palette, Command::ChooseZone, Command::AddLabel] {
        dispatch(&mut harness, Action::Command(command));
        composes(&mut harness, "とうきょう");
        keyed(&mut harness, Key::Enter);
        keyed(&mut harness, Key::Escape);
        assert!(dialog(&harness), "{command:?}: neither continued nor closed");
        commits(&mut harness, "東京");
        keyed(&mut harness, Key::Escape);
        assert!(!dialog(&harness), "{command:?}: closed by the next Esc");
    }
}

/// A composition that a click elsewhere broke off does not keep the keys for ever.
#[test]
fn a_composition_that_is_left_gives_the_keys_back() {
    let mut harness = flows(100);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    composes(&mut harness, "とう");
    harness.get_by_label("srcaddr: 10.0.0.7").click();
    settle(&mut harness);
    let before = app(&harness).app.records().unwrap().selection.cursor();
    keyed(&mut harness, Key::ArrowDown);
    assert_eq!(app(&harness).app.records().unwrap().selection.cursor(), before.map(|row| row + 1));
}
