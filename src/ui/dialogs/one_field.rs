//! Dialogs of one field, with or without a list below it: commands, time zones, a row to go to.

use super::{dialog_list, foot, title};
use crate::model::Address;
use crate::present::{display, zone::Zone};
use crate::session::{Action, App, Command};
use crate::ui::state::UiState;
use egui::{Button, Key, Modifiers, TextEdit, Ui};

/// A field whose arrows walk through the list below it. True when Enter takes the entry at `state.list_at`.
fn search_field(ui: &mut Ui, name: &str, typed: &mut String, entries: usize, state: &mut UiState) -> bool {
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        state.list_at += 1;
    }
    if pressed(Key::ArrowUp) {
        state.list_at = state.list_at.saturating_sub(1);
    }
    let taken = pressed(Key::Enter);
    let field = ui
        .add(TextEdit::singleline(typed).align(egui::Align2::LEFT_CENTER).hint_text(name).desired_width(f32::INFINITY));
    let field = field.accessible_name(name);
    if state.dialog_is_new {
        field.request_focus();
    }
    if field.changed() {
        state.list_at = 0;
    }
    state.list_at = state.list_at.min(entries.saturating_sub(1));
    taken
}

pub(super) fn palette_ui(ui: &mut Ui, app: &App, typed: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let commands = matching_commands(app, typed);
    let taken = search_field(ui, &t.tr("palette-hint"), typed, commands.len(), state);
    let mut run = if taken { commands.get(state.list_at).copied() } else { None };
    dialog_list(ui, "palette", |ui| {
        for (at, command) in commands.iter().enumerate() {
            let shortcut = command.shortcut().map(|s| s.to_string()).unwrap_or_default();
            let button = Button::selectable(at == state.list_at, app.command_text(*command)).shortcut_text(shortcut);
            let response = ui.add(button.min_size(egui::vec2(ui.available_width(), 0.0)));
            if at == state.list_at {
                response.scroll_to_me(None);
            }
            if response.on_hover_text(t.tr(&command.tip_id())).clicked() {
                run = Some(*command);
            }
        }
        if commands.is_empty() {
            ui.weak(t.tr("list-nothing"));
        }
    });
    if let Some(command) = run {
        out.push(Action::Dialog(None));
        out.push(Action::Command(command));
    }
}

pub(super) fn zone_ui(ui: &mut Ui, app: &App, typed: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-zone"));
    let wanted = typed.to_lowercase().replace(' ', "_");
    let utc_first = std::iter::once(Zone::default()).chain(Zone::all().filter(|z| !z.is_utc()));
    let zones: Vec<Zone> = utc_first.filter(|z| z.name().to_lowercase().contains(&wanted)).take(100).collect();
    let taken = search_field(ui, &t.tr("zone-hint"), typed, zones.len(), state);
    let mut chosen = if taken { zones.get(state.list_at).copied() } else { None };
    dialog_list(ui, "zones", |ui| {
        for (at, zone) in zones.iter().enumerate() {
            let response = ui.selectable_label(at == state.list_at, zone.name());
            if at == state.list_at {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                chosen = Some(*zone);
            }
        }
        if zones.is_empty() {
            ui.weak(t.tr("list-nothing"));
        }
    });
    out.extend(chosen.map(Action::SetZone));
}

pub(super) fn go_to_row_ui(ui: &mut Ui, app: &App, typed: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-go-to-row"));
    let rows = app.records().and_then(|r| r.row_count()).unwrap_or(0);
    let name = t.tr_args("go-to-row-hint", &[("rows", &display::count(rows))]);
    let field = ui
        .add(TextEdit::singleline(typed).align(egui::Align2::LEFT_CENTER).desired_width(200.0).hint_text(&name))
        .accessible_name(&name);
    if state.dialog_is_new {
        field.request_focus();
    }
    ui.weak(name);
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '\'')).collect();
    let row = digits.parse::<u64>().ok().filter(|row| (1..=rows).contains(row));
    if foot(ui, app, &t.tr("go"), row.is_some(), out) {
        out.extend(row.map(|row| Action::GoToRow(row - 1)));
    }
}

pub(super) fn address_ui(ui: &mut Ui, app: &App, typed: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-address"));
    let name = t.tr("address-hint");
    let field = ui
        .add(TextEdit::singleline(typed).align(egui::Align2::LEFT_CENTER).desired_width(f32::INFINITY).hint_text(&name))
        .accessible_name(&name);
    if state.dialog_is_new {
        field.request_focus();
    }
    let is_address = Address::parse(typed.trim().as_bytes()).is_some();
    if foot(ui, app, &t.tr("go"), is_address, out) {
        out.push(Action::ShowAddress(typed.clone()));
    }
}

/// A scrolling list of commands that contain every word of `typed`.
fn matching_commands(app: &App, typed: &str) -> Vec<Command> {
    let typed = typed.to_lowercase();
    let fits = |command: &Command| {
        let text = format!("{} {}", app.command_text(*command), command.name()).to_lowercase();
        typed.split_whitespace().all(|word| text.contains(word))
    };
    Command::all().filter(|c| app.is_enabled(*c) && *c != Command::Palette && fits(c)).collect()
}
