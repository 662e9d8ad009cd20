//! The tour through the sample case: a strip above the status bar with one step of the story, what it finds, and the ways to
//! the next and the one before.

use super::focus::{self, PaneId, pane_ui};
use super::theme::{self, size};
use crate::present::display;
use crate::session::open_case::OpenCase;
use crate::session::tour::{Search, Step, TOUR, TourAction};
use crate::session::{Action, App, Command};
use egui::{Align, Button, Frame, Label, Layout, Margin, Panel, RichText, Ui};

/// The step that is shown, and how much of it there is room for.
struct Strip<'a> {
    app: &'a App,
    case: &'a OpenCase,
    /// The place of the step.
    at: usize,
    step: &'a Step,
    /// Where there is no height to spare, the text is the tooltip of the title.
    is_low: bool,
    /// Everything is on one line, the searches in a menu.
    is_line: bool,
}

pub(crate) fn tour_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let Some(case) = &app.case else { return };
    let Some((at, step)) = case.tour.step() else { return };
    let height = ui.ctx().content_rect().height();
    let (is_low, is_line) = (height < size::WINDOW_LOW, height < size::WINDOW_LOWEST);
    let strip = Strip { app, case, at, step, is_low, is_line };
    let margin = Margin::symmetric(10, if is_line { 2 } else { 6 });
    let frame = Frame::new().fill(theme::palette(ui).header).inner_margin(margin);
    // Each has its own height.
    Panel::bottom(("tour", is_line)).frame(frame).resizable(false).show(ui, |ui| {
        pane_ui(ui, &app.texts, PaneId::Tour, |ui| strip.show(ui, out));
    });
}

impl Strip<'_> {
    fn show(&self, ui: &mut Ui, out: &mut Vec<Action>) {
        self.head_ui(ui, out);
        if !self.is_low {
            ui.add(Label::new(self.text()).wrap());
        }
        if !self.is_line {
            ui.horizontal_wrapped(|ui| {
                for search in self.step.searches.iter().enumerate() {
                    self.search_ui(ui, search, out);
                }
            });
        }
    }

    fn text(&self) -> String {
        self.app.texts.tr(&format!("tour-text-{}", self.at + 1))
    }

    /// Which step it is, and the buttons that lead on, back and out.
    fn head_ui(&self, ui: &mut Ui, out: &mut Vec<Action>) {
        let t = &self.app.texts;
        let step = display::count(self.at as u64 + 1);
        let all = display::count(TOUR.len() as u64);
        ui.horizontal(|ui| {
            ui.weak(t.tr_args("tour-step", &[("step", &step), ("all", &all)]));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.buttons_ui(ui, out);
                // What is left between the step and the buttons.
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let title = RichText::new(t.tr(&format!("tour-title-{}", self.at + 1))).strong();
                    let shown = ui.add(Label::new(title).truncate());
                    if self.is_low {
                        shown.on_hover_text(self.text());
                    }
                });
            });
        });
    }

    /// From right to left, as Tab goes through them: what leads on comes first.
    fn buttons_ui(&self, ui: &mut Ui, out: &mut Vec<Action>) {
        let t = &self.app.texts;
        for (command, action, is_there) in [
            (Command::TourNext, TourAction::Next, self.at + 1 < TOUR.len()),
            (Command::TourPrevious, TourAction::Previous, self.at > 0),
        ] {
            let key = command.shortcut().map(|shortcut| shortcut.to_string()).unwrap_or_default();
            let button = Button::new(t.tr(&command.text_id()));
            let response = match self.is_line {
                true => ui.add_enabled(is_there, button).on_hover_text(key),
                false => ui.add_enabled(is_there, button.shortcut_text(key)),
            };
            if response.clicked() {
                out.push(Action::Tour(action));
            }
        }
        if ui.button(t.tr("tour-close")).on_hover_text(t.tr("tour-close-tip")).clicked() {
            out.push(Action::Tour(TourAction::Close));
        }
        if self.is_line {
            self.menu_ui(ui, out);
        }
    }

    /// The searches where they have no line of their own.
    fn menu_ui(&self, ui: &mut Ui, out: &mut Vec<Action>) {
        let menu = ui.menu_button(self.app.texts.tr("tour-searches"), |ui| {
            for search in self.step.searches.iter().enumerate() {
                let before = out.len();
                ui.horizontal(|ui| self.search_ui(ui, search, out));
                if out.len() > before {
                    ui.close();
                }
            }
        });
        focus::home(ui, menu.response.id);
    }

    /// A search of the step: what it shows, and how many records it finds in this case.
    fn search_ui(&self, ui: &mut Ui, (place, search): (usize, &Search), out: &mut Vec<Action>) {
        let t = &self.app.texts;
        let name = t.tr(&format!("tour-find-{}", search.name.replace('_', "-")));
        let button = ui.button(&name).on_hover_text(search.filter);
        focus::home(ui, button.id);
        if button.clicked() {
            out.push(Action::Tour(TourAction::Show(place)));
        }
        let expected = display::count(search.expected);
        let text = match self.case.tour.counts().and_then(|counts| counts.get(place)) {
            None => t.tr("overview-counting"),
            Some(found) if *found == search.expected => t.tr_args("tour-found", &[("found", &expected)]),
            Some(found) => {
                let args = [("found", &*display::count(*found)), ("expected", &*expected)];
                let text = t.tr_args("tour-found-other", &args);
                ui.label(RichText::new(text).color(theme::palette(ui).warning));
                return;
            }
        };
        ui.weak(text);
        ui.add_space(size::GAP);
    }
}
