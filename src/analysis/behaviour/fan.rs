//! Fan: hosts that met many more others in an hour than they usually do. Pure.

use super::conversation::Conversation;
use super::fold::HOUR;
use super::numbers::{decimal, median};
use super::parameters::Parameters;
use super::traffic::Traffic;
use crate::model::{Unit, Value};
use rustc_hash::FxHashMap;

const EXAMPLES: usize = 5;

pub(super) const COLUMNS: [(&str, Unit); 8] = [
    ("side", Unit::Text),
    ("host", Unit::Address),
    ("hour", Unit::Time),
    ("peers", Unit::Count),
    ("internal_peers", Unit::Count),
    ("median", Unit::Number),
    ("known_hours", Unit::Count),
    ("examples", Unit::Text),
];

/// As what a host met its peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    In,
    Out,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fan {
    pub side: Side,
    pub host: u32,
    pub hour: i64,
    /// Ascending.
    pub peers: Vec<u32>,
    pub internal_peers: usize,
    pub median: f64,
    pub known_hours: usize,
}

/// A host met a peer in an hour.
type Met = (u32, i64, u32);

pub(super) fn fans(of: &Traffic, parameters: &Parameters) -> Vec<Fan> {
    let hour = |one: &Conversation| one.start.div_euclid(HOUR) * HOUR;
    let is_host = |address: u32| of.space.is_host(address);
    let mut found = of.by_part(|part| {
        let mut found = Vec::new();
        // In an hour there are no more peers than conversations.
        let hosts = part.chunk_by(|one, other| one.initiator() == other.initiator());
        for list in hosts.filter(|list| list.len() >= parameters.fan_min) {
            if list.first().is_some_and(|one| is_host(one.initiator())) {
                let used = list.iter().filter(|one| one.is_used());
                let met = used.map(|one| (one.initiator(), hour(one), one.responder())).collect();
                of_hosts(of, parameters, Side::Out, met, &mut found);
            }
        }
        found
    });
    found.extend(of.by_address(
        |part, handed| {
            let mut last = None;
            for one in part.iter().filter(|one| one.is_used() && is_host(one.responder())) {
                let met = (one.responder(), hour(one), one.initiator());
                if last.replace(met) != Some(met) {
                    handed.to(one.responder(), met);
                }
            }
        },
        |met| {
            let mut found = Vec::new();
            of_hosts(of, parameters, Side::In, met, &mut found);
            found
        },
    ));
    found.sort_by_key(|fan| (fan.hour, fan.host, fan.side));
    found
}

/// `met`: all of some hosts.
fn of_hosts(of: &Traffic, parameters: &Parameters, side: Side, mut met: Vec<Met>, found: &mut Vec<Fan>) {
    met.sort_unstable();
    met.dedup();
    for host in met.chunk_by(|one, other| one.0 == other.0) {
        let Some(&(address, ..)) = host.first() else { continue };
        let hours = || host.chunk_by(|one, other| one.1 == other.1);
        if hours().all(|hour| hour.len() < parameters.fan_min) {
            continue;
        }
        let counts: FxHashMap<i64, usize> = hours().filter_map(|hour| Some((hour.first()?.1, hour.len()))).collect();
        let known = of.space.known_hours(address, &of.interfaces);
        let each: Vec<f64> = known.iter().map(|hour| counts.get(hour).copied().unwrap_or(0) as f64).collect();
        let median = median(&each);
        for hour in hours() {
            let Some(&(_, at, _)) = hour.first() else { continue };
            if hour.len() < parameters.fan_min || (hour.len() as f64) < parameters.fan_ratio * median.max(1.0) {
                continue;
            }
            let peers: Vec<u32> = hour.iter().map(|(.., peer)| *peer).collect();
            found.push(Fan {
                side,
                host: address,
                hour: at,
                internal_peers: peers.iter().filter(|peer| of.space.is_internal(**peer)).count(),
                peers,
                median,
                known_hours: known.len(),
            });
        }
    }
}

pub(super) fn row(of: &Traffic, fan: &Fan) -> Vec<Value> {
    let examples: Vec<String> = fan.peers.iter().take(EXAMPLES).map(|at| of.address_text(*at)).collect();
    vec![
        Value::Text(if fan.side == Side::Out { "out" } else { "in" }.to_owned()),
        of.address(fan.host),
        of.time(fan.hour),
        Value::count(fan.peers.len() as u64),
        Value::count(fan.internal_peers as u64),
        decimal(fan.median),
        Value::count(fan.known_hours as u64),
        Value::Text(examples.join(" ")),
    ]
}
