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

/// The first rows of a table, so many at most; `None` where they are there no sooner than all of it.
type ReadFirst<Q, T> = fn(&CaseReader, &Q, usize, &Cancel) -> Result<Option<T>, QueryError>;

/// Rows of a table by their places.
type ReadRows<T, R> = fn(&CaseReader, &T, Range<usize>) -> Result<Vec<R>, QueryError>;

/// What gives the table, and what gives its rows.
pub struct Reads<Q, T, R> {
    /// What is shown while the whole table is on its way.
    pub first: Option<ReadFirst<Q, T>>,
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

/// How much of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// Its first rows, where they are there sooner than the whole.
    First,
    Whole,
}

struct Answer<T> {
    table: Arc<T>,
    is_whole: bool,
}

/// Rows that are shown before all are there: some pages.
const FIRST_ROWS: usize = 4 * PageCache::<()>::ROWS as usize;

pub struct PagedTable<Q, T, R> {
    reads: Reads<Q, T, R>,
    /// The case's revision, the query, and how much of the table is wanted.
    table: Slot<(u64, Q, Extent), Answer<T>>,
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
        if self.stopped.as_ref().is_some_and(|(at, stopped)| *at == revision && *stopped == query) {
            return;
        }
        self.stopped = None;
        let is_about = |asked: &(u64, Q, Extent)| asked.0 == revision && asked.1 == query;
        let known = self.table.shown_query().is_some_and(is_about);
        if known && self.is_whole() || self.table.asked().is_some_and(is_about) {
            return;
        }
        let (first, read) = (self.reads.first, self.reads.table);
        let extent = if known { Extent::Whole } else { Extent::First };
        self.table.ask(lane, (revision, query, extent), move |source, (_, query, extent), cancel| {
            let reader = source.case()?;
            let first = match first.filter(|_| *extent == Extent::First) {
                Some(first) => first(reader, query, FIRST_ROWS, cancel)?,
                None => None,
            };
            let is_whole = first.is_none();
            let table = match first {
                Some(table) => table,
                None => read(reader, query, cancel)?,
            };
            Ok(Answer { table: Arc::new(table), is_whole })
        });
    }

    /// Is there nothing, or all of it?
    fn is_whole(&self) -> bool {
        self.table.shown().is_none_or(|answer| answer.is_whole)
    }

    fn table(&self) -> Option<&Arc<T>> {
        self.table.shown().map(|answer| &answer.table)
    }

    pub fn want(&mut self, lane: &Lane, rows: Range<u64>) {
        let Some(table) = self.table().map(Arc::clone) else { return };
        let read = self.reads.rows;
        self.rows.want(lane, rows, move |source, places| Ok(read(source.case()?, &table, places)?));
    }

    pub fn stop(&mut self) {
        self.table.stop();
    }

    /// Stops what is on its way, until `resume` or another question.
    pub fn cancel(&mut self) {
        let waiting = self.table.shown_query().filter(|_| self.waits_for_the_rest());
        if let Some((revision, query, _)) = self.table.asked().or(waiting) {
            self.stopped = Some((*revision, query.clone()));
            self.table.stop();
        }
    }

    /// Are the first rows shown, and the others not asked for yet?
    fn waits_for_the_rest(&self) -> bool {
        !self.is_whole() && !self.is_stopped() && self.table.fault().is_none()
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
        let before = self.table.shown().map(|answer| Arc::as_ptr(&answer.table));
        let first_of = self.table.shown_query().filter(|_| !self.is_whole()).map(|(at, query, _)| (*at, query.clone()));
        if let Some(result) = self.table.poll() {
            failures.extend(result.err());
            let after = self.table().filter(|table| before != Some(Arc::as_ptr(table)));
            if let Some(len) = after.map(|table| (self.reads.len)(table) as u64) {
                let now = self.table.shown_query().map(|(at, query, _)| (*at, query.clone()));
                if first_of.is_some() && first_of == now {
                    self.rows.grow(len);
                } else {
                    self.rows.reset(len);
                    self.selection.select_first_of(len);
                    self.scroll_to_top = true;
                }
            }
        }
        failures.extend(self.rows.poll());
        failures
    }

    /// The last good table, or its first rows, and the query that it answers.
    pub fn shown(&self) -> Option<(&Q, &Arc<T>)> {
        self.table.shown_query().map(|(_, query, _)| query).zip(self.table())
    }

    /// How many rows the last good table has.
    pub fn len(&self) -> Option<u64> {
        self.table.shown().map(|_| self.rows.len())
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The selected rows, each as these cells; once all rows are there.
    pub(crate) fn to_copy(
        &self,
        names: Vec<String>,
        cells: impl Fn(&R) -> Vec<String> + Send + Sync + 'static,
    ) -> Option<RowsToCopy> {
        let (table, read) = (Arc::clone(self.table().filter(|_| self.is_whole())?), self.reads.rows);
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

    /// Is what is shown the answer to another question, or was the rest of it stopped?
    pub fn is_stale(&self) -> bool {
        let both = self.table.asked().zip(self.table.shown_query());
        let is_rest = both.is_some_and(|(asked, shown)| asked.0 == shown.0 && asked.1 == shown.1);
        self.table.is_busy() && !is_rest || self.is_stopped()
    }

    pub fn is_busy(&self) -> bool {
        self.table.is_busy() || self.rows.is_busy() || self.waits_for_the_rest()
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
    use crate::case::CaseInfo;
    use crate::session::CaseBackend;
    use crate::session::source::Backend;
    use crate::session::testing::MemoryBackend;
    use crate::session::waker::Waker;
    use std::sync::mpsc::{Receiver, sync_channel};

    #[test]
    fn a_stopped_question_waits_until_it_is_wanted_again() {
        let backend = Arc::new(MemoryBackend::default());
        let lane = Lane::start("test", backend, "case".into(), Arc::new(|| {})).unwrap();
        let reads: Reads<u32, u32, u32> =
            Reads { first: None, table: |_, query, _| Ok(*query), len: |_| 0, rows: |_, _, _| Ok(Vec::new()) };
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

    /// Asks as a frame does, until nothing is on its way or `until` says so.
    fn frames(table: &mut Numbers, lane: &Lane, woken: &Receiver<()>, query: u64, until: impl Fn(&Numbers) -> bool) {
        loop {
            table.ask(lane, 1, query);
            assert_eq!(table.poll(), []);
            if until(table) || !table.is_busy() {
                return;
            }
            woken.recv().unwrap();
        }
    }

    type Numbers = PagedTable<u64, Vec<u64>, u64>;

    #[test]
    fn the_first_rows_are_shown_until_all_are_there_and_stay() {
        let (sender, woken) = sync_channel(64);
        let waker: Waker = Arc::new(move || sender.send(()).unwrap_or(()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.coldtrail");
        let backend = CaseBackend::default();
        backend.create(&path, &CaseInfo::default()).unwrap();
        let lane = Lane::start("test", Arc::new(backend), path, waker).unwrap();
        // So many rows; the first ones of odd questions are not there any sooner.
        let reads: Reads<u64, Vec<u64>, u64> = Reads {
            first: Some(|_, query, limit, _| Ok((query % 2 == 0).then(|| (0..limit as u64).collect()))),
            table: |_, query, _| Ok((0..*query).collect()),
            len: Vec::len,
            rows: |_, table, places| Ok(table.get(places).unwrap_or_default().to_vec()),
        };
        let mut table = PagedTable::new(reads);
        let first = FIRST_ROWS as u64;
        frames(&mut table, &lane, &woken, 1000, |table| table.len().is_some());
        assert_eq!((table.len(), table.is_stale(), table.is_busy()), (Some(first), false, true));
        assert!(table.to_copy(Vec::new(), |_| Vec::new()).is_none(), "the others would be left out");
        assert!(table.take_to_top());
        table.selection.select_first_of(3);
        let (selection, answers) = (table.selection.clone(), table.answers());
        frames(&mut table, &lane, &woken, 1000, |_| false);
        assert_eq!((table.len(), table.is_stale()), (Some(1000), false));
        assert!(table.to_copy(Vec::new(), |_| Vec::new()).is_some());
        assert!(!table.take_to_top(), "they are the same rows");
        assert_eq!((&table.selection, table.answers()), (&selection, answers));

        // The rest is stopped, and wanted after all.
        table.ask(&lane, 1, 2000);
        frames(&mut table, &lane, &woken, 2000, |table| table.len() == Some(first));
        table.cancel();
        frames(&mut table, &lane, &woken, 2000, |_| false);
        assert!(table.is_stopped() && table.is_stale() && table.len() == Some(first));
        table.resume();
        frames(&mut table, &lane, &woken, 2000, |_| false);
        assert_eq!((table.len(), table.is_stale()), (Some(2000), false));

        frames(&mut table, &lane, &woken, 999, |table| table.len() == Some(first));
        assert_eq!((table.len(), table.is_busy()), (Some(999), false), "all of them at once");
        assert!(table.take_to_top());
    }
}
