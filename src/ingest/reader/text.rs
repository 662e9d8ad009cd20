//! Character encoding: byte order marks, and UTF-16 into UTF-8.

use super::map::{OffsetMap, Utf16Map};
use std::borrow::Cow;

/// Character encoding of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextEncoding {
    Utf8,
    Utf8Bom,
    /// The flag: with a byte order mark.
    Utf16Le(bool),
    Utf16Be(bool),
}

impl TextEncoding {
    /// Told by a byte order mark, else UTF-16 by its zero bytes, else UTF-8 (which stands for every other content too).
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0xef, 0xbb, 0xbf, ..] => TextEncoding::Utf8Bom,
            // FF FE 00 00 is UTF-32, which is left alone.
            [0xff, 0xfe, 0, 0, ..] => TextEncoding::Utf8,
            [0xff, 0xfe, ..] => TextEncoding::Utf16Le(true),
            [0xfe, 0xff, ..] => TextEncoding::Utf16Be(true),
            _ if looks_utf16(head, 1) => TextEncoding::Utf16Le(false),
            _ if looks_utf16(head, 0) => TextEncoding::Utf16Be(false),
            _ => TextEncoding::Utf8,
        }
    }

    /// The word in `EvidenceFacts::encoding`.
    pub(super) fn code(self) -> &'static str {
        match self {
            TextEncoding::Utf8 => "utf-8",
            TextEncoding::Utf8Bom => "utf-8-bom",
            TextEncoding::Utf16Le(_) => "utf-16le",
            TextEncoding::Utf16Be(_) => "utf-16be",
        }
    }

    pub(super) fn bom_bytes(self) -> usize {
        match self {
            TextEncoding::Utf8 | TextEncoding::Utf16Le(false) | TextEncoding::Utf16Be(false) => 0,
            TextEncoding::Utf16Le(true) | TextEncoding::Utf16Be(true) => 2,
            TextEncoding::Utf8Bom => 3,
        }
    }
}

/// UTF-16 without a mark whose high bytes are at `high` (0 or 1) of each unit: it begins with two ASCII characters that
/// text can begin with, at least a third of the units are ASCII, and none is zero.
fn looks_utf16(head: &[u8], high: usize) -> bool {
    let units = || head.chunks_exact(2).filter_map(|u| Some((*u.get(high)?, *u.get(1 - high)?)));
    let text = |low: u8| low.is_ascii_graphic() || low.is_ascii_whitespace();
    let ascii = units().filter(|(high, low)| *high == 0 && text(*low)).count();
    let begins = units().take(2).filter(|(high, low)| *high == 0 && text(*low)).count() == 2;
    begins && ascii * 3 >= head.len() / 2 && units().all(|unit| unit != (0, 0))
}

/// Takes the mark off and gives UTF-8, piece by piece.
pub(super) struct TextDecoder {
    encoding: TextEncoding,
    pub map: OffsetMap,
    /// Bytes of the mark still to be skipped.
    skip: usize,
    units: UnitDecoder,
    out: Vec<u8>,
}

impl TextDecoder {
    pub(super) fn new(encoding: TextEncoding) -> Self {
        let skip = encoding.bom_bytes();
        let (map, big_endian) = match encoding {
            TextEncoding::Utf8 | TextEncoding::Utf8Bom => (OffsetMap::shift(skip as u64), false),
            TextEncoding::Utf16Le(_) => (OffsetMap::utf16(skip as u64), false),
            TextEncoding::Utf16Be(_) => (OffsetMap::utf16(skip as u64), true),
        };
        Self { encoding, map, skip, units: UnitDecoder { big_endian, ..UnitDecoder::default() }, out: Vec::new() }
    }

    /// The next piece, decoded. The map knows it when this returns.
    pub(super) fn decode<'a>(&'a mut self, bytes: &'a [u8]) -> &'a [u8] {
        let skipped = self.skip.min(bytes.len());
        self.skip -= skipped;
        let bytes = bytes.get(skipped..).unwrap_or_default();
        match self.encoding {
            TextEncoding::Utf8 | TextEncoding::Utf8Bom => bytes,
            TextEncoding::Utf16Le(_) | TextEncoding::Utf16Be(_) => {
                self.out.clear();
                self.out.reserve(bytes.len() / 2);
                let (units, out) = (&mut self.units, &mut self.out);
                self.map.learn(|map| units.feed(bytes, out, map));
                &self.out
            }
        }
    }

    /// What is left at the end: half a pair or half a unit becomes U+FFFD.
    pub(super) fn finish(&mut self) -> &[u8] {
        self.out.clear();
        let (units, out) = (&mut self.units, &mut self.out);
        self.map.learn(|map| units.finish(out, map));
        &self.out
    }
}

/// UTF-16 units into UTF-8 bytes.
#[derive(Default)]
struct UnitDecoder {
    big_endian: bool,
    /// The first byte of a unit cut by a piece's end.
    half: Option<u8>,
    /// A high surrogate that waits for its low one.
    high: Option<u16>,
}

impl UnitDecoder {
    fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>, map: &mut Utf16Map) {
        let mut rest = bytes;
        if let (Some(first), Some((second, after))) = (self.half, bytes.split_first()) {
            self.half = None;
            self.unit([first, *second], out, map);
            rest = after;
        }
        let mut pairs = rest.chunks_exact(2);
        for pair in &mut pairs {
            if let [a, b] = pair {
                self.unit([*a, *b], out, map);
            }
        }
        if let [byte] = pairs.remainder() {
            self.half = Some(*byte);
        }
    }

    fn unit(&mut self, bytes: [u8; 2], out: &mut Vec<u8>, map: &mut Utf16Map) {
        let unit = if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
        if unit < 0x80 && self.high.is_none() {
            out.push(unit as u8);
            map.unit(1, 2);
            return;
        }
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let code = 0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
                push(out, char::from_u32(code));
                map.unit(3, 2);
                map.unit(1, 2);
                return;
            }
            (Some(_), _) => lone(out, map),
            (None, _) => {}
        }
        match unit {
            0xd800..=0xdbff => self.high = Some(unit),
            _ => {
                // None for a low surrogate on its own, which becomes U+FFFD like a high one.
                let count = push(out, char::from_u32(u32::from(unit)));
                map.unit(count, 2);
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>, map: &mut Utf16Map) {
        if self.high.take().is_some() {
            lone(out, map);
        }
        if self.half.take().is_some() {
            let count = push(out, None);
            map.unit(count, 1);
        }
    }
}

/// Half a surrogate pair.
fn lone(out: &mut Vec<u8>, map: &mut Utf16Map) {
    let count = push(out, None);
    map.unit(count, 2);
}

/// Appends a character, or U+FFFD, and tells its bytes.
fn push(out: &mut Vec<u8>, c: Option<char>) -> u8 {
    let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    c.len_utf8() as u8
}

/// A stretch of uncompressed content as text to show; `encoding` is `EvidenceFacts::encoding`. Invalid parts become
/// U+FFFD. A byte order mark at its beginning is removed.
pub fn decode_text<'a>(bytes: &'a [u8], encoding: &str) -> Cow<'a, str> {
    let encoding = match encoding {
        "utf-16le" => TextEncoding::Utf16Le(bytes.starts_with(&[0xff, 0xfe])),
        "utf-16be" => TextEncoding::Utf16Be(bytes.starts_with(&[0xfe, 0xff])),
        _ => return String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    };
    let mut decoder = TextDecoder::new(encoding);
    let mut text = decoder.decode(bytes).to_vec();
    text.extend_from_slice(decoder.finish());
    Cow::Owned(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(text: &str, big_endian: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big_endian { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn encodings_are_told_by_mark_and_by_zero_bytes() {
        let of = TextEncoding::of;
        assert_eq!(of(b"\xef\xbb\xbf{}"), TextEncoding::Utf8Bom);
        assert_eq!(of(b"\xff\xfe{\0"), TextEncoding::Utf16Le(true));
        assert_eq!(of(b"\xfe\xff\0{"), TextEncoding::Utf16Be(true));
        assert_eq!(of(b"\xff\xfe\0\0{\0\0\0"), TextEncoding::Utf8);
        assert_eq!(of(&encode("{\"Records\":[\"東京\"]}", false)), TextEncoding::Utf16Le(false));
        assert_eq!(of(&encode("{\"Records\":[\"東京\"]}", true)), TextEncoding::Utf16Be(false));
        assert_eq!(of(b"2 123456789010 eni-1"), TextEncoding::Utf8);
        assert_eq!(of("東京".as_bytes()), TextEncoding::Utf8);
        assert_eq!(of(b"PAR1\x15\0\x15\0"), TextEncoding::Utf8);
        assert_eq!(of(b"a\0b\0\0\0"), TextEncoding::Utf8);
        assert_eq!(of(b"a\0"), TextEncoding::Utf8);
        assert_eq!(of(b""), TextEncoding::Utf8);
    }

    #[test]
    fn half_pairs_and_half_units_become_replacement_characters() {
        let mut decoder = TextDecoder::new(TextEncoding::Utf16Le(true));
        let mut out = decoder.decode(b"\xff\xfea\0\x00\xd8b\0\x00\xdcc\0\x00\xd8\x01").to_vec();
        out.extend_from_slice(decoder.finish());
        assert_eq!(std::str::from_utf8(&out).unwrap(), "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}");
        let at: Vec<u64> = [0, 1, 4, 5, 8, 9, 12, 15, 99].map(|d| decoder.map.to_content(d)).to_vec();
        assert_eq!(at, [2, 4, 6, 8, 10, 12, 14, 15, 15]);
    }

    #[test]
    fn text_is_shown_from_any_encoding() {
        assert_eq!(decode_text("\u{feff}a😀".as_bytes(), "utf-8-bom"), "a😀");
        assert_eq!(decode_text(&encode("\u{feff}a😀", false), "utf-16le"), "a😀");
        assert_eq!(decode_text(&encode("東京", true), "utf-16be"), "東京");
        assert_eq!(decode_text(b"a\xffb", "utf-8"), "a\u{fffd}b");
    }

    #[test]
    fn utf8_keeps_its_bytes_and_counts_the_mark() {
        let mut decoder = TextDecoder::new(TextEncoding::Utf8Bom);
        assert_eq!(decoder.decode(b"\xef\xbb"), b"");
        assert_eq!(decoder.decode(b"\xbfa\xff"), b"a\xff");
        assert_eq!((decoder.map.to_content(0), decoder.map.span(1, 1)), (3, (4, 1)));
        assert!(decoder.map.keeps_lengths());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_character_is_found_again(
            parts in prop::collection::vec((prop::collection::vec(any::<char>(), 0..20), 0u8..127, 0usize..6000), 0..5),
            cut in 1usize..3000,
            big_endian: bool,
            mark: bool,
        ) {
            let ascii = |c: u8, times: usize| char::from(c.max(b' ')).to_string().repeat(times);
            let text: String =
                parts.iter().map(|(mixed, c, times)| mixed.iter().collect::<String>() + &ascii(*c, *times)).collect();
            let mut bytes = if mark { encode("\u{feff}", big_endian) } else { Vec::new() };
            bytes.extend(encode(&text, big_endian));
            let encoding = if big_endian { TextEncoding::Utf16Be(mark) } else { TextEncoding::Utf16Le(mark) };
            let mut decoder = TextDecoder::new(encoding);
            let mut out = Vec::new();
            for piece in bytes.chunks(cut) {
                out.extend_from_slice(decoder.decode(piece));
            }
            out.extend_from_slice(decoder.finish());
            prop_assert_eq!(std::str::from_utf8(&out).unwrap(), &text);
            let mut content = encoding.bom_bytes() as u64;
            for (at, c) in text.char_indices() {
                prop_assert_eq!(decoder.map.to_content(at as u64), content);
                content += 2 * c.len_utf16() as u64;
            }
            prop_assert_eq!(decoder.map.to_content(text.len() as u64), content);
        }
    }
}
