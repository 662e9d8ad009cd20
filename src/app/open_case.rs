//! An open case: its worker threads, its tables, and the lists beside them.

use super::display::dataset_key;
use super::records::{Lanes, Records};
use super::settings::ColumnSetting;
use super::slots::{Lane, Slot, Waker};
use super::source::{Backend, Duplicates, EvidenceRow, IndexHealth, Overview, Totals, Unfinished, WarningRow};
use super::state::IndexCare;
use crate::model::{Dataset, EvidenceId, FieldId, TimeRange};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Values that completion offers at once.
const COMPLETIONS: usize = 30;

pub struct OpenCase {
    pub path: PathBuf,
    /// Counts up whenever evidence came in: what was asked of an older revision is asked again.
    revision: u64,
    lanes: Lanes,
    flows: Records,
    events: Records,
    overview: Slot<u64, Overview>,
    evidence: Slot<u64, Arc<[EvidenceRow]>>,
    warnings: Slot<(u64, Option<EvidenceId>), Arc<[WarningRow]>>,
    shown_warnings: Option<EvidenceId>,
    values: Slot<(u64, FieldId, String), Vec<String>>,
    wanted_values: Option<(FieldId, String)>,
    pub(super) index_care: IndexCare,
}

impl OpenCase {
    /// Starts the worker threads. Whether the file is a case shows when the first answer is in.
    pub fn start(
        path: &Path,
        backend: &Arc<dyn Backend>,
        waker: &Waker,
        columns: &BTreeMap<String, Vec<ColumnSetting>>,
    ) -> std::io::Result<Self> {
        let lane = |name: &str| Lane::start(name, Arc::clone(backend), path.to_owned(), Arc::clone(waker));
        let lanes = Lanes { rows: lane("rows")?, charts: lane("charts")?, pages: lane("pages")? };
        let saved = |dataset| columns.get(dataset_key(dataset)).map(Vec::as_slice);
        Ok(Self {
            path: path.to_owned(),
            revision: 0,
            lanes,
            flows: Records::new(Dataset::Flows, saved(Dataset::Flows)),
            events: Records::new(Dataset::Events, saved(Dataset::Events)),
            overview: Slot::default(),
            evidence: Slot::default(),
            warnings: Slot::default(),
            shown_warnings: None,
            values: Slot::default(),
            wanted_values: None,
            index_care: IndexCare::default(),
        })
    }

    pub fn records(&self, dataset: Dataset) -> &Records {
        match dataset {
            Dataset::Flows => &self.flows,
            Dataset::Events => &self.events,
        }
    }

    pub fn records_mut(&mut self, dataset: Dataset) -> &mut Records {
        match dataset {
            Dataset::Flows => &mut self.flows,
            Dataset::Events => &mut self.events,
        }
    }

    /// Evidence came in.
    pub fn changed(&mut self) {
        self.revision += 1;
    }

    pub fn totals(&self) -> Option<&Totals> {
        self.overview.shown().map(|overview| &overview.totals)
    }

    pub fn index_health(&self) -> Option<&IndexHealth> {
        self.overview.shown().map(|overview| &overview.index)
    }

    /// What an interrupted import left to do.
    pub fn unfinished(&self) -> Option<&Unfinished> {
        self.overview.shown()?.unfinished.as_ref()
    }

    pub fn evidence(&self) -> Option<&Arc<[EvidenceRow]>> {
        self.evidence.shown()
    }

    /// The warnings of the chosen evidence, or of all; and which that is.
    pub fn warnings(&self) -> Option<&Arc<[WarningRow]>> {
        let shown = self.warnings.shown_query().is_some_and(|(_, evidence)| *evidence == self.shown_warnings);
        if shown { self.warnings.shown() } else { None }
    }

    pub fn warnings_of(&self) -> Option<EvidenceId> {
        self.shown_warnings
    }

    pub fn show_warnings(&mut self, evidence: Option<EvidenceId>) {
        self.shown_warnings = evidence;
    }

    pub fn complete(&mut self, wanted: Option<(FieldId, String)>) {
        self.wanted_values = wanted;
    }

    /// Values for completion, once they are in.
    pub fn values(&self, field: FieldId, prefix: &str) -> Option<&[String]> {
        let (_, f, p) = self.values.shown_query()?;
        (*f == field && p == prefix).then(|| self.values.shown().map(Vec::as_slice))?
    }

    pub fn want_rows(&mut self, dataset: Dataset, rows: Range<u64>) {
        let records = match dataset {
            Dataset::Flows => &mut self.flows,
            Dataset::Events => &mut self.events,
        };
        records.pages.want(&self.lanes.pages, rows);
    }

    /// The reason why the case could not be opened at all.
    pub fn open_failure(&self) -> Option<String> {
        if self.overview.shown().is_some() { None } else { self.overview.fault().map(str::to_owned) }
    }

    pub fn is_opening(&self) -> bool {
        self.overview.shown().is_none()
    }

    /// Takes in answers; the reasons of failures.
    pub fn poll(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        failures.extend(self.overview.poll().and_then(Result::err));
        failures.extend(self.evidence.poll().and_then(Result::err));
        failures.extend(self.warnings.poll().and_then(Result::err));
        failures.extend(self.values.poll().and_then(Result::err));
        failures.extend(self.flows.poll());
        failures.extend(self.events.poll());
        failures
    }

    /// Asks for what is shown and not there yet.
    pub fn ask(&mut self, records: Option<Dataset>, range: TimeRange, duplicates: Duplicates, histogram: bool) {
        let revision = self.revision;
        self.overview.ask(&self.lanes.pages, revision, |source, _, _| source.overview());
        if self.is_opening() {
            return;
        }
        match records {
            Some(dataset) => {
                let table = match dataset {
                    Dataset::Flows => &mut self.flows,
                    Dataset::Events => &mut self.events,
                };
                table.ask(&self.lanes, revision, range, duplicates, histogram);
            }
            None => {
                self.evidence.ask(&self.lanes.pages, revision, |source, _, _| source.evidence().map(Arc::from));
                let chosen = (revision, self.shown_warnings);
                self.warnings.ask(&self.lanes.charts, chosen, |source, (_, evidence), _| {
                    source.warnings(*evidence).map(Arc::from)
                });
            }
        }
        if let Some((field, prefix)) = &self.wanted_values {
            let wanted = (revision, *field, prefix.clone());
            self.values.ask(&self.lanes.charts, wanted, |source, (_, field, prefix), _| {
                source.values(*field, prefix, COMPLETIONS)
            });
        }
    }

    /// Stops what is running; the threads that are about to end.
    pub fn close(self) -> Vec<JoinHandle<()>> {
        let Lanes { rows, charts, pages } = self.lanes;
        [rows, charts, pages].map(Lane::close).into()
    }

    /// Is any answer on its way?
    pub fn is_busy(&self) -> bool {
        self.overview.is_busy()
            || self.evidence.is_busy()
            || self.warnings.is_busy()
            || self.values.is_busy()
            || self.flows.is_busy()
            || self.events.is_busy()
    }
}
