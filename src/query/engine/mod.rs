//! Queries over the column index: which rows, in which order, and what they come to. Works on all cores; every result is
//! the one that plain SQL over the rows gives, and where the index cannot give it, SQL is asked.

mod answers;
mod compile;
mod dictionary;
mod event_table;
#[cfg(test)]
mod event_tests;
mod event_values;
mod first;
mod flow_table;
mod folded;
mod folded_first;
mod groups;
mod leaders;
mod lineage;
mod lines;
mod met;
mod occurrences;
mod order;
mod pair_ids;
mod pair_table;
mod plan;
mod principals;
mod ranked;
mod repeated;
mod rule;
mod sightings;
mod signs;
mod sources;
mod sweep;
mod talkers;
#[cfg(test)]
mod tests;
mod texts;
mod top;
mod values;

use super::{Cancel, QueryError};
use crate::case::index::{IndexError, IndexFault, IndexState, IndexedTable, Snapshot, Table, event, flow};
use crate::case::{CaseError, CaseReader};
use crate::model::{Dataset, Timestamp};
use std::sync::Arc;

pub(super) use values::Told;
pub(crate) use values::Words;

/// Why the engine gave no result.
#[derive(Debug)]
pub(super) enum EngineError {
    /// The index is not to be used; the rows are asked.
    Index(IndexFault),
    /// It cannot answer this; the rows are asked.
    Unsupported,
    Query(QueryError),
}

impl From<QueryError> for EngineError {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<CaseError> for EngineError {
    fn from(error: CaseError) -> Self {
        Self::Query(error.into())
    }
}

impl From<IndexFault> for EngineError {
    fn from(fault: IndexFault) -> Self {
        Self::Index(fault)
    }
}

impl From<IndexError> for EngineError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Index(fault) => Self::Index(fault),
            IndexError::Case(error) => error.into(),
        }
    }
}

impl From<rusqlite::Error> for EngineError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Query(error.into())
    }
}

/// Where the records of a dataset have what every query asks for.
#[derive(Clone, Copy, Debug)]
struct Layout {
    dataset: Dataset,
    table: IndexedTable,
    time: usize,
    /// Units of the time in a second.
    per_second: i64,
    packets: Option<usize>,
    bytes: Option<usize>,
}

impl Layout {
    const FLOWS: Self = Self {
        dataset: Dataset::Flows,
        table: IndexedTable::Flow,
        time: flow::START,
        per_second: 1,
        packets: Some(flow::PACKETS),
        bytes: Some(flow::BYTES),
    };

    const EVENTS: Self = Self {
        dataset: Dataset::Events,
        table: IndexedTable::Event,
        time: event::TIME,
        per_second: 1000,
        packets: None,
        bytes: None,
    };

    fn of(dataset: Dataset) -> Self {
        match dataset {
            Dataset::Flows => Self::FLOWS,
            Dataset::Events => Self::EVENTS,
        }
    }

    /// The whole seconds of a time.
    fn seconds(self, time: i64) -> Result<i64, EngineError> {
        // SQL rounds those before 1970 in two ways.
        if self.per_second > 1 && time < 0 { Err(EngineError::Unsupported) } else { Ok(time / self.per_second) }
    }

    fn timestamp(self, time: i64) -> Timestamp {
        if self.per_second == 1 { Timestamp::from_secs(time) } else { Timestamp(time) }
    }
}

/// Queries over one moment of a case, about the records of one dataset.
pub(super) struct Engine<'a> {
    reader: &'a CaseReader,
    pub snapshot: Arc<Snapshot>,
    layout: Layout,
    /// The table of `layout`.
    records: Arc<Table>,
    cancel: &'a Cancel,
    threads: usize,
}

impl Engine<'_> {
    /// The records are to be read so many times.
    fn expect_passes(&self, passes: u64) {
        self.cancel.expect(passes * u64::from(self.records.rows()));
    }

    /// So many of them are over, or need not be done: what they give was kept.
    fn reached_passes(&self, passes: u64) {
        self.cancel.reached(passes * u64::from(self.records.rows()));
    }
}

/// Runs over the columns; `None` where the rows have to be asked instead.
pub(super) fn attempt<T>(
    reader: &CaseReader,
    dataset: Dataset,
    cancel: &Cancel,
    run: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
) -> Result<Option<T>, QueryError> {
    let threads = crate::threads::for_a_question();
    attempt_on(threads, reader, dataset, cancel, run)
}

/// The same on so many threads.
pub(super) fn attempt_on<T>(
    threads: usize,
    reader: &CaseReader,
    dataset: Dataset,
    cancel: &Cancel,
    run: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
) -> Result<Option<T>, QueryError> {
    if dataset == Dataset::Flows && super::directed::is_in(reader)? {
        return Ok(None);
    }
    over_columns(threads, reader, dataset, cancel, run)
}

/// The same for what concerns records as they are, and not how they sum up.
pub(super) fn over_columns<T>(
    threads: usize,
    reader: &CaseReader,
    dataset: Dataset,
    cancel: &Cancel,
    run: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
) -> Result<Option<T>, QueryError> {
    super::filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        // One moment of the case for everything that is read.
        let _moment = reader.conn.unchecked_transaction()?;
        let IndexState::Ready(snapshot) = reader.index_state()? else { return Ok(None) };
        let records = match dataset {
            Dataset::Flows => Some(Arc::clone(&snapshot.flows)),
            Dataset::Events => snapshot.events.clone(),
        };
        let Some(records) = records else { return Ok(None) };
        let engine = Engine { reader, snapshot, layout: Layout::of(dataset), records, cancel, threads };
        match run(&engine) {
            Ok(result) => Ok(Some(result)),
            Err(EngineError::Index(fault)) => {
                reader.index_is_damaged(&engine.snapshot, fault);
                Ok(None)
            }
            Err(EngineError::Unsupported) => Ok(None),
            Err(EngineError::Query(error)) => Err(error),
        }
    })
}
