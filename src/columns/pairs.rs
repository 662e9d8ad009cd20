//! The pairs of addresses as two plain lists by pair id: what is asked of addresses becomes a set of pairs, and sums of
//! pairs become sums of addresses.

use super::bitmap::Bitmap;
use std::ops::Range;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Source,
    Destination,
    Either,
}

/// `source[pair_id]` and `destination[pair_id]` are address ids; 0 where the record named none, or no such pair is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PairColumns {
    pub source: Arc<[u32]>,
    pub destination: Arc<[u32]>,
    /// All address ids are below this.
    pub addresses: u32,
    /// The pairs without any address.
    pub nobody: Vec<u32>,
}

impl PairColumns {
    /// From two lists of the same length; `nobody`: the pairs that are there without any address.
    pub(crate) fn new(source: Vec<u32>, destination: Vec<u32>, mut nobody: Vec<u32>) -> Self {
        nobody.sort_unstable();
        let greatest = source.iter().chain(&destination).max().copied().unwrap_or(0);
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

    /// The pairs of the same two addresses in both directions, an address with itself among them, as two equal ids: those of
    /// some addresses, of so many workers. `None` where two pairs have the same source and destination.
    pub(crate) fn reversed(&self, worker: usize, workers: usize) -> Option<Vec<(u32, u32)>> {
        // By the lower address, then by the higher one among the few that share it, which are near each other in memory.
        let mut starts = vec![0u32; self.addresses as usize / workers + 2];
        for (low, _, _) in self.with_lower(worker, workers) {
            if let Some(next) = starts.get_mut(low + 1) {
                *next += 1;
            }
        }
        let mut all = 0;
        starts.iter_mut().for_each(|start| {
            all += *start;
            *start = all;
        });
        let (mut sides, mut next) = (vec![0u64; all as usize], starts.clone());
        for (low, high, id) in self.with_lower(worker, workers) {
            let Some(at) = next.get_mut(low) else { continue };
            if let Some(place) = sides.get_mut(*at as usize) {
                *place = u64::from(high) << 32 | u64::from(id);
            }
            *at += 1;
        }
        let mut found = Vec::with_capacity(sides.len() / 2);
        let (source, destination) =
            (|id: u64| self.source.get(id as usize), |id: u64| self.destination.get(id as usize));
        for range in starts.windows(2) {
            let Some(sides) = sides.get_mut(range[0] as usize..range[1] as usize) else { continue };
            sides.sort_unstable();
            for same in sides.chunk_by(|a, b| a >> 32 == b >> 32) {
                let id = |side: &u64| side & u64::from(u32::MAX);
                match same {
                    [one] if source(id(one)) == destination(id(one)) => found.push((id(one) as u32, id(one) as u32)),
                    [_] => {}
                    [one, other] if source(id(one)) != source(id(other)) => {
                        found.push((id(one) as u32, id(other) as u32));
                    }
                    _ => return None,
                }
            }
        }
        Some(found)
    }

    /// The pairs with an address of which this worker has the lower one: that divided by the workers, the higher one, the id.
    fn with_lower(&self, worker: usize, workers: usize) -> impl Iterator<Item = (usize, u32, u32)> + '_ {
        let sides = self.source.iter().zip(self.destination.iter()).zip(0..);
        let ordered = sides.map(|((source, destination), id)| (*source.min(destination), *source.max(destination), id));
        let own = ordered.filter(move |(low, high, _)| *high != 0 && *low as usize % workers == worker);
        own.map(move |(low, high, id)| (low as usize / workers, high, id))
    }

    /// Do records without addresses make one group at most? `occurs`: by the slots of groups, `width` for each pair.
    pub(crate) fn nobody_is_one(&self, width: u64, occurs: impl Fn(u64) -> bool) -> bool {
        let without = std::iter::once(0).chain(self.nobody.iter().map(|id| u64::from(*id)));
        without.filter(|id| (0..width).any(|at| occurs(id * width + at))).count() <= 1
    }

    /// Some words of the set of pairs with a side in a set of address ids.
    pub(crate) fn words_with(&self, addresses: &Bitmap, side: Side, words: Range<usize>) -> Vec<u64> {
        let has = |id: u32| id != 0 && addresses.get(id as usize);
        let words = words.map(|word| {
            let pairs = word * 64..(word * 64 + 64).min(self.len());
            let (sources, destinations) = (&self.source[pairs.clone()], &self.destination[pairs]);
            let bit = |(at, found): (usize, bool)| u64::from(found) << at;
            let both = sources.iter().zip(destinations);
            match side {
                Side::Source => sources.iter().map(|id| has(*id)).enumerate().map(bit).sum(),
                Side::Destination => destinations.iter().map(|id| has(*id)).enumerate().map(bit).sum(),
                Side::Either => both.map(|(a, b)| has(*a) || has(*b)).enumerate().map(bit).sum(),
            }
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
    fn pairs_of_the_same_addresses_are_found_whoever_looks() {
        let pairs = PairColumns::new(vec![0, 1, 2, 5, 0, 4, 3], vec![0, 2, 1, 5, 4, 0, 1], Vec::new());
        for workers in 1..4 {
            let mut found: Vec<_> = (0..workers).flat_map(|worker| pairs.reversed(worker, workers).unwrap()).collect();
            found.sort_unstable();
            assert_eq!(found, [(1, 2), (3, 3), (4, 5)]);
        }
        for twice in
            [PairColumns::new(vec![1, 1], vec![2, 2], Vec::new()), PairColumns::new(vec![3, 3], vec![3, 3], Vec::new())]
        {
            assert_eq!(twice.reversed(0, 1), None);
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
