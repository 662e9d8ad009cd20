//! An open case: its worker threads, its tables, and the lists beside them.

use super::address_page::AddressPages;
use super::compare::Compare;
use super::completions::Completions;
use super::conclusions::{Conclusions, Made, Task};
use super::copying::{Copying, RowsToCopy};
use super::decisions::{Decided, Decisions};
use super::evidence::EvidenceLists;
use super::flags::Flags;
use super::follow::Following;
use super::identities::Identities;
use super::indicators::{self, Indicators};
use super::journal::Journal;
use super::leads::{Leads, Purpose};
use super::library::Library;
use super::overview::AtAGlance;
use super::pairs::Pairs;
use super::pane::{Asking, Lanes, Pane};
use super::preview::Preview;
use super::records::Records;
use super::rules::Rules;
use super::saved_filters::{FiltersChanged, SavedFilters};
use super::saved_views::{SavedViews, ViewChange};
use super::settings::Settings;
use super::shown::{Candidate, Exported, Shown};
use super::sightings::Sightings;
use super::slots::{Lane, Slot};
use super::source::{Backend, Duplicates, IndexHealth, Overview, Standing, Totals, Unfinished};
use super::split::Views;
use super::sql_console::SqlConsole;
use super::standouts::Standouts;
use super::timeline::Timeline;
use super::top_list::TopList;
use super::tour::Tour;
use super::undo::{self, CaseChange, Changes, FilterStep, Outcome, Way};
use super::view::View;
use super::waker::Waker;
use super::why_empty::WhyEmpty;
use crate::app::Failure;
use crate::app::error::Message;
use crate::app::rescued::Origin;
use crate::model::conclusions::{Change, FindingText, Subject};
use crate::model::{Address, Dataset, EvidenceId, Received, RecordId, TimeRange};
use crate::present::chart::svg::Drawing;
use crate::present::display::dataset_key;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// What was done about the open case's index.
#[derive(Debug, Default)]
pub(crate) struct IndexCare {
    /// The health for which work was begun: it is not begun again for the same trouble.
    pub begun: Option<IndexHealth>,
    /// How often the index was found damaged, as far as this was noticed.
    pub damages: u64,
}

/// The panes of a case: the two tables of records, and a line for each other.
macro_rules! panes {
    ($($name:ident: $pane:ty,)*) => {
        pub struct Panes {
            pub flows: Records,
            pub events: Records,
            $(pub $name: $pane,)*
        }

        impl Panes {
            fn new(flows: Records, events: Records) -> Self {
                Self { flows, events, $($name: <$pane>::default(),)* }
            }

            /// Each by its name.
            fn named(&self) -> impl Iterator<Item = (&'static str, &dyn Pane)> {
                let panes: [(&'static str, &dyn Pane); _] =
                    [("flows", &self.flows), ("events", &self.events), $((stringify!($name), &self.$name)),*];
                panes.into_iter()
            }

            fn each(&self) -> impl Iterator<Item = &dyn Pane> {
                self.named().map(|(_, pane)| pane)
            }

            fn each_mut(&mut self) -> impl Iterator<Item = &mut dyn Pane> {
                let panes: [&mut dyn Pane; _] = [&mut self.flows, &mut self.events, $(&mut self.$name),*];
                panes.into_iter()
            }
        }
    };
}

panes! {
    saved_filters: SavedFilters,
    saved_views: SavedViews,
    decisions: Decisions,
    conclusions: Conclusions,
    top_list: TopList,
    compare: Compare,
    indicators: Indicators,
    glance: AtAGlance,
    evidence: EvidenceLists,
    journal: Journal,
    standouts: Standouts,
    leads: Leads,
    tour: Tour,
    why_empty: WhyEmpty,
    pairs: Pairs,
    timeline: Timeline,
    flags: Flags,
    sightings: Sightings,
    library: Library,
    sql: SqlConsole,
    preview: Preview,
    address_pages: AddressPages,
    identities: Identities,
    rules: Rules,
    follow: Following,
    completions: Completions,
}

impl Panes {
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
}

pub struct OpenCase {
    pub path: PathBuf,
    /// Counts up whenever evidence came in: what was asked of an older revision is run again.
    revision: u64,
    /// Evidence came in while answers were on their way; they come to their end before the revision counts up.
    has_more: bool,
    lanes: Lanes,
    overview: Slot<u64, Overview>,
    pub(super) index_care: IndexCare,
    pub panes: Panes,
    /// Rows on their way to the clipboard.
    pub copying: Copying,
    /// The changes to the case in the order in which they were asked for, and what undoes them.
    pub changes: Changes,
    /// How many of them are settled.
    changes_settled: u64,
    changed_filters: Option<FiltersChanged>,
    changed_view: Option<ViewChange>,
    undone: Option<(Way, Message)>,
    made: Option<Made>,
    /// A change that examiners wrote was not made.
    not_made: Option<Task>,
    indicators_changed: Option<indicators::Done>,
    /// A filter that is to be shown, because something is undone or redone.
    filter_step: Option<FilterStep>,
    /// The views that were asked for last.
    asked_for: Option<Views>,
}

/// Whoever has a case has its panes.
impl Deref for OpenCase {
    type Target = Panes;

    fn deref(&self) -> &Panes {
        &self.panes
    }
}

impl DerefMut for OpenCase {
    fn deref_mut(&mut self) -> &mut Panes {
        &mut self.panes
    }
}

impl OpenCase {
    /// Starts the worker threads. Whether the file is a case shows when the first answer is in.
    pub fn start(path: &Path, backend: &Arc<dyn Backend>, waker: &Waker, settings: &Settings) -> std::io::Result<Self> {
        let lane = |name: &str| Lane::start(name, Arc::clone(backend), path.to_owned(), Arc::clone(waker));
        let idle = |name: &str| Lane::start_idle(name, Arc::clone(backend), path.to_owned(), Arc::clone(waker));
        let lanes = Lanes {
            rows: lane("rows")?,
            charts: lane("charts")?,
            pages: lane("pages")?,
            answers: lane("answers")?,
            console: lane("console")?,
            copies: idle("copies")?,
            changes: idle("changes")?,
        };
        let records = |dataset| {
            let table = dataset_key(dataset);
            let columns = settings.columns.get(table).map(Vec::as_slice);
            Records::new(dataset, columns, settings.facets.get(table).map(Vec::as_slice))
        };
        let (flows, events) = (records(Dataset::Flows), records(Dataset::Events));
        Ok(Self {
            path: path.to_owned(),
            revision: 0,
            has_more: false,
            lanes,
            overview: Slot::default(),
            index_care: IndexCare::default(),
            panes: Panes::new(flows, events),
            copying: Copying::default(),
            changes: Changes::default(),
            changes_settled: 0,
            changed_filters: None,
            changed_view: None,
            undone: None,
            made: None,
            not_made: None,
            indicators_changed: None,
            filter_step: None,
            asked_for: None,
        })
    }

    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The case is another one: what is on its way is of no use any more.
    pub fn changed(&mut self) {
        self.revision += 1;
        self.has_more = false;
    }

    /// Evidence came in. An import does so with every file: what is on its way is answered first, or tables would never get
    /// an answer while it runs.
    pub(crate) fn evidence_came_in(&mut self) {
        self.has_more = true;
    }

    /// Is an answer on its way that these views wait for?
    fn holds_revision(&self, views: Views) -> bool {
        let mut shown = self.panes.each().filter(|pane| views.any(|view| pane.shows(view)));
        self.overview.is_busy() || shown.any(|pane| pane.holds_revision())
    }

    pub fn totals(&self) -> Option<&Totals> {
        self.overview.shown().map(|overview| &overview.totals)
    }

    /// How the file is: read as it lies there, or in part.
    pub fn standing(&self) -> Option<&Standing> {
        self.overview.shown().map(|overview| &overview.standing)
    }

    pub fn index_health(&self) -> Option<&IndexHealth> {
        self.overview.shown().map(|overview| &overview.index)
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
    pub fn received(&self) -> Option<&Arc<[Received]>> {
        self.overview.shown().map(|overview| &overview.received)
    }

    /// Files with the same bytes as this one that were offered, too.
    pub fn copies(&self, of: EvidenceId) -> impl Iterator<Item = &Received> {
        self.overview.shown().into_iter().flat_map(move |overview| {
            overview.copies.get(&of).into_iter().flatten().filter_map(move |place| overview.received.get(*place))
        })
    }

    pub fn want_rows(&mut self, dataset: Dataset, rows: Range<u64>) {
        let Self { panes, lanes, .. } = self;
        let records = panes.records_mut(dataset);
        records.pages.want(&lanes.pages, rows);
    }

    /// Asks for the facets beside a table, which are on screen.
    pub fn want_facets(&mut self, dataset: Dataset, range: TimeRange, duplicates: Duplicates) {
        if self.is_opening() {
            return;
        }
        let Self { panes, lanes, revision, .. } = self;
        let records = panes.records_mut(dataset);
        let scope = records.scope(range, duplicates);
        records.facets.ask(&lanes.answers, *revision, &scope);
    }

    /// Asks for the steps back from an event, which are on screen.
    pub fn want_chain(&mut self, record: RecordId) {
        let Self { panes, lanes, revision, .. } = self;
        panes.events.lineage.ask_chain(&lanes.answers, *revision, record);
    }

    pub fn want_pairs(&mut self, rows: Range<u64>) {
        self.panes.pairs.want(&self.lanes, rows);
    }

    pub fn want_entries(&mut self, rows: Range<u64>) {
        self.panes.indicators.want(&self.lanes.pages, rows);
    }

    pub fn want_sightings(&mut self, rows: Range<u64>) {
        self.panes.sightings.want(&self.lanes, rows);
    }

    /// Has rows read that go to the clipboard.
    pub(crate) fn copy(&mut self, rows: RowsToCopy) {
        self.copying.start(rows, &self.lanes.copies);
    }

    /// What became of the indicators and labels since this was asked last.
    pub fn take_indicators_changed(&mut self) -> Option<indicators::Done> {
        self.indicators_changed.take()
    }

    pub fn save_chart(&mut self, path: PathBuf, drawing: Drawing) {
        self.panes.timeline.save(&self.lanes, path, drawing);
    }

    /// What became of the kept filters since this was asked last.
    pub fn take_changed_filters(&mut self) -> Option<FiltersChanged> {
        self.changed_filters.take()
    }

    /// The kept view that changed since this was asked last.
    pub fn take_changed_view(&mut self) -> Option<ViewChange> {
        self.changed_view.take()
    }

    /// What examiners wrote and was made since this was asked last.
    pub fn take_made(&mut self) -> Option<Made> {
        self.made.take()
    }

    /// What examiners wrote and could not be made since this was asked last.
    pub fn take_not_made(&mut self) -> Option<Task> {
        self.not_made.take()
    }

    /// A file that was written since this was asked last.
    pub fn take_saved(&mut self) -> Option<PathBuf> {
        self.panes.timeline.take_written()
    }

    /// The reason why the case could not be opened at all.
    pub fn open_failure(&self) -> Option<Failure> {
        if self.overview.shown().is_some() { None } else { self.overview.fault().cloned() }
    }

    pub fn is_opening(&self) -> bool {
        self.overview.shown().is_none()
    }

    /// Takes in answers; the reasons of failures.
    pub fn poll(&mut self) -> Vec<Failure> {
        let mut failures: Vec<Failure> = self.overview.poll().and_then(Result::err).into_iter().collect();
        failures.extend(self.panes.each_mut().flat_map(|pane| pane.poll()));
        if let Some(done) = self.panes.saved_filters.take_done() {
            self.settled(done.clone().map(|done| done.inverse.map(CaseChange::Filters)));
            self.changed_filters = done.ok().map(|done| done.changed);
        }
        if let Some(done) = self.panes.saved_views.take_done() {
            self.settled(done.clone().map(|done| done.inverse.map(|change| CaseChange::View(Box::new(change)))));
            self.changed_view = done.ok().map(|done| done.change);
        }
        if let Some(done) = self.panes.decisions.take_done() {
            // What an allow-list leaves out is in the answer of any analysis.
            self.revision += u64::from(done.as_ref().is_ok_and(Decided::is_of_allow_list));
            self.settled(done.map(|done| done.inverse.map(|back| CaseChange::Decision(Box::new(back)))));
        }
        if let Some((purpose, records)) = self.panes.leads.take_records() {
            self.use_records(purpose, records);
        }
        if let Some(done) = self.panes.conclusions.take_done() {
            let inverse = |made: Made| made.inverse.map(|change| CaseChange::Conclusions(Task::Change(change)));
            if let (Err(_), Some(CaseChange::Conclusions(task))) = (&done, self.changes.new_one()) {
                self.not_made = Some(task.clone());
            }
            self.settled(done.clone().map(inverse));
            if let Ok(made) = &done {
                self.cite_in_new(made);
            }
            self.made = done.ok();
        }
        if let Some(done) = self.panes.indicators.take_done() {
            self.settled(done.clone().map(|done| Some(CaseChange::Indicators(Box::new(done.inverse)))));
            // What matches an indicator is otherwise in every answer.
            self.revision += u64::from(done.is_ok());
            self.indicators_changed = done.ok();
        }
        failures
    }

    /// A lead becomes a finding, or is cited in one.
    fn use_records(&mut self, purpose: Purpose, records: Arc<[RecordId]>) {
        let change = match purpose {
            Purpose::Cite(finding) => Change::Cite { finding, records: records.to_vec() },
            Purpose::Finding { title, text } => {
                self.panes.leads.cites_when_made(title.clone(), records);
                Change::AddFinding(FindingText { title, text, ..FindingText::default() })
            }
        };
        self.change(CaseChange::Conclusions(Task::Change(change)));
    }

    /// The finding that a lead has become cites its records.
    fn cite_in_new(&mut self, made: &Made) {
        let (Task::Change(Change::AddFinding(text)), Some(finding)) = (&made.task, made.id) else { return };
        if let Some(records) = self.panes.leads.take_cited(&text.title) {
            let change = Change::Cite { finding, records: records.to_vec() };
            self.change(CaseChange::Conclusions(Task::Change(change)));
        }
    }

    fn settled(&mut self, outcome: Outcome) {
        self.changes_settled += 1;
        self.undone = self.changes.settled(outcome).or(self.undone.take());
    }

    /// Puts a change into the order of the changes.
    pub fn change(&mut self, change: CaseChange) {
        let what = undo::describe(&self.panes.conclusions, &self.panes.indicators, &change);
        self.changes.make(what, change);
    }

    /// Gives these things some tags and takes others from them, as one step.
    pub fn set_tags(&mut self, subjects: &[Subject], tags: BTreeMap<String, bool>) {
        let change = |(name, on)| {
            let subjects = subjects.to_vec();
            let change = if on { Change::AddTag { name, subjects } } else { Change::RemoveTag { name, subjects } };
            CaseChange::Conclusions(Task::Change(change))
        };
        let changes: Vec<CaseChange> = tags.into_iter().map(change).collect();
        let what = match changes.as_slice() {
            [only] => undo::describe(&self.panes.conclusions, &self.panes.indicators, only),
            several => undo::describe_tags(several.len(), subjects.len()),
        };
        self.changes.make_together(what, changes);
    }

    /// What was undone or redone since this was asked last.
    pub fn take_undone(&mut self) -> Option<(Way, Message)> {
        self.undone.take()
    }

    fn make_next(&mut self) {
        match self.changes.take_next() {
            // It is under way, or there is none.
            None => {}
            Some(CaseChange::Conclusions(task)) => self.panes.conclusions.make(task),
            Some(CaseChange::Indicators(change)) => self.panes.indicators.make(*change),
            Some(CaseChange::Filters(change)) => self.panes.saved_filters.make(change),
            Some(CaseChange::Shown(step)) => self.filter_step = Some(step),
            Some(CaseChange::View(change)) => self.panes.saved_views.make(*change),
            Some(CaseChange::Decision(deciding)) => self.panes.decisions.make(*deciding),
        }
    }

    /// The records of the views on screen of which filter and time range leave none.
    fn empty(&self, views: Views) -> Option<Dataset> {
        let has_none = |dataset| {
            let records = self.records(dataset);
            let of_records = views.has(View::Records(dataset)) && records.row_count() == Some(0) && !records.is_stale();
            let pairs = &self.panes.pairs;
            let of_pairs = dataset == Dataset::Flows && views.has(View::Pairs);
            let (identities, rules) = (self.panes.identities.shown(), &self.panes.rules);
            let no_identities = identities.len() == Some(0) && !identities.is_stale();
            let no_events = rules.monitored().is_some_and(|found| found.events == 0) && !rules.is_stale();
            let of_events = views.has(View::Identities) && no_identities || views.has(View::Rules) && no_events;
            of_records
                || of_pairs && pairs.len() == Some(0) && !pairs.is_stale()
                || dataset == Dataset::Events && of_events
        };
        [Dataset::Flows, Dataset::Events].into_iter().find(|dataset| has_none(*dataset))
    }

    /// A filter and a time range that are to be shown again.
    pub fn take_filter_step(&mut self) -> Option<FilterStep> {
        self.filter_step.take()
    }

    /// They are shown; `before` leads back.
    pub fn filter_step_made(&mut self, before: FilterStep) {
        self.settled(Ok(Some(CaseChange::Shown(before))));
    }

    /// Asks for what is shown and not there yet.
    pub fn ask(
        &mut self,
        views: Views,
        address: Option<&Address>,
        range: TimeRange,
        duplicates: Duplicates,
        histogram: bool,
        by: Option<&str>,
    ) {
        if self.has_more && !self.holds_revision(views) {
            self.changed();
        }
        self.overview.ask(&self.lanes.pages, self.revision, |source, _, _| source.overview());
        if self.is_opening() {
            return;
        }
        if self.asked_for.replace(views) != Some(views) {
            self.panes.each_mut().filter(|pane| !views.any(|view| pane.shows(view))).for_each(|pane| pane.leave());
        }
        self.make_next();
        self.copying.ask(&self.lanes.copies);
        let Some(overview) = self.overview.shown() else { return };
        let asking = Asking {
            lanes: &self.lanes,
            case: &self.path,
            by,
            revision: self.revision,
            totals: &overview.totals,
            views,
            address,
            range,
            duplicates,
            histogram,
            flows: self.panes.flows.scope(range, duplicates),
            events: self.panes.events.scope(range, duplicates),
            has_indicators: self.panes.indicators.looks_for_something(),
            conclusions: self.panes.conclusions.changes(),
            decisions: self.panes.decisions.list().cloned(),
            changes: self.changes_settled,
            empty: self.empty(views),
            is_glanced: self.panes.standouts.is_settled() && !self.panes.glance.is_busy(),
            flow_gaps: match overview.totals.flows {
                0 => Some(Arc::default()),
                _ => self.panes.glance.gaps(Dataset::Flows, self.revision),
            },
        };
        self.panes.each_mut().filter(|pane| views.any(|view| pane.shows(view))).for_each(|pane| pane.ask(&asking));
    }

    /// What the view shows, to be written into a file, and how many rows that are where it is known.
    pub fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        self.panes.each().filter(|pane| pane.shows(shown.view)).find_map(|pane| pane.exported(shown))
    }

    /// What the view could be frozen as, the likeliest first; tables with so many rows at most.
    pub fn candidates(&self, shown: &Shown<'_>, limit: usize) -> Vec<Candidate> {
        self.panes.each().filter(|pane| pane.shows(shown.view)).flat_map(|pane| pane.candidates(shown, limit)).collect()
    }

    /// The number beside a view's name.
    pub fn number(&self, view: View) -> Option<u64> {
        let totals = self.totals()?;
        self.panes.each().filter(|pane| pane.shows(view)).find_map(|pane| pane.number(view, totals))
    }

    /// Stops what is running; the threads that are about to end.
    pub fn close(self) -> Vec<JoinHandle<()>> {
        let Lanes { rows, charts, pages, answers, console, copies, changes } = self.lanes;
        [rows, charts, pages, answers, console, copies, changes].map(Lane::close).into()
    }

    #[cfg(test)]
    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// What an answer is on its way for, by its name.
    #[cfg(test)]
    pub(crate) fn busy(&self) -> Vec<&'static str> {
        let panes = self.panes.named().filter(|(_, pane)| pane.is_busy());
        let mut busy: Vec<&'static str> = panes.map(|(name, _)| name).collect();
        busy.extend(self.overview.is_busy().then_some("overview"));
        busy.extend((!self.changes.is_idle()).then_some("changes"));
        busy.extend(self.copying.is_busy().then_some("copying"));
        busy.extend(self.has_more.then_some("evidence"));
        busy
    }

    /// Is any answer on its way?
    pub fn is_busy(&self) -> bool {
        self.overview.is_busy()
            || !self.changes.is_idle()
            || self.copying.is_busy()
            || self.has_more
            || self.panes.each().any(|pane| pane.is_busy())
    }
}
