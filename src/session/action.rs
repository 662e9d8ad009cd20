//! What can be shown, asked, done: the values that the window and the application exchange.

use super::address_page::AddressAction;
use super::command::Command;
use super::compare::CompareAction;
use super::conclusions::Task;
use super::copying::Copied;
use super::evidence::EvidenceAction;
use super::export_jobs::ExportRequest;
use super::help::HelpPage;
use super::identities::IdentitiesAction;
use super::indicators::{IndicatorFile, IndicatorsAction, NewLabel, TypedIndicators};
use super::jobs::JobId;
use super::journal::JournalAction;
use super::leads::LeadsAction;
use super::library::LibraryAction;
use super::pairs::PairsAction;
use super::preview::PreviewAction;
use super::rules::RulesAction;
use super::saved_filters::FilterChange;
use super::saved_views::ViewChange;
use super::selection::Selection;
use super::settings::{ColumnSetting, ThemeChoice};
use super::sightings::SightingsAction;
use super::source::{CaseInfo, ImportOptions, Mend};
use super::split::Side;
use super::sql_console::SqlAction;
use super::standouts::StandoutsAction;
use super::timeline::TimelineAction;
use super::tour::TourAction;
use super::unsaved::{Place, Words};
use super::view::View;
use crate::app::error::UserError;
use crate::app::journal::About;
use crate::app::report::Order;
use crate::filter::Filter;
use crate::model::{Dataset, EvidenceId, FieldId, RecordId, SavedFilter, SupplementKind, TimeRange};
use crate::model::{
    Value,
    conclusions::{ExhibitText, Subject},
};
use crate::present::zone::Zone;
use crate::query::{Duplicates, GroupBy, Scope, TopQuery};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// Where a figure leads: a view over exactly the records that it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub view: View,
    pub dataset: Dataset,
    pub filter: String,
    pub range: TimeRange,
    pub duplicates: Duplicates,
}

impl Link {
    /// The records of a scope, or those of one of its groups.
    pub fn records(scope: &Scope, group: Option<(GroupBy, &[Value])>) -> Self {
        let filter = crate::questions::group::filter_text(scope, group);
        let (dataset, range, duplicates) = (scope.dataset, scope.range, scope.duplicates);
        Self { view: View::Records(dataset), dataset, filter, range, duplicates }
    }

    /// The same records in another view.
    #[must_use]
    pub fn in_view(self, view: View) -> Self {
        Self { view, ..self }
    }
}

/// What an entry of the palette opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Command(Command),
    /// A named query, by its name.
    Query(&'static str),
    /// Details of an address.
    Address(String),
    /// The page of a key, session or principal.
    Key(String),
    Records(Link),
}

impl Target {
    /// By which it is remembered; what belongs to one case is not.
    pub fn key(&self) -> Option<String> {
        match self {
            Target::Command(command) => Some(command.name().to_owned()),
            Target::Query(name) => Some(format!("query:{name}")),
            Target::Address(_) | Target::Key(_) | Target::Records(_) => None,
        }
    }
}

/// What asks for an answer before anything else continues.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    Open {
        path: String,
    },
    NewCase {
        path: String,
        info: CaseInfo,
        then_import: Vec<PathBuf>,
    },
    Import {
        paths: Vec<PathBuf>,
        typed: String,
        keep_raw: bool,
        flow_format: String,
    },
    GoToRow {
        typed: String,
    },
    /// An address to be looked at.
    Address {
        typed: String,
    },
    Zone {
        typed: String,
    },
    Palette {
        typed: String,
    },
    /// A case of an older version is to be written to.
    Upgrade,
    /// A damaged case: where what can be read of it goes.
    Rescue {
        path: String,
    },
    /// An import runs into the case that is about to be left.
    Leaving(Leaving),
    /// The timeline as a picture, SVG or PNG by the name.
    SaveChart {
        path: String,
    },
    /// A filter to be kept under a name.
    SaveFilter(SavedFilter),
    /// The kept filters, from a file or into one.
    FilterFile {
        path: String,
        imports: bool,
    },
    Export {
        path: String,
        replace: bool,
    },
    /// A list of indicators that is previewed before it comes in.
    IndicatorFile(IndicatorFile),
    AddIndicators(TypedIndicators),
    Label(NewLabel),
    /// Sigma rules, or an inventory, that come in.
    Supplement {
        kind: SupplementKind,
        path: String,
    },
    /// A database of countries and network owners.
    Owners {
        path: String,
    },
    /// The view on screen, to be frozen.
    AddExhibit(Box<ExhibitDraft>),
    /// The report, to be written as a folder.
    Report(Box<ReportDraft>),
    /// Tags and notes of something.
    TagsAndNotes(Subject),
    /// An undo that would take much out of the case.
    Undo,
    /// The views that are kept in the case, and the name for a new one.
    Views {
        typed: String,
    },
    /// Texts that the last run left.
    Unsaved,
    Jobs,
    Errors,
    Help(HelpPage),
}

/// A report while it is ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDraft {
    pub folder: String,
    pub order: Order,
}

/// An exhibit while it is described.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExhibitDraft {
    /// Which of the candidates of the view.
    pub chosen: usize,
    /// Rows of a table at most, as typed.
    pub rows: String,
    pub text: ExhibitText,
    /// The words of a text.
    pub words: String,
}

/// Where the open case is left for.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaving {
    Open {
        path: PathBuf,
        then_import: Vec<PathBuf>,
    },
    Create {
        path: PathBuf,
        info: CaseInfo,
        then_import: Vec<PathBuf>,
    },
    Sample,
    Nothing,
    /// The program ends: no import can continue.
    Quit,
}

/// What becomes of the import that runs into the case that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunningImport {
    GoesOn,
    IsCancelled,
}

/// Changes that views ask for.
#[derive(Clone, Debug)]
pub enum Action {
    Command(Command),
    /// From the palette, which remembers it.
    Found(Target),
    /// Closes the innermost thing that is open on screen.
    Escape,
    Open(PathBuf),
    Create {
        path: PathBuf,
        info: CaseInfo,
        then_import: Vec<PathBuf>,
    },
    Import {
        paths: Vec<PathBuf>,
        options: ImportOptions,
    },
    /// Files or folders dropped on the window.
    Dropped(Vec<PathBuf>),
    /// The answer to `Dialog::Leaving`.
    Leave(Leaving, RunningImport),
    Mend(Mend),
    ForgetRecent(PathBuf),
    CancelJob(JobId),
    Answer(JobId, bool),
    Show(View),
    /// This half of the window is the active one.
    Activate(Side),
    /// A view in one half of the window.
    ShowIn(Side, View),
    CloseHalf(Side),
    EditFilter(Dataset, String),
    ApplyFilter(Dataset, String),
    /// One more condition beside the current filter.
    Narrow(Dataset, Filter),
    /// The records that this condition leaves too: the filter and their table.
    Drill(Dataset, Filter),
    Follow(Link),
    ChangeFilters(FilterChange),
    ChangeViews(ViewChange),
    /// The kept view of this name.
    OpenLook(String),
    /// Undoes the last change although it takes much out of the case.
    UndoAgreed,
    Export(Box<ExportRequest>),
    /// The running export at this place.
    CancelExport(usize),
    /// A top list as a whole, with its title; `None` leads back to the view that it is in.
    TopList(Option<(String, Box<TopQuery>)>),
    /// Details of this address.
    ShowAddress(String),
    AddressPage(AddressAction),
    Pairs(PairsAction),
    Timeline(TimelineAction),
    Indicators(IndicatorsAction),
    Sightings(SightingsAction),
    Identities(IdentitiesAction),
    Rules(RulesAction),
    Leads(LeadsAction),
    /// The page of this key, session or principal.
    FollowKey(String),
    Library(LibraryAction),
    Journal(JournalAction),
    Evidence(EvidenceAction),
    Standouts(StandoutsAction),
    Tour(TourAction),
    /// A named query without parameters, run in the library.
    ShowQuery(&'static str),
    /// What an entry of the journal speaks of.
    ShowAbout(About),
    SetRange(TimeRange),
    Sort {
        field: FieldId,
        add: bool,
    },
    SortAs {
        field: FieldId,
        descending: bool,
    },
    ResetColumns(Dataset),
    /// The examiner's own columns instead of a query's.
    OwnColumns(Dataset),
    SetColumns(Dataset, Vec<ColumnSetting>),
    /// Somebody chose a column's width, in any table.
    SetWidth {
        table: &'static str,
        column: String,
        width: f32,
    },
    /// The histogram over the flows: bytes instead of records.
    HistogramBytes(bool),
    Select(Dataset, Selection),
    WantRows(Dataset, Range<u64>),
    /// The steps back from this event are on screen.
    WantChain(RecordId),
    /// The facets beside the table are on screen.
    WantFacets(Dataset),
    /// The fields that are facets; `None` for the usual ones.
    SetFacets(Dataset, Option<Vec<FieldId>>),
    /// The facets beside the tables, in sight or put away.
    ShowFacets(bool),
    Sql(SqlAction),
    Warnings(Option<EvidenceId>),
    Complete(Option<(FieldId, String)>),
    SetZone(Zone),
    Dialog(Option<Dialog>),
    GoToRow(u64),
    Copy(String),
    /// The selected rows of the table of records that is shown.
    CopyRows,
    /// Rows of a list in memory.
    CopiedRows(Copied),
    /// Rows of the exhibit that is looked at, as they were frozen: of its section at this place.
    CopyFrozen(usize, Selection),
    StopCopying,
    /// The column of this name, of the selected rows.
    CopyColumn(&'static str),
    ShowInspector,
    /// A part of the window was dragged to another size.
    Sized(&'static str, f32),
    ClearErrors,
    Fail(UserError),
    /// Something of what examiners write is to be changed.
    Write(Task),
    /// Tags that these things are to have, or to have no more (`false`): one step to undo.
    SetTags(Vec<Subject>, BTreeMap<String, bool>),
    Compare(CompareAction),
    /// The name of whoever works with the program, remembered from now on.
    Examiner(String),
    WriteReport(Box<ReportDraft>),
    LookAt(i64),
    Preview(PreviewAction),
    /// What is typed at a place and not saved there; nothing, once it is.
    Typed(Place, Option<Words>),
    DiscardTyped(Place),
    GoToUnsaved(Place),
    /// What the last run left was looked at.
    KnowUnsaved,
    /// The live view of an exhibit.
    OpenExhibit(i64),
    /// The records that a finding cites.
    ShowCited(i64),
    /// A record, among all of its kind.
    ShowRecord(Dataset, RecordId),
}

impl Action {
    /// Does every frame ask for it, and does it change nothing that would have to be drawn again?
    pub fn is_routine(&self) -> bool {
        matches!(
            self,
            Action::WantRows(..)
                | Action::WantChain(_)
                | Action::WantFacets(_)
                | Action::Complete(_)
                | Action::Typed(..)
                | Action::Pairs(PairsAction::Want(_))
                | Action::Indicators(IndicatorsAction::Want(_))
                | Action::Sightings(SightingsAction::Want(_))
        )
    }
}

/// What only the window can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Quit,
    FocusFilter,
    FocusTable,
    /// Where the record was opened by a key.
    FocusInspector,
    FocusTime,
    /// So many panes further.
    Pane(isize),
    /// The names beside the signs of the navigation: only the window knows whether they are shown.
    ToggleNavigation,
    /// Whether the facets are in sight is known to the window, too.
    ToggleFacets,
    /// This finding is looked at.
    ShowFinding(i64),
    Theme(ThemeChoice),
    Scale(f32),
    /// Nothing moves by itself any more, or again.
    Still(bool),
    CopyText(String),
    /// The tags of the selected rows are to be chosen, beside them.
    EditTags,
}
