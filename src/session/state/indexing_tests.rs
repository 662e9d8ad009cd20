//! The index of an open case is cared for.

use crate::session::jobs::JobEvent;
use crate::session::source::{ImportOptions, IndexHealth};
use crate::session::state::*;
use crate::session::testing::{MemoryBackend, Settled};
use std::sync::atomic::Ordering;

fn open(health: IndexHealth) -> (App, MemoryBackend, Settled) {
    let backend = MemoryBackend::with_flows(10);
    *backend.health.lock().unwrap() = health;
    let settled = Settled::default();
    let mut app = App::new(Arc::new(backend.clone()), settled.waker(), None);
    app.dispatch(Action::Open("/a.coldtrail".into()));
    settled.settle(&mut app);
    (app, backend, settled)
}

fn begun(backend: &MemoryBackend) -> Vec<bool> {
    backend.indexed.lock().unwrap().iter().map(|(_, anew)| *anew).collect()
}

fn finish(backend: &MemoryBackend, health: IndexHealth) {
    *backend.health.lock().unwrap() = health;
    let events = backend.running.lock().unwrap().pop().unwrap();
    events.send(JobEvent::Finished { cancelled: false }).unwrap();
}

#[test]
fn what_is_missing_is_completed_and_what_is_damaged_built_anew() {
    let why = || "why".to_owned();
    for (health, anew) in [
        (IndexHealth::Behind { rows: 5 }, false),
        (IndexHealth::Missing(why()), false),
        (IndexHealth::Damaged(why()), true),
    ] {
        let (mut app, backend, settled) = open(health.clone());
        assert_eq!(begun(&backend), [anew], "{health:?}");
        assert!(app.is_indexing());
        finish(&backend, IndexHealth::Ready);
        settled.settle(&mut app);
        assert!(!app.is_indexing() && app.index_trouble().is_none());
        assert_eq!(begun(&backend).len(), 1);
    }
    let (app, backend, _) = open(IndexHealth::Ready);
    assert!(begun(&backend).is_empty() && !app.is_indexing());
}

#[test]
fn trouble_that_stays_is_told_and_not_worked_on_again() {
    let trouble = IndexHealth::Missing("read-only".to_owned());
    let (mut app, backend, settled) = open(trouble.clone());
    finish(&backend, trouble);
    settled.settle(&mut app);
    assert_eq!((begun(&backend).len(), app.index_trouble()), (1, Some("read-only")));
}

#[test]
fn damage_that_a_query_finds_is_mended() {
    let (mut app, backend, settled) = open(IndexHealth::Ready);
    *backend.health.lock().unwrap() = IndexHealth::Damaged("checksum".to_owned());
    backend.damages.fetch_add(1, Ordering::SeqCst);
    settled.settle(&mut app);
    assert_eq!(begun(&backend), [true]);
}

#[test]
fn an_import_and_leaving_the_case_stop_it() {
    let import = Action::Import { paths: vec!["/logs/a.gz".into()], options: ImportOptions::default() };
    for way in [import, Action::Command(Command::CloseCase), Action::Open("/b.coldtrail".into())] {
        let (mut app, backend, _) = open(IndexHealth::Behind { rows: 1 });
        app.settings.examiner = "K. Sato".to_owned();
        app.dispatch(way);
        assert!(backend.cancelled.is_cancelled());
    }
}
