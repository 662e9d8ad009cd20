//! A result as a table: columns with their units, rows by page, totals. Every question's answer can be read as one, whatever
//! shows it.

mod evidence;
mod groups;
mod indicators;
mod pairs;
mod record_column;
mod records;
mod sightings;
mod sql;
mod tops;

pub use evidence::evidence;
pub use groups::{
    FilledSeries, OTHER_GROUPS, equal_groups, figure, measure_unit, series, series_lines, series_name, top,
};
pub use indicators::{Entries, issues, labels};
pub(crate) use indicators::{entry_columns, entry_values};
pub use pairs::{Conversations, Pairs};
pub use record_column::{Inside, RecordColumn};
pub use records::{Records, record_columns};
pub use sightings::{Playbook, Sightings, sighting_unit};
pub use sql::{Statement, sql_value};
pub use tops::tops;

use super::{Batch, Cancel, Draft, QueryError};
use crate::model::{Unit, Value};

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

    /// Rows from this place on, column by column: at least one where there is one, `most` where that is as easy.
    ///
    /// # Errors
    /// The case cannot be read; it was stopped.
    fn batch(&self, from: usize, most: usize, _cancel: &Cancel) -> Result<Draft, QueryError> {
        Ok(Batch::of_rows(self.rows(from, most.min(PAGE))?, self.columns().len()).into())
    }

    /// Figures over all records, whatever the limit.
    fn totals(&self) -> &[Total] {
        &[]
    }

    /// What of the records is in no row, or in no sum.
    fn left_out(&self) -> LeftOut {
        LeftOut::default()
    }

    /// Is any sum longer than 64 bits? Then Parquet's counts and bytes are decimals of 38 digits instead of integers.
    fn has_wide_sums(&self) -> bool {
        false
    }

    /// How a Parquet file stores the columns.
    fn storage(&self) -> Storage {
        Storage::ByUnit
    }
}

/// Records that match and are not counted in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// NODATA and SKIPDATA records: they count as records, and what they say of packets and bytes is left out of the sums.
    pub of_sums: u64,
    /// Records without a time: they are in no bin of a series.
    pub untimed: u64,
    /// Rows that allow-lists leave out.
    pub allowed: u64,
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

/// So many rows of a table from a place on.
pub struct Part<'a> {
    pub table: Box<dyn Table + 'a>,
    pub from: usize,
    pub count: usize,
}

impl<'a> Part<'a> {
    /// The first rows, or all of them.
    pub fn first(table: impl Table + 'a, count: Option<usize>) -> Self {
        Self { table: Box::new(table), from: 0, count: count.unwrap_or(usize::MAX) }
    }
}

impl Table for Part<'_> {
    fn columns(&self) -> &[Column] {
        self.table.columns()
    }

    fn len(&self) -> usize {
        self.table.len().saturating_sub(self.from).min(self.count)
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        self.table.rows(self.from.saturating_add(from), count.min(self.len().saturating_sub(from)))
    }

    fn batch(&self, from: usize, most: usize, cancel: &Cancel) -> Result<Draft, QueryError> {
        self.table.batch(self.from.saturating_add(from), most.min(self.len().saturating_sub(from)), cancel)
    }

    fn totals(&self) -> &[Total] {
        self.table.totals()
    }

    fn left_out(&self) -> LeftOut {
        self.table.left_out()
    }

    fn has_wide_sums(&self) -> bool {
        self.table.has_wide_sums()
    }

    fn storage(&self) -> Storage {
        self.table.storage()
    }
}

/// Rows that are there as values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value>>,
    pub totals: Vec<Total>,
    pub left_out: LeftOut,
}

/// Rows that are read at once.
const PAGE: usize = 4096;

impl Rows {
    /// A table read into memory, up to so many rows.
    ///
    /// # Errors
    /// The case cannot be read; it was stopped.
    pub fn read(table: &dyn Table, most: usize, cancel: &Cancel) -> Result<Self, QueryError> {
        let wanted = table.len().min(most);
        let mut rows = Vec::with_capacity(wanted);
        while rows.len() < wanted {
            if cancel.is_cancelled() {
                return Err(QueryError::Cancelled);
            }
            let page = table.rows(rows.len(), PAGE.min(wanted - rows.len()))?;
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        Ok(Self {
            columns: table.columns().to_vec(),
            rows,
            totals: table.totals().to_vec(),
            left_out: table.left_out(),
        })
    }

    pub fn new(columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Self {
        Self { columns, rows, totals: Vec::new(), left_out: LeftOut::default() }
    }
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

    fn totals(&self) -> &[Total] {
        &self.totals
    }

    fn left_out(&self) -> LeftOut {
        self.left_out
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
