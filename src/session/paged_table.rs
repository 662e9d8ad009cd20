//! A table that a query answers as a whole, of which a page of rows at a time is put into words: pairs, conversations.

use super::copying::RowsToCopy;
use super::row_pages::PageCache;
use super::selection::Selection;
use super::slots::{Lane, Slot};
use super::source::{Cancel, CaseReader};
use crate::app::Failure;
use crate::query::QueryError;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a table by their places.
type ReadRows<T, R> = fn(&CaseReader, &T, Range<usize>) -> Result<Vec<R>, QueryError>;

/// What gives the table, and what gives its rows.
pub struct Reads<Q, T, R> {
    pub table: fn(&CaseReader, &Q, &Cancel) -> Result<T, QueryError>,
    pub len: fn(&T) -> usize,
    pub rows: ReadRows<T, R>,
}

// Manually: derived, it would ask the same of the rows.
impl<Q, T, R> Clone for Reads<Q, T, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, T, R> Copy for Reads<Q, T, R> {}

pub struct PagedTable<Q, T, R> {
    reads: Reads<Q, T, R>,
    /// The case's revision and the query.
    table: Slot<(u64, Q), Arc<T>>,
    /// What the examiner stopped: it waits until it is wanted.
    stopped: Option<(u64, Q)>,
    rows: PageCache<R>,
    pub selection: Selection,
    /// Other rows came in: the table is to be shown from its beginning.
    scroll_to_top: bool,
}

impl<Q, T, R> PagedTable<Q, T, R>
where
    Q: PartialEq + Clone + Send + 'static,
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    pub fn new(reads: Reads<Q, T, R>) -> Self {
        let (table, rows) = (Slot::default(), PageCache::default());
        Self { reads, table, stopped: None, rows, selection: Selection::default(), scroll_to_top: false }
    }

    /// Makes this the question; what an older one asked is stopped.
    pub fn ask(&mut self, lane: &Lane, revision: u64, query: Q) {
        let (read, asked) = (self.reads.table, (revision, query));
        if self.stopped.as_ref() == Some(&asked) {
            return;
        }
        self.stopped = None;
        self.table
            .ask(lane, asked, move |source, (_, query), cancel| Ok(Arc::new(read(source.case()?, query, cancel)?)));
    }

    pub fn want(&mut self, lane: &Lane, rows: Range<u64>) {
        let Some(table) = self.table.shown().map(Arc::clone) else { return };
        let read = self.reads.rows;
        self.rows.want(lane, rows, move |source, places| Ok(read(source.case()?, &table, places)?));
    }

    pub fn stop(&mut self) {
        self.table.stop();
    }

    /// Stops what is on its way, until `resume` or another question.
    pub fn cancel(&mut self) {
        if let Some(asked) = self.table.asked() {
            self.stopped = Some(asked.clone());
            self.table.stop();
        }
    }

    pub fn resume(&mut self) {
        self.stopped = None;
    }

    /// Was the question stopped that is asked?
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Rows that were read for the answer on its way, and all that are to be read.
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.table.progress()
    }

    /// Takes in answers; the reasons of failures.
    pub fn poll(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        let before = self.table.shown().map(Arc::as_ptr);
        if let Some(result) = self.table.poll() {
            failures.extend(result.err());
            let after = self.table.shown();
            if let Some(table) = after.filter(|table| before != Some(Arc::as_ptr(table))) {
                self.rows.reset((self.reads.len)(table) as u64);
                self.selection.select_first_of(self.rows.len());
                self.scroll_to_top = true;
            }
        }
        failures.extend(self.rows.poll());
        failures
    }

    /// The last good table, and the query that it answers.
    pub fn shown(&self) -> Option<(&Q, &Arc<T>)> {
        self.table.shown_query().map(|(_, query)| query).zip(self.table.shown())
    }

    /// How many rows the last good table has.
    pub fn len(&self) -> Option<u64> {
        self.table.shown().map(|_| self.rows.len())
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The selected rows, each as these cells.
    pub(crate) fn to_copy(
        &self,
        names: Vec<String>,
        cells: impl Fn(&R) -> Vec<String> + Send + Sync + 'static,
    ) -> Option<RowsToCopy> {
        let (table, read) = (Arc::clone(self.table.shown()?), self.reads.rows);
        let rows = RowsToCopy::new(&self.selection, move |source, places| {
            Ok(read(source.case()?, &table, places)?.iter().map(&cells).collect())
        });
        Some(rows.with_header(names))
    }

    /// Counts the answers.
    pub fn answers(&self) -> u64 {
        self.rows.generation()
    }

    /// A row in words, once it is in.
    pub fn row(&self, row: u64) -> Option<&R> {
        self.rows.row(row)
    }

    /// Is what is shown the answer to another question?
    pub fn is_stale(&self) -> bool {
        self.table.is_busy() || self.is_stopped()
    }

    pub fn is_busy(&self) -> bool {
        self.table.is_busy() || self.rows.is_busy()
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.table.fault()
    }

    pub fn take_to_top(&mut self) -> bool {
        std::mem::take(&mut self.scroll_to_top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::testing::MemoryBackend;

    #[test]
    fn a_stopped_question_waits_until_it_is_wanted_again() {
        let backend = Arc::new(MemoryBackend::default());
        let lane = Lane::start("test", backend, "case".into(), Arc::new(|| {})).unwrap();
        let reads: Reads<u32, u32, u32> =
            Reads { table: |_, query, _| Ok(*query), len: |_| 0, rows: |_, _, _| Ok(Vec::new()) };
        let mut table = PagedTable::new(reads);
        table.cancel();
        assert!(!table.is_stopped(), "there is nothing to stop");
        table.ask(&lane, 1, 7);
        table.cancel();
        assert!(table.is_stopped() && table.is_stale() && !table.is_busy());
        table.ask(&lane, 1, 7);
        assert!(!table.is_busy(), "it does not run by itself");
        table.ask(&lane, 1, 8);
        assert!(table.is_busy() && !table.is_stopped(), "another question is asked");
        table.cancel();
        table.resume();
        table.ask(&lane, 1, 8);
        assert!(table.is_busy() && !table.is_stopped());
    }
}
