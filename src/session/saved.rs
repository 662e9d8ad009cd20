//! The filters that are kept in the case: the list, and the change that is under way. Changes are written by a worker thread.

use super::slots::{Lane, Slot};
use super::source::Fault;
use crate::app::filters::{self, FilterFileError};
use crate::model::{Dataset, SavedFilter};
use crate::query;
use std::path::{Path, PathBuf};

/// What is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterChange {
    Save(SavedFilter),
    Remove(Dataset, String),
    /// Every filter of a file, beside those that are there.
    Import(PathBuf),
    /// Every filter into a file.
    Export(PathBuf),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    Saved,
    Removed,
    Imported { added: usize, known: usize },
    Exported { path: PathBuf, filters: usize },
}

#[derive(Default)]
pub struct Saved {
    list: Slot<u64, Vec<SavedFilter>>,
    change: Slot<(u64, FilterChange), Changed>,
    asked: Option<(u64, FilterChange)>,
    changes: u64,
}

impl Saved {
    /// By dataset and name.
    pub fn list(&self) -> &[SavedFilter] {
        self.list.shown().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn change(&mut self, change: FilterChange) {
        self.changes += 1;
        self.asked = Some((self.changes, change));
    }

    pub fn ask(&mut self, lane: &Lane, case: &Path) {
        if let Some(asked) = &self.asked {
            let case = case.to_owned();
            self.change.ask(lane, asked.clone(), move |source, (_, change), _| {
                let failed = |error: FilterFileError| Fault::Failed(error.to_string());
                match change {
                    FilterChange::Save(filter) => filters::save(&case, filter).map(|()| Changed::Saved),
                    FilterChange::Remove(dataset, name) => {
                        filters::remove(&case, *dataset, name).map(|_| Changed::Removed)
                    }
                    FilterChange::Import(path) => filters::import_filters(&case, path)
                        .map(|done| Changed::Imported { added: done.added + done.renamed.len(), known: done.known }),
                    FilterChange::Export(path) => filters::export_filters(source.case()?, path)
                        .map(|filters| Changed::Exported { path: path.clone(), filters }),
                }
                .map_err(failed)
            });
        }
        // Anew after each change, whatever came of it.
        let answered = self.asked.is_none() || self.asked.as_ref().is_some_and(|asked| self.change.answers(asked));
        if answered {
            self.list.ask(lane, self.changes, |source, _, _| {
                let Ok(reader) = source.case() else { return Ok(Vec::new()) };
                Ok(query::saved_filters(reader)?.into_iter().map(|(filter, ..)| filter).collect())
            });
        }
    }

    /// Takes in answers; the reasons of failures, and what was changed.
    pub fn poll(&mut self) -> (Vec<String>, Option<Changed>) {
        let mut failures: Vec<String> = self.list.poll().and_then(Result::err).into_iter().collect();
        let result = self.change.poll();
        let changed = match &result {
            Some(Ok(())) => self.change.shown().cloned(),
            // The list is asked for without it.
            Some(Err(_)) => {
                self.asked = None;
                None
            }
            None => None,
        };
        failures.extend(result.and_then(Result::err));
        (failures, changed)
    }

    pub fn is_busy(&self) -> bool {
        self.list.is_busy() || self.change.is_busy()
    }
}
