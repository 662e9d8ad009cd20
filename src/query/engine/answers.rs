//! What the aggregates have in common: keys out of columns, figures out of sums, and orders of groups.

use super::planner::MOST_IDS;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Groups, KeyPart, Map, NO_SUM, NULL, PairColumns, SortPart, Sorter, Sums};
use crate::model::Timestamp;
use crate::query::Figures;
use crate::query::pairs::AddressOrder;
use std::cmp::Ordering;
use std::sync::Arc;

/// What groups are ordered by: greater numbers later, none last in both directions.
pub struct OrderKey<'a> {
    pub key: Box<dyn Fn(usize) -> Option<u128> + Sync + 'a>,
    pub descending: bool,
}

impl<'a> OrderKey<'a> {
    pub fn new(key: impl Fn(usize) -> Option<u128> + Sync + 'a, descending: bool) -> Self {
        Self { key: Box::new(key), descending }
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
pub fn ordered(count: usize, keys: &[OrderKey<'_>], limit: Option<usize>, threads: usize) -> Vec<u32> {
    let limit = limit.unwrap_or(usize::MAX).min(count);
    if limit == 0 {
        return Vec::new();
    }
    if limit == count
        && let Some(order) = all_in_order(count, keys, threads)
    {
        return order;
    }
    let mut candidates: Vec<u32> = (0..count as u32).collect();
    if let Some(first) = keys.first().filter(|_| limit < count) {
        // Nothing behind the last one's first key can be among them.
        let primary: Vec<u128> = (0..count).map(|at| first.turned(at)).collect();
        let mut sorted = primary.clone();
        let (_, last, _) = sorted.select_nth_unstable(limit - 1);
        candidates.retain(|at| primary.get(*at as usize).is_some_and(|key| key <= last));
    }
    let compare = |a: &u32, b: &u32| -> Ordering {
        let by_key = keys.iter().map(|key| key.turned(*a as usize).cmp(&key.turned(*b as usize)));
        by_key.fold(Ordering::Equal, Ordering::then).then(a.cmp(b))
    };
    candidates.sort_unstable_by(compare);
    candidates.truncate(limit);
    candidates
}

/// All of them; `None` where a key is too wide.
fn all_in_order(count: usize, keys: &[OrderKey<'_>], threads: usize) -> Option<Vec<u32>> {
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        let max = (0..count).filter_map(|at| (key.key)(at)).max().unwrap_or(0);
        parts
            .push(SortPart { max: u64::try_from(max).ok().filter(|max| *max < u64::MAX)?, descending: key.descending });
    }
    let per_worker = count.div_ceil(threads.max(1)).max(1);
    let fill = |first: usize| {
        let mut sorter = Sorter::new(&parts, count as u32);
        let end = (first + per_worker).min(count);
        for from in (first..end).step_by(4096) {
            let to = (from + 4096).min(end);
            let number =
                |key: &OrderKey<'_>, at| (key.key)(at).and_then(|key| u64::try_from(key).ok()).unwrap_or(u64::MAX);
            let lists: Vec<Vec<u64>> = keys.iter().map(|key| (from..to).map(|at| number(key, at)).collect()).collect();
            sorter.push(&lists, from as u32..to as u32);
        }
        sorter
    };
    let sorters = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..count).step_by(per_worker).map(|first| scope.spawn(move || fill(first))).collect();
        workers.into_iter().map(|worker| worker.join().ok()).collect::<Option<Vec<Sorter>>>()
    })?;
    Some(Sorter::finish(sorters, &|| false).into_rows(threads))
}

/// A sum as it is told; a negative one is no case of ours.
pub fn told(sum: i128) -> Option<u128> {
    if sum == NO_SUM { None } else { u128::try_from(sum).ok() }
}

/// Times before 1970 order too.
pub fn time_key(time: i64) -> Option<u128> {
    (time != NULL).then(|| (i128::from(time) - i128::from(i64::MIN)) as u128)
}

pub fn figures_of(sums: &Sums) -> Figures {
    let time = |secs: i64| (secs != NULL).then(|| Timestamp::from_secs(secs));
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

/// Refuses sums that only a case of another making can have.
pub fn checked(groups: Groups) -> Result<Groups, EngineError> {
    let sound = |sum: i128| sum >= 0 || sum == NO_SUM;
    match groups.sums.iter().all(|sums| sound(sums.packets) && sound(sums.bytes)) {
        true => Ok(groups),
        false => Err(EngineError::Unsupported),
    }
}

impl Engine<'_> {
    /// A key of pair ids; 0 for records without a pair.
    pub fn pair_part(&self, column: usize, pairs: &PairColumns) -> Result<KeyPart, EngineError> {
        let count = pairs.source.len().max(1);
        let (_, greatest) = self.snapshot.flows.bounds(column).unwrap_or((0, 0));
        let size = u32::try_from(count).map_err(|_| EngineError::Unsupported)?;
        match greatest < i64::from(size) {
            true => Ok(KeyPart { column, map: Map::Offset(0), absent: 0, size }),
            false => Err(EngineError::Unsupported),
        }
    }

    /// A key of pair ids by what each pair is mapped to, which is below `size`.
    pub fn mapped_pair_part(&self, column: usize, by_pair: Vec<u32>, size: u32) -> Result<KeyPart, EngineError> {
        let (_, greatest) = self.snapshot.flows.bounds(column).unwrap_or((0, 0));
        if greatest >= by_pair.len().max(1) as i64 {
            return Err(EngineError::Unsupported);
        }
        let absent = by_pair.first().copied().unwrap_or(0);
        Ok(KeyPart { column, map: Map::Table(by_pair.into()), absent, size })
    }

    /// A key of the bins of start from `first` on; the number behind the last bin for records without one.
    pub fn bin_part(&self, first: i64, width: i64, count: u32) -> Result<KeyPart, EngineError> {
        let size = count.checked_add(1).ok_or(EngineError::Unsupported)?;
        Ok(KeyPart { column: flow::START, map: Map::Bins { first, width }, absent: count, size })
    }

    /// Where each address stands among all.
    pub fn address_order(&self) -> Result<Arc<AddressOrder>, EngineError> {
        let sql = "SELECT ifnull(max(address_id), 0) FROM address";
        let last: i64 = self.reader.conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
        if usize::try_from(last).is_ok_and(|last| last >= MOST_IDS) {
            return Err(EngineError::Unsupported);
        }
        // What is internal changes with the lists.
        let name = format!("address order {}", crate::query::indicator_revision(self.reader)?);
        self.reader.cache.derived(&name, last, || {
            let order = AddressOrder::load(self.reader)?;
            let bytes = order.bytes();
            Ok((order, bytes))
        })
    }
}
