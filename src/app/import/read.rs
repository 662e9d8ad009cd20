//! The reading side of an import: one thread a core takes file after file, unpacks, recognises and parses it.

use super::copies::Copies;
use super::known::{Held, KnownFile};
use super::lanes::{LaneSender, Lanes};
use super::list::Listing;
use super::work::{FileWork, Piece};
use super::{ImportError, ImportOptions, ImportRequest};
use crate::case::{CaseError, CaseWriter};
use crate::ingest::FormatChoice;
use crate::ingest::reader::{self, ReadError, ReadOptions};
use crate::model::{Cancel, EvidenceId, PathFacts, Timestamp};
use crate::threads::{self, Panic, Scope, caught};
use std::collections::HashMap;
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
    /// A program error; nothing follows.
    Panicked(Panic),
}

/// What all readers and the writer share.
pub(super) struct Job<'a> {
    pub(crate) options: &'a ImportOptions,
    pub(crate) cancel: &'a Cancel,
    /// Of the files as on disk, read so far.
    pub(crate) read_bytes: Arc<AtomicU64>,
    /// Remembered formats of headerless records by flow log id.
    formats: HashMap<String, String>,
    /// Evidence in the case by size: only files of such a size are hashed before they are read.
    known: HashMap<u64, HashMap<[u8; 32], KnownFile>>,
    /// Files of which nothing was read for lack of the format that is stated now, with all that came out of them.
    waiting: HashMap<[u8; 32], Vec<EvidenceId>>,
    copies: Copies,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        writer: &CaseWriter,
        case: &Path,
        listing: &Listing,
        request: &'a ImportRequest,
    ) -> Result<Self, ImportError> {
        let held = Held::of(writer, case, listing, &request.options)?;
        Ok(Self {
            options: &request.options,
            cancel: &request.cancel,
            read_bytes: Arc::new(AtomicU64::new(0)),
            formats: known_formats(writer)?,
            known: held.known,
            waiting: held.waiting,
            copies: Copies::of(listing),
        })
    }

    /// The same for one file that is read whatever is known of it.
    pub(super) fn for_one_file<'b>(&'b self, options: &'b ImportOptions) -> Job<'b> {
        Job {
            options,
            cancel: self.cancel,
            read_bytes: self.read_bytes.clone(),
            formats: self.formats.clone(),
            known: HashMap::new(),
            waiting: self.waiting.clone(),
            copies: Copies::none(),
        }
    }

    /// What to remove from the case when this file is read again.
    pub(super) fn waiting(&self, sha256: &[u8; 32]) -> Option<&[EvidenceId]> {
        self.waiting.get(sha256).map(Vec::as_slice)
    }

    fn choice(&self, facts: &PathFacts) -> FormatChoice {
        let remembered = facts.log_id.as_ref().and_then(|id| self.formats.get(id));
        FormatChoice { flow_format: self.options.flow_format.clone().or_else(|| remembered.cloned()) }
    }
}

/// Files are handed out in order.
pub(super) fn spawn_readers<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    job: &'env Job<'env>,
    files: &'env [(PathBuf, u64)],
    lanes: &'env Lanes<FromReader>,
) -> Result<(), ImportError> {
    let next = Arc::new(AtomicUsize::new(0));
    for number in 0..threads::for_reading().min(files.len()) {
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
        threads::beside(scope, &format!("read-{number}"), work).map_err(ImportError::Thread)?;
    }
    Ok(())
}

/// Reads one file into its lane. False: nobody will listen to any other either.
pub(super) fn read_file(job: &Job<'_>, index: usize, path: &Path, lanes: &Lanes<FromReader>) -> bool {
    let Some(lane) = lanes.open(index) else { return false };
    contained(&lane, || read(job, index, path, &lane));
    true
}

/// A program error ends this file, not the import.
fn contained(lane: &LaneSender<'_, FromReader>, work: impl FnOnce()) {
    if let Err(panic) = caught(work) {
        lane.send(FromReader::Panicked(panic), 0);
    }
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
        seek_points: false,
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

#[cfg(test)]
mod tests {
    use super::super::lanes::Heard;
    use super::*;

    #[test]
    fn a_panic_of_a_parser_is_told_with_its_place() {
        let lanes = Lanes::new(&Cancel::default());
        let sender = lanes.open(0).unwrap();
        contained(&sender, || panic!("row {} of 3", 9));
        drop(sender);
        let lane = lanes.take(0).unwrap();
        let Heard::Message(FromReader::Panicked(panic)) = lane.receive() else { panic!("the panic was not told") };
        assert!(panic.place.starts_with("src/app/import/read.rs:") && panic.message == "row 9 of 3", "{panic}");
        assert!(matches!(lane.receive(), Heard::Ended));
    }
}
