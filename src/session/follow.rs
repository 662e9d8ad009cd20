//! The state of the page of a key, session or principal: what was asked last, ready to be drawn.

use super::flags::{Flag, FlagKind, kind_of_call};
use super::pane::{Asking, Pane};
use super::slots::Slot;
use super::view::View;
use crate::analysis::lineage::{Followed, FollowedEvent, calls_of, follow};
use crate::app::Failure;
use crate::model::{Dataset, SeriesKey, SeriesLine, SeriesTable, Timestamp, Value};
use crate::present::chart::Chart;
use crate::query::Scope;
use std::collections::BTreeMap;

/// Parts of the axis of time.
const BINS: i64 = 120;

#[derive(Default)]
pub struct Following {
    /// What is followed.
    subject: Option<String>,
    found: Slot<(u64, String), Shown>,
}

/// What is drawn of it.
pub struct Shown {
    pub of: Followed,
    pub chart: Chart,
    /// From when to when, in seconds; `None` where no event has a time.
    pub span: Option<(i64, i64)>,
    pub flags: Vec<Flag>,
}

impl Following {
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    pub(crate) fn open(&mut self, subject: Option<String>) {
        self.subject = subject;
    }

    /// `None` while it is being found.
    pub fn shown(&self) -> Option<&Shown> {
        let is_of = self.found.shown_query().is_some_and(|(_, of)| Some(of) == self.subject.as_ref());
        self.found.shown().filter(|_| is_of)
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.found.fault()
    }

    /// Its events.
    pub fn events(&self) -> Option<Scope> {
        Some(Scope::of(Dataset::Events, calls_of(self.subject.as_deref()?)?))
    }
}

impl Pane for Following {
    fn shows(&self, view: View) -> bool {
        view == View::Follow
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let Some(subject) = self.subject.clone() else { return };
        self.found.ask(&asking.lanes.answers, (asking.revision, subject), |source, (_, subject), cancel| {
            Ok(shown(follow(source.case()?, subject, cancel)?))
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.found.poll().and_then(Result::err).into_iter().collect()
    }

    fn leave(&mut self) {
        self.found.stop();
    }

    fn is_busy(&self) -> bool {
        self.found.is_busy()
    }
}

fn shown(of: Followed) -> Shown {
    let span = of.first().zip(of.last()).map(|(first, last)| (first, last.saturating_add(1)));
    let table = span.map_or_else(SeriesTable::default, |span| table(&of.events, span));
    let flags = of.events.iter().filter_map(flag).collect();
    Shown { chart: Chart::of(&table), span, flags, of }
}

/// What succeeded and what did not, over time.
fn table(events: &[FollowedEvent], (from, to): (i64, i64)) -> SeriesTable {
    let bin = (to.saturating_sub(from) / BINS).clamp(1, 86_400);
    let mut counts: BTreeMap<i64, [u128; 2]> = BTreeMap::new();
    for event in events {
        let Some(time) = event.time else { continue };
        let start = from + (time - from).div_euclid(bin) * bin;
        if let Some(count) = counts.entry(start).or_default().get_mut(usize::from(event.is_error)) {
            *count += 1;
        }
    }
    let line = |place: usize, name: &str| {
        let filled = counts.values().zip(0u32..).filter_map(|(count, at)| Some((at, *count.get(place)?)));
        let (at, values) = filled.filter(|(_, count)| *count > 0).unzip();
        SeriesLine { key: SeriesKey::Group(vec![Value::Text(name.to_owned())]), at, values }
    };
    let lines = vec![line(0, "succeeded"), line(1, "failed")];
    let bin_secs = u32::try_from(bin).unwrap_or(1);
    SeriesTable { bin_secs, bins: counts.keys().copied().collect(), lines, ..SeriesTable::default() }
}

/// What mattered about an event; what stopped a trail before what was denied, and that before what was new.
fn flag(event: &FollowedEvent) -> Option<Flag> {
    let kind = match kind_of_call(&event.name).filter(|_| !event.is_error) {
        Some(kind) => kind,
        None if event.is_denied => FlagKind::Denied,
        None if event.is_first => FlagKind::First,
        None => return None,
    };
    let at = Timestamp::from_secs(event.time?);
    Some(Flag { at, kind, what: event.name.clone(), record: event.record, dataset: Dataset::Events, finding: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RecordId;

    fn event(time: i64, name: &str, is_denied: bool, is_first: bool) -> FollowedEvent {
        FollowedEvent {
            record: RecordId(1),
            time: Some(time),
            source: "x.amazonaws.com".into(),
            name: name.into(),
            is_error: is_denied,
            is_denied,
            is_first,
        }
    }

    #[test]
    fn what_matters_most_about_an_event_is_its_flag() {
        let kind = |event: FollowedEvent| flag(&event).map(|flag| flag.kind);
        assert_eq!(kind(event(1, "StopLogging", false, true)), Some(FlagKind::TrailStopped));
        assert_eq!(kind(event(1, "StopLogging", true, true)), Some(FlagKind::Denied), "it did not stop");
        assert_eq!(kind(event(1, "ListUsers", false, true)), Some(FlagKind::First));
        assert_eq!(kind(event(1, "ListUsers", false, false)), None);
    }

    #[test]
    fn what_failed_stands_beside_what_succeeded() {
        let events = [event(1000, "A", false, false), event(1000, "A", true, false), event(2000, "B", false, false)];
        let table = table(&events, (1000, 2001));
        assert_eq!((table.bin_secs, table.bins.as_slice()), (8, &[1000, 2000][..]));
        assert_eq!(table.lines.iter().map(|line| line.values.clone()).collect::<Vec<_>>(), [vec![1, 1], vec![1]]);
        let none = shown(Followed::default());
        assert!(none.span.is_none() && none.flags.is_empty() && none.chart.is_empty());
    }
}
