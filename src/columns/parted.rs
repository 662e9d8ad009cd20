//! A list in parts, one behind the other: what several workers made stays where each has made it. Sums of millions of groups
//! are hundreds of megabytes, and to append one part to another takes longer than to make it.

use std::iter::Flatten;
use std::ops::Range;

#[derive(Clone, Debug)]
pub(crate) struct Parted<T> {
    /// None of them is empty.
    parts: Vec<Vec<T>>,
    /// How many are before the end of each part.
    ends: Vec<usize>,
}

impl<T> Default for Parted<T> {
    fn default() -> Self {
        Self { parts: Vec::new(), ends: Vec::new() }
    }
}

impl<T: PartialEq> PartialEq for Parted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<T: Eq> Eq for Parted<T> {}

impl<T> From<Vec<T>> for Parted<T> {
    fn from(list: Vec<T>) -> Self {
        std::iter::once(list).collect()
    }
}

impl<T> FromIterator<Vec<T>> for Parted<T> {
    fn from_iter<I: IntoIterator<Item = Vec<T>>>(parts: I) -> Self {
        let mut this = Self::default();
        parts.into_iter().for_each(|part| this.push_part(part));
        this
    }
}

impl<'a, T> IntoIterator for &'a Parted<T> {
    type Item = &'a T;
    type IntoIter = Flatten<std::slice::Iter<'a, Vec<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.iter().flatten()
    }
}

impl<T> IntoIterator for Parted<T> {
    type Item = T;
    type IntoIter = Flatten<std::vec::IntoIter<Vec<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter().flatten()
    }
}

impl<T> Parted<T> {
    /// Adds a part behind the others.
    pub(crate) fn push_part(&mut self, part: Vec<T>) {
        if !part.is_empty() {
            self.ends.push(self.len() + part.len());
            self.parts.push(part);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    pub(crate) fn iter(&self) -> Flatten<std::slice::Iter<'_, Vec<T>>> {
        self.into_iter()
    }

    /// In which part something is, and where there.
    #[inline]
    fn place(&self, at: usize) -> (usize, usize) {
        // Counted and not searched for: which part it is cannot be foreseen, and there are few.
        let part = self.ends.iter().map(|end| usize::from(*end <= at)).sum::<usize>();
        let before = part.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        (part, at - before)
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        let (part, place) = self.place(at);
        self.parts.get(part)?.get(place)
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let (part, place) = self.place(at);
        self.parts.get_mut(part)?.get_mut(place)
    }

    /// Those at these places; what lies behind the end is left out.
    pub(crate) fn range(&self, range: Range<usize>) -> impl Iterator<Item = &T> {
        let (first, place) = self.place(range.start);
        let mut left = range.len();
        let parts = self.parts.iter().skip(first).enumerate().map_while(move |(number, part)| {
            let from = if number == 0 { place } else { 0 };
            let part = part.get(from..).unwrap_or_default();
            let part = part.get(..left).unwrap_or(part);
            left -= part.len();
            (!part.is_empty()).then_some(part)
        });
        parts.flatten()
    }

    /// Removes one; the others move up.
    pub(crate) fn remove(&mut self, at: usize) {
        let (part, place) = self.place(at);
        if let Some(list) = self.parts.get_mut(part).filter(|list| place < list.len()) {
            list.remove(place);
            let parts = std::mem::take(self).parts;
            *self = parts.into_iter().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_list_in_parts_is_a_list(parts in prop::collection::vec(prop::collection::vec(0u8..9, 0..5), 0..5), from in 0usize..25, len in 0usize..25,
                                     gone in 0usize..25) {
            let mut parted: Parted<u8> = parts.iter().cloned().collect();
            let mut list = parts.concat();
            prop_assert_eq!(&parted, &Parted::from(list.clone()));
            prop_assert_eq!(parted.len(), list.len());
            for at in 0..list.len() + 2 {
                prop_assert_eq!(parted.get(at), list.get(at));
                prop_assert_eq!(parted.get_mut(at), list.get_mut(at));
            }
            let range = from.min(list.len())..(from + len).min(list.len());
            prop_assert_eq!(parted.range(from..from + len).collect::<Vec<_>>(), list[range].iter().collect::<Vec<_>>());
            parted.remove(gone);
            if gone < list.len() {
                list.remove(gone);
            }
            prop_assert_eq!(parted.iter().collect::<Vec<_>>(), list.iter().collect::<Vec<_>>());
            prop_assert_eq!(parted.into_iter().collect::<Vec<_>>(), list);
        }
    }
}
