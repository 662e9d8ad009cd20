//! Version 5: copies of one event that contradict each other are events of their own. Older versions kept such a copy as a
//! further occurrence of the first.

use super::super::error::CaseError;
use super::super::events::{choose_occurrence, key_of_copy};
use super::super::schema;
use super::super::warnings;
use crate::model::batch::{Completeness, EventColumns};
use crate::model::{EventRow, FieldId, Home, RecordId, field};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use rustc_hash::FxHashMap;

/// Takes every further occurrence in the order of import, as an import of today takes it. How many became events of their
/// own.
pub(super) fn after(conn: &Connection) -> Result<u64, CaseError> {
    conn.execute_batch("DELETE FROM event_choice")?;
    let occurrences = Occurrences::of();
    let mut known: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
    let (mut moved, mut own) = (Vec::new(), Vec::new());
    let mut statement = conn.prepare(&occurrences.sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, call, first): (i64, u32, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let columns = occurrences.columns(row)?;
        let event = occurrence(row, RecordId(id), &columns)?;
        let (key, conflict) = key_of_copy(conn, &mut known, (first, id), &event, call)?;
        if key != id {
            choose_occurrence(conn, key, id, &event)?;
        }
        if key != first {
            moved.push((id, key));
        }
        own.extend(conflict.map(|conflict| (call, conflict)));
    }
    drop(rows);
    for (id, key) in moved {
        conn.execute("UPDATE event SET event_key = ? WHERE id = ?", [key, id])?;
    }
    for (call, conflict) in &own {
        count_as_event(conn, conflict.id, *call)?;
        let warning = conflict.warning();
        warnings::write(conn, conflict.id.evidence(), &warning)?;
    }
    Ok(own.len() as u64)
}

/// What is counted beside its evidence: a record and no duplicate.
fn count_as_event(conn: &Connection, id: RecordId, call: u32) -> Result<(), CaseError> {
    let sql = "UPDATE evidence SET record_count = record_count + 1, duplicate_count = duplicate_count - 1,
                 aggregated_count = aggregated_count + ifnull((SELECT event_category = 'Aggregated' FROM call WHERE call_id = ?2), 0)
               WHERE evidence_id = ?1";
    conn.prepare_cached(sql)?.execute(params![id.evidence().0, call])?;
    Ok(())
}

/// Reads the further occurrences of all events with their values.
struct Occurrences {
    sql: String,
    fields: Vec<FieldId>,
}

/// Columns before the values of the fields.
const FIXED: usize = 7;

impl Occurrences {
    fn of() -> Self {
        // In the order of all columns: what is derived from an event was there in no case of this version.
        let fields: Vec<FieldId> = field::event_columns().filter(|field| field.home != Home::Derived).collect();
        let mut list =
            "e.id, e.call_id, e.event_key, e.byte_offset, e.byte_length, e.completeness, e.time_millis".to_owned();
        for field in &fields {
            let table = if matches!(field.home, Home::Call(_)) { "k" } else { "e" };
            list.push_str(&format!(", {table}.{}", schema::column(*field)));
        }
        let sql = format!(
            "SELECT {list} FROM event e LEFT JOIN call k ON k.call_id = e.call_id
             WHERE e.event_key <> e.id ORDER BY e.id"
        );
        Self { sql, fields }
    }

    fn columns(&self, row: &Row<'_>) -> Result<EventColumns, CaseError> {
        let mut columns = EventColumns::new(field::event_columns().count());
        for place in 0..self.fields.len() {
            let text = match row.get_ref(FIXED + place)? {
                ValueRef::Text(text) => std::str::from_utf8(text).ok(),
                ValueRef::Integer(value) => Some(if value != 0 { "true" } else { "false" }),
                ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => None,
            };
            columns.set(place, text);
        }
        Ok(columns)
    }
}

/// The occurrence of a row with byte_offset, byte_length, completeness and time_millis as its fourth to seventh column.
pub(super) fn occurrence<'a>(
    row: &Row<'_>,
    id: RecordId,
    columns: &'a EventColumns,
) -> Result<EventRow<'a>, CaseError> {
    Ok(EventRow {
        position: id.position(),
        offset: row.get(3)?,
        len: row.get(4)?,
        completeness: Completeness::from_stored(row.get(5)?),
        time_millis: row.get(6)?,
        json: "",
        columns: columns.values(),
    })
}
