//! Which rows of a table are selected: ranges of positions, an anchor and a cursor. Costs the same for ten rows and for
//! all of a thousand million.

use std::ops::Range;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Sorted, disjoint, not touching, none empty.
    ranges: Vec<Range<u64>>,
    anchor: u64,
    cursor: Option<u64>,
    /// Nobody chose it: it is the first row of what has just been shown.
    usual: bool,
    /// Column of the cursor, by its place among the shown ones.
    pub column: usize,
}

impl Selection {
    /// The row that keyboard and inspector are at.
    pub fn cursor(&self) -> Option<u64> {
        self.cursor
    }

    pub fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// Number of selected rows.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|r| r.end - r.start).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub fn contains(&self, row: u64) -> bool {
        let next = self.ranges.partition_point(|r| r.end <= row);
        self.ranges.get(next).is_some_and(|r| r.contains(&row))
    }

    /// The first row, until somebody chooses another.
    pub fn select_first(&mut self) {
        self.select(0);
        self.usual = true;
    }

    /// The first of so many rows, or none of them.
    pub fn select_first_of(&mut self, rows: u64) {
        self.clear();
        if rows > 0 {
            self.select_first();
        }
    }

    /// Did somebody choose it?
    pub fn is_chosen(&self) -> bool {
        self.cursor.is_some() && !self.usual
    }

    pub fn clear(&mut self) {
        self.usual = false;
        self.ranges.clear();
        self.cursor = None;
    }

    /// Only this row.
    pub fn select(&mut self, row: u64) {
        self.only(row..row + 1);
        self.anchor = row;
        self.cursor = Some(row);
    }

    /// From the anchor to this row.
    pub fn extend_to(&mut self, row: u64) {
        if self.cursor.is_none() {
            return self.select(row);
        }
        self.only(self.anchor.min(row)..self.anchor.max(row) + 1);
        self.cursor = Some(row);
    }

    /// This row in or out; the others stay.
    pub fn toggle(&mut self, row: u64) {
        if self.usual {
            return self.select(row);
        }
        if self.contains(row) {
            self.remove(row);
        } else {
            self.add(row..row + 1);
        }
        self.anchor = row;
        self.cursor = Some(row);
    }

    pub fn select_all(&mut self, rows: u64) {
        if rows > 0 {
            self.only(0..rows);
            self.anchor = 0;
            self.cursor = self.cursor.filter(|c| *c < rows).or(Some(0));
        }
    }

    /// The rows in order, at most `limit`.
    pub fn rows(&self, limit: usize) -> impl Iterator<Item = u64> + '_ {
        self.ranges.iter().flat_map(|r| r.clone()).take(limit)
    }

    fn only(&mut self, range: Range<u64>) {
        self.usual = false;
        self.ranges.clear();
        self.ranges.push(range);
    }

    fn add(&mut self, range: Range<u64>) {
        let first = self.ranges.partition_point(|r| r.end < range.start);
        let last = self.ranges.partition_point(|r| r.start <= range.end);
        let merged = self.ranges.drain(first..last).fold(range, |a, b| a.start.min(b.start)..a.end.max(b.end));
        self.ranges.insert(first, merged);
    }

    fn remove(&mut self, row: u64) {
        let at = self.ranges.partition_point(|r| r.end <= row);
        let Some(range) = self.ranges.get(at).cloned() else { return };
        let rest = [range.start..row, row + 1..range.end];
        self.ranges.splice(at..=at, rest.into_iter().filter(|r| r.start < r.end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_merge_and_split() {
        let mut s = Selection::default();
        s.select(5);
        s.toggle(7);
        s.toggle(6);
        assert_eq!(s.ranges(), std::slice::from_ref(&(5..8)));
        s.toggle(6);
        assert_eq!(s.ranges(), [5..6, 7..8]);
        assert!(s.contains(5) && !s.contains(6) && s.contains(7) && !s.contains(8));
        assert_eq!((s.len(), s.cursor()), (2, Some(6)));
    }

    #[test]
    fn the_first_row_is_selected_until_somebody_chooses() {
        let mut s = Selection::default();
        s.select_first();
        assert_eq!((s.cursor(), s.len(), s.is_chosen()), (Some(0), 1, false));
        s.toggle(4);
        assert_eq!((s.ranges(), s.is_chosen()), (std::slice::from_ref(&(4..5)), true));
        s.select_first();
        s.extend_to(2);
        assert_eq!((s.ranges(), s.is_chosen()), (std::slice::from_ref(&(0..3)), true));
        s.select_first();
        s.select(0);
        assert!(s.is_chosen(), "by a click on it");
        s.clear();
        assert!(!s.is_chosen());
    }

    #[test]
    fn ranges_grow_from_the_anchor_both_ways() {
        let mut s = Selection::default();
        s.extend_to(10);
        assert_eq!(s.ranges(), std::slice::from_ref(&(10..11)));
        s.extend_to(12);
        assert_eq!(s.ranges(), std::slice::from_ref(&(10..13)));
        s.extend_to(8);
        assert_eq!((s.ranges(), s.cursor()), (std::slice::from_ref(&(8..11)), Some(8)));
    }

    #[test]
    fn all_of_a_thousand_million_rows_is_one_range() {
        let mut s = Selection::default();
        s.select_all(1_000_000_000);
        s.toggle(500_000_000);
        assert_eq!((s.len(), s.ranges().len()), (999_999_999, 2));
        assert_eq!(s.rows(3).collect::<Vec<_>>(), [0, 1, 2]);
        s.select_all(0);
        assert_eq!(s.len(), 999_999_999);
    }
}
