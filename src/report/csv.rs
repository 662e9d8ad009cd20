//! Attachments as CSV (RFC 4180, UTF-8, a header), twice: without loss, and as a spreadsheet may open it.

use super::ReportError;
use super::document::{HeatMap, Plot, Table};
use super::words::Words;
use crate::model::{Timestamp, Value};
use crate::present::display;
use crate::query::Cancel;

/// Rows that are read at once.
const BATCH: usize = 4096;
/// Characters that a cell of a spreadsheet takes, less room for the mark that it was cut.
const SPREADSHEET_CHARS: usize = 32_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the values are: times in UTC, an absent value as an empty cell, an empty text as `""`.
    Lossless,
    /// Nothing in it is a formula, no cell has a line break, numbers that a spreadsheet would round are texts.
    Spreadsheet,
}

/// A table.
///
/// # Errors
/// Rows cannot be read; it was stopped.
pub(super) fn table(table: &Table, form: Form, cancel: &Cancel) -> Result<Vec<u8>, ReportError> {
    let mut out = Csv::new(form);
    out.line(table.columns.iter().map(|column| Value::Text(column.name.clone())));
    let mut done = 0;
    while done < table.rows.len() {
        if cancel.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let rows = table.rows.read(done, BATCH).map_err(ReportError::Unreadable)?;
        if rows.is_empty() {
            break;
        }
        done += rows.len() as u64;
        for row in rows {
            out.line(row.into_iter());
        }
    }
    Ok(out.bytes)
}

/// The values of a plot: a row for each bin with a record, or between two of them that are not beside each other; a bin
/// of which there is no evidence is not there.
pub(super) fn plot(plot: &Plot, words: &Words, form: Form) -> Vec<u8> {
    let mut out = Csv::new(form);
    let names = super::picture::names(plot, words).into_iter().map(Value::Text);
    let head = ["start_utc", "end_utc"].map(|name| Value::Text(name.to_owned()));
    out.line(head.into_iter().chain(names));
    for (at, start) in plot.chart.starts.iter().enumerate() {
        let times =
            [*start, start.saturating_add(plot.chart.bin_secs)].map(|secs| Value::Time(Timestamp::from_secs(secs)));
        let values = plot.chart.lines.iter().map(|line| Value::sum(line.exact.get(at).copied()));
        out.line(times.into_iter().chain(values));
    }
    out.bytes
}

/// The values of a heat map: a row for each day, from its midnight in the map's zone; an hour of which there is no
/// evidence is empty.
pub(super) fn heat(map: &HeatMap, form: Form) -> Vec<u8> {
    let mut out = Csv::new(form);
    let hours = (0..24).map(|hour| format!("{hour:02}"));
    let head = ["day".to_owned(), "day_start_utc".to_owned()].into_iter().chain(hours);
    out.line(head.map(Value::Text));
    for day in &map.heat.days {
        let start = Timestamp::from_secs(day.start);
        let name = [Value::Text(map.zone.format_with(start, "%Y-%m-%d")), Value::Time(start)];
        out.line(name.into_iter().chain(day.hours.iter().map(|value| Value::sum(*value))));
    }
    out.bytes
}

struct Csv {
    bytes: Vec<u8>,
    form: Form,
}

impl Csv {
    fn new(form: Form) -> Self {
        // A spreadsheet takes UTF-8 for what it is by this mark only.
        let mark: &[u8] = if form == Form::Spreadsheet { b"\xef\xbb\xbf" } else { b"" };
        Self { bytes: mark.to_vec(), form }
    }

    fn line(&mut self, values: impl Iterator<Item = Value>) {
        for (at, value) in values.enumerate() {
            if at > 0 {
                self.bytes.push(b',');
            }
            match self.form {
                Form::Lossless => self.cell(&value.to_text(), matches!(value, Value::Text(_))),
                Form::Spreadsheet => self.cell(&harmless(&value), false),
            }
        }
        self.bytes.extend_from_slice(b"\r\n");
    }

    fn cell(&mut self, text: &str, is_text: bool) {
        let quoted = text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ');
        if quoted || is_text && text.is_empty() {
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }
}

/// A value that a spreadsheet shows and does not compute: what begins as a formula, or is a number that it would round
/// or shorten, is behind an apostrophe; control and direction characters are spelt out.
fn harmless(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::Boolean(_) | Value::Time(_) => return value.to_text(),
        Value::Integer(number) if number.unsigned_abs() < 1_000_000_000_000_000 => return number.to_string(),
        Value::Integer(number) => return format!("'{number}"),
        Value::Number(text) => text.to_string(),
        Value::Text(text) => text.clone(),
    };
    let mut shown = display::visible(&text).into_owned();
    if let Some((end, _)) = shown.char_indices().nth(SPREADSHEET_CHARS) {
        let count = shown.chars().count();
        shown.truncate(end);
        shown.push_str(&format!("… [cut: {SPREADSHEET_CHARS} of {count} characters]"));
    }
    let first = shown.trim_start().chars().next();
    let is_formula = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '|' | '%' | '\''));
    if is_formula || reads_as_a_number(shown.trim()) { format!("'{shown}") } else { shown }
}

/// Would a spreadsheet take this text for a number and write it otherwise? (`007`, `1e5`, an account's 12 digits are
/// safe,
/// 20 digits are not.)
fn reads_as_a_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_number =
        digits > 0 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | 'e' | 'E' | '+' | '-'));
    let has_other = text.chars().any(|c| !c.is_ascii_digit());
    let leads_with_zero = text.starts_with('0') && text.len() > 1;
    is_number && (has_other && text.parse::<std::net::IpAddr>().is_err() || leads_with_zero || digits > 15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Unit;
    use crate::query::tables::Column;

    fn written(values: Vec<Value>, form: Form) -> String {
        let columns = (0..values.len()).map(|at| Column::new(format!("c{at}"), Unit::Text)).collect();
        let bytes = table(&Table::whole(columns, vec![values]), form, &Cancel::default()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_lossless_form_tells_nothing_from_an_empty_text() {
        let values =
            vec![Value::Null, Value::Text(String::new()), Value::Text("a\r\n\"b\",c".into()), Value::Integer(-7)];
        assert_eq!(written(values, Form::Lossless), "c0,c1,c2,c3\r\n,\"\",\"a\r\n\"\"b\"\",c\",-7\r\n");
        let text = written(vec![Value::Text("=1+1\u{202e}\0".into())], Form::Lossless);
        assert_eq!(text, "c0\r\n=1+1\u{202e}\0\r\n");
    }

    #[test]
    fn no_cell_of_a_spreadsheet_is_a_formula_or_a_line_of_its_own() {
        for (value, expect) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1", "'+1"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "‹U+0009›=1"),
            (" =1", "' =1"),
            ("＝1", "'＝1"),
            ("a\r\nb", "a‹U+000D›‹U+000A›b"),
            ("00123", "'00123"),
            ("12345678901234567890", "'12345678901234567890"),
            ("1e5", "'1e5"),
            ("111122223333", "111122223333"),
            ("10.0.0.1", "10.0.0.1"),
            ("eni-0a11", "eni-0a11"),
            ("", ""),
        ] {
            let text = written(vec![Value::Text(value.to_owned())], Form::Spreadsheet);
            assert_eq!(text, format!("\u{feff}c0\r\n{expect}\r\n"), "{value:?}");
        }
        assert_eq!(harmless(&Value::Integer(-5)), "-5");
        assert_eq!(harmless(&Value::Integer(i64::MAX)), "'9223372036854775807");
        assert!(harmless(&Value::Text("x".repeat(1_000_000))).chars().count() < 32_767);
    }
}
