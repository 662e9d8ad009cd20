//! A plot of the report as shapes: in the report's own colours and its own words.

use super::document::{HeatMap, Plot};
use super::words::{Words, shown};
use crate::model::{SeriesKey, Value};
use crate::present::chart::plot::{Colours, Drawing, Frame, Track, heat_scene, scene as drawn};
use crate::present::chart::scene::{Rgb, Scene};
use crate::query::Measure;

/// On white paper: apart from each other in lightness too, for a print without colours.
pub(super) const LINES: [Rgb; 12] = [
    [0x1f, 0x4e, 0x8c],
    [0xe0, 0x7b, 0x00],
    [0x5a, 0xa9, 0xe6],
    [0x7a, 0x1f, 0x5c],
    [0x6b, 0xb3, 0x5a],
    [0x8a, 0x5a, 0x2b],
    [0xb3, 0x9d, 0xdb],
    [0x1b, 0x6e, 0x53],
    [0xf2, 0xc1, 0x4e],
    [0xc0, 0x39, 0x2b],
    [0x2f, 0x2f, 0x6b],
    [0x9a, 0x9a, 0x9a],
];

pub(super) const COLOURS: Colours = Colours {
    ground: [0xff, 0xff, 0xff],
    text: [0x1a, 0x1a, 0x1a],
    grid: [0xd0, 0xd4, 0xda],
    gap: [0x9a, 0xa0, 0xa8],
    threshold: [0xb0, 0x1e, 0x1e],
};

pub(super) fn is_bytes(plot: &Plot) -> bool {
    plot.measure == Measure::Bytes
}

/// `Bytes in bins of 15 min`.
pub(super) fn title(plot: &Plot, words: &Words) -> String {
    let measure = words.tr(&format!("measure-{}", plot.measure.name()));
    let bin = words.duration(plot.chart.bin_secs.unsigned_abs());
    words.with("figure-chart", &[("measure", &measure), ("bin", &bin)])
}

/// `Bytes by hour and day (Asia/Tokyo)`.
pub(super) fn heat_title(map: &HeatMap, words: &Words) -> String {
    let measure = words.tr(&format!("measure-{}", map.measure.name()));
    words.with("figure-heat", &[("measure", &measure), ("zone", map.zone.name())])
}

/// The heat map on a page.
pub(super) fn of_heat(map: &HeatMap) -> Scene {
    heat_scene(&map.heat, map.zone, map.measure == Measure::Bytes, &COLOURS, Frame::PAGE)
}

/// Of each line.
pub(super) fn names(plot: &Plot, words: &Words) -> Vec<String> {
    let part = |value: &Value| match value {
        Value::Null => words.tr("none"),
        value => shown(&value.to_text()),
    };
    let name = |key: &SeriesKey| match key {
        SeriesKey::All => words.tr("line-all"),
        SeriesKey::Other => words.tr("line-other"),
        SeriesKey::Group(values) => values.iter().map(part).collect::<Vec<_>>().join(" / "),
    };
    plot.chart.lines.iter().map(|line| name(&line.key)).collect()
}

/// The plot on a page.
pub(super) fn scene(plot: &Plot, words: &Words) -> Scene {
    let names = names(plot, words);
    let colours = (0..names.len()).map(|at| LINES.get(at % LINES.len()).copied().unwrap_or(COLOURS.text)).collect();
    let track = Track {
        title: String::new(),
        chart: plot.chart.clone(),
        shape: plot.shape,
        is_bytes: is_bytes(plot),
        // One line needs no name beside it: the caption says what it is.
        names: if names.len() == 1 { Vec::new() } else { names },
        colours,
        threshold: plot.threshold,
    };
    let (from, to, zone) = (plot.from, plot.to, words.zone);
    let drawing = Drawing { tracks: vec![track], colours: COLOURS, from, to, zone, caption: String::new() };
    drawn(&drawing, Frame::PAGE)
}
