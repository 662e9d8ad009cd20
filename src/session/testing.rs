//! A case in memory, for tests of everything above the case file.

use super::import_sums::FileDone;
use super::jobs::{ImportHandle, JobEvent};
use super::source::*;
use super::state::App;
use super::waker::Waker;
use crate::analysis::coverage::SourceGap;
use crate::analysis::glance::{Glance, GlancePart};
use crate::app::Failure;
use crate::app::rescued::Origin;
use crate::case::CaseError;
use crate::case::places::Place;
use crate::filter::eval;
use crate::model::{Address, Dataset, EvidenceId, FieldId, Format, PathFacts, RecordId, Timestamp, Value, field};
use crate::questions::standout::{Find, Standout};
use crate::questions::{Emptiness, Why};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// Flow record `n` has values that follow from `n`: see `value`.
#[derive(Clone, Default)]
pub(crate) struct MemoryBackend {
    flows: i64,
    pub created: Arc<Mutex<Vec<PathBuf>>>,
    pub imported: Arc<Mutex<Vec<PathBuf>>>,
    endless: bool,
    /// What its cases say of their index.
    pub health: Arc<Mutex<IndexHealth>>,
    pub damages: Arc<std::sync::atomic::AtomicU64>,
    /// How its cases are.
    pub standing: Arc<Mutex<Standing>>,
    pub rescued: Arc<Mutex<Option<Origin>>>,
    /// What was done to cases as a whole, and by whom.
    pub mended: Arc<Mutex<Vec<(Mend, String)>>>,
    /// Indexes that were to be worked on, and whether again.
    pub indexed: Arc<Mutex<Vec<(PathBuf, bool)>>>,
    pub running: Arc<Mutex<Vec<SyncSender<JobEvent>>>>,
    /// Rows are given one answer for each of these, where it is there.
    pub permits: Arc<Mutex<Option<Receiver<()>>>>,
    /// Answers with rows that nobody had stopped.
    pub answered: Arc<std::sync::atomic::AtomicU64>,
    pub cancelled: Cancel,
}

impl MemoryBackend {
    /// Imports begin and do not end.
    pub(crate) fn importing() -> Self {
        Self { endless: true, ..Self::with_flows(10) }
    }

    pub(crate) fn with_flows(flows: i64) -> Self {
        Self { flows, ..Self::default() }
    }
}

/// 2021-05-16T00:00:00Z.
pub(crate) const FIRST_SECS: i64 = 1_621_123_200;

pub(crate) fn value(id: i64, field: &str) -> Value {
    let text = |t: &str| Value::Text(t.to_owned());
    match field {
        "start" => Value::Time(Timestamp::from_secs(FIRST_SECS + id)),
        "srcaddr" => Value::Text(format!("10.0.{}.{}", id / 256 % 256, id % 256)),
        "dstaddr" => text("192.0.2.10"),
        "srcport" => Value::Integer(id % 65536),
        "dstport" => Value::Integer([22, 443, 3389][(id % 3) as usize]),
        "protocol" => Value::Integer(6),
        "bytes" => Value::Integer(id * 1000 % 7919),
        "action" => text(if id % 4 == 0 { "REJECT" } else { "ACCEPT" }),
        "interface_id" => text("eni-\u{202e}01"),
        "event_name" => text("ConsoleLogin"),
        _ => Value::Null,
    }
}

impl Backend for MemoryBackend {
    fn open(&self, path: &Path) -> Result<Box<dyn Source>, Fault> {
        match path.file_name().and_then(|name| name.to_str()) {
            Some("damaged") => Err(CaseError::NotACase { path: path.to_owned() }.into()),
            Some("panics") => panic!("a mistake while opening"),
            _ => Ok(Box::new(self.clone())),
        }
    }

    fn closed(&self, _: &Path) {}

    fn index_damages(&self, _: &Path) -> u64 {
        self.damages.load(std::sync::atomic::Ordering::SeqCst)
    }

    fn index(&self, case: &Path, anew: bool, events: SyncSender<JobEvent>, _: Waker) -> Result<ImportHandle, Failure> {
        self.indexed.lock().unwrap().push((case.to_owned(), anew));
        self.running.lock().unwrap().push(events);
        let cancel = self.cancelled.clone();
        Ok(ImportHandle::new(move || cancel.cancel(), None))
    }

    fn mend(
        &self,
        _: &Path,
        what: &Mend,
        by: &str,
        events: SyncSender<JobEvent>,
        _: Waker,
    ) -> Result<ImportHandle, Failure> {
        self.mended.lock().unwrap().push((what.clone(), by.to_owned()));
        *self.standing.lock().unwrap() = Standing::default();
        events.send(JobEvent::Finished { cancelled: false }).unwrap();
        Ok(ImportHandle::new(|| (), None))
    }

    fn create(&self, path: &Path, _: &CaseInfo) -> Result<(), Failure> {
        if path.starts_with("/forbidden") || path.parent().is_some_and(|folder| folder.ends_with("forbidden")) {
            return Err(CaseError::Unreadable { path: path.to_owned(), reason: "permission denied".into() }.into());
        }
        self.created.lock().unwrap().push(path.to_owned());
        Ok(())
    }

    fn import(
        &self,
        _: &Path,
        paths: Vec<PathBuf>,
        _: ImportOptions,
        _: Option<&str>,
        events: SyncSender<JobEvent>,
        waker: Waker,
    ) -> Result<ImportHandle, Failure> {
        if self.endless {
            self.running.lock().unwrap().push(events);
            let cancel = self.cancelled.clone();
            return Ok(ImportHandle::new(move || cancel.cancel(), None));
        }
        for path in paths {
            let done = FileDone { path: path.to_string_lossy().into_owned(), records: 5, ..FileDone::default() };
            events.send(JobEvent::FileDone(done)).unwrap();
            self.imported.lock().unwrap().push(path);
        }
        events.send(JobEvent::Finished { cancelled: false }).unwrap();
        waker();
        Ok(ImportHandle::new(|| (), None))
    }
}

/// A flow record as a filter sees it.
struct Flow(i64);

impl eval::Record for Flow {
    fn dataset(&self) -> Dataset {
        Dataset::Flows
    }

    fn value(&self, field: FieldId) -> Option<eval::Value> {
        match value(self.0, field.name()) {
            Value::Null => None,
            Value::Integer(number) => Some(eval::Value::Integer(number)),
            Value::Number(text) => Some(eval::Value::Text(text.into())),
            Value::Boolean(value) => Some(eval::Value::Boolean(value)),
            Value::Time(time) => Some(eval::Value::Time(time)),
            Value::Text(text) => Some(match Address::parse(text.as_bytes()) {
                Some(address) => eval::Value::Address(address),
                None => eval::Value::Text(text),
            }),
        }
    }

    fn written(&self, _: FieldId) -> Option<String> {
        None
    }

    fn json(&self) -> Option<&str> {
        None
    }

    fn evidence(&self) -> (i64, &str) {
        (1, "/logs/flows.gz")
    }

    fn partition(&self, _: crate::filter::Partition) -> Option<String> {
        None
    }

    fn is_in_conflict(&self) -> bool {
        false
    }

    fn is_duplicate(&self) -> bool {
        false
    }

    fn tags(&self) -> Vec<String> {
        Vec::new()
    }

    fn indicators(&self) -> Vec<String> {
        Vec::new()
    }

    fn sigma(&self) -> Vec<String> {
        Vec::new()
    }

    fn sigma_levels(&self) -> Vec<String> {
        Vec::new()
    }

    fn bursts(&self) -> Vec<String> {
        Vec::new()
    }

    fn labels(&self) -> Vec<String> {
        Vec::new()
    }

    fn in_indicators(&self, _: &eval::Value) -> bool {
        false
    }
}

fn keeps(id: i64, query: &RecordQuery) -> bool {
    let millis = (FIRST_SECS + id) * 1000;
    let after = query.range.from.is_none_or(|from| millis >= from.0);
    let before = query.range.to.is_none_or(|to| millis < to.0);
    after && before && query.filter.as_ref().is_none_or(|filter| eval::matches(filter, &Flow(id)).unwrap())
}

impl Source for MemoryBackend {
    fn rows(&self, query: &RecordQuery, cancel: &Cancel) -> Result<RowSet, Fault> {
        if query.dataset == Dataset::Events {
            return Ok(RowSet::default());
        }
        if let Some(permits) = &*self.permits.lock().unwrap() {
            permits.recv().map_err(|_| Fault::Cancelled)?;
        }
        if cancel.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        self.answered.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let mut ids: Vec<i64> = (0..self.flows).filter(|id| keeps(*id, query)).collect();
        for key in query.sort.iter().rev() {
            ids.sort_by_key(|id| {
                let number = match value(*id, key.field.name()) {
                    Value::Integer(number) => number,
                    Value::Time(time) => time.0,
                    _ => 0,
                };
                if key.descending { -number } else { number }
            });
        }
        Ok(RowSet::of_ids(ids))
    }

    fn page(&self, _: Dataset, ids: &[RecordId], fields: &[FieldId]) -> Result<Vec<Vec<Value>>, Fault> {
        Ok(ids.iter().map(|id| fields.iter().map(|f| value(id.0, f.name())).collect()).collect())
    }

    fn knows_actors(&self) -> Result<bool, Fault> {
        Ok(true)
    }

    fn find_actors(&self, _: &Cancel) -> Result<(), Fault> {
        Ok(())
    }

    fn histogram(&self, query: &RecordQuery, _: Bins, cancel: &Cancel) -> Result<Histogram, Fault> {
        let mut bins: Vec<Bin> = Vec::new();
        for RecordId(id) in self.rows(query, cancel)?.iter() {
            let start_secs = (FIRST_SECS + id).div_euclid(60) * 60;
            if bins.last().is_none_or(|b| b.start_secs < start_secs) {
                bins.push(Bin { start_secs, ..Bin::default() });
            }
            let bin = bins.last_mut().unwrap();
            if id % 4 == 0 { bin.bad += 1 } else { bin.good += 1 }
        }
        Ok(Histogram { bin_secs: 60, bins })
    }

    fn marks(&self, _: Dataset, ids: &[RecordId]) -> Result<Vec<Vec<Mark>>, Fault> {
        Ok(vec![Vec::new(); ids.len()])
    }

    fn record(&self, id: RecordId) -> Result<Inspected, Fault> {
        let named = |name| field::by_name(Dataset::Flows, name).unwrap();
        let fields = ["start", "srcaddr", "action"].map(|name| (named(name), value(id.0, name))).to_vec();
        let detail = RecordDetail {
            id,
            dataset: Dataset::Flows,
            fields,
            further: vec![("novel".into(), "later \u{202e} version".into()), ("endless".into(), "x".repeat(100_000))],
            evidence_path: "/logs/flows.gz".into(),
            format: Some(Format::FlowText),
            file_sha256: "ab".repeat(32),
            place: Some(Place { offset: 100 * id.0 as u64, len: 90 }),
            json: None,
            duplicate_of: None,
            occurrences: vec![],
            conflicts: vec![],
            completeness: None,
        };
        Ok(Inspected { detail, marks: Vec::new(), raw: Ok(format!("2 123456789012 raw line {}", id.0).into_bytes()) })
    }

    fn evidence(&self) -> Result<Vec<EvidenceRow>, Fault> {
        Ok(vec![EvidenceRow {
            id: EvidenceId(1),
            container: None,
            path: "/logs/flows.gz".into(),
            format: "flow-text".into(),
            record_format: None,
            packing: "gzip".into(),
            encoding: "utf-8".into(),
            file_bytes: 1000,
            content_bytes: 9000,
            file_sha256: "ab".repeat(32),
            content_sha256: "cd".repeat(32),
            modified_utc: None,
            imported_utc: "2026-01-01T00:00:00Z".into(),
            raw_kept: true,
            records: self.flows as u64,
            duplicates: 0,
            warnings: 1,
            flows: self.flows as u64,
            events: 0,
            first: Some(Timestamp::from_secs(FIRST_SECS)),
            last: Some(Timestamp::from_secs(FIRST_SECS + self.flows)),
            path_facts: PathFacts::default(),
        }])
    }

    fn warnings(&self, _: Option<EvidenceId>) -> Result<Vec<WarningRow>, Fault> {
        Ok(vec![WarningRow {
            evidence: EvidenceId(1),
            path: "/logs/flows.gz".into(),
            scope: "element".into(),
            position: 7,
            byte_offset: 700,
            byte_length: 11,
            reason: "bad_value".into(),
            detail: "srcport 70000 is above 65535".into(),
            raw: b"2 1 eni-1 x".to_vec(),
        }])
    }

    fn overview(&self) -> Result<Overview, Fault> {
        let totals =
            Totals { evidence: 1, flows: self.flows as u64, warnings: 1, title: "Memory".into(), ..Totals::default() };
        let index = self.health.lock().unwrap().clone();
        let standing = self.standing.lock().unwrap().clone();
        let rescued = self.rescued.lock().unwrap().clone();
        Ok(Overview { totals, index, standing, rescued, ..Overview::default() })
    }

    fn values(&self, field: FieldId, prefix: &str, _: usize) -> Result<Vec<String>, Fault> {
        let values = if field.name() == "action" { vec!["ACCEPT", "REJECT"] } else { vec![] };
        Ok(values.into_iter().filter(|v| v.starts_with(prefix)).map(str::to_owned).collect())
    }

    fn glance(&self, _: &GlancePart, _: &Cancel) -> Result<Glance, Fault> {
        Ok(Glance::default())
    }

    fn standouts(&self, _: Find, _: &[SourceGap], _: &Cancel) -> Result<Vec<Standout>, Fault> {
        Ok(Vec::new())
    }

    fn why_empty(&self, _: &Scope, _: Option<&[SourceGap]>, _: &Cancel) -> Result<Why, Fault> {
        Ok(Why { reason: Some(Emptiness::NoneMatch), anytime: None, gap: None })
    }

    fn is_sample(&self) -> Result<bool, Fault> {
        Ok(false)
    }

    fn case(&self) -> Result<&CaseReader, Fault> {
        Err(CaseError::NotFound { path: "a case in memory".into() }.into())
    }
}

/// Wake-ups that may wait; more tell a waiting test nothing.
const WAKES: usize = 4096;

/// Waits for wake-ups instead of sleeping.
pub(crate) struct Settled {
    sender: Mutex<SyncSender<()>>,
    woken: Receiver<()>,
}

impl Default for Settled {
    fn default() -> Self {
        let (sender, woken) = sync_channel(WAKES);
        Self { sender: Mutex::new(sender), woken }
    }
}

impl Settled {
    pub(crate) fn waker(&self) -> Waker {
        let sender = Mutex::new(self.sender.lock().unwrap().clone());
        Arc::new(move || {
            // A test that has ended listens no more, and one that has many wake-ups to read needs no other.
            let _ = sender.lock().unwrap().try_send(());
        })
    }

    /// Polls until nothing is on its way any more.
    pub(crate) fn settle(&self, app: &mut App) {
        loop {
            app.poll();
            if !app.case.as_ref().is_some_and(|c| c.is_busy()) && app.jobs.running().is_none() {
                app.poll();
                if !app.case.as_ref().is_some_and(|c| c.is_busy()) {
                    return;
                }
            }
            let timeout = std::time::Duration::from_secs(20);
            self.woken.recv_timeout(timeout).expect("a worker thread answers");
        }
    }
}
