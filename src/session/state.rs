//! The application's state and the one place that changes it. Views return actions; `App::dispatch` carries them out;
//! `App::poll` takes in what worker threads have finished and asks for what is missing.

mod cases;
mod conclusions;
mod copies;
mod indexing;
mod leads;
mod left;
mod looks;
mod mending;
pub(crate) mod palette;
mod preferences;
mod reach;
mod results;
mod split;
mod steps;
mod unsaved;
mod views;

pub(crate) use cases::import_dialog;
pub(crate) use indexing::Indexing;
pub(crate) use mending::{Mending, failure};
pub(crate) use views::line_names;

use super::action::{Action, Dialog, Effect, Leaving, ReportDraft};
use super::command::{Command, Needs};
use super::compare::CompareAction;
use super::export_jobs::Exports;
use super::help::HelpPage;
use super::history::History;
use super::indicators::{IndicatorFile, NewLabel, TypedIndicators};
use super::jobs::Jobs;
use super::open_case::OpenCase;
use super::preview::PreviewAction;
use super::recent::Recent;
use super::records::{Records, Reveal};
use super::settings::{self, Settings, ThemeChoice, WindowPlace};
use super::source::{Backend, Duplicates};
use super::split::Split;
use super::tour::TourAction;
use super::undo::Changes;
use super::unsaved::Unsaved;
use super::view::View;
use super::waker::Waker;
use crate::app::error::{ErrorList, Message, UserError};
use crate::app::report::Order;
use crate::model::{Address, Dataset, SupplementKind, TimeRange};
use crate::present::zone::Zone;
use crate::present::{Language, Texts};
use std::path::PathBuf;
use std::sync::Arc;

pub struct App {
    pub texts: Texts,
    pub settings: Settings,
    pub recent: Recent,
    /// What is being typed and is not in the case yet.
    pub unsaved: Unsaved,
    pub errors: ErrorList,
    pub jobs: Jobs,
    pub(super) indexing: Option<Indexing>,
    mending: Option<Mending>,
    pub exports: Exports,
    /// The active view.
    pub view: View,
    /// What is beside it, while two views share the window.
    pub split: Option<Split>,
    /// What was beside it last.
    beside_last: Option<View>,
    pub case: Option<OpenCase>,
    /// The case that was open before, until this one is open.
    left: Option<Box<left::Left>>,
    pub range: TimeRange,
    /// The address that its page is about.
    pub address: Option<Address>,
    pub duplicates: Duplicates,
    pub zone: Zone,
    pub dialog: Option<Dialog>,
    pub show_inspector: bool,
    pub show_histogram: bool,
    /// The desktop asks programs for no animations.
    desktop_is_still: bool,
    /// What the palette searches, once it does.
    palette_words: std::cell::OnceCell<palette::WordsOf>,
    /// One line about what was last done, for the status bar.
    pub notice: Option<String>,
    /// The folder with the sample logs, where the program has one.
    pub sample_folder: Option<PathBuf>,
    /// The program ends, whatever still runs.
    quits: bool,
    history: History<steps::Step>,
    effects: Vec<Effect>,
    backend: Arc<dyn Backend>,
    waker: Waker,
    config: Option<PathBuf>,
    saved: Settings,
    /// As the last frame had them.
    seen: Settings,
    window_place: Option<WindowPlace>,
}

impl App {
    pub fn new(backend: Arc<dyn Backend>, waker: Waker, config: Option<PathBuf>) -> Self {
        let settings::Loaded { settings, fault } = settings::load(config.as_deref());
        let mut errors = ErrorList::default();
        if let Some(fault) = fault {
            errors.push(UserError::new(Message::new("error-settings-read"), fault.told()));
        }
        let zone = Zone::by_name(&settings.zone).unwrap_or_default();
        let view = View::Overview;
        let desktop_is_still = config.is_some() && super::motion::desktop_is_still();
        let still = settings.reduced_motion.unwrap_or(desktop_is_still);
        let mut effects = vec![Effect::Theme(settings.theme), Effect::Still(still), Effect::FocusTable];
        effects.extend(settings.scale.map(Effect::Scale));
        Self {
            texts: Texts::new(Language::of_code(&settings.language).unwrap_or_default()),
            saved: settings.clone(),
            seen: settings.clone(),
            window_place: None,
            errors,
            recent: Recent::default(),
            unsaved: Unsaved::default(),
            jobs: Jobs::default(),
            indexing: None,
            mending: None,
            exports: Exports::default(),
            view,
            split: None,
            beside_last: None,
            case: None,
            left: None,
            range: TimeRange::default(),
            address: None,
            duplicates: Duplicates::default(),
            zone,
            dialog: None,
            show_inspector: settings.is_shown(settings::INSPECTOR),
            show_histogram: settings.is_shown(settings::HISTOGRAM),
            settings,
            desktop_is_still,
            palette_words: std::cell::OnceCell::new(),
            notice: None,
            sample_folder: cases::find_sample_folder(),
            quits: false,
            history: History::new(steps::Step::of(view)),
            effects,
            backend,
            waker,
            config,
        }
    }

    /// Takes in what worker threads have finished and asks for what is missing. Cheap when nothing happened.
    pub fn poll(&mut self) {
        let polled = self.jobs.poll();
        polled.errors.into_iter().for_each(|error| self.errors.push(error));
        for ended in polled.ended {
            self.after_import(ended);
        }
        self.look_up_recent();
        self.poll_unsaved();
        self.care_for_index();
        self.poll_mending();
        self.poll_exports();
        self.take_copied();
        let (views, by) = (self.views(), self.signs_as().map(str::to_owned));
        let mut failed_to_open = None;
        let (mut made, mut not_made, mut undone, mut filtered) = (None, None, None, None);
        if let Some(case) = &mut self.case {
            if polled.changed.contains(&case.path) {
                case.evidence_came_in();
            }
            let failures = case.poll();
            if let Some(changed) = case.take_changed_filters() {
                self.notice = Some(results::filters_notice(&self.texts, &changed));
            }
            if let Some(changed) = case.take_changed_view() {
                let key = if changed.view.is_some() { "notice-view-saved" } else { "notice-view-removed" };
                self.notice = Some(self.texts.tr(key));
            }
            if let Some(done) = case.take_indicators_changed() {
                let count = crate::present::display::count(done.count);
                self.notice = Some(self.texts.tr_args(done.text, &[("count", &count)]));
            }
            made = case.take_made();
            undone = case.take_undone();
            not_made = case.take_not_made();
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
                let address = self.address.as_ref();
                case.ask(views, address, self.range, self.duplicates, self.show_histogram, by.as_deref());
                filtered = case.take_filter_step();
                if case.changes.take_asks() && self.dialog.is_none() {
                    self.dialog = Some(Dialog::Undo);
                }
            }
        }
        if let Some(made) = made {
            self.was_made(&made);
        }
        not_made.iter().for_each(|task| self.came_back(task));
        if let Some((way, what)) = undone {
            self.was_undone(way, &what);
        }
        if let Some(step) = filtered {
            self.make_filter_step(step);
        }
        match failed_to_open {
            Some((path, why)) => self.failed_to_open(path, why),
            None => self.end_left_once_open(),
        }
        self.poll_settings();
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Is there anything that this command could do now?
    pub fn is_enabled(&self, command: Command) -> bool {
        let needs = match command.needs() {
            Needs::Nothing => true,
            Needs::Case => self.case.is_some(),
            Needs::Records => self.case.is_some() && self.shown_records().is_some(),
            Needs::Filter if command == Command::FocusFilter => {
                self.case.is_some() && (self.view.is_searched() || self.shown_filter().is_some())
            }
            Needs::Filter => self.case.is_some() && self.view.filtered().is_some(),
            Needs::Times => self.case.is_some() && self.view.is_timed(),
        };
        needs
            && match command {
                Command::OtherHalf => self.split.is_some(),
                Command::Back => self.history.can_go_back(),
                Command::Forward => self.history.can_go_forward(),
                Command::OpenSample => self.sample_folder.is_some(),
                Command::Export => self.exportable().is_some(),
                Command::Tour => self.case.as_ref().is_some_and(|case| case.tour.is_offered()),
                Command::TourNext | Command::TourPrevious => {
                    self.case.as_ref().is_some_and(|case| case.tour.step().is_some())
                }
                Command::Undo => self.changes().is_some_and(Changes::can_undo),
                Command::Redo => self.changes().is_some_and(Changes::can_redo),
                Command::TagRows => self.records().is_some_and(|r| !r.selection.is_empty()),
                _ => true,
            }
    }

    pub fn records(&self) -> Option<&Records> {
        let dataset = self.shown_records()?;
        self.case.as_ref().map(|case| case.records(dataset))
    }

    pub fn records_mut(&mut self) -> Option<&mut Records> {
        let dataset = self.shown_records()?;
        self.case.as_mut().map(|case| case.records_mut(dataset))
    }

    pub fn dispatch(&mut self, action: Action) {
        if self.asks_before(&action) {
            return;
        }
        self.remember_place(&action);
        match action {
            Action::Command(command) => self.run(command),
            Action::Found(target) => self.found(target),
            Action::Escape => self.escape(),
            Action::Open(path) => self.leave(Leaving::Open { path, then_import: Vec::new() }),
            Action::Create { path, info, then_import } => self.leave(Leaving::Create { path, info, then_import }),
            Action::Leave(to, running) => self.leave_now(to, running),
            Action::Import { paths, options } => self.import(paths, options),
            Action::Dropped(paths) => self.dropped(paths),
            Action::Mend(what) => self.mend(what),
            Action::ForgetRecent(path) => self.settings.forget_case(&path),
            Action::CancelJob(id) => self.jobs.cancel(id),
            Action::Answer(id, go_on) => self.jobs.answer(id, go_on),
            Action::Show(view) => {
                self.turn_to(view);
                // The arrows move in what is shown, without a click first.
                self.effects.push(Effect::FocusTable);
                self.step();
            }
            Action::Activate(side) => self.activate(side),
            Action::ShowIn(side, view) => self.show_in(side, view),
            Action::CloseHalf(side) => self.close_half(side),
            Action::SetRange(range) => self.set_range(range),
            Action::SetZone(zone) => {
                self.zone = zone;
                self.settings.zone = zone.name().to_owned();
                self.dialog = None;
            }
            Action::Dialog(dialog) => {
                if dialog == Some(Dialog::Errors) {
                    self.errors.mark_seen();
                }
                self.note_exhibit_dialog(dialog.as_ref());
                self.dialog = dialog;
            }
            Action::Typed(place, words) => self.unsaved.set(place, words),
            Action::DiscardTyped(place) => self.unsaved.discard(&place),
            Action::GoToUnsaved(place) => self.go_to_unsaved(&place),
            Action::KnowUnsaved => self.unsaved.acknowledge(),
            Action::Copy(text) => self.copy(text),
            Action::CopyRows => self.copy_records(None),
            Action::CopiedRows(copied) => self.copied(copied),
            Action::CopyFrozen(section, selected) => {
                let rows = self.case.as_ref().and_then(|case| case.conclusions.frozen_to_copy(section, &selected));
                self.copy_rows(rows);
            }
            Action::StopCopying => self.stop_copying(),
            Action::SetWidth { table, column, width } => self.settings.remember_width(table, &column, width),
            Action::ShowFacets(shown) => self.settings.facets_shown = Some(shown),
            Action::SetFacets(dataset, fields) => self.set_facets(dataset, fields.as_deref()),
            Action::HistogramBytes(bytes) => self.settings.histogram_bytes = bytes,
            Action::ShowRecord(dataset, id) => self.select_records(dataset, vec![id]),
            Action::CopyColumn(name) => self.copy_records(Some(name)),
            Action::ShowInspector => {
                self.show_part(settings::INSPECTOR, true);
                self.effects.push(Effect::FocusInspector);
            }
            Action::Sized(part, size) => self.settings.keep_size(part, size),
            Action::ClearErrors => self.errors.clear(),
            Action::Fail(error) => self.errors.push(error),
            Action::ShowAddress(address) => self.show_address(&address),
            Action::AddressPage(action) => {
                self.case.iter_mut().for_each(|case| case.address_pages.apply(action));
            }
            Action::TopList(list) => {
                let Some(case) = &mut self.case else { return };
                match list {
                    Some((title, query)) => case.top_list.open(self.view, title, *query),
                    None => case.top_list.close(),
                }
                self.step();
            }
            Action::ChangeFilters(change) => self.change_filters(change),
            Action::ChangeViews(change) => self.change_views(change),
            Action::OpenLook(name) => self.open_look(&name),
            Action::Export(request) => self.export(*request),
            Action::CancelExport(at) => self.exports.cancel(at),
            Action::Follow(link) => self.follow(link),
            Action::Pairs(action) => self.dispatch_pairs(action),
            Action::Timeline(action) => self.dispatch_timeline(action),
            Action::Indicators(action) => self.dispatch_indicators(action),
            Action::Sightings(action) => self.dispatch_sightings(action),
            Action::Identities(action) => self.dispatch_identities(action),
            Action::Rules(action) => self.dispatch_rules(action),
            Action::Leads(action) => self.dispatch_leads(action),
            Action::FollowKey(subject) => self.follow_key(subject),
            Action::Library(action) => self.dispatch_library(action),
            Action::Journal(action) => {
                if let Some(case) = &mut self.case {
                    case.journal.apply(action);
                }
            }
            Action::Evidence(action) => {
                if let Some(case) = &mut self.case {
                    case.evidence.apply(action);
                }
            }
            Action::Standouts(action) => self.case.iter_mut().for_each(|case| case.standouts.apply(action)),
            Action::Tour(action) => self.dispatch_tour(action),
            Action::ShowQuery(name) => self.show_query(name),
            Action::ShowAbout(about) => self.show_about(about),
            Action::Sql(action) => self.dispatch_sql(action),
            Action::Write(task) => self.write(task),
            Action::SetTags(subjects, tags) => self.set_tags(&subjects, tags),
            Action::UndoAgreed => self.undo(true),
            Action::Compare(action) => self.dispatch_compare(action),
            Action::Examiner(name) => self.settings.examiner = name.trim().to_owned(),
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
            | Action::WantChain(_)
            | Action::WantFacets(_)
            | Action::Warnings(_)
            | Action::Complete(_)
            | Action::GoToRow(_) => self.dispatch_to_case(action),
        }
    }

    fn dispatch_to_case(&mut self, action: Action) {
        let shown = self.shown_records().unwrap_or(Dataset::Flows);
        let Some(case) = &mut self.case else { return };
        match action {
            Action::EditFilter(dataset, text) => case.records_mut(dataset).edit(text),
            Action::ApplyFilter(dataset, text) => {
                self.apply_filter(dataset, &text);
            }
            Action::Narrow(dataset, clause) => {
                self.narrow(dataset, clause);
            }
            Action::Drill(dataset, clause) => {
                self.drill(View::Records(dataset), dataset, clause);
            }
            Action::Sort { field, add } => case.records_mut(shown).sort_by(field, add),
            Action::SortAs { field, descending } => {
                case.records_mut(shown).sort = vec![super::source::SortKey { field, descending }];
            }
            Action::ResetColumns(dataset) => {
                case.records_mut(dataset).reset_columns();
                let table = crate::present::display::dataset_key(dataset);
                self.settings.columns.remove(table);
                self.settings.widths.remove(table);
            }
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
            Action::WantChain(record) => case.want_chain(record),
            Action::WantFacets(dataset) => case.want_facets(dataset, self.range, self.duplicates),
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
                self.dialog = Some(Dialog::AddIndicators(TypedIndicators::of(&self.texts, String::new(), None)));
            }
            Command::AddLabel => self.dialog = Some(Dialog::Label(NewLabel::default())),
            Command::OwnerDatabase => self.dialog = Some(Dialog::Owners { path: String::new() }),
            Command::ImportSigma => {
                self.dialog = Some(Dialog::Supplement { kind: SupplementKind::Sigma, path: String::new() })
            }
            Command::ImportInventory => {
                self.dialog = Some(Dialog::Supplement { kind: SupplementKind::Inventory, path: String::new() })
            }
            Command::OnlySightings => self.only_sightings(),
            Command::FindAddress => self.dialog = Some(Dialog::Address { typed: String::new() }),
            Command::Export => {
                let path = std::env::current_dir().unwrap_or_default().join("export.csv");
                self.dialog = Some(Dialog::Export { path: path.to_string_lossy().into_owned(), replace: false });
            }
            Command::AddExhibit => {
                self.dialog = Some(Dialog::AddExhibit(Box::new(self.exhibit_draft())));
            }
            Command::TagRows => self.tag_rows(),
            Command::Compare => self.dispatch_compare(CompareAction::Open),
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
            Command::Tour => self.case.iter_mut().for_each(|case| case.tour.open()),
            Command::TourNext => self.dispatch_tour(TourAction::Next),
            Command::TourPrevious => self.dispatch_tour(TourAction::Previous),
            Command::Undo => self.undo(false),
            Command::Redo => self.redo(),
            Command::SavedViews => self.dialog = Some(Dialog::Views { typed: String::new() }),
            Command::ToggleSplit => self.toggle_split(),
            Command::OtherHalf => self.other_half(),
            Command::ToggleNavigation => self.effects.push(Effect::ToggleNavigation),
            Command::ToggleInspector => self.show_part(settings::INSPECTOR, !self.show_inspector),
            Command::ToggleHistogram => self.show_part(settings::HISTOGRAM, !self.show_histogram),
            Command::ToggleFacets => self.effects.push(Effect::ToggleFacets),
            Command::ChooseZone => self.dialog = Some(Dialog::Zone { typed: String::new() }),
            Command::ThemeSystem => self.set_theme(ThemeChoice::System),
            Command::ThemeLight => self.set_theme(ThemeChoice::Light),
            Command::ThemeDark => self.set_theme(ThemeChoice::Dark),
            Command::Language(language) => {
                self.settings.language = language.code().to_owned();
                self.speak(language);
            }
            Command::ZoomIn => self.set_scale(self.settings.next_scale(true)),
            Command::ZoomOut => self.set_scale(self.settings.next_scale(false)),
            Command::ZoomReset => self.set_scale(1.0),
            Command::ReduceMotion => self.reduce_motion(),
            Command::NextPane => self.effects.push(Effect::Pane(1)),
            Command::PreviousPane => self.effects.push(Effect::Pane(-1)),
            Command::Palette => self.dialog = Some(Dialog::Palette { typed: String::new() }),
            Command::FocusFilter => self.effects.push(Effect::FocusFilter),
            Command::FocusTime => self.effects.push(Effect::FocusTime),
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
                self.step();
            }
            Command::ShowErrors => self.dispatch(Action::Dialog(Some(Dialog::Errors))),
            Command::ShowHelp => self.dialog = Some(Dialog::Help(HelpPage::of(self.view, self.case.is_some()))),
        }
    }
}

#[cfg(test)]
mod indexing_tests;
#[cfg(test)]
mod mending_tests;
#[cfg(test)]
mod tests;
