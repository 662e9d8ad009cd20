//! CSV files of CloudTrail events: the console's event history and the results of Lake and Athena queries. Rows are read
//! as they stream by; each becomes an event in AWS's names and goes the way of any other event. A position is the ordinal
//! of a data row, from 1.
//!
//! The old console writes times on a 12-hour clock without a zone; they are taken for UTC, in which it shows them unless
//! its user chose otherwise.

use super::columns::Layout;
use super::messages::{CloudTrailMessages, warn};
use crate::ingest::detect::Head;
use crate::ingest::emit::{Emitter, Parser, Place, StreamEnd};
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{Format, Reason};
use csv_core::{ReadRecordResult, Reader};
use std::borrow::Cow;

/// The parser for this content, or `None` if its first row is not a header of CloudTrail's columns.
pub fn detect_csv(head: &Head<'_>) -> Option<Box<dyn Parser>> {
    let mut rows = Rows::new(MAX_HEADER_BYTES);
    let mut rest = head.bytes;
    let mut header = None;
    while header.is_none() && !rest.is_empty() {
        let (taken, done) = rows.advance(rest);
        rest = rest.get(taken..).unwrap_or_default();
        if done {
            header = rows.take_header();
        }
    }
    if header.is_none() && head.complete && rows.finish() {
        header = rows.take_header();
    }
    let layout = Layout::of_header(&header?)?;
    Some(Box::new(CloudTrailCsv::new(layout)))
}

const MAX_HEADER_BYTES: usize = 64 << 10;
const MAX_ROW_BYTES: usize = 64 << 20;

/// Reads the CSV files that `detect_csv` recognises.
pub struct CloudTrailCsv {
    layout: Layout,
    rows: Rows,
    header_read: bool,
    position: u32,
    events: CloudTrailMessages,
}

impl CloudTrailCsv {
    /// `layout` is that of the header with which the content begins.
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            rows: Rows::new(MAX_ROW_BYTES),
            header_read: false,
            position: 0,
            events: CloudTrailMessages::new(),
        }
    }

    /// The row at hand is whole.
    fn row(&mut self, out: &mut Emitter) {
        if !self.header_read {
            self.header_read = self.rows.take_header().is_some();
            return;
        }
        let Self { layout, rows, position, events, .. } = self;
        let place = rows.place(position);
        if rows.too_long() {
            warn(Reason::TooLong, format!("longer than {} bytes", rows.limit), &rows.kept, place, out);
        } else if rows.end_count != layout.width() {
            let detail = format!("{} values under {} names", rows.end_count, layout.width());
            warn(Reason::FieldCount, detail, &rows.kept, place, out);
        } else {
            let values: Vec<Cow<'_, str>> = rows.values().map(|value| events.text(value, place, out)).collect();
            let (json, how) = layout.render(&values);
            events.event(&json, &rows.kept, how, place, out);
        }
        rows.clear();
    }
}

impl Parser for CloudTrailCsv {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        let mut rest = content;
        while !rest.is_empty() {
            let (taken, done) = self.rows.advance(rest);
            rest = rest.get(taken..).unwrap_or_default();
            if done {
                self.row(out);
            }
        }
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let Self { rows, position, header_read, .. } = self;
        if *header_read && rows.len > 0 && (rows.in_quotes() || *end != StreamEnd::Complete) {
            let where_ = if rows.in_quotes() { "a quoted value" } else { "this row" };
            let place = rows.place(position);
            warn(Reason::CutOff, format!("the content ends inside {where_}"), &rows.kept, place, out);
            return rows.clear();
        }
        if self.rows.finish() {
            self.row(out);
        }
    }

    fn format(&self) -> Format {
        self.layout.format
    }
}

/// Streams CSV rows and remembers the raw text of the row at hand.
struct Rows {
    reader: Reader,
    /// Bytes of a row.
    limit: usize,
    /// The beginning of the row's raw text, and the length of all of it.
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
    fn new(limit: usize) -> Self {
        Self {
            reader: Reader::new(),
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
        let room = RAW_KEPT_BYTES.saturating_sub(self.kept.len());
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
        (self.len, self.field_len, self.end_count, self.quotes) = (0, 0, 0, 0);
    }
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
