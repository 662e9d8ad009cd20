//! Top lists and figures over the columns.

use super::answers::{OrderKey, figures_of, ordered, told};
use super::dictionary::{Dictionary, RankGroups};
use super::leaders::{Reach, leading_counts, leading_talkers};
use super::talkers::{NO_PORT, talkers};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, Groups, KeyPart, Map, PairColumns, Second, Sums, Used};
use crate::model::{self, Dataset, FieldId, Home, Value, field};
use crate::query::filter_sql::column_of;
use crate::query::pairs::{AddressOrder, address_text};
use crate::query::scope::Scope;
use crate::query::{Figures, GroupBy, Measure, TopQuery, TopRow, TopTable};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// So many keys are read one by one. Tests have few.
const FEW_KEYS: usize = if cfg!(test) { 2 } else { 200 };

/// What groups are, once they are summed: how they are ordered among equals, and what their keys are called.
pub(crate) enum Kind {
    /// By number: the slot is the value less this.
    Number { least: i64, none: u64 },
    /// By rank in a dictionary; the slot is the rank, and this the id of a row with it.
    Ranked { dictionary: Dictionary, examples: Vec<i64>, none: u64 },
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
        let groups = self.checked(self.groups(&selection, &grouping, &self.all_measures()?)?)?;
        Ok(groups.sums.get(0).map(|sums| figures_of(sums, self.layout)).unwrap_or_default())
    }

    /// As `query::count`.
    pub(crate) fn count(&self, scope: &Scope) -> Result<u64, EngineError> {
        Ok(self.chosen(&scope.records(Vec::new()))?.len() as u64)
    }

    /// As `query::top`.
    pub(crate) fn top(&self, query: &TopQuery) -> Result<TopTable, EngineError> {
        if matches!(query.by, GroupBy::Principal | GroupBy::PrincipalName) {
            return self.principals(query);
        }
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
        let values = self.values_of_many(&kind, order.len())?;
        let key = |slot: u64| self.key_among(&kind, values.as_ref(), slot);
        let mut table = TopTable { rows: Vec::with_capacity(order.len()), groups: count };
        for at in order.into_iter().map(|at| at as usize) {
            let (Some(slot), Some(sums)) = (groups.slots.get(at), groups.sums.get(at)) else { continue };
            let (sent, received) = match sides.get(at) {
                Some((sent, received)) => (told(*sent), told(*received)),
                None => (None, None),
            };
            table.rows.push(TopRow { key: key(*slot)?, figures: figures_of(sums, self.layout), sent, received });
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
                if let Some(grouped) = self.leading_verdicts(query, column, &pairs)? {
                    return Ok(grouped);
                }
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
                        let found = self.talkers(&*self.chosen(records)?, column, &pairs)?;
                        (found.0.slots.len() as u64, found)
                    }
                };
                Grouped { kind: Kind::Addresses, groups: Arc::new(groups), sides, count }
            }
            GroupBy::EitherPort => {
                let (groups, sides) = self.either_port(&*self.chosen(records)?)?;
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
            Some(limit) => self.leaders(&selection, grouping, query.measure, (limit, Reach::Equal))?,
            None => None,
        };
        let measures = self.all_measures()?;
        let Some(leaders) = leaders else {
            let groups = self.checked(self.groups(&selection, grouping, &measures)?)?;
            if let Some(pairs) = pairs {
                pairs_apart(pairs, |slot| groups.slots.binary_search(&slot).is_ok())?;
            }
            return Ok(Grouped::all(kind, Arc::new(groups)));
        };
        if let Some(pairs) = pairs {
            pairs_apart(pairs, |slot| leaders.used.get(slot as usize))?;
        }
        let groups = self.checked(self.sums_of(&selection, grouping, &measures, &Used::of(leaders.slots))?)?;
        Ok(Grouped { count: leaders.groups, ..Grouped::all(kind, Arc::new(groups)) })
    }

    /// The pairs with the most accepted, or the most rejected records: which those are, the sums of all records say.
    fn leading_verdicts(
        &self,
        query: &TopQuery,
        column: usize,
        pairs: &PairColumns,
    ) -> Result<Option<Grouped>, EngineError> {
        let (Some(limit), Measure::Records) = (query.limit, query.measure) else { return Ok(None) };
        let all = Scope { filter: None, ..query.scope.clone() }.records(Vec::new());
        if query.scope.filter.is_none() || !self.keeps_groups(&all, pairs) {
            return Ok(None);
        }
        let is_of =
            |text: &str| Ok::<_, EngineError>(query.scope.filter == Scope::written(Dataset::Flows, text)?.filter);
        let count: fn(&Sums) -> u32 = if is_of("action = ACCEPT")? {
            |sums| sums.accepted
        } else if is_of("action = REJECT")? {
            |sums| sums.rejected
        } else {
            return Ok(None);
        };
        // The filter takes the names in any case, the sums do not.
        let sql =
            "SELECT count(*) FROM disposition WHERE upper(action) IN ('ACCEPT', 'REJECT') AND action <> upper(action)";
        if self.reader.conn.prepare_cached(sql)?.query_row([], |r| r.get::<_, i64>(0))? > 0 {
            return Ok(None);
        }
        let groups = self.groups_by_pair(&all, column, pairs)?;
        let leaders = leading_counts(&groups, pairs.len().max(1), count, limit, self.threads);
        pairs_apart(pairs, |slot| leaders.used.get(slot as usize))?;
        let grouping = Grouping::new(vec![self.pair_part(column, pairs)?]).ok_or(EngineError::Unsupported)?;
        let selection = self.chosen(&query.scope.records(Vec::new()))?;
        let groups = self.sums_of(&selection, &grouping, &self.all_measures()?, &Used::of(leaders.slots))?;
        Ok(Some(Grouped { count: leaders.groups, ..Grouped::all(Kind::Pairs, Arc::new(self.checked(groups)?)) }))
    }

    pub(crate) fn protocol(&self) -> Result<FieldId, EngineError> {
        field::by_name(Dataset::Flows, "protocol").ok_or(EngineError::Unsupported)
    }

    /// A key of a field's values.
    pub(crate) fn field_part(&self, field: FieldId) -> Result<(Kind, KeyPart), EngineError> {
        let pairs = |side: fn(&PairColumns) -> &Arc<Vec<u32>>, column: usize| {
            let pairs = self.pairs()?;
            Ok((Kind::Addresses, self.mapped_pair_part(column, Arc::clone(side(&pairs)), pairs.addresses)?))
        };
        match field.home {
            // Of flow records they have milliseconds elsewhere; of events some are no times.
            _ if field.kind == model::Kind::Time || field.dataset != self.layout.dataset => {
                Err(EngineError::Unsupported)
            }
            Home::Row => {
                let column = column_of(field).ok_or(EngineError::Unsupported)?;
                let (least, greatest) = self.records.bounds(column).unwrap_or((0, 0));
                let span = greatest.checked_sub(least).and_then(|span| u32::try_from(span).ok());
                let none = span.and_then(|span| span.checked_add(1)).ok_or(EngineError::Unsupported)?;
                let size = none.checked_add(1).ok_or(EngineError::Unsupported)?;
                let part = KeyPart { column, second: None, map: Map::Offset(least), absent: none, size };
                Ok((Kind::Number { least, none: none.into() }, part))
            }
            Home::PairSource => pairs(|pairs| &pairs.source, flow::PAIR),
            Home::PairDestination => pairs(|pairs| &pairs.destination, flow::PAIR),
            Home::PacketSource => pairs(|pairs| &pairs.source, flow::PACKET_PAIR),
            Home::PacketDestination => pairs(|pairs| &pairs.destination, flow::PACKET_PAIR),
            Home::Extra | Home::EventJson(_) | Home::Lineage => Err(EngineError::Unsupported),
            Home::Interface | Home::Disposition | Home::Event(_) | Home::Call(_) | Home::Derived => {
                let dictionary = Dictionary::of(field).ok_or(EngineError::Unsupported)?;
                let RankGroups { by_id, none, examples } = RankGroups::of(&self.distinct_ranks(&dictionary)?);
                let (column, map) = (dictionary.column, Map::Table(by_id.into()));
                let part = KeyPart { column, second: None, map, absent: none, size: none + 1 };
                Ok((Kind::Ranked { dictionary, examples, none: none.into() }, part))
            }
        }
    }

    /// The values of so many groups, where they are read at once.
    pub(crate) fn values_of_many(
        &self,
        kind: &Kind,
        groups: usize,
    ) -> Result<Option<FxHashMap<i64, Value>>, EngineError> {
        match kind {
            Kind::Ranked { dictionary, .. } if groups > FEW_KEYS => Ok(Some(self.numbered_values(dictionary)?)),
            _ => Ok(None),
        }
    }

    /// As `key`, from the values that were read at once.
    pub(crate) fn key_among(
        &self,
        kind: &Kind,
        values: Option<&FxHashMap<i64, Value>>,
        slot: u64,
    ) -> Result<Vec<Value>, EngineError> {
        match (kind, values) {
            (Kind::Ranked { examples, .. }, Some(values)) => {
                let value = examples.get(slot as usize).and_then(|id| values.get(id)).cloned();
                Ok(vec![value.unwrap_or(Value::Null)])
            }
            _ => self.key(kind, slot),
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
            Kind::Ranked { dictionary, examples, .. } => {
                let id = examples.get(slot as usize).copied().unwrap_or(0);
                vec![self.dictionary_value(dictionary, id)?]
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
