//! Which records a question is about: what every aggregate shares with the table of records.

use super::{Duplicates, QueryError, RecordQuery, SortKey};
use crate::filter::{self, Check, Filter, Target};
use crate::model::{Dataset, FieldId, TimeRange, field};

/// A set of records. Equal scopes over an unchanged case are the same records.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    pub dataset: Dataset,
    pub filter: Option<Filter>,
    /// By the start of a flow, by the time of an event; from is inside, to is not.
    pub range: TimeRange,
    pub duplicates: Duplicates,
}

impl Scope {
    /// Every record of the dataset, each once.
    pub fn all(dataset: Dataset) -> Self {
        Self { dataset, filter: None, range: TimeRange::default(), duplicates: Duplicates::Once }
    }

    /// The records of the dataset that match.
    pub fn of(dataset: Dataset, filter: Filter) -> Self {
        Self { filter: Some(filter), ..Self::all(dataset) }
    }

    /// The records of the dataset that a filter text of this program's own means.
    ///
    /// # Errors
    /// The text is no filter.
    pub fn written(dataset: Dataset, text: &str) -> Result<Self, QueryError> {
        let filter = filter::parse(text, dataset).map_err(|error| QueryError::Filter(error.to_string()))?;
        Ok(Self { filter: (filter != Filter::All).then_some(filter), ..Self::all(dataset) })
    }

    /// These records as far as they match this too.
    #[must_use]
    pub fn and(&self, filter: Filter) -> Self {
        let filter = match &self.filter {
            Some(own) => own.clone().and(filter),
            None => filter,
        };
        Self { filter: Some(filter), ..self.clone() }
    }

    /// The same records as a table, in the order of these keys.
    pub fn records(&self, sort: Vec<SortKey>) -> RecordQuery {
        let Self { dataset, filter, range, duplicates } = self.clone();
        RecordQuery { dataset, filter, range, sort, duplicates }
    }
}

/// A field that this program names itself.
///
/// # Panics
/// The table of fields has no such field: every caller's names are constants, and a test asks for each of them.
#[expect(clippy::unreachable, reason = "the names are constants, and a test asks for each of them")]
pub fn own_field(dataset: Dataset, name: &'static str) -> FieldId {
    match field::by_name(dataset, name) {
        Some(field) => field,
        None => unreachable!("{name} is in the table of fields"),
    }
}

pub(crate) fn test(dataset: Dataset, name: &'static str, check: Check) -> Filter {
    Filter::test(Target::Field(own_field(dataset, name)), check)
}
