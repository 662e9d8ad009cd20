//! CAST: the whole value must fit its type.

use super::{Registry, address_of, failed, text_of, times};
use crate::model::Address;
use rusqlite::Result;
use rusqlite::types::{Value, ValueRef};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Type {
    /// Of so many bits.
    Integer(u32),
    Double,
    /// With so many digits behind the point.
    Decimal(u32),
    /// Of so many characters at most.
    Text(Option<usize>),
    Boolean,
    Date,
    Timestamp,
    Json,
    Address,
    Array,
}

/// Is this a type of Athena's that the console reads? In lower case, with its parameters.
pub(in crate::query::athena) fn is_type(written: &str) -> bool {
    parsed(written).is_some()
}

fn parsed(written: &str) -> Option<Type> {
    let (base, parameters) = match written.split_once('(') {
        Some((base, rest)) => (base.trim(), rest.strip_suffix(')')?),
        None => (written, ""),
    };
    let number = |at: usize| parameters.split(',').nth(at).and_then(|text| text.trim().parse::<u32>().ok());
    Some(match base {
        "bigint" => Type::Integer(64),
        "integer" | "int" => Type::Integer(32),
        "smallint" => Type::Integer(16),
        "tinyint" => Type::Integer(8),
        "double" | "double precision" | "real" | "float" => Type::Double,
        "decimal" | "numeric" => Type::Decimal(number(1).unwrap_or(0)),
        "varchar" | "char" | "string" => Type::Text(number(0).map(|length| length as usize)),
        "boolean" => Type::Boolean,
        "date" => Type::Date,
        "timestamp" => Type::Timestamp,
        "json" => Type::Json,
        "ipaddress" => Type::Address,
        "array" => Type::Array,
        _ => return None,
    })
}

pub(super) fn register(on: &Registry<'_>) -> Result<()> {
    let remarks = on.remarks.clone();
    on.scalar("coldtrail_cast", 3, move |context| {
        let written = context.get_raw(1).as_str()?;
        let Some(to) = parsed(written) else { return failed(format!("{written} is no type")) };
        let value = context.get_raw(0);
        if value == ValueRef::Null {
            return Ok(Value::Null);
        }
        Ok(cast(value, to).unwrap_or_else(|| {
            let text = text_of(value).unwrap_or_default();
            let is_absent = to == Type::Address && text == "-";
            if !is_absent && context.get_raw(2).as_i64() != Ok(1) {
                let name = written.split('(').next().unwrap_or_default();
                remarks.push(format!("'{text}' is no {name}; Athena stops"));
            }
            Value::Null
        }))
    })
}

/// A value that is not NULL as a value of the type; `None` where it does not fit.
fn cast(value: ValueRef<'_>, to: Type) -> Option<Value> {
    let text = text_of(value)?;
    match to {
        Type::Integer(bits) => {
            let number = match value {
                ValueRef::Integer(number) => number,
                ValueRef::Real(number) if number.abs() < 9.2e18 => number.round() as i64,
                ValueRef::Text(_) => text.parse().ok()?,
                _ => return None,
            };
            let most = i64::MAX >> (64 - bits);
            (number <= most && number >= -most - 1).then_some(Value::Integer(number))
        }
        Type::Double => Some(Value::Real(number(value, &text)?)),
        Type::Decimal(digits) => {
            let scale = 10f64.powi(digits.min(18) as i32);
            let number = number(value, &text)?;
            Some(Value::Real((number * scale).round() / scale))
        }
        Type::Text(None) => Some(Value::Text(text.into_owned())),
        Type::Text(Some(length)) => Some(Value::Text(text.chars().take(length).collect())),
        Type::Boolean => match value {
            ValueRef::Integer(number) => Some(Value::Integer(i64::from(number != 0))),
            ValueRef::Real(number) => Some(Value::Integer(i64::from(number != 0.0))),
            _ => match text.to_lowercase().as_str() {
                "true" | "t" | "1" => Some(Value::Integer(1)),
                "false" | "f" | "0" => Some(Value::Integer(0)),
                _ => None,
            },
        },
        Type::Date => times::written(&text).map(|moment| Value::Text(moment.day().text())),
        Type::Timestamp => times::written(&text).map(|moment| Value::Text(moment.time().text())),
        Type::Json => Some(Value::Text(match value {
            ValueRef::Integer(_) | ValueRef::Real(_) => text.into_owned(),
            _ => serde_json::Value::from(text.as_ref()).to_string(),
        })),
        Type::Address => match value {
            ValueRef::Blob(bytes) => address_of(bytes).map(|address| Value::Blob(address.key().to_vec())),
            _ => Address::parse(text.as_bytes()).map(|address| Value::Blob(address.key().to_vec())),
        },
        Type::Array => text.trim_start().starts_with('[').then(|| Value::Text(text.into_owned())),
    }
}

fn number(value: ValueRef<'_>, text: &str) -> Option<f64> {
    match value {
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        _ if text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) => text.parse().ok(),
        _ => None,
    }
}
