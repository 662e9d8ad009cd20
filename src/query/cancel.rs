//! Stopping a running query from another thread.

use super::QueryError;
use crate::case::CaseReader;
use rusqlite::InterruptHandle;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Asks running work to stop; clones share the request.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Shared>);

#[derive(Default)]
struct Shared {
    stopped: AtomicBool,
    running: Mutex<Option<InterruptHandle>>,
    statement_time: Option<Duration>,
}

/// Interrupts whatever SQL runs on this connection once a stop is asked for.
pub fn stop_when(reader: &mut CaseReader, asked: impl FnMut() -> bool + Send + 'static) -> Result<(), QueryError> {
    /// Of SQLite's machine, between two looks.
    const STEPS: i32 = 10_000;
    Ok(reader.conn.progress_handler(STEPS, Some(asked))?)
}

impl Cancel {
    /// A statement that an examiner wrote is stopped after this time, with `QueryError::Late`.
    pub fn with_statement_time(time: Duration) -> Self {
        Self(Arc::new(Shared { statement_time: Some(time), ..Shared::default() }))
    }

    pub fn statement_time(&self) -> Option<Duration> {
        self.0.statement_time
    }

    pub fn cancel(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        if let Some(handle) = &*self.0.running.lock().unwrap_or_else(PoisonError::into_inner) {
            handle.interrupt();
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    /// Runs SQL that ends early, with `QueryError::Cancelled`, once a stop is asked for.
    pub(super) fn watch<T>(
        &self,
        reader: &CaseReader,
        run: impl FnOnce() -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        self.set(Some(reader.interrupt_handle()));
        // A stop that came before the handle was there interrupted nothing.
        let result = if self.is_cancelled() { Err(QueryError::Cancelled) } else { run() };
        self.set(None);
        if self.is_cancelled() { Err(QueryError::Cancelled) } else { result }
    }

    fn set(&self, handle: Option<InterruptHandle>) {
        *self.0.running.lock().unwrap_or_else(PoisonError::into_inner) = handle;
    }
}

impl std::fmt::Debug for Cancel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cancel").field(&self.is_cancelled()).finish()
    }
}
