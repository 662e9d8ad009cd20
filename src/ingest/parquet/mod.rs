//! Parquet: flow logs, CloudTrail events and OCSF. The footer, which says where everything is, comes last, so that the
//! content is collected before it is read. What a file holds is reported by the names of its top-level columns
//! (`kind`); members of structs, lists and maps never name a column.

mod ahead;
mod columns;
mod content;
mod flow;
mod kind;
mod nested;
mod rows;
mod steps;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use super::emit::{Emitter, Parser, Place, StreamEnd};
use super::flow::field_by_any_name;
use super::json::{FlowSinks, JsonParser};
use crate::model::{Format, ImportWarning, Reason};
use ::parquet::basic::Type as PhysicalType;
use ::parquet::file::reader::{FileReader, Length, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use ahead::Ahead;
use columns::Times;
use content::{Collector, Content};
use flow::FlowRows;
use kind::{EventRows, EventsIn, Kind};
use rows::{GroupRows, Row};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use steps::{Step, Steps};

/// A larger file is not read: AWS's deliveries have a few megabytes, and the content is held in memory.
const LARGEST_PARQUET_BYTES: usize = 512 << 20;

/// At the beginning of every Parquet file.
pub(crate) const MAGIC: &[u8] = b"PAR1";

/// Both marks, and the footer's length between them.
const SHORTEST_BYTES: u64 = 12;

/// Parses Parquet. A position is a row number, or that of an event where a row holds a list of them; rows have no bytes
/// of their own, so that offset and length are 0 and `render_row` gives the raw text.
pub(crate) struct ParquetParser {
    content: Collector,
    /// Bytes that were fed, kept or not.
    fed: u64,
    limit: usize,
    format: Format,
    /// Reads rows that are neither a flow log's nor a table of events: OCSF, and what wraps a record.
    json: JsonParser,
    /// What is left to be read.
    rest: Option<Rest>,
}

enum Rest {
    FlatFlow(Box<Flat>, Box<FlowRows>),
    /// Events of flat columns, put together on another thread: with their JSON, they take longer than a writer does.
    Ahead(Ahead),
    Flow(Groups, Box<FlowRows>),
    Events(Groups, Box<EventRows>),
    Elements(Groups),
}

impl ParquetParser {
    pub(crate) fn new(sinks: FlowSinks) -> Self {
        Self::with_limit(sinks, LARGEST_PARQUET_BYTES)
    }

    fn with_limit(sinks: FlowSinks, limit: usize) -> Self {
        let (content, json) = (Collector::default(), JsonParser::new(sinks));
        Self { content, fed: 0, limit, format: Format::Unknown, json, rest: None }
    }

    fn begin(&mut self, content: Content, out: &mut Emitter) {
        let begun = open(content.clone()).and_then(|reader| Ok((kind::of(&reader)?, Arc::new(reader))));
        let (kind, reader) = match begun {
            Ok(begun) => begun,
            Err(why) => return out.warn(ImportWarning::file(Reason::DamagedStream, why)),
        };
        let schema = reader.metadata().file_metadata().schema_descr();
        let flat = |times| {
            let row = Row::of_flat(schema.root_schema().get_fields())?;
            let all = (0..reader.num_row_groups()).map(|group| rows_of(&reader, group));
            let all = all.fold(0, u64::saturating_add);
            let steps = Steps::new(Arc::clone(&reader), content.clone(), times);
            Some(Box::new(Flat { steps, row, position: 0, all }))
        };
        let groups = |times| Groups { reader: Arc::clone(&reader), times, group: 0, before: 0, position: 0 };
        self.rest = match kind {
            Kind::Flow => {
                self.format = Format::FlowParquet;
                tell_floats(&reader, out);
                let rows = Box::new(FlowRows::new());
                Some(match flat(Times::Millis) {
                    Some(flat) => Rest::FlatFlow(flat, rows),
                    None => Rest::Flow(groups(Times::Millis), rows),
                })
            }
            Kind::Events(place) => {
                self.format = Format::CloudTrailParquet;
                let mut events = Box::new(EventRows::new(place));
                Some(match flat(Times::Iso) {
                    Some(mut flat) => Rest::Ahead(Ahead::start(move |out| flat_events(&mut flat, &mut events, out))),
                    None => Rest::Events(groups(Times::Iso), events),
                })
            }
            Kind::Elements => Some(Rest::Elements(groups(Times::Iso))),
            Kind::Other(detail) => {
                out.warn(ImportWarning::file(Reason::UnknownFormat, detail));
                None
            }
        };
    }
}

impl Parser for ParquetParser {
    fn push(&mut self, content: &[u8], _out: &mut Emitter) {
        self.fed += content.len() as u64;
        if self.fed <= self.limit as u64 {
            self.content.push(content);
        } else {
            self.content = Collector::default();
        }
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let content = std::mem::take(&mut self.content).finish();
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
            self.begin(content, out);
        }
    }

    fn rest(&mut self, out: &mut Emitter) -> bool {
        let Some(rest) = &mut self.rest else { return false };
        let is_more = match rest {
            Rest::FlatFlow(flat, flow) => flat_flows(flat, flow, out),
            Rest::Ahead(ahead) => ahead.next(out),
            Rest::Flow(groups, flow) => groups.next(out, |row, batch, place, out| {
                if let Some(rows) = batch {
                    flow.begin_batch(row, rows, out);
                }
                flow.row(row, place, out)
            }),
            Rest::Events(groups, events) => groups.next(out, |row, batch, place, out| {
                if let Some(rows) = batch {
                    events.begin_batch(row, rows);
                }
                events.row(row, place, out)
            }),
            Rest::Elements(groups) => {
                let json = &mut self.json;
                let is_more = groups.next(out, |row, _, _, out| {
                    json.row(&row.json(), out);
                    1
                });
                if !is_more {
                    json.finish(&StreamEnd::Complete, out);
                    self.format = kind::format_of(json.format());
                }
                is_more
            }
        };
        if !is_more {
            self.rest = None;
        }
        is_more
    }

    fn format(&self) -> Format {
        self.format
    }
}

/// Reads some flow records of flat columns; false where there are no more.
fn flat_flows(flat: &mut Flat, flows: &mut FlowRows, out: &mut Emitter) -> bool {
    flat.next(out, |row, batch, place, out| {
        if let Some(rows) = batch {
            flows.begin_batch(row, rows, out);
        }
        flows.row(row, place, out);
    })
}

/// The same of events.
fn flat_events(flat: &mut Flat, events: &mut EventRows, out: &mut Emitter) -> bool {
    flat.next(out, |row, batch, place, out| {
        if let Some(rows) = batch {
            events.begin_batch(row, rows);
        }
        events.row(row, place, out);
    })
}

/// A row as a JSON object: what stands for its raw text. `row` counts from 1, as positions do. `None` where there is no
/// such row or the file cannot be read.
pub(crate) fn render_row(content: &[u8], row: u32) -> Option<String> {
    let reader = open(Content::of(content)).ok()?;
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

fn open(content: Content) -> Result<SerializedFileReader<Content>, String> {
    guarded(|| SerializedFileReader::new(content).map_err(|e| e.to_string()))
}

fn rows_of(reader: &SerializedFileReader<Content>, group: usize) -> u64 {
    u64::try_from(reader.metadata().row_group(group).num_rows()).unwrap_or(0)
}

/// Row groups, one after the other.
struct Groups {
    reader: Arc<SerializedFileReader<Content>>,
    times: Times,
    group: usize,
    /// Rows before the group, and the last position taken.
    before: u64,
    position: u32,
}

impl Groups {
    /// Goes through the rows of the next group; false where there is none. `row` emits what the row at hand holds and says how
    /// many positions that took; with the first of some that were decoded together it also says how many these are.
    fn next(
        &mut self,
        out: &mut Emitter,
        mut row: impl FnMut(&Row, Option<usize>, Place, &mut Emitter) -> u32,
    ) -> bool {
        let Self { reader, times, group: number, before, position } = self;
        if *number >= reader.num_row_groups() {
            return false;
        }
        let wanted = rows_of(reader, *number);
        let mut done = 0;
        let mut read = || {
            let group = guarded(|| reader.get_row_group(*number).map_err(|e| e.to_string()))?;
            let mut rows = guarded(|| GroupRows::open(&*group, *times))?;
            while done < wanted {
                let batch = guarded(|| rows.next())?;
                if *position == u32::MAX {
                    return Err(numbers_end());
                }
                done += 1;
                let place = Place { position: *position + 1, offset: 0, len: 0 };
                *position = position.saturating_add(row(&rows.at_hand, batch, place, out));
            }
            Ok(())
        };
        if let Err(why) = read() {
            let (first, last) = (before.saturating_add(done + 1), before.saturating_add(wanted));
            tell_lost(first, last, &why, *position, out);
            // Rows behind them keep their numbers.
            *position = position.saturating_add(u32::try_from(wanted.saturating_sub(done)).unwrap_or(u32::MAX));
        }
        *before = before.saturating_add(wanted);
        *number += 1;
        true
    }
}

fn numbers_end() -> String {
    format!("row numbers end at {}", u32::MAX)
}

/// Rows, counted from 1, that cannot be read; `position` is the last that was taken.
fn tell_lost(first: u64, last: u64, why: &str, position: u32, out: &mut Emitter) {
    let place = Place { position: position.saturating_add(1), offset: 0, len: 0 };
    out.warn(place.warning(Reason::DamagedStream, format!("rows {first} to {last} cannot be read: {why}"), b""));
}

/// A table of flat columns, each of whose rows is one record.
struct Flat {
    steps: Steps,
    row: Row,
    /// The last that was taken.
    position: u32,
    /// Rows of the file.
    all: u64,
}

impl Flat {
    /// Goes through the rows of the next batch; false where there are no more. `emit` takes the row at hand; with the
    /// first of some that were decoded together it gets how many these are.
    fn next(&mut self, out: &mut Emitter, mut emit: impl FnMut(&Row, Option<usize>, Place, &mut Emitter)) -> bool {
        let Self { steps, row, position, all } = self;
        match steps.next() {
            None => return false,
            Some(Step::Rows(batches, count)) => {
                row.begin(batches);
                for at in 0..count {
                    let Some(next) = position.checked_add(1) else {
                        tell_lost(u64::from(*position) + 1, *all, &numbers_end(), *position, out);
                        return false;
                    };
                    row.go_to(at);
                    *position = next;
                    let place = Place { position: next, offset: 0, len: 0 };
                    emit(row, (at == 0).then_some(count), place, out);
                }
            }
            Some(Step::Lost { first, last, why }) => {
                tell_lost(first, last, &why, *position, out);
                // Rows behind them keep their numbers.
                let lost = u32::try_from((last + 1).saturating_sub(first)).unwrap_or(u32::MAX);
                *position = position.saturating_add(lost);
            }
        }
        true
    }
}

/// A number of 32 bits with a point has seven digits: it cannot hold a time to the second, or a large counter.
fn tell_floats(reader: &SerializedFileReader<Content>, out: &mut Emitter) {
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
