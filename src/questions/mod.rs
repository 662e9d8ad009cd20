//! Questions: what is asked of a case, as a value. From the one definition come its table on screen, its rows in a file and
//! on the command line, the exhibit with its digest, and asking it again.
//!
//! A kind of question is a type with [`Question`] and a row of [`KINDS`].

mod address;
mod files;
mod groups;
mod named;
mod records;
mod section;
mod sightings;
mod single;
pub mod spec;
mod statement;
mod time;

pub use address::AddressQuestion;
pub use files::EvidenceQuestion;
pub use groups::{ConversationsQuestion, FigureQuestion, PairsQuestion, TopQuestion};
pub use named::of_named;
pub use records::{RecordsQuestion, SelectedQuestion, fields_of, scope_of};
pub use section::{MOST_ROWS, Section};
pub use sightings::{PlaybookQuestion, SightingsQuestion};
pub use single::{COMPARED, CompareQuestion, EventQuestion, TextQuestion};
pub use statement::SqlQuestion;
pub use time::{HeatQuestion, SeriesQuestion};

use crate::case::{CaseError, CaseReader};
use crate::filter::{Check, Filter, Target, Test};
use crate::model::{Dataset, RecordId};
use crate::present::zone::Zone;
use crate::query::tables::{Rows, Table};
use crate::query::{Cancel, QueryError, Scope};

/// What can be asked of a case, and asked again.
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

    /// Its answer as it is frozen: every table of it, with totals. Times of the day are those of the zone, where it shows
    /// such.
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
        Ok(Box::new(Rows { columns: first.columns, rows: first.rows }))
    }

    /// The same with so many rows at the most; its own limit stands where that is less. Itself where it has no limit.
    fn limited(&self, rows: usize) -> Box<dyn Question>;

    /// Where its live view is.
    fn live(&self) -> Live;
}

/// The records that a question is about: sets, and single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    pub scopes: Vec<Scope>,
    pub records: Vec<(Dataset, RecordId)>,
    /// The answer tells in which other files the single ones stand.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Live {
    Records(crate::query::RecordQuery),
    Selected(Dataset, Vec<RecordId>),
    Pairs(crate::query::PairQuery),
    Conversations(Box<crate::query::ConversationQuery>),
    Top(crate::query::TopQuery),
    Series(crate::query::SeriesQuery, crate::present::chart::Shape),
    Address(String),
    /// Of all lists, or of the one that is named.
    Sightings(Box<crate::query::SightingQuery>, Option<String>),
    Playbook(crate::query::PlaybookQuery),
    /// The statement, for the console.
    Sql(String),
    Evidence,
    /// There is none: a text of the examiner.
    None,
}

/// A kind of question.
pub struct KindOf {
    /// Stable name.
    pub name: &'static str,
    /// Reads what `Question::query` wrote; the reason where it cannot.
    pub read: fn(&str) -> Result<Box<dyn Question>, String>,
}

/// Every kind.
pub static KINDS: [KindOf; 17] = [
    KindOf { name: "flows", read: records::read_flows },
    KindOf { name: "events", read: records::read_events },
    KindOf { name: "selected", read: records::read_selected },
    KindOf { name: "pairs", read: groups::read_pairs },
    KindOf { name: "conversations", read: groups::read_conversations },
    KindOf { name: "top", read: groups::read_top },
    KindOf { name: "series", read: time::read_series },
    KindOf { name: "heatmap", read: time::read_heat },
    KindOf { name: "event", read: single::read_event },
    KindOf { name: "compare", read: single::read_compare },
    KindOf { name: "address", read: address::read },
    KindOf { name: "text", read: single::read_text },
    KindOf { name: "sightings", read: sightings::read_sightings },
    KindOf { name: "playbook", read: sightings::read_playbook },
    KindOf { name: "figure", read: groups::read_figure },
    KindOf { name: "evidence", read: files::read },
    KindOf { name: "sql", read: statement::read },
];

/// The question of a stored exhibit.
///
/// # Errors
/// Its kind is not known here, or its query is not of that kind.
pub fn question(kind: &str, query: &str) -> Result<Box<dyn Question>, AskError> {
    let known = KINDS.iter().find(|known| known.name == kind);
    let known = known.ok_or_else(|| AskError::Unreadable(format!("{kind} is no kind of exhibit known here")))?;
    (known.read)(query).map_err(AskError::Unreadable)
}

#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("an exhibit holds {MOST_ROWS} rows at the most, and this has {0}; narrow the filter, or state a limit")]
    TooManyRows(u64),
    #[error("the exhibit cannot be read: {0}")]
    Unreadable(String),
    /// What was asked for does not make an exhibit.
    #[error("{0}")]
    Unfit(String),
}

impl From<CaseError> for AskError {
    fn from(error: CaseError) -> Self {
        AskError::Query(error.into())
    }
}

/// The lesser of a question's own limit and another.
fn least(own: Option<usize>, rows: usize) -> usize {
    own.map_or(rows, |own| own.min(rows))
}
