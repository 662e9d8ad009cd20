//! External addresses by when they were first seen, and how many hosts met them. Pure.

use super::conversations::{Conversation, Outcome};
use super::numbers::decimal;
use super::parameters::Parameters;
use super::space::{Novelty, Rarity};
use super::traffic::Traffic;
use crate::model::{Unit, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

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
    /// Protocols and ports.
    pub ports: BTreeSet<(u8, u16)>,
    /// Hosts of these conversations.
    pub with: BTreeSet<u32>,
    pub rarity: Rarity,
    pub first: i64,
    pub last: i64,
    pub conversations: u64,
    pub bytes_out: u64,
    pub bytes_in: u64,
    pub status: Novelty,
}

pub(super) fn first_seen(of: &Traffic, parameters: &Parameters) -> Vec<FirstSeen> {
    let mut met: FxHashMap<(u32, bool), FirstSeen> = FxHashMap::default();
    for one in of.used() {
        let (from, to) = (one.initiator(), one.responder());
        let out = of.space.is_host(from) && !of.space.is_internal(to) && !one.is_only_rejected();
        let into = of.space.is_host(to) && !of.space.is_internal(from) && one.outcome == Outcome::Hit;
        if out || into {
            let (peer, host) = if out { (to, from) } else { (from, to) };
            met.entry((peer, out)).or_insert_with(|| FirstSeen::of(one, peer, out)).add(one, host);
        }
    }
    let mut found: Vec<FirstSeen> = met.into_values().collect();
    for one in &mut found {
        one.rarity = of.space.rarity(one.peer, &parameters.shares);
        one.status = of.space.novelty(one.first, &[one.peer], &of.interfaces, parameters.since);
    }
    found.sort_by_key(|one| (one.first, one.peer, one.is_out));
    found
}

impl FirstSeen {
    fn of(one: &Conversation, peer: u32, is_out: bool) -> Self {
        Self {
            peer,
            is_out,
            ports: BTreeSet::new(),
            with: BTreeSet::new(),
            rarity: Rarity::Neither,
            first: one.start,
            last: one.end,
            conversations: 0,
            bytes_out: 0,
            bytes_in: 0,
            status: Novelty::InsufficientHistory,
        }
    }

    fn add(&mut self, one: &Conversation, host: u32) {
        self.ports.insert((one.protocol, one.responder_port()));
        self.with.insert(host);
        self.first = self.first.min(one.start);
        self.last = self.last.max(one.end);
        self.conversations += 1;
        let (sent, received) = (one.sent().bytes, one.received().bytes);
        let (out, into) = if self.is_out { (sent, received) } else { (received, sent) };
        self.bytes_out = self.bytes_out.saturating_add(out);
        self.bytes_in = self.bytes_in.saturating_add(into);
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
