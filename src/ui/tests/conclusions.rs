//! What examiners write, by the window: tags, notes, findings, exhibits.

use super::real::case;
use super::*;
use crate::model::Dataset;
use crate::model::conclusions::{Change, FindingText, ReportField, Subject};
use crate::session::Action;
use crate::session::View;
use crate::session::conclusions::{Lists, Task};
use crate::session::source::Cancel;

pub(super) fn opened_case() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1600.0, 1000.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    (folder, harness)
}

fn lists(harness: &Shown) -> Arc<Lists> {
    Arc::clone(app(harness).app.case.as_ref().unwrap().conclusions.lists().expect("the lists are in"))
}

pub(super) fn write(harness: &mut Shown, change: Change) {
    dispatch(harness, Action::Write(Task::Change(change)));
    settle(harness);
}

/// Freezes the first candidate of the view under this caption.
pub(super) fn freeze(harness: &mut Shown, caption: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    settle(harness);
    typed(harness, Role::TextInput, "Caption", caption);
    harness.get_by_role_and_label(Role::Button, "Add exhibit").click();
    settle(harness);
    assert_eq!(app(harness).app.dialog, None);
}

#[test]
fn the_space_bar_asks_for_tags_and_for_the_name_of_whoever_gives_them() {
    let (_folder, mut harness) = opened_case();
    keyed(&mut harness, Key::Space);
    // The case names no examiner: the keyboard is in that field first, then in the next.
    harness.get_by_label_contains("The case names no examiner");
    assert!(harness.get_by_role_and_label(Role::TextInput, "Your name").is_focused());
    harness.get_by_role_and_label(Role::TextInput, "Your name").type_text("A. Analyst");
    settle(&mut harness);
    keyed(&mut harness, Key::Enter);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Tag").is_focused());
    harness.get_by_role_and_label(Role::TextInput, "Tag").type_text("踏み台");
    settle(&mut harness);
    keyed(&mut harness, Key::Enter);
    assert_eq!(lists(&harness).tags, [("踏み台".to_owned(), 1)]);
    harness.get_by_label("Row 1, tagged");
    assert_eq!(app(&harness).app.settings.examiner, "A. Analyst");
    let by = app(&harness).app.case.as_ref().unwrap().path.clone();
    let reader = crate::case::CaseReader::open(&by).unwrap();
    assert_eq!(crate::query::tags(&reader, false).unwrap()[0].life.created.by, "A. Analyst");
    drop(reader);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    settle(&mut harness);
    // Of three rows the first has it: on for all, then off.
    keyed(&mut harness, Key::Space);
    harness.get_by_label("3 records");
    keyed(&mut harness, Key::Enter);
    assert_eq!(lists(&harness).tags, [("踏み台".to_owned(), 3)]);
    keyed(&mut harness, Key::Space);
    keyed(&mut harness, Key::Enter);
    assert_eq!(lists(&harness).tags, []);
    keyed(&mut harness, Key::Space);
    harness.get_by_role_and_label(Role::TextInput, "Tag").type_text("踏み台, C2");
    settle(&mut harness);
    keyed(&mut harness, Key::Enter);
    assert_eq!(sorted_tags(&harness), [("C2".to_owned(), 3), ("踏み台".to_owned(), 3)]);
    several_at_once(&mut harness);
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "tag = 踏み台".into()));
    settle(&mut harness);
    assert_eq!(rows(&harness), 3);
    // The filter is a step too, and its undo comes first.
    dispatch(&mut harness, Action::Command(crate::session::Command::Undo));
    settle(&mut harness);
    assert_eq!(rows(&harness), 91);
    dispatch(&mut harness, Action::Command(crate::session::Command::Undo));
    settle(&mut harness);
    assert_eq!(lists(&harness).tags, []);
    dispatch(&mut harness, Action::Command(crate::session::Command::Redo));
    dispatch(&mut harness, Action::Command(crate::session::Command::Redo));
    settle(&mut harness);
    assert_eq!(rows(&harness), 3);
    // What is on screen follows the change at once.
    let shown = |row| app(&harness).app.records().unwrap().pages.id(row).map(Subject::Record);
    let subjects: Vec<Subject> = (0..3).filter_map(shown).collect();
    write(&mut harness, Change::RemoveTag { name: "踏み台".into(), subjects });
    assert_eq!((lists(&harness).tags.len(), rows(&harness)), (1, 0));
}

#[test]
fn the_tags_have_no_keys_any_more_when_the_keyboard_is_elsewhere() {
    let (_folder, mut harness) = opened_case();
    dispatch(&mut harness, Action::Examiner("A. Analyst".into()));
    for elsewhere in [Key::F, Key::G] {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        settle(&mut harness);
        keyed(&mut harness, Key::Space);
        harness.get_by_role_and_label(Role::TextInput, "Tag").type_text("C2");
        settle(&mut harness);
        harness.key_press_modifiers(Modifiers::COMMAND, elsewhere);
        settle(&mut harness);
        keyed(&mut harness, Key::Enter);
        assert!(lists(&harness).tags.is_empty(), "{elsewhere:?}");
        assert!(harness.query_by_role_and_label(Role::TextInput, "Tag").is_none(), "{elsewhere:?}");
    }
}

fn sorted_tags(harness: &Shown) -> Vec<(String, u64)> {
    let mut tags = lists(harness).tags.clone();
    tags.sort();
    tags
}

/// Space picks what the arrows are at; Esc leaves everything as it is.
fn several_at_once(harness: &mut Shown) {
    let both = [("C2".to_owned(), 3), ("踏み台".to_owned(), 3)];
    keyed(harness, Key::Space);
    keyed(harness, Key::Escape);
    assert_eq!(sorted_tags(harness), both);
    keyed(harness, Key::Space);
    keyed(harness, Key::ArrowUp);
    keyed(harness, Key::ArrowUp);
    for _ in 0..2 {
        keyed(harness, Key::ArrowDown);
        keyed(harness, Key::Space);
    }
    assert_eq!(harness.get_all_by_label_contains("will be removed").count(), 2);
    keyed(harness, Key::Enter);
    assert_eq!(lists(harness).tags, []);
    // What was chosen together is one step.
    dispatch(harness, Action::Command(crate::session::Command::Undo));
    assert_eq!(sorted_tags(harness), both);
}

#[test]
fn notes_are_written_changed_and_taken_back_in_the_inspector() {
    let (_folder, mut harness) = opened_case();
    tab(&mut harness, "Notes");
    typed(&mut harness, Role::TextInput, "Your name", "A. Analyst");
    harness.get_by_role_and_label(Role::Button, "Continue").click();
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
    assert_eq!(lists(&harness).notes[0].life.created.by, "A. Analyst");
    harness.get_by_role_and_label(Role::Tab, "Notes 1");
    harness.get_by_role_and_label(Role::Button, "Remove").click();
    settle(&mut harness);
    assert_eq!(lists(&harness).notes, []);
    dispatch(&mut harness, Action::Command(crate::session::Command::Undo));
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
    dispatch(&mut harness, Action::ShowAddress("10.0.0.5".into()));
    settle(&mut harness);
    freeze(&mut harness, "address");
    let exhibits = lists(&harness).exhibits.clone();
    let kinds: Vec<&str> = exhibits.iter().map(|exhibit| exhibit.frozen.kind.as_str()).collect();
    assert_eq!(kinds, ["flows", "pairs", "series", "top", "address"]);
    the_other_views(&mut harness);
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

/// Freezes the candidate of this name under it.
fn freeze_as(harness: &mut Shown, name: &str) {
    dispatch(harness, Action::Command(crate::session::Command::AddExhibit));
    settle(harness);
    let list = app(harness).app.candidates(10);
    let texts = &app(harness).app.texts;
    let names: Vec<String> =
        list.iter().map(|c| texts.tr_args(&c.key, &[("what", &c.what)]).trim().to_owned()).collect();
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is not among {names:?}"));
    let Some(Dialog::AddExhibit(mut draft)) = app(harness).app.dialog.clone() else { panic!("no dialog") };
    (draft.chosen, draft.rows) = (at, "10".into());
    dispatch(harness, Action::Dialog(Some(Dialog::AddExhibit(draft))));
    settle(harness);
    typed(harness, Role::TextInput, "Caption", name);
    harness.get_by_role_and_label(Role::Button, "Add exhibit").click();
    settle(harness);
    assert_eq!(app(harness).app.dialog, None, "{name}: {:?}", app(harness).app.errors.entries());
}

fn freeze_in(
    harness: &mut Shown,
    frozen: &mut Vec<(&'static str, View)>,
    view: View,
    name: &'static str,
    kind: &'static str,
) {
    dispatch(harness, Action::Show(view));
    settle(harness);
    freeze_as(harness, name);
    frozen.push((kind, view));
}

/// What is not the first candidate of its view: each is frozen, gives the same rows again, and opens its view.
fn the_other_views(harness: &mut Shown) {
    use crate::present::chart::Shape;
    use crate::query::By;
    use crate::session::library::LibraryAction;
    use crate::session::sightings::{Show, SightingsAction};
    use crate::session::sql_console::SqlAction;
    use crate::session::timeline::TimelineAction;
    let first = lists(harness).exhibits.len();
    let add = crate::session::indicators::Change::Add {
        list: "typed".into(),
        purpose: crate::model::Purpose::KnownBad,
        kind: None,
        values: vec!["203.0.113.9".into(), "bad.example".into()],
        comment: String::new(),
    };
    dispatch(harness, Action::Indicators(crate::session::indicators::IndicatorsAction::Change(Box::new(add))));
    settle(harness);
    let mut frozen: Vec<(&str, View)> = Vec::new();
    let flows = View::Records(Dataset::Flows);
    freeze_in(harness, &mut frozen, flows, "Timeline chart", "series");
    let mut three = crate::session::selection::Selection::default();
    three.select(0);
    three.extend_to(2);
    dispatch(harness, Action::Select(Dataset::Flows, three));
    settle(harness);
    freeze_in(harness, &mut frozen, flows, "The 3 selected rows", "selected");
    freeze_in(harness, &mut frozen, flows, "The 3 selected rows side by side", "compare");
    freeze_in(harness, &mut frozen, View::Timeline, "Heat map of hours by day 1", "heatmap");
    let heat =
        crate::session::timeline::Plan { shape: Shape::Heat, ..crate::session::timeline::Plan::of(Dataset::Flows) };
    dispatch(harness, Action::Timeline(TimelineAction::Change(0, heat)));
    settle(harness);
    freeze_in(harness, &mut frozen, View::Timeline, "Timeline chart 2", "series");
    freeze_in(harness, &mut frozen, View::Overview, "List of evidence files", "evidence");
    freeze_in(harness, &mut frozen, View::Evidence, "List of evidence files", "evidence");
    dispatch(harness, Action::Show(View::Sightings));
    for (show, name, kind) in [
        (Show::By(By::Indicator), "Sightings by indicator", "sightings"),
        (Show::By(By::Host), "Sightings by host", "sightings"),
        (Show::By(By::List), "Sightings by list", "sightings"),
        (Show::Playbook, "The playbook's view", "playbook"),
    ] {
        dispatch(harness, Action::Sightings(SightingsAction::Show(show)));
        settle(harness);
        freeze_in(harness, &mut frozen, View::Sightings, name, kind);
    }
    dispatch(harness, Action::Show(View::Sql));
    let statement = "SELECT action, count(*) AS n FROM flow_record GROUP BY 1 ORDER BY 1";
    dispatch(harness, Action::Sql(SqlAction::Edit(statement.into())));
    dispatch(harness, Action::Sql(SqlAction::Run));
    settle(harness);
    freeze_in(harness, &mut frozen, View::Sql, "Result of the SQL statement", "sql");
    let figure = crate::questions::catalogue::CATALOGUE.iter().find(|query| {
        matches!(query.shape, crate::questions::catalogue::Shape::Figure(_)) && query.parameters.is_empty()
    });
    if let Some(query) = figure {
        dispatch(harness, Action::Show(View::Queries));
        dispatch(harness, Action::Library(LibraryAction::Choose(query.name)));
        dispatch(harness, Action::Library(LibraryAction::Run));
        settle(harness);
        freeze_as(harness, "Figure");
        frozen.push(("figure", View::Records(query.dataset)));
    }
    freeze_in(harness, &mut frozen, View::Indicators, "Sightings by list", "sightings");
    let exhibits = lists(harness).exhibits[first..].to_vec();
    for (exhibit, (kind, view)) in exhibits.iter().zip(&frozen) {
        assert_eq!(exhibit.frozen.kind, *kind, "{}", exhibit.text.caption);
        dispatch(harness, Action::OpenExhibit(exhibit.id));
        settle(harness);
        let live = if *kind == "sightings" { View::Sightings } else { *view };
        let live = if *kind == "series" { View::Timeline } else { live };
        let live = if *kind == "evidence" { View::Evidence } else { live };
        assert_eq!(app(harness).app.view, live, "{}", exhibit.text.caption);
    }
    assert_eq!(exhibits.len(), frozen.len());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    settle(harness);
    harness.get_by_role_and_label(Role::Button, "Check all exhibits").click();
    settle(harness);
    let count = first + frozen.len();
    harness.get_by_label(&format!("{count} of {count} unchanged"));
}

#[test]
fn the_pages_of_the_report_are_looked_at_before_it_is_written() {
    let (_folder, mut harness) = opened_case();
    freeze(&mut harness, "first");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num6);
    settle(&mut harness);
    freeze(&mut harness, "second");
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::R);
    settle(&mut harness);
    harness.get_by_label("Page 1 of the report");
    let page = |harness: &Shown| app(harness).app.case.as_ref().unwrap().preview.page();
    harness.key_press(Key::PageDown);
    settle(&mut harness);
    harness.get_by_label("Page 2 of the report");
    // The page of an exhibit that is chosen; and the picture is that of the page.
    harness.get_by_role_and_label(Role::Button, "2. second").click();
    settle(&mut harness);
    let of_second = page(&harness);
    harness.get_by_role_and_label(Role::Button, "1. first").click();
    settle(&mut harness);
    assert!(page(&harness) > 1 && page(&harness) < of_second);
    let picture = |harness: &Shown| {
        let preview = &app(harness).app.case.as_ref().unwrap().preview;
        let (picture, is_it) = preview.picture().unwrap();
        assert!(is_it);
        Arc::clone(picture)
    };
    let before = picture(&harness);
    assert!(before.width > 300 && before.rgba.iter().filter(|byte| **byte < 100).count() > 500, "ink on it");
    // It follows what is written, and the language.
    let pages = app(&harness).app.case.as_ref().unwrap().preview.len();
    write(&mut harness, Change::MoveExhibit { id: 2, place: 1 });
    assert_ne!(picture(&harness), before);
    write(&mut harness, Change::RemoveExhibit(1));
    assert!(app(&harness).app.case.as_ref().unwrap().preview.len() < pages);
    let english = picture(&harness);
    harness.get_by_label("日本語").click();
    settle(&mut harness);
    assert_ne!(picture(&harness), english);
    // Written as it was looked at.
    dispatch(&mut harness, Action::Command(crate::session::Command::WriteReport));
    settle(&mut harness);
    let Some(Dialog::Report(draft)) = &app(&harness).app.dialog else { panic!("no dialog") };
    assert_eq!(draft.order.language, crate::present::Language::Japanese);
}

/// Dragged by its handle onto another, an exhibit takes that one's place.
#[test]
fn exhibits_are_dragged_into_another_order() {
    let (_folder, mut harness) = opened_case();
    for caption in ["one", "two", "three"] {
        freeze(&mut harness, caption);
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    settle(&mut harness);
    let captions = |harness: &Shown| -> Vec<String> {
        lists(harness).exhibits.iter().map(|exhibit| exhibit.text.caption.clone()).collect()
    };
    let mut drag = |from: &str, to: &str| {
        let row = harness.get_by_role_and_label(Role::Button, from).rect();
        let target = harness.get_by_role_and_label(Role::Button, to).rect().center();
        // The handle is left of its row.
        let handle = egui::pos2(row.left() - 14.0, row.center().y);
        harness.drag_at(handle);
        harness.step();
        for part in [0.3, 0.6, 1.0] {
            harness.hover_at(handle + (target - handle) * part);
            harness.step();
        }
        harness.drop_at(target);
        settle(&mut harness);
        captions(&harness)
    };
    assert_eq!(drag("3. three", "1. one"), ["three", "one", "two"]);
    assert_eq!(drag("1. three", "3. two"), ["one", "two", "three"]);
    assert_eq!(drag("2. two", "2. two"), ["one", "two", "three"], "onto itself");
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
    dispatch(&mut harness, Action::Command(crate::session::Command::Undo));
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
    harness.get_by_label("3 of 3 unchanged");
    harness.get_by_label_contains("Unchanged: the case returns the same rows");
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
    harness.get_by_label("No findings yet");
    typed(&mut harness, Role::TextInput, "Title of the finding", "Data left by SSH");
    harness.get_by_role_and_label(Role::Button, "Add finding").click();
    settle(&mut harness);
    let id = lists(&harness).findings[0].id;
    typed(&mut harness, Role::TextInput, "MITRE ATT&CK", "T1048.x");
    harness.get_by_label("Enter a technique ID such as T1530 or T1078.004.");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    settle(&mut harness);
    let cited = app(&harness).app.records().unwrap().selected_ids(10);
    dispatch(&mut harness, Action::Examiner("A. Analyst".into()));
    tab(&mut harness, "Notes");
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
fn tags_are_typed_one_after_the_other_in_the_dialog_over_the_notes_of_a_record() {
    let (_folder, mut harness) = opened_case();
    dispatch(&mut harness, Action::Examiner("A. Analyst".into()));
    tab(&mut harness, "Notes");
    let about = Subject::Address("10.0.0.5".into());
    dispatch(&mut harness, Action::Dialog(Some(Dialog::TagsAndNotes(about.clone()))));
    for name in ["C2", "C3"] {
        // Letter by letter: a frame lies between them.
        for letter in name.chars() {
            harness.event(egui::Event::Text(letter.to_string()));
            settle(&mut harness);
        }
        keyed(&mut harness, Key::Enter);
    }
    assert_eq!(lists(&harness).tags_of(&about), ["C2", "C3"]);
}

#[test]
fn a_pair_and_an_address_have_tags_of_their_own() {
    let (_folder, mut harness) = opened_case();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.key_press(Key::Space);
    settle(&mut harness);
    assert!(matches!(&app(&harness).app.dialog, Some(Dialog::TagsAndNotes(Subject::Pair(..)))));
    typed(&mut harness, Role::TextInput, "New tag", "C2");
    harness.get_by_role_and_label(Role::Button, "Add tag").click();
    settle(&mut harness);
    let Some(Dialog::TagsAndNotes(pair)) = app(&harness).app.dialog.clone() else { panic!("the dialog stays") };
    assert_eq!(lists(&harness).tags_of(&pair), ["C2"]);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    dispatch(&mut harness, Action::ShowAddress("10.0.0.5".into()));
    settle(&mut harness);
    harness.get_by_label("Tags and notes");
}

/// What is left of the list before the change must not be asked for again.
#[test]
fn the_exhibit_that_is_looked_at_is_removed_without_an_error() {
    let (_folder, mut harness) = opened_case();
    freeze(&mut harness, "First");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    freeze(&mut harness, "Second");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    settle(&mut harness);
    let first = lists(&harness).exhibits.first().unwrap().id;
    dispatch(&mut harness, Action::LookAt(first));
    write(&mut harness, Change::RemoveExhibit(first));
    assert_eq!(lists(&harness).exhibits.len(), 1);
    harness.get_by_label("Removed. Ctrl+Z undoes it.");
    let errors = app(&harness).app.errors.entries();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn an_exhibit_without_rows_names_its_columns() {
    let (_folder, mut harness) = opened_case();
    let statement = "SELECT srcaddr, bytes, start FROM flow_record WHERE bytes < 0";
    dispatch(&mut harness, Action::Sql(crate::session::sql_console::SqlAction::Edit(statement.into())));
    dispatch(&mut harness, Action::Show(View::Sql));
    dispatch(&mut harness, Action::Sql(crate::session::sql_console::SqlAction::Run));
    settle(&mut harness);
    freeze_as(&mut harness, "Result of the SQL statement");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    settle(&mut harness);
    let id = lists(&harness).exhibits.first().unwrap().id;
    dispatch(&mut harness, Action::LookAt(id));
    settle(&mut harness);
    harness.get_by_label("Nothing matched");
    harness.get_by_label_contains("Columns: srcaddr, bytes, start");
}

#[test]
fn whatever_is_written_is_put_down_to_the_name_that_was_given_and_tags_are_one_step() {
    let (folder, mut harness) = opened_case();
    dispatch(&mut harness, Action::Examiner("A. Analyst".into()));
    let view = app(&harness).app.look();
    let change = crate::session::saved_views::ViewChange { name: "mine".into(), view };
    dispatch(&mut harness, Action::ChangeViews(change));
    let tags = [("c2", true), ("exfil", true)].map(|(name, on)| (name.to_owned(), on)).into();
    dispatch(&mut harness, Action::SetTags(vec![Subject::Address("10.0.0.5".into())], tags));
    assert_eq!(lists(&harness).tags.len(), 2);
    let reader = crate::case::CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
    let entries = reader.journal().unwrap();
    drop(reader);
    let written = entries.iter().filter(|entry| entry.action == "tag_add" || entry.parameters.contains("view:mine"));
    assert_eq!(written.map(|entry| entry.examiner.as_str()).collect::<Vec<_>>(), ["A. Analyst"; 3]);
    dispatch(&mut harness, Action::Command(crate::session::Command::Undo));
    assert!(lists(&harness).tags.is_empty());
    dispatch(&mut harness, Action::Command(crate::session::Command::Redo));
    assert_eq!(lists(&harness).tags.len(), 2);
}

#[test]
fn what_is_written_waits_for_no_question() {
    let (_folder, mut harness) = opened_case();
    dispatch(&mut harness, Action::Examiner("A. Analyst".into()));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    let app = &mut harness.state_mut().as_mut().unwrap().app;
    let lanes = app.case.as_ref().unwrap().lanes();
    // Whatever is asked takes long.
    let mut ends = Vec::new();
    for lane in [&lanes.rows, &lanes.charts, &lanes.answers, &lanes.console] {
        let (end, ended) = std::sync::mpsc::sync_channel::<()>(1);
        let begun = lane.run(Cancel::default(), move |_, _| {
            let _ = ended.recv();
            Ok(())
        });
        assert!(begun.is_some());
        ends.push(end);
    }
    let id = app.records().unwrap().pages.id(0).unwrap();
    app.dispatch(Action::SetTags(vec![Subject::Record(id)], [("C2".to_owned(), true)].into()));
    let begun = Instant::now();
    while !app.case.as_ref().unwrap().changes.is_idle() {
        assert!(begun.elapsed() < HANGS, "the tag waits");
        app.poll();
        std::thread::yield_now();
    }
    drop(ends);
    settle(&mut harness);
    assert_eq!(lists(&harness).tags.len(), 1);
}
