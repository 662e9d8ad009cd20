//! The result over time, stacked, above the table. A drag selects a time range.

use super::theme::{self, size};
use crate::model::{Dataset, TimeRange, Timestamp};
use crate::present::display;
use crate::session::records::Records;
use crate::session::source::{Bin, Histogram};
use crate::session::{Action, App};
use egui::{Color32, Label, PopupAnchor, Rect, TextWrapMode, Tooltip, Ui};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, MarkerShape, Plot, PlotPoint, Points};

/// Name, colour, and the value of a bin.
type Series<'a> = (&'a str, Color32, fn(&Bin) -> u64);

pub(crate) fn histogram_ui(ui: &mut Ui, app: &App, records: &Records, drag: &mut Option<f64>, out: &mut Vec<Action>) {
    let t = &app.texts;
    let is_low = ui.ctx().content_rect().height() < size::WINDOW_LOW;
    let height = if is_low { size::HISTOGRAM_LOW } else { size::HISTOGRAM };
    let Some(histogram) = records.histogram() else {
        // As high as it will be, so that the table does not jump.
        let room = egui::vec2(ui.available_width(), height + size::HISTOGRAM_FRAME);
        ui.allocate_ui_with_layout(room, egui::Layout::centered_and_justified(egui::Direction::TopDown), |ui| {
            ui.weak(t.tr("loading"));
        });
        return;
    };
    let p = theme::palette(ui);
    let [good, bad, other] = match records.dataset {
        Dataset::Flows => [t.tr("bin-accepted"), t.tr("bin-rejected"), t.tr("bin-other")],
        Dataset::Events => [t.tr("bin-ok"), t.tr("bin-error"), t.tr("bin-other")],
    };
    let strength = if records.histogram_is_stale() { 0.5 } else { 1.0 };
    let series: [Series<'_>; 3] =
        [(&bad, p.bad, |b| b.bad), (&good, p.good, |b| b.good), (&other, p.other, |b| b.other)];
    legend_ui(ui, app, &series, histogram, records.sighted());

    let zone = app.zone;
    let bin_secs = histogram.bin_secs.max(1) as f64;
    let bins = &histogram.bins;
    let mut charts: Vec<BarChart> = Vec::new();
    for (name, color, value) in series {
        let bars = bins.iter().map(|bin| {
            Bar::new(bin.start_secs as f64 + bin_secs / 2.0, value(bin) as f64)
                .width(bin_secs)
                .fill(color.gamma_multiply(strength))
                .stroke(egui::Stroke::NONE)
        });
        let chart = BarChart::new(name.to_owned(), bars.collect());
        let below: Vec<&BarChart> = charts.iter().collect();
        charts.push(chart.stack_on(&below));
    }
    // What is above may be wider than the window has room for.
    let in_sight = ui.clip_rect().right() - ui.cursor().left();
    let width = ui.available_width().min(in_sight).max(size::TIME_MARK);
    let marks = ((width - size::COUNT_AXIS) / size::TIME_MARK).floor().clamp(1.0, 7.0);
    // A mark at the very edge would have its text cut off: half of it is on either side.
    let edge = f64::from(size::TIME_MARK / 2.0 / (width - size::COUNT_AXIS).max(size::TIME_MARK));
    let plot = Plot::new(("histogram", records.dataset))
        .width(width)
        .height(height)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .grid_color(p.line)
        .x_grid_spacer(move |input| time_marks(zone, input.bounds, f64::from(marks), edge))
        .y_grid_spacer(move |input| count_marks(input.bounds.1))
        .set_margin_fraction(egui::vec2(0.0, 0.08))
        .include_y(0.0)
        .custom_y_axes(vec![count_axis()])
        .x_axis_formatter(move |mark, range| axis_text(zone, mark.value, range.end() - range.start()))
        .label_formatter(|_| None);
    let sighted = sighted_points(histogram, records.sighted());
    let response = plot.show(ui, |plot_ui| {
        charts.into_iter().for_each(|chart| plot_ui.bar_chart(chart));
        if !sighted.is_empty() {
            let points = Points::new("", sighted).shape(MarkerShape::Diamond).radius(size::MARK);
            plot_ui.points(points.color(p.sighting));
        }
    });
    let name = t.tr("histogram-name");
    ui.ctx().accesskit_node_builder(response.response.id, |node| {
        node.set_role(egui::accesskit::Role::Image);
        node.set_label(name.clone());
    });
    let at = |x: f32| response.transform.value_from_position(egui::pos2(x, 0.0)).x;
    select_ui(
        ui,
        &response.response,
        drag,
        at,
        |from, to| {
            let to_x = |secs: f64| response.transform.position_from_point(&PlotPoint::new(secs, 0.0)).x;
            to_x(from)..=to_x(to)
        },
        histogram.bin_secs,
        out,
    );
    if drag.is_none()
        && let Some(pointer) = response.response.hover_pos()
        && let Some(bin) = bin_at(histogram, at(pointer.x))
    {
        bin_tip(ui, response.response.id, bin_text(app, (histogram, records.sighted()), bin, &[&good, &bad, &other]));
    }
}

/// A mark above every bin that holds records which match an indicator.
fn sighted_points(histogram: &Histogram, sighted: &[(i64, u128)]) -> Vec<[f64; 2]> {
    let top = histogram.bins.iter().map(|bin| bin.good + bin.bad + bin.other).max().unwrap_or(0) as f64;
    let middle = histogram.bin_secs as f64 / 2.0;
    sighted.iter().filter(|(_, count)| *count > 0).map(|(start, _)| [*start as f64 + middle, top * 1.04]).collect()
}

fn legend_ui(ui: &mut Ui, app: &App, series: &[Series<'_>; 3], histogram: &Histogram, sighted: &[(i64, u128)]) {
    ui.horizontal_wrapped(|ui| {
        for (name, color, value) in series {
            let total: u64 = histogram.bins.iter().map(value).sum();
            if total == 0 {
                continue;
            }
            let (rect, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), egui::Sense::hover());
            ui.painter().rect_filled(rect, 2.0, *color);
            ui.small(format!("{name} {}", display::count(total)));
            ui.add_space(size::GAP);
        }
        let sighted: u128 = sighted.iter().map(|(_, count)| count).sum();
        if sighted > 0 {
            let text = app.texts.tr_args("bin-sighted", &[("count", &display::count(sighted))]);
            ui.label(egui::RichText::new(text).small().color(theme::palette(ui).sighting));
            ui.add_space(size::GAP);
        }
        if histogram.bin_secs > 0 && !histogram.bins.is_empty() {
            let length = app.texts.duration(histogram.bin_secs.unsigned_abs());
            ui.add_space(size::GAP);
            let text = app.texts.tr_args("histogram-bin", &[("length", &length)]);
            ui.label(egui::RichText::new(text).small().weak());
        }
    });
}

/// Follows a drag; at its end the range is asked for, in whole bins.
pub(super) fn select_ui(
    ui: &Ui,
    response: &egui::Response,
    drag: &mut Option<f64>,
    at: impl Fn(f32) -> f64,
    span: impl Fn(f64, f64) -> std::ops::RangeInclusive<f32>,
    bin_secs: i64,
    out: &mut Vec<Action>,
) {
    let Some(pointer) = response.interact_pointer_pos() else { return };
    if response.drag_started() {
        // The drag is noticed a few points after the press; the range begins at the press.
        let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
        *drag = Some(at(origin.x));
    }
    let Some(start) = *drag else { return };
    let now = at(pointer.x);
    let (from, to) = (start.min(now), start.max(now));
    let p = theme::palette(ui);
    let shade = Rect::from_x_y_ranges(span(from, to), response.rect.y_range());
    ui.painter().with_clip_rect(response.rect).rect_filled(shade, 0.0, p.accent.gamma_multiply(0.3));
    if response.drag_stopped() {
        *drag = None;
        let bin = bin_secs.max(1);
        let from = (from.floor() as i64).div_euclid(bin) * bin;
        let to = (to.ceil() as i64 + bin - 1).div_euclid(bin) * bin;
        let range =
            TimeRange { from: Some(Timestamp::from_secs(from)), to: Some(Timestamp::from_secs(to.max(from + bin))) };
        out.push(Action::SetRange(range));
    }
}

/// At the pointer and at once: what is under it is what is asked about.
pub(super) fn bin_tip(ui: &Ui, id: egui::Id, text: String) {
    let tip = Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id.with("bin"), PopupAnchor::Pointer);
    tip.gap(size::GAP_LARGE).show(|ui| ui.add(Label::new(text).wrap_mode(TextWrapMode::Extend)));
}

fn bin_at(histogram: &Histogram, secs: f64) -> Option<&Bin> {
    let after = histogram.bins.partition_point(|bin| bin.start_secs as f64 <= secs);
    let bin = histogram.bins.get(after.checked_sub(1)?)?;
    (secs < (bin.start_secs + histogram.bin_secs) as f64).then_some(bin)
}

fn bin_text(app: &App, (histogram, sighted): (&Histogram, &[(i64, u128)]), bin: &Bin, names: &[&str; 3]) -> String {
    let time = |secs| app.zone.format(Timestamp::from_secs(secs));
    let mut lines =
        vec![format!("{} – {} {}", time(bin.start_secs), time(bin.start_secs + histogram.bin_secs), app.zone.name())];
    for (name, count) in names.iter().zip([bin.good, bin.bad, bin.other]) {
        if count > 0 {
            lines.push(format!("{name} {}", display::count(count)));
        }
    }
    if let Some((_, count)) = sighted.iter().find(|(start, count)| *start == bin.start_secs && *count > 0) {
        lines.push(app.texts.tr_args("bin-sighted", &[("count", &display::count(*count))]));
    }
    lines.join("\n")
}

/// Round times of the zone, at most so many over the span, and none within the `edge` (a part of the span) at its ends.
pub(super) fn time_marks(
    zone: crate::present::zone::Zone,
    (from, to): (f64, f64),
    most: f64,
    edge: f64,
) -> Vec<GridMark> {
    const STEPS: [i64; 15] =
        [1, 5, 15, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_419_200];
    let span = (to - from).max(1.0);
    let listed = STEPS.into_iter().find(|step| span / *step as f64 <= most);
    let step = listed.unwrap_or_else(|| (span / most / 31_536_000.0).ceil().max(1.0) as i64 * 31_536_000);
    // Marks are on the zone's own hours and days; across a change of daylight saving they keep the first offset.
    let offset = zone.offset_secs(Timestamp::from_secs(from as i64));
    let first = (from as i64 + offset).div_euclid(step) * step - offset;
    let edge = span * edge;
    let marks = (0..9).map(|n| (first + n * step) as f64).filter(|value| (from + edge..=to - edge).contains(value));
    marks.map(|value| GridMark { value, step_size: step as f64 }).collect()
}

/// Its two texts may be closer than the default allows: the plot is low.
fn count_axis() -> AxisHints<'static> {
    let text = |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        if mark.value.fract() == 0.0 { display::count(mark.value.max(0.0) as u64) } else { String::new() }
    };
    AxisHints::new_y().min_thickness(size::COUNT_AXIS).label_spacing(egui::Rangef::new(8.0, 14.0)).formatter(text)
}

/// Nothing, a half and all of the highest round number below the top.
fn count_marks(top: f64) -> Vec<GridMark> {
    let power = 10f64.powf(top.max(1.0).log10().floor());
    let highest = [5.0, 2.0, 1.0].into_iter().map(|m| m * power).find(|v| *v <= top).unwrap_or(1.0);
    [0.0, highest].map(|value| GridMark { value, step_size: highest }).to_vec()
}

pub(super) fn axis_text(zone: crate::present::zone::Zone, secs: f64, span: f64) -> String {
    let format = match span {
        s if s > 3.0 * 365.0 * 86_400.0 => "%Y",
        s if s > 3.0 * 86_400.0 => "%Y-%m-%d",
        s if s > 6.0 * 3600.0 => "%m-%d %H:%M",
        s if s > 300.0 => "%H:%M",
        _ => "%H:%M:%S",
    };
    zone.format_with(Timestamp::from_secs(secs as i64), format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_on_the_hours_of_the_zone() {
        let kolkata = crate::present::zone::Zone::by_name("Asia/Kolkata").unwrap();
        let marks = time_marks(kolkata, (1_621_123_200.0, 1_621_209_600.0), 7.0, 0.04);
        let texts: Vec<String> = marks.iter().map(|m| axis_text(kolkata, m.value, 86_400.0)).collect();
        assert_eq!(texts[..2], ["05-16 12:00", "05-16 18:00"]);
        assert_eq!(time_marks(kolkata, (1_621_123_200.0, 1_621_209_600.0), 2.0, 0.04).len(), 2, "a narrow plot");
        let texts = |edge| time_marks(kolkata, (1_621_123_200.0, 1_621_209_600.0), 7.0, edge).len();
        assert_eq!((texts(0.0), texts(0.25)), (4, 2), "no text hangs over the edge");
        assert_eq!(count_marks(278.0).iter().map(|m| m.value).collect::<Vec<_>>(), [0.0, 200.0]);
        assert_eq!(count_marks(0.0)[1].value, 1.0);
    }

    #[test]
    fn the_bin_under_the_pointer() {
        let bin = |start_secs| Bin { start_secs, good: 1, ..Bin::default() };
        let histogram = Histogram { bin_secs: 60, bins: vec![bin(60), bin(180)] };
        let at = |secs| bin_at(&histogram, secs).map(|b| b.start_secs);
        assert_eq!(
            [at(59.0), at(60.0), at(119.9), at(120.0), at(180.0), at(240.0)],
            [None, Some(60), Some(60), None, Some(180), None]
        );
    }
}
