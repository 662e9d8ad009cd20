//! The first records in an order, without ordering all of them: segments whose values are in front are looked at first,
//! and those that cannot hold any of the first are not looked at. And whether there is any record, which ends at the first.

use super::answers::cut;
use super::order::Source;
use super::plan::Node;
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::case::index::Segment;
use crate::columns::Chosen;
use crate::query::RecordQuery;
use crate::query::row_set::RowSet;

/// Rows of equal key are kept up to this many; beyond it all rows are ordered.
const MOST_EQUALS: usize = 1 << 20;

/// Fewer rows than this are kept as they are.
const FULL: usize = if cfg!(test) { 1 } else { 1 << 15 };

/// The first key of an order.
struct Key {
    source: Source,
    max: u64,
    descending: bool,
}

impl Key {
    /// In the direction that is wanted, absent last.
    fn turned(&self, key: u64) -> u64 {
        match key > self.max {
            true => u64::MAX,
            false if self.descending => self.max - key,
            false => key,
        }
    }

    /// None of a segment's rows has a lesser one.
    fn least(&self, segment: &Segment) -> u64 {
        let Source::Number { column, least } = &self.source else { return 0 };
        let zone = segment.zone(*column);
        match zone.has_values() {
            false => u64::MAX,
            true => self.turned((if self.descending { zone.max } else { zone.min }).wrapping_sub(*least) as u64),
        }
    }
}

/// What one worker has found.
#[derive(Clone)]
struct Found {
    rows: Vec<(u64, u32)>,
    /// Rows with a greater key are none of the first.
    bound: u64,
    /// With so many rows it is time to leave out what lies behind the first ones.
    full: usize,
}

impl Engine<'_> {
    /// The first `limit` rows of a query, in its order. `None` where all have to be ordered for that.
    pub(crate) fn first_rows(&self, query: &RecordQuery, limit: usize) -> Result<Option<RowSet>, EngineError> {
        let Some(first) = query.sort.first().filter(|_| limit > 0) else { return Ok(None) };
        let Some((source, max)) = self.source(first.field)? else { return Ok(None) };
        let key = Key { source, max, descending: first.descending };
        let plan = self.plan(query)?;
        let segments = &self.records.segments;
        let open = |(at, segment): (usize, &Segment)| {
            let some = plan.settle(at, segment, &mut ColumnSet::default()) != Some(false);
            some.then(|| (key.least(segment), at))
        };
        let mut waiting: Vec<(u64, usize)> = segments.iter().enumerate().filter_map(open).collect();
        waiting.sort_unstable();
        let mut waiting = waiting.as_slice();
        let mut all = Found { rows: Vec::new(), bound: u64::MAX, full: 2 * limit.max(FULL) };
        let mut many = self.threads;
        while let Some((least, _)) = waiting.first()
            && *least <= all.bound
        {
            let (now, later) = waiting.split_at(many.min(waiting.len()));
            let now: Vec<usize> = now.iter().map(|(_, at)| *at).collect();
            self.look_at(&now, &plan, &key, limit, &mut all)?;
            if all.rows.len() > MOST_EQUALS.max(limit) {
                return Ok(None);
            }
            (waiting, many) = (later, 2 * many);
        }
        let rows = all.rows.iter().map(|(_, row)| *row..row + 1);
        let order = self.order(&self.at(rows), &query.sort)?;
        let ids = (0..limit).map_while(|place| self.records.ids.id(order.row(place)?));
        Ok(Some(RowSet::of_ids(ids.collect())))
    }

    /// Does any record match?
    pub(crate) fn any(&self, query: &RecordQuery) -> Result<bool, EngineError> {
        let plan = self.plan(query)?;
        let segments = &self.records.segments;
        let mut open = Vec::new();
        for (at, segment) in segments.iter().enumerate() {
            match plan.settle(at, segment, &mut ColumnSet::default()) {
                Some(true) if segment.rows > 0 => return Ok(true),
                Some(_) => {}
                None => open.push(at),
            }
        }
        let (mut waiting, mut many) = (open.as_slice(), self.threads);
        while !waiting.is_empty() {
            let (now, later) = waiting.split_at(many.min(waiting.len()));
            let needs = |number: usize| {
                let segment = segments.get(number).filter(|_| now.contains(&number))?;
                let mut needs = ColumnSet::default();
                plan.settle(number, segment, &mut needs).is_none().then_some(needs)
            };
            let each = |found: &mut bool, number: usize, columns: &Columns| {
                let segment = segments.get(number);
                *found |= segment.is_some_and(|segment| plan.choose(number, segment, columns) != Chosen::None);
                Ok(())
            };
            if self.sweep(needs, Share::Split, vec![false; self.threads], each)?.contains(&true) {
                return Ok(true);
            }
            (waiting, many) = (later, 2 * many);
        }
        Ok(false)
    }

    /// Adds what some segments hold of the first `limit`.
    fn look_at(
        &self,
        numbers: &[usize],
        plan: &Node,
        key: &Key,
        limit: usize,
        all: &mut Found,
    ) -> Result<(), EngineError> {
        let segments = &self.records.segments;
        let needs = |number: usize| {
            let mut needs = ColumnSet::of(key.source.columns());
            plan.settle(number, segments.get(number).filter(|_| numbers.contains(&number))?, &mut needs);
            Some(needs)
        };
        let each = |found: &mut Found, number: usize, columns: &Columns| {
            let Some(segment) = segments.get(number) else { return Ok(()) };
            let (mut read, mut keys) = (Default::default(), Vec::new());
            plan.choose(number, segment, columns).blocks(segment.rows as usize, |rows| {
                key.source.keys(columns, rows, &mut read, &mut keys);
                let with_keys =
                    rows.iter().zip(&keys).map(|(row, value)| (key.turned(*value), segment.first_row + row));
                found.rows.extend(with_keys.filter(|(value, _)| *value <= found.bound));
                if found.rows.len() >= found.full {
                    found.bound = cut(&mut found.rows, limit).unwrap_or(found.bound);
                    found.full = found.full.max(2 * found.rows.len());
                }
            });
            Ok(())
        };
        let empty = Found { rows: Vec::new(), ..*all };
        let found = self.sweep(needs, Share::Split, vec![empty; self.threads], each)?;
        found.into_iter().for_each(|mut found| all.rows.append(&mut found.rows));
        all.bound = cut(&mut all.rows, limit).unwrap_or(all.bound);
        Ok(())
    }
}
