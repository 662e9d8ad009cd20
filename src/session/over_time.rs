//! The histogram over a table: all records of the kind over the case's time or the chosen range, the result before them
//! in the same bins, where evidence is missing, and which bins match an indicator. A filter never moves its axis.

use super::marks::{self, SightedBins};
use super::pane::Asking;
use super::slots::Slot;
use super::source::{Bins, Histogram, RecordQuery};
use crate::analysis::coverage::{self, SourceGap};
use crate::app::Failure;
use crate::model::{Dataset, TimeRange, Timestamp};
use crate::query::{self, Scope, bin_width};
use crate::questions::gaps_of;
use std::sync::Arc;

/// Bars of the histogram above a table, about.
const BARS: usize = 240;

/// The time that is looked at, in seconds: from is inside, to is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub from: i64,
    pub to: i64,
    pub bin_secs: i64,
}

impl Axis {
    /// The chosen range; where it is open, as far as there are records.
    pub(crate) fn of(range: TimeRange, span: Option<(Timestamp, Timestamp)>) -> Option<Self> {
        let from = range.from.map(Timestamp::secs).or(span.map(|(first, _)| first.secs()))?;
        let to = match range.to {
            Some(to) => to.secs() + i64::from(to.0.rem_euclid(1000) != 0),
            None => span.map(|(_, last)| last.secs().saturating_add(1))?,
        };
        let to = to.max(from.saturating_add(1));
        Some(Self { from, to, bin_secs: bin_width(to.saturating_sub(from), BARS) })
    }
}

/// What was asked: the revision of the case, the records, the bins.
type Asked = (u64, RecordQuery, Bins);

#[derive(Default)]
pub struct OverTime {
    axis: Option<Axis>,
    all: Slot<Asked, Histogram>,
    /// Of the result, where it is narrower.
    part: Slot<Asked, Histogram>,
    is_part: bool,
    sighted: Slot<(Asked, i64), SightedBins>,
    gaps: Slot<(u64, Dataset, TimeRange), Vec<(i64, i64)>>,
    /// The hours that sources lack, where nothing else has counted them.
    counted: Slot<u64, Arc<[SourceGap]>>,
    of_sources: Slot<(u64, Scope), Vec<SourceGap>>,
}

impl OverTime {
    /// `query` is the result's, in any order.
    pub(crate) fn ask(&mut self, asking: &Asking<'_>, query: RecordQuery) {
        let query = RecordQuery { sort: Vec::new(), ..query };
        let (lane, dataset, range) = (&asking.lanes.charts, query.dataset, query.range);
        self.axis = Axis::of(range, asking.totals.span(dataset));
        let bins = self.axis.map_or(Bins::Most(BARS), |axis| Bins::Secs(axis.bin_secs));
        self.is_part = query.filter.is_some();
        let part: Asked = (asking.revision, query.clone(), bins);
        let all: Asked = (asking.revision, RecordQuery { filter: None, ..query }, bins);
        let answered = if self.is_part {
            // The result first: what lies behind it is there from before, as a rule.
            self.part
                .ask(lane, part.clone(), |source, (_, query, bins), cancel| source.histogram(query, *bins, cancel));
            self.part.answers(&part).then(|| self.part.shown()).flatten()
        } else {
            self.all.answers(&all).then(|| self.all.shown()).flatten()
        };
        let bin_secs = answered.map(|histogram| histogram.bin_secs);
        self.all.ask(lane, all, |source, (_, query, bins), cancel| source.histogram(query, *bins, cancel));
        self.gaps.ask(lane, (asking.revision, dataset, range), |source, (_, dataset, range), cancel| {
            match source.case() {
                Ok(reader) => Ok(query::gaps(reader, *dataset, *range, cancel)?),
                // A table in memory has no hours.
                Err(_) => Ok(Vec::new()),
            }
        });
        if let Some(bin_secs) = bin_secs.filter(|_| asking.has_indicators) {
            let scope = asking.scope(dataset).clone();
            self.sighted.ask(lane, (part, bin_secs), move |source, (_, bin_secs), cancel| {
                Ok(marks::sighted_bins(source.case()?, &scope, *bin_secs, cancel)?)
            });
        }
        if self.is_part && dataset == Dataset::Flows {
            self.ask_sources(asking);
        }
    }

    /// Which of the sources that wrote the result lack hours.
    fn ask_sources(&mut self, asking: &Asking<'_>) {
        let (lane, revision) = (&asking.lanes.answers, asking.revision);
        if asking.flow_gaps.is_none() {
            self.counted.ask(lane, revision, |source, _, cancel| match source.case() {
                Ok(reader) => Ok(coverage::sources(reader, Dataset::Flows, cancel)?.gaps),
                Err(_) => Ok(Arc::default()),
            });
        }
        let counted = self.counted.shown().filter(|_| self.counted.answers(&revision));
        let Some(gaps) = asking.flow_gaps.as_ref().or(counted).map(Arc::clone) else { return };
        let scope = Scope { range: TimeRange::default(), ..asking.flows.clone() };
        self.of_sources.ask(lane, (revision, scope), move |source, (_, scope), cancel| match source.case() {
            Ok(reader) => Ok(gaps_of(reader, scope, &gaps, cancel)?),
            Err(_) => Ok(Vec::new()),
        });
    }

    pub(crate) fn poll(&mut self) -> Vec<Failure> {
        let records = [self.all.poll(), self.part.poll(), self.sighted.poll()];
        let results = records.into_iter().chain([self.gaps.poll(), self.counted.poll(), self.of_sources.poll()]);
        results.flatten().filter_map(Result::err).collect()
    }

    pub(crate) fn is_busy(&self) -> bool {
        let is_counting = self.gaps.is_busy() || self.counted.is_busy() || self.of_sources.is_busy();
        self.all.is_busy() || self.part.is_busy() || self.sighted.is_busy() || is_counting
    }

    /// All records of the kind.
    pub fn all(&self) -> Option<&Histogram> {
        self.all.shown()
    }

    /// Those of the result.
    pub fn result(&self) -> Option<&Histogram> {
        if self.is_part { self.part.shown() } else { self.all.shown() }
    }

    /// Is another result on its way?
    pub fn is_stale(&self) -> bool {
        if self.is_part { self.part.is_busy() } else { self.all.is_busy() }
    }

    /// The time that the bars are over; of a table in memory what its bars span.
    pub fn axis(&self) -> Option<Axis> {
        self.axis.or_else(|| {
            let all = self.all.shown()?;
            let (first, last) = (all.bins.first()?.start_secs, all.bins.last()?.start_secs);
            Some(Axis { from: first, to: last + all.bin_secs, bin_secs: all.bin_secs })
        })
    }

    /// Bins of the result with how many of their records match an indicator.
    pub fn sighted(&self) -> &[(i64, u128)] {
        let shown = if self.is_part { self.part.shown_query() } else { self.all.shown_query() };
        let of_shown = self.sighted.shown_query().is_some_and(|(asked, _)| Some(asked) == shown);
        self.sighted.shown().filter(|_| of_shown).map(Vec::as_slice).unwrap_or_default()
    }

    /// Hours of which there is no evidence, in seconds.
    pub fn gaps(&self) -> &[(i64, i64)] {
        self.gaps.shown().map(Vec::as_slice).unwrap_or_default()
    }

    /// The sources that wrote a good part of the result, whatever its time, and lack hours.
    pub fn gaps_of_sources(&self) -> &[SourceGap] {
        self.of_sources.shown().filter(|_| self.is_part).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_is_the_chosen_range_and_where_that_is_open_the_case() {
        let time = |secs| Timestamp::from_secs(secs);
        let span = Some((time(1000), time(8_000)));
        let open = TimeRange::default();
        assert_eq!(Axis::of(open, span), Some(Axis { from: 1000, to: 8001, bin_secs: 30 }));
        let range = TimeRange { from: Some(time(0)), to: None };
        assert_eq!(Axis::of(range, span), Some(Axis { from: 0, to: 8001, bin_secs: 60 }));
        let range = TimeRange { from: Some(time(60)), to: Some(Timestamp(180_001)) };
        assert_eq!(Axis::of(range, None), Some(Axis { from: 60, to: 181, bin_secs: 1 }));
        assert_eq!(Axis::of(open, None), None);
    }
}
