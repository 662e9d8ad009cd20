//! The state of the page of monitoring rules: what each matches among the events that filter and time range leave, as a
//! list in groups or as a matrix of ATT&CK techniques.

use super::answered::Answered;
use super::pane::{Asking, Pane};
use super::result_table::TableAction;
use super::selection::Selection;
use super::shown::{Exported, Shown};
use super::slots::Slot;
use super::view::View;
use crate::analysis::Asked;
use crate::analysis::monitor::{MONITOR, Monitored, RuleMatches, monitored};
use crate::analysis::sigma::SIGMA;
use crate::app::Failure;
use crate::filter::{Filter, Target, rules};
use crate::query::Scope;
use crate::questions::AnalysisQuestion;
use std::sync::Arc;

/// How the rules are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arranged {
    ByGroup,
    Matrix,
    /// The case's Sigma rules.
    Sigma,
}

impl Arranged {
    pub const ALL: [Arranged; 3] = [Arranged::ByGroup, Arranged::Matrix, Arranged::Sigma];

    /// Part of the id of its text.
    pub fn name(self) -> &'static str {
        match self {
            Arranged::ByGroup => "groups",
            Arranged::Matrix => "matrix",
            Arranged::Sigma => "sigma",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum RulesAction {
    Arrange(Arranged),
    /// Rules without a match too, or only others.
    ShowZeros(bool),
    /// Only the rules of this technique; `None` for all.
    Technique(Option<&'static str>),
    Select(Selection),
    /// Of the Sigma rules.
    Table(TableAction),
}

/// A row of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RuleRow<'a> {
    /// A group, and what its rules match together.
    Group(&'static str, u64),
    Rule(&'a RuleMatches),
}

pub struct Rules {
    arranged: Arranged,
    shows_zeros: bool,
    technique: Option<&'static str>,
    answer: Slot<(u64, Scope), Monitored>,
    asked: Option<(u64, Scope)>,
    /// Counts answers and what is shown of them.
    shown: u64,
    /// Places in the answer: a group by the place of its first rule.
    rows: Vec<Place>,
    pub selection: Selection,
    pub(crate) sigma: Answered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Group { first: usize, matches: u64 },
    Rule(usize),
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            arranged: Arranged::ByGroup,
            shows_zeros: true,
            technique: None,
            answer: Slot::default(),
            asked: None,
            shown: 0,
            rows: Vec::new(),
            selection: Selection::default(),
            sigma: Answered::of(&SIGMA),
        }
    }
}

impl Rules {
    pub fn arranged(&self) -> Arranged {
        self.arranged
    }

    pub fn shows_zeros(&self) -> bool {
        self.shows_zeros
    }

    pub fn technique(&self) -> Option<&'static str> {
        self.technique
    }

    pub fn apply(&mut self, action: RulesAction) {
        match action {
            RulesAction::Arrange(arranged) => self.arranged = arranged,
            RulesAction::ShowZeros(shows) => self.shows_zeros = shows,
            RulesAction::Technique(technique) => {
                self.technique = technique;
                self.arranged = Arranged::ByGroup;
            }
            RulesAction::Select(selection) => return self.selection = selection,
            // Carried out by the application, which knows the clipboard.
            RulesAction::Table(_) => return,
        }
        self.arrange();
    }

    /// The rows of the last answer, as they are to be shown.
    fn arrange(&mut self) {
        self.rows.clear();
        self.shown += 1;
        let Some(found) = self.answer.shown() else { return };
        let mut group = None;
        for (at, of) in found.rules.iter().enumerate() {
            let is_of = self.technique.is_none_or(|technique| of.rule.attack.contains(&Some(technique)));
            if !is_of || (of.matches == 0 && !self.shows_zeros) {
                continue;
            }
            if group.replace(of.rule.group) != Some(of.rule.group) {
                let of_group = found.rules.iter().filter(|other| other.rule.group == of.rule.group);
                self.rows.push(Place::Group { first: at, matches: of_group.map(|other| other.matches).sum() });
            }
            self.rows.push(Place::Rule(at));
        }
        self.selection.select_first_of(self.rows.len() as u64);
    }

    pub(crate) fn monitored(&self) -> Option<&Monitored> {
        self.answer.shown()
    }

    pub(crate) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Another number for other rows.
    pub(crate) fn shown(&self) -> u64 {
        self.shown
    }

    pub(crate) fn row(&self, row: u64) -> Option<RuleRow<'_>> {
        let found = self.answer.shown()?;
        Some(match *self.rows.get(usize::try_from(row).ok()?)? {
            Place::Group { first, matches } => RuleRow::Group(found.rules.get(first)?.rule.group, matches),
            Place::Rule(at) => RuleRow::Rule(found.rules.get(at)?),
        })
    }

    /// The rule under the cursor.
    pub(crate) fn chosen(&self) -> Option<&RuleMatches> {
        match self.row(self.selection.cursor()?)? {
            RuleRow::Rule(of) => Some(of),
            RuleRow::Group(..) => None,
        }
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| !self.answer.answers(asked))
    }

    pub(crate) fn fault(&self) -> Option<&Failure> {
        self.answer.fault()
    }

    /// The events that these rules match.
    pub(crate) fn records(&self, ids: impl Iterator<Item = &'static str>) -> Option<Scope> {
        let (_, scope) = self.answer.shown_query()?;
        Some(scope.and(Filter::any_of(ids.map(|id| Filter::named(Target::Rule, id)))))
    }
}

impl Pane for Rules {
    fn shows(&self, view: View) -> bool {
        view == View::Rules
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        if self.arranged == Arranged::Sigma {
            return self.sigma.ask(asking);
        }
        let asked = (asking.revision, asking.events.clone());
        self.answer.ask(&asking.lanes.answers, asked.clone(), |source, (_, scope), cancel| {
            Ok(monitored(source.case()?, scope, cancel)?)
        });
        self.asked = Some(asked);
    }

    fn poll(&mut self) -> Vec<Failure> {
        let polled = self.answer.poll();
        if polled == Some(Ok(())) {
            self.arrange();
        }
        let mut failures = self.sigma.poll();
        failures.extend(polled.and_then(Result::err));
        failures
    }

    fn leave(&mut self) {
        self.answer.stop();
        self.sigma.stop();
    }

    fn is_busy(&self) -> bool {
        self.answer.is_busy() || self.sigma.is_busy()
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        if self.arranged == Arranged::Sigma {
            let question = Arc::new(self.sigma.shown_question()?.clone());
            return Some((Exported::Question(question), self.sigma.len().map(|all| all as u64)));
        }
        let (_, scope) = self.answer.shown_query()?;
        let question = AnalysisQuestion { analysis: &MONITOR, asked: Asked::of(scope.clone()) };
        Some((Exported::Question(Arc::new(question)), Some(rules().len() as u64)))
    }
}
