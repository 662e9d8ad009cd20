//! All events of a scope with some of their values: for aggregates that look at each event in its turn.

use super::event_source::EventSource;
use super::event_table::{Coded, EventTable, Words};
use super::rows::from_where;
use super::scope::Scope;
use super::values::Values;
use super::{Cancel, QueryError, engine, filter_sql};
use crate::case::CaseReader;
use crate::filter::Target;
use crate::model::{Dataset, RecordId};
use rusqlite::params_from_iter;
use std::sync::Arc;

/// The events of a scope with the values of some targets: fields, and paths into members that are JSON. Takes time in
/// proportion to the records; never on the frame thread.
///
/// # Errors
/// Events have no single value of a target; the case cannot be read; it was stopped.
pub fn event_table(
    reader: &CaseReader,
    scope: &Scope,
    targets: &[Target],
    cancel: &Cancel,
) -> Result<EventTable, QueryError> {
    let sources = targets.iter().map(EventSource::of).collect::<Result<Vec<_>, _>>()?;
    match engine::attempt(reader, Dataset::Events, cancel, |engine| engine.event_table(scope, &sources))? {
        Some(table) => Ok(table),
        None => by_sql(reader, scope, &sources, cancel),
    }
}

/// The same by plain SQL over the rows.
fn by_sql(
    reader: &CaseReader,
    scope: &Scope,
    sources: &[EventSource],
    cancel: &Cancel,
) -> Result<EventTable, QueryError> {
    let (from, params) = from_where(&scope.records(Vec::new()), &EventSource::joins(sources))?;
    let list: String = sources.iter().map(|source| format!(", {}", source.sql())).collect();
    let sql = format!("SELECT e.id, e.time_millis{list} {from} ORDER BY e.id");
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        let mut table = EventTable::default();
        let mut found: Vec<(Words, Vec<u32>)> = sources.iter().map(|_| Default::default()).collect();
        while let Some(row) = rows.next()? {
            table.ids.push(RecordId(row.get(0)?));
            table.times.push(row.get::<_, Option<i64>>(1)?.unwrap_or(Values::NONE));
            for (at, (source, (words, numbers))) in sources.iter().zip(&mut found).enumerate() {
                numbers.push(words.place(source.value(source.read(row, at + 2)?)));
            }
        }
        let coded = |(words, numbers): (Words, Vec<u32>)| {
            let by_number = (0..words.len() as u32).collect();
            Coded::new(words, by_number, Arc::new(numbers))
        };
        table.columns = found.into_iter().map(coded).collect();
        Ok(table)
    })
}
