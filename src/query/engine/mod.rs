//! Queries over the column index: which rows, in which order, and what they come to. Works on all cores; every result is
//! the one that plain SQL over the rows gives, and where the index cannot give it, SQL is asked.

mod answers;
mod compile;
mod first;
mod folded;
mod groups;
mod leaders;
mod lines;
mod met;
mod order;
mod pair_table;
mod plan;
mod repeated;
mod sightings;
mod sources;
mod sweep;
mod talkers;
#[cfg(test)]
mod tests;
mod top;

use super::{Cancel, QueryError};
use crate::case::index::{IndexError, IndexFault, IndexState, IndexedTable, Snapshot, Table};
use crate::case::{CaseError, CaseReader};
use std::sync::Arc;

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

/// Queries over one moment of a case.
pub(super) struct Engine<'a> {
    reader: &'a CaseReader,
    pub snapshot: Arc<Snapshot>,
    cancel: &'a Cancel,
    threads: usize,
}

impl Engine<'_> {
    fn table(&self, table: IndexedTable) -> &Table {
        match table {
            IndexedTable::Flow => &self.snapshot.flows,
            IndexedTable::Pair => &self.snapshot.pairs,
        }
    }

    /// The flow records are to be read so many times.
    fn expect_passes(&self, passes: u64) {
        self.cancel.expect(passes * u64::from(self.snapshot.flows.rows()));
    }
}

/// Runs over the columns; `None` where the rows have to be asked instead.
pub(super) fn attempt<T>(
    reader: &CaseReader,
    cancel: &Cancel,
    run: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
) -> Result<Option<T>, QueryError> {
    let threads = crate::threads::for_a_question();
    attempt_on(threads, reader, cancel, run)
}

/// The same on so many threads.
pub(super) fn attempt_on<T>(
    threads: usize,
    reader: &CaseReader,
    cancel: &Cancel,
    run: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
) -> Result<Option<T>, QueryError> {
    if super::directed::is_in(reader)? {
        return Ok(None);
    }
    super::filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        // One moment of the case for everything that is read.
        let _moment = reader.conn.unchecked_transaction()?;
        let IndexState::Ready(snapshot) = reader.index_state()? else { return Ok(None) };
        let engine = Engine { reader, snapshot, cancel, threads };
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
