//! Parquet: every column optional, snappy, a row group for each 65,536 rows, made on all cores. Flow records have the names
//! and types in which AWS delivers them (VPC Flow Logs guide, "Parquet data type"), so that Athena's table for delivered
//! logs reads them.

use super::text::Day;
use crate::model::{Timestamp, Unit, Value};
use crate::query::tables::{Column, Storage, is_sum};
use crate::query::{Batch, Texts, Values};
use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::{ColumnCloseResult, get_column_writer, get_typed_column_writer};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, SchemaDescPtr, SchemaDescriptor, Type};
use std::io::Write;
use std::sync::Arc;

/// Rows of a row group, the last one aside.
pub(super) const ROWS_OF_A_GROUP: usize = 65_536;

/// Makes row groups of rows.
pub(super) struct Groups {
    schema: SchemaDescPtr,
    properties: WriterPropertiesPtr,
    stored: Vec<Stored>,
}

/// A row group as it is in the file, without its position.
pub(super) struct Group {
    columns: Vec<Chunk>,
    cut_times: u64,
}

/// A file that takes row groups.
pub(super) struct GroupFile<W: Write + Send> {
    file: SerializedFileWriter<W>,
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

impl Groups {
    /// `wide`: some sum is longer than 64 bits.
    pub(super) fn new(columns: &[Column], storage: Storage, wide: bool) -> Result<Self, String> {
        let stored: Vec<Stored> = columns.iter().map(|column| Stored::of(column.unit, storage, wide)).collect();
        let fields = columns.iter().zip(&stored).map(|(column, stored)| field(&column.name, *stored).map(Arc::new));
        let fields = fields.collect::<Result<_, _>>();
        let schema = fields.and_then(|fields| Type::group_type_builder("schema").with_fields(fields).build());
        let schema = SchemaDescriptor::new(Arc::new(schema.map_err(|e| e.to_string())?));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("coldtrail ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        Ok(Self { schema: Arc::new(schema), properties: Arc::new(properties), stored })
    }

    /// A file of these row groups.
    pub(super) fn file<W: Write + Send>(&self, file: W) -> Result<GroupFile<W>, String> {
        let file = SerializedFileWriter::new(file, self.schema.root_schema_ptr(), Arc::clone(&self.properties));
        Ok(GroupFile { file: file.map_err(|e| e.to_string())?, cut_times: 0 })
    }

    pub(super) fn encode(&self, part: &[Batch]) -> Result<Group, String> {
        let mut group = Group { columns: Vec::with_capacity(self.stored.len()), cut_times: 0 };
        for (number, (stored, column)) in self.stored.iter().zip(self.schema.columns()).enumerate() {
            let mut list = List::new(*stored);
            for batch in part {
                list.take(batch.columns().get(number).ok_or("a column is missing")?)?;
            }
            let chunk = list.chunk(column, &self.properties).map_err(|e| e.to_string())?;
            group.columns.push(chunk);
            group.cut_times += list.cut_times;
        }
        Ok(group)
    }
}

impl<W: Write + Send> GroupFile<W> {
    pub(super) fn group(&mut self, group: Group) -> Result<(), String> {
        self.cut_times += group.cut_times;
        self.append(group.columns).map_err(|e| e.to_string())
    }

    fn append(&mut self, columns: Vec<Chunk>) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for (bytes, close) in columns {
            group.append_column(&bytes, close)?;
        }
        group.close()?;
        Ok(())
    }

    /// Writes the footer, and says how many times were cut.
    pub(super) fn finish(self) -> Result<u64, String> {
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

/// The values of a column in a row group, and which rows have one.
struct List {
    stored: Stored,
    values: Stock,
    present: Vec<i16>,
    cut_times: u64,
}

enum Stock {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Double(Vec<f64>),
    Boolean(Vec<bool>),
    Bytes(Vec<ByteArray>),
    /// Decimals of 38 digits.
    Wide(Vec<FixedLenByteArray>),
}

impl Stock {
    fn of(stored: Stored) -> Self {
        match stored {
            Stored::Int32 => Stock::Int32(Vec::new()),
            Stored::Wide => Stock::Wide(Vec::new()),
            Stored::Int64 | Stored::Seconds | Stored::Millis => Stock::Int64(Vec::new()),
            Stored::Double => Stock::Double(Vec::new()),
            Stored::Boolean => Stock::Boolean(Vec::new()),
            Stored::Text => Stock::Bytes(Vec::new()),
        }
    }

    /// Appends those of another list of the same kind that are at these positions.
    fn pick(&mut self, from: &Self, places: impl Iterator<Item = usize>) {
        fn pick<T: Clone>(to: &mut Vec<T>, from: &[T], places: impl Iterator<Item = usize>) {
            to.extend(places.filter_map(|at| from.get(at).cloned()));
        }
        match (self, from) {
            (Stock::Int32(to), Stock::Int32(from)) => pick(to, from, places),
            (Stock::Int64(to), Stock::Int64(from)) => pick(to, from, places),
            (Stock::Double(to), Stock::Double(from)) => pick(to, from, places),
            (Stock::Boolean(to), Stock::Boolean(from)) => pick(to, from, places),
            (Stock::Bytes(to), Stock::Bytes(from)) => pick(to, from, places),
            (Stock::Wide(to), Stock::Wide(from)) => pick(to, from, places),
            _ => {}
        }
    }
}

impl List {
    fn new(stored: Stored) -> Self {
        Self { stored, values: Stock::of(stored), present: Vec::new(), cut_times: 0 }
    }

    /// Takes the values of a batch.
    fn take(&mut self, values: &Values) -> Result<(), String> {
        match values {
            Values::Each(list) => list.iter().try_for_each(|value| self.push(value).map(|_| ())),
            Values::Integers(list) => list.iter().try_for_each(|number| self.number(*number, Value::Integer)),
            Values::Texts(texts) => self.texts(texts),
            Values::Times(list) if self.stored == Stored::Text => self.times(list),
            Values::Times(list) => {
                list.iter().try_for_each(|number| self.number(*number, |n| Value::Time(Timestamp(n))))
            }
            Values::Words { words, of } => self.words(words, of),
        }
    }

    /// Texts, which stay in one piece of memory. A column of anything else has none.
    fn texts(&mut self, texts: &Texts) -> Result<(), String> {
        let Stock::Bytes(values) = &mut self.values else {
            if let Some(text) = texts.iter().flatten().next() {
                return Err(format!("{text} is not of its column's kind"));
            }
            self.present.resize(self.present.len() + texts.len(), 0);
            return Ok(());
        };
        let all = Bytes::copy_from_slice(texts.all().as_bytes());
        let mut begin = 0;
        for text in texts.iter() {
            self.present.push(i16::from(text.is_some()));
            if let Some(text) = text {
                values.push(ByteArray::from(all.slice(begin..begin + text.len())));
                begin += text.len();
            }
        }
        Ok(())
    }

    /// Times as texts.
    fn times(&mut self, millis: &[i64]) -> Result<(), String> {
        let (mut texts, mut day, mut bytes) = (Texts::default(), Day::default(), Vec::new());
        for millis in millis {
            if *millis == Values::NONE {
                texts.skip();
                continue;
            }
            bytes.clear();
            day.write(*millis, &mut bytes);
            texts.push(|all| all.push_str(&String::from_utf8_lossy(&bytes)));
        }
        self.texts(&texts)
    }

    fn number(&mut self, number: i64, value: impl Fn(i64) -> Value) -> Result<(), String> {
        let value = if number == Values::NONE { Value::Null } else { value(number) };
        self.push(&value).map(|_| ())
    }

    /// What repeats is made once.
    fn words(&mut self, words: &[Value], of: &[u32]) -> Result<(), String> {
        let mut made = Self::new(self.stored);
        let mut next = 0;
        let mut places = Vec::with_capacity(words.len());
        for word in words {
            let cut = made.push(word)?;
            let place = (*word != Value::Null).then_some((next, cut));
            next += usize::from(place.is_some());
            places.push(place);
        }
        if let Stock::Bytes(list) = &mut made.values {
            share(list);
        }
        let place = |word: &u32| places.get(*word as usize).copied().flatten();
        self.present.extend(of.iter().map(|word| i16::from(place(word).is_some())));
        self.cut_times += of.iter().filter(|word| place(word).is_some_and(|(_, cut)| cut)).count() as u64;
        self.values.pick(&made.values, of.iter().filter_map(|word| place(word).map(|(at, _)| at)));
        Ok(())
    }

    /// Takes a value; was its fraction of a second cut? A value that is not of the column's kind is refused: it would be
    /// another value in the file.
    fn push(&mut self, value: &Value) -> Result<bool, String> {
        self.present.push(i16::from(*value != Value::Null));
        let mut cut = false;
        match (&mut self.values, value) {
            (_, Value::Null) => {}
            (Stock::Int32(list), Value::Integer(value)) => {
                list.push(i32::try_from(*value).map_err(|_| format!("{value} does not fit its column of 32 bits"))?);
            }
            (Stock::Int64(list), Value::Integer(value)) => list.push(*value),
            (Stock::Int64(list), Value::Time(time)) if self.stored == Stored::Seconds => {
                cut = time.0.rem_euclid(1000) != 0;
                list.push(time.secs());
            }
            (Stock::Int64(list), Value::Time(time)) => list.push(time.0),
            (Stock::Wide(list), value @ (Value::Integer(_) | Value::Number(_))) => {
                let text = value.to_text();
                let number: i128 = text.parse().map_err(|_| format!("{text} does not fit a decimal of 38 digits"))?;
                list.push(ByteArray::from(number.to_be_bytes().to_vec()).into());
            }
            (Stock::Double(list), value @ (Value::Integer(_) | Value::Number(_))) => {
                list.push(value.to_text().parse().map_err(|_| "not a number".to_owned())?);
            }
            (Stock::Boolean(list), Value::Boolean(value)) => list.push(*value),
            (Stock::Bytes(list), value) => list.push(ByteArray::from(value.to_text().into_bytes())),
            (_, value) => return Err(format!("{} is not of its column's kind", value.to_text())),
        }
        self.cut_times += u64::from(cut);
        Ok(cut)
    }

    /// The column's bytes in a row group.
    fn chunk(&self, column: &ColumnDescPtr, properties: &WriterPropertiesPtr) -> Result<Chunk, ParquetError> {
        fn chunk<T: DataType>(
            column: &ColumnDescPtr,
            properties: &WriterPropertiesPtr,
            values: &[T::T],
            present: &[i16],
        ) -> Result<Chunk, ParquetError> {
            let mut out = TrackedWrite::new(Vec::new());
            let pages = Box::new(SerializedPageWriter::new(&mut out));
            let writer = get_column_writer(Arc::clone(column), Arc::clone(properties), pages);
            let mut writer = get_typed_column_writer::<T>(writer);
            writer.write_batch(values, Some(present), None)?;
            let close = writer.close()?;
            Ok((out.into_inner()?.into(), close))
        }
        let present = &self.present;
        match &self.values {
            Stock::Int32(values) => chunk::<Int32Type>(column, properties, values, present),
            Stock::Int64(values) => chunk::<Int64Type>(column, properties, values, present),
            Stock::Double(values) => chunk::<DoubleType>(column, properties, values, present),
            Stock::Boolean(values) => chunk::<BoolType>(column, properties, values, present),
            Stock::Bytes(values) => chunk::<ByteArrayType>(column, properties, values, present),
            Stock::Wide(values) => chunk::<FixedLenByteArrayType>(column, properties, values, present),
        }
    }
}

type Chunk = (Bytes, ColumnCloseResult);

/// Puts texts into one piece of memory, of which a copy costs next to nothing.
fn share(list: &mut [ByteArray]) {
    let all: Bytes = list.iter().map(ByteArray::data).collect::<Vec<_>>().concat().into();
    let mut begin = 0;
    for text in list {
        let end = begin + text.len();
        *text = ByteArray::from(all.slice(begin..end));
        begin = end;
    }
}
