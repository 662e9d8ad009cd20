//! What two cases say of the same evidence file: row by row, with everything that a row says.

use super::{Cancel, QueryError};
use crate::case::{CaseReader, event_json, places, schema};
use crate::model::EvidenceId;
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, Row, Rows};
use std::cmp::Ordering;

/// What comparing came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Rows of every kind.
    pub rows: u64,
    pub differences: u64,
    /// The first of them in words.
    pub first: Vec<String>,
}

/// Differences that are reported in words.
const TOLD: usize = 20;

/// Takes a stored form off a cell, so that what it says is compared and not how it was compressed.
type Unpack = fn(&[u8]) -> Option<Vec<u8>>;

/// Rows of one kind: each begins with a number that rises. The columns come from the tables themselves, so that none is
/// forgotten.
struct Kind {
    name: &'static str,
    sql: String,
    columns: Vec<String>,
    /// Of the column of this name.
    unpack: Option<(&'static str, Unpack)>,
}

/// Names of a table's columns but for some.
fn columns(conn: &Connection, table: &str, without: &[&str]) -> Result<Vec<String>, QueryError> {
    let mut statement = conn.prepare_cached("SELECT name FROM pragma_table_info(?) ORDER BY cid")?;
    let rows = statement.query_map([table], |r| r.get::<_, String>(0))?;
    let all: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|name| !without.contains(&name.as_str())).collect())
}

/// Of a table whose rows belong to evidence; `number` is what is before its columns, `?1` the evidence's number, `?2`
/// and `?3` its first and last record.
fn plain(
    conn: &Connection,
    (name, table): (&'static str, &str),
    without: &[&str],
    number: &str,
    condition: &str,
) -> Result<Kind, QueryError> {
    let columns = columns(conn, table, without)?;
    let list = columns.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {number}, {list} FROM {table} WHERE {condition} ORDER BY 1");
    Ok(Kind { name, sql, columns, unpack: None })
}

const OF_EVIDENCE: &str = "evidence_id = ?1 AND ?2 < ?3";

const WITHOUT_CONFLICTS: &str = "evidence_id = ?1 AND ?2 < ?3 AND reason <> 'conflicting_copy'";

/// Everything that an evidence file brought.
fn kinds(conn: &Connection, what: Compare) -> Result<Vec<Kind>, QueryError> {
    // The time of import and whether the original was kept are compared with the journal.
    let mut without = vec!["evidence_id", "imported_utc", "raw_kept"];
    if !what.duplicates {
        without.extend(["record_count", "duplicate_count", "aggregated_count"]);
    }
    let by_first = "first_id BETWEEN ?2 AND ?3 AND ?1 > 0";
    let mut kinds = vec![
        plain(conn, ("evidence", "evidence"), &without, "0", OF_EVIDENCE)?,
        plain(
            conn,
            ("warning", "import_warning"),
            &["warning_id", "evidence_id"],
            "row_number() OVER (ORDER BY warning_id)",
            // What contradicts a copy in a file that could not be read again is not known.
            if what.duplicates { OF_EVIDENCE } else { WITHOUT_CONFLICTS },
        )?,
        flows(conn)?,
        Kind {
            unpack: Some(("places", places::plain)),
            ..plain(conn, ("place", "flow_chunk"), &["first_id"], "first_id & 4294967295", by_first)?
        },
        events(conn, what.duplicates)?,
        Kind {
            unpack: Some(("data", event_json::plain)),
            ..plain(conn, ("event_json", "event_json"), &["first_id"], "first_id & 4294967295", by_first)?
        },
        plain(conn, ("digest", "digest"), &["evidence_id"], "0", OF_EVIDENCE)?,
        plain(conn, ("digest_log_file", "digest_log_file"), &["evidence_id", "position"], "position", OF_EVIDENCE)?,
    ];
    if what.seek_points {
        kinds.push(Kind {
            unpack: Some(("window", window)),
            ..plain(conn, ("seek_point", "seek_point"), &["evidence_id", "content_byte"], "content_byte", OF_EVIDENCE)?
        });
    }
    if what.duplicates {
        let of_key = "event_key BETWEEN ?2 AND ?3 AND ?1 > 0";
        kinds.push(plain(conn, ("occurrences", "event_choice"), &["event_key"], "event_key & 4294967295", of_key)?);
        let of_id = "id BETWEEN ?2 AND ?3 AND ?1 > 0";
        kinds.push(plain(conn, ("conflict", "event_conflict"), &["id"], "id & 4294967295", of_id)?);
        kinds.push(plain(conn, ("duplicate", "flow_duplicate"), &["id"], "id & 4294967295", of_id)?);
    }
    Ok(kinds)
}

fn window(stored: &[u8]) -> Option<Vec<u8>> {
    /// More than any window of deflate.
    const MOST_BYTES: usize = 1 << 20;
    if stored.is_empty() { Some(Vec::new()) } else { zstd::bulk::decompress(stored, MOST_BYTES).ok() }
}

/// A row of a dictionary that `of` refers to, joined as `alias`: whether it is there, and all that it says.
fn referred(
    conn: &Connection,
    (alias, table): (&str, &str),
    of: &str,
    join: &mut String,
) -> Result<Vec<(String, String)>, QueryError> {
    use std::fmt::Write;
    let _ = write!(join, " LEFT JOIN {table} {alias} ON {alias}.{table}_id = {of}");
    let there =
        format!("CASE WHEN {of} IS NULL THEN 'none' WHEN {alias}.{table}_id IS NULL THEN 'missing' ELSE 'there' END");
    let (_, name) = of.split_once('.').unwrap_or(("", of));
    let mut list = vec![(there, name.to_owned())];
    match table {
        "pair" => {
            for (side, end) in [("source_id", 's'), ("destination_id", 't')] {
                let of = format!("{alias}.{side}");
                let address = format!("{alias}{end}");
                let address = referred(conn, (&address, "address"), &of, join)?;
                list.extend(address.into_iter().map(|(value, column)| (value, format!("{name} {column}"))));
            }
        }
        _ => {
            let own = columns(conn, table, &[&format!("{table}_id")])?;
            list.extend(own.into_iter().map(|column| (format!("{alias}.\"{column}\""), column)));
        }
    }
    Ok(list)
}

/// A table's own columns, and in the place of those that refer to dictionaries what these say.
fn by_value(
    conn: &Connection,
    (name, table, alias): (&'static str, &str, &str),
    references: &[(&str, &str, &str)],
    without: &[&str],
) -> Result<Kind, QueryError> {
    let mut skipped: Vec<&str> = references.iter().map(|(column, ..)| *column).collect();
    skipped.extend(without);
    let own = columns(conn, table, &skipped)?;
    let mut list: Vec<(String, String)> =
        own.into_iter().map(|column| (format!("{alias}.\"{column}\""), column)).collect();
    let mut join = String::new();
    for (column, to, to_alias) in references {
        list.extend(referred(conn, (to_alias, to), &format!("{alias}.{column}"), &mut join)?);
    }
    let (values, columns): (Vec<String>, Vec<String>) = list.into_iter().unzip();
    let sql = format!(
        "SELECT {alias}.id & 4294967295, {} FROM {table} {alias}{join}
         WHERE {alias}.id BETWEEN ?2 AND ?3 AND ?1 > 0 ORDER BY {alias}.id",
        values.join(", ")
    );
    Ok(Kind { name, sql, columns, unpack: None })
}

fn flows(conn: &Connection) -> Result<Kind, QueryError> {
    let references = [
        ("pair_id", "pair", "p"),
        ("packet_pair_id", "pair", "q"),
        ("interface_id", "interface", "i"),
        ("disposition_id", "disposition", "o"),
        ("extra_id", "extra", "x"),
    ];
    by_value(conn, ("flow", "flow", "f"), &references, &["id"])
}

fn events(conn: &Connection, with_duplicates: bool) -> Result<Kind, QueryError> {
    // The first occurrence may be in a file that could not be read again.
    let mut without: Vec<&str> = if with_duplicates { vec!["id"] } else { vec!["id", "event_key"] };
    // View event shows what these refer to.
    let references = schema::event_references();
    without.extend(references.iter().map(|(column, _)| column.as_str()).filter(|column| *column != "call_id"));
    by_value(conn, ("event", "event", "e"), &[("call_id", "call", "k")], &without)
}

/// What of two cases is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compare {
    /// Which records an earlier file holds already.
    pub duplicates: bool,
    /// Where reading a compressed original can start.
    pub seek_points: bool,
}

/// Dictionaries: tables of which a value is once, whatever its number.
pub const DICTIONARIES: [&str; 10] =
    ["address", "pair", "interface", "disposition", "extra", "call", "caller", "message", "member", "derived"];

/// Compares the values of a dictionary, however they are numbered: what only one of the cases has, or has more often.
pub fn compare_dictionary(was: &CaseReader, is: &CaseReader, table: &str) -> Result<Compared, QueryError> {
    let mut join = String::new();
    let mut list = Vec::new();
    if table == "pair" {
        for (side, alias) in [("source_id", "s"), ("destination_id", "t")] {
            list.extend(referred(&was.conn, (alias, "address"), &format!("d.{side}"), &mut join)?);
        }
    } else {
        let own = columns(&was.conn, table, &[&format!("{table}_id")])?;
        list.extend(own.into_iter().map(|column| (format!("d.\"{column}\""), column)));
    }
    let values = list.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>().join(", ");
    let order = (2..list.len() + 2).map(|at| at.to_string()).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT d.{table}_id, {values} FROM {table} d{join} ORDER BY {order}, 1");
    let (mut a, mut b) = (was.conn.prepare(&sql)?, is.conn.prepare(&sql)?);
    let (mut a, mut b) = (a.query([])?, b.query([])?);
    let (mut old, mut new) = (next(&mut a)?, next(&mut b)?);
    let mut compared = Compared::default();
    // The last value that both have.
    let mut shared: Option<Vec<Sql>> = None;
    loop {
        let order = match (&old, &new) {
            (None, None) => return Ok(compared),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => by_values(&left.1, &right.1),
        };
        if order != Ordering::Greater {
            if let (Ordering::Less, Some((id, values))) = (order, &old) {
                let is_again = shared.as_ref() == Some(values);
                // A text that the column makes a number (`06`) is not recognised when a later import reads it again.
                if !is_again {
                    compared.tell(format!("{table} {id}: {} is not in any original", all_told(values)));
                } else if !is_referred(&was.conn, table, *id)? {
                    compared.tell(format!("{table} {id}: {} exists twice, and nothing refers to it", all_told(values)));
                }
            }
            if order == Ordering::Equal {
                shared = old.as_ref().map(|(_, values)| values.clone());
            }
            old = next(&mut a)?;
        }
        if order != Ordering::Less {
            // What did not repeat for long may be there twice.
            if let (Ordering::Greater, Some((_, values))) = (order, &new)
                && shared.as_ref() != Some(values)
            {
                compared.tell(format!("{table}: {} is missing", all_told(values)));
            }
            new = next(&mut b)?;
        }
        compared.rows += u64::from(order == Ordering::Equal);
    }
}

/// Does any row refer to this row of a dictionary?
fn is_referred(conn: &Connection, table: &str, id: i64) -> Result<bool, QueryError> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (by, columns): (&str, Vec<String>) = match table {
        "address" => ("pair", own(&["source_id", "destination_id"])),
        "pair" => ("flow", own(&["pair_id", "packet_pair_id"])),
        "interface" => ("flow", own(&["interface_id"])),
        "disposition" => ("flow", own(&["disposition_id"])),
        "extra" => ("flow", own(&["extra_id"])),
        _ => {
            let references = schema::event_references().into_iter();
            ("event_row", references.filter(|(_, to)| *to == table).map(|(column, _)| column).collect())
        }
    };
    let condition = columns.iter().map(|column| format!("{column} = ?1")).collect::<Vec<_>>().join(" OR ");
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {by} WHERE {condition})");
    Ok(conn.query_row(&sql, [id], |r| r.get(0))?)
}

fn all_told(values: &[Sql]) -> String {
    values.iter().filter(|value| **value != Sql::Null).map(told).collect::<Vec<_>>().join(" ")
}

/// As SQLite orders: NULL, numbers, texts, bytes.
fn by_values(a: &[Sql], b: &[Sql]) -> Ordering {
    let rank = |value: &Sql| match value {
        Sql::Null => 0,
        Sql::Integer(_) | Sql::Real(_) => 1,
        Sql::Text(_) => 2,
        Sql::Blob(_) => 3,
    };
    let one = |a: &Sql, b: &Sql| match (a, b) {
        (Sql::Integer(a), Sql::Integer(b)) => a.cmp(b),
        (Sql::Real(a), Sql::Real(b)) => a.total_cmp(b),
        (Sql::Integer(a), Sql::Real(b)) => (*a as f64).total_cmp(b),
        (Sql::Real(a), Sql::Integer(b)) => a.total_cmp(&(*b as f64)),
        (Sql::Text(a), Sql::Text(b)) => a.cmp(b),
        (Sql::Blob(a), Sql::Blob(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    };
    a.iter().zip(b).map(|(a, b)| one(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Compares all that two cases hold of an evidence file that has the same number in both.
pub fn compare_evidence(
    was: &CaseReader,
    is: &CaseReader,
    evidence: EvidenceId,
    what: Compare,
    cancel: &Cancel,
) -> Result<Compared, QueryError> {
    let mut compared = Compared::default();
    for kind in kinds(&was.conn, what)? {
        cancel.watch(was, || compare(was, is, evidence, &kind, &mut compared))?;
    }
    Ok(compared)
}

fn compare(
    was: &CaseReader,
    is: &CaseReader,
    evidence: EvidenceId,
    kind: &Kind,
    compared: &mut Compared,
) -> Result<(), QueryError> {
    let (low, high) = crate::case::places::id_range(evidence);
    let parameters = (evidence.0, low, high);
    let (mut a, mut b) = (was.conn.prepare_cached(&kind.sql)?, is.conn.prepare_cached(&kind.sql)?);
    let (mut a, mut b) = (a.query(parameters)?, b.query(parameters)?);
    let read = |rows: &mut Rows<'_>| numbered(kind, evidence, rows);
    let (mut old, mut new) = (read(&mut a)?, read(&mut b)?);
    loop {
        let name = |number: i64| format!("{} {}:{number}", kind.name, evidence.0);
        match (&old, &new) {
            (None, None) => return Ok(()),
            (Some(left), Some(right)) if left.0 == right.0 => {
                compared.rows += 1;
                for ((column, was), is) in kind.columns.iter().zip(&left.1).zip(&right.1) {
                    if kind.differ(column, was, is) {
                        let what =
                            format!("{}: {column} is {}, but {} when read again", name(left.0), told(was), told(is));
                        compared.tell(what);
                    }
                }
                (old, new) = (read(&mut a)?, read(&mut b)?);
            }
            (Some(left), right) if right.as_ref().is_none_or(|right| left.0 < right.0) => {
                compared.tell(format!("{}: not in the original", name(left.0)));
                old = read(&mut a)?;
            }
            (_, Some(right)) => {
                compared.tell(format!("{}: it is missing", name(right.0)));
                new = read(&mut b)?;
            }
            (Some(_), None) => return Ok(()),
        }
    }
}

impl Kind {
    /// Do two cells say something else?
    fn differ(&self, column: &str, was: &Sql, is: &Sql) -> bool {
        if was == is {
            return false;
        }
        let unpack = self.unpack.filter(|(packed, _)| *packed == column);
        match (unpack, was, is) {
            (Some((_, unpack)), Sql::Blob(was), Sql::Blob(is)) => match (unpack(was), unpack(is)) {
                (Some(was), Some(is)) => was != is,
                _ => true,
            },
            _ => true,
        }
    }
}

impl Compared {
    fn tell(&mut self, what: String) {
        self.differences += 1;
        if self.first.len() < TOLD {
            self.first.push(what);
        }
    }
}

type Line = (i64, Vec<Sql>);

fn next(rows: &mut Rows<'_>) -> Result<Option<Line>, QueryError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((row.get(0)?, cells(row)?)))
}

/// The next row. One whose number is none has none that could be the same.
fn numbered(kind: &Kind, evidence: EvidenceId, rows: &mut Rows<'_>) -> Result<Option<Line>, QueryError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    match row.get_ref(0)? {
        ValueRef::Integer(number) => Ok(Some((number, cells(row)?))),
        other => {
            let what = format!("{} {}: a row has the number {}", kind.name, evidence.0, told(&owned(other)));
            Ok(Some((i64::MAX, vec![Sql::Text(what)])))
        }
    }
}

fn cells(row: &Row<'_>) -> rusqlite::Result<Vec<Sql>> {
    let count = row.as_ref().column_count();
    (1..count).map(|at| row.get_ref(at).map(owned)).collect()
}

/// Text that is no UTF-8 is compared by its bytes.
fn owned(value: ValueRef<'_>) -> Sql {
    match value {
        ValueRef::Null => Sql::Null,
        ValueRef::Integer(value) => Sql::Integer(value),
        ValueRef::Real(value) => Sql::Real(value),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Sql::Text(text.to_owned()),
            Err(_) => Sql::Blob(bytes.to_vec()),
        },
        ValueRef::Blob(bytes) => Sql::Blob(bytes.to_vec()),
    }
}

/// Characters of a value that are reported.
const TOLD_CHARS: usize = 120;

fn told(value: &Sql) -> String {
    match value {
        Sql::Null => "absent".to_owned(),
        Sql::Integer(value) => value.to_string(),
        Sql::Real(value) => value.to_string(),
        Sql::Text(text) => text.chars().take(TOLD_CHARS).collect(),
        Sql::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
