//! From records to conversations, part by part, so that no more records are held than have not been gone through; and the
//! conversations in the order of who began them. Pure.

use super::conversation::Conversation;
use super::conversations::{Draft, drafts};
use super::distinct::Distinct;
use super::interfaces::Interface;
use super::numbers::{regularity, rounded};
use super::repeats::{self, InnerLegs, Leg};
use super::space::{Kind, Seen};
use super::traffic::{PARTS, part_of};
use crate::model::Cancel;
use crate::query::{Flow, PackedFlow};
use crate::threads::side_by_side;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

pub(super) const HOUR: i64 = 3600;
const ICMP: u8 = 1;
const ICMP_V6: u8 = 58;

pub(super) fn is_echo(protocol: u8) -> bool {
    protocol == ICMP || protocol == ICMP_V6
}

/// What single records are looked at for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Of names.
    pub dns_ports: Vec<u16>,
    /// Conversations from so many seconds on are long.
    pub long: i64,
}

/// What a conversation's own figures do not say; few have any.
#[derive(Clone, Debug, Default)]
pub(super) struct Extra {
    /// Of accepted records, where they are of several hours or not all were accepted.
    pub pieces: Box<[Piece]>,
    /// The accepted records of names and echoes between a host and an external address.
    pub asked: Box<[Flow]>,
    /// Of a long one: how regular the sizes of the initiator's records are.
    pub steadiness: f64,
}

/// Accepted records of a conversation that begin in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub hour: i64,
    /// From the initiator and from the responder.
    pub bytes: [u64; 2],
    pub records: u64,
    pub is_rewritten: bool,
}

/// What is known before.
pub(super) struct Known<'a> {
    pub interfaces: &'a [Interface],
    pub kinds: &'a [Kind],
    /// By the place of an address.
    pub is_v6: &'a [bool],
    pub wanted: &'a Wanted,
}

impl Known<'_> {
    fn kind(&self, address: u32) -> Kind {
        self.kinds.get(address as usize).copied().unwrap_or_default()
    }

    /// Are its records those of names or echoes between a host and an external address?
    fn is_asked(&self, draft: &Draft) -> bool {
        let [one, other] = draft.ends;
        [(one, other), (other, one)].into_iter().any(|(host, peer)| {
            let is_port = || matches!(draft.protocol, 6 | 17) && self.wanted.dns_ports.contains(&peer.1);
            (is_echo(draft.protocol) || is_port()) && self.kind(host.0).is_host && !self.kind(peer.0).is_internal
        })
    }

    fn is_long(&self, draft: &Draft) -> bool {
        draft.duration() >= self.wanted.long && !draft.is_only_rejected()
    }
}

/// What a thread has made of its parts.
pub(super) struct Folding {
    parts: Vec<Vec<Conversation>>,
    extras: Vec<Extra>,
    inner: Vec<(Leg, i64)>,
    /// Of the ends that are gone through.
    drafts: Vec<Draft>,
    of: Vec<u32>,
}

impl Folding {
    /// `records`: about so many. What memory lists do not use is not taken; while they grow, none would be given back.
    pub(super) fn new(records: usize) -> Self {
        let parts = (0..PARTS).map(|_| Vec::with_capacity(records / PARTS * 5 / 4)).collect();
        Self { parts, extras: Vec::new(), inner: Vec::new(), drafts: Vec::new(), of: Vec::new() }
    }

    /// The records of a part, in order.
    pub(super) fn take(&mut self, rows: &[PackedFlow], known: &Known<'_>) {
        for group in rows.chunk_by(PackedFlow::has_ends_of) {
            // Most are alone.
            if let [one] = group {
                let flow = one.flow();
                let draft = Draft::of(&flow, 0);
                let extra = extra(&draft, known, || vec![flow]);
                self.settle(&draft, extra, known);
                continue;
            }
            let (mut list, mut of) = (std::mem::take(&mut self.drafts), std::mem::take(&mut self.of));
            drafts(group, known.interfaces, &mut list, &mut of);
            repeats::mark_other_interfaces(&mut list, known.interfaces);
            for (at, draft) in list.iter().enumerate() {
                self.settle(draft, extra(draft, known, || rows_of(group, &of, at as u32)), known);
            }
            (self.drafts, self.of) = (list, of);
        }
    }

    fn settle(&mut self, draft: &Draft, extra: Option<Extra>, known: &Known<'_>) {
        let is_v6 = |address: u32| known.is_v6.get(address as usize).copied().unwrap_or(false);
        let extra = extra.map_or(0, |extra| {
            self.extras.push(extra);
            self.extras.len() as u32
        });
        let one = draft.settled(&is_v6, extra);
        if one.is_rewritten() {
            self.inner.extend(repeats::legs(&one).map(|leg| (leg, one.start)));
        }
        if let Some(part) = self.parts.get_mut(part_of(one.initiator())) {
            part.push(one);
        }
    }
}

/// The records of a conversation.
fn rows_of(rows: &[PackedFlow], of: &[u32], number: u32) -> Vec<Flow> {
    rows.iter().zip(of).filter(|(_, of)| **of == number).map(|(row, _)| row.flow()).collect()
}

fn extra(draft: &Draft, known: &Known<'_>, rows: impl FnOnce() -> Vec<Flow>) -> Option<Extra> {
    let counts = draft.repeat.is_none();
    let (is_simple, is_asked) = (draft.is_simple(HOUR), counts && known.is_asked(draft));
    let is_long = counts && known.is_long(draft);
    if is_simple && !is_asked && !is_long {
        return None;
    }
    let rows = rows();
    let (initiator, _) = draft.began();
    let mut extra = Extra::default();
    if !is_simple {
        extra.pieces = pieces(&rows, initiator).into();
    }
    if is_long {
        let sent = rows.iter().filter(|flow| flow.sender == initiator);
        let sizes: Vec<f64> = sent.map(|flow| flow.bytes as f64).collect();
        extra.steadiness = rounded(regularity(&sizes, 0.0), 3);
    }
    if is_asked {
        extra.asked = rows.into_iter().filter(|flow| flow.is_accepted).collect();
    }
    Some(extra)
}

/// `rows`: in the order of their starts.
fn pieces(rows: &[Flow], initiator: u8) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for flow in rows.iter().filter(|flow| flow.is_accepted) {
        let hour = flow.start.div_euclid(HOUR) * HOUR;
        if pieces.last().is_none_or(|last| last.hour != hour) {
            pieces.push(Piece { hour, ..Piece::default() });
        }
        if let Some(piece) = pieces.last_mut() {
            let sum = &mut piece.bytes[usize::from(flow.sender != initiator)];
            *sum = sum.saturating_add(flow.bytes);
            piece.records += 1;
            piece.is_rewritten |= flow.is_rewritten;
        }
    }
    pieces
}

/// Conversations by who began them (`part_of`), of one in the order of `Conversation::place`.
#[derive(Default)]
pub(super) struct Arranged {
    pub parts: Vec<Vec<Conversation>>,
    pub extras: Vec<Extra>,
    pub seen: Seen,
}

/// Puts together what the threads have made. Once it is cancelled, the rest is left out.
pub(super) fn arranged(foldings: Vec<Folding>, kinds: &[Kind], threads: usize, cancel: &Cancel) -> Arranged {
    let (mut extras, mut inner) = (Vec::new(), InnerLegs::default());
    let mut lists: Vec<Vec<Made>> = (0..PARTS).map(|_| Vec::new()).collect();
    for folding in foldings {
        let before = extras.len() as u32;
        extras.extend(folding.extras);
        inner.add(folding.inner);
        for (list, part) in lists.iter_mut().zip(folding.parts) {
            list.push((before, part));
        }
    }
    inner.sort();
    let places: Vec<Mutex<Vec<Conversation>>> = lists.iter().map(|_| Mutex::default()).collect();
    let lists: Vec<Mutex<_>> = lists.into_iter().map(Mutex::new).collect();
    let next = AtomicUsize::new(0);
    let found = side_by_side(threads.max(1), |_| {
        let (mut seen, mut order) = (Seeing::new(kinds), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let (Some(lists), Some(place), false) = (lists.get(at), places.get(at), cancel.is_cancelled()) else {
                return seen;
            };
            let lists = std::mem::take(&mut *lists.lock().unwrap_or_else(PoisonError::into_inner));
            let mut part = in_order(&lists, &mut order);
            drop(lists);
            let records = part.iter().map(Conversation::records).sum();
            for one in &mut part {
                if !one.is_rewritten() && one.repeat().is_none() && inner.is_outer(one) {
                    one.is_of_inner_leg();
                }
                seen.take(one);
            }
            *place.lock().unwrap_or_else(PoisonError::into_inner) = part;
            cancel.did(records);
        }
    });
    let seen = Seeing::together(found);
    let parts = places.into_iter().map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
    Arranged { parts, extras, seen }
}

/// A list of conversations, and how much is to be added to the places of their extras.
type Made = (u32, Vec<Conversation>);

/// Lists as one in order. `order`: memory that is used again.
fn in_order(lists: &[Made], order: &mut Vec<(u128, u32, u32)>) -> Vec<Conversation> {
    order.clear();
    for (number, (_, list)) in lists.iter().enumerate() {
        order.extend(list.iter().enumerate().map(|(at, one)| (one.sorted_by(), number as u32, at as u32)));
    }
    let found = |number: u32, at: u32| {
        let (before, list) = lists.get(number as usize)?;
        Some((*before, list.get(at as usize)?))
    };
    let place = |number: u32, at: u32| found(number, at).map(|(_, one)| one.place());
    order.sort_unstable_by(|one, other| {
        one.0.cmp(&other.0).then_with(|| place(one.1, one.2).cmp(&place(other.1, other.2)))
    });
    let mut all = Vec::with_capacity(order.len());
    all.extend(
        order
            .iter()
            .filter_map(|(_, number, at)| found(*number, *at))
            .map(|(before, one)| Conversation { extra: if one.extra == 0 { 0 } else { one.extra + before }, ..*one }),
    );
    all
}

/// Which interfaces saw which address, and which hosts met which peers.
struct Seeing<'a> {
    kinds: &'a [Kind],
    at: Distinct,
    met: Distinct,
    is_host: Vec<bool>,
}

impl<'a> Seeing<'a> {
    fn new(kinds: &'a [Kind]) -> Self {
        Self { kinds, at: Distinct::default(), met: Distinct::default(), is_host: vec![false; kinds.len()] }
    }

    fn take(&mut self, one: &Conversation) {
        let [from, to] = one.addresses;
        for address in [from, to] {
            self.at.add(address, one.interface);
        }
        if one.is_used() && !one.is_only_rejected() {
            let kind = |address: u32| self.kinds.get(address as usize).copied().unwrap_or_default();
            for (host, peer) in [(from, to), (to, from)] {
                if kind(host).is_host {
                    if let Some(is_host) = self.is_host.get_mut(host as usize) {
                        *is_host = true;
                    }
                    if !kind(peer).is_internal {
                        self.met.add(peer, host);
                    }
                }
            }
        }
    }

    fn together(all: Vec<Self>) -> Seen {
        let (mut at, mut met, mut hosts) = (Vec::new(), Vec::new(), Vec::new());
        for one in all {
            at.push(one.at);
            met.push(one.met);
            hosts.resize(one.is_host.len(), false);
            hosts.iter_mut().zip(one.is_host).for_each(|(host, is)| *host |= is);
        }
        let hosts = hosts.into_iter().filter(|is| *is).count();
        Seen { at: Distinct::together(at), met: Distinct::together(met), hosts }
    }
}
