//! What the window asks of an open case, as a trait: the real one reads the case file, tests put a table in memory in
//! its place. Every call may take long and is made on worker threads only.

use super::jobs::{ImportHandle, JobEvent};
use super::waker::Waker;
use crate::analysis::coverage::SourceGap;
use crate::analysis::glance::{Glance, GlancePart};
use crate::app::failure::{Cause, Failure};
use crate::app::rescued::Origin;
use crate::model::{Dataset, EvidenceId, FieldId, Received, RecordId, Value};
use crate::questions::Why;
use crate::questions::standout::{Find, Standout};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

pub(crate) use crate::app::import::ImportOptions;
pub(crate) use crate::app::index::IndexHealth;
pub(crate) use crate::case::schema::VERSION as CASE_VERSION;
pub(crate) use crate::case::{CaseInfo, CaseReader, Standing};
pub(crate) use crate::filter::Filter;
pub(crate) use crate::query::{
    Bin, Bins, Cancel, Duplicates, EvidenceRow, Histogram, Mark, RecordDetail, RecordQuery, RowSet, Scope, SortKey,
    Totals, WarningRow,
};

/// Why a request gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It was superseded; nobody waits for it.
    #[error("stopped")]
    Cancelled,
    #[error(transparent)]
    Failed(Failure),
}

impl<E: Into<Cause>> From<E> for Fault {
    fn from(error: E) -> Self {
        let cause = error.into();
        if cause.is_cancelled() { Fault::Cancelled } else { Fault::Failed(cause.into()) }
    }
}

/// A record with its raw text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    pub detail: RecordDetail,
    /// Indicators and labels that it matches.
    pub marks: Vec<Mark>,
    /// Exactly as it is in the evidence; the reason where it is not to be had.
    pub raw: Result<Vec<u8>, String>,
}

/// The case in numbers, and what an interrupted import left to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    pub totals: Totals,
    pub index: IndexHealth,
    pub unfinished: Option<Unfinished>,
    /// What was offered to imports and is no evidence of its own.
    pub received: Arc<[Received]>,
    /// The places of the copies among it, by the file whose bytes they have.
    pub copies: FxHashMap<EvidenceId, Vec<usize>>,
    pub standing: Standing,
    /// The damaged case that this one was saved from.
    pub rescued: Option<Origin>,
}

/// What is done to a case as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// It is brought up to this version, in place.
    Upgrade,
    /// What can be read of it goes into a new case at this path.
    Rescue(PathBuf),
}

/// An import that did not come to its end: its paths can be imported again, what is in the case is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub paths: Vec<PathBuf>,
    pub options: ImportOptions,
}

/// The reading side of a case, owned by one worker thread.
pub trait Source {
    fn rows(&self, query: &RecordQuery, cancel: &Cancel) -> Result<RowSet, Fault>;
    /// One list of values per id, in the order of `fields`.
    fn page(&self, dataset: Dataset, ids: &[RecordId], fields: &[FieldId]) -> Result<Vec<Vec<Value>>, Fault>;
    /// Is it found already who acted in the events of the case? Else a page with that in it takes as long as to find it.
    fn knows_actors(&self) -> Result<bool, Fault>;
    /// Finds it, for all pages until the case changes.
    fn find_actors(&self, cancel: &Cancel) -> Result<(), Fault>;
    fn histogram(&self, query: &RecordQuery, bins: Bins, cancel: &Cancel) -> Result<Histogram, Fault>;
    /// Indicators and labels that the records meet, in the order of the ids.
    fn marks(&self, dataset: Dataset, ids: &[RecordId]) -> Result<Vec<Vec<Mark>>, Fault>;
    fn record(&self, id: RecordId) -> Result<Inspected, Fault>;
    fn evidence(&self) -> Result<Vec<EvidenceRow>, Fault>;
    fn warnings(&self, evidence: Option<EvidenceId>) -> Result<Vec<WarningRow>, Fault>;
    fn overview(&self) -> Result<Overview, Fault>;
    /// Values of a field that begin with `prefix`.
    fn values(&self, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, Fault>;
    /// A part of the case at a glance.
    fn glance(&self, part: &GlancePart, cancel: &Cancel) -> Result<Glance, Fault>;
    /// What one search for what stands out finds; `gaps` are the hours that sources of flow records lack.
    fn standouts(&self, find: Find, gaps: &[SourceGap], cancel: &Cancel) -> Result<Vec<Standout>, Fault>;
    /// Why these records are none.
    fn why_empty(&self, scope: &Scope, gaps: Option<&[SourceGap]>, cancel: &Cancel) -> Result<Why, Fault>;
    /// Is this the sample case?
    fn is_sample(&self) -> Result<bool, Fault>;
    /// The case file itself, for the views whose questions are functions of `query`.
    fn case(&self) -> Result<&CaseReader, Fault>;
}

/// Everything the application needs of the layers below.
pub trait Backend: Send + Sync {
    fn open(&self, path: &Path) -> Result<Box<dyn Source>, Fault>;
    /// The last reader of a case is gone: one file is to be left behind.
    fn closed(&self, path: &Path);
    fn create(&self, path: &Path, info: &CaseInfo) -> Result<(), Failure>;
    /// How often the column index of this case was found damaged since it was opened.
    fn index_damages(&self, case: &Path) -> u64;
    /// Brings the column index up to date on a thread of its own, or rebuilds it; `waker` is called after each event.
    fn index(
        &self,
        case: &Path,
        anew: bool,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Failure>;
    /// Upgrades or rescues a case on a thread of its own; `waker` is called after each event.
    fn mend(
        &self,
        case: &Path,
        what: &Mend,
        by: &str,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Failure>;
    /// Starts an import on a thread of its own; `waker` is called after each event. `by`: who imports, where the case names no
    /// examiner.
    fn import(
        &self,
        case: &Path,
        paths: Vec<PathBuf>,
        options: ImportOptions,
        by: Option<&str>,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Failure>;
}
