//! The order of records by their fields. A field of a dictionary sorts by the rank of its value there.

use super::compile::MOST_IDS;
use super::dictionary::Dictionary;
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::case::index::{event, flow};
use crate::columns::{NULL, Order, Selection, Side, SortPart, Sorter};
use crate::model::{FieldId, Home};
use crate::query::filter_sql::column_of;
use crate::query::rows::SortKey;
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The rank of an absent value.
pub(super) const NO_RANK: u32 = u32::MAX;

/// Where the keys of an order come from.
pub(crate) enum Source {
    /// A number of the row, from the least one on.
    Number { column: usize, least: i64 },
    /// A number of a dictionary's row.
    Rank { column: usize, ranks: Arc<Vec<u32>> },
    /// Start and duration together, or the extra's end where there is no start.
    End { least: i64, extras: Arc<FxHashMap<i64, i64>> },
}

impl Source {
    pub(crate) fn columns(&self) -> Vec<usize> {
        match self {
            Source::Number { column, .. } | Source::Rank { column, .. } => vec![*column],
            Source::End { .. } => vec![flow::START, flow::DURATION, flow::EXTRA],
        }
    }

    /// The keys of some rows; `u64::MAX` for those without a value.
    pub(crate) fn keys(&self, columns: &Columns, rows: &[u32], read: &mut [Vec<i64>; 3], keys: &mut Vec<u64>) {
        keys.clear();
        for (column, out) in self.columns().into_iter().zip(read.iter_mut()) {
            match columns.get(column) {
                Some(Some(column)) => column.gather(rows, out),
                _ => {
                    out.clear();
                    out.resize(rows.len(), NULL);
                }
            }
        }
        let [first, second, third] = read;
        let above = |value: i64, least: i64| if value == NULL { u64::MAX } else { value.wrapping_sub(least) as u64 };
        match self {
            Source::Number { least, .. } => keys.extend(first.iter().map(|value| above(*value, *least))),
            Source::Rank { ranks, .. } => keys.extend(first.iter().map(|id| {
                let rank = usize::try_from(*id).ok().and_then(|id| ranks.get(id)).copied().unwrap_or(NO_RANK);
                if rank == NO_RANK { u64::MAX } else { rank.into() }
            })),
            Source::End { least, extras } => {
                let rows = first.iter().zip(second).zip(third);
                keys.extend(rows.map(|((start, duration), extra)| match (*start, *duration) {
                    (NULL, _) => extras.get(extra).map_or(u64::MAX, |end| above(*end, *least)),
                    (_, NULL) => u64::MAX,
                    (start, duration) => above(start.saturating_add(duration), *least),
                }));
            }
        }
    }
}

impl Engine<'_> {
    /// The chosen records in order, by their places; ties in the order of ids.
    pub(crate) fn order(&self, selection: &Selection, keys: &[SortKey]) -> Result<Order, EngineError> {
        let mut sources = Vec::new();
        let mut parts = Vec::new();
        for key in keys {
            // A field that no such record has sorts nothing.
            if let Some((source, max)) = self.source(key.field)? {
                parts.push(SortPart { max, descending: key.descending });
                sources.push(source);
            }
        }
        let columns = ColumnSet::of(sources.iter().flat_map(Source::columns));
        let segments = &self.records.segments;
        let needs = |number: usize| {
            let some = selection.parts().get(number).is_some_and(|chosen| *chosen != crate::columns::Chosen::None);
            some.then_some(columns)
        };
        let sorters: Vec<Sorter> = (0..self.threads).map(|_| Sorter::new(&parts, self.records.rows())).collect();
        let each = |sorter: &mut Sorter, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut read: [Vec<i64>; 3] = Default::default();
            let mut keys: Vec<Vec<u64>> = vec![Vec::new(); sources.len()];
            chosen.blocks(segment.rows as usize, |rows| {
                for (source, keys) in sources.iter().zip(&mut keys) {
                    source.keys(columns, rows, &mut read, keys);
                }
                sorter.push(&keys, rows.iter().map(|row| row + segment.first_row));
            });
            Ok(())
        };
        let sorters = self.sweep(needs, Share::Split, sorters, each)?;
        let order = Sorter::finish(sorters, &|| self.cancel.is_cancelled());
        self.go_on()?;
        Ok(order)
    }

    /// Where a field's keys come from, and the greatest of them.
    pub(crate) fn source(&self, field: FieldId) -> Result<Option<(Source, u64)>, EngineError> {
        let ranked = |column: usize, ranks: Arc<Vec<u32>>| {
            let max = ranks.iter().filter(|rank| **rank != NO_RANK).max().copied().unwrap_or(0);
            Some((Source::Rank { column, ranks }, u64::from(max)))
        };
        if field.dataset != self.layout.dataset {
            return Ok(None);
        }
        Ok(match field.home {
            Home::Row => match column_of(field) {
                Some(column) => {
                    let (least, greatest) = self.records.bounds(column).unwrap_or((0, 0));
                    Some((Source::Number { column, least }, greatest.wrapping_sub(least) as u64))
                }
                None => Some(self.end_source()?),
            },
            Home::PairSource => ranked(flow::PAIR, self.pair_ranks(Side::Source)?),
            Home::PairDestination => ranked(flow::PAIR, self.pair_ranks(Side::Destination)?),
            Home::PacketSource => ranked(flow::PACKET_PAIR, self.pair_ranks(Side::Source)?),
            Home::PacketDestination => ranked(flow::PACKET_PAIR, self.pair_ranks(Side::Destination)?),
            Home::Event(_) if field.name() == "event_time" => {
                let (least, greatest) = self.records.bounds(event::TIME).unwrap_or((0, 0));
                Some((Source::Number { column: event::TIME, least }, greatest.wrapping_sub(least) as u64))
            }
            Home::EventJson(_) | Home::Lineage => return Err(EngineError::Unsupported),
            _ => match Dictionary::of(field) {
                Some(dictionary) => ranked(dictionary.column, self.dictionary_ranks(&dictionary)?),
                None => return Err(EngineError::Unsupported),
            },
        })
    }

    /// Rank by pair id of the address on a side.
    pub(super) fn pair_ranks(&self, side: Side) -> Result<Arc<Vec<u32>>, EngineError> {
        let pairs = self.pairs()?;
        let name = if side == Side::Source { "rank of sources" } else { "rank of destinations" };
        self.reader.cache.derived(name, pairs.len() as i64, || {
            let addresses = self.address_ranks()?;
            let ids = if side == Side::Source { &pairs.source } else { &pairs.destination };
            let rank =
                |id: &u32| if *id == 0 { NO_RANK } else { addresses.get(*id as usize).copied().unwrap_or(NO_RANK) };
            let ranks: Vec<u32> = ids.iter().map(rank).collect();
            let bytes = ranks.len() * 4;
            Ok((ranks, bytes))
        })
    }

    /// Rank by address id.
    fn address_ranks(&self) -> Result<Vec<u32>, EngineError> {
        let mut ranks = Vec::new();
        let mut statement = self.reader.conn.prepare_cached("SELECT address_id, key FROM address ORDER BY key")?;
        let mut rows = statement.query([])?;
        let (mut rank, mut before) = (0u32, Vec::new());
        while let Some(row) = rows.next()? {
            let ValueRef::Blob(key) = row.get_ref(1)? else { return Err(EngineError::Unsupported) };
            if key != before.as_slice() {
                rank += u32::from(!before.is_empty());
                before = key.to_vec();
            }
            put(&mut ranks, row.get(0)?, rank)?;
        }
        Ok(ranks)
    }

    fn end_source(&self) -> Result<(Source, u64), EngineError> {
        let bounds = |column| self.records.bounds(column);
        let mut span: Option<(i64, i64)> = None;
        let mut widen = |low: i64, high: i64| {
            span = Some(span.map_or((low, high), |(least, greatest)| (least.min(low), greatest.max(high))));
        };
        if let (Some(start), Some(duration)) = (bounds(flow::START), bounds(flow::DURATION)) {
            match (start.0.checked_add(duration.0), start.1.checked_add(duration.1)) {
                (Some(low), Some(high)) => widen(low, high),
                _ => return Err(EngineError::Unsupported),
            }
        }
        let extras = self.late_ends()?;
        extras.values().for_each(|end| widen(*end, *end));
        let (least, greatest) = span.unwrap_or((0, 0));
        Ok((Source::End { least, extras }, greatest.wrapping_sub(least) as u64))
    }
}

impl Engine<'_> {
    /// The ends of records without a start, by extra id.
    pub(crate) fn late_ends(&self) -> Result<Arc<FxHashMap<i64, i64>>, EngineError> {
        let sql = "SELECT ifnull(max(extra_id), 0) FROM extra";
        let last: i64 = self.reader.conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
        self.reader.cache.derived("late ends", last, || {
            let mut ends = FxHashMap::default();
            let mut statement = self.reader.conn.prepare_cached(
                "SELECT extra_id, json_extract(json, '$.end') AS ended FROM extra
                 WHERE json_valid(json) AND ended IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let ValueRef::Integer(end) = row.get_ref(1)? else { return Err(EngineError::Unsupported) };
                if end == NULL {
                    return Err(EngineError::Unsupported);
                }
                ends.insert(row.get(0)?, end);
            }
            let bytes = ends.len() * 32;
            Ok((ends, bytes))
        })
    }
}

/// Puts a rank at an id.
pub(super) fn put(ranks: &mut Vec<u32>, id: i64, rank: u32) -> Result<(), EngineError> {
    let id = usize::try_from(id).ok().filter(|id| *id < MOST_IDS).ok_or(EngineError::Unsupported)?;
    if ranks.len() <= id {
        ranks.resize(id + 1, NO_RANK);
    }
    ranks[id] = rank;
    Ok(())
}
