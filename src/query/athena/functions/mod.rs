//! Athena's functions, as its engine's documentation (Trino's) has them, for a connection of the console.

mod aggregates;
mod arrays;
pub(super) mod cast;
mod json;
mod numbers;
#[cfg(test)]
mod tests;
mod text;
mod time_format;
mod times;
mod unnest;

use crate::model::Address;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// Remarks at most that a statement makes while it runs.
const MOST_REMARKS: usize = 10;

/// What a statement has to say beside its rows, each thing once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remarks(Arc<Mutex<Vec<String>>>);

impl Remarks {
    pub(crate) fn push(&self, remark: String) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() < MOST_REMARKS && !list.contains(&remark) {
            list.push(remark);
        }
    }

    pub(crate) fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Adds the functions to a connection.
///
/// # Errors
/// What SQLite says.
pub(super) fn register(connection: &Connection, remarks: &Remarks) -> Result<()> {
    let on = Registry { connection, remarks };
    cast::register(&on)?;
    text::register(&on)?;
    numbers::register(&on)?;
    times::register(&on)?;
    json::register(&on)?;
    arrays::register(&on)?;
    aggregates::register(&on)?;
    unnest::register(connection)
}

/// A connection that gets functions.
struct Registry<'a> {
    connection: &'a Connection,
    remarks: &'a Remarks,
}

const FLAGS: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_DIRECTONLY);

impl Registry<'_> {
    /// A function of so many arguments; -1 for any number.
    fn scalar<F>(&self, name: &'static str, arguments: i32, run: F) -> Result<()>
    where
        F: Fn(&Context<'_>) -> Result<Value>
            + Send
            + Sync
            + std::panic::RefUnwindSafe
            + std::panic::UnwindSafe
            + 'static,
    {
        self.connection.create_scalar_function(name, arguments, FLAGS, run)
    }
}

/// An error that the statement ends with.
fn failed<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::UserFunctionError(message.into().into()))
}

/// The text of a value; `None` for NULL. 16 bytes are an address.
fn text_of(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into()),
        ValueRef::Real(number) => Some(double(number).into()),
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => Some(match address_of(bytes) {
            Some(address) => address.to_string().into(),
            None => String::from_utf8_lossy(bytes),
        }),
    }
}

/// The address that 16 bytes are.
pub(super) fn address_of(bytes: &[u8]) -> Option<Address> {
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| Address::of_key(u128::from_be_bytes(bytes)))
}

/// A double as Athena prints it: with an exponent from ten million on, and below a thousandth.
fn double(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{number:?}");
    }
    if !number.is_finite() {
        let word = if number.is_nan() { "NaN" } else { "Infinity" };
        return if number < 0.0 { format!("-{word}") } else { word.to_owned() };
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

/// The text of an argument.
fn text<'a>(context: &'a Context<'_>, at: usize) -> Option<Cow<'a, str>> {
    text_of(context.get_raw(at))
}

/// The number of an argument: also of a text that is one.
fn real(context: &Context<'_>, at: usize) -> Option<f64> {
    match context.get_raw(at) {
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

fn integer(context: &Context<'_>, at: usize) -> Option<i64> {
    match context.get_raw(at) {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Real(number) => Some(number as i64),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

fn is_true(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Integer(number) => number != 0,
        ValueRef::Real(number) => number != 0.0,
        ValueRef::Text(bytes) => bytes.eq_ignore_ascii_case(b"true"),
        ValueRef::Null | ValueRef::Blob(_) => false,
    }
}

fn of_text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

fn of_integer(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Value::Integer)
}

fn of_truth(truth: Option<bool>) -> Value {
    of_integer(truth.map(i64::from))
}
