//! Is there such a record, is there such a value? Answers that end at the first.

use super::rows::from_where;
use super::{Cancel, Duplicates, QueryError, Scope, engine, filter_sql};
use crate::case::CaseReader;
use crate::case::schema::column;
use crate::filter::{Check, Filter, Target};
use crate::model::{FieldId, Home};
use rusqlite::{OptionalExtension, params_from_iter};

/// Is there such a record?
///
/// # Errors
/// The case cannot be read.
pub fn any(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<bool, QueryError> {
    let query = scope.records(Vec::new());
    if let Some(any) = engine::attempt(reader, scope.dataset, cancel, |engine| engine.any(&query))? {
        return Ok(any);
    }
    let (from, params) = from_where(&query, "")?;
    filter_sql::prepare(reader)?;
    let sql = format!("SELECT 1 {from} LIMIT 1");
    cancel.watch(reader, || Ok(reader.conn.query_row(&sql, params_from_iter(params), |_| Ok(())).optional()?.is_some()))
}

/// Does any record of the case have a value of this field?
///
/// # Errors
/// The case cannot be read.
pub fn has_values(reader: &CaseReader, field: FieldId, cancel: &Cancel) -> Result<bool, QueryError> {
    // The tuples are a short list; a look through all records for a value that no tuple has would be long.
    let table = match field.home {
        Home::Interface => Some("interface"),
        Home::Disposition => Some("disposition"),
        _ => None,
    };
    if let Some(table) = table {
        let sql = format!("SELECT 1 FROM {table} WHERE {} IS NOT NULL LIMIT 1", column(field));
        return cancel.watch(reader, || Ok(reader.conn.query_row(&sql, [], |_| Ok(())).optional()?.is_some()));
    }
    let present = Filter::test(Target::Field(field), Check::Present);
    any(reader, &Scope { duplicates: Duplicates::All, ..Scope::of(field.dataset, present) }, cancel)
}
