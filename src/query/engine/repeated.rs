//! Records that say again what one at another interface says, over the columns; the rule is in
//! `query::conversations`.

use super::groups::touched;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::{IndexedTable, flow};
use crate::columns::{NULL, PairColumns, Selection};
use crate::model::{Dataset, FieldId, field};
use crate::query::conversations::Sightings;
use crate::threads::side_by_side;
use std::sync::Arc;

/// What is read of each record.
const READ: [usize; 8] = [
    flow::PAIR,
    flow::PACKET_PAIR,
    flow::INTERFACE,
    flow::DISPOSITION,
    flow::SRCPORT,
    flow::DSTPORT,
    flow::START,
    flow::DURATION,
];
/// Of which the first are enough to say between whom and where.
const WHERE: [usize; 3] = [flow::PAIR, flow::PACKET_PAIR, flow::INTERFACE];

/// The rank of an absent value.
const NO_RANK: u32 = u32::MAX;
/// In the table of interfaces: none yet, and more than one.
const NOWHERE: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

/// A record that may be a repeat. In this order those of one tuple are together, interface by interface.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    sides: (u32, u32),
    ports: (i64, i64),
    protocol: u32,
    action: u32,
    interface: u32,
    first: i64,
    last: i64,
    row: u32,
}

impl Candidate {
    fn tuple(&self) -> ((u32, u32), (i64, i64), u32, u32) {
        (self.sides, self.ports, self.protocol, self.action)
    }
}

/// Ranks by dictionary id.
struct Ranks {
    interface: Arc<Vec<u32>>,
    protocol: Arc<Vec<u32>>,
    action: Arc<Vec<u32>>,
}

fn rank(ranks: &[u32], id: i64) -> u32 {
    usize::try_from(id).ok().and_then(|id| ranks.get(id)).copied().unwrap_or(NO_RANK)
}

impl Engine<'_> {
    /// The chosen rows that are repeats, ascending.
    pub(crate) fn repeated(&self, selection: &Selection) -> Result<Vec<u32>, EngineError> {
        let field = |name| field::by_name(Dataset::Flows, name).ok_or(EngineError::Unsupported);
        let ranks = |table: &str, field: FieldId| self.dictionary_ranks(table, field);
        let ranks = Ranks {
            interface: ranks("interface", field("interface_id")?)?,
            protocol: ranks("disposition", field("protocol")?)?,
            action: ranks("disposition", field("action")?)?,
        };
        if !ranks.interface.iter().any(|rank| *rank != NO_RANK && *rank > 0) {
            // One interface, or none.
            return Ok(Vec::new());
        }
        let pairs = self.pairs()?;
        let seen = self.interfaces_seen(selection, &pairs, &ranks.interface)?;
        let parts = self.candidates(selection, &pairs, &ranks, &seen)?;
        let found = side_by_side(self.threads, |worker| {
            let mut own: Vec<Candidate> = parts.iter().filter_map(|part| part.get(worker)).flatten().copied().collect();
            own.sort_unstable();
            repeats_of(&own)
        });
        let mut rows = found.concat();
        rows.sort_unstable();
        Ok(rows)
    }

    /// By the hash of two addresses the interface that saw them, or `SEVERAL`: most traffic is seen at one, and needs
    /// no closer look.
    fn interfaces_seen(
        &self,
        selection: &Selection,
        pairs: &PairColumns,
        interfaces: &[u32],
    ) -> Result<Vec<u32>, EngineError> {
        let size = (2 * pairs.len()).next_power_of_two().max(64);
        let columns = ColumnSet::of(WHERE);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let segments = &self.snapshot.flows.segments;
        let each = |seen: &mut Vec<u32>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut values: [Vec<i64>; 3] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &WHERE, rows, &mut values);
                let [ids, packet, places] = &values;
                for ((id, packet), place) in ids.iter().zip(packet).zip(places) {
                    let here = rank(interfaces, *place);
                    let Some(sides) = between(pairs, *id, *packet).filter(|_| here != NO_RANK) else { continue };
                    if let Some(seen) = seen.get_mut(hash(sides, size)) {
                        *seen = together(*seen, here);
                    }
                }
            });
            Ok(())
        };
        let states = vec![vec![NOWHERE; size]; self.threads];
        let states = self.sweep(IndexedTable::Flow, needs, Share::Split, states, each)?;
        let both = |mut all: Vec<u32>, one: Vec<u32>| {
            all.iter_mut()
                .zip(one)
                .for_each(|(all, one)| *all = if one == NOWHERE { *all } else { together(*all, one) });
            all
        };
        Ok(states.into_iter().reduce(both).unwrap_or_default())
    }

    /// Records between addresses that several interfaces saw: of each worker, by whose they are to look at.
    fn candidates(
        &self,
        selection: &Selection,
        pairs: &PairColumns,
        ranks: &Ranks,
        seen: &[u32],
    ) -> Result<Vec<Vec<Vec<Candidate>>>, EngineError> {
        let columns = ColumnSet::of(READ);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let segments = &self.snapshot.flows.segments;
        let threads = self.threads.max(1);
        let each = |found: &mut Vec<Vec<Candidate>>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut values: [Vec<i64>; 8] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &READ, rows, &mut values);
                for (at, row) in rows.iter().enumerate() {
                    let value =
                        |column: usize| values.get(column).and_then(|list| list.get(at)).copied().unwrap_or(NULL);
                    let Some(sides) = between(pairs, value(0), value(1)) else { continue };
                    let place = hash(sides, seen.len());
                    let (start, duration, interface) = (value(6), value(7), rank(&ranks.interface, value(2)));
                    let is_complete = interface != NO_RANK && start != NULL && duration != NULL;
                    if !is_complete || seen.get(place) != Some(&SEVERAL) {
                        continue;
                    }
                    let candidate = Candidate {
                        sides,
                        ports: (value(4), value(5)),
                        protocol: rank(&ranks.protocol, value(3)),
                        action: rank(&ranks.action, value(3)),
                        interface,
                        first: start,
                        last: start.saturating_add(duration),
                        row: segment.first_row + row,
                    };
                    if let Some(part) = found.get_mut(place % threads) {
                        part.push(candidate);
                    }
                }
            });
            Ok(())
        };
        let states = vec![vec![Vec::new(); threads]; threads];
        self.sweep(IndexedTable::Flow, needs, Share::Split, states, each)
    }
}

/// The addresses of the packet where the record has them, else those of the interface.
fn between(pairs: &PairColumns, id: i64, packet: i64) -> Option<(u32, u32)> {
    let side = |list: &[u32], id: i64| {
        usize::try_from(id).ok().and_then(|id| list.get(id)).copied().filter(|address| *address != 0)
    };
    let source = side(&pairs.source, packet).or_else(|| side(&pairs.source, id))?;
    let destination = side(&pairs.destination, packet).or_else(|| side(&pairs.destination, id))?;
    Some((source, destination))
}

/// Below `size`, a power of two.
fn hash((a, b): (u32, u32), size: usize) -> usize {
    let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize & (size - 1)
}

fn together(seen: u32, here: u32) -> u32 {
    match seen {
        NOWHERE => here,
        _ if seen == here => here,
        _ => SEVERAL,
    }
}

/// The rows of sorted candidates that are repeats.
fn repeats_of(candidates: &[Candidate]) -> Vec<u32> {
    let mut found = Vec::new();
    for tuple in candidates.chunk_by(|a, b| a.tuple() == b.tuple()) {
        let mut sightings = Sightings::default();
        let repeats = tuple.iter().filter(|one| sightings.is_repeat(&one.interface, one.first, one.last));
        found.extend(repeats.map(|one| one.row));
    }
    found
}
