//! What a use case failed with: the error of the layer that failed keeps its type until a face shows it. `kinds` is the
//! table of what is reported then.

mod kinds;
#[cfg(test)]
mod tests;
mod told;

use super::conclusions::ConcludeError;
use super::export::ExportError;
use super::filters::FilterFileError;
use super::handover::HandoverError;
use super::import::{FileFailure, ImportError};
use super::indicators::IndicatorError;
use super::owners::OwnerError;
use super::raw::RawError;
use super::report::ExportReportError;
use super::supplements::SupplementError;
use super::verify::VerifyError;
use crate::case::CaseError;
use crate::present::text::Texts;
use crate::query::QueryError;
use crate::questions::AskError;
use crate::report::ReportError;
use crate::threads::Panic;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use kinds::{Face, Kind, Told};

/// The errors of all layers.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Conclude(#[from] ConcludeError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Handover(#[from] HandoverError),
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A file or folder that was not imported.
    #[error("{}", .0.reason)]
    Input(FileFailure),
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
    #[error(transparent)]
    Supplement(#[from] SupplementError),
    #[error(transparent)]
    Owner(#[from] OwnerError),
    #[error(transparent)]
    Filters(#[from] FilterFileError),
    #[error(transparent)]
    Raw(#[from] RawError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    ExportReport(#[from] ExportReportError),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// A report that is written, of a case that is not what it was.
    #[error("{0}")]
    NotVerified(String),
    /// Of the window.
    #[error("{} could not be written: {error}", path.display())]
    Settings { path: PathBuf, error: std::io::Error },
    #[error("{} could not be read: {error}", path.display())]
    SettingsUnread { path: PathBuf, error: std::io::Error },
    #[error("{} is damaged and was kept as {}", path.display(), kept.display())]
    SettingsDamaged { path: PathBuf, kept: PathBuf },
    #[error("{}, the file of unsaved texts, is damaged and was kept as {}", path.display(), kept.display())]
    UnsavedDamaged { path: PathBuf, kept: PathBuf },
    #[error("{} could not be written: {error}", path.display())]
    Folder { path: PathBuf, error: std::io::Error },
    /// A program error.
    #[error(transparent)]
    Panic(#[from] Panic),
    #[error("a thread could not be started: {0}")]
    Thread(std::io::Error),
    /// Without an answer.
    #[error("the worker thread ended")]
    Ended,
}

impl Cause {
    /// Did whoever asked stop it?
    pub fn is_cancelled(&self) -> bool {
        matches!(self.told().kind, Kind::Cancelled | Kind::StoppedUnwritten | Kind::ReportStopped)
    }
}

/// A failure that is handed around, and shown more than once.
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub struct Failure(Arc<Cause>);

impl Failure {
    pub fn cause(&self) -> &Cause {
        &self.0
    }

    /// In the words of the catalogue.
    pub fn told(&self) -> Told {
        self.0.told()
    }

    /// What failed, and why, as it is shown.
    pub fn why(&self, texts: &Texts) -> String {
        self.0.told().why(texts)
    }
}

impl<E: Into<Cause>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

/// What is reported in the same words is the same.
impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        self.0.told() == other.0.told()
    }
}

impl Eq for Failure {}
