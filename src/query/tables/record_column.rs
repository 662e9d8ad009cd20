//! What a table of records can show besides whole fields.

use crate::model::{Dataset, FieldId, Unit, Value, field};

/// A column of a table of records.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RecordColumn {
    /// The record's own name in the case.
    Ref,
    /// The number of its evidence file.
    Evidence,
    /// Its place in that file, from 1.
    Position,
    /// Is there another copy of the event that contradicts it?
    Conflict,
    Field(&'static str),
    Inside(Inside),
    /// A further value of a flow record, by its name in the log.
    Extra(String),
}

/// A value inside a JSON field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inside {
    pub name: &'static str,
    pub field: &'static str,
    /// RFC 6901.
    pub pointer: &'static str,
}

impl RecordColumn {
    pub fn name(&self) -> String {
        match self {
            RecordColumn::Ref => "ref".to_owned(),
            RecordColumn::Evidence => "evidence".to_owned(),
            RecordColumn::Position => "position".to_owned(),
            RecordColumn::Conflict => "conflict".to_owned(),
            RecordColumn::Field(name) | RecordColumn::Inside(Inside { name, .. }) => (*name).to_owned(),
            RecordColumn::Extra(key) => format!("extra.{key}"),
        }
    }

    /// The field that it is read from.
    pub fn field(&self, dataset: Dataset) -> Option<FieldId> {
        match self {
            RecordColumn::Field(name) | RecordColumn::Inside(Inside { field: name, .. }) => {
                field::by_name(dataset, name)
            }
            _ => None,
        }
    }

    pub fn unit(&self, dataset: Dataset) -> Unit {
        match self {
            RecordColumn::Ref => Unit::Record,
            RecordColumn::Evidence | RecordColumn::Position => Unit::Number,
            RecordColumn::Conflict => Unit::Boolean,
            RecordColumn::Field(_) => self.field(dataset).map_or(Unit::Text, Unit::of),
            RecordColumn::Inside(_) | RecordColumn::Extra(_) => Unit::Text,
        }
    }
}

impl Inside {
    /// What is there in the field's value; nothing where that is no JSON or has no such member.
    pub fn value(self, of: &Value) -> Value {
        let Value::Text(text) = of else { return Value::Null };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return Value::Null };
        match json.pointer(self.pointer) {
            None | Some(serde_json::Value::Null) => Value::Null,
            Some(serde_json::Value::String(text)) => Value::Text(text.clone()),
            Some(serde_json::Value::Bool(value)) => Value::Boolean(*value),
            Some(other) => Value::Text(other.to_string()),
        }
    }
}
