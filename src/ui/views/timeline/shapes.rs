//! The lines of a track as items of a plot: bars, areas and lines, each piece between two gaps by itself.

use super::track::Plotted;
use crate::present::chart::{Chart, Shape};
use crate::ui::plot::TimeAxis;
use crate::ui::plot::pattern::{Pattern, mark_shape};
use crate::ui::plot::scale::Scale;
use crate::ui::theme::{self, size};
use egui::{Color32, Mesh, Painter, Rect, Sense, Stroke, Ui, UiBuilder, Vec2, pos2};
use egui_plot::{Bar, BarChart, FilledArea, Line, MarkerShape, Plot, PlotUi, Points};
use std::ops::Range;

/// Of the line of a threshold, in points.
const DASH: f32 = 10.0;

/// The places of a chart that are in sight, with one more on either side.
pub(super) fn seen(chart: &Chart, from: f64, to: f64) -> Range<usize> {
    let first = chart.starts.partition_point(|start| ((*start + chart.bin_secs) as f64) <= from);
    let end = chart.starts.partition_point(|start| (*start as f64) < to);
    first.saturating_sub(1)..(end + 1).min(chart.starts.len())
}

/// The highest value of them.
pub(super) fn highest(chart: &Chart, shape: Shape, seen: Range<usize>) -> f64 {
    let at = |place: usize| match shape.is_stacked() {
        true => chart.total_at(place) as f64,
        false => chart.lines.iter().filter_map(|line| line.values.get(place).copied()).fold(0.0, f64::max),
    };
    seen.map(at).fold(0.0, f64::max)
}

fn middle(chart: &Chart, place: usize) -> f64 {
    chart.starts.get(place).map_or(0.0, |start| *start as f64 + chart.bin_secs as f64 / 2.0)
}

/// Over the axis exactly: what is around the lines, is drawn and moved by the track.
pub(super) fn plot_ui(
    ui: &mut Ui,
    axis: &TimeAxis,
    scale: &Scale,
    plotted: &Plotted<'_>,
    seen: Range<usize>,
    threshold_ink: Color32,
) {
    let builder = UiBuilder::new().id_salt("lines").max_rect(axis.rect);
    let mut ui = ui.new_child(builder);
    let plot = Plot::new(plotted.id.with("lines"))
        .width(axis.rect.width())
        .height(axis.rect.height())
        .show_axes([false, false])
        .show_grid([false, false])
        .show_background(false)
        .set_margin_fraction(Vec2::ZERO)
        .sense(Sense::hover())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .label_formatter(|_| None);
    let mut cuts = Cuts { axis, scale, ground: theme::palette(&ui).surface, mesh: Mesh::default() };
    plot.show(&mut ui, |plot| {
        plot.set_plot_bounds_x(axis.from..=axis.to);
        plot.set_plot_bounds_y(0.0..=scale.top());
        lines(plot, &mut cuts, plotted, seen);
    });
    let painter = ui.painter().with_clip_rect(axis.rect.intersect(ui.clip_rect()));
    painter.add(cuts.mesh);
    if let Some(value) = plotted.threshold {
        threshold_ui(&painter, (axis, scale), plotted, value, threshold_ink);
    }
}

/// Where ground shows between the ink of a series.
struct Cuts<'a> {
    axis: &'a TimeAxis,
    scale: &'a Scale,
    ground: Color32,
    mesh: Mesh,
}

impl Cuts<'_> {
    fn bar(&mut self, pattern: Pattern, bar: &Bar) {
        let (axis, scale, half) = (self.axis, self.scale, bar.bar_width / 2.0);
        let foot = bar.base_offset.unwrap_or(0.0);
        let across = axis.x(bar.argument - half)..=axis.x(bar.argument + half);
        let place = Rect::from_x_y_ranges(across, scale.y(foot + bar.value)..=scale.y(foot));
        pattern.cut_bar(place, self.ground, &mut self.mesh);
    }

    /// How long a line is on screen.
    fn length(&self, points: &[[f64; 2]]) -> f32 {
        let step = |pair: &[[f64; 2]]| match pair {
            [[from, low], [to, high]] => {
                (self.axis.x(*to) - self.axis.x(*from)).abs() + (self.scale.y(*high) - self.scale.y(*low)).abs()
            }
            _ => 0.0,
        };
        points.windows(2).map(step).sum()
    }
}

fn lines(plot: &mut PlotUi<'_>, cuts: &mut Cuts<'_>, plotted: &Plotted<'_>, seen: Range<usize>) {
    let Plotted { chart, shape, colours, names, .. } = *plotted;
    let (axis, scale) = (cuts.axis, cuts.scale);
    // Bars of less than a point would only be a haze, and thousands of them: their outline says the same.
    let point = (axis.to - axis.from) / f64::from(axis.rect.width().max(1.0));
    let shape = if shape == Shape::Bars && (chart.bin_secs as f64) < point { Shape::Area } else { shape };
    let mut below = vec![0.0; chart.starts.len()];
    for (at, line) in chart.lines.iter().enumerate() {
        let colour = colours.get(at).copied().unwrap_or_default();
        let pattern = Pattern(at);
        let name = || names.get(at).cloned().unwrap_or_default();
        let value = |place: usize| line.values.get(place).copied().unwrap_or(0.0);
        match shape {
            Shape::Bars => {
                let bars = bars(chart, &line.values, (point, scale), (seen.clone(), &mut below));
                bars.iter().for_each(|bar| cuts.bar(pattern, bar));
                let bars = bars.into_iter().map(|bar| bar.fill(colour).stroke(Stroke::NONE)).collect();
                plot.bar_chart(BarChart::new(name(), bars).allow_hover(false));
            }
            Shape::Area | Shape::Heat => {
                for piece in pieces(chart, &seen) {
                    let xs: Vec<f64> = piece.clone().map(|place| middle(chart, place)).collect();
                    let low: Vec<f64> = piece.clone().filter_map(|place| below.get(place).copied()).collect();
                    let high: Vec<f64> = piece.zip(&low).map(|(place, base)| base + value(place)).collect();
                    plot.add(FilledArea::new(name(), &xs, &low, &high).fill_color(colour).allow_hover(false));
                    pattern.cut_area((axis, scale), [&xs, &low, &high], cuts.ground, &mut cuts.mesh);
                }
                below.iter_mut().zip(&line.values).for_each(|(sum, value)| *sum += value);
            }
            Shape::Lines => {
                for piece in pieces(chart, &seen) {
                    let points: Vec<[f64; 2]> = piece.map(|place| [middle(chart, place), value(place)]).collect();
                    if let Some(mark) = pattern.mark() {
                        let apart = f64::from(size::MARKS_APART) * point / chart.bin_secs.max(1) as f64;
                        let every = (apart.ceil() as usize).max(1);
                        let marked: Vec<[f64; 2]> = points.iter().copied().skip(at % every).step_by(every).collect();
                        plot.points(Points::new(name(), marked).shape(mark).radius(size::MARK).color(colour));
                    }
                    let style = pattern.stroke(cuts.length(&points));
                    let line = Line::new(name(), points).color(colour).width(size::UNDERLINE).style(style);
                    plot.line(line.allow_hover(false));
                }
            }
        }
    }
}

/// Runs without a gap, as far as they are in sight.
fn pieces(chart: &Chart, seen: &Range<usize>) -> Vec<Range<usize>> {
    let inside = |piece: Range<usize>| piece.start.max(seen.start)..piece.end.min(seen.end);
    chart.pieces().map(inside).filter(|piece| !piece.is_empty()).collect()
}

/// What is there at all is seen: a bar is two points high and wide, a part of it one high. `feet` are the sums below.
fn bars(
    chart: &Chart,
    values: &[f64],
    (point, scale): (f64, &Scale),
    (seen, feet): (Range<usize>, &mut [f64]),
) -> Vec<Bar> {
    let wide = (chart.bin_secs as f64).max(point * f64::from(size::BAR_LEAST));
    // A line of ground between bars that have room for it.
    let drawn = if wide >= 4.0 * point { wide - point } else { wide };
    let mut bars = Vec::new();
    for place in seen {
        let (Some(start), Some(foot)) = (chart.starts.get(place), feet.get_mut(place)) else { continue };
        let value = values.get(place).copied().unwrap_or(0.0);
        if value > 0.0 {
            let least = if *foot > 0.0 { size::PART_LEAST } else { size::BAR_LEAST };
            let high = value.max(scale.value(least));
            bars.push(Bar::new(*start as f64 + drawn / 2.0, high).width(drawn).base_offset(*foot));
            *foot += high;
        }
    }
    bars
}

/// The line, and a mark on every bin that reaches it.
fn threshold_ui(
    painter: &Painter,
    (axis, scale): (&TimeAxis, &Scale),
    plotted: &Plotted<'_>,
    value: u64,
    ink: Color32,
) {
    let Plotted { chart, shape, .. } = *plotted;
    let y = scale.y(value as f64);
    let path = [pos2(axis.rect.left(), y), pos2(axis.rect.right(), y)];
    painter.extend(egui::Shape::dashed_line(&path, Stroke::new(1.0, ink), DASH, DASH / 2.0));
    for (line, place) in chart.reaching(value) {
        let base = if shape.is_stacked() { chart.foot(line, place) } else { 0.0 };
        let value = chart.lines.get(line).and_then(|line| line.values.get(place)).copied().unwrap_or(0.0);
        let at = pos2(axis.x(middle(chart, place)), scale.y(base + value));
        painter.add(mark_shape(MarkerShape::Down, at, ink));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{SeriesKey, SeriesLine, SeriesTable};

    fn chart() -> Chart {
        let line = SeriesLine { key: SeriesKey::All, at: vec![0, 1, 2, 3], values: vec![1, 9, 2, 50] };
        let bins = vec![0, 60, 120, 180];
        Chart::of(&SeriesTable { bin_secs: 60, bins, lines: vec![line], ..SeriesTable::default() })
    }

    #[test]
    fn only_what_is_in_sight_is_drawn() {
        let chart = chart();
        assert_eq!(seen(&chart, 0.0, 240.0), 0..4);
        assert_eq!(seen(&chart, 130.0, 140.0), 1..4);
        assert_eq!(highest(&chart, Shape::Bars, seen(&chart, 0.0, 60.0)), 9.0);
        assert_eq!(pieces(&chart, &(1..3)).first(), Some(&(1..3)));
    }

    #[test]
    fn a_bar_is_two_points_wide_and_high_at_least() {
        let (chart, rect) = (chart(), Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 100.0)));
        let scale = Scale::new(1_000_000.0, &TimeAxis { from: 0.0, to: 240.0, rect });
        let mut feet = vec![0.0; 4];
        // 120 seconds a point.
        let bars = bars(&chart, &chart.lines[0].values, (120.0, &scale), (0..4, &mut feet));
        assert_eq!(bars.iter().map(|bar| bar.bar_width).collect::<Vec<_>>(), [240.0; 4]);
        assert!(bars.iter().all(|bar| scale.height(bar.value) >= 1.999), "{:?}", feet);
        let more = super::bars(&chart, &chart.lines[0].values, (120.0, &scale), (0..1, &mut feet));
        assert!((scale.height(more[0].value) - 1.0).abs() < 0.001 && more[0].base_offset == Some(bars[0].value));
    }
}
