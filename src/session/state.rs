//! The application's state and the one place that changes it. Views return actions; `App::dispatch` carries them out;
//! `App::poll` takes in what worker threads have finished and asks for what is missing.

mod cases;
mod conclusions;
mod indexing;
mod mending;
mod results;
mod views;

pub(crate) use cases::import_dialog;
pub(crate) use indexing::Indexing;
pub(crate) use mending::{Mending, failure};
pub(crate) use views::line_names;

use super::action::{Action, Dialog, Effect, ExhibitDraft, Leaving, ReportDraft};
use super::command::{Command, Needs};
use super::export_jobs::Exports;
use super::history::History;
use super::indicators::{IndicatorFile, NewLabel, TypedIndicators};
use super::jobs::{Job, Jobs};
use super::open_case::OpenCase;
use super::preview::PreviewAction;
use super::records::{Copied, Records, Reveal};
use super::settings::{self, Settings, ThemeChoice};
use super::source::{Backend, Duplicates};
use super::undo::Changes;
use super::view::View;
use super::waker::Waker;
use crate::app::error::{ErrorList, Message, UserError};
use crate::app::failure::Cause;
use crate::app::opening::Opening;
use crate::app::report::Order;
use crate::model::{Address, Dataset, TimeRange};
use crate::present::zone::Zone;
use crate::present::{Language, Texts};
use std::path::PathBuf;
use std::sync::Arc;

/// A step of an investigation that back and forward walk over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    view: View,
    flows: String,
    events: String,
    range: TimeRange,
    address: Option<Address>,
}

/// Rows that one copy puts on the clipboard at most.
const COPY_LIMIT: usize = 10_000;

pub struct App {
    pub texts: Texts,
    pub settings: Settings,
    pub errors: ErrorList,
    pub jobs: Jobs,
    pub(super) indexing: Option<Indexing>,
    mending: Option<Mending>,
    pub exports: Exports,
    pub view: View,
    pub case: Option<OpenCase>,
    pub range: TimeRange,
    /// The address that its page is about.
    pub address: Option<Address>,
    pub duplicates: Duplicates,
    pub zone: Zone,
    pub dialog: Option<Dialog>,
    pub show_inspector: bool,
    pub show_histogram: bool,
    /// One line about what was last done, for the status bar.
    pub notice: Option<String>,
    /// The folder with the sample logs, where the program has one.
    pub sample_folder: Option<PathBuf>,
    /// The program ends, whatever still runs.
    quits: bool,
    history: History<Step>,
    effects: Vec<Effect>,
    backend: Arc<dyn Backend>,
    waker: Waker,
    config: Option<PathBuf>,
    saved: Settings,
}

impl App {
    pub fn new(backend: Arc<dyn Backend>, waker: Waker, config: Option<PathBuf>) -> Self {
        let settings = settings::load(config.as_deref());
        let zone = Zone::by_name(&settings.zone).unwrap_or_default();
        let view = View::Overview;
        let first =
            Step { view, flows: String::new(), events: String::new(), range: TimeRange::default(), address: None };
        let mut effects = vec![Effect::Theme(settings.theme)];
        effects.extend(settings.scale.map(Effect::Scale));
        Self {
            texts: Texts::new(Language::of_code(&settings.language).unwrap_or_default()),
            saved: settings.clone(),
            settings,
            errors: ErrorList::default(),
            jobs: Jobs::default(),
            indexing: None,
            mending: None,
            exports: Exports::default(),
            view,
            case: None,
            range: TimeRange::default(),
            address: None,
            duplicates: Duplicates::default(),
            zone,
            dialog: None,
            show_inspector: true,
            show_histogram: true,
            notice: None,
            sample_folder: cases::find_sample_folder(),
            quits: false,
            history: History::new(first),
            effects,
            backend,
            waker,
            config,
        }
    }

    /// Takes in what worker threads have finished and asks for what is missing. Cheap when nothing happened.
    pub fn poll(&mut self) {
        let polled = self.jobs.poll();
        for error in polled.errors {
            self.errors.push(error);
        }
        for ended in polled.ended {
            let job = self.jobs.list().iter().find(|job| job.id == ended);
            // Records wait for a format to be confirmed: that is asked for, not left to be found.
            let waits = |job: &Job| {
                let asks = job.files.iter().any(|f| f.format_needed || f.read_as.is_some());
                asks && self.is_open(&job.case)
            };
            if self.dialog.is_none() && job.is_some_and(waits) {
                self.dialog = Some(Dialog::Jobs);
            }
            self.notice = job.map(|job| self.outcome(job));
        }
        self.care_for_index();
        self.poll_mending();
        self.poll_exports();
        let mut failed_to_open = None;
        let (mut made, mut undone) = (None, None);
        if let Some(case) = &mut self.case {
            if polled.changed.contains(&case.path) {
                case.changed();
            }
            let failures = case.poll();
            if let Some(changed) = case.take_changed_filters() {
                self.notice = Some(results::filters_notice(&self.texts, &changed));
            }
            if let Some(done) = case.take_indicators_changed() {
                let count = crate::present::display::count(done.count);
                self.notice = Some(self.texts.tr_args(done.text, &[("count", &count)]));
            }
            made = case.take_made();
            undone = case.take_undone();
            if let Some(path) = case.take_saved() {
                let path = crate::present::display::visible(&path.to_string_lossy()).into_owned();
                self.notice = Some(self.texts.tr_args("notice-saved", &[("path", &path)]));
            }
            if let Some(why) = case.open_failure() {
                failed_to_open = Some((case.path.clone(), why));
            } else {
                for why in failures {
                    self.errors.push(UserError::new(Message::new("error-query"), why.told()).at(&case.path));
                }
                case.preview.set_zone(self.zone);
                case.preview.speak(self.texts.language());
                case.ask(self.view, self.address.as_ref(), self.range, self.duplicates, self.show_histogram);
                if case.changes.take_asks() && self.dialog.is_none() {
                    self.dialog = Some(Dialog::Undo);
                }
            }
        }
        if let Some(made) = made {
            self.was_made(&made);
        }
        if let Some((way, what)) = undone {
            self.was_undone(way, &what);
        }
        if let Some((path, why)) = failed_to_open {
            self.case = None;
            self.settings.recent_cases.retain(|known| *known != path);
            self.errors.push(UserError::new(Message::new("error-open-case"), why.told()).at(path));
            self.dialog = Some(Dialog::Errors);
        }
        self.save_settings();
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Is there anything that this command could do now?
    pub fn is_enabled(&self, command: Command) -> bool {
        let needs = match command.needs() {
            Needs::Nothing => true,
            Needs::Case => self.case.is_some(),
            Needs::Records => self.case.is_some() && matches!(self.view, View::Records(_)),
            Needs::Filter => self.case.is_some() && self.view.filtered().is_some(),
        };
        needs
            && match command {
                Command::Back => self.history.can_go_back(),
                Command::Forward => self.history.can_go_forward(),
                Command::OpenSample => self.sample_folder.is_some(),
                Command::Export => self.exportable().is_some(),
                Command::Undo => self.changes().is_some_and(Changes::can_undo),
                Command::Redo => self.changes().is_some_and(Changes::can_redo),
                Command::TagRows => {
                    self.quick_tag().is_some() && self.records().is_some_and(|r| !r.selection.is_empty())
                }
                _ => true,
            }
    }

    pub fn records(&self) -> Option<&Records> {
        match self.view {
            View::Records(dataset) => self.case.as_ref().map(|case| case.records(dataset)),
            _ => None,
        }
    }

    pub fn records_mut(&mut self) -> Option<&mut Records> {
        match self.view {
            View::Records(dataset) => self.case.as_mut().map(|case| case.records_mut(dataset)),
            _ => None,
        }
    }

    pub fn dispatch(&mut self, action: Action) {
        if self.asks_before(&action) {
            return;
        }
        match action {
            Action::Command(command) => self.run(command),
            Action::Open(path) => self.leave(Leaving::Open { path, then_import: Vec::new() }),
            Action::Create { path, info, then_import } => self.leave(Leaving::Create { path, info, then_import }),
            Action::Leave(to, running) => self.leave_now(to, running),
            Action::Import { paths, options } => self.import(paths, options),
            Action::Dropped(paths) => self.open_what_was_named(Opening::of(paths)),
            Action::Mend(what) => self.mend(what),
            Action::ForgetRecent(path) => self.settings.recent_cases.retain(|known| *known != path),
            Action::CancelJob(id) => self.jobs.cancel(id),
            Action::Answer(id, go_on) => self.jobs.answer(id, go_on),
            Action::Show(view) => {
                self.view = view;
                // The arrows move in what is shown, without a click first.
                self.effects.push(Effect::FocusTable);
                self.step();
            }
            Action::SetRange(range) => {
                self.range = range;
                self.step();
            }
            Action::SetZone(zone) => {
                self.zone = zone;
                self.settings.zone = zone.name().to_owned();
                self.dialog = None;
            }
            Action::Dialog(dialog) => {
                if dialog == Some(Dialog::Errors) {
                    self.errors.mark_seen();
                }
                self.dialog = dialog;
            }
            Action::Copy(text) => self.copy(text),
            Action::CopyRows => self.copy_rows(None),
            Action::CopyColumn(name) => self.copy_rows(Some(name)),
            Action::ShowInspector => self.show_inspector = true,
            Action::ClearErrors => self.errors.clear(),
            Action::Fail(error) => self.errors.push(error),
            Action::ShowAddress(address) => self.show_address(&address),
            Action::TopList(list) => {
                let Some(case) = &mut self.case else { return };
                match list {
                    Some((title, query)) => case.top_list.open(self.view, title, *query),
                    None => case.top_list.close(),
                }
            }
            Action::ChangeFilters(change) => self.change_filters(change),
            Action::Export(request) => self.export(*request),
            Action::CancelExport(at) => self.exports.cancel(at),
            Action::Follow(link) => self.follow(link),
            Action::Pairs(action) => self.dispatch_pairs(action),
            Action::Timeline(action) => self.dispatch_timeline(action),
            Action::Indicators(action) => self.dispatch_indicators(action),
            Action::Sightings(action) => self.dispatch_sightings(action),
            Action::Library(action) => self.dispatch_library(action),
            Action::Sql(action) => self.dispatch_sql(action),
            Action::Write(task) => self.write(task),
            Action::UndoAgreed => self.undo(true),
            Action::ToggleTag => self.toggle_tag(),
            Action::LookAt(id) => {
                if let Some(case) = &mut self.case {
                    case.conclusions.look_at(Some(id));
                    let number = case.conclusions.lists().and_then(|lists| Some(lists.exhibit(id)?.place));
                    number.into_iter().for_each(|number| case.preview.apply(PreviewAction::Exhibit(number)));
                }
            }
            Action::Preview(action) => {
                if let Some(case) = &mut self.case {
                    case.preview.apply(action);
                }
            }
            Action::WriteReport(draft) => self.write_report(PathBuf::from(draft.folder.trim()), draft.order),
            Action::OpenExhibit(id) => self.open_exhibit(id),
            Action::ShowCited(id) => self.show_cited(id),
            Action::EditFilter(..)
            | Action::ApplyFilter(..)
            | Action::Narrow(..)
            | Action::Drill(..)
            | Action::Sort { .. }
            | Action::SortAs { .. }
            | Action::ResetColumns(_)
            | Action::OwnColumns(_)
            | Action::SetColumns(..)
            | Action::Select(..)
            | Action::WantRows(..)
            | Action::Warnings(_)
            | Action::Complete(_)
            | Action::GoToRow(_) => self.dispatch_to_case(action),
        }
    }

    fn dispatch_to_case(&mut self, action: Action) {
        let Some(case) = &mut self.case else { return };
        let shown = match self.view {
            View::Records(dataset) => dataset,
            _ => Dataset::Flows,
        };
        match action {
            Action::EditFilter(dataset, text) => case.records_mut(dataset).edit(text),
            Action::ApplyFilter(dataset, text) => {
                self.apply_filter(dataset, &text);
            }
            Action::Narrow(dataset, clause) => {
                self.narrow(dataset, clause);
            }
            Action::Drill(dataset, clause) => {
                // One step: back leads to where it was asked for.
                let from = std::mem::replace(&mut self.view, View::Records(dataset));
                if !self.narrow(dataset, clause) {
                    self.view = from;
                }
            }
            Action::Sort { field, add } => case.records_mut(shown).sort_by(field, add),
            Action::SortAs { field, descending } => {
                case.records_mut(shown).sort = vec![super::source::SortKey { field, descending }];
            }
            Action::ResetColumns(dataset) => case.records_mut(dataset).reset_columns(),
            Action::OwnColumns(dataset) => case.records_mut(dataset).take_columns_back(),
            Action::SetColumns(dataset, columns) => {
                let records = case.records_mut(dataset);
                records.columns = columns.clone();
                // What is done to the columns of a query is gone with them.
                if records.are_columns_lent() {
                    return;
                }
                self.settings.columns.insert(crate::present::display::dataset_key(dataset).to_owned(), columns);
            }
            Action::Select(dataset, selection) => case.records_mut(dataset).selection = selection,
            Action::WantRows(dataset, rows) => case.want_rows(dataset, rows),
            Action::Warnings(evidence) => case.evidence.show_warnings(evidence),
            Action::Complete(wanted) => case.completions.want(wanted),
            Action::GoToRow(row) => {
                let records = case.records_mut(shown);
                if let Some(last) = records.row_count().and_then(|n| n.checked_sub(1)) {
                    records.selection.select(row.min(last));
                    records.reveal(Reveal::Row(row.min(last)));
                }
                self.dialog = None;
                self.effects.push(Effect::FocusTable);
            }
            _ => {}
        }
    }

    fn run(&mut self, command: Command) {
        if !self.is_enabled(command) {
            return;
        }
        match command {
            Command::Show(view) => self.dispatch(Action::Show(view)),
            Command::NewCase => self.dialog = Some(self.new_case_dialog(Vec::new())),
            Command::OpenCase => self.dialog = Some(Dialog::Open { path: String::new() }),
            Command::OpenSample => self.leave(Leaving::Sample),
            Command::CloseCase => self.leave(Leaving::Nothing),
            Command::Quit => self.leave(Leaving::Quit),
            Command::ImportEvidence => self.dialog = Some(import_dialog(Vec::new())),
            Command::ShowJobs => self.dialog = Some(Dialog::Jobs),
            Command::ImportIndicators => self.dialog = Some(Dialog::IndicatorFile(IndicatorFile::default())),
            Command::AddIndicators => {
                self.dialog = Some(Dialog::AddIndicators(TypedIndicators::of(String::new(), None)));
            }
            Command::AddLabel => self.dialog = Some(Dialog::Label(NewLabel::default())),
            Command::OwnerDatabase => self.dialog = Some(Dialog::Owners { path: String::new() }),
            Command::OnlySightings => self.only_sightings(),
            Command::FindAddress => self.dialog = Some(Dialog::Address { typed: String::new() }),
            Command::Export => {
                let path = std::env::current_dir().unwrap_or_default().join("export.csv");
                self.dialog = Some(Dialog::Export { path: path.to_string_lossy().into_owned(), replace: false });
            }
            Command::AddExhibit => {
                let rows = super::shown::USUAL_ROWS.to_string();
                self.dialog = Some(Dialog::AddExhibit(Box::new(ExhibitDraft { rows, ..ExhibitDraft::default() })));
            }
            Command::TagRows => self.toggle_tag(),
            Command::CheckExhibits => {
                if let Some(case) = &mut self.case {
                    case.conclusions.check_all();
                }
                self.dispatch(Action::Show(View::Exhibits));
            }
            Command::PreviewReport => {
                if let Some(case) = &mut self.case {
                    let shows = self.view == View::Exhibits && case.preview.shows();
                    case.preview.apply(PreviewAction::Show(!shows));
                }
                self.dispatch(Action::Show(View::Exhibits));
            }
            Command::WriteReport => {
                let folder = std::env::current_dir().unwrap_or_default().join("report").to_string_lossy().into_owned();
                // As it was looked at.
                let order = self.case.as_ref().map(|case| *case.preview.order()).unwrap_or_default();
                let order = Order { zone: self.zone, ..order };
                self.dialog = Some(Dialog::Report(Box::new(ReportDraft { folder, order })));
            }
            Command::Undo => self.undo(false),
            Command::Redo => self.redo(),
            Command::ToggleInspector => self.show_inspector = !self.show_inspector,
            Command::ToggleHistogram => self.show_histogram = !self.show_histogram,
            Command::ChooseZone => self.dialog = Some(Dialog::Zone { typed: String::new() }),
            Command::ThemeSystem => self.set_theme(ThemeChoice::System),
            Command::ThemeLight => self.set_theme(ThemeChoice::Light),
            Command::ThemeDark => self.set_theme(ThemeChoice::Dark),
            Command::Language(language) => {
                self.settings.language = language.code().to_owned();
                self.speak(language);
            }
            Command::ZoomIn => self.set_scale(self.settings.scale.unwrap_or(1.0) + 0.1),
            Command::ZoomOut => self.set_scale(self.settings.scale.unwrap_or(1.0) - 0.1),
            Command::ZoomReset => self.set_scale(1.0),
            Command::Palette => self.dialog = Some(Dialog::Palette { typed: String::new() }),
            Command::FocusFilter => self.effects.push(Effect::FocusFilter),
            Command::ClearFilter => {
                if let Some(dataset) = self.view.filtered() {
                    self.apply_filter(dataset, "");
                }
            }
            Command::AllTimes => self.dispatch(Action::SetRange(TimeRange::default())),
            Command::Back => {
                let step = self.history.back();
                self.restore(step);
            }
            Command::Forward => {
                let step = self.history.forward();
                self.restore(step);
            }
            Command::GoToRow => self.dialog = Some(Dialog::GoToRow { typed: String::new() }),
            Command::CountDuplicates => {
                self.duplicates = match self.duplicates {
                    Duplicates::Once => Duplicates::All,
                    Duplicates::All => Duplicates::Once,
                };
            }
            Command::ShowErrors => self.dispatch(Action::Dialog(Some(Dialog::Errors))),
            Command::ShowHelp => self.dialog = Some(Dialog::Help),
        }
    }

    fn apply_filter(&mut self, dataset: Dataset, text: &str) -> bool {
        let Some(case) = &mut self.case else { return false };
        let applied = case.records_mut(dataset).apply(text);
        if applied {
            self.settings.remember_filter(text);
            self.step();
        }
        applied
    }

    fn current_step(&self) -> Step {
        let text = |dataset| self.case.as_ref().map(|c| c.records(dataset).applied().to_owned()).unwrap_or_default();
        Step {
            view: self.view,
            flows: text(Dataset::Flows),
            events: text(Dataset::Events),
            range: self.range,
            address: self.address.clone(),
        }
    }

    fn step(&mut self) {
        let step = self.current_step();
        self.history.push(step);
    }

    fn restore(&mut self, step: Option<Step>) {
        let (Some(step), Some(case)) = (step, &mut self.case) else { return };
        self.view = step.view;
        self.range = step.range;
        self.address = step.address;
        case.records_mut(Dataset::Flows).apply(&step.flows);
        case.records_mut(Dataset::Events).apply(&step.events);
    }

    /// Until a language is chosen, the window speaks that of the desktop.
    pub fn speak_as_the_system(&mut self, language: Language) {
        if Language::of_code(&self.settings.language).is_none() {
            self.speak(language);
        }
    }

    fn speak(&mut self, language: Language) {
        if self.texts.language() == language {
            return;
        }
        self.texts = Texts::new(language);
        // It is put into words already, and would stay in the other language.
        self.notice = None;
    }

    fn set_theme(&mut self, theme: ThemeChoice) {
        self.settings.theme = theme;
        self.effects.push(Effect::Theme(theme));
    }

    fn set_scale(&mut self, scale: f32) {
        let scale = (scale.clamp(0.5, 3.0) * 10.0).round() / 10.0;
        self.settings.scale = Some(scale);
        self.effects.push(Effect::Scale(scale));
    }

    fn copy(&mut self, text: String) {
        self.effects.push(Effect::CopyText(text));
        self.notice = Some(self.texts.tr("notice-copied"));
    }

    fn copy_rows(&mut self, only: Option<&str>) {
        let Some(copied) = self.records().map(|records| records.copied_rows(only, COPY_LIMIT)) else { return };
        self.copied(copied);
    }

    /// Onto the clipboard, and how many rows that were.
    fn copied(&mut self, copied: Copied) {
        if copied.rows == 0 {
            return;
        }
        let (rows, missing) =
            (crate::present::display::count(copied.rows), crate::present::display::count(copied.missing));
        let args = [("rows", rows.as_str()), ("missing", missing.as_str())];
        self.notice = Some(match copied.missing {
            0 => self.texts.tr_args("notice-copied-rows", &args),
            _ => self.texts.tr_args("notice-copied-part", &args),
        });
        self.effects.push(Effect::CopyText(copied.text));
    }

    fn save_settings(&mut self) {
        if self.saved == self.settings {
            return;
        }
        self.saved = self.settings.clone();
        let Some(folder) = &self.config else { return };
        if let Err(error) = settings::save(folder, &self.settings) {
            let cause = Cause::Settings { path: folder.clone(), error };
            self.errors.push(UserError::new(Message::new("error-settings"), cause.told()).at(folder));
        }
    }
}

#[cfg(test)]
mod indexing_tests;
#[cfg(test)]
mod mending_tests;
#[cfg(test)]
mod tests;
