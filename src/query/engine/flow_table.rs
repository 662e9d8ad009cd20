//! Flow records as numbers, over the columns.

use super::groups::touched;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{NULL, Selection};
use crate::query::Scope;
use crate::query::flow_table::{Builder, Names, Stored};

const READ: [usize; 10] = [
    flow::PAIR,
    flow::PACKET_PAIR,
    flow::INTERFACE,
    flow::DISPOSITION,
    flow::SRCPORT,
    flow::DSTPORT,
    flow::PACKETS,
    flow::BYTES,
    flow::START,
    flow::DURATION,
];

/// Records are read, put together between the same ends, and what that makes is put in order.
const PASSES: u64 = 3;

/// What to do with records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Evidence,
    Flows,
    Both,
}

impl Engine<'_> {
    /// What each thread has read of a scope: its records, and of all records in its time range what evidence there is.
    pub(crate) fn flow_builders(&self, scope: &Scope, names: &Names) -> Result<Vec<Builder>, EngineError> {
        let builders = (0..self.threads.max(1)).map(|_| Builder::new(names.interfaces.len())).collect();
        self.expect_passes(if scope.filter.is_none() { PASSES } else { PASSES + 1 });
        if scope.filter.is_none() {
            let all = self.chosen(&scope.records(Vec::new()))?;
            return self.fill(&all, names, builders, Use::Both);
        }
        let everything = Scope { filter: None, ..scope.clone() };
        let builders = self.fill(&*self.chosen(&everything.records(Vec::new()))?, names, builders, Use::Evidence)?;
        self.fill(&*self.chosen(&scope.records(Vec::new()))?, names, builders, Use::Flows)
    }

    fn fill(
        &self,
        selection: &Selection,
        names: &Names,
        builders: Vec<Builder>,
        used: Use,
    ) -> Result<Vec<Builder>, EngineError> {
        let columns = ColumnSet::of(READ);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let pairs = self.pairs()?;
        let segments = &self.records.segments;
        let each = |builder: &mut Builder, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut values: [Vec<i64>; 10] = Default::default();
            // Of source and destination, as written and of the packet.
            let mut ends: [[Vec<u32>; 2]; 2] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &READ, rows, &mut values);
                let [pair, packet, interface, disposition, srcport, dstport, packets, bytes, start, duration] = &values;
                // Pairs are far apart: the memory is asked for many at once.
                for ([source, destination], column) in ends.iter_mut().zip([pair, packet]) {
                    addresses(&pairs.source, column, source);
                    addresses(&pairs.destination, column, destination);
                }
                for at in 0..rows.len() {
                    let number = |column: &Vec<i64>| column.get(at).copied().filter(|value| *value != NULL);
                    let end = |list: &Vec<u32>| list.get(at).copied().unwrap_or(0);
                    let [written, of_packet] = &ends;
                    let seen = names.seen(&Stored {
                        addresses: [end(&written[0]), end(&written[1])],
                        packet: [end(&of_packet[0]), end(&of_packet[1])],
                        interface: number(interface),
                        disposition: number(disposition),
                        ports: [number(srcport), number(dstport)],
                        packets: number(packets),
                        bytes: number(bytes),
                        start: number(start),
                        duration: number(duration),
                    });
                    let Some(seen) = seen else { continue };
                    if used != Use::Flows {
                        builder.evidence(&seen);
                    }
                    if used != Use::Evidence {
                        builder.flow(&seen);
                    }
                }
            });
            Ok(())
        };
        self.sweep(needs, Share::Split, builders, each)
    }
}

/// The addresses at one side of pairs; 0 where a record has none.
fn addresses(side: &[u32], pairs: &[i64], found: &mut Vec<u32>) {
    found.clear();
    let address = |pair: &i64| side.get(usize::try_from(*pair).unwrap_or(0)).copied().unwrap_or(0);
    found.extend(pairs.iter().map(address));
}
