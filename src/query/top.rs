//! Top lists: the groups with the most.

use super::columns_sql::read_value;
use super::directed::{self, Counted};
use super::figures::{FIGURE_COLUMNS, FIGURES, Source, read};
use super::group::{GroupBy, KeySql};
use super::scope::Scope;
use super::sums::{descending_sql, read_sum};
use super::{Cancel, Figures, QueryError, engine, filter_sql};
use crate::case::CaseReader;
use crate::model::{Dataset, Value};
use rusqlite::params_from_iter;

/// What is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Measure {
    #[default]
    Bytes,
    Packets,
    Records,
}

impl Measure {
    pub const ALL: [Measure; 3] = [Measure::Bytes, Measure::Packets, Measure::Records];

    pub fn name(self) -> &'static str {
        match self {
            Measure::Bytes => "bytes",
            Measure::Packets => "packets",
            Measure::Records => "records",
        }
    }

    /// Events have no bytes and no packets.
    ///
    /// # Errors
    /// The measure is not one of this dataset.
    pub(super) fn check(self, dataset: Dataset) -> Result<(), QueryError> {
        match (dataset, self) {
            (Dataset::Flows, _) | (Dataset::Events, Measure::Records) => Ok(()),
            (Dataset::Events, _) => Err(QueryError::Filter(format!("events have no {}", self.name()))),
        }
    }
}

/// The groups with the most of a measure, greatest first; ties by the key ascending, the absent key last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TopQuery {
    pub scope: Scope,
    pub by: GroupBy,
    pub measure: Measure,
    /// So many at most.
    pub limit: Option<usize>,
}

impl TopQuery {
    /// The headers behind those of the key (`GroupBy::names`).
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        let names: &[&str] = match (self.scope.dataset, self.by.is_two_sided()) {
            (Dataset::Flows, true) => &["sent", "received", "total", "packets", "record_count"],
            (Dataset::Flows, false) => &["total_bytes", "packets", "record_count"],
            (Dataset::Events, _) => &["record_count", "errors"],
        };
        names.iter().copied()
    }

    /// What a row shows in those columns.
    pub fn values(&self, row: &TopRow) -> Vec<Value> {
        let figures = &row.figures;
        if self.scope.dataset == Dataset::Events {
            return vec![Value::count(figures.records), Value::count(figures.rejected)];
        }
        let sides = [Value::sum(row.sent), Value::sum(row.received)];
        let both = [Value::sum(figures.bytes), Value::sum(figures.packets), Value::count(figures.records)];
        let sides = sides.into_iter().filter(|_| self.by.is_two_sided());
        sides.chain(both).collect()
    }
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopRow {
    /// One value for each of `GroupBy::names`; `Value::Null` where the records have none.
    pub key: Vec<Value>,
    /// Of its records; `figures.bytes` is `sent + received` where both sides are matched, so that traffic of an address
    /// with itself counts on both.
    pub figures: Figures,
    /// Bytes of records that have the key as their source. `None` unless both sides are matched.
    pub sent: Option<u128>,
    pub received: Option<u128>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopTable {
    pub rows: Vec<TopRow>,
    /// How many groups there are, those beyond the limit too.
    pub groups: u64,
}

/// The groups of a query. Takes time in proportion to the records; never on the frame thread.
pub fn top(reader: &CaseReader, query: &TopQuery, cancel: &Cancel) -> Result<TopTable, QueryError> {
    query.measure.check(query.scope.dataset)?;
    // Without records that name their remote side it is the same.
    let talkers = TopQuery { by: GroupBy::Talker, ..query.clone() };
    let query = match query.by {
        GroupBy::Remote if !directed::is_in(reader)? => &talkers,
        _ => query,
    };
    // Refuses a key of the other dataset.
    query.by.sql(query.scope.dataset)?;
    if let Some(table) = engine::attempt(reader, query.scope.dataset, cancel, |engine| engine.top(query))? {
        return Ok(table);
    }
    top_by_sql(reader, query, cancel)
}

/// The same by plain SQL over the rows.
pub(super) fn top_by_sql(reader: &CaseReader, query: &TopQuery, cancel: &Cancel) -> Result<TopTable, QueryError> {
    let dataset = query.scope.dataset;
    let key = query.by.sql(dataset)?;
    let source = Source::new(reader, dataset, &key.fields, counted(query.by))?;
    let (from, params) = source.select_from(&query.scope.records(Vec::new()))?;
    let (names, ties) = (key.names(), key.ties());
    let by_measure = match query.measure {
        Measure::Bytes => descending_sql("bytes_high", "bytes_low"),
        Measure::Packets => descending_sql("packets_high", "packets_low"),
        Measure::Records => "records DESC".to_owned(),
    };
    let limit = query.limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
    let sql = format!(
        "WITH record AS NOT MATERIALIZED (SELECT {}, {} {from})
         SELECT {names}, {FIGURES}, sum(sent >> 32), sum(sent & 4294967295), sum(received >> 32),
           sum(received & 4294967295), count(*) OVER () FROM ({}) GROUP BY {names}
         ORDER BY {by_measure}, {ties} LIMIT {limit}",
        key.columns,
        source.columns,
        sides(&key)
    );
    filter_sql::prepare(reader)?;
    let mut table = cancel.watch(reader, || {
        let mut table = TopTable::default();
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(&params))?;
        while let Some(row) = rows.next()? {
            let at = key.keys + FIGURE_COLUMNS;
            let mut values = Vec::with_capacity(key.keys);
            for (index, (dataset, kind)) in key.kinds.iter().enumerate() {
                values.push(read_value(row, index, *dataset, *kind)?);
            }
            let figures = read(row, key.keys, dataset)?;
            let (sent, received) = (read_sum(row, at)?, read_sum(row, at + 2)?);
            table.groups = row.get(at + 4)?;
            table.rows.push(TopRow { key: values, figures, sent, received });
        }
        Ok(table)
    })?;
    // No rows, no column that says how many groups there are.
    if limit == 0 {
        let all = TopQuery { limit: Some(1), ..query.clone() };
        table.groups = top_by_sql(reader, &all, cancel)?.groups;
    }
    Ok(table)
}

/// Records are distinguished by their sides where these are the key.
fn counted(by: GroupBy) -> Counted {
    let is_side = |name: &str| matches!(name, "srcaddr" | "dstaddr" | "srcport" | "dstport");
    match by {
        GroupBy::Pair => Counted::InEachDirection,
        GroupBy::Field(field) if is_side(field.name()) => Counted::InEachDirection,
        _ => Counted::Once,
    }
}

/// The records by group: where both sides are matched, each record twice, the second time as a record of the other key;
/// a record whose keys are the same is not counted again.
fn sides(key: &KeySql) -> String {
    const EACH: &str = "packets, first, last";
    if !key.two_sided {
        return "SELECT *, NULL AS sent, NULL AS received FROM record".to_owned();
    }
    if key.by_remote {
        // The local side is no key.
        return format!(
            "SELECT key1, order1, n, bytes, {EACH}, accepted, rejected, left_out, bytes AS sent,
               NULL AS received FROM record WHERE remote IS NOT 'dstaddr'
             UNION ALL
             SELECT other_key1, other_order1, n * again, bytes, {EACH}, accepted * again, rejected * again,
               left_out * again, NULL, bytes
             FROM (SELECT *, remote IS NOT NULL OR key1 IS NOT other_key1 AS again FROM record)
             WHERE remote IS NOT 'srcaddr'"
        );
    }
    format!(
        "SELECT key1, order1, n, bytes, {EACH}, accepted, rejected, left_out, bytes AS sent, NULL AS received FROM record
         UNION ALL
         SELECT other_key1, other_order1, n * again, bytes, {EACH}, accepted * again, rejected * again, left_out * again,
           NULL, bytes FROM (SELECT *, key1 IS NOT other_key1 AS again FROM record)"
    )
}
