//! Tables that hold what records say once, under the numbers that columns hold.

use super::compile::MOST_IDS;
use super::order::{NO_RANK, put};
use super::{Engine, EngineError};
use crate::case::index::{event, flow};
use crate::case::schema::EventDictionary;
use crate::model::{FieldId, Home, Kind, Value};
use crate::query::columns_sql::read_value;
use crate::query::sort_sql;
use rusqlite::{OptionalExtension, Row};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where a field's values are, each under a number that a column of the records holds.
pub(in crate::query) struct Dictionary {
    pub field: FieldId,
    pub column: usize,
    /// SQL's names of the table, which is called `t`, and of its number.
    table: &'static str,
    id: &'static str,
    /// SQL of the value, and of what it sorts by.
    value: String,
    order: String,
}

impl Dictionary {
    /// `None` for fields that are in none.
    pub(super) fn of(field: FieldId) -> Option<Self> {
        let (table, id, column) = match field.home {
            Home::Interface => ("interface", "interface_id", flow::INTERFACE),
            Home::Disposition => ("disposition", "disposition_id", flow::DISPOSITION),
            Home::Extra => ("extra", "extra_id", flow::EXTRA),
            Home::Call(_) | Home::Event(_) | Home::Derived => return Self::of_events(field),
            _ => return None,
        };
        let value = sort_sql::dictionary_value(field);
        Some(Self { field, column, table, id, order: value.clone(), value })
    }

    fn of_events(field: FieldId) -> Option<Self> {
        // Members are nearly as many as events, and most of them are no value of this field: they are asked by SQL.
        let held = EventDictionary::of(field).filter(|held| held.table != "member")?;
        let column = event::column_of(&held.reference())?;
        let value = format!("t.\"{}\"", held.column);
        let order = match field.kind {
            Kind::Address => format!("ifnull(t.source_ip_key, {value})"),
            Kind::Time => format!("coldtrail_millis({value})"),
            _ => value.clone(),
        };
        Some(Self { field, column, table: held.table, id: held.key, value, order })
    }

    /// SQL of the numbers of its rows with the values of some fields that are in it too, in the order of these.
    pub(super) fn select_in_order(&self, fields: &[Self]) -> String {
        let values: Vec<&str> = fields.iter().map(|field| field.value.as_str()).collect();
        let values = values.join(", ");
        format!("SELECT t.{}, {values} FROM {} t ORDER BY {values}", self.id, self.table)
    }
}

impl Engine<'_> {
    /// Rank by number; values that sort as equals have equal ranks.
    pub(super) fn dictionary_ranks(&self, dictionary: &Dictionary) -> Result<Arc<Vec<u32>>, EngineError> {
        self.ranks_by(dictionary, &dictionary.order)
    }

    /// The same with a rank for each value of its own.
    pub(super) fn distinct_ranks(&self, dictionary: &Dictionary) -> Result<Arc<Vec<u32>>, EngineError> {
        let Dictionary { value, order, .. } = dictionary;
        if value == order {
            self.ranks_by(dictionary, order)
        } else {
            self.ranks_by(dictionary, &format!("{order}, {value}"))
        }
    }

    fn ranks_by(&self, dictionary: &Dictionary, order: &str) -> Result<Arc<Vec<u32>>, EngineError> {
        let Dictionary { field, table, id, order: present, .. } = dictionary;
        let sql = format!("SELECT ifnull(max(t.{id}), 0) FROM {table} t");
        let last: i64 = self.reader.conn.prepare_cached(&sql)?.query_row([], |r| r.get(0))?;
        let name = format!("rank of {:?} {} by {order}", field.dataset, field.name());
        self.reader.cache.derived(&name, last, || {
            let sql = format!(
                "SELECT t.{id}, dense_rank() OVER (ORDER BY {order}) - 1 FROM {table} t
                 WHERE {present} IS NOT NULL"
            );
            let mut ranks = Vec::new();
            let mut statement = self.reader.conn.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                put(&mut ranks, row.get(0)?, row.get(1)?)?;
            }
            let bytes = ranks.len() * 4;
            Ok((ranks, bytes))
        })
    }

    /// The value under a number; `Null` where the dictionary does not have it.
    pub(super) fn dictionary_value(&self, dictionary: &Dictionary, number: i64) -> Result<Value, EngineError> {
        let Dictionary { field, table, id, value, .. } = dictionary;
        let sql = format!("SELECT {value} FROM {table} t WHERE t.{id} = ?");
        let mut statement = self.reader.conn.prepare_cached(&sql)?;
        let found = statement.query_row([number], |row| read_value(row, 0, field.dataset, field.kind)).optional()?;
        Ok(found.unwrap_or(Value::Null))
    }

    /// Every value by its number.
    pub(super) fn numbered_values(&self, dictionary: &Dictionary) -> Result<FxHashMap<i64, Value>, EngineError> {
        let Dictionary { field, table, id, value, .. } = dictionary;
        let sql = format!("SELECT t.{id}, {value} FROM {table} t");
        let mut statement = self.reader.conn.prepare_cached(&sql)?;
        let pair = |row: &Row<'_>| Ok((row.get(0)?, read_value(row, 1, field.dataset, field.kind)?));
        let found = statement.query_map([], pair)?.collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// By value: what `of` says of one of its numbers.
    pub(super) fn dictionary_values(
        &self,
        dictionary: &Dictionary,
        of: impl Fn(usize) -> u32,
    ) -> Result<FxHashMap<Value, u32>, EngineError> {
        let slot = |(number, value): (i64, Value)| {
            let number = usize::try_from(number).ok().filter(|id| *id < MOST_IDS).ok_or(EngineError::Unsupported)?;
            Ok((value, of(number)))
        };
        self.numbered_values(dictionary)?.into_iter().map(slot).collect()
    }
}

/// Ranks as numbers of groups: by id, how many there are, and an id of each. What has no rank is the group behind them.
pub(super) struct RankGroups {
    pub by_id: Vec<u32>,
    pub none: u32,
    pub examples: Vec<i64>,
}

impl RankGroups {
    pub(super) fn of(ranks: &[u32]) -> Self {
        let none = ranks.iter().filter(|rank| **rank != NO_RANK).max().map_or(0, |greatest| greatest + 1);
        let mut examples = vec![0; none as usize];
        let mut by_id = Vec::with_capacity(ranks.len());
        for (id, rank) in ranks.iter().enumerate() {
            by_id.push(if *rank == NO_RANK { none } else { *rank });
            if let Some(example) = examples.get_mut(*rank as usize) {
                *example = id as i64;
            }
        }
        Self { by_id, none, examples }
    }
}
