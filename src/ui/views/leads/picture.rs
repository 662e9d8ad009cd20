//! The picture of a lead: bars, or a square for each target. Words under it say what it shows.

use crate::present::display;
use crate::session::App;
use crate::session::leads::{LeadRow, Leads, Picture};
use crate::ui::theme::{self, size};
use egui::{Label, Rect, RichText, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

const HEIGHT: f32 = 84.0;
/// Squares that are drawn at most; behind them the numbers in words.
const MOST_SQUARES: usize = 400;
const SQUARE: f32 = 8.0;

pub(super) fn picture_ui(ui: &mut Ui, app: &App, leads: &Leads, row: &LeadRow) {
    let t = &app.texts;
    let width = ui.available_width().clamp(SQUARE, size::DIALOG);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let p = theme::palette(ui);
    ui.painter().rect_filled(rect, 2.0, p.surface);
    let Some(picture) = leads.picture() else { return };
    let text = match picture {
        Picture::Intervals { bars, median, .. } => {
            bars_ui(ui, rect, bars, &[], None);
            t.tr_args("leads-picture-intervals", &[("median", &t.duration(median.unsigned_abs()))])
        }
        Picture::Targets { missed, answered } => {
            squares_ui(ui, rect, *missed, *answered);
            let args = [("missed", &*display::count(*missed)), ("answered", &*display::count(*answered))];
            t.tr_args("leads-picture-targets", &args)
        }
        Picture::Hours { bars, own, median } => {
            bars_ui(ui, rect, bars, own, Some(*median));
            let median = display::size(*median as u128);
            t.tr_args("leads-picture-hours", &[("subject", &row.subject), ("median", &median)])
        }
        Picture::Records { bars } => {
            bars_ui(ui, rect, bars, &[], None);
            t.tr("leads-picture-records")
        }
    };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &text));
    ui.add(Label::new(RichText::new(text).color(p.weak)).wrap());
}

/// `own`: bars that are solid where others are pale; empty: all are.
fn bars_ui(ui: &Ui, rect: Rect, bars: &[f32], own: &[bool], line: Option<f32>) {
    let p = theme::palette(ui);
    let most = bars.iter().copied().fold(1.0, f32::max);
    let width = rect.width() / bars.len().max(1) as f32;
    let y = |value: f32| rect.bottom() - (value / most) * (rect.height() - 4.0);
    for (at, bar) in bars.iter().enumerate().filter(|(_, bar)| **bar > 0.0) {
        let left = rect.left() + at as f32 * width;
        // What is there can be seen, however little it is.
        let top = y(*bar).min(rect.bottom() - 1.5);
        let color = if own.is_empty() || own.get(at) == Some(&true) { p.accent } else { p.other };
        let bar = Rect::from_min_max(pos2(left, top), pos2(left + (width - 1.0).max(1.0), rect.bottom()));
        ui.painter().rect_filled(bar, 0.0, color);
    }
    if let Some(line) = line {
        ui.painter().hline(rect.x_range(), y(line).min(rect.bottom() - 1.0), Stroke::new(1.0, p.warning));
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, p.line));
}

/// A square for each target: filled for one that answered, hollow for one that was missed.
fn squares_ui(ui: &Ui, rect: Rect, missed: u64, answered: u64) {
    let p = theme::palette(ui);
    let in_row = (rect.width() / SQUARE).floor().max(1.0) as usize;
    let rows = (rect.height() / SQUARE).floor().max(1.0) as usize;
    let all =
        usize::try_from(missed.saturating_add(answered)).unwrap_or(usize::MAX).min(MOST_SQUARES).min(in_row * rows);
    let hits = usize::try_from(answered).unwrap_or(usize::MAX);
    for at in 0..all {
        let corner = pos2((at % in_row) as f32 * SQUARE, (at / in_row) as f32 * SQUARE);
        let square = Rect::from_min_size(rect.min + corner.to_vec2(), vec2(SQUARE - 2.0, SQUARE - 2.0));
        if at < hits {
            ui.painter().rect_filled(square, 0.0, p.good);
        } else {
            ui.painter().rect_stroke(square, 0.0, Stroke::new(1.0, p.bad), StrokeKind::Inside);
        }
    }
}
