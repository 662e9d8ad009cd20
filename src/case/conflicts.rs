//! Copies of one event that contradict each other: which of their fields say something else.
//!
//! A copy that merely tells less is no conflict, and neither is another spelling of the same value.

use super::dictionary::address_key;
use super::error::CaseError;
use super::schema;
use crate::ingest::cloudtrail::time;
use crate::model::batch::Completeness;
use crate::model::{EventRow, FieldId, Home, ImportWarning, Kind, Reason, RecordId, field};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::LazyLock;

/// An occurrence that contradicts the first occurrence of its eventID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    pub id: RecordId,
    pub other: RecordId,
    /// Names of the fields that differ.
    pub fields: Vec<&'static str>,
    pub event_id: String,
}

impl Conflict {
    /// The remark that its evidence file gets.
    pub(super) fn warning(&self) -> ImportWarning {
        let Self { id, other, fields, event_id } = self;
        let fields = fields.join(", ");
        let detail =
            format!("event {id} and event {other} have the eventID {event_id} and differ in {fields}; both are kept");
        ImportWarning::file(Reason::ConflictingCopy, detail)
    }
}

/// Contents of one eventID that a further copy is compared with. What is behind them is kept as an event of its own.
pub(super) const MOST_CONTENTS: usize = 64;

/// A field, and its place among an event's columns.
type ComparedColumn = (usize, FieldId);

/// Reads the occurrence that stands for an event, and its tuple where that is another than the copy's.
struct Statements {
    event: String,
    event_columns: Vec<ComparedColumn>,
    call: String,
    call_columns: Vec<ComparedColumn>,
}

static STATEMENTS: LazyLock<Statements> = LazyLock::new(|| {
    let of = |is_call: bool| -> Vec<ComparedColumn> {
        // What is derived says nothing that the other fields do not.
        let own = field::event_columns().enumerate().filter(|(_, f)| f.home != Home::Derived);
        own.filter(|(_, f)| matches!(f.home, Home::Call(_)) == is_call).collect()
    };
    let names =
        |columns: &[ComparedColumn]| columns.iter().map(|(_, f)| schema::column(*f)).collect::<Vec<_>>().join(", ");
    let (event_columns, call_columns) = (of(false), of(true));
    Statements {
        event: format!(
            "SELECT completeness, call_id, time_millis, {} FROM event
             WHERE id = ifnull((SELECT best_id FROM event_choice WHERE event_key = ?1), ?1)",
            names(&event_columns)
        ),
        call: format!("SELECT {} FROM call WHERE call_id = ?1", names(&call_columns)),
        event_columns,
        call_columns,
    }
});

/// What a copy is, beside the contents that its eventID has already.
pub(super) enum Beside {
    /// It says the same as the content with this key, or less, or more.
    CopyOf(i64),
    /// It contradicts each of them; these are the fields that differ from the first.
    Contradicts(Vec<&'static str>),
}

/// Compares a copy with the contents that are known; the first of them is that of the eventID's first occurrence.
pub(super) fn compare(
    conn: &Connection,
    contents: impl Iterator<Item = i64>,
    event: &EventRow<'_>,
    call: u32,
) -> Result<Beside, CaseError> {
    let mut from_first = None;
    for content in contents.take(MOST_CONTENTS) {
        let fields = differing(conn, content, event, call)?;
        if fields.is_empty() {
            return Ok(Beside::CopyOf(content));
        }
        from_first.get_or_insert(fields);
    }
    Ok(Beside::Contradicts(from_first.unwrap_or_default()))
}

/// Names of the fields in which a copy contradicts the content with this key, in AWS's order.
fn differing(conn: &Connection, content: i64, event: &EventRow<'_>, call: u32) -> Result<Vec<&'static str>, CaseError> {
    let known = &*STATEMENTS;
    let mut found: Vec<ComparedColumn> = Vec::new();
    let mut statement = conn.prepare_cached(&known.event)?;
    let mut rows = statement.query(params![content])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let (completeness, known_call): (i64, u32) = (row.get(0)?, row.get(1)?);
    let least = completeness.min(event.completeness as i64);
    if !same_time(row.get(2)?, event.time_millis, least) {
        let is_time = |(_, field): &&ComparedColumn| field.name == "event_time";
        found.extend(known.event_columns.iter().find(is_time));
    }
    compare_columns(row, 3, &known.event_columns, event, least, &mut found)?;
    if known_call != call {
        let mut statement = conn.prepare_cached(&known.call)?;
        let mut rows = statement.query(params![known_call])?;
        if let Some(row) = rows.next()? {
            compare_columns(row, 0, &known.call_columns, event, least, &mut found)?;
        }
    }
    found.sort_by_key(|(place, _)| *place);
    let below_identity = |field: FieldId| field.event_path().is_some_and(|path| path.starts_with("userIdentity."));
    if found.iter().any(|(_, field)| below_identity(*field)) {
        // What differs in it has been named.
        found.retain(|(_, field)| field.name != "user_identity");
    }
    Ok(found.into_iter().map(|(_, field)| field.name()).collect())
}

fn compare_columns(
    row: &Row<'_>,
    first: usize,
    columns: &[ComparedColumn],
    event: &EventRow<'_>,
    least: i64,
    found: &mut Vec<ComparedColumn>,
) -> Result<(), CaseError> {
    for (index, (place, field)) in columns.iter().enumerate() {
        let Some(new) = event.columns.get(*place) else { continue };
        let old = match row.get_ref(first + index)? {
            ValueRef::Text(text) => std::str::from_utf8(text).unwrap_or_default(),
            ValueRef::Integer(0) => "false",
            ValueRef::Integer(_) => "true",
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => continue,
        };
        if is_compared(*field, least) && !same(field.kind, old, new) {
            found.push((*place, *field));
        }
    }
    Ok(())
}

/// The console and query engines write some values in their own way: another name of who it was, resources and structs
/// in another form. `least` is the completeness of the copy that tells less.
fn is_compared(field: FieldId, least: i64) -> bool {
    match field.name() {
        // By its number.
        "event_time" => false,
        "user_identity_user_name" => least >= Completeness::Full as i64,
        _ => field.kind != Kind::Json || least >= Completeness::Full as i64,
    }
}

/// The console may show local time, and query engines cut off fractions of a second.
fn same_time(old: Option<i64>, new: Option<i64>, least: i64) -> bool {
    let (Some(old), Some(new)) = (old, new) else { return true };
    if least >= Completeness::Full as i64 {
        return old == new;
    }
    least < Completeness::QueryCsv as i64 || old.div_euclid(1000) == new.div_euclid(1000)
}

/// Do two texts of a column say the same, or does one of them say nothing?
fn same(kind: Kind, old: &str, new: &str) -> bool {
    old == new
        || says_nothing(old)
        || says_nothing(new)
        || match kind {
            Kind::Address => address_key(old).is_some_and(|key| address_key(new) == Some(key)),
            Kind::Json => match (serde_json::from_str(old), serde_json::from_str(new)) {
                (Ok(old), Ok(new)) => same_json(&old, &new),
                _ => false,
            },
            _ => same_text(old, new),
        }
}

fn says_nothing(text: &str) -> bool {
    matches!(text.trim(), "" | "null" | "{}" | "[]")
}

/// Two texts of one value: truth, a number or a time in another form.
fn same_text(old: &str, new: &str) -> bool {
    old == new || same_truth(old, new) || same_number(old.trim(), new.trim()) || same_instant(old, new)
}

fn same_truth(old: &str, new: &str) -> bool {
    let is_truth = |text: &str| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    is_truth(old) && old.eq_ignore_ascii_case(new)
}

fn same_number(old: &str, new: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(old) && digits(new) {
        return old.trim_start_matches('0') == new.trim_start_matches('0');
    }
    // As many digits as a number with a fraction holds exactly.
    const EXACT: usize = 17;
    let number = |text: &str| -> Option<f64> {
        let begins = text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        (begins && text.len() <= EXACT).then(|| text.parse().ok()).flatten()
    };
    number(old).is_some_and(|old| number(new) == Some(old))
}

fn same_instant(old: &str, new: &str) -> bool {
    let dated = |text: &str| text.as_bytes().get(4) == Some(&b'-') && text.len() < 64;
    let millis = |text: &str| dated(text).then(|| time::millis(text)).flatten();
    millis(old).is_some_and(|old| millis(new) == Some(old))
}

/// Members in any order, absent or empty; JSON in a text or as it is.
fn same_json(old: &Value, new: &Value) -> bool {
    let (old, new) = (unwrapped(old), unwrapped(new));
    match (&*old, &*new) {
        (Value::Object(old), Value::Object(new)) => {
            let of =
                |value: Option<&Value>, other: &Value| value.map_or_else(|| is_empty(other), |v| same_json(v, other));
            old.iter().all(|(name, value)| of(new.get(name), value))
                && new.iter().all(|(name, value)| old.contains_key(name) || is_empty(value))
        }
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_json(old, new))
        }
        (old, new) if is_empty(old) || is_empty(new) => is_empty(old) && is_empty(new),
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => false,
        (old, new) => same_text(&scalar(old), &scalar(new)),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A text that holds an object or a list as that.
fn unwrapped(value: &Value) -> Cow<'_, Value> {
    if let Value::String(text) = value
        && text.trim_start().starts_with(['{', '['])
        && let Ok(inner) = serde_json::from_str(text)
    {
        return Cow::Owned(inner);
    }
    Cow::Borrowed(value)
}

fn scalar(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_are_the_same_and_other_values_are_not() {
        for (kind, old, new, expected) in [
            (Kind::Text, "RunInstances", "RunInstances", true),
            (Kind::Text, "RunInstances", "StopInstances", false),
            (Kind::Text, "RunInstances", "runinstances", false),
            (Kind::Text, "012345678901", "12345678901", true),
            (Kind::Text, "123456789012345678901", "123456789012345678902", false),
            (Kind::Text, "AccessDenied", "", true),
            (Kind::Boolean, "true", "True", true),
            (Kind::Boolean, "true", "false", false),
            (Kind::Address, "2001:db8::1", "2001:DB8:0:0::1", true),
            (Kind::Address, "10.0.0.1", "10.0.0.2", false),
            (Kind::Address, "ec2.amazonaws.com", "s3.amazonaws.com", false),
            (Kind::Time, "2021-05-16T07:50:00Z", "2021-05-16T16:50:00.000+09:00", true),
            (Kind::Time, "2021-05-16T07:50:00Z", "2021-05-16T07:50:01Z", false),
            (Kind::Json, r#"{"a":1,"b":[true]}"#, r#"{ "b": ["true"], "a": "1" }"#, true),
            (Kind::Json, r#"{"a":{"b":1.0}}"#, r#""{\"a\":\"{\\\"b\\\":1}\"}""#, true),
            (Kind::Json, r#"{"a":1,"b":null,"c":{},"d":{"e":[]}}"#, r#"{"a":1}"#, true),
            (Kind::Json, r#"{"at":"2021-05-16T07:50:00Z"}"#, r#"{"at":"2021-05-16 07:50:00.000"}"#, true),
            (Kind::Json, r#"{"a":1,"b":2}"#, r#"{"a":1}"#, false),
            (Kind::Json, r#"{"a":1}"#, r#"{"a":2}"#, false),
            (Kind::Json, r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#, false),
            (Kind::Json, r#"{"a":{"b":1}}"#, r#"{"a":"b"}"#, false),
            (Kind::Json, r#"{"a":1}"#, "{}", true),
        ] {
            assert_eq!(same(kind, old, new), expected, "{old} {new}");
            assert_eq!(same(kind, new, old), expected, "{new} {old}");
        }
    }

    #[test]
    fn times_are_compared_as_exactly_as_the_copies_write_them() {
        let [console, query, full] = [Completeness::ConsoleCsv16, Completeness::QueryCsv, Completeness::Full];
        for (least, new, expected) in [
            (console, Some(3_600_000), true),
            (query, Some(999), true),
            (query, Some(1000), false),
            (full, Some(999), false),
            (full, Some(0), true),
            (full, None, true),
        ] {
            assert_eq!(same_time(Some(0), new, least as i64), expected, "{least:?} {new:?}");
        }
    }
}
