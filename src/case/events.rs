//! CloudTrail events into the case.

#![expect(unsafe_code, reason = "values are bound to a statement without a copy, which rusqlite has no safe call for")]

use super::conflicts::{self, Beside, Conflict};
use super::dictionary::{self, Dictionaries};
use super::error::CaseError;
use super::index::event;
use super::schema::{self, EventColumn};
use super::tuples::EventTuples;
use super::{structure, uuid};
use crate::columns::NULL;
use crate::model::{EventRow, EvidenceId, FieldId, RecordId, field};
use rusqlite::{Connection, OptionalExtension, ffi, params};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::ffi::c_int;
use std::ptr;

/// Writes events over one connection.
pub(super) struct EventTable {
    columns: Vec<RowColumn>,
    sql: String,
    insert: Option<Insert>,
}

/// A column behind the fixed ones.
struct RowColumn {
    /// The place of its value among an event's columns.
    place: usize,
    field: FieldId,
    column: EventColumn,
    /// Its number in the column index, where it is there.
    indexed: Option<usize>,
}

/// An event's values in the column index, by the number of their column.
pub(super) type Indexed = [i64; event::COUNT];

/// An event that was written.
pub(super) struct Written {
    pub met: Met,
    pub conflict: Option<Conflict>,
    pub indexed: Indexed,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    First,
    /// A five-minute summary; it is no event.
    FirstAggregated,
    /// The case knows the event: a further occurrence.
    Again,
}

/// Columns of table event_row before those of the table of fields.
const FIXED: [&str; 8] =
    ["id", "event_key", "call_id", "caller_id", "byte_offset", "byte_length", "completeness", "time_millis"];

impl EventTable {
    pub(super) fn of(conn: &Connection) -> Result<Self, CaseError> {
        let place = |field| field::event_columns().position(|f| f == field);
        // A case that is being brought up may lack the fields of later versions.
        let there = structure::columns(conn, "event_row")?;
        let is_there = |name: &str| there.iter().any(|column| column.name == name);
        let columns: Vec<RowColumn> = schema::event_row_fields()
            .into_iter()
            .filter(|(field, column)| is_there(&column.of(*field)))
            .filter_map(|(field, column)| {
                let indexed = event::column_of(&column.of(field));
                Some(RowColumn { place: place(field)?, field, column, indexed })
            })
            .collect();
        let mut names: Vec<String> = FIXED.map(str::to_owned).to_vec();
        names.extend(columns.iter().map(|row| row.column.of(row.field)));
        let marks = vec!["?"; names.len()].join(",");
        let sql = format!("INSERT INTO event_row ({}) VALUES ({marks})", names.join(","));
        Ok(Self { columns, sql, insert: None })
    }

    /// Writes an event, inside a transaction. An occurrence that contradicts what its eventID says so far is an event
    /// of its own.
    pub(super) fn write(
        &mut self,
        conn: &Connection,
        dictionaries: &mut Dictionaries,
        evidence: EvidenceId,
        event: &EventRow<'_>,
    ) -> Result<Written, CaseError> {
        let id = RecordId::new(evidence, event.position).0;
        let first = match event.columns.get(0).filter(|event_id| !event_id.is_empty()) {
            Some(event_id) => event_key(conn, dictionaries, event_id, id)?,
            None => id,
        };
        let call = dictionaries.calls.intern(conn, event.columns)?;
        let (key, conflict) = match first == id {
            true => (id, None),
            false => key_of_copy(conn, &mut dictionaries.conflicts, (first, id), event, call.id)?,
        };
        if key != id {
            choose_occurrence(conn, key, id, event)?;
        }
        let indexed = self.insert(conn, &mut dictionaries.event_tuples, (id, key, call.id), event)?;
        let met = match (key == id, call.is_aggregated) {
            (false, _) => Met::Again,
            (true, true) => Met::FirstAggregated,
            (true, false) => Met::First,
        };
        Ok(Written { met, conflict, indexed })
    }

    /// Writes the row, and what it refers to but for its call: its id, the key of its event and the number of its call.
    /// Gives what the column index holds of it.
    pub(super) fn insert(
        &mut self,
        conn: &Connection,
        tuples: &mut EventTuples,
        (id, key, call): (i64, i64, u32),
        event: &EventRow<'_>,
    ) -> Result<Indexed, CaseError> {
        let insert = match &mut self.insert {
            Some(insert) => insert,
            none => none.insert(Insert::prepare(conn, &self.sql)?),
        };
        let caller = tuples.caller(conn, event.columns)?;
        let mut row = insert.row();
        row.integer(1, Some(id));
        row.integer(2, Some(key));
        row.integer(3, Some(i64::from(call)));
        row.integer(4, Some(i64::from(caller)));
        row.integer(5, i64::try_from(event.offset).ok());
        row.integer(6, i64::try_from(event.len).ok());
        row.integer(7, Some(event.completeness as i64));
        row.integer(8, event.time_millis);
        // The column of a field's 16 bytes comes right behind that of its text.
        let mut bytes16 = None;
        let mut indexed = index_row((id, key), event.time_millis, call, caller);
        for (index, RowColumn { place, field, column, indexed: number }) in self.columns.iter().enumerate() {
            let at = index + 1 + FIXED.len();
            let reference = match (column, event.columns.get(*place)) {
                // Of several fields.
                (EventColumn::Derived, _) => tuples.derived(conn, event.columns)?,
                (_, None) => continue,
                // What time_millis says already is not written twice.
                (EventColumn::Text, Some(value)) if field.name == "event_time" => {
                    let is_said = event.time_millis.is_some() && is_plain_time(value);
                    row.text(at, (!is_said).then_some(value));
                    indexed[event::TIME_TEXT] = i64::from(!is_said);
                    continue;
                }
                (EventColumn::Text, Some(value)) => {
                    row.text(at, Some(value));
                    continue;
                }
                (EventColumn::TextIfNoUuid, Some(value)) => {
                    bytes16 = uuid::bytes(value);
                    row.text(at, bytes16.is_none().then_some(value));
                    continue;
                }
                (EventColumn::Uuid(_), Some(_)) => {
                    row.bytes16(at, bytes16);
                    continue;
                }
                (EventColumn::Message, Some(value)) => Some(tuples.message(conn, value)?),
                (EventColumn::Member, Some(value)) => Some(tuples.member(conn, value)?),
            };
            let Some(reference) = reference.map(i64::from) else { continue };
            row.integer(at, Some(reference));
            if let Some(held) = number.and_then(|number| indexed.get_mut(number)) {
                *held = reference;
            }
        }
        row.execute(conn)?;
        Ok(indexed)
    }
}

/// What the index holds of an event, but for what it refers to beside its call and its caller: as
/// `index::event_source` reads it from the row.
fn index_row((id, key): (i64, i64), time: Option<i64>, call: u32, caller: u32) -> Indexed {
    let mut indexed = [NULL; event::COUNT];
    indexed[0] = id;
    indexed[event::KEY] = if key == id { NULL } else { key };
    indexed[event::TIME] = time.unwrap_or(NULL);
    indexed[event::TIME_TEXT] = 0;
    indexed[event::CALL] = i64::from(call);
    indexed[event::CALLER] = i64::from(caller);
    indexed
}

/// Is it `2021-05-16T07:50:00Z`, the one form in which whole seconds are written back?
pub(super) fn is_plain_time(text: &str) -> bool {
    let form = b"0000-00-00T00:00:00Z";
    let fits = |(byte, form): (u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
    // A leap second has no number of its own.
    text.len() == form.len() && text.bytes().zip(form).all(fits) && text.get(17..19) < Some("60")
}

/// The key of the first occurrence of this eventID, or this one's own.
fn event_key(conn: &Connection, dictionaries: &mut Dictionaries, event_id: &str, id: i64) -> Result<i64, CaseError> {
    let known = match dictionaries.events.entry(dictionary::event_hash(event_id)) {
        Entry::Vacant(entry) => return Ok(*entry.insert(id)),
        Entry::Occupied(entry) => *entry.get(),
    };
    let mut same = conn.prepare_cached("SELECT 1 FROM event WHERE id = ? AND event_id = ?")?;
    if same.exists(params![known, event_id])? {
        return Ok(known);
    }
    // Two eventIDs with one hash: rare enough to look through the table.
    let mut find = conn.prepare_cached("SELECT event_key FROM event WHERE event_id = ? LIMIT 1")?;
    Ok(find.query_row([event_id], |r| r.get(0)).optional()?.unwrap_or(id))
}

/// The key of a further occurrence of an eventID: that of the event that it is a copy of, or its own where it
/// contradicts all that are known. `known` has the keys of the contents that contradict a first occurrence, by its key.
pub(super) fn key_of_copy(
    conn: &Connection,
    known: &mut FxHashMap<i64, Vec<i64>>,
    (first, id): (i64, i64),
    event: &EventRow<'_>,
    call: u32,
) -> Result<(i64, Option<Conflict>), CaseError> {
    let others = known.get(&first).map_or(&[][..], Vec::as_slice);
    let contents = std::iter::once(first).chain(others.iter().copied());
    let fields = match conflicts::compare(conn, contents, event, call)? {
        Beside::CopyOf(key) => return Ok((key, None)),
        Beside::Contradicts(fields) => fields,
    };
    conn.prepare_cached("INSERT INTO event_conflict VALUES (?, ?, ?)")?.execute(params![
        id,
        first,
        serde_json::json!(fields).to_string()
    ])?;
    known.entry(first).or_default().push(id);
    let event_id = event.columns.get(0).unwrap_or_default().to_owned();
    Ok((id, Some(Conflict { id: RecordId(id), other: RecordId(first), fields, event_id })))
}

/// Counts a further occurrence of an event and chooses the one that tells most.
pub(super) fn choose_occurrence(conn: &Connection, key: i64, id: i64, event: &EventRow<'_>) -> Result<(), CaseError> {
    let mut find = conn.prepare_cached("SELECT best_id, occurrence_count FROM event_choice WHERE event_key = ?")?;
    let (best, count): (i64, i64) =
        find.query_row([key], |r| Ok((r.get(0)?, r.get(1)?))).optional()?.unwrap_or((key, 1));
    let mut tells = conn.prepare_cached("SELECT completeness FROM event WHERE id = ?")?;
    let told: i64 = tells.query_row([best], |r| r.get(0))?;
    let best = if event.completeness as i64 > told { id } else { best };
    conn.prepare_cached("INSERT OR REPLACE INTO event_choice VALUES (?, ?, ?)")?.execute([key, best, count + 1])?;
    Ok(())
}

/// The prepared statement. Texts are lent to SQLite for one row instead of copied. Must be dropped before its connection is closed.
struct Insert {
    statement: ptr::NonNull<ffi::sqlite3_stmt>,
}

// SAFETY: a statement may move to another thread like its connection, which is Send too; `EventTable` is used with its
// connection, by one thread at a time.
unsafe impl Send for Insert {}

impl Insert {
    fn prepare(conn: &Connection, sql: &str) -> Result<Self, CaseError> {
        let mut statement = ptr::null_mut();
        let length = c_int::try_from(sql.len()).unwrap_or(c_int::MAX);
        // SAFETY: the connection is open, the text is as long as told.
        let code = unsafe {
            let persistent = ffi::SQLITE_PREPARE_PERSISTENT;
            let text = sql.as_ptr().cast();
            ffi::sqlite3_prepare_v3(conn.handle(), text, length, persistent, &mut statement, ptr::null_mut())
        };
        ptr::NonNull::new(statement).map(|statement| Self { statement }).ok_or_else(|| failure(conn, code))
    }

    fn row(&mut self) -> Row<'_> {
        Row { insert: self, code: ffi::SQLITE_OK, lent: std::marker::PhantomData }
    }
}

impl Drop for Insert {
    fn drop(&mut self) {
        // SAFETY: the statement was prepared and is given back once.
        unsafe { ffi::sqlite3_finalize(self.statement.as_ptr()) };
    }
}

/// One execution: everything that is lent stays borrowed until it is over.
struct Row<'v> {
    insert: &'v mut Insert,
    /// The first failure.
    code: c_int,
    lent: std::marker::PhantomData<&'v [u8]>,
}

impl<'v> Row<'v> {
    fn integer(&mut self, place: usize, value: Option<i64>) {
        // SAFETY: the statement is alive. What is not bound is NULL.
        self.note(value.map(|value| unsafe { ffi::sqlite3_bind_int64(self.statement(), place as c_int, value) }));
    }

    fn text(&mut self, place: usize, value: Option<&'v str>) {
        // SAFETY: as `integer`; the text is borrowed until the bindings are cleared.
        self.note(value.map(|text| unsafe {
            let (first, len) = (text.as_ptr().cast(), text.len() as u64);
            ffi::sqlite3_bind_text64(self.statement(), place as c_int, first, len, None, ffi::SQLITE_UTF8 as u8)
        }));
    }

    /// Copied by SQLite.
    fn bytes16(&mut self, place: usize, value: Option<[u8; 16]>) {
        // SAFETY: the statement is alive; the bytes are read during the call only.
        self.note(value.map(|bytes| unsafe {
            let (first, len) = (bytes.as_ptr().cast(), bytes.len() as u64);
            ffi::sqlite3_bind_blob64(self.statement(), place as c_int, first, len, ffi::SQLITE_TRANSIENT())
        }));
    }

    fn execute(mut self, conn: &Connection) -> Result<(), CaseError> {
        if self.code == ffi::SQLITE_OK {
            // SAFETY: the statement is alive.
            self.code = match unsafe { ffi::sqlite3_step(self.statement()) } {
                ffi::SQLITE_DONE => ffi::SQLITE_OK,
                code => code,
            };
        }
        if self.code == ffi::SQLITE_OK { Ok(()) } else { Err(failure(conn, self.code)) }
    }

    fn statement(&self) -> *mut ffi::sqlite3_stmt {
        self.insert.statement.as_ptr()
    }

    fn note(&mut self, code: Option<c_int>) {
        if self.code == ffi::SQLITE_OK {
            self.code = code.unwrap_or(ffi::SQLITE_OK);
        }
    }
}

impl Drop for Row<'_> {
    fn drop(&mut self) {
        // SAFETY: the statement is alive; nothing that was lent is looked at after this.
        unsafe {
            ffi::sqlite3_reset(self.statement());
            ffi::sqlite3_clear_bindings(self.statement());
        }
    }
}

fn failure(conn: &Connection, code: c_int) -> CaseError {
    // SAFETY: the connection is open; SQLite's message is copied before anything else is asked of it.
    let message = unsafe { std::ffi::CStr::from_ptr(ffi::sqlite3_errmsg(conn.handle())) };
    let message = message.to_string_lossy().into_owned();
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message)).into()
}
