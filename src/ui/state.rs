//! What the window remembers between frames and the application need not know: scroll positions, texts being typed.

use super::dialogs::picker::Picker;
use super::filter_bar::FilterBarState;
use super::time_bar::TimeBarState;
use super::widgets::grid::GridState;
use super::widgets::list::ListState;
use super::widgets::subject::SubjectState;
use crate::model::conclusions::{ExhibitText, FindingText, ReportField};
use crate::model::{Dataset, IndicatorIssue, IndicatorList, Label, Received, RecordId};
use crate::query::{EntryColumn, EvidenceRow, WarningRow};
use crate::report::Picture;
use crate::session::Dialog;
use crate::session::selection::Selection;
use egui::TextureHandle;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Default)]
pub struct EvidenceState {
    pub files: ListState<EvidenceRow>,
    pub warnings: ListState<WarningRow>,
    pub received: ListState<Received>,
    /// The lower list shows what was not imported instead of the warnings.
    pub shows_received: bool,
}

/// What is typed, and how the rows are scrolled.
#[derive(Default)]
pub struct ExhibitsState {
    pub of: Option<i64>,
    pub draft: ExhibitText,
    pub known: ExhibitText,
    /// The report's fields that are being typed.
    pub fields: BTreeMap<ReportField, String>,
    pub rows: GridState,
    pub selection: Selection,
    pub section: usize,
    pub preview: PreviewState,
}

#[derive(Default)]
pub struct PreviewState {
    /// The picture that is in the graphics memory.
    pub shown: Option<(Arc<Picture>, TextureHandle)>,
    /// As wide as there is room; else the whole page.
    pub is_wide: bool,
}

/// The finding that is looked at, and its words while they are typed.
#[derive(Default)]
pub struct FindingsState {
    pub of: Option<i64>,
    pub draft: FindingText,
    /// As the case has them.
    pub known: FindingText,
    pub new_title: String,
}

#[derive(Default)]
pub struct IndicatorsState {
    pub lists: ListState<IndicatorList>,
    pub entries: GridState,
    pub issues: ListState<IndicatorIssue>,
    pub labels: ListState<Label>,
    pub widths: [Option<f32>; EntryColumn::ALL.len()],
}

#[derive(Default)]
pub struct PairsState {
    pub grid: GridState,
}

#[derive(Default)]
pub struct SightingsState {
    pub grid: GridState,
}

#[derive(Default)]
pub struct SqlState {
    pub grid: GridState,
    /// Byte of the statement where the cursor is; a column's name goes in there.
    pub cursor: usize,
}

#[derive(Default)]
pub struct TimelineState {
    /// Where a drag over a track began, in seconds.
    pub drag: Option<f64>,
    /// Thresholds while they are typed, by the id of the track.
    pub thresholds: BTreeMap<u64, String>,
}

/// The raw text made ready to be shown, kept while the record stays the same.
#[derive(Default)]
pub struct InspectorState {
    pub of: Option<RecordId>,
    pub raw: String,
    pub json: Option<String>,
    pub hidden_bytes: usize,
}

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
    pub query_result: GridState,
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
