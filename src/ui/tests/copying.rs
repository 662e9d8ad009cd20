//! Rows on their way to the clipboard, by the window.

use super::conclusions::{freeze, opened_case};
use super::indicators::looked_over;
use super::real::{DAY, HEADER, case_of};
use super::*;
use crate::session::copying::RowsToCopy;
use crate::session::indicators::IndicatorsAction;
use crate::session::pairs::PairsAction;
use crate::session::records::time_field;
use crate::session::selection::Selection;
use crate::session::sightings::SightingsAction;
use crate::session::{Action, Command, Effect};
use std::sync::mpsc::sync_channel;

/// What an action puts on the clipboard.
pub(super) fn copied(harness: &mut Shown, action: Action) -> String {
    let app = &mut harness.state_mut().as_mut().unwrap().app;
    app.take_effects();
    app.dispatch(action);
    while app.case.as_ref().unwrap().copying.is_busy() {
        app.poll();
        std::thread::yield_now();
    }
    let text = |effect| if let Effect::CopyText(text) = effect { Some(text) } else { None };
    let copied = app.take_effects().into_iter().find_map(text);
    copied.unwrap_or_else(|| panic!("nothing was copied: {:?} {:?}", app.notice, app.errors.entries()))
}

fn all(rows: u64) -> Selection {
    let mut selection = Selection::default();
    selection.select_all(rows);
    selection
}

/// The cells of a column of what was copied.
fn column(copied: &str, name: &str) -> Vec<String> {
    let mut lines = copied.lines();
    let at = lines.next().unwrap().split('\t').position(|column| column == name).expect(name);
    lines.map(|line| line.split('\t').nth(at).unwrap().to_owned()).collect()
}

#[test]
fn all_selected_records_are_copied_in_the_order_that_is_shown_whichever_pages_were_read() {
    let mut harness = window(MemoryBackend::with_flows(1000), Some("memory.coldtrail"));
    dispatch(&mut harness, Action::SortAs { field: time_field(Dataset::Flows), descending: true });
    let mut selection = all(1000);
    selection.toggle(3);
    dispatch(&mut harness, Action::Select(Dataset::Flows, selection));
    let records = app(&harness).app.records().unwrap();
    assert!(records.pages.row(0).is_some() && records.pages.row(999).is_none(), "only what is near is read");
    let text = copied(&mut harness, Action::CopyRows);
    let expected: Vec<String> = (0..1000).rev().filter(|n| *n != 996).map(|n: i64| n.to_string()).collect();
    assert_eq!(column(&text, "srcport"), expected);
    harness.step();
    harness.get_by_label("Copied 999 rows");
    let names = text.lines().next().unwrap();
    assert!(names.starts_with("start\tsrcaddr\tsrcport\t"), "{names}");
    // One column of them, without its name.
    assert_eq!(copied(&mut harness, Action::CopyColumn("srcport")).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn the_rows_of_an_exhibit_are_copied_as_they_were_frozen() {
    let (_folder, mut harness) = opened_case();
    freeze(&mut harness, "All of it");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "1. All of it").click();
    settle(&mut harness);
    let frozen = app(&harness).app.case.as_ref().unwrap().conclusions.frozen().cloned().unwrap();
    let section = &frozen.sections[0];
    let text = copied(&mut harness, Action::CopyFrozen(0, all(section.rows.len() as u64)));
    let names: Vec<&str> = section.columns.iter().map(|column| &*column.name).collect();
    let first: Vec<String> = section.rows[0].iter().map(crate::model::Value::to_text).collect();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[1]), (&*names.join("\t"), &*first.join("\t")));
    assert!(lines.len() > 2 && lines.len() == section.rows.len() + 1, "{text}");
    harness.get_all_by_role(Role::GridCell).next().unwrap().click();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    settle(&mut harness);
    harness.event(egui::Event::Copy);
    settle(&mut harness);
    harness.get_by_label(&format!("Copied {} rows", section.rows.len()));
}

#[test]
fn ctrl_a_and_ctrl_c_copy_the_whole_table() {
    let mut harness = window(MemoryBackend::with_flows(1000), Some("memory.coldtrail"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    settle(&mut harness);
    harness.event(egui::Event::Copy);
    settle(&mut harness);
    harness.get_by_label("Copied 1,000 rows");
}

/// The button in the status bar is there while rows are read; then nothing was copied.
#[test]
fn a_copy_says_how_far_it_is_and_can_be_stopped() {
    let mut harness = window(MemoryBackend::with_flows(10), Some("memory.coldtrail"));
    let (go_on, gate) = sync_channel::<()>(1);
    let gate = Mutex::new(gate);
    let rows = RowsToCopy::new(&all(5_000), move |_, places| {
        // Its answer is of no interest any more.
        let _ = gate.lock().unwrap().recv();
        Ok(vec![vec![String::new()]; places.len()])
    });
    harness.state_mut().as_mut().unwrap().app.case.as_mut().unwrap().copy(rows);
    harness.step();
    harness.get_by_label("copying rows");
    assert_eq!(app(&harness).app.case.as_ref().unwrap().copying.progress(), Some((0, 5_000)));
    harness.get_by_role_and_label(Role::Button, "Cancel copy").click();
    harness.step();
    harness.step();
    drop(go_on);
    settle(&mut harness);
    harness.get_by_label("Copy cancelled; the clipboard is unchanged");
    assert!(harness.query_by_label("copying rows").is_none());
    assert!(app(&harness).app.errors.entries().is_empty());
}

/// More than two pages of pairs, and an indicator for each of them.
const PAIRS: usize = 300;

fn address(n: usize) -> String {
    format!("198.18.{}.{}", n / 250, n % 250 + 1)
}

fn many_pairs() -> (tempfile::TempDir, Shown) {
    let mut lines = vec![HEADER.to_owned()];
    lines.extend((0..PAIRS).map(|n| {
        let (from, start) = (address(n), DAY + n as i64);
        let to = "10.0.0.5";
        format!(
            "5 123456789012 eni-0a {from} {to} 443 50000 6 4 {} {start} {} ACCEPT OK ingress 2 {from} {to} i-0a",
            100 + n,
            start + 59
        )
    }));
    case_of(vec2(1400.0, 900.0), &[("flows.log", lines.join("\n") + "\n")])
}

#[test]
fn all_selected_pairs_are_copied_by_bytes_as_they_are_shown() {
    let (_folder, mut harness) = many_pairs();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut harness);
    let by_bytes: Vec<String> = (0..PAIRS).rev().map(address).collect();
    for (folded, name) in [(false, "srcaddr"), (true, "dstaddr")] {
        dispatch(&mut harness, Action::Pairs(PairsAction::Fold(folded)));
        dispatch(&mut harness, Action::Pairs(PairsAction::Select(all(PAIRS as u64))));
        let pairs = &app(&harness).app.case.as_ref().unwrap().pairs;
        assert!(pairs.row(0).is_some() && pairs.row(PAIRS as u64 - 1).is_none(), "only what is near is read");
        let text = copied(&mut harness, Action::Pairs(PairsAction::CopyRows));
        assert_eq!(column(&text, name), by_bytes);
    }
}

#[test]
fn all_selected_indicators_and_sightings_are_copied() {
    let (folder, mut harness) = many_pairs();
    let path = folder.path().join("feed.csv");
    let lines: Vec<String> = (0..PAIRS).map(|n| format!("{},note {n}", address(n))).collect();
    std::fs::write(&path, format!("threat_ip,threat_comment\n{}\n", lines.join("\n"))).unwrap();
    // Who changes a case has a name.
    dispatch(&mut harness, Action::Examiner("A. Saito".into()));
    looked_over(&mut harness, &path);
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    let rows = PAIRS as u64;
    dispatch(&mut harness, Action::Command(Command::Show(View::Indicators)));
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Select(all(rows))));
    assert!(app(&harness).app.case.as_ref().unwrap().indicators.entries().row(rows - 1).is_none());
    let text = copied(&mut harness, Action::Indicators(IndicatorsAction::CopyRows));
    assert_eq!(column(&text, "value"), (0..PAIRS).map(address).collect::<Vec<_>>());
    assert_eq!(column(&text, "comment")[7], "note 7");

    dispatch(&mut harness, Action::Command(Command::Show(View::Sightings)));
    dispatch(&mut harness, Action::Sightings(SightingsAction::Select(all(rows))));
    assert!(app(&harness).app.case.as_ref().unwrap().sightings.row(rows - 1).is_none());
    let text = copied(&mut harness, Action::Sightings(SightingsAction::CopyRows));
    let mut sighted = column(&text, "indicator");
    sighted.sort();
    let mut expected: Vec<String> = (0..PAIRS).map(address).collect();
    expected.sort();
    assert_eq!(sighted, expected);
}
