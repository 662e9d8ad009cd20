//! Arrays, which are JSON texts here, and addresses in networks.

use super::json::{elements, shown};
use super::text::compared;
use super::{Registry, address_of, failed, integer, of_integer, of_text, of_truth, text, text_of};
use crate::model::Address;
use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use serde_json::value::RawValue;
use std::cmp::Ordering;
use std::net::IpAddr;

pub(super) fn register(on: &Registry<'_>) -> Result<()> {
    on.scalar("cardinality", 1, |context| {
        let json = text(context, 0);
        Ok(of_integer(json.as_deref().and_then(elements).and_then(|list| i64::try_from(list.len()).ok())))
    })?;
    on.scalar("element_at", 2, |context| {
        let (Some(json), Some(index)) = (text(context, 0), integer(context, 1)) else { return Ok(Value::Null) };
        let Some(list) = elements(&json) else { return Ok(Value::Null) };
        let at = if index < 0 { index + list.len() as i64 } else { index - 1 };
        let element = usize::try_from(at).ok().and_then(|at| list.get(at));
        Ok(element.map_or(Value::Null, |element| element_value(element)))
    })?;
    on.scalar("contains", 2, |context| {
        let (Some(of), Some(wanted)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        if let ValueRef::Blob(bytes) = context.get_raw(1) {
            let Some(network) = Network::parse(&of) else { return failed(format!("{of} is no network")) };
            return Ok(of_truth(address_of(bytes).map(|address| network.contains(&address))));
        }
        let Some(list) = elements(&of) else { return Ok(Value::Null) };
        Ok(of_truth(Some(list.iter().any(|element| shown(element.get()).is_some_and(|value| value == wanted)))))
    })?;
    for arguments in [2, 3] {
        on.scalar("array_join", arguments, |context| {
            let (Some(json), Some(by)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
            let absent = if context.len() > 2 { text(context, 2) } else { None };
            let Some(list) = elements(&json) else { return Ok(Value::Null) };
            let texts: Vec<String> =
                list.iter().filter_map(|e| shown(e.get()).or_else(|| absent.as_deref().map(str::to_owned))).collect();
            Ok(Value::Text(texts.join(&by)))
        })?;
    }
    on.scalar("array_position", 2, |context| {
        let (Some(json), Some(wanted)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        let Some(list) = elements(&json) else { return Ok(Value::Null) };
        let at = list.iter().position(|element| shown(element.get()).is_some_and(|value| value == wanted));
        Ok(of_integer(i64::try_from(at.map_or(0, |at| at + 1)).ok()))
    })?;
    on.scalar("array_distinct", 1, |context| {
        Ok(changed(context, |list| {
            let mut seen = std::collections::HashSet::new();
            list.retain(|element| seen.insert(element.get()));
        }))
    })?;
    on.scalar("array_sort", 1, |context| Ok(changed(context, |list| list.sort_by(|a, b| nulls_last(a, b)))))?;
    on.scalar("array_max", 1, |context| Ok(extreme(context, Ordering::Greater)))?;
    on.scalar("array_min", 1, |context| Ok(extreme(context, Ordering::Less)))
}

/// An element as a column's value.
pub(super) fn element_value(element: &RawValue) -> Value {
    let json = element.get();
    if json.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        if let Ok(number) = json.parse() {
            return Value::Integer(number);
        }
        if let Ok(number) = json.parse() {
            return Value::Real(number);
        }
    }
    of_text(shown(json))
}

/// A value as an element.
pub(super) fn element_text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => serde_json::Value::from(number).to_string(),
        ValueRef::Text(_) | ValueRef::Blob(_) => {
            serde_json::Value::from(text_of(value).unwrap_or_default()).to_string()
        }
    }
}

fn order(a: &RawValue, b: &RawValue) -> Ordering {
    let (a, b) = (element_value(a), element_value(b));
    compared(ValueRef::from(&a), ValueRef::from(&b))
}

fn nulls_last(a: &RawValue, b: &RawValue) -> Ordering {
    let is_null = |value: &RawValue| value.get() == "null";
    is_null(a).cmp(&is_null(b)).then_with(|| order(a, b))
}

fn changed(context: &Context<'_>, change: impl FnOnce(&mut Vec<&RawValue>)) -> Value {
    let Some(json) = text(context, 0) else { return Value::Null };
    let Some(mut list) = elements(&json) else { return Value::Null };
    change(&mut list);
    let texts: Vec<&str> = list.iter().map(|element| element.get()).collect();
    Value::Text(format!("[{}]", texts.join(",")))
}

/// NULL where an element is, as in Trino.
fn extreme(context: &Context<'_>, wanted: Ordering) -> Value {
    let Some(json) = text(context, 0) else { return Value::Null };
    let Some(list) = elements(&json) else { return Value::Null };
    if list.iter().any(|element| element.get() == "null") {
        return Value::Null;
    }
    let best = list.into_iter().reduce(|best, next| if order(next, best) == wanted { next } else { best });
    best.map_or(Value::Null, element_value)
}

struct Network {
    first: IpAddr,
    length: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let first = Address::parse(address.as_bytes())?.ip;
        let length: u32 = length.parse().ok()?;
        (length <= if first.is_ipv4() { 32 } else { 128 }).then_some(Self { first, length })
    }

    /// Of the same family only.
    fn contains(&self, address: &Address) -> bool {
        let same =
            |a: u128, b: u128, bits: u32| self.length == 0 || (a ^ b).checked_shr(bits - self.length).unwrap_or(0) == 0;
        match (self.first, address.ip) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
            _ => false,
        }
    }
}
