//! Read-only SQL over the documented views, for those who want it.

use super::{Cancel, QueryError};
use crate::case::CaseReader;
use crate::filter::error::marked;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use serde_json::Value as Json;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the console begins with.
pub const SQL_EXAMPLE: &str =
    "SELECT start, srcaddr, dstaddr, dstport, packets, bytes, bytes / packets AS bytes_per_packet
FROM flow_record
WHERE packets > 0
LIMIT 100";

/// Where a statement is stopped before it has given everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SqlLimits {
    pub rows: usize,
    /// `None`: as long as it takes.
    pub time: Option<Duration>,
}

/// Why a statement was not run, or gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the statement was not run\n{}\nOnly one read-only SELECT or WITH statement is allowed.", self.marked())]
pub struct SqlProblem {
    pub message: String,
    /// Bytes of the statement that it is about, where SQLite says.
    pub at: Option<Range<usize>>,
    pub statement: String,
}

impl SqlProblem {
    /// With the line that it is about, and a mark below the place.
    pub fn marked(&self) -> String {
        match &self.at {
            Some(at) => format!("{}\n{}", marked(&self.statement, at), self.message),
            None => self.message.clone(),
        }
    }
}

/// A result of any shape: values are JSON null, integer, number or string.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlRows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Json>>,
    /// There was more than the limit.
    pub cut: bool,
}

/// A documented view: the records by name, as SQL sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlView {
    pub name: &'static str,
    pub columns: Vec<String>,
}

/// The documented views of this case with their columns.
pub fn sql_views(reader: &CaseReader) -> Result<Vec<SqlView>, QueryError> {
    let view = |name: &'static str| {
        let statement = reader.conn.prepare(&format!("SELECT * FROM {name} LIMIT 0"))?;
        Ok(SqlView { name, columns: statement.column_names().map(str::to_owned).collect() })
    };
    ["flow_record", "cloudtrail_event", "cloudtrail_occurrence", "indicator"].into_iter().map(view).collect()
}

/// Runs one statement that reads. Whatever would write, attach or change a setting is refused before it runs.
pub fn read_only_sql(
    reader: &CaseReader,
    sql: &str,
    limits: SqlLimits,
    cancel: &Cancel,
) -> Result<SqlRows, QueryError> {
    // A connection of its own: the authoriser would refuse the program's own statements too.
    let mut console = reader.another()?;
    console.conn.authorizer(Some(allow))?;
    let late = Arc::new(AtomicBool::new(false));
    if let Some(time) = limits.time {
        let (late, end) = (Arc::clone(&late), Instant::now() + time);
        let is_late = move || {
            let is_late = Instant::now() >= end;
            late.fetch_or(is_late, Ordering::Relaxed);
            is_late
        };
        console.conn.progress_handler(STEPS_BETWEEN_LOOKS, Some(is_late))?;
    }
    let result = cancel.watch(&console, || run(&console, sql, limits.rows));
    match result {
        Err(QueryError::Cancelled) if late.load(Ordering::Relaxed) && !cancel.is_cancelled() => Err(QueryError::Late),
        result => result,
    }
}

/// Of SQLite's machine, between two looks at the clock.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

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
    let (message, at) = match &error {
        Error::SqlInputError { msg, offset, .. } => {
            let at = usize::try_from(*offset).unwrap_or(sql.len());
            let word = sql.get(at..).unwrap_or_default();
            let len = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
            (msg.clone(), Some(at..at + len))
        }
        Error::MultipleStatement => ("only one statement is allowed".to_owned(), None),
        Error::SqliteFailure(code, message) => match (code.code, message) {
            (ErrorCode::AuthorizationForStatementDenied, _) => ("this statement is not read-only".to_owned(), None),
            (ErrorCode::ApiMisuse, _) => ("the statement is empty".to_owned(), None),
            (ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::TooBig, message) => {
                (message.clone().unwrap_or_else(|| error.to_string()), None)
            }
            _ => return error.into(),
        },
        _ => return error.into(),
    };
    QueryError::Statement(SqlProblem { message, at, statement: sql.to_owned() })
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
