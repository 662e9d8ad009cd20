//! The state of the page of leads: what stands out, ranked; what examiners decide about it; the picture of the chosen lead.
//! The overview shows the first of them. They are found over the whole case, whatever filter and time range are.

mod picture;
mod row;

pub(crate) use picture::Picture;
pub(crate) use row::LeadRow;

use super::pane::{Asking, Pane};
use super::selection::Selection;
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::source::Fault;
use super::view::View;
use crate::analysis::allow::Allowed;
use crate::analysis::{ALL, Asked};
use crate::app::Failure;
use crate::app::decisions::{Deciding, DecisionList};
use crate::filter::Filter;
use crate::model::{Dataset, RecordId};
use crate::query::tables::{RecordColumn, Table};
use crate::query::{self, Scope, Totals};
use crate::questions::{AnalysisQuestion, Question, RecordsQuestion, usual_fields};
use std::sync::Arc;

/// Leads that are shown at most; a file has all of them.
const MOST: usize = 2_000;
/// Records that a finding is made to cite at once.
const CITED: usize = 10_000;
/// Places of the overview.
const FIRST: usize = 5;

/// For what the records of a lead are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new finding with this title and text.
    Finding { title: String, text: String },
    /// The finding with this number.
    Cite(i64),
}

#[derive(Clone, Debug, PartialEq)]
pub enum LeadsAction {
    Select(Selection),
    ShowDismissed(bool),
    Decide(Deciding),
    /// The records of the lead with this key are cited.
    Use(String, Purpose),
    Stop,
    Resume,
}

/// Of which state of the case the leads are: its revision and its allow-lists.
type Of = (u64, Vec<Allowed>);

#[derive(Debug, Default)]
pub struct FoundLeads {
    pub leads: Vec<LeadRow>,
    /// Rows that allow-lists leave out.
    pub left_out: u64,
    /// Leads that are not shown.
    pub more: usize,
}

#[derive(Default)]
pub struct Leads {
    decisions: Option<Arc<DecisionList>>,
    answer: Slot<Of, Arc<FoundLeads>>,
    asked: Option<Of>,
    is_stopped: bool,
    shows_dismissed: bool,
    /// Places in the answer that are shown.
    rows: Vec<usize>,
    /// Counts arrangements of rows.
    shown: u64,
    pub selection: Selection,
    picture: Slot<(u64, String), Arc<Picture>>,
    wanted: Option<(u64, String, Purpose)>,
    wants: u64,
    records: Slot<(u64, String, Purpose), Arc<[RecordId]>>,
    /// Records that the finding that is being made will cite.
    to_cite: Option<(String, Arc<[RecordId]>)>,
}

impl Leads {
    pub fn apply(&mut self, action: LeadsAction) {
        match action {
            LeadsAction::Select(selection) => self.selection = selection,
            LeadsAction::ShowDismissed(shows) => {
                self.shows_dismissed = shows;
                self.arrange();
            }
            LeadsAction::Use(key, purpose) => {
                self.wants += 1;
                self.wanted = Some((self.wants, key, purpose));
            }
            LeadsAction::Stop => {
                self.is_stopped = true;
                self.answer.stop();
            }
            LeadsAction::Resume => self.is_stopped = false,
            // It is a change to the case, and waits for those before it.
            LeadsAction::Decide(_) => {}
        }
    }

    fn arrange(&mut self) {
        let chosen = self.chosen().map(|lead| lead.key.clone());
        let Some(found) = self.answer.shown() else { return };
        let is_shown = |lead: &LeadRow| self.shows_dismissed || self.reason(lead).is_none();
        self.rows = (0..found.leads.len()).filter(|at| found.leads.get(*at).is_some_and(is_shown)).collect();
        self.shown += 1;
        let place = chosen
            .and_then(|key| self.rows.iter().position(|at| found.leads.get(*at).is_some_and(|lead| lead.key == key)));
        match place {
            Some(place) => self.selection.select(place as u64),
            None => {
                let last = (self.rows.len() as u64).saturating_sub(1);
                let at = self.selection.cursor().unwrap_or(0).min(last);
                self.selection.select_first_of(self.rows.len() as u64);
                if !self.rows.is_empty() {
                    self.selection.select(at);
                }
            }
        }
    }

    pub fn found(&self) -> Option<&FoundLeads> {
        self.answer.shown().map(Arc::as_ref)
    }

    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Another number for other rows.
    pub(crate) fn shown(&self) -> u64 {
        self.shown
    }

    pub fn row(&self, row: u64) -> Option<&LeadRow> {
        self.answer.shown()?.leads.get(*self.rows.get(usize::try_from(row).ok()?)?)
    }

    /// The lead under the cursor.
    pub fn chosen(&self) -> Option<&LeadRow> {
        self.row(self.selection.cursor()?)
    }

    /// The first that are not dismissed.
    pub fn first(&self) -> impl Iterator<Item = &LeadRow> {
        let leads = self.answer.shown().into_iter().flat_map(|found| &found.leads);
        leads.filter(|lead| self.reason(lead).is_none()).take(FIRST)
    }

    /// Why a lead was dismissed.
    pub fn reason(&self, lead: &LeadRow) -> Option<&str> {
        self.decisions.as_ref()?.dismissed.get(&lead.key).map(String::as_str)
    }

    pub fn dismissed(&self) -> u64 {
        let leads = self.answer.shown().into_iter().flat_map(|found| &found.leads);
        leads.filter(|lead| self.reason(lead).is_some()).count() as u64
    }

    pub fn shows_dismissed(&self) -> bool {
        self.shows_dismissed
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| !self.answer.answers(asked))
    }

    pub(crate) fn progress(&self) -> Option<(u64, u64)> {
        self.answer.progress()
    }

    pub(crate) fn fault(&self) -> Option<&Failure> {
        self.answer.fault()
    }

    /// Of the chosen lead.
    pub fn picture(&self) -> Option<&Picture> {
        let key = &self.chosen()?.key;
        self.picture.shown().filter(|_| self.picture.shown_query().is_some_and(|(_, of)| of == key)).map(Arc::as_ref)
    }

    /// Records that were asked for, and what for.
    pub(super) fn take_records(&mut self) -> Option<(Purpose, Arc<[RecordId]>)> {
        let wanted = self.wanted.clone()?;
        let records = Arc::clone(self.records.shown().filter(|_| self.records.answers(&wanted))?);
        self.wanted = None;
        Some((wanted.2, records))
    }

    pub(super) fn cites_when_made(&mut self, title: String, records: Arc<[RecordId]>) {
        self.to_cite = Some((title, records));
    }

    /// What the finding with this title, which was just made, is to cite.
    pub(super) fn take_cited(&mut self, title: &str) -> Option<Arc<[RecordId]>> {
        self.to_cite.take_if(|(of, _)| of == title).map(|(_, records)| records)
    }
}

/// Leads of everything, with the usual parameters.
fn question() -> Option<AnalysisQuestion> {
    let analysis = ALL.iter().copied().find(|analysis| analysis.name == "leads")?;
    let mut asked = Asked::of(Scope::all(Dataset::Flows));
    let defaults = analysis.parameters.iter().filter_map(|parameter| Some((parameter.name, parameter.default?)));
    asked.parameters = defaults.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    asked.parameters.insert("sources".to_owned(), "all".to_owned());
    Some(AnalysisQuestion { analysis, asked })
}

impl Pane for Leads {
    fn shows(&self, view: View) -> bool {
        matches!(view, View::Overview | View::Leads)
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision) = (asking.lanes, asking.revision);
        if asking.totals.flows + asking.totals.events == 0 {
            return;
        }
        // On the overview they come after its own figures, which are there in a moment.
        if !asking.is_glanced && !asking.views.has(View::Leads) {
            return;
        }
        let Some(decided) = asking.decisions.clone() else { return };
        let of = (revision, decided.allowed.clone());
        if !self.is_stopped {
            self.answer.ask(&lanes.answers, of.clone(), |source, _, cancel| {
                // A table in memory leads nowhere.
                let (Some(question), Ok(reader)) = (question(), source.case()) else { return Ok(Arc::default()) };
                let table = question.table(reader, cancel)?;
                Ok(Arc::new(found(table.as_ref())?))
            });
        }
        self.asked = Some(of);
        if self.decisions.as_ref() != Some(&decided) {
            self.decisions = Some(decided);
            self.arrange();
        }
        if let Some(lead) = self.chosen().filter(|_| asking.views.has(View::Leads)).cloned() {
            let key = (revision, lead.key.clone());
            self.picture.ask(&lanes.charts, key, move |source, _, cancel| {
                Ok(Arc::new(Picture::of(source.case()?, &lead, cancel)?))
            });
        }
        let wanted = self.wanted.clone();
        let lead = wanted.as_ref().and_then(|(_, key, _)| self.found()?.leads.iter().find(|lead| lead.key == *key));
        if let (Some(wanted), Some(scope)) = (wanted, lead.and_then(LeadRow::scope)) {
            self.records.ask(&lanes.charts, wanted, move |source, _, cancel| {
                let rows = query::rows(source.case()?, &scope.records(Vec::new()), cancel)?;
                Ok(rows.ids(0..rows.len().min(CITED)).into())
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let answered = self.answer.poll();
        if answered == Some(Ok(())) {
            self.arrange();
        }
        let others = [self.picture.poll(), self.records.poll()];
        std::iter::once(answered).chain(others).flatten().filter_map(Result::err).collect()
    }

    fn leave(&mut self) {
        self.answer.stop();
        self.picture.stop();
    }

    fn is_busy(&self) -> bool {
        self.answer.is_busy() || self.picture.is_busy() || self.records.is_busy()
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let found = self.found().filter(|_| shown.view == View::Leads)?;
        let all = found.leads.len() + found.more;
        Some((Exported::Question(Arc::new(question()?)), Some(all as u64)))
    }

    /// The records of the chosen lead, and the leads themselves.
    fn candidates(&self, shown: &Shown<'_>, limit: usize) -> Vec<Candidate> {
        if shown.view != View::Leads {
            return Vec::new();
        }
        let records = self.chosen().and_then(|lead| lead.scope()).map(|scope| {
            let columns = usual_fields(scope.dataset).into_iter().map(|field| RecordColumn::Field(field.name()));
            let query = scope.records(Vec::new());
            Candidate::of("", &RecordsQuestion { query, columns: columns.collect(), limit: Some(limit) })
        });
        let all = question().map(|question| Candidate::of("", question.limited(limit).as_ref()));
        records.into_iter().chain(all).collect()
    }

    fn number(&self, view: View, _: &Totals) -> Option<u64> {
        let found = self.found().filter(|_| view == View::Leads)?;
        Some((found.leads.len() + found.more) as u64 - self.dismissed())
    }
}

fn found(table: &dyn Table) -> Result<FoundLeads, Fault> {
    let columns: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    let rows = table.rows(0, MOST)?;
    Ok(FoundLeads {
        more: table.len() - rows.len(),
        leads: rows.iter().map(|row| LeadRow::of(&columns, row)).collect(),
        left_out: table.left_out().allowed,
    })
}

impl LeadRow {
    /// Its records.
    pub fn scope(&self) -> Option<Scope> {
        let scope = Scope::written(self.dataset, &self.filter).ok()?;
        scope.filter.as_ref().is_some_and(|filter| *filter != Filter::All).then_some(scope)
    }
}
