//! CSV (RFC 4180, a header, an absent value as an empty cell) and JSON Lines, as the command line prints them.

use super::ExportFormat;
use crate::model::{Timestamp, Unit, Value};
use crate::query::tables::Column;
use crate::query::{Batch, Values};
use std::io::Write;

/// Rows that become text at once.
pub(super) const ROWS_OF_A_PART: usize = 16_384;

/// Makes lines of rows.
pub(super) enum Lines {
    Csv {
        names: Vec<String>,
    },
    /// `"name":`, a comma before it but for the first, and whether values are JSON themselves.
    Json {
        keys: Vec<(String, bool)>,
    },
}

impl Lines {
    pub(super) fn new(format: ExportFormat, columns: &[Column]) -> Self {
        let key = |(at, column): (usize, &Column)| {
            let name = serde_json::Value::from(column.name.as_str());
            (format!("{}{name}:", if at > 0 { "," } else { "" }), column.unit == Unit::Json)
        };
        match format {
            ExportFormat::JsonLines => Self::Json { keys: columns.iter().enumerate().map(key).collect() },
            _ => Self::Csv { names: columns.iter().map(|column| column.name.clone()).collect() },
        }
    }

    /// What stands before all rows.
    pub(super) fn header(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Json { .. } => Ok(Vec::new()),
            Self::Csv { names } => {
                let mut writer = csv_writer(0);
                writer.write_record(names).map_err(|e| e.to_string())?;
                writer.into_inner().map_err(|e| e.to_string())
            }
        }
    }

    pub(super) fn encode(&self, part: &[Batch]) -> Result<Vec<u8>, String> {
        match self {
            Self::Json { keys } => Ok(json(part, keys)),
            Self::Csv { .. } => csv(part),
        }
    }
}

fn csv_writer(bytes: usize) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::with_capacity(bytes))
}

fn csv(part: &[Batch]) -> Result<Vec<u8>, String> {
    let told = |error: csv::Error| error.to_string();
    let mut writer = csv_writer(part.iter().map(Batch::len).sum::<usize>() * 256);
    let (mut cell, mut day) = (Vec::new(), Day::default());
    for batch in part {
        let columns: Vec<Cells> = batch.columns().iter().map(|column| Cells::new(column, &Value::to_text)).collect();
        for row in 0..batch.len() {
            for column in &columns {
                match column.text(row) {
                    Some(text) => writer.write_field(text).map_err(told)?,
                    None => {
                        cell.clear();
                        column.write(row, b"", b"", &mut day, &mut cell);
                        writer.write_field(&cell).map_err(told)?;
                    }
                }
            }
            writer.write_record(None::<&[u8]>).map_err(told)?;
        }
    }
    writer.into_inner().map_err(|e| e.to_string())
}

fn json(part: &[Batch], keys: &[(String, bool)]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(part.iter().map(Batch::len).sum::<usize>() * 512);
    let mut day = Day::default();
    for batch in part {
        let columns: Vec<(&str, Cells)> = batch
            .columns()
            .iter()
            .zip(keys)
            .map(|(column, (key, is_json))| (key.as_str(), Cells::new(column, &|value| json_of(value, *is_json))))
            .collect();
        for row in 0..batch.len() {
            lines.push(b'{');
            for (key, column) in &columns {
                lines.extend_from_slice(key.as_bytes());
                match column.text(row) {
                    Some(text) => lines.extend_from_slice(text.as_bytes()),
                    None => column.write(row, b"null", b"\"", &mut day, &mut lines),
                }
            }
            lines.extend_from_slice(b"}\n");
        }
    }
    lines
}

fn json_of(value: &Value, is_json: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Integer(_) | Value::Number(_) | Value::Boolean(_) => value.to_text(),
        // One line, as the evidence spells its values. What is no JSON after all is a text.
        Value::Text(text) if is_json => match serde_json::from_str::<&serde_json::value::RawValue>(text) {
            Ok(raw) if !raw.get().contains(['\n', '\r']) => raw.get().to_owned(),
            Ok(raw) => raw.get().replace(['\n', '\r'], " "),
            Err(_) => serde_json::Value::from(text.as_str()).to_string(),
        },
        Value::Text(_) | Value::Time(_) => serde_json::Value::from(value.to_text()).to_string(),
    }
}

/// The cells of a column of a batch. What repeats is made text once.
enum Cells<'b> {
    Texts(Vec<String>),
    Words { texts: Vec<String>, of: &'b [u32] },
    Integers(&'b [i64]),
    Times(&'b [i64]),
}

impl<'b> Cells<'b> {
    fn new(values: &'b Values, text: &dyn Fn(&Value) -> String) -> Self {
        match values {
            Values::Each(list) => Self::Texts(list.iter().map(text).collect()),
            Values::Words { words, of } => Self::Words { texts: words.iter().map(text).collect(), of },
            Values::Integers(list) => Self::Integers(list),
            Values::Times(list) => Self::Times(list),
        }
    }

    /// The text of a cell that has one already.
    fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Texts(texts) => texts.get(row).map(String::as_str),
            Self::Words { texts, of } => texts.get(*of.get(row)? as usize).map(String::as_str),
            Self::Integers(_) | Self::Times(_) => None,
        }
    }

    /// Appends the text of a number or a time, the latter between quotes. Writing into a vector cannot fail.
    fn write(&self, row: usize, absent: &[u8], quote: &[u8], day: &mut Day, out: &mut Vec<u8>) {
        match self {
            Self::Integers(list) if let Some(number) = number(list, row) => _ = write!(out, "{number}"),
            Self::Times(list) if let Some(millis) = number(list, row) => {
                out.extend_from_slice(quote);
                day.write(millis, out);
                out.extend_from_slice(quote);
            }
            _ => out.extend_from_slice(absent),
        }
    }
}

fn number(list: &[i64], row: usize) -> Option<i64> {
    list.get(row).copied().filter(|number| *number != Values::NONE)
}

/// The day of the time before, as text: the next one is mostly the same.
#[derive(Default)]
struct Day {
    secs: Option<i64>,
    text: String,
}

impl Day {
    const SECS: i64 = 86_400;

    /// Appends `Timestamp::to_iso`.
    fn write(&mut self, millis: i64, out: &mut Vec<u8>) {
        let secs = millis.div_euclid(1000);
        let midnight = secs - secs.rem_euclid(Self::SECS);
        if self.secs != Some(midnight) {
            let text = Timestamp::from_secs(midnight).to_iso();
            // Beyond the calendar there are no days.
            self.secs = text.ends_with("T00:00:00Z").then_some(midnight);
            self.text = text.trim_end_matches("00:00:00Z").to_owned();
        }
        if self.secs.is_none() || millis.rem_euclid(1000) != 0 {
            return out.extend_from_slice(Timestamp(millis).to_iso().as_bytes());
        }
        out.extend_from_slice(self.text.as_bytes());
        let of_day = secs - midnight;
        for (at, part) in [of_day / 3600, of_day / 60 % 60, of_day % 60].into_iter().enumerate() {
            if at > 0 {
                out.push(b':');
            }
            out.extend_from_slice(&[b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
        }
        out.push(b'Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn times_are_written_as_everywhere(
            times in prop::collection::vec(
                prop_oneof![
                    4 => 1_621_000_000_000i64..1_621_900_000_000,
                    2 => (-90_000i64..90_000).prop_map(|secs| secs * 1000),
                    1 => any::<i64>(),
                    1 => (-9_000_000_000_000i64..9_000_000_000_000).prop_map(|secs| secs * 1000),
                ],
                1..20,
            )
        ) {
            let mut day = Day::default();
            for millis in times {
                let mut out = Vec::new();
                day.write(millis, &mut out);
                prop_assert_eq!(String::from_utf8(out).unwrap(), Timestamp(millis).to_iso());
            }
        }
    }
}
