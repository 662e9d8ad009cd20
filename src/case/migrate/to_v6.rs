//! Version 6: an event's row holds what distinguishes it, and refers to the rest; texts of events in longer blocks.

use super::super::error::CaseError;
use super::super::event_json;
use super::super::events::EventTable;
use super::super::structure;
use super::super::tuples::EventTuples;
use super::super::warnings;
use super::to_v5::occurrence;
use crate::model::batch::EventColumns;
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{FieldId, Home, ImportWarning, Reason, RecordId, field};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::borrow::Cow;

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
        let id = RecordId(row.get(0)?);
        let columns = columns(conn, id, row, &fields)?;
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

/// An event's values. Bytes that are no UTF-8 become marks, and a warning keeps them.
fn columns(
    conn: &Connection,
    id: RecordId,
    row: &Row<'_>,
    fields: &[(usize, FieldId)],
) -> Result<EventColumns, CaseError> {
    let mut columns = EventColumns::new(field::event_columns().count());
    for (index, (place, field)) in fields.iter().enumerate() {
        let (ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = row.get_ref(FIXED + index)? else { continue };
        let text = String::from_utf8_lossy(bytes);
        columns.set(*place, Some(&text));
        if let Cow::Owned(_) = text {
            let detail = format!("event {id}: {} has bytes that are not UTF-8; each is shown as U+FFFD", field.name());
            let raw = bytes.get(..RAW_KEPT_BYTES).unwrap_or(bytes).to_vec();
            let warning = ImportWarning { raw, ..ImportWarning::file(Reason::InvalidUtf8, detail) };
            warnings::write(conn, id.evidence(), &warning)?;
        }
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::super::{ddl_of, to_current};
    use super::*;
    use std::path::Path;

    #[test]
    fn bytes_that_are_no_text_are_kept_in_a_warning() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(&ddl_of(5)).unwrap();
        conn.execute_batch(
            "PRAGMA user_version = 5;
             INSERT INTO call (call_id) VALUES (1);
             INSERT INTO evidence (evidence_id, path, format, packing, encoding, file_bytes, content_bytes, file_sha256,
               content_sha256, imported_utc, raw_kept, record_count, duplicate_count, warning_count, flow_count, event_count,
               aggregated_count) VALUES (3, '', '', '', '', 0, 0, '', '', '', 0, 2, 0, 0, 0, 2, 0);
             INSERT INTO event (id, event_key, call_id, byte_offset, byte_length, completeness, user_identity_arn, request_parameters)
               VALUES ((3 << 32) + 1, (3 << 32) + 1, 1, 0, 0, 4, 'arn', '{\"a\":1}'),
                      ((3 << 32) + 2, (3 << 32) + 2, 1, 0, 0, 4, CAST(x'61ff62' AS TEXT), '{\"a\":1}')",
        )
        .unwrap();
        to_current(&conn, Path::new("a case"), None, &mut |_, _| {}).unwrap();
        let texts = |sql: &str| {
            let mut statement = conn.prepare(sql).unwrap();
            let rows = statement.query_map([], |r| r.get::<_, String>(0)).unwrap();
            rows.collect::<Result<Vec<_>, _>>().unwrap()
        };
        assert_eq!(texts("SELECT user_identity_arn FROM event ORDER BY id"), ["arn", "a\u{fffd}b"]);
        assert_eq!(
            texts(
                "SELECT evidence_id || ' ' || scope || ' ' || reason || ' ' || detail || ' ' || hex(raw) FROM import_warning"
            ),
            [format!(
                "3 file invalid_utf8 event {}: user_identity_arn has bytes that are not UTF-8; each is shown as U+FFFD 61FF62",
                RecordId((3 << 32) + 2)
            )]
        );
    }
}
