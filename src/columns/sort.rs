//! The order of rows by keys: unsigned numbers that were made from values beforehand.
//!
//! Each worker throws the rows of its segments into buckets by the first key, finer where keys are small, because sizes
//! and counts mostly are. After that it is known which places each bucket has, and a small one is sorted only when one of
//! its places is asked for: a table shows some pages of ten million rows. Large ones are sorted at once, on all workers.
//! What is sorted is one number of all keys and the row, so that equal keys stay in the order of rows and the result has
//! one form only.

use rustc_hash::FxHashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// One key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SortPart {
    /// The greatest key that a row can have; rows with a greater one count as without a value, and come last.
    pub max: u64,
    pub descending: bool,
}

impl SortPart {
    fn absent(&self) -> u64 {
        self.max.saturating_add(1)
    }

    fn bits(&self) -> u32 {
        64 - self.absent().leading_zeros()
    }

    /// In the direction that is wanted, absent last.
    fn turned(&self, key: u64) -> u64 {
        match key > self.max {
            true => self.absent(),
            false if self.descending => self.max - key,
            false => key,
        }
    }
}

/// Top bits that a bucket tells apart, below each power of two.
const FINE: u32 = 7;

/// Which bucket a key is in; rises with the key.
fn bucket(key: u64) -> usize {
    let exponent = (64 - key.leading_zeros()).saturating_sub(FINE);
    ((u64::from(exponent) << FINE) + (key >> exponent)) as usize
}

/// Keys of up to 128 bits with the row, or, where they are wider, the keys one by one.
#[derive(Debug)]
enum Rows {
    Narrow(Vec<Vec<u64>>),
    Wide(Vec<Vec<u128>>),
    Lists(Vec<(Vec<u64>, u32)>),
}

/// What one worker has collected.
#[derive(Debug)]
pub(crate) struct Sorter {
    parts: Vec<SortPart>,
    row_bits: u32,
    rows: Rows,
}

impl Sorter {
    /// For rows below `rows`.
    pub(crate) fn new(parts: &[SortPart], rows: u32) -> Self {
        let row_bits = 32 - rows.leading_zeros();
        let bits = parts.iter().map(SortPart::bits).sum::<u32>() + row_bits;
        let buckets = parts.first().map_or(1, |first| bucket(first.max) + 2);
        let rows = match bits {
            0..=64 => Rows::Narrow(vec![Vec::new(); buckets]),
            65..=128 => Rows::Wide(vec![Vec::new(); buckets]),
            _ => Rows::Lists(Vec::new()),
        };
        Self { parts: parts.to_vec(), row_bits, rows }
    }

    /// Adds rows with their keys: a list for each part, as long as `rows`.
    pub(crate) fn push(&mut self, keys: &[Vec<u64>], rows: impl Iterator<Item = u32>) {
        let Self { parts, row_bits, rows: into } = self;
        if let ([part], Rows::Narrow(buckets), [keys]) = (parts.as_slice(), &mut *into, keys) {
            return push_one(*part, *row_bits, buckets, keys, rows);
        }
        let last = parts.first().map_or(0, |first| bucket(first.max) + 1);
        for (at, row) in rows.enumerate() {
            let key = |part: usize| keys.get(part).and_then(|keys| keys.get(at)).copied().unwrap_or(u64::MAX);
            let place = match parts.first() {
                Some(first) if key(0) <= first.max => {
                    if first.descending {
                        last - 1 - bucket(key(0))
                    } else {
                        bucket(key(0))
                    }
                }
                Some(_) => last,
                None => 0,
            };
            let turned = parts.iter().enumerate().map(|(number, part)| (part.turned(key(number)), part.bits()));
            match into {
                Rows::Narrow(buckets) => {
                    // Widths add up to 64 at most, but one alone may be all of them.
                    let all = turned.fold(0u64, |all, (key, bits)| all.checked_shl(bits).unwrap_or(0) | key);
                    let all = all.checked_shl(*row_bits).unwrap_or(0) | u64::from(row);
                    if let Some(bucket) = buckets.get_mut(place) {
                        bucket.push(all);
                    }
                }
                Rows::Wide(buckets) => {
                    let all = turned.fold(0u128, |all, (key, bits)| all << bits | u128::from(key));
                    if let Some(bucket) = buckets.get_mut(place) {
                        bucket.push(all << *row_bits | u128::from(row));
                    }
                }
                Rows::Lists(list) => list.push((turned.map(|(key, _)| key).collect(), row)),
            }
        }
    }

    /// The rows of all workers in order. `stop` is asked now and then; the result means nothing once it says yes.
    pub(crate) fn finish(workers: Vec<Sorter>, stop: &(dyn Fn() -> bool + Sync)) -> Order {
        let threads = workers.len();
        let order = Self::gathered(workers, None);
        order.settle(threads, LARGE, stop);
        order
    }

    /// The same with equals by a tie, of which nothing is sorted before it is looked at.
    pub(crate) fn finish_tied(workers: Vec<Sorter>, tie: Tie) -> Order {
        Self::gathered(workers, Some(tie))
    }

    fn gathered(workers: Vec<Sorter>, tie: Option<Tie>) -> Order {
        let mask = workers.first().map_or(0, |first| (1u64 << first.row_bits) - 1);
        let (mut buckets, mut lists) = (Vec::new(), Vec::new());
        for worker in workers {
            match worker.rows {
                Rows::Narrow(own) => collect(&mut buckets, own, Part::Narrow),
                Rows::Wide(own) => collect(&mut buckets, own, Part::Wide),
                Rows::Lists(list) => lists.extend(list),
            }
        }
        if !lists.is_empty() {
            lists.sort_unstable();
            if let Some(tie) = &tie {
                for equals in lists.chunk_by_mut(|a, b| a.0 == b.0).filter(|equals| equals.len() > 1) {
                    equals.sort_by_cached_key(|(_, row)| (tie.of(*row), *row));
                }
            }
            let rows: Vec<u32> = lists.into_iter().map(|(_, row)| row).collect();
            let starts = vec![0, rows.len()];
            return Order { starts, buckets: vec![Bucket { waiting: Mutex::default(), rows: rows.into() }], mask, tie };
        }
        let mut starts = vec![0];
        let mut len = 0;
        let buckets: Vec<Bucket> = buckets
            .into_iter()
            .map(|parts: Vec<Part>| {
                len += parts.iter().map(Part::len).sum::<usize>();
                starts.push(len);
                Bucket { waiting: Mutex::new(parts), rows: OnceLock::new() }
            })
            .collect();
        Order { starts, buckets, mask, tie }
    }
}

/// Buckets above this many rows are not left for later: sorting this many takes about a millisecond.
const LARGE: usize = 1 << 16;

/// The usual case: one key that fits beside the row.
fn push_one(part: SortPart, row_bits: u32, buckets: &mut [Vec<u64>], keys: &[u64], rows: impl Iterator<Item = u32>) {
    let last = bucket(part.max) + 1;
    for (key, row) in keys.iter().zip(rows) {
        let (place, key) = match *key > part.max {
            true => (last, part.absent()),
            false if part.descending => (last - 1 - bucket(*key), part.max - *key),
            false => (bucket(*key), *key),
        };
        if let Some(bucket) = buckets.get_mut(place) {
            bucket.push(key << row_bits | u64::from(row));
        }
    }
}

/// What one worker put into a bucket.
#[derive(Debug)]
enum Part {
    Narrow(Vec<u64>),
    Wide(Vec<u128>),
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Narrow(list) => list.len(),
            Self::Wide(list) => list.len(),
        }
    }
}

fn collect<T>(buckets: &mut Vec<Vec<Part>>, own: Vec<Vec<T>>, part: fn(Vec<T>) -> Part) {
    buckets.resize_with(buckets.len().max(own.len()), Vec::new);
    let filled = buckets.iter_mut().zip(own).filter(|(_, list)| !list.is_empty());
    filled.for_each(|(all, list)| all.push(part(list)));
}

#[derive(Debug)]
struct Bucket {
    /// Until it is sorted.
    waiting: Mutex<Vec<Part>>,
    rows: OnceLock<Vec<u32>>,
}

impl Bucket {
    fn rows(&self, mask: u64, tie: Option<&Tie>) -> &[u32] {
        self.rows.get_or_init(|| {
            let parts = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            let (mut narrow, mut wide) = (Vec::new(), Vec::new());
            for part in parts {
                match part {
                    Part::Narrow(mut list) => {
                        if narrow.is_empty() {
                            narrow = list
                        } else {
                            narrow.append(&mut list)
                        }
                    }
                    Part::Wide(mut list) => {
                        if wide.is_empty() {
                            wide = list
                        } else {
                            wide.append(&mut list)
                        }
                    }
                }
            }
            let mut rows = rows_of(narrow, |all: u64| all & !mask, |all| (all & mask) as u32, tie);
            let wide = rows_of(wide, |all: u128| all & !u128::from(mask), |all| (all as u64 & mask) as u32, tie);
            rows.extend(wide);
            rows
        })
    }
}

/// What orders rows of equal keys: less work than a key of all rows, because it is asked only of rows that are looked at.
#[derive(Clone)]
pub(crate) struct Tie(Arc<dyn Fn(u32) -> u128 + Send + Sync>);

impl Tie {
    pub(crate) fn new(of: impl Fn(u32) -> u128 + Send + Sync + 'static) -> Self {
        Self(Arc::new(of))
    }

    pub(crate) fn of(&self, row: u32) -> u128 {
        (self.0)(row)
    }
}

impl std::fmt::Debug for Tie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tie")
    }
}

/// The rows of sorted keys; equal keys, which are those that `key` makes equal, by the tie.
fn rows_of<T: Copy + Ord>(
    mut list: Vec<T>,
    key: impl Fn(T) -> T,
    row: impl Fn(T) -> u32,
    tie: Option<&Tie>,
) -> Vec<u32> {
    list.sort_unstable();
    let Some(tie) = tie else { return list.into_iter().map(row).collect() };
    let mut rows = Vec::with_capacity(list.len());
    for equals in list.chunk_by(|a, b| key(*a) == key(*b)) {
        if let [one] = equals {
            rows.push(row(*one));
            continue;
        }
        let mut tied: Vec<(u128, u32)> = equals.iter().map(|all| row(*all)).map(|row| (tie.of(row), row)).collect();
        tied.sort_unstable();
        rows.extend(tied.into_iter().map(|(_, row)| row));
    }
    rows
}

/// Rows in order.
#[derive(Debug)]
pub(crate) struct Order {
    /// The first place of each bucket, and behind the last.
    starts: Vec<usize>,
    buckets: Vec<Bucket>,
    mask: u64,
    /// Without one, equals are in the order of rows.
    tie: Option<Tie>,
}

impl Order {
    fn rows_in<'o>(&self, bucket: &'o Bucket) -> &'o [u32] {
        bucket.rows(self.mask, self.tie.as_ref())
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The row at a place. A millisecond, where it is the first that is asked for there.
    pub(crate) fn row(&self, place: usize) -> Option<u32> {
        let at = self.starts.partition_point(|start| *start <= place).checked_sub(1)?;
        self.rows_in(self.buckets.get(at)?).get(place - self.starts.get(at)?).copied()
    }

    /// The place of a row. Sorts what is not sorted yet.
    pub(crate) fn place(&self, row: u32) -> Option<usize> {
        let found = |(bucket, start): (&Bucket, &usize)| {
            self.rows_in(bucket).iter().position(|known| *known == row).map(|at| start + at)
        };
        self.buckets.iter().zip(&self.starts).find_map(found)
    }

    /// The places of several rows, ascending. Sorts what is not sorted yet, up to the last of them.
    pub(crate) fn places(&self, wanted: &FxHashSet<u32>) -> Vec<usize> {
        let rows = self.buckets.iter().flat_map(|bucket| self.rows_in(bucket));
        let found = rows.enumerate().filter(|(_, row)| wanted.contains(*row)).map(|(place, _)| place);
        found.take(wanted.len()).collect()
    }

    /// All rows in order.
    pub(crate) fn into_rows(self, threads: usize) -> Vec<u32> {
        self.settle(threads, 0, &|| false);
        self.buckets.iter().flat_map(|bucket| self.rows_in(bucket)).copied().collect()
    }

    /// Sorts every bucket above a size.
    fn settle(&self, threads: usize, above: usize, stop: &(dyn Fn() -> bool + Sync)) {
        let sizes = self.starts.windows(2).map(|pair| pair[1] - pair[0]);
        let wanted: Vec<&Bucket> =
            self.buckets.iter().zip(sizes).filter(|(_, size)| *size > above).map(|(bucket, _)| bucket).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(bucket) = wanted.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !stop()) {
                self.rows_in(bucket);
            }
        };
        crate::threads::side_by_side(threads.min(wanted.len()).max(1), |_| work());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_rise_with_keys() {
        let mut keys: Vec<u64> =
            (0..5000).chain((0..64).flat_map(|bit| [1 << bit, (1 << bit) - 1, (1 << bit) + 1])).collect();
        keys.push(u64::MAX);
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| bucket(pair[0]) <= bucket(pair[1])));
        assert!((0..128).all(|key| bucket(key) == key as usize));
        assert_eq!(bucket(u64::MAX), (57 << FINE) + 127);
    }

    fn part() -> impl Strategy<Value = (u32, bool)> {
        (prop_oneof![0u32..12, Just(31), Just(40), Just(63)], any::<bool>())
    }

    fn sorted_by(
        parts: &[SortPart],
        seed: &[[u64; 4]],
        workers: usize,
        key: &dyn Fn(usize, usize) -> u64,
    ) -> Vec<Sorter> {
        let mut sorters: Vec<Sorter> = (0..workers).map(|_| Sorter::new(parts, 1000)).collect();
        for row in (0..seed.len()).rev() {
            let keys: Vec<Vec<u64>> = (0..parts.len()).map(|part| vec![key(row, part)]).collect();
            sorters[row % workers].push(&keys, std::iter::once(row as u32));
        }
        sorters
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_keys(parts in prop::collection::vec(part(), 0..4), seed in prop::collection::vec(any::<[u64; 4]>(), 0..200),
                                         workers in 1usize..4) {
            let parts: Vec<SortPart> = parts.iter().map(|(bits, descending)| SortPart { max: (1u64 << bits) - 1, descending: *descending }).collect();
            // One key in eight is absent.
            let key = |row: usize, part: usize| if seed[row][part] % 8 == 0 { u64::MAX } else { seed[row][part] >> 8 & parts[part].max };
            let sorters = sorted_by(&parts, &seed, workers, &key);
            let mut expected: Vec<u32> = (0..seed.len() as u32).collect();
            expected.sort_by(|a, b| {
                let by_part = parts.iter().enumerate().map(|(number, part)| {
                    let (a, b) = (key(*a as usize, number), key(*b as usize, number));
                    match (a > part.max, b > part.max) {
                        (false, false) if part.descending => b.cmp(&a),
                        (false, false) => a.cmp(&b),
                        (a, b) => a.cmp(&b),
                    }
                });
                by_part.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(a.cmp(b))
            });
            let order = Sorter::finish(sorters, &|| false);
            let tie = |row: u32| u128::from(seed[row as usize][3] % 3);
            let tied = Sorter::finish_tied(sorted_by(&parts, &seed, workers, &key), Tie::new({
                let ties: Vec<u128> = (0..seed.len() as u32).map(tie).collect();
                move |row| ties[row as usize]
            }));
            let same = |a: &u32, b: &u32| (0..parts.len()).all(|part| key(*a as usize, part) == key(*b as usize, part));
            let mut by_tie = expected.clone();
            by_tie.chunk_by_mut(same).for_each(|equals| equals.sort_by_key(|row| (tie(*row), *row)));
            for place in [0, by_tie.len() / 3, by_tie.len()] {
                prop_assert_eq!(tied.row(place), by_tie.get(place).copied());
            }
            prop_assert_eq!(tied.into_rows(workers), by_tie);
            prop_assert_eq!(order.len(), expected.len());
            for place in [expected.len() / 2, 0, expected.len().saturating_sub(1), expected.len()] {
                prop_assert_eq!(order.row(place), expected.get(place).copied());
            }
            prop_assert_eq!(expected.first().and_then(|row| order.place(*row)), (!expected.is_empty()).then_some(0));
            prop_assert_eq!(order.place(1000), None);
            let some = expected.iter().copied().step_by(2).chain([1000]).collect();
            prop_assert_eq!(order.places(&some), (0..expected.len()).step_by(2).collect::<Vec<_>>());
            prop_assert_eq!(order.into_rows(workers), expected);
        }
    }
}
