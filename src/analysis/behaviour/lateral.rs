//! Lateral movement: pairs of hosts and a port that met for the first time. Pure.

use super::conversation::{Conversation, Outcome, TCP};
use super::parameters::Parameters;
use super::space::Novelty;
use super::traffic::Traffic;
use crate::model::{Unit, Value};

pub(super) const COLUMNS: [(&str, Unit); 12] = [
    ("srcaddr", Unit::Address),
    ("dstaddr", Unit::Address),
    ("dstport", Unit::Port),
    ("admin", Unit::Number),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("conversations", Unit::Count),
    ("hits", Unit::Count),
    ("misses", Unit::Count),
    ("sent_bytes", Unit::Bytes),
    ("received_bytes", Unit::Bytes),
    ("status", Unit::Text),
];

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lateral {
    pub source: u32,
    pub destination: u32,
    pub port: u16,
    pub is_admin: bool,
    pub first: i64,
    pub last: i64,
    pub conversations: u64,
    pub hits: u64,
    pub misses: u64,
    pub sent: u64,
    pub received: u64,
    pub status: Novelty,
}

pub(super) fn lateral(of: &Traffic, parameters: &Parameters) -> Vec<Lateral> {
    let mut found = of.by_part(|part| {
        let mut found = Vec::new();
        for list in part.chunk_by(Conversation::is_of_service) {
            let Some(first) = list.first().filter(|one| one.protocol == TCP) else { continue };
            let addresses = first.addresses;
            if !addresses.iter().all(|address| of.space.is_host(*address)) {
                continue;
            }
            let mut used = list.iter().filter(|one| one.is_used());
            let Some(first) = used.next() else { continue };
            let mut one = Lateral::of(first, parameters);
            std::iter::once(first).chain(used).for_each(|next| one.add(next));
            one.status = of.space.novelty(one.first, &addresses, &of.interfaces, parameters.since);
            if one.status != Novelty::Known {
                found.push(one);
            }
        }
        found
    });
    found.sort_by_key(|one| (one.first, one.source, one.destination, one.port));
    found
}

impl Lateral {
    fn of(one: &Conversation, parameters: &Parameters) -> Self {
        let port = one.responder_port();
        Self {
            source: one.initiator(),
            destination: one.responder(),
            port,
            is_admin: parameters.admin_ports.contains(&port),
            first: one.start,
            last: one.end(),
            conversations: 0,
            hits: 0,
            misses: 0,
            sent: 0,
            received: 0,
            status: Novelty::InsufficientHistory,
        }
    }

    fn add(&mut self, one: &Conversation) {
        self.first = self.first.min(one.start);
        self.last = self.last.max(one.end());
        self.conversations += 1;
        self.hits += u64::from(one.outcome() == Outcome::Hit);
        self.misses += u64::from(one.outcome() == Outcome::Miss);
        self.sent = self.sent.saturating_add(one.sent_bytes);
        self.received = self.received.saturating_add(one.received_bytes);
    }
}

pub(super) fn row(of: &Traffic, one: &Lateral) -> Vec<Value> {
    vec![
        of.address(one.source),
        of.address(one.destination),
        Value::Integer(one.port.into()),
        Value::Integer(one.is_admin.into()),
        of.time(one.first),
        of.time(one.last),
        Value::count(one.conversations),
        Value::count(one.hits),
        Value::count(one.misses),
        Value::count(one.sent),
        Value::count(one.received),
        Value::Text(one.status.name().to_owned()),
    ]
}
