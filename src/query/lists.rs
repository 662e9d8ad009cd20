//! Evidence, warnings, totals and the values that a field takes.

use super::columns_sql::Columns;
use super::{QueryError, Value};
use crate::case::CaseReader;
use crate::model::{EvidenceId, FieldId, PathFacts, Reason, RecordId, Timestamp};
use rusqlite::{OptionalExtension, Row};
use std::collections::HashSet;

/// An evidence file as the case holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceRow {
    pub id: EvidenceId,
    pub container: Option<EvidenceId>,
    pub path: String,
    pub format: String,
    pub record_format: Option<String>,
    pub packing: String,
    pub encoding: String,
    pub file_bytes: u64,
    pub content_bytes: u64,
    pub file_sha256: String,
    pub content_sha256: String,
    pub modified_utc: Option<String>,
    pub imported_utc: String,
    pub raw_kept: bool,
    pub records: u64,
    pub duplicates: u64,
    pub warnings: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub path_facts: PathFacts,
}

const EVIDENCE: &str = "SELECT evidence_id, container_id, path, format, record_format, packing, encoding, file_bytes, content_bytes, file_sha256,
         content_sha256, modified_utc, imported_utc, raw_kept, record_count, duplicate_count, warning_count, first_millis, last_millis,
         path_account, path_organisation, path_region, path_date, path_log_id, path_service FROM evidence";

/// Every evidence file, in the order of import.
pub fn evidence_list(reader: &CaseReader) -> Result<Vec<EvidenceRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!("{EVIDENCE} ORDER BY evidence_id"))?;
    let rows = statement.query_map([], evidence_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An evidence file that cannot be read: its number, and why.
pub type UnreadableEvidence = (i64, String);

/// Evidence files that can be read, and those that cannot.
pub fn readable_evidence(reader: &CaseReader) -> Result<(Vec<EvidenceRow>, Vec<UnreadableEvidence>), QueryError> {
    let mut statement = reader.conn.prepare_cached("SELECT evidence_id FROM evidence ORDER BY evidence_id")?;
    let ids: Vec<i64> = statement.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
    let mut statement = reader.conn.prepare_cached(&format!("{EVIDENCE} WHERE evidence_id = ?"))?;
    let (mut list, mut unreadable) = (Vec::new(), Vec::new());
    for id in ids {
        match statement.query_row([id], evidence_row) {
            Ok(evidence) => list.push(evidence),
            Err(why) => unreadable.push((id, why.to_string())),
        }
    }
    Ok((list, unreadable))
}

/// One evidence file.
pub fn evidence(reader: &CaseReader, id: EvidenceId) -> Result<Option<EvidenceRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!("{EVIDENCE} WHERE evidence_id = ?"))?;
    Ok(statement.query_row([id.0], evidence_row).optional()?)
}

/// The occurrence that is shown of the event with this eventID.
pub fn event_by_id(reader: &CaseReader, event_id: &str) -> Result<Option<RecordId>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT ifnull((SELECT c.best_id FROM event_choice c WHERE c.event_key = e.event_key), e.event_key)
         FROM event e WHERE e.event_id = ? LIMIT 1",
    )?;
    Ok(statement.query_row([event_id], |r| r.get(0).map(RecordId)).optional()?)
}

fn evidence_row(r: &Row<'_>) -> rusqlite::Result<EvidenceRow> {
    Ok(EvidenceRow {
        id: EvidenceId(r.get(0)?),
        container: r.get::<_, Option<u32>>(1)?.map(EvidenceId),
        path: r.get(2)?,
        format: r.get(3)?,
        record_format: r.get(4)?,
        packing: r.get(5)?,
        encoding: r.get(6)?,
        file_bytes: r.get(7)?,
        content_bytes: r.get(8)?,
        file_sha256: r.get(9)?,
        content_sha256: r.get(10)?,
        modified_utc: r.get(11)?,
        imported_utc: r.get(12)?,
        raw_kept: r.get(13)?,
        records: r.get(14)?,
        duplicates: r.get(15)?,
        warnings: r.get(16)?,
        first: r.get::<_, Option<i64>>(17)?.map(Timestamp),
        last: r.get::<_, Option<i64>>(18)?.map(Timestamp),
        path_facts: PathFacts {
            account: r.get(19)?,
            organisation: r.get(20)?,
            region: r.get(21)?,
            date: r.get(22)?,
            log_id: r.get(23)?,
            service: r.get(24)?,
        },
    })
}

/// A line or element that could not be read, or a remark about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningRow {
    pub evidence: EvidenceId,
    pub path: String,
    /// `element` or `file`.
    pub scope: String,
    pub position: u64,
    pub byte_offset: u64,
    pub byte_length: u64,
    pub reason: String,
    pub detail: String,
    pub raw: Vec<u8>,
}

/// Warnings of one evidence file, or of all, in order of evidence and of their being met.
pub fn warnings(reader: &CaseReader, evidence: Option<EvidenceId>) -> Result<Vec<WarningRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "{WARNING} WHERE ?1 IS NULL OR w.evidence_id = ?1 ORDER BY w.evidence_id, w.warning_id"
    ))?;
    let rows = statement.query_map([evidence.map(|e| e.0)], warning_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Evidence files with a warning for this reason.
pub fn evidence_warned_of(reader: &CaseReader, reason: Reason) -> Result<HashSet<EvidenceId>, QueryError> {
    let mut statement =
        reader.conn.prepare_cached("SELECT DISTINCT evidence_id FROM import_warning WHERE reason = ?")?;
    let rows = statement.query_map([reason.code()], |r| r.get(0).map(EvidenceId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The line or element at this place, where it could not be read.
pub fn unread_at(reader: &CaseReader, id: RecordId) -> Result<Option<WarningRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "{WARNING} WHERE w.evidence_id = ? AND w.position = ? AND w.scope = 'element' ORDER BY w.warning_id LIMIT 1"
    ))?;
    Ok(statement.query_row([id.evidence().0, id.position()], warning_row).optional()?)
}

const WARNING: &str =
    "SELECT w.evidence_id, v.path, w.scope, w.position, w.byte_offset, w.byte_length, w.reason, w.detail, w.raw
         FROM import_warning w JOIN evidence v ON v.evidence_id = w.evidence_id";

fn warning_row(r: &Row<'_>) -> rusqlite::Result<WarningRow> {
    Ok(WarningRow {
        evidence: EvidenceId(r.get(0)?),
        path: r.get(1)?,
        scope: r.get(2)?,
        position: r.get(3)?,
        byte_offset: r.get(4)?,
        byte_length: r.get(5)?,
        reason: r.get(6)?,
        detail: r.get(7)?,
        raw: r.get(8)?,
    })
}

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
    /// Remarks about files as a whole.
    pub notes: u64,
    pub flow_span: Option<(Timestamp, Timestamp)>,
    pub event_span: Option<(Timestamp, Timestamp)>,
    pub file_bytes: u64,
    pub content_bytes: u64,
    pub case_bytes: u64,
    pub journal_entries: u64,
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

/// What an interrupted import still has to read: paths and options.
pub fn unfinished_import(reader: &CaseReader) -> Result<Vec<(String, String)>, QueryError> {
    let mut statement = reader.conn.prepare_cached("SELECT path, options FROM import_queue ORDER BY queue_id")?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Values that a field takes, for completion: at most `limit`, ascending, starting with `prefix` (letters of either
/// case). Looks through the dictionaries, not the records, and no further than some thousand events.
pub fn top_values(reader: &CaseReader, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, QueryError> {
    use crate::model::Home;
    const EVENTS_LOOKED_AT: usize = 20_000;
    let columns = Columns::of(&[field]);
    let source = match field.home {
        Home::Interface => "interface i".to_owned(),
        Home::Disposition => "disposition o".to_owned(),
        Home::PairSource | Home::PairDestination | Home::PacketSource | Home::PacketDestination => {
            "address s".to_owned()
        }
        Home::Call(_) => "call k".to_owned(),
        Home::Event(_) => format!("(SELECT * FROM event LIMIT {EVENTS_LOOKED_AT}) e"),
        Home::Row | Home::Extra | Home::EventJson(_) | Home::Virtual => return Ok(Vec::new()),
    };
    let expression = match field.home {
        Home::PairDestination | Home::PacketSource | Home::PacketDestination => "s.address".to_owned(),
        _ => columns.list(),
    };
    let pattern = format!("{}%", prefix.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let sql = format!("SELECT DISTINCT {expression} AS v FROM {source} WHERE v LIKE ? ESCAPE '\\' ORDER BY v LIMIT ?");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let rows = statement.query_map(rusqlite::params![pattern, limit as i64], |r| {
        Ok(match columns.read(r, 0)?.pop() {
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_text(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
