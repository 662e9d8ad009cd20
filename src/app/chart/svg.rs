//! Charts as an SVG of vectors, and as a PNG of the same drawing. Nothing in it depends on the machine: the same charts give
//! the same bytes.

use super::{Chart, Shape, axis_number};
use crate::app::display;
use crate::app::zone::Zone;
use crate::model::Timestamp;
use std::fmt::Write;
use std::sync::Arc;

/// Red, green, blue.
pub type Rgb = [u8; 3];

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
    /// What the records were asked for by; below the title.
    pub caption: String,
}

const WIDTH: f64 = 1200.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 20.0;
const TRACK: f64 = 260.0;
const LEGEND: f64 = 16.0;
const HEAD: f64 = 34.0;
const FOOT: f64 = 40.0;
/// Names of lines beside each other in a legend.
const LEGEND_COLUMNS: usize = 4;

/// The drawing as a document of its own.
pub fn svg(drawing: &Drawing) -> String {
    let mut out = Svg { text: String::new(), drawing };
    let legend = |track: &Track| track.names.len().div_ceil(LEGEND_COLUMNS) as f64 * LEGEND;
    let height = HEAD + FOOT + drawing.tracks.iter().map(|track| TRACK + 24.0 + legend(track)).sum::<f64>();
    let c = &drawing.colours;
    out.line(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" viewBox=\"0 0 {WIDTH} {height:.0}\" \
         font-family=\"'BIZ UDPGothic', sans-serif\" font-size=\"12\">"
    ));
    out.line(format_args!(
        "<defs><pattern id=\"gap\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"6\" height=\"6\" fill=\"{}\"/><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" stroke=\"{}\"/></pattern></defs>",
        hex(c.ground),
        hex(c.gap)
    ));
    out.line(format_args!("<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>", hex(c.ground)));
    out.words(LEFT, 20.0, "start", &drawing.caption);
    let mut top = HEAD;
    for track in &drawing.tracks {
        out.words(LEFT, top + 14.0, "start", &track.title);
        for (at, name) in track.names.iter().enumerate() {
            let x = LEFT + (at % LEGEND_COLUMNS) as f64 * (WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS as f64;
            let y = top + 30.0 + (at / LEGEND_COLUMNS) as f64 * LEGEND;
            let colour = hex(track.colours.get(at).copied().unwrap_or(c.text));
            out.line(format_args!(
                "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>",
                y - 9.0
            ));
            out.words(x + 14.0, y, "start", &shortened(name, 34));
        }
        let plot = (top + 24.0 + legend(track), TRACK - 30.0);
        out.track(track, plot);
        top += TRACK + 24.0 + legend(track);
    }
    out.line(format_args!("</svg>"));
    out.text
}

/// The same drawing in pixels, `scale` to a point.
///
/// # Errors
/// The drawing is larger than memory allows.
pub fn png(drawing: &Drawing, scale: f32) -> Result<Vec<u8>, String> {
    use resvg::{tiny_skia, usvg};
    let mut options = usvg::Options::default();
    // Of its own: what the machine has installed must not change a picture.
    let font = include_bytes!("../../../assets/fonts/BIZUDPGothic-Regular.ttf");
    options.fontdb_mut().load_font_data(font.to_vec());
    options.font_family = "BIZ UDPGothic".to_owned();
    let tree = usvg::Tree::from_str(&svg(drawing), &options).map_err(|error| error.to_string())?;
    let size = tree.size();
    let (width, height) = ((size.width() * scale).ceil() as u32, (size.height() * scale).ceil() as u32);
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or("the picture is too large")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

struct Svg<'a> {
    text: String,
    drawing: &'a Drawing,
}

impl Svg<'_> {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into memory does not fail.
        let _ = writeln!(self.text, "{text}");
    }

    fn words(&mut self, x: f64, y: f64, anchor: &str, words: &str) {
        let colour = hex(self.drawing.colours.text);
        let words = escaped(words);
        self.line(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
        ));
    }

    fn x(&self, secs: f64) -> f64 {
        let (from, to) = (self.drawing.from as f64, self.drawing.to as f64);
        LEFT + ((secs - from) / (to - from).max(1.0)).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn track(&mut self, track: &Track, (top, height): (f64, f64)) {
        let chart = &track.chart;
        let shape = if track.shape == Shape::Heat { Shape::Area } else { track.shape };
        let highest = chart.top(shape).max(track.threshold.unwrap_or(0) as f64).max(1.0) * 1.05;
        let y = move |value: f64| top + height - value / highest * height;
        let grid = hex(self.drawing.colours.grid);
        for step in 0..=4 {
            let value = highest / 1.05 * f64::from(step) / 4.0;
            let at = y(value);
            self.line(format_args!(
                "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{:.1}\" y2=\"{at:.1}\" stroke=\"{grid}\"/>",
                WIDTH - RIGHT
            ));
            self.words(LEFT - 6.0, at + 4.0, "end", &axis_number(value, track.is_bytes));
        }
        for (from, to) in &chart.gaps {
            let (left, right) = (self.x(*from as f64), self.x(*to as f64));
            if right > left {
                let width = (right - left).max(1.0);
                self.line(format_args!(
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"url(#gap)\"/>"
                ));
            }
        }
        for at in 0..chart.lines.len() {
            match shape {
                Shape::Bars => self.bars(track, at, &y),
                Shape::Area | Shape::Heat => self.area(track, at, &y),
                Shape::Lines => self.lines(track, at, &y),
            }
        }
        if let Some(threshold) = track.threshold {
            self.threshold(track, threshold, &y);
        }
        self.time_axis(top + height);
    }

    fn colour(&self, track: &Track, at: usize) -> String {
        hex(track.colours.get(at).copied().unwrap_or(self.drawing.colours.text))
    }

    fn bars(&mut self, track: &Track, at: usize, y: &dyn Fn(f64) -> f64) {
        let (chart, below) = (&track.chart, track.chart.below(at));
        let Some(line) = chart.lines.get(at) else { return };
        let mut path = String::new();
        for ((start, value), below) in chart.starts.iter().zip(&line.values).zip(&below).filter(|((_, v), _)| **v > 0.0)
        {
            let (left, right) = (self.x(*start as f64), self.x((*start + chart.bin_secs) as f64));
            let (low, high) = (y(*below), y(below + value));
            let _ = write!(path, "M{left:.1} {low:.1}H{right:.1}V{high:.1}H{left:.1}Z");
        }
        let colour = self.colour(track, at);
        self.line(format_args!("<path d=\"{path}\" fill=\"{colour}\"/>"));
    }

    fn middle(&self, chart: &Chart, place: usize) -> f64 {
        let start = chart.starts.get(place).copied().unwrap_or(0);
        self.x(start as f64 + chart.bin_secs as f64 / 2.0)
    }

    fn area(&mut self, track: &Track, at: usize, y: &dyn Fn(f64) -> f64) {
        let (chart, below) = (&track.chart, track.chart.below(at));
        let Some(line) = chart.lines.get(at) else { return };
        let mut path = String::new();
        let value = |list: &[f64], place: usize| list.get(place).copied().unwrap_or(0.0);
        for piece in chart.pieces() {
            let over = piece.clone().map(|place| (place, value(&below, place) + value(&line.values, place)));
            let under = piece.rev().map(|place| (place, value(&below, place)));
            for (step, (place, height)) in over.chain(under).enumerate() {
                let letter = if step == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{letter}{:.1} {:.1}", self.middle(chart, place), y(height));
            }
            path.push('Z');
        }
        let colour = self.colour(track, at);
        self.line(format_args!("<path d=\"{path}\" fill=\"{colour}\"/>"));
    }

    fn lines(&mut self, track: &Track, at: usize, y: &dyn Fn(f64) -> f64) {
        let chart = &track.chart;
        let Some(line) = chart.lines.get(at) else { return };
        let mut path = String::new();
        for piece in chart.pieces() {
            for (step, place) in piece.enumerate() {
                let letter = if step == 0 { 'M' } else { 'L' };
                let value = line.values.get(place).copied().unwrap_or(0.0);
                let _ = write!(path, "{letter}{:.1} {:.1}", self.middle(chart, place), y(value));
            }
        }
        let colour = self.colour(track, at);
        self.line(format_args!("<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>"));
    }

    fn threshold(&mut self, track: &Track, threshold: u64, y: &dyn Fn(f64) -> f64) {
        let (chart, colour) = (&track.chart, hex(self.drawing.colours.threshold));
        let at = y(threshold as f64);
        self.line(format_args!(
            "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{:.1}\" y2=\"{at:.1}\" stroke=\"{colour}\" stroke-dasharray=\"6 4\"/>",
            WIDTH - RIGHT
        ));
        for (line, place) in chart.reaching(threshold) {
            let below =
                if track.shape.is_stacked() { chart.below(line).get(place).copied().unwrap_or(0.0) } else { 0.0 };
            let value = chart.lines.get(line).and_then(|line| line.values.get(place)).copied().unwrap_or(0.0);
            let (x, top) = (self.middle(chart, place), y(below + value));
            self.line(format_args!("<path d=\"M{x:.1} {top:.1}l-4 -7h8Z\" fill=\"{colour}\"/>"));
        }
    }

    fn time_axis(&mut self, bottom: f64) {
        let (from, to, zone) = (self.drawing.from, self.drawing.to, self.drawing.zone);
        let grid = hex(self.drawing.colours.grid);
        for step in 0..=4 {
            let secs = from + (to - from) * step / 4;
            let x = self.x(secs as f64);
            self.line(format_args!(
                "<line x1=\"{x:.1}\" y1=\"{bottom:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"{grid}\"/>",
                bottom + 5.0
            ));
            let anchor = match step {
                0 => "start",
                4 => "end",
                _ => "middle",
            };
            let zone_name = if step == 4 { format!(" {}", zone.name()) } else { String::new() };
            let words = format!("{}{zone_name}", zone.format(Timestamp::from_secs(secs)));
            self.words(x, bottom + 18.0, anchor, &words);
        }
    }
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// What evidence says stays text: nothing in it becomes markup, or a character that XML does not know.
fn escaped(text: &str) -> String {
    let visible = display::visible(text);
    visible.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{SeriesKey, SeriesLine, SeriesTable};

    fn drawing(shape: Shape) -> Drawing {
        let table = SeriesTable {
            bin_secs: 900,
            bins: vec![0, 900, 7200],
            lines: vec![SeriesLine { key: SeriesKey::All, at: vec![0, 1, 2], values: vec![4_000_000, 6_000_000, 1] }],
            gaps: vec![(3600, 7200)],
            ..SeriesTable::default()
        };
        let colours = Colours { ground: [255; 3], text: [0; 3], grid: [200; 3], gap: [90; 3], threshold: [200, 0, 0] };
        let track = Track {
            title: "bytes".into(),
            chart: Arc::new(Chart::of(&table)),
            shape,
            is_bytes: true,
            names: vec!["<script>\u{202e}&".into()],
            colours: vec![[0, 0, 255]],
            threshold: Some(5_000_000),
        };
        Drawing { tracks: vec![track], colours, from: 0, to: 8100, zone: Zone::default(), caption: "all".into() }
    }

    #[test]
    fn a_drawing_is_vectors_with_gaps_hatched_and_the_bins_above_the_threshold_marked() {
        for shape in [Shape::Bars, Shape::Area, Shape::Lines] {
            let text = svg(&drawing(shape));
            assert!(text.contains("fill=\"url(#gap)\""), "{shape:?}");
            assert_eq!(text.matches("l-4 -7h8Z").count(), 1, "one bin reaches the threshold");
            assert!(text.contains("&lt;script&gt;‹U+202E›&amp;") && !text.contains("<script"));
            assert_eq!(text, svg(&drawing(shape)));
            resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default()).unwrap();
        }
        let lines = svg(&drawing(Shape::Lines));
        let path = lines.lines().find(|line| line.contains("stroke-width=\"1.5\"")).unwrap();
        assert_eq!(path.matches('M').count(), 2, "the line breaks at the gap");
    }

    #[test]
    fn the_picture_is_the_drawing_in_pixels() {
        let png = png(&drawing(Shape::Bars), 1.0).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let picture = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
        assert_eq!(picture.width(), 1200);
        let blue = picture.pixels().iter().filter(|p| (p.red(), p.green(), p.blue()) == (0, 0, 255)).count();
        assert!(blue > 10_000, "{blue} pixels of the bars");
    }
}
