//! The groups with the most of one measure. Where only the first of many are wanted, narrow sums of that measure alone
//! say which they are, and everything else is summed for those.

use super::answers::{Least, OrderKey, candidates, in_parts};
use super::groups::{FEW_SLOTS, swept, touched};
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::columns::{Bitmap, Buckets, Grouping, Groups, MOST_VALUE, PairColumns, Selection, Sums, add_values};
use crate::query::Measure;
use crate::threads::side_by_side;
use std::ops::Range;

/// Which groups are wanted beside the first ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// None but those of equal measure with the last of them.
    Equal,
    /// Those that come to half of the last of them, too: of two that are added up, one does if both together come to it.
    Half,
}

impl Reach {
    /// The least sum that is wanted, where the last of the first ones has this one.
    fn least(self, last: u64) -> u64 {
        match self {
            Self::Equal => last,
            Self::Half => last.div_ceil(2),
        }
    }
}

/// Which groups come first; all of equal measure with the last of them are among them.
pub(crate) struct Leaders {
    pub slots: Bitmap,
    /// How many groups there are in all.
    pub groups: u64,
    /// The slots that occur.
    pub used: Bitmap,
}

/// Groups for each that is wanted, from which on it is less work to search for those. Tests have few.
const MANY: usize = if cfg!(test) { 2 } else { 16 };

/// With more within `Reach::Half` for each that is wanted it is less work to sum all of them.
const MOST_HALVES: usize = 64;

/// Slots up to this many are summed by every worker for itself, two megabytes each. Tests see both.
const NEAR_SLOTS: usize = if cfg!(test) { 40 } else { 1 << 18 };

/// How many of a selection's rows are laid out in buckets at one time: 256 MiB. In tests few, and in 32 parts at most:
/// each part is a pass over all rows.
fn most_rows(rows: usize) -> usize {
    if cfg!(test) { (rows / 32).max(16) } else { 1 << 25 }
}

impl Engine<'_> {
    /// The first `limit` groups by a measure, the greatest first. `None` where that is no less work than all sums, or
    /// cannot be determined from narrow ones.
    pub(crate) fn leaders(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        measure: Measure,
        (limit, reach): (usize, Reach),
    ) -> Result<Option<Leaders>, EngineError> {
        let Ok(count) = usize::try_from(grouping.slots()) else { return Ok(None) };
        let many = grouping.slots() > FEW_SLOTS && selection.len() > count / 8;
        if limit == 0 || !many || limit > count / MANY {
            return Ok(None);
        }
        let column = match measure {
            Measure::Bytes => self.layout.bytes,
            Measure::Packets => self.layout.packets,
            Measure::Records => None,
        };
        let (least, greatest) = column.and_then(|column| self.records.bounds(column)).unwrap_or((0, 1));
        let fits = u64::try_from(greatest).ok().and_then(|most| most.checked_mul(selection.len() as u64));
        if least < 0 || fits.is_none() {
            return Ok(None);
        }
        let is_narrow = u64::try_from(greatest).is_ok_and(|most| most <= MOST_VALUE);
        if !is_narrow {
            return Ok(None);
        }
        if count <= NEAR_SLOTS {
            let (sums, used) = self.narrow_sums(selection, grouping, column, count)?;
            let groups = used.count() as u64;
            let slots = first(&sums, (limit, reach), self.threads);
            return Ok(slots.map(|slots| Leaders { slots, groups, used }));
        }
        // More rows than are laid out at one time go over the slots part by part.
        let passes = selection.len().div_ceil(most_rows(selection.len())).max(1) as u64;
        let bound = |pass: u64| pass * grouping.slots() / passes;
        let (mut found, mut halves, mut used) = (Vec::new(), Vec::new(), Bitmap::zeros(count));
        for pass in 0..passes {
            let parts = self.buckets(selection, grouping, column, bound(pass)..bound(pass + 1))?;
            let (first, more) = greatest_sums(&parts, (limit, reach), &mut used, self.threads);
            found.push(first);
            halves.extend(more);
        }
        let found = Least::of(found, limit);
        let Some(last) = found.iter().map(|(from_most, _)| u64::MAX - from_most).min().filter(|_| found.len() >= limit)
        else {
            // The next ones come to 0, or to nothing at all.
            return Ok(None);
        };
        halves.retain(|(sum, _)| *sum >= reach.least(last));
        if halves.len() > limit * MOST_HALVES {
            return Ok(None);
        }
        let halves = halves.into_iter().map(|(_, slot)| slot);
        let slots = Bitmap::of(found.into_iter().map(|(_, slot)| slot).chain(halves).map(|slot| slot as usize), count);
        Ok(Some(Leaders { slots, groups: used.count() as u64, used }))
    }

    /// The sums of one measure alone, and the slots that occur.
    pub(super) fn narrow_sums(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        column: Option<usize>,
        slots: usize,
    ) -> Result<(Vec<u64>, Bitmap), EngineError> {
        let fates = self.fates()?;
        let mut columns = ColumnSet::of(grouping.columns().chain(column));
        columns.add(fates.0);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let table = &self.records;
        let each = |(sums, used): &mut (Vec<u64>, Bitmap), number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                add_values(&sweep, grouping, column, &fates, sums, used);
            }
            Ok(())
        };
        let states = vec![(vec![0; slots], Bitmap::zeros(slots)); self.threads];
        let both = |mut all: (Vec<u64>, Bitmap), one: (Vec<u64>, Bitmap)| {
            all.0.iter_mut().zip(one.0).for_each(|(sum, more)| *sum += more);
            all.1.or(&one.1);
            all
        };
        Ok(self.sweep(needs, Share::Split, states, each)?.into_iter().reduce(both).unwrap_or_default())
    }

    /// The rows' values by the slots of a range, of each worker.
    fn buckets(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        column: Option<usize>,
        slots: Range<u64>,
    ) -> Result<Vec<Buckets>, EngineError> {
        let fates = self.fates()?;
        let mut columns = ColumnSet::of(grouping.columns().chain(column));
        columns.add(fates.0);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let table = &self.records;
        let share = (slots.end - slots.start) as f64 / grouping.slots().max(1) as f64;
        let rows = (selection.len() as f64 * share) as usize / self.threads;
        let states = (0..self.threads).map(|_| Buckets::new(slots.clone(), rows)).collect();
        let each = |buckets: &mut Buckets, number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                buckets.fill(&sweep, grouping, column, &fates);
            }
            Ok(())
        };
        self.sweep(needs, Share::Split, states, each)
    }
}

/// Of all buckets the slots with the `limit` greatest sums above 0, by how far those are from the greatest number, and the
/// slots beside them with their sums that are within reach of the last of these. `used`: the slots that occur.
fn greatest_sums(
    parts: &[Buckets],
    (limit, reach): (usize, Reach),
    used: &mut Bitmap,
    threads: usize,
) -> (Least<u64>, Vec<(u64, u32)>) {
    let Some(layout) = parts.first() else { return (Least::new(limit), Vec::new()) };
    let bound = |worker: usize| worker * layout.count() / threads;
    let slots = used.len();
    let workers = side_by_side(threads, |worker| {
        let (mut least, mut used) = (Least::new(limit), Bitmap::zeros(slots));
        let (mut sums, mut all): (Vec<u64>, Vec<Vec<u64>>) = (Vec::new(), Vec::new());
        for bucket in bound(worker)..bound(worker + 1) {
            let range = layout.slots(bucket);
            sums.clear();
            sums.resize((range.end - range.start) as usize, 0);
            parts.iter().for_each(|part| part.add_to(bucket, &mut sums, &mut used));
            for (slot, sum) in range.zip(&sums).filter(|(_, sum)| **sum > 0) {
                least.put(u64::MAX - sum, slot as u32);
            }
            if reach == Reach::Half {
                all.push(std::mem::take(&mut sums));
            }
        }
        (least, used, all)
    });
    let (mut found, mut kept) = (Vec::new(), Vec::new());
    for (least, also, all) in workers {
        found.push(least);
        used.or(&also);
        kept.extend(all);
    }
    let found = Least::joined(found, limit);
    let last = found.last().filter(|_| reach == Reach::Half).map(|from_most| reach.least(u64::MAX - from_most));
    let Some(last) = last else { return (found, Vec::new()) };
    let near = in_parts(kept.len(), threads, |buckets| {
        let each = buckets.clone().zip(kept.get(buckets).unwrap_or_default());
        let each = each.flat_map(|(bucket, sums)| layout.slots(bucket).zip(sums));
        each.filter(|(_, sum)| **sum >= last).map(|(slot, sum)| (*sum, slot as u32)).collect::<Vec<_>>()
    });
    (found, near.concat())
}

/// Those with the `limit` greatest sums, their equals, and those within reach; `None` where 0 is among them, which may be no
/// sum at all.
fn first(sums: &[u64], (limit, reach): (usize, Reach), threads: usize) -> Option<Bitmap> {
    let key = OrderKey::new(|at| sums.get(at).filter(|sum| **sum > 0).map(|sum| (*sum).into()), true);
    let found = candidates(sums.len(), &key, limit, threads);
    let last = found.iter().map(|at| sums.get(*at as usize).copied().unwrap_or(0)).min()?;
    if last == 0 {
        return None;
    }
    Some(match reach {
        Reach::Equal => Bitmap::of(found.into_iter().map(|at| at as usize), sums.len()),
        Reach::Half => {
            let within = sums.iter().enumerate().filter(|(_, sum)| **sum >= reach.least(last));
            Bitmap::of(within.map(|(at, _)| at), sums.len())
        }
    })
}

/// The same out of sums that are there: of the groups by a number of records each, of which those without any are none.
pub(super) fn leading_counts(
    groups: &Groups,
    slots: usize,
    count: fn(&Sums) -> u32,
    limit: usize,
    threads: usize,
) -> Leaders {
    let key = OrderKey::new(|at| groups.sums.get(at).map(count).filter(|count| *count > 0).map(u128::from), true);
    let found = candidates(groups.slots.len(), &key, limit, threads).into_iter().map(|at| at as usize);
    let counted = groups.slots.iter().zip(&groups.sums).filter(|(_, sums)| count(sums) > 0);
    let used = Bitmap::of(counted.map(|(slot, _)| *slot as usize), slots);
    let found = found.filter(|at| groups.sums.get(*at).is_some_and(|sums| count(sums) > 0));
    let slots = Bitmap::of(found.filter_map(|at| groups.slots.get(at)).map(|slot| *slot as usize), slots);
    Leaders { slots, groups: used.count() as u64, used }
}

/// The same for addresses, out of the sums of pairs.
pub(super) fn leading_talkers(
    groups: &Groups,
    pairs: &PairColumns,
    measure: Measure,
    limit: usize,
    threads: usize,
) -> Option<Leaders> {
    let count = pairs.addresses as usize;
    if limit == 0 || limit > count / MANY || groups.slots.len() < count {
        return None;
    }
    let value = |sums: &Sums| match measure {
        Measure::Bytes => u64::try_from(sums.bytes.max(0)).ok(),
        Measure::Packets => u64::try_from(sums.packets.max(0)).ok(),
        Measure::Records => Some(sums.records.into()),
    };
    let add = |sums: &mut [u64], id: usize, more: u64| {
        let sum = sums.get_mut(id)?;
        *sum = sum.checked_add(more)?;
        Some(())
    };
    let parts = in_parts(groups.slots.len(), threads, |part| {
        let (mut sums, mut used) = (vec![0u64; count], Bitmap::zeros(count));
        let slots = groups.slots.get(part.clone())?;
        for (slot, pair) in slots.iter().zip(groups.sums.range(part)) {
            let side = |list: &[u32]| list.get(*slot as usize).copied().unwrap_or(0) as usize;
            let (source, destination) = (side(&pairs.source), side(&pairs.destination));
            let more = value(pair)?;
            add(&mut sums, source, more)?;
            used.set(source);
            // A record is one record, whichever sides it has; its bytes are sent and received.
            if source != destination || measure != Measure::Records {
                add(&mut sums, destination, more)?;
            }
            used.set(destination);
        }
        Some((sums, used))
    });
    let mut sums = vec![0u64; count];
    let mut used = Bitmap::zeros(count);
    for part in parts {
        let (more, also) = part?;
        used.or(&also);
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum = sum.checked_add(more)?;
        }
    }
    let groups = used.count() as u64;
    first(&sums, (limit, Reach::Equal), threads).map(|slots| Leaders { slots, groups, used })
}
