//! Sessions: records of one direction and action at one interface without a long silence between them. Pure.

use super::interfaces::Interface;
use crate::query::{Flow, PackedFlow, TcpFlags};

/// What one side sent, without a longer silence than `join`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    pub interface: u32,
    pub source: (u32, u16),
    pub destination: (u32, u16),
    pub protocol: u8,
    pub is_accepted: bool,
    pub start: i64,
    pub end: i64,
    pub records: u64,
    pub packets: u64,
    pub bytes: u64,
    pub flags: TcpFlags,
    pub largest_gap: i64,
    /// Which it is of those of the same kind between the same ends.
    pub order: u32,
}

/// Does a record with these flags begin something new, after what these were seen of?
pub(super) fn reuses_port(before: TcpFlags, next: TcpFlags) -> bool {
    before.has_any(TcpFlags::FIN | TcpFlags::RST) && next.has_any(TcpFlags::SYN)
}

/// Which of the four kinds of records between two ends a record is.
pub(super) fn lane(flow: &Flow) -> usize {
    usize::from(flow.sender & 1) * 2 + usize::from(flow.is_accepted)
}

/// Adds the sessions of a part of the records, which is in order.
pub(super) fn sessions(part: &[PackedFlow], interfaces: &[Interface], found: &mut Vec<Session>) {
    for group in part.chunk_by(PackedFlow::is_beside) {
        let mut open: [Option<Session>; 4] = Default::default();
        for packed in group {
            let flow = packed.flow();
            let join = join(interfaces, &flow);
            let Some(place) = open.get_mut(lane(&flow)) else { continue };
            match place {
                Some(session) if session.takes(&flow, join) => session.add(&flow),
                _ => {
                    let order = place.as_ref().map_or(0, |before| before.order + 1);
                    found.extend(place.replace(Session { order, ..Session::of(&flow) }));
                }
            }
        }
        found.extend(open.into_iter().flatten());
    }
}

/// The longest silence inside a session.
pub(super) fn join(interfaces: &[Interface], flow: &Flow) -> i64 {
    interfaces.get(flow.interface as usize).map_or(0, |interface| interface.join)
}

impl Session {
    fn of(flow: &Flow) -> Self {
        let [low, high] = flow.ends;
        let (source, destination) = if flow.sender == 0 { (low, high) } else { (high, low) };
        Self {
            interface: flow.interface,
            source,
            destination,
            protocol: flow.protocol,
            is_accepted: flow.is_accepted,
            start: flow.start,
            end: flow.end,
            records: 1,
            packets: flow.packets,
            bytes: flow.bytes,
            flags: flow.flags,
            largest_gap: 0,
            order: 0,
        }
    }

    fn takes(&self, flow: &Flow, join: i64) -> bool {
        flow.start.saturating_sub(self.end) <= join && !reuses_port(self.flags, flow.flags)
    }

    fn add(&mut self, flow: &Flow) {
        self.largest_gap = self.largest_gap.max(flow.start.saturating_sub(self.end));
        self.end = self.end.max(flow.end);
        self.records += 1;
        self.packets = self.packets.saturating_add(flow.packets);
        self.bytes = self.bytes.saturating_add(flow.bytes);
        self.flags = self.flags.with(flow.flags);
    }
}
