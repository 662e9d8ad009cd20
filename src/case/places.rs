//! Where records are in their evidence: chunks of up to 4096 flow rows with position steps, gaps and lengths as
//! varints, column by column, compressed. About a byte a row instead of eight in the row itself.

use super::error::CaseError;
use crate::model::batch::NO_VALUE;
use crate::model::{EvidenceId, FlowRow, RecordId};

pub(crate) const CHUNK_ROWS: usize = 4096;

/// A chunk as it is stored in `flow_chunk`.
#[derive(Debug)]
pub struct Chunk {
    pub first_position: u32,
    pub last_position: u32,
    pub row_count: u32,
    /// Seconds; `None` where no row has a start.
    pub start_span: Option<(i64, i64)>,
    pub places: Vec<u8>,
}

/// One record's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes from the start of the uncompressed content.
    pub offset: u64,
    pub len: u64,
}

/// Cuts a batch's rows into chunks.
pub(crate) fn chunks(rows: &[FlowRow]) -> Vec<Chunk> {
    rows.chunks(CHUNK_ROWS).filter_map(chunk).collect()
}

fn chunk(rows: &[FlowRow]) -> Option<Chunk> {
    let (first, last) = (rows.first()?, rows.last()?);
    let (mut steps, mut gaps, mut lens) = (Vec::new(), Vec::new(), Vec::new());
    let (mut position, mut end) = (0u64, 0u64);
    let mut span: Option<(i64, i64)> = None;
    for row in rows {
        put_varint(&mut steps, u64::from(row.position) - position);
        put_signed(&mut gaps, row.offset as i64 - end as i64);
        put_varint(&mut lens, u64::from(row.len));
        position = u64::from(row.position);
        end = row.offset + u64::from(row.len);
        if row.start != NO_VALUE {
            span = Some(span.map_or((row.start, row.start), |(low, high)| (low.min(row.start), high.max(row.start))));
        }
    }
    let mut plain = Vec::with_capacity(steps.len() + gaps.len() + lens.len() + 12);
    for column in [&steps, &gaps, &lens] {
        put_varint(&mut plain, column.len() as u64);
        plain.extend_from_slice(column);
    }
    // Level 1 on a few kilobytes cannot fail but for memory; the plain bytes are marked by their first byte then.
    let mut places = vec![1];
    match zstd::bulk::compress(&plain, 1) {
        Ok(packed) => places.extend_from_slice(&packed),
        Err(_) => {
            places[0] = 0;
            places.extend_from_slice(&plain);
        }
    }
    Some(Chunk {
        first_position: first.position,
        last_position: last.position,
        row_count: rows.len() as u32,
        start_span: span,
        places,
    })
}

/// A stored chunk uncompressed, as it is compared; `None` where it is damaged.
pub(crate) fn plain(places: &[u8]) -> Option<Vec<u8>> {
    match places.split_first()? {
        (0, body) => Some(body.to_vec()),
        (1, body) => zstd::bulk::decompress(body, MOST_BYTES).ok(),
        _ => None,
    }
}

/// Three varints of at most ten bytes a row.
const MOST_BYTES: usize = CHUNK_ROWS * 30 + 30;

/// The place of one record in a stored chunk; `None` where the chunk does not hold it.
pub(crate) fn find(places: &[u8], record: RecordId) -> Result<Option<Place>, CaseError> {
    let evidence = record.evidence();
    let bad = |reason: &str| CaseError::BadContent { evidence: evidence.0, reason: reason.to_owned() };
    let plain = plain(places).ok_or_else(|| bad("a chunk of places is damaged"))?;
    let mut rest = plain.as_slice();
    let mut column = || -> Option<&[u8]> {
        let len = usize::try_from(get_varint(&mut rest)?).ok()?;
        let (column, tail) = rest.split_at_checked(len)?;
        rest = tail;
        Some(column)
    };
    let (Some(mut steps), Some(mut gaps), Some(mut lens)) = (column(), column(), column()) else {
        return Err(bad("a chunk of places is cut off"));
    };
    let (mut position, mut end) = (0u64, 0i64);
    while let (Some(step), Some(gap), Some(len)) =
        (get_varint(&mut steps), get_signed(&mut gaps), get_varint(&mut lens))
    {
        position = position.saturating_add(step);
        let offset = end.saturating_add(gap);
        end = offset.saturating_add(len as i64);
        if position == u64::from(record.position()) {
            return Ok(Some(Place { offset: offset.max(0) as u64, len }));
        }
    }
    Ok(None)
}

/// The id range of an evidence's records, inclusive.
pub(crate) fn id_range(evidence: EvidenceId) -> (i64, i64) {
    (RecordId::new(evidence, 0).0, RecordId::new(evidence, u32::MAX).0)
}

pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_varint(out, ((value << 1) ^ (value >> 63)) as u64);
}

pub(super) fn get_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0u64, 0u32);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
        if shift > 63 {
            return None;
        }
    }
}

fn get_signed(bytes: &mut &[u8]) -> Option<i64> {
    get_varint(bytes).map(|v| (v >> 1) as i64 ^ -((v & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::batch::ABSENT;
    use proptest::prelude::*;

    fn row(position: u32, offset: u64, len: u32, start: i64) -> FlowRow {
        FlowRow {
            position,
            offset,
            len,
            pair: ABSENT,
            packet_pair: ABSENT,
            interface: ABSENT,
            disposition: ABSENT,
            extra: ABSENT,
            srcport: -1,
            dstport: -1,
            packets: NO_VALUE,
            bytes: NO_VALUE,
            start,
            end: NO_VALUE,
        }
    }

    proptest! {
        #[test]
        fn every_record_is_found_where_it_stands(rows in prop::collection::vec((1u32..50, 0u64..1_000_000, 0u32..100_000), 1..200)) {
            let mut position = 0;
            let rows: Vec<FlowRow> = rows.into_iter().map(|(step, offset, len)| {
                position += step;
                row(position, offset, len, i64::from(len))
            }).collect();
            let chunk = super::chunk(&rows).unwrap();
            for row in &rows {
                let id = RecordId::new(EvidenceId(7), row.position);
                prop_assert_eq!(find(&chunk.places, id).unwrap(), Some(Place { offset: row.offset, len: u64::from(row.len) }));
            }
            prop_assert_eq!(find(&chunk.places, RecordId::new(EvidenceId(7), position + 1)).unwrap(), None);
        }

        #[test]
        fn damaged_chunks_are_errors_not_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = find(&bytes, RecordId::new(EvidenceId(1), 1));
        }
    }

    #[test]
    fn a_chunk_of_lines_takes_about_a_byte_a_row() {
        let rows: Vec<FlowRow> = (1..=4096).map(|n| row(n, u64::from(n) * 112, 111, 0)).collect();
        assert!(chunks(&rows)[0].places.len() < 4096);
    }
}
