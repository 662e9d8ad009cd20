//! Actions in, state out, over a case in memory.

use crate::model::RecordId;
use crate::session::action::RunningImport;
use crate::session::import_sums::FileDone;
use crate::session::jobs::JobEvent;
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
    assert_eq!(records.take_reveal(), Some(Reveal::Top), "another order begins at its top");
    assert!(app.records().unwrap().detail().is_some());
}

#[test]
fn the_first_row_is_selected_and_stays_the_first_until_somebody_chooses() {
    let (mut app, settled) = app();
    let at = |app: &App| app.records().and_then(|r| Some((r.selection.cursor()?, r.cursor_id()?.0)));
    assert_eq!(at(&app), Some((0, 0)));
    let start = crate::session::records::time_field(Dataset::Flows);
    app.dispatch(Action::SortAs { field: start, descending: true });
    settled.settle(&mut app);
    assert_eq!(at(&app), Some((0, 999)), "the first of the new order");
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    settled.settle(&mut app);
    assert_eq!(at(&app), Some((0, 999)));
    app.dispatch(Action::GoToRow(3));
    settled.settle(&mut app);
    let (_, chosen) = at(&app).unwrap();
    app.dispatch(Action::ApplyFilter(Dataset::Flows, String::new()));
    settled.settle(&mut app);
    assert_eq!(at(&app).map(|(_, id)| id), Some(chosen), "still there, so still selected");
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "srcaddr = 10.0.0.1".into()));
    settled.settle(&mut app);
    assert_eq!(at(&app), Some((0, 1)), "it is not there: the first again");
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "bytes < 0".into()));
    settled.settle(&mut app);
    assert_eq!(at(&app), None);
}

#[test]
fn back_restores_order_selection_and_what_was_open() {
    let (mut app, settled) = app();
    let bytes = crate::model::field::by_name(Dataset::Flows, "bytes").unwrap();
    app.dispatch(Action::SortAs { field: bytes, descending: true });
    settled.settle(&mut app);
    let mut two = crate::session::selection::Selection::default();
    two.select(4);
    two.toggle(9);
    app.dispatch(Action::Select(Dataset::Flows, two));
    settled.settle(&mut app);
    let ids = app.records().unwrap().selected_ids(10);
    app.dispatch(Action::Command(Command::Compare));
    settled.settle(&mut app);
    let flows = View::Records(Dataset::Flows);
    assert!(app.case.as_ref().unwrap().compare.is_open(flows));
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    app.dispatch(Action::Sort { field: crate::session::records::time_field(Dataset::Flows), add: false });
    app.dispatch(Action::Compare(CompareAction::Close));
    settled.settle(&mut app);
    app.dispatch(Action::GoToRow(1));
    app.dispatch(Action::ShowAddress("10.0.0.5".into()));
    app.dispatch(Action::ShowAddress("10.0.0.6".into()));
    let back = |app: &mut App| {
        app.dispatch(Action::Command(Command::Back));
        settled.settle(app);
    };
    back(&mut app);
    assert_eq!((app.view, app.address.as_ref().map(ToString::to_string)), (View::Address, Some("10.0.0.5".into())));
    back(&mut app);
    assert_eq!((app.view, app.records().unwrap().selection.cursor()), (flows, Some(1)));
    assert!(!app.case.as_ref().unwrap().compare.is_open(flows));
    back(&mut app);
    assert!(app.case.as_ref().unwrap().compare.is_open(flows), "with the filter that was applied beside it");
    assert_eq!(app.records().unwrap().applied(), "dstport = 22");
    back(&mut app);
    let records = app.records().unwrap();
    assert_eq!((records.applied(), records.sort[0].field, records.sort[0].descending), ("", bytes, true));
    assert_eq!(records.selected_ids(10), ids);
    assert!(app.case.as_ref().unwrap().compare.is_open(flows));
    back(&mut app);
    assert!(!app.case.as_ref().unwrap().compare.is_open(flows), "opening it was a step");
    assert_eq!(app.records().unwrap().selected_ids(10), ids);
}

#[test]
fn a_link_is_a_step_of_back_and_of_undo() {
    let (mut app, settled) = app();
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    let range = TimeRange { from: Some(crate::model::Timestamp(0)), to: None };
    let link = crate::session::action::Link {
        view: View::Records(Dataset::Flows),
        dataset: Dataset::Flows,
        filter: "action = REJECT".into(),
        range,
        duplicates: Duplicates::All,
    };
    let shown = |app: &App| (app.records().unwrap().applied().to_owned(), app.range, app.duplicates);
    let (before, after) = (shown(&app), ("action = REJECT".to_owned(), range, Duplicates::All));
    app.dispatch(Action::Follow(link.clone()));
    settled.settle(&mut app);
    assert_eq!(shown(&app), after);
    for (command, expected) in [(Command::Undo, &before), (Command::Redo, &after), (Command::Back, &before)] {
        app.dispatch(Action::Command(command));
        settled.settle(&mut app);
        assert_eq!(shown(&app), *expected, "{command:?}");
    }
    // What leads to where one is leaves nothing to undo.
    app.dispatch(Action::Follow(link.clone()));
    settled.settle(&mut app);
    let told = app.command_text(Command::Undo);
    app.dispatch(Action::Follow(link));
    settled.settle(&mut app);
    assert_eq!(app.command_text(Command::Undo), told);
    app.dispatch(Action::Command(Command::Undo));
    settled.settle(&mut app);
    assert_eq!(shown(&app), before);
}

#[test]
fn a_time_range_can_be_left_in_every_view() {
    let (mut app, settled) = app();
    for view in View::ALL.into_iter().chain([View::Address]) {
        app.dispatch(Action::Show(view));
        app.dispatch(Action::SetRange(TimeRange { from: Some(crate::model::Timestamp(0)), to: None }));
        assert!(app.is_enabled(Command::AllTimes), "{view:?}");
        app.dispatch(Action::Command(Command::AllTimes));
        settled.settle(&mut app);
        assert_eq!(app.range, TimeRange::default(), "{view:?}");
    }
}

#[test]
fn what_was_said_of_a_step_is_gone_with_the_next() {
    let (mut app, settled) = app();
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    settled.settle(&mut app);
    app.dispatch(Action::Command(Command::Undo));
    settled.settle(&mut app);
    assert!(app.notice.as_deref().is_some_and(|notice| notice.starts_with("Undone")), "{:?}", app.notice);
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "action = REJECT".into()));
    assert_eq!(app.notice, None);
}

#[test]
fn a_comparison_of_too_few_or_too_many_rows_says_what_to_do() {
    let (mut app, settled) = app();
    app.dispatch(Action::Command(Command::Compare));
    assert!(app.notice.as_deref().unwrap().starts_with("Select 2 to 5 rows"), "{:?}", app.notice);
    let mut six = crate::session::selection::Selection::default();
    six.select(0);
    six.extend_to(5);
    app.dispatch(Action::Select(Dataset::Flows, six));
    settled.settle(&mut app);
    app.dispatch(Action::Command(Command::Compare));
    assert!(app.notice.as_deref().unwrap().ends_with("6 are selected."), "{:?}", app.notice);
    assert!(!app.case.as_ref().unwrap().compare.is_open(View::Records(Dataset::Flows)));
}

#[test]
fn a_case_that_cannot_be_opened_is_told_and_stays_in_the_list() {
    let settled = Settled::default();
    let mut app = App::new(Arc::new(MemoryBackend::default()), settled.waker(), None);
    app.dispatch(Action::Open("damaged".into()));
    settled.settle(&mut app);
    assert!(app.case.is_none() && app.settings.recent_cases.len() == 1, "the disk may be there again tomorrow");
    let path = app.settings.recent_cases[0].clone();
    app.dispatch(Action::ForgetRecent(path));
    assert!(app.settings.recent_cases.is_empty());
    assert_eq!(app.errors.entries().len(), 1);
    assert_eq!(app.dialog, Some(Dialog::Errors));
}

#[test]
fn a_path_that_is_no_case_costs_nothing_of_the_open_one() {
    let (mut app, settled) = app();
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    let place = crate::session::unsaved::Place::Finding(1);
    app.dispatch(Action::Typed(place.clone(), crate::session::unsaved::words("half a thought")));
    settled.settle(&mut app);
    let (path, narrowed, errors) = (app.case.as_ref().unwrap().path.clone(), rows(&app), app.errors.entries().len());
    // The second before the first has answered.
    for _ in 0..2 {
        app.dispatch(Action::Open("damaged".into()));
        assert!(!app.is_open(&path));
    }
    settled.settle(&mut app);
    assert!(app.is_open(&path) && app.left.is_none());
    assert!(app.dialog == Some(Dialog::Errors) && app.errors.entries().len() > errors);
    assert_eq!((app.view, rows(&app)), (View::Records(Dataset::Flows), narrowed));
    assert_eq!(app.unsaved.text(&place), Some("half a thought"));
    app.dispatch(Action::Command(Command::Back));
    settled.settle(&mut app);
    assert_eq!(rows(&app), 1000, "the way back is still there");
    app.dispatch(Action::Open("/b.coldtrail".into()));
    settled.settle(&mut app);
    assert!(app.is_open(Path::new("/b.coldtrail")) && app.left.is_none());
    assert_eq!(app.unsaved.text(&place), None, "it belongs to the other case");
}

#[test]
fn where_the_sample_case_cannot_be_made_nothing_comes_into_the_open_one() {
    let folder = tempfile::tempdir().unwrap();
    let settled = Settled::default();
    let backend = MemoryBackend::with_flows(10);
    let mut app = App::new(Arc::new(backend.clone()), settled.waker(), Some(folder.path().join("forbidden")));
    app.sample_folder = Some("/samples".into());
    app.dispatch(Action::Open("/a.coldtrail".into()));
    settled.settle(&mut app);
    app.dispatch(Action::Command(Command::OpenSample));
    settled.settle(&mut app);
    assert!(app.is_open(Path::new("/a.coldtrail")) && backend.imported.lock().unwrap().is_empty());
    assert_eq!(app.dialog, Some(Dialog::Errors));
}

#[test]
fn tags_that_are_set_together_are_one_step() {
    let (mut app, _settled) = app();
    let subjects = [RecordId(1), RecordId(2)].map(crate::model::conclusions::Subject::Record).to_vec();
    let tags = [("c2", true), ("exfil", true), ("seen", false)].map(|(name, on)| (name.to_owned(), on)).into();
    app.dispatch(Action::SetTags(subjects.clone(), tags));
    assert_eq!(app.command_text(Command::Undo), "Undo: change 3 tags of 2 records");
    assert_eq!(app.case.as_ref().unwrap().conclusions.quick_tag(), Some("exfil"), "the last one that was given");
    app.dispatch(Action::SetTags(subjects, [("c2".to_owned(), true)].into()));
    assert_eq!(app.command_text(Command::Undo), "Undo: tag 2 records as c2");
}

#[test]
fn back_restores_whether_duplicates_count() {
    let (mut app, settled) = app();
    app.dispatch(Action::Show(View::Overview));
    app.dispatch(Action::ShowRecord(Dataset::Flows, RecordId(3)));
    assert_eq!(app.duplicates, Duplicates::All, "every record can be shown");
    settled.settle(&mut app);
    app.dispatch(Action::Command(Command::Back));
    assert_eq!((app.view, app.duplicates), (View::Overview, Duplicates::Once));
    let flows = View::Records(Dataset::Flows);
    app.dispatch(Action::Show(flows));
    app.dispatch(Action::Command(Command::CountDuplicates));
    app.dispatch(Action::Command(Command::Back));
    assert_eq!((app.view, app.duplicates), (flows, Duplicates::Once));
    app.dispatch(Action::Command(Command::Forward));
    assert_eq!((app.view, app.duplicates), (flows, Duplicates::All));
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

#[test]
fn settings_are_written_once_nothing_changes_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::new(Arc::new(MemoryBackend::default()), Settled::default().waker(), Some(folder.path().into()));
    let written = || settings::load(Some(folder.path())).settings.sizes.get("inspector").copied();
    for size in [300.0, 310.0, 320.0] {
        app.dispatch(Action::Sized("inspector", size));
        app.poll();
        assert_eq!(written(), None, "it is still dragged");
    }
    app.poll();
    assert_eq!(written(), Some(320.0));
    app.dispatch(Action::Sized("inspector", 330.0));
    app.shut_down();
    assert_eq!(written(), Some(330.0), "the end of the program waits for no frame");
}

#[test]
fn rows_that_are_selected_are_records_and_not_places() {
    let (mut app, settled) = app();
    let mut three = crate::session::selection::Selection::default();
    three.select(2);
    three.extend_to(0);
    app.dispatch(Action::Select(Dataset::Flows, three));
    let selected = |app: &App| app.records().unwrap().selected_ids(10).iter().map(|id| id.0).collect::<Vec<_>>();
    app.case.as_mut().unwrap().changed();
    settled.settle(&mut app);
    assert_eq!(selected(&app), [0, 1, 2], "the same records are still there");
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    settled.settle(&mut app);
    assert_eq!(selected(&app), [0], "others are at the places of the other two");
}

#[test]
fn what_is_chosen_while_rows_are_on_their_way_is_not_given_up_for_what_was_chosen_before() {
    let (mut app, settled) = app();
    app.dispatch(Action::GoToRow(3));
    settled.settle(&mut app);
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    // It is asked for with record 3 under the cursor.
    app.poll();
    app.dispatch(Action::GoToRow(6));
    settled.settle(&mut app);
    assert_eq!(app.records().unwrap().cursor_id(), Some(RecordId(6)));
}

/// An import brings a file while the rows of an earlier state are on their way, and another: the table gets its rows.
#[test]
fn a_table_is_answered_before_it_is_asked_again_for_the_next_file() {
    let backend = MemoryBackend::importing();
    let (running, permits, answered) =
        (Arc::clone(&backend.running), Arc::clone(&backend.permits), Arc::clone(&backend.answered));
    let (wake, woken) = std::sync::mpsc::sync_channel(4096);
    let wake = std::sync::Mutex::new(wake);
    let waker: Waker = Arc::new(move || wake.lock().unwrap().try_send(()).unwrap_or(()));
    let mut app = App::new(Arc::new(backend), waker, None);
    app.settings.examiner = "K. Sato".to_owned();
    // It asks for rows, too.
    app.show_histogram = false;
    let until = |app: &mut App, is_so: &dyn Fn(&App) -> bool| {
        app.poll();
        while !is_so(app) {
            woken.recv_timeout(std::time::Duration::from_secs(20)).expect("a worker thread answers");
            app.poll();
        }
    };
    app.dispatch(Action::Open("memory.coldtrail".into()));
    app.dispatch(Action::Show(View::Records(Dataset::Flows)));
    until(&mut app, &|app| app.case.as_ref().is_some_and(|case| !case.is_busy() && !case.is_opening()));
    app.dispatch(Action::Import { paths: vec!["/logs".into()], options: ImportOptions::default() });
    app.dispatch(Action::Show(View::Records(Dataset::Flows)));
    until(&mut app, &|app| app.case.as_ref().is_some_and(|case| !case.is_busy()));

    let (permit, wait) = std::sync::mpsc::sync_channel(16);
    *permits.lock().unwrap() = Some(wait);
    let file = |app: &mut App| {
        let done = FileDone { path: "/logs/next.gz".into(), records: 5, ..FileDone::default() };
        running.lock().unwrap()[0].send(JobEvent::FileDone(done)).unwrap();
        app.poll();
    };
    let before = answered.load(std::sync::atomic::Ordering::SeqCst);
    let revision = app.case.as_ref().unwrap().revision();
    let is_stale = |app: &App| app.records().unwrap().is_stale();
    file(&mut app);
    until(&mut app, &is_stale);
    file(&mut app);
    file(&mut app);
    permit.send(()).unwrap();
    until(&mut app, &|_| answered.load(std::sync::atomic::Ordering::SeqCst) == before + 1);
    until(&mut app, &|app| app.case.as_ref().unwrap().revision() == revision + 2);
    // The two files that came in meanwhile are one further question.
    permit.send(()).unwrap();
    until(&mut app, &|app| !app.case.as_ref().unwrap().is_busy());
    assert_eq!(answered.load(std::sync::atomic::Ordering::SeqCst), before + 2);
    assert_eq!(app.case.as_ref().unwrap().revision(), revision + 2);
}
