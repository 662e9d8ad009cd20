//! The monitoring rules, rates and first-time activity: what an independent program says of the same events, what the
//! rules' examples say, and that every row leads to the events it counts.

use crate::desk::{Desk, sample_logs};
use crate::support::shared;
use coldtrail::analysis::{ALL, Analysis, Asked};
use coldtrail::case::CaseReader;
use coldtrail::filter::{Target, parse, rules};
use coldtrail::model::{Dataset, TimeRange, Timestamp, Value};
use coldtrail::query::tables::Rows;
use coldtrail::query::{self, Cancel, Scope};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A cell of the expected files that is held to be wrong: set, rule, theirs and ours. One of the events names nobody, which
/// is no actor.
const NOBODY_COUNTED: (&str, &str, &str, &str) = ("TrailDiscover", "mail-sent", "3", "2");

/// Named queries and the tables of the expected folder.
const TABLES: [(&str, &str); 4] =
    [("monitor", "monitor"), ("monitor-events", "monitor-events"), ("rates", "insights"), ("new-terms", "newterms")];

fn expected(test: &str) -> Option<PathBuf> {
    Some(shared(test)?.join("spec/cloudtrail/expected"))
}

fn lines(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The answer's columns as far as the expected file has them, and the file.
fn both(desk: &Desk, set: &str, query: &str, file: &Path) -> [Vec<Vec<String>>; 2] {
    let mut expected = lines(&std::fs::read_to_string(file).unwrap());
    let width = expected[0].len();
    let mut found = lines(&desk.ok(&["query", desk.case(), query, "--format", "csv"]));
    found.iter_mut().for_each(|row| row.truncate(width));
    let (of_set, rule, theirs, ours) = NOBODY_COUNTED;
    if let Some(at) = expected[0].iter().position(|name| name == "actors").filter(|_| set == of_set) {
        let cell = expected.iter_mut().find(|row| row[0] == rule).map(|row| &mut row[at]).unwrap();
        assert_eq!(cell, theirs);
        ours.clone_into(cell);
    }
    [found, expected]
}

fn compare(desk: &Desk, set: &str, folder: &Path, wrong: &mut Vec<String>) {
    for (query, table) in TABLES {
        let file = folder.join(format!("{set}.{table}.csv"));
        if !file.exists() {
            continue;
        }
        let [found, expected] = both(desk, set, query, &file);
        assert_eq!(found[0], expected[0], "{set} {query}");
        let sets = [&found, &expected].map(|rows| rows.iter().collect::<BTreeSet<_>>());
        wrong.extend(sets[0].difference(&sets[1]).map(|row| format!("{set} {query}, ours: {row:?}")));
        wrong.extend(sets[1].difference(&sets[0]).map(|row| format!("{set} {query}, expected: {row:?}")));
        if wrong.is_empty() {
            assert!(found == expected, "{set} {query}: the same rows in another order");
        }
    }
}

#[test]
fn every_set_is_what_an_independent_program_says() {
    let Some(folder) = expected("every_set_is_what_an_independent_program_says") else { return };
    let corpora = folder.join("../../../corpora");
    let mut wrong = Vec::new();
    for set in ["invictus-ir-aws_dataset", "stratus-red-team", "TrailDiscover"] {
        let desk = Desk::new();
        desk.import(&[corpora.join(set)]);
        compare(&desk, set, &folder, &mut wrong);
    }
    compare(&sample_logs(), "sample-logs", &folder, &mut wrong);
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_fixtures_are_what_an_independent_program_says() {
    let Some(folder) = expected("the_fixtures_are_what_an_independent_program_says") else { return };
    let folder = folder.join("fixtures");
    let mut wrong = Vec::new();
    for set in ["rates", "bursts"] {
        let desk = Desk::new();
        desk.import(&[folder.join(format!("{set}.jsonl"))]);
        compare(&desk, set, &folder, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// The rows of rules.tsv by column.
fn published(folder: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(folder.join("../rules.tsv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<String>>();
    lines.map(|line| names.iter().map(|name| (*name).to_owned()).zip(cells(line)).collect()).collect()
}

#[test]
fn the_rules_are_the_published_ones() {
    let Some(folder) = expected("the_rules_are_the_published_ones") else { return };
    let rows = published(&folder);
    assert_eq!(rows.len(), rules().len());
    for (row, rule) in rows.iter().zip(rules()) {
        let own = [rule.id, rule.group, rule.attack[0].unwrap_or("-"), rule.attack[1].unwrap_or("-")];
        assert_eq!(own, ["id", "group", "attack_v18", "attack_v19"].map(|name| row[name].as_str()));
        assert_eq!(parse(&row["filter"], Dataset::Events).as_ref(), Ok(&rule.filter), "{}", rule.id);
        let burst = rule.burst.as_ref().map(|burst| {
            let by: Vec<String> = burst.by.iter().map(Target::to_string).collect();
            format!("{} in {} s by {}", burst.events, burst.seconds, by.join(", "))
        });
        assert_eq!(burst.unwrap_or_default(), row["burst"], "{}", rule.id);
    }
}

#[test]
fn every_rule_matches_its_example_and_not_the_other() {
    let Some(folder) = expected("every_rule_matches_its_example_and_not_the_other") else { return };
    let rows: Vec<_> = published(&folder).into_iter().filter(|row| row["burst"].is_empty()).collect();
    let mut events = Vec::new();
    for row in &rows {
        for example in ["matches", "does_not_match"] {
            let mut event: serde_json::Value = serde_json::from_str(&row[example]).unwrap();
            event["eventID"] = format!("{} {example}", row["id"]).into();
            event["eventTime"] = "2026-03-01T00:00:00Z".into();
            events.push(event.to_string());
        }
    }
    let desk = Desk::new();
    let path = desk.file("examples.jsonl", events.join("\n"));
    desk.import(&[path]);
    let found = lines(&desk.ok(&["query", desk.case(), "monitor-events", "--format", "csv"]));
    let found: BTreeSet<(&str, &str)> = found.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    let mut wrong = Vec::new();
    for id in rows.iter().map(|row| row["id"].as_str()) {
        for (example, is_match) in [("matches", true), ("does_not_match", false)] {
            if found.contains(&(id, format!("{id} {example}").as_str())) != is_match {
                wrong.push(format!("{id}: {example}"));
            }
        }
    }
    assert!(rows.len() == 106 && wrong.is_empty(), "{wrong:?}");
}

fn ask(name: &str, reader: &CaseReader, asked: &Asked) -> (&'static Analysis, Rows) {
    let analysis = ALL.iter().find(|analysis| analysis.name == name).unwrap();
    (analysis, (analysis.run)(reader, asked, &Cancel::default()).unwrap())
}

fn asked(name: &str, scope: Scope) -> Asked {
    let analysis = ALL.iter().find(|analysis| analysis.name == name).unwrap();
    let given = analysis.parameters.iter().filter_map(|p| Some((p.name.to_owned(), p.default?.to_owned())));
    Asked { parameters: given.collect(), ..Asked::of(scope) }
}

/// Ten calls in a bin, and one on each day before.
fn busy() -> Desk {
    let desk = Desk::new();
    let time = |day: u32, second: u32| format!("2026-03-{day:02}T10:{:02}:{:02}Z", second / 60, second % 60);
    let at = |day: u32, n: u32| crate::desk::event(&format!("e-{day}-{n}"), "RunInstances", &time(day, n)).to_string();
    let events: Vec<String> = (1..9).map(|day| at(day, 0)).chain((0..10).map(|n| at(9, n))).collect();
    let path = desk.file("busy.jsonl", events.join("\n"));
    desk.import(&[path]);
    desk
}

#[test]
fn a_row_leads_to_the_events_that_it_counts() {
    for desk in [sample_logs(), busy()] {
        let reader = desk.reader();
        for (name, count) in [("monitor", 4), ("monitor-events", usize::MAX), ("rates", 10), ("new-terms", usize::MAX)]
        {
            let asked = asked(name, Scope::all(Dataset::Events));
            let (analysis, rows) = ask(name, &reader, &asked);
            let mut followed = 0;
            for row in rows.rows.iter().take(200) {
                let wanted = row.get(count).map_or(Some(1), |count| match count {
                    Value::Integer(count) => Some(*count as u64),
                    _ => None,
                });
                let scope = (analysis.counted)(&asked, row);
                assert!(scope.is_some(), "{name} {row:?}");
                if let (Some(scope), Some(wanted)) = (scope, wanted) {
                    assert_eq!(query::count(&reader, &scope, &Cancel::default()).unwrap(), wanted, "{name} {row:?}");
                    followed += 1;
                }
            }
            assert!(followed > 0 || name == "rates", "{name}: {} rows", rows.rows.len());
        }
    }
}

#[test]
fn without_the_column_index_the_answers_are_the_same() {
    let desk = sample_logs();
    let names = TABLES.map(|(query, _)| query);
    let answers = || {
        let reader = desk.reader();
        names.map(|name| ask(name, &reader, &asked(name, Scope::all(Dataset::Events))).1)
    };
    let indexed = answers();
    let conn = rusqlite::Connection::open(&desk.case).unwrap();
    conn.execute_batch("DELETE FROM column_index; DELETE FROM column_segment;").unwrap();
    drop(conn);
    for ((one, other), name) in indexed.iter().zip(answers()).zip(names) {
        assert!(!one.rows.is_empty(), "{name}");
        assert_eq!(*one, other, "{name}");
    }
}

#[test]
fn a_time_range_says_what_is_shown_and_not_what_is_known() {
    let desk = busy();
    let reader = desk.reader();
    let from = |text: &str| Timestamp(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis());
    let range = TimeRange { from: Some(from("2026-03-09T00:00:00Z")), to: None };
    let scope = Scope { range, ..Scope::all(Dataset::Events) };
    let rates = ask("rates", &reader, &asked("rates", scope.clone())).1.rows;
    let verdicts: Vec<String> = rates.iter().map(|row| row[15].to_text()).collect();
    assert_eq!(verdicts, ["above"], "ten calls, one a day in the seven days before");
    let terms = ask("new-terms", &reader, &asked("new-terms", scope)).1.rows;
    assert!(terms.is_empty(), "RunInstances was seen the day before: {terms:?}");
}

#[test]
fn parameters_that_cannot_be_used_are_refused() {
    let desk = busy();
    for (name, parameter) in [
        ("new-terms", "fields=no_such_field"),
        ("new-terms", "fields=event_name,event_source,aws_region,user_agent"),
        ("new-terms", "days=0"),
        ("rates", "minutes=x"),
        ("monitor-events", "rule=no-such-rule"),
    ] {
        desk.fails(&["query", desk.case(), name, "--param", parameter], 2);
    }
    let one = desk.ok(&["query", desk.case(), "monitor-events", "--param", "rule=instance-changes", "--format", "csv"]);
    assert_eq!(one.lines().count(), 19, "{one}");
    let path = "fields=requestParameters.instancesSet.items[0].instanceId";
    let terms = desk.ok(&["query", desk.case(), "new-terms", "--param", path, "--format", "csv"]);
    assert!(terms.contains("\ni-0123456789abcdef0,2026-03-01T10:00:00Z,e-1-0,insufficient_history,0,"), "{terms}");
}
