//! Cases and evidence: opening, closing, making, importing into.

use crate::app::error::{Message, UserError};
use crate::app::examiner;
use crate::app::failure::Cause;
use crate::app::opening::Opening;
use crate::model::{Dataset, TimeRange};
use crate::present::display;
use crate::session::action::{Dialog, Leaving, RunningImport};
use crate::session::history::History;
use crate::session::jobs::{Job, JobId, JobState};
use crate::session::open_case::OpenCase;
use crate::session::source::{CaseInfo, ImportOptions};
use crate::session::state::App;
use crate::session::view::View;
use crate::session::{Action, Effect};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

impl App {
    /// Leaves the open case for another or for none. While an import runs into it, the person says what becomes of that.
    pub(super) fn leave(&mut self, to: Leaving) {
        if to == Leaving::Quit {
            return self.quit();
        }
        let stays = matches!(&to, Leaving::Open { path, .. } if self.is_open(&absolute(path)));
        match &self.case {
            Some(case) if !stays && self.jobs.running_into(&case.path).is_some() => {
                self.dialog = Some(Dialog::Leaving(to));
            }
            _ => self.leave_now(to, RunningImport::GoesOn),
        }
    }

    pub(super) fn leave_now(&mut self, to: Leaving, running: RunningImport) {
        if let (Some(case), RunningImport::IsCancelled) = (&self.case, running) {
            self.jobs.cancel_into(&case.path);
        }
        match to {
            Leaving::Open { path, then_import } => {
                self.open(&path);
                self.offer_import(then_import);
            }
            Leaving::Create { path, info, then_import } => self.create(path, &info, then_import),
            Leaving::Sample => self.open_sample(),
            Leaving::Nothing => self.close(),
            Leaving::Quit => {
                self.quits = true;
                self.dialog = None;
                self.effects.push(Effect::Quit);
            }
        }
    }

    /// Ends the program, but not a running import without being asked to.
    fn quit(&mut self) {
        if self.may_close() {
            self.effects.push(Effect::Quit);
        } else {
            self.dialog = Some(Dialog::Leaving(Leaving::Quit));
        }
    }

    /// May the window go? While anything is imported, into whichever case, or exported, only after an answer.
    pub fn may_close(&self) -> bool {
        self.quits || self.jobs.running().is_none() && self.exports.running().is_empty()
    }

    pub fn is_open(&self, case: &Path) -> bool {
        self.case.as_ref().is_some_and(|open| open.path == case)
    }

    /// Does an import run into the open case?
    pub fn is_importing(&self) -> bool {
        self.case.as_ref().is_some_and(|case| self.jobs.running_into(&case.path).is_some())
    }

    /// How an import ended; into which case, where that is no longer the open one.
    pub(super) fn outcome(&self, job: &Job) -> String {
        let outcome = job.outcome(&self.texts);
        if self.is_open(&job.case) { outcome } else { format!("{}: {outcome}", display::file_name(&job.case)) }
    }

    /// Says how it ended. An import that was waited for ends where the case is seen as a whole.
    pub(super) fn after_import(&mut self, ended: JobId) {
        let job = self.jobs.list().iter().find(|job| job.id == ended);
        // Records wait for a format to be confirmed: that is asked for, not left to be found.
        let waits = |job: &Job| !job.about_format.is_empty() && self.is_open(&job.case);
        if self.dialog.is_none() && job.is_some_and(waits) {
            self.dialog = Some(Dialog::Jobs);
        }
        self.notice = job.map(|job| self.outcome(job));
        let was_done = job.is_some_and(|job| job.state == JobState::Done && self.is_open(&job.case));
        if was_done && self.view == View::Evidence && self.dialog.is_none() {
            self.dispatch(Action::Show(View::Overview));
        }
    }

    pub(super) fn open(&mut self, path: &Path) {
        // Remembered beyond this run, so not relative to where it was started.
        let path = &absolute(path);
        self.remember_layout();
        self.dialog = None;
        self.notice = None;
        match OpenCase::start(path, &self.backend, &self.waker, &self.settings) {
            Ok(case) => {
                self.leave_for(path);
                self.open_unsaved(path);
                self.case = Some(case);
                self.settings.remember_case(path);
                self.range = TimeRange::default();
                self.restore_layout(path);
                self.address = None;
                self.effects.push(Effect::FocusTable);
                self.history = History::new(self.current_step());
            }
            Err(error) => {
                let why = Cause::Thread(error).told();
                self.errors.push(UserError::new(Message::new("error-open-case"), why).at(path));
            }
        }
    }

    fn close(&mut self) {
        self.end_left();
        if let Some(path) = self.case.as_ref().map(|case| case.path.clone()) {
            self.stop_indexing(&path);
        }
        self.remember_columns();
        self.remember_layout();
        self.finish_unsaved();
        self.case = None;
        self.dialog = None;
        self.recent.forget();
    }

    /// Which recent cases are still there: where their list is in sight.
    pub(super) fn look_up_recent(&mut self) {
        self.recent.poll();
        if self.case.is_none() || matches!(self.dialog, Some(Dialog::Open { .. })) {
            self.recent.look(&self.settings.recent_cases, &self.waker);
        }
    }

    fn create(&mut self, path: PathBuf, info: &CaseInfo, then_import: Vec<PathBuf>) {
        let path = with_extension(path);
        match self.backend.create(&path, info) {
            Ok(()) => {
                self.settings.examiner = info.examiner.clone();
                self.open(&path);
                if !self.is_open(&absolute(&path)) {
                    return;
                }
                (self.view, self.split) = (View::Evidence, None);
                self.history = History::new(self.current_step());
                if !then_import.is_empty() {
                    self.dialog = Some(import_dialog(then_import));
                }
            }
            Err(why) => {
                self.errors.push(UserError::new(Message::new("error-create-case"), why.told()).at(path));
                self.dispatch(Action::Dialog(Some(Dialog::Errors)));
            }
        }
    }

    /// Imports, or asks first who does.
    pub(super) fn import(&mut self, paths: Vec<PathBuf>, options: ImportOptions) {
        if self.is_nameless() {
            let ImportOptions { keep_raw, flow_format, .. } = options;
            let flow_format = flow_format.unwrap_or_default();
            self.dialog = Some(Dialog::Import { paths, typed: String::new(), keep_raw, flow_format });
            return;
        }
        let by = self.signs_as().map(str::to_owned);
        self.import_by(paths, options, by.as_deref());
    }

    fn import_by(&mut self, paths: Vec<PathBuf>, options: ImportOptions, by: Option<&str>) {
        let Some(path) = self.case.as_ref().map(|case| case.path.clone()) else { return };
        self.stop_indexing(&path);
        let Some(case) = &self.case else { return };
        self.dialog = None;
        let (events, receiver) = sync_channel(1024);
        match self.backend.import(&case.path, paths, options, by, events, Arc::clone(&self.waker)) {
            Ok(handle) => {
                self.jobs.add(&case.path, handle, receiver);
                self.turn_to(View::Evidence);
                self.step();
            }
            Err(why) => {
                self.errors.push(UserError::new(Message::new("error-import"), why.told()).at(&case.path));
                self.dispatch(Action::Dialog(Some(Dialog::Errors)));
            }
        }
    }

    /// A case opens; everything else is evidence, for this case or for a new one.
    pub fn open_what_was_named(&mut self, opening: Opening) {
        match opening.case {
            Some(path) => self.leave(Leaving::Open { path, then_import: opening.evidence }),
            None => self.offer_import(opening.evidence),
        }
    }

    fn offer_import(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        self.dialog = match &mut self.dialog {
            Some(Dialog::Import { paths: known, typed, keep_raw, flow_format }) => {
                known.extend(paths);
                let (paths, typed) = (std::mem::take(known), std::mem::take(typed));
                Some(Dialog::Import { paths, typed, keep_raw: *keep_raw, flow_format: std::mem::take(flow_format) })
            }
            Some(Dialog::NewCase { path, info, then_import }) => {
                then_import.extend(paths);
                let (path, info) = (std::mem::take(path), std::mem::take(info));
                Some(Dialog::NewCase { path, info, then_import: std::mem::take(then_import) })
            }
            _ if self.case.is_some() => Some(import_dialog(paths)),
            _ => Some(self.new_case_dialog(paths)),
        };
    }

    /// The sample case is made once, in the user's own folder, and opened from then on.
    fn open_sample(&mut self) {
        let Some(samples) = self.sample_folder.clone() else { return };
        let folder = self.config.clone().unwrap_or_else(std::env::temp_dir);
        let path = folder.join("sample-logs.coldtrail");
        if path.exists() {
            return self.open(&path);
        }
        if let Err(error) = std::fs::create_dir_all(&folder) {
            let why = Cause::Folder { path: folder.clone(), error }.told();
            return self.errors.push(UserError::new(Message::new("error-create-case"), why).at(folder));
        }
        let examiner = self.settings.examiner.clone();
        let info = CaseInfo { title: self.texts.tr("sample-title"), examiner, ..CaseInfo::default() };
        self.create(path.clone(), &info, Vec::new());
        // Where it could not be made, the case that is open is another one.
        if self.is_open(&absolute(&path)) {
            // It opens without a question.
            let by = examiner::of_this_run(Some(self.settings.examiner.as_str()));
            self.import_by(vec![samples], ImportOptions::default(), Some(by.as_str()));
        }
    }

    /// Beside the evidence nothing is written without being asked for: the proposal is the working folder.
    pub fn new_case_dialog(&self, then_import: Vec<PathBuf>) -> Dialog {
        let folder = std::env::current_dir().unwrap_or_default();
        let info = CaseInfo { examiner: self.settings.examiner.clone(), ..CaseInfo::default() };
        Dialog::NewCase { path: free_name(&folder).to_string_lossy().into_owned(), info, then_import }
    }

    fn remember_columns(&mut self) {
        let Some(case) = &self.case else { return };
        for dataset in [Dataset::Flows, Dataset::Events] {
            let columns = case.records(dataset).own_columns().to_vec();
            self.settings.columns.insert(display::dataset_key(dataset).to_owned(), columns);
        }
    }

    /// Called at the end of the program.
    pub fn shut_down(&mut self) {
        self.remember_columns();
        self.remember_layout();
        self.settings.window = self.window_place.or(self.settings.window);
        self.jobs.finish();
        self.finish_indexing();
        self.finish_mending();
        let left = self.end_left();
        self.finish_unsaved();
        self.exports.finish();
        for thread in self.case.take().into_iter().chain(left).flat_map(OpenCase::close) {
            let _ = thread.join();
        }
        self.save_settings();
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// `case.coldtrail`, or with the first number that is not taken.
fn free_name(folder: &Path) -> PathBuf {
    let numbered = (2..1000).map(|n| folder.join(format!("case-{n}.coldtrail")));
    let first = folder.join("case.coldtrail");
    std::iter::once(first.clone()).chain(numbered).find(|path| !path.exists()).unwrap_or(first)
}

pub(crate) fn import_dialog(paths: Vec<PathBuf>) -> Dialog {
    Dialog::Import { paths, typed: String::new(), keep_raw: true, flow_format: String::new() }
}

pub(super) fn with_extension(path: PathBuf) -> PathBuf {
    match path.extension() {
        Some(extension) if extension == "coldtrail" => path,
        _ => {
            let mut name = path.into_os_string();
            name.push(".coldtrail");
            name.into()
        }
    }
}

/// `sample-logs` beside the program, above it, or in the working folder.
pub(super) fn find_sample_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program.iter().flat_map(|p| p.ancestors().skip(1).take(4)).map(Path::to_owned);
    let here = std::env::current_dir().ok();
    beside.chain(here).map(|folder| folder.join("sample-logs/evidence")).find(|folder| folder.is_dir())
}
