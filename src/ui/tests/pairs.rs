//! The pairs by the window.

use super::real::{case, case_of};
use super::*;
use crate::present::Language;
use crate::query::PairKey;
use crate::session::{Action, Command};

fn pairs() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(2900.0, 900.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut harness);
    (folder, harness)
}

/// The cells of a column from top to bottom.
fn cells(harness: &Shown, column: &str) -> Vec<String> {
    let head = format!("{column}: ");
    let found = harness.get_all_by(|n| n.role() == Role::GridCell && n.label().is_some_and(|l| l.starts_with(&head)));
    let mut found: Vec<(f32, String)> =
        found.map(|n| (n.rect().top(), n.accesskit_node().label().unwrap().replace(&head, ""))).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn every_figure_of_a_pair_is_shown_and_any_column_sorts() {
    let (_folder, mut harness) = pairs();
    assert_eq!(cells(&harness, "srcaddr"), ["203.0.113.9", "10.0.0.5", "198.51.100.7", "no value"]);
    assert_eq!(cells(&harness, "records"), ["40", "40", "10", "1"]);
    assert_eq!(cells(&harness, "total bytes"), ["280,040", "40,000", "400", "no value"]);
    assert_eq!(cells(&harness, "bytes per record"), ["7,001", "1,000", "40", "no value"]);
    assert_eq!(cells(&harness, "packets"), ["160", "160", "40", "no value"]);
    assert_eq!(cells(&harness, "first seen (UTC)")[..2], ["2021-05-16 00:00:00", "2021-05-16 00:00:00"]);
    assert_eq!(cells(&harness, "last seen (UTC)")[2], "2021-05-16 00:09:59");
    assert_eq!(cells(&harness, "rejected"), ["0", "0", "10", "0"]);
    // 40 minutes of talk with a silence between, on an axis of 40 stretches over the hour.
    let series = cells(&harness, "bytes over time");
    assert!(series[0].starts_with("bytes in 2") && series[2].starts_with("bytes in 7 of 40"), "{series:?}");
    harness.get_by_label("4 pairs");
    harness.get_by_label("320,440 bytes (320.4 kB)");
    harness.get_by_label("1 without data");

    harness.get_by_role_and_label(Role::ColumnHeader, "records").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::ColumnHeader, "records").click();
    settle(&mut harness);
    assert_eq!(cells(&harness, "records"), ["1", "10", "40", "40"]);
    harness.get_by_role_and_label(Role::ColumnHeader, "srcaddr").click();
    settle(&mut harness);
    assert_eq!(cells(&harness, "srcaddr"), ["10.0.0.5", "198.51.100.7", "203.0.113.9", "no value"]);
}

#[test]
fn pairs_are_made_by_direction_and_of_packet_addresses_and_only_external() {
    let (_folder, mut harness) = pairs();
    harness.get_by_role_and_label(Role::Button, "With direction").click();
    settle(&mut harness);
    assert_eq!(cells(&harness, "flow_direction"), ["ingress", "egress", "ingress", "no value"]);
    harness.get_by_role_and_label(Role::Button, "Packet level").click();
    settle(&mut harness);
    assert_eq!(cells(&harness, "pkt_srcaddr").len(), 4);
    assert_eq!(app(&harness).app.case.as_ref().unwrap().pairs.by(), PairKey::PacketAddresses);
    harness.get_by_role_and_label(Role::CheckBox, "Only external").click();
    settle(&mut harness);
    assert_eq!(cells(&harness, "pkt_srcaddr").len(), 3, "who has no address is nobody outside");
}

/// Until the new rows are there, the old ones stay with their own header, and lead to their own records.
#[test]
fn the_header_is_that_of_the_rows_that_are_shown() {
    use crate::query::PairColumn;
    use crate::session::pairs::{PairsAction, PairsColumn};
    let (_folder, mut harness) = pairs();
    let look = |harness: &Shown| {
        let pairs = &app(harness).app.case.as_ref().unwrap().pairs;
        let sorted: Vec<_> = pairs.columns().into_iter().map(|column| pairs.sorted(column)).collect();
        (pairs.columns(), sorted, pairs.clause(pairs.row(0).unwrap()).to_string())
    };
    let before = look(&harness);
    // No frame is drawn in between, so no answer is taken in.
    let app_of = |harness: &mut Shown, action: PairsAction| {
        harness.state_mut().as_mut().unwrap().app.dispatch(Action::Pairs(action));
    };
    app_of(&mut harness, PairsAction::By(PairKey::AddressesAndDirection));
    app_of(&mut harness, PairsAction::Sort { column: PairsColumn::Pair(PairColumn::RecordCount), add: false });
    assert_eq!(look(&harness), before);
    settle(&mut harness);
    let (columns, sorted, clause) = look(&harness);
    let direction = PairsColumn::Pair(PairColumn::FlowDirection);
    assert!(columns.contains(&direction) && !before.0.contains(&direction), "{columns:?}");
    let records = columns.iter().position(|column| *column == PairsColumn::Pair(PairColumn::RecordCount)).unwrap();
    assert_eq!(sorted[records], Some((0, true)));
    assert!(clause.contains("flow_direction"), "{clause}");
}

#[test]
fn both_directions_fold_into_conversations_with_who_started_them_as_inferred() {
    let (_folder, mut harness) = pairs();
    harness.get_by_role_and_label(Role::CheckBox, "Combine directions").click();
    settle(&mut harness);
    harness.get_by_label("3 conversations");
    assert_eq!(cells(&harness, "srcaddr"), ["10.0.0.5", "10.0.0.5", "no value"]);
    assert_eq!(cells(&harness, "sent bytes"), ["40,000", "no value", "no value"]);
    assert_eq!(cells(&harness, "received bytes"), ["280,040", "400", "no value"]);
    assert_eq!(cells(&harness, "sent per received")[0], "0.142");
    assert_eq!(cells(&harness, "started by (inferred)"), ["10.0.0.5", "198.51.100.7", "unknown"]);
    assert_eq!(cells(&harness, "inferred from"), ["SYN flags", "SYN flags", "no value"]);
    harness.get_by_role_and_label(Role::CheckBox, "Count the same traffic once").click();
    settle(&mut harness);
    assert!(app(&harness).app.case.as_ref().unwrap().pairs.counted_once());
    assert_eq!(cells(&harness, "repeats"), ["0", "0", "0"]);
    harness.get_by_label("sent bytes: 40,000").click();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(rows(&harness), 80, "the records of both directions");
}

#[test]
fn an_address_of_a_conversation_can_be_looked_for_and_named() {
    let (_folder, mut harness) = pairs();
    harness.get_by_role_and_label(Role::CheckBox, "Combine directions").click();
    settle(&mut harness);
    for entry in ["Add to indicators...", "Add label..."] {
        harness.get_by_label("dstaddr: 203.0.113.9").click_secondary();
        settle(&mut harness);
        harness.get_by_label(entry).click();
        settle(&mut harness);
        assert!(app(&harness).app.dialog.is_some(), "{entry}");
        harness.key_press(Key::Escape);
        settle(&mut harness);
    }
}

#[test]
fn a_pair_leads_to_exactly_its_records_and_back() {
    let (_folder, mut harness) = pairs();
    harness.get_by_label("srcaddr: 198.51.100.7").click();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Records(Dataset::Flows));
    assert_eq!(rows(&harness), 10);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "srcaddr = 198.51.100.7 and dstaddr = 10.0.0.5");
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Pairs);
    // A pair without addresses is one too.
    harness.get_all_by_label("srcaddr: no value").next().unwrap().click();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(rows(&harness), 1);
}

#[test]
fn the_menu_filters_the_pairs_and_an_empty_result_says_why() {
    let (_folder, mut harness) = pairs();
    harness.get_by_label("dstaddr: 203.0.113.9").click_secondary();
    settle(&mut harness);
    harness.get_by_label("10.0.0.5 → 203.0.113.9");
    harness.get_by_label("Only this value").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Pairs);
    assert_eq!(cells(&harness, "dstaddr"), ["203.0.113.9"]);
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "dstport = 9".into()));
    harness.get_by_label("None of 91 records match");
}

/// Records of transit gateways have no action: without them the figures would not sum up.
#[test]
fn what_has_no_action_is_named_among_the_totals_and_of_an_address() {
    let head = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
    let line = |action: &str| {
        format!("2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1621123200 1621123259 {action} OK\n")
    };
    let log = [head.to_owned(), line("ACCEPT"), line("-")].concat();
    let (_folder, mut harness) = case_of(vec2(1600.0, 1000.0), &[("a.log", log)]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut harness);
    for figure in ["2 records", "1 accepted", "0 rejected", "1 without an action"] {
        harness.get_by_label(figure);
    }
    dispatch(&mut harness, Action::ShowAddress("10.0.0.1".to_owned()));
    settle(&mut harness);
    harness.get_by_label_contains("1 accepted, 0 rejected, 1 without an action");
}

#[test]
fn columns_have_titles_in_the_language_and_fields_keep_their_names() {
    let (_folder, mut harness) = pairs();
    dispatch(&mut harness, Action::Command(Command::Language(Language::Japanese)));
    assert_eq!(cells(&harness, "レコード数"), ["40", "40", "10", "1"]);
    assert_eq!(cells(&harness, "srcaddr")[0], "203.0.113.9");
    let columns = app(&harness).app.case.as_ref().unwrap().pairs.columns();
    for english in columns.iter().map(|column| column.name()).filter(|name| name.contains('_')) {
        assert!(harness.query_by_role_and_label(Role::ColumnHeader, english).is_none(), "{english}");
    }
}

/// As in a window of 1280 x 720 at 250 %.
#[test]
fn a_low_window_scrolls_to_the_table_and_to_the_totals_as_a_whole() {
    let (_folder, mut harness) = case(vec2(512.0, 288.0));
    dispatch(&mut harness, Action::Show(View::Pairs));
    let table = |harness: &Shown| harness.get_by_role_and_label(Role::ListGrid, "Pairs").rect();
    let total = |harness: &Shown| harness.get_by_label("4 pairs").rect();
    assert!(table(&harness).height() >= 60.0, "its rows have room: {:?}", table(&harness));
    assert!(total(&harness).top() >= table(&harness).bottom(), "{:?} {:?}", total(&harness), table(&harness));
    let filter = harness.get_by_role_and_label(Role::TextInput, "Filter").rect();
    harness.hover_at(filter.center());
    for _ in 0..10 {
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, -100.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        settle(&mut harness);
    }
    let last = harness.get_by_label("1 without data").rect();
    let status = harness.get_by_label_contains("case.coldtrail").rect();
    assert!(last.bottom() <= status.top(), "{last:?} {status:?}");
    assert!(total(&harness).top() > table(&harness).bottom() && table(&harness).bottom() > 60.0);
}
