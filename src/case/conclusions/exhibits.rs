//! Exhibits with their rows.

use super::super::error::CaseError;
use super::super::write::CaseWriter;
use super::{Concluded, forms, marked, no_such, read};
use crate::model::conclusions::{Change, Exhibit, ExhibitText, NewExhibit, Stamp};
use rusqlite::params;
use serde_json::json;

/// Bytes of rows in a block, before compression.
const BLOCK_BYTES: usize = 4 << 20;
const LEVEL: i32 = 3;

impl CaseWriter {
    pub(super) fn add_exhibit(&mut self, new: &NewExhibit, now: &Stamp) -> Result<Concluded, CaseError> {
        let place = self.order("exhibit")?.len() as i64 + 1;
        let (text, frozen) = (&new.text, &new.frozen);
        self.check_finding(text)?;
        self.conn
            .prepare_cached(
                "INSERT INTO exhibit (place, caption, note, finding_id, kind, query, zone, digest, row_count, facts,
                   tool_version, created_utc, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                place,
                text.caption,
                text.note,
                text.finding,
                frozen.kind,
                frozen.query,
                frozen.zone,
                frozen.digest,
                frozen.row_count,
                frozen.facts,
                frozen.tool_version,
                now.at_utc,
                now.by
            ])?;
        let id = self.conn.last_insert_rowid();
        self.put_content(id, &new.content)?;
        let after = self.exhibit(id)?;
        let parameters = json!({"id": id, "after": forms::exhibit_json(&after), "order": self.order("exhibit")?});
        self.tell("exhibit_add", parameters, now)?;
        Ok(Concluded::undone_by(Change::RemoveExhibit(id), Some(id)))
    }

    fn put_content(&mut self, id: i64, content: &str) -> Result<(), CaseError> {
        let mut insert = self.conn.prepare_cached("INSERT INTO exhibit_content VALUES (?, ?, ?, ?)")?;
        for (block, bytes) in (0i64..).zip(content.as_bytes().chunks(BLOCK_BYTES)) {
            let data = zstd::bulk::compress(bytes, LEVEL)
                .map_err(|error| CaseError::Sql(rusqlite::Error::ToSqlConversionFailure(error.into())))?;
            insert.execute(params![id, block, bytes.len(), data])?;
        }
        Ok(())
    }

    /// The finding that it supports must be there.
    fn check_finding(&self, text: &ExhibitText) -> Result<(), CaseError> {
        match text.finding {
            Some(id) if !self.order("finding")?.contains(&id) => Err(no_such("finding", id)),
            _ => Ok(()),
        }
    }

    pub(super) fn edit_exhibit(&mut self, id: i64, text: &ExhibitText, now: &Stamp) -> Result<Concluded, CaseError> {
        let before = self.exhibit(id)?;
        if before.text == *text {
            return Ok(Concluded { inverse: None, id: Some(id) });
        }
        if before.text.finding != text.finding {
            self.check_finding(text)?;
        }
        self.conn
            .prepare_cached(
                "UPDATE exhibit SET caption = ?, note = ?, finding_id = ?, changed_utc = ?, changed_by = ?
                 WHERE exhibit_id = ?",
            )?
            .execute(params![text.caption, text.note, text.finding, now.at_utc, now.by, id])?;
        self.exhibit_changed("exhibit_edit", &before, now)?;
        Ok(Concluded::undone_by(Change::EditExhibit { id, text: before.text }, Some(id)))
    }

    /// Takes it back, or, with a place, puts it there again.
    pub(super) fn remove_exhibit(
        &mut self,
        id: i64,
        restored_to: Option<i64>,
        now: &Stamp,
    ) -> Result<Concluded, CaseError> {
        let before = self.exhibit(id)?;
        let removed = restored_to.is_none();
        if before.life.removed.is_some() == removed {
            return Ok(Concluded { inverse: None, id: Some(id) });
        }
        let (at, by) = marked(now, removed);
        self.conn
            .prepare_cached("UPDATE exhibit SET place = 0, removed_utc = ?, removed_by = ? WHERE exhibit_id = ?")?
            .execute(params![at, by, id])?;
        let (action, inverse) = match restored_to {
            None => {
                let order = self.order("exhibit")?;
                self.put_order("exhibit", &order)?;
                ("exhibit_remove", Change::RestoreExhibit { id, place: before.place })
            }
            Some(place) => {
                self.place_at("exhibit", id, place)?;
                ("exhibit_restore", Change::RemoveExhibit(id))
            }
        };
        self.exhibit_changed(action, &before, now)?;
        Ok(Concluded::undone_by(inverse, Some(id)))
    }

    fn exhibit_changed(&mut self, action: &'static str, before: &Exhibit, now: &Stamp) -> Result<(), CaseError> {
        let after = self.exhibit(before.id)?;
        let parameters = json!({
            "id": before.id, "before": forms::exhibit_json(before), "after": forms::exhibit_json(&after),
            "order": self.order("exhibit")?,
        });
        self.tell(action, parameters, now)
    }

    fn exhibit(&self, id: i64) -> Result<Exhibit, CaseError> {
        let found = read::exhibits(&self.conn, true)?.into_iter().find(|exhibit| exhibit.id == id);
        found.ok_or_else(|| no_such("exhibit", id))
    }
}
