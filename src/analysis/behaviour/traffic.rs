//! What all analyses of behaviour start from: the records between the same ends, their conversations, and what is known of
//! addresses and interfaces. Pure.

use super::conversations::{self, Conversation};
use super::interfaces::{Interface, Told, interfaces};
use super::repeats;
use super::space::{Kind, Space};
use crate::model::{Timestamp, Value};
use crate::query::{Flow, FlowTable, NO_PROTOCOL};
use crate::threads::side_by_side;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub table: Arc<FlowTable>,
    pub interfaces: Vec<Interface>,
    pub space: Space,
    /// As the table's parts.
    parts: Vec<Vec<Conversation>>,
    /// Of the records: the earliest and latest start.
    pub starts: Option<(i64, i64)>,
}

impl Traffic {
    /// `is_internal`: of an address, by what is declared and private space.
    pub(super) fn of(
        table: Arc<FlowTable>,
        told: &Told,
        is_internal: impl Fn(&crate::model::Address) -> bool,
        threads: usize,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Self {
        let declared: Vec<bool> = table.addresses.iter().map(is_internal).collect();
        let interfaces = interfaces(&table, told, |at| declared.get(at as usize).copied().unwrap_or(false));
        let mut kinds: Vec<Kind> = declared.iter().map(|is| Kind { is_internal: *is, is_host: false }).collect();
        for own in interfaces.iter().flat_map(|interface| &interface.own) {
            if let Some(kind) = kinds.get_mut(*own as usize) {
                kind.is_internal = true;
            }
        }
        for (kind, address) in kinds.iter_mut().zip(&table.addresses) {
            kind.is_host = kind.is_internal && is_of_one_machine(address.ip);
        }
        let mut parts = conversations_of(&table, &interfaces, threads, stopped);
        repeats::mark_outer_legs(&mut parts);
        let space = Space::of(kinds, parts.iter().flatten());
        let starts = || table.parts.iter().flatten().map(|flow| flow.start);
        let starts = starts().min().zip(starts().max());
        Self { interfaces, space, parts, starts, table }
    }

    /// About how many bytes of memory it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        self.table.memory_bytes() + self.conversations().count() * size_of::<Conversation>()
    }

    pub(super) fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.parts.iter().flatten()
    }

    /// Conversations that count, and of which it is known who began them.
    pub(super) fn used(&self) -> impl Iterator<Item = &Conversation> {
        self.conversations().filter(|one| one.is_used())
    }

    /// Calls with each record and its conversation.
    pub(super) fn each_row(&self, mut each: impl FnMut(&Flow, &Conversation)) {
        for (part, conversations) in self.table.parts.iter().zip(&self.parts) {
            conversations::each_row(part, conversations, &self.interfaces, &mut each);
        }
    }

    pub(super) fn interface_name(&self, at: u32) -> Value {
        let name = self.interfaces.get(at as usize).and_then(|interface| interface.name.clone());
        name.map_or(Value::Null, Value::Text)
    }

    pub(super) fn address_text(&self, at: u32) -> String {
        self.table.addresses.get(at as usize).map(ToString::to_string).unwrap_or_default()
    }

    pub(super) fn address(&self, at: u32) -> Value {
        Value::Text(self.address_text(at))
    }

    pub(super) fn protocol(&self, protocol: u8) -> Value {
        if protocol == NO_PROTOCOL { Value::Null } else { Value::Integer(protocol.into()) }
    }

    pub(super) fn time(&self, secs: i64) -> Value {
        Value::Time(Timestamp::from_secs(secs))
    }

    /// The columns that every table of conversations begins with: from the interface to the duration.
    pub(super) fn ends(&self, one: &Conversation) -> Vec<Value> {
        vec![
            self.interface_name(one.interface),
            self.address(one.initiator()),
            Value::Integer(one.initiator_port().into()),
            self.address(one.responder()),
            Value::Integer(one.responder_port().into()),
            self.protocol(one.protocol),
            Value::Text(one.evidence.name().to_owned()),
            self.time(one.start),
            self.time(one.end),
            Value::Integer(one.duration()),
        ]
    }
}

/// Once it is stopped, the rest has none.
fn conversations_of(
    table: &FlowTable,
    interfaces: &[Interface],
    threads: usize,
    stopped: &(dyn Fn() -> bool + Sync),
) -> Vec<Vec<Conversation>> {
    let is_v6 = |at: u32| table.addresses.get(at as usize).is_some_and(|address| address.ip.is_ipv6());
    let parts: Vec<Mutex<Vec<Conversation>>> = table.parts.iter().map(|_| Mutex::default()).collect();
    let threads = threads.max(1);
    side_by_side(threads, |worker| {
        for (rows, place) in table.parts.iter().zip(&parts).skip(worker).step_by(threads) {
            if stopped() {
                return;
            }
            let mut found = conversations::of_part(rows, interfaces, &is_v6);
            repeats::mark_of_part(&mut found, interfaces);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = found;
        }
    });
    parts.into_iter().map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

/// No multicast, broadcast, loopback or unspecified address.
fn is_of_one_machine(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[0] != 0 && !v4.is_loopback() && !v4.is_multicast() && !v4.is_broadcast(),
        IpAddr::V6(v6) => !v6.is_unspecified() && !v6.is_loopback() && !v6.is_multicast(),
    }
}
