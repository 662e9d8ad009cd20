//! Groups of equal values over the columns: by up to three fields, of one measure.

use super::answers::{OrderKey, checked, ordered, told};
use super::top::Kind;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, Measures, Sums, Used};
use crate::filter::Target;
use crate::query::Measure;
use crate::query::groups::{GroupColumn, GroupRow, GroupsQuery, Ranked};
use crate::query::pairs::AddressOrder;

/// Slots at most: a set of so many takes 32 MiB for each thread.
const MOST_SLOTS: u64 = 1 << 28;

/// A part of a group's key.
struct Key {
    kind: Kind,
    /// How many numbers it has.
    size: u64,
    /// How many slots each of them has.
    step: u64,
}

impl Key {
    fn number(&self, slot: u64) -> u64 {
        slot / self.step % self.size
    }

    /// Where its value is in the order of the field; `None` for no value.
    fn place(&self, slot: u64, addresses: Option<&AddressOrder>) -> Option<u128> {
        let number = self.number(slot);
        match &self.kind {
            Kind::Number { none, .. } | Kind::Ranked { none, .. } => (number != *none).then(|| number.into()),
            Kind::Addresses => addresses?.place(u32::try_from(number).ok()?),
            Kind::Pairs | Kind::Services(_) => None,
        }
    }
}

impl Engine<'_> {
    /// As `query::groups`, without what is in no row.
    pub(crate) fn ranked(&self, query: &GroupsQuery) -> Result<Ranked, EngineError> {
        let measure = query.measure.summed().ok_or(EngineError::Unsupported)?;
        let (keys, grouping) = self.keys(query)?;
        let selection = self.chosen(&query.scope.records(Vec::new()))?;
        let measures = match measure {
            Measure::Records => Measures::default(),
            Measure::Bytes => Measures { bytes: Some(flow::BYTES), fate: Some(self.fates()?), ..Measures::default() },
            Measure::Packets => {
                Measures { packets: Some(flow::PACKETS), fate: Some(self.fates()?), ..Measures::default() }
            }
        };
        let leaders = match query.limit.filter(|_| query.sort.is_empty()) {
            Some(limit) => self.leaders(&selection, &grouping, measure, limit)?,
            None => None,
        };
        let (groups, count) = match leaders {
            Some(leaders) => {
                let used = Used::of(leaders.slots);
                (checked(self.sums_of(&selection, &grouping, &measures, &used)?)?, leaders.groups)
            }
            None => {
                let groups = checked(self.groups(&selection, &grouping, &measures)?)?;
                let count = groups.slots.len() as u64;
                (groups, count)
            }
        };
        let value = |sums: &Sums| match measure {
            Measure::Records => Some(sums.records.into()),
            Measure::Bytes => told(sums.bytes),
            Measure::Packets => told(sums.packets),
        };
        let all = match measure {
            Measure::Records => Some(selection.len() as u128),
            Measure::Bytes | Measure::Packets => {
                let whole = Grouping::new(Vec::new()).ok_or(EngineError::Unsupported)?;
                let sums = checked(self.groups(&selection, &whole, &measures)?)?.sums;
                sums.first().and_then(value)
            }
        };
        let has_addresses = keys.iter().any(|key| matches!(key.kind, Kind::Addresses));
        let addresses = if has_addresses { Some(self.address_order()?) } else { None };
        let (slots, sums, keys, value) = (&groups.slots, &groups.sums, &keys, &value);
        let order = query.order().into_iter().map(|order| match order.column {
            GroupColumn::Measure => OrderKey::new(move |at| sums.get(at).and_then(value), order.descending),
            GroupColumn::Key(place) => {
                let addresses = addresses.as_deref();
                let key = move |at: usize| keys.get(place)?.place(*slots.get(at)?, addresses);
                OrderKey::new(key, order.descending)
            }
        });
        let order: Vec<OrderKey<'_>> = order.collect();
        let mut rows = Vec::new();
        for at in ordered(slots.len(), &order, query.limit, self.threads).into_iter().map(|at| at as usize) {
            let (Some(slot), Some(sums)) = (slots.get(at), sums.get(at)) else { continue };
            let mut key = Vec::with_capacity(keys.len());
            for part in keys {
                key.extend(self.key(&part.kind, part.number(*slot))?);
            }
            rows.push(GroupRow { key, value: value(sums) });
        }
        Ok(Ranked { rows, groups: count, all })
    }

    fn keys(&self, query: &GroupsQuery) -> Result<(Vec<Key>, Grouping), EngineError> {
        let (mut keys, mut parts) = (Vec::new(), Vec::new());
        for target in &query.by {
            let Target::Field(field) = target else { return Err(EngineError::Unsupported) };
            let (kind, part) = self.field_part(*field)?;
            keys.push(Key { kind, size: part.size.max(1).into(), step: 1 });
            parts.push(part);
        }
        let grouping = Grouping::new(parts).ok_or(EngineError::Unsupported)?;
        if grouping.slots() > MOST_SLOTS {
            return Err(EngineError::Unsupported);
        }
        let mut step = 1;
        for key in keys.iter_mut().rev() {
            key.step = step;
            step *= key.size;
        }
        Ok((keys, grouping))
    }
}
