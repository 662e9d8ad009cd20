//! Builds a flow record field by field, for sources that name each value: JSON objects, CSV columns, Parquet rows.

use super::draft::{self, Draft, Side, TimeKey, Tuples};
use super::place::Place;
use super::tuples::Which;
use super::value::{self, BadValue};
use crate::ingest::Emitter;
use crate::model::batch::NO_VALUE;
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{FieldId, Home, Reason};

/// Takes one record after another: `begin`, any number of `set` and `set_extra`, `finish`. Feed it with one emitter
/// through its life. The checks are those of the line reader, and so are the records.
pub struct RecordBuilder {
    draft: Draft,
    bad: Option<Box<BadValue>>,
    tuples: Tuples,
    interface: Values,
    disposition: Values,
    /// Key and JSON text.
    extra: Vec<(Box<str>, String)>,
    json: String,
    raw: Vec<u8>,
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
            tuples: Tuples::new(),
            interface: Values::default(),
            disposition: Values::default(),
            extra: Vec::new(),
            json: String::new(),
            raw: Vec::new(),
        }
    }

    pub fn begin(&mut self) {
        self.draft = Draft::new();
        self.bad = None;
        self.interface.0.clear();
        self.disposition.0.clear();
        self.extra.clear();
        self.raw.clear();
    }

    /// The record's raw text, for the warning if it turns out to be none.
    pub fn raw(&mut self, raw: &[u8]) {
        self.raw.clear();
        self.raw.extend_from_slice(raw.get(..RAW_KEPT_BYTES).unwrap_or(raw));
    }

    /// Sets a field to a value in its text form; `-` and nothing are no value. The first value that does not fit its field
    /// makes the record a `BadValue` warning. A field that is set again takes the later value.
    pub fn set(&mut self, field: FieldId, bytes: &[u8]) {
        if let Err(bad) = self.try_set(field, bytes) {
            self.bad.get_or_insert(bad);
        }
    }

    fn try_set(&mut self, field: FieldId, bytes: &[u8]) -> Result<(), Box<BadValue>> {
        if value::is_absent(bytes) {
            return Ok(());
        }
        let draft = &mut self.draft;
        match (field.home, field.name) {
            (Home::PairSource, _) => draft.source = Side::read(field, bytes)?,
            (Home::PairDestination, _) => draft.destination = Side::read(field, bytes)?,
            (Home::PacketSource, _) => draft.packet_source = Side::read(field, bytes)?,
            (Home::PacketDestination, _) => draft.packet_destination = Side::read(field, bytes)?,
            (Home::Row, "srcport") => draft.srcport = value::port(field, bytes)?,
            (Home::Row, "dstport") => draft.dstport = value::port(field, bytes)?,
            (Home::Row, "packets") => draft.packets = value::integer(field, bytes, i64::MAX)?,
            (Home::Row, "bytes") => draft.bytes = value::integer(field, bytes, i64::MAX)?,
            (Home::Row, "start") => draft.start = value::integer(field, bytes, i64::MAX)?,
            (Home::Row, "end") => draft.end = value::integer(field, bytes, i64::MAX)?,
            (Home::Interface, _) => {
                value::check_tuple_value(field, bytes)?;
                self.interface.push(field, bytes);
            }
            (Home::Disposition, _) => {
                value::check_tuple_value(field, bytes)?;
                self.disposition.push(field, bytes);
            }
            (Home::Extra, _) => {
                let number = value::integer(field, bytes, value::limit(field))?;
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

    /// Keeps a further value under its own name. `json` is the text of a JSON value; what is none is kept as a string. A
    /// name that is set again replaces the value.
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
        out.flows.row(row);
        out.flow_row_done();
        true
    }

    fn tuple(&mut self, which: Which, place: Place, out: &mut Emitter) -> Result<u32, Box<BadValue>> {
        let Tuples { interfaces, dispositions, utf8_reported } = &mut self.tuples;
        let (values, cache) = match which {
            Which::Interfaces => (&self.interface, interfaces),
            Which::Dispositions => (&self.disposition, dispositions),
        };
        if let Some(index) = cache.find(&values.0, &mut out.flows) {
            return Ok(index);
        }
        let tuple = draft::make_tuple(values.iter(), utf8_reported, place, out)?;
        Ok(cache.insert(&values.0, tuple, &mut out.flows))
    }
}
