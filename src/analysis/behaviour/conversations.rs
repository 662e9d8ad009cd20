//! Conversations: the sessions of both directions between two ends at one interface, with who began them and what came of it.
//! Pure.

use super::interfaces::Interface;
use super::numbers::pcr;
use super::sessions::{join, lane, reuses_port, same_ends};
use crate::query::{Flow, TcpFlags, is_well_known};
use std::ops::Range;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;
/// Ports from here on are those of clients.
const HIGH_PORT: u16 = 32_768;
/// A reset's bytes: the headers of IPv4 and TCP, and of IPv6 and TCP.
const RESET_BYTES: u64 = 40;
const RESET_BYTES_V6: u64 = 60;
/// More packets of the initiator than this are no attempt that was reset.
const MOST_PACKETS_OF_A_MISS: u64 = 3;

/// What says who began a conversation, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    SynFlags,
    Ports,
    HighPort,
    FirstSeen,
    Unknown,
}

impl Evidence {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SynFlags => "syn_flags",
            Self::Ports => "ports",
            Self::HighPort => "high_port",
            Self::FirstSeen => "first_seen",
            Self::Unknown => "unknown",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The responder answered.
    Hit,
    /// It was rejected, reset, or not answered over TCP.
    Miss,
    /// Accepted and not answered, where no answer need be.
    Silent,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Silent => "silent",
        }
    }
}

/// The same traffic counts elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// At another interface.
    Interface,
    /// As the inner leg of a NAT gateway, before its addresses are rewritten.
    InnerLeg,
}

/// What one end sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Side {
    pub records: u32,
    pub accepted: u32,
    pub packets: u64,
    pub bytes: u64,
    /// Of its accepted records.
    accepted_packets: u64,
    accepted_bytes: u64,
    accepted_flags: TcpFlags,
    /// Of all its records.
    flags: TcpFlags,
    first: Option<i64>,
    /// A record with SYN and not ACK, and one with both.
    syn: bool,
    syn_ack: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conversation {
    pub interface: u32,
    /// The lower end first.
    pub ends: [(u32, u16); 2],
    pub protocol: u8,
    pub sides: [Side; 2],
    /// Which end began; the lower one where that is unknown.
    pub initiator: u8,
    pub evidence: Evidence,
    pub outcome: Outcome,
    pub start: i64,
    pub end: i64,
    pub largest_gap: i64,
    pub repeat: Option<Repeat>,
    pub is_rewritten: bool,
    /// Which it is of those between the same ends at the interface.
    pub number: u32,
}

impl Conversation {
    fn at(&self, side: u8) -> (&Side, (u32, u16)) {
        let [one, other] = &self.sides;
        if side == 0 { (one, self.ends[0]) } else { (other, self.ends[1]) }
    }

    pub(super) fn initiator(&self) -> u32 {
        self.at(self.initiator).1.0
    }

    pub(super) fn initiator_port(&self) -> u16 {
        self.at(self.initiator).1.1
    }

    pub(super) fn responder(&self) -> u32 {
        self.at(1 - self.initiator).1.0
    }

    pub(super) fn responder_port(&self) -> u16 {
        self.at(1 - self.initiator).1.1
    }

    pub(super) fn sent(&self) -> &Side {
        self.at(self.initiator).0
    }

    pub(super) fn received(&self) -> &Side {
        self.at(1 - self.initiator).0
    }

    pub(super) fn records(&self) -> u64 {
        self.sides.iter().map(|side| u64::from(side.records)).sum()
    }

    pub(super) fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    pub(super) fn pcr(&self) -> Option<f64> {
        pcr(self.sent().bytes, self.received().bytes)
    }

    pub(super) fn is_only_rejected(&self) -> bool {
        self.sides.iter().all(|side| side.accepted == 0)
    }

    /// Who began it is known.
    pub(super) fn has_initiator(&self) -> bool {
        self.evidence != Evidence::Unknown
    }

    /// It counts, and who began it is known.
    pub(super) fn is_used(&self) -> bool {
        self.repeat.is_none() && self.has_initiator()
    }

    /// What orders conversations that start at the same time.
    pub(super) fn order(&self) -> impl Ord + use<> {
        (self.start, self.interface, self.ends, self.protocol, self.end, self.number)
    }
}

/// The conversations of one part, those of the same ends together. `is_v6`: by the place of an address.
pub(super) fn of_part(part: &[Flow], interfaces: &[Interface], is_v6: &impl Fn(u32) -> bool) -> Vec<Conversation> {
    let mut found = Vec::new();
    for group in part.chunk_by(same_ends) {
        let join = group.first().map_or(0, |flow| join(interfaces, flow));
        let first = found.len();
        let mut walk = Walk::default();
        for flow in group {
            match walk.next(flow, join) {
                Place::New => found.push(Conversation::of(flow, (found.len() - first) as u32)),
                Place::Of(of) => {
                    if let Some(conversation) = found.get_mut(first + of as usize) {
                        conversation.add(flow);
                    }
                }
            }
        }
        for conversation in found.iter_mut().skip(first) {
            conversation.settle(is_v6);
        }
    }
    found
}

/// Calls with each record of a part and the conversation that it belongs to; `conversations`: as `of_part` gave them.
pub(super) fn each_row<'a>(
    part: &'a [Flow],
    conversations: &[Conversation],
    interfaces: &[Interface],
    mut each: impl FnMut(&'a Flow, &Conversation),
) {
    let mut first = 0;
    for group in part.chunk_by(same_ends) {
        let join = group.first().map_or(0, |flow| join(interfaces, flow));
        let mut walk = Walk::default();
        for flow in group {
            let of = match walk.next(flow, join) {
                Place::New => walk.count - 1,
                Place::Of(of) => of,
            };
            if let Some(conversation) = conversations.get(first + of as usize) {
                each(flow, conversation);
            }
        }
        first += walk.count as usize;
    }
}

/// Goes through the records between two ends, and says which conversation each belongs to.
#[derive(Default)]
struct Walk {
    count: u32,
    /// Of the latest conversation: its end, and the flags that each side has sent.
    end: i64,
    flags: [TcpFlags; 2],
    /// Of each lane the open session: its end, its flags and its conversation.
    open: [Option<(i64, TcpFlags, u32)>; 4],
}

enum Place {
    New,
    Of(u32),
}

impl Walk {
    fn next(&mut self, flow: &Flow, join: i64) -> Place {
        let side = usize::from(flow.sender & 1);
        let Some(session) = self.open.get_mut(lane(flow)) else { return Place::New };
        if let Some((end, flags, of)) = session
            && flow.start.saturating_sub(*end) <= join
            && !reuses_port(*flags, flow.flags)
        {
            *end = (*end).max(flow.end);
            *flags = flags.with(flow.flags);
            let of = *of;
            if of + 1 == self.count {
                self.end = self.end.max(flow.end);
                self.flags[side] = self.flags[side].with(flow.flags);
            }
            return Place::Of(of);
        }
        // A new session: of the latest conversation, where that is not over.
        let goes_on =
            self.count > 0 && flow.start.saturating_sub(self.end) <= join && !reuses_port(self.flags[side], flow.flags);
        if !goes_on {
            self.count += 1;
            self.end = flow.end;
            self.flags = [TcpFlags::default(); 2];
        }
        *session = Some((flow.end, flow.flags, self.count - 1));
        self.end = self.end.max(flow.end);
        self.flags[side] = self.flags[side].with(flow.flags);
        if goes_on { Place::Of(self.count - 1) } else { Place::New }
    }
}

impl Conversation {
    fn of(flow: &Flow, number: u32) -> Self {
        let mut this = Self {
            interface: flow.interface,
            ends: flow.ends,
            protocol: flow.protocol,
            sides: Default::default(),
            initiator: 0,
            evidence: Evidence::Unknown,
            outcome: Outcome::Silent,
            start: flow.start,
            end: flow.end,
            largest_gap: 0,
            repeat: None,
            is_rewritten: false,
            number,
        };
        this.add(flow);
        this
    }

    fn add(&mut self, flow: &Flow) {
        self.largest_gap = self.largest_gap.max(flow.start.saturating_sub(self.end));
        self.end = self.end.max(flow.end);
        self.is_rewritten |= flow.is_rewritten;
        let side = &mut self.sides[usize::from(flow.sender & 1)];
        side.records = side.records.saturating_add(1);
        side.packets = side.packets.saturating_add(flow.packets);
        side.bytes = side.bytes.saturating_add(flow.bytes);
        side.first = side.first.or(Some(flow.start));
        side.flags = side.flags.with(flow.flags);
        if flow.is_accepted {
            side.accepted = side.accepted.saturating_add(1);
            side.accepted_packets = side.accepted_packets.saturating_add(flow.packets);
            side.accepted_bytes = side.accepted_bytes.saturating_add(flow.bytes);
            side.accepted_flags = side.accepted_flags.with(flow.flags);
        }
        if self.protocol == TCP && flow.flags.has_any(TcpFlags::SYN) {
            let has_ack = flow.flags.has_any(TcpFlags::ACK);
            side.syn |= !has_ack;
            side.syn_ack |= has_ack;
        }
    }

    /// Works out who began and what came of it.
    fn settle(&mut self, is_v6: &impl Fn(u32) -> bool) {
        let (initiator, evidence) = began(&self.sides, self.ends.map(|(_, port)| port));
        (self.initiator, self.evidence) = (initiator, evidence);
        self.outcome = self.outcome(is_v6(self.responder()));
    }

    fn outcome(&self, is_v6: bool) -> Outcome {
        let (sent, received) = (self.sent(), self.received());
        if received.accepted > 0 {
            let is_reset = self.protocol == TCP && {
                let flags = received.accepted_flags;
                if flags.are_there {
                    flags.has_any(TcpFlags::RST) && !flags.has_any(TcpFlags::SYN | TcpFlags::FIN)
                } else {
                    let each = if is_v6 { RESET_BYTES_V6 } else { RESET_BYTES };
                    Some(received.accepted_bytes) == received.accepted_packets.checked_mul(each)
                        && sent.packets <= MOST_PACKETS_OF_A_MISS
                }
            };
            return if is_reset { Outcome::Miss } else { Outcome::Hit };
        }
        if self.protocol == TCP || self.is_only_rejected() { Outcome::Miss } else { Outcome::Silent }
    }
}

/// Which end began, and what says so.
fn began(sides: &[Side; 2], ports: [u16; 2]) -> (u8, Evidence) {
    let [one, other] = sides;
    let which = |first: bool, second: bool| match (first, second) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        _ => None,
    };
    let syn = which(one.syn || other.syn_ack, other.syn || one.syn_ack);
    let port = || which(is_well_known(ports[1]), is_well_known(ports[0]));
    let both = one.records > 0 && other.records > 0;
    let high = || which(ports[0] >= HIGH_PORT, ports[1] >= HIGH_PORT).filter(|_| both);
    let first = || match (one.first, other.first) {
        (Some(a), Some(b)) => which(a < b, b < a),
        (a, b) => which(a.is_some(), b.is_some()),
    };
    let by = |evidence| move |side| (side, evidence);
    syn.map(by(Evidence::SynFlags))
        .or_else(|| port().map(by(Evidence::Ports)))
        .or_else(|| high().map(by(Evidence::HighPort)))
        .or_else(|| first().map(by(Evidence::FirstSeen)))
        .unwrap_or((0, Evidence::Unknown))
}

/// Rows of a part that are of one interface and pair of ends.
pub(super) fn groups(list: &[Conversation]) -> impl Iterator<Item = Range<usize>> {
    let mut begin = 0;
    list.chunk_by(|one, other| one.ends == other.ends && one.protocol == other.protocol).map(move |group| {
        let range = begin..begin + group.len();
        begin = range.end;
        range
    })
}
