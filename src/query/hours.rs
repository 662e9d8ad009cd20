//! Hours (UTC) in which records start: of a dataset as a whole, and of each of its sources.

use super::columns_sql::Columns;
use super::rows::from_where;
use super::scope::{Scope, own_field};
use super::{Cancel, QueryError, engine, filter_sql};
use crate::case::CaseReader;
use crate::model::{Dataset, EvidenceId, FieldId, TimeRange, Value};
use rusqlite::params_from_iter;

/// When a record is, in whole seconds, rounded towards the past.
pub(super) fn time_sql(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Flows => "f.start",
        Dataset::Events => "(e.time_millis - ((e.time_millis % 1000) + 1000) % 1000) / 1000",
    }
}

const HOUR: i64 = 3600;

/// The hours without a record of the dataset, whatever the filter, as ranges in seconds.
pub fn gaps(
    reader: &CaseReader,
    dataset: Dataset,
    range: TimeRange,
    cancel: &Cancel,
) -> Result<Vec<(i64, i64)>, QueryError> {
    Ok(gaps_between(&hours_with_records(reader, dataset, cancel)?, range))
}

/// The same by the hours that have records, in seconds, ascending.
pub fn gaps_between(hours: &[i64], range: TimeRange) -> Vec<(i64, i64)> {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Vec::new() };
    let from = range.from.map_or(*first, |from| from.secs().div_euclid(HOUR) * HOUR);
    let to = range.to.map_or(last + HOUR, |to| {
        (to.secs() + i64::from(to.0.rem_euclid(1000) != 0) + HOUR - 1).div_euclid(HOUR) * HOUR
    });
    let mut gaps = Vec::new();
    let mut open = from;
    for hour in hours.iter().copied().filter(|hour| (from..to).contains(hour)) {
        if hour > open {
            gaps.push((open, hour));
        }
        open = hour + HOUR;
    }
    if to > open {
        gaps.push((open, to));
    }
    gaps
}

/// Starts of the hours in which a record of the dataset starts, in seconds, ascending.
pub fn hours_with_records(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Vec<i64>, QueryError> {
    if let Some(hours) = engine::attempt(reader, dataset, cancel, |engine| engine.hours())? {
        return Ok(hours);
    }
    hours_by_sql(reader, dataset, cancel)
}

/// The same by plain SQL over the rows.
pub(super) fn hours_by_sql(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Vec<i64>, QueryError> {
    let time = time_sql(dataset);
    let table = if dataset == Dataset::Flows { "flow f" } else { "event e" };
    let sql = format!(
        "SELECT DISTINCT {time} - (({time} % {HOUR}) + {HOUR}) % {HOUR} AS hour FROM {table}
         WHERE hour IS NOT NULL ORDER BY hour"
    );
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}

/// A value for each of the fields that tell sources apart, and the start of an hour in seconds; `None`: no time.
pub type SourceTime = (Vec<Value>, Option<i64>);

/// In which hours each source of a dataset has records, sources and hours ascending; records without a time come first.
///
/// # Errors
/// As of any query.
pub fn hours_of_sources(
    reader: &CaseReader,
    dataset: Dataset,
    sources: &[FieldId],
    cancel: &Cancel,
) -> Result<Vec<SourceTime>, QueryError> {
    if let Some(hours) = engine::attempt(reader, dataset, cancel, |engine| engine.hours_of_sources(sources))? {
        return Ok(hours);
    }
    let hours = source_hours_by_sql(reader, &Scope::all(dataset), sources, cancel)?;
    Ok(hours.into_iter().map(|hour| (hour.source, hour.hour)).collect())
}

/// The records of one source that start in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceHour {
    /// A value for each of the fields that tell the sources apart.
    pub source: Vec<Value>,
    /// Start of the hour in seconds; `None`: of the records without a time.
    pub hour: Option<i64>,
    pub records: u64,
    /// Of them, NODATA and SKIPDATA records.
    pub no_data: u64,
    pub skip_data: u64,
    /// Evidence files that hold a record of them, in order of their numbers.
    pub evidence: Vec<EvidenceId>,
}

/// The hours of each source of these records, sources and hours ascending. Takes time in proportion to the records; never on
/// the frame thread.
///
/// # Errors
/// As of any query.
pub fn source_hours(
    reader: &CaseReader,
    scope: &Scope,
    sources: &[FieldId],
    cancel: &Cancel,
) -> Result<Vec<SourceHour>, QueryError> {
    match engine::attempt(reader, scope.dataset, cancel, |engine| engine.source_hours(scope, sources))? {
        Some(hours) => Ok(hours),
        None => source_hours_by_sql(reader, scope, sources, cancel),
    }
}

/// The same by plain SQL over the rows.
pub(super) fn source_hours_by_sql(
    reader: &CaseReader,
    scope: &Scope,
    sources: &[FieldId],
    cancel: &Cancel,
) -> Result<Vec<SourceHour>, QueryError> {
    let columns = Columns::of(sources);
    let (id, time) = (if scope.dataset == Dataset::Flows { "f.id" } else { "e.id" }, time_sql(scope.dataset));
    let mut needed = sources.to_vec();
    let status = match scope.dataset {
        Dataset::Flows => {
            needed.push(own_field(scope.dataset, "log_status"));
            "o.log_status"
        }
        Dataset::Events => "NULL",
    };
    let (from, params) = from_where(&scope.records(Vec::new()), &Columns::of(&needed).joins())?;
    let keys = (1..=sources.len() + 1).map(|at| at.to_string()).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT {}, {time} - (({time} % {HOUR}) + {HOUR}) % {HOUR} AS hour, count(*),
           ifnull(sum({status} IS 'NODATA'), 0), ifnull(sum({status} IS 'SKIPDATA'), 0),
           group_concat(DISTINCT {id} >> 32)
         {from} GROUP BY {keys} ORDER BY {keys}",
        columns.list()
    );
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare_cached(&sql)?;
        let width = sources.len();
        let rows = statement.query_map(params_from_iter(params), |r| {
            let numbers: String = r.get(width + 4)?;
            let mut evidence: Vec<EvidenceId> =
                numbers.split(',').filter_map(|n| n.parse().ok().map(EvidenceId)).collect();
            evidence.sort_unstable();
            Ok(SourceHour {
                source: columns.read(r, 0)?,
                hour: r.get(width)?,
                records: r.get(width + 1)?,
                no_data: r.get(width + 2)?,
                skip_data: r.get(width + 3)?,
                evidence,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}
