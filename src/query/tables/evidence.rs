//! The evidence files as rows.

use super::{Column, Rows};
use crate::model::{Unit, Value};
use crate::query::EvidenceRow;

/// Every evidence file of the case.
pub fn evidence(files: &[EvidenceRow]) -> Rows {
    use Unit::{Boolean, Bytes, Count, Number, Text, Time};
    let names = [
        ("evidence", Number),
        ("path", Text),
        ("format", Text),
        ("record_format", Text),
        ("packing", Text),
        ("file_bytes", Bytes),
        ("content_bytes", Bytes),
        ("file_sha256", Text),
        ("content_sha256", Text),
        ("modified_utc", Text),
        ("imported_utc", Text),
        ("original_kept", Boolean),
        ("records", Count),
        ("duplicates", Count),
        ("warnings", Count),
        ("first", Time),
        ("last", Time),
    ];
    let text = |text: &str| Value::Text(text.to_owned());
    let maybe = |value: &Option<String>| value.as_deref().map_or(Value::Null, text);
    let row = |file: &EvidenceRow| {
        vec![
            Value::Integer(i64::from(file.id.0)),
            text(&file.path),
            text(&file.format),
            maybe(&file.record_format),
            text(&file.packing),
            Value::count(file.file_bytes),
            Value::count(file.content_bytes),
            text(&file.file_sha256),
            text(&file.content_sha256),
            maybe(&file.modified_utc),
            text(&file.imported_utc),
            Value::Boolean(file.raw_kept),
            Value::count(file.records),
            Value::count(file.duplicates),
            Value::count(file.warnings),
            Value::time(file.first),
            Value::time(file.last),
        ]
    };
    Rows::new(Column::list(&names), files.iter().map(row).collect())
}
