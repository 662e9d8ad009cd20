//! The tables of an answer, read whole.

use super::error::{AskError, MOST_ROWS};
use crate::model::Value;
use crate::query::Cancel;
use crate::query::tables::{Column, Rows, Table, Total};

/// A table of an exhibit. Most have one; a plot has its values and the hours without evidence, an address page a table
/// for each of its parts.
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
        let rows = Rows::read(table, wanted, cancel)?;
        Ok(Self { all_rows: table.len() as u64, ..Self::new(name, rows.columns, rows.rows) })
    }
}

/// Rows that are fetched at once.
pub(super) const PAGE: usize = 1000;
