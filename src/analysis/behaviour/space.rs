//! Addresses as the analyses see them: whose they are, which interfaces saw them and in which hours, how many hosts were
//! in contact with an external one, and whether a first sight is new. Pure.

use super::interfaces::Interface;

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

/// Which interfaces saw which addresses, and which hosts were in contact with whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Address and interface, ascending.
    pub at: Vec<(u32, u32)>,
    /// External address and host, in conversations that were not only rejected, ascending.
    pub met: Vec<(u32, u32)>,
    /// All hosts in such conversations.
    pub hosts: usize,
}

/// What is known of addresses, by their places.
#[derive(Debug, Default)]
pub(super) struct Space {
    pub kinds: Vec<Kind>,
    /// Interfaces, ascending for each address; and where those of an address begin, with the end behind the last.
    seen_at: Vec<u32>,
    seen_from: Vec<u32>,
    /// How many hosts it met.
    met: Vec<u32>,
    /// All hosts.
    pub hosts: usize,
}

impl Space {
    pub(super) fn of(kinds: Vec<Kind>, seen: Seen) -> Self {
        let mut seen_from = vec![0; kinds.len() + 1];
        for (address, _) in &seen.at {
            if let Some(next) = seen_from.get_mut(*address as usize + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for from in &mut seen_from {
            sum += *from;
            *from = sum;
        }
        let mut met = vec![0; kinds.len()];
        for (peer, _) in &seen.met {
            if let Some(count) = met.get_mut(*peer as usize) {
                *count += 1;
            }
        }
        let seen_at = seen.at.into_iter().map(|(_, interface)| interface).collect();
        Self { kinds, seen_at, seen_from, met, hosts: seen.hosts }
    }

    /// About how many bytes of memory it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&*self.kinds)
            + size_of_val(&*self.seen_at)
            + size_of_val(&*self.seen_from)
            + size_of_val(&*self.met)
    }

    pub(super) fn is_internal(&self, address: u32) -> bool {
        self.kinds.get(address as usize).is_some_and(|kind| kind.is_internal)
    }

    pub(super) fn is_host(&self, address: u32) -> bool {
        self.kinds.get(address as usize).is_some_and(|kind| kind.is_host)
    }

    pub(super) fn seen_at(&self, address: u32) -> &[u32] {
        let from = |at: usize| self.seen_from.get(at).map(|from| *from as usize);
        let range = from(address as usize).zip(from(address as usize + 1));
        range.and_then(|(from, to)| self.seen_at.get(from..to)).unwrap_or_default()
    }

    /// How many hosts an external address met.
    pub(super) fn met(&self, peer: u32) -> usize {
        self.met.get(peer as usize).map_or(0, |count| *count as usize)
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
