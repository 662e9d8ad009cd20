//! Indicators and labels, by the functions that know what meets them. Values of dictionaries are asked whether they meet
//! anything at all, and only records that do whether it counts at their time.

use super::{CompileError, Compiler, joined};
use crate::filter::{Check, Target};
use crate::model::{Dataset, Home};
use crate::query::indicators::Wanted;
use rusqlite::types::Value;

impl Compiler {
    /// The address, or what stands in its place, meets an indicator.
    pub(super) fn in_indicators(&mut self, target: &Target) -> Result<String, CompileError> {
        let wanted = self.bind(Value::Text(Wanted::EVERY.text()));
        let either = |column: &str| {
            joined(&[side_met(&wanted, column, "source_id"), side_met(&wanted, column, "destination_id")], "OR")
        };
        match target {
            Target::EitherAddress if self.dataset == Dataset::Flows => Ok(either("pair_id")),
            Target::Field(field) => Ok(match field.home {
                Home::PairSource => side_met(&wanted, "pair_id", "source_id"),
                Home::PairDestination => side_met(&wanted, "pair_id", "destination_id"),
                Home::PacketSource => side_met(&wanted, "packet_pair_id", "source_id"),
                Home::PacketDestination => side_met(&wanted, "packet_pair_id", "destination_id"),
                _ if field.name() == "source_ip_address" => {
                    format!("coldtrail_met_at({wanted}, 'source', e.source_ip_address, e.time_millis)")
                }
                _ => "0".to_owned(),
            }),
            _ => Err(CompileError::WrongDataset { field: target.to_string() }),
        }
    }

    /// Something in the record meets an entry that passes the check.
    pub(super) fn record_met(&mut self, target: &Target, check: &Check) -> String {
        let wanted = self.bind(Value::Text(Wanted::of(target, check).text()));
        if self.dataset == Dataset::Events {
            return format!("coldtrail_event_met({wanted}, e.id, e.time_millis)");
        }
        let mut parts = Vec::new();
        for column in ["pair_id", "packet_pair_id"] {
            parts.extend(["source_id", "destination_id"].map(|side| side_met(&wanted, column, side)));
        }
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
        joined(&parts, "OR")
    }
}

/// `column` is the flow row's pair column, `side` the pair's.
fn side_met(wanted: &str, column: &str, side: &str) -> String {
    let key =
        format!("(SELECT a.key FROM pair p JOIN address a ON a.address_id = p.{side} WHERE p.pair_id = f.{column})");
    format!(
        "(IFNULL(f.{column} IN (SELECT pair_id FROM pair WHERE {side} IN
            (SELECT address_id FROM address WHERE coldtrail_met({wanted}, 'address', key))), 0)
          AND coldtrail_met_at({wanted}, 'address', {key}, f.start))"
    )
}
