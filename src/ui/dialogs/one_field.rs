//! Dialogs of one field, with or without a list below it: time zones, a row to go to.

use super::{dialog_list, foot, title};
use crate::model::Address;
use crate::present::{display, zone::Zone};
use crate::session::{Action, App};
use crate::ui::focus;
use crate::ui::state::UiState;
use crate::ui::widgets::follow::scroll_to_chosen;
use egui::{Id, Key, Modifiers, Response, TextEdit, Ui};

/// The field of a dialog. It has the keyboard before it is drawn first, so that nothing of what is typed meanwhile is lost.
fn first_field(ui: &mut Ui, name: &str, edit: TextEdit<'_>, state: &UiState) -> Response {
    let id = field_id(state);
    if state.dialog_is_new {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    focus::home(ui, id);
    ui.add(edit.id(id).align(egui::Align2::LEFT_CENTER).hint_text(name)).accessible_name(name)
}

/// By the dialog: its name may hold a number that changes while something is typed.
fn field_id(state: &UiState) -> Id {
    Id::unique(("first-field", state.dialog_shown))
}

/// A field whose arrows walk through the list below it. True when Enter takes the entry at `state.list_at`.
pub(super) fn search_field(ui: &mut Ui, name: &str, typed: &mut String, entries: usize, state: &mut UiState) -> bool {
    // An entry of the list that has the keyboard has the keys for itself.
    let focused = ui.memory(|memory| memory.focused());
    let is_here = state.dialog_is_new || focused.is_none_or(|id| id == field_id(state));
    let presses = |key| if is_here { ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key)) } else { 0 };
    state.list_at = (state.list_at + presses(Key::ArrowDown)).saturating_sub(presses(Key::ArrowUp));
    let taken = presses(Key::Enter) > 0;
    let field = first_field(ui, name, TextEdit::singleline(typed).desired_width(f32::INFINITY), state);
    if field.changed() {
        state.list_at = 0;
    }
    state.list_at = state.list_at.min(entries.saturating_sub(1));
    taken
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
                scroll_to_chosen("zones", at, &response);
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
    first_field(ui, &name, TextEdit::singleline(typed).desired_width(200.0), state);
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '\'')).collect();
    let row = digits.parse::<u64>().ok().filter(|row| (1..=rows).contains(row));
    // While the field is empty, it says the same.
    if row.is_none() && !typed.is_empty() {
        ui.weak(name);
    }
    if foot(ui, app, &t.tr("go"), row.is_some(), out) {
        out.extend(row.map(|row| Action::GoToRow(row - 1)));
    }
}

pub(super) fn address_ui(ui: &mut Ui, app: &App, typed: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-address"));
    let name = t.tr("address-hint");
    first_field(ui, &name, TextEdit::singleline(typed).desired_width(f32::INFINITY), state);
    let is_address = Address::parse(typed.trim().as_bytes()).is_some();
    if !is_address && !typed.trim().is_empty() {
        ui.weak(t.tr("address-no-address"));
    }
    if foot(ui, app, &t.tr("go"), is_address, out) {
        out.push(Action::ShowAddress(typed.clone()));
    }
}
