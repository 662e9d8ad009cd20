//! An exhibit as it was frozen.

use super::conclusions::{freeze, opened_case};
use super::*;
use crate::model::TimeRange;
use crate::present::Language;
use crate::session::{Action, Command};

#[test]
fn an_exhibit_without_rows_says_that_nothing_matched_and_what_was_asked() {
    let (_folder, mut harness) = opened_case();
    let time = |text: &str| Some(crate::filter::value::parse_time(text).unwrap().time);
    let (from, to) = (time("2021-05-16T00:00:00Z"), time("2021-05-17T00:00:00Z"));
    dispatch(&mut harness, Action::SetRange(TimeRange { from, to }));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "dstport = 4444".into()));
    freeze(&mut harness, "nothing there");
    let lists = app(&harness).app.case.as_ref().unwrap().conclusions.lists().unwrap();
    let exhibit = lists.exhibits[0].id;
    dispatch(&mut harness, Action::Show(View::Exhibits));
    dispatch(&mut harness, Action::LookAt(exhibit));
    for told in
        ["Nothing matched", "Filter: dstport = 4444", "Time range: 2021-05-16 00:00:00 to 2021-05-17 00:00:00 UTC"]
    {
        harness.get_by_label(told);
    }
    assert!(harness.query_by_label("0 rows").is_none() && harness.query_by_role(Role::Grid).is_none());
    dispatch(&mut harness, Action::Command(Command::Language(Language::Japanese)));
    for told in ["該当なし", "フィルター: dstport = 4444", "期間: 2021-05-16 00:00:00 ～ 2021-05-17 00:00:00 UTC"]
    {
        harness.get_by_label(told);
    }
}
