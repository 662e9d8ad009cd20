//! A series as it is drawn: its points, where the line breaks because there is no evidence, which bins reach the
//! threshold. The window, the SVG and the copied table are made of the same chart.

pub(crate) mod axis;
pub(crate) mod pattern;
pub(crate) mod plot;
pub(crate) mod scene;
pub(crate) mod svg;

use super::display;
use super::zone::Zone;
use crate::model::{SeriesKey, SeriesTable, Timestamp};

/// How the lines of a chart are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    #[default]
    Bars,
    /// Stacked areas.
    Area,
    /// Beside each other, not stacked.
    Lines,
    /// Hours of the day by days: of everything, whatever it is stacked by.
    Heat,
}

impl Shape {
    pub const ALL: [Shape; 4] = [Shape::Bars, Shape::Area, Shape::Lines, Shape::Heat];

    pub fn name(self) -> &'static str {
        match self {
            Shape::Bars => "bars",
            Shape::Area => "area",
            Shape::Lines => "lines",
            Shape::Heat => "heat",
        }
    }

    pub fn is_stacked(self) -> bool {
        matches!(self, Shape::Bars | Shape::Area)
    }
}

/// A line over the points of its chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub key: SeriesKey,
    /// As long as `Chart::starts`.
    pub values: Vec<f64>,
    /// Exact values in words come from here; as long as `values`.
    pub exact: Vec<u128>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    pub bin_secs: i64,
    /// Starts of the bins, ascending: every bin with a record, and a zero on either side of a run of bins without one.
    pub starts: Vec<i64>,
    /// Places in `starts` where a new piece begins, because there is no evidence of the time before it.
    pub breaks: Vec<usize>,
    pub lines: Vec<Line>,
    /// No evidence: seconds, from is inside, to is not.
    pub gaps: Vec<(i64, i64)>,
    pub left_out: u64,
    pub untimed: u64,
}

impl Chart {
    pub fn of(table: &SeriesTable) -> Self {
        let bin = i64::from(table.bin_secs.max(1));
        let (mut starts, mut breaks, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut before: Option<i64> = None;
        for (at, start) in table.bins.iter().copied().enumerate() {
            if let Some(before) = before.filter(|before| start.saturating_sub(*before) > bin) {
                let (after, until) = (before + bin, start - bin);
                let broken = table.gaps.iter().any(|(from, to)| *from < start && *to > after);
                for zero in [after, until] {
                    if zero == until && broken {
                        breaks.push(starts.len());
                    }
                    let is_new = starts.last().is_none_or(|last| *last < zero);
                    if is_new && !table.gap_at(zero) {
                        starts.push(zero);
                        places.push(None);
                    }
                }
            }
            starts.push(start);
            places.push(Some(at));
            before = Some(start);
        }
        // A zero that fell between two breaks is a piece of its own.
        breaks.dedup();
        let line = |line: &crate::model::SeriesLine| {
            let exact: Vec<u128> = places.iter().map(|place| place.map_or(0, |bin| line.value(bin))).collect();
            Line { key: line.key.clone(), values: exact.iter().map(|value| *value as f64).collect(), exact }
        };
        let lines = table.lines.iter().map(line).collect();
        let (gaps, left_out, untimed) = (table.gaps.clone(), table.left_out, table.untimed);
        Self { bin_secs: bin, starts, breaks, lines, gaps, left_out, untimed }
    }

    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Runs of points without a gap between them.
    pub fn pieces(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        let ends = self.breaks.iter().copied().chain([self.starts.len()]);
        let mut start = 0;
        ends.filter_map(move |end| {
            let piece = start..end;
            start = end;
            (!piece.is_empty()).then_some(piece)
        })
    }

    /// The point whose bin holds this moment; of a moment without a record there is none.
    pub fn at(&self, secs: f64) -> Option<usize> {
        let place = self.starts.partition_point(|start| *start as f64 <= secs).checked_sub(1)?;
        let start = *self.starts.get(place)?;
        (secs < (start + self.bin_secs) as f64).then_some(place)
    }

    /// Is this moment in a gap of the evidence?
    pub fn gap(&self, secs: f64) -> Option<(i64, i64)> {
        self.gaps.iter().copied().find(|(from, to)| (*from as f64..*to as f64).contains(&secs))
    }

    pub fn total_at(&self, place: usize) -> u128 {
        self.lines.iter().filter_map(|line| line.exact.get(place)).fold(0, |sum, value| sum.saturating_add(*value))
    }

    /// Of each point, where the lines are on each other: the sum of those before this one.
    pub fn below(&self, line: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.starts.len()];
        for line in self.lines.iter().take(line) {
            for (sum, value) in sums.iter_mut().zip(&line.values) {
                *sum += value;
            }
        }
        sums
    }

    /// The same of one point.
    pub fn foot(&self, line: usize, place: usize) -> f64 {
        self.lines.iter().take(line).filter_map(|line| line.values.get(place)).fold(0.0, |sum, value| sum + value)
    }

    /// Points of each line that reach the threshold.
    pub fn reaching(&self, threshold: u64) -> Vec<(usize, usize)> {
        let of_line = |(at, line): (usize, &Line)| {
            let reached = line.exact.iter().enumerate().filter(|(_, value)| **value >= u128::from(threshold));
            reached.map(|(place, _)| (at, place)).collect::<Vec<_>>()
        };
        self.lines.iter().enumerate().flat_map(of_line).collect()
    }

    /// The highest value that is drawn.
    pub fn top(&self, shape: Shape) -> f64 {
        let points = 0..self.starts.len();
        match shape.is_stacked() {
            true => points.map(|place| self.total_at(place) as f64).fold(0.0, f64::max),
            false => self.lines.iter().flat_map(|line| line.values.iter().copied()).fold(0.0, f64::max),
        }
    }

    /// How many bins there are from the first to the last, those without a record too.
    pub fn bins(&self) -> u64 {
        let (Some(first), Some(last)) = (self.starts.first(), self.starts.last()) else { return 0 };
        last.saturating_sub(*first).max(0).unsigned_abs() / self.bin_secs.max(1).unsigned_abs() + 1
    }

    /// One row for each bin from the first to the last, as CSV; empty where there is no evidence. At most `limit` rows.
    pub fn csv(&self, names: &[String], limit: usize) -> Option<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(std::iter::once("start_utc").chain(names.iter().map(String::as_str))).ok()?;
        let (mut start, last) = (*self.starts.first()?, *self.starts.last()?);
        let mut rows = 0;
        while start <= last && rows < limit {
            let place = self.starts.binary_search(&start).ok();
            let end = start.saturating_add(self.bin_secs);
            let no_evidence = place.is_none() && self.gaps.iter().any(|(from, to)| *from <= start && end <= *to);
            let value = |line: &Line| match place.and_then(|place| line.exact.get(place)) {
                Some(value) => value.to_string(),
                None if no_evidence => String::new(),
                None => "0".to_owned(),
            };
            let time = std::iter::once(Timestamp::from_secs(start).to_iso());
            writer.write_record(time.chain(self.lines.iter().map(value))).ok()?;
            (start, rows) = (end, rows + 1);
        }
        String::from_utf8(writer.into_inner().ok()?).ok()
    }
}

/// Hours of the day by days of a zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    pub days: Vec<Day>,
    pub most: u128,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// Midnight of the zone, in seconds.
    pub start: i64,
    /// `None`: no evidence of any of it.
    pub hours: [Option<u128>; 24],
}

/// Days of a heat map at most; of more, the first are shown.
pub const HEAT_DAYS: usize = 400;

impl Heat {
    /// `chart` has bins of an hour or of a part of it that divides the zone's offset.
    pub fn of(chart: &Chart, zone: Zone) -> Self {
        let mut heat = Self::default();
        let (Some(first), Some(last)) = (chart.starts.first(), chart.starts.last()) else { return heat };
        let offset = |secs: i64| zone.offset_secs(Timestamp::from_secs(secs));
        let mut midnight = (first + offset(*first)).div_euclid(86_400) * 86_400 - offset(*first);
        while midnight <= *last && heat.days.len() < HEAT_DAYS {
            let hour = |at: i64| {
                let (from, to) = (midnight + at * 3600, midnight + (at + 1) * 3600);
                let first = chart.starts.partition_point(|start| *start < from);
                let end = chart.starts.partition_point(|start| *start < to);
                let unseen = chart.gaps.iter().any(|(gap, end)| *gap <= from && to <= *end);
                let outside = to <= *chart.starts.first()? || from > *last;
                if first == end && (unseen || outside) {
                    return None;
                }
                Some((first..end).map(|place| chart.total_at(place)).fold(0u128, u128::saturating_add))
            };
            let hours = std::array::from_fn(|at| hour(at as i64));
            heat.days.push(Day { start: midnight, hours });
            // A day of the zone, which daylight saving makes longer or shorter.
            let next = midnight + 86_400 + 43_200;
            midnight = (next + offset(next)).div_euclid(86_400) * 86_400 - offset(next);
        }
        heat.most = heat.days.iter().flat_map(|day| day.hours.iter().flatten().copied()).max().unwrap_or(0);
        heat
    }
}

/// A number on an axis of bytes or of counts.
pub fn axis_number(value: f64, is_bytes: bool) -> String {
    let whole = value.max(0.0).round() as u128;
    if is_bytes { display::size(whole) } else { display::count(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SeriesLine;

    /// Bins of a minute at 0, 1, 5 minutes and two hours later; the second hour has no evidence.
    fn chart() -> Chart {
        let bins = vec![0, 60, 300, 7260];
        let line = |key, at: &[u32], values: &[u128]| SeriesLine { key, at: at.to_vec(), values: values.to_vec() };
        Chart::of(&SeriesTable {
            bin_secs: 60,
            bins,
            lines: vec![line(SeriesKey::All, &[0, 1, 3], &[5, 7, 9]), line(SeriesKey::Other, &[2], &[1])],
            gaps: vec![(3600, 7200)],
            ..SeriesTable::default()
        })
    }

    #[test]
    fn between_bins_there_is_zero_and_in_a_gap_there_is_nothing() {
        let chart = chart();
        assert_eq!(chart.starts, [0, 60, 120, 240, 300, 360, 7200, 7260]);
        assert_eq!(chart.breaks, [6]);
        assert_eq!(chart.pieces().collect::<Vec<_>>(), [0..6, 6..8]);
        assert_eq!(chart.lines[0].exact, [5, 7, 0, 0, 0, 0, 0, 9]);
        assert_eq!((chart.at(70.0), chart.at(200.0), chart.gap(4000.0)), (Some(1), None, Some((3600, 7200))));
        assert_eq!((chart.top(Shape::Area), chart.below(1)[1], chart.reaching(7)), (9.0, 7.0, vec![(0, 1), (0, 7)]));
        assert_eq!((chart.foot(0, 1), chart.foot(1, 1)), (0.0, 7.0));
    }

    #[test]
    fn the_copied_table_has_every_bin_and_leaves_gaps_empty() {
        let csv = chart().csv(&["all".into(), "rest".into()], 1000).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!((lines.len(), chart().bins()), (1 + 122, 122));
        assert_eq!(chart().csv(&["all".into(), "rest".into()], 3).unwrap().lines().count(), 1 + 3);
        assert_eq!(
            lines[..4],
            ["start_utc,all,rest", "1970-01-01T00:00:00Z,5,0", "1970-01-01T00:01:00Z,7,0", "1970-01-01T00:02:00Z,0,0"]
        );
        assert_eq!(
            (lines[61], lines[120], lines[121]),
            ("1970-01-01T01:00:00Z,,", "1970-01-01T01:59:00Z,,", "1970-01-01T02:00:00Z,0,0")
        );
    }

    #[test]
    fn hours_are_those_of_the_zone_and_unseen_hours_are_none() {
        let heat = Heat::of(&chart(), Zone::default());
        assert_eq!((heat.days.len(), heat.most), (1, 13));
        assert_eq!(heat.days[0].hours[..4], [Some(13), None, Some(9), None]);
        let tokyo = Heat::of(&chart(), Zone::by_name("Asia/Tokyo").unwrap());
        assert_eq!((tokyo.days[0].start, tokyo.days[0].hours[9]), (-9 * 3600, Some(13)));
    }
}
