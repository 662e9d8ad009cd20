//! Entries of a list of indicators, what of it could not be used, and labels, as tables.

use super::{Column, Rows, Table};
use crate::case::CaseReader;
use crate::model::{IndicatorIssue, Label, Unit, Value};
use crate::query::{
    Cancel, IndicatorEntries, IndicatorEntriesQuery, IndicatorRow, QueryError, indicator_entries_of,
    indicator_entry_rows,
};

/// What is reported of an entry.
const ENTRY_COLUMNS: [(&str, Unit); 15] = [
    ("id", Unit::Number),
    ("position", Unit::Number),
    ("kind", Unit::Text),
    ("value", Unit::Text),
    ("written", Unit::Text),
    ("port", Unit::Number),
    ("name", Unit::Text),
    ("comment", Unit::Text),
    ("severity", Unit::Text),
    ("tags", Unit::Text),
    ("valid_from", Unit::Time),
    ("valid_to", Unit::Time),
    ("enabled", Unit::Boolean),
    ("removed", Unit::Boolean),
    ("matchable", Unit::Boolean),
];

/// What is reported of an element that could not be used.
const ISSUE_COLUMNS: [(&str, Unit); 4] =
    [("position", Unit::Number), ("reason", Unit::Text), ("detail", Unit::Text), ("raw", Unit::Text)];

/// What is reported of a label.
const LABEL_COLUMNS: [(&str, Unit); 8] = [
    ("id", Unit::Number),
    ("kind", Unit::Text),
    ("value", Unit::Text),
    ("name", Unit::Text),
    ("note", Unit::Text),
    ("added_utc", Unit::Text),
    ("examiner", Unit::Text),
    ("removed", Unit::Boolean),
];

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The columns of entries.
pub(crate) fn entry_columns() -> Vec<Column> {
    Column::list(&ENTRY_COLUMNS)
}

/// By `ENTRY_COLUMNS`.
pub(crate) fn entry_values(IndicatorRow { id, removed, entry, .. }: &IndicatorRow) -> Vec<Value> {
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
fn issue_values(issue: &IndicatorIssue) -> Vec<Value> {
    vec![Value::count(issue.position), text(issue.reason.code()), text(&issue.detail), text(&issue.raw)]
}

/// By `LABEL_COLUMNS`.
fn label_values(label: &Label) -> Vec<Value> {
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
pub struct Entries<'a> {
    reader: &'a CaseReader,
    entries: IndicatorEntries,
    columns: Vec<Column>,
}

impl<'a> Entries<'a> {
    /// # Errors
    /// What SQLite says.
    pub fn new(reader: &'a CaseReader, query: &IndicatorEntriesQuery, cancel: &Cancel) -> Result<Self, QueryError> {
        Ok(Self { reader, entries: indicator_entries_of(reader, query, cancel)?, columns: entry_columns() })
    }
}

impl Table for Entries<'_> {
    fn columns(&self) -> &[Column] {
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

/// What of a list could not be used.
pub fn issues(issues: &[IndicatorIssue]) -> Rows {
    Rows::new(Column::list(&ISSUE_COLUMNS), issues.iter().map(issue_values).collect())
}

pub fn labels(labels: &[Label]) -> Rows {
    Rows::new(Column::list(&LABEL_COLUMNS), labels.iter().map(label_values).collect())
}
