//! What the readers of lines and of single fields share: the values of one record before they are entered into a batch,
//! the tuples and the JSON of further values.

use super::place::Place;
use super::times::Unit;
use super::tuples::{TupleCache, Which};
use super::value::{self, BadValue};
use crate::ingest::Emitter;
use crate::model::batch::{ABSENT, NO_PORT, NO_VALUE};
use crate::model::{Address, FieldId, FlowBatchBuilder, FlowRow, ImportWarning, Reason, Tuple, address};
use std::fmt::Write;
use std::net::Ipv4Addr;

/// One side of a pair.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Side {
    #[default]
    None,
    V4(Ipv4Addr),
    /// IPv6, or with a zone.
    Other(Address),
}

impl Side {
    #[inline]
    pub(super) fn read(field: FieldId, bytes: &[u8]) -> Result<Self, Box<BadValue>> {
        match address::parse_ipv4(bytes) {
            Some(v4) => Ok(Side::V4(v4)),
            None => Ok(value::address(field, bytes)?.map_or(Side::None, Side::Other)),
        }
    }

    fn index(&self, flows: &mut FlowBatchBuilder) -> u32 {
        match self {
            Side::None => ABSENT,
            Side::V4(v4) => flows.ipv4_index(*v4),
            Side::Other(address) => flows.address_index(address),
        }
    }
}

#[inline]
pub(super) fn pair_index(source: &Side, destination: &Side, flows: &mut FlowBatchBuilder) -> u32 {
    match (source, destination) {
        (Side::V4(source), Side::V4(destination)) => flows.ipv4_pair_index(*source, *destination),
        (Side::None, Side::None) => ABSENT,
        _ => {
            let (source, destination) = (source.index(flows), destination.index(flows));
            flows.pair_index(source, destination)
        }
    }
}

/// The values of the row and its pairs.
#[derive(Debug)]
pub(super) struct Draft {
    pub source: Side,
    pub destination: Side,
    pub packet_source: Side,
    pub packet_destination: Side,
    pub srcport: i32,
    pub dstport: i32,
    pub packets: i64,
    pub bytes: i64,
    /// Seconds, or milliseconds above 2^31-1.
    pub start: i64,
    pub end: i64,
    /// In which the log counts them.
    pub unit: Unit,
}

impl Draft {
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            source: Side::None,
            destination: Side::None,
            packet_source: Side::None,
            packet_destination: Side::None,
            srcport: NO_PORT,
            dstport: NO_PORT,
            packets: NO_VALUE,
            bytes: NO_VALUE,
            start: NO_VALUE,
            end: NO_VALUE,
            unit: Unit::Seconds,
        }
    }

    /// The row, with its tuples and extra still to be filled in.
    #[inline]
    pub(super) fn row(&self, place: Place, flows: &mut FlowBatchBuilder) -> FlowRow {
        FlowRow {
            position: place.position,
            offset: place.offset,
            len: place.len,
            pair: pair_index(&self.source, &self.destination, flows),
            packet_pair: pair_index(&self.packet_source, &self.packet_destination, flows),
            interface: ABSENT,
            disposition: ABSENT,
            extra: ABSENT,
            srcport: self.srcport,
            dstport: self.dstport,
            packets: self.packets,
            bytes: self.bytes,
            start: value::seconds(self.start).0,
            end: value::seconds(self.end).0,
        }
    }

    /// Do the times need a place in the extra JSON?
    #[inline]
    pub(super) fn has_time_extra(&self) -> bool {
        const LIMIT: i64 = i32::MAX as i64;
        self.start > LIMIT || self.end > LIMIT || (self.start == NO_VALUE && self.end != NO_VALUE)
    }

    /// What the row cannot hold of the times, one key at a time in sorted order: an end without a start, the milliseconds
    /// where they are not zero, and what the log counts where it is not seconds.
    pub(super) fn time_extra(&self, key: TimeKey) -> Option<TimeExtra> {
        let (start, start_ms) = value::seconds(self.start);
        let (end, end_ms) = value::seconds(self.end);
        match key {
            TimeKey::End => (start == NO_VALUE && end != NO_VALUE).then_some(TimeExtra::Number(end)),
            TimeKey::EndMs => end_ms.filter(|&ms| ms > 0).map(|ms| TimeExtra::Number(i64::from(ms))),
            TimeKey::StartMs => start_ms.filter(|&ms| ms > 0).map(|ms| TimeExtra::Number(i64::from(ms))),
            TimeKey::Unit => (self.unit != Unit::Seconds).then_some(TimeExtra::Unit(self.unit)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeKey {
    End,
    EndMs,
    StartMs,
    Unit,
}

impl TimeKey {
    pub(super) const ALL: [TimeKey; 4] = [TimeKey::End, TimeKey::EndMs, TimeKey::StartMs, TimeKey::Unit];

    pub(super) fn name(self) -> &'static str {
        match self {
            TimeKey::End => "end",
            TimeKey::EndMs => "end_ms",
            TimeKey::StartMs => "start_ms",
            TimeKey::Unit => "time_unit",
        }
    }
}

pub(super) enum TimeExtra {
    Number(i64),
    Unit(Unit),
}

impl TimeExtra {
    pub(super) fn write(&self, json: &mut String) {
        match self {
            // Writing into a string cannot fail.
            TimeExtra::Number(number) => _ = write!(json, "{number}"),
            TimeExtra::Unit(unit) => push_string(json, unit.code()),
        }
    }
}

/// The caches of both tuples, and whether invalid UTF-8 was already reported of this evidence.
pub(super) struct Tuples {
    pub interfaces: TupleCache,
    pub dispositions: TupleCache,
    pub utf8_reported: bool,
}

impl Tuples {
    pub(super) fn new() -> Self {
        Self {
            interfaces: TupleCache::new(Which::Interfaces),
            dispositions: TupleCache::new(Which::Dispositions),
            utf8_reported: false,
        }
    }
}

/// Checks and copies the values of a tuple; absent ones are left out. In the field table's order.
pub(super) fn make_tuple<'a>(
    values: impl Iterator<Item = (FieldId, &'a [u8])>,
    utf8_reported: &mut bool,
    place: Place,
    out: &mut Emitter,
) -> Result<Tuple, Box<BadValue>> {
    let mut tuple = Vec::new();
    for (field, bytes) in values {
        if !value::is_absent(bytes) {
            let bytes = value::tuple_value(field, bytes)?;
            tuple.push((field, text(&bytes, utf8_reported, place, out).into()));
        }
    }
    tuple.sort_by_key(|(field, _): &(FieldId, Box<str>)| *field);
    // A source that names a field twice means the later value.
    tuple.dedup_by(|later, kept| {
        let is_same = later.0 == kept.0;
        if is_same {
            std::mem::swap(&mut later.1, &mut kept.1);
        }
        is_same
    });
    Ok(Tuple(tuple))
}

/// A text value; where it is not UTF-8 it is read with replacement characters, and the evidence gets one warning.
pub(super) fn text<'a>(
    bytes: &'a [u8],
    reported: &mut bool,
    place: Place,
    out: &mut Emitter,
) -> std::borrow::Cow<'a, str> {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, std::borrow::Cow::Owned(_)) && !std::mem::replace(reported, true) {
        let detail = format!("first in element {} at byte {}", place.position, place.offset);
        out.warn(ImportWarning::file(Reason::InvalidUtf8, detail));
    }
    text
}

/// Appends `"key":` to an object under construction.
pub(super) fn push_key(json: &mut String, key: &str) {
    json.push(if json.is_empty() { '{' } else { ',' });
    push_string(json, key);
    json.push(':');
}

/// Appends a JSON string.
pub(super) fn push_string(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if u32::from(c) < 0x20 => _ = write!(json, "\\u{:04x}", u32::from(c)),
            c => json.push(c),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_json() {
        let mut json = String::new();
        push_key(&mut json, "a\"b");
        push_string(&mut json, "c\\d\u{1}\té");
        assert_eq!(json, r#"{"a\"b":"c\\d\u0001\u0009é""#);
        let back: serde_json::Value = serde_json::from_str(&format!("{json}}}")).unwrap();
        assert_eq!(back, serde_json::json!({"a\"b": "c\\d\u{1}\té"}));
    }
}
