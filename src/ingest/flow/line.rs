//! Reads one line of a known format into one record. This is the path that every line of a large import takes: in the
//! steady state it allocates nothing.

use super::draft::{self, Draft, Side, TimeKey, Tuples};
use super::format::{FlowColumn, LineFormat};
use super::place::Place;
use super::split::{Spans, trim_end};
use super::times::Times;
use super::value::{self, BadValue};
use crate::ingest::Emitter;
use crate::model::{FieldId, Home, Reason, batch};

/// A reader of lines, compiled from a format. Feed it with one emitter through its life.
pub struct LineReader {
    format: LineFormat,
    /// Lines have no header, and the last value may hold blanks.
    joins_last: bool,
    plan: Plan,
    spans: Spans,
    tuples: Tuples,
    times: Times,
    key: Vec<u8>,
    json: String,
}

/// What to do with the columns.
struct Plan {
    row: Vec<(usize, RowOp, FieldId)>,
    interface: TuplePlan,
    disposition: TuplePlan,
    /// Sorted by key.
    extra: Vec<(Box<str>, ExtraOp)>,
    has_extra_columns: bool,
}

#[derive(Clone, Copy)]
enum RowOp {
    Source,
    Destination,
    PacketSource,
    PacketDestination,
    SourcePort,
    DestinationPort,
    Packets,
    Bytes,
    Start,
    End,
}

enum ExtraOp {
    Text(usize),
    Integer(usize, FieldId),
    Time(TimeKey),
}

/// The columns of one tuple, and the runs of neighbours among them: their bytes are the tuple's key.
struct TuplePlan {
    columns: Vec<(usize, FieldId)>,
    runs: Vec<(usize, usize)>,
}

impl LineReader {
    pub fn new(format: LineFormat) -> Self {
        Self {
            plan: Plan::new(&format),
            format,
            joins_last: false,
            spans: Spans::default(),
            tuples: Tuples::new(),
            times: Times::new(),
            key: Vec::new(),
            json: String::new(),
        }
    }

    /// For lines without a header, in a format that was stated: what is behind the last value but one is the last,
    /// where that is a name that somebody chose.
    pub fn of_stated(format: LineFormat) -> Self {
        Self { joins_last: format.ends_in_free_text(), ..Self::new(format) }
    }

    /// Has a line of so many values one for each field?
    pub fn takes(&self, width: usize) -> bool {
        width == self.format.len() || width > self.format.len() && self.joins_last
    }

    pub fn format(&self) -> &LineFormat {
        &self.format
    }

    /// From here on lines are of another format.
    pub fn set_format(&mut self, format: LineFormat) {
        self.joins_last = false;
        if self.format != format {
            self.plan = Plan::new(&format);
            self.format = format;
            self.tuples.interfaces.clear();
            self.tuples.dispositions.clear();
        }
    }

    /// Reads a line that is not blank: one record, or one element warning. Returns whether it was a record.
    pub fn read(&mut self, line: &[u8], place: Place, out: &mut Emitter) -> bool {
        let values = trim_end(line);
        let (found, wanted) = (self.spans.split(values, self.format.len()), self.format.len());
        if found > wanted && self.joins_last {
            self.spans.extend_last(values);
            let name = self.format.columns().last().map(FlowColumn::name).unwrap_or_default();
            out.remark_once("joined", Reason::ReadAs, || {
                let first = place.position;
                format!("lines with more values than fields: all that stands behind the others is {name} (first in element {first})")
            });
        } else if found != wanted {
            let detail = format!("{found} values, the format has {wanted} fields");
            out.warn(place.warning(Reason::FieldCount, detail, line));
            return false;
        }
        match self.row(values, place, out) {
            Ok(()) => true,
            Err(bad) => {
                self.times.begin();
                out.warn(place.warning(Reason::BadValue, bad.to_string(), line));
                false
            }
        }
    }

    #[inline]
    fn row(&mut self, line: &[u8], place: Place, out: &mut Emitter) -> Result<(), Box<BadValue>> {
        let Self { plan, spans, tuples, times, key, json, .. } = self;
        let mut draft = Draft::new();
        for &(column, op, field) in &plan.row {
            let bytes = spans.value(line, column);
            match op {
                RowOp::Source => draft.source = Side::read(field, bytes)?,
                RowOp::Destination => draft.destination = Side::read(field, bytes)?,
                RowOp::PacketSource => draft.packet_source = Side::read(field, bytes)?,
                RowOp::PacketDestination => draft.packet_destination = Side::read(field, bytes)?,
                RowOp::SourcePort => draft.srcport = value::port(field, bytes)?,
                RowOp::DestinationPort => draft.dstport = value::port(field, bytes)?,
                RowOp::Packets => draft.packets = value::integer(field, bytes, i64::MAX)?,
                RowOp::Bytes => draft.bytes = value::integer(field, bytes, i64::MAX)?,
                RowOp::Start => draft.start = times.read(field, bytes, &mut draft.unit)?,
                RowOp::End => draft.end = times.read(field, bytes, &mut draft.unit)?,
            }
        }
        json.clear();
        if plan.has_extra_columns || draft.has_time_extra() {
            write_extra(
                &plan.extra,
                &draft,
                json,
                |column| spans.value(line, column),
                &mut tuples.utf8_reported,
                place,
                out,
            )?;
        }
        // Nothing is entered into the batch before every value has been checked, so that a line that is no record
        // leaves no trace in the dictionaries; a tuple that was found is a tuple that was checked.
        plan.interface.key(line, spans, key);
        let interface = match tuples.interfaces.find(key, &mut out.flows) {
            Some(index) => Err(index),
            None => Ok(plan.interface.tuple(line, spans, &mut tuples.utf8_reported, place, out)?),
        };
        let interface_key = key.len();
        plan.disposition.append_key(line, spans, key);
        let disposition_key = key.get(interface_key..).unwrap_or_default();
        let disposition = match tuples.dispositions.find(disposition_key, &mut out.flows) {
            Some(index) => index,
            None => {
                let tuple = plan.disposition.tuple(line, spans, &mut tuples.utf8_reported, place, out)?;
                tuples.dispositions.insert(disposition_key, tuple, &mut out.flows)
            }
        };
        let mut row = draft.row(place, &mut out.flows);
        row.disposition = disposition;
        row.interface = match interface {
            Err(index) => index,
            Ok(tuple) => tuples.interfaces.insert(key.get(..interface_key).unwrap_or_default(), tuple, &mut out.flows),
        };
        if !json.is_empty() {
            row.extra = out.flows.extra_index(json);
        }
        times.tell(place, out);
        out.flows.row(row);
        out.flow_row_done();
        Ok(())
    }
}

/// Renders the JSON of further values; nothing where there are none.
fn write_extra<'a>(
    plan: &[(Box<str>, ExtraOp)],
    draft: &Draft,
    json: &mut String,
    value_of: impl Fn(usize) -> &'a [u8],
    utf8_reported: &mut bool,
    place: Place,
    out: &mut Emitter,
) -> Result<(), Box<BadValue>> {
    for (key, op) in plan {
        match *op {
            ExtraOp::Text(column) => {
                let bytes = value_of(column);
                if !value::is_absent(bytes) {
                    draft::push_key(json, key);
                    draft::push_string(json, &draft::text(bytes, utf8_reported, place, out));
                }
            }
            ExtraOp::Integer(column, field) => {
                let number = value::integer(field, value_of(column), value::limit(field))?;
                if number != batch::NO_VALUE {
                    draft::push_key(json, key);
                    draft::TimeExtra::Number(number).write(json);
                }
            }
            ExtraOp::Time(time) => {
                if let Some(extra) = draft.time_extra(time) {
                    draft::push_key(json, key);
                    extra.write(json);
                }
            }
        }
    }
    if !json.is_empty() {
        json.push('}');
    }
    Ok(())
}

impl Plan {
    fn new(format: &LineFormat) -> Self {
        let mut row = Vec::new();
        let mut extra: Vec<(Box<str>, ExtraOp)> =
            TimeKey::ALL.into_iter().map(|key| (key.name().into(), ExtraOp::Time(key))).collect();
        for (i, column) in format.columns().iter().enumerate() {
            match column {
                FlowColumn::Unknown(name) => extra.push((name.clone(), ExtraOp::Text(i))),
                FlowColumn::Field(field) if field.home == Home::Extra => {
                    extra.push((field.name().into(), ExtraOp::Integer(i, *field)));
                }
                FlowColumn::Field(field) => {
                    if let Some(op) = row_op(*field) {
                        row.push((i, op, *field));
                    }
                }
            }
        }
        extra.sort_by(|a, b| a.0.cmp(&b.0));
        Self {
            row,
            interface: TuplePlan::new(format, Home::Interface),
            disposition: TuplePlan::new(format, Home::Disposition),
            has_extra_columns: extra.len() > TimeKey::ALL.len(),
            extra,
        }
    }
}

fn row_op(field: FieldId) -> Option<RowOp> {
    Some(match (field.home, field.name) {
        (Home::PairSource, _) => RowOp::Source,
        (Home::PairDestination, _) => RowOp::Destination,
        (Home::PacketSource, _) => RowOp::PacketSource,
        (Home::PacketDestination, _) => RowOp::PacketDestination,
        (Home::Row, "srcport") => RowOp::SourcePort,
        (Home::Row, "dstport") => RowOp::DestinationPort,
        (Home::Row, "packets") => RowOp::Packets,
        (Home::Row, "bytes") => RowOp::Bytes,
        (Home::Row, "start") => RowOp::Start,
        (Home::Row, "end") => RowOp::End,
        _ => return None,
    })
}

impl TuplePlan {
    fn new(format: &LineFormat, home: Home) -> Self {
        let mut plan = Self { columns: Vec::new(), runs: Vec::new() };
        for (i, column) in format.columns().iter().enumerate() {
            let FlowColumn::Field(field) = column else { continue };
            if !column.is_at(home) {
                continue;
            }
            plan.columns.push((i, *field));
            match plan.runs.last_mut() {
                Some((_, last)) if *last + 1 == i => *last = i,
                _ => plan.runs.push((i, i)),
            }
        }
        plan
    }

    #[inline]
    fn key(&self, line: &[u8], spans: &Spans, key: &mut Vec<u8>) {
        key.clear();
        self.append_key(line, spans, key);
    }

    /// No value holds a blank, so that the blank after each run keeps different tuples apart.
    #[inline]
    fn append_key(&self, line: &[u8], spans: &Spans, key: &mut Vec<u8>) {
        for &(first, last) in &self.runs {
            key.extend_from_slice(spans.run(line, first, last));
            key.push(b' ');
        }
    }

    #[cold]
    fn tuple(
        &self,
        line: &[u8],
        spans: &Spans,
        utf8_reported: &mut bool,
        place: Place,
        out: &mut Emitter,
    ) -> Result<crate::model::Tuple, Box<BadValue>> {
        let values = self.columns.iter().map(|&(i, field)| (field, spans.value(line, i)));
        draft::make_tuple(values, utf8_reported, place, out)
    }
}
