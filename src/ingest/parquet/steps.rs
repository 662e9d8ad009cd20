//! The rows of a file whose columns are all flat: decoded ahead, some at a time, on a thread of their own.

use super::columns::{BATCH_ROWS, ColumnBatch, ColumnSource, Times};
use super::content::Content;
use super::{guarded, rows_of};
use crate::threads;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

/// Batches that are decoded ahead; one takes some megabytes.
const AHEAD: usize = 4;

/// What comes next of a file.
pub(super) enum Step {
    /// All columns of so many rows.
    Rows(Vec<ColumnBatch>, usize),
    /// Rows, counted from 1, that cannot be read, and why.
    Lost { first: u64, last: u64, why: String },
}

pub(super) enum Steps {
    Here(Box<Decoder>),
    Ahead(Receiver<Step>),
}

impl Steps {
    pub(super) fn new(reader: Arc<SerializedFileReader<Content>>, content: Content, times: Times) -> Self {
        let decoder = || {
            let (reader, content) = (Arc::clone(&reader), content.clone());
            Decoder { reader, content, times, group: 0, columns: Vec::new(), wanted: 0, done: 0, before: 0 }
        };
        let (sender, steps) = sync_channel(AHEAD);
        let mut ahead = decoder();
        // It ends with the file, or when nobody listens.
        let work = move || while ahead.next().is_some_and(|step| sender.send(step).is_ok()) {};
        match threads::start("parquet", work) {
            Ok(_) => Self::Ahead(steps),
            Err(_) => Self::Here(Box::new(decoder())),
        }
    }

    pub(super) fn next(&mut self) -> Option<Step> {
        match self {
            Self::Here(decoder) => decoder.next(),
            Self::Ahead(steps) => steps.recv().ok(),
        }
    }
}

pub(super) struct Decoder {
    reader: Arc<SerializedFileReader<Content>>,
    content: Content,
    times: Times,
    /// The group that comes next.
    group: usize,
    columns: Vec<ColumnSource>,
    /// Rows of the group at hand, how many were handed out, and rows before it.
    wanted: u64,
    done: u64,
    before: u64,
}

impl Decoder {
    fn next(&mut self) -> Option<Step> {
        while self.done == self.wanted {
            if self.group == self.reader.num_row_groups() {
                return None;
            }
            self.before = self.before.saturating_add(self.wanted);
            (self.wanted, self.done) = (rows_of(&self.reader, self.group), 0);
            let opened = self.open();
            self.group += 1;
            if let Err(why) = opened {
                return Some(self.lost(why));
            }
        }
        let rows = usize::try_from(self.wanted - self.done).unwrap_or(usize::MAX).min(BATCH_ROWS);
        let columns = &mut self.columns;
        let batches = guarded(|| columns.iter_mut().map(|column| column.read(rows)).collect::<Result<Vec<_>, _>>());
        Some(match batches {
            Ok(batches) => {
                self.done += rows as u64;
                Step::Rows(batches, rows)
            }
            Err(why) => self.lost(why),
        })
    }

    fn lost(&mut self, why: String) -> Step {
        let (first, last) = (self.before.saturating_add(self.done + 1), self.before.saturating_add(self.wanted));
        self.done = self.wanted;
        Step::Lost { first, last, why }
    }

    /// Opens the group that comes next.
    fn open(&mut self) -> Result<(), String> {
        let (reader, at, times) = (&self.reader, self.group, self.times);
        self.columns.clear();
        let begin = guarded(|| Ok(first_byte(reader, at))).unwrap_or(0);
        self.content.let_go(begin);
        self.columns = guarded(|| {
            let group = reader.get_row_group(at).map_err(|e| e.to_string())?;
            (0..group.metadata().num_columns()).map(|leaf| ColumnSource::open(&*group, leaf, times)).collect()
        })?;
        Ok(())
    }
}

/// Where the first byte of a row group and of all behind it is.
fn first_byte(reader: &SerializedFileReader<Content>, group: usize) -> u64 {
    let groups = reader.metadata().row_groups().iter().skip(group);
    let columns = groups.flat_map(|group| group.columns());
    let begin = columns.map(|column| match column.dictionary_page_offset() {
        Some(dictionary) => dictionary.min(column.data_page_offset()),
        None => column.data_page_offset(),
    });
    begin.min().and_then(|begin| u64::try_from(begin).ok()).unwrap_or(0)
}
