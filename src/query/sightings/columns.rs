//! What the tables of sightings and of the playbook's view show: their columns, and the value of each.

use super::{By, PLAYBOOK_COLUMNS, PlaybookDirection, PlaybookRow, SightingRow};
use crate::query::Value;

/// The row at a place, whatever it stands for.
#[derive(Clone, Copy, Debug)]
pub enum SightedRow<'a> {
    Sighting(&'a SightingRow),
    Playbook(&'a PlaybookRow),
}

/// The columns of sightings; `sighting_value` gives what stands in them.
pub fn sighting_columns(by: By) -> &'static [&'static str] {
    match by {
        By::Indicator => &[
            "indicator",
            "kind",
            "list",
            "comment",
            "severity",
            "flows",
            "events",
            "mentions",
            "outside",
            "hosts",
            "principals",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
        ],
        By::Host => &[
            "host",
            "internal",
            "indicators",
            "flows",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
        ],
        By::List => &[
            "list",
            "entries",
            "entries_seen",
            "flows",
            "events",
            "mentions",
            "outside",
            "principals",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
            "sha256",
        ],
    }
}

/// What a row shows in a column.
pub fn sighting_value(row: SightedRow<'_>, column: &str) -> Value {
    let row = match row {
        SightedRow::Sighting(row) => row,
        SightedRow::Playbook(row) => {
            return match PLAYBOOK_COLUMNS.into_iter().position(|name| name == column) {
                Some(at) => row.values.get(at).cloned().unwrap_or(Value::Null),
                None => Value::Text(row.direction.plain().to_owned()),
            };
        }
    };
    let said = |column: &str| Some(row.value(column)).filter(|value| *value != Value::Text(String::new()));
    // Without a comment, what the entry is called.
    let called = || said("name").filter(|_| column == "comment");
    said(column).or_else(called).unwrap_or(Value::Null)
}

/// Which way a row of the playbook's view goes.
pub fn playbook_direction(row: SightedRow<'_>) -> Option<PlaybookDirection> {
    match row {
        SightedRow::Playbook(row) => Some(row.direction),
        SightedRow::Sighting(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Sighting, Subject};

    #[test]
    fn every_column_has_a_value() {
        let host = Subject::Host { address: "10.0.0.1".into(), internal: true };
        let row = SightingRow { subject: host, sighting: Sighting { others: 2, flows: 9, ..Sighting::default() } };
        let values: Vec<Value> = sighting_columns(By::Host)
            .iter()
            .map(|column| sighting_value(SightedRow::Sighting(&row), column))
            .collect();
        assert_eq!(values.len(), sighting_columns(By::Host).len());
        assert_eq!(
            values[..4],
            [Value::Text("10.0.0.1".into()), Value::Boolean(true), Value::count(2), Value::count(9)]
        );
    }
}
