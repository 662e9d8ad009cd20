//! Puts a table together from records in any order. Pure.

use super::{Flow, FlowInterface, FlowTable, TcpFlags};
use crate::threads::side_by_side;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::Mutex;

/// A part is sorted as a whole, which should fit a cache.
const PARTS: usize = 512;
const HOUR: i64 = 3600;
/// A record of one packet that lasts so long has not its packet's times.
const SLOW: i64 = 5;

/// A record as it was read.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::query) struct Seen {
    pub interface: u32,
    /// Places of source and destination as they were written, and of the packet where the record has them.
    pub written: [Option<u32>; 2],
    pub packet: [Option<u32>; 2],
    pub ports: [u16; 2],
    pub protocol: u8,
    pub start: i64,
    pub end: i64,
    pub packets: u64,
    pub bytes: u64,
    pub flags: TcpFlags,
    pub is_rejected: bool,
    /// It is NODATA or SKIPDATA.
    pub is_empty: bool,
}

/// What one thread has read so far.
pub(in crate::query) struct Builder {
    parts: Vec<Vec<Flow>>,
    interfaces: Vec<FlowInterface>,
    hours: FxHashSet<(u32, i64)>,
    last_hour: (u32, i64),
    written: FxHashMap<(u32, u32, u32), u64>,
}

impl Builder {
    /// `interfaces`: how many there are.
    pub(in crate::query) fn new(interfaces: usize) -> Self {
        Self {
            parts: vec![Vec::new(); PARTS],
            interfaces: vec![FlowInterface::default(); interfaces],
            hours: FxHashSet::default(),
            last_hour: (u32::MAX, i64::MIN),
            written: FxHashMap::default(),
        }
    }

    /// A record that says what evidence there is.
    pub(in crate::query) fn evidence(&mut self, seen: &Seen) {
        let Some(interface) = self.interfaces.get_mut(seen.interface as usize) else { return };
        interface.first = Some(interface.first.map_or(seen.start, |first| first.min(seen.start)));
        interface.last = Some(interface.last.map_or(seen.end, |last| last.max(seen.end)));
        let lasts = seen.end.saturating_sub(seen.start);
        interface.longest = interface.longest.max(lasts);
        let hour = (seen.interface, seen.start.div_euclid(HOUR) * HOUR);
        if self.last_hour != hour {
            self.hours.insert(hour);
            self.last_hour = hour;
        }
        let [Some(source), Some(destination)] = seen.written else { return };
        if seen.is_empty {
            return;
        }
        interface.records += 1;
        interface.accepted += u64::from(!seen.is_rejected);
        interface.rejected += u64::from(seen.is_rejected);
        if seen.packets == 1 {
            interface.single_packets += 1;
            interface.slow_single_packets += u64::from(lasts >= SLOW);
        }
        *self.written.entry((seen.interface, source, destination)).or_default() += 1;
    }

    /// A record of the scope.
    pub(in crate::query) fn flow(&mut self, seen: &Seen) {
        let side = |at: usize| {
            let of = |list: &[Option<u32>; 2]| list.get(at).copied().flatten();
            of(&seen.packet).or_else(|| of(&seen.written))
        };
        let (Some(source), Some(destination), false) = (side(0), side(1), seen.is_empty) else { return };
        let [from, to] = [(source, seen.ports[0]), (destination, seen.ports[1])];
        let sender = u8::from(to < from);
        let ends = if sender == 0 { [from, to] } else { [to, from] };
        let is_rewritten = seen.written != [Some(source), Some(destination)];
        let flow = Flow {
            ends,
            protocol: seen.protocol,
            interface: seen.interface,
            start: seen.start,
            end: seen.end,
            sender,
            is_accepted: !seen.is_rejected,
            flags: seen.flags,
            is_rewritten,
            packets: seen.packets,
            bytes: seen.bytes,
        };
        let mut hasher = FxHasher::default();
        (ends, seen.protocol).hash(&mut hasher);
        // The high bits are mixed best.
        if let Some(part) = self.parts.get_mut((hasher.finish() >> 32) as usize % PARTS) {
            part.push(flow);
        }
    }

    /// What several threads have read, in order. `interfaces`: their names and places.
    pub(in crate::query) fn finish(builders: Vec<Self>, interfaces: Vec<FlowInterface>, threads: usize) -> FlowTable {
        let mut table = FlowTable { interfaces, ..FlowTable::default() };
        let mut rest: Vec<std::vec::IntoIter<Vec<Flow>>> = Vec::new();
        for builder in builders {
            for (interface, more) in table.interfaces.iter_mut().zip(&builder.interfaces) {
                add(interface, more);
            }
            for (at, hour) in builder.hours {
                if let Some(interface) = table.interfaces.get_mut(at as usize) {
                    interface.hours.push(hour);
                }
            }
            for ((at, source, destination), count) in builder.written {
                if let Some(interface) = table.interfaces.get_mut(at as usize) {
                    interface.written.push(((source, destination), count));
                }
            }
            rest.push(builder.parts.into_iter());
        }
        for interface in &mut table.interfaces {
            interface.hours.sort_unstable();
            interface.hours.dedup();
            interface.written.sort_unstable();
            interface.written.dedup_by(|one, kept| {
                let same = one.0 == kept.0;
                kept.1 += if same { one.1 } else { 0 };
                same
            });
        }
        let unsorted = (0..PARTS).map(|_| {
            let mut lists = rest.iter_mut().filter_map(Iterator::next);
            let mut all = lists.next().unwrap_or_default();
            lists.for_each(|list| all.extend(list));
            all
        });
        table.parts = in_order(unsorted.collect(), threads);
        table
    }
}

fn add(interface: &mut FlowInterface, more: &FlowInterface) {
    interface.records += more.records;
    interface.accepted += more.accepted;
    interface.rejected += more.rejected;
    interface.first = interface.first.into_iter().chain(more.first).min();
    interface.last = interface.last.into_iter().chain(more.last).max();
    interface.longest = interface.longest.max(more.longest);
    interface.single_packets += more.single_packets;
    interface.slow_single_packets += more.slow_single_packets;
}

fn in_order(parts: Vec<Vec<Flow>>, threads: usize) -> Vec<Vec<Flow>> {
    let shared: Vec<Mutex<Vec<Flow>>> = parts.into_iter().map(Mutex::new).collect();
    let threads = threads.max(1);
    side_by_side(threads, |worker| {
        for part in shared.iter().skip(worker).step_by(threads) {
            let mut part = part.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            part.sort_unstable();
            part.shrink_to_fit();
        }
    });
    shared.into_iter().map(|part| part.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)).collect()
}
