//! Sums over chosen flow records by key, on all workers.

use super::answers::checked;
use super::compile::MOST_IDS;
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::case::index::{IndexedTable, Table, flow};
use crate::columns::PairColumns;
use crate::columns::{
    Bitmap, Chosen, Fate, Grouping, Groups, KeyPart, Map, Measures, NO_SLOT, NULL, Selection, Sums, Sweep, Used,
    Verdict, sum,
};
use crate::filter::Filter;
use crate::model::TimeRange;
use crate::query::RecordQuery;
use crate::query::histogram::{Bin, Bins, Histogram};
use rusqlite::types::ValueRef;
use std::sync::Arc;

/// Slots up to this many are summed by every worker for itself, two megabytes each; more are shared out. Tests see both.
pub(super) const FEW_SLOTS: u64 = if cfg!(test) { 12 } else { 1 << 15 };

/// Sums by pair are kept up to this size in bytes, of twenty million pairs, and up to a quarter of the budget: beyond it
/// they would push out the columns.
const MOST_KEPT: usize = 1536 << 20;

/// A worker's part of the numbers, and their sums once it has begun.
type Part = (std::ops::Range<u32>, Vec<Sums>);

impl Engine<'_> {
    /// What the chosen records come to by key. Slots ascending; only those that occur.
    pub(crate) fn groups(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        measures: &Measures,
    ) -> Result<Groups, EngineError> {
        let few = grouping.slots() <= FEW_SLOTS;
        // Where most slots will occur, looking for them first costs more than it saves.
        let all = grouping.is_flat() && selection.len() as u64 > 2 * grouping.slots();
        let used = match u32::try_from(grouping.slots()) {
            Ok(slots) if few || all => Used::Every(slots),
            _ => Used::of(self.used_slots(selection, grouping)?),
        };
        self.sums_of(selection, grouping, measures, &used)
    }

    /// The same for the slots that are named.
    pub(crate) fn sums_of(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        measures: &Measures,
        used: &Used,
    ) -> Result<Groups, EngineError> {
        let few = used.count() as u64 <= FEW_SLOTS;
        let mut columns = ColumnSet::of(grouping.columns());
        columns.add_all(ColumnSet::of(measures.columns()));
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let count = used.count() as u32;
        let workers = self.threads as u64;
        let bound = |worker: u64| (worker * u64::from(count) / workers) as u32;
        let parts = (0..workers).map(|worker| if few { 0..count } else { bound(worker)..bound(worker + 1) });
        let states: Vec<Part> = parts.map(|part| (part, Vec::new())).collect();
        let table = &self.snapshot.flows;
        let each = |(part, sums): &mut Part, number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                // By the worker itself: the memory is many pages that are touched for the first time.
                sums.resize(part.len(), Sums::default());
                sum(&sweep, grouping, used, measures, part, sums);
            }
            Ok(())
        };
        let share = if few { Share::Split } else { Share::Every };
        let states = self.sweep(IndexedTable::Flow, needs, share, states, each)?;
        let mut sums: Vec<Sums> = Vec::new();
        for (range, mut part) in states {
            if !few {
                part.resize(range.len(), Sums::default());
                if sums.is_empty() { sums = part } else { sums.append(&mut part) }
            } else if sums.is_empty() {
                sums = part;
            } else {
                sums.iter_mut().zip(&part).for_each(|(sums, more)| sums.add(more));
            }
        }
        let mut slots = used.slots();
        if matches!(used, Used::Every(_)) {
            sums.resize(slots.len(), Sums::default());
            slots.retain(|slot| sums.get(*slot as usize).is_some_and(|sums| sums.records > 0));
            sums.retain(|sums| sums.records > 0);
        }
        Ok(Groups { slots, sums })
    }

    /// What all records of the case come to by pair: asked for again and again, so it is kept where there is room.
    pub(crate) fn groups_by_pair(
        &self,
        scope: &RecordQuery,
        column: usize,
        pairs: &PairColumns,
    ) -> Result<Arc<Groups>, EngineError> {
        let make = || {
            let grouping = Grouping::new(vec![self.pair_part(column, pairs)?]).ok_or(EngineError::Unsupported)?;
            checked(self.groups(&self.chosen(scope)?, &grouping, &self.all_measures()?)?)
        };
        if !self.keeps_groups(scope, pairs) {
            return Ok(Arc::new(make()?));
        }
        let name = format!("sums of pairs {column} {:?} {}", scope.duplicates, self.snapshot.duplicates());
        self.reader.cache.derived(&name, self.snapshot.flows.rows().into(), || {
            let groups = make()?;
            let bytes = sums_bytes(groups.sums.len());
            Ok((groups, bytes))
        })
    }

    /// Are the sums by pair of these records kept?
    pub(crate) fn keeps_groups(&self, scope: &RecordQuery, pairs: &PairColumns) -> bool {
        let is_all = scope.filter.as_ref().is_none_or(|filter| *filter == Filter::All);
        is_all && scope.range == TimeRange::default() && sums_bytes(pairs.len()) <= self.most_kept()
    }

    /// Answers of so many bytes may be kept.
    pub(crate) fn most_kept(&self) -> usize {
        MOST_KEPT.min(self.reader.cache.budget() / 4)
    }

    /// As `query::histogram`.
    pub(crate) fn histogram(&self, query: &RecordQuery, bins: Bins) -> Result<Histogram, EngineError> {
        let selection = self.chosen(query)?;
        let Some((first, last)) = self.start_span(&selection)? else {
            return Ok(Histogram { bin_secs: 1, bins: Vec::new() });
        };
        let bin_secs = bins.secs(last.saturating_sub(first));
        let begin = first.div_euclid(bin_secs).checked_mul(bin_secs).ok_or(EngineError::Unsupported)?;
        let bins = last.checked_sub(begin).and_then(|span| u32::try_from(span / bin_secs + 1).ok());
        let size = bins.ok_or(EngineError::Unsupported)?;
        let map = Map::Bins { first: begin, width: bin_secs };
        let part = KeyPart { column: flow::START, second: None, map, absent: NO_SLOT, size };
        let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
        // The histogram counts what the records say, measurement or not.
        let (column, fates) = self.fates()?;
        let fates: Vec<Fate> = fates.iter().map(|fate| Fate { left_out: false, ..*fate }).collect();
        let measures = Measures { bytes: Some(flow::BYTES), fate: Some((column, fates.into())), ..Measures::default() };
        let groups = self.groups(&selection, &grouping, &measures)?;
        let bins = groups.slots.iter().zip(&groups.sums).map(|(slot, sums)| Bin {
            start_secs: begin + *slot as i64 * bin_secs,
            good: sums.accepted.into(),
            bad: sums.rejected.into(),
            other: (sums.records - sums.accepted - sums.rejected).into(),
            bytes: u64::try_from(sums.bytes.max(0)).unwrap_or(u64::MAX),
        });
        Ok(Histogram { bin_secs, bins: bins.collect() })
    }

    /// The first and the last start of the chosen records.
    pub(crate) fn start_span(&self, selection: &Selection) -> Result<Option<(i64, i64)>, EngineError> {
        let flows = &self.snapshot.flows;
        if selection.len() == flows.rows() as usize {
            return Ok(flows.bounds(flow::START));
        }
        let grouping = Grouping::new(Vec::new()).ok_or(EngineError::Unsupported)?;
        let measures = Measures { start: Some(flow::START), ..Measures::default() };
        let groups = self.groups(selection, &grouping, &measures)?;
        Ok(groups.sums.first().filter(|sums| sums.first != NULL).map(|sums| (sums.first, sums.last)))
    }

    fn used_slots(&self, selection: &Selection, grouping: &Grouping) -> Result<Bitmap, EngineError> {
        let slots = usize::try_from(grouping.slots()).map_err(|_| EngineError::Unsupported)?;
        let columns = ColumnSet::of(grouping.columns());
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let table = &self.snapshot.flows;
        let each = |used: &mut Bitmap, number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                grouping.mark(&sweep, used);
            }
            Ok(())
        };
        let states = vec![Bitmap::zeros(slots); self.threads];
        let states = self.sweep(IndexedTable::Flow, needs, Share::Split, states, each)?;
        Ok(states
            .into_iter()
            .reduce(|mut all, one| {
                all.or(&one);
                all
            })
            .unwrap_or_default())
    }

    /// By disposition: was the record accepted or rejected, and are its counters measurements?
    pub(crate) fn fates(&self) -> Result<(usize, Arc<[Fate]>), EngineError> {
        let mut fates = Vec::new();
        let mut statement =
            self.reader.conn.prepare_cached("SELECT disposition_id, action, log_status FROM disposition")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).ok().filter(|id| *id < MOST_IDS);
            let id = id.ok_or(EngineError::Unsupported)?;
            if fates.len() <= id {
                fates.resize(id + 1, Fate::default());
            }
            let verdict = match row.get_ref(1)? {
                ValueRef::Text(b"ACCEPT") => Verdict::Accepted,
                ValueRef::Text(b"REJECT") => Verdict::Rejected,
                _ => Verdict::Neither,
            };
            let left_out = matches!(row.get_ref(2)?, ValueRef::Text(b"NODATA" | b"SKIPDATA"));
            fates[id] = Fate { verdict, left_out };
        }
        Ok((flow::DISPOSITION, fates.into()))
    }

    /// Everything that `Figures` has.
    pub(crate) fn all_measures(&self) -> Result<Measures, EngineError> {
        let ends = self.late_ends()?;
        Ok(Measures {
            packets: Some(flow::PACKETS),
            bytes: Some(flow::BYTES),
            start: Some(flow::START),
            duration: Some(flow::DURATION),
            late_end: (!ends.is_empty()).then_some((flow::EXTRA, ends)),
            fate: Some(self.fates()?),
        })
    }
}

/// So many groups in memory.
pub(super) fn sums_bytes(groups: usize) -> usize {
    groups * (size_of::<Sums>() + size_of::<u64>())
}

pub(super) fn touched(selection: &Selection, number: usize) -> bool {
    selection.parts().get(number).is_some_and(|chosen| *chosen != Chosen::None)
}

pub(super) fn swept<'s>(
    table: &Table,
    selection: &'s Selection,
    number: usize,
    columns: &'s Columns,
) -> Option<Sweep<'s>> {
    let (segment, chosen) = (table.segments.get(number)?, selection.parts().get(number)?);
    Some(Sweep { columns, chosen, rows: segment.rows as usize })
}
