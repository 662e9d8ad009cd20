//! The state of the pairs view: how pairs are made, their order, the table that answered last, and the small series of the
//! rows on screen. It follows the filter of the flows and the time range of every view.

use super::paged::{Paged, Reads};
use super::records::Lanes;
use super::slots::Slot;
use super::source::Duplicates;
use super::sparks::{self, SparkQuestion, Sparks};
use crate::model::Timestamp;
use crate::query::{self, PairColumn, PairKey, PairQuery, PairRow, PairSort, PairTable, Scope};
use std::ops::Range;

/// Changes that the view asks for.
#[derive(Clone, Debug)]
pub enum PairsAction {
    By(PairKey),
    OnlyExternal(bool),
    Sort { column: PairColumn, add: bool },
    Select(super::selection::Selection),
    Want(Range<u64>),
    Resize(PairsColumn, f32),
    CopyRows,
}

/// A column of the view: of the result, or the small series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairsColumn {
    Of(PairColumn),
    Series,
}

pub struct Pairs {
    by: PairKey,
    only_external: bool,
    sort: Vec<PairSort>,
    widths: Vec<(PairsColumn, f32)>,
    pub table: Paged<PairQuery, PairTable, PairRow>,
    sparks: Slot<SparkQuestion, Sparks>,
    on_screen: Range<u64>,
}

impl Default for Pairs {
    fn default() -> Self {
        let reads = Reads { table: query::pairs, len: PairTable::len, rows: query::pair_rows };
        Self {
            by: PairKey::Addresses,
            only_external: false,
            sort: PairQuery::all().sort,
            widths: Vec::new(),
            table: Paged::new(reads),
            sparks: Slot::default(),
            on_screen: 0..0,
        }
    }
}

impl Pairs {
    pub fn by(&self) -> PairKey {
        self.by
    }

    pub fn only_external(&self) -> bool {
        self.only_external
    }

    pub fn sort(&self) -> &[PairSort] {
        &self.sort
    }

    /// The columns as they are shown.
    pub fn columns(&self) -> Vec<PairsColumn> {
        let mut columns: Vec<PairsColumn> = PairColumn::of(self.by).map(PairsColumn::Of).collect();
        let after = columns.iter().position(|c| *c == PairsColumn::Of(PairColumn::DataRatio)).map_or(0, |at| at + 1);
        columns.insert(after, PairsColumn::Series);
        columns
    }

    pub fn width(&self, column: PairsColumn) -> f32 {
        let resized = self.widths.iter().find(|(of, _)| *of == column).map(|(_, width)| *width);
        resized.unwrap_or(match column {
            PairsColumn::Series => 130.0,
            PairsColumn::Of(PairColumn::Srcaddr | PairColumn::Dstaddr) => 140.0,
            PairsColumn::Of(PairColumn::FirstSeen | PairColumn::LastSeen) => 175.0,
            PairsColumn::Of(PairColumn::TotalBytes) => 142.0,
            PairsColumn::Of(PairColumn::Accepted | PairColumn::Rejected) => 96.0,
            PairsColumn::Of(_) => 118.0,
        })
    }

    pub fn resize(&mut self, column: PairsColumn, width: f32) {
        self.widths.retain(|(of, _)| *of != column);
        self.widths.push((column, width));
    }

    pub fn make_by(&mut self, by: PairKey) {
        self.by = by;
        self.sort.retain(|key| PairColumn::of(by).any(|column| column == key.column));
        if self.sort.is_empty() {
            self.sort = PairQuery::all().sort;
        }
    }

    pub fn show_only_external(&mut self, only: bool) {
        self.only_external = only;
    }

    /// A click on a header: numbers and times from the greatest down first, addresses from the lowest up.
    pub fn sort_by(&mut self, column: PairColumn, add: bool) {
        let first = !matches!(column, PairColumn::Srcaddr | PairColumn::Dstaddr | PairColumn::FlowDirection);
        let known = self.sort.iter().position(|key| key.column == column);
        let descending = known.and_then(|at| self.sort.get(at)).map_or(first, |key| !key.descending);
        let key = PairSort { column, descending };
        match (add, known) {
            (false, _) => self.sort = vec![key],
            (true, None) => self.sort.push(key),
            (true, Some(at)) => {
                if let Some(known) = self.sort.get_mut(at) {
                    *known = key;
                }
            }
        }
    }

    fn query(&self, scope: Scope) -> PairQuery {
        let (by, only_external, sort) = (self.by, self.only_external, self.sort.clone());
        PairQuery { scope, by, only_external, sort, ..PairQuery::all() }
    }

    /// Asks for what is shown and not there yet. `span`: first and last start of the case's flows, for the small series.
    pub fn ask(&mut self, lanes: &Lanes, revision: u64, scope: Scope, span: Option<(Timestamp, Timestamp)>) {
        debug_assert!(scope.duplicates == Duplicates::Once || scope.duplicates == Duplicates::All);
        let query = self.query(scope);
        self.table.ask(&lanes.rows, revision, query);
        let Some((shown, _)) = self.table.shown().filter(|_| !self.table.is_stale()) else { return };
        let shown = shown.clone();
        let mut rows = Vec::new();
        for row in self.on_screen.clone() {
            // Until every row is in words; then once for all of them.
            let Some(known) = self.table.row(row) else { return };
            rows.push((row, known.clone()));
        }
        if let Some(question) = sparks::question(revision, shown, rows, span) {
            self.sparks.ask(&lanes.charts, question, |source, question, cancel| {
                Ok(sparks::read(source.case()?, question, cancel)?)
            });
        }
    }

    pub fn want(&mut self, lanes: &Lanes, rows: Range<u64>) {
        let end = rows.end.min(self.table.len().unwrap_or(0));
        self.on_screen = rows.start.min(end)..end;
        // A screen more than is visible, so that turning a page finds its rows there.
        let ahead = rows.end - rows.start;
        self.table.want(&lanes.pages, rows.start.saturating_sub(ahead)..rows.end + ahead);
    }

    pub fn poll(&mut self) -> Vec<String> {
        let mut failures = self.table.poll();
        failures.extend(self.sparks.poll().and_then(Result::err));
        failures
    }

    pub fn is_busy(&self) -> bool {
        self.table.is_busy() || self.sparks.is_busy()
    }

    /// The small series of a row: bytes over the time range.
    pub fn spark(&self, row: u64) -> Option<&std::sync::Arc<[f32]>> {
        let (query, _) = self.table.shown()?;
        let (question, sparks) = (self.sparks.shown_query()?, self.sparks.shown()?);
        // By row: it belongs to this table or to none.
        (question.query == *query).then(|| sparks.of(row))?
    }

    /// The selected rows that are loaded, tab separated, with a header line; at most `limit` looked at.
    pub fn copied_rows(&self, limit: usize) -> super::records::Copied {
        let columns: Vec<PairColumn> = PairColumn::of(self.by).collect();
        let mut lines = vec![columns.iter().map(|c| c.name()).collect::<Vec<_>>().join("\t")];
        let mut copied = super::records::Copied::default();
        for row in self.table.selection.rows(limit) {
            let Some(row) = self.table.row(row) else {
                copied.missing += 1;
                continue;
            };
            lines.push(columns.iter().map(|c| row.value(*c).to_text()).collect::<Vec<_>>().join("\t"));
            copied.rows += 1;
        }
        copied.missing += self.table.selection.len().saturating_sub(limit as u64);
        copied.text = lines.join("\n");
        copied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_sort_numbers_down_first_and_addresses_up() {
        let mut pairs = Pairs::default();
        let shown = |pairs: &Pairs| pairs.sort.iter().map(|k| (k.column, k.descending)).collect::<Vec<_>>();
        assert_eq!(shown(&pairs), [(PairColumn::TotalBytes, true)]);
        pairs.sort_by(PairColumn::RecordCount, false);
        pairs.sort_by(PairColumn::Srcaddr, true);
        assert_eq!(shown(&pairs), [(PairColumn::RecordCount, true), (PairColumn::Srcaddr, false)]);
        pairs.sort_by(PairColumn::Srcaddr, true);
        assert_eq!(shown(&pairs)[1], (PairColumn::Srcaddr, true));
        pairs.make_by(PairKey::AddressesAndDirection);
        pairs.sort_by(PairColumn::FlowDirection, false);
        pairs.make_by(PairKey::Addresses);
        assert_eq!(shown(&pairs), [(PairColumn::TotalBytes, true)], "a column that is gone sorts nothing");
    }
}
