//! Which views are on screen, and which of them is the active one.

use crate::model::Dataset;
use crate::session::action::Effect;
use crate::session::settings::CaseLayout;
use crate::session::split::{Side, Split, Views};
use crate::session::state::App;
use crate::session::view::View;

impl App {
    pub fn views(&self) -> Views {
        Views { active: self.view, other: self.split.map(|split| split.other) }
    }

    /// The records whose table is on screen: those of the active view, else of the one beside it.
    pub fn shown_records(&self) -> Option<Dataset> {
        let of = |view| if let View::Records(dataset) = view { Some(dataset) } else { None };
        of(self.view).or_else(|| of(self.split?.other))
    }

    /// The records whose filter is on screen: that of the active view, else that of the one beside it.
    pub fn shown_filter(&self) -> Option<Dataset> {
        self.view.filtered().or_else(|| self.split?.other.filtered())
    }

    /// Makes this the active view. One that is on screen beside it stays where it is.
    pub(super) fn turn_to(&mut self, view: View) {
        if let Some(split) = self.split.as_mut().filter(|split| split.other == view) {
            *split = Split { other: self.view, active: split.active.other() };
        }
        self.view = view;
    }

    pub(super) fn activate(&mut self, side: Side) {
        if let Some(split) = self.split.filter(|split| split.active != side) {
            self.turn_to(split.other);
        }
    }

    /// Another view in one half; the halves change places where it is the other's.
    pub(super) fn show_in(&mut self, side: Side, view: View) {
        self.activate(side);
        if let Some(split) = self.split.as_mut().filter(|split| split.other == view) {
            split.other = self.view;
        }
        self.view = view;
        self.effects.push(Effect::FocusTable);
        self.step();
    }

    /// Two views, or the active one alone again.
    pub(super) fn toggle_split(&mut self) {
        match self.split.take() {
            Some(split) => self.beside_last = Some(split.other),
            None => {
                let proposed = [View::Timeline, View::Records(Dataset::Flows)];
                let all = self.beside_last.into_iter().chain(proposed);
                let other = all.into_iter().find(|view| *view != self.view);
                self.split = other.map(|other| Split { other, active: Side::Left });
            }
        }
    }

    /// The other half takes the whole width.
    pub(super) fn close_half(&mut self, side: Side) {
        let Some(split) = self.split else { return };
        let (kept, closed) = (split.view(side.other(), self.view), split.view(side, self.view));
        (self.split, self.view, self.beside_last) = (None, kept, Some(closed));
        self.step();
    }

    /// How the open case is looked at, kept for the next time.
    pub(super) fn remember_layout(&mut self) {
        let Some(case) = self.case.as_ref().filter(|case| !case.is_opening()) else { return };
        let Some(view) = self.view.kept_name() else { return };
        let beside = self.split.and_then(|split| split.other.kept_name());
        let is_right = self.split.is_some_and(|split| split.active == Side::Right);
        self.settings.remember_layout(&case.path, CaseLayout { view, beside, is_right });
    }

    /// As the case was left.
    pub(super) fn restore_layout(&mut self, path: &std::path::Path) {
        let layout = self.settings.layout(path).cloned().unwrap_or_default();
        let active = if layout.is_right { Side::Right } else { Side::Left };
        self.show_kept(&layout.view, layout.beside.as_deref(), active);
    }

    /// Views by the names under which they were kept; the overview where there is no such view.
    pub(super) fn show_kept(&mut self, view: &str, beside: Option<&str>, active: Side) {
        self.view = View::named(view).unwrap_or(View::Overview);
        let other = beside.and_then(View::named).filter(|other| *other != self.view);
        self.split = other.map(|other| Split { other, active });
    }

    /// The other half of the window, by keyboard.
    pub(super) fn other_half(&mut self) {
        if let Some(split) = self.split {
            self.activate(split.active.other());
            self.effects.push(Effect::FocusTable);
        }
    }
}
