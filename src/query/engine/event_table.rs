//! All events of a scope with some of their values: the numbers by which they refer to dictionaries, and what these have
//! under them.

use super::compile::MOST_IDS;
use super::groups::touched;
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::case::index::event;
use crate::case::schema::EventDictionary;
use crate::columns::{Bitmap, NULL};
use crate::model::{Home, RecordId, Value};
use crate::query::Scope;
use crate::query::columns_sql::MEMBER_VALUE;
use crate::query::event_source::EventSource;
use crate::query::event_table::{Coded, EventTable, Words};
use rusqlite::Row;
use std::sync::Arc;

/// The chosen events, ascending by id.
#[derive(Clone, Default)]
struct EventNumbers {
    ids: Vec<RecordId>,
    /// Milliseconds; `NULL` where an event has none.
    times: Vec<i64>,
    /// A list for each column that was asked for; 0 where an event refers to nothing.
    numbers: Vec<Vec<u32>>,
}

/// Those of a segment.
#[derive(Clone)]
struct Part {
    segment: usize,
    events: EventNumbers,
}

/// Where more than one of so many rows of a dictionary is asked for, all are read in their order.
const SPARSE: usize = 8;

impl Engine<'_> {
    /// As `query::event_table`.
    pub(crate) fn event_table(&self, scope: &Scope, sources: &[EventSource]) -> Result<EventTable, EngineError> {
        let held: Option<Vec<_>> = sources.iter().map(held).collect();
        let held = held.ok_or(EngineError::Unsupported)?;
        let mut asked: Vec<usize> = held.iter().map(|(_, column)| *column).collect();
        asked.sort_unstable();
        asked.dedup();
        let found = self.event_numbers(scope, &asked)?;
        let numbers: Vec<Arc<Vec<u32>>> = found.numbers.into_iter().map(Arc::new).collect();
        let mut columns = Vec::with_capacity(sources.len());
        for (source, (held, column)) in sources.iter().zip(held) {
            let at = asked.iter().position(|asked| *asked == column);
            let numbers = at.and_then(|at| numbers.get(at)).ok_or(EngineError::Unsupported)?;
            let (mut words, mut by_number) = (Words::default(), Vec::new());
            self.held_values(held, source, numbers, |number, value| {
                if by_number.len() <= number {
                    by_number.resize(number + 1, 0);
                }
                if let Some(place) = by_number.get_mut(number) {
                    *place = words.place(source.value(value));
                }
            })?;
            columns.push(Coded::new(words, by_number, Arc::clone(numbers)));
        }
        Ok(EventTable { ids: found.ids, times: found.times, columns })
    }

    fn event_numbers(&self, scope: &Scope, asked: &[usize]) -> Result<EventNumbers, EngineError> {
        let selection = self.chosen(&scope.records(Vec::new()))?;
        let wanted = ColumnSet::of(asked.iter().copied().chain([event::TIME]));
        let needs = |number: usize| touched(&selection, number).then_some(wanted);
        let (segments, ids) = (&self.records.segments, &self.records.ids);
        let each = |parts: &mut Vec<Part>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut part = EventNumbers { numbers: vec![Vec::new(); asked.len()], ..EventNumbers::default() };
            let (mut read, mut strange) = (Vec::new(), false);
            chosen.blocks(segment.rows as usize, |rows| {
                let id = |row: &u32| ids.id(segment.first_row + row).map(RecordId);
                part.ids.extend(rows.iter().filter_map(id));
                of_rows(columns, event::TIME, rows, &mut read);
                part.times.extend_from_slice(&read);
                for (column, numbers) in asked.iter().zip(&mut part.numbers) {
                    of_rows(columns, *column, rows, &mut read);
                    numbers.extend(read.iter().map(|number| match *number {
                        NULL => 0,
                        number => {
                            u32::try_from(number).ok().filter(|id| (*id as usize) < MOST_IDS).unwrap_or_else(|| {
                                strange = true;
                                0
                            })
                        }
                    }));
                }
            });
            if strange || part.ids.len() != part.times.len() {
                return Err(EngineError::Unsupported);
            }
            parts.push(Part { segment: number, events: part });
            Ok(())
        };
        let states = vec![Vec::new(); self.threads];
        let mut parts: Vec<Part> = self.sweep(needs, Share::Split, states, each)?.into_iter().flatten().collect();
        parts.sort_unstable_by_key(|part| part.segment);
        let mut found = EventNumbers { numbers: vec![Vec::new(); asked.len()], ..EventNumbers::default() };
        for Part { events, .. } in parts {
            found.ids.extend(events.ids);
            found.times.extend(events.times);
            found.numbers.iter_mut().zip(events.numbers).for_each(|(all, more)| all.extend(more));
        }
        Ok(found)
    }

    /// What a dictionary has under these numbers, each number once.
    fn held_values(
        &self,
        held: EventDictionary,
        source: &EventSource,
        numbers: &[u32],
        mut each: impl FnMut(usize, Value),
    ) -> Result<(), EngineError> {
        let last = numbers.iter().max().copied().unwrap_or(0) as usize;
        let wanted = Bitmap::of(numbers.iter().map(|number| *number as usize), last + 1);
        let EventDictionary { table, key, column, .. } = held;
        let value = match source.field.home {
            Home::EventJson(_) if source.steps.is_empty() => MEMBER_VALUE.to_owned(),
            _ => format!("m.\"{column}\""),
        };
        let mut put = |row: &Row<'_>| -> Result<(), EngineError> {
            let number: i64 = row.get(0)?;
            let asked = usize::try_from(number).ok().filter(|number| *number > 0 && wanted.get(*number));
            if let Some(number) = asked {
                each(number, source.read(row, 1)?);
            }
            Ok(())
        };
        let rows = format!("SELECT m.{key}, {value} FROM {table} m WHERE");
        if wanted.count() * SPARSE > last {
            let mut statement = self.reader.conn.prepare_cached(&format!("{rows} m.{key} <= ?"))?;
            let mut rows = statement.query([last as i64])?;
            while let Some(row) = rows.next()? {
                put(row)?;
            }
            return Ok(());
        }
        let mut statement = self.reader.conn.prepare_cached(&format!("{rows} m.{key} = ?"))?;
        for number in wanted.iter() {
            let mut rows = statement.query([number as i64])?;
            if let Some(row) = rows.next()? {
                put(row)?;
            }
        }
        Ok(())
    }
}

/// The dictionary that holds what is read of a source, and the column of its numbers.
fn held(source: &EventSource) -> Option<(EventDictionary, usize)> {
    // A member is kept of userIdentity only where its fields do not say all.
    let held = EventDictionary::of(source.field).filter(|_| source.field.home != Home::EventJson("userIdentity"))?;
    Some((held, event::column_of(&held.reference())?))
}

/// What a column has in these rows, `NULL` where it is not there.
fn of_rows(columns: &Columns, column: usize, rows: &[u32], values: &mut Vec<i64>) {
    match columns.get(column).and_then(Option::as_deref) {
        Some(column) => column.gather(rows, values),
        None => {
            values.clear();
            values.resize(rows.len(), NULL);
        }
    }
}
