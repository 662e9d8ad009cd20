//! Before a case is open: what to do first.

use crate::present::display;
use crate::session::{Action, App, Command};
use crate::ui::theme::{self, size};
use egui::{Atom, Button, RichText, Ui, vec2};

pub(crate) fn start_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.16);
        ui.label(RichText::new("Coldtrail").size(size::HEADING * 1.8).strong());
        ui.weak(t.tr("start-subtitle"));
        ui.add_space(size::GAP_LARGE * 1.5);
        ui.label(t.tr("start-drop"));
        ui.add_space(size::GAP_LARGE);
        for command in [Command::NewCase, Command::OpenCase, Command::OpenSample] {
            // The growing atom keeps every text at the left, with or without a shortcut.
            let shortcut = command.shortcut().map(|s| s.to_string()).unwrap_or_default();
            let shortcut = RichText::new(shortcut).color(theme::palette(ui).weak);
            let button = Button::new((t.tr(&command.text_id()), Atom::grow(), shortcut)).min_size(vec2(280.0, 34.0));
            let response = ui.add_enabled(app.is_enabled(command), button).on_hover_text(t.tr(&command.tip_id()));
            if response.on_disabled_hover_text(t.tr("start-no-sample")).clicked() {
                out.push(Action::Command(command));
            }
        }
        ui.add_space(size::GAP_LARGE);
        recent_ui(ui, app, out);
    });
}

fn recent_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    if app.settings.recent_cases.is_empty() {
        return;
    }
    ui.strong(app.texts.tr("start-recent"));
    for path in &app.settings.recent_cases {
        let shown = display::visible(&path.to_string_lossy()).into_owned();
        let text = RichText::new(&shown).color(theme::palette(ui).accent);
        let response = ui.add(Button::new(text).frame(false).truncate()).on_hover_text(&shown);
        if response.clicked() {
            out.push(Action::Open(path.clone()));
        }
        response.context_menu(|ui| {
            if ui.button(app.texts.tr("start-forget")).clicked() {
                out.push(Action::ForgetRecent(path.clone()));
                ui.close();
            }
        });
    }
}
