//! The application's way to real case files: reading through `query`, writing through an import.

use super::import_sums::FileDone;
use super::jobs::{ImportHandle, JobEvent, Progress};
use super::source::*;
use super::state::failure;
use super::tour;
use super::waker::Waker;
use crate::analysis::coverage::SourceGap;
use crate::analysis::glance::{Glance, GlancePart};
use crate::app::error::{Message, UserError};
use crate::app::failure::{Cause, Failure};
use crate::app::import::{self, FileFailure, FileReport, ImportObserver, ImportRequest};
use crate::app::index;
use crate::app::raw;
use crate::app::rescued::{self, Origin};
use crate::case::index::IndexCache;
use crate::case::{self, CaseReader, CaseWriter, Target};
use crate::ingest::reader::Expansion;
use crate::model::{Dataset, EvidenceId, FieldId, Received, ReceivedState, RecordId, Value};
use crate::query;
use crate::questions::Why;
use crate::questions::standout::{Find, Standout};
use crate::threads::{self, caught};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Case files on disk.
#[derive(Default)]
pub struct CaseBackend {
    /// Memory for the column index of a case, in bytes; a part of the machine's where it is not said.
    index_memory: Option<usize>,
    /// What the readers of each open case share.
    caches: Mutex<HashMap<PathBuf, Weak<IndexCache>>>,
}

impl CaseBackend {
    pub fn with_index_memory(bytes: Option<usize>) -> Self {
        Self { index_memory: bytes, ..Self::default() }
    }

    fn caches(&self) -> MutexGuard<'_, HashMap<PathBuf, Weak<IndexCache>>> {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The memory that the readers of this case share.
    fn cache(&self, path: &Path) -> Arc<IndexCache> {
        let mut caches = self.caches();
        caches.retain(|_, cache| cache.strong_count() > 0);
        if let Some(cache) = caches.get(path).and_then(Weak::upgrade) {
            return cache;
        }
        let cache = Arc::new(IndexCache::default());
        if let Some(bytes) = self.index_memory {
            cache.set_budget(bytes);
        }
        caches.insert(path.to_owned(), Arc::downgrade(&cache));
        cache
    }
}

impl Backend for CaseBackend {
    fn open(&self, path: &Path) -> Result<Box<dyn Source>, Fault> {
        let reader = CaseReader::open_sharing(path, self.cache(path))?;
        Ok(Box::new(CaseSource { reader, rescued: OnceCell::new() }))
    }

    fn closed(&self, path: &Path) {
        // Another reader or an import may still be at it; the last one to close succeeds. A case on a medium that
        // cannot be written has nothing to settle.
        let _ = case::settle(path);
    }

    fn create(&self, path: &Path, info: &CaseInfo) -> Result<(), Failure> {
        Ok(case::create(path, info, &import::now_utc())?)
    }

    fn index_damages(&self, case: &Path) -> u64 {
        self.caches().get(case).and_then(Weak::upgrade).map_or(0, |cache| cache.damages())
    }

    fn index(
        &self,
        case: &Path,
        anew: bool,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Failure> {
        let cancel = Cancel::default();
        let (case, stop) = (case.to_owned(), cancel.clone());
        let thread = threads::start("index", move || {
            Observer { events, waker }.run("error-index", &case, |_| {
                // A case on a medium that cannot be written stays as it is, and so does what is reported of its index.
                let done = index::complete(&case, anew, &stop, &mut || {});
                Ok(!matches!(done, Ok(index::Completed::Yes)))
            });
        });
        Ok(ImportHandle::new(move || cancel.cancel(), Some(thread.map_err(Cause::Thread)?)))
    }

    fn mend(
        &self,
        case: &Path,
        what: &Mend,
        by: &str,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Failure> {
        let (case, what, by) = (case.to_owned(), what.clone(), by.to_owned());
        let thread = threads::start("mend", move || {
            Observer { events, waker }.run(failure(&what), &case, |observer| {
                match &what {
                    Mend::Upgrade => {
                        let mut told = |done, total| observer.mended(done, total);
                        case::upgrade(&case, &by, &mut told).map(|_| ())?;
                    }
                    Mend::Rescue(target) => case::rescue(&case, target, &by, &import::now_utc()).map(|_| ())?,
                }
                Ok(false)
            });
        });
        // It is whole or not there, and is not stopped in between.
        Ok(ImportHandle::new(|| (), Some(thread.map_err(Cause::Thread)?)))
    }

    fn import(
        &self,
        case: &Path,
        paths: Vec<PathBuf>,
        options: ImportOptions,
        by: Option<&str>,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Failure> {
        let cancel = Cancel::default();
        let request = ImportRequest { paths, options, cancel: cancel.clone() };
        let (case, by) = (case.to_owned(), by.map(str::to_owned));
        let thread = threads::start("import", move || {
            let target = Target { path: &case, examiner: by.as_deref() };
            Observer { events, waker }.run("error-import-stopped", &case, |observer| run(target, &request, observer));
        });
        Ok(ImportHandle::new(move || cancel.cancel(), Some(thread.map_err(Cause::Thread)?)))
    }
}

fn run(target: Target<'_>, request: &ImportRequest, observer: &mut Observer) -> Result<bool, Failure> {
    let case = target.path;
    let mut writer = CaseWriter::open(target)?;
    let summary = import::run(&mut writer, case, request, observer);
    let closed = writer.close();
    let summary = summary?;
    closed?;
    Ok(summary.cancelled)
}

/// Hands what an import tells to the application. The channel is bounded: a window that does not keep up slows the
/// import, and one that is gone lets it end.
struct Observer {
    events: SyncSender<JobEvent>,
    waker: Waker,
}

impl Observer {
    /// Does the work of a job, which gives whether it was cut short. However it ends, that is reported last; why it failed, a
    /// program error too, before.
    fn run(mut self, what: &'static str, case: &Path, work: impl FnOnce(&mut Self) -> Result<bool, Failure>) {
        let done = caught(|| work(&mut self)).unwrap_or_else(|panic| Err(panic.into()));
        let failed = done.as_ref().err().map(|why| UserError::new(Message::new(what), why.told()).at(case));
        if let Some(error) = failed {
            self.tell(JobEvent::Failed(error));
        }
        self.tell(JobEvent::Finished { cancelled: done.unwrap_or(true) });
    }

    /// How much of an upgrade is done.
    fn mended(&self, done: u64, total: u64) {
        self.tell(JobEvent::Progress(Progress { done_bytes: done, total_bytes: total, ..Progress::default() }));
    }

    fn tell(&self, event: JobEvent) {
        if self.events.send(event).is_ok() {
            (self.waker)();
        }
    }
}

impl ImportObserver for Observer {
    fn progress(&mut self, progress: &import::Progress) {
        self.tell(JobEvent::Progress(Progress {
            done_bytes: progress.done_bytes,
            total_bytes: progress.total_bytes,
            records: progress.records,
            files_done: progress.files_done as u64,
            files_total: progress.files_total as u64,
            left_out_total: progress.left_out_total as u64,
            current: progress.current.clone(),
            elapsed_secs: progress.elapsed.as_secs_f64(),
        }));
    }

    fn file_done(&mut self, report: &FileReport) {
        self.tell(JobEvent::FileDone(FileDone {
            path: report.path.clone(),
            file: report.file.clone(),
            evidence: Some(report.evidence),
            format: report.format.clone(),
            is_member: report.is_member,
            records: report.records,
            flows: report.flows,
            events: report.events,
            duplicates: report.duplicates,
            warnings: report.warnings,
            notes: report.notes,
            known: report.known,
            read_as: report.read_as.clone(),
            format_needed: report.format_needed,
            format_proposal: report.format_proposal.clone(),
        }));
    }

    fn file_failed(&mut self, failure: &FileFailure) {
        // What was left out is in the list of what was not imported.
        if !failure.kind.is_failure() {
            self.tell(JobEvent::LeftOut);
            return;
        }
        let error = UserError::new(Message::new("error-file"), Cause::Input(failure.clone()).told());
        self.tell(JobEvent::FileFailed(error.at(&failure.path)));
    }

    fn expansion(&mut self, path: &Path, expansion: &Expansion) -> bool {
        let (reply, answer) = sync_channel(1);
        let message = match expansion.members {
            Some(members) => Message::new("question-members").with("members", members),
            None => Message::new("question-expansion")
                .with("unpacked", crate::present::display::size(expansion.content_bytes))
                .with("ratio", expansion.ratio()),
        };
        let message = message
            .with("path", path.to_string_lossy())
            .with("packed", crate::present::display::size(expansion.file_bytes));
        self.tell(JobEvent::Question { message, reply });
        // No answer means that the window is gone: then the file is left out.
        answer.recv().unwrap_or(false)
    }
}

struct CaseSource {
    reader: CaseReader,
    /// Looked up once: a case is not rescued while it is open, and its journal may be long.
    rescued: OnceCell<Option<Origin>>,
}

impl Source for CaseSource {
    fn rows(&self, query: &RecordQuery, cancel: &Cancel) -> Result<RowSet, Fault> {
        Ok(query::rows(&self.reader, query, cancel)?)
    }

    fn page(&self, dataset: Dataset, ids: &[RecordId], fields: &[FieldId]) -> Result<Vec<Vec<Value>>, Fault> {
        Ok(query::page(&self.reader, dataset, ids, fields)?)
    }

    fn knows_actors(&self) -> Result<bool, Fault> {
        Ok(query::knows_actors(&self.reader)?)
    }

    fn find_actors(&self, cancel: &Cancel) -> Result<(), Fault> {
        query::event_actors(&self.reader, cancel)?;
        Ok(())
    }

    fn histogram(&self, query: &RecordQuery, bins: Bins, cancel: &Cancel) -> Result<Histogram, Fault> {
        Ok(query::histogram(&self.reader, query, bins, cancel)?)
    }

    fn marks(&self, dataset: Dataset, ids: &[RecordId]) -> Result<Vec<Vec<Mark>>, Fault> {
        Ok(query::marks(&self.reader, dataset, ids)?)
    }

    fn record(&self, id: RecordId) -> Result<Inspected, Fault> {
        let detail = query::record(&self.reader, id)?;
        let raw = raw::raw_text(&self.reader, id).map_err(|error| error.to_string());
        let marks = query::marks(&self.reader, detail.dataset, &[id])?.into_iter().flatten().collect();
        Ok(Inspected { detail, marks, raw })
    }

    fn evidence(&self) -> Result<Vec<EvidenceRow>, Fault> {
        Ok(query::evidence_list(&self.reader)?)
    }

    fn warnings(&self, evidence: Option<EvidenceId>) -> Result<Vec<WarningRow>, Fault> {
        Ok(query::warnings(&self.reader, evidence)?)
    }

    fn overview(&self) -> Result<Overview, Fault> {
        let totals = query::totals(&self.reader)?;
        let queue = query::unfinished_import(&self.reader)?;
        let options = queue.first().and_then(|(_, options)| serde_json::from_str(options).ok()).unwrap_or_default();
        let paths: Vec<PathBuf> = queue.into_iter().map(|(path, _)| PathBuf::from(path)).collect();
        let unfinished = (!paths.is_empty()).then_some(Unfinished { paths, options });
        let index = IndexHealth::of(&self.reader)?;
        let received: Arc<[Received]> = query::received(&self.reader)?.into_iter().map(|(_, row)| row).collect();
        let mut copies: FxHashMap<EvidenceId, Vec<usize>> = FxHashMap::default();
        for (place, row) in received.iter().enumerate().filter(|(_, row)| row.state == ReceivedState::Copy) {
            if let Some(original) = row.evidence {
                copies.entry(original).or_default().push(place);
            }
        }
        let rescued = match self.rescued.get() {
            Some(rescued) => rescued,
            None => {
                let found = rescued::origin(&self.reader)?;
                self.rescued.get_or_init(|| found)
            }
        }
        .clone();
        Ok(Overview { totals, index, unfinished, received, copies, standing: self.reader.standing(), rescued })
    }

    fn values(&self, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, Fault> {
        Ok(query::top_values(&self.reader, field, prefix, limit)?)
    }

    fn glance(&self, part: &GlancePart, cancel: &Cancel) -> Result<Glance, Fault> {
        Ok(crate::analysis::glance::glance_part(&self.reader, part, cancel)?)
    }

    fn standouts(&self, find: Find, gaps: &[SourceGap], cancel: &Cancel) -> Result<Vec<Standout>, Fault> {
        Ok(find.run(&self.reader, gaps, cancel)?)
    }

    fn why_empty(&self, scope: &Scope, gaps: Option<&[SourceGap]>, cancel: &Cancel) -> Result<Why, Fault> {
        Ok(Why::of(&self.reader, scope, gaps, cancel)?)
    }

    fn is_sample(&self) -> Result<bool, Fault> {
        Ok(tour::is_sample(&self.reader)?)
    }

    fn case(&self) -> Result<&CaseReader, Fault> {
        Ok(&self.reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::failure::Kind;

    #[test]
    fn a_job_that_panics_tells_where_and_ends() {
        let (events, heard) = sync_channel(4);
        let observer = Observer { events, waker: Arc::new(|| ()) };
        observer.run("error-import-stopped", Path::new("x.coldtrail"), |_| panic!("a mistake of ours"));
        let Ok(JobEvent::Failed(error)) = heard.recv() else { panic!("it was not told") };
        let told = error.render(&crate::present::text::Texts::english());
        assert_eq!(error.cause.kind, Kind::Panic);
        assert!(told.contains("src/session/case_backend.rs:") && told.contains("a mistake of ours"), "{told}");
        assert!(matches!(heard.recv(), Ok(JobEvent::Finished { cancelled: true })));
        assert!(heard.recv().is_err(), "nothing follows");
    }
}
