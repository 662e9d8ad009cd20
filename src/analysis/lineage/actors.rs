//! Who acted in each event, by number.

use super::load::Loaded;
use crate::case::CaseReader;
use crate::model::RecordId;
use crate::query::{Cancel, QueryError, Scope};
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
    let loaded = Loaded::of(reader, scope, cancel)?;
    let (mut by_actor, mut by_text) = (FxHashMap::default(), FxHashMap::default());
    let mut found = FxHashMap::default();
    for (done, place) in loaded.places().enumerate() {
        if done % 4096 == 0 && cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let actor = loaded.events.lineage(place).actor;
        let number: Option<u32> = *by_actor.entry(actor).or_insert_with(|| {
            let text = loaded.events.actor_text(actor);
            let next = by_text.len() as u32;
            (!text.is_empty()).then(|| *by_text.entry(text).or_insert(next))
        });
        found.extend(loaded.record(place).zip(number));
    }
    Ok(found)
}
