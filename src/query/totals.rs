//! The case in numbers, and what an interrupted import left to do.

use super::QueryError;
use crate::case::CaseReader;
use crate::model::{Dataset, Timestamp};
use rusqlite::OptionalExtension;

/// The case in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub title: String,
    pub examiner: String,
    pub reference: String,
    pub created_utc: String,
    pub schema_version: i64,
    pub evidence: u64,
    /// Flow records, each once.
    pub flows: u64,
    pub flow_duplicates: u64,
    /// Events as often as they were delivered.
    pub event_occurrences: u64,
    /// Distinct events; aggregated summaries are none.
    pub events: u64,
    pub warnings: u64,
    /// Notes about files as a whole.
    pub notes: u64,
    pub flow_span: Option<(Timestamp, Timestamp)>,
    pub event_span: Option<(Timestamp, Timestamp)>,
    pub file_bytes: u64,
    pub content_bytes: u64,
    pub case_bytes: u64,
    pub journal_entries: u64,
}

impl Totals {
    /// Flow records, each once, or distinct events.
    pub fn of(&self, dataset: Dataset) -> u64 {
        match dataset {
            Dataset::Flows => self.flows,
            Dataset::Events => self.events,
        }
    }

    /// The first and the last of them.
    pub fn span(&self, dataset: Dataset) -> Option<(Timestamp, Timestamp)> {
        match dataset {
            Dataset::Flows => self.flow_span,
            Dataset::Events => self.event_span,
        }
    }
}

/// Counts come from the evidence rows: they cost the same at ten million records as at ten.
pub fn totals(reader: &CaseReader) -> Result<Totals, QueryError> {
    let conn = &reader.conn;
    let info = |key: &str| -> Result<String, QueryError> {
        Ok(conn
            .prepare_cached("SELECT value FROM case_info WHERE key = ?")?
            .query_row([key], |r| r.get(0))
            .optional()?
            .unwrap_or_default())
    };
    let number = |sql: &str| -> Result<i64, QueryError> { Ok(conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?) };
    let span = |column: &str| -> Result<Option<(Timestamp, Timestamp)>, QueryError> {
        let sql = format!("SELECT min(first_millis), max(last_millis) FROM evidence WHERE {column} > 0");
        let (first, last): (Option<i64>, Option<i64>) =
            conn.prepare_cached(&sql)?.query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(first.zip(last).map(|(first, last)| (Timestamp(first), Timestamp(last))))
    };
    let flow_duplicates = number("SELECT count(*) FROM flow_duplicate")?;
    let repeated = number("SELECT ifnull(sum(occurrence_count - 1), 0) FROM event_choice")?;
    let occurrences = number("SELECT ifnull(sum(event_count), 0) FROM evidence")?;
    let aggregated = number("SELECT ifnull(sum(aggregated_count), 0) FROM evidence")?;
    Ok(Totals {
        title: info("title")?,
        examiner: info("examiner")?,
        reference: info("reference")?,
        created_utc: info("created_utc")?,
        // Of the case, where a copy of it is read that was upgraded.
        schema_version: match reader.standing().older {
            Some(version) => version.into(),
            None => number("PRAGMA user_version")?,
        },
        evidence: number("SELECT count(*) FROM evidence")? as u64,
        flows: (number("SELECT ifnull(sum(flow_count), 0) FROM evidence")? - flow_duplicates) as u64,
        flow_duplicates: flow_duplicates as u64,
        event_occurrences: occurrences as u64,
        events: (occurrences - repeated - aggregated) as u64,
        warnings: number("SELECT ifnull(sum(warning_count), 0) FROM evidence")? as u64,
        notes: number("SELECT count(*) FROM import_warning WHERE scope = 'file'")? as u64,
        flow_span: span("flow_count")?,
        event_span: span("event_count")?,
        file_bytes: number("SELECT ifnull(sum(file_bytes), 0) FROM evidence WHERE container_id IS NULL")? as u64,
        content_bytes: number("SELECT ifnull(sum(content_bytes), 0) FROM evidence WHERE format <> 'archive'")? as u64,
        case_bytes: std::fs::metadata(reader.path()).map_or(0, |m| m.len()),
        journal_entries: number("SELECT count(*) FROM journal")? as u64,
    })
}

/// What an interrupted import still has to read: paths and options.
pub fn unfinished_import(reader: &CaseReader) -> Result<Vec<(String, String)>, QueryError> {
    let mut statement = reader.conn.prepare_cached("SELECT path, options FROM import_queue ORDER BY queue_id")?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
