//! What fills the middle of the window: a file and two lines here a view.

pub(crate) mod address;
pub(crate) mod cell_menu;
pub(crate) mod compare;
pub(crate) mod evidence;
pub(crate) mod exhibits;
pub(crate) mod findings;
pub(crate) mod indicators;
pub(crate) mod journal;
pub(crate) mod no_records;
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
        View::Address => address::address_ui(ui, app, case, state, out),
        View::Sql => sql::sql_ui(ui, app, case, state, out),
        View::Findings => findings::findings_ui(ui, app, case, state, out),
        View::Exhibits => exhibits::exhibits_ui(ui, app, case, state, out),
    }
}
