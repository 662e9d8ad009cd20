//! UUIDs as CloudTrail writes them, and as 16 bytes.

/// The bytes of a UUID in the form in which it is written back: lower case, in groups of 8, 4, 4, 4 and 12 digits. `None`
/// for any other text.
pub(crate) fn bytes(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut digits = [0; 32];
    let mut count = 0;
    for (at, byte) in text.iter().enumerate() {
        let digit = match (at, *byte) {
            (8 | 13 | 18 | 23, b'-') => continue,
            (8 | 13 | 18 | 23, _) => return None,
            (_, digit @ b'0'..=b'9') => digit - b'0',
            (_, letter @ b'a'..=b'f') => letter - b'a' + 10,
            _ => return None,
        };
        *digits.get_mut(count)? = digit;
        count += 1;
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (pair.first()? << 4) | pair.last()?;
    }
    Some(bytes)
}

/// The text of 16 bytes; `None` for any other number of them.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if bytes.len() != 16 {
        return None;
    }
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    Some(text)
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
