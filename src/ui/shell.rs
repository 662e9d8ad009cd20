//! The frame around the views: menu bar, navigation, the middle, drag and drop.

use super::state::UiState;
use super::theme::{self, size};
use super::{banner, dialogs, inspector, status_bar, views};
use crate::model::Dataset;
use crate::present::display;
use crate::session::{Action, App, Command, Menu, View};
use egui::{Align, Align2, Button, CentralPanel, Frame, Layout, Margin, MenuBar, Panel, RichText, ScrollArea, Ui};

/// Draws everything; the changes that were asked for.
pub fn window_ui(ui: &mut Ui, app: &App, state: &mut UiState) -> Vec<Action> {
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
        Some(case) => match app.view {
            View::Overview => views::overview::overview_ui(ui, app, case, &mut out),
            View::Evidence => views::evidence::evidence_ui(ui, app, case, state, &mut out),
            View::Records(dataset) => views::records::records_ui(ui, app, case, dataset, state, &mut out),
            View::Pairs => views::pairs::pairs_ui(ui, app, case, state, &mut out),
            View::Timeline => views::timeline::timeline_ui(ui, app, case, state, &mut out),
            View::Indicators => views::indicators::indicators_ui(ui, app, case, state, &mut out),
            View::Sightings => views::sightings::sightings_ui(ui, app, case, state, &mut out),
            View::Queries => views::queries::queries_ui(ui, app, case, &mut out),
            View::Address => views::address::address_ui(ui, app, case, state, &mut out),
            View::Sql => views::sql::sql_ui(ui, app, case, state, &mut out),
            View::Findings => views::findings::findings_ui(ui, app, case, state, &mut out),
            View::Exhibits => views::exhibits::exhibits_ui(ui, app, case, state, &mut out),
        },
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
                for command in Command::ALL.into_iter().filter(|c| c.menu() == menu) {
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
pub fn command_item(ui: &mut Ui, app: &App, command: Command, out: &mut Vec<Action>) {
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
    let lists = app.case.as_ref().and_then(|case| case.written.lists());
    ui.add_space(size::GAP);
    for view in View::ALL {
        let (text, number) = match view {
            View::Overview => (t.tr("nav-overview"), None),
            View::Evidence => (t.tr("nav-evidence"), totals.map(|t| t.evidence)),
            View::Records(Dataset::Flows) => (t.tr("nav-flows"), totals.map(|t| t.flows)),
            View::Records(Dataset::Events) => (t.tr("nav-events"), totals.map(|t| t.events)),
            View::Pairs => (t.tr("nav-pairs"), None),
            View::Timeline => (t.tr("nav-timeline"), None),
            View::Indicators => {
                let entries = app.case.as_ref().map(|case| case.watch.entries_looked_for()).filter(|n| *n > 0);
                (t.tr("nav-indicators"), entries)
            }
            View::Sightings => (t.tr("nav-sightings"), None),
            View::Queries => (t.tr("nav-queries"), None),
            View::Sql => (t.tr("nav-sql"), None),
            View::Findings => (t.tr("nav-findings"), lists.map(|lists| lists.findings.len() as u64)),
            View::Exhibits => (t.tr("nav-exhibits"), lists.map(|lists| lists.exhibits.len() as u64)),
            // Not in the list: it is about the address that was asked for.
            View::Address => continue,
        };
        let number = number.map(display::count).unwrap_or_default();
        let p = theme::palette(ui);
        let button =
            Button::selectable(app.view == view, (text, egui::Atom::grow(), RichText::new(number).color(p.weak)))
                .wrap_mode(egui::TextWrapMode::Extend)
                .min_size(egui::vec2(ui.available_width(), size::HEADER));
        let shortcut = view.command().shortcut().map(|s| s.to_string()).unwrap_or_default();
        if ui.add(button).on_hover_text(shortcut).clicked() {
            out.push(Action::Command(view.command()));
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
            out.push(Action::Command(Command::ShowEvidence));
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
    let mut known: Vec<_> = Command::ALL.into_iter().filter_map(|c| Some((c, c.shortcut()?))).collect();
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

/// A scrolling list of commands that contain every word of `typed`.
pub fn matching_commands(app: &App, typed: &str) -> Vec<Command> {
    let typed = typed.to_lowercase();
    let fits = |command: &Command| {
        let text = format!("{} {}", app.command_text(*command), command.name()).to_lowercase();
        typed.split_whitespace().all(|word| text.contains(word))
    };
    Command::ALL.into_iter().filter(|c| app.is_enabled(*c) && *c != Command::Palette && fits(c)).collect()
}

/// A vertical scroll area of the height that dialogs give to their lists.
pub fn dialog_list(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    // A dialog is as high as its content: without the least height a list would grow by a line a frame, or not at all.
    let height = size::DIALOG_HEIGHT.min(ui.ctx().content_rect().height() * 0.55);
    let area = ScrollArea::vertical().id_salt(id).max_height(height).min_scrolled_height(height);
    area.auto_shrink([false, true]).show(ui, content);
}
