//! The filters that are kept in the case: the list, and the change that is under way. Changes are written by a worker thread.

use super::slots::{Lane, Slot};
use super::source::{CaseReader, Fault};
use super::undo::NotMade;
use crate::app::filters::{self, FilterFileError};
use crate::model::{Dataset, SavedFilter};
use crate::query;
use std::collections::BTreeSet;
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
    /// As they were before a change.
    Restore {
        save: Vec<SavedFilter>,
        remove: Vec<(Dataset, String)>,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    Saved,
    Removed,
    Restored,
    Imported { added: usize, known: usize },
    Exported { path: PathBuf, filters: usize },
}

/// What came of a change, and what undoes it; `None` where nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltersDone {
    pub changed: Changed,
    pub inverse: Option<FilterChange>,
}

#[derive(Default)]
pub struct Saved {
    list: Slot<u64, Vec<SavedFilter>>,
    change: Slot<(u64, FilterChange), FiltersDone>,
    asked: Option<(u64, FilterChange)>,
    changes: u64,
}

impl Saved {
    /// By dataset and name.
    pub fn list(&self) -> &[SavedFilter] {
        self.list.shown().map(Vec::as_slice).unwrap_or_default()
    }

    /// Puts a change on its way; the one before it has come to its end.
    pub fn make(&mut self, change: FilterChange) {
        self.changes += 1;
        self.asked = Some((self.changes, change));
    }

    pub fn ask(&mut self, lane: &Lane, case: &Path) {
        if let Some(asked) = &self.asked {
            let case = case.to_owned();
            self.change.ask(lane, asked.clone(), move |source, (_, change), _| make(&case, source.case()?, change));
        }
        // Anew after each change, whatever came of it.
        if self.asked.is_none() {
            self.list.ask(lane, self.changes, |source, _, _| {
                let Ok(reader) = source.case() else { return Ok(Vec::new()) };
                Ok(query::saved_filters(reader)?.into_iter().map(|(filter, ..)| filter).collect())
            });
        }
    }

    /// Takes in answers; the reasons of failures, and what the change came to.
    pub fn poll(&mut self) -> (Vec<String>, Option<Result<FiltersDone, NotMade>>) {
        let mut failures: Vec<String> = self.list.poll().and_then(Result::err).into_iter().collect();
        let result = self.change.poll();
        let done = result.as_ref().map(|result| match (result, &self.asked) {
            (Ok(()), Some(asked)) if self.change.answers(asked) => self.change.shown().cloned().ok_or(NotMade),
            _ => Err(NotMade),
        });
        if result.is_some() {
            self.asked = None;
        }
        failures.extend(result.and_then(Result::err));
        (failures, done)
    }

    pub fn is_busy(&self) -> bool {
        self.list.is_busy() || self.change.is_busy() || self.asked.is_some()
    }
}

/// Writes a change into the case.
fn make(case: &Path, reader: &CaseReader, change: &FilterChange) -> Result<FiltersDone, Fault> {
    let failed = |error: FilterFileError| Fault::Failed(error.to_string());
    let before = kept(reader)?;
    let changed = match change {
        FilterChange::Save(filter) => filters::save(case, filter).map(|()| Changed::Saved),
        FilterChange::Remove(dataset, name) => filters::remove(case, *dataset, name).map(|_| Changed::Removed),
        FilterChange::Import(path) => filters::import_filters(case, path)
            .map(|done| Changed::Imported { added: done.added + done.renamed.len(), known: done.known }),
        FilterChange::Export(path) => {
            filters::export_filters(reader, path).map(|filters| Changed::Exported { path: path.clone(), filters })
        }
        FilterChange::Restore { save, remove } => {
            let removed = remove.iter().try_for_each(|(of, name)| filters::remove(case, *of, name).map(|_| ()));
            let restored = removed.and_then(|()| save.iter().try_for_each(|filter| filters::save(case, filter)));
            restored.map(|()| Changed::Restored)
        }
    };
    let changed = changed.map_err(failed)?;
    Ok(FiltersDone { changed, inverse: difference(before, &kept(reader)?) })
}

fn kept(reader: &CaseReader) -> Result<Vec<SavedFilter>, Fault> {
    Ok(query::saved_filters(reader)?.into_iter().map(|(filter, ..)| filter).collect())
}

/// What makes the filters that are there now those that were there before.
fn difference(before: Vec<SavedFilter>, now: &[SavedFilter]) -> Option<FilterChange> {
    let key = |filter: &SavedFilter| (filter.dataset, filter.name.clone());
    let of_before: BTreeSet<_> = before.iter().map(key).collect();
    let remove: Vec<_> = now.iter().map(key).filter(|key| !of_before.contains(key)).collect();
    let save: Vec<_> = before.into_iter().filter(|filter| !now.contains(filter)).collect();
    (!remove.is_empty() || !save.is_empty()).then_some(FilterChange::Restore { save, remove })
}
