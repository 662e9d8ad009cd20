//! The facets beside a table of records: the most frequent values of chosen fields over all of the result. A click keeps only
//! the records with a value, with Shift those without it.

use super::cell_menu::{Items, MenuValue, head_ui, value_items_ui};
use crate::filter::clause;
use crate::model::{FieldId, Value};
use crate::present::display;
use crate::query::{GroupBy, GroupsTable};
use crate::questions::group;
use crate::session::facets::Facet;
use crate::session::record_columns::ShownColumn;
use crate::session::records::Records;
use crate::session::settings::facets_part;
use crate::session::{Action, App, Command};
use crate::ui::focus::{Arrows, PaneId, group_ui, pane_ui, sized_ui};
use crate::ui::theme::{self, size};
use crate::ui::widgets::bars::{Bar, bar_ui};
use crate::ui::widgets::grid::asks_for_menu;
use crate::ui::widgets::handle::Handle;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{
    Align, Button, Id, Label, Layout, Panel, Popup, PopupCloseBehavior, Response, RichText, ScrollArea, SetOpenCommand,
    Ui, UiBuilder, accesskit::Role, vec2,
};

#[derive(Default)]
pub struct FacetsState {
    handle: Handle,
    is_shown: bool,
    has_room: bool,
    /// The value whose menu was opened by a key.
    menu: Option<Id>,
}

impl FacetsState {
    /// Were they in sight in the last frame?
    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Is there room for them, if they are asked for?
    pub(crate) fn has_room(&self) -> bool {
        self.has_room
    }
}

/// The facets, where they are wanted and have room: left of what is drawn next.
pub(crate) fn panel_ui(ui: &mut Ui, app: &App, records: &Records, state: &mut FacetsState, out: &mut Vec<Action>) {
    let room = ui.available_width();
    state.has_room = room >= size::FACETS_LEAST + size::FACETS_TABLE && ui.available_height() >= size::TABLE_LEAST;
    let is_wanted = app.settings.facets_shown.unwrap_or(room >= size::FACETS_ROOM);
    state.is_shown = state.has_room && is_wanted;
    if !state.is_shown {
        return;
    }
    let dataset = records.dataset;
    out.push(Action::WantFacets(dataset));
    let most = (room - size::FACETS_TABLE).min(size::FACETS_MOST);
    let chosen = app.settings.sizes.get(facets_part(dataset)).copied();
    let width = chosen.unwrap_or(size::FACETS).clamp(size::FACETS_LEAST, most);
    // A part of each width that leaves enough for the table.
    let panel = Panel::left(("facets", display::dataset_key(dataset), most as u32));
    let panel = panel.default_size(width).size_range(size::FACETS_LEAST..=most);
    let shown = sized_ui(ui, panel, |ui| {
        ui.set_min_width(ui.available_width());
        pane_ui(ui, &app.texts, PaneId::Facets, |ui| facets_ui(ui, app, records, state, out));
    });
    let width = shown.response.rect.width();
    let is_chosen = state.handle.is_chosen(ui, width);
    out.extend(is_chosen.then_some(Action::Sized(facets_part(dataset), width)));
}

fn facets_ui(ui: &mut Ui, app: &App, records: &Records, state: &mut FacetsState, out: &mut Vec<Action>) {
    head_line_ui(ui, app, records, out);
    ScrollArea::vertical().id_salt("facets").auto_shrink([false, false]).show(ui, |ui| {
        if records.facets.shown().next().is_none() {
            ui.add(Label::new(RichText::new(app.texts.tr("facets-none")).weak()).wrap());
        }
        for facet in records.facets.shown() {
            facet_ui(ui, app, records, &facet, state, out);
            ui.add_space(size::GAP);
        }
    });
}

/// The title, and at the right which fields are shown, and a way to put all of it away.
fn head_line_ui(ui: &mut Ui, app: &App, records: &Records, out: &mut Vec<Action>) {
    let t = &app.texts;
    let row = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        let shortcut = Command::ToggleFacets.shortcut().map(|key| key.to_string()).unwrap_or_default();
        let tip = t.tr_args("facets-hide", &[("shortcut", &shortcut)]);
        let hide = ui.add(Button::new("×").small().frame(false)).on_hover_text(&tip);
        hide.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, &tip));
        if hide.clicked() {
            out.push(Action::ShowFacets(false));
        }
        let stays = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        MenuButton::new(t.tr("facets-fields")).config(stays).ui(ui, |ui| fields_ui(ui, app, records, out));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(RichText::new(t.tr("facets-title")).strong()).truncate());
        });
    });
}

fn fields_ui(ui: &mut Ui, app: &App, records: &Records, out: &mut Vec<Action>) {
    let facets = &records.facets;
    ScrollArea::vertical().max_height(size::DIALOG_HEIGHT).show(ui, |ui| {
        for field in facets.all() {
            let mut shown = facets.has(field);
            if ui.checkbox(&mut shown, field.name()).changed() {
                out.push(Action::SetFacets(records.dataset, Some(facets.with(field, shown))));
            }
        }
    });
    ui.separator();
    if ui.button(app.texts.tr("facets-usual")).clicked() {
        out.push(Action::SetFacets(records.dataset, None));
        ui.close();
    }
}

fn facet_ui(
    ui: &mut Ui,
    app: &App,
    records: &Records,
    facet: &Facet<'_>,
    state: &mut FacetsState,
    out: &mut Vec<Action>,
) {
    let (t, name) = (&app.texts, facet.field.name());
    let row = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        if let Some(table) = facet.table {
            let groups = display::count(table.groups);
            ui.weak(&*groups).on_hover_text(t.tr_args("facets-values", &[("count", &groups)]));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(RichText::new(name).strong()).truncate()).on_hover_text(name);
        });
    });
    let Some(table) = facet.table else {
        let text = facet.fault.map_or_else(|| t.tr("overview-counting"), |why| why.why(t));
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        return;
    };
    let builder = UiBuilder::new().id_salt(("facet", name));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if facet.is_stale {
            ui.multiply_opacity(size::STALE);
        }
        group_ui(ui, Id::unique(("facet", records.dataset, name)), Arrows::Along, |ui| {
            values_ui(ui, app, records, facet.field, table, state, out);
        });
        others_ui(ui, app, table);
    });
    if let Some(why) = facet.fault {
        let color = theme::palette(ui).warning;
        ui.add(Label::new(RichText::new(why.why(t)).color(color)).wrap());
    }
}

fn values_ui(
    ui: &mut Ui,
    app: &App,
    records: &Records,
    field: FieldId,
    table: &GroupsTable,
    state: &mut FacetsState,
    out: &mut Vec<Action>,
) {
    let by = GroupBy::Field(field);
    let keys = table.rows.iter().map(|row| row.key.as_slice());
    let names = group::short_texts(by, keys, app.zone, display::ABSENT);
    let all = table.all.unwrap_or(0);
    let most = table.rows.first().and_then(|row| row.value).unwrap_or(0).max(1);
    for (row, key) in table.rows.iter().zip(&names) {
        let (value, count) = (row.key.first().unwrap_or(&Value::Null), row.value.unwrap_or(0));
        let (counted, share) = (display::count(count), display::share(count, all));
        let absent = app.texts.tr("grid-absent");
        let called = if *value == Value::Null { absent.as_str() } else { key.as_str() };
        let told = format!("{counted}  {share}");
        let args = [("field", field.name()), ("value", called), ("count", &*counted), ("share", &*share)];
        let bar = Bar {
            name: app.texts.tr_args("facets-value", &args),
            key,
            value: &told,
            part: count as f32 / most as f32,
            bad: display::is_refusal(value, field),
            sighted: false,
            label: None,
        };
        let told = |elided: bool| {
            let whole = Some(group::text(by, &row.key, app.zone, &absent)).filter(|whole| elided || whole != key);
            whole.into_iter().chain([app.texts.tr("facets-tip")]).collect()
        };
        let response = bar_ui(ui, &bar, told);
        value_menu_ui(ui, app, &response, (field, value, called), state, out);
        if response.clicked() {
            let exclude = ui.input(|input| input.modifiers.shift);
            out.push(Action::Narrow(records.dataset, clause::clause(value, field, exclude)));
        }
    }
}

/// What any cell with this value offers.
fn value_menu_ui(
    ui: &Ui,
    app: &App,
    response: &Response,
    (field, value, called): (FieldId, &Value, &str),
    state: &mut FacetsState,
    out: &mut Vec<Action>,
) {
    let asked = response.has_focus() && asks_for_menu(ui);
    if asked || response.secondary_clicked() {
        state.menu = asked.then_some(response.id);
    }
    let by_key = state.menu == Some(response.id);
    // Asked for by a key, it is at the value and not at the pointer.
    let popup = match by_key {
        true => Popup::menu(response).open_memory(asked.then_some(SetOpenCommand::Bool(true))),
        false => Popup::context_menu(response),
    };
    popup.show(|ui| {
        head_ui(ui, &format!("{} {called}", field.name()));
        let mut items = Items::new(asked);
        value_items_ui(ui, app, &mut items, &MenuValue::of(ShownColumn::from(field), value, None), out);
    });
}

/// What all other values come to.
fn others_ui(ui: &mut Ui, app: &App, table: &GroupsTable) {
    let Some(other) = table.other else { return };
    let (value, all) = (other.value.unwrap_or(0), table.all.unwrap_or(0));
    let text = app.texts.tr_args("facets-other", &[("count", &*display::count(other.groups))]);
    let row = vec2(ui.available_width(), size::ROW);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(size::CELL_PADDING);
        ui.weak(format!("{}  {}", display::count(value), display::share(value, all)));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(size::CELL_PADDING);
            ui.add(Label::new(RichText::new(text).weak()).truncate());
        });
    });
}
