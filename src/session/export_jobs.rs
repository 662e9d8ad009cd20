//! Results on their way into files: each on a thread of its own, with a count of the rows done, a stop, and an outcome
//! that is reported.

use super::shown::Exported;
use super::source::{Backend, Cancel, CaseReader, Fault};
use super::waker::Waker;
use crate::app::export::{self, ExportError, ExportFormat};
use crate::app::failure::{Cause, Failure};
use crate::app::journal;
use crate::app::report::{self, Order};
use crate::query::tables::{self, Table};
use crate::report::document::Verdict;
use crate::threads::{self, caught};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// What a person asked for.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    pub what: Exported,
    pub path: PathBuf,
    pub format: ExportFormat,
    /// Over a file that already exists.
    pub replace: bool,
}

/// How an export ended.
#[derive(Debug)]
pub enum Outcome {
    Done { path: PathBuf, rows: u64, file_bytes: u64, cut_times: u64 },
    Report { path: PathBuf, files: u64, bytes: u64, manifest_sha256: String, verdict: Verdict, differs: bool },
    Cancelled(PathBuf),
    Failed { path: PathBuf, why: Failure },
}

pub struct Running {
    pub path: PathBuf,
    done: Arc<AtomicU64>,
    /// Rows to be written; 0 while the question is being answered.
    total: Arc<AtomicU64>,
    cancel: Cancel,
    outcome: Receiver<Outcome>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Rows written, and of how many; `None` while that is not known.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let total = self.total.load(Ordering::Relaxed);
        (total > 0).then(|| (self.done.load(Ordering::Relaxed), total))
    }
}

#[derive(Default)]
pub struct Exports {
    running: Vec<Running>,
}

impl Exports {
    /// Starts an export of the case at `case`.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn start(
        &mut self,
        backend: Arc<dyn Backend>,
        case: &Path,
        request: ExportRequest,
        waker: Waker,
    ) -> std::io::Result<()> {
        let case = case.to_owned();
        let path = request.path.clone();
        self.spawn(path, waker, move |cancel, progress| {
            let result = run(backend.as_ref(), &case, &request, cancel, progress);
            backend.closed(&case);
            let path = request.path;
            match result {
                Ok(export::Exported { rows, file_bytes, cut_times }) => {
                    Outcome::Done { path, rows, file_bytes, cut_times }
                }
                Err(Fault::Cancelled) => Outcome::Cancelled(path),
                Err(Fault::Failed(why)) => Outcome::Failed { path, why },
            }
        })
    }

    /// Starts writing the report of the case at `case` as the folder `folder`.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn start_report(
        &mut self,
        backend: Arc<dyn Backend>,
        case: &Path,
        folder: PathBuf,
        order: Order,
        waker: Waker,
    ) -> std::io::Result<()> {
        let (case, path) = (case.to_owned(), folder.clone());
        self.spawn(path.clone(), waker, move |cancel, progress| {
            let mut told = |done: u64, total: u64| progress.tell(done, total);
            let result = report::export(&case, &folder, &order, cancel, &mut told);
            backend.closed(&case);
            match result {
                Ok(report::Exported { written, verification, differs }) => Outcome::Report {
                    path: written.folder,
                    files: written.files,
                    bytes: written.bytes,
                    manifest_sha256: written.sha256,
                    verdict: verification.verdict,
                    differs,
                },
                Err(_) if cancel.is_cancelled() => Outcome::Cancelled(path),
                Err(error) => Outcome::Failed { path, why: error.into() },
            }
        })
    }

    fn spawn(
        &mut self,
        path: PathBuf,
        waker: Waker,
        work: impl FnOnce(&Cancel, &Progress<'_>) -> Outcome + Send + 'static,
    ) -> std::io::Result<()> {
        let (done, total) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let cancel = Cancel::default();
        let (sender, outcome) = sync_channel(1);
        let cancelled = cancel.clone();
        let (done_by_thread, total_by_thread) = (Arc::clone(&done), Arc::clone(&total));
        let failed = path.clone();
        let thread = threads::start("export", move || {
            let progress = Progress { done: &done_by_thread, total: &total_by_thread, waker: &waker };
            let outcome = caught(|| work(&cancelled, &progress))
                .unwrap_or_else(|panic| Outcome::Failed { path: failed, why: panic.into() });
            // The window may be gone.
            let _ = sender.send(outcome);
            waker();
        })?;
        self.running.push(Running { path, done, total, cancel, outcome, thread: Some(thread) });
        Ok(())
    }

    pub fn running(&self) -> &[Running] {
        &self.running
    }

    pub fn cancel(&self, at: usize) {
        if let Some(export) = self.running.get(at) {
            export.cancel.cancel();
        }
    }

    /// What ended since this was asked last.
    pub fn poll(&mut self) -> Vec<Outcome> {
        let mut ended = Vec::new();
        self.running.retain(|export| match export.outcome.try_recv() {
            Ok(outcome) => {
                ended.push(outcome);
                false
            }
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Disconnected) => {
                ended.push(Outcome::Failed { path: export.path.clone(), why: Cause::Ended.into() });
                false
            }
        });
        ended
    }

    /// Stops everything and waits until it has stopped: the end of the program. What was begun leaves no file.
    pub fn finish(&mut self) {
        for mut export in self.running.drain(..) {
            export.cancel.cancel();
            if let Some(thread) = export.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

struct Progress<'a> {
    done: &'a AtomicU64,
    total: &'a AtomicU64,
    waker: &'a Waker,
}

impl Progress<'_> {
    fn tell(&self, done: u64, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
        (self.waker)();
    }
}

fn run(
    backend: &dyn Backend,
    case: &Path,
    request: &ExportRequest,
    cancel: &Cancel,
    progress: &Progress<'_>,
) -> Result<export::Exported, Fault> {
    let source = backend.open(case)?;
    let written = with_source(source.case()?, &request.what, cancel, &mut |rows| {
        progress.total.store(rows.len() as u64, Ordering::Relaxed);
        export::export(rows, &request.path, request.format, request.replace, cancel, &mut |done| {
            progress.done.store(done, Ordering::Relaxed);
            (progress.waker)();
        })
    });
    Ok(written?)
}

type Write<'a> = &'a mut dyn FnMut(&dyn Table) -> Result<export::Exported, ExportError>;

fn with_source(
    reader: &CaseReader,
    what: &Exported,
    cancel: &Cancel,
    write: Write<'_>,
) -> Result<export::Exported, ExportError> {
    match what {
        Exported::Question(question) => write(question.table(reader, cancel)?.as_ref()),
        Exported::Entries(query) => write(&tables::Entries::new(reader, query, cancel)?),
        Exported::Journal(entries) => write(&journal::table(entries.iter().map(|entry| &entry.stored))),
        Exported::Evidence(files) => write(&tables::evidence(files)),
        Exported::List(list) => write(list.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::testing::MemoryBackend;

    #[test]
    fn an_export_that_panics_is_told_and_is_not_busy_for_ever() {
        let (mut exports, (sender, woken)) = (Exports::default(), sync_channel(4));
        let waker: Waker = Arc::new(move || sender.send(()).unwrap_or(()));
        let what = Exported::List(Arc::new(tables::Rows::default()));
        let request = ExportRequest { what, path: "x.csv".into(), format: ExportFormat::Csv, replace: false };
        exports.start(Arc::new(MemoryBackend::default()), Path::new("panics"), request, waker).unwrap();
        woken.recv().unwrap();
        let ended = exports.poll();
        let [Outcome::Failed { why, .. }] = ended.as_slice() else { panic!("{ended:?}") };
        assert!(
            matches!(why.cause(), Cause::Panic(panic) if panic.place.starts_with("src/session/testing.rs:")),
            "{why}"
        );
        assert!(exports.running().is_empty());
    }
}
