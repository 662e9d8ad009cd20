//! What a case is searched for, made ready: which entries an address, a name or a text stands for. Pure; it knows entries
//! by their places in the list that it was made of, and no case.

mod addresses;
mod caution;
mod texts;

pub use addresses::AddressIndex;
pub use caution::{Caution, CautionReason, Surroundings};
pub use texts::{TextIndex, addresses_in};

use crate::model::{IndicatorKind, KeySpan, TimeRange, Timestamp};
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
}

/// Entries ready to be met.
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
        let mut list_ids: Vec<i64> = entries.iter().map(|entry| entry.list).collect();
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
        Ok(Self { spans: has_span, ids, lists, list_ids, windows, ranges, addresses, texts, bytes })
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
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

    pub fn is_always(&self, place: u32) -> bool {
        self.windows.get(place as usize).is_none_or(|window| *window == 0)
    }

    /// Does an entry count for a record of this time? A record without a time is met only by what counts always.
    pub fn counts_at(&self, place: u32, time: Option<Timestamp>) -> bool {
        let window = self.window(place);
        match time {
            Some(time) => window.from.is_none_or(|from| from <= time) && window.to.is_none_or(|to| time < to),
            None => self.is_always(place),
        }
    }
}
