//! The rows of a row group: flat columns as text, structs, lists and maps as JSON, side by side.

use super::columns::{BATCH_ROWS, ColumnBatch, ColumnSource, Times};
use super::content::Content;
use super::nested;
use crate::ingest::json::text::push_string;
use ::parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::schema::types::{Type, TypePtr};
use std::borrow::Cow;
use std::sync::Arc;

/// Reads one row after another, all columns of a row group side by side.
pub(super) struct GroupRows<'g> {
    pub at_hand: Row,
    flat: Vec<ColumnSource>,
    nested: Option<RowIter<'g>>,
    /// Rows that were not begun.
    left: usize,
    in_batch: usize,
}

/// One row of some that were decoded together.
pub(super) struct Row {
    /// Of the top-level columns, in the file's order.
    names: Vec<String>,
    /// Where each top-level column's values come from.
    places: Vec<Source>,
    batches: Vec<ColumnBatch>,
    /// The JSON of the nested columns; empty for null.
    nested_json: Vec<String>,
    /// The row within the batches.
    at: usize,
}

#[derive(Clone, Copy)]
enum Source {
    Flat(usize),
    Nested(usize),
}

/// A value that is not null.
pub(super) enum Cell<'a> {
    /// The text of a value; a JSON number, true or false where it is a literal.
    /// Of a time that the file declares as one, `is_millis`.
    Flat { text: Cow<'a, [u8]>, is_literal: bool, is_millis: bool },
    /// The JSON of a struct, list or map.
    Nested(&'a str),
}

impl Cell<'_> {
    pub(super) fn json(&self) -> String {
        match self {
            Cell::Flat { text, is_literal: true, .. } => String::from_utf8_lossy(text).into_owned(),
            Cell::Flat { text, .. } => {
                let mut json = String::new();
                push_string(&mut json, &String::from_utf8_lossy(text));
                json
            }
            Cell::Nested(json) => (*json).to_owned(),
        }
    }
}

/// A column that is neither a struct nor a list.
fn is_flat(column: &Type) -> bool {
    column.is_primitive() && !is_repeated(column)
}

fn is_repeated(column: &Type) -> bool {
    let info = column.get_basic_info();
    info.has_repetition() && info.repetition() == ::parquet::basic::Repetition::REPEATED
}

impl<'g> GroupRows<'g> {
    pub(super) fn open(group: &'g dyn RowGroupReader, times: Times) -> Result<Self, String> {
        let schema = group.metadata().schema_descr_ptr();
        let root = schema.root_schema();
        let (mut names, mut places, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
        let (mut flat, mut leaf) = (Vec::new(), 0);
        for column in root.get_fields() {
            names.push(column.name().to_owned());
            if is_flat(column) {
                places.push(Source::Flat(flat.len()));
                flat.push(ColumnSource::open(group, leaf, times)?);
            } else {
                places.push(Source::Nested(wanted.len()));
                wanted.push(Arc::clone(column));
            }
            leaf += leaves(column);
        }
        let nested_count = wanted.len();
        let nested = match wanted.is_empty() {
            true => None,
            false => {
                let projection = Type::group_type_builder(root.name()).with_fields(wanted).build();
                let projection = projection.map_err(|e| e.to_string())?;
                Some(RowIter::from_row_group(Some(projection), group).map_err(|e| e.to_string())?)
            }
        };
        let left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let nested_json = vec![String::new(); nested_count];
        let at_hand = Row { names, places, batches: Vec::new(), nested_json, at: 0 };
        Ok(Self { at_hand, flat, nested, left, in_batch: 0 })
    }

    /// Comes to the next row; where it is the first of some that were decoded together, how many these are.
    pub(super) fn next(&mut self) -> Result<Option<usize>, String> {
        self.at_hand.at += 1;
        let is_first = self.at_hand.at >= self.in_batch;
        if is_first {
            self.at_hand.at = 0;
            self.next_batch()?;
        }
        if let Some(nested) = &mut self.nested {
            let row = nested.next().ok_or("a nested column has too few rows")?.map_err(|e| e.to_string())?;
            for (json, (_, field)) in self.at_hand.nested_json.iter_mut().zip(row.get_column_iter()) {
                json.clear();
                nested::push_json(json, field);
                if json == "null" {
                    json.clear();
                }
            }
        }
        Ok(is_first.then_some(self.in_batch))
    }

    fn next_batch(&mut self) -> Result<(), String> {
        self.in_batch = self.left.min(BATCH_ROWS);
        self.left -= self.in_batch;
        let batches = self.flat.iter_mut().map(|column| column.read(self.in_batch));
        self.at_hand.batches = batches.collect::<Result<Vec<_>, _>>()?;
        Ok(())
    }
}

impl Row {
    /// Of columns that are all flat; `None` where they are not.
    pub(super) fn of_flat(columns: &[TypePtr]) -> Option<Self> {
        let names = columns.iter().map(|column| column.name().to_owned()).collect();
        let places = (0..columns.len()).map(Source::Flat).collect();
        let is_flat = columns.iter().all(|column| is_flat(column));
        is_flat.then_some(Self { names, places, batches: Vec::new(), nested_json: Vec::new(), at: 0 })
    }

    /// Comes to the first of some rows that were decoded together.
    pub(super) fn begin(&mut self, batches: Vec<ColumnBatch>) {
        (self.batches, self.at) = (batches, 0);
    }

    /// Comes to one of them.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Its place among them.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// A flat column of them.
    #[inline]
    pub(super) fn column(&self, column: usize) -> Option<&ColumnBatch> {
        match self.places.get(column)? {
            Source::Flat(at) => self.batches.get(*at),
            Source::Nested(_) => None,
        }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The value of a top-level column; `None` for null.
    pub(super) fn cell(&self, column: usize) -> Option<Cell<'_>> {
        match self.places.get(column)? {
            Source::Flat(at) => {
                let cell = self.batches.get(*at)?.cell(self.at)?;
                Some(Cell::Flat { text: cell.text, is_literal: cell.is_literal, is_millis: cell.is_millis })
            }
            Source::Nested(at) => {
                self.nested_json.get(*at).filter(|json| !json.is_empty()).map(|json| Cell::Nested(json))
            }
        }
    }

    /// The row as a JSON object.
    pub(super) fn json(&self) -> String {
        let mut json = String::from("{");
        for (i, name) in self.names.iter().enumerate() {
            if i > 0 {
                json.push(',');
            }
            push_string(&mut json, name);
            json.push(':');
            match self.cell(i) {
                Some(cell) => json.push_str(&cell.json()),
                None => json.push_str("null"),
            }
        }
        json.push('}');
        json
    }

    /// The structs that a column holds: one, or a list of them.
    pub(super) fn elements(&self, column: usize) -> Vec<String> {
        let Some(Cell::Nested(json)) = self.cell(column) else { return Vec::new() };
        if json.starts_with('{') {
            return vec![json.to_owned()];
        }
        let elements: Vec<&serde_json::value::RawValue> = serde_json::from_str(json).unwrap_or_default();
        elements.into_iter().map(|element| element.get().to_owned()).collect()
    }
}

/// Leaf columns below a column.
fn leaves(column: &Type) -> usize {
    match column.is_primitive() {
        true => 1,
        false => column.get_fields().iter().map(|field| leaves(field)).sum(),
    }
}

/// The row or, with the column of a list, the element that is behind `left` others in this group; else how many there
/// are.
pub(super) fn render(
    reader: &SerializedFileReader<Content>,
    group: usize,
    times: Times,
    column: Option<usize>,
    left: u64,
) -> Result<Result<String, u64>, String> {
    let group = reader.get_row_group(group).map_err(|e| e.to_string())?;
    let rows_here = u64::try_from(group.metadata().num_rows()).unwrap_or(0);
    if column.is_none() && left >= rows_here {
        return Ok(Err(rows_here));
    }
    let mut rows = GroupRows::open(&*group, times)?;
    let mut count = 0;
    for _ in 0..rows_here {
        rows.next()?;
        match column {
            None if count == left => return Ok(Ok(rows.at_hand.json())),
            None => count += 1,
            Some(column) => {
                for element in rows.at_hand.elements(column) {
                    if count == left {
                        return Ok(Ok(element));
                    }
                    count += 1;
                }
            }
        }
    }
    Ok(Err(count))
}
