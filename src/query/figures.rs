//! The figures that every aggregate has of its records: how many, how much, from when to when.

use super::columns_sql::Columns;
use super::directed::{self, Counted};
use super::rows::from_where;
use super::scope::{Scope, own_field};
use super::sums::read_sum;
use super::{Cancel, QueryError, RecordQuery, engine, filter_sql, sort_sql};
use crate::case::CaseReader;
use crate::filter;
use crate::model::{Dataset, FieldId, Timestamp};
use rusqlite::types::Value as Sql;
use rusqlite::{Row, params_from_iter};

/// Of some records. NODATA and SKIPDATA records are records, but what they say of packets and bytes is left out of the
/// sums; `left_out` says how many they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub records: u64,
    /// `None` where no record had a value to sum, and for events.
    pub packets: Option<u128>,
    pub bytes: Option<u128>,
    /// The earliest start and the latest end; of events, the earliest and latest time.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Action ACCEPT; of events: without an error.
    pub accepted: u64,
    /// Action REJECT; of events: with an error code.
    pub rejected: u64,
    /// NODATA and SKIPDATA records.
    pub left_out: u64,
}

/// Which number is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    Records,
    Bytes,
}

impl Figure {
    pub fn name(self) -> &'static str {
        match self {
            Figure::Records => "record_count",
            Figure::Bytes => "total_bytes",
        }
    }
}

/// How many of these records have no time. They are in no time range.
pub fn untimed(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<u64, QueryError> {
    let text = match scope.dataset {
        Dataset::Flows => "not start exists",
        Dataset::Events => "not event_time exists",
    };
    let filter = filter::parse(text, scope.dataset).map_err(|error| QueryError::Filter(error.to_string()))?;
    count(reader, &scope.and(filter), cancel)
}

/// The figures of all of these records together.
pub fn figures(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Figures, QueryError> {
    if let Some(figures) = engine::attempt(reader, scope.dataset, cancel, |engine| engine.figures(scope))? {
        return Ok(figures);
    }
    figures_by_sql(reader, scope, cancel)
}

/// How many records these are: as `figures`, of which nothing else is worked out.
///
/// # Errors
/// As of any query.
pub fn count(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<u64, QueryError> {
    if let Some(count) = engine::attempt(reader, scope.dataset, cancel, |engine| engine.count(scope))? {
        return Ok(count);
    }
    Ok(figures_by_sql(reader, scope, cancel)?.records)
}

/// The same by plain SQL over the rows.
pub(super) fn figures_by_sql(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Figures, QueryError> {
    let source = Source::new(reader, scope.dataset, &[], Counted::Once)?;
    let (from, params) = source.select_from(&scope.records(Vec::new()))?;
    let sql = format!("SELECT {FIGURES} FROM (SELECT {} {from})", source.columns);
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        Ok(reader.conn.query_row(&sql, params_from_iter(params), |row| read(row, 0, scope.dataset))?)
    })
}

/// How a record becomes a row with the columns that `FIGURES` aggregates.
pub(super) struct Source {
    /// `n, packets, bytes, first, last, accepted, rejected, left_out` of one record.
    pub columns: String,
    /// The tables that these and the caller's fields need.
    joins: String,
    /// The table of records, where it is not the plain one.
    table: Option<String>,
}

/// SQL's condition on a flow record whose counters are summed.
pub(super) const SUMMED: &str = "(o.log_status IS NULL OR o.log_status NOT IN ('NODATA', 'SKIPDATA'))";

impl Source {
    /// `fields`: those that the caller reads besides.
    pub(super) fn new(
        reader: &CaseReader,
        dataset: Dataset,
        fields: &[FieldId],
        counted: Counted,
    ) -> Result<Self, QueryError> {
        let has_sides = dataset == Dataset::Flows && directed::is_in(reader)?;
        let n = if has_sides { "f.n" } else { "1" };
        let mut needed = fields.to_vec();
        let columns = match dataset {
            Dataset::Flows => {
                needed.extend(["action", "log_status"].map(|name| own_field(dataset, name)));
                format!(
                    "{n} AS n, iif({SUMMED}, f.packets, NULL) AS packets, iif({SUMMED}, f.bytes, NULL) AS bytes,
                     f.start AS first, {} AS last, {n} AND o.action IS 'ACCEPT' AS accepted,
                     {n} AND o.action IS 'REJECT' AS rejected, {n} AND NOT {SUMMED} AS left_out",
                    sort_sql::sort_key(own_field(dataset, "end"))
                )
            }
            Dataset::Events => {
                let fields = ["event_time", "error_code"].map(|name| own_field(dataset, name));
                needed.extend(fields);
                let [time, error] = [sort_sql::sort_key(fields[0]), Columns::of(&[fields[1]]).list()];
                format!(
                    "1 AS n, NULL AS packets, NULL AS bytes, {time} AS first, {time} AS last, {error} IS NULL AS accepted,
                     {error} IS NOT NULL AS rejected, 0 AS left_out"
                )
            }
        };
        let table = has_sides.then(|| directed::sides(counted));
        Ok(Self { columns, joins: Columns::of(&needed).joins(), table })
    }

    /// `FROM` and `WHERE` of the records that are summed.
    pub(super) fn select_from(&self, query: &RecordQuery) -> Result<(String, Vec<Sql>), QueryError> {
        let (from, params) = from_where(query, &self.joins)?;
        Ok(match &self.table {
            Some(table) => (from.replacen("FROM flow f", &format!("FROM {table}"), 1), params),
            None => (from, params),
        })
    }
}

/// The figures over rows with the columns of `Source`; `read` reads them.
pub(super) const FIGURES: &str = "ifnull(sum(n), 0) AS records, sum(packets >> 32) AS packets_high, \
    sum(packets & 4294967295) AS packets_low, sum(bytes >> 32) AS bytes_high, sum(bytes & 4294967295) AS bytes_low, \
    min(first) AS first, max(last) AS last, ifnull(sum(accepted), 0) AS accepted, ifnull(sum(rejected), 0) AS rejected, \
    ifnull(sum(left_out), 0) AS left_out";
/// How many columns that are.
pub(super) const FIGURE_COLUMNS: usize = 10;

/// Reads the columns of `FIGURES` from `at` on.
pub(super) fn read(row: &Row<'_>, at: usize, dataset: Dataset) -> rusqlite::Result<Figures> {
    let time = |place: usize| -> rusqlite::Result<Option<Timestamp>> {
        let value: Option<i64> = row.get(at + place)?;
        Ok(value.map(|value| if dataset == Dataset::Flows { Timestamp::from_secs(value) } else { Timestamp(value) }))
    };
    Ok(Figures {
        records: row.get(at)?,
        packets: read_sum(row, at + 1)?,
        bytes: read_sum(row, at + 3)?,
        first: time(5)?,
        last: time(6)?,
        accepted: row.get(at + 7)?,
        rejected: row.get(at + 8)?,
        left_out: row.get(at + 9)?,
    })
}
