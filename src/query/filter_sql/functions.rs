//! SQL functions that conditions call.

#![expect(unsafe_code, reason = "rusqlite's get_connection is unsafe: the connection must not outlive the call")]

use crate::case::CaseReader;
use crate::case::event_json::EventTexts;
use crate::case::index::IndexCache;
use crate::case::uuid;
use crate::filter::{Step, eval, json, pattern};
use crate::model::RecordId;
use crate::query::{Actors, Cancel, event_source, indicators, lineage, sigma};
use regex::Regex;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// Makes a reader's connection ready for conditions; done once for each.
///
/// # Errors
/// What SQLite says.
pub(crate) fn prepare(reader: &CaseReader) -> Result<()> {
    if reader.prepared.get().is_none() {
        register_functions(&reader.conn, &reader.cache)?;
        // Nobody else sets it: a second thread would have a reader of its own.
        let _ = reader.prepared.set(());
    }
    Ok(())
}

/// Adds to a connection `coldtrail_matches(pattern, value)`: 1 where the regular expression is found in the value's
/// text, NULL for NULL; `coldtrail_uuid(bytes)`: the text of a UUID, NULL for what is none; `coldtrail_millis(text)`: an ISO 8601 time in milliseconds UTC, NULL for what is none;
/// `coldtrail_json_values(json, steps)`: a list of the values that a path leads to; `coldtrail_inside(json, steps)`: their
/// text, NULL without any; `coldtrail_event_json(id)`: an event's own JSON, NULL where there is none;
/// `coldtrail_lineage(id, field)`: who acted in the event. Besides, those of indicators and labels, and of Sigma rules.
///
/// # Errors
/// What SQLite says.
pub(super) fn register_functions(connection: &Connection, cache: &Arc<IndexCache>) -> Result<()> {
    indicators::functions::register(connection, cache)?;
    sigma::functions::register(connection, cache)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("coldtrail_matches", 2, flags, matches)?;
    connection.create_scalar_function("coldtrail_millis", 1, flags, |context| {
        Ok(text_of(context.get_raw(0)).and_then(|text| eval::written_millis(&text)))
    })?;
    connection.create_scalar_function("coldtrail_uuid", 1, flags, |context| {
        Ok(context.get_raw(0).as_blob().ok().and_then(uuid::text))
    })?;
    connection.create_scalar_function("coldtrail_json_values", 2, flags, json_values)?;
    connection.create_scalar_function("coldtrail_inside", 2, flags, inside)?;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_lineage", 2, flags, move |context| who_acted(context, &own))?;
    let texts = Mutex::new(EventTexts::default());
    connection.create_scalar_function("coldtrail_event_json", 1, flags, move |context| event_json(context, &texts))
}

fn event_json(context: &Context<'_>, texts: &Mutex<EventTexts>) -> Result<Option<String>> {
    let Ok(id) = context.get_raw(0).as_i64() else { return Ok(None) };
    let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the connection is used on the thread that runs the statement, and not closed.
    let connection = unsafe { context.get_connection()? };
    let found = texts.get(&connection, RecordId(id)).map(|text| text.map(str::to_owned));
    found.map_err(|error| Error::UserFunctionError(error.to_string().into()))
}

fn who_acted(context: &Context<'_>, cache: &IndexCache) -> Result<Option<String>> {
    // SQLite keeps it with the statement, because the field is a constant.
    let actors = match context.get_aux::<Arc<Actors>>(1)? {
        Some(found) => Arc::clone(&*found),
        None => {
            // SAFETY: the connection is used on the thread that runs the statement, and not closed.
            let connection = unsafe { context.get_connection()? };
            // Whoever stops the statement stops the statements in it.
            let actors = lineage::actors(&connection, cache, &Cancel::default());
            let actors = actors.map_err(|error| Error::UserFunctionError(error.to_string().into()))?;
            context.set_aux(1, Arc::clone(&actors))?;
            actors
        }
    };
    let Ok(id) = context.get_raw(0).as_i64() else { return Ok(None) };
    let name = context.get_raw(1).as_str()?;
    Ok(actors.of(RecordId(id)).and_then(|acted| acted.named(name)).map(str::to_owned))
}

/// The steps of a path in the second argument, which SQLite keeps as long as it stays the same.
fn steps(context: &Context<'_>) -> Result<Arc<Vec<Step>>> {
    let steps = context.get_or_create_aux(
        1,
        |value| -> std::result::Result<Vec<Step>, Box<dyn std::error::Error + Send + Sync>> {
            super::json::steps_of(value.as_str()?).ok_or_else(|| "no steps of a path".into())
        },
    );
    steps.map_err(|error| Error::UserFunctionError(error.to_string().into()))
}

fn inside(context: &Context<'_>) -> Result<Option<String>> {
    let steps = steps(context)?;
    Ok(text_of(context.get_raw(0)).and_then(|json| event_source::inside(&json, &steps)))
}

fn json_values(context: &Context<'_>) -> Result<Option<String>> {
    let steps = steps(context)?;
    let list = |json: &str| {
        let values = json::values(json, &steps);
        format!("[{}]", values.into_iter().map(RawValue::get).collect::<Vec<_>>().join(","))
    };
    Ok(text_of(context.get_raw(0)).map(|json| list(&json)))
}

fn matches(context: &Context<'_>) -> Result<Option<bool>> {
    // SQLite keeps the compiled pattern as long as the parameter stays the same.
    let regex =
        context.get_or_create_aux(0, |value| -> std::result::Result<Regex, Box<dyn std::error::Error + Send + Sync>> {
            pattern::regex(value.as_str()?).map_err(Into::into)
        });
    let regex = regex.map_err(|error| Error::UserFunctionError(error.to_string().into()))?;
    Ok(text_of(context.get_raw(1)).map(|text| regex.is_match(&text)))
}

/// `None` for NULL; bytes that are not UTF-8 are replaced.
fn text_of(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into()),
        ValueRef::Real(number) => Some(number.to_string().into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}
