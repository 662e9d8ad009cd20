//! The column index of the open case: brought up to date quietly, beside whatever else continues. An import into the
//! case goes before it, and does the same at its end.

use crate::session::jobs::{ImportHandle, JobEvent};
use crate::session::source::IndexHealth;
use crate::session::state::App;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

/// Work on an index.
pub(crate) struct Indexing {
    case: PathBuf,
    handle: ImportHandle,
    events: Receiver<JobEvent>,
}

impl App {
    /// Is the index of the open case being worked on?
    pub fn is_indexing(&self) -> bool {
        self.indexing.as_ref().is_some_and(|work| self.is_open(&work.case))
    }

    /// Why queries take longer than they should, where they do.
    pub fn index_trouble(&self) -> Option<&str> {
        match self.case.as_ref()?.index_health()? {
            IndexHealth::Missing(why) | IndexHealth::Damaged(why) => Some(why),
            IndexHealth::Ready | IndexHealth::Behind { .. } => None,
        }
    }

    /// Begins what is to be done, takes in what was done.
    pub(super) fn care_for_index(&mut self) {
        self.poll_indexing();
        let Some(case) = &mut self.case else { return };
        // What is read in its place goes with the readers.
        if case.standing().is_some_and(|standing| !standing.is_sound()) {
            return;
        }
        let damages = self.backend.index_damages(&case.path);
        if damages != case.index_care.damages {
            case.index_care.damages = damages;
            case.index_care.begun = None;
            // Asks again how the index is; the answers are the same without it.
            case.changed();
        }
        let health = case.index_health().cloned().unwrap_or_default();
        let wanted = health != IndexHealth::Ready && case.index_care.begun.as_ref() != Some(&health);
        if !wanted || self.indexing.is_some() || self.jobs.running_into(&case.path).is_some() {
            return;
        }
        let (events, receiver) = sync_channel(64);
        let anew = matches!(health, IndexHealth::Damaged(_));
        case.index_care.begun = Some(health);
        // Where it cannot be begun, the status bar continues telling the trouble.
        if let Ok(handle) = self.backend.index(&case.path, anew, events, Arc::clone(&self.waker)) {
            self.indexing = Some(Indexing { case: case.path.clone(), handle, events: receiver });
        }
    }

    fn poll_indexing(&mut self) {
        let Some(work) = &self.indexing else { return };
        loop {
            match work.events.try_recv() {
                Ok(JobEvent::Finished { .. }) | Err(TryRecvError::Disconnected) => break,
                Ok(JobEvent::Failed(error)) => self.errors.push(error),
                Ok(_) => {}
                Err(TryRecvError::Empty) => return,
            }
        }
        let done = self.indexing.take();
        if let (Some(done), Some(case)) = (done, &mut self.case)
            && done.case == case.path
        {
            case.changed();
        }
    }

    /// Stops work on the index of a case: what was done of it stays.
    pub(super) fn stop_indexing(&mut self, case: &Path) {
        if let Some(work) = self.indexing.as_ref().filter(|work| work.case == case) {
            work.handle.cancel();
        }
    }

    /// Stops it and waits until it has stopped: the end of the program.
    pub(super) fn finish_indexing(&mut self) {
        if let Some(mut work) = self.indexing.take() {
            work.handle.cancel();
            drop(work.events);
            if let Some(thread) = work.handle.thread.take() {
                let _ = thread.join();
            }
        }
    }
}
