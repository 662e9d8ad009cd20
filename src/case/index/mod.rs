//! The column index in the case file: written beside the rows in the same transactions, loaded on demand, and never
//! believed where it does not match the rows.

mod build;
mod cache;
mod event_source;
mod snapshot;
mod tail;
#[cfg(test)]
mod tests;

pub(super) use build::IndexSlot;
pub(crate) use cache::{Cell, IndexCache};
pub(super) use snapshot::Seen;
pub(crate) use snapshot::{IndexState, Segment, Snapshot, Table};

use super::error::CaseError;
use crate::columns::{EncodingError, Zone};
use rusqlite::{Connection, OptionalExtension, params};

/// Tables that are indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum IndexedTable {
    Flow,
    Pair,
    Event,
}

impl IndexedTable {
    /// The key of a column of a segment.
    fn key(self, segment: usize, column: usize) -> i64 {
        let table = match self {
            Self::Flow => 0,
            Self::Pair => 1,
            Self::Event => 2,
        };
        table << 40 | (segment as i64) << 8 | column as i64
    }

    /// Columns, the id among them.
    pub(crate) const fn columns(self) -> usize {
        match self {
            Self::Flow => flow::COUNT,
            Self::Pair => pair::COUNT,
            Self::Event => event::COUNT,
        }
    }
}

/// Numbers of the columns of table flow, in the order of `flows::COLUMNS`.
pub(crate) mod flow {
    pub(crate) const PAIR: usize = 1;
    pub(crate) const PACKET_PAIR: usize = 2;
    pub(crate) const INTERFACE: usize = 3;
    pub(crate) const DISPOSITION: usize = 4;
    pub(crate) const SRCPORT: usize = 5;
    pub(crate) const DSTPORT: usize = 6;
    pub(crate) const PACKETS: usize = 7;
    pub(crate) const BYTES: usize = 8;
    pub(crate) const START: usize = 9;
    pub(crate) const DURATION: usize = 10;
    pub(crate) const EXTRA: usize = 11;
    /// 1 where the record is listed in flow_duplicate, else 0.
    pub(crate) const DUPLICATE: usize = 12;
    pub(crate) const COUNT: usize = 13;
}

/// Numbers of the columns of table pair.
pub(crate) mod pair {
    pub(crate) const SOURCE: usize = 1;
    pub(crate) const DESTINATION: usize = 2;
    pub(crate) const COUNT: usize = 3;
}

/// Numbers of the columns of table event_row, in the order of `event_source::select_list`.
pub(crate) mod event {
    /// `event_key` of an occurrence that is not the first of its event.
    pub(crate) const KEY: usize = 1;
    /// `time_millis`.
    pub(crate) const TIME: usize = 2;
    /// 1 where the event writes its time as `TIME` does not say, else 0.
    pub(crate) const TIME_TEXT: usize = 3;
    pub(crate) const CALL: usize = 4;
    pub(crate) const CALLER: usize = 5;
    /// Columns that name rows of dictionaries, those of `schema::event_references`. Whoever changes the list changes
    /// `EVENT_LAYOUT`.
    pub(super) const REFERENCES: [&str; 16] = [
        "call_id",
        "caller_id",
        "message_id",
        "user_identity_id",
        "request_parameters_id",
        "response_elements_id",
        "additional_event_data_id",
        "resources_id",
        "service_event_details_id",
        "insight_details_id",
        "addendum_id",
        "edge_device_details_id",
        "tls_details_id",
        "event_context_id",
        "derived_id",
        "resource_name_id",
    ];
    pub(crate) const COUNT: usize = CALL + REFERENCES.len();

    /// The column of the numbers by which an event names rows of a dictionary.
    pub(crate) fn column_of(reference: &str) -> Option<usize> {
        REFERENCES.iter().position(|known| *known == reference).map(|at| CALL + at)
    }
}

/// How segments are written. Whatever changes their meaning changes this, and older indexes are rebuilt.
const LAYOUT: i64 = 1;
/// The same of the segments of events alone.
const EVENT_LAYOUT: i64 = 2;

/// The row of table column_index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct IndexRow {
    pub revision: i64,
    pub segment_rows: i64,
    pub flow_rows: i64,
    pub flow_last_id: i64,
    pub duplicate_rows: i64,
    pub pair_rows: i64,
    pub pair_last_id: i64,
    /// With another one than `EVENT_LAYOUT` there are no events.
    pub event_layout: i64,
    pub event_rows: i64,
    pub event_last_id: i64,
}

impl IndexRow {
    /// Of an index that holds nothing yet.
    fn new(revision: i64, segment_rows: usize) -> Self {
        Self { revision, segment_rows: segment_rows.max(1) as i64, event_layout: EVENT_LAYOUT, ..Self::default() }
    }
}

impl IndexRow {
    /// Does the case hold just these rows?
    fn matches(&self, conn: &Connection) -> Result<bool, CaseError> {
        let sql = "SELECT count(*) FROM flow_duplicate";
        let duplicates: i64 = conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
        let all = totals(conn)?;
        Ok((self.flow_rows, self.event_rows) == (all.flows, all.events) && self.duplicate_rows == duplicates)
    }
}

/// What the case says of its index; `Ok(None)` where there is none, or one that another version wrote.
fn index_row(conn: &Connection) -> Result<Option<IndexRow>, CaseError> {
    let mut statement = conn.prepare_cached(
        "SELECT revision, segment_rows, flow_rows, flow_last_id, duplicate_rows, pair_rows, pair_last_id,
           ifnull(event_layout, 0), iif(event_layout = ?2, ifnull(event_rows, 0), 0),
           iif(event_layout = ?2, ifnull(event_last_id, 0), 0)
         FROM column_index WHERE index_id = 1 AND layout = ?1 AND segment_rows > 0",
    )?;
    let row = statement.query_row([LAYOUT, EVENT_LAYOUT], |r| {
        Ok(IndexRow {
            revision: r.get(0)?,
            segment_rows: r.get(1)?,
            flow_rows: r.get(2)?,
            flow_last_id: r.get(3)?,
            duplicate_rows: r.get(4)?,
            pair_rows: r.get(5)?,
            pair_last_id: r.get(6)?,
            event_layout: r.get(7)?,
            event_rows: r.get(8)?,
            event_last_id: r.get(9)?,
        })
    });
    Ok(row.optional()?)
}

fn write_index_row(conn: &Connection, row: &IndexRow) -> Result<(), CaseError> {
    let sql = "INSERT OR REPLACE INTO column_index (index_id, layout, revision, segment_rows, flow_rows, flow_last_id,
         duplicate_rows, pair_rows, pair_last_id, event_layout, event_rows, event_last_id)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    conn.prepare_cached(sql)?.execute(params![
        LAYOUT,
        row.revision,
        row.segment_rows,
        row.flow_rows,
        row.flow_last_id,
        row.duplicate_rows,
        row.pair_rows,
        row.pair_last_id,
        row.event_layout,
        row.event_rows,
        row.event_last_id
    ])?;
    Ok(())
}

/// Takes the index out.
fn clear(conn: &Connection) -> Result<(), CaseError> {
    conn.execute("DELETE FROM column_index", [])?;
    conn.execute("DELETE FROM column_segment", [])?;
    Ok(())
}

/// Completes the index of a case that a test has filled.
#[cfg(test)]
pub(crate) fn complete(conn: &Connection, segment_rows: usize) {
    let mut slot = IndexSlot::default();
    while !slot.step(conn, segment_rows).unwrap() {}
}

/// Rows of all evidence, by the evidence's own counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Totals {
    flows: i64,
    events: i64,
}

fn totals(conn: &Connection) -> Result<Totals, CaseError> {
    let sql = "SELECT ifnull(sum(flow_count), 0), ifnull(sum(event_count), 0) FROM evidence";
    let read = |r: &rusqlite::Row<'_>| Ok(Totals { flows: r.get(0)?, events: r.get(1)? });
    Ok(conn.prepare_cached(sql)?.query_row([], read)?)
}

/// Of everything that a segment is judged by before its data is loaded.
fn head_checksum(key: i64, zone: &Zone, data_checksum: u32) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&key.to_le_bytes());
    hasher.update(&zone.rows.to_le_bytes());
    hasher.update(&zone.nulls.to_le_bytes());
    hasher.update(&zone.min.to_le_bytes());
    hasher.update(&zone.max.to_le_bytes());
    hasher.update(&data_checksum.to_le_bytes());
    hasher.finalize()
}

/// Why the index cannot be used. The rows can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexFault {
    #[error("the case has no column index")]
    Absent,
    #[error("the column index is not complete")]
    Behind,
    #[error("a segment of the column index is missing")]
    Missing,
    #[error("a segment of the column index is damaged: its checksum differs")]
    Checksum,
    #[error("a segment of the column index is damaged: {0}")]
    Encoding(#[from] EncodingError),
    #[error("the column index cannot be read: {0}")]
    Unreadable(String),
    #[error("the column index does not match the rows")]
    Mismatch,
    #[error("a row has a value that the column index cannot store: {0}")]
    Rows(String),
}

/// Either of the two.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Index(#[from] IndexFault),
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<rusqlite::Error> for IndexError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // A page of the index, as likely as not; where it is one of the rows, asking those will tell.
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => Self::Index(IndexFault::Unreadable(error.to_string())),
            _ => Self::Case(error.into()),
        }
    }
}
