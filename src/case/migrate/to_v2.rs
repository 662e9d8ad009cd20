//! Version 2: an event's JSON in compressed blocks, what repeats of it as a tuple, its JSON members as columns.

use super::super::calls::CallTable;
use super::super::error::CaseError;
use super::super::event_json;
use super::super::events::EventTable;
use crate::model::batch::{ColumnValues, Completeness, EventBatch, EventColumns};
use crate::model::{EventRow, EvidenceId, Home, Kind, RecordId, field};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::Value;

/// Bytes that are moved at a time.
const BATCH_BYTES: usize = 4 << 20;

/// Moves the events of version 1 out of the way.
pub(super) fn before(conn: &Connection) -> Result<(), CaseError> {
    conn.execute_batch(
        "DROP VIEW cloudtrail_event; DROP VIEW cloudtrail_occurrence; ALTER TABLE event RENAME TO event_v1;",
    )?;
    Ok(())
}

/// Writes them into the tables of version 2.
pub(super) fn after(conn: &Connection) -> Result<(), CaseError> {
    let mut calls = CallTable::load(conn)?;
    let mut table = EventTable::of(conn)?;
    let mut statement = conn.prepare(&select())?;
    let mut rows = statement.query([])?;
    let (mut evidence, mut batch) = (EvidenceId(0), EventBatch::default());
    while let Some(row) = rows.next()? {
        let id = RecordId(row.get(0)?);
        if id.evidence() != evidence || batch.weight() >= BATCH_BYTES {
            event_json::write(conn, evidence, &event_json::pack(&batch))?;
            evidence = id.evidence();
            batch = EventBatch::default();
        }
        let columns = columns(row)?;
        let json: String = row.get(6)?;
        let event = event(row, id, &json, &columns)?;
        let call = calls.intern(conn, event.columns)?;
        table.insert(conn, (id.0, row.get(1)?, call.id), &event)?;
        batch.push(EventRow { columns: ColumnValues::default(), ..event });
    }
    event_json::write(conn, evidence, &event_json::pack(&batch))?;
    drop(rows);
    drop(statement);
    conn.execute_batch("DROP TABLE event_v1")?;
    Ok(())
}

/// Columns before the values of the fields.
const FIXED: usize = 7;

fn select() -> String {
    let mut columns = "SELECT id, event_key, byte_offset, byte_length, completeness, time_millis, json".to_owned();
    for field in field::event_columns() {
        let column = match field.home {
            Home::EventJson(key) => format!("CASE WHEN json_valid(json) THEN nullif(json -> '$.{key}', 'null') END"),
            _ => field.name.to_owned(),
        };
        columns.push_str(", ");
        columns.push_str(&column);
    }
    columns + " FROM event_v1 ORDER BY id"
}

fn columns(row: &Row<'_>) -> Result<EventColumns, CaseError> {
    let mut columns = EventColumns::new(field::event_columns().count());
    for (place, field) in field::event_columns().enumerate() {
        match row.get_ref(FIXED + place)? {
            ValueRef::Integer(value) if field.kind == Kind::Boolean => {
                columns.set(place, Some(if value != 0 { "true" } else { "false" }));
            }
            // As an import keeps it: only where it tells more than its own columns do.
            ValueRef::Text(text) if field.name == "user_identity" => {
                let identity = std::str::from_utf8(text).ok();
                columns.set(place, identity.filter(|text| tells_more(text)));
            }
            ValueRef::Text(text) => columns.set(place, std::str::from_utf8(text).ok()),
            _ => {}
        }
    }
    Ok(columns)
}

/// Is there something in userIdentity that its columns do not say? A column says a text, and nothing says nothing.
fn tells_more(identity: &str) -> bool {
    serde_json::from_str(identity).map_or(true, |identity| member_tells_more("userIdentity", &identity))
}

fn member_tells_more(path: &str, value: &Value) -> bool {
    let column = field::event_columns().find(|field| field.event_path() == Some(path) && field.kind != Kind::Json);
    match (value, column) {
        (Value::Null, _) => false,
        (Value::Object(members), None) => {
            members.iter().any(|(name, value)| member_tells_more(&format!("{path}.{name}"), value))
        }
        (Value::String(text), Some(field)) => field.kind == Kind::Boolean && !matches!(text.as_str(), "true" | "false"),
        _ => true,
    }
}

fn event<'a>(row: &Row<'_>, id: RecordId, json: &'a str, columns: &'a EventColumns) -> Result<EventRow<'a>, CaseError> {
    Ok(EventRow {
        position: id.position(),
        offset: row.get(2)?,
        len: row.get(3)?,
        completeness: Completeness::from_stored(row.get(4)?),
        time_millis: row.get(5)?,
        json,
        columns: columns.values(),
    })
}
