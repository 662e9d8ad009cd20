//! Functions of numbers.

use super::{Registry, integer, real};
use rusqlite::Result;
use rusqlite::types::{Value, ValueRef};

/// A function of one number, by its name.
type OfOne = (&'static str, fn(f64) -> f64);

pub(super) fn register(on: &Registry<'_>) -> Result<()> {
    let whole: [OfOne; 4] =
        [("ceil", f64::ceil), ("ceiling", f64::ceil), ("floor", f64::floor), ("truncate", f64::trunc)];
    for (name, function) in whole {
        // What is whole already stays an integer.
        on.scalar(name, 1, move |context| {
            Ok(match context.get_raw(0) {
                ValueRef::Integer(number) => Value::Integer(number),
                _ => real(context, 0).map_or(Value::Null, |number| Value::Real(function(number))),
            })
        })?;
    }
    let of_one: [OfOne; 5] =
        [("sqrt", f64::sqrt), ("ln", f64::ln), ("log2", f64::log2), ("log10", f64::log10), ("exp", f64::exp)];
    for (name, function) in of_one {
        on.scalar(name, 1, move |context| Ok(real(context, 0).map_or(Value::Null, |n| Value::Real(function(n)))))?;
    }
    for name in ["power", "pow"] {
        on.scalar(name, 2, |context| {
            let power = real(context, 0).zip(real(context, 1)).map(|(base, exponent)| base.powf(exponent));
            Ok(power.map_or(Value::Null, Value::Real))
        })?;
    }
    on.scalar("mod", 2, |context| {
        Ok(match (context.get_raw(0), context.get_raw(1)) {
            (ValueRef::Integer(a), ValueRef::Integer(b)) => a.checked_rem(b).map_or(Value::Null, Value::Integer),
            _ => {
                let rest = real(context, 0).zip(real(context, 1)).filter(|(_, b)| *b != 0.0).map(|(a, b)| a % b);
                rest.map_or(Value::Null, Value::Real)
            }
        })
    })?;
    for arguments in [1, 2] {
        on.scalar("round", arguments, |context| {
            if let ValueRef::Integer(number) = context.get_raw(0) {
                return Ok(Value::Integer(number));
            }
            let digits = if context.len() > 1 { integer(context, 1).unwrap_or(0) } else { 0 };
            let scale = 10f64.powi(digits.clamp(-18, 18) as i32);
            Ok(real(context, 0).map_or(Value::Null, |number| Value::Real((number * scale).round() / scale)))
        })?;
    }
    Ok(())
}
