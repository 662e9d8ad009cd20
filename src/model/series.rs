//! Measures over time as values: lines over the same bins, and the hours of which there is no evidence.

use super::Value;

/// Whose line it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SeriesKey {
    /// Of everything, where nothing is grouped by.
    All,
    /// A group, by one value for each of `GroupBy::names`.
    Group(Vec<Value>),
    /// The groups without a line of their own.
    Other,
}

/// A line: values at some of the table's bins. In the others it is zero where there is evidence (`SeriesTable::gap_at`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesLine {
    pub key: SeriesKey,
    /// Places in `SeriesTable::bins`, ascending.
    pub at: Vec<u32>,
    /// As long as `at`.
    pub values: Vec<u128>,
}

impl SeriesLine {
    /// The value in the bin at this place of `SeriesTable::bins`.
    pub fn value(&self, bin: usize) -> u128 {
        let found = u32::try_from(bin).ok().and_then(|bin| self.at.binary_search(&bin).ok());
        found.and_then(|place| self.values.get(place).copied()).unwrap_or(0)
    }

    /// Places in `SeriesTable::bins` whose values reach the threshold.
    pub fn reaching(&self, threshold: u64) -> impl Iterator<Item = u32> {
        self.at.iter().zip(&self.values).filter(move |(_, v)| **v >= u128::from(threshold)).map(|(at, _)| *at)
    }
}

/// Lines over the same bins. Between bins there is nothing: zero, or a gap in the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesTable {
    pub bin_secs: u32,
    /// Starts of the bins that hold a record, in seconds, ascending.
    pub bins: Vec<i64>,
    /// Groups by their measure, greatest first; the rest last, where there is any.
    pub lines: Vec<SeriesLine>,
    /// Whole hours of the asked time range (open ends: of all evidence of the dataset) in which no record of the dataset
    /// starts, whatever the filter: seconds, from is inside, to is not. There the evidence says nothing; in every other
    /// hour a missing bin is a zero.
    pub gaps: Vec<(i64, i64)>,
    /// Records without a time, which are in no bin.
    pub untimed: u64,
    /// NODATA and SKIPDATA records: counted as records, left out of bytes and packets.
    pub left_out: u64,
}

impl SeriesTable {
    /// Does this bin lie in a gap as a whole?
    pub fn gap_at(&self, start_secs: i64) -> bool {
        let end = start_secs.saturating_add(self.bin_secs.into());
        let after = self.gaps.partition_point(|(from, _)| *from <= start_secs);
        after.checked_sub(1).and_then(|place| self.gaps.get(place)).is_some_and(|(_, to)| end <= *to)
    }
}
