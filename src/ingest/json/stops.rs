//! Where a JSON string is to be looked at: eight bytes at a time, because most strings are short, and calling out for each
//! takes longer than they do.

use memchr::memchr2;

const WORD: usize = size_of::<u64>();
/// Bytes of a string that count as short.
const SHORT: usize = 6 * WORD;
const ONES: u64 = u64::from_ne_bytes([1; WORD]);
const HIGH: u64 = ONES << 7;

/// The first quote or backslash; with `CONTROLS` also the first control character, which no JSON string may hold.
#[inline]
pub(crate) fn string_stop<const CONTROLS: bool>(bytes: &[u8]) -> Option<usize> {
    // Of the bytes below `n`, the first has its high bit set; those behind it may have it wrongly.
    let below = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGH;
    let mut at = 0;
    while (CONTROLS || at < SHORT)
        && let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<WORD>())
    {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quote | backslash | if CONTROLS { below(word, 0x20) } else { 0 };
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += WORD;
    }
    let rest = bytes.get(at..)?;
    let stop = match CONTROLS {
        true => rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)),
        false => memchr2(b'"', b'\\', rest),
    };
    stop.map(|n| at + n)
}

#[cfg(test)]
mod tests {
    use super::string_stop;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_string_stops_at_its_first_special_byte(
            bytes in prop::collection::vec(
                prop_oneof![24 => any::<u8>(), 1 => Just(b'"'), 1 => Just(b'\\'), 4 => 0x1eu8..0x24, 4 => 0x5bu8..0x5e], 0..120
            )
        ) {
            let stops = |byte: &u8| matches!(byte, b'"' | b'\\');
            prop_assert_eq!(string_stop::<false>(&bytes), bytes.iter().position(stops));
            let controls = bytes.iter().position(|byte| stops(byte) || *byte < 0x20);
            prop_assert_eq!(string_stop::<true>(&bytes), controls);
        }
    }
}
