//! The member userIdentity of events as a column. It is in the events' own JSON only, whose blocks one thread reads and any
//! other unpacks.

use super::QueryError;
use super::columns_sql::read_value;
use super::values::Values;
use crate::case::CaseReader;
use crate::case::event_json::{PackedTexts, UnpackedTexts};
use crate::ingest::cloudtrail::plain::{self, PlainValue};
use crate::model::{Dataset, Home, Kind, RecordId, Value};
use rusqlite::Connection;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const HOME: Home = Home::EventJson("userIdentity");

/// The JSON of some events, packed.
#[derive(Clone, Debug)]
pub(crate) struct Identities {
    events: Vec<RecordId>,
    /// Blocks by the first event that each holds.
    blocks: Arc<BTreeMap<i64, PackedTexts>>,
    bytes: usize,
}

impl Identities {
    /// Packed bytes that are held at once.
    const MOST_BYTES: usize = 16 << 20;

    /// Of these events, from the first on, as many as memory allows.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn of(reader: &CaseReader, events: &[RecordId]) -> Result<Self, QueryError> {
        let mut blocks: BTreeMap<i64, PackedTexts> = BTreeMap::new();
        let (mut bytes, mut count, mut last) = (0, 0, None);
        for event in events {
            if !last.is_some_and(|(first, last)| (first..=last).contains(&event.0)) {
                let known = blocks.range(..=event.0).next_back().filter(|(_, block)| block.holds(*event));
                match known {
                    Some((_, block)) => last = Some(block.ids()),
                    None => {
                        if bytes > Self::MOST_BYTES {
                            break;
                        }
                        if let Some(block) = PackedTexts::of(&reader.conn, *event)? {
                            last = Some(block.ids());
                            bytes += block.len();
                            blocks.insert(block.ids().0, block);
                        }
                    }
                }
            }
            count += 1;
        }
        Ok(Self { events: events.iter().copied().take(count).collect(), blocks: Arc::new(blocks), bytes })
    }

    /// Events of which it knows.
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.bytes + size_of_val(self.events.as_slice())
    }

    /// The values, in the order of the events.
    ///
    /// # Errors
    /// A block is damaged, or an event's JSON is none.
    pub(crate) fn values(&self) -> Result<Values, QueryError> {
        let mut places: Vec<usize> = (0..self.events.len()).collect();
        places.sort_by_key(|at| self.events.get(*at));
        let mut found = Found { known: FxHashMap::default(), odd: Vec::new(), sqlite: None };
        let mut of = vec![NOTHING; self.events.len()];
        let mut unpacked: Option<(&PackedTexts, UnpackedTexts)> = None;
        for at in places {
            let (Some(event), Some(word)) = (self.events.get(at), of.get_mut(at)) else { continue };
            if !unpacked.as_ref().is_some_and(|(block, _)| block.holds(*event)) {
                let block = self.blocks.range(..=event.0).next_back().map(|(_, block)| block);
                let block = block.filter(|block| block.holds(*event));
                // The one before goes first.
                drop(unpacked.take());
                unpacked = block.map(|block| Ok::<_, QueryError>((block, block.unpack()?))).transpose()?;
            }
            let Some((_, texts)) = &mut unpacked else { continue };
            if let Some(json) = texts.find(*event)? {
                *word = found.word(json)?;
            }
        }
        Ok(Values::Words { words: found.words(), of: Arc::new(of) })
    }
}

/// The word of events that have none.
const NOTHING: u32 = 0;

/// The values that were met, each under the number of its word.
struct Found {
    known: FxHashMap<String, u32>,
    /// Those that SQLite was asked for.
    odd: Vec<(u32, Value)>,
    sqlite: Option<Connection>,
}

impl Found {
    fn word(&mut self, json: &str) -> Result<u32, QueryError> {
        let next = (self.known.len() + self.odd.len()) as u32 + 1;
        let text = match plain::member(json, "userIdentity") {
            Some(None) => return Ok(NOTHING),
            Some(Some(member)) if let Some(text) = as_sqlite_writes_it(member) => text,
            // SQLite decides what it is.
            _ => {
                let sqlite = match &mut self.sqlite {
                    Some(sqlite) => sqlite,
                    None => self.sqlite.insert(Connection::open_in_memory()?),
                };
                let mut statement = sqlite.prepare_cached("SELECT ?1 ->> '$.userIdentity'")?;
                let value = statement.query_row([json], |row| read_value(row, 0, Dataset::Events, Kind::Json))?;
                self.odd.push((next, value));
                return Ok(next);
            }
        };
        if let Some(word) = self.known.get(text) {
            return Ok(*word);
        }
        self.known.insert(text.to_owned(), next);
        Ok(next)
    }

    fn words(self) -> Vec<Value> {
        let mut words = vec![Value::Null; self.known.len() + self.odd.len() + 1];
        let known = self.known.into_iter().map(|(text, word)| (word, Value::Text(text)));
        for (word, value) in known.chain(self.odd) {
            if let Some(place) = words.get_mut(word as usize) {
                *place = value;
            }
        }
        words
    }
}

/// An object or a list in which SQLite's JSON operators would change nothing.
pub(crate) fn as_sqlite_writes_it(json: PlainValue<'_>) -> Option<&str> {
    (!json.has_blanks && json.text.starts_with(['{', '['])).then_some(json.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            "[a-z\"\\\\é\u{1}\n /']{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 30, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map("userIdentity|[a-z\\\\\"]{0,6}", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn members_are_those_that_sqlite_reads(
            value in json(), pretty in any::<bool>(), at in any::<prop::sample::Index>(), byte in prop::option::of(any::<u8>()),
        ) {
            let mut bytes = if pretty { format!("{value:#}") } else { value.to_string() }.into_bytes();
            if let Some(byte) = byte {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
            let conn = Connection::open_in_memory().unwrap();
            let ask = |sql: &str| conn.query_row(sql, [&text], |row| read_value(row, 0, Dataset::Events, Kind::Json));
            if let Some(whole) = plain::value(&text).and_then(as_sqlite_writes_it) {
                prop_assert_eq!(ask("SELECT ?1 -> '$'").unwrap(), Value::Text(whole.to_owned()));
            }
            let mut found = Found { known: FxHashMap::default(), odd: Vec::new(), sqlite: None };
            let word = found.word(&text).ok();
            let told = word.map(|word| found.words().into_iter().nth(word as usize).unwrap());
            // What is no JSON behind the member does not matter to it.
            match ask("SELECT ?1 ->> '$.userIdentity'") {
                Ok(expected) => prop_assert_eq!(told, Some(expected), "{}", text),
                Err(_) => prop_assert!(told.is_none() || byte.is_some(), "{text}"),
            }
        }
    }
}
