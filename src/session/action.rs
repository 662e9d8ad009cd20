//! What can be shown, asked, done: the values that the window and the application exchange.

use super::command::Command;
use super::conclusions::Task;
use super::export_jobs::ExportRequest;
use super::indicators::{IndicatorFile, IndicatorsAction, NewLabel, TypedIndicators};
use super::jobs::JobId;
use super::library::LibraryAction;
use super::pairs::PairsAction;
use super::preview::PreviewAction;
use super::saved_filters::FilterChange;
use super::selection::Selection;
use super::settings::{ColumnSetting, ThemeChoice};
use super::sightings::SightingsAction;
use super::source::{CaseInfo, ImportOptions, Mend};
use super::sql_console::SqlAction;
use super::timeline::TimelineAction;
use super::view::View;
use crate::app::error::UserError;
use crate::app::report::Order;
use crate::filter::Filter;
use crate::model::{Dataset, EvidenceId, FieldId, SavedFilter, TimeRange};
use crate::model::{
    Value,
    conclusions::{ExhibitText, Subject},
};
use crate::present::zone::Zone;
use crate::query::{Duplicates, GroupBy, Scope, TopQuery};
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
    Jobs,
    Errors,
    Help,
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
    EditFilter(Dataset, String),
    ApplyFilter(Dataset, String),
    /// One more condition beside the current filter.
    Narrow(Dataset, Filter),
    /// The records that this condition leaves too: the filter and their table.
    Drill(Dataset, Filter),
    Follow(Link),
    ChangeFilters(FilterChange),
    /// Undoes the last change although it takes much out of the case.
    UndoAgreed,
    Export(Box<ExportRequest>),
    /// The running export at this place.
    CancelExport(usize),
    /// A top list as a whole, with its title; `None` leads back to the view that it is in.
    TopList(Option<(String, Box<TopQuery>)>),
    /// Details of this address.
    ShowAddress(String),
    Pairs(PairsAction),
    Timeline(TimelineAction),
    Indicators(IndicatorsAction),
    Sightings(SightingsAction),
    Library(LibraryAction),
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
    Select(Dataset, Selection),
    WantRows(Dataset, Range<u64>),
    Sql(SqlAction),
    Warnings(Option<EvidenceId>),
    Complete(Option<(FieldId, String)>),
    SetZone(Zone),
    Dialog(Option<Dialog>),
    GoToRow(u64),
    Copy(String),
    CopyRows,
    /// The column of this name, of the selected rows.
    CopyColumn(&'static str),
    ShowInspector,
    ClearErrors,
    Fail(UserError),
    /// Something of what examiners write is to be changed.
    Write(Task),
    /// The tag that was given last, on the selected rows or off.
    ToggleTag,
    WriteReport(Box<ReportDraft>),
    LookAt(i64),
    Preview(PreviewAction),
    /// The live view of an exhibit.
    OpenExhibit(i64),
    /// The records that a finding cites.
    ShowCited(i64),
}

/// What only the window can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Quit,
    FocusFilter,
    FocusTable,
    Theme(ThemeChoice),
    Scale(f32),
    CopyText(String),
}
