//! Settings that a case remembers.

use super::QueryError;
use crate::case::CaseReader;
use rusqlite::OptionalExtension;

/// A remembered setting of the case.
pub fn setting(reader: &CaseReader, key: &str) -> Result<Option<String>, QueryError> {
    Ok(reader
        .conn
        .prepare_cached("SELECT value FROM setting WHERE key = ?")?
        .query_row([key], |r| r.get(0))
        .optional()?)
}

/// The settings whose keys begin like this, by key.
pub fn settings_with_prefix(reader: &CaseReader, prefix: &str) -> Result<Vec<(String, String)>, QueryError> {
    let sql = "SELECT key, value FROM setting WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
    let mut statement = reader.conn.prepare_cached(sql)?;
    let rows = statement.query_map([prefix], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
