//! The pairs of a query, in its order: sums from which a table of millions of rows is shown a page at a time.

use super::{PairColumn, PairKey, PairSort};
use crate::case::CaseReader;
use crate::model::{Timestamp, Value};
use crate::query::QueryError;
use crate::query::indicators::internal_space;
use crate::query::row_order::RowOrder;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// Pairs in order. `pair_rows` gives the page that is shown.
#[derive(Clone, Debug)]
pub struct PairTable {
    pub by: PairKey,
    /// The values of flow_direction, ascending.
    direction_names: Vec<String>,
    sums: Arc<dyn PairSums>,
    order: Arc<RowOrder>,
    /// Of all pairs, those beyond a limit too.
    pub totals: PairTotals,
}

/// What pairs come to, in no order.
pub(in crate::query) trait PairSums: Debug + Send + Sync {
    fn len(&self) -> usize;

    /// `None` past the end.
    fn pair(&self, row: usize) -> Option<PairSum>;
}

impl PairSums for Vec<PairSum> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn pair(&self, row: usize) -> Option<PairSum> {
        self.get(row).copied()
    }
}

/// What one pair comes to. Addresses are numbers of the case's dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) struct PairSum {
    /// `address_id`; 0 for none.
    pub source: u32,
    pub destination: u32,
    /// Place in the names plus one; 0 for none, and unless by direction.
    pub direction: u32,
    pub records: u32,
    pub packets: Option<u128>,
    pub bytes: Option<u128>,
    /// Seconds; `NO_TIME` for none.
    pub first: i64,
    pub last: i64,
    pub accepted: u32,
    pub rejected: u32,
}

impl PairSum {
    /// What it sorts by in a column: greater numbers later; `None` for what is absent.
    fn key(&self, column: PairColumn, addresses: &AddressOrder) -> Option<u128> {
        match column {
            PairColumn::Srcaddr => addresses.place(self.source),
            PairColumn::Dstaddr => addresses.place(self.destination),
            PairColumn::FlowDirection => Some(self.direction).filter(|place| *place > 0).map(u128::from),
            PairColumn::RecordCount => Some(self.records.into()),
            PairColumn::Packets => self.packets,
            PairColumn::TotalBytes => self.bytes,
            PairColumn::DataRatio => self.bytes?.checked_div(self.records.into()),
            PairColumn::FirstSeen => time_key(self.first),
            PairColumn::LastSeen => time_key(self.last),
            PairColumn::Accepted => Some(self.accepted.into()),
            PairColumn::Rejected => Some(self.rejected.into()),
        }
    }
}

/// Times before 1970 order too.
pub(in crate::query) fn time_key(secs: i64) -> Option<u128> {
    (secs != NO_TIME).then(|| (i128::from(secs) - i128::from(i64::MIN)) as u128)
}

/// In the place of a time that no record has.
pub const NO_TIME: i64 = i64::MIN;

/// The footer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairTotals {
    /// `None`: not counted yet, as in a table of the first conversations.
    pub pairs: Option<u64>,
    pub records: u64,
    pub packets: Option<u128>,
    pub bytes: Option<u128>,
    pub accepted: u64,
    pub rejected: u64,
    /// NODATA and SKIPDATA records: counted, and left out of the sums.
    pub left_out: u64,
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
/// For each number the place in the order of keys, with `OUTSIDE` where it is no internal address; `NO_PLACE` where there is no
/// such address. Asked for both sides of millions of pairs, so it is as small as it can be.
pub(in crate::query) struct AddressOrder(Vec<u32>);

const OUTSIDE: u32 = 1 << 31;
const NO_PLACE: u32 = u32::MAX;

impl AddressOrder {
    pub(crate) fn load(reader: &CaseReader) -> Result<Self, QueryError> {
        // The index of keys has the ids too. Their spelling, which orders equal keys, would be looked up for every row.
        let mut statement = reader.conn.prepare_cached("SELECT address_id, key FROM address ORDER BY key")?;
        let mut equals = reader.conn.prepare_cached("SELECT address_id FROM address WHERE key = ? ORDER BY address")?;
        let mut rows = statement.query([])?;
        let space = internal_space(reader)?;
        let mut order = Self(Vec::new());
        let (mut place, mut run, mut run_key) = (0u32, Vec::new(), [0u8; 16]);
        loop {
            let next: Option<(u32, [u8; 16])> = match rows.next()? {
                Some(row) => Some((row.get(0)?, row.get(1)?)),
                None => None,
            };
            if next.is_none_or(|(_, key)| key != run_key) {
                if run.len() > 1 {
                    run = equals.query_map([run_key], |row| row.get(0))?.collect::<Result<_, rusqlite::Error>>()?;
                }
                let outside = if space.contains_key(u128::from_be_bytes(run_key)) { 0 } else { OUTSIDE };
                for id in run.drain(..) {
                    order.put(id, place | outside);
                    // More addresses fit into no memory.
                    place = (place + 1).min(OUTSIDE - 2);
                }
            }
            let Some((id, key)) = next else { return Ok(order) };
            run.push(id);
            run_key = key;
        }
    }

    /// Of some addresses: how they stand among each other.
    pub(crate) fn of(reader: &CaseReader, mut ids: Vec<u32>) -> Result<Self, QueryError> {
        ids.sort_unstable();
        ids.dedup();
        let mut statement = reader.conn.prepare_cached("SELECT key, address FROM address WHERE address_id = ?")?;
        let mut found: Vec<([u8; 16], String, u32)> = Vec::with_capacity(ids.len());
        for id in ids {
            let mut rows = statement.query([id])?;
            if let Some(row) = rows.next()? {
                found.push((row.get(0)?, row.get(1)?, id));
            }
        }
        found.sort_unstable();
        let space = internal_space(reader)?;
        let mut order = Self(Vec::new());
        for (place, (key, _, id)) in (0..).zip(found) {
            let outside = if space.contains_key(u128::from_be_bytes(key)) { 0 } else { OUTSIDE };
            order.put(id, place | outside);
        }
        Ok(order)
    }

    fn put(&mut self, id: u32, standing: u32) {
        let id = id as usize;
        if self.0.len() <= id {
            self.0.resize(id + 1, NO_PLACE);
        }
        if let Some(slot) = self.0.get_mut(id) {
            *slot = standing;
        }
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

    /// Place in the order of keys; of equal keys, of their spelling. `None` for no address.
    pub(crate) fn place(&self, id: u32) -> Option<u128> {
        Some(self.standing(id)).filter(|standing| *standing != NO_PLACE).map(|standing| (standing & !OUTSIDE).into())
    }

    /// The same as a number, behind all others for no address.
    pub(crate) fn rank(&self, id: u32) -> u128 {
        self.place(id).unwrap_or(u32::MAX.into())
    }

    /// A number that is greater the later an address comes, those outside after the internal ones, no address last.
    pub(crate) fn standing(&self, id: u32) -> u32 {
        self.0.get(id as usize).copied().unwrap_or(NO_PLACE)
    }

    /// Is it an address in private space, or in a network that was declared own?
    pub(crate) fn is_internal(&self, id: u32) -> bool {
        self.standing(id) & OUTSIDE == 0
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

impl PartialEq for PairTable {
    fn eq(&self, other: &Self) -> bool {
        let direction = |pair: Option<PairSum>| pair.map(|pair| PairSum { direction: 0, ..pair });
        let same = |row: usize| {
            let (own, others) = (self.pair(row), other.pair(row));
            let names = own.and_then(|pair| self.direction(pair)) == others.and_then(|pair| other.direction(pair));
            names && direction(own) == direction(others)
        };
        self.by == other.by && self.totals == other.totals && self.len() == other.len() && (0..self.len()).all(same)
    }
}

impl Eq for PairTable {}

impl PairTable {
    /// `direction_names`: ascending.
    pub(in crate::query) fn new(
        by: PairKey,
        direction_names: Vec<String>,
        sums: Arc<dyn PairSums>,
        order: RowOrder,
        totals: PairTotals,
    ) -> Self {
        Self { by, direction_names, sums, order: Arc::new(order), totals }
    }

    pub fn len(&self) -> usize {
        self.order.len(self.sums.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn pair(&self, row: usize) -> Option<PairSum> {
        self.sums.pair(self.order.row(row)?)
    }

    fn direction(&self, pair: PairSum) -> Option<&str> {
        let place = (pair.direction as usize).checked_sub(1)?;
        self.direction_names.get(place).map(String::as_str)
    }

    /// Packets and bytes of its pairs, in no order.
    pub(in crate::query) fn sums(&self) -> impl Iterator<Item = [Option<u128>; 2]> + '_ {
        (0..self.sums.len()).filter_map(|row| self.sums.pair(row)).map(|pair| [pair.packets, pair.bytes])
    }
}

/// Puts pairs in the order of the keys, ties by the pair itself.
pub(super) fn put_in_order(pairs: &mut [PairSum], sort: &[PairSort], addresses: &AddressOrder) {
    let tie = [PairColumn::Srcaddr, PairColumn::Dstaddr, PairColumn::FlowDirection];
    pairs.sort_unstable_by(|a, b| {
        let compare = |column, descending| absent_last(a.key(column, addresses), b.key(column, addresses), descending);
        let by_key = sort.iter().map(|key| compare(key.column, key.descending));
        let by_tie = tie.into_iter().map(|column| compare(column, false));
        by_key.chain(by_tie).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
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
        let Some(pair) = table.pair(row) else { break };
        let time = |secs: i64| (secs != NO_TIME).then(|| Timestamp::from_secs(secs));
        rows.push(PairRow {
            srcaddr: text(pair.source)?,
            dstaddr: text(pair.destination)?,
            flow_direction: table.direction(pair).map(str::to_owned),
            record_count: pair.records.into(),
            packets: pair.packets,
            total_bytes: pair.bytes,
            first_seen: time(pair.first),
            last_seen: time(pair.last),
            accepted: pair.accepted.into(),
            rejected: pair.rejected.into(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::index::IndexCache;
    use crate::query::filter_sql::fixture::case_of;
    use std::path::Path;

    #[test]
    fn addresses_are_ordered_by_key_and_equal_ones_by_their_spelling() {
        let conn = case_of(&[]);
        conn.execute("DELETE FROM address", []).unwrap();
        for (id, address, key) in
            [(3, "b", 7u8), (9, "10.0.0.1", 2), (1, "d", 7), (2, "c", 7), (7, "8.8.8.8", 1), (5, "x", 0)]
        {
            conn.execute("INSERT INTO address VALUES (?, ?, ?)", (id, address, [key; 16])).unwrap();
        }
        let reader = CaseReader::over(conn, Path::new("memory"), Arc::new(IndexCache::default()));
        let order = AddressOrder::load(&reader).unwrap();
        let mut statement = reader.conn.prepare("SELECT address_id FROM address ORDER BY key, address").unwrap();
        let expected: Vec<u32> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(expected, [5, 7, 9, 3, 2, 1]);
        for (place, id) in expected.iter().enumerate() {
            assert_eq!((order.place(*id), order.rank(*id)), (Some(place as u128), place as u128));
        }
        assert_eq!((order.place(0), order.place(4), order.place(100)), (None, None, None));
        assert_eq!(order.rank(0), u128::from(u32::MAX));
        let some = AddressOrder::of(&reader, vec![2, 9, 4, 3, 1, 2, 0]).unwrap();
        let places = [9, 3, 2, 1].map(|id| some.place(id));
        assert_eq!(places, [0, 1, 2, 3].map(Some), "in the same order");
        assert_eq!([0, 4, 7].map(|id| some.place(id)), [None; 3]);
        [9, 3, 2, 1].iter().for_each(|id| assert_eq!(some.is_internal(*id), order.is_internal(*id)));
    }
}
