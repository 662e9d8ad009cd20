//! Cuts CSV (RFC 4180: `"` quotes, doubled inside) into rows and rows into cells. Rows know where they are in the
//! content, which general CSV readers tell only for content without blank lines.

use super::csv_header::delimiter_of_header;
use super::lines::{LONGEST_LINE_BYTES, Line};
use crate::model::warning::RAW_KEPT_BYTES;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Quoting {
    #[default]
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote inside a quoted cell: a second one is a quote, anything else ends the quoting.
    QuoteInQuoted,
}

impl Quoting {
    #[inline]
    fn next(self, byte: u8, delimiter: u8) -> Self {
        match (self, byte) {
            (Quoting::Quoted, b'"') => Quoting::QuoteInQuoted,
            (Quoting::Quoted, _) => Quoting::Quoted,
            (Quoting::CellStart | Quoting::QuoteInQuoted, b'"') => Quoting::Quoted,
            (_, byte) if byte == delimiter || byte == b'\n' => Quoting::CellStart,
            _ => Quoting::Plain,
        }
    }
}

/// Keeps the unfinished last row between two pieces.
pub(super) struct Rows {
    carry: Vec<u8>,
    carried: u64,
    offset: u64,
    number: u64,
    quoting: Quoting,
    delimiter: u8,
    /// The header has come. Up to it each line is a row, so that a quote in what is before it swallows nothing.
    begun: bool,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            carry: Vec::new(),
            carried: 0,
            offset: 0,
            number: 0,
            quoting: Quoting::CellStart,
            delimiter: b',',
            begun: false,
        }
    }
}

impl Rows {
    /// For content without a header.
    pub(super) fn begun(delimiter: u8) -> Self {
        Self { begun: true, delimiter, ..Self::default() }
    }

    /// As the header has it.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Blank rows hold nothing and are not counted.
    pub(super) fn push(&mut self, content: &[u8], mut each: impl FnMut(Line, u8)) {
        let mut start = 0;
        for (i, &byte) in content.iter().enumerate() {
            let ends = byte == b'\n' && (self.quoting != Quoting::Quoted || !self.begun);
            self.quoting = self.quoting.next(byte, self.delimiter);
            if ends {
                self.carry(content.get(start..i).unwrap_or_default());
                if !self.begun {
                    self.quoting = Quoting::CellStart;
                    self.begin();
                }
                self.flush(&mut each);
                self.offset += 1;
                start = i + 1;
            }
        }
        self.carry(content.get(start..).unwrap_or_default());
    }

    pub(super) fn finish(&mut self, mut each: impl FnMut(Line, u8)) {
        if !self.begun {
            self.begin();
        }
        self.flush(&mut each);
    }

    /// Is the line at hand the header?
    fn begin(&mut self) {
        if let Some(delimiter) = delimiter_of_header(&self.carry) {
            (self.begun, self.delimiter) = (true, delimiter);
        }
    }

    /// Does the content end inside a quoted cell?
    pub(super) fn is_quoted(&self) -> bool {
        self.quoting == Quoting::Quoted
    }

    fn carry(&mut self, part: &[u8]) {
        self.carried += part.len() as u64;
        let room = (LONGEST_LINE_BYTES + 1).saturating_sub(self.carry.len());
        self.carry.extend_from_slice(part.get(..room).unwrap_or(part));
    }

    fn flush(&mut self, each: &mut impl FnMut(Line, u8)) {
        let whole = self.carry.len() as u64 == self.carried;
        let bytes = self.carry.strip_suffix(b"\r").filter(|_| whole).unwrap_or(&self.carry);
        let len = if whole { bytes.len() as u64 } else { self.carried };
        if !bytes.trim_ascii().is_empty() {
            self.number += 1;
            let too_long = len > LONGEST_LINE_BYTES as u64;
            let bytes = if too_long { bytes.get(..RAW_KEPT_BYTES).unwrap_or(bytes) } else { bytes };
            each(Line { bytes, number: self.number, offset: self.offset, len, too_long }, self.delimiter);
        }
        self.offset += self.carried;
        self.carried = 0;
        self.carry.clear();
        self.carry.shrink_to(1 << 20);
    }
}

/// The cells of one row, without their quotes.
#[derive(Default)]
pub(super) struct Cells {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    pub(super) fn read(&mut self, row: &[u8], delimiter: u8) {
        self.bytes.clear();
        self.ends.clear();
        let mut quoting = Quoting::CellStart;
        for &byte in row {
            let next = quoting.next(byte, delimiter);
            match (quoting, next) {
                // The quotes around a cell; inside, the first of two.
                (Quoting::CellStart, Quoting::Quoted) | (Quoting::Quoted, Quoting::QuoteInQuoted) => {}
                (_, Quoting::CellStart) if byte == delimiter => self.ends.push(self.bytes.len()),
                _ => self.bytes.push(byte),
            }
            quoting = next;
        }
        self.ends.push(self.bytes.len());
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Have the cells from this one on no value?
    pub(super) fn is_blank_from(&self, first: usize) -> bool {
        (first..self.len()).all(|cell| self.get(cell).trim_ascii().is_empty())
    }

    pub(super) fn get(&self, cell: usize) -> &[u8] {
        let start = cell.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(cell).and_then(|&end| self.bytes.get(start..end)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Seen = Vec<(Vec<u8>, u64, u64, u64)>;

    fn rows(pieces: &[&[u8]]) -> Seen {
        let (mut rows, mut seen) = (Rows::begun(b','), Seen::new());
        for piece in pieces {
            rows.push(piece, |r, _| seen.push((r.bytes.to_vec(), r.number, r.offset, r.len)));
        }
        rows.finish(|r, _| seen.push((r.bytes.to_vec(), r.number, r.offset, r.len)));
        seen
    }

    fn cells(row: &str) -> Vec<String> {
        let mut cells = Cells::default();
        cells.read(row.as_bytes(), b',');
        (0..cells.len()).map(|i| String::from_utf8_lossy(cells.get(i)).into_owned()).collect()
    }

    #[test]
    fn rows_may_hold_line_ends_in_quotes() {
        let expected: Seen =
            vec![(b"a,b".into(), 1, 0, 3), (b"\"x\ny\",2".into(), 2, 7, 7), (b"z\"q\"".into(), 3, 15, 4)];
        assert_eq!(rows(&[b"a,b\r\n\r\n\"x\ny\",2\nz\"q\""]), expected);
    }

    #[test]
    fn cells_without_quotes() {
        assert_eq!(cells("a,\"b,\"\"c\"\"\",,d\"e"), ["a", "b,\"c\"", "", "d\"e"]);
        assert_eq!(cells(""), [""]);
        assert_eq!(cells("\"x\"y,z"), ["xy", "z"]);
    }

    proptest! {
        #[test]
        fn cells_agree_with_the_csv_crate(row in "[ab,\"]{1,12}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            let theirs: Vec<String> = record.iter().map(str::to_owned).collect();
            prop_assert_eq!(cells(&row), theirs);
        }

        #[test]
        fn pieces_do_not_matter(content in "[ab,\"\r\n]{0,40}", cut in 0usize..40) {
            let (a, b) = content.as_bytes().split_at(cut.min(content.len()));
            prop_assert_eq!(rows(&[a, b]), rows(&[content.as_bytes()]));
        }
    }
}
