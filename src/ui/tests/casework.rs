//! The journal, the evidence with its details, sums of imports, what stands out, and the tour, by the window.

use super::real::{case, case_of, imported};
use super::*;
use crate::app::journal::About;
use crate::case::CaseReader;
use crate::model::EvidenceId;
use crate::query::{self, Cancel};
use crate::session::import_sums::Sums;
use crate::session::source::ImportOptions;
use crate::session::tour::TOUR;
use crate::session::{Action, Command};
use std::path::{Path, PathBuf};

fn sums(harness: &Shown) -> Sums {
    app(harness).app.jobs.list().last().unwrap().sums
}

fn journal(harness: &mut Shown) {
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::J);
    settle(harness);
}

#[test]
fn the_journal_lists_checks_and_leads_to_what_it_is_about() {
    let (folder, mut harness) = case(vec2(1400.0, 900.0));
    journal(&mut harness);
    assert_eq!(app(&harness).app.view, View::Journal);
    let entries = CaseReader::open(&folder.path().join("case.coldtrail")).unwrap().journal().unwrap();
    harness.get_by_label(&format!("Hash chain intact: all {} entries verified", entries.len()));
    harness.get_by_label(&entries.last().unwrap().hash);
    // A search in the words that are shown.
    harness.get_by_role_and_label(Role::TextInput, "Search in this list").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Search in this list").type_text("evidence imported trail.json");
    settle(&mut harness);
    harness.get_by_label(&format!("1 of {}", entries.len()));
    harness.get_by_label("Action: Evidence imported").click();
    settle(&mut harness);
    harness.get_by_label("Entry 3");
    harness.get_by_role_and_label(Role::Button, "Show evidence 2").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Evidence);
    let looked_at = app(&harness).app.case.as_ref().unwrap().evidence.looked_at().unwrap().id;
    assert_eq!(looked_at, EvidenceId(2));
    harness.get_by_role_and_label(Role::Label, "Evidence 2");
}

#[test]
fn a_changed_entry_is_named_with_why() {
    let (folder, mut harness) = case(vec2(1400.0, 900.0));
    let path = folder.path().join("case.coldtrail");
    dispatch(&mut harness, Action::Command(Command::CloseCase));
    // Past the program, as no writer of ours does it.
    let case = rusqlite::Connection::open(&path).unwrap();
    case.execute("UPDATE journal SET examiner = 'Mallory' WHERE seq = 2", []).unwrap();
    drop(case);
    dispatch(&mut harness, Action::Open(path));
    journal(&mut harness);
    harness.get_by_label(
        "Hash chain broken at entry 2: its content does not match its hash, so it was changed after it was written.",
    );
    harness.get_by_role_and_label(Role::Button, "Show the entry").click();
    settle(&mut harness);
    harness.get_by_label("Entry 2");
}

#[test]
fn changes_are_in_the_journal_at_once_and_lead_to_their_records() {
    let (_folder, mut harness) = case(vec2(1400.0, 900.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    settle(&mut harness);
    let id = app(&harness).app.records().unwrap().pages.id(0).unwrap();
    let subjects = vec![crate::model::conclusions::Subject::Record(id)];
    let change = crate::model::conclusions::Change::AddTag { name: "c2".into(), subjects };
    dispatch(&mut harness, Action::Write(crate::session::conclusions::Task::Change(change)));
    journal(&mut harness);
    let entries = app(&harness).app.case.as_ref().unwrap().journal.entries().unwrap().clone();
    let last = entries.last().unwrap();
    assert_eq!((last.stored.action.as_str(), last.subject.as_str()), ("tag_add", "c2"));
    assert_eq!(last.about, [About::Tag(Dataset::Events, "c2".into())]);
    dispatch(&mut harness, Action::ShowAbout(last.about[0].clone()));
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Events), 1));
}

/// A log with a line that cannot be read, and a file of another kind.
fn odd_files() -> Vec<(&'static str, String)> {
    let good = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1621123200 1621123259 ACCEPT OK\n";
    let head = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
    vec![
        ("a.log", format!("{head}{good}2 1 eni-1 x\n")),
        ("b.txt", "Dear colleague,\nhere are the logs.\n".to_owned()),
        ("c.log", format!("{head}{good}2 1 eni-1 x\n")),
        ("d.log", format!("{head}{}", good.replace("443", "22"))),
        ("e.log", String::new()),
    ]
}

#[test]
fn a_file_opens_with_its_records_its_warnings_and_its_bytes() {
    let (_folder, mut harness) = case_of(vec2(1400.0, 900.0), &odd_files());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    settle(&mut harness);
    let files = app(&harness).app.case.as_ref().unwrap().evidence.files().unwrap().clone();
    let log = files.iter().find(|file| file.path.ends_with("a.log")).unwrap();
    dispatch(&mut harness, Action::ShowAbout(About::Evidence(log.id)));
    harness.get_by_label(&format!("Evidence {}", log.id.0));
    // The bytes are there without a further step, and the warning leads to its own.
    harness.get_by_label_contains("76 65 72 73 69 6f 6e");
    harness.get_by_label("Detail: 4 values, the format has 14 fields").click();
    settle(&mut harness);
    let marked = app(&harness).app.case.as_ref().unwrap().evidence.marked().clone();
    let raw = &app(&harness).app.case.as_ref().unwrap().evidence.bytes().unwrap().unwrap().clone();
    let part = &raw.data[(marked.start - raw.start) as usize..(marked.end - raw.start) as usize];
    assert_eq!(std::str::from_utf8(part).unwrap().trim_end(), "2 1 eni-1 x");
    // The file with the same bytes is named.
    harness.get_by_label_contains("c.log");
    harness.get_by_role_and_label(Role::Button, "1 flow record").click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Flows), 1));
    assert_eq!(app(&harness).app.records().unwrap().applied(), format!("evidence = {}", log.id.0));
}

/// Every link of every file leads to as many records as it says.
#[test]
fn the_links_of_a_file_lead_to_as_many_records_as_they_say() {
    let mut files = odd_files();
    // The same records once more, in another file.
    let twice = files[0].1.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    files.push(("f.log", twice));
    let (folder, _harness) = case_of(vec2(800.0, 600.0), &files);
    let reader = CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
    let mut checked = 0;
    for file in query::evidence_list(&reader).unwrap() {
        for (count, filter) in [
            (file.flows, format!("evidence = {}", file.id.0)),
            (file.duplicates, format!("evidence = {} and duplicate", file.id.0)),
        ] {
            let filter = crate::filter::parse(&filter, Dataset::Flows).unwrap();
            let scope = query::Scope { duplicates: query::Duplicates::All, ..query::Scope::of(Dataset::Flows, filter) };
            let found = query::rows(&reader, &scope.records(Vec::new()), &Cancel::default()).unwrap();
            assert_eq!(found.len() as u64, count, "{}", file.path);
            checked += count;
        }
    }
    assert_eq!(checked, 3 + 1, "three records, one of them a duplicate");
}

#[test]
fn an_import_names_all_that_it_found_and_ends_where_the_case_is_seen_as_a_whole() {
    let (_folder, mut harness) = case_of(vec2(1400.0, 1000.0), &odd_files());
    assert_eq!(app(&harness).app.view, View::Overview);
    let sums = sums(&harness);
    let expected = Sums {
        found: 5,
        imported: 2,
        unrecognised: 1,
        empty: 1,
        copies: 1,
        flows: 2,
        rejected: 2,
        in_copies: 2,
        ..Sums::default()
    };
    assert_eq!(Sums { notes: 0, ..sums }, expected);
    assert_eq!(sums.waiting(), 0);
    harness.get_by_label("What stands out");
    dispatch(&mut harness, Action::Command(Command::ShowJobs));
    harness.get_by_label("= 2 imported + 1 not recognized (kept as evidence) + 1 empty + 1 duplicate file");
    harness.get_by_label("5 files found");
    harness.get_by_label("4 records and lines read");
    let notes: Vec<_> = harness.get_all_by_label_contains("b.txt").collect();
    assert!(!notes.is_empty());
}

/// What the sums say is what the case holds: of the sample, and of every file of the corpora, odd ones too.
#[test]
fn the_sums_of_an_import_are_those_of_the_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trees: Vec<PathBuf> = vec![root.join("sample-logs/evidence")];
    // They are not everywhere that this is built.
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    trees.extend(
        ["corpora/constructed", "trials"].map(|name| shared.join(name)).into_iter().filter(|path| path.is_dir()),
    );
    for tree in trees {
        let folder = tempfile::tempdir().unwrap();
        let harness = imported(vec2(1000.0, 700.0), &folder, tree.clone(), ImportOptions::default());
        let (sums, tree) = (sums(&harness), tree.display().to_string());
        let reader = CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
        let totals = query::totals(&reader).unwrap();
        let evidence = query::evidence_list(&reader).unwrap();
        let received = query::received(&reader).unwrap().len() as u64;
        assert!(sums.found > 0 && sums.waiting() == 0, "{tree}: {sums:?}");
        assert_eq!(
            sums.found,
            sums.imported + sums.unrecognised + sums.empty + sums.copies + sums.failed + sums.left_out,
            "{tree}"
        );
        assert_eq!(sums.evidence(), totals.evidence, "{tree}: {sums:?}");
        assert_eq!(sums.copies + sums.failed + sums.left_out, received, "{tree}: {sums:?}");
        assert_eq!(sums.flows, totals.flows, "{tree}: {sums:?}");
        assert_eq!(sums.rejected, totals.warnings, "{tree}: {sums:?}");
        assert_eq!(sums.notes, totals.notes, "{tree}: {sums:?}");
        assert_eq!(sums.stored(), evidence.iter().map(|file| file.records).sum::<u64>(), "{tree}: {sums:?}");
        assert_eq!(sums.duplicates, evidence.iter().map(|file| file.duplicates).sum::<u64>(), "{tree}: {sums:?}");
        assert_eq!(sums.read(), evidence.iter().map(|f| f.records + f.duplicates + f.warnings).sum::<u64>(), "{tree}");
    }
}

fn sample() -> (tempfile::TempDir, Shown) {
    sample_in(vec2(1440.0, 900.0))
}

fn sample_in(size: egui::Vec2) -> (tempfile::TempDir, Shown) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/evidence");
    let folder = tempfile::tempdir().unwrap();
    let harness = imported(size, &folder, root, ImportOptions::default());
    (folder, harness)
}

/// Figures of the overview, facts that stand out and steps of the tour: each leads to as many records as it says.
#[test]
fn the_sample_is_told_in_steps_and_every_figure_leads_to_its_records() {
    let (folder, mut harness) = sample();
    let reader = CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
    let count = |scope: &query::Scope| {
        query::rows(&reader, &scope.records(Vec::new()), &Cancel::default()).unwrap().len() as u64
    };
    let open = app(&harness).app.case.as_ref().unwrap();
    let facts: Vec<_> = open.standouts.found().cloned().collect();
    let names: std::collections::BTreeSet<&str> = facts.iter().map(|fact| fact.name).collect();
    for name in ["trail", "gap", "denied", "root", "logins", "users", "rejected", "outbound"] {
        assert!(names.contains(name), "{names:?}");
    }
    for fact in &facts {
        assert_eq!(count(&fact.scope), fact.records, "{fact:?}");
    }
    for dataset in [Dataset::Flows, Dataset::Events] {
        let counts: Vec<_> = open.glance.counts(dataset).cloned().collect();
        for figure in &counts {
            assert_eq!(count(&figure.scope), figure.records, "{}", figure.name);
        }
        let parts: u64 = counts.iter().filter(|figure| figure.is_part).map(|figure| figure.records).sum();
        assert_eq!(parts, open.glance.coverage(dataset).unwrap().figures.records);
    }
    harness.get_by_role_and_label(Role::Button, "930 without an action (transit gateway)");
    harness.get_by_role_and_label(Role::Button, "eni-0ba571aa06aa06aa6 (1 h)");

    harness.get_by_label("Step 1 of 14");
    for step in TOUR.iter() {
        settle(&mut harness);
        let counts = app(&harness).app.case.as_ref().unwrap().tour.counts().unwrap().to_vec();
        let expected: Vec<u64> = step.searches.iter().map(|search| search.expected).collect();
        assert_eq!(counts, expected);
        for (at, count) in expected.iter().enumerate() {
            dispatch(&mut harness, Action::Tour(crate::session::tour::TourAction::Show(at)));
            assert_eq!(rows(&harness), *count);
        }
        harness.key_press(Key::F8);
    }
    settle(&mut harness);
    harness.get_by_label("Step 14 of 14");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F8);
    settle(&mut harness);
    harness.get_by_label("Step 13 of 14");
    // Tab goes on, back, out.
    harness.get_by_role_and_label(Role::Button, "Close tour").focus();
    settle(&mut harness);
    for name in ["Close tour", "Previous step", "Next step"] {
        let (_, focused) = super::focus::focused(&harness).unwrap();
        assert!(focused.starts_with(name), "{name}: {focused}");
        key(&mut harness, Modifiers::SHIFT, Key::Tab);
    }
    harness.get_by_role_and_label(Role::Button, "Close tour").click();
    settle(&mut harness);
    assert!(harness.query_by_label("Step 13 of 14").is_none());
    dispatch(&mut harness, Action::Command(Command::Tour));
    harness.get_by_label("Step 13 of 14");
}

/// The usual window at 250 %.
#[test]
fn in_the_lowest_window_the_tour_is_a_line_and_the_table_keeps_rows() {
    let (_folder, mut harness) = sample_in(vec2(576.0, 360.0));
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
    assert!(app(&harness).app.show_inspector);
    let step = harness.get_by_label("Step 1 of 14").rect();
    for name in ["Close tour", "Next step", "Previous step", "Show records"] {
        let button = harness.get_by_role_and_label(Role::Button, name).rect();
        assert!((button.center().y - step.center().y).abs() < 4.0, "{name}: {button:?} {step:?}");
        assert!(button.left() >= step.right() && button.right() <= 576.0, "{name}: {button:?} {step:?}");
    }
    let grid = harness.get_by_role(Role::Grid).rect();
    let lowest = grid.bottom() - crate::ui::theme::size::SCROLLBAR;
    let whole = |node: &egui_kittest::Node<'_>| node.rect().bottom() <= lowest + 0.5;
    let seen = harness.get_all_by_label_contains("start (UTC): ").filter(whole).count();
    assert!(seen >= 2, "{seen} rows in {grid:?}");
    harness.get_by_role_and_label(Role::Button, "Show records").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Show the scan").click();
    settle(&mut harness);
    assert_eq!(rows(&harness), TOUR[0].searches[0].expected);
    assert!(harness.query_by_role_and_label(Role::Button, "Show the scan").is_none(), "the menu is closed");
}

#[test]
fn other_cases_have_no_tour_and_say_that_nothing_stands_out() {
    let quiet = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 443 6 1 40 1621123200 1621123259 ACCEPT OK\n";
    let head = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
    let (_folder, mut harness) = case_of(vec2(1400.0, 900.0), &[("a.log", format!("{head}{quiet}"))]);
    assert!(!app(&harness).app.is_enabled(Command::Tour));
    assert!(harness.query_by_label_contains("Step 1 of").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    settle(&mut harness);
    harness.get_by_label_contains("Nothing stands out");
}

/// An hour that the evidence lacks is named where a filter asks for it.
#[test]
fn an_empty_view_says_why_and_what_to_do() {
    let (_folder, mut harness) = sample();
    let step = TOUR.iter().position(|step| step.searches.iter().any(|search| search.name == "gap")).unwrap();
    for _ in 0..step {
        harness.key_press(Key::F8);
        settle(&mut harness);
    }
    let at = TOUR[step].searches.iter().position(|search| search.name == "gap").unwrap();
    dispatch(&mut harness, Action::Tour(crate::session::tour::TourAction::Show(at)));
    assert_eq!(rows(&harness), 0);
    harness.get_by_label(
        "No evidence file has a record of eni-0ba571aa06aa06aa6 from 2026-03-11 17:00:00 to 2026-03-11 18:00:00 UTC. \
         Missing evidence does not mean that there was no traffic.",
    );
    harness.get_by_role_and_label(Role::Button, "Show coverage by hour");
    let show = harness.get_all_by_role(Role::Button).find(|node| {
        node.accesskit_node().label().is_some_and(|label| label.starts_with("Show ") && label.ends_with("at any time"))
    });
    show.expect("the other times are offered").click();
    settle(&mut harness);
    assert!(rows(&harness) > 0);
    // Without a time range none is named.
    dispatch(&mut harness, Action::Command(Command::AllTimes));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "srcaddr = 9.9.9.9".into()));
    harness.get_by_label("No record in the case matches the filter.");
}

/// Without their originals in the case, bytes are read outside only when somebody wants that.
#[test]
fn an_original_that_is_not_stored_is_said_to_be_and_read_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    std::fs::write(&log, &odd_files()[0].1).unwrap();
    let options = ImportOptions { keep_raw: false, ..ImportOptions::default() };
    let mut harness = imported(vec2(1400.0, 900.0), &folder, log.clone(), options);
    dispatch(&mut harness, Action::ShowAbout(About::Evidence(EvidenceId(1))));
    harness.get_by_label_contains("The original content is not stored in this case.");
    harness.get_by_role_and_label(Role::Button, "Read the original file").click();
    settle(&mut harness);
    harness.get_by_label_contains("76 65 72 73 69 6f 6e");
    let size = odd_files()[0].1.len();
    harness.get_by_label(&format!("Bytes 0 to {} of {size} (uncompressed)", size - 1));
    // It is no longer what was imported.
    std::fs::write(&log, "changed").unwrap();
    dispatch(&mut harness, Action::Evidence(crate::session::evidence::EvidenceAction::Bytes(5000..5001)));
    dispatch(&mut harness, Action::Evidence(crate::session::evidence::EvidenceAction::ReadOutside));
    harness.get_by_label_contains("is not the file that was imported");
}
