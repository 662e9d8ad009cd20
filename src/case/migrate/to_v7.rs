//! Version 7: what is derived from events.

use super::super::error::CaseError;
use super::super::event_json::EventTexts;
use super::super::schema::{self, EventColumn};
use super::super::tuples::EventTuples;
use crate::ingest::cloudtrail::event::EventReader;
use crate::model::{Home, RecordId, field};
use rusqlite::{Connection, params};

/// Events between two reports of progress.
const REPORTED: u64 = 4096;

/// Reads each event's own JSON again, as an import does. An event whose JSON cannot be read keeps its row as it is.
pub(super) fn after(conn: &Connection, progress: &mut (dyn FnMut(u64, u64) + '_)) -> Result<u64, CaseError> {
    let total = conn.query_row("SELECT count(*) FROM event_row", [], |r| r.get::<_, u64>(0))?;
    let names = schema::event_row_fields()
        .into_iter()
        .find(|(field, column)| field.home == Home::Derived && *column == EventColumn::Member);
    let Some(names) = names.map(|(field, _)| field) else { return Ok(0) };
    let place = field::event_columns().position(|field| field == names);
    let (reader, mut texts, mut tuples) = (EventReader::new(), EventTexts::default(), EventTuples::load(conn)?);
    let mut events = conn.prepare("SELECT id FROM event_row WHERE id > ? ORDER BY id LIMIT ?")?;
    let sql = format!("UPDATE event_row SET derived_id = ?, {} = ? WHERE id = ?", EventColumn::Member.of(names));
    let mut update = conn.prepare(&sql)?;
    let mut after = i64::MIN;
    let mut done = 0;
    loop {
        let ids = events.query_map(params![after, REPORTED], |r| r.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in ids {
            let json = texts.get(conn, RecordId(id))?;
            if let Some(event) = json.and_then(|json| reader.read(json).ok()) {
                let columns = event.columns.values();
                let derived = tuples.derived(conn, columns)?;
                let names = place.and_then(|place| columns.get(place));
                let names = names.map(|names| tuples.member(conn, names)).transpose()?;
                if derived.is_some() || names.is_some() {
                    update.execute(params![derived, names, id])?;
                }
            }
            done += 1;
            if done % REPORTED == 0 {
                progress(done, total);
            }
        }
    }
    Ok(0)
}
