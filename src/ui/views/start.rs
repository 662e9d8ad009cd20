//! Before a case is open: what to do first.

use crate::present::display;
use crate::session::{Action, App, Command};
use crate::ui::theme::{self, size};
use crate::ui::widgets::named::named_button;
use egui::{Align, Atom, Button, Layout, RichText, ScrollArea, Ui, vec2};

pub(crate) fn start_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let height = ui.available_height();
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| content_ui(ui, app, height, out));
}

fn content_ui(ui: &mut Ui, app: &App, height: f32, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.vertical_centered(|ui| {
        ui.add_space(height * 0.12);
        ui.label(RichText::new("Coldtrail").size(size::HEADING * 1.8).strong());
        ui.weak(t.tr("start-subtitle"));
        ui.add_space(size::GAP_LARGE * 1.5);
        ui.label(t.tr("start-drop"));
        ui.add_space(size::GAP_LARGE);
        for command in [Command::NewCase, Command::OpenCase, Command::OpenSample] {
            // The growing atom keeps every text at the left, with or without a shortcut.
            let shortcut = command.shortcut().map(|s| s.to_string()).unwrap_or_default();
            let shortcut = RichText::new(shortcut).color(theme::palette(ui).weak);
            let button = Button::new((t.tr(&command.text_id()), Atom::grow(), shortcut)).min_size(vec2(280.0, 30.0));
            let response = ui.add_enabled(app.is_enabled(command), button).on_hover_text(t.tr(&command.tip_id()));
            if response.on_disabled_hover_text(t.tr("start-no-sample")).clicked() {
                out.push(Action::Command(command));
            }
        }
        ui.add_space(size::GAP_LARGE);
        recent_ui(ui, app, out);
    });
}

/// The cases that were open last, each with its folder; one that is not there any more says so and can be removed from the list.
fn recent_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    if app.settings.recent_cases.is_empty() {
        return;
    }
    let (t, p) = (&app.texts, theme::palette(ui));
    ui.strong(t.tr("start-recent"));
    ui.add_space(size::GAP);
    // As wide as the longest paths usually are, not as the window is.
    let width = size::RECENT.min(ui.available_width());
    for path in &app.settings.recent_cases {
        let shown = display::visible(&path.to_string_lossy()).into_owned();
        let folder = path.parent().map(|folder| display::visible(&folder.to_string_lossy()).into_owned());
        let is_missing = app.recent.is_missing(path);
        let line = ui.allocate_ui_with_layout(vec2(width, size::HEADER), Layout::right_to_left(Align::Center), |ui| {
            let name = format!("{} {shown}", t.tr("start-forget"));
            let forget = named_button(ui, true, Button::new("×").frame(false), &name);
            if forget.on_hover_text(t.tr("start-forget")).clicked() {
                out.push(Action::ForgetRecent(path.clone()));
            }
            if is_missing {
                ui.label(RichText::new(t.tr("start-missing")).color(p.warning));
            }
            let name = RichText::new(display::file_name(path)).color(if is_missing { p.weak } else { p.accent });
            let folder = RichText::new(folder.unwrap_or_default()).color(p.weak).small();
            let button = Button::new((name, folder, Atom::grow())).frame(false).truncate();
            ui.add(button.min_size(vec2(ui.available_width(), 0.0)))
        });
        if line.inner.on_hover_text(&shown).clicked() {
            out.push(Action::Open(path.clone()));
        }
    }
}
