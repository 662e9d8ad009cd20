//! Writes the log of a case back into its file beside the writer, which then need not stop for it. Measured at ten million
//! flow records: a sixth of the writing thread's time.

use super::error::CaseError;
use super::open;
use crate::threads;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// A thread with a connection of its own. Ends with the value.
pub struct Checkpointer {
    sender: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub fn start(path: &Path) -> Result<Self, CaseError> {
        let conn = open::open_beside(path)?;
        // One request may wait: it covers everything before it.
        let (sender, requests) = sync_channel::<()>(1);
        let work = move || {
            while requests.recv().is_ok() {
                // What cannot be written back now stays in the log: the writer does it in the end, and says what fails.
                let _ = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            }
        };
        let thread = threads::start("checkpoint", work);
        let thread = thread.map_err(|e| CaseError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// To be called after a commit. Does not wait.
    pub fn committed(&self) {
        if let Some(sender) = &self.sender {
            // Full: a request is waiting already.
            let _ = sender.try_send(());
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // It cannot have panicked with anything that the case needs: the writer writes back what is left.
            let _ = thread.join();
        }
    }
}
