//! UUIDs as CloudTrail writes them, and as 16 bytes.

/// Where the two digits of each byte begin.
const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
/// What a byte is as a digit; `NO_DIGIT` for any other one.
static VALUES: [u8; 256] = digits();
const NO_DIGIT: u8 = 0xff;

const fn digits() -> [u8; 256] {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        let digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
        digits[digit as usize] = value;
        value += 1;
    }
    digits
}

/// The bytes of a UUID in the form in which it is written back: lower case, in groups of 8, 4, 4, 4 and 12 digits. `None`
/// for any other text.
pub(crate) fn bytes(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let digit = |at: usize| VALUES[usize::from(text[at])];
    let mut all = 0;
    let bytes = PLACES.map(|at| {
        let (high, low) = (digit(at), digit(at + 1));
        // Every event has two of these: one comparison for all of its digits.
        all |= high | low;
        high << 4 | low
    });
    (all < 16 && [8, 13, 18, 23].iter().all(|at| text[*at] == b'-')).then_some(bytes)
}

/// The text of 16 bytes; `None` for any other number of them.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(36);
    push_text(bytes.try_into().ok()?, &mut text);
    Some(text)
}

/// Appends the text of 16 bytes.
pub(crate) fn push_text(bytes: &[u8; 16], text: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_taken_as_bytes_is_written_back(raw in any::<[u8; 16]>(), at in 0usize..36, other in "[-0-9a-gA-F é]") {
            let written = text(&raw).unwrap();
            prop_assert_eq!(bytes(&written), Some(raw));
            let mut changed = written.clone();
            changed.replace_range(at..=at, &other);
            prop_assert!(bytes(&changed).is_none_or(|bytes| text(&bytes) == Some(changed)));
        }
    }

    #[test]
    fn other_texts_are_none() {
        for other in [
            "",
            "0b9c3a5e-1d2f-4a6b-8c7d-9e0f1a2b3c4",
            "0B9C3A5E-1D2F-4A6B-8C7D-9E0F1A2B3C4D",
            "0b9c3a5e1d2f4a6b8c7d9e0f1a2b3c4d",
        ] {
            assert_eq!(bytes(other), None, "{other}");
        }
        assert_eq!(text(&[0; 15]), None);
    }
}
