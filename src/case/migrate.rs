//! Numbered migrations. A case of an older version is brought up step by step in one transaction; a newer one was
//! refused before.

mod to_v2;
mod to_v5;
mod to_v6;
mod to_v7;

use super::error::CaseError;
use super::{journal, schema, structure};
use rusqlite::Connection;
use std::path::Path;

/// What a step does before and after `make_missing` has made what is new in its version.
struct Migration {
    before: fn(&Connection) -> Result<(), CaseError>,
    /// How many events became what they were not before.
    after: fn(&Connection, &mut Progress<'_>) -> Result<u64, CaseError>,
}

/// Takes how much of a step is done, and how much there is to do.
pub(super) type Progress<'p> = dyn FnMut(u64, u64) + 'p;

/// A step that only makes what is new: tables, indexes, views, columns that may be NULL.
const NEW_ONLY: Migration = Migration { before: |_| Ok(()), after: |_, _| Ok(0) };

/// `MIGRATIONS[n]` brings version n + 1 to version n + 2. Version 1 is the first that was ever written; 3 has what
/// examiners add: indicators and labels, tags, notes, findings and exhibits; 4 the parts of lists' patterns;
/// 5 what was offered to an import and is no evidence, and occurrences of an event that contradict each other; 6 events
/// whose rows refer to what repeats; 7 what is derived from events; 8 supplements.
const MIGRATIONS: [Migration; (schema::VERSION - 1) as usize] = [
    Migration { before: to_v2::before, after: |conn, _| to_v2::after(conn).map(|()| 0) },
    NEW_ONLY,
    NEW_ONLY,
    Migration { before: |_| Ok(()), after: |conn, _| to_v5::after(conn) },
    Migration { before: to_v6::before, after: to_v6::after },
    Migration { before: |_| Ok(()), after: to_v7::after },
    NEW_ONLY,
];

/// The schemas of older versions, as they were written.
const OLDER: [&str; (schema::VERSION - 1) as usize] = [
    include_str!("migrate/v1.sql"),
    include_str!("migrate/v2.sql"),
    include_str!("migrate/v3.sql"),
    include_str!("migrate/v4.sql"),
    include_str!("migrate/v5.sql"),
    include_str!("migrate/v6.sql"),
    include_str!("migrate/v7.sql"),
];

/// Is it of an older version than this program writes?
pub(super) fn is_older(conn: &Connection) -> Result<bool, CaseError> {
    Ok(version(conn)? < schema::VERSION)
}

pub(super) fn version(conn: &Connection) -> Result<i32, CaseError> {
    Ok(conn.query_row("PRAGMA user_version", [], |r| r.get(0))?)
}

/// Brings a case that `open::check` has passed up to `schema::VERSION`. The journal tells who did it; a temporary copy,
/// for which nobody is named, keeps the journal of its case.
pub(super) fn to_current(
    conn: &Connection,
    path: &Path,
    by: Option<&str>,
    progress: &mut Progress<'_>,
) -> Result<(), CaseError> {
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
    let done = if is_older(conn)? { migrate(conn, found, steps, by, progress) } else { Ok(()) };
    match done {
        Ok(()) => Ok(conn.execute_batch("COMMIT")?),
        Err(error) => {
            // What is open ends with the connection too.
            let _ = conn.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

fn migrate(
    conn: &Connection,
    found: i32,
    steps: &[Migration],
    by: Option<&str>,
    progress: &mut Progress<'_>,
) -> Result<(), CaseError> {
    let mut own_events = 0;
    for (number, step) in (found + 1..).zip(steps) {
        (step.before)(conn)?;
        make_missing(conn, number)?;
        own_events += (step.after)(conn, progress)?;
    }
    conn.pragma_update(None, "user_version", schema::VERSION)?;
    let Some(by) = by else { return Ok(()) };
    let parameters = serde_json::json!({"from_version": found, "to_version": schema::VERSION});
    let entry = journal::Entry {
        action: "migrate",
        parameters,
        counts: serde_json::json!({"contradicting_copies": own_events}),
    };
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    journal::append(conn, by, &now, &entry)
}

/// Makes what a case of this version has and this one lacks: tables, indexes, views, and columns that may be NULL.
fn make_missing(conn: &Connection, version: i32) -> Result<(), CaseError> {
    make_as(conn, &empty_case(version)?)
}

/// As `make_missing`, after a case that has everything.
fn make_as(conn: &Connection, model: &Connection) -> Result<(), CaseError> {
    let (there, expected) = (structure::of(conn)?, structure::of(model)?);
    for (name, _) in there.iter().filter(|object| !expected.contains(object)) {
        // A view holds nothing: one that differs is recreated.
        if let Some(view) = name.strip_prefix("view ").filter(|_| expected.iter().any(|(known, _)| known == name)) {
            conn.execute_batch(&format!("DROP VIEW {}", quoted(view)))?;
        } else if let Some(table) = name.strip_prefix("table ") {
            add_columns(conn, model, table)?;
        }
    }
    let there = structure::texts(conn)?;
    let mut missing = structure::texts(model)?;
    missing.retain(|(name, text)| !text.is_empty() && !there.iter().any(|(known, _)| known == name));
    // Tables come before what is on them.
    missing.sort_by_key(|(name, _)| !name.starts_with("table"));
    for (_, text) in missing {
        conn.execute_batch(&text)?;
    }
    Ok(())
}

/// Adds the columns that the model's table has and this one lacks, where they may be NULL. In rows that are there they
/// are; their order in the table is free.
fn add_columns(conn: &Connection, model: &Connection, table: &str) -> Result<(), CaseError> {
    let there = structure::columns(conn, table)?;
    for column in structure::columns(model, table)? {
        if column.may_be_null && !there.iter().any(|known| known.name == column.name) {
            let (table, name) = (quoted(table), &column.name);
            conn.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {name} {}", column.type_name))?;
        }
    }
    Ok(())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Every statement that makes an empty case of this version; none for a version that there never was.
pub(super) fn ddl_of(version: i32) -> String {
    let older = usize::try_from(version - 1).ok().and_then(|index| OLDER.get(index));
    match older {
        Some(ddl) => (*ddl).to_owned(),
        None if version == schema::VERSION => schema::ddl(),
        None => String::new(),
    }
}

/// The schema that a case of this version has, object by object, in the form of `structure::of`.
pub(super) fn expected_schema(version: i32) -> Result<Vec<(String, String)>, CaseError> {
    structure::of(&empty_case(version)?)
}

/// Name and text of every object of an empty case of this version.
pub(super) fn expected_texts(version: i32) -> Result<Vec<(String, String)>, CaseError> {
    structure::texts(&empty_case(version)?)
}

/// An empty case of a version, in memory.
fn empty_case(version: i32) -> Result<Connection, CaseError> {
    let conn = Connection::open_in_memory()?;
    conn.execute_batch(&ddl_of(version))?;
    Ok(conn)
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
            to_current(&conn, Path::new("a case"), Some("A. Mori"), &mut |_, _| {}).unwrap();
            assert_eq!(super::version(&conn).unwrap(), schema::VERSION);
            assert_eq!(structure::of(&conn).unwrap(), expected_schema(schema::VERSION).unwrap(), "from {version}");
            let entries = journal::read(&conn).unwrap();
            assert_eq!(entries.len(), usize::from(version < schema::VERSION));
        }
    }

    #[test]
    fn a_version_that_was_never_written_is_refused() {
        for version in [0, -1, i32::MIN] {
            let conn = Connection::open_in_memory().unwrap();
            conn.pragma_update(None, "user_version", version).unwrap();
            assert!(
                matches!(to_current(&conn, Path::new("a case"), None, &mut |_, _| {}), Err(CaseError::NotACase { .. })),
                "{version}"
            );
        }
    }

    /// Whoever changes what a new case has would else leave cases of the same version that differ.
    #[test]
    fn the_schema_of_this_version_is_the_one_that_was_frozen() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/case/migrate");
        let version = schema::VERSION;
        let frozen = std::fs::read_to_string(format!("{path}/v{version}.sql")).unwrap_or_default();
        let (today, frozen): (Vec<String>, Vec<String>) = (lines(&schema::ddl()), lines(&frozen));
        let differs = today.iter().filter(|line| !frozen.contains(line)).map(|line| format!("+ {line}"));
        let differs: Vec<String> =
            differs.chain(frozen.iter().filter(|line| !today.contains(line)).map(|line| format!("- {line}"))).collect();
        if today == frozen {
            return;
        }
        let written = std::env::temp_dir().join(format!("v{}.sql", version + 1));
        std::fs::write(&written, schema::ddl()).unwrap();
        panic!(
            "a new case would differ from src/case/migrate/v{version}.sql, the frozen schema of version {version}:\n{}\n\
             If no version {version} was ever released, copy {written} over that file. Else a case of version {version} \
             must be brought up:\n\
             1. set VERSION in src/case/schema.rs to {next}, and the number in the first line of schema.sql;\n\
             2. copy {written} to src/case/migrate/v{next}.sql, and add v{version}.sql to OLDER in src/case/migrate.rs;\n\
             3. add a step to MIGRATIONS: NEW_ONLY where only tables, indexes, views or columns that may be NULL are new;\n\
             4. keep a case of version {version} as tests/fixtures/case-v{version}.coldtrail.zst, with a test in \
             tests/all/migrate.rs.",
            differs.join("\n"),
            written = written.display(),
            next = version + 1,
        );
    }

    fn lines(sql: &str) -> Vec<String> {
        sql.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn a_field_that_is_new_becomes_a_column_of_the_case_that_is_there() {
        let today = schema::ddl();
        let tomorrow = today
            .replacen(
                "CREATE TABLE event_row (\n  id INTEGER PRIMARY KEY,",
                "CREATE TABLE event_row (\n  id INTEGER PRIMARY KEY,\n  mood TEXT, -- new",
                1,
            )
            .replacen("CREATE VIEW event AS SELECT\n  r.id,", "CREATE VIEW event AS SELECT\n  r.mood,\n  r.id,", 1)
            .replacen("SELECT\n  e.id >> 32 AS evidence", "SELECT\n  e.mood AS mood,\n  e.id >> 32 AS evidence", 2)
            .replacen("  fields TEXT NOT NULL -- JSON", "  fields TEXT NOT NULL,\n  others TEXT -- JSON", 1);
        let model = Connection::open_in_memory().unwrap();
        model.execute_batch(&tomorrow).unwrap();
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(&today).unwrap();
        conn.execute_batch(
            "INSERT INTO call (call_id) VALUES (1);
             INSERT INTO event_row (id, event_key, call_id, caller_id, byte_offset, byte_length, completeness)
               VALUES (7, 7, 1, 1, 0, 0, 4);",
        )
        .unwrap();
        assert_ne!(structure::of(&conn).unwrap(), structure::of(&model).unwrap());
        make_as(&conn, &model).unwrap();
        assert_eq!(structure::of(&conn).unwrap(), structure::of(&model).unwrap());
        let mood = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, Option<String>>(0)).unwrap();
        assert_eq!(mood("SELECT mood FROM cloudtrail_event"), None);
        // Events are written by the names of their columns.
        let mut table = crate::case::events::EventTable::of(&conn).unwrap();
        let batch = crate::model::batch::EventColumns::new(crate::model::field::event_columns().count());
        let event = crate::model::EventRow {
            position: 0,
            offset: 5,
            len: 6,
            completeness: crate::model::batch::Completeness::Full,
            time_millis: Some(9),
            json: "{}",
            columns: batch.values(),
        };
        let mut tuples = crate::case::tuples::EventTuples::load(&conn).unwrap();
        table.insert(&conn, &mut tuples, (8, 8, 1), &event).unwrap();
        let read = conn.query_row(
            "SELECT byte_offset, byte_length, completeness, time_millis, mood FROM event WHERE id = 8",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)),
        );
        assert_eq!(read.unwrap(), (5, 6, 4, 9, None::<String>));
    }
}
