//! Sightings and the playbook's view as rows for a file.

use super::{ExportColumn, ExportKind, ExportSource};
use crate::app::sightings::{SightedRow, columns, values};
use crate::case::CaseReader;
use crate::query::{self, PLAYBOOK_COLUMNS, PlaybookTable, QueryError, SightingTable, Value};

pub struct SightingSource<'a> {
    reader: &'a CaseReader,
    table: &'a SightingTable,
    columns: Vec<ExportColumn>,
}

impl<'a> SightingSource<'a> {
    pub fn new(reader: &'a CaseReader, table: &'a SightingTable) -> Self {
        let kind = |name: &str| match name {
            "indicator" | "kind" | "list" | "comment" | "severity" | "host" | "sha256" => ExportKind::Text,
            "internal" => ExportKind::Boolean,
            "bytes_to" | "bytes_from" => ExportKind::Sum,
            "first_seen" | "last_seen" => ExportKind::Time,
            _ => ExportKind::Int64,
        };
        let column = |name: &&str| ExportColumn { name: (*name).to_owned(), kind: kind(name) };
        Self { reader, table, columns: columns(table.by).iter().map(column).collect() }
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
        Ok(rows.iter().map(|row| values(SightedRow::Sighting(row))).collect())
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
        let kind = |name: &str| match name {
            "connecting_port" | "protocol" | "numpackets" | "numbytes" | "sessiontime" => ExportKind::Int64,
            "starttime" | "endtime" => ExportKind::Time,
            _ => ExportKind::Text,
        };
        let names = PLAYBOOK_COLUMNS.into_iter().chain(["words"]);
        let columns = names.map(|name| ExportColumn { name: name.to_owned(), kind: kind(name) }).collect();
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
        let values = |row: query::PlaybookRow| {
            let words = Value::Text(row.direction.plain().to_owned());
            row.values.into_iter().chain([words]).collect()
        };
        Ok(rows.into_iter().map(values).collect())
    }
}
