//! Questions: what is asked of a case, as a value. From the one definition come its table on screen, its rows in a file
//! and on the command line, the exhibit with its digest, and asking it again.
//!
//! A kind of question is a type with [`Question`] and a row of [`KINDS`].

mod address;
mod analysis;
pub mod catalogue;
mod compare;
mod empty;
mod error;
mod files;
mod gaps;
pub mod group;
mod groups;
mod groups_of_values;
mod question;
mod records;
mod section;
mod sightings;
mod single;
pub(crate) mod spec;
pub mod standout;
mod statement;
mod time;
mod why;

pub use address::AddressQuestion;
pub use analysis::AnalysisQuestion;
pub use compare::{COMPARED, CompareQuestion, ComparedPlace, ComparedRow};
pub use empty::{Emptiness, emptiness};
pub use error::{AskError, MOST_ROWS, UnknownColumn};
pub use files::EvidenceQuestion;
pub use gaps::gaps_of;
pub use groups::{ConversationsQuestion, FigureQuestion, PairsQuestion, TopQuestion};
pub use groups_of_values::GroupsQuestion;
pub use question::{Basis, Live, Question};
pub use records::{RecordsQuestion, SelectedQuestion, fields_of, scope_of, usual_fields};
pub use section::Section;
pub use sightings::{PlaybookQuestion, SightingsQuestion};
pub use single::{EventQuestion, TextQuestion};
pub use statement::SqlQuestion;
pub use time::{HeatQuestion, SeriesQuestion};
pub use why::Why;

/// A kind of question.
pub struct KindOf {
    /// Stable name.
    pub name: &'static str,
    /// Reads what `Question::query` wrote; the reason where it cannot.
    pub read: fn(&str) -> Result<Box<dyn Question>, String>,
}

/// Every kind besides the analyses, which are kinds of their own names.
pub static KINDS: [KindOf; 18] = [
    KindOf { name: "flows", read: records::read_flows },
    KindOf { name: "events", read: records::read_events },
    KindOf { name: "selected", read: records::read_selected },
    KindOf { name: "pairs", read: groups::read_pairs },
    KindOf { name: "conversations", read: groups::read_conversations },
    KindOf { name: "top", read: groups::read_top },
    KindOf { name: "series", read: time::read_series },
    KindOf { name: "heatmap", read: time::read_heat },
    KindOf { name: "event", read: single::read_event },
    KindOf { name: "compare", read: compare::read_compare },
    KindOf { name: "address", read: address::read },
    KindOf { name: "text", read: single::read_text },
    KindOf { name: "sightings", read: sightings::read_sightings },
    KindOf { name: "playbook", read: sightings::read_playbook },
    KindOf { name: "figure", read: groups::read_figure },
    KindOf { name: "evidence", read: files::read },
    KindOf { name: "groups", read: groups_of_values::read },
    KindOf { name: "sql", read: statement::read },
];

/// The question of a stored exhibit.
///
/// # Errors
/// Its kind is not known here, or its query is not of that kind.
pub fn question(kind: &str, query: &str) -> Result<Box<dyn Question>, AskError> {
    let read = match (KINDS.iter().find(|known| known.name == kind), analysis::analysis(kind)) {
        (Some(known), _) => (known.read)(query),
        (None, Some(analysis)) => analysis::read(analysis, query),
        (None, None) => return Err(AskError::Unreadable(format!("unknown exhibit kind {kind}"))),
    };
    read.map_err(AskError::Unreadable)
}
