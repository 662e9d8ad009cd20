//! A list of the greatest, each with a bar: a button that can be reached and pressed by keyboard.

use crate::present::display;
use crate::ui::theme::{self, size};
use crate::ui::widgets::figure::{hashes, is_figure};
use crate::ui::widgets::grid::SIGHTED;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, Galley, Rect, Response, Sense, Stroke, StrokeKind, Ui, accesskit::Role, pos2, vec2};
use std::sync::Arc;

pub(crate) struct Bar<'a> {
    /// What a screen reader says.
    pub name: String,
    pub key: &'a str,
    pub value: &'a str,
    /// 0 to 1, of the greatest in the list.
    pub part: f32,
    /// Of what was refused or failed.
    pub bad: bool,
    /// An end of it matches an indicator.
    pub sighted: bool,
    /// What the examiner calls it.
    pub label: Option<String>,
}

/// One bar across the available width. `told` makes the lines of its tool tip once the pointer rests on it; it is given whether
/// something of the key is left out.
pub(crate) fn bar_ui(ui: &mut Ui, bar: &Bar<'_>, told: impl FnOnce(bool) -> Vec<String>) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, &bar.name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let p = theme::palette(ui);
    let ground = rect.shrink2(vec2(0.0, 1.0));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(ground, 2.0, p.hovered);
    }
    // Tinted, so that the text on it keeps its contrast; the edge at its foot shows how far it goes.
    let color = if bar.bad { p.bad } else { p.good };
    let width = (ground.width() * bar.part.clamp(0.0, 1.0)).max(1.0);
    let tint = Rect::from_min_size(ground.min, vec2(width, ground.height()));
    ui.painter().rect_filled(tint, 2.0, color.gamma_multiply(size::BAR_TINT));
    let foot = Rect::from_min_max(pos2(tint.left(), tint.bottom() - size::UNDERLINE), tint.max);
    ui.painter().rect_filled(foot, 0.0, color);
    if response.has_focus() {
        ui.painter().rect_stroke(ground, 2.0, Stroke::new(1.0, p.accent), StrokeKind::Inside);
    }
    let value = line(ui, bar.value, p.text, f32::INFINITY);
    let room = rect.width() - value.size().x - 3.0 * size::CELL_PADDING;
    let (key, elided) = key_line(ui, bar, room.max(0.0));
    let y = |height: f32| rect.center().y - height / 2.0;
    let value_at = pos2(rect.right() - size::CELL_PADDING - value.size().x, y(value.size().y));
    ui.painter().galley(pos2(rect.left() + size::CELL_PADDING, y(key.size().y)), key, p.text);
    ui.painter().galley(value_at, value, p.text);
    response.on_hover_ui(|ui| {
        ui.label(told(elided).join("\n"));
    })
}

/// With the sign of an indicator before it and its label behind it, and whether anything is left out. A number or a
/// time that has no room becomes `#`.
fn key_line(ui: &Ui, bar: &Bar<'_>, width: f32) -> (Arc<Galley>, bool) {
    let p = theme::palette(ui);
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    let format = |color| TextFormat::simple(theme::body(), color);
    if bar.sighted {
        job.append(SIGHTED, 0.0, format(p.sighting));
    }
    job.append(bar.key, 0.0, format(p.text));
    if let Some(label) = &bar.label {
        job.append(&display::visible(label), size::CELL_PADDING, format(p.label));
    }
    job.wrap = TextWrapping::truncate_at_width(width);
    let galley = ui.painter().layout_job(job);
    if galley.elided && is_figure(bar.key) {
        return (line(ui, &hashes(ui, &theme::body(), width), p.text, f32::INFINITY), true);
    }
    let elided = galley.elided;
    (galley, elided)
}

fn line(ui: &Ui, text: &str, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), theme::body(), color);
    job.wrap = TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}
