//! One column of one segment: how it is stored, and how it is in memory.
//!
//! Frame of reference: a value is its distance from the least of the segment, in as many bits as the largest distance
//! needs; none where all are the same. Rows without a value are listed where they are few, else each row has a bit for
//! that. The zone alone says how a column is encoded, so there is no header that could contradict it.

// The same lines are compiled for codes of every width, the widest among them.
#![allow(clippy::useless_conversion, reason = "the same code runs for every width, one of which converts to itself")]

use super::NULL;
use super::bitmap::Bitmap;
use super::pack;

/// What a column of a segment holds, told without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    pub rows: u32,
    /// Rows without a value.
    pub nulls: u32,
    /// The least and the greatest value; 0 where there is none.
    pub min: i64,
    pub max: i64,
}

impl Zone {
    pub(crate) fn of(values: &[i64]) -> Self {
        let (mut nulls, mut min, mut max) = (0, i64::MAX, i64::MIN);
        for &value in values {
            nulls += u32::from(value == NULL);
            min = min.min(if value == NULL { i64::MAX } else { value });
            max = max.max(value);
        }
        let rows = values.len() as u32;
        if nulls == rows { Self { rows, nulls, min: 0, max: 0 } } else { Self { rows, nulls, min, max } }
    }

    pub(crate) fn has_values(&self) -> bool {
        self.nulls < self.rows
    }

    /// From the least to the greatest.
    fn span(&self) -> u64 {
        self.max.wrapping_sub(self.min) as u64
    }

    /// Bits of a value.
    fn width(&self) -> u32 {
        64 - self.span().leading_zeros()
    }

    fn has_bits_for_nulls(&self) -> bool {
        self.nulls > 0 && self.has_values()
    }

    /// Is there anything to store beside the zone?
    pub(crate) fn has_data(&self) -> bool {
        self.has_bits_for_nulls() || self.packed_len() > 0
    }

    /// What the column takes in memory, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        let rows = self.rows as usize;
        let value = match self.width() {
            0 => 0,
            1..=8 => 1,
            9..=16 => 2,
            17..=32 => 4,
            _ => 8,
        };
        rows * value + if self.has_bits_for_nulls() { rows.div_ceil(64) * 8 } else { 0 } + size_of::<PackedColumn>()
    }

    fn is_possible(&self) -> bool {
        self.nulls <= self.rows && self.min <= self.max && self.min != NULL && (self.has_values() || self.span() == 0)
    }

    /// Are the rows without a value listed? A place takes a byte or two.
    fn lists_nulls(&self) -> bool {
        self.nulls <= self.rows / 32
    }

    fn packed_len(&self) -> usize {
        pack::packed_len(self.rows as usize, self.width())
    }
}

/// A column as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub zone: Zone,
    pub data: Vec<u8>,
}

/// Bytes that decoding adds behind the data, so that the last value is read as the others are.
pub(crate) const DECODING_ROOM: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    #[error("the zone contradicts itself")]
    Zone,
    #[error("{found} bytes where {expected} were written")]
    Length { found: usize, expected: usize },
    #[error("values outside the zone")]
    Values,
}

/// Encodes values, `NULL` among them.
pub(crate) fn encode(values: &[i64]) -> Encoded {
    let zone = Zone::of(values);
    let mut data = Vec::with_capacity(zone.packed_len() + 16);
    if zone.has_bits_for_nulls() && zone.lists_nulls() {
        let mut next = 0;
        for (at, _) in values.iter().enumerate().filter(|(_, value)| **value == NULL) {
            pack::varint((at - next) as u64, &mut data);
            next = at + 1;
        }
    } else if zone.has_bits_for_nulls() {
        let mut present = Bitmap::zeros(values.len());
        values.iter().enumerate().filter(|(_, value)| **value != NULL).for_each(|(at, _)| present.set(at));
        present.words().iter().for_each(|word| data.extend_from_slice(&word.to_le_bytes()));
    }
    if zone.width() > 0 {
        let code = |value: &i64| if *value == NULL { 0 } else { value.wrapping_sub(zone.min) as u64 };
        pack::pack(values.iter().map(code), zone.width(), &mut data);
    }
    Encoded { zone, data }
}

/// Distances from the least value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    /// All are zero.
    Same,
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
}

/// A code of any width.
pub(super) trait Code: Copy {
    fn wide(self) -> u64;
}

macro_rules! widen {
    ($($code:ty),*) => {
        $(impl Code for $code {
            #[inline]
            fn wide(self) -> u64 {
                self as u64
            }
        })*
    };
}
widen!(u8, u16, u32, u64);

/// Runs the same code over whatever width the codes have: `$codes` is a slice of them in `$body`, `$same` is in where
/// there are none.
macro_rules! with_codes {
    ($codes:expr, $slice:ident => $body:expr, $same:expr) => {
        match $codes {
            $crate::columns::Codes::Same => $same,
            $crate::columns::Codes::U8($slice) => $body,
            $crate::columns::Codes::U16($slice) => $body,
            $crate::columns::Codes::U32($slice) => $body,
            $crate::columns::Codes::U64($slice) => $body,
        }
    };
}
pub(super) use with_codes;

/// A column in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackedColumn {
    zone: Zone,
    codes: Codes,
    /// Which rows have a value; `None` where all have, or none has.
    present: Option<Bitmap>,
}

impl PackedColumn {
    /// The column of plain values.
    pub(crate) fn of(values: &[i64]) -> Self {
        let zone = Zone::of(values);
        let present = zone.has_bits_for_nulls().then(|| {
            let with = values.iter().enumerate().filter(|(_, value)| **value != NULL);
            Bitmap::of(with.map(|(at, _)| at), values.len())
        });
        let code = |value: &i64| if *value == NULL { 0 } else { value.wrapping_sub(zone.min) as u64 };
        Self { zone, codes: codes(values.iter().map(code), zone.width()), present }
    }

    /// # Errors
    /// The data is not what `encode` gave for this zone.
    pub(crate) fn decode(zone: Zone, mut data: Vec<u8>) -> Result<Self, EncodingError> {
        if !zone.is_possible() {
            return Err(EncodingError::Zone);
        }
        let rows = zone.rows as usize;
        let (present, at) = match zone.has_bits_for_nulls() {
            true => {
                let (bits, at) = presence(&zone, &data)?;
                (Some(bits), at)
            }
            false => (None, 0),
        };
        let (found, expected) = (data.len() - at, zone.packed_len());
        if found != expected {
            return Err(EncodingError::Length { found, expected });
        }
        data.extend_from_slice(&[0; DECODING_ROOM]);
        let codes = unpacked(&data[at..], rows, zone.width());
        // Not by `max`, which takes the numbers one by one.
        let greatest = with_codes!(&codes, list => list.iter().fold(0, |most, code| (*code).max(most)).wide(), 0);
        if greatest > zone.span() {
            return Err(EncodingError::Values);
        }
        Ok(Self { zone, codes, present })
    }

    pub(crate) fn zone(&self) -> Zone {
        self.zone
    }

    pub(crate) fn rows(&self) -> usize {
        self.zone.rows as usize
    }

    /// What a code counts from.
    pub(crate) fn base(&self) -> i64 {
        self.zone.min
    }

    pub(crate) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// Which rows have a value; `None` where that is the same for all of them (`Zone::has_values`).
    pub(crate) fn present(&self) -> Option<&Bitmap> {
        self.present.as_ref()
    }

    /// The value of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        let has = match &self.present {
            Some(present) => present.get(row),
            None => self.zone.has_values() && row < self.rows(),
        };
        has.then(|| {
            let code = with_codes!(&self.codes, list => list.get(row).map_or(0, |code| code.wide()), 0);
            self.zone.min.wrapping_add(code as i64)
        })
    }

    /// The values of rows from `first` on as plain numbers, `NULL` among them.
    pub(crate) fn read(&self, first: usize, out: &mut [i64]) {
        let base = self.zone.min;
        if !self.zone.has_values() {
            return out.fill(NULL);
        }
        with_codes!(&self.codes, list => {
            let list = list.get(first..).unwrap_or_default();
            out.iter_mut().zip(list).for_each(|(out, code)| *out = base.wrapping_add(code.wide() as i64));
        }, out.fill(base));
        let Some(present) = &self.present else { return };
        // Mostly whole words have values.
        for (number, word) in present.words().iter().enumerate().skip(first / 64) {
            let begin = number * 64;
            if begin >= first + out.len() {
                break;
            }
            let mut without = !*word;
            while without != 0 {
                let row = begin + without.trailing_zeros() as usize;
                without &= without - 1;
                if let Some(out) = row.checked_sub(first).and_then(|at| out.get_mut(at)) {
                    *out = NULL;
                }
            }
        }
    }

    /// The values of some rows, ascending, as plain numbers, `NULL` among them. Rows that are not there count as
    /// without a value.
    pub(crate) fn gather(&self, rows: &[u32], out: &mut Vec<i64>) {
        out.clear();
        let base = self.zone.min;
        if !self.zone.has_values() {
            return out.resize(rows.len(), NULL);
        }
        // One after the other, which needs no lookups.
        if let (Some(first), Some(last)) = (rows.first(), rows.last())
            && last.checked_sub(*first).is_some_and(|span| span as usize + 1 == rows.len())
            && (*last as usize) < self.rows()
        {
            out.resize(rows.len(), 0);
            return self.read(*first as usize, out);
        }
        let Some(present) = &self.present else {
            with_codes!(&self.codes, list => {
                let value = |row: &u32| list.get(*row as usize).map_or(NULL, |code| base.wrapping_add(code.wide() as i64));
                out.extend(rows.iter().map(value));
            }, out.resize(rows.len(), base));
            return;
        };
        // Rows without a value have code 0.
        let value = |row: u32, code: u64| match code == 0 && !present.get(row as usize) {
            true => NULL,
            false => base.wrapping_add(code as i64),
        };
        with_codes!(&self.codes, list => {
            out.extend(rows.iter().map(|row| list.get(*row as usize).map_or(NULL, |code| value(*row, code.wide()))));
        }, out.extend(rows.iter().map(|row| value(*row, 0))));
    }
}

/// Which rows have a value, and where the values begin.
fn presence(zone: &Zone, data: &[u8]) -> Result<(Bitmap, usize), EncodingError> {
    let rows = zone.rows as usize;
    if zone.lists_nulls() {
        let mut rest = data;
        let mut without = Bitmap::zeros(rows);
        let mut next = 0u64;
        for _ in 0..zone.nulls {
            let step = pack::read_varint(&mut rest).ok_or(EncodingError::Values)?;
            let at = next.checked_add(step).filter(|at| *at < rows as u64).ok_or(EncodingError::Values)?;
            without.set(at as usize);
            next = at + 1;
        }
        without.invert();
        return Ok((without, data.len() - rest.len()));
    }
    let len = rows.div_ceil(64) * 8;
    let words = data.get(..len).ok_or(EncodingError::Length { found: data.len(), expected: len })?;
    let bits = Bitmap::from_words(words.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect(), rows);
    if bits.count() != rows - zone.nulls as usize {
        return Err(EncodingError::Values);
    }
    Ok((bits, len))
}

fn codes(numbers: impl Iterator<Item = u64>, width: u32) -> Codes {
    match width {
        0 => Codes::Same,
        1..=8 => Codes::U8(numbers.map(|n| n as u8).collect()),
        9..=16 => Codes::U16(numbers.map(|n| n as u16).collect()),
        17..=32 => Codes::U32(numbers.map(|n| n as u32).collect()),
        _ => Codes::U64(numbers.collect()),
    }
}

/// The same from packed numbers.
fn unpacked(bytes: &[u8], rows: usize, width: u32) -> Codes {
    match width {
        0 => Codes::Same,
        1..=8 => Codes::U8(pack::unpack(bytes, rows, width, |n| n as u8)),
        9..=16 => Codes::U16(pack::unpack(bytes, rows, width, |n| n as u16)),
        17..=32 => Codes::U32(pack::unpack(bytes, rows, width, |n| n as u32)),
        _ => Codes::U64(pack::unpack(bytes, rows, width, |n| n)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Values as they come: close together, at the ends of the range, absent.
    pub(crate) fn values() -> impl Strategy<Value = Vec<i64>> {
        let ends = prop_oneof![Just(i64::MIN + 1), Just(i64::MAX), Just(0), Just(-1), any::<i64>()];
        let width = 0u32..64;
        let near = (any::<i32>(), width).prop_flat_map(|(base, width)| {
            (0..=(1i64 << width.min(62))).prop_map(move |d| d.saturating_add(base.into()))
        });
        let one = prop_oneof![4 => 0i64..40, 2 => near, 1 => ends, 1 => Just(NULL)];
        prop_oneof![
            prop::collection::vec(one, 0..200),
            prop::collection::vec(Just(NULL), 0..70),
            (any::<i64>(), 0usize..70).prop_map(|(value, count)| vec![value; count]),
        ]
    }

    proptest! {
        #[test]
        fn every_encoding_comes_back(values in values()) {
            let encoded = encode(&values);
            let column = PackedColumn::decode(encoded.zone, encoded.data.clone()).unwrap();
            let back: Vec<i64> = (0..values.len()).map(|row| column.get(row).unwrap_or(NULL)).collect();
            prop_assert_eq!(&back, &values);
            prop_assert_eq!(&PackedColumn::of(&values), &column);
            prop_assert_eq!(column.get(values.len()), None);
            for first in [0, values.len() / 3, values.len()] {
                let mut read = vec![7; values.len() - first];
                column.read(first, &mut read);
                prop_assert_eq!(&read[..], &values[first..]);
            }
            for step in [1, 3] {
            let rows: Vec<u32> = (values.len() as u32 / 4..values.len() as u32).step_by(step).collect();
            let mut gathered = vec![9];
            column.gather(&rows, &mut gathered);
            prop_assert_eq!(gathered, rows.iter().map(|row| values[*row as usize]).collect::<Vec<_>>());
            }
        }

        #[test]
        fn damaged_data_never_panics(values in values(), cut in 0usize..40, at in any::<prop::sample::Index>(), byte: u8,
                                     rows in any::<u32>(), nulls in 0u32..9, min: i64, max: i64) {
            let encoded = encode(&values);
            let mut short = encoded.data.clone();
            short.truncate(encoded.data.len().saturating_sub(cut));
            prop_assert_eq!(PackedColumn::decode(encoded.zone, short).is_ok(), cut == 0 || encoded.data.is_empty());
            let mut other = encoded.data.clone();
            if !other.is_empty() {
                let at = at.index(other.len());
                other[at] = byte;
            }
            if let Ok(column) = PackedColumn::decode(encoded.zone, other) {
                for row in 0..values.len() {
                    let inside = column.get(row).is_none_or(|v| (encoded.zone.min..=encoded.zone.max).contains(&v));
                    prop_assert!(inside);
                }
            }
            let _ = PackedColumn::decode(Zone { rows: rows % 1000, nulls, min, max }, encoded.data);
        }
    }

    #[test]
    fn widths_are_exact() {
        let bytes = |values: &[i64]| encode(values).data.len();
        assert_eq!(bytes(&[7; 1000]), 0);
        assert_eq!(bytes(&[NULL; 1000]), 0);
        assert_eq!(bytes(&(0..1024).collect::<Vec<_>>()), 1280);
        assert_eq!(bytes(&[1_000_000_000_000, 1_000_000_000_001]), 1);
        assert_eq!(bytes(&[i64::MIN + 1, i64::MAX]), 16);
        assert_eq!(bytes(&[NULL, 5, 5]), 8, "one word of presence, no bits of value");
        let few: Vec<i64> = (0..256).map(|n| if n % 128 == 77 { NULL } else { 5 }).collect();
        assert_eq!(bytes(&few), 2, "two places, no bits of value");
    }
}
