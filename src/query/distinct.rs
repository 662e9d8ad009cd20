//! How many different values of a field the groups of another have.

use super::columns_sql::{Columns, read_value};
use super::rows::from_where;
use super::{Cancel, GroupBy, QueryError, Scope, engine, filter_sql};
use crate::case::CaseReader;
use crate::model::{FieldId, Value};
use rusqlite::params_from_iter;

/// For each value of a field, ascending and none last: how many values of another its records have. Those without one count
/// for none.
///
/// # Errors
/// A field is one of the other dataset, or the case cannot be read.
pub fn distinct_counts(
    reader: &CaseReader,
    scope: &Scope,
    by: FieldId,
    of: FieldId,
    cancel: &Cancel,
) -> Result<Vec<(Value, u64)>, QueryError> {
    // Refuses fields of the other dataset.
    [by, of].into_iter().try_for_each(|field| GroupBy::Field(field).sql(scope.dataset).map(|_| ()))?;
    match engine::attempt(reader, scope.dataset, cancel, |engine| engine.distinct_counts(scope, by, of))? {
        Some(counts) => Ok(counts),
        None => distinct_counts_by_sql(reader, scope, by, of, cancel),
    }
}

/// The same by plain SQL over the rows.
pub(super) fn distinct_counts_by_sql(
    reader: &CaseReader,
    scope: &Scope,
    by: FieldId,
    of: FieldId,
    cancel: &Cancel,
) -> Result<Vec<(Value, u64)>, QueryError> {
    let key = GroupBy::Field(by).sql(scope.dataset)?;
    let (from, params) = from_where(&scope.records(Vec::new()), &Columns::of(&[by, of]).joins())?;
    let sql = format!(
        "SELECT key1, count(DISTINCT counted) FROM (SELECT {}, {} AS counted {from}) GROUP BY key1 ORDER BY {}",
        key.columns,
        Columns::of(&[of]).list(),
        key.ties()
    );
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare(&sql)?;
        let rows = statement
            .query_map(params_from_iter(&params), |row| Ok((read_value(row, 0, by.dataset, by.kind)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}
