//! The pairs by their ids: their addresses, and which is which the other way round. What needs the connection to the case is
//! read first; the rest is work for other threads.

use super::compile::MOST_IDS;
use super::{Engine, EngineError};
use crate::case::index::{Cell, IndexCache, IndexedTable, Table, pair};
use crate::columns::{NULL, PairColumns};
use crate::query::pairs::AddressOrder;
use crate::query::{Cancel, QueryError};
use crate::threads::{self, side_by_side};
use std::sync::{Arc, Mutex, PoisonError};

/// The name under which the pairs are kept.
const PAIRS: &str = "pairs";

/// What says between whom conversations are, and who is on which side.
pub(super) struct PairsAndOrder {
    pub pairs: Arc<PairColumns>,
    /// As of `PairColumns::reversed`.
    pub reverse: Arc<Vec<u32>>,
    pub addresses: Arc<AddressOrder>,
}

/// What the pairs are made of.
struct PairsToMake<'a> {
    cache: &'a IndexCache,
    table: &'a Table,
    /// Ids are below this.
    count: usize,
    origin: Origin,
    cancel: &'a Cancel,
}

enum Origin {
    Kept(Arc<PairColumns>),
    /// Source and destination of each segment, not decoded yet.
    Cells(Vec<[Arc<Cell>; 2]>),
}

/// The pairs of one segment: where its addresses go.
struct Part<'a> {
    segment: usize,
    /// The id of the first place.
    first: usize,
    sides: [&'a mut [u32]; 2],
}

impl Engine<'_> {
    /// The addresses of all pairs.
    pub(crate) fn pairs(&self) -> Result<Arc<PairColumns>, EngineError> {
        self.pairs_to_make()?.make(self.threads)
    }

    /// The same, which pair is which the other way round, and where each address is among all: the order of addresses is the
    /// connection's work, and the pairs are made beside it.
    pub(super) fn pairs_and_order(&self) -> Result<PairsAndOrder, EngineError> {
        let to_make = self.pairs_to_make()?;
        let threads = self.threads.saturating_sub(1).max(1);
        threads::scope(|scope| {
            let make = || {
                let pairs = to_make.make(threads)?;
                let reverse = reverse(to_make.cache, &pairs, threads)?;
                Ok::<_, EngineError>((pairs, reverse))
            };
            let beside = threads::beside(scope, "pairs", make).map_err(|_| EngineError::Unsupported)?;
            let order = self.address_order();
            let (pairs, reverse) = beside.join()?;
            Ok(PairsAndOrder { pairs, reverse, addresses: order? })
        })
    }

    /// As `PairColumns::reversed`.
    pub(super) fn reverse(&self, pairs: &PairColumns) -> Result<Arc<Vec<u32>>, EngineError> {
        reverse(&self.reader.cache, pairs, self.threads)
    }

    fn pairs_to_make(&self) -> Result<PairsToMake<'_>, EngineError> {
        let (cache, table) = (&self.reader.cache, &self.snapshot.pairs);
        let last = table.ids.last().unwrap_or(0);
        let count = usize::try_from(last).ok().and_then(|last| last.checked_add(1)).filter(|count| *count <= MOST_IDS);
        let count = count.ok_or(EngineError::Unsupported)?;
        let origin = match cache.kept(PAIRS, i64::from(table.rows())) {
            Some(pairs) => Origin::Kept(pairs),
            None => Origin::Cells(self.pair_cells(table)?),
        };
        Ok(PairsToMake { cache, table, count, origin, cancel: self.cancel })
    }

    fn pair_cells(&self, table: &Table) -> Result<Vec<[Arc<Cell>; 2]>, EngineError> {
        let cell = |segment: usize, column: usize| {
            self.go_on()?;
            Ok::<_, EngineError>(self.reader.index_column(&self.snapshot, IndexedTable::Pair, segment, column)?)
        };
        let sides = (0..table.segments.len())
            .map(|segment| Ok([cell(segment, pair::SOURCE)?, cell(segment, pair::DESTINATION)?]));
        sides.collect()
    }
}

impl PairsToMake<'_> {
    fn make(&self, threads: usize) -> Result<Arc<PairColumns>, EngineError> {
        let cells = match &self.origin {
            Origin::Kept(pairs) => return Ok(Arc::clone(pairs)),
            Origin::Cells(cells) => cells,
        };
        self.cache.derived(PAIRS, i64::from(self.table.rows()), || {
            let (mut source, mut destination) = (vec![0u32; self.count], vec![0u32; self.count]);
            let parts = self.parts(&mut source, &mut destination);
            let waiting = Mutex::new(parts.into_iter());
            let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
            let done = side_by_side(threads, |_| {
                let (mut values, mut nobody) = (Vec::new(), Vec::new());
                while let Some(part) = next() {
                    if self.cancel.is_cancelled() {
                        return Err(QueryError::Cancelled.into());
                    }
                    self.fill(part, cells, &mut values, &mut nobody)?;
                }
                Ok::<_, EngineError>(nobody)
            });
            let nobody = done.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
            let pairs = PairColumns::new(source, destination, nobody);
            let bytes = pairs.bytes();
            Ok((pairs, bytes))
        })
    }

    /// Ids rise from segment to segment, so that the places of each are its own.
    fn parts<'l>(&self, mut source: &'l mut [u32], mut destination: &'l mut [u32]) -> Vec<Part<'l>> {
        let segments = &self.table.segments;
        let mut first = 0;
        let mut parts = Vec::with_capacity(segments.len());
        for segment in 0..segments.len() {
            let next = segments.get(segment + 1).and_then(|next| self.table.ids.id(next.first_row));
            let end = next.map_or(self.count, |id| usize::try_from(id).unwrap_or(0).clamp(first, self.count));
            let (sources, later) = std::mem::take(&mut source).split_at_mut(end - first);
            source = later;
            let (destinations, later) = std::mem::take(&mut destination).split_at_mut(end - first);
            destination = later;
            parts.push(Part { segment, first, sides: [sources, destinations] });
            first = end;
        }
        parts
    }

    /// Puts the addresses of a segment in their places; adds the pairs of nobody.
    fn fill(
        &self,
        part: Part<'_>,
        cells: &[[Arc<Cell>; 2]],
        values: &mut Vec<i64>,
        nobody: &mut Vec<u32>,
    ) -> Result<(), EngineError> {
        let Part { segment: number, first, mut sides } = part;
        let (Some(segment), Some(cells)) = (self.table.segments.get(number), cells.get(number)) else { return Ok(()) };
        let rows = segment.first_row..segment.first_row + segment.rows;
        // Ids below 0 are none of ours.
        let runs = || {
            self.table.ids.runs_in(rows.clone()).filter_map(|(row, id, len)| {
                let skipped = usize::try_from(id.min(0).unsigned_abs()).ok()?;
                let inside = usize::try_from(id.max(0)).ok()?.checked_sub(first)?;
                let len = (len as usize).checked_sub(skipped)?;
                Some((inside..inside + len, (row - segment.first_row) as usize + skipped))
            })
        };
        for (side, cell) in sides.iter_mut().zip(cells) {
            values.clear();
            values.resize(segment.rows as usize, NULL);
            cell.get()?.read(0, values);
            for (places, row) in runs() {
                let values = values.get(row..).unwrap_or_default();
                let Some(side) = side.get_mut(places) else { continue };
                side.iter_mut().zip(values).for_each(|(side, id)| *side = u32::try_from(*id).unwrap_or(0));
            }
        }
        let [sources, destinations] = &sides;
        for (places, _) in runs() {
            let own = |list: &&mut [u32], at: usize| list.get(at).copied() == Some(0);
            let nobodies = places.filter(|at| own(sources, *at) && own(destinations, *at));
            nobody.extend(nobodies.filter_map(|at| u32::try_from(first + at).ok()));
        }
        Ok(())
    }
}

fn reverse(cache: &IndexCache, pairs: &PairColumns, threads: usize) -> Result<Arc<Vec<u32>>, EngineError> {
    cache.derived("reverse of pairs", pairs.len() as i64, || {
        let reverse = pairs.reversed(threads).ok_or(EngineError::Unsupported)?;
        let bytes = reverse.len() * 4;
        Ok((reverse, bytes))
    })
}
