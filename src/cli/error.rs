//! Errors of the command line: what failed, why, what to do next; and the exit code that says so to a script.

use super::exit;
use crate::app::import::ImportError;
use crate::app::indicators::IndicatorError;
use crate::app::owners::OwnerError;
use crate::app::raw::RawError;
use crate::case::CaseError;
use crate::query::QueryError;

#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0}")]
    Usage(String),
    #[error("{error}{}", next(.error))]
    Case { error: CaseError },
    #[error(transparent)]
    Raw(#[from] RawError),
    #[error("the result could not be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("{0}")]
    Unusable(String),
    /// An import: what was finished is in the case.
    #[error("{error}{}", after_import(.error))]
    Import { error: CaseError },
    /// A signal asked for it.
    #[error("{0}")]
    Stopped(String),
}

impl CliError {
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Usage(_) => exit::USAGE,
            // A name that says no record is as wrong as one that cannot be read.
            CliError::Raw(RawError::Query(QueryError::Case(CaseError::NoSuchRecord(_)))) => exit::USAGE,
            CliError::Raw(RawError::Stopped(_) | RawError::Query(QueryError::Cancelled)) | CliError::Stopped(_) => {
                exit::STOPPED
            }
            CliError::Case { .. }
            | CliError::Import { .. }
            | CliError::Raw(_)
            | CliError::Output(_)
            | CliError::Unusable(_) => exit::UNUSABLE,
        }
    }
}

/// What to do about it, as a second line.
fn next(error: &CaseError) -> String {
    let advice = match error {
        CaseError::NotFound { .. } => "Make it with: coldtrail new CASE",
        CaseError::Exists { .. } => "Choose another name, or import into it with: coldtrail import CASE PATH...",
        CaseError::Newer { .. } => "Open it with the version of Coldtrail that wrote it, or a newer one.",
        CaseError::Busy => "Close the window or the import that uses it, then try again.",
        CaseError::DiskFull => "Make room on the disk, then try again.",
        CaseError::NotWritten => {
            "Check its medium, the room on it and the limits on the size of files, then try again."
        }
        CaseError::NotRead => "Check its medium and cable, or work on a copy.",
        CaseError::Temporary(_) => {
            "Keep the folder for temporary files (TMPDIR) in place. Go on with: coldtrail import CASE --resume"
        }
        CaseError::ReadOnly => "Copy the case to a disk that can be written.",
        CaseError::Untrusted { .. } => {
            "It was changed by another program, or is damaged there; nothing in it was run. Ask its sender for the original, or save \
             its rows into a new case with: coldtrail rescue CASE NEW"
        }
        CaseError::Damaged { .. } | CaseError::Corrupt(_) => {
            "It is not written to. Ask its sender for another copy, or save what can be read with: coldtrail rescue CASE NEW"
        }
        CaseError::NeedsUpgrade { .. } => {
            "Nothing was written. Upgrade it with --upgrade, or with: coldtrail upgrade CASE. Older programs cannot open it any more then."
        }
        CaseError::NoRoom { .. } => "Make room there, or name another folder with the variable TMPDIR.",
        CaseError::NotACase { .. } => {
            "A case is a .coldtrail file; evidence is read with: coldtrail import CASE PATH..."
        }
        _ => return String::new(),
    };
    format!("\n{advice}")
}

/// What to do about an import that could not go on.
fn after_import(error: &CaseError) -> String {
    let advice = match error {
        CaseError::DiskFull => "Make room on the disk",
        CaseError::NotWritten => "Check its medium, the room on it and the limits on the size of files",
        _ => return next(error),
    };
    format!("\n{advice}; what was imported before is in the case. Go on with: coldtrail import CASE --resume")
}

impl From<CaseError> for CliError {
    fn from(error: CaseError) -> Self {
        CliError::Case { error }
    }
}

impl From<QueryError> for CliError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Case(error) => error.into(),
            QueryError::Filter(message) => CliError::Usage(message),
            QueryError::Statement(problem) => CliError::Usage(problem.to_string()),
            QueryError::Cancelled => CliError::Stopped(error.to_string()),
            QueryError::Late => CliError::Unusable(error.to_string()),
        }
    }
}

impl From<IndicatorError> for CliError {
    fn from(error: IndicatorError) -> Self {
        match error {
            IndicatorError::Case(error) => error.into(),
            IndicatorError::Query(error) => error.into(),
            IndicatorError::Unreadable { .. } | IndicatorError::NoList { .. } => CliError::Unusable(error.to_string()),
            IndicatorError::BadValue { .. }
            | IndicatorError::NameTaken(_)
            | IndicatorError::NoLabel(_)
            | IndicatorError::Nameless => CliError::Usage(error.to_string()),
        }
    }
}

impl From<OwnerError> for CliError {
    fn from(error: OwnerError) -> Self {
        match error {
            OwnerError::Case(error) => error.into(),
            OwnerError::Query(error) => error.into(),
            OwnerError::Unreadable { .. } | OwnerError::NotADatabase { .. } => CliError::Unusable(error.to_string()),
        }
    }
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Case(error) | ImportError::Query(QueryError::Case(error)) => CliError::Import { error },
            ImportError::Query(error) => error.into(),
            ImportError::Thread(error) => CliError::Unusable(error.to_string()),
        }
    }
}
