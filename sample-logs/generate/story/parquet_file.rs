//! Flow logs as Parquet, as AWS writes them: gzip pages, snake_case names, absent values NULL.

use super::flow::{ALL_OF_V5, Flow};
use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

const INT32: [&str; 6] = ["version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"];
const INT64: [&str; 4] = ["packets", "bytes", "start", "end"];

/// The bytes of a Parquet file with all fields of version 5.
pub(super) fn write(flows: &[&Flow]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut message = String::from("message schema {\n");
    for field in ALL_OF_V5.split(' ') {
        let column = field.replace('-', "_");
        message.push_str(&match field {
            _ if INT32.contains(&field) => format!("  OPTIONAL INT32 {column};\n"),
            _ if INT64.contains(&field) => format!("  OPTIONAL INT64 {column};\n"),
            _ => format!("  OPTIONAL BYTE_ARRAY {column} (UTF8);\n"),
        });
    }
    message.push('}');
    let schema = Arc::new(parse_message_type(&message)?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::GZIP(GzipLevel::try_new(6)?))
        .set_created_by("make-sample-logs".to_owned())
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for field in ALL_OF_V5.split(' ') {
        let mut column = group.next_column()?.ok_or("a column for each field")?;
        write_column(&mut column, field, flows)?;
        column.close()?;
    }
    group.close()?;
    Ok(file.into_inner()?)
}

fn write_column(
    column: &mut SerializedColumnWriter,
    field: &str,
    flows: &[&Flow],
) -> Result<(), Box<dyn std::error::Error>> {
    let values: Vec<String> =
        flows.iter().map(|flow| if field == "version" { "5".to_owned() } else { flow.value(field) }).collect();
    let present = || values.iter().filter(|value| *value != "-");
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value != "-")).collect();
    if INT32.contains(&field) {
        let numbers = present().map(|v| v.parse()).collect::<Result<Vec<i32>, _>>()?;
        column.typed::<Int32Type>().write_batch(&numbers, Some(&levels), None)?;
    } else if INT64.contains(&field) {
        let numbers = present().map(|v| v.parse()).collect::<Result<Vec<i64>, _>>()?;
        column.typed::<Int64Type>().write_batch(&numbers, Some(&levels), None)?;
    } else {
        let texts: Vec<ByteArray> = present().map(|v| ByteArray::from(v.as_str())).collect();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None)?;
    }
    Ok(())
}
