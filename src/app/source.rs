//! What the window asks of an open case, as a trait: the real one reads the case file, tests put a table in memory in its
//! place. Every call may take long and is made on worker threads only.

use crate::model::{Dataset, EvidenceId, FieldId, RecordId, TimeRange};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use super::jobs::JobEvent;
use super::slots::Waker;

/// Asks running work to stop.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why a request gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It was superseded; nobody waits for it.
    Cancelled,
    Failed(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Cancelled => f.write_str("cancelled"),
            Fault::Failed(why) => f.write_str(why),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    pub field: FieldId,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Duplicates {
    #[default]
    Once,
    All,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter(pub String);

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordQuery {
    pub dataset: Dataset,
    pub filter: Option<Filter>,
    pub range: TimeRange,
    pub sort: Vec<SortKey>,
    pub duplicates: Duplicates,
}

#[derive(Clone, Debug, Default)]
pub struct RowSet {
    pub ids: Arc<Vec<i64>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    pub start_secs: i64,
    pub good: u64,
    pub bad: u64,
    pub other: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    pub bin_secs: i64,
    pub bins: Vec<Bin>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordDetail {
    pub fields: Vec<(String, Value)>,
    pub evidence_path: String,
    pub evidence_sha256: String,
    pub position: u64,
    pub byte_offset: u64,
    pub byte_length: u64,
    pub raw: Option<Vec<u8>>,
    pub json: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceRow {
    pub id: u32,
    pub path: String,
    pub format: String,
    pub file_bytes: u64,
    pub content_bytes: u64,
    pub records: u64,
    pub duplicates: u64,
    pub warnings: u64,
    pub first_millis: Option<i64>,
    pub last_millis: Option<i64>,
    pub sha256: String,
    pub imported_utc: String,
    pub raw_kept: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarningRow {
    pub evidence: u32,
    pub path: String,
    pub position: u64,
    pub byte_offset: u64,
    pub reason: String,
    pub detail: String,
    pub raw: Vec<u8>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub evidence: u64,
    pub flows: u64,
    pub flow_duplicates: u64,
    pub events: u64,
    pub event_occurrences: u64,
    pub warnings: u64,
    pub file_bytes: u64,
    pub first_millis: Option<i64>,
    pub last_millis: Option<i64>,
    pub title: String,
    pub examiner: String,
    pub interrupted: u64,
}

/// The reading side of a case, owned by one worker thread.
pub trait Source {
    fn rows(&self, query: &RecordQuery, cancel: &Cancel) -> Result<RowSet, Fault>;
    /// One list of values per id, in the order of `fields`.
    fn page(&self, dataset: Dataset, ids: &[RecordId], fields: &[FieldId]) -> Result<Vec<Vec<Value>>, Fault>;
    fn histogram(&self, query: &RecordQuery, bins: usize, cancel: &Cancel) -> Result<Histogram, Fault>;
    fn record(&self, dataset: Dataset, id: RecordId) -> Result<RecordDetail, Fault>;
    fn evidence(&self) -> Result<Vec<EvidenceRow>, Fault>;
    fn warnings(&self, evidence: Option<EvidenceId>) -> Result<Vec<WarningRow>, Fault>;
    fn totals(&self) -> Result<Totals, Fault>;
    /// Values of a field that begin with `prefix`, most frequent first.
    fn values(&self, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, Fault>;
}

/// Who a new case belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseInfo {
    pub title: String,
    pub examiner: String,
    pub reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOptions {
    pub keep_raw: bool,
    /// Field names for headerless flow records, where the examiner stated them.
    pub flow_format: Option<String>,
}

/// A running import: dropping it leaves the import running, `cancel` stops it at once.
pub struct ImportHandle {
    pub cancel: Cancel,
}

/// Everything the application needs of the layers below.
pub trait Backend: Send + Sync {
    fn open(&self, path: &Path) -> Result<Box<dyn Source>, Fault>;
    fn create(&self, path: &Path, info: &CaseInfo) -> Result<(), Fault>;
    fn import(
        &self,
        case: &Path,
        paths: Vec<PathBuf>,
        options: ImportOptions,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Fault>;
}
