//! The result over time, above the table: solid over all records of the kind in grey. A drag selects a time range.

use super::focus::{PaneId, pane_ui};
use super::plot::flags::{flags_ui, told};
use super::plot::pattern::Pattern;
use super::plot::scale::{Scale, margin, values_ui};
use super::plot::select::{Over, Selecting};
use super::plot::{TimeAxis, bin_of, gaps_ui, sightings_ui, times_ui, tip};
use super::theme::{self, size};
use crate::analysis::coverage::SourceGap;
use crate::model::{Dataset, Timestamp};
use crate::present::chart::Shape;
use crate::present::display;
use crate::session::over_time::Axis;
use crate::session::records::Records;
use crate::session::source::{Bin, Histogram};
use crate::session::{Action, App};
use egui::{Color32, Id, Label, Mesh, PopupAnchor, Rect, RichText, Sense, Ui, accesskit::Role, pos2, vec2};

/// Of a sign in the legend: a whole number of stripes.
const SWATCH: f32 = 10.0;

/// What is said of a bar names so many things of a kind.
const TOLD: usize = 6;

/// Name, colour and stripes, and the value of a bin.
struct Series {
    name: String,
    color: Color32,
    pattern: Pattern,
    value: fn(&Bin) -> u64,
}

pub(crate) fn histogram_ui(ui: &mut Ui, app: &App, records: &Records, state: &mut Selecting, out: &mut Vec<Action>) {
    pane_ui(ui, &app.texts, PaneId::Histogram, |ui| whole_ui(ui, app, records, state, out));
}

/// Without its legend.
fn height(ui: &Ui) -> f32 {
    let is_low = ui.ctx().content_rect().height() < size::WINDOW_LOW;
    let bars = if is_low { size::HISTOGRAM_LOW } else { size::HISTOGRAM };
    size::FLAGS + bars + size::SIGHTINGS + size::TIMES
}

/// Does it leave enough for the table below it?
pub(crate) fn has_room(ui: &Ui) -> bool {
    ui.available_height() >= height(ui) + size::HISTOGRAM_FRAME + size::TABLE_LEAST
}

fn whole_ui(ui: &mut Ui, app: &App, records: &Records, state: &mut Selecting, out: &mut Vec<Action>) {
    let height = height(ui);
    let over_time = &records.over_time;
    let (Some(axis), Some(result), Some(all)) = (over_time.axis(), over_time.result(), over_time.all()) else {
        // As high as it will be, so that the table does not jump.
        let room = vec2(ui.available_width(), height + size::HISTOGRAM_FRAME);
        ui.allocate_ui_with_layout(room, egui::Layout::centered_and_justified(egui::Direction::TopDown), |ui| {
            ui.weak(app.texts.tr("loading"));
        });
        return;
    };
    let is_bytes = records.dataset == Dataset::Flows && app.settings.histogram_bytes;
    let strength = if over_time.is_stale() { 0.5 } else { 1.0 };
    let series = series(ui, app, records.dataset, is_bytes, strength);
    let shown = Shown { axis, result, all, series: &series, is_bytes };
    // What is above may be wider than the window has room for.
    let in_sight = ui.clip_rect().right() - ui.cursor().left();
    let width = ui.available_width().min(in_sight).max(size::TIME_MARK);
    ui.scope(|ui| {
        ui.set_max_width(width);
        legend_ui(ui, app, records, &shown, out);
    });
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    shown.bars_ui(ui, app, records, rect, state, out);
}

fn series(ui: &Ui, app: &App, dataset: Dataset, is_bytes: bool, strength: f32) -> Vec<Series> {
    let (t, p) = (&app.texts, theme::palette(ui));
    let series = |key: &str, pattern: usize, color: Color32, value| {
        let color = color.gamma_multiply(strength);
        Series { name: t.tr(key), color, pattern: Pattern(pattern), value }
    };
    let [good, bad] = match dataset {
        Dataset::Flows => ["bin-accepted", "bin-rejected"],
        Dataset::Events => ["bin-ok", "bin-error"],
    };
    if is_bytes {
        return vec![series("bin-bytes", 0, p.accent, |bin| bin.bytes)];
    }
    vec![
        series(bad, 1, p.bad, |bin| bin.bad),
        series(good, 0, p.good, |bin| bin.good),
        series("bin-other", 2, p.other, |bin| bin.other),
    ]
}

struct Shown<'a> {
    axis: Axis,
    result: &'a Histogram,
    all: &'a Histogram,
    series: &'a [Series],
    is_bytes: bool,
}

impl Shown<'_> {
    /// Of a bin, in what is shown.
    fn value(&self, bin: &Bin) -> u64 {
        if self.is_bytes { bin.bytes } else { bin.good + bin.bad + bin.other }
    }

    fn sum(&self, histogram: &Histogram) -> u128 {
        histogram.bins.iter().map(|bin| u128::from(self.value(bin))).sum()
    }

    fn number(&self, number: u128) -> String {
        if self.is_bytes { display::size(number) } else { display::count(number) }
    }

    fn bars_ui(
        &self,
        ui: &mut Ui,
        app: &App,
        records: &Records,
        rect: Rect,
        state: &mut Selecting,
        out: &mut Vec<Action>,
    ) {
        let highest = [self.all, self.result].into_iter().flat_map(|of| &of.bins).map(|bin| self.value(bin)).max();
        let highest = highest.unwrap_or(0) as f64;
        let bars = Rect::from_min_max(
            pos2(rect.left(), rect.top() + size::FLAGS),
            pos2(rect.right(), rect.bottom() - size::SIGHTINGS - size::TIMES),
        );
        let left = bars.left() + margin(ui, highest, bars.height(), self.is_bytes);
        let axis = TimeAxis {
            from: self.axis.from as f64,
            to: self.axis.to as f64,
            rect: bars.with_min_x(left).with_max_x(bars.right() - 6.0),
        };
        let scale = Scale::new(highest, &axis);
        let p = theme::palette(ui);
        ui.painter().rect_filled(axis.rect, 0.0, p.surface);
        let of_sources = records.over_time.gaps_of_sources().iter().flat_map(|source| &source.runs);
        gaps_ui(ui, &axis, records.over_time.gaps().iter().chain(of_sources));
        values_ui(ui, &axis, &scale, self.is_bytes);
        times_ui(ui, app.zone, &axis);
        self.paint(ui, &axis, &scale);
        sightings_ui(ui, &axis, self.result.bin_secs, records.over_time.sighted());
        let id = Id::unique(("histogram", records.dataset));
        let response = ui.interact(axis.rect, id, Sense::click_and_drag());
        let flags = app.case.as_ref().map_or(&[][..], |case| case.flags.all());
        let over = Over { axis, bin_secs: self.axis.bin_secs, range: app.range, flags };
        state.show(ui, &response, &over, out);
        let told = self.told_ui(ui, app, records, &response, (&axis, state));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(Role::Image);
            node.set_label(app.texts.tr("histogram-name"));
            told.into_iter().for_each(|text| node.set_value(text));
        });
        flags_ui(ui, app, &axis, flags, id, out);
    }

    /// All in grey, the result before it.
    fn paint(&self, ui: &Ui, axis: &TimeAxis, scale: &Scale) {
        let p = theme::palette(ui);
        let place =
            |bin: &Bin, secs: i64| axis.span(bin.start_secs as f64, (bin.start_secs + secs) as f64, size::BAR_LEAST);
        let bar = |(left, right): (f32, f32), low: f32, high: f32, color: Color32| {
            // A line of ground between bars that have room for it.
            let right = if right - left >= 4.0 { right - 1.0 } else { right };
            let bar = Rect::from_x_y_ranges(left..=right, high..=low);
            ui.painter().rect_filled(bar, 0.0, color);
            bar
        };
        let mut cuts = Mesh::default();
        let low = axis.rect.bottom();
        let height = |value: u64, least: f32| match value {
            0 => 0.0,
            value => scale.height(value as f64).max(least),
        };
        for bin in &self.all.bins {
            let Some(place) = place(bin, self.all.bin_secs) else { continue };
            bar(place, low, low - height(self.value(bin), size::BAR_LEAST), p.line);
        }
        for bin in &self.result.bins {
            let Some(place) = place(bin, self.result.bin_secs) else { continue };
            let mut foot = low;
            for series in self.series {
                let least = if foot < low { size::PART_LEAST } else { size::BAR_LEAST };
                let high = foot - height((series.value)(bin), least);
                if high < foot {
                    let drawn = bar(place, foot, high.max(axis.rect.top()), series.color);
                    series.pattern.cut_bar(drawn, p.surface, &mut cuts);
                    foot = high;
                }
            }
        }
        ui.painter().add(cuts);
    }

    /// What is at the pointer, or where the keyboard is; the words of it.
    fn told_ui(
        &self,
        ui: &Ui,
        app: &App,
        records: &Records,
        response: &egui::Response,
        (axis, state): (&TimeAxis, &Selecting),
    ) -> Option<String> {
        if let Some(start) = state.cursor().filter(|_| response.has_focus()) {
            let text = self.bin_text(app, records, start);
            let (left, _) = axis.span(start as f64, (start + self.axis.bin_secs) as f64, size::BAR_LEAST)?;
            let at = Rect::from_x_y_ranges(left..=left + size::BAR_LEAST, axis.rect.y_range());
            tip(ui, response.id, PopupAnchor::ParentRect(at), text.clone());
            return Some(text);
        }
        let pointer = response.hover_pos().filter(|_| response.contains_pointer() && state.is_idle())?;
        let text = self.bin_text(app, records, bin_of(axis.secs(pointer.x), self.axis.bin_secs));
        tip(ui, response.id, PopupAnchor::Pointer, text);
        None
    }

    fn bin_text(&self, app: &App, records: &Records, start: i64) -> String {
        let (t, end) = (&app.texts, start + self.axis.bin_secs);
        let time = |secs| app.zone.format(Timestamp::from_secs(secs));
        let mut lines = vec![format!("{} – {} {}", time(start), time(end), app.zone.name())];
        let gap = records.over_time.gaps().iter().any(|(from, to)| *from <= start && end <= *to);
        if gap {
            lines.push(t.tr("histogram-gap"));
        }
        let lacks = |source: &&SourceGap| source.runs.iter().any(|(from, to)| *from <= start && end <= *to);
        let sources = records.over_time.gaps_of_sources().iter().filter(lacks).take(TOLD);
        lines.extend(
            sources.map(|source| t.tr_args("histogram-gap-of", &[("source", &*display::visible(&source.name()))])),
        );
        if let Some(bin) = bin_at(self.result, start) {
            for series in self.series.iter().filter(|series| (series.value)(bin) > 0) {
                lines.push(format!("{} {}", series.name, display::count((series.value)(bin))));
            }
        }
        if let Some(all) = bin_at(self.all, start) {
            lines.push(t.tr_args("histogram-all", &[("count", &display::count(self.value(all)))]));
        }
        let sighted = records.over_time.sighted().iter().find(|(of, count)| *of == start && *count > 0);
        if let Some((_, count)) = sighted {
            lines.push(t.tr_args("bin-sighted", &[("count", &display::count(*count))]));
        }
        if let Some(case) = &app.case {
            lines.extend(case.flags.between(start, end).iter().take(TOLD).map(|flag| told(app, flag)));
        }
        lines.join("\n")
    }
}

fn bin_at(histogram: &Histogram, start: i64) -> Option<&Bin> {
    let place = histogram.bins.binary_search_by_key(&start, |bin| bin.start_secs).ok()?;
    histogram.bins.get(place)
}

fn legend_ui(ui: &mut Ui, app: &App, records: &Records, shown: &Shown<'_>, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        if records.dataset == Dataset::Flows {
            for (key, bytes) in [("measure-records", false), ("measure-bytes", true)] {
                let button = egui::Button::selectable(shown.is_bytes == bytes, RichText::new(t.tr(key)).small());
                if ui.add(button).on_hover_text(t.tr("histogram-measure-tip")).clicked() {
                    out.push(Action::HistogramBytes(bytes));
                }
            }
        }
        for series in shown.series {
            let total: u128 = shown.result.bins.iter().map(|bin| u128::from((series.value)(bin))).sum();
            if total > 0 {
                swatch_ui(ui, series.pattern, series.color, format!("{} {}", series.name, shown.number(total)));
            }
        }
        if shown.result != shown.all {
            let text = t.tr_args("histogram-all", &[("count", &shown.number(shown.sum(shown.all)))]);
            swatch_ui(ui, Pattern(0), theme::palette(ui).line, text);
        }
        let sighted: u128 = records.over_time.sighted().iter().map(|(_, count)| count).sum();
        if sighted > 0 {
            let text = t.tr_args("bin-sighted", &[("count", &display::count(sighted))]);
            ui.add(Label::new(RichText::new(text).small().color(theme::palette(ui).sighting)).extend());
            ui.add_space(size::GAP);
        }
        let length = t.duration(shown.axis.bin_secs.unsigned_abs());
        let text = t.tr_args("histogram-bin", &[("length", &length)]);
        let text = RichText::new(text).small().weak();
        ui.add(Label::new(text).extend()).on_hover_text(t.tr("histogram-keys"));
    });
}

fn swatch_ui(ui: &mut Ui, pattern: Pattern, color: Color32, text: String) {
    let (rect, _) = ui.allocate_exact_size(vec2(SWATCH, SWATCH), Sense::hover());
    pattern.swatch(ui.painter(), rect, Shape::Bars, color, theme::palette(ui).panel);
    ui.add(Label::new(RichText::new(text).small()).extend());
    ui.add_space(size::GAP);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bin_of_a_moment() {
        let bin = |start_secs| Bin { start_secs, good: 1, ..Bin::default() };
        let histogram = Histogram { bin_secs: 60, bins: vec![bin(60), bin(180)] };
        let at = |secs| bin_at(&histogram, bin_of(secs, 60)).map(|b| b.start_secs);
        assert_eq!(
            [at(59.0), at(60.0), at(119.9), at(120.0), at(180.0), at(240.0)],
            [None, Some(60), Some(60), None, Some(180), None]
        );
    }
}
