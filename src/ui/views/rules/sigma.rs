//! The case's Sigma rules with what each matches; what cannot be used is listed with the reason. A row leads to its events.

use crate::model::Value;
use crate::present::display;
use crate::session::command::Command;
use crate::session::open_case::OpenCase;
use crate::session::rules::RulesAction;
use crate::session::{Action, App, Link};
use crate::ui::state::UiState;
use crate::ui::views::result_table::{Shown, search_ui, table_ui};
use crate::ui::widgets::empty::{Empty, offer_ui};
use egui::Ui;

pub(super) fn sigma_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let (t, shown) = (&app.texts, &case.rules.sigma);
    let Some(all) = shown.len() else {
        let text = shown.fault().map_or_else(|| t.tr("rules-counting"), |why| why.why(t));
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    if all == 0 && !shown.is_stale() {
        let empty = Empty { title: t.tr("rules-sigma-none"), text: t.tr("rules-sigma-none-about") };
        return offer_ui(ui, app, &empty, &[Command::ImportSigma], out);
    }
    let action = |action| Action::Rules(RulesAction::Table(action));
    ui.horizontal_wrapped(|ui| {
        search_ui(ui, app, &shown.table, action, out);
        ui.weak(t.tr_args("sql-rows", &[("count", &display::count(all as u64))]));
        if ui.button(t.tr("command-import-sigma")).clicked() {
            out.push(Action::Command(Command::ImportSigma));
        }
    });
    let events = |row: &[Value]| Some(Action::Follow(Link::records(&shown.counted(row)?, None)));
    let menu = |row: &[Value]| events(row).map(|action| (t.tr("menu-show-records"), action)).into_iter().collect();
    let (name, dimmed) = (t.tr("rules-by-sigma"), shown.is_stale());
    let table = Shown { id: "sigma", name, table: &shown.table, dimmed, action, opens: &events, menu: &menu };
    table_ui(ui, app, &table, &mut state.rules, out);
}
