//! Everything that the case says about one record.

use super::columns_sql::Columns;
use super::{QueryError, filter_sql};
use crate::case::event_json::EventTexts;
use crate::case::places::{self, Place};
use crate::case::{CaseError, CaseReader, uuid};
use crate::model::{Dataset, FieldId, Format, RecordId, Timestamp, Value, field};
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};

/// One record with its provenance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDetail {
    pub id: RecordId,
    pub dataset: Dataset,
    /// Every field that has a value, in AWS's order.
    pub fields: Vec<(FieldId, Value)>,
    /// Values under names of no field of ours (later versions, foreign formats), by name.
    pub further: Vec<(String, String)>,
    pub evidence_path: String,
    pub format: Option<Format>,
    /// SHA-256 of the evidence file, lowercase hex.
    pub file_sha256: String,
    /// `None` where the format has no places (Parquet).
    pub place: Option<Place>,
    /// An event's own JSON.
    pub json: Option<String>,
    /// The record that this flow record repeats.
    pub duplicate_of: Option<RecordId>,
    /// How often an event was seen, and the occurrence that is shown.
    pub occurrences: Vec<RecordId>,
    /// Other contents that the case has under this eventID: an event, and the names of the fields in which it differs.
    pub conflicts: Vec<(RecordId, Vec<String>)>,
    /// How much this occurrence tells of its event (4: all of it).
    pub completeness: Option<i64>,
}

impl RecordDetail {
    /// Of the field of this name.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field.name() == name).map(|(_, value)| value)
    }

    /// The start of a flow, the time of an event.
    pub fn time(&self) -> Option<Timestamp> {
        let name = match self.dataset {
            Dataset::Flows => "start",
            Dataset::Events => "event_time",
        };
        match self.value(name)? {
            Value::Time(time) => Some(*time),
            _ => None,
        }
    }
}

/// Reads one record. `CaseError::NoSuchRecord` where the case has none at that place.
pub fn record(reader: &CaseReader, id: RecordId) -> Result<RecordDetail, QueryError> {
    let conn = &reader.conn;
    let (path, format, file_sha256) = conn
        .prepare_cached("SELECT path, format, file_sha256 FROM evidence WHERE evidence_id = ?")?
        .query_row([id.evidence().0], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, String>(2)?)))
        .optional()?
        .ok_or_else(|| CaseError::NoSuchRecord(id.to_string()))?;
    let mut detail = RecordDetail {
        id,
        dataset: Dataset::Flows,
        fields: Vec::new(),
        further: Vec::new(),
        evidence_path: path,
        format: Format::from_code(&format),
        file_sha256,
        place: None,
        json: None,
        duplicate_of: None,
        occurrences: Vec::new(),
        conflicts: Vec::new(),
        completeness: None,
    };
    let is_flow = conn.prepare_cached("SELECT 1 FROM flow WHERE id = ?")?.exists([id.0])?;
    if is_flow {
        flow(reader, &mut detail)?
    } else {
        event(reader, &mut detail)?
    }
    Ok(detail)
}

fn flow(reader: &CaseReader, detail: &mut RecordDetail) -> Result<(), QueryError> {
    let conn = &reader.conn;
    detail.fields = present(reader, detail.id, Dataset::Flows)?;
    let extra: Option<Option<String>> = conn
        .prepare_cached("SELECT x.json FROM flow f LEFT JOIN extra x ON x.extra_id = f.extra_id WHERE f.id = ?")?
        .query_row([detail.id.0], |r| r.get(0))
        .optional()?;
    if let Some(Ok(serde_json::Value::Object(map))) = extra.flatten().map(|json| serde_json::from_str(&json)) {
        for (name, value) in map {
            if field::by_name(Dataset::Flows, &name).is_none() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                detail.further.push((name, text));
            }
        }
    }
    detail.duplicate_of = conn
        .prepare_cached("SELECT original_id FROM flow_duplicate WHERE id = ?")?
        .query_row([detail.id.0], |r| r.get(0).map(RecordId))
        .optional()?;
    let (low, _) = places::id_range(detail.id.evidence());
    let chunk: Option<Vec<u8>> = conn
        .prepare_cached("SELECT places FROM flow_chunk WHERE first_id BETWEEN ?1 AND ?2 AND last_id >= ?2 ORDER BY first_id DESC LIMIT 1")?
        .query_row([low, detail.id.0], |r| r.get(0))
        .optional()?;
    if let Some(chunk) = chunk {
        detail.place = places::find(&chunk, detail.id)?.filter(|place| place.len > 0);
    }
    Ok(())
}

fn event(reader: &CaseReader, detail: &mut RecordDetail) -> Result<(), QueryError> {
    let conn = &reader.conn;
    detail.dataset = Dataset::Events;
    let (key, offset, len, completeness) = conn
        .prepare_cached("SELECT event_key, byte_offset, byte_length, completeness FROM event WHERE id = ?")?
        .query_row([detail.id.0], |r| {
            Ok((r.get::<_, i64>(0)?, r.get::<_, u64>(1)?, r.get::<_, u64>(2)?, r.get::<_, i64>(3)?))
        })
        .optional()?
        .ok_or_else(|| CaseError::NoSuchRecord(detail.id.to_string()))?;
    detail.fields = present(reader, detail.id, Dataset::Events)?;
    detail.place = Some(Place { offset, len });
    detail.completeness = Some(completeness);
    detail.json = EventTexts::default().get(conn, detail.id)?.map(str::to_owned);
    let repeated = conn.prepare_cached("SELECT 1 FROM event_choice WHERE event_key = ?")?.exists([key])?;
    if repeated {
        let mut same = conn.prepare_cached("SELECT id FROM event WHERE event_key = ? ORDER BY id")?;
        detail.occurrences = same.query_map(params![key], |r| r.get(0).map(RecordId))?.collect::<Result<_, _>>()?;
    } else {
        detail.occurrences.push(detail.id);
    }
    let mut others = conn.prepare_cached(
        "SELECT CASE WHEN id = ?1 THEN other_id ELSE id END, fields FROM event_conflict WHERE ?1 IN (id, other_id) ORDER BY 1",
    )?;
    let other = |r: &rusqlite::Row<'_>| {
        let fields: String = r.get(1)?;
        Ok((RecordId(r.get(0)?), serde_json::from_str(&fields).unwrap_or_default()))
    };
    detail.conflicts = others.query_map([key], other)?.collect::<Result<_, _>>()?;
    Ok(())
}

fn present(reader: &CaseReader, id: RecordId, dataset: Dataset) -> Result<Vec<(FieldId, Value)>, QueryError> {
    filter_sql::prepare(reader)?;
    let fields: Vec<FieldId> = field::own(dataset).collect();
    let columns = Columns::of(&fields);
    let (table, key) = if dataset == Dataset::Flows { ("flow f", "f.id") } else { ("event e", "e.id") };
    let sql = format!("SELECT {} FROM {table} {} WHERE {key} = ?", columns.list(), columns.joins());
    let values = reader.conn.prepare_cached(&sql)?.query_row([id.0], |row| columns.read(row, 0))?;
    Ok(fields.into_iter().zip(values).filter(|(_, value)| *value != Value::Null).collect())
}

/// Does another copy of each of these events contradict it?
pub fn in_conflict(reader: &CaseReader, ids: &[RecordId]) -> Result<Vec<bool>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT 1 FROM event e WHERE e.id = ?1 AND EXISTS (SELECT 1 FROM event_conflict c WHERE e.event_key IN (c.id, c.other_id))",
    )?;
    ids.iter().map(|id| Ok(statement.exists([id.0])?)).collect()
}

/// Is each of these a record of the dataset?
pub fn known_records(reader: &CaseReader, dataset: Dataset, ids: &[RecordId]) -> Result<Vec<bool>, QueryError> {
    let table = if dataset == Dataset::Flows { "flow" } else { "event" };
    let mut known = reader.conn.prepare_cached(&format!("SELECT 1 FROM {table} WHERE id = ?"))?;
    ids.iter().map(|id| Ok(known.exists([id.0])?)).collect()
}

/// When each of these records is, and which kind it is; `None` for what is no record, or has no time.
pub fn record_times(reader: &CaseReader, ids: &[RecordId]) -> Result<Vec<Option<(Dataset, Timestamp)>>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT 0, start * 1000 FROM flow WHERE id = ?1 AND typeof(start) = 'integer'
         UNION ALL SELECT 1, time_millis FROM event WHERE id = ?1 AND typeof(time_millis) = 'integer'",
    )?;
    let mut time = |id: &RecordId| {
        let found = statement.query_row([id.0], |r| Ok((r.get::<_, i64>(0)?, r.get(1).map(Timestamp)?))).optional()?;
        Ok(found.map(|(kind, time)| (if kind == 0 { Dataset::Flows } else { Dataset::Events }, time)))
    };
    ids.iter().map(&mut time).collect()
}

/// The occurrence that is shown of the event with this eventID.
pub fn event_by_id(reader: &CaseReader, event_id: &str) -> Result<Option<RecordId>, QueryError> {
    let (column, value) = match uuid::bytes(event_id) {
        Some(bytes) => ("event_uuid", Sql::Blob(bytes.to_vec())),
        None => ("event_id", Sql::Text(event_id.to_owned())),
    };
    let mut statement = reader.conn.prepare_cached(&format!(
        "SELECT ifnull((SELECT c.best_id FROM event_choice c WHERE c.event_key = e.event_key), e.event_key)
         FROM event_row e WHERE e.{column} = ? LIMIT 1"
    ))?;
    Ok(statement.query_row([value], |r| r.get(0).map(RecordId)).optional()?)
}
