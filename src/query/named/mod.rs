//! Named queries: AWS's predefined flow-log queries, the playbook's, and CloudTrail's monitoring patterns. A query is a row
//! of `CATALOGUE`; with its parameters it becomes a `Question`, whose `Answer` opens in the view of its kind.
//!
//! Titles, descriptions and the notes on our own choices are texts of the catalogue of messages: `query-NAME`,
//! `query-NAME-about`, and `query-NAME-note` where `noted`.

mod answer;
mod build;
mod catalogue;
mod needs;
mod statement;

pub use answer::{Answer, Emptiness, answer, table};
pub use build::{Given, ParameterError};
pub use catalogue::CATALOGUE;
pub use needs::{Lack, any, lacking};

use super::{Measure, PairColumn, PairKey, PairQuery, PlaybookQuery, RecordQuery, Scope, SeriesQuery, TopQuery, Value};
use crate::model::{Dataset, FieldId, field};

/// Where a query comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Amazon Athena's predefined queries of the VPC Flow Logs guide.
    Predefined,
    /// The playbook's and the articles' flow-log queries.
    Playbook,
    /// The playbook's CloudTrail queries and the monitoring patterns.
    Monitoring,
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

/// A value that the examiner can set.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: &'static str,
    pub kind: ParameterKind,
    pub default: Option<&'static str>,
    /// The query runs without it.
    pub optional: bool,
}

/// How a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    Address,
    /// Addresses and CIDR blocks, separated by commas.
    Addresses,
    /// Port numbers, separated by commas.
    Ports,
    Text,
    /// `true` or `false`.
    Boolean,
    /// A number, with a unit if need be: `5MB`.
    Bytes,
    /// 1 to 86,400.
    Seconds,
}

/// What a query gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Rows in this order, with these columns (none: the view's own).
    Records { sort: Option<Order>, columns: &'static [Column] },
    /// Pairs by this column, greatest first.
    Pairs { by: PairKey, sort: PairColumn },
    /// The pairs, or those of parameter `ip` where it has a value, most bytes first.
    DataRatio,
    /// The groups with the most.
    Top { by: Key, measure: Measure },
    /// Values over time; parameters `window` (seconds) and `threshold` (bytes) where the query has them.
    Series { measure: Measure, by: Option<Key>, bin_secs: u32 },
    /// One number over all records.
    Figure(Figure),
    /// The playbook's directional view of what goes to indicators and what comes from them.
    Directional,
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

/// Which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    Records,
    Bytes,
}

impl Figure {
    pub fn name(self) -> &'static str {
        match self {
            Figure::Records => "record_count",
            Figure::Bytes => "total_bytes",
        }
    }
}

/// A column of a list of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    Field(&'static str),
    /// A value inside a JSON field, by its pointer (RFC 6901).
    Inside {
        name: &'static str,
        field: &'static str,
        pointer: &'static str,
    },
}

impl Column {
    pub fn name(self) -> &'static str {
        match self {
            Column::Field(name) | Column::Inside { name, .. } => name,
        }
    }

    /// The field that it is read from.
    pub fn field(self, dataset: Dataset) -> Option<FieldId> {
        let (Column::Field(name) | Column::Inside { field: name, .. }) = self;
        field::by_name(dataset, name)
    }

    /// What the column shows of the field's value.
    pub fn value(self, value: Value) -> Value {
        let Column::Inside { pointer, .. } = self else { return value };
        let Value::Text(text) = value else { return Value::Null };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else { return Value::Null };
        match json.pointer(pointer) {
            None | Some(serde_json::Value::Null) => Value::Null,
            Some(serde_json::Value::String(text)) => Value::Text(text.clone()),
            Some(serde_json::Value::Bool(value)) => Value::Boolean(*value),
            Some(other) => Value::Text(other.to_string()),
        }
    }
}

/// What is asked: a value, whose answer any view can show.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    Records { query: RecordQuery, columns: Vec<Column>, limit: Option<usize> },
    Pairs(PairQuery),
    Top(TopQuery),
    Series(SeriesQuery),
    Figure { scope: Scope, figure: Figure },
    Directional { query: PlaybookQuery, limit: Option<usize> },
}

impl Question {
    /// The records that it is about.
    ///
    /// # Errors
    /// As `PairQuery::records`.
    pub fn scope(&self) -> Result<Scope, super::QueryError> {
        Ok(match self {
            Question::Records { query, .. } => Scope {
                dataset: query.dataset,
                filter: query.filter.clone(),
                range: query.range,
                duplicates: query.duplicates,
            },
            Question::Pairs(query) => query.records()?,
            Question::Top(query) => query.scope.clone(),
            Question::Series(query) => query.scope.clone(),
            Question::Figure { scope, .. } => scope.clone(),
            Question::Directional { query, .. } => query.scope.clone(),
        })
    }
}

/// The query of this name, whatever the case of its letters.
pub fn named(name: &str) -> Option<&'static NamedQuery> {
    CATALOGUE.iter().find(|query| query.name.eq_ignore_ascii_case(name))
}
