//! Principals of events: who made a call is said by the first of several fields that is there.

use super::answers::figures_of;
use super::compile::MOST_IDS;
use super::groups::touched;
use super::lines::Pass;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::event;
use crate::columns::{KeyPart, Map, NULL, Selection, Sums, Verdict};
use crate::model::Value;
use crate::query::{GroupBy, TopQuery, TopRow, TopTable};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// Texts of keys, of which there are places to the third power.
const MOST_TEXTS: u32 = 128;

/// Numbers of a caller, who may have an ARN and a unique id, and of a call, whose fields are asked where there is neither.
type Who = [i64; 2];

impl Engine<'_> {
    /// As `query::top` by `GroupBy::Principal`, or by `GroupBy::PrincipalName`.
    pub(super) fn principals(&self, query: &TopQuery) -> Result<TopTable, EngineError> {
        let selection = self.chosen(&query.scope.records(Vec::new()))?;
        let by_id = query.by == GroupBy::Principal;
        let (callers, others) = (self.callers()?, self.other_names()?);
        let sums = self.by_who(&selection, &callers)?;
        let mut groups: FxHashMap<Vec<Value>, Sums> = FxHashMap::default();
        for ([caller, call], sums) in sums {
            let named = callers.get(&caller);
            let who = named.map(Caller::who).or_else(|| others.get(&call)).cloned().unwrap_or(Value::Null);
            let id = by_id.then(|| named.map_or(Value::Null, |caller| caller.id.clone()));
            groups.entry(std::iter::once(who).chain(id).collect()).or_default().add(&sums);
        }
        let mut groups: Vec<(Vec<Value>, Sums)> = groups.into_iter().collect();
        groups.sort_by(|(key, sums), (other_key, other_sums)| {
            other_sums.records.cmp(&sums.records).then_with(|| in_order(key, other_key))
        });
        let count = groups.len() as u64;
        groups.truncate(query.limit.unwrap_or(usize::MAX));
        let row = |(key, sums): (Vec<Value>, Sums)| TopRow {
            key,
            figures: figures_of(&sums, self.layout),
            sent: None,
            received: None,
        };
        Ok(TopTable { rows: groups.into_iter().map(row).collect(), groups: count })
    }

    /// Keys of lines by principal: how the texts of the keys occur in the fields that name one.
    pub(super) fn principal_pass(&self, keys: &[Vec<Value>]) -> Result<Pass, EngineError> {
        let mut texts: Vec<&Value> = keys.iter().flatten().filter(|value| **value != Value::Null).collect();
        texts.sort_by_key(|value| value.to_text());
        texts.dedup();
        let other = texts.len() as u32;
        let (absent, size) = (other + 1, other + 2);
        if size > MOST_TEXTS {
            return Err(EngineError::Unsupported);
        }
        let places: FxHashMap<&Value, u32> = texts.iter().copied().zip(0..).collect();
        let place = |value: Option<&Value>| match value {
            None | Some(Value::Null) => absent,
            Some(value) => places.get(value).copied().unwrap_or(other),
        };
        let callers = self.callers()?;
        let by_caller = by_number(&callers, |caller| {
            caller.map_or(absent * size + absent, |caller| place(Some(&caller.arn)) * size + place(Some(&caller.id)))
        })?;
        let by_call = by_number(&self.other_names()?, place)?;
        let parts = vec![
            KeyPart {
                column: event::CALLER,
                second: None,
                map: Map::Table(by_caller.into()),
                absent: absent * size + absent,
                size: size * size,
            },
            KeyPart { column: event::CALL, second: None, map: Map::Table(by_call.into()), absent, size },
        ];
        let mut by_key: FxHashMap<(u32, Option<u32>), u32> = FxHashMap::default();
        for (line, key) in keys.iter().enumerate() {
            by_key.insert((place(key.first()), key.get(1).map(|id| place(Some(id)))), line as u32);
        }
        let line = |slot: u32| {
            let (arn, id, call) = (slot / (size * size), slot / size % size, slot % size);
            let who = [arn, id].into_iter().find(|place| *place != absent).unwrap_or(call);
            let found = by_key.get(&(who, Some(id))).or_else(|| by_key.get(&(who, None)));
            found.copied().unwrap_or(keys.len() as u32)
        };
        let lines = (0..size * size * size).map(line).collect();
        Ok(Pass { parts, lines: Some(lines), again: false })
    }

    /// Callers that have a name or a unique id.
    fn callers(&self) -> Result<FxHashMap<i64, Caller>, EngineError> {
        let sql = "SELECT caller_id, user_identity_arn, user_identity_principal_id FROM caller
                   WHERE user_identity_arn IS NOT NULL OR user_identity_principal_id IS NOT NULL";
        let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, Caller { arn: text(row.get(1)?), id: text(row.get(2)?) })))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// By call: the name of a principal that has no ARN and no unique id.
    fn other_names(&self) -> Result<FxHashMap<i64, Value>, EngineError> {
        let sql =
            "SELECT call_id, coalesce(user_identity_user_name, user_identity_invoked_by, user_identity_type) AS who
                   FROM call WHERE who IS NOT NULL";
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, Value::Text(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn by_who(
        &self,
        selection: &Selection,
        callers: &FxHashMap<i64, Caller>,
    ) -> Result<FxHashMap<Who, Sums>, EngineError> {
        let read = [event::CALLER, event::CALL, event::TIME];
        let is_named = by_number(callers, |caller| caller.is_some())?;
        let (_, fates) = self.fates()?;
        let needs = |number: usize| touched(selection, number).then(|| ColumnSet::of(read));
        let segments = &self.records.segments;
        let each = |sums: &mut FxHashMap<Who, Sums>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut values: [Vec<i64>; 3] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &read, rows, &mut values);
                let [callers, calls, times] = &values;
                for ((caller, call), time) in callers.iter().zip(calls).zip(times) {
                    let fate =
                        usize::try_from(*call).ok().and_then(|call| fates.get(call)).copied().unwrap_or_default();
                    let one = Sums {
                        first: *time,
                        last: *time,
                        records: 1,
                        accepted: u32::from(fate.verdict == Verdict::Accepted),
                        rejected: u32::from(fate.verdict == Verdict::Rejected),
                        ..Sums::default()
                    };
                    let named = usize::try_from(*caller).ok().and_then(|caller| is_named.get(caller)).copied();
                    let who = if named.unwrap_or(false) { [*caller, NULL] } else { [NULL, *call] };
                    sums.entry(who).or_default().add(&one);
                }
            });
            Ok(())
        };
        let states = vec![FxHashMap::default(); self.threads];
        let states = self.sweep(needs, Share::Split, states, each)?;
        let both = |mut all: FxHashMap<Who, Sums>, one: FxHashMap<Who, Sums>| {
            one.iter().for_each(|(who, sums)| all.entry(*who).or_default().add(sums));
            all
        };
        Ok(states.into_iter().reduce(both).unwrap_or_default())
    }
}

/// Who called, as far as it is said by name or unique id.
struct Caller {
    arn: Value,
    id: Value,
}

impl Caller {
    fn who(&self) -> &Value {
        if self.arn == Value::Null { &self.id } else { &self.arn }
    }
}

/// What `of` makes of each number up to the last one, and of what is not there.
fn by_number<V, T>(values: &FxHashMap<i64, V>, of: impl Fn(Option<&V>) -> T) -> Result<Vec<T>, EngineError> {
    let last = values.keys().copied().max().unwrap_or(0);
    let last = i32::try_from(last).ok().filter(|last| (*last as usize) < MOST_IDS).ok_or(EngineError::Unsupported)?;
    Ok((0..=i64::from(last)).map(|number| of(values.get(&number))).collect())
}

/// Ascending, what is absent last.
fn in_order(one: &[Value], other: &[Value]) -> Ordering {
    fn key(value: &Value) -> (bool, &str) {
        match value {
            Value::Text(text) => (false, text.as_str()),
            _ => (true, ""),
        }
    }
    one.iter().map(key).cmp(other.iter().map(key))
}
