//! Rows laid out by where their group is, each with all that is summed of it in two words, so that the sums of millions of
//! groups are made part by part, each near the processor, and every row is looked at by one worker.

use super::NULL;
use super::keys::{Grouping, Sweep, Used};
use super::sums::{Measures, Sums, Verdict, gather};
use std::ops::Range;

/// Groups of a part, by their bits: 2^14 sums are a megabyte, and with fewer the parts are too many to be written side by
/// side. Tests have few groups.
const PART_BITS: u32 = if cfg!(test) { 2 } else { 14 };
/// In the first word: the group's place in its part, what became of the row, and bytes.
const PLACE_BITS: u32 = 16;
const ACCEPTED: u64 = 1 << PLACE_BITS;
const REJECTED: u64 = 2 << PLACE_BITS;
const LEFT_OUT: u64 = 4 << PLACE_BITS;
const BYTES: u32 = PLACE_BITS + 3;

/// The values of a column in some bits of a word: 0 for none, else one more than the distance from the least.
#[derive(Clone, Copy, Debug, Default)]
struct Field {
    column: Option<usize>,
    least: i64,
    shift: u32,
    mask: u64,
}

impl Field {
    /// Behind the bits that are taken; `None` where there are not enough.
    fn new(column: Option<usize>, bounds: &impl Fn(usize) -> Option<(i64, i64)>, taken: &mut u32) -> Option<Self> {
        let Some((least, greatest)) = column.and_then(bounds) else { return Some(Self::default()) };
        let most = (greatest.wrapping_sub(least) as u64).checked_add(1)?;
        let bits = 64 - most.leading_zeros();
        let shift = *taken;
        *taken += bits;
        (*taken <= u64::BITS).then_some(Self { column, least, shift, mask: u64::MAX >> (u64::BITS - bits) })
    }

    #[inline]
    fn put(&self, value: i64) -> u64 {
        if value == NULL { 0 } else { (value.wrapping_sub(self.least) as u64).wrapping_add(1) << self.shift }
    }

    #[inline]
    fn get(&self, word: u64) -> Option<i64> {
        let code = word >> self.shift & self.mask;
        (code != 0).then(|| self.least.wrapping_add((code - 1) as i64))
    }
}

/// Where in the two words what is summed of a row is.
#[derive(Clone, Debug)]
pub(crate) struct Packing {
    bytes: Field,
    packets: Field,
    start: Field,
    duration: Field,
    /// Without a duration the last start counts instead of the last end.
    has_ends: bool,
    /// A column, and by its value what became of a row.
    fate: Option<usize>,
    fates: Vec<u64>,
}

impl Packing {
    /// `bounds`: the least and the greatest value of a column, `None` where it has none. `None` where two words are not enough.
    pub(crate) fn new(measures: &Measures, bounds: impl Fn(usize) -> Option<(i64, i64)>) -> Option<Self> {
        if measures.late_end.is_some() {
            return None;
        }
        let (mut first, mut second) = (BYTES, 0);
        let fates = measures.fate.iter().flat_map(|(_, fates)| fates.iter()).map(|fate| {
            let verdict = match fate.verdict {
                Verdict::Accepted => ACCEPTED,
                Verdict::Rejected => REJECTED,
                Verdict::Neither => 0,
            };
            verdict | if fate.left_out { LEFT_OUT } else { 0 }
        });
        Some(Self {
            bytes: Field::new(measures.bytes, &bounds, &mut first)?,
            packets: Field::new(measures.packets, &bounds, &mut second)?,
            start: Field::new(measures.start, &bounds, &mut second)?,
            duration: Field::new(measures.duration, &bounds, &mut second)?,
            has_ends: measures.duration.is_some(),
            fate: measures.fate.as_ref().map(|(column, _)| *column),
            fates: fates.collect(),
        })
    }

    /// Adds a row to the sums of its group.
    #[inline]
    fn add(&self, [first, second]: [u64; 2], sums: &mut Sums) {
        sums.records += 1;
        sums.accepted += u32::from(first & ACCEPTED != 0);
        sums.rejected += u32::from(first & REJECTED != 0);
        sums.left_out += u32::from(first & LEFT_OUT != 0);
        sums.measure(self.packets.get(second), self.bytes.get(first));
        if let Some(start) = self.start.get(second) {
            let duration = if self.has_ends { self.duration.get(second) } else { Some(0) };
            sums.time(start, duration.map_or(NULL, |duration| start.saturating_add(duration)));
        }
    }
}

/// The rows of some groups, by parts of their numbers.
pub(crate) struct Spread<'a> {
    packing: &'a Packing,
    numbers: Range<u32>,
    parts: Vec<Vec<[u64; 2]>>,
}

impl<'a> Spread<'a> {
    /// Of the groups with these numbers; `rows`: so many are expected.
    pub(crate) fn new(packing: &'a Packing, numbers: Range<u32>, rows: usize) -> Self {
        let count = numbers.len().div_ceil(1 << PART_BITS);
        let each = rows / count.max(1);
        Self { packing, numbers, parts: (0..count).map(|_| Vec::with_capacity(each + each / 8)).collect() }
    }

    /// Adds chosen rows.
    pub(crate) fn fill(&mut self, sweep: &Sweep<'_>, grouping: &Grouping, used: &Used) {
        let (mut buffer, mut slots) = (Vec::new(), Vec::new());
        let (mut mine, mut numbers): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        let mut read: [Vec<i64>; 5] = Default::default();
        let Self { packing, numbers: all, parts } = self;
        let columns =
            [packing.fate, packing.bytes.column, packing.packets.column, packing.start.column, packing.duration.column];
        sweep.chosen.blocks(sweep.rows, |rows| {
            grouping.of(sweep, rows, &mut buffer, &mut slots);
            mine.clear();
            numbers.clear();
            for (row, slot) in rows.iter().zip(&slots) {
                let number = used.number(*slot).wrapping_sub(all.start);
                if number < all.end - all.start {
                    mine.push(*row);
                    numbers.push(number);
                }
            }
            columns.iter().zip(&mut read).for_each(|(column, values)| gather(sweep, *column, &mine, values));
            let [fates, bytes, packets, starts, durations] = &read;
            let values = fates.iter().zip(bytes).zip(packets.iter().zip(starts).zip(durations));
            for (number, ((fate, bytes), ((packets, start), duration))) in numbers.iter().zip(values) {
                let fate = packing.fates.get(*fate as usize).copied().unwrap_or(0);
                let (mut first, mut second) = (0, 0);
                if fate & LEFT_OUT == 0 {
                    (first, second) = (packing.bytes.put(*bytes), packing.packets.put(*packets));
                }
                first |= fate | u64::from(number & ((1 << PART_BITS) - 1));
                second |= packing.start.put(*start) | packing.duration.put(*duration);
                if let Some(part) = parts.get_mut((number >> PART_BITS) as usize) {
                    part.push([first, second]);
                }
            }
        });
    }

    /// How many parts there are.
    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Rows in a part.
    pub(crate) fn rows(&self, part: usize) -> usize {
        self.parts.get(part).map_or(0, Vec::len)
    }

    /// The number of the first group of a part.
    pub(crate) fn first(&self, part: usize) -> u32 {
        self.numbers.start + ((part as u32) << PART_BITS)
    }

    /// Adds a part's rows to the sums of its groups, of which there are at most `PART`.
    pub(crate) fn add_to(&self, part: usize, sums: &mut [Sums]) {
        for row in self.parts.get(part).into_iter().flatten() {
            if let Some(sums) = sums.get_mut((row[0] & ((1 << PLACE_BITS) - 1)) as usize) {
                self.packing.add(*row, sums);
            }
        }
    }
}

/// Groups of a part.
pub(crate) const PART: usize = 1 << PART_BITS;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::column::tests::values;
    use crate::columns::keys::{KeyPart, Map, NO_SLOT};
    use crate::columns::sums::{Fate, sum};
    use crate::columns::{Bitmap, Chosen, PackedColumn, Zone};
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #[test]
        fn sums_of_rows_laid_out_are_those_of_rows_as_they_are(
            rows in prop::collection::vec((prop::option::of(0i64..30), prop::option::of(0i64..4), prop::option::of(any::<u32>()), any::<bool>()), 0..120),
            start in values(), workers in 1usize..4, dense: bool, from in 0u32..12, has_ends: bool,
        ) {
            let count = rows.len().min(start.len());
            let list = |of: &dyn Fn(usize) -> i64| (0..count).map(of).collect::<Vec<i64>>();
            let lists = [
                list(&|at| rows[at].0.unwrap_or(NULL)),
                list(&|at| rows[at].1.unwrap_or(NULL)),
                list(&|at| rows[at].2.map_or(NULL, i64::from)),
                list(&|at| if start[at] == NULL { NULL } else { start[at] >> 34 }),
                list(&|at| rows[at].1.map_or(NULL, |value| value * 1000 - 500)),
            ];
            let bounds = |column: usize| Some(Zone::of(&lists[column])).filter(Zone::has_values).map(|zone| (zone.min, zone.max));
            let columns: Vec<_> = lists.iter().map(|list| Some(Arc::new(PackedColumn::of(list)))).collect();
            let chosen = Chosen::of(Bitmap::of((0..count).filter(|at| rows[*at].3), count));
            let sweep = Sweep { columns: &columns, chosen: &chosen, rows: count };
            let part = KeyPart { column: 0, second: None, map: Map::Offset(0), absent: NO_SLOT, size: 30 };
            let grouping = Grouping::new(vec![part]).unwrap();
            let fates = [(Verdict::Accepted, false), (Verdict::Neither, true), (Verdict::Rejected, false)];
            let fates: Vec<Fate> = fates.iter().map(|(verdict, left_out)| Fate { verdict: *verdict, left_out: *left_out }).collect();
            let measures = Measures { packets: Some(1), bytes: Some(2), start: Some(3), duration: has_ends.then_some(4),
                fate: Some((1, fates.into())), late_end: None };
            let mut marked = Bitmap::zeros(30);
            grouping.mark(&sweep, &mut marked);
            let used = if dense { Used::Every(30) } else { Used::of(marked) };
            let all = used.count() as u32;
            let numbers = from.min(all)..all;
            let mut expected = vec![Sums::default(); numbers.len()];
            sum(&sweep, &grouping, &used, &measures, &numbers, &mut expected);
            let packing = Packing::new(&measures, bounds).unwrap();
            let mut spreads: Vec<Spread<'_>> = (0..workers).map(|_| Spread::new(&packing, numbers.clone(), 3)).collect();
            for (worker, spread) in spreads.iter_mut().enumerate() {
                let own = Chosen::of(Bitmap::of((worker..count).step_by(workers).filter(|at| rows[*at].3), count));
                spread.fill(&Sweep { chosen: &own, ..sweep }, &grouping, &used);
            }
            let mut found = vec![Sums::default(); numbers.len()];
            for part in 0..spreads[0].parts() {
                let mut sums = [Sums::default(); PART];
                spreads.iter().for_each(|spread| spread.add_to(part, &mut sums));
                prop_assert_eq!(sums.iter().map(|sums| sums.records as usize).sum::<usize>(), spreads.iter().map(|spread| spread.rows(part)).sum::<usize>());
                let first = (spreads[0].first(part) - numbers.start) as usize;
                found.iter_mut().skip(first).zip(sums).for_each(|(found, sums)| *found = sums);
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        let measures =
            Measures { packets: Some(0), bytes: Some(1), start: Some(2), duration: Some(3), ..Measures::default() };
        let with = |greatest: [i64; 4]| Packing::new(&measures, |column| Some((0, greatest[column]))).is_some();
        assert!(with([(1 << 32) - 2, (1 << 45) - 2, (1 << 22) - 2, (1 << 10) - 2]));
        assert!(!with([(1 << 32) - 1, 0, (1 << 22) - 2, (1 << 10) - 2]), "the second word has 64 bits");
        assert!(!with([0, (1 << 45) - 1, 0, 0]), "and the first one 45 for bytes");
        assert!(!with([0, 0, i64::MAX, i64::MAX]));
        let whole = |column: usize| Some(if column == 1 { (i64::MIN + 1, i64::MAX) } else { (0, 0) });
        assert!(Packing::new(&measures, whole).is_none());
        let late = Measures { late_end: Some((4, Default::default())), ..measures };
        assert!(Packing::new(&late, |_| None).is_none());
    }
}
