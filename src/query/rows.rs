//! From a query to its ordered row set, and from places in that to pages of values.

use super::columns_sql::Columns;
use super::row_set::RowSet;
use super::{Cancel, QueryError, engine, filter_sql, sort_sql};
use crate::case::CaseReader;
use crate::case::schema::EVENT_ONCE;
use crate::filter::Filter;
use crate::model::{Dataset, FieldId, RecordId, TimeRange, Value};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    pub field: FieldId,
    pub descending: bool,
}

/// How often a record counts that several files hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Duplicates {
    /// Once: the first delivery of a flow record, the fullest occurrence of an event.
    #[default]
    Once,
    /// As often as it was delivered.
    All,
}

/// What a table of records shows. Two equal queries over an unchanged case give the same rows in the same order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordQuery {
    pub dataset: Dataset,
    pub filter: Option<Filter>,
    pub range: TimeRange,
    /// The first key sorts first; ties break by record id.
    pub sort: Vec<SortKey>,
    pub duplicates: Duplicates,
}

impl RecordQuery {
    /// Every record, in the order of evidence and position.
    pub fn all(dataset: Dataset) -> Self {
        Self { dataset, filter: None, range: TimeRange::default(), sort: Vec::new(), duplicates: Duplicates::Once }
    }
}

/// `FROM ... WHERE ...` of a query, with its bound values. `join`: tables that the caller's columns need.
pub(super) fn from_where(query: &RecordQuery, join: &str) -> Result<(String, Vec<Sql>), QueryError> {
    let mut params = Vec::new();
    let mut conditions = Vec::new();
    if let Some(filter) = &query.filter {
        let condition = filter_sql::condition(filter, query.dataset).map_err(|e| QueryError::Filter(e.to_string()))?;
        conditions.push(condition.text);
        params = condition.params;
    }
    let (table, time, scale) = match query.dataset {
        Dataset::Flows => ("flow f", "f.start", 1000),
        Dataset::Events => ("event e", "e.time_millis", 1),
    };
    let bound = |millis: i64| Sql::Integer(if scale == 1 { millis } else { seconds_bound(millis) });
    if let Some(from) = query.range.from {
        conditions.push(format!("{time} >= ?"));
        params.push(bound(from.0));
    }
    if let Some(to) = query.range.to {
        conditions.push(format!("{time} < ?"));
        params.push(bound(to.0));
    }
    if query.duplicates == Duplicates::Once {
        conditions.push(match query.dataset {
            Dataset::Flows => "f.id NOT IN (SELECT id FROM flow_duplicate)".to_owned(),
            Dataset::Events => EVENT_ONCE.trim_start().trim_start_matches("WHERE ").to_owned(),
        });
    }
    let conditions = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE ({})", conditions.join(") AND (")),
    };
    Ok((format!("FROM {table} {join}{conditions}"), params))
}

/// Flow records count whole seconds: `from` and `to` inside a second mean the next one. From milliseconds.
pub(super) fn seconds_bound(millis: i64) -> i64 {
    millis.div_euclid(1000) + i64::from(millis.rem_euclid(1000) != 0)
}

/// The ordered row set of a query. Takes time in proportion to the records; never on the frame thread.
pub fn rows(reader: &CaseReader, query: &RecordQuery, cancel: &Cancel) -> Result<RowSet, QueryError> {
    if let Some(rows) = engine::attempt(reader, query.dataset, cancel, |engine| engine.rows(query))? {
        return Ok(rows);
    }
    rows_by_sql(reader, query, cancel)
}

/// The first `limit` records of a query, in its order: those with which `rows` begins, and often much sooner.
pub fn first_rows(
    reader: &CaseReader,
    query: &RecordQuery,
    limit: usize,
    cancel: &Cancel,
) -> Result<RowSet, QueryError> {
    if let Some(Some(rows)) = engine::attempt(reader, query.dataset, cancel, |engine| engine.first_rows(query, limit))?
    {
        return Ok(rows);
    }
    let rows = rows(reader, query, cancel)?;
    Ok(match rows.len() <= limit {
        true => rows,
        false => RowSet::of_ids(rows.ids(0..limit).into_iter().map(|id| id.0).collect()),
    })
}

/// The same as `rows` by plain SQL over the rows: where there is no index, and what the columns are compared with.
pub(super) fn rows_by_sql(reader: &CaseReader, query: &RecordQuery, cancel: &Cancel) -> Result<RowSet, QueryError> {
    let id = if query.dataset == Dataset::Flows { "f.id" } else { "e.id" };
    let (from, params) = from_where(query, "")?;
    let mut order: Vec<String> = query
        .sort
        .iter()
        .map(|key| {
            format!("{} {} NULLS LAST", sort_sql::sort_key(key.field), if key.descending { "DESC" } else { "ASC" })
        })
        .collect();
    order.push(format!("{id} ASC"));
    let sql = format!("SELECT {id} {from} ORDER BY {}", order.join(", "));
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare(&sql)?;
        let mut ids = Vec::new();
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            ids.push(row.get(0)?);
        }
        Ok(RowSet::of_ids(ids))
    })
}

/// The values of some fields of some records, in the order of the ids. An id that the case does not hold gives NULLs.
pub fn page(
    reader: &CaseReader,
    dataset: Dataset,
    ids: &[RecordId],
    fields: &[FieldId],
) -> Result<Vec<Vec<Value>>, QueryError> {
    filter_sql::prepare(reader)?;
    let _moment = reader.moment()?;
    let columns = Columns::of(fields);
    let (table, id) = if dataset == Dataset::Flows { ("flow f", "f.id") } else { ("event e", "e.id") };
    let list = if fields.is_empty() { "NULL".to_owned() } else { columns.list() };
    let mut statement =
        reader.conn.prepare_cached(&format!("SELECT {list} FROM {table} {} WHERE {id} = ?", columns.joins()))?;
    let mut page = Vec::with_capacity(ids.len());
    for record in ids {
        let mut rows = statement.query([record.0])?;
        page.push(match rows.next()? {
            Some(row) => columns.read(row, 0)?,
            None => vec![Value::Null; fields.len()],
        });
    }
    Ok(page)
}
