//! Why a question has no answer.

use crate::case::CaseError;
use crate::query::QueryError;

/// Rows of a frozen answer at most: what a reader may be given to read, and a report to hold in memory.
pub const MOST_ROWS: usize = 200_000;

/// A column that there is not.
#[derive(Debug, thiserror::Error)]
pub enum UnknownColumn {
    #[error("unknown {what} {name}")]
    Name { what: &'static str, name: String, known: Vec<String> },
    #[error(transparent)]
    Query(#[from] QueryError),
}

#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("an exhibit can have at most {MOST_ROWS} rows, and this one has {0}; narrow the filter, or set a limit")]
    TooManyRows(u64),
    #[error("the exhibit cannot be read: {0}")]
    Unreadable(String),
    /// What was asked for does not make an exhibit.
    #[error("{0}")]
    Unfit(String),
}

impl From<CaseError> for AskError {
    fn from(error: CaseError) -> Self {
        AskError::Query(error.into())
    }
}
