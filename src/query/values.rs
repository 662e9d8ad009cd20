//! Rows of a table column by column, which is how files are written. It belongs to nobody: any thread may read it.

use crate::model::{Timestamp, Value};
use std::sync::Arc;

/// Some rows of a table; each column has a value for each row.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    rows: usize,
    columns: Vec<Values>,
}

/// The values of one column.
#[derive(Clone, Debug)]
pub enum Values {
    Each(Vec<Value>),
    /// `Value::Integer`; `Values::NONE` where there is none.
    Integers(Vec<i64>),
    /// `Value::Time` in milliseconds; `Values::NONE` where there is none.
    Times(Vec<i64>),
    /// Texts that hardly repeat.
    Texts(Texts),
    /// Values that repeat, and for each row which of them; columns of one dictionary share the latter.
    Words {
        words: Vec<Value>,
        of: Arc<Vec<u32>>,
    },
}

/// Texts of some rows, in one piece of memory.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: String,
    /// Where each row's text ends; `None` where there is none.
    ends: Vec<Option<usize>>,
}

impl Texts {
    /// The next row has no text.
    pub(crate) fn skip(&mut self) {
        self.ends.push(None);
    }

    /// `write` appends the text of the next row.
    pub(crate) fn push(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.all);
        self.ends.push(Some(self.all.len()));
    }

    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let text = self.all.get(begin..(*end)?);
            begin = end.unwrap_or(begin);
            text
        })
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts, one behind the other.
    pub fn all(&self) -> &str {
        &self.all
    }

    fn get(&self, row: usize) -> Value {
        let Some(Some(end)) = self.ends.get(row) else { return Value::Null };
        let before = self.ends.get(..row).unwrap_or_default();
        let begin = before.iter().rev().find_map(|end| *end).unwrap_or(0);
        self.all.get(begin..*end).map_or(Value::Null, |text| Value::Text(text.to_owned()))
    }
}

impl Batch {
    /// Columns of the same length.
    pub(crate) fn new(rows: usize, columns: Vec<Values>) -> Self {
        Self { rows, columns }
    }

    /// From rows of so many values.
    pub(super) fn of_rows(rows: Vec<Vec<Value>>, columns: usize) -> Self {
        let count = rows.len();
        let mut lists: Vec<Vec<Value>> = (0..columns).map(|_| Vec::with_capacity(count)).collect();
        for row in rows {
            let mut values = row.into_iter();
            lists.iter_mut().for_each(|list| list.push(values.next().unwrap_or(Value::Null)));
        }
        Self::new(count, lists.into_iter().map(Values::Each).collect())
    }

    pub fn len(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub fn columns(&self) -> &[Values] {
        &self.columns
    }

    /// Gives a column other values.
    pub(super) fn replace(&mut self, column: usize, values: Values) {
        if let Some(place) = self.columns.get_mut(column) {
            *place = values;
        }
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        self.columns.iter().map(Values::weight).sum()
    }
}

impl Values {
    /// No value, among numbers.
    pub const NONE: i64 = i64::MIN;

    /// The same value for each row.
    pub(crate) fn all(value: Value, rows: usize) -> Self {
        Self::Words { words: vec![value], of: Arc::new(vec![0; rows]) }
    }

    pub fn get(&self, row: usize) -> Value {
        let number = |list: &[i64], value: fn(i64) -> Value| match list.get(row) {
            None | Some(&Self::NONE) => Value::Null,
            Some(number) => value(*number),
        };
        match self {
            Self::Each(list) => list.get(row).cloned().unwrap_or(Value::Null),
            Self::Integers(list) => number(list, Value::Integer),
            Self::Times(list) => number(list, |millis| Value::Time(Timestamp(millis))),
            Self::Texts(texts) => texts.get(row),
            Self::Words { words, of } => {
                of.get(row).and_then(|word| words.get(*word as usize)).cloned().unwrap_or(Value::Null)
            }
        }
    }

    /// Gives a row another value, of whatever kind.
    pub(crate) fn set(&mut self, row: usize, value: Value) {
        let number = match (&*self, &value) {
            (Self::Integers(_) | Self::Times(_), Value::Null) => Some(Self::NONE),
            (Self::Integers(_), Value::Integer(number)) => Some(*number).filter(|number| *number != Self::NONE),
            (Self::Times(_), Value::Time(time)) => Some(time.0).filter(|number| *number != Self::NONE),
            _ => None,
        };
        match (&mut *self, number) {
            (Self::Integers(list) | Self::Times(list), Some(number)) => {
                if let Some(place) = list.get_mut(row) {
                    *place = number;
                }
            }
            (Self::Integers(list) | Self::Times(list), None) => {
                let rows = list.len();
                *self = Self::Each((0..rows).map(|row| self.get(row)).collect());
                self.set(row, value);
            }
            (Self::Texts(texts), _) => {
                let value_of = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
                *self = Self::Each(texts.iter().map(value_of).collect());
                self.set(row, value);
            }
            (Self::Each(list), _) => {
                if let Some(place) = list.get_mut(row) {
                    *place = value;
                }
            }
            (Self::Words { words, of }, _) => {
                if let Some(place) = Arc::make_mut(of).get_mut(row) {
                    *place = words.len() as u32;
                    words.push(value);
                }
            }
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Each(list) => list.iter().map(Value::memory_bytes).sum(),
            Self::Integers(list) | Self::Times(list) => size_of_val(list.as_slice()),
            Self::Texts(texts) => size_of_val(texts.ends.as_slice()) + texts.all.len(),
            Self::Words { words, of } => {
                size_of_val(of.as_slice()) + words.iter().map(Value::memory_bytes).sum::<usize>()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            (-2i64..9).prop_map(Value::Integer),
            Just(Value::Integer(Values::NONE)),
            (-2i64..9).prop_map(|millis| Value::Time(Timestamp(millis))),
            "[a-c]{0,2}".prop_map(Value::Text),
        ]
    }

    proptest! {
        #[test]
        fn any_value_can_stand_in_any_column(
            numbers in prop::collection::vec(prop_oneof![4 => -3i64..4, 1 => Just(Values::NONE)], 1..20),
            others in prop::collection::vec((any::<prop::sample::Index>(), value()), 0..20),
        ) {
            let words = vec![Value::Null, Value::Text("a".into()), Value::Integer(3)];
            let of = Arc::new(numbers.iter().map(|number| number.rem_euclid(3) as u32).collect::<Vec<_>>());
            let mut texts = Texts::default();
            for number in &numbers {
                if *number < 0 { texts.skip() } else { texts.push(|all| all.push_str(&"é".repeat(*number as usize))) }
            }
            prop_assert_eq!(texts.iter().flatten().collect::<String>(), texts.all());
            let kinds = [
                Values::Texts(texts),
                Values::Integers(numbers.clone()),
                Values::Times(numbers.clone()),
                Values::Words { words, of: Arc::clone(&of) },
                Values::all(Value::Boolean(true), numbers.len()),
            ];
            for mut values in kinds {
                let mut expected: Vec<Value> = (0..numbers.len()).map(|row| values.get(row)).collect();
                for (at, value) in &others {
                    let row = at.index(numbers.len());
                    expected[row] = value.clone();
                    values.set(row, value.clone());
                }
                prop_assert_eq!((0..numbers.len()).map(|row| values.get(row)).collect::<Vec<_>>(), expected);
            }
            prop_assert_eq!(of.len(), numbers.len(), "columns that share it are as they were");
        }
    }

    #[test]
    fn rows_and_columns_say_the_same() {
        let rows = vec![vec![Value::Integer(1), Value::Null], vec![Value::Text("b".into())]];
        let batch = Batch::of_rows(rows, 2);
        let row = |row: usize| batch.columns().iter().map(|column| column.get(row)).collect::<Vec<_>>();
        assert_eq!((batch.len(), batch.columns().len()), (2, 2));
        assert_eq!(row(0), [Value::Integer(1), Value::Null]);
        assert_eq!(row(1), [Value::Text("b".into()), Value::Null]);
        assert_eq!(row(2), [Value::Null, Value::Null]);
    }
}
