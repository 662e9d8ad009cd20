//! What a part of an open case's state can do that asks worker threads for something, be it what a view shows or a list
//! that is kept whatever is shown. `open_case` goes through its panes without telling one from another.

use super::shown::{Candidate, Exported, Shown};
use super::slots::Lane;
use super::split::Views;
use super::view::View;
use crate::analysis::coverage::SourceGap;
use crate::app::Failure;
use crate::app::decisions::DecisionList;
use crate::case::Target;
use crate::model::{Address, Dataset, TimeRange};
use crate::query::{Duplicates, Scope, Totals};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Lanes of work, so that a page never waits behind a scan, nor a table behind another view's question.
pub struct Lanes {
    pub rows: Lane,
    pub charts: Lane,
    pub pages: Lane,
    /// Questions of the views that are not tables of records.
    pub answers: Lane,
    /// Statements of the examiner, which may take as long as they are allowed to.
    pub console: Lane,
    /// Rows for the clipboard.
    pub copies: Lane,
    /// Changes to the case: they wait for nothing that is read.
    pub changes: Lane,
}

/// What a pane asks by: the state of the case and of the window.
pub(crate) struct Asking<'a> {
    pub lanes: &'a Lanes,
    pub case: &'a Path,
    /// Who writes, where the case names no examiner.
    pub by: Option<&'a str>,
    /// Counts up whenever evidence came in.
    pub revision: u64,
    pub totals: &'a Totals,
    pub views: Views,
    pub address: Option<&'a Address>,
    pub range: TimeRange,
    pub duplicates: Duplicates,
    /// Is the histogram above the records shown?
    pub histogram: bool,
    /// The records that filter and time range leave.
    pub flows: Scope,
    pub events: Scope,
    /// Is any indicator searched for?
    pub has_indicators: bool,
    /// The state of what examiners write: another number after each change.
    pub conclusions: u64,
    /// Allow-lists and dismissed leads, once they are read.
    pub decisions: Option<Arc<DecisionList>>,
    /// The changes to the case that were made in this window: another number after each.
    pub changes: u64,
    /// The hours that sources of flow records lack, once the overview has counted them.
    pub flow_gaps: Option<Arc<[SourceGap]>>,
    /// The overview's own figures are there: what takes long need not wait for them.
    pub is_glanced: bool,
    /// The records on screen of which none is left, where that is so.
    pub empty: Option<Dataset>,
}

impl Asking<'_> {
    pub(crate) fn scope(&self, dataset: Dataset) -> &Scope {
        match dataset {
            Dataset::Flows => &self.flows,
            Dataset::Events => &self.events,
        }
    }

    /// For a worker thread that changes the case.
    pub(crate) fn write_to(&self) -> WriteTo {
        WriteTo { case: self.case.to_owned(), by: self.by.map(str::to_owned) }
    }
}

/// The case that is written to, and who writes where it names no examiner.
pub(crate) struct WriteTo {
    case: PathBuf,
    by: Option<String>,
}

impl WriteTo {
    pub(crate) fn target(&self) -> Target<'_> {
        Target { path: &self.case, examiner: self.by.as_deref() }
    }
}

/// The reason is reported where failures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotMade;

pub(crate) trait Pane {
    /// Is it on screen in this view? A list that is kept whatever is shown is in all of them.
    fn shows(&self, view: View) -> bool;

    /// Asks for what is shown and not there yet. Called after every event while it is on screen.
    fn ask(&mut self, asking: &Asking<'_>);

    /// Takes in answers; the reasons of failures.
    fn poll(&mut self) -> Vec<Failure>;

    /// Its view was left: what it has asked is not waited for any more. What was started manually continues.
    fn leave(&mut self) {}

    /// Is any answer on its way?
    fn is_busy(&self) -> bool;

    /// Is one on its way that more evidence would have asked for again? It comes to its end first.
    fn holds_revision(&self) -> bool {
        self.is_busy()
    }

    /// What it shows, to be written into a file, and how many rows that are where it is known.
    fn exported(&self, _shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        None
    }

    /// What it could be frozen as, the likeliest first; tables with so many rows at most.
    fn candidates(&self, shown: &Shown<'_>, limit: usize) -> Vec<Candidate> {
        match self.exported(shown) {
            Some((Exported::Question(question), _)) => vec![Candidate::of("", question.limited(limit).as_ref())],
            _ => Vec::new(),
        }
    }

    /// The number beside a view's name in the navigation.
    fn number(&self, _view: View, _totals: &Totals) -> Option<u64> {
        None
    }
}
