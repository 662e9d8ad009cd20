//! What the case's Sigma rules match, for tables and axes of time.

use super::source::{Cancel, Fault, Source};
use crate::model::{RecordId, Timestamp};
use crate::query;

#[derive(Default)]
pub(super) struct SigmaFound {
    /// Titles and levels of the rules that match something.
    rules: Vec<(String, Option<&'static str>)>,
    /// Events with the place of a rule, ascending.
    matches: Vec<(RecordId, u32)>,
    /// The first event of each rule that has one with a time: title, time and event.
    pub firsts: Vec<(String, Timestamp, RecordId)>,
}

impl SigmaFound {
    pub(super) fn of(source: &dyn Source, cancel: &Cancel) -> Result<Self, Fault> {
        // A table in memory has no rules.
        let Ok(reader) = source.case() else { return Ok(Self::default()) };
        let found = query::sigma_matches(reader, cancel)?;
        let mut this = Self::default();
        let mut matching: Vec<RecordId> = Vec::new();
        for (rule, events) in found.rules.iter().filter(|(_, events)| !events.is_empty()) {
            let place = this.rules.len() as u32;
            this.rules.push((rule.title.clone(), rule.level));
            this.matches.extend(events.iter().map(|event| (*event, place)));
            matching.extend(events);
        }
        this.matches.sort_unstable();
        matching.sort_unstable();
        matching.dedup();
        let times = query::record_times(reader, &matching)?;
        let mut firsts: Vec<Option<(Timestamp, RecordId)>> = vec![None; this.rules.len()];
        for (event, place) in &this.matches {
            let time = matching.binary_search(event).ok().and_then(|at| times.get(at).copied().flatten());
            let (Some((_, at)), Some(first)) = (time, firsts.get_mut(*place as usize)) else { continue };
            if first.is_none_or(|(known, _)| at < known) {
                *first = Some((at, *event));
            }
        }
        let titles = this.rules.iter().map(|(title, _)| title.clone());
        this.firsts =
            titles.zip(firsts).filter_map(|(title, first)| first.map(|(at, event)| (title, at, event))).collect();
        Ok(this)
    }

    /// The rules that match an event: title and level.
    pub(super) fn of_event(&self, event: RecordId) -> impl Iterator<Item = (&str, Option<&'static str>)> {
        let from = self.matches.partition_point(|(known, _)| *known < event);
        let own = self.matches.iter().skip(from).take_while(move |(known, _)| *known == event);
        own.filter_map(|(_, place)| self.rules.get(*place as usize)).map(|(title, level)| (title.as_str(), *level))
    }
}
