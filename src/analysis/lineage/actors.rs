//! Who acted in each event, by number.

use crate::case::CaseReader;
use crate::model::RecordId;
use crate::query::{self, Cancel, QueryError, Scope};
use rustc_hash::FxHashMap;

/// The actors of the events of a scope that name anybody. Equal numbers are one actor.
///
/// # Errors
/// As of any query.
pub(in crate::analysis) fn actors(
    reader: &CaseReader,
    scope: &Scope,
    cancel: &Cancel,
) -> Result<FxHashMap<RecordId, u32>, QueryError> {
    let actors = query::event_actors(reader, cancel)?;
    let mut by_text = FxHashMap::default();
    let mut number = |text: &'_ str| -> Option<u32> {
        let next = by_text.len() as u32;
        (!text.is_empty()).then(|| *by_text.entry(text.to_owned()).or_insert(next))
    };
    let numbers: Vec<Option<u32>> = actors.all().iter().map(|acted| number(&acted.actor)).collect();
    let rows = query::rows(reader, &scope.records(Vec::new()), cancel)?;
    let of = |record: RecordId| Some((record, (*numbers.get(actors.number(record)? as usize)?)?));
    Ok(rows.ids(0..rows.len()).into_iter().filter_map(of).collect())
}
