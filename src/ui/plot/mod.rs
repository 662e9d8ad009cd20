//! An axis of time and what stands on it, for the histogram and the timeline alike: marks with their dates, hours without
//! evidence, flags, and a selection by mouse and keyboard.

pub(crate) mod flags;
pub(crate) mod pattern;
pub(crate) mod scale;
pub(crate) mod select;

use super::theme::{self, size};
use super::widgets::coverage::hatch;
use crate::model::Timestamp;
use crate::present::chart::axis::{self, TimeMark};
use crate::present::zone::Zone;
use egui::{Align2, Label, PopupAnchor, Rect, Stroke, TextWrapMode, Tooltip, Ui, pos2, vec2};

/// A stretch of time, in seconds, over a part of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TimeAxis {
    pub from: f64,
    pub to: f64,
    /// Of the bars.
    pub rect: Rect,
}

impl TimeAxis {
    pub(crate) fn x(&self, secs: f64) -> f32 {
        let part = (secs - self.from) / (self.to - self.from).max(1.0);
        self.rect.left() + (part * f64::from(self.rect.width())) as f32
    }

    pub(crate) fn secs(&self, x: f32) -> f64 {
        let part = f64::from(x - self.rect.left()) / f64::from(self.rect.width().max(1.0));
        self.from + part * (self.to - self.from)
    }

    /// What of a stretch is inside, at least as wide as can be seen; nothing of what is outside.
    pub(crate) fn span(&self, from: f64, to: f64, least: f32) -> Option<(f32, f32)> {
        if to <= self.from || from >= self.to {
            return None;
        }
        let (mut left, right) = (self.x(from.max(self.from)), self.x(to.min(self.to)));
        if right - left < least {
            left = (left.min(self.rect.right() - least)).max(self.rect.left());
        }
        Some((left, right.max(left + least)))
    }
}

/// Marks at round times of the zone, lines through the bars at them; a date is always among their texts.
pub(crate) fn times_ui(ui: &Ui, zone: Zone, axis: &TimeAxis) {
    let p = theme::palette(ui);
    let most = (axis.rect.width() / size::TIME_MARK).floor().clamp(2.0, 7.0) as usize;
    let marks = axis::times(axis.from as i64, axis.to as i64, most, zone);
    let mut free = axis.rect.left() - size::COUNT_AXIS;
    let top = axis.rect.bottom() + size::SIGHTINGS;
    let mut told = false;
    for mark in &marks {
        let x = axis.x(mark.secs as f64);
        ui.painter().vline(x, axis.rect.y_range(), Stroke::new(1.0, p.line));
        // A mark whose text was left out takes its date along.
        let text = mark_text(mark, zone, !told);
        let galley = ui.painter().layout_no_wrap(text, theme::small(), p.weak);
        let width = galley.size().x;
        let left = (x - width / 2.0).min(axis.rect.right() - width).max(axis.rect.left() - size::COUNT_AXIS);
        if left < free {
            told &= mark.date.is_none();
            continue;
        }
        ui.painter().galley(pos2(left, top), galley, p.weak);
        (free, told) = (left + width + size::GAP_LARGE, true);
    }
    if marks.is_empty() {
        let text = zone.format(Timestamp::from_secs(axis.from as i64));
        ui.painter().text(pos2(axis.rect.left(), top), Align2::LEFT_TOP, text, theme::small(), p.weak);
    }
}

fn mark_text(mark: &TimeMark, zone: Zone, with_date: bool) -> String {
    let date = || zone.format_with(Timestamp::from_secs(mark.secs), "%Y-%m-%d");
    let date = mark.date.clone().or_else(|| with_date.then(date));
    match (date, mark.time.is_empty()) {
        (Some(date), true) => date,
        (Some(date), false) => format!("{date} {}", mark.time),
        (None, _) => mark.time.clone(),
    }
}

/// Spans that touch as one, from left to right: however many there are, no more are drawn than can be seen.
fn merged(mut spans: Vec<(f32, f32)>) -> Vec<(f32, f32)> {
    spans.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    spans.dedup_by(|(left, right), (_, end)| {
        let touches = *left <= *end;
        if touches {
            *end = end.max(*right);
        }
        touches
    });
    spans
}

/// Where there is no evidence there is neither a value nor a zero.
pub(crate) fn gaps_ui<'a>(ui: &Ui, axis: &TimeAxis, gaps: impl Iterator<Item = &'a (i64, i64)>) {
    let p = theme::palette(ui);
    let spans = gaps.filter_map(|(from, to)| axis.span(*from as f64, *to as f64, size::BAR_LEAST));
    for (left, right) in merged(spans.collect()) {
        let gap = Rect::from_x_y_ranges(left..=right, axis.rect.y_range());
        let painter = ui.painter().with_clip_rect(gap.intersect(ui.clip_rect()));
        painter.rect_filled(gap, 0.0, p.line.gamma_multiply(0.3));
        // As steep as everywhere, however high the chart is.
        let mut top = gap.top();
        while top < gap.bottom() {
            let step = Rect::from_min_size(pos2(gap.left(), top), vec2(gap.width(), size::ROW));
            hatch(&painter, step, Stroke::new(1.0, p.other));
            top += size::ROW;
        }
    }
}

/// Bins that match an indicator, as one strip below the bars.
pub(crate) fn sightings_ui(ui: &Ui, axis: &TimeAxis, bin_secs: i64, sighted: &[(i64, u128)]) {
    let p = theme::palette(ui);
    let range = axis.rect.bottom() + 1.0..=axis.rect.bottom() + size::SIGHTINGS - 1.0;
    for (start, _) in sighted.iter().filter(|(_, count)| *count > 0) {
        if let Some((left, right)) = axis.span(*start as f64, (*start + bin_secs) as f64, size::BAR_LEAST) {
            ui.painter().rect_filled(Rect::from_x_y_ranges(left..=right, range.clone()), 0.0, p.sighting);
        }
    }
}

/// At the pointer and at once: what is under it is what is asked about.
pub(crate) fn tip(ui: &Ui, id: egui::Id, anchor: PopupAnchor, text: String) {
    let tip = Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id.with("bin"), anchor);
    tip.gap(size::GAP_LARGE).show(|ui| ui.add(Label::new(text).wrap_mode(TextWrapMode::Extend)));
}

/// The bin that a moment is in.
pub(crate) fn bin_of(secs: f64, bin_secs: i64) -> i64 {
    let bin = bin_secs.max(1);
    (secs.floor() as i64).div_euclid(bin) * bin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis() -> TimeAxis {
        TimeAxis { from: 1000.0, to: 2000.0, rect: Rect::from_min_max(pos2(100.0, 0.0), pos2(600.0, 50.0)) }
    }

    #[test]
    fn spans_that_touch_are_drawn_as_one() {
        let spans = vec![(5.0, 7.0), (1.0, 3.0), (2.0, 4.0), (2.5, 3.0), (7.0, 9.0)];
        assert_eq!(merged(spans), [(1.0, 4.0), (5.0, 9.0)]);
        assert!(merged(Vec::new()).is_empty());
    }

    #[test]
    fn what_is_short_is_still_seen_and_what_is_outside_is_not() {
        let axis = axis();
        assert_eq!((axis.x(1500.0), axis.secs(350.0)), (350.0, 1500.0));
        assert_eq!(axis.span(1100.0, 1200.0, 2.0), Some((150.0, 200.0)));
        assert_eq!(axis.span(1500.0, 1501.0, 2.0), Some((350.0, 352.0)));
        assert_eq!(axis.span(1999.5, 2100.0, 2.0), Some((598.0, 600.0)), "at the edge too");
        assert_eq!(axis.span(0.0, 4000.0, 2.0), Some((100.0, 600.0)));
        assert_eq!((axis.span(0.0, 1000.0, 2.0), axis.span(2000.0, 2001.0, 2.0)), (None, None));
        assert_eq!((bin_of(1234.5, 60), bin_of(-1.0, 60)), (1200, -60));
    }

    #[test]
    fn the_first_text_has_its_date() {
        let marks = axis::times(1_621_123_200, 1_621_209_600, 5, Zone::default());
        let texts: Vec<String> = marks.iter().map(|mark| mark_text(mark, Zone::default(), false)).collect();
        assert_eq!(texts, ["2021-05-16 00:00", "06:00", "12:00", "18:00", "2021-05-17 00:00"]);
        assert_eq!(mark_text(&marks[1], Zone::default(), true), "2021-05-16 06:00");
    }
}
