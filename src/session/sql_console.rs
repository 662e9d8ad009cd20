//! The SQL console: a statement being typed, its limits, the last good result and the order in which it is shown. What
//! may run is decided by `query::read_only_sql`.

use super::pane::{Asking, Pane};
use super::result_table::{ResultTable, TableAction};
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::source::{Cancel, Fault, Source};
use super::view::View;
use crate::app::Failure;
use crate::query::tables::{self, Rows};
use crate::query::{self, QueryError, SqlLimits, SqlProblem, SqlView};
use crate::questions::SqlQuestion;
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
    Table(TableAction),
}

/// Rows at most that the console offers to ask for.
pub(crate) const ROW_LIMITS: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Seconds at most.
pub(crate) const TIME_LIMITS_SECS: [u64; 4] = [10, 60, 600, 3600];

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
    /// It reached the time limit; seconds.
    Late(u64),
}

/// A result.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What was run.
    pub statement: String,
    pub rows: Arc<Rows>,
    /// There were more rows than were asked for.
    pub cut: bool,
    /// What is said beside the rows.
    pub remarks: Vec<String>,
}

enum Answer {
    Rows(Answered),
    Refused(SqlProblem),
    Late,
}

pub struct SqlConsole {
    draft: String,
    row_limit: usize,
    limit_secs: u64,
    runs: u64,
    question: Option<Question>,
    answer: Slot<Question, Answer>,
    outcome: Option<Outcome>,
    answered: Option<Answered>,
    pub(super) table: ResultTable,
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
            answered: None,
            table: ResultTable::default(),
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

    /// The problem of the statement as it is in the editor.
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
    pub fn answered(&self) -> Option<&Answered> {
        self.answered.as_ref()
    }

    /// Its rows as they are shown.
    pub fn table(&self) -> &ResultTable {
        &self.table
    }

    /// The documented views with their columns.
    pub fn views(&self) -> &[SqlView] {
        self.views.shown().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn is_running(&self) -> bool {
        self.answer.is_busy()
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
}

impl Pane for SqlConsole {
    fn shows(&self, view: View) -> bool {
        view == View::Sql
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lane, pages) = (&asking.lanes.console, &asking.lanes.pages);
        self.views.ask(pages, (), |source, (), _| Ok(query::sql_views(source.case()?)?));
        if let Some(question) = &self.question {
            self.answer.ask(lane, question.clone(), answer);
        }
        self.table.ask(pages);
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        failures.extend(self.views.poll().and_then(Result::err));
        failures.extend(self.table.poll().and_then(Result::err));
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
                if let Answer::Rows(answered) = answer {
                    self.table.take(Arc::clone(&answered.rows));
                    self.answered = Some(answered.clone());
                }
            }
        }
        failures
    }

    fn is_busy(&self) -> bool {
        self.answer.is_busy() || self.table.is_busy() || self.views.is_busy()
    }

    /// A statement is run once, whatever comes in.
    fn holds_revision(&self) -> bool {
        false
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let rows = &self.answered()?.rows;
        Some((Exported::List(Arc::clone(rows)), Some(rows.rows.len() as u64)))
    }

    fn candidates(&self, _: &Shown<'_>, limit: usize) -> Vec<Candidate> {
        let question =
            |answered: &Answered| SqlQuestion { statement: answered.statement.as_str().into(), limit: Some(limit) };
        self.answered().map(|answered| Candidate::of("", &question(answered))).into_iter().collect()
    }
}

fn answer(source: &dyn Source, question: &Question, cancel: &Cancel) -> Result<Answer, Fault> {
    let limits = SqlLimits { rows: question.rows, time: Some(Duration::from_secs(question.secs)) };
    match query::read_only_sql(source.case()?, &question.statement.as_str().into(), limits, cancel) {
        Ok(rows) => {
            let (cut, remarks) = (rows.cut, rows.remarks.clone());
            let rows = Arc::new(Rows::read(&tables::Statement::new(&rows), usize::MAX, cancel)?);
            Ok(Answer::Rows(Answered { statement: question.statement.clone(), rows, cut, remarks }))
        }
        Err(QueryError::Statement(problem)) => Ok(Answer::Refused(problem)),
        Err(QueryError::Late) => Ok(Answer::Late),
        Err(error) => Err(error.into()),
    }
}
