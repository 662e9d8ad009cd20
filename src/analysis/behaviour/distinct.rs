//! Pairs of numbers, each once. Pure.

/// So many are collected at least before they are sorted.
const FEWEST: usize = 1 << 16;
/// A power of two.
const RECENT: usize = 1 << 15;

/// Those that come often are found among the recent ones; the others are sorted by thousands, which takes less than looking up
/// each of them.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    fresh: Vec<u64>,
    /// Ascending.
    kept: Vec<u64>,
    recent: Vec<u64>,
}

impl Distinct {
    pub(super) fn add(&mut self, one: u32, other: u32) {
        let pair = u64::from(one) << 32 | u64::from(other);
        if self.recent.is_empty() {
            self.recent = vec![u64::MAX; RECENT];
        }
        let place = (pair.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 49) as usize;
        let Some(recent) = self.recent.get_mut(place) else { return };
        if *recent == pair && pair != u64::MAX {
            return;
        }
        *recent = pair;
        self.fresh.push(pair);
        if self.fresh.len() >= FEWEST.max(self.kept.len()) {
            self.keep();
        }
    }

    fn keep(&mut self) {
        self.fresh.sort_unstable();
        self.fresh.dedup();
        self.kept.append(&mut self.fresh);
        // Two ascending runs, which a stable sort finds.
        self.kept.sort();
        self.kept.dedup();
    }

    /// All of several, ascending.
    pub(super) fn together(all: Vec<Self>) -> Vec<(u32, u32)> {
        let mut list: Vec<u64> = Vec::new();
        for mut one in all {
            one.keep();
            list.append(&mut one.kept);
        }
        list.sort();
        list.dedup();
        list.into_iter().map(|pair| ((pair >> 32) as u32, pair as u32)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn each_pair_is_there_once(list in prop::collection::vec((0..9u32, 0..9u32), 0..99), wide in any::<[u32; 2]>()) {
            let mut parts = [Distinct::default(), Distinct::default()];
            let ends = [(wide[0], wide[1]), (u32::MAX, u32::MAX), (0, 0)];
            let list: Vec<(u32, u32)> = list.into_iter().chain(ends).chain(ends).collect();
            for (at, (one, other)) in list.iter().enumerate() {
                parts[at % 2].add(*one, *other);
            }
            let expected: BTreeSet<(u32, u32)> = list.into_iter().collect();
            prop_assert_eq!(Distinct::together(parts.into()), Vec::from_iter(expected));
        }
    }

    #[test]
    fn many_are_kept_apart() {
        let mut many = Distinct::default();
        for number in 0..3 * FEWEST as u32 {
            many.add(number % 100_000, 7);
        }
        let list = Distinct::together(vec![many]);
        assert_eq!((list.len(), list.first(), list.last()), (100_000, Some(&(0, 7)), Some(&(99_999, 7))));
    }
}
