//! How often each of many numbers was seen, of which few come again. Pure.

/// So many are collected at least before they are counted.
const FEWEST: usize = 1024;

/// Sorting new numbers by hundreds and adding them to those counted before takes less than looking up each of them.
#[derive(Debug, Default)]
pub(super) struct Counts {
    fresh: Vec<u64>,
    /// Ascending.
    counted: Vec<(u64, u64)>,
}

impl Counts {
    pub(super) fn add(&mut self, number: u64) {
        self.fresh.push(number);
        if self.fresh.len() >= FEWEST.max(self.counted.len()) {
            self.count();
        }
    }

    fn count(&mut self) {
        self.fresh.sort_unstable();
        let runs = self.fresh.chunk_by(|one, other| one == other);
        let runs: Vec<(u64, u64)> = runs.filter_map(|run| Some((*run.first()?, run.len() as u64))).collect();
        self.fresh.clear();
        self.counted = merged(std::mem::take(&mut self.counted), runs);
    }

    /// The numbers of both, ascending, with their counts.
    pub(super) fn with(mut self, mut other: Self) -> Self {
        self.count();
        other.count();
        Self { fresh: Vec::new(), counted: merged(self.counted, other.counted) }
    }

    pub(super) fn into_list(mut self) -> Vec<(u64, u64)> {
        self.count();
        self.counted
    }
}

fn merged(one: Vec<(u64, u64)>, other: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    if one.is_empty() || other.is_empty() {
        return if one.is_empty() { other } else { one };
    }
    let mut all = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.into_iter().peekable(), other.into_iter().peekable());
    loop {
        match (one.peek().copied(), other.peek().copied()) {
            (Some(a), Some(b)) if a.0 == b.0 => {
                all.push((a.0, a.1 + b.1));
                one.next();
                other.next();
            }
            (Some(a), b) if b.is_none_or(|b| a.0 < b.0) => {
                all.push(a);
                one.next();
            }
            (_, Some(b)) => {
                all.push(b);
                other.next();
            }
            (_, None) => return all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn numbers_are_counted(list in prop::collection::vec(0..1500u64, 0..5000), cut in 0..5000usize) {
            let mut expected: BTreeMap<u64, u64> = BTreeMap::new();
            let mut parts = [Counts::default(), Counts::default()];
            for (at, number) in list.iter().enumerate() {
                *expected.entry(*number).or_default() += 1;
                parts[usize::from(at > cut)].add(*number);
            }
            let [one, other] = parts;
            prop_assert_eq!(one.with(other).into_list(), Vec::from_iter(expected));
        }
    }
}
