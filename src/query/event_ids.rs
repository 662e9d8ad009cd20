//! The event ids of many events: their texts, and the order of these.

use super::{Cancel, QueryError};
use crate::case::CaseReader;
use crate::case::uuid;
use crate::model::RecordId;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// Event ids of some events, by place. Most are UUIDs and take 16 bytes.
#[derive(Debug, Default)]
pub struct EventIds {
    uuids: Vec<[u8; 16]>,
    /// Those of other forms; `None` where an event has none.
    others: FxHashMap<usize, Option<String>>,
}

impl EventIds {
    pub fn text(&self, place: usize) -> Option<String> {
        match self.others.get(&place) {
            Some(other) => other.clone(),
            None => uuid::text(self.uuids.get(place)?),
        }
    }

    /// As the texts are ordered; what is absent comes first.
    pub fn compare(&self, one: usize, other: usize) -> Ordering {
        let is_uuid = |place: usize| !self.others.contains_key(&place);
        match is_uuid(one) && is_uuid(other) {
            true => self.uuids.get(one).cmp(&self.uuids.get(other)),
            false => self.text(one).cmp(&self.text(other)),
        }
    }
}

/// Ids that are so near each other are read in one go.
const NEAR: i64 = 32;

/// The event ids of these events, which ascend.
///
/// # Errors
/// The case cannot be read; it was stopped.
pub fn event_ids(reader: &CaseReader, ids: &[RecordId], cancel: &Cancel) -> Result<EventIds, QueryError> {
    let mut found = EventIds { uuids: vec![[0; 16]; ids.len()], others: FxHashMap::default() };
    let sql = "SELECT id, event_uuid, event_id FROM event_row WHERE id BETWEEN ? AND ? ORDER BY id";
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare_cached(sql)?;
        let mut place = 0;
        for run in ids.chunk_by(|one, other| other.0.saturating_sub(one.0) < NEAR) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let mut rows = statement.query([first.0, last.0])?;
            let end = place + run.len();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                // An id that the case lacks has no event id.
                while place < end && ids.get(place).is_some_and(|wanted| wanted.0 < id) {
                    found.others.insert(place, None);
                    place += 1;
                }
                if place < end && ids.get(place).is_some_and(|wanted| wanted.0 == id) {
                    let uuid: Option<[u8; 16]> = row.get(1)?;
                    match (uuid, found.uuids.get_mut(place)) {
                        (Some(uuid), Some(slot)) => *slot = uuid,
                        _ => drop(found.others.insert(place, row.get(2)?)),
                    }
                    place += 1;
                }
            }
            found.others.extend((place..end).map(|place| (place, None)));
            place = end;
        }
        Ok(found)
    })
}
