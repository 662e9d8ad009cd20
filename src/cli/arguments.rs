//! What several commands are reported in the same words: filter, times, field names.

use super::CliError;
use crate::filter::error::nearest;
use crate::filter::value::parse_time;
use crate::filter::{self, field_named};
use crate::model::field::{self, Dataset};
use crate::model::{FieldId, TimeRange, Timestamp};
use crate::present::filter_help::mistake;
use crate::present::text::Texts;
use crate::query::{Duplicates, Scope};

/// Which records.
#[derive(Clone, Debug, clap::Args)]
pub struct ScopeArguments {
    /// Only records that match this filter; for the filter language see: coldtrail flows --help
    #[arg(long, value_name = "F")]
    pub filter: Option<String>,
    /// Only records at or after this time (ISO 8601, a date, or epoch seconds; UTC)
    #[arg(long, value_name = "T")]
    pub from: Option<String>,
    /// Only records before this time
    #[arg(long, value_name = "T")]
    pub to: Option<String>,
    /// Count each record as often as it was delivered
    #[arg(long)]
    pub all_copies: bool,
}

impl ScopeArguments {
    pub fn scope(&self, dataset: Dataset) -> Result<Scope, CliError> {
        Ok(Scope {
            dataset,
            filter: self.filter.as_deref().map(|text| parse_filter(text, dataset)).transpose()?,
            range: self.range()?,
            duplicates: self.duplicates(),
        })
    }

    pub fn range(&self) -> Result<TimeRange, CliError> {
        Ok(TimeRange { from: time(self.from.as_deref())?, to: time(self.to.as_deref())? })
    }

    pub fn duplicates(&self) -> Duplicates {
        if self.all_copies { Duplicates::All } else { Duplicates::Once }
    }
}

pub(super) fn field_or_usage(dataset: Dataset, name: &str) -> Result<FieldId, CliError> {
    field_named(dataset, name).ok_or_else(|| unknown("field", name, field::of(dataset).map(FieldId::name)))
}

/// The known name that was likely meant: a typo, or one that was begun (`indicator` of `indicators`).
pub(super) fn near<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let begun = |known: &&&str| lower.len() > 2 && known.starts_with(&lower);
    nearest(name, known.iter().copied()).or_else(|| known.iter().find(begun).copied())
}

/// What was named is none of these.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> CliError {
    let near = nearest(name, known);
    let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    CliError::Usage(format!("unknown {what} {name}{near}"))
}

/// `A,-B`: names with whether they sort descending.
pub(super) fn sort_keys(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split(',').map(str::trim).map(|name| name.strip_prefix('-').map_or((name, false), |name| (name, true)))
}

pub(super) fn time(text: Option<&str>) -> Result<Option<Timestamp>, CliError> {
    let Some(text) = text else { return Ok(None) };
    parse_time(text).map(|parsed| Some(parsed.time)).ok_or_else(|| {
        CliError::Usage(format!("{text} is not a time; use 2021-05-16, 2021-05-16T07:49:46Z or epoch seconds"))
    })
}

pub(crate) fn parse_filter(text: &str, dataset: Dataset) -> Result<filter::Filter, CliError> {
    // On lines of its own: the mark is under its place.
    filter::parse(text, dataset).map_err(|error| {
        CliError::Usage(format!("the filter is not valid\n{}", mistake(&Texts::english(), &error, text)))
    })
}
