//! One order of undo for everything that is changed in the case, by keys, menu and palette.

use super::real::case;
use super::*;
use crate::app::indicators::ImportChoice;
use crate::model::conclusions::{Change, ReportField, Subject};
use crate::model::{Purpose, SavedFilter};
use crate::session::conclusions::Task;
use crate::session::indicators::{Change as IndicatorsChange, IndicatorsAction};
use crate::session::{Action, Command};

fn undo(harness: &mut Shown) {
    key(harness, Modifiers::COMMAND, Key::Z);
}

fn redo(harness: &mut Shown) {
    key(harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
}

fn notice(harness: &Shown) -> String {
    app(harness).app.notice.clone().unwrap_or_default()
}

fn tags(harness: &Shown) -> Vec<(String, u64)> {
    app(harness).app.case.as_ref().unwrap().conclusions.lists().unwrap().tags.clone()
}

fn flows_case() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1600.0, 1000.0));
    key(&mut harness, Modifiers::COMMAND, Key::Num3);
    (folder, harness)
}

/// Two rows tagged in the table with the space bar alone.
fn tagged() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = flows_case();
    let tag = Change::AddTag { name: "exfil".into(), subjects: vec![Subject::Address("203.0.113.9".into())] };
    dispatch(&mut harness, Action::Write(Task::Change(tag)));
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::SHIFT, Key::ArrowDown);
    dispatch(&mut harness, Action::Examiner("A. Analyst".into()));
    key(&mut harness, Modifiers::NONE, Key::Space);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(tags(&harness), [("exfil".to_owned(), 3)]);
    (folder, harness)
}

#[test]
fn a_tag_of_the_space_bar_is_undone_in_the_table_and_redone() {
    let (_folder, mut harness) = tagged();
    undo(&mut harness);
    assert_eq!(tags(&harness), [("exfil".to_owned(), 1)]);
    harness.get_by_label("Undone: tag 2 records as exfil");
    redo(&mut harness);
    assert_eq!(tags(&harness), [("exfil".to_owned(), 3)]);
    harness.get_by_label("Redone: tag 2 records as exfil");
    undo(&mut harness);
    undo(&mut harness);
    assert_eq!((tags(&harness), notice(&harness)), (vec![], "Undone: tag 203.0.113.9 as exfil".into()));
    undo(&mut harness);
    assert_eq!(tags(&harness), []);
    redo(&mut harness);
    redo(&mut harness);
    redo(&mut harness);
    assert_eq!(tags(&harness), [("exfil".to_owned(), 3)]);
}

#[test]
fn the_keys_work_whatever_has_the_focus_but_not_while_a_text_is_edited() {
    let (_folder, mut harness) = tagged();
    let (all, one) = (vec![("exfil".to_owned(), 3)], vec![("exfil".to_owned(), 1)]);
    // Wherever the tab key leads: buttons, rows, headers, links and fields.
    let (mut texts, mut others) = (0, 0);
    for place in 0..20 {
        key(&mut harness, Modifiers::NONE, Key::Tab);
        let edits = harness.ctx.text_edit_focused();
        undo(&mut harness);
        assert_eq!(tags(&harness), if edits { all.clone() } else { one.clone() }, "place {place}");
        if !edits {
            redo(&mut harness);
            assert_eq!(tags(&harness), all, "place {place}");
        }
        *(if edits { &mut texts } else { &mut others }) += 1;
    }
    assert!(others > 5, "{texts} {others}");
    harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
    settle(&mut harness);
    undo(&mut harness);
    assert_eq!(tags(&harness), all);
    // Nor behind a dialog.
    key(&mut harness, Modifiers::COMMAND, Key::J);
    undo(&mut harness);
    assert_eq!(tags(&harness), all);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    // The findings begin in the field for a new one, which undoes what is typed into it.
    for view in [Key::Num1, Key::Num2, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num9, Key::R] {
        key(&mut harness, Modifiers::COMMAND, view);
        undo(&mut harness);
        assert_eq!(tags(&harness), one, "{view:?}");
        redo(&mut harness);
        assert_eq!(tags(&harness), all, "{view:?}");
    }
}

#[test]
fn the_palette_and_the_menu_name_what_is_undone() {
    let (_folder, mut harness) = tagged();
    key(&mut harness, Modifiers::COMMAND, Key::K);
    harness.get_by_role_and_label(Role::TextInput, "Type to find a command").type_text("exfil");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Undo: tag 2 records as exfil Ctrl+Z");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(tags(&harness), [("exfil".to_owned(), 1)]);
    harness.get_by_role_and_label(Role::Button, "Case").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Undo: tag 203.0.113.9 as exfil Ctrl+Z");
    harness.get_by_role_and_label(Role::Button, "Redo: tag 2 records as exfil Ctrl+Shift+Z").click();
    settle(&mut harness);
    assert_eq!(tags(&harness), [("exfil".to_owned(), 3)]);
}

/// What the case holds of each kind, in words.
fn state(harness: &Shown) -> [String; 6] {
    let case = app(harness).app.case.as_ref().unwrap();
    let lists = case.conclusions.lists().unwrap();
    [
        format!("{:?}", lists.tags),
        lists.notes.iter().map(|note| note.text.clone()).collect(),
        lists.report(ReportField::Title).to_owned(),
        case.indicators.lists().map(|list| format!("{} {}", list.name, list.enabled)).collect(),
        case.indicators.labels().map(|label| label.name.clone()).collect(),
        case.saved_filters.list().iter().map(|filter| format!("{} {}", filter.name, filter.text)).collect(),
    ]
}

#[test]
fn every_kind_is_undone_and_redone_in_one_order_and_a_whole_list_only_after_a_question() {
    let (folder, mut harness) = flows_case();
    let path = folder.path().join("feed.csv");
    std::fs::write(&path, super::indicators::LIST).unwrap();
    let reader = crate::case::CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
    let preview = Arc::new(crate::app::indicators::preview(&reader, &path, &Default::default()).unwrap());
    drop(reader);
    let choice = ImportChoice { name: "feed".into(), purpose: Purpose::KnownBad, licence: String::new() };
    let written = |change| Action::Write(Task::Change(change));
    let watched = |change| Action::Indicators(IndicatorsAction::Change(Box::new(change)));
    let filter = |text: &str| SavedFilter {
        dataset: Dataset::Flows,
        name: "mine".into(),
        text: text.into(),
        note: String::new(),
    };
    let save = |text: &str| Action::ChangeFilters(crate::session::saved_filters::FilterChange::Save(filter(text)));
    let address = Subject::Address("10.0.0.5".into());
    let label =
        IndicatorsChange::Label { thing: "10.0.0.5".into(), kind: None, name: "web".into(), note: String::new() };
    let steps = [
        ("tag 10.0.0.5 as seen", written(Change::AddTag { name: "seen".into(), subjects: vec![address.clone()] })),
        ("import the indicator list feed with 3 entries", watched(IndicatorsChange::Import(preview, choice))),
        ("save the filter mine", save("dstport = 22")),
        ("add the note “first contact”", written(Change::AddNote { subject: address, text: "first contact".into() })),
        ("label 10.0.0.5 as web", watched(label)),
        ("save the filter mine", save("dstport = 23")),
        ("change the report's title", written(Change::SetReport { field: ReportField::Title, value: "Case 7".into() })),
    ];
    let mut states = vec![state(&harness)];
    for (what, action) in &steps {
        dispatch(&mut harness, action.clone());
        states.push(state(&harness));
        assert_ne!(states[states.len() - 2], states[states.len() - 1], "{what}");
    }
    for at in (0..steps.len()).rev() {
        undo(&mut harness);
        if at == 1 {
            assert_eq!((&app(&harness).app.dialog, state(&harness)), (&Some(Dialog::Undo), states[2].clone()));
            harness.get_by_label("Undo: import the indicator list feed with 3 entries");
            // No, then yes.
            key(&mut harness, Modifiers::NONE, Key::Escape);
            assert_eq!(state(&harness), states[2]);
            undo(&mut harness);
            key(&mut harness, Modifiers::NONE, Key::Enter);
        }
        assert_eq!((state(&harness), notice(&harness)), (states[at].clone(), format!("Undone: {}", steps[at].0)));
    }
    for (at, (what, _)) in steps.iter().enumerate() {
        redo(&mut harness);
        assert_eq!((state(&harness), notice(&harness)), (states[at + 1].clone(), format!("Redone: {what}")));
    }
    assert!(app(&harness).app.errors.entries().is_empty(), "{:?}", app(&harness).app.errors.entries());
}

#[test]
fn changes_asked_for_at_once_are_all_made_and_undone_from_the_last() {
    let (_folder, mut harness) = flows_case();
    let app_of = |harness: &mut Shown, action| harness.state_mut().as_mut().unwrap().app.dispatch(action);
    for name in ["one", "two", "three"] {
        let label =
            IndicatorsChange::Label { thing: "10.0.0.5".into(), kind: None, name: name.into(), note: String::new() };
        app_of(&mut harness, Action::Indicators(IndicatorsAction::Change(Box::new(label))));
    }
    app_of(&mut harness, Action::Command(Command::Undo));
    app_of(&mut harness, Action::Command(Command::Undo));
    settle(&mut harness);
    assert_eq!(state(&harness)[4], "one");
    redo(&mut harness);
    redo(&mut harness);
    assert_eq!(state(&harness)[4], "onetwothree");
}
