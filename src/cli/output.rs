//! Rows on standard output: aligned for a person, CSV (RFC 4180) or JSON Lines for a program. Values are printed as
//! they are in the two lossless forms; in the table control characters are shown escaped, because a terminal would obey
//! them.

use super::arguments::unknown;
use super::{CliError, RowFormat, RowStyle, exit, stop};
use crate::model::{Timestamp, Value};
use crate::part;
use crate::query::tables::Table;
use serde_json::Value as Json;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Writes rows one by one.
pub(super) struct Rows {
    style: RowStyle,
    zone: Option<chrono_tz::Tz>,
    columns: Vec<String>,
    /// Places of the columns that are printed, among those of a row; `None`: all.
    chosen: Option<Vec<usize>>,
    /// A table is held back until all of it is known.
    table: Vec<Vec<String>>,
    out: std::io::BufWriter<std::io::StdoutLock<'static>>,
}

impl Rows {
    pub(super) fn new<S: AsRef<str>>(format: &RowFormat, columns: &[S]) -> Result<Self, CliError> {
        let stdout = std::io::stdout();
        let style = format.format.unwrap_or(if stdout.is_terminal() { RowStyle::Table } else { RowStyle::Csv });
        let all: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
        let chosen = format.columns.as_deref().map(|names| places(&all, names)).transpose()?;
        let columns = match &chosen {
            None => all.iter().map(|name| (*name).to_owned()).collect(),
            Some(places) => places.iter().filter_map(|place| all.get(*place)).map(|name| (*name).to_owned()).collect(),
        };
        let out = std::io::BufWriter::with_capacity(1 << 16, stdout.lock());
        let mut rows = Self { style, zone: format.tz, columns, chosen, table: Vec::new(), out };
        if rows.style == RowStyle::Csv {
            let header = rows.columns.clone();
            rows.csv_line(&header)?;
        }
        Ok(rows)
    }

    pub(super) fn row(&mut self, values: &[Value]) -> Result<(), CliError> {
        let chosen: Vec<Value>;
        let values = match &self.chosen {
            None => values,
            Some(places) => {
                chosen = places.iter().map(|place| values.get(*place).cloned().unwrap_or(Value::Null)).collect();
                &chosen
            }
        };
        match self.style {
            RowStyle::Table => {
                self.table.push(values.iter().map(|v| escape(&self.text(v))).collect());
                Ok(())
            }
            RowStyle::Csv => {
                let cells: Vec<String> = values.iter().map(|v| self.text(v)).collect();
                self.csv_line(&cells)
            }
            RowStyle::Jsonl => {
                let cells: Vec<String> = values.iter().map(|v| self.json(v)).collect();
                self.json_line(&cells)
            }
        }
    }

    /// Hands on what was written so far: for rows that come minutes apart.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.out.flush()?)
    }

    /// A row of JSON values (of SQL, whose columns may hold anything).
    pub(super) fn json_row(&mut self, values: &[Json]) -> Result<(), CliError> {
        if self.style == RowStyle::Jsonl {
            let cells: Vec<String> = values.iter().map(json_text).collect();
            return self.json_line(&cells);
        }
        let cells: Vec<Value> = values
            .iter()
            .map(|value| match value {
                Json::Null => Value::Null,
                Json::String(text) => Value::Text(text.clone()),
                other => Value::Text(other.to_string()),
            })
            .collect();
        self.row(&cells)
    }

    /// `values` are JSON texts.
    fn json_line(&mut self, values: &[String]) -> Result<(), CliError> {
        // Written manually so that the keys keep the order of the columns.
        let mut line = String::from("{");
        for (index, (name, value)) in self.columns.iter().zip(values).enumerate() {
            if index > 0 {
                line.push(',');
            }
            line.push_str(&json_text(&Json::from(name.as_str())));
            line.push(':');
            line.push_str(value);
        }
        line.push_str("}\n");
        Ok(self.out.write_all(line.as_bytes())?)
    }

    fn csv_line(&mut self, cells: &[String]) -> Result<(), CliError> {
        let mut line = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        line.write_record(cells).map_err(std::io::Error::other)?;
        let line = line.into_inner().map_err(|e| std::io::Error::other(e.to_string()))?;
        Ok(self.out.write_all(&line)?)
    }

    fn text(&self, value: &Value) -> String {
        match (value, self.zone) {
            (Value::Time(time), Some(zone)) => time.to_iso_in(&zone),
            _ => value.to_text(),
        }
    }

    fn json(&self, value: &Value) -> String {
        match value {
            Value::Null => "null".to_owned(),
            // As it is: a JSON number may be longer than what a program's own types hold.
            Value::Integer(_) | Value::Number(_) | Value::Boolean(_) => value.to_text(),
            Value::Text(_) | Value::Time(Timestamp(_)) => json_text(&self.text(value).into()),
        }
    }

    /// Prints what was held back.
    pub(super) fn finish(mut self) -> Result<(), CliError> {
        let Self { style, columns, table, ref mut out, .. } = self;
        if style == RowStyle::Table {
            let mut widths: Vec<usize> = columns.iter().map(|c| c.chars().count()).collect();
            for row in &table {
                for (width, cell) in widths.iter_mut().zip(row) {
                    *width = (*width).max(cell.chars().count());
                }
            }
            let line = |cells: &[String]| {
                let cells: Vec<String> =
                    cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
                cells.join("  ").trim_end().to_owned()
            };
            writeln!(out, "{}", line(&columns))?;
            for row in &table {
                writeln!(out, "{}", line(row))?;
            }
        }
        Ok(out.flush()?)
    }
}

/// Rows that are fetched at once.
const PAGE: usize = 1000;

/// Every row of a table.
pub(super) fn table(table: &dyn Table, format: &RowFormat) -> Result<(), CliError> {
    let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    let mut out = Rows::new(format, &names)?;
    for first in (0..table.len()).step_by(PAGE) {
        stop::check()?;
        for row in table.rows(first, PAGE)? {
            out.row(&row)?;
        }
    }
    out.finish()
}

/// Where the named columns are.
fn places(all: &[&str], names: &str) -> Result<Vec<usize>, CliError> {
    let place = |name: &str| {
        let found = all.iter().position(|column| column.eq_ignore_ascii_case(name));
        found.ok_or_else(|| unknown_column(name, all))
    };
    names.split(',').map(str::trim).map(place).collect()
}

fn unknown_column(name: &str, all: &[&str]) -> CliError {
    match unknown("column", name, all.iter().copied()) {
        CliError::Usage(text) => CliError::Usage(format!("{text}\nThe result has: {}", all.join(","))),
        other => other,
    }
}

/// Control and bidirectional characters as `\u{...}`: a log must not steer the terminal that shows it.
pub(super) fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if crate::model::text::is_hazardous(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The same with tabs as they are: they move, but harm nobody, and marks under a line count on them.
fn escape_line(line: &str) -> String {
    line.split('\t').map(escape).collect::<Vec<_>>().join("\t")
}

/// Did `--quiet` ask for results and errors only? Set once, before the command runs.
static QUIET: AtomicBool = AtomicBool::new(false);

pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// A message on standard error, where a terminal may listen; nothing with `--quiet`.
pub(super) fn tell(message: &str) {
    if !is_quiet() {
        fail(message);
    }
}

/// The same of what went wrong, which is reported in any case.
pub(super) fn fail(message: &str) {
    let lines: Vec<String> = message.lines().map(escape_line).collect();
    // Nobody listens: the exit code still tells.
    let _ = writeln!(std::io::stderr(), "{}", lines.join("\n"));
}

/// Removes what runs that were ended have left beside a file, and says so.
pub(super) fn tell_left(target: &Path) {
    for left in part::clear(part::parent(target)) {
        tell(&format!("coldtrail: {left}"));
    }
}

/// JSON with the same escapes that a terminal could obey: still lossless, since JSON has its own.
fn json_text(value: &Json) -> String {
    let plain = value.to_string();
    if !plain.chars().any(crate::model::text::is_hazardous) {
        return plain;
    }
    let mut text = String::with_capacity(plain.len() + 16);
    for c in plain.chars() {
        if crate::model::text::is_hazardous(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// Raw text: exactly, for a program or a file; on a terminal line by line, escaped.
pub(super) fn raw(bytes: &[u8]) -> Result<u8, CliError> {
    if !std::io::stdout().is_terminal() {
        return self::bytes(bytes);
    }
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<String> = text.lines().map(escape_line).collect();
    self::bytes(format!("{}\n", lines.join("\n")).as_bytes())
}

/// Bytes as they are.
pub(super) fn bytes(bytes: &[u8]) -> Result<u8, CliError> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(exit::DONE)
}
