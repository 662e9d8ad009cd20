//! What the window remembers between frames and the application need not know: scroll positions, texts being typed.

use super::dialogs::picker::Picker;
use super::filter_bar::FilterBarState;
use super::focus::FocusState;
use super::inspector::InspectorState;
use super::plot::select::Selecting;
use super::tag_popover::TagPopover;
use super::time_bar::TimeBarState;
use super::views::compare::CompareState;
use super::views::facets::FacetsState;
use super::views::timeline::track::PlotState;
use super::widgets::grid::GridState;
use super::widgets::list::ListState;
use super::widgets::subject::SubjectState;
use crate::app::journal::Entry;
use crate::model::conclusions::{ExhibitText, FindingText, ReportField};
use crate::model::{Dataset, EvidenceId, IndicatorIssue, IndicatorList, Label, Received};
use crate::query::{EvidenceRow, WarningRow};
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
    /// The file whose row was selected last, because it was looked at.
    pub known: Option<EvidenceId>,
    /// Bytes are shown as text instead of numbers.
    pub as_text: bool,
    /// The page of bytes that is shown, and what is marked in it.
    pub bytes_shown: Option<(u64, u64)>,
    /// The byte to go to, while it is typed.
    pub offset: String,
}

#[derive(Default)]
pub struct JournalState {
    pub entries: ListState<Entry>,
    pub members: Option<EntryMembers>,
}

/// The members of the entry that is looked at: among which entries, and its number.
pub struct EntryMembers {
    pub among: Arc<[Entry]>,
    pub seq: i64,
    pub members: Vec<(String, String)>,
}

/// What is typed, and how the rows are scrolled.
#[derive(Default)]
pub struct ExhibitsState {
    pub of: Option<i64>,
    pub draft: ExhibitText,
    pub known: ExhibitText,
    /// Of the unsaved texts when the draft was filled.
    pub revision: u64,
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
    /// Of the unsaved texts when the draft was filled.
    pub revision: u64,
    pub new_title: String,
}

#[derive(Default)]
pub struct IndicatorsState {
    pub lists: ListState<IndicatorList>,
    pub entries: GridState,
    pub issues: ListState<IndicatorIssue>,
    pub labels: ListState<Label>,
}

#[derive(Default)]
pub struct PairsState {
    pub grid: GridState,
    /// The height of what is above and below the table; with less room than for both the view is scrolled as a whole.
    pub around: f32,
}

#[derive(Default)]
pub struct SightingsState {
    pub grid: GridState,
}

/// What is asked for before a lead is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeavingOut {
    Dismiss,
    Allow,
}

#[derive(Default)]
pub struct LeadsState {
    pub grid: GridState,
    /// Of the lead with this key.
    pub of: String,
    pub asks: Option<LeavingOut>,
    pub reason: String,
    pub filter: String,
}

#[derive(Default)]
pub struct SqlState {
    pub grid: GridState,
    /// Byte of the statement where the cursor is; a column's name goes in there.
    pub cursor: usize,
}

#[derive(Default)]
pub struct TimelineState {
    pub plot: PlotState,
    /// Thresholds while they are typed, by the id of the track.
    pub thresholds: BTreeMap<u64, String>,
}

#[derive(Default)]
pub struct UiState {
    pub focus: FocusState,
    pub flows: GridState,
    pub events: GridState,
    pub evidence: EvidenceState,
    pub journal: JournalState,
    pub pairs: PairsState,
    pub timeline: TimelineState,
    pub indicators: IndicatorsState,
    pub sightings: SightingsState,
    pub identities: GridState,
    pub rules: GridState,
    pub leads: LeadsState,
    /// Over the events of a key, session or principal.
    pub follow: PlotState,
    pub sql: SqlState,
    pub query_result: GridState,
    /// Of the flows and of the events.
    pub filters: [FilterBarState; 2],
    pub time: TimeBarState,
    /// Of the flows and of the events.
    pub facets: [FacetsState; 2],
    pub inspector: InspectorState,
    pub compare: CompareState,
    pub tags: TagPopover,
    /// What is typed about a record in the inspector, about an address on its page, and about a thing in the dialog: all of
    /// them can be on screen.
    pub subject: SubjectState,
    pub address_subject: SubjectState,
    pub dialog_subject: SubjectState,
    /// The name of whoever imports, once it is asked for.
    pub importer: Option<String>,
    pub findings: FindingsState,
    pub exhibits: ExhibitsState,
    /// What had the keyboard in the frame before.
    pub focus_before: Option<egui::Id>,
    /// The handle between two halves.
    pub half: super::widgets::handle::Handle,
    /// Of the flows and of the events.
    pub histograms: [Selecting; 2],
    pub picker: Picker,
    /// The entry that Enter takes in the list of a dialog.
    pub list_at: usize,
    /// A dialog that has just opened puts the focus into its first field.
    pub dialog_is_new: bool,
    pub dialog_shown: Option<std::mem::Discriminant<Dialog>>,
}

impl UiState {
    pub fn filter(&mut self, dataset: Dataset) -> &mut FilterBarState {
        let [flows, events] = &mut self.filters;
        match dataset {
            Dataset::Flows => flows,
            Dataset::Events => events,
        }
    }

    pub fn histogram(&mut self, dataset: Dataset) -> &mut Selecting {
        let [flows, events] = &mut self.histograms;
        match dataset {
            Dataset::Flows => flows,
            Dataset::Events => events,
        }
    }

    pub fn facets(&mut self, dataset: Dataset) -> &mut FacetsState {
        let [flows, events] = &mut self.facets;
        match dataset {
            Dataset::Flows => flows,
            Dataset::Events => events,
        }
    }

    pub fn grid(&mut self, dataset: Dataset) -> &mut GridState {
        match dataset {
            Dataset::Flows => &mut self.flows,
            Dataset::Events => &mut self.events,
        }
    }
}
