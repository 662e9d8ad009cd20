//! The inspector: its place, its tabs, and the whole menu of a cell on every value in it.

use super::conclusions::write;
use super::real::{self, case};
use super::*;
use crate::model::conclusions::{Change, FindingText};
use crate::session::selection::Selection;
use crate::session::{Action, Command};

fn events(size: egui::Vec2) -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(size);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    settle(&mut harness);
    (folder, harness)
}

/// The entries of the open menu.
fn entries(harness: &Shown) -> Vec<String> {
    let buttons = harness.get_all_by(|node| node.role() == Role::Button);
    let names = buttons.filter_map(|node| node.accesskit_node().label());
    let known = ["Only", "Exclude", "Address", "Add ", "Copy", "5 minutes", "1 hour", "Tag ", "Show ", "Tags and"];
    names.filter(|name| known.iter().any(|start| name.starts_with(start))).collect()
}

/// Who is behind a role session: one entry of the menu of what it did.
#[test]
fn a_role_session_leads_to_the_call_that_it_began_with() {
    let session = "arn:aws:sts::123456789012:assumed-role/deploy/build-7";
    let event = |n: u8, name: &str, rest: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventTime":"2021-05-16T00:0{n}:00Z","eventSource":"sts.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"x","eventID":"00000000-0000-0000-0000-00000000000{n}","eventType":"AwsApiCall","recipientAccountId":"123456789012",{rest}}}"#
        )
    };
    let user = r#""userIdentity":{"type":"IAMUser","userName":"mori","arn":"arn:aws:iam::123456789012:user/mori"}"#;
    let role = format!(r#""userIdentity":{{"type":"AssumedRole","arn":"{session}"}}"#);
    let list = [
        event(1, "AssumeRole", &format!(r#"{user},"responseElements":{{"assumedRoleUser":{{"arn":"{session}"}}}}"#)),
        event(2, "ListBuckets", &role),
    ];
    let trail = format!(r#"{{"Records":[{}]}}"#, list.join(","));
    let (_folder, mut harness) = real::case_of(vec2(1600.0, 900.0), &[("trail.json", trail)]);
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Events))));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Events, "event_name = ListBuckets".into()));
    let mut first = crate::session::selection::Selection::default();
    first.select(0);
    first.column = 1;
    dispatch(&mut harness, Action::Select(Dataset::Events, first));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Who assumed this role session").click();
    settle(&mut harness);
    let records = app(&harness).app.records().unwrap();
    assert!(records.applied().starts_with("responseElements.assumedRoleUser.arn = "), "{}", records.applied());
    assert_eq!(rows(&harness), 1);
}

#[test]
fn it_is_beside_the_table_in_a_wide_window_and_below_it_in_another() {
    for (width, height) in [(1024.0, 700.0), (1280.0, 800.0), (1440.0, 900.0), (2560.0, 1440.0)] {
        let harness = sized(MemoryBackend::with_flows(1000), Some("memory.coldtrail"), vec2(width, height));
        let title = harness.get_by_label("Record 0:0").rect();
        let row = harness.get_by_label("start (UTC): 2021-05-16 00:00:00").rect();
        if width >= 1400.0 {
            assert!(title.left() > width - 430.0 && title.top() < height / 2.0, "{width}: {title:?}");
        } else {
            let below = height - title.top();
            assert!((height * 0.25..height * 0.36).contains(&below), "{width}: {title:?}");
            assert!(row.bottom() < title.top());
        }
    }
}

#[test]
fn an_event_is_a_sentence_and_a_tree_that_folds_and_is_searched() {
    let (_folder, mut harness) = events(vec2(1440.0, 900.0));
    harness.get_by_label("mori signed in to the console from 203.0.113.9: ok, 2021-05-16 00:05:00 UTC");
    tab(&mut harness, "JSON");
    harness.get_by_label("MFAUsed = \"Yes\"");
    let name = harness.get_by_label("additionalEventData = 1 member").rect();
    assert!(name.height() < 20.0, "a name is in one line: {name:?}");
    harness.get_by_label("additionalEventData = 1 member").click();
    settle(&mut harness);
    assert!(harness.query_by_label("MFAUsed = \"Yes\"").is_none());
    harness.get_by_role_and_label(Role::TextInput, "Search in the JSON").focus();
    harness.get_by_role_and_label(Role::TextInput, "Search in the JSON").type_text("mfa");
    settle(&mut harness);
    harness.get_by_label("MFAUsed = \"Yes\"");
    assert!(harness.query_by_label("awsRegion = \"us-east-1\"").is_none());
    harness.get_by_label("1 value");
}

#[test]
fn a_leaf_of_the_json_has_the_whole_menu_by_mouse_and_by_key() {
    let (_folder, mut harness) = events(vec2(1440.0, 900.0));
    tab(&mut harness, "JSON");
    harness.get_by_label("MFAUsed = \"Yes\"").click_secondary();
    settle(&mut harness);
    let of_leaf = entries(&harness);
    for entry in ["Only this value", "Exclude this value", "Copy the value", "5 minutes around this record"] {
        assert!(of_leaf.iter().any(|known| known == entry), "{entry} in {of_leaf:?}");
    }
    assert!(of_leaf.len() >= 9, "{of_leaf:?}");
    harness.get_by_label("Only this value").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "additionalEventData.MFAUsed = Yes");
    assert_eq!(rows(&harness), 1);
    // The same by keys alone: from the leaf that has the cursor.
    harness.get_by_label("eventName = \"ConsoleLogin\"").click();
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.key_press(Key::ArrowUp);
    harness.key_press(Key::Menu);
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    let applied = app(&harness).app.records().unwrap().applied().to_owned();
    assert_eq!(applied, "additionalEventData.MFAUsed = Yes and $.eventName = ConsoleLogin");
}

#[test]
fn a_field_has_the_entries_of_its_cell() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.get_all_by_label("srcaddr: 10.0.0.5").next().unwrap().click_secondary();
    settle(&mut harness);
    let of_cell = entries(&harness);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.get_by_label("srcaddr = 10.0.0.5").click_secondary();
    settle(&mut harness);
    assert_eq!(entries(&harness), of_cell);
    assert!(of_cell.len() >= 11, "{of_cell:?}");
    harness.get_by_label("Only this pair, both directions");
    harness.get_by_label("5 minutes around this record").click();
    settle(&mut harness);
    let range = app(&harness).app.range;
    assert_eq!(range.to.unwrap().0 - range.from.unwrap().0, 600_000);
}

#[test]
fn a_dialog_from_the_menu_of_a_value_keeps_the_keyboard() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.get_all_by_label("srcaddr: 10.0.0.5").next().unwrap().click();
    settle(&mut harness);
    harness.get_by_label("srcaddr = 10.0.0.5").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Add label...").click();
    let is_in_field =
        |node: &egui_kittest::kittest::AccessKitNode<'_>| node.role() == Role::TextInput && node.is_focused();
    let mut had = false;
    for frame in 0..12 {
        harness.step();
        let has = harness.query_all_by(is_in_field).count() > 0;
        assert!(has || !had, "lost in frame {frame}");
        had = has;
    }
    assert!(had && matches!(app(&harness).app.dialog, Some(Dialog::Label(_))));
}

#[test]
fn the_size_that_was_chosen_is_remembered() {
    let mut harness = sized(MemoryBackend::with_flows(100), Some("memory.coldtrail"), vec2(1440.0, 900.0));
    assert!(app(&harness).app.settings.sizes.is_empty());
    let tab = harness.get_by_label("Summary").rect();
    assert!((0.0..20.0).contains(&(tab.left() - 1020.0)), "{tab:?}");
    let handles = harness.get_all_by_label("Resize panel").map(|node| node.rect().center());
    let edge = handles.min_by_key(|at| (at.x - 1020.0).abs() as i32).unwrap();
    harness.hover_at(edge);
    harness.step();
    harness.drag_at(edge);
    harness.step();
    harness.hover_at(edge - vec2(80.0, 0.0));
    harness.step();
    harness.hover_at(edge - vec2(100.0, 0.0));
    harness.step();
    harness.drop_at(edge - vec2(100.0, 0.0));
    settle(&mut harness);
    let width = app(&harness).app.settings.sizes["inspector-beside"];
    assert!((510.0..530.0).contains(&width), "{width}");
}

#[test]
fn in_a_wide_window_it_takes_a_part_of_the_width() {
    for (width, expected) in [(1440.0, 420.0), (1999.0, 420.0), (2000.0, 440.0), (2560.0, 563.0)] {
        let harness = sized(MemoryBackend::with_flows(100), Some("memory.coldtrail"), vec2(width, 900.0));
        let margin = harness.get_by_label("Summary").rect().left() - (width - expected);
        assert!((0.0..20.0).contains(&margin), "{width}: {margin}");
    }
}

/// A finding cites so many records at once; whoever selected more learns it before it is done.
#[test]
fn it_is_said_how_many_of_the_selected_records_a_finding_does_not_cite() {
    let head = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
    let line = |port: u32| {
        format!("2 123456789012 eni-1 10.0.0.1 10.0.0.2 {port} 443 6 1 40 1621123200 1621123259 ACCEPT OK\n")
    };
    let log = std::iter::once(head.to_owned()).chain((0..10_003).map(line)).collect::<String>();
    let (_folder, mut harness) = real::case_of(vec2(1600.0, 1000.0), &[("a.log", log)]);
    dispatch(&mut harness, Action::Examiner("A. Analyst".into()));
    write(&mut harness, Change::AddFinding(FindingText { title: "Much".into(), ..FindingText::default() }));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    tab(&mut harness, "Notes");
    let cite = |harness: &mut Shown| {
        harness.get_by_role_and_label(Role::Button, "Cite the selected records in a finding").click();
        settle(harness);
    };
    cite(&mut harness);
    harness.get_by_role_and_label(Role::Button, "1. Much");
    assert!(harness.query_by_label_contains("are left out").is_none(), "one is cited");
    harness.key_press(Key::Escape);
    settle(&mut harness);
    let mut all = Selection::default();
    all.select_all(10_003);
    dispatch(&mut harness, Action::Select(Dataset::Flows, all));
    cite(&mut harness);
    harness.get_by_label("Only the first 10,000 of 10,003 selected records are cited; 3 are left out.");
    harness.get_by_role_and_label(Role::Button, "1. Much").click();
    settle(&mut harness);
    let lists = app(&harness).app.case.as_ref().unwrap().conclusions.lists().unwrap();
    assert_eq!(lists.findings[0].records.len(), 10_000);
}
