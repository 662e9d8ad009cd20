//! Columns of a Parquet row group as text, a batch of rows at a time.

use bytes::Bytes;
use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{AsBytes, DataType};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::io::Write;

/// Rows that are decoded at once.
pub(super) const BATCH_ROWS: usize = 4096;

/// One column of a row group, read from its first row on.
pub(super) struct ColumnSource {
    pub name: String,
    reader: ColumnReader,
    max_def_level: i16,
    /// Numbers are divided by this: stamps of microseconds become milliseconds, which the reader of times knows.
    divisor: i64,
}

/// A value in its text form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell<'a> {
    pub text: &'a [u8],
    /// The text is a JSON number, true or false.
    pub is_literal: bool,
}

/// Some rows of one column.
#[derive(Default)]
pub(super) struct ColumnBatch {
    bytes: Vec<u8>,
    /// Where each row's value stands; `None` is null.
    cells: Vec<Option<(usize, usize)>>,
    is_literal: bool,
}

impl ColumnBatch {
    pub fn cell(&self, row: usize) -> Option<Cell<'_>> {
        let (start, end) = (*self.cells.get(row)?)?;
        Some(Cell { text: self.bytes.get(start..end)?, is_literal: self.is_literal })
    }
}

/// The columns of a row group. A flow log has none that repeat; a file that has is not read, as its rows would be torn.
pub(super) fn sources(reader: &SerializedFileReader<Bytes>, group: usize) -> Result<Vec<ColumnSource>, String> {
    let group = reader.get_row_group(group).map_err(|e| e.to_string())?;
    let schema = group.metadata().schema_descr_ptr();
    let source = |(i, column): (usize, &parquet::schema::types::ColumnDescPtr)| {
        if column.max_rep_level() > 0 {
            return Err(format!("column {} is a list", column.name()));
        }
        let divisor = match column.converted_type() {
            ConvertedType::TIMESTAMP_MICROS => 1000,
            _ => 1,
        };
        Ok(ColumnSource {
            name: column.name().to_owned(),
            reader: group.get_column_reader(i).map_err(|e| e.to_string())?,
            max_def_level: column.max_def_level(),
            divisor,
        })
    };
    schema.columns().iter().enumerate().map(source).collect()
}

impl ColumnSource {
    pub fn skip(&mut self, rows: usize) -> Result<(), String> {
        let skipped = match &mut self.reader {
            ColumnReader::BoolColumnReader(r) => r.skip_records(rows),
            ColumnReader::Int32ColumnReader(r) => r.skip_records(rows),
            ColumnReader::Int64ColumnReader(r) => r.skip_records(rows),
            ColumnReader::Int96ColumnReader(r) => r.skip_records(rows),
            ColumnReader::FloatColumnReader(r) => r.skip_records(rows),
            ColumnReader::DoubleColumnReader(r) => r.skip_records(rows),
            ColumnReader::ByteArrayColumnReader(r) => r.skip_records(rows),
            ColumnReader::FixedLenByteArrayColumnReader(r) => r.skip_records(rows),
        };
        match skipped {
            Ok(count) if count == rows => Ok(()),
            Ok(_) => Err(format!("column {} has too few rows", self.name)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The next rows, exactly as many as wanted.
    pub fn read(&mut self, rows: usize) -> Result<ColumnBatch, String> {
        let (most, name, divisor) = (self.max_def_level, &self.name, self.divisor);
        match &mut self.reader {
            ColumnReader::BoolColumnReader(r) => batch(r, rows, most, name, true, |v, to| _ = write!(to, "{v}")),
            ColumnReader::Int32ColumnReader(r) => batch(r, rows, most, name, true, |v, to| _ = write!(to, "{v}")),
            ColumnReader::Int64ColumnReader(r) => {
                batch(r, rows, most, name, true, |v, to| _ = write!(to, "{}", v / divisor))
            }
            ColumnReader::Int96ColumnReader(r) => {
                batch(r, rows, most, name, true, |v, to| _ = write!(to, "{}", v.to_millis()))
            }
            ColumnReader::FloatColumnReader(r) => batch(r, rows, most, name, false, |v, to| _ = write!(to, "{v}")),
            ColumnReader::DoubleColumnReader(r) => batch(r, rows, most, name, false, |v, to| _ = write!(to, "{v}")),
            ColumnReader::ByteArrayColumnReader(r) => {
                batch(r, rows, most, name, false, |v, to| to.extend_from_slice(v.as_bytes()))
            }
            ColumnReader::FixedLenByteArrayColumnReader(r) => {
                batch(r, rows, most, name, false, |v, to| to.extend_from_slice(v.as_bytes()))
            }
        }
    }
}

/// Writing a number into a vector cannot fail.
fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    max_def_level: i16,
    name: &str,
    is_literal: bool,
    write: impl Fn(&T::T, &mut Vec<u8>),
) -> Result<ColumnBatch, String> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let (records, _, _) =
            reader.read_records(rows - read, Some(&mut levels), None, &mut values).map_err(|e| e.to_string())?;
        if records == 0 {
            return Err(format!("column {name} has too few rows"));
        }
        read += records;
    }
    let mut batch = ColumnBatch { is_literal, ..ColumnBatch::default() };
    let mut values = values.iter();
    for row in 0..rows {
        // A column that must have values has no levels.
        let is_null = max_def_level > 0 && levels.get(row) != Some(&max_def_level);
        batch.cells.push(if is_null {
            None
        } else {
            let start = batch.bytes.len();
            write(values.next().ok_or_else(|| format!("column {name} has too few values"))?, &mut batch.bytes);
            Some((start, batch.bytes.len()))
        });
    }
    Ok(batch)
}
