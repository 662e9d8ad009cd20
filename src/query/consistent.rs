//! What the rows of a case say of each other: it needs no original to be checked.

use super::QueryError;
use crate::case::{CaseReader, address_key, schema};
use crate::model::RecordId;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Faults of a kind that are reported in words.
const TOLD: usize = 20;

/// Faults in words, the first of many.
#[derive(Default)]
struct Faults {
    list: Vec<String>,
    more: u64,
}

impl Faults {
    fn tell(&mut self, what: String) {
        if self.list.len() < TOLD { self.list.push(what) } else { self.more += 1 }
    }

    fn told(mut self) -> Vec<String> {
        if self.more > 0 {
            self.list.push(format!("and {} more like this", self.more));
        }
        self.list
    }
}

/// A check of one kind: all that is wrong, in words.
pub(super) type Consistency = fn(&CaseReader) -> Result<Vec<String>, QueryError>;

/// Every kind of check, by what it is about.
pub const CONSISTENCIES: [(&str, Consistency); 9] = [
    ("rows of no evidence", rows_of_no_evidence),
    ("counts of evidence", miscounted),
    ("originals", gaps_in_originals),
    ("addresses", addresses),
    ("references of rows", references),
    ("keys of event", event_keys),
    ("parts of member_text", member_parts),
    ("occurrences of event", choices),
    ("conflicts of event", conflicts),
];

/// Rows that belong to no evidence file of the case, by table.
fn rows_of_no_evidence(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut list = Vec::new();
    for (table, id) in [
        ("flow", "id >> 32"),
        ("flow_chunk", "first_id >> 32"),
        ("flow_duplicate", "id >> 32"),
        ("event_row", "id >> 32"),
        ("event_json", "first_id >> 32"),
        ("event_choice", "event_key >> 32"),
        ("event_conflict", "id >> 32"),
        ("import_warning", "evidence_id"),
        ("raw_block", "evidence_id"),
        ("seek_point", "evidence_id"),
        ("digest", "evidence_id"),
        ("digest_log_file", "evidence_id"),
    ] {
        let sql = format!(
            "SELECT count(*) FROM {table}
             WHERE (typeof({id}) = 'integer' AND {id} IN (SELECT evidence_id FROM evidence)) IS NOT 1"
        );
        let count: u64 = reader.conn.query_row(&sql, [], |r| r.get(0))?;
        list.extend((count > 0).then(|| format!("{count} rows of {table} belong to no evidence file")));
    }
    Ok(list)
}

/// What an evidence file says of its rows and how many there are, where the two differ.
fn miscounted(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    const OF_IT: &str = "BETWEEN e.evidence_id << 32 AND (e.evidence_id << 32) + 4294967295";
    let flows = format!("(SELECT count(*) FROM flow WHERE id {OF_IT})");
    let events = format!("(SELECT count(*) FROM event WHERE id {OF_IT})");
    let listed = "(SELECT count(*) FROM digest_log_file d WHERE d.evidence_id = e.evidence_id)";
    let copies = format!(
        "((SELECT count(*) FROM flow_duplicate WHERE id {OF_IT}) +
          (SELECT count(*) FROM event WHERE id {OF_IT} AND event_key <> id))"
    );
    let summaries = format!(
        "(SELECT count(*) FROM event WHERE id {OF_IT} AND event_key = id
          AND call_id IN (SELECT call_id FROM call WHERE event_category = 'Aggregated'))"
    );
    let mut faults = Faults::default();
    for (what, column, there) in [
        ("flow rows", "flow_count", flows.clone()),
        ("event rows", "event_count", events.clone()),
        ("duplicates", "duplicate_count", copies.clone()),
        ("records", "record_count", format!("{flows} + {events} + {listed} - {copies}")),
        ("aggregated events", "aggregated_count", summaries),
        ("warnings", "warning_count", "ifnull(w.n, 0)".to_owned()),
    ] {
        let sql = format!(
            "SELECT e.evidence_id, e.{column}, {there} AS n FROM evidence e LEFT JOIN (
               SELECT evidence_id, count(*) AS n FROM import_warning WHERE scope = 'element' GROUP BY evidence_id
             ) w ON w.evidence_id = e.evidence_id
             WHERE {there} IS NOT e.{column} ORDER BY 1"
        );
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, there): (i64, i64) = (row.get(0)?, row.get(2)?);
            let said = in_words(row.get_ref(1)?);
            faults.tell(format!("evidence {id}: {said} {what} are recorded, but there are {there}"));
        }
    }
    Ok(faults.told())
}

/// Pieces of originals that do not follow each other from the first byte to the last.
fn gaps_in_originals(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut faults = Faults::default();
    let mut evidence = reader.conn.prepare(
        "SELECT evidence_id, raw_kept = 1, file_bytes FROM evidence
         WHERE typeof(file_bytes) = 'integer' AND typeof(raw_kept) = 'integer' ORDER BY evidence_id",
    )?;
    let mut blocks = reader.conn.prepare(
        "SELECT first_byte, byte_count FROM raw_block WHERE evidence_id = ? ORDER BY typeof(first_byte), first_byte",
    )?;
    let mut rows = evidence.query([])?;
    while let Some(row) = rows.next()? {
        let (id, kept, bytes): (i64, bool, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let mut pieces = blocks.query([id])?;
        let (mut end, mut whole) = (0i64, true);
        while let Some(piece) = pieces.next()? {
            let of = |at: usize| piece.get_ref(at).ok().and_then(|value| value.as_i64().ok());
            whole &= of(0) == Some(end) && of(1).is_some_and(|count| count > 0);
            end = end.saturating_add(of(1).unwrap_or(0));
        }
        match kept {
            true if !whole || end != bytes => {
                let what = format!("the blocks of its original in raw_block do not add up to its {bytes} bytes");
                faults.tell(format!("evidence {id}: {what}"));
            }
            false if end > 0 || !whole => {
                faults.tell(format!("evidence {id}: its original is not stored, but there are blocks in raw_block"));
            }
            _ => {}
        }
    }
    Ok(faults.told())
}

/// Addresses whose key is not theirs, or that are there twice.
fn addresses(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut faults = Faults::default();
    let mut statement = reader.conn.prepare("SELECT address_id, address, key FROM address ORDER BY address_id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(text) = row.get_ref(1)?.as_str() else { continue };
        if address_key(text).as_ref().map(<[u8; 16]>::as_slice) != row.get_ref(2)?.as_blob().ok() {
            faults.tell(format!("address {}: key does not match {text}", row.get::<_, i64>(0)?));
        }
    }
    twice(&reader.conn, "address", "address", &mut faults)?;
    Ok(faults.told())
}

fn twice(conn: &Connection, table: &str, column: &str, faults: &mut Faults) -> Result<(), QueryError> {
    let sql = format!("SELECT {column}, count(*) AS n FROM {table} GROUP BY 1 HAVING n > 1 ORDER BY 1");
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (value, count) = (in_words(row.get_ref(0)?), row.get::<_, i64>(1)?);
        faults.tell(format!("{table}: {value} is there {count} times"));
    }
    Ok(())
}

/// The numbers that a table has.
struct Numbers(Vec<u64>);

impl Numbers {
    fn of(conn: &Connection, table: &str) -> Result<Self, QueryError> {
        let mut statement = conn.prepare(&format!("SELECT {table}_id FROM {table}"))?;
        let mut rows = statement.query([])?;
        let mut bits = Vec::new();
        while let Some(row) = rows.next()? {
            // A number beyond all that a case can have is one that nothing refers to.
            let Ok(id) = u32::try_from(row.get::<_, i64>(0)?) else { continue };
            let word = id as usize / 64;
            if bits.len() <= word {
                bits.resize(word + 1, 0u64);
            }
            if let Some(bits) = bits.get_mut(word) {
                *bits |= 1 << (id % 64);
            }
        }
        Ok(Self(bits))
    }

    fn has(&self, id: i64) -> bool {
        let Ok(id) = usize::try_from(id) else { return false };
        self.0.get(id / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }
}

/// Rows that refer to what is not there.
fn references(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let conn = &reader.conn;
    let mut faults = Faults::default();
    let own = |list: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        list.iter().map(|(column, to)| ((*column).to_owned(), *to)).collect()
    };
    for (table, id, list) in [
        ("pair", "pair_id", own(&[("source_id", "address"), ("destination_id", "address")])),
        (
            "flow",
            "id",
            own(&[
                ("pair_id", "pair"),
                ("packet_pair_id", "pair"),
                ("interface_id", "interface"),
                ("disposition_id", "disposition"),
                ("extra_id", "extra"),
            ]),
        ),
        ("event_row", "id", schema::event_references()),
        ("member_text", "member_id", own(&[("base_id", "member")])),
    ] {
        let mut tables: BTreeMap<&str, Numbers> = BTreeMap::new();
        for (_, to) in &list {
            if let Entry::Vacant(vacant) = tables.entry(to) {
                vacant.insert(Numbers::of(conn, to)?);
            }
        }
        let known: Vec<&Numbers> = list.iter().filter_map(|(_, to)| tables.get(to)).collect();
        let columns: Vec<&str> = list.iter().map(|(column, _)| column.as_str()).collect();
        let mut statement = conn.prepare(&format!("SELECT {id}, {} FROM {table}", columns.join(", ")))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for (at, numbers) in known.iter().enumerate() {
                let ValueRef::Integer(to) = row.get_ref(at + 1)? else { continue };
                if !numbers.has(to) {
                    let of: i64 = row.get(0)?;
                    let name = if id == "id" { RecordId(of).to_string() } else { of.to_string() };
                    let column = columns.get(at).copied().unwrap_or_default();
                    faults.tell(format!("{table} {name}: {column} is {to}, which does not exist"));
                }
            }
        }
    }
    Ok(faults.told())
}

/// Events whose keys are not what the event says.
fn event_keys(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut faults = Faults::default();
    let mut statement =
        reader.conn.prepare("SELECT caller_id, source_ip_address, source_ip_key FROM caller ORDER BY caller_id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = row.get_ref(1)?.as_str().ok().and_then(address_key);
        let there = match row.get_ref(2)? {
            ValueRef::Null => None,
            ValueRef::Blob(bytes) => Some(bytes),
            _ => Some([].as_slice()),
        };
        if key.as_ref().map(<[u8; 16]>::as_slice) != there {
            let id: i64 = row.get(0)?;
            faults.tell(format!("caller {id}: source_ip_key does not match source_ip_address"));
        }
    }
    let sql = "SELECT e.id FROM event_row e LEFT JOIN event_row k ON k.id = e.event_key
               WHERE k.id IS NULL OR k.event_key <> k.id OR k.id > e.id OR k.event_id IS NOT e.event_id
                 OR k.event_uuid IS NOT e.event_uuid ORDER BY e.id";
    told_ids(&reader.conn, sql, "event_key names no first occurrence of its eventID", &mut faults)?;
    for (text, uuid) in schema::UUIDS {
        let sql = format!("SELECT id FROM event_row WHERE {text} IS NOT NULL AND {uuid} IS NOT NULL ORDER BY id");
        told_ids(&reader.conn, &sql, &format!("it has both {text} and {uuid}"), &mut faults)?;
        let sql = format!("SELECT id FROM event_row WHERE length({uuid}) <> 16 ORDER BY id");
        told_ids(&reader.conn, &sql, &format!("{uuid} is not 16 bytes"), &mut faults)?;
    }
    let sql = "SELECT min(id) FROM (SELECT id, event_key, ifnull(event_uuid, event_id) AS event_id FROM event_row)
               WHERE event_id <> ''
               AND event_key NOT IN (SELECT id FROM event_conflict) GROUP BY event_id HAVING count(DISTINCT event_key) > 1";
    told_ids(&reader.conn, sql, "its eventID has several keys", &mut faults)?;
    Ok(faults.told())
}

fn told_ids(conn: &Connection, sql: &str, what: &str, faults: &mut Faults) -> Result<(), QueryError> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        faults.tell(format!("event {}: {what}", RecordId(row.get(0)?)));
    }
    Ok(())
}

/// Members that are stored as parts of others: the other is whole, and what is shared with it is stated; where a member is
/// whole, nothing is.
fn member_parts(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut faults = Faults::default();
    let sql = "SELECT t.member_id FROM member_text t LEFT JOIN member_text b ON b.member_id = t.base_id
               WHERE (t.base_id IS NULL) <> (t.head IS NULL) OR (t.base_id IS NULL) <> (t.tail IS NULL)
                 OR b.base_id IS NOT NULL OR t.head < 0 OR t.tail < 0 OR t.head + t.tail > length(b.json)
               ORDER BY t.member_id";
    let mut statement = reader.conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        faults.tell(format!("member_text {}: it is not a part of another member", row.get::<_, i64>(0)?));
    }
    Ok(faults.told())
}

/// Events that are there several times, and the choice among them.
fn choices(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut faults = Faults::default();
    let mut said: BTreeMap<i64, (Option<i64>, Option<i64>)> = BTreeMap::new();
    let mut statement = reader.conn.prepare("SELECT event_key, best_id, occurrence_count FROM event_choice")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        said.insert(row.get(0)?, (row.get_ref(1)?.as_i64().ok(), row.get_ref(2)?.as_i64().ok()));
    }
    let mut found: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
    let mut statement = reader.conn.prepare(
        "SELECT event_key, id, completeness FROM event
         WHERE event_key IN (SELECT event_key FROM event WHERE id <> event_key) AND typeof(completeness) = 'integer'
           AND typeof(event_key) = 'integer' ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, completeness): (i64, i64) = (row.get(1)?, row.get(2)?);
        let (best, most, count) = found.entry(row.get(0)?).or_insert((id, completeness, 0));
        *count += 1;
        if completeness > *most {
            (*best, *most) = (id, completeness);
        }
    }
    for (key, (best, _, count)) in &found {
        if said.remove(key) != Some((Some(*best), Some(*count))) {
            let what = format!("event_choice does not name {} of {count} occurrences", RecordId(*best));
            faults.tell(format!("event {}: {what}", RecordId(*key)));
        }
    }
    for key in said.keys() {
        faults.tell(format!("event {}: event_choice names occurrences that do not exist", RecordId(*key)));
    }
    Ok(faults.told())
}

/// Occurrences that contradict each other: both are events, of one eventID.
fn conflicts(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut faults = Faults::default();
    let sql =
        "SELECT c.id FROM event_conflict c LEFT JOIN event_row e ON e.id = c.id LEFT JOIN event_row o ON o.id = c.other_id
               WHERE (e.event_key = e.id AND o.event_key = o.id AND o.id < e.id
                 AND ifnull(e.event_uuid, e.event_id) = ifnull(o.event_uuid, o.event_id)
                 AND json_valid(c.fields)) IS NOT 1 ORDER BY c.id";
    told_ids(
        &reader.conn,
        sql,
        "event_conflict does not name two events of one eventID and their fields",
        &mut faults,
    )?;
    Ok(faults.told())
}

fn in_words(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "nothing".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).chars().take(100).collect(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// What SQLite finds wrong with the file; empty where nothing is.
pub fn structure_faults(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut statement = reader.conn.prepare("PRAGMA integrity_check(20)")?;
    let rows = statement.query_map([], |r| Ok(in_words(r.get_ref(0)?)))?;
    let told: Vec<String> = rows.collect::<Result<_, _>>()?;
    // A damaged case is read through a copy, which is whole.
    let mut faults = reader.standing().faults();
    faults.extend(told.into_iter().filter(|line| line != "ok"));
    Ok(faults)
}
