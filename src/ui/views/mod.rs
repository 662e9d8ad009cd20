//! What fills the middle of the window: a file and two lines here a view.

pub(crate) mod address;
pub(crate) mod cell_menu;
pub(crate) mod evidence;
pub(crate) mod exhibits;
pub(crate) mod findings;
pub(crate) mod indicators;
pub(crate) mod overview;
pub(crate) mod pairs;
pub(crate) mod queries;
pub(crate) mod records;
pub(crate) mod result_table;
pub(crate) mod sightings;
pub(crate) mod sql;
pub(crate) mod start;
pub(crate) mod timeline;

use super::state::UiState;
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, View};
use egui::Ui;

/// Draws the view that is on screen.
pub(crate) fn view_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    match app.view {
        View::Overview => overview::overview_ui(ui, app, case, out),
        View::Evidence => evidence::evidence_ui(ui, app, case, state, out),
        View::Records(dataset) => records::records_ui(ui, app, case, dataset, state, out),
        View::Pairs => pairs::pairs_ui(ui, app, case, state, out),
        View::Timeline => timeline::timeline_ui(ui, app, case, state, out),
        View::Indicators => indicators::indicators_ui(ui, app, case, state, out),
        View::Sightings => sightings::sightings_ui(ui, app, case, state, out),
        View::Queries => queries::queries_ui(ui, app, case, state, out),
        View::Address => address::address_ui(ui, app, case, state, out),
        View::Sql => sql::sql_ui(ui, app, case, state, out),
        View::Findings => findings::findings_ui(ui, app, case, state, out),
        View::Exhibits => exhibits::exhibits_ui(ui, app, case, state, out),
    }
}

/// The arrow keys go to the table of the view, where it has one that takes them without a click.
pub(crate) fn focus_table(view: View, state: &mut UiState) {
    match view {
        View::Records(dataset) => state.grid(dataset).focus(),
        View::Pairs => state.pairs.grid.focus(),
        View::Sightings => state.sightings.grid.focus(),
        View::Indicators => state.indicators.entries.focus(),
        View::Overview
        | View::Evidence
        | View::Timeline
        | View::Queries
        | View::Sql
        | View::Findings
        | View::Exhibits
        | View::Address => {}
    }
}
