//! Groups of equal values over the columns: by up to three fields, of one measure.

use super::answers::{OrderKey, ordered, told};
use super::leaders::Reach;
use super::top::Kind;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Bitmap, Grouping, KeyPart, Measures, Sums, Used};
use crate::filter::Target;
use crate::model::FieldId;
use crate::query::Measure;
use crate::query::groups::{GroupColumn, GroupMeasure, GroupRow, GroupsQuery, Ranked};
use crate::query::pairs::AddressOrder;

/// Slots at most: a set of so many takes 32 MiB for each thread.
const MOST_SLOTS: u64 = 1 << 28;
/// The same where each is a group together with a value: 64 MiB.
const MOST_DISTINCT_SLOTS: u64 = 1 << 29;

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

/// Groups in the order of their slots, and what their measure comes to: all that can be among the first.
struct Measured {
    slots: Vec<u64>,
    values: Vec<Option<u128>>,
    /// How many groups there are in all.
    count: u64,
    /// Of all records.
    all: Option<u128>,
}

impl Engine<'_> {
    /// As `query::groups`, without what is in no row.
    pub(crate) fn ranked(&self, query: &GroupsQuery) -> Result<Ranked, EngineError> {
        let (keys, parts) = self.keys(query)?;
        let Measured { slots, values, count, all } = match (query.measure, query.measure.summed()) {
            (GroupMeasure::Distinct(field), _) => self.distinct(query, parts, field)?,
            (_, Some(measure)) => self.summed(query, parts, measure)?,
            (_, None) => return Err(EngineError::Unsupported),
        };
        let has_addresses = keys.iter().any(|key| matches!(key.kind, Kind::Addresses));
        let addresses = if has_addresses { Some(self.address_order()?) } else { None };
        let (slots, values, keys) = (&slots, &values, &keys);
        let order = query.order().into_iter().map(|order| match order.column {
            GroupColumn::Measure => OrderKey::new(move |at| *values.get(at)?, order.descending),
            GroupColumn::Key(place) => {
                let addresses = addresses.as_deref();
                let key = move |at: usize| keys.get(place)?.place(*slots.get(at)?, addresses);
                OrderKey::new(key, order.descending)
            }
        });
        let order: Vec<OrderKey<'_>> = order.collect();
        let order = ordered(slots.len(), &order, query.limit, self.threads);
        let texts = keys.iter().map(|key| self.values_of_many(&key.kind, order.len()));
        let texts: Vec<_> = texts.collect::<Result<_, _>>()?;
        let mut rows = Vec::with_capacity(order.len());
        for at in order.into_iter().map(|at| at as usize) {
            let (Some(slot), Some(value)) = (slots.get(at), values.get(at)) else { continue };
            let mut key = Vec::with_capacity(keys.len());
            for (part, texts) in keys.iter().zip(&texts) {
                key.extend(self.key_among(&part.kind, texts.as_ref(), part.number(*slot))?);
            }
            rows.push(GroupRow { key, value: *value });
        }
        Ok(Ranked { rows, groups: count, all })
    }

    fn summed(&self, query: &GroupsQuery, parts: Vec<KeyPart>, measure: Measure) -> Result<Measured, EngineError> {
        let grouping = within(parts, MOST_SLOTS)?;
        let selection = self.chosen(&query.scope.records(Vec::new()))?;
        let measures = match measure {
            Measure::Records => Measures::default(),
            Measure::Bytes => Measures { bytes: Some(flow::BYTES), fate: Some(self.fates()?), ..Measures::default() },
            Measure::Packets => {
                Measures { packets: Some(flow::PACKETS), fate: Some(self.fates()?), ..Measures::default() }
            }
        };
        let leaders = match query.limit.filter(|_| query.sort.is_empty()) {
            Some(limit) => self.leaders(&selection, &grouping, measure, (limit, Reach::Equal))?,
            None => None,
        };
        let (groups, count) = match leaders {
            Some(leaders) => {
                let used = Used::of(leaders.slots);
                (self.checked(self.sums_of(&selection, &grouping, &measures, &used)?)?, leaders.groups)
            }
            None => {
                let groups = self.checked(self.groups(&selection, &grouping, &measures)?)?;
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
                let sums = self.checked(self.groups(&selection, &whole, &measures)?)?.sums;
                sums.get(0).and_then(value)
            }
        };
        let values = groups.sums.iter().map(value).collect();
        Ok(Measured { slots: groups.slots, values, count, all })
    }

    /// How many values of a field each group has: those of its slots together with theirs that occur.
    fn distinct(&self, query: &GroupsQuery, parts: Vec<KeyPart>, of: FieldId) -> Result<Measured, EngineError> {
        // Numbers of other fields may stand for one value.
        let (Kind::Ranked { .. }, counted) = self.field_part(of)? else { return Err(EngineError::Unsupported) };
        let (width, none) = (u64::from(counted.size.max(1)), u64::from(counted.absent));
        let grouping = within(parts.into_iter().chain([counted]).collect(), MOST_DISTINCT_SLOTS)?;
        let used = self.used_slots(&*self.chosen(&query.scope.records(Vec::new()))?, &grouping)?;
        let mut all = Bitmap::zeros(width as usize);
        let (mut slots, mut counts): (Vec<u64>, Vec<u128>) = Default::default();
        // Slots ascend, those of a group one after the other.
        for slot in used.iter().map(|slot| slot as u64) {
            let (group, value) = (slot / width, slot % width);
            if slots.last() != Some(&group) {
                slots.push(group);
                counts.push(0);
            }
            if let Some(count) = counts.last_mut().filter(|_| value != none) {
                *count += 1;
                all.set(value as usize);
            }
        }
        let (count, all) = (slots.len() as u64, Some(all.count() as u128));
        Ok(Measured { slots, values: counts.into_iter().map(Some).collect(), count, all })
    }

    fn keys(&self, query: &GroupsQuery) -> Result<(Vec<Key>, Vec<KeyPart>), EngineError> {
        let (mut keys, mut parts) = (Vec::new(), Vec::new());
        for target in &query.by {
            let Target::Field(field) = target else { return Err(EngineError::Unsupported) };
            let (kind, part) = self.field_part(*field)?;
            keys.push(Key { kind, size: part.size.max(1).into(), step: 1 });
            parts.push(part);
        }
        let mut step: u64 = 1;
        for key in keys.iter_mut().rev() {
            key.step = step;
            step = step.checked_mul(key.size).ok_or(EngineError::Unsupported)?;
        }
        Ok((keys, parts))
    }
}

/// Groups by these keys, of no more slots than that.
fn within(parts: Vec<KeyPart>, most: u64) -> Result<Grouping, EngineError> {
    let grouping = Grouping::new(parts).ok_or(EngineError::Unsupported)?;
    if grouping.slots() > most { Err(EngineError::Unsupported) } else { Ok(grouping) }
}
