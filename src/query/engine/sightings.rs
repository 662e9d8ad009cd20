//! Sightings over the columns. Where only addresses are matched and the time does not matter, sums by pair are enough;
//! else the records that match anything are chosen by their ids, and only they are looked at.

use super::groups::touched;
use super::plan::Node;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Chosen, Fate, Grouping, Groups, NULL, PairColumns, Verdict};
use crate::model::Timestamp;
use crate::query::RecordQuery;
use crate::query::engine::answers::{in_parts, told};
use crate::query::indicators::{FlowLook, Met};
use crate::query::sightings::{By, FlowSums, Tallies};
use crate::threads::side_by_side;
use rustc_hash::FxHashMap;
use std::sync::Arc;

const LOOKED_AT: [usize; 10] = [
    flow::PAIR,
    flow::PACKET_PAIR,
    flow::INTERFACE,
    flow::DISPOSITION,
    flow::SRCPORT,
    flow::DSTPORT,
    flow::BYTES,
    flow::START,
    flow::DURATION,
    flow::EXTRA,
];

/// What a record is looked up in.
struct Lookups {
    pairs: Arc<PairColumns>,
    fates: Arc<[Fate]>,
    late_ends: Arc<FxHashMap<i64, i64>>,
}

/// A worker's part: by what records meet, or, where that follows from their pairs, by those for now.
#[derive(Default)]
struct Part {
    tallies: Tallies,
    by_pairs: FxHashMap<(i64, i64), FlowSums>,
}

impl Engine<'_> {
    /// What the flow records of a query come to by what they meet.
    pub(crate) fn sightings(&self, records: &RecordQuery, met: &Met, by: By) -> Result<Tallies, EngineError> {
        let pairs = self.pairs()?;
        let only_pairs = met.is_of_addresses_alone();
        if only_pairs && self.records.bounds(flow::PACKET_PAIR).is_none() {
            return self.sightings_by_pair(records, met, by, &pairs);
        }
        let (mut parts, mut all) = (vec![self.plan(records)?, self.record_met(met)?], Tallies::default());
        if only_pairs {
            // Nearly every packet has its interface's addresses, and such records are matched by their pairs too.
            let differs = Node::Differs(flow::PACKET_PAIR, flow::PAIR);
            let same = Node::and(vec![self.plan(records)?, Node::Not(Box::new(differs.clone()))]);
            let grouping = Grouping::new(vec![self.pair_part(flow::PAIR, &pairs)?]).ok_or(EngineError::Unsupported)?;
            let groups = self.checked(self.groups(&self.choose(&same)?, &grouping, &self.all_measures()?)?)?;
            all = self.tallied(&groups, met, by, &pairs);
            parts.push(differs);
        }
        let plan = Node::and(parts);
        let selection = self.choose(&plan)?;
        let lookups = Lookups { pairs, fates: self.fates()?.1, late_ends: self.late_ends()? };
        let needs = |number: usize| touched(&selection, number).then(|| ColumnSet::of(LOOKED_AT));
        let segments = &self.records.segments;
        let each = |part: &mut Part, number: usize, columns: &Columns| {
            let (Some(chosen), Some(segment)) = (selection.parts().get(number), segments.get(number)) else {
                return Ok(());
            };
            look(chosen, segment.rows as usize, columns, |row| {
                let (pair, packet_pair, sums) = (row.value(0), row.value(1), row.sums(&lookups));
                if only_pairs {
                    part.by_pairs.entry((pair, packet_pair)).or_default().add(&sums);
                    return;
                }
                let look = FlowLook {
                    sides: [sides(&lookups.pairs, pair), sides(&lookups.pairs, packet_pair)],
                    interface: row.value(2),
                    ports: [row.value(4), row.value(5)],
                    start: row.value(7),
                };
                part.tallies.flows(by, met, &look, &sums);
            });
            Ok(())
        };
        let states: Vec<Part> = (0..self.threads).map(|_| Part::default()).collect();
        let states = self.sweep(needs, Share::Split, states, each)?;
        // What two workers met by the same pairs is put together by those pairs' keys.
        let worked = side_by_side(states.len(), |number| {
            let mut tallies = Tallies::default();
            for ((pair, packet_pair), sums) in states.get(number).into_iter().flat_map(|part| &part.by_pairs) {
                let of = [sides(&lookups.pairs, *pair), sides(&lookups.pairs, *packet_pair)];
                tallies.flows(by, met, &FlowLook::of_sides(of), sums);
            }
            tallies
        });
        all.add(together(worked.into_iter().chain(states.into_iter().map(|part| part.tallies))));
        Ok(all)
    }

    fn sightings_by_pair(
        &self,
        records: &RecordQuery,
        met: &Met,
        by: By,
        pairs: &PairColumns,
    ) -> Result<Tallies, EngineError> {
        let groups = self.groups_by_pair(records, flow::PAIR, pairs)?;
        Ok(self.tallied(&groups, met, by, pairs))
    }

    /// What sums by pair come to by what the pairs meet.
    fn tallied(&self, groups: &Groups, met: &Met, by: By, pairs: &PairColumns) -> Tallies {
        let time = |secs: i64| (secs != NULL).then(|| Timestamp::from_secs(secs));
        let parts = in_parts(groups.slots.len(), self.threads, |part| {
            let mut tallies = Tallies::default();
            let slots = groups.slots.get(part.clone()).unwrap_or_default();
            for (slot, sums) in slots.iter().zip(groups.sums.range(part)) {
                let of = sides(pairs, i64::try_from(*slot).unwrap_or(NULL));
                if met.of_address(of.0) == 0 && met.of_address(of.1) == 0 {
                    continue;
                }
                let sums = FlowSums {
                    records: sums.records.into(),
                    bytes: told(sums.bytes),
                    accepted: sums.accepted.into(),
                    rejected: sums.rejected.into(),
                    first: time(sums.first),
                    last: time(sums.last),
                };
                tallies.flows(by, met, &FlowLook::of_sides([of, (0, 0)]), &sums);
            }
            tallies.others.sort();
            tallies
        });
        together(parts)
    }
}

fn together(parts: impl IntoIterator<Item = Tallies>) -> Tallies {
    let mut all = Tallies::default();
    parts.into_iter().for_each(|part| all.add(part));
    all
}

/// Shows the chosen rows of a segment one by one.
fn look(chosen: &Chosen, rows: usize, columns: &Columns, mut each: impl FnMut(&LookedAt<'_>)) {
    let mut values: [Vec<i64>; LOOKED_AT.len()] = Default::default();
    chosen.blocks(rows, |rows| {
        gather(columns, &LOOKED_AT, rows, &mut values);
        for at in 0..rows.len() {
            each(&LookedAt { values: &values, at });
        }
    });
}

/// A row's values, by `LOOKED_AT`.
struct LookedAt<'a> {
    values: &'a [Vec<i64>; LOOKED_AT.len()],
    at: usize,
}

impl LookedAt<'_> {
    fn value(&self, column: usize) -> i64 {
        self.values.get(column).and_then(|list| list.get(self.at)).copied().unwrap_or(NULL)
    }

    fn sums(&self, lookups: &Lookups) -> FlowSums {
        let fate =
            usize::try_from(self.value(3)).ok().and_then(|id| lookups.fates.get(id)).copied().unwrap_or_default();
        let (start, duration) = (self.value(7), self.value(8));
        let end = match (start, duration) {
            (NULL, _) | (_, NULL) => lookups.late_ends.get(&self.value(9)).copied(),
            (start, duration) => Some(start.saturating_add(duration)),
        };
        FlowSums {
            records: 1,
            bytes: u128::try_from(self.value(6)).ok().filter(|_| !fate.left_out),
            accepted: u64::from(fate.verdict == Verdict::Accepted),
            rejected: u64::from(fate.verdict == Verdict::Rejected),
            first: (start != NULL).then(|| Timestamp::from_secs(start)),
            last: end.map(Timestamp::from_secs),
        }
    }
}

pub(super) fn sides(pairs: &PairColumns, pair: i64) -> (u32, u32) {
    let side = |list: &[u32]| usize::try_from(pair).ok().and_then(|pair| list.get(pair)).copied().unwrap_or(0);
    (side(&pairs.source), side(&pairs.destination))
}
