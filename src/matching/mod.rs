//! What a case is searched for, made ready: which entries an address, a name or a text stands for. Pure; it knows
//! entries by their places in the list that it was made of, and no case.

mod addresses;
mod caution;
mod patterns;
mod texts;

pub use addresses::AddressIndex;
pub use caution::{Caution, CautionReason, Surroundings};
pub use patterns::Patterns;
pub use texts::{TextIndex, addresses_in};

use crate::model::{Dataset, IndicatorKind, KeySpan, PatternPart, TimeRange, Timestamp};
use rustc_hash::FxHashMap;

/// An entry as matching needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Number in the case.
    pub id: i64,
    /// Number of its list; 0 for a label.
    pub list: i64,
    pub kind: IndicatorKind,
    /// Canonical; may be empty for an address or a range.
    pub value: Box<str>,
    pub span: Option<KeySpan>,
    pub valid: TimeRange,
    /// What it is matched with, where it is not met alone.
    pub part: Option<PatternPart>,
    /// Asked for; else it is here for the patterns of others alone, behind all that are.
    pub wanted: bool,
}

/// What a flow record holds that an entry may meet.
#[derive(Clone, Copy, Debug, Default)]
pub struct FlowValues<'a> {
    /// Keys of source and destination, then the packet's.
    pub addresses: [Option<u128>; 4],
    pub interface: &'a str,
    pub account: &'a str,
    pub ports: [Option<i64>; 2],
}

/// When an entry counts for flow records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InFlows {
    Always,
    /// At the times of its window.
    Sometimes,
    /// With the rest of its pattern; of that, those that lead choose most.
    Bound {
        leads: bool,
    },
    /// It is not asked for.
    Never,
}

/// Entries ready to be matched.
#[derive(Debug)]
pub struct Matcher {
    /// By place.
    ids: Vec<i64>,
    /// By place: number of the list among `list_ids`.
    lists: Vec<u32>,
    list_ids: Vec<i64>,
    /// By place: does the entry stand for addresses?
    spans: Vec<bool>,
    /// By place: number of the window; 0 is always.
    windows: Vec<u32>,
    ranges: Vec<TimeRange>,
    pub addresses: AddressIndex,
    pub texts: TextIndex,
    pub patterns: Patterns,
    /// Entries that are asked for: the first so many.
    wanted: usize,
    bytes: usize,
}

impl Matcher {
    /// # Errors
    /// The texts are more than can be searched at once; why.
    pub fn new(entries: &[Known]) -> Result<Self, String> {
        let mut ranges = vec![TimeRange::default()];
        let mut numbers: FxHashMap<TimeRange, u32> = FxHashMap::from_iter([(TimeRange::default(), 0)]);
        let windows = entries.iter().map(|entry| {
            *numbers.entry(entry.valid).or_insert_with(|| {
                ranges.push(entry.valid);
                ranges.len() as u32 - 1
            })
        });
        let windows: Vec<u32> = windows.collect();
        let wanted = entries.partition_point(|entry| entry.wanted);
        let mut list_ids: Vec<i64> = entries.iter().take(wanted).map(|entry| entry.list).collect();
        list_ids.sort_unstable();
        list_ids.dedup();
        let lists = entries.iter().map(|entry| list_ids.partition_point(|id| *id < entry.list) as u32).collect();
        let spans = entries.iter().zip(0..).filter_map(|(entry, place)| Some((entry.span?, place)));
        let addresses = AddressIndex::new(spans);
        let is_text = |entry: &&(&Known, u32)| !matches!(entry.0.kind, IndicatorKind::Address | IndicatorKind::Range);
        let listed: Vec<(&Known, u32)> = entries.iter().zip(0..).collect();
        let texts = listed.iter().filter(is_text).map(|(entry, place)| (entry.kind, &*entry.value, *place));
        let texts = TextIndex::new(texts).map_err(|error| error.to_string())?;
        let text_bytes: usize = listed.iter().filter(is_text).map(|(entry, _)| entry.value.len() * 20 + 64).sum();
        let bytes = addresses.bytes() + text_bytes + entries.len() * 16;
        let ids = entries.iter().map(|entry| entry.id).collect();
        let has_span = entries.iter().map(|entry| entry.span.is_some()).collect();
        let patterns = Patterns::new(entries);
        Ok(Self { spans: has_span, ids, lists, list_ids, windows, ranges, addresses, texts, patterns, wanted, bytes })
    }

    /// How many entries are asked for.
    pub fn len(&self) -> usize {
        self.wanted
    }

    pub fn is_empty(&self) -> bool {
        self.wanted == 0
    }

    /// Is it asked for, or there for the patterns of others?
    pub fn is_wanted(&self, place: u32) -> bool {
        (place as usize) < self.wanted
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number in the case of an entry.
    pub fn id(&self, place: u32) -> i64 {
        self.ids.get(place as usize).copied().unwrap_or_default()
    }

    /// The place of an entry's list among `lists`.
    pub fn list(&self, place: u32) -> u32 {
        self.lists.get(place as usize).copied().unwrap_or_default()
    }

    /// Numbers in the case of the lists, ascending.
    pub fn lists(&self) -> &[i64] {
        &self.list_ids
    }

    /// Does the entry stand for addresses?
    pub fn is_address(&self, place: u32) -> bool {
        self.spans.get(place as usize).copied().unwrap_or_default()
    }

    /// When an entry counts.
    pub fn window(&self, place: u32) -> TimeRange {
        let number = self.windows.get(place as usize).copied().unwrap_or_default();
        self.ranges.get(number as usize).copied().unwrap_or_default()
    }

    fn is_always(&self, place: u32) -> bool {
        self.windows.get(place as usize).is_none_or(|window| *window == 0)
    }

    /// What a flow record matches: fields by name, in the order of `FlowValues`, with the places of the entries.
    pub fn of_flow(&self, values: &FlowValues<'_>) -> [(&'static str, Vec<u32>); 8] {
        let address = |at: usize| {
            let mut places = Vec::new();
            if let Some(key) = values.addresses.get(at).copied().flatten() {
                self.addresses.containing(key, &mut places);
            }
            places
        };
        let equal = |kind: IndicatorKind, text: &str| self.texts.equal(kind, text).to_vec();
        let port = |at: usize| match values.ports.get(at).copied().flatten() {
            Some(port) => equal(IndicatorKind::Port, &port.to_string()),
            None => Vec::new(),
        };
        [
            ("srcaddr", address(0)),
            ("dstaddr", address(1)),
            ("pkt_srcaddr", address(2)),
            ("pkt_dstaddr", address(3)),
            ("interface_id", equal(IndicatorKind::Interface, values.interface)),
            ("account_id", equal(IndicatorKind::Account, values.account)),
            ("srcport", port(0)),
            ("dstport", port(1)),
        ]
    }

    /// When it counts for a flow record that meets it, whatever else the record matches.
    pub fn in_flows(&self, place: u32) -> InFlows {
        match (self.patterns.is_bound(place, Dataset::Flows), self.is_wanted(place)) {
            (true, _) => InFlows::Bound { leads: self.patterns.leads(place, Dataset::Flows) },
            (false, false) => InFlows::Never,
            (false, true) if self.is_always(place) => InFlows::Always,
            (false, true) => InFlows::Sometimes,
        }
    }

    /// As `counts`; `None` where nothing is reported of it: it is not asked for, or its pattern is matched in part
    /// only, and that is reported of the part that chooses most.
    pub fn told(&self, place: u32, dataset: Dataset, time: Option<Timestamp>, met: &[u32]) -> Option<bool> {
        let whole = self.patterns.is_met(place, dataset, met);
        let is_told = self.is_wanted(place) && (whole || self.patterns.leads(place, dataset));
        is_told.then(|| whole && self.counts_at(place, time))
    }

    /// Does a record of this time that matches all of these match this one, which is among them, with what belongs to
    /// it?
    pub fn counts(&self, place: u32, dataset: Dataset, time: Option<Timestamp>, met: &[u32]) -> bool {
        self.told(place, dataset, time, met) == Some(true)
    }

    /// Does an entry count for a record of this time? A record without a time is matched only by what counts always.
    pub fn counts_at(&self, place: u32, time: Option<Timestamp>) -> bool {
        let window = self.window(place);
        match time {
            Some(time) => window.from.is_none_or(|from| from <= time) && window.to.is_none_or(|to| time < to),
            None => self.is_always(place),
        }
    }
}
