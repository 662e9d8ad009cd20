//! Actors of whom two calls say different things.

use crate::case::CaseReader;
use crate::query::lineage::Place;
use crate::query::{Cancel, QueryError, Scope};
use std::collections::BTreeMap;

/// What contradicts itself in the lineages of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analysis) struct Conflicting {
    pub events: u64,
    /// Who it could have been.
    pub callers: String,
    /// Seconds: from when to when.
    pub times: (i64, i64),
}

/// Actors whose events lead back to different callers equally well.
///
/// # Errors
/// As of any query.
pub(in crate::analysis) fn conflicts(
    reader: &CaseReader,
    scope: &Scope,
    cancel: &Cancel,
) -> Result<BTreeMap<String, Conflicting>, QueryError> {
    let loaded = super::loaded(reader, scope, cancel)?;
    let mut found: BTreeMap<String, Conflicting> = BTreeMap::new();
    for place in loaded.places() {
        if place.is_multiple_of(4096) && cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let lineage = loaded.events.lineage(place);
        let Some(note) = lineage.notes.iter().find(|note| note.name() == "conflict") else { continue };
        let id = |place: Place| loaded.id(place);
        let callers = loaded.events.note_value(note, &id).unwrap_or_default();
        let Some(time) = loaded.events.events.get(place as usize).and_then(|event| event.time) else { continue };
        let of = found.entry(loaded.events.actor_text(lineage.actor)).or_insert(Conflicting {
            events: 0,
            callers,
            times: (time, time),
        });
        of.events += 1;
        of.times = (of.times.0.min(time), of.times.1.max(time));
    }
    Ok(found)
}
