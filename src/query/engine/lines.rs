//! Series over the columns.

use super::answers::told;
use super::compile::MOST_IDS;
use super::talkers::NO_PORT;
use super::top::Kind;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, KeyPart, Map, Measures, NO_SLOT, PairColumns, Second, Selection, Sums};
use crate::model::{FieldId, SeriesTable, Value};
use crate::query::series::{Lines, SeriesQuery};
use crate::query::{GroupBy, Measure};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Slots that are counted alone up to this many: eight megabytes for every worker. Tests see both.
const MOST_COUNTED: u64 = if cfg!(test) { 40 } else { 1 << 20 };

/// What a bin comes to in a line.
#[derive(Clone, Copy)]
struct Told {
    records: u64,
    left_out: u64,
    /// `None` where there is nothing to measure.
    value: Option<u128>,
}

/// One way through the records: keys behind that of the bin, which together are the number of a line.
pub(super) struct Pass {
    pub parts: Vec<KeyPart>,
    /// The line of each of their slots, where they are not the lines themselves.
    pub lines: Option<Vec<u32>>,
    /// The records were counted before; what they carried counts again.
    pub again: bool,
}

impl Pass {
    fn of(part: KeyPart) -> Self {
        Self { parts: vec![part], lines: None, again: false }
    }
}

impl Engine<'_> {
    /// As `query::series`, the gaps left open. `bin_secs` and the keys of lines are known.
    pub(crate) fn lines(
        &self,
        query: &SeriesQuery,
        bin_secs: u32,
        keys: &[Vec<Value>],
    ) -> Result<SeriesTable, EngineError> {
        let selection = self.chosen(&query.scope.records(Vec::new()))?;
        let width = i64::from(bin_secs);
        let (first, last) = self.time_span(&selection)?.unwrap_or((0, 0));
        let begin = first.div_euclid(width).checked_mul(width).ok_or(EngineError::Unsupported)?;
        let bins = last.checked_sub(begin).and_then(|span| u32::try_from(span / width + 1).ok());
        let bins = bins.ok_or(EngineError::Unsupported)?;
        let (packets, bytes) = match query.measure {
            Measure::Records => (None, None),
            Measure::Packets => (self.layout.packets, None),
            Measure::Bytes => (None, self.layout.bytes),
        };
        let measures = Measures { packets, bytes, fate: Some(self.fates()?), ..Measures::default() };
        let mut found: Vec<((u64, u32), Told)> = Vec::new();
        for pass in self.passes(query.by, keys)? {
            let parts = std::iter::once(self.bin_part(begin, width, bins)?).chain(pass.parts);
            let grouping = Grouping::new(parts.collect()).ok_or(EngineError::Unsupported)?;
            let many = grouping.slots() / (u64::from(bins) + 1);
            for (slot, told) in self.told_of(&selection, &grouping, query.measure, &measures)? {
                let inner = (slot % many) as u32;
                let line = match &pass.lines {
                    None => inner,
                    Some(lines) => lines.get(inner as usize).copied().ok_or(EngineError::Unsupported)?,
                };
                let counted = query.measure == Measure::Records;
                let told = match pass.again {
                    true => Told { records: 0, left_out: 0, value: told.value.filter(|_| !counted) },
                    false => told,
                };
                found.push(((slot / many, line), told));
            }
        }
        // One pass alone is in order.
        found.sort_by_key(|(place, _)| *place);
        found.dedup_by(|(more_at, more), (at, told)| {
            if more_at == at {
                told.records += more.records;
                told.left_out += more.left_out;
                told.value = told.value.into_iter().chain(more.value).reduce(u128::saturating_add);
            }
            more_at == at
        });
        let mut table = SeriesTable { bin_secs, ..SeriesTable::default() };
        let mut lines = Lines::new(keys.to_vec(), query.by.is_some());
        for ((bin, line), Told { records, left_out, value }) in found {
            table.left_out += left_out;
            if bin >= u64::from(bins) {
                table.untimed += records;
                continue;
            }
            let start = begin + bin as i64 * width;
            if table.bins.last() != Some(&start) {
                table.bins.push(start);
            }
            lines.add_to(line as usize, (table.bins.len() - 1) as u32, value.unwrap_or(0));
        }
        table.lines = lines.finish();
        Ok(table)
    }

    /// What the chosen records come to by key. Where they are only counted, narrow sums say it.
    fn told_of(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        measure: Measure,
        measures: &Measures,
    ) -> Result<Vec<(u64, Told)>, EngineError> {
        let is_left_out = measures.fate.iter().flat_map(|(_, fates)| fates.iter()).any(|fate| fate.left_out);
        if measure == Measure::Records && !is_left_out && grouping.slots() <= MOST_COUNTED {
            let (counts, used) = self.narrow_sums(selection, grouping, None, grouping.slots() as usize)?;
            let told = |slot: usize| {
                let records = counts.get(slot).copied().unwrap_or(0);
                (slot as u64, Told { records, left_out: 0, value: Some(records.into()) })
            };
            return Ok(used.iter().map(told).collect());
        }
        let groups = self.checked(self.groups(selection, grouping, measures)?)?;
        let of = |sums: &Sums| Told {
            records: sums.records.into(),
            left_out: sums.left_out.into(),
            value: match measure {
                Measure::Records => Some(sums.records.into()),
                Measure::Packets => told(sums.packets),
                Measure::Bytes => told(sums.bytes),
            },
        };
        Ok(groups.slots.iter().copied().zip(groups.sums.iter().map(of)).collect())
    }

    fn passes(&self, by: Option<GroupBy>, keys: &[Vec<Value>]) -> Result<Vec<Pass>, EngineError> {
        let Some(by) = by else { return Ok(vec![Pass { parts: Vec::new(), lines: None, again: false }]) };
        let column = match by {
            GroupBy::PacketTalker | GroupBy::PacketPair => flow::PACKET_PAIR,
            _ => flow::PAIR,
        };
        Ok(match by {
            GroupBy::Field(field) => vec![Pass::of(self.line_part(field, keys)?)],
            GroupBy::Pair | GroupBy::PacketPair => {
                let pairs = self.pairs()?;
                let wanted =
                    self.wanted(keys, |key| Some((self.addresses(key.first())?, self.addresses(key.get(1))?)))?;
                let mut lines: FxHashMap<(u32, u32), u32> = FxHashMap::default();
                for (line, (sources, destinations)) in wanted.into_iter().enumerate() {
                    let both = sources.iter().flat_map(|a| destinations.iter().map(move |b| (*a, *b)));
                    lines.extend(both.map(|key| (key, line as u32)));
                }
                let rest = keys.len() as u32;
                let ids = pairs.source.iter().zip(pairs.destination.iter());
                let by_pair: Vec<u32> = ids.map(|(a, b)| lines.get(&(*a, *b)).copied().unwrap_or(rest)).collect();
                vec![Pass::of(self.mapped_pair_part(column, by_pair.into(), rest + 1)?)]
            }
            GroupBy::Talker | GroupBy::PacketTalker => self.talker_passes(column, keys)?,
            GroupBy::EitherPort => {
                let source = |second| self.port_line_part(flow::SRCPORT, second, keys);
                let other = flow::SRCPORT;
                let destination = |second| self.port_line_part(flow::DSTPORT, Some(second), keys);
                vec![
                    Pass::of(source(None)?),
                    Pass::of(destination(Second::Different(other))?),
                    Pass { again: true, ..Pass::of(destination(Second::Same(other))?) },
                ]
            }
            GroupBy::Service => vec![self.service_pass(keys)?],
            GroupBy::Principal | GroupBy::PrincipalName => vec![self.principal_pass(keys)?],
            GroupBy::Remote => return Err(EngineError::Unsupported),
        })
    }

    fn talker_passes(&self, column: usize, keys: &[Vec<Value>]) -> Result<Vec<Pass>, EngineError> {
        let pairs = self.pairs()?;
        let rest = keys.len() as u32;
        let mut by_address = vec![rest; pairs.addresses as usize];
        for (line, ids) in self.wanted(keys, |key| self.addresses(key.first()))?.into_iter().enumerate() {
            for id in ids {
                if let Some(place) = by_address.get_mut(id as usize) {
                    *place = line as u32;
                }
            }
        }
        let line = |id: &u32| by_address.get(*id as usize).copied().unwrap_or(rest);
        let part = |line: &dyn Fn(&u32, &u32) -> u32| {
            let PairColumns { source, destination, .. } = &*pairs;
            let by_pair: Vec<u32> = source.iter().zip(destination.iter()).map(|(a, b)| line(a, b)).collect();
            self.mapped_pair_part(column, by_pair.into(), rest + 1)
        };
        Ok(vec![
            Pass::of(part(&|source, _| line(source))?),
            Pass::of(part(&|source, destination| if source == destination { NO_SLOT } else { line(destination) })?),
            Pass { again: true, ..Pass::of(part(&|source, own| if source == own { line(own) } else { NO_SLOT })?) },
        ])
    }

    /// What each key stands for.
    fn wanted<T>(&self, keys: &[Vec<Value>], of: impl Fn(&[Value]) -> Option<T>) -> Result<Vec<T>, EngineError> {
        keys.iter().map(|key| of(key).ok_or(EngineError::Unsupported)).collect()
    }

    /// The ids of an address; 0 for none. `None` where that is no address.
    fn addresses(&self, value: Option<&Value>) -> Option<Vec<u32>> {
        match value? {
            Value::Null => Some(vec![0]),
            Value::Text(text) => self.address_ids(text).ok()?.into_iter().map(|id| u32::try_from(id).ok()).collect(),
            _ => None,
        }
    }

    /// A key of lines by port.
    fn port_line_part(
        &self,
        column: usize,
        second: Option<Second>,
        keys: &[Vec<Value>],
    ) -> Result<KeyPart, EngineError> {
        let rest = keys.len() as u32;
        let mut lines = vec![rest; NO_PORT as usize + 1];
        for (line, port) in self.wanted(keys, |key| port_slot(key.first()?))?.into_iter().enumerate() {
            *lines.get_mut(port).ok_or(EngineError::Unsupported)? = line as u32;
        }
        let part = self.port_part(column, second)?;
        Ok(KeyPart {
            absent: lines.get(NO_PORT as usize).copied().unwrap_or(rest),
            map: Map::Table(lines.into()),
            size: rest + 1,
            ..part
        })
    }

    /// The protocols and the ports of the keys, each with one number for all others.
    fn service_pass(&self, keys: &[Vec<Value>]) -> Result<Pass, EngineError> {
        let distinct = |place: usize| -> Vec<Vec<Value>> {
            let mut values: Vec<Vec<Value>> = Vec::new();
            for value in keys.iter().filter_map(|key| key.get(place)) {
                if !values.iter().any(|known| known.first() == Some(value)) {
                    values.push(vec![value.clone()]);
                }
            }
            values
        };
        let (protocols, ports) = (distinct(0), distinct(1));
        let protocol = self.line_part(self.protocol()?, &protocols)?;
        let port = self.port_line_part(flow::SRCPORT, Some(Second::Lower(flow::DSTPORT)), &ports)?;
        let width = ports.len() + 1;
        let mut lines = vec![keys.len() as u32; (protocols.len() + 1) * width];
        for (line, key) in keys.iter().enumerate() {
            let place = |list: &[Vec<Value>], at: usize| list.iter().position(|known| known.first() == key.get(at));
            let slot = place(&protocols, 0).zip(place(&ports, 1)).map(|(protocol, port)| protocol * width + port);
            *slot.and_then(|slot| lines.get_mut(slot)).ok_or(EngineError::Unsupported)? = line as u32;
        }
        Ok(Pass { parts: vec![protocol, port], lines: Some(lines), again: false })
    }

    /// A key of lines: the place of a field's value among `keys`, and behind them for all others.
    fn line_part(&self, field: FieldId, keys: &[Vec<Value>]) -> Result<KeyPart, EngineError> {
        let (kind, part) = self.field_part(field)?;
        let rest = keys.len() as u32;
        let mut lines = vec![rest; part.size as usize];
        let slots: FxHashMap<Value, u32> = match (&kind, &part.map) {
            (Kind::Ranked { dictionary, .. }, Map::Table(by_id)) => {
                self.dictionary_values(dictionary, |id| by_id.get(id).copied().unwrap_or(part.absent))?
            }
            _ => FxHashMap::default(),
        };
        for (line, key) in keys.iter().enumerate() {
            let found = match (&kind, key.first()) {
                (Kind::Number { none, .. } | Kind::Ranked { none, .. }, Some(Value::Null)) => vec![*none],
                (Kind::Number { least, .. }, Some(Value::Integer(value))) => vec![value.wrapping_sub(*least) as u64],
                (Kind::Addresses, Some(Value::Null)) => vec![0],
                (Kind::Addresses, Some(Value::Text(text))) => self.address_ids(text)?,
                (_, value) => {
                    value.and_then(|value| slots.get(value)).map(|slot| u64::from(*slot)).into_iter().collect()
                }
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

    fn address_ids(&self, text: &str) -> Result<Vec<u64>, EngineError> {
        let key = crate::case::address_key(text).ok_or(EngineError::Unsupported)?;
        let mut statement =
            self.reader.conn.prepare_cached("SELECT address_id FROM address WHERE key = ? AND address = ?")?;
        let rows = statement.query_map((key, text), |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Starts of the hours in which a record starts, in seconds, ascending.
    pub(crate) fn hours(&self) -> Result<Vec<i64>, EngineError> {
        const HOUR: i64 = 3600;
        let records = &self.records;
        let name = format!("hours of {:?}", self.layout.table);
        let hours: Arc<Vec<i64>> = self.reader.cache.derived(&name, records.rows().into(), || {
            let every = Selection::new(records.segments.iter().map(|s| (crate::columns::Chosen::All, s.rows)));
            let Some((first, last)) = self.time_span(&every)? else { return Ok((Vec::new(), 0)) };
            let begin = first.div_euclid(HOUR).checked_mul(HOUR).ok_or(EngineError::Unsupported)?;
            let bins = last.checked_sub(begin).and_then(|span| u32::try_from(span / HOUR + 1).ok());
            let part =
                KeyPart { absent: NO_SLOT, ..self.bin_part(begin, HOUR, bins.ok_or(EngineError::Unsupported)?)? };
            let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
            let groups = self.groups(&every, &grouping, &Measures::default())?;
            let hours: Vec<i64> = groups.slots.iter().map(|slot| begin + *slot as i64 * HOUR).collect();
            let bytes = hours.len() * 8;
            Ok::<_, EngineError>((hours, bytes))
        })?;
        Ok(hours.to_vec())
    }
}

/// Where a port is among all; `NO_PORT` for none.
fn port_slot(value: &Value) -> Option<usize> {
    match value {
        Value::Null => Some(NO_PORT as usize),
        Value::Integer(port) => usize::try_from(*port).ok().filter(|port| *port < NO_PORT as usize),
        _ => None,
    }
}
