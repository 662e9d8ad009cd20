//! What flow records say besides the fields that this program knows: values of unknown fields, fractions of seconds.

use super::QueryError;
use crate::case::CaseReader;
use crate::model::{Dataset, Home, RecordId, Value, field};
use rusqlite::OptionalExtension;

/// The keys of an extra that are fields with columns of their own: those that live there, and the end of a record without
/// a start.
fn known() -> impl Iterator<Item = &'static str> {
    field::at_home(Dataset::Flows, Home::Extra).map(|field| field.field().name).chain(["end"])
}

/// Has any flow record of the case a further value?
pub fn has_extras(reader: &CaseReader) -> Result<bool, QueryError> {
    let names: Vec<String> = known().map(|name| format!("'{name}'")).collect();
    let sql = format!(
        "SELECT 1 FROM extra x, json_each(iif(json_valid(x.json), x.json, '{{}}')) v WHERE v.key NOT IN ({}) LIMIT 1",
        names.join(", ")
    );
    Ok(reader.conn.prepare_cached(&sql)?.query_row([], |_| Ok(())).optional()?.is_some())
}

/// The names of these values in the case, in order.
pub fn extra_names(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let names: Vec<String> = known().map(|name| format!("'{name}'")).collect();
    let sql = format!(
        "SELECT DISTINCT v.key FROM extra x, json_each(iif(json_valid(x.json), x.json, '{{}}')) v WHERE v.key NOT IN ({}) ORDER BY 1",
        names.join(", ")
    );
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The further values of flow records as JSON objects, in the order of the ids; `Value::Null` where there are none.
pub fn extras(reader: &CaseReader, ids: &[RecordId]) -> Result<Vec<Value>, QueryError> {
    let paths: Vec<String> = known().map(|name| format!("'$.{name}'")).collect();
    let sql = format!(
        "SELECT nullif(iif(json_valid(x.json), json_remove(x.json, {}), x.json), '{{}}')
         FROM flow f JOIN extra x ON x.extra_id = f.extra_id WHERE f.id = ?",
        paths.join(", ")
    );
    let mut statement = reader.conn.prepare_cached(&sql)?;
    ids.iter()
        .map(|id| {
            let text: Option<Option<String>> = statement.query_row([id.0], |r| r.get(0)).optional()?;
            Ok(text.flatten().map_or(Value::Null, Value::Text))
        })
        .collect()
}
