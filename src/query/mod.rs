//! Reads from the case: filters to ordered row sets, pages of them, histograms, one record, the lists of evidence and
//! warnings. A query is a value; its first result is the row set, everything else starts from that.

mod cancel;
mod columns_sql;
pub mod filter_sql;
mod histogram;
mod lists;
mod record;
mod rows;
pub mod sort_sql;
mod sql;
mod value;

pub use cancel::Cancel;
pub use histogram::{Bin, Histogram, histogram};
pub use lists::{
    EvidenceRow, Totals, WarningRow, event_by_id, evidence, evidence_list, setting, top_values, totals,
    unfinished_import, unread_at, warnings,
};
pub use record::{RecordDetail, record};
pub use rows::{Duplicates, RecordQuery, RowSet, SortKey, page, rows};
pub use sql::{SQL_EXAMPLE, SqlLimits, SqlProblem, SqlRows, SqlView, read_only_sql, sql_views};
pub use value::Value;

use crate::case::CaseError;

#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// It was superseded or stopped by the examiner.
    #[error("stopped")]
    Cancelled,
    /// The filter asks for what the case cannot answer.
    #[error("{0}")]
    Filter(String),
    /// A statement of the examiner that is not SQL, or more than reading.
    #[error(transparent)]
    Statement(SqlProblem),
    #[error("stopped at the limit of time")]
    Late,
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<rusqlite::Error> for QueryError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted) => QueryError::Cancelled,
            _ => QueryError::Case(error.into()),
        }
    }
}
