//! One track: its lines with egui_plot, gaps hatched, the threshold, the values under the pointer.

use crate::model::{Dataset, Timestamp};
use crate::present::chart::{Chart, Shape, axis_number};
use crate::present::display;
use crate::query::Measure;
use crate::session::state::line_names;
use crate::session::timeline::Track;
use crate::session::{Action, App};
use crate::ui::histogram::{axis_text, bin_tip, select_ui, time_marks};
use crate::ui::theme::{self, size};
use crate::ui::widgets::coverage::hatch;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Id, Rect, RichText, Stroke, Ui};
use egui_plot::{
    AxisHints, Bar, BarChart, FilledArea, HLine, Line, MarkerShape, Plot, PlotPoint, PlotResponse, PlotUi, Points,
};

/// In the place of a chart that is not there yet.
pub(crate) fn nothing_ui(ui: &mut Ui, app: &App, track: &Track, height: f32) {
    let t = &app.texts;
    let room = egui::vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(room, egui::Layout::centered_and_justified(egui::Direction::TopDown), |ui| match track
        .fault()
    {
        Some(why) => ui.label(RichText::new(display::visible(&why.why(t))).color(theme::palette(ui).error)),
        None if track.chart().is_some() => ui.weak(t.tr("timeline-nothing")),
        None => ui.weak(t.tr("loading")),
    });
}

/// A chart as it is drawn.
pub(crate) struct Plotted<'a> {
    pub id: Id,
    pub chart: &'a Chart,
    pub shape: Shape,
    pub is_bytes: bool,
    pub names: &'a [String],
    pub colours: &'a [Color32],
    pub threshold: Option<u64>,
    /// Bins with how many of their records match an indicator.
    pub sighted: &'a [(i64, u128)],
    /// Of the axis of time, in seconds.
    pub span: (i64, i64),
    pub height: f32,
}

pub(crate) fn track_ui(
    ui: &mut Ui,
    app: &App,
    track: &Track,
    span: (i64, i64),
    height: f32,
    drag: &mut Option<f64>,
    out: &mut Vec<Action>,
) {
    let Some(chart) = track.chart().filter(|chart| !chart.is_empty()) else {
        return nothing_ui(ui, app, track, height);
    };
    let strength = if track.is_stale() { 0.5 } else { 1.0 };
    let colours: Vec<Color32> = theme::lines(ui, chart).iter().map(|c| c.gamma_multiply(strength)).collect();
    let names = line_names(track, app);
    let is_bytes = track.plan.dataset == Dataset::Flows && track.shown_measure() == Measure::Bytes;
    let plotted = Plotted {
        id: Id::unique(("track", track.id)),
        chart,
        shape: track.plan.shape,
        is_bytes,
        names: &names,
        colours: &colours,
        threshold: track.plan.threshold,
        sighted: track.sighted(),
        span,
        height,
    };
    legend_ui(ui, app, &plotted);
    plot_ui(ui, app, &plotted, drag, out);
}

pub(crate) fn plot_ui(ui: &mut Ui, app: &App, plotted: &Plotted<'_>, drag: &mut Option<f64>, out: &mut Vec<Action>) {
    let Plotted { chart, is_bytes, names, .. } = *plotted;
    let p = theme::palette(ui);
    let zone = app.zone;
    let wide = (ui.available_width() - size::VALUE_AXIS).max(size::TIME_MARK);
    let marks = f64::from((wide / size::TIME_MARK).floor().clamp(1.0, 9.0));
    let edge = f64::from(size::TIME_MARK / 2.0 / wide);
    let y_axis = AxisHints::new_y().min_thickness(size::VALUE_AXIS).formatter(move |mark, _| {
        if mark.value.fract() == 0.0 { axis_number(mark.value, is_bytes) } else { String::new() }
    });
    // Zoomed together, and again for another range.
    let (from, to) = plotted.span;
    let plot = Plot::new((plotted.id, from, to))
        .height(plotted.height)
        .link_axis(Id::unique(("timeline", from, to)), [true, false])
        .default_x_bounds(from as f64, to as f64)
        .include_y(0.0)
        .allow_drag(false)
        .allow_zoom([true, false])
        .allow_scroll([true, false])
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .show_x(false)
        .show_y(false)
        .grid_color(p.line)
        .set_margin_fraction(egui::vec2(0.0, 0.08))
        .custom_y_axes(vec![y_axis])
        .x_grid_spacer(move |input| time_marks(zone, input.bounds, marks, edge))
        .x_axis_formatter(move |mark, range| axis_text(zone, mark.value, range.end() - range.start()))
        .label_formatter(|_| None);
    let response = plot.show(ui, |plot| {
        lines_ui(plot, chart, plotted.shape, names, plotted.colours);
        if let Some(threshold) = plotted.threshold {
            threshold_ui(plot, chart, plotted.shape, threshold, p.error);
        }
        sighted_ui(plot, plotted, p.sighting);
    });
    name_plot(ui, app, &response, chart, names);
    gaps_ui(ui, &response, chart);
    let at = |x: f32| response.transform.value_from_position(egui::pos2(x, 0.0)).x;
    let span = |from: f64, to: f64| {
        let x = |secs: f64| response.transform.position_from_point(&PlotPoint::new(secs, 0.0)).x;
        x(from)..=x(to)
    };
    // A drag over another track is none of this one's.
    if response.response.drag_started() || response.response.dragged() || response.response.drag_stopped() {
        select_ui(ui, &response.response, drag, at, span, chart.bin_secs, out);
    }
    if drag.is_none()
        && let Some(pointer) = response.response.hover_pos()
    {
        hover_ui(ui, app, &response, plotted, at(pointer.x));
    }
}

pub(crate) fn legend_ui(ui: &mut Ui, app: &App, plotted: &Plotted<'_>) {
    let chart = plotted.chart;
    ui.horizontal_wrapped(|ui| {
        for ((line, name), colour) in chart.lines.iter().zip(plotted.names).zip(plotted.colours) {
            let total = line.exact.iter().fold(0u128, |sum, value| sum.saturating_add(*value));
            let total = if plotted.is_bytes { display::size(total) } else { display::count(total) };
            let text: String = name.chars().take(60).collect();
            // In one text, so that a line never ends between the colour and its name.
            let mut job = LayoutJob::default();
            let font = egui::FontId::proportional(size::SMALL);
            job.append("■ ", 0.0, TextFormat::simple(font.clone(), *colour));
            job.append(&format!("{text} {total}"), 0.0, TextFormat::simple(font, theme::palette(ui).text));
            ui.add(egui::Label::new(job).extend());
            ui.add_space(size::GAP);
        }
        let sighted: u128 = plotted.sighted.iter().map(|(_, count)| count).sum();
        if sighted > 0 {
            let text = app.texts.tr_args("bin-sighted", &[("count", &display::count(sighted))]);
            let text = RichText::new(text).small().color(theme::palette(ui).sighting);
            ui.add(egui::Label::new(text).extend());
        }
        if let Some(threshold) = plotted.threshold {
            let reached = chart.reaching(threshold).len() as u64;
            let args = [("count", &*display::count(reached)), ("threshold", &*display::count(threshold))];
            let color = if reached > 0 { theme::palette(ui).error } else { theme::palette(ui).weak };
            let text = RichText::new(app.texts.tr_args("timeline-reached", &args)).small().color(color);
            ui.add(egui::Label::new(text).extend());
        }
    });
}

fn middle(chart: &Chart, place: usize) -> f64 {
    chart.starts.get(place).map_or(0.0, |start| *start as f64 + chart.bin_secs as f64 / 2.0)
}

fn lines_ui(plot: &mut PlotUi<'_>, chart: &Chart, shape: Shape, names: &[String], colours: &[Color32]) {
    let name = |at: usize| names.get(at).cloned().unwrap_or_default();
    let colour = |at: usize| colours.get(at).copied().unwrap_or_default();
    let mut below = vec![0.0; chart.starts.len()];
    // Bars of less than a point would only be a haze, and thousands of them: their outline says the same.
    let is_fine = plot.transform().dpos_dvalue_x() * (chart.bin_secs as f64) < 1.0;
    let shape = if shape == Shape::Bars && is_fine { Shape::Area } else { shape };
    for (at, line) in chart.lines.iter().enumerate() {
        let value = |place: usize| line.values.get(place).copied().unwrap_or(0.0);
        match shape {
            Shape::Bars => {
                let bar = |(place, base): (usize, &f64)| {
                    let bar =
                        Bar::new(middle(chart, place), value(place)).width(chart.bin_secs as f64).base_offset(*base);
                    bar.fill(colour(at)).stroke(Stroke::NONE)
                };
                let bars = below.iter().enumerate().filter(|(place, _)| value(*place) > 0.0).map(bar).collect();
                plot.bar_chart(BarChart::new(name(at), bars));
            }
            Shape::Area | Shape::Heat => {
                for piece in chart.pieces() {
                    let xs: Vec<f64> = piece.clone().map(|place| middle(chart, place)).collect();
                    let low: Vec<f64> = piece.clone().filter_map(|place| below.get(place).copied()).collect();
                    let high: Vec<f64> = piece.zip(&low).map(|(place, base)| base + value(place)).collect();
                    plot.add(FilledArea::new(name(at), &xs, &low, &high).fill_color(colour(at)));
                }
            }
            Shape::Lines => {
                for piece in chart.pieces() {
                    let points: Vec<[f64; 2]> = piece.map(|place| [middle(chart, place), value(place)]).collect();
                    plot.line(Line::new(name(at), points).color(colour(at)).width(size::UNDERLINE));
                }
            }
        }
        if shape.is_stacked() {
            for (sum, value) in below.iter_mut().zip(&line.values) {
                *sum += value;
            }
        }
    }
}

/// The line, and a mark on every bin that reaches it.
fn threshold_ui(plot: &mut PlotUi<'_>, chart: &Chart, shape: Shape, threshold: u64, color: Color32) {
    plot.hline(HLine::new("", threshold as f64).color(color).width(1.0).style(egui_plot::LineStyle::dashed_loose()));
    let marks = chart.reaching(threshold).into_iter().map(|(line, place)| {
        let base = if shape.is_stacked() { chart.below(line).get(place).copied().unwrap_or(0.0) } else { 0.0 };
        let value = chart.lines.get(line).and_then(|line| line.values.get(place)).copied().unwrap_or(0.0);
        [middle(chart, place), base + value]
    });
    let points = Points::new("", marks.collect::<Vec<_>>());
    plot.points(points.shape(MarkerShape::Down).radius(size::MARK).color(color));
}

/// A mark above every bin that holds records which match an indicator.
fn sighted_ui(plot: &mut PlotUi<'_>, plotted: &Plotted<'_>, color: Color32) {
    let chart = plotted.chart;
    let top = chart.top(plotted.shape);
    let marks = plotted.sighted.iter().filter(|(_, count)| *count > 0);
    let marks: Vec<[f64; 2]> =
        marks.map(|(start, _)| [*start as f64 + chart.bin_secs as f64 / 2.0, top * 1.04]).collect();
    if !marks.is_empty() {
        plot.points(Points::new("", marks).shape(MarkerShape::Diamond).radius(size::MARK).color(color));
    }
}

/// Where there is no evidence there is neither a value nor a zero.
fn gaps_ui(ui: &Ui, response: &PlotResponse<()>, chart: &Chart) {
    let p = theme::palette(ui);
    let frame = *response.transform.frame();
    for (from, to) in &chart.gaps {
        let x = |secs: i64| response.transform.position_from_point(&PlotPoint::new(secs as f64, 0.0)).x;
        let gap = Rect::from_x_y_ranges(x(*from)..=x(*to), frame.y_range()).intersect(frame);
        if gap.width() > 0.0 {
            let painter = ui.painter().with_clip_rect(gap);
            painter.rect_filled(gap, 0.0, p.line.gamma_multiply(0.3));
            // As steep as everywhere, however high the track is.
            let mut top = gap.top();
            while top < gap.bottom() {
                let step = Rect::from_min_size(egui::pos2(gap.left(), top), egui::vec2(gap.width(), size::ROW));
                hatch(&painter, step, Stroke::new(1.0, p.other));
                top += size::ROW;
            }
        }
    }
}

fn name_plot(ui: &Ui, app: &App, response: &PlotResponse<()>, chart: &Chart, names: &[String]) {
    let lines = app.texts.list(names);
    let gaps = display::count(chart.gaps.len() as u64);
    let name = app.texts.tr_args("timeline-name", &[("lines", &lines), ("gaps", &gaps)]);
    ui.ctx().accesskit_node_builder(response.response.id, |node| {
        node.set_role(egui::accesskit::Role::Image);
        node.set_label(name.clone());
    });
}

/// What is under the pointer: the stretch of time, every line's value, or that there is no evidence.
fn hover_ui(ui: &Ui, app: &App, response: &PlotResponse<()>, plotted: &Plotted<'_>, secs: f64) {
    let Plotted { chart, names, sighted, .. } = *plotted;
    let (t, zone) = (&app.texts, app.zone);
    let time = |secs: i64| zone.format(Timestamp::from_secs(secs));
    let text = if let Some(place) = chart.at(secs) {
        let start = chart.starts.get(place).copied().unwrap_or(0);
        let mut lines = vec![format!("{} – {} {}", time(start), time(start + chart.bin_secs), zone.name())];
        for (line, name) in chart.lines.iter().zip(names) {
            let value = line.exact.get(place).copied().unwrap_or(0);
            if value > 0 {
                lines.push(format!("{} {}", name.chars().take(60).collect::<String>(), display::count(value)));
            }
        }
        if let Some((_, count)) = sighted.iter().find(|(of, count)| *of == start && *count > 0) {
            lines.push(t.tr_args("bin-sighted", &[("count", &display::count(*count))]));
        }
        lines.push(t.tr_args("timeline-total", &[("count", &display::count(chart.total_at(place)))]));
        lines.join("\n")
    } else if let Some((from, to)) = chart.gap(secs) {
        let args = [("from", &*time(from)), ("to", &*time(to)), ("zone", zone.name())];
        t.tr_args("overview-gap", &args)
    } else {
        return;
    };
    let frame = *response.transform.frame();
    if let Some(pointer) = response.response.hover_pos() {
        let p = theme::palette(ui);
        ui.painter().with_clip_rect(frame).vline(pointer.x, frame.y_range(), Stroke::new(1.0, p.weak));
    }
    bin_tip(ui, response.response.id, text);
}
