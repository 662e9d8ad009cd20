//! What a view shows as values that leave the window: a result that is written into a file, and what can be frozen as
//! an exhibit.

use super::view::View;
use crate::app::journal::Entry;
use crate::model::{Address, Dataset, TimeRange};
use crate::present::Texts;
use crate::query::tables;
use crate::query::{Duplicates, EvidenceRow, IndicatorEntriesQuery, Scope};
use crate::questions::Question;
use std::sync::Arc;

/// What the window is set to.
pub struct Shown<'a> {
    pub view: View,
    pub address: Option<&'a Address>,
    pub range: TimeRange,
    pub duplicates: Duplicates,
    /// The records that filter and time range leave.
    pub flows: Scope,
    pub events: Scope,
    pub texts: &'a Texts,
}

impl Shown<'_> {
    pub fn scope(&self, dataset: Dataset) -> &Scope {
        match dataset {
            Dataset::Flows => &self.flows,
            Dataset::Events => &self.events,
        }
    }
}

/// What is written.
#[derive(Clone, Debug)]
pub enum Exported {
    Question(Arc<dyn Question>),
    /// The entries of a list.
    Entries(IndicatorEntriesQuery),
    /// Lists that may be long: they become a table when they are written.
    Journal(Arc<[Entry]>),
    Evidence(Arc<[EvidenceRow]>),
    /// What a view holds in memory, as it is: a result of the SQL console is not run again.
    List(Arc<tables::Rows>),
}

impl Exported {
    /// Rows that are held in memory, where there are any; and how many.
    pub fn listed(list: tables::Rows) -> Option<(Self, Option<u64>)> {
        let rows = list.rows.len() as u64;
        (rows > 0).then(|| (Exported::List(Arc::new(list)), Some(rows)))
    }
}

/// A thing to be frozen: what it is, and the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Id of its text.
    pub key: String,
    /// What the text is reported: a name, a number.
    pub what: String,
    pub kind: String,
    pub query: String,
}

impl Candidate {
    pub fn of(what: impl Into<String>, question: &dyn Question) -> Self {
        Self { key: question.text_key(), what: what.into(), kind: question.kind().to_owned(), query: question.query() }
    }
}

/// Rows of a table unless the examiner says otherwise.
pub(crate) const USUAL_ROWS: usize = 500;
