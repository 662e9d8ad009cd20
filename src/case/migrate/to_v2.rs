//! Version 2: an event's JSON in compressed blocks, what repeats of it as a tuple, its JSON members as columns.

use super::super::calls::CallTable;
use super::super::error::CaseError;
use super::super::event_json::{self, Packer};
use super::super::events::is_plain_time;
use super::super::{schema, structure};
use crate::case::address_key;
use crate::model::batch::EventColumns;
use crate::model::{EvidenceId, FieldId, Home, Kind, RecordId, field};
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};
use serde_json::Value;

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
    let table = Table::of(conn)?;
    let mut statement = conn.prepare(&select())?;
    let mut rows = statement.query([])?;
    let (mut evidence, mut packer) = (EvidenceId(0), Packer::default());
    while let Some(row) = rows.next()? {
        let id = RecordId(row.get(0)?);
        if id.evidence() != evidence {
            event_json::write(conn, evidence, packer.finish().as_slice())?;
            evidence = id.evidence();
        }
        let columns = columns(row)?;
        let call = calls.intern(conn, columns.values())?;
        table.insert(conn, row, call.id, &columns)?;
        let json = row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?;
        event_json::write(conn, evidence, packer.add(id.position(), json).as_slice())?;
    }
    event_json::write(conn, evidence, packer.finish().as_slice())?;
    drop(rows);
    drop(statement);
    conn.execute_batch("DROP TABLE event_v1")?;
    Ok(())
}

/// Table event as it was from version 2 to version 5: every value in the row.
struct Table {
    /// With the place of each value among an event's columns.
    fields: Vec<(usize, FieldId)>,
    sql: String,
}

impl Table {
    fn of(conn: &Connection) -> Result<Self, CaseError> {
        // The version lacks the fields of later ones.
        let there = structure::columns(conn, "event")?;
        let is_there = |field: &FieldId| there.iter().any(|column| column.name == schema::column(*field));
        let own = |field: &FieldId| !matches!(field.home, Home::Call(_)) && is_there(field);
        let fields: Vec<(usize, FieldId)> = field::event_columns().enumerate().filter(|(_, f)| own(f)).collect();
        let names = fields.iter().map(|(_, field)| schema::column(*field)).collect::<Vec<_>>().join(", ");
        let marks = vec!["?"; fields.len() + 8].join(", ");
        let sql = format!(
            "INSERT INTO event (id, event_key, byte_offset, byte_length, completeness, time_millis, call_id, source_ip_key, {names})
             VALUES ({marks})"
        );
        Ok(Self { fields, sql })
    }

    fn insert(&self, conn: &Connection, row: &Row<'_>, call: u32, columns: &EventColumns) -> Result<(), CaseError> {
        let mut values: Vec<Sql> = (0..6).map(|at| row.get(at)).collect::<Result<_, _>>()?;
        let is_timed = row.get::<_, Option<i64>>(5)?.is_some();
        let of_events = columns.values();
        let address = self.fields.iter().find(|(_, field)| field.kind == Kind::Address);
        let key = address.and_then(|(place, _)| of_events.get(*place)).and_then(address_key);
        values.push(Sql::Integer(i64::from(call)));
        values.push(key.map_or(Sql::Null, |key| Sql::Blob(key.to_vec())));
        for (place, field) in &self.fields {
            let value = of_events.get(*place);
            // What time_millis says already is not written twice.
            let is_said = |text: &&str| field.name == "event_time" && is_timed && is_plain_time(text);
            let value = value.filter(|text| !is_said(text));
            values.push(value.map_or(Sql::Null, |text| Sql::Text(text.to_owned())));
        }
        conn.prepare_cached(&self.sql)?.execute(params_from_iter(values))?;
        Ok(())
    }
}

/// Columns before the values of the fields.
const FIXED: usize = 7;

fn select() -> String {
    let mut columns = "SELECT id, event_key, byte_offset, byte_length, completeness, time_millis, json".to_owned();
    for field in field::event_columns() {
        let column = match field.home {
            Home::EventJson(key) => format!("CASE WHEN json_valid(json) THEN nullif(json -> '$.{key}', 'null') END"),
            Home::Derived => "NULL".to_owned(),
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
