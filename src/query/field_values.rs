//! Values that a field takes, for completion.

use super::columns_sql::Columns;
use super::{QueryError, filter_sql, lineage};
use crate::case::CaseReader;
use crate::case::schema::EventDictionary;
use crate::model::{FieldId, Home, Kind, Value};
use std::collections::BTreeSet;

/// Events whose own values are looked at.
const EVENTS_LOOKED_AT: usize = 20_000;

/// Values that a field takes, for completion: at most `limit`, ascending, starting with `prefix` (letters of either
/// case). Looks through the dictionaries, not the records, and no further than some thousand events.
pub fn top_values(reader: &CaseReader, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, QueryError> {
    let columns = Columns::of(&[field]);
    let source = match field.home {
        Home::Interface => "interface i".to_owned(),
        Home::Disposition => "disposition o".to_owned(),
        Home::PairSource | Home::PairDestination | Home::PacketSource | Home::PacketDestination => {
            "address s".to_owned()
        }
        Home::Call(_) => "call k".to_owned(),
        Home::Derived if field.kind == Kind::List => return elements(reader, field, prefix, limit),
        Home::Derived => "derived e".to_owned(),
        Home::Event(_) => match EventDictionary::of(field) {
            Some(held) => format!("{} e", held.table),
            None => format!("(SELECT * FROM event LIMIT {EVENTS_LOOKED_AT}) e"),
        },
        Home::Row | Home::Extra | Home::EventJson(_) => return Ok(Vec::new()),
        Home::Lineage => return who_acted(reader, field, prefix, limit),
    };
    let expression = match field.home {
        Home::PairDestination | Home::PacketSource | Home::PacketDestination => "s.address".to_owned(),
        _ => columns.list(),
    };
    let pattern = begins_with(prefix);
    let sql = format!("SELECT DISTINCT {expression} AS v FROM {source} WHERE v LIKE ? ESCAPE '\\' ORDER BY v LIMIT ?");
    filter_sql::prepare(reader)?;
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let rows = statement.query_map(rusqlite::params![pattern, limit as i64], |r| {
        Ok(match columns.read(r, 0)?.pop() {
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_text(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Of those that are known already: completion does not wait until they are found.
fn who_acted(reader: &CaseReader, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, QueryError> {
    let Some(actors) = lineage::known_actors(&reader.conn, &reader.cache)? else { return Ok(Vec::new()) };
    let values: BTreeSet<&str> = actors.all().iter().filter_map(|acted| acted.value(field)).collect();
    let prefix = prefix.to_lowercase();
    let begins = values.into_iter().filter(|value| value.to_lowercase().starts_with(&prefix));
    Ok(begins.take(limit).map(str::to_owned).collect())
}

/// SQL's pattern of texts that begin so.
fn begins_with(prefix: &str) -> String {
    format!("{}%", prefix.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// The same of the elements of a field's lists.
fn elements(reader: &CaseReader, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, QueryError> {
    let Some(held) = EventDictionary::of(field) else { return Ok(Vec::new()) };
    let EventDictionary { table, key, column, .. } = held;
    let sql = format!(
        "SELECT DISTINCT w.value AS v
         FROM {table} t, json_each(CASE WHEN json_valid(t.{column}) THEN t.{column} END) w
         WHERE t.{key} IN (SELECT {} FROM event_row LIMIT {EVENTS_LOOKED_AT}) AND v LIKE ? ESCAPE '\\'
         ORDER BY v LIMIT ?",
        held.reference()
    );
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let found = statement.query_map(rusqlite::params![begins_with(prefix), limit as i64], |r| r.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}
