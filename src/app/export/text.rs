//! CSV (RFC 4180, a header, an absent value as an empty cell) and JSON Lines, as the command line prints them.

use super::Writer;
use crate::model::{Unit, Value};
use crate::query::tables::Column;
use std::io::Write;

pub(super) struct CsvWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CsvWriter<W> {
    pub(super) fn new(file: W, columns: &[Column]) -> Result<Self, String> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        writer.write_record(columns.iter().map(|column| &column.name)).map_err(|e| e.to_string())?;
        Ok(Self(writer))
    }
}

impl<W: Write> Writer for CsvWriter<W> {
    fn rows(&mut self, rows: Vec<Vec<Value>>) -> Result<(), String> {
        rows.iter().try_for_each(|row| self.0.write_record(row.iter().map(Value::to_text))).map_err(|e| e.to_string())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, String> {
        self.0.flush().map_err(|e| e.to_string())?;
        Ok(0)
    }
}

pub(super) struct JsonWriter<W: Write> {
    file: W,
    /// `"name":` and whether values are JSON themselves.
    keys: Vec<(String, bool)>,
}

impl<W: Write> JsonWriter<W> {
    pub(super) fn new(file: W, columns: &[Column]) -> Self {
        let key = |column: &Column| {
            let name = serde_json::Value::from(column.name.as_str());
            (format!("{name}:"), column.unit == Unit::Json)
        };
        Self { file, keys: columns.iter().map(key).collect() }
    }

    fn line(&self, row: &[Value]) -> String {
        let mut line = String::from("{");
        for ((key, is_json), value) in self.keys.iter().zip(row) {
            if line.len() > 1 {
                line.push(',');
            }
            line.push_str(key);
            match value {
                Value::Null => line.push_str("null"),
                Value::Integer(_) | Value::Number(_) | Value::Boolean(_) => line.push_str(&value.to_text()),
                // One line, as the evidence spells its values. What is no JSON after all is a text.
                Value::Text(text) if *is_json => match serde_json::from_str::<&serde_json::value::RawValue>(text) {
                    Ok(raw) if !raw.get().contains(['\n', '\r']) => line.push_str(raw.get()),
                    Ok(raw) => line.push_str(&raw.get().replace(['\n', '\r'], " ")),
                    Err(_) => line.push_str(&serde_json::Value::from(text.as_str()).to_string()),
                },
                Value::Text(_) | Value::Time(_) => {
                    line.push_str(&serde_json::Value::from(value.to_text()).to_string());
                }
            }
        }
        line.push_str("}\n");
        line
    }
}

impl<W: Write> Writer for JsonWriter<W> {
    fn rows(&mut self, rows: Vec<Vec<Value>>) -> Result<(), String> {
        rows.iter().try_for_each(|row| self.file.write_all(self.line(row).as_bytes())).map_err(|e| e.to_string())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, String> {
        self.file.flush().map_err(|e| e.to_string())?;
        Ok(0)
    }
}
