//! The axis of values: round numbers from nothing to the highest, a unit on the highest alone.

use super::TimeAxis;
use crate::present::chart::{axis, axis_number};
use crate::ui::theme::{self, size};
use egui::{Align2, Stroke, Ui, pos2};

/// Room above the highest bar.
const ABOVE: f64 = 1.06;
/// Points between two marks, at least; and between a mark and the bars.
const APART: f32 = 26.0;
const MARK: f32 = 5.0;

/// From zero to the top of the bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    top: f64,
    low: f32,
    high: f32,
}

impl Scale {
    pub(crate) fn new(highest: f64, axis: &TimeAxis) -> Self {
        Self { top: highest.max(1.0) * ABOVE, low: axis.rect.bottom(), high: axis.rect.top() }
    }

    pub(crate) fn y(&self, value: f64) -> f32 {
        self.low - (value / self.top) as f32 * (self.low - self.high)
    }

    /// The value at the upper edge.
    pub(crate) fn top(&self) -> f64 {
        self.top
    }

    /// What is so many points high.
    pub(crate) fn value(&self, height: f32) -> f64 {
        f64::from(height) / f64::from((self.low - self.high).max(1.0)) * self.top
    }

    pub(crate) fn height(&self, value: f64) -> f32 {
        self.low - self.y(value)
    }
}

fn values(highest: f64, height: f32) -> Vec<f64> {
    axis::values(highest.max(1.0), (height / APART).floor().clamp(2.0, 4.0) as usize)
}

/// What the marks of the values take.
pub(crate) fn margin(ui: &Ui, highest: f64, height: f32, is_bytes: bool) -> f32 {
    let width = |text: String| ui.painter().layout_no_wrap(text, theme::small(), egui::Color32::WHITE).size().x;
    let widest = texts(&values(highest, height), is_bytes).into_iter().map(width).fold(0.0, f32::max);
    (widest + 2.0 * MARK).max(size::COUNT_AXIS)
}

/// Marks left of the bars, and lines through them.
pub(crate) fn values_ui(ui: &Ui, axis: &TimeAxis, scale: &Scale, is_bytes: bool) {
    let p = theme::palette(ui);
    let values = values(scale.top / ABOVE, axis.rect.height());
    for (value, text) in values.iter().zip(texts(&values, is_bytes)) {
        let y = scale.y(*value);
        ui.painter().hline(axis.rect.x_range(), y, Stroke::new(1.0, p.line));
        let at = pos2(axis.rect.left() - MARK, y.min(axis.rect.bottom() - 4.0));
        ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::small(), p.weak);
    }
}

/// No unit twice: the highest says it.
fn texts(values: &[f64], is_bytes: bool) -> Vec<String> {
    if !is_bytes {
        return values.iter().map(|value| axis_number(*value, false)).collect();
    }
    let highest = values.last().copied().unwrap_or(0.0);
    let said = axis_number(highest, true);
    let unit = said.rsplit(' ').next().unwrap_or_default();
    let power = (highest.max(1.0).log10() / 3.0 + 1e-9).floor();
    let number = |value: f64| {
        let text = format!("{:.1}", value / 1000f64.powf(power));
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    let last = values.len().saturating_sub(1);
    let text = |(at, value): (usize, &f64)| match at == last {
        true => format!("{} {unit}", number(*value)),
        false => number(*value),
    };
    values.iter().enumerate().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_is_said_once() {
        assert_eq!(texts(&[0.0, 2e6, 4e6], true), ["0", "2", "4 MB"]);
        assert_eq!(texts(&[0.0, 500_000.0, 1_000_000.0], true), ["0", "0.5", "1 MB"]);
        assert_eq!(texts(&[0.0, 200.0], true), ["0", "200 B"]);
        assert_eq!(texts(&[0.0], true), ["0 B"]);
        assert_eq!(texts(&[0.0, 5000.0], false), ["0", "5,000"]);
    }
}
