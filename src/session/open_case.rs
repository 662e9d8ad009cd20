//! An open case: its worker threads, its tables, and the lists beside them.

use super::action::View;
use super::conclusions::{Made, Task, Written};
use super::library::Library;
use super::overview::AtAGlance;
use super::pairs::Pairs;
use super::preview::Preview;
use super::records::{Lanes, Records};
use super::saved::{Changed, Saved};
use super::settings::ColumnSetting;
use super::sightings::Sightings;
use super::slots::{Lane, Slot, Waker};
use super::source::{
    Backend, Duplicates, EvidenceRow, IndexHealth, Overview, ReceivedRow, Standing, Totals, Unfinished, WarningRow,
};
use super::sql_console::SqlConsole;
use super::state::IndexCare;
use super::timeline::Timeline;
use super::top_list::WholeList;
use super::undo::{self, CaseChange, Changes, Outcome, Way};
use super::{address_page as about, address_page::About};
use super::{indicators as watch, indicators::Watch};
use crate::app::error::Message;
use crate::app::rescued::Origin;
use crate::model::{Address, Dataset, EvidenceId, FieldId, TimeRange};
use crate::present::chart::svg::Drawing;
use crate::present::display::dataset_key;
use crate::query::AddressQuery;
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
    pub glance: AtAGlance,
    pub pairs: Pairs,
    pub timeline: Timeline,
    /// A file that was just written.
    file: Option<PathBuf>,
    pub saved: Saved,
    changed_filters: Option<Changed>,
    /// The changes to the case in the order in which they were asked for, and what undoes them.
    pub changes: Changes,
    undone: Option<(Way, Message)>,
    pub written: Written,
    pub preview: Preview,
    made: Option<Made>,
    about: Slot<(u64, AddressQuery), About>,
    pub whole_list: WholeList,
    pub watch: Watch,
    pub sightings: Sightings,
    watched: Option<watch::Done>,
    pub library: Library,
    pub sql: SqlConsole,
    /// The view that was asked for last.
    asked_for: Option<View>,
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
        let lanes = Lanes {
            rows: lane("rows")?,
            charts: lane("charts")?,
            pages: lane("pages")?,
            answers: lane("answers")?,
            console: lane("console")?,
        };
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
            glance: AtAGlance::default(),
            pairs: Pairs::default(),
            timeline: Timeline::default(),
            file: None,
            saved: Saved::default(),
            changed_filters: None,
            changes: Changes::default(),
            undone: None,
            written: Written::default(),
            preview: Preview::default(),
            made: None,
            about: Slot::default(),
            whole_list: WholeList::default(),
            watch: Watch::default(),
            sightings: Sightings::default(),
            watched: None,
            library: Library::default(),
            sql: SqlConsole::default(),
            asked_for: None,
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

    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Evidence came in.
    pub fn changed(&mut self) {
        self.revision += 1;
    }

    pub fn totals(&self) -> Option<&Totals> {
        self.overview.shown().map(|overview| &overview.totals)
    }

    /// How the file stands: read as it lies there, or in part.
    pub fn standing(&self) -> Option<&Standing> {
        self.overview.shown().map(|overview| &overview.standing)
    }

    pub fn index_health(&self) -> Option<&IndexHealth> {
        self.overview.shown().map(|overview| &overview.index)
    }

    /// What is known of an address, once it is in; and whether that is of an older question.
    pub fn about(&self, address: &Address) -> Option<(&About, bool)> {
        let (_, query) = self.about.shown_query()?;
        let about = self.about.shown().filter(|_| query.address == *address)?;
        Some((about, self.about.is_busy()))
    }

    pub fn about_fault(&self) -> Option<&str> {
        self.about.fault()
    }

    /// Does the case hold any flow record?
    pub fn flows_are_there(&self) -> bool {
        self.totals().is_some_and(|totals| totals.flows > 0)
    }

    /// What an interrupted import left to do.
    pub fn unfinished(&self) -> Option<&Unfinished> {
        self.overview.shown()?.unfinished.as_ref()
    }

    /// The damaged case that this one was saved from.
    pub fn rescued(&self) -> Option<&Origin> {
        self.overview.shown().and_then(|overview| overview.rescued.as_ref())
    }

    /// What was offered to imports and is no evidence of its own.
    pub fn received(&self) -> Option<&Arc<[ReceivedRow]>> {
        self.overview.shown().map(|overview| &overview.received)
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

    pub fn want_pairs(&mut self, rows: Range<u64>) {
        self.pairs.want(&self.lanes, rows);
    }

    pub fn want_entries(&mut self, rows: Range<u64>) {
        self.watch.want(&self.lanes.pages, rows);
    }

    pub fn want_sightings(&mut self, rows: Range<u64>) {
        self.sightings.want(&self.lanes, rows);
    }

    /// What became of the indicators and labels since this was asked last.
    pub fn take_watched(&mut self) -> Option<watch::Done> {
        self.watched.take()
    }

    pub fn save_chart(&mut self, path: PathBuf, drawing: Drawing) {
        self.timeline.save(&self.lanes, path, drawing);
    }

    /// What became of the kept filters since this was asked last.
    pub fn take_changed_filters(&mut self) -> Option<Changed> {
        self.changed_filters.take()
    }

    /// What examiners wrote and was made since this was asked last.
    pub fn take_made(&mut self) -> Option<Made> {
        self.made.take()
    }

    /// A file that was written since this was asked last.
    pub fn take_saved(&mut self) -> Option<PathBuf> {
        self.file.take()
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
        failures.extend(self.glance.poll());
        failures.extend(self.pairs.poll());
        let (of_timeline, saved) = self.timeline.poll();
        failures.extend(of_timeline);
        self.file = saved.or(self.file.take());
        let (of_filters, changed) = self.saved.poll();
        failures.extend(of_filters);
        if let Some(done) = changed {
            self.settled(done.clone().map(|done| done.inverse.map(CaseChange::Filters)));
            self.changed_filters = done.ok().map(|done| done.changed);
        }
        let (of_written, made) = self.written.poll();
        failures.extend(of_written);
        if let Some(done) = made {
            let inverse = |made: Made| made.inverse.map(|change| CaseChange::Written(Task::Change(change)));
            self.settled(done.clone().map(inverse));
            self.made = done.ok();
        }
        failures.extend(self.preview.poll());
        failures.extend(self.about.poll().and_then(Result::err));
        failures.extend(self.whole_list.poll());
        let (of_watch, done) = self.watch.poll();
        failures.extend(of_watch);
        if let Some(done) = done {
            self.settled(done.clone().map(|done| Some(CaseChange::Watched(Box::new(done.inverse)))));
            // What meets an indicator stands otherwise in every answer.
            self.revision += u64::from(done.is_ok());
            self.watched = done.ok();
        }
        failures.extend(self.sightings.poll());
        failures.extend(self.library.poll());
        failures.extend(self.sql.poll());
        failures
    }

    fn settled(&mut self, outcome: Outcome) {
        self.undone = self.changes.settled(outcome).or(self.undone.take());
    }

    /// Puts a change into the order of the changes.
    pub fn change(&mut self, change: CaseChange) {
        let what = undo::describe(self, &change);
        self.changes.make(what, change);
    }

    /// What was undone or redone since this was asked last.
    pub fn take_undone(&mut self) -> Option<(Way, Message)> {
        self.undone.take()
    }

    fn make_next(&mut self) {
        match self.changes.take_next() {
            // It is under way, or there is none.
            None => {}
            Some(CaseChange::Written(task)) => self.written.make(task),
            Some(CaseChange::Watched(change)) => self.watch.make(*change),
            Some(CaseChange::Filters(change)) => self.saved.make(change),
        }
    }

    /// Asks for what is shown and not there yet.
    pub fn ask(
        &mut self,
        view: View,
        address: Option<&Address>,
        range: TimeRange,
        duplicates: Duplicates,
        histogram: bool,
    ) {
        let revision = self.revision;
        self.overview.ask(&self.lanes.pages, revision, |source, _, _| source.overview());
        if self.is_opening() {
            return;
        }
        self.stop_others(view);
        self.make_next();
        self.saved.ask(&self.lanes.pages, &self.path);
        self.written.ask(&self.lanes, &self.path, revision, view == View::Exhibits);
        self.whole_list.ask(&self.lanes.charts, revision, view);
        self.watch.ask(&self.lanes.pages, &self.path, view == View::Indicators);
        // Some take a while to be read; nobody waits for the console's lane.
        self.watch.ask_owners(&self.lanes.console);
        match view {
            View::Records(dataset) => {
                let table = match dataset {
                    Dataset::Flows => &mut self.flows,
                    Dataset::Events => &mut self.events,
                };
                let watched = self.watch.looks_for_something();
                table.ask(&self.lanes, revision, range, duplicates, (histogram, watched));
            }
            View::Pairs => {
                let span = self.totals().and_then(|totals| totals.flow_span);
                let scope = self.flows.scope(range, duplicates);
                self.pairs.ask(&self.lanes, revision, scope, span);
            }
            View::Timeline => {
                let (flows, events) = (&self.flows, &self.events);
                let watched = self.watch.looks_for_something();
                self.timeline.ask(&self.lanes, revision, watched, |dataset| match dataset {
                    Dataset::Flows => flows.scope(range, duplicates),
                    Dataset::Events => events.scope(range, duplicates),
                });
            }
            View::Indicators => {}
            View::Sightings => self.sightings.ask(&self.lanes, revision, range, duplicates),
            View::Queries => self.library.ask(&self.lanes, revision),
            View::Address => {
                if let Some(address) = address {
                    let query =
                        AddressQuery { range, duplicates, limit: about::ROWS, ..AddressQuery::of(address.clone()) };
                    self.about.ask(&self.lanes.answers, (revision, query), |source, (_, query), cancel| {
                        Ok(about::read(source.case()?, query, cancel)?)
                    });
                }
            }
            View::Sql => self.sql.ask(&self.lanes.console, &self.lanes.pages),
            View::Overview => {
                if let Some(overview) = self.overview.shown() {
                    self.glance.ask(&self.lanes.rows, revision, &overview.totals);
                }
            }
            View::Exhibits => self.preview.ask(&self.lanes, revision, self.written.changes()),
            View::Findings => {}
            View::Evidence => {
                self.evidence.ask(&self.lanes.pages, revision, |source, _, _| source.evidence().map(Arc::from));
                let chosen = (revision, self.shown_warnings);
                self.warnings.ask(&self.lanes.charts, chosen, |source, (_, evidence), _| {
                    source.warnings(*evidence).map(Arc::from)
                });
                self.watch.ask_hits(&self.lanes.answers, revision);
            }
        }
        if let Some((field, prefix)) = &self.wanted_values {
            let wanted = (revision, *field, prefix.clone());
            self.values.ask(&self.lanes.charts, wanted, |source, (_, field, prefix), _| {
                source.values(*field, prefix, COMPLETIONS)
            });
        }
    }

    /// What a view that was left has asked is not waited for any more. A statement and a named query go on: they were
    /// started by hand.
    fn stop_others(&mut self, view: View) {
        if self.asked_for.replace(view) == Some(view) {
            return;
        }
        if view != View::Overview {
            self.glance.stop();
        }
        if view != View::Pairs {
            self.pairs.stop();
        }
        if view != View::Timeline {
            self.timeline.stop();
        }
        if view != View::Address {
            self.about.stop();
        }
        if view != View::Sightings {
            self.sightings.stop();
        }
    }

    /// Stops what is running; the threads that are about to end.
    pub fn close(self) -> Vec<JoinHandle<()>> {
        let Lanes { rows, charts, pages, answers, console } = self.lanes;
        [rows, charts, pages, answers, console].map(Lane::close).into()
    }

    /// Is any answer on its way?
    pub fn is_busy(&self) -> bool {
        self.overview.is_busy()
            || self.evidence.is_busy()
            || self.warnings.is_busy()
            || self.values.is_busy()
            || self.flows.is_busy()
            || self.events.is_busy()
            || self.glance.is_busy()
            || self.pairs.is_busy()
            || self.timeline.is_busy()
            || self.about.is_busy()
            || !self.changes.is_idle()
            || self.saved.is_busy()
            || self.written.is_busy()
            || self.preview.is_busy()
            || self.whole_list.is_busy()
            || self.watch.is_busy()
            || self.sightings.is_busy()
            || self.library.is_busy()
            || self.sql.is_busy()
    }
}
