//! Which fields the evidence lacks. A query that needs one of them would say nothing, and is not offered.

use super::NamedQuery;
use crate::case::CaseReader;
use crate::case::schema::column;
use crate::filter::{Check, Filter, Target};
use crate::model::{Dataset, FieldId, Home, field};
use crate::query::rows::from_where;
use crate::query::{Cancel, Duplicates, QueryError, Scope, filter_sql};
use rusqlite::{OptionalExtension, params_from_iter};

/// Why a query says nothing in this case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    /// No record of the dataset.
    Records(Dataset),
    /// No record of the case has a value of this field.
    Field(FieldId),
}

/// What the case lacks of what the query needs, first of all; `None` where it can be asked.
pub fn lacking(reader: &CaseReader, query: &NamedQuery, cancel: &Cancel) -> Result<Option<Lack>, QueryError> {
    if !any(reader, &Scope { duplicates: Duplicates::All, ..Scope::all(query.dataset) }, cancel)? {
        return Ok(Some(Lack::Records(query.dataset)));
    }
    for name in query.needs {
        let Some(field) = field::by_name(query.dataset, name) else { continue };
        if !has_values(reader, field, cancel)? {
            return Ok(Some(Lack::Field(field)));
        }
    }
    Ok(None)
}

/// Does any record of the case have a value of this field?
fn has_values(reader: &CaseReader, field: FieldId, cancel: &Cancel) -> Result<bool, QueryError> {
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

/// Is there such a record?
pub fn any(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<bool, QueryError> {
    let (from, params) = from_where(&scope.records(Vec::new()), "")?;
    filter_sql::prepare(reader)?;
    let sql = format!("SELECT 1 {from} LIMIT 1");
    cancel.watch(reader, || Ok(reader.conn.query_row(&sql, params_from_iter(params), |_| Ok(())).optional()?.is_some()))
}
