//! Which records say again what a record at another interface says; the rule is in the module's documentation.

use crate::case::CaseReader;
use crate::model::Dataset;
use crate::query::columns_sql::Columns;
use crate::query::rows::from_where;
use crate::query::scope::{Scope, own_field};
use crate::query::{Cancel, QueryError, filter_sql, sort_sql};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;
use rustc_hash::FxHashSet;

/// The ids of the scope's records that are repeats.
pub(super) fn repeats(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<FxHashSet<i64>, QueryError> {
    let fields = ["srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr", "protocol", "action", "interface_id"];
    let fields: Vec<_> = fields.into_iter().map(|name| own_field(Dataset::Flows, name)).collect();
    let (from, params) = from_where(&scope.records(Vec::new()), &Columns::of(&fields).joins())?;
    let end = sort_sql::sort_key(own_field(Dataset::Flows, "end"));
    let sql = format!(
        "SELECT source, destination, srcport, dstport, protocol, action, eni, first, last, id FROM (
           SELECT ifnull(q.source_id, p.source_id) AS source, ifnull(q.destination_id, p.destination_id) AS destination,
             f.srcport AS srcport, f.dstport AS dstport, o.protocol AS protocol, o.action AS action, i.eni_id AS eni,
             f.start AS first, {end} AS last, f.id AS id {from})
         WHERE source IS NOT NULL AND destination IS NOT NULL AND eni IS NOT NULL AND first IS NOT NULL AND last IS NOT NULL
         ORDER BY source, destination, srcport, dstport, protocol, action, eni, first, last, id"
    );
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        let mut found = FxHashSet::default();
        let mut tuple: Vec<Sql> = Vec::new();
        let mut sightings: Sightings<Vec<u8>> = Sightings::default();
        while let Some(row) = rows.next()? {
            let next: Vec<Sql> = (0..6).map(|at| row.get(at)).collect::<Result<_, _>>()?;
            if next != tuple {
                tuple = next;
                sightings = Sightings::default();
            }
            let interface = row.get_ref(6)?.as_bytes().map_err(rusqlite::Error::from)?.to_vec();
            let (first, last): (i64, i64) = (row.get(7)?, row.get(8)?);
            if sightings.is_repeat(&interface, first, last) {
                found.insert(row.get(9)?);
            }
        }
        Ok(found)
    })
}

/// The records of one tuple, interface by interface, each interface's in the order of start.
#[derive(Debug, Default)]
pub(in crate::query) struct Sightings<I> {
    interface: Option<I>,
    /// What lower interfaces counted: intervals apart from each other, ascending.
    lower: Vec<(i64, i64)>,
    /// What this one counts.
    own: Vec<(i64, i64)>,
}

impl<I: Clone + PartialEq> Sightings<I> {
    pub(crate) fn is_repeat(&mut self, interface: &I, first: i64, last: i64) -> bool {
        if self.interface.as_ref() != Some(interface) {
            self.interface = Some(interface.clone());
            self.lower.append(&mut self.own);
            self.lower = joined(std::mem::take(&mut self.lower));
        }
        let last = last.max(first);
        let after = self.lower.partition_point(|(start, _)| *start <= last);
        let met = after.checked_sub(1).and_then(|place| self.lower.get(place)).is_some_and(|(_, end)| *end >= first);
        if !met {
            self.own.push((first, last));
        }
        met
    }
}

/// Intervals that match become one.
fn joined(mut intervals: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    intervals.sort_unstable();
    let mut list: Vec<(i64, i64)> = Vec::with_capacity(intervals.len());
    for (first, last) in intervals {
        match list.last_mut() {
            Some((_, end)) if first <= *end => *end = (*end).max(last),
            _ => list.push((first, last)),
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(records: &[(&str, i64, i64)]) -> Vec<bool> {
        let mut sightings = Sightings::default();
        records.iter().map(|(eni, first, last)| sightings.is_repeat(eni, *first, *last)).collect()
    }

    #[test]
    fn what_meets_a_counted_record_of_a_lower_interface_is_a_repeat() {
        assert_eq!(
            run(&[("a", 0, 59), ("a", 10, 20), ("b", 30, 90), ("b", 59, 59), ("b", 60, 90)]),
            [false, false, true, true, false]
        );
        // c meets only what b did not count: it is a sighting of its own.
        assert_eq!(run(&[("a", 0, 50), ("b", 40, 100), ("c", 60, 120)]), [false, true, false]);
        assert_eq!(run(&[("a", 0, 50), ("b", 51, 100), ("c", 100, 120)]), [false, false, true]);
        assert_eq!(run(&[("a", 100, 0), ("b", 0, 99), ("b", 0, 100)]), [false, false, true], "an end before its start");
    }
}
