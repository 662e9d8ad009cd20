//! The writing side of an import: takes the workers' pieces file by file and puts each file into the case as a whole.

use super::list::{Listing, list_paths};
use super::work::{Ended, FileWork, Piece};
use super::{
    FailureKind, FileFailure, FileReport, ImportObserver, ImportOptions, ImportRequest, ImportSummary, Progress,
};
use crate::case::{CaseError, CaseWriter, EvidenceCounts, FinishedFile, OpenEvidence, journal};
use crate::ingest::reader::{self, CancelToken, Expansion, OpenFailure, RawEncoding, ReadError, ReadOptions};
use crate::ingest::{FormatChoice, Output};
use crate::model::{PathFacts, Reason, Timestamp};
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// The import as a whole could not go on; what was finished before is in the case.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error("a reading thread could not be started: {0}")]
    Thread(std::io::Error),
}

/// Pieces that a worker may be ahead of the writer: with batches of some megabytes this bounds the memory of an import.
const PIECES_AHEAD: usize = 12;
/// How often progress is told, at the most.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// What a worker tells of one file.
enum FromWorker {
    Piece(Piece),
    /// The file was recognised by its hash before it was read.
    Known(Box<EvidenceCounts>, [u8; 32]),
    Done(Result<(), ReadError>),
}

/// Imports files and folders into a case. Returns when all is done, or as soon as a stop was asked for.
pub fn run(
    writer: &mut CaseWriter,
    case: &Path,
    request: &ImportRequest,
    observer: &mut dyn ImportObserver,
) -> Result<ImportSummary, ImportError> {
    let listing = list_paths(&request.paths, case);
    let mut summary = ImportSummary::default();
    for failure in &listing.failures {
        summary.failed_files += 1;
        observer.file_failed(failure);
    }
    remember(writer, &listing, &request.options)?;
    let job = Job {
        options: &request.options,
        cancel: &request.cancel,
        formats: known_formats(writer)?,
        read_bytes: Arc::new(AtomicU64::new(0)),
        known: known_hashes(writer, &listing, &request.options)?,
    };
    let total_bytes = listing.files.iter().map(|(_, bytes)| bytes).sum();
    let mut progress = Progress { total_bytes, files_total: listing.files.len(), ..Progress::default() };
    let result = std::thread::scope(|scope| -> Result<(), ImportError> {
        let lanes = spawn_workers(scope, &job, &listing.files)?;
        let begin = Instant::now();
        let mut told = begin;
        for ((path, _), lane) in listing.files.iter().zip(lanes) {
            if request.cancel.is_cancelled() {
                break;
            }
            progress.current.clone_from(path);
            let mut file = FileWriter { writer: &mut *writer, job: &job, path, open: Vec::new(), reports: Vec::new() };
            let mut tell = |records: u64, observer: &mut dyn ImportObserver| {
                if told.elapsed() >= PROGRESS_EVERY {
                    told = Instant::now();
                    progress.done_bytes = job.read_bytes.load(Ordering::Relaxed);
                    progress.elapsed = begin.elapsed();
                    let now = Progress { records: progress.records + records, ..progress.clone() };
                    observer.progress(&now);
                }
            };
            let outcome = file.take(&lane, &mut |records| tell(records, observer));
            let outcome = match outcome {
                Err(FileError::Read(ReadError::ExpansionLimit(expansion))) => {
                    file.writer.rollback();
                    again_if_wanted(&mut file, path, &expansion, observer)
                }
                other => other,
            };
            let reports = std::mem::take(&mut file.reports);
            settle(writer, path, outcome, reports, &mut summary, observer, &request.cancel)?;
            progress.files_done += 1;
            progress.records = summary.records + summary.duplicates;
        }
        progress.done_bytes = job.read_bytes.load(Ordering::Relaxed);
        progress.elapsed = begin.elapsed();
        observer.progress(&progress);
        // Workers that are ahead give up when their lanes are dropped; those that read see the token.
        if request.cancel.is_cancelled() {
            summary.cancelled = true;
        }
        Ok(())
    });
    result?;
    if summary.cancelled {
        let counts = json!({"files": summary.files, "records": summary.records});
        one_entry(writer, "import_cancelled", json!({}), counts)?;
    } else {
        writer.set_queue(&[])?;
    }
    Ok(summary)
}

/// Ends a file: committed and told, or rolled back and told.
fn settle(
    writer: &mut CaseWriter,
    path: &Path,
    outcome: Result<(), FileError>,
    reports: Vec<FileReport>,
    summary: &mut ImportSummary,
    observer: &mut dyn ImportObserver,
    cancel: &CancelToken,
) -> Result<(), ImportError> {
    let outcome = outcome.and_then(|()| {
        writer.dequeue(&path.to_string_lossy())?;
        Ok(writer.commit()?)
    });
    match outcome {
        Ok(()) => {
            summary.files += 1;
            for report in reports {
                summary.known_files += u64::from(report.known);
                summary.records += report.records;
                summary.duplicates += report.duplicates;
                summary.warnings += report.warnings;
                observer.file_done(&report);
            }
        }
        Err(error) => {
            writer.rollback();
            match error {
                FileError::Read(ReadError::Cancelled | ReadError::Stopped) if cancel.is_cancelled() => {}
                FileError::Read(error) => {
                    summary.failed_files += 1;
                    writer.dequeue(&path.to_string_lossy())?;
                    observer.file_failed(&read_failure(path, &error));
                }
                FileError::Case(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn read_failure(path: &Path, error: &ReadError) -> FileFailure {
    let kind = match error {
        ReadError::Open { kind: OpenFailure::NotFound, .. } => FailureKind::NotFound,
        ReadError::Open { kind: OpenFailure::PermissionDenied, .. } => FailureKind::PermissionDenied,
        ReadError::Open { kind: OpenFailure::NotAFile, .. } => FailureKind::NotAFile,
        ReadError::Open { kind: OpenFailure::Other, .. } | ReadError::Media { .. } => FailureKind::Media,
        ReadError::Temporary(_) => FailureKind::Temporary,
        ReadError::ExpansionLimit(_) => FailureKind::Expansion,
        ReadError::Cancelled | ReadError::Stopped => FailureKind::Internal,
    };
    FileFailure { path: path.to_owned(), kind, reason: error.to_string() }
}

/// The examiner decides whether a file that expands this far is read; then it is read anew without limits.
fn again_if_wanted(
    file: &mut FileWriter<'_>,
    path: &Path,
    expansion: &Expansion,
    observer: &mut dyn ImportObserver,
) -> Result<(), FileError> {
    if !observer.expansion(path, expansion) {
        return Err(FileError::Read(ReadError::ExpansionLimit(*expansion)));
    }
    file.open.clear();
    file.reports.clear();
    let options = ImportOptions { any_expansion: true, ..file.job.options.clone() };
    let job = Job {
        options: &options,
        cancel: file.job.cancel,
        formats: file.job.formats.clone(),
        read_bytes: file.job.read_bytes.clone(),
        known: HashMap::new(),
    };
    std::thread::scope(|scope| {
        let (sender, lane) = sync_channel(PIECES_AHEAD);
        let job = &job;
        scope.spawn(move || read_one(job, path, &sender));
        file.take(&lane, &mut |_| {})
    })
}

/// One reading thread for each core, at least two, so that one long file does not hold up the next. Files are handed out
/// in order; each has a lane of its own.
fn spawn_workers<'scope, 'env>(
    scope: &'scope std::thread::Scope<'scope, 'env>,
    job: &'env Job<'env>,
    files: &'env [(PathBuf, u64)],
) -> Result<Vec<Receiver<FromWorker>>, ImportError> {
    let (senders, lanes): (Vec<_>, Vec<_>) = files.iter().map(|_| sync_channel(PIECES_AHEAD)).unzip();
    let shared: Arc<Vec<std::sync::Mutex<Option<SyncSender<FromWorker>>>>> =
        Arc::new(senders.into_iter().map(|s| std::sync::Mutex::new(Some(s))).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let count = std::thread::available_parallelism().map_or(2, |n| n.get()).clamp(2, 8);
    for number in 0..count.min(files.len()) {
        let (shared, next) = (shared.clone(), next.clone());
        let work = move || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let (Some((path, _)), Some(cell)) = (files.get(index), shared.get(index)) else { return };
                let Some(sender) = cell.lock().ok().and_then(|mut cell| cell.take()) else { return };
                if job.cancel.is_cancelled() {
                    return;
                }
                read_one(job, path, &sender);
            }
        };
        std::thread::Builder::new()
            .name(format!("read-{number}"))
            .spawn_scoped(scope, work)
            .map_err(ImportError::Thread)?;
    }
    Ok(lanes)
}

/// What all workers and the writer share.
struct Job<'a> {
    options: &'a ImportOptions,
    cancel: &'a CancelToken,
    /// Remembered formats of headerless records by flow log id.
    formats: HashMap<String, String>,
    read_bytes: Arc<AtomicU64>,
    /// Evidence in the case by size: only files of such a size are hashed before they are read.
    known: HashMap<u64, HashMap<[u8; 32], EvidenceCounts>>,
}

impl Job<'_> {
    fn choice(&self, facts: &PathFacts) -> FormatChoice {
        let remembered = facts.log_id.as_ref().and_then(|id| self.formats.get(id));
        FormatChoice { flow_format: self.options.flow_format.clone().or_else(|| remembered.cloned()) }
    }
}

fn read_one(job: &Job<'_>, path: &Path, sender: &SyncSender<FromWorker>) {
    let metadata = std::fs::metadata(path).ok();
    if let Some(same_size) = metadata.as_ref().and_then(|m| job.known.get(&m.len())) {
        match reader::hash_file(path, job.cancel, &AtomicU64::new(0)) {
            Ok(hash) => {
                if let Some(counts) = same_size.get(&hash) {
                    job.read_bytes.fetch_add(metadata.map_or(0, |m| m.len()), Ordering::Relaxed);
                    let _ = sender.send(FromWorker::Known(Box::new(counts.clone()), hash));
                    let _ = sender.send(FromWorker::Done(Ok(())));
                    return;
                }
            }
            Err(error) => {
                let _ = sender.send(FromWorker::Done(Err(error)));
                return;
            }
        }
    }
    let modified = metadata
        .and_then(|m| m.modified().ok())
        .map(|time| Timestamp(chrono::DateTime::<chrono::Utc>::from(time).timestamp_millis()));
    let options = ReadOptions {
        keep_raw: job.options.keep_raw,
        limits: job.options.limits(),
        cancel: job.cancel.clone(),
        progress: job.read_bytes.clone(),
    };
    let choice = |facts: &PathFacts| job.choice(facts);
    let out = |piece: Piece| sender.send(FromWorker::Piece(piece)).is_ok();
    let mut work = FileWork::new(path.to_string_lossy().into_owned(), modified, &choice, &out);
    let result = reader::read_file(path, &options, &mut work);
    let _ = sender.send(FromWorker::Done(result));
}

/// Why a file did not come in.
enum FileError {
    Read(ReadError),
    Case(CaseError),
}

impl From<CaseError> for FileError {
    fn from(error: CaseError) -> Self {
        FileError::Case(error)
    }
}

/// Puts one file, with all that an archive holds, into the case.
struct FileWriter<'a> {
    writer: &'a mut CaseWriter,
    job: &'a Job<'a>,
    path: &'a Path,
    /// Innermost last.
    open: Vec<Opened>,
    reports: Vec<FileReport>,
}

struct Opened {
    evidence: OpenEvidence,
    path: String,
    format_proposal: Option<String>,
}

impl FileWriter<'_> {
    /// Everything of one lane, in one transaction that the caller ends. `tell` hears of the records so far.
    fn take(&mut self, lane: &Receiver<FromWorker>, tell: &mut dyn FnMut(u64)) -> Result<(), FileError> {
        self.writer.begin()?;
        let mut records = 0;
        loop {
            if self.job.cancel.is_cancelled() {
                return Err(FileError::Read(ReadError::Cancelled));
            }
            match lane.recv_timeout(PROGRESS_EVERY) {
                Ok(FromWorker::Piece(piece)) => {
                    records += self.piece(piece)?;
                    tell(records);
                }
                Ok(FromWorker::Known(counts, sha256)) => self.known(&counts, &sha256),
                Ok(FromWorker::Done(result)) => return result.map_err(FileError::Read),
                Err(RecvTimeoutError::Timeout) => tell(records),
                Err(RecvTimeoutError::Disconnected) => return Err(FileError::Read(ReadError::Stopped)),
            }
        }
    }

    /// Returns how many records it held.
    fn piece(&mut self, piece: Piece) -> Result<u64, FileError> {
        match piece {
            Piece::Begin { path, modified, path_facts } => {
                let container = self.open.last().map(|o| o.evidence.id);
                let modified = modified.map(Timestamp::to_iso);
                let keep_raw = self.job.options.keep_raw;
                let evidence = self.writer.begin_evidence(&path, container, modified, keep_raw, path_facts)?;
                self.open.push(Opened { evidence, path, format_proposal: None });
                Ok(0)
            }
            Piece::Output(output, chunks) => self.output(output, &chunks),
            Piece::Raw(block) => {
                let Some(open) = self.open.last() else { return Ok(0) };
                let zstd = block.encoding == RawEncoding::Zstd;
                self.writer.raw_block(open.evidence.id, block.first_byte, block.byte_count, zstd, &block.data)?;
                Ok(0)
            }
            Piece::SeekPoint(point) => {
                let Some(open) = self.open.last() else { return Ok(0) };
                self.writer.seek_point(open.evidence.id, point.content_byte, point.file_bit, &point.window_zstd)?;
                Ok(0)
            }
            Piece::End(ended) => {
                self.end(*ended)?;
                Ok(0)
            }
        }
    }

    fn output(&mut self, output: Output, chunks: &[crate::case::places::Chunk]) -> Result<u64, FileError> {
        let Some(open) = self.open.last_mut() else { return Ok(0) };
        let evidence = &mut open.evidence;
        match output {
            Output::Flows(batch) => {
                let records = batch.rows.len() as u64;
                self.writer.flows(evidence, batch, chunks)?;
                Ok(records)
            }
            Output::Events(events) => {
                self.writer.events(evidence, &events)?;
                Ok(events.len() as u64)
            }
            Output::Digest(digest) => {
                self.writer.digest(evidence, &digest)?;
                Ok(0)
            }
            Output::Warnings(warnings) => {
                let proposal = warnings.iter().find(|w| w.reason == Reason::FormatNeeded && w.position == 0);
                if let Some(warning) = proposal {
                    open.format_proposal = Some(warning.detail.clone());
                }
                self.writer.warnings(evidence, &warnings)?;
                Ok(0)
            }
        }
    }

    fn end(&mut self, ended: Ended) -> Result<(), FileError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let sha256 = ended.facts.file_sha256;
        if self.open.is_empty()
            && let Some(known) = self.writer.find_by_hash(&sha256)?
        {
            if !known.format_needed || ended.record_format.is_none() {
                // A second copy within this import: everything written for it is taken back.
                self.writer.rollback();
                self.writer.begin()?;
                self.reports.clear();
                self.known(&known.counts, &sha256);
                return Ok(());
            }
            self.writer.remove_unread(known.counts.id)?;
        }
        if let (Some(format), Some(log_id)) = (&ended.record_format, open.evidence.path_facts().log_id.clone())
            && self.job.options.flow_format.is_some()
        {
            self.writer.remember_setting(&format!("{FORMAT_SETTING}{log_id}"), format, &now_utc())?;
        }
        let file = FinishedFile {
            format: ended.format,
            record_format: ended.record_format,
            facts: ended.facts,
            imported_utc: now_utc(),
        };
        let counts = self.writer.finish_evidence(open.evidence, file)?;
        self.reports.push(FileReport {
            path: open.path,
            evidence: counts.id,
            format: ended.format.code().to_owned(),
            records: counts.records,
            duplicates: counts.duplicates,
            warnings: counts.warnings,
            notes: counts.notes,
            sha256: journal::hex(&sha256),
            known: false,
            format_proposal: open.format_proposal,
        });
        Ok(())
    }

    fn known(&mut self, counts: &EvidenceCounts, sha256: &[u8; 32]) {
        self.reports.push(FileReport {
            path: self.path.to_string_lossy().into_owned(),
            evidence: counts.id,
            format: counts.format.clone(),
            records: 0,
            duplicates: counts.records + counts.duplicates,
            warnings: counts.warnings,
            notes: counts.notes,
            sha256: journal::hex(sha256),
            known: true,
            format_proposal: None,
        });
    }
}

/// Settings that hold the format of a flow log's headerless records: this and the flow log's id.
const FORMAT_SETTING: &str = "flow_format:";

fn known_formats(writer: &CaseWriter) -> Result<HashMap<String, String>, CaseError> {
    let settings = writer.settings_with_prefix(FORMAT_SETTING)?;
    Ok(settings.into_iter().map(|(key, value)| (key[FORMAT_SETTING.len()..].to_owned(), value)).collect())
}

/// Evidence in the case that has the size of a file on the list.
fn known_hashes(
    writer: &CaseWriter,
    listing: &Listing,
    options: &ImportOptions,
) -> Result<HashMap<u64, HashMap<[u8; 32], EvidenceCounts>>, CaseError> {
    let mut known: HashMap<u64, HashMap<[u8; 32], EvidenceCounts>> = HashMap::new();
    for (_, bytes) in &listing.files {
        if known.contains_key(bytes) {
            continue;
        }
        // What waits for a format is read again when one is given.
        let same = writer.evidence_of_size(*bytes)?;
        let same: HashMap<_, _> = same
            .into_iter()
            .filter(|(_, known)| !(known.format_needed && options.flow_format.is_some()))
            .map(|(hash, known)| (hash, known.counts))
            .collect();
        if !same.is_empty() {
            known.insert(*bytes, same);
        }
    }
    Ok(known)
}

/// Writes down what is to be read, so that an interrupted import can be taken up again. One file needs no list.
fn remember(writer: &mut CaseWriter, listing: &Listing, options: &ImportOptions) -> Result<(), ImportError> {
    let options = serde_json::to_string(options).unwrap_or_default();
    let items: Vec<(String, String)> =
        listing.files.iter().map(|(path, _)| (path.to_string_lossy().into_owned(), options.clone())).collect();
    Ok(writer.set_queue(&items)?)
}

fn one_entry(
    writer: &mut CaseWriter,
    action: &'static str,
    parameters: serde_json::Value,
    counts: serde_json::Value,
) -> Result<(), CaseError> {
    writer.begin()?;
    writer.journal(&journal::Entry { action, parameters, counts }, &now_utc())?;
    writer.commit()
}

/// The clock, for the journal only: no result depends on it.
pub fn now_utc() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
