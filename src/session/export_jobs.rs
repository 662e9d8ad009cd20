//! Results on their way into files: each on a thread of its own, with a count of the rows done, a stop, and an outcome that
//! is told.

use super::slots::Waker;
use super::source::{Backend, Cancel, CaseReader};
use super::sql_console::Table as SqlTable;
use crate::app::export::{self, ExportError, ExportFormat};
use crate::app::panics::caught;
use crate::app::report::{self, Order};
use crate::query::tables::{self, Table};
use crate::query::{self, QueryError};
use crate::questions::Question;
use crate::report::document::Verdict;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// What is written.
#[derive(Clone, Debug)]
pub enum Exported {
    Question(Arc<dyn Question>),
    /// A result of the SQL console, as it is: it is not run again.
    Sql(Arc<SqlTable>),
    /// The entries of a list.
    Entries(query::IndicatorEntriesQuery),
    /// What a view holds in memory.
    List(Arc<tables::Rows>),
}

/// What a person asked for.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    pub what: Exported,
    pub path: PathBuf,
    pub format: ExportFormat,
    /// Over a file that is there already.
    pub replace: bool,
}

/// How an export ended.
#[derive(Debug)]
pub enum Outcome {
    Done { path: PathBuf, rows: u64, file_bytes: u64, cut_times: u64 },
    Report { path: PathBuf, files: u64, bytes: u64, manifest_sha256: String, verdict: Verdict, differs: bool },
    Cancelled(PathBuf),
    Failed { path: PathBuf, why: String },
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
                Err(ExportError::Query(QueryError::Cancelled)) => Outcome::Cancelled(path),
                Err(error) => Outcome::Failed { path, why: error.to_string() },
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
                Err(error) => Outcome::Failed { path, why: error.to_string() },
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
        let thread = std::thread::Builder::new().name("export".to_owned()).spawn(move || {
            let progress = Progress { done: &done_by_thread, total: &total_by_thread, waker: &waker };
            let outcome =
                caught(|| work(&cancelled, &progress)).unwrap_or_else(|why| Outcome::Failed { path: failed, why });
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
                ended.push(Outcome::Failed { path: export.path.clone(), why: "the thread ended".to_owned() });
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
) -> Result<export::Exported, ExportError> {
    let unwritable = |reason: String| ExportError::Unwritable { path: request.path.clone(), reason };
    let source = backend.open(case).map_err(|fault| unwritable(fault.to_string()))?;
    let reader = source.case().map_err(|fault| unwritable(fault.to_string()))?;
    with_source(reader, &request.what, cancel, &mut |rows| {
        progress.total.store(rows.len() as u64, Ordering::Relaxed);
        export::export(rows, &request.path, request.format, request.replace, cancel, &mut |done| {
            progress.done.store(done, Ordering::Relaxed);
            (progress.waker)();
        })
    })
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
        Exported::Sql(table) => write(&tables::Statement::new(&table.rows)),
        Exported::Entries(query) => write(&tables::Entries::new(reader, query, cancel)?),
        Exported::List(list) => write(list.as_ref()),
    }
}
