//! What each interface's records say of how they were collected: the aggregation window, whose times they have, which actions,
//! and the interface's own addresses. Pure.

use crate::query::{FlowInterface, FlowTable};
use crate::threads::side_by_side;
use rustc_hash::FxHashMap;

/// The two aggregation windows that AWS offers, in seconds.
const SHORT_WINDOW: i64 = 60;
const LONG_WINDOW: i64 = 600;
/// A record that is longer than this is none of a short window.
const LONGEST_OF_SHORT: i64 = 90;
/// Records of one packet without which nothing is said about their times.
const FEWEST_SINGLE_PACKETS: u64 = 5;

/// Whose times records have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    /// All records of one interface and window have the window's.
    Window,
    /// Each has its own.
    Flow,
    Unknown,
}

impl Stamp {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Flow => "flow",
            Self::Unknown => "unknown",
        }
    }
}

/// Which actions records were collected of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Collected {
    None,
    AcceptOnly,
    RejectOnly,
    Both,
}

impl Collected {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::AcceptOnly => "accept_only",
            Self::RejectOnly => "reject_only",
            Self::Both => "both",
        }
    }

    /// What two collections are together.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, other) | (other, Self::None) => other,
            (one, other) if one == other => one,
            _ => Self::Both,
        }
    }
}

/// What a parameter or an event says in place of the records.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub window: Option<i64>,
    pub join: Option<i64>,
    /// By the id of an interface, VPC or subnet.
    pub collected: FxHashMap<String, Collected>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interface {
    pub name: Option<String>,
    pub records: u64,
    /// Seconds: the aggregation window, and the longest silence inside a session.
    pub window: i64,
    pub join: i64,
    pub stamp: Stamp,
    /// Seconds.
    pub resolution: i64,
    pub collected: Collected,
    pub first: Option<i64>,
    pub last: Option<i64>,
    /// Hours with a record, ascending.
    pub hours: Vec<i64>,
    /// Its own addresses, as places in the table, ascending.
    pub own: Vec<u32>,
}

/// `is_internal`: by the place of an address.
pub(super) fn interfaces(table: &FlowTable, told: &Told, is_internal: &[bool], threads: usize) -> Vec<Interface> {
    let threads = threads.max(1);
    let found = side_by_side(threads, |worker| {
        let mut counts = vec![0; is_internal.len()];
        let own = table.interfaces.iter().skip(worker).step_by(threads);
        own.map(|seen| interface(seen, told, is_internal, &mut counts)).collect::<Vec<_>>()
    });
    let mut lists: Vec<_> = found.into_iter().map(Vec::into_iter).collect();
    (0..table.interfaces.len()).filter_map(|at| lists.get_mut(at % threads)?.next()).collect()
}

fn interface(seen: &FlowInterface, told: &Told, is_internal: &[bool], counts: &mut [u64]) -> Interface {
    let found = if seen.longest > LONGEST_OF_SHORT { LONG_WINDOW } else { SHORT_WINDOW };
    let window = told.window.unwrap_or(found);
    let stamp = match seen.single_packets {
        count if count < FEWEST_SINGLE_PACKETS => Stamp::Unknown,
        count if seen.slow_single_packets * 2 > count => Stamp::Window,
        _ => Stamp::Flow,
    };
    let of_rows = match (seen.accepted > 0, seen.rejected > 0) {
        (false, false) => Collected::None,
        (true, false) => Collected::AcceptOnly,
        (false, true) => Collected::RejectOnly,
        (true, true) => Collected::Both,
    };
    let names = seen.name.iter().chain(&seen.places);
    let said = names.filter_map(|name| told.collected.get(name)).next().copied();
    let is_eni = seen.name.as_ref().is_some_and(|name| name.starts_with("eni-"));
    Interface {
        name: seen.name.clone(),
        records: seen.records,
        window,
        join: told.join.unwrap_or(window.saturating_add(60)),
        stamp,
        resolution: if stamp == Stamp::Flow { 1 } else { window },
        collected: said.unwrap_or(of_rows),
        first: seen.first,
        last: seen.last,
        hours: seen.hours.clone(),
        own: if is_eni { own_addresses(&seen.written, is_internal, counts) } else { Vec::new() },
    }
}

/// The address on most records; again of those without it, while it is on nine of ten. `counts`: a zero for each address.
fn own_addresses(written: &[((u32, u32), u64)], is_internal: &[bool], counts: &mut [u64]) -> Vec<u32> {
    let mut own: Vec<u32> = Vec::new();
    loop {
        let rest = || written.iter().filter(|((one, other), _)| !own.contains(one) && !own.contains(other));
        let mut all = 0;
        for ((source, destination), count) in rest() {
            all += count;
            let ends = [Some(source), Some(destination).filter(|other| *other != source)];
            for at in ends.into_iter().flatten() {
                if let Some(sum) = counts.get_mut(*at as usize) {
                    *sum += count;
                }
            }
        }
        let mut best = None;
        for at in rest().flat_map(|((source, destination), _)| [*source, *destination]) {
            let Some(count) = counts.get_mut(at as usize).map(std::mem::take).filter(|count| *count > 0) else {
                continue;
            };
            let is_internal = is_internal.get(at as usize).copied().unwrap_or(false);
            best = best.max(Some((count, is_internal, std::cmp::Reverse(at))));
        }
        match best {
            Some((count, _, std::cmp::Reverse(at))) if count * 2 > all && (own.is_empty() || count * 10 >= all * 9) => {
                own.push(at);
            }
            _ => break,
        }
    }
    own.sort_unstable();
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses_are_those_on_most_records() {
        let internal: Vec<bool> = (0..30).map(|at| at < 10).collect();
        let own = |written: &[((u32, u32), u64)]| {
            let mut counts = vec![0; 30];
            let found = own_addresses(written, &internal, &mut counts);
            assert_eq!(counts, [0; 30]);
            found
        };
        assert_eq!(own(&[((1, 20), 5), ((21, 1), 5)]), [1]);
        assert_eq!(own(&[((20, 3), 4), ((3, 20), 4)]), [3], "of two the internal one");
        assert_eq!(own(&[((1, 20), 50), ((2, 21), 9), ((22, 2), 1)]), [1, 2], "a second address");
        assert_eq!(own(&[((1, 20), 50), ((2, 21), 8), ((22, 23), 2)]), [1], "on 8 of the other 10");
        assert_eq!(own(&[((20, 21), 1), ((22, 23), 1), ((24, 25), 1)]), [0u32; 0], "on no more than others");
        assert_eq!(own(&[]), [0u32; 0]);
    }
}
