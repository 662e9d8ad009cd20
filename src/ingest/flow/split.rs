//! Cuts a line into its values, eight bytes at a time.

/// The values of one line as byte ranges, kept between lines.
#[derive(Default)]
pub(super) struct Spans(Vec<(u32, u32)>);

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

impl Spans {
    /// Finds the values between runs of spaces and tabs. Returns how many there are; of those beyond `wanted` only the
    /// number is known. Lines are far below 4 GiB.
    #[inline]
    pub(super) fn split(&mut self, line: &[u8], wanted: usize) -> usize {
        self.0.clear();
        let mut cut = Cut { line, spans: &mut self.0, wanted, found: 0, start: 0 };
        let mut base = 0u32;
        let mut blocks = line.chunks_exact(64);
        // One bit per byte for 64 bytes at a time: how many values are in eight bytes differs from word to word, and a
        // branch on that is guessed wrongly more often than not.
        for block in &mut blocks {
            let mut bits = 0u64;
            for (i, word) in block.chunks_exact(8).enumerate() {
                bits |= low_bytes(word) << (8 * i);
            }
            cut.all(bits, base);
            base += 64;
        }
        let mut bits = 0u64;
        let mut words = blocks.remainder().chunks_exact(8);
        let mut shift = 0;
        for word in &mut words {
            bits |= low_bytes(word) << shift;
            shift += 8;
        }
        for &byte in words.remainder() {
            bits |= u64::from(byte <= b' ') << shift;
            shift += 1;
        }
        cut.all(bits, base);
        cut.at(line.len() as u32);
        cut.found
    }

    /// The value of a column of the line that was split last.
    #[inline]
    pub(super) fn value<'a>(&self, line: &'a [u8], column: usize) -> &'a [u8] {
        self.run(line, column, column)
    }

    /// The last of the values that were wanted reaches to the end of the line.
    pub(super) fn extend_last(&mut self, line: &[u8]) {
        if let Some((_, end)) = self.0.last_mut() {
            *end = line.len() as u32;
        }
    }

    /// From the first byte of one column to the last of another, with the blanks between.
    #[inline]
    pub(super) fn run<'a>(&self, line: &'a [u8], first: usize, last: usize) -> &'a [u8] {
        match (self.0.get(first), self.0.get(last)) {
            (Some(&(start, _)), Some(&(_, end))) => line.get(start as usize..end as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// A bit for each of eight bytes that is 0x20 or less.
#[inline(always)]
fn low_bytes(word: &[u8]) -> u64 {
    let value = <[u8; 8]>::try_from(word).map_or(u64::MAX, u64::from_le_bytes);
    // The high bit of every such byte: (b & 0x7f) + 0x5f carries into it for larger ones, and bytes from 0x80 on have
    // it themselves. The multiplication gathers the eight bits in the highest byte.
    let low = !(((value & !HIGH) + 0x5f * ONES) | value) & HIGH;
    low.wrapping_mul(0x0002_0408_1020_4081) >> 56
}

struct Cut<'a> {
    line: &'a [u8],
    spans: &'a mut Vec<(u32, u32)>,
    wanted: usize,
    found: usize,
    start: u32,
}

impl Cut<'_> {
    #[inline(always)]
    fn all(&mut self, mut bits: u64, base: u32) {
        while bits != 0 {
            let place = base + bits.trailing_zeros();
            bits &= bits - 1;
            if matches!(self.line.get(place as usize), Some(b' ' | b'\t')) {
                self.at(place);
            }
        }
    }

    #[inline(always)]
    fn at(&mut self, end: u32) {
        if end > self.start {
            if self.found < self.wanted {
                self.spans.push((self.start, end));
            }
            self.found += 1;
        }
        self.start = end + 1;
    }
}

/// The line without blanks and carriage returns at its end.
#[inline]
pub(super) fn trim_end(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\r'] = line {
        line = rest;
    }
    line
}

/// The values of a line, for whoever has time.
pub(super) fn tokens(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    trim_end(line).split(|b| matches!(b, b' ' | b'\t')).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equal_to_the_plain_way(line in proptest::collection::vec(
            prop_oneof![Just(b' '), Just(b'\t'), Just(b'!'), Just(0x1fu8), Just(0xa0u8), any::<u8>()], 0..200)) {
            let plain: Vec<&[u8]> = line.split(|b| matches!(b, b' ' | b'\t')).filter(|t| !t.is_empty()).collect();
            let mut spans = Spans::default();
            prop_assert_eq!(spans.split(&line, 7), plain.len());
            for (i, token) in plain.iter().take(7).enumerate() {
                prop_assert_eq!(spans.value(&line, i), *token);
            }
            prop_assert_eq!(spans.value(&line, 7), b"");
        }
    }
}
