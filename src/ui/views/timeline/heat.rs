//! The heat map: a row for each day, a cell for each hour, darker or brighter by its value. A click takes the hour as
//! the time range.

use crate::model::{Dataset, TimeRange, Timestamp};
use crate::present::chart::{Heat, axis_number};
use crate::present::display;
use crate::query::Measure;
use crate::session::timeline::Track;
use crate::session::{Action, App};
use crate::ui::theme::{self, size};
use crate::ui::widgets::coverage::hatch;
use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

pub(super) fn heat_ui(ui: &mut Ui, app: &App, track: &Track, out: &mut Vec<Action>) {
    let Some(chart) = track.chart().filter(|chart| !chart.is_empty()) else {
        return super::track::nothing_ui(ui, app, track, size::TRACK_MIN, out);
    };
    let (t, p) = (&app.texts, theme::palette(ui));
    // As many days as there are: a few hundred at most, so it is made as it is drawn.
    let heat = Heat::of(chart, app.zone);
    let is_bytes = track.plan.dataset == Dataset::Flows && track.shown_measure() == Measure::Bytes;
    let cell = vec2(((ui.available_width() - size::DAY) / 24.0).floor().max(4.0), size::ROW);
    let wanted = vec2(size::DAY + cell.x * 24.0, size::ROW * (heat.days.len() as f32 + 1.0));
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Image, true, t.tr("heat-name")));
    let corner = rect.min + vec2(size::DAY, size::ROW);
    let at = |day: usize, hour: usize| {
        Rect::from_min_size(corner + vec2(cell.x * hour as f32, cell.y * day as f32), cell).shrink(0.5)
    };
    let font = theme::body();
    for hour in 0..24 {
        let place = pos2(at(0, hour).center().x, rect.top() + size::ROW / 2.0);
        ui.painter().text(place, Align2::CENTER_CENTER, format!("{hour:02}"), font.clone(), p.weak);
    }
    let mut pointed = None;
    for (row, day) in heat.days.iter().enumerate() {
        let row_rect = Rect::from_min_size(pos2(rect.left(), at(row, 0).top()), vec2(rect.width(), cell.y));
        if !ui.is_rect_visible(row_rect) {
            continue;
        }
        let name = t.day(Timestamp::from_secs(day.start), app.zone);
        ui.painter().text(row_rect.left_center(), Align2::LEFT_CENTER, name, font.clone(), p.text);
        for (hour, value) in day.hours.iter().enumerate() {
            let place = at(row, hour);
            match value {
                Some(value) => {
                    // By the root: single peaks would leave everything else dark.
                    let part = (*value as f64 / heat.most.max(1) as f64).sqrt() as f32;
                    ui.painter().rect_filled(place, 1.0, p.surface.lerp_to_gamma(p.accent, part));
                }
                None => {
                    ui.painter().rect_filled(place, 1.0, p.panel);
                    hatch(&ui.painter().with_clip_rect(place), place, Stroke::new(1.0, p.line));
                }
            }
            if response.hover_pos().is_some_and(|pointer| place.contains(pointer)) {
                ui.painter().rect_stroke(place, 1.0, Stroke::new(1.0, p.text), StrokeKind::Inside);
                pointed = Some((day.start + hour as i64 * 3600, *value));
            }
        }
    }
    ui.weak(t.tr_args("heat-most", &[("value", &axis_number(heat.most as f64, is_bytes))]));
    let Some((start, value)) = pointed else { return };
    let time = |secs| app.zone.format(Timestamp::from_secs(secs));
    let value = value.map_or_else(|| t.tr("heat-none"), display::count);
    let text = format!("{} – {} {}\n{value}", time(start), time(start + 3600), app.zone.name());
    let clicked = response.clicked();
    response.on_hover_text_at_pointer(text);
    if clicked {
        let bound = |secs| Some(Timestamp::from_secs(secs));
        out.push(Action::SetRange(TimeRange { from: bound(start), to: bound(start + 3600) }));
    }
}
