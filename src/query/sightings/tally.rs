//! What the records that match something come to, row by row: the same for the columns and for plain SQL.

use super::By;
use crate::model::{Dataset, Timestamp};
use crate::query::indicators::{FlowLook, Met};
use rustc_hash::FxHashMap;

/// What flow records come to, wherever they belong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FlowSums {
    pub records: u64,
    pub bytes: Option<u128>,
    pub accepted: u64,
    pub rejected: u64,
    /// The earliest start and the latest end.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
}

impl FlowSums {
    pub(crate) fn add(&mut self, other: &FlowSums) {
        self.records += other.records;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        plus(&mut self.bytes, other.bytes);
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
    }
}

/// Sums of one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub flows: u64,
    pub events: u64,
    /// Events of which only the text holds it; see `Sighting`.
    pub mentions: u64,
    /// Records outside the time in which the entry counts.
    pub outside: u64,
    pub bytes_to: Option<u128>,
    pub bytes_from: Option<u128>,
    pub accepted: u64,
    pub rejected: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
}

fn plus(sum: &mut Option<u128>, more: Option<u128>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0).saturating_add(more));
    }
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Tally) {
        self.flows += other.flows;
        self.events += other.events;
        self.mentions += other.mentions;
        self.outside += other.outside;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        plus(&mut self.bytes_to, other.bytes_to);
        plus(&mut self.bytes_from, other.bytes_from);
        self.seen(other.first, other.last);
    }

    pub(crate) fn seen(&mut self, first: Option<Timestamp>, last: Option<Timestamp>) {
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = self.last.max(last);
    }

    fn flow(&mut self, sums: &FlowSums, touch: &Touch) {
        if !touch.counts {
            self.outside += sums.records;
            return;
        }
        self.flows += sums.records;
        self.accepted += sums.accepted;
        self.rejected += sums.rejected;
        plus(&mut self.bytes_to, sums.bytes.filter(|_| touch.to));
        plus(&mut self.bytes_from, sums.bytes.filter(|_| touch.from));
        self.seen(sums.first, sums.last);
    }
}

/// How a record matches a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Touch {
    key: u32,
    to: bool,
    from: bool,
    counts: bool,
}

/// Keys with what they were matched with, however often. What is put in is in a list that is sorted now and then: with
/// millions of distinct ones that is far less than a hash set's every look into memory.
#[derive(Debug, Default)]
pub(crate) struct Meetings {
    /// Key in the upper half.
    list: Vec<u64>,
    /// The first so many ascend and are distinct.
    sorted: usize,
}

impl Meetings {
    /// The list doubles before it is sorted again, and is not sorted while it is small.
    const LEAST: usize = if cfg!(test) { 4 } else { 1 << 20 };

    pub(crate) fn put(&mut self, key: u32, other: u32) {
        self.list.push(u64::from(key) << 32 | u64::from(other));
        if self.list.len() >= 2 * self.sorted.max(Self::LEAST) {
            self.sort();
        }
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        if self.list.is_empty() {
            *self = other;
            return;
        }
        self.list.append(&mut other.list);
        self.sort();
    }

    /// Stable sorting merges what is sorted already.
    pub(crate) fn sort(&mut self) {
        if self.sorted < self.list.len() {
            self.list.sort();
            self.list.dedup();
            self.sorted = self.list.len();
        }
    }

    /// With how many others each key was matched.
    pub(crate) fn counts(mut self) -> FxHashMap<u32, u64> {
        self.sort();
        let runs = self.list.chunk_by(|a, b| a >> 32 == b >> 32);
        runs.filter_map(|run| Some(((*run.first()? >> 32) as u32, run.len() as u64))).collect()
    }
}

/// A worker's sums.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    pub by_key: FxHashMap<u32, Tally>,
    /// Keys with what they were matched with: hosts of an indicator, indicators of a host or a list.
    pub others: Meetings,
    touched: Vec<Touch>,
    /// All that a record matches, where patterns ask for it.
    met: Vec<u32>,
}

impl Tallies {
    pub(crate) fn add(&mut self, other: Tallies) {
        for (key, tally) in &other.by_key {
            self.by_key.entry(*key).or_default().add(tally);
        }
        self.others.append(other.others);
    }

    /// Takes in flow records that match the same.
    pub(crate) fn flows(&mut self, by: By, met: &Met, row: &FlowLook, sums: &FlowSums) {
        self.touched.clear();
        self.met.clear();
        if !met.matcher.patterns.is_empty() {
            met.all(row, &mut self.met);
        }
        for (source, destination) in row.sides {
            for (address, host, to) in [(source, destination, false), (destination, source, true)] {
                for place in met.list(met.of_address(address)) {
                    self.touch(by, met, row, *place, (host, to, !to));
                }
            }
        }
        for list in met.others(row) {
            for place in met.list(list) {
                self.touch(by, met, row, *place, (0, false, false));
            }
        }
        for touch in &self.touched {
            self.by_key.entry(touch.key).or_default().flow(sums, touch);
        }
    }

    /// `ends`: the address on the other side, and whether the entry is where the traffic goes to, or comes from.
    fn touch(&mut self, by: By, met: &Met, row: &FlowLook, place: u32, ends: (u32, bool, bool)) {
        let (host, to, from) = ends;
        let Some(counts) = met.matcher.told(place, Dataset::Flows, row.time(), &self.met) else { return };
        let (key, other) = match by {
            By::Indicator => (place, host),
            By::List => (met.matcher.list(place), place),
            By::Host if host == 0 => return,
            By::Host => (host, place),
        };
        if counts && (by != By::Indicator || other != 0) {
            self.others.put(key, other);
        }
        match self.touched.iter_mut().find(|touch| touch.key == key) {
            // A record that counts for one entry of a list counts for the list.
            Some(touch) if touch.counts == counts => {
                touch.to |= to;
                touch.from |= from;
            }
            Some(touch) if counts => *touch = Touch { key, to, from, counts },
            Some(_) => {}
            None => self.touched.push(Touch { key, to, from, counts }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn meetings_are_counted_once(all in prop::collection::vec((0u32..5, 0u32..5), 0..60), apart in 0usize..60) {
            let naive: std::collections::BTreeSet<(u32, u32)> = all.iter().copied().collect();
            let (one, other) = all.split_at(apart.min(all.len()));
            let of = |pairs: &[(u32, u32)]| {
                let mut meetings = Meetings::default();
                pairs.iter().for_each(|(key, other)| meetings.put(*key, *other));
                meetings
            };
            let mut meetings = of(one);
            meetings.append(of(other));
            let counts = meetings.counts();
            for key in 0..5 {
                let expected = naive.iter().filter(|(of, _)| *of == key).count() as u64;
                prop_assert_eq!(counts.get(&key).copied().unwrap_or(0), expected);
            }
        }
    }
}
