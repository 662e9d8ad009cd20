//! Events by what is in their JSON: its blocks are unpacked and searched on all cores.

use super::plan::Node;
use super::{Engine, EngineError};
use crate::case::event_json::PackedTexts;
use crate::filter::pattern;
use crate::model::RecordId;
use crate::query::QueryError;
use crate::threads;
use regex::Regex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

impl Engine<'_> {
    /// Events in whose JSON a pattern is found.
    pub(super) fn with_text(&self, pattern: &str) -> Result<Node, EngineError> {
        let regex = pattern::regex(pattern).map_err(QueryError::Filter)?;
        let found = threads::scope(|scope| {
            let (sender, receiver) = sync_channel(2 * self.threads);
            let receiver = Arc::new(Mutex::new(receiver));
            let mut workers = Vec::new();
            for _ in 0..self.threads {
                let (receiver, regex, ids) = (Arc::clone(&receiver), &regex, &self.records.ids);
                let work = move || {
                    let mut found = Vec::new();
                    while let Some(block) = next(&receiver) {
                        search(&block, regex, |id| ids.rows_below(id), |row| ids.id(row), &mut found)?;
                    }
                    Ok(found)
                };
                workers.push(threads::beside(scope, "texts", work).map_err(|_| EngineError::Unsupported)?);
            }
            // Where all workers have failed, nobody receives any more.
            drop(receiver);
            let read = self.read_texts(&sender);
            drop(sender);
            let found: Result<Vec<Vec<u32>>, EngineError> = workers.into_iter().map(threads::Worker::join).collect();
            let found = found?;
            read.map(|()| found)
        })?;
        Ok(self.places(found.into_iter().flatten().map(|row| row..row + 1)))
    }

    fn read_texts(&self, sender: &SyncSender<PackedTexts>) -> Result<(), EngineError> {
        let mut blocks = PackedTexts::all(&self.reader.conn)?;
        let mut blocks = blocks.rows()?;
        while let Some(block) = blocks.take()? {
            self.go_on()?;
            if sender.send(block).is_err() {
                break;
            }
        }
        Ok(())
    }
}

fn next(receiver: &Mutex<Receiver<PackedTexts>>) -> Option<PackedTexts> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// The rows of a block in whose text the pattern is found.
fn search(
    block: &PackedTexts,
    regex: &Regex,
    rows_below: impl Fn(i64) -> u32,
    id: impl Fn(u32) -> Option<i64>,
    found: &mut Vec<u32>,
) -> Result<(), EngineError> {
    let (first, last) = block.ids();
    let mut texts = block.unpack()?;
    for row in rows_below(first)..rows_below(last.saturating_add(1)) {
        let text = id(row).map_or(Ok(None), |id| texts.find(RecordId(id)))?;
        if text.is_some_and(|text| regex.is_match(text)) {
            found.push(row);
        }
    }
    Ok(())
}
