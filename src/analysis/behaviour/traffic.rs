//! What all analyses of behaviour start from: conversations, and what is known of addresses and interfaces. Pure.

use super::chunks::Chunks;
use super::conversation::Conversation;
use super::fold::{Arranged, Extra, Folding, Known, Wanted, arranged};
use super::interfaces::{Interface, Told, interfaces};
use super::space::{Kind, Space};
use crate::model::{Address, Cancel, Timestamp, Value};
use crate::query::{FlowTable, NO_PROTOCOL};
use crate::threads::side_by_side;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// One part is gone through by one thread; a power of two.
pub(super) const PARTS: usize = 64;
/// Lists by another address than the initiator's.
const LISTS: usize = 128;

/// In which part the conversations are that an address began.
pub(super) fn part_of(address: u32) -> usize {
    (address.wrapping_mul(0x9E37_79B1) >> 16) as usize % PARTS
}

/// What is kept until the case changes.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// As the flow table has them.
    pub addresses: Vec<Address>,
    pub interfaces: Vec<Interface>,
    pub space: Space,
    /// By who began them (`part_of`), of one in the order of `Conversation::place`.
    parts: Vec<Vec<Conversation>>,
    extras: Vec<Extra>,
    /// Of the records: the earliest and latest start.
    pub starts: Option<(i64, i64)>,
}

impl Kept {
    /// `is_internal`: of an address, by what is declared and private space.
    pub(super) fn of(
        mut table: FlowTable,
        told: &Told,
        is_internal: impl Fn(&Address) -> bool,
        wanted: &Wanted,
        (threads, cancel): (usize, &Cancel),
    ) -> Self {
        let declared: Vec<bool> = table.addresses.iter().map(is_internal).collect();
        let interfaces = interfaces(&table, told, &declared, threads);
        table.interfaces = Vec::new();
        let mut kinds: Vec<Kind> = declared.iter().map(|is| Kind { is_internal: *is, is_host: false }).collect();
        for own in interfaces.iter().flat_map(|interface| &interface.own) {
            if let Some(kind) = kinds.get_mut(*own as usize) {
                kind.is_internal = true;
            }
        }
        for (kind, address) in kinds.iter_mut().zip(&table.addresses) {
            kind.is_host = kind.is_internal && is_of_one_machine(address.ip);
        }
        let is_v6: Vec<bool> = table.addresses.iter().map(|address| address.ip.is_ipv6()).collect();
        let known = Known { interfaces: &interfaces, kinds: &kinds, is_v6: &is_v6, wanted };
        let each = table.len() / threads.max(1);
        let foldings = table.fold(threads, cancel, || Folding::new(each), |folding, rows| folding.take(rows, &known));
        let Arranged { parts, extras, seen } = arranged(foldings, &kinds, threads, cancel);
        let space = Space::of(kinds, seen);
        Self { addresses: table.addresses, interfaces, space, parts, extras, starts: table.starts }
    }

    /// About how many bytes of memory it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        let extra = |extra: &Extra| size_of_val(extra) + size_of_val(&*extra.pieces) + size_of_val(&*extra.asked);
        self.conversations().count() * size_of::<Conversation>()
            + self.extras.iter().map(extra).sum::<usize>()
            + size_of_val(&*self.addresses)
            + self.space.memory_bytes()
    }

    pub(super) fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.parts.iter().flatten()
    }

    /// What else is known of a conversation.
    pub(super) fn extra(&self, one: &Conversation) -> Option<&Extra> {
        self.extras.get(one.extra.checked_sub(1)? as usize)
    }

    pub(super) fn interface_name(&self, at: u32) -> Value {
        interface_name(&self.interfaces, at)
    }

    pub(super) fn address_text(&self, at: u32) -> String {
        self.addresses.get(at as usize).map(ToString::to_string).unwrap_or_default()
    }

    pub(super) fn address(&self, at: u32) -> Value {
        address(&self.addresses, at)
    }

    pub(super) fn protocol(&self, of: u8) -> Value {
        protocol(of)
    }

    pub(super) fn time(&self, secs: i64) -> Value {
        time(secs)
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
            self.time(one.end()),
            Value::Integer(one.duration()),
        ]
    }
}

/// What is kept, as one question goes through it.
#[derive(Debug)]
pub(super) struct Traffic {
    kept: Arc<Kept>,
    threads: usize,
    cancel: Cancel,
}

impl Deref for Traffic {
    type Target = Kept;

    fn deref(&self) -> &Kept {
        &self.kept
    }
}

impl Traffic {
    pub(super) fn of(kept: Arc<Kept>, threads: usize, cancel: &Cancel) -> Self {
        Self { kept, threads: threads.max(1), cancel: cancel.clone() }
    }

    /// What `each` makes of the parts, which are gone through on several threads, in their order. Once it is cancelled, the
    /// rest is left out.
    pub(super) fn by_part<'a, R: Send>(&'a self, each: impl Fn(&'a [Conversation]) -> Vec<R> + Sync) -> Vec<R> {
        self.shared(&self.parts, |part| each(part)).into_iter().flatten().collect()
    }

    /// The same for what concerns another address than the initiator's: `hand` hands items of a part to lists by address, and
    /// `each` has all those of an address in one list, in no order.
    pub(super) fn by_address<'a, T: Send, R: Send>(
        &'a self,
        hand: impl Fn(&'a [Conversation], &mut Handed<T>) + Sync,
        each: impl Fn(Vec<T>) -> Vec<R> + Sync,
    ) -> Vec<R> {
        let next = AtomicUsize::new(0);
        let handed = side_by_side(self.threads, |_| {
            let mut handed = Handed { lists: (0..LISTS).map(|_| Chunks::default()).collect() };
            while let Some(part) = self.parts.get(next.fetch_add(1, Ordering::Relaxed))
                && !self.cancel.is_cancelled()
            {
                hand(part, &mut handed);
            }
            handed.lists
        });
        let mut lists: Vec<Chunks<T>> = (0..LISTS).map(|_| Chunks::default()).collect();
        for of in handed {
            lists.iter_mut().zip(of).for_each(|(list, more)| list.append(more));
        }
        let lists: Vec<Mutex<Chunks<T>>> = lists.into_iter().map(Mutex::new).collect();
        let each = |list: &Mutex<Chunks<T>>| {
            let mut all = Vec::new();
            std::mem::take(&mut *list.lock().unwrap_or_else(PoisonError::into_inner)).move_to(&mut all);
            each(all)
        };
        self.shared(&lists, each).into_iter().flatten().collect()
    }

    fn shared<'a, T: Sync, R: Send>(&self, list: &'a [T], each: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
        let next = AtomicUsize::new(0);
        let found = side_by_side(self.threads, |_| {
            let mut found = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(one) = list.get(at).filter(|_| !self.cancel.is_cancelled()) else { return found };
                found.push((at, each(one)));
            }
        });
        let mut found: Vec<(usize, R)> = found.into_iter().flatten().collect();
        found.sort_unstable_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, one)| one).collect()
    }
}

/// Items by an address.
pub(super) struct Handed<T> {
    lists: Vec<Chunks<T>>,
}

impl<T> Handed<T> {
    pub(super) fn to(&mut self, address: u32, item: T) {
        if let Some(list) = self.lists.get_mut((address.wrapping_mul(0x9E37_79B1) >> 20) as usize % LISTS) {
            list.push(item);
        }
    }
}

pub(super) fn interface_name(interfaces: &[Interface], at: u32) -> Value {
    let name = interfaces.get(at as usize).and_then(|interface| interface.name.clone());
    name.map_or(Value::Null, Value::Text)
}

pub(super) fn address(addresses: &[Address], at: u32) -> Value {
    Value::Text(addresses.get(at as usize).map(ToString::to_string).unwrap_or_default())
}

pub(super) fn protocol(protocol: u8) -> Value {
    if protocol == NO_PROTOCOL { Value::Null } else { Value::Integer(protocol.into()) }
}

pub(super) fn time(secs: i64) -> Value {
    Value::Time(Timestamp::from_secs(secs))
}

/// No multicast, broadcast, loopback or unspecified address.
fn is_of_one_machine(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[0] != 0 && !v4.is_loopback() && !v4.is_multicast() && !v4.is_broadcast(),
        IpAddr::V6(v6) => !v6.is_unspecified() && !v6.is_loopback() && !v6.is_multicast(),
    }
}
