//! Charts and heat maps as scenes: where every bar, line, label and gap is.

use super::pattern::{self, Place};
use super::scene::{Anchor, HEAT_STEPS, Item, Paint, Rgb, Role, Scene, Step, fitted};
use super::{Chart, Heat, Shape, axis, axis_number};
use crate::model::Timestamp;
use crate::present::fonts::Face;
use crate::present::zone::Zone;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colours {
    pub ground: Rgb,
    pub text: Rgb,
    pub grid: Rgb,
    pub gap: Rgb,
    pub threshold: Rgb,
}

/// A chart with everything that is written on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub title: String,
    pub chart: Arc<Chart>,
    pub shape: Shape,
    pub is_bytes: bool,
    /// Of each line.
    pub names: Vec<String>,
    pub colours: Vec<Rgb>,
    pub threshold: Option<u64>,
}

/// Tracks below each other over one axis of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    pub tracks: Vec<Track>,
    pub colours: Colours,
    /// Seconds.
    pub from: i64,
    pub to: i64,
    pub zone: Zone,
    /// What the records were asked for by; above everything, where it says anything.
    pub caption: String,
}

/// How large a picture is, and its letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub width: f64,
    /// Of a track's plot alone.
    pub plot: f64,
    pub size: f64,
}

impl Frame {
    /// A picture of its own.
    pub(crate) const PICTURE: Frame = Frame { width: 1200.0, plot: 230.0, size: 12.0 };
    /// On a page of a report.
    pub(crate) const PAGE: Frame = Frame { width: 700.0, plot: 150.0, size: 11.0 };

    fn left(self) -> f64 {
        self.size * 6.5
    }

    fn right(self) -> f64 {
        self.size * 1.5
    }

    fn inner(self) -> f64 {
        self.width - self.left() - self.right()
    }
}

/// Dashes of lines after each other, so that they differ without their colours too.
const DASHES: [&[f64]; 4] = [&[], &[6.0, 3.0], &[2.0, 2.0], &[8.0, 3.0, 2.0, 3.0]];

/// Stripes on paper are wider than those on the screen.
const UNIT: f64 = 1.5;

/// The drawing as shapes.
pub(crate) fn scene(drawing: &Drawing, frame: Frame) -> Scene {
    let mut page = Page::new(drawing, &drawing.colours, frame);
    if !drawing.caption.is_empty() {
        let caption = fitted(&drawing.caption, frame.size, frame.inner());
        page.y += frame.size * 1.5;
        page.words((frame.left(), page.y - frame.size * 0.5), Anchor::Start, Face::Regular, caption);
    }
    for track in &drawing.tracks {
        page.title(track);
        match track.shape {
            Shape::Heat => page.heat(&Heat::of(&track.chart, drawing.zone), drawing.zone, track.is_bytes),
            Shape::Bars | Shape::Area | Shape::Lines => page.track(track),
        }
    }
    page.scene.height = page.y.ceil();
    page.scene
}

/// A heat map alone, of the zone in which its hours were counted.
pub(crate) fn heat_scene(heat: &Heat, zone: Zone, is_bytes: bool, colours: &Colours, frame: Frame) -> Scene {
    let nothing =
        Drawing { tracks: Vec::new(), colours: colours.clone(), from: 0, to: 1, zone, caption: String::new() };
    let mut page = Page::new(&nothing, colours, frame);
    page.heat(heat, zone, is_bytes);
    page.scene.height = page.y.ceil();
    page.scene
}

struct Page<'a> {
    scene: Scene,
    drawing: &'a Drawing,
    frame: Frame,
    /// Where the next thing begins.
    y: f64,
}

impl<'a> Page<'a> {
    fn new(drawing: &'a Drawing, c: &Colours, frame: Frame) -> Self {
        let [ground, gap] = [(c.ground, Role::Ground), (c.gap, Role::Gap)].map(|(rgb, role)| Paint { rgb, role });
        let scene = Scene { width: frame.width, height: 0.0, ground, gap, items: Vec::new() };
        Page { scene, drawing, frame, y: frame.size * 0.5 }
    }

    fn text(&self) -> Paint {
        Paint { rgb: self.drawing.colours.text, role: Role::Text }
    }

    fn grid(&self) -> Paint {
        Paint { rgb: self.drawing.colours.grid, role: Role::Grid }
    }

    fn line_paint(&self, track: &Track, at: usize) -> Paint {
        Paint { rgb: track.colours.get(at).copied().unwrap_or(self.drawing.colours.text), role: Role::Line(at) }
    }

    fn words(&mut self, (x, y): (f64, f64), anchor: Anchor, face: Face, text: String) {
        let (size, paint) = (self.frame.size, self.text());
        self.scene.items.push(Item::Text { x, y, anchor, size, face, paint, text });
    }

    fn title(&mut self, track: &Track) {
        if track.title.is_empty() {
            return;
        }
        let size = self.frame.size;
        self.y += size * 1.6;
        let title = fitted(&track.title, size, self.frame.inner());
        self.words((self.frame.left(), self.y - size * 0.4), Anchor::Start, Face::Bold, title);
    }

    /// Names of the lines beside each other, as many to a row as the longest lets.
    fn legend(&mut self, track: &Track) {
        if track.names.len() < 2 && track.names.iter().all(String::is_empty) {
            return;
        }
        let (size, inner) = (self.frame.size, self.frame.inner());
        let mark = size * 2.2;
        let widest = track.names.iter().map(|name| f64::from(Face::Regular.width(name)) * size).fold(0.0, f64::max);
        let columns = ((inner / (widest + mark + size)).floor() as usize).clamp(1, 4);
        let width = inner / columns as f64;
        for (at, name) in track.names.iter().enumerate() {
            let x = self.frame.left() + (at % columns) as f64 * width;
            let y = self.y + size * 1.2 + (at / columns) as f64 * size * 1.4;
            let paint = self.line_paint(track, at);
            match track.shape {
                Shape::Lines => {
                    let from = (x, y - size * 0.35);
                    let steps = vec![Step::Move(from.0, from.1), Step::Line(x + size * 1.7, from.1)];
                    self.scene.items.push(Item::Stroke { steps, paint, width: 2.0, dash: dash(at) });
                }
                shape => {
                    let (top, bottom, right) = (y - size * 0.8, y + size * 0.05, x + size * 1.7);
                    self.scene.rect((x, top, right - x, bottom - top), paint);
                    let mut ground = Vec::new();
                    match shape {
                        Shape::Area => pattern::in_area(at, x, right, UNIT).for_each(|(left, right)| {
                            ground.extend(corners(Place { left, right, top, bottom }));
                        }),
                        _ => pattern::in_bar(at, Place { left: x, right, top, bottom }, UNIT, |cut| {
                            ground.extend(corners(cut));
                        }),
                    }
                    self.ground(ground);
                }
            }
            self.words((x + mark, y), Anchor::Start, Face::Regular, fitted(name, size, width - mark - size * 0.5));
        }
        self.y += track.names.len().div_ceil(columns) as f64 * size * 1.4 + size * 0.5;
    }

    fn x(&self, secs: f64) -> f64 {
        let (from, to) = (self.drawing.from as f64, self.drawing.to as f64);
        self.frame.left() + ((secs - from) / (to - from).max(1.0)).clamp(0.0, 1.0) * self.frame.inner()
    }

    fn track(&mut self, track: &Track) {
        self.legend(track);
        let chart = &track.chart;
        let highest = chart.top(track.shape).max(track.threshold.unwrap_or(0) as f64).max(1.0) * 1.05;
        let (top, height, size) = (self.y + self.frame.size * 0.6, self.frame.plot, self.frame.size);
        let y = move |value: f64| top + height - value / highest * height;
        let (left, right) = (self.frame.left(), self.frame.width - self.frame.right());
        for value in axis::values(highest, 4) {
            let at = y(value);
            let grid = self.grid();
            self.scene.line((left, at), (right, at), grid, &[]);
            let number = axis_number(value, track.is_bytes);
            self.words((left - size * 0.5, at + size * 0.35), Anchor::End, Face::Regular, number);
        }
        for (from, to) in &chart.gaps {
            let (from, to) = (self.x(*from as f64), self.x(*to as f64));
            if to > from {
                self.scene.items.push(Item::Hatch { x: from, y: top, width: (to - from).max(1.0), height });
            }
        }
        for at in 0..chart.lines.len() {
            match track.shape {
                Shape::Bars => self.bars(track, at, &y),
                Shape::Area | Shape::Heat => self.area(track, at, &y),
                Shape::Lines => self.lines(track, at, &y),
            }
        }
        if let Some(threshold) = track.threshold {
            self.threshold(track, threshold, &y);
        }
        self.y = top + height;
        self.time_axis();
    }

    fn bars(&mut self, track: &Track, at: usize, y: &dyn Fn(f64) -> f64) {
        let (chart, below) = (&track.chart, track.chart.below(at));
        let Some(line) = chart.lines.get(at) else { return };
        let (mut steps, mut ground) = (Vec::new(), Vec::new());
        for ((start, value), below) in chart.starts.iter().zip(&line.values).zip(&below).filter(|((_, v), _)| **v > 0.0)
        {
            let (left, right) = (self.x(*start as f64), self.x((*start + chart.bin_secs) as f64));
            let (low, high) = (y(*below), y(below + value));
            // A bar that is thinner than a hair is still there.
            let right = right.max(left + 0.5);
            let bar = Place { left, right, top: high, bottom: low };
            steps.extend(corners(bar));
            pattern::in_bar(at, bar, UNIT, |cut| ground.extend(corners(cut)));
        }
        let paint = self.line_paint(track, at);
        self.scene.items.push(Item::Fill { steps, paint });
        self.ground(ground);
    }

    fn middle(&self, chart: &Chart, place: usize) -> f64 {
        let start = chart.starts.get(place).copied().unwrap_or(0);
        self.x(start as f64 + chart.bin_secs as f64 / 2.0)
    }

    fn area(&mut self, track: &Track, at: usize, y: &dyn Fn(f64) -> f64) {
        let (chart, below) = (&track.chart, track.chart.below(at));
        let Some(line) = chart.lines.get(at) else { return };
        let (mut steps, mut ground) = (Vec::new(), Vec::new());
        let value = |list: &[f64], place: usize| list.get(place).copied().unwrap_or(0.0);
        for piece in chart.pieces() {
            let xs: Vec<f64> = piece.clone().map(|place| self.middle(chart, place)).collect();
            let low: Vec<f64> = piece.clone().map(|place| y(value(&below, place))).collect();
            let high: Vec<f64> = piece.map(|place| y(value(&below, place) + value(&line.values, place))).collect();
            ground.extend(area_cuts(at, &xs, &low, &high));
            let around = xs.iter().zip(&high).chain(xs.iter().zip(&low).rev());
            steps.extend(around.enumerate().map(|(step, (x, y))| match step {
                0 => Step::Move(*x, *y),
                _ => Step::Line(*x, *y),
            }));
            steps.push(Step::Close);
        }
        let paint = self.line_paint(track, at);
        self.scene.items.push(Item::Fill { steps, paint });
        self.ground(ground);
    }

    /// What shows between the ink of a series.
    fn ground(&mut self, steps: Vec<Step>) {
        if !steps.is_empty() {
            let paint = self.scene.ground;
            self.scene.items.push(Item::Fill { steps, paint });
        }
    }

    fn lines(&mut self, track: &Track, at: usize, y: &dyn Fn(f64) -> f64) {
        let chart = &track.chart;
        let Some(line) = chart.lines.get(at) else { return };
        let mut steps = Vec::new();
        for piece in chart.pieces() {
            for (step, place) in piece.enumerate() {
                let value = line.values.get(place).copied().unwrap_or(0.0);
                let (x, y) = (self.middle(chart, place), y(value));
                steps.push(if step == 0 { Step::Move(x, y) } else { Step::Line(x, y) });
            }
        }
        let paint = self.line_paint(track, at);
        self.scene.items.push(Item::Stroke { steps, paint, width: 1.5, dash: dash(at) });
    }

    fn threshold(&mut self, track: &Track, threshold: u64, y: &dyn Fn(f64) -> f64) {
        let chart = &track.chart;
        let paint = Paint { rgb: self.drawing.colours.threshold, role: Role::Threshold };
        let at = y(threshold as f64);
        let (left, right) = (self.frame.left(), self.frame.width - self.frame.right());
        self.scene.line((left, at), (right, at), paint, &[6.0, 4.0]);
        for (line, place) in chart.reaching(threshold) {
            let below = if track.shape.is_stacked() { chart.foot(line, place) } else { 0.0 };
            let value = chart.lines.get(line).and_then(|line| line.values.get(place)).copied().unwrap_or(0.0);
            let (x, top) = (self.middle(chart, place), y(below + value));
            let steps =
                vec![Step::Move(x, top), Step::Line(x - 4.0, top - 7.0), Step::Line(x + 4.0, top - 7.0), Step::Close];
            self.scene.items.push(Item::Fill { steps, paint });
        }
    }

    /// From the lower edge of a plot: marks with their times, a line of dates, the zone at the end.
    fn time_axis(&mut self) {
        let (bottom, size, zone) = (self.y, self.frame.size, self.drawing.zone);
        let (left, right, grid) = (self.frame.left(), self.frame.width - self.frame.right(), self.grid());
        self.scene.line((left, bottom), (right, bottom), grid, &[]);
        let most = (self.frame.inner() / (size * 7.0)) as usize;
        let marks = axis::times(self.drawing.from, self.drawing.to, most, zone);
        let has_times = marks.iter().any(|mark| !mark.time.is_empty());
        let mut free = 0.0;
        for mark in marks {
            let x = self.x(mark.secs as f64);
            self.scene.line((x, bottom), (x, bottom + 4.0), grid, &[]);
            let mut line = bottom + size * 1.4;
            if has_times {
                self.words((self.kept(x, &mark.time), line), Anchor::Middle, Face::Regular, mark.time);
                line += size * 1.25;
            }
            let Some(date) = mark.date else { continue };
            let (middle, half) = (self.kept(x, &date), f64::from(Face::Regular.width(&date)) * size / 2.0);
            if middle - half >= free {
                free = middle + half + size * 0.6;
                self.words((middle, line), Anchor::Middle, Face::Regular, date);
            }
        }
        self.y = bottom + size * if has_times { 4.2 } else { 2.9 };
        let name = zone.name().to_owned();
        self.words((right, self.y - size * 0.3), Anchor::End, Face::Regular, name);
        self.y += size * 0.4;
    }

    /// The middle of a label, moved so far in that none of it is outside the picture.
    fn kept(&self, x: f64, label: &str) -> f64 {
        let half = f64::from(Face::Regular.width(label)) * self.frame.size / 2.0;
        x.clamp(half, (self.frame.width - half).max(half))
    }

    /// A row for each day, a cell for each hour, darker by its value; a scale below.
    fn heat(&mut self, heat: &Heat, zone: Zone, is_bytes: bool) {
        let (size, left) = (self.frame.size, self.frame.left());
        let cell = (self.frame.inner() / 24.0, (size * 1.5).max(12.0));
        let top = self.y + size * 1.8;
        for hour in (0..24).step_by(2) {
            let x = left + (hour as f64 + 0.5) * cell.0;
            self.words((x, top - size * 0.4), Anchor::Middle, Face::Regular, format!("{hour:02}"));
        }
        for (row, day) in heat.days.iter().enumerate() {
            let y = top + row as f64 * cell.1;
            let date = zone.format_with(Timestamp::from_secs(day.start), "%Y-%m-%d");
            self.words((left - size * 0.5, y + cell.1 * 0.5 + size * 0.35), Anchor::End, Face::Regular, date);
            for (hour, value) in day.hours.iter().enumerate() {
                let place = (left + hour as f64 * cell.0, y, cell.0 - 1.0, cell.1 - 1.0);
                match value {
                    Some(value) => self.scene.rect(place, self.heat_paint(heat_step(*value, heat.most))),
                    None => {
                        let (x, y, width, height) = place;
                        self.scene.items.push(Item::Hatch { x, y, width, height });
                    }
                }
            }
        }
        self.y = top + heat.days.len() as f64 * cell.1;
        self.scale(heat, zone, is_bytes);
    }

    fn heat_paint(&self, step: usize) -> Paint {
        let part = step as f64 / HEAT_STEPS as f64;
        let c = &self.drawing.colours;
        let low = mixed(c.ground, c.grid, 0.5);
        Paint { rgb: mixed(low, [8, 48, 107], part), role: Role::Heat(step) }
    }

    fn scale(&mut self, heat: &Heat, zone: Zone, is_bytes: bool) {
        let (size, left) = (self.frame.size, self.frame.left());
        let y = self.y + size * 0.9;
        for step in 0..=HEAT_STEPS {
            let paint = self.heat_paint(step);
            self.scene.rect((left + step as f64 * size * 2.0, y, size * 2.0 - 1.0, size), paint);
        }
        let end = left + (HEAT_STEPS + 1) as f64 * size * 2.0;
        self.words((left - size * 0.5, y + size * 0.9), Anchor::End, Face::Regular, "0".to_owned());
        let most = axis_number(heat.most as f64, is_bytes);
        self.words((end + size * 0.5, y + size * 0.9), Anchor::Start, Face::Regular, most);
        let zone = zone.name().to_owned();
        self.words((self.frame.width - self.frame.right(), y + size * 0.9), Anchor::End, Face::Regular, zone);
        self.y = y + size * 1.8;
    }
}

/// 0 for none; else by the square root, so that small values differ too.
fn heat_step(value: u128, most: u128) -> usize {
    if value == 0 {
        return 0;
    }
    let part = (value as f64 / most.max(1) as f64).sqrt();
    ((part * HEAT_STEPS as f64).ceil() as usize).clamp(1, HEAT_STEPS)
}

fn mixed(from: Rgb, to: Rgb, part: f64) -> Rgb {
    let mut mixed = from;
    for (at, channel) in mixed.iter_mut().enumerate() {
        let (a, b) = (f64::from(*channel), f64::from(to.get(at).copied().unwrap_or(0)));
        *channel = (a + (b - a) * part).round() as u8;
    }
    mixed
}

fn corners(place: Place) -> [Step; 5] {
    let Place { left, right, top, bottom } = place;
    [Step::Move(left, bottom), Step::Line(right, bottom), Step::Line(right, top), Step::Line(left, top), Step::Close]
}

/// The ground in an area, from point to point.
fn area_cuts(at: usize, xs: &[f64], low: &[f64], high: &[f64]) -> Vec<Step> {
    let (Some(left), Some(right)) = (xs.first(), xs.last()) else { return Vec::new() };
    let cut = |(from, to): (f64, f64)| {
        let edge = |x: f64, values: &[f64]| pattern::between(xs, values, x);
        Some([
            Step::Move(from, edge(from, low)?),
            Step::Line(from, edge(from, high)?),
            Step::Line(to, edge(to, high)?),
            Step::Line(to, edge(to, low)?),
            Step::Close,
        ])
    };
    pattern::in_area(at, *left, *right, UNIT).filter_map(cut).flatten().collect()
}

fn dash(at: usize) -> &'static [f64] {
    DASHES.get(at % DASHES.len()).copied().unwrap_or(&[])
}
