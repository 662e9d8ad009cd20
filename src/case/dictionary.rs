//! The case's dictionaries in memory while it is written: each distinct address, pair and tuple has one number.

use super::calls::CallTable;
use super::error::CaseError;
use super::feed::{self, Feed};
use super::tuples::EventTuples;
use super::{schema, uuid};
use crate::model::batch::ABSENT;
use crate::model::{Address, Dataset, FieldId, FlowBatch, Home, Tuple, field};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use std::net::{IpAddr, Ipv6Addr};

/// Extras beyond this many are stored without looking for an equal one: they hardly repeat then.
const EXTRAS_KEPT: usize = 1 << 20;

pub(super) struct Dictionaries {
    v4: FxHashMap<u32, u32>,
    v6: FxHashMap<Address, u32>,
    address_count: u32,
    pairs: FxHashMap<(u32, u32), u32>,
    pair_count: u32,
    interfaces: TupleTable,
    dispositions: TupleTable,
    extras: FxHashMap<Box<str>, u32>,
    extra_count: u32,
    pub calls: CallTable,
    pub event_tuples: EventTuples,
    /// A hash of the eventID to the event's key; what is found is compared with the row.
    pub events: FxHashMap<u64, i64>,
    /// The key of an eventID's first occurrence to those of occurrences that contradict it, ascending.
    pub conflicts: FxHashMap<i64, Vec<i64>>,
}

/// Case numbers for a batch's own indices.
pub(super) struct BatchIds {
    pub pairs: Vec<u32>,
    pub interfaces: Vec<u32>,
    pub dispositions: Vec<u32>,
    pub extras: Vec<u32>,
    /// Pairs that are new: ids, sources and destinations.
    pub new_pairs: Vec<Vec<i64>>,
}

impl Dictionaries {
    /// Reads what the case already holds.
    pub(super) fn load(conn: &Connection) -> Result<Self, CaseError> {
        let mut this = Self {
            v4: FxHashMap::default(),
            v6: FxHashMap::default(),
            address_count: 0,
            pairs: FxHashMap::default(),
            pair_count: 0,
            interfaces: TupleTable::load(conn, Home::Interface, "interface")?,
            dispositions: TupleTable::load(conn, Home::Disposition, "disposition")?,
            extras: FxHashMap::default(),
            extra_count: 0,
            calls: CallTable::load(conn)?,
            event_tuples: EventTuples::load(conn)?,
            events: FxHashMap::default(),
            conflicts: FxHashMap::default(),
        };
        let mut statement = conn.prepare("SELECT address_id, address FROM address")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, text): (u32, String) = (row.get(0)?, row.get(1)?);
            if let Some(address) = Address::parse(text.as_bytes()) {
                match address.ip {
                    IpAddr::V4(v4) => this.v4.insert(u32::from(v4), id),
                    IpAddr::V6(_) => this.v6.insert(address, id),
                };
            }
            this.address_count = this.address_count.max(id);
        }
        let mut statement =
            conn.prepare("SELECT pair_id, ifnull(source_id, 0), ifnull(destination_id, 0) FROM pair")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: u32 = row.get(0)?;
            this.pairs.insert((row.get(1)?, row.get(2)?), id);
            this.pair_count = this.pair_count.max(id);
        }
        let mut statement = conn.prepare("SELECT extra_id, json FROM extra")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: u32 = row.get(0)?;
            if this.extras.len() < EXTRAS_KEPT {
                this.extras.insert(row.get::<_, String>(1)?.into(), id);
            }
            this.extra_count = this.extra_count.max(id);
        }
        let mut statement = conn.prepare(
            "SELECT event_key, ifnull(event_uuid, event_id) AS said FROM event_row
             WHERE id = event_key AND said IS NOT NULL ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let hash = match row.get_ref(1)? {
                ValueRef::Blob(bytes) | ValueRef::Text(bytes) => hash(bytes),
                _ => hash(&[]),
            };
            // Occurrences that contradict the first have keys of their own.
            this.events.entry(hash).or_insert(row.get(0)?);
        }
        let mut statement = conn.prepare("SELECT other_id, id FROM event_conflict ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            this.conflicts.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(this)
    }

    /// Numbers for everything in the batch; what is new is written.
    pub(super) fn intern(&mut self, conn: &Connection, feed: &Feed, batch: &FlowBatch) -> Result<BatchIds, CaseError> {
        let addresses = self.addresses(conn, &batch.addresses)?;
        let side = |index: u32| if index == ABSENT { 0 } else { addresses.get(index as usize).copied().unwrap_or(0) };
        let mut new = [Vec::new(), Vec::new(), Vec::new()];
        let mut pairs = Vec::with_capacity(batch.pairs.len());
        let absent = |id: u32| if id == 0 { feed::NULL } else { i64::from(id) };
        for &(source, destination) in &batch.pairs {
            let key = (side(source), side(destination));
            let id = *self.pairs.entry(key).or_insert_with(|| {
                self.pair_count += 1;
                new[0].push(i64::from(self.pair_count));
                new[1].push(absent(key.0));
                new[2].push(absent(key.1));
                self.pair_count
            });
            pairs.push(id);
        }
        let new_pairs = Vec::from(new);
        feed.append(conn, "pair", &["pair_id", "source_id", "destination_id"], new_pairs.clone())?;
        let interfaces = self.interfaces.intern(conn, &batch.interfaces)?;
        let dispositions = self.dispositions.intern(conn, &batch.dispositions)?;
        let mut extras = Vec::with_capacity(batch.extras.len());
        for json in &batch.extras {
            extras.push(self.extra(conn, json)?);
        }
        Ok(BatchIds { pairs, interfaces, dispositions, extras, new_pairs })
    }

    fn addresses(&mut self, conn: &Connection, list: &[Address]) -> Result<Vec<u32>, CaseError> {
        let mut insert = conn.prepare_cached("INSERT INTO address VALUES (?, ?, ?)")?;
        let mut ids = Vec::with_capacity(list.len());
        for address in list {
            let known = match address.ip {
                IpAddr::V4(v4) => self.v4.get(&u32::from(v4)),
                IpAddr::V6(_) => self.v6.get(address),
            };
            if let Some(&id) = known {
                ids.push(id);
                continue;
            }
            self.address_count += 1;
            let id = self.address_count;
            insert.execute((id, address.to_string(), address.key()))?;
            match address.ip {
                IpAddr::V4(v4) => self.v4.insert(u32::from(v4), id),
                IpAddr::V6(_) => self.v6.insert(address.clone(), id),
            };
            ids.push(id);
        }
        Ok(ids)
    }

    fn extra(&mut self, conn: &Connection, json: &str) -> Result<u32, CaseError> {
        if let Some(&id) = self.extras.get(json) {
            return Ok(id);
        }
        self.extra_count += 1;
        conn.prepare_cached("INSERT INTO extra VALUES (?, ?)")?.execute((self.extra_count, json))?;
        if self.extras.len() < EXTRAS_KEPT {
            self.extras.insert(json.into(), self.extra_count);
        }
        Ok(self.extra_count)
    }
}

/// Of an eventID; equal ids have equal hashes, the rest is compared.
pub(super) fn event_hash(event_id: &str) -> u64 {
    uuid::bytes(event_id).map_or_else(|| hash(event_id.as_bytes()), |bytes| hash(&bytes))
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// 16 bytes of an address in text, for columns that order and compare.
pub fn address_key(text: &str) -> Option<[u8; 16]> {
    Address::parse(text.as_bytes()).map(|a| a.key())
}

/// Text of a key, where no spelling is at hand.
pub fn key_text(key: [u8; 16]) -> String {
    let v6 = Ipv6Addr::from(key);
    v6.to_ipv4_mapped().map_or_else(|| v6.to_string(), |v4| v4.to_string())
}

/// One of the two tables whose columns come from the table of fields.
struct TupleTable {
    ids: FxHashMap<Tuple, u32>,
    count: u32,
    fields: Vec<FieldId>,
    insert: String,
}

impl TupleTable {
    fn load(conn: &Connection, home: Home, table: &str) -> Result<Self, CaseError> {
        let fields: Vec<FieldId> = field::at_home(Dataset::Flows, home).collect();
        let columns: Vec<&str> = fields.iter().map(|f| schema::column(*f)).collect();
        let marks = vec!["?"; fields.len() + 1].join(",");
        let mut this = Self {
            ids: FxHashMap::default(),
            count: 0,
            insert: format!("INSERT INTO {table} ({table}_id, {}) VALUES ({marks})", columns.join(",")),
            fields,
        };
        let mut statement = conn.prepare(&format!("SELECT {table}_id, {} FROM {table}", columns.join(",")))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: u32 = row.get(0)?;
            let mut tuple = Tuple::default();
            for (index, field) in this.fields.iter().enumerate() {
                let text = match row.get(index + 1)? {
                    Value::Integer(value) => value.to_string(),
                    Value::Text(text) => text,
                    Value::Null | Value::Real(_) | Value::Blob(_) => continue,
                };
                tuple.0.push((*field, text.into()));
            }
            this.ids.insert(tuple, id);
            this.count = this.count.max(id);
        }
        Ok(this)
    }

    fn intern(&mut self, conn: &Connection, list: &[Tuple]) -> Result<Vec<u32>, CaseError> {
        let mut ids = Vec::with_capacity(list.len());
        for tuple in list {
            if let Some(&id) = self.ids.get(tuple) {
                ids.push(id);
                continue;
            }
            self.count += 1;
            let mut values = vec![Value::Null; self.fields.len() + 1];
            values[0] = Value::Integer(i64::from(self.count));
            for (field, text) in &tuple.0 {
                if let Some(place) = self.fields.iter().position(|f| f == field) {
                    values[place + 1] = Value::Text(text.to_string());
                }
            }
            // Text that is an integer becomes one by the column's affinity.
            conn.prepare_cached(&self.insert)?.execute(params_from_iter(values))?;
            self.ids.insert(tuple.clone(), self.count);
            ids.push(self.count);
        }
        Ok(ids)
    }
}
