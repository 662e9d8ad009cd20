//! The sample logs are what their generator writes, and the story that their README tells is true in the program.

#[path = "../../sample-logs/generate/story/mod.rs"]
mod story;

use crate::support::{files_below, repository, run};
use std::collections::{BTreeMap, BTreeSet};

/// The committed tree, without the generator and the scripts.
fn committed() -> BTreeMap<String, Vec<u8>> {
    let root = repository().join("sample-logs");
    let mut files: Vec<_> = story::OWNED_FOLDERS.iter().flat_map(|folder| files_below(&root.join(folder))).collect();
    files.extend(["README.md", "steps.tsv"].map(|name| root.join(name)));
    let relative = |path: &std::path::Path| {
        let parts: Vec<_> = path.strip_prefix(&root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
        parts.join("/")
    };
    files.iter().map(|path| (relative(path), std::fs::read(path).unwrap())).collect()
}

#[test]
fn the_committed_sample_is_what_the_generator_writes() {
    let (ours, committed) = (story::build().unwrap().files, committed());
    let paths = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(paths(&ours), paths(&committed));
    for (path, bytes) in &ours {
        assert!(
            committed[path] == *bytes,
            "{path} differs; after a change run: cargo run --example make-sample-logs -- sample-logs"
        );
    }
    let size: usize = committed.values().map(Vec::len).sum();
    assert!(size < 3_000_000, "the sample has grown to {size} bytes");
}

#[test]
fn two_runs_of_the_generator_are_the_same() {
    assert!(story::build().unwrap().files == story::build().unwrap().files);
}

fn is_flow(format: &str) -> bool {
    format.starts_with("flow") || format.starts_with("cloudwatch")
}

fn is_trail(format: &str) -> bool {
    format.starts_with("cloudtrail") && format != "cloudtrail-digest"
}

/// A figure that the generator counted.
fn figures() -> BTreeMap<String, String> {
    story::build().unwrap().figures.into_iter().collect()
}

#[test]
fn the_sample_imports_completely_and_every_step_of_its_story_is_found() {
    let home = tempfile::tempdir().unwrap();
    let case = home.path().join("sample.coldtrail");
    let case = case.to_str().unwrap();
    run(home.path(), &["new", case, "--title", "sample", "--examiner", "test"], 0);
    let evidence = repository().join("sample-logs/evidence");
    // Exit code 1: done, with warnings about the evidence.
    let output = run(home.path(), &["import", case, evidence.to_str().unwrap(), "--json"], 1);
    let rows: Vec<serde_json::Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // A file that is there twice is reported with all that it holds as duplicates, and was not read again.
    let (known, new): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["status"] == "already in the case");
    let again = new.iter().find(|row| row["evidence"] == known[0]["evidence"]).unwrap();
    assert_eq!((known.len(), &known[0]["sha256"]), (1, &again["sha256"]));
    assert_eq!((&known[0]["records"], &known[0]["duplicates"]), (&0.into(), &again["records"]));
    let sum = |format: fn(&str) -> bool, key: &str| -> u64 {
        new.iter().filter(|row| row["format"].as_str().is_some_and(format)).filter_map(|row| row[key].as_u64()).sum()
    };
    let figures = figures();
    let figure = |name: &str| figures[name].parse::<u64>().unwrap();
    assert_eq!(sum(is_flow, "records"), figure("flow_records"));
    assert_eq!(sum(is_flow, "duplicates"), figure("duplicate_flows"));
    assert_eq!(sum(is_trail, "records"), figure("distinct_events"));
    assert_eq!(sum(is_trail, "duplicates"), figure("duplicate_events"));
    assert_eq!(sum(|format| is_flow(format) || is_trail(format), "warnings"), figure("damaged"));

    let steps = std::fs::read_to_string(repository().join("sample-logs/steps.tsv")).unwrap();
    // A session's key ends with its session: who works longer has asked for longer.
    let expired = "WITH issue AS (SELECT DISTINCT response_elements ->> '$.credentials.accessKeyId' k, response_elements ->> '$.credentials.expiration' t
          FROM cloudtrail_event WHERE event_name = 'AssumeRole')
        SELECT (SELECT count(*) FROM cloudtrail_event JOIN issue ON k = user_identity_access_key_id WHERE error_code IS NULL) AS calls,
          (SELECT count(*) FROM cloudtrail_event JOIN issue ON k = user_identity_access_key_id WHERE error_code IS NULL AND event_time > t) AS late";
    let late = run(home.path(), &["sql", case, expired, "--format", "csv"], 0);
    assert_eq!(String::from_utf8(late.stdout).unwrap(), "calls,late\r\n543,0\r\n");

    let mut wrong = Vec::new();
    for step in steps.lines().skip(1) {
        let [name, view, count, filter] = step.split('\t').collect::<Vec<_>>()[..] else { panic!("{step}") };
        let found = run(home.path(), &[view, case, "--filter", filter, "--count"], 0);
        let found = String::from_utf8(found.stdout).unwrap();
        if found.trim() != count {
            wrong.push(format!("{name}: {view} --filter '{filter}' finds {}, the story says {count}", found.trim()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let reader = coldtrail::case::CaseReader::open(std::path::Path::new(case)).unwrap();
    crate::only_value::every_value_finds_its_record(&reader, 500);
}
