//! A result of the SQL console: the statement is the question.

use super::error::{AskError, MOST_ROWS};
use super::question::{Basis, Live, Question, least};
use super::section::Section;
use super::spec;
use crate::case::CaseReader;
use crate::model::{Dataset, Unit};
use crate::present::zone::Zone;
use crate::query::tables::{Column, sql_value};
use crate::query::{self, Cancel, Duplicates, QueryError, Scope, SqlDialect, SqlLimits, SqlStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The rows of a statement, in the order in which it gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlQuestion {
    pub statement: SqlStatement,
    /// So many rows at most; all of them otherwise.
    pub limit: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SqlSpec {
    statement: String,
    limit: Option<usize>,
    /// One without it is read as before there were dialects, and says so to remain the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dialect: Option<SqlDialect>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tables: BTreeMap<String, String>,
}

impl Question for SqlQuestion {
    fn kind(&self) -> &'static str {
        "sql"
    }

    fn query(&self) -> String {
        let dialect = Some(self.statement.resolved()).filter(|dialect| *dialect != SqlDialect::Earlier);
        let SqlStatement { text, tables, .. } = self.statement.clone();
        spec::write(&SqlSpec { statement: text, limit: self.limit, dialect, tables })
    }

    /// A statement may ask for anything: it rests on everything.
    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        let all = |dataset| Scope { duplicates: Duplicates::All, ..Scope::all(dataset) };
        let scopes = [Dataset::Flows, Dataset::Events].map(all).to_vec();
        Ok(Basis { scopes, all_evidence: true, with_lists: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        if let Some(word) = changing(&self.statement.text) {
            let what =
                format!("{word} returns a different value each time: such a statement cannot be rerun and compared");
            return Err(AskError::Unfit(what));
        }
        // One more than an exhibit holds tells that there are more.
        let limits = SqlLimits { rows: MOST_ROWS + 1, time: cancel.statement_time() };
        let found = query::read_only_sql(reader, &self.statement, limits, cancel)?;
        let all = found.rows.len();
        if all > MOST_ROWS {
            let what = format!("the statement returns more than {MOST_ROWS} rows; add a LIMIT");
            return Err(AskError::Unfit(what));
        }
        let is_number = |column: usize| {
            let mut values = found.rows.iter().filter_map(|row| row.get(column)).filter(|v| !v.is_null()).peekable();
            values.peek().is_some() && values.all(Json::is_number)
        };
        let unit = |column: usize| if is_number(column) { Unit::Number } else { Unit::Text };
        let columns = found.columns.iter().enumerate().map(|(at, name)| Column::new(name, unit(at))).collect();
        let rows = found.rows.iter().take(self.limit.unwrap_or(all));
        let rows = rows.map(|row| row.iter().map(sql_value).collect()).collect();
        Ok(vec![Section { all_rows: all as u64, ..Section::new("sql", columns, rows) }])
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self { limit: Some(least(self.limit, rows)), ..self.clone() })
    }

    fn live(&self) -> Live {
        Live::Sql(self.statement.text.clone())
    }
}

/// Functions whose value is another each time.
const CHANGING: [&str; 7] =
    ["random", "randomblob", "current_time", "current_date", "current_timestamp", "localtimestamp", "now"];
/// Functions that mean this moment where they are given nothing, or `'now'`.
const OF_NOW: [&str; 7] = ["date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff"];

/// What in a statement gives another value each time it is run, if anything. Words inside texts and comments mean
/// nothing.
fn changing(statement: &str) -> Option<String> {
    let tokens = tokens(statement);
    for (at, token) in tokens.iter().enumerate() {
        let next = |n: usize| tokens.get(at + n).map(String::as_str);
        let is_call = next(1) == Some("(");
        let is_changing = CHANGING.contains(&token.as_str())
            && (is_call || token.starts_with("current_") || token == "localtimestamp");
        let of_nothing = OF_NOW.contains(&token.as_str()) && is_call && next(2) == Some(")");
        if is_changing || of_nothing || token == "'now'" {
            return Some(token.clone());
        }
    }
    None
}

/// Words in lower case, texts with their quotes, and what is between them, a character each. Quoted names are left out.
fn tokens(statement: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' | '`' => quoted(rest, first),
            '[' => rest.find(']').map_or(rest.len(), |at| at + 1),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            c if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        let is_mute =
            first.is_whitespace() || matches!(first, '"' | '`' | '[') || end > 1 && matches!(first, '-' | '/');
        if !is_mute {
            tokens.push(token.to_lowercase());
        }
        rest = after;
    }
    tokens
}

/// Where a quoted text ends; a doubled quote is part of it.
fn quoted(text: &str, quote: char) -> usize {
    let mut inside = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = inside.next() {
        if c == quote && inside.next_if(|(_, next)| *next == quote).is_none() {
            return at + c.len_utf8();
        }
    }
    text.len()
}

pub(super) fn read(text: &str) -> Result<Box<dyn Question>, String> {
    let SqlSpec { statement, limit, dialect, tables } = spec::read(text)?;
    let statement = SqlStatement { text: statement, dialect: dialect.unwrap_or(SqlDialect::Earlier), tables };
    Ok(Box::new(SqlQuestion { statement, limit }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exhibit_keeps_its_dialect_and_an_earlier_one_stays_as_it_is() {
        let earlier = r#"{"statement":"SELECT \"typo\" FROM flow_record","limit":null}"#;
        assert_eq!(super::read(earlier).unwrap().query(), earlier);
        let of = |text: &str| SqlQuestion { statement: text.into(), limit: Some(3) }.query();
        assert_eq!(of("SELECT 1"), r#"{"statement":"SELECT 1","limit":3,"dialect":"sqlite"}"#);
        let athena = r#"{"statement":"SELECT 1 FROM vpcflow","limit":3,"dialect":"athena"}"#;
        assert_eq!(of("SELECT 1 FROM vpcflow"), athena);
        assert_eq!(super::read(athena).unwrap().query(), athena);
    }

    #[test]
    fn a_statement_whose_rows_change_by_themselves_is_known() {
        for (statement, word) in [
            ("SELECT Random() FROM flow_record", Some("random")),
            ("SELECT * FROM flow_record WHERE start > datetime('now', '-1 day')", Some("'now'")),
            ("SELECT date ( ), 1", Some("date")),
            ("SELECT current_timestamp", Some("current_timestamp")),
            ("SELECT now() FROM vpcflow", Some("now")),
            ("SELECT now FROM vpcflow", None),
            ("SELECT 'random()', \"random\"(), [now] -- random()\n/* 'now' */ FROM x", None),
            ("SELECT random, date(start), 'it''s now' FROM x WHERE event_name LIKE '%''now''%'", None),
            ("SELECT 'open", None),
        ] {
            assert_eq!(changing(statement).as_deref(), word, "{statement}");
        }
    }
}
