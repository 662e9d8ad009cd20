//! A list that grows without being moved, and of which no more is taken than it holds. Pure.

const FEW: usize = 16;
const SIZE: usize = 256;

/// Many such lists grow beside each other: one that doubled would be copied again and again, and leave holes of its former sizes.
#[derive(Clone, Debug)]
pub(super) struct Chunks<T>(Vec<Vec<T>>);

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Chunks<T> {
    #[inline]
    pub(super) fn push(&mut self, item: T) {
        match self.0.last_mut() {
            Some(last) if last.len() < last.capacity() => last.push(item),
            last => {
                let mut next = Vec::with_capacity(if last.is_none() { FEW } else { SIZE });
                next.push(item);
                self.0.push(next);
            }
        }
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Moves everything behind a list.
    pub(super) fn move_to(self, list: &mut Vec<T>) {
        list.reserve(self.0.iter().map(Vec::len).sum());
        self.0.into_iter().for_each(|chunk| list.extend(chunk));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stay_in_their_order() {
        let mut chunks = Chunks::<i32>::default();
        (0..1000).for_each(|number| chunks.push(number));
        let mut more = Chunks::default();
        (1000..1003).for_each(|number| more.push(number));
        chunks.append(more);
        let (mut list, expected) = (vec![7], Vec::from_iter(0..1003));
        chunks.move_to(&mut list);
        assert_eq!((list[0], &list[1..]), (7, &*expected));
    }
}
