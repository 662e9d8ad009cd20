//! The evidence files and their import warnings.

use super::pane::{Asking, Pane};
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::view::View;
use crate::app::Failure;
use crate::model::EvidenceId;
use crate::query::tables;
use crate::query::{EvidenceRow, Totals, WarningRow};
use crate::questions::EvidenceQuestion;
use std::sync::Arc;

#[derive(Default)]
pub struct EvidenceLists {
    files: Slot<u64, Arc<[EvidenceRow]>>,
    warnings: Slot<(u64, Option<EvidenceId>), Arc<[WarningRow]>>,
    warnings_of: Option<EvidenceId>,
}

impl EvidenceLists {
    pub fn files(&self) -> Option<&Arc<[EvidenceRow]>> {
        self.files.shown()
    }

    /// The warnings of the chosen evidence, or of all.
    pub fn warnings(&self) -> Option<&Arc<[WarningRow]>> {
        let shown = self.warnings.shown_query().is_some_and(|(_, evidence)| *evidence == self.warnings_of);
        if shown { self.warnings.shown() } else { None }
    }

    /// Whose warnings are shown; `None` for all.
    pub fn warnings_of(&self) -> Option<EvidenceId> {
        self.warnings_of
    }

    pub fn show_warnings(&mut self, evidence: Option<EvidenceId>) {
        self.warnings_of = evidence;
    }
}

impl Pane for EvidenceLists {
    fn shows(&self, view: View) -> bool {
        view == View::Evidence
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let revision = asking.revision;
        self.files.ask(&asking.lanes.pages, revision, |source, _, _| source.evidence().map(Arc::from));
        self.warnings.ask(&asking.lanes.charts, (revision, self.warnings_of), |source, (_, evidence), _| {
            source.warnings(*evidence).map(Arc::from)
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        [self.files.poll(), self.warnings.poll()].into_iter().flatten().filter_map(Result::err).collect()
    }

    fn is_busy(&self) -> bool {
        self.files.is_busy() || self.warnings.is_busy()
    }

    fn number(&self, _: View, totals: &Totals) -> Option<u64> {
        Some(totals.evidence)
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        Exported::listed(tables::evidence(self.files()?))
    }

    fn candidates(&self, _: &Shown<'_>, _: usize) -> Vec<Candidate> {
        vec![Candidate::of("", &EvidenceQuestion)]
    }
}
