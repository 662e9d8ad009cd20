//! A picture as shapes: what SVG, PNG and PDF all draw. It knows places and colours, and nothing of what they mean.

use crate::present::fonts::Face;

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// What a colour stands for, so that a document may choose its own for a light and a dark page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Ground,
    Text,
    Grid,
    Gap,
    Threshold,
    /// A line of a chart, by its place.
    Line(usize),
    /// A cell of a heat map: steps from 0 to `HEAT_STEPS`.
    Heat(usize),
}

/// Steps of a heat map's colours above none.
pub(crate) const HEAT_STEPS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    pub rgb: Rgb,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Move(f64, f64),
    Line(f64, f64),
    Close,
}

/// Which side of a text its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Fill {
        steps: Vec<Step>,
        paint: Paint,
    },
    Stroke {
        steps: Vec<Step>,
        paint: Paint,
        width: f64,
        /// Lengths of dash and space; empty for a whole line.
        dash: &'static [f64],
    },
    /// A rectangle hatched in the colour of gaps.
    Hatch {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    },
    /// One line of text on its base line.
    Text {
        x: f64,
        y: f64,
        anchor: Anchor,
        size: f64,
        face: Face,
        paint: Paint,
        text: String,
    },
}

/// A picture: its size in points, and its items from the lowest to the topmost.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub width: f64,
    pub height: f64,
    pub ground: Paint,
    pub gap: Paint,
    pub items: Vec<Item>,
}

/// Distance of the lines of a hatch.
pub(crate) const HATCH: f64 = 6.0;

impl Scene {
    pub fn rect(&mut self, (x, y, width, height): (f64, f64, f64, f64), paint: Paint) {
        let steps = vec![
            Step::Move(x, y),
            Step::Line(x + width, y),
            Step::Line(x + width, y + height),
            Step::Line(x, y + height),
            Step::Close,
        ];
        self.items.push(Item::Fill { steps, paint });
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), paint: Paint, dash: &'static [f64]) {
        let steps = vec![Step::Move(from.0, from.1), Step::Line(to.0, to.1)];
        self.items.push(Item::Stroke { steps, paint, width: 1.0, dash });
    }
}

/// `text` as far as it fits, with a sign where it was cut.
pub(crate) fn fitted(text: &str, size: f64, width: f64) -> String {
    let fits = |text: &str| f64::from(Face::Regular.width(text)) * size <= width;
    if fits(text) {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut used = f64::from(Face::Regular.width("…")) * size;
    for c in text.chars() {
        used += f64::from(Face::Regular.width(c.encode_utf8(&mut [0; 4]))) * size;
        if used > width {
            break;
        }
        shown.push(c);
    }
    shown + "…"
}

/// The lines of a hatched rectangle: from the lower left to the upper right, cut off at its edges.
pub(crate) fn hatch((x, y, width, height): (f64, f64, f64, f64)) -> Vec<Step> {
    let (right, bottom) = (x + width, y + height);
    // On each line x + y is the same; the distance between two is that of the SVG's pattern.
    let gap = HATCH * std::f64::consts::SQRT_2;
    let mut steps = Vec::new();
    let mut sum = ((x + y) / gap).ceil() * gap;
    while sum < right + bottom {
        let left_end = x.max(sum - bottom);
        let right_end = right.min(sum - y);
        if right_end > left_end {
            steps.push(Step::Move(left_end, sum - left_end));
            steps.push(Step::Line(right_end, sum - right_end));
        }
        sum += gap;
    }
    steps
}
