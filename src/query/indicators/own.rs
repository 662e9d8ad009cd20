//! What is internal: private space, and the networks that the examiner says are those of whoever is examined.

use super::known::span;
use super::stored::revision_of;
use crate::case::CaseReader;
use crate::case::index::IndexCache;
use crate::model::{Address, KeySpan, indicator};
use crate::query::QueryError;
use rusqlite::Connection;
use std::sync::Arc;

/// Internal addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InternalSpace {
    /// Declared ones, ascending; those that touch or overlap are one.
    own: Vec<KeySpan>,
    /// These and private space, in the same way.
    all: Vec<KeySpan>,
}

impl InternalSpace {
    /// Private space and these.
    pub fn with(own: impl IntoIterator<Item = KeySpan>) -> Self {
        let own = union(own.into_iter().collect());
        let all = union(own.iter().copied().chain(indicator::private_spans()).collect());
        Self { own, all }
    }

    /// The networks that were declared.
    pub fn own(&self) -> &[KeySpan] {
        &self.own
    }

    pub fn contains(&self, address: &Address) -> bool {
        self.contains_key(u128::from_be_bytes(address.key()))
    }

    pub fn contains_key(&self, key: u128) -> bool {
        let behind = self.all.partition_point(|span| span.first <= key);
        behind.checked_sub(1).and_then(|at| self.all.get(at)).is_some_and(|span| span.contains(key))
    }
}

fn union(mut spans: Vec<KeySpan>) -> Vec<KeySpan> {
    spans.sort_unstable();
    let mut union: Vec<KeySpan> = Vec::new();
    for span in spans {
        match union.last_mut() {
            Some(before) if span.first <= before.last.saturating_add(1) => before.last = before.last.max(span.last),
            _ => union.push(span),
        }
    }
    union
}

/// What is internal in this case.
pub fn internal_space(reader: &CaseReader) -> Result<Arc<InternalSpace>, QueryError> {
    internal_of(&reader.conn, &reader.cache)
}

fn internal_of(conn: &Connection, cache: &IndexCache) -> Result<Arc<InternalSpace>, QueryError> {
    cache.derived("internal space", revision_of(conn)?, || {
        let mut statement = conn.prepare(
            "SELECT e.first_key, e.last_key FROM indicator_entry e JOIN indicator_list l ON l.list_id = e.list_id
             WHERE l.purpose = 'own' AND l.enabled AND e.enabled AND l.removed_utc IS NULL AND e.removed_utc IS NULL
               AND e.kind IN ('address', 'range')",
        )?;
        let mut rows = statement.query([])?;
        let mut spans = Vec::new();
        while let Some(row) = rows.next()? {
            spans.extend(span(row, 0)?);
        }
        let space = InternalSpace::with(spans);
        let bytes = space.all.len() * 64;
        Ok((space, bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Network;

    #[test]
    fn own_networks_stand_beside_private_space() {
        let span = |text: &str| KeySpan::from(Network::parse(text).unwrap());
        let space = InternalSpace::with([span("203.0.113.0/25"), span("203.0.113.128/25"), span("2001:db8::/32")]);
        assert_eq!(space.own().len(), 2, "what touches is one");
        for (text, inside) in [
            ("203.0.113.0", true),
            ("203.0.113.255", true),
            ("203.0.114.0", false),
            ("2001:db8::1", true),
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("8.8.8.8", false),
        ] {
            assert_eq!(space.contains(&Address::parse(text.as_bytes()).unwrap()), inside, "{text}");
        }
    }
}
