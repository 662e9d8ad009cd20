//! Why reading stopped. Content that is damaged or cut off is no error: it ends with `StreamEnd::CutOff`.

use super::Limits;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenFailure {
    NotFound,
    PermissionDenied,
    /// A folder, a pipe, a device.
    NotAFile,
    Other,
}

/// How far evidence expanded before it was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// Packed bytes read by then.
    pub file_bytes: u64,
    /// Uncompressed bytes that came out of them.
    pub content_bytes: u64,
    /// Members that came out of them, where there are too many of these.
    pub members: Option<u64>,
    /// The current limits. Reading again with higher ones starts from the beginning.
    pub limits: Limits,
}

impl Expansion {
    /// Uncompressed bytes for each packed byte.
    pub fn ratio(&self) -> u64 {
        self.content_bytes / self.file_bytes.max(1)
    }
}

impl std::fmt::Display for Expansion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (packed, limits) = (self.file_bytes, &self.limits);
        if let Some(members) = self.members {
            let allowed = limits.members_of(packed);
            return write!(
                f,
                "{packed} bytes hold {members} members and more, with those of archives inside it; the limit for a file of \
                 this size is {allowed}"
            );
        }
        let (content, ratio) = (self.content_bytes, self.ratio());
        write!(
            f,
            "{packed} bytes expand to more than {content} ({ratio} to 1); the limits are {} bytes and {} to 1",
            limits.max_content_bytes, limits.max_ratio
        )
    }
}

/// Why reading stopped before the end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot open {}: {source}", path.display())]
    Open { path: PathBuf, kind: OpenFailure, source: io::Error },
    /// The medium failed or went away.
    #[error("reading failed at byte {position}: {source}")]
    Media { position: u64, source: io::Error },
    /// The temporary file that an archive inside a compressed file needs could not be written or read.
    #[error("the temporary file for unpacking failed: {0}")]
    Temporary(io::Error),
    #[error("reading was cancelled")]
    Cancelled,
    /// The receiver said stop.
    #[error("reading was stopped")]
    Stopped,
    #[error("{0}")]
    ExpansionLimit(Expansion),
}

impl ReadError {
    pub(super) fn open(path: &Path, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::NotFound => OpenFailure::NotFound,
            io::ErrorKind::PermissionDenied => OpenFailure::PermissionDenied,
            _ => OpenFailure::Other,
        };
        ReadError::Open { path: path.to_owned(), kind, source }
    }
}
