//! The pairs of a query, in its order: plain columns, from which a table of millions of rows is shown a page at a time.

use super::{PairColumn, PairKey, PairSort, added};
use crate::case::CaseReader;
use crate::model::{Timestamp, Value};
use crate::query::indicators::internal_space;
use crate::query::{QueryError, Sums};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// Pairs in order. Addresses are numbers of the case's dictionary; `pair_rows` gives the page that is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairTable {
    pub by: PairKey,
    /// `address_id`; 0 for none.
    pub sources: Vec<u32>,
    pub destinations: Vec<u32>,
    /// Place in `direction_names` plus one; 0 for none. Empty unless by direction.
    pub directions: Vec<u32>,
    pub direction_names: Vec<String>,
    pub record_counts: Vec<u32>,
    pub packets: Sums,
    pub bytes: Sums,
    /// Seconds; `NO_TIME` for none.
    pub first_seen: Vec<i64>,
    pub last_seen: Vec<i64>,
    pub accepted: Vec<u32>,
    pub rejected: Vec<u32>,
    /// Of all pairs, those beyond a limit too.
    pub totals: PairTotals,
}

/// In the place of a time that no record has.
pub const NO_TIME: i64 = i64::MIN;

/// The footer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairTotals {
    pub pairs: u64,
    pub records: u64,
    pub packets: Option<u128>,
    pub bytes: Option<u128>,
    pub accepted: u64,
    pub rejected: u64,
    /// NODATA and SKIPDATA records: counted, and left out of the sums.
    pub left_out: u64,
}

impl PairTotals {
    pub(in crate::query) fn add(&mut self, more: &Self) {
        self.pairs += more.pairs;
        self.records += more.records;
        self.packets = added(self.packets, more.packets);
        self.bytes = added(self.bytes, more.bytes);
        self.accepted += more.accepted;
        self.rejected += more.rejected;
        self.left_out += more.left_out;
    }
}

/// One pair with its addresses in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairRow {
    pub srcaddr: Option<String>,
    pub dstaddr: Option<String>,
    pub flow_direction: Option<String>,
    /// All records, those that are left out of the sums too.
    pub record_count: u64,
    pub packets: Option<u128>,
    pub total_bytes: Option<u128>,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    pub accepted: u64,
    pub rejected: u64,
}

impl PairRow {
    /// total_bytes / record_count, rounded down.
    pub fn data_ratio(&self) -> Option<u128> {
        self.total_bytes?.checked_div(self.record_count.into())
    }

    pub fn value(&self, column: PairColumn) -> Value {
        let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
        match column {
            PairColumn::Srcaddr => text(&self.srcaddr),
            PairColumn::Dstaddr => text(&self.dstaddr),
            PairColumn::FlowDirection => text(&self.flow_direction),
            PairColumn::RecordCount => Value::count(self.record_count),
            PairColumn::Packets => Value::sum(self.packets),
            PairColumn::TotalBytes => Value::sum(self.total_bytes),
            PairColumn::DataRatio => Value::sum(self.data_ratio()),
            PairColumn::FirstSeen => Value::time(self.first_seen),
            PairColumn::LastSeen => Value::time(self.last_seen),
            PairColumn::Accepted => Value::count(self.accepted),
            PairColumn::Rejected => Value::count(self.rejected),
        }
    }
}

/// What orders and sorts the dictionary's addresses, by their numbers.
pub(in crate::query) struct AddressOrder(Vec<Option<(u32, bool)>>);

impl AddressOrder {
    pub(crate) fn load(reader: &CaseReader) -> Result<Self, QueryError> {
        let mut statement = reader.conn.prepare_cached("SELECT address_id, key FROM address ORDER BY key, address")?;
        let mut rows = statement.query([])?;
        let space = internal_space(reader)?;
        let mut list = Vec::new();
        let mut place = 0;
        while let Some(row) = rows.next()? {
            let (id, key): (u32, [u8; 16]) = (row.get(0)?, row.get(1)?);
            let id = id as usize;
            if list.len() <= id {
                list.resize(id + 1, None);
            }
            if let Some(slot) = list.get_mut(id) {
                *slot = Some((place, space.contains_key(u128::from_be_bytes(key))));
            }
            place += 1;
        }
        Ok(Self(list))
    }

    /// The same, kept as long as neither the addresses nor the lists change, of which own networks are.
    pub(crate) fn kept(reader: &CaseReader) -> Result<Arc<Self>, QueryError> {
        let sql = "SELECT ifnull(max(address_id), 0) FROM address";
        let last: i64 = reader.conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
        let name = format!("address order {}", crate::query::indicator_revision(reader)?);
        reader.cache.derived(&name, last, || {
            let order = Self::load(reader)?;
            let bytes = std::mem::size_of_val(order.0.as_slice());
            Ok((order, bytes))
        })
    }

    fn of(&self, id: u32) -> Option<(u32, bool)> {
        self.0.get(id as usize).copied().flatten()
    }

    /// Place in the order of keys; of equal keys, of their spelling. `None` for no address.
    pub(crate) fn place(&self, id: u32) -> Option<u128> {
        self.of(id).map(|(place, _)| place.into())
    }

    /// Is it an address in private space, or in a network that was declared own?
    pub(crate) fn is_internal(&self, id: u32) -> bool {
        self.of(id).is_some_and(|(_, internal)| internal)
    }
}

/// Absent values after all others, whichever way the others are ordered.
pub(in crate::query) fn absent_last<T: Ord>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

impl PairTable {
    pub fn len(&self) -> usize {
        self.record_counts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.record_counts.is_empty()
    }

    /// The data ratio of a row; `None` where its records have no bytes, and past the end.
    pub fn data_ratio(&self, row: usize) -> Option<u128> {
        self.bytes.get(row)?.checked_div((*self.record_counts.get(row)?).into())
    }

    fn direction(&self, row: usize) -> Option<&str> {
        let place = (*self.directions.get(row)? as usize).checked_sub(1)?;
        self.direction_names.get(place).map(String::as_str)
    }

    /// The rows in the order of the keys, ties by the pair itself.
    pub(super) fn order(&self, sort: &[PairSort], addresses: &AddressOrder) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len()).map(|row| row as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            let by_key = sort.iter().map(|key| self.compare(a, b, key.column, key.descending, addresses));
            let tie = [PairColumn::Srcaddr, PairColumn::Dstaddr, PairColumn::FlowDirection];
            let by_tie = tie.into_iter().map(|column| self.compare(a, b, column, false, addresses));
            by_key.chain(by_tie).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        order
    }

    fn compare(&self, a: usize, b: usize, column: PairColumn, descending: bool, addresses: &AddressOrder) -> Ordering {
        let side = |list: &[u32], row: usize| list.get(row).and_then(|id| addresses.place(*id));
        let count = |list: &[u32], row: usize| list.get(row).copied();
        let time = |list: &[i64], row: usize| list.get(row).copied().filter(|time| *time != NO_TIME);
        match column {
            PairColumn::Srcaddr => absent_last(side(&self.sources, a), side(&self.sources, b), descending),
            PairColumn::Dstaddr => absent_last(side(&self.destinations, a), side(&self.destinations, b), descending),
            PairColumn::FlowDirection => absent_last(self.direction(a), self.direction(b), descending),
            PairColumn::RecordCount => {
                absent_last(count(&self.record_counts, a), count(&self.record_counts, b), descending)
            }
            PairColumn::Packets => absent_last(self.packets.get(a), self.packets.get(b), descending),
            PairColumn::TotalBytes => absent_last(self.bytes.get(a), self.bytes.get(b), descending),
            PairColumn::DataRatio => absent_last(self.data_ratio(a), self.data_ratio(b), descending),
            PairColumn::FirstSeen => absent_last(time(&self.first_seen, a), time(&self.first_seen, b), descending),
            PairColumn::LastSeen => absent_last(time(&self.last_seen, a), time(&self.last_seen, b), descending),
            PairColumn::Accepted => absent_last(count(&self.accepted, a), count(&self.accepted, b), descending),
            PairColumn::Rejected => absent_last(count(&self.rejected, a), count(&self.rejected, b), descending),
        }
    }

    /// The rows in this order and no others; the totals stay.
    pub(super) fn reordered(self, order: &[u32]) -> Self {
        fn turned<T: Copy>(list: &[T], order: &[u32]) -> Vec<T> {
            order.iter().filter_map(|row| list.get(*row as usize).copied()).collect()
        }
        Self {
            sources: turned(&self.sources, order),
            destinations: turned(&self.destinations, order),
            directions: turned(&self.directions, order),
            record_counts: turned(&self.record_counts, order),
            packets: self.packets.reordered(order),
            bytes: self.bytes.reordered(order),
            first_seen: turned(&self.first_seen, order),
            last_seen: turned(&self.last_seen, order),
            accepted: turned(&self.accepted, order),
            rejected: turned(&self.rejected, order),
            ..self
        }
    }
}

/// The rows of a page. Takes a look into the dictionary for each address of it, however long the table is.
pub fn pair_rows(reader: &CaseReader, table: &PairTable, page: Range<usize>) -> Result<Vec<PairRow>, QueryError> {
    let _moment = reader.moment()?;
    let mut rows = Vec::with_capacity(page.len().min(table.len()));
    // An address is in many pairs.
    let mut texts: FxHashMap<u32, Option<String>> = FxHashMap::default();
    let mut text = |id: u32| -> Result<Option<String>, QueryError> {
        if let Some(known) = texts.get(&id) {
            return Ok(known.clone());
        }
        let text = address_text(reader, id)?;
        texts.insert(id, text.clone());
        Ok(text)
    };
    for row in page.start..page.end.min(table.len()) {
        let count = |list: &[u32]| u64::from(list.get(row).copied().unwrap_or(0));
        let time = |list: &[i64]| list.get(row).copied().filter(|t| *t != NO_TIME).map(Timestamp::from_secs);
        rows.push(PairRow {
            srcaddr: text(table.sources.get(row).copied().unwrap_or(0))?,
            dstaddr: text(table.destinations.get(row).copied().unwrap_or(0))?,
            flow_direction: table.direction(row).map(str::to_owned),
            record_count: count(&table.record_counts),
            packets: table.packets.get(row),
            total_bytes: table.bytes.get(row),
            first_seen: time(&table.first_seen),
            last_seen: time(&table.last_seen),
            accepted: count(&table.accepted),
            rejected: count(&table.rejected),
        });
    }
    Ok(rows)
}

/// The address of this number, as the case spells it.
pub(in crate::query) fn address_text(reader: &CaseReader, id: u32) -> Result<Option<String>, QueryError> {
    use rusqlite::OptionalExtension;
    if id == 0 {
        return Ok(None);
    }
    let mut statement = reader.conn.prepare_cached("SELECT address FROM address WHERE address_id = ?")?;
    Ok(statement.query_row([id], |r| r.get(0)).optional()?)
}
