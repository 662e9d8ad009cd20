//! The rows of a file whose columns are all flat: decoded ahead, some at a time, on a thread of their own.

use super::columns::{BATCH_ROWS, ColumnBatch, ColumnSource, Times};
use super::content::Content;
use super::{guarded, rows_of};
use crate::threads;
use ::parquet::file::metadata::ColumnChunkMetaData;
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
        let begins = guarded(|| Ok(begins(&reader))).unwrap_or_default();
        let decoder = || {
            let (reader, content, begins) = (Arc::clone(&reader), content.clone(), begins.clone());
            Decoder { reader, content, begins, times, group: 0, columns: Vec::new(), wanted: 0, done: 0, before: 0 }
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
    /// Of every group: where the first byte of it and of all behind it is.
    begins: Vec<u64>,
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
        self.content.let_go(self.begins.get(at).copied().unwrap_or(0));
        self.columns = guarded(|| {
            let group = reader.get_row_group(at).map_err(|e| e.to_string())?;
            (0..group.metadata().num_columns()).map(|leaf| ColumnSource::open(&*group, leaf, times)).collect()
        })?;
        Ok(())
    }
}

/// Where the first byte of each row group and of all behind it is: groups may be in any order.
fn begins(reader: &SerializedFileReader<Content>) -> Vec<u64> {
    let first = |column: &ColumnChunkMetaData| {
        let data = column.data_page_offset();
        column.dictionary_page_offset().map_or(data, |dictionary| dictionary.min(data))
    };
    let groups = reader.metadata().row_groups().iter();
    least_from(groups.map(|group| group.columns().iter().map(first).min()))
}

/// The least of each number and those behind it. Zero where there is none, or where it is negative.
fn least_from(numbers: impl DoubleEndedIterator<Item = Option<i64>>) -> Vec<u64> {
    let mut least = None;
    let mut list: Vec<u64> = Vec::new();
    for number in numbers.rev() {
        least = [least, number].into_iter().flatten().min();
        list.push(least.and_then(|least| u64::try_from(least).ok()).unwrap_or(0));
    }
    list.reverse();
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_begins_before_all_behind_it() {
        let begins = least_from([Some(4), Some(90), None, Some(30), Some(60), None].into_iter());
        assert_eq!(begins, [4, 30, 30, 30, 60, 0]);
        assert_eq!(least_from([Some(8), Some(-1), Some(3)].into_iter()), [0, 0, 3]);
        assert_eq!(least_from(std::iter::empty()), [0u64; 0]);
    }
}
