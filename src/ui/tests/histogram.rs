//! The histogram over the tables: its axis, its measures, flags, and the keyboard.

use super::real::{DAY, case, case_of, events};
use super::*;
use crate::model::{Dataset, TimeRange, Timestamp};
use crate::session::over_time::OverTime;
use crate::session::{Action, Command, Side};

const NAME: &str = "Histogram of the result over time; drag to select a time range";

fn over_time(harness: &Shown) -> &OverTime {
    &app(harness).app.records().unwrap().over_time
}

fn flows_of_a_case() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1400.0, 900.0));
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
    (folder, harness)
}

#[test]
fn a_filter_narrows_the_bars_and_not_the_axis() {
    let (_folder, mut harness) = flows_of_a_case();
    let axis = over_time(&harness).axis().unwrap();
    assert!(harness.query_by_label("all 91").is_none(), "nothing lies behind all");
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "action = REJECT".into()));
    harness.get_by_label("rejected 10");
    harness.get_by_label("all 91");
    assert_eq!(over_time(&harness).axis(), Some(axis));
    let sum = |bins: &[crate::query::Bin]| bins.iter().map(|bin| bin.good + bin.bad + bin.other).sum::<u64>();
    assert_eq!(sum(&over_time(&harness).all().unwrap().bins), 91);
    assert_eq!(sum(&over_time(&harness).result().unwrap().bins), 10);
    assert_eq!(over_time(&harness).all().unwrap().bin_secs, over_time(&harness).result().unwrap().bin_secs);
    // Nothing found is no reason for the axis to go.
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "dstport = 1".into()));
    harness.get_by_label(NAME);
    harness.get_by_label("all 91");
    // The chosen range is the axis.
    let range = TimeRange { from: Some(Timestamp::from_secs(0)), to: Some(Timestamp::from_secs(3600)) };
    dispatch(&mut harness, Action::SetRange(range));
    let axis = over_time(&harness).axis().unwrap();
    assert_eq!((axis.from, axis.to), (0, 3600));
}

#[test]
fn bars_are_records_or_bytes() {
    let (_folder, mut harness) = flows_of_a_case();
    harness.get_by_label("accepted 80");
    harness.get_by_role_and_label(Role::Button, "bytes").click();
    settle(&mut harness);
    harness.get_by_label("bytes 320.4 kB");
    assert!(app(&harness).app.settings.histogram_bytes, "and stays so");
    harness.get_by_role_and_label(Role::Button, "records").click();
    settle(&mut harness);
    harness.get_by_label("accepted 80");
}

#[test]
fn a_range_is_chosen_and_taken_back_by_the_keyboard() {
    let (_folder, mut harness) = flows_of_a_case();
    let axis = over_time(&harness).axis().unwrap();
    harness.get_by_label(NAME).focus();
    settle(&mut harness);
    harness.key_press(Key::ArrowRight);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    let range = app(&harness).app.range;
    let first = axis.from.div_euclid(axis.bin_secs) * axis.bin_secs;
    assert_eq!(range.from, Some(Timestamp::from_secs(first)));
    assert_eq!(range.to, Some(Timestamp::from_secs(first + 2 * axis.bin_secs)));
    assert!(rows(&harness) < 91);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert_eq!(app(&harness).app.range, TimeRange::default());
    assert_eq!(rows(&harness), 91);
}

#[test]
fn two_histograms_beside_each_other_are_used_each_by_itself() {
    let (_folder, mut harness) = case(vec2(1600.0, 1000.0));
    dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    dispatch(&mut harness, Action::ShowIn(Side::Right, View::Records(Dataset::Events)));
    for at in 0..2 {
        harness.get_all_by_label(NAME).nth(at).expect("one in each half").focus();
        settle(&mut harness);
        harness.key_press(Key::ArrowRight);
        settle(&mut harness);
        harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
        settle(&mut harness);
        harness.key_press(Key::Enter);
        settle(&mut harness);
        assert!(app(&harness).app.range.from.is_some(), "{at}");
        dispatch(&mut harness, Action::SetRange(TimeRange::default()));
    }
}

#[test]
fn escape_leaves_one_thing_after_the_other() {
    let (_folder, mut harness) = flows_of_a_case();
    dispatch(&mut harness, Action::EditFilter(Dataset::Flows, "dstport = 22".into()));
    harness.get_by_label(NAME).focus();
    settle(&mut harness);
    harness.key_press(Key::ArrowRight);
    settle(&mut harness);
    let draft = |harness: &Shown| app(harness).app.records().unwrap().draft.clone();
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert_eq!(draft(&harness), "dstport = 22", "the bin alone is left");
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert_eq!(draft(&harness), "", "then what was typed and not applied");
}

#[test]
fn a_drag_is_left_with_escape() {
    let (_folder, mut harness) = flows_of_a_case();
    let rect = harness.get_by_label(NAME).rect();
    let at = |part: f32| egui::pos2(rect.left() + rect.width() * part, rect.center().y);
    harness.hover_at(at(0.2));
    harness.drag_at(at(0.2));
    harness.step();
    harness.hover_at(at(0.5));
    harness.step();
    harness.key_press(Key::Escape);
    harness.step();
    harness.drop_at(at(0.6));
    settle(&mut harness);
    assert_eq!(app(&harness).app.range, TimeRange::default());
    harness.hover_at(at(0.2));
    harness.drag_at(at(0.2));
    harness.step();
    harness.hover_at(at(0.5));
    harness.step();
    harness.drop_at(at(0.5));
    settle(&mut harness);
    assert!(app(&harness).app.range.from.is_some());
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(app(&harness).app.range, TimeRange::default(), "back undoes it too");
}

#[test]
fn flags_say_what_happened_and_lead_there() {
    let trail = events().replace("ConsoleLogin\",\"awsRegion", "StopLogging\",\"awsRegion");
    let (_folder, mut harness) = case_of(vec2(1400.0, 900.0), &[("trail.json", trail)]);
    let stopped = "2021-05-16 00:05:00 UTC trail stopped: StopLogging";
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Events))));
    harness.get_by_role_and_label(Role::Button, stopped);
    // By keyboard: to the flag, and there.
    harness.get_by_label(NAME).focus();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowRight);
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Records(Dataset::Events));
    let records = app(&harness).app.records().unwrap();
    let id = records.cursor_id().unwrap();
    assert_eq!(records.detail().map(|(of, _)| of), Some(id));
    harness.get_by_label("event_name: StopLogging");
    let subjects = vec![crate::model::conclusions::Subject::Record(id)];
    let tag = crate::model::conclusions::Change::AddTag { name: "alarm".into(), subjects };
    dispatch(&mut harness, Action::Write(crate::session::conclusions::Task::Change(tag)));
    let both = format!("{stopped}\n2021-05-16 00:05:00 UTC tag: alarm");
    harness.get_by_role_and_label(Role::Button, &both);
}

/// Two interfaces: of `eni-a`, which is that of 10.0.0.1, the third hour is missing.
#[test]
fn an_hour_that_the_interface_of_an_address_lacks_is_a_gap_and_is_named() {
    let line = |interface: &str, own: &str, hour: i64| {
        let start = DAY + hour * 3600 + 60;
        format!("2 123456789012 {interface} {own} 203.0.113.9 1 443 6 1 40 {start} {} ACCEPT OK\n", start + 59)
    };
    let of = |interface: &str, own: &str, hours: &[i64]| -> String {
        hours.iter().map(|hour| line(interface, own, *hour)).collect()
    };
    let header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
                  log-status\n";
    let flows = header.to_owned() + &of("eni-a", "10.0.0.1", &[0, 1, 3]) + &of("eni-b", "10.0.0.2", &[0, 1, 2, 3]);
    let (_folder, mut harness) = case_of(vec2(1400.0, 900.0), &[("flows.log", flows)]);
    let gaps = |harness: &Shown| -> Vec<(String, Vec<(i64, i64)>)> {
        let sources = over_time(harness).gaps_of_sources().iter();
        sources.map(|source| (source.name(), source.runs.clone())).collect()
    };
    let third = vec![(DAY + 7200, DAY + 10_800)];
    dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
    assert!(over_time(&harness).gaps().is_empty() && gaps(&harness).is_empty());
    for (filter, expected) in [
        ("srcaddr = 10.0.0.1", vec![("eni-a".to_owned(), third.clone())]),
        ("srcaddr = 10.0.0.2", vec![]),
        ("interface_id = eni-a", vec![("eni-a".to_owned(), third)]),
    ] {
        dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, filter.into()));
        assert_eq!(gaps(&harness), expected, "{filter}");
    }
    // Where the hour is all that is asked for, it is why there are no records.
    let hour = TimeRange { from: Some(Timestamp::from_secs(DAY + 7200)), to: Some(Timestamp::from_secs(DAY + 10_800)) };
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "srcaddr = 10.0.0.1".into()));
    dispatch(&mut harness, Action::SetRange(hour));
    harness.get_by_label_contains("No evidence file has a record of eni-a from 2021-05-16 02:00:00");
}
