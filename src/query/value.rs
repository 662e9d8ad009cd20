//! A value as a view or an export gets it.

use crate::model::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// The record has none (`-` in the log).
    Null,
    Integer(i64),
    Boolean(bool),
    Text(String),
    Time(Timestamp),
}

impl Value {
    /// UTC, as exports and the command line print it; an absent value is empty.
    pub fn to_text(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Integer(value) => value.to_string(),
            Value::Boolean(value) => value.to_string(),
            Value::Text(text) => text.clone(),
            Value::Time(time) => time.to_iso(),
        }
    }
}
