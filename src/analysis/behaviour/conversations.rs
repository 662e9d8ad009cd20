//! Conversations out of the records between the same two ends: which record belongs to which, who began, and what came of it.
//! Pure.

use super::conversation::{Conversation, Evidence, Marks, Outcome, Repeat, TCP};
use super::interfaces::Interface;
use super::sessions::{join, lane, reuses_port};
use crate::query::{Flow, PackedFlow, TcpFlags, is_well_known};

/// Ports from here on are those of clients.
const HIGH_PORT: u16 = 32_768;
/// A reset's bytes: the headers of IPv4 and TCP, and of IPv6 and TCP.
const RESET_BYTES: u64 = 40;
const RESET_BYTES_V6: u64 = 60;
/// More packets of the initiator than this are no attempt that was reset.
const MOST_PACKETS_OF_A_MISS: u64 = 3;

/// What one end sent.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    records: u32,
    accepted: u32,
    packets: u64,
    bytes: u64,
    /// Of its accepted records.
    accepted_packets: u64,
    accepted_bytes: u64,
    accepted_flags: TcpFlags,
    first: Option<i64>,
    /// A record with SYN and not ACK, and one with both.
    syn: bool,
    syn_ack: bool,
}

/// A conversation while its records are gone through.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub interface: u32,
    /// The lower end first.
    pub ends: [(u32, u16); 2],
    pub protocol: u8,
    sides: [Side; 2],
    pub start: i64,
    pub end: i64,
    /// The start of its last record.
    pub last_start: i64,
    largest_gap: i64,
    pub repeat: Option<Repeat>,
    is_rewritten: bool,
    /// Of its accepted records, one has rewritten addresses.
    is_accepted_rewritten: bool,
    number: u32,
}

/// The conversations between two ends, and which of them each record belongs to. `rows`: of the same two ends at one interface
/// or several.
pub(super) fn drafts(rows: &[PackedFlow], interfaces: &[Interface], drafts: &mut Vec<Draft>, of: &mut Vec<u32>) {
    drafts.clear();
    of.clear();
    for group in rows.chunk_by(PackedFlow::is_beside) {
        let mut walk = Walk::default();
        let first = drafts.len() as u32;
        let mut longest = None;
        for packed in group {
            let flow = packed.flow();
            let join = *longest.get_or_insert_with(|| join(interfaces, &flow));
            match walk.next(&flow, join) {
                Place::New => {
                    drafts.push(Draft::of(&flow, drafts.len() as u32 - first));
                    of.push(drafts.len() as u32 - 1);
                }
                Place::Of(number) => {
                    if let Some(draft) = drafts.get_mut((first + number) as usize) {
                        draft.add(&flow);
                    }
                    of.push(first + number);
                }
            }
        }
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

impl Draft {
    pub(super) fn of(flow: &Flow, number: u32) -> Self {
        let mut this = Self {
            interface: flow.interface,
            ends: flow.ends,
            protocol: flow.protocol,
            sides: Default::default(),
            start: flow.start,
            end: flow.end,
            last_start: flow.start,
            largest_gap: 0,
            repeat: None,
            is_rewritten: false,
            is_accepted_rewritten: false,
            number,
        };
        this.add(flow);
        this
    }

    fn add(&mut self, flow: &Flow) {
        self.largest_gap = self.largest_gap.max(flow.start.saturating_sub(self.end));
        self.end = self.end.max(flow.end);
        self.last_start = flow.start;
        self.is_rewritten |= flow.is_rewritten;
        self.is_accepted_rewritten |= flow.is_rewritten && flow.is_accepted;
        let side = &mut self.sides[usize::from(flow.sender & 1)];
        side.records = side.records.saturating_add(1);
        side.packets = side.packets.saturating_add(flow.packets);
        side.bytes = side.bytes.saturating_add(flow.bytes);
        side.first = side.first.or(Some(flow.start));
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

    pub(super) fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    pub(super) fn is_only_rejected(&self) -> bool {
        self.sides.iter().all(|side| side.accepted == 0)
    }

    /// Its records start within one stretch of so many seconds, and those of a side were all accepted or all rejected: the sums
    /// of the conversation are those of its accepted records.
    pub(super) fn is_simple(&self, stretch: i64) -> bool {
        self.start.div_euclid(stretch) == self.last_start.div_euclid(stretch)
            && self.sides.iter().all(|side| side.accepted == 0 || side.accepted == side.records)
            && (self.is_rewritten == self.is_accepted_rewritten || self.is_only_rejected())
    }

    /// Which end began: the lower one, 0, where that is unknown.
    pub(super) fn began(&self) -> (u8, Evidence) {
        began(&self.sides, self.ends.map(|(_, port)| port))
    }

    /// `is_v6`: by the place of an address; `extra`: as a conversation has it.
    pub(super) fn settled(&self, is_v6: &impl Fn(u32) -> bool, extra: u32) -> Conversation {
        let (initiator, evidence) = self.began();
        let ([low, high], [one, other]) = (self.ends, &self.sides);
        let (from, to, sent, received) = match initiator {
            0 => (low, high, one, other),
            _ => (high, low, other, one),
        };
        let mut settled = Conversation {
            start: self.start,
            sent_bytes: sent.bytes,
            received_bytes: received.bytes,
            lasts: self.duration().clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            gap: u32::try_from(self.largest_gap).unwrap_or(u32::MAX),
            interface: self.interface,
            addresses: [from.0, to.0],
            ports: [from.1, to.1],
            sent_records: sent.records,
            received_records: received.records,
            extra,
            protocol: self.protocol,
            evidence,
            marks: 0,
            number: u8::try_from(self.number).unwrap_or(u8::MAX),
        };
        let is_accepted = [sent.accepted > 0, received.accepted > 0];
        let outcome = self.outcome(sent, received, is_v6(to.0));
        settled.mark(Marks { is_rewritten: self.is_rewritten, is_accepted }, outcome, self.repeat);
        settled
    }

    fn outcome(&self, sent: &Side, received: &Side, is_v6: bool) -> Outcome {
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
