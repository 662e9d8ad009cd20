//! Flow records as numbers, for whatever looks at each of them: between whom, over which ports, when and how much; the
//! records between the same two ends are together, in the order of time. Beside them what each interface has evidence of.

mod build;
mod counts;
mod packed;
mod read;

#[cfg(test)]
pub(crate) use build::table_of;
pub(super) use build::{Builder, Seen};
pub use packed::PackedFlow;
pub use read::{Ends, flow_table, kept_of_flows};
pub(super) use read::{Names, Stored};

use crate::model::{Address, Cancel};
use crate::threads::side_by_side;
use build::PARTS;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The flow records of a scope.
#[derive(Debug, Default)]
pub struct FlowTable {
    /// Ascending; a flow names them by their places.
    pub addresses: Vec<Address>,
    /// Ascending by name.
    pub interfaces: Vec<FlowInterface>,
    /// The earliest and the latest start.
    pub starts: Option<(i64, i64)>,
    /// Records between the same two ends are in one part: the lists that were read, in no order.
    parts: Vec<Mutex<Vec<Vec<PackedFlow>>>>,
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
    /// The addresses as they were written (not those of the packets), as places, the lower one first, and how many records have
    /// the two.
    pub written: Vec<((u32, u32), u64)>,
}

/// What is sorted at once, of a part that was read: it fits a cache.
const PIECES: usize = 64;

impl FlowTable {
    /// Records that were not given up.
    pub fn len(&self) -> usize {
        let len = |part: &Mutex<Vec<Vec<PackedFlow>>>| {
            part.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Vec::len).sum::<usize>()
        };
        self.parts.iter().map(len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives up the records: `each` has some at a time, in order; those between the same two ends are together, one after the
    /// other, by interface, then by start and end. Each thread has a state of its own. Once it is cancelled, the rest is left out.
    pub fn fold<S: Send>(
        &self,
        threads: usize,
        cancel: &Cancel,
        state: impl Fn() -> S + Sync,
        each: impl Fn(&mut S, &[PackedFlow]) + Sync,
    ) -> Vec<S> {
        let next = AtomicUsize::new(0);
        side_by_side(threads.max(1), |_| {
            let (mut state, mut pieces) = (state(), vec![Vec::new(); PIECES]);
            while let Some(part) = self.parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                for list in std::mem::take(&mut *part.lock().unwrap_or_else(PoisonError::into_inner)) {
                    spread(list, &mut pieces);
                }
                for piece in &mut pieces {
                    if cancel.is_cancelled() {
                        return state;
                    }
                    piece.sort_unstable();
                    each(&mut state, piece);
                    cancel.did(piece.len() as u64);
                    piece.clear();
                }
            }
            state
        })
    }
}

fn spread(list: Vec<PackedFlow>, pieces: &mut [Vec<PackedFlow>]) {
    for record in list {
        if let Some(piece) = pieces.get_mut(record.spread() as usize / PARTS % PIECES) {
            piece.push(record);
        }
    }
}
