//! Undo and redo over every kind of change, in a session without a window.

use super::*;
use crate::model::conclusions::{Change, ReportField};
use crate::model::{Dataset, SavedFilter};

fn set(value: &str) -> CaseChange {
    let value = value.to_owned();
    CaseChange::Conclusions(Task::Change(Change::SetReport { field: ReportField::Title, value }))
}

fn filter(text: &str) -> CaseChange {
    let (dataset, name, text, note) = (Dataset::Flows, "mine".to_owned(), text.to_owned(), String::new());
    CaseChange::Filters(FilterChange::Save(SavedFilter { dataset, name, text, note }))
}

fn remove_list() -> CaseChange {
    CaseChange::Indicators(Box::new(indicators::Change::Remove(vec![IndicatorItem::List(1)], true)))
}

fn named(name: &str) -> Message {
    Message::new("change-note-add").with("name", name)
}

/// Makes what is due; it comes to this.
fn run(changes: &mut Changes, expected: &CaseChange, outcome: Outcome) -> Option<(Way, Message)> {
    assert_eq!(changes.take_next().as_ref(), Some(expected));
    assert_eq!(changes.take_next(), None, "one after the other");
    changes.settled(outcome)
}

#[test]
fn kinds_are_undone_in_one_order_and_redone_in_the_other() {
    let mut changes = Changes::default();
    for (name, change, inverse) in [("a", set("a"), set("")), ("b", filter("b"), filter("")), ("c", set("c"), set("a"))]
    {
        changes.make(named(name), change.clone());
        assert_eq!(changes.to_undo(), Some(&named(name)), "what an undo will mean once it is made");
        assert_eq!(run(&mut changes, &change, Ok(Some(inverse))), None);
    }
    for (name, inverse, again) in [("c", set("a"), set("c")), ("b", filter(""), filter("b"))] {
        assert_eq!(changes.to_undo(), Some(&named(name)));
        changes.undo(false);
        assert_eq!(run(&mut changes, &inverse, Ok(Some(again))), Some((Way::Undo, named(name))));
    }
    assert_eq!(changes.to_redo(), Some(&named("b")));
    changes.redo();
    assert_eq!(run(&mut changes, &filter("b"), Ok(Some(filter("")))), Some((Way::Redo, named("b"))));
    assert_eq!((changes.to_undo(), changes.to_redo()), (Some(&named("b")), Some(&named("c"))));
    // What is new ends what could be redone.
    changes.make(named("d"), set("d"));
    run(&mut changes, &set("d"), Ok(Some(set("a"))));
    assert!(!changes.can_redo());
}

#[test]
fn an_undo_waits_for_the_change_before_it_and_means_that_one() {
    let mut changes = Changes::default();
    changes.make(named("a"), set("a"));
    run(&mut changes, &set("a"), Ok(Some(set(""))));
    changes.make(named("b"), set("b"));
    assert_eq!(changes.take_next(), Some(set("b")));
    changes.undo(false);
    assert_eq!(changes.take_next(), None);
    assert_eq!(changes.settled(Ok(Some(set("a")))), None);
    assert_eq!(run(&mut changes, &set("a"), Ok(Some(set("b")))), Some((Way::Undo, named("b"))));
}

#[test]
fn what_takes_much_out_is_asked_about_before() {
    let mut changes = Changes::default();
    changes.make(named("list"), set("stands for an import"));
    run(&mut changes, &set("stands for an import"), Ok(Some(remove_list())));
    changes.undo(false);
    assert_eq!(changes.take_next(), None);
    assert!(changes.take_asks() && !changes.take_asks());
    assert_eq!(changes.to_undo(), Some(&named("list")), "still to be undone");
    changes.undo(true);
    assert_eq!(run(&mut changes, &remove_list(), Ok(Some(set("back")))), Some((Way::Undo, named("list"))));
}

#[test]
fn what_failed_can_be_tried_again_and_what_changed_nothing_is_gone() {
    let mut changes = Changes::default();
    changes.make(named("a"), set("a"));
    assert_eq!(run(&mut changes, &set("a"), Err(NotMade)), None);
    assert!(!changes.can_undo());
    for name in ["b", "c"] {
        changes.make(named(name), set(name));
        run(&mut changes, &set(name), Ok(Some(set("before"))));
    }
    changes.undo(false);
    assert_eq!(run(&mut changes, &set("before"), Err(NotMade)), None);
    assert_eq!(changes.to_undo(), Some(&named("c")));
    changes.undo(false);
    assert_eq!(run(&mut changes, &set("before"), Ok(None)), None);
    assert_eq!((changes.to_undo(), changes.can_redo()), (Some(&named("b")), false));
    // More than there is.
    for _ in 0..3 {
        changes.undo(false);
    }
    run(&mut changes, &set("before"), Ok(Some(set("b"))));
    assert_eq!(changes.take_next(), None);
    assert!(changes.is_idle() && !changes.can_undo());
}

#[test]
fn what_was_made_together_is_undone_and_redone_together() {
    let mut changes = Changes::default();
    changes.make(named("before"), set("x"));
    run(&mut changes, &set("x"), Ok(Some(set(""))));
    changes.make_together(named("all"), [set("a"), set("b"), set("c")]);
    for (name, before) in [("a", "x"), ("b", "a"), ("c", "b")] {
        assert_eq!(run(&mut changes, &set(name), Ok(Some(set(before)))), None);
    }
    assert_eq!(changes.to_undo(), Some(&named("all")));
    // A second one that is asked for meanwhile means what was made before.
    changes.undo(false);
    changes.undo(false);
    for (before, name) in [("b", "c"), ("a", "b"), ("x", "a")] {
        assert_eq!(run(&mut changes, &set(before), Ok(Some(set(name)))), Some((Way::Undo, named("all"))));
    }
    assert_eq!(run(&mut changes, &set(""), Ok(Some(set("x")))), Some((Way::Undo, named("before"))));
    assert!(!changes.can_undo());
    changes.redo();
    changes.redo();
    assert_eq!(run(&mut changes, &set("x"), Ok(Some(set("")))), Some((Way::Redo, named("before"))));
    for (name, before) in [("a", "x"), ("b", "a"), ("c", "b")] {
        assert_eq!(run(&mut changes, &set(name), Ok(Some(set(before)))), Some((Way::Redo, named("all"))));
    }
    assert!(changes.is_idle() && !changes.can_redo());
    // One that fails stays, with those that are before it.
    changes.undo(false);
    assert_eq!(run(&mut changes, &set("b"), Err(NotMade)), None);
    assert!(changes.is_idle() && changes.to_undo() == Some(&named("all")));
    // One that changes nothing does not end the step.
    changes.undo(false);
    assert_eq!(run(&mut changes, &set("b"), Ok(None)), None);
    assert_eq!(run(&mut changes, &set("a"), Ok(Some(set("b")))), Some((Way::Undo, named("all"))));
    assert_eq!(run(&mut changes, &set("x"), Ok(Some(set("a")))), Some((Way::Undo, named("all"))));
    assert_eq!((changes.to_undo(), changes.is_idle()), (Some(&named("before")), true));
}

#[test]
fn one_that_takes_much_out_is_asked_about_wherever_it_is_in_its_step() {
    let mut changes = Changes::default();
    changes.make_together(named("all"), [set("a"), set("b")]);
    run(&mut changes, &set("a"), Ok(Some(remove_list())));
    run(&mut changes, &set("b"), Ok(Some(set(""))));
    changes.undo(false);
    assert_eq!(changes.take_next(), None);
    assert!(changes.take_asks());
    changes.undo(true);
    run(&mut changes, &set(""), Ok(Some(set("b"))));
    assert_eq!(run(&mut changes, &remove_list(), Ok(Some(set("back")))), Some((Way::Undo, named("all"))));
}
