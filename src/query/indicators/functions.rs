//! SQL functions that conditions on indicators and labels call, on a connection that asks for them.

#![expect(unsafe_code, reason = "rusqlite's get_connection is unsafe: the connection must not outlive the call")]

use super::{EventHit, EventsMet, Wanted, events_met, hit_told, known};
use crate::case::index::IndexCache;
use crate::matching::{FlowValues, InFlows, Matcher};
use crate::model::{Dataset, IndicatorKind, RecordId, Timestamp};
use crate::query::QueryError;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};
use std::sync::Arc;

/// Adds to a connection, each 1 or 0:
/// - `coldtrail_met(wanted, kind, value)`: does a value match an entry, whatever the time?
/// - `coldtrail_met_at(wanted, kind, value, seconds)`: does it at the time of a flow record?
/// - `coldtrail_event_met(wanted, id, milliseconds, field)`: does an event match an entry at its time, in this field
///   or, without one, anywhere?
/// - `coldtrail_bound(wanted)`: are there entries that are matched with others only? The three before say nothing of
///   those, but for events.
/// - `coldtrail_flow_met(wanted, sides, source, destination, packet's source, packet's destination, interface, account,
///   source port, destination port, seconds)`: does a flow record match one of those with the rest of its pattern, as
///   one of these sides (0 to 3) or, without any, as anything?
///
/// `wanted` is a test of the filter language (`indicator = 'x'`). Kinds: `address` (the value is a key), `source` (an
/// address or a name in text, at milliseconds), `interface`, `account`, `port`.
///
/// # Errors
/// What SQLite says.
pub(crate) fn register(connection: &Connection, cache: &Arc<IndexCache>) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_met", 3, flags, move |context| {
        let matcher = matcher(context, &own)?;
        Ok(i64::from(places(&matcher, context)?.iter().any(|place| is_alone(&matcher, *place))))
    })?;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_met_at", 4, flags, move |context| {
        let matcher = matcher(context, &own)?;
        let time = context.get_raw(3).as_i64().ok();
        let is_event = context.get_raw(1).as_str()? == "source";
        let time = time.map(|time| if is_event { Timestamp(time) } else { Timestamp::from_secs(time) });
        let counts = |place: &u32| is_alone(&matcher, *place) && matcher.counts_at(*place, time);
        Ok(i64::from(places(&matcher, context)?.iter().any(counts)))
    })?;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_bound", 1, flags, move |context| {
        Ok(i64::from(!matcher(context, &own)?.patterns.is_empty()))
    })?;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_flow_met", 11, flags, move |context| {
        Ok(i64::from(flow_met(&*matcher(context, &own)?, context)?))
    })?;
    let own = Arc::clone(cache);
    connection.create_scalar_function("coldtrail_event_met", 4, flags, move |context| {
        let met = kept(context, |context| load(context, &own, events_met))?;
        let Ok(id) = context.get_raw(1).as_i64() else { return Ok(0) };
        let time = context.get_raw(2).as_i64().ok().map(Timestamp);
        let met: &EventsMet = &met;
        let field = context.get_raw(3).as_str_or_null()?;
        let hits = met.of(RecordId(id));
        let counts = |hit: &EventHit| {
            field.is_none_or(|field| hit.at.name() == field) && hit_told(&met.matcher, hit, hits, time) == Some(true)
        };
        Ok(i64::from(hits.iter().any(counts)))
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

/// Is a value enough to meet it?
fn is_alone(matcher: &Matcher, place: u32) -> bool {
    matches!(matcher.in_flows(place), InFlows::Always | InFlows::Sometimes)
}

fn flow_met(matcher: &Matcher, context: &Context<'_>) -> Result<bool> {
    let key = |at: usize| match context.get_raw(at) {
        ValueRef::Blob(key) => key.try_into().ok().map(u128::from_be_bytes),
        _ => None,
    };
    let number = |at: usize| context.get_raw(at).as_i64().ok();
    let values = FlowValues {
        addresses: [key(2), key(3), key(4), key(5)],
        interface: context.get_raw(6).as_str_or_null()?.unwrap_or_default(),
        account: context.get_raw(7).as_str_or_null()?.unwrap_or_default(),
        ports: [number(8), number(9)],
    };
    let found = matcher.of_flow(&values);
    let met: Vec<u32> = found.iter().flat_map(|(_, places)| places).copied().collect();
    let sides = context.get_raw(1).as_str_or_null()?;
    let is_asked = |at: usize| sides.is_none_or(|sides| sides.contains(&at.to_string()));
    let time = number(10).map(Timestamp::from_secs);
    let counts = |place: &u32| {
        matcher.patterns.is_bound(*place, Dataset::Flows) && matcher.counts(*place, Dataset::Flows, time, &met)
    };
    Ok(found.iter().zip(0..).any(|((_, places), at)| is_asked(at) && places.iter().any(counts)))
}

/// Entries that the value matches.
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
