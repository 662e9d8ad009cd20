//! The state of the timeline: tracks below each other over one axis of time, each a measure of flows or of events,
//! stacked by something. It follows the filters of both tables and the time range of every view.

use super::marks::{self, SightedBins};
use super::pane::Lanes;
use super::pane::{Asking, Pane};
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::view::View;
use crate::app::Failure;
use crate::app::export::ExportError;
use crate::filter::Filter;
use crate::model::{Dataset, Timestamp, field};
use crate::part::Part;
use crate::present::chart::{Chart, Shape};
use crate::present::display;
use crate::query::{self, BinWidth, GroupBy, Measure, Scope, SeriesQuery};
use crate::questions::{HeatQuestion, SeriesQuestion};
use std::sync::Arc;

/// Changes that the view asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum TimelineAction {
    Bin(BinWidth),
    Add(Dataset),
    Remove(usize),
    /// Which records, which measure, by what, how many of them.
    Change(usize, Plan),
    /// The playbook's alarm: egress bytes of each interface in a quarter of an hour.
    NatAlarm,
    /// Of the records that a condition leaves: how much in each hour, by these groups.
    Hourly(Dataset, Filter, GroupBy),
    CopyCsv,
    Save(std::path::PathBuf, Box<crate::present::chart::svg::Drawing>),
}

/// What a track shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub dataset: Dataset,
    pub measure: Measure,
    pub by: Option<GroupBy>,
    pub shape: Shape,
    /// Groups with a line of their own.
    pub top: usize,
    pub threshold: Option<u64>,
}

impl Plan {
    pub fn of(dataset: Dataset) -> Self {
        let (measure, by) = match dataset {
            Dataset::Flows => (Measure::Bytes, named(dataset, "action")),
            Dataset::Events => (Measure::Records, named(dataset, "event_name")),
        };
        Self { dataset, measure, by, shape: Shape::Bars, top: 5, threshold: None }
    }

    /// The alarm of a NAT gateway: 5,000,000 bytes of egress of one interface in 15 minutes.
    pub fn nat_alarm() -> Self {
        let by = named(Dataset::Flows, "interface_id");
        let threshold = Some(NAT_ALARM_BYTES);
        Self { dataset: Dataset::Flows, measure: Measure::Bytes, by, shape: Shape::Lines, top: 10, threshold }
    }
}

/// What the tracks show, and in which bins: what back and forward return to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    plans: Vec<Plan>,
    bin: BinWidth,
}

/// The playbook's threshold, and its stretch of time in seconds.
pub const NAT_ALARM_BYTES: u64 = 5_000_000;
pub const NAT_ALARM_SECS: u32 = 900;

fn named(dataset: Dataset, name: &str) -> Option<GroupBy> {
    field::by_name(dataset, name).map(GroupBy::Field)
}

/// What a track of these records can be stacked by, with the stable names of the choices.
pub fn groups(dataset: Dataset) -> Vec<(&'static str, Option<GroupBy>)> {
    let fields: &[&'static str] = match dataset {
        Dataset::Flows => &[
            "action",
            "flow_direction",
            "protocol",
            "dstport",
            "interface_id",
            "instance_id",
            "subnet_id",
            "log_status",
        ],
        Dataset::Events => &["event_name", "event_source", "error_code", "aws_region", "source_ip_address"],
    };
    let fields = fields.iter().map(|name| (*name, named(dataset, name)));
    let further: &[(&'static str, GroupBy)] = match dataset {
        Dataset::Flows => &[("pair", GroupBy::Pair), ("talker", GroupBy::Talker), ("service", GroupBy::Service)],
        Dataset::Events => &[("principal", GroupBy::Principal)],
    };
    let further = further.iter().map(|(name, by)| (*name, Some(*by)));
    std::iter::once(("nothing", None)).chain(fields).chain(further).collect()
}

/// Widths of a bin to choose from, in seconds.
pub const WIDTHS: [u32; 11] = [1, 10, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400];
/// Bins over the whole axis at most: more could be neither drawn nor seen.
pub const MOST_BINS: i64 = 6000;
/// Groups with a line of their own, to choose from.
pub const TOPS: [usize; 4] = [3, 5, 10, 20];
/// Groups of the hours of a value: who talked to it.
const HOURLY_TOP: usize = 10;
/// Of more lines no one is distinguished from the others.
const MOST_TOP: usize = 20;
/// Tracks below each other at most.
pub const MOST_TRACKS: usize = 5;
/// Every zone's offset is a multiple of this.
const HEAT_SECS: u32 = 900;

/// What was asked: the revision of the case, and the series.
type Asked = (u64, SeriesQuery);

pub struct Track {
    pub plan: Plan,
    /// Counts the tracks that ever were, so that each is distinguished from the others.
    pub id: u64,
    slot: Slot<Asked, Arc<Chart>>,
    /// Of the chart's bins, those with records that match an indicator.
    sighted: Slot<(Asked, i64), SightedBins>,
}

impl Track {
    /// The last good chart.
    pub fn chart(&self) -> Option<&Arc<Chart>> {
        self.slot.shown()
    }

    /// Bins of the chart that is shown, with how many of their records match an indicator.
    pub fn sighted(&self) -> &[(i64, u128)] {
        let of_shown = self.sighted.shown_query().is_some_and(|(asked, _)| self.slot.answers(asked));
        self.sighted.shown().filter(|_| of_shown).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn is_stale(&self) -> bool {
        self.slot.is_busy()
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.slot.fault()
    }

    /// What the chart was asked by.
    pub fn shown_by(&self) -> Option<GroupBy> {
        self.slot.shown_query().and_then(|(_, query)| query.by)
    }

    pub fn shown_measure(&self) -> Measure {
        self.slot.shown_query().map_or(self.plan.measure, |(_, query)| query.measure)
    }
}

pub struct Timeline {
    tracks: Vec<Track>,
    made: u64,
    bin: BinWidth,
    saved: Slot<(u64, std::path::PathBuf), std::path::PathBuf>,
    saving: Option<(u64, std::path::PathBuf)>,
    saves: u64,
    /// A picture that was just written.
    written: Option<std::path::PathBuf>,
}

impl Default for Timeline {
    fn default() -> Self {
        let mut timeline = Self {
            tracks: Vec::new(),
            made: 0,
            bin: BinWidth::Auto,
            saved: Slot::default(),
            saving: None,
            saves: 0,
            written: None,
        };
        timeline.add(Plan::of(Dataset::Flows));
        timeline.add(Plan::of(Dataset::Events));
        timeline
    }
}

impl Timeline {
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    pub fn look(&self) -> Look {
        Look { plans: self.tracks.iter().map(|track| track.plan.clone()).collect(), bin: self.bin }
    }

    /// Tracks that are so already keep their charts.
    pub fn restore(&mut self, look: Look) {
        if look != self.look() {
            self.tracks.clear();
            look.plans.into_iter().for_each(|plan| self.add(plan));
            self.bin = look.bin;
        }
    }

    pub fn bin(&self) -> BinWidth {
        self.bin
    }

    pub fn choose_bin(&mut self, bin: BinWidth) {
        self.bin = bin;
    }

    pub fn add(&mut self, plan: Plan) {
        if self.tracks.len() < MOST_TRACKS {
            self.made += 1;
            self.tracks.push(Track { plan, id: self.made, slot: Slot::default(), sighted: Slot::default() });
        }
    }

    pub fn remove(&mut self, at: usize) {
        if at < self.tracks.len() {
            self.tracks.remove(at);
        }
    }

    pub fn change(&mut self, at: usize, mut plan: Plan) {
        let Some(track) = self.tracks.get_mut(at) else { return };
        if plan.dataset != track.plan.dataset {
            plan = Plan { shape: plan.shape, ..Plan::of(plan.dataset) };
        }
        track.plan = plan;
    }

    /// One track with the alarm, in its bins.
    pub fn nat_alarm(&mut self) {
        self.tracks.clear();
        self.add(Plan::nat_alarm());
        self.bin = BinWidth::Secs(NAT_ALARM_SECS);
    }

    /// One track in bins of an hour, of a day where the records are of too many hours.
    pub fn hourly(&mut self, dataset: Dataset, by: GroupBy, hours: i64) {
        self.tracks.clear();
        self.add(Plan { by: Some(by), top: HOURLY_TOP, ..Plan::of(dataset) });
        self.bin = BinWidth::Secs(if hours <= MOST_BINS { 3600 } else { 86_400 });
    }

    /// One track, as a query has it, drawn like this.
    pub fn open_as(&mut self, query: &SeriesQuery, shape: Shape) {
        self.open(query);
        if let Some(track) = self.tracks.first_mut() {
            track.plan.shape = shape;
        }
    }

    /// One track, as a query has it.
    pub fn open(&mut self, query: &SeriesQuery) {
        let SeriesQuery { scope, measure, bin, by, top, threshold } = query;
        let shape = if threshold.is_some() { Shape::Lines } else { Shape::Bars };
        let top = TOPS.into_iter().find(|known| known >= top).unwrap_or(MOST_TOP);
        self.tracks.clear();
        let (dataset, measure, by, threshold) = (scope.dataset, *measure, *by, *threshold);
        self.add(Plan { dataset, measure, by, shape, top, threshold });
        self.bin = *bin;
    }

    /// What every track shows, and how it is drawn.
    fn questions(&self, shown: &Shown<'_>) -> Vec<(SeriesQuery, Shape)> {
        let question = |track: &Track| {
            let plan = &track.plan;
            (series_query(plan, self.bin, shown.scope(plan.dataset).clone()), plan.shape)
        };
        self.tracks.iter().map(question).collect()
    }

    /// Writes a drawing, as PNG where the name says so, else as SVG.
    pub fn save(&mut self, lanes: &Lanes, path: std::path::PathBuf, drawing: crate::present::chart::svg::Drawing) {
        self.saves += 1;
        let question = (self.saves, path);
        self.saving = Some(question.clone());
        self.saved.ask(&lanes.pages, question, move |_, (_, path), _| {
            let is_png = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
            let failed = |reason: String| ExportError::Unwritable { path: path.clone(), reason };
            let bytes = match is_png {
                true => crate::present::chart::svg::png(&drawing, PNG_SCALE).map_err(failed)?,
                false => crate::present::chart::svg::svg(&drawing).into_bytes(),
            };
            let part = Part::beside(path).map_err(|error| failed(error.to_string()))?;
            std::fs::write(part.path(), bytes).map_err(|error| failed(error.to_string()))?;
            part.replace().map_err(|error| failed(error.to_string()))?;
            Ok(path.clone())
        });
    }

    /// A picture that was written since this was asked last.
    pub fn take_written(&mut self) -> Option<std::path::PathBuf> {
        self.written.take()
    }

    /// First and last second that the axis shows: the time range, where it is open what the charts hold.
    pub fn span(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Option<(i64, i64)> {
        let charts = || self.tracks.iter().filter_map(|track| track.chart());
        let first = charts().filter_map(|chart| chart.starts.first().copied()).min();
        let last = charts().filter_map(|chart| chart.starts.last().map(|last| last + chart.bin_secs)).max();
        let from = from.map(Timestamp::secs).or(first)?;
        let to = to.map(Timestamp::secs).or(last)?;
        Some((from, to.max(from + 1)))
    }
}

impl Pane for Timeline {
    fn shows(&self, view: View) -> bool {
        view == View::Timeline
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision) = (asking.lanes, asking.revision);
        let bin = self.bin;
        for (at, track) in self.tracks.iter_mut().enumerate() {
            let query = series_query(&track.plan, bin, asking.scope(track.plan.dataset).clone());
            // Two at a time, so that the second track does not wait for the first.
            let lane = if at % 2 == 0 { &lanes.answers } else { &lanes.charts };
            let asked = (revision, query);
            track.slot.ask(lane, asked.clone(), |source, (_, query), cancel| {
                Ok(Arc::new(Chart::of(&query::series(source.case()?, query, cancel)?)))
            });
            let answered = track.slot.answers(&asked).then(|| track.slot.shown()).flatten();
            if let Some(bin_secs) = answered.map(|chart| chart.bin_secs).filter(|_| asking.has_indicators) {
                track.sighted.ask(lane, (asked, bin_secs), |source, ((_, query), bin_secs), cancel| {
                    Ok(marks::sighted_bins(source.case()?, &query.scope, *bin_secs, cancel)?)
                });
            }
        }
        if let Some(saving) = &self.saving
            && self.saved.answers(saving)
        {
            self.saving = None;
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        for track in &mut self.tracks {
            failures.extend(track.slot.poll().and_then(Result::err));
            failures.extend(track.sighted.poll().and_then(Result::err));
        }
        let result = self.saved.poll();
        if let Some(Ok(())) = &result {
            self.written = self.saved.shown().cloned();
        }
        failures.extend(result.and_then(Result::err));
        failures
    }

    /// Stops the series that are on their way; the last good ones stay, and a picture is written to its end.
    fn leave(&mut self) {
        self.tracks.iter_mut().for_each(|track| {
            track.slot.stop();
            track.sighted.stop();
        });
    }

    fn is_busy(&self) -> bool {
        self.saved.is_busy() || self.tracks.iter().any(|track| track.slot.is_busy() || track.sighted.is_busy())
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let (query, shape) = self.questions(shown).into_iter().next()?;
        Some((Exported::Question(Arc::new(SeriesQuestion::new(query, shape))), None))
    }

    /// Every track, as it is drawn; then their records the other way.
    fn candidates(&self, shown: &Shown<'_>, _: usize) -> Vec<Candidate> {
        let questions = self.questions(shown);
        let is_one = questions.len() == 1;
        let what = |at: u64| if is_one { String::new() } else { display::count(at) };
        let heat = |query: &SeriesQuery| HeatQuestion { scope: query.scope.clone(), measure: query.measure };
        let drawn = (1..).zip(&questions).map(|(at, (query, shape))| match shape {
            Shape::Heat => Candidate::of(what(at), &heat(query)),
            shape => Candidate::of(what(at), &SeriesQuestion::new(query.clone(), *shape)),
        });
        let otherwise = (1..).zip(&questions).map(|(at, (query, shape))| match shape {
            Shape::Heat => Candidate::of(what(at), &SeriesQuestion::new(query.clone(), Shape::default())),
            _ => Candidate::of(what(at), &heat(query)),
        });
        drawn.chain(otherwise).collect()
    }
}

fn series_query(plan: &Plan, bin: BinWidth, scope: Scope) -> SeriesQuery {
    let own = SeriesQuery::of(scope, plan.measure);
    match plan.shape {
        Shape::Heat => SeriesQuery { bin: BinWidth::Secs(HEAT_SECS), ..own },
        _ => SeriesQuery { bin, by: plan.by, top: plan.top, threshold: plan.threshold, ..own },
    }
}

/// Pixels to a point: sharp in print.
const PNG_SCALE: f32 = 2.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_groups_the_records_it_is_offered_for() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            for (name, by) in groups(dataset) {
                assert_eq!(by.is_none(), name == "nothing", "{name}");
                assert!(by.is_none_or(|by| by.dataset() == dataset), "{name}");
            }
        }
    }

    #[test]
    fn tracks_come_go_and_change_their_records() {
        let mut timeline = Timeline::default();
        timeline.change(1, Plan { dataset: Dataset::Flows, ..timeline.tracks()[1].plan.clone() });
        assert_eq!(
            timeline.tracks()[1].plan,
            Plan::of(Dataset::Flows),
            "events are stacked by a field that flows do not have"
        );
        for _ in 0..10 {
            timeline.add(Plan::of(Dataset::Events));
        }
        assert_eq!(timeline.tracks().len(), MOST_TRACKS);
        for (hours, secs) in [(72, 3600), (MOST_BINS + 1, 86_400)] {
            timeline.hourly(Dataset::Flows, GroupBy::Pair, hours);
            let plan = &timeline.tracks()[0].plan;
            assert_eq!((plan.by, timeline.bin()), (Some(GroupBy::Pair), BinWidth::Secs(secs)));
        }
        timeline.nat_alarm();
        let plan = &timeline.tracks()[0].plan;
        assert_eq!((plan.threshold, plan.shape, timeline.bin()), (Some(5_000_000), Shape::Lines, BinWidth::Secs(900)));
    }
}
