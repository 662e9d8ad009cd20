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
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &READ, rows, &mut values);
                for at in 0..rows.len() {
                    let number = |column: usize| {
                        let value = values.get(column).and_then(|list| list.get(at)).copied();
                        value.filter(|value| *value != NULL)
                    };
                    let ends = |column: usize| {
                        let pair = usize::try_from(number(column).unwrap_or(0)).unwrap_or(0);
                        [&pairs.source, &pairs.destination].map(|side| side.get(pair).copied().unwrap_or(0))
                    };
                    let seen = names.seen(&Stored {
                        addresses: ends(0),
                        packet: ends(1),
                        interface: number(2),
                        disposition: number(3),
                        ports: [number(4), number(5)],
                        packets: number(6),
                        bytes: number(7),
                        start: number(8),
                        duration: number(9),
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
