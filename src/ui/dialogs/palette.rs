//! The command palette: a field, and below it what matches, with menu and shortcut.

use super::dialog_list;
use super::one_field::search_field;
use crate::session::state::palette::Entry;
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::elide;
use crate::ui::widgets::follow::scroll_to_chosen;
use egui::{Atom, Button, FontId, Label, RichText, Ui, vec2};

pub(super) fn palette_ui(ui: &mut Ui, app: &App, typed: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let entries = app.palette(typed);
    let taken = search_field(ui, &t.tr("palette-hint"), typed, entries.len(), state);
    let mut chosen = if taken { entries.get(state.list_at) } else { None };
    dialog_list(ui, "palette", |ui| {
        for (at, entry) in entries.iter().enumerate() {
            if entry_ui(ui, entry, at, at == state.list_at) {
                chosen = Some(entry);
            }
        }
        if entries.is_empty() {
            ui.add(Label::new(RichText::new(t.tr("palette-nothing")).color(theme::palette(ui).weak)).wrap());
        }
    });
    out.extend(chosen.map(|entry| Action::Found(entry.target.clone())));
}

/// True when it is pressed.
fn entry_ui(ui: &mut Ui, entry: &Entry, at: usize, is_chosen: bool) -> bool {
    let p = theme::palette(ui);
    let place = RichText::new(&entry.place).color(p.weak).small();
    let title = Atom::from(RichText::new(&entry.title));
    // Place and shortcut are in columns of their own, whatever is in the other.
    let shortcut = RichText::new(&entry.shortcut).color(p.weak);
    let width = |font: FontId, text: &str, most: f32| elide::width(ui, &font, text, most).unwrap_or(most);
    let of_place = width(theme::small(), &entry.place, size::PALETTE_PLACE);
    let of_shortcut = width(theme::body(), &entry.shortcut, size::PALETTE_SHORTCUT);
    let between = vec2(size::PALETTE_PLACE - of_place + size::PALETTE_SHORTCUT - of_shortcut, 0.0);
    let atoms = (title, Atom::grow(), place, Atom { size: Some(between), ..Atom::default() }, shortcut);
    let button = Button::selectable(is_chosen, atoms).truncate();
    let response = ui.add(button.min_size(vec2(ui.available_width(), 0.0)));
    let name = [entry.title.as_str(), entry.shortcut.as_str()].join(" ");
    let info = || egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, is_chosen, name.trim());
    response.widget_info(info);
    if is_chosen {
        scroll_to_chosen("palette", at, &response);
    }
    response.on_hover_text(&entry.tip).clicked()
}
