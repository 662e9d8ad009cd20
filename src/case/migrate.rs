//! Numbered migrations. A case of an older version is brought up step by step in one transaction; a newer one was refused
//! before.

mod to_v2;

use super::error::CaseError;
use super::{journal, open, schema};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

/// What a step does around the making of the tables that are new in its version.
struct Migration {
    before: fn(&Connection) -> Result<(), CaseError>,
    after: fn(&Connection) -> Result<(), CaseError>,
}

/// A step that only makes what is new.
const NEW_TABLES: Migration = Migration { before: |_| Ok(()), after: |_| Ok(()) };

/// `MIGRATIONS[n]` brings version n + 1 to version n + 2. Version 1 is the first that was ever written; 3 has what
/// examiners add: indicators and labels, tags, notes, findings and exhibits; 4 the parts of lists' patterns.
const MIGRATIONS: [Migration; (schema::VERSION - 1) as usize] =
    [Migration { before: to_v2::before, after: to_v2::after }, NEW_TABLES, NEW_TABLES];

/// The schemas of older versions, as they were written.
const OLDER: [&str; (schema::VERSION - 1) as usize] =
    [include_str!("migrate/v1.sql"), include_str!("migrate/v2.sql"), include_str!("migrate/v3.sql")];

/// Is it of an older version than this program writes?
pub(super) fn is_older(conn: &Connection) -> Result<bool, CaseError> {
    Ok(version(conn)? < schema::VERSION)
}

fn version(conn: &Connection) -> Result<i32, CaseError> {
    Ok(conn.query_row("PRAGMA user_version", [], |r| r.get(0))?)
}

/// Brings a case that `open::check` has passed up to `schema::VERSION`; the journal tells of it.
pub(super) fn to_current(conn: &Connection, path: &Path) -> Result<(), CaseError> {
    let found = version(conn)?;
    let steps = usize::try_from(found.saturating_sub(1)).ok().and_then(|done| MIGRATIONS.get(done..));
    let Some(steps) = steps.filter(|_| found > 0) else {
        return Err(CaseError::NotACase { path: path.to_owned() });
    };
    if steps.is_empty() {
        return Ok(());
    }
    // Another program that does the same is waited for, and then there is nothing to do.
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let done = if is_older(conn)? { migrate(conn, found, steps) } else { Ok(()) };
    match done {
        Ok(()) => Ok(conn.execute_batch("COMMIT")?),
        Err(error) => {
            // What is open ends with the connection too.
            let _ = conn.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

fn migrate(conn: &Connection, found: i32, steps: &[Migration]) -> Result<(), CaseError> {
    for (number, step) in (found + 1..).zip(steps) {
        (step.before)(conn)?;
        make_missing(conn, number)?;
        (step.after)(conn)?;
    }
    conn.pragma_update(None, "user_version", schema::VERSION)?;
    let examiner: Option<String> =
        conn.query_row("SELECT value FROM case_info WHERE key = 'examiner'", [], |r| r.get(0)).optional()?;
    let parameters = serde_json::json!({"from_version": found, "to_version": schema::VERSION});
    let entry = journal::Entry { action: "migrate", parameters, counts: serde_json::json!({}) };
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    journal::append(conn, &examiner.unwrap_or_default(), &now, &entry)
}

/// Makes what a case of this version has and this one lacks.
fn make_missing(conn: &Connection, version: i32) -> Result<(), CaseError> {
    let there = open::schema_of(conn)?;
    let mut missing = expected_schema(version)?;
    missing.retain(|(name, text)| !text.is_empty() && !there.iter().any(|(known, _)| known == name));
    // Tables come before what stands on them.
    missing.sort_by_key(|(name, _)| !name.starts_with("table"));
    for (_, text) in missing {
        conn.execute_batch(&text)?;
    }
    Ok(())
}

/// The schema that a case of this version has, object by object, in the form of `open::schema_of`.
pub(super) fn expected_schema(version: i32) -> Result<Vec<(String, String)>, CaseError> {
    let conn = Connection::open_in_memory()?;
    let older = usize::try_from(version - 1).ok().and_then(|index| OLDER.get(index));
    match older {
        Some(ddl) => conn.execute_batch(ddl)?,
        None if version == schema::VERSION => conn.execute_batch(&schema::ddl())?,
        None => {}
    }
    open::schema_of(&conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A case of each version that was ever written, and what it has once it was opened. What a step does with rows is
    /// tested on real cases of that version, in tests/all/migrate.rs.
    #[test]
    fn a_case_of_every_version_is_brought_up_to_this_one() {
        for version in 1..=schema::VERSION {
            let conn = Connection::open_in_memory().unwrap();
            make_missing(&conn, version).unwrap();
            conn.pragma_update(None, "user_version", version).unwrap();
            to_current(&conn, Path::new("a case")).unwrap();
            assert_eq!(super::version(&conn).unwrap(), schema::VERSION);
            assert_eq!(open::schema_of(&conn).unwrap(), expected_schema(schema::VERSION).unwrap(), "from {version}");
            let entries = journal::read(&conn).unwrap();
            assert_eq!(entries.len(), usize::from(version < schema::VERSION));
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
