//! Rows in groups of equal values, in the order of these values, as SQLite would sort them.

use super::source::{Flows, Source};
use crate::case::index::flow;
use rusqlite::Result;
use rusqlite::types::Value;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// A column by which rows are wanted together.
pub(super) struct Wanted {
    pub column: usize,
    pub descending: bool,
}

/// Equal values of a dictionary have one code; 0 is an absent value.
struct Codes {
    by_id: Vec<u32>,
    /// By code.
    values: Vec<Value>,
}

/// No value, among codes.
const ABSENT: i64 = i64::MIN;

struct Key {
    source: Source,
    descending: bool,
    /// Of a dictionary's column.
    codes: Option<Codes>,
    /// Groups by the group of the columns before and the code of this one.
    groups: FxHashMap<(u32, i64), u32>,
    /// Of each group: that of the columns before, and the code.
    members: Vec<(u32, i64)>,
}

pub(super) struct Grouping {
    keys: Vec<Key>,
    /// Rows and their groups.
    rows: Vec<(u32, u32)>,
}

impl Grouping {
    pub(super) fn new(flows: &Flows, wanted: &[Wanted]) -> Result<Self> {
        let mut keys = Vec::new();
        for Wanted { column, descending } in wanted {
            let Some(of) = flows.columns.get(*column) else { continue };
            let codes = match of.source {
                Source::Tuple(_) => Some(codes(flows.tuple(*column)?, flows.dashes && of.is_text)),
                _ => None,
            };
            let (source, descending) = (of.source, *descending);
            keys.push(Key { source, descending, codes, groups: FxHashMap::default(), members: Vec::new() });
        }
        Ok(Self { keys, rows: Vec::new() })
    }

    pub(super) fn push(
        &mut self,
        flows: &Flows,
        row: u32,
        id: i64,
        number: impl Fn(usize) -> Result<Option<i64>>,
    ) -> Result<()> {
        let mut group = 0;
        for key in &mut self.keys {
            let code = match key.source {
                Source::Evidence => id >> 32,
                Source::Duplicate => number(flow::DUPLICATE)?.unwrap_or(0),
                Source::Number(column) => number(column)?.unwrap_or(ABSENT),
                Source::Address(pair, side) => flows.address_of_pair(number(pair)?, side)? as i64,
                Source::Tuple(column) => {
                    let id = number(column)?.and_then(|id| usize::try_from(id).ok());
                    let by_id = key.codes.as_ref().map(|codes| &codes.by_id);
                    by_id.zip(id).and_then(|(by_id, id)| by_id.get(id)).copied().unwrap_or(0).into()
                }
                Source::Position | Source::End | Source::Extra | Source::ExtraJson => 0,
            };
            let next = key.members.len() as u32;
            let members = &mut key.members;
            group = *key.groups.entry((group, code)).or_insert_with(|| {
                members.push((group, code));
                next
            });
        }
        self.rows.push((row, group));
        Ok(())
    }

    /// The rows, group by group; those of a group in their own order.
    pub(super) fn finish(self, flows: &Flows) -> Result<Vec<u32>> {
        let Some(last) = self.keys.last() else { return Ok(self.rows.into_iter().map(|(row, _)| row).collect()) };
        // The codes of each group, the first column's first.
        let mut groups: Vec<(Vec<i64>, u32)> = Vec::with_capacity(last.members.len());
        for group in 0..last.members.len() as u32 {
            let (mut at, mut codes) = (group, Vec::with_capacity(self.keys.len()));
            for key in self.keys.iter().rev() {
                let (before, code) = key.members.get(at as usize).copied().unwrap_or_default();
                codes.push(code);
                at = before;
            }
            codes.reverse();
            groups.push((codes, group));
        }
        // Addresses are loaded before they are compared.
        if self.keys.iter().any(|key| matches!(key.source, Source::Address(..))) {
            flows.address(0)?;
        }
        groups.sort_by(|(a, _), (b, _)| {
            let orders = self.keys.iter().zip(a.iter().zip(b)).map(|(key, (a, b))| key.order(flows, *a, *b));
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        let mut places = vec![0usize; groups.len()];
        let mut counts = vec![0usize; groups.len()];
        for (_, group) in &self.rows {
            if let Some(count) = counts.get_mut(*group as usize) {
                *count += 1;
            }
        }
        let mut at = 0;
        for (_, group) in &groups {
            if let (Some(place), Some(count)) = (places.get_mut(*group as usize), counts.get(*group as usize)) {
                *place = at;
                at += count;
            }
        }
        let mut rows = vec![0; self.rows.len()];
        for (row, group) in &self.rows {
            if let Some(place) = places.get_mut(*group as usize)
                && let Some(slot) = rows.get_mut(*place)
            {
                *slot = *row;
                *place += 1;
            }
        }
        Ok(rows)
    }
}

impl Key {
    /// The order of two codes by what they stand for: absent ones first, then numbers, then texts.
    fn order(&self, flows: &Flows, a: i64, b: i64) -> Ordering {
        let order = match (self.source, &self.codes) {
            (Source::Tuple(_), Some(codes)) => {
                let value = |code: i64| usize::try_from(code).ok().and_then(|code| codes.values.get(code));
                compared(value(a), value(b))
            }
            (Source::Address(..), _) => {
                let absent = if flows.dashes { Some("-") } else { None };
                let text = |id: i64| {
                    let found = usize::try_from(id).ok().and_then(|id| flows.address(id).ok().flatten());
                    found.or(absent)
                };
                text(a).cmp(&text(b))
            }
            _ => a.cmp(&b),
        };
        if self.descending { order.reverse() } else { order }
    }
}

fn compared(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let rank = |value: Option<&Value>| match value {
        None | Some(Value::Null) => 0,
        Some(Value::Integer(_) | Value::Real(_)) => 1,
        Some(Value::Text(_)) => 2,
        Some(Value::Blob(_)) => 3,
    };
    match (a, b) {
        (Some(Value::Integer(a)), Some(Value::Integer(b))) => a.cmp(b),
        (Some(Value::Text(a)), Some(Value::Text(b))) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// With `dash`, an absent text is '-'.
fn codes(values: &[Value], dash: bool) -> Codes {
    let absent = if dash { Value::Text("-".to_owned()) } else { Value::Null };
    let mut known: FxHashMap<String, u32> = FxHashMap::default();
    let mut list = Vec::new();
    let mut code = |value: &Value| {
        let written = match value {
            Value::Null => String::new(),
            Value::Integer(number) => format!("i{number}"),
            Value::Real(number) => format!("r{number}"),
            Value::Text(text) => format!("t{text}"),
            Value::Blob(bytes) => format!("b{bytes:?}"),
        };
        *known.entry(written).or_insert_with(|| {
            list.push(value.clone());
            list.len() as u32 - 1
        })
    };
    code(&absent);
    let by_id = values.iter().map(|value| code(if *value == Value::Null { &absent } else { value })).collect();
    Codes { by_id, values: list }
}
