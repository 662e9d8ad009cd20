//! The original files in the case: written in pieces, read back in order or from any byte.

use super::error::CaseError;
use super::open::CaseReader;
use crate::model::EvidenceId;
use rusqlite::{OptionalExtension, params};

/// Where reading a compressed original can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSeekPoint {
    /// Bytes from the start of the uncompressed content.
    pub content_byte: u64,
    /// Bits from the start of the original file.
    pub file_bit: u64,
    /// The 32 KiB of content before it, zstd.
    pub window: Vec<u8>,
}

impl CaseReader {
    /// The original's bytes from a piece that starts at or before `byte`: the piece's own first byte and its bytes.
    /// `None` past the end.
    pub fn raw_piece(&self, evidence: EvidenceId, byte: u64) -> Result<Option<(u64, Vec<u8>)>, CaseError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT first_byte, encoding, byte_count, data FROM raw_block WHERE evidence_id = ? AND first_byte <= ? ORDER BY first_byte DESC LIMIT 1",
        )?;
        let piece = statement.query_row(params![evidence.0, byte], |r| {
            Ok((r.get::<_, u64>(0)?, r.get::<_, String>(1)?, r.get::<_, u64>(2)?, r.get::<_, Vec<u8>>(3)?))
        });
        let Some((first, encoding, count, data)) = piece.optional()? else { return Ok(None) };
        if byte >= first.saturating_add(count) {
            return Ok(None);
        }
        let bad = |reason: String| CaseError::BadContent { evidence: evidence.0, reason };
        let bytes = match encoding.as_str() {
            "stored" => data,
            "zstd" => {
                let capacity = usize::try_from(count).map_err(|e| bad(e.to_string()))?.min(64 << 20);
                zstd::bulk::decompress(&data, capacity).map_err(|e| bad(e.to_string()))?
            }
            other => return Err(bad(format!("unknown encoding {other}"))),
        };
        if bytes.len() as u64 != count {
            return Err(bad(format!("a piece of {count} bytes has {}", bytes.len())));
        }
        Ok(Some((first, bytes)))
    }

    /// The last seek point at or before a byte of the uncompressed content.
    pub fn seek_point_before(
        &self,
        evidence: EvidenceId,
        content_byte: u64,
    ) -> Result<Option<StoredSeekPoint>, CaseError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT content_byte, file_bit, window FROM seek_point WHERE evidence_id = ? AND content_byte <= ? ORDER BY content_byte DESC LIMIT 1",
        )?;
        let found = statement.query_row(params![evidence.0, content_byte], |r| {
            Ok(StoredSeekPoint { content_byte: r.get(0)?, file_bit: r.get(1)?, window: r.get(2)? })
        });
        Ok(found.optional()?)
    }
}
