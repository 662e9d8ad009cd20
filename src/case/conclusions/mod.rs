//! Writing what examiners conclude: tags, notes, findings, exhibits, the report's settings. Every change is one
//! transaction with its entry in the journal, which holds what was there before and what is there now; nothing is deleted.

mod exhibits;
mod findings;
mod forms;
mod read;
mod tags;

#[cfg(test)]
pub(super) use tags::in_words as subjects_in_words;

pub(crate) use forms::{exhibit_json, finding_json, note_json, tag_json, with_life};
pub(crate) use read::{citations, exhibit, exhibit_ids, exhibit_lines, exhibits, findings, notes, report_fields, tags};

use super::error::CaseError;
use super::journal::Entry;
use super::write::CaseWriter;
use crate::model::conclusions::{Change, Stamp};
use rusqlite::params;
use serde_json::{Value, json};

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concluded {
    /// What takes it back; `None` where nothing changed.
    pub inverse: Option<Change>,
    /// Of the note, finding or exhibit.
    pub id: Option<i64>,
}

impl Concluded {
    const NOTHING: Concluded = Concluded { inverse: None, id: None };

    fn undone_by(inverse: Change, id: Option<i64>) -> Self {
        Self { inverse: Some(inverse), id }
    }
}

impl CaseWriter {
    /// Makes a change; journalled where anything changes.
    ///
    /// # Errors
    /// What it is about is not in the case, or the case cannot be written; nothing changes then.
    pub fn conclude(&mut self, change: &Change, at_utc: &str) -> Result<Concluded, CaseError> {
        self.whole(|writer| writer.concluded(change, at_utc))
    }

    fn concluded(&mut self, change: &Change, at_utc: &str) -> Result<Concluded, CaseError> {
        let now = Stamp { at_utc: at_utc.to_owned(), by: self.examiner.clone() };
        match change {
            Change::AddTag { name, subjects } => self.add_tag(name, subjects, &now),
            Change::RemoveTag { name, subjects } => self.remove_tag(name, subjects, &now),
            Change::AddNote { subject, text } => self.add_note(subject, text, &now),
            Change::EditNote { id, text } => self.edit_note(*id, text, &now),
            Change::RemoveNote(id) => self.remove_note(*id, true, &now),
            Change::RestoreNote(id) => self.remove_note(*id, false, &now),
            Change::AddFinding(text) => self.add_finding(text, &now),
            Change::EditFinding { id, text } => self.edit_finding(*id, text, &now),
            Change::MoveFinding { id, place } => self.move_in("finding", *id, *place, &now),
            Change::RemoveFinding(id) => self.remove_finding(*id, None, &now),
            Change::RestoreFinding { id, place } => self.remove_finding(*id, Some(*place), &now),
            Change::Cite { finding, records } => self.cite(*finding, records, &now),
            Change::Uncite { finding, records } => self.uncite(*finding, records, &now),
            Change::AddExhibit(new) => self.add_exhibit(new, &now),
            Change::EditExhibit { id, text } => self.edit_exhibit(*id, text, &now),
            Change::MoveExhibit { id, place } => self.move_in("exhibit", *id, *place, &now),
            Change::RemoveExhibit(id) => self.remove_exhibit(*id, None, &now),
            Change::RestoreExhibit { id, place } => self.remove_exhibit(*id, Some(*place), &now),
            Change::SetReport { field, value } => self.set_report(*field, value, &now),
        }
    }

    fn tell(&mut self, action: &'static str, parameters: Value, now: &Stamp) -> Result<(), CaseError> {
        self.journal(&Entry { action, parameters, counts: json!({}) }, &now.at_utc)
    }

    fn set_report(
        &mut self,
        field: crate::model::conclusions::ReportField,
        value: &str,
        now: &Stamp,
    ) -> Result<Concluded, CaseError> {
        let before = read::report_fields(&self.conn)?.into_iter().find(|(known, _)| *known == field);
        let before = before.map_or_else(String::new, |(_, value)| value);
        if before == value {
            return Ok(Concluded::NOTHING);
        }
        self.conn.prepare_cached("INSERT OR REPLACE INTO report_setting VALUES (?, ?, ?, ?)")?.execute(params![
            field.name(),
            value,
            now.at_utc,
            now.by
        ])?;
        self.tell("report_set", json!({"name": field.name(), "before": before, "after": value}), now)?;
        Ok(Concluded::undone_by(Change::SetReport { field, value: before }, None))
    }

    /// Ids of what has a place in the report, in order.
    fn order(&self, table: &str) -> Result<Vec<i64>, CaseError> {
        read::order(&self.conn, table)
    }

    fn put_order(&mut self, table: &str, order: &[i64]) -> Result<(), CaseError> {
        let mut put = self.conn.prepare_cached(&format!("UPDATE {table} SET place = ? WHERE {table}_id = ?"))?;
        for (place, id) in (1i64..).zip(order) {
            put.execute([place, *id])?;
        }
        Ok(())
    }

    /// Puts an id at a place, from 1; behind the last where that is further.
    fn place_at(&mut self, table: &str, id: i64, place: i64) -> Result<Vec<i64>, CaseError> {
        let mut order = self.order(table)?;
        order.retain(|known| *known != id);
        let at = usize::try_from(place.saturating_sub(1)).unwrap_or(0).min(order.len());
        order.insert(at, id);
        self.put_order(table, &order)?;
        Ok(order)
    }

    fn move_in(&mut self, table: &'static str, id: i64, place: i64, now: &Stamp) -> Result<Concluded, CaseError> {
        let before = self.order(table)?;
        let Some(at) = before.iter().position(|known| *known == id) else { return Err(no_such(table, id)) };
        let order = self.place_at(table, id, place)?;
        if order == before {
            return Ok(Concluded::NOTHING);
        }
        let (action, inverse) = match table {
            "finding" => ("finding_move", Change::MoveFinding { id, place: at as i64 + 1 }),
            _ => ("exhibit_move", Change::MoveExhibit { id, place: at as i64 + 1 }),
        };
        self.tell(action, json!({"id": id, "before": before, "order": order}), now)?;
        Ok(Concluded::undone_by(inverse, Some(id)))
    }
}

fn no_such(what: &str, id: i64) -> CaseError {
    CaseError::NoSuch(format!("{what} {id}"))
}

/// The stamp of a removal in columns: both NULL for none.
fn marked(now: &Stamp, removed: bool) -> (Option<&str>, Option<&str>) {
    if removed { (Some(&now.at_utc), Some(&now.by)) } else { (None, None) }
}
