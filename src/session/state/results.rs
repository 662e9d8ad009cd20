//! The result on screen, on its way into a file.

use crate::model::Dataset;
use crate::present::display;
use crate::present::text::Texts;
use crate::query::tables::{self, Rows, Table};
use crate::questions::{PlaybookQuestion, Question, RecordsQuestion, TopQuestion, of_named};
use crate::session::action::View;
use crate::session::export_jobs::{ExportRequest, Exported, Outcome};
use crate::session::indicators::Tab;
use crate::session::record_columns::ShownColumn;
use crate::session::saved::{Changed, FilterChange};
use crate::session::sightings::Show;
use crate::session::state::{App, Message, UserError};
use crate::session::undo::CaseChange;
use std::sync::Arc;

/// What became of the kept filters, for the status bar.
pub(super) fn filters_notice(texts: &Texts, changed: &Changed) -> String {
    match changed {
        Changed::Saved => texts.tr("notice-filter-saved"),
        Changed::Removed => texts.tr("notice-filter-removed"),
        Changed::Restored => texts.tr("notice-filters-restored"),
        Changed::Imported { added, known } => {
            let (added, known) = (display::count(*added as u64), display::count(*known as u64));
            texts.tr_args("notice-filters-imported", &[("added", &added), ("known", &known)])
        }
        Changed::Exported { path, filters } => {
            let path = display::visible(&path.to_string_lossy()).into_owned();
            let count = display::count(*filters as u64);
            texts.tr_args("notice-filters-exported", &[("count", &count), ("path", &path)])
        }
    }
}

fn listed(list: Rows) -> Option<(Exported, Option<u64>)> {
    let rows = list.len() as u64;
    (rows > 0).then(|| (Exported::List(Arc::new(list)), Some(rows)))
}

impl App {
    pub(super) fn change_filters(&mut self, change: FilterChange) {
        let Some(case) = &mut self.case else { return };
        self.dialog = None;
        case.change(CaseChange::Filters(change));
    }

    /// What the view on screen shows, and how many rows that are where it is known.
    pub fn exportable(&self) -> Option<(Exported, Option<u64>)> {
        let case = self.case.as_ref()?;
        match self.view {
            View::Records(dataset) => {
                let records = case.records(dataset);
                let query = records.query(self.range, self.duplicates);
                // What is on screen: a query's columns, or else everything that the records say.
                let columns = match records.are_columns_lent() {
                    true => records.shown_columns().into_iter().map(ShownColumn::as_column).collect(),
                    false => Vec::new(),
                };
                let question = RecordsQuestion { query, columns, limit: None };
                Some((Exported::Question(Arc::new(question)), records.row_count()))
            }
            View::Pairs => {
                let scope = case.records(Dataset::Flows).scope(self.range, self.duplicates);
                Some((case.pairs.exported(scope), case.pairs.len()))
            }
            View::Timeline => {
                let question =
                    case.timeline.question(|dataset| case.records(dataset).scope(self.range, self.duplicates))?;
                Some((Exported::Question(of_named(question).into()), None))
            }
            View::Queries => {
                let (question, _) = case.library.answer()?;
                Some((Exported::Question(of_named(question.clone()).into()), None))
            }
            View::Sql => {
                let table = case.sql.table()?;
                Some((Exported::Sql(Arc::clone(table)), Some(table.rows.rows.len() as u64)))
            }
            View::Overview | View::Address if case.whole_list.shown(self.view).is_some() => {
                let (_, query, table) = case.whole_list.shown(self.view)?;
                let question = Arc::new(TopQuestion(query.clone()));
                Some((Exported::Question(question), table.map(|table| table.rows.len() as u64)))
            }
            View::Overview => {
                let lists = [Dataset::Flows, Dataset::Events].into_iter().flat_map(|of| case.glance.lists(of));
                let lists = lists.filter_map(|(name, query, list)| Some((name, query, &list?.table)));
                listed(tables::tops(lists, &[]))
            }
            View::Sightings => {
                let sightings = &case.sightings;
                let question: Arc<dyn Question> = match sightings.show() {
                    Show::By(_) => Arc::new(sightings.question(self.range, self.duplicates)),
                    Show::Playbook => Arc::new(PlaybookQuestion {
                        query: sightings.playbook_query(self.range, self.duplicates),
                        limit: None,
                    }),
                };
                Some((Exported::Question(question), sightings.len()))
            }
            View::Indicators => match case.watch.tab {
                Tab::Entries => {
                    let (query, _) = case.watch.entries().shown()?;
                    Some((Exported::Entries(*query), case.watch.entries().len()))
                }
                Tab::Issues => listed(tables::issues(case.watch.issues()?)),
                Tab::Labels => listed(tables::labels(&case.watch.kept()?.labels)),
            },
            View::Evidence => listed(tables::evidence(case.evidence()?)),
            View::Findings | View::Exhibits => None,
            View::Address => {
                let (about, _) = case.about(self.address.as_ref()?)?;
                let lists = about.facts.lists.iter().map(|(name, query, table)| (*name, query, table));
                listed(tables::tops(lists, &about.pairs))
            }
        }
    }

    pub(super) fn write_report(&mut self, folder: std::path::PathBuf, order: crate::app::report::Order) {
        let Some(case) = &self.case else { return };
        self.dialog = None;
        let (backend, waker) = (Arc::clone(&self.backend), Arc::clone(&self.waker));
        if let Err(error) = self.exports.start_report(backend, &case.path, folder.clone(), order, waker) {
            let next = Message::new("next-try-again");
            self.errors.push(UserError::new(Message::new("error-export"), error, next).at(folder));
        }
    }

    pub(super) fn export(&mut self, request: ExportRequest) {
        let Some(case) = &self.case else { return };
        self.dialog = None;
        let path = request.path.clone();
        let started = self.exports.start(Arc::clone(&self.backend), &case.path, request, Arc::clone(&self.waker));
        if let Err(error) = started {
            let next = Message::new("next-try-again");
            self.errors.push(UserError::new(Message::new("error-export"), error, next).at(path));
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
                        let next = Message::new("next-verify");
                        self.errors.push(UserError::new(Message::new("error-not-verified"), verdict, next).at(path));
                    }
                }
                Outcome::Cancelled(path) => {
                    self.notice = Some(self.texts.tr_args("notice-export-cancelled", &[("path", &shown(&path))]));
                }
                Outcome::Failed { path, why } => {
                    let next = Message::new("next-export");
                    self.errors.push(UserError::new(Message::new("error-export"), why, next).at(path));
                }
            }
        }
    }
}
