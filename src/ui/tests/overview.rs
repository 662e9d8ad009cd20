//! The case at a glance by the window.

use super::exports::{export, lines};
use super::real::case;
use super::*;
use crate::case::CaseReader;
use crate::query::{self, Cancel, GroupBy, Measure, RecordQuery, Scope, TopQuery};
use crate::questions::group;
use crate::session::pane::Pane;
use crate::session::{Action, Command};

#[test]
fn an_opened_case_begins_with_its_figures_and_each_leads_to_its_records() {
    let (_folder, mut harness) = case(vec2(1400.0, 1600.0));
    let overview = |harness: &mut Shown| {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
        settle(harness);
    };
    overview(&mut harness);
    harness.get_by_label("2021-05-16 00:00:00 – 2021-05-16 00:59:59 UTC");
    assert_eq!(
        harness.get_all_by_label("records in 1 of 1 hours, all sources together").count(),
        2,
        "of flows and of events"
    );
    let links = [
        ("91 records", Dataset::Flows, 91, ""),
        ("10 rejected", Dataset::Flows, 10, "action = REJECT"),
        ("1 NODATA", Dataset::Flows, 1, "action is null and log_status = NODATA"),
        ("1 with an error", Dataset::Events, 1, "error_code exists"),
        ("1 console sign-in", Dataset::Events, 1, "event_name = ConsoleLogin"),
        ("Rejected sources: 198.51.100.7, 10", Dataset::Flows, 10, "action = REJECT and srcaddr = 198.51.100.7"),
        ("Event names: ListBuckets, 2", Dataset::Events, 2, "event_name = ListBuckets"),
    ];
    for (name, dataset, count, filter) in links {
        overview(&mut harness);
        harness.get_by_role_and_label(Role::Button, name).click();
        settle(&mut harness);
        assert_eq!(app(&harness).app.view, View::Records(dataset), "{name}");
        assert_eq!(rows(&harness), count, "{name}");
        assert_eq!(app(&harness).app.records().unwrap().applied(), filter);
    }
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Overview, "back leads to where it was clicked");
    harness.get_by_role_and_label(Role::Button, "320.4 kB in 360 packets").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Pairs);
}

/// A group's filter keeps as many records as the group counts, whatever it is grouped by.
#[test]
fn the_filter_of_a_group_keeps_exactly_its_records() {
    let (folder, _harness) = case(vec2(800.0, 600.0));
    let reader = CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
    let field = |dataset, name| GroupBy::Field(crate::model::field::by_name(dataset, name).unwrap());
    let ways = [
        GroupBy::Talker,
        GroupBy::PacketTalker,
        GroupBy::Pair,
        GroupBy::PacketPair,
        GroupBy::EitherPort,
        GroupBy::Service,
        GroupBy::Principal,
        field(Dataset::Flows, "protocol"),
        field(Dataset::Flows, "instance_id"),
        field(Dataset::Flows, "tcp_flags"),
        field(Dataset::Events, "error_code"),
        field(Dataset::Events, "event_source"),
    ];
    for by in ways {
        let scope = Scope::all(by.dataset());
        let query = TopQuery { scope: scope.clone(), by, measure: Measure::Records, limit: None };
        let table = query::top(&reader, &query, &Cancel::default()).unwrap();
        assert!(!table.rows.is_empty(), "{by:?}");
        for row in table.rows {
            let text = group::filter_text(&scope, Some((by, &row.key)));
            let filter = crate::filter::parse(&text, by.dataset()).unwrap_or_else(|e| panic!("{text}: {e}"));
            let query = RecordQuery { filter: Some(filter), ..RecordQuery::all(by.dataset()) };
            let found = query::rows(&reader, &query, &Cancel::default()).unwrap();
            assert_eq!(found.len() as u64, row.figures.records, "{by:?} {text}");
        }
    }
}

/// Above the table of events too.
#[test]
fn the_histogram_of_events_tells_errors_from_the_others() {
    let (_folder, mut harness) = case(vec2(1400.0, 900.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    settle(&mut harness);
    harness.get_by_label("error 1");
    harness.get_by_label("ok 2");
    assert!(app(&harness).app.errors.entries().is_empty(), "{:?}", app(&harness).app.errors.entries());
}

#[test]
fn a_list_is_shown_as_a_whole_and_written_into_a_file() {
    let (folder, mut harness) = case(vec2(1400.0, 1600.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    settle(&mut harness);
    // Every list of this small case fits its card, so the whole is asked for as a card's link does.
    let glance = &app(&harness).app.case.as_ref().unwrap().glance;
    let talkers = glance.lists(Dataset::Flows).find(|(name, ..)| *name == "talkers").unwrap().1.clone();
    dispatch(&mut harness, Action::TopList(Some(("Top talkers".into(), Box::new(talkers)))));
    harness.get_by_label("4 of 4");
    let path = folder.path().join("talkers.csv");
    export(&mut harness, &path);
    assert_eq!(lines(&path)[0], "ip,sent,received,total,packets,record_count");
    assert_eq!(lines(&path).len(), 5);
    harness.get_by_role_and_label(Role::Button, "Top talkers: 198.51.100.7, 400 B").click();
    settle(&mut harness);
    assert_eq!(rows(&harness), 10);
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Back").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "91 records");
}

/// The first figures do not wait for the last ones.
#[test]
fn what_is_counted_is_shown_while_the_rest_is_on_its_way() {
    let (folder, mut harness) = case(vec2(1400.0, 1600.0));
    dispatch(&mut harness, Action::Command(Command::CloseCase));
    harness.state_mut().as_mut().unwrap().app.dispatch(Action::Open(folder.path().join("case.coldtrail")));
    let mut seen = std::collections::BTreeSet::new();
    loop {
        harness.step();
        let Some(open) = app(&harness).app.case.as_ref().filter(|open| !open.is_opening()) else { continue };
        let glance = &open.glance;
        let ready = glance.lists(Dataset::Flows).filter(|(.., list)| list.is_some()).count();
        let waiting = harness.query_all_by_label("Counting...").count();
        assert!(harness.query_all_by_label("Flow records").count() == 1, "its place is there from the first frame");
        seen.insert((ready, waiting));
        if !glance.is_busy() && glance.has(Dataset::Events) {
            break;
        }
    }
    settle(&mut harness);
    assert_eq!(harness.query_all_by_label("Counting...").count(), 0);
    assert!(seen.len() > 1, "part by part: {seen:?}");
}
