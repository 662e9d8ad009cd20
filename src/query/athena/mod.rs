//! Athena's dialect of SQL for the console: its tables are views of the connection, its functions are added to it, and a
//! statement is rewritten word by word where SQLite reads it otherwise. The case stays as it is.

mod functions;
mod insights;
mod lexer;
mod operand;
mod piece;
mod rewrite;
mod tables;
#[cfg(test)]
mod tests;
mod views;

pub(super) use functions::Remarks;
pub(super) use piece::Mapped;
pub use tables::VIEWS as ATHENA_VIEWS;

use super::SqlProblem;
use crate::filter::pipeline::is_pipeline;
use crate::ingest::flow::definition;
use crate::model::Address;
use lexer::{Token, problem};
use rewrite::Rewriter;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result as SqliteResult};
use std::collections::BTreeMap;
use tables::{Names, Part, Resolved};

/// What a statement becomes.
pub(super) enum Translated {
    Query {
        mapped: Mapped,
        remarks: Vec<String>,
        /// Does it read the table of indicators, which compares texts?
        reads_indicators: bool,
    },
    /// CREATE EXTERNAL TABLE: nothing is made. The view of that name, and the columns that the statement names.
    Definition { view: String, columns: Vec<String> },
}

/// Statements that do something.
const CHANGING: [&str; 22] = [
    "insert", "update", "delete", "merge", "create", "drop", "alter", "msck", "unload", "vacuum", "optimize",
    "truncate", "use", "set", "grant", "revoke", "prepare", "execute", "attach", "detach", "pragma", "reindex",
];

/// The statement that a query of CloudWatch Logs Insights means, and what is to be said of it; `None` for a statement.
///
/// # Errors
/// What only CloudWatch does.
pub(super) fn of_pipeline(text: &str) -> Result<Option<(String, Vec<String>)>, SqlProblem> {
    if !is_pipeline(text) {
        return Ok(None);
    }
    let (sql, mut remarks) = insights::statement(text)?;
    remarks.insert(0, format!("read as: {sql}"));
    Ok(Some((sql, remarks)))
}

/// Does a statement name tables that only Athena's dialect has, or is it a query of CloudWatch Logs Insights?
pub(super) fn is_athena(sql: &str, tables: &BTreeMap<String, String>) -> bool {
    if is_pipeline(sql) {
        return true;
    }
    let Ok(tokens) = lexer::tokens(sql) else { return false };
    let starts = |words: &[&str]| words.iter().enumerate().all(|(at, word)| tokens.get(at).is_some_and(|t| t.is(word)));
    if starts(&["create", "external"]) {
        return true;
    }
    let Ok(nodes) = lexer::tree(sql, &tokens) else { return false };
    Names::of(&nodes, tables).names_athena(&nodes)
}

/// A statement in Athena's dialect for SQLite.
///
/// # Errors
/// What of it is not read, and where.
pub(super) fn translate(sql: &str, tables: &BTreeMap<String, String>) -> Result<Translated, SqlProblem> {
    let mut tokens = lexer::tokens(sql)?;
    while tokens.last().is_some_and(|token| token.is_sign(";")) {
        tokens.pop();
    }
    if let Some(second) = tokens.iter().find(|token| token.is_sign(";")) {
        return Err(problem(sql, second.span(), "only one statement is allowed"));
    }
    let Some(first) = tokens.first() else {
        return Err(SqlProblem { message: "the statement is empty".to_owned(), at: None, statement: sql.to_owned() });
    };
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    if is(0, "create") && is(1, "external") && is(2, "table") {
        return of_definition(sql, tables);
    }
    if ["show", "describe", "desc"].iter().any(|word| first.is(word)) {
        return Err(problem(sql, first.span(), format!("{} is not read", first.text.to_uppercase())));
    }
    let body = view_body(&tokens);
    if body.is_none() && CHANGING.iter().any(|word| first.is(word)) {
        return Err(problem(sql, first.span(), "this statement does more than read"));
    }
    let nodes = lexer::tree(sql, tokens.get(body.unwrap_or(0)..).unwrap_or_default())?;
    let names = Names::of(&nodes, tables);
    let mut rewriter = Rewriter { sql, names, remarks: Vec::new(), quiet: false, views: Vec::new() };
    let pieces = rewriter.level(&nodes, false)?;
    let reads_indicators = rewriter.views.iter().any(|view| view == "incident_iocs");
    Ok(Translated::Query { mapped: Mapped::of(pieces), remarks: rewriter.remarks, reads_indicators })
}

/// Where the query of CREATE VIEW begins.
fn view_body(tokens: &[Token<'_>]) -> Option<usize> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    let replaces = is(1, "or") && is(2, "replace");
    let at = 1 + if replaces { 2 } else { 0 };
    if !is(0, "create") || !is(at, "view") {
        return None;
    }
    let is_begin = |at: &usize| is(*at, "as") && (is(at + 1, "select") || is(at + 1, "with"));
    (at..tokens.len()).find(is_begin).map(|at| at + 1)
}

fn of_definition(sql: &str, tables: &BTreeMap<String, String>) -> Result<Translated, SqlProblem> {
    let table = definition::read(sql).map_err(|message| SqlProblem { message, at: None, statement: sql.to_owned() })?;
    let names = Names { given: tables.clone(), ..Names::default() };
    let part = Part { name: table.name.clone(), is_quoted: false, span: table.name_at.clone() };
    match names.resolve(std::slice::from_ref(&part)) {
        Some(Resolved::View { name, .. }) => Ok(Translated::Definition { view: name, columns: table.all_columns() }),
        Some(Resolved::Query) | None => Err(tables::unknown(sql, &[part])),
    }
}

/// Makes a connection ready: functions, then the views; with `dashes`, over the columns.
pub(super) fn prepare(connection: &Connection, remarks: &Remarks, now: &str, dashes: bool) -> SqliteResult<()> {
    functions::register(connection, remarks)?;
    let now = now.to_owned();
    connection.create_scalar_function("coldtrail_now", 0, FunctionFlags::SQLITE_UTF8, move |_| Ok(now.clone()))?;
    connection.create_scalar_function("coldtrail_external", 1, FunctionFlags::SQLITE_UTF8, |context| {
        let address = context.get_raw(0).as_bytes().ok().and_then(Address::parse);
        Ok(address.map(|address| !super::is_private(&address)))
    })?;
    connection.execute_batch(&views::ddl(dashes))
}

/// The first range of the indicators that incident_iocs has, which no comparison of texts meets.
pub(super) fn unmet_range(connection: &Connection) -> SqliteResult<Option<String>> {
    use rusqlite::OptionalExtension;
    connection.query_row(views::RANGES, [], |row| row.get(0)).optional()
}

/// The text of an address that is 16 bytes.
pub(super) fn address_text(bytes: &[u8]) -> Option<String> {
    functions::address_of(bytes).map(|address| address.to_string())
}
