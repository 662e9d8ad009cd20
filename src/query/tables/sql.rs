//! The rows of an SQL statement, whose columns may hold anything.

use super::{Column, Table};
use crate::model::{Unit, Value};
use crate::query::{QueryError, SqlRows};
use serde_json::Value as Json;

/// A column is of integers where every value of it is one, of numbers where every value is a number, else text.
pub struct Statement<'a> {
    rows: &'a SqlRows,
    columns: Vec<Column>,
}

impl<'a> Statement<'a> {
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
            Column::new(unique, unit(rows.rows.iter().filter_map(|row| row.get(at))))
        });
        Self { columns: columns.collect(), rows }
    }
}

fn unit<'a>(values: impl Iterator<Item = &'a Json>) -> Unit {
    let mut present = values.filter(|value| !value.is_null()).peekable();
    if present.peek().is_none() {
        return Unit::Text;
    }
    let mut unit = Unit::Number;
    for value in present {
        match value {
            Json::Number(number) if number.is_i64() => {}
            Json::Number(_) => unit = Unit::Ratio,
            _ => return Unit::Text,
        }
    }
    unit
}

impl Table for Statement<'_> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = self.rows.rows.iter().skip(from).take(count);
        Ok(rows.map(|row| row.iter().map(sql_value).collect()).collect())
    }
}

/// A cell of a statement's row.
pub fn sql_value(cell: &Json) -> Value {
    match cell {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(text.clone()),
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Number(number.to_string().into()),
        },
        other => Value::Text(other.to_string()),
    }
}
