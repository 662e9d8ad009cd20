//! Sightings over the columns: the records that meet anything are chosen by their ids, and only they are looked at.

use super::met::Times;
use super::plan::Node;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::{IndexedTable, flow};
use crate::columns::{Chosen, NULL, PairColumns, Verdict};
use crate::query::RecordQuery;
use crate::query::indicators::Met;
use crate::query::sightings::{By, FlowLook, Tallies};

const LOOKED_AT: [usize; 9] = [
    flow::PAIR,
    flow::PACKET_PAIR,
    flow::INTERFACE,
    flow::DISPOSITION,
    flow::SRCPORT,
    flow::DSTPORT,
    flow::BYTES,
    flow::START,
    flow::DURATION,
];

impl Engine<'_> {
    /// What the flow records of a query come to by what they meet.
    pub fn sightings(&self, records: &RecordQuery, met: &Met, by: By) -> Result<Tallies, EngineError> {
        let plan = Node::and(vec![self.plan(records)?, self.record_met(met, Times::Ignored)?]);
        let selection = self.choose(&plan)?;
        let pairs = self.pairs()?;
        let (_, fates) = self.fates()?;
        let touched = |number: usize| selection.parts().get(number).is_some_and(|chosen| *chosen != Chosen::None);
        let needs = |number: usize| touched(number).then(|| ColumnSet::of(LOOKED_AT));
        let segments = &self.snapshot.flows.segments;
        let each = |tallies: &mut Tallies, number: usize, columns: &Columns| {
            let (Some(chosen), Some(segment)) = (selection.parts().get(number), segments.get(number)) else {
                return Ok(());
            };
            let mut values: [Vec<i64>; 9] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &LOOKED_AT, rows, &mut values);
                for at in 0..rows.len() {
                    let value =
                        |column: usize| values.get(column).and_then(|list| list.get(at)).copied().unwrap_or(NULL);
                    let fate = usize::try_from(value(3)).ok().and_then(|id| fates.get(id)).copied().unwrap_or_default();
                    let row = FlowLook {
                        sides: [sides(&pairs, value(0)), sides(&pairs, value(1))],
                        interface: value(2),
                        ports: [value(4), value(5)],
                        bytes: value(6),
                        start: value(7),
                        duration: value(8),
                        accepted: fate.verdict == Verdict::Accepted,
                        rejected: fate.verdict == Verdict::Rejected,
                        left_out: fate.left_out,
                    };
                    tallies.flow(by, met, &row);
                }
            });
            Ok(())
        };
        let states: Vec<Tallies> = (0..self.threads).map(|_| Tallies::default()).collect();
        let states = self.sweep(IndexedTable::Flow, needs, Share::Split, states, each)?;
        let mut all = Tallies::default();
        states.into_iter().for_each(|tallies| all.add(tallies));
        Ok(all)
    }
}

fn sides(pairs: &PairColumns, pair: i64) -> (u32, u32) {
    let side = |list: &[u32]| usize::try_from(pair).ok().and_then(|pair| list.get(pair)).copied().unwrap_or(0);
    (side(&pairs.source), side(&pairs.destination))
}
