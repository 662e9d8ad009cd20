//! Patterns: entries that one record has to meet together, as in STIX's `[a AND b]`. A record matches a pattern where
//! it matches every part that such a record can show: a flow record shows no domain, and an event no port of the other
//! side, so neither speaks against it.

use super::Known;
use crate::model::{Dataset, IndicatorKind};
use rustc_hash::FxHashMap;

/// The patterns that some entries are parts of, by their places.
#[derive(Debug, Default)]
pub struct Patterns {
    /// By place of an entry that is a part.
    of: FxHashMap<u32, u32>,
    patterns: Vec<Shown>,
}

/// The parts of a pattern that flow records can show, and those that events can: of each the entries that are it. What
/// chooses most comes first.
#[derive(Debug, Default)]
struct Shown {
    flows: Vec<Vec<u32>>,
    events: Vec<Vec<u32>>,
}

/// How much a kind of entry chooses among the records that can show it; `None` where they cannot.
fn choice(entry: &Known, dataset: Dataset) -> Option<u32> {
    use IndicatorKind::{
        AccessKey, Account, Address, Arn, Domain, EventName, Hash, Interface, Port, Principal, Range, Url, UserAgent,
    };
    match (dataset, entry.kind) {
        (_, Address | Range) => Some(0),
        (Dataset::Flows, Url) => entry.span.map(|_| 0),
        (Dataset::Flows, Interface) | (Dataset::Events, AccessKey | Arn | Principal) => Some(1),
        (_, Account) => Some(2),
        (Dataset::Flows, Port) | (Dataset::Events, UserAgent | EventName) => Some(3),
        (Dataset::Flows, AccessKey | Arn | Principal | UserAgent | EventName)
        | (Dataset::Events, Url | Interface | Port)
        | (_, Domain | Hash) => None,
    }
}

impl Patterns {
    pub(super) fn new(entries: &[Known]) -> Self {
        type Parts = FxHashMap<u32, Vec<u32>>;
        let mut this = Self::default();
        let mut numbers: FxHashMap<(i64, u32), u32> = FxHashMap::default();
        let mut parts: Vec<Parts> = Vec::new();
        for (place, entry) in (0..).zip(entries) {
            let Some(part) = entry.part else { continue };
            let number = *numbers.entry((entry.list, part.pattern)).or_insert_with(|| {
                parts.push(Parts::default());
                parts.len() as u32 - 1
            });
            this.of.insert(place, number);
            if let Some(of) = parts.get_mut(number as usize) {
                of.entry(part.part).or_default().push(place);
            }
        }
        let shown = |of: &Parts, dataset: Dataset| {
            let mut shown: Vec<(u32, u32, &Vec<u32>)> = of
                .iter()
                .filter_map(|(number, places)| {
                    let choices = places.iter().map(|place| choice(entries.get(*place as usize)?, dataset));
                    Some((choices.max()??, *number, places)).filter(|_| {
                        let mut each = places.iter().filter_map(|place| entries.get(*place as usize));
                        each.all(|entry| choice(entry, dataset).is_some())
                    })
                })
                .collect();
            shown.sort_unstable();
            shown.into_iter().map(|(_, _, places)| places.clone()).collect()
        };
        this.patterns = parts
            .iter()
            .map(|of| Shown { flows: shown(of, Dataset::Flows), events: shown(of, Dataset::Events) })
            .collect();
        this
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// The parts that have to be matched with this entry, its own among them.
    fn parts(&self, place: u32, dataset: Dataset) -> &[Vec<u32>] {
        let shown = self.of.get(&place).and_then(|number| self.patterns.get(*number as usize));
        match (shown, dataset) {
            (Some(shown), Dataset::Flows) => &shown.flows,
            (Some(shown), Dataset::Events) => &shown.events,
            (None, _) => &[],
        }
    }

    /// Does it depend on what else a record matches whether it matches the pattern of this entry?
    pub fn is_bound(&self, place: u32, dataset: Dataset) -> bool {
        !self.is_empty() && self.parts(place, dataset).iter().any(|part| !part.contains(&place))
    }

    /// Does a record that meets these match the pattern of this entry, which is one of them? An entry that is alone is
    /// matched by itself.
    pub fn is_met(&self, place: u32, dataset: Dataset, met: &[u32]) -> bool {
        self.is_empty()
            || self.parts(place, dataset).iter().all(|part| part.iter().any(|p| *p == place || met.contains(p)))
    }

    /// Is it of the part that chooses most of the records that can meet its pattern?
    pub fn leads(&self, place: u32, dataset: Dataset) -> bool {
        self.parts(place, dataset).first().is_none_or(|part| part.contains(&place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Matcher;
    use crate::model::{Address, KeySpan, PatternPart, TimeRange};

    fn part(kind: IndicatorKind, value: &str, pattern: u32, part: u32) -> Known {
        let span = Address::parse(value.as_bytes()).map(|address| KeySpan::of(&address));
        let part = Some(PatternPart { pattern, part });
        Known { id: 1, list: 1, kind, value: value.into(), span, valid: TimeRange::default(), part, wanted: true }
    }

    #[test]
    fn a_pattern_is_met_where_all_is_met_that_such_a_record_can_show() {
        use Dataset::{Events, Flows};
        let entries = [
            part(IndicatorKind::Port, "443", 1, 1),
            part(IndicatorKind::Address, "1.2.3.4", 1, 2),
            part(IndicatorKind::Address, "1.2.3.5", 1, 2),
            // A flow record shows no name: there the address is all of it.
            part(IndicatorKind::Domain, "evil.example", 2, 1),
            part(IndicatorKind::Address, "1.2.3.4", 2, 2),
            Known { part: None, ..part(IndicatorKind::Address, "9.9.9.9", 0, 0) },
        ];
        let matcher = Matcher::new(&entries).unwrap();
        let patterns = &matcher.patterns;
        let bound = |dataset| (0..6).filter(|place| patterns.is_bound(*place, dataset)).collect::<Vec<u32>>();
        assert_eq!(bound(Flows), [0, 1, 2, 3], "a flow record shows no name, but the address of its pattern");
        assert_eq!(bound(Events), [0, 3], "an event shows no port, and a name in it needs the address");
        for (place, dataset, met, expected) in [
            (0, Flows, &[0][..], false),
            (1, Flows, &[1], false),
            (1, Flows, &[0, 1], true),
            (2, Flows, &[0, 2], true),
            (0, Flows, &[0, 2], true),
            (1, Flows, &[1, 2], false),
            (1, Events, &[1], true),
            (4, Flows, &[4], true),
            (4, Events, &[4], true),
            (3, Events, &[3], false),
            (3, Events, &[3, 4], true),
            (5, Flows, &[5], true),
        ] {
            assert_eq!(patterns.is_met(place, dataset, met), expected, "{place} {dataset:?} {met:?}");
        }
        assert!(patterns.leads(1, Flows) && patterns.leads(2, Flows) && !patterns.leads(0, Flows));
        assert!(patterns.leads(5, Flows));
    }
}
