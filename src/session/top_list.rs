//! A top list as a whole: all that a card of the overview or of an address' page shows the first rows of.

use super::marks::{self, AddressMarks};
use super::pane::{Asking, Pane};
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::view::View;
use crate::app::Failure;
use crate::model::Value;
use crate::query::{self, TopQuery, TopTable};
use crate::questions::TopQuestion;
use std::sync::Arc;

/// Rows at most; whoever needs more asks for a file.
pub(crate) const MOST_ROWS: usize = 10_000;

#[derive(Default)]
pub struct TopList {
    chosen: Option<Chosen>,
    answer: Slot<(u64, TopQuery), (Arc<TopTable>, AddressMarks)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Where it is shown.
    view: View,
    /// In words.
    title: String,
    query: TopQuery,
}

impl TopList {
    pub fn open(&mut self, view: View, title: String, query: TopQuery) {
        let query = TopQuery { limit: Some(MOST_ROWS), ..query };
        self.chosen = Some(Chosen { view, title, query });
    }

    pub fn close(&mut self) {
        self.answer.stop();
        self.chosen = None;
    }

    /// What is shown as a whole in this view, to be returned to.
    pub(crate) fn chosen(&self, view: View) -> Option<&Chosen> {
        self.chosen.as_ref().filter(|chosen| chosen.view == view)
    }

    pub(crate) fn restore(&mut self, chosen: Option<Chosen>) {
        self.chosen = chosen;
    }

    /// Title, question, and once it is in the answer.
    pub fn shown(&self, view: View) -> Option<(&str, &TopQuery, Option<&Arc<TopTable>>)> {
        let chosen = self.chosen.as_ref().filter(|chosen| chosen.view == view)?;
        let is_its = self.answer.shown_query().is_some_and(|(_, query)| *query == chosen.query);
        Some((&chosen.title, &chosen.query, self.answer.shown().map(|(table, _)| table).filter(|_| is_its)))
    }

    /// What the addresses of the list meet.
    pub fn marks(&self) -> Option<&AddressMarks> {
        self.answer.shown().map(|(_, marks)| marks)
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.answer.fault()
    }
}

impl Pane for TopList {
    fn shows(&self, view: View) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.view == view)
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lane, revision) = (&asking.lanes.charts, asking.revision);
        let Some(chosen) = self.chosen.as_ref().filter(|chosen| asking.views.has(chosen.view)) else { return };
        self.answer.ask(lane, (revision, chosen.query.clone()), |source, (_, query), cancel| {
            let reader = source.case()?;
            let table = query::top(reader, query, cancel)?;
            let keys = table.rows.iter().flat_map(|row| &row.key);
            let texts = keys.filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None });
            let marks = marks::of_addresses(reader, texts)?;
            Ok((Arc::new(table), marks))
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.answer.poll().and_then(Result::err).into_iter().collect()
    }

    fn is_busy(&self) -> bool {
        self.answer.is_busy()
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let (_, query, table) = self.shown(shown.view)?;
        let question = Arc::new(TopQuestion(query.clone()));
        Some((Exported::Question(question), table.map(|table| table.rows.len() as u64)))
    }

    fn candidates(&self, shown: &Shown<'_>, limit: usize) -> Vec<Candidate> {
        let Some((title, query, _)) = self.shown(shown.view) else { return Vec::new() };
        let query = TopQuery { limit: Some(limit), ..query.clone() };
        vec![Candidate::of(title, &TopQuestion(query))]
    }
}
