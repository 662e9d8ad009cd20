//! Indicators and labels over columns: what the dictionaries meet becomes sets of ids; where an entry counts at some times
//! only, the rows of those ids are asked for theirs.

use super::plan::{Node, Timed};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Bitmap, Members, Side};
use crate::query::filter_sql::MetAt;
use crate::query::indicators::{Met, Wanted, met};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Whose time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    Honoured,
    /// Every entry counts always.
    Ignored,
}

impl Engine<'_> {
    /// Records of which something meets an entry at their time.
    pub fn met(&self, wanted: &Wanted, at: MetAt) -> Result<Node, EngineError> {
        let met = met(&self.reader.conn, &self.reader.cache, wanted)?;
        match at {
            MetAt::Side { column, side } => Ok(Node::or(self.side_met(&met, column, side, Times::Honoured)?)),
            MetAt::Record => self.record_met(&met, Times::Honoured),
        }
    }

    /// Records of which any value meets an entry.
    pub fn record_met(&self, met: &Met, times: Times) -> Result<Node, EngineError> {
        let mut parts = self.side_met(met, flow::PAIR, Side::Either, times)?;
        parts.extend(self.side_met(met, flow::PACKET_PAIR, Side::Either, times)?);
        let interfaces: Vec<(usize, u32)> = met.interfaces().collect();
        parts.extend(self.ids_met(met, flow::INTERFACE, &interfaces, times));
        let ports: Vec<(usize, u32)> = met.ports().collect();
        for column in [flow::SRCPORT, flow::DSTPORT] {
            parts.extend(self.ids_met(met, column, &ports, times));
        }
        Ok(Node::or(parts))
    }

    fn side_met(&self, met: &Met, column: usize, side: Side, times: Times) -> Result<Vec<Node>, EngineError> {
        let pairs = self.pairs()?;
        let ids: Vec<(usize, u32)> = met.addresses().collect();
        let Some((last, _)) = ids.last() else { return Ok(Vec::new()) };
        let of = |always: bool| {
            let is_always = |list: u32| times == Times::Ignored || met.always(list);
            let chosen = ids.iter().filter(|(_, list)| is_always(*list) == always).map(|(id, _)| *id);
            Bitmap::of(chosen, last + 1)
        };
        let mut nodes = vec![self.member(column, self.pairs_with(&pairs, &of(true), side))];
        let timed = self.pairs_with(&pairs, &of(false), side);
        if timed.count() > 0 {
            let mut windows = Windows::default();
            for pair in timed.iter() {
                let of_side = |list: &[u32]| met.of_address(list.get(pair).copied().unwrap_or(0));
                let lists = match side {
                    Side::Source => (of_side(&pairs.source), 0),
                    Side::Destination => (of_side(&pairs.destination), 0),
                    Side::Either => (of_side(&pairs.source), of_side(&pairs.destination)),
                };
                windows.put(pair, met, lists);
            }
            nodes.push(windows.node(column, timed));
        }
        Ok(nodes)
    }

    /// Ids with their lists.
    fn ids_met(&self, met: &Met, column: usize, ids: &[(usize, u32)], times: Times) -> Vec<Node> {
        let Some(last) = ids.iter().map(|(id, _)| *id).max() else { return Vec::new() };
        let of = |always: bool| {
            let is_always = |list: u32| times == Times::Ignored || met.always(list);
            let chosen = ids.iter().filter(|(_, list)| is_always(*list) == always).map(|(id, _)| *id);
            Bitmap::of(chosen, last + 1)
        };
        let mut nodes = vec![self.member(column, of(true))];
        let set = of(false);
        if set.count() > 0 {
            let mut windows = Windows::default();
            for (id, list) in ids.iter().filter(|(id, _)| set.get(*id)) {
                windows.put(*id, met, (*list, 0));
            }
            nodes.push(windows.node(column, set));
        }
        nodes
    }
}

/// The windows of numbers, those of the same lists once.
#[derive(Default)]
struct Windows {
    timed: Timed,
    known: FxHashMap<(u32, u32), u32>,
}

impl Windows {
    /// `lists`: of one side and of the other; 0 for none.
    fn put(&mut self, number: usize, met: &Met, lists: (u32, u32)) {
        let windows = &mut self.timed.windows;
        let place = *self.known.entry(lists).or_insert_with(|| {
            let places = met.list(lists.0).iter().chain(met.list(lists.1));
            windows.push(places.map(|place| met.matcher.window(*place)).collect());
            windows.len() as u32 - 1
        });
        self.timed.of.insert(number as u32, place);
    }

    fn node(self, column: usize, set: Bitmap) -> Node {
        Node::Timed(column, Arc::new(Timed { set: Members::new(set), ..self.timed }))
    }
}
