//! A stretch of time chosen over bars: by a drag of the mouse, or by arrows, Shift and Enter. Esc leaves what is being
//! chosen, then removes what was.

use super::{TimeAxis, bin_of};
use crate::model::{TimeRange, Timestamp};
use crate::session::Action;
use crate::session::flags::Flag;
use crate::ui::theme;
use egui::{EventFilter, Key, Modifiers, Rect, Response, Stroke, StrokeKind, Ui};

/// What is being chosen.
#[derive(Clone, Debug, Default)]
pub struct Selecting {
    /// Where a drag began, in seconds.
    drag: Option<f64>,
    /// The bins between which the keyboard has chosen, in seconds: where it began, and where it is.
    keys: Option<(i64, i64)>,
    /// The range that was left for the one chosen here, and that one.
    before: Option<(TimeRange, TimeRange)>,
}

/// What the bars are of.
pub(crate) struct Over<'a> {
    pub axis: TimeAxis,
    pub bin_secs: i64,
    pub range: TimeRange,
    pub flags: &'a [Flag],
}

impl Selecting {
    /// Is nothing being dragged?
    pub(crate) fn is_idle(&self) -> bool {
        self.drag.is_none()
    }

    /// The bin that the keyboard is at.
    pub(crate) fn cursor(&self) -> Option<i64> {
        self.keys.map(|(_, at)| at)
    }

    /// Follows mouse and keyboard; a range that was chosen is asked for, in whole bins.
    pub(crate) fn show(&mut self, ui: &Ui, response: &Response, over: &Over<'_>, out: &mut Vec<Action>) {
        if response.clicked() {
            response.request_focus();
        }
        if self.drag.is_some() && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
            self.drag = None;
        }
        self.drag_ui(ui, response, over, out);
        if response.has_focus() {
            let filter = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: false, escape: true };
            ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
            self.keys(ui, over, out);
            let p = theme::palette(ui);
            ui.painter().rect_stroke(response.rect, 0.0, Stroke::new(1.0, p.accent), StrokeKind::Inside);
            if let Some((from, to)) = self.keys {
                shade(ui, over, from.min(to) as f64, (from.max(to) + over.bin_secs) as f64);
            }
        } else {
            self.keys = None;
        }
    }

    fn drag_ui(&mut self, ui: &Ui, response: &Response, over: &Over<'_>, out: &mut Vec<Action>) {
        let Some(pointer) = response.interact_pointer_pos() else { return };
        if response.drag_started() {
            // The drag is noticed a few points after the press; the range begins at the press.
            let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
            self.drag = Some(over.axis.secs(origin.x));
        }
        let Some(start) = self.drag else { return };
        let now = over.axis.secs(pointer.x);
        let inside = |secs: f64| secs.clamp(over.axis.from, over.axis.to);
        let (from, to) = (inside(start.min(now)), inside(start.max(now)));
        shade(ui, over, from, to);
        if response.drag_stopped() {
            self.drag = None;
            let last = bin_of(to, over.bin_secs);
            let end = if (last as f64) < to { last + over.bin_secs.max(1) } else { last };
            let first = bin_of(from, over.bin_secs);
            self.choose(over, first, end.max(first + over.bin_secs.max(1)), out);
        }
    }

    fn choose(&mut self, over: &Over<'_>, from: i64, to: i64, out: &mut Vec<Action>) {
        let range = TimeRange { from: Some(Timestamp::from_secs(from)), to: Some(Timestamp::from_secs(to)) };
        self.before = Some((over.range, range));
        self.keys = None;
        out.push(Action::SetRange(range));
    }

    fn keys(&mut self, ui: &Ui, over: &Over<'_>, out: &mut Vec<Action>) {
        // A slow frame brings several presses of an arrow.
        let presses = |modifiers, key| ui.input_mut(|i| i.count_and_consume_key(modifiers, key));
        // Alt with an arrow walks back and forward.
        if ui.input(|i| i.modifiers.alt) {
            return;
        }
        for (key, forward) in [(Key::ArrowLeft, false), (Key::ArrowRight, true)] {
            for _ in 0..presses(Modifiers::COMMAND, key) {
                self.next_flag(over, forward);
            }
            for _ in 0..presses(Modifiers::SHIFT, key) {
                self.step(over, forward, true);
            }
            for _ in 0..presses(Modifiers::NONE, key) {
                self.step(over, forward, false);
            }
        }
        if presses(Modifiers::NONE, Key::Enter) > 0
            && let Some((from, to)) = self.keys
        {
            let at_flag = over.flags.iter().find(|flag| bin_of(flag.at.secs() as f64, over.bin_secs) == to);
            match at_flag.filter(|_| from == to) {
                Some(flag) => out.push(super::flags::go(flag)),
                None => self.choose(over, from.min(to), from.max(to) + over.bin_secs.max(1), out),
            }
        }
        // What can be left here is left; else Esc is for what else can be closed.
        let chosen = self.before.filter(|(_, chosen)| *chosen == over.range);
        if (self.keys.is_some() || chosen.is_some())
            && presses(Modifiers::NONE, Key::Escape) > 0
            && self.keys.take().is_none()
        {
            self.before = None;
            out.extend(chosen.map(|(before, _)| Action::SetRange(before)));
        }
    }

    /// By a bin; with `extend` from where it began.
    fn step(&mut self, over: &Over<'_>, forward: bool, extend: bool) {
        let bin = over.bin_secs.max(1);
        let (first, last) = (bin_of(over.axis.from, bin), bin_of(over.axis.to - 1.0, bin));
        let to = match (self.keys, forward) {
            (None, true) => first,
            (None, false) => last,
            (Some((_, at)), true) => at + bin,
            (Some((_, at)), false) => at - bin,
        };
        self.go(to.clamp(first, last), extend);
    }

    fn go(&mut self, to: i64, extend: bool) {
        let from = self.keys.filter(|_| extend).map_or(to, |(from, _)| from);
        self.keys = Some((from, to));
    }

    /// To the next flag in this direction.
    fn next_flag(&mut self, over: &Over<'_>, forward: bool) {
        let bin = |flag: &Flag| bin_of(flag.at.secs() as f64, over.bin_secs);
        let inside = |at: &i64| (*at as f64) < over.axis.to && (*at + over.bin_secs.max(1)) as f64 > over.axis.from;
        let bins = over.flags.iter().map(bin).filter(inside);
        let now = self.cursor();
        let next = match forward {
            true => bins.filter(|at| now.is_none_or(|now| *at > now)).min(),
            false => bins.filter(|at| now.is_none_or(|now| *at < now)).max(),
        };
        if let Some(next) = next {
            self.go(next, false);
        }
    }
}

fn shade(ui: &Ui, over: &Over<'_>, from: f64, to: f64) {
    let p = theme::palette(ui);
    if let Some((left, right)) = over.axis.span(from, to, theme::size::BAR_LEAST) {
        let shade = Rect::from_x_y_ranges(left..=right, over.axis.rect.y_range());
        ui.painter().rect_filled(shade, 0.0, p.accent.gamma_multiply(0.3));
        ui.painter().rect_stroke(shade, 0.0, Stroke::new(1.0, p.accent), StrokeKind::Inside);
    }
}
