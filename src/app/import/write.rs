//! The writing side of an import: takes the workers' pieces file by file and puts each file into the case as a whole.

use super::facts::after_import;
use super::lanes::{Heard, Lane, Lanes};
use super::list::{Listing, list_paths};
use super::read::{self, FORMAT_SETTING, FromReader, Job};
use super::replay::ReplayError;
use super::waiting::Waiting;
use super::work::{Ended, FileWork, Packed, Piece};
use super::{
    FailureKind, FileFailure, FileReport, ImportObserver, ImportOptions, ImportRequest, ImportSummary, Progress,
    now_utc,
};
use crate::case::{
    CaseError, CaseWriter, Checkpointer, EvidenceCounts, FinishedFile, IndexStep, OpenEvidence, journal,
};
use crate::ingest::flow::infer::told_by_shape;
use crate::ingest::reader::{self, Expansion, OpenFailure, RawEncoding, ReadError, ReadOptions};
use crate::ingest::{FormatChoice, Output};
use crate::model::{Cancel, ImportWarning, Received, ReceivedState, Scope, Timestamp};
use crate::query::{EvidenceRow, QueryError};
use crate::threads::{self, Panic};
use serde_json::json;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The import as a whole could not continue; what was finished before is in the case.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error("a thread could not be started: {0}")]
    Thread(std::io::Error),
    #[error(transparent)]
    Panic(Panic),
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// How often progress is reported, at most.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);
/// A file above this many bytes does not share a transaction with those before it: they would wait for its end.
const SMALL_FILE: u64 = 1 << 20;

/// Imports files and folders into a case. Returns when all is done, or as soon as a stop was asked for.
pub(crate) fn run(
    writer: &mut CaseWriter,
    case: &Path,
    request: &ImportRequest,
    observer: &mut dyn ImportObserver,
) -> Result<ImportSummary, ImportError> {
    let listing = list_paths(&request.paths, case);
    let mut summary = ImportSummary::default();
    remember(writer, &listing, &request.options)?;
    let mut waiting = Waiting::default();
    for left_out in &listing.left_out {
        waiting.leave_out(writer, left_out.clone(), None, &request.cancel)?;
    }
    waiting.commit_all(writer, &mut summary, observer)?;
    let job = Job::new(writer, case, &listing, request)?;
    let lanes = Lanes::new(&request.cancel);
    let total_bytes = listing.files.iter().map(|(_, bytes)| bytes).sum();
    let mut progress = Progress {
        total_bytes,
        files_total: listing.files.len(),
        left_out_total: listing.left_out.len(),
        ..Progress::default()
    };
    let result = threads::scope(|scope| -> Result<(), ImportError> {
        // However this ends, the readers hear of it: the scope waits for them.
        let _closing = CloseAtEnd(&lanes);
        read::spawn_readers(scope, &job, &listing.files, &lanes)?;
        let begin = Instant::now();
        let mut told = begin;
        let checkpointer = Checkpointer::start(case)?;
        for (index, (path, bytes)) in listing.files.iter().enumerate() {
            if *bytes > SMALL_FILE {
                waiting.commit(writer, &checkpointer, &mut summary, observer)?;
            }
            let Some(lane) = lanes.take(index) else { break };
            progress.current.clone_from(path);
            let mut file = FileWriter {
                writer: &mut *writer,
                job: &job,
                path,
                bytes: *bytes,
                open: Vec::new(),
                reports: Vec::new(),
                named: false,
                was: &[],
            };
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
                    again_if_wanted(&mut file, &expansion, observer)
                }
                other => other,
            };
            let reports = std::mem::take(&mut file.reports);
            progress.records += reports.iter().map(|r| r.records + r.duplicates).sum::<u64>();
            progress.files_done += 1;
            let failure = settle(writer, path, outcome, reports, &mut waiting, &request.cancel);
            if let Ok(Some(failure)) = &failure {
                waiting.leave_out(writer, failure.clone(), Some(*bytes), &request.cancel)?;
            }
            if waiting.is_due() || !matches!(failure, Ok(None)) {
                waiting.commit(writer, &checkpointer, &mut summary, observer)?;
            }
            failure?;
        }
        waiting.commit(writer, &checkpointer, &mut summary, observer)?;
        progress.done_bytes = job.read_bytes.load(Ordering::Relaxed);
        progress.elapsed = begin.elapsed();
        observer.progress(&progress);
        summary.cancelled = request.cancel.is_cancelled();
        Ok(())
    });
    result?;
    while !request.cancel.is_cancelled() && writer.index_step()? == IndexStep::More {}
    if summary.cancelled {
        let counts = json!({"files": summary.files, "records": summary.records});
        one_entry(writer, "import_cancelled", json!({}), counts)?;
    } else {
        writer.set_queue(&[])?;
    }
    Ok(summary)
}

/// Ends a file: kept for the next commit, or rolled back. Returns why it is not in the case.
fn settle(
    writer: &mut CaseWriter,
    path: &Path,
    outcome: Result<(), FileError>,
    reports: Vec<FileReport>,
    waiting: &mut Waiting,
    cancel: &Cancel,
) -> Result<Option<FileFailure>, ImportError> {
    let outcome = outcome.and_then(|()| {
        writer.dequeue(&path.to_string_lossy())?;
        Ok(writer.keep()?)
    });
    let Err(error) = outcome else {
        waiting.add(reports);
        return Ok(None);
    };
    writer.rollback();
    match error {
        FileError::Read(ReadError::Cancelled | ReadError::Stopped) if cancel.is_cancelled() => Ok(None),
        FileError::Read(error) => Ok(Some(read_failure(path, &error))),
        FileError::Panic(panic) => {
            let (path, kind) = (path.to_owned(), FailureKind::Internal);
            Ok(Some(FileFailure { path, kind, reason: panic.to_string() }))
        }
        FileError::Thread(error) => Err(ImportError::Thread(error)),
        FileError::Case(error) => Err(error.into()),
    }
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

/// The examiner decides whether a file that expands this far is read; then it is read again without limits.
fn again_if_wanted(
    file: &mut FileWriter<'_>,
    expansion: &Expansion,
    observer: &mut dyn ImportObserver,
) -> Result<(), FileError> {
    if !observer.expansion(file.path, expansion) {
        return Err(FileError::Read(ReadError::ExpansionLimit(*expansion)));
    }
    file.open.clear();
    file.reports.clear();
    file.named = false;
    let options = ImportOptions { any_expansion: true, ..file.job.options.clone() };
    file.read_here(&options)
}

/// Tells the readers that nobody listens any more.
struct CloseAtEnd<'a>(&'a Lanes<FromReader>);

impl Drop for CloseAtEnd<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Why a file did not come in.
enum FileError {
    Read(ReadError),
    /// A program error while it was read.
    Panic(Panic),
    Thread(std::io::Error),
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
    /// Its size when it was listed.
    bytes: u64,
    /// Innermost last.
    open: Vec<Opened>,
    reports: Vec<FileReport>,
    /// Something in it was read in a format that was named.
    named: bool,
    /// The file and its members as they were imported, where they are read again.
    was: &'a [&'a EvidenceRow],
}

struct Opened {
    evidence: OpenEvidence,
    path: String,
    /// Remarks that something is cut, damaged or not understood.
    faults: u64,
}

impl FileWriter<'_> {
    /// Everything of one lane, in one transaction that the caller ends. `tell` hears of the records so far.
    fn take(&mut self, lane: &Lane<'_, FromReader>, tell: &mut dyn FnMut(u64)) -> Result<(), FileError> {
        self.writer.begin()?;
        let mut records = 0;
        loop {
            if self.job.cancel.is_cancelled() {
                return Err(FileError::Read(ReadError::Cancelled));
            }
            match lane.receive() {
                Heard::Message(FromReader::Piece(piece)) => {
                    records += self.piece(piece)?;
                    tell(records);
                }
                Heard::Message(FromReader::Known(known, sha256)) => {
                    self.known(&known.counts, &sha256, known.read_as.clone())?;
                }
                Heard::Message(FromReader::Copy(sha256)) => return self.copy(&sha256),
                Heard::Message(FromReader::Panicked(panic)) => return Err(FileError::Panic(panic)),
                Heard::Message(FromReader::Done(result)) => return result.map_err(FileError::Read),
                Heard::Silence => tell(records),
                Heard::Ended => return Err(FileError::Read(ReadError::Stopped)),
            }
        }
    }

    /// Has the bytes of a file before it in this import. Where that one did not come in, this one is read.
    fn copy(&mut self, sha256: &[u8; 32]) -> Result<(), FileError> {
        match self.writer.find_by_hash(sha256)? {
            Some(known) => self.known(&known, sha256, None),
            None => {
                self.writer.rollback();
                self.read_here(self.job.options)
            }
        }
    }

    /// Reads the file now, whatever is known of it, in a transaction that the caller ends.
    fn read_here(&mut self, options: &ImportOptions) -> Result<(), FileError> {
        let job = self.job.for_one_file(options);
        let lanes = Lanes::new(job.cancel);
        let path = self.path;
        threads::scope(|scope| {
            let _closing = CloseAtEnd(&lanes);
            let reading = threads::beside(scope, "read-again", || read::read_file(&job, 0, path, &lanes));
            reading.map_err(FileError::Thread)?;
            match lanes.take(0) {
                Some(lane) => self.take(&lane, &mut |_| {}),
                None => Err(FileError::Read(ReadError::Cancelled)),
            }
        })
    }

    /// Returns how many records it held.
    fn piece(&mut self, piece: Piece) -> Result<u64, FileError> {
        match piece {
            Piece::Begin { path, modified, path_facts } => {
                let container = self.open.last().map(|o| o.evidence.id);
                let modified = modified.map(Timestamp::to_iso);
                let keep_raw = self.job.options.keep_raw;
                let evidence = self.writer.begin_evidence(&path, container, modified, keep_raw, path_facts)?;
                self.open.push(Opened { evidence, path, faults: 0 });
                Ok(0)
            }
            Piece::Output(output, packed) => self.output(output, &packed),
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

    fn output(&mut self, output: Output, packed: &Packed) -> Result<u64, FileError> {
        let Some(open) = self.open.last_mut() else { return Ok(0) };
        let evidence = &mut open.evidence;
        match output {
            Output::Flows(batch) => {
                let records = batch.rows.len() as u64;
                self.writer.flows(evidence, batch, &packed.places)?;
                Ok(records)
            }
            Output::Events(events) => {
                self.writer.events(evidence, &events, &packed.texts)?;
                Ok(events.len() as u64)
            }
            Output::Digest(digest) => {
                self.writer.digest(evidence, &digest)?;
                Ok(0)
            }
            Output::Warnings(warnings) => {
                self.writer.warnings(evidence, &warnings)?;
                let is_fault = |w: &&ImportWarning| w.scope == Scope::File && w.reason.is_fault();
                open.faults += warnings.iter().filter(is_fault).count() as u64;
                Ok(0)
            }
        }
    }

    fn end(&mut self, ended: Ended) -> Result<(), FileError> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        let sha256 = ended.facts.file_sha256;
        let imported_utc = now_utc();
        let was = self.was.iter().find(|evidence| evidence.id == open.evidence.id);
        if let Some(remark) = after_import(ended.latest, was.map_or(&imported_utc, |evidence| &evidence.imported_utc)) {
            self.writer.warnings(&mut open.evidence, &[remark])?;
        }
        self.named |= ended.record_format.is_some();
        if self.open.is_empty()
            && let Some(known) = self.writer.find_by_hash(&sha256)?
        {
            let waiting = self.job.waiting(&sha256).filter(|_| self.named);
            let Some(waiting) = waiting.map(<[_]>::to_vec) else {
                // A second copy within this import: everything written for it is rolled back.
                self.writer.rollback();
                self.writer.begin()?;
                self.reports.clear();
                return self.known(&known, &sha256, None);
            };
            // Members before what contains them.
            for evidence in waiting.into_iter().rev() {
                self.writer.remove_unread(evidence, &now_utc())?;
            }
        }
        if let (Some(format), Some(log_id)) = (&ended.record_format, open.evidence.path_facts().log_id.clone())
            && self.job.options.flow_format.is_some()
        {
            self.writer.remember_setting(&format!("{FORMAT_SETTING}{log_id}"), format, &now_utc())?;
        }
        let file =
            FinishedFile { format: ended.format, record_format: ended.record_format, facts: ended.facts, imported_utc };
        let counts = self.writer.finish_evidence(open.evidence, file)?;
        self.reports.push(FileReport {
            path: open.path,
            file: self.path.to_owned(),
            evidence: counts.id,
            format: ended.format.code().to_owned(),
            is_member: !self.open.is_empty(),
            records: counts.records,
            flows: counts.flows,
            events: counts.events,
            duplicates: counts.duplicates,
            warnings: counts.warnings,
            notes: counts.notes,
            faults: open.faults,
            sha256: journal::hex(&sha256),
            known: false,
            read_as: None,
            format_needed: ended.format_wanted.is_some(),
            format_proposal: ended.format_wanted.and_then(|wanted| wanted.proposal),
        });
        Ok(())
    }

    /// The case holds these bytes: only that they were offered again is written.
    fn known(&mut self, counts: &EvidenceCounts, sha256: &[u8; 32], read_as: Option<String>) -> Result<(), FileError> {
        let (path, hash) = (self.path.to_string_lossy().into_owned(), journal::hex(sha256));
        self.writer.received(&Received {
            state: ReceivedState::Copy,
            path: path.clone(),
            at_utc: now_utc(),
            file_bytes: Some(self.bytes),
            file_sha256: Some(hash.clone()),
            evidence: Some(counts.id),
            reason: format!("the same bytes as evidence {}", counts.id.0),
        })?;
        self.reports.push(FileReport {
            path,
            file: self.path.to_owned(),
            evidence: counts.id,
            format: counts.format.clone(),
            is_member: false,
            records: 0,
            flows: 0,
            events: 0,
            duplicates: counts.records + counts.duplicates,
            warnings: counts.warnings,
            notes: counts.notes,
            faults: 0,
            sha256: hash,
            known: true,
            read_as,
            format_needed: false,
            format_proposal: None,
        });
        Ok(())
    }
}

/// Reads an original again into a case whose evidence gets the numbers that it had: all that came out of it, in one
/// transaction. `was`: the file and its members in order, as they were read the first time.
pub(super) fn again(
    writer: &mut CaseWriter,
    job: &Job<'_>,
    source: &mut (impl std::io::Read + std::io::Seek),
    was: &[&EvidenceRow],
) -> Result<(), ReplayError> {
    let Some(file) = was.first() else { return Ok(()) };
    let path = std::path::PathBuf::from(&file.path);
    writer.number_next_evidence(file.id);
    writer.begin()?;
    let failed = std::cell::RefCell::new(None);
    let begun = std::cell::Cell::new(0usize);
    let into = std::cell::RefCell::new(FileWriter {
        writer: &mut *writer,
        job,
        path: &path,
        bytes: file.file_bytes,
        open: Vec::new(),
        reports: Vec::new(),
        named: false,
        was,
    });
    let choice = |_: &crate::model::PathFacts| {
        let evidence = begun.get().checked_sub(1).and_then(|place| was.get(place));
        // A format that the records told by themselves was not stated.
        let format = evidence.and_then(|evidence| evidence.record_format.clone());
        FormatChoice { flow_format: format.filter(|format| !told_by_shape(format)) }
    };
    let out = |piece: Piece| {
        begun.set(begun.get() + usize::from(matches!(piece, Piece::Begin { .. })));
        match into.borrow_mut().piece(piece) {
            Ok(_) => true,
            Err(error) => {
                failed.replace(Some(error));
                false
            }
        }
    };
    let modified = file.modified_utc.as_deref().and_then(crate::filter::value::parse_time);
    let mut work = FileWork::new(file.path.clone(), modified.map(|time| time.time), &choice, &out);
    let options = ReadOptions {
        keep_raw: job.options.keep_raw,
        seek_points: true,
        limits: job.options.limits(),
        cancel: job.cancel.clone(),
        progress: job.read_bytes.clone(),
    };
    let read = reader::read_source(source, &options, &mut work);
    drop(work);
    let done = match (failed.into_inner(), read) {
        (Some(FileError::Case(error)), _) => Err(ReplayError::Case(error)),
        (Some(FileError::Panic(panic)), _) => Err(ImportError::Panic(panic).into()),
        (Some(FileError::Thread(error)), _) => Err(ImportError::Thread(error).into()),
        (Some(FileError::Read(error)), _) | (None, Err(error)) => Err(ReplayError::Read(error)),
        (None, Ok(())) => Ok(()),
    };
    drop(into);
    match done {
        Ok(()) => Ok(writer.commit()?),
        Err(error) => {
            writer.rollback();
            Err(error)
        }
    }
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
