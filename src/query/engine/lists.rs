//! Top lists, figures and series over the columns.

use super::answers::{OrderKey, checked, figures_of, ordered, told};
use super::leaders::leading_talkers;
use super::planner::MOST_IDS;
use super::talkers::talkers;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, Groups, KeyPart, Map, Measures, NO_SLOT, PairColumns, Selection};
use crate::model::{self, Dataset, FieldId, Home};
use crate::query::columns_sql::read_value;
use crate::query::filter_sql::column_of;
use crate::query::pairs::{AddressOrder, address_text};
use crate::query::scope::Scope;
use crate::query::series::{Lines, SeriesQuery, SeriesTable};
use crate::query::sort_sql;
use crate::query::{Figures, GroupBy, Measure, TopQuery, TopRow, TopTable, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What groups are, once they are summed: how they are ordered among equals, and what their keys are called.
enum Kind {
    /// By number: the slot is the value less this.
    Number { least: i64, none: u64 },
    /// By rank in a dictionary; the slot is the rank, and this the id of a row with it.
    Ranked { field: FieldId, table: &'static str, examples: Vec<i64>, none: u64 },
    /// By address id; 0 for none.
    Addresses,
    /// By pair id.
    Pairs,
}

/// The groups of a list, all that can be among its rows.
struct Grouped {
    kind: Kind,
    groups: Arc<Groups>,
    /// Sent and received, for groups with two sides.
    sides: Vec<(i128, i128)>,
    /// How many groups there are in all.
    count: u64,
}

impl Grouped {
    fn all(kind: Kind, groups: Arc<Groups>) -> Self {
        let count = groups.slots.len() as u64;
        Self { kind, groups, sides: Vec::new(), count }
    }
}

impl Engine<'_> {
    /// As `query::figures`.
    pub fn figures(&self, scope: &Scope) -> Result<Figures, EngineError> {
        let selection = self.chosen(&scope.records(Vec::new()))?;
        let grouping = Grouping::new(Vec::new()).ok_or(EngineError::Unsupported)?;
        let groups = checked(self.groups(&selection, &grouping, &self.all_measures()?)?)?;
        Ok(groups.sums.first().map(figures_of).unwrap_or_default())
    }

    /// As `query::top`.
    pub fn top(&self, query: &TopQuery) -> Result<TopTable, EngineError> {
        let Grouped { kind, groups, sides, count } = self.grouped(query)?;
        let addresses = match kind {
            Kind::Addresses | Kind::Pairs => Some(self.address_order()?),
            Kind::Number { .. } | Kind::Ranked { .. } => None,
        };
        let measure = |at: usize| {
            let sums = groups.sums.get(at)?;
            match query.measure {
                Measure::Bytes => told(sums.bytes),
                Measure::Packets => told(sums.packets),
                Measure::Records => Some(sums.records.into()),
            }
        };
        let pairs = if matches!(kind, Kind::Pairs) { Some(self.pairs()?) } else { None };
        let pairs = pairs.as_deref();
        let slot = |at: usize| groups.slots.get(at).copied();
        let place = |id: Option<&u32>| addresses.as_deref().and_then(|order: &AddressOrder| order.place(*id?));
        let mut keys = vec![OrderKey::new(measure, true)];
        match kind {
            Kind::Number { none, .. } | Kind::Ranked { none, .. } => {
                keys.push(OrderKey::new(move |at| slot(at).filter(|slot| *slot != none).map(u128::from), false));
            }
            Kind::Addresses => keys.push(OrderKey::new(|at| place(Some(&(slot(at)? as u32))), false)),
            Kind::Pairs => {
                keys.push(OrderKey::new(|at| place(pairs?.source.get(slot(at)? as usize)), false));
                keys.push(OrderKey::new(|at| place(pairs?.destination.get(slot(at)? as usize)), false));
            }
        }
        let order = ordered(groups.slots.len(), &keys, query.limit, self.threads);
        let mut table = TopTable { rows: Vec::with_capacity(order.len()), groups: count };
        for at in order.into_iter().map(|at| at as usize) {
            let (Some(slot), Some(sums)) = (groups.slots.get(at), groups.sums.get(at)) else { continue };
            let (sent, received) = match sides.get(at) {
                Some((sent, received)) => (told(*sent), told(*received)),
                None => (None, None),
            };
            table.rows.push(TopRow { key: self.key(&kind, *slot)?, figures: figures_of(sums), sent, received });
        }
        Ok(table)
    }

    fn grouped(&self, query: &TopQuery) -> Result<Grouped, EngineError> {
        let records = &query.scope.records(Vec::new());
        let by = query.by;
        let pair_column = |packet: bool| if packet { flow::PACKET_PAIR } else { flow::PAIR };
        Ok(match by {
            GroupBy::Field(field) => {
                let (kind, part) = self.field_part(field)?;
                let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
                let groups = self.groups(&self.chosen(records)?, &grouping, &self.all_measures()?)?;
                Grouped::all(kind, Arc::new(checked(groups)?))
            }
            GroupBy::Pair | GroupBy::PacketPair => {
                let pairs = self.pairs()?;
                let groups = self.groups_by_pair(records, pair_column(by == GroupBy::PacketPair), &pairs)?;
                // A pair of nobody would be one group with the records that have no pair.
                let occurs = |id: &u32| groups.slots.binary_search(&u64::from(*id)).is_ok();
                if std::iter::once(&0).chain(&pairs.nobody).filter(|id| occurs(id)).count() > 1 {
                    return Err(EngineError::Unsupported);
                }
                Grouped::all(Kind::Pairs, groups)
            }
            GroupBy::Talker | GroupBy::PacketTalker => {
                let pairs = self.pairs()?;
                let column = pair_column(by == GroupBy::PacketTalker);
                let (count, (groups, sides)) = match self.keeps_groups(records, &pairs) {
                    true => {
                        let groups = self.groups_by_pair(records, column, &pairs)?;
                        let limit = query.limit.unwrap_or(usize::MAX);
                        let leaders = leading_talkers(&groups, &pairs, query.measure, limit, self.threads);
                        let (count, only) = leaders.map(|leaders| (leaders.groups, leaders.slots)).unzip();
                        let found = talkers(&groups, &pairs, only, self.threads);
                        (count.unwrap_or(found.0.slots.len() as u64), found)
                    }
                    false => {
                        let found = self.talkers(&self.chosen(records)?, column, &pairs)?;
                        (found.0.slots.len() as u64, found)
                    }
                };
                Grouped { kind: Kind::Addresses, groups: Arc::new(groups), sides, count }
            }
            GroupBy::EitherPort | GroupBy::Service | GroupBy::Principal => return Err(EngineError::Unsupported),
        })
    }

    /// A key of a field's values.
    fn field_part(&self, field: FieldId) -> Result<(Kind, KeyPart), EngineError> {
        let pairs = |side: fn(&PairColumns) -> &Arc<[u32]>, column: usize| {
            let pairs = self.pairs()?;
            Ok((Kind::Addresses, self.mapped_pair_part(column, Arc::clone(side(&pairs)), pairs.addresses)?))
        };
        match field.home {
            // Times have milliseconds elsewhere.
            Home::Row if field.kind == model::Kind::Time => Err(EngineError::Unsupported),
            Home::Row => {
                let column = column_of(field).ok_or(EngineError::Unsupported)?;
                let (least, greatest) = self.snapshot.flows.bounds(column).unwrap_or((0, 0));
                let span = greatest.checked_sub(least).and_then(|span| u32::try_from(span).ok());
                let none = span.and_then(|span| span.checked_add(1)).ok_or(EngineError::Unsupported)?;
                let size = none.checked_add(1).ok_or(EngineError::Unsupported)?;
                let part = KeyPart { column, map: Map::Offset(least), absent: none, size };
                Ok((Kind::Number { least, none: none.into() }, part))
            }
            Home::Interface | Home::Disposition => {
                let (table, column) = match field.home {
                    Home::Interface => ("interface", flow::INTERFACE),
                    _ => ("disposition", flow::DISPOSITION),
                };
                let ranks = self.dictionary_ranks(table, field)?;
                let none = ranks.iter().filter(|rank| **rank != u32::MAX).max().map_or(0, |greatest| greatest + 1);
                let mut examples = vec![0; none as usize];
                let mut by_id = Vec::with_capacity(ranks.len());
                for (id, rank) in ranks.iter().enumerate() {
                    by_id.push(if *rank == u32::MAX { none } else { *rank });
                    if let Some(example) = examples.get_mut(*rank as usize) {
                        *example = id as i64;
                    }
                }
                let part = KeyPart { column, map: Map::Table(by_id.into()), absent: none, size: none + 1 };
                Ok((Kind::Ranked { field, table, examples, none: none.into() }, part))
            }
            Home::PairSource => pairs(|pairs| &pairs.source, flow::PAIR),
            Home::PairDestination => pairs(|pairs| &pairs.destination, flow::PAIR),
            Home::PacketSource => pairs(|pairs| &pairs.source, flow::PACKET_PAIR),
            Home::PacketDestination => pairs(|pairs| &pairs.destination, flow::PACKET_PAIR),
            Home::Extra | Home::Event(_) | Home::Call(_) | Home::EventJson(_) | Home::Virtual => {
                Err(EngineError::Unsupported)
            }
        }
    }

    /// The key of a group in words.
    fn key(&self, kind: &Kind, slot: u64) -> Result<Vec<Value>, EngineError> {
        let address = |id: Option<&u32>| -> Result<Value, EngineError> {
            let text = address_text(self.reader, id.copied().unwrap_or(0))?;
            Ok(text.map_or(Value::Null, Value::Text))
        };
        Ok(match kind {
            Kind::Number { none, .. } | Kind::Ranked { none, .. } if slot == *none => vec![Value::Null],
            Kind::Number { least, .. } => vec![Value::Integer(least.saturating_add(slot as i64))],
            Kind::Ranked { field, table, examples, .. } => {
                let id = examples.get(slot as usize).copied().unwrap_or(0);
                let value = sort_sql::dictionary_value(*field);
                let sql = format!("SELECT {value} FROM {table} t WHERE t.{table}_id = ?");
                let mut statement = self.reader.conn.prepare_cached(&sql)?;
                vec![statement.query_row([id], |row| read_value(row, 0, Dataset::Flows, field.kind))?]
            }
            Kind::Addresses => vec![address(Some(&(slot as u32)))?],
            Kind::Pairs => {
                let pairs = self.pairs()?;
                vec![address(pairs.source.get(slot as usize))?, address(pairs.destination.get(slot as usize))?]
            }
        })
    }

    /// As `query::series`, the gaps left open. `bin_secs` and the keys of lines are known.
    pub fn lines(&self, query: &SeriesQuery, bin_secs: u32, keys: &[Vec<Value>]) -> Result<SeriesTable, EngineError> {
        let selection = self.chosen(&query.scope.records(Vec::new()))?;
        let width = i64::from(bin_secs);
        let (first, last) = self.start_span(&selection)?.unwrap_or((0, 0));
        let begin = first.div_euclid(width).checked_mul(width).ok_or(EngineError::Unsupported)?;
        let bins = last.checked_sub(begin).and_then(|span| u32::try_from(span / width + 1).ok());
        let bins = bins.ok_or(EngineError::Unsupported)?;
        let mut parts = vec![self.bin_part(begin, width, bins)?];
        let mut lines = Lines::new(keys.to_vec(), query.by.is_some());
        match query.by {
            None => {}
            Some(GroupBy::Field(field)) => parts.push(self.line_part(field, keys)?),
            Some(GroupBy::Pair) => parts.push(self.pair_line_part(flow::PAIR, keys)?),
            Some(GroupBy::PacketPair) => parts.push(self.pair_line_part(flow::PACKET_PAIR, keys)?),
            Some(_) => return Err(EngineError::Unsupported),
        }
        let many = if parts.len() > 1 { lines.count() as u64 } else { 1 };
        let grouping = Grouping::new(parts).ok_or(EngineError::Unsupported)?;
        let (packets, bytes) = match query.measure {
            Measure::Records => (None, None),
            Measure::Packets => (Some(flow::PACKETS), None),
            Measure::Bytes => (None, Some(flow::BYTES)),
        };
        let measures = Measures { packets, bytes, fate: Some(self.fates()?), ..Measures::default() };
        let groups = checked(self.groups(&selection, &grouping, &measures)?)?;
        let mut table = SeriesTable { bin_secs, ..SeriesTable::default() };
        for (slot, sums) in groups.slots.iter().zip(&groups.sums) {
            table.left_out += u64::from(sums.left_out);
            let (bin, line) = (slot / many, (slot % many) as usize);
            if bin >= u64::from(bins) {
                table.untimed += u64::from(sums.records);
                continue;
            }
            let start = begin + bin as i64 * width;
            if table.bins.last() != Some(&start) {
                table.bins.push(start);
            }
            let value = match query.measure {
                Measure::Records => Some(sums.records.into()),
                Measure::Packets => told(sums.packets),
                Measure::Bytes => told(sums.bytes),
            };
            lines.add_to(line, (table.bins.len() - 1) as u32, value.unwrap_or(0));
        }
        table.lines = lines.finish();
        Ok(table)
    }

    /// A key of lines: the place of a field's value among `keys`, and behind them for all others.
    fn line_part(&self, field: FieldId, keys: &[Vec<Value>]) -> Result<KeyPart, EngineError> {
        let (kind, part) = self.field_part(field)?;
        let rest = keys.len() as u32;
        let mut lines = vec![rest; part.size as usize];
        let slots: FxHashMap<Vec<Value>, u64> = match &kind {
            Kind::Number { .. } => FxHashMap::default(),
            Kind::Ranked { none, .. } => {
                (0..=*none).map(|slot| Ok((self.key(&kind, slot)?, slot))).collect::<Result<_, EngineError>>()?
            }
            Kind::Addresses | Kind::Pairs => FxHashMap::default(),
        };
        for (line, key) in keys.iter().enumerate() {
            let found = match (&kind, key.first()) {
                (Kind::Number { none, .. }, Some(Value::Null)) => vec![*none],
                (Kind::Number { least, .. }, Some(Value::Integer(value))) => vec![value.wrapping_sub(*least) as u64],
                (Kind::Addresses, Some(Value::Null)) => vec![0],
                (Kind::Addresses, Some(Value::Text(text))) => self.address_ids(text)?,
                _ => slots.get(key).copied().into_iter().collect(),
            };
            for slot in found {
                let place = usize::try_from(slot).ok().and_then(|slot| lines.get_mut(slot));
                *place.ok_or(EngineError::Unsupported)? = line as u32;
            }
        }
        let absent = lines.get(part.absent as usize).copied().unwrap_or(rest);
        let map = match part.map {
            // A table of lines by value instead of by slot.
            Map::Table(by_id) => {
                let line = |slot: &u32| lines.get(*slot as usize).copied().unwrap_or(NO_SLOT);
                Map::Table(by_id.iter().map(line).collect::<Vec<u32>>().into())
            }
            Map::Offset(least) if least >= 0 && part.size as usize <= MOST_IDS => {
                let mut by_value = vec![rest; least as usize];
                by_value.extend(&lines);
                Map::Table(by_value.into())
            }
            Map::Offset(_) | Map::Bins { .. } => return Err(EngineError::Unsupported),
        };
        Ok(KeyPart { map, absent, size: rest + 1, ..part })
    }

    pub(super) fn address_ids(&self, text: &str) -> Result<Vec<u64>, EngineError> {
        let key = crate::case::address_key(text).ok_or(EngineError::Unsupported)?;
        let mut statement =
            self.reader.conn.prepare_cached("SELECT address_id FROM address WHERE key = ? AND address = ?")?;
        let rows = statement.query_map((key, text), |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Starts of the hours in which a flow record starts, in seconds, ascending.
    pub fn hours(&self) -> Result<Vec<i64>, EngineError> {
        const HOUR: i64 = 3600;
        let flows = &self.snapshot.flows;
        let hours: Arc<Vec<i64>> = self.reader.cache.derived("hours", flows.rows().into(), || {
            let Some((first, last)) = flows.bounds(flow::START) else { return Ok((Vec::new(), 0)) };
            let begin = first.div_euclid(HOUR).checked_mul(HOUR).ok_or(EngineError::Unsupported)?;
            let bins = last.checked_sub(begin).and_then(|span| u32::try_from(span / HOUR + 1).ok());
            let part =
                KeyPart { absent: NO_SLOT, ..self.bin_part(begin, HOUR, bins.ok_or(EngineError::Unsupported)?)? };
            let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
            let every = Selection::new(flows.segments.iter().map(|s| (crate::columns::Chosen::All, s.rows)));
            let groups = self.groups(&every, &grouping, &Measures::default())?;
            let hours: Vec<i64> = groups.slots.iter().map(|slot| begin + *slot as i64 * HOUR).collect();
            let bytes = hours.len() * 8;
            Ok::<_, EngineError>((hours, bytes))
        })?;
        Ok(hours.to_vec())
    }
}
