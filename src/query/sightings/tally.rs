//! What the records that meet something come to, row by row: the same for the columns and for plain SQL.

use super::By;
use crate::columns::NULL;
use crate::model::Timestamp;
use crate::query::indicators::Met;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a flow record, or several with the same sides, may meet. Ids are 0, and other numbers `NULL`, where it has none.
#[derive(Clone, Copy, Debug)]
pub struct FlowLook {
    /// Sides of the pair, then of the packet's pair.
    pub sides: [(u32, u32); 2],
    pub interface: i64,
    pub ports: [i64; 2],
    /// Seconds; `NULL` also where no entry asks for it.
    pub start: i64,
}

impl FlowLook {
    /// Only addresses, whatever the time.
    pub fn of_sides(sides: [(u32, u32); 2]) -> Self {
        Self { sides, interface: NULL, ports: [NULL; 2], start: NULL }
    }
}

/// What flow records come to, wherever they belong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowSums {
    pub records: u64,
    pub bytes: Option<u128>,
    pub accepted: u64,
    pub rejected: u64,
    /// The earliest start and the latest end.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
}

impl FlowSums {
    pub fn add(&mut self, other: &FlowSums) {
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
pub struct Tally {
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
    pub fn add(&mut self, other: &Tally) {
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

    pub fn seen(&mut self, first: Option<Timestamp>, last: Option<Timestamp>) {
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

/// How a record meets a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Touch {
    key: u32,
    to: bool,
    from: bool,
    counts: bool,
}

/// A worker's sums.
#[derive(Debug, Default)]
pub struct Tallies {
    pub by_key: FxHashMap<u32, Tally>,
    /// Keys with what they were met with: hosts of an indicator, indicators of a host or a list.
    pub others: FxHashSet<(u32, u32)>,
    touched: Vec<Touch>,
}

impl Tallies {
    pub fn add(&mut self, other: Tallies) {
        for (key, tally) in &other.by_key {
            self.by_key.entry(*key).or_default().add(tally);
        }
        self.others.extend(other.others);
    }

    /// Takes in flow records that meet the same.
    pub fn flows(&mut self, by: By, met: &Met, row: &FlowLook, sums: &FlowSums) {
        let time = (row.start != NULL).then(|| Timestamp::from_secs(row.start));
        self.touched.clear();
        for (source, destination) in row.sides {
            for (address, host, to) in [(source, destination, false), (destination, source, true)] {
                for place in met.list(met.of_address(address)) {
                    let counts = met.matcher.counts_at(*place, time);
                    self.touch(by, met, *place, (host, to, !to), counts);
                }
            }
        }
        let others = [met.of_interface(row.interface), met.of_port(row.ports[0]), met.of_port(row.ports[1])];
        for list in others.into_iter().filter(|list| *list != 0) {
            for place in met.list(list) {
                let counts = met.matcher.counts_at(*place, time);
                self.touch(by, met, *place, (0, false, false), counts);
            }
        }
        for touch in &self.touched {
            self.by_key.entry(touch.key).or_default().flow(sums, touch);
        }
    }

    /// `ends`: the address on the other side, and whether the entry is where the traffic goes to, or comes from.
    fn touch(&mut self, by: By, met: &Met, place: u32, ends: (u32, bool, bool), counts: bool) {
        let (host, to, from) = ends;
        let (key, other) = match by {
            By::Indicator => (place, host),
            By::List => (met.matcher.list(place), place),
            By::Host if host == 0 => return,
            By::Host => (host, place),
        };
        if counts && (by != By::Indicator || other != 0) {
            self.others.insert((key, other));
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
