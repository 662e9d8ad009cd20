//! The pairs of addresses as two plain lists by pair id: what is asked of addresses becomes a set of pairs, and sums of
//! pairs become sums of addresses.

use super::bitmap::Bitmap;
use crate::threads::side_by_side;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Source,
    Destination,
    Either,
}

/// In the place of a pair, where there is none.
pub(crate) const NO_PAIR: u32 = u32::MAX;

/// Pairs of a bucket: with a table of them they are a quarter of a megabyte. Tests have few.
const BUCKET: usize = if cfg!(test) { 2 } else { 1 << 13 };
/// Fewer pairs are not worth a thread.
const LEAST_PART: usize = if cfg!(test) { 3 } else { 1 << 14 };
/// The bits of a hash that are kept beside a pair. Tests have few, so that other pairs have the same.
const HASH: u32 = if cfg!(test) { 3 } else { u32::MAX >> 1 };

/// The same whichever of the two is the source.
fn ends_hash(source: u32, destination: u32) -> u64 {
    let (low, high) = (source.min(destination), source.max(destination));
    let mixed = (u64::from(low) << 32 | u64::from(high)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(32)
}

/// `source[pair_id]` and `destination[pair_id]` are address ids; 0 where the record named none, or no such pair is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PairColumns {
    pub source: Arc<Vec<u32>>,
    pub destination: Arc<Vec<u32>>,
    /// All address ids are below this.
    pub addresses: u32,
    /// The pairs without any address.
    pub nobody: Vec<u32>,
}

impl PairColumns {
    /// From two lists of the same length; `nobody`: the pairs that are there without any address.
    pub(crate) fn new(source: Vec<u32>, destination: Vec<u32>, mut nobody: Vec<u32>) -> Self {
        nobody.sort_unstable();
        // Not by `max`, which takes the numbers one by one.
        let most = |list: &[u32]| list.iter().fold(0, |most: u32, id| most.max(*id));
        let greatest = most(&source).max(most(&destination));
        Self { source: source.into(), destination: destination.into(), addresses: greatest.saturating_add(1), nobody }
    }

    /// How many there may be: ids are below this.
    pub(crate) fn len(&self) -> usize {
        self.source.len()
    }

    /// The id itself; 0 for no pair, and for one of nobody.
    pub(crate) fn id(&self, pair: i64) -> usize {
        let known = usize::try_from(pair).ok().filter(|id| *id < self.len());
        known.filter(|id| self.nobody.is_empty() || self.nobody.binary_search(&(*id as u32)).is_err()).unwrap_or(0)
    }

    /// By pair id the pair of the same addresses the other way round: itself where the two are the same, and `NO_PAIR` where
    /// there is none, as for nobody. `None` where two pairs have the same source and destination.
    pub(crate) fn reversed(&self, threads: usize) -> Option<Vec<u32>> {
        let workers = if self.len() < LEAST_PART { 1 } else { threads.max(1) };
        let buckets = self.len().div_ceil(BUCKET).next_power_of_two();
        let bound = |worker: usize, all: usize| worker * all / workers;
        // Both directions of a pair are in the same bucket, of which each has few enough to be near the processor.
        let laid_out = side_by_side(workers, |worker| {
            let ids = bound(worker, self.len())..bound(worker + 1, self.len());
            let each = ids.len() / buckets;
            let mut lists: Vec<Vec<u64>> = (0..buckets).map(|_| Vec::with_capacity(each + each / 8)).collect();
            let mut own = Vec::new();
            let sides = self.source[ids.clone()].iter().zip(&self.destination[ids.clone()]).zip(ids.start as u32..);
            for ((source, destination), id) in sides.filter(|((source, destination), _)| **source | **destination != 0)
            {
                let hash = ends_hash(*source, *destination);
                if source == destination {
                    own.push(id);
                }
                if let Some(list) = lists.get_mut((hash as usize >> 32) & (buckets - 1)) {
                    list.push(u64::from(hash as u32 & HASH) << 32 | u64::from(id));
                }
            }
            (lists, own)
        });
        let found = side_by_side(workers, |worker| {
            let (mut table, mut found) = (Vec::new(), Vec::new());
            for bucket in bound(worker, buckets)..bound(worker + 1, buckets) {
                let lists: Vec<&[u64]> =
                    laid_out.iter().filter_map(|(lists, _)| lists.get(bucket)).map(Vec::as_slice).collect();
                self.meet(&lists, &mut table, &mut found)?;
            }
            Some(found)
        });
        let mut reverse = vec![NO_PAIR; self.len()];
        let own = laid_out.into_iter().flat_map(|(_, own)| own).map(|id| (id, id));
        for (one, other) in found.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().chain(own) {
            for (of, is) in [(one, other), (other, one)] {
                if let Some(place) = reverse.get_mut(of as usize) {
                    *place = is;
                }
            }
        }
        Some(reverse)
    }

    /// The same of some pairs and of their reverses; `NO_PAIR` for every other one. Less work than all, and nothing is said
    /// of two that are the same.
    pub(crate) fn reversed_of(&self, some: &Bitmap, threads: usize) -> Vec<u32> {
        let side = |list: &[u32], id: usize| list.get(id).copied().unwrap_or(0);
        let ends = |id: usize| (side(&self.source, id), side(&self.destination, id));
        let known =
            some.iter().map(|id| (ends(id), id as u32)).filter(|((source, destination), _)| source | destination != 0);
        let known: FxHashMap<(u32, u32), u32> = known.collect();
        let addresses =
            Bitmap::of(known.keys().flat_map(|(one, other)| [*one as usize, *other as usize]), self.addresses as usize);
        let is_one = |id: u32| addresses.get(id as usize);
        let back = self.set_of(threads, |_, source, destination| {
            is_one(source) && is_one(destination) && known.contains_key(&(destination, source))
        });
        let mut reverse = vec![NO_PAIR; self.len()];
        for id in back.iter() {
            let (source, destination) = ends(id);
            let Some(other) = known.get(&(destination, source)) else { continue };
            for (of, is) in [(id, *other), (*other as usize, id as u32)] {
                if let Some(place) = reverse.get_mut(of) {
                    *place = is;
                }
            }
        }
        reverse
    }

    /// The pairs of a bucket that are each other's reverse. `None` where two are the same.
    fn meet(&self, lists: &[&[u64]], table: &mut Vec<u64>, found: &mut Vec<(u32, u32)>) -> Option<()> {
        const EMPTY: u64 = u64::MAX;
        /// Its reverse was found; a second one would be the same pair.
        const MET: u64 = 1 << 63;
        let size = (2 * lists.iter().map(|list| list.len()).sum::<usize>()).next_power_of_two();
        table.clear();
        table.resize(size, EMPTY);
        let ends = |pair: u64| {
            let side = |list: &[u32]| list.get(pair as u32 as usize).copied().unwrap_or(0);
            (side(&self.source), side(&self.destination))
        };
        for pair in lists.iter().copied().flatten() {
            let mut at = (pair >> 32) as usize & (size - 1);
            loop {
                let place = table.get_mut(at)?;
                if *place == EMPTY {
                    *place = *pair;
                    break;
                }
                if *place >> 32 & u64::from(HASH) == pair >> 32 {
                    let ((source, destination), (other, back)) = (ends(*pair), ends(*place));
                    let is_reverse = (source, destination) == (back, other);
                    if (source, destination) == (other, back) || is_reverse && *place & MET != 0 {
                        return None;
                    }
                    if is_reverse {
                        found.push((*place as u32, *pair as u32));
                        *place |= MET;
                        break;
                    }
                }
                at = (at + 1) & (size - 1);
            }
        }
        Some(())
    }

    /// The set of pairs that pass a test by their source and destination.
    pub(crate) fn set_of(&self, threads: usize, test: impl Fn(usize, u32, u32) -> bool + Sync) -> Bitmap {
        let words = self.len().div_ceil(64);
        let bound = |part: usize, parts: usize| part * words / parts;
        let parts = if self.len() < LEAST_PART { 1 } else { threads.max(1) };
        let parts = side_by_side(parts, |part| {
            let words = bound(part, parts)..bound(part + 1, parts);
            words.map(|word| self.word(word, &test)).collect::<Vec<u64>>()
        });
        Bitmap::from_words(parts.concat(), self.len())
    }

    fn word(&self, word: usize, test: impl Fn(usize, u32, u32) -> bool) -> u64 {
        let pairs = word * 64..(word * 64 + 64).min(self.len());
        let sides = self.source[pairs.clone()].iter().zip(&self.destination[pairs]).enumerate();
        sides.map(|(at, (a, b))| u64::from(test(word * 64 + at, *a, *b)) << at).sum()
    }

    /// Do records without addresses make one group at most? `occurs`: by the slots of groups, `width` for each pair.
    pub(crate) fn nobody_is_one(&self, width: u64, occurs: impl Fn(u64) -> bool) -> bool {
        let without = std::iter::once(0).chain(self.nobody.iter().map(|id| u64::from(*id)));
        without.filter(|id| (0..width).any(|at| occurs(id * width + at))).count() <= 1
    }

    /// Some words of the set of pairs with a side in a set of address ids.
    pub(crate) fn words_with(&self, addresses: &Bitmap, side: Side, words: Range<usize>) -> Vec<u64> {
        let has = |id: u32| id != 0 && addresses.get(id as usize);
        let words = words.map(|word| match side {
            Side::Source => self.word(word, |_, source, _| has(source)),
            Side::Destination => self.word(word, |_, _, destination| has(destination)),
            Side::Either => self.word(word, |_, source, destination| has(source) || has(destination)),
        });
        words.collect()
    }

    pub(crate) fn bytes(&self) -> usize {
        (self.source.len() + self.destination.len() + self.nobody.len()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(pairs: &PairColumns, addresses: &Bitmap, side: Side) -> Bitmap {
        Bitmap::from_words(pairs.words_with(addresses, side, 0..pairs.len().div_ceil(64)), pairs.len())
    }

    #[test]
    fn pairs_by_their_addresses() {
        let pairs = PairColumns::new(vec![0, 1, 2, 0, 1, 0], vec![0, 2, 2, 1, 0, 0], vec![5]);
        let with = |id: usize, side| set(&pairs, &Bitmap::of([id], 3), side).iter().collect::<Vec<_>>();
        assert_eq!(with(1, Side::Source), [1, 4]);
        assert_eq!(with(1, Side::Either), [1, 3, 4]);
        assert_eq!(with(2, Side::Destination), [1, 2]);
        assert_eq!(with(0, Side::Either), [0usize; 0], "0 is no address");
        assert_eq!(set(&pairs, &Bitmap::ones(3), Side::Destination).iter().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(pairs.addresses, 3);
        assert_eq!([i64::MIN, 0, 1, 4, 5, 6].map(|id| pairs.id(id)), [0, 0, 1, 4, 0, 0]);
    }

    #[test]
    fn two_pairs_of_the_same_addresses_are_refused() {
        for (source, destination) in [
            (vec![1, 1], vec![2, 2]),
            (vec![3, 3], vec![3, 3]),
            (vec![1, 2, 1], vec![2, 1, 2]),
            (vec![1, 2, 2], vec![2, 1, 1]),
            (vec![0, 4, 0], vec![4, 0, 4]),
        ] {
            assert_eq!(PairColumns::new(source, destination, Vec::new()).reversed(1), None);
        }
    }

    proptest! {
        #[test]
        fn each_pair_finds_its_reverse(pairs in prop::collection::btree_set((0u32..9, 0u32..9), 0..60), threads in 1usize..4, seed: u64) {
            let mut list: Vec<(u32, u32)> = pairs.iter().copied().filter(|pair| *pair != (0, 0)).collect();
            list.sort_by_key(|(a, b)| ends_hash(*a, *b ^ seed as u32));
            // Those of nobody may be several.
            list.splice(0..0, [(0, 0), (0, 0)]);
            let (source, destination): (Vec<u32>, Vec<u32>) = list.iter().copied().unzip();
            let all = PairColumns::new(source.clone(), destination.clone(), vec![1]).reversed(threads).unwrap();
            for ((source, destination), other) in list.iter().zip(all.iter().copied()) {
                let expected = list.iter().position(|pair| *pair == (*destination, *source) && *pair != (0, 0));
                prop_assert_eq!(other, expected.map_or(NO_PAIR, |at| at as u32));
            }
            let some = Bitmap::of((0..list.len()).filter(|id| (*id as u64 ^ seed).is_multiple_of(3)), list.len());
            let columns = PairColumns::new(source, destination, vec![1]);
            let is_of = |id: usize| some.get(id) || all[id] != NO_PAIR && some.get(all[id] as usize);
            let expected: Vec<u32> = (0..list.len()).map(|id| if is_of(id) { all[id] } else { NO_PAIR }).collect();
            prop_assert_eq!(columns.reversed_of(&some, threads), expected);
        }

        #[test]
        fn a_set_of_pairs_is_that_of_a_loop(sides in prop::collection::vec((0u32..5, 0u32..5), 0..200), threads in 1usize..4) {
            let (source, destination) = sides.iter().copied().unzip();
            let found = PairColumns::new(source, destination, Vec::new()).set_of(threads, |id, a, b| (id as u32 + a) % 3 > b);
            let expected = (0..sides.len()).filter(|id| (*id as u32 + sides[*id].0) % 3 > sides[*id].1);
            prop_assert_eq!(found, Bitmap::of(expected, sides.len()));
        }
    }

    #[test]
    fn words_of_a_part_are_those_of_the_whole() {
        let source: Vec<u32> = (0..200).map(|id| id * 7 % 50).collect();
        let pairs = PairColumns::new(source.clone(), source.into_iter().rev().collect(), Vec::new());
        let some = Bitmap::of((0..50).filter(|id| id % 3 == 0), 50);
        let parts = [pairs.words_with(&some, Side::Either, 0..1), pairs.words_with(&some, Side::Either, 1..4)].concat();
        assert_eq!(Bitmap::from_words(parts, 200), set(&pairs, &some, Side::Either));
    }
}
