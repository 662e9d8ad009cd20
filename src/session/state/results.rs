//! The result on screen, on its way into a file.

use crate::app::failure::Cause;
use crate::model::Dataset;
use crate::present::display;
use crate::present::text::Texts;
use crate::questions::TextQuestion;
use crate::session::export_jobs::{ExportRequest, Outcome};
use crate::session::open_case::OpenCase;
use crate::session::saved_filters::{FilterChange, FiltersChanged};
use crate::session::shown::{Candidate, Exported, Shown};
use crate::session::state::{App, Message, UserError};
use crate::session::undo::CaseChange;
use std::sync::Arc;

/// What became of the kept filters, for the status bar.
pub(super) fn filters_notice(texts: &Texts, changed: &FiltersChanged) -> String {
    match changed {
        FiltersChanged::Saved => texts.tr("notice-filter-saved"),
        FiltersChanged::Removed => texts.tr("notice-filter-removed"),
        FiltersChanged::Restored => texts.tr("notice-filters-restored"),
        FiltersChanged::Imported { added, known } => {
            let (added, known) = (display::count(*added as u64), display::count(*known as u64));
            texts.tr_args("notice-filters-imported", &[("added", &added), ("known", &known)])
        }
        FiltersChanged::Exported { path, filters } => {
            let path = display::visible(&path.to_string_lossy()).into_owned();
            let count = display::count(*filters as u64);
            texts.tr_args("notice-filters-exported", &[("count", &count), ("path", &path)])
        }
    }
}

impl App {
    pub(super) fn change_filters(&mut self, change: FilterChange) {
        let Some(case) = &mut self.case else { return };
        self.dialog = None;
        case.change(CaseChange::Filters(change));
    }

    fn shown(&self, case: &OpenCase) -> Shown<'_> {
        let scope = |dataset| case.records(dataset).scope(self.range, self.duplicates);
        Shown {
            view: self.view,
            address: self.address.as_ref(),
            range: self.range,
            duplicates: self.duplicates,
            flows: scope(Dataset::Flows),
            events: scope(Dataset::Events),
            texts: &self.texts,
        }
    }

    /// What the view on screen shows, and how many rows that are where it is known.
    pub fn exportable(&self) -> Option<(Exported, Option<u64>)> {
        let case = self.case.as_ref()?;
        case.exported(&self.shown(case))
    }

    /// What the view on screen could be frozen as, the likeliest first; a text of one's own last. `limit`: rows of a table.
    pub fn candidates(&self, limit: usize) -> Vec<Candidate> {
        let of_view = self.case.as_ref().map(|case| case.candidates(&self.shown(case), limit)).unwrap_or_default();
        of_view.into_iter().chain([Candidate::of("", &TextQuestion(String::new()))]).collect()
    }

    pub(super) fn write_report(&mut self, folder: std::path::PathBuf, order: crate::app::report::Order) {
        let Some(case) = &self.case else { return };
        self.dialog = None;
        let (backend, waker) = (Arc::clone(&self.backend), Arc::clone(&self.waker));
        if let Err(error) = self.exports.start_report(backend, &case.path, folder.clone(), order, waker) {
            let why = Cause::Thread(error).told();
            self.errors.push(UserError::new(Message::new("error-export"), why).at(folder));
        }
    }

    pub(super) fn export(&mut self, request: ExportRequest) {
        let Some(case) = &self.case else { return };
        self.dialog = None;
        let path = request.path.clone();
        let started = self.exports.start(Arc::clone(&self.backend), &case.path, request, Arc::clone(&self.waker));
        if let Err(error) = started {
            let why = Cause::Thread(error).told();
            self.errors.push(UserError::new(Message::new("error-export"), why).at(path));
        }
    }

    pub(super) fn poll_exports(&mut self) {
        for outcome in self.exports.poll() {
            let shown = |path: &std::path::Path| display::visible(&path.to_string_lossy()).into_owned();
            match outcome {
                Outcome::Done { path, rows, file_bytes, cut_times } => {
                    let (rows, size, cut) =
                        (display::count(rows), display::size(file_bytes), display::count(cut_times));
                    let path = shown(&path);
                    let args = [("rows", &*rows), ("size", &*size), ("path", &*path), ("cut", &*cut)];
                    let key = if cut_times == 0 { "notice-exported" } else { "notice-exported-cut" };
                    self.notice = Some(self.texts.tr_args(key, &args));
                }
                Outcome::Report { path, files, bytes, manifest_sha256, verdict, differs } => {
                    let (files, size, name) = (display::count(files), display::size(bytes), shown(&path));
                    let args = [("files", &*files), ("size", &*size), ("path", &*name), ("sha256", &*manifest_sha256)];
                    let verdict = self.texts.tr(&format!("report-verdict-{}", verdict.name()));
                    self.notice = Some(format!("{} {verdict}", self.texts.tr_args("notice-report", &args)));
                    if differs {
                        let why = Cause::NotVerified(verdict).told();
                        self.errors.push(UserError::new(Message::new("error-not-verified"), why).at(path));
                    }
                }
                Outcome::Cancelled(path) => {
                    self.notice = Some(self.texts.tr_args("notice-export-cancelled", &[("path", &shown(&path))]));
                }
                Outcome::Failed { path, why } => {
                    self.errors.push(UserError::new(Message::new("error-export"), why.told()).at(path));
                }
            }
        }
    }
}
