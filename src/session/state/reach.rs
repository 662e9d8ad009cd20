//! What the keyboard reaches: Esc, the palette, filter and time as steps that can be undone, files that are dropped.

use crate::app::Opening;
use crate::model::{Dataset, TimeRange};
use crate::session::action::{Action, Dialog, Effect, Target};
use crate::session::compare::CompareAction;
use crate::session::evidence::EvidenceAction;
use crate::session::journal::JournalAction;
use crate::session::library::LibraryAction;
use crate::session::preview::PreviewAction;
use crate::session::state::App;
use crate::session::state::palette::{self, Entry};
use crate::session::undo::{CaseChange, FilterStep};
use crate::session::view::View;
use std::path::PathBuf;

impl App {
    /// Closes the innermost thing that is open in the view; with nothing open, the filter text is the applied one again.
    pub(super) fn escape(&mut self) {
        let view = self.view;
        let Some(case) = &mut self.case else { return };
        if case.top_list.shown(view).is_some() {
            case.top_list.close();
            return self.step();
        }
        if self.shown_records().is_some_and(|dataset| self.is_compared(dataset)) {
            return self.dispatch_compare(CompareAction::Close);
        }
        let Some(case) = &mut self.case else { return };
        match view {
            View::Evidence if case.evidence.looked_at().is_some() => {
                return case.evidence.apply(EvidenceAction::LookAt(None));
            }
            View::Journal if case.journal.looked_at().is_some() => {
                return case.journal.apply(JournalAction::LookAt(None));
            }
            View::Exhibits if case.preview.shows() => return case.preview.apply(PreviewAction::Show(false)),
            _ => {}
        }
        if let Some(dataset) = view.filtered() {
            let records = case.records_mut(dataset);
            if records.draft != records.applied() {
                records.edit(records.applied().to_owned());
            }
        }
    }

    /// What the palette offers for what is typed, the best first.
    pub fn palette(&self, typed: &str) -> Vec<Entry> {
        palette::entries(self, typed)
    }

    pub(super) fn found(&mut self, target: Target) {
        self.dialog = None;
        target.key().iter().for_each(|key| self.settings.remember_command(key));
        match target {
            Target::Command(command) => self.dispatch(Action::Command(command)),
            Target::Query(name) => {
                self.dispatch(Action::Library(LibraryAction::Choose(name)));
                self.dispatch(Action::Show(View::Queries));
            }
            Target::Address(address) => self.dispatch(Action::ShowAddress(address)),
            Target::Key(subject) => self.dispatch(Action::FollowKey(subject)),
            Target::Records(link) => self.dispatch(Action::Follow(link)),
        }
    }

    /// Files that are dropped on the window. A dialog that does not take them keeps them out.
    pub(super) fn dropped(&mut self, paths: Vec<PathBuf>) {
        match self.dialog {
            None | Some(Dialog::Import { .. } | Dialog::NewCase { .. }) => {
                self.open_what_was_named(Opening::of(paths));
            }
            Some(_) => self.notice = Some(self.texts.tr("notice-drop-waits")),
        }
    }

    pub(super) fn apply_filter(&mut self, dataset: Dataset, text: &str) -> bool {
        let before = self.filter_step(dataset);
        let Some(case) = &mut self.case else { return false };
        let applied = case.records_mut(dataset).apply(text);
        if applied {
            self.filter_left(before);
            self.settings.remember_filter(text);
            self.step();
        }
        applied
    }

    pub(super) fn set_range(&mut self, range: TimeRange) {
        let before = self.filter_step(self.view.filtered().unwrap_or(Dataset::Flows));
        self.range = range;
        self.filter_left(before);
        self.step();
    }

    /// What undoes a step that leaves the current filter and time range; `None` where no case is open.
    pub(super) fn filter_step(&self, dataset: Dataset) -> Option<FilterStep> {
        let text = self.case.as_ref()?.records(dataset).applied().to_owned();
        Some(FilterStep { dataset, text, range: self.range, duplicates: None })
    }

    /// Filters and the time range were these before the step that was just made. One that left all of them is none to undo.
    pub(super) fn filter_left(&mut self, before: impl IntoIterator<Item = FilterStep>) {
        let (range, Some(case)) = (self.range, &mut self.case) else { return };
        let now = |step: &FilterStep| case.records(step.dataset).applied().to_owned();
        let steps = before.into_iter().map(|step| (now(&step), step));
        let left: Vec<(String, FilterStep)> =
            steps.filter(|(text, step)| (text, range) != (&step.text, step.range)).collect();
        let Some((text, first)) = left.first() else { return };
        let what = first.told_of(text, range);
        case.changes.made(&what, left.into_iter().map(|(_, step)| CaseChange::Shown(step)));
        // What was said of the step before is past.
        self.notice = None;
    }

    /// A filter or a time range is undone or redone.
    pub(super) fn make_filter_step(&mut self, step: FilterStep) {
        let range = self.range;
        let Some(case) = &mut self.case else { return };
        let text = case.records(step.dataset).applied().to_owned();
        case.records_mut(step.dataset).apply(&step.text);
        self.range = step.range;
        let duplicates = step.duplicates.map(|wanted| std::mem::replace(&mut self.duplicates, wanted));
        case.filter_step_made(FilterStep { dataset: step.dataset, text, range, duplicates });
        self.step();
        (self.waker)();
    }

    /// Does anything move by itself?
    pub fn is_still(&self) -> bool {
        self.settings.reduced_motion.unwrap_or(self.desktop_is_still)
    }

    pub(super) fn reduce_motion(&mut self) {
        let still = !self.is_still();
        self.settings.reduced_motion = Some(still);
        self.effects.push(Effect::Still(still));
        self.notice = Some(self.texts.tr(if still { "notice-still" } else { "notice-moves" }));
    }
}
