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
    let Some(steps) = usize::try_from(found.saturating_sub(1)).ok().and_then(|done| MIGRATIONS.get(done..)) else {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A case of each version that was ever written, and what it has once it was opened.
    #[test]
    fn a_case_of_every_version_is_brought_up_to_this_one() {
        let versions = 1..=schema::VERSION;
        assert_eq!(MIGRATIONS.len() + 1, versions.clone().count());
        for version in versions {
            let conn = Connection::open_in_memory().unwrap();
            let mut schema = expected_schema(version).unwrap();
            schema.sort_by_key(|(name, _)| !name.starts_with("table"));
            for (name, text) in schema {
                assert!(!name.starts_with("trigger"), "{name}");
                // What SQLite makes by itself has no text.
                if !text.is_empty() {
                    conn.execute_batch(&text).unwrap();
                }
            }
            conn.pragma_update(None, "user_version", version).unwrap();
            to_current(&conn, Path::new("a case")).unwrap();
            assert_eq!(conn.query_row("PRAGMA user_version", [], |r| r.get::<_, i32>(0)).unwrap(), schema::VERSION);
            assert_eq!(open::schema_of(&conn).unwrap(), expected_schema(schema::VERSION).unwrap(), "from {version}");
        }
    }

    #[test]
    fn a_version_that_was_never_written_is_refused() {
        for version in [0, -1, i32::MIN] {
            let conn = Connection::open_in_memory().unwrap();
            conn.pragma_update(None, "user_version", version).unwrap();
            assert!(matches!(to_current(&conn, Path::new("a case")), Err(CaseError::NotACase { .. })), "{version}");
        }
    }
}
