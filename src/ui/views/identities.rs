//! Identities: the principals of the events, or their sessions. A row leads to its events, and to the page that follows it.

use super::no_records::no_records_ui;
use super::result_table::{Shown, search_ui, table_ui};
use crate::model::{Dataset, Value};
use crate::present::display;
use crate::session::identities::{IdentitiesAction, Listed};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Link, View};
use crate::ui::state::UiState;
use crate::ui::theme;
use crate::ui::{filter_bar, time_bar};
use egui::{Button, RichText, Ui};

pub(crate) fn identities_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    filter_bar::filter_bar_ui(ui, app, case, Dataset::Events, state.filter(Dataset::Events), out);
    if state.filter(Dataset::Events).take_leaves(app, View::Identities) {
        state.identities.focus();
    }
    time_bar::time_bar_ui(ui, app, &mut state.time, out);
    choices_ui(ui, app, case, out);
    let (t, shown) = (&app.texts, case.identities.shown());
    match shown.len() {
        None => {
            let text = shown.fault().map_or_else(|| t.tr("identities-counting"), |why| why.why(t));
            ui.centered_and_justified(|ui| ui.label(text));
        }
        Some(0) if !shown.is_stale() => no_records_ui(ui, app, case, Dataset::Events, out),
        Some(_) => rows_ui(ui, app, case, state, out),
    }
}

fn choices_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let (t, identities) = (&app.texts, &case.identities);
    ui.horizontal_wrapped(|ui| {
        for listed in Listed::ALL {
            let key = format!("identities-{}", listed.name());
            let button = Button::selectable(identities.listed() == listed, t.tr(&key));
            if ui.add(button).on_hover_text(t.tr(&format!("{key}-tip"))).clicked() {
                out.push(Action::Identities(IdentitiesAction::Show(listed)));
            }
        }
        let Some(all) = identities.shown().len() else { return };
        ui.separator();
        search_ui(
            ui,
            app,
            &identities.shown().table,
            |action| Action::Identities(IdentitiesAction::Table(action)),
            out,
        );
        ui.weak(t.tr_args("sql-rows", &[("count", &display::count(all as u64))]));
        let left_out = identities.shown().table.rows().map_or(0, |rows| rows.left_out.allowed);
        if left_out > 0 {
            let text = t.tr_args("leads-left-out", &[("count", &display::count(left_out))]);
            ui.label(RichText::new(text).color(theme::palette(ui).warning));
        }
        if identities.shown().is_cut() {
            ui.label(RichText::new(t.tr("sql-cut")).color(theme::palette(ui).warning));
        }
    });
}

fn rows_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let (t, identities) = (&app.texts, &case.identities);
    let shown = identities.shown();
    let first = |row: &[Value]| row.first().filter(|value| **value != Value::Null).map(Value::to_text);
    // A service is no key that could be followed.
    let is_followed = |row: &[Value]| !matches!(shown.value(row, "kind"), Some(Value::Text(kind)) if kind == "service");
    let follow = |row: &[Value]| first(row).filter(|_| is_followed(row)).map(Action::FollowKey);
    let events = |row: &[Value]| Some(Action::Follow(Link::records(&shown.counted(row)?, None)));
    let opens = |row: &[Value]| follow(row).or_else(|| events(row));
    let (id, name) = match identities.listed() {
        Listed::Principals => ("identities", t.tr("identities-principals")),
        Listed::Sessions => ("sessions", t.tr("identities-sessions")),
    };
    let more = |row: &[Value]| {
        let entries = [(t.tr("menu-follow"), follow(row)), (t.tr("menu-show-records"), events(row))];
        entries.into_iter().filter_map(|(text, action)| Some((text, action?))).collect()
    };
    let action = |action| Action::Identities(IdentitiesAction::Table(action));
    let table = Shown { id, name, table: &shown.table, dimmed: shown.is_stale(), action, opens: &opens, menu: &more };
    table_ui(ui, app, &table, &mut state.identities, out);
}
