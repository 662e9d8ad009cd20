//! Cuts content that arrives in pieces into lines.

use crate::model::warning::RAW_KEPT_BYTES;

/// A longer line is not kept in memory: it is reported with its beginning.
pub(super) const LONGEST_LINE_BYTES: usize = 16 << 20;

/// One line without its line end.
pub struct Line<'a> {
    /// The whole line, or the beginning of one that is too long.
    pub bytes: &'a [u8],
    /// From 1.
    pub number: u64,
    pub offset: u64,
    /// Bytes of the whole line.
    pub len: u64,
    pub too_long: bool,
}

/// Keeps the unfinished last line between two pieces.
#[derive(Default)]
pub struct Lines {
    carry: Vec<u8>,
    /// Bytes of the unfinished line, kept or not.
    carried: u64,
    /// Where the unfinished line begins.
    offset: u64,
    number: u64,
}

impl Lines {
    pub fn push(&mut self, mut content: &[u8], mut each: impl FnMut(Line)) {
        if self.carried > 0 {
            let Some(end) = memchr::memchr(b'\n', content) else { return self.carry(content) };
            let (head, rest) = content.split_at(end);
            self.carry(head);
            self.flush(&mut each);
            self.offset += 1;
            content = rest.get(1..).unwrap_or_default();
        }
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', content) {
            let line = content.get(start..end).unwrap_or_default();
            self.number += 1;
            each(line_of(line, line.len() as u64, self.number, self.offset));
            self.offset += (end + 1 - start) as u64;
            start = end + 1;
        }
        self.carry(content.get(start..).unwrap_or_default());
    }

    /// The last line, where it has no line end.
    pub fn finish(&mut self, mut each: impl FnMut(Line)) {
        if self.carried > 0 {
            self.flush(&mut each);
        }
    }

    fn carry(&mut self, part: &[u8]) {
        self.carried += part.len() as u64;
        // One byte more than the limit, for a carriage return.
        let room = (LONGEST_LINE_BYTES + 1).saturating_sub(self.carry.len());
        self.carry.extend_from_slice(part.get(..room).unwrap_or(part));
    }

    fn flush(&mut self, each: &mut impl FnMut(Line)) {
        self.number += 1;
        each(line_of(&self.carry, self.carried, self.number, self.offset));
        self.offset += self.carried;
        self.carried = 0;
        self.carry.clear();
        // A giant among lines should not hold its memory for the rest of the file.
        self.carry.shrink_to(1 << 20);
    }
}

#[inline]
fn line_of(bytes: &[u8], len: u64, number: u64, offset: u64) -> Line<'_> {
    let (bytes, len) = match bytes {
        [rest @ .., b'\r'] if bytes.len() as u64 == len => (rest, len - 1),
        _ => (bytes, len),
    };
    let too_long = len > LONGEST_LINE_BYTES as u64;
    let bytes = if too_long { bytes.get(..RAW_KEPT_BYTES).unwrap_or(bytes) } else { bytes };
    Line { bytes, number, offset, len, too_long }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Seen = Vec<(Vec<u8>, u64, u64, u64)>;

    fn lines(pieces: &[&[u8]]) -> Seen {
        let (mut lines, mut seen) = (Lines::default(), Seen::new());
        for piece in pieces {
            lines.push(piece, |l| seen.push((l.bytes.to_vec(), l.number, l.offset, l.len)));
        }
        lines.finish(|l| seen.push((l.bytes.to_vec(), l.number, l.offset, l.len)));
        seen
    }

    #[test]
    fn offsets_count_line_ends_and_lengths_do_not() {
        let expected: Seen =
            vec![(b"ab".into(), 1, 0, 2), (b"".into(), 2, 4, 0), (b"c".into(), 3, 5, 1), (b"d".into(), 4, 7, 1)];
        assert_eq!(lines(&[b"ab\r\n\nc\nd"]), expected);
        assert_eq!(lines(&[b"ab\r", b"\n", b"\nc", b"\n", b"d"]), expected);
    }

    #[test]
    fn a_line_of_many_megabytes_keeps_its_beginning_and_its_length() {
        let chunk = vec![b'x'; 1 << 20];
        let mut pieces: Vec<&[u8]> = vec![&chunk; 17];
        pieces.push(b"\nnext\n");
        let seen = lines(&pieces);
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[0].0.len(), seen[0].3), (RAW_KEPT_BYTES, 17 << 20));
        assert_eq!(seen[1], (b"next".into(), 2, (17 << 20) + 1, 4));
        let whole = [vec![b'x'; 17 << 20], b"\nnext\n".to_vec()].concat();
        assert_eq!(lines(&[&whole]), seen);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(content in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..60), cut in 0usize..60, cut2 in 0usize..60) {
            let (a, b) = (cut.min(cut2).min(content.len()), cut.max(cut2).min(content.len()));
            prop_assert_eq!(lines(&[&content[..a], &content[a..b], &content[b..]]), lines(&[&content]));
        }
    }
}
