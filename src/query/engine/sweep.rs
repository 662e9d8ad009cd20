//! Segments handed to workers. Decoding, checking and everything else but loading is theirs.

use super::{Engine, EngineError};
use crate::case::index::Cell;
use crate::columns::{NULL, PackedColumn};
use crate::query::QueryError;
use crate::threads::{self, Worker};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// A set of column numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnSet(u32);

impl ColumnSet {
    pub(crate) fn of(columns: impl IntoIterator<Item = usize>) -> Self {
        let mut this = Self::default();
        columns.into_iter().for_each(|column| this.add(column));
        this
    }

    pub(crate) fn add(&mut self, column: usize) {
        self.0 |= 1 << column;
    }

    pub(crate) fn add_all(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        (0..32).filter(move |column| self.0 >> column & 1 != 0)
    }
}

/// The columns of a segment that were asked for, by number.
pub(super) type Columns = Vec<Option<Arc<PackedColumn>>>;

/// Who sees which segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// Each segment goes to one worker.
    Split,
    /// Every worker sees every segment.
    Every,
}

type Cells = Vec<Option<Arc<Cell>>>;

impl Engine<'_> {
    /// Calls `each` with segments of the records and their columns: those for which `needs` names some. `states` are the
    /// workers' own; they come back as they were left.
    pub(crate) fn sweep<S: Send>(
        &self,
        needs: impl Fn(usize) -> Option<ColumnSet>,
        share: Share,
        mut states: Vec<S>,
        each: impl Fn(&mut S, usize, &Columns) -> Result<(), EngineError> + Sync,
    ) -> Result<Vec<S>, EngineError> {
        let segments = self.records.segments.len();
        let wanted: Vec<(usize, ColumnSet)> = (0..segments).filter_map(|at| Some((at, needs(at)?))).collect();
        let rows: Vec<u64> = self.records.segments.iter().map(|segment| segment.rows.into()).collect();
        let (cancel, times) = (self.cancel, if share == Share::Every { states.len().max(1) as u64 } else { 1 });
        let each = |state: &mut S, segment: usize, columns: &Columns| -> Result<(), EngineError> {
            each(state, segment, columns)?;
            cancel.did(rows.get(segment).map_or(0, |rows| rows / times));
            Ok(())
        };
        if wanted.len() <= 1 || states.len() == 1 {
            for (segment, columns) in wanted {
                self.go_on()?;
                let columns = decoded(&self.cells(segment, columns)?)?;
                let many = if share == Share::Every { states.len() } else { 1 };
                states.iter_mut().take(many).try_for_each(|state| each(state, segment, &columns))?;
            }
            return Ok(states);
        }
        match wanted.iter().map(|(segment, columns)| self.cells_at_hand(*segment, *columns)).collect() {
            Some(cells) => self.sweep_at_hand(&wanted, cells, share, states, &each),
            None => self.sweep_loading(&wanted, share, states, &each),
        }
    }

    /// Everything is in memory: the workers help themselves.
    fn sweep_at_hand<S: Send>(
        &self,
        wanted: &[(usize, ColumnSet)],
        cells: Vec<Cells>,
        share: Share,
        states: Vec<S>,
        each: &(impl Fn(&mut S, usize, &Columns) -> Result<(), EngineError> + Sync),
    ) -> Result<Vec<S>, EngineError> {
        let (failed, taken) = (AtomicBool::new(false), AtomicUsize::new(0));
        let cancel = self.cancel;
        let work = |mut state: S| {
            let mut own = 0..;
            while let Some(at) = match share {
                Share::Split => Some(taken.fetch_add(1, Ordering::Relaxed)),
                Share::Every => own.next(),
            } && let (Some((segment, _)), Some(cells)) = (wanted.get(at), cells.get(at))
                && !failed.load(Ordering::Relaxed)
            {
                let stopped = if cancel.is_cancelled() { Err(QueryError::Cancelled.into()) } else { Ok(()) };
                let done = stopped.and_then(|()| each(&mut state, *segment, &decoded(cells)?));
                if let Err(error) = done {
                    failed.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            Ok(state)
        };
        threads::scope(|scope| {
            let work = &work;
            let mut states = states.into_iter();
            let Some(first) = states.next() else { return Ok(Vec::new()) };
            let mut workers = Vec::new();
            for state in states {
                let worker = threads::beside(scope, "columns", move || work(state));
                workers.push(worker.map_err(|_| EngineError::Unsupported)?);
            }
            let first = work(first);
            std::iter::once(first).chain(workers.into_iter().map(Worker::join)).collect()
        })
    }

    /// One thread loads, because it holds the connection, and hands on to the workers. What is loaded ahead is bounded.
    fn sweep_loading<S: Send>(
        &self,
        wanted: &[(usize, ColumnSet)],
        share: Share,
        states: Vec<S>,
        each: &(impl Fn(&mut S, usize, &Columns) -> Result<(), EngineError> + Sync),
    ) -> Result<Vec<S>, EngineError> {
        let failed = AtomicBool::new(false);
        threads::scope(|scope| {
            let mut senders: Vec<SyncSender<(usize, Arc<Cells>)>> = Vec::new();
            let mut workers = Vec::new();
            let shared = match share {
                Share::Split => {
                    let (sender, receiver) = sync_channel(2 * states.len());
                    senders.push(sender);
                    Some(Arc::new(Mutex::new(receiver)))
                }
                Share::Every => None,
            };
            for mut state in states {
                let source = match &shared {
                    Some(receiver) => Source::Shared(Arc::clone(receiver)),
                    None => {
                        let (sender, receiver) = sync_channel(4);
                        senders.push(sender);
                        Source::Own(receiver)
                    }
                };
                let failed = &failed;
                let work = move || {
                    while let Some((segment, cells)) = source.next() {
                        // The others and the loading thread have nobody to work for any more.
                        if failed.load(Ordering::Relaxed) {
                            continue;
                        }
                        let done = decoded(&cells).and_then(|columns| each(&mut state, segment, &columns));
                        if let Err(error) = done {
                            failed.store(true, Ordering::Relaxed);
                            return Err(error);
                        }
                    }
                    Ok(state)
                };
                let worker = threads::beside(scope, "columns", work);
                workers.push(worker.map_err(|_| EngineError::Unsupported)?);
            }
            drop(shared);
            let loaded = self.load(wanted, &senders, &failed);
            drop(senders);
            // A worker's error says more than that nobody listened to the loading thread.
            let states: Result<Vec<S>, EngineError> = workers.into_iter().map(Worker::join).collect();
            let states = states?;
            loaded.map(|()| states)
        })
    }

    fn load(
        &self,
        wanted: &[(usize, ColumnSet)],
        senders: &[SyncSender<(usize, Arc<Cells>)>],
        failed: &AtomicBool,
    ) -> Result<(), EngineError> {
        for (segment, columns) in wanted {
            self.go_on()?;
            if failed.load(Ordering::Relaxed) {
                return Ok(());
            }
            let cells = Arc::new(self.cells(*segment, *columns)?);
            for sender in senders {
                // Gone only after an error, which is reported at the end.
                let _ = sender.send((*segment, Arc::clone(&cells)));
            }
        }
        Ok(())
    }

    fn cells_at_hand(&self, segment: usize, columns: ColumnSet) -> Option<Cells> {
        let mut cells: Cells = vec![None; self.layout.table.columns()];
        for column in columns.iter() {
            let cell = self.reader.index_column_at_hand(&self.snapshot, self.layout.table, segment, column)?;
            *cells.get_mut(column)? = Some(cell);
        }
        Some(cells)
    }

    fn cells(&self, segment: usize, columns: ColumnSet) -> Result<Cells, EngineError> {
        let mut cells: Cells = vec![None; self.layout.table.columns()];
        for column in columns.iter() {
            let cell = self.reader.index_column(&self.snapshot, self.layout.table, segment, column)?;
            if let Some(place) = cells.get_mut(column) {
                *place = Some(cell);
            }
        }
        Ok(cells)
    }

    /// Somebody may have asked to stop.
    pub(crate) fn go_on(&self) -> Result<(), EngineError> {
        if self.cancel.is_cancelled() { Err(QueryError::Cancelled.into()) } else { Ok(()) }
    }
}

enum Source<T> {
    Shared(Arc<Mutex<Receiver<T>>>),
    Own(Receiver<T>),
}

impl<T> Source<T> {
    fn next(&self) -> Option<T> {
        match self {
            Self::Shared(receiver) => receiver.lock().unwrap_or_else(PoisonError::into_inner).recv().ok(),
            Self::Own(receiver) => receiver.recv().ok(),
        }
    }
}

fn decoded(cells: &Cells) -> Result<Columns, EngineError> {
    cells.iter().map(|cell| Ok(cell.as_ref().map(|cell| cell.get()).transpose()?)).collect()
}

/// The columns of some rows, `NULL` where a segment lacks one.
pub(super) fn gather<const N: usize>(columns: &Columns, read: &[usize; N], rows: &[u32], values: &mut [Vec<i64>; N]) {
    for (column, values) in read.iter().zip(values) {
        match columns.get(*column).and_then(Option::as_deref) {
            Some(column) => column.gather(rows, values),
            None => {
                values.clear();
                values.resize(rows.len(), NULL);
            }
        }
    }
}
