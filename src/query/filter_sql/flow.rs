//! Targets of flow records: table `flow` as `f`, and its dictionaries.

use super::column::{Shape, SqlColumn};
use super::{Compiler, joined};
use crate::filter::{Check, JsonPath, names};
use crate::model::{Dataset, FieldId, Home, Kind, field};

/// A flow record's end lives in two places: as the duration, or, where the record has no start, in its extra.
const END: &str = "f.start + f.duration";
pub(super) const EXTRA_END: &str = "json_extract(json, '$.end')";

impl Compiler {
    pub(super) fn flow_field(&mut self, field: FieldId, check: &Check) -> String {
        match field.home {
            Home::Row if field.name() == "end" => self.end(check),
            Home::Row => {
                let predicate = self.predicate(check, &SqlColumn::new(format!("f.\"{}\"", field.name()), shape(field)));
                format!("IFNULL({predicate}, 0)")
            }
            Home::Interface | Home::Disposition => {
                let predicate = self.predicate(check, &SqlColumn::new(tuple_column(field), shape(field)));
                in_tuple(field.home, &predicate)
            }
            Home::PairSource => self.address("pair_id", "source_id", check),
            Home::PairDestination => self.address("pair_id", "destination_id", check),
            Home::PacketSource => self.address("packet_pair_id", "source_id", check),
            Home::PacketDestination => self.address("packet_pair_id", "destination_id", check),
            Home::Extra => {
                let value = format!("CAST(json_extract(json, '$.\"{}\"') AS INTEGER)", field.name());
                let predicate = self.predicate(check, &SqlColumn::new(value, Shape::Integer));
                in_extra(&predicate)
            }
            Home::Event(_) | Home::Call(_) | Home::EventJson(_) | Home::Derived | Home::Lineage => "0".to_owned(),
        }
    }

    fn end(&mut self, check: &Check) -> String {
        let in_row = self.predicate(check, &SqlColumn::new(END, Shape::Seconds));
        let in_extra = self.predicate(check, &SqlColumn::new(EXTRA_END, Shape::Seconds));
        let extra = format!("f.extra_id IN (SELECT extra_id FROM extra WHERE json_valid(json) AND {in_extra})");
        format!("(IFNULL({in_row}, 0) OR IFNULL(f.start IS NULL AND {extra}, 0))")
    }

    /// `column` is the flow row's pair column, `side` the pair's.
    fn address(&mut self, column: &str, side: &str, check: &Check) -> String {
        let wanted = match check {
            Check::Present => format!("{side} IS NOT NULL"),
            check => {
                let predicate = self.predicate(check, &SqlColumn::address());
                format!("{side} IN (SELECT address_id FROM address WHERE {predicate})")
            }
        };
        format!("IFNULL(f.{column} IN (SELECT pair_id FROM pair WHERE {wanted}), 0)")
    }

    pub(super) fn either_address(&mut self, check: &Check) -> String {
        self.either_side("pair_id", check)
    }

    fn either_side(&mut self, column: &str, check: &Check) -> String {
        if *check == Check::Present {
            return format!(
                "IFNULL(f.{column} IN (SELECT pair_id FROM pair WHERE source_id IS NOT NULL OR destination_id IS NOT NULL), 0)"
            );
        }
        let predicate = self.predicate(check, &SqlColumn::address());
        format!(
            "IFNULL(f.{column} IN (WITH wanted AS MATERIALIZED (SELECT address_id FROM address WHERE {predicate}) \
             SELECT pair_id FROM pair WHERE source_id IN wanted OR destination_id IN wanted), 0)"
        )
    }

    pub(super) fn either_port(&mut self, check: &Check) -> String {
        let source = self.predicate(check, &SqlColumn::new("f.srcport", Shape::Integer));
        let destination = self.predicate(check, &SqlColumn::new("f.dstport", Shape::Integer));
        format!("(IFNULL({source}, 0) OR IFNULL({destination}, 0))")
    }

    pub(super) fn extra(&mut self, key: &str, check: &Check) -> String {
        let predicate = self.json_check("json", JsonPath::key(key).steps(), check);
        in_extra(&predicate)
    }

    /// Any value, as the log writes it.
    pub(super) fn flow_text(&mut self, check: &Check) -> String {
        if *check == Check::Present {
            return "1".to_owned();
        }
        let mut parts = vec![self.either_side("pair_id", check), self.either_side("packet_pair_id", check)];
        for home in [Home::Interface, Home::Disposition] {
            let columns: Vec<String> = field::at_home(Dataset::Flows, home)
                .map(|f| self.predicate(check, &SqlColumn::new(tuple_column(f), Shape::Text)))
                .collect();
            parts.push(in_tuple(home, &joined(&columns, "OR")));
        }
        for expr in field::at_home(Dataset::Flows, Home::Row).map(row_expression) {
            let predicate = self.predicate(check, &SqlColumn::new(expr, Shape::Text));
            parts.push(format!("IFNULL({predicate}, 0)"));
        }
        let extra = self.predicate(check, &SqlColumn::new("json", Shape::Text));
        parts.push(format!("IFNULL(f.extra_id IN (SELECT extra_id FROM extra WHERE {extra}), 0)"));
        joined(&parts, "OR")
    }
}

/// The value of a field of the row.
pub(in crate::query) fn row_expression(field: FieldId) -> String {
    match field.name() {
        "end" => END.to_owned(),
        name => format!("f.\"{name}\""),
    }
}

/// The column of a field in table `interface` or `disposition`. AWS's interface-id is in `eni_id`, because
/// `interface_id` is the table's own key.
pub(in crate::query) fn tuple_column(field: FieldId) -> String {
    match (field.home, field.name()) {
        (Home::Interface, "interface_id") => "\"eni_id\"".to_owned(),
        (_, name) => format!("\"{name}\""),
    }
}

fn in_tuple(home: Home, predicate: &str) -> String {
    let table = if home == Home::Interface { "interface" } else { "disposition" };
    format!("IFNULL(f.{table}_id IN (SELECT {table}_id FROM {table} WHERE {predicate}), 0)")
}

fn in_extra(predicate: &str) -> String {
    format!("IFNULL(f.extra_id IN (SELECT extra_id FROM extra WHERE json_valid(json) AND {predicate}), 0)")
}

pub(super) fn shape(field: FieldId) -> Shape {
    match field.kind {
        Kind::Time => Shape::Seconds,
        Kind::Integer | Kind::Bytes | Kind::Port | Kind::Protocol | Kind::TcpFlags => Shape::Integer,
        Kind::Boolean => Shape::Boolean,
        Kind::Text if names::choices(field).is_some() => Shape::Choice,
        Kind::Text | Kind::Address | Kind::Json | Kind::List => Shape::Text,
    }
}
