//! Which rows of the case are not in the store yet: those that were there before the import began, found again by time.

use crate::case::error::CaseError;
use rusqlite::Connection;

/// A run of flow rows, as in table flow_chunk.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    first_id: i64,
    last_id: i64,
    min_start: i64,
}

/// Chunks of the case by the time that they span. Each is given out once.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// By `min_start`.
    chunks: Vec<Chunk>,
    /// The greatest start below each node of a complete binary tree over the chunks, the root at 1; `NONE` where all
    /// below it was given out.
    latest: Vec<i64>,
    leaves: usize,
}

const NONE: i64 = i64::MIN;

impl Unread {
    /// Chunks of the records below this id.
    pub(super) fn load(conn: &Connection, below: i64) -> Result<Self, CaseError> {
        let mut statement = conn.prepare_cached(
            "SELECT first_id, last_id, min_start, max_start FROM flow_chunk
             WHERE first_id < ? AND min_start IS NOT NULL ORDER BY min_start, first_id",
        )?;
        let rows = statement.query_map([below], |r| {
            let chunk = Chunk { first_id: r.get(0)?, last_id: r.get(1)?, min_start: r.get(2)? };
            Ok((chunk, r.get::<_, i64>(3)?))
        })?;
        let (chunks, ends): (Vec<Chunk>, Vec<i64>) = rows.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        let leaves = chunks.len().next_power_of_two();
        let mut latest = vec![NONE; 2 * leaves];
        latest[leaves..leaves + ends.len()].copy_from_slice(&ends);
        for node in (1..leaves).rev() {
            latest[node] = latest[2 * node].max(latest[2 * node + 1]);
        }
        Ok(Self { chunks, latest, leaves })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.latest.get(1).is_none_or(|latest| *latest == NONE)
    }

    /// A chunk that reaches into these seconds (both inclusive), as its first and last id.
    pub(super) fn take(&mut self, first: i64, last: i64) -> Option<(i64, i64)> {
        if self.latest.get(1).is_none_or(|latest| *latest < first || *latest == NONE) {
            return None;
        }
        let mut node = 1;
        // The leftmost chunk that ends late enough: where even this one begins too late, all others do.
        while node < self.leaves {
            node = if self.latest[2 * node] >= first { 2 * node } else { 2 * node + 1 };
        }
        let chunk = *self.chunks.get(node - self.leaves)?;
        if chunk.min_start > last {
            return None;
        }
        self.latest[node] = NONE;
        while node > 1 {
            node /= 2;
            self.latest[node] = self.latest[2 * node].max(self.latest[2 * node + 1]);
        }
        Some((chunk.first_id, chunk.last_id))
    }
}

/// Spans of seconds that hold all of these starts, without the gaps of more than an hour between them.
pub(super) fn spans(mut starts: Vec<i64>) -> Vec<(i64, i64)> {
    const GAP: i64 = 3600;
    starts.sort_unstable();
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for start in starts {
        match spans.last_mut() {
            Some((_, last)) if start.saturating_sub(*last) <= GAP => *last = start,
            _ => spans.push((start, start)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_chunk_that_reaches_into_the_span_is_given_out_once(
            chunks in prop::collection::vec((0i64..100, 0i64..40), 0..40),
            asked in prop::collection::vec((0i64..120, 0i64..20), 1..10),
        ) {
            let conn = Connection::open_in_memory().unwrap();
            conn.execute_batch(&crate::case::schema::ddl()).unwrap();
            for (id, (start, length)) in chunks.iter().enumerate() {
                let row = (id as i64, id as i64, start, start + length);
                conn.execute("INSERT INTO flow_chunk VALUES (?, ?, 1, ?, ?, x'')", row).unwrap();
            }
            let mut unread = Unread::load(&conn, i64::MAX).unwrap();
            let mut left: Vec<usize> = (0..chunks.len()).collect();
            for (first, length) in asked {
                let last = first + length;
                let (reaching, others): (Vec<usize>, Vec<usize>) =
                    left.iter().partition(|id| chunks[**id].0 <= last && chunks[**id].0 + chunks[**id].1 >= first);
                let mut taken: Vec<usize> =
                    std::iter::from_fn(|| unread.take(first, last)).map(|(id, _)| id as usize).collect();
                taken.sort_unstable();
                prop_assert_eq!(taken, reaching);
                prop_assert_eq!(unread.is_empty(), others.is_empty());
                left = others;
            }
        }
    }

    #[test]
    fn a_start_far_off_makes_a_span_of_its_own() {
        assert_eq!(spans(vec![7200, 0, 3600, 900_000, 900_001]), [(0, 7200), (900_000, 900_001)]);
    }
}
