//! What a view opens with: its first row under the cursor, and nothing in it moved by what opens over it.

use super::real::case;
use super::*;
use crate::model::Purpose;
use crate::session::indicators::{Change, IndicatorsAction};
use crate::session::sql_console::SqlAction;
use crate::session::{Action, Command};
use egui::Rect;

/// Is the first row of this table under the cursor?
fn is_first(harness: &Shown, table: &str) -> bool {
    let value = harness.get_by_role_and_label(Role::ListGrid, table).value();
    value.is_some_and(|value| value.starts_with("Row 1,"))
}

fn show(harness: &mut Shown, view: View) {
    dispatch(harness, Action::Command(Command::Show(view)));
}

#[test]
fn the_first_row_is_under_the_cursor_and_opens_nothing() {
    let (_folder, mut harness) = case(vec2(1600.0, 900.0));
    for (view, table) in [(View::Pairs, "Pairs"), (View::Evidence, "Evidence")] {
        show(&mut harness, view);
        assert!(is_first(&harness, table), "{table}");
    }
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::J);
    settle(&mut harness);
    assert!(is_first(&harness, "Journal"));
    let entry = |harness: &Shown| app(harness).app.case.as_ref().unwrap().journal.looked_at().is_some();
    assert!(app(&harness).app.case.as_ref().unwrap().evidence.looked_at().is_none() && !entry(&harness));
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    assert!(!is_first(&harness, "Journal") && entry(&harness), "somebody chose the second");
}

#[test]
fn the_first_row_of_an_answer_is_under_the_cursor_in_any_order() {
    let (_folder, mut harness) = case(vec2(1600.0, 900.0));
    let statement = "SELECT srcaddr, count(*) AS records FROM flow_record GROUP BY srcaddr";
    dispatch(&mut harness, Action::Sql(SqlAction::Edit(statement.into())));
    show(&mut harness, View::Sql);
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    assert!(is_first(&harness, "Result of the statement"));
    harness.get_by_role_and_label(Role::ColumnHeader, "records").click();
    settle(&mut harness);
    assert!(is_first(&harness, "Result of the statement"));
    let add = Change::Add {
        list: "typed".into(),
        purpose: Purpose::KnownBad,
        kind: None,
        values: vec!["203.0.113.9".into(), "bad.example".into()],
        comment: String::new(),
    };
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Change(Box::new(add))));
    show(&mut harness, View::Indicators);
    assert!(is_first(&harness, "Indicator lists") && is_first(&harness, "Entries"));
    show(&mut harness, View::Sightings);
    assert!(is_first(&harness, "Sightings"));
}

/// Every cell of the table with its place.
fn cells(harness: &Shown) -> Vec<(String, Rect)> {
    let named = |node: egui_kittest::Node<'_>| (node.accesskit_node().label().unwrap_or_default(), node.rect());
    harness.get_all_by_role(Role::GridCell).map(named).collect()
}

#[test]
fn what_opens_over_a_table_moves_nothing_in_it() {
    for size in [vec2(1440.0, 900.0), vec2(1024.0, 700.0), vec2(720.0, 420.0)] {
        let (_folder, mut harness) = case(size);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        settle(&mut harness);
        harness.key_press(Key::End);
        settle(&mut harness);
        let before = cells(&harness);
        harness.key_press(Key::Space);
        settle(&mut harness);
        harness.get_by_role_and_label(Role::TextInput, "Tag");
        assert_eq!(cells(&harness), before, "the tags in {size:?}");
        harness.key_press(Key::Escape);
        settle(&mut harness);
        assert_eq!(cells(&harness), before, "without the tags in {size:?}");
        harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
        settle(&mut harness);
        harness.get_by_label("Copy the value");
        assert_eq!(cells(&harness), before, "the menu of a cell in {size:?}");
    }
}
