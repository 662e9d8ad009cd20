//! Every event once, with the numbers of what it shares with others, for analyses that follow events from one to another:
//! what events repeat is read once.

use super::QueryError;
use crate::case::schema::EVENT_ONCE;
use crate::case::uuid;
use crate::model::{FieldId, RecordId};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};
use std::cmp::Ordering;

/// The id that an event gives itself; UUIDs need no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventId {
    Uuid([u8; 16]),
    /// Empty where the event has none.
    Text(Box<str>),
}

impl EventId {
    /// The id of this text.
    pub(super) fn of(text: &str) -> Self {
        uuid::bytes(text).map_or_else(|| Self::Text(text.into()), Self::Uuid)
    }

    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Uuid(bytes) => uuid::text(bytes).unwrap_or_default(),
            Self::Text(text) => text.to_string(),
        }
    }
}

impl Ord for EventId {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            // The digits of a UUID are in the order of its bytes.
            (Self::Uuid(one), Self::Uuid(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            _ => self.to_text().cmp(&other.to_text()),
        }
    }
}

impl PartialOrd for EventId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The id of a row's event, from its columns `event_uuid` and `event_id`.
///
/// # Errors
/// What SQLite says.
pub(super) fn event_id(row: &Row<'_>, uuid: usize, text: usize) -> rusqlite::Result<EventId> {
    let bytes = match row.get_ref(uuid)? {
        ValueRef::Blob(bytes) => <[u8; 16]>::try_from(bytes).ok(),
        _ => None,
    };
    Ok(match bytes {
        Some(bytes) => EventId::Uuid(bytes),
        None => EventId::Text(row.get::<_, Option<Box<str>>>(text)?.unwrap_or_default()),
    })
}

/// Members of events that are JSON, as numbers of rows; 0 where the event has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct EventMembers {
    pub user_identity: u32,
    pub request_parameters: u32,
    pub response_elements: u32,
    pub additional_event_data: u32,
    pub service_event_details: u32,
}

/// An event, and the rows that hold what it shares with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EventLine {
    pub record: RecordId,
    pub event_id: EventId,
    /// Milliseconds.
    pub time: Option<i64>,
    /// Of table call.
    pub call: u32,
    /// Of table caller.
    pub caller: u32,
    pub members: EventMembers,
    pub shared_event_id: Option<Box<str>>,
}

/// Every event, by its fullest occurrence, in the order of time and id; those without a time are last.
///
/// # Errors
/// As of any query.
pub(super) fn event_lines(conn: &Connection) -> Result<Vec<EventLine>, QueryError> {
    let sql = format!(
        "SELECT e.id, e.event_uuid, e.event_id, e.time_millis, e.call_id, e.caller_id, e.user_identity_id,
           e.request_parameters_id, e.response_elements_id, e.additional_event_data_id, e.service_event_details_id,
           e.shared_event_id
         FROM event_row e {EVENT_ONCE}"
    );
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |at: usize| -> rusqlite::Result<Option<Box<str>>> { row.get(at) };
        let event_id = event_id(row, 1, 2)?;
        let number = |at: usize| -> rusqlite::Result<u32> { Ok(row.get::<_, Option<u32>>(at)?.unwrap_or(0)) };
        lines.push(EventLine {
            record: RecordId(row.get(0)?),
            event_id,
            time: row.get(3)?,
            call: number(4)?,
            caller: number(5)?,
            members: EventMembers {
                user_identity: number(6)?,
                request_parameters: number(7)?,
                response_elements: number(8)?,
                additional_event_data: number(9)?,
                service_event_details: number(10)?,
            },
            shared_event_id: text(11)?,
        });
    }
    lines.sort_unstable_by(|one, other| {
        let key = |line: &EventLine| (line.time.is_none(), line.time);
        key(one)
            .cmp(&key(other))
            .then_with(|| one.event_id.cmp(&other.event_id))
            .then_with(|| one.record.cmp(&other.record))
    });
    Ok(lines)
}

/// What a row of table call or caller says of some fields.
pub(super) struct SharedValues<'a> {
    /// By which events name the row.
    pub number: u32,
    row: &'a rusqlite::Row<'a>,
}

impl SharedValues<'_> {
    /// The value of the field at this place as text; empty where there is none.
    pub(super) fn text(&self, at: usize) -> &str {
        match self.row.get_ref(at + 1) {
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).unwrap_or_default(),
            _ => "",
        }
    }

    /// Yes or no, where it is said.
    pub(super) fn boolean(&self, at: usize) -> Option<bool> {
        match self.row.get_ref(at + 1) {
            Ok(ValueRef::Integer(value)) => Some(value != 0),
            _ => None,
        }
    }
}

/// Reads each row of the table that holds these fields of events: all of table call or all of table caller.
///
/// # Errors
/// As of any query; the fields are not of one of these tables.
pub(super) fn shared_values(
    conn: &Connection,
    fields: &[FieldId],
    mut each: impl FnMut(SharedValues<'_>),
) -> Result<(), QueryError> {
    use crate::case::schema::EventDictionary;
    let held: Option<Vec<EventDictionary>> = fields.iter().map(|field| EventDictionary::of(*field)).collect();
    let held = held.unwrap_or_default();
    let Some(first) = held.first().filter(|first| held.iter().all(|other| other.table == first.table)) else {
        return Err(QueryError::Filter("these fields are not held by one table".to_owned()));
    };
    let columns: Vec<&str> = held.iter().map(|held| held.column).collect();
    let sql = format!("SELECT {}, {} FROM {}", first.key, columns.join(", "), first.table);
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(SharedValues { number: row.get(0)?, row });
    }
    Ok(())
}

/// Members of events, read as they are asked for.
pub(super) struct Members<'a>(Statement<'a>);

impl<'a> Members<'a> {
    /// # Errors
    /// The case cannot be read.
    pub(super) fn of(conn: &'a Connection) -> Result<Self, QueryError> {
        Ok(Self(conn.prepare("SELECT json FROM member WHERE member_id = ?")?))
    }

    /// Calls `read` with the JSON of the member of this number; `None` where there is none.
    ///
    /// # Errors
    /// The case cannot be read.
    pub(super) fn read<T>(&mut self, number: u32, read: impl FnOnce(&str) -> T) -> Result<Option<T>, QueryError> {
        if number == 0 {
            return Ok(None);
        }
        let mut rows = self.0.query([number])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(match row.get_ref(0)? {
            ValueRef::Text(text) => std::str::from_utf8(text).ok().map(read),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_their_texts() {
        let texts = ["", "0a", "0a000000-0000-0000-0000-000000000001", "0a000000-0000-0000-0000-00000000000A", "z"];
        let mut ids: Vec<EventId> = texts.iter().rev().map(|text| EventId::of(text)).collect();
        ids.sort();
        let mut sorted = texts.to_vec();
        sorted.sort_unstable();
        assert_eq!(ids.iter().map(EventId::to_text).collect::<Vec<_>>(), sorted);
    }
}
