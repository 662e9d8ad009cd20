//! Counts of the events of each session and each principal.

use super::events::{Events, Place};
use super::identity::Identity;
use super::texts::Text;
use crate::derive::Mfa;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// What calls have in common, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    pub(crate) name: Text,
    pub(crate) source: Text,
    pub(crate) region: Text,
    pub(crate) agent: Text,
    /// Whose log it is in.
    pub(crate) account: Text,
    pub(crate) is_write: bool,
}

/// What is counted of an event besides who called.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deed {
    /// Among the calls.
    pub(crate) call: u32,
    pub(crate) address: Text,
    pub(crate) is_error: bool,
    pub(crate) is_denied: bool,
    pub(crate) mfa: Option<Mfa>,
}

/// What all events did, in their order.
#[derive(Default)]
pub(crate) struct Deeds {
    pub(crate) calls: Vec<Call>,
    pub(crate) deeds: Vec<Deed>,
    /// Whether each is counted; `None`: all are.
    pub(crate) counted: Option<Vec<bool>>,
}

impl Deeds {
    pub(crate) fn deed(&self, place: Place) -> Deed {
        self.deeds.get(place as usize).copied().unwrap_or_default()
    }

    pub(crate) fn is_counted(&self, place: Place) -> bool {
        self.counted.as_ref().is_none_or(|counted| counted.get(place as usize).copied().unwrap_or(false))
    }

    pub(crate) fn call(&self, place: Place) -> Call {
        self.calls.get(self.deed(place).call as usize).copied().unwrap_or_default()
    }
}

/// Counts of a group of events.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Of its first event.
    pub(crate) place: Place,
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
    pub(crate) events: u64,
    pub(crate) errors: u64,
    pub(crate) denied: u64,
    pub(crate) writes: u64,
    /// Seconds between two events in a row at most.
    pub(crate) longest_gap: i64,
    /// Different ones of each of `DIFFERENT`.
    pub(crate) different: [u32; DIFFERENT],
}

/// Names, sources, regions, addresses, user agents.
pub(crate) const DIFFERENT: usize = 5;

/// Each group's counts. `group` gives the group of an event by its identity.
pub(crate) fn tallies(events: &Events, deeds: &Deeds, groups: &[Option<u32>], count: usize) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); count];
    for (place, group) in grouped(events, deeds, groups) {
        let Some(tally) = tallies.get_mut(group as usize) else { continue };
        let (deed, call) = (deeds.deed(place), deeds.call(place));
        if tally.events == 0 {
            tally.place = place;
        }
        tally.events += 1;
        tally.errors += u64::from(deed.is_error);
        tally.denied += u64::from(deed.is_denied);
        tally.writes += u64::from(call.is_write);
        if let Some(time) = events.events.get(place as usize).and_then(|event| event.time) {
            let gap = tally.last.map_or(0, |last| time.saturating_sub(last));
            tally.longest_gap = tally.longest_gap.max(gap);
            tally.first = Some(tally.first.unwrap_or(time).min(time));
            tally.last = Some(tally.last.unwrap_or(time).max(time));
        }
    }
    let value: [fn(&Call, &Deed) -> Text; DIFFERENT] = [
        |call, _| call.name,
        |call, _| call.source,
        |call, _| call.region,
        |_, deed| deed.address,
        |call, _| call.agent,
    ];
    for (at, value) in value.into_iter().enumerate() {
        let values =
            grouped(events, deeds, groups).map(|(place, group)| (group, value(&deeds.call(place), &deeds.deed(place))));
        for (group, _) in different(values) {
            if let Some(count) = tallies.get_mut(group as usize).and_then(|tally| tally.different.get_mut(at)) {
                *count += 1;
            }
        }
    }
    tallies
}

/// Events that are counted with their groups, in order.
pub(crate) fn grouped<'a>(
    events: &'a Events,
    deeds: &'a Deeds,
    groups: &'a [Option<u32>],
) -> impl Iterator<Item = (Place, u32)> + 'a {
    events.events.iter().enumerate().filter_map(|(place, event)| {
        let group = groups.get(event.identity as usize).copied().flatten()?;
        deeds.is_counted(place as Place).then_some((place as Place, group))
    })
}

/// What each identity of an event that is counted belongs to, by its key: the keys in the order of their first events,
/// and the place among them by identity.
pub(crate) fn groups<K: Copy + Eq + Hash>(
    events: &Events,
    deeds: &Deeds,
    key: impl Fn(&Identity) -> Option<K>,
) -> (Vec<K>, Vec<Option<u32>>) {
    let (mut keys, mut numbers) = (Vec::new(), FxHashMap::default());
    let mut by_identity = vec![None; events.identities.len()];
    let mut is_known = vec![false; events.identities.len()];
    for (place, event) in events.events.iter().enumerate() {
        let at = event.identity as usize;
        let (Some(identity), Some(of), Some(is_known)) =
            (events.identities.get(at), by_identity.get_mut(at), is_known.get_mut(at))
        else {
            continue;
        };
        if *is_known || !deeds.is_counted(place as Place) {
            continue;
        }
        *is_known = true;
        *of = key(identity).map(|key| {
            *numbers.entry(key).or_insert_with(|| {
                keys.push(key);
                (keys.len() - 1) as u32
            })
        });
    }
    (keys, by_identity)
}

/// The values of each group, each once, in order; absent ones are left out.
pub(crate) fn different(values: impl Iterator<Item = (u32, Text)>) -> Vec<(u32, Text)> {
    let mut values: Vec<(u32, Text)> = values.filter(|(_, value)| value.is_some()).collect();
    values.sort_unstable();
    values.dedup();
    values
}
