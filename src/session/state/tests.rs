//! Actions in, state out, over a case in memory.

use crate::session::action::RunningImport;
use crate::session::jobs::{FileDone, JobEvent};
use crate::session::source::{CaseInfo, ImportOptions};
use crate::session::state::cases::with_extension;
use crate::session::state::*;
use crate::session::testing::{MemoryBackend, Settled};
use std::path::Path;

fn app() -> (App, Settled) {
    let settled = Settled::default();
    let mut app = App::new(Arc::new(MemoryBackend::with_flows(1000)), settled.waker(), None);
    app.dispatch(Action::Open("memory.coldtrail".into()));
    app.dispatch(Action::Show(View::Records(Dataset::Flows)));
    settled.settle(&mut app);
    (app, settled)
}

fn rows(app: &App) -> u64 {
    app.records().and_then(Records::row_count).unwrap()
}

#[test]
fn filters_narrow_and_back_undoes_them() {
    let (mut app, settled) = app();
    assert_eq!(rows(&app), 1000);
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    settled.settle(&mut app);
    let narrowed = rows(&app);
    assert!(narrowed > 0 && narrowed < 1000);
    app.dispatch(Action::Narrow(Dataset::Flows, crate::filter::parse("action = REJECT", Dataset::Flows).unwrap()));
    settled.settle(&mut app);
    assert_eq!(app.records().unwrap().applied(), "dstport = 22 and action = REJECT");
    assert!(rows(&app) < narrowed);
    app.dispatch(Action::Command(Command::Back));
    settled.settle(&mut app);
    assert_eq!(rows(&app), narrowed);
    app.dispatch(Action::Command(Command::Back));
    settled.settle(&mut app);
    assert_eq!(rows(&app), 1000);
    app.dispatch(Action::Command(Command::Forward));
    settled.settle(&mut app);
    assert_eq!(rows(&app), narrowed);
}

#[test]
fn the_record_under_the_cursor_stays_under_it_when_the_order_changes() {
    let (mut app, settled) = app();
    app.dispatch(Action::GoToRow(7));
    settled.settle(&mut app);
    let id = app.records().unwrap().cursor_id();
    let start = crate::session::records::time_field(Dataset::Flows);
    app.dispatch(Action::SortAs { field: start, descending: true });
    settled.settle(&mut app);
    let records = app.records_mut().unwrap();
    assert_eq!(records.cursor_id(), id);
    assert_eq!(records.selection.cursor(), Some(992));
    assert_eq!(records.take_reveal(), Some(Reveal::Row(992)));
    assert!(app.records().unwrap().detail().is_some());
}

#[test]
fn a_case_that_cannot_be_opened_is_told_and_forgotten() {
    let settled = Settled::default();
    let mut app = App::new(Arc::new(MemoryBackend::default()), settled.waker(), None);
    app.dispatch(Action::Open("damaged".into()));
    settled.settle(&mut app);
    assert!(app.case.is_none() && app.settings.recent_cases.is_empty());
    assert_eq!(app.errors.entries().len(), 1);
    assert_eq!(app.dialog, Some(Dialog::Errors));
}

#[test]
fn dropped_files_open_import_or_ask_for_a_case() {
    let (mut app, _settled) = app();
    app.dispatch(Action::Dropped(vec!["/logs/a.gz".into()]));
    app.dispatch(Action::Dropped(vec!["/logs/b.gz".into()]));
    assert!(matches!(&app.dialog, Some(Dialog::Import { paths, .. }) if paths.len() == 2));
    app.dispatch(Action::Command(Command::CloseCase));
    app.dispatch(Action::Dropped(vec!["/logs/a.gz".into()]));
    assert!(matches!(&app.dialog, Some(Dialog::NewCase { then_import, .. }) if then_import.len() == 1));
    app.dispatch(Action::Dropped(vec!["/x.coldtrail".into()]));
    assert_eq!(app.case.as_ref().map(|c| c.path.clone()), Some(PathBuf::from("/x.coldtrail")));
}

/// Case a with an import that runs into it.
fn importing() -> (App, MemoryBackend) {
    let backend = MemoryBackend::importing();
    let mut app = App::new(Arc::new(backend.clone()), Settled::default().waker(), None);
    app.dispatch(Action::Open("/a.coldtrail".into()));
    app.dispatch(Action::Import { paths: vec!["/logs/a.gz".into()], options: ImportOptions::default() });
    assert!(app.is_importing());
    (app, backend)
}

#[test]
fn leaving_a_case_under_import_asks_what_becomes_of_the_import() {
    let info = CaseInfo::default();
    let ways = [
        Action::Open("/b.coldtrail".into()),
        Action::Create { path: "/b.coldtrail".into(), info, then_import: vec![] },
        Action::Dropped(vec!["/b.coldtrail".into(), "/logs/b.gz".into()]),
        Action::Command(Command::CloseCase),
    ];
    for way in ways {
        for (running, cancelled) in [(RunningImport::GoesOn, false), (RunningImport::IsCancelled, true)] {
            let (mut app, backend) = importing();
            app.dispatch(way.clone());
            let Some(Dialog::Leaving(to)) = app.dialog.clone() else { panic!("{way:?} {:?}", app.dialog) };
            assert!(app.is_open(Path::new("/a.coldtrail")), "nothing happens before the answer");
            app.dispatch(Action::Leave(to, running));
            assert!(!app.is_open(Path::new("/a.coldtrail")));
            assert_eq!(backend.cancelled.is_cancelled(), cancelled, "{way:?}");
            let asked_for = matches!(&app.dialog, Some(Dialog::Import { paths, .. }) if paths.len() == 1);
            assert_eq!(asked_for, matches!(way, Action::Dropped(_)), "evidence that came along is not forgotten");
        }
    }
    let (mut app, _backend) = importing();
    app.dispatch(Action::Open("/a.coldtrail".into()));
    assert_eq!(app.dialog, None, "the same case again is no leaving");
}

#[test]
fn quitting_while_an_import_runs_asks_first() {
    let quits = |app: &mut App| app.take_effects().contains(&Effect::Quit);
    let (mut app, backend) = importing();
    app.take_effects();
    app.dispatch(Action::Command(Command::CloseCase));
    app.dispatch(Action::Leave(Leaving::Nothing, RunningImport::GoesOn));
    app.dispatch(Action::Command(Command::Quit));
    assert!(!quits(&mut app) && !app.may_close(), "also when it runs into a case that is not open");
    assert_eq!(app.dialog, Some(Dialog::Leaving(Leaving::Quit)));
    app.dispatch(Action::Leave(Leaving::Quit, RunningImport::IsCancelled));
    assert!(quits(&mut app) && app.may_close());
    app.shut_down();
    assert!(backend.cancelled.is_cancelled());
    let (mut app, _backend) = (App::new(Arc::new(MemoryBackend::default()), Settled::default().waker(), None), ());
    app.dispatch(Action::Command(Command::Quit));
    assert!(quits(&mut app) && app.dialog.is_none(), "nothing runs, nothing is asked");
}

#[test]
fn an_import_that_goes_on_elsewhere_ends_there_and_asks_nothing_of_this_case() {
    let (mut app, backend) = importing();
    let to = Leaving::Open { path: "/b.coldtrail".into(), then_import: vec![] };
    app.dispatch(Action::Leave(to, RunningImport::GoesOn));
    assert!(!app.is_importing() && app.jobs.running().is_some());
    let events = backend.running.lock().unwrap().pop().unwrap();
    let file = FileDone { format_proposal: Some("${version}".into()), ..FileDone::default() };
    events.send(JobEvent::FileDone(file)).unwrap();
    events.send(JobEvent::Finished { cancelled: false }).unwrap();
    app.poll();
    assert!(app.jobs.running().is_none());
    assert_eq!(app.dialog, None, "a format is confirmed in the case that it is for");
    assert!(app.notice.as_ref().is_some_and(|notice| notice.starts_with("a.coldtrail: ")), "{:?}", app.notice);
}

#[test]
fn only_sightings_goes_on_and_off_whatever_is_in_force() {
    let (mut app, _settled) = app();
    for (before, on, off) in [
        ("", "indicator exists", ""),
        ("not indicator exists", "indicator exists", ""),
        ("dstport=22 and not indicator exists", "dstport = 22 and indicator exists", "dstport = 22"),
        (
            "(dstport=22)or(dstport=443)",
            "(dstport = 22 or dstport = 443) and indicator exists",
            "dstport = 22 or dstport = 443",
        ),
        ("dstport = 22 -- ssh", "dstport = 22 and indicator exists", "dstport = 22"),
        ("indicator exists and dstport = 22", "dstport = 22", "dstport = 22 and indicator exists"),
    ] {
        app.dispatch(Action::ApplyFilter(Dataset::Flows, before.into()));
        for expected in [on, off] {
            app.only_sightings();
            assert_eq!(app.records().unwrap().applied(), expected, "{before}");
        }
    }
}

#[test]
fn conditions_are_joined_with_brackets_where_needed() {
    let narrowed = |applied: &str, clause: &str| {
        let clause = crate::filter::parse(clause, Dataset::Flows).unwrap();
        super::super::text_filter::narrowed(applied, Dataset::Flows, clause).unwrap()
    };
    for (applied, clause, expected) in [
        ("", "bytes = 1", "bytes = 1"),
        ("bytes = 1", "bytes = 1", "bytes = 1"),
        ("srcport = 1 or dstport = 2", "bytes = 3", "(srcport = 1 or dstport = 2) and bytes = 3"),
        ("(dstport=22)or(dstport=443)", "bytes = 3", "(dstport = 22 or dstport = 443) and bytes = 3"),
        ("dstport = 22 || dstport = 443", "bytes = 3", "(dstport = 22 or dstport = 443) and bytes = 3"),
        ("dstport=22\nor\tdstport=443;", "not ip = ::1", "(dstport = 22 or dstport = 443) and not ip = ::1"),
        ("bytes = 1 -- large ones", "dstport = 2", "bytes = 1 and dstport = 2"),
        ("vpc_id = ' or '", "dstport = 2", "vpc_id = ' or ' and dstport = 2"),
        ("where bytes = 1", "dstport = 2 or dstport = 3", "bytes = 1 and (dstport = 2 or dstport = 3)"),
    ] {
        assert_eq!(narrowed(applied, clause), expected, "{applied}");
    }
    assert_eq!(with_extension("x/case.v2".into()), PathBuf::from("x/case.v2.coldtrail"));
}
