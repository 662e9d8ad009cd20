//! The hours in which each source has records, and what the evidence has of them.

use super::compile::MOST_IDS;
use super::dictionary::Dictionary;
use super::groups::touched;
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::case::index::{Table, flow};
use crate::columns::{Fate, Grouping, KeyPart, Map, Measures, Selection, Sweep, Verdict};
use crate::model::{Dataset, EvidenceId, FieldId, RecordId, Value};
use crate::query::Scope;
use crate::query::columns_sql::read_value;
use crate::query::hours::{SourceHour, SourceTime};
use rusqlite::types::ValueRef;
use std::sync::Arc;

const HOUR: i64 = 3600;

/// Hours of sources at most, for which it is looked up which evidence has records: four bytes each for each
/// thread, 64 MiB.
const MOST_SLOTS: u64 = 1 << 24;

/// Sources and hours as a key of records.
struct SourceHours {
    sources: Vec<Vec<Value>>,
    /// The first hour, and how many there are.
    begin: i64,
    hours: u64,
    grouping: Grouping,
}

/// What the rows of a dictionary say of sources.
struct SourcesOfIds {
    /// Names a row of the dictionary.
    column: usize,
    /// In order. The first one is the source of records that name nothing of it.
    sources: Vec<Vec<Value>>,
    /// The place of each row's source among them.
    by_id: Vec<u32>,
}

impl SourceHours {
    /// Source and hour of a slot.
    fn of(&self, slot: u64) -> Option<SourceTime> {
        let (source, hour) = (slot / (self.hours + 1), slot % (self.hours + 1));
        let hour = (hour < self.hours).then(|| self.begin + hour as i64 * HOUR);
        Some((self.sources.get(source as usize)?.clone(), hour))
    }

    /// What puts slots in order: an hour that is none comes first.
    fn place(&self, slot: u64) -> (u64, u64) {
        (slot / (self.hours + 1), (slot + 1) % (self.hours + 1))
    }
}

impl Engine<'_> {
    /// As `query::hours_of_sources`.
    pub(crate) fn hours_of_sources(&self, fields: &[FieldId]) -> Result<Vec<SourceTime>, EngineError> {
        let keys = self.source_keys(fields)?;
        let selection = self.chosen(&Scope::all(self.layout.dataset).records(Vec::new()))?;
        let mut slots = self.groups(&selection, &keys.grouping, &Measures::default())?.slots;
        slots.sort_unstable_by_key(|slot| keys.place(*slot));
        Ok(slots.into_iter().filter_map(|slot| keys.of(slot)).collect())
    }

    /// As `query::source_hours`.
    pub(crate) fn source_hours(&self, scope: &Scope, fields: &[FieldId]) -> Result<Vec<SourceHour>, EngineError> {
        let keys = self.source_keys(fields)?;
        if keys.grouping.slots() > MOST_SLOTS {
            return Err(EngineError::Unsupported);
        }
        let selection = self.chosen(&scope.records(Vec::new()))?;
        let statuses = (self.layout.dataset == Dataset::Flows).then(|| self.statuses()).transpose()?;
        let measures = Measures { fate: statuses.map(|by_id| (flow::DISPOSITION, by_id)), ..Measures::default() };
        let groups = self.groups(&selection, &keys.grouping, &measures)?;
        let evidence = self.slots_of_evidence(&selection, &keys.grouping)?;
        let mut found = Vec::with_capacity(groups.slots.len());
        for (slot, sums) in groups.slots.iter().zip(&groups.sums) {
            let first = evidence.partition_point(|(of, _)| of < slot);
            let evidence = evidence.iter().skip(first).take_while(|(of, _)| of == slot).map(|(_, id)| *id).collect();
            let Some((source, hour)) = keys.of(*slot) else { continue };
            let (no_data, skip_data) = (sums.accepted.into(), sums.rejected.into());
            let hour = SourceHour { source, hour, records: sums.records.into(), no_data, skip_data, evidence };
            found.push((keys.place(*slot), hour));
        }
        found.sort_unstable_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, hour)| hour).collect())
    }

    fn source_keys(&self, fields: &[FieldId]) -> Result<SourceHours, EngineError> {
        let SourcesOfIds { column, sources, by_id } = self.sources(fields)?;
        let (first, last) = self.records.bounds(self.layout.time).unwrap_or((0, 0));
        let (first, last) = (self.layout.seconds(first)?, self.layout.seconds(last)?);
        let begin = first.div_euclid(HOUR).checked_mul(HOUR).ok_or(EngineError::Unsupported)?;
        let hours = last.checked_sub(begin).and_then(|span| u32::try_from(span / HOUR + 1).ok());
        let hours = hours.ok_or(EngineError::Unsupported)?;
        let size = u32::try_from(sources.len()).map_err(|_| EngineError::Unsupported)?;
        let source = KeyPart { column, second: None, map: Map::Table(by_id.into()), absent: 0, size };
        let parts = vec![source, self.bin_part(begin, HOUR, hours)?];
        let grouping = Grouping::new(parts).ok_or(EngineError::Unsupported)?;
        Ok(SourceHours { sources, begin, hours: hours.into(), grouping })
    }

    /// The sources that a dictionary tells apart by these fields.
    fn sources(&self, fields: &[FieldId]) -> Result<SourcesOfIds, EngineError> {
        let held: Option<Vec<Dictionary>> = fields.iter().map(|field| Dictionary::of(*field)).collect();
        let held = held.ok_or(EngineError::Unsupported)?;
        let first = held.first().ok_or(EngineError::Unsupported)?;
        // All of them are to be in one row.
        if held.iter().any(|other| other.column != first.column) {
            return Err(EngineError::Unsupported);
        }
        let mut statement = self.reader.conn.prepare(&first.select_in_order(&held))?;
        let mut rows = statement.query([])?;
        let (mut sources, mut by_id) = (vec![vec![Value::Null; fields.len()]], Vec::new());
        while let Some(row) = rows.next()? {
            let read = |(at, field): (usize, &FieldId)| read_value(row, at + 1, field.dataset, field.kind);
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
        Ok(SourcesOfIds { column: first.column, sources, by_id })
    }

    /// By disposition: is it of NODATA records, which are counted as accepted here, or of SKIPDATA records, as rejected?
    fn statuses(&self) -> Result<Arc<[Fate]>, EngineError> {
        let mut fates = Vec::new();
        let sql = "SELECT disposition_id, log_status FROM disposition WHERE log_status IN ('NODATA', 'SKIPDATA')";
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).ok().filter(|id| *id < MOST_IDS);
            let id = id.ok_or(EngineError::Unsupported)?;
            if fates.len() <= id {
                fates.resize(id + 1, Fate::default());
            }
            let is_no_data = matches!(row.get_ref(1)?, ValueRef::Text(b"NODATA"));
            fates[id].verdict = if is_no_data { Verdict::Accepted } else { Verdict::Rejected };
        }
        Ok(fates.into())
    }

    /// Which evidence has records of which slots, ascending.
    fn slots_of_evidence(
        &self,
        selection: &Selection,
        grouping: &Grouping,
    ) -> Result<Vec<(u64, EvidenceId)>, EngineError> {
        let read = ColumnSet::of(grouping.columns());
        let needs = |number: usize| touched(selection, number).then_some(read);
        let Table { segments, ids } = &*self.records;
        let slots = usize::try_from(grouping.slots()).map_err(|_| EngineError::Unsupported)?;
        let each = |found: &mut Pieces, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let (mut inside, mut evidence) = (0..0, EvidenceId(0));
            grouping.each(&Sweep { columns, chosen, rows: segment.rows as usize }, |row, slot| {
                let row = segment.first_row + row;
                if !inside.contains(&row) {
                    let Some(id) = ids.id(row) else { return };
                    // The rows of one piece of evidence are one after the other.
                    inside = row..ids.rows_below((id | i64::from(u32::MAX)).saturating_add(1));
                    evidence = RecordId(id).evidence();
                    found.pieces += 1;
                }
                found.meets(slot, evidence);
            });
            Ok(())
        };
        let states = vec![Pieces { found: Vec::new(), last: vec![0; slots], pieces: 0 }; self.threads];
        let found = self.sweep(needs, Share::Split, states, each)?;
        let mut found: Vec<_> = found.into_iter().flat_map(|pieces| pieces.found).collect();
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// Slots of pieces of evidence, each once, whatever the number of pieces.
#[derive(Clone)]
struct Pieces {
    found: Vec<(u64, EvidenceId)>,
    /// By slot the number of the last piece that has it.
    last: Vec<u32>,
    /// How many pieces were looked at: the number of this one.
    pieces: u32,
}

impl Pieces {
    fn meets(&mut self, slot: u64, evidence: EvidenceId) {
        let last = self.last.get_mut(slot as usize);
        if let Some(last) = last.filter(|last| **last != self.pieces) {
            *last = self.pieces;
            self.found.push((slot, evidence));
        }
    }
}
