//! Pairs over the columns: an array of sums by pair id, ordered.

use super::answers::{OrderKey, checked, ordered, time_key, told};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, KeyPart, Map, Sums};
use crate::query::pairs::{AddressOrder, added};
use crate::query::{PairColumn, PairKey, PairQuery, PairTable};
use rusqlite::types::ValueRef;
use std::sync::Arc;

/// A pair, which stands for one group, or for several where records name no address in different ways.
struct Row {
    source: u32,
    destination: u32,
    /// Place in the names plus one; 0 for none.
    direction: u32,
    /// Where its sums are.
    at: u32,
}

impl Engine<'_> {
    /// As `query::pairs`.
    pub fn pair_table(&self, query: &PairQuery) -> Result<PairTable, EngineError> {
        let records = query.records()?.records(Vec::new());
        let pairs = self.pairs()?;
        let column = if query.by == PairKey::PacketAddresses { flow::PACKET_PAIR } else { flow::PAIR };
        let mut names = Vec::new();
        let mut groups = if query.by == PairKey::AddressesAndDirection {
            let (found, directions) = self.directions()?;
            names = found;
            let parts = vec![self.pair_part(column, &pairs)?, directions];
            let grouping = Grouping::new(parts).ok_or(EngineError::Unsupported)?;
            Arc::new(checked(self.groups(&self.chosen(&records)?, &grouping, &self.all_measures()?)?)?)
        } else {
            self.groups_by_pair(&records, column, &pairs)?
        };
        let width = names.len() as u64 + 1;
        let mut rows: Vec<Row> = Vec::with_capacity(groups.slots.len());
        // The rows without addresses, by direction: without a pair, or with one that is not there, which is the same to
        // whoever asks.
        let mut nobody: Vec<(u32, usize)> = Vec::new();
        for at in 0..groups.slots.len() {
            let Some(slot) = groups.slots.get(at).copied() else { continue };
            let (pair, direction) = ((slot / width) as usize, (slot % width) as u32);
            let side = |list: &[u32]| list.get(pair).copied().unwrap_or(0);
            let (source, destination) = (side(&pairs.source), side(&pairs.destination));
            if source == 0 && destination == 0 {
                if let Some((_, into)) = nobody.iter().find(|(known, _)| *known == direction).copied() {
                    let more = groups.sums.get(at).copied().unwrap_or_default();
                    Arc::make_mut(&mut groups).sums.get_mut(into).into_iter().for_each(|sums| sums.add(&more));
                    continue;
                }
                nobody.push((direction, at));
            }
            rows.push(Row { source, destination, direction, at: at as u32 });
        }
        let addresses = self.address_order()?;
        let order = ordered(rows.len(), &order_keys(query, &rows, &groups.sums, &addresses), query.limit, self.threads);
        let mut table = PairTable { by: query.by, direction_names: names, ..PairTable::default() };
        for row in &rows {
            total(&mut table, groups.sums.get(row.at as usize).copied().unwrap_or_default());
        }
        for row in order.iter().filter_map(|at| rows.get(*at as usize)) {
            push(&mut table, row, &groups.sums.get(row.at as usize).copied().unwrap_or_default());
        }
        Ok(table)
    }

    /// The values of flow_direction in order, and a key of their places plus one.
    fn directions(&self) -> Result<(Vec<String>, KeyPart), EngineError> {
        let mut by_id: Vec<(usize, Option<String>)> = Vec::new();
        let mut statement =
            self.reader.conn.prepare_cached("SELECT disposition_id, flow_direction FROM disposition")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).ok().filter(|id| *id < super::planner::MOST_IDS);
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
        Ok((names, KeyPart { column: flow::DISPOSITION, map: Map::Table(table.into()), absent: 0, size }))
    }
}

/// The keys of the query's order, with those that break ties.
fn order_keys<'a>(
    query: &PairQuery,
    rows: &'a [Row],
    sums: &'a [Sums],
    addresses: &'a AddressOrder,
) -> Vec<OrderKey<'a>> {
    let ties = [PairColumn::Srcaddr, PairColumn::Dstaddr, PairColumn::FlowDirection];
    let wanted = query.sort.iter().map(|sort| (sort.column, sort.descending));
    let all = wanted.chain(ties.into_iter().map(|column| (column, false)));
    let mut keys: Vec<OrderKey<'a>> = Vec::new();
    let mut seen = Vec::new();
    for (column, descending) in all {
        // A column that ordered already orders nothing more.
        if seen.contains(&column) || (column == PairColumn::FlowDirection && query.by != PairKey::AddressesAndDirection)
        {
            continue;
        }
        seen.push(column);
        keys.push(OrderKey::new(move |at| key(column, rows.get(at)?, sums, addresses), descending));
    }
    keys
}

fn key(column: PairColumn, row: &Row, sums: &[Sums], addresses: &AddressOrder) -> Option<u128> {
    let sums = sums.get(row.at as usize)?;
    match column {
        PairColumn::Srcaddr => addresses.place(row.source),
        PairColumn::Dstaddr => addresses.place(row.destination),
        PairColumn::FlowDirection => (row.direction > 0).then(|| row.direction.into()),
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

fn total(table: &mut PairTable, sums: Sums) {
    let totals = &mut table.totals;
    totals.pairs += 1;
    totals.records += u64::from(sums.records);
    totals.accepted += u64::from(sums.accepted);
    totals.rejected += u64::from(sums.rejected);
    totals.left_out += u64::from(sums.left_out);
    totals.packets = added(totals.packets, told(sums.packets));
    totals.bytes = added(totals.bytes, told(sums.bytes));
}

fn push(table: &mut PairTable, row: &Row, sums: &Sums) {
    table.sources.push(row.source);
    table.destinations.push(row.destination);
    if table.by == PairKey::AddressesAndDirection {
        table.directions.push(row.direction);
    }
    table.record_counts.push(sums.records);
    table.packets.push(told(sums.packets));
    table.bytes.push(told(sums.bytes));
    // NULL and NO_TIME are the same number.
    table.first_seen.push(sums.first);
    table.last_seen.push(sums.last);
    table.accepted.push(sums.accepted);
    table.rejected.push(sums.rejected);
}
