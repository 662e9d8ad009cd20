//! What is derived from each event, as a table: user and session name, client, result, resources, grants.

use super::definition::{Analysis, Asked, event_of};
use crate::case::CaseReader;
use crate::model::{Dataset, FieldId, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, QueryError, Scope, SortKey, own_field};

pub(super) static EVENT_FIELDS: Analysis =
    Analysis { name: "event-fields", dataset: Dataset::Events, parameters: &[], needs: &[], run, counted };

/// The table's columns, in order; `resources` is made of two fields.
const COLUMNS: [(&str, Unit); 10] = [
    ("event_id", Unit::Text),
    ("event_user_name", Unit::Text),
    ("session_name", Unit::Text),
    ("user_agent_short", Unit::Text),
    ("error_code", Unit::Text),
    ("login_result", Unit::Text),
    ("mfa", Unit::Text),
    ("resources", Unit::Text),
    ("policy_grants", Unit::Text),
    ("foreign_account", Unit::Text),
];

/// What is read of an event.
const FIELDS: [&str; 11] = [
    "event_id",
    "event_user_name",
    "session_name",
    "user_agent_short",
    "error_code",
    "login_result",
    "mfa",
    "resource_type",
    "resource_name",
    "policy_grants",
    "foreign_account",
];

/// Events that are read at once.
const PAGE: usize = 4096;

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let of = |name| own_field(Dataset::Events, name);
    let sort = ["event_time", "event_id"].map(|name| SortKey { field: of(name), descending: false });
    let events = query::rows(reader, &asked.scope.records(sort.to_vec()), cancel)?;
    let fields: Vec<FieldId> = FIELDS.map(of).to_vec();
    let wanted = events.len().min(asked.limit.unwrap_or(usize::MAX));
    let mut rows = Vec::with_capacity(wanted);
    while rows.len() < wanted {
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let ids = events.ids(rows.len()..wanted.min(rows.len() + PAGE));
        if ids.is_empty() {
            break;
        }
        let page = query::page(reader, Dataset::Events, &ids, &fields)?;
        rows.extend(page.into_iter().map(row));
    }
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

fn row(mut values: Vec<Value>) -> Vec<Value> {
    let accounts = values.pop().map(|value| joined(&value));
    let grants = values.pop().map(|value| joined(&value));
    let (names, types) = (values.pop(), values.pop());
    values.push(pairs(&types.unwrap_or(Value::Null), &names.unwrap_or(Value::Null)));
    values.extend([grants, accounts].map(|value| value.unwrap_or(Value::Null)));
    values
}

/// The elements of a list; an element may be absent.
fn elements(list: &Value) -> Vec<Option<String>> {
    match list {
        Value::Text(json) => serde_json::from_str(json).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn joined(list: &Value) -> Value {
    words(elements(list).into_iter().flatten().collect())
}

/// `TYPE=NAME` of each resource.
fn pairs(types: &Value, names: &Value) -> Value {
    // A list of which no element says anything is not there.
    let (mut types, mut names) = (elements(types), elements(names));
    let count = types.len().max(names.len());
    types.resize(count, None);
    names.resize(count, None);
    let pairs = types.into_iter().zip(names);
    words(pairs.map(|(kind, name)| format!("{}={}", kind.unwrap_or_default(), name.unwrap_or_default())).collect())
}

fn words(list: Vec<String>) -> Value {
    if list.is_empty() { Value::Null } else { Value::Text(list.join(" ")) }
}

/// The event, where it has an id.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    event_of(&asked.scope, row.first()?)
}
