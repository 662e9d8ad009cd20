//! The groups with the most of one measure. Where only the first of many are wanted, narrow sums of that measure alone say
//! which they are, and everything else is summed for those.

use super::answers::{OrderKey, candidates, in_parts};
use super::groups::{FEW_SLOTS, swept, touched};
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::case::index::{IndexedTable, flow};
use crate::columns::{Bitmap, Grouping, Groups, PairColumns, Selection, Sums, tally};
use crate::query::Measure;
use std::ops::Range;

/// Which groups come first; all of equal measure with the last of them are among them.
pub struct Leaders {
    pub slots: Bitmap,
    /// How many groups there are in all.
    pub groups: u64,
    /// The slots that occur.
    pub used: Bitmap,
}

/// A worker's part of the slots: their sums, and which occur.
struct Part {
    slots: Range<u64>,
    sums: Vec<u64>,
    used: Bitmap,
}

/// Groups for each that is wanted, from which on it is less work to look for those. Tests have few.
const MANY: usize = if cfg!(test) { 2 } else { 16 };

impl Engine<'_> {
    /// The first `limit` groups by a measure, the greatest first. `None` where that is no less work than all sums, or
    /// cannot be told from narrow ones.
    pub fn leaders(
        &self,
        selection: &Selection,
        grouping: &Grouping,
        measure: Measure,
        limit: usize,
    ) -> Result<Option<Leaders>, EngineError> {
        let Ok(count) = usize::try_from(grouping.slots()) else { return Ok(None) };
        let many = grouping.slots() > FEW_SLOTS && selection.len() > count / 8;
        if limit == 0 || !many || limit > count / MANY {
            return Ok(None);
        }
        let column = match measure {
            Measure::Bytes => Some(flow::BYTES),
            Measure::Packets => Some(flow::PACKETS),
            Measure::Records => None,
        };
        let (least, greatest) = column.and_then(|column| self.snapshot.flows.bounds(column)).unwrap_or((0, 1));
        let fits = u64::try_from(greatest).ok().and_then(|most| most.checked_mul(selection.len() as u64));
        if least < 0 || fits.is_none() {
            return Ok(None);
        }
        let fates = self.fates()?;
        let mut columns = ColumnSet::of(grouping.columns().chain(column));
        columns.add(fates.0);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let table = &self.snapshot.flows;
        let bound = |worker: u64| worker * grouping.slots() / self.threads as u64;
        let states = (0..self.threads as u64).map(|worker| Part {
            slots: bound(worker)..bound(worker + 1),
            sums: Vec::new(),
            used: Bitmap::default(),
        });
        let each = |part: &mut Part, number: usize, columns: &Columns| {
            if let Some(sweep) = swept(table, selection, number, columns) {
                if part.sums.is_empty() {
                    let len = (part.slots.end - part.slots.start) as usize;
                    (part.sums, part.used) = (vec![0; len], Bitmap::zeros(len));
                }
                tally(&sweep, grouping, column, &fates, part.slots.start, &mut part.sums, &mut part.used);
            }
            Ok(())
        };
        let parts = self.sweep(IndexedTable::Flow, needs, Share::Every, states.collect(), each)?;
        let mut used = Bitmap::zeros(count);
        let mut sums = vec![0; count];
        for part in parts.iter().filter(|part| !part.sums.is_empty()) {
            let slots = part.slots.start as usize..part.slots.end as usize;
            part.used.iter().for_each(|at| used.set(slots.start + at));
            if let Some(sums) = sums.get_mut(slots) {
                sums.copy_from_slice(&part.sums);
            }
        }
        let groups = used.count() as u64;
        Ok(first(&sums, limit, self.threads).map(|slots| Leaders { slots, groups, used }))
    }
}

/// Those with the `limit` greatest sums, and their equals; `None` where 0 is among them, which may be no sum at all.
fn first(sums: &[u64], limit: usize, threads: usize) -> Option<Bitmap> {
    let key = OrderKey::new(|at| sums.get(at).filter(|sum| **sum > 0).map(|sum| (*sum).into()), true);
    let found = candidates(sums.len(), &key, limit, threads);
    let is_sound = found.iter().all(|at| sums.get(*at as usize).is_some_and(|sum| *sum > 0));
    is_sound.then(|| Bitmap::of(found.into_iter().map(|at| at as usize), sums.len()))
}

/// The same for addresses, out of the sums of pairs.
pub fn leading_talkers(
    groups: &Groups,
    pairs: &PairColumns,
    measure: Measure,
    limit: usize,
    threads: usize,
) -> Option<Leaders> {
    let count = pairs.addresses as usize;
    if limit == 0 || limit > count / MANY || groups.slots.len() < count {
        return None;
    }
    let value = |sums: &Sums| match measure {
        Measure::Bytes => u64::try_from(sums.bytes.max(0)).ok(),
        Measure::Packets => u64::try_from(sums.packets.max(0)).ok(),
        Measure::Records => Some(sums.records.into()),
    };
    let add = |sums: &mut [u64], id: usize, more: u64| {
        let sum = sums.get_mut(id)?;
        *sum = sum.checked_add(more)?;
        Some(())
    };
    let parts = in_parts(groups.slots.len(), threads, |part| {
        let (mut sums, mut used) = (vec![0u64; count], Bitmap::zeros(count));
        let (slots, pair_sums) = (groups.slots.get(part.clone())?, groups.sums.get(part)?);
        for (slot, pair) in slots.iter().zip(pair_sums) {
            let side = |list: &[u32]| list.get(*slot as usize).copied().unwrap_or(0) as usize;
            let (source, destination) = (side(&pairs.source), side(&pairs.destination));
            let more = value(pair)?;
            add(&mut sums, source, more)?;
            used.set(source);
            // A record is one record, whichever sides it has; its bytes are sent and received.
            if source != destination || measure != Measure::Records {
                add(&mut sums, destination, more)?;
            }
            used.set(destination);
        }
        Some((sums, used))
    });
    let mut sums = vec![0u64; count];
    let mut used = Bitmap::zeros(count);
    for part in parts {
        let (more, also) = part?;
        used.or(&also);
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum = sum.checked_add(more)?;
        }
    }
    let groups = used.count() as u64;
    first(&sums, limit, threads).map(|slots| Leaders { slots, groups, used })
}
