//! The state of the sightings view: by indicator, by host or by list, or the playbook's view; of all lists or of one.
//! It follows the time range of every view.

use super::copying::RowsToCopy;
use super::paged_table::{PagedTable, Reads};
use super::pane::Lanes;
use super::pane::{Asking, Pane};
use super::selection::Selection;
use super::shown::{Exported, Shown};
use super::view::View;
use crate::app::Failure;
use crate::app::owners::{Owner, Owners};
use crate::model::{Dataset, TimeRange, Value};
use crate::query::{
    self, By, Duplicates, Looked, PLAYBOOK_COLUMNS, PlaybookQuery, PlaybookRow, PlaybookTable, Scope, SightedRow,
    SightingQuery, SightingRow, SightingSort, SightingTable, sighting_columns, sighting_value,
};
use crate::questions::{PlaybookQuestion, Question, SightingsQuestion};
use std::ops::Range;
use std::sync::Arc;

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    By(By),
    Playbook,
}

impl Show {
    pub const ALL: [Show; 4] = [Show::By(By::Indicator), Show::By(By::Host), Show::By(By::List), Show::Playbook];

    /// Part of the id of its text.
    pub fn name(self) -> &'static str {
        match self {
            Show::By(by) => by.name(),
            Show::Playbook => "playbook",
        }
    }
}

#[derive(Clone, Debug)]
pub enum SightingsAction {
    Show(Show),
    /// Only this list, or all.
    Only(Option<String>),
    /// By this column; the other way round, and as it was, when run again.
    Sort(&'static str),
    Select(Selection),
    Want(Range<u64>),
    CopyRows,
}

pub struct Sightings {
    show: Show,
    only: Option<String>,
    sorts: Vec<(By, SightingSort)>,
    tables: PagedTable<SightingQuery, SightingTable, SightingRow>,
    playbook: PagedTable<PlaybookQuery, PlaybookTable, PlaybookRow>,
}

impl Default for Sightings {
    fn default() -> Self {
        let tables =
            Reads { first: None, table: query::sightings, len: SightingTable::len, rows: query::sighting_rows };
        let playbook = Reads {
            first: None,
            table: query::playbook,
            len: |table: &PlaybookTable| table.rows.len(),
            rows: query::playbook_rows,
        };
        let (tables, playbook) = (PagedTable::new(tables), PagedTable::new(playbook));
        Self { show: Show::By(By::Indicator), only: None, sorts: Vec::new(), tables, playbook }
    }
}

impl Sightings {
    pub fn show(&self) -> Show {
        self.show
    }

    pub fn only(&self) -> Option<&str> {
        self.only.as_deref()
    }

    pub fn apply(&mut self, action: SightingsAction) {
        match action {
            SightingsAction::Show(show) => self.show = show,
            SightingsAction::Only(list) => self.only = list,
            SightingsAction::Sort(column) => self.sort_by(column),
            SightingsAction::Select(selection) => match self.show {
                Show::By(_) => self.tables.selection = selection,
                Show::Playbook => self.playbook.selection = selection,
            },
            // The case has the lanes, the application the clipboard.
            SightingsAction::Want(_) | SightingsAction::CopyRows => {}
        }
    }

    fn sort(&self, by: By) -> Option<SightingSort> {
        self.sorts.iter().find(|(of, _)| *of == by).map(|(_, sort)| *sort)
    }

    /// The playbook's view has its own order, and what the databases of owners say has none.
    fn sort_by(&mut self, column: &'static str) {
        let Show::By(by) = self.show else { return };
        if !sighting_columns(by).contains(&column) {
            return;
        }
        let first = SightingSort::first(column);
        let next = match self.sort(by) {
            Some(sort) if sort == first => Some(SightingSort { descending: !first.descending, ..first }),
            Some(sort) if sort.column == column => None,
            _ => Some(first),
        };
        self.sorts.retain(|(of, _)| *of != by);
        self.sorts.extend(next.map(|sort| (by, sort)));
    }

    /// As a header shows it.
    pub fn sorted(&self, column: &str) -> Option<(usize, bool)> {
        let Show::By(by) = self.show else { return None };
        self.sort(by).filter(|sort| sort.column == column).map(|sort| (0, sort.descending))
    }

    pub fn query(&self, range: TimeRange, duplicates: Duplicates) -> SightingQuery {
        let by = match self.show {
            Show::By(by) => by,
            Show::Playbook => By::Indicator,
        };
        let all = match &self.only {
            Some(list) => SightingQuery::of_list(by, list),
            None => SightingQuery::all(by),
        };
        let scope = |dataset| Scope { range, duplicates, ..Scope::all(dataset) };
        let sort = self.sort(by);
        SightingQuery { flows: scope(Dataset::Flows), events: scope(Dataset::Events), sort, ..all }
    }

    /// What the table asks, as a question of its own.
    pub fn question(&self, range: TimeRange, duplicates: Duplicates) -> SightingsQuestion {
        let query = self.query(range, duplicates);
        SightingsQuestion::new(query.by, query.flows, self.only.clone(), None).sorted(query.sort)
    }

    pub fn playbook_query(&self, range: TimeRange, duplicates: Duplicates) -> PlaybookQuery {
        PlaybookQuery { scope: Scope { range, duplicates, ..Scope::all(Dataset::Flows) } }
    }

    pub fn want(&mut self, lanes: &Lanes, rows: Range<u64>) {
        match self.show {
            Show::By(_) => self.tables.want(&lanes.pages, rows),
            Show::Playbook => self.playbook.want(&lanes.pages, rows),
        }
    }

    pub fn is_stale(&self) -> bool {
        match self.show {
            Show::By(_) => self.tables.is_stale(),
            Show::Playbook => self.playbook.is_stale(),
        }
    }

    pub fn fault(&self) -> Option<&Failure> {
        match self.show {
            Show::By(_) => self.tables.fault(),
            Show::Playbook => self.playbook.fault(),
        }
    }

    /// Rows of the last good answer, if it is to what is shown.
    pub fn len(&self) -> Option<u64> {
        match self.show {
            Show::By(by) => self.tables.shown().filter(|(query, _)| query.by == by).and_then(|_| self.tables.len()),
            Show::Playbook => self.playbook.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// How many rows were seen, how many were not, and in what was looked.
    pub fn seen(&self) -> Option<(u64, u64, &Looked)> {
        let (_, table) = self.tables.shown()?;
        Some((table.seen.len() as u64, table.unseen.len() as u64, &table.looked))
    }

    pub fn row(&self, row: u64) -> Option<SightedRow<'_>> {
        match self.show {
            Show::By(_) => self.tables.row(row).map(SightedRow::Sighting),
            Show::Playbook => self.playbook.row(row).map(SightedRow::Playbook),
        }
    }

    pub fn selection(&self) -> &Selection {
        match self.show {
            Show::By(_) => &self.tables.selection,
            Show::Playbook => &self.playbook.selection,
        }
    }

    pub fn take_to_top(&mut self) -> bool {
        let (tables, playbook) = (self.tables.take_to_top(), self.playbook.take_to_top());
        tables || playbook
    }

    /// `owned`: with what databases of owners say.
    pub fn columns(&self, owned: bool) -> Vec<&'static str> {
        match self.show {
            Show::By(by) => {
                let mut columns = sighting_columns(by).to_vec();
                // Beside the address; a list is nobody's.
                let owned = OWNED.into_iter().filter(|_| owned && by != By::List);
                columns.splice(1..1, owned).for_each(drop);
                columns
            }
            Show::Playbook => std::iter::once("words").chain(PLAYBOOK_COLUMNS).collect(),
        }
    }

    /// What its texts get before there is width to spare.
    pub fn usual_width(column: &str) -> f32 {
        match column {
            "indicator" | "host" | "comment" | "list" | "source" | "destination" | "network_owner" => 190.0,
            "interfaceid" | "connecting_ip" => 165.0,
            "words" | "direction" => 150.0,
            _ => 100.0,
        }
    }

    /// Counts the answers, over every table of the view.
    pub fn answer(&self) -> u64 {
        self.tables.answers() + self.playbook.answers()
    }

    /// The records that a row stands for.
    pub fn records_of(&self, row: &SightingRow, dataset: Dataset) -> Option<Scope> {
        let (query, _) = self.tables.shown()?;
        Some(query.records_of(dataset, &row.subject))
    }

    /// The selected rows, with what the databases of owners say.
    pub(crate) fn to_copy(&self, owners: Option<Arc<Owners>>) -> Option<RowsToCopy> {
        // Of rows that are shown.
        self.len()?;
        let columns = self.columns(owners.as_ref().is_some_and(|owners| !owners.databases.is_empty()));
        let names = columns.iter().map(|column| (*column).to_owned()).collect();
        let cells = move |row: SightedRow<'_>| -> Vec<String> {
            columns.iter().map(|column| shown(row, column, owners.as_deref()).to_text()).collect()
        };
        match self.show {
            Show::By(_) => self.tables.to_copy(names, move |row| cells(SightedRow::Sighting(row))),
            Show::Playbook => self.playbook.to_copy(names, move |row| cells(SightedRow::Playbook(row))),
        }
    }
}

impl Pane for Sightings {
    fn shows(&self, view: View) -> bool {
        view == View::Sightings
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision) = (asking.lanes, asking.revision);
        let (range, duplicates) = (asking.range, asking.duplicates);
        match self.show {
            Show::By(_) => {
                let query = self.query(range, duplicates);
                self.tables.ask(&lanes.answers, revision, query);
            }
            Show::Playbook => {
                let query = self.playbook_query(range, duplicates);
                self.playbook.ask(&lanes.answers, revision, query);
            }
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures = self.tables.poll();
        failures.extend(self.playbook.poll());
        failures
    }

    fn leave(&mut self) {
        self.tables.stop();
        self.playbook.stop();
    }

    fn is_busy(&self) -> bool {
        self.tables.is_busy() || self.playbook.is_busy()
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let question: Arc<dyn Question> = match self.show {
            Show::By(_) => Arc::new(self.question(shown.range, shown.duplicates)),
            Show::Playbook => {
                Arc::new(PlaybookQuestion { query: self.playbook_query(shown.range, shown.duplicates), limit: None })
            }
        };
        Some((Exported::Question(question), self.len()))
    }
}

/// Columns that databases of owners fill.
const OWNED: [&str; 2] = ["country", "network_owner"];

/// What a row shows in a column of the view.
pub(crate) fn shown(row: SightedRow<'_>, column: &str, owners: Option<&Owners>) -> Value {
    let SightedRow::Sighting(of) = row else { return sighting_value(row, column) };
    if !OWNED.contains(&column) {
        return sighting_value(row, column);
    }
    let owner = owners.zip(of.subject.address()).map(|(owners, address)| owners.of(&address)).unwrap_or_default();
    let text = match column {
        "country" => owner.country,
        _ => Owner { country: String::new(), country_name: String::new(), ..owner }.in_words(),
    };
    if text.is_empty() { Value::Null } else { Value::Text(text) }
}
