//! The query library: which query is chosen and with which parameters, what the evidence lacks for each, and the answers
//! that have no view of their own (top lists, single figures). The others open in the view of their kind.

use super::records::Lanes;
use super::slots::Slot;
use super::source::Duplicates;
use crate::model::TimeRange;
use crate::query::named::{self, Answer, CATALOGUE, Given, Lack, NamedQuery, Origin, ParameterError, Question};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Changes that the view asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryAction {
    Search(String),
    Choose(&'static str),
    Parameter(&'static str, String),
    Limit(String),
    Run,
    Stop,
}

pub struct Library {
    search: String,
    chosen: Option<&'static NamedQuery>,
    /// By query and name: what was typed stays when another query is looked at.
    parameters: BTreeMap<(&'static str, &'static str), String>,
    limits: BTreeMap<&'static str, String>,
    lacks: Slot<u64, Vec<Option<Lack>>>,
    asked: Option<(u64, Question)>,
    answer: Slot<(u64, Question), Arc<Answer>>,
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
            LibraryAction::Choose(name) => self.chosen = named::named(name),
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
            // Carried out by the application, which knows the views.
            LibraryAction::Run => {}
        }
    }

    /// What the examiner set for the chosen query.
    pub fn given(&self, query: &NamedQuery, range: TimeRange, duplicates: Duplicates) -> Given {
        let own = self.parameters.iter().filter(|((of, _), _)| *of == query.name);
        let parameters = own.map(|((_, name), value)| ((*name).to_owned(), value.clone())).collect();
        Given { parameters, limit: self.limit(query).trim().parse().ok(), filter: None, range, duplicates }
    }

    /// The question as it stands.
    ///
    /// # Errors
    /// A parameter has no value, or one that cannot be read.
    pub fn question(
        &self,
        query: &NamedQuery,
        range: TimeRange,
        duplicates: Duplicates,
    ) -> Result<Question, ParameterError> {
        query.question(&self.given(query, range, duplicates))
    }

    /// Makes this the question that is answered in the library itself.
    pub fn put(&mut self, name: &'static str, revision: u64, question: Question) {
        self.answered = Some(name);
        self.asked = Some((revision, question));
    }

    /// The answer of the chosen query, with its question.
    pub fn answer(&self) -> Option<(&Question, &Answer)> {
        let is_of_chosen = self.chosen.is_some_and(|query| self.answered == Some(query.name));
        let (_, question) = self.answer.shown_query().filter(|_| is_of_chosen)?;
        let of_asked = self.asked.as_ref().is_none_or(|asked| self.answer.answers(asked) || self.answer.is_busy());
        self.answer.shown().filter(|_| of_asked).map(|answer| (question, answer.as_ref()))
    }

    pub fn is_running(&self) -> bool {
        self.answer.is_busy()
    }

    pub fn ask(&mut self, lanes: &Lanes, revision: u64) {
        self.lacks.ask(&lanes.pages, revision, |source, _, cancel| {
            let reader = source.case()?;
            CATALOGUE.iter().map(|query| Ok(named::lacking(reader, query, cancel)?)).collect()
        });
        if let Some(asked) = &self.asked {
            self.answer.ask(&lanes.answers, asked.clone(), |source, (_, question), cancel| {
                Ok(Arc::new(named::answer(source.case()?, question, cancel)?))
            });
        }
    }

    /// Takes in answers; the reasons of failures.
    pub fn poll(&mut self) -> Vec<String> {
        let failures = [self.lacks.poll().and_then(Result::err), self.answer.poll().and_then(Result::err)];
        failures.into_iter().flatten().collect()
    }

    pub fn is_busy(&self) -> bool {
        self.lacks.is_busy() || self.answer.is_busy()
    }
}

/// The name of an origin in the catalogue of texts.
pub fn origin_key(origin: Origin) -> &'static str {
    match origin {
        Origin::Predefined => "origin-predefined",
        Origin::Playbook => "origin-playbook",
        Origin::Monitoring => "origin-monitoring",
    }
}
