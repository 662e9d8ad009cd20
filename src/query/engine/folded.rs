//! Conversations over the columns: sums and signs by pair id, each pair folded with its reverse.

use super::answers::{OrderKey, checked, figures_of, in_parts, ordered};
use super::compile::MOST_IDS;
use super::groups::touched;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::{IndexedTable, flow};
use crate::columns::{Chosen, Grouping, Groups, NULL, PairColumns, Selection};
use crate::query::conversations::{
    ConversationQuery, ConversationTable, Half, Repeats, Signs, fold_into, is_well_known,
};
use crate::query::pairs::AddressOrder;
use crate::query::{ConversationColumn, PairKey, RecordQuery, indicator_revision};
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

impl Engine<'_> {
    /// As `query::conversations`. `asked`: the address that was asked for.
    pub(crate) fn conversations(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        asked: &[u32],
    ) -> Result<ConversationTable, EngineError> {
        let addresses = self.address_order()?;
        let table = self.kept_conversations(query, records, asked, &addresses)?;
        let ties = [ConversationColumn::Left, ConversationColumn::Right].map(|column| (column, false));
        let wanted = query.sort.iter().map(|sort| (sort.column, sort.descending)).chain(ties);
        let (told, order) = (&table, &addresses);
        let keys: Vec<OrderKey<'_>> = wanted
            .map(|(column, descending)| OrderKey::new(move |at| told.key(column, at, order), descending))
            .collect();
        let order = ordered(table.len(), &keys, query.limit, self.threads);
        self.go_on()?;
        let rows = |range: Range<usize>| table.rows_in_order(order.get(range).unwrap_or_default());
        let rows = ConversationTable::joined(in_parts(order.len(), self.threads, rows));
        Ok(ConversationTable { totals: table.totals.clone(), ..rows })
    }

    /// The conversations in no order, kept where there is room: the same ones are asked for in one order after another.
    fn kept_conversations(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        asked: &[u32],
        addresses: &AddressOrder,
    ) -> Result<Arc<ConversationTable>, EngineError> {
        let column = if query.pairs.by == PairKey::PacketAddresses { flow::PACKET_PAIR } else { flow::PAIR };
        let pairs = self.pairs()?;
        let selection = self.chosen(records)?;
        let make = || self.unordered(query, records, &selection, (column, &pairs), asked, addresses);
        if ConversationTable::bytes(pairs.len()) > self.most_kept() {
            return Ok(Arc::new(make()?));
        }
        let revision = indicator_revision(self.reader)?;
        let name = format!("conversations {column} {:?} {asked:?} {revision} {:x?}", query.repeats, selection.digest());
        self.reader.cache.derived(&name, self.snapshot.flows.rows().into(), || {
            let table = make()?;
            let bytes = ConversationTable::bytes(table.len());
            Ok((table, bytes))
        })
    }

    fn unordered(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        selection: &Selection,
        (column, pairs): (usize, &PairColumns),
        asked: &[u32],
        addresses: &AddressOrder,
    ) -> Result<ConversationTable, EngineError> {
        let repeated = self.repeated(selection)?;
        let repeats = self.counted(&repeated, column, pairs)?;
        let counted = match query.repeats {
            Repeats::LeftOut => &without(selection, &repeated, self),
            Repeats::Counted => selection,
        };
        let mut groups = if query.repeats == Repeats::Counted && self.keeps_groups(records, pairs) {
            self.groups_by_pair(records, column, pairs)?
        } else {
            let grouping = Grouping::new(vec![self.pair_part(column, pairs)?]).ok_or(EngineError::Unsupported)?;
            Arc::new(checked(self.groups(counted, &grouping, &self.all_measures()?)?)?)
        };
        super::pair_table::merge_nobody(&mut groups, pairs, 1);
        let signs = self.signs(counted, column, pairs)?;
        self.fold(&groups, pairs, &signs, &repeats, (addresses, asked))
    }

    /// Each pair with its reverse, once.
    fn fold(
        &self,
        groups: &Groups,
        pairs: &PairColumns,
        signs: &[u8],
        repeats: &FxHashMap<u32, u32>,
        (addresses, asked): (&AddressOrder, &[u32]),
    ) -> Result<ConversationTable, EngineError> {
        let reverse = self.reverse(pairs)?;
        let mut places = vec![NONE; pairs.len().max(1)];
        for (at, slot) in groups.slots.iter().enumerate() {
            if let Some(place) = places.get_mut(*slot as usize) {
                *place = at as u32;
            }
        }
        let half = |pair: u32| {
            let place = places.get(pair as usize).copied().filter(|place| *place != NONE)?;
            let figures = figures_of(groups.sums.get(place as usize)?);
            let pair = pairs.id(pair.into());
            let has = |sign: u8| signs.get(pair).is_some_and(|signs| signs & sign != 0);
            let signs = Signs {
                syn: has(SYN),
                syn_ack: has(SYN_ACK),
                to_server: has(TO_SERVER),
                from_server: has(FROM_SERVER),
            };
            Some(Half { figures, repeats: repeats.get(&(pair as u32)).copied().unwrap_or(0), signs })
        };
        let folded = |range: Range<usize>| {
            let mut table = ConversationTable::default();
            // Slots are pair ids below 2^32: `reverse` is a list of as many.
            for pair in groups.slots.get(range).unwrap_or_default().iter().map(|slot| *slot as u32) {
                let Some(there) = half(pair) else { continue };
                let other = reverse.get(pair as usize).copied().filter(|other| *other != pair && *other != NONE);
                let back = other.and_then(|other| Some((other, half(other)?)));
                // The lower one of the two stands for both.
                if back.as_ref().is_some_and(|(other, _)| *other < pair) {
                    continue;
                }
                let back = back.map(|(_, back)| back).unwrap_or_default();
                let side = |list: &[u32]| list.get(pair as usize).copied().unwrap_or(0);
                let sides = (side(&pairs.source), side(&pairs.destination));
                fold_into(&mut table, sides, &there, &back, addresses, asked);
            }
            table
        };
        if groups.slots.last().is_some_and(|slot| u32::try_from(*slot).is_err()) {
            return Err(EngineError::Unsupported);
        }
        self.go_on()?;
        Ok(ConversationTable::joined(in_parts(groups.slots.len(), self.threads, folded)))
    }

    /// By pair id the pair of the same addresses the other way round.
    pub(super) fn reverse(&self, pairs: &PairColumns) -> Result<Arc<Vec<u32>>, EngineError> {
        self.reader.cache.derived("reverse of pairs", pairs.len() as i64, || {
            let key = |a: u32, b: u32| u64::from(a) << 32 | u64::from(b);
            let mut ids: FxHashMap<u64, u32> = FxHashMap::default();
            ids.reserve(pairs.len());
            let sides = || pairs.source.iter().zip(pairs.destination.iter()).enumerate();
            for (id, (source, destination)) in sides().filter(|(_, (a, b))| **a != 0 || **b != 0) {
                // Two pairs of the same addresses are no case of ours.
                if ids.insert(key(*source, *destination), id as u32).is_some() {
                    return Err(EngineError::Unsupported);
                }
            }
            let reverse = sides().map(|(_, (a, b))| ids.get(&key(*b, *a)).copied().unwrap_or(NONE));
            let reverse: Vec<u32> = reverse.collect();
            let bytes = reverse.len() * 4;
            Ok((reverse, bytes))
        })
    }

    /// By pair id what the records' flags and ports say.
    fn signs(&self, selection: &Selection, column: usize, pairs: &PairColumns) -> Result<Vec<u8>, EngineError> {
        // Refuses ports that are none.
        self.port_part(flow::SRCPORT, None)?;
        let kinds = self.kinds()?;
        let servers: Vec<bool> = (0..=u16::MAX).map(is_well_known).collect();
        let read = [column, flow::DISPOSITION, flow::SRCPORT, flow::DSTPORT];
        let columns = ColumnSet::of(read);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let segments = &self.snapshot.flows.segments;
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
                        let is_server = |port: i64| servers.get(port as usize).is_some_and(|known| *known);
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
        let states = self.sweep(IndexedTable::Flow, needs, Share::Split, states, each)?;
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

/// A selection less some rows, ascending.
fn without(selection: &Selection, rows: &[u32], engine: &Engine<'_>) -> Selection {
    let gone = engine.at(rows.iter().map(|row| *row..row + 1));
    let rows = engine.snapshot.flows.segments.iter().map(|segment| segment.rows);
    let parts = selection.parts().iter().zip(gone.parts());
    Selection::new(parts.map(|(chosen, gone)| chosen.clone().and(Chosen::invert(gone.clone()))).zip(rows))
}
