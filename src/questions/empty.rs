//! Why an answer is empty.

use super::question::Question;
use crate::case::CaseReader;
use crate::model::{Dataset, TimeRange};
use crate::query::{self, Cancel, Duplicates, QueryError, Scope};

/// Why an answer is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Emptiness {
    /// The case has no record of the dataset.
    NoRecords(Dataset),
    /// None of its records is in the time range.
    NoneInRange(TimeRange),
    /// There are records in the time range, and none matches.
    NoneMatch,
    /// Records match, but the limit lets none through.
    Limit,
}

/// Why a question about records has an empty answer, and how many records without a time would match without its time
/// range; `None` for a question about anything else.
///
/// # Errors
/// As of any query.
pub fn emptiness(
    question: &dyn Question,
    reader: &CaseReader,
    cancel: &Cancel,
) -> Result<Option<(Emptiness, u64)>, QueryError> {
    let basis = question.basis(reader)?;
    if basis.all_evidence {
        return Ok(None);
    }
    let Some(scope) = basis.scopes.into_iter().next() else { return Ok(None) };
    let found = match emptiness_of(&scope, reader, cancel)? {
        // The records that it is about are there: then it is its limit, or what else it asks of them.
        None if limit(question) == Some(0) => Emptiness::Limit,
        None => Emptiness::NoneMatch,
        Some(why) => why,
    };
    Ok(Some((found, untimed(&scope, reader, cancel)?)))
}

/// Why there are no such records; `None` where there are some.
///
/// # Errors
/// As of any query.
pub(super) fn emptiness_of(
    scope: &Scope,
    reader: &CaseReader,
    cancel: &Cancel,
) -> Result<Option<Emptiness>, QueryError> {
    let all = Scope { duplicates: Duplicates::All, ..Scope::all(scope.dataset) };
    Ok(if query::any(reader, scope, cancel)? {
        None
    } else if !query::any(reader, &all, cancel)? {
        Some(Emptiness::NoRecords(scope.dataset))
    } else if !query::any(reader, &Scope { filter: None, ..scope.clone() }, cancel)? {
        Some(Emptiness::NoneInRange(scope.range))
    } else {
        Some(Emptiness::NoneMatch)
    })
}

/// Records without a time that would match without the time range.
fn untimed(scope: &Scope, reader: &CaseReader, cancel: &Cancel) -> Result<u64, QueryError> {
    match scope.range == TimeRange::default() {
        true => Ok(0),
        false => query::untimed(reader, &Scope { range: TimeRange::default(), ..scope.clone() }, cancel),
    }
}

/// Rows at most, by the question's own JSON.
fn limit(question: &dyn Question) -> Option<u64> {
    let json: serde_json::Value = serde_json::from_str(&question.query()).ok()?;
    json.get("limit").or_else(|| json.get("pairs")?.get("limit"))?.as_u64()
}
