//! Keys of groups. A key is one or more columns, each mapped to a small number; together they are a slot. Which slots
//! occur is found out first, so that a result takes memory by what it holds and not by what it could hold.

use super::NULL;
use super::bitmap::Bitmap;
use super::column::PackedColumn;
use super::members::outline;
use super::selection::Chosen;
use std::sync::Arc;

/// The row is left out.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// From a value to a number below the part's size.
#[derive(Clone, Debug)]
pub(crate) enum Map {
    /// How far it is above this.
    Offset(i64),
    /// By a table from 0; values behind its end count as absent.
    Table(Arc<Vec<u32>>),
    /// Which bin it falls in.
    Bins { first: i64, width: i64 },
}

/// What a second column has to say in a part of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Second {
    /// The lower value of both; none where one has none.
    Lower(usize),
    /// Rows in which both are the same, or have no value; the others are left out.
    Same(usize),
    /// All others.
    Different(usize),
}

impl Second {
    fn column(self) -> usize {
        match self {
            Self::Lower(column) | Self::Same(column) | Self::Different(column) => column,
        }
    }

    /// What the first column's value becomes; `None` leaves the row out.
    fn value(self, first: i64, second: i64) -> Option<i64> {
        match self {
            Self::Lower(_) if second == NULL => Some(NULL),
            // NULL is below every value.
            Self::Lower(_) => Some(first.min(second)),
            Self::Same(_) => (first == second).then_some(first),
            Self::Different(_) => (first != second).then_some(first),
        }
    }
}

/// One column of a key.
#[derive(Clone, Debug)]
pub(crate) struct KeyPart {
    pub column: usize,
    pub second: Option<Second>,
    pub map: Map,
    /// Where rows without a value go; `NO_SLOT` leaves them out.
    pub absent: u32,
    /// All numbers are below this.
    pub size: u32,
}

impl KeyPart {
    #[inline]
    pub(super) fn number(&self, value: i64) -> u32 {
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
pub(crate) struct Grouping {
    parts: Vec<KeyPart>,
    slots: u64,
}

/// The columns of one segment by number, and its chosen rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sweep<'a> {
    pub columns: &'a [Option<Arc<PackedColumn>>],
    pub chosen: &'a Chosen,
    pub rows: usize,
}

impl Sweep<'_> {
    pub(super) fn gather(&self, column: usize, rows: &[u32], out: &mut Vec<i64>) {
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
    pub(crate) fn new(parts: Vec<KeyPart>) -> Option<Self> {
        let slots = parts.iter().try_fold(1u64, |slots, part| slots.checked_mul(part.size.max(1).into()))?;
        (slots <= 1 << 32).then_some(Self { parts, slots })
    }

    pub(crate) fn slots(&self) -> u64 {
        self.slots
    }

    /// Which columns make the key.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().flat_map(|part| std::iter::once(part.column).chain(part.second.map(Second::column)))
    }

    /// The numbers of the parts that make a slot.
    #[cfg(test)]
    pub(crate) fn numbers(&self, slot: u64) -> Vec<u32> {
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
    pub(super) fn of(&self, sweep: &Sweep<'_>, rows: &[u32], values: &mut Vec<i64>, slots: &mut Vec<u64>) {
        slots.clear();
        slots.resize(rows.len(), 0);
        for part in &self.parts {
            sweep.gather(part.column, rows, values);
            let size = u64::from(part.size.max(1));
            if let Some(second) = part.second {
                let mut others = Vec::new();
                sweep.gather(second.column(), rows, &mut others);
                let mut others = others.into_iter();
                fill(slots, values, size, |value| {
                    second.value(value, others.next().unwrap_or(NULL)).map_or(NO_SLOT, |value| part.number(value))
                });
                continue;
            }
            // One loop for each kind of map: which one it is does not change from row to row.
            match &part.map {
                Map::Offset(base) => fill(slots, values, size, |value| match value.checked_sub(*base) {
                    _ if value == NULL => part.absent,
                    Some(number) if (0..i64::from(part.size)).contains(&number) => number as u32,
                    _ => NO_SLOT,
                }),
                Map::Table(table) => fill(slots, values, size, |value| {
                    // `NULL` is no place of a table either.
                    usize::try_from(value).ok().and_then(|value| table.get(value)).copied().unwrap_or(part.absent)
                }),
                Map::Bins { first, width } if (2..1 << 32).contains(width) => {
                    let (first, width) = (*first, *width);
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
                Map::Bins { .. } => fill(slots, values, size, |value| part.number(value)),
            }
        }
    }

    /// Are all rows of one slot?
    pub(crate) fn is_whole(&self) -> bool {
        self.parts.is_empty()
    }

    /// Does every slot stand for one value of one column?
    pub(crate) fn is_flat(&self) -> bool {
        self.parts.len() <= 1
    }

    /// Adds the slots that occur.
    pub(crate) fn mark(&self, sweep: &Sweep<'_>, used: &mut Bitmap) {
        self.each(sweep, |_, slot| used.set(slot as usize));
    }

    /// The rows in ascending order, and the slot of each.
    pub(crate) fn each(&self, sweep: &Sweep<'_>, mut told: impl FnMut(u32, u64)) {
        let (mut values, mut slots) = (Vec::new(), Vec::new());
        sweep.chosen.blocks(sweep.rows, |rows| {
            self.of(sweep, rows, &mut values, &mut slots);
            rows.iter().zip(&slots).for_each(|(row, slot)| told(*row, *slot));
        });
    }
}

/// Adds a part's numbers to slots.
#[inline]
fn fill(slots: &mut [u64], values: &[i64], size: u64, mut number: impl FnMut(i64) -> u32) {
    for (slot, value) in slots.iter_mut().zip(values) {
        let number = number(*value);
        let is_left_out = number == NO_SLOT || *slot == u64::MAX;
        *slot = if is_left_out { u64::MAX } else { *slot * size + u64::from(number) };
    }
}

/// The slots that are counted, numbered.
#[derive(Clone, Debug)]
pub(crate) enum Used {
    /// All of them, whether they occur or not.
    Every(u32),
    /// Those that occur, and how many of them are before each word; and which words hold any, where that is worth a
    /// first look.
    Some { slots: Bitmap, before: Vec<u32>, count: usize, outline: Option<Bitmap> },
}

impl Used {
    pub(crate) fn of(slots: Bitmap) -> Self {
        let mut count = 0;
        let before = slots.words().iter().map(|word| {
            let before = count;
            count += word.count_ones();
            before
        });
        let before = before.collect();
        let outline = outline(&slots);
        Self::Some { slots, before, count: count as usize, outline }
    }

    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Every(count) => *count as usize,
            Self::Some { count, .. } => *count,
        }
    }

    /// Those that are counted, ascending.
    pub(crate) fn slots(&self) -> Vec<u64> {
        match self {
            Self::Every(count) => (0..u64::from(*count)).collect(),
            Self::Some { slots, .. } => slots.iter().map(|slot| slot as u64).collect(),
        }
    }

    /// The number of a slot; `u32::MAX` for those that are not counted.
    #[inline]
    pub(crate) fn number(&self, slot: u64) -> u32 {
        match self {
            Self::Every(count) if slot < u64::from(*count) => slot as u32,
            Self::Every(_) => u32::MAX,
            Self::Some { slots, before, outline, .. } => {
                let (at, bit) = ((slot / 64) as usize, slot % 64);
                if outline.as_ref().is_some_and(|outline| !outline.get(at)) {
                    return u32::MAX;
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_and_what_lies_outside() {
        let part =
            KeyPart { column: 0, second: None, map: Map::Bins { first: 100, width: 60 }, absent: NO_SLOT, size: 3 };
        let numbers = [99, 100, 159, 160, 279, 280, i64::MIN + 1, i64::MAX].map(|value| part.number(value));
        assert_eq!(numbers, [NO_SLOT, 0, 0, 1, 2, NO_SLOT, NO_SLOT, NO_SLOT]);
        assert!(Grouping::new(vec![KeyPart { size: u32::MAX, ..part.clone() }, KeyPart { size: 2, ..part }]).is_none());
    }

    #[test]
    fn two_columns_make_one_key() {
        let column = |values: &[i64]| Some(Arc::new(PackedColumn::of(values)));
        let columns = [column(&[5, 9, 7, NULL, 3, NULL]), column(&[6, 2, 7, 4, NULL, NULL])];
        let sweep = Sweep { columns: &columns, chosen: &Chosen::All, rows: 6 };
        let numbers = |second: Second| {
            let part = KeyPart { column: 0, second: Some(second), map: Map::Offset(0), absent: 10, size: 11 };
            let (mut values, mut slots) = (Vec::new(), Vec::new());
            Grouping::new(vec![part]).unwrap().of(&sweep, &[0, 1, 2, 3, 4, 5], &mut values, &mut slots);
            slots.into_iter().map(|slot| i64::try_from(slot).unwrap_or(-1)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(Second::Lower(1)), [5, 2, 7, 10, 10, 10]);
        assert_eq!(numbers(Second::Same(1)), [-1, -1, 7, -1, -1, 10]);
        assert_eq!(numbers(Second::Different(1)), [5, 9, -1, 10, 3, -1]);
    }
}
