//! Puts a table together from records in any order. Pure.

use super::counts::Counts;
use super::{Flow, FlowInterface, FlowTable, PackedFlow, TcpFlags};
use rustc_hash::FxHashSet;
use std::sync::Mutex;

/// Few, so that each is so large that its memory is given back as soon as it has been gone through.
pub(super) const PARTS: usize = 64;
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
#[derive(Default)]
pub(in crate::query) struct Builder {
    parts: Vec<Vec<PackedFlow>>,
    interfaces: Vec<Of>,
    starts: Option<(i64, i64)>,
}

/// Of an interface.
#[derive(Default)]
struct Of {
    found: FlowInterface,
    hours: FxHashSet<i64>,
    last_hour: Option<i64>,
    /// By the two addresses.
    written: Counts,
}

impl Builder {
    /// `interfaces`: how many there are.
    pub(in crate::query) fn new(interfaces: usize) -> Self {
        let interfaces = (0..interfaces).map(|_| Of::default()).collect();
        Self { parts: vec![Vec::new(); PARTS], interfaces, starts: None }
    }

    /// A record that says what evidence there is.
    pub(in crate::query) fn evidence(&mut self, seen: &Seen) {
        let Some(of) = self.interfaces.get_mut(seen.interface as usize) else { return };
        let found = &mut of.found;
        found.first = Some(found.first.map_or(seen.start, |first| first.min(seen.start)));
        found.last = Some(found.last.map_or(seen.end, |last| last.max(seen.end)));
        let lasts = seen.end.saturating_sub(seen.start);
        found.longest = found.longest.max(lasts);
        let hour = seen.start.div_euclid(HOUR) * HOUR;
        if of.last_hour != Some(hour) {
            of.hours.insert(hour);
            of.last_hour = Some(hour);
        }
        let [Some(source), Some(destination)] = seen.written else { return };
        if seen.is_empty {
            return;
        }
        found.records += 1;
        found.accepted += u64::from(!seen.is_rejected);
        found.rejected += u64::from(seen.is_rejected);
        if seen.packets == 1 {
            found.single_packets += 1;
            found.slow_single_packets += u64::from(lasts >= SLOW);
        }
        of.written.add(u64::from(source.min(destination)) << 32 | u64::from(source.max(destination)));
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
        self.take(&Flow {
            ends: if sender == 0 { [from, to] } else { [to, from] },
            protocol: seen.protocol,
            interface: seen.interface,
            start: seen.start,
            end: seen.end,
            sender,
            is_accepted: !seen.is_rejected,
            flags: seen.flags,
            is_rewritten: seen.written != [Some(source), Some(destination)],
            packets: seen.packets,
            bytes: seen.bytes,
        });
    }

    fn take(&mut self, flow: &Flow) {
        let (first, last) = self.starts.unwrap_or((flow.start, flow.start));
        self.starts = Some((first.min(flow.start), last.max(flow.start)));
        let packed = PackedFlow::of(flow);
        if let Some(part) = self.parts.get_mut(packed.spread() as usize % PARTS) {
            part.push(packed);
        }
    }

    /// What several threads have read. `interfaces`: their names and places.
    pub(in crate::query) fn finish(builders: Vec<Self>, interfaces: Vec<FlowInterface>) -> FlowTable {
        let mut table = FlowTable { interfaces, ..FlowTable::default() };
        let mut all: Vec<Of> = table.interfaces.iter().map(|_| Of::default()).collect();
        let mut parts: Vec<Vec<Vec<PackedFlow>>> = vec![Vec::new(); PARTS];
        for builder in builders {
            for (of, more) in all.iter_mut().zip(builder.interfaces) {
                of.add(more);
            }
            for (part, more) in parts.iter_mut().zip(builder.parts) {
                part.push(more);
            }
            table.starts = match (table.starts, builder.starts) {
                (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
                (one, other) => one.or(other),
            };
        }
        for (interface, of) in table.interfaces.iter_mut().zip(all) {
            let FlowInterface { name, places, .. } = std::mem::take(interface);
            let mut hours: Vec<i64> = of.hours.into_iter().collect();
            hours.sort_unstable();
            let places_of = |both: u64| ((both >> 32) as u32, both as u32);
            let written = of.written.into_list().into_iter().map(|(both, count)| (places_of(both), count)).collect();
            *interface = FlowInterface { name, places, hours, written, ..of.found };
        }
        table.parts = parts.into_iter().map(Mutex::new).collect();
        table
    }
}

impl Of {
    fn add(&mut self, more: Self) {
        let (found, other) = (&mut self.found, more.found);
        found.records += other.records;
        found.accepted += other.accepted;
        found.rejected += other.rejected;
        found.first = found.first.into_iter().chain(other.first).min();
        found.last = found.last.into_iter().chain(other.last).max();
        found.longest = found.longest.max(other.longest);
        found.single_packets += other.single_packets;
        found.slow_single_packets += other.slow_single_packets;
        self.hours.extend(more.hours);
        self.written = std::mem::take(&mut self.written).with(more.written);
    }
}

/// A table of some records; their addresses are the numbers of addresses, their interfaces those of `interfaces`.
#[cfg(test)]
pub(crate) fn table_of(
    flows: &[Flow],
    addresses: Vec<crate::model::Address>,
    interfaces: Vec<FlowInterface>,
) -> FlowTable {
    let mut builders = [Builder::new(interfaces.len()), Builder::new(interfaces.len())];
    for (at, flow) in flows.iter().enumerate() {
        let [low, high] = flow.ends;
        let (from, to) = if flow.sender == 0 { (low, high) } else { (high, low) };
        let ends = [Some(from.0), Some(to.0)];
        let seen = Seen {
            interface: flow.interface,
            written: ends,
            packet: [None; 2],
            ports: [from.1, to.1],
            protocol: flow.protocol,
            start: flow.start,
            end: flow.end,
            packets: flow.packets,
            bytes: flow.bytes,
            flags: flow.flags,
            is_rejected: !flow.is_accepted,
            is_empty: false,
        };
        let builder = &mut builders[at % 2];
        builder.evidence(&seen);
        builder.take(flow);
    }
    FlowTable { addresses, ..Builder::finish(builders.into(), interfaces) }
}
