//! The filters that are kept in the case: the list, and the change that is under way. Changes are written by a worker
//! thread.

use super::pane::NotMade;
use super::pane::{Asking, Pane};
use super::slots::Slot;
use super::source::{CaseReader, Fault};
use super::under_way::UnderWay;
use super::view::View;
use crate::app::Failure;
use crate::app::filters;
use crate::case::Target;
use crate::model::{Dataset, SavedFilter};
use crate::query;
use std::collections::BTreeSet;
use std::path::PathBuf;

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
pub enum FiltersChanged {
    Saved,
    Removed,
    Restored,
    Imported { added: usize, known: usize },
    Exported { path: PathBuf, filters: usize },
}

/// What came of a change, and what undoes it; `None` where nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltersDone {
    pub changed: FiltersChanged,
    pub inverse: Option<FilterChange>,
}

#[derive(Default)]
pub struct SavedFilters {
    list: Slot<u64, Vec<SavedFilter>>,
    change: UnderWay<FilterChange, FiltersDone>,
}

impl SavedFilters {
    /// By dataset and name.
    pub fn list(&self) -> &[SavedFilter] {
        self.list.shown().map(Vec::as_slice).unwrap_or_default()
    }

    /// What a change came to since this was asked last.
    pub fn take_done(&mut self) -> Option<Result<FiltersDone, NotMade>> {
        self.change.take_done()
    }

    /// Puts a change on its way; the one before it has come to its end.
    pub fn make(&mut self, change: FilterChange) {
        self.change.make(change);
    }
}

impl Pane for SavedFilters {
    fn shows(&self, _: View) -> bool {
        true
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let lane = &asking.lanes.pages;
        self.change.ask(&asking.lanes.changes, asking, |to, source, change, _| make(to, source.case()?, change));
        // Again after each change, whatever came of it.
        if !self.change.is_busy() {
            self.list.ask(lane, self.change.made(), |source, _, _| {
                let Ok(reader) = source.case() else { return Ok(Vec::new()) };
                kept(reader)
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures: Vec<Failure> = self.list.poll().and_then(Result::err).into_iter().collect();
        failures.extend(self.change.poll().and_then(Result::err));
        failures
    }

    fn is_busy(&self) -> bool {
        self.list.is_busy() || self.change.is_busy()
    }
}

/// Writes a change into the case.
fn make(case: Target<'_>, reader: &CaseReader, change: &FilterChange) -> Result<FiltersDone, Fault> {
    let before = kept(reader)?;
    let changed = match change {
        FilterChange::Save(filter) => filters::save(case, filter).map(|()| FiltersChanged::Saved),
        FilterChange::Remove(dataset, name) => filters::remove(case, *dataset, name).map(|_| FiltersChanged::Removed),
        FilterChange::Import(path) => filters::import_filters(case, path)
            .map(|done| FiltersChanged::Imported { added: done.added + done.renamed.len(), known: done.known }),
        FilterChange::Export(path) => filters::export_filters(reader, path)
            .map(|filters| FiltersChanged::Exported { path: path.clone(), filters }),
        FilterChange::Restore { save, remove } => {
            let removed = remove.iter().try_for_each(|(of, name)| filters::remove(case, *of, name).map(|_| ()));
            let restored = removed.and_then(|()| save.iter().try_for_each(|filter| filters::save(case, filter)));
            restored.map(|()| FiltersChanged::Restored)
        }
    };
    let changed = changed?;
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
