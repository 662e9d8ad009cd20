//! One field of a record compared with another.

use super::event::event_column;
use super::flow::{row_expression, tuple_column};
use super::{CompileError, Compiler};
use crate::filter::Relation;
use crate::model::{Dataset, FieldId, Home, Kind};
use crate::query::columns_sql::{derived, own_column};

/// What is compared, and what is NULL where there is no value.
struct Operand {
    compared: String,
    present: String,
}

impl Compiler {
    pub(super) fn compare_fields(
        &self,
        field: FieldId,
        relation: Relation,
        other: FieldId,
    ) -> Result<String, CompileError> {
        if other.dataset != self.dataset {
            return Err(CompileError::WrongDataset { field: other.name().to_owned() });
        }
        let [one, two] = [field, other].map(operand);
        Ok(match relation {
            // What is no time or no address is another value than one that is.
            Relation::NotEqual => format!(
                "({} IS NOT NULL AND {} IS NOT NULL AND NOT IFNULL({} = {}, 0))",
                one.present, two.present, one.compared, two.compared
            ),
            relation => format!("IFNULL({} {} {}, 0)", one.compared, relation.sign(), two.compared),
        })
    }
}

fn operand(field: FieldId) -> Operand {
    let same = |compared: String| Operand { present: compared.clone(), compared };
    let side = |column: &str, side: &str| {
        same(format!(
            "(SELECT a.key FROM pair p JOIN address a ON a.address_id = p.{side} WHERE p.pair_id = f.{column})"
        ))
    };
    let tuple = |table: &str, expression: &str| {
        format!("(SELECT {expression} FROM {table} t WHERE t.{table}_id = f.{table}_id)")
    };
    match field.home {
        Home::Row if field.name() == "end" => same(format!(
            "IFNULL({}, CASE WHEN f.start IS NULL THEN {} END)",
            row_expression(field),
            in_extra("json_extract(t.json, '$.end')")
        )),
        Home::Row => same(row_expression(field)),
        Home::Interface => same(tuple("interface", &format!("t.{}", tuple_column(field)))),
        Home::Disposition => same(tuple("disposition", &format!("t.{}", tuple_column(field)))),
        Home::PairSource => side("pair_id", "source_id"),
        Home::PairDestination => side("pair_id", "destination_id"),
        Home::PacketSource => side("packet_pair_id", "source_id"),
        Home::PacketDestination => side("packet_pair_id", "destination_id"),
        Home::Extra => same(in_extra(&format!("CAST(json_extract(t.json, '$.\"{}\"') AS INTEGER)", field.name()))),
        Home::Call(_) => {
            let column = event_column(field, "k");
            let of_call = |expression: &str| format!("(SELECT {expression} FROM call k WHERE k.call_id = e.call_id)");
            Operand { compared: of_call(&column.expr), present: of_call(&column.text) }
        }
        Home::Event(_) => {
            let column = event_column(field, "e");
            Operand { compared: column.expr, present: column.text }
        }
        // Lists are not compared.
        Home::Derived if field.kind != Kind::List => same(derived(field)),
        // The parser refuses them.
        Home::EventJson(_) | Home::Derived => same("NULL".to_owned()),
        Home::Lineage => same(own_column(field)),
    }
}

fn in_extra(expression: &str) -> String {
    format!("(SELECT {expression} FROM extra t WHERE t.extra_id = f.extra_id AND json_valid(t.json))")
}

/// Are the fields in one table, whose rows can be asked once instead of each record's?
pub(super) fn in_one_tuple(one: FieldId, other: FieldId) -> Option<&'static str> {
    match (one.home, other.home) {
        (Home::Interface, Home::Interface) => Some("interface"),
        (Home::Disposition, Home::Disposition) => Some("disposition"),
        _ => None,
    }
}

/// The dataset whose fields have columns of numbers and addresses.
pub(super) fn has_column(field: FieldId) -> bool {
    field.dataset == Dataset::Flows
        && match field.home {
            Home::PairSource | Home::PairDestination | Home::PacketSource | Home::PacketDestination => true,
            Home::Row => super::column_of(field).is_some(),
            _ => false,
        }
}
