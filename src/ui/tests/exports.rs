//! Exports by the window.

use super::real::case;
use super::*;
use crate::session::pairs::PairsAction;
use crate::session::sql_console::SqlAction;
use crate::session::timeline::{Plan, TimelineAction};
use crate::session::{Action, Command};
use std::path::{Path, PathBuf};

/// Opens the dialog, names the file, presses the button and waits for the file.
pub(super) fn export(harness: &mut Shown, path: &Path) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    settle(harness);
    let path = path.to_string_lossy().into_owned();
    dispatch(harness, Action::Dialog(Some(Dialog::Export { path, replace: false })));
    harness.get_by_role_and_label(Role::Button, "Export").click();
    settle_while(harness, |app| !app.exports.running().is_empty());
}

pub(super) fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn what_a_view_shows_is_what_its_file_holds() {
    let (folder, mut harness) = case(vec2(1400.0, 900.0));
    let file = |name: &str| -> PathBuf { folder.path().join(name) };
    let key = |harness: &mut Shown, key| {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        settle(harness);
    };
    key(&mut harness, Key::Num3);
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "action = REJECT".into()));
    export(&mut harness, &file("rejected.csv"));
    harness.get_by_label_contains("Exported 10 rows");
    let rejected = lines(&file("rejected.csv"));
    assert_eq!((rejected.len(), rejected.iter().filter(|line| line.contains("REJECT")).count()), (11, 10));
    export(&mut harness, &file("rejected.parquet"));
    assert!(std::fs::read(file("rejected.parquet")).unwrap().starts_with(b"PAR1"));

    dispatch(&mut harness, Action::Command(Command::ClearFilter));
    key(&mut harness, Key::Num4);
    export(&mut harness, &file("pairs.jsonl"));
    assert_eq!(lines(&file("pairs.jsonl")).len(), 4);
    dispatch(&mut harness, Action::Pairs(PairsAction::Fold(true)));
    export(&mut harness, &file("talks.csv"));
    let talks = lines(&file("talks.csv"));
    assert!(talks[0].contains("sent_bytes") && talks[1].starts_with("10.0.0.5,203.0.113.9,80,"), "{talks:?}");

    for (view, name, first, rows) in [
        (Key::Num1, "overview.csv", "talkers,ip,10.0.0.5,90,320440,360,80,10,", 28),
        (Key::Num2, "evidence.csv", "1,", 2),
    ] {
        key(&mut harness, view);
        export(&mut harness, &file(name));
        let written = lines(&file(name));
        assert!(written[1].starts_with(first), "{written:?}");
        assert_eq!(written.len() - 1, rows, "{written:?}");
    }
    dispatch(&mut harness, Action::ShowAddress("203.0.113.9".into()));
    export(&mut harness, &file("address.jsonl"));
    let written = lines(&file("address.jsonl"));
    assert!(
        written.iter().any(|line| line.contains(r#""key":"10.0.0.5 203.0.113.9","record_count":40"#)),
        "{written:?}"
    );

    key(&mut harness, Key::Num6);
    dispatch(&mut harness, Action::Timeline(TimelineAction::Change(0, Plan { by: None, ..Plan::of(Dataset::Flows) })));
    export(&mut harness, &file("series.csv"));
    assert!(lines(&file("series.csv")).len() > 10);

    key(&mut harness, Key::Num8);
    dispatch(&mut harness, Action::Sql(SqlAction::Edit("SELECT 1 AS one, 'a' AS a UNION ALL SELECT 2, NULL".into())));
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    export(&mut harness, &file("sql.csv"));
    assert_eq!(lines(&file("sql.csv")), ["one,a", "1,a", "2,"]);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked_for_and_a_failure_is_told() {
    let (folder, mut harness) = case(vec2(1400.0, 900.0));
    let path = folder.path().join("there.csv");
    std::fs::write(&path, "mine").unwrap();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    let dialog = |path: &Path| Dialog::Export { path: path.to_string_lossy().into_owned(), replace: false };
    dispatch(&mut harness, Action::Dialog(Some(dialog(&path))));
    assert!(harness.get_by_role_and_label(Role::Button, "Export").accesskit_node().is_disabled());
    harness.get_by_role_and_label(Role::CheckBox, "Replace the existing file").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Export").click();
    settle_while(&mut harness, |app| !app.exports.running().is_empty());
    assert_eq!(lines(&path).len(), 92);

    export(&mut harness, &folder.path().join("no/such/folder.csv"));
    let error = &app(&harness).app.errors.entries()[0].error;
    assert_eq!(error.path.as_deref(), Some(&*folder.path().join("no/such/folder.csv")));
    // Choosing a format gives the name its ending.
    dispatch(&mut harness, Action::Dialog(Some(dialog(&folder.path().join("rows")))));
    harness.get_by_role_and_label(Role::RadioButton, "JSON Lines").click();
    settle(&mut harness);
    let Some(Dialog::Export { path, .. }) = &app(&harness).app.dialog else { panic!("the dialog") };
    assert!(path.ends_with("rows.jsonl"), "{path}");
}
