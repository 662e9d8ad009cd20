//! Tables of flow records: the console's log events (`timestamp,message`), results of Logs Insights, which hold either
//! the message or the fields that the query chose, results of Athena and Glue, and what spreadsheets make of all of
//! them.

use super::csv_header::{ColumnUse, CsvHeader, HeaderKind, delimiters_in};
use super::format::{FlowColumn, LineFormat};
use super::lines::{LONGEST_LINE_BYTES, Line};
use super::message::Messages;
use super::place::{MessageSink, Place};
use super::record::RecordBuilder;
use super::rows::{Cells, Rows};
use super::text::{cut_off, place_of};
use super::{directed, infer, names};
use crate::ingest::{Emitter, FlowFields, FormatChoice, FormatWanted, Parser, StreamEnd};
use crate::model::{Format, Reason, field};
use std::borrow::Cow;

/// Parses tables. A position is a row number; the header is row 1. The raw text of a record is its whole row.
pub struct CsvParser {
    rows: Rows,
    state: State,
}

struct State {
    /// The header's row, which is empty where the columns were stated.
    header: Option<(Vec<u8>, CsvHeader)>,
    messages: Messages,
    record: RecordBuilder,
    cells: Cells,
    /// Rows from the first one on whose dates may be two days each, until the dates of another row tell the order.
    held: Vec<(Vec<u8>, Place)>,
    held_bytes: usize,
}

/// Rows that wait for a date to tell the order take no more memory than this.
const MOST_HELD_BYTES: usize = 32 << 20;

impl CsvParser {
    /// `events` takes the messages that are JSON objects; without it they are no records.
    pub fn new(choice: &FormatChoice, events: Option<Box<dyn MessageSink>>) -> Self {
        let state = State {
            header: None,
            messages: Messages::new(choice, events),
            record: RecordBuilder::new(),
            cells: Cells::default(),
            held: Vec::new(),
            held_bytes: 0,
        };
        Self { rows: Rows::default(), state }
    }

    /// For rows without a header, whose columns were stated.
    pub(super) fn with_columns(
        format: &LineFormat,
        delimiter: u8,
        choice: &FormatChoice,
        events: Option<Box<dyn MessageSink>>,
    ) -> Self {
        let usage = |column: &FlowColumn| match column {
            FlowColumn::Field(field) => ColumnUse::Field(*field),
            FlowColumn::Unknown(name) => ColumnUse::Extra(name.to_string()),
        };
        let uses: Vec<ColumnUse> = format.columns().iter().map(usage).collect();
        let mut parser = Self::new(choice, events);
        parser.rows = Rows::begun(delimiter);
        parser.state.header = Some((Vec::new(), CsvHeader { width: uses.len(), kind: HeaderKind::Fields(uses) }));
        parser
    }
}

impl Parser for CsvParser {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        let state = &mut self.state;
        self.rows.push(content, |row, delimiter| state.row(&row, delimiter, out));
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let state = &mut self.state;
        let why = match end {
            StreamEnd::CutOff(why) => Some(why.as_str()),
            StreamEnd::Complete if self.rows.is_quoted() => Some("the file ends inside a quoted cell"),
            StreamEnd::Complete => None,
        };
        match why {
            None => self.rows.finish(|row, delimiter| state.row(&row, delimiter, out)),
            Some(why) => self.rows.finish(|row, _| cut_off(&row, why, out)),
        }
        state.release(self.rows.delimiter(), out);
        self.state.messages.finish(out);
    }

    fn format(&self) -> Format {
        Format::CloudWatchInsightsCsv
    }

    fn record_format(&self) -> Option<String> {
        self.state.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.state.messages.format_wanted()
    }
}

impl State {
    fn row(&mut self, row: &Line, delimiter: u8, out: &mut Emitter) {
        let Some(place) = place_of(row, out) else { return };
        self.cells.read(row.bytes, delimiter);
        let Some((header_row, header)) = &self.header else { return self.before_header(row, place, out) };
        // Results that were put together with `cat` repeat it; spreadsheets leave rows without a value.
        if row.bytes == header_row.as_slice() || self.cells.is_blank_from(0) {
            return;
        }
        let (found, wanted) = (self.cells.len(), header.width);
        if found < wanted || found > wanted && !self.cells.is_blank_from(wanted) {
            let detail = format!(
                "{found} cells, the header has {wanted}: a value with the delimiter in it has to stand in quotes"
            );
            out.warn(place.warning(Reason::FieldCount, detail, row.bytes));
            return;
        }
        match &header.kind {
            HeaderKind::Message(column) => _ = self.messages.message(self.cells.get(*column), place, out),
            HeaderKind::Directed(names) => {
                if let Some(record) = read_directed(names, &self.cells) {
                    self.record.record(&record, row.bytes, place, out);
                }
            }
            HeaderKind::Fields(uses) => {
                read_fields(&mut self.record, uses, &self.cells, row.bytes);
                if !self.held.is_empty() || self.record.awaits_order() && !self.record.knows_order() {
                    self.hold(row.bytes, place, delimiter, out);
                } else {
                    self.record.finish(place, out);
                }
            }
        }
    }

    fn before_header(&mut self, row: &Line, place: Place, out: &mut Emitter) {
        // A spreadsheet's note of its delimiter, for itself.
        if row.bytes.len() == 5 && row.bytes.starts_with(b"sep=") {
            return;
        }
        let Some(header) = CsvHeader::of(&self.cells) else {
            out.warn(place.warning(Reason::NotARecord, "the row comes before a header", row.bytes));
            return;
        };
        let (fields, others) = header.names();
        names::tell_others(&others, &fields, out);
        self.header = Some((row.bytes.to_vec(), header));
    }

    /// Keeps the row until the order of day and month is known; its dates were looked at.
    fn hold(&mut self, row: &[u8], place: Place, delimiter: u8, out: &mut Emitter) {
        self.held_bytes += row.len();
        self.held.push((row.to_vec(), place));
        if self.record.knows_order() || self.held_bytes > MOST_HELD_BYTES {
            self.release(delimiter, out);
        }
    }

    /// Reads the rows that were kept, with all that is known by now.
    fn release(&mut self, delimiter: u8, out: &mut Emitter) {
        self.held_bytes = 0;
        let Some((_, CsvHeader { kind: HeaderKind::Fields(uses), .. })) = &self.header else { return };
        for (row, place) in std::mem::take(&mut self.held) {
            self.cells.read(&row, delimiter);
            read_fields(&mut self.record, uses, &self.cells, &row);
            self.record.finish(place, out);
        }
    }
}

fn read_directed(names: &[String], cells: &Cells) -> Option<FlowFields> {
    let json = |i| match plain(cells.get(i)) {
        b"" => "null".to_owned(),
        value => serde_json::Value::from(String::from_utf8_lossy(value)).to_string(),
    };
    let values: Vec<String> = (0..names.len()).map(json).collect();
    let of: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
    directed::read(&of)
}

fn read_fields(record: &mut RecordBuilder, uses: &[ColumnUse], cells: &Cells, raw: &[u8]) {
    record.begin();
    record.raw(raw);
    let mut stamp: &[u8] = b"";
    for (i, usage) in uses.iter().enumerate() {
        match usage {
            ColumnUse::Field(field) => record.set(*field, plain(cells.get(i))),
            ColumnUse::Timestamp => stamp = plain(cells.get(i)),
            ColumnUse::Extra(name) if !super::value::is_absent(cells.get(i)) => {
                record.set_extra(name, &serde_json::Value::from(String::from_utf8_lossy(cells.get(i))).to_string());
            }
            ColumnUse::Extra(_) | ColumnUse::Unused => {}
        }
    }
    if !super::value::is_absent(stamp) {
        // The time of a flow log's event is the record's start (FORMATS 1.3); the stamp is kept, to show where it is
        // from.
        if let (false, Some(start)) = (record.has_start(), field::by_header("start")) {
            record.set(start, stamp);
        }
        record.set_extra("timestamp", &serde_json::Value::from(String::from_utf8_lossy(stamp)).to_string());
    }
}

/// What programs write for no value.
const NOTHING: [&[u8]; 7] = [b"\\N", b"NULL", b"null", b"NaN", b"nan", b"None", b"N/A"];

/// A cell's value without the blanks around it, and out of `="..."`, with which spreadsheets are reported to leave it
/// alone.
fn plain(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    let cell = cell.strip_prefix(b"=\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell);
    if NOTHING.contains(&cell) { b"" } else { cell }
}

/// The delimiter with which most of the lines are rows of this many cells, and the values of one of them fit.
pub(super) fn fits(format: &LineFormat, lines: &[&[u8]]) -> Option<u8> {
    let first = lines.iter().find(|line| delimiters_in(line).next().is_some())?;
    delimiters_in(first).find(|delimiter| fits_with(format, lines, *delimiter))
}

fn fits_with(format: &LineFormat, lines: &[&[u8]], delimiter: u8) -> bool {
    let (mut as_wide, mut fitting, mut cells) = (0, 0, Cells::default());
    for line in lines.iter().filter(|line| line.contains(&delimiter) && line.len() <= LONGEST_LINE_BYTES) {
        cells.read(line.strip_suffix(b"\r").unwrap_or(line), delimiter);
        if cells.len() == format.len() {
            as_wide += 1;
            // A blank within a value would make it two.
            let value = |i| match cells.get(i).trim_ascii() {
                b"" => Cow::Borrowed(b"-".as_slice()),
                value => Cow::Owned(value.iter().map(|b| if *b == b' ' { b'_' } else { *b }).collect()),
            };
            let values: Vec<Cow<'_, [u8]>> = (0..cells.len()).map(value).collect();
            fitting += usize::from(infer::fits(format, &values.join(&b' ')));
        }
    }
    fitting > 0 && as_wide * 2 > lines.len()
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
