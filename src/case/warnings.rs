//! Table import_warning: what could not be read, and notes about files.

use super::error::CaseError;
use crate::model::{EvidenceId, ImportWarning, Scope};
use rusqlite::{Connection, params};

/// One row of table import_warning.
pub(super) fn write(conn: &Connection, evidence: EvidenceId, warning: &ImportWarning) -> Result<(), CaseError> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO import_warning (evidence_id, scope, position, byte_offset, byte_length, reason, detail, raw)
         VALUES (?,?,?,?,?,?,?,?)",
    )?;
    let scope = match warning.scope {
        Scope::Element => "element",
        Scope::File => "file",
    };
    insert.execute(params![
        evidence.0,
        scope,
        warning.position,
        warning.offset,
        warning.len,
        warning.reason.code(),
        warning.detail,
        warning.raw
    ])?;
    Ok(())
}
