//! Back and forward in the window: every view, list and page is one step.

use super::real::case;
use super::*;
use crate::query::{GroupBy, Measure, Scope, TopQuery};
use crate::session::{Action, Command};

#[test]
fn back_does_not_skip_a_list() {
    let (_folder, mut harness) = case(vec2(1440.0, 900.0));
    dispatch(&mut harness, Action::Show(View::Evidence));
    dispatch(&mut harness, Action::Show(View::Overview));
    let query =
        TopQuery { scope: Scope::all(Dataset::Flows), by: GroupBy::Talker, measure: Measure::Bytes, limit: Some(3) };
    dispatch(&mut harness, Action::TopList(Some(("talkers".into(), Box::new(query)))));
    dispatch(&mut harness, Action::ShowAddress("10.0.0.5".into()));
    let list = |harness: &Shown| {
        let app = &app(harness).app;
        app.case.as_ref().unwrap().top_list.shown(app.view).map(|(title, ..)| title.to_owned())
    };
    let walk = |harness: &mut Shown, command| dispatch(harness, Action::Command(command));
    walk(&mut harness, Command::Back);
    assert_eq!((app(&harness).app.view, list(&harness)), (View::Overview, Some("talkers".into())));
    walk(&mut harness, Command::Back);
    assert_eq!((app(&harness).app.view, list(&harness)), (View::Overview, None));
    walk(&mut harness, Command::Back);
    assert_eq!(app(&harness).app.view, View::Evidence);
    for _ in 0..2 {
        walk(&mut harness, Command::Forward);
    }
    assert_eq!((app(&harness).app.view, list(&harness)), (View::Overview, Some("talkers".into())));
}
