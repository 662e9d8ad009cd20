//! The query library: which query is chosen and with which parameters, what the evidence lacks for each, and the
//! answers that have no view of their own, as a table. The others open in the view of their kind.
use super::pane::{Asking, Pane};
use super::result_table::{ResultTable, TableAction};
use super::shown::{Exported, Shown};
use super::slots::Slot;
use super::source::Duplicates;
use super::view::View;
use crate::app::Failure;
use crate::model::TimeRange;
use crate::query::tables::Rows;
use crate::questions::catalogue::{self, CATALOGUE, Given, Lack, NamedQuery, Origin, ParameterError};
use crate::questions::{MOST_ROWS, Question};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Changes that the view asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum LibraryAction {
    Search(String),
    Choose(&'static str),
    Parameter(&'static str, String),
    Limit(String),
    Run,
    Stop,
    Table(TableAction),
}

/// What was asked, of the case as it was then.
#[derive(Clone, Debug)]
struct Asked {
    revision: u64,
    question: Arc<dyn Question>,
}

/// The first rows of an answer, and how many it has.
#[derive(Clone, Debug)]
struct Found {
    rows: Arc<Rows>,
    all: usize,
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        let key = |asked: &Self| (asked.revision, asked.question.kind(), asked.question.query());
        key(self) == key(other)
    }
}

pub struct Library {
    search: String,
    chosen: Option<&'static NamedQuery>,
    /// By query and name: what was typed stays when another query is looked at.
    parameters: BTreeMap<(&'static str, &'static str), String>,
    limits: BTreeMap<&'static str, String>,
    lacks: Slot<u64, Vec<Option<Lack>>>,
    asked: Option<Asked>,
    answer: Slot<Asked, Found>,
    pub(super) table: ResultTable,
    /// Of the query whose answer is shown.
    answered: Option<&'static str>,
}

impl Default for Library {
    fn default() -> Self {
        Self {
            search: String::new(),
            chosen: CATALOGUE.first(),
            parameters: BTreeMap::new(),
            limits: BTreeMap::new(),
            lacks: Slot::default(),
            asked: None,
            answer: Slot::default(),
            table: ResultTable::default(),
            answered: None,
        }
    }
}

impl Library {
    pub fn search(&self) -> &str {
        &self.search
    }

    pub fn chosen(&self) -> Option<&'static NamedQuery> {
        self.chosen
    }

    pub fn parameter(&self, query: &NamedQuery, name: &'static str) -> &str {
        self.parameters.get(&(query.name, name)).map(String::as_str).unwrap_or_default()
    }

    /// The limit as it is typed; the query's own where nothing was.
    pub fn limit(&self, query: &NamedQuery) -> String {
        let own = || query.limit.map(|limit| limit.to_string()).unwrap_or_default();
        self.limits.get(query.name).cloned().unwrap_or_else(own)
    }

    /// Why a query says nothing in this case; `None` as long as that is not known.
    pub fn lack(&self, query: &NamedQuery) -> Option<Lack> {
        let at = CATALOGUE.iter().position(|known| known.name == query.name)?;
        self.lacks.shown()?.get(at).copied().flatten()
    }

    pub fn apply(&mut self, action: LibraryAction) {
        match action {
            LibraryAction::Search(text) => self.search = text,
            LibraryAction::Choose(name) => self.chosen = catalogue::named(name),
            LibraryAction::Parameter(name, text) => {
                if let Some(query) = self.chosen {
                    self.parameters.insert((query.name, name), text);
                }
            }
            LibraryAction::Limit(text) => {
                if let Some(query) = self.chosen {
                    self.limits.insert(query.name, text);
                }
            }
            LibraryAction::Stop => {
                self.answer.stop();
                self.asked = None;
            }
            // Carried out by the application, which knows the views and the clipboard.
            LibraryAction::Run | LibraryAction::Table(_) => {}
        }
    }

    /// What the examiner set for the chosen query.
    pub fn given(&self, query: &NamedQuery, range: TimeRange, duplicates: Duplicates) -> Given {
        let own = self.parameters.iter().filter(|((of, _), _)| *of == query.name);
        let parameters = own.map(|((_, name), value)| ((*name).to_owned(), value.clone())).collect();
        Given { parameters, limit: self.limit(query).trim().parse().ok(), filter: None, range, duplicates }
    }

    /// The question as it is.
    ///
    /// # Errors
    /// A parameter has no value, or one that cannot be read.
    pub fn question(
        &self,
        query: &NamedQuery,
        range: TimeRange,
        duplicates: Duplicates,
    ) -> Result<Box<dyn Question>, ParameterError> {
        query.question(&self.given(query, range, duplicates))
    }

    /// Shows the answer of the query of this name, whatever is set in the library.
    pub fn open(&mut self, name: &'static str, revision: u64, question: Box<dyn Question>) {
        self.chosen = catalogue::named(name);
        self.put(name, revision, question);
    }

    /// Makes this the question that is answered in the library itself.
    pub fn put(&mut self, name: &'static str, revision: u64, question: Box<dyn Question>) {
        if self.answered != Some(name) {
            self.table.clear();
        }
        self.answered = Some(name);
        let asked = Asked { revision, question: question.into() };
        // Known already: nothing will come in for it.
        if let Some(found) = self.answer.shown().filter(|_| self.answer.answers(&asked)) {
            self.table.take(Arc::clone(&found.rows));
        }
        self.asked = Some(asked);
    }

    /// The answer of the chosen query, with its question.
    pub fn answer(&self) -> Option<(&Arc<dyn Question>, &ResultTable)> {
        let is_of_chosen = self.chosen.is_some_and(|query| self.answered == Some(query.name));
        let asked = self.answer.shown_query().filter(|_| is_of_chosen)?;
        // Rows of other parameters are no answer, unless the next ones are on their way.
        let of_asked = |asked: &Asked| self.answer.answers(asked) || self.answer.is_busy();
        if !self.asked.as_ref().is_none_or(of_asked) {
            return None;
        }
        self.table.rows().is_some().then_some((&asked.question, &self.table))
    }

    /// Has the answer more rows than are shown?
    pub fn is_cut(&self) -> bool {
        self.answer.shown().is_some_and(|found| found.all > found.rows.rows.len())
    }

    pub fn is_running(&self) -> bool {
        self.answer.is_busy()
    }
}

impl Pane for Library {
    fn shows(&self, view: View) -> bool {
        view == View::Queries
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision) = (asking.lanes, asking.revision);
        self.lacks.ask(&lanes.pages, revision, |source, _, cancel| {
            let reader = source.case()?;
            CATALOGUE.iter().map(|query| Ok(catalogue::lacking(reader, query, cancel)?)).collect()
        });
        if let Some(asked) = &self.asked {
            self.answer.ask(&lanes.answers, asked.clone(), |source, asked, cancel| {
                let table = asked.question.table(source.case()?, cancel)?;
                let rows = Arc::new(Rows::read(table.as_ref(), MOST_ROWS, cancel)?);
                Ok(Found { rows, all: table.len() })
            });
        }
        self.table.ask(&lanes.pages);
    }

    fn poll(&mut self) -> Vec<Failure> {
        let answered = self.answer.poll();
        if let (Some(Ok(())), Some(found)) = (&answered, self.answer.shown()) {
            self.table.take(Arc::clone(&found.rows));
        }
        let polled = [self.lacks.poll(), answered, self.table.poll()];
        polled.into_iter().flatten().filter_map(Result::err).collect()
    }

    fn is_busy(&self) -> bool {
        self.lacks.is_busy() || self.answer.is_busy() || self.table.is_busy()
    }

    /// A query is run once, whatever comes in.
    fn holds_revision(&self) -> bool {
        false
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let (question, _) = self.answer()?;
        // A file has all rows, those too that are not shown.
        Some((Exported::Question(Arc::clone(question)), self.answer.shown().map(|found| found.all as u64)))
    }
}

/// The name of an origin in the catalogue of texts.
pub(crate) fn origin_key(origin: Origin) -> &'static str {
    match origin {
        Origin::Predefined => "origin-predefined",
        Origin::Playbook => "origin-playbook",
        Origin::Monitoring => "origin-monitoring",
        Origin::Published => "origin-published",
        Origin::Analysis => "origin-analysis",
    }
}
