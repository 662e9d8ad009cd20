//! Values of rows laid out by where their slot is, so that the sums of many slots are made piece by piece, each in the
//! second level of cache, instead of all over the memory.

use super::NULL;
use super::bitmap::Bitmap;
use super::keys::{Grouping, Sweep};
use super::sums::Fate;
use std::ops::Range;
use std::sync::Arc;

/// Slots of a bucket, by their bits: 2^16 sums are half a megabyte. Tests have few slots.
const SLOT_BITS: u32 = if cfg!(test) { 2 } else { 16 };

/// What a value may come to: it shares 64 bits with its slot.
pub(crate) const MOST_VALUE: u64 = (1 << (64 - 16)) - 1;

/// One value for each row, by the slots of a range.
pub(crate) struct Buckets {
    slots: Range<u64>,
    lists: Vec<Vec<u64>>,
}

impl Buckets {
    /// `rows`: so many are expected.
    pub(crate) fn new(slots: Range<u64>, rows: usize) -> Self {
        let count = slots.end.saturating_sub(slots.start).div_ceil(1 << SLOT_BITS) as usize;
        let each = rows / count.max(1);
        Self { slots, lists: (0..count).map(|_| Vec::with_capacity(each + each / 8)).collect() }
    }

    /// How many buckets.
    pub(crate) fn count(&self) -> usize {
        self.lists.len()
    }

    /// The slots of a bucket.
    pub(crate) fn slots(&self, bucket: usize) -> Range<u64> {
        let first = self.slots.start + ((bucket as u64) << SLOT_BITS);
        first..(first + (1 << SLOT_BITS)).min(self.slots.end)
    }

    /// Adds one column of the chosen rows, or 1 for each without a column. Values lie from 0 to `MOST_VALUE`; 0 is
    /// for none, and for those of rows whose counters are no measurements.
    pub(crate) fn fill(
        &mut self,
        sweep: &Sweep<'_>,
        grouping: &Grouping,
        column: Option<usize>,
        fates: &(usize, Arc<[Fate]>),
    ) {
        values(sweep, grouping, column, fates, |slot, value| {
            if self.slots.contains(&slot) {
                let inside = slot - self.slots.start;
                if let Some(list) = self.lists.get_mut((inside >> SLOT_BITS) as usize) {
                    list.push(value << 16 | inside & ((1 << SLOT_BITS) - 1));
                }
            }
        });
    }

    /// Adds a bucket's values to the sums of its slots, and marks those that occur.
    pub(crate) fn add_to(&self, bucket: usize, sums: &mut [u64], used: &mut Bitmap) {
        let first = self.slots(bucket).start as usize;
        for row in self.lists.get(bucket).into_iter().flatten() {
            let inside = (row & 0xffff) as usize;
            if let Some(sum) = sums.get_mut(inside) {
                *sum += row >> 16;
                used.set(first + inside);
            }
        }
    }
}

/// The same of slots that are few enough to be summed where they are: adds the values to the sums of their slots, and marks
/// those that occur.
pub(crate) fn add_values(
    sweep: &Sweep<'_>,
    grouping: &Grouping,
    column: Option<usize>,
    fates: &(usize, Arc<[Fate]>),
    sums: &mut [u64],
    used: &mut Bitmap,
) {
    values(sweep, grouping, column, fates, |slot, value| {
        if let Some(sum) = sums.get_mut(slot as usize) {
            *sum += value;
            used.set(slot as usize);
        }
    });
}

/// Calls with the slot and the value of each chosen row.
fn values(
    sweep: &Sweep<'_>,
    grouping: &Grouping,
    column: Option<usize>,
    fates: &(usize, Arc<[Fate]>),
    mut each: impl FnMut(u64, u64),
) {
    let (mut buffer, mut slots, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    sweep.chosen.blocks(sweep.rows, |rows| {
        grouping.of(sweep, rows, &mut buffer, &mut slots);
        match column {
            Some(column) => {
                sweep.gather(fates.0, rows, &mut ids);
                sweep.gather(column, rows, &mut buffer);
                for (value, id) in buffer.iter_mut().zip(&ids) {
                    let is_none = *value == NULL || fates.1.get(*id as usize).is_some_and(|fate| fate.left_out);
                    *value = if is_none { 0 } else { *value };
                }
            }
            None => {
                buffer.clear();
                buffer.resize(rows.len(), 1);
            }
        }
        slots.iter().zip(&buffer).for_each(|(slot, value)| each(*slot, *value as u64));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::keys::{KeyPart, Map, NO_SLOT};
    use crate::columns::{Chosen, PackedColumn, Verdict};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn sums_of_buckets_are_those_of_a_loop(rows in prop::collection::vec((prop::option::of(0i64..40), prop::option::of(0i64..=MOST_VALUE as i64 / 90), 0i64..2, any::<bool>()), 0..80),
                                               from in 0u64..30, len in 0u64..20, with_column: bool) {
            let column = |values: Vec<i64>| Some(Arc::new(PackedColumn::of(&values)));
            let columns = [
                column(rows.iter().map(|row| row.0.unwrap_or(NULL)).collect()),
                column(rows.iter().map(|row| row.1.unwrap_or(NULL)).collect()),
                column(rows.iter().map(|row| row.2).collect()),
            ];
            let chosen = Chosen::of(Bitmap::of((0..rows.len()).filter(|at| rows[*at].3), rows.len()));
            let sweep = Sweep { columns: &columns, chosen: &chosen, rows: rows.len() };
            let part = KeyPart { column: 0, second: None, map: Map::Offset(0), absent: NO_SLOT, size: 40 };
            let grouping = Grouping::new(vec![part]).unwrap();
            let fate = |left_out| Fate { verdict: Verdict::Neither, left_out };
            let fates: (usize, Arc<[Fate]>) = (2, [fate(false), fate(true)].into());
            let range = from..(from + len).min(40);
            let mut buckets = Buckets::new(range.clone(), rows.len());
            buckets.fill(&sweep, &grouping, with_column.then_some(1), &fates);
            let mut used = Bitmap::zeros(40);
            let mut found: BTreeMap<u64, u64> = BTreeMap::new();
            for bucket in 0..buckets.count() {
                let slots = buckets.slots(bucket);
                let mut sums = vec![0; (slots.end - slots.start) as usize];
                buckets.add_to(bucket, &mut sums, &mut used);
                found.extend(slots.zip(sums).filter(|(slot, _)| used.get(*slot as usize)));
            }
            let mut all: BTreeMap<u64, u64> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.3) {
                let Some(slot) = row.0.map(|slot| slot as u64) else { continue };
                let value = row.1.filter(|_| row.2 == 0).unwrap_or(0) as u64;
                *all.entry(slot).or_default() += if with_column { value } else { 1 };
            }
            let expected: BTreeMap<u64, u64> = all.range(range).map(|(slot, sum)| (*slot, *sum)).collect();
            prop_assert_eq!(found, expected);
            let (mut sums, mut used) = (vec![0; 40], Bitmap::zeros(40));
            add_values(&sweep, &grouping, with_column.then_some(1), &fates, &mut sums, &mut used);
            let found: BTreeMap<u64, u64> = used.iter().map(|slot| (slot as u64, sums[slot])).collect();
            prop_assert_eq!(found, all);
        }
    }
}
