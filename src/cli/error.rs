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
}

impl CliError {
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Usage(_) => exit::USAGE,
            // A name that says no record is as wrong as one that cannot be read.
            CliError::Raw(RawError::Query(QueryError::Case(CaseError::NoSuchRecord(_)))) => exit::USAGE,
            CliError::Case { .. } | CliError::Raw(_) | CliError::Output(_) | CliError::Unusable(_) => exit::UNUSABLE,
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
        CaseError::DiskFull => {
            "Make room on the disk; what was imported before is in the case. Go on with: coldtrail import CASE --resume"
        }
        CaseError::NotWritten => {
            "Check its medium, the room on it and the limits on the size of files; what was imported before is in the case. \
             Go on with: coldtrail import CASE --resume"
        }
        CaseError::NotRead => "Check its medium and cable, or work on a copy.",
        CaseError::ReadOnly => "Copy the case to a disk that can be written.",
        CaseError::Untrusted { .. } => {
            "It was changed by another program; nothing in it was run. Ask its sender for the original."
        }
        CaseError::Damaged { .. } => "Ask its sender for another copy, or make the case anew from the evidence.",
        CaseError::NotACase { .. } => {
            "A case is a .coldtrail file; evidence is read with: coldtrail import CASE PATH..."
        }
        _ => return String::new(),
    };
    format!("\n{advice}")
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
            QueryError::Cancelled | QueryError::Late => CliError::Unusable(error.to_string()),
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
            ImportError::Case(error) => error.into(),
            ImportError::Query(error) => error.into(),
            ImportError::Thread(error) => CliError::Unusable(error.to_string()),
        }
    }
}
