//! Flow logs in Parquet. The footer, which says where everything is, comes last, so that the content is collected before
//! it is read.

use super::columns::{BATCH_ROWS, Cell, ColumnSource, sources};
use super::draft;
use super::place::Place;
use super::record::RecordBuilder;
use super::value::{field_by_any_name, is_absent};
use crate::ingest::{Emitter, Parser, StreamEnd};
use crate::model::{FieldId, Format, ImportWarning, Reason};
use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A larger file is not read: AWS's deliveries have a few megabytes, and the content is held in memory.
pub const LARGEST_PARQUET_BYTES: usize = 512 << 20;

/// At the beginning of every Parquet file.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Flow fields that a Parquet file must have to be taken for a flow log.
const KNOWN_COLUMNS: usize = 3;

/// Parses flow logs in Parquet. A position is a row number; rows have no bytes of their own, so that offset and length are
/// 0 and `render_row` gives the raw text.
pub struct ParquetParser {
    content: Vec<u8>,
    /// Bytes that were fed, kept or not.
    fed: u64,
    limit: usize,
    format: Format,
}

impl Default for ParquetParser {
    fn default() -> Self {
        Self::new()
    }
}

impl ParquetParser {
    pub fn new() -> Self {
        Self::with_limit(LARGEST_PARQUET_BYTES)
    }

    fn with_limit(limit: usize) -> Self {
        Self { content: Vec::new(), fed: 0, limit, format: Format::FlowParquet }
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
            let detail = format!("a Parquet file of {} bytes is not read, the limit is {}", self.fed, self.limit);
            out.warn(ImportWarning::file(Reason::TooLong, detail));
        } else if let StreamEnd::CutOff(why) = end {
            // Without the footer nothing says which bytes are which column.
            out.warn(ImportWarning::file(Reason::CutOff, format!("Parquet cannot be read without its end: {why}")));
        } else {
            match open(content) {
                Ok(reader) if known_columns(&reader) < KNOWN_COLUMNS => {
                    self.format = Format::Unknown;
                    let detail = "Parquet without the columns of a flow log";
                    out.warn(ImportWarning::file(Reason::UnknownFormat, detail));
                }
                Ok(reader) => read_rows(&reader, out),
                Err(why) => out.warn(ImportWarning::file(Reason::DamagedStream, why)),
            }
        }
    }

    fn format(&self) -> Format {
        self.format
    }
}

/// A row as a JSON object: what stands for its raw text. `row` counts from 1. `None` where there is no such row or the
/// file cannot be read.
pub fn render_row(content: &[u8], row: u32) -> Option<String> {
    let reader = open(Bytes::copy_from_slice(content)).ok()?;
    let mut skip = u64::from(row).checked_sub(1)?;
    for group in 0..reader.num_row_groups() {
        let rows = u64::try_from(reader.metadata().row_group(group).num_rows()).ok()?;
        if skip < rows {
            return guarded(|| {
                let columns = sources(&reader, group)?;
                let mut json = String::new();
                for mut column in columns {
                    column.skip(usize::try_from(skip).map_err(|e| e.to_string())?)?;
                    let batch = column.read(1)?;
                    draft::push_key(&mut json, &column.name);
                    match batch.cell(0) {
                        Some(cell) => json.push_str(&json_of(cell)),
                        None => json.push_str("null"),
                    }
                }
                json.push('}');
                Ok(json)
            })
            .ok();
        }
        skip -= rows;
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

fn known_columns(reader: &SerializedFileReader<Bytes>) -> usize {
    let schema = reader.metadata().file_metadata().schema_descr();
    let known: std::collections::BTreeSet<FieldId> =
        schema.columns().iter().filter_map(|column| field_by_any_name(column.name())).collect();
    known.len()
}

fn read_rows(reader: &SerializedFileReader<Bytes>, out: &mut Emitter) {
    let mut record = RecordBuilder::new();
    // Rows before the current group.
    let mut before = 0u64;
    for group in 0..reader.num_row_groups() {
        let rows = u64::try_from(reader.metadata().row_group(group).num_rows()).unwrap_or(0);
        let mut done = 0;
        if let Err(why) = read_group(reader, group, rows, before, &mut done, &mut record, out) {
            let (first, last) = (before.saturating_add(done + 1), before.saturating_add(rows));
            let detail = format!("rows {first} to {last} cannot be read: {why}");
            let place = Place { position: u32::try_from(first).unwrap_or(u32::MAX), offset: 0, len: 0 };
            out.warn(place.warning(Reason::DamagedStream, detail, b""));
        }
        before = before.saturating_add(rows);
    }
}

/// Reads one row group; `done` tells how many rows were emitted before an error.
fn read_group(
    reader: &SerializedFileReader<Bytes>,
    group: usize,
    rows: u64,
    before: u64,
    done: &mut u64,
    record: &mut RecordBuilder,
    out: &mut Emitter,
) -> Result<(), String> {
    let mut columns = guarded(|| sources(reader, group))?;
    let uses = uses(&columns);
    while *done < rows {
        let wanted = usize::try_from(rows - *done).unwrap_or(BATCH_ROWS).min(BATCH_ROWS);
        let batches = guarded(|| columns.iter_mut().map(|column| column.read(wanted)).collect::<Result<Vec<_>, _>>())?;
        for row in 0..wanted {
            *done += 1;
            let position =
                u32::try_from(before.saturating_add(*done)).map_err(|_| format!("row numbers end at {}", u32::MAX))?;
            record.begin();
            for (usage, batch) in uses.iter().zip(&batches) {
                let Some(cell) = batch.cell(row) else { continue };
                match usage {
                    Use::Field(field) => record.set(*field, cell.text),
                    Use::Extra(name) if !is_absent(cell.text) => record.set_extra(name, &json_of(cell)),
                    Use::Extra(_) => {}
                }
            }
            record.finish(Place { position, offset: 0, len: 0 }, out);
        }
    }
    Ok(())
}

enum Use {
    Field(FieldId),
    Extra(String),
}

fn uses(columns: &[ColumnSource]) -> Vec<Use> {
    let mut seen = std::collections::BTreeSet::new();
    let usage = |column: &ColumnSource| match field_by_any_name(&column.name) {
        Some(field) if seen.insert(field) => Use::Field(field),
        _ => Use::Extra(column.name.to_ascii_lowercase().replace('-', "_")),
    };
    columns.iter().map(usage).collect()
}

fn json_of(cell: Cell) -> String {
    let text = String::from_utf8_lossy(cell.text);
    if cell.is_literal { text.into_owned() } else { serde_json::Value::from(text).to_string() }
}
