//! What is known beside flow records: calls that change who may reach what and which traffic is logged, and indicators.

use super::interfaces::Collected;
use super::ports::NETWORK_CHANGES;
use super::traffic::Traffic;
use crate::case::CaseReader;
use crate::filter::{Target, target_named};
use crate::model::{Dataset, Timestamp, Value};
use crate::query::{self, Cancel, EventTable, MarkKind, QueryError, Scope};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value as Json;

/// Successful calls that change who may reach what: name and second.
pub(super) fn network_changes(reader: &CaseReader, cancel: &Cancel) -> Result<Vec<(String, i64)>, QueryError> {
    let text = format!("event_name in ({}) and not error_code exists", NETWORK_CHANGES.join(", "));
    let events = events(reader, &text, "event_name", cancel)?;
    let mut calls: Vec<(String, i64)> = each(&events).map(|(time, name)| (name, time)).collect();
    calls.sort_unstable();
    Ok(calls)
}

/// Of interfaces, subnets and VPCs: which traffic the latest successful CreateFlowLogs asked to be logged.
pub(super) fn collected(reader: &CaseReader, cancel: &Cancel) -> Result<FxHashMap<String, Collected>, QueryError> {
    let text = "event_name = CreateFlowLogs and not error_code exists";
    let events = events(reader, text, "request_parameters", cancel)?;
    let mut requests: Vec<(i64, String)> = each(&events).collect();
    requests.sort_unstable();
    let mut found = FxHashMap::default();
    for (_, request) in requests {
        let Ok(request) = serde_json::from_str::<Json>(&request) else { continue };
        let (mut kind, mut places) = (None, Vec::new());
        look(&request, None, &mut kind, &mut places);
        if let Some(kind) = kind {
            found.extend(places.into_iter().map(|place| (place, kind)));
        }
    }
    Ok(found)
}

/// The traffic type and the resources of a request, however they are nested.
fn look(json: &Json, name: Option<&str>, kind: &mut Option<Collected>, places: &mut Vec<String>) {
    match json {
        Json::Object(members) => members.iter().for_each(|(name, json)| look(json, Some(name), kind, places)),
        Json::Array(list) => list.iter().for_each(|json| look(json, name, kind, places)),
        Json::String(text) if name.is_some_and(|name| name.eq_ignore_ascii_case("TrafficType")) => {
            *kind = match text.as_str() {
                "ALL" => Some(Collected::Both),
                "ACCEPT" => Some(Collected::AcceptOnly),
                "REJECT" => Some(Collected::RejectOnly),
                _ => *kind,
            };
        }
        Json::String(text) if ["eni-", "subnet-", "vpc-", "tgw-"].iter().any(|start| text.starts_with(start)) => {
            places.push(text.clone());
        }
        _ => {}
    }
}

fn events(reader: &CaseReader, filter: &str, field: &str, cancel: &Cancel) -> Result<EventTable, QueryError> {
    let target: Target = target_named(Dataset::Events, field).map_err(|error| QueryError::Filter(error.to_string()))?;
    query::event_table(reader, &Scope::written(Dataset::Events, filter)?, &[target], cancel)
}

fn each(events: &EventTable) -> impl Iterator<Item = (i64, String)> {
    (0..events.len()).filter_map(|row| {
        let Value::Text(text) = events.value(0, events.word(0, row)) else { return None };
        Some((Timestamp(events.time(row)?).secs(), text.clone()))
    })
}

/// The places of addresses that indicators hold.
pub(super) fn listed(reader: &CaseReader, of: &Traffic) -> Result<FxHashSet<u32>, QueryError> {
    let keys: Vec<u128> = of.addresses.iter().map(|address| u128::from_be_bytes(address.key())).collect();
    let marks = query::address_marks(reader, &keys)?;
    let is_listed =
        |at: &usize| marks.get(*at).is_some_and(|marks| marks.iter().any(|one| one.kind == MarkKind::Indicator));
    Ok((0..keys.len()).filter(is_listed).map(|at| at as u32).collect())
}
