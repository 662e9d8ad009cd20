//! Draws the signs of `present::sign` on whole pixels, so that they are crisp at every scale.

use crate::present::sign::{SIDE, Stroke as Part, strokes};
use egui::emath::GuiRounding;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

/// Of a stroke, in points.
const WIDTH: f32 = 1.25;

/// Draws a sign into a square.
pub(crate) fn sign(painter: &Painter, square: Rect, text: &str, ink: Color32) {
    let pixels = painter.pixels_per_point();
    let width_px = (WIDTH * pixels).round().max(1.0);
    let stroke = Stroke::new(width_px / pixels, ink);
    let scale = square.width() / SIDE;
    // A line of an odd number of pixels is centred in one, another between two.
    let snap = |at: Pos2| match width_px % 2.0 == 1.0 {
        true => at.round_to_pixel_center(pixels),
        false => at.round_to_pixels(pixels),
    };
    let place = |[x, y]: [f32; 2]| snap(pos2(square.left() + x * scale, square.top() + y * scale));
    for part in strokes(text) {
        painter.add(match part {
            Part::Line(corners) => {
                let mut points: Vec<Pos2> = corners.into_iter().map(place).collect();
                if points.len() > 2 && points.first() == points.last() {
                    points.pop();
                    Shape::closed_line(points, stroke)
                } else {
                    Shape::line(points, stroke)
                }
            }
            Part::Ring { center, radius } => Shape::circle_stroke(place(center), radius * scale, stroke),
            Part::Dot { center, radius } => Shape::circle_filled(place(center), radius * scale, ink),
        });
    }
}
