//! Pairs over the columns: an array of sums by pair id, ordered.

use super::answers::{OrderKey, in_parts, ordered, row_order, told};
use super::groups::sums_bytes;
use super::leaders::Reach;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, Groups, KeyPart, Map, Measures, PairColumns, Parted, Selection, Sums, Tie, Used};
use crate::query::pairs::{AddressOrder, PairSum, PairSums, PairTotals, time_key};
use crate::query::row_order::RowOrder;
use crate::query::{Measure, PairColumn, PairKey, PairQuery, PairSort, PairTable, RecordQuery};
use rusqlite::types::ValueRef;
use std::sync::Arc;

/// The groups of a pair query, by their places.
#[derive(Debug)]
struct Rows {
    groups: Arc<Groups>,
    pairs: Arc<PairColumns>,
    /// How many directions a pair's slots tell apart.
    width: u64,
}

/// `address_id`, 0 for none, and the direction's place in the names plus one, 0 for none.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Row {
    source: u32,
    destination: u32,
    direction: u32,
}

impl Rows {
    fn row(&self, at: usize) -> Option<Row> {
        let slot = self.groups.slots.get(at)?;
        let (pair, direction) = ((slot / self.width) as usize, (slot % self.width) as u32);
        let side = |list: &[u32]| list.get(pair).copied().unwrap_or(0);
        Some(Row { source: side(&self.pairs.source), destination: side(&self.pairs.destination), direction })
    }

    /// `addresses`: where an address is wanted.
    fn key(&self, column: PairColumn, addresses: Option<&AddressOrder>, at: usize) -> Option<u128> {
        match column {
            PairColumn::Srcaddr => addresses?.place(self.row(at)?.source),
            PairColumn::Dstaddr => addresses?.place(self.row(at)?.destination),
            PairColumn::FlowDirection => Some(self.row(at)?.direction).filter(|place| *place > 0).map(u128::from),
            figure => figure_key(figure, self.groups.sums.get(at)?),
        }
    }
}

impl PairSums for Rows {
    fn len(&self) -> usize {
        self.groups.slots.len()
    }

    fn pair(&self, at: usize) -> Option<PairSum> {
        let (Row { source, destination, direction }, sums) = (self.row(at)?, self.groups.sums.get(at)?);
        let (packets, bytes) = (told(sums.packets), told(sums.bytes));
        let Sums { records, accepted, rejected, .. } = *sums;
        // NULL and NO_TIME are the same number.
        let (first, last) = (sums.first, sums.last);
        Some(PairSum { source, destination, direction, records, packets, bytes, first, last, accepted, rejected })
    }
}

/// Which records of a query make which pairs.
struct Asked {
    records: RecordQuery,
    pairs: Arc<PairColumns>,
    column: usize,
    grouping: Grouping,
    /// The values of flow_direction, where it is part of the key of pairs.
    names: Vec<String>,
    width: u64,
    /// The sums are those of all records of the case, which are kept.
    is_kept: bool,
}

impl Engine<'_> {
    /// As `query::pairs`.
    pub(crate) fn pair_table(&self, query: &PairQuery) -> Result<PairTable, EngineError> {
        let asked = self.asked_pairs(query)?;
        self.expect_passes(1);
        let (groups, totals) = if asked.is_kept {
            let mut groups = self.groups_by_pair(&asked.records, asked.column, &asked.pairs)?;
            merge_nobody(&mut groups, &asked.pairs, asked.width);
            let totals = totals(&groups.sums, self.threads);
            (groups, totals)
        } else {
            let selection = self.chosen(&asked.records)?;
            match self.leading_pairs(query, &selection, &asked)? {
                Some(leading) => leading,
                None => {
                    let groups =
                        self.groups_of_chosen(&selection, &asked.grouping, (asked.column, asked.width), &asked.pairs)?;
                    let totals = totals(&groups.sums, self.threads);
                    (groups, totals)
                }
            }
        };
        self.reached_passes(1);
        self.pairs_in_order(query, asked, groups, totals)
    }

    /// As `query::first_pairs`.
    pub(crate) fn first_pairs(&self, query: &PairQuery) -> Result<Option<PairTable>, EngineError> {
        let asked = self.asked_pairs(query)?;
        if asked.is_kept && self.has_groups_by_pair(&asked.records, asked.column) {
            return Ok(None);
        }
        let selection = self.chosen(&asked.records)?;
        if self.reader.cache.has(&name_of_chosen(&selection, asked.column, asked.width), self.records.rows().into()) {
            return Ok(None);
        }
        self.expect_passes(1);
        let leading = self.leading_pairs(query, &selection, &asked)?;
        let Some((groups, totals)) = leading else { return Ok(None) };
        self.reached_passes(1);
        self.pairs_in_order(query, asked, groups, totals).map(Some)
    }

    fn asked_pairs(&self, query: &PairQuery) -> Result<Asked, EngineError> {
        let records = query.records()?.records(Vec::new());
        let pairs = self.pairs()?;
        let column = if query.by == PairKey::PacketAddresses { flow::PACKET_PAIR } else { flow::PAIR };
        let (names, directions) = match query.by {
            PairKey::AddressesAndDirection => self.directions().map(|(names, part)| (names, Some(part)))?,
            PairKey::Addresses | PairKey::PacketAddresses => (Vec::new(), None),
        };
        let width = names.len() as u64 + 1;
        let is_kept = directions.is_none() && self.keeps_groups(&records, &pairs);
        let parts = std::iter::once(self.pair_part(column, &pairs)?).chain(directions).collect();
        let grouping = Grouping::new(parts).ok_or(EngineError::Unsupported)?;
        Ok(Asked { records, pairs, column, grouping, names, width, is_kept })
    }

    /// The groups as a table; up to the query's limit, where there is one.
    fn pairs_in_order(
        &self,
        query: &PairQuery,
        asked: Asked,
        groups: Arc<Groups>,
        totals: PairTotals,
    ) -> Result<PairTable, EngineError> {
        let Asked { pairs, names, width, .. } = asked;
        let rows = Arc::new(Rows { groups, pairs, width });
        let count = rows.len();
        let Some(limit) = query.limit else {
            let addresses = self.address_order()?;
            let keys = order_keys(query, &rows, Some(&addresses));
            let order = row_order(count, &keys, pair_tie(&rows, &addresses), self.threads);
            return Ok(PairTable::new(query.by, names, Arc::clone(&rows) as Arc<dyn PairSums>, order, totals));
        };
        let first = match self.first_untied(query, &rows, limit) {
            Some(first) => first,
            None => {
                let addresses = self.address_order()?;
                let (told, places) = (&rows, Some(addresses.as_ref()));
                let ties = [PairColumn::Srcaddr, PairColumn::Dstaddr, PairColumn::FlowDirection];
                let ties = ties.map(|column| OrderKey::new(move |at| told.key(column, places, at), false));
                let keys: Vec<OrderKey<'_>> = order_keys(query, told, places).into_iter().chain(ties).collect();
                ordered(count, &keys, Some(limit), self.threads)
            }
        };
        let first: Vec<PairSum> = first.into_iter().filter_map(|at| rows.pair(at as usize)).collect();
        Ok(PairTable::new(query.by, names, Arc::new(first), RowOrder::AsStored, totals))
    }

    /// The first rows, where no address has a say in their order: that of all addresses takes longer than some rows.
    fn first_untied(&self, query: &PairQuery, rows: &Rows, limit: usize) -> Option<Vec<u32>> {
        if query.sort.iter().any(|sort| matches!(sort.column, PairColumn::Srcaddr | PairColumn::Dstaddr)) {
            return None;
        }
        let keys = order_keys(query, rows, None);
        // One more than is wanted: it may be equal to the last one.
        let mut first = ordered(rows.len(), &keys, Some(limit.saturating_add(1)), self.threads);
        let is_tie = |a: u32, b: u32| keys.iter().all(|key| key.is_same(a as usize, b as usize));
        if first.iter().zip(first.iter().skip(1)).any(|(one, next)| is_tie(*one, *next)) {
            return None;
        }
        first.truncate(limit);
        Some(first)
    }

    /// What chosen records come to by pair, those of nobody together; kept where there is room, because the same ones are
    /// asked for in one order after another.
    pub(super) fn groups_of_chosen(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        (column, width): (usize, u64),
        pairs: &PairColumns,
    ) -> Result<Arc<Groups>, EngineError> {
        let make = || {
            let mut groups = Arc::new(self.checked(self.groups(selection, grouping, &self.all_measures()?)?)?);
            merge_nobody(&mut groups, pairs, width);
            Ok::<_, EngineError>(groups)
        };
        let most = usize::try_from(grouping.slots()).unwrap_or(usize::MAX).min(selection.len());
        if sums_bytes(most) > self.most_kept() {
            return make();
        }
        self.reader.cache.derived(&name_of_chosen(selection, column, width), self.records.rows().into(), || {
            let groups = make()?;
            let bytes = sums_bytes(groups.slots.len());
            Ok((Arc::unwrap_or_clone(groups), bytes))
        })
    }

    /// The pairs among which the first ones are, with the totals of all. `None` where that has to be found out otherwise.
    fn leading_pairs(
        &self,
        query: &PairQuery,
        selection: &Selection,
        asked: &Asked,
    ) -> Result<Option<(Arc<Groups>, PairTotals)>, EngineError> {
        let first = query.sort.first().filter(|sort| sort.descending).and_then(|sort| leading_measure(sort.column));
        let (Some(measure), Some(limit)) = (first, query.limit) else { return Ok(None) };
        let Asked { grouping, pairs, width, .. } = asked;
        let Some(leaders) = self.leaders(selection, grouping, measure, (limit, Reach::Equal))? else { return Ok(None) };
        if !pairs.nobody_is_one(*width, |slot| leaders.used.get(slot as usize)) {
            return Ok(None);
        }
        let measures = self.all_measures()?;
        let groups = self.checked(self.sums_of(selection, grouping, &measures, &Used::of(leaders.slots))?)?;
        let everything = Grouping::new(Vec::new()).ok_or(EngineError::Unsupported)?;
        let measures = Measures { start: None, duration: None, late_end: None, ..measures };
        let all = self.checked(self.groups(selection, &everything, &measures)?)?;
        let totals = PairTotals { pairs: Some(leaders.groups), ..totals(&all.sums, 1) };
        Ok(Some((Arc::new(groups), totals)))
    }

    /// The values of flow_direction in order, and a key of their places plus one.
    fn directions(&self) -> Result<(Vec<String>, KeyPart), EngineError> {
        let mut by_id: Vec<(usize, Option<String>)> = Vec::new();
        let mut statement =
            self.reader.conn.prepare_cached("SELECT disposition_id, flow_direction FROM disposition")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).ok().filter(|id| *id < super::compile::MOST_IDS);
            let name = match row.get_ref(1)? {
                ValueRef::Null => None,
                ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                _ => return Err(EngineError::Unsupported),
            };
            by_id.push((id.ok_or(EngineError::Unsupported)?, name));
        }
        let mut names: Vec<String> = by_id.iter().filter_map(|(_, name)| name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let mut table = vec![0u32; by_id.iter().map(|(id, _)| id + 1).max().unwrap_or(0)];
        for (id, name) in by_id {
            let place = name.and_then(|name| names.binary_search(&name).ok());
            table[id] = place.map_or(0, |place| place as u32 + 1);
        }
        let size = names.len() as u32 + 1;
        Ok((names, KeyPart { column: flow::DISPOSITION, second: None, map: Map::Table(table.into()), absent: 0, size }))
    }
}

fn name_of_chosen(selection: &Selection, column: usize, width: u64) -> String {
    format!("sums of chosen pairs {column} {width} {:x?}", selection.digest())
}

/// Records without addresses have no pair, or one of nobody, which is the same to whoever asks: one group for each
/// direction.
pub(super) fn merge_nobody(groups: &mut Arc<Groups>, pairs: &PairColumns, width: u64) {
    let mut gone: Vec<usize> = Vec::new();
    for direction in 0..width {
        let slots = std::iter::once(0).chain(pairs.nobody.iter().map(|id| u64::from(*id)));
        let slots = slots.map(|id| id * width + direction);
        let mut places =
            slots.filter_map(|slot| groups.slots.binary_search(&slot).ok()).collect::<Vec<_>>().into_iter();
        let Some(into) = places.next() else { continue };
        for at in places {
            let more = groups.sums.get(at).copied().unwrap_or_default();
            Arc::make_mut(groups).sums.get_mut(into).into_iter().for_each(|sums| sums.add(&more));
            gone.push(at);
        }
    }
    // From the last one on: what lies behind one that is removed moves up.
    gone.sort_unstable();
    for at in gone.into_iter().rev() {
        let groups = Arc::make_mut(groups);
        groups.slots.remove(at);
        groups.sums.remove(at);
    }
}

/// The keys of the query's order.
fn order_keys<'a>(query: &PairQuery, rows: &'a Rows, addresses: Option<&'a AddressOrder>) -> Vec<OrderKey<'a>> {
    let mut keys: Vec<OrderKey<'a>> = Vec::new();
    let mut seen = Vec::new();
    for PairSort { column, descending } in query.sort.iter().copied() {
        // A column that ordered already orders nothing more.
        if seen.contains(&column) || (column == PairColumn::FlowDirection && query.by != PairKey::AddressesAndDirection)
        {
            continue;
        }
        seen.push(column);
        keys.push(OrderKey::new(move |at| rows.key(column, addresses, at), descending));
    }
    keys
}

/// What orders pairs whose keys are equal: source, destination, direction.
fn pair_tie(rows: &Arc<Rows>, addresses: &Arc<AddressOrder>) -> Tie {
    let (rows, addresses) = (Arc::clone(rows), Arc::clone(addresses));
    Tie::new(move |at| {
        let Some(row) = rows.row(at as usize) else { return u128::MAX };
        let direction = row.direction.checked_sub(1).unwrap_or(u32::MAX);
        addresses.rank(row.source) << 64 | addresses.rank(row.destination) << 32 | u128::from(direction)
    })
}

/// The measure that a column shows, where narrow sums of it say which groups come first.
pub(super) fn leading_measure(column: PairColumn) -> Option<Measure> {
    match column {
        PairColumn::TotalBytes => Some(Measure::Bytes),
        PairColumn::Packets => Some(Measure::Packets),
        PairColumn::RecordCount => Some(Measure::Records),
        _ => None,
    }
}

/// What sums order by in a column of figures.
pub(super) fn figure_key(column: PairColumn, sums: &Sums) -> Option<u128> {
    match column {
        PairColumn::Srcaddr | PairColumn::Dstaddr | PairColumn::FlowDirection => None,
        PairColumn::RecordCount => Some(sums.records.into()),
        PairColumn::Packets => told(sums.packets),
        PairColumn::TotalBytes => told(sums.bytes),
        PairColumn::DataRatio => told(sums.bytes)?.checked_div(sums.records.into()),
        PairColumn::FirstSeen => time_key(sums.first),
        PairColumn::LastSeen => time_key(sums.last),
        PairColumn::Accepted => Some(sums.accepted.into()),
        PairColumn::Rejected => Some(sums.rejected.into()),
    }
}

pub(super) fn totals(groups: &Parted<Sums>, threads: usize) -> PairTotals {
    let parts = in_parts(groups.len(), threads, |part| {
        let mut all = Sums::default();
        groups.range(part).for_each(|sums| all.add(sums));
        all
    });
    let mut all = Sums::default();
    parts.iter().for_each(|part| all.add(part));
    PairTotals {
        pairs: Some(groups.len() as u64),
        records: all.records.into(),
        packets: told(all.packets),
        bytes: told(all.bytes),
        accepted: all.accepted.into(),
        rejected: all.rejected.into(),
        left_out: all.left_out.into(),
    }
}
