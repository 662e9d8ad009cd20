//! The reading side of an import: one thread a core takes file after file, unpacks, recognises and parses it.

use super::copies::Copies;
use super::lanes::{LaneSender, Lanes};
use super::list::Listing;
use super::work::{FileWork, Piece};
use super::{ImportError, ImportOptions, ImportRequest};
use crate::case::{CaseError, CaseReader, CaseWriter, EvidenceCounts};
use crate::ingest::FormatChoice;
use crate::ingest::flow::infer::told_by_shape;
use crate::ingest::reader::{self, CancelToken, ReadError, ReadOptions};
use crate::model::{EvidenceId, PathFacts, Reason, Timestamp};
use crate::query::{self, EvidenceRow, QueryError};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Settings that hold the format of a flow log's headerless records: this and the flow log's id.
pub(super) const FORMAT_SETTING: &str = "flow_format:";

/// What a reader tells of one file.
pub(super) enum FromReader {
    Piece(Piece),
    /// The case held it before the import began: recognised by its hash before it was read.
    Known(Box<KnownFile>, [u8; 32]),
    /// A file before it in this import has the same bytes.
    Copy([u8; 32]),
    Done(Result<(), ReadError>),
}

/// A file that the case holds.
#[derive(Clone)]
pub(super) struct KnownFile {
    pub counts: EvidenceCounts,
    /// The format that its records were read in, where another one is stated now.
    pub read_as: Option<String>,
}

/// What all readers and the writer share.
pub(super) struct Job<'a> {
    pub options: &'a ImportOptions,
    pub cancel: &'a CancelToken,
    /// Of the files as on disk, read so far.
    pub read_bytes: Arc<AtomicU64>,
    /// Remembered formats of headerless records by flow log id.
    formats: HashMap<String, String>,
    /// Evidence in the case by size: only files of such a size are hashed before they are read.
    known: HashMap<u64, HashMap<[u8; 32], KnownFile>>,
    copies: Copies,
}

impl<'a> Job<'a> {
    pub fn new(
        writer: &CaseWriter,
        case: &Path,
        listing: &Listing,
        request: &'a ImportRequest,
    ) -> Result<Self, ImportError> {
        Ok(Self {
            options: &request.options,
            cancel: &request.cancel,
            read_bytes: Arc::new(AtomicU64::new(0)),
            formats: known_formats(writer)?,
            known: known_hashes(writer, case, listing, &request.options)?,
            copies: Copies::of(listing),
        })
    }

    /// The same for one file that is read whatever is known of it.
    pub fn for_one_file<'b>(&'b self, options: &'b ImportOptions) -> Job<'b> {
        Job {
            options,
            cancel: self.cancel,
            read_bytes: self.read_bytes.clone(),
            formats: self.formats.clone(),
            known: HashMap::new(),
            copies: Copies::none(),
        }
    }

    fn choice(&self, facts: &PathFacts) -> FormatChoice {
        let remembered = facts.log_id.as_ref().and_then(|id| self.formats.get(id));
        FormatChoice { flow_format: self.options.flow_format.clone().or_else(|| remembered.cloned()) }
    }
}

/// One reading thread for each core, at least two, so that one long file does not hold up the next. Files are handed out
/// in order.
pub(super) fn spawn_readers<'scope, 'env>(
    scope: &'scope std::thread::Scope<'scope, 'env>,
    job: &'env Job<'env>,
    files: &'env [(PathBuf, u64)],
    lanes: &'env Lanes<FromReader>,
) -> Result<(), ImportError> {
    let next = Arc::new(AtomicUsize::new(0));
    let count = std::thread::available_parallelism().map_or(2, |n| n.get()).clamp(2, 8);
    for number in 0..count.min(files.len()) {
        let next = next.clone();
        let work = move || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some((path, _)) = files.get(index) else { return };
                if !read_file(job, index, path, lanes) {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name(format!("read-{number}"))
            .spawn_scoped(scope, work)
            .map_err(ImportError::Thread)?;
    }
    Ok(())
}

/// Reads one file into its lane. False: nobody will listen to any other either.
pub(super) fn read_file(job: &Job<'_>, index: usize, path: &Path, lanes: &Lanes<FromReader>) -> bool {
    let Some(lane) = lanes.open(index) else { return false };
    // A program error ends this file, not the import: the lane ends without the message that it is done.
    let _ = catch_unwind(AssertUnwindSafe(move || read(job, index, path, &lane)));
    true
}

fn read(job: &Job<'_>, index: usize, path: &Path, lane: &LaneSender<'_, FromReader>) {
    let result = match seen_before(job, index, path) {
        Ok(None) => read_content(job, path, lane),
        Ok(Some(seen)) => {
            lane.send(seen, 0);
            Ok(())
        }
        Err(error) => Err(error),
    };
    lane.send(FromReader::Done(result), 0);
}

/// Is it in the case, or was it in this import before?
fn seen_before(job: &Job<'_>, index: usize, path: &Path) -> Result<Option<FromReader>, ReadError> {
    let Ok(bytes) = std::fs::metadata(path).map(|m| m.len()) else { return Ok(None) };
    let skipped = |message| {
        job.read_bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(Some(message))
    };
    if let Some(same_size) = job.known.get(&bytes) {
        let hash = reader::hash_file(path, job.cancel, &AtomicU64::new(0))?;
        if let Some(known) = same_size.get(&hash) {
            return skipped(FromReader::Known(Box::new(known.clone()), hash));
        }
    }
    match job.copies.copy_of_earlier(index, bytes, job.cancel) {
        Some(hash) => skipped(FromReader::Copy(hash)),
        None => Ok(None),
    }
}

fn read_content(job: &Job<'_>, path: &Path, lane: &LaneSender<'_, FromReader>) -> Result<(), ReadError> {
    let modified = std::fs::metadata(path)
        .and_then(|m| m.modified())
        .ok()
        .map(|time| Timestamp(chrono::DateTime::<chrono::Utc>::from(time).timestamp_millis()));
    let options = ReadOptions {
        keep_raw: job.options.keep_raw,
        limits: job.options.limits(),
        cancel: job.cancel.clone(),
        progress: job.read_bytes.clone(),
    };
    let choice = |facts: &PathFacts| job.choice(facts);
    let out = |piece: Piece| {
        let weight = piece.weight();
        lane.send(FromReader::Piece(piece), weight)
    };
    let mut work = FileWork::new(path.to_string_lossy().into_owned(), modified, &choice, &out);
    reader::read_file(path, &options, &mut work)
}

fn known_formats(writer: &CaseWriter) -> Result<HashMap<String, String>, CaseError> {
    let settings = writer.settings_with_prefix(FORMAT_SETTING)?;
    let log_id = |key: &str| key.strip_prefix(FORMAT_SETTING).map(str::to_owned);
    Ok(settings.into_iter().filter_map(|(key, value)| Some((log_id(&key)?, value))).collect())
}

/// Evidence in the case that has the size of a file on the list.
fn known_hashes(
    writer: &CaseWriter,
    case: &Path,
    listing: &Listing,
    options: &ImportOptions,
) -> Result<HashMap<u64, HashMap<[u8; 32], KnownFile>>, ImportError> {
    let mut known: HashMap<u64, HashMap<[u8; 32], KnownFile>> = HashMap::new();
    let mut otherwise = match &options.flow_format {
        Some(stated) => read_otherwise(&CaseReader::open(case)?, stated)?,
        None => HashMap::new(),
    };
    for (_, bytes) in &listing.files {
        if known.contains_key(bytes) {
            continue;
        }
        // What waits for a format is read again when one is given.
        let same = writer.evidence_of_size(*bytes)?;
        let same: HashMap<_, _> = same
            .into_iter()
            .filter(|(_, known)| !(known.format_needed && options.flow_format.is_some()))
            .map(|(hash, known)| {
                let read_as = otherwise.remove(&known.counts.id);
                (hash, KnownFile { counts: known.counts, read_as })
            })
            .collect();
        if !same.is_empty() {
            known.insert(*bytes, same);
        }
    }
    Ok(known)
}

/// The files of which some record was read in another format than the one that is stated now, and that format. What an
/// archive held counts for the archive.
fn read_otherwise(reader: &CaseReader, stated: &str) -> Result<HashMap<EvidenceId, String>, QueryError> {
    let list = query::evidence_list(reader)?;
    let containers: HashMap<EvidenceId, EvidenceId> =
        list.iter().filter_map(|evidence| Some((evidence.id, evidence.container?))).collect();
    let mut files = HashMap::new();
    for evidence in list {
        let Some(format) = evidence.record_format.as_ref().filter(|format| *format != stated) else { continue };
        if !stated_in_vain(reader, &evidence, format, stated)? {
            continue;
        }
        let mut file = evidence.id;
        // What came out of a container has a number above the container's: this ends.
        while let Some(container) = containers.get(&file).filter(|container| **container < file) {
            file = *container;
        }
        files.entry(file).or_insert_with(|| format.clone());
    }
    Ok(files)
}

/// Would the stated format have read what was read otherwise? Records that tell their format by their shape are read in
/// that one whatever is stated, unless both have as many fields.
fn stated_in_vain(reader: &CaseReader, evidence: &EvidenceRow, format: &str, stated: &str) -> Result<bool, QueryError> {
    let width = |format: &str| format.split_whitespace().count();
    if !told_by_shape(format) || width(format) == width(stated) {
        return Ok(true);
    }
    let waiting = evidence.warnings > 0
        && query::warnings(reader, Some(evidence.id))?.iter().any(|w| w.reason == Reason::FormatNeeded.code());
    Ok(waiting)
}
