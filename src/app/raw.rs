//! Raw text of records and original files, out of the case or from where they were imported.

use crate::case::{CaseError, CaseReader};
use crate::ingest::parquet;
use crate::ingest::reader::{self, FileBlocks, OriginalReader};
use crate::model::{Cancel, EvidenceId, Format, RecordId};
use crate::part::Part;
use crate::query::{self, CaseBlocks, EvidenceRow, QueryError};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

#[derive(Debug, thiserror::Error)]
pub enum RawError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("the original content of evidence {} ({path}) is not stored in the case, and {reason}", .evidence.0)]
    NotKept { evidence: EvidenceId, path: String, reason: String },
    #[error("{path} is not the file that was imported: its SHA-256 is {found}")]
    OtherFile { path: String, found: String },
    #[error("{} already exists; existing files are not overwritten", .0.display())]
    Exists(PathBuf),
    #[error("{} could not be written: {error}", path.display())]
    Write { path: PathBuf, error: std::io::Error },
    #[error("stopped; {} was not written", .0.display())]
    Stopped(PathBuf),
    #[error("the stored original of evidence {evidence} cannot be read: {reason}")]
    Content { evidence: u32, reason: String },
}

impl From<CaseError> for RawError {
    fn from(error: CaseError) -> Self {
        RawError::Query(error.into())
    }
}

/// An original that can be read from any byte: out of the case, or where it still is.
pub struct Original<'a> {
    source: Source<'a>,
    len: u64,
    at: u64,
}

enum Source<'a> {
    Case { blocks: CaseBlocks<'a>, reading: Option<OriginalReader<CaseBlocks<'a>>> },
    File(File),
}

impl<'a> Original<'a> {
    /// Out of the case.
    ///
    /// # Errors
    /// The original was left out of the case.
    pub fn in_case(reader: &'a CaseReader, evidence: &EvidenceRow) -> Result<Self, RawError> {
        if !evidence.raw_kept {
            let reason = "no other place of it was stated".to_owned();
            return Err(RawError::NotKept { evidence: evidence.id, path: evidence.path.clone(), reason });
        }
        let blocks = CaseBlocks { reader, evidence: evidence.id };
        Ok(Self { source: Source::Case { blocks, reading: None }, len: evidence.file_bytes, at: 0 })
    }

    /// A file.
    pub fn file(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { source: Source::File(file), len, at: 0 })
    }
}

impl Read for Original<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.source {
            Source::File(file) => file.read(buffer)?,
            Source::Case { blocks, reading } => {
                let blocks = || CaseBlocks { reader: blocks.reader, evidence: blocks.evidence };
                reading.get_or_insert_with(|| OriginalReader::starting_at(blocks(), self.at)).read(buffer)?
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Original<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(byte) => Some(byte),
            SeekFrom::End(offset) => self.len.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        match &mut self.source {
            Source::File(file) => {
                file.seek(SeekFrom::Start(target))?;
            }
            Source::Case { reading, .. } if target != self.at => *reading = None,
            Source::Case { .. } => {}
        }
        self.at = target;
        Ok(target)
    }
}

/// The raw text of one record, or of the line or element that ended as a warning at this place, exactly as it is in the
/// uncompressed content. A row of a Parquet file has no text; it is rendered as a JSON object.
pub fn raw_text(reader: &CaseReader, id: RecordId) -> Result<Vec<u8>, RawError> {
    let detail = match query::record(reader, id) {
        Err(QueryError::Case(CaseError::NoSuchRecord(_))) => return unread_text(reader, id),
        other => other?,
    };
    let evidence = query::evidence(reader, id.evidence())?.ok_or_else(|| CaseError::NoSuchRecord(id.to_string()))?;
    if detail.format.is_some_and(Format::is_parquet) {
        let content =
            content_range(reader, &evidence, 0, usize::try_from(evidence.content_bytes).unwrap_or(usize::MAX))?;
        return Ok(parquet::render_row(&content, id.position()).unwrap_or_default().into_bytes());
    }
    let place = detail.place.ok_or_else(|| CaseError::NoSuchRecord(id.to_string()))?;
    content_range(reader, &evidence, place.offset, usize::try_from(place.len).unwrap_or(usize::MAX))
}

/// What could not be read at this place.
fn unread_text(reader: &CaseReader, id: RecordId) -> Result<Vec<u8>, RawError> {
    let no_record = || CaseError::NoSuchRecord(id.to_string());
    let warning = query::unread_at(reader, id)?.ok_or_else(no_record)?;
    // A warning keeps the beginning; all of a short element.
    if warning.raw.len() as u64 >= warning.byte_length {
        return Ok(warning.raw);
    }
    let evidence = query::evidence(reader, id.evidence())?.ok_or_else(no_record)?;
    let len = usize::try_from(warning.byte_length).unwrap_or(usize::MAX);
    content_range(reader, &evidence, warning.byte_offset, len)
}

/// Bytes of an evidence file's uncompressed content.
pub fn content_range(
    reader: &CaseReader,
    evidence: &EvidenceRow,
    offset: u64,
    len: usize,
) -> Result<Vec<u8>, RawError> {
    let bad = |error: io::Error| RawError::Content { evidence: evidence.id.0, reason: error.to_string() };
    if evidence.raw_kept {
        return query::stored_range(reader, evidence, offset, len)?.map_err(bad);
    }
    let file = original_file(evidence, &Cancel::default())?;
    reader::read_range(FileBlocks(file), &evidence.packing, None, offset, len).map_err(bad)
}

/// The file that was imported, where it still is; only if it is the same.
fn original_file(evidence: &EvidenceRow, cancel: &Cancel) -> Result<File, RawError> {
    let not_kept = |reason: String| RawError::NotKept { evidence: evidence.id, path: evidence.path.clone(), reason };
    if evidence.container.is_some() {
        return Err(not_kept("it was extracted from an archive".to_owned()));
    }
    let path = Path::new(&evidence.path);
    let found = reader::hash_file(path, cancel, &AtomicU64::new(0)).map_err(|e| not_kept(e.to_string()))?;
    let found = crate::case::journal::hex(&found);
    if found != evidence.file_sha256 {
        return Err(RawError::OtherFile { path: evidence.path.clone(), found });
    }
    File::open(path).map_err(|e| not_kept(e.to_string()))
}

/// A file name for an exported original: its number in the case, then its own name without what a file system or a
/// shell would take amiss.
pub fn export_name(evidence: &EvidenceRow) -> String {
    let name = evidence.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
        .take(150)
        .collect();
    format!("{:04}-{safe}", evidence.id.0)
}

/// Writes an original out again, byte for byte, into a new file, and compares its SHA-256 with the one taken at import.
/// A stop leaves no file.
pub fn export(reader: &CaseReader, evidence: &EvidenceRow, target: &Path, cancel: &Cancel) -> Result<(), RawError> {
    if target.symlink_metadata().is_ok() {
        return Err(RawError::Exists(target.to_owned()));
    }
    let failed = |error: io::Error| RawError::Write { path: target.to_owned(), error };
    let mut source: Box<dyn Read + '_> = match evidence.raw_kept {
        true => Box::new(query::original(reader, evidence.id)),
        false => match original_file(evidence, cancel) {
            Err(_) if cancel.is_cancelled() => return Err(RawError::Stopped(target.to_owned())),
            file => Box::new(file?),
        },
    };
    let part = Part::beside(target).map_err(failed)?;
    let file = File::create_new(part.path()).map_err(failed)?;
    copy(&mut source, file, evidence, target, cancel)?;
    part.place().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => RawError::Exists(target.to_owned()),
        _ => failed(error),
    })
}

fn copy(
    source: &mut dyn Read,
    mut file: File,
    evidence: &EvidenceRow,
    target: &Path,
    cancel: &Cancel,
) -> Result<(), RawError> {
    let failed = |error: io::Error| RawError::Write { path: target.to_owned(), error };
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        if cancel.is_cancelled() {
            return Err(RawError::Stopped(target.to_owned()));
        }
        let count = source
            .read(&mut buffer)
            .map_err(|e| RawError::Content { evidence: evidence.id.0, reason: e.to_string() })?;
        let Some(bytes) = buffer.get(..count).filter(|b| !b.is_empty()) else { break };
        hash.update(bytes);
        file.write_all(bytes).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    let found = crate::case::journal::hex(&hash.finalize());
    if found != evidence.file_sha256 {
        let reason = format!("the exported file has the SHA-256 {found}, the imported file {}", evidence.file_sha256);
        return Err(RawError::Content { evidence: evidence.id.0, reason });
    }
    Ok(())
}
