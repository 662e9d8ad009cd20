//! The SQL function that conditions on Sigma rules call.

#![expect(unsafe_code, reason = "rusqlite's get_connection is unsafe: the connection must not outlive the call")]

use super::{WantedRules, found};
use crate::case::index::IndexCache;
use crate::model::RecordId;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Error, Result};
use std::sync::Arc;

/// Adds to a connection `coldtrail_sigma(wanted, id)`: 1 where an event matches a rule that passes, else 0. `wanted` is a
/// test of the filter language (`sigma = 'x'`).
///
/// # Errors
/// What SQLite says.
pub(crate) fn register(connection: &Connection, cache: &Arc<IndexCache>) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_sigma", 2, flags, move |context| {
        // SQLite keeps it with the statement as long as the first argument stays the same.
        let events = match context.get_aux::<Arc<Vec<RecordId>>>(0)? {
            Some(events) => Arc::clone(&*events),
            None => {
                let events = Arc::new(events(context, &own)?);
                context.set_aux(0, Arc::clone(&events))?;
                events
            }
        };
        let Ok(id) = context.get_raw(1).as_i64() else { return Ok(0) };
        Ok(i64::from(events.binary_search(&RecordId(id)).is_ok()))
    })
}

fn events(context: &Context<'_>, cache: &IndexCache) -> Result<Vec<RecordId>> {
    let text = context.get_raw(0).as_str()?;
    let failed = |error: String| Error::UserFunctionError(error.into());
    let wanted = WantedRules::read(text).ok_or_else(|| failed(format!("{text} asks for no Sigma rule")))?;
    // SAFETY: the connection is used on the thread that runs the statement, and not closed.
    let connection = unsafe { context.get_connection()? };
    let found = found(&connection, cache).map_err(|error| failed(error.to_string()))?;
    wanted.events(&found).map_err(|error| failed(error.to_string()))
}
