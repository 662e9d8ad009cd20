//! Values of many events, column by column.

use super::values::Values;
use crate::model::{RecordId, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Events, ascending by id.
#[derive(Debug, Default)]
pub struct EventTable {
    pub ids: Vec<RecordId>,
    /// Milliseconds; `Values::NONE` where an event has none.
    pub times: Vec<i64>,
    /// One for each target that was asked for.
    pub columns: Vec<Coded>,
}

/// Values that repeat.
#[derive(Debug, Default)]
pub struct Coded {
    words: Vec<Value>,
    by_number: Vec<u32>,
    /// Columns of one dictionary share them.
    numbers: Arc<Vec<u32>>,
}

impl EventTable {
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// `None` where the event has none.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.times.get(row).copied().filter(|time| *time != Values::NONE)
    }

    /// The number of a row's value in a column; 0 where it has none.
    pub fn word(&self, column: usize, row: usize) -> u32 {
        self.columns.get(column).map_or(0, |column| column.word(row))
    }

    /// The value with this number in a column.
    pub fn value(&self, column: usize, word: u32) -> &Value {
        self.columns.get(column).map_or(&Value::Null, |column| column.value(word))
    }
}

impl Coded {
    /// `numbers`: of each row, in the dictionary; `by_number`: the place in `words` of each of these.
    pub(super) fn new(words: Words, by_number: Vec<u32>, numbers: Arc<Vec<u32>>) -> Self {
        Self { words: words.words, by_number, numbers }
    }

    /// The number of the value of a row; 0 where it has none.
    pub fn word(&self, row: usize) -> u32 {
        let number = self.numbers.get(row).copied().unwrap_or(0);
        self.by_number.get(number as usize).copied().unwrap_or(0)
    }

    /// The value with this number.
    pub fn value(&self, word: u32) -> &Value {
        self.words.get(word as usize).unwrap_or(&Value::Null)
    }

    /// Every value, at the place of its number.
    pub fn words(&self) -> &[Value] {
        &self.words
    }
}

/// Values as they come, each kept once; the first one is the absent one.
pub(super) struct Words {
    words: Vec<Value>,
    places: FxHashMap<Value, u32>,
}

impl Default for Words {
    fn default() -> Self {
        Self { words: vec![Value::Null], places: [(Value::Null, 0)].into_iter().collect() }
    }
}

impl Words {
    pub(super) fn place(&mut self, value: Value) -> u32 {
        if let Some(place) = self.places.get(&value) {
            return *place;
        }
        let place = self.words.len() as u32;
        self.words.push(value.clone());
        self.places.insert(value, place);
        place
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Every value, at its place.
    pub(super) fn into_values(self) -> Vec<Value> {
        self.words
    }
}
