//! Records that say again what one at another interface says, over the columns; the rule is in
//! `query::conversations`.

use super::dictionary::Dictionary;
use super::groups::touched;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Bitmap, Chosen, NULL, PairColumns, Selection};
use crate::model::{Dataset, field};
use crate::query::conversations::Sightings;
use crate::threads::side_by_side;
use rustc_hash::{FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What says between whom a record is, and where it was seen.
const WHERE: [usize; 3] = [flow::PAIR, flow::PACKET_PAIR, flow::INTERFACE];
const BETWEEN: [usize; 2] = [flow::PAIR, flow::PACKET_PAIR];
/// What else is read of the records between addresses that several interfaces saw.
const REST: [usize; 6] =
    [flow::INTERFACE, flow::DISPOSITION, flow::SRCPORT, flow::DSTPORT, flow::START, flow::DURATION];

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

/// Which pairs several interfaces saw, by pair id.
struct Several {
    pairs: Bitmap,
    /// Those with an address, and those with two.
    named: Bitmap,
    whole: Bitmap,
}

/// Between whom a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    /// The addresses of this pair.
    Pair(usize),
    /// One address of the packet, the other of the interface.
    Mixed,
    Nobody,
}

impl Several {
    fn new(pairs: &PairColumns, threads: usize) -> Self {
        Self {
            pairs: Bitmap::zeros(pairs.len()),
            named: pairs.set_of(threads, |_, a, b| a != 0 || b != 0),
            whole: pairs.set_of(threads, |_, a, b| a != 0 && b != 0),
        }
    }

    /// As `ends` says, from the ids of the two pairs of a record.
    fn between(&self, id: i64, packet: i64) -> Between {
        let known = |bits: &Bitmap, pair: i64| usize::try_from(pair).ok().filter(|pair| bits.get(*pair));
        match known(&self.whole, packet) {
            Some(packet) => Between::Pair(packet),
            None if known(&self.named, packet).is_some() => Between::Mixed,
            None => known(&self.whole, id).map_or(Between::Nobody, Between::Pair),
        }
    }
}

/// Some rows between addresses that several interfaces saw, with the addresses.
#[derive(Default)]
struct Near {
    rows: Vec<u32>,
    sides: Vec<(u32, u32)>,
    between: [Vec<i64>; 2],
}

impl Near {
    fn find(&mut self, columns: &Columns, rows: &[u32], pairs: &PairColumns, several: &Several) {
        gather(columns, &BETWEEN, rows, &mut self.between);
        self.rows.clear();
        self.sides.clear();
        let [ids, packets] = &self.between;
        for ((row, id), packet) in rows.iter().zip(ids).zip(packets) {
            let is_near = match several.between(*id, *packet) {
                Between::Pair(pair) => several.pairs.get(pair),
                Between::Mixed => true,
                Between::Nobody => false,
            };
            if is_near && let Some(ends) = ends(pairs, *id, *packet) {
                self.rows.push(*row);
                self.sides.push(ends);
            }
        }
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
        self.repeated_among(selection, None)
    }

    /// The same where all rows are of these pairs, and no record of the case names other addresses of a packet: there is no need
    /// to search for pairs that several interfaces saw.
    pub(super) fn repeated_of(&self, selection: &Selection, pairs: Bitmap) -> Result<Vec<u32>, EngineError> {
        self.repeated_among(selection, Some(pairs))
    }

    fn repeated_among(&self, selection: &Selection, of: Option<Bitmap>) -> Result<Vec<u32>, EngineError> {
        let field = |name| field::by_name(Dataset::Flows, name).ok_or(EngineError::Unsupported);
        let ranks = |name| {
            let dictionary = Dictionary::of(field(name)?).ok_or(EngineError::Unsupported)?;
            self.dictionary_ranks(&dictionary)
        };
        let ranks = Ranks { interface: ranks("interface_id")?, protocol: ranks("protocol")?, action: ranks("action")? };
        if !ranks.interface.iter().any(|rank| *rank != NO_RANK && *rank > 0) {
            // One interface, or none.
            return Ok(Vec::new());
        }
        let pairs = self.pairs()?;
        let several = match of {
            Some(of) => Arc::new(Several { pairs: of, ..Several::new(&pairs, self.threads) }),
            None => self.seen_at_several(&pairs, &ranks.interface)?,
        };
        let alike = self.alike(selection, &pairs, &ranks, &several)?;
        let parts = self.candidates(&alike, &pairs, &ranks, &several)?;
        let found = side_by_side(self.threads, |worker| {
            let mut own: Vec<Candidate> = parts.iter().filter_map(|part| part.get(worker)).flatten().copied().collect();
            own.sort_unstable();
            repeats_of(&own)
        });
        let mut rows = found.concat();
        rows.sort_unstable();
        Ok(rows)
    }

    /// Which pairs of addresses more than one interface saw, in any record of the case: most traffic is seen at one, and needs
    /// no closer look.
    fn seen_at_several(&self, pairs: &PairColumns, interfaces: &[u32]) -> Result<Arc<Several>, EngineError> {
        // Two pairs of the same addresses would be two places for the same traffic: refused there.
        self.reverse(pairs)?;
        self.reader.cache.derived("seen at several interfaces", self.records.rows().into(), || {
            let several = self.look_for_several(pairs, interfaces)?;
            let bytes = 3 * several.pairs.words().len() * 8;
            Ok((several, bytes))
        })
    }

    fn look_for_several(&self, pairs: &PairColumns, interfaces: &[u32]) -> Result<Several, EngineError> {
        let mut several = Several::new(pairs, self.threads);
        let columns = ColumnSet::of(WHERE);
        let segments = &self.records.segments;
        // One list for all workers: what it says in the end does not depend on who was first, and several lists would push
        // each other out of the processor's memory.
        let seen: Vec<AtomicU32> = (0..pairs.len()).map(|_| AtomicU32::new(NOWHERE)).collect();
        let (several_so_far, seen) = (&several, &seen);
        let each = |mixed: &mut FxHashSet<(u32, u32)>, number: usize, columns: &Columns| {
            let Some(segment) = segments.get(number) else { return Ok(()) };
            let mut values: [Vec<i64>; 3] = Default::default();
            Chosen::All.blocks(segment.rows as usize, |rows| {
                gather(columns, &WHERE, rows, &mut values);
                let [ids, packet, places] = &values;
                // Brought near first, many at one time: which way rows go below hangs on what each of them finds there.
                let near = ids.iter().filter_map(|id| seen.get(usize::try_from(*id).ok()?));
                std::hint::black_box(near.fold(0, |all, seen| all ^ seen.load(Ordering::Relaxed)));
                for ((id, packet), place) in ids.iter().zip(packet).zip(places) {
                    match several_so_far.between(*id, *packet) {
                        Between::Pair(pair) => {
                            let here = rank(interfaces, *place);
                            if let Some(seen) = seen.get(pair).filter(|_| here != NO_RANK) {
                                note(seen, here);
                            }
                        }
                        Between::Mixed => mixed.extend(ends(pairs, *id, *packet)),
                        Between::Nobody => {}
                    }
                }
            });
            Ok(())
        };
        let states = vec![FxHashSet::default(); self.threads];
        let states = self.sweep(|_| Some(columns), Share::Split, states, each)?;
        let mixed: FxHashSet<(u32, u32)> = states.into_iter().flatten().collect();
        several.pairs = pairs.set_of(self.threads, |pair, source, destination| {
            let is_several = seen.get(pair).is_some_and(|seen| seen.load(Ordering::Relaxed) == SEVERAL);
            is_several || !mixed.is_empty() && mixed.contains(&(source, destination))
        });
        Ok(several)
    }

    /// Records between addresses that several interfaces saw, of which another has the same tuple, and few others: they are
    /// found by half a word of the tuple's hash. Most records that are near are like no other.
    fn alike(
        &self,
        selection: &Selection,
        pairs: &PairColumns,
        ranks: &Ranks,
        several: &Several,
    ) -> Result<Selection, EngineError> {
        const TUPLE: [usize; 3] = [flow::DISPOSITION, flow::SRCPORT, flow::DSTPORT];
        let columns = ColumnSet::of(BETWEEN.into_iter().chain(TUPLE));
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let segments = &self.records.segments;
        let threads = self.threads.max(1);
        let each = |found: &mut Vec<Vec<u64>>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut near = Near::default();
            let mut values: [Vec<i64>; 3] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                near.find(columns, rows, pairs, several);
                gather(columns, &TUPLE, &near.rows, &mut values);
                let [dispositions, sources, destinations] = &values;
                let ports = sources.iter().zip(destinations);
                for (((row, sides), id), ports) in near.rows.iter().zip(&near.sides).zip(dispositions).zip(ports) {
                    let hash = tuple_hash((*sides, ports, rank(&ranks.protocol, *id), rank(&ranks.action, *id)));
                    if let Some(part) = found.get_mut(hash as usize % threads) {
                        part.push(u64::from(hash) << 32 | u64::from(segment.first_row + row));
                    }
                }
            });
            Ok(())
        };
        let states = vec![vec![Vec::new(); threads]; threads];
        let parts = self.sweep(needs, Share::Split, states, each)?;
        self.go_on()?;
        let found = side_by_side(threads, |worker| {
            let mut own: Vec<u64> = parts.iter().filter_map(|part| part.get(worker)).flatten().copied().collect();
            own.sort_unstable();
            let same = own.chunk_by(|a, b| a >> 32 == b >> 32).filter(|same| same.len() > 1);
            same.flatten().map(|one| *one as u32).collect::<Vec<u32>>()
        });
        let mut rows = found.concat();
        rows.sort_unstable();
        Ok(self.at(rows.into_iter().map(|row| row..row + 1)))
    }

    /// Records that may be repeats: of each worker, by whose they are to look at.
    fn candidates(
        &self,
        selection: &Selection,
        pairs: &PairColumns,
        ranks: &Ranks,
        several: &Several,
    ) -> Result<Vec<Vec<Vec<Candidate>>>, EngineError> {
        let columns = ColumnSet::of(BETWEEN.into_iter().chain(REST));
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let segments = &self.records.segments;
        let threads = self.threads.max(1);
        let each = |found: &mut Vec<Vec<Candidate>>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut near = Near::default();
            let mut values: [Vec<i64>; 6] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                near.find(columns, rows, pairs, several);
                gather(columns, &REST, &near.rows, &mut values);
                for (at, (row, sides)) in near.rows.iter().zip(&near.sides).enumerate() {
                    let value =
                        |column: usize| values.get(column).and_then(|list| list.get(at)).copied().unwrap_or(NULL);
                    let (start, duration, interface) = (value(4), value(5), rank(&ranks.interface, value(0)));
                    if interface == NO_RANK || start == NULL || duration == NULL {
                        continue;
                    }
                    let candidate = Candidate {
                        sides: *sides,
                        ports: (value(2), value(3)),
                        protocol: rank(&ranks.protocol, value(1)),
                        action: rank(&ranks.action, value(1)),
                        interface,
                        first: start,
                        last: start.saturating_add(duration),
                        row: segment.first_row + row,
                    };
                    if let Some(part) = found.get_mut(hash(*sides) % threads) {
                        part.push(candidate);
                    }
                }
            });
            Ok(())
        };
        let states = vec![vec![Vec::new(); threads]; threads];
        self.sweep(needs, Share::Split, states, each)
    }
}

/// The addresses of the packet where the record has them, else those of the interface.
fn ends(pairs: &PairColumns, id: i64, packet: i64) -> Option<(u32, u32)> {
    let side = |list: &[u32], id: i64| {
        usize::try_from(id).ok().and_then(|id| list.get(id)).copied().filter(|address| *address != 0)
    };
    let source = side(&pairs.source, packet).or_else(|| side(&pairs.source, id))?;
    let destination = side(&pairs.destination, packet).or_else(|| side(&pairs.destination, id))?;
    Some((source, destination))
}

fn hash((a, b): (u32, u32)) -> usize {
    let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize
}

/// Tests have few hashes, so that tuples with the same one differ.
fn tuple_hash(tuple: impl Hash) -> u32 {
    let mut hasher = FxHasher::default();
    tuple.hash(&mut hasher);
    let hash = hasher.finish();
    let hash = (hash >> 32) as u32 ^ hash as u32;
    if cfg!(test) { hash % 8 } else { hash }
}

/// One more record of this interface was seen.
#[inline]
fn note(seen: &AtomicU32, here: u32) {
    let is = match seen.load(Ordering::Relaxed) {
        // Another worker may be first after all.
        NOWHERE => match seen.compare_exchange(NOWHERE, here, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => here,
            Err(is) => is,
        },
        is => is,
    };
    if is != here && is != SEVERAL {
        seen.store(SEVERAL, Ordering::Relaxed);
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
