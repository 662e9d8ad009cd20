//! The rows of the SQL console, whose columns may hold anything.

use super::{ExportColumn, ExportKind, ExportSource};
use crate::query::{QueryError, SqlRows, Value};
use serde_json::Value as Json;

/// A column is of integers where every value of it is one, of numbers where every value is a number, else text.
pub struct SqlSource<'a> {
    rows: &'a SqlRows,
    columns: Vec<ExportColumn>,
}

impl<'a> SqlSource<'a> {
    pub fn new(rows: &'a SqlRows) -> Self {
        let mut used: Vec<String> = Vec::new();
        let columns = rows.columns.iter().enumerate().map(|(at, name)| {
            // Two columns of one name are no table to other tools.
            let mut unique = name.clone();
            let mut number = 1;
            while used.contains(&unique) {
                number += 1;
                unique = format!("{name}_{number}");
            }
            used.push(unique.clone());
            ExportColumn { name: unique, kind: kind(rows.rows.iter().filter_map(|row| row.get(at))) }
        });
        Self { columns: columns.collect(), rows }
    }
}

fn kind<'a>(values: impl Iterator<Item = &'a Json>) -> ExportKind {
    let mut present = values.filter(|value| !value.is_null()).peekable();
    if present.peek().is_none() {
        return ExportKind::Text;
    }
    let mut kind = ExportKind::Int64;
    for value in present {
        match value {
            Json::Number(number) if number.is_i64() => {}
            Json::Number(_) => kind = ExportKind::Ratio,
            _ => return ExportKind::Text,
        }
    }
    kind
}

impl ExportSource for SqlSource<'_> {
    fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let value = |value: &Json| match value {
            Json::Null => Value::Null,
            Json::String(text) => Value::Text(text.clone()),
            Json::Bool(value) => Value::Boolean(*value),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Value::Integer(number),
                None => Value::Number(number.to_string().into()),
            },
            other => Value::Text(other.to_string()),
        };
        Ok(self.rows.rows.iter().skip(from).take(count).map(|row| row.iter().map(value).collect()).collect())
    }
}
