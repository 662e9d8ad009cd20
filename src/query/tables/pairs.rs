//! Pairs and conversations as tables.

use super::{Column, LeftOut, Table};
use crate::case::CaseReader;
use crate::model::Value;
use crate::query::{self, ConversationColumn, ConversationTable, PairColumn, PairTable, QueryError};
use std::borrow::Borrow;

/// Address pairs.
pub struct Pairs<'a, T> {
    reader: &'a CaseReader,
    table: T,
    columns: Vec<Column>,
}

impl<'a, T: Borrow<PairTable>> Pairs<'a, T> {
    pub fn new(reader: &'a CaseReader, table: T) -> Self {
        let columns =
            PairColumn::of(table.borrow().by).map(|column| Column::new(column.name(), column.unit())).collect();
        Self { reader, table, columns }
    }
}

fn is_wide(sum: Option<u128>) -> bool {
    sum.is_some_and(|sum| i64::try_from(sum).is_err())
}

impl<T: Borrow<PairTable>> Table for Pairs<'_, T> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.borrow().len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::pair_rows(self.reader, self.table.borrow(), from..from.saturating_add(count))?;
        let cells =
            |row: query::PairRow| PairColumn::of(self.table.borrow().by).map(|column| row.value(column)).collect();
        Ok(rows.into_iter().map(cells).collect())
    }

    fn left_out(&self) -> LeftOut {
        LeftOut { of_sums: self.table.borrow().totals.left_out, ..LeftOut::default() }
    }

    fn has_wide_sums(&self) -> bool {
        self.table.borrow().sums().flatten().any(is_wide)
    }
}

/// Pairs with both directions in one row.
pub struct Conversations<'a, T> {
    reader: &'a CaseReader,
    table: T,
    columns: Vec<Column>,
}

impl<'a, T: Borrow<ConversationTable>> Conversations<'a, T> {
    pub fn new(reader: &'a CaseReader, table: T) -> Self {
        let columns = ConversationColumn::ALL.map(|column| Column::new(column.name(), column.unit())).into();
        Self { reader, table, columns }
    }
}

impl<T: Borrow<ConversationTable>> Table for Conversations<'_, T> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.borrow().len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::conversation_rows(self.reader, self.table.borrow(), from..from.saturating_add(count))?;
        let cells =
            |row: query::ConversationRow| ConversationColumn::ALL.into_iter().map(|column| row.value(column)).collect();
        Ok(rows.into_iter().map(cells).collect())
    }

    fn left_out(&self) -> LeftOut {
        LeftOut { of_sums: self.table.borrow().totals.left_out, ..LeftOut::default() }
    }

    fn has_wide_sums(&self) -> bool {
        self.table.borrow().sums().flatten().any(is_wide)
    }
}
