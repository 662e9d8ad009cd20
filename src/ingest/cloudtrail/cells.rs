//! What the cells of a table of events have to be, so that a row whose values are in the wrong columns is no event; and
//! times as spreadsheets write them, of which only other rows' dates may tell the day.

use super::columns::Layout;
use super::time;
use crate::ingest::emit::{Emitter, Place};
use crate::ingest::time::orders::{Day, Orders};
use crate::ingest::time::text::{self, Precision};
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{ImportWarning, Reason, Timestamp};

/// A row that is whole: its values, its raw text and where it is.
pub(super) struct Row {
    pub values: Vec<String>,
    pub raw: Vec<u8>,
    pub place: Place,
}

#[derive(Clone, Copy)]
enum Shape {
    Boolean,
    Account,
    Region,
    Service,
}

/// Looks at the rows of one table.
pub(super) struct CellCheck {
    time: Option<usize>,
    shapes: Vec<(usize, Shape)>,
    orders: Orders,
    /// From the first row on whose day is open.
    held: Vec<Row>,
    held_bytes: usize,
}

/// Rows that wait for a date to tell the order take no more memory than this.
const MOST_HELD_BYTES: usize = 32 << 20;

impl CellCheck {
    pub(super) fn new(layout: &Layout) -> Self {
        let paths = || (0..layout.width()).filter_map(|i| Some((i, layout.path(i)?)));
        let shape = |(i, path): (usize, &str)| {
            let shape = match path {
                "readOnly" => Shape::Boolean,
                "recipientAccountId" => Shape::Account,
                "awsRegion" => Shape::Region,
                "eventSource" => Shape::Service,
                _ => return None,
            };
            Some((i, shape))
        };
        let time = paths().find(|(_, path)| *path == "eventTime").map(|(i, _)| i);
        // Where the whole event is in a cell, the others say nothing of their own.
        let is_checked = !layout.has_whole_event() && layout.record.is_none();
        Self {
            time: time.filter(|_| is_checked),
            shapes: if is_checked { paths().filter_map(shape).collect() } else { Vec::new() },
            orders: Orders::default(),
            held: Vec::new(),
            held_bytes: 0,
        }
    }

    /// Rows that can be read now, in their order; a row that is no event is a warning, and so is a time that cannot be
    /// read.
    pub(super) fn row(&mut self, row: Row, layout: &Layout, out: &mut Emitter) -> Vec<Row> {
        if let Some(detail) = self.misfit(&row.values, layout) {
            out.warn(row.place.warning(Reason::FieldCount, detail, &row.raw));
            return Vec::new();
        }
        let day = self.day(&row.values);
        if self.held.is_empty() && day != Some(Day::Open) {
            return vec![self.with_time(row, day, out)];
        }
        self.held_bytes += row.raw.len() + row.values.iter().map(String::len).sum::<usize>();
        self.held.push(row);
        if self.orders.order().is_some() || self.held_bytes > MOST_HELD_BYTES { self.release(out) } else { Vec::new() }
    }

    /// The rows that were held back, with all that is known by now.
    pub(super) fn release(&mut self, out: &mut Emitter) -> Vec<Row> {
        self.held_bytes = 0;
        let held = std::mem::take(&mut self.held);
        let read = |row: Row| {
            let day = self.day(&row.values);
            self.with_time(row, day, out)
        };
        held.into_iter().map(read).collect()
    }

    /// A value that its column cannot have.
    fn misfit(&self, values: &[String], layout: &Layout) -> Option<String> {
        let odd = |(column, shape): &(usize, Shape)| {
            let value = values.get(*column)?.trim();
            let is_fit = value.is_empty()
                || match shape {
                    Shape::Boolean => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
                    Shape::Account => {
                        value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'E' | b'+' | b','))
                    }
                    Shape::Region => value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
                    Shape::Service => {
                        !value.contains(' ') && value.contains('.') || !value.contains(['{', ':', '/', '"'])
                    }
                };
            (!is_fit).then(|| {
                let path = layout.path(*column).unwrap_or_default();
                format!(
                    "{path} is {value}: the row's values stand in the wrong columns. A value with the delimiter in it has \
                     to stand in quotes"
                )
            })
        };
        self.shapes.iter().find_map(odd)
    }

    /// The day of a time that is not read by itself; `None` where there is nothing to ask.
    fn day(&mut self, values: &[String]) -> Option<Day> {
        let cell = values.get(self.time?)?;
        let written = text::read(cell)?;
        (time::millis(cell).is_none() || written.has_order()).then(|| self.orders.read(&written))
    }

    fn with_time(&self, mut row: Row, day: Option<Day>, out: &mut Emitter) -> Row {
        let Some(cell) = self.time.and_then(|at| row.values.get_mut(at)) else { return row };
        let shown = cell.clone();
        let place = row.place;
        let problem = match day {
            Some(Day::At(millis) | Day::Torn(Some(millis))) => {
                *cell = Timestamp(millis).to_iso();
                if let Some(order) = self.orders.order() {
                    out.remark_once("order", Reason::ReadAs, || {
                        format!(
                            "dates are read as {}, the one order that makes all of them dates, and as UTC: eventTime \
                             {shown} is {} (first in element {})",
                            order.words(),
                            Timestamp(millis).to_iso(),
                            place.position
                        )
                    });
                }
                tell_precision(&shown, place, out);
                return row;
            }
            Some(Day::Open | Day::Torn(None)) => {
                "may be two days: nothing in the file tells whether day or month comes first; write dates as 2025-03-04 \
                 and import again"
            }
            None if cell.trim().is_empty() || time::millis(cell).is_some() => {
                tell_precision(&shown, place, out);
                return row;
            }
            None => "is no time that can be read; times are dates such as 2025-03-04T05:06:07Z, or counts since 1970",
        };
        // The event is kept, without a time; the warning must not count as an element of its own.
        let detail = format!("element {} at byte {}: eventTime {shown} {problem}", place.position, place.offset);
        let raw = row.raw.get(..RAW_KEPT_BYTES).unwrap_or(&row.raw).to_vec();
        out.warn(ImportWarning { raw, ..ImportWarning::file(Reason::BadValue, detail) });
        row
    }
}

fn tell_precision(shown: &str, place: Place, out: &mut Emitter) {
    if text::read(shown).is_some_and(|written| written.precision < Precision::Second) {
        out.remark_once("inexact", Reason::Inexact, || {
            format!(
                "times without seconds (eventTime {shown}): each may be later than it says (first in element {})",
                place.position
            )
        });
    }
}
