//! A set of small numbers that many rows and segments are held against.

use super::bitmap::Bitmap;
use std::ops::Range;

/// A set with what makes it quick to ask: how many members are below a number, and, where it is large and thin, which
/// runs of 64 numbers hold any. That outline stays in the first levels of cache where the set itself does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members {
    set: Bitmap,
    /// Members below each run of `RUN` words.
    before: Vec<u32>,
    /// A bit for each word of the set.
    outline: Option<Bitmap>,
}

/// Words of a run: as many as a cache line has.
const RUN: usize = 8;

/// A set of fewer words is in the first level of cache itself. Tests have small ones.
const LARGE: usize = if cfg!(test) { 1 } else { 1 << 12 };

impl Members {
    pub(crate) fn new(set: Bitmap) -> Self {
        let mut count = 0;
        let mut before = Vec::with_capacity(set.words().len() / RUN + 1);
        for words in set.words().chunks(RUN) {
            before.push(count);
            count += words.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        before.push(count);
        let outline = outline(&set);
        Self { set, before, outline }
    }

    /// Which runs of 64 numbers hold any; `None` where that is no help.
    pub(crate) fn outline(&self) -> Option<&Bitmap> {
        self.outline.as_ref()
    }

    #[inline]
    pub(crate) fn get(&self, number: usize) -> bool {
        self.set.get(number)
    }

    pub(crate) fn count(&self) -> usize {
        self.before.last().map_or(0, |count| *count as usize)
    }

    /// How many of the range are in the set.
    pub(crate) fn count_in(&self, range: Range<usize>) -> usize {
        self.below(range.end).saturating_sub(self.below(range.start))
    }

    /// How many members are below a number.
    fn below(&self, number: usize) -> usize {
        let first = number / 64 / RUN;
        match self.before.get(first) {
            None => self.count(),
            Some(before) => *before as usize + self.set.count_in(first * RUN * 64..number),
        }
    }
}

/// Which words of a set hold any, where it is large and they are few.
pub(super) fn outline(set: &Bitmap) -> Option<Bitmap> {
    let words = set.words().len();
    let held = || set.words().iter().enumerate().filter(|(_, word)| **word != 0).map(|(at, _)| at);
    (words >= LARGE && held().count() < words / 4).then(|| Bitmap::of(held(), words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranges_are_counted_as_a_loop_counts(len in 0usize..3000, every in 1usize..700, from in 0usize..3100, to in 0usize..3100) {
            let set = Bitmap::of((0..len).step_by(every), len);
            let members = Members::new(set.clone());
            prop_assert_eq!(members.count(), set.count());
            prop_assert_eq!(members.count_in(from..to), (from..to).filter(|at| set.get(*at)).count());
            if let Some(outline) = members.outline() {
                let found: Vec<usize> = (0..len).filter(|at| outline.get(at / 64) && members.get(*at)).collect();
                prop_assert_eq!(found, set.iter().collect::<Vec<_>>());
            }
        }
    }
}
