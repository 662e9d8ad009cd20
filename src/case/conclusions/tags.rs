//! Tags and notes.

use super::super::error::CaseError;
use super::super::write::CaseWriter;
use super::{Concluded, forms, marked, no_such, read};
use crate::model::RecordId;
use crate::model::conclusions::{Change, Note, Stamp, Subject};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::{Value, json};

impl CaseWriter {
    pub(super) fn add_tag(&mut self, name: &str, subjects: &[Subject], now: &Stamp) -> Result<Concluded, CaseError> {
        let mut added = Vec::new();
        for subject in subjects {
            let (record, key) = (self.event_or_record(subject)?, subject.key());
            if self.keys_with_tag(name, subject, record)?.is_empty() {
                self.conn
                    .prepare_cached(
                        "INSERT INTO tag (subject, key, record_id, name, created_utc, created_by)
                         VALUES (?, ?, ?, ?, ?, ?)",
                    )?
                    .execute(params![subject.kind(), key, record, name, now.at_utc, now.by])?;
                added.push(subject.clone());
            }
        }
        self.tagged("tag_add", name, added, now, |name, subjects| Change::RemoveTag { name, subjects })
    }

    pub(super) fn remove_tag(&mut self, name: &str, subjects: &[Subject], now: &Stamp) -> Result<Concluded, CaseError> {
        let mut removed = Vec::new();
        for subject in subjects {
            let record = self.event_or_record(subject)?;
            for (id, key) in self.keys_with_tag(name, subject, record)? {
                self.conn
                    .prepare_cached("UPDATE tag SET removed_utc = ?, removed_by = ? WHERE tag_id = ?")?
                    .execute(params![now.at_utc, now.by, id])?;
                removed.extend(Subject::read(subject.kind(), &key));
            }
        }
        self.tagged("tag_remove", name, removed, now, |name, subjects| Change::AddTag { name, subjects })
    }

    /// What a record's tag is compared with: of an event its first occurrence, so that every occurrence has the tag.
    fn event_or_record(&self, subject: &Subject) -> Result<Option<i64>, CaseError> {
        let Subject::Record(id) = subject else { return Ok(None) };
        let mut key = self.conn.prepare_cached("SELECT event_key FROM event WHERE id = ?")?;
        Ok(Some(key.query_row([id.0], |r| r.get(0)).optional()?.unwrap_or(id.0)))
    }

    /// Number and key of each tag of this name that is on it.
    fn keys_with_tag(
        &self,
        name: &str,
        subject: &Subject,
        record: Option<i64>,
    ) -> Result<Vec<(i64, String)>, CaseError> {
        let read = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        const ON: &str = "SELECT tag_id, key FROM tag WHERE name = ? AND removed_utc IS NULL AND";
        let found: Result<_, _> = match record {
            Some(record) => {
                let mut on = self.conn.prepare_cached(&format!("{ON} record_id = ?"))?;
                on.query_map(params![name, record], read)?.collect()
            }
            None => {
                let mut on = self.conn.prepare_cached(&format!("{ON} subject = ? AND key = ?"))?;
                on.query_map(params![name, subject.kind(), subject.key()], read)?.collect()
            }
        };
        Ok(found?)
    }

    fn tagged(
        &mut self,
        action: &'static str,
        name: &str,
        subjects: Vec<Subject>,
        now: &Stamp,
        inverse: fn(String, Vec<Subject>) -> Change,
    ) -> Result<Concluded, CaseError> {
        if subjects.is_empty() {
            return Ok(Concluded::NOTHING);
        }
        self.tell(action, json!({"name": name, "about": in_words(&subjects)}), now)?;
        Ok(Concluded::undone_by(inverse(name.to_owned(), subjects), None))
    }

    pub(super) fn add_note(&mut self, subject: &Subject, text: &str, now: &Stamp) -> Result<Concluded, CaseError> {
        self.conn
            .prepare_cached("INSERT INTO note (subject, key, text, created_utc, created_by) VALUES (?, ?, ?, ?, ?)")?
            .execute(params![subject.kind(), subject.key(), text, now.at_utc, now.by])?;
        let id = self.conn.last_insert_rowid();
        let after = self.note(id)?;
        self.tell("note_add", json!({"id": id, "after": forms::note_json(&after)}), now)?;
        Ok(Concluded::undone_by(Change::RemoveNote(id), Some(id)))
    }

    pub(super) fn edit_note(&mut self, id: i64, text: &str, now: &Stamp) -> Result<Concluded, CaseError> {
        let before = self.note(id)?;
        if before.text == text {
            return Ok(Concluded { inverse: None, id: Some(id) });
        }
        self.conn
            .prepare_cached("UPDATE note SET text = ?, changed_utc = ?, changed_by = ? WHERE note_id = ?")?
            .execute(params![text, now.at_utc, now.by, id])?;
        self.note_changed("note_edit", &before, now)?;
        Ok(Concluded::undone_by(Change::EditNote { id, text: before.text }, Some(id)))
    }

    pub(super) fn remove_note(&mut self, id: i64, removed: bool, now: &Stamp) -> Result<Concluded, CaseError> {
        let before = self.note(id)?;
        if before.life.removed.is_some() == removed {
            return Ok(Concluded { inverse: None, id: Some(id) });
        }
        let (at, by) = marked(now, removed);
        self.conn
            .prepare_cached("UPDATE note SET removed_utc = ?, removed_by = ? WHERE note_id = ?")?
            .execute(params![at, by, id])?;
        self.note_changed(if removed { "note_remove" } else { "note_restore" }, &before, now)?;
        let inverse = if removed { Change::RestoreNote(id) } else { Change::RemoveNote(id) };
        Ok(Concluded::undone_by(inverse, Some(id)))
    }

    fn note_changed(&mut self, action: &'static str, before: &Note, now: &Stamp) -> Result<(), CaseError> {
        let after = self.note(before.id)?;
        let parameters =
            json!({"id": before.id, "before": forms::note_json(before), "after": forms::note_json(&after)});
        self.tell(action, parameters, now)
    }

    fn note(&self, id: i64) -> Result<Note, CaseError> {
        read::notes(&self.conn, true)?.into_iter().find(|note| note.id == id).ok_or_else(|| no_such("note", id))
    }
}

/// Records as runs of ids, `[first, last]`; everything else one by one.
pub(in crate::case) fn in_words(subjects: &[Subject]) -> Value {
    let mut ids: Vec<RecordId> =
        subjects.iter().filter_map(|s| if let Subject::Record(id) = s { Some(*id) } else { None }).collect();
    ids.sort_unstable();
    let mut runs: Vec<(RecordId, RecordId)> = Vec::new();
    for id in ids {
        match runs.last_mut() {
            Some((_, last)) if id.0 == last.0 + 1 => *last = id,
            _ => runs.push((id, id)),
        }
    }
    let records: Vec<[String; 2]> = runs.iter().map(|(first, last)| [first.to_string(), last.to_string()]).collect();
    let others = subjects.iter().filter(|subject| !matches!(subject, Subject::Record(_)));
    let others: Vec<[String; 2]> = others.map(|subject| [subject.kind().to_owned(), subject.key()]).collect();
    json!({"records": records, "others": others})
}
