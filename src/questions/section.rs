//! The tables of an answer, read whole.

use super::AskError;
use crate::query::tables::{Column, Table, Total};
use crate::query::{Cancel, QueryError, Value};

/// Rows of a frozen answer at the most: what a reader may be given to read, and a report to hold in memory.
pub const MOST_ROWS: usize = 200_000;

/// A table of an exhibit. Most have one; a plot has its values and the hours without evidence, an address page a table for
/// each of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Stable; the id of its title is made of it.
    pub name: String,
    pub columns: Vec<Column>,
    /// A value for each column.
    pub rows: Vec<Vec<Value>>,
    /// How many rows there are, those beyond the limit too.
    pub all_rows: u64,
    pub totals: Vec<Total>,
}

impl Section {
    pub fn new(name: impl Into<String>, columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Self {
        let all_rows = rows.len() as u64;
        Self { name: name.into(), columns, rows, all_rows, totals: Vec::new() }
    }

    /// A table, up to `limit`.
    ///
    /// # Errors
    /// It has more rows than an exhibit holds; the case cannot be read; it was stopped.
    pub fn of(
        name: impl Into<String>,
        table: &dyn Table,
        limit: Option<usize>,
        cancel: &Cancel,
    ) -> Result<Self, AskError> {
        let wanted = limit.unwrap_or(usize::MAX).min(table.len());
        if wanted > MOST_ROWS {
            return Err(AskError::TooManyRows(wanted as u64));
        }
        let mut rows = Vec::with_capacity(wanted);
        while rows.len() < wanted {
            if cancel.is_cancelled() {
                return Err(QueryError::Cancelled.into());
            }
            let page = table.rows(rows.len(), PAGE.min(wanted - rows.len()))?;
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        Ok(Self { all_rows: table.len() as u64, ..Self::new(name, table.columns().to_vec(), rows) })
    }
}

/// Rows that are fetched at once.
pub(super) const PAGE: usize = 1000;
