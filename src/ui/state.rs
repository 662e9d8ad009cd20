//! What the window remembers between frames and the application need not know: scroll positions, texts being typed.

use super::dialogs::picker::Picker;
use super::filter_bar::FilterBarState;
use super::inspector::InspectorState;
use super::time_bar::TimeBarState;
use super::views::evidence::EvidenceState;
use super::views::exhibits::ExhibitsState;
use super::views::findings::FindingsState;
use super::views::indicators::IndicatorsState;
use super::views::pairs::PairsState;
use super::views::sightings::SightingsState;
use super::views::sql::SqlState;
use super::views::timeline::TimelineState;
use super::widgets::grid::GridState;
use super::widgets::subject::SubjectState;
use crate::model::Dataset;
use crate::session::Dialog;

#[derive(Default)]
pub struct UiState {
    pub flows: GridState,
    pub events: GridState,
    pub evidence: EvidenceState,
    pub pairs: PairsState,
    pub timeline: TimelineState,
    pub indicators: IndicatorsState,
    pub sightings: SightingsState,
    pub sql: SqlState,
    pub filter: FilterBarState,
    pub time: TimeBarState,
    pub inspector: InspectorState,
    pub subject: SubjectState,
    pub findings: FindingsState,
    pub exhibits: ExhibitsState,
    /// Where a drag over the histogram began, in seconds.
    pub histogram_drag: Option<f64>,
    pub picker: Picker,
    /// The entry that Enter takes in the list of a dialog.
    pub list_at: usize,
    /// A dialog that has just opened puts the focus into its first field.
    pub dialog_is_new: bool,
    pub dialog_shown: Option<std::mem::Discriminant<Dialog>>,
}

impl UiState {
    pub fn grid(&mut self, dataset: Dataset) -> &mut GridState {
        match dataset {
            Dataset::Flows => &mut self.flows,
            Dataset::Events => &mut self.events,
        }
    }
}
