//! Sums by key.
//!
//! Work is shared without shared memory: while slots are searched for, by segments; while they are summed, each worker
//! looks at every row and takes those of its own part of the slots. Sums are of whole numbers wide enough for any rows,
//! so the result does not depend on who added what when.

use super::NULL;
use super::keys::{Grouping, Sweep, Used};
use super::parted::Parted;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// What is summed: which columns hold it; `None` leaves it at nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measures {
    pub packets: Option<usize>,
    pub bytes: Option<usize>,
    pub start: Option<usize>,
    /// Above start; without it the last start counts instead of the last end.
    pub duration: Option<usize>,
    /// A column, and by its value the end of a row without a start.
    pub late_end: Option<(usize, Arc<FxHashMap<i64, i64>>)>,
    /// A column of numbers from 0, and what became of their rows.
    pub fate: Option<(usize, Arc<[Fate]>)>,
}

impl Measures {
    /// Which columns hold it.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        let fate = self.fate.as_ref().map(|(column, _)| *column);
        let late = self.late_end.as_ref().map(|(column, _)| *column);
        [self.packets, self.bytes, self.start, self.duration, fate, late].into_iter().flatten()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Verdict {
    #[default]
    Neither,
    Accepted,
    Rejected,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    pub verdict: Verdict,
    /// Its counters are no measurements: packets and bytes are left out.
    pub left_out: bool,
}

/// In the place of a sum of nothing.
pub(crate) const NO_SUM: i128 = i128::MIN;

/// What the rows of a group come to. A cache line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Sums {
    /// `NO_SUM` where no row had a value.
    pub packets: i128,
    pub bytes: i128,
    /// The least start and the greatest end; `NULL` where no row has one.
    pub first: i64,
    pub last: i64,
    pub records: u32,
    pub accepted: u32,
    pub rejected: u32,
    pub left_out: u32,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            packets: NO_SUM,
            bytes: NO_SUM,
            first: NULL,
            last: NULL,
            records: 0,
            accepted: 0,
            rejected: 0,
            left_out: 0,
        }
    }
}

/// The sum of what is there.
#[inline]
fn plus(sum: &mut i128, more: i128) {
    if more != NO_SUM {
        // No sum of values has this upper half. A sum is written by halves: compared as a whole it would be read by
        // another width than it was just written, which waits for the writing to be over.
        let is_none = (*sum >> 64) as i64 == i64::MIN;
        *sum = if is_none { more } else { *sum + more };
    }
}

impl Sums {
    /// Both together.
    pub(crate) fn add(&mut self, other: &Self) {
        plus(&mut self.packets, other.packets);
        plus(&mut self.bytes, other.bytes);
        self.start(other.first);
        self.end(other.last);
        self.records += other.records;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.left_out += other.left_out;
    }

    #[inline]
    fn start(&mut self, value: i64) {
        if value != NULL && (self.first == NULL || value < self.first) {
            self.first = value;
        }
    }

    #[inline]
    fn end(&mut self, value: i64) {
        // NULL is below every value.
        self.last = self.last.max(value);
    }

    /// What one more record carried.
    #[inline]
    pub(super) fn measure(&mut self, packets: Option<i64>, bytes: Option<i64>) {
        if let Some(packets) = packets {
            plus(&mut self.packets, packets.into());
        }
        if let Some(bytes) = bytes {
            plus(&mut self.bytes, bytes.into());
        }
    }

    /// When it started and ended; `NULL` where it does not say.
    #[inline]
    pub(super) fn time(&mut self, start: i64, end: i64) {
        self.start(start);
        self.end(end);
    }

    /// One more record.
    #[inline]
    fn count(&mut self, step: Step) {
        self.records += 1;
        self.accepted += step.accepted;
        self.rejected += step.rejected;
        self.left_out += step.left_out;
    }
}

/// What a row adds to the counts: numbers, because which way rows go cannot be foreseen.
#[derive(Clone, Copy, Default)]
struct Step {
    accepted: u32,
    rejected: u32,
    left_out: u32,
}

impl Step {
    fn of(fate: Fate) -> Self {
        Self {
            accepted: u32::from(fate.verdict == Verdict::Accepted),
            rejected: u32::from(fate.verdict == Verdict::Rejected),
            left_out: u32::from(fate.left_out),
        }
    }
}

/// Sums by slot, ascending; only slots that occur.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Groups {
    pub slots: Vec<u64>,
    pub sums: Parted<Sums>,
}

/// Adds the rows whose slot has a number in `part` to `sums`, which stand for that part.
pub(crate) fn sum(
    sweep: &Sweep<'_>,
    grouping: &Grouping,
    used: &Used,
    measures: &Measures,
    part: &Range<u32>,
    sums: &mut [Sums],
) {
    let (mut values, mut slots) = (Vec::new(), Vec::new());
    let (mut mine, mut places): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut read = Read::of(measures);
    let is_every = matches!(used, Used::Every(count) if *part == (0..*count));
    sweep.chosen.blocks(sweep.rows, |rows| {
        if let ([all], true) = (&mut *sums, grouping.is_whole()) {
            return read.add_all(sweep, measures, rows, all);
        }
        grouping.of(sweep, rows, &mut values, &mut slots);
        places.clear();
        if is_every {
            // A slot that is not counted is behind the last.
            places.extend(slots.iter().map(|slot| u32::try_from(*slot).unwrap_or(u32::MAX)));
            touch(sums, &places);
            read.add(sweep, measures, rows, &places, sums);
            return;
        }
        mine.resize(rows.len(), 0);
        places.resize(rows.len(), 0);
        let mut count = 0;
        for (row, slot) in rows.iter().zip(&slots) {
            // Of another part it is behind the last. Which way rows go cannot be foreseen, so all are written, and those of
            // other parts are written over.
            let number = used.number(*slot).wrapping_sub(part.start);
            if let (Some(mine), Some(place)) = (mine.get_mut(count), places.get_mut(count)) {
                (*mine, *place) = (*row, number);
            }
            count += usize::from(number < part.end - part.start);
        }
        mine.truncate(count);
        places.truncate(count);
        touch(sums, &places);
        read.add(sweep, measures, &mine, &places, sums);
    });
}

/// Sums up to this many are in the second level of cache: half a megabyte.
const NEAR: usize = 1 << 13;

/// Brings the sums at these places near. Many are waited for at one time here; while rows are added, what is done next hangs
/// on each of them.
fn touch(sums: &[Sums], places: &[u32]) {
    if sums.len() > NEAR {
        let records = |place: &u32| sums.get(*place as usize).map_or(0, |sums| sums.records);
        std::hint::black_box(places.iter().fold(0, |all, place| all ^ records(place)));
    }
}

/// The values of the rows that are added.
#[derive(Default)]
struct Read {
    /// By fate.
    steps: Vec<Step>,
    first: Vec<i64>,
    second: Vec<i64>,
    third: Vec<i64>,
}

impl Read {
    fn of(measures: &Measures) -> Self {
        let fates = measures.fate.iter().flat_map(|(_, fates)| fates.iter());
        Self { steps: fates.map(|fate| Step::of(*fate)).collect(), ..Self::default() }
    }

    /// Adds rows to the sums at their places.
    fn add(&mut self, sweep: &Sweep<'_>, measures: &Measures, rows: &[u32], places: &[u32], sums: &mut [Sums]) {
        gather(sweep, measures.fate.as_ref().map(|(column, _)| *column), rows, &mut self.third);
        let Self { steps, first, second, third } = self;
        let step = |id: i64| steps.get(id as usize).copied().unwrap_or_default();
        match (measures.packets, measures.bytes) {
            (None, None) => {
                for (place, id) in places.iter().zip(&*third) {
                    if let Some(sums) = sums.get_mut(*place as usize) {
                        sums.count(step(*id));
                    }
                }
            }
            (Some(column), None) | (None, Some(column)) => {
                sweep.gather(column, rows, first);
                let is_bytes = measures.bytes.is_some();
                for ((place, value), id) in places.iter().zip(&*first).zip(&*third) {
                    let Some(sums) = sums.get_mut(*place as usize) else { continue };
                    let step = step(*id);
                    sums.count(step);
                    if *value != NULL && step.left_out == 0 {
                        plus(if is_bytes { &mut sums.bytes } else { &mut sums.packets }, (*value).into());
                    }
                }
            }
            (Some(packets), Some(bytes)) => {
                sweep.gather(packets, rows, first);
                sweep.gather(bytes, rows, second);
                for (((place, packets), bytes), id) in places.iter().zip(&*first).zip(&*second).zip(&*third) {
                    let Some(sums) = sums.get_mut(*place as usize) else { continue };
                    let step = step(*id);
                    sums.count(step);
                    if step.left_out != 0 {
                        continue;
                    }
                    if *packets != NULL {
                        plus(&mut sums.packets, (*packets).into());
                    }
                    if *bytes != NULL {
                        plus(&mut sums.bytes, (*bytes).into());
                    }
                }
            }
        }
        self.add_times(sweep, measures, rows, places, sums);
    }

    /// Adds all rows to one sum, column by column: nothing waits for what the row before has written.
    fn add_all(&mut self, sweep: &Sweep<'_>, measures: &Measures, rows: &[u32], sums: &mut Sums) {
        gather(sweep, measures.fate.as_ref().map(|(column, _)| *column), rows, &mut self.third);
        let step = |id: i64| self.steps.get(id as usize).copied().unwrap_or_default();
        let mut counts = Sums::default();
        self.third.iter().for_each(|id| counts.count(step(*id)));
        sums.add(&counts);
        for (column, into) in [(measures.packets, &mut sums.packets), (measures.bytes, &mut sums.bytes)] {
            let Some(column) = column else { continue };
            sweep.gather(column, rows, &mut self.first);
            let (mut sum, mut values) = (0i128, 0u32);
            for (value, id) in self.first.iter().zip(&self.third) {
                let counts = *value != NULL && step(*id).left_out == 0;
                sum += i128::from(if counts { *value } else { 0 });
                values += u32::from(counts);
            }
            plus(into, if values > 0 { sum } else { NO_SUM });
        }
        let mut times = [Sums::default()];
        let places = vec![0; if measures.start.is_some() || measures.late_end.is_some() { rows.len() } else { 0 }];
        self.add_times(sweep, measures, rows, &places, &mut times);
        times.iter().for_each(|times| sums.add(times));
    }

    fn add_times(&mut self, sweep: &Sweep<'_>, measures: &Measures, rows: &[u32], places: &[u32], sums: &mut [Sums]) {
        let late = measures.late_end.as_ref();
        if measures.start.is_none() && late.is_none() {
            return;
        }
        gather(sweep, measures.start, rows, &mut self.first);
        gather(sweep, measures.duration, rows, &mut self.second);
        gather(sweep, late.map(|(column, _)| *column), rows, &mut self.third);
        let values = self.first.iter().zip(&self.second).zip(&self.third);
        for (place, ((start, duration), extra)) in places.iter().zip(values) {
            let Some(sums) = sums.get_mut(*place as usize) else { continue };
            sums.start(*start);
            if *start == NULL {
                sums.end(late.and_then(|(_, ends)| ends.get(extra)).copied().unwrap_or(NULL));
            } else if measures.duration.is_none() {
                sums.end(*start);
            } else if *duration != NULL {
                sums.end(start.saturating_add(*duration));
            }
        }
    }
}

/// A column's values; without a column nothing but `NULL`.
pub(super) fn gather(sweep: &Sweep<'_>, column: Option<usize>, rows: &[u32], out: &mut Vec<i64>) {
    match column {
        Some(column) => sweep.gather(column, rows, out),
        None => {
            out.clear();
            out.resize(rows.len(), NULL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::column::tests::values;
    use crate::columns::keys::{KeyPart, Map, NO_SLOT};
    use crate::columns::{Bitmap, Chosen, PackedColumn};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn column(values: &[i64]) -> Option<Arc<PackedColumn>> {
        Some(Arc::new(PackedColumn::of(values)))
    }

    proptest! {
        #[test]
        fn sums_are_those_of_a_loop(rows in prop::collection::vec((0i64..5, 0i64..4, any::<bool>()), 0..120), bytes in values(),
                                    start in values(), workers in 1u32..4, dense: bool, absent in prop_oneof![Just(NO_SLOT), Just(2u32)]) {
            let count = rows.len().min(bytes.len()).min(start.len());
            let rows = &rows[..count];
            let null = |v: i64, none: i64| if v == none { NULL } else { v };
            let key: Vec<i64> = rows.iter().map(|row| null(row.0, 4)).collect();
            let kind: Vec<i64> = rows.iter().map(|row| null(row.1, 3)).collect();
            let duration: Vec<i64> = rows.iter().map(|row| null(row.1, 0)).collect();
            let columns = [column(&key), column(&kind), column(&bytes[..count]), column(&start[..count]), column(&duration)];
            let chosen = Chosen::of(Bitmap::of((0..count).filter(|at| rows[*at].2), count));
            let sweep = Sweep { columns: &columns, chosen: &chosen, rows: count };
            let table = Arc::new(vec![1, 0, NO_SLOT]);
            let grouping = Grouping::new(vec![
                KeyPart { column: 0, second: None, map: Map::Offset(0), absent: NO_SLOT, size: 4 },
                KeyPart { column: 1, second: None, map: Map::Table(table), absent, size: 3 },
            ]).unwrap();
            let fates = [(Verdict::Accepted, false), (Verdict::Neither, true), (Verdict::Rejected, false)];
            let fates: Vec<Fate> = fates.iter().map(|(verdict, left_out)| Fate { verdict: *verdict, left_out: *left_out }).collect();
            let late: FxHashMap<i64, i64> = [(1, 77), (2, i64::MAX)].into_iter().collect();
            let measures = Measures { packets: Some(1), bytes: Some(2), start: Some(3), duration: Some(4),
                fate: Some((1, fates.into())), late_end: Some((1, late.clone().into())) };
            let mut marked = Bitmap::zeros(grouping.slots() as usize);
            grouping.mark(&sweep, &mut marked);
            let used = if dense { Used::Every(grouping.slots() as u32) } else { Used::of(marked) };
            let mut sums = Vec::new();
            for worker in 0..workers {
                let part = |at: u32| at * used.count() as u32 / workers;
                let range = part(worker)..part(worker + 1);
                let mut own = vec![Sums::default(); range.len()];
                sum(&sweep, &grouping, &used, &measures, &range, &mut own);
                sums.extend(own);
            }
            let mut expected: BTreeMap<(i64, u32), Sums> = BTreeMap::new();
            let mut all = Sums::default();
            for at in (0..count).filter(|at| rows[*at].2) {
                let end = match (start[at], duration[at]) {
                    (NULL, _) => late.get(&kind[at]).copied().unwrap_or(NULL),
                    (_, NULL) => NULL,
                    (start, duration) => start.saturating_add(duration),
                };
                let sum = |value: i64| if value == NULL || kind[at] == 1 { NO_SUM } else { value.into() };
                let one = Sums {
                    packets: sum(kind[at]), bytes: sum(bytes[at]),
                    first: start[at], last: end, records: 1,
                    accepted: u32::from(kind[at] == 0), rejected: u32::from(kind[at] == 2), left_out: u32::from(kind[at] == 1),
                };
                all.add(&one);
                let number = match kind[at] { 0 => 1, 1 => 0, NULL if absent != NO_SLOT => absent, _ => continue };
                if key[at] != NULL {
                    expected.entry((key[at], number)).or_default().add(&one);
                }
            }
            let mut whole = [Sums::default()];
            sum(&sweep, &Grouping::new(Vec::new()).unwrap(), &Used::Every(1), &measures, &(0..1), &mut whole);
            prop_assert_eq!(whole[0], all);
            let found: Vec<((i64, u32), Sums)> = used.slots().into_iter().zip(&sums).map(|(slot, sums)| {
                let numbers = grouping.numbers(slot);
                ((numbers[0].into(), numbers[1]), *sums)
            }).collect();
            let found: Vec<_> = found.into_iter().filter(|(_, sums)| sums.records > 0).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
