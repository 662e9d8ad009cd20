//! Sums by key. A key is one or more columns, each mapped to a small number; together they are a slot. Which slots occur is
//! found out first, so that a result takes memory by what it holds and not by what it could hold.
//!
//! Work is shared without shared memory: while slots are looked for, by segments; while they are summed, each worker looks
//! at every row and takes those of its own part of the slots. Sums are of whole numbers wide enough for any rows, so the
//! result does not depend on who added what when.

use super::NULL;
use super::bitmap::Bitmap;
use super::column::Column;
use super::selection::Chosen;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// The row is left out.
pub const NO_SLOT: u32 = u32::MAX;

/// From a value to a number below the part's size.
#[derive(Clone, Debug)]
pub enum Map {
    /// How far it is above this.
    Offset(i64),
    /// By a table from 0; values behind its end count as absent.
    Table(Arc<[u32]>),
    /// Which bin it falls in.
    Bins { first: i64, width: i64 },
}

/// One column of a key.
#[derive(Clone, Debug)]
pub struct KeyPart {
    pub column: usize,
    pub map: Map,
    /// Where rows without a value go; `NO_SLOT` leaves them out.
    pub absent: u32,
    /// All numbers are below this.
    pub size: u32,
}

impl KeyPart {
    fn number(&self, value: i64) -> u32 {
        let found = match &self.map {
            _ if value == NULL => return self.absent,
            Map::Offset(base) => value.checked_sub(*base),
            Map::Table(table) => match usize::try_from(value).ok().and_then(|value| table.get(value)) {
                Some(number) => return *number,
                None => return self.absent,
            },
            Map::Bins { first, width } => value.checked_sub(*first).map(|above| above.div_euclid(*width)),
        };
        found.and_then(|number| u32::try_from(number).ok()).filter(|number| *number < self.size).unwrap_or(NO_SLOT)
    }
}

/// What rows are grouped by.
#[derive(Clone, Debug)]
pub struct Grouping {
    parts: Vec<KeyPart>,
    slots: u64,
}

/// What is summed: which columns hold it; `None` leaves it at nothing.
#[derive(Clone, Debug, Default)]
pub struct Measures {
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
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let fate = self.fate.as_ref().map(|(column, _)| *column);
        let late = self.late_end.as_ref().map(|(column, _)| *column);
        [self.packets, self.bytes, self.start, self.duration, fate, late].into_iter().flatten()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    #[default]
    Neither,
    Accepted,
    Rejected,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    pub verdict: Verdict,
    /// Its counters are no measurements: packets and bytes are left out.
    pub left_out: bool,
}

/// In the place of a sum of nothing.
pub const NO_SUM: i128 = i128::MIN;

/// What the rows of a group come to. A cache line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Sums {
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
        *sum = if *sum == NO_SUM { more } else { *sum + more };
    }
}

impl Sums {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
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

    #[inline]
    fn fate(&mut self, fate: Fate) {
        match fate.verdict {
            Verdict::Accepted => self.accepted += 1,
            Verdict::Rejected => self.rejected += 1,
            Verdict::Neither => {}
        }
        self.left_out += u32::from(fate.left_out);
    }
}

/// Sums by slot, ascending; only slots that occur.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    pub slots: Vec<u64>,
    pub sums: Vec<Sums>,
}

/// The columns of one segment by number, and its chosen rows.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a> {
    pub columns: &'a [Option<Arc<Column>>],
    pub chosen: &'a Chosen,
    pub rows: usize,
}

impl Sweep<'_> {
    fn gather(&self, column: usize, rows: &[u32], out: &mut Vec<i64>) {
        match self.columns.get(column) {
            Some(Some(column)) => column.gather(rows, out),
            _ => {
                out.clear();
                out.resize(rows.len(), NULL);
            }
        }
    }
}

impl Grouping {
    /// `None` where the slots would be more than a set of them may take (512 MiB).
    pub fn new(parts: Vec<KeyPart>) -> Option<Self> {
        let slots = parts.iter().try_fold(1u64, |slots, part| slots.checked_mul(part.size.max(1).into()))?;
        (slots <= 1 << 32).then_some(Self { parts, slots })
    }

    pub fn slots(&self) -> u64 {
        self.slots
    }

    /// Which columns make the key.
    pub fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().map(|part| part.column)
    }

    /// The numbers of the parts that make a slot.
    pub fn numbers(&self, slot: u64) -> Vec<u32> {
        let mut rest = slot;
        let mut numbers: Vec<u32> = self
            .parts
            .iter()
            .rev()
            .map(|part| {
                let size = u64::from(part.size.max(1));
                let number = (rest % size) as u32;
                rest /= size;
                number
            })
            .collect();
        numbers.reverse();
        numbers
    }

    /// The slot of each row; `u64::MAX` for those that are left out.
    fn of(&self, sweep: &Sweep<'_>, rows: &[u32], values: &mut Vec<i64>, slots: &mut Vec<u64>) {
        slots.clear();
        slots.resize(rows.len(), 0);
        for part in &self.parts {
            sweep.gather(part.column, rows, values);
            let size = u64::from(part.size.max(1));
            match part.map {
                Map::Bins { first, width } if (2..1 << 32).contains(&width) => {
                    // Division by a product: exact for distances and widths below 2^32.
                    let magic = u64::MAX / width as u64 + 1;
                    fill(slots, values, size, |value| match value.wrapping_sub(first) as u64 {
                        above @ 0..0x1_0000_0000 if value >= first => {
                            let number = ((u128::from(above) * u128::from(magic)) >> 64) as u32;
                            if number < part.size { number } else { NO_SLOT }
                        }
                        _ => part.number(value),
                    });
                }
                _ => fill(slots, values, size, |value| part.number(value)),
            }
        }
    }

    /// Does every slot stand for one value of one column?
    pub fn is_flat(&self) -> bool {
        self.parts.len() <= 1
    }

    /// Adds the slots that occur.
    pub fn mark(&self, sweep: &Sweep<'_>, used: &mut Bitmap) {
        let (mut values, mut slots) = (Vec::new(), Vec::new());
        sweep.chosen.blocks(sweep.rows, |rows| {
            self.of(sweep, rows, &mut values, &mut slots);
            slots.iter().for_each(|slot| used.set(*slot as usize));
        });
    }
}

/// Adds a part's numbers to slots.
#[inline]
fn fill(slots: &mut [u64], values: &[i64], size: u64, number: impl Fn(i64) -> u32) {
    for (slot, value) in slots.iter_mut().zip(values) {
        let number = number(*value);
        let is_left_out = number == NO_SLOT || *slot == u64::MAX;
        *slot = if is_left_out { u64::MAX } else { *slot * size + u64::from(number) };
    }
}

/// The slots that are counted, numbered.
#[derive(Clone, Debug)]
pub enum Used {
    /// All of them, whether they occur or not.
    Every(u32),
    /// Those that occur, and how many of them stand before each word.
    Some { slots: Bitmap, before: Vec<u32>, count: usize },
}

impl Used {
    pub fn of(slots: Bitmap) -> Self {
        let mut count = 0;
        let before = slots.words().iter().map(|word| {
            let before = count;
            count += word.count_ones();
            before
        });
        let before = before.collect();
        Self::Some { slots, before, count: count as usize }
    }

    pub fn count(&self) -> usize {
        match self {
            Self::Every(count) => *count as usize,
            Self::Some { count, .. } => *count,
        }
    }

    /// Those that are counted, ascending.
    pub fn slots(&self) -> Vec<u64> {
        match self {
            Self::Every(count) => (0..u64::from(*count)).collect(),
            Self::Some { slots, .. } => slots.iter().map(|slot| slot as u64).collect(),
        }
    }

    /// The number of a slot; `u32::MAX` for those that are not counted.
    #[inline]
    fn number(&self, slot: u64) -> u32 {
        match self {
            Self::Every(count) if slot < u64::from(*count) => slot as u32,
            Self::Every(_) => u32::MAX,
            Self::Some { slots, before, .. } => {
                let (at, bit) = ((slot / 64) as usize, slot % 64);
                match (slots.words().get(at), before.get(at)) {
                    (Some(word), Some(before)) if word >> bit & 1 != 0 => {
                        before + (word & ((1 << bit) - 1)).count_ones()
                    }
                    _ => u32::MAX,
                }
            }
        }
    }
}

/// Adds the rows whose slot has a number in `part` to `sums`, which stand for that part.
pub fn sum(
    sweep: &Sweep<'_>,
    grouping: &Grouping,
    used: &Used,
    measures: &Measures,
    part: &Range<u32>,
    sums: &mut [Sums],
) {
    let (mut values, mut slots) = (Vec::new(), Vec::new());
    let (mut mine, mut places): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut read: [Vec<i64>; 6] = Default::default();
    let columns = [
        measures.packets,
        measures.bytes,
        measures.start,
        measures.duration,
        measures.fate.as_ref().map(|(column, _)| *column),
        measures.late_end.as_ref().map(|(column, _)| *column),
    ];
    let fates = measures.fate.as_ref().map_or(&[][..], |(_, fates)| fates);
    sweep.chosen.blocks(sweep.rows, |rows| {
        grouping.of(sweep, rows, &mut values, &mut slots);
        mine.clear();
        places.clear();
        for (row, slot) in rows.iter().zip(&slots) {
            let number = used.number(*slot);
            if part.contains(&number) {
                mine.push(*row);
                places.push(number - part.start);
            }
        }
        for (column, out) in columns.iter().zip(&mut read) {
            match column {
                Some(column) => sweep.gather(*column, &mine, out),
                // It never held anything else.
                None => out.resize(mine.len(), NULL),
            }
        }
        let [packets, bytes, start, duration, fate, late] = &read;
        let counters = places.iter().zip(packets).zip(bytes).zip(fate);
        for (((place, packets), bytes), fate) in counters {
            let Some(sums) = sums.get_mut(*place as usize) else { continue };
            let fate = usize::try_from(*fate).ok().and_then(|fate| fates.get(fate)).copied().unwrap_or_default();
            sums.records += 1;
            sums.fate(fate);
            if !fate.left_out {
                plus(&mut sums.packets, if *packets == NULL { NO_SUM } else { (*packets).into() });
                plus(&mut sums.bytes, if *bytes == NULL { NO_SUM } else { (*bytes).into() });
            }
        }
        if measures.start.is_none() && measures.late_end.is_none() {
            return;
        }
        for (((place, start), duration), late) in places.iter().zip(start).zip(duration).zip(late) {
            let Some(sums) = sums.get_mut(*place as usize) else { continue };
            sums.start(*start);
            if *start == NULL {
                let ends = measures.late_end.as_ref().map(|(_, ends)| ends);
                sums.end(ends.and_then(|ends| ends.get(late)).copied().unwrap_or(NULL));
            } else if measures.duration.is_none() {
                sums.end(*start);
            } else if *duration != NULL {
                sums.end(start.saturating_add(*duration));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::column::tests::values;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn column(values: &[i64]) -> Option<Arc<Column>> {
        Some(Arc::new(Column::of(values)))
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
            let table: Arc<[u32]> = [1, 0, NO_SLOT].into();
            let grouping = Grouping::new(vec![
                KeyPart { column: 0, map: Map::Offset(0), absent: NO_SLOT, size: 4 },
                KeyPart { column: 1, map: Map::Table(table), absent, size: 3 },
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
            for at in (0..count).filter(|at| rows[*at].2) {
                let number = match kind[at] { 0 => 1, 1 => 0, NULL if absent != NO_SLOT => absent, _ => continue };
                if key[at] == NULL { continue; }
                let end = match (start[at], duration[at]) {
                    (NULL, _) => late.get(&kind[at]).copied().unwrap_or(NULL),
                    (_, NULL) => NULL,
                    (start, duration) => start.saturating_add(duration),
                };
                let sum = |value: i64| if value == NULL || kind[at] == 1 { NO_SUM } else { value.into() };
                expected.entry((key[at], number)).or_default().add(&Sums {
                    packets: sum(kind[at]), bytes: sum(bytes[at]),
                    first: start[at], last: end, records: 1,
                    accepted: u32::from(kind[at] == 0), rejected: u32::from(kind[at] == 2), left_out: u32::from(kind[at] == 1),
                });
            }
            let found: Vec<((i64, u32), Sums)> = used.slots().into_iter().zip(&sums).map(|(slot, sums)| {
                let numbers = grouping.numbers(slot);
                ((numbers[0].into(), numbers[1]), *sums)
            }).collect();
            let found: Vec<_> = found.into_iter().filter(|(_, sums)| sums.records > 0).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn bins_and_what_lies_outside() {
        let part = KeyPart { column: 0, map: Map::Bins { first: 100, width: 60 }, absent: NO_SLOT, size: 3 };
        let numbers = [99, 100, 159, 160, 279, 280, i64::MIN + 1, i64::MAX].map(|value| part.number(value));
        assert_eq!(numbers, [NO_SLOT, 0, 0, 1, 2, NO_SLOT, NO_SLOT, NO_SLOT]);
        assert!(Grouping::new(vec![KeyPart { size: u32::MAX, ..part.clone() }, KeyPart { size: 2, ..part }]).is_none());
    }
}
