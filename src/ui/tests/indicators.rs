//! Indicators, sightings and labels by the window.

use super::exports::{export, lines};
use super::real::case;
use super::*;
use crate::model::Dataset;
use crate::query::By;
use crate::session::View;
use crate::session::indicators::{Change, IndicatorFile, IndicatorsAction, Tab};
use crate::session::{Action, Command};
use std::path::Path;

/// A list: the scanner of the case, an address that is never there, one's own network, and a line that is nothing.
pub(super) const LIST: &str = "threat_ip,threat_comment,severity\n198.51.100.7,scanner 東京,high\n203.0.113.200,never there,low\n\
                    10.0.0.0/8,oops,low\nnot an address,?,\n";

fn file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("feed.csv");
    std::fs::write(&path, LIST).unwrap();
    path
}

/// Opens the dialog with a path and waits until the file was previewed.
pub(super) fn looked_over(harness: &mut Shown, path: &Path) {
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    settle(harness);
    assert!(matches!(app(harness).app.dialog, Some(Dialog::IndicatorFile(_))));
    let path = path.to_string_lossy().into_owned();
    dispatch(harness, Action::Dialog(Some(Dialog::IndicatorFile(IndicatorFile { path, ..IndicatorFile::default() }))));
}

fn imported() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(2600.0, 1100.0));
    looked_over(&mut harness, &file(folder.path()));
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    // What would mark every host of one's own is removed again.
    dispatch(&mut harness, Action::Command(Command::Show(View::Indicators)));
    harness.get_by_label("Value: 10.0.0.0/8").click_secondary();
    settle(&mut harness);
    // In the menu; the button is the list's.
    harness.get_all_by_label("Remove").next().unwrap().click();
    settle(&mut harness);
    (folder, harness)
}

fn without_errors(harness: &Shown) {
    assert!(app(harness).app.errors.entries().is_empty(), "{:?}", app(harness).app.errors.entries());
}

#[test]
fn a_list_is_looked_over_before_it_comes_in_and_every_change_can_be_undone() {
    let (folder, mut harness) = case(vec2(1700.0, 1100.0));
    dispatch(&mut harness, Action::Command(Command::Show(View::Indicators)));
    harness.get_by_label("No indicators yet");
    looked_over(&mut harness, &file(folder.path()));
    harness.get_by_label("3 entries (csv)");
    harness.get_by_label("2 address, 1 range");
    harness.get_by_label("! Review first: 1 would match too broadly");
    harness.get_by_label("! Cannot be imported: 1");
    // What the columns were taken for can be put right, and is previewed again.
    assert_eq!(harness.get_by_role_and_label(Role::ComboBox, "threat_comment").value().as_deref(), Some("comment"));
    assert!(app(&harness).app.case.as_ref().unwrap().indicators.lists().next().is_none(), "nothing came in yet");
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    harness.get_by_label("Imported 3 indicators");
    assert_eq!(app(&harness).app.view, View::Indicators);
    harness.get_by_label("Name: feed");
    harness.get_by_label("Value: 198.51.100.7");
    harness.get_by_label("Comment: scanner 東京");
    harness.get_by_role_and_label(Role::Button, "Not imported 1").click();
    settle(&mut harness);
    harness.get_by_label_contains("Raw text: not an address");
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Show(Tab::Entries)));

    let looked_for = |harness: &Shown| app(harness).app.case.as_ref().unwrap().indicators.entries_looked_for();
    assert_eq!(looked_for(&harness), 3);
    harness.get_by_role_and_label(Role::Button, "Disable").click();
    settle(&mut harness);
    assert_eq!(looked_for(&harness), 0);
    let undo = |what: &str| format!("Undo: {what} the indicator list feed with 3 entries");
    harness.get_by_role_and_label(Role::Button, &undo("disable")).click();
    settle(&mut harness);
    assert_eq!(looked_for(&harness), 3);
    // A whole list goes: that is asked about first.
    harness.get_by_role_and_label(Role::Button, &undo("import")).click();
    settle(&mut harness);
    assert_eq!((&app(&harness).app.dialog, looked_for(&harness)), (&Some(Dialog::Undo), 3));
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_label("State: removed");
    assert_eq!(looked_for(&harness), 0);
    let undo = harness.get_by_role_and_label(Role::Button, "Undo");
    assert!(undo.accesskit_node().is_disabled(), "there is nothing left to undo");
    harness.get_by_role_and_label(Role::Button, "Restore").click();
    settle(&mut harness);
    assert_eq!(looked_for(&harness), 3);
    looked_over(&mut harness, &folder.path().join("feed.csv"));
    harness.get_by_label("This file is already in the case, as feed");
    without_errors(&harness);
}

#[test]
fn what_meets_an_indicator_is_marked_wherever_it_stands() {
    let (_folder, mut harness) = imported();
    let go = |harness: &mut Shown, key: Key| {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        settle(harness);
    };
    go(&mut harness, Key::Num3);
    harness.get_by_label("◆ 10 indicator matches");
    assert_eq!(harness.get_all_by_label("srcaddr: 198.51.100.7, indicator").count(), 10);
    assert!(
        harness.get_all_by(|n| n.label().is_some_and(|l| l.ends_with(", indicator") && l.starts_with("Row "))).count()
            >= 10
    );
    harness.get_all_by_label("srcaddr: 198.51.100.7, indicator").next().unwrap().hover();
    settle(&mut harness);
    harness.get_by_label_contains("Indicator of list feed: 198.51.100.7 – scanner 東京 – severity high");
    harness.get_all_by_label("srcaddr: 198.51.100.7, indicator").next().unwrap().click();
    settle(&mut harness);
    harness.get_by_label("◆ srcaddr: Indicator of list feed: 198.51.100.7 – scanner 東京 – severity high");
    // Only sightings, of any list or of one; and everything again.
    harness.get_by_role_and_label(Role::Button, "Indicators").click();
    settle(&mut harness);
    harness.get_by_label("Only list feed").click();
    settle(&mut harness);
    assert_eq!((rows(&harness), app(&harness).app.records().unwrap().applied()), (10, "indicator = feed"));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, String::new()));
    dispatch(&mut harness, Action::Command(Command::OnlySightings));
    assert_eq!((rows(&harness), app(&harness).app.records().unwrap().applied()), (10, "indicator exists"));
    dispatch(&mut harness, Action::Command(Command::OnlySightings));
    assert_eq!(rows(&harness), 91);

    go(&mut harness, Key::Num4);
    harness.get_by_label("srcaddr: 198.51.100.7, indicator");
    go(&mut harness, Key::Num1);
    harness.get_by_role_and_label(Role::Button, "10 indicator matches");
    go(&mut harness, Key::Num2);
    assert_eq!(harness.get_all_by_label("Sightings: 10").count(), 1, "of the flow logs; the trail has none");
    go(&mut harness, Key::Num6);
    harness.get_by_label("◆ 10 indicator matches");
    dispatch(&mut harness, Action::ShowAddress("198.51.100.7".into()));
    harness.get_by_label_contains("Indicator of list feed: 198.51.100.7");
    without_errors(&harness);
}

#[test]
fn sightings_say_what_was_seen_and_what_was_not_and_in_what_was_looked() {
    let (folder, mut harness) = imported();
    dispatch(&mut harness, Action::Command(Command::Show(View::Sightings)));
    harness.get_by_label("1 indicator with hits, 1 without hits in this evidence");
    harness.get_by_label_contains("searched 91 flow records, 2021-05-16 00:00:00");
    harness.get_by_label("indicator: 198.51.100.7");
    harness.get_by_label("bytes from it: 400");
    harness.get_by_label("flow records: no hits");
    harness.get_by_label("indicator: 198.51.100.7").click();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!((rows(&harness), app(&harness).app.view), (10, View::Records(Dataset::Flows)));
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);

    harness.get_by_role_and_label(Role::Button, "By host").click();
    settle(&mut harness);
    harness.get_by_label("host: 10.0.0.5");
    harness.get_by_label("internal: yes");
    harness.get_by_role_and_label(Role::Button, "By list").click();
    settle(&mut harness);
    harness.get_by_label("list: feed");
    harness.get_by_label("entries seen: 1");
    let shown = app(&harness).app.case.as_ref().unwrap().sightings.query(Default::default(), Default::default());
    assert_eq!(shown.by, By::List);

    harness.get_by_role_and_label(Role::Button, "Playbook").click();
    settle(&mut harness);
    assert_eq!(harness.get_all_by_label("direction (Coldtrail): from IOC").count(), 10);
    assert_eq!(harness.get_all_by_label("direction (playbook): OUTBOUND").count(), 10);
    assert_eq!(harness.get_all_by_label("connecting_ip: 10.0.0.5").count(), 10);
    let path = folder.path().join("playbook.csv");
    export(&mut harness, &path);
    let written = lines(&path);
    assert!(written[0].starts_with("account,interfaceid,source,destination,direction,connecting_ip,"), "{written:?}");
    assert_eq!((written.len(), written[1].ends_with(",from IOC")), (11, true));
    without_errors(&harness);
}

#[test]
fn a_cell_becomes_an_indicator_and_gets_a_name_that_is_seen_everywhere() {
    let (_folder, mut harness) = case(vec2(1700.0, 1100.0));
    dispatch(&mut harness, Action::Command(Command::Show(View::Sightings)));
    harness.get_by_label("No indicator list is enabled");
    dispatch(&mut harness, Action::Command(Command::Show(View::Pairs)));
    harness.get_by_label("srcaddr: 198.51.100.7").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Add label...").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("踏み台");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    without_errors(&harness);
    assert_eq!(app(&harness).app.dialog, None);
    harness.get_by_label("Label saved");
    harness.get_by_label("srcaddr: 198.51.100.7 (踏み台)").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Add to indicators...").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Add").click();
    settle(&mut harness);
    harness.get_by_label("srcaddr: 198.51.100.7 (踏み台), indicator");
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
    harness.get_by_role_and_label(Role::Button, "Indicators").click();
    settle(&mut harness);
    harness.get_by_label("Only label 踏み台").click();
    settle(&mut harness);
    assert_eq!((rows(&harness), app(&harness).app.records().unwrap().applied()), (10, "label = '踏み台'"));

    // Typed or pasted, several at once; what is nothing is reported before it is added.
    dispatch(&mut harness, Action::Command(Command::AddIndicators));
    harness.get_by_role_and_label(Role::MultilineTextInput, "Values").type_text("203.0.113[.]9, what is this");
    settle(&mut harness);
    harness.get_by_label_contains("The type of what was not recognised");
    assert!(harness.get_by_role_and_label(Role::Button, "Add").accesskit_node().is_disabled());
    harness.key_press(Key::Escape);
    settle(&mut harness);
    let add = Change::Add {
        list: "mine".into(),
        purpose: crate::model::Purpose::KnownBad,
        kind: None,
        values: vec!["203.0.113[.]9".into()],
        comment: String::new(),
    };
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Change(Box::new(add))));
    let undo = || Action::Command(Command::Undo);
    let looked_for = |harness: &Shown| app(harness).app.case.as_ref().unwrap().indicators.entries_looked_for();
    assert_eq!(looked_for(&harness), 2);
    // The second undoes the filter of the label.
    for left in [1, 1, 0, 0] {
        dispatch(&mut harness, undo());
        assert_eq!(looked_for(&harness), left);
    }
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "label exists".into()));
    assert_eq!(rows(&harness), 0, "the label was taken back too");
    without_errors(&harness);
}

/// `tests/fixtures/owners.mmdb` knows the networks of documentation, as of 2026-01-01.
#[test]
fn owners_stand_beside_addresses_and_tables_are_ordered_by_a_click() {
    let (folder, mut harness) = imported();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/owners.mmdb");
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Change(Box::new(Change::Owners(path)))));
    harness.get_by_label("GeoIP and ASN database set");
    dispatch(&mut harness, Action::Command(Command::Show(View::Sightings)));
    harness.get_by_label("country: NL");
    harness.get_by_label("network owner: AS64496 Kestrel Hosting 東京");
    let built = "NL Netherlands AS64496 Kestrel Hosting 東京 (by Test-Country-ASN, built 2026-01-01T00:00:00Z)";
    harness.get_by_label("country: NL").hover();
    settle(&mut harness);
    harness.get_by_label_contains(built);
    // What was not seen is below, until the order is by name.
    let first = |harness: &Shown| match app(harness).app.case.as_ref().unwrap().sightings.row(0) {
        Some(crate::query::SightedRow::Sighting(row)) => row.value("indicator").to_text(),
        _ => panic!(),
    };
    assert_eq!(first(&harness), "198.51.100.7");
    for expected in ["198.51.100.7", "203.0.113.200", "198.51.100.7"] {
        harness.get_by_role_and_label(Role::ColumnHeader, "indicator").click();
        settle(&mut harness);
        assert_eq!(first(&harness), expected);
    }
    for view in [Command::Show(View::Records(Dataset::Flows)), Command::Show(View::Pairs)] {
        dispatch(&mut harness, Action::Command(view));
        harness.get_all_by_label_contains("srcaddr: 198.51.100.7").next().unwrap().hover();
        settle(&mut harness);
        harness.get_by_label_contains(built);
    }
    dispatch(&mut harness, Action::ShowAddress("198.51.100.7".into()));
    harness.get_by_label(built);
    dispatch(&mut harness, Action::ShowAddress("10.0.0.5".into()));
    harness.get_by_label("No entry in Test-Country-ASN");

    dispatch(&mut harness, Action::Command(Command::Show(View::Indicators)));
    let first = |harness: &Shown| {
        let indicators = &app(harness).app.case.as_ref().unwrap().indicators;
        indicators.entries().row(0).unwrap().entry.value.clone()
    };
    for expected in ["10.0.0.0/8", "203.0.113.200", "198.51.100.7"] {
        harness.get_by_role_and_label(Role::ColumnHeader, "Value").click();
        settle(&mut harness);
        assert_eq!(first(&harness), expected);
    }
    let path = folder.path().join("entries.csv");
    export(&mut harness, &path);
    let written = lines(&path);
    assert!(written[0].starts_with("id,position,kind,value,written,port,name,comment,severity,"), "{written:?}");
    assert!(written.len() == 4 && written[1].contains("198.51.100.7") && written[1].contains("scanner 東京"));
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Show(Tab::Issues)));
    let path = folder.path().join("issues.csv");
    export(&mut harness, &path);
    assert!(lines(&path)[1].contains("not an address"));
    dispatch(&mut harness, Action::Command(Command::Undo));
    harness.get_by_label("Undone: use the GeoIP and ASN database owners.mmdb");
    dispatch(&mut harness, Action::ShowAddress("198.51.100.7".into()));
    assert!(harness.query_by_label(built).is_none());
    without_errors(&harness);
}

#[test]
fn own_networks_are_internal_and_labels_that_were_taken_off_can_be_put_back() {
    let (_folder, mut harness) = imported();
    dispatch(&mut harness, Action::ShowAddress("203.0.113.9".into()));
    harness.get_by_label("outside private address space");
    let change = |change| Action::Indicators(IndicatorsAction::Change(Box::new(change)));
    let own = Change::Add {
        list: "office".into(),
        purpose: crate::model::Purpose::Own,
        kind: None,
        values: vec!["203.0.113.0/24".into()],
        comment: String::new(),
    };
    dispatch(&mut harness, change(own));
    harness.get_by_label("in one of your own networks");
    dispatch(&mut harness, Action::Command(Command::Show(View::Pairs)));
    let pairs = |harness: &Shown| app(harness).app.case.as_ref().unwrap().pairs.len();
    let all = pairs(&harness);
    harness.get_by_label("Only external").click();
    settle(&mut harness);
    assert_eq!((all, pairs(&harness)), (Some(4), Some(1)), "only the scanner is outside, and nobody's");
    harness.get_by_label("Only external").click();
    settle(&mut harness);

    let label = Change::Label { thing: "10.0.0.5".into(), kind: None, name: "web".into(), note: String::new() };
    dispatch(&mut harness, change(label));
    dispatch(&mut harness, Action::Command(Command::Show(View::Indicators)));
    dispatch(&mut harness, Action::Indicators(IndicatorsAction::Show(Tab::Labels)));
    let labels = |harness: &Shown| app(harness).app.case.as_ref().unwrap().indicators.labels().count();
    harness.get_by_label("For: 10.0.0.5").click();
    settle(&mut harness);
    for (button, state, left) in [("Remove label", "removed", 0), ("Restore label", "active", 1)] {
        harness.get_by_role_and_label(Role::Button, button).click();
        settle(&mut harness);
        harness.get_by_label(&format!("State: {state}"));
        assert_eq!(labels(&harness), left);
    }
    without_errors(&harness);
}
