//! Indicators and labels, by the functions that know what matches them. Values of dictionaries are asked whether they
//! meet anything at all, and only records that do whether it counts at their time.

use super::{CompileError, Compiler, joined};
use crate::filter::{Check, Target};
use crate::model::{Dataset, Home};
use crate::query::indicators::Wanted;
use rusqlite::types::Value;

impl Compiler {
    /// The address, or what is in its place, matches an indicator.
    pub(super) fn in_indicators(&mut self, target: &Target) -> Result<String, CompileError> {
        let wanted = self.bind(Value::Text(Wanted::EVERY.text()));
        let sides = |sides: &[usize]| {
            let mut parts: Vec<String> = sides.iter().map(|side| side_met(&wanted, SIDES[*side])).collect();
            let sides: String = sides.iter().map(usize::to_string).collect();
            parts.push(bound_met(&wanted, &format!("'{sides}'")));
            joined(&parts, "OR")
        };
        match target {
            Target::EitherAddress if self.dataset == Dataset::Flows => Ok(sides(&[0, 1])),
            Target::Field(field) => Ok(match field.home {
                Home::PairSource => sides(&[0]),
                Home::PairDestination => sides(&[1]),
                Home::PacketSource => sides(&[2]),
                Home::PacketDestination => sides(&[3]),
                // Patterns ask for what else the event meets.
                _ if field.name() == "source_ip_address" => format!(
                    "CASE WHEN coldtrail_bound({wanted})
                       THEN coldtrail_event_met({wanted}, e.id, e.time_millis, 'source_ip_address')
                       ELSE coldtrail_met_at({wanted}, 'source', e.source_ip_address, e.time_millis) END"
                ),
                _ => "0".to_owned(),
            }),
            _ => Err(CompileError::WrongDataset { field: target.to_string() }),
        }
    }

    /// Something in the record matches an entry that passes the check.
    pub(super) fn record_met(&mut self, target: &Target, check: &Check) -> String {
        let wanted = self.bind(Value::Text(Wanted::of(target, check).text()));
        if self.dataset == Dataset::Events {
            return format!("coldtrail_event_met({wanted}, e.id, e.time_millis, NULL)");
        }
        let mut parts: Vec<String> = SIDES.iter().map(|side| side_met(&wanted, *side)).collect();
        parts.extend([("interface", "eni_id"), ("account", "account_id")].map(|(kind, column)| {
            let met = format!("coldtrail_met({wanted}, '{kind}', {column})");
            let value = format!("(SELECT i.{column} FROM interface i WHERE i.interface_id = f.interface_id)");
            format!(
                "(IFNULL(f.interface_id IN (SELECT interface_id FROM interface WHERE {met}), 0)
                  AND coldtrail_met_at({wanted}, '{kind}', {value}, f.start))"
            )
        }));
        parts.extend(
            ["f.srcport", "f.dstport"].map(|port| format!("coldtrail_met_at({wanted}, 'port', {port}, f.start)")),
        );
        parts.push(bound_met(&wanted, "NULL"));
        joined(&parts, "OR")
    }
}

/// The flow row's column of pairs, and the pair's side, in the order of `FlowValues`.
const SIDES: [(&str, &str); 4] = [
    ("pair_id", "source_id"),
    ("pair_id", "destination_id"),
    ("packet_pair_id", "source_id"),
    ("packet_pair_id", "destination_id"),
];

fn key_of((column, side): (&str, &str)) -> String {
    format!("(SELECT a.key FROM pair p JOIN address a ON a.address_id = p.{side} WHERE p.pair_id = f.{column})")
}

/// Entries that are matched with others, as one of the sides.
fn bound_met(wanted: &str, sides: &str) -> String {
    let keys = SIDES.map(key_of).join(", ");
    let of = |column: &str| format!("(SELECT i.{column} FROM interface i WHERE i.interface_id = f.interface_id)");
    let (interface, account) = (of("eni_id"), of("account_id"));
    format!(
        "(coldtrail_bound({wanted})
          AND coldtrail_flow_met({wanted}, {sides}, {keys}, {interface}, {account}, f.srcport, f.dstport, f.start))"
    )
}

fn side_met(wanted: &str, (column, side): (&str, &str)) -> String {
    let key = key_of((column, side));
    format!(
        "(IFNULL(f.{column} IN (SELECT pair_id FROM pair WHERE {side} IN
            (SELECT address_id FROM address WHERE coldtrail_met({wanted}, 'address', key))), 0)
          AND coldtrail_met_at({wanted}, 'address', {key}, f.start))"
    )
}
