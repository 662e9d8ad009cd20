//! The entries that are searched for, out of the case, ready to be matched; kept as long as no list changes.

use super::Wanted;
use super::stored::{revision_of, validity_of};
use crate::case::CaseReader;
use crate::case::index::IndexCache;
use crate::matching::{Known, Matcher};
use crate::model::{IndicatorKind, KeySpan, PatternPart, Purpose, TimeRange, Timestamp};
use crate::query::QueryError;
use rusqlite::{Connection, Row};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The entries of a catalogue that are searched for, in the order of their numbers.
///
/// # Errors
/// What SQLite says, or a pattern that is not valid.
pub(crate) fn known(conn: &Connection, cache: &IndexCache, wanted: &Wanted) -> Result<Arc<Matcher>, QueryError> {
    let name = format!("known {}", wanted.text());
    cache.derived(&name, revision_of(conn)?, || {
        let matcher = Matcher::new(&load(conn, wanted, Purpose::KnownBad)?).map_err(QueryError::Filter)?;
        let bytes = matcher.bytes();
        Ok((matcher, bytes))
    })
}

/// The entries of warning lists: what is well known.
///
/// # Errors
/// What SQLite says.
pub fn well_known(reader: &CaseReader) -> Result<Arc<Matcher>, QueryError> {
    reader.cache.derived("well known", revision_of(&reader.conn)?, || {
        let matcher = Matcher::new(&load(&reader.conn, &Wanted::EVERY, Purpose::WellKnown)?);
        let matcher = matcher.map_err(QueryError::Filter)?;
        let bytes = matcher.bytes();
        Ok((matcher, bytes))
    })
}

const ENTRIES: &str = "SELECT e.entry_id, e.kind, e.value, e.first_key, e.last_key, e.valid_from, e.valid_to,
    e.written, e.name, e.list_id
  FROM indicator_entry e JOIN indicator_list l ON l.list_id = e.list_id
  WHERE l.purpose = ? AND l.enabled AND e.enabled AND l.removed_utc IS NULL AND e.removed_utc IS NULL
  ORDER BY e.entry_id";

const LABELS: &str = "SELECT label_id, kind, value, first_key, last_key, NULL, NULL, NULL, name, 0
  FROM label WHERE removed_utc IS NULL AND ? <> '' ORDER BY label_id";

fn load(conn: &Connection, wanted: &Wanted, purpose: Purpose) -> Result<Vec<Known>, QueryError> {
    let test = wanted.check().map(|_| wanted.test()).transpose()?;
    let honour = validity_of(conn)?;
    let is_label = matches!(wanted, Wanted::Labels(_));
    let mut lists: Vec<(i64, bool)> = Vec::new();
    if let Some(test) = &test {
        let mut statement = conn.prepare("SELECT list_id, name FROM indicator_list")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            lists.push((row.get(0)?, test.passes(row.get_ref(1)?.as_str().unwrap_or_default())));
        }
    }
    let mut statement = conn.prepare(if is_label { LABELS } else { ENTRIES })?;
    let mut rows = statement.query([purpose.code()])?;
    let parts = if is_label { FxHashMap::default() } else { parts(conn)? };
    let (mut list, mut others) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let Some(kind) = row.get_ref(1)?.as_str().ok().and_then(IndicatorKind::from_code) else { continue };
        if let Some(test) = &test {
            let passes = |column: usize| -> Result<bool, QueryError> {
                Ok(row.get_ref(column)?.as_str().is_ok_and(|text| test.passes(text)))
            };
            let of_list = lists.contains(&(row.get(9)?, true));
            // A label is asked for by its name alone.
            let passed = if is_label { passes(8)? } else { of_list || passes(2)? || passes(7)? || passes(8)? };
            if !passed {
                // Patterns of entries that are asked for may need it.
                if let Some(part) = parts.get(&row.get(0)?) {
                    others.push(Known { part: Some(*part), wanted: false, ..entry(row, kind, honour)? });
                }
                continue;
            }
        }
        let known = entry(row, kind, honour)?;
        list.push(Known { part: parts.get(&known.id).copied(), ..known });
    }
    list.append(&mut others);
    Ok(list)
}

/// Of entries, what they are matched with.
fn parts(conn: &Connection) -> Result<FxHashMap<i64, PatternPart>, QueryError> {
    let mut statement = conn.prepare_cached("SELECT entry_id, pattern, part FROM indicator_part")?;
    let parts = statement.query_map([], |r| Ok((r.get(0)?, PatternPart { pattern: r.get(1)?, part: r.get(2)? })))?;
    Ok(parts.collect::<Result<_, _>>()?)
}

fn entry(row: &Row<'_>, kind: IndicatorKind, honour: bool) -> Result<Known, QueryError> {
    let time = |column: usize| -> Result<Option<Timestamp>, QueryError> {
        Ok(row.get::<_, Option<i64>>(column)?.filter(|_| honour).map(Timestamp))
    };
    let is_address = matches!(kind, IndicatorKind::Address | IndicatorKind::Range);
    let value = if is_address { "" } else { row.get_ref(2)?.as_str().unwrap_or_default() };
    Ok(Known {
        id: row.get(0)?,
        list: row.get(9)?,
        kind,
        value: value.into(),
        span: span(row, 3)?,
        valid: TimeRange { from: time(5)?, to: time(6)? },
        part: None,
        wanted: true,
    })
}

/// First and last key, the last only where it differs.
pub(super) fn span(row: &Row<'_>, column: usize) -> Result<Option<KeySpan>, QueryError> {
    let key = |column: usize| -> Result<Option<u128>, QueryError> {
        let bytes = row.get_ref(column)?.as_blob_or_null().ok().flatten();
        Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(u128::from_be_bytes))
    };
    let Some(first) = key(column)? else { return Ok(None) };
    Ok(Some(KeySpan { first, last: key(column + 1)?.unwrap_or(first) }))
}
