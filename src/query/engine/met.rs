//! Indicators and labels over columns: what the dictionaries meet becomes sets of ids. Where an entry counts at some
//! times only, the rows of those ids are asked for theirs; where it is part of a pattern, for all that they meet.

use super::plan::{Node, Timed};
use super::sweep::{Columns, gather};
use super::{Engine, EngineError, sightings};
use crate::case::index::flow;
use crate::columns::{Bitmap, Chosen, Members, NULL, PairColumns, Side};
use crate::matching::InFlows;
use crate::query::filter_sql::MetAt;
use crate::query::indicators::{FlowLook, Met, Wanted, met};
use rustc_hash::FxHashMap;
use std::sync::Arc;

const LEADS: InFlows = InFlows::Bound { leads: true };

impl Engine<'_> {
    /// Records of which something matches an entry at their time.
    pub(crate) fn met(&self, wanted: &Wanted, at: MetAt) -> Result<Node, EngineError> {
        let met = met(&self.reader.conn, &self.reader.cache, wanted)?;
        let mut parts = match at {
            MetAt::Side { column, side } => self.side_met(&met, column, side)?,
            MetAt::Record => self.something_met(&met)?,
        };
        if !met.matcher.patterns.is_empty() {
            let candidates = self.ids_with(&met, &|list| met.counts(list, LEADS))?;
            let joint = Joint { pairs: self.pairs()?, at, met };
            parts.push(Node::Joint(Box::new(candidates), Arc::new(joint)));
        }
        Ok(Node::or(parts))
    }

    /// Records of which any value matches an entry, whatever the time and what else they meet.
    pub(crate) fn record_met(&self, met: &Met) -> Result<Node, EngineError> {
        self.ids_with(met, &|list| {
            [InFlows::Always, InFlows::Sometimes, LEADS].into_iter().any(|so| met.counts(list, so))
        })
    }

    /// Records of which any id has a list that passes.
    fn ids_with(&self, met: &Met, passes: &dyn Fn(u32) -> bool) -> Result<Node, EngineError> {
        let chosen = |ids: &mut dyn Iterator<Item = (usize, u32)>| {
            let ids: Vec<usize> = ids.filter(|(_, list)| passes(*list)).map(|(id, _)| id).collect();
            let len = ids.iter().max().map_or(0, |last| last + 1);
            Bitmap::of(ids, len)
        };
        let addresses = chosen(&mut met.addresses());
        let pairs = self.pairs_with(&*self.pairs()?, &addresses, Side::Either);
        let ports = chosen(&mut met.ports());
        Ok(Node::or(vec![
            self.member(flow::PAIR, pairs.clone()),
            self.member(flow::PACKET_PAIR, pairs),
            self.member(flow::INTERFACE, chosen(&mut met.interfaces())),
            self.member(flow::SRCPORT, ports.clone()),
            self.member(flow::DSTPORT, ports),
        ]))
    }

    fn something_met(&self, met: &Met) -> Result<Vec<Node>, EngineError> {
        let mut parts = self.side_met(met, flow::PAIR, Side::Either)?;
        parts.extend(self.side_met(met, flow::PACKET_PAIR, Side::Either)?);
        let interfaces: Vec<(usize, u32)> = met.interfaces().collect();
        parts.extend(self.ids_met(met, flow::INTERFACE, &interfaces));
        let ports: Vec<(usize, u32)> = met.ports().collect();
        for column in [flow::SRCPORT, flow::DSTPORT] {
            parts.extend(self.ids_met(met, column, &ports));
        }
        Ok(parts)
    }

    fn side_met(&self, met: &Met, column: usize, side: Side) -> Result<Vec<Node>, EngineError> {
        let pairs = self.pairs()?;
        let ids: Vec<(usize, u32)> = met.addresses().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut nodes = vec![self.member(column, self.pairs_with(&pairs, &always(met, &ids), side))];
        let timed = self.pairs_with(&pairs, &sometimes(met, &ids), side);
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
    fn ids_met(&self, met: &Met, column: usize, ids: &[(usize, u32)]) -> Vec<Node> {
        let mut nodes = vec![self.member(column, always(met, ids))];
        let set = sometimes(met, ids);
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

/// Ids whose list has an entry that counts whatever the time.
fn always(met: &Met, ids: &[(usize, u32)]) -> Bitmap {
    chosen(ids, |list| met.counts(list, InFlows::Always))
}

/// Ids whose list has none, but one that counts at times.
fn sometimes(met: &Met, ids: &[(usize, u32)]) -> Bitmap {
    chosen(ids, |list| !met.counts(list, InFlows::Always) && met.counts(list, InFlows::Sometimes))
}

fn chosen(ids: &[(usize, u32)], passes: impl Fn(u32) -> bool) -> Bitmap {
    let len = ids.iter().map(|(id, _)| id + 1).max().unwrap_or(0);
    Bitmap::of(ids.iter().filter(|(_, list)| passes(*list)).map(|(id, _)| *id), len)
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
            let at_times = places.filter(|place| met.matcher.in_flows(**place) == InFlows::Sometimes);
            windows.push(at_times.map(|place| met.matcher.window(*place)).collect());
            windows.len() as u32 - 1
        });
        self.timed.of.insert(number as u32, place);
    }

    fn node(self, column: usize, set: Bitmap) -> Node {
        Node::Timed(column, Arc::new(Timed { set: Members::new(set), ..self.timed }))
    }
}

/// Entries that are matched with others: a row is asked for all that it matches.
#[derive(Debug)]
pub(crate) struct Joint {
    met: Arc<Met>,
    pairs: Arc<PairColumns>,
    at: MetAt,
}

impl Joint {
    /// What of a row is looked at.
    pub(crate) const COLUMNS: [usize; 6] =
        [flow::PAIR, flow::PACKET_PAIR, flow::INTERFACE, flow::SRCPORT, flow::DSTPORT, flow::START];

    /// The rows of these that match a pattern as a whole.
    pub(crate) fn of(&self, candidates: &Chosen, rows: usize, columns: &Columns) -> Chosen {
        let mut values: [Vec<i64>; Self::COLUMNS.len()] = Default::default();
        let mut found = Bitmap::zeros(rows);
        let mut met = Vec::new();
        candidates.blocks(rows, |block| {
            gather(columns, &Self::COLUMNS, block, &mut values);
            for (at, row) in block.iter().enumerate() {
                let value = |column: usize| values.get(column).and_then(|list| list.get(at)).copied().unwrap_or(NULL);
                let sides = [value(0), value(1)].map(|pair| sightings::sides(&self.pairs, pair));
                let look = FlowLook { sides, interface: value(2), ports: [value(3), value(4)], start: value(5) };
                met.clear();
                self.met.all(&look, &mut met);
                if self.counts(&look, &met) {
                    found.set(*row as usize);
                }
            }
        });
        Chosen::of(found)
    }

    fn counts(&self, look: &FlowLook, met: &[u32]) -> bool {
        let MetAt::Side { column, side } = self.at else { return self.met.bound_counts(met, look, met) };
        let (source, destination) = look.sides[usize::from(column == flow::PACKET_PAIR)];
        let of = |address| self.met.bound_counts(self.met.list(self.met.of_address(address)), look, met);
        match side {
            Side::Source => of(source),
            Side::Destination => of(destination),
            Side::Either => of(source) || of(destination),
        }
    }
}
