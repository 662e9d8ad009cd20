//! Reading what examiners concluded. What was removed is among it where that is asked for.

use super::super::error::CaseError;
use crate::model::RecordId;
use crate::model::conclusions::{
    Confidence, Exhibit, ExhibitText, Finding, FindingStatus, FindingText, FrozenHead, Life, Note, ReportField, Stamp,
    Subject, Tag,
};
use rusqlite::{Connection, Row};

/// Six columns: made, changed, removed.
fn life(row: &Row<'_>, at: usize) -> rusqlite::Result<Life> {
    let stamp = |at: usize| -> rusqlite::Result<Option<Stamp>> {
        let at_utc: Option<String> = row.get(at)?;
        let by: Option<String> = row.get(at + 1)?;
        Ok(at_utc.map(|at_utc| Stamp { at_utc, by: by.unwrap_or_default() }))
    };
    Ok(Life { created: stamp(at)?.unwrap_or_default(), changed: stamp(at + 2)?, removed: stamp(at + 4)? })
}

const LIFE: &str = "created_utc, created_by, changed_utc, changed_by, removed_utc, removed_by";

/// A row that no program of ours wrote is nobody's: its key is shown as a principal's.
fn subject(row: &Row<'_>, at: usize) -> rusqlite::Result<Subject> {
    let (kind, key): (String, String) = (row.get(at)?, row.get(at + 1)?);
    Ok(Subject::read(&kind, &key).unwrap_or(Subject::Principal(key)))
}

/// In the order of their making.
pub(crate) fn tags(conn: &Connection, with_removed: bool) -> Result<Vec<Tag>, CaseError> {
    let mut statement = conn.prepare_cached(
        "SELECT tag_id, subject, key, name, created_utc, created_by, NULL, NULL, removed_utc, removed_by FROM tag
         WHERE ?1 OR removed_utc IS NULL ORDER BY tag_id",
    )?;
    let rows = statement.query_map([with_removed], |r| {
        Ok(Tag { id: r.get(0)?, subject: subject(r, 1)?, name: r.get(3)?, life: life(r, 4)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// In the order of their making.
pub(crate) fn notes(conn: &Connection, with_removed: bool) -> Result<Vec<Note>, CaseError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT note_id, subject, key, text, {LIFE} FROM note WHERE ?1 OR removed_utc IS NULL ORDER BY note_id"
    ))?;
    let rows = statement.query_map([with_removed], |r| {
        Ok(Note { id: r.get(0)?, subject: subject(r, 1)?, text: r.get(3)?, life: life(r, 4)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// In their order; those that were removed last.
pub(crate) fn findings(conn: &Connection, with_removed: bool) -> Result<Vec<Finding>, CaseError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT finding_id, place, title, text, status, confidence, technique, {LIFE} FROM finding
         WHERE ?1 OR removed_utc IS NULL ORDER BY place = 0, place, finding_id"
    ))?;
    let rows = statement.query_map([with_removed], |r| {
        let (status, confidence): (String, String) = (r.get(4)?, r.get(5)?);
        let text = FindingText {
            title: r.get(2)?,
            text: r.get(3)?,
            status: FindingStatus::named(&status).unwrap_or_default(),
            confidence: Confidence::named(&confidence).unwrap_or_default(),
            technique: r.get(6)?,
        };
        Ok(Finding { id: r.get(0)?, place: r.get(1)?, text, records: Vec::new(), life: life(r, 7)? })
    })?;
    let mut list: Vec<Finding> = rows.collect::<Result<_, _>>()?;
    for finding in &mut list {
        finding.records = cited(conn, finding.id)?;
    }
    Ok(list)
}

/// The records that a finding cites, in order of their ids.
pub(super) fn cited(conn: &Connection, finding: i64) -> Result<Vec<RecordId>, CaseError> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT record_id FROM finding_record WHERE finding_id = ? AND removed_utc IS NULL ORDER BY 1",
    )?;
    let rows = statement.query_map([finding], |r| r.get(0).map(RecordId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every record that a finding cites or cited, in the order of citing.
pub(crate) fn citations(conn: &Connection, finding: i64) -> Result<Vec<(RecordId, Life)>, CaseError> {
    let mut statement = conn.prepare_cached(
        "SELECT record_id, created_utc, created_by, NULL, NULL, removed_utc, removed_by FROM finding_record
         WHERE finding_id = ? ORDER BY rowid",
    )?;
    let rows = statement.query_map([finding], |r| Ok((RecordId(r.get(0)?), life(r, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// In their order; those that were removed last.
pub(crate) fn exhibits(conn: &Connection, with_removed: bool) -> Result<Vec<Exhibit>, CaseError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {EXHIBIT} FROM exhibit WHERE ?1 OR removed_utc IS NULL ORDER BY place = 0, place, exhibit_id"
    ))?;
    let rows = statement.query_map([with_removed], exhibit_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Numbers of all exhibits, in the order of `exhibits`.
pub(crate) fn exhibit_ids(conn: &Connection) -> Result<Vec<i64>, CaseError> {
    let mut statement = conn.prepare_cached("SELECT exhibit_id FROM exhibit ORDER BY place = 0, place, exhibit_id")?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One exhibit.
pub(crate) fn exhibit(conn: &Connection, id: i64) -> Result<Exhibit, CaseError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {EXHIBIT} FROM exhibit WHERE exhibit_id = ?"))?;
    Ok(statement.query_row([id], exhibit_of)?)
}

const EXHIBIT: &str = "exhibit_id, place, caption, note, finding_id, kind, query, zone, digest, row_count, facts,
  tool_version, created_utc, created_by, changed_utc, changed_by, removed_utc, removed_by";

fn exhibit_of(r: &Row<'_>) -> rusqlite::Result<Exhibit> {
    Ok(Exhibit {
        id: r.get(0)?,
        place: r.get(1)?,
        text: ExhibitText { caption: r.get(2)?, note: r.get(3)?, finding: r.get(4)? },
        frozen: FrozenHead {
            kind: r.get(5)?,
            query: r.get(6)?,
            zone: r.get(7)?,
            digest: r.get(8)?,
            row_count: r.get(9)?,
            facts: r.get(10)?,
            tool_version: r.get(11)?,
        },
        life: life(r, 12)?,
    })
}

/// Largest block of rows that is unpacked.
const MOST_BYTES: usize = 64 << 20;

/// An exhibit's rows in canonical form. `CaseError::Damaged` cannot say which case: the caller knows.
pub(crate) fn exhibit_lines(conn: &Connection, id: i64) -> Result<String, CaseError> {
    let damaged = |what: &str| CaseError::NoSuch(format!("readable content of exhibit {id}: {what}"));
    let mut statement =
        conn.prepare_cached("SELECT byte_count, data, block FROM exhibit_content WHERE exhibit_id = ? ORDER BY block")?;
    let mut rows = statement.query([id])?;
    let mut bytes = Vec::new();
    let mut number = 0;
    while let Some(row) = rows.next()? {
        let (count, data, block): (usize, Vec<u8>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if count > MOST_BYTES {
            return Err(damaged("a block is too long"));
        }
        if block != number {
            return Err(damaged(&format!("block {number} is missing")));
        }
        number += 1;
        let block = zstd::bulk::decompress(&data, count).map_err(|error| damaged(&error.to_string()))?;
        if block.len() != count {
            return Err(damaged(&format!("a block of {count} bytes has {}", block.len())));
        }
        bytes.extend_from_slice(&block);
    }
    String::from_utf8(bytes).map_err(|error| damaged(&error.to_string()))
}

pub(crate) fn report_fields(conn: &Connection) -> Result<Vec<(ReportField, String)>, CaseError> {
    let mut statement = conn.prepare_cached("SELECT name, value FROM report_setting")?;
    let rows = statement.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
    let stored: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    let value = |field: ReportField| {
        let found = stored.iter().find(|(name, _)| name == field.name())?;
        Some((field, found.1.clone()))
    };
    Ok(ReportField::ALL.into_iter().filter_map(value).collect())
}

/// Ids of what has a place, in order.
pub(super) fn order(conn: &Connection, table: &str) -> Result<Vec<i64>, CaseError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {table}_id FROM {table} WHERE removed_utc IS NULL ORDER BY place, {table}_id"
    ))?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
