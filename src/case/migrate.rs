//! Numbered migrations. A case of an older version is brought up step by step in one transaction; a newer one was refused
//! before.

use super::error::CaseError;
use super::{open, schema};
use rusqlite::Connection;
use std::path::Path;

/// `MIGRATIONS[n]` brings version n + 1 to version n + 2. Version 1 is the first that was ever written.
const MIGRATIONS: [&str; (schema::VERSION - 1) as usize] = [];

/// Brings a case that `open::check` has passed up to `schema::VERSION`.
pub(super) fn to_current(conn: &Connection, path: &Path) -> Result<(), CaseError> {
    let found: i32 = conn.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    let Some(steps) = usize::try_from(found - 1).ok().and_then(|done| MIGRATIONS.get(done..)) else {
        return Err(CaseError::NotACase { path: path.to_owned() });
    };
    if steps.is_empty() {
        return Ok(());
    }
    let transaction = conn.unchecked_transaction()?;
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", schema::VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// The schema that a case of this version has, object by object, in the form of `open::schema_of`.
pub(super) fn expected_schema(version: i32) -> Result<Vec<(String, String)>, CaseError> {
    let conn = Connection::open_in_memory()?;
    if version == schema::VERSION {
        conn.execute_batch(&schema::ddl())?;
    }
    open::schema_of(&conn)
}
