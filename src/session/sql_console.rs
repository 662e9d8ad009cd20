//! The SQL console: a statement being typed, its limits, the last good result and the order in which it is shown. What may
//! run is decided by `query::read_only_sql`.

use super::selection::Selection;
use super::slots::{Lane, Slot};
use super::source::{Cancel, Fault, Source};
use crate::query::{self, QueryError, SqlLimits, SqlProblem, SqlRows, SqlView};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Changes that the view asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlAction {
    Edit(String),
    /// Runs what is typed.
    Run,
    Stop,
    LimitRows(usize),
    LimitSecs(u64),
    /// A click on a column: by its values, then the other way round.
    Sort(usize),
    Select(Selection),
    Resize(usize, f32),
    /// The selected rows, tab separated.
    CopyRows,
    /// Every row of the result.
    CopyCsv,
}

/// Rows at the most that the console offers to ask for.
pub const ROW_LIMITS: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Seconds at the most.
pub const TIME_LIMITS_SECS: [u64; 4] = [10, 60, 600, 3600];

/// A statement as it was run.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Question {
    /// The same statement can be run again.
    run: u64,
    statement: String,
    rows: usize,
    secs: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Rows,
    Refused(SqlProblem),
    /// It reached the limit of time; seconds.
    Late(u64),
}

/// A result, and which of its columns hold nothing but numbers.
#[derive(Debug, Default, PartialEq)]
pub struct Table {
    /// What was run.
    pub statement: String,
    pub rows: SqlRows,
    pub numeric: Vec<bool>,
}

enum Answer {
    Rows(Arc<Table>),
    Refused(SqlProblem),
    Late,
}

type Sort = Option<(usize, bool)>;

pub struct SqlConsole {
    draft: String,
    row_limit: usize,
    limit_secs: u64,
    runs: u64,
    question: Option<Question>,
    answer: Slot<Question, Answer>,
    outcome: Option<Outcome>,
    table: Option<Arc<Table>>,
    /// Counts the results, so that an order belongs to one.
    results: u64,
    sort: Sort,
    order: Slot<(u64, Sort), Arc<[u32]>>,
    pub selection: Selection,
    pub widths: Vec<f32>,
    /// Columns whose width somebody chose.
    pub resized: BTreeSet<usize>,
    views: Slot<(), Vec<SqlView>>,
}

impl Default for SqlConsole {
    fn default() -> Self {
        Self {
            draft: query::SQL_EXAMPLE.to_owned(),
            row_limit: 10_000,
            limit_secs: 60,
            runs: 0,
            question: None,
            answer: Slot::default(),
            outcome: None,
            table: None,
            results: 0,
            sort: None,
            order: Slot::default(),
            selection: Selection::default(),
            widths: Vec::new(),
            resized: BTreeSet::new(),
            views: Slot::default(),
        }
    }
}

impl SqlConsole {
    pub fn draft(&self) -> &str {
        &self.draft
    }

    pub fn row_limit(&self) -> usize {
        self.row_limit
    }

    pub fn limit_secs(&self) -> u64 {
        self.limit_secs
    }

    /// How the last run ended; `None` before the first and while one runs.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref().filter(|_| !self.is_running())
    }

    /// The problem of the statement as it stands in the editor.
    pub fn problem(&self) -> Option<&SqlProblem> {
        match self.outcome() {
            Some(Outcome::Refused(problem)) => Some(problem),
            _ => None,
        }
    }

    /// What is typed, run.
    pub fn open(&mut self, statement: String) {
        self.draft = statement;
        self.run();
    }

    /// The last good result.
    pub fn table(&self) -> Option<&Arc<Table>> {
        self.table.as_ref()
    }

    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Of the shown row at this place, its place in the result.
    pub fn place(&self, row: u64) -> Option<usize> {
        let row = usize::try_from(row).ok()?;
        let of_this = self.order.shown_query().is_some_and(|(result, sort)| *result == self.results && sort.is_some());
        match self.order.shown().filter(|_| of_this && self.sort.is_some()) {
            Some(order) => order.get(row).map(|place| *place as usize),
            None => Some(row),
        }
    }

    /// The documented views with their columns.
    pub fn views(&self) -> &[SqlView] {
        self.views.shown().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn is_running(&self) -> bool {
        self.answer.is_busy()
    }

    pub fn is_busy(&self) -> bool {
        self.answer.is_busy() || self.order.is_busy() || self.views.is_busy()
    }

    pub fn edit(&mut self, text: String) {
        self.draft = text;
        if matches!(self.outcome, Some(Outcome::Refused(_))) {
            self.outcome = None;
        }
    }

    pub fn run(&mut self) {
        self.runs += 1;
        self.outcome = None;
        let statement = self.draft.clone();
        self.question = Some(Question { run: self.runs, statement, rows: self.row_limit, secs: self.limit_secs });
    }

    pub fn stop(&mut self) {
        self.answer.stop();
        self.question = None;
    }

    pub fn limit_rows(&mut self, rows: usize) {
        self.row_limit = rows;
    }

    pub fn limit_time(&mut self, secs: u64) {
        self.limit_secs = secs;
    }

    pub fn sort_by(&mut self, column: usize) {
        let descending = self.sort.is_some_and(|(sorted, descending)| sorted == column && !descending);
        self.sort = Some((column, descending));
        self.selection.clear();
    }

    /// Asks for what was run and is not answered yet.
    pub fn ask(&mut self, lane: &Lane, pages: &Lane) {
        self.views.ask(pages, (), |source, (), _| Ok(query::sql_views(source.case()?)?));
        if let Some(question) = &self.question {
            self.answer.ask(lane, question.clone(), answer);
        }
        if let (Some(table), Some(_)) = (&self.table, self.sort) {
            let table = Arc::clone(table);
            self.order.ask(pages, (self.results, self.sort), move |_, (_, sort), _| Ok(ordered(&table.rows, *sort)));
        }
    }

    /// Takes in answers; the reasons of failures.
    pub fn poll(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        failures.extend(self.views.poll().and_then(Result::err));
        failures.extend(self.order.poll().and_then(Result::err));
        let before = self.answer.shown_query().map(|question| question.run);
        if let Some(result) = self.answer.poll() {
            failures.extend(result.err());
            let after = self.answer.shown_query().map(|question| (question.run, question.secs));
            if let (Some(answer), Some((run, secs))) = (self.answer.shown(), after)
                && before != Some(run)
            {
                self.outcome = Some(match answer {
                    Answer::Refused(problem) => Outcome::Refused(problem.clone()),
                    Answer::Late => Outcome::Late(secs),
                    Answer::Rows(_) => Outcome::Rows,
                });
                if let Answer::Rows(table) = answer {
                    let table = Arc::clone(table);
                    self.take(table);
                }
            }
        }
        failures
    }

    fn take(&mut self, table: Arc<Table>) {
        let same_shape = self.table.as_ref().is_some_and(|known| known.rows.columns == table.rows.columns);
        if !same_shape {
            self.widths = first_widths(&table.rows);
            self.resized.clear();
            self.sort = None;
        }
        self.selection.clear();
        self.results += 1;
        self.table = Some(table);
    }

    /// The selected rows, tab separated, with a header line; at most `limit` of them.
    pub fn copied_rows(&self, limit: usize) -> Option<String> {
        let rows = &self.table.as_ref()?.rows;
        let mut lines = vec![rows.columns.join("\t")];
        for place in self.selection.rows(limit).filter_map(|row| self.place(row)) {
            let cells = rows.rows.get(place)?.iter();
            let one_line = |value| crate::present::display::visible(&value_text(value)).into_owned();
            lines.push(cells.map(one_line).collect::<Vec<_>>().join("\t"));
        }
        Some(lines.join("\n"))
    }

    /// The rows as they are shown, as CSV (RFC 4180); at most `limit`, and how many that are.
    pub fn csv(&self, limit: usize) -> Option<(String, u64)> {
        let rows = &self.table.as_ref()?.rows;
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&rows.columns).ok()?;
        let count = rows.rows.len().min(limit);
        for place in (0..count as u64).filter_map(|row| self.place(row)) {
            writer.write_record(rows.rows.get(place)?.iter().map(value_text)).ok()?;
        }
        Some((String::from_utf8(writer.into_inner().ok()?).ok()?, count as u64))
    }
}

fn answer(source: &dyn Source, question: &Question, cancel: &Cancel) -> Result<Answer, Fault> {
    let limits = SqlLimits { rows: question.rows, time: Some(Duration::from_secs(question.secs)) };
    match query::read_only_sql(source.case()?, &question.statement, limits, cancel) {
        Ok(rows) => {
            let is_number = |column: usize| {
                let mut values = rows.rows.iter().filter_map(|row| row.get(column)).filter(|v| !v.is_null()).peekable();
                values.peek().is_some() && values.all(Json::is_number)
            };
            let numeric = (0..rows.columns.len()).map(is_number).collect();
            Ok(Answer::Rows(Arc::new(Table { statement: question.statement.clone(), rows, numeric })))
        }
        Err(QueryError::Statement(problem)) => Ok(Answer::Refused(problem)),
        Err(QueryError::Late) => Ok(Answer::Late),
        Err(error) => Err(error.into()),
    }
}

/// A value of a result as it is shown and copied; NULL is empty.
pub fn value_text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Places of the rows by the values of a column: NULL, then numbers, then texts, as SQLite orders; ties as they came.
fn ordered(rows: &SqlRows, sort: Sort) -> Arc<[u32]> {
    let mut order: Vec<u32> = (0..u32::try_from(rows.rows.len()).unwrap_or(u32::MAX)).collect();
    let Some((column, descending)) = sort else { return order.into() };
    let value = |place: &u32| rows.rows.get(*place as usize).and_then(|row| row.get(column)).unwrap_or(&Json::Null);
    order.sort_by(|a, b| {
        let by_value = compare(value(a), value(b));
        if descending { by_value.reverse() } else { by_value }
    });
    order.into()
}

fn compare(a: &Json, b: &Json) -> std::cmp::Ordering {
    let rank = |value: &Json| match value {
        Json::Null => 0,
        Json::Number(_) => 1,
        _ => 2,
    };
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64().unwrap_or(0.0).total_cmp(&b.as_f64().unwrap_or(0.0)),
        },
        (Json::String(a), Json::String(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// By the longest of the first values, within what a column may take.
fn first_widths(rows: &SqlRows) -> Vec<f32> {
    const POINTS_A_CHARACTER: f32 = 8.2;
    let longest = |column: usize, title: &String| {
        let values = rows.rows.iter().take(50).filter_map(|row| row.get(column)).map(|v| value_text(v).chars().count());
        values.chain([title.chars().count() + 2]).max().unwrap_or(0)
    };
    let width = |(column, title)| (longest(column, title) as f32 * POINTS_A_CHARACTER + 14.0).clamp(70.0, 320.0);
    rows.columns.iter().enumerate().map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_ordered_as_sqlite_orders_values() {
        let rows = [json!("b"), json!(10), json!(null), json!(9.5), json!("a"), json!(10)];
        let rows = SqlRows { columns: vec!["x".into()], rows: rows.into_iter().map(|v| vec![v]).collect(), cut: false };
        assert_eq!(ordered(&rows, Some((0, false)))[..], [2, 3, 1, 5, 4, 0]);
        assert_eq!(ordered(&rows, Some((0, true)))[..], [0, 4, 1, 5, 3, 2], "ties stay as they came");
        assert_eq!(ordered(&rows, None)[..], [0, 1, 2, 3, 4, 5]);
    }
}
