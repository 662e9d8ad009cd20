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

    pub(super) fn encode(&self, part: &[Batch]) -> Vec<u8> {
        match self {
            Self::Json { keys } => json(part, keys),
            Self::Csv { .. } => csv(part),
        }
    }
}

fn csv_writer(bytes: usize) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::with_capacity(bytes))
}

fn csv(part: &[Batch]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(part.iter().map(Batch::len).sum::<usize>() * 256);
    let mut day = Day::default();
    for batch in part {
        let before = |at: usize| if at > 0 { b",".as_slice() } else { b"".as_slice() };
        let columns = batch.columns().iter().enumerate();
        let columns: Vec<Cells> = columns.map(|(at, column)| Cells::new(column, Form::Csv, before(at))).collect();
        for row in 0..batch.len() {
            let begin = lines.len();
            columns.iter().for_each(|column| column.write(row, &mut day, &mut lines));
            // An empty line would be no record.
            if lines.len() == begin {
                lines.extend_from_slice(b"\"\"");
            }
            lines.extend_from_slice(b"\r\n");
        }
    }
    lines
}

fn json(part: &[Batch], keys: &[(String, bool)]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(part.iter().map(Batch::len).sum::<usize>() * 512);
    let mut day = Day::default();
    for batch in part {
        let columns = batch.columns().iter().zip(keys);
        let columns: Vec<Cells> = columns
            .map(|(column, (key, is_json))| Cells::new(column, Form::Json { is_json: *is_json }, key.as_bytes()))
            .collect();
        for row in 0..batch.len() {
            lines.push(b'{');
            columns.iter().for_each(|column| column.write(row, &mut day, &mut lines));
            lines.extend_from_slice(b"}\n");
        }
    }
    lines
}

/// How values are written. Writing into a vector cannot fail.
#[derive(Clone, Copy, Debug)]
enum Form {
    Csv,
    /// `is_json`: texts are JSON themselves.
    Json {
        is_json: bool,
    },
}

impl Form {
    fn value(self, value: &Value, out: &mut Vec<u8>) {
        match (self, value) {
            (_, Value::Null) => out.extend_from_slice(self.absent()),
            (_, Value::Text(text)) => self.text(text, out),
            (Self::Json { .. }, Value::Integer(_) | Value::Number(_) | Value::Boolean(_)) => {
                out.extend_from_slice(value.to_text().as_bytes());
            }
            (Self::Json { .. }, Value::Time(_)) => push_string(&value.to_text(), out),
            (Self::Csv, _) => push_cell(&value.to_text(), out),
        }
    }

    fn text(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::Csv => push_cell(text, out),
            // One line, as the evidence spells its values. What is no JSON after all is a text.
            Self::Json { is_json: true } => match serde_json::from_str::<&serde_json::value::RawValue>(text) {
                Ok(raw) if !raw.get().contains(['\n', '\r']) => out.extend_from_slice(raw.get().as_bytes()),
                Ok(raw) => out.extend_from_slice(raw.get().replace(['\n', '\r'], " ").as_bytes()),
                Err(_) => push_string(text, out),
            },
            Self::Json { is_json: false } => push_string(text, out),
        }
    }

    fn absent(self) -> &'static [u8] {
        match self {
            Self::Csv => b"",
            Self::Json { .. } => b"null",
        }
    }

    /// Before and behind a time.
    fn quote(self) -> &'static [u8] {
        match self {
            Self::Csv => b"",
            Self::Json { .. } => b"\"",
        }
    }
}

/// A JSON string. A text can always be written as one.
fn push_string(text: &str, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, text);
}

/// A cell, between quotes where it has to be.
fn push_cell(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n')) {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'"', rest) {
        let (before, behind) = rest.split_at(at + 1);
        out.extend_from_slice(before);
        out.push(b'"');
        rest = behind;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// The cells of a column of a batch, with what stands before each. What repeats is written once.
struct Cells<'b> {
    list: List<'b>,
    form: Form,
    before: &'b [u8],
}

enum List<'b> {
    /// Of each row.
    Each(Written),
    Words(Written, &'b [u32]),
    Integers(&'b [i64]),
    Times(&'b [i64]),
}

/// Cells with what stands before them.
#[derive(Default)]
struct Written {
    all: Vec<u8>,
    spans: Vec<(usize, usize)>,
}

impl Written {
    fn push(&mut self, before: &[u8], write: impl FnOnce(&mut Vec<u8>)) {
        let begin = self.all.len();
        self.all.extend_from_slice(before);
        write(&mut self.all);
        self.spans.push((begin, self.all.len()));
    }

    fn of(values: &[Value], form: Form, before: &[u8]) -> Self {
        let mut written = Self::default();
        values.iter().for_each(|value| written.push(before, |all| form.value(value, all)));
        written
    }

    fn get(&self, at: usize) -> Option<&[u8]> {
        let (begin, end) = *self.spans.get(at)?;
        self.all.get(begin..end)
    }
}

impl<'b> Cells<'b> {
    fn new(values: &'b Values, form: Form, before: &'b [u8]) -> Self {
        let list = match values {
            Values::Each(list) => List::Each(Written::of(list, form, before)),
            Values::Texts(texts) => {
                let mut written = Written::default();
                for text in texts.iter() {
                    written.push(before, |all| match text {
                        Some(text) => form.text(text, all),
                        None => all.extend_from_slice(form.absent()),
                    });
                }
                List::Each(written)
            }
            Values::Words { words, of } => List::Words(Written::of(words, form, before), of),
            Values::Integers(list) => List::Integers(list),
            Values::Times(list) => List::Times(list),
        };
        Self { list, form, before }
    }

    /// Appends the cell of a row.
    fn write(&self, row: usize, day: &mut Day, out: &mut Vec<u8>) {
        let written = match &self.list {
            List::Each(written) => written.get(row),
            List::Words(written, of) => of.get(row).and_then(|word| written.get(*word as usize)),
            List::Integers(_) | List::Times(_) => None,
        };
        if let Some(written) = written {
            return out.extend_from_slice(written);
        }
        out.extend_from_slice(self.before);
        match &self.list {
            List::Integers(list) if let Some(number) = number(list, row) => _ = write!(out, "{number}"),
            List::Times(list) if let Some(millis) = number(list, row) => {
                out.extend_from_slice(self.form.quote());
                day.write(millis, out);
                out.extend_from_slice(self.form.quote());
            }
            _ => out.extend_from_slice(self.form.absent()),
        }
    }
}

fn number(list: &[i64], row: usize) -> Option<i64> {
    list.get(row).copied().filter(|number| *number != Values::NONE)
}

/// The day of the time before, as text: the next one is mostly the same.
#[derive(Default)]
pub(super) struct Day {
    secs: Option<i64>,
    text: String,
}

impl Day {
    const SECS: i64 = 86_400;

    /// Appends `Timestamp::to_iso`.
    pub(super) fn write(&mut self, millis: i64, out: &mut Vec<u8>) {
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
        fn lines_are_those_of_a_csv_writer(
            rows in prop::collection::vec(prop::collection::vec(prop::option::of("[a\",é\r\n ]{0,5}"), 3), 0..9), width in 1usize..4,
        ) {
            let mut writer = csv_writer(0);
            let mut columns = vec![crate::query::Texts::default(); width];
            for row in &rows {
                let cells = row.iter().take(width);
                writer.write_record(cells.clone().map(|cell| cell.as_deref().unwrap_or_default())).unwrap();
                for (column, cell) in columns.iter_mut().zip(cells) {
                    match cell {
                        Some(cell) => column.push(|all| all.push_str(cell)),
                        None => column.skip(),
                    }
                }
            }
            let batch = Batch::new(rows.len(), columns.into_iter().map(Values::Texts).collect());
            let lines = String::from_utf8(csv(&[batch])).unwrap();
            prop_assert_eq!(lines, String::from_utf8(writer.into_inner().unwrap()).unwrap());
        }

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
