//! What examiners concluded, as lists. What was removed is among it where that is asked for.

use super::QueryError;
use crate::case::{CaseReader, conclusions};
use crate::model::RecordId;
use crate::model::conclusions::{Exhibit, Finding, Life, Note, ReportField, Subject, Tag};
use rusqlite::params;

/// Every tag, in the order of their making.
pub fn tags(reader: &CaseReader, with_removed: bool) -> Result<Vec<Tag>, QueryError> {
    Ok(conclusions::tags(&reader.conn, with_removed)?)
}

/// Every note, in the order of their making.
pub fn notes(reader: &CaseReader, with_removed: bool) -> Result<Vec<Note>, QueryError> {
    Ok(conclusions::notes(&reader.conn, with_removed)?)
}

/// Every finding in its order; those that were removed last.
pub fn findings(reader: &CaseReader, with_removed: bool) -> Result<Vec<Finding>, QueryError> {
    Ok(conclusions::findings(&reader.conn, with_removed)?)
}

/// Every record that a finding cites or cited, in the order of citing.
pub fn citations(reader: &CaseReader, finding: i64) -> Result<Vec<(RecordId, Life)>, QueryError> {
    Ok(conclusions::citations(&reader.conn, finding)?)
}

/// Every exhibit in its order, without rows; those that were removed last.
pub fn exhibits(reader: &CaseReader, with_removed: bool) -> Result<Vec<Exhibit>, QueryError> {
    Ok(conclusions::exhibits(&reader.conn, with_removed)?)
}

/// Numbers of all exhibits in their order; those that were removed last.
pub fn exhibit_ids(reader: &CaseReader) -> Result<Vec<i64>, QueryError> {
    Ok(conclusions::exhibit_ids(&reader.conn)?)
}

/// One exhibit, without rows.
pub fn exhibit(reader: &CaseReader, id: i64) -> Result<Exhibit, QueryError> {
    Ok(conclusions::exhibit(&reader.conn, id)?)
}

/// An exhibit's rows in canonical form.
pub fn exhibit_lines(reader: &CaseReader, id: i64) -> Result<String, QueryError> {
    Ok(conclusions::exhibit_lines(&reader.conn, id)?)
}

/// What the examiner wrote for the report's first pages; what was never written is not among it.
pub fn report_fields(reader: &CaseReader) -> Result<Vec<(ReportField, String)>, QueryError> {
    Ok(conclusions::report_fields(&reader.conn)?)
}

/// Names of the tags in use with how many things have each, by name.
pub fn tag_names(reader: &CaseReader) -> Result<Vec<(String, u64)>, QueryError> {
    let mut statement = reader
        .conn
        .prepare_cached("SELECT name, count(*) FROM tag WHERE removed_utc IS NULL GROUP BY name ORDER BY name")?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every tag in use on a record, with the record as it is shown: of an event the occurrence that tells most.
pub fn tagged_records(reader: &CaseReader) -> Result<Vec<(RecordId, String)>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT DISTINCT ifnull((SELECT c.best_id FROM event_choice c WHERE c.event_key = t.record_id), t.record_id), name
         FROM tag t WHERE record_id IS NOT NULL AND removed_utc IS NULL ORDER BY 1, 2",
    )?;
    let rows = statement.query_map([], |r| Ok((RecordId(r.get(0)?), r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tags of something, by name.
pub fn tags_of(reader: &CaseReader, subject: &Subject) -> Result<Vec<String>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT DISTINCT name FROM tag WHERE subject = ? AND key = ? AND removed_utc IS NULL ORDER BY name",
    )?;
    let rows = statement.query_map(params![subject.kind(), subject.key()], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tags of some records, in the order of the ids; an event has those of all its occurrences.
pub fn record_tags(reader: &CaseReader, ids: &[RecordId]) -> Result<Vec<Vec<String>>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT DISTINCT name FROM tag WHERE removed_utc IS NULL
           AND record_id = ifnull((SELECT event_key FROM event WHERE id = ?1), ?1) ORDER BY name",
    )?;
    let mut list = Vec::with_capacity(ids.len());
    for id in ids {
        let rows = statement.query_map([id.0], |r| r.get(0))?;
        list.push(rows.collect::<Result<_, _>>()?);
    }
    Ok(list)
}
