//! Sightings and the playbook's view as rows for a file.

use super::{ExportColumn, ExportKind, ExportSource};
use crate::case::CaseReader;
use crate::query::{
    self, PLAYBOOK_COLUMNS, PlaybookTable, QueryError, SightedRow, SightingTable, Value, sighting_columns,
    sighting_value,
};

pub struct SightingSource<'a> {
    reader: &'a CaseReader,
    table: &'a SightingTable,
    columns: Vec<ExportColumn>,
}

impl<'a> SightingSource<'a> {
    pub fn new(reader: &'a CaseReader, table: &'a SightingTable) -> Self {
        let column = |name: &&str| ExportColumn { name: (*name).to_owned(), kind: sighting_kind(name) };
        Self { reader, table, columns: sighting_columns(table.by).iter().map(column).collect() }
    }
}

impl ExportSource for SightingSource<'_> {
    fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::sighting_rows(self.reader, self.table, from..from.saturating_add(count))?;
        let row =
            |row| self.columns.iter().map(|column| sighting_value(SightedRow::Sighting(row), &column.name)).collect();
        Ok(rows.iter().map(row).collect())
    }
}

/// The playbook's columns in its order, and our own word for the direction behind them.
pub struct PlaybookSource<'a> {
    reader: &'a CaseReader,
    table: &'a PlaybookTable,
    columns: Vec<ExportColumn>,
}

impl<'a> PlaybookSource<'a> {
    pub fn new(reader: &'a CaseReader, table: &'a PlaybookTable) -> Self {
        let names = PLAYBOOK_COLUMNS.into_iter().chain(["words"]);
        let columns = names.map(|name| ExportColumn { name: name.to_owned(), kind: sighting_kind(name) }).collect();
        Self { reader, table, columns }
    }
}

impl ExportSource for PlaybookSource<'_> {
    fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::playbook_rows(self.reader, self.table, from..from.saturating_add(count))?;
        let row =
            |row| self.columns.iter().map(|column| sighting_value(SightedRow::Playbook(row), &column.name)).collect();
        Ok(rows.iter().map(row).collect())
    }
}

/// What stands in a column of any of these tables.
pub fn sighting_kind(column: &str) -> ExportKind {
    match column {
        "internal" => ExportKind::Boolean,
        "bytes_to" | "bytes_from" => ExportKind::Sum,
        "first_seen" | "last_seen" | "starttime" | "endtime" => ExportKind::Time,
        "entries" | "entries_seen" | "flows" | "events" | "mentions" | "outside" | "hosts" | "indicators"
        | "principals" | "accepted" | "rejected" => ExportKind::Int64,
        "connecting_port" | "protocol" | "numpackets" | "numbytes" | "sessiontime" => ExportKind::Int64,
        _ => ExportKind::Text,
    }
}
