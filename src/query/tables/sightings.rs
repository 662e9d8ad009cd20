//! Sightings and the playbook's view as tables.

use super::{Column, Table};
use crate::case::CaseReader;
use crate::model::{Unit, Value};
use crate::query::{
    self, PlaybookTable, QueryError, SightedRow, SightingTable, commented_sighting_value, sighting_value,
};
use std::borrow::Borrow;

/// What of the indicators, hosts or lists the evidence holds.
pub struct Sightings<'a, T> {
    reader: &'a CaseReader,
    table: T,
    columns: Vec<Column>,
}

impl<'a, T: Borrow<SightingTable>> Sightings<'a, T> {
    /// `names`: of `sighting_columns`.
    pub fn new(reader: &'a CaseReader, table: T, names: &[&'static str]) -> Self {
        let columns = names.iter().map(|name| Column::new(*name, sighting_unit(name))).collect();
        Self { reader, table, columns }
    }
}

impl<T: Borrow<SightingTable>> Table for Sightings<'_, T> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.borrow().len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::sighting_rows(self.reader, self.table.borrow(), from..from.saturating_add(count))?;
        let named = self.columns.iter().any(|column| column.name == "name");
        let value = if named { sighting_value } else { commented_sighting_value };
        let row = |row| self.columns.iter().map(|column| value(SightedRow::Sighting(row), &column.name)).collect();
        Ok(rows.iter().map(row).collect())
    }
}

/// What goes to indicators and what comes from them, record by record.
pub struct Playbook<'a, T> {
    reader: &'a CaseReader,
    table: T,
    columns: Vec<Column>,
}

impl<'a, T: Borrow<PlaybookTable>> Playbook<'a, T> {
    /// `names`: of `PLAYBOOK_COLUMNS`, `own_direction` (our own word for it; `words` in an exhibit) and `ref`.
    pub fn new(reader: &'a CaseReader, table: T, names: impl IntoIterator<Item = &'static str>) -> Self {
        let columns = names.into_iter().map(|name| Column::new(name, sighting_unit(name))).collect();
        Self { reader, table, columns }
    }
}

impl<T: Borrow<PlaybookTable>> Table for Playbook<'_, T> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.borrow().rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::playbook_rows(self.reader, self.table.borrow(), from..from.saturating_add(count))?;
        let value = |row: &query::PlaybookRow, column: &Column| match column.name.as_str() {
            "ref" => Value::Text(row.record.to_string()),
            name => sighting_value(SightedRow::Playbook(row), name),
        };
        Ok(rows.iter().map(|row| self.columns.iter().map(|column| value(row, column)).collect()).collect())
    }
}

/// What is in a column of any of these tables.
pub fn sighting_unit(column: &str) -> Unit {
    match column {
        "ref" => Unit::Record,
        "internal" | "looked_for" => Unit::Boolean,
        "protocol" => Unit::Protocol,
        "connecting_port" => Unit::Port,
        "bytes_to" | "bytes_from" | "numbytes" => Unit::Bytes,
        "sessiontime" => Unit::Number,
        "first_seen" | "last_seen" | "starttime" | "endtime" => Unit::Time,
        "entries" | "entries_seen" | "hits" | "flows" | "events" | "mentions" | "outside" | "hosts" | "indicators"
        | "principals" | "accepted" | "rejected" | "numpackets" => Unit::Count,
        _ => Unit::Text,
    }
}
