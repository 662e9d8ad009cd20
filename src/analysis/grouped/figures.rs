//! What is said of a group.

use crate::filter::{Check, Filter, Target, parse, target_named};
use crate::model::{Dataset, Timestamp, Unit, Value};
use crate::query::own_field;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::net::IpAddr;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Figure {
    Records,
    /// A sum of a field with numbers; absent where no record has one.
    Sum(Target, String),
    First,
    Last,
    /// How many values a field has.
    Distinct(Target),
    /// Its values, as a JSON list.
    List(Target),
    /// Bytes by the second, over the time from the first start to the last end.
    Rate,
}

/// Values of a list at most; a longer one ends with how many more there are.
const MOST_LISTED: usize = 1000;

fn is_in(dataset: Dataset, name: &'static str) -> Target {
    Target::Field(own_field(dataset, name))
}

/// The time of a record: its start, or that of the event.
pub(super) fn start(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Flows => "start",
        Dataset::Events => "event_time",
    }
}

impl Figure {
    /// `records`, `bytes`, `packets`, `first`, `last`, `rate`, `sum(F)`, `distinct(F)` or `list(F)`.
    pub(super) fn read(dataset: Dataset, text: &str) -> Result<Self, String> {
        let flows_only = |figure: Self| match dataset {
            Dataset::Flows => Ok(figure),
            Dataset::Events => Err(format!("{text} is of flow records only")),
        };
        if let Some((name, inside)) = text.split_once('(') {
            let field = inside.strip_suffix(')').unwrap_or(inside).trim();
            let target = target_named(dataset, field).map_err(|error| error.to_string())?;
            return match name.trim() {
                "sum" => Ok(Self::Sum(target, format!("sum_{}", field.replace('.', "_")))),
                "distinct" => Ok(Self::Distinct(target)),
                "list" => Ok(Self::List(target)),
                _ => Err(format!("{name} is no figure of a group: use sum, distinct or list")),
            };
        }
        match text {
            "records" => Ok(Self::Records),
            "first" => Ok(Self::First),
            "last" => Ok(Self::Last),
            "bytes" if dataset == Dataset::Flows => Ok(Self::Sum(is_in(dataset, "bytes"), "total_bytes".to_owned())),
            "packets" if dataset == Dataset::Flows => Ok(Self::Sum(is_in(dataset, "packets"), "packets".to_owned())),
            "bytes" | "packets" | "rate" => flows_only(Self::Rate),
            _ => Err(format!(
                "{text} is no figure of a group: use records, bytes, packets, first, last, rate, sum(F), distinct(F) or list(F)"
            )),
        }
    }

    /// What it is read from; the start of a record is read anyway.
    pub(super) fn targets(&self, dataset: Dataset) -> Vec<Target> {
        match self {
            Self::Records | Self::First => Vec::new(),
            Self::Sum(target, _) | Self::Distinct(target) | Self::List(target) => vec![target.clone()],
            Self::Last if dataset == Dataset::Flows => vec![is_in(dataset, "end")],
            Self::Last => Vec::new(),
            Self::Rate => vec![is_in(dataset, "end"), is_in(dataset, "bytes")],
        }
    }

    fn reads(&self, dataset: Dataset) -> bool {
        match self {
            Self::Records | Self::First => false,
            Self::Last => dataset == Dataset::Flows,
            Self::Sum(..) | Self::Distinct(_) | Self::List(_) | Self::Rate => true,
        }
    }

    pub(super) fn name(&self) -> String {
        let of = |target: &Target| target.to_string().replace('.', "_");
        match self {
            Self::Records => "record_count".to_owned(),
            Self::Sum(_, name) => name.clone(),
            Self::First => "first_seen".to_owned(),
            Self::Last => "last_seen".to_owned(),
            Self::Distinct(target) => format!("distinct_{}", of(target)),
            Self::List(target) => format!("{}_list", of(target)),
            Self::Rate => "bytes_per_second".to_owned(),
        }
    }

    pub(super) fn unit(&self) -> Unit {
        match self {
            Self::Records | Self::Distinct(_) => Unit::Count,
            Self::Sum(_, name) if name == "total_bytes" => Unit::Bytes,
            Self::Sum(..) => Unit::Count,
            Self::First | Self::Last => Unit::Time,
            Self::List(_) => Unit::Json,
            Self::Rate => Unit::Number,
        }
    }
}

/// What is known of a figure so far.
enum State {
    Count(u64),
    Sum(Option<i128>),
    Time(Option<Timestamp>),
    Values(BTreeMap<String, Value>),
    Rate { bytes: u128, first: Option<Timestamp>, last: Option<Timestamp> },
}

/// A group under way.
pub(super) struct Group {
    states: Vec<State>,
    figures: Vec<Figure>,
}

impl Group {
    pub(super) fn new(figures: &[Figure]) -> Self {
        let state = |figure: &Figure| match figure {
            Figure::Records => State::Count(0),
            Figure::Sum(..) => State::Sum(None),
            Figure::First | Figure::Last => State::Time(None),
            Figure::Distinct(_) | Figure::List(_) => State::Values(BTreeMap::new()),
            Figure::Rate => State::Rate { bytes: 0, first: None, last: None },
        };
        Self { states: figures.iter().map(state).collect(), figures: figures.to_vec() }
    }

    /// Adds a record. `values`: of the figures' targets, in order.
    pub(super) fn add<'v>(
        &mut self,
        figures: &[Figure],
        dataset: Dataset,
        time: &Value,
        mut values: impl Iterator<Item = &'v Value>,
    ) {
        for (state, figure) in self.states.iter_mut().zip(figures) {
            let value = if figure.reads(dataset) { values.next() } else { None };
            match (state, figure) {
                (State::Count(count), _) => *count += 1,
                (State::Sum(sum), _) => {
                    if let Some(number) = value.and_then(number) {
                        *sum = Some(sum.unwrap_or(0).saturating_add(number));
                    }
                }
                (State::Time(first), Figure::First) => *first = min(*first, time_of(time)),
                (State::Time(last), _) => *last = (*last).max(time_of(value.unwrap_or(time))),
                (State::Values(seen), _) => {
                    if let Some(value) = value.filter(|value| **value != Value::Null) {
                        seen.entry(value.to_text()).or_insert_with(|| value.clone());
                    }
                }
                (State::Rate { bytes, first, last }, _) => {
                    let added = values.next().and_then(number).and_then(|number| u128::try_from(number).ok());
                    *bytes = bytes.saturating_add(added.unwrap_or(0));
                    *first = min(*first, time_of(time));
                    *last = (*last).max(value.and_then(time_of));
                }
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Value> {
        let value = |(state, figure): (State, Figure)| match state {
            State::Count(count) => Value::count(count),
            State::Sum(sum) => match sum.map(i64::try_from) {
                None => Value::Null,
                Some(Ok(sum)) => Value::Integer(sum),
                Some(Err(_)) => Value::Number(sum.unwrap_or(0).to_string().into()),
            },
            State::Time(time) => Value::time(time),
            State::Values(seen) if matches!(figure, Figure::List(_)) => list(seen),
            State::Values(seen) => Value::count(seen.len() as u64),
            State::Rate { bytes, first, last } => rate(bytes, first, last),
        };
        self.states.into_iter().zip(self.figures).map(value).collect()
    }
}

fn rate(bytes: u128, first: Option<Timestamp>, last: Option<Timestamp>) -> Value {
    let millis = last.zip(first).map_or(0, |(last, first)| last.0.saturating_sub(first.0));
    match u128::try_from(millis) {
        Ok(millis @ 1..) => Value::sum(Some(bytes.saturating_mul(1000) / millis)),
        _ => Value::Null,
    }
}

fn list(seen: BTreeMap<String, Value>) -> Value {
    let more = seen.len().saturating_sub(MOST_LISTED);
    let mut values: Vec<Value> = seen.into_values().collect();
    values.sort_by(compare);
    values.truncate(MOST_LISTED);
    let mut items: Vec<serde_json::Value> = values
        .into_iter()
        .map(|value| match value {
            Value::Integer(number) => number.into(),
            other => other.to_text().into(),
        })
        .collect();
    if more > 0 {
        items.push(format!("... {more} more").into());
    }
    Value::Text(serde_json::Value::Array(items).to_string())
}

/// The earlier of two times, of which one may be absent.
fn min(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn time_of(value: &Value) -> Option<Timestamp> {
    if let Value::Time(time) = value { Some(*time) } else { None }
}

/// A whole number, also one that is a text as JSON members are.
pub(super) fn number(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(number) => Some((*number).into()),
        Value::Number(text) => text.parse().ok(),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Numbers by value, addresses by theirs, other values as texts.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => {
                let (a, b) = (a.to_text(), b.to_text());
                match (a.parse::<IpAddr>(), b.parse::<IpAddr>()) {
                    (Ok(one), Ok(other)) => one.cmp(&other),
                    _ => a.cmp(&b),
                }
            }
        },
    }
}

/// The begin of the hour or day of a time.
pub(super) fn floor(time: &Value, secs: i64) -> Value {
    let begin = time_of(time).map(|time| Timestamp::from_secs(time.secs().div_euclid(secs) * secs));
    Value::time(begin)
}

/// The records of that hour or day; `None` where the filter cannot be written.
pub(super) fn within(dataset: Dataset, from: Timestamp, secs: i64) -> Option<Filter> {
    let to = Timestamp(from.0.saturating_add(secs.saturating_mul(1000)));
    let field = start(dataset);
    parse(&format!("{field} >= {} and {field} < {}", from.to_iso(), to.to_iso()), dataset).ok()
}

pub(super) fn untimed(dataset: Dataset) -> Filter {
    Filter::test(is_in(dataset, start(dataset)), Check::Absent)
}
