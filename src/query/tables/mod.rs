//! A result as a table: columns with their units, rows by page, totals. Every question's answer can be read as one, whatever
//! shows it.

mod groups;
mod indicators;
mod lists;
mod pairs;
mod records;
mod sightings;
mod sql;

pub use groups::{figure, measure_unit, series, series_lines, series_name, top};
pub use indicators::{Entries, issues, labels};
pub use lists::{evidence, tops};
pub use pairs::{Conversations, Pairs};
pub use records::{Records, record_columns};
pub use sightings::{Playbook, Sightings, sighting_unit};
pub use sql::{Statement, sql_value};

use super::{QueryError, Value};
use crate::model::Unit;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// AWS's name of the field, or the name of the figure.
    pub name: String,
    pub unit: Unit,
}

impl Column {
    pub fn new(name: impl Into<String>, unit: Unit) -> Self {
        Self { name: name.into(), unit }
    }

    /// Columns of these names and units.
    pub fn list(of: &[(&str, Unit)]) -> Vec<Self> {
        of.iter().map(|(name, unit)| Self::new(*name, *unit)).collect()
    }
}

/// A figure over all rows, those beyond the limit too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub name: String,
    pub unit: Unit,
    pub value: Value,
}

impl Total {
    pub fn new(name: impl Into<String>, unit: Unit, value: Value) -> Self {
        Self { name: name.into(), unit, value }
    }
}

/// Rows that are read as they are needed.
pub trait Table {
    fn columns(&self) -> &[Column];

    /// Rows, up to the question's limit.
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As many rows from this place on, or as there are; a value for each column.
    ///
    /// # Errors
    /// The case cannot be read.
    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError>;

    /// Is any sum longer than 64 bits? Then Parquet's counts and bytes are decimals of 38 digits instead of integers.
    fn has_wide_sums(&self) -> bool {
        false
    }

    /// How a Parquet file stores the columns.
    fn storage(&self) -> Storage {
        Storage::ByUnit
    }
}

/// How a Parquet file stores columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Each as its unit asks for.
    ByUnit,
    /// Flow records as AWS delivers them: times are whole seconds since 1970.
    AwsFlows,
    /// Events as Athena's table for CloudTrail has them: texts.
    AwsEvents,
}

/// The first rows of a table.
pub struct First<T>(pub T, pub usize);

impl<T: Table> Table for First<T> {
    fn columns(&self) -> &[Column] {
        self.0.columns()
    }

    fn len(&self) -> usize {
        self.0.len().min(self.1)
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        self.0.rows(from, count.min(self.len().saturating_sub(from)))
    }

    fn has_wide_sums(&self) -> bool {
        self.0.has_wide_sums()
    }

    fn storage(&self) -> Storage {
        self.0.storage()
    }
}

/// Rows that are there as values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value>>,
}

impl Table for Rows {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        Ok(self.rows.iter().skip(from).take(count).cloned().collect())
    }

    fn has_wide_sums(&self) -> bool {
        let sums = || self.columns.iter().enumerate().filter(|(_, column)| is_sum(column.unit));
        self.rows.iter().any(|row| sums().any(|(at, _)| matches!(row.get(at), Some(Value::Number(_)))))
    }
}

/// May a value of this unit be a sum that is longer than 64 bits?
pub fn is_sum(unit: Unit) -> bool {
    matches!(unit, Unit::Count | Unit::Bytes)
}
