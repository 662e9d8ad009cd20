//! Which events each rule matches, and the order of their ids.

use crate::case::CaseReader;
use crate::filter::{Filter, Rule, Target};
use crate::model::{RecordId, Timestamp};
use crate::query::{self, Cancel, EventIds, EventTable, QueryError, RowSet, Scope};
use sha2::{Digest, Sha256};

/// A call that was refused, or a sign-in that failed.
const FAILED: &str = "error_code exists or login_result = failure";

/// In the place of a number, where there is none.
const NONE: u32 = u32::MAX;

/// The matches of some rules among the events of a scope.
pub(super) struct Matches {
    /// Every event of the scope.
    events: EventTable,
    /// Each rule with the rows of the events that it matches, ascending.
    pub rules: Vec<(&'static Rule, Vec<u32>)>,
    ids: EventIds,
    /// By row: its place in `ids`, and its place in their order; `NONE` where no rule matches.
    places: Vec<u32>,
    ranks: Vec<u32>,
}

/// The events of a scope that match a rule.
pub(super) fn of_rule(scope: &Scope, rule: &Rule) -> Scope {
    scope.and(Filter::named(Target::Rule, rule.id))
}

impl Matches {
    /// # Errors
    /// As of any query.
    pub(super) fn find(
        reader: &CaseReader,
        scope: &Scope,
        rules: impl Iterator<Item = &'static Rule>,
        cancel: &Cancel,
    ) -> Result<Self, QueryError> {
        let events = query::event_table(reader, scope, &[], cancel)?;
        let mut found = Vec::new();
        let mut any = vec![false; events.len()];
        for rule in rules {
            let matched = query::rows(reader, &of_rule(scope, rule).records(Vec::new()), cancel)?;
            let rows = rows_among(&events.ids, &matched);
            for row in &rows {
                if let Some(any) = any.get_mut(*row as usize) {
                    *any = true;
                }
            }
            found.push((rule, rows));
        }
        let rows: Vec<u32> = any.iter().zip(0..).filter(|(any, _)| **any).map(|(_, row)| row).collect();
        let wanted: Vec<RecordId> = rows.iter().filter_map(|row| events.ids.get(*row as usize).copied()).collect();
        let ids = query::event_ids(reader, &wanted, cancel)?;
        let (mut places, mut ranks) = (vec![NONE; events.len()], vec![NONE; events.len()]);
        let mut order: Vec<u32> = (0..wanted.len() as u32).collect();
        order.sort_unstable_by(|one, other| ids.compare(*one as usize, *other as usize).then(one.cmp(other)));
        for (rank, place) in (0..).zip(order) {
            let Some(row) = rows.get(place as usize).map(|row| *row as usize) else { continue };
            if let (Some(own), Some(rank_of)) = (places.get_mut(row), ranks.get_mut(row)) {
                (*own, *rank_of) = (place, rank);
            }
        }
        Ok(Self { events, rules: found, ids, places, ranks })
    }

    /// The records of these rows.
    pub(super) fn records(&self, rows: &[u32]) -> impl Iterator<Item = RecordId> {
        rows.iter().filter_map(|row| self.events.ids.get(*row as usize).copied())
    }

    /// How many events were asked.
    pub(super) fn events(&self) -> usize {
        self.events.len()
    }

    /// From when to when they are.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let times = || (0..self.events.len()).filter_map(|row| self.events.time(row));
        times().min().zip(times().max()).map(|(from, to)| (Timestamp(from), Timestamp(to)))
    }

    pub(super) fn time(&self, row: u32) -> Option<Timestamp> {
        self.events.time(row as usize).map(Timestamp)
    }

    pub(super) fn event_id(&self, row: u32) -> Option<String> {
        let place = self.places.get(row as usize).filter(|place| **place != NONE)?;
        self.ids.text(*place as usize)
    }

    fn rank(&self, row: u32) -> u32 {
        self.ranks.get(row as usize).copied().unwrap_or(NONE)
    }

    /// Rows in the order of event_time and event_id.
    pub(super) fn in_order(&self, rows: &[u32]) -> Vec<u32> {
        let mut rows = rows.to_vec();
        rows.sort_by_cached_key(|row| (self.time(*row).is_none(), self.time(*row), self.rank(*row)));
        rows
    }

    /// SHA-256 over the event ids of these rows in their order, each with a line feed; `None` without rows.
    pub(super) fn digest(&self, rows: &[u32]) -> Option<String> {
        if rows.is_empty() {
            return None;
        }
        let mut rows: Vec<(u32, u32)> = rows.iter().map(|row| (self.rank(*row), *row)).collect();
        rows.sort_unstable();
        let mut hasher = Sha256::new();
        for id in rows.into_iter().filter_map(|(_, row)| self.event_id(row)) {
            hasher.update(id.as_bytes());
            hasher.update(b"\n");
        }
        Some(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// By row: did the call fail?
    ///
    /// # Errors
    /// As of any query.
    pub(super) fn failed(&self, reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Vec<bool>, QueryError> {
        let filter = Scope::written(scope.dataset, FAILED)?.filter.unwrap_or(Filter::All);
        let rows = query::rows(reader, &scope.and(filter).records(Vec::new()), cancel)?;
        let mut failed = vec![false; self.events.len()];
        for row in rows_among(&self.events.ids, &rows) {
            if let Some(failed) = failed.get_mut(row as usize) {
                *failed = true;
            }
        }
        Ok(failed)
    }
}

/// The rows of these records among all, both ascending.
fn rows_among(all: &[RecordId], rows: &RowSet) -> Vec<u32> {
    let mut from = 0;
    let mut found = Vec::with_capacity(rows.len());
    for id in rows.ids(0..rows.len()) {
        from += all.get(from..).map_or(0, |rest| rest.partition_point(|known| *known < id));
        if all.get(from) == Some(&id) {
            found.push(from as u32);
        }
    }
    found
}
