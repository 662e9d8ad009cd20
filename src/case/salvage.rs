//! Copies the rows of a damaged case into an empty one: what can be read goes over, what cannot is reported by table
//! and range of keys. A table is walked up to the first fault, then entered again behind it and walked down to it, so
//! that a bad page costs its own rows only. Indexes of the source are never used, and its column index is not copied.

use super::error::CaseError;
use crate::model::RecordId;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, ErrorCode, params_from_iter};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Rows of a table that could not be read: those behind one key and before another, both of which were read; or the one
/// row of a key, where both are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub table: String,
    /// The key of the last row before them; `None` from the first row on.
    pub after: Option<String>,
    /// The key of the first row behind them; `None` to the last row.
    pub before: Option<String>,
    pub reason: String,
    /// Every row that could be seen was read; a damaged page may hide others.
    pub is_suspected: bool,
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { table, after, before, reason, is_suspected } = self;
        if *is_suspected {
            return write!(f, "{table}: {reason}");
        }
        match (after, before) {
            (Some(after), Some(before)) if after == before => write!(f, "{table}: row {after} ({reason})"),
            (Some(after), Some(before)) => write!(f, "{table}: rows after {after} and before {before} ({reason})"),
            (Some(after), None) => write!(f, "{table}: rows after {after}, if there were any ({reason})"),
            (None, Some(before)) => write!(f, "{table}: rows before {before}, if there were any ({reason})"),
            (None, None) => write!(f, "{table}: all rows ({reason})"),
        }
    }
}

/// What came over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Salvaged {
    /// Table -> rows.
    pub rows: BTreeMap<String, u64>,
    pub lost: Vec<Lost>,
}

/// Derived from the rows, and rebuilt where it is wanted.
const DERIVED: [&str; 2] = ["column_index", "column_segment"];
/// Times that a table is entered behind a fault; a table with more faults is given up there.
const MOST_ENTRIES: usize = 50_000;

/// Copies every table that `to` has. Both have the same schema; `to` is empty, and its foreign keys are not enforced.
///
/// # Errors
/// `to` cannot be written.
pub(super) fn copy(from: &Connection, to: &Connection) -> Result<Salvaged, CaseError> {
    let mut salvaged = Salvaged::default();
    let mut statement = to.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")?;
    let tables = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let tables: Vec<(String, String)> = tables.collect::<Result<_, _>>()?;
    for (name, sql) in tables.iter().filter(|(name, _)| !DERIVED.contains(&name.as_str())) {
        let table = Table::describe(to, name, sql.contains("WITHOUT ROWID"))?;
        let mut copying = Copying { from, to, table, rows: 0, entries: 0, lost: Vec::new() };
        copying.run()?;
        if copying.lost.is_empty() && DENSE.contains(&name.as_str()) {
            copying.find_gaps()?;
        }
        salvaged.rows.insert(name.clone(), copying.rows);
        salvaged.lost.append(&mut copying.lost);
    }
    for (rows, table, count) in COUNTED {
        if !salvaged.lost.iter().any(|lost| lost.table == table || lost.table == rows) {
            salvaged.lost.append(&mut fewer_than_counted(to, table, count)?);
        }
    }
    Ok(salvaged)
}

/// Tables whose keys are numbers without gaps, and those whose rows are counted beside each evidence: rows that a
/// damaged page no longer shows are missed there, although reading it tells of no fault.
const DENSE: [&str; 11] = [
    "journal",
    "address",
    "pair",
    "interface",
    "disposition",
    "extra",
    "call",
    "caller",
    "message",
    "member_text",
    "derived",
];
/// The table of the rows, the table or view that shows them in every version, and their count.
const COUNTED: [(&str, &str, &str); 2] = [("flow", "flow", "flow_count"), ("event_row", "event", "event_count")];

fn fewer_than_counted(conn: &Connection, table: &str, count: &str) -> Result<Vec<Lost>, CaseError> {
    let mut statement = conn.prepare(&format!(
        "SELECT evidence_id, {count}, (SELECT count(*) FROM {table}
           WHERE id BETWEEN evidence_id << 32 AND (evidence_id << 32) + 4294967295) AS there
         FROM evidence WHERE there < {count} ORDER BY evidence_id"
    ))?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let rows: Vec<(i64, i64, i64)> = rows.collect::<Result<_, _>>()?;
    let lost = |(evidence, counted, there)| Lost {
        table: table.to_owned(),
        after: Some(RecordId(evidence << 32).to_string()),
        before: Some(RecordId((evidence + 1) << 32).to_string()),
        reason: format!("of {counted} rows {there} are there"),
        is_suspected: false,
    };
    Ok(rows.into_iter().map(lost).collect())
}

/// Tells of the tables whose pages the check of the file found damaged, although reading them told of no fault.
pub(super) fn suspect(from: &Connection, damage: &[String], salvaged: &mut Salvaged) {
    for table in damage.iter().filter_map(|line| table_of(from, line)) {
        let is_told = salvaged.lost.iter().any(|lost| lost.table == table);
        if !is_told && salvaged.rows.contains_key(&table) {
            let reason = "a page of it is damaged; rows may be missing or changed".to_owned();
            salvaged.lost.push(Lost { table, after: None, before: None, reason, is_suspected: true });
        }
    }
}

/// The table that a line of SQLite's check is about: `Tree ROOT page N ...`.
fn table_of(from: &Connection, line: &str) -> Option<String> {
    let root: i64 = line.strip_prefix("Tree ")?.split(' ').next()?.parse().ok()?;
    let sql = "SELECT name FROM sqlite_schema WHERE rootpage = ? AND type = 'table'";
    from.query_row(sql, [root], |r| r.get(0)).ok()
}

/// What is derived from rows follows those that are there: the counts of rows beside each evidence, and which
/// occurrence of an event is shown. What an import counted stays as it was reported.
pub(super) fn settle(conn: &Connection) -> Result<(), CaseError> {
    for (table, count) in [("flow", "flow_count"), ("event", "event_count")] {
        conn.execute_batch(&format!(
            "UPDATE evidence SET {count} = (SELECT count(*) FROM {table}
               WHERE id BETWEEN evidence_id << 32 AND (evidence_id << 32) + 4294967295)"
        ))?;
    }
    conn.execute_batch(
        "INSERT OR REPLACE INTO event_choice
         WITH lost AS (SELECT DISTINCT e.event_key FROM event e LEFT JOIN event_choice c USING (event_key)
             WHERE ifnull(c.best_id, e.event_key) NOT IN (SELECT id FROM event)),
           ranked AS (SELECT event_key, id, row_number() OVER of_event AS place, count(*) OVER (PARTITION BY event_key) AS n
             FROM event WHERE event_key IN lost WINDOW of_event AS (PARTITION BY event_key ORDER BY completeness DESC, id))
         SELECT event_key, id, n FROM ranked WHERE place = 1",
    )?;
    // What contradicts an event that is lost has nothing to be read beside.
    conn.execute_batch(
        "DELETE FROM event_conflict WHERE id NOT IN (SELECT id FROM event) OR other_id NOT IN (SELECT id FROM event)",
    )?;
    Ok(())
}

type Key = Vec<Value>;

struct Table {
    name: String,
    /// What rows are ordered by: the rowid, or the columns of the primary key.
    key: Vec<String>,
    /// Columns that are read and written; the key is among them or comes before them.
    columns: Vec<SavedColumn>,
    /// Places of the key in `columns`.
    key_at: Vec<usize>,
}

struct SavedColumn {
    name: String,
    kind: String,
}

impl Table {
    fn describe(conn: &Connection, name: &str, without_rowid: bool) -> Result<Self, CaseError> {
        let mut statement = conn.prepare("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid")?;
        let rows = statement
            .query_map([name], |r| Ok((SavedColumn { name: r.get(0)?, kind: r.get(1)? }, r.get::<_, i64>(2)?)))?;
        let (mut columns, mut keys) = (Vec::new(), Vec::new());
        for row in rows {
            let (column, place) = row?;
            if place > 0 {
                keys.push((place, columns.len()));
            }
            columns.push(column);
        }
        keys.sort_unstable();
        let is_rowid = |at: usize| columns.get(at).is_some_and(|column: &SavedColumn| column.kind == "INTEGER");
        let key_at: Vec<usize> = match keys.as_slice() {
            _ if without_rowid => keys.iter().map(|(_, at)| *at).collect(),
            [(_, at)] if is_rowid(*at) => vec![*at],
            _ => {
                columns.insert(0, SavedColumn { name: "rowid".to_owned(), kind: "INTEGER".to_owned() });
                vec![0]
            }
        };
        let key = key_at.iter().filter_map(|at| columns.get(*at)).map(|column| quoted(&column.name)).collect();
        Ok(Self { name: name.to_owned(), key, columns, key_at })
    }

    fn list(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    fn key_of(&self, row: &[Value]) -> Key {
        self.key_at.iter().filter_map(|at| row.get(*at).cloned()).collect()
    }

    /// The key as a person names the row.
    fn name_of(&self, key: &[Value]) -> String {
        let records = [
            "flow",
            "flow_chunk",
            "flow_duplicate",
            "event",
            "event_row",
            "event_json",
            "event_choice",
            "event_conflict",
        ]
        .contains(&&*self.name);
        let part = |value: &Value| match value {
            Value::Integer(id) if records => RecordId(*id).to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            _ => "?".to_owned(),
        };
        key.iter().map(part).collect::<Vec<_>>().join(", ")
    }
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Where a walk begins and ends; both ends are open but for `from_inclusive`.
#[derive(Clone, Default)]
struct Bounds {
    after: Option<Key>,
    includes_after: bool,
    before: Option<Key>,
}

/// How a walk ended.
struct Walk {
    last: Option<Key>,
    fault: Option<String>,
}

struct Copying<'c> {
    from: &'c Connection,
    to: &'c Connection,
    table: Table,
    rows: u64,
    entries: usize,
    lost: Vec<Lost>,
}

impl Copying<'_> {
    fn run(&mut self) -> Result<(), CaseError> {
        let mut bounds = Bounds::default();
        loop {
            let walk = self.walk(&bounds, Direction::Up)?;
            let Some(reason) = walk.fault else { return Ok(()) };
            let low = walk.last.or(bounds.after);
            let next = self.enter_behind(low.as_deref())?;
            let gap = Bounds { after: low.clone(), includes_after: false, before: next.clone() };
            let down = self.walk(&gap, Direction::Down)?;
            if down.fault.is_some() {
                self.lose(low.as_deref(), down.last.as_deref().or(next.as_deref()), reason);
            }
            let Some(next) = next else { return Ok(()) };
            // Where nothing could be read from there on, it is behind that key the next time.
            bounds = Bounds { after: Some(next), includes_after: true, before: None };
        }
    }

    /// Tells of numbers that are missing between those that are there.
    fn find_gaps(&mut self) -> Result<(), CaseError> {
        let Some(key) = self.table.key.first() else { return Ok(()) };
        let sql = format!(
            "SELECT before, {key} FROM (SELECT {key}, lag({key}, 1, 0) OVER (ORDER BY {key}) AS before FROM {})
             WHERE {key} > before + 1 ORDER BY {key}",
            quoted(&self.table.name)
        );
        let mut statement = self.to.prepare(&sql)?;
        let gaps = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let gaps: Vec<(i64, i64)> = gaps.collect::<Result<_, _>>()?;
        for (after, before) in gaps {
            let reason = "the numbers between are missing".to_owned();
            self.lose(Some(&[Value::Integer(after)]), Some(&[Value::Integer(before)]), reason);
        }
        Ok(())
    }

    fn lose(&mut self, after: Option<&[Value]>, before: Option<&[Value]>, reason: String) {
        let name = |key: &[Value]| self.table.name_of(key);
        let (after, before) = (after.map(name), before.map(name));
        let table = self.table.name.clone();
        self.lost.push(Lost { table, after, before, reason, is_suspected: false });
    }

    /// The first key behind `low` at which a row can be found again, searched for in steps that double.
    fn enter_behind(&mut self, low: Option<&[Value]>) -> Result<Option<Key>, CaseError> {
        let keys = self.table.key.join(", ");
        let marks = vec!["?"; self.table.key.len()].join(", ");
        let sql = format!(
            "SELECT {keys} FROM {} NOT INDEXED WHERE ({keys}) >= ({marks}) ORDER BY {keys} LIMIT 1",
            quoted(&self.table.name)
        );
        let start: Key = match low {
            Some(low) => low.to_vec(),
            None => vec![Value::Integer(0); self.table.key.len()],
        };
        for place in (0..start.len()).rev() {
            let Some(Value::Integer(base)) = start.get(place) else { continue };
            for step in (0..63).map(|power| 1_i64 << power) {
                let Some(probed) = base.checked_add(step) else { break };
                let mut probe = start.clone();
                probe.iter_mut().skip(place + 1).for_each(|value| *value = Value::Integer(i64::MIN));
                if let Some(value) = probe.get_mut(place) {
                    *value = Value::Integer(probed);
                }
                self.entries += 1;
                if self.entries > MOST_ENTRIES {
                    return Ok(None);
                }
                let found = self.from.prepare_cached(&sql).and_then(|mut statement| {
                    let mut rows = statement.query(params_from_iter(&probe))?;
                    let Some(row) = rows.next()? else { return Ok(None) };
                    (0..start.len()).map(|at| row.get(at)).collect::<Result<Key, _>>().map(Some)
                });
                match found {
                    Ok(None) => return Ok(None),
                    Ok(Some(key)) if compare(&key, &probe) != Ordering::Less => return Ok(Some(key)),
                    // A row out of order.
                    Ok(Some(_)) => {}
                    Err(error) => {
                        fault(error)?;
                    }
                }
            }
        }
        Ok(None)
    }

    /// Copies rows in order until the end or a fault. A row goes over once the next one shows that it is in order.
    fn walk(&mut self, bounds: &Bounds, direction: Direction) -> Result<Walk, CaseError> {
        let keys = self.table.key.join(", ");
        let marks = vec!["?"; self.table.key.len()].join(", ");
        let mut conditions = Vec::new();
        if bounds.after.is_some() {
            let sign = if bounds.includes_after { ">=" } else { ">" };
            conditions.push(format!("({keys}) {sign} ({marks})"));
        }
        if bounds.before.is_some() {
            conditions.push(format!("({keys}) < ({marks})"));
        }
        let condition = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
        let end = if direction == Direction::Up { "ASC" } else { "DESC" };
        let order: Vec<String> = self.table.key.iter().map(|key| format!("{key} {end}")).collect();
        let sql = format!(
            "SELECT {} FROM {} NOT INDEXED WHERE {condition} ORDER BY {}",
            self.table.list(),
            quoted(&self.table.name),
            order.join(", ")
        );
        let from = self.from;
        let mut statement = match from.prepare_cached(&sql) {
            Ok(statement) => statement,
            Err(error) => return Ok(Walk { last: None, fault: Some(fault(error)?) }),
        };
        let values = bounds.after.iter().chain(&bounds.before).flatten();
        let mut rows = match statement.query(params_from_iter(values)) {
            Ok(rows) => rows,
            Err(error) => return Ok(Walk { last: None, fault: Some(fault(error)?) }),
        };
        let mut last: Option<Key> = None;
        let mut held: Option<(Key, Result<Vec<Value>, String>)> = None;
        let ended = loop {
            let (key, row) = match rows.next() {
                Ok(Some(row)) => match self.read(row) {
                    Ok(read) => read,
                    Err(error) => break Some(fault(error)?),
                },
                Ok(None) => break None,
                Err(error) => break Some(fault(error)?),
            };
            let follows = |before: &Key| match direction {
                Direction::Up => compare(&key, before) == Ordering::Greater,
                Direction::Down => compare(&key, before) == Ordering::Less,
            };
            if let Some((before, values)) = held.take() {
                if follows(&before) {
                    self.put(&before, values)?;
                    last = Some(before);
                } else {
                    // One of the two is not what it was, and nothing says which.
                    let reason = format!("out of order at {}", self.table.name_of(&before));
                    self.lose(last.as_deref(), Some(&key), reason);
                    continue;
                }
            }
            if last.as_ref().is_none_or(&follows) {
                held = Some((key, row));
            }
        };
        if let Some((key, values)) = held {
            self.put(&key, values)?;
            last = Some(key);
        }
        Ok(Walk { last, fault: ended })
    }

    /// The key of a row, and its values or why they are none that the table can hold.
    fn read(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<(Key, Result<Vec<Value>, String>)> {
        let mut values = Vec::with_capacity(self.table.columns.len());
        let mut wrong = None;
        for (at, column) in self.table.columns.iter().enumerate() {
            let value = row.get_ref(at)?;
            let fits = match value {
                ValueRef::Null => true,
                ValueRef::Integer(_) => column.kind == "INTEGER",
                ValueRef::Text(text) => column.kind == "TEXT" && std::str::from_utf8(text).is_ok(),
                ValueRef::Blob(_) => column.kind == "BLOB",
                ValueRef::Real(_) => false,
            };
            if !fits {
                wrong = Some(format!("{} is not of its type", column.name));
            }
            values.push(match value {
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                other => Value::try_from(other).unwrap_or(Value::Null),
            });
        }
        Ok((self.table.key_of(&values), wrong.map_or(Ok(values), Err)))
    }

    fn put(&mut self, key: &[Value], values: Result<Vec<Value>, String>) -> Result<(), CaseError> {
        let values = match values {
            Ok(values) => values,
            Err(reason) => {
                self.lose_one(key, reason);
                return Ok(());
            }
        };
        let marks = vec!["?"; self.table.columns.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(&self.table.name), self.table.list());
        match self.to.prepare_cached(&sql)?.execute(params_from_iter(values)) {
            Ok(_) => self.rows += 1,
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                self.lose_one(key, "it is there twice, or lacks a value".to_owned());
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn lose_one(&mut self, key: &[Value], reason: String) {
        self.lose(Some(key), Some(key), reason);
    }
}

/// What a place of the file that cannot be read says; other errors are errors.
fn fault(error: rusqlite::Error) -> Result<String, CaseError> {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::SystemIoFailure
            | ErrorCode::TooBig
            | ErrorCode::OutOfMemory
            // The table is not in the source.
            | ErrorCode::Unknown,
        ) => Ok(match error {
            rusqlite::Error::SqliteFailure(_, Some(text)) => text,
            other => other.to_string(),
        }),
        _ => Err(error.into()),
    }
}

fn compare(a: &[Value], b: &[Value]) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    let one = |(a, b): (&Value, &Value)| match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Blob(a), Value::Blob(b)) => a.cmp(b),
        (a, b) => rank(a).cmp(&rank(b)),
    };
    a.iter().zip(b).map(one).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
}
