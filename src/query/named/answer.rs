//! Questions answered.

use super::needs::any;
use super::{Figure, Question};
use crate::case::CaseReader;
use crate::model::{Dataset, TimeRange};
use crate::query::tables::{self, Table};
use crate::query::{
    self, Cancel, Duplicates, Figures, PLAYBOOK_COLUMNS, PairTable, PlaybookTable, QueryError, RecordQuery, RowSet,
    Scope, SeriesTable, TopTable, Value,
};

/// The answer to a `Question`, of the same kind.
#[derive(Clone, Debug)]
pub enum Answer {
    /// At most as many as the limit; `all` is how many there are.
    Records {
        rows: RowSet,
        all: u64,
    },
    Pairs(Box<PairTable>),
    Top(TopTable),
    Series(SeriesTable),
    Figure {
        figure: Figure,
        figures: Figures,
    },
    Directional(PlaybookTable),
}

/// Why an answer is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Emptiness {
    /// The case has no record of the dataset.
    NoRecords(Dataset),
    /// None of its records is in the time range.
    NoneInRange(TimeRange),
    /// There are records in the time range, and none matches.
    NoneMatch,
    /// Records match, but the limit lets none through.
    Limit,
}

impl Answer {
    pub fn is_empty(&self) -> bool {
        match self {
            Answer::Records { rows, .. } => rows.is_empty(),
            Answer::Pairs(table) => table.is_empty(),
            Answer::Top(table) => table.rows.is_empty(),
            Answer::Series(table) => table.bins.is_empty(),
            Answer::Figure { figures, .. } => figures.records == 0,
            Answer::Directional(table) => table.rows.is_empty(),
        }
    }

    /// The one number that was asked for.
    pub fn figure(&self) -> Value {
        match self {
            Answer::Figure { figure: Figure::Records, figures } => Value::count(figures.records),
            Answer::Figure { figure: Figure::Bytes, figures } => Value::sum(figures.bytes),
            _ => Value::Null,
        }
    }
}

/// Answers a question. Takes time in proportion to the records; never on the frame thread.
pub fn answer(reader: &CaseReader, question: &Question, cancel: &Cancel) -> Result<Answer, QueryError> {
    Ok(match question {
        Question::Records { query, limit, .. } => {
            let Some(limit) = limit else {
                let rows = query::rows(reader, query, cancel)?;
                return Ok(Answer::Records { all: rows.len() as u64, rows });
            };
            let rows = query::first_rows(reader, query, *limit, cancel)?;
            let all = match rows.len() < *limit {
                true => rows.len(),
                false => query::rows(reader, &RecordQuery { sort: Vec::new(), ..query.clone() }, cancel)?.len(),
            };
            Answer::Records { rows, all: all as u64 }
        }
        Question::Pairs(query) => Answer::Pairs(Box::new(query::pairs(reader, query, cancel)?)),
        Question::Top(query) => Answer::Top(query::top(reader, query, cancel)?),
        Question::Series(query) => Answer::Series(query::series(reader, query, cancel)?),
        Question::Figure { scope, figure } => {
            Answer::Figure { figure: *figure, figures: query::figures(reader, scope, cancel)? }
        }
        Question::Directional { query, limit } => {
            let mut table = query::playbook(reader, query, cancel)?;
            table.rows.truncate(limit.unwrap_or(usize::MAX));
            Answer::Directional(table)
        }
    })
}

/// The answer as a table; `None` where it is not the answer to this question.
///
/// # Errors
/// The case cannot be read.
pub fn table<'a>(
    reader: &'a CaseReader,
    question: &Question,
    answer: &'a Answer,
    cancel: &Cancel,
) -> Result<Option<Box<dyn Table + 'a>>, QueryError> {
    Ok(match (question, answer) {
        (Question::Records { query, columns, .. }, Answer::Records { rows, .. }) => {
            let dataset = query.dataset;
            Some(Box::new(if columns.is_empty() {
                let fields = tables::record_columns(reader, dataset, cancel)?;
                tables::Records::new(reader, dataset, rows.clone(), fields, false)?
            } else {
                tables::Records::named(reader, dataset, rows.clone(), columns)
            }))
        }
        (Question::Pairs(_), Answer::Pairs(table)) => Some(Box::new(tables::Pairs::new(reader, &**table))),
        (Question::Top(query), Answer::Top(table)) => Some(Box::new(tables::top(query, table))),
        (Question::Series(query), Answer::Series(table)) => Some(Box::new(tables::series(query, table))),
        (Question::Figure { figure, .. }, Answer::Figure { figures, .. }) => {
            Some(Box::new(tables::figure(*figure, figures)))
        }
        (_, Answer::Directional(table)) => {
            let names = PLAYBOOK_COLUMNS.into_iter().chain(["words"]);
            Some(Box::new(tables::Playbook::new(reader, table, names)))
        }
        _ => None,
    })
}

impl Question {
    /// Why the answer is empty, if it is.
    ///
    /// # Errors
    /// As of any query.
    pub fn emptiness(&self, reader: &CaseReader, cancel: &Cancel) -> Result<Emptiness, QueryError> {
        let scope = self.scope()?;
        let all = Scope { duplicates: Duplicates::All, ..Scope::all(scope.dataset) };
        Ok(if any(reader, &scope, cancel)? {
            Emptiness::Limit
        } else if !any(reader, &all, cancel)? {
            Emptiness::NoRecords(scope.dataset)
        } else if !any(reader, &Scope { filter: None, ..scope.clone() }, cancel)? {
            Emptiness::NoneInRange(scope.range)
        } else {
            Emptiness::NoneMatch
        })
    }
}
