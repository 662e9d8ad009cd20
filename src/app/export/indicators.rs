//! Entries of a list, what of it could not be used, and labels, as rows for a file and for the command line.

use super::{ExportColumn, ExportKind, ExportSource};
use crate::case::CaseReader;
use crate::model::{IndicatorIssue, Label};
use crate::query::{
    Cancel, IndicatorEntries, IndicatorEntriesQuery, IndicatorRow, QueryError, Value, indicator_entries_of,
    indicator_entry_rows,
};

/// What is told of an entry.
pub const ENTRY_COLUMNS: [(&str, ExportKind); 15] = [
    ("id", ExportKind::Int64),
    ("position", ExportKind::Int64),
    ("kind", ExportKind::Text),
    ("value", ExportKind::Text),
    ("written", ExportKind::Text),
    ("port", ExportKind::Int64),
    ("name", ExportKind::Text),
    ("comment", ExportKind::Text),
    ("severity", ExportKind::Text),
    ("tags", ExportKind::Text),
    ("valid_from", ExportKind::Time),
    ("valid_to", ExportKind::Time),
    ("enabled", ExportKind::Boolean),
    ("removed", ExportKind::Boolean),
    ("matchable", ExportKind::Boolean),
];

/// What is told of an element that could not be used.
pub const ISSUE_COLUMNS: [(&str, ExportKind); 4] = [
    ("position", ExportKind::Int64),
    ("reason", ExportKind::Text),
    ("detail", ExportKind::Text),
    ("raw", ExportKind::Text),
];

/// What is told of a label.
pub const LABEL_COLUMNS: [(&str, ExportKind); 8] = [
    ("id", ExportKind::Int64),
    ("kind", ExportKind::Text),
    ("value", ExportKind::Text),
    ("name", ExportKind::Text),
    ("note", ExportKind::Text),
    ("added_utc", ExportKind::Text),
    ("examiner", ExportKind::Text),
    ("removed", ExportKind::Boolean),
];

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// By `ENTRY_COLUMNS`.
pub fn entry_values(IndicatorRow { id, removed, entry, .. }: &IndicatorRow) -> Vec<Value> {
    vec![
        Value::Integer(*id),
        Value::count(entry.position),
        text(entry.kind.code()),
        text(&entry.value),
        text(&entry.written),
        entry.port.map_or(Value::Null, |port| Value::Integer(port.into())),
        text(&entry.name),
        text(&entry.comment),
        text(&entry.severity),
        Value::Text(entry.tags.join("; ")),
        Value::time(entry.valid.from),
        Value::time(entry.valid.to),
        Value::Boolean(entry.enabled),
        Value::Boolean(*removed),
        Value::Boolean(entry.kind.is_matchable()),
    ]
}

/// By `ISSUE_COLUMNS`.
pub fn issue_values(issue: &IndicatorIssue) -> Vec<Value> {
    vec![Value::count(issue.position), text(issue.reason.code()), text(&issue.detail), text(&issue.raw)]
}

/// By `LABEL_COLUMNS`.
pub fn label_values(label: &Label) -> Vec<Value> {
    vec![
        Value::Integer(label.id),
        text(label.kind.code()),
        text(&label.value),
        text(&label.name),
        text(&label.note),
        text(&label.added_utc),
        text(&label.examiner),
        Value::Boolean(label.removed),
    ]
}

/// The entries of a list as they are ordered; some have a million.
pub struct EntrySource<'a> {
    reader: &'a CaseReader,
    entries: IndicatorEntries,
    columns: Vec<ExportColumn>,
}

impl<'a> EntrySource<'a> {
    /// # Errors
    /// What SQLite says.
    pub fn new(reader: &'a CaseReader, query: &IndicatorEntriesQuery, cancel: &Cancel) -> Result<Self, QueryError> {
        let columns = ENTRY_COLUMNS.map(|(name, kind)| ExportColumn::new(name, kind)).into();
        Ok(Self { reader, entries: indicator_entries_of(reader, query, cancel)?, columns })
    }
}

impl ExportSource for EntrySource<'_> {
    fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let places = from..from.saturating_add(count);
        Ok(indicator_entry_rows(self.reader, &self.entries, places)?.iter().map(entry_values).collect())
    }
}
