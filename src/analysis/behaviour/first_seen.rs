//! External addresses by when they were first seen, and how many hosts met them. Pure.

use super::conversation::{Conversation, Outcome};
use super::numbers::decimal;
use super::parameters::Parameters;
use super::space::{Novelty, Rarity};
use super::traffic::Traffic;
use crate::model::{Unit, Value};

/// Ports that are named.
const MOST_PORTS: usize = 20;

pub(super) const COLUMNS: [(&str, Unit); 13] = [
    ("peer", Unit::Address),
    ("initiated", Unit::Text),
    ("ports", Unit::Text),
    ("hosts", Unit::Count),
    ("internal_hosts", Unit::Count),
    ("prevalence", Unit::Ratio),
    ("rarity", Unit::Text),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("conversations", Unit::Count),
    ("bytes_out", Unit::Bytes),
    ("bytes_in", Unit::Bytes),
    ("status", Unit::Text),
];

#[derive(Clone, Debug, PartialEq)]
pub(super) struct FirstSeen {
    pub peer: u32,
    /// A host began, and not the peer.
    pub is_out: bool,
    /// Protocols and ports, ascending.
    pub ports: Vec<(u8, u16)>,
    /// Hosts of these conversations, ascending.
    pub with: Vec<u32>,
    pub rarity: Rarity,
    pub first: i64,
    pub last: i64,
    pub conversations: u64,
    pub bytes_out: u64,
    pub bytes_in: u64,
    pub status: Novelty,
}

/// The conversations of a peer and a host over one port.
struct Met {
    peer: u32,
    is_out: bool,
    host: u32,
    protocol: u8,
    port: u16,
    first: i64,
    last: i64,
    conversations: u64,
    bytes_out: u64,
    bytes_in: u64,
}

pub(super) fn first_seen(of: &Traffic, parameters: &Parameters) -> Vec<FirstSeen> {
    let mut found = of.by_address(
        |part, handed| {
            for list in part.chunk_by(Conversation::is_of_service) {
                if let Some(met) = met(of, list) {
                    handed.to(met.peer, met);
                }
            }
        },
        |mut list| {
            let key = |one: &Met| (one.peer, one.is_out);
            list.sort_unstable_by_key(key);
            let peers = list.chunk_by(|one, other| key(one) == key(other));
            peers.filter_map(|list| FirstSeen::of(of, list, parameters)).collect()
        },
    );
    found.sort_by_key(|one| (one.first, one.peer, one.is_out));
    found
}

/// `list`: of one initiator with one port of a responder.
fn met(of: &Traffic, list: &[Conversation]) -> Option<Met> {
    let [from, to] = list.first()?.addresses;
    let is_pair = |host: u32, peer: u32| of.space.is_host(host) && !of.space.is_internal(peer);
    let is_out = is_pair(from, to);
    if !is_out && !is_pair(to, from) {
        return None;
    }
    let counts = |one: &&Conversation| {
        one.is_used() && if is_out { !one.is_only_rejected() } else { one.outcome() == Outcome::Hit }
    };
    let mut counted = list.iter().filter(counts);
    let one = counted.next()?;
    let (peer, host) = if is_out { (to, from) } else { (from, to) };
    let (protocol, port) = (one.protocol, one.responder_port());
    let (first, last) = (one.start, one.end());
    let mut met = Met { peer, is_out, host, protocol, port, first, last, conversations: 0, bytes_out: 0, bytes_in: 0 };
    for one in std::iter::once(one).chain(counted) {
        met.first = met.first.min(one.start);
        met.last = met.last.max(one.end());
        met.conversations += 1;
        let (sent, received) = (one.sent_bytes, one.received_bytes);
        let (out, into) = if is_out { (sent, received) } else { (received, sent) };
        met.bytes_out = met.bytes_out.saturating_add(out);
        met.bytes_in = met.bytes_in.saturating_add(into);
    }
    Some(met)
}

impl FirstSeen {
    /// `list`: all of one peer and side.
    fn of(of: &Traffic, list: &[Met], parameters: &Parameters) -> Option<Self> {
        let one = list.first()?;
        let mut ports: Vec<(u8, u16)> = list.iter().map(|one| (one.protocol, one.port)).collect();
        let mut with: Vec<u32> = list.iter().map(|one| one.host).collect();
        ports.sort_unstable();
        ports.dedup();
        with.sort_unstable();
        with.dedup();
        let first = list.iter().map(|one| one.first).min()?;
        let sum = |of: fn(&Met) -> u64| list.iter().fold(0u64, |sum, one| sum.saturating_add(of(one)));
        Some(Self {
            peer: one.peer,
            is_out: one.is_out,
            ports,
            with,
            rarity: of.space.rarity(one.peer, &parameters.shares),
            first,
            last: list.iter().map(|one| one.last).max()?,
            conversations: sum(|one| one.conversations),
            bytes_out: sum(|one| one.bytes_out),
            bytes_in: sum(|one| one.bytes_in),
            status: of.space.novelty(first, &[one.peer], &of.interfaces, parameters.since),
        })
    }
}

pub(super) fn row(of: &Traffic, one: &FirstSeen) -> Vec<Value> {
    let ports: Vec<String> =
        one.ports.iter().take(MOST_PORTS).map(|(protocol, port)| format!("{protocol}/{port}")).collect();
    vec![
        of.address(one.peer),
        Value::Text(if one.is_out { "out" } else { "in" }.to_owned()),
        Value::Text(ports.join(" ")),
        Value::count(of.space.met(one.peer) as u64),
        Value::count(of.space.hosts as u64),
        decimal(of.space.prevalence(one.peer)),
        one.rarity.name().map_or(Value::Null, |name| Value::Text(name.to_owned())),
        of.time(one.first),
        of.time(one.last),
        Value::count(one.conversations),
        Value::count(one.bytes_out),
        Value::count(one.bytes_in),
        Value::Text(one.status.name().to_owned()),
    ]
}
