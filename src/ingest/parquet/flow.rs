//! Rows of a flow log. Most of what they say repeats or is a number, and is not made text again.

use super::columns::ColumnBatch;
use super::rows::{Cell, Row};
use crate::ingest::Emitter;
use crate::ingest::emit::Place;
use crate::ingest::flow::{RecordBuilder, Which, field_by_any_name, tell_slips};
use crate::model::{FieldId, Home, Kind};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

pub(super) struct FlowRows {
    record: RecordBuilder,
    /// Of the top-level columns.
    uses: Vec<Use>,
    /// Those that are in no tuple.
    others: Vec<usize>,
    /// Of the columns that hold parts of each tuple: the texts that occurred, in the batch at hand.
    tuples: [Tuple; 2],
    /// Counts how often texts were numbered again.
    epoch: u32,
    key: Vec<u8>,
}

enum Use {
    Field(FieldId),
    Extra(String),
}

/// The columns of a tuple.
#[derive(Default)]
struct Tuple {
    /// By the number of the column.
    columns: Vec<(usize, Known)>,
}

/// Texts of a column by number.
#[derive(Default)]
struct Known {
    numbers: FxHashMap<Box<[u8]>, u32>,
    /// Of the rows of the batch at hand.
    of: Vec<u32>,
}

/// Distinct texts of a column after which they are numbered again.
const MOST_KNOWN: usize = 1 << 16;
/// No key of fields and values begins like this.
const MARK: [u8; 2] = [0xff; 2];

impl Known {
    fn batch(&mut self, column: &ColumnBatch, rows: usize) {
        self.of.clear();
        // Values that repeat are at one place for as long as the batch is there.
        let mut last: Option<(*const u8, usize, u32)> = None;
        for row in 0..rows {
            let number = match column.text(row) {
                None => 0,
                Some(text) => match last {
                    Some((place, len, number)) if place == text.as_ptr() && len == text.len() => number,
                    _ => {
                        let number = self.number(text);
                        last = Some((text.as_ptr(), text.len(), number));
                        number
                    }
                },
            };
            self.of.push(number);
        }
    }

    fn number(&mut self, text: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.numbers.len() as u32 + 1;
        self.numbers.insert(text.into(), number);
        number
    }
}

const WHICH: [Which; 2] = [Which::Interfaces, Which::Dispositions];

impl FlowRows {
    pub(super) fn new() -> Self {
        Self {
            record: RecordBuilder::new(),
            uses: Vec::new(),
            others: Vec::new(),
            tuples: Default::default(),
            epoch: 0,
            key: Vec::new(),
        }
    }

    /// To be called with the first row of some that were decoded together.
    pub(super) fn begin_batch(&mut self, row: &Row, rows: usize, out: &mut Emitter) {
        if self.uses.len() != row.names().len() {
            self.uses = uses(row.names());
            let in_tuple = |usage: &Use| matches!(usage, Use::Field(field) if matches!(field.home, Home::Interface | Home::Disposition));
            let others = self.uses.iter().enumerate().filter(|(_, usage)| !in_tuple(usage));
            self.others = others.map(|(number, _)| number).collect();
            tell_columns(&self.uses, out);
        }
        let is_full = |(_, known): &(usize, Known)| known.numbers.len() > MOST_KNOWN;
        if self.tuples.iter().any(|tuple| tuple.columns.iter().any(is_full)) {
            self.epoch += 1;
            self.tuples = Default::default();
        }
        for (number, usage) in self.uses.iter().enumerate() {
            let tuple = match usage {
                Use::Field(field) if field.home == Home::Interface => &mut self.tuples[0],
                Use::Field(field) if field.home == Home::Disposition => &mut self.tuples[1],
                _ => continue,
            };
            let at = tuple.columns.iter().position(|(known, _)| *known == number);
            let at = at.unwrap_or_else(|| {
                tuple.columns.push((number, Known::default()));
                tuple.columns.len() - 1
            });
            if let (Some((_, known)), Some(column)) = (tuple.columns.get_mut(at), row.column(number)) {
                known.batch(column, if column.is_texts() { rows } else { 0 });
            }
        }
    }

    /// Emits what a row holds; how many positions that took.
    pub(super) fn row(&mut self, row: &Row, place: Place, out: &mut Emitter) -> u32 {
        let Self { record, uses, others, tuples, epoch, key } = self;
        record.begin();
        let mut recalled = [false; 2];
        for ((which, tuple), recalled) in WHICH.into_iter().zip(tuples).zip(&mut recalled) {
            if tuple_key(tuple, row, *epoch, key) {
                *recalled = record.recall(which, key, out);
            }
        }
        // The first value that does not fit, in the file's order, is the error.
        match recalled {
            [true, true] => {
                let wanted = others.iter().filter_map(|number| Some((*number, uses.get(*number)?)));
                wanted.for_each(|(number, usage)| set(record, usage, number, row));
            }
            recalled => {
                for (number, usage) in uses.iter().enumerate() {
                    let is_known =
                        |home: Home| home == Home::Interface && recalled[0] || home == Home::Disposition && recalled[1];
                    match usage {
                        Use::Field(field) if is_known(field.home) => {}
                        usage => set(record, usage, number, row),
                    }
                }
            }
        }
        if !record.is_good() {
            record.raw(row.json().as_bytes());
        }
        record.finish(place, out);
        1
    }
}

/// What a tuple's columns say in a row, as short as that can be; false where it takes more than numbers and known texts.
fn tuple_key(tuple: &Tuple, row: &Row, epoch: u32, key: &mut Vec<u8>) -> bool {
    key.clear();
    key.extend_from_slice(&MARK);
    key.extend_from_slice(&epoch.to_le_bytes());
    for (number, known) in &tuple.columns {
        match row.column(*number) {
            Some(column) if column.is_numbers() => match column.number(row.at()) {
                None => key.extend_from_slice(&i64::MIN.to_le_bytes()),
                Some(i64::MIN) => return false,
                Some(value) => key.extend_from_slice(&value.to_le_bytes()),
            },
            Some(column) if column.is_texts() => match known.of.get(row.at()) {
                Some(number) => key.extend_from_slice(&number.to_le_bytes()),
                None => return false,
            },
            _ => return false,
        }
    }
    true
}

/// Enters what a column says in a row.
#[inline]
fn set(record: &mut RecordBuilder, usage: &Use, number: usize, row: &Row) {
    let field = match usage {
        Use::Field(field) => *field,
        Use::Extra(name) => {
            return match row.cell(number) {
                None => {}
                Some(Cell::Flat { text, .. }) if matches!(text.as_ref(), b"" | b"-") => {}
                Some(cell) => record.set_extra(name, &cell.json()),
            };
        }
    };
    match row.column(number) {
        Some(column) if column.is_numbers() => {
            if let Some(value) = column.number(row.at()) {
                record.set_number(field, value);
            }
        }
        Some(column) if column.is_texts() => {
            if let Some(text) = column.text(row.at()) {
                record.set(field, text);
            }
        }
        _ => set_cell(record, field, row.cell(number)),
    }
}

fn set_cell(record: &mut RecordBuilder, field: FieldId, cell: Option<Cell<'_>>) {
    match cell {
        None => {}
        Some(Cell::Flat { text, is_millis: true, .. }) if field.kind == Kind::Time => {
            match std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()) {
                Some(millis) => record.set_millis(field, millis),
                None => record.set(field, &text),
            }
        }
        Some(Cell::Flat { text, .. }) => record.set(field, &text),
        Some(Cell::Nested(json)) => record.set_extra(field.name(), json),
    }
}

fn tell_columns(uses: &[Use], out: &mut Emitter) {
    let fields: Vec<FieldId> =
        uses.iter().filter_map(|u| if let Use::Field(field) = u { Some(*field) } else { None }).collect();
    let others: Vec<&str> =
        uses.iter().filter_map(|u| if let Use::Extra(name) = u { Some(name.as_str()) } else { None }).collect();
    tell_slips(&others, &fields, out);
}

fn uses(names: &[String]) -> Vec<Use> {
    let mut seen = BTreeSet::new();
    let usage = |name: &String| match field_by_any_name(name) {
        Some(field) if seen.insert(field) => Use::Field(field),
        _ => Use::Extra(name.to_ascii_lowercase().replace('-', "_")),
    };
    names.iter().map(usage).collect()
}
