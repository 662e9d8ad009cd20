//! What a filter means, in memory, one record at a time: the yardstick for the SQL, and what highlighting uses.

use super::path::JsonPath;
use super::rules::{Rule, rules};
use super::tree::{Check, Filter, Partition, Relation, Target, Test, Type};
use super::value::{self, Literal, Number};
use super::{json, names, pattern};
use crate::model::{Address, Dataset, FieldId, Home, Kind, Timestamp, field};
use serde_json::value::RawValue;
use std::cmp::Ordering;

/// A field's value in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Integer(i64),
    Address(Address),
    Time(Timestamp),
    Boolean(bool),
}

/// A record that a filter can look at.
pub trait Record {
    fn dataset(&self) -> Dataset;

    /// The value of a field that is not JSON; `None` where the record has none. Times of flow records are whole
    /// seconds; addresses and times of events that cannot be read are `Text`.
    fn value(&self, field: FieldId) -> Option<Value>;

    /// A field's value as the log wrote it, where that differs from the value's own text (times of events).
    fn written(&self, field: FieldId) -> Option<String>;

    /// The event's JSON; the flow record's further values as a JSON object.
    fn json(&self) -> Option<&str>;

    /// Number and path of the evidence file.
    fn evidence(&self) -> (i64, &str);

    /// What the path of its evidence says, else the record.
    fn partition(&self, partition: Partition) -> Option<String>;

    fn is_duplicate(&self) -> bool;
    /// Does another copy of the event contradict it?
    fn is_in_conflict(&self) -> bool;

    /// The tags that examiners gave it.
    fn tags(&self) -> Vec<String>;

    /// Of every indicator that the record matches at its time: the list's name, the value, and what it is called.
    fn indicators(&self) -> Vec<String>;

    /// Ids of the monitoring rules in whose bursts the event is.
    fn bursts(&self) -> Vec<String>;

    /// Titles and ids of the Sigma rules that the event matches.
    fn sigma(&self) -> Vec<String>;

    /// Levels of these rules.
    fn sigma_levels(&self) -> Vec<String>;

    /// Names of the labels of what the record names.
    fn labels(&self) -> Vec<String>;

    /// Does an indicator hold this address, or name what is in its place, at the record's time?
    fn in_indicators(&self, value: &Value) -> bool;
}

/// Why a filter cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    #[error("this pattern is not valid: {0}")]
    Pattern(String),
}

/// Does the record match?
///
/// # Errors
/// The filter holds a pattern that is not valid.
pub fn matches(filter: &Filter, record: &dyn Record) -> Result<bool, EvalError> {
    Ok(match filter {
        Filter::All => true,
        Filter::Not(inner) => !matches(inner, record)?,
        Filter::And(parts) => {
            for part in parts {
                if !matches(part, record)? {
                    return Ok(false);
                }
            }
            true
        }
        Filter::Or(parts) => {
            for part in parts {
                if matches(part, record)? {
                    return Ok(true);
                }
            }
            false
        }
        Filter::Test(test) => test_matches(test, record)?,
    })
}

fn test_matches(test: &Test, record: &dyn Record) -> Result<bool, EvalError> {
    let kind = test.target.value_type();
    let ignore_case = matches!(kind, Type::Choice(_));
    let regex = match pattern::of_check(&test.check, ignore_case) {
        Some(text) => Some(pattern::regex(&text).map_err(EvalError::Pattern)?),
        None => None,
    };
    let values = values_of(&test.target, record);
    if let Check::Compare(relation, other) = &test.check {
        return Ok(compares(&test.target, *relation, *other, record));
    }
    let passes = |operand: &Operand| match (&regex, &test.check) {
        (Some(regex), _) => operand.texts.iter().any(|text| regex.is_match(text)),
        (None, Check::InIndicators) => {
            matches!(&operand.compared, Compared::Value(value) if record.in_indicators(value))
        }
        (None, check) => operand.passes(check),
    };
    Ok(match &test.check {
        Check::Present => !values.is_empty(),
        Check::Absent => values.is_empty(),
        _ if test.negated => !values.is_empty() && !values.iter().any(passes),
        _ => values.iter().any(passes),
    })
}

/// Both fields have a value, and the first is so to the second.
fn compares(target: &Target, relation: Relation, other: FieldId, record: &dyn Record) -> bool {
    let Target::Field(field) = target else { return false };
    let order = |one: &Value, other: &Value| match (one, other) {
        // Names that are in the place of an address or a time have no order to one, and none among them.
        (Value::Text(a), Value::Text(b)) if field.kind == Kind::Text => Some(a.cmp(b)),
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Address(a), Value::Address(b)) => Some(a.key().cmp(&b.key())),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
        _ => None,
    };
    let Some((one, other)) = record.value(*field).zip(record.value(other)) else { return false };
    match order(&one, &other) {
        Some(order) => relation.holds(order),
        None => relation == Relation::NotEqual,
    }
}

/// One value of a target: what is compared, and the texts that patterns look at.
struct Operand {
    compared: Compared,
    texts: Vec<String>,
}

enum Compared {
    Value(Value),
    /// One of a closed set, whatever the case of its letters.
    Choice(String),
    /// A list as JSON: equals its own text only.
    List(String),
    JsonText(String),
    JsonNumber(Number),
    JsonBoolean(bool),
    /// A list, an object, or a number beyond all numbers: equals its own text only.
    JsonOther,
    Evidence(i64, String),
    Nothing,
}

fn values_of(target: &Target, record: &dyn Record) -> Vec<Operand> {
    match target {
        Target::Field(field) => field_values(*field, record),
        Target::Extra(key) => json_values(record, &JsonPath::key(key)),
        Target::Path(path) => json_values(record, path),
        Target::EitherAddress => either(record, ["srcaddr", "dstaddr"]),
        Target::EitherPort => either(record, ["srcport", "dstport"]),
        Target::AnyText => any_text(record),
        Target::Evidence => {
            let (number, path) = record.evidence();
            vec![Operand { compared: Compared::Evidence(number, path.to_owned()), texts: vec![path.to_owned()] }]
        }
        Target::Duplicate => {
            let value = Value::Boolean(record.is_duplicate());
            vec![Operand { compared: Compared::Value(value), texts: Vec::new() }]
        }
        Target::Conflict if record.is_in_conflict() => {
            vec![Operand { compared: Compared::Value(Value::Boolean(true)), texts: Vec::new() }]
        }
        Target::Conflict => Vec::new(),
        Target::Partition(partition) => record.partition(*partition).into_iter().map(of_text).collect(),
        Target::Indicator => record.indicators().into_iter().map(of_text).collect(),
        Target::Label => record.labels().into_iter().map(of_text).collect(),
        Target::Rule if record.dataset() == Dataset::Events => {
            let of_one = rules().iter().filter(|rule| rule.burst.is_none());
            let matched = of_one.filter(|rule| matches(&rule.filter, record).unwrap_or(false));
            matched.map(|rule| rule.id.to_owned()).chain(record.bursts()).map(of_text).collect()
        }
        Target::Rule => Vec::new(),
        Target::Sigma => record.sigma().into_iter().map(of_text).collect(),
        Target::SigmaLevel => record.sigma_levels().into_iter().map(of_text).collect(),
        Target::Tag => record.tags().into_iter().map(of_text).collect(),
    }
}

fn of_text(text: String) -> Operand {
    Operand { compared: Compared::Value(Value::Text(text.clone())), texts: vec![text] }
}

/// A check of a text, made ready to be asked of many.
pub struct TextTest {
    check: Check,
    regex: Option<regex::Regex>,
}

impl TextTest {
    /// # Errors
    /// The check holds a pattern that is not valid.
    pub fn new(check: &Check) -> Result<Self, EvalError> {
        let regex = pattern::of_check(check, false).map(|text| pattern::regex(&text)).transpose();
        Ok(Self { check: check.clone(), regex: regex.map_err(EvalError::Pattern)? })
    }

    pub fn passes(&self, text: &str) -> bool {
        match (&self.regex, &self.check) {
            (Some(regex), _) => regex.is_match(text),
            (None, Check::Present) => true,
            (None, check) => of_text(text.to_owned()).passes(check),
        }
    }
}

/// The rules whose id passes a check of texts.
pub fn rules_passing(check: &Check) -> impl Iterator<Item = &'static Rule> {
    let test = TextTest::new(check).ok();
    rules().iter().filter(move |rule| test.as_ref().is_some_and(|test| test.passes(rule.id)))
}

fn field_values(field: FieldId, record: &dyn Record) -> Vec<Operand> {
    if let (Kind::Json, Home::EventJson(key)) = (field.kind, field.home) {
        return json_values(record, &JsonPath::key(key));
    }
    let Some(value) = record.value(field) else { return Vec::new() };
    let text = record.written(field).unwrap_or_else(|| text_of(&value));
    if field.kind == Kind::List {
        return list_values(text);
    }
    let compared = match value {
        Value::Text(text) if names::choices(field).is_some() => Compared::Choice(text),
        value => Compared::Value(value),
    };
    vec![Operand { compared, texts: vec![text] }]
}

/// The texts of a list; the list as a whole equals its own text.
fn list_values(list: String) -> Vec<Operand> {
    let texts: Vec<Option<String>> = serde_json::from_str(&list).unwrap_or_default();
    let mut values: Vec<Operand> = texts.into_iter().flatten().map(of_text).collect();
    if !values.is_empty() {
        values.push(Operand { compared: Compared::List(list), texts: Vec::new() });
    }
    values
}

fn either(record: &dyn Record, names: [&str; 2]) -> Vec<Operand> {
    names
        .into_iter()
        .filter_map(|name| field::by_name(Dataset::Flows, name))
        .flat_map(|f| field_values(f, record))
        .collect()
}

fn any_text(record: &dyn Record) -> Vec<Operand> {
    let mut texts: Vec<String> = record.json().map(str::to_owned).into_iter().collect();
    if record.dataset() == Dataset::Flows {
        let present = field::of(Dataset::Flows).filter(|f| f.home != Home::Extra);
        texts.extend(present.filter_map(|f| record.value(f)).map(|value| text_of(&value)));
    }
    vec![Operand { compared: Compared::Nothing, texts }]
}

/// A value as a flow log writes it.
fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Address(address) => address.to_string(),
        Value::Time(time) => time.secs().to_string(),
        Value::Boolean(value) => value.to_string(),
    }
}

fn json_values(record: &dyn Record, path: &JsonPath) -> Vec<Operand> {
    let found = record.json().map(|json| json::values(json, path.steps()));
    found.unwrap_or_default().into_iter().filter_map(json_operand).collect()
}

fn json_operand(value: &RawValue) -> Option<Operand> {
    let written = value.get();
    let (compared, text) = match written.as_bytes().first()? {
        b'n' => return None,
        b't' | b'f' => (Compared::JsonBoolean(written == "true"), written.to_owned()),
        b'"' => {
            let text: String = serde_json::from_str(written).ok()?;
            (Compared::JsonText(text.clone()), text)
        }
        b'{' | b'[' => (Compared::JsonOther, json::without_spaces(written)),
        _ => (Number::parse(written).map_or(Compared::JsonOther, Compared::JsonNumber), written.to_owned()),
    };
    Some(Operand { compared, texts: vec![text] })
}

impl Operand {
    fn passes(&self, check: &Check) -> bool {
        match check {
            Check::Equals(literal) => self.order(literal) == Some(Ordering::Equal),
            // Its elements are what has an order.
            Check::Less(_)
            | Check::LessOrEqual(_)
            | Check::Greater(_)
            | Check::GreaterOrEqual(_)
            | Check::Between(..)
                if matches!(self.compared, Compared::List(_)) =>
            {
                false
            }
            Check::Less(literal) => self.order(literal).is_some_and(Ordering::is_lt),
            Check::LessOrEqual(literal) => self.order(literal).is_some_and(Ordering::is_le),
            Check::Greater(literal) => self.order(literal).is_some_and(Ordering::is_gt),
            Check::GreaterOrEqual(literal) => self.order(literal).is_some_and(Ordering::is_ge),
            Check::In(items) => items.iter().any(|item| self.is_in(item)),
            Check::Between(low, high) => {
                self.order(low).is_some_and(Ordering::is_ge) && self.order(high).is_some_and(Ordering::is_le)
            }
            Check::HasFlags(mask) => matches!(self.compared, Compared::Value(Value::Integer(v)) if v & mask == *mask),
            Check::Like(_) | Check::Contains(_) | Check::Matches(_) | Check::InIndicators => false,
            Check::Compare(..) | Check::Present | Check::Absent => false,
        }
    }

    fn is_in(&self, item: &Literal) -> bool {
        match (&self.compared, item) {
            (Compared::Value(Value::Address(address)), Literal::Network(network)) => {
                let (first, last) = network.key_range();
                (first..=last).contains(&address.key())
            }
            _ => self.order(item) == Some(Ordering::Equal),
        }
    }

    /// How the value is to a literal; `None` where the two cannot be compared.
    fn order(&self, literal: &Literal) -> Option<Ordering> {
        match (&self.compared, literal) {
            (Compared::Value(Value::Text(a)), Literal::Text(b)) => Some(a.as_str().cmp(b)),
            (Compared::List(a), Literal::Text(b)) => (**a == **b).then_some(Ordering::Equal),
            (Compared::Choice(a), Literal::Text(b)) => Some(a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase())),
            (Compared::JsonOther, Literal::Text(b)) => {
                let same = self.texts.iter().any(|text| *text == json::without_spaces_if_nested(b));
                same.then_some(Ordering::Equal)
            }
            (Compared::Value(Value::Integer(a)), Literal::Integer(b)) => Some(a.cmp(b)),
            (Compared::Value(Value::Address(a)), Literal::Address(b)) => Some(a.key().cmp(&b.key())),
            (Compared::Value(Value::Time(a)), Literal::Time(b)) => Some(a.cmp(b)),
            (Compared::Value(Value::Boolean(a)), Literal::Boolean(b)) => Some(a.cmp(b)),
            (Compared::Evidence(a, _), Literal::Integer(b)) => Some(a.cmp(b)),
            (Compared::Evidence(_, a), Literal::Text(b)) => Some(a.as_str().cmp(b)),
            (Compared::JsonNumber(a), Literal::Text(b)) => a.order(Number::parse(b)?),
            // Truth values have no order.
            (Compared::JsonBoolean(a), Literal::Text(b)) => (a.to_string() == **b).then_some(Ordering::Equal),
            (Compared::JsonText(a), Literal::Text(b)) => {
                let order = a.as_str().cmp(b);
                // Digits do not sort as text does, so a number orders only numbers, and equals a text that is the same.
                (Number::parse(b).is_none() || order.is_eq()).then_some(order)
            }
            _ => None,
        }
    }
}

/// Reads a time as events write it; milliseconds. What cannot be read is no value.
pub fn written_millis(text: &str) -> Option<i64> {
    value::parse_time(text).map(|time| time.time.0)
}
