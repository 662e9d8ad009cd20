//! What a screen reader finds: whatever can be pressed, edited or given the focus has a name and a role of its own, in every
//! view and every dialog.

use super::real::case;
use super::*;
use crate::model::conclusions::{Change, FindingText, Subject};
use crate::session::conclusions::Task;
use crate::session::{Action, Command};
use egui::accesskit::Action as Asked;

/// What has one of these says nothing of what it is.
const NO_ROLE: [Role; 3] = [Role::Unknown, Role::GenericContainer, Role::Window];

/// Nodes that can be used and say too little of themselves.
fn faults(harness: &Shown) -> Vec<String> {
    let used = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        let data = node.data();
        [Asked::Focus, Asked::Click, Asked::SetValue].into_iter().any(|action| data.supports_action(action))
    };
    let mut found = Vec::new();
    for node in harness.query_all_by(used) {
        let node = node.accesskit_node();
        let name = node.label().unwrap_or_default();
        // A scroll bar belongs to what it scrolls; a text that can be selected says itself.
        if [Role::ScrollBar, Role::Label].contains(&node.role()) {
            continue;
        }
        let place = || node.bounding_box().map(|rect| format!("{:.0} {:.0}", rect.x0, rect.y0)).unwrap_or_default();
        if name.trim().is_empty() || NO_ROLE.contains(&node.role()) {
            found.push(format!("{:?} {name:?} at {}", node.role(), place()));
        }
    }
    found
}

/// The faults of all places; a test says all of them at once.
#[derive(Default)]
struct Faults(std::collections::BTreeMap<String, Vec<String>>);

impl Faults {
    fn look(&mut self, harness: &Shown, place: &str) {
        let found = faults(harness);
        if !found.is_empty() {
            self.0.insert(place.to_owned(), found);
        }
    }

    fn are_none(&self) {
        assert!(self.0.is_empty(), "{:#?}", self.0);
    }
}

/// With something in every view.
fn full_case() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1600.0, 1000.0));
    let path = folder.path().join("feed.csv");
    std::fs::write(&path, super::indicators::LIST).unwrap();
    let tag = Change::AddTag { name: "seen".into(), subjects: vec![Subject::Address("10.0.0.5".into())] };
    let note = Change::AddNote { subject: Subject::Address("10.0.0.5".into()), text: "first contact".into() };
    let finding = Change::AddFinding(FindingText { title: "A".into(), ..FindingText::default() });
    for change in [tag, note, finding] {
        dispatch(&mut harness, Action::Write(Task::Change(change)));
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    (folder, harness)
}

#[test]
fn whatever_can_be_used_has_a_name_and_a_role_in_every_view() {
    let mut found = Faults::default();
    let start = window(MemoryBackend::default(), None);
    found.look(&start, "the start");
    let (_folder, mut harness) = full_case();
    for view in View::ALL {
        dispatch(&mut harness, Action::Command(Command::Show(view)));
        found.look(&harness, &format!("{view:?}"));
    }
    dispatch(&mut harness, Action::ShowAddress("10.0.0.5".into()));
    found.look(&harness, "an address");
    dispatch(&mut harness, Action::Command(Command::PreviewReport));
    found.look(&harness, "the preview");
    found.are_none();
}

#[test]
fn whatever_can_be_used_has_a_name_and_a_role_in_every_dialog_and_menu() {
    let (_folder, mut harness) = full_case();
    let (mut opened, mut found) = (0, Faults::default());
    for command in Command::all() {
        let quits = matches!(command, Command::CloseCase | Command::OpenSample | Command::Quit);
        if quits || !app(&harness).app.is_enabled(command) {
            continue;
        }
        dispatch(&mut harness, Action::Command(command));
        found.look(&harness, &format!("{command:?}"));
        opened += usize::from(app(&harness).app.dialog.is_some());
        dispatch(&mut harness, Action::Dialog(None));
        dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
    }
    assert!(opened > 14, "{opened} dialogs");
    dispatch(&mut harness, Action::Dialog(Some(Dialog::TagsAndNotes(Subject::Address("10.0.0.5".into())))));
    found.look(&harness, "tags and notes");
    dispatch(&mut harness, Action::Dialog(None));
    for menu in crate::session::Menu::ALL {
        let name = app(&harness).app.texts.tr(menu.text_key());
        harness.get_by_role_and_label(Role::Button, &name).click();
        settle(&mut harness);
        found.look(&harness, &name);
        harness.key_press(Key::Escape);
        settle(&mut harness);
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    found.look(&harness, "the menu of a cell");
    found.are_none();
}

#[test]
fn a_table_says_its_size_its_cursor_and_what_is_selected() {
    let mut harness = flows(1000);
    harness.key_press(Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    settle(&mut harness);
    let grid = harness.get_by_role_and_label(Role::Grid, "Flows");
    assert_eq!(grid.accesskit_node().data().row_count(), Some(1000));
    let selected =
        |n: &egui_kittest::kittest::AccessKitNode<'_>| n.role() == Role::Row && n.is_selected() == Some(true);
    assert_eq!(harness.query_all_by(selected).count(), 2);
    let body = harness.get_by_role_and_label(Role::ListGrid, "Flows");
    let value = body.value().unwrap_or_default();
    assert!(value.starts_with("Row ") && value.contains("start (UTC): 2021-05-16"), "{value}");
}
