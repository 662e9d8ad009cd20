//! Parquet: flow logs, CloudTrail events and OCSF. The footer, which says where everything is, comes last, so that the
//! content is collected before it is read. What a file holds is reported by the names of its top-level columns
//! (`kind`); members of structs, lists and maps never name a column.

mod columns;
mod kind;
mod nested;
mod rows;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use super::emit::{Emitter, Parser, Place, StreamEnd};
use super::flow::{RecordBuilder, field_by_any_name, tell_slips};
use super::json::{FlowSinks, JsonParser};
use crate::model::{self, FieldId, Format, ImportWarning, Reason};
use ::parquet::basic::Type as PhysicalType;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use bytes::Bytes;
use columns::Times;
use kind::{EventsIn, Kind};
use rows::{Cell, GroupRows};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A larger file is not read: AWS's deliveries have a few megabytes, and the content is held in memory.
const LARGEST_PARQUET_BYTES: usize = 512 << 20;

/// At the beginning of every Parquet file.
pub(crate) const MAGIC: &[u8] = b"PAR1";

/// Both marks, and the footer's length between them.
const SHORTEST_BYTES: usize = 12;

/// Parses Parquet. A position is a row number, or that of an event where a row holds a list of them; rows have no bytes
/// of their own, so that offset and length are 0 and `render_row` gives the raw text.
pub(crate) struct ParquetParser {
    content: Vec<u8>,
    /// Bytes that were fed, kept or not.
    fed: u64,
    limit: usize,
    format: Format,
    /// Reads rows that are neither a flow log's nor a table of events: OCSF, and what wraps a record.
    json: JsonParser,
}

impl ParquetParser {
    pub(crate) fn new(sinks: FlowSinks) -> Self {
        Self::with_limit(sinks, LARGEST_PARQUET_BYTES)
    }

    fn with_limit(sinks: FlowSinks, limit: usize) -> Self {
        Self { content: Vec::new(), fed: 0, limit, format: Format::Unknown, json: JsonParser::new(sinks) }
    }

    fn read(&mut self, reader: &SerializedFileReader<Bytes>, out: &mut Emitter) {
        let kind = match kind::of(reader) {
            Ok(kind) => kind,
            Err(why) => return out.warn(ImportWarning::file(Reason::DamagedStream, why)),
        };
        match kind {
            Kind::Flow => {
                self.format = Format::FlowParquet;
                tell_floats(reader, out);
                let mut flow = FlowRows { record: RecordBuilder::new(), uses: Vec::new() };
                each_group(reader, Times::Millis, out, |rows, place, out| flow.row(rows, place, out));
            }
            Kind::Events(place) => {
                self.format = Format::CloudTrailParquet;
                let mut events = kind::EventRows::new(place);
                each_group(reader, Times::Iso, out, |rows, place, out| events.row(rows, place, out));
            }
            Kind::Elements => {
                let json = &mut self.json;
                each_group(reader, Times::Iso, out, |rows, _, out| {
                    json.row(&rows.json(), out);
                    1
                });
                json.finish(&StreamEnd::Complete, out);
                self.format = kind::format_of(json.format());
            }
            Kind::Other(detail) => out.warn(ImportWarning::file(Reason::UnknownFormat, detail)),
        }
    }
}

impl Parser for ParquetParser {
    fn push(&mut self, content: &[u8], _out: &mut Emitter) {
        self.fed += content.len() as u64;
        if self.fed <= self.limit as u64 {
            self.content.extend_from_slice(content);
        } else {
            self.content = Vec::new();
        }
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let content = Bytes::from(std::mem::take(&mut self.content));
        if self.fed > self.limit as u64 {
            let detail = format!(
                "a Parquet file of {} bytes is not read, the limit is {}; split it, or write it out as text (CSV, JSON lines)",
                self.fed, self.limit
            );
            out.warn(ImportWarning::file(Reason::TooLong, detail));
        } else if let StreamEnd::CutOff(why) = end {
            // Without the footer nothing says which bytes are which column.
            out.warn(ImportWarning::file(Reason::CutOff, format!("Parquet cannot be read without its end: {why}")));
        } else if content.len() < SHORTEST_BYTES || !content.ends_with(MAGIC) {
            let detail = "the Parquet file is cut off: its end, which says where the columns stand, is missing, and \
                          nothing of it can be read. Copy it again from where it came";
            out.warn(ImportWarning::file(Reason::CutOff, detail));
        } else {
            match open(content) {
                Ok(reader) => self.read(&reader, out),
                Err(why) => out.warn(ImportWarning::file(Reason::DamagedStream, why)),
            }
        }
    }

    fn format(&self) -> Format {
        self.format
    }
}

/// A row as a JSON object: what stands for its raw text. `row` counts from 1, as positions do. `None` where there is no
/// such row or the file cannot be read.
pub(crate) fn render_row(content: &[u8], row: u32) -> Option<String> {
    let reader = open(Bytes::copy_from_slice(content)).ok()?;
    let (times, column) = match kind::of(&reader).ok()? {
        Kind::Flow => (Times::Millis, None),
        Kind::Events(EventsIn::Column(at)) => (Times::Iso, Some(at)),
        _ => (Times::Iso, None),
    };
    let mut left = u64::from(row).checked_sub(1)?;
    for group in 0..reader.num_row_groups() {
        match guarded(|| rows::render(&reader, group, times, column, left)).ok()? {
            Ok(text) => return Some(text),
            Err(count) => left -= count,
        }
    }
    None
}

/// Decoders of damaged files do not always give an error: whatever goes wrong inside them is an error here.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the decoder gave up on this data".to_owned()))
}

fn open(content: Bytes) -> Result<SerializedFileReader<Bytes>, String> {
    guarded(|| SerializedFileReader::new(content).map_err(|e| e.to_string()))
}

/// Goes through all rows. `row` emits what the row at hand holds and says how many positions that took.
fn each_group(
    reader: &SerializedFileReader<Bytes>,
    times: Times,
    out: &mut Emitter,
    mut row: impl FnMut(&GroupRows<'_>, Place, &mut Emitter) -> u32,
) {
    // Rows before the current group, and the last position taken.
    let (mut before, mut position) = (0u64, 0u32);
    for group in 0..reader.num_row_groups() {
        let wanted = u64::try_from(reader.metadata().row_group(group).num_rows()).unwrap_or(0);
        let mut done = 0;
        let mut read = || {
            let group = guarded(|| reader.get_row_group(group).map_err(|e| e.to_string()))?;
            let mut rows = guarded(|| GroupRows::open(&*group, times))?;
            while done < wanted {
                guarded(|| rows.next())?;
                if position == u32::MAX {
                    return Err(format!("row numbers end at {}", u32::MAX));
                }
                done += 1;
                position =
                    position.saturating_add(row(&rows, Place { position: position + 1, offset: 0, len: 0 }, out));
            }
            Ok(())
        };
        if let Err(why) = read() {
            let (first, last) = (before.saturating_add(done + 1), before.saturating_add(wanted));
            let place = Place { position: position.saturating_add(1), offset: 0, len: 0 };
            let detail = format!("rows {first} to {last} cannot be read: {why}");
            out.warn(place.warning(Reason::DamagedStream, detail, b""));
            // Rows behind them keep their numbers.
            position = position.saturating_add(u32::try_from(wanted.saturating_sub(done)).unwrap_or(u32::MAX));
        }
        before = before.saturating_add(wanted);
    }
}

/// Rows of a flow log.
struct FlowRows {
    record: RecordBuilder,
    /// Of the flat columns of the group at hand.
    uses: Vec<Use>,
}

enum Use {
    Field(FieldId),
    Extra(String),
}

impl FlowRows {
    fn row(&mut self, rows: &GroupRows<'_>, place: Place, out: &mut Emitter) -> u32 {
        if self.uses.len() != rows.names().len() {
            self.uses = uses(rows.names());
            tell_columns(&self.uses, out);
        }
        let Self { record, uses } = self;
        record.begin();
        for (i, usage) in uses.iter().enumerate() {
            let Some(cell) = rows.cell(i) else { continue };
            match (usage, cell) {
                (Use::Field(field), Cell::Flat { text, is_millis: true, .. }) if field.kind == model::Kind::Time => {
                    match std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
                        Some(millis) => record.set_millis(*field, millis),
                        None => record.set(*field, text),
                    }
                }
                (Use::Field(field), Cell::Flat { text, .. }) => record.set(*field, text),
                (Use::Extra(_), Cell::Flat { text: b"" | b"-", .. }) => {}
                (Use::Extra(name), cell) => record.set_extra(name, &cell.json()),
                (Use::Field(field), Cell::Nested(json)) => record.set_extra(field.name(), json),
            }
        }
        if !record.is_good() {
            record.raw(rows.json().as_bytes());
        }
        record.finish(place, out);
        1
    }
}

/// A number of 32 bits with a point has seven digits: it cannot hold a time to the second, or a large counter.
fn tell_floats(reader: &SerializedFileReader<Bytes>, out: &mut Emitter) {
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let is_counted = |name: &str| {
        field_by_any_name(name).is_some_and(|field| matches!(field.name, "start" | "end" | "bytes" | "packets"))
    };
    let is_float =
        |column: &&Arc<ColumnDescriptor>| column.physical_type() == PhysicalType::FLOAT && is_counted(column.name());
    let names: Vec<&str> = schema.columns().iter().filter(is_float).map(|column| column.name()).collect();
    if !names.is_empty() {
        let detail = format!(
            "columns hold numbers of 32 bits, exact to seven digits only: {}. Import the original, or write it out again with \
             whole numbers",
            names.join(", ")
        );
        out.warn(ImportWarning::file(Reason::Inexact, detail));
    }
}

fn tell_columns(uses: &[Use], out: &mut Emitter) {
    let fields: Vec<FieldId> =
        uses.iter().filter_map(|u| if let Use::Field(field) = u { Some(*field) } else { None }).collect();
    let others: Vec<&str> =
        uses.iter().filter_map(|u| if let Use::Extra(name) = u { Some(name.as_str()) } else { None }).collect();
    tell_slips(&others, &fields, out);
}

fn uses(names: &[String]) -> Vec<Use> {
    let mut seen = std::collections::BTreeSet::new();
    let usage = |name: &String| match field_by_any_name(name) {
        Some(field) if seen.insert(field) => Use::Field(field),
        _ => Use::Extra(name.to_ascii_lowercase().replace('-', "_")),
    };
    names.iter().map(usage).collect()
}
