//! Conditions on a column: settled by its zone where that is enough, else tested row by row.

// The same lines are compiled for codes of every width, the widest among them.
#![allow(clippy::useless_conversion, reason = "the same code runs for every width, one of which converts to itself")]

use super::bitmap::Bitmap;
use super::column::{Code, Codes, PackedColumn, Zone, with_codes};
use super::members::Members;

/// Values in one of these ranges, both ends inside; ascending and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// Empty ranges are left out, overlapping ones become one.
    pub(crate) fn of(ranges: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut list: Vec<(i64, i64)> = ranges.into_iter().filter(|(low, high)| low <= high).collect();
        list.sort_unstable();
        let mut apart: Vec<(i64, i64)> = Vec::with_capacity(list.len());
        for (low, high) in list {
            match apart.last_mut() {
                Some(before) if low <= before.1.saturating_add(1) => before.1 = before.1.max(high),
                _ => apart.push((low, high)),
            }
        }
        Self(apart)
    }

    /// The same distances above another base.
    fn above(self, base: i64) -> Self {
        Self(self.0.into_iter().map(|(low, high)| (base.wrapping_add(low), base.wrapping_add(high))).collect())
    }

    pub(crate) fn contains(&self, value: i64) -> bool {
        let at = self.0.partition_point(|(low, _)| *low <= value);
        at.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, high)| value <= *high)
    }
}

/// What the zone says: all rows or none; `None` where the rows must be tested.
pub(crate) fn settle_ranges(zone: &Zone, ranges: &Ranges) -> Option<bool> {
    let touched = ranges.0.iter().find(|(low, high)| *low <= zone.max && zone.min <= *high);
    match touched {
        _ if !zone.has_values() => Some(false),
        None => Some(false),
        Some((low, high)) if zone.nulls == 0 && *low <= zone.min && zone.max <= *high => Some(true),
        Some(_) => None,
    }
}

/// The same for a set of numbers from 0.
pub(crate) fn settle_set(zone: &Zone, set: &Members) -> Option<bool> {
    if !zone.has_values() {
        return Some(false);
    }
    let (low, high) = (usize::try_from(zone.min.max(0)).ok()?, usize::try_from(zone.max).ok()?.checked_add(1)?);
    match set.count_in(low..high) {
        0 => Some(false),
        count if zone.nulls == 0 && zone.min >= 0 && count == high - low => Some(true),
        _ => None,
    }
}

/// Rows with a value.
#[cfg(test)]
pub(crate) fn present(column: &PackedColumn) -> Bitmap {
    match column.present() {
        Some(bits) => bits.clone(),
        None if column.zone().has_values() => Bitmap::ones(column.rows()),
        None => Bitmap::zeros(column.rows()),
    }
}

/// Rows whose value lies in the ranges.
pub(crate) fn in_ranges(column: &PackedColumn, ranges: &Ranges) -> Bitmap {
    let mut found = Bitmap::zeros(column.rows());
    let zone = column.zone();
    for &(low, high) in &ranges.0 {
        if high < zone.min || low > zone.max {
            continue;
        }
        // As distances from the least value, of which none is above the span.
        let low = low.max(zone.min).wrapping_sub(zone.min) as u64;
        let high = high.min(zone.max).wrapping_sub(zone.min) as u64;
        let bits = match column.codes() {
            Codes::Same => Bitmap::ones(column.rows()),
            Codes::U8(codes) => within(codes, low as u8, high as u8),
            Codes::U16(codes) => within(codes, low as u16, high as u16),
            Codes::U32(codes) => within(codes, low as u32, high as u32),
            Codes::U64(codes) => within(codes, low, high),
        };
        found.or(&bits);
    }
    with_value(column, found)
}

fn within<T: Copy + PartialOrd>(codes: &[T], low: T, high: T) -> Bitmap {
    // One comparison less for what is asked most.
    if low == high { bits(codes, |code| code == low) } else { bits(codes, |code| (low <= code) & (code <= high)) }
}

/// Rows whose value is in a set of numbers from 0.
pub(crate) fn in_set(column: &PackedColumn, set: &Members) -> Bitmap {
    let member = |value: i64| usize::try_from(value).is_ok_and(|value| set.get(value));
    match set.outline() {
        // Where the outline is empty there is nothing to look up.
        Some(outline) if column.base() >= 0 => {
            let near = where_value(column, |value| outline.get(value as usize / 64));
            narrowed(column, &near, member)
        }
        _ => where_value(column, member),
    }
}

/// Rows whose value passes the test. It is asked once for each value where there are few.
pub(crate) fn where_value(column: &PackedColumn, mut test: impl FnMut(i64) -> bool) -> Bitmap {
    let base = column.base();
    by_code(column, move |code| test(base.wrapping_add(code as i64)))
}

/// Of these rows those whose value passes the test: where they are few, that is less than testing all.
pub(crate) fn narrowed(column: &PackedColumn, rows: &Bitmap, test: impl Fn(i64) -> bool) -> Bitmap {
    let base = column.base();
    let mut rows = rows.clone();
    if let Some(present) = column.present() {
        rows.and(present);
    } else if !column.zone().has_values() {
        return Bitmap::zeros(column.rows());
    }
    let words = with_codes!(column.codes(), list => {
        let chunks = list.chunks(64).zip(rows.words());
        chunks.map(|(codes, word)| {
            let (mut rest, mut found) = (*word, 0);
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                let passes = codes.get(bit as usize).is_some_and(|code| test(base.wrapping_add(code.wide() as i64)));
                found |= u64::from(passes) << bit;
            }
            found
        }).collect()
    }, if test(base) { rows.words().to_vec() } else { Vec::new() });
    Bitmap::from_words(words, column.rows())
}

fn by_code(column: &PackedColumn, mut test: impl FnMut(u64) -> bool) -> Bitmap {
    let span = column.zone().max.wrapping_sub(column.base()) as u64;
    let found = match column.codes() {
        Codes::Same => {
            if test(0) {
                Bitmap::ones(column.rows())
            } else {
                Bitmap::zeros(column.rows())
            }
        }
        Codes::U8(codes) => {
            let table: Vec<bool> = (0..=span).map(&mut test).collect();
            match runs(&table) {
                // Comparisons go side by side, lookups do not.
                Some(runs) => return in_ranges(column, &runs.above(column.base())),
                None => bits(codes, |code| table.get(usize::from(code)).is_some_and(|known| *known)),
            }
        }
        Codes::U16(codes) if codes.len() as u64 > span => {
            let table: Vec<bool> = (0..=span).map(&mut test).collect();
            match runs(&table) {
                Some(runs) => return in_ranges(column, &runs.above(column.base())),
                None => bits(codes, |code| table.get(usize::from(code)).is_some_and(|known| *known)),
            }
        }
        codes => with_codes!(codes, list => bits(list, |code| test(code.wide())), Bitmap::zeros(column.rows())),
    };
    with_value(column, found)
}

/// The runs of a table that are true, where they are few.
fn runs(table: &[bool]) -> Option<Ranges> {
    const FEW: usize = 4;
    let mut found: Vec<(i64, i64)> = Vec::new();
    for (at, _) in table.iter().enumerate().filter(|(_, passes)| **passes) {
        let at = at as i64;
        let count = found.len();
        match found.last_mut() {
            Some((_, last)) if *last + 1 == at => *last = at,
            _ if count == FEW => return None,
            _ => found.push((at, at)),
        }
    }
    Some(Ranges(found))
}

/// Without the rows that have no value, whose code is 0.
fn with_value(column: &PackedColumn, mut found: Bitmap) -> Bitmap {
    match column.present() {
        Some(present) => {
            found.and(present);
            found
        }
        None if column.zone().has_values() => found,
        None => Bitmap::zeros(column.rows()),
    }
}

/// A bit for each code. The tests of 64 codes go into bytes first, which the compiler does side by side; a product then
/// gathers the lowest bits of eight bytes into one.
fn bits<T: Copy>(codes: &[T], mut test: impl FnMut(T) -> bool) -> Bitmap {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut words = Vec::with_capacity(codes.len().div_ceil(64));
    let (whole, rest) = codes.as_chunks::<64>();
    for chunk in whole {
        let mut passed = [0u8; 64];
        for (passed, code) in passed.iter_mut().zip(chunk) {
            *passed = u8::from(test(*code));
        }
        let (bytes, _) = passed.as_chunks::<8>();
        let mut word = 0u64;
        for (at, eight) in bytes.iter().enumerate() {
            word |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (at * 8);
        }
        words.push(word);
    }
    if !rest.is_empty() {
        words.push(rest.iter().enumerate().fold(0, |word, (at, code)| word | u64::from(test(*code)) << at));
    }
    Bitmap::from_words(words, codes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::NULL;
    use crate::columns::column::tests::values;
    use proptest::prelude::*;

    fn check(column: &PackedColumn, values: &[i64], found: &Bitmap, settled: Option<bool>, test: impl Fn(i64) -> bool) {
        let expected =
            Bitmap::of((0..values.len()).filter(|at| values[*at] != NULL && test(values[*at])), values.len());
        assert_eq!(found, &expected, "{column:?}");
        if let Some(all) = settled {
            assert_eq!(expected.count(), if all { values.len() } else { 0 });
        }
    }

    proptest! {
        #[test]
        fn kernels_find_what_a_loop_finds(values in values(), ends in prop::collection::vec((any::<i64>(), any::<i64>()), 0..4),
                                          picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..3),
                                          set in prop::collection::vec(0usize..60, 0..30)) {
            let column = PackedColumn::of(&values);
            let mut list = ends;
            if !values.is_empty() {
                list.extend(picks.iter().map(|(a, b)| (*a.get(&values), *b.get(&values))));
            }
            let ranges = Ranges::of(list.iter().copied());
            let inside = |v: i64| list.iter().any(|(low, high)| (*low..=*high).contains(&v));
            values.iter().for_each(|v| assert_eq!(ranges.contains(*v), inside(*v)));
            check(&column, &values, &in_ranges(&column, &ranges), settle_ranges(&column.zone(), &ranges), inside);
            let set = Members::new(Bitmap::of(set, 60));
            let member = |v: i64| usize::try_from(v).is_ok_and(|v| set.get(v));
            let some = Bitmap::of((0..values.len()).filter(|at| at % 3 != 1), values.len());
            let mut expected = in_set(&column, &set);
            expected.and(&some);
            prop_assert_eq!(narrowed(&column, &some, member), expected);
            check(&column, &values, &in_set(&column, &set), settle_set(&column.zone(), &set), member);
            let odd = |v: i64| v.wrapping_mul(31) % 3 == 1;
            check(&column, &values, &where_value(&column, odd), None, odd);
            let thin = Members::new(Bitmap::of([values.iter().copied().find(|v| (0..9000).contains(v)).unwrap_or(7) as usize, 4000], 9000));
            prop_assert!(thin.outline().is_some());
            let member = |v: i64| usize::try_from(v).is_ok_and(|v| thin.get(v));
            check(&column, &values, &in_set(&column, &thin), settle_set(&column.zone(), &thin), member);
            check(&column, &values, &present(&column), None, |_| true);
        }
    }
}
