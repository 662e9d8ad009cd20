//! Which time there is evidence of: a strip from first to last, its gaps hatched.

use crate::ui::theme::{self, size};
use egui::{Painter, Rect, Response, Sense, Stroke, Ui, accesskit::Role, pos2, vec2};

/// `gaps`: from and to in seconds. The gap under the pointer comes with the response.
pub(crate) fn coverage_ui(
    ui: &mut Ui,
    name: &str,
    (from, to): (i64, i64),
    gaps: &[(i64, i64)],
) -> (Response, Option<(i64, i64)>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::STRIP), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Image, true, name));
    let p = theme::palette(ui);
    ui.painter().rect_filled(rect, 2.0, p.good);
    let span = (to - from).max(1) as f32;
    let x = |secs: i64| rect.left() + ((secs - from) as f32 / span).clamp(0.0, 1.0) * rect.width();
    for (first, last) in gaps {
        // What is missing at all is seen.
        let gap = Rect::from_x_y_ranges(x(*first)..=x(*last).max(x(*first) + 1.0), rect.y_range());
        ui.painter().rect_filled(gap, 0.0, p.surface);
        hatch(&ui.painter().with_clip_rect(gap), gap, Stroke::new(1.0, p.weak));
    }
    let pointed = response.hover_pos().and_then(|pointer| {
        let hit = |(first, last): &&(i64, i64)| (x(*first)..=x(*last).max(x(*first) + 3.0)).contains(&pointer.x);
        gaps.iter().find(hit).copied()
    });
    (response, pointed)
}

/// Slanted lines: no evidence, which is not the same as nothing.
pub(crate) fn hatch(painter: &Painter, rect: Rect, stroke: Stroke) {
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        painter.line_segment([pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())], stroke);
        x += size::HATCH;
    }
}
