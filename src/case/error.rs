//! What can go wrong with a case file.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("{} does not exist", path.display())]
    NotFound { path: PathBuf },
    #[error("{} already exists", path.display())]
    Exists { path: PathBuf },
    #[error("{} could not be opened: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} is not a Coldtrail case", path.display())]
    NotACase { path: PathBuf },
    #[error("{} was written by a newer Coldtrail (case version {found}; this program supports versions up to {known})", path.display())]
    Newer { path: PathBuf, found: i32, known: i32 },
    /// It is read, but not written to before that was asked for.
    #[error("{} was written by an older Coldtrail (case version {found}; this program writes {known})", path.display())]
    NeedsUpgrade { path: PathBuf, found: i32, known: i32 },
    #[error("{} could not be upgraded: {reason}. Copy it to a writable drive with enough free space, and upgrade the copy", path.display())]
    NotUpgraded { path: PathBuf, reason: String },
    #[error("{} is read through a temporary copy, which could not be made in {}: {reason}", path.display(), folder.display())]
    NoRoom { path: PathBuf, folder: PathBuf, bytes: u64, reason: String },
    #[error("{} has unexpected content: {what}", path.display())]
    Untrusted { path: PathBuf, what: String },
    #[error("{} is damaged: {what}", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("the case is in use by another program")]
    Busy,
    #[error("the disk is full")]
    DiskFull,
    #[error("the case is on a read-only drive")]
    ReadOnly,
    /// The medium failed, went away, or allows no more.
    #[error("the case could not be written")]
    NotWritten,
    #[error("the case could not be read: the drive failed")]
    NotRead,
    #[error("the original content of evidence {evidence} is not in the case")]
    NoRawContent { evidence: u32 },
    #[error("record {0} is not in the case")]
    NoSuchRecord(String),
    #[error("the case has no {0}")]
    NoSuch(String),
    #[error("stored content of evidence {evidence} cannot be read: {reason}")]
    BadContent { evidence: u32, reason: String },
    #[error("a temporary file could not be read again: {0}")]
    Temporary(String),
    /// A page that is needed for the answer.
    #[error("a part of the case is damaged and cannot be read: {0}")]
    Corrupt(String),
    #[error("SQLite: {0}")]
    Sql(rusqlite::Error),
}

impl CaseError {
    /// A file that could not be made.
    pub(super) fn of_file(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::AlreadyExists => CaseError::Exists { path: path.to_owned() },
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => CaseError::DiskFull,
            ErrorKind::ReadOnlyFilesystem => CaseError::ReadOnly,
            ErrorKind::FileTooLarge => CaseError::NotWritten,
            _ => CaseError::Unreadable { path: path.to_owned(), reason: error.to_string() },
        }
    }
}

impl From<rusqlite::Error> for CaseError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{ErrorCode, ffi};
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => CaseError::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => CaseError::Busy,
            Some(ErrorCode::DatabaseCorrupt) => CaseError::Corrupt(error.to_string()),
            Some(ErrorCode::ReadOnly) => CaseError::ReadOnly,
            Some(ErrorCode::SystemIoFailure) => match error.sqlite_error().map(|e| e.extended_code) {
                Some(ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ) => CaseError::NotRead,
                _ => CaseError::NotWritten,
            },
            _ => CaseError::Sql(error),
        }
    }
}
