//! The case that is left for another. It is kept as it is until the other one is open: a path that leads to no case costs
//! nothing of it.

use crate::app::Failure;
use crate::model::{Address, TimeRange};
use crate::session::action::Dialog;
use crate::session::history::History;
use crate::session::open_case::OpenCase;
use crate::session::split::Split;
use crate::session::state::steps::Step;
use crate::session::state::{App, Message, UserError};
use crate::session::unsaved::Unsaved;
use crate::session::view::View;
use std::path::{Path, PathBuf};

/// A case with how it was looked at and what was typed into it.
pub(super) struct Left {
    case: OpenCase,
    unsaved: Unsaved,
    view: View,
    split: Option<Split>,
    range: TimeRange,
    address: Option<Address>,
    history: History<Step>,
}

impl App {
    /// Puts the open case aside for the one at `path`. One that is opened again, or was not open yet, is not kept.
    pub(super) fn leave_for(&mut self, path: &Path) {
        let Some(case) = self.case.take() else { return };
        self.stop_indexing(&case.path);
        if case.is_opening() {
            // Nothing could be typed into it: its file stays as it is.
            self.unsaved = Unsaved::default();
            return;
        }
        self.end_left();
        if case.path == path {
            return self.finish_unsaved();
        }
        let fault = self.unsaved.finish();
        self.tell_unsaved(fault);
        let history = std::mem::replace(&mut self.history, History::new(Step::of(self.view)));
        self.left = Some(Box::new(Left {
            case,
            unsaved: std::mem::take(&mut self.unsaved),
            view: self.view,
            split: self.split,
            range: self.range,
            address: self.address.clone(),
            history,
        }));
    }

    /// The case that was to be opened is none, or cannot be read: the one before is back.
    pub(super) fn failed_to_open(&mut self, path: PathBuf, why: Failure) {
        self.case = None;
        self.unsaved = Unsaved::default();
        if let Some(left) = self.left.take() {
            let Left { mut case, unsaved, view, split, range, address, history } = *left;
            // Meanwhile evidence may have come in, and work on its index was stopped.
            case.changed();
            case.index_care.begun = None;
            (self.case, self.unsaved, self.history) = (Some(case), unsaved, history);
            (self.view, self.split, self.range, self.address) = (view, split, range, address);
        }
        self.errors.push(UserError::new(Message::new("error-open-case"), why.told()).at(path));
        self.dialog = Some(Dialog::Errors);
    }

    /// With another case open, the one before is not gone back to.
    pub(super) fn end_left_once_open(&mut self) {
        if self.left.is_some() && self.case.as_ref().is_some_and(|case| !case.is_opening()) {
            self.end_left();
        }
    }

    /// Lets go of the case before, and gives it to whoever waits for its threads.
    pub(super) fn end_left(&mut self) -> Option<OpenCase> {
        let Left { case, mut unsaved, .. } = *self.left.take()?;
        let fault = unsaved.end();
        self.tell_unsaved(fault);
        Some(case)
    }
}
