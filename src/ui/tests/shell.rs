//! The frame around the views: the navigation, two views side by side, what is remembered, what costs no processor.

use super::real::case;
use super::*;
use crate::model::conclusions::{Change, FindingText};
use crate::model::{Dataset, TimeRange, Timestamp};
use crate::session::conclusions::Task;
use crate::session::saved_views::ViewChange;
use crate::session::unsaved::{self, Place};
use crate::session::{Action, CaseBackend, Command, Side};
use egui::Rect;
use egui_kittest::kittest::{AccessKitNode, By};
use std::path::Path;

const FLOWS: View = View::Records(Dataset::Flows);
const EVENTS: View = View::Records(Dataset::Events);

/// An entry of the navigation, by how it begins: its number may follow.
fn entry(harness: &Shown, name: &str) -> Rect {
    let name = name.to_owned();
    let is_entry = move |node: &AccessKitNode<'_>| {
        node.role() == Role::Button && node.label().is_some_and(|label| label.starts_with(&name))
    };
    harness.get(By::new().predicate(is_entry)).rect()
}

fn on_screen(harness: &Shown) -> Vec<View> {
    let app = &app(harness).app;
    match app.split {
        Some(split) => Side::ALL.map(|side| split.view(side, app.view)).into(),
        None => vec![app.view],
    }
}

#[test]
fn the_navigation_has_three_headed_groups_and_gives_way_in_a_narrow_window() {
    let mut harness = flows(200_000);
    for heading in ["Case", "Explore", "Conclude"] {
        harness.get_by_role_and_label(Role::Heading, heading);
    }
    let flows = entry(&harness, "Flows 200,000");
    assert!(entry(&harness, "Evidence 1").bottom() <= flows.top());
    assert!(entry(&harness, "Findings").top() > entry(&harness, "SQL").bottom());
    let full = flows.width();
    assert!(full > 120.0 && full <= 148.0, "{full}");
    harness.set_size(vec2(1024.0, 700.0));
    settle(&mut harness);
    assert!(harness.query_by_role_and_label(Role::Heading, "Explore").is_none());
    let narrow = entry(&harness, "Flows 200,000").width();
    assert!(narrow < 40.0, "{narrow}");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    settle(&mut harness);
    assert_eq!(entry(&harness, "Flows 200,000").width(), full, "as the examiner chose");
    harness.get_by_role_and_label(Role::Button, "Flows 200,000").hover();
    (0..40).for_each(|_| harness.step());
    harness.get_by_label("200,000");
}

#[test]
fn two_views_share_the_window_and_each_is_used_by_itself() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::Show(FLOWS));
    harness.key_press(Key::F7);
    settle(&mut harness);
    assert_eq!(on_screen(&harness), [FLOWS, View::Timeline]);
    assert_eq!(harness.query_all_by_role_and_label(Role::TextInput, "Filter").count(), 1, "one filter for both");
    harness.get_by_role_and_label(Role::ComboBox, "View in the right half").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "CloudTrail").click();
    settle(&mut harness);
    assert_eq!((on_screen(&harness), app(&harness).app.view), (vec![FLOWS, EVENTS], EVENTS));
    assert_eq!(harness.query_all_by_role_and_label(Role::TextInput, "Filter").count(), 2);
    let case = app(&harness).app.case.as_ref().unwrap();
    let counts = [Dataset::Flows, Dataset::Events].map(|dataset| case.records(dataset).row_count().unwrap());
    assert_eq!(counts, [91, 3], "both tables are answered");

    // The keyboard is in the half that was used last; the command takes it to the other.
    harness.key_press(Key::End);
    settle(&mut harness);
    let cursor = |harness: &Shown, dataset| app(harness).app.case.as_ref().unwrap().records(dataset).selection.cursor();
    assert_eq!(cursor(&harness, Dataset::Events), Some(2));
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    settle(&mut harness);
    harness.key_press(Key::End);
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, cursor(&harness, Dataset::Flows)), (FLOWS, Some(90)));
    assert_eq!(cursor(&harness, Dataset::Events), Some(2));

    // A click makes its half the active one, and does there what it does.
    harness.query_all_by_label_contains("event_time").rfind(is_cell).unwrap().click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, EVENTS);
    assert!(cursor(&harness, Dataset::Events).is_some());

    // A view that is in the other half is not shown twice.
    dispatch(&mut harness, Action::Show(FLOWS));
    assert_eq!((on_screen(&harness), app(&harness).app.view), (vec![FLOWS, EVENTS], FLOWS));
    dispatch(&mut harness, Action::ShowIn(Side::Left, EVENTS));
    assert_eq!((on_screen(&harness), app(&harness).app.view), (vec![EVENTS, FLOWS], EVENTS));
    harness.key_press(Key::F7);
    settle(&mut harness);
    assert_eq!(on_screen(&harness), [EVENTS]);
    harness.key_press(Key::F7);
    settle(&mut harness);
    assert_eq!(on_screen(&harness), [EVENTS, FLOWS], "as it was");
}

#[test]
fn enter_in_the_filter_leads_to_the_table_with_a_timeline_beside_it_too() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::Show(FLOWS));
    harness.key_press(Key::F7);
    settle(&mut harness);
    assert_eq!(on_screen(&harness), [FLOWS, View::Timeline]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    at_once(&mut harness, "action = REJECT", Key::Enter);
    harness.key_press(Key::End);
    settle(&mut harness);
    let records = app(&harness).app.case.as_ref().unwrap().records(Dataset::Flows);
    assert_eq!((records.applied(), records.selection.cursor()), ("action = REJECT", Some(9)));
}

#[test]
fn the_filter_of_the_other_half_is_entered_where_the_active_one_has_none() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::Show(View::Overview));
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    dispatch(&mut harness, Action::ShowIn(Side::Right, FLOWS));
    dispatch(&mut harness, Action::Activate(Side::Left));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Filter").is_focused());
}

#[test]
fn values_are_proposed_in_either_of_two_filters() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::Show(FLOWS));
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    dispatch(&mut harness, Action::ShowIn(Side::Right, EVENTS));
    for (side, dataset, name) in
        [(Side::Left, Dataset::Flows, "interface_id"), (Side::Right, Dataset::Events, "event_name")]
    {
        dispatch(&mut harness, Action::Activate(side));
        harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
        settle(&mut harness);
        at_once(&mut harness, &format!("{name} = e"), Key::ArrowRight);
        let field = crate::model::field::by_name(dataset, name).unwrap();
        let completions = &app(&harness).app.case.as_ref().unwrap().completions;
        assert!(completions.values(field, "e").is_some(), "{name}");
    }
}

/// A text that does not wrap would push its half over the other one.
#[test]
fn a_half_is_no_wider_than_its_part_of_the_window() {
    let (_folder, mut harness) = case(vec2(1100.0, 900.0));
    dispatch(&mut harness, Action::Show(FLOWS));
    harness.key_press(Key::F7);
    settle(&mut harness);
    assert_eq!(on_screen(&harness), [FLOWS, View::Timeline]);
    let right = harness.get_by_role_and_label(Role::ComboBox, "View in the right half").rect();
    // The navigation, and half of what is beside it.
    assert!(right.left() > 612.0, "{right:?}");
}

#[test]
fn the_keyboard_stays_in_a_field_of_a_half_when_the_window_gets_another_size() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::Show(FLOWS));
    harness.key_press(Key::F7);
    settle(&mut harness);
    dispatch(&mut harness, Action::ShowIn(Side::Right, View::Findings));
    let title = (Role::TextInput, "Title of the finding");
    harness.get_by_role_and_label(title.0, title.1).focus();
    settle(&mut harness);
    for size in [vec2(1570.0, 1000.0), vec2(1540.0, 960.0)] {
        harness.set_size(size);
        settle(&mut harness);
        assert!(harness.get_by_role_and_label(title.0, title.1).is_focused(), "{size:?}");
    }
}

#[test]
fn every_pair_of_views_can_be_side_by_side() {
    let (_folder, mut harness) = case(vec2(1440.0, 900.0));
    for (at, left) in View::ALL.into_iter().enumerate() {
        let right = View::ALL[(at + 1) % View::ALL.len()];
        dispatch(&mut harness, Action::Show(left));
        if app(&harness).app.split.is_none() {
            dispatch(&mut harness, Action::Command(Command::ToggleSplit));
        }
        dispatch(&mut harness, Action::ShowIn(Side::Left, left));
        dispatch(&mut harness, Action::ShowIn(Side::Right, right));
        assert_eq!(on_screen(&harness), [left, right]);
        let errors = app(&harness).app.errors.entries();
        assert!(errors.is_empty(), "{left:?} {right:?}: {errors:?}");
        assert_eq!(idle_delay(&mut harness), std::time::Duration::MAX, "{left:?} {right:?}");
    }
}

fn is_cell(node: &egui_kittest::Node<'_>) -> bool {
    node.accesskit_node().role() == Role::GridCell
}

/// After which time the window would draw itself again, although nothing happens.
fn idle_delay(harness: &mut Shown) -> std::time::Duration {
    settle(harness);
    (0..30).for_each(|_| harness.step());
    harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay
}

#[test]
fn a_window_in_which_nothing_happens_asks_for_no_frame() {
    let (_folder, mut harness) = case(vec2(1440.0, 900.0));
    for view in View::ALL {
        dispatch(&mut harness, Action::Show(view));
        assert_eq!(idle_delay(&mut harness), std::time::Duration::MAX, "{view:?}");
    }
    dispatch(&mut harness, Action::Command(Command::PreviewReport));
    assert_eq!(idle_delay(&mut harness), std::time::Duration::MAX, "with the report as it will be");
    dispatch(&mut harness, Action::Show(FLOWS));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    assert_eq!(idle_delay(&mut harness), std::time::Duration::MAX, "with the cursor in a field");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    assert_eq!(idle_delay(&mut harness), std::time::Duration::MAX, "with the palette open");
    let start = &mut window(MemoryBackend::default(), None);
    assert_eq!(idle_delay(start), std::time::Duration::MAX, "without a case");
}

/// A window over the case with its settings in `config`.
fn started(config: &Path, path: &Path) -> Shown {
    let opening = Opening { case: Some(path.to_owned()), evidence: Vec::new() };
    let size = vec2(1440.0, 900.0);
    let mut harness = opened_with(Arc::new(CaseBackend::default()), opening, size, Some(config.to_owned()));
    settle(&mut harness);
    harness
}

fn shut_down(mut harness: Shown) {
    harness.state_mut().as_mut().unwrap().app.shut_down();
}

#[test]
fn the_window_comes_back_as_it_was_left() {
    let (folder, harness) = case(vec2(1440.0, 900.0));
    shut_down(harness);
    let (config, path) = (folder.path().join("config"), folder.path().join("case.coldtrail"));
    let mut first = started(&config, &path);
    assert_eq!(on_screen(&first), [View::Overview]);
    dispatch(&mut first, Action::Show(EVENTS));
    dispatch(&mut first, Action::Command(Command::ToggleSplit));
    dispatch(&mut first, Action::ShowIn(Side::Right, View::Pairs));
    dispatch(&mut first, Action::Command(Command::ToggleInspector));
    dispatch(&mut first, Action::Command(Command::ToggleNavigation));
    let part = app(&first).app.settings.sizes.get("split").copied();
    shut_down(first);
    let second = started(&config, &path);
    let window = &app(&second).app;
    assert_eq!((on_screen(&second), window.view), (vec![EVENTS, View::Pairs], View::Pairs));
    assert!(!window.show_inspector && window.show_histogram);
    assert_eq!(window.settings.navigation_names, Some(false));
    assert_eq!(window.settings.sizes.get("split").copied(), part);
    let place = window.settings.window.expect("a place");
    assert_eq!((place.width, place.height), (1440.0, 900.0));
    assert!(window.errors.entries().is_empty());
    shut_down(second);
    // A damaged file is reported and stops nothing.
    std::fs::write(config.join("settings.json"), "{\"theme\":").unwrap();
    let third = started(&config, &path);
    let told = &app(&third).app.errors;
    assert!(told.render(&app(&third).app.texts).contains("settings.damaged-1.json"), "{told:?}");
    third.get_by_label("Errors: 1");
    assert_eq!(on_screen(&third), [View::Overview]);
}

#[test]
fn what_was_typed_before_the_end_is_back_in_its_field() {
    let (folder, mut harness) = case(vec2(1440.0, 900.0));
    let text = FindingText { title: "鍵の流出".into(), ..FindingText::default() };
    dispatch(&mut harness, Action::Write(Task::Change(Change::AddFinding(text))));
    shut_down(harness);
    let (config, path) = (folder.path().join("config"), folder.path().join("case.coldtrail"));
    let mut first = started(&config, &path);
    dispatch(&mut first, Action::Show(View::Findings));
    first.get_by_role_and_label(Role::MultilineTextInput, "Description").focus();
    settle(&mut first);
    first.get_by_role_and_label(Role::MultilineTextInput, "Description").type_text("The key left at 03:12.");
    settle(&mut first);
    wait_written(&mut first);
    // As by kill -9: nothing is shut down.
    drop(first);

    let mut second = started(&config, &path);
    second.get_by_label_contains("back in its field");
    second.get_by_role_and_label(Role::Button, "Show").click();
    settle(&mut second);
    second.get_by_label_contains("The key left at 03:12.");
    second.get_by_role_and_label(Role::Button, "Go to the field").click();
    settle(&mut second);
    assert_eq!(app(&second).app.view, View::Findings);
    assert!(second.query_by_label_contains("back in its field").is_none());
    let field = second.get_by_role_and_label(Role::MultilineTextInput, "Description");
    assert_eq!(field.value().as_deref(), Some("The key left at 03:12."));
    second.get_by_role_and_label(Role::Button, "Save").click();
    settle(&mut second);
    let lists = Arc::clone(app(&second).app.case.as_ref().unwrap().conclusions.lists().unwrap());
    assert_eq!(lists.findings[0].text.text, "The key left at 03:12.");
    wait_written(&mut second);
    shut_down(second);
    assert_eq!(std::fs::read_dir(config.join("unsaved")).unwrap().count(), 0, "saved, it is in the case alone");
}

/// Frames until what was typed is in its file.
fn wait_written(harness: &mut Shown) {
    let begun = Instant::now();
    while app(harness).app.unsaved.is_waiting() {
        harness.step();
        assert!(begun.elapsed() < HANGS, "it is written");
        std::thread::yield_now();
    }
}

#[test]
fn a_note_stays_with_its_record_while_others_are_looked_at() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::Show(FLOWS));
    dispatch(&mut harness, Action::GoToRow(0));
    let id = app(&harness).app.records().unwrap().cursor_id().unwrap();
    let place = Place::Note(crate::model::conclusions::Subject::Record(id));
    dispatch(&mut harness, Action::Typed(place.clone(), unsaved::words("half a thought")));
    dispatch(&mut harness, Action::GoToRow(1));
    dispatch(&mut harness, Action::GoToRow(0));
    assert_eq!(app(&harness).app.unsaved.text(&place), Some("half a thought"));
    let change = Change::AddNote { subject: crate::model::conclusions::Subject::Record(id), text: "whole".into() };
    dispatch(&mut harness, Action::Write(Task::Change(change)));
    assert_eq!(app(&harness).app.unsaved.text(&place), None, "it is in the case");
}

#[test]
fn a_view_is_kept_in_the_case_and_opened_by_another_program() {
    let (folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "dstport = 443".into()));
    let from = Some(Timestamp::from_secs(super::real::DAY + 600));
    dispatch(&mut harness, Action::SetRange(TimeRange { from, to: None }));
    dispatch(&mut harness, Action::Show(FLOWS));
    let bytes = crate::model::field::by_name(Dataset::Flows, "bytes").unwrap();
    dispatch(&mut harness, Action::SortAs { field: bytes, descending: true });
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::V);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("egress");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Save this view").click();
    settle(&mut harness);
    let kept = app(&harness).app.look().unwrap();
    let listed = |harness: &Shown| app(harness).app.case.as_ref().unwrap().saved_views.list().to_vec();
    assert_eq!(listed(&harness), [("egress".to_owned(), kept.clone())]);
    shut_down(harness);

    // It travels with the file: another installation opens it.
    let config = folder.path().join("elsewhere");
    let mut other = started(&config, &folder.path().join("case.coldtrail"));
    assert_eq!(on_screen(&other), [View::Overview]);
    harness_open(&mut other, "egress");
    assert_eq!(app(&other).app.look().unwrap(), kept);
    assert_eq!(on_screen(&other), [FLOWS, View::Timeline]);
    assert_eq!(app(&other).app.records().unwrap().row_count(), Some(30));
    for (command, applied, range) in
        [(Command::Undo, "", TimeRange::default()), (Command::Redo, "dstport = 443", TimeRange { from, to: None })]
    {
        dispatch(&mut other, Action::Command(command));
        let shown = (app(&other).app.records().unwrap().applied(), app(&other).app.range);
        assert_eq!(shown, (applied, range), "{command:?}: filter and range of both tables at once");
    }
    dispatch(&mut other, Action::ChangeViews(ViewChange { name: "egress".into(), view: None }));
    assert_eq!(listed(&other), []);
    dispatch(&mut other, Action::Command(Command::Undo));
    assert_eq!(listed(&other).len(), 1, "removed and back");
    shut_down(other);
}

fn harness_open(harness: &mut Shown, name: &str) {
    dispatch(harness, Action::Command(Command::SavedViews));
    harness.get_by_role_and_label(Role::Button, &format!("Open {name}")).click();
    settle(harness);
}
