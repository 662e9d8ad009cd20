//! Records on their way from a parser into the case. A flow batch carries its own small dictionaries: rows refer to
//! addresses, pairs and tuples by their place in the batch, so that the writer meets each distinct value once.

use super::{Address, FieldId};
use rustc_hash::FxHashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};

/// No value, in the index columns of `FlowRow`.
pub(crate) const ABSENT: u32 = u32::MAX;
/// No value, in the `i64` columns of `FlowRow`.
pub(crate) const NO_VALUE: i64 = i64::MIN;
/// No port. Ports are 0 to 65535.
pub(crate) const NO_PORT: i32 = -1;

/// Values of one home (`Interface` or `Disposition`), only those that are present, in the order of the field table.
/// Values are the text of the log; integers are checked by the parser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tuple(pub Vec<(FieldId, Box<str>)>);

/// One flow record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowRow {
    /// Line or element in the evidence, from 1, strictly increasing.
    pub position: u32,
    /// Bytes from the start of the uncompressed content to the record's raw text.
    pub offset: u64,
    /// Bytes of the record's raw text, line end not included.
    pub len: u32,
    /// Into `FlowBatch::pairs`; the record's srcaddr and dstaddr.
    pub pair: u32,
    /// Into `FlowBatch::pairs`; pkt-srcaddr and pkt-dstaddr.
    pub packet_pair: u32,
    /// Into `FlowBatch::interfaces`.
    pub interface: u32,
    /// Into `FlowBatch::dispositions`.
    pub disposition: u32,
    /// Into `FlowBatch::extras`.
    pub extra: u32,
    pub srcport: i32,
    pub dstport: i32,
    pub packets: i64,
    pub bytes: i64,
    /// Seconds since 1970 UTC. A record with milliseconds keeps them as `start_ms` and `end_ms` (0 to 999) in its
    /// extra.
    pub start: i64,
    pub end: i64,
}

/// Up to `FlowBatchBuilder::FULL` records of one evidence, in order of position.
#[derive(Debug, Default)]
pub struct FlowBatch {
    pub addresses: Vec<Address>,
    /// Indices into `addresses`; either side may be `ABSENT`.
    pub pairs: Vec<(u32, u32)>,
    pub interfaces: Vec<Tuple>,
    pub dispositions: Vec<Tuple>,
    /// JSON objects.
    pub extras: Vec<Box<str>>,
    pub rows: Vec<FlowRow>,
}

/// Numbers batches process-wide, so that an index remembered with its batch's number is never used in another batch.
static NEXT_GENERATION: AtomicU64 = AtomicU64::new(1);

/// Builds flow batches; every `*_index` call finds the value or adds it.
pub struct FlowBatchBuilder {
    batch: FlowBatch,
    generation: u64,
    v4: FxHashMap<u32, u32>,
    v4_pairs: FxHashMap<u64, u32>,
    v6: FxHashMap<Address, u32>,
    pairs: FxHashMap<(u32, u32), u32>,
    interfaces: FxHashMap<Tuple, u32>,
    dispositions: FxHashMap<Tuple, u32>,
    extras: FxHashMap<Box<str>, u32>,
}

impl Default for FlowBatchBuilder {
    fn default() -> Self {
        Self {
            batch: FlowBatch::default(),
            generation: NEXT_GENERATION.fetch_add(1, Ordering::Relaxed),
            v4: FxHashMap::default(),
            v4_pairs: FxHashMap::default(),
            v6: FxHashMap::default(),
            pairs: FxHashMap::default(),
            interfaces: FxHashMap::default(),
            dispositions: FxHashMap::default(),
            extras: FxHashMap::default(),
        }
    }
}

impl FlowBatchBuilder {
    /// Rows after which a batch is handed on: large enough that dictionaries pay, small enough for bounded memory.
    pub const FULL: usize = 1 << 16;

    pub fn len(&self) -> usize {
        self.batch.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.batch.rows.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.len() >= Self::FULL
    }

    /// The number of the batch under construction: indices stay valid as long as it stays the same.
    #[inline]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    pub fn address_index(&mut self, address: &Address) -> u32 {
        if let (IpAddr::V4(v4), None) = (address.ip, &address.zone) {
            return self.ipv4_index(v4);
        }
        if let Some(&index) = self.v6.get(address) {
            return index;
        }
        let index = push(&mut self.batch.addresses, address.clone());
        self.v6.insert(address.clone(), index);
        index
    }

    pub fn ipv4_index(&mut self, v4: Ipv4Addr) -> u32 {
        let addresses = &mut self.batch.addresses;
        *self.v4.entry(u32::from(v4)).or_insert_with(|| push(addresses, Address { ip: IpAddr::V4(v4), zone: None }))
    }

    /// The pair of two IPv4 addresses, in one look-up where it was seen before.
    #[inline]
    pub fn ipv4_pair_index(&mut self, source: Ipv4Addr, destination: Ipv4Addr) -> u32 {
        let key = u64::from(u32::from(source)) << 32 | u64::from(u32::from(destination));
        if let Some(&index) = self.v4_pairs.get(&key) {
            return index;
        }
        let pair = (self.ipv4_index(source), self.ipv4_index(destination));
        let index = push(&mut self.batch.pairs, pair);
        self.v4_pairs.insert(key, index);
        index
    }

    pub fn pair_index(&mut self, source: u32, destination: u32) -> u32 {
        if source == ABSENT && destination == ABSENT {
            return ABSENT;
        }
        // Each pair is in one of the two maps, by its addresses or by their places.
        if let (Some(source), Some(destination)) = (self.plain_ipv4(source), self.plain_ipv4(destination)) {
            return self.ipv4_pair_index(source, destination);
        }
        let pairs = &mut self.batch.pairs;
        *self.pairs.entry((source, destination)).or_insert_with(|| push(pairs, (source, destination)))
    }

    fn plain_ipv4(&self, index: u32) -> Option<Ipv4Addr> {
        match self.batch.addresses.get(index as usize)? {
            Address { ip: IpAddr::V4(v4), zone: None } => Some(*v4),
            _ => None,
        }
    }

    pub fn interface_index(&mut self, tuple: &Tuple) -> u32 {
        intern(&mut self.interfaces, &mut self.batch.interfaces, tuple)
    }

    pub fn disposition_index(&mut self, tuple: &Tuple) -> u32 {
        intern(&mut self.dispositions, &mut self.batch.dispositions, tuple)
    }

    /// `json` is the text of a JSON object with sorted keys.
    pub fn extra_index(&mut self, json: &str) -> u32 {
        if let Some(&index) = self.extras.get(json) {
            return index;
        }
        let index = push(&mut self.batch.extras, json.into());
        self.extras.insert(json.into(), index);
        index
    }

    #[inline]
    pub fn row(&mut self, row: FlowRow) {
        self.batch.rows.push(row);
    }

    /// The batch so far; the builder starts again.
    pub fn take(&mut self) -> FlowBatch {
        self.generation = NEXT_GENERATION.fetch_add(1, Ordering::Relaxed);
        self.v4.clear();
        self.v4_pairs.clear();
        self.v6.clear();
        self.pairs.clear();
        self.interfaces.clear();
        self.dispositions.clear();
        self.extras.clear();
        // Whoever filled one batch is likely to fill the next: growing row by row would copy everything several times.
        let rows = if self.is_full() { Vec::with_capacity(Self::FULL) } else { Vec::new() };
        std::mem::replace(&mut self.batch, FlowBatch { rows, ..FlowBatch::default() })
    }
}

fn push<T>(list: &mut Vec<T>, value: T) -> u32 {
    list.push(value);
    (list.len() - 1) as u32
}

fn intern(map: &mut FxHashMap<Tuple, u32>, list: &mut Vec<Tuple>, tuple: &Tuple) -> u32 {
    if tuple.0.is_empty() {
        return ABSENT;
    }
    if let Some(&index) = map.get(tuple) {
        return index;
    }
    let index = push(list, tuple.clone());
    map.insert(tuple.clone(), index);
    index
}

/// How much of an event a source tells; a higher one wins where the same eventID is seen twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Completeness {
    /// The console's 10-column CSV.
    ConsoleCsv10 = 1,
    /// The console's 16-column CSV.
    ConsoleCsv16 = 2,
    /// A CSV of a query (Lake, Athena): the columns that were asked for.
    QueryCsv = 3,
    /// The event's own JSON.
    Full = 4,
}

impl Completeness {
    /// From the number that a case stores.
    pub fn from_stored(number: i64) -> Self {
        match number {
            1 => Self::ConsoleCsv10,
            2 => Self::ConsoleCsv16,
            3 => Self::QueryCsv,
            _ => Self::Full,
        }
    }
}

/// One occurrence of a CloudTrail event.
#[derive(Clone, Copy, Debug)]
pub struct EventRow<'a> {
    pub position: u32,
    /// Bytes from the start of the uncompressed content to the element's raw text.
    pub offset: u64,
    pub len: u64,
    pub completeness: Completeness,
    /// eventTime in milliseconds UTC, where it could be read.
    pub time_millis: Option<i64>,
    /// The event as a JSON object, as written; CSV rows are rendered into AWS's names.
    pub json: &'a str,
    /// In the order of `field::event_columns()`. Times are ISO text as written, booleans `true` or `false`.
    pub columns: ColumnValues<'a>,
}

/// Events that follow each other in one file. Their texts are in a few long ones: events come by the million, with
/// dozens of values each.
#[derive(Debug, Default)]
pub struct EventBatch {
    events: Vec<Head>,
    json: String,
    values: String,
    spans: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct Head {
    position: u32,
    offset: u64,
    len: u64,
    completeness: Completeness,
    time_millis: Option<i64>,
    /// End of its JSON, of its values and of their spans in the batch's.
    ends: (usize, usize, usize),
}

impl EventBatch {
    /// Bytes of JSON.
    const SOME: usize = 32 << 10;
    const MANY: usize = 384 << 10;

    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        self.json.len() + self.values.len() + size_of_val(self.spans.as_slice()) + size_of_val(self.events.as_slice())
    }

    pub fn push(&mut self, event: EventRow<'_>) {
        // Whoever wrote this much continues: growing step by step would copy it several times.
        if self.json.len() > Self::SOME && self.json.capacity() < Self::MANY {
            self.json.reserve(Self::MANY);
            self.values.reserve(Self::MANY / 2);
            self.spans.reserve(Self::MANY / 2 / size_of::<(u32, u32)>());
        }
        self.json.push_str(event.json);
        self.values.push_str(event.columns.text);
        self.spans.extend_from_slice(event.columns.spans);
        self.events.push(Head {
            position: event.position,
            offset: event.offset,
            len: event.len,
            completeness: event.completeness,
            time_millis: event.time_millis,
            ends: (self.json.len(), self.values.len(), self.spans.len()),
        });
    }

    /// The events in order.
    pub fn iter(&self) -> impl Iterator<Item = EventRow<'_>> {
        self.events.iter().scan((0, 0, 0), |begin, head| {
            let (json, values, spans) = std::mem::replace(begin, head.ends);
            Some(EventRow {
                position: head.position,
                offset: head.offset,
                len: head.len,
                completeness: head.completeness,
                time_millis: head.time_millis,
                json: self.json.get(json..head.ends.0).unwrap_or_default(),
                columns: ColumnValues {
                    text: self.values.get(values..head.ends.1).unwrap_or_default(),
                    spans: self.spans.get(spans..head.ends.2).unwrap_or_default(),
                },
            })
        })
    }

    /// Gives each event the place that `place` makes of its offset and length.
    pub fn move_places(&mut self, place: impl Fn(u64, u64) -> (u64, u64)) {
        for event in &mut self.events {
            (event.offset, event.len) = place(event.offset, event.len);
        }
    }

    /// Lets go of the events' JSON, where it was put elsewhere.
    pub fn drop_json(&mut self) {
        self.json = String::new();
    }
}

/// The values of an event's columns, lent.
#[derive(Clone, Copy, Debug, Default)]
pub struct ColumnValues<'a> {
    text: &'a str,
    spans: &'a [(u32, u32)],
}

impl<'a> ColumnValues<'a> {
    pub fn get(&self, column: usize) -> Option<&'a str> {
        let &(first, len) = self.spans.get(column).filter(|(first, _)| *first != ABSENT)?;
        self.text.get(first as usize..)?.get(..len as usize)
    }

    /// The values in order.
    pub fn iter(self) -> impl Iterator<Item = Option<&'a str>> {
        (0..self.spans.len()).map(move |column| self.get(column))
    }
}

/// The values of an event's columns, all in one text.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventColumns {
    text: String,
    /// First byte and length of each value in the text; `ABSENT` for none.
    spans: Vec<(u32, u32)>,
}

impl EventColumns {
    /// Most events' values fit into this.
    const TEXT: usize = 1300;

    /// So many columns, without values.
    pub(crate) fn new(count: usize) -> Self {
        Self { text: String::with_capacity(Self::TEXT), spans: vec![(ABSENT, 0); count] }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Takes the values out; the columns stay.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.spans.fill((ABSENT, 0));
    }

    pub(crate) fn values(&self) -> ColumnValues<'_> {
        ColumnValues { text: &self.text, spans: &self.spans }
    }

    pub(crate) fn get(&self, column: usize) -> Option<&str> {
        self.values().get(column)
    }

    /// Gives a column its value, instead of the one that it had. Four gigabytes of values are as much as one event
    /// holds; what is beyond stays absent.
    pub(crate) fn set(&mut self, column: usize, value: Option<&str>) {
        let Some(span) = self.spans.get_mut(column) else { return };
        *span = (ABSENT, 0);
        let Some(value) = value else { return };
        if let (Ok(first), Ok(len)) = (u32::try_from(self.text.len()), u32::try_from(value.len()))
            && first != ABSENT
        {
            *span = (first, len);
            self.text.push_str(value);
        }
    }
}

impl PartialEq for EventColumns {
    fn eq(&self, other: &Self) -> bool {
        self.values().iter().eq(other.values().iter())
    }
}

impl Eq for EventColumns {}

/// A digest file's content: kept and listed; validated elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The digest's JSON object as written.
    pub json: Box<str>,
    pub log_files: Vec<DigestLogFile>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestLogFile {
    /// From 1, as listed.
    pub position: u32,
    pub s3_bucket: Option<Box<str>>,
    pub s3_object: Option<Box<str>>,
    pub hash_value: Option<Box<str>>,
    pub hash_algorithm: Option<Box<str>>,
}
