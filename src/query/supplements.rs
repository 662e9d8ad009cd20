//! What examiners added that is no evidence.

use super::QueryError;
use crate::case::CaseReader;
use crate::model::{Supplement, SupplementKind};
use rusqlite::Connection;

/// The files of a kind in the order in which they came; those that were removed too where `removed` says so.
///
/// # Errors
/// The case cannot be read.
pub fn supplements(reader: &CaseReader, kind: SupplementKind, removed: bool) -> Result<Vec<Supplement>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT supplement_id, path, sha256, captured_utc, added_utc, examiner, removed_utc IS NOT NULL, length(content)
         FROM supplement WHERE kind = ? AND (removed_utc IS NULL OR ?) ORDER BY supplement_id",
    )?;
    let rows = statement.query_map((kind.code(), removed), |r| {
        Ok(Supplement {
            id: r.get(0)?,
            path: r.get(1)?,
            sha256: r.get(2)?,
            captured_utc: r.get(3)?,
            added_utc: r.get(4)?,
            examiner: r.get(5)?,
            removed: r.get(6)?,
            bytes: r.get(7)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The content of a file.
///
/// # Errors
/// The case has no such file, or cannot be read.
pub fn supplement_content(reader: &CaseReader, id: i64) -> Result<Vec<u8>, QueryError> {
    content_of(&reader.conn, id)
}

pub(super) fn content_of(conn: &Connection, id: i64) -> Result<Vec<u8>, QueryError> {
    let sql = "SELECT content FROM supplement WHERE supplement_id = ?";
    Ok(conn.prepare_cached(sql)?.query_row([id], |r| r.get(0))?)
}

/// The files of a kind that are in use, as a text: what follows from them is old where it differs.
pub(super) fn state_of(conn: &Connection, kind: SupplementKind) -> Result<String, QueryError> {
    let sql = "SELECT ifnull(group_concat(supplement_id), '') FROM
                 (SELECT supplement_id FROM supplement WHERE kind = ? AND removed_utc IS NULL ORDER BY supplement_id)";
    Ok(conn.prepare_cached(sql)?.query_row([kind.code()], |r| r.get(0))?)
}

/// A file with its content.
pub(super) struct Content {
    pub path: String,
    pub sha256: String,
    pub bytes: Vec<u8>,
}

/// The files of a kind that are in use, by path.
pub(super) fn files_of(conn: &Connection, kind: SupplementKind) -> Result<Vec<Content>, QueryError> {
    let sql = "SELECT path, sha256, content FROM supplement
               WHERE kind = ? AND removed_utc IS NULL ORDER BY path, supplement_id";
    let mut statement = conn.prepare_cached(sql)?;
    let rows =
        statement.query_map([kind.code()], |r| Ok(Content { path: r.get(0)?, sha256: r.get(1)?, bytes: r.get(2)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
