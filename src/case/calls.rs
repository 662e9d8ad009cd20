//! Table `call`: what of an event repeats, as one tuple.

use super::error::CaseError;
use super::{schema, structure};
use crate::model::batch::ColumnValues;
use crate::model::{FieldId, Home, Kind, field};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use rustc_hash::FxHashMap;

/// The case's tuples in memory while it is written.
pub(super) struct CallTable {
    /// Fields of the tuple, and the place of each among an event's columns.
    fields: Vec<(usize, FieldId)>,
    calls: FxHashMap<Box<[u8]>, Call>,
    count: u32,
    /// Of the tuple that is looked up.
    key: Vec<u8>,
    insert: String,
}

/// The number of a tuple, and whether it is that of a five-minute summary, which is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub id: u32,
    pub is_aggregated: bool,
}

impl CallTable {
    /// Reads what the case already holds.
    pub(super) fn load(conn: &Connection) -> Result<Self, CaseError> {
        let mut fields: Vec<(usize, FieldId)> =
            field::event_columns().enumerate().filter(|(_, f)| matches!(f.home, Home::Call(_))).collect();
        // A case that is being brought up may lack the fields of later versions.
        let there = structure::columns(conn, "call")?;
        fields.retain(|(_, field)| there.iter().any(|column| column.name == schema::column(*field)));
        let names: Vec<&str> = fields.iter().map(|(_, f)| schema::column(*f)).collect();
        let marks = vec!["?"; fields.len() + 1].join(",");
        let insert = format!("INSERT INTO call (call_id, {}) VALUES ({marks})", names.join(","));
        let mut this = Self { fields, calls: FxHashMap::default(), count: 0, key: Vec::new(), insert };
        let mut statement = conn.prepare(&format!("SELECT call_id, {} FROM call", names.join(",")))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut call = Call { id: row.get(0)?, is_aggregated: false };
            this.key.clear();
            for (index, (_, field)) in this.fields.iter().enumerate() {
                let number;
                let text = match row.get_ref(index + 1)? {
                    ValueRef::Text(text) => Some(std::str::from_utf8(text).unwrap_or_default()),
                    ValueRef::Integer(value) => {
                        number = if value != 0 { "true" } else { "false" };
                        Some(number)
                    }
                    ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => None,
                };
                call.is_aggregated |= is_category(*field) && text == Some(AGGREGATED);
                push(&mut this.key, *field, text);
            }
            this.calls.insert(this.key.as_slice().into(), call);
            this.count = this.count.max(call.id);
        }
        Ok(this)
    }

    /// The number of an event's tuple; a new one is written.
    pub(super) fn intern(&mut self, conn: &Connection, columns: ColumnValues<'_>) -> Result<Call, CaseError> {
        self.key.clear();
        for (place, field) in &self.fields {
            push(&mut self.key, *field, columns.get(*place));
        }
        match self.calls.get(self.key.as_slice()) {
            Some(&call) => Ok(call),
            None => self.add(conn, columns),
        }
    }

    fn add(&mut self, conn: &Connection, columns: ColumnValues<'_>) -> Result<Call, CaseError> {
        self.count += 1;
        let mut call = Call { id: self.count, is_aggregated: false };
        let mut values = Vec::with_capacity(self.fields.len() + 1);
        values.push(Value::Integer(i64::from(self.count)));
        for (place, field) in &self.fields {
            let text = columns.get(*place);
            call.is_aggregated |= is_category(*field) && text == Some(AGGREGATED);
            values.push(match field.kind {
                Kind::Boolean => text.and_then(boolean).map_or(Value::Null, |value| Value::Integer(i64::from(value))),
                _ => text.map_or(Value::Null, |text| Value::Text(text.to_owned())),
            });
        }
        conn.prepare_cached(&self.insert)?.execute(params_from_iter(values))?;
        self.calls.insert(self.key.as_slice().into(), call);
        Ok(call)
    }
}

const AGGREGATED: &str = "Aggregated";

fn is_category(field: FieldId) -> bool {
    field.name == "event_category"
}

/// A value behind its length, so that no two tuples have one key.
fn push(key: &mut Vec<u8>, field: FieldId, text: Option<&str>) {
    let text = match field.kind {
        Kind::Boolean => text.and_then(boolean).map(|value| if value { "1" } else { "0" }),
        _ => text,
    };
    let Some(text) = text else { return key.push(0xff) };
    match u8::try_from(text.len()) {
        Ok(len) if len < 0xfe => key.push(len),
        _ => {
            key.push(0xfe);
            key.extend_from_slice(&(text.len() as u64).to_le_bytes());
        }
    }
    key.extend_from_slice(text.as_bytes());
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}
