//! What fills the middle of the window: a file and two lines here a view.

pub(crate) mod address;
pub(crate) mod cell_menu;
pub(crate) mod compare;
pub(crate) mod evidence;
pub(crate) mod exhibits;
pub(crate) mod facets;
pub(crate) mod findings;
pub(crate) mod follow;
pub(crate) mod identities;
pub(crate) mod indicators;
pub(crate) mod journal;
pub(crate) mod leads;
pub(crate) mod no_records;
pub(crate) mod overview;
pub(crate) mod pairs;
pub(crate) mod queries;
pub(crate) mod records;
pub(crate) mod result_table;
pub(crate) mod rules;
pub(crate) mod sightings;
pub(crate) mod sql;
pub(crate) mod start;
pub(crate) mod timeline;

use super::focus::{PaneId, pane_ui, sized_ui};
use super::state::UiState;
use super::theme::size;
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, View};
use egui::{Align, Button, Frame, Layout, Margin, Panel, Ui};

/// Draws a view.
pub(crate) fn view_ui(ui: &mut Ui, app: &App, case: &OpenCase, view: View, state: &mut UiState, out: &mut Vec<Action>) {
    match view {
        View::Overview => overview::overview_ui(ui, app, case, out),
        View::Evidence => evidence::evidence_ui(ui, app, case, state, out),
        View::Journal => journal::journal_ui(ui, app, case, state, out),
        View::Records(dataset) => records::records_ui(ui, app, case, dataset, state, out),
        View::Pairs => pairs::pairs_ui(ui, app, case, state, out),
        View::Timeline => timeline::timeline_ui(ui, app, case, state, out),
        View::Indicators => indicators::indicators_ui(ui, app, case, state, out),
        View::Sightings => sightings::sightings_ui(ui, app, case, state, out),
        View::Queries => queries::queries_ui(ui, app, case, state, out),
        View::Identities => identities::identities_ui(ui, app, case, state, out),
        View::Rules => rules::rules_ui(ui, app, case, state, out),
        View::Leads => leads::leads_ui(ui, app, case, state, out),
        View::Follow => follow::follow_ui(ui, app, case, state, out),
        View::Address => address::address_ui(ui, app, case, state, out),
        View::Sql => sql::sql_ui(ui, app, case, state, out),
        View::Findings => findings::findings_ui(ui, app, case, state, out),
        View::Exhibits => exhibits::exhibits_ui(ui, app, case, state, out),
    }
}

/// The details of a row beside its list, which leave it a part of the width.
fn beside_ui(ui: &mut Ui, app: &App, (id, most): (&'static str, f32), draw: impl FnOnce(&mut Ui)) {
    let width = ui.available_width();
    let frame = Frame::new().inner_margin(Margin { left: 10, ..Margin::ZERO });
    let panel = Panel::right(id)
        .frame(frame)
        .default_size(size::DETAILS.min(width * size::DETAILS_PART))
        .size_range(size::DETAILS_LEAST..=(width * most).max(size::DETAILS_LEAST));
    sized_ui(ui, panel, |ui| {
        ui.set_min_width(ui.available_width());
        pane_ui(ui, &app.texts, PaneId::Inspector, draw);
    });
}

/// What such details are of. True when they are closed.
fn beside_head_ui(ui: &mut Ui, app: &App, title: String) -> bool {
    let row = ui.horizontal(|ui| {
        ui.strong(title);
        let close = |ui: &mut Ui| ui.add(Button::new(app.texts.tr("close")).small()).clicked();
        ui.with_layout(Layout::right_to_left(Align::Center), close).inner
    });
    row.inner
}
