//! Left of the columns: three lanes of signs (a warning or else a rule, an indicator, a tag), each with its own shape, and the number of
//! the row.

use super::{Areas, Grid, RowMarks, RowSource};
use crate::present::display;
use crate::session::selection::Selection;
use crate::ui::theme::{self, Palette, size};
use egui::{Align2, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

const LANES: f32 = 3.0;
/// Half of a sign.
const SIGN: f32 = 4.5;

/// What the lanes of a table take.
pub(super) fn lanes_width(source: &dyn RowSource) -> f32 {
    if source.has_lanes() { LANES * size::LANE } else { 0.0 }
}

impl Grid<'_> {
    pub(super) fn gutter_ui(&self, ui: &Ui, areas: &Areas, rect: Rect, row: u64, selection: &mut Selection) {
        let p = theme::palette(ui);
        let gutter = Rect::from_min_max(rect.left_top(), pos2(areas.gutter.right(), rect.bottom()));
        let response = ui.interact(gutter, self.id.with(("gutter", row)), Sense::CLICK);
        self.click(ui, &response, row, selection.column, selection);
        let at = gutter.right_center() - vec2(size::CELL_PADDING, 0.0);
        ui.painter().text(at, Align2::RIGHT_CENTER, display::count(row + 1), theme::grid_figure(), p.weak);
        if self.source.has_lanes() {
            signs(ui.painter(), p, gutter, self.source.marks(row));
        }
        if response.hovered()
            && let Some(hint) = self.source.row_hint(row)
        {
            response.on_hover_text(hint);
        }
    }
}

fn signs(painter: &Painter, p: &Palette, gutter: Rect, marks: RowMarks) {
    let lane = |at: f32| pos2(gutter.left() + (at + 0.5) * size::LANE + 1.0, gutter.center().y);
    if marks.warning {
        let centre = lane(0.0);
        let points = vec![up(centre), centre + vec2(SIGN, SIGN), centre + vec2(-SIGN, SIGN)];
        painter.add(Shape::closed_line(points, Stroke::new(1.5, p.warning)));
        painter.vline(centre.x, centre.y - 1.5..=centre.y + 1.5, Stroke::new(1.5, p.warning));
    }
    if marks.ruled && !marks.warning {
        painter.circle_stroke(lane(0.0), SIGN - 0.5, Stroke::new(1.5, p.warning));
    }
    if marks.sighted {
        let centre = lane(1.0);
        let points = vec![up(centre), centre + vec2(SIGN, 0.0), centre + vec2(0.0, SIGN), centre + vec2(-SIGN, 0.0)];
        painter.add(Shape::convex_polygon(points, p.sighting, Stroke::NONE));
    }
    if marks.tagged {
        painter.rect_filled(Rect::from_center_size(lane(2.0), vec2(7.0, 7.0)), 1.0, p.accent);
    }
}

fn up(centre: Pos2) -> Pos2 {
    centre - vec2(0.0, SIGN)
}
