//! The values of events by their ids, column by column: from the column index, the dictionaries and what is in the events'
//! own rows.

use super::values::{Coded, Runs, Told, Tuples, Words};
use super::{Engine, EngineError};
use crate::case::index::event;
use crate::case::schema::{self, EventDictionary};
use crate::case::uuid;
use crate::columns::NULL;
use crate::model::{FieldId, Home, RecordId, Value};
use crate::query::values::{Texts, Values};
use crate::query::{columns_sql, identities};
use rusqlite::Statement;
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;

/// Numbers that are no further from each other are read in one go, with what is between them.
const MOST_BETWEEN: i64 = 8;

/// A dictionary's tuples, for the fields whose values they hold.
type Read = FxHashMap<&'static str, Tuples>;

impl Engine<'_> {
    /// The values of fields of events, in the order of the ids. `user_identity`, which is in an event's JSON only, is
    /// left out.
    pub(crate) fn event_values(
        &self,
        ids: &[RecordId],
        fields: &[FieldId],
        words: &mut Words,
    ) -> Result<Told, EngineError> {
        let runs = self.runs(ids)?;
        let (mut columns, mut open, mut read) = (Vec::with_capacity(fields.len()), Vec::new(), Read::default());
        let own: Vec<FieldId> = fields.iter().copied().filter(|field| is_own(*field)).collect();
        let mut own = self.own_texts(ids, &own)?.into_iter();
        for field in fields {
            columns.push(match field.home {
                identities::HOME => Values::all(Value::Null, ids.len()),
                Home::Lineage => self.lineage_values(ids, *field)?,
                Home::Event("eventTime") => self.event_times(&runs, &mut open)?,
                Home::Call(_) | Home::Event(_) | Home::EventJson(_) | Home::Derived => {
                    match EventDictionary::of(*field) {
                        Some(held) if held.table == "member" => self.members(&runs, held, words)?,
                        Some(held) => self.event_tuples(&runs, held, fields, &mut read, words)?.column(*field),
                        None => own.next().map(Values::Texts).ok_or(EngineError::Unsupported)?,
                    }
                }
                Home::Row
                | Home::Interface
                | Home::Disposition
                | Home::PairSource
                | Home::PairDestination
                | Home::PacketSource
                | Home::PacketDestination
                | Home::Extra => return Err(EngineError::Unsupported),
            });
        }
        Ok(Told { columns, open, with_extra: Vec::new() })
    }

    /// Times; those that are texts are left to the rows.
    fn event_times(&self, runs: &Runs, open: &mut Vec<usize>) -> Result<Values, EngineError> {
        let mut times = self.numbers(runs, event::TIME)?;
        let written = self.numbers(runs, event::TIME_TEXT)?;
        for (at, (time, written)) in times.iter_mut().zip(written).enumerate() {
            if *time == NULL {
                *time = Values::NONE;
                if written != 0 {
                    open.push(at);
                }
            }
        }
        Ok(Values::Times(times))
    }

    fn event_tuples<'t>(
        &self,
        runs: &Runs,
        held: EventDictionary,
        fields: &[FieldId],
        read: &'t mut Read,
        words: &mut Words,
    ) -> Result<&'t Tuples, EngineError> {
        let EventDictionary { table, key, .. } = held;
        if !read.contains_key(table) {
            let of_table =
                |field: &FieldId| Some((*field, EventDictionary::of(*field).filter(|of| of.table == table)?));
            let held_here: Vec<(FieldId, EventDictionary)> = fields.iter().filter_map(of_table).collect();
            let list: Vec<String> = held_here.iter().map(|(_, of)| format!("t.\"{}\"", of.column)).collect();
            let sql = format!("SELECT {} FROM {table} t WHERE t.{key} = ?", list.join(", "));
            let column = event::column_of(&held.reference()).ok_or(EngineError::Unsupported)?;
            let fields = held_here.into_iter().map(|(field, _)| field).collect();
            let known = words.event_tuples.entry(table).or_default();
            read.insert(table, self.tuples(Coded::new(self.numbers(runs, column)?), &sql, fields, known)?);
        }
        read.get(table).ok_or(EngineError::Unsupported)
    }

    /// A column of members.
    fn members(&self, runs: &Runs, held: EventDictionary, words: &mut Words) -> Result<Values, EngineError> {
        let column = event::column_of(&held.reference()).ok_or(EngineError::Unsupported)?;
        let coded = Coded::new(self.numbers(runs, column)?);
        let Words { members: known, bases, .. } = words;
        known.make_room();
        bases.make_room();
        let mut missing: Vec<i64> =
            coded.ids.iter().copied().filter(|id| *id != NULL && known.get(*id).is_none()).collect();
        missing.sort_unstable();
        let mut reading = MemberReading { base: self.reader.conn.prepare_cached(BASE)?, bases };
        let mut read = FxHashMap::default();
        let mut list = self.reader.conn.prepare_cached(MEMBERS)?;
        for (first, last) in stretches(missing.iter().copied()) {
            let mut rows = list.query([first, last])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                if missing.binary_search(&id).is_err() {
                    continue;
                }
                let value = match reading.whole(row)?.filter(|json| is_plain(json)) {
                    Some(json) => Value::Text(json),
                    None => self.member_by_sql(id)?,
                };
                read.insert(id, value);
            }
        }
        let mut value = |id: &i64| {
            if let Some(value) = known.get(*id) {
                return value.clone();
            }
            let value = read.remove(id).unwrap_or(Value::Null);
            known.keep(*id, &value, value.memory_bytes());
            value
        };
        let list = coded.ids.iter().map(&mut value).collect();
        Ok(coded.words(list))
    }

    /// A member that SQLite has to look at.
    fn member_by_sql(&self, id: i64) -> Result<Value, EngineError> {
        let sql = format!("SELECT {} FROM member m WHERE m.member_id = ?", columns_sql::MEMBER_VALUE);
        let mut statement = self.reader.conn.prepare_cached(&sql)?;
        Ok(statement
            .query_row([id], |row| columns_sql::read_value(row, 0, self.layout.dataset, crate::model::Kind::Json))?)
    }

    /// The texts in the events' own rows, a column for each field.
    fn own_texts(&self, ids: &[RecordId], fields: &[FieldId]) -> Result<Vec<Texts>, EngineError> {
        let mut columns = vec![Texts::default(); fields.len()];
        if fields.is_empty() {
            return Ok(columns);
        }
        let uuid = |field: &FieldId| schema::uuid_column(*field).unwrap_or("NULL");
        let list: Vec<String> = fields.iter().map(|field| format!("{}, {}", uuid(field), field.name)).collect();
        let sql = format!("SELECT id, {} FROM event_row WHERE id BETWEEN ? AND ?", list.join(", "));
        let mut statement = self.reader.conn.prepare_cached(&sql)?;
        let mut wanted = ids.iter().map(|id| id.0).peekable();
        let mut done = 0;
        for (first, last) in stretches(ids.iter().map(|id| id.0)) {
            let mut rows = statement.query([first, last])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                if wanted.next_if_eq(&id).is_none() {
                    continue;
                }
                done += 1;
                for (at, column) in columns.iter_mut().enumerate() {
                    push_own(row.get_ref(1 + 2 * at)?, row.get_ref(2 + 2 * at)?, column)?;
                }
            }
        }
        // Rows that are missing give no column.
        if done == ids.len() { Ok(columns) } else { Err(EngineError::Unsupported) }
    }
}

/// Is the field's value in an event's own row?
fn is_own(field: FieldId) -> bool {
    let is_text = matches!(field.home, Home::Event(path) if path != "eventTime");
    is_text && EventDictionary::of(field).is_none()
}

fn push_own(uuid: ValueRef<'_>, text: ValueRef<'_>, column: &mut Texts) -> Result<(), EngineError> {
    match (uuid, text) {
        (ValueRef::Blob(bytes), _) if let Ok(bytes) = bytes.try_into() => {
            column.push(|all| uuid::push_text(bytes, all));
        }
        (ValueRef::Null, ValueRef::Text(text)) => column.push(|all| all.push_str(&String::from_utf8_lossy(text))),
        (ValueRef::Null, ValueRef::Null) => column.skip(),
        // Not as this program writes it.
        _ => return Err(EngineError::Unsupported),
    }
    Ok(())
}

/// First and last of numbers that ascend and are close to each other.
fn stretches(numbers: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let mut list: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match list.last_mut() {
            Some((_, last)) if *last < number && number - *last <= MOST_BETWEEN => *last = number,
            _ => list.push((number, number)),
        }
    }
    list
}

const MEMBERS: &str = "SELECT member_id, base_id, head, tail, json FROM member_text WHERE member_id BETWEEN ? AND ?";
const BASE: &str = "SELECT json FROM member_text WHERE member_id = ?";

/// Joins members with what they share with others, each of which is read once.
struct MemberReading<'a, 'c> {
    base: rusqlite::CachedStatement<'c>,
    bases: &'a mut super::values::Known<String>,
}

impl MemberReading<'_, '_> {
    /// The text of a row of `MEMBERS`; `None` where SQLite has to join it.
    fn whole(&mut self, row: &rusqlite::Row<'_>) -> Result<Option<String>, EngineError> {
        let ValueRef::Text(json) = row.get_ref(4)? else { return Ok(None) };
        let Ok(json) = std::str::from_utf8(json) else { return Ok(None) };
        match (row.get_ref(1)?, row.get_ref(2)?, row.get_ref(3)?) {
            (ValueRef::Null, ..) => Ok(Some(json.to_owned())),
            (ValueRef::Integer(base), ValueRef::Integer(head), ValueRef::Integer(tail)) => {
                if self.bases.get(base).is_none() {
                    let Some(text) = read_base(&mut self.base, base)? else { return Ok(None) };
                    let whole = joined(&text, head, json, tail);
                    self.bases.keep(base, &text, text.len());
                    return Ok(whole);
                }
                Ok(self.bases.get(base).and_then(|text| joined(text, head, json, tail)))
            }
            _ => Ok(None),
        }
    }
}

fn read_base(statement: &mut Statement<'_>, id: i64) -> Result<Option<String>, EngineError> {
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let ValueRef::Text(text) = row.get_ref(0)? else { return Ok(None) };
    Ok(std::str::from_utf8(text).ok().map(str::to_owned))
}

/// What view member says: so many characters of the begin and the end of the base around a text.
fn joined(base: &str, head: i64, json: &str, tail: i64) -> Option<String> {
    let (head, tail) = (usize::try_from(head).ok()?, usize::try_from(tail).ok()?);
    // SQLite counts characters up to a zero only.
    if base.contains('\0') {
        return None;
    }
    let (begin, end) = match base.is_ascii() {
        true => (base.get(..head)?, base.get(base.len().checked_sub(tail)?..)?),
        false => {
            let count = base.chars().count();
            let place = |character: usize| {
                let mut more = base.char_indices().map(|(at, _)| at).chain([base.len()]);
                more.nth(character)
            };
            (base.get(..place(head)?)?, base.get(place(count.checked_sub(tail)?)?..)?)
        }
    };
    Some([begin, json, end].concat())
}

/// Is it JSON that SQLite would write just so?
fn is_plain(json: &str) -> bool {
    crate::ingest::cloudtrail::plain::value(json).and_then(identities::as_sqlite_writes_it).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn members_are_joined_as_the_view_joins_them(
            base in "[aé日]{0,6}", head in -1i64..9, json in "[bü]{0,3}", tail in -1i64..9,
        ) {
            let conn = rusqlite::Connection::open_in_memory().unwrap();
            conn.execute_batch(&schema::ddl()).unwrap();
            conn.execute("INSERT INTO member_text VALUES (1, NULL, NULL, NULL, ?)", [&base]).unwrap();
            conn.execute("INSERT INTO member_text VALUES (2, 1, ?, ?, ?)", (head, tail, &json)).unwrap();
            let sql = "SELECT json FROM member WHERE member_id = 2";
            let expected: String = conn.query_row(sql, [], |row| row.get(0)).unwrap();
            if let Some(found) = joined(&base, head, &json, tail) {
                prop_assert_eq!(found, expected);
            } else {
                let count = base.chars().count() as i64;
                prop_assert!(!(0..=count).contains(&head) || !(0..=count).contains(&tail));
            }
        }

        #[test]
        fn stretches_hold_every_number_in_order(steps in prop::collection::vec(-3i64..20, 0..30)) {
            let numbers: Vec<i64> = steps.iter().scan(100, |at, step| { *at += step; Some(*at) }).collect();
            let mut wanted = numbers.iter().copied().peekable();
            for (first, last) in stretches(numbers.iter().copied()) {
                for number in first..=last {
                    let _ = wanted.next_if_eq(&number);
                }
            }
            prop_assert_eq!(wanted.next(), None);
        }
    }
}
