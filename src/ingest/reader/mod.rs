//! From an evidence file to decoded content, in one pass: hashes the file and its uncompressed content, unpacks gzip,
//! zstd, zip and tar by what the bytes say (never by the name), takes a byte order mark off, turns UTF-16 into UTF-8,
//! and hands out the original in blocks for the case. Knows no format of records, no case and no window, and writes
//! nothing but an unnamed temporary file for archives inside compressed files.
//!
//! # Order of calls
//! For every piece of evidence: `begin`, then `content`, `raw`, `seek_point` and `warning` in any order among each
//! other, then `end`. An archive (zip, tar, tar.gz ...) gets `archive` instead of `content`; all its `raw` and
//! `seek_point` calls come next, then `begin` to `end` of each of its members, one after the other, and its own `end`
//! last. So calls nest, and always concern the innermost evidence that is open. When `read_file` returns an error,
//! whatever is still open is incomplete and has to be discarded.
//!
//! # What is read how
//! - gzip: any number of members. A wrong checksum is a warning; bytes after the last member are a warning; a stream
//!   that is damaged or cut off delivers what came before, then ends with `StreamEnd::CutOff`.
//! - zstd: any number of frames, likewise. The decoder keeps the window that a frame asks for, at most 128 MiB.
//! - Packed several times over (gzip in gzip): removed up to `Limits::max_depth`, then passed on as it is with a
//!   warning.
//! - Seek points are taken every 4 MiB of content for originals packed exactly once: inside gzip at block boundaries,
//!   in zstd at frame starts only. So a range in a zstd file of one large frame is read from its start, and so is one in a
//!   gzip file whose writer put everything into one block (the fastest level of zlib-ng and its kin does; the usual levels
//!   of zlib end a block every few 100 KiB at most).
//! - UTF-8 is passed through as it is, invalid bytes too.

mod archive;
mod error;
mod gunzip;
mod inflate;
mod map;
mod packing;
mod pass;
mod range;
mod tap;
mod text;
mod unzstd;

#[cfg(test)]
mod tests;

pub use error::{Expansion, OpenFailure, ReadError};
pub use map::OffsetMap;
pub use packing::ArchiveKind;
pub use range::{FileBlocks, OriginalReader, RawBlocks, read_range};
pub use text::decode_text;

use crate::ingest::StreamEnd;
use crate::model::{Cancel, EvidenceFacts, ImportWarning, Timestamp};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Content comes in pieces of this many bytes before UTF-16 is decoded; only the last of an evidence is shorter.
pub const PIECE_BYTES: usize = 256 << 10;
/// Raw blocks hold this many bytes of the original; only the last of an evidence is shorter.
pub const BLOCK_BYTES: usize = 1 << 20;
/// Content between two seek points is at least this long, and one block of deflate more.
pub const SEEK_EVERY_BYTES: u64 = 4 << 20;

/// How far evidence may expand before the examiner is asked. Plain files are never limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Uncompressed bytes of one top-level file, all members of an archive together (counted again at every nesting).
    /// Also the size of the file itself, where that is larger: what does not expand needs no question.
    pub max_content_bytes: u64,
    /// Uncompressed bytes for each packed byte, judged once there are more than `RATIO_JUDGED_FROM` of them.
    pub max_ratio: u64,
    /// Compressions around one piece of evidence, and archives around it.
    pub max_depth: u8,
    /// Members of a top-level file, those of archives inside it too, for which its size has to be no proof.
    pub max_members: u64,
}

impl Limits {
    /// A file of so many bytes a member may hold more than `max_members`. A zip spends 46 and its names on each in its
    /// directory alone; only archives that are packed once more get below, when their members are all alike.
    pub const BYTES_OF_A_MEMBER: u64 = 32;
    /// Below this a ratio says nothing: 64 MiB are read in a moment and harm nobody.
    pub const RATIO_JUDGED_FROM: u64 = 64 << 20;

    /// Members that a file of this size may hold.
    pub fn members_of(&self, file_bytes: u64) -> u64 {
        self.max_members.max(file_bytes / Self::BYTES_OF_A_MEMBER)
    }
}

impl Default for Limits {
    /// 64 GiB: above what fits beside its case on a laptop's disk, so worth a question. 250 to 1: logs reach 4 to 40 to
    /// 1, the most repetitive ones (nothing but NODATA, zstd -19) about 100 to 1, bombs 1000 to 1 and more. Depth 4: a
    /// zip of a tar.gz of gz files has 3. 1,000 members are read in a moment.
    fn default() -> Self {
        Self { max_content_bytes: 64 << 30, max_ratio: 250, max_depth: 4, max_members: 1000 }
    }
}

/// How to read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Hand out the original (`Receiver::raw`, `Receiver::seek_point`).
    pub keep_raw: bool,
    /// Hand out seek points although the original is not kept: to compare them.
    pub seek_points: bool,
    pub limits: Limits,
    pub cancel: Cancel,
    /// Counts up by the file's size while it is read; for archives half of it for each of the two passes.
    pub progress: Arc<AtomicU64>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            keep_raw: true,
            seek_points: false,
            limits: Limits::default(),
            cancel: Cancel::default(),
            progress: Arc::default(),
        }
    }
}

/// Continue or not. After `Stop` no other call is made and reading returns `ReadError::Stopped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Continue,
    Stop,
}

/// How a block of the original is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RawEncoding {
    /// The bytes themselves.
    Stored,
    /// One zstd frame.
    Zstd,
}

impl RawEncoding {
    /// Stable name, stored in the case.
    pub fn code(self) -> &'static str {
        match self {
            RawEncoding::Stored => "stored",
            RawEncoding::Zstd => "zstd",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [RawEncoding::Stored, RawEncoding::Zstd].into_iter().find(|e| e.code() == code)
    }
}

/// A piece of the original file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBlock {
    /// Where in the original file it begins.
    pub first_byte: u64,
    /// Bytes of the original file in it, at most `BLOCK_BYTES`.
    pub byte_count: u64,
    pub encoding: RawEncoding,
    pub data: Vec<u8>,
}

/// A place in a compressed original where decoding can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeekPoint {
    /// Bytes of uncompressed content before it.
    pub content_byte: u64,
    /// Bits of the original file before it.
    pub file_bit: u64,
    /// The content just before it, at most 32 KiB, compressed with zstd; empty where nothing before is referred to.
    pub window_zstd: Vec<u8>,
}

/// What is known of a piece of evidence before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening<'a> {
    /// Path inside the archive; None for the file itself. Members of an archive in an archive are `INNER.zip!/MEMBER`.
    pub member: Option<&'a str>,
    /// Archives around it: 0 for the file itself. Its container is the archive begun last with one less.
    pub depth: u8,
    /// The member's own time stamp, where the archive tells it in UTC. None for the file itself.
    pub modified: Option<Timestamp>,
}

/// Takes what a reader finds; see the module's text for the order of calls.
pub trait Receiver {
    fn begin(&mut self, opening: &Opening<'_>) -> Control;
    /// The next piece of decoded content: UTF-8 as far as the file is. `map` turns positions in the decoded content
    /// (counted over all pieces) into positions in the uncompressed content. It knows all positions up to the end of
    /// this piece and stays right for them later, so a clone may be kept.
    fn content(&mut self, bytes: &[u8], map: &OffsetMap) -> Control;
    /// The evidence is an archive: its members follow, its own content is not delivered.
    fn archive(&mut self, kind: ArchiveKind) -> Control;
    /// The next block of the original, without gaps from byte 0. Only with `ReadOptions::keep_raw`.
    fn raw(&mut self, block: RawBlock) -> Control;
    /// In rising order. Only with `ReadOptions::keep_raw` or `seek_points`.
    fn seek_point(&mut self, point: SeekPoint) -> Control;
    /// Always about the file as a whole. That the stream is cut off is not told here but by `end`.
    fn warning(&mut self, warning: ImportWarning);
    fn end(&mut self, facts: EvidenceFacts, end: StreamEnd) -> Control;
}

/// Reads one evidence file, opened read-only, and everything inside it.
pub fn read_file(path: &Path, options: &ReadOptions, receiver: &mut dyn Receiver) -> Result<(), ReadError> {
    let (mut file, _) = open(path)?;
    read_source(&mut file, options, receiver)
}

/// Reads evidence from anywhere that can be read twice.
pub fn read_source(
    source: &mut (impl Read + Seek),
    options: &ReadOptions,
    receiver: &mut dyn Receiver,
) -> Result<(), ReadError> {
    pass::run(source, options, receiver)
}

/// SHA-256 of a file as it is on disk. `progress` counts up by the bytes read.
pub fn hash_file(path: &Path, cancel: &Cancel, progress: &AtomicU64) -> Result<[u8; 32], ReadError> {
    let (mut file, _) = open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; PIECE_BYTES];
    let mut position = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(ReadError::Cancelled);
        }
        let count = match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(count) => count,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(ReadError::Media { position, source }),
        };
        hash.update(buffer.get(..count).unwrap_or_default());
        position += count as u64;
        progress.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Opens a regular file for reading and tells its size. A named pipe or device is refused before it can block.
fn open(path: &Path) -> Result<(File, u64), ReadError> {
    let failed = |source| ReadError::open(path, source);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(ReadError::Open {
            path: path.to_owned(),
            kind: OpenFailure::NotAFile,
            source: std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file"),
        });
    }
    Ok((File::open(path).map_err(failed)?, metadata.len()))
}
