//! Rows of a table of sightings with what they stand for.

use super::{By, Sighting, SightingTable};
use crate::case::CaseReader;
use crate::model::{Address, IndicatorList};
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingRow {
    pub subject: Subject,
    pub sighting: Sighting,
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
