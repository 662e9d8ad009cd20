//! The events' own JSON: blocks of up to 256 KiB of text, compressed where the events are read. Trails repeat themselves
//! so much that a block takes a tenth of its text.

use super::error::CaseError;
use super::places::{get_varint, put_varint};
use crate::model::{EventBatch, EvidenceId, RecordId};
use rusqlite::{Connection, OptionalExtension};
use std::cell::RefCell;

/// Text after which a block is closed: small enough that one event is shown at once, large enough to compress.
const BLOCK_BYTES: usize = 256 << 10;
/// Largest text of a block that is unpacked: an event of this size is not read in the first place.
const MOST_BYTES: usize = 512 << 20;
/// How a block's body is kept.
const PLAIN: u8 = 0;
const ZSTD: u8 = 1;

/// A block as it is stored in table `event_json`.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    pub first_position: u32,
    pub last_position: u32,
    /// A byte that says how the body is kept, the body's length as a varint, the body.
    pub data: Vec<u8>,
}

thread_local! {
    /// Making a compressor takes longer than a small block does.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

/// Packs the JSON of events that follow each other in one evidence file.
pub fn pack(events: &EventBatch) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Vec<(u32, &str)> = Vec::new();
    let mut bytes = 0;
    for event in events.iter() {
        open.push((event.position, event.json));
        bytes += event.json.len();
        if bytes >= BLOCK_BYTES {
            blocks.extend(pack_block(&open, bytes));
            open.clear();
            bytes = 0;
        }
    }
    blocks.extend(pack_block(&open, bytes));
    blocks
}

/// `events`: positions and texts, of `bytes` in all.
fn pack_block(events: &[(u32, &str)], bytes: usize) -> Option<Block> {
    let (first_position, last_position) = (events.first()?.0, events.last()?.0);
    let mut body = Vec::with_capacity(bytes + 8 * events.len() + 8);
    put_varint(&mut body, events.len() as u64);
    let mut before = first_position;
    for (position, json) in events {
        put_varint(&mut body, u64::from(position - before));
        put_varint(&mut body, json.len() as u64);
        before = *position;
    }
    for (_, json) in events {
        body.extend_from_slice(json.as_bytes());
    }
    let packed = COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(zstd::bulk::Compressor::new(1).ok()?),
        };
        compressor.compress(&body).ok()
    });
    let mut data = Vec::with_capacity(packed.as_ref().map_or(body.len(), Vec::len) + 8);
    data.push(if packed.is_some() { ZSTD } else { PLAIN });
    put_varint(&mut data, body.len() as u64);
    data.extend_from_slice(packed.as_ref().unwrap_or(&body));
    Some(Block { first_position, last_position, data })
}

/// Writes a file's blocks.
pub(super) fn write(conn: &Connection, evidence: EvidenceId, blocks: &[Block]) -> Result<(), CaseError> {
    let mut insert = conn.prepare_cached("INSERT INTO event_json VALUES (?, ?, ?)")?;
    for block in blocks {
        let first = RecordId::new(evidence, block.first_position).0;
        insert.execute((first, RecordId::new(evidence, block.last_position).0, &block.data))?;
    }
    Ok(())
}

/// Reads events' JSON from a case; keeps the block that it read last, so that events in order cost one unpacking a block.
#[derive(Default)]
pub struct EventTexts {
    held: Option<Held>,
}

struct Held {
    first: i64,
    last: i64,
    body: Vec<u8>,
    /// First byte after the lengths.
    texts: usize,
    /// Where the last lookup ended: id, bytes of lengths read, bytes of texts passed.
    next: (i64, usize, usize),
    head: usize,
}

impl EventTexts {
    /// The JSON of an event; `None` where the case has none for it.
    ///
    /// # Errors
    /// What SQLite says, or a block that does not unpack.
    pub fn get(&mut self, conn: &Connection, event: RecordId) -> Result<Option<&str>, CaseError> {
        let id = event.0;
        if self.held.as_ref().is_none_or(|held| id < held.first || id > held.last) {
            let found: Option<(i64, i64, Vec<u8>)> = conn
                .prepare_cached(
                    "SELECT first_id, last_id, data FROM event_json WHERE first_id <= ? ORDER BY first_id DESC LIMIT 1",
                )?
                .query_row([id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
                .optional()?;
            self.held = match found {
                Some((first, last, data)) if id <= last => Some(Held::unpack(first, last, &data)?),
                _ => None,
            };
        }
        self.held.as_mut().map_or(Ok(None), |held| held.find(id))
    }
}

impl Held {
    fn unpack(first: i64, last: i64, data: &[u8]) -> Result<Self, CaseError> {
        let (&mark, mut rest) = data.split_first().ok_or_else(|| damaged(first, "it is empty"))?;
        let len = get_varint(&mut rest).and_then(|len| usize::try_from(len).ok()).filter(|len| *len <= MOST_BYTES);
        let len = len.ok_or_else(|| damaged(first, "its length is not right"))?;
        let body = match mark {
            PLAIN => rest.to_vec(),
            ZSTD => zstd::bulk::decompress(rest, len).map_err(|error| damaged(first, &error.to_string()))?,
            _ => return Err(damaged(first, "it is kept in a way that is not known")),
        };
        let mut head = body.as_slice();
        let count = get_varint(&mut head).ok_or_else(|| damaged(first, "it is cut off"))?;
        let begin = body.len() - head.len();
        for _ in 0..count.saturating_mul(2) {
            get_varint(&mut head).ok_or_else(|| damaged(first, "it is cut off"))?;
        }
        let texts = body.len() - head.len();
        Ok(Self { first, last, texts, next: (first, begin, 0), head: begin, body })
    }

    fn find(&mut self, wanted: i64) -> Result<Option<&str>, CaseError> {
        // What was passed is behind: from the start again.
        if wanted <= self.next.0 {
            self.next = (self.first, self.head, 0);
        }
        let (mut id, mut head, mut passed) = self.next;
        while head < self.texts {
            let mut lengths = &self.body[head..self.texts];
            let (Some(step), Some(len)) = (get_varint(&mut lengths), get_varint(&mut lengths)) else { break };
            id = id.saturating_add_unsigned(step);
            let len = usize::try_from(len).unwrap_or(usize::MAX);
            if id > wanted {
                break;
            }
            if id == wanted {
                let begin = self.texts.saturating_add(passed);
                let text = self.body.get(begin..begin.saturating_add(len));
                let text = text.and_then(|bytes| std::str::from_utf8(bytes).ok());
                return text.map(Some).ok_or_else(|| damaged(self.first, "a text is cut off"));
            }
            head = self.texts - lengths.len();
            passed = passed.saturating_add(len);
            self.next = (id, head, passed);
        }
        Ok(None)
    }
}

fn damaged(first: i64, what: &str) -> CaseError {
    let reason = format!("the block of event texts from {}: {what}", RecordId(first));
    CaseError::BadContent { evidence: RecordId(first).evidence().0, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventRow;
    use crate::model::batch::{ColumnValues, Completeness};
    use proptest::prelude::*;

    fn batch(events: &[(u32, String)]) -> EventBatch {
        let mut batch = EventBatch::default();
        for (position, json) in events {
            batch.push(EventRow {
                position: *position,
                offset: 0,
                len: 0,
                completeness: Completeness::Full,
                time_millis: None,
                json,
                columns: ColumnValues::default(),
            });
        }
        batch
    }

    fn case() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(&super::super::schema::ddl()).unwrap();
        conn
    }

    proptest! {
        #[test]
        fn every_event_is_found_in_any_order(
            list in prop::collection::vec((1u32..4, "[a-zé{}\"]{0,40}", any::<bool>()), 1..60),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
        ) {
            let mut position = 0;
            let events: Vec<(u32, String)> = list.iter().map(|(step, text, is_long)| {
                position += step;
                (position, if *is_long { text.repeat(2_000) } else { text.clone() })
            }).collect();
            let conn = case();
            let evidence = EvidenceId(3);
            write(&conn, evidence, &pack(&batch(&events))).unwrap();
            let mut texts = EventTexts::default();
            for (position, json) in events.iter().chain(order.iter().map(|index| index.get(&events))) {
                let found = texts.get(&conn, RecordId::new(evidence, *position)).unwrap();
                prop_assert_eq!(found, Some(json.as_str()));
            }
            for absent in (0..=position + 1).filter(|p| events.iter().all(|e| e.0 != *p)) {
                prop_assert_eq!(texts.get(&conn, RecordId::new(evidence, absent)).unwrap(), None);
            }
            prop_assert_eq!(texts.get(&conn, RecordId::new(EvidenceId(4), 1)).unwrap(), None);
        }

        #[test]
        fn damaged_blocks_are_errors_not_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), plain in any::<bool>()) {
            let mut data = bytes;
            if plain && data.len() > 1 {
                (data[0], data[1]) = (PLAIN, 100);
            }
            if let Ok(mut held) = Held::unpack(1, 300, &data) {
                for id in 0..300 {
                    let _ = held.find(id);
                }
            }
        }
    }
}
