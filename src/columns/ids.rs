//! Which id is at which place. Ids rise, and mostly by one: they are kept as runs.

use super::pack::{read_varint, varint};
use std::ops::Range;

/// A run of ids that follow each other by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The place of its first id.
    row: u32,
    id: i64,
}

/// The rising ids of one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IdRuns {
    runs: Vec<Run>,
    rows: u32,
}

impl IdRuns {
    /// Appends ids; `false` where one is not above the one before it: then the rest is left out.
    #[must_use]
    pub(crate) fn extend(&mut self, ids: &[i64]) -> bool {
        for &id in ids {
            match self.last() {
                Some(last) if last >= id => return false,
                Some(last) if last.checked_add(1) == Some(id) => {}
                _ => self.runs.push(Run { row: self.rows, id }),
            }
            self.rows += 1;
        }
        true
    }

    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    pub(crate) fn first(&self) -> Option<i64> {
        self.runs.first().map(|run| run.id)
    }

    pub(crate) fn last(&self) -> Option<i64> {
        self.runs.last().map(|run| run.id + i64::from(self.rows - 1 - run.row))
    }

    /// The first rows only.
    pub(crate) fn truncate(&mut self, rows: u32) {
        self.runs.retain(|run| run.row < rows);
        self.rows = self.rows.min(rows);
    }

    /// Removes the first rows and gives them.
    #[cfg(test)]
    pub(crate) fn take_front(&mut self, rows: u32) -> Self {
        let mut rest = Self::default();
        let mut front = std::mem::take(self);
        for (at, run) in front.runs.iter().enumerate() {
            let end = front.runs.get(at + 1).map_or(front.rows, |next| next.row);
            if end > rows {
                let skipped = rows.saturating_sub(run.row);
                let row = rest.rows;
                rest.runs.push(Run { row, id: run.id + i64::from(skipped) });
                rest.rows += end - run.row - skipped;
            }
        }
        front.truncate(rows);
        *self = rest;
        front
    }

    /// The place of an id.
    pub(crate) fn row_of(&self, id: i64) -> Option<u32> {
        let at = self.runs.partition_point(|run| run.id <= id).checked_sub(1)?;
        let run = self.runs.get(at)?;
        let end = self.runs.get(at + 1).map_or(self.rows, |next| next.row);
        let row = i64::from(run.row).checked_add(id.checked_sub(run.id)?)?;
        (row < i64::from(end)).then_some(row as u32)
    }

    /// For each run two varints: how far its first id is above the id before it (above zero for the first), and its
    /// length.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (mut out, mut before) = (Vec::new(), 0i64);
        for (at, run) in self.runs.iter().enumerate() {
            let end = self.runs.get(at + 1).map_or(self.rows, |next| next.row);
            varint(run.id.wrapping_sub(before) as u64, &mut out);
            varint(u64::from(end - run.row), &mut out);
            before = run.id + i64::from(end - run.row - 1);
        }
        out
    }

    /// `None` where this is nothing that `encode` wrote.
    pub(crate) fn decode(mut data: &[u8]) -> Option<Self> {
        let mut this = Self::default();
        let mut before = 0i64;
        while !data.is_empty() {
            let id = before.wrapping_add(read_varint(&mut data)? as i64);
            let len = u32::try_from(read_varint(&mut data)?).ok().filter(|len| *len > 0)?;
            if this.last().is_some_and(|last| last >= id) {
                return None;
            }
            this.runs.push(Run { row: this.rows, id });
            this.rows = this.rows.checked_add(len)?;
            before = id.checked_add(i64::from(len - 1))?;
        }
        Some(this)
    }
}

/// The ids of all rows, segment after segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IdMap {
    runs: IdRuns,
}

impl IdMap {
    /// Appends a segment; `false` where its ids do not continue behind those before.
    #[must_use]
    pub(crate) fn push(&mut self, segment: &IdRuns) -> bool {
        let Some(first) = segment.first() else { return true };
        let follows = match self.runs.last() {
            Some(last) if last >= first => return false,
            Some(last) => last.checked_add(1) == Some(first),
            None => false,
        };
        let Some(rows) = self.runs.rows.checked_add(segment.rows) else { return false };
        let moved = segment.runs.iter().skip(usize::from(follows));
        self.runs.runs.extend(moved.map(|run| Run { row: run.row + self.runs.rows, id: run.id }));
        self.runs.rows = rows;
        true
    }

    pub(crate) fn rows(&self) -> u32 {
        self.runs.rows
    }

    pub(crate) fn last(&self) -> Option<i64> {
        self.runs.last()
    }

    /// The id at a place.
    pub(crate) fn id(&self, row: u32) -> Option<i64> {
        if row >= self.runs.rows {
            return None;
        }
        let at = self.runs.runs.partition_point(|run| run.row <= row).checked_sub(1)?;
        let run = self.runs.runs.get(at)?;
        Some(run.id + i64::from(row - run.row))
    }

    /// The ids of some rows in runs: the first row of each, its id, and how many rows.
    pub(crate) fn runs_in(&self, rows: Range<u32>) -> impl Iterator<Item = (u32, i64, u32)> + '_ {
        let runs = &self.runs.runs;
        let first = runs.partition_point(|run| run.row <= rows.start).saturating_sub(1);
        runs.iter().enumerate().skip(first).map_while(move |(at, run)| {
            let begin = run.row.max(rows.start);
            let end = runs.get(at + 1).map_or(self.runs.rows, |next| next.row).min(rows.end);
            (begin < end).then(|| (begin, run.id + i64::from(begin - run.row), end - begin))
        })
    }

    /// The place of an id.
    pub(crate) fn row_of(&self, id: i64) -> Option<u32> {
        self.runs.row_of(id)
    }

    /// How many rows have an id below this one.
    pub(crate) fn rows_below(&self, id: i64) -> u32 {
        let runs = &self.runs.runs;
        let Some(at) = runs.partition_point(|run| run.id < id).checked_sub(1) else { return 0 };
        let end = runs.get(at + 1).map_or(self.runs.rows, |next| next.row);
        let Some(run) = runs.get(at) else { return 0 };
        let inside = u64::try_from(i128::from(id) - i128::from(run.id)).unwrap_or(0);
        u32::try_from(inside).map_or(end, |inside| end.min(run.row.saturating_add(inside)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rising() -> impl Strategy<Value = Vec<i64>> {
        let step = prop_oneof![8 => Just(1u64), 2 => 2u64..5, 1 => 1u64 << 32..1 << 40];
        (prop_oneof![Just(1i64 << 32), Just(-5), Just(i64::MIN + 1)], prop::collection::vec(step, 0..60)).prop_map(
            |(first, steps)| {
                steps
                    .iter()
                    .scan(first, |id, step| {
                        *id += *step as i64;
                        Some(*id)
                    })
                    .collect()
            },
        )
    }

    proptest! {
        #[test]
        fn ids_come_back_from_any_segments(ids in rising(), size in 1usize..30) {
            let mut map = IdMap::default();
            for part in ids.chunks(size) {
                let mut runs = IdRuns::default();
                prop_assert!(runs.extend(part));
                prop_assert_eq!((runs.first(), runs.last(), runs.rows()), (part.first().copied(), part.last().copied(), part.len() as u32));
                let back = IdRuns::decode(&runs.encode()).unwrap();
                prop_assert_eq!(&back, &runs);
                prop_assert!(map.push(&back));
            }
            let mut whole = IdRuns::default();
            prop_assert!(whole.extend(&ids));
            prop_assert_eq!(&map.runs, &whole);
            for (row, id) in ids.iter().enumerate() {
                prop_assert_eq!(map.id(row as u32), Some(*id));
                for near in [*id - 1, *id, *id + 1] {
                    prop_assert_eq!(map.row_of(near), ids.binary_search(&near).ok().map(|row| row as u32));
                    prop_assert_eq!(map.rows_below(near), ids.partition_point(|id| *id < near) as u32);
                }
            }
            prop_assert_eq!(map.id(ids.len() as u32), None);
            for (from, to) in [(0, ids.len()), (ids.len() / 3, ids.len() / 2), (size.min(ids.len()), ids.len() + 1)] {
                let runs = map.runs_in(from as u32..to as u32);
                let found: Vec<i64> = runs.flat_map(|(row, id, len)| {
                    assert_eq!(map.id(row), Some(id));
                    id..id + i64::from(len)
                }).collect();
                prop_assert_eq!(&found, &ids[from..to.min(ids.len())]);
            }
            let front = whole.take_front(size as u32);
            let at = size.min(ids.len());
            let of = |ids: &[i64]| { let mut runs = IdRuns::default(); assert!(runs.extend(ids)); runs };
            prop_assert_eq!((front, whole), (of(&ids[..at]), of(&ids[at..])));
        }

        #[test]
        fn damage_is_refused_or_rising(data in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(runs) = IdRuns::decode(&data) {
                let mut map = IdMap::default();
                let _ = map.push(&runs) && map.push(&runs);
                prop_assert!(runs.runs.windows(2).all(|w| w[0].id < w[1].id));
            }
        }
    }

    #[test]
    fn what_does_not_rise_is_refused() {
        let mut runs = IdRuns::default();
        assert!(!runs.extend(&[1, 2, 2]) && !IdRuns::default().extend(&[5, 4]));
        let mut map = IdMap::default();
        assert!(map.push(&runs) && !map.push(&runs));
    }
}
