//! Sigma rules and inventories.

use super::super::error::CaseError;
use super::super::journal::{Stored, hex};
use super::{Cells, Differences, Rows, Source, Told, is, key, of, parsed};
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Columns that an entry tells of each file.
const OF_FILE: [&str; 3] = ["path", "sha256", "captured_utc"];
/// Those of a file that is copied from another case.
const CARRIED: [&str; 7] = ["kind", "path", "sha256", "captured_utc", "added_utc", "examiner", "removed_utc"];

pub(super) fn differences(conn: &Connection, journal: &[Stored]) -> Result<Differences, CaseError> {
    let mut files: BTreeMap<i64, Cells> = BTreeMap::new();
    for (entry, parameters) in parsed(journal) {
        let told = parameters["files"].as_array().into_iter().flatten();
        match entry.action.as_str() {
            "supplement_add" => files.extend(told.map(|file| {
                let mut row = columns(file, &OF_FILE);
                row.insert("kind".to_owned(), of(&parameters, "kind"));
                row.insert("added_utc".to_owned(), is(entry.at_utc.as_str()));
                row.insert("examiner".to_owned(), is(entry.examiner.as_str()));
                row.insert("removed_utc".to_owned(), Told::Is(Value::Null));
                (number(file, "supplement"), row)
            })),
            "supplement_carry" => {
                files.extend(told.map(|file| (number(file, "supplement_id"), columns(file, &CARRIED))));
            }
            action @ ("supplement_remove" | "supplement_restore") => {
                let removed = action == "supplement_remove";
                let at = if removed { Value::from(entry.at_utc.as_str()) } else { Value::Null };
                for file in told {
                    if let Some(row) = files.get_mut(&number(file, "supplement")) {
                        row.insert("removed_utc".to_owned(), Told::Is(at.clone()));
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = Differences::default();
    let rows: Rows = files.into_iter().map(|(id, cells)| (key([id.into()]), cells)).collect();
    let named = |key: &[Value]| format!("supplement {}", key.first().cloned().unwrap_or_default());
    let from =
        "(SELECT supplement_id, kind, path, sha256, captured_utc, added_utc, examiner, removed_utc FROM supplement)";
    Source { from, key: &["supplement_id"], named: &named }.compare(conn, rows, &mut found)?;
    contents(conn, &mut found)?;
    Ok(found)
}

fn columns(file: &Value, names: &[&str]) -> Cells {
    names.iter().map(|name| ((*name).to_owned(), of(file, name))).collect()
}

fn number(file: &Value, name: &str) -> i64 {
    file[name].as_i64().unwrap_or_default()
}

/// Is each content the one that its hash names?
fn contents(conn: &Connection, found: &mut Differences) -> Result<(), CaseError> {
    let mut statement = conn.prepare("SELECT supplement_id, sha256, content FROM supplement ORDER BY supplement_id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let hash = hex(&Sha256::digest(row.get_ref(2)?.as_bytes().unwrap_or_default()));
        if row.get_ref(1)?.as_str().ok() != Some(&hash) {
            let id = super::in_words(&super::cell(row.get_ref(0)?));
            found.failed.push(format!("supplement {id}: the SHA-256 of its content is {hash}"));
        }
    }
    Ok(())
}
