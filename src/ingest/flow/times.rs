//! The times of one evidence. Each is read for itself where its text allows one reading; a count's unit is settled by
//! what is plausible, the order of day and month by the other dates of the evidence. What the evidence does not state
//! is reported in remarks on it.

use super::value::{self, BadValue, Problem};
use crate::ingest::Emitter;
use crate::ingest::emit::Place;
use crate::ingest::time::PLAUSIBLE_SECS;
pub(super) use crate::ingest::time::Unit;
use crate::ingest::time::number::{self, Number};
use crate::ingest::time::orders::{Day, Orders};
use crate::ingest::time::text::{self, Order, Precision, Written};
use crate::model::batch::NO_VALUE;
use crate::model::{FieldId, Reason, Timestamp};

/// The days of a spreadsheet from 1990 to 2100. As seconds they would be of the first day of 1970.
const SHEET_DAYS: std::ops::Range<i128> = 32_874..73_051;
/// Decimals of a day that are less than a second.
const DECIMALS_OF_A_SECOND: usize = 5;

const LAST_PLAIN: i64 = i32::MAX as i64;

/// Reads the times of one evidence.
pub(super) struct Times {
    /// Of the counts so far that were plausible.
    unit: Option<Unit>,
    orders: Orders,
    notes: Vec<(Note, String)>,
    told: Vec<Note>,
}

/// What is reported of an evidence, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    Millis,
    Micros,
    Nanos,
    Days,
    ByOthers,
    Order,
    BothOrders,
    Rounded,
    RoundedAccount,
    ShortAccount,
    Inexact,
}

impl Note {
    fn key(self) -> &'static str {
        match self {
            Note::Millis => "millis",
            Note::Micros => "micros",
            Note::Nanos => "nanos",
            Note::Days => "days",
            Note::ByOthers => "by-others",
            Note::Order => "order",
            Note::BothOrders => "both-orders",
            Note::Rounded => "rounded",
            Note::RoundedAccount => "rounded-account",
            Note::ShortAccount => "short-account",
            Note::Inexact => "inexact",
        }
    }

    fn reason(self) -> Reason {
        match self {
            Note::Millis
            | Note::Micros
            | Note::Nanos
            | Note::Days
            | Note::ByOthers
            | Note::Order
            | Note::ShortAccount => Reason::ReadAs,
            Note::BothOrders | Note::Rounded | Note::RoundedAccount | Note::Inexact => Reason::Inexact,
        }
    }
}

impl Times {
    pub(super) fn new() -> Self {
        Self { unit: None, orders: Orders::default(), notes: Vec::new(), told: Vec::new() }
    }

    /// Forgets the remarks of a record that was not emitted.
    pub(super) fn begin(&mut self) {
        self.notes.clear();
    }

    /// A time of a line: seconds, or milliseconds above 2^31-1; `NO_VALUE` where it is absent. `unit` is set where it
    /// is not seconds.
    #[inline]
    pub(super) fn read(&mut self, field: FieldId, bytes: &[u8], unit: &mut Unit) -> Result<i64, Box<BadValue>> {
        match value::digits(bytes) {
            Some(count) if count <= LAST_PLAIN as u64 => Ok(count as i64),
            _ => self.odd(field, bytes, unit),
        }
    }

    /// A time of a table's cell, where a small number may be a spreadsheet's.
    pub(super) fn read_cell(&mut self, field: FieldId, bytes: &[u8], unit: &mut Unit) -> Result<i64, Box<BadValue>> {
        match value::digits(bytes).map(i128::from).filter(|count| *count <= i128::from(LAST_PLAIN)) {
            Some(count) if SHEET_DAYS.contains(&count) && self.unit.is_none_or(|unit| unit == Unit::Days) => {
                self.odd(field, bytes, unit)
            }
            Some(count) => {
                if count >= i128::from(PLAUSIBLE_SECS.start) {
                    self.unit = Some(Unit::Seconds);
                }
                Ok(count as i64)
            }
            None => self.odd(field, bytes, unit),
        }
    }

    /// Is a cell's count one of seconds beyond doubt? `read_cell` gives it as it is.
    #[inline]
    pub(super) fn takes_seconds(&mut self, count: i64) -> bool {
        let takes = (PLAUSIBLE_SECS.start..=LAST_PLAIN).contains(&count);
        if takes {
            self.unit = Some(Unit::Seconds);
        }
        takes
    }

    /// Milliseconds that the source declares as such.
    pub(super) fn declared(millis: i64, unit: &mut Unit) -> i64 {
        *unit = Unit::Millis;
        kept(millis, Unit::Millis)
    }

    #[cold]
    fn odd(&mut self, field: FieldId, bytes: &[u8], unit: &mut Unit) -> Result<i64, Box<BadValue>> {
        if value::is_absent(bytes) {
            return Ok(NO_VALUE);
        }
        let bytes = bytes.trim_ascii();
        let bad = |problem| BadValue::new(field, bytes, problem);
        let counted = match number::parse(bytes) {
            Some(number) => self.counted(field, bytes, number),
            None => None,
        };
        if let Some((millis, of)) = counted {
            if millis < 0 {
                return Err(bad(Problem::BelowZero));
            }
            *unit = of;
            return Ok(kept(millis, of));
        }
        let shown = String::from_utf8_lossy(bytes);
        let written = text::read(&shown).ok_or_else(|| bad(Problem::NoTime))?;
        let millis = self.ordered(field, &shown, &written).ok_or_else(|| bad(Problem::TwoDates))?;
        if millis < 0 {
            return Err(bad(Problem::BelowZero));
        }
        match written.precision {
            Precision::Day => self.note(
                Note::Inexact,
                format!("times without a time of day ({} {shown}) are taken for midnight UTC", field.name()),
            ),
            Precision::Minute => self.note(
                Note::Inexact,
                format!("times without seconds ({} {shown}): each may be up to 59 seconds later", field.name()),
            ),
            Precision::Second => {}
        }
        Ok(kept(millis, Unit::Seconds))
    }

    /// A number as a time; `None` where it is none in any unit.
    fn counted(&mut self, field: FieldId, bytes: &[u8], number: Number) -> Option<(i64, Unit)> {
        let (count, _) = number.scaled(0)?;
        let shown = String::from_utf8_lossy(bytes).into_owned();
        let name = field.name();
        let is_sheet = SHEET_DAYS.contains(&count) && self.unit.is_none_or(|unit| unit == Unit::Days);
        let told = if is_sheet { Some(Unit::Days) } else { Unit::plausible(count) };
        let unit = match told {
            Some(unit) => {
                self.unit = Some(unit);
                unit
            }
            // A time of the first days of 1970, or before: as it is written; the evidence gets a remark.
            None if count <= i128::from(LAST_PLAIN) => Unit::Seconds,
            None if text::read(&shown).is_some() => return None,
            None => self.unit?,
        };
        let millis = unit.millis(number)?;
        let meant = Timestamp(millis).to_iso();
        if told.is_none() && unit != Unit::Seconds {
            self.note(
                Note::ByOthers,
                format!("{name} {shown} is of no usual time; read as the others in {}: {meant}", unit.words()),
            );
        }
        let note = match unit {
            Unit::Seconds => None,
            Unit::Millis => Some(Note::Millis),
            Unit::Micros => Some(Note::Micros),
            Unit::Nanos => Some(Note::Nanos),
            Unit::Days => Some(Note::Days),
        };
        if let Some(note) = note {
            self.note(note, format!("times are counted in {}: {name} {shown} is {meant}", unit.words()));
        }
        if number.is_rounded {
            self.rounded(field, &shown);
        }
        if unit == Unit::Days && number.decimals < DECIMALS_OF_A_SECOND {
            self.note(
                Note::Inexact,
                format!(
                    "{name} {shown} has too few digits for its second: it is exact to {} only",
                    exactness(number.decimals)
                ),
            );
        }
        Some((millis, unit))
    }

    /// The time of a date, in the order that the other dates tell where its own text does not.
    fn ordered(&mut self, field: FieldId, shown: &str, written: &Written) -> Option<i64> {
        let name = field.name();
        match self.orders.read(written) {
            Day::At(millis) => {
                if let Some(order) = self.order().filter(|_| written.has_order()) {
                    let meant = Timestamp(millis).to_iso();
                    let text = format!(
                        "dates are read as {}, the one order that makes all of them dates, and as UTC: {name} {shown} is \
                         {meant}",
                        order.words()
                    );
                    self.note(Note::Order, text);
                }
                Some(millis)
            }
            Day::Open => None,
            Day::Torn(millis) => {
                let text = format!(
                    "dates stand in more than one order ({name} {shown}); rows before it may have been read in the wrong one"
                );
                self.note(Note::BothOrders, text);
                millis
            }
        }
    }

    /// The one order that all dates so far allow.
    pub(super) fn order(&self) -> Option<Order> {
        self.orders.order()
    }

    pub(super) fn rounded(&mut self, field: FieldId, shown: &str) {
        let name = field.name();
        self.note(
            Note::Rounded,
            format!("{name} {shown} was rounded by the program that wrote the file; its further digits are lost. Import the original"),
        );
    }

    pub(super) fn note(&mut self, note: Note, text: String) {
        if !self.told.contains(&note) && !self.notes.iter().any(|(known, _)| *known == note) {
            self.notes.push((note, text));
        }
    }

    /// Tells what was noted of the record here.
    #[inline]
    pub(super) fn tell(&mut self, place: Place, out: &mut Emitter) {
        if !self.notes.is_empty() {
            self.tell_all(place, out);
        }
    }

    #[cold]
    fn tell_all(&mut self, place: Place, out: &mut Emitter) {
        for (note, text) in self.notes.drain(..) {
            self.told.push(note);
            out.remark_once(note.key(), note.reason(), || format!("{text} (first in element {})", place.position));
        }
    }
}

/// What the last of so many decimals of a day is.
fn exactness(decimals: usize) -> &'static str {
    match decimals {
        0 => "a day",
        1 => "some hours",
        2 => "a quarter of an hour",
        3 => "two minutes",
        _ => "nine seconds",
    }
}

/// Milliseconds where they are needed and can be determined from seconds.
fn kept(millis: i64, unit: Unit) -> i64 {
    let secs = millis.div_euclid(1000);
    let is_plain = unit == Unit::Seconds && millis.rem_euclid(1000) == 0 && secs <= LAST_PLAIN;
    if is_plain || millis <= LAST_PLAIN { secs } else { millis }
}
