//! The SQL console by the window.

use super::copying::copied;
use super::real::case;
use super::*;
use crate::session::Action;
use crate::session::result_table::TableAction;
use crate::session::sql_console::SqlAction;

fn console(statement: &str) -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1400.0, 900.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num8);
    settle(&mut harness);
    dispatch(&mut harness, Action::Sql(SqlAction::Edit(statement.into())));
    (folder, harness)
}

#[test]
fn a_statement_runs_by_its_keys_and_its_rows_sort() {
    let (_folder, mut harness) = console(
        "SELECT srcaddr, count(*) AS records FROM flow_record WHERE srcaddr IS NOT NULL GROUP BY srcaddr ORDER BY srcaddr",
    );
    harness.get_by_role_and_label(Role::MultilineTextInput, "SQL statement").focus();
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    settle(&mut harness);
    harness.get_by_label("3 rows");
    harness.get_by_label("srcaddr: 198.51.100.7");
    harness.get_by_label("records: 10");
    let first = |h: &Shown| {
        let cells = h.get_all_by(|n| n.label().is_some_and(|l| l.starts_with("srcaddr: ")));
        cells.min_by(|a, b| a.rect().top().total_cmp(&b.rect().top())).unwrap().accesskit_node().label().unwrap()
    };
    assert_eq!(first(&harness), "srcaddr: 10.0.0.5");
    for expected in ["srcaddr: 198.51.100.7", "srcaddr: 10.0.0.5"] {
        harness.get_by_role_and_label(Role::ColumnHeader, "records").click();
        settle(&mut harness);
        assert_eq!(first(&harness), expected);
    }
    assert!(!app(&harness).app.case.as_ref().unwrap().sql.draft().contains('\n'), "the keys run, they break no line");
}

#[test]
fn an_address_in_the_rows_leads_to_its_page_and_can_be_looked_for() {
    let (_folder, mut harness) = console("SELECT DISTINCT srcaddr FROM flow_record WHERE srcaddr = '198.51.100.7'");
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    let menu = |harness: &mut Shown, entry: &str| {
        harness.get_by_label("srcaddr: 198.51.100.7").click_secondary();
        settle(harness);
        harness.get_by_label(entry).click();
        settle(harness);
    };
    menu(&mut harness, "Add to indicators...");
    assert!(app(&harness).app.dialog.is_some());
    harness.key_press(Key::Escape);
    settle(&mut harness);
    menu(&mut harness, "Address details");
    assert_eq!(app(&harness).app.view, View::Address);
}

#[test]
fn a_mistake_is_told_with_its_place_and_the_last_rows_stay() {
    let (_folder, mut harness) = console("SELECT 7 AS seven");
    harness.get_by_role_and_label(Role::Button, "Run Ctrl+Enter").click();
    settle(&mut harness);
    harness.get_by_label("seven: 7");
    dispatch(&mut harness, Action::Sql(SqlAction::Edit("SELECT srcaddr,\n nosuch FROM flow_record".into())));
    harness.get_by_role_and_label(Role::Button, "Run Ctrl+Enter").click();
    settle(&mut harness);
    harness.get_by_label("Line 2, column 2: no such column: nosuch");
    harness.get_by_label("seven: 7");
    for refused in ["DELETE FROM evidence", "PRAGMA journal_mode=OFF", "ATTACH 'x' AS y", "SELECT 1; SELECT 2"] {
        dispatch(&mut harness, Action::Sql(SqlAction::Edit(refused.into())));
        dispatch(&mut harness, Action::Sql(SqlAction::Run));
        harness.get_by_label("The console is read-only: one SELECT or WITH statement.");
    }
    assert!(app(&harness).app.errors.entries().is_empty(), "a mistake of the examiner's is no fault of the program");
}

#[test]
fn the_example_is_in_reach_in_the_smallest_window() {
    let (_folder, mut harness) = case(vec2(512.0, 350.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num8);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Insert an example").focus();
    settle(&mut harness);
    let example = harness.get_by_role_and_label(Role::Button, "Insert an example");
    assert!(example.rect().bottom() <= 350.0, "{:?}", example.rect());
    example.click();
    settle(&mut harness);
    assert!(app(&harness).app.case.as_ref().unwrap().sql.draft().starts_with("SELECT start"));
}

#[test]
fn limits_of_rows_and_time_and_cancel_end_a_statement() {
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT ";
    let (_folder, mut harness) = console(&format!("{endless} x FROM n"));
    dispatch(&mut harness, Action::Sql(SqlAction::LimitRows(1000)));
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    harness.get_by_label("1,000 rows");
    harness.get_by_label("The row limit was reached; there are more rows.");
    dispatch(&mut harness, Action::Sql(SqlAction::Edit(format!("{endless} count(*) FROM n"))));
    dispatch(&mut harness, Action::Sql(SqlAction::LimitSecs(0)));
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    harness.get_by_label_contains("Timed out after");
    let running = harness.state_mut().as_mut().unwrap();
    running.app.dispatch(Action::Sql(SqlAction::LimitSecs(3600)));
    running.app.dispatch(Action::Sql(SqlAction::Run));
    harness.step();
    harness.step();
    assert!(app(&harness).app.case.as_ref().unwrap().sql.is_running());
    harness.get_by_role_and_label(Role::Button, "Cancel").click();
    settle(&mut harness);
    harness.get_by_label("1,000 rows");
}

#[test]
fn names_of_the_views_go_into_the_statement_and_rows_are_copied_as_csv() {
    let (_folder, mut harness) = console("SELECT ");
    harness.get_by_role_and_label(Role::MultilineTextInput, "SQL statement").focus();
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::End);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "dstport").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.case.as_ref().unwrap().sql.draft(), "SELECT dstport");
    let statement = "SELECT 'a,\"b' AS text, NULL AS gap, 1 AS one UNION ALL SELECT 'c', 2.5, 3";
    dispatch(&mut harness, Action::Sql(SqlAction::Edit(statement.into())));
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    let outcome = app(&harness).app.case.as_ref().unwrap().sql.outcome();
    assert_eq!(outcome, Some(&crate::session::sql_console::Outcome::Rows));
    let as_csv = copied(&mut harness, Action::Sql(SqlAction::Table(TableAction::CopyCsv)));
    assert_eq!(as_csv, "text,gap,one\n\"a,\"\"b\",,1\nc,2.5,3\n");
    dispatch(&mut harness, Action::Sql(SqlAction::Edit("SELECT 1 AS one WHERE 0".into())));
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    let as_csv = copied(&mut harness, Action::Sql(SqlAction::Table(TableAction::CopyCsv)));
    assert_eq!(as_csv, "one\n", "a table without rows is its header");
}
