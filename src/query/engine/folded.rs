//! Conversations over the columns: sums and signs by pair id, each pair folded with its reverse.

use super::answers::{OrderKey, candidates, figures_of, in_parts, ordered, row_order, told};
use super::groups::sums_bytes;
use super::pair_ids::PairsAndOrder;
use super::pair_table::{figure_key, merge_nobody, totals};
use super::signs::{FROM_SERVER, SYN, SYN_ACK, TO_SERVER};
use super::{Engine, EngineError, Layout};
use crate::case::index::flow;
use crate::columns::{Bitmap, Chosen, Grouping, Groups, NO_PAIR, PairColumns, Parted, Selection, Sums, Tie};
use crate::query::conversations::{
    ConversationQuery, ConversationTable, Half, Repeats, Signs, Talk, Talks, is_left, talk, thousandths,
};
use crate::query::pairs::{AddressOrder, PairTotals, added};
use crate::query::row_order::RowOrder;
use crate::query::{ConversationColumn, PairColumn, PairKey, RecordQuery, indicator_revision};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// In the place of a group, where there is none.
pub(super) const NONE: u32 = u32::MAX;

/// Conversations in no order: which pair is folded with which. What they come to is made of the sums of the pairs.
#[derive(Debug)]
pub(super) struct Folded {
    pub groups: Arc<Groups>,
    pub pairs: Arc<PairColumns>,
    pub reverse: Arc<Vec<u32>>,
    /// By row: which group is what left sent to right, and which is what came back; `NONE` for none.
    pub halves: Parted<[u32; 2]>,
    /// By pair id.
    pub signs: Vec<u8>,
    pub repeats: FxHashMap<u32, u32>,
    pub totals: PairTotals,
}

impl Folded {
    fn pair(&self, group: u32) -> Option<u32> {
        self.groups.slots.get(group as usize).map(|slot| *slot as u32)
    }

    /// The pair from left to right and the one from right to left; `NO_PAIR` for one that is none.
    fn pairs_of(&self, row: usize) -> Option<[u32; 2]> {
        let [there, back] = *self.halves.get(row)?;
        let other =
            |pair: u32| self.reverse.get(pair as usize).copied().filter(|other| *other != pair).unwrap_or(NO_PAIR);
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
        let pair = if pair == NO_PAIR { NO_PAIR } else { self.pairs.id(pair.into()) as u32 };
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
            // Of the sums no more is read than this.
            C::TotalBytes => return added(self.bytes_of(row, 0), self.bytes_of(row, 1)),
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

    /// The keys of the query's order.
    fn keys<'a>(&'a self, query: &ConversationQuery, addresses: &'a AddressOrder) -> Vec<OrderKey<'a>> {
        let keys = query.sort.iter().map(|sort| (sort.column, sort.descending));
        keys.map(|(column, descending)| self.order_key(column, descending, addresses)).collect()
    }

    fn order_key<'a>(
        &'a self,
        column: ConversationColumn,
        descending: bool,
        addresses: &'a AddressOrder,
    ) -> OrderKey<'a> {
        OrderKey::new(move |row| self.key(column, row, addresses), descending)
    }

    /// The pairs, both ways, of the conversations among which the first ones by the first key are.
    pub(super) fn leading(
        &self,
        query: &ConversationQuery,
        addresses: &AddressOrder,
        limit: usize,
        threads: usize,
    ) -> Bitmap {
        let keys = self.keys(query, addresses);
        let rows = keys.first().map(|first| candidates(self.len(), first, limit, threads)).unwrap_or_default();
        let pairs = rows.into_iter().filter_map(|row| self.pairs_of(row as usize)).flatten();
        let of_nobody = self.pairs.nobody.iter().copied();
        let all = pairs.chain(of_nobody).chain([0]).filter(|pair| *pair != NO_PAIR).map(|pair| pair as usize);
        Bitmap::of(all, self.pairs.len().max(1))
    }

    /// The first conversations in the query's order.
    pub(super) fn first(
        &self,
        query: &ConversationQuery,
        addresses: &AddressOrder,
        limit: usize,
        threads: usize,
    ) -> Vec<Talk> {
        let mut keys = self.keys(query, addresses);
        let tie = [ConversationColumn::Left, ConversationColumn::Right];
        keys.extend(tie.map(|column| self.order_key(column, false, addresses)));
        let first = ordered(self.len(), &keys, Some(limit), threads);
        first.into_iter().filter_map(|row| self.talk(row as usize)).collect()
    }

    /// Of memory, with the sums.
    fn bytes(&self) -> usize {
        let by_pair = self.signs.len() + 16 * self.repeats.len();
        size_of::<[u32; 2]>() * self.halves.len() + by_pair + sums_bytes(self.groups.slots.len())
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
        let PairsAndOrder { pairs, reverse, addresses } = self.pairs_and_order()?;
        let folded = self.kept_conversations(query, records, asked, (&pairs, &reverse, &addresses))?;
        self.go_on()?;
        let (count, totals) = (folded.len(), folded.totals.clone());
        let Some(limit) = query.limit.filter(|limit| *limit < count) else {
            let keys = folded.keys(query, &addresses);
            let order = row_order(count, &keys, tie(&folded, &addresses), self.threads);
            return Ok(ConversationTable::new(Arc::clone(&folded) as Arc<dyn Talks>, order, totals));
        };
        let first = folded.first(query, &addresses, limit, self.threads);
        Ok(ConversationTable::new(Arc::new(first), RowOrder::AsStored, totals))
    }

    /// The conversations in no order, kept where there is room: the same ones are asked for in one order after another.
    fn kept_conversations(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        asked: &[u32],
        (pairs, reverse, addresses): (&Arc<PairColumns>, &Arc<Vec<u32>>, &AddressOrder),
    ) -> Result<Arc<Folded>, EngineError> {
        let column = if query.pairs.by == PairKey::PacketAddresses { flow::PACKET_PAIR } else { flow::PAIR };
        let selection = self.chosen(records)?;
        let make = || self.folded(query, records, &selection, (column, pairs, reverse), (addresses, asked));
        if sums_bytes(pairs.len()) > self.most_kept() {
            return Ok(Arc::new(make()?));
        }
        let name = self.name_of_conversations(query, &selection, column, asked)?;
        self.reader.cache.derived(&name, self.records.rows().into(), || {
            let folded = make()?;
            let bytes = folded.bytes();
            Ok((folded, bytes))
        })
    }

    /// Under which they are kept.
    pub(super) fn name_of_conversations(
        &self,
        query: &ConversationQuery,
        selection: &Selection,
        column: usize,
        asked: &[u32],
    ) -> Result<String, EngineError> {
        let (repeats, revision) = (query.repeats, indicator_revision(self.reader)?);
        Ok(format!("conversations {column} {repeats:?} {asked:?} {revision} {:x?}", selection.digest()))
    }

    fn folded(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        selection: &Selection,
        (column, pairs, reverse): (usize, &Arc<PairColumns>, &Arc<Vec<u32>>),
        left: (&AddressOrder, &[u32]),
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
        self.go_on()?;
        // Groups are pairs, of which there are fewer than 2^32: `reverse` is a list of as many.
        let mut places = vec![NONE; pairs.len().max(1)];
        for (at, slot) in groups.slots.iter().enumerate() {
            if let Some(place) = places.get_mut(*slot as usize) {
                *place = at as u32;
            }
        }
        let place = |pair: u32| places.get(pair as usize).copied().unwrap_or(NONE);
        let halves = self.halves(&groups, pairs, reverse, place, left)?;
        let totals = PairTotals { pairs: Some(halves.len() as u64), ..totals(&groups.sums, self.threads) };
        let (pairs, reverse) = (Arc::clone(pairs), Arc::clone(reverse));
        Ok(Folded { groups, pairs, reverse, halves, signs, repeats, totals })
    }

    /// Each pair with its reverse, once: left to right, and back. `place`: of a pair among the groups.
    pub(super) fn halves(
        &self,
        groups: &Groups,
        pairs: &PairColumns,
        reverse: &[u32],
        place: impl Fn(u32) -> u32 + Sync,
        (addresses, asked): (&AddressOrder, &[u32]),
    ) -> Result<Parted<[u32; 2]>, EngineError> {
        if groups.slots.last().is_some_and(|slot| u32::try_from(*slot).is_err()) {
            return Err(EngineError::Unsupported);
        }
        let folded = |range: Range<usize>| {
            let mut halves = Vec::with_capacity(range.len());
            for (at, slot) in range.clone().zip(groups.slots.get(range).unwrap_or_default()) {
                let pair = *slot as usize;
                let other = reverse.get(pair).copied().unwrap_or(NO_PAIR);
                let (at, back) = (at as u32, if other as usize == pair { NONE } else { place(other) });
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
        Ok(in_parts(groups.slots.len(), self.threads, folded).into_iter().collect())
    }

    /// How many of these rows each pair has.
    pub(super) fn counted(
        &self,
        rows: &[u32],
        column: usize,
        pairs: &PairColumns,
    ) -> Result<FxHashMap<u32, u32>, EngineError> {
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
