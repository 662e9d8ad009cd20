//! The JSON of events: blocks of about a mebibyte of text, compressed where the events are read. Trails repeat
//! themselves so much that a block takes a tenth of its text.

use super::error::CaseError;
use super::places::{get_varint, put_varint};
use crate::model::{EvidenceId, RecordId};
use rusqlite::{Connection, OptionalExtension, Rows, Statement};
use std::cell::RefCell;

/// Text after which a block is closed: small enough that one event is shown at once, large enough to compress, and that
/// the page which a block leaves half empty (16 KiB) is little beside it.
const BLOCK_BYTES: usize = 1 << 20;
/// Blocks are three tenths smaller than at level -3, which is faster; higher levels make them no smaller.
const LEVEL: i32 = 1;
/// Largest text of a block that is unpacked: an event of this size is not read in the first place.
const MOST_BYTES: usize = 512 << 20;
/// How a block's texts are kept.
const PLAIN: u64 = 0;
const ZSTD: u64 = 1;

/// A block as it is stored in table `event_json`.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    pub first_position: u32,
    pub last_position: u32,
    /// Varints: the count of events, for each the step of its position and the length of its text; how the texts are
    /// kept, and their length. Then the texts.
    pub data: Vec<u8>,
}

thread_local! {
    /// Making a compressor takes longer than a small block does.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

/// Packs the JSON of events that follow each other in one evidence file, however they come.
#[derive(Default)]
pub(crate) struct Packer {
    /// Positions, and lengths of their texts.
    open: Vec<(u32, usize)>,
    texts: String,
}

impl Packer {
    /// Takes the next event; a block where one is full.
    pub(crate) fn add(&mut self, position: u32, json: &str) -> Option<Block> {
        self.open.push((position, json.len()));
        self.texts.push_str(json);
        if self.texts.len() >= BLOCK_BYTES { self.finish() } else { None }
    }

    /// What is left.
    pub(crate) fn finish(&mut self) -> Option<Block> {
        let block = pack_block(&self.open, &self.texts);
        self.open.clear();
        self.texts.clear();
        block
    }
}

/// `events`: positions, and lengths of their texts, which follow each other in `texts`.
fn pack_block(events: &[(u32, usize)], texts: &str) -> Option<Block> {
    let (first_position, last_position) = (events.first()?.0, events.last()?.0);
    let packed = COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(zstd::bulk::Compressor::new(LEVEL).ok()?),
        };
        compressor.compress(texts.as_bytes()).ok()
    });
    let kept = packed.as_deref().unwrap_or(texts.as_bytes());
    let mut data = Vec::with_capacity(kept.len() + 4 * events.len() + 16);
    put_varint(&mut data, events.len() as u64);
    let mut before = first_position;
    for (position, len) in events {
        put_varint(&mut data, u64::from(position - before));
        put_varint(&mut data, *len as u64);
        before = *position;
    }
    put_varint(&mut data, if packed.is_some() { ZSTD } else { PLAIN });
    put_varint(&mut data, texts.len() as u64);
    data.extend_from_slice(kept);
    Some(Block { first_position, last_position, data })
}

/// A stored block with its texts uncompressed, as it is compared; `None` where it is damaged.
pub(crate) fn plain(data: &[u8]) -> Option<Vec<u8>> {
    let held = Held::unpack(0, 0, data).ok()?;
    let mut plain = (held.head.len() as u64).to_be_bytes().to_vec();
    plain.extend_from_slice(&held.head);
    plain.extend_from_slice(&held.texts);
    Some(plain)
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

/// Writes the blocks of another table in the form of today. A block that does not unpack goes over as it is.
pub(super) fn repack(conn: &Connection, from: &str, progress: &mut dyn FnMut()) -> Result<(), CaseError> {
    let mut statement = conn.prepare(&format!("SELECT first_id, last_id, data FROM {from} ORDER BY first_id"))?;
    let mut blocks = statement.query([])?;
    let (mut evidence, mut packer) = (EvidenceId(0), Packer::default());
    while let Some(row) = blocks.next()? {
        let (first, last): (i64, i64) = (row.get(0)?, row.get(1)?);
        let data = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        let held = Held::unpack(first, last, data).ok();
        let texts = held.as_ref().and_then(|held| held.all().ok());
        if RecordId(first).evidence() != evidence || texts.is_none() {
            write(conn, evidence, packer.finish().as_slice())?;
            evidence = RecordId(first).evidence();
        }
        match texts {
            Some(texts) => {
                for (id, text) in texts {
                    write(conn, evidence, packer.add(RecordId(id).position(), text).as_slice())?;
                }
            }
            None => {
                let mut insert = conn.prepare_cached("INSERT INTO event_json VALUES (?, ?, ?)")?;
                insert.execute((first, last, data))?;
            }
        }
        progress();
    }
    write(conn, evidence, packer.finish().as_slice())
}

/// Reads events' JSON from a case; keeps the block that it read last, so that events in order cost one unpacking a
/// block.
#[derive(Default)]
pub(crate) struct EventTexts {
    held: Option<Held>,
}

/// A block as it is in the case, to be unpacked on another thread.
#[derive(Debug)]
pub(crate) struct PackedTexts {
    first: i64,
    last: i64,
    data: Vec<u8>,
}

impl PackedTexts {
    /// Every block, in the order of the events.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn all(conn: &Connection) -> Result<AllTexts<'_>, CaseError> {
        Ok(AllTexts(conn.prepare("SELECT first_id, last_id, data FROM event_json ORDER BY first_id")?))
    }

    /// The block that an event is in; `None` where the case has none for it.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn of(conn: &Connection, event: RecordId) -> Result<Option<Self>, CaseError> {
        let sql = "SELECT first_id, last_id, data FROM event_json WHERE first_id <= ? ORDER BY first_id DESC LIMIT 1";
        let block = |r: &rusqlite::Row<'_>| Ok(Self { first: r.get(0)?, last: r.get(1)?, data: r.get(2)? });
        let found: Option<Self> = conn.prepare_cached(sql)?.query_row([event.0], block).optional()?;
        Ok(found.filter(|block| block.holds(event)))
    }

    /// Bytes that it takes in memory.
    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    /// The first and the last event that it holds.
    pub(crate) fn ids(&self) -> (i64, i64) {
        (self.first, self.last)
    }

    pub(crate) fn is_before(&self, event: RecordId) -> bool {
        self.last < event.0
    }

    pub(crate) fn holds(&self, event: RecordId) -> bool {
        (self.first..=self.last).contains(&event.0)
    }

    /// # Errors
    /// The block is damaged.
    pub(crate) fn unpack(&self) -> Result<UnpackedTexts, CaseError> {
        Ok(UnpackedTexts(Held::unpack(self.first, self.last, &self.data)?))
    }
}

/// Blocks that are read one after the other.
pub(crate) struct AllTexts<'a>(Statement<'a>);

impl AllTexts<'_> {
    /// # Errors
    /// What SQLite says.
    pub(crate) fn rows(&mut self) -> Result<TextBlocks<'_>, CaseError> {
        Ok(TextBlocks(self.0.query([])?))
    }
}

pub(crate) struct TextBlocks<'a>(Rows<'a>);

impl TextBlocks<'_> {
    /// The next block.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn take(&mut self) -> Result<Option<PackedTexts>, CaseError> {
        let Some(row) = self.0.next()? else { return Ok(None) };
        Ok(Some(PackedTexts { first: row.get(0)?, last: row.get(1)?, data: row.get(2)? }))
    }
}

/// The texts of a block.
pub(crate) struct UnpackedTexts(Held);

impl UnpackedTexts {
    /// The JSON of an event; `None` where the block has none for it. Events in order are found where the last one
    /// ended.
    ///
    /// # Errors
    /// A text that is cut off.
    pub(crate) fn find(&mut self, event: RecordId) -> Result<Option<&str>, CaseError> {
        self.0.find(event.0)
    }
}

struct Held {
    first: i64,
    last: i64,
    /// Steps and lengths, as varints.
    head: Vec<u8>,
    texts: Vec<u8>,
    /// Where the last lookup ended: the last id that was passed, bytes of the head and of the texts before the next.
    passed: (i64, usize, usize),
}

impl EventTexts {
    /// The JSON of an event; `None` where the case has none for it.
    ///
    /// # Errors
    /// What SQLite says, or a block that does not unpack.
    pub(crate) fn get(&mut self, conn: &Connection, event: RecordId) -> Result<Option<&str>, CaseError> {
        let id = event.0;
        if self.held.as_ref().is_none_or(|held| id < held.first || id > held.last) {
            let found = PackedTexts::of(conn, event)?;
            self.held = found.map(|block| block.unpack()).transpose()?.map(|texts| texts.0);
        }
        self.held.as_mut().map_or(Ok(None), |held| held.find(id))
    }
}

impl Held {
    fn unpack(first: i64, last: i64, data: &[u8]) -> Result<Self, CaseError> {
        let cut_off = || damaged(first, "it is cut off");
        let mut rest = data;
        let count = get_varint(&mut rest).ok_or_else(cut_off)?;
        let head = rest;
        for _ in 0..count.saturating_mul(2) {
            get_varint(&mut rest).ok_or_else(cut_off)?;
        }
        let head = head[..head.len() - rest.len()].to_vec();
        let how = get_varint(&mut rest).ok_or_else(cut_off)?;
        let len = get_varint(&mut rest).and_then(|len| usize::try_from(len).ok()).filter(|len| *len <= MOST_BYTES);
        let len = len.ok_or_else(|| damaged(first, "its length is not right"))?;
        let texts = match how {
            PLAIN => rest.to_vec(),
            ZSTD => zstd::bulk::decompress(rest, len).map_err(|error| damaged(first, &error.to_string()))?,
            _ => return Err(damaged(first, "it is kept in a way that is not known")),
        };
        if texts.len() != len {
            return Err(damaged(first, "its length is not right"));
        }
        Ok(Self { first, last, head, texts, passed: (first, 0, 0) })
    }

    /// Every event with its text.
    fn all(&self) -> Result<Vec<(i64, &str)>, CaseError> {
        let cut_off = || damaged(self.first, "a text is cut off");
        let (mut head, mut id, mut begin) = (self.head.as_slice(), self.first, 0usize);
        let mut list = Vec::new();
        while let (Some(step), Some(len)) = (get_varint(&mut head), get_varint(&mut head)) {
            id = id.saturating_add_unsigned(step);
            let end = begin.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
            let text = self.texts.get(begin..end).and_then(|bytes| std::str::from_utf8(bytes).ok());
            list.push((id, text.ok_or_else(cut_off)?));
            begin = end;
        }
        Ok(list)
    }

    fn find(&mut self, wanted: i64) -> Result<Option<&str>, CaseError> {
        // What was passed is behind: from the start again.
        if wanted <= self.passed.0 {
            self.passed = (self.first, 0, 0);
        }
        loop {
            let (id, head, begin) = self.passed;
            let mut rest = self.head.get(head..).unwrap_or_default();
            let (Some(step), Some(len)) = (get_varint(&mut rest), get_varint(&mut rest)) else { return Ok(None) };
            let id = id.saturating_add_unsigned(step);
            if id > wanted {
                return Ok(None);
            }
            let end = begin.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
            if id == wanted {
                let text = self.texts.get(begin..end).and_then(|bytes| std::str::from_utf8(bytes).ok());
                return text.map(Some).ok_or_else(|| damaged(self.first, "a text is cut off"));
            }
            self.passed = (id, self.head.len() - rest.len(), end);
        }
    }
}

fn damaged(first: i64, what: &str) -> CaseError {
    let reason = format!("the block of event texts from {}: {what}", RecordId(first));
    CaseError::BadContent { evidence: RecordId(first).evidence().0, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pack(events: &[(u32, String)]) -> Vec<Block> {
        let mut packer = Packer::default();
        let mut blocks: Vec<Block> = events.iter().filter_map(|(position, json)| packer.add(*position, json)).collect();
        blocks.extend(packer.finish());
        blocks
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
            write(&conn, evidence, &pack(&events)).unwrap();
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
        fn blocks_of_another_size_become_those_of_today(list in prop::collection::vec((1u32..4, "[a-z]{0,40}", any::<bool>()), 1..60)) {
            let mut position = 0;
            let events: Vec<(u32, String)> = list.iter().map(|(step, text, is_long)| {
                position += step;
                (position, if *is_long { text.repeat(2_000) } else { text.clone() })
            }).collect();
            let (conn, today) = (case(), case());
            conn.execute_batch("ALTER TABLE event_json RENAME TO old; CREATE TABLE event_json AS SELECT * FROM old").unwrap();
            let evidence = EvidenceId(2);
            write(&today, evidence, &pack(&events)).unwrap();
            for few in events.chunks(7) {
                for block in pack(few) {
                    let ids = [block.first_position, block.last_position].map(|at| RecordId::new(evidence, at).0);
                    conn.execute("INSERT INTO old VALUES (?, ?, ?)", (ids[0], ids[1], block.data)).unwrap();
                }
            }
            repack(&conn, "old", &mut || {}).unwrap();
            let blocks = |conn: &Connection| -> Vec<(i64, i64, Vec<u8>)> {
                let mut statement = conn.prepare("SELECT * FROM event_json ORDER BY first_id").unwrap();
                let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap();
                rows.collect::<Result<_, _>>().unwrap()
            };
            prop_assert_eq!(blocks(&conn), blocks(&today));
        }

        #[test]
        fn damaged_blocks_are_errors_not_panics(mut data in prop::collection::vec(0u8..8, 0..200), few in any::<bool>()) {
            if few && !data.is_empty() {
                data[0] %= 3;
            }
            if let Ok(mut held) = Held::unpack(1, 300, &data) {
                for id in 0..300 {
                    let _ = held.find(id);
                }
            }
        }
    }
}
