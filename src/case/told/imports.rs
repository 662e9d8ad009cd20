//! The list of evidence.

use super::super::error::CaseError;
use super::super::journal::Stored;
use super::{Differences, Told, all_cells, in_words, is, of, parsed};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the import of a file told.
struct Import {
    what: Vec<(&'static str, &'static str, Told)>,
    notes: Told,
    /// By a program that counted a copy as a duplicate even where it contradicts the event that it is a copy of.
    is_older: bool,
}

/// Columns of table evidence with what they are called, and what an entry tells of them.
fn import(entry: &Stored, parameters: &Value) -> Import {
    let counts: Value = serde_json::from_str(&entry.counts).unwrap_or_default();
    let kept = parameters.get("raw_kept").and_then(Value::as_bool);
    let what = vec![
        ("path", "path", of(parameters, "path")),
        ("format", "format", of(parameters, "format")),
        ("file_sha256", "sha256", of(parameters, "sha256")),
        ("content_sha256", "SHA-256 of the content", of(parameters, "content_sha256")),
        ("record_format", "record format", of(parameters, "record_format")),
        ("modified_utc", "time stamp", of(parameters, "modified_utc")),
        ("imported_utc", "time of import", is(entry.at_utc.as_str())),
        ("raw_kept", "raw_kept", kept.map_or(Told::Unknown, |kept| is(i64::from(kept)))),
        ("record_count", "number of records", of(&counts, "records")),
        ("duplicate_count", "number of duplicates", of(&counts, "duplicates")),
        ("warning_count", "number of warnings", of(&counts, "warnings")),
    ];
    Import { what, notes: of(&counts, "notes"), is_older: parameters.get("content_sha256").is_none() }
}

pub(super) fn differences(conn: &Connection, journal: &[Stored]) -> Result<Differences, CaseError> {
    let mut imports: BTreeMap<i64, Import> = BTreeMap::new();
    for (entry, parameters) in parsed(journal) {
        let Some(evidence) = parameters.get("evidence").and_then(Value::as_i64) else { continue };
        match entry.action.as_str() {
            "import" => {
                imports.insert(evidence, import(entry, &parameters));
            }
            "read_again" => {
                imports.remove(&evidence);
            }
            _ => {}
        }
    }
    let mut found = Differences::default();
    let mut statement = conn.prepare("SELECT * FROM evidence ORDER BY evidence_id")?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let notes = remarks(conn)?;
    let contradicting = contradicting(conn)?;
    let mut untold = Untold::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get("evidence_id")?;
        let cells: BTreeMap<&str, Value> = names.iter().map(String::as_str).zip(all_cells(row, names.len())?).collect();
        let Some(import) = imports.remove(&number) else {
            found.failed.push(format!("the import of evidence {number} is not in the journal"));
            continue;
        };
        let count = notes.get(&number).copied().unwrap_or(0);
        // Bringing the case up made these events of their own, each with a remark.
        let own = if import.is_older { contradicting.get(&number).copied().unwrap_or(0) } else { 0 };
        let as_counted = |column: &str| {
            let value = cells.get(column).cloned().unwrap_or_default();
            match (column, value.as_i64()) {
                ("record_count", Some(records)) => (records - own).into(),
                ("duplicate_count", Some(duplicates)) => (duplicates + own).into(),
                _ => value,
            }
        };
        let mut what: Vec<(&'static str, Value, Told)> =
            import.what.into_iter().map(|(column, called, told)| (called, as_counted(column), told)).collect();
        what.push(("number of remarks", (count - own).into(), import.notes));
        compare(number, what, &mut found, &mut untold);
    }
    let gone = imports.keys().map(|number| format!("evidence {number} is in the journal and not in the case"));
    found.failed.extend(gone);
    for (what, files) in untold {
        let (what, first) = (what.join(", "), files.first().copied().unwrap_or_default());
        let files = if files.len() == 1 { "1 file".to_owned() } else { format!("{} files", files.len()) };
        let what =
            format!("the journal of an older version does not record {files} ({what}), starting with evidence {first}");
        found.unchecked.push(what);
    }
    Ok(found)
}

/// Files of which the same is not told.
type Untold = BTreeMap<Vec<&'static str>, Vec<i64>>;

/// Notes about each file as a whole.
fn remarks(conn: &Connection) -> Result<BTreeMap<i64, i64>, CaseError> {
    let mut statement = conn.prepare(
        "SELECT evidence_id, count(*) FROM import_warning
         WHERE scope = 'file' AND typeof(evidence_id) = 'integer' GROUP BY evidence_id",
    )?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Events of each file that contradict an earlier copy of theirs.
fn contradicting(conn: &Connection) -> Result<BTreeMap<i64, i64>, CaseError> {
    let mut statement = conn.prepare("SELECT id >> 32, count(*) FROM event_conflict GROUP BY 1")?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn compare(number: i64, what: Vec<(&'static str, Value, Told)>, found: &mut Differences, untold: &mut Untold) {
    let mut missing = Vec::new();
    for (called, value, told) in what {
        match told {
            Told::Is(said) if said == value => {}
            Told::Is(said) => {
                let (value, said) = (in_words(&value), in_words(&said));
                let what = format!("it is {value}, and was {said}");
                found.failed.push(format!("the {called} of evidence {number} does not match the journal: {what}"));
            }
            Told::Unknown | Told::Hash(_) => missing.push(called),
            Told::Free => {}
        }
    }
    if !missing.is_empty() {
        untold.entry(missing).or_default().push(number);
    }
}
