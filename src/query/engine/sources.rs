//! The hours in which each source of flow records has records.

use super::compile::MOST_IDS;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, KeyPart, Map, Measures};
use crate::model::{Dataset, FieldId, Home, Value};
use crate::query::Scope;
use crate::query::columns_sql::read_value;
use crate::query::hours::SourceTime;
use crate::query::sort_sql;

const HOUR: i64 = 3600;

impl Engine<'_> {
    /// As `query::hours_of_sources`.
    pub(crate) fn hours_of_sources(&self, fields: &[FieldId]) -> Result<Vec<SourceTime>, EngineError> {
        let (sources, by_id) = self.interface_sources(fields)?;
        let (first, last) = self.records.bounds(flow::START).unwrap_or((0, 0));
        let begin = first.div_euclid(HOUR).checked_mul(HOUR).ok_or(EngineError::Unsupported)?;
        let bins = last.checked_sub(begin).and_then(|span| u32::try_from(span / HOUR + 1).ok());
        let bins = bins.ok_or(EngineError::Unsupported)?;
        let size = u32::try_from(sources.len()).map_err(|_| EngineError::Unsupported)?;
        let map = Map::Table(by_id.into());
        let source = KeyPart { column: flow::INTERFACE, second: None, map, absent: 0, size };
        let parts = vec![source, self.bin_part(begin, HOUR, bins)?];
        let grouping = Grouping::new(parts).ok_or(EngineError::Unsupported)?;
        let selection = self.chosen(&Scope::all(Dataset::Flows).records(Vec::new()))?;
        let groups = self.groups(&selection, &grouping, &Measures::default())?;
        let (bins, mut found) = (u64::from(bins), Vec::with_capacity(groups.slots.len()));
        for slot in groups.slots {
            let (source, bin) = (slot / (bins + 1), slot % (bins + 1));
            found.push((source, (bin < bins).then(|| begin + bin as i64 * HOUR)));
        }
        found.sort_unstable();
        let told = |(source, hour): (u64, Option<i64>)| Some((sources.get(source as usize)?.clone(), hour));
        Ok(found.into_iter().filter_map(told).collect())
    }

    /// The sources that the dictionary of interfaces tells apart by these fields, in order, and the place of each of its
    /// rows among them. The first one is the source of records that name nothing of it.
    fn interface_sources(&self, fields: &[FieldId]) -> Result<(Vec<Vec<Value>>, Vec<u32>), EngineError> {
        if fields.iter().any(|field| field.home != Home::Interface) {
            return Err(EngineError::Unsupported);
        }
        let values: Vec<String> = fields.iter().map(|field| sort_sql::dictionary_value(*field)).collect();
        let values = values.join(", ");
        let sql = format!("SELECT t.interface_id, {values} FROM interface t ORDER BY {values}");
        let mut statement = self.reader.conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let (mut sources, mut by_id) = (vec![vec![Value::Null; fields.len()]], Vec::new());
        while let Some(row) = rows.next()? {
            let read = |(at, field): (usize, &FieldId)| read_value(row, at + 1, Dataset::Flows, field.kind);
            let source: Vec<Value> = fields.iter().enumerate().map(read).collect::<Result<_, _>>()?;
            let id = usize::try_from(row.get::<_, i64>(0)?).ok().filter(|id| *id < MOST_IDS);
            let id = id.ok_or(EngineError::Unsupported)?;
            if sources.last() != Some(&source) {
                sources.push(source);
            }
            if by_id.len() <= id {
                by_id.resize(id + 1, 0);
            }
            by_id[id] = (sources.len() - 1) as u32;
        }
        Ok((sources, by_id))
    }
}
