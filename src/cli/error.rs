//! Errors of the command line: what failed, why, what to do next, as the table of failures says it (`app::failure`); and the
//! exit code that says so to a script.

use super::exit;
use crate::app::conclusions::ConcludeError;
use crate::app::export::ExportError;
use crate::app::failure::{Cause, Face, Kind};
use crate::app::handover::HandoverError;
use crate::app::raw::RawError;
use crate::case::CaseError;
use crate::present::text::Texts;
use crate::query::QueryError;

#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0}")]
    Usage(String),
    #[error("{}", told(.0))]
    Failed(Cause),
    #[error("the result could not be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("{0}")]
    Unusable(String),
    /// A signal asked for it.
    #[error("{0}")]
    Stopped(String),
}

impl CliError {
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Usage(_) => exit::USAGE,
            CliError::Failed(cause) => exit_code(cause),
            CliError::Stopped(_) => exit::STOPPED,
            CliError::Output(_) | CliError::Unusable(_) => exit::UNUSABLE,
        }
    }
}

fn exit_code(cause: &Cause) -> u8 {
    /// A name that says no record is as wrong as one that cannot be read.
    fn names_no_record(error: &RawError) -> bool {
        matches!(error, RawError::Query(QueryError::Case(CaseError::NoSuchRecord(_))))
    }
    match cause {
        cause if cause.is_cancelled() => exit::STOPPED,
        Cause::Raw(error) | Cause::Handover(HandoverError::Raw(error)) if names_no_record(error) => exit::USAGE,
        Cause::Conclude(ConcludeError::Case(CaseError::NoSuch(_))) => exit::USAGE,
        Cause::Export(ExportError::Ask(_)) => exit::UNUSABLE,
        cause => match cause.told().kind {
            Kind::Filter | Kind::Statement | Kind::TooManyRows | Kind::Unfit => exit::USAGE,
            Kind::BadValue | Kind::ListNameTaken | Kind::NoLabel | Kind::LabelNameless => exit::USAGE,
            _ => exit::UNUSABLE,
        },
    }
}

/// What failed and why, and what to do about it as a second line.
pub(super) fn told(cause: &Cause) -> String {
    let (texts, told) = (Texts::english(), cause.told());
    // Whoever stopped it knows what to do.
    match cause.is_cancelled() {
        true => told.why(&texts),
        false => format!("{}\n{}", told.why(&texts), told.next(&texts, Face::CommandLine)),
    }
}

impl<E: Into<Cause>> From<E> for CliError {
    fn from(error: E) -> Self {
        CliError::Failed(error.into())
    }
}
