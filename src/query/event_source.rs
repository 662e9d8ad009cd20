//! Where the value of a target is that an event has at most once: a field, or the end of a path inside a member.

use super::QueryError;
use super::columns_sql::{Columns, of_event, read_value};
use crate::filter::{Step, Target, json};
use crate::model::{Dataset, FieldId, Home, Value, field};
use rusqlite::Row;

#[derive(Clone, Debug)]
pub(super) struct EventSource {
    pub field: FieldId,
    /// Inside a member that is JSON: the steps to the value.
    pub steps: Vec<Step>,
}

impl EventSource {
    /// # Errors
    /// It is neither a field of events nor a path into a member.
    pub(super) fn of(target: &Target) -> Result<Self, QueryError> {
        let found = match target {
            Target::Field(field) if field.dataset == Dataset::Events => Some(Self { field: *field, steps: Vec::new() }),
            Target::Path(path) => path.steps().split_first().and_then(|(first, rest)| {
                let Step::Key(root) = first else { return None };
                let is_member = |field: &FieldId| matches!(field.home, Home::EventJson(name) if *name == **root);
                Some(Self { field: field::of(Dataset::Events).find(is_member)?, steps: rest.to_vec() })
            }),
            _ => None,
        };
        found.ok_or_else(|| QueryError::Filter(format!("{target} is neither a field of events nor a path in one")))
    }

    /// The value that is meant, out of what `sql` reads.
    pub(super) fn value(&self, read: Value) -> Value {
        match read {
            Value::Text(json) if !self.steps.is_empty() => inside(&json, &self.steps).map_or(Value::Null, Value::Text),
            value => value,
        }
    }

    /// What is read of an event `e`: the value of the field, or of a path the member that it leads into.
    pub(super) fn sql(&self) -> String {
        match self.field.home {
            Home::EventJson(name) if name != "userIdentity" && !self.steps.is_empty() => of_event(self.field, "m.json"),
            _ => Columns::of(&[self.field]).list(),
        }
    }

    /// Tables that the statements of some sources need.
    pub(super) fn joins(sources: &[Self]) -> String {
        Columns::of(&sources.iter().map(|source| source.field).collect::<Vec<_>>()).joins()
    }

    /// Reads what `sql` selects.
    pub(super) fn read(&self, row: &Row<'_>, at: usize) -> rusqlite::Result<Value> {
        read_value(row, at, Dataset::Events, self.field.kind)
    }
}

/// The value at the end of a path as text; several are joined, null is none.
pub(super) fn inside(json: &str, steps: &[Step]) -> Option<String> {
    let text = |written: &str| serde_json::from_str::<String>(written).unwrap_or_else(|_| written.to_owned());
    let found = json::values(json, steps).into_iter().map(|value| value.get()).filter(|written| *written != "null");
    let texts: Vec<String> = found.map(text).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::target_named;

    #[test]
    fn fields_and_paths_into_members_have_a_place() {
        let source = |name: &str| EventSource::of(&target_named(Dataset::Events, name).unwrap());
        let place = |name: &str| source(name).map(|source| (source.field.name(), source.steps.len())).ok();
        assert_eq!(place("event_name"), Some(("event_name", 0)));
        assert_eq!(place("requestParameters.bucketName"), Some(("request_parameters", 1)));
        assert_eq!(place("$.other.x"), None);
        assert_eq!(place("any"), None);
        let value = |json: &str| source("requestParameters.a.b").unwrap().value(Value::Text(json.into())).to_text();
        let values =
            [r#"{"a":{"b":"x\u0020y"}}"#, r#"{"a":[{"b":1},{"b":null},{"b":true}]}"#, r#"{"a":{"b":null}}"#, "{"];
        assert_eq!(values.map(value), ["x y", "1, true", "", ""]);
    }
}
