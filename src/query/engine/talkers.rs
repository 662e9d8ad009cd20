//! From sums by pair to sums by address.

use super::answers::LEAST_PART;
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Bitmap, Grouping, Groups, KeyPart, Map, NO_SLOT, PairColumns, Second, Selection, Sums, Used};
use crate::threads::side_by_side;
use std::ops::Range;
use std::sync::Arc;

/// Sums by address id: a record counts for both of its sides, once where they are the same; its bytes are sent by one and
/// received by the other. With the bytes that each sent and received. `only`: of these addresses.
pub(super) fn talkers(
    groups: &Groups,
    pairs: &PairColumns,
    only: Option<Bitmap>,
    threads: usize,
) -> (Groups, Vec<(i128, i128)>) {
    let used = only.map_or(Used::Every(pairs.addresses), Used::of);
    let count = used.count();
    // Each worker takes one side, and of that some of the addresses: nothing has to be added up afterwards.
    let per_side = if groups.slots.len() < LEAST_PART { 1 } else { threads.div_ceil(2).max(1) };
    let bound = |part: usize| part * count / per_side;
    let task =
        |number: usize| side(groups, pairs, number.is_multiple_of(2), &used, bound(number / 2)..bound(number / 2 + 1));
    let done = match threads {
        0 | 1 => (0..2).map(task).collect(),
        _ => side_by_side(2 * per_side, task),
    };
    let sent = done.iter().step_by(2).flatten();
    let received = done.iter().skip(1).step_by(2).flatten();
    both(used.slots().into_iter().zip(sent.copied().zip(received.copied())))
}

/// The sums of two sides together, with the bytes of each; only addresses that occur.
fn both(sides: impl Iterator<Item = (u64, (Sums, Sums))>) -> (Groups, Vec<(i128, i128)>) {
    let (mut slots, mut sums, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for (id, (sent, received)) in sides.filter(|(_, (a, b))| a.records > 0 || b.records > 0) {
        let mut all = sent;
        all.add(&received);
        slots.push(id);
        sums.push(all);
        bytes.push((sent.bytes, received.bytes));
    }
    (Groups { slots, sums: sums.into() }, bytes)
}

impl Engine<'_> {
    /// The same of chosen records, without sums by pair, of which there may be many more than addresses.
    pub(crate) fn talkers(
        &self,
        selection: &Selection,
        column: usize,
        pairs: &PairColumns,
    ) -> Result<(Groups, Vec<(i128, i128)>), EngineError> {
        let sides = || pairs.source.iter().zip(pairs.destination.iter());
        let (others, own): (Vec<u32>, Vec<u32>) = sides()
            .map(|(source, destination)| match source == destination {
                true => (NO_SLOT, *destination),
                false => (*destination, NO_SLOT),
            })
            .unzip();
        let part = |by_pair: Arc<Vec<u32>>| self.mapped_pair_part(column, by_pair, pairs.addresses);
        self.by_side(selection, [part(Arc::clone(&pairs.source))?, part(others.into())?, part(own.into())?])
    }

    /// Sums of chosen records by port, whichever side it is of. Records without one come last.
    pub(crate) fn either_port(&self, selection: &Selection) -> Result<(Groups, Vec<(i128, i128)>), EngineError> {
        let part = |column, second| self.port_part(column, second);
        let other = flow::SRCPORT;
        self.by_side(
            selection,
            [
                part(flow::SRCPORT, None)?,
                part(flow::DSTPORT, Some(Second::Different(other)))?,
                part(flow::DSTPORT, Some(Second::Same(other)))?,
            ],
        )
    }

    /// A key of ports; `NO_PORT` for none.
    pub(crate) fn port_part(&self, column: usize, second: Option<Second>) -> Result<KeyPart, EngineError> {
        let fits = |column| {
            let (least, greatest) = self.records.bounds(column).unwrap_or((0, 0));
            least >= 0 && greatest < i64::from(NO_PORT)
        };
        match fits(flow::SRCPORT) && fits(flow::DSTPORT) {
            true => Ok(KeyPart { column, second, map: Map::Offset(0), absent: NO_PORT, size: NO_PORT + 1 }),
            false => Err(EngineError::Unsupported),
        }
    }

    /// Sums by what records have on either side: by the source's key; by the destination's, of records in which the two
    /// differ; and of those in which they are the same.
    fn by_side(&self, selection: &Selection, sides: [KeyPart; 3]) -> Result<(Groups, Vec<(i128, i128)>), EngineError> {
        let measures = self.all_measures()?;
        let mut found = Vec::with_capacity(sides.len());
        for part in sides {
            let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
            let groups = self.checked(self.groups(selection, &grouping, &measures)?)?;
            found.push(groups.slots.into_iter().zip(groups.sums).peekable());
        }
        let mut sides = <[_; 3]>::try_from(found).map_err(|_| EngineError::Unsupported)?;
        let next = || {
            let slot = sides.iter_mut().filter_map(|side| side.peek().map(|(slot, _)| *slot)).min()?;
            let mut take = |at: usize| sides.get_mut(at)?.next_if(|(own, _)| *own == slot).map(|(_, sums)| sums);
            let (sent, mut received) = (take(0).unwrap_or_default(), take(1).unwrap_or_default());
            if let Some(own) = take(2) {
                // Its records were counted at the source; what they carried was sent and received.
                received.add(&Sums { records: 0, accepted: 0, rejected: 0, left_out: 0, ..own });
            }
            Some((slot, (sent, received)))
        };
        Ok(both(std::iter::from_fn(next)))
    }
}

/// In the place of a port, where there is none.
pub(super) const NO_PORT: u32 = 1 << 16;

/// What the pairs come to by their source, or by their destination, of the addresses whose number is in a range.
fn side(groups: &Groups, pairs: &PairColumns, is_source: bool, used: &Used, numbers: Range<usize>) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); numbers.len()];
    let (own, other) = match is_source {
        true => (&pairs.source, &pairs.destination),
        false => (&pairs.destination, &pairs.source),
    };
    for (slot, pair) in groups.slots.iter().zip(&groups.sums) {
        let id = |list: &[u32]| list.get(*slot as usize).copied().unwrap_or(0);
        let at = id(own);
        let number = used.number(at.into()) as usize;
        let Some(sums) = number.checked_sub(numbers.start).and_then(|at| sums.get_mut(at)) else { continue };
        if !is_source && at == id(other) {
            // Its records were counted at the source; what they carried was sent and received.
            sums.add(&Sums { records: 0, accepted: 0, rejected: 0, left_out: 0, ..*pair });
        } else {
            sums.add(pair);
        }
    }
    sums
}
