//! Chosen rows of a table, segment by segment.

use super::bitmap::Bitmap;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Chosen rows of one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    None,
    All,
    /// Some, but neither none nor all.
    Some(Bitmap),
}

impl Chosen {
    /// In the form that fits.
    pub(crate) fn of(bits: Bitmap) -> Self {
        match bits.count() {
            0 => Self::None,
            count if count == bits.len() => Self::All,
            _ => Self::Some(bits),
        }
    }

    pub(crate) fn from_bool(all: bool) -> Self {
        if all { Self::All } else { Self::None }
    }

    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, other) | (other, Self::All) => other,
            (Self::Some(mut a), Self::Some(b)) => {
                a.and(&b);
                Self::of(a)
            }
        }
    }

    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, other) | (other, Self::None) => other,
            (Self::Some(mut a), Self::Some(b)) => {
                a.or(&b);
                Self::of(a)
            }
        }
    }

    #[must_use]
    pub(crate) fn invert(self) -> Self {
        match self {
            Self::None => Self::All,
            Self::All => Self::None,
            Self::Some(mut bits) => {
                bits.invert();
                Self::Some(bits)
            }
        }
    }

    fn count(&self, rows: u32) -> u32 {
        match self {
            Self::None => 0,
            Self::All => rows,
            Self::Some(bits) => bits.count() as u32,
        }
    }

    /// Calls with lists of the chosen rows, ascending, at most 1024 at a time: with some values of
    /// each they stay in the first level of cache.
    pub(crate) fn blocks(&self, rows: usize, mut each: impl FnMut(&[u32])) {
        const BLOCK: usize = 1024;
        let mut block: Vec<u32> = Vec::with_capacity(BLOCK);
        match self {
            Self::None => {}
            Self::All => {
                for first in (0..rows).step_by(BLOCK) {
                    block.clear();
                    block.extend(first as u32..(first + BLOCK).min(rows) as u32);
                    each(&block);
                }
            }
            Self::Some(bits) => {
                for (at, &word) in bits.words().iter().enumerate() {
                    let mut rest = word;
                    while rest != 0 {
                        block.push(at as u32 * 64 + rest.trailing_zeros());
                        rest &= rest - 1;
                    }
                    if block.len() > BLOCK - 64 {
                        each(&block);
                        block.clear();
                    }
                }
                if !block.is_empty() {
                    each(&block);
                }
            }
        }
    }
}

/// Chosen rows of a table. Rows are counted from 0 over all segments; places count the chosen ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    parts: Vec<Chosen>,
    /// The first row of each segment, and behind the last.
    rows: Vec<u32>,
    /// The first place of each segment, and behind the last.
    places: Vec<u32>,
}

impl Selection {
    /// `parts`: the chosen rows of each segment, with how many rows it has.
    pub(crate) fn new(parts: impl IntoIterator<Item = (Chosen, u32)>) -> Self {
        let mut this = Self { parts: Vec::new(), rows: vec![0], places: vec![0] };
        let (mut row, mut place) = (0, 0);
        for (chosen, rows) in parts {
            row += rows;
            place += chosen.count(rows);
            this.rows.push(row);
            this.places.push(place);
            this.parts.push(chosen);
        }
        this
    }

    /// Names it: two selections of the same table have the same one if they choose the same rows.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for (chosen, rows) in self.parts.iter().zip(&self.rows) {
            digest.update(rows.to_le_bytes());
            match chosen {
                Chosen::None => digest.update([0]),
                Chosen::All => digest.update([1]),
                Chosen::Some(bits) => {
                    digest.update([2]);
                    bits.words().iter().for_each(|word| digest.update(word.to_le_bytes()));
                }
            }
        }
        digest.finalize().into()
    }

    pub(crate) fn parts(&self) -> &[Chosen] {
        &self.parts
    }

    /// Of memory.
    pub(crate) fn bytes(&self) -> usize {
        let words = self.parts.iter().map(|part| if let Chosen::Some(bits) = part { bits.words().len() } else { 0 });
        8 * words.sum::<usize>()
    }

    /// How many are chosen.
    pub(crate) fn len(&self) -> usize {
        self.places.last().map_or(0, |count| *count as usize)
    }

    /// The first row of a segment.
    #[cfg(test)]
    pub(crate) fn first_row(&self, segment: usize) -> u32 {
        self.rows.get(segment).copied().unwrap_or(0)
    }

    /// The chosen row at a place.
    pub(crate) fn row(&self, place: usize) -> Option<u32> {
        let place = u32::try_from(place).ok().filter(|place| (*place as usize) < self.len())?;
        let segment = self.places.partition_point(|first| *first <= place).checked_sub(1)?;
        let inside = place - self.places.get(segment)?;
        let row = match self.parts.get(segment)? {
            Chosen::None => return None,
            Chosen::All => inside,
            Chosen::Some(bits) => bits.select(inside as usize)? as u32,
        };
        Some(self.rows.get(segment)? + row)
    }

    /// The chosen rows at these places; those behind the end are left out.
    pub(crate) fn rows(&self, places: Range<usize>) -> Vec<u32> {
        let mut left = places.end.min(self.len()).saturating_sub(places.start);
        let mut list = Vec::with_capacity(left);
        let first = self.places.partition_point(|first| *first as usize <= places.start).saturating_sub(1);
        let mut skipped = places.start.saturating_sub(self.places.get(first).map_or(0, |place| *place as usize));
        let segments = self.parts.iter().zip(self.rows.windows(2)).skip(first);
        for (part, ends) in segments {
            if left == 0 {
                break;
            }
            let &[begin, end] = ends else { continue };
            let before = list.len();
            match part {
                Chosen::None => {}
                Chosen::All => list.extend((begin..end).skip(skipped).take(left)),
                Chosen::Some(bits) => {
                    let from = bits.select(skipped).unwrap_or(bits.len());
                    list.extend(bits.iter_from(from).take(left).map(|row| begin + row as u32));
                }
            }
            left -= list.len() - before;
            skipped = 0;
        }
        list
    }

    /// The place of a row, where it is chosen.
    pub(crate) fn place(&self, row: u32) -> Option<usize> {
        let segment = self.rows.partition_point(|first| *first <= row).checked_sub(1)?;
        let inside = (row - self.rows.get(segment)?) as usize;
        let before = match self.parts.get(segment)? {
            Chosen::None => return None,
            Chosen::All => inside,
            Chosen::Some(bits) => bits.get(inside).then(|| bits.count_in(0..inside))?,
        };
        Some(*self.places.get(segment)? as usize + before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_digest_names_the_rows_that_are_chosen() {
        let some = |rows: &[usize]| Chosen::of(Bitmap::of(rows.iter().copied(), 70));
        let digest = |parts: [Chosen; 2]| Selection::new(parts.into_iter().zip([70, 70])).digest();
        assert_eq!(digest([some(&[3, 69]), Chosen::All]), digest([some(&[69, 3]), some(&(0..70).collect::<Vec<_>>())]));
        let different = [
            digest([some(&[3]), Chosen::None]),
            digest([Chosen::None, some(&[3])]),
            digest([some(&[4]), Chosen::None]),
            digest([Chosen::None, Chosen::None]),
            digest([Chosen::All, Chosen::None]),
        ];
        let distinct: std::collections::BTreeSet<&[u8; 32]> = different.iter().collect();
        assert_eq!(distinct.len(), different.len());
    }

    proptest! {
        #[test]
        fn places_and_rows_answer_each_other(parts in prop::collection::vec(prop::collection::vec(any::<bool>(), 1..150), 0..6),
                                             flat in prop::collection::vec(0u8..4, 6)) {
            let parts: Vec<Vec<bool>> = parts.into_iter().zip(flat).map(|(part, kind)| match kind {
                0 => vec![false; part.len()],
                1 => vec![true; part.len()],
                _ => part,
            }).collect();
            let chosen = |part: &Vec<bool>| Chosen::of(Bitmap::of((0..part.len()).filter(|at| part[*at]), part.len()));
            let selection = Selection::new(parts.iter().map(|part| (chosen(part), part.len() as u32)));
            let all: Vec<bool> = parts.concat();
            let rows: Vec<u32> = (0..all.len() as u32).filter(|row| all[*row as usize]).collect();
            prop_assert_eq!(selection.len(), rows.len());
            for (place, row) in rows.iter().enumerate() {
                prop_assert_eq!(selection.row(place), Some(*row));
            }
            prop_assert_eq!(selection.row(rows.len()), None);
            for from in 0..rows.len() + 2 {
                for count in [0, 1, 70, rows.len(), usize::MAX - from] {
                    let expected: Vec<u32> = rows.iter().copied().skip(from).take(count).collect();
                    prop_assert_eq!(selection.rows(from..from + count), expected);
                }
            }
            for row in 0..all.len() as u32 + 1 {
                prop_assert_eq!(selection.place(row), rows.binary_search(&row).ok());
            }
            let mut listed = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                let first = selection.first_row(at);
                selection.parts()[at].blocks(part.len(), |rows| listed.extend(rows.iter().map(|row| row + first)));
            }
            prop_assert_eq!(listed, rows);
        }
    }
}
