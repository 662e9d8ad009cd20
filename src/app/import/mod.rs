//! Importing evidence: files are read, unpacked and parsed on worker threads and written by one, in the order of their
//! paths, each in a transaction of its own. A process that is killed leaves whole evidence files and a list of the
//! rest.

mod copies;
mod facts;
mod known;
mod lanes;
mod list;
mod read;
pub(crate) mod replay;
mod waiting;
mod work;
mod write;

pub(crate) use list::list_paths;
pub(crate) use write::{ImportError, run};

use crate::ingest::reader::{Expansion, Limits};
use crate::model::{Cancel, EvidenceId, ReceivedState};
use std::path::PathBuf;
use std::time::Duration;

/// What shall be imported, and how.
#[derive(Clone, Debug)]
pub(crate) struct ImportRequest {
    /// Files and folders; folders are read recursively.
    pub paths: Vec<PathBuf>,
    pub options: ImportOptions,
    pub cancel: Cancel,
}

/// Kept with an interrupted import, so that the rest is read in the same way.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImportOptions {
    /// Keep the original files in the case.
    pub keep_raw: bool,
    /// The format of headerless flow records, as AWS writes it. Remembered in the case for their flow logs.
    pub flow_format: Option<String>,
    /// Read files whatever they expand to.
    pub any_expansion: bool,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { keep_raw: true, flow_format: None, any_expansion: false }
    }
}

impl ImportOptions {
    fn limits(&self) -> Limits {
        match self.any_expansion {
            true => {
                Limits { max_content_bytes: u64::MAX, max_ratio: u64::MAX, max_members: u64::MAX, ..Limits::default() }
            }
            false => Limits::default(),
        }
    }
}

/// What became of one piece of evidence. records + duplicates + warnings = what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileReport {
    pub path: String,
    /// The file on disk that it is, or that it came out of.
    pub file: PathBuf,
    pub evidence: EvidenceId,
    pub format: String,
    /// It came out of another file.
    pub is_member: bool,
    pub records: u64,
    /// Of these, flow records and events; the others are log files that a digest lists.
    pub flows: u64,
    pub events: u64,
    pub duplicates: u64,
    pub warnings: u64,
    /// Notes about the file as a whole.
    pub notes: u64,
    /// Of these, the ones that say that something of it is cut, damaged or not understood.
    pub faults: u64,
    /// Of the file as on disk, lowercase hex.
    pub sha256: String,
    /// The case held this file before (the same SHA-256); nothing was read again, all it holds counts as duplicate.
    pub known: bool,
    /// A format was stated, but the case holds the file with records that were read in another way, which is this. A
    /// reading is never replaced: records that were seen, cited or exported must not become others. Another case can
    /// hold another reading.
    pub read_as: Option<String>,
    /// It holds records that can only be read when their format is named.
    pub format_needed: bool,
    /// The format that they seem to have, in AWS's notation and nothing else.
    pub format_proposal: Option<String>,
}

/// A file that is not in the case, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFailure {
    pub path: PathBuf,
    pub kind: FailureKind,
    /// The reason in the words of the layer that failed.
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    NotFound,
    PermissionDenied,
    /// Neither a file nor a folder, and named as one.
    NotAFile,
    /// A named pipe, a socket or a device in a folder.
    Special,
    /// A link that was not followed.
    Link,
    EmptyFolder,
    /// The case's own file.
    OwnCase,
    /// The medium failed or went away.
    Media,
    /// It expands to more than the limits allow, and nobody said to continue.
    Expansion,
    /// There was no room for a temporary file.
    Temporary,
    /// A program error while reading this file; the others are not affected.
    Internal,
}

impl FailureKind {
    /// Is it something that should have come into the case?
    pub fn is_failure(self) -> bool {
        !matches!(self, Self::Special | Self::Link | Self::EmptyFolder | Self::OwnCase)
    }

    fn state(self) -> ReceivedState {
        match self {
            Self::NotAFile | Self::Special => ReceivedState::Special,
            Self::Link => ReceivedState::Link,
            Self::EmptyFolder => ReceivedState::EmptyFolder,
            Self::OwnCase => ReceivedState::Skipped,
            Self::Expansion => ReceivedState::Refused,
            Self::NotFound | Self::PermissionDenied | Self::Media | Self::Temporary | Self::Internal => {
                ReceivedState::Unreadable
            }
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    pub done_bytes: u64,
    pub total_bytes: u64,
    pub records: u64,
    pub files_done: usize,
    pub files_total: usize,
    /// What was found beside these files and is not read: links, special files, empty folders, paths that do not exist.
    pub left_out_total: usize,
    pub current: PathBuf,
    pub elapsed: Duration,
}

/// Hears of a running import. Every call comes from the writing thread.
pub(crate) trait ImportObserver {
    fn progress(&mut self, progress: &Progress);
    fn file_done(&mut self, report: &FileReport);
    /// Also of what was left out without being a failure.
    fn file_failed(&mut self, failure: &FileFailure);
    /// A file expands beyond the limits: read it whatever its size? It is left out otherwise.
    fn expansion(&mut self, path: &std::path::Path, expansion: &Expansion) -> bool;
}

/// The whole import in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImportSummary {
    pub files: u64,
    pub known_files: u64,
    /// Of these, the ones that were read in another format than the one stated.
    pub read_otherwise: u64,
    pub failed_files: u64,
    /// Special files and links that were not followed.
    pub left_out: u64,
    pub records: u64,
    pub duplicates: u64,
    pub warnings: u64,
    /// Files of which something is cut, damaged or not understood.
    pub faults: u64,
    pub cancelled: bool,
}

/// The clock, for the journal only: no result depends on it.
pub(crate) fn now_utc() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
