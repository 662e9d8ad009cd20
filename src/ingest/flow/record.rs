//! Builds a flow record field by field, for sources that name each value: JSON objects, CSV columns, Parquet rows.

use super::draft::{self, Draft, Side, TimeKey, Tuples};
use super::place::Place;
use super::times::{Note, Times};
use super::tuples::Which;
use super::value::{self, BadValue, Problem};
use crate::ingest::time::number;
use crate::ingest::{Emitter, FlowFields};
use crate::model::batch::NO_VALUE;
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{FieldId, Home, Reason, field};
use std::borrow::Cow;

/// The further value that holds the counters of a record's other direction.
const SECOND: &str = "second";

/// Takes one record after another: `begin`, any number of `set` and `set_extra`, `finish`. Feed it with one emitter
/// through its life. The checks are those of the line reader, and so are the records.
pub struct RecordBuilder {
    draft: Draft,
    bad: Option<Box<BadValue>>,
    has_second: bool,
    tuples: Tuples,
    times: Times,
    interface: Values,
    disposition: Values,
    /// Key and JSON text.
    extra: Vec<(Box<str>, String)>,
    json: String,
    raw: Vec<u8>,
    /// Of each tuple, where `recall` was asked for it.
    recalled: [Recalled; 2],
}

/// A tuple by another key than its values.
#[derive(Default)]
enum Recalled {
    #[default]
    Unasked,
    /// What it will be known by.
    Unknown(Box<[u8]>),
    /// Its index in the batch.
    Known(u32),
}

/// The values of one tuple, one after the other: field, length, bytes. These bytes are its key as well.
#[derive(Default)]
struct Values(Vec<u8>);

impl Values {
    fn push(&mut self, field: FieldId, bytes: &[u8]) {
        self.0.extend_from_slice(&field.0.to_le_bytes());
        self.0.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn iter(&self) -> impl Iterator<Item = (FieldId, &[u8])> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (field, after) = rest.split_first_chunk::<2>()?;
            let (len, after) = after.split_first_chunk::<4>()?;
            let (bytes, after) = after.split_at_checked(u32::from_le_bytes(*len) as usize)?;
            rest = after;
            Some((FieldId(u16::from_le_bytes(*field)), bytes))
        })
    }
}

impl Default for RecordBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl RecordBuilder {
    pub fn new() -> Self {
        Self {
            draft: Draft::new(),
            bad: None,
            has_second: false,
            tuples: Tuples::new(),
            times: Times::new(),
            interface: Values::default(),
            disposition: Values::default(),
            extra: Vec::new(),
            json: String::new(),
            raw: Vec::new(),
            recalled: Default::default(),
        }
    }

    pub fn begin(&mut self) {
        self.draft = Draft::new();
        self.bad = None;
        self.has_second = false;
        self.times.begin();
        self.interface.0.clear();
        self.disposition.0.clear();
        self.extra.clear();
        self.raw.clear();
        self.recalled = Default::default();
    }

    /// Is the tuple known that a record before had under this key? Then none of its values has to be set. Keys are the
    /// caller's, and begin like no field and value (`Values`).
    pub(crate) fn recall(&mut self, which: Which, key: &[u8], out: &mut Emitter) -> bool {
        let (cache, at) = match which {
            Which::Interfaces => (&mut self.tuples.interfaces, 0),
            Which::Dispositions => (&mut self.tuples.dispositions, 1),
        };
        let found = cache.find(key, &mut out.flows);
        let is_known = found.is_some();
        if let Some(place) = self.recalled.get_mut(at) {
            *place = found.map_or_else(|| Recalled::Unknown(key.into()), Recalled::Known);
        }
        is_known
    }

    /// Sets a field to a whole number, as `set` does to its digits.
    pub(crate) fn set_number(&mut self, field: FieldId, number: i64) {
        let Self { draft, times, .. } = self;
        match (field.home, field.name) {
            (Home::Row, "srcport") if (0..=value::limit(field)).contains(&number) => draft.srcport = number as i32,
            (Home::Row, "dstport") if (0..=value::limit(field)).contains(&number) => draft.dstport = number as i32,
            (Home::Row, "packets") if number >= 0 => draft.packets = number,
            (Home::Row, "bytes") if number >= 0 => draft.bytes = number,
            (Home::Row, "start") if times.takes_seconds(number) => draft.start = number,
            (Home::Row, "end") if times.takes_seconds(number) => draft.end = number,
            _ => self.set(field, number.to_string().as_bytes()),
        }
    }

    /// The record's raw text, for the warning if it turns out to be none.
    pub fn raw(&mut self, raw: &[u8]) {
        self.raw.clear();
        self.raw.extend_from_slice(raw.get(..RAW_KEPT_BYTES).unwrap_or(raw));
    }

    /// Sets a field to a value in its text form; `-` and nothing are no value. The first value that does not fit its
    /// field makes the record a `BadValue` warning. A field that is set again takes the later value.
    pub fn set(&mut self, field: FieldId, bytes: &[u8]) {
        if let Err(bad) = self.try_set(field, bytes) {
            self.bad.get_or_insert(bad);
        }
    }

    fn try_set(&mut self, field: FieldId, bytes: &[u8]) -> Result<(), Box<BadValue>> {
        if value::is_absent(bytes) {
            return Ok(());
        }
        let Self { draft, times, .. } = self;
        match (field.home, field.name) {
            (Home::PairSource, _) => draft.source = Side::read(field, bytes)?,
            (Home::PairDestination, _) => draft.destination = Side::read(field, bytes)?,
            (Home::PacketSource, _) => draft.packet_source = Side::read(field, bytes)?,
            (Home::PacketDestination, _) => draft.packet_destination = Side::read(field, bytes)?,
            (Home::Row, "srcport") => draft.srcport = value::port(field, bytes)?,
            (Home::Row, "dstport") => draft.dstport = value::port(field, bytes)?,
            (Home::Row, "packets") => draft.packets = counter(times, field, bytes)?,
            (Home::Row, "bytes") => draft.bytes = counter(times, field, bytes)?,
            (Home::Row, "start") => draft.start = times.read_cell(field, bytes, &mut draft.unit)?,
            (Home::Row, "end") => draft.end = times.read_cell(field, bytes, &mut draft.unit)?,
            (Home::Interface, "account_id") => self.interface.push(field, &account(times, bytes)),
            (Home::Interface, _) => self.interface.push(field, &value::tuple_value(field, bytes)?),
            (Home::Disposition, _) => self.disposition.push(field, &value::tuple_value(field, bytes)?),
            (Home::Extra, _) => {
                let number = counter(times, field, bytes)?;
                self.set_extra(field.name(), &number.to_string());
            }
            // No field of a flow record.
            _ => {
                let mut json = String::new();
                draft::push_string(&mut json, &String::from_utf8_lossy(bytes));
                self.set_extra(field.name(), &json);
            }
        }
        Ok(())
    }

    /// Sets a time that the source declares as milliseconds since 1970.
    pub fn set_millis(&mut self, field: FieldId, millis: i64) {
        if millis < 0 {
            let bad = BadValue::new(field, millis.to_string().as_bytes(), Problem::BelowZero);
            self.bad.get_or_insert(bad);
            return;
        }
        let Draft { start, end, unit, .. } = &mut self.draft;
        *(if field.name == "start" { start } else { end }) = Times::declared(millis, unit);
    }

    /// Keeps a further value under its own name. `json` is the text of a JSON value; what is none is kept as a string.
    /// A name that is set again replaces the value.
    pub fn set_extra(&mut self, name: &str, json: &str) {
        let json = if serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok() {
            json.trim().to_owned()
        } else {
            let mut quoted = String::new();
            draft::push_string(&mut quoted, json);
            quoted
        };
        match self.extra.iter_mut().find(|(key, _)| **key == *name) {
            Some((_, value)) => *value = json,
            None => self.extra.push((name.into(), json)),
        }
    }

    /// Have all values fit so far?
    pub fn is_good(&self) -> bool {
        self.bad.is_none()
    }

    /// Is a date among the values that only other rows' dates can tell?
    pub fn awaits_order(&self) -> bool {
        self.bad.as_ref().is_some_and(|bad| bad.problem == Problem::TwoDates)
    }

    /// Did the dates so far tell their order?
    pub fn knows_order(&self) -> bool {
        self.times.order().is_some()
    }

    /// Whether the record has a start time.
    pub fn has_start(&self) -> bool {
        self.draft.start != NO_VALUE
    }

    /// Emits the record, or a warning if a value did not fit. Returns whether it was a record.
    pub fn finish(&mut self, place: Place, out: &mut Emitter) -> bool {
        if let Some(bad) = self.bad.take() {
            out.warn(place.warning(Reason::BadValue, bad.to_string(), &self.raw));
            return false;
        }
        let interface = self.tuple(Which::Interfaces, place, out);
        let disposition = self.tuple(Which::Dispositions, place, out);
        // The tuples' values were checked one by one when they were set, so that neither is an error here.
        let (Ok(interface), Ok(disposition)) = (interface, disposition) else { return false };
        let mut row = self.draft.row(place, &mut out.flows);
        row.interface = interface;
        row.disposition = disposition;
        if self.draft.has_time_extra() {
            for key in TimeKey::ALL {
                if let Some(extra) = self.draft.time_extra(key) {
                    let mut json = String::new();
                    extra.write(&mut json);
                    self.set_extra(key.name(), &json);
                }
            }
        }
        if self.has_second {
            // Queries search for the pair of the other direction among those of the case.
            draft::pair_index(&self.draft.destination, &self.draft.source, &mut out.flows);
        }
        if !self.extra.is_empty() {
            self.extra.sort();
            self.json.clear();
            for (key, value) in &self.extra {
                draft::push_key(&mut self.json, key);
                self.json.push_str(value);
            }
            self.json.push('}');
            row.extra = out.flows.extra_index(&self.json);
        }
        self.times.tell(place, out);
        out.flows.row(row);
        out.flow_row_done();
        true
    }

    /// Sets bytes and packets of the direction from the destination to the source.
    fn set_second(&mut self, counters: &[Option<String>; 2]) -> Result<(), Box<BadValue>> {
        let mut json = String::new();
        for (name, text) in ["bytes", "packets"].into_iter().zip(counters) {
            if let (Some(field), Some(text)) = (field::by_header(name), text) {
                let number = counter(&mut self.times, field, text.as_bytes())?;
                draft::push_key(&mut json, name);
                json.push_str(&number.to_string());
            }
        }
        if !json.is_empty() {
            json.push('}');
            self.set_extra(SECOND, &json);
            self.has_second = true;
        }
        Ok(())
    }

    /// A whole record of named values, as `finish`.
    pub fn record(&mut self, fields: &FlowFields, raw: &[u8], place: Place, out: &mut Emitter) -> bool {
        self.begin();
        self.raw(raw);
        for (field, value) in &fields.fields {
            self.set(*field, value.as_bytes());
        }
        for (name, json) in &fields.extras {
            self.set_extra(name, json);
        }
        if let Some(counters) = &fields.second
            && let Err(bad) = self.set_second(counters)
        {
            self.bad.get_or_insert(bad);
        }
        let done = self.finish(place, out);
        for (key, text) in fields.remarks.iter().filter(|_| done) {
            out.remark_once(key, Reason::ReadAs, || text.clone());
        }
        done
    }

    fn tuple(&mut self, which: Which, place: Place, out: &mut Emitter) -> Result<u32, Box<BadValue>> {
        let Tuples { interfaces, dispositions, utf8_reported } = &mut self.tuples;
        let [of_interface, of_disposition] = &self.recalled;
        let (values, cache, recalled) = match which {
            Which::Interfaces => (&self.interface, interfaces, of_interface),
            Which::Dispositions => (&self.disposition, dispositions, of_disposition),
        };
        let key = match recalled {
            Recalled::Known(index) => return Ok(*index),
            Recalled::Unknown(key) => &key[..],
            Recalled::Unasked => values.0.as_slice(),
        };
        if let Some(index) = cache.find(key, &mut out.flows) {
            return Ok(index);
        }
        let tuple = draft::make_tuple(values.iter(), utf8_reported, place, out)?;
        Ok(cache.insert(key, tuple, &mut out.flows))
    }
}

/// A counter; one that was rounded is kept, and told.
fn counter(times: &mut Times, field: FieldId, bytes: &[u8]) -> Result<i64, Box<BadValue>> {
    let limit = value::limit(field);
    match value::integer(field, bytes, limit) {
        Err(bad) if bad.problem == Problem::Rounded => {
            times.rounded(field, &bad.value);
            value::rounded(field, bytes, limit)
        }
        other => other,
    }
}

const ACCOUNT_DIGITS: usize = 12;

/// An account in its digits where a program made a number of it; what cannot be determined any more stays as it is, and
/// is reported.
fn account<'a>(times: &mut Times, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    if bytes.len() == ACCOUNT_DIGITS && bytes.iter().all(u8::is_ascii_digit) {
        return Cow::Borrowed(bytes);
    }
    let Some(number) = number::parse(bytes) else { return Cow::Borrowed(bytes) };
    let shown = String::from_utf8_lossy(bytes);
    if number.is_rounded {
        let text = format!(
            "account_id {shown} was rounded by a spreadsheet; the account's digits are lost. Import the original"
        );
        times.note(Note::RoundedAccount, text);
        return Cow::Borrowed(bytes);
    }
    let digits = number.whole().filter(|value| *value >= 0).map(|value| value.to_string());
    let Some(digits) = digits else { return Cow::Borrowed(bytes) };
    if digits.len() < ACCOUNT_DIGITS {
        let text = format!("account_id {shown} has fewer than 12 digits; zeros at its beginning may be lost");
        times.note(Note::ShortAccount, text);
    }
    match bytes.iter().all(u8::is_ascii_digit) {
        true => Cow::Borrowed(bytes),
        false => Cow::Owned(digits.into_bytes()),
    }
}
