//! From sums by pair to sums by address.

use super::answers::{LEAST_PART, side_by_side};
use crate::columns::{Bitmap, Groups, PairColumns, Sums, Used};
use std::ops::Range;

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
    let mut found = Groups::default();
    let mut sides = Vec::new();
    for (id, (sent, received)) in used.slots().into_iter().zip(sent.zip(received)) {
        if sent.records == 0 && received.records == 0 {
            continue;
        }
        let mut all = *sent;
        all.add(received);
        found.slots.push(id);
        found.sums.push(all);
        sides.push((sent.bytes, received.bytes));
    }
    (found, sides)
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
