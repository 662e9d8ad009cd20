//! Derived fields of every event of set A, compared with what an independent program made of the same definitions.
//!
//! Where the two differ, the definition decides: its lists end nowhere, the other program's do after 12 pairs.

use super::{Derived, of, parse};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The shared folder. Where it is missing, a test on a build server fails and any other one is skipped.
fn shared() -> Option<PathBuf> {
    let folder = Path::new(ROOT).join("../shared/spec/cloudtrail");
    if folder.is_dir() {
        return Some(Path::new(ROOT).join("../shared"));
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", folder.display());
    eprintln!("skipped: {} is missing", folder.display());
    None
}

/// The events of a folder by their ids, each in its most complete form.
fn events(folder: &Path) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    for file in files.filter(|file| file.file_type().is_file() && file.path().extension().is_none_or(|e| e != "csv")) {
        let mut bytes = std::fs::read(file.path()).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
            bytes = plain;
        }
        let text = String::from_utf8_lossy(&bytes);
        match parse(&text) {
            Some(value) => collect(value, &mut found),
            None => text.lines().filter_map(parse).for_each(|value| collect(value, &mut found)),
        }
    }
    found
}

fn collect(value: Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(mut members) => {
            if let Some(Value::String(event)) = members.get("CloudTrailEvent") {
                let mut event = parse(event).unwrap();
                event["Resources"] = members.remove("Resources").unwrap_or_default();
                collect(event, found);
            } else if let (Some(Value::String(id)), true) = (members.get("eventID"), members.contains_key("eventTime"))
            {
                let id = id.clone();
                let event = Value::Object(members);
                if found.get(&id).is_none_or(|known| known.to_string().len() < event.to_string().len()) {
                    found.insert(id, event);
                }
            } else {
                members.into_iter().for_each(|(_, member)| collect(member, found));
            }
        }
        Value::Array(list) => list.into_iter().for_each(|element| collect(element, found)),
        Value::String(text) if text.trim_start().starts_with('{') => {
            if let Some(value) = parse(&text) {
                collect(value, found);
            }
        }
        _ => {}
    }
}

/// A row as the expected files write it.
fn row(id: &str, derived: &Derived) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let pairs: Vec<String> = derived.resources.iter().map(|of| format!("{}={}", of.kind, of.name)).collect();
    let grants: Vec<&str> = derived.policy_grants.iter().map(|grant| grant.code()).collect();
    vec![
        id.to_owned(),
        text(&derived.event_user_name),
        text(&derived.session_name),
        text(&derived.user_agent_short),
        text(&derived.error_code),
        text(&derived.login_result),
        derived.mfa.map(|mfa| mfa.code()).unwrap_or_default().to_owned(),
        pairs.join(" "),
        grants.join(" "),
        derived.foreign_account.join(" "),
    ]
}

const COLUMNS: [&str; 10] = [
    "event_id",
    "event_user_name",
    "session_name",
    "user_agent_short",
    "error_code",
    "login_result",
    "mfa",
    "resources",
    "policy_grants",
    "foreign_account",
];

/// Column of the resources, and the most of them that the other program wrote.
const RESOURCES: usize = 7;
const WRITTEN: usize = 12;

/// Rows that differ, and of how many.
fn compare(expected: &Path, events: &BTreeMap<String, Value>) -> (Vec<String>, usize, usize) {
    let mut reader = csv::Reader::from_path(expected).unwrap();
    assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
    let (mut differing, mut rows, mut cut) = (Vec::new(), 0, 0);
    for record in reader.records().map(Result::unwrap) {
        let wanted: Vec<String> = record.iter().map(str::to_owned).collect();
        let Some(event) = events.get(&wanted[0]) else {
            differing.push(format!("{} is not there", wanted[0]));
            continue;
        };
        rows += 1;
        let mut found = row(&wanted[0], &of(event));
        let pairs: Vec<&str> = found[RESOURCES].split(' ').collect();
        if pairs.len() > WRITTEN {
            cut += 1;
            found[RESOURCES] = pairs[..WRITTEN].join(" ");
        }
        if found != wanted {
            differing.push(format!("{wanted:?}\n{found:?}"));
        }
    }
    (differing, rows, cut)
}

#[test]
fn every_event_of_the_corpora_has_the_expected_fields() {
    let Some(shared) = shared() else { return };
    for (set, rows, cut) in
        [("TrailDiscover", 314, 0), ("invictus-ir-aws_dataset", 2900, 4), ("stratus-red-team", 310, 4)]
    {
        let expected = shared.join(format!("spec/cloudtrail/expected/{set}.usernames.csv"));
        let (differing, read, ended) = compare(&expected, &events(&shared.join("corpora").join(set)));
        assert!(differing.is_empty(), "{set}: {}\n{}", differing.len(), differing.join("\n"));
        assert_eq!((read, ended), (rows, cut), "{set}");
    }
}

#[test]
fn the_sample_has_the_expected_fields() {
    let Some(shared) = shared() else { return };
    let expected = shared.join("spec/cloudtrail/expected/sample-logs.usernames.csv");
    let (differing, read, _) = compare(&expected, &events(&Path::new(ROOT).join("sample-logs/evidence")));
    assert!(differing.is_empty(), "{}\n{}", differing.len(), differing.join("\n"));
    assert_eq!(read, 1880);
}

/// The names are those of the definitions.
#[test]
fn the_tables_are_the_shared_ones() {
    use super::tables::{LIMITING, RESOURCES, Root, SHARING_KEYS, TOOLS, UNIQUE_ID_PREFIXES};
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("spec/cloudtrail/tables.json")).unwrap();
    let tables: Value = parse(&text).unwrap();
    let rows = RESOURCES.iter().map(|row| {
        let root = if row.root == Root::Request { "requestParameters" } else { "responseElements" };
        let path = format!("{root}.{}", row.path.join(".")).replace(".*", "[*]");
        serde_json::json!({"type": row.kind, "service": row.service, "path": path})
    });
    assert_eq!(tables["RESOURCES"], rows.collect::<Value>());
    let tools =
        TOOLS.iter().map(|(contains, tool)| serde_json::json!({"contains": contains, "short": format!("tool {tool}")}));
    assert_eq!(tables["TOOLS"], tools.collect::<Value>());
    assert_eq!(tables["LIMITING"], serde_json::json!(LIMITING));
    assert_eq!(tables["SHARING_KEYS"], serde_json::json!(SHARING_KEYS));
    let prefixes: Vec<&str> = tables["UNIQUE_ID_PREFIXES"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(prefixes, UNIQUE_ID_PREFIXES);
}

/// Members as text, of which only those are parsed that can tell something, give what the whole event gives.
#[test]
fn events_in_pieces_say_what_they_say_whole() {
    let Some(shared) = shared() else { return };
    let mut folders: Vec<PathBuf> = ["TrailDiscover", "invictus-ir-aws_dataset", "stratus-red-team"]
        .map(|set| shared.join("corpora").join(set))
        .to_vec();
    folders.push(Path::new(ROOT).join("sample-logs/evidence"));
    let mut read = 0;
    for event in folders.iter().flat_map(|folder| events(folder).into_values()) {
        assert_eq!(super::tests::in_pieces(&event), of(&event), "{event}");
        read += 1;
    }
    assert!(read > 5000, "{read}");
}
