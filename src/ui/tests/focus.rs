//! The keyboard: panes, stops, dialogs that keep it, and where it is when something opens or closes.

use super::*;
use crate::session::{Action, Command};

fn ctrl(harness: &mut Shown, of: Key) {
    key(harness, Modifiers::COMMAND, of);
}

/// Role and name of what has the keyboard.
pub(super) fn focused(harness: &Shown) -> Option<(Role, String)> {
    let nodes = harness.query_all_by(|node| node.is_focused());
    let mut named = nodes.map(|node| {
        let node = node.accesskit_node();
        (node.role(), node.label().unwrap_or_default())
    });
    named.rfind(|(role, _)| *role != Role::Window)
}

fn name(harness: &Shown) -> String {
    focused(harness).map(|(_, name)| name).unwrap_or_default()
}

#[test]
fn f6_goes_through_the_panes_and_back() {
    let mut harness = flows(100);
    assert_eq!(focused(&harness), Some((Role::ListGrid, "Flows".to_owned())), "the view that opened has it");
    let mut seen = vec![name(&harness)];
    for _ in 0..6 {
        key(&mut harness, Modifiers::NONE, Key::F6);
        seen.push(name(&harness));
    }
    let expected = |at: usize| seen.get(at).map(String::as_str);
    assert!(seen.iter().any(|name| name.starts_with("Flows ")), "the view in the navigation: {seen:?}");
    for wanted in ["Case", "Filter", "From"] {
        assert!(seen.iter().any(|name| name == wanted), "{wanted}: {seen:?}");
    }
    let last = expected(6).map(str::to_owned);
    let forth = seen.clone();
    let mut back = vec![last.unwrap_or_default()];
    for _ in 0..6 {
        key(&mut harness, Modifiers::SHIFT, Key::F6);
        back.push(name(&harness));
    }
    back.reverse();
    assert_eq!(back, forth);
}

#[test]
fn tab_passes_over_the_edges_of_panels() {
    let mut harness = flows(100);
    assert!(harness.query_all_by_role(Role::Splitter).count() > 0, "the inspector can be made wider");
    let first = focused(&harness);
    let mut seen = Vec::new();
    for _ in 0..300 {
        key(&mut harness, Modifiers::NONE, Key::Tab);
        let now = focused(&harness);
        if now == first {
            break;
        }
        seen.push(now);
    }
    assert!(seen.len() > 10, "{seen:?}");
    let is_edge = |stop: &Option<(Role, String)>| stop.as_ref().is_none_or(|(role, _)| *role == Role::Splitter);
    assert!(!seen.iter().any(is_edge), "{seen:?}");
}

/// Presses of a key until this has the keyboard, if it takes no more than `most`.
fn presses(harness: &mut Shown, wanted: &str, (modifiers, of): (Modifiers, Key), most: usize) -> Option<usize> {
    for count in 0..=most {
        if name(harness) == wanted {
            return Some(count);
        }
        key(harness, modifiers, of);
    }
    None
}

#[test]
fn the_fields_and_the_table_are_a_few_keys_away_from_everywhere() {
    let mut harness = flows(100);
    // F6 goes around, in either direction: whatever pane it starts from, half of them are the most that it takes.
    let mut panes = vec![name(&harness)];
    for _ in 0..20 {
        key(&mut harness, Modifiers::NONE, Key::F6);
        if name(&harness) == panes[0] {
            break;
        }
        panes.push(name(&harness));
    }
    assert!(panes.len() <= 8, "{panes:?}");
    for wanted in ["Filter", "From", "Flows"] {
        assert!(panes.iter().any(|name| name == wanted), "{wanted}: {panes:?}");
    }
    // By Tab alone, without the inspector, whose length depends on the record: all around the window.
    key(&mut harness, Modifiers::NONE, Key::F4);
    ctrl(&mut harness, Key::Num3);
    key(&mut harness, Modifiers::NONE, Key::Tab);
    let tab = (Modifiers::NONE, Key::Tab);
    let to_filter = presses(&mut harness, "Filter", tab, 12).expect("the filter is a few stops behind the table");
    let to_time = presses(&mut harness, "From", tab, 3).expect("the time is next to the filter");
    let to_table = presses(&mut harness, "Flows", tab, 8).expect("the table is next to the time");
    assert!(to_filter + to_time + to_table < 20, "{to_filter} {to_time} {to_table}");
}

#[test]
fn every_view_that_opens_has_the_keyboard() {
    let views = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num6, Key::Num7, Key::Num8, Key::D, Key::R];
    let mut harness = flows(100);
    for view in views {
        ctrl(&mut harness, view);
        let now = focused(&harness);
        assert!(now.as_ref().is_some_and(|(_, name)| !name.is_empty()), "{view:?}: {now:?}");
    }
    ctrl(&mut harness, Key::Num3);
    assert_eq!(name(&harness), "Flows");
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert!(app(&harness).app.records().unwrap().selection.cursor().is_some());
}

#[test]
fn pages_of_the_overview_are_turned_by_keys() {
    let (_folder, mut harness) = super::real::case(vec2(1100.0, 500.0));
    ctrl(&mut harness, Key::Num1);
    let top = |harness: &Shown| harness.get_by_label("What stands out").rect().top();
    let before = top(&harness);
    key(&mut harness, Modifiers::NONE, Key::PageDown);
    assert!(top(&harness) < before - 100.0, "{before} {}", top(&harness));
    key(&mut harness, Modifiers::NONE, Key::PageUp);
    assert!((top(&harness) - before).abs() < 1.0, "{before} {}", top(&harness));
}

#[test]
fn escape_closes_the_details_of_a_file_and_of_an_entry() {
    let (_folder, mut harness) = super::real::case(vec2(1400.0, 900.0));
    ctrl(&mut harness, Key::Num2);
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let file = |harness: &Shown| app(harness).app.case.as_ref().unwrap().evidence.looked_at().is_some();
    assert!(file(&harness));
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!file(&harness));
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::J);
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    let entry = |harness: &Shown| app(harness).app.case.as_ref().unwrap().journal.looked_at().is_some();
    assert!(entry(&harness));
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!entry(&harness));
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(entry(&harness), "the row that is selected opens again");
}

#[test]
fn enter_goes_into_the_inspector_and_escape_back_to_the_table() {
    let mut harness = flows(100);
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(focused(&harness).map(|(role, _)| role), Some(Role::Tree));
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(name(&harness), "Flows");
    key(&mut harness, Modifiers::NONE, Key::F10);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(name(&harness), "Flows", "from the menu bar too");
}

#[test]
fn the_key_of_the_filter_searches_the_list_where_there_is_no_filter() {
    let (_folder, mut harness) = super::real::case(vec2(1400.0, 900.0));
    for (modifiers, of, wanted) in [
        (Modifiers::COMMAND, Key::Num2, "Search in this list"),
        (Modifiers::COMMAND | Modifiers::SHIFT, Key::J, "Search in this list"),
        (Modifiers::COMMAND, Key::Num7, "Search queries"),
    ] {
        key(&mut harness, modifiers, of);
        ctrl(&mut harness, Key::F);
        assert_eq!(focused(&harness), Some((Role::TextInput, wanted.to_owned())));
        key(&mut harness, Modifiers::NONE, Key::Escape);
    }
}

/// A slow frame: the arrow comes in the one after that in which the table got the focus.
#[test]
fn an_arrow_right_after_a_view_has_opened_stays_in_it() {
    for frames in 0..4 {
        let mut harness = flows(100);
        ctrl(&mut harness, Key::Num1);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        for _ in 0..=frames {
            harness.step();
        }
        harness.key_press(Key::ArrowDown);
        settle(&mut harness);
        assert_eq!(name(&harness), "Flows", "after {frames} frames");
    }
}

#[test]
fn a_dialog_keeps_keys_and_focus_inside_and_gives_the_focus_back() {
    let mut harness = flows(100);
    ctrl(&mut harness, Key::E);
    let is_in = |harness: &Shown| matches!(app(harness).app.dialog, Some(Dialog::AddExhibit(_)));
    assert!(is_in(&harness));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..30 {
        seen.insert(name(&harness));
        key(&mut harness, Modifiers::NONE, Key::Tab);
    }
    assert!(seen.contains("Cancel") && seen.contains("Caption"), "{seen:?}");
    assert!(!seen.contains("Filter") && !seen.contains("Flows") && !seen.contains("Case"), "{seen:?}");
    for (modifiers, of) in [
        (Modifiers::COMMAND, Key::Num1),
        (Modifiers::COMMAND, Key::K),
        (Modifiers::COMMAND, Key::W),
        (Modifiers::NONE, Key::F4),
        (Modifiers::NONE, Key::F10),
        (Modifiers::NONE, Key::F6),
        (Modifiers::COMMAND | Modifiers::SHIFT, Key::F),
    ] {
        key(&mut harness, modifiers, of);
        assert!(is_in(&harness), "{of:?}");
        assert!(seen.contains(&name(&harness)), "{of:?} led to {}", name(&harness));
    }
    assert_eq!(app(&harness).app.view, View::Records(Dataset::Flows));
    assert!(app(&harness).app.show_inspector);
    // Nor does a click reach what is behind.
    let behind = harness.get_by_role_and_label(Role::Button, "Query").rect().center();
    harness.hover_at(behind);
    harness.drag_at(behind);
    harness.drop_at(behind);
    settle(&mut harness);
    assert!(is_in(&harness));
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(app(&harness).app.dialog, None);
    assert_eq!(name(&harness), "Flows", "as before");
}

#[test]
fn escape_closes_the_innermost_first() {
    let mut harness = flows(100);
    // A drop-down list in a dialog, then the dialog.
    ctrl(&mut harness, Key::E);
    while focused(&harness).is_none_or(|(role, _)| role != Role::ComboBox) {
        key(&mut harness, Modifiers::NONE, Key::Tab);
    }
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(harness.ctx.any_popup_open() || egui::Popup::is_any_open(&harness.ctx));
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!egui::Popup::is_any_open(&harness.ctx) && app(&harness).app.dialog.is_some());
    assert_eq!(focused(&harness).map(|(role, _)| role), Some(Role::ComboBox), "it has the keyboard again");
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(app(&harness).app.dialog, None);
    // A menu.
    key(&mut harness, Modifiers::NONE, Key::F10);
    assert_eq!(name(&harness), "Case");
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert!(egui::Popup::is_any_open(&harness.ctx));
    key(&mut harness, Modifiers::NONE, Key::ArrowRight);
    harness.get_by_label_contains("Import evidence...");
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!egui::Popup::is_any_open(&harness.ctx));
    // The filter: proposals, the field, then what was typed.
    ctrl(&mut harness, Key::F);
    harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("dstp");
    settle(&mut harness);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!((name(&harness), harness.get_all_by_label("dstport").count()), ("Filter".into(), 1));
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(name(&harness), "Flows");
    assert_eq!(app(&harness).app.records().unwrap().draft, "dstp");
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(app(&harness).app.records().unwrap().draft, "");
    assert_eq!(name(&harness), "Flows");
}

#[test]
fn a_filter_typed_at_once_after_a_view_opens_keeps_the_keyboard() {
    let mut harness = flows(1000);
    harness.state_mut().as_mut().unwrap().app.dispatch(Action::Command(Command::Show(View::Pairs)));
    harness.step();
    ctrl(&mut harness, Key::Num3);
    dispatch(&mut harness, Action::Command(Command::FocusFilter));
    assert_eq!(name(&harness), "Filter", "the rows that arrive later do not take it");
}

#[test]
fn a_filter_is_a_step_that_is_undone_and_redone_in_order() {
    let mut harness = flows(1000);
    let applied = |harness: &Shown| app(harness).app.records().unwrap().applied().to_owned();
    for filter in ["action = REJECT", "action = REJECT and dstport = 22"] {
        dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, filter.into()));
    }
    ctrl(&mut harness, Key::Z);
    assert_eq!(applied(&harness), "action = REJECT");
    harness.get_by_label("Undone: filter action = REJECT and dstport = 22");
    ctrl(&mut harness, Key::Z);
    assert_eq!((applied(&harness), rows(&harness)), (String::new(), 1000));
    ctrl(&mut harness, Key::Y);
    assert_eq!(applied(&harness), "action = REJECT");
    harness.get_by_label("Redone: filter action = REJECT");
}

#[test]
fn the_palette_finds_commands_by_other_words_and_values_by_their_form() {
    let mut harness = flows(100);
    let titles = |harness: &Shown, typed: &str| -> Vec<String> {
        app(harness).app.palette(typed).into_iter().map(|entry| entry.title).collect()
    };
    let words = [
        ("gap", "Show the overview"),
        ("coverage", "Show the overview"),
        ("missing hours", "Coverage by hour and source"),
        ("security group", "Network changes"),
        ("verify", "Check all exhibits"),
        ("who", "Show CloudTrail"),
        ("ip", "Address details..."),
        ("port", "Show flows"),
        ("hour", "Show the timeline"),
        ("csv", "Export results..."),
        ("dark", "Theme: dark"),
        ("zoom", "Zoom in"),
        ("f1", "Help and keyboard shortcuts"),
        ("zoo lrgr", "Zoom in"),
    ];
    for (typed, wanted) in words {
        let found = titles(&harness, typed);
        let near: Vec<&String> = found.iter().take(6).collect();
        let at = found.iter().position(|title| title.starts_with(wanted));
        assert!(at.is_some_and(|at| at < 8), "{typed}: {near:?}");
    }
    assert_eq!(titles(&harness, "10.0.0.5")[..2], ["Details of 10.0.0.5", "Flows: ip = 10.0.0.5"]);
    assert_eq!(titles(&harness, "3389")[0], "Flows: port = 3389");
    let nothing = titles(&harness, "zqx");
    assert_eq!(nothing, ["Flows: any contains 'zqx'"], "at least a search is offered");
    // In every language, whichever the window speaks.
    for (typed, wanted) in [("書き出し", "Export results..."), ("拡大", "Zoom in"), ("欠落", "Show the overview")]
    {
        let found = titles(&harness, typed);
        assert!(found.iter().take(8).any(|title| title == wanted), "{typed}: {found:?}");
    }
    let speak = |harness: &mut Shown, language| {
        dispatch(harness, Action::Command(Command::Language(language)));
    };
    speak(&mut harness, crate::present::Language::Japanese);
    let export = app(&harness).app.texts.tr("command-export");
    for typed in ["export", "csv", "書き出し"] {
        assert!(titles(&harness, typed).iter().take(8).any(|title| *title == export), "{typed}");
    }
    speak(&mut harness, crate::present::Language::English);
    // What was used comes first the next time.
    ctrl(&mut harness, Key::K);
    harness.get_by_role_and_label(Role::TextInput, "Type to find a command").type_text("dark");
    settle(&mut harness);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(titles(&harness, "")[0], "Theme: dark");
}

#[test]
fn a_shortcut_changes_nothing_in_the_text_that_has_the_cursor() {
    let mut harness = flows(100);
    ctrl(&mut harness, Key::F);
    at_once(&mut harness, "dstport = 22", Key::Home);
    // As it comes from a keyboard that is no Mac's: there the field would cut off what is behind the cursor.
    key(&mut harness, Modifiers::COMMAND | Modifiers::CTRL, Key::K);
    assert!(matches!(app(&harness).app.dialog, Some(Dialog::Palette { .. })));
    assert_eq!(app(&harness).app.records().unwrap().draft, "dstport = 22");
}

fn zones(harness: &mut Shown) {
    harness.get_by_label("Time zone: UTC").click();
    settle(harness);
}

#[test]
fn enter_takes_the_entry_that_has_the_keyboard() {
    let mut harness = flows(10);
    zones(&mut harness);
    for _ in 0..3 {
        key(&mut harness, Modifiers::NONE, Key::Tab);
    }
    let reached = name(&harness);
    assert!(reached.contains('/'), "{reached}");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(app(&harness).app.zone.name(), reached);
}

#[test]
fn every_arrow_of_a_slow_frame_counts_in_a_list() {
    let mut harness = flows(10);
    zones(&mut harness);
    let modifiers = Modifiers::NONE;
    let down = egui::Event::Key { key: Key::ArrowDown, physical_key: None, pressed: true, repeat: false, modifiers };
    harness.input_mut().events.extend([down.clone(), down.clone(), down]);
    settle(&mut harness);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let third = crate::present::Zone::all().filter(|zone| !zone.is_utc()).nth(2).unwrap();
    assert_eq!(app(&harness).app.zone, third, "below UTC");
}

#[test]
fn the_help_opens_where_it_was_asked_for_and_is_searched() {
    let mut harness = flows(100);
    ctrl(&mut harness, Key::F);
    key(&mut harness, Modifiers::NONE, Key::F1);
    assert!(harness.query_all_by_label("not action = REJECT").count() > 0);
    assert_eq!(focused(&harness), Some((Role::TextInput, "Search the help".to_owned())));
    harness.get_by_role_and_label(Role::TextInput, "Search the help").type_text("coverage");
    settle(&mut harness);
    // In the navigation, in the contents, and above what was found in the chapter.
    assert_eq!(harness.query_all_by_role_and_label(Role::Button, "Queries").count(), 3);
    assert!(harness.query_all_by_label_contains("analyses such as coverage").count() > 0);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(name(&harness), "Filter");
    key(&mut harness, Modifiers::NONE, Key::Escape);
    key(&mut harness, Modifiers::NONE, Key::F1);
    // A line below the other, inside the dialog, with the meaning beside the key.
    let head = harness.get_by_label("Keys of this view: Flows").rect();
    let moving = harness.get_by_label("Moving around").rect();
    assert!(moving.top() > head.bottom() && (moving.left() - head.left()).abs() < 1.0, "{head:?} {moving:?}");
    let (key, meaning) =
        (harness.get_by_label("F6  Shift+F6").rect(), harness.get_by_label_contains("Next or previous part"));
    let meaning = meaning.rect();
    assert!(meaning.left() > key.right() && meaning.width() > 200.0, "{key:?} {meaning:?}");
}
