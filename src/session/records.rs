//! The state of one record table: the filter that applies and the one being typed, the order, the columns, the rows
//! that answered last, and the record under the cursor.

mod candidates;
mod place;

use super::copying::RowsToCopy;
use super::facets::Facets;
use super::lineage::Lineage;
use super::over_time::OverTime;
use super::pane::{Asking, Pane};
use super::record_columns::ShownColumn;
use super::row_pages::RecordPages;
use super::selection::Selection;
use super::settings::ColumnSetting;
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::source::{Duplicates, Filter, Inspected, RecordQuery, RowSet, Scope, SortKey, Totals};
use super::text_filter;
use super::view::View;
use crate::app::Failure;
use crate::filter::FilterError;
use crate::model::{Dataset, FieldId, RecordId, TimeRange, Value, field};
use crate::present::display;
use crate::query::tables::RecordColumn;
use crate::questions::RecordsQuestion;
use std::sync::Arc;

/// A query and the state of the case that it was put to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub revision: u64,
    pub query: RecordQuery,
}

/// Ordered rows, and where the record that was under the cursor when they were asked for is among them.
pub(crate) struct Answer {
    pub rows: RowSet,
    cursor: Option<RecordId>,
    kept: Option<u64>,
}

/// Where the table should scroll to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    Top,
    Row(u64),
}

pub struct Records {
    pub dataset: Dataset,
    /// The text in the filter bar.
    pub draft: String,
    pub problem: Option<FilterError>,
    applied: String,
    filter: Option<Filter>,
    pub sort: Vec<SortKey>,
    pub columns: Vec<ColumnSetting>,
    /// The examiner's own columns, while those of a query are shown.
    own_columns: Option<Vec<ColumnSetting>>,
    pub selection: Selection,
    reveal: Option<Reveal>,
    /// Records to be selected as soon as the rows are there.
    wanted: Vec<RecordId>,
    /// Where they are.
    places: Slot<(Question, Vec<RecordId>), Vec<usize>>,
    rows: Slot<Question, Answer>,
    pub over_time: OverTime,
    pub facets: Facets,
    detail: Slot<(u64, RecordId), Inspected>,
    pub pages: RecordPages,
    /// Of events.
    pub lineage: Lineage,
}

impl Records {
    /// With the columns and the facets that were chosen earlier.
    pub fn new(dataset: Dataset, saved: Option<&[ColumnSetting]>, facets: Option<&[String]>) -> Self {
        Self {
            dataset,
            draft: String::new(),
            problem: None,
            applied: String::new(),
            filter: None,
            sort: vec![SortKey { field: time_field(dataset), descending: false }],
            columns: columns(dataset, saved),
            own_columns: None,
            selection: Selection::default(),
            reveal: None,
            wanted: Vec::new(),
            places: Slot::default(),
            rows: Slot::default(),
            over_time: OverTime::default(),
            facets: Facets::new(dataset, facets),
            detail: Slot::default(),
            pages: RecordPages::new(dataset),
            lineage: Lineage::default(),
        }
    }

    /// The text of the current filter.
    pub fn applied(&self) -> &str {
        &self.applied
    }

    /// The text in the filter bar changed: its mistakes are shown, the current filter stays.
    pub fn edit(&mut self, text: String) {
        self.problem = text_filter::parse(&text, self.dataset).err();
        self.draft = text;
    }

    /// Applies a filter. `false` when it has a mistake: then the last good one stays applied.
    pub fn apply(&mut self, text: &str) -> bool {
        self.draft = text.to_owned();
        match text_filter::parse(text, self.dataset) {
            Ok(filter) => {
                self.problem = None;
                if text.trim() != self.applied {
                    self.take_columns_back();
                }
                self.applied = text.trim().to_owned();
                self.filter = filter;
                true
            }
            Err(problem) => {
                self.problem = Some(problem);
                false
            }
        }
    }

    pub fn shown_columns(&self) -> Vec<ShownColumn> {
        let shown = self.columns.iter().filter(|c| c.visible);
        shown.filter_map(|c| ShownColumn::by_name(self.dataset, &c.key)).collect()
    }

    /// Columns as they were kept; one that this version does not know is left out, and a new one is hidden.
    pub fn arrange_columns(&mut self, kept: &[ColumnSetting]) {
        self.columns = columns(self.dataset, Some(kept));
        self.own_columns = None;
    }

    pub fn reset_columns(&mut self) {
        self.columns = columns(self.dataset, None);
        self.own_columns = None;
    }

    /// Shows the columns of a query, until another filter is applied or they are removed.
    pub fn lend_columns(&mut self, of_query: &[RecordColumn]) {
        if of_query.is_empty() {
            return self.take_columns_back();
        }
        let own = self.own_columns.take().unwrap_or_else(|| self.columns.clone());
        let place = |setting: &ColumnSetting| of_query.iter().position(|column| column.name() == setting.key);
        let mut columns = own.clone();
        columns.iter_mut().for_each(|setting| setting.visible = place(setting).is_some());
        columns.sort_by_key(|setting| place(setting).unwrap_or(usize::MAX));
        (self.columns, self.own_columns) = (columns, Some(own));
    }

    /// The examiner's own columns again.
    pub fn take_columns_back(&mut self) {
        if let Some(own) = self.own_columns.take() {
            self.columns = own;
        }
    }

    pub fn are_columns_lent(&self) -> bool {
        self.own_columns.is_some()
    }

    /// What is kept for the next time.
    pub fn own_columns(&self) -> &[ColumnSetting] {
        self.own_columns.as_deref().unwrap_or(&self.columns)
    }

    pub fn query(&self, range: TimeRange, duplicates: Duplicates) -> RecordQuery {
        RecordQuery { dataset: self.dataset, filter: self.filter.clone(), range, sort: self.sort.clone(), duplicates }
    }

    /// The records that the filter and the range leave.
    pub fn scope(&self, range: TimeRange, duplicates: Duplicates) -> Scope {
        Scope { dataset: self.dataset, filter: self.filter.clone(), range, duplicates }
    }

    /// The selected records that are known, at most `limit`.
    pub fn selected_ids(&self, limit: usize) -> Vec<RecordId> {
        self.selection.rows(limit).filter_map(|row| self.pages.id(row)).collect()
    }

    pub fn reveal(&mut self, reveal: Reveal) {
        self.reveal = Some(reveal);
    }

    pub fn take_reveal(&mut self) -> Option<Reveal> {
        self.reveal.take()
    }

    /// Rows of the last good answer.
    pub fn row_count(&self) -> Option<u64> {
        self.rows.shown().map(|answer| answer.rows.len() as u64)
    }

    /// Is an answer on its way? Until then the last one is shown dimmed.
    pub fn is_stale(&self) -> bool {
        self.rows.is_busy()
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.rows.fault()
    }

    pub fn cursor_id(&self) -> Option<RecordId> {
        self.pages.id(self.selection.cursor()?)
    }

    /// The record under the cursor, once it has been read.
    pub fn detail(&self) -> Option<(RecordId, &Inspected)> {
        let id = self.cursor_id()?;
        let (_, shown) = self.detail.shown_query()?;
        (*shown == id).then(|| self.detail.shown().map(|detail| (id, detail)))?
    }

    /// A click on a header: by this field, then the other way round. With `add`, as a further key.
    pub fn sort_by(&mut self, field: FieldId, add: bool) {
        let known = self.sort.iter_mut().find(|key| key.field == field);
        match (known, add) {
            (Some(key), true) => key.descending = !key.descending,
            (Some(key), false) => {
                let key = SortKey { field, descending: !key.descending };
                self.sort = vec![key];
            }
            (None, true) => self.sort.push(SortKey { field, descending: false }),
            (None, false) => self.sort = vec![SortKey { field, descending: false }],
        }
    }

    /// The selected rows by the columns that are shown, values as a filter would write them; with `only`, one column of
    /// them and no header.
    pub(crate) fn to_copy(&self, only: Option<&str>) -> RowsToCopy {
        let (dataset, rows) = (self.dataset, self.pages.rows().clone());
        let columns = self.pages.columns().iter().copied();
        let columns: Vec<ShownColumn> =
            columns.filter(|column| only.is_none_or(|only| only == column.name())).collect();
        let names: Vec<String> = columns.iter().map(|column| column.name().to_owned()).collect();
        let copied = RowsToCopy::new(&self.selection, move |source, places| {
            let fields: Vec<FieldId> = columns.iter().map(|column| column.field).collect();
            let cell =
                |(value, column): (Value, &ShownColumn)| display::literal(&column.value(value)).unwrap_or_default();
            let page = source.page(dataset, &rows.ids(places), &fields)?;
            Ok(page.into_iter().map(|row| row.into_iter().zip(&columns).map(cell).collect()).collect())
        });
        if only.is_some() { copied } else { copied.with_header(names) }
    }
}

pub(crate) fn time_field(dataset: Dataset) -> FieldId {
    let name = match dataset {
        Dataset::Flows => "start",
        Dataset::Events => "event_time",
    };
    field::by_name(dataset, name).unwrap_or(FieldId(0))
}

impl Pane for Records {
    fn shows(&self, view: View) -> bool {
        view == View::Records(self.dataset)
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision) = (asking.lanes, asking.revision);
        let (range, duplicates) = (asking.range, asking.duplicates);
        let query = self.query(range, duplicates);
        let cursor = self.chosen_cursor();
        let question = Question { revision, query };
        self.rows.ask(&lanes.rows, question.clone(), move |source, q, cancel| {
            let rows = source.rows(&q.query, cancel)?;
            let kept = cursor.and_then(|id| rows.place(id)).map(|at| at as u64);
            Ok(Answer { rows, cursor, kept })
        });
        if !self.wanted.is_empty() && self.rows.answers(&question) {
            self.find_wanted(&lanes.rows, question.clone());
        }
        if asking.histogram {
            self.over_time.ask(asking, question.query);
        }
        if let Some(id) = self.cursor_id() {
            self.detail.ask(&lanes.pages, (revision, id), |source, (_, id), _| source.record(*id));
        }
        let columns = self.shown_columns();
        if columns != self.pages.columns() {
            let rows = self.rows.shown().map(|answer| answer.rows.clone()).unwrap_or_default();
            self.pages.reset(rows, columns);
        }
        if self.pages.shows_actors() {
            self.lineage.ask_actors(asking);
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        let before = self.rows.shown_query().cloned();
        if let Some(result) = self.rows.poll() {
            failures.extend(result.err());
            let (after, answer) = (self.rows.shown_query(), self.rows.shown());
            if let (Some(after), Some(answer)) = (after, answer)
                && before.as_ref() != Some(after)
            {
                let change = place::Changed::between(before.as_ref().map(|before| &before.query), &after.query);
                let (rows, cursor, kept) = (answer.rows.clone(), answer.cursor, answer.kept);
                self.come_to(rows, (cursor, kept), change);
            }
        }
        failures.extend(self.places.poll().and_then(Result::err));
        failures.extend(self.over_time.poll());
        failures.extend(self.facets.poll());
        failures.extend(self.detail.poll().and_then(Result::err));
        failures.extend(self.pages.poll());
        let (faults, found) = self.lineage.poll();
        failures.extend(faults);
        if found {
            self.pages.actors_found();
        }
        failures
    }

    fn leave(&mut self) {
        self.facets.stop();
    }

    fn is_busy(&self) -> bool {
        self.rows.is_busy()
            || self.places.is_busy()
            || self.over_time.is_busy()
            || self.facets.is_busy()
            || self.detail.is_busy()
            || self.pages.is_busy()
            || self.lineage.is_busy()
    }

    fn number(&self, _: View, totals: &Totals) -> Option<u64> {
        Some(totals.of(self.dataset))
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        // What is on screen: a query's columns, or else everything that the records say.
        let columns = match self.are_columns_lent() {
            true => {
                let shown = self.shown_columns().into_iter().map(ShownColumn::as_column);
                std::iter::once(RecordColumn::Ref).chain(shown).collect()
            }
            false => Vec::new(),
        };
        let query = self.query(shown.range, shown.duplicates);
        let question = RecordsQuestion { query, columns, limit: None };
        Some((Exported::Question(Arc::new(question)), self.row_count()))
    }

    fn candidates(&self, shown: &Shown<'_>, limit: usize) -> Vec<Candidate> {
        candidates::of(self, shown, limit)
    }
}

/// The columns as they were left, completed by what the table of fields has gained since.
fn columns(dataset: Dataset, saved: Option<&[ColumnSetting]>) -> Vec<ColumnSetting> {
    let defaults = default_columns(dataset);
    let Some(saved) = saved else { return defaults };
    let mut columns: Vec<ColumnSetting> =
        saved.iter().filter(|c| ShownColumn::by_name(dataset, &c.key).is_some()).cloned().collect();
    for column in defaults {
        if !columns.iter().any(|c| c.key == column.key) {
            columns.push(ColumnSetting { visible: false, ..column });
        }
    }
    columns
}

/// The columns that are shown at first, and what their texts get before there is width to spare: of flows from where to
/// where and what became of it, of events who did what on what with which result, from where, in which account and region.
fn first_columns(dataset: Dataset) -> &'static [(&'static str, f32)] {
    match dataset {
        Dataset::Flows => &[
            ("start", 150.0),
            ("srcaddr", 130.0),
            ("srcport", 52.0),
            ("dstaddr", 130.0),
            ("dstport", 84.0),
            ("action", 64.0),
            ("protocol", 60.0),
            ("bytes", 92.0),
            ("packets", 68.0),
            ("interface_id", 165.0),
        ],
        // All but the last are in sight in a window of 1280 points.
        Dataset::Events => &[
            ("event_time", 150.0),
            ("user_identity_arn", 140.0),
            ("event_name", 168.0),
            ("request_parameters", 130.0),
            ("error_code", 62.0),
            ("source_ip_address", 118.0),
            ("recipient_account_id", 88.0),
            ("aws_region", 101.0),
            // Where there is room: a caller that is a session is somebody else.
            ("actor", 130.0),
        ],
    }
}

/// What the texts of a column get before there is width to spare.
pub(crate) fn usual_width(dataset: Dataset, key: &str) -> f32 {
    const OTHERS: f32 = 140.0;
    first_columns(dataset).iter().find(|(known, _)| *known == key).map_or(OTHERS, |(_, width)| *width)
}

fn default_columns(dataset: Dataset) -> Vec<ColumnSetting> {
    let first = first_columns(dataset);
    let chosen = first.iter().map(|(key, _)| ColumnSetting { key: (*key).to_owned(), visible: true });
    let rest = ShownColumn::all(dataset).into_iter().map(ShownColumn::name);
    let rest = rest.filter(|name| !first.iter().any(|(key, _)| key == name));
    chosen.chain(rest.map(|name| ColumnSetting { key: name.to_owned(), visible: false })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(name: &str) -> FieldId {
        field::by_name(Dataset::Flows, name).unwrap()
    }

    #[test]
    fn header_clicks() {
        let mut records = Records::new(Dataset::Flows, None, None);
        records.sort_by(flow("bytes"), false);
        assert_eq!(records.sort, [SortKey { field: flow("bytes"), descending: false }]);
        records.sort_by(flow("bytes"), false);
        records.sort_by(flow("srcport"), true);
        records.sort_by(flow("srcport"), true);
        let keys: Vec<_> = records.sort.iter().map(|k| (k.field.name(), k.descending)).collect();
        assert_eq!(keys, [("bytes", true), ("srcport", true)]);
        records.sort_by(flow("start"), false);
        assert_eq!(records.sort.len(), 1);
    }

    #[test]
    fn every_field_is_a_column_and_saved_layouts_survive_new_fields() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            let all = columns(dataset, None);
            assert_eq!(all.len(), ShownColumn::all(dataset).len());
            let saved = [
                ColumnSetting { key: "no_longer".into(), visible: true },
                ColumnSetting { key: all[3].key.clone(), visible: true },
            ];
            let merged = columns(dataset, Some(&saved));
            assert_eq!(merged.len(), all.len());
            assert_eq!(merged[0], saved[1]);
            assert!(merged[1..].iter().all(|c| !c.visible));
        }
    }

    #[test]
    fn a_query_lends_its_columns_until_another_filter_is_in_force() {
        use crate::query::tables::Inside;
        let mut records = Records::new(Dataset::Events, None, None);
        let own = records.columns.clone();
        let shown = |records: &Records| records.shown_columns().iter().map(|c| c.name()).collect::<Vec<_>>();
        let login = [
            RecordColumn::Field("event_time"),
            RecordColumn::Inside(Inside { name: "mfa_used", field: "additional_event_data", pointer: "/MFAUsed" }),
        ];
        assert!(records.apply("event_name = ConsoleLogin"));
        records.lend_columns(&login);
        assert_eq!(shown(&records), ["event_time", "mfa_used"]);
        assert!(records.are_columns_lent() && records.own_columns() == own);
        assert!(records.apply("event_name = ConsoleLogin"), "the same filter changes nothing");
        assert!(records.are_columns_lent());
        // Another query's, and still the same to return to.
        records.lend_columns(&login[..1]);
        assert_eq!((shown(&records), records.own_columns()), (vec!["event_time"], own.as_slice()));
        assert!(records.apply(""));
        assert_eq!((records.are_columns_lent(), &records.columns), (false, &own));
    }

    #[test]
    fn a_filter_with_a_mistake_leaves_the_last_good_one_in_force() {
        let mut records = Records::new(Dataset::Flows, None, None);
        assert!(records.apply("dstport = 22"));
        let good = records.query(TimeRange::default(), Duplicates::Once);
        assert!(!records.apply("dstport = = 22"));
        assert_eq!(records.query(TimeRange::default(), Duplicates::Once), good);
        assert_eq!((records.applied(), records.draft.as_str()), ("dstport = 22", "dstport = = 22"));
        assert!(records.problem.is_some());
        records.edit("dstport = 23".into());
        assert!(records.problem.is_none());
        assert_eq!(records.applied(), "dstport = 22");
    }
}
