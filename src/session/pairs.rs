//! The state of the pairs view: how pairs are made, whether both directions are folded into conversations, their order, the
//! table that answered last, and the small series of the rows on screen. It follows the filter of the flows and the time
//! range of every view.

use super::copying::RowsToCopy;
use super::marks::{self, Marked};
use super::paged_table::{PagedTable, Reads};
use super::pane::{Asking, Lanes, Pane};
use super::selection::Selection;
use super::shown::{Exported, Shown};
use super::slots::Slot;
use super::source::{CaseReader, Mark};
use super::sparks::{self, SparkQuestion, SparkRow, Sparks};
use super::view::View;
use crate::app::Failure;
use crate::filter::Filter;
use crate::model::{Dataset, FieldId, Value, field};
use crate::query::{
    self, ConversationColumn, ConversationQuery, ConversationRow, ConversationSort, ConversationTable, PairColumn,
    PairKey, PairQuery, PairRow, PairSort, PairTable, PairTotals, QueryError, Repeats, Scope,
};
use crate::questions::{ConversationsQuestion, PairsQuestion, Question, group};
use std::ops::Range;
use std::sync::Arc;

/// Changes that the view asks for.
#[derive(Clone, Debug)]
pub enum PairsAction {
    By(PairKey),
    Fold(bool),
    CountOnce(bool),
    OnlyExternal(bool),
    Sort {
        column: PairsColumn,
        add: bool,
    },
    Select(Selection),
    Want(Range<u64>),
    CopyRows,
    /// Stops the counting that is on its way.
    Stop,
    Resume,
}

/// A column of the view: of either result, or the small series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairsColumn {
    Pair(PairColumn),
    Talk(ConversationColumn),
    Series,
}

use ConversationColumn as T;
use PairColumn as P;

impl PairsColumn {
    pub fn name(self) -> &'static str {
        match self {
            PairsColumn::Pair(column) => column.name(),
            PairsColumn::Talk(column) => column.name(),
            PairsColumn::Series => "series",
        }
    }

    pub fn is_time(self) -> bool {
        use PairsColumn::{Pair, Talk};
        matches!(self, Pair(P::FirstSeen | P::LastSeen) | Talk(T::FirstSeen | T::LastSeen))
    }

    pub fn is_text(self) -> bool {
        use PairsColumn::{Pair, Talk};
        matches!(
            self,
            Pair(P::Srcaddr | P::Dstaddr | P::FlowDirection) | Talk(T::Left | T::Right | T::StartedBy | T::Evidence)
        )
    }

    /// One of the two addresses.
    pub fn is_end(self) -> bool {
        use PairsColumn::{Pair, Talk};
        matches!(self, Pair(P::Srcaddr | P::Dstaddr) | Talk(T::Left | T::Right))
    }

    pub fn is_bytes(self) -> bool {
        use PairsColumn::{Pair, Talk};
        matches!(self, Pair(P::TotalBytes) | Talk(T::TotalBytes | T::Sent | T::Received))
    }

    /// What its texts get before there is width to spare.
    pub fn usual_width(self) -> f32 {
        use PairsColumn::{Pair, Talk};
        match self {
            PairsColumn::Series => 130.0,
            _ if self.is_time() => 175.0,
            Talk(T::Evidence) => 120.0,
            Talk(T::Ratio) => 150.0,
            Talk(T::StartedBy) => 170.0,
            _ if self.is_bytes() => 142.0,
            Pair(P::Srcaddr | P::Dstaddr) | Talk(T::Left | T::Right) => 160.0,
            Pair(P::Accepted | P::Rejected) | Talk(T::Accepted | T::Rejected | T::Repeats) => 96.0,
            Pair(_) | Talk(_) => 118.0,
        }
    }
}

/// A row of either result.
#[derive(Clone, Copy, Debug)]
pub enum PairsRow<'a> {
    Pair(&'a PairRow),
    Talk(&'a ConversationRow),
}

impl PairsRow<'_> {
    /// `None` for a column of the other result, and for the series.
    pub fn value(self, column: PairsColumn) -> Option<Value> {
        match (self, column) {
            (PairsRow::Pair(row), PairsColumn::Pair(column)) => Some(row.value(column)),
            (PairsRow::Talk(row), PairsColumn::Talk(column)) => Some(row.value(column)),
            _ => None,
        }
    }

    /// Source and destination, or left and right.
    pub fn ends(&self) -> [&Option<String>; 2] {
        match self {
            PairsRow::Pair(row) => [&row.srcaddr, &row.dstaddr],
            PairsRow::Talk(row) => [&row.left, &row.right],
        }
    }

    pub fn rejected(self) -> u64 {
        match self {
            PairsRow::Pair(row) => row.rejected,
            PairsRow::Talk(row) => row.rejected,
        }
    }
}

fn pair_rows(reader: &CaseReader, table: &PairTable, places: Range<usize>) -> Result<Vec<Marked<PairRow>>, QueryError> {
    marks::with_ends(reader, query::pair_rows(reader, table, places)?, |row| [&row.srcaddr, &row.dstaddr])
}

fn talk_rows(
    reader: &CaseReader,
    table: &ConversationTable,
    places: Range<usize>,
) -> Result<Vec<Marked<ConversationRow>>, QueryError> {
    marks::with_ends(reader, query::conversation_rows(reader, table, places)?, |row| [&row.left, &row.right])
}

pub struct Pairs {
    by: PairKey,
    folded: bool,
    repeats: Repeats,
    only_external: bool,
    sort: Vec<(PairsColumn, bool)>,
    pairs: PagedTable<PairQuery, PairTable, Marked<PairRow>>,
    talks: PagedTable<ConversationQuery, ConversationTable, Marked<ConversationRow>>,
    sparks: Slot<SparkQuestion, Sparks>,
    on_screen: Range<u64>,
    /// Flow records of the case.
    records: u64,
}

impl Default for Pairs {
    fn default() -> Self {
        let pairs =
            Reads { first: Some(query::first_pairs), table: query::pairs, len: PairTable::len, rows: pair_rows };
        let talks = Reads {
            first: Some(query::first_conversations),
            table: query::conversations,
            len: ConversationTable::len,
            rows: talk_rows,
        };
        Self {
            by: PairKey::Addresses,
            folded: false,
            repeats: Repeats::Counted,
            only_external: false,
            sort: vec![(PairsColumn::Pair(P::TotalBytes), true)],
            pairs: PagedTable::new(pairs),
            talks: PagedTable::new(talks),
            sparks: Slot::default(),
            on_screen: 0..0,
            records: 0,
        }
    }
}

impl Pairs {
    pub fn by(&self) -> PairKey {
        self.by
    }

    pub fn folded(&self) -> bool {
        self.folded
    }

    pub fn counted_once(&self) -> bool {
        self.repeats == Repeats::LeftOut
    }

    pub fn only_external(&self) -> bool {
        self.only_external
    }

    /// How the rows that are shown were made: until others are in, not as it was chosen last.
    pub fn shown_by(&self) -> PairKey {
        let shown = match self.folded {
            true => self.talks.shown().map(|(query, _)| query.pairs.by),
            false => self.pairs.shown().map(|(query, _)| query.by),
        };
        shown.unwrap_or(self.by)
    }

    /// Of the rows that are shown: place among the sort keys and whether descending.
    pub fn sorted(&self, column: PairsColumn) -> Option<(usize, bool)> {
        let (talks, pairs) = (self.talks.shown().filter(|_| self.folded), self.pairs.shown().filter(|_| !self.folded));
        let talks = talks.into_iter().flat_map(|(query, _)| &query.sort);
        let pairs = pairs.into_iter().flat_map(|(query, _)| &query.sort);
        let talks = talks.map(|key| (PairsColumn::Talk(key.column), key.descending));
        let keys = talks.chain(pairs.map(|key| (PairsColumn::Pair(key.column), key.descending)));
        keys.enumerate().find(|(_, (of, _))| *of == column).map(|(at, (_, descending))| (at, descending))
    }

    /// The columns of the rows that are shown.
    pub fn columns(&self) -> Vec<PairsColumn> {
        self.columns_of(self.shown_by())
    }

    fn columns_of(&self, by: PairKey) -> Vec<PairsColumn> {
        use PairsColumn::{Pair, Series, Talk};
        if !self.folded {
            let mut columns: Vec<PairsColumn> = P::of(by).map(Pair).collect();
            let after = columns.iter().position(|c| *c == Pair(P::DataRatio)).map_or(0, |at| at + 1);
            columns.insert(after, Series);
            return columns;
        }
        let first = [T::Left, T::Right, T::Sent, T::Received, T::Ratio, T::StartedBy, T::Evidence].map(Talk);
        let then = [T::RecordCount, T::Packets, T::TotalBytes, T::DataRatio, T::FirstSeen, T::LastSeen].map(Talk);
        let last = [T::Accepted, T::Rejected, T::Repeats].map(Talk);
        first.into_iter().chain([Series]).chain(then).chain(last).collect()
    }

    pub fn make_by(&mut self, by: PairKey) {
        self.by = by;
        // A conversation has both directions.
        self.folded &= by != PairKey::AddressesAndDirection;
        self.keep_known_sorts();
    }

    pub fn fold(&mut self, folded: bool) {
        self.folded = folded;
        if folded && self.by == PairKey::AddressesAndDirection {
            self.by = PairKey::Addresses;
        }
        self.keep_known_sorts();
    }

    /// Pairs as a query has them.
    pub fn open(&mut self, query: &PairQuery) {
        (self.folded, self.by, self.only_external) = (false, query.by, query.only_external);
        self.sort = query.sort.iter().map(|key| (PairsColumn::Pair(key.column), key.descending)).collect();
        self.keep_known_sorts();
    }

    /// Conversations as a query has them.
    pub fn open_folded(&mut self, query: &ConversationQuery) {
        self.open(&query.pairs);
        self.fold(true);
        self.repeats = query.repeats;
        self.sort = query.sort.iter().map(|key| (PairsColumn::Talk(key.column), key.descending)).collect();
        self.keep_known_sorts();
    }

    pub fn count_once(&mut self, once: bool) {
        self.repeats = if once { Repeats::LeftOut } else { Repeats::Counted };
    }

    pub fn show_only_external(&mut self, only: bool) {
        self.only_external = only;
    }

    /// What sorted the one table sorts the other by the column of the same name; without any, most bytes come first.
    fn keep_known_sorts(&mut self) {
        let columns = self.columns_of(self.by);
        let same = |column: &PairsColumn| columns.iter().find(|c| c.name() == column.name()).copied();
        self.sort = self.sort.iter().filter_map(|(column, down)| Some((same(column)?, *down))).collect();
        if self.sort.is_empty() {
            let bytes = columns.iter().find(|column| column.name() == "total_bytes");
            self.sort.extend(bytes.map(|column| (*column, true)));
        }
    }

    /// A click on a header: numbers and times from the greatest down first, texts from the lowest up.
    pub fn sort_by(&mut self, column: PairsColumn, add: bool) {
        if column == PairsColumn::Series {
            return;
        }
        let known = self.sort.iter().position(|(of, _)| *of == column);
        let descending = known.and_then(|at| self.sort.get(at)).map_or(!column.is_text(), |(_, down)| !down);
        match (add, known) {
            (false, _) => self.sort = vec![(column, descending)],
            (true, None) => self.sort.push((column, descending)),
            (true, Some(at)) => {
                if let Some(known) = self.sort.get_mut(at) {
                    known.1 = descending;
                }
            }
        }
    }

    fn pair_query(&self, scope: Scope) -> PairQuery {
        let sort = self.sort.iter().filter_map(|(column, descending)| match column {
            PairsColumn::Pair(column) => Some(PairSort { column: *column, descending: *descending }),
            _ => None,
        });
        let (by, only_external, sort) = (self.by, self.only_external, sort.collect());
        PairQuery { scope, by, only_external, sort, ..PairQuery::all() }
    }

    fn talk_query(&self, scope: Scope) -> ConversationQuery {
        let sort = self.sort.iter().filter_map(|(column, descending)| match column {
            PairsColumn::Talk(column) => Some(ConversationSort { column: *column, descending: *descending }),
            _ => None,
        });
        let sort = sort.collect();
        ConversationQuery { repeats: self.repeats, sort, ..ConversationQuery::of(self.pair_query(scope)) }
    }

    pub fn want(&mut self, lanes: &Lanes, rows: Range<u64>) {
        let end = rows.end.min(self.len().unwrap_or(0));
        self.on_screen = rows.start.min(end)..end;
        // A screen more than is visible, so that turning a page finds its rows there.
        let ahead = rows.end - rows.start;
        let wanted = rows.start.saturating_sub(ahead)..rows.end + ahead;
        if self.folded { self.talks.want(&lanes.pages, wanted) } else { self.pairs.want(&lanes.pages, wanted) }
    }

    /// Counts the answers, over both tables.
    pub fn answer(&self) -> u64 {
        self.pairs.answers() + self.talks.answers()
    }

    /// Rows of the last good answer.
    pub fn len(&self) -> Option<u64> {
        if self.folded { self.talks.len() } else { self.pairs.len() }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    pub fn is_stale(&self) -> bool {
        if self.folded { self.talks.is_stale() } else { self.pairs.is_stale() }
    }

    /// How many of the records were read for the answer on its way, and how many there are.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let progress = if self.folded { self.talks.progress() } else { self.pairs.progress() };
        // They are read several times.
        let (done, all) = progress?;
        let share = u128::from(done) * u128::from(self.records) / u128::from(all.max(1));
        Some((u64::try_from(share).unwrap_or(self.records), self.records))
    }

    pub fn is_stopped(&self) -> bool {
        if self.folded { self.talks.is_stopped() } else { self.pairs.is_stopped() }
    }

    /// Stops the answer on its way; the last one stays.
    pub fn cancel(&mut self) {
        if self.folded { self.talks.cancel() } else { self.pairs.cancel() }
    }

    pub fn resume(&mut self) {
        self.talks.resume();
        self.pairs.resume();
    }

    pub fn fault(&self) -> Option<&Failure> {
        if self.folded { self.talks.fault() } else { self.pairs.fault() }
    }

    pub fn totals(&self) -> Option<&PairTotals> {
        match self.folded {
            true => self.talks.shown().map(|(_, table)| &table.totals),
            false => self.pairs.shown().map(|(_, table)| &table.totals),
        }
    }

    pub fn row(&self, row: u64) -> Option<PairsRow<'_>> {
        match self.folded {
            true => self.talks.row(row).map(|marked| PairsRow::Talk(&marked.row)),
            false => self.pairs.row(row).map(|marked| PairsRow::Pair(&marked.row)),
        }
    }

    /// Indicators and labels that the ends of a row meet; `None` while it is on its way.
    pub fn marks(&self, row: u64) -> Option<&[Vec<Mark>; 2]> {
        match self.folded {
            true => self.talks.row(row).map(|marked| &marked.ends),
            false => self.pairs.row(row).map(|marked| &marked.ends),
        }
    }

    pub fn selection(&self) -> &Selection {
        if self.folded { &self.talks.selection } else { &self.pairs.selection }
    }

    pub fn select(&mut self, selection: Selection) {
        *(if self.folded { &mut self.talks.selection } else { &mut self.pairs.selection }) = selection;
    }

    /// Other rows came in: the table is to be shown from its beginning.
    pub fn take_to_top(&mut self) -> bool {
        let (pairs, talks) = (self.pairs.take_to_top(), self.talks.take_to_top());
        pairs || talks
    }

    /// The small series of a row: bytes over the time range.
    pub fn spark(&self, row: u64) -> Option<&Arc<[f32]>> {
        let (question, sparks) = (self.sparks.shown_query()?, self.sparks.shown()?);
        // By its ends: rows may have come to other places since.
        let shown = self.row(row)?;
        let ends = shown.ends();
        question.rows.iter().any(|known| known.at == row && known.ends.each_ref() == ends).then(|| sparks.of(row))?
    }

    /// The field that a column filters by.
    pub fn field(&self, column: PairsColumn) -> Option<FieldId> {
        let [source, destination] = self.shown_by().fields();
        let name = match column {
            PairsColumn::Pair(P::Srcaddr) => source,
            PairsColumn::Pair(P::Dstaddr) => destination,
            PairsColumn::Pair(P::FlowDirection) => "flow_direction",
            _ if column.is_time() && column.name() == "first_seen" => "start",
            _ if column.is_time() => "end",
            _ => return None,
        };
        field::by_name(Dataset::Flows, name)
    }

    /// The filter that keeps exactly the records of a row.
    pub fn clause(&self, row: PairsRow<'_>) -> Filter {
        let by = self.shown_by();
        let value = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
        let [one, other] = row.ends().map(value);
        match row {
            PairsRow::Pair(pair) => {
                let direction = value(&pair.flow_direction);
                let direction = (by == PairKey::AddressesAndDirection).then_some(&direction);
                group::pair_clause(by, &one, &other, direction)
            }
            PairsRow::Talk(_) if one == other => group::pair_clause(by, &one, &other, None),
            PairsRow::Talk(_) => {
                let ways = [(&one, &other), (&other, &one)];
                Filter::any_of(ways.map(|(from, to)| group::pair_clause(by, from, to, None)))
            }
        }
    }

    /// The selected rows; without the small series, which are pictures.
    pub(crate) fn to_copy(&self) -> Option<RowsToCopy> {
        let columns: Vec<PairsColumn> = self.columns().into_iter().filter(|c| *c != PairsColumn::Series).collect();
        let names = columns.iter().map(|column| column.name().to_owned()).collect();
        let cells = move |row: PairsRow<'_>| -> Vec<String> {
            columns.iter().map(|column| row.value(*column).map(|value| value.to_text()).unwrap_or_default()).collect()
        };
        match self.folded {
            true => self.talks.to_copy(names, move |marked| cells(PairsRow::Talk(&marked.row))),
            false => self.pairs.to_copy(names, move |marked| cells(PairsRow::Pair(&marked.row))),
        }
    }
}

impl Pane for Pairs {
    fn shows(&self, view: View) -> bool {
        view == View::Pairs
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision, scope) = (asking.lanes, asking.revision, asking.flows.clone());
        let span = asking.totals.flow_span;
        self.records = asking.totals.of(Dataset::Flows);
        if self.folded {
            let query = self.talk_query(scope.clone());
            self.talks.ask(&lanes.answers, revision, query);
        } else {
            let query = self.pair_query(scope.clone());
            self.pairs.ask(&lanes.answers, revision, query);
        }
        if self.is_stale() || self.len().is_none() {
            return;
        }
        let mut rows = Vec::new();
        for at in self.on_screen.clone() {
            // Until every row is in words; then once for all of them.
            let Some(row) = self.row(at) else { return };
            let direction = match row {
                PairsRow::Pair(row) => row.flow_direction.clone(),
                PairsRow::Talk(_) => None,
            };
            rows.push(SparkRow { at, ends: row.ends().map(Clone::clone), direction });
        }
        let question = sparks::question((revision, self.folded), self.pair_query(scope), rows, span);
        if let Some(question) = question {
            self.sparks.ask(&lanes.charts, question, |source, question, cancel| {
                Ok(sparks::read(source.case()?, question, cancel)?)
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures = self.pairs.poll();
        failures.extend(self.talks.poll());
        failures.extend(self.sparks.poll().and_then(Result::err));
        failures
    }

    /// Stops what is on its way; the last good answers stay.
    fn leave(&mut self) {
        self.pairs.stop();
        self.talks.stop();
        self.sparks.stop();
    }

    fn is_busy(&self) -> bool {
        self.pairs.is_busy() || self.talks.is_busy() || self.sparks.is_busy()
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let scope = shown.flows.clone();
        let question: Arc<dyn Question> = match self.folded {
            true => Arc::new(ConversationsQuestion(self.talk_query(scope))),
            false => Arc::new(PairsQuestion(self.pair_query(scope))),
        };
        Some((Exported::Question(question), self.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pairs: &Pairs) -> Vec<(&'static str, bool)> {
        pairs.sort.iter().map(|(column, down)| (column.name(), *down)).collect()
    }

    #[test]
    fn headers_sort_numbers_down_first_and_addresses_up() {
        let mut pairs = Pairs::default();
        assert_eq!(shown(&pairs), [("total_bytes", true)]);
        pairs.sort_by(PairsColumn::Pair(P::RecordCount), false);
        pairs.sort_by(PairsColumn::Pair(P::Srcaddr), true);
        assert_eq!(shown(&pairs), [("record_count", true), ("srcaddr", false)]);
        pairs.sort_by(PairsColumn::Pair(P::Srcaddr), true);
        assert_eq!(shown(&pairs)[1], ("srcaddr", true));
    }

    #[test]
    fn the_order_survives_another_way_to_make_pairs_as_far_as_it_can() {
        let mut pairs = Pairs::default();
        pairs.sort_by(PairsColumn::Pair(P::RecordCount), false);
        pairs.fold(true);
        assert_eq!(pairs.sort, [(PairsColumn::Talk(T::RecordCount), true)]);
        pairs.sort_by(PairsColumn::Talk(T::Ratio), false);
        pairs.fold(false);
        assert_eq!(shown(&pairs), [("total_bytes", true)], "a column that is gone sorts nothing");
        pairs.fold(true);
        pairs.make_by(PairKey::AddressesAndDirection);
        assert!(!pairs.folded(), "a conversation has both directions");
    }

    #[test]
    fn a_row_is_exactly_its_records() {
        let mut pairs = Pairs::default();
        let mut row = ConversationRow {
            left: Some("10.0.0.1".into()),
            right: Some("2001:db8::1".into()),
            record_count: 1,
            packets: None,
            sent: None,
            received: None,
            first_seen: None,
            last_seen: None,
            accepted: 0,
            rejected: 0,
            started: None,
            repeats: 0,
        };
        pairs.fold(true);
        assert_eq!(
            pairs.clause(PairsRow::Talk(&row)).to_string(),
            "(srcaddr = 10.0.0.1 and dstaddr = 2001:db8::1) or (srcaddr = 2001:db8::1 and dstaddr = 10.0.0.1)"
        );
        (row.left, row.right) = (None, None);
        assert_eq!(pairs.clause(PairsRow::Talk(&row)).to_string(), "srcaddr is null and dstaddr is null");
    }
}
