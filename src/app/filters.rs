//! The filters that an examiner keeps: in the case, and as a JSON file that goes from case to case.
//!
//! The file: `{"format": "coldtrail-filters", "version": 1, "filters": [{"dataset": "flows", "name": "...", "text":
//! "...", "note": "..."}]}`. It comes in whole or not at all.

use super::import::now_utc;
use crate::case::{CaseError, CaseReader, CaseWriter, FiltersAdded, Target, dataset_name, dataset_named};
use crate::filter::{self, FilterError};
use crate::model::{Dataset, SavedFilter};
use crate::part;
use crate::present::filter_help::mistake;
use crate::present::text::Texts;
use crate::query::{QueryError, saved_filters};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum FilterFileError {
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} could not be written: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: String },
    #[error("{} already exists", path.display())]
    Exists { path: PathBuf },
    #[error("{} is not a filter list: {reason}", path.display())]
    NotAList { path: PathBuf, reason: String },
    #[error("filter {name} is not valid\n{}", mistake(&Texts::english(), .error, .text))]
    BadFilter { name: String, text: String, error: Box<FilterError> },
    #[error("a filter needs a name")]
    Nameless,
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Query(#[from] QueryError),
}

const FORMAT: &str = "coldtrail-filters";
const VERSION: u32 = 1;
/// Files of filters are small; what is larger is something else.
const LONGEST_BYTES: u64 = 16 << 20;

#[derive(Serialize, Deserialize)]
struct FilterFile {
    format: String,
    version: u32,
    filters: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    dataset: String,
    name: String,
    text: String,
    #[serde(default)]
    note: String,
}

/// Keeps a filter in the case; one of its name is replaced.
///
/// # Errors
/// It has no name, its text is no filter, or the case cannot be written.
pub fn save<'c>(case: impl Into<Target<'c>>, filter: &SavedFilter) -> Result<(), FilterFileError> {
    check(filter)?;
    let mut writer = CaseWriter::open(case)?;
    let done = writer.save_filter(filter, &now_utc());
    writer.close()?;
    Ok(done?)
}

/// Forgets a filter; was it there?
///
/// # Errors
/// The case cannot be written.
pub fn remove<'c>(case: impl Into<Target<'c>>, dataset: Dataset, name: &str) -> Result<bool, FilterFileError> {
    let mut writer = CaseWriter::open(case)?;
    let done = writer.remove_filter(dataset, name, &now_utc());
    writer.close()?;
    Ok(done?)
}

/// Gives a filter another name; `false` where there is none of the old name, or one of the new.
///
/// # Errors
/// The new name is empty, or the case cannot be written.
pub fn rename<'c>(
    case: impl Into<Target<'c>>,
    dataset: Dataset,
    old: &str,
    new: &str,
) -> Result<bool, FilterFileError> {
    if new.trim().is_empty() {
        return Err(FilterFileError::Nameless);
    }
    let mut writer = CaseWriter::open(case)?;
    let done = writer.rename_filter(dataset, old, new, &now_utc());
    writer.close()?;
    Ok(done?)
}

/// Writes the case's filters into a file that is not there yet. How many they are.
///
/// # Errors
/// The file already exists or cannot be written; the case cannot be read.
pub fn export_filters(reader: &CaseReader, path: &Path) -> Result<usize, FilterFileError> {
    let filters = saved_filters(reader)?;
    let entry = |(filter, ..): &(SavedFilter, String, String)| Entry {
        dataset: dataset_name(filter.dataset).to_owned(),
        name: filter.name.clone(),
        text: filter.text.clone(),
        note: filter.note.clone(),
    };
    let file = FilterFile { format: FORMAT.to_owned(), version: VERSION, filters: filters.iter().map(entry).collect() };
    let unwritable = |reason: String| FilterFileError::Unwritable { path: path.to_owned(), reason };
    let mut text = serde_json::to_vec_pretty(&file).map_err(|e| unwritable(e.to_string()))?;
    text.push(b'\n');
    part::write(path, &text).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => FilterFileError::Exists { path: path.to_owned() },
        _ => unwritable(e.to_string()),
    })?;
    Ok(filters.len())
}

/// Adds the filters of a file to the case; none of the case's own is changed.
///
/// # Errors
/// The file cannot be read, is no list of filters, or one of them is no filter: then none is added.
pub fn import_filters<'c>(case: impl Into<Target<'c>>, path: &Path) -> Result<FiltersAdded, FilterFileError> {
    let filters = read(path)?;
    let mut writer = CaseWriter::open(case)?;
    let done = writer.add_filters(&filters, &path.to_string_lossy(), &now_utc());
    writer.close()?;
    Ok(done?)
}

fn read(path: &Path) -> Result<Vec<SavedFilter>, FilterFileError> {
    let unreadable = |e: std::io::Error| FilterFileError::Unreadable { path: path.to_owned(), reason: e.to_string() };
    let not_a_list = |reason: String| FilterFileError::NotAList { path: path.to_owned(), reason };
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LONGEST_BYTES + 1).read_to_end(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LONGEST_BYTES {
        return Err(not_a_list("it is too long".to_owned()));
    }
    let file: FilterFile = serde_json::from_slice(&text).map_err(|e| not_a_list(e.to_string()))?;
    if file.format != FORMAT {
        return Err(not_a_list(format!("its format is {}", file.format)));
    }
    if file.version > VERSION {
        return Err(not_a_list(format!("its version {} is newer than this program knows", file.version)));
    }
    file.filters
        .into_iter()
        .map(|entry| {
            let Some(dataset) = dataset_named(&entry.dataset) else {
                return Err(not_a_list(format!("filter {} is of {}", entry.name, entry.dataset)));
            };
            let filter = SavedFilter { dataset, name: entry.name, text: entry.text, note: entry.note };
            check(&filter).map(|()| filter)
        })
        .collect()
}

fn check(filter: &SavedFilter) -> Result<(), FilterFileError> {
    if filter.name.trim().is_empty() {
        return Err(FilterFileError::Nameless);
    }
    filter::parse(&filter.text, filter.dataset).map(|_| ()).map_err(|error| FilterFileError::BadFilter {
        name: filter.name.clone(),
        text: filter.text.clone(),
        error: Box::new(error),
    })
}
