//! A check on a value inside JSON.
//!
//! A JSON text equals the literal's text; a JSON number equals and orders by value where the literal is a number; `true`
//! and `false` equal their words. Lists and objects equal, and are searched in, their text without spaces. JSON's null is
//! absent.

use super::{Compiler, joined};
use crate::filter::json::without_spaces_if_nested;
use crate::filter::value::Number;
use crate::filter::{Check, Literal, Step, pattern};
use rusqlite::types::Value;

/// The JSON of a record, and the parameter or expression of a path in it.
struct Place<'a> {
    json: &'a str,
    path: &'a str,
}

impl Place<'_> {
    fn kind(&self) -> String {
        format!("json_type({}, {})", self.json, self.path)
    }

    /// As JSON without spaces.
    fn written(&self) -> String {
        format!("({} -> {})", self.json, self.path)
    }

    fn value(&self) -> String {
        format!("json_extract({}, {})", self.json, self.path)
    }
}

impl Compiler {
    /// 0 or 1: one of the values at the path passes the check. `json` is an expression that may be NULL or no JSON.
    pub(super) fn json_check(&mut self, json: &str, path: &[Step], check: &Check) -> String {
        let found = if path.contains(&Step::Each) {
            self.one_of_many(json, path, check)
        } else {
            let place = self.place(path);
            let predicate = self.json_predicate(&Place { json, path: &place }, check);
            match self.crosses_list(json, path) {
                None => format!("IFNULL({predicate}, 0)"),
                Some(crosses) => {
                    let many = self.one_of_many(json, path, check);
                    format!("(IFNULL({predicate}, 0) OR ({crosses} AND {many}))")
                }
            }
        };
        format!("(CASE WHEN json_valid({json}) THEN {found} ELSE 0 END)")
    }

    /// A name steps into each element of a list (`filter::json`); of the few records that have one, the values are listed.
    fn one_of_many(&mut self, json: &str, path: &[Step], check: &Check) -> String {
        let steps = self.bind(Value::Text(steps_text(path)));
        let predicate = self.json_predicate(&Place { json: "w.json", path: "w.fullkey" }, check);
        format!("EXISTS (SELECT 1 FROM json_each(coldtrail_json_values({json}, {steps})) w WHERE {predicate})")
    }

    /// Is there a list where a name follows? `None` without a name.
    fn crosses_list(&mut self, json: &str, path: &[Step]) -> Option<String> {
        let names = path.iter().enumerate().filter(|(_, step)| matches!(step, Step::Key(_)));
        let kinds: Vec<String> = names
            .map(|(at, _)| {
                let place = self.place(path.get(..at).unwrap_or_default());
                format!("json_type({json}, {place})")
            })
            .collect();
        (!kinds.is_empty()).then(|| format!("'array' IN ({})", kinds.join(", ")))
    }

    fn place(&mut self, path: &[Step]) -> String {
        if path.is_empty() { "'$'".to_owned() } else { self.bind(Value::Text(format!("${}", sqlite_path(path)))) }
    }

    fn json_predicate(&mut self, place: &Place<'_>, check: &Check) -> String {
        if let Some(pattern) = pattern::of_check(check, false) {
            let pattern = self.bind(Value::Text(pattern));
            let (kind, value) = (place.kind(), place.value());
            let written = place.written();
            return format!(
                "coldtrail_matches({pattern}, CASE {kind} WHEN 'text' THEN {value} WHEN 'null' THEN NULL ELSE {written} END)"
            );
        }
        match check {
            Check::Equals(literal) => self.json_compare(place, "=", literal),
            Check::Less(literal) => self.json_compare(place, "<", literal),
            Check::LessOrEqual(literal) => self.json_compare(place, "<=", literal),
            Check::Greater(literal) => self.json_compare(place, ">", literal),
            Check::GreaterOrEqual(literal) => self.json_compare(place, ">=", literal),
            Check::Between(low, high) => {
                let low = self.json_compare(place, ">=", low);
                let high = self.json_compare(place, "<=", high);
                format!("({low} AND {high})")
            }
            Check::In(items) => self.json_in(place, items),
            Check::Present => format!("{} <> 'null'", place.kind()),
            Check::Absent | Check::HasFlags(_) | Check::InIndicators | Check::Compare(..) => "0".to_owned(),
            Check::Like(_) | Check::Contains(_) | Check::Matches(_) => "0".to_owned(),
        }
    }

    fn json_compare(&mut self, place: &Place<'_>, operator: &str, literal: &Literal) -> String {
        let Literal::Text(literal) = literal else { return "0".to_owned() };
        let (kind, value) = (place.kind(), place.value());
        let with_equal = matches!(operator, "=" | "<=" | ">=");
        let number = Number::parse(literal);
        let text = self.bind(Value::Text(literal.to_string()));
        let mut parts = Vec::new();
        // Digits do not sort as text does: a number orders only numbers, and equals a text that is the same.
        if number.is_none() {
            parts.push(format!("({kind} = 'text' AND {value} {operator} {text})"));
        } else if with_equal {
            parts.push(format!("({kind} = 'text' AND {value} = {text})"));
        }
        if let Some(number) = number {
            let number = self.bind(number_value(number));
            parts.push(format!("({kind} IN ('integer', 'real') AND {value} {operator} {number})"));
        }
        // Truth values, lists and objects equal their text, whatever the spaces in it.
        if with_equal && number.is_none() {
            let written = self.bind(Value::Text(without_spaces_if_nested(literal)));
            parts.push(format!("({kind} NOT IN ('text', 'null') AND {} = {written})", place.written()));
        }
        joined(&parts, "OR")
    }

    fn json_in(&mut self, place: &Place<'_>, items: &[Literal]) -> String {
        let texts: Vec<String> = items
            .iter()
            .filter_map(|item| match item {
                Literal::Text(text) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        let (kind, value) = (place.kind(), place.value());
        let list = self.text_list(&texts);
        let mut parts = vec![format!("({kind} = 'text' AND {value} IN {list})")];
        let no_numbers = texts.iter().filter(|text| Number::parse(text).is_none());
        let written: Vec<String> = no_numbers.map(|text| without_spaces_if_nested(text)).collect();
        if !written.is_empty() {
            let list = self.text_list(&written);
            parts.push(format!("({kind} NOT IN ('text', 'null') AND {} IN {list})", place.written()));
        }
        let numbers: Vec<String> =
            texts.iter().filter_map(|text| Number::parse(text)).map(|number| self.bind(number_value(number))).collect();
        if !numbers.is_empty() {
            parts.push(format!("({kind} IN ('integer', 'real') AND {value} IN ({}))", numbers.join(", ")));
        }
        joined(&parts, "OR")
    }
}

fn number_value(number: Number) -> Value {
    match number {
        Number::Integer(integer) => Value::Integer(integer),
        Number::Real(real) => Value::Real(real),
    }
}

/// Steps for `coldtrail_json_values`: `["key", 0, null]`, null for every element.
pub(in crate::query) fn steps_text(steps: &[Step]) -> String {
    let steps = steps.iter().map(|step| match step {
        Step::Key(key) => serde_json::Value::from(&**key),
        Step::Index(index) => serde_json::Value::from(*index),
        Step::Each => serde_json::Value::Null,
    });
    serde_json::Value::Array(steps.collect()).to_string()
}

/// The steps of such a text; `None` for any other.
pub(super) fn steps_of(text: &str) -> Option<Vec<Step>> {
    let steps: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let step = |step: serde_json::Value| match step {
        serde_json::Value::String(key) => Some(Step::Key(key.into())),
        serde_json::Value::Null => Some(Step::Each),
        other => other.as_u64().and_then(|index| u32::try_from(index).ok()).map(Step::Index),
    };
    steps.into_iter().map(step).collect()
}

/// Steps in SQLite's notation, without `$`: `."key"[0]`.
fn sqlite_path(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => format!(".{}", serde_json::Value::from(&**key)),
            Step::Index(index) => format!("[{index}]"),
            // Paths with these are not read by SQLite.
            Step::Each => String::new(),
        })
        .collect()
}
