//! From sums by pair to sums by address.

use super::answers::{LEAST_PART, checked, side_by_side};
use super::{Engine, EngineError};
use crate::columns::{Bitmap, Grouping, Groups, NO_SLOT, PairColumns, Selection, Sums, Used};
use std::ops::Range;
use std::sync::Arc;

/// Sums by address id: a record counts for both of its sides, once where they are the same; its bytes are sent by one and
/// received by the other. With the bytes that each sent and received. `only`: of these addresses.
pub fn talkers(
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
    let (mut found, mut bytes) = (Groups::default(), Vec::new());
    for (id, (sent, received)) in sides.filter(|(_, (a, b))| a.records > 0 || b.records > 0) {
        let mut all = sent;
        all.add(&received);
        found.slots.push(id);
        found.sums.push(all);
        bytes.push((sent.bytes, received.bytes));
    }
    (found, bytes)
}

impl Engine<'_> {
    /// The same of chosen records, without sums by pair, of which there may be many more than addresses.
    pub fn talkers(
        &self,
        selection: &Selection,
        column: usize,
        pairs: &PairColumns,
    ) -> Result<(Groups, Vec<(i128, i128)>), EngineError> {
        let measures = self.all_measures()?;
        let sums = |by_pair: Arc<[u32]>| -> Result<Vec<Sums>, EngineError> {
            let part = self.mapped_pair_part(column, by_pair, pairs.addresses)?;
            let grouping = Grouping::new(vec![part]).ok_or(EngineError::Unsupported)?;
            let groups = checked(self.groups(selection, &grouping, &measures)?)?;
            let mut sums = vec![Sums::default(); pairs.addresses as usize];
            for (slot, group) in groups.slots.iter().zip(groups.sums) {
                if let Some(sums) = sums.get_mut(*slot as usize) {
                    *sums = group;
                }
            }
            Ok(sums)
        };
        let sent = sums(Arc::clone(&pairs.source))?;
        let sides = || pairs.source.iter().zip(pairs.destination.iter());
        let (others, own): (Vec<u32>, Vec<u32>) = sides()
            .map(|(source, destination)| match source == destination {
                true => (NO_SLOT, *destination),
                false => (*destination, NO_SLOT),
            })
            .unzip();
        let mut received = sums(others.into())?;
        for (sums, own) in received.iter_mut().zip(sums(own.into())?).filter(|(_, own)| own.records > 0) {
            // Its records were counted at the source; what they carried was sent and received.
            sums.add(&Sums { records: 0, accepted: 0, rejected: 0, left_out: 0, ..own });
        }
        Ok(both((0..).zip(sent.into_iter().zip(received))))
    }
}

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
