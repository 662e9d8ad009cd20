//! Sums over chosen flow records by key, on all workers.

use super::compile::MOST_IDS;
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError, Layout};
use crate::case::index::{Table, event, flow};
use crate::columns::PairColumns;
use crate::columns::{
    Bitmap, Chosen, Fate, Grouping, Groups, KeyPart, Measures, NO_SLOT, NULL, PART, Packing, Selection, Spread, Sums,
    Sweep, Used, Verdict, sum,
};
use crate::filter::Filter;
use crate::model::{Dataset, TimeRange};
use crate::query::RecordQuery;
use crate::query::histogram::{Bin, Bins, Histogram};
use crate::threads::side_by_side;
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
        // Where most slots will occur, looking for them first costs more than it saves; where rows are laid out by their
        // slots, wherever rows are not much fewer.
        let rows = selection.len() as u64;
        let all = match self.packing(measures) {
            Some(_) => 2 * rows > grouping.slots(),
            None => grouping.is_flat() && rows > 2 * grouping.slots(),
        };
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
        if !few && let Some(packing) = self.packing(measures) {
            return self.spread_sums(selection, grouping, measures, used, &packing);
        }
        let columns = columns_of(grouping, measures);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let count = used.count() as u32;
        let workers = self.threads as u64;
        let bound = |worker: u64| (worker * u64::from(count) / workers) as u32;
        let parts = (0..workers).map(|worker| if few { 0..count } else { bound(worker)..bound(worker + 1) });
        let states: Vec<Part> = parts.map(|part| (part, Vec::new())).collect();
        let table = &self.records;
        let each = |(part, sums): &mut Part, number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                // By the worker itself: the memory is many pages that are touched for the first time.
                sums.resize(part.len(), Sums::default());
                sum(&sweep, grouping, used, measures, part, sums);
            }
            Ok(())
        };
        let share = if few { Share::Split } else { Share::Every };
        let states = self.sweep(needs, share, states, each)?;
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
        Ok(Groups { slots, sums: sums.into() })
    }

    /// How rows are laid out by their slots; `None` where they cannot be.
    fn packing(&self, measures: &Measures) -> Option<Packing> {
        Packing::new(measures, |column| self.records.bounds(column))
    }

    /// As `sums_of`, for many slots.
    fn spread_sums(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        measures: &Measures,
        used: &Used,
        packing: &Packing,
    ) -> Result<Groups, EngineError> {
        let columns = columns_of(grouping, measures);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let table = &self.records;
        let each = |spread: &mut Spread<'_>, number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                spread.fill(&sweep, grouping, used);
            }
            Ok(())
        };
        // More rows than are laid out at one time go over the slots part by part.
        let passes = selection.len().div_ceil(most_spread(selection.len())).max(1);
        let bound = |pass: usize| (pass * used.count() / passes) as u32;
        let rows = selection.len() / passes / self.threads.max(1);
        let mut all = Groups::default();
        for pass in 0..passes {
            let numbers = bound(pass)..bound(pass + 1);
            let states = (0..self.threads).map(|_| Spread::new(packing, numbers.clone(), rows)).collect();
            let spreads = self.sweep(needs, Share::Split, states, each)?;
            self.go_on()?;
            for mut part in summed(&spreads, self.threads) {
                all.slots.append(&mut part.0);
                all.sums.push_part(part.1);
            }
        }
        if matches!(used, Used::Some { .. }) {
            let slots = used.slots();
            all.slots.iter_mut().for_each(|number| *number = slots.get(*number as usize).copied().unwrap_or(u64::MAX));
        }
        Ok(all)
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
            self.checked(self.groups(&*self.chosen(scope)?, &grouping, &self.all_measures()?)?)
        };
        if !self.keeps_groups(scope, pairs) {
            return Ok(Arc::new(make()?));
        }
        self.reader.cache.derived(&self.name_of_groups(scope, column), self.records.rows().into(), || {
            let groups = make()?;
            let bytes = sums_bytes(groups.sums.len());
            Ok((groups, bytes))
        })
    }

    fn name_of_groups(&self, scope: &RecordQuery, column: usize) -> String {
        format!("sums of pairs {column} {:?} {}", scope.duplicates, self.snapshot.duplicates())
    }

    /// Were they made already?
    pub(crate) fn has_groups_by_pair(&self, scope: &RecordQuery, column: usize) -> bool {
        self.reader.cache.has(&self.name_of_groups(scope, column), self.records.rows().into())
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
        let Some((first, last)) = self.time_span(&selection)? else {
            return Ok(Histogram { bin_secs: 1, bins: Vec::new() });
        };
        let bin_secs = bins.secs(last.saturating_sub(first));
        let begin = first.div_euclid(bin_secs).checked_mul(bin_secs).ok_or(EngineError::Unsupported)?;
        let bins = last.checked_sub(begin).and_then(|span| u32::try_from(span / bin_secs + 1).ok());
        let part = self.bin_part(begin, bin_secs, bins.ok_or(EngineError::Unsupported)?)?;
        let part = KeyPart { absent: NO_SLOT, ..part };
        let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
        // The histogram counts what the records say, measurement or not.
        let (column, fates) = self.fates()?;
        let fates: Vec<Fate> = fates.iter().map(|fate| Fate { left_out: false, ..*fate }).collect();
        let fate = Some((column, fates.into()));
        let measures = Measures { bytes: self.layout.bytes, fate, ..Measures::default() };
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

    /// The first and the last time of the chosen records, in seconds.
    pub(crate) fn time_span(&self, selection: &Selection) -> Result<Option<(i64, i64)>, EngineError> {
        let time = self.layout.time;
        let span = if selection.len() == self.records.rows() as usize {
            self.records.bounds(time)
        } else {
            let grouping = Grouping::new(Vec::new()).ok_or(EngineError::Unsupported)?;
            let measures = Measures { start: Some(time), ..Measures::default() };
            let groups = self.groups(selection, &grouping, &measures)?;
            groups.sums.get(0).filter(|sums| sums.first != NULL).map(|sums| (sums.first, sums.last))
        };
        span.map(|(first, last)| Ok((self.layout.seconds(first)?, self.layout.seconds(last)?))).transpose()
    }

    pub(super) fn used_slots(&self, selection: &Selection, grouping: &Grouping) -> Result<Bitmap, EngineError> {
        let slots = usize::try_from(grouping.slots()).map_err(|_| EngineError::Unsupported)?;
        let columns = ColumnSet::of(grouping.columns());
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let table = &self.records;
        let each = |used: &mut Bitmap, number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                grouping.mark(&sweep, used);
            }
            Ok(())
        };
        let states = vec![Bitmap::zeros(slots); self.threads];
        let states = self.sweep(needs, Share::Split, states, each)?;
        Ok(states
            .into_iter()
            .reduce(|mut all, one| {
                all.or(&one);
                all
            })
            .unwrap_or_default())
    }

    /// By disposition: was the record accepted or rejected, and are its counters measurements? By call: has the event no
    /// error, or one?
    pub(crate) fn fates(&self) -> Result<(usize, Arc<[Fate]>), EngineError> {
        let (column, sql) = match self.layout.dataset {
            Dataset::Flows => (flow::DISPOSITION, "SELECT disposition_id, action, log_status FROM disposition"),
            Dataset::Events => {
                (event::CALL, "SELECT call_id, iif(error_code IS NULL, 'ACCEPT', 'REJECT'), NULL FROM call")
            }
        };
        let mut fates = Vec::new();
        let mut statement = self.reader.conn.prepare_cached(sql)?;
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
        Ok((column, fates.into()))
    }

    /// Everything that `Figures` has.
    pub(crate) fn all_measures(&self) -> Result<Measures, EngineError> {
        let Layout { time, packets, bytes, .. } = self.layout;
        let measures = Measures { packets, bytes, start: Some(time), fate: Some(self.fates()?), ..Measures::default() };
        if self.layout.dataset == Dataset::Events {
            return Ok(measures);
        }
        let ends = self.late_ends()?;
        let late_end = (!ends.is_empty()).then_some((flow::EXTRA, ends));
        Ok(Measures { duration: Some(flow::DURATION), late_end, ..measures })
    }
}

/// What is read for sums by key.
fn columns_of(grouping: &Grouping, measures: &Measures) -> ColumnSet {
    let mut columns = ColumnSet::of(grouping.columns());
    columns.add_all(ColumnSet::of(measures.columns()));
    columns
}

/// How many of a selection's rows are laid out at one time: 256 MiB. In tests few, and in 32 parts at most: each part is a
/// pass over all rows.
fn most_spread(rows: usize) -> usize {
    if cfg!(test) { (rows / 32).max(16) } else { 1 << 24 }
}

/// The sums of rows that were laid out, of each worker those of some parts: the numbers of their groups, and their sums.
fn summed(spreads: &[Spread<'_>], threads: usize) -> Vec<(Vec<u64>, Vec<Sums>)> {
    let Some(first) = spreads.first() else { return Vec::new() };
    let rows: Vec<usize> =
        (0..first.parts()).map(|part| spreads.iter().map(|spread| spread.rows(part)).sum()).collect();
    let before: Vec<usize> = rows.iter().scan(0, |all, rows| Some(std::mem::replace(all, *all + rows))).collect();
    let all: usize = rows.iter().sum();
    let bound = |worker: usize| before.partition_point(|rows| *rows < worker * all / threads.max(1));
    let most = |parts: &[usize]| parts.iter().map(|rows| PART.min(*rows)).sum::<usize>();
    side_by_side(threads.max(1), |worker| {
        let parts = bound(worker)..bound(worker + 1);
        let room = most(rows.get(parts.clone()).unwrap_or_default());
        // The numbers of the other workers are appended to those of the first one.
        let mut numbers: Vec<u64> = Vec::with_capacity(if worker == 0 { most(&rows) } else { room });
        let mut found: Vec<Sums> = Vec::with_capacity(room);
        let mut sums = vec![Sums::default(); PART];
        for part in parts {
            sums.fill(Sums::default());
            spreads.iter().for_each(|spread| spread.add_to(part, &mut sums));
            let all = u64::from(first.first(part))..;
            for (number, sums) in all.zip(&sums).filter(|(_, sums)| sums.records > 0) {
                numbers.push(number);
                found.push(*sums);
            }
        }
        (numbers, found)
    })
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
