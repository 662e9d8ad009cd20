//! An original file out of the case, from its first byte or from any other.

use super::QueryError;
use crate::case::CaseReader;
use crate::ingest::reader::{self, OriginalReader, RawBlock, RawBlocks, RawEncoding, SeekPoint};
use crate::model::EvidenceId;
use crate::query::EvidenceRow;
use std::io;

/// Blocks of an original out of the case.
pub struct CaseBlocks<'a> {
    pub reader: &'a CaseReader,
    pub evidence: EvidenceId,
}

impl RawBlocks for CaseBlocks<'_> {
    fn block_at(&mut self, file_byte: u64) -> io::Result<Option<RawBlock>> {
        let piece = self.reader.raw_piece(self.evidence, file_byte).map_err(io::Error::other)?;
        Ok(piece.map(|(first_byte, data)| {
            let byte_count = data.len() as u64;
            RawBlock { first_byte, byte_count, encoding: RawEncoding::Stored, data }
        }))
    }
}

/// The bytes of an original that the case holds, as it was on disk.
pub fn original(reader: &CaseReader, evidence: EvidenceId) -> impl io::Read + '_ {
    OriginalReader::new(CaseBlocks { reader, evidence })
}

/// Bytes of the uncompressed content of an original that the case holds.
///
/// # Errors
/// The case cannot be read; what it holds cannot be unpacked, which is the inner one.
pub fn stored_range(
    reader: &CaseReader,
    evidence: &EvidenceRow,
    offset: u64,
    len: usize,
) -> Result<io::Result<Vec<u8>>, QueryError> {
    let point = reader.seek_point_before(evidence.id, offset)?;
    let point = point.map(|p| SeekPoint { content_byte: p.content_byte, file_bit: p.file_bit, window_zstd: p.window });
    let blocks = CaseBlocks { reader, evidence: evidence.id };
    Ok(reader::read_range(blocks, &evidence.packing, point.as_ref(), offset, len))
}
