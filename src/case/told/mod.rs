//! Does the case hold what the journal tells that people wrote and chose? The journal is a chain of hashes; what does
//! not agree with it was changed past the program. Cells are compared as they are, so that none can end the comparison.

mod case;
mod conclusions;
mod imports;
mod indicators;
mod supplements;

use super::error::CaseError;
use super::journal::{self, Stored};
use super::open::CaseReader;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What comparing with the journal came to, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Not what the journal tells.
    pub failed: Vec<String>,
    /// An older program's journal does not tell it.
    pub unchecked: Vec<String>,
}

impl CaseReader {
    /// What the case says of itself, its settings and its filters.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn facts_that_differ(&self, journal: &[Stored]) -> Result<Differences, CaseError> {
        case::differences(&self.conn, journal)
    }

    /// Lists of indicators with their entries, and labels.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn indicators_that_differ(&self, journal: &[Stored]) -> Result<Differences, CaseError> {
        indicators::differences(&self.conn, journal)
    }

    /// Sigma rules and inventories.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn supplements_that_differ(&self, journal: &[Stored]) -> Result<Differences, CaseError> {
        supplements::differences(&self.conn, journal)
    }

    /// The list of evidence.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn imports_that_differ(&self, journal: &[Stored]) -> Result<Differences, CaseError> {
        imports::differences(&self.conn, journal)
    }

    /// Tags, notes, findings, exhibits and the report's settings.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn conclusions_that_differ(&self) -> Result<Vec<String>, CaseError> {
        Ok(conclusions::differences(&self.conn, &self.journal()?)?.failed)
    }
}

/// What the journal tells of a cell.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Is(Value),
    /// The SHA-256 of its text.
    Hash(Value),
    /// The program that wrote the entry did not tell it.
    Unknown,
    /// It means nothing, or is compared elsewhere.
    Free,
}

/// A row by its columns.
type Cells = BTreeMap<String, Told>;

fn is(value: impl Into<Value>) -> Told {
    Told::Is(value.into())
}

/// A member of the entry, or that an older entry has none.
fn of(parameters: &Value, name: &str) -> Told {
    parameters.get(name).cloned().map_or(Told::Unknown, Told::Is)
}

fn cells<const N: usize>(list: [(&str, Told); N]) -> Cells {
    list.into_iter().map(|(name, told)| (name.to_owned(), told)).collect()
}

/// The rows of a table as the journal tells them, by key.
type Rows = BTreeMap<String, Cells>;

fn key<const N: usize>(cells: [Value; N]) -> String {
    Value::from(cells.to_vec()).to_string()
}

/// Where rows are compared: a table, or a query that numbers its rows.
struct Source<'a> {
    from: &'a str,
    /// Columns that name a row, in the order of the keys of `Rows`.
    key: &'a [&'a str],
    /// A row in words.
    named: &'a dyn Fn(&[Value]) -> String,
}

impl Source<'_> {
    /// Compares every cell of every row.
    fn compare(&self, conn: &Connection, mut told: Rows, found: &mut Differences) -> Result<(), CaseError> {
        let mut statement = conn.prepare(&format!("SELECT * FROM {}", self.from))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = all_cells(row, names.len())?;
            let by_name: BTreeMap<&str, &Value> = names.iter().map(String::as_str).zip(&values).collect();
            let of_key = self.key.iter().map(|name| by_name.get(name).map_or(Value::Null, |v| (*v).clone()));
            let of_key: Vec<Value> = of_key.collect();
            let name = (self.named)(&of_key);
            let Some(row) = told.remove(&Value::from(of_key).to_string()) else {
                found.failed.push(format!("{name} is not in the journal"));
                continue;
            };
            for (column, value) in &by_name {
                match row.get(*column) {
                    _ if self.key.contains(column) => {}
                    Some(Told::Free) => {}
                    Some(Told::Is(said)) if said == *value => {}
                    Some(Told::Hash(said)) if *said == text_hash(value) => {}
                    Some(Told::Is(said)) => {
                        let (value, said) = (in_words(value), in_words(said));
                        let what = format!("{column} is {value}, and was {said}");
                        found.failed.push(format!("{name} does not match the journal: {what}"));
                    }
                    Some(Told::Hash(_)) => {
                        found.failed.push(format!("{name} does not match the journal: {column} has another hash"));
                    }
                    Some(Told::Unknown) | None => {
                        let what = "the journal of an older version does not record it";
                        found.unchecked.push(format!("{name}: {column}: {what}"));
                    }
                }
            }
        }
        for key in told.into_keys() {
            let key: Vec<Value> = serde_json::from_str(&key).unwrap_or_default();
            found.failed.push(format!("{} is in the journal and not in the case", (self.named)(&key)));
        }
        Ok(())
    }
}

fn text_hash(value: &Value) -> String {
    journal::hex(&Sha256::digest(value.as_str().unwrap_or_default().as_bytes()))
}

/// Characters of a value that are reported.
const TOLD_CHARS: usize = 120;

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "absent".to_owned(),
        Value::String(text) => text.chars().take(TOLD_CHARS).collect(),
        other => other.to_string().chars().take(TOLD_CHARS).collect(),
    }
}

fn all_cells(row: &Row<'_>, count: usize) -> Result<Vec<Value>, CaseError> {
    (0..count).map(|at| Ok(cell(row.get_ref(at)?))).collect()
}

/// A cell as JSON, whatever it is; what no program of ours writes is never the same as anything that one did.
pub(super) fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => value.into(),
        ValueRef::Real(value) => serde_json::json!({"real": value.to_string()}),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => serde_json::json!({"not_utf8": journal::hex(bytes)}),
        },
        ValueRef::Blob(bytes) => blob(bytes),
    }
}

fn blob(bytes: &[u8]) -> Value {
    serde_json::json!({"blob": journal::hex(bytes)})
}

/// Entries with their parameters.
fn parsed(journal: &[Stored]) -> impl Iterator<Item = (&Stored, Value)> {
    journal.iter().map(|entry| (entry, serde_json::from_str(&entry.parameters).unwrap_or_default()))
}
