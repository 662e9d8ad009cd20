//! Findings and the records that they cite.

use super::super::error::CaseError;
use super::super::write::CaseWriter;
use super::{Concluded, forms, marked, no_such, read};
use crate::model::RecordId;
use crate::model::conclusions::{Change, Finding, FindingText, Stamp};
use rusqlite::params;
use serde_json::json;

impl CaseWriter {
    pub(super) fn add_finding(&mut self, text: &FindingText, now: &Stamp) -> Result<Concluded, CaseError> {
        let place = self.order("finding")?.len() as i64 + 1;
        self.conn
            .prepare_cached(
                "INSERT INTO finding (place, title, text, status, confidence, technique, created_utc, created_by)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                place,
                text.title,
                text.text,
                text.status.name(),
                text.confidence.name(),
                text.technique,
                now.at_utc,
                now.by
            ])?;
        let id = self.conn.last_insert_rowid();
        let after = self.finding(id)?;
        let order = self.order("finding")?;
        self.tell("finding_add", json!({"id": id, "after": forms::finding_json(&after), "order": order}), now)?;
        Ok(Concluded::undone_by(Change::RemoveFinding(id), Some(id)))
    }

    pub(super) fn edit_finding(&mut self, id: i64, text: &FindingText, now: &Stamp) -> Result<Concluded, CaseError> {
        let before = self.finding(id)?;
        if before.text == *text {
            return Ok(Concluded { inverse: None, id: Some(id) });
        }
        self.conn
            .prepare_cached(
                "UPDATE finding SET title = ?, text = ?, status = ?, confidence = ?, technique = ?, changed_utc = ?,
                   changed_by = ? WHERE finding_id = ?",
            )?
            .execute(params![
                text.title,
                text.text,
                text.status.name(),
                text.confidence.name(),
                text.technique,
                now.at_utc,
                now.by,
                id
            ])?;
        self.finding_changed("finding_edit", &before, now)?;
        Ok(Concluded::undone_by(Change::EditFinding { id, text: before.text }, Some(id)))
    }

    /// Takes it back, or, with a place, puts it there again.
    pub(super) fn remove_finding(
        &mut self,
        id: i64,
        restored_to: Option<i64>,
        now: &Stamp,
    ) -> Result<Concluded, CaseError> {
        let before = self.finding(id)?;
        let removed = restored_to.is_none();
        if before.life.removed.is_some() == removed {
            return Ok(Concluded { inverse: None, id: Some(id) });
        }
        let (at, by) = marked(now, removed);
        self.conn
            .prepare_cached("UPDATE finding SET place = 0, removed_utc = ?, removed_by = ? WHERE finding_id = ?")?
            .execute(params![at, by, id])?;
        let (action, inverse) = match restored_to {
            None => {
                let order = self.order("finding")?;
                self.put_order("finding", &order)?;
                ("finding_remove", Change::RestoreFinding { id, place: before.place })
            }
            Some(place) => {
                self.place_at("finding", id, place)?;
                ("finding_restore", Change::RemoveFinding(id))
            }
        };
        self.finding_changed(action, &before, now)?;
        Ok(Concluded::undone_by(inverse, Some(id)))
    }

    pub(super) fn cite(&mut self, finding: i64, records: &[RecordId], now: &Stamp) -> Result<Concluded, CaseError> {
        let before = self.finding(finding)?;
        let mut added = Vec::new();
        {
            let mut insert = self.conn.prepare_cached(
                "INSERT INTO finding_record (finding_id, record_id, created_utc, created_by) VALUES (?, ?, ?, ?)",
            )?;
            for record in records {
                if before.records.binary_search(record).is_err() && !added.contains(record) {
                    insert.execute(params![finding, record.0, now.at_utc, now.by])?;
                    added.push(*record);
                }
            }
        }
        if added.is_empty() {
            return Ok(Concluded { inverse: None, id: Some(finding) });
        }
        self.finding_changed("finding_cite", &before, now)?;
        Ok(Concluded::undone_by(Change::Uncite { finding, records: added }, Some(finding)))
    }

    pub(super) fn uncite(&mut self, finding: i64, records: &[RecordId], now: &Stamp) -> Result<Concluded, CaseError> {
        let before = self.finding(finding)?;
        let mut removed = Vec::new();
        {
            let mut update = self.conn.prepare_cached(
                "UPDATE finding_record SET removed_utc = ?, removed_by = ?
                 WHERE finding_id = ? AND record_id = ? AND removed_utc IS NULL",
            )?;
            for record in records {
                if update.execute(params![now.at_utc, now.by, finding, record.0])? > 0 {
                    removed.push(*record);
                }
            }
        }
        if removed.is_empty() {
            return Ok(Concluded { inverse: None, id: Some(finding) });
        }
        self.finding_changed("finding_uncite", &before, now)?;
        Ok(Concluded::undone_by(Change::Cite { finding, records: removed }, Some(finding)))
    }

    fn finding_changed(&mut self, action: &'static str, before: &Finding, now: &Stamp) -> Result<(), CaseError> {
        let after = self.finding(before.id)?;
        let parameters = json!({
            "id": before.id, "before": forms::finding_json(before), "after": forms::finding_json(&after),
            "order": self.order("finding")?,
        });
        self.tell(action, parameters, now)
    }

    fn finding(&self, id: i64) -> Result<Finding, CaseError> {
        let found = read::findings(&self.conn, true)?.into_iter().find(|finding| finding.id == id);
        found.ok_or_else(|| no_such("finding", id))
    }
}
