//! Small Parquet files for tests, written by the library that reads them.

use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, FloatType, Int32Type, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// The values of one leaf column that are not null, with definition and repetition levels where it has any.
pub(crate) enum Values {
    Text(Vec<&'static str>),
    Long(Vec<i64>),
    Int(Vec<i32>),
    Float(Vec<f32>),
    Bool(Vec<bool>),
}

pub(crate) struct Leaf(pub Values, pub Vec<i16>, pub Vec<i16>);

/// A column of which every value is there; `most` is its definition level.
pub(crate) fn texts(most: i16, values: &[&'static str]) -> Leaf {
    Leaf(Values::Text(values.to_vec()), vec![most; values.len()], Vec::new())
}

pub(crate) fn longs(most: i16, values: &[i64]) -> Leaf {
    Leaf(Values::Long(values.to_vec()), vec![most; values.len()], Vec::new())
}

pub(crate) fn floats(most: i16, values: &[f32]) -> Leaf {
    Leaf(Values::Float(values.to_vec()), vec![most; values.len()], Vec::new())
}

/// A file of one row group with these leaf columns, in the schema's order.
pub(crate) fn file(schema: &str, leaves: &[Leaf]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for Leaf(values, definition, repetition) in leaves {
        let mut column = group.next_column().unwrap().unwrap();
        let definition = (!definition.is_empty()).then_some(definition.as_slice());
        let repetition = (!repetition.is_empty()).then_some(repetition.as_slice());
        match values {
            Values::Text(texts) => {
                let texts: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(*text)).collect();
                column.typed::<ByteArrayType>().write_batch(&texts, definition, repetition).unwrap();
            }
            Values::Long(longs) => {
                column.typed::<Int64Type>().write_batch(longs, definition, repetition).unwrap();
            }
            Values::Int(ints) => {
                column.typed::<Int32Type>().write_batch(ints, definition, repetition).unwrap();
            }
            Values::Float(floats) => {
                column.typed::<FloatType>().write_batch(floats, definition, repetition).unwrap();
            }
            Values::Bool(bools) => {
                column.typed::<BoolType>().write_batch(bools, definition, repetition).unwrap();
            }
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}
