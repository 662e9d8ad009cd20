//! What hosts did, from flow records: the cases and the sample as an independent program says them from the definition; the
//! records behind each row; and that the index and the rows give the same.

use crate::desk::{Desk, sample_logs};
use crate::support::shared;
use coldtrail::analysis::{ALL, Analysis, Asked};
use coldtrail::case::CaseReader;
use coldtrail::model::{Dataset, Value};
use coldtrail::query::tables::Rows;
use coldtrail::query::{self, Cancel, Scope};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The names of the folder, and those of the queries.
const NAMES: [(&str, &str); 13] = [
    ("interfaces", "interfaces"),
    ("sessions", "flow-sessions"),
    ("conversations", "flow-conversations"),
    ("beacons", "beacons"),
    ("long", "long-sessions"),
    ("scans", "scans"),
    ("fan", "fan"),
    ("lateral", "lateral"),
    ("exfil", "exfiltration"),
    ("firstseen", "first-seen"),
    ("tunnel", "tunnels"),
    ("opened", "ports-opened"),
    ("leads", "leads"),
];

fn folder(test: &str) -> Option<PathBuf> {
    Some(shared(test)?.join("spec/behaviour"))
}

fn name_of(short: &str) -> &'static str {
    NAMES.iter().find(|(known, _)| *known == short).unwrap_or_else(|| panic!("{short}")).1
}

fn lines(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// What differs between an answer and a file, whose columns come first.
fn differences(what: &str, answer: &str, file: &Path, kept: impl Fn(&[String]) -> bool) -> Vec<String> {
    let expected = lines(&std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display())));
    let mut found = lines(answer);
    found.iter_mut().for_each(|row| row.truncate(expected[0].len()));
    let header = found[0].clone();
    found.retain(|row| *row == header || kept(row));
    let mut wrong = Vec::new();
    if found.len() != expected.len() {
        wrong.push(format!("{what}: {} rows and not {}", found.len() - 1, expected.len() - 1));
    }
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let cells = found.iter().zip(expected).zip(&header).filter(|((found, expected), _)| found != expected);
        let cells: Vec<String> =
            cells.map(|((found, expected), name)| format!("{name}: {found} and not {expected}")).collect();
        if !cells.is_empty() {
            wrong.push(format!("{what}, row {at}: {}", cells.join("; ")));
        }
    }
    wrong
}

fn asked_of(desk: &Desk, name: &str, parameters: &[(&str, &str)]) -> String {
    let given: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut words = vec!["query", desk.case(), name, "--format", "csv"];
    for (given, (name, value)) in given.iter().zip(parameters) {
        words.extend(if *name == "limit" { ["--limit", value] } else { ["--param", given] });
    }
    desk.ok(&words)
}

#[test]
fn every_case_is_what_an_independent_program_says() {
    let Some(folder) = folder("every_case_is_what_an_independent_program_says") else { return };
    let cases = std::fs::read_to_string(folder.join("cases.tsv")).unwrap();
    let mut desks: BTreeMap<String, Desk> = BTreeMap::new();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in cases.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, analysis, files, parameters] = cells[..] else { panic!("{line}") };
        let desk = desks.entry(files.to_owned()).or_insert_with(|| {
            let desk = Desk::new();
            desk.import(&files.split(' ').map(|file| folder.join(file)).collect::<Vec<_>>());
            desk
        });
        let parameters: Vec<(&str, &str)> = parameters.split(' ').filter_map(|part| part.split_once('=')).collect();
        let answer = asked_of(desk, name_of(analysis), &parameters);
        wrong.extend(differences(id, &answer, &folder.join(format!("expected/{id}.csv")), |_| true));
        count += 1;
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count, 60);
}

#[test]
fn the_sample_is_what_an_independent_program_says() {
    let Some(folder) = folder("the_sample_is_what_an_independent_program_says") else { return };
    let desk = sample_logs();
    let mut wrong = Vec::new();
    let mut compare = |analysis: &str, file: &str, parameters: &[(&str, &str)], kept: &dyn Fn(&[String]) -> bool| {
        let answer = asked_of(&desk, name_of(analysis), parameters);
        wrong.extend(differences(file, &answer, &folder.join(format!("expected/sample/{file}.csv")), kept));
    };
    for (analysis, _) in NAMES {
        match analysis {
            "sessions" | "conversations" => {}
            // Only what hosts began, and what is new.
            "firstseen" => compare("firstseen", "firstseen-new", &[], &|row| row[1] == "out" && row[12] == "new"),
            _ => compare(analysis, analysis, &[], &|_| true),
        }
    }
    compare("exfil", "exfil-internal", &[("exfil_scope", "internal")], &|_| true);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn analysis(name: &str) -> &'static Analysis {
    ALL.iter().find(|analysis| analysis.name == name).unwrap()
}

fn ask(reader: &CaseReader, name: &str) -> (Asked, Rows) {
    let asked = Asked::of(Scope::all(Dataset::Flows));
    let rows = (analysis(name).run)(reader, &asked, &Cancel::default()).unwrap();
    (asked, rows)
}

/// Of interfaces, sessions, conversations, beacons and long sessions every record is counted.
#[test]
fn a_row_leads_to_the_records_that_it_counts() {
    let desk = sample_logs();
    let reader = desk.reader();
    for name in ["interfaces", "flow-sessions", "flow-conversations", "beacons", "long-sessions"] {
        let (asked, rows) = ask(&reader, name);
        let records = rows.columns.iter().position(|column| column.name == "records").unwrap();
        let mut followed = 0;
        for row in rows.rows.iter().step_by(rows.rows.len().div_ceil(40)) {
            let Some(scope) = (analysis(name).counted)(&asked, row) else { panic!("{name}: {row:?}") };
            let count = query::count(&reader, &scope, &Cancel::default()).unwrap();
            assert_eq!(Value::count(count), row[records], "{name}: {row:?} by {:?}", scope.filter);
            followed += 1;
        }
        assert!(followed > 4, "{name}");
    }
    for name in ["scans", "exfiltration", "first-seen", "tunnels", "lateral", "ports-opened"] {
        let (asked, rows) = ask(&reader, name);
        for row in rows.rows.iter().take(5) {
            let scope = (analysis(name).counted)(&asked, row).unwrap_or_else(|| panic!("{name}: {row:?}"));
            assert!(query::count(&reader, &scope, &Cancel::default()).unwrap() > 0, "{name}: {row:?}");
        }
        assert!(!rows.rows.is_empty(), "{name}");
    }
}

#[test]
fn parameters_that_are_no_values_are_refused() {
    let desk = Desk::new();
    for (name, parameter) in [
        ("beacons", "scope=up"),
        ("beacons", "min_score=x"),
        ("beacons", "window=ten"),
        ("first-seen", "since=yesterday"),
        ("scans", "admin_ports=22,x"),
        ("exfiltration", "exfil_hour=-1"),
        ("flow-sessions", "addresses=all"),
    ] {
        desk.fails(&["query", desk.case(), name, "--param", parameter], 2);
    }
}
