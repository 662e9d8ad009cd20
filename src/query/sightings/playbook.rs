//! The playbook's directional view: rows whose destination is an indicator and rows whose source is one, joined with UNION
//! ALL, so that a row with both appears twice.
//!
//! The playbook calls what goes to the indicator INBOUND, with the source as the connecting address, and what comes from it
//! OUTBOUND: its word is seen from the threat's side. Our own words say the same without a side: to and from the IOC.

use crate::case::CaseReader;
use crate::filter::{Check, Filter, Target};
use crate::model::{Dataset, FieldId, RecordId, Value};
use crate::query::rows::{page, rows};
use crate::query::scope::{Scope, own_field};
use crate::query::{Cancel, QueryError};
use std::cmp::Ordering;
use std::ops::Range;

/// The playbook's columns in its order.
pub const PLAYBOOK_COLUMNS: [&str; 15] = [
    "account",
    "interfaceid",
    "source",
    "destination",
    "direction",
    "connecting_ip",
    "connecting_port",
    "protocol",
    "numpackets",
    "numbytes",
    "action",
    "logstatus",
    "starttime",
    "endtime",
    "sessiontime",
];

/// The fields that the view is made of, in the order of `Values`.
const FIELDS: [&str; 13] = [
    "account_id",
    "interface_id",
    "srcaddr",
    "srcport",
    "dstaddr",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "action",
    "log_status",
    "start",
    "end",
];

/// Rows that are looked up at once.
const PAGE: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaybookDirection {
    /// The destination is the indicator.
    ToIoc,
    /// The source is the indicator.
    FromIoc,
}

impl PlaybookDirection {
    /// The playbook's word.
    pub fn playbook(self) -> &'static str {
        match self {
            PlaybookDirection::ToIoc => "INBOUND",
            PlaybookDirection::FromIoc => "OUTBOUND",
        }
    }

    /// The field that holds the indicator, and that of the connecting address.
    fn sides(self) -> (&'static str, &'static str) {
        match self {
            PlaybookDirection::ToIoc => ("dstaddr", "srcaddr"),
            PlaybookDirection::FromIoc => ("srcaddr", "dstaddr"),
        }
    }

    /// Our own.
    pub fn plain(self) -> &'static str {
        match self {
            PlaybookDirection::ToIoc => "to IOC",
            PlaybookDirection::FromIoc => "from IOC",
        }
    }
}

/// Of these flow records.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlaybookQuery {
    pub scope: Scope,
}

impl PlaybookQuery {
    /// Of all flow records, each once.
    pub fn all() -> Self {
        Self { scope: Scope::all(Dataset::Flows) }
    }
}

/// The view's rows in its order: starttime, endtime, sessiontime, interfaceid, connecting_ip, direction; then by record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaybookTable {
    pub rows: Vec<(RecordId, PlaybookDirection)>,
}

/// A row with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaybookRow {
    pub record: RecordId,
    pub direction: PlaybookDirection,
    /// By `PLAYBOOK_COLUMNS`.
    pub values: Vec<Value>,
}

fn fields() -> Vec<FieldId> {
    FIELDS.iter().map(|name| own_field(Dataset::Flows, name)).collect()
}

/// The view's rows.
///
/// # Errors
/// The scope is not of flow records, or what SQLite says.
pub fn playbook(reader: &CaseReader, query: &PlaybookQuery, cancel: &Cancel) -> Result<PlaybookTable, QueryError> {
    if query.scope.dataset != Dataset::Flows {
        return Err(QueryError::Filter("the playbook's view is available for flow records only".to_owned()));
    }
    let mut keyed: Vec<(OrderKey, RecordId, PlaybookDirection)> = Vec::new();
    for direction in [PlaybookDirection::ToIoc, PlaybookDirection::FromIoc] {
        let (indicator, connecting) = direction.sides();
        let filter = Filter::test(Target::Field(own_field(Dataset::Flows, indicator)), Check::InIndicators);
        let set = rows(reader, &query.scope.and(filter).records(Vec::new()), cancel)?;
        let ids: Vec<RecordId> = set.iter().collect();
        // In the order of the table, and no more than the order asks for.
        let order = ["start", "end", "interface_id", connecting].map(|name| own_field(Dataset::Flows, name));
        for ids in ids.chunks(PAGE) {
            if cancel.is_cancelled() {
                return Err(QueryError::Cancelled);
            }
            let values = page(reader, Dataset::Flows, ids, &order)?;
            keyed.extend(ids.iter().zip(values).map(|(id, values)| (OrderKey::of(&values), *id, direction)));
        }
    }
    keyed.sort_unstable_by(|a, b| a.0.order(&b.0).then(a.2.playbook().cmp(b.2.playbook())).then(a.1.cmp(&b.1)));
    Ok(PlaybookTable { rows: keyed.into_iter().map(|(_, id, direction)| (id, direction)).collect() })
}

/// What rows are ordered by; absent values come last, as in Athena.
struct OrderKey {
    start: Option<i64>,
    end: Option<i64>,
    interface: Option<String>,
    connecting: Option<String>,
}

fn millis(value: Option<&Value>) -> Option<i64> {
    match value {
        Some(Value::Time(time)) => Some(time.0),
        _ => None,
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.filter(|value| **value != Value::Null).map(Value::to_text)
}

fn absent_last<T: Ord>(a: &Option<T>, b: &Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

impl OrderKey {
    /// Of these four.
    fn of(values: &[Value]) -> Self {
        Self {
            start: millis(values.first()),
            end: millis(values.get(1)),
            interface: text(values.get(2)),
            connecting: text(values.get(3)),
        }
    }

    /// Rows of the same start and end have the same session time.
    fn order(&self, other: &Self) -> Ordering {
        absent_last(&self.start, &other.start)
            .then(absent_last(&self.end, &other.end))
            .then(absent_last(&self.interface, &other.interface))
            .then(absent_last(&self.connecting, &other.connecting))
    }
}

/// The values of the rows at these places.
pub fn playbook_rows(
    reader: &CaseReader,
    table: &PlaybookTable,
    places: Range<usize>,
) -> Result<Vec<PlaybookRow>, QueryError> {
    let chosen = table.rows.get(places.start..places.end.min(table.rows.len())).unwrap_or_default();
    let ids: Vec<RecordId> = chosen.iter().map(|(id, _)| *id).collect();
    let pages = page(reader, Dataset::Flows, &ids, &fields())?;
    Ok(chosen
        .iter()
        .zip(pages)
        .map(|((record, direction), values)| PlaybookRow {
            record: *record,
            direction: *direction,
            values: columns(&values, *direction),
        })
        .collect())
}

fn columns(values: &[Value], direction: PlaybookDirection) -> Vec<Value> {
    let value = |at: usize| values.get(at).cloned().unwrap_or(Value::Null);
    let end_point = |at: usize| match (text(values.get(at)), text(values.get(at + 1))) {
        (Some(address), Some(port)) => Value::Text(format!("{address}:{port}")),
        // As in SQL: what is joined with nothing is nothing.
        _ => Value::Null,
    };
    let connecting = if direction == PlaybookDirection::ToIoc { 2 } else { 4 };
    let session = millis(values.get(11)).zip(millis(values.get(12)));
    let session = session.map_or(Value::Null, |(start, end)| Value::Integer(end.saturating_sub(start) / 1000));
    vec![
        value(0),
        value(1),
        end_point(2),
        end_point(4),
        Value::Text(direction.playbook().to_owned()),
        value(connecting),
        value(connecting + 1),
        value(6),
        value(7),
        value(8),
        value(9),
        value(10),
        value(11),
        value(12),
        session,
    ]
}
