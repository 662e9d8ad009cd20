//! Conversations that say again what another one says: at another interface, or on the outer side of a NAT gateway. Pure.

use super::conversations::{Conversation, Repeat, groups};
use super::interfaces::Interface;
use rustc_hash::FxHashMap;

/// The two legs of a NAT gateway begin at most so many seconds apart.
const LEGS_APART: i64 = 2;

/// Marks what other interfaces saw too, among the conversations of one part: that at the interface with more known hours
/// counts, of equals the lower one.
pub(super) fn mark_of_part(part: &mut [Conversation], interfaces: &[Interface]) {
    let ranges: Vec<_> = groups(part).collect();
    for range in ranges {
        let Some(group) = part.get_mut(range) else { continue };
        let Some(first) = group.first().map(|one| one.interface) else { continue };
        if group.iter().all(|one| one.interface == first) {
            continue;
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
type Leg = (u32, (u32, u16), u8, u64, u64);

fn legs(conversation: &Conversation) -> [Leg; 2] {
    let [one, other] = &conversation.sides;
    let leg = |end, from: u64, to: u64| (conversation.interface, end, conversation.protocol, from, to);
    [leg(conversation.ends[0], one.bytes, other.bytes), leg(conversation.ends[1], other.bytes, one.bytes)]
}

/// Marks the outer legs of NAT gateways, whose inner legs have rewritten addresses.
pub(super) fn mark_outer_legs(parts: &mut [Vec<Conversation>]) {
    let mut inner: FxHashMap<Leg, Vec<i64>> = FxHashMap::default();
    for conversation in parts.iter().flatten().filter(|one| one.is_rewritten) {
        for leg in legs(conversation) {
            inner.entry(leg).or_default().push(conversation.start);
        }
    }
    if inner.is_empty() {
        return;
    }
    inner.values_mut().for_each(|starts| starts.sort_unstable());
    for conversation in parts.iter_mut().flatten().filter(|one| !one.is_rewritten && one.repeat.is_none()) {
        let is_outer = legs(conversation).iter().filter_map(|leg| inner.get(leg)).any(|starts| {
            let after = starts.partition_point(|start| *start < conversation.start - LEGS_APART);
            starts.get(after).is_some_and(|start| *start <= conversation.start + LEGS_APART)
        });
        if is_outer {
            conversation.repeat = Some(Repeat::InnerLeg);
        }
    }
}
