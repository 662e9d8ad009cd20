//! A check on a value inside JSON.
//!
//! A JSON text equals the literal's text; a JSON number equals and orders by value where the literal is a number; `true`
//! and `false` equal their words. Lists and objects only exist, or are searched in their text. JSON's null is absent.

use super::{Compiler, joined};
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

    fn value(&self) -> String {
        format!("json_extract({}, {})", self.json, self.path)
    }
}

impl Compiler {
    /// 0 or 1: one of the values at the path passes the check. `json` is an expression that may be NULL or no JSON.
    pub(super) fn json_check(&mut self, json: &str, path: &[Step], check: &Check) -> String {
        let mut pieces: Vec<String> = path.split(|step| *step == Step::Each).map(sqlite_path).collect();
        let last = pieces.pop().unwrap_or_default();
        // Each `[*]` is a table of the list's elements, whose full key goes on with the rest of the path.
        let (mut tables, mut guards) = (Vec::new(), Vec::new());
        let mut base = "'$'".to_owned();
        for (i, piece) in pieces.iter().enumerate() {
            let place = self.extended(&base, piece);
            tables.push(format!("json_each({json}, {place}) w{i}"));
            guards.push(format!("json_type({json}, {place}) = 'array'"));
            base = format!("w{i}.fullkey");
        }
        let path = self.extended(&base, &last);
        let predicate = self.json_predicate(&Place { json, path: &path }, check);
        let found = if tables.is_empty() {
            format!("IFNULL({predicate}, 0)")
        } else {
            let guards = guards.join(" AND ");
            format!("EXISTS (SELECT 1 FROM {} WHERE {guards} AND {predicate})", tables.join(", "))
        };
        format!("(CASE WHEN json_valid({json}) THEN {found} ELSE 0 END)")
    }

    fn extended(&mut self, base: &str, piece: &str) -> String {
        match (base, piece.is_empty()) {
            (_, true) => base.to_owned(),
            ("'$'", false) => self.bind(Value::Text(format!("${piece}"))),
            (_, false) => {
                let piece = self.bind(Value::Text(piece.to_owned()));
                format!("({base} || {piece})")
            }
        }
    }

    fn json_predicate(&mut self, place: &Place<'_>, check: &Check) -> String {
        if let Some(pattern) = pattern::of_check(check, false) {
            let pattern = self.bind(Value::Text(pattern));
            let (kind, value) = (place.kind(), place.value());
            let written = format!("{} -> {}", place.json, place.path);
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
            Check::Absent | Check::HasFlags(_) | Check::InIndicators => "0".to_owned(),
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
        if with_equal && matches!(&**literal, "true" | "false") {
            parts.push(format!("{kind} = {text}"));
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
        let mut parts = vec![
            format!("({kind} = 'text' AND {value} IN {list})"),
            format!("({kind} IN ('true', 'false') AND {kind} IN {list})"),
        ];
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

/// Steps in SQLite's notation, without `$`: `."key"[0]`.
fn sqlite_path(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => format!(".{}", serde_json::Value::from(&**key)),
            Step::Index(index) => format!("[{index}]"),
            // `split` has taken these out.
            Step::Each => String::new(),
        })
        .collect()
}
