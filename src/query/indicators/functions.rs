//! SQL functions that conditions on indicators and labels call, on a connection that asks for them.

use super::{EventsMet, Wanted, events_met, known};
use crate::case::index::IndexCache;
use crate::matching::Matcher;
use crate::model::{IndicatorKind, RecordId, Timestamp};
use crate::query::QueryError;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};
use std::sync::Arc;

/// Adds to a connection, each 1 or 0:
/// - `coldtrail_met(wanted, kind, value)`: does a value meet an entry, whatever the time?
/// - `coldtrail_met_at(wanted, kind, value, seconds)`: does it at the time of a flow record?
/// - `coldtrail_event_met(wanted, id, milliseconds)`: does an event meet an entry at its time?
///
/// `wanted` is a test of the filter language (`indicator = 'x'`). Kinds: `address` (the value is a key), `source` (an
/// address or a name in text, at milliseconds), `interface`, `account`, `port`.
///
/// # Errors
/// What SQLite says.
pub fn register(connection: &Connection, cache: &Arc<IndexCache>) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_met", 3, flags, move |context| {
        let matcher = matcher(context, &own)?;
        Ok(i64::from(!places(&matcher, context)?.is_empty()))
    })?;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_met_at", 4, flags, move |context| {
        let matcher = matcher(context, &own)?;
        let time = context.get_raw(3).as_i64().ok();
        let is_event = context.get_raw(1).as_str()? == "source";
        let time = time.map(|time| if is_event { Timestamp(time) } else { Timestamp::from_secs(time) });
        Ok(i64::from(places(&matcher, context)?.iter().any(|place| matcher.counts_at(*place, time))))
    })?;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_event_met", 3, flags, move |context| {
        let met = kept(context, |context| load(context, &own, events_met))?;
        let Ok(id) = context.get_raw(1).as_i64() else { return Ok(0) };
        let time = context.get_raw(2).as_i64().ok().map(Timestamp);
        let met: &EventsMet = &met;
        Ok(i64::from(met.of(RecordId(id)).iter().any(|hit| met.matcher.counts_at(hit.place, time))))
    })
}

type Load<T> = fn(&Connection, &IndexCache, &Wanted) -> std::result::Result<Arc<T>, QueryError>;

fn load<T>(context: &Context<'_>, cache: &IndexCache, load: Load<T>) -> Result<Arc<T>> {
    let text = context.get_raw(0).as_str()?;
    let failed = |error: String| Error::UserFunctionError(error.into());
    let wanted = Wanted::read(text).ok_or_else(|| failed(format!("{text} asks for no indicator and no label")))?;
    // SAFETY: the connection is used on the thread that runs the statement, and not closed.
    let connection = unsafe { context.get_connection()? };
    load(&connection, cache, &wanted).map_err(|error| failed(error.to_string()))
}

/// SQLite keeps it with the statement as long as the first argument stays the same.
fn kept<T: Send + Sync + 'static>(
    context: &Context<'_>,
    make: impl FnOnce(&Context<'_>) -> Result<Arc<T>>,
) -> Result<Arc<T>> {
    if let Some(found) = context.get_aux::<Arc<T>>(0)? {
        return Ok(Arc::clone(&*found));
    }
    let made = make(context)?;
    context.set_aux(0, Arc::clone(&made))?;
    Ok(made)
}

fn matcher(context: &Context<'_>, cache: &IndexCache) -> Result<Arc<Matcher>> {
    kept(context, |context| load(context, cache, known))
}

/// Entries that the value meets.
fn places(matcher: &Matcher, context: &Context<'_>) -> Result<Vec<u32>> {
    let mut places = Vec::new();
    let value = context.get_raw(2);
    match (context.get_raw(1).as_str()?, value) {
        ("address", ValueRef::Blob(key)) => {
            if let Ok(key) = key.try_into() {
                matcher.addresses.containing(u128::from_be_bytes(key), &mut places);
            }
        }
        ("source", ValueRef::Text(text)) => {
            let text = String::from_utf8_lossy(text);
            match crate::case::address_key(&text) {
                Some(key) => matcher.addresses.containing(u128::from_be_bytes(key), &mut places),
                None => matcher.texts.name(&text, &mut places),
            }
        }
        ("port", ValueRef::Integer(port)) => {
            places.extend(matcher.texts.equal(IndicatorKind::Port, &port.to_string()));
        }
        (kind @ ("interface" | "account"), ValueRef::Text(text)) => {
            let kind = if kind == "account" { IndicatorKind::Account } else { IndicatorKind::Interface };
            places.extend(matcher.texts.equal(kind, &String::from_utf8_lossy(text)));
        }
        _ => {}
    }
    Ok(places)
}
