//! What a question is: the trait of all kinds, what it is about, and where its live view is.

use super::error::{AskError, UnknownColumn};
use super::section::Section;
use crate::analysis::{Analysis, Asked};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Target, Test};
use crate::model::{Dataset, RecordId, Value};
use crate::present::zone::Zone;
use crate::query::tables::{Rows, Table};
use crate::query::{Cancel, QueryError, Scope};

/// What can be asked of a case, and run again.
pub trait Question: std::fmt::Debug + Send + Sync {
    /// Stable name: a row of `KINDS`.
    fn kind(&self) -> &'static str;

    /// Id of the text that names it, as something to be frozen.
    fn text_key(&self) -> String {
        format!("exhibit-{}", self.kind())
    }

    /// It as JSON, members in one order, filters in canonical text: what `Kind::read` reads.
    fn query(&self) -> String;

    /// The records that it is about.
    ///
    /// # Errors
    /// The question contradicts itself, or the case cannot be read.
    fn basis(&self, reader: &CaseReader) -> Result<Basis, QueryError>;

    /// Records whose mere being there shows in it, whatever they say: those of the hours that it does not call empty.
    fn coverage(&self) -> Option<Scope> {
        None
    }

    /// Its answer as it is frozen: every table of it, with totals. Times of the day are those of the zone, where it
    /// shows such.
    ///
    /// # Errors
    /// As of any query; it has more rows than are frozen.
    fn sections(&self, reader: &CaseReader, zone: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError>;

    /// The rows of its answer, for a file or a terminal, however many they are.
    ///
    /// # Errors
    /// As of any query.
    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        let sections = self.sections(reader, Zone::default(), cancel)?;
        let first = sections.into_iter().next().unwrap_or_default();
        Ok(Box::new(Rows { totals: first.totals, ..Rows::new(first.columns, first.rows) }))
    }

    /// What it gives, in a line that reads like the command line: `pairs srcaddr,dstaddr | sort -total_bytes | limit
    /// 50`.
    fn result(&self) -> String {
        self.kind().to_owned()
    }

    /// The same with the columns that a terminal shows: those that are named, separated by commas, or else the usual
    /// ones.
    /// `None` where the columns of its table are all that it can show.
    ///
    /// # Errors
    /// It has no such column.
    fn shown(&self, reader: &CaseReader, names: Option<&str>) -> Result<Option<Box<dyn Question>>, UnknownColumn> {
        let _ = (reader, names);
        Ok(None)
    }

    /// The records that a row of its table counts; `None` where a row is one record itself, or counts none.
    fn counted(&self, row: &[Value]) -> Option<Scope> {
        let _ = row;
        None
    }

    /// The same with so many rows at most; its own limit is where that is less. Itself where it has no limit.
    fn limited(&self, rows: usize) -> Box<dyn Question>;

    /// Where its live view is.
    fn live(&self) -> Live;
}

/// The records that a question is about: sets, and single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    pub scopes: Vec<Scope>,
    pub records: Vec<(Dataset, RecordId)>,
    /// The answer tells in which other files the single ones are.
    pub with_copies: bool,
    /// It is about the evidence as a whole: every file, records or not.
    pub all_evidence: bool,
    /// The lists of indicators are part of the question, whatever the filters of the scopes ask for.
    pub with_lists: bool,
}

impl Basis {
    /// Is any of it about events?
    pub fn has_events(&self) -> bool {
        let of_scopes = self.scopes.iter().map(|scope| scope.dataset);
        let of_records = self.records.iter().map(|(dataset, _)| *dataset);
        self.all_evidence || of_scopes.chain(of_records).any(|dataset| dataset == Dataset::Events)
    }

    /// Does a filter of it name one of these?
    pub fn asks_for(&self, targets: &[Target]) -> bool {
        let filters = self.scopes.iter().filter_map(|scope| scope.filter.as_ref());
        let asks = |test: &Test| {
            targets.contains(&test.target) || test.check == Check::InIndicators && targets.contains(&Target::Indicator)
        };
        filters.flat_map(Filter::tests).any(asks)
    }
}

/// The view that shows an exhibit's question as it is answered now.
#[derive(Clone, Debug, PartialEq)]
pub enum Live {
    Records(crate::query::RecordQuery),
    Selected(Dataset, Vec<RecordId>),
    Pairs(crate::query::PairQuery),
    Conversations(Box<crate::query::ConversationQuery>),
    Top(crate::query::TopQuery),
    /// In the query library.
    Groups(crate::query::GroupsQuery),
    Series(crate::query::SeriesQuery, crate::present::chart::Shape),
    Address(String),
    /// Of all lists, or of the one that is named.
    Sightings(Box<crate::query::SightingQuery>, Option<String>),
    Playbook(crate::query::PlaybookQuery),
    /// The statement, for the console.
    Sql(String),
    Evidence,
    /// In the query library.
    Analysis(&'static Analysis, Asked),
    /// There is none: a text of the examiner.
    None,
}

/// Steps of `Question::result`, with a limit as the last.
pub(super) fn steps(steps: impl IntoIterator<Item = String>, limit: Option<usize>) -> String {
    let limit = limit.map(|limit| format!("limit {limit}"));
    steps.into_iter().chain(limit).collect::<Vec<_>>().join(" | ")
}

/// `sort -bytes,start`; nothing without a key.
pub(super) fn sort_step(keys: &[String]) -> Option<String> {
    (!keys.is_empty()).then(|| format!("sort {}", keys.join(",")))
}

/// The lesser of a question's own limit and another.
pub(super) fn least(own: Option<usize>, rows: usize) -> usize {
    own.map_or(rows, |own| own.min(rows))
}
