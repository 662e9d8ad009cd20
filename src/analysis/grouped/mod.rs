//! Groups of equal values with several figures each: counts, sums, first and last times, distinct values and lists of them.
//! A list of the most by one measure is `query::groups`; this reads every record once and says more of each group.

mod figures;
mod read;

use super::definition::{Analysis, Asked, Parameter, ParameterKind};
use crate::case::CaseReader;
use crate::filter::{Filter, Target, clause, target_named};
use crate::model::{Dataset, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{Cancel, QueryError, Scope};
use figures::{Figure, Group};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

pub(super) static GROUPED_FLOWS: Analysis = grouped("grouped-flows", Dataset::Flows, &FLOWS);
pub(super) static GROUPED_EVENTS: Analysis = grouped("grouped-events", Dataset::Events, &EVENTS);

static FLOWS: [Parameter; 5] = parameters("srcaddr", "bytes,records,first,last");
static EVENTS: [Parameter; 5] = parameters("user_identity_arn", "records,first,last");

const fn grouped(name: &'static str, dataset: Dataset, parameters: &'static [Parameter]) -> Analysis {
    Analysis { name, dataset, parameters, needs: &[], run, counted }
}

const fn parameters(by: &'static str, figures: &'static str) -> [Parameter; 5] {
    [
        Parameter { name: BY, kind: ParameterKind::Fields, default: Some(by), optional: false },
        Parameter { name: FIGURES, kind: ParameterKind::Text, default: Some(figures), optional: false },
        Parameter { name: MIN, kind: ParameterKind::Bytes, default: None, optional: true },
        Parameter { name: LEADING, kind: ParameterKind::Fields, default: None, optional: true },
        Parameter { name: SORT, kind: ParameterKind::Columns, default: None, optional: true },
    ]
}

/// The analysis for records of a kind.
pub fn of(dataset: Dataset) -> &'static Analysis {
    match dataset {
        Dataset::Flows => &GROUPED_FLOWS,
        Dataset::Events => &GROUPED_EVENTS,
    }
}

pub const BY: &str = "by";
pub const FIGURES: &str = "figures";
/// Groups whose first figure is not above it are left out.
pub const MIN: &str = "min";
pub const SORT: &str = "sort";
/// A field of the groups: only those of its ten values with the most of the first figure are kept.
pub const LEADING: &str = "leading";
/// In place of fields: all records are one group.
pub const ALL_IN_ONE: &str = "-";

/// Values of a leading field.
const LEADERS: usize = 10;

/// Fields that groups may have; with one more place for an hour or a day.
const MOST_KEYS: usize = 6;

/// Groups at most.
const MOST_GROUPS: usize = 5_000_000;

/// What groups are made by.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Value(Target),
    /// The hour in which a record starts, or the day.
    Time(i64),
}

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

struct Plan {
    keys: Vec<Key>,
    figures: Vec<Figure>,
}

fn wrong(why: String) -> QueryError {
    QueryError::Filter(why)
}

impl Plan {
    fn of(asked: &Asked) -> Result<Self, QueryError> {
        let dataset = asked.scope.dataset;
        let defaults = if dataset == Dataset::Flows { &FLOWS } else { &EVENTS };
        let text = |at: usize| {
            let parameter = defaults.get(at);
            let given = parameter.and_then(|parameter| asked.parameters.get(parameter.name)).map(String::as_str);
            given.or_else(|| parameter.and_then(|parameter| parameter.default)).unwrap_or_default()
        };
        let items = |text: &'_ str| -> Vec<String> {
            text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
        };
        let key = |name: &String| match name.as_str() {
            "hour" => Ok(Key::Time(HOUR)),
            "day" => Ok(Key::Time(DAY)),
            name => target_named(dataset, name).map(Key::Value).map_err(|error| wrong(error.to_string())),
        };
        let names = if text(0).trim() == ALL_IN_ONE { Vec::new() } else { items(text(0)) };
        let keys: Vec<Key> = names.iter().map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() && text(0).trim() != ALL_IN_ONE || keys.len() > MOST_KEYS {
            return Err(wrong(format!("groups are by 1 to {MOST_KEYS} fields, separated by commas")));
        }
        let figures: Vec<Figure> =
            items(text(1)).iter().map(|item| Figure::read(dataset, item)).collect::<Result<_, _>>().map_err(wrong)?;
        Ok(Self { keys, figures })
    }

    /// What is read of each record: keys, then what the figures are of.
    fn targets(&self, dataset: Dataset) -> Vec<Target> {
        let keys = self.keys.iter().filter_map(|key| match key {
            Key::Value(target) => Some(target.clone()),
            Key::Time(_) => None,
        });
        keys.chain(self.figures.iter().flat_map(|figure| figure.targets(dataset))).collect()
    }

    fn columns(&self) -> Vec<Column> {
        let keys = self.keys.iter().map(|key| match key {
            Key::Value(target @ Target::Field(field)) => Column::new(target.to_string(), Unit::of(*field)),
            Key::Value(target) => Column::new(target.to_string(), Unit::Text),
            Key::Time(HOUR) => Column::new("hour", Unit::Time),
            Key::Time(_) => Column::new("day", Unit::Time),
        });
        keys.chain(self.figures.iter().map(|figure| Column::new(figure.name(), figure.unit()))).collect()
    }
}

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let plan = Plan::of(asked)?;
    let targets = plan.targets(asked.scope.dataset);
    let mut groups: FxHashMap<Vec<Value>, Group> = FxHashMap::default();
    read::each(reader, &asked.scope, &targets, cancel, |time, values| {
        let mut values = values.iter();
        let key = plan.keys.iter().map(|key| match key {
            Key::Value(_) => values.next().cloned().unwrap_or(Value::Null),
            Key::Time(secs) => figures::floor(time, *secs),
        });
        let key: Vec<Value> = key.collect();
        if groups.len() >= MOST_GROUPS && !groups.contains_key(&key) {
            return Err(wrong(format!(
                "there are more than {MOST_GROUPS} groups; narrow the filter or the time range"
            )));
        }
        let group = groups.entry(key).or_insert_with(|| Group::new(&plan.figures));
        group.add(&plan.figures, asked.scope.dataset, time, values);
        Ok(())
    })?;
    let mut rows: Vec<Vec<Value>> = groups
        .into_iter()
        .map(|(mut key, group)| {
            key.extend(group.finish());
            key
        })
        .collect();
    let columns = plan.columns();
    if let Some(least) = asked.parameters.get(MIN).and_then(|text| text.trim().parse::<i64>().ok()) {
        let above = |row: &Vec<Value>| match row.get(plan.keys.len()) {
            Some(Value::Integer(number)) => *number > least,
            Some(Value::Number(_)) => true,
            _ => false,
        };
        rows.retain(above);
    }
    if let Some(name) = asked.parameters.get(LEADING) {
        leading(&mut rows, &columns, plan.keys.len(), name)?;
    }
    order(&mut rows, &columns, plan.keys.len(), asked.parameters.get(SORT).map(String::as_str))?;
    rows.truncate(asked.limit.unwrap_or(usize::MAX));
    Ok(Rows::new(columns, rows))
}

/// Keeps the groups of the ten values of a field that have the most of the first figure together; equal ones by value.
fn leading(rows: &mut Vec<Vec<Value>>, columns: &[Column], keys: usize, name: &str) -> Result<(), QueryError> {
    let place = columns.iter().take(keys).position(|column| column.name == name.trim());
    let place = place.ok_or_else(|| wrong(format!("{name} is none of the fields that the groups are by")))?;
    let mut sums: FxHashMap<&Value, i128> = FxHashMap::default();
    for row in rows.iter() {
        if let (Some(key), Some(figure)) = (row.get(place), row.get(keys)) {
            let sum = sums.entry(key).or_default();
            *sum = sum.saturating_add(figures::number(figure).unwrap_or(0));
        }
    }
    let mut leaders: Vec<(&Value, i128)> = sums.into_iter().collect();
    leaders.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| figures::compare(a.0, b.0)));
    let kept: Vec<Value> = leaders.into_iter().take(LEADERS).map(|(value, _)| value.clone()).collect();
    rows.retain(|row| row.get(place).is_some_and(|value| kept.contains(value)));
    Ok(())
}

/// By the columns that are named (`-` in front: descending), else by the first figure, the most first, then by the keys.
/// What has no value is last.
fn order(rows: &mut [Vec<Value>], columns: &[Column], keys: usize, sort: Option<&str>) -> Result<(), QueryError> {
    let mut by: Vec<(usize, bool)> = Vec::new();
    for item in sort.unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let (name, descending) = item.strip_prefix('-').map_or((item, false), |name| (name, true));
        let place = columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
        by.push((place.ok_or_else(|| wrong(format!("there is no column {name} to sort by")))?, descending));
    }
    if by.is_empty() && columns.get(keys).is_some_and(|column| column.unit != Unit::Json && column.unit != Unit::Time) {
        by.push((keys, true));
    }
    by.extend((0..keys).map(|place| (place, false)));
    rows.sort_by(|a, b| {
        let places = by.iter().map(|(place, descending)| match (a.get(*place), b.get(*place)) {
            (Some(a), Some(b)) => compare(a, b, *descending),
            _ => Ordering::Equal,
        });
        places.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

fn compare(a: &Value, b: &Value, descending: bool) -> Ordering {
    let absent = |value: &Value| *value == Value::Null;
    let values = figures::compare(a, b);
    absent(a).cmp(&absent(b)).then(if descending { values.reverse() } else { values })
}

/// The records of a group.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let plan = Plan::of(asked).ok()?;
    let dataset = asked.scope.dataset;
    let mut scope = asked.scope.clone();
    for (key, value) in plan.keys.iter().zip(row) {
        scope = match (key, value) {
            (Key::Value(target), value) => scope.and(clause::target_clause(value, target.clone(), false)),
            (Key::Time(secs), Value::Time(from)) => scope.and(figures::within(dataset, *from, *secs)?),
            (Key::Time(_), _) => scope.and(figures::untimed(dataset)),
        };
    }
    (scope.filter != Some(Filter::All)).then_some(scope)
}
