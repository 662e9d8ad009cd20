//! A set of small numbers, a bit each.

use std::ops::Range;

/// Bits `0..len`; those behind the last are zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    pub(crate) fn zeros(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    pub(crate) fn ones(len: usize) -> Self {
        let mut this = Self { words: vec![u64::MAX; len.div_ceil(64)], len };
        this.trim();
        this
    }

    /// From whole words; bits behind the last are cleared.
    pub(crate) fn from_words(words: Vec<u64>, len: usize) -> Self {
        let mut this = Self { words, len };
        this.words.resize(len.div_ceil(64), 0);
        this.trim();
        this
    }

    /// The set of these numbers; those not below `len` are left out.
    pub(crate) fn of(numbers: impl IntoIterator<Item = usize>, len: usize) -> Self {
        let mut this = Self::zeros(len);
        numbers.into_iter().for_each(|number| this.set(number));
        this
    }

    fn trim(&mut self) {
        if let (Some(last), rest @ 1..) = (self.words.last_mut(), self.len % 64) {
            *last &= (1 << rest) - 1;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether the number is in the set; numbers not below `len` are not.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }

    /// Adds a number; one that is not below `len` is left out.
    #[inline]
    pub(crate) fn set(&mut self, at: usize) {
        if at < self.len
            && let Some(word) = self.words.get_mut(at / 64)
        {
            *word |= 1 << (at % 64);
        }
    }

    pub(crate) fn set_range(&mut self, range: Range<usize>) {
        let end = range.end.min(self.len);
        let mut at = range.start;
        while at < end {
            let bits = (64 - at % 64).min(end - at);
            let mask = if bits == 64 { u64::MAX } else { ((1 << bits) - 1) << (at % 64) };
            self.words[at / 64] |= mask;
            at += bits;
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many of the range are in the set.
    pub(crate) fn count_in(&self, range: Range<usize>) -> usize {
        let end = range.end.min(self.len);
        let (mut at, mut count) = (range.start, 0);
        while at < end {
            let bits = (64 - at % 64).min(end - at);
            let mask = if bits == 64 { u64::MAX } else { ((1 << bits) - 1) << (at % 64) };
            count += (self.words[at / 64] & mask).count_ones() as usize;
            at += bits;
        }
        count
    }

    pub(crate) fn and(&mut self, other: &Bitmap) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }

    pub(crate) fn or(&mut self, other: &Bitmap) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
        self.trim();
    }

    #[cfg(test)]
    pub(crate) fn and_not(&mut self, other: &Bitmap) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }

    /// The complement.
    pub(crate) fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// The numbers of the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.iter_from(0)
    }

    /// Those from a number on.
    pub(crate) fn iter_from(&self, first: usize) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().skip(first / 64).flat_map(move |(at, word)| {
            let mut rest = if at == first / 64 { *word & (u64::MAX << (first % 64)) } else { *word };
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    at * 64 + bit as usize
                })
            })
        })
    }

    /// The member with this rank, from 0.
    pub(crate) fn select(&self, rank: usize) -> Option<usize> {
        let mut left = rank;
        for (at, word) in self.words.iter().enumerate() {
            let here = word.count_ones() as usize;
            if left < here {
                let mut rest = *word;
                for _ in 0..left {
                    rest &= rest - 1;
                }
                return Some(at * 64 + rest.trailing_zeros() as usize);
            }
            left -= here;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn behaves_as_a_set(len in 0usize..300, a in prop::collection::btree_set(0usize..300, 0..80),
                            b in prop::collection::btree_set(0usize..300, 0..80), from in 0usize..310, to in 0usize..310) {
            let within = |set: &BTreeSet<usize>| set.iter().copied().filter(|n| *n < len).collect::<BTreeSet<_>>();
            let (bits_a, bits_b) = (Bitmap::of(a.iter().copied(), len), Bitmap::of(b.iter().copied(), len));
            let (a, b) = (within(&a), within(&b));
            let list = |bits: &Bitmap| bits.iter().collect::<BTreeSet<_>>();
            let with = |change: &dyn Fn(&mut Bitmap)| { let mut bits = bits_a.clone(); change(&mut bits); list(&bits) };
            prop_assert_eq!(list(&bits_a), a.clone());
            prop_assert_eq!(bits_a.count(), a.len());
            prop_assert_eq!(with(&|x| x.and(&bits_b)), a.intersection(&b).copied().collect());
            prop_assert_eq!(with(&|x| x.or(&bits_b)), a.union(&b).copied().collect());
            prop_assert_eq!(with(&|x| x.and_not(&bits_b)), a.difference(&b).copied().collect());
            prop_assert_eq!(with(&Bitmap::invert), (0..len).filter(|n| !a.contains(n)).collect());
            prop_assert_eq!(with(&|x| x.set_range(from..to)), (0..len).filter(|n| a.contains(n) || (from..to).contains(n)).collect());
            prop_assert_eq!(bits_a.count_in(from..to), a.iter().filter(|n| (from..to).contains(n)).count());
            for (rank, number) in a.iter().enumerate() {
                prop_assert_eq!(bits_a.select(rank), Some(*number));
                prop_assert!(bits_a.get(*number));
            }
            prop_assert_eq!(bits_a.select(a.len()), None);
            let mut all = Bitmap::zeros(len);
            all.invert();
            prop_assert_eq!(all, Bitmap::ones(len));
        }
    }
}
