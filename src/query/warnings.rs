//! Import warnings: lines and elements that could not be read, and notes about files.

use super::QueryError;
use crate::case::CaseReader;
use crate::model::{EvidenceId, Reason, RecordId};
use rusqlite::{OptionalExtension, Row};
use std::collections::HashSet;

/// A line or element that could not be read, or a note about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningRow {
    pub evidence: EvidenceId,
    pub path: String,
    /// `element` or `file`.
    pub scope: String,
    pub position: u64,
    pub byte_offset: u64,
    pub byte_length: u64,
    pub reason: String,
    pub detail: String,
    pub raw: Vec<u8>,
}

/// Warnings of one evidence file, or of all, in order of evidence and of their being matched.
pub fn warnings(reader: &CaseReader, evidence: Option<EvidenceId>) -> Result<Vec<WarningRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "{WARNING} WHERE ?1 IS NULL OR w.evidence_id = ?1 ORDER BY w.evidence_id, w.warning_id"
    ))?;
    let rows = statement.query_map([evidence.map(|e| e.0)], warning_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Evidence files with a warning for this reason.
pub fn evidence_warned_of(reader: &CaseReader, reason: Reason) -> Result<HashSet<EvidenceId>, QueryError> {
    let mut statement =
        reader.conn.prepare_cached("SELECT DISTINCT evidence_id FROM import_warning WHERE reason = ?")?;
    let rows = statement.query_map([reason.code()], |r| r.get(0).map(EvidenceId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The line or element at this place, where it could not be read.
pub fn unread_at(reader: &CaseReader, id: RecordId) -> Result<Option<WarningRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "{WARNING} WHERE w.evidence_id = ? AND w.position = ? AND w.scope = 'element' ORDER BY w.warning_id LIMIT 1"
    ))?;
    Ok(statement.query_row([id.evidence().0, id.position()], warning_row).optional()?)
}

const WARNING: &str =
    "SELECT w.evidence_id, v.path, w.scope, w.position, w.byte_offset, w.byte_length, w.reason, w.detail, w.raw
         FROM import_warning w JOIN evidence v ON v.evidence_id = w.evidence_id";

fn warning_row(r: &Row<'_>) -> rusqlite::Result<WarningRow> {
    Ok(WarningRow {
        evidence: EvidenceId(r.get(0)?),
        path: r.get(1)?,
        scope: r.get(2)?,
        position: r.get(3)?,
        byte_offset: r.get(4)?,
        byte_length: r.get(5)?,
        reason: r.get(6)?,
        detail: r.get(7)?,
        raw: r.get(8)?,
    })
}
