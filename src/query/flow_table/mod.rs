//! Flow records as numbers, for whatever looks at each of them: between whom, over which ports, when and how much; the
//! records between the same two ends are together, in the order of time. Beside them what each interface has evidence of.

mod build;
mod read;

pub(super) use build::{Builder, Seen};
pub use read::{Ends, flow_table, kept_of_flows};
pub(super) use read::{Names, Stored};

use crate::model::Address;

/// The flow records of a scope.
#[derive(Debug, Default)]
pub struct FlowTable {
    /// Ascending; a flow names them by their places.
    pub addresses: Vec<Address>,
    /// Ascending by name.
    pub interfaces: Vec<FlowInterface>,
    /// Records between the same two ends are in one part, one after the other: by interface, then by start and end.
    pub parts: Vec<Vec<Flow>>,
}

/// A record with addresses and a time. NODATA and SKIPDATA records are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// The lower end first: address, port.
    pub ends: [(u32, u16); 2],
    /// As protocol numbers; `NO_PROTOCOL` where the record has none.
    pub protocol: u8,
    pub interface: u32,
    /// Seconds.
    pub start: i64,
    pub end: i64,
    /// Which of the ends sent it.
    pub sender: u8,
    pub is_accepted: bool,
    pub flags: TcpFlags,
    /// The addresses of the packet are not those at the interface.
    pub is_rewritten: bool,
    pub packets: u64,
    pub bytes: u64,
}

/// No protocol's number.
pub const NO_PROTOCOL: u8 = 255;

/// The TCP flags of records, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TcpFlags {
    pub bits: u16,
    /// Some record has the field.
    pub are_there: bool,
}

impl TcpFlags {
    pub const FIN: u16 = 1;
    pub const SYN: u16 = 2;
    pub const RST: u16 = 4;
    pub const ACK: u16 = 16;

    pub fn has_any(self, bits: u16) -> bool {
        self.bits & bits != 0
    }

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { bits: self.bits | other.bits, are_there: self.are_there || other.are_there }
    }
}

/// A network interface or transit gateway attachment, and what evidence there is of it, whatever the scope's filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowInterface {
    /// `None`: records that name neither.
    pub name: Option<String>,
    /// What else its records say of where it is: VPC and subnet.
    pub places: Vec<String>,
    /// Records with addresses.
    pub records: u64,
    pub accepted: u64,
    pub rejected: u64,
    /// The earliest start and the latest end of its records, NODATA and SKIPDATA records included.
    pub first: Option<i64>,
    pub last: Option<i64>,
    /// Seconds of its longest record, of these too.
    pub longest: i64,
    /// Records of one packet, and those of them that last five seconds or more.
    pub single_packets: u64,
    pub slow_single_packets: u64,
    /// Hours in which a record starts, NODATA and SKIPDATA records included, ascending: seconds.
    pub hours: Vec<i64>,
    /// The addresses as they were written (not those of the packets), as places, and how many records have the two.
    pub written: Vec<((u32, u32), u64)>,
}

impl FlowTable {
    pub fn len(&self) -> usize {
        self.parts.iter().map(Vec::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(Vec::is_empty)
    }

    /// About how many bytes of memory it takes.
    pub fn memory_bytes(&self) -> usize {
        let written: usize = self.interfaces.iter().map(|at| size_of_val(&*at.written) + size_of_val(&*at.hours)).sum();
        self.len() * size_of::<Flow>() + size_of_val(&*self.addresses) + written
    }
}
