//! Read-only SQL over the documented views, for those who want it, in SQLite's dialect or in Athena's.

use super::athena::{self, Mapped, Remarks, Translated};
use super::{Cancel, QueryError, flow_columns};
use crate::case::CaseReader;
use crate::filter::error::marked;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
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

/// How a statement is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlDialect {
    /// Athena's where the statement names one of its tables, else SQLite's.
    #[default]
    Auto,
    Athena,
    Sqlite,
    /// SQLite's, with a name in double quotes that is no column read as a text. Exhibits that say no dialect have it.
    Earlier,
}

/// A statement, and how it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SqlStatement {
    pub text: String,
    pub dialect: SqlDialect,
    /// Names of tables in it, and the view that each is.
    pub tables: BTreeMap<String, String>,
}

impl From<&str> for SqlStatement {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl SqlStatement {
    /// The dialect in which it is read.
    pub fn resolved(&self) -> SqlDialect {
        match self.dialect {
            SqlDialect::Auto if athena::is_athena(&self.text, &self.tables) => SqlDialect::Athena,
            SqlDialect::Auto => SqlDialect::Sqlite,
            known => known,
        }
    }
}

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
    /// What is to be said beside the rows.
    pub remarks: Vec<String>,
    /// What SQLite was given.
    pub sql: String,
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
    statement: &SqlStatement,
    limits: SqlLimits,
    cancel: &Cancel,
) -> Result<SqlRows, QueryError> {
    // A connection of its own: the authoriser would refuse the program's own statements too.
    let mut console = reader.another()?;
    let dialect = statement.resolved();
    if dialect != SqlDialect::Earlier {
        console.conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    }
    let given = match dialect {
        SqlDialect::Athena => match athena_statement(&console, statement)? {
            Either::Given(given) => given,
            Either::Answered(rows) => return Ok(rows),
        },
        SqlDialect::Auto | SqlDialect::Sqlite => {
            flow_columns::replace_view(&console, false)?;
            Given::plain(&statement.text)
        }
        SqlDialect::Earlier => Given::plain(&statement.text),
    };
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
    let result = cancel.watch(&console, || run(&console, &given, limits.rows));
    match result {
        Err(QueryError::Cancelled) if late.load(Ordering::Relaxed) && !cancel.is_cancelled() => Err(QueryError::Late),
        result => result,
    }
}

/// Of SQLite's machine, between two looks at the clock.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Bytes at most that the rows of a result take.
const MOST_BYTES: usize = 1 << 30;

/// A statement for SQLite.
struct Given {
    typed: String,
    /// The statement in the place of `typed`, where it was rewritten.
    mapped: Option<Mapped>,
    remarks: Vec<String>,
    while_running: Remarks,
}

enum Either {
    Given(Given),
    /// There is nothing to run.
    Answered(SqlRows),
}

impl Given {
    fn plain(text: &str) -> Self {
        Self { typed: text.to_owned(), mapped: None, remarks: Vec::new(), while_running: Remarks::default() }
    }

    fn sql(&self) -> &str {
        self.mapped.as_ref().map_or(self.typed.as_str(), |mapped| mapped.sql.as_str())
    }
}

/// Makes the connection ready for a statement in Athena's dialect, and the statement for SQLite.
fn athena_statement(console: &CaseReader, statement: &SqlStatement) -> Result<Either, QueryError> {
    let (typed, said) = match athena::of_pipeline(&statement.text).map_err(QueryError::Statement)? {
        Some(read) => read,
        None => (statement.text.clone(), Vec::new()),
    };
    let translated = athena::translate(&typed, &statement.tables).map_err(QueryError::Statement)?;
    let while_running = Remarks::default();
    let now = chrono::Utc::now().format("%Y-%m-%d %H:%M:%S%.3f").to_string();
    let over_columns = flow_columns::replace_view(console, true)?;
    athena::prepare(&console.conn, &while_running, &now, over_columns)?;
    match translated {
        Translated::Query { mapped, mut remarks, reads_indicators } => {
            if reads_indicators && let Some(range) = athena::unmet_range(&console.conn)? {
                remarks.push(format!("incident_iocs has ranges ({range}): IN compares texts, so they meet nothing"));
            }
            remarks.splice(0..0, said);
            Ok(Either::Given(Given { typed, mapped: Some(mapped), remarks, while_running }))
        }
        Translated::Definition { view, columns } => {
            let known = console.conn.prepare(&format!("SELECT * FROM {view} LIMIT 0"))?;
            let is_known = |name: &str| known.column_names().any(|column| column.eq_ignore_ascii_case(name));
            let lacking: Vec<String> =
                columns.into_iter().filter(|name| !is_known(name) && !is_known(&name.replace('-', "_"))).collect();
            let remark = match lacking.is_empty() {
                true => format!("nothing is made: {view} is there, with these columns"),
                false => format!("nothing is made: {view} is there, without {}", lacking.join(", ")),
            };
            Ok(Either::Answered(SqlRows { remarks: vec![remark], ..SqlRows::default() }))
        }
    }
}

fn allow(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Function { function_name } if function_name != "load_extension" => Authorization::Allow,
        _ => Authorization::Deny,
    }
}

fn run(reader: &CaseReader, given: &Given, limit: usize) -> Result<SqlRows, QueryError> {
    let mut rows = read(reader, given, limit)?;
    rows.remarks.clone_from(&given.remarks);
    rows.remarks.extend(given.while_running.list());
    given.sql().clone_into(&mut rows.sql);
    Ok(rows)
}

fn read(reader: &CaseReader, given: &Given, limit: usize) -> Result<SqlRows, QueryError> {
    let failed = |error| refused(given, error);
    let mut statement = reader.conn.prepare(given.sql()).map_err(failed)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut result = SqlRows { columns, ..SqlRows::default() };
    let mut rows = statement.query([]).map_err(failed)?;
    let mut bytes = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        if result.rows.len() == limit {
            result.cut = true;
            break;
        }
        let mut values = Vec::with_capacity(result.columns.len());
        for index in 0..result.columns.len() {
            let value = row.get_ref(index).map_err(failed)?;
            bytes += size_of::<Json>() + value.as_bytes_or_null().ok().flatten().map_or(0, <[u8]>::len);
            values.push(json(value, given.mapped.is_some()));
        }
        if bytes > MOST_BYTES {
            let message = "the result takes more than a gigabyte of memory; select fewer columns, or add a LIMIT";
            let (at, statement) = (None, given.typed.clone());
            return Err(QueryError::Statement(SqlProblem { message: message.to_owned(), at, statement }));
        }
        result.rows.push(values);
    }
    Ok(result)
}

/// What is wrong with the statement, marked where SQLite says the place.
fn refused(given: &Given, error: rusqlite::Error) -> QueryError {
    use rusqlite::{Error, ErrorCode};
    let (message, at) = match &error {
        Error::SqlInputError { msg, offset, .. } => {
            let at = usize::try_from(*offset).unwrap_or(given.sql().len());
            let at = given.mapped.as_ref().map_or(Some(at), |mapped| mapped.typed(at));
            (msg.clone(), at.map(|at| word_at(&given.typed, at)))
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
    QueryError::Statement(SqlProblem { message, at, statement: given.typed.clone() })
}

/// The word or the quoted name that begins at a place.
fn word_at(text: &str, at: usize) -> Range<usize> {
    let word = text.get(at..).unwrap_or_default();
    let end = match word.strip_prefix('"') {
        Some(quoted) => quoted.find('"').map(|end| end + 2),
        None => word.find(|c: char| !c.is_alphanumeric() && c != '_'),
    };
    at..at + end.unwrap_or(word.len())
}

/// A cell; 16 bytes of Athena's dialect are an address.
fn json(value: ValueRef<'_>, with_addresses: bool) -> Json {
    match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(value) => value.into(),
        ValueRef::Real(value) => value.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => {
            let address = if with_addresses { athena::address_text(bytes) } else { None };
            address.unwrap_or_else(|| crate::case::journal::hex(bytes)).into()
        }
    }
}
