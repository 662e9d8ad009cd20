//! A case that is older or damaged is looked at; before anything is written to it, that is asked.

use super::*;
use crate::app::conclusions::records;
use crate::model::Dataset;
use crate::model::RecordId;
use crate::model::conclusions::Change;
use crate::session::View;
use crate::session::conclusions::Task;
use crate::session::source::{ImportOptions, Mend, Standing};
use crate::session::testing::{MemoryBackend, Settled};

fn open(standing: Standing) -> (App, MemoryBackend, Settled) {
    let backend = MemoryBackend::with_flows(10);
    *backend.standing.lock().unwrap() = standing;
    let settled = Settled::default();
    let mut app = App::new(Arc::new(backend.clone()), settled.waker(), None);
    app.settings.examiner = "K. Sato".to_owned();
    app.dispatch(Action::Open("/a.coldtrail".into()));
    settled.settle(&mut app);
    (app, backend, settled)
}

fn older() -> Standing {
    Standing { older: Some(3), ..Standing::default() }
}

fn damaged() -> Standing {
    Standing { damage: vec!["page 7".to_owned()], lost: vec!["flow: row 1:2".to_owned()], ..Standing::default() }
}

fn writing() -> Vec<Action> {
    let change = Change::AddTag { name: "odd".to_owned(), subjects: records([RecordId(1)]) };
    vec![
        Action::Import { paths: vec!["/logs/a.gz".into()], options: ImportOptions::default() },
        Action::Write(Task::Change(change)),
        Action::Command(Command::AddLabel),
        Action::Command(Command::AddExhibit),
    ]
}

#[test]
fn what_writes_to_an_older_case_asks_for_its_upgrade_first() {
    for action in writing() {
        let (mut app, backend, settled) = open(older());
        app.dispatch(action);
        settled.settle(&mut app);
        assert_eq!(app.dialog, Some(Dialog::Upgrade));
        assert!(backend.imported.lock().unwrap().is_empty() && backend.mended.lock().unwrap().is_empty());
        app.dispatch(Action::Mend(Mend::Upgrade));
        settled.settle(&mut app);
        assert_eq!(*backend.mended.lock().unwrap(), [(Mend::Upgrade, "K. Sato".to_owned())]);
        // Opened again as it is now: it is written to.
        let standing = app.case.as_ref().unwrap().standing().unwrap();
        assert!(standing.is_sound() && app.dialog.is_none());
        app.dispatch(Action::Command(Command::AddLabel));
        assert!(matches!(app.dialog, Some(Dialog::Label(_))));
    }
}

#[test]
fn a_damaged_case_is_saved_beside_itself_and_the_new_one_is_opened() {
    for action in writing() {
        let (mut app, backend, settled) = open(damaged());
        app.dispatch(action);
        let proposed = "/a-rescued.coldtrail".to_owned();
        assert_eq!(app.dialog, Some(Dialog::Rescue { path: proposed.clone() }));
        app.dispatch(Action::Mend(Mend::Rescue("/b".into())));
        settled.settle(&mut app);
        let target = std::path::PathBuf::from("/b.coldtrail");
        assert_eq!(*backend.mended.lock().unwrap(), [(Mend::Rescue(target.clone()), "K. Sato".to_owned())]);
        assert_eq!(app.case.as_ref().unwrap().path, target);
    }
}

#[test]
fn looking_asks_nothing_and_no_index_is_written() {
    for standing in [older(), damaged()] {
        let (mut app, backend, settled) = open(standing);
        *backend.health.lock().unwrap() = crate::app::index::IndexHealth::Behind { rows: 5 };
        for command in [
            Command::Show(View::Records(Dataset::Flows)),
            Command::Show(View::Evidence),
            Command::Show(View::Exhibits),
            Command::Export,
        ] {
            app.dispatch(Action::Command(command));
            settled.settle(&mut app);
            assert!(!matches!(app.dialog, Some(Dialog::Upgrade | Dialog::Rescue { .. })), "{command:?}");
        }
        assert!(backend.indexed.lock().unwrap().is_empty());
    }
}

#[test]
fn a_filter_is_undone_without_a_question() {
    let (mut app, backend, settled) = open(older());
    app.dispatch(Action::Show(View::Records(Dataset::Flows)));
    app.dispatch(Action::ApplyFilter(Dataset::Flows, "dstport = 22".into()));
    settled.settle(&mut app);
    for (command, applied) in [(Command::Undo, ""), (Command::Redo, "dstport = 22")] {
        app.dispatch(Action::Command(command));
        settled.settle(&mut app);
        assert_eq!((app.records().unwrap().applied(), &app.dialog), (applied, &None), "{command:?}");
    }
    assert!(backend.mended.lock().unwrap().is_empty());
}
