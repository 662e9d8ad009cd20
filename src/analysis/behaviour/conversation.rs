//! A conversation: the sessions of both directions between two ends at one interface, with who began them and what came of it.
//! There may be as many as records, so that it is small. Pure.

use super::numbers::pcr;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;

/// What says who began a conversation, strongest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    SynFlags,
    Ports,
    HighPort,
    FirstSeen,
    #[default]
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The responder answered.
    Hit,
    /// It was rejected, reset, or not answered over TCP.
    Miss,
    /// Accepted and not answered, where no answer need be.
    #[default]
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

/// What is yes or no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub is_rewritten: bool,
    /// Of the records that the initiator and the responder sent, some were accepted.
    pub is_accepted: [bool; 2],
}

/// Numbers are no larger than needed: times last for less than 68 years, and gaps for less than twice that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Conversation {
    pub start: i64,
    pub sent_bytes: u64,
    pub received_bytes: u64,
    pub lasts: i32,
    pub gap: u32,
    pub interface: u32,
    /// Address and port of who began and of the other; the lower end first where that is unknown.
    pub addresses: [u32; 2],
    pub ports: [u16; 2],
    pub sent_records: u32,
    pub received_records: u32,
    /// What else is known of it, as its place and one; 0 for nothing.
    pub extra: u32,
    pub protocol: u8,
    pub evidence: Evidence,
    pub marks: u8,
    /// Which it is of those between the same ends at the interface; 255 for those after.
    pub number: u8,
}

const REWRITTEN: u8 = 1;
const ACCEPTED: [u8; 2] = [2, 4];
const HIT: u8 = 8;
const MISS: u8 = 16;
const AT_INTERFACE: u8 = 32;
const INNER_LEG: u8 = 64;

impl Conversation {
    pub(super) fn initiator(&self) -> u32 {
        self.addresses[0]
    }

    pub(super) fn initiator_port(&self) -> u16 {
        self.ports[0]
    }

    pub(super) fn responder(&self) -> u32 {
        self.addresses[1]
    }

    pub(super) fn responder_port(&self) -> u16 {
        self.ports[1]
    }

    /// The lower end first.
    pub(super) fn ends(&self) -> [(u32, u16); 2] {
        let [from, to] = [(self.addresses[0], self.ports[0]), (self.addresses[1], self.ports[1])];
        [from.min(to), from.max(to)]
    }

    pub(super) fn end(&self) -> i64 {
        self.start.saturating_add(self.lasts.into())
    }

    pub(super) fn records(&self) -> u64 {
        u64::from(self.sent_records) + u64::from(self.received_records)
    }

    pub(super) fn duration(&self) -> i64 {
        self.lasts.into()
    }

    pub(super) fn largest_gap(&self) -> i64 {
        self.gap.into()
    }

    pub(super) fn pcr(&self) -> Option<f64> {
        pcr(self.sent_bytes, self.received_bytes)
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.marks & (HIT | MISS) {
            HIT => Outcome::Hit,
            MISS => Outcome::Miss,
            _ => Outcome::Silent,
        }
    }

    pub(super) fn repeat(&self) -> Option<Repeat> {
        match self.marks & (AT_INTERFACE | INNER_LEG) {
            AT_INTERFACE => Some(Repeat::Interface),
            INNER_LEG => Some(Repeat::InnerLeg),
            _ => None,
        }
    }

    pub(super) fn is_rewritten(&self) -> bool {
        self.marks & REWRITTEN != 0
    }

    /// Of what the initiator (0) and the responder (1) sent, some was accepted.
    pub(super) fn is_accepted(&self, side: usize) -> bool {
        ACCEPTED.get(side).is_some_and(|mark| self.marks & mark != 0)
    }

    pub(super) fn is_only_rejected(&self) -> bool {
        self.marks & (ACCEPTED[0] | ACCEPTED[1]) == 0
    }

    /// Who began it is known.
    pub(super) fn has_initiator(&self) -> bool {
        self.evidence != Evidence::Unknown
    }

    /// It counts, and who began it is known.
    pub(super) fn is_used(&self) -> bool {
        self.marks & (AT_INTERFACE | INNER_LEG) == 0 && self.has_initiator()
    }

    pub(super) fn mark(&mut self, marks: Marks, outcome: Outcome, repeat: Option<Repeat>) {
        let with = |is: bool, mark: u8| if is { mark } else { 0 };
        self.marks = with(marks.is_rewritten, REWRITTEN)
            | with(marks.is_accepted[0], ACCEPTED[0])
            | with(marks.is_accepted[1], ACCEPTED[1])
            | with(outcome == Outcome::Hit, HIT)
            | with(outcome == Outcome::Miss, MISS)
            | with(repeat == Some(Repeat::Interface), AT_INTERFACE);
        if repeat == Some(Repeat::InnerLeg) {
            self.is_of_inner_leg();
        }
    }

    /// It says again what an inner leg says.
    pub(super) fn is_of_inner_leg(&mut self) {
        self.marks |= INNER_LEG;
    }

    /// What orders conversations that start at the same time.
    pub(super) fn order(&self) -> impl Ord + use<> {
        (self.start, self.interface, self.ends(), self.protocol, self.end(), self.number)
    }

    /// What they are kept by: whose they are, and with which port of whom; then by time.
    pub(super) fn place(&self) -> impl Ord + use<> {
        let bytes = (self.sent_bytes, self.received_bytes);
        (self.addresses[0], self.protocol, self.addresses[1], self.ports[1], self.order(), bytes)
    }

    /// The same shorter, as far as it can be compared at once: times of more than 30,000 years are one.
    pub(super) fn sorted_by(&self) -> u128 {
        u128::from(self.addresses[0]) << 96
            | u128::from(self.protocol) << 88
            | u128::from(self.addresses[1]) << 56
            | u128::from(self.ports[1]) << 40
            | self.start.clamp(0, (1 << 40) - 1) as u128
    }

    /// Of one initiator over one protocol?
    pub(super) fn is_of_source(&self, other: &Self) -> bool {
        self.addresses[0] == other.addresses[0] && self.protocol == other.protocol
    }

    /// With one responder too?
    pub(super) fn is_of_pair(&self, other: &Self) -> bool {
        self.is_of_source(other) && self.addresses[1] == other.addresses[1]
    }

    /// With one port of it too?
    pub(super) fn is_of_service(&self, other: &Self) -> bool {
        self.is_of_pair(other) && self.ports[1] == other.ports[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_is_small() {
        assert_eq!(size_of::<Conversation>(), 64);
    }

    #[test]
    fn marks_are_what_was_marked() {
        for number in 0..72 {
            let marks = Marks { is_rewritten: number & 1 != 0, is_accepted: [number & 2 != 0, number & 4 != 0] };
            let outcome = [Outcome::Hit, Outcome::Miss, Outcome::Silent][number / 8 % 3];
            let repeat = [None, Some(Repeat::Interface), Some(Repeat::InnerLeg)][number / 24 % 3];
            let mut one = Conversation { evidence: Evidence::Ports, ..Conversation::default() };
            one.mark(marks, outcome, repeat);
            let found =
                Marks { is_rewritten: one.is_rewritten(), is_accepted: [0, 1].map(|side| one.is_accepted(side)) };
            assert_eq!((found, one.outcome(), one.repeat()), (marks, outcome, repeat));
            assert_eq!(one.is_only_rejected(), marks.is_accepted == [false; 2]);
            assert_eq!(one.is_used(), repeat.is_none());
        }
    }
}
