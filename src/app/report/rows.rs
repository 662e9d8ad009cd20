//! The rows of an exhibit as a report reads them: short tables as they are, long ones packed, so that a report of many
//! exhibits stays small in memory.

use crate::app::exhibits::canonical;
use crate::model::Value;
use crate::query::tables::Column;
use crate::questions::Section;
use crate::report::document::RowSource;
use std::sync::Arc;

/// Rows of a packed piece; a table of no more is kept as it is.
const PIECE: usize = 4096;

/// The rows of a section.
///
/// # Errors
/// Memory refuses; in words.
pub(super) fn of(columns: &[Column], rows: Vec<Vec<Value>>) -> Result<Arc<dyn RowSource>, String> {
    if rows.len() <= PIECE {
        return Ok(Arc::new(rows));
    }
    let len = rows.len() as u64;
    let mut rows = rows.into_iter();
    let mut pieces = Vec::new();
    loop {
        let piece: Vec<Vec<Value>> = rows.by_ref().take(PIECE).collect();
        if piece.is_empty() {
            return Ok(Arc::new(Packed { len, pieces }));
        }
        // The canonical form reads back to the same values; a test of its own says so.
        let text = canonical::write("", &[Section::new("", columns.to_vec(), piece)]);
        pieces.push(zstd::bulk::compress(text.as_bytes(), 1).map_err(|error| error.to_string())?);
    }
}

#[derive(Debug)]
struct Packed {
    len: u64,
    /// Of `PIECE` rows each, but for the last.
    pieces: Vec<Vec<u8>>,
}

impl Packed {
    fn piece(&self, at: usize) -> Result<Vec<Vec<Value>>, String> {
        let Some(packed) = self.pieces.get(at) else { return Ok(Vec::new()) };
        let bytes = zstd::stream::decode_all(packed.as_slice()).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        let (_, sections) = canonical::read(&text)?;
        Ok(sections.into_iter().next().map(|section| section.rows).unwrap_or_default())
    }
}

impl RowSource for Packed {
    fn len(&self) -> u64 {
        self.len
    }

    fn read(&self, from: u64, count: usize) -> Result<Vec<Vec<Value>>, String> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let mut rows = Vec::new();
        let mut at = from / PIECE;
        let mut skip = from % PIECE;
        while rows.len() < count && at < self.pieces.len() {
            let wanted = count - rows.len();
            rows.extend(self.piece(at)?.into_iter().skip(skip).take(wanted));
            (at, skip) = (at + 1, 0);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Unit;

    #[test]
    fn packed_rows_are_the_rows() {
        let columns = [Column::new("a", Unit::Count), Column::new("b", Unit::Text)];
        let row = |at: i64| vec![Value::Integer(at), Value::Text(format!("\u{202e}{at}\n"))];
        let rows: Vec<Vec<Value>> = (0..10_000).map(row).collect();
        let packed = of(&columns, rows.clone()).unwrap();
        assert_eq!(packed.len(), 10_000);
        for (from, count) in [(0, 10_000), (0, 1), (4_095, 2), (4_096, 4_096), (9_999, 5), (10_000, 5)] {
            let expect: Vec<_> = rows.iter().skip(from).take(count).cloned().collect();
            assert_eq!(packed.read(from as u64, count).unwrap(), expect, "{from} {count}");
        }
    }
}
