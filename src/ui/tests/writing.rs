//! What examiners write, by the window: tags, notes, findings, exhibits.

use super::real::{case, dispatch};
use super::*;
use crate::app::Action;
use crate::app::written::{Lists, Task};
use crate::model::conclusions::{Change, FindingText, ReportField, Subject};

fn opened_case() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1600.0, 1000.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    (folder, harness)
}

fn lists(harness: &Shown) -> Arc<Lists> {
    Arc::clone(app(harness).app.case.as_ref().unwrap().written.lists().expect("the lists are in"))
}

fn write(harness: &mut Shown, change: Change) {
    dispatch(harness, Action::Write(Task::Change(change)));
    settle(harness);
}

fn typed(harness: &mut Shown, role: Role, field: &str, text: &str) {
    harness.get_by_role_and_label(role, field).focus();
    settle(harness);
    harness.get_by_role_and_label(role, field).type_text(text);
    settle(harness);
}

/// Freezes the first candidate of the view under this caption.
fn freeze(harness: &mut Shown, caption: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    settle(harness);
    typed(harness, Role::TextInput, "Caption", caption);
    harness.get_by_role_and_label(Role::Button, "Freeze").click();
    settle(harness);
    assert_eq!(app(harness).app.dialog, None);
}

#[test]
fn a_tag_is_given_in_the_inspector_then_by_the_space_bar_and_undone() {
    let (_folder, mut harness) = opened_case();
    harness.key_press(Key::ArrowDown);
    harness.key_press(Key::Space);
    settle(&mut harness);
    assert!(app(&harness).app.notice.as_deref().unwrap().starts_with("Give a tag"), "there is none to give yet");
    typed(&mut harness, Role::TextInput, "New tag", "踏み台");
    harness.get_by_role_and_label(Role::Button, "Tag").click();
    settle(&mut harness);
    assert_eq!(lists(&harness).tags, [("踏み台".to_owned(), 1)]);
    harness.get_by_label("Row 1, tagged");
    dispatch(&mut harness, Action::Command(crate::app::Command::ShowFlows));
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    settle(&mut harness);
    // Of three rows the first has it: off, and on again for all.
    harness.key_press(Key::Space);
    settle(&mut harness);
    assert_eq!(lists(&harness).tags, []);
    harness.key_press(Key::Space);
    settle(&mut harness);
    assert_eq!(lists(&harness).tags, [("踏み台".to_owned(), 3)]);
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "tag = 踏み台".into()));
    settle(&mut harness);
    assert_eq!(rows(&harness), 3);
    // What is on screen follows the change at once.
    dispatch(&mut harness, Action::Command(crate::app::Command::Undo));
    settle(&mut harness);
    assert_eq!((lists(&harness).tags.len(), rows(&harness)), (0, 0));
}

#[test]
fn notes_are_written_changed_and_taken_back_in_the_inspector() {
    let (_folder, mut harness) = opened_case();
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    typed(&mut harness, Role::MultilineTextInput, "New note", "first contact");
    harness.get_by_role_and_label(Role::Button, "Add note").click();
    settle(&mut harness);
    harness.get_by_label("first contact");
    harness.get_by_role_and_label(Role::Button, "Edit").click();
    settle(&mut harness);
    let first = |harness: &Shown, act: &dyn Fn(&egui_kittest::Node<'_>)| {
        act(&harness.get_all_by_role_and_label(Role::MultilineTextInput, "New note").next().unwrap());
    };
    first(&harness, &|field| field.focus());
    settle(&mut harness);
    first(&harness, &|field| field.type_text(" by SSH"));
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Save note").click();
    settle(&mut harness);
    assert!(lists(&harness).notes[0].text.contains("by SSH"));
    harness.get_by_role_and_label(Role::Button, "Remove").click();
    settle(&mut harness);
    assert_eq!(lists(&harness).notes, []);
    dispatch(&mut harness, Action::Command(crate::app::Command::Undo));
    settle(&mut harness);
    assert_eq!(lists(&harness).notes.len(), 1, "taken back");
}

#[test]
fn every_view_can_be_frozen_and_every_exhibit_opens_its_live_view() {
    let (_folder, mut harness) = opened_case();
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "action = ACCEPT".into()));
    settle(&mut harness);
    freeze(&mut harness, "accepted");
    for (key, caption) in [(Key::Num4, "pairs"), (Key::Num6, "plot"), (Key::Num1, "list")] {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        settle(&mut harness);
        freeze(&mut harness, caption);
    }
    dispatch(&mut harness, Action::About("10.0.0.5".into()));
    settle(&mut harness);
    freeze(&mut harness, "address");
    let exhibits = lists(&harness).exhibits.clone();
    let kinds: Vec<&str> = exhibits.iter().map(|exhibit| exhibit.frozen.kind.as_str()).collect();
    assert_eq!(kinds, ["flows", "pairs", "series", "top", "address"]);
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, String::new()));
    settle(&mut harness);
    let views = [View::Records(Dataset::Flows), View::Pairs, View::Timeline, View::Overview, View::Address];
    for (exhibit, view) in exhibits.iter().zip(views) {
        dispatch(&mut harness, Action::OpenExhibit(exhibit.id));
        settle(&mut harness);
        assert_eq!(app(&harness).app.view, view, "{}", exhibit.text.caption);
    }
    dispatch(&mut harness, Action::OpenExhibit(exhibits[0].id));
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "action = ACCEPT");
}

#[test]
fn exhibits_are_moved_by_keyboard_described_checked_and_undone() {
    let (_folder, mut harness) = opened_case();
    for caption in ["one", "two", "three"] {
        freeze(&mut harness, caption);
    }
    write(&mut harness, Change::AddFinding(FindingText { title: "It left".into(), ..FindingText::default() }));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    settle(&mut harness);
    let captions = |harness: &Shown| -> Vec<String> {
        lists(harness).exhibits.iter().map(|exhibit| exhibit.text.caption.clone()).collect()
    };
    harness.get_by_role_and_label(Role::Button, "3. three").focus();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowUp);
    settle(&mut harness);
    assert_eq!(captions(&harness), ["one", "three", "two"]);
    dispatch(&mut harness, Action::Command(crate::app::Command::Undo));
    settle(&mut harness);
    assert_eq!(captions(&harness), ["one", "two", "three"]);
    harness.get_by_role_and_label(Role::Button, "2. two").click();
    settle(&mut harness);
    typed(&mut harness, Role::TextInput, "Caption", " (b)");
    harness.get_by_role_and_label(Role::Button, "Save").click();
    settle(&mut harness);
    assert!(captions(&harness)[1].contains("(b)"), "{:?} {:?}", captions(&harness), app(&harness).app.errors.entries());
    harness.get_by_role_and_label(Role::Button, "Check all exhibits").click();
    settle(&mut harness);
    harness.get_by_label("3 of 3 as they were");
    harness.get_by_label_contains("The case gives the same rows");
    // A field of the first page is kept when it is left.
    harness.get_by_label("First page of the report").click();
    settle(&mut harness);
    typed(&mut harness, Role::TextInput, "Distribution mark", "TLP:RED");
    harness.get_by_role_and_label(Role::TextInput, "Organisation").focus();
    settle(&mut harness);
    assert_eq!(lists(&harness).report(ReportField::Mark), "TLP:RED");
}

#[test]
fn a_finding_gathers_records_and_exhibits() {
    let (_folder, mut harness) = opened_case();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    settle(&mut harness);
    harness.get_by_label_contains("There are no findings yet");
    typed(&mut harness, Role::TextInput, "What is found, in a line", "Data left by SSH");
    harness.get_by_role_and_label(Role::Button, "Add finding").click();
    settle(&mut harness);
    let id = lists(&harness).findings[0].id;
    typed(&mut harness, Role::TextInput, "MITRE ATT&CK", "T1048.x");
    harness.get_by_label("Write T1530 or T1078.004.");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    settle(&mut harness);
    let cited = app(&harness).app.records().unwrap().selected_ids(10);
    harness.get_by_role_and_label(Role::Button, "Cite the selected records in a finding").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "1. Data left by SSH").click();
    settle(&mut harness);
    assert_eq!(lists(&harness).findings[0].records, cited);
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "bytes < 0".into()));
    settle(&mut harness);
    dispatch(&mut harness, Action::ShowCited(id));
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().selected_ids(10), cited, "shown again, selected");
}

#[test]
fn a_pair_and_an_address_have_tags_of_their_own() {
    let (_folder, mut harness) = opened_case();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.key_press(Key::Space);
    settle(&mut harness);
    assert!(matches!(&app(&harness).app.dialog, Some(Dialog::Written(Subject::Pair(..)))));
    typed(&mut harness, Role::TextInput, "New tag", "C2");
    harness.get_by_role_and_label(Role::Button, "Tag").click();
    settle(&mut harness);
    let Some(Dialog::Written(pair)) = app(&harness).app.dialog.clone() else { panic!("the dialog stays") };
    assert_eq!(lists(&harness).tags_of(&pair), ["C2"]);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    dispatch(&mut harness, Action::About("10.0.0.5".into()));
    settle(&mut harness);
    harness.get_by_label("Tags and notes");
}
