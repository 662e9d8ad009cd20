//! Aggregates that SQLite lacks.

use super::arrays::element_text;
use super::text::compared;
use super::{FLAGS, Registry, failed, is_true, of_integer, of_truth};
use rusqlite::Result;
use rusqlite::functions::{Aggregate, Context};
use rusqlite::types::{Value, ValueRef};
use std::cmp::Ordering;

/// What one list may take, and the values of one percentile.
const MOST_BYTES: usize = 128 << 20;
const MOST_VALUES: usize = 1 << 24;

pub(super) fn register(on: &Registry<'_>) -> Result<()> {
    let connection = on.connection;
    connection.create_aggregate_function("array_agg", 1, FLAGS, Listed)?;
    for (name, wanted) in [("max_by", Ordering::Greater), ("min_by", Ordering::Less)] {
        connection.create_aggregate_function(name, 2, FLAGS, By(wanted))?;
    }
    connection.create_aggregate_function("count_if", 1, FLAGS, CountIf)?;
    for name in ["arbitrary", "any_value"] {
        connection.create_aggregate_function(name, 1, FLAGS, First)?;
    }
    for (name, all) in [("bool_and", true), ("every", true), ("bool_or", false)] {
        connection.create_aggregate_function(name, 1, FLAGS, Truth { all })?;
    }
    connection.create_aggregate_function("approx_percentile", 2, FLAGS, Percentile)
}

fn owned(value: ValueRef<'_>) -> Value {
    Value::try_from(value).unwrap_or(Value::Null)
}

/// All values in a list, absent ones too.
struct Listed;

impl Aggregate<String, Option<String>> for Listed {
    fn init(&self, _: &mut Context<'_>) -> Result<String> {
        Ok(String::new())
    }

    fn step(&self, context: &mut Context<'_>, list: &mut String) -> Result<()> {
        list.push(if list.is_empty() { '[' } else { ',' });
        list.push_str(&element_text(context.get_raw(0)));
        if list.len() > MOST_BYTES {
            return failed("array_agg takes more than 128 MB; add a condition, or group by more columns");
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, list: Option<String>) -> Result<Option<String>> {
        Ok(list.map(|list| list + "]"))
    }
}

/// The value of the row whose second value is the greatest or least; of equals that of the first row.
struct By(Ordering);

impl Aggregate<Option<(Value, Value)>, Value> for By {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<(Value, Value)>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, best: &mut Option<(Value, Value)>) -> Result<()> {
        let by = context.get_raw(1);
        if by != ValueRef::Null && best.as_ref().is_none_or(|(_, known)| compared(by, ValueRef::from(known)) == self.0)
        {
            *best = Some((owned(context.get_raw(0)), owned(by)));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, best: Option<Option<(Value, Value)>>) -> Result<Value> {
        Ok(best.flatten().map_or(Value::Null, |(value, _)| value))
    }
}

struct CountIf;

impl Aggregate<i64, i64> for CountIf {
    fn init(&self, _: &mut Context<'_>) -> Result<i64> {
        Ok(0)
    }

    fn step(&self, context: &mut Context<'_>, count: &mut i64) -> Result<()> {
        *count += i64::from(is_true(context.get_raw(0)));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, count: Option<i64>) -> Result<i64> {
        Ok(count.unwrap_or(0))
    }
}

/// The first value that is there.
struct First;

impl Aggregate<Option<Value>, Value> for First {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<Value>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, first: &mut Option<Value>) -> Result<()> {
        let value = context.get_raw(0);
        if first.is_none() && value != ValueRef::Null {
            *first = Some(owned(value));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, first: Option<Option<Value>>) -> Result<Value> {
        Ok(first.flatten().unwrap_or(Value::Null))
    }
}

/// Are all values true, or is one? NULL without any.
struct Truth {
    all: bool,
}

impl Aggregate<Option<bool>, Value> for Truth {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<bool>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, truth: &mut Option<bool>) -> Result<()> {
        let value = context.get_raw(0);
        if value != ValueRef::Null {
            let (before, this) = (truth.unwrap_or(self.all), is_true(value));
            *truth = Some(if self.all { before && this } else { before || this });
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, truth: Option<Option<bool>>) -> Result<Value> {
        Ok(of_truth(truth.flatten()))
    }
}

/// The value at the nearest rank, exactly.
struct Percentile;

impl Aggregate<(Vec<Value>, f64), Value> for Percentile {
    fn init(&self, _: &mut Context<'_>) -> Result<(Vec<Value>, f64)> {
        Ok((Vec::new(), 0.5))
    }

    fn step(&self, context: &mut Context<'_>, (values, share): &mut (Vec<Value>, f64)) -> Result<()> {
        *share = super::real(context, 1).unwrap_or(0.5);
        let value = context.get_raw(0);
        if value != ValueRef::Null {
            values.push(owned(value));
        }
        if values.len() > MOST_VALUES {
            return failed(
                "approx_percentile has more than 16 million values; add a condition, or group by more columns",
            );
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, found: Option<(Vec<Value>, f64)>) -> Result<Value> {
        let Some((mut values, share)) = found.filter(|(values, _)| !values.is_empty()) else {
            return Ok(of_integer(None));
        };
        values.sort_by(|a, b| compared(ValueRef::from(a), ValueRef::from(b)));
        let rank = (share.clamp(0.0, 1.0) * values.len() as f64).ceil().max(1.0) as usize;
        Ok(values.into_iter().nth(rank - 1).unwrap_or(Value::Null))
    }
}
