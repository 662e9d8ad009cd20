//! Conversations that say again what another one says: at another interface, or on the outer side of a NAT gateway. Pure.

use super::conversation::{Conversation, Repeat};
use super::conversations::Draft;
use super::interfaces::Interface;
use rustc_hash::FxHashMap;

/// The two legs of a NAT gateway begin at most so many seconds apart.
const LEGS_APART: i64 = 2;

/// Marks what other interfaces saw too, among the conversations between the same two ends: that at the interface with more known
/// hours counts, of equals the lower one.
pub(super) fn mark_other_interfaces(group: &mut [Draft], interfaces: &[Interface]) {
    let Some(first) = group.first().map(|one| one.interface) else { return };
    if group.iter().all(|one| one.interface == first) {
        return;
    }
    let rank = |at: u32| {
        let hours = interfaces.get(at as usize).map_or(0, |interface| interface.hours.len());
        (std::cmp::Reverse(hours), at)
    };
    let mut order: Vec<usize> = (0..group.len()).collect();
    order.sort_by_key(|at| group.get(*at).map(|one| (rank(one.interface), one.start, one.end)));
    let mut counted = Counted::default();
    for at in order {
        if let Some(one) = group.get_mut(at)
            && counted.is_repeat(one.interface, one.start, one.end)
        {
            one.repeat = Some(Repeat::Interface);
        }
    }
}

/// What counts so far.
#[derive(Default)]
struct Counted {
    interface: Option<u32>,
    /// At the interfaces before this one: intervals apart from each other, ascending.
    before: Vec<(i64, i64)>,
    own: Vec<(i64, i64)>,
}

impl Counted {
    fn is_repeat(&mut self, interface: u32, start: i64, end: i64) -> bool {
        if self.interface != Some(interface) {
            self.interface = Some(interface);
            self.before.append(&mut self.own);
            self.before.sort_unstable();
            self.before.dedup_by(|(start, end), (_, kept)| {
                let meets = *start <= *kept;
                *kept = if meets { (*end).max(*kept) } else { *kept };
                meets
            });
        }
        let after = self.before.partition_point(|(other, _)| *other <= end);
        let meets = after.checked_sub(1).and_then(|at| self.before.get(at)).is_some_and(|(_, other)| *other >= start);
        if !meets {
            self.own.push((start, end));
        }
        meets
    }
}

/// Of a leg: interface, far end, protocol, bytes from and to the far end.
pub(super) type Leg = (u32, (u32, u16), u8, u64, u64);

pub(super) fn legs(one: &Conversation) -> [Leg; 2] {
    let ([from, to], [port, other_port]) = (one.addresses, one.ports);
    let leg = |end, from: u64, to: u64| (one.interface, end, one.protocol, from, to);
    [leg((from, port), one.sent_bytes, one.received_bytes), leg((to, other_port), one.received_bytes, one.sent_bytes)]
}

/// The legs of conversations whose addresses are rewritten, with the times at which they begin.
#[derive(Default)]
pub(super) struct InnerLegs(FxHashMap<Leg, Vec<i64>>);

impl InnerLegs {
    pub(super) fn add(&mut self, list: Vec<(Leg, i64)>) {
        for (leg, start) in list {
            self.0.entry(leg).or_default().push(start);
        }
    }

    pub(super) fn sort(&mut self) {
        self.0.values_mut().for_each(|starts| starts.sort_unstable());
    }

    /// Is one of them the inner leg of the NAT gateway whose outer leg this is?
    pub(super) fn is_outer(&self, one: &Conversation) -> bool {
        !self.0.is_empty()
            && legs(one).iter().filter_map(|leg| self.0.get(leg)).any(|starts| {
                let after = starts.partition_point(|start| *start < one.start - LEGS_APART);
                starts.get(after).is_some_and(|start| *start <= one.start + LEGS_APART)
            })
    }
}
