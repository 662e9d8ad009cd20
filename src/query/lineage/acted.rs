//! Who acted in each event, for tables, filters and groups: found once for a state of the case.

use super::load::Loaded;
use crate::case::index::IndexCache;
use crate::model::{FieldId, Home, RecordId};
use crate::query::{Cancel, QueryError};
use rusqlite::Connection;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Who acted, of what kind that is, and how it is known; empty where there is nobody to name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acted {
    pub actor: Box<str>,
    pub actor_type: &'static str,
    pub proof: &'static str,
}

impl Acted {
    /// What a field of lineage says; `None` where it has no value, and of other fields.
    pub fn value(&self, field: FieldId) -> Option<&str> {
        match field.home {
            Home::Lineage => self.named(field.name()),
            _ => None,
        }
    }

    pub(in crate::query) fn named(&self, name: &str) -> Option<&str> {
        let text = match name {
            "actor" => &*self.actor,
            "actor_type" => self.actor_type,
            "actor_proof" => self.proof,
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }
}

/// Those of all events of a case.
#[derive(Debug, Default)]
pub struct Actors {
    all: Vec<Acted>,
    /// Ascending, every occurrence of each event.
    records: Vec<RecordId>,
    /// Of each record, in `all`.
    numbers: Vec<u32>,
}

impl Actors {
    /// Who acted in the event; `None` where it is no event of the case.
    pub fn of(&self, record: RecordId) -> Option<&Acted> {
        self.all.get(self.number(record)? as usize)
    }

    /// Its number in `all`.
    pub fn number(&self, record: RecordId) -> Option<u32> {
        let at = self.records.binary_search(&record).ok()?;
        self.numbers.get(at).copied()
    }

    /// Each actor with each of its kinds and proofs, once.
    pub fn all(&self) -> &[Acted] {
        &self.all
    }

    /// Every event with its number, ascending.
    pub fn records(&self) -> impl Iterator<Item = (RecordId, u32)> + '_ {
        self.records.iter().copied().zip(self.numbers.iter().copied())
    }

    fn bytes(&self) -> usize {
        let texts: usize = self.all.iter().map(|acted| acted.actor.len() + size_of::<Acted>()).sum();
        texts + self.records.len() * (size_of::<RecordId>() + size_of::<u32>())
    }
}

/// Who acted in each event of the case: found the first time that it is asked for, and kept until the case changes.
///
/// # Errors
/// As of any query.
pub(in crate::query) fn actors(
    conn: &Connection,
    cache: &IndexCache,
    cancel: &Cancel,
) -> Result<Arc<Actors>, QueryError> {
    cache.derived(NAME, last_event(conn)?, || {
        let actors = find(conn, &*loaded(conn, cache, cancel)?, cancel)?;
        let bytes = actors.bytes();
        Ok((actors, bytes))
    })
}

/// The same where they were found already.
pub(in crate::query) fn known_actors(conn: &Connection, cache: &IndexCache) -> Result<Option<Arc<Actors>>, QueryError> {
    if cache.has(NAME, last_event(conn)?) { Ok(Some(actors(conn, cache, &Cancel::default())?)) } else { Ok(None) }
}

/// All events of the case as lineage knows them, kept like the actors.
pub(in crate::query) fn loaded(
    conn: &Connection,
    cache: &IndexCache,
    cancel: &Cancel,
) -> Result<Arc<Loaded>, QueryError> {
    cache.derived("events of lineage", last_event(conn)?, || {
        let loaded = Loaded::read(conn, None, cancel)?;
        let bytes = loaded.bytes();
        Ok((loaded, bytes))
    })
}

const NAME: &str = "who acted";

/// What tells one state of a case from another: evidence is only ever added, under greater numbers.
fn last_event(conn: &Connection) -> Result<i64, QueryError> {
    let sql = "SELECT ifnull(max(id), 0) FROM event_row";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

fn find(conn: &Connection, loaded: &Loaded, cancel: &Cancel) -> Result<Actors, QueryError> {
    let (mut known, mut all) = (FxHashMap::default(), Vec::new());
    let mut found: Vec<(RecordId, u32)> = Vec::new();
    for place in loaded.places() {
        if place.is_multiple_of(4096) && cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let lineage = loaded.events.lineage(place);
        let (actor, proof) = (lineage.actor, lineage.proof());
        let number = *known.entry((actor, proof)).or_insert_with(|| {
            let actor_type = actor.kind();
            all.push(Acted { actor: loaded.events.actor_text(actor).into(), actor_type, proof: proof.name() });
            (all.len() - 1) as u32
        });
        found.extend(loaded.record(place).map(|record| (record, number)));
    }
    found.sort_unstable();
    add_occurrences(conn, &mut found)?;
    let (records, numbers) = found.into_iter().unzip();
    Ok(Actors { all, records, numbers })
}

/// Other occurrences of an event were acted in by whom the fullest one says.
fn add_occurrences(conn: &Connection, found: &mut Vec<(RecordId, u32)>) -> Result<(), QueryError> {
    let sql = "SELECT e.id, c.best_id FROM event_choice c JOIN event_row e ON e.event_key = c.event_key
               WHERE e.id <> c.best_id";
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut others = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, best) = (RecordId(row.get(0)?), RecordId(row.get(1)?));
        if let Ok(at) = found.binary_search_by_key(&best, |(record, _)| *record) {
            others.extend(found.get(at).map(|(_, number)| (id, *number)));
        }
    }
    found.extend(others);
    found.sort_unstable();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::walk::{Actor, Proof};
    use crate::filter;
    use crate::model::Dataset;

    /// Without quotes, although some of them are names of fields, too.
    #[test]
    fn every_kind_and_proof_can_be_asked_for_by_its_name() {
        let none = Default::default();
        let kinds = [
            Actor::User(none),
            Actor::Root(none),
            Actor::Service(none),
            Actor::Account(none, none),
            Actor::Instance(none),
            Actor::SsoUser(none),
            Actor::SourceIdentity(none),
            Actor::Provider(none),
            Actor::Name(none),
            Actor::Session(none),
        ]
        .map(Actor::kind);
        let is_value = |field: &str, value: &str| {
            let parsed = filter::parse(&format!("{field} = {value}"), Dataset::Events).unwrap();
            assert_eq!(parsed.tests()[0].check, filter::Check::Equals(filter::Literal::text(value)), "{field} {value}");
        };
        kinds.into_iter().for_each(|kind| is_value("actor_type", kind));
        Proof::ALL.into_iter().for_each(|proof| is_value("actor_proof", proof.name()));
    }
}
