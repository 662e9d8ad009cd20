//! The way back: from the blocks of an original to any range of its content, or to the original byte for byte.

use super::gunzip::Gunzip;
use super::inflate::WINDOW_BYTES;
use super::packing::Packing;
use super::tap::damaged;
use super::{BLOCK_BYTES, RawBlock, RawEncoding, SeekPoint};
use std::io::{self, Read, Seek, SeekFrom};

/// Where the blocks of one original are kept.
pub trait RawBlocks {
    /// The block that holds this byte of the original; None past its end.
    fn block_at(&mut self, file_byte: u64) -> io::Result<Option<RawBlock>>;
}

impl<B: RawBlocks + ?Sized> RawBlocks for &mut B {
    fn block_at(&mut self, file_byte: u64) -> io::Result<Option<RawBlock>> {
        (**self).block_at(file_byte)
    }
}

/// The blocks of an original that is still on disk, for evidence whose raw content is not in the case.
pub struct FileBlocks<S>(pub S);

impl<S: Read + Seek> RawBlocks for FileBlocks<S> {
    fn block_at(&mut self, file_byte: u64) -> io::Result<Option<RawBlock>> {
        let first_byte = file_byte - file_byte % BLOCK_BYTES as u64;
        self.0.seek(SeekFrom::Start(first_byte))?;
        let mut data = Vec::new();
        self.0.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut data)?;
        let byte_count = data.len() as u64;
        let block = RawBlock { first_byte, byte_count, encoding: RawEncoding::Stored, data };
        Ok((file_byte < first_byte + byte_count).then_some(block))
    }
}

/// Reads an original byte for byte.
pub struct OriginalReader<B> {
    blocks: B,
    /// Of the original; the next byte to give.
    position: u64,
    block: Vec<u8>,
    block_first: u64,
}

impl<B: RawBlocks> OriginalReader<B> {
    /// From its first byte on.
    pub fn new(blocks: B) -> Self {
        Self::starting_at(blocks, 0)
    }

    /// From this byte of the original on.
    pub fn starting_at(blocks: B, file_byte: u64) -> Self {
        Self { blocks, position: file_byte, block: Vec::new(), block_first: 0 }
    }
}

impl<B: RawBlocks> Read for OriginalReader<B> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = |reader: &Self| {
            let into = usize::try_from(reader.position.checked_sub(reader.block_first)?).ok()?;
            (into < reader.block.len()).then_some(into)
        };
        let into = match left(self) {
            Some(into) => into,
            None => {
                let Some(block) = self.blocks.block_at(self.position)? else { return Ok(0) };
                self.block_first = block.first_byte;
                self.block = block_bytes(block)?;
                left(self).ok_or_else(|| damaged("a stored block is not where it should be"))?
            }
        };
        let bytes = self.block.get(into..).unwrap_or_default();
        let count = bytes.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        self.position += count as u64;
        Ok(count)
    }
}

/// The original's bytes of a block. A case file can come from anywhere, so nothing in it is taken on trust.
fn block_bytes(block: RawBlock) -> io::Result<Vec<u8>> {
    let bytes = match block.encoding {
        RawEncoding::Stored => block.data,
        RawEncoding::Zstd => zstd::bulk::decompress(&block.data, BLOCK_BYTES)?,
    };
    if bytes.len() as u64 == block.byte_count {
        Ok(bytes)
    } else {
        Err(damaged("a stored block has another length than it says"))
    }
}

/// `len` bytes of the uncompressed content from `offset` on; fewer where the content ends earlier.
///
/// `packing` is `EvidenceFacts::packing`. `point` is the last seek point whose `content_byte` is at most `offset`; without
/// one, packed content is decoded from its beginning. A stream that is damaged gives what comes before the damage, and an
/// error only where that is nothing.
pub fn read_range(
    blocks: impl RawBlocks,
    packing: &str,
    point: Option<&SeekPoint>,
    offset: u64,
    len: usize,
) -> io::Result<Vec<u8>> {
    let layers = Packing::parse_all(packing).ok_or_else(|| damaged(format!("unknown packing {packing}")))?;
    // A point speaks of the original's own bits, so it serves exactly one layer.
    let point = point.filter(|p| p.content_byte <= offset && layers.len() == 1);
    let (start, mut content) = open_content(blocks, &layers, point, offset)?;
    skip(&mut content, offset - start)?;
    let mut out = Vec::with_capacity(len.min(BLOCK_BYTES));
    match content.take(len as u64).read_to_end(&mut out) {
        Err(e) if out.is_empty() => Err(e),
        Ok(_) | Err(_) => Ok(out),
    }
}

/// Content from some byte at or before `offset` on, and which byte that is.
fn open_content<'b>(
    blocks: impl RawBlocks + 'b,
    layers: &[Packing],
    point: Option<&SeekPoint>,
    offset: u64,
) -> io::Result<(u64, Box<dyn Read + 'b>)> {
    if layers.is_empty() {
        return Ok((offset, Box::new(OriginalReader::starting_at(blocks, offset))));
    }
    let (start, file_bit) = point.map_or((0, 0), |p| (p.content_byte, p.file_bit));
    let original = OriginalReader::starting_at(blocks, file_bit / 8);
    if let (Some(point), [Packing::Gzip]) = (point, layers) {
        let window = match point.window_zstd.as_slice() {
            [] => Vec::new(),
            packed => zstd::bulk::decompress(packed, WINDOW_BYTES)?,
        };
        return Ok((start, Box::new(Gunzip::resume(original, file_bit, &window)?)));
    }
    let mut content: Box<dyn Read + 'b> = Box::new(original);
    for layer in layers {
        content = layer.decoder(content, None)?;
    }
    Ok((start, content))
}

fn skip(content: &mut dyn Read, mut bytes: u64) -> io::Result<()> {
    let mut buffer = vec![0; super::PIECE_BYTES];
    while bytes > 0 {
        let room = usize::try_from(bytes).unwrap_or(usize::MAX).min(buffer.len());
        match content.read(buffer.get_mut(..room).unwrap_or_default())? {
            0 => break,
            count => bytes -= count as u64,
        }
    }
    Ok(())
}
