//! The order of rows by keys: unsigned numbers that were made from values beforehand.
//!
//! Each worker throws the rows of its segments into buckets by the first key, finer where keys are small, because sizes
//! and counts mostly are; then the buckets, which no longer touch each other, are sorted on all workers. What is sorted is
//! one number of all keys and the row, so that equal keys stay in the order of rows and the result has one form only.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortPart {
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
pub struct Sorter {
    parts: Vec<SortPart>,
    row_bits: u32,
    rows: Rows,
}

impl Sorter {
    /// For rows below `rows`.
    pub fn new(parts: &[SortPart], rows: u32) -> Self {
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
    pub fn push(&mut self, keys: &[Vec<u64>], rows: impl Iterator<Item = u32>) {
        let Self { parts, row_bits, rows: into } = self;
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
    pub fn finish(workers: Vec<Sorter>, stop: &(dyn Fn() -> bool + Sync)) -> Vec<u32> {
        let threads = workers.len();
        let mask = workers.first().map_or(0, |first| (1u64 << first.row_bits) - 1);
        let (mut narrow, mut wide, mut lists) = (Vec::new(), Vec::new(), Vec::new());
        for worker in workers {
            match worker.rows {
                Rows::Narrow(buckets) => narrow.push(buckets),
                Rows::Wide(buckets) => wide.push(buckets),
                Rows::Lists(list) => lists.extend(list),
            }
        }
        if !lists.is_empty() {
            lists.sort_unstable();
            return lists.into_iter().map(|(_, row)| row).collect();
        }
        if wide.is_empty() {
            buckets_in_order(narrow, threads, stop, |all| (all & mask) as u32)
        } else {
            buckets_in_order(wide, threads, stop, |all| (all as u64 & mask) as u32)
        }
    }
}

/// Sorts the buckets of all workers, each bucket by one of them.
fn buckets_in_order<T: Copy + Ord + Send>(
    workers: Vec<Vec<Vec<T>>>,
    threads: usize,
    stop: &(dyn Fn() -> bool + Sync),
    row: impl Fn(T) -> u32 + Sync,
) -> Vec<u32> {
    let buckets = workers.iter().map(Vec::len).max().unwrap_or(0);
    let mut gathered: Vec<Vec<Vec<T>>> = (0..buckets).map(|_| Vec::with_capacity(workers.len())).collect();
    for worker in workers {
        gathered.iter_mut().zip(worker).for_each(|(all, one)| all.push(one));
    }
    let sizes: Vec<usize> = gathered.iter().map(|parts| parts.iter().map(Vec::len).sum()).collect();
    let mut order = vec![0u32; sizes.iter().sum()];
    let mut rest = order.as_mut_slice();
    let mut work = Vec::with_capacity(buckets);
    for (parts, size) in gathered.into_iter().zip(sizes) {
        let (part, behind) = rest.split_at_mut(size);
        rest = behind;
        work.push(Mutex::new(Some((parts, part))));
    }
    let next = AtomicUsize::new(0);
    let sort = || {
        while let Some(bucket) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let taken = bucket.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            let Some((mut parts, out)) = taken else { continue };
            if out.is_empty() || stop() {
                continue;
            }
            let mut all = parts.swap_remove(0);
            parts.iter().for_each(|part| all.extend_from_slice(part));
            drop(parts);
            all.sort_unstable();
            out.iter_mut().zip(&all).for_each(|(out, all)| *out = row(*all));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // A thread that cannot be had is one worker less.
            let _ = std::thread::Builder::new().name("sort".into()).spawn_scoped(scope, sort);
        }
        sort();
    });
    order
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

    proptest! {
        #[test]
        fn the_order_is_that_of_the_keys(parts in prop::collection::vec(part(), 0..4), seed in prop::collection::vec(any::<[u64; 4]>(), 0..200),
                                         workers in 1usize..4) {
            let parts: Vec<SortPart> = parts.iter().map(|(bits, descending)| SortPart { max: (1u64 << bits) - 1, descending: *descending }).collect();
            // One key in eight is absent.
            let key = |row: usize, part: usize| if seed[row][part] % 8 == 0 { u64::MAX } else { seed[row][part] >> 8 & parts[part].max };
            let mut sorters: Vec<Sorter> = (0..workers).map(|_| Sorter::new(&parts, 1000)).collect();
            for row in (0..seed.len()).rev() {
                let keys: Vec<Vec<u64>> = (0..parts.len()).map(|part| vec![key(row, part)]).collect();
                sorters[row % workers].push(&keys, std::iter::once(row as u32));
            }
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
            prop_assert_eq!(Sorter::finish(sorters, &|| false), expected);
        }
    }
}
