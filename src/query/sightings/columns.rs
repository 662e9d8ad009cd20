//! What the tables of sightings and of the playbook's view show: their columns, and the value of each.

use super::{By, PLAYBOOK_COLUMNS, PlaybookDirection, PlaybookRow, SightingRow};
use crate::model::Value;

/// The row at a place, whatever it stands for.
#[derive(Clone, Copy, Debug)]
pub enum SightedRow<'a> {
    Sighting(&'a SightingRow),
    Playbook(&'a PlaybookRow),
}

/// The columns of sightings, everywhere; `sighting_value` gives what is in them.
pub fn sighting_columns(by: By) -> &'static [&'static str] {
    match by {
        By::Indicator => &[
            "indicator",
            "kind",
            "list",
            "comment",
            "hits",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
            "looked_for",
            "name",
            "severity",
            "flows",
            "events",
            "mentions",
            "outside",
            "hosts",
            "principals",
        ],
        By::Host => &[
            "host",
            "internal",
            "indicators",
            "hits",
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
            "hits",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
            "principals",
            "sha256",
            "flows",
            "events",
            "mentions",
            "outside",
        ],
    }
}

/// The columns that exhibits of sightings had up to version 0.1: what was frozen with them is asked with them again.
pub fn earlier_sighting_columns(by: By) -> &'static [&'static str] {
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
    Some(row.value(column)).filter(|value| *value != Value::Text(String::new())).unwrap_or(Value::Null)
}

/// The same in a table without a column `name`: there the name stands for a comment that is not there.
pub fn commented_sighting_value(row: SightedRow<'_>, column: &str) -> Value {
    match sighting_value(row, column) {
        Value::Null if column == "comment" => sighting_value(row, "name"),
        value => value,
    }
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
