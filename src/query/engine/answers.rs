//! What the aggregates have in common: keys out of columns, figures out of sums, and orders of groups.

use super::compile::MOST_IDS;
use super::{Engine, EngineError, Layout};
use crate::columns::{Groups, KeyPart, Map, NO_SUM, NULL, PairColumns, SortPart, Sorter, Sums, Tie};
use crate::query::Figures;
use crate::query::pairs::AddressOrder;
use crate::query::row_order::RowOrder;
use crate::threads::side_by_side;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// What groups are ordered by: greater numbers later, none last in both directions.
pub(super) struct OrderKey<'a> {
    pub key: Box<dyn Fn(usize) -> Option<u128> + Sync + 'a>,
    pub descending: bool,
}

impl<'a> OrderKey<'a> {
    pub(super) fn new(key: impl Fn(usize) -> Option<u128> + Sync + 'a, descending: bool) -> Self {
        Self { key: Box::new(key), descending }
    }

    /// The keys of these, `ABSENT` for none; `None` where one is too wide.
    fn of(&self, range: Range<usize>) -> Option<Vec<u64>> {
        let narrow = |at: usize| match (self.key)(at) {
            None => Some(ABSENT),
            Some(key) => u64::try_from(key).ok().filter(|key| *key < ABSENT),
        };
        range.map(narrow).collect()
    }

    /// Does it order neither of the two before the other?
    pub(super) fn is_same(&self, one: usize, other: usize) -> bool {
        self.turned(one) == self.turned(other)
    }

    /// As one number, absent the greatest.
    fn turned(&self, at: usize) -> u128 {
        match (self.key)(at) {
            None => u128::MAX,
            Some(key) if self.descending => u128::MAX - 1 - key,
            Some(key) => key,
        }
    }
}

/// The first `limit` of so many groups in order.
pub(super) fn ordered(count: usize, keys: &[OrderKey<'_>], limit: Option<usize>, threads: usize) -> Vec<u32> {
    let limit = limit.unwrap_or(usize::MAX).min(count);
    if limit == 0 {
        return Vec::new();
    }
    if limit == count
        && let Some(order) = all_in_order(count, keys, threads)
    {
        return order;
    }
    let mut candidates = match keys.first() {
        Some(first) if limit < count => candidates(count, first, limit, threads),
        _ => (0..count as u32).collect(),
    };
    let compare = |a: &u32, b: &u32| -> Ordering {
        let by_key = keys.iter().map(|key| key.turned(*a as usize).cmp(&key.turned(*b as usize)));
        by_key.fold(Ordering::Equal, Ordering::then).then(a.cmp(b))
    };
    candidates.sort_unstable_by(compare);
    candidates.truncate(limit);
    candidates
}

/// The groups among which the first `limit` by this key are: those, and all that are equal to the last of them.
pub(super) fn candidates(count: usize, first: &OrderKey<'_>, limit: usize, threads: usize) -> Vec<u32> {
    let parts = in_parts(count, threads, |range| {
        let mut least = Least::new(limit);
        range.for_each(|at| least.put(first.turned(at), at as u32));
        least
    });
    Least::of(parts, limit).into_iter().map(|(_, at)| at).collect()
}

/// The `limit` least keys of many, with all that are equal to the last of them.
pub(super) struct Least<K> {
    limit: usize,
    kept: Vec<(K, u32)>,
    /// Greater ones are none of them.
    bound: Option<K>,
    /// With so many it is time to leave out what lies behind the first ones.
    full: usize,
}

impl<K: Copy + Ord> Least<K> {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, kept: Vec::new(), bound: None, full: 2 * limit }
    }

    #[inline]
    pub(super) fn put(&mut self, key: K, at: u32) {
        if self.bound.is_some_and(|bound| key > bound) {
            return;
        }
        self.kept.push((key, at));
        if self.kept.len() >= self.full {
            self.bound = cut(&mut self.kept, self.limit).or(self.bound);
            // Equals of the last one are kept, however many they are.
            self.full = 2 * self.kept.len().max(self.limit);
        }
    }

    /// Those of all parts, to which more can be added.
    pub(super) fn joined(parts: impl IntoIterator<Item = Self>, limit: usize) -> Self {
        let kept = Self::of(parts, limit);
        Self { kept, ..Self::new(limit) }
    }

    /// The last of the first ones; `None` where there are fewer.
    pub(super) fn last(&self) -> Option<K> {
        let mut keys: Vec<K> = self.kept.iter().map(|(key, _)| *key).collect();
        let at = self.limit.checked_sub(1).filter(|at| *at < keys.len())?;
        Some(*keys.select_nth_unstable(at).1)
    }

    /// Those of all parts.
    pub(super) fn of(parts: impl IntoIterator<Item = Self>, limit: usize) -> Vec<(K, u32)> {
        let mut kept: Vec<(K, u32)> = parts.into_iter().flat_map(|part| part.kept).collect();
        cut(&mut kept, limit);
        kept
    }
}

/// Leaves what is not greater than the `limit`-th least key, which is returned; all where there are fewer.
pub(super) fn cut<K: Copy + Ord>(kept: &mut Vec<(K, u32)>, limit: usize) -> Option<K> {
    if limit == 0 || kept.len() < limit {
        return None;
    }
    let (_, (bound, _), _) = kept.select_nth_unstable(limit - 1);
    let bound = *bound;
    kept.retain(|(key, _)| *key <= bound);
    Some(bound)
}

/// What `work` makes of equal parts of `0..count`, in their order, a thread for each.
pub(super) fn in_parts<T: Send>(count: usize, threads: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let parts = threads.min(count.div_ceil(LEAST_PART)).max(1);
    let bound = |part: usize| part * count / parts;
    side_by_side(parts, |part| work(bound(part)..bound(part + 1)))
}

/// Less than this is not worth a thread. Tests see several parts of few things.
pub(super) const LEAST_PART: usize = if cfg!(test) { 3 } else { 1 << 14 };

/// All of them; `None` where a key is too wide.
fn all_in_order(count: usize, keys: &[OrderKey<'_>], threads: usize) -> Option<Vec<u32>> {
    Some(Sorter::finish(sorters(count, keys, threads)?, &|| false).into_rows(threads))
}

/// All of so many rows in the order of these keys, equals by a tie, sorted where it is looked at.
pub(super) fn row_order(count: usize, keys: &[OrderKey<'_>], tie: Tie, threads: usize) -> RowOrder {
    if let Some(sorters) = sorters(count, keys, threads) {
        return RowOrder::Sorted(Sorter::finish_tied(sorters, tie));
    }
    let turned = |at: &u32| (keys.iter().map(|key| key.turned(*at as usize)).collect::<Vec<u128>>(), tie.of(*at));
    let mut rows: Vec<u32> = (0..count as u32).collect();
    rows.sort_by_cached_key(turned);
    RowOrder::Listed(rows)
}

/// The keys of all rows, in as few bits as they need; `None` where one is too wide.
fn sorters(count: usize, keys: &[OrderKey<'_>], threads: usize) -> Option<Vec<Sorter>> {
    // Each once: a key may be far away in memory.
    let read = |range: Range<usize>| {
        Some((range.clone(), keys.iter().map(|key| key.of(range.clone())).collect::<Option<Vec<_>>>()?))
    };
    let read: Vec<(Range<usize>, Vec<Vec<u64>>)> = in_parts(count, threads, read).into_iter().collect::<Option<_>>()?;
    let (mut parts, mut least) = (Vec::with_capacity(keys.len()), Vec::with_capacity(keys.len()));
    for (number, key) in keys.iter().enumerate() {
        let all = || read.iter().filter_map(|(_, lists)| lists.get(number)).flatten().filter(|key| **key != ABSENT);
        let (from, to) = (all().min().copied().unwrap_or(0), all().max().copied().unwrap_or(0));
        parts.push(SortPart { max: to - from, descending: key.descending });
        least.push(from);
    }
    let fill = |number: usize| {
        let mut sorter = Sorter::new(&parts, count as u32);
        let Some((range, all)) = read.get(number) else { return sorter };
        let mut lists: Vec<Vec<u64>> = vec![Vec::new(); keys.len()];
        for from in range.clone().step_by(4096) {
            let to = (from + 4096).min(range.end);
            for ((all, least), list) in all.iter().zip(&least).zip(&mut lists) {
                let keys = all.get(from - range.start..to - range.start).unwrap_or_default();
                list.clear();
                list.extend(keys.iter().map(|key| if *key == ABSENT { ABSENT } else { key - least }));
            }
            sorter.push(&lists, from as u32..to as u32);
        }
        sorter
    };
    Some(side_by_side(read.len(), fill))
}

/// In the place of a key, where there is none.
const ABSENT: u64 = u64::MAX;

/// A sum as it is reported; a negative one is no case of ours.
pub(super) fn told(sum: i128) -> Option<u128> {
    if sum == NO_SUM { None } else { u128::try_from(sum).ok() }
}

/// `layout`: of the records that were summed.
pub(super) fn figures_of(sums: &Sums, layout: Layout) -> Figures {
    let time = |time: i64| (time != NULL).then(|| layout.timestamp(time));
    Figures {
        records: sums.records.into(),
        packets: told(sums.packets),
        bytes: told(sums.bytes),
        first: time(sums.first),
        last: time(sums.last),
        accepted: sums.accepted.into(),
        rejected: sums.rejected.into(),
        left_out: sums.left_out.into(),
    }
}

impl Engine<'_> {
    /// Refuses sums that only a case of another making can have.
    pub(super) fn checked(&self, groups: Groups) -> Result<Groups, EngineError> {
        let sound = |sum: i128| sum >= 0 || sum == NO_SUM;
        // Where no value is below 0, no sum is.
        let counters = [self.layout.packets, self.layout.bytes].into_iter().flatten();
        let mut bounds = counters.filter_map(|column| self.records.bounds(column));
        match bounds.all(|(least, _)| least >= 0)
            || groups.sums.iter().all(|sums| sound(sums.packets) && sound(sums.bytes))
        {
            true => Ok(groups),
            false => Err(EngineError::Unsupported),
        }
    }

    /// A key of pair ids; 0 for records without a pair.
    pub(crate) fn pair_part(&self, column: usize, pairs: &PairColumns) -> Result<KeyPart, EngineError> {
        // Where no record has a pair, as of packets in most formats, all are one group.
        let bounds = self.records.bounds(column);
        let count = bounds.map_or(1, |_| pairs.len().max(1));
        let (_, greatest) = bounds.unwrap_or((0, 0));
        let size = u32::try_from(count).map_err(|_| EngineError::Unsupported)?;
        match greatest < i64::from(size) {
            true => Ok(KeyPart { column, second: None, map: Map::Offset(0), absent: 0, size }),
            false => Err(EngineError::Unsupported),
        }
    }

    /// A key of pair ids by what each pair is mapped to, which is below `size`.
    pub(crate) fn mapped_pair_part(
        &self,
        column: usize,
        by_pair: Arc<Vec<u32>>,
        size: u32,
    ) -> Result<KeyPart, EngineError> {
        let (_, greatest) = self.records.bounds(column).unwrap_or((0, 0));
        if greatest >= by_pair.len().max(1) as i64 {
            return Err(EngineError::Unsupported);
        }
        let absent = by_pair.first().copied().unwrap_or(0);
        Ok(KeyPart { column, second: None, map: Map::Table(by_pair), absent, size })
    }

    /// A key of the bins of the time from `first` on, in seconds; the number behind the last bin for records without one.
    pub(crate) fn bin_part(&self, first: i64, width: i64, count: u32) -> Result<KeyPart, EngineError> {
        let size = count.checked_add(1).ok_or(EngineError::Unsupported)?;
        let scaled = |secs: i64| secs.checked_mul(self.layout.per_second).ok_or(EngineError::Unsupported);
        let map = Map::Bins { first: scaled(first)?, width: scaled(width)? };
        Ok(KeyPart { column: self.layout.time, second: None, map, absent: count, size })
    }

    /// Where each address is among all.
    pub(crate) fn address_order(&self) -> Result<Arc<AddressOrder>, EngineError> {
        let sql = "SELECT ifnull(max(address_id), 0) FROM address";
        let last: i64 = self.reader.conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
        if usize::try_from(last).is_ok_and(|last| last >= MOST_IDS) {
            return Err(EngineError::Unsupported);
        }
        Ok(AddressOrder::kept(self.reader)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_are_those_of_the_whole_order(values in prop::collection::vec((prop::option::of(0u128..6), 0u128..4), 0..60),
                                                  limit in prop::option::of(0usize..70), descending: [bool; 2], threads in 1usize..4) {
            let keys = [OrderKey::new(|at| values[at].0, descending[0]), OrderKey::new(|at| Some(values[at].1), descending[1])];
            let mut expected: Vec<u32> = (0..values.len() as u32).collect();
            expected.sort_by_key(|at| {
                let (first, second) = values[*at as usize];
                let turned = |key: u128, descending: bool| if descending { u128::MAX - 1 - key } else { key };
                (first.map_or(u128::MAX, |key| turned(key, descending[0])), turned(second, descending[1]), *at)
            });
            let (first, second) = keys.split_at(1);
            let tie = {
                let ranks: Vec<u128> = (0..values.len()).map(|at| second[0].turned(at)).collect();
                Tie::new(move |at| ranks[at as usize])
            };
            let order = row_order(values.len(), first, tie, threads);
            let found: Vec<u32> = (0..values.len()).map(|place| order.row(place).unwrap() as u32).collect();
            prop_assert_eq!(&found, &expected);
            expected.truncate(limit.unwrap_or(usize::MAX));
            prop_assert_eq!(ordered(values.len(), &keys, limit, threads), expected);
        }
    }
}
