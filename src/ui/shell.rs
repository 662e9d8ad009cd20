//! The frame around the views: menu bar, navigation, the middle, drag and drop.

use super::state::UiState;
use super::theme::{self, size};
use super::{banner, dialogs, inspector, status_bar, views};
use crate::present::display;
use crate::session::{Action, App, Command, Menu, View};
use egui::{Align, Align2, Button, CentralPanel, Frame, Layout, Margin, MenuBar, Panel, RichText, Ui};

/// Draws everything; the changes that were asked for.
pub(crate) fn window_ui(ui: &mut Ui, app: &App, state: &mut UiState) -> Vec<Action> {
    let mut out = Vec::new();
    Panel::top("menu").show(ui, |ui| menu_bar_ui(ui, app, &mut out));
    banner::banner_ui(ui, app, &mut out);
    Panel::bottom("status").show(ui, |ui| status_bar::status_bar_ui(ui, app, &mut out));
    if app.case.as_ref().is_some_and(|case| !case.is_opening()) {
        Panel::left("nav").resizable(false).exact_size(size::NAV).show(ui, |ui| nav_ui(ui, app, &mut out));
        if let (View::Records(_), true) = (app.view, app.show_inspector) {
            let panel = Panel::right("inspector")
                .resizable(true)
                .default_size(size::INSPECTOR.min(ui.ctx().content_rect().width() * size::INSPECTOR_PART));
            // The table in the middle stays readable, however wide the inspector was left in a wider window.
            let width = ui.ctx().content_rect().width();
            let most = (width * 0.5).min(width - size::NAV - size::MIDDLE).max(size::INSPECTOR_NARROW);
            panel
                .size_range(size::INSPECTOR_LEAST..=most)
                .show(ui, |ui| inspector::inspector_ui(ui, app, state, &mut out));
        }
    }
    let frame = Frame::new().fill(theme::palette(ui).panel).inner_margin(Margin::same(6));
    CentralPanel::no_frame().frame(frame).show(ui, |ui| match &app.case {
        None => views::start::start_ui(ui, app, &mut out),
        Some(case) if case.is_opening() => {
            ui.centered_and_justified(|ui| ui.label(app.texts.tr("opening")));
        }
        Some(case) => views::view_ui(ui, app, case, state, &mut out),
    });
    dialogs::dialogs_ui(ui, app, state, &mut out);
    drop_ui(ui, app, &mut out);
    shortcuts(ui, &mut out);
    out
}

fn menu_bar_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            ui.menu_button(t.tr(menu.text_key()), |ui| {
                for command in Command::all().filter(|c| c.menu() == menu) {
                    command_item(ui, app, command, out);
                }
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let zone = t.tr_args("zone-button", &[("zone", app.zone.name())]);
            if ui.button(zone).on_hover_text(t.tr("command-zone-tip")).clicked() {
                out.push(Action::Command(Command::ChooseZone));
            }
            let palette = Button::new(t.tr("palette-button")).shortcut_text("Ctrl+K");
            if ui.add(palette).clicked() {
                out.push(Action::Command(Command::Palette));
            }
        });
    });
}

/// A command as a menu entry.
pub(crate) fn command_item(ui: &mut Ui, app: &App, command: Command, out: &mut Vec<Action>) {
    let mut button = Button::new(app.command_text(command));
    if let Some(shortcut) = command.shortcut() {
        button = button.shortcut_text(shortcut.to_string());
    }
    let response = ui.add_enabled(app.is_enabled(command), button);
    if response.on_hover_text(app.texts.tr(&command.tip_id())).clicked() {
        out.push(Action::Command(command));
        ui.close();
    }
}

fn nav_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    let totals = app.case.as_ref().and_then(|case| case.totals());
    ui.add_space(size::GAP);
    for view in View::ALL {
        let text = t.tr(&view.text_id());
        let number = app.case.as_ref().and_then(|case| case.number(view));
        let number = number.map(display::count).unwrap_or_default();
        let p = theme::palette(ui);
        let button =
            Button::selectable(app.view == view, (text, egui::Atom::grow(), RichText::new(number).color(p.weak)))
                .wrap_mode(egui::TextWrapMode::Extend)
                .min_size(egui::vec2(ui.available_width(), size::HEADER));
        let shortcut = view.row().shortcut.map(|s| s.to_string()).unwrap_or_default();
        if ui.add(button).on_hover_text(shortcut).clicked() {
            out.push(Action::Command(Command::Show(view)));
        }
    }
    if let Some(totals) = totals
        && totals.warnings > 0
    {
        ui.add_space(size::GAP_LARGE);
        let warnings = t.tr_args("nav-warnings", &[("count", &display::count(totals.warnings))]);
        let text = RichText::new(warnings).color(theme::palette(ui).warning);
        if ui.add(Button::new(text).frame(false)).on_hover_text(t.tr("nav-warnings-tip")).clicked() {
            out.push(Action::Warnings(None));
            out.push(Action::Command(Command::Show(View::Evidence)));
        }
    }
}

/// While files are held over the window it says what letting go will do.
fn drop_ui(ui: &Ui, app: &App, out: &mut Vec<Action>) {
    let (hovering, dropped) = ui.input(|i| {
        let paths: Vec<_> = i.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect();
        (!i.raw.hovered_files.is_empty(), paths)
    });
    if hovering {
        let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop")));
        let rect = ui.ctx().content_rect();
        let p = theme::palette(ui);
        painter.rect_filled(rect, 0.0, p.surface.gamma_multiply(0.85));
        let text = app.texts.tr("drop-here");
        painter.text(rect.center(), Align2::CENTER_CENTER, text, egui::FontId::proportional(size::HEADING), p.accent);
    }
    if !dropped.is_empty() {
        out.push(Action::Dropped(dropped));
    }
}

fn shortcuts(ui: &Ui, out: &mut Vec<Action>) {
    let mut known: Vec<_> = Command::all().filter_map(|c| Some((c, c.shortcut()?))).collect();
    // The tool kit takes Ctrl+Shift+I for Ctrl+I too: the longer ones are asked first.
    known.sort_by_key(|(_, shortcut)| std::cmp::Reverse(shortcut.shift));
    for (command, shortcut) in known {
        // What is typed is undone by the field that it is typed into; behind a dialog nothing is undone.
        let waits = || ui.ctx().text_edit_focused() || ui.memory(|m| m.top_modal_layer().is_some());
        if matches!(command, Command::Undo | Command::Redo) && waits() {
            continue;
        }
        if ui.input_mut(|i| i.consume_shortcut(&super::keyboard::to_egui(shortcut))) {
            out.push(Action::Command(command));
        }
    }
}
