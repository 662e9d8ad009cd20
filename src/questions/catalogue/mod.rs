//! Named queries: AWS's predefined flow-log queries, the playbook's, and CloudTrail's monitoring patterns. A query is a row
//! of `CATALOGUE`; with its parameters it becomes a question like any other.
//!
//! Titles, descriptions and the notes on our own choices are texts of the catalogue of messages: `query-NAME`,
//! `query-NAME-about`, and `query-NAME-note` where `noted`.

mod build;
mod needs;
mod published;
mod published_groups;
mod table;

pub use build::{Given, ParameterError};
pub use needs::{Lack, lacking};
pub use table::CATALOGUE;

use crate::analysis::Analysis;
pub use crate::analysis::{Parameter, ParameterKind};
use crate::model::Dataset;
use crate::query::tables::RecordColumn;
use crate::query::{Figure, Measure, PairColumn, PairKey};

/// Where a query comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Amazon Athena's predefined queries of the VPC Flow Logs guide.
    Predefined,
    /// The playbook's and the articles' flow-log queries.
    Playbook,
    /// The playbook's CloudTrail queries and the monitoring patterns.
    Monitoring,
    /// What AWS publishes for incident response, as Athena queries.
    Published,
    /// What is concluded from records.
    Analysis,
}

/// A query of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedQuery {
    /// Stable: what the command line takes.
    pub name: &'static str,
    pub origin: Origin,
    pub dataset: Dataset,
    /// The filter; `:name` stands for a parameter's value. A part in `{ }` is one more condition, left out where its
    /// parameter has no value.
    pub filter: &'static str,
    pub parameters: &'static [Parameter],
    /// Fields without which it says nothing.
    pub needs: &'static [&'static str],
    pub shape: Shape,
    /// So many rows unless told otherwise.
    pub limit: Option<usize>,
    /// A choice of ours that the published description leaves open, told beside the query.
    pub noted: bool,
}

/// What a query gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Rows in this order, with these columns (none: the view's own).
    Records { sort: Option<Order>, columns: &'static [RecordColumn] },
    /// Pairs by this column, greatest first.
    Pairs { by: PairKey, sort: PairColumn },
    /// The pairs, or those of parameter `ip` where it has a value, most bytes first.
    DataRatio,
    /// The groups with the most.
    Top { by: Key, measure: Measure },
    /// The groups of equal values with the most, by parameters `by`, `measure` and `sort`.
    Groups,
    /// Groups with several figures each, as `analysis::grouped` writes them; parameter `min` where the query has it.
    Grouped { by: &'static str, figures: &'static str, sort: &'static str, leading: &'static str },
    /// Values over time; parameters `window` (seconds) and `threshold` (bytes) where the query has them.
    Series { measure: Measure, by: Option<Key>, bin_secs: u32 },
    /// One number over all records.
    Figure(Figure),
    /// The playbook's directional view of what goes to indicators and what comes from them.
    Directional,
    /// The table of an analysis.
    Analysis(&'static Analysis),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    pub field: &'static str,
    pub descending: bool,
}

/// What a list or series is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Field(&'static str),
    Talker,
    Remote,
    PacketTalker,
}

/// The query that groups these records by fields of the examiner's choice.
pub fn groups_query(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Flows => "top-flows",
        Dataset::Events => "top-events",
    }
}

/// The query of this name, whatever the case of its letters.
pub fn named(name: &str) -> Option<&'static NamedQuery> {
    CATALOGUE.iter().find(|query| query.name.eq_ignore_ascii_case(name))
}
