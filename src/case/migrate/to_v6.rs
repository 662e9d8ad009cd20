//! Version 6: an event's row holds what distinguishes it, and refers to the rest; texts of events in longer blocks.

use super::super::error::CaseError;
use super::super::event_json;
use super::super::events::EventTable;
use super::super::structure;
use super::super::tuples::EventTuples;
use super::to_v5::occurrence;
use crate::model::batch::EventColumns;
use crate::model::{FieldId, Home, RecordId, field};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

/// Moves the events of version 5 out of the way.
pub(super) fn before(conn: &Connection) -> Result<(), CaseError> {
    conn.execute_batch(
        "DROP VIEW cloudtrail_event; DROP VIEW cloudtrail_occurrence;
         ALTER TABLE event RENAME TO event_v5; ALTER TABLE event_json RENAME TO event_json_v5;",
    )?;
    Ok(())
}

/// Events between two reports of progress.
const REPORTED: u64 = 4096;

/// Writes them into the tables of version 6.
pub(super) fn after(conn: &Connection, progress: &mut (dyn FnMut(u64, u64) + '_)) -> Result<u64, CaseError> {
    let count = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, u64>(0));
    let events = count("SELECT count(*) FROM event_v5")?;
    let blocks = count("SELECT count(*) FROM event_json_v5")?;
    // Compressing the texts of an event again takes about as long as writing its row.
    let total = events.saturating_mul(2);
    let mut table = EventTable::of(conn)?;
    let mut tuples = EventTuples::load(conn)?;
    let there = structure::columns(conn, "event_v5")?;
    let is_there = |name: &str| there.iter().any(|column| column.name == name);
    let fields: Vec<(usize, FieldId)> = field::event_columns()
        .enumerate()
        .filter(|(_, field)| !matches!(field.home, Home::Call(_)) && is_there(field.name))
        .collect();
    let names: Vec<&str> = fields.iter().map(|(_, field)| field.name).collect();
    let mut statement = conn.prepare(&format!(
        "SELECT id, event_key, call_id, byte_offset, byte_length, completeness, time_millis, {}
         FROM event_v5 ORDER BY id",
        names.join(", ")
    ))?;
    let mut rows = statement.query([])?;
    let mut done = 0;
    while let Some(row) = rows.next()? {
        let columns = columns(row, &fields)?;
        let id = RecordId(row.get(0)?);
        let event = occurrence(row, id, &columns)?;
        table.insert(conn, &mut tuples, (id.0, row.get(1)?, row.get(2)?), &event)?;
        done += 1;
        if done % REPORTED == 0 {
            progress(done, total);
        }
    }
    drop(rows);
    drop(statement);
    // Its statement ends before the tables that it was prepared beside do.
    drop(table);
    conn.execute_batch("DROP TABLE event_v5")?;
    let mut packed = 0;
    event_json::repack(conn, "event_json_v5", &mut || {
        packed += 1;
        progress(events + events.saturating_mul(packed) / blocks.max(1), total);
    })?;
    conn.execute_batch("DROP TABLE event_json_v5")?;
    Ok(0)
}

/// Columns before the values of the fields.
const FIXED: usize = 7;

fn columns(row: &Row<'_>, fields: &[(usize, FieldId)]) -> Result<EventColumns, CaseError> {
    let mut columns = EventColumns::new(field::event_columns().count());
    for (index, (place, _)) in fields.iter().enumerate() {
        if let ValueRef::Text(text) = row.get_ref(FIXED + index)? {
            columns.set(*place, std::str::from_utf8(text).ok());
        }
    }
    Ok(columns)
}
