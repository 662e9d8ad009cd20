//! What is done to the open case as a whole: upgrading one of an older version, saving what can be read of a damaged one. Both
//! are asked for first, and until then nothing is written to such a case.

use super::App;
use crate::app::error::{Message, UserError};
use crate::app::examiner;
use crate::present::display;
use crate::session::action::{Action, Dialog};
use crate::session::command::Command;
use crate::session::indicators::IndicatorsAction;
use crate::session::jobs::{ImportHandle, JobEvent};
use crate::session::saved_filters::FilterChange;
use crate::session::source::Mend;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

/// Work on a case as a whole.
pub(crate) struct Mending {
    case: PathBuf,
    what: Mend,
    handle: ImportHandle,
    events: Receiver<JobEvent>,
    failed: bool,
    /// Of an upgrade.
    percent: u64,
}

impl App {
    /// Is the open case being upgraded or saved?
    pub fn is_mending(&self) -> bool {
        self.mending.is_some()
    }

    /// How much of an upgrade is done, while there is one.
    pub fn upgraded_percent(&self) -> Option<u64> {
        self.mending.as_ref().filter(|work| matches!(work.what, Mend::Upgrade)).map(|work| work.percent)
    }

    /// Would this write to a case that nobody has agreed to write to, or that cannot be written to? Then that is asked first.
    pub(super) fn asks_before(&mut self, action: &Action) -> bool {
        let Some(standing) = self.case.as_ref().and_then(|case| case.standing()) else { return false };
        if standing.is_sound() || !writes(action) {
            return false;
        }
        self.dialog = Some(match standing.damage.is_empty() {
            true => Dialog::Upgrade,
            false => self.rescue_dialog(),
        });
        true
    }

    /// The proposal lies beside the damaged case.
    pub fn rescue_dialog(&self) -> Dialog {
        let case = self.case.as_ref().map(|case| case.path.clone()).unwrap_or_default();
        let stem = case.file_stem().unwrap_or_default().to_string_lossy();
        let path = case.with_file_name(format!("{stem}-rescued.coldtrail"));
        Dialog::Rescue { path: path.to_string_lossy().into_owned() }
    }

    pub(super) fn mend(&mut self, what: Mend) {
        let Some(case) = self.case.as_ref().map(|case| case.path.clone()) else { return };
        if self.mending.is_some() {
            return;
        }
        self.dialog = None;
        let what = match what {
            Mend::Rescue(path) => Mend::Rescue(super::cases::with_extension(path)),
            Mend::Upgrade => Mend::Upgrade,
        };
        let (events, receiver) = sync_channel(64);
        let by = examiner::of_this_run(Some(self.settings.examiner.as_str()));
        match self.backend.mend(&case, &what, &by, events, Arc::clone(&self.waker)) {
            Ok(handle) => {
                self.mending = Some(Mending { case, what, handle, events: receiver, failed: false, percent: 0 })
            }
            Err(why) => {
                self.errors.push(UserError::new(Message::new(failure(&what)), why.told()).at(case));
                self.dispatch(Action::Dialog(Some(Dialog::Errors)));
            }
        }
    }

    /// Takes in what was done: the case is opened again as it is now, or the new one.
    pub(super) fn poll_mending(&mut self) {
        let Some(work) = &mut self.mending else { return };
        loop {
            match work.events.try_recv() {
                Ok(JobEvent::Failed(error)) => {
                    work.failed = true;
                    self.errors.push(error);
                }
                Ok(JobEvent::Progress(progress)) => {
                    let percent = progress.done_bytes.saturating_mul(100).checked_div(progress.total_bytes);
                    work.percent = percent.unwrap_or(0).min(100);
                }
                Ok(JobEvent::Finished { .. }) | Err(TryRecvError::Disconnected) => break,
                Ok(_) => {}
                Err(TryRecvError::Empty) => return,
            }
        }
        let Some(Mending { case, what, mut handle, failed, .. }) = self.mending.take() else { return };
        if let Some(thread) = handle.thread.take() {
            // It has told its last.
            let _ = thread.join();
        }
        if failed {
            return self.dispatch(Action::Dialog(Some(Dialog::Errors)));
        }
        let is_open = self.is_open(&case);
        match what {
            Mend::Upgrade => {
                self.notice = Some(self.texts.tr("notice-upgraded"));
                if is_open {
                    self.open(&case);
                }
            }
            Mend::Rescue(path) => {
                let shown = display::visible(&path.to_string_lossy()).into_owned();
                self.notice = Some(self.texts.tr_args("notice-saved", &[("path", &shown)]));
                if is_open {
                    self.open(&path);
                }
            }
        }
    }

    /// Waits for it: the end of the program. What it does is whole or not there.
    pub(super) fn finish_mending(&mut self) {
        if let Some(mut work) = self.mending.take() {
            drop(work.events);
            if let Some(thread) = work.handle.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

/// The text of what failed.
pub(crate) fn failure(what: &Mend) -> &'static str {
    match what {
        Mend::Upgrade => "error-upgrade",
        Mend::Rescue(_) => "error-rescue",
    }
}

/// Does this write to the case, or open the dialog of what does? An undo does not: before anything is written to the case,
/// it can only undo filters and time ranges.
fn writes(action: &Action) -> bool {
    match action {
        Action::Import { .. } | Action::Write(_) | Action::SetTags(..) => true,
        Action::ChangeViews(_) => true,
        Action::ChangeFilters(change) => !matches!(change, FilterChange::Export(_)),
        Action::Indicators(action) => matches!(action, IndicatorsAction::Change(_)),
        Action::Command(command) => matches!(
            command,
            Command::ImportEvidence
                | Command::ImportIndicators
                | Command::AddIndicators
                | Command::AddLabel
                | Command::OwnerDatabase
                | Command::ImportSigma
                | Command::ImportInventory
                | Command::AddExhibit
                | Command::TagRows
        ),
        _ => false,
    }
}
