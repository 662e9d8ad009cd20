//! Rows of a table of sightings with what they stand for.

use super::{By, Sighting, SightingTable};
use crate::case::CaseReader;
use crate::model::{Address, IndicatorList, KeySpan, Value};
use crate::query::QueryError;
use crate::query::indicators::{IndicatorRow, indicator_entry, indicator_list, internal_space};
use rusqlite::OptionalExtension;
use std::ops::Range;

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Indicator(Box<IndicatorRow>),
    List(Box<IndicatorList>),
    Host {
        address: String,
        /// In private space, or in a network that was declared own.
        internal: bool,
    },
}

impl Subject {
    /// The address that it is; `None` for a range, a text or a list.
    pub fn address(&self) -> Option<Address> {
        match self {
            Subject::Host { address, .. } => Address::parse(address.as_bytes()),
            Subject::Indicator(row) => row.entry.span.filter(KeySpan::is_one).map(|span| Address::of_key(span.first)),
            Subject::List(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingRow {
    pub subject: Subject,
    pub sighting: Sighting,
}

impl SightingRow {
    /// What a column says of it: texts as they are, the empty one too; `Value::Null` where such a row has no such column.
    pub fn value(&self, column: &str) -> Value {
        let text = |text: &str| Value::Text(text.to_owned());
        let of = &self.sighting;
        match (column, &self.subject) {
            ("indicator", Subject::Indicator(row)) => text(&row.entry.value),
            ("kind", Subject::Indicator(row)) => text(row.entry.kind.code()),
            ("name", Subject::Indicator(row)) => text(&row.entry.name),
            ("comment", Subject::Indicator(row)) => text(&row.entry.comment),
            ("severity", Subject::Indicator(row)) => text(&row.entry.severity),
            ("looked_for", Subject::Indicator(row)) => Value::Boolean(row.entry.enabled),
            ("list", Subject::Indicator(row)) => text(&row.list),
            ("list", Subject::List(list)) => text(&list.name),
            ("sha256", Subject::List(list)) => text(&list.sha256),
            ("entries", Subject::List(list)) => Value::count(list.enabled_entries),
            ("host", Subject::Host { address, .. }) => text(address),
            ("internal", Subject::Host { internal, .. }) => Value::Boolean(*internal),
            ("hosts", Subject::Indicator(_))
            | ("indicators", Subject::Host { .. })
            | ("entries_seen", Subject::List(_)) => Value::count(of.others),
            ("hits", _) => Value::count(of.hits()),
            ("flows", _) => Value::count(of.flows),
            ("events", _) => Value::count(of.events),
            ("mentions", _) => Value::count(of.mentions),
            ("outside", _) => Value::count(of.outside),
            ("principals", _) => Value::count(of.principals),
            ("bytes_to", _) => Value::sum(of.bytes_to),
            ("bytes_from", _) => Value::sum(of.bytes_from),
            ("accepted", _) => Value::count(of.accepted),
            ("rejected", _) => Value::count(of.rejected),
            ("first_seen", _) => Value::time(of.first),
            ("last_seen", _) => Value::time(of.last),
            _ => Value::Null,
        }
    }
}

/// The rows at these places; those behind the end are left out.
pub fn sighting_rows(
    reader: &CaseReader,
    table: &SightingTable,
    places: Range<usize>,
) -> Result<Vec<SightingRow>, QueryError> {
    let _moment = reader.moment()?;
    let mut rows = Vec::with_capacity(places.len().min(table.len()));
    for place in places.start..places.end.min(table.len()) {
        let Some(sighting) = table.get(place) else { break };
        let subject = match table.by {
            By::Indicator => indicator_entry(reader, sighting.key)?.map(|row| Subject::Indicator(Box::new(row))),
            By::List => indicator_list(reader, sighting.key)?.map(|list| Subject::List(Box::new(list))),
            By::Host => host(reader, sighting.key)?,
        };
        rows.extend(subject.map(|subject| SightingRow { subject, sighting }));
    }
    Ok(rows)
}

fn host(reader: &CaseReader, id: i64) -> Result<Option<Subject>, QueryError> {
    let sql = "SELECT address FROM address WHERE address_id = ?";
    let address: Option<String> = reader.conn.prepare_cached(sql)?.query_row([id], |r| r.get(0)).optional()?;
    let Some(address) = address else { return Ok(None) };
    let space = internal_space(reader)?;
    let internal = Address::parse(address.as_bytes()).is_some_and(|address| space.contains(&address));
    Ok(Some(Subject::Host { address, internal }))
}
