//! One track: its lines over the axis of time, gaps hatched, the threshold, the values under the pointer.

use super::shapes;
use crate::model::{Dataset, TimeRange, Timestamp};
use crate::present::chart::{Chart, Shape};
use crate::present::display;
use crate::query::Measure;
use crate::session::flags::Flag;
use crate::session::state::line_names;
use crate::session::timeline::Track;
use crate::session::{Action, App, Command};
use crate::ui::focus;
use crate::ui::plot::flags::{flags_ui, told};
use crate::ui::plot::pattern::Pattern;
use crate::ui::plot::scale::{Scale, margin, values_ui};
use crate::ui::plot::select::{Over, Selecting};
use crate::ui::plot::{TimeAxis, bin_of, gaps_ui, sightings_ui, times_ui, tip};
use crate::ui::theme::{self, size};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Id, PopupAnchor, Rect, Response, RichText, Sense, Stroke, Ui, accesskit::Role, pos2, vec2};

/// What is looked at and chosen over tracks: they are moved together.
#[derive(Clone, Debug, Default)]
pub struct PlotState {
    selecting: Selecting,
    /// Of which whole, and the part that is in sight, in seconds.
    zoomed: Option<((i64, i64), (f64, f64))>,
    /// What the values need left of the bars, in the track that needs most: all of them begin at one place.
    margin: f32,
    /// What the choices and the legend of a track need above it, in the track that needs most.
    pub(super) around: f32,
}

impl PlotState {
    /// From and to in sight, of this whole.
    pub(crate) fn view(&self, (from, to): (i64, i64)) -> (f64, f64) {
        let zoomed = self.zoomed.filter(|(of, _)| *of == (from, to));
        zoomed.map_or((from as f64, to as f64), |(_, view)| view)
    }

    /// What the tracks were found to need: the next frame has them aligned, and as high as there is room.
    pub(super) fn measured(&mut self, ui: &Ui, margin: f32, around: f32) {
        if (margin - self.margin).abs() > 0.5 || (around - self.around).abs() > 0.5 {
            (self.margin, self.around) = (margin, around);
            ui.ctx().request_repaint();
        }
    }

    /// Another part of the whole, as long as it may be at least.
    fn look(&mut self, whole: (i64, i64), (from, to): (f64, f64)) {
        let (first, last) = (whole.0 as f64, whole.1 as f64);
        let long = (to - from).clamp(SHORTEST.min(last - first), last - first);
        let from = from.clamp(first, last - long);
        self.zoomed = Some((whole, (from, from + long)));
    }
}

/// Seconds that are in sight at least.
const SHORTEST: f64 = 10.0;
/// Points of the wheel that double what is seen.
const DOUBLE: f64 = 200.0;

/// In the place of a chart that is not there yet, or shows nothing.
pub(crate) fn nothing_ui(ui: &mut Ui, app: &App, track: &Track, height: f32, out: &mut Vec<Action>) {
    let t = &app.texts;
    let room = egui::vec2(ui.available_width(), height);
    if track.fault().is_none() && track.chart().is_some() {
        let centred = egui::Layout::top_down(egui::Align::Center);
        ui.allocate_ui_with_layout(room, centred, |ui| empty_ui(ui, app, track, height, out));
        return;
    }
    ui.allocate_ui_with_layout(room, egui::Layout::centered_and_justified(egui::Direction::TopDown), |ui| match track
        .fault()
    {
        Some(why) => ui.label(RichText::new(display::visible(&why.why(t))).color(theme::palette(ui).error)),
        None => ui.weak(t.tr("loading")),
    });
}

/// No record is left, and what would change that.
fn empty_ui(ui: &mut Ui, app: &App, track: &Track, height: f32, out: &mut Vec<Action>) {
    let (t, dataset) = (&app.texts, track.plan.dataset);
    ui.set_min_height(height);
    ui.add_space(height * 0.25);
    ui.weak(t.tr("timeline-nothing"));
    let is_filtered = app.case.as_ref().is_some_and(|case| !case.records(dataset).applied().is_empty());
    if is_filtered && ui.button(t.tr(&Command::ClearFilter.text_id())).clicked() {
        out.push(Action::ApplyFilter(dataset, String::new()));
    }
    if app.range != TimeRange::default() && ui.button(t.tr(&Command::AllTimes.text_id())).clicked() {
        out.push(Action::Command(Command::AllTimes));
    }
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
    /// Moments above the bars; `None` for those of the case.
    pub flags: Option<&'a [Flag]>,
    /// Of the axis of time, in seconds.
    pub span: (i64, i64),
    pub height: f32,
}

/// Returns what its values need left of the bars.
pub(crate) fn track_ui(
    ui: &mut Ui,
    app: &App,
    track: &Track,
    span: (i64, i64),
    height: f32,
    state: &mut PlotState,
    out: &mut Vec<Action>,
) -> f32 {
    let Some(chart) = track.chart().filter(|chart| !chart.is_empty()) else {
        nothing_ui(ui, app, track, height, out);
        return 0.0;
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
        flags: None,
        span,
        height,
    };
    legend_ui(ui, app, &plotted);
    focus::home(ui, plotted.id);
    plot_ui(ui, app, &plotted, state, out)
}

/// Returns what its values need left of the bars.
pub(crate) fn plot_ui(
    ui: &mut Ui,
    app: &App,
    plotted: &Plotted<'_>,
    state: &mut PlotState,
    out: &mut Vec<Action>,
) -> f32 {
    let Plotted { chart, is_bytes, .. } = *plotted;
    let p = theme::palette(ui);
    let (from, to) = state.view(plotted.span);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), plotted.height), Sense::hover());
    let seen = shapes::seen(chart, from, to);
    let highest = shapes::highest(chart, plotted.shape, seen.clone()).max(plotted.threshold.unwrap_or(0) as f64);
    let bars = Rect::from_min_max(
        pos2(rect.left(), rect.top() + size::FLAGS),
        pos2(rect.right() - 6.0, rect.bottom() - size::SIGHTINGS - size::TIMES),
    );
    let own_margin = margin(ui, highest, bars.height(), is_bytes);
    let left = bars.left() + own_margin.max(state.margin);
    let axis = TimeAxis { from, to, rect: bars.with_min_x(left) };
    let scale = Scale::new(highest, &axis);
    ui.painter().rect_filled(axis.rect, 0.0, p.surface);
    values_ui(ui, &axis, &scale, is_bytes);
    times_ui(ui, app.zone, &axis);
    shapes::plot_ui(ui, &axis, &scale, plotted, seen, p.error);
    gaps_ui(ui, &axis, chart.gaps.iter());
    sightings_ui(ui, &axis, chart.bin_secs, plotted.sighted);
    let response = ui.interact(axis.rect, plotted.id, Sense::click_and_drag());
    let of_case = || app.case.as_ref().map_or(&[][..], |case| case.flags.all());
    let flags = plotted.flags.unwrap_or_else(of_case);
    let moved = move_ui(ui, &response, &axis, plotted.span, state);
    let over = Over { axis, bin_secs: chart.bin_secs, range: app.range, flags };
    // A drag over another track is none of this one's.
    let is_own = response.drag_started() || response.dragged() || response.drag_stopped() || response.has_focus();
    if !moved && (is_own || response.clicked()) {
        state.selecting.show(ui, &response, &over, out);
    }
    name_plot(ui, app, &response, chart, plotted.names);
    told_ui(ui, app, plotted, &response, (&axis, &state.selecting));
    flags_ui(ui, app, &axis, flags, plotted.id, out);
    own_margin
}

/// The wheel zooms around the pointer, a drag with Shift or the middle button moves, a double click shows the whole. Was
/// the pointer busy with this?
fn move_ui(ui: &Ui, response: &Response, axis: &TimeAxis, whole: (i64, i64), state: &mut PlotState) -> bool {
    if response.double_clicked() {
        state.zoomed = None;
        return true;
    }
    let (middle, shift) = (response.dragged_by(egui::PointerButton::Middle), ui.input(|i| i.modifiers.shift));
    if middle || shift && response.dragged_by(egui::PointerButton::Primary) {
        let by = axis.secs(axis.rect.left()) - axis.secs(axis.rect.left() + response.drag_delta().x);
        state.look(whole, (axis.from + by, axis.to + by));
        return true;
    }
    let Some(pointer) = response.hover_pos().filter(|_| response.contains_pointer()) else { return middle };
    let (wheel, zoom) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta()));
    let factor = 2f64.powf(-f64::from(wheel.y) / DOUBLE) / f64::from(zoom);
    if wheel.y != 0.0 || zoom != 1.0 {
        let at = axis.secs(pointer.x);
        state.look(whole, (at - (at - axis.from) * factor, at + (axis.to - at) * factor));
    } else if wheel.x != 0.0 {
        let by = -f64::from(wheel.x) * (axis.to - axis.from) / f64::from(axis.rect.width().max(1.0));
        state.look(whole, (axis.from + by, axis.to + by));
    } else {
        return middle;
    }
    // The page stays where it is.
    ui.input_mut(|i| i.smooth_scroll_delta = egui::Vec2::ZERO);
    ui.ctx().request_repaint();
    middle
}

pub(crate) fn legend_ui(ui: &mut Ui, app: &App, plotted: &Plotted<'_>) {
    let chart = plotted.chart;
    ui.horizontal_wrapped(|ui| {
        let lines = chart.lines.iter().zip(plotted.names).zip(plotted.colours);
        for (at, ((line, name), colour)) in lines.enumerate() {
            let total = line.exact.iter().fold(0u128, |sum, value| sum.saturating_add(*value));
            let total = if plotted.is_bytes { display::size(total) } else { display::count(total) };
            let text: String = name.chars().take(60).collect();
            // In one text, so that a line never ends between the sign and its name.
            let (mut job, p) = (LayoutJob::default(), theme::palette(ui));
            let [wide, high] = size::SWATCH;
            let format = TextFormat::simple(theme::small(), p.text);
            job.append(&format!("{text} {total}"), wide + size::GAP, format);
            let label = ui.add(egui::Label::new(job).extend()).rect;
            let place = Rect::from_center_size(pos2(label.left() + wide / 2.0, label.center().y), vec2(wide, high));
            Pattern(at).swatch(ui.painter(), place, plotted.shape, *colour, p.panel);
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

fn name_plot(ui: &Ui, app: &App, response: &Response, chart: &Chart, names: &[String]) {
    let lines = app.texts.list(names);
    let gaps = display::count(chart.gaps.len() as u64);
    let name = app.texts.tr_args("timeline-name", &[("lines", &lines), ("gaps", &gaps)]);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Image);
        node.set_label(name.clone());
    });
}

/// What is at the pointer, or where the keyboard is.
fn told_ui(ui: &Ui, app: &App, plotted: &Plotted<'_>, response: &Response, (axis, selecting): (&TimeAxis, &Selecting)) {
    let bin_secs = plotted.chart.bin_secs;
    if let Some(start) = selecting.cursor().filter(|_| response.has_focus()) {
        let Some((left, _)) = axis.span(start as f64, (start + bin_secs) as f64, size::BAR_LEAST) else { return };
        let at = Rect::from_x_y_ranges(left..=left + size::BAR_LEAST, axis.rect.y_range());
        if let Some(text) = text_at(app, plotted, start as f64) {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(text.clone()));
            tip(ui, response.id, PopupAnchor::ParentRect(at), text);
        }
        return;
    }
    let pointer = response.hover_pos().filter(|_| response.contains_pointer() && selecting.is_idle());
    let Some(pointer) = pointer else { return };
    if let Some(text) = text_at(app, plotted, axis.secs(pointer.x)) {
        let p = theme::palette(ui);
        ui.painter().vline(pointer.x, axis.rect.y_range(), Stroke::new(1.0, p.weak));
        tip(ui, response.id, PopupAnchor::Pointer, text);
    }
}

/// The stretch of time, every line's value, or that there is no evidence.
fn text_at(app: &App, plotted: &Plotted<'_>, secs: f64) -> Option<String> {
    let Plotted { chart, names, sighted, .. } = *plotted;
    let (t, zone) = (&app.texts, app.zone);
    let time = |secs: i64| zone.format(Timestamp::from_secs(secs));
    // As in the legend.
    let amount = |value: u128| if plotted.is_bytes { display::size(value) } else { display::count(value) };
    if let Some((from, to)) = chart.gap(secs).filter(|_| chart.at(secs).is_none()) {
        let args = [("from", &*time(from)), ("to", &*time(to)), ("zone", zone.name())];
        return Some(t.tr_args("overview-gap", &args));
    }
    let start = bin_of(secs, chart.bin_secs);
    let end = start + chart.bin_secs;
    let mut lines = vec![format!("{} – {} {}", time(start), time(end), zone.name())];
    if let Some(place) = chart.at(secs) {
        for (line, name) in chart.lines.iter().zip(names) {
            let value = line.exact.get(place).copied().unwrap_or(0);
            if value > 0 {
                lines.push(format!("{} {}", name.chars().take(60).collect::<String>(), amount(value)));
            }
        }
        lines.push(t.tr_args("timeline-total", &[("count", &amount(chart.total_at(place)))]));
    } else {
        lines.push(t.tr_args("timeline-total", &[("count", "0")]));
    }
    if let Some((_, count)) = sighted.iter().find(|(of, count)| *of == start && *count > 0) {
        lines.push(t.tr_args("bin-sighted", &[("count", &display::count(*count))]));
    }
    if let Some(case) = &app.case {
        lines.extend(case.flags.between(start, end).iter().take(6).map(|flag| told(app, flag)));
    }
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_sight_stays_inside_the_whole() {
        let whole = (1000, 2000);
        let mut state = PlotState::default();
        assert_eq!(state.view(whole), (1000.0, 2000.0));
        state.look(whole, (900.0, 1100.0));
        assert_eq!(state.view(whole), (1000.0, 1200.0));
        state.look(whole, (1900.0, 2500.0));
        assert_eq!(state.view(whole), (1400.0, 2000.0));
        state.look(whole, (1500.0, 1501.0));
        assert_eq!(state.view(whole), (1500.0, 1510.0));
        state.look(whole, (0.0, 9000.0));
        assert_eq!(state.view(whole), (1000.0, 2000.0));
        assert_eq!(state.view((1000, 3000)), (1000.0, 3000.0), "another whole is seen as a whole");
        state.look((5, 6), (5.0, 5.1));
        assert_eq!(state.view((5, 6)), (5.0, 6.0));
    }
}
