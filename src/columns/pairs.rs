//! The pairs of addresses as two plain lists by pair id: what is asked of addresses becomes a set of pairs, and sums of
//! pairs become sums of addresses.

use super::bitmap::Bitmap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Source,
    Destination,
    Either,
}

/// `source[pair_id]` and `destination[pair_id]` are address ids; 0 where the record named none, or no such pair is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairColumns {
    pub source: Vec<u32>,
    pub destination: Vec<u32>,
}

impl PairColumns {
    /// Pairs with a side in a set of address ids.
    pub fn with(&self, addresses: &Bitmap, side: Side) -> Bitmap {
        let has = |id: u32| id != 0 && addresses.get(id as usize);
        let pairs = self.source.iter().zip(&self.destination);
        let found = pairs.map(|(source, destination)| match side {
            Side::Source => has(*source),
            Side::Destination => has(*destination),
            Side::Either => has(*source) || has(*destination),
        });
        let mut words = vec![0u64; self.source.len().div_ceil(64)];
        found.enumerate().filter(|(_, found)| *found).for_each(|(at, _)| words[at / 64] |= 1 << (at % 64));
        Bitmap::from_words(words, self.source.len())
    }

    /// Pairs that have an address on that side.
    pub fn named(&self, side: Side) -> Bitmap {
        let greatest = self.source.iter().chain(&self.destination).max().map_or(0, |id| *id as usize);
        self.with(&Bitmap::ones(greatest + 1), side)
    }

    pub fn bytes(&self) -> usize {
        (self.source.len() + self.destination.len()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_by_their_addresses() {
        let pairs = PairColumns { source: vec![0, 1, 2, 0, 1], destination: vec![0, 2, 2, 1, 0] };
        let with = |id: usize, side| pairs.with(&Bitmap::of([id], 3), side).iter().collect::<Vec<_>>();
        assert_eq!(with(1, Side::Source), [1, 4]);
        assert_eq!(with(1, Side::Either), [1, 3, 4]);
        assert_eq!(with(2, Side::Destination), [1, 2]);
        assert_eq!(with(0, Side::Either), [0usize; 0], "0 is no address");
        assert_eq!(pairs.named(Side::Destination).iter().collect::<Vec<_>>(), [1, 2, 3]);
    }
}
