//! What a view says that has no rows: what it is for or why there are none, and what to do next.

use crate::session::{Action, App, Command};
use crate::ui::focus;
use crate::ui::theme::{self, size};
use egui::{Button, Label, RichText, ScrollArea, Ui};

pub(crate) struct Empty {
    pub title: String,
    /// What the view is for, or why it is empty; lines are paragraphs.
    pub text: String,
}

/// In the middle of the view. The place of the button that was clicked; each comes with whether it is of use now.
pub(crate) fn empty_ui(ui: &mut Ui, empty: &Empty, buttons: &[(String, bool)]) -> Option<usize> {
    let above = (ui.available_height() * 0.22).min(180.0);
    // In a low view the buttons are scrolled to.
    let area = ScrollArea::vertical().id_salt("empty").auto_shrink([false, false]).min_scrolled_height(0.0);
    let shown = area.show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(above);
            ui.set_max_width(size::DIALOG.min(ui.available_width()));
            ui.add(Label::new(RichText::new(&empty.title).heading()).wrap());
            ui.add_space(size::GAP);
            for line in empty.text.lines().filter(|line| !line.is_empty()) {
                ui.add(Label::new(RichText::new(line).color(theme::palette(ui).weak)).wrap());
                ui.add_space(size::GAP);
            }
            ui.add_space(size::GAP);
            buttons_ui(ui, buttons)
        })
        .inner
    });
    shown.inner
}

fn buttons_ui(ui: &mut Ui, buttons: &[(String, bool)]) -> Option<usize> {
    let mut clicked = None;
    for (at, (text, is_enabled)) in buttons.iter().enumerate() {
        let button = Button::new(text).min_size(egui::vec2(size::SIDE.min(ui.available_width()), size::HEADER));
        let response = ui.add_enabled(*is_enabled, button);
        if *is_enabled {
            focus::home(ui, response.id);
        }
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        if response.clicked() {
            clicked = Some(at);
        }
    }
    clicked
}

/// The same with commands as buttons.
pub(crate) fn offer_ui(ui: &mut Ui, app: &App, empty: &Empty, commands: &[Command], out: &mut Vec<Action>) {
    let text = |command: &Command| (app.texts.tr(&command.text_id()), app.is_enabled(*command));
    let buttons: Vec<(String, bool)> = commands.iter().map(text).collect();
    let clicked = empty_ui(ui, empty, &buttons).and_then(|at| commands.get(at));
    out.extend(clicked.map(|command| Action::Command(*command)));
}
