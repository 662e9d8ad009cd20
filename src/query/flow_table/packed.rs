//! A record in 48 bytes that are ordered as the record is. Pure.

use super::{Flow, TcpFlags};

/// Bits of a start, which is no time before 1970, and of what a record lasts, which may be below zero.
const START_BITS: u32 = 52;
const LASTS_BITS: u32 = 48;
const LONGEST: i64 = (1 << (LASTS_BITS - 1)) - 1;
const INTERFACE_LOW: u32 = 8;

/// From the highest bit: the ends, the protocol and the higher bits of the interface; its lower ones, start, duration, sender,
/// action, flags, and whether the addresses were rewritten. Times beyond a million years are as long as that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackedFlow {
    high: u128,
    low: u128,
    packets: u64,
    bytes: u64,
}

impl PackedFlow {
    pub fn of(flow: &Flow) -> Self {
        let [(one, port), (other, other_port)] = flow.ends;
        let high = u128::from(one) << 96
            | u128::from(port) << 80
            | u128::from(other) << 48
            | u128::from(other_port) << 32
            | u128::from(flow.protocol) << 24
            | u128::from(flow.interface >> INTERFACE_LOW);
        let start = flow.start.clamp(0, (1 << START_BITS) - 1);
        let lasts = flow.end.saturating_sub(flow.start).clamp(-LONGEST, LONGEST) + LONGEST;
        let low = u128::from(flow.interface & ((1 << INTERFACE_LOW) - 1)) << 120
            | (start as u128) << (LASTS_BITS + 20)
            | (lasts as u128) << 20
            | u128::from(flow.sender & 1) << 19
            | u128::from(flow.is_accepted) << 18
            | u128::from(flow.flags.bits) << 2
            | u128::from(flow.flags.are_there) << 1
            | u128::from(flow.is_rewritten);
        Self { high, low, packets: flow.packets, bytes: flow.bytes }
    }

    pub fn flow(&self) -> Flow {
        let (high, low) = (self.high, self.low);
        let start = (low >> (LASTS_BITS + 20)) as i64 & ((1 << START_BITS) - 1);
        let lasts = ((low >> 20) as i64 & ((1 << LASTS_BITS) - 1)) - LONGEST;
        Flow {
            ends: [((high >> 96) as u32, (high >> 80) as u16), ((high >> 48) as u32, (high >> 32) as u16)],
            protocol: (high >> 24) as u8,
            interface: (high as u32) << INTERFACE_LOW | (low >> 120) as u32,
            start,
            end: start + lasts,
            sender: (low >> 19) as u8 & 1,
            is_accepted: low >> 18 & 1 != 0,
            flags: TcpFlags { bits: (low >> 2) as u16, are_there: low >> 1 & 1 != 0 },
            is_rewritten: low & 1 != 0,
            packets: self.packets,
            bytes: self.bytes,
        }
    }

    /// Between the same two ends?
    pub fn has_ends_of(&self, other: &Self) -> bool {
        self.high >> 24 == other.high >> 24
    }

    /// At the same interface too?
    pub fn is_beside(&self, other: &Self) -> bool {
        self.high == other.high && self.low >> 120 == other.low >> 120
    }

    /// A number that all records between the same ends have.
    pub(super) fn spread(&self) -> u64 {
        let ends = self.high >> 24;
        let mixed = (ends as u64 ^ ((ends >> 64) as u64).rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ mixed >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flows() -> impl Strategy<Value = Flow> {
        let end = (any::<u32>(), any::<u16>());
        let times = (0..1i64 << 40, -5..1i64 << 33);
        let marks = (0..2u8, any::<bool>(), any::<bool>(), any::<bool>(), any::<u16>());
        (end, end, any::<u8>(), 0..3u32, any::<u32>(), times, marks, any::<u64>(), any::<u64>()).prop_map(
            |(one, other, protocol, few, wide, (start, lasts), (sender, a, b, c, bits), packets, bytes)| Flow {
                ends: [one, other],
                protocol,
                interface: if few == 0 { wide } else { few },
                start,
                end: start + lasts,
                sender,
                is_accepted: a,
                flags: TcpFlags { bits, are_there: b },
                is_rewritten: c,
                packets,
                bytes,
            },
        )
    }

    proptest! {
        #[test]
        fn a_packed_record_is_the_record_and_ordered_as_it_is(one in flows(), other in flows(), like in any::<bool>()) {
            let other = if like { Flow { end: other.end.max(one.start), start: one.start, ends: one.ends, protocol: one.protocol, ..other } } else { other };
            let [packed, next] = [one, other].map(|flow| PackedFlow::of(&flow));
            prop_assert_eq!((packed.flow(), next.flow()), (one, other));
            prop_assert_eq!(packed.cmp(&next), one.cmp(&other));
            let same = one.ends == other.ends && one.protocol == other.protocol;
            prop_assert_eq!(packed.has_ends_of(&next), same);
            prop_assert_eq!(packed.is_beside(&next), same && one.interface == other.interface);
            prop_assert!(!same || packed.spread() == next.spread());
        }
    }
}
