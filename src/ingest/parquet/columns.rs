//! Columns of a Parquet row group as text, a batch of rows at a time.

use super::nested::scaled;
use crate::model::Timestamp;
use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as PhysicalType};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{AsBytes, ByteArray, DataType, FixedLenByteArray, Int96};
use ::parquet::file::reader::RowGroupReader;
use ::parquet::schema::types::ColumnDescriptor;
use std::borrow::Cow;
use std::io::Write;

/// Rows that are decoded at once.
pub(super) const BATCH_ROWS: usize = 4096;

/// One column of a row group, read from its first row on.
pub(super) struct ColumnSource {
    pub name: String,
    reader: ColumnReader,
    max_def_level: i16,
    meaning: Meaning,
}

/// A value in its text form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell<'a> {
    pub text: Cow<'a, [u8]>,
    /// The text is a JSON number, true or false.
    pub is_literal: bool,
    /// The text is the milliseconds of a time that the file declares as one.
    pub is_millis: bool,
}

/// Some rows of one column.
pub(super) struct ColumnBatch {
    stock: Stock,
    /// Which value each row has; `NONE` is null.
    places: Vec<u32>,
    is_millis: bool,
}

const NONE: u32 = u32::MAX;

/// Whole numbers and texts as the file stores them, because they are mostly wanted as what they are; all else as text.
enum Stock {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Texts(Vec<ByteArray>),
    Written { bytes: Vec<u8>, spans: Vec<(usize, usize)>, is_literal: bool },
}

impl ColumnBatch {
    fn place(&self, row: usize) -> Option<usize> {
        self.places.get(row).filter(|place| **place != NONE).map(|place| *place as usize)
    }

    pub(super) fn cell(&self, row: usize) -> Option<Cell<'_>> {
        let at = self.place(row)?;
        let number = |number: i64| number.to_string().into_bytes().into();
        let (text, is_literal) = match &self.stock {
            Stock::Int32(list) => (number(i64::from(*list.get(at)?)), true),
            Stock::Int64(list) => (number(*list.get(at)?), true),
            Stock::Texts(list) => (list.get(at)?.data().into(), false),
            Stock::Written { bytes, spans, is_literal } => {
                let (start, end) = *spans.get(at)?;
                (bytes.get(start..end)?.into(), *is_literal)
            }
        };
        Some(Cell { text, is_literal, is_millis: self.is_millis })
    }

    /// Is the column one of plain whole numbers?
    pub(super) fn is_numbers(&self) -> bool {
        matches!(self.stock, Stock::Int32(_) | Stock::Int64(_))
    }

    /// The value of a row of such a column.
    #[inline]
    pub(super) fn number(&self, row: usize) -> Option<i64> {
        let at = self.place(row)?;
        match &self.stock {
            Stock::Int32(list) => list.get(at).copied().map(i64::from),
            Stock::Int64(list) => list.get(at).copied(),
            _ => None,
        }
    }

    /// Is the column one of texts?
    pub(super) fn is_texts(&self) -> bool {
        matches!(self.stock, Stock::Texts(_))
    }

    /// Has any row a value?
    pub(super) fn has_values(&self) -> bool {
        self.places.iter().any(|place| *place != NONE)
    }

    /// The value of a row of such a column. Values at one place are the same as long as the batch is there.
    #[inline]
    pub(super) fn text(&self, row: usize) -> Option<&[u8]> {
        let at = self.place(row)?;
        match &self.stock {
            Stock::Texts(list) => list.get(at).map(ByteArray::data),
            _ => None,
        }
    }
}

/// How times are written: numbers of milliseconds, which the reader of flow records knows, or ISO text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Millis,
    Iso,
}

/// What the numbers of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Number,
    Unsigned,
    /// A stamp of so many to a millisecond; for milliseconds and INT96 this is 1.
    Stamp(i64, Times),
    /// Days since 1970.
    Date,
    /// Digits behind the point.
    Decimal(i32),
}

impl Meaning {
    fn of(column: &ColumnDescriptor, times: Times) -> Self {
        match (column.logical_type_ref(), column.converted_type(), column.physical_type()) {
            (Some(LogicalType::Timestamp(stamp)), ..) => match stamp.unit {
                TimeUnit::MILLIS => Meaning::Stamp(1, times),
                TimeUnit::MICROS => Meaning::Stamp(1000, times),
                TimeUnit::NANOS => Meaning::Stamp(1_000_000, times),
            },
            (_, ConvertedType::TIMESTAMP_MICROS, _) => Meaning::Stamp(1000, times),
            (_, ConvertedType::TIMESTAMP_MILLIS, _) | (_, _, PhysicalType::INT96) => Meaning::Stamp(1, times),
            (_, ConvertedType::DATE, _) => Meaning::Date,
            (_, ConvertedType::DECIMAL, _) => Meaning::Decimal(column.type_scale()),
            (_, ConvertedType::UINT_32 | ConvertedType::UINT_64, _) => Meaning::Unsigned,
            _ => Meaning::Number,
        }
    }

    /// Can a value be in JSON without quotes?
    fn is_literal(self) -> bool {
        matches!(self, Meaning::Number | Meaning::Unsigned | Meaning::Decimal(_) | Meaning::Stamp(_, Times::Millis))
    }

    /// Writing into a vector cannot fail.
    fn write(self, value: i64, to: &mut Vec<u8>) {
        _ = match self {
            Meaning::Number | Meaning::Unsigned => write!(to, "{value}"),
            Meaning::Stamp(units, Times::Millis) => write!(to, "{}", value.div_euclid(units)),
            Meaning::Stamp(units, Times::Iso) => write!(to, "{}", Timestamp(value.div_euclid(units)).to_iso()),
            Meaning::Date => {
                let iso = Timestamp(value.saturating_mul(86_400_000)).to_iso();
                write!(to, "{}", iso.split('T').next().unwrap_or_default())
            }
            Meaning::Decimal(scale) => write!(to, "{}", scaled(i128::from(value), scale)),
        };
    }
}

/// A decimal's bytes, the highest first; `None` where they are too many.
fn unscaled(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let mut all = [if negative { 0xff } else { 0u8 }; 16];
    all.get_mut(16usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    Some(i128::from_be_bytes(all))
}

impl ColumnSource {
    /// The column with this number of leaf columns before it.
    pub(super) fn open(group: &dyn RowGroupReader, leaf: usize, times: Times) -> Result<Self, String> {
        let column = group.metadata().column(leaf).column_descr();
        Ok(Self {
            name: column.name().to_owned(),
            reader: group.get_column_reader(leaf).map_err(|e| e.to_string())?,
            max_def_level: column.max_def_level(),
            meaning: Meaning::of(column, times),
        })
    }

    /// The next rows, exactly as many as wanted. Writing into a vector cannot fail.
    pub(super) fn read(&mut self, rows: usize) -> Result<ColumnBatch, String> {
        let (most, name, meaning) = (self.max_def_level, &self.name, self.meaning);
        let literal = meaning.is_literal();
        let bytes = |value: &[u8], to: &mut Vec<u8>| match meaning {
            Meaning::Decimal(scale) if let Some(number) = unscaled(value) => {
                _ = write!(to, "{}", scaled(number, scale));
            }
            _ => to.extend_from_slice(value),
        };
        let is_decimal = matches!(meaning, Meaning::Decimal(_));
        let (stock, places) = match &mut self.reader {
            ColumnReader::Int32ColumnReader(r) if meaning == Meaning::Number => {
                batch(r, rows, most, name, Stock::Int32)
            }
            ColumnReader::Int64ColumnReader(r) if meaning == Meaning::Number => {
                batch(r, rows, most, name, Stock::Int64)
            }
            ColumnReader::ByteArrayColumnReader(r) if !is_decimal => batch(r, rows, most, name, Stock::Texts),
            ColumnReader::BoolColumnReader(r) => {
                batch(r, rows, most, name, written(true, |v: &bool, to| _ = write!(to, "{v}")))
            }
            ColumnReader::Int32ColumnReader(r) if meaning == Meaning::Unsigned => {
                batch(r, rows, most, name, written(true, |v: &i32, to| _ = write!(to, "{}", *v as u32)))
            }
            ColumnReader::Int64ColumnReader(r) if meaning == Meaning::Unsigned => {
                batch(r, rows, most, name, written(true, |v: &i64, to| _ = write!(to, "{}", *v as u64)))
            }
            ColumnReader::Int32ColumnReader(r) => {
                batch(r, rows, most, name, written(literal, |v: &i32, to| meaning.write(i64::from(*v), to)))
            }
            ColumnReader::Int64ColumnReader(r) => {
                batch(r, rows, most, name, written(literal, |v: &i64, to| meaning.write(*v, to)))
            }
            ColumnReader::Int96ColumnReader(r) => {
                batch(r, rows, most, name, written(literal, |v: &Int96, to| meaning.write(v.to_millis(), to)))
            }
            ColumnReader::FloatColumnReader(r) => {
                batch(r, rows, most, name, written(false, |v: &f32, to| _ = write!(to, "{v}")))
            }
            ColumnReader::DoubleColumnReader(r) => {
                batch(r, rows, most, name, written(false, |v: &f64, to| _ = write!(to, "{v}")))
            }
            ColumnReader::ByteArrayColumnReader(r) => {
                batch(r, rows, most, name, written(is_decimal, |v: &ByteArray, to| bytes(v.as_bytes(), to)))
            }
            ColumnReader::FixedLenByteArrayColumnReader(r) => {
                batch(r, rows, most, name, written(is_decimal, |v: &FixedLenByteArray, to| bytes(v.as_bytes(), to)))
            }
        }?;
        let is_millis = matches!(meaning, Meaning::Stamp(_, Times::Millis));
        Ok(ColumnBatch { stock, places, is_millis })
    }
}

/// Values as texts.
fn written<T>(is_literal: bool, write: impl Fn(&T, &mut Vec<u8>)) -> impl FnOnce(Vec<T>) -> Stock {
    move |values| {
        let (mut bytes, mut spans) = (Vec::new(), Vec::with_capacity(values.len()));
        for value in &values {
            let start = bytes.len();
            write(value, &mut bytes);
            spans.push((start, bytes.len()));
        }
        Stock::Written { bytes, spans, is_literal }
    }
}

/// The values of some rows, and which of them each row has.
fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    max_def_level: i16,
    name: &str,
    stock: impl FnOnce(Vec<T::T>) -> Stock,
) -> Result<(Stock, Vec<u32>), String> {
    let (mut levels, mut values) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut read = 0;
    while read < rows {
        let (records, _, _) =
            reader.read_records(rows - read, Some(&mut levels), None, &mut values).map_err(|e| e.to_string())?;
        if records == 0 {
            return Err(format!("column {name} has too few rows"));
        }
        read += records;
    }
    let (mut places, mut next) = (Vec::with_capacity(rows), 0u32);
    for row in 0..rows {
        // A column that must have values has no levels.
        let is_null = max_def_level > 0 && levels.get(row) != Some(&max_def_level);
        places.push(if is_null { NONE } else { next });
        next += u32::from(!is_null);
    }
    if values.len() < next as usize {
        return Err(format!("column {name} has too few values"));
    }
    Ok((stock(values), places))
}
