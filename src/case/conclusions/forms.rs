//! What examiners wrote as JSON: for the journal, and for those who ask for all of it. Places in the report are not
//! among it: they change with every other that moves, and are in the journal as the whole order.

use crate::model::conclusions::{Exhibit, Finding, Life, Note, Stamp, Subject, Tag};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

fn stamp(stamp: &Stamp) -> Value {
    json!({"at": stamp.at_utc, "by": stamp.by})
}

/// An object with who made, changed and removed what it tells of.
pub(crate) fn with_life(mut object: Value, life: &Life) -> Value {
    if let Value::Object(members) = &mut object {
        members.insert("created".to_owned(), stamp(&life.created));
        add(members, "changed", life.changed.as_ref());
        add(members, "removed", life.removed.as_ref());
    }
    object
}

fn add(members: &mut Map<String, Value>, name: &str, value: Option<&Stamp>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), stamp(value));
    }
}

fn about(subject: &Subject) -> Value {
    json!({"kind": subject.kind(), "key": subject.key()})
}

pub(crate) fn tag_json(tag: &Tag) -> Value {
    with_life(json!({"id": tag.id, "about": about(&tag.subject), "name": tag.name}), &tag.life)
}

pub(crate) fn note_json(note: &Note) -> Value {
    with_life(json!({"id": note.id, "about": about(&note.subject), "text": note.text}), &note.life)
}

pub(crate) fn finding_json(finding: &Finding) -> Value {
    let text = &finding.text;
    let records: Vec<String> = finding.records.iter().map(ToString::to_string).collect();
    let object = json!({
        "id": finding.id, "title": text.title, "text": text.text, "status": text.status.name(),
        "confidence": text.confidence.name(), "technique": text.technique, "records": records,
    });
    with_life(object, &finding.life)
}

/// Its facts are many: their hash stands for them.
pub(crate) fn exhibit_json(exhibit: &Exhibit) -> Value {
    let frozen = &exhibit.frozen;
    let facts = super::super::journal::hex(&Sha256::digest(frozen.facts.as_bytes()));
    let object = json!({
        "id": exhibit.id, "caption": exhibit.text.caption, "note": exhibit.text.note, "finding": exhibit.text.finding,
        "kind": frozen.kind, "query": frozen.query, "zone": frozen.zone, "digest": frozen.digest,
        "rows": frozen.row_count, "facts_sha256": facts, "tool_version": frozen.tool_version,
    });
    with_life(object, &exhibit.life)
}
