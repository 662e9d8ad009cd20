//! Everything that people wrote in a case, what was removed and what it was before changes too.
//!
//! `{"format": "coldtrail-discovery", "version": 1, "case": {...}, "tags": [...], "notes": [...], "findings": [...],
//! "exhibits": [...], "report": {...}, "filters": [...], "history": [...]}`. The history is the journal's entries of
//! these things, with their hashes; the same case gives the same bytes.

use super::HandoverError;
use crate::case::conclusions::{exhibit_json, finding_json, note_json, tag_json, with_life};
use crate::case::{CaseReader, dataset_name};
use crate::part;
use crate::query::{self, QueryError};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Beginnings of the journal's actions that tell of what people wrote.
const WRITTEN: [&str; 6] = ["tag_", "note_", "finding_", "exhibit_", "report_", "filter_"];

/// # Errors
/// The case cannot be read.
pub(crate) fn discovery(reader: &CaseReader) -> Result<Value, QueryError> {
    let totals = query::totals(reader)?;
    let journal = reader.journal()?;
    let head = journal.last().map(|entry| entry.hash.clone());
    let findings = query::findings(reader, true)?
        .iter()
        .map(|finding| {
            let cited = query::citations(reader, finding.id)?;
            let cited: Vec<Value> =
                cited.iter().map(|(id, life)| with_life(json!({"record": id.to_string()}), life)).collect();
            Ok(with_members(finding_json(finding), json!({"place": finding.place, "citations": cited})))
        })
        .collect::<Result<Vec<Value>, QueryError>>()?;
    let exhibits = query::exhibits(reader, true)?;
    let exhibits = exhibits.iter().map(|exhibit| {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| json!(text));
        let more = json!({"place": exhibit.place, "facts": parsed(&exhibit.frozen.facts)});
        with_members(exhibit_json(exhibit), more)
    });
    let report: Map<String, Value> = query::report_fields(reader)?
        .into_iter()
        .map(|(field, value)| (field.name().to_owned(), json!(value)))
        .collect();
    let filters = query::saved_filters(reader)?.into_iter().map(|(filter, at, by)| {
        let dataset = dataset_name(filter.dataset);
        json!({"dataset": dataset, "name": filter.name, "text": filter.text, "note": filter.note, "at": at, "by": by})
    });
    let history = journal.iter().filter(|entry| WRITTEN.iter().any(|begin| entry.action.starts_with(begin)));
    let history = history.map(|entry| {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| json!(text));
        json!({
            "seq": entry.seq, "at": entry.at_utc, "by": entry.examiner, "action": entry.action,
            "parameters": parsed(&entry.parameters), "hash": entry.hash,
        })
    });
    Ok(json!({
        "format": "coldtrail-discovery", "version": 1,
        "case": {
            "title": totals.title, "reference": totals.reference, "examiner": totals.examiner,
            "created": totals.created_utc, "journal_entries": journal.len(), "journal_head": head,
        },
        "tags": query::tags(reader, true)?.iter().map(tag_json).collect::<Vec<_>>(),
        "notes": query::notes(reader, true)?.iter().map(note_json).collect::<Vec<_>>(),
        "findings": findings,
        "exhibits": exhibits.collect::<Vec<_>>(),
        "report": report,
        "filters": filters.collect::<Vec<_>>(),
        "history": history.collect::<Vec<_>>(),
    }))
}

fn with_members(mut object: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut object, more) {
        members.extend(more);
    }
    object
}

/// Writes it into a file that is not there yet.
///
/// # Errors
/// The file already exists or cannot be written; the case cannot be read.
pub(crate) fn write_discovery(reader: &CaseReader, path: &Path) -> Result<(), HandoverError> {
    let text = format!("{:#}\n", discovery(reader)?);
    let unwritable = |reason: String| HandoverError::Unwritable { path: path.to_owned(), reason };
    part::write(path, text.as_bytes()).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => HandoverError::Exists(path.to_owned()),
        _ => unwritable(error.to_string()),
    })
}
