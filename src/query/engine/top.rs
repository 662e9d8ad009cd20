//! Top lists and figures over the columns.

use super::answers::{OrderKey, checked, figures_of, ordered, told};
use super::leaders::leading_talkers;
use super::talkers::{NO_PORT, talkers};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, Groups, KeyPart, Map, PairColumns, Second, Used};
use crate::model::{self, Dataset, FieldId, Home, Value, field};
use crate::query::columns_sql::read_value;
use crate::query::filter_sql::column_of;
use crate::query::pairs::{AddressOrder, address_text};
use crate::query::scope::Scope;
use crate::query::sort_sql;
use crate::query::{Figures, GroupBy, Measure, TopQuery, TopRow, TopTable};
use std::sync::Arc;

/// What groups are, once they are summed: how they are ordered among equals, and what their keys are called.
pub(crate) enum Kind {
    /// By number: the slot is the value less this.
    Number { least: i64, none: u64 },
    /// By rank in a dictionary; the slot is the rank, and this the id of a row with it.
    Ranked { field: FieldId, table: &'static str, examples: Vec<i64>, none: u64 },
    /// By address id; 0 for none.
    Addresses,
    /// By pair id.
    Pairs,
    /// By protocol, whose slots are these, and the lower port below it.
    Services(Box<Kind>),
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

/// A pair of nobody would be one group with the records that have no pair.
fn pairs_apart(pairs: &PairColumns, occurs: impl Fn(u64) -> bool) -> Result<(), EngineError> {
    if pairs.nobody_is_one(1, occurs) { Ok(()) } else { Err(EngineError::Unsupported) }
}

impl Engine<'_> {
    /// As `query::figures`.
    pub(crate) fn figures(&self, scope: &Scope) -> Result<Figures, EngineError> {
        let selection = self.chosen(&scope.records(Vec::new()))?;
        let grouping = Grouping::new(Vec::new()).ok_or(EngineError::Unsupported)?;
        let groups = checked(self.groups(&selection, &grouping, &self.all_measures()?)?)?;
        Ok(groups.sums.first().map(figures_of).unwrap_or_default())
    }

    /// As `query::count`.
    pub(crate) fn count(&self, scope: &Scope) -> Result<u64, EngineError> {
        Ok(self.chosen(&scope.records(Vec::new()))?.len() as u64)
    }

    /// As `query::top`.
    pub(crate) fn top(&self, query: &TopQuery) -> Result<TopTable, EngineError> {
        let Grouped { kind, groups, sides, count } = self.grouped(query)?;
        let addresses = match kind {
            Kind::Addresses | Kind::Pairs => Some(self.address_order()?),
            Kind::Number { .. } | Kind::Ranked { .. } | Kind::Services(_) => None,
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
            // None of the one, and below that none of the other, come last.
            Kind::Services(_) => keys.push(OrderKey::new(|at| slot(at).map(u128::from), false)),
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
                self.leading(query, kind, &grouping, None)?
            }
            GroupBy::Pair | GroupBy::PacketPair => {
                let pairs = self.pairs()?;
                let column = pair_column(by == GroupBy::PacketPair);
                if !self.keeps_groups(records, &pairs) {
                    let part = self.pair_part(column, &pairs)?;
                    let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
                    return self.leading(query, Kind::Pairs, &grouping, Some(&pairs));
                }
                let groups = self.groups_by_pair(records, column, &pairs)?;
                pairs_apart(&pairs, |slot| groups.slots.binary_search(&slot).is_ok())?;
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
            GroupBy::EitherPort => {
                let (groups, sides) = self.either_port(&self.chosen(records)?)?;
                let kind = Kind::Number { least: 0, none: NO_PORT.into() };
                Grouped { sides, ..Grouped::all(kind, Arc::new(groups)) }
            }
            GroupBy::Service => {
                let (protocols, part) = self.field_part(self.protocol()?)?;
                let lower = self.port_part(flow::SRCPORT, Some(Second::Lower(flow::DSTPORT)))?;
                let grouping = Grouping::new(vec![part, lower]).ok_or(EngineError::Unsupported)?;
                self.leading(query, Kind::Services(Box::new(protocols)), &grouping, None)?
            }
            GroupBy::Principal | GroupBy::PrincipalName | GroupBy::Remote => return Err(EngineError::Unsupported),
        })
    }

    /// The groups that can be among the rows of the list, or all of them. `pairs`: those whose ids are the slots.
    fn leading(
        &self,
        query: &TopQuery,
        kind: Kind,
        grouping: &Grouping,
        pairs: Option<&PairColumns>,
    ) -> Result<Grouped, EngineError> {
        let selection = self.chosen(&query.scope.records(Vec::new()))?;
        let leaders = match query.limit {
            Some(limit) => self.leaders(&selection, grouping, query.measure, limit)?,
            None => None,
        };
        let measures = self.all_measures()?;
        let Some(leaders) = leaders else {
            let groups = checked(self.groups(&selection, grouping, &measures)?)?;
            if let Some(pairs) = pairs {
                pairs_apart(pairs, |slot| groups.slots.binary_search(&slot).is_ok())?;
            }
            return Ok(Grouped::all(kind, Arc::new(groups)));
        };
        if let Some(pairs) = pairs {
            pairs_apart(pairs, |slot| leaders.used.get(slot as usize))?;
        }
        let groups = checked(self.sums_of(&selection, grouping, &measures, &Used::of(leaders.slots))?)?;
        Ok(Grouped { count: leaders.groups, ..Grouped::all(kind, Arc::new(groups)) })
    }

    pub(crate) fn protocol(&self) -> Result<FieldId, EngineError> {
        field::by_name(Dataset::Flows, "protocol").ok_or(EngineError::Unsupported)
    }

    /// A key of a field's values.
    pub(crate) fn field_part(&self, field: FieldId) -> Result<(Kind, KeyPart), EngineError> {
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
                let part = KeyPart { column, second: None, map: Map::Offset(least), absent: none, size };
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
                let part =
                    KeyPart { column, second: None, map: Map::Table(by_id.into()), absent: none, size: none + 1 };
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
    pub(crate) fn key(&self, kind: &Kind, slot: u64) -> Result<Vec<Value>, EngineError> {
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
            Kind::Services(protocols) => {
                let ports = u64::from(NO_PORT) + 1;
                let mut key = self.key(protocols, slot / ports)?;
                let port = slot % ports;
                key.push(if port == u64::from(NO_PORT) { Value::Null } else { Value::Integer(port as i64) });
                key
            }
            Kind::Addresses => vec![address(Some(&(slot as u32)))?],
            Kind::Pairs => {
                let pairs = self.pairs()?;
                vec![address(pairs.source.get(slot as usize))?, address(pairs.destination.get(slot as usize))?]
            }
        })
    }
}
