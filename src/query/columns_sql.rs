//! Where a field's value comes from in SQL: an expression and the joins that it needs.

use crate::case::schema::{self, EventDictionary};
use crate::model::{Dataset, FieldId, Home, Kind, Timestamp, Value};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use std::collections::BTreeSet;

/// The tables that a list of fields needs beside the dataset's own.
pub(super) struct Columns {
    expressions: Vec<String>,
    joins: BTreeSet<&'static str>,
    kinds: Vec<(Dataset, Kind)>,
}

impl Columns {
    pub(super) fn of(fields: &[FieldId]) -> Self {
        let mut this = Self { expressions: Vec::new(), joins: BTreeSet::new(), kinds: Vec::new() };
        for field in fields {
            let (expression, joins) = expression(*field);
            this.expressions.push(expression);
            this.joins.extend(joins);
            this.kinds.push((field.dataset, field.kind));
        }
        this
    }

    /// `expression, expression ...`
    pub(super) fn list(&self) -> String {
        self.expressions.join(", ")
    }

    /// `LEFT JOIN ...` in an order that names a table before it is used.
    pub(super) fn joins(&self) -> String {
        self.joins.iter().map(|join| &join[1..]).collect::<Vec<_>>().join(" ")
    }

    /// Reads the values, the first of them at column `from`.
    pub(super) fn read(&self, row: &Row<'_>, from: usize) -> rusqlite::Result<Vec<Value>> {
        self.kinds
            .iter()
            .enumerate()
            .map(|(index, (dataset, kind))| read_value(row, from + index, *dataset, *kind))
            .collect()
    }
}

// The digit in front orders the joins; it is cut off.
const PAIR: &str = "1LEFT JOIN pair p ON p.pair_id = f.pair_id";
const SOURCE: &str = "2LEFT JOIN address s ON s.address_id = p.source_id";
const DESTINATION: &str = "2LEFT JOIN address t ON t.address_id = p.destination_id";
const PACKET_PAIR: &str = "1LEFT JOIN pair q ON q.pair_id = f.packet_pair_id";
const PACKET_SOURCE: &str = "2LEFT JOIN address ps ON ps.address_id = q.source_id";
const PACKET_DESTINATION: &str = "2LEFT JOIN address pt ON pt.address_id = q.destination_id";
const INTERFACE: &str = "1LEFT JOIN interface i ON i.interface_id = f.interface_id";
const DISPOSITION: &str = "1LEFT JOIN disposition o ON o.disposition_id = f.disposition_id";
const CALL: &str = "1LEFT JOIN call k ON k.call_id = e.call_id";
const EXTRA: &str = "1LEFT JOIN extra x ON x.extra_id = f.extra_id";

/// The value of member `m`: texts are read, everything else is as it was written.
pub(super) const MEMBER_VALUE: &str =
    "CASE json_type(m.json) WHEN 'text' THEN m.json ->> '$' WHEN 'null' THEN NULL ELSE m.json -> '$' END";

/// A field of an event as view event shows it. The view makes the text of a UUID with what SQLite has, which takes ten times
/// as long. Who acted, the view cannot know.
pub(super) fn own_column(field: FieldId) -> String {
    let name = field.name;
    if field.home == Home::Lineage {
        return format!("coldtrail_lineage(e.id, '{name}')");
    }
    match schema::uuid_column(field) {
        Some(bytes) => format!("CASE WHEN e.{bytes} IS NULL THEN e.{name} ELSE coldtrail_uuid(e.{bytes}) END"),
        None => format!("e.{name}"),
    }
}

/// An expression on the row `m` that holds an event's value for many events.
pub(super) fn of_event(field: FieldId, expression: &str) -> String {
    EventDictionary::of(field).map_or_else(|| "NULL".to_owned(), |held| format!("({})", held.select("e", expression)))
}

/// A derived field of an event.
pub(super) fn derived(field: FieldId) -> String {
    EventDictionary::of(field)
        .map_or_else(|| "NULL".to_owned(), |held| of_event(field, &format!("m.\"{}\"", held.column)))
}

fn expression(field: FieldId) -> (String, Vec<&'static str>) {
    let name = field.name;
    match field.home {
        Home::Row => match name {
            "start" => ("f.start * 1000 + ifnull(x.json ->> '$.start_ms', 0)".into(), vec![EXTRA]),
            "end" => (
                "ifnull(f.start + f.duration, x.json ->> '$.end') * 1000 + ifnull(x.json ->> '$.end_ms', 0)".into(),
                vec![EXTRA],
            ),
            _ => (format!("f.{name}"), vec![]),
        },
        Home::Interface => (format!("i.{}", schema::column(field)), vec![INTERFACE]),
        Home::Disposition => (format!("o.{name}"), vec![DISPOSITION]),
        Home::PairSource => ("s.address".into(), vec![PAIR, SOURCE]),
        Home::PairDestination => ("t.address".into(), vec![PAIR, DESTINATION]),
        Home::PacketSource => ("ps.address".into(), vec![PACKET_PAIR, PACKET_SOURCE]),
        Home::PacketDestination => ("pt.address".into(), vec![PACKET_PAIR, PACKET_DESTINATION]),
        Home::Extra => (format!("x.json ->> '$.{name}'"), vec![EXTRA]),
        Home::Event(_) if name == "event_time" => ("ifnull(e.time_millis, e.event_time)".into(), vec![]),
        Home::Event(_) => (own_column(field), vec![]),
        Home::Call(_) => (format!("k.{name}"), vec![CALL]),
        Home::EventJson("userIdentity") => ("coldtrail_event_json(e.id) ->> '$.userIdentity'".into(), vec![]),
        Home::EventJson(_) => (of_event(field, MEMBER_VALUE), vec![]),
        Home::Derived => (derived(field), vec![]),
        Home::Lineage => (own_column(field), vec![]),
    }
}

/// The value of a column that an expression of ours gave.
pub(super) fn read_value(row: &Row<'_>, index: usize, dataset: Dataset, kind: Kind) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => match (kind, dataset) {
            (Kind::Time, _) => Value::Time(Timestamp(value)),
            (Kind::Boolean, _) => Value::Boolean(value != 0),
            _ => Value::Integer(value),
        },
        ValueRef::Real(value) => Value::Text(value.to_string()),
        ValueRef::Text(text) | ValueRef::Blob(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
    })
}
