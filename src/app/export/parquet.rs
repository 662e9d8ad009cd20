//! Parquet: every column optional, snappy, a row group for each 65,536 rows. Flow records have the names and types in which
//! AWS delivers them (VPC Flow Logs guide, "Parquet data type"), so that Athena's table for delivered logs reads them.

use super::Writer;
use crate::model::{Unit, Value};
use crate::query::tables::{Column, Storage, is_sum};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::io::Write;
use std::sync::Arc;

const ROWS_OF_A_GROUP: usize = 65_536;

pub(super) struct ParquetWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<Buffer>,
    rows: usize,
    cut_times: u64,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stored {
    Int32,
    Int64,
    /// A decimal of 38 digits.
    Wide,
    Double,
    Boolean,
    Text,
    /// Whole seconds since 1970, a number to every other program.
    Seconds,
    /// A timestamp of milliseconds, UTC.
    Millis,
}

impl Stored {
    fn of(unit: Unit, storage: Storage, wide: bool) -> Self {
        match (storage, unit) {
            (Storage::AwsEvents, _) => Stored::Text,
            (Storage::AwsFlows, Unit::Time) => Stored::Seconds,
            (Storage::AwsFlows, Unit::Number | Unit::Port | Unit::Protocol | Unit::TcpFlags) => Stored::Int32,
            (Storage::ByUnit, unit) if wide && is_sum(unit) => Stored::Wide,
            (_, Unit::Count | Unit::Bytes | Unit::Number | Unit::Port | Unit::Protocol | Unit::TcpFlags) => {
                Stored::Int64
            }
            (_, Unit::Time) => Stored::Millis,
            (_, Unit::Ratio) => Stored::Double,
            (_, Unit::Boolean) => Stored::Boolean,
            (_, Unit::Text | Unit::Record | Unit::Address | Unit::Json) => Stored::Text,
        }
    }
}

/// The values of a column in the row group, and which rows have one.
struct Buffer {
    stored: Stored,
    values: Values,
    present: Vec<i16>,
}

enum Values {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Double(Vec<f64>),
    Boolean(Vec<bool>),
    Bytes(Vec<ByteArray>),
    /// Decimals of 38 digits.
    Wide(Vec<FixedLenByteArray>),
}

impl<W: Write + Send> ParquetWriter<W> {
    /// `wide`: some sum is longer than 64 bits.
    pub(super) fn new(file: W, columns: &[Column], storage: Storage, wide: bool) -> Result<Self, String> {
        let stored = |column: &Column| Stored::of(column.unit, storage, wide);
        let fields = columns.iter().map(|column| field(&column.name, stored(column)).map(Arc::new));
        let fields = fields.collect::<Result<_, _>>();
        let schema = fields.and_then(|fields| Type::group_type_builder("schema").with_fields(fields).build());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("coldtrail ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let file = schema.and_then(|schema| SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)));
        let columns = columns.iter().map(|column| {
            let stored = stored(column);
            Buffer { stored, values: Values::of(stored), present: Vec::new() }
        });
        Ok(Self { file: file.map_err(|e| e.to_string())?, columns: columns.collect(), rows: 0, cut_times: 0 })
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            column.write(&mut group)?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl<W: Write + Send> Writer for ParquetWriter<W> {
    fn rows(&mut self, rows: Vec<Vec<Value>>) -> Result<(), String> {
        for row in rows {
            for (column, value) in self.columns.iter_mut().zip(row) {
                self.cut_times += u64::from(column.push(value)?);
            }
            self.rows += 1;
            if self.rows == ROWS_OF_A_GROUP {
                self.group().map_err(|e| e.to_string())?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, String> {
        self.group().map_err(|e| e.to_string())?;
        // The inner writer has the footer only after this; and its buffer is not flushed by being dropped.
        let mut file = self.file.into_inner().map_err(|e| e.to_string())?;
        file.flush().map_err(|e| e.to_string())?;
        Ok(self.cut_times)
    }
}

fn field(name: &str, stored: Stored) -> Result<Type, ParquetError> {
    let builder = |physical| Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    match stored {
        Stored::Int32 => builder(Physical::INT32),
        Stored::Wide => builder(Physical::FIXED_LEN_BYTE_ARRAY)
            .with_length(16)
            .with_precision(38)
            .with_scale(0)
            .with_logical_type(Some(LogicalType::decimal(0, 38))),
        Stored::Int64 | Stored::Seconds => builder(Physical::INT64),
        Stored::Double => builder(Physical::DOUBLE),
        Stored::Boolean => builder(Physical::BOOLEAN),
        Stored::Text => builder(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)),
        Stored::Millis => {
            builder(Physical::INT64).with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
        }
    }
    .build()
}

impl Values {
    fn of(stored: Stored) -> Self {
        match stored {
            Stored::Int32 => Values::Int32(Vec::new()),
            Stored::Wide => Values::Wide(Vec::new()),
            Stored::Int64 | Stored::Seconds | Stored::Millis => Values::Int64(Vec::new()),
            Stored::Double => Values::Double(Vec::new()),
            Stored::Boolean => Values::Boolean(Vec::new()),
            Stored::Text => Values::Bytes(Vec::new()),
        }
    }
}

impl Buffer {
    /// Takes a value; was its fraction of a second cut? A value that is not of the column's kind is refused: it would be
    /// another value in the file.
    fn push(&mut self, value: Value) -> Result<bool, String> {
        self.present.push(i16::from(value != Value::Null));
        let mut cut = false;
        match (&mut self.values, value) {
            (_, Value::Null) => {}
            (Values::Int32(list), Value::Integer(value)) => {
                list.push(i32::try_from(value).map_err(|_| format!("{value} does not fit its column of 32 bits"))?);
            }
            (Values::Int64(list), Value::Integer(value)) => list.push(value),
            (Values::Int64(list), Value::Time(time)) if self.stored == Stored::Seconds => {
                cut = time.0.rem_euclid(1000) != 0;
                list.push(time.secs());
            }
            (Values::Int64(list), Value::Time(time)) => list.push(time.0),
            (Values::Wide(list), value @ (Value::Integer(_) | Value::Number(_))) => {
                let text = value.to_text();
                let number: i128 = text.parse().map_err(|_| format!("{text} does not fit a decimal of 38 digits"))?;
                list.push(ByteArray::from(number.to_be_bytes().to_vec()).into());
            }
            (Values::Double(list), value @ (Value::Integer(_) | Value::Number(_))) => {
                list.push(value.to_text().parse().map_err(|_| "not a number".to_owned())?);
            }
            (Values::Boolean(list), Value::Boolean(value)) => list.push(value),
            (Values::Bytes(list), value) => list.push(ByteArray::from(value.to_text().into_bytes())),
            (_, value) => return Err(format!("{} is not of its column's kind", value.to_text())),
        }
        Ok(cut)
    }

    fn write<W: Write + Send>(&mut self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<(), ParquetError> {
        fn batch<T: DataType, W: Write + Send>(
            group: &mut SerializedRowGroupWriter<'_, W>,
            values: &mut Vec<T::T>,
            present: &[i16],
        ) -> Result<(), ParquetError> {
            let Some(mut column) = group.next_column()? else {
                return Err(ParquetError::General("a column is missing".to_owned()));
            };
            column.typed::<T>().write_batch(values, Some(present), None)?;
            values.clear();
            column.close()
        }
        match &mut self.values {
            Values::Int32(values) => batch::<Int32Type, W>(group, values, &self.present),
            Values::Int64(values) => batch::<Int64Type, W>(group, values, &self.present),
            Values::Double(values) => batch::<DoubleType, W>(group, values, &self.present),
            Values::Boolean(values) => batch::<BoolType, W>(group, values, &self.present),
            Values::Bytes(values) => batch::<ByteArrayType, W>(group, values, &self.present),
            Values::Wide(values) => batch::<FixedLenByteArrayType, W>(group, values, &self.present),
        }?;
        self.present.clear();
        Ok(())
    }
}
