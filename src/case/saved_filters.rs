//! Writing the filters that an examiner keeps. Every change is in the journal, with what was there before.

use super::error::CaseError;
use super::journal::Entry;
use super::write::CaseWriter;
use crate::model::{Dataset, SavedFilter};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

/// What became of a list of filters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiltersAdded {
    pub added: usize,
    /// The case had them already, to the letter.
    pub known: usize,
    /// The name was taken by another filter: (name in the list, name in the case).
    pub renamed: Vec<(String, String)>,
}

/// The name of a dataset in the case and in files.
pub fn dataset_name(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Flows => "flows",
        Dataset::Events => "events",
    }
}

/// The dataset of a name.
pub fn dataset_named(name: &str) -> Option<Dataset> {
    [Dataset::Flows, Dataset::Events].into_iter().find(|dataset| dataset_name(*dataset) == name)
}

impl CaseWriter {
    /// Keeps a filter; one of this name is replaced.
    pub fn save_filter(&mut self, filter: &SavedFilter, at_utc: &str) -> Result<(), CaseError> {
        self.whole(|writer| {
            let before = writer.filter_named(filter.dataset, &filter.name)?;
            if before.as_ref() == Some(filter) {
                return Ok(());
            }
            writer.put_filter(filter, at_utc)?;
            let entry = Entry {
                action: "filter_save",
                parameters: json!({"filter": as_json(filter), "before": before.as_ref().map(as_json)}),
                counts: json!({}),
            };
            writer.journal(&entry, at_utc)
        })
    }

    /// Forgets a filter; was it there?
    pub fn remove_filter(&mut self, dataset: Dataset, name: &str, at_utc: &str) -> Result<bool, CaseError> {
        self.whole(|writer| {
            let Some(before) = writer.filter_named(dataset, name)? else { return Ok(false) };
            writer.delete_filter(dataset, name)?;
            let parameters = json!({"before": as_json(&before)});
            writer.journal(&Entry { action: "filter_remove", parameters, counts: json!({}) }, at_utc)?;
            Ok(true)
        })
    }

    /// Gives a filter another name; `false` where there is none of the old name, or one of the new.
    pub fn rename_filter(&mut self, dataset: Dataset, old: &str, new: &str, at_utc: &str) -> Result<bool, CaseError> {
        self.whole(|writer| {
            let Some(before) = writer.filter_named(dataset, old)? else { return Ok(false) };
            if writer.filter_named(dataset, new)?.is_some() {
                return Ok(false);
            }
            writer.delete_filter(dataset, old)?;
            writer.put_filter(&SavedFilter { name: new.to_owned(), ..before }, at_utc)?;
            let parameters = json!({"dataset": dataset_name(dataset), "before": old, "name": new});
            writer.journal(&Entry { action: "filter_rename", parameters, counts: json!({}) }, at_utc)?;
            Ok(true)
        })
    }

    /// Adds filters, all or none. None of the case's own is changed: one of another's name gets a number behind its own.
    /// `source`: where they come from, for the journal.
    pub fn add_filters(
        &mut self,
        filters: &[SavedFilter],
        source: &str,
        at_utc: &str,
    ) -> Result<FiltersAdded, CaseError> {
        self.whole(|writer| {
            let mut done = FiltersAdded::default();
            for filter in filters {
                let mut filter = filter.clone();
                let name = filter.name.clone();
                let mut number = 1;
                while let Some(there) = writer.filter_named(filter.dataset, &filter.name)? {
                    if (&there.text, &there.note) == (&filter.text, &filter.note) {
                        break;
                    }
                    number += 1;
                    filter.name = format!("{name} ({number})");
                }
                if writer.filter_named(filter.dataset, &filter.name)?.is_some() {
                    done.known += 1;
                    continue;
                }
                writer.put_filter(&filter, at_utc)?;
                done.added += 1;
                if filter.name != name {
                    done.renamed.push((name, filter.name));
                }
            }
            let list: Vec<Value> = filters.iter().map(as_json).collect();
            let counts = json!({"added": done.added, "known": done.known, "renamed": done.renamed.len()});
            let parameters = json!({"source": source, "filters": list});
            writer.journal(&Entry { action: "filter_import", parameters, counts }, at_utc)?;
            Ok(done)
        })
    }

    /// Runs a change as one transaction.
    pub(super) fn whole<T>(&mut self, write: impl FnOnce(&mut Self) -> Result<T, CaseError>) -> Result<T, CaseError> {
        self.begin()?;
        let done = write(self).and_then(|value| self.commit().map(|()| value));
        if done.is_err() {
            self.rollback();
        }
        done
    }

    fn filter_named(&self, dataset: Dataset, name: &str) -> Result<Option<SavedFilter>, CaseError> {
        let mut statement =
            self.conn.prepare_cached("SELECT text, note FROM saved_filter WHERE dataset = ? AND name = ?")?;
        let filter = statement.query_row([dataset_name(dataset), name], |r| {
            Ok(SavedFilter { dataset, name: name.to_owned(), text: r.get(0)?, note: r.get(1)? })
        });
        Ok(filter.optional()?)
    }

    fn put_filter(&mut self, filter: &SavedFilter, at_utc: &str) -> Result<(), CaseError> {
        let SavedFilter { dataset, name, text, note } = filter;
        self.conn.prepare_cached("INSERT OR REPLACE INTO saved_filter VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            dataset_name(*dataset),
            name,
            text,
            note,
            at_utc,
            self.examiner
        ])?;
        Ok(())
    }

    fn delete_filter(&mut self, dataset: Dataset, name: &str) -> Result<(), CaseError> {
        self.conn
            .prepare_cached("DELETE FROM saved_filter WHERE dataset = ? AND name = ?")?
            .execute([dataset_name(dataset), name])?;
        Ok(())
    }
}

fn as_json(filter: &SavedFilter) -> Value {
    json!({"dataset": dataset_name(filter.dataset), "name": filter.name, "text": filter.text, "note": filter.note})
}
