//! Read-only SQL over the documented views, for those who want it.

use super::{Cancel, QueryError};
use crate::case::CaseReader;
use crate::filter::FilterError;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use serde_json::Value as Json;

/// A result of any shape: values are JSON null, integer, number or string.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlRows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Json>>,
    /// There was more than the limit.
    pub cut: bool,
}

/// Runs one statement that reads. Whatever would write, attach or change a setting is refused before it runs.
pub fn read_only_sql(reader: &CaseReader, sql: &str, limit: usize, cancel: &Cancel) -> Result<SqlRows, QueryError> {
    // A connection of its own: the authoriser would refuse the program's own statements too.
    let mut console = reader.another()?;
    console.conn.authorizer(Some(allow))?;
    cancel.watch(&console, || run(&console, sql, limit))
}

fn allow(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Function { function_name } if function_name != "load_extension" => Authorization::Allow,
        _ => Authorization::Deny,
    }
}

fn run(reader: &CaseReader, sql: &str, limit: usize) -> Result<SqlRows, QueryError> {
    read(reader, sql, limit).map_err(|error| refused(sql, error))
}

fn read(reader: &CaseReader, sql: &str, limit: usize) -> Result<SqlRows, rusqlite::Error> {
    let mut statement = reader.conn.prepare(sql)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut result = SqlRows { columns, ..SqlRows::default() };
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if result.rows.len() == limit {
            result.cut = true;
            break;
        }
        let values = (0..result.columns.len()).map(|index| row.get_ref(index).map(json)).collect::<Result<_, _>>()?;
        result.rows.push(values);
    }
    Ok(result)
}

/// What is wrong with the statement, marked where SQLite says the place.
fn refused(sql: &str, error: rusqlite::Error) -> QueryError {
    use rusqlite::{Error, ErrorCode};
    let what = match &error {
        Error::SqlInputError { msg, offset, .. } => {
            let at = usize::try_from(*offset).unwrap_or(sql.len());
            let word = sql.get(at..).unwrap_or_default();
            let len = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
            FilterError::new(at..at + len, msg).render(sql)
        }
        Error::MultipleStatement => "one statement at a time".to_owned(),
        Error::SqliteFailure(code, message) => match (code.code, message) {
            (ErrorCode::AuthorizationForStatementDenied, _) => "this statement does more than read".to_owned(),
            (ErrorCode::ApiMisuse, _) => "there is no statement".to_owned(),
            (ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::TooBig, message) => {
                message.clone().unwrap_or_else(|| error.to_string())
            }
            _ => return error.into(),
        },
        _ => return error.into(),
    };
    QueryError::Filter(format!("the statement was not run\n{what}\nThe console reads: one SELECT or WITH."))
}

fn json(value: ValueRef<'_>) -> Json {
    match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(value) => value.into(),
        ValueRef::Real(value) => value.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => crate::case::journal::hex(bytes).into(),
    }
}
