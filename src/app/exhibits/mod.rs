//! Exhibits: a question that is frozen with its answer, so that a reader who was not there can understand, check and
//! trust it, and the program can ask it again.
//!
//! A kind of exhibit is a type with [`Exhibited`] and a row of [`KINDS`]. [`freeze`] runs the question and gathers what it
//! rests on; [`Frozen::lines`] is its rows in canonical form, over which the digest is taken ([`canonical`]).

mod address;
pub mod canonical;
mod facts;
mod files;
mod freeze;
mod groups;
mod records;
mod sightings;
mod single;
mod spec;
mod statement;
mod store;
mod time;

pub use address::AddressExhibit;
pub use facts::{EvidenceFact, Facts, LeftOut, LogSource};
pub use files::EvidenceExhibit;
pub use freeze::{MOST_ROWS, freeze};
pub use groups::{ConversationsExhibit, FigureExhibit, PairsExhibit, TopExhibit};
pub use records::{RecordsExhibit, SelectedExhibit, scope_of};
pub use sightings::{PlaybookExhibit, SightingsExhibit};
pub use single::{COMPARED, CompareExhibit, EventExhibit, TextExhibit};
pub use statement::SqlExhibit;
pub use store::{Again, add, ask_again, load};
pub use time::{HeatExhibit, SeriesExhibit};

use crate::case::{CaseError, CaseReader};
use crate::filter::{Check, Filter, Target, Test};
use crate::model::conclusions::FrozenHead;
use crate::model::{Dataset, FieldId, Kind, RecordId};
use crate::present::zone::Zone;
use crate::query::{Cancel, QueryError, Scope, Value};

/// What an exhibit shows: a question that can be asked again.
pub trait Exhibited: std::fmt::Debug + Send + Sync {
    /// Stable name: a row of `KINDS`.
    fn kind(&self) -> &'static str;

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

    /// Its answer. Times of the day are those of the zone, where it shows such.
    ///
    /// # Errors
    /// As of any query; it has more rows than an exhibit holds.
    fn sections(&self, reader: &CaseReader, zone: Zone, cancel: &Cancel) -> Result<Vec<Section>, ExhibitError>;

    /// Where its live view is.
    fn live(&self) -> Live;
}

/// The records that an exhibit is about: sets, and single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    pub scopes: Vec<Scope>,
    pub records: Vec<(Dataset, RecordId)>,
    /// The exhibit tells in which other files the single ones stand.
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

/// A kind of exhibit.
pub struct KindOf {
    /// Stable name.
    pub name: &'static str,
    /// Reads what `Exhibited::query` wrote; the reason where it cannot.
    pub read: fn(&str) -> Result<Box<dyn Exhibited>, String>,
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
pub fn question(kind: &str, query: &str) -> Result<Box<dyn Exhibited>, ExhibitError> {
    let known = KINDS.iter().find(|known| known.name == kind);
    let known = known.ok_or_else(|| ExhibitError::Unreadable(format!("{kind} is no kind of exhibit known here")))?;
    (known.read)(query).map_err(ExhibitError::Unreadable)
}

#[derive(Debug, thiserror::Error)]
pub enum ExhibitError {
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

impl From<CaseError> for ExhibitError {
    fn from(error: CaseError) -> Self {
        ExhibitError::Query(error.into())
    }
}

/// What the values of a column are, and so how a report writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Text,
    /// A record: `EVIDENCE:POSITION`.
    Record,
    Address,
    /// A number of things.
    Count,
    /// A number that is a name: a version, a code.
    Number,
    Port,
    Protocol,
    TcpFlags,
    Bytes,
    Ratio,
    Boolean,
    Time,
    Json,
}

impl Unit {
    pub const ALL: [Unit; 13] = [
        Unit::Text,
        Unit::Record,
        Unit::Address,
        Unit::Count,
        Unit::Number,
        Unit::Port,
        Unit::Protocol,
        Unit::TcpFlags,
        Unit::Bytes,
        Unit::Ratio,
        Unit::Boolean,
        Unit::Time,
        Unit::Json,
    ];

    /// Stable name, part of the canonical form.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Text => "text",
            Unit::Record => "record",
            Unit::Address => "address",
            Unit::Count => "count",
            Unit::Number => "number",
            Unit::Port => "port",
            Unit::Protocol => "protocol",
            Unit::TcpFlags => "tcp_flags",
            Unit::Bytes => "bytes",
            Unit::Ratio => "ratio",
            Unit::Boolean => "boolean",
            Unit::Time => "time",
            Unit::Json => "json",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    pub fn of(field: FieldId) -> Self {
        match (field.kind, field.name()) {
            (Kind::Text, _) => Unit::Text,
            (Kind::Integer, name) if name.starts_with("packets") => Unit::Count,
            (Kind::Integer, _) => Unit::Number,
            (Kind::Address, _) => Unit::Address,
            (Kind::Port, _) => Unit::Port,
            (Kind::Protocol, _) => Unit::Protocol,
            (Kind::TcpFlags, _) => Unit::TcpFlags,
            (Kind::Bytes, _) => Unit::Bytes,
            (Kind::Time, _) => Unit::Time,
            (Kind::Boolean, _) => Unit::Boolean,
            (Kind::Json, _) => Unit::Json,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field's name, or that of the figure.
    pub name: String,
    pub unit: Unit,
}

impl Column {
    pub fn new(name: impl Into<String>, unit: Unit) -> Self {
        Self { name: name.into(), unit }
    }
}

/// A figure over all rows, those beyond the limit too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub name: String,
    pub unit: Unit,
    pub value: Value,
}

impl Total {
    pub fn new(name: impl Into<String>, unit: Unit, value: Value) -> Self {
        Self { name: name.into(), unit, value }
    }
}

/// A table of an exhibit. Most have one; a plot has its values and the hours without evidence, an address page a table for
/// each of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Stable; the id of its title is made of it.
    pub name: String,
    pub columns: Vec<Column>,
    /// A value for each column.
    pub rows: Vec<Vec<Value>>,
    /// How many rows there are, those beyond the limit too.
    pub all_rows: u64,
    pub totals: Vec<Total>,
}

impl Section {
    pub fn new(name: impl Into<String>, columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Self {
        let all_rows = rows.len() as u64;
        Self { name: name.into(), columns, rows, all_rows, totals: Vec::new() }
    }
}

/// An exhibit with its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    pub kind: String,
    /// The question as JSON.
    pub query: String,
    pub zone: Zone,
    pub sections: Vec<Section>,
    pub facts: Facts,
    pub tool_version: String,
}

impl Frozen {
    /// Its rows in canonical form.
    pub fn lines(&self) -> String {
        canonical::write(&self.kind, &self.sections)
    }

    pub fn row_count(&self) -> u64 {
        self.sections.iter().map(|section| section.rows.len() as u64).sum()
    }

    /// What the case stores beside the lines.
    pub fn head(&self, lines: &str) -> FrozenHead {
        FrozenHead {
            kind: self.kind.clone(),
            query: self.query.clone(),
            zone: self.zone.name().to_owned(),
            digest: canonical::digest(lines),
            row_count: self.row_count(),
            facts: self.facts.to_json(),
            tool_version: self.tool_version.clone(),
        }
    }

    /// From what the case stores.
    ///
    /// # Errors
    /// It is not in canonical form, or its facts are none.
    pub fn read(head: &FrozenHead, lines: &str) -> Result<Self, ExhibitError> {
        let (kind, sections) = canonical::read(lines).map_err(ExhibitError::Unreadable)?;
        Ok(Self {
            kind,
            query: head.query.clone(),
            zone: Zone::by_name(&head.zone).unwrap_or_default(),
            sections,
            facts: Facts::of_json(&head.facts).map_err(ExhibitError::Unreadable)?,
            tool_version: head.tool_version.clone(),
        })
    }
}
