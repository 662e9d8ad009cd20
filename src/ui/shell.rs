//! The frame around the views: menu bar, navigation, the middle, drag and drop.

use super::focus::{self, Arrows, PaneId, group_ui, pane_ui};
use super::state::UiState;
use super::theme::{self, size};
use super::{banner, dialogs, halves, inspector, nav, status_bar, tour, views};
use crate::session::help::HelpPage;
use crate::session::{Action, App, Command, Dialog, Menu};
use egui::{
    Align, Align2, Button, CentralPanel, Frame, Id, Key, Layout, Margin, MenuBar, Panel, Popup, ScrollArea, Ui, pos2,
};

/// Draws everything; the changes that were asked for.
pub(crate) fn window_ui(ui: &mut Ui, app: &App, state: &mut UiState) -> Vec<Action> {
    let (mut out, t) = (Vec::new(), &app.texts);
    focus::begin(ui, &mut state.focus);
    // Before the fields are drawn: in a text Ctrl+K and Ctrl+W would delete as well. What they ask for comes behind what is
    // typed in the same frame.
    let mut asked = Vec::new();
    shortcuts(ui, app, state, &mut asked);
    Panel::top("menu").show(ui, |ui| pane_ui(ui, t, PaneId::Menu, |ui| menu_bar_ui(ui, app, &mut out)));
    banner::banner_ui(ui, app, &mut out);
    Panel::bottom("status")
        .show(ui, |ui| pane_ui(ui, t, PaneId::Status, |ui| status_bar::status_bar_ui(ui, app, &mut out)));
    tour::tour_ui(ui, app, &mut out);
    if let Some(case) = app.case.as_ref().filter(|case| !case.is_opening()) {
        nav::nav_ui(ui, app, &mut out);
        halves::bars_ui(ui, app, case, state, &mut out);
        inspector::panel_ui(ui, app, &mut state.inspector, &mut state.subject, &mut out);
    }
    let frame = Frame::new().fill(theme::palette(ui).panel).inner_margin(Margin::same(size::BARS_MARGIN));
    CentralPanel::no_frame().frame(frame).show(ui, |ui| match &app.case {
        None => pane_ui(ui, t, PaneId::Main, |ui| views::start::start_ui(ui, app, &mut out)),
        Some(case) if case.is_opening() => {
            ui.centered_and_justified(|ui| ui.label(t.tr("opening")));
        }
        Some(case) => halves::middle_ui(ui, app, case, state, &mut out),
    });
    dialogs::dialogs_ui(ui, app, state, &mut out);
    drop_ui(ui, app, &mut out);
    out.append(&mut asked);
    focus::end(ui, &mut state.focus, &mut out);
    out
}

fn menu_bar_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    MenuBar::new().ui(ui, |ui| {
        group_ui(ui, Id::unique("menus"), Arrows::Across, |ui| menus_ui(ui, app, out));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let zone = t.tr_args("zone-button", &[("zone", app.zone.name())]);
            if ui.button(zone).on_hover_text(t.tr("command-zone-tip")).clicked() {
                out.push(Action::Command(Command::ChooseZone));
            }
            let palette = Button::new(t.tr("palette-button")).shortcut_text("Ctrl+K");
            // Where the menus leave no room, it is in the last of them.
            let has_room = ui.available_width() >= size::PALETTE_BUTTON;
            if has_room && ui.add(palette).clicked() {
                out.push(Action::Command(Command::Palette));
            }
        });
    });
}

/// The menus; with one open, left and right open the next.
fn menus_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let mut bar = Vec::new();
    for menu in Menu::ALL {
        let button = ui.menu_button(app.texts.tr(menu.text_key()), |ui| {
            // A menu that is higher than the window is scrolled. Without the least height it would stay as low as it opens.
            let most = ui.ctx().content_rect().height() - size::MENU_ROOM;
            let area = ScrollArea::vertical().max_height(most).min_scrolled_height(most);
            area.show(ui, |ui| menu_ui(ui, app, menu, out));
        });
        bar.push(button.response);
    }
    let popup = |at: usize| bar.get(at).map(Popup::default_response_id);
    let open = (0..bar.len()).find(|at| popup(*at).is_some_and(|id| Popup::is_id_open(ui.ctx(), id)));
    let pressed = |key| ui.input(|i| i.key_pressed(key));
    let in_dialog = || ui.memory(|m| m.top_modal_layer().is_some());
    if ui.input(|i| i.events.iter().any(is_menu_key)) && !in_dialog() {
        bar.first().into_iter().for_each(egui::Response::request_focus);
    }
    let to = match open {
        Some(at) if pressed(Key::ArrowRight) => (at + 1) % bar.len(),
        Some(at) if pressed(Key::ArrowLeft) => (at + bar.len() - 1) % bar.len(),
        None if pressed(Key::ArrowDown) => match bar.iter().position(egui::Response::has_focus) {
            Some(at) => at,
            None => return,
        },
        _ => return,
    };
    if let (Some(id), Some(button)) = (popup(to), bar.get(to)) {
        Popup::open_id(ui.ctx(), id);
        ui.memory_mut(|m| {
            m.move_focus(egui::FocusDirection::None);
            m.request_focus(button.id);
        });
    }
}

fn menu_ui(ui: &mut Ui, app: &App, menu: Menu, out: &mut Vec<Action>) {
    for (at, command) in Command::all().filter(|c| c.menu() == menu).enumerate() {
        if at > 0 && command.begins_part() {
            ui.separator();
        }
        command_item(ui, app, command, out);
    }
}

/// F10 alone: with Shift it opens the menu of a cell.
fn is_menu_key(event: &egui::Event) -> bool {
    let egui::Event::Key { key: Key::F10, pressed: true, modifiers, .. } = event else { return false };
    modifiers.is_none()
}

/// A command as a menu entry.
pub(crate) fn command_item(ui: &mut Ui, app: &App, command: Command, out: &mut Vec<Action>) {
    let mut button = Button::new(app.command_text(command));
    if let Some(shortcut) = command.shortcut() {
        button = button.shortcut_text(shortcut.to_string());
    }
    let is_set = app.is_set(command);
    if is_set {
        button = button.selected(true);
    }
    let response = ui.add_enabled(app.is_enabled(command), button);
    if is_set {
        let at = pos2(response.rect.left() + size::MENU_MARK + 1.0, response.rect.center().y);
        ui.painter().circle_filled(at, size::MENU_MARK, theme::palette(ui).accent);
    }
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.on_hover_text(app.texts.tr(&command.tip_id())).clicked() {
        out.push(Action::Command(command));
        ui.close();
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

fn shortcuts(ui: &Ui, app: &App, state: &UiState, out: &mut Vec<Action>) {
    let mut known: Vec<_> = Command::all().flat_map(|c| c.shortcuts().map(move |shortcut| (c, shortcut))).collect();
    // The tool kit takes Ctrl+Shift+I for Ctrl+I too: the longer ones are asked first.
    known.sort_by_key(|(_, shortcut)| std::cmp::Reverse(shortcut.shift));
    // One that was opened in the last frame is not drawn yet.
    let in_dialog = app.dialog.is_some() || ui.memory(|m| m.top_modal_layer().is_some());
    let in_text = ui.ctx().text_edit_focused();
    for (command, shortcut) in known {
        // What is typed is undone by the field that it is typed into; a dialog keeps everything from what is behind it.
        let is_text_undo = in_text && matches!(command, Command::Undo | Command::Redo);
        if is_text_undo || in_dialog && !command.works_in_dialogs() {
            continue;
        }
        if ui.input_mut(|i| i.consume_shortcut(&super::keyboard::to_egui(shortcut))) {
            out.push(match (command, app.view.filtered()) {
                (Command::ShowHelp, Some(_)) if state.focus.is_in(PaneId::Filter) => {
                    Action::Dialog(Some(Dialog::Help(HelpPage::of_filter(app.view))))
                }
                _ => Action::Command(command),
            });
        }
    }
}
