//! Conversations over the columns: sums and signs by pair id, each pair folded with its reverse.

use super::answers::{LEAST_PART, OrderKey, figures_of, in_parts, ordered, row_order, told};
use super::compile::MOST_IDS;
use super::groups::{sums_bytes, touched};
use super::pair_table::{figure_key, merge_nobody, totals};
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError, Layout};
use crate::case::index::flow;
use crate::columns::{Bitmap, Chosen, Grouping, Groups, NULL, PairColumns, Selection, Sums, Tie};
use crate::query::conversations::{
    ConversationQuery, ConversationTable, Half, Repeats, Signs, Talk, Talks, is_left, is_well_known, talk, thousandths,
};
use crate::query::pairs::{AddressOrder, PairTotals};
use crate::query::row_order::RowOrder;
use crate::query::{ConversationColumn, PairColumn, PairKey, RecordQuery, indicator_revision};
use crate::threads::side_by_side;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// What a disposition says of who asked.
#[derive(Clone, Copy, Default)]
struct Kind {
    signs: u8,
    has_ports: bool,
}

const SYN: u8 = 1;
const SYN_ACK: u8 = 2;
const TO_SERVER: u8 = 4;
const FROM_SERVER: u8 = 8;

/// No pair.
const NONE: u32 = u32::MAX;

/// Conversations in no order: which pair is folded with which. What they come to is made of the sums of the pairs.
#[derive(Debug)]
struct Folded {
    groups: Arc<Groups>,
    pairs: Arc<PairColumns>,
    reverse: Arc<Vec<u32>>,
    /// By row: which group is what left sent to right, and which is what came back; `NONE` for none.
    halves: Vec<[u32; 2]>,
    /// By pair id.
    signs: Vec<u8>,
    repeats: FxHashMap<u32, u32>,
    totals: PairTotals,
}

impl Folded {
    fn pair(&self, group: u32) -> Option<u32> {
        self.groups.slots.get(group as usize).map(|slot| *slot as u32)
    }

    /// The pair from left to right and the one from right to left; `NONE` for one that is none.
    fn pairs_of(&self, row: usize) -> Option<[u32; 2]> {
        let [there, back] = *self.halves.get(row)?;
        let other = |pair: u32| self.reverse.get(pair as usize).copied().filter(|other| *other != pair).unwrap_or(NONE);
        match (self.pair(there), self.pair(back)) {
            (Some(there), Some(back)) => Some([there, back]),
            (Some(there), None) => Some([there, other(there)]),
            (None, Some(back)) => Some([other(back), back]),
            (None, None) => None,
        }
    }

    /// Left and right.
    fn sides(&self, row: usize) -> Option<(u32, u32)> {
        let [there, back] = *self.halves.get(row)?;
        let side = |list: &[u32], pair: u32| list.get(pair as usize).copied().unwrap_or(0);
        let ends = |pair: u32| (side(&self.pairs.source, pair), side(&self.pairs.destination, pair));
        self.pair(there)
            .map(ends)
            .or_else(|| self.pair(back).map(ends).map(|(source, destination)| (destination, source)))
    }

    /// Both directions together.
    fn sums(&self, row: usize) -> Option<Sums> {
        let [there, back] = *self.halves.get(row)?;
        let of = |group: u32| self.groups.sums.get(group as usize);
        match (of(there), of(back)) {
            (Some(there), Some(back)) => {
                let mut both = *there;
                both.add(back);
                Some(both)
            }
            (one, other) => one.or(other).copied(),
        }
    }

    /// Bytes of one direction.
    fn bytes_of(&self, row: usize, half: usize) -> Option<u128> {
        let group = *self.halves.get(row)?.get(half)?;
        told(self.groups.sums.get(group as usize)?.bytes)
    }

    fn half(&self, group: u32, pair: u32) -> Half {
        let figures =
            self.groups.sums.get(group as usize).map(|sums| figures_of(sums, Layout::FLOWS)).unwrap_or_default();
        let pair = if pair == NONE { NONE } else { self.pairs.id(pair.into()) as u32 };
        let has = |sign: u8| self.signs.get(pair as usize).is_some_and(|signs| signs & sign != 0);
        let signs =
            Signs { syn: has(SYN), syn_ack: has(SYN_ACK), to_server: has(TO_SERVER), from_server: has(FROM_SERVER) };
        Half { figures, repeats: self.repeats.get(&pair).copied().unwrap_or(0), signs }
    }

    fn key(&self, column: ConversationColumn, row: usize, addresses: &AddressOrder) -> Option<u128> {
        use ConversationColumn as C;
        let figure = match column {
            C::RecordCount => PairColumn::RecordCount,
            C::Packets => PairColumn::Packets,
            C::TotalBytes => PairColumn::TotalBytes,
            C::DataRatio => PairColumn::DataRatio,
            C::FirstSeen => PairColumn::FirstSeen,
            C::LastSeen => PairColumn::LastSeen,
            C::Accepted => PairColumn::Accepted,
            C::Rejected => PairColumn::Rejected,
            C::Left => return addresses.place(self.sides(row)?.0),
            C::Right => return addresses.place(self.sides(row)?.1),
            C::Sent => return self.bytes_of(row, 0),
            C::Received => return self.bytes_of(row, 1),
            C::Ratio => return thousandths(self.bytes_of(row, 0), self.bytes_of(row, 1)),
            C::StartedBy | C::Evidence | C::Repeats => return self.talk(row)?.key(column, addresses),
        };
        figure_key(figure, &self.sums(row)?)
    }

    /// Of memory, with the sums.
    fn bytes(&self) -> usize {
        let by_pair = self.signs.len() + 16 * self.repeats.len();
        size_of_val(self.halves.as_slice()) + by_pair + sums_bytes(self.groups.slots.len())
    }
}

impl Talks for Folded {
    fn len(&self) -> usize {
        self.halves.len()
    }

    fn talk(&self, row: usize) -> Option<Talk> {
        let [there, back] = *self.halves.get(row)?;
        let [to, from] = self.pairs_of(row)?;
        talk(self.sides(row)?, &self.half(there, to), &self.half(back, from))
    }
}

impl Engine<'_> {
    /// As `query::conversations`. `asked`: the address that was asked for.
    pub(crate) fn conversations(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        asked: &[u32],
    ) -> Result<ConversationTable, EngineError> {
        let addresses = self.address_order()?;
        let folded = self.kept_conversations(query, records, asked, &addresses)?;
        self.go_on()?;
        let (count, totals) = (folded.len(), folded.totals.clone());
        let (rows, places): (&Folded, &AddressOrder) = (&folded, &addresses);
        let key = move |column, descending| OrderKey::new(move |row| rows.key(column, row, places), descending);
        let mut keys: Vec<OrderKey<'_>> = query.sort.iter().map(|sort| key(sort.column, sort.descending)).collect();
        let Some(limit) = query.limit.filter(|limit| *limit < count) else {
            let order = row_order(count, &keys, tie(&folded, &addresses), self.threads);
            return Ok(ConversationTable::new(Arc::clone(&folded) as Arc<dyn Talks>, order, totals));
        };
        keys.extend([ConversationColumn::Left, ConversationColumn::Right].map(|column| key(column, false)));
        let first = ordered(count, &keys, Some(limit), self.threads);
        let first: Vec<Talk> = first.into_iter().filter_map(|row| folded.talk(row as usize)).collect();
        Ok(ConversationTable::new(Arc::new(first), RowOrder::AsStored, totals))
    }

    /// The conversations in no order, kept where there is room: the same ones are asked for in one order after another.
    fn kept_conversations(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        asked: &[u32],
        addresses: &AddressOrder,
    ) -> Result<Arc<Folded>, EngineError> {
        let column = if query.pairs.by == PairKey::PacketAddresses { flow::PACKET_PAIR } else { flow::PAIR };
        let pairs = self.pairs()?;
        let selection = self.chosen(records)?;
        let make = || self.folded(query, records, &selection, (column, &pairs), asked, addresses);
        if sums_bytes(pairs.len()) > self.most_kept() {
            return Ok(Arc::new(make()?));
        }
        let revision = indicator_revision(self.reader)?;
        let name = format!("conversations {column} {:?} {asked:?} {revision} {:x?}", query.repeats, selection.digest());
        self.reader.cache.derived(&name, self.records.rows().into(), || {
            let folded = make()?;
            let bytes = folded.bytes();
            Ok((folded, bytes))
        })
    }

    fn folded(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        selection: &Selection,
        (column, pairs): (usize, &Arc<PairColumns>),
        asked: &[u32],
        addresses: &AddressOrder,
    ) -> Result<Folded, EngineError> {
        // For interfaces and repeats (three), for sums, and for signs.
        self.expect_passes(5);
        let repeated = self.repeated(selection)?;
        let repeats = self.counted(&repeated, column, pairs)?;
        self.reached_passes(3);
        let counted = match query.repeats {
            Repeats::LeftOut => &without(selection, &repeated, self),
            Repeats::Counted => selection,
        };
        let groups = if query.repeats == Repeats::Counted && self.keeps_groups(records, pairs) {
            let mut groups = self.groups_by_pair(records, column, pairs)?;
            merge_nobody(&mut groups, pairs, 1);
            groups
        } else {
            let grouping = Grouping::new(vec![self.pair_part(column, pairs)?]).ok_or(EngineError::Unsupported)?;
            self.groups_of_chosen(counted, &grouping, (column, 1), pairs)?
        };
        self.reached_passes(4);
        let signs = self.signs(counted, column, pairs)?;
        self.reached_passes(5);
        let reverse = self.reverse(pairs)?;
        self.go_on()?;
        let halves = self.halves(&groups, pairs, &reverse, (addresses, asked))?;
        let totals = PairTotals { pairs: halves.len() as u64, ..totals(&groups.sums, self.threads) };
        Ok(Folded { groups, pairs: Arc::clone(pairs), reverse, halves, signs, repeats, totals })
    }

    /// Each pair with its reverse, once: left to right, and back.
    fn halves(
        &self,
        groups: &Groups,
        pairs: &PairColumns,
        reverse: &[u32],
        (addresses, asked): (&AddressOrder, &[u32]),
    ) -> Result<Vec<[u32; 2]>, EngineError> {
        // Groups are pairs, of which there are fewer than 2^32: `reverse` is a list of as many.
        if groups.slots.last().is_some_and(|slot| u32::try_from(*slot).is_err()) {
            return Err(EngineError::Unsupported);
        }
        let mut places = vec![NONE; pairs.len().max(1)];
        for (at, slot) in groups.slots.iter().enumerate() {
            if let Some(place) = places.get_mut(*slot as usize) {
                *place = at as u32;
            }
        }
        let folded = |range: Range<usize>| {
            let mut halves = Vec::with_capacity(range.len());
            for (at, slot) in range.clone().zip(groups.slots.get(range).unwrap_or_default()) {
                let pair = *slot as usize;
                let other = reverse.get(pair).copied().unwrap_or(NONE);
                let back = places.get(other as usize).copied().unwrap_or(NONE);
                let (at, back) = (at as u32, if other as usize == pair { NONE } else { back });
                // The first one of the two stands for both.
                if back < at {
                    continue;
                }
                let side = |list: &[u32]| list.get(pair).copied().unwrap_or(0);
                let is_left = is_left(side(&pairs.source), side(&pairs.destination), addresses, asked);
                halves.push(if is_left { [at, back] } else { [back, at] });
            }
            halves
        };
        Ok(in_parts(groups.slots.len(), self.threads, folded).concat())
    }

    /// By pair id the pair of the same addresses the other way round; itself where the two are the same, and `NONE` where
    /// there is no such pair.
    pub(super) fn reverse(&self, pairs: &PairColumns) -> Result<Arc<Vec<u32>>, EngineError> {
        self.reader.cache.derived("reverse of pairs", pairs.len() as i64, || {
            // Each worker those of some addresses, both directions of a pair among them.
            let workers = if pairs.len() < LEAST_PART { 1 } else { self.threads.max(1) };
            let parts = side_by_side(workers, |worker| pairs.reversed(worker, workers));
            let mut reverse = vec![NONE; pairs.len()];
            for (one, other) in parts.into_iter().collect::<Option<Vec<_>>>().ok_or(EngineError::Unsupported)?.concat()
            {
                for (of, is) in [(one, other), (other, one)] {
                    if let Some(place) = reverse.get_mut(of as usize) {
                        *place = is;
                    }
                }
            }
            let bytes = reverse.len() * 4;
            Ok((reverse, bytes))
        })
    }

    /// By pair id what the records' flags and ports say.
    fn signs(&self, selection: &Selection, column: usize, pairs: &PairColumns) -> Result<Vec<u8>, EngineError> {
        // Refuses ports that are none.
        self.port_part(flow::SRCPORT, None)?;
        let kinds = self.kinds()?;
        let servers = Bitmap::of((0..=u16::MAX).filter(|port| is_well_known(*port)).map(usize::from), 1 << 16);
        let read = [column, flow::DISPOSITION, flow::SRCPORT, flow::DSTPORT];
        let columns = ColumnSet::of(read);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let segments = &self.records.segments;
        let each = |signs: &mut Vec<u8>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut values: [Vec<i64>; 4] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &read, rows, &mut values);
                let [ids, dispositions, sources, destinations] = &values;
                let rows = ids.iter().zip(dispositions).zip(sources.iter().zip(destinations));
                for ((id, disposition), (source, destination)) in rows {
                    let kind = usize::try_from(*disposition).ok().and_then(|id| kinds.get(id)).copied();
                    let kind = kind.unwrap_or_default();
                    let mut found = kind.signs;
                    if kind.has_ports && *source != NULL && *destination != NULL {
                        let is_server = |port: i64| servers.get(port as usize);
                        let (from, to) = (is_server(*source), is_server(*destination));
                        found |= if to && !from { TO_SERVER } else { 0 };
                        found |= if from && !to { FROM_SERVER } else { 0 };
                    }
                    if let Some(signs) = signs.get_mut(pairs.id(*id)) {
                        *signs |= found;
                    }
                }
            });
            Ok(())
        };
        let states = vec![vec![0u8; pairs.len().max(1)]; self.threads];
        let states = self.sweep(needs, Share::Split, states, each)?;
        let both = |mut all: Vec<u8>, one: Vec<u8>| {
            all.iter_mut().zip(one).for_each(|(all, one)| *all |= one);
            all
        };
        Ok(states.into_iter().reduce(both).unwrap_or_default())
    }

    /// By disposition.
    fn kinds(&self) -> Result<Vec<Kind>, EngineError> {
        let sql = "SELECT disposition_id, ifnull(tcp_flags & 18, 0), ifnull(protocol IN (6, 17), 0) FROM disposition";
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut kinds = Vec::new();
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).ok().filter(|id| *id < MOST_IDS);
            let id = id.ok_or(EngineError::Unsupported)?;
            if kinds.len() <= id {
                kinds.resize(id + 1, Kind::default());
            }
            let signs = match row.get::<_, i64>(1)? {
                2 => SYN,
                18 => SYN_ACK,
                _ => 0,
            };
            kinds[id] = Kind { signs, has_ports: row.get(2)? };
        }
        Ok(kinds)
    }

    /// How many of these rows each pair has.
    fn counted(&self, rows: &[u32], column: usize, pairs: &PairColumns) -> Result<FxHashMap<u32, u32>, EngineError> {
        let chosen = self.at(rows.iter().map(|row| *row..row + 1));
        let grouping = Grouping::new(vec![self.pair_part(column, pairs)?]).ok_or(EngineError::Unsupported)?;
        let groups = self.groups(&chosen, &grouping, &Default::default())?;
        let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
        for (slot, sums) in groups.slots.iter().zip(&groups.sums) {
            *counts.entry(pairs.id(*slot as i64) as u32).or_default() += sums.records;
        }
        Ok(counts)
    }
}

/// What orders conversations whose keys are equal: left and right.
fn tie(folded: &Arc<Folded>, addresses: &Arc<AddressOrder>) -> Tie {
    let (folded, addresses) = (Arc::clone(folded), Arc::clone(addresses));
    Tie::new(move |row| {
        let (left, right) = folded.sides(row as usize).unwrap_or_default();
        addresses.rank(left) << 32 | addresses.rank(right)
    })
}

/// A selection less some rows, ascending.
fn without(selection: &Selection, rows: &[u32], engine: &Engine<'_>) -> Selection {
    let gone = engine.at(rows.iter().map(|row| *row..row + 1));
    let rows = engine.records.segments.iter().map(|segment| segment.rows);
    let parts = selection.parts().iter().zip(gone.parts());
    Selection::new(parts.map(|(chosen, gone)| chosen.clone().and(Chosen::invert(gone.clone()))).zip(rows))
}
