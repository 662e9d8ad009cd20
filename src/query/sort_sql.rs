//! SQL that sorts records by any field: alias `f` for `flow`, `e` for `event`.

use super::columns_sql::{derived, of_event, own_column};
use super::filter_sql::{row_expression, tuple_column};
use crate::model::{FieldId, Home, Kind};

/// An SQL expression by which the field sorts; NULL where the record has no value. Numbers and times sort by value,
/// addresses by their 16-byte key, names in the place of addresses before them, text by its bytes.
pub(crate) fn sort_key(field: FieldId) -> String {
    let name = field.name();
    match field.home {
        Home::Row if name == "end" => {
            let extra = "SELECT json_extract(x.json, '$.end') FROM extra x WHERE x.extra_id = f.extra_id AND json_valid(x.json)";
            format!("IFNULL({}, CASE WHEN f.start IS NULL THEN ({extra}) END)", row_expression(field))
        }
        Home::Row => row_expression(field),
        Home::Interface | Home::Disposition => {
            let table = if field.home == Home::Interface { "interface" } else { "disposition" };
            format!("(SELECT t.{} FROM {table} t WHERE t.{table}_id = f.{table}_id)", tuple_column(field))
        }
        Home::PairSource => address_key("pair_id", "source_id"),
        Home::PairDestination => address_key("pair_id", "destination_id"),
        Home::PacketSource => address_key("packet_pair_id", "source_id"),
        Home::PacketDestination => address_key("packet_pair_id", "destination_id"),
        Home::Extra => format!(
            "(SELECT CAST(json_extract(x.json, '$.\"{name}\"') AS INTEGER) FROM extra x WHERE x.extra_id = f.extra_id AND json_valid(x.json))"
        ),
        Home::Event(_) => match field.kind {
            Kind::Address => format!("IFNULL(e.source_ip_key, e.\"{name}\")"),
            Kind::Time if name == "event_time" => "e.time_millis".to_owned(),
            Kind::Time => format!("coldtrail_millis(e.\"{name}\")"),
            _ => own_column(field),
        },
        Home::Call(_) => format!("(SELECT k.\"{name}\" FROM call k WHERE k.call_id = e.call_id)"),
        Home::EventJson("userIdentity") => {
            "(SELECT CASE WHEN json_valid(j) THEN j ->> '$.userIdentity' END FROM (SELECT coldtrail_event_json(e.id) AS j))"
                .to_owned()
        }
        Home::EventJson(_) => of_event(field, "CASE WHEN json_valid(m.json) THEN m.json ->> '$' END"),
        Home::Derived => derived(field),
        Home::Lineage => own_column(field),
    }
}

/// The value of a field in its dictionary's row, alias `t`, as `sort_key` sorts it.
pub(super) fn dictionary_value(field: FieldId) -> String {
    match field.home {
        Home::Extra => format!(
            "CASE WHEN json_valid(t.json) THEN CAST(json_extract(t.json, '$.\"{}\"') AS INTEGER) END",
            field.name()
        ),
        _ => format!("t.{}", tuple_column(field)),
    }
}

/// The terms of an ORDER BY: absent values come last in both directions. The caller adds the tie-break by id.
#[cfg(test)]
pub(crate) fn order_by(field: FieldId, descending: bool) -> String {
    format!("{} {} NULLS LAST", sort_key(field), if descending { "DESC" } else { "ASC" })
}

fn address_key(column: &str, side: &str) -> String {
    format!("(SELECT a.key FROM pair p JOIN address a ON a.address_id = p.{side} WHERE p.pair_id = f.{column})")
}
