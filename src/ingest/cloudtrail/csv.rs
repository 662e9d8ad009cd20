//! CSV files of CloudTrail events: the console's event history and the results of Lake and Athena queries. Rows are
//! read as they stream by; each becomes an event in AWS's names and goes the way of any other event. A position is the
//! ordinal of a data row, from 1.
//!
//! The old console writes times on a 12-hour clock without a zone; they are taken for UTC, in which it shows them
//! unless its user chose otherwise.

mod wrapped;

use super::cells::{CellCheck, Row};
use super::columns::Layout;
use super::messages::CloudTrailMessages;
use crate::ingest::DELIMITERS;
use crate::ingest::emit::{Emitter, FormatWanted, Parser, Place, StreamEnd};
use crate::ingest::head::Head;
use crate::ingest::json::FlowSinks;
use crate::ingest::json::resync::Budget;
use crate::model::{Format, Reason};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The parser for this content, or `None` if its first row is not a header of CloudTrail's columns, and no column holds
/// AWS's records whole. `flow` takes flow records that are in such a column.
pub(crate) fn detect_csv(head: &Head<'_>, flow: impl FnOnce() -> FlowSinks) -> Option<Box<dyn Parser>> {
    let known = header(head);
    let whole = known.as_ref().is_some_and(|(layout, _)| layout.has_whole_event());
    let wrapped =
        if whole { None } else { DELIMITERS.into_iter().find_map(|delimiter| wrapped::layout(head, delimiter)) };
    let (layout, delimiter) = wrapped.or(known)?;
    Some(Box::new(CloudTrailCsv::new(layout, delimiter, flow())))
}

/// The first row that is a header of CloudTrail's columns.
fn header(head: &Head<'_>) -> Option<(Layout, u8)> {
    // Each line on its own: a quote that is never closed in a line before the header must not swallow it.
    let mut lines = head.bytes.split_inclusive(|byte| *byte == b'\n').take(MOST_LINES).enumerate();
    lines.find_map(|(i, line)| {
        // A header of one name is one only at the beginning, and without its delimiter every line is one name.
        let separates = |delimiter: &u8| i == 0 || line.contains(delimiter);
        DELIMITERS.into_iter().filter(separates).find_map(|delimiter| {
            let mut rows = Rows::new(MAX_HEADER_BYTES, delimiter);
            let is_row = rows.advance(line).1 || (head.complete && rows.finish());
            let names = is_row.then(|| rows.take_header()).flatten()?;
            Some((Layout::of_header(&names)?, delimiter))
        })
    })
}

/// Lines that are looked at for a header.
const MOST_LINES: usize = 100;
const MAX_HEADER_BYTES: usize = 64 << 10;
const MAX_ROW_BYTES: usize = 64 << 20;
/// Rows inside of rows that are read again; each keeps its bytes in memory.
const MAX_RESTARTS: usize = 4;

/// Reads the CSV files that `detect_csv` recognises.
pub(crate) struct CloudTrailCsv {
    cells: CellCheck,
    layout: Layout,
    rows: Rows,
    header_read: bool,
    position: u32,
    events: CloudTrailMessages,
    flow: FlowSinks,
    budget: Budget,
}

impl CloudTrailCsv {
    /// `layout` is that of the header with which the content begins.
    pub(crate) fn new(layout: Layout, delimiter: u8, flow: FlowSinks) -> Self {
        Self {
            cells: CellCheck::new(&layout),
            layout,
            rows: Rows::new(MAX_ROW_BYTES, delimiter),
            header_read: false,
            position: 0,
            events: CloudTrailMessages::new(),
            flow,
            budget: Budget::default(),
        }
    }

    fn feed(&mut self, content: &[u8], out: &mut Emitter) {
        let mut at = 0;
        let mut again: Vec<(Vec<u8>, usize)> = Vec::new();
        loop {
            let (bytes, at) = match again.last_mut() {
                Some((bytes, at)) => (bytes.as_slice(), at),
                None => (content, &mut at),
            };
            let rest = bytes.get(*at..).unwrap_or_default();
            if rest.is_empty() {
                if again.pop().is_none() {
                    return;
                }
                continue;
            }
            let (taken, done) = self.rows.advance(rest);
            *at += taken;
            if done {
                let restart = self.row(again.len() < MAX_RESTARTS, out);
                again.extend(restart.map(|bytes| (bytes, 0)));
            }
        }
    }

    /// The row at hand is whole. Returned are bytes that have to be read again: where several lines make one row of a
    /// wrong width or with a quote that closes in mid-value, the first has lost a quote, and the others are rows of
    /// their own.
    fn row(&mut self, may_restart: bool, out: &mut Emitter) -> Option<Vec<u8>> {
        if !self.header_read {
            return self.before_header(may_restart, out);
        }
        let Self { cells, layout, rows, position, events, flow, .. } = self;
        if rows.too_long() {
            let place = rows.place(position);
            out.warn(place.warning(Reason::TooLong, format!("longer than {} bytes", rows.limit), &rows.kept));
        } else if rows.is_blank_from(0) {
            // Spreadsheets leave rows without a value.
        } else if !rows.is_as_wide(layout.width()) || !rows.quotes_pair() {
            let detail = match rows.is_as_wide(layout.width()) {
                true => "a quote closes in the middle of a value".to_owned(),
                false => format!("{} values under {} names", rows.end_count, layout.width()),
            };
            if may_restart && let Some(mut rest) = self.split_line(Reason::FieldCount, &detail, out) {
                // The line end that has been removed stands for itself again.
                rest.push(b'\n');
                self.rows.next -= 1;
                return Some(rest);
            }
            let place = self.rows.place(&mut self.position);
            out.warn(place.warning(Reason::FieldCount, detail, &self.rows.kept));
        } else {
            let place = rows.place(position);
            let values = rows.values().take(layout.width()).map(|value| events.text(value, place, out).into_owned());
            let row = Row { values: values.collect(), raw: rows.kept.clone(), place };
            if !wrapped::row(layout, &row, position, flow, out) {
                for row in cells.row(row, layout, out) {
                    emit(layout, events, &row, out);
                }
            }
        }
        self.rows.clear();
        None
    }

    /// Gives up the first line of the row at hand with a warning; the rest of the row is returned, to be read again.
    fn split_line(&mut self, reason: Reason, detail: &str, out: &mut Emitter) -> Option<Vec<u8>> {
        let Self { rows, position, budget, .. } = self;
        let at = memchr::memchr(b'\n', &rows.kept)?;
        let rest = rows.kept.get(at + 1..)?.to_vec();
        if rest.is_empty() || rows.too_long() || !budget.spend(rest.len(), rows.next) {
            return None;
        }
        rows.kept.truncate(at);
        if rows.kept.last() == Some(&b'\r') {
            rows.kept.pop();
        }
        rows.len = rows.kept.len() as u64;
        let place = rows.place(position);
        out.warn(place.warning(reason, detail.to_owned(), &rows.kept));
        rows.next -= rest.len() as u64;
        rows.clear();
        Some(rest)
    }
}

impl CloudTrailCsv {
    /// A row up to the header. Comments (Lake writes one) are passed over, anything else is a warning; a quote that is
    /// not closed in its line must not swallow what follows.
    fn before_header(&mut self, may_restart: bool, out: &mut Emitter) -> Option<Vec<u8>> {
        const DETAIL: &str = "the line stands before the header";
        let Self { layout, rows, header_read, .. } = self;
        let is_note = rows.kept.starts_with(b"#") || rows.kept.len() == 5 && rows.kept.starts_with(b"sep=");
        if is_note && !rows.kept.contains(&b'\n') {
            rows.clear();
            return None;
        }
        let names: Vec<String> = rows.values().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        if layout.is_header(&names) {
            *header_read = true;
            rows.clear();
            return None;
        }
        if may_restart && let Some(mut rest) = self.split_line(Reason::NotARecord, DETAIL, out) {
            rest.push(b'\n');
            self.rows.next -= 1;
            return Some(rest);
        }
        let Self { rows, position, .. } = self;
        let place = rows.place(position);
        out.warn(place.warning(Reason::NotARecord, DETAIL, &rows.kept));
        rows.clear();
        None
    }
}

impl Parser for CloudTrailCsv {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        self.feed(content, out);
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        while self.rows.in_quotes() {
            let Some(rest) = self.split_line(Reason::NotARecord, "a quote that is never closed", out) else { break };
            self.rows.reader = reader(self.rows.delimiter);
            self.feed(&rest, out);
        }
        let Self { rows, position, header_read, .. } = self;
        if *header_read && rows.len > 0 && (rows.in_quotes() || *end != StreamEnd::Complete) {
            let inside = if rows.in_quotes() { "a quoted value" } else { "this row" };
            let place = rows.place(position);
            out.warn(place.warning(Reason::CutOff, format!("the content ends inside {inside}"), &rows.kept));
            rows.clear();
        } else if self.rows.finish() {
            self.row(false, out);
        }
        for row in self.cells.release(out) {
            emit(&self.layout, &self.events, &row, out);
        }
        self.flow.messages.finish(out);
    }

    fn format(&self) -> Format {
        self.layout.format
    }

    fn record_format(&self) -> Option<String> {
        self.flow.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.flow.messages.format_wanted()
    }
}

fn emit(layout: &Layout, events: &CloudTrailMessages, row: &Row, out: &mut Emitter) {
    let (json, how) = layout.render(&row.values);
    events.event(&json, &row.raw, how, row.place, out);
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

/// Streams CSV rows and remembers the raw text of the row at hand.
struct Rows {
    reader: Reader,
    delimiter: u8,
    /// Bytes of a row.
    limit: usize,
    /// The row's raw text up to the limit, and the length of all of it.
    kept: Vec<u8>,
    len: u64,
    /// Offset of the row's first byte, and of the next byte to be read.
    start: u64,
    next: u64,
    /// The values one behind the other, and where each ends.
    fields: Vec<u8>,
    field_len: usize,
    ends: Vec<usize>,
    end_count: usize,
    quotes: usize,
}

impl Rows {
    fn new(limit: usize, delimiter: u8) -> Self {
        Self {
            reader: reader(delimiter),
            delimiter,
            limit,
            kept: Vec::new(),
            len: 0,
            start: 0,
            next: 0,
            fields: vec![0; 4096],
            field_len: 0,
            ends: vec![0; 64],
            end_count: 0,
            quotes: 0,
        }
    }

    /// Reads on; how many bytes were taken, and whether a row ended with them.
    fn advance(&mut self, input: &[u8]) -> (usize, bool) {
        loop {
            let fields = self.fields.get_mut(self.field_len..).unwrap_or_default();
            let ends = self.ends.get_mut(self.end_count..).unwrap_or_default();
            let (result, taken, written, ended) = self.reader.read_record(input, fields, ends);
            self.field_len += written;
            self.end_count += ended;
            let bytes = input.get(..taken).unwrap_or_default();
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {
                    self.take(bytes);
                    return (taken, false);
                }
                ReadRecordResult::Record => {
                    // The line's end does not belong to the row; of CRLF the second half is still to come.
                    let end = usize::from(matches!(bytes.last(), Some(b'\n' | b'\r')));
                    self.take(bytes.get(..taken.saturating_sub(end)).unwrap_or_default());
                    self.next += end as u64;
                    return (taken, true);
                }
                ReadRecordResult::OutputFull if self.fields.len() < self.limit => {
                    self.fields.resize((self.fields.len() * 2).min(self.limit), 0);
                }
                // The row is too long; its values are not wanted any more.
                ReadRecordResult::OutputFull => self.field_len = 0,
                ReadRecordResult::OutputEndsFull if self.ends.len() < self.limit => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => self.end_count = 0,
            }
            self.take(bytes);
            if taken > 0 {
                return (taken, false);
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if self.len == 0 {
            let text = bytes.iter().position(|b| !matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len());
            self.next += text as u64;
            self.start = self.next;
            bytes = bytes.get(text..).unwrap_or_default();
        }
        self.len += bytes.len() as u64;
        self.next += bytes.len() as u64;
        self.quotes += memchr::memchr_iter(b'"', bytes).count();
        let room = self.limit.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// The content ends; true if a row ends with it.
    fn finish(&mut self) -> bool {
        if self.len == 0 {
            return false;
        }
        self.advance(&[]).1
    }

    fn too_long(&self) -> bool {
        self.len > self.limit as u64
    }

    fn in_quotes(&self) -> bool {
        self.quotes % 2 == 1
    }

    /// In a row of several lines every quoted value has to end at a comma or at the row's end.
    fn quotes_pair(&self) -> bool {
        if memchr::memchr(b'\n', &self.kept).is_none() {
            return true;
        }
        let mut rest = self.kept.as_slice();
        loop {
            let mut quoted = rest.first() == Some(&b'"');
            if quoted {
                rest = rest.get(1..).unwrap_or_default();
            }
            while quoted {
                let Some(quote) = memchr::memchr(b'"', rest) else { return false };
                rest = rest.get(quote + 1..).unwrap_or_default();
                match rest.first() {
                    Some(b'"') => rest = rest.get(1..).unwrap_or_default(),
                    Some(byte) if *byte == self.delimiter => quoted = false,
                    None => quoted = false,
                    Some(_) => return false,
                }
            }
            match memchr::memchr(self.delimiter, rest) {
                Some(comma) => rest = rest.get(comma + 1..).unwrap_or_default(),
                None => return true,
            }
        }
    }

    /// Are there as many values as names, but for empty ones behind the last?
    fn is_as_wide(&self, width: usize) -> bool {
        self.end_count >= width && self.is_blank_from(width)
    }

    fn is_blank_from(&self, first: usize) -> bool {
        self.values().skip(first).all(|value| value.trim_ascii().is_empty())
    }

    fn values(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let spans = starts.zip(&self.ends).take(self.end_count);
        spans.map(|(start, end)| self.fields.get(*start..*end).unwrap_or_default())
    }

    /// The row's names if it is a header; a comment in front of it is none.
    fn take_header(&mut self) -> Option<Vec<String>> {
        let is_header = !self.kept.starts_with(b"#") && !self.too_long();
        let names = self.values().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        self.clear();
        is_header.then_some(names)
    }

    fn place(&self, position: &mut u32) -> Place {
        *position = position.saturating_add(1);
        Place { position: *position, offset: self.start, len: u32::try_from(self.len).unwrap_or(u32::MAX) }
    }

    fn clear(&mut self) {
        self.kept.clear();
        self.kept.shrink_to(1 << 20);
        (self.len, self.field_len, self.end_count, self.quotes) = (0, 0, 0, 0);
    }
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
