//! How series differ by more than their colours: the stripes of bars and areas, the strokes and marks of lines. A legend
//! draws them as the plot does.

use super::{TimeAxis, scale::Scale};
use crate::present::chart::Shape as Drawn;
use crate::present::chart::pattern::{self, Place};
use crate::ui::theme::size;
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2};
use egui_plot::{LineStyle, MarkerShape};

/// Of a series, by its place among the others. After as many as there are, they come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(pub usize);

/// On lines, with each of the strokes.
const MARKS: [Option<MarkerShape>; 6] = [
    None,
    Some(MarkerShape::Circle),
    Some(MarkerShape::Square),
    Some(MarkerShape::Up),
    Some(MarkerShape::Diamond),
    Some(MarkerShape::Down),
];
const STROKES: usize = 4;
/// Pieces of a stroke at most, however long its line is.
const MOST_DASHES: f32 = 1500.0;

impl Pattern {
    /// The ground that shows in a bar.
    pub(crate) fn cut_bar(self, bar: Rect, ground: Color32, mesh: &mut Mesh) {
        let [left, right, top, bottom] = [bar.left(), bar.right(), bar.top(), bar.bottom()].map(f64::from);
        pattern::in_bar(self.0, Place { left, right, top, bottom }, 1.0, |cut| {
            let [left, right, top, bottom] = [cut.left, cut.right, cut.top, cut.bottom].map(|edge| edge as f32);
            mesh.add_colored_rect(Rect::from_x_y_ranges(left..=right, top..=bottom), ground);
        });
    }

    /// Where ground shows between the left and the right edge of an area.
    fn gaps(self, left: f32, right: f32) -> impl Iterator<Item = (f32, f32)> {
        let gaps = pattern::in_area(self.0, f64::from(left), f64::from(right), 1.0);
        gaps.map(|(from, to)| (from as f32, to as f32))
    }

    /// The ground that shows in an area: times in seconds, and its lower and upper edge there.
    pub(crate) fn cut_area(
        self,
        (axis, scale): (&TimeAxis, &Scale),
        [secs, low, high]: [&[f64]; 3],
        ground: Color32,
        mesh: &mut Mesh,
    ) {
        let (Some(first), Some(last)) = (secs.first(), secs.last()) else { return };
        let (left, right) = (axis.x(first.max(axis.from)), axis.x(last.min(axis.to)));
        for (from, to) in self.gaps(left, right) {
            let edge = |x: f32, values: &[f64]| {
                let value = pattern::between(secs, values, axis.secs(x))?;
                Some(pos2(x, scale.y(value)))
            };
            let corners = [edge(from, low), edge(from, high), edge(to, high), edge(to, low)];
            let [Some(a), Some(b), Some(c), Some(d)] = corners else { continue };
            let at = mesh.vertices.len() as u32;
            [a, b, c, d].into_iter().for_each(|corner| mesh.colored_vertex(corner, ground));
            mesh.add_triangle(at, at + 1, at + 2);
            mesh.add_triangle(at, at + 2, at + 3);
        }
    }

    /// Of a line that is so many points long.
    pub(crate) fn stroke(self, length: f32) -> LineStyle {
        let at_least = |points: f32| points.max(length / MOST_DASHES);
        match self.0 % STROKES {
            0 => LineStyle::Solid,
            1 => LineStyle::Dashed { length: at_least(8.0) },
            2 => LineStyle::Dotted { spacing: at_least(6.0) },
            _ => LineStyle::Dashed { length: at_least(3.0) },
        }
    }

    /// What is on a line at some of its points.
    pub(crate) fn mark(self) -> Option<MarkerShape> {
        MARKS.get(self.0 / STROKES % MARKS.len()).copied().flatten()
    }

    /// As the legend shows it, on this ground.
    pub(crate) fn swatch(self, painter: &Painter, place: Rect, drawn: Drawn, ink: Color32, ground: Color32) {
        match drawn {
            Drawn::Bars | Drawn::Heat => {
                painter.rect_filled(place, 0.0, ink);
                let mut mesh = Mesh::default();
                self.cut_bar(place, ground, &mut mesh);
                painter.add(mesh);
            }
            Drawn::Area => {
                painter.rect_filled(place, 0.0, ink);
                for (from, to) in self.gaps(place.left(), place.right()) {
                    painter.rect_filled(Rect::from_x_y_ranges(from..=to, place.y_range()), 0.0, ground);
                }
            }
            Drawn::Lines => {
                let (path, stroke) = ([place.left_center(), place.right_center()], Stroke::new(size::UNDERLINE, ink));
                match self.stroke(0.0) {
                    LineStyle::Solid => {
                        painter.line_segment(path, stroke);
                    }
                    LineStyle::Dashed { length } => {
                        painter.extend(Shape::dashed_line(&path, stroke, length, length * DASH_GAP));
                    }
                    LineStyle::Dotted { spacing } => {
                        painter.extend(Shape::dotted_line(&path, ink, spacing, stroke.width));
                    }
                }
                painter.extend(self.mark().map(|mark| mark_shape(mark, place.center(), ink)));
            }
        }
    }
}

/// What the plot leaves after a dash, as a part of it.
const DASH_GAP: f32 = 0.618;

/// A mark on a line.
pub(crate) fn mark_shape(mark: MarkerShape, center: Pos2, ink: Color32) -> Shape {
    let r = size::MARK;
    let corners: &[(f32, f32)] = match mark {
        MarkerShape::Square => &[(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)],
        MarkerShape::Diamond => &[(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)],
        MarkerShape::Up => &[(0.0, -1.0), (1.0, 1.0), (-1.0, 1.0)],
        MarkerShape::Down => &[(-1.0, -1.0), (1.0, -1.0), (0.0, 1.0)],
        _ => return Shape::circle_filled(center, r, ink),
    };
    let points = corners.iter().map(|(x, y)| pos2(center.x + x * r, center.y + y * r)).collect();
    Shape::convex_polygon(points, ink, Stroke::NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn lines_of_the_most_groups_and_the_rest_all_differ() {
        let kinds: BTreeSet<String> =
            (0..21).map(|at| format!("{:?} {:?}", Pattern(at).stroke(0.0), Pattern(at).mark())).collect();
        assert_eq!(kinds.len(), 21);
        assert_eq!(Pattern(1).stroke(15_000.0), LineStyle::Dashed { length: 10.0 }, "no more dashes than can be drawn");
    }
}
