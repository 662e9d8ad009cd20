//! What an analysis is, and what it is asked.

use crate::case::CaseReader;
use crate::filter::clause;
use crate::model::{Dataset, Value};
use crate::query::tables::Rows;
use crate::query::{Cancel, QueryError, Scope, own_field};
use std::collections::BTreeMap;

pub struct Analysis {
    /// Of the named query, the subcommand and the kind of exhibit.
    pub name: &'static str,
    /// Of the records that it is asked about first.
    pub dataset: Dataset,
    pub parameters: &'static [Parameter],
    /// Fields without which it says nothing.
    pub needs: &'static [&'static str],
    /// Takes time in proportion to the records; never on the frame thread.
    ///
    /// # Errors
    /// As of any query; a parameter that cannot be read is `QueryError::Filter`.
    pub run: fn(&CaseReader, &Asked, &Cancel) -> Result<Rows, QueryError>,
    /// The records that a row of the answer counts; `None` where it counts none.
    pub counted: fn(&Asked, &[Value]) -> Option<Scope>,
}

/// One name is one analysis.
impl PartialEq for Analysis {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Analysis {}

impl std::fmt::Debug for Analysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
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
    /// Texts, separated by commas.
    Texts,
    /// The text of a file; the command line takes the file.
    Document,
    /// `true` or `false`.
    Boolean,
    /// A number, with a unit if need be: `5MB`.
    Bytes,
    /// A number, with decimals if need be.
    Number,
    /// 1 to 86,400.
    Seconds,
    /// 1 to 1,440.
    Minutes,
    /// 1 to 3,650.
    Days,
    /// One to three fields to group by, separated by commas.
    Fields,
    /// `records`, `bytes`, `packets` or `distinct(FIELD)`.
    Measure,
    /// Columns to sort by, separated by commas; `-` in front for descending.
    Columns,
}

/// What an analysis is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    pub scope: Scope,
    /// By the name of the parameter: as typed, or its default.
    pub parameters: BTreeMap<String, String>,
    /// Rows at most.
    pub limit: Option<usize>,
}

impl ParameterKind {
    /// What a value looks like.
    pub fn expected(self) -> &'static str {
        match self {
            ParameterKind::Address => "an IP address",
            ParameterKind::Addresses => "IP addresses or CIDR blocks, separated by commas",
            ParameterKind::Ports => "port numbers from 0 to 65535, separated by commas",
            ParameterKind::Text => "a text",
            ParameterKind::Texts => "texts, separated by commas",
            ParameterKind::Document => "a file",
            ParameterKind::Boolean => "true or false",
            ParameterKind::Number => "a number",
            ParameterKind::Bytes => "a number of bytes such as 5000000 or 5MB",
            ParameterKind::Seconds => "seconds, 1 to 86400",
            ParameterKind::Minutes => "minutes, 1 to 1440",
            ParameterKind::Days => "days, 1 to 3650",
            ParameterKind::Fields => "1 to 3 field names, separated by commas",
            ParameterKind::Measure => "records, bytes, packets or distinct(FIELD)",
            ParameterKind::Columns => "column names, separated by commas, with - in front for descending",
        }
    }

    /// A number of this kind, where it is one and in its bounds.
    pub fn number(self, value: &str) -> Option<u32> {
        let most = match self {
            ParameterKind::Seconds => 86_400,
            ParameterKind::Minutes => 1440,
            ParameterKind::Days => 3650,
            _ => return None,
        };
        value.trim().parse().ok().filter(|number| (1..=most).contains(number))
    }
}

impl Asked {
    pub fn of(scope: Scope) -> Self {
        Self { scope, parameters: BTreeMap::new(), limit: None }
    }

    /// The number that a parameter has.
    ///
    /// # Errors
    /// It has none.
    pub(super) fn number(&self, parameter: &Parameter) -> Result<i64, QueryError> {
        let Parameter { name, kind, default, .. } = parameter;
        let value = self.parameters.get(*name).map(String::as_str).or(*default).unwrap_or_default();
        let number = kind.number(value).map(i64::from);
        number.ok_or_else(|| {
            QueryError::Filter(format!("{value} is not valid for parameter {name}: {}", kind.expected()))
        })
    }
}

/// The event of this id, among those of a scope; `None` where a row names none.
pub(super) fn event_of(scope: &Scope, event_id: &Value) -> Option<Scope> {
    let Value::Text(_) = event_id else { return None };
    let is_it = clause::clause(event_id, own_field(Dataset::Events, "event_id"), false);
    Some(Scope { dataset: Dataset::Events, ..scope.clone() }.and(is_it))
}
