//! Addresses as the analyses see them: whose they are, which interfaces saw them and in which hours, how many hosts were
//! in contact with an external one, and whether a first sight is new. Pure.

use super::conversations::Conversation;
use super::interfaces::Interface;
use rustc_hash::{FxHashMap, FxHashSet};

/// What an address is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    pub is_internal: bool,
    /// Internal, and of one machine: no multicast, broadcast, loopback, or unspecified address.
    pub is_host: bool,
}

/// How many of the hosts an external address met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rarity {
    Rare,
    Common,
    Neither,
}

impl Rarity {
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Rare => Some("rare"),
            Self::Common => Some("common"),
            Self::Neither => None,
        }
    }
}

/// From which shares on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    pub rare: f64,
    pub common: f64,
    /// With fewer hosts a share says nothing.
    pub fewest_hosts: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Novelty {
    New,
    Known,
    InsufficientHistory,
}

impl Novelty {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::InsufficientHistory => "insufficient_history",
        }
    }
}

/// From when on a first sight is new: seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since {
    pub given: Option<i64>,
    pub history: i64,
}

/// What is known of addresses, by their places.
#[derive(Debug, Default)]
pub(super) struct Space {
    pub kinds: Vec<Kind>,
    /// Which interfaces saw the address, ascending.
    seen_at: Vec<Vec<u32>>,
    /// Of external addresses: how many hosts they met in conversations that were not only rejected.
    met: FxHashMap<u32, usize>,
    /// All hosts in such conversations.
    pub hosts: usize,
}

impl Space {
    pub(super) fn of<'a>(kinds: Vec<Kind>, conversations: impl Iterator<Item = &'a Conversation>) -> Self {
        let mut space = Self { seen_at: vec![Vec::new(); kinds.len()], kinds, ..Self::default() };
        let (mut hosts, mut met) = (FxHashSet::default(), FxHashSet::default());
        for conversation in conversations {
            for (address, _) in conversation.ends {
                if let Some(list) = space.seen_at.get_mut(address as usize)
                    && let Err(place) = list.binary_search(&conversation.interface)
                {
                    list.insert(place, conversation.interface);
                }
            }
            if conversation.is_used() && !conversation.is_only_rejected() {
                let [one, other] = conversation.ends.map(|(address, _)| address);
                for (host, peer) in [(one, other), (other, one)] {
                    if space.is_host(host) {
                        hosts.insert(host);
                        if !space.is_internal(peer) {
                            met.insert((peer, host));
                        }
                    }
                }
            }
        }
        for (peer, _) in met {
            *space.met.entry(peer).or_default() += 1;
        }
        space.hosts = hosts.len();
        space
    }

    pub(super) fn is_internal(&self, address: u32) -> bool {
        self.kinds.get(address as usize).is_some_and(|kind| kind.is_internal)
    }

    pub(super) fn is_host(&self, address: u32) -> bool {
        self.kinds.get(address as usize).is_some_and(|kind| kind.is_host)
    }

    pub(super) fn seen_at(&self, address: u32) -> &[u32] {
        self.seen_at.get(address as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many hosts an external address met.
    pub(super) fn met(&self, peer: u32) -> usize {
        self.met.get(&peer).copied().unwrap_or(0)
    }

    /// The share of the hosts that it met.
    pub(super) fn prevalence(&self, peer: u32) -> f64 {
        self.met(peer) as f64 / self.hosts.max(1) as f64
    }

    /// Of an external address; one that only machines that are no hosts were in contact with, such as a NAT gateway, is rare.
    pub(super) fn rarity(&self, peer: u32, shares: &Shares) -> Rarity {
        let met = self.met(peer);
        if self.hosts < shares.fewest_hosts || self.is_internal(peer) {
            return Rarity::Neither;
        }
        if met as f64 <= (shares.rare * self.hosts as f64).floor().max(1.0) {
            Rarity::Rare
        } else if met >= 2 && met as f64 >= shares.common * self.hosts as f64 {
            Rarity::Common
        } else {
            Rarity::Neither
        }
    }

    /// Hours in which an interface that saw the address has a record, ascending.
    pub(super) fn known_hours(&self, address: u32, interfaces: &[Interface]) -> Vec<i64> {
        let at = self.seen_at(address).iter().filter_map(|at| interfaces.get(*at as usize));
        let mut hours: Vec<i64> = at.flat_map(|interface| interface.hours.iter().copied()).collect();
        hours.sort_unstable();
        hours.dedup();
        hours
    }

    /// Is what was seen first at a time new, to the interfaces that saw these addresses?
    pub(super) fn novelty(&self, first: i64, addresses: &[u32], interfaces: &[Interface], since: Since) -> Novelty {
        let at = || {
            addresses.iter().flat_map(|address| self.seen_at(*address)).filter_map(|at| interfaces.get(*at as usize))
        };
        let (begin, end) = (at().filter_map(|at| at.first).min(), at().filter_map(|at| at.last).max());
        let (Some(begin), Some(end)) = (begin, end) else { return Novelty::InsufficientHistory };
        let (from, is_enough) = match since.given {
            Some(given) => (given, given.saturating_sub(begin) >= since.history),
            None => (begin.saturating_add(since.history), end.saturating_sub(begin) > since.history),
        };
        match is_enough {
            false => Novelty::InsufficientHistory,
            true if first >= from => Novelty::New,
            true => Novelty::Known,
        }
    }
}
