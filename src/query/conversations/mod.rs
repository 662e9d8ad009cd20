//! Conversations: a pair and its reverse in one row, the traffic, and who is likely to have started it.
//!
//! # The two ends
//! Left is the address that was asked for; else the one in private space, where exactly one is; else the lower one.
//! Sent is what left sent to right. An address that talks to itself, and records without addresses, only send.
//!
//! # Who started it
//! Flow records do not say; it is inferred from the first of these that there is, in this order, and marked with it:
//! 1. `SynFlags`: a side sent a record whose tcp_flags hold SYN and not ACK, or received one with both. Where both
//!    sides did, both started connections.
//! 2. `Ports`: a side sent TCP or UDP to a well-known port (`is_well_known`) from one that is not, or was answered from
//!    one. Where both sides did, both started.
//! 3. `FirstSeen`: a side's first record starts before the other's, or the other sent nothing at all.
//!
//! Otherwise it is unknown.
//!
//! # The same traffic seen at two interfaces
//! A record is a repeat where another record of those asked for says the same of the same packets, seen elsewhere. Both
//! have the same source and destination address (pkt_srcaddr and pkt_dstaddr where the record has them, so that a NAT
//! path is recognised on the side where the addresses are not rewritten yet; else srcaddr and dstaddr), srcport,
//! dstport, protocol and action; a start and an end, and the closed intervals from start to end meet; and interface
//! ids, which differ. Of such records those at the interface whose id is lowest by its bytes count, and the others are
//! repeats; precisely: interface by interface in the order of their ids, a record is a repeat if it matches a record of
//! a lower interface that is not a repeat itself. Records that differ in action (accepted here, rejected there) are not
//! repeats of each other: they are two facts.

mod evaluate;
mod repeats;
mod table;

pub(super) use evaluate::{Half, Signs, is_left, talk};
#[cfg(test)]
pub(super) use evaluate::{asked, conversations_by_sql};
pub use evaluate::{conversations, first_conversations};
pub(super) use repeats::Sightings;
pub use table::{ConversationRow, ConversationTable, conversation_rows};
pub(super) use table::{Talk, Talks, thousandths};

use super::PairQuery;
use crate::model::Unit;

/// How the same traffic counts that was seen at two interfaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Repeats {
    /// As often as it was seen.
    #[default]
    Counted,
    /// Once.
    LeftOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConversationColumn {
    Left,
    Right,
    RecordCount,
    Packets,
    TotalBytes,
    DataRatio,
    FirstSeen,
    LastSeen,
    Accepted,
    Rejected,
    Sent,
    Received,
    Ratio,
    StartedBy,
    Evidence,
    Repeats,
}

impl ConversationColumn {
    pub const ALL: [ConversationColumn; 16] = [
        ConversationColumn::Left,
        ConversationColumn::Right,
        ConversationColumn::RecordCount,
        ConversationColumn::Packets,
        ConversationColumn::TotalBytes,
        ConversationColumn::DataRatio,
        ConversationColumn::FirstSeen,
        ConversationColumn::LastSeen,
        ConversationColumn::Accepted,
        ConversationColumn::Rejected,
        ConversationColumn::Sent,
        ConversationColumn::Received,
        ConversationColumn::Ratio,
        ConversationColumn::StartedBy,
        ConversationColumn::Evidence,
        ConversationColumn::Repeats,
    ];

    /// What its values are.
    pub fn unit(self) -> Unit {
        use ConversationColumn as C;
        match self {
            C::Left | C::Right => Unit::Address,
            C::StartedBy | C::Evidence => Unit::Text,
            C::RecordCount | C::Packets | C::Accepted | C::Rejected | C::Repeats => Unit::Count,
            C::TotalBytes | C::DataRatio | C::Sent | C::Received => Unit::Bytes,
            C::FirstSeen | C::LastSeen => Unit::Time,
            C::Ratio => Unit::Ratio,
        }
    }

    /// The header: the first ten are those of pairs.
    pub fn name(self) -> &'static str {
        match self {
            ConversationColumn::Left => "srcaddr",
            ConversationColumn::Right => "dstaddr",
            ConversationColumn::RecordCount => "record_count",
            ConversationColumn::Packets => "packets",
            ConversationColumn::TotalBytes => "total_bytes",
            ConversationColumn::DataRatio => "data_ratio",
            ConversationColumn::FirstSeen => "first_seen",
            ConversationColumn::LastSeen => "last_seen",
            ConversationColumn::Accepted => "accepted",
            ConversationColumn::Rejected => "rejected",
            ConversationColumn::Sent => "sent_bytes",
            ConversationColumn::Received => "received_bytes",
            ConversationColumn::Ratio => "sent_per_received",
            ConversationColumn::StartedBy => "started_by",
            ConversationColumn::Evidence => "started_evidence",
            ConversationColumn::Repeats => "repeats",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConversationSort {
    pub column: ConversationColumn,
    pub descending: bool,
}

/// Which conversations. The pairs' own order and limit do not matter here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConversationQuery {
    /// By `PairKey::Addresses` or `PairKey::PacketAddresses`; a direction makes no conversation of its own.
    pub pairs: PairQuery,
    pub repeats: Repeats,
    /// As of pairs: absent last, ties by left and right ascending.
    pub sort: Vec<ConversationSort>,
    pub limit: Option<usize>,
}

impl ConversationQuery {
    /// The conversations of these pairs, most bytes first.
    pub fn of(pairs: PairQuery) -> Self {
        let sort = vec![ConversationSort { column: ConversationColumn::TotalBytes, descending: true }];
        Self { pairs, repeats: Repeats::Counted, sort, limit: None }
    }
}

/// Which side started a conversation, as far as can be inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Left,
    Right,
    Both,
}

/// What a side is inferred from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartEvidence {
    SynFlags,
    Ports,
    FirstSeen,
}

impl StartEvidence {
    pub fn name(self) -> &'static str {
        match self {
            StartEvidence::SynFlags => "syn_flags",
            StartEvidence::Ports => "ports",
            StartEvidence::FirstSeen => "first_seen",
        }
    }
}

/// Ports above 1023 that servers listen on: SQL Server, Oracle, NFS, MySQL, RDP, PostgreSQL, VNC, WinRM, Redis, HTTP
/// and HTTPS beside the usual ports, Elasticsearch, MongoDB.
pub const SERVER_PORTS: [u16; 14] =
    [1433, 1521, 2049, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 8080, 8443, 9200, 27_017];

/// A port that servers listen on: 1 to 1023, and `SERVER_PORTS`.
pub fn is_well_known(port: u16) -> bool {
    (1..1024).contains(&port) || SERVER_PORTS.contains(&port)
}
