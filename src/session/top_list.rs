//! A top list as a whole: all that a card of the overview or of an address' page shows the first rows of.

use super::action::View;
use super::marks::{self, AddressMarks};
use super::slots::{Lane, Slot};
use crate::query::{self, TopQuery, TopTable, Value};
use std::sync::Arc;

/// Rows at the most; whoever needs more asks for a file.
pub const MOST_ROWS: usize = 10_000;

#[derive(Default)]
pub struct WholeList {
    chosen: Option<Chosen>,
    answer: Slot<(u64, TopQuery), (Arc<TopTable>, AddressMarks)>,
}

struct Chosen {
    /// Where it is shown.
    view: View,
    /// In words.
    title: String,
    query: TopQuery,
}

impl WholeList {
    pub fn open(&mut self, view: View, title: String, query: TopQuery) {
        let query = TopQuery { limit: Some(MOST_ROWS), ..query };
        self.chosen = Some(Chosen { view, title, query });
    }

    pub fn close(&mut self) {
        self.answer.stop();
        self.chosen = None;
    }

    pub fn ask(&mut self, lane: &Lane, revision: u64, view: View) {
        let Some(chosen) = self.chosen.as_ref().filter(|chosen| chosen.view == view) else { return };
        self.answer.ask(lane, (revision, chosen.query.clone()), |source, (_, query), cancel| {
            let reader = source.case()?;
            let table = query::top(reader, query, cancel)?;
            let keys = table.rows.iter().flat_map(|row| &row.key);
            let texts = keys.filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None });
            let marks = marks::of_addresses(reader, texts)?;
            Ok((Arc::new(table), marks))
        });
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

    pub fn fault(&self) -> Option<&str> {
        self.answer.fault()
    }

    pub fn poll(&mut self) -> Option<String> {
        self.answer.poll().and_then(Result::err)
    }

    pub fn is_busy(&self) -> bool {
        self.answer.is_busy()
    }
}
