//! A value as a view or an export gets it.

use super::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// The record has none (`-` in the log).
    Null,
    Integer(i64),
    /// A number that an `i64` does not hold (a sum beyond it, a ratio): its decimal text, which JSON takes as it is.
    Number(Box<str>),
    Boolean(bool),
    Text(String),
    Time(Timestamp),
}

impl Value {
    /// A sum; absent where there was nothing to sum.
    pub fn sum(sum: Option<u128>) -> Self {
        match sum {
            None => Value::Null,
            Some(sum) => i64::try_from(sum).map_or_else(|_| Value::Number(sum.to_string().into()), Value::Integer),
        }
    }

    pub fn count(count: u64) -> Self {
        Self::sum(Some(count.into()))
    }

    pub fn time(time: Option<Timestamp>) -> Self {
        time.map_or(Value::Null, Value::Time)
    }

    /// About how many bytes of memory it takes.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + if let Value::Text(text) = self { text.len() } else { 0 }
    }

    /// UTC, as exports and the command line print it; an absent value is empty.
    pub fn to_text(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Integer(value) => value.to_string(),
            Value::Number(text) => text.to_string(),
            Value::Boolean(value) => value.to_string(),
            Value::Text(text) => text.clone(),
            Value::Time(time) => time.to_iso(),
        }
    }
}
