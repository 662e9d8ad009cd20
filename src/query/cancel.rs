//! Stopping a running query from another thread.

use super::QueryError;
use crate::case::CaseReader;
pub use crate::model::Cancel;

/// Interrupts whatever SQL runs on this connection once a stop is asked for.
pub fn stop_when(reader: &mut CaseReader, asked: impl FnMut() -> bool + Send + 'static) -> Result<(), QueryError> {
    /// Of SQLite's machine, between two looks.
    const STEPS: i32 = 10_000;
    Ok(reader.conn.progress_handler(STEPS, Some(asked))?)
}

impl Cancel {
    /// Runs SQL that ends early, with `QueryError::Cancelled`, once a stop is asked for.
    pub(super) fn watch<T>(
        &self,
        reader: &CaseReader,
        run: impl FnOnce() -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        let handle = reader.interrupt_handle();
        // A stop that came before the handle was there interrupted nothing.
        let run = || if self.is_cancelled() { Err(QueryError::Cancelled) } else { run() };
        let result = self.interrupting(move || handle.interrupt(), run);
        if self.is_cancelled() { Err(QueryError::Cancelled) } else { result }
    }
}
