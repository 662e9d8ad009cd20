//! Evidence files: all of them, one, and those that a set of records comes from.

use super::rows::rows;
use super::{Cancel, QueryError, Scope};
use crate::case::CaseReader;
use crate::model::{EvidenceId, PathFacts, RecordId, Timestamp};
use rusqlite::{OptionalExtension, Row};
use std::collections::BTreeMap;

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
    /// Flow records and occurrences of events in it, duplicates too.
    pub flows: u64,
    pub events: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub path_facts: PathFacts,
}

const EVIDENCE: &str = "SELECT evidence_id, container_id, path, format, record_format, packing, encoding, file_bytes, content_bytes, file_sha256,
         content_sha256, modified_utc, imported_utc, raw_kept, record_count, duplicate_count, warning_count, first_millis, last_millis,
         path_account, path_organisation, path_region, path_date, path_log_id, path_service, flow_count, event_count FROM evidence";

/// Every evidence file, in the order of import.
pub fn evidence_list(reader: &CaseReader) -> Result<Vec<EvidenceRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!("{EVIDENCE} ORDER BY evidence_id"))?;
    let rows = statement.query_map([], evidence_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An evidence file that cannot be read: its number, and why.
pub(super) type UnreadableEvidence = (i64, String);

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

/// Is there an evidence file whose bytes have this SHA-256 (lowercase hex)?
pub fn holds_file(reader: &CaseReader, sha256: &str) -> Result<bool, QueryError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM evidence WHERE file_sha256 = ?)";
    Ok(reader.conn.prepare_cached(sql)?.query_row([sha256], |r| r.get(0))?)
}

/// The JSON of digests and of what their validation needs, as it was in its file: by evidence file.
pub fn digests(reader: &CaseReader) -> Result<BTreeMap<EvidenceId, String>, QueryError> {
    let mut statement = reader.conn.prepare_cached("SELECT evidence_id, json FROM digest")?;
    let rows = statement.query_map([], |r| Ok((EvidenceId(r.get(0)?), r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The evidence files that hold a record of the scope, in order of their numbers.
pub fn evidence_of(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Vec<EvidenceId>, QueryError> {
    let found = rows(reader, &scope.records(Vec::new()), cancel)?;
    let mut list = Vec::new();
    let mut place = 0;
    // In the order of ids the records of a file are together: from each to the first of the next is a short search.
    while let Some(id) = found.get(place) {
        let evidence = id.evidence();
        list.push(evidence);
        let next = RecordId((i64::from(evidence.0) + 1) << 32);
        let (mut low, mut high) = (place + 1, found.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match found.get(middle) {
                Some(id) if id < next => low = middle + 1,
                _ => high = middle,
            }
        }
        place = low;
    }
    Ok(list)
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
        flows: r.get(25)?,
        events: r.get(26)?,
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
