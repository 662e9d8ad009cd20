//! A check on one SQL expression. The result may be NULL where the expression is: callers be it in a WHERE or an
//! IFNULL.

use super::{Compiler, joined};
use crate::filter::{Check, Literal, pattern};
use crate::model::Timestamp;
use rusqlite::types::Value;

/// How an expression's values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// A closed set of values, compared and matched regardless of case.
    Choice,
    Integer,
    /// 16-byte key of an address; the text may be a name instead, then the key is NULL.
    Key,
    /// Times in whole seconds.
    Seconds,
    /// Times in milliseconds; the text is the time as the log wrote it.
    Millis,
    /// 0 or 1.
    Boolean,
    /// Number of an evidence file; the text is its path.
    Evidence,
}

pub(super) struct SqlColumn {
    /// What is compared.
    pub expr: String,
    /// What patterns look at, and what is NULL where there is no value.
    pub text: String,
    pub shape: Shape,
}

/// Lists up to this length are bound value by value; longer ones as one JSON array.
const INLINE_ITEMS: usize = 32;

impl SqlColumn {
    pub(super) fn new(expr: impl Into<String>, shape: Shape) -> Self {
        let expr = expr.into();
        Self { text: expr.clone(), expr, shape }
    }

    /// A row of table `address`.
    pub(super) fn address() -> Self {
        Self { expr: "key".to_owned(), text: "address".to_owned(), shape: Shape::Key }
    }

    /// A row of table `evidence`.
    pub(super) fn evidence() -> Self {
        Self { expr: "evidence_id".to_owned(), text: "path".to_owned(), shape: Shape::Evidence }
    }

    /// Values of a closed set are the same whatever the case of their letters.
    fn collation(&self) -> &'static str {
        if self.shape == Shape::Choice { " COLLATE NOCASE" } else { "" }
    }

    pub(super) fn boolean(expr: &str) -> Self {
        Self::new(expr, Shape::Boolean)
    }
}

impl Compiler {
    pub(super) fn predicate(&mut self, check: &Check, column: &SqlColumn) -> String {
        if let Some(pattern) = pattern::of_check(check, column.shape == Shape::Choice) {
            let pattern = self.bind(Value::Text(pattern));
            return format!("coldtrail_matches({pattern}, {})", column.text);
        }
        match check {
            Check::Present => format!("{} IS NOT NULL", column.text),
            Check::Absent => format!("{} IS NULL", column.text),
            Check::Equals(literal) => self.compare(column, "=", literal),
            Check::Less(literal) => self.compare(column, "<", literal),
            Check::LessOrEqual(literal) => self.compare(column, "<=", literal),
            Check::Greater(literal) => self.compare(column, ">", literal),
            Check::GreaterOrEqual(literal) => self.compare(column, ">=", literal),
            Check::Between(low, high) => {
                let low = self.compare(column, ">=", low);
                let high = self.compare(column, "<=", high);
                format!("({low} AND {high})")
            }
            Check::In(items) => self.in_list(column, items),
            Check::HasFlags(mask) => {
                let mask = self.bind(Value::Integer(*mask));
                format!("({} & {mask}) = {mask}", column.expr)
            }
            // Patterns are above; indicator lists and other fields are looked at before.
            Check::Like(_) | Check::Contains(_) | Check::Matches(_) | Check::InIndicators | Check::Compare(..) => {
                "0".to_owned()
            }
        }
    }

    /// `operator` is one of SQL's six.
    fn compare(&mut self, column: &SqlColumn, operator: &str, literal: &Literal) -> String {
        let expr = &column.expr;
        match (column.shape, literal) {
            (Shape::Text | Shape::Choice, Literal::Text(text)) => {
                let value = self.bind(Value::Text(text.to_string()));
                format!("{expr}{} {operator} {value}", column.collation())
            }
            (Shape::Integer | Shape::Evidence, Literal::Integer(number)) => {
                let value = self.bind(Value::Integer(*number));
                format!("{expr} {operator} {value}")
            }
            (Shape::Evidence, Literal::Text(text)) => {
                let value = self.bind(Value::Text(text.to_string()));
                format!("{} {operator} {value}", column.text)
            }
            (Shape::Key, Literal::Address(address)) => {
                let value = self.bind(Value::Blob(address.key().to_vec()));
                format!("{expr} {operator} {value}")
            }
            // An address never compares with a name.
            (Shape::Key, Literal::Text(text)) => {
                let value = self.bind(Value::Text(text.to_string()));
                format!("({expr} IS NULL AND {} {operator} {value})", column.text)
            }
            (Shape::Seconds, Literal::Time(time)) => self.compare_seconds(expr, operator, *time),
            (Shape::Millis, Literal::Time(time)) => {
                let value = self.bind(Value::Integer(time.0));
                format!("{expr} {operator} {value}")
            }
            (Shape::Boolean, Literal::Boolean(value)) => {
                let value = self.bind(Value::Integer(i64::from(*value)));
                format!("{expr} {operator} {value}")
            }
            _ => "0".to_owned(),
        }
    }

    /// Compares whole seconds with a time in milliseconds, without a product for each row.
    fn compare_seconds(&mut self, expr: &str, operator: &str, time: Timestamp) -> String {
        let floor = time.secs();
        let whole = floor.saturating_mul(1000) == time.0;
        let bound = match operator {
            "=" if !whole => return "0".to_owned(),
            ">=" | "<" if !whole => floor.saturating_add(1),
            _ => floor,
        };
        let value = self.bind(Value::Integer(bound));
        format!("{expr} {operator} {value}")
    }

    fn in_list(&mut self, column: &SqlColumn, items: &[Literal]) -> String {
        let (mut texts, mut numbers, mut keys, mut ranges, mut parts) = (vec![], vec![], vec![], vec![], vec![]);
        for item in items {
            match (column.shape, item) {
                (Shape::Text | Shape::Choice | Shape::Key | Shape::Evidence, Literal::Text(text)) => {
                    texts.push(text.to_string())
                }
                (Shape::Integer | Shape::Evidence, Literal::Integer(number)) => numbers.push(*number),
                (Shape::Key, Literal::Address(address)) => keys.push(address.key()),
                (Shape::Key, Literal::Network(network)) => ranges.push(network.key_range()),
                (_, other) => parts.push(self.compare(column, "=", other)),
            }
        }
        if !texts.is_empty() {
            let list = self.text_list(&texts);
            let guard =
                if column.shape == Shape::Key { format!("{} IS NULL AND ", column.expr) } else { String::new() };
            parts.push(format!("({guard}{}{} IN {list})", column.text, column.collation()));
        }
        if !numbers.is_empty() {
            let list = self.integer_list(&numbers);
            parts.push(format!("{} IN {list}", column.expr));
        }
        if !keys.is_empty() {
            let list = self.key_list(&keys);
            parts.push(format!("{} IN {list}", column.expr));
        }
        for (first, last) in union_of(ranges) {
            let (first, last) = (self.bind(Value::Blob(first.to_vec())), self.bind(Value::Blob(last.to_vec())));
            parts.push(format!("{} BETWEEN {first} AND {last}", column.expr));
        }
        joined(&parts, "OR")
    }

    pub(super) fn text_list(&mut self, texts: &[String]) -> String {
        if texts.len() > INLINE_ITEMS {
            let array = serde_json::Value::from(texts).to_string();
            return format!("(SELECT value FROM json_each({}))", self.bind(Value::Text(array)));
        }
        let params: Vec<String> = texts.iter().map(|text| self.bind(Value::Text(text.clone()))).collect();
        format!("({})", params.join(", "))
    }

    fn integer_list(&mut self, numbers: &[i64]) -> String {
        if numbers.len() > INLINE_ITEMS {
            let array = serde_json::Value::from(numbers).to_string();
            return format!("(SELECT value FROM json_each({}))", self.bind(Value::Text(array)));
        }
        let params: Vec<String> = numbers.iter().map(|number| self.bind(Value::Integer(*number))).collect();
        format!("({})", params.join(", "))
    }

    fn key_list(&mut self, keys: &[[u8; 16]]) -> String {
        if keys.len() > INLINE_ITEMS {
            let hex: Vec<String> = keys.iter().map(|key| format!("{:032x}", u128::from_be_bytes(*key))).collect();
            let array = serde_json::Value::from(hex).to_string();
            return format!("(SELECT unhex(value) FROM json_each({}))", self.bind(Value::Text(array)));
        }
        let params: Vec<String> = keys.iter().map(|key| self.bind(Value::Blob(key.to_vec()))).collect();
        format!("({})", params.join(", "))
    }
}

type KeyRange = ([u8; 16], [u8; 16]);

/// Overlapping ranges become one.
fn union_of(mut ranges: Vec<KeyRange>) -> Vec<KeyRange> {
    ranges.sort_unstable();
    let mut union: Vec<KeyRange> = Vec::new();
    for (first, last) in ranges {
        match union.last_mut() {
            Some(before) if first <= before.1 => before.1 = before.1.max(last),
            _ => union.push((first, last)),
        }
    }
    union
}
