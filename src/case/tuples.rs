//! What of events repeats and is stored once: who called from where (`caller`), error messages (`message`), the members
//! that are JSON (`member_text`), and what is made of them (`derived`).

use super::error::CaseError;
use super::kept::Kept;
use super::{schema, structure};
use crate::model::batch::ColumnValues;
use crate::model::{Address, FieldId, Kind, field};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// Memory for the values of a dictionary that are found again, each.
const KEPT_BYTES: usize = 32 << 20;

/// The dictionaries of events while a case is written.
pub(super) struct EventTuples {
    callers: TupleTable,
    derived: TupleTable,
    messages: MessageTable,
    members: MemberTable,
}

impl EventTuples {
    /// Reads what the case already holds, as far as memory is meant for it.
    pub(super) fn load(conn: &Connection) -> Result<Self, CaseError> {
        Ok(Self {
            callers: TupleTable::load(conn, "caller", schema::is_of_caller)?,
            derived: TupleTable::load(conn, "derived", schema::is_in_derived)?,
            messages: MessageTable::load(conn)?,
            members: MemberTable::load(conn)?,
        })
    }

    /// The number of an event's caller.
    pub(super) fn caller(&mut self, conn: &Connection, columns: ColumnValues<'_>) -> Result<u32, CaseError> {
        self.callers.intern(conn, columns)
    }

    /// The number of what is derived from an event; `None` where nothing is.
    pub(super) fn derived(&mut self, conn: &Connection, columns: ColumnValues<'_>) -> Result<Option<u32>, CaseError> {
        self.derived.has_any(columns).then(|| self.derived.intern(conn, columns)).transpose()
    }

    /// The number of an error message.
    pub(super) fn message(&mut self, conn: &Connection, text: &str) -> Result<u32, CaseError> {
        self.messages.intern(conn, text)
    }

    /// The number of a member's JSON.
    pub(super) fn member(&mut self, conn: &Connection, json: &str) -> Result<u32, CaseError> {
        self.members.intern(conn, json)
    }
}

fn last_id(conn: &Connection, table: &str, key: &str) -> Result<u32, CaseError> {
    Ok(conn.query_row(&format!("SELECT ifnull(max({key}), 0) FROM {table}"), [], |r| r.get(0))?)
}

/// The tuples of a table.
struct TupleTable {
    /// Fields of the tuple, and the place of each among an event's columns.
    fields: Vec<(usize, FieldId)>,
    kept: Kept,
    count: u32,
    /// Of the tuple that is looked up.
    key: Vec<u8>,
    insert: String,
    has_address: bool,
}

impl TupleTable {
    fn load(conn: &Connection, table: &str, is_of: fn(FieldId) -> bool) -> Result<Self, CaseError> {
        let mut fields: Vec<(usize, FieldId)> =
            field::event_columns().enumerate().filter(|(_, field)| is_of(*field)).collect();
        // A case that is being brought up may lack the fields of later versions, and their table.
        let there = structure::columns(conn, table)?;
        fields.retain(|(_, field)| there.iter().any(|column| column.name == schema::column(*field)));
        let has_address = fields.iter().any(|(_, field)| field.kind == Kind::Address);
        let names = fields.iter().map(|(_, f)| schema::column(*f)).collect::<Vec<_>>().join(", ");
        let address = if has_address { ", source_ip_key" } else { "" };
        let marks = vec!["?"; fields.len() + 1 + usize::from(has_address)].join(", ");
        let insert = format!("INSERT INTO {table} ({table}_id{address}, {names}) VALUES ({marks})");
        let mut this = Self { fields, kept: Kept::new(KEPT_BYTES), count: 0, key: Vec::new(), insert, has_address };
        if this.fields.is_empty() {
            return Ok(this);
        }
        this.count = last_id(conn, table, &format!("{table}_id"))?;
        let mut statement =
            conn.prepare(&format!("SELECT {table}_id, {names} FROM {table} ORDER BY {table}_id DESC"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            this.key.clear();
            for at in 0..this.fields.len() {
                push(&mut this.key, row.get_ref(at + 1)?.as_str().ok());
            }
            if !this.kept.fill(&this.key, row.get(0)?) {
                break;
            }
        }
        Ok(this)
    }

    fn intern(&mut self, conn: &Connection, columns: ColumnValues<'_>) -> Result<u32, CaseError> {
        self.key.clear();
        for (place, _) in &self.fields {
            push(&mut self.key, columns.get(*place));
        }
        if let Some(id) = self.kept.get(&self.key) {
            return Ok(id);
        }
        self.count += 1;
        let mut values = vec![Value::Integer(i64::from(self.count))];
        if self.has_address {
            let mut addresses = self.fields.iter().filter(|(_, field)| field.kind == Kind::Address);
            let address = addresses.find_map(|(place, _)| Address::parse(columns.get(*place)?.as_bytes()));
            values.push(address.map_or(Value::Null, |address| Value::Blob(address.key().to_vec())));
        }
        let texts = self.fields.iter().map(|(place, _)| columns.get(*place));
        values.extend(texts.map(|text| text.map_or(Value::Null, |text| Value::Text(text.to_owned()))));
        conn.prepare_cached(&self.insert)?.execute(params_from_iter(values))?;
        self.kept.put(self.key.as_slice().into(), self.count);
        Ok(self.count)
    }

    /// Does an event have a value of the tuple?
    fn has_any(&self, columns: ColumnValues<'_>) -> bool {
        self.fields.iter().any(|(place, _)| columns.get(*place).is_some())
    }
}

/// A value behind its length, so that no two tuples have one key.
fn push(key: &mut Vec<u8>, text: Option<&str>) {
    let len = text.map_or(u64::MAX, |text| text.len() as u64);
    match u8::try_from(len) {
        Ok(short) if short < 0xff => key.push(short),
        _ => {
            key.push(0xff);
            key.extend_from_slice(&len.to_le_bytes());
        }
    }
    key.extend_from_slice(text.unwrap_or_default().as_bytes());
}

struct MessageTable {
    kept: Kept,
    count: u32,
}

impl MessageTable {
    fn load(conn: &Connection) -> Result<Self, CaseError> {
        let sql = "SELECT message_id, error_message FROM message ORDER BY message_id DESC";
        Ok(Self { kept: filled(conn, sql)?, count: last_id(conn, "message", "message_id")? })
    }

    fn intern(&mut self, conn: &Connection, text: &str) -> Result<u32, CaseError> {
        if let Some(id) = self.kept.get(text.as_bytes()) {
            return Ok(id);
        }
        self.count += 1;
        conn.prepare_cached("INSERT INTO message VALUES (?, ?)")?.execute((self.count, text))?;
        self.kept.put(text.as_bytes().into(), self.count);
        Ok(self.count)
    }
}

/// The latest values of a dictionary.
fn filled(conn: &Connection, sql: &str) -> Result<Kept, CaseError> {
    let mut kept = Kept::new(KEPT_BYTES);
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(text) = row.get_ref(1)?.as_str() else { continue };
        if !kept.fill(text.as_bytes(), row.get(0)?) {
            break;
        }
    }
    Ok(kept)
}

struct MemberTable {
    kept: Kept,
    count: u32,
    /// Values that are stored whole, by what they begin with and about how long they are.
    bases: FxHashMap<u64, Base>,
    base_bytes: usize,
}

struct Base {
    id: u32,
    json: Box<str>,
}

/// Memory for values that others are stored as parts of.
const BASE_BYTES: usize = 8 << 20;
/// Bytes that a value must share with another to be stored as a part of it: what names the other takes about six.
const LEAST_SHARED: usize = 24;
/// Values are compared with the last one that begins with the same bytes ...
const BEGIN: usize = 32;
/// ... and whose length is in the same step: they differ in ids, mostly.
const LENGTH_STEP: usize = 16;

impl MemberTable {
    fn load(conn: &Connection) -> Result<Self, CaseError> {
        let kept = filled(conn, "SELECT member_id, json FROM member ORDER BY member_id DESC")?;
        let count = last_id(conn, "member_text", "member_id")?;
        Ok(Self { kept, count, bases: FxHashMap::default(), base_bytes: 0 })
    }

    fn intern(&mut self, conn: &Connection, json: &str) -> Result<u32, CaseError> {
        if let Some(id) = self.kept.get(json.as_bytes()) {
            return Ok(id);
        }
        self.count += 1;
        let mut insert = conn.prepare_cached("INSERT INTO member_text VALUES (?, ?, ?, ?, ?)")?;
        let key = base_key(json);
        let shared = self.bases.get(&key).and_then(|base| Some((base.id, shared(&base.json, json)?)));
        match shared {
            Some((base, Shared { head, tail, own })) => {
                insert.execute(params![self.count, base, head, tail, own])?;
            }
            None => {
                insert.execute(params![self.count, None::<u32>, None::<u32>, None::<u32>, json])?;
                self.remember(key, json);
            }
        }
        self.kept.put(json.as_bytes().into(), self.count);
        Ok(self.count)
    }

    fn remember(&mut self, key: u64, json: &str) {
        if json.len() < LEAST_SHARED || json.len() > BASE_BYTES / 16 {
            return;
        }
        self.base_bytes += json.len();
        if self.base_bytes > BASE_BYTES {
            self.bases.clear();
            self.base_bytes = json.len();
        }
        self.bases.insert(key, Base { id: self.count, json: json.into() });
    }
}

fn base_key(json: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(json.as_bytes().get(..BEGIN).unwrap_or(json.as_bytes()));
    hasher.write_usize(json.len() / LENGTH_STEP);
    hasher.finish()
}

/// What a value shares with another: characters at its begin and at its end, and what is between them.
struct Shared<'a> {
    head: usize,
    tail: usize,
    own: &'a str,
}

/// `None` where it is too little to pay.
fn shared<'a>(base: &str, json: &'a str) -> Option<Shared<'a>> {
    let same = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
    let mut head = same(&mut base.bytes().zip(json.bytes()));
    while !json.is_char_boundary(head) {
        head -= 1;
    }
    let (base, rest) = (base.get(head..)?, json.get(head..)?);
    let mut tail = same(&mut base.bytes().rev().zip(rest.bytes().rev()));
    while !rest.is_char_boundary(rest.len() - tail) {
        tail -= 1;
    }
    let own = rest.get(..rest.len() - tail)?;
    let count = |text: Option<&str>| text.map(|text| text.chars().count());
    let (head_count, tail_count) = (count(json.get(..head))?, count(rest.get(rest.len() - tail..))?);
    (head + tail >= LEAST_SHARED).then_some(Shared { head: head_count, tail: tail_count, own })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn case() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(&schema::ddl()).unwrap();
        conn
    }

    fn count(conn: &Connection, sql: &str) -> i64 {
        conn.query_row(sql, [], |r| r.get(0)).unwrap()
    }

    proptest! {
        /// Whatever was shared, the view says each value to the byte, in this and in a later session.
        #[test]
        fn a_member_is_what_it_was(
            list in prop::collection::vec(("(\\{\"bucketName\":\"|\\{\"é→𝒳\":\")?", "[aé→𝒳b]{0,6}", "[aé𝒳]{0,40}", any::<bool>()), 1..60),
        ) {
            let conn = case();
            let mut tuples = EventTuples::load(&conn).unwrap();
            for (begin, middle, end, again) in &list {
                if *again {
                    tuples = EventTuples::load(&conn).unwrap();
                }
                let json = format!("{begin}{begin}{middle}{end}{end}\"}}");
                let id = tuples.member(&conn, &json).unwrap();
                let read = conn.query_row("SELECT json FROM member WHERE member_id = ?", [id], |r| r.get::<_, String>(0));
                prop_assert_eq!(read.unwrap(), json.clone());
                prop_assert_eq!(tuples.member(&conn, &json).unwrap(), id);
            }
            // Each is there once.
            prop_assert_eq!(count(&conn, "SELECT count(*) - count(DISTINCT json) FROM member"), 0);
        }
    }

    #[test]
    fn values_that_differ_in_an_id_are_stored_as_parts() {
        let conn = case();
        let mut tuples = EventTuples::load(&conn).unwrap();
        for number in 0..10 {
            let json = format!(r#"{{"filterSet":{{"items":[{{"value":"vpc-{number:017}"}}]}},"vpcSet":{{}}}}"#);
            tuples.member(&conn, &json).unwrap();
        }
        assert_eq!(count(&conn, "SELECT count(*) FROM member_text WHERE base_id = 1"), 9);
        assert_eq!(count(&conn, "SELECT max(length(json)) FROM member_text WHERE base_id IS NOT NULL"), 1);
    }
}
