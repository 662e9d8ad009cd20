//! Fan: hosts that met many more others in an hour than they usually do. Pure.

use super::numbers::{decimal, median};
use super::parameters::Parameters;
use super::traffic::Traffic;
use crate::model::{Unit, Value};
use rustc_hash::FxHashMap;

const HOUR: i64 = 3600;
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

pub(super) fn fans(of: &Traffic, parameters: &Parameters) -> Vec<Fan> {
    let mut met: Vec<(Side, u32, i64, u32)> = Vec::new();
    for one in of.used() {
        let hour = one.start.div_euclid(HOUR) * HOUR;
        let (from, to) = (one.initiator(), one.responder());
        for (side, host, peer) in [(Side::Out, from, to), (Side::In, to, from)] {
            if of.space.is_host(host) {
                met.push((side, host, hour, peer));
            }
        }
    }
    met.sort_unstable();
    met.dedup();
    let mut found = Vec::new();
    for host in met.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        let Some(&(side, address, ..)) = host.first() else { continue };
        let hours: Vec<_> = host.chunk_by(|one, other| one.2 == other.2).collect();
        if hours.iter().all(|hour| hour.len() < parameters.fan_min) {
            continue;
        }
        let counts: FxHashMap<i64, usize> =
            hours.iter().filter_map(|hour| Some((hour.first()?.2, hour.len()))).collect();
        let known = of.space.known_hours(address, &of.interfaces);
        let each: Vec<f64> = known.iter().map(|hour| counts.get(hour).copied().unwrap_or(0) as f64).collect();
        let median = median(&each);
        for hour in hours {
            let Some(&(.., at, _)) = hour.first() else { continue };
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
    found.sort_by_key(|fan| (fan.hour, fan.host, fan.side));
    found
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
