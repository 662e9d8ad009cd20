//! Functions of texts, and patterns.

use super::{Registry, failed, integer, of_integer, of_text, of_truth, text, text_of};
use crate::filter::pattern;
use regex::Regex;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Error, Result};
use std::cmp::Ordering;
use std::sync::Arc;

/// Characters at most that lpad and rpad give.
const MOST_PADDED: usize = 1 << 20;

pub(super) fn register(on: &Registry<'_>) -> Result<()> {
    on.scalar("like", 2, |context| {
        let (Some(pattern), Some(value)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        Ok(of_truth(Some(like(&pattern, &value, None))))
    })?;
    on.scalar("like", 3, |context| {
        let (Some(pattern), Some(value), Some(escape)) = (text(context, 0), text(context, 1), text(context, 2)) else {
            return Ok(Value::Null);
        };
        let mut characters = escape.chars();
        match (characters.next(), characters.next()) {
            (Some(escape), None) => Ok(of_truth(Some(like(&pattern, &value, Some(escape))))),
            _ => failed("ESCAPE needs one character"),
        }
    })?;
    on.scalar("concat", -1, |context| {
        let parts: Option<Vec<_>> = (0..context.len()).map(|at| text(context, at)).collect();
        Ok(of_text(parts.map(|parts| parts.concat())))
    })?;
    on.scalar("greatest", -1, |context| Ok(extreme(context, Ordering::Greater)))?;
    on.scalar("least", -1, |context| Ok(extreme(context, Ordering::Less)))?;
    on.scalar("split_part", 3, |context| {
        let (Some(of), Some(by), Some(index)) = (text(context, 0), text(context, 1), integer(context, 2)) else {
            return Ok(Value::Null);
        };
        match usize::try_from(index) {
            Ok(index) if index > 0 => Ok(of_text(split(&of, &by).get(index - 1).map(|part| (*part).to_owned()))),
            _ => failed("the index of split_part is at least 1"),
        }
    })?;
    on.scalar("split", 2, |context| {
        let (Some(of), Some(by)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        Ok(of_text(serde_json::to_string(&split(&of, &by)).ok()))
    })?;
    on.scalar("strpos", 2, |context| {
        let (Some(of), Some(part)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        let at = of.find(part.as_ref()).map_or(0, |at| of.get(..at).map_or(0, |before| before.chars().count()) + 1);
        Ok(of_integer(i64::try_from(at).ok()))
    })?;
    on.scalar("starts_with", 2, |context| {
        let (Some(of), Some(part)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        Ok(of_truth(Some(of.starts_with(part.as_ref()))))
    })?;
    on.scalar("reverse", 1, |context| Ok(of_text(text(context, 0).map(|text| text.chars().rev().collect()))))?;
    on.scalar("chr", 1, |context| {
        let code = integer(context, 0).and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
        Ok(of_text(code.map(String::from)))
    })?;
    on.scalar("lpad", 3, |context| Ok(padded(context, true)))?;
    on.scalar("rpad", 3, |context| Ok(padded(context, false)))?;
    patterns(on)
}

fn patterns(on: &Registry<'_>) -> Result<()> {
    on.scalar("regexp_like", 2, |context| {
        let Some((of, regex)) = searched(context)? else { return Ok(Value::Null) };
        Ok(of_truth(Some(regex.is_match(&of))))
    })?;
    for arguments in [2, 3] {
        on.scalar("regexp_extract", arguments, |context| {
            let Some((of, regex)) = searched(context)? else { return Ok(Value::Null) };
            let group = if context.len() > 2 { integer(context, 2) } else { Some(0) };
            let Some(group) = group.and_then(|group| usize::try_from(group).ok()) else { return Ok(Value::Null) };
            if group >= regex.captures_len() {
                return failed(format!("the pattern has no group {group}"));
            }
            let found = regex.captures(&of).and_then(|captures| captures.get(group));
            Ok(of_text(found.map(|found| found.as_str().to_owned())))
        })?;
        on.scalar("regexp_replace", arguments, |context| {
            let Some((of, regex)) = searched(context)? else { return Ok(Value::Null) };
            let with = if context.len() > 2 { text(context, 2) } else { Some("".into()) };
            Ok(of_text(with.map(|with| regex.replace_all(&of, numbered(&with).as_str()).into_owned())))
        })?;
    }
    Ok(())
}

/// `$1x` means group 1 and an x, as in Java.
fn numbered(with: &str) -> String {
    let mut text = String::new();
    let mut rest = with;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        let digits = after.get(1..).unwrap_or_default();
        let len = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        text.push_str(before);
        match len {
            0 => text.push('$'),
            _ => text.push_str(&format!("${{{}}}", digits.get(..len).unwrap_or_default())),
        }
        rest = digits.get(len..).unwrap_or_default();
    }
    text + rest
}

fn searched(context: &Context<'_>) -> Result<Option<(String, Arc<Regex>)>> {
    let (Some(of), Some(_)) = (text(context, 0), text(context, 1)) else { return Ok(None) };
    // SQLite keeps the compiled pattern as long as the argument stays the same.
    let regex =
        context.get_or_create_aux(1, |value| -> std::result::Result<Regex, Box<dyn std::error::Error + Send + Sync>> {
            let written = text_of(value).unwrap_or_default();
            pattern::regex(&written).map_err(|reason| format!("the pattern {written} cannot be used: {reason}").into())
        });
    let regex = regex.map_err(|error| Error::UserFunctionError(error.to_string().into()))?;
    Ok(Some((of.into_owned(), regex)))
}

fn split<'a>(of: &'a str, by: &str) -> Vec<&'a str> {
    if by.is_empty() { vec![of] } else { of.split(by).collect() }
}

fn padded(context: &Context<'_>, left: bool) -> Value {
    let (Some(of), Some(size), Some(with)) = (text(context, 0), integer(context, 1), text(context, 2)) else {
        return Value::Null;
    };
    let size = usize::try_from(size).unwrap_or(0).min(MOST_PADDED);
    let length = of.chars().count();
    if length >= size {
        return Value::Text(of.chars().take(size).collect());
    }
    let padding: String = with.chars().cycle().take(if with.is_empty() { 0 } else { size - length }).collect();
    Value::Text(if left { format!("{padding}{of}") } else { format!("{of}{padding}") })
}

/// The greatest or least argument; NULL where one is.
fn extreme(context: &Context<'_>, wanted: Ordering) -> Value {
    let mut best: Option<ValueRef<'_>> = None;
    for at in 0..context.len() {
        let value = context.get_raw(at);
        if value == ValueRef::Null {
            return Value::Null;
        }
        if best.is_none_or(|best| compared(value, best) == wanted) {
            best = Some(value);
        }
    }
    best.and_then(|value| Value::try_from(value).ok()).unwrap_or(Value::Null)
}

/// The order of two values: numbers, then texts, then addresses.
pub(super) fn compared(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    let rank = |value: &ValueRef<'_>| match value {
        ValueRef::Null => 0,
        ValueRef::Integer(_) | ValueRef::Real(_) => 1,
        ValueRef::Text(_) => 2,
        ValueRef::Blob(_) => 3,
    };
    let number = |value: ValueRef<'_>| match value {
        ValueRef::Integer(number) => number as f64,
        ValueRef::Real(number) => number,
        _ => 0.0,
    };
    match (a, b) {
        (ValueRef::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
        (ValueRef::Text(a), ValueRef::Text(b)) | (ValueRef::Blob(a), ValueRef::Blob(b)) => a.cmp(b),
        _ => rank(&a).cmp(&rank(&b)).then(number(a).total_cmp(&number(b))),
    }
}

/// Does a text match a pattern of LIKE? Upper and lower case differ.
fn like(pattern: &str, value: &str, escape: Option<char>) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Item {
        Any,
        One,
        Is(char),
    }
    let mut items = Vec::new();
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        items.push(match c {
            c if escape == Some(c) => Item::Is(characters.next().unwrap_or(c)),
            '%' => Item::Any,
            '_' => Item::One,
            c => Item::Is(c),
        });
    }
    let value: Vec<char> = value.chars().collect();
    let (mut at, mut item, mut again) = (0, 0, None);
    while at < value.len() {
        match items.get(item) {
            Some(Item::Any) => {
                again = Some((at, item));
                item += 1;
                continue;
            }
            Some(Item::One) => {
                (at, item) = (at + 1, item + 1);
                continue;
            }
            Some(Item::Is(c)) if value.get(at) == Some(c) => {
                (at, item) = (at + 1, item + 1);
                continue;
            }
            _ => {}
        }
        // The last % takes one character more.
        let Some((from, any)) = again else { return false };
        again = Some((from + 1, any));
        (at, item) = (from + 1, any + 1);
    }
    items.get(item..).unwrap_or_default().iter().all(|item| *item == Item::Any)
}
