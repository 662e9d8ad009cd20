//! Indicators and labels as an examiner brings them in: a file is read and previewed first (`preview`), and comes into
//! the case when that is agreed to (`import`). Everything here can be undone: what is added can be removed, what is
//! removed can be restored.

use super::import::now_utc;
use crate::case::{CaseError, CaseReader, CaseWriter, IndicatorItem, Target};
use crate::ingest::indicators::{self, ColumnPlan, ListOptions, NoList, ReadList, recognise, recognise_as};
use crate::matching::{Caution, Surroundings};
use crate::model::{IndicatorEntry, IndicatorKind, IndicatorList, Label, NewIndicatorList, Purpose, TimeRange};
use crate::query::{self, QueryError};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Lists of indicators are read whole; what is longer is something else.
const LONGEST_BYTES: u64 = 256 << 20;

#[derive(Debug, thiserror::Error)]
pub enum IndicatorError {
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} is not an indicator list: {reason}", path.display())]
    NoList { path: PathBuf, reason: NoList },
    #[error("{value} is not valid: {detail}")]
    BadValue { value: String, detail: String },
    #[error("there is already a list named {0}; choose another name")]
    NameTaken(String),
    #[error("{0} cannot have a label")]
    NoLabel(&'static str),
    #[error("a label needs a name")]
    Nameless,
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// A file that was read and previewed, and is not in the case yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub path: PathBuf,
    /// Of the file's bytes, lowercase hex.
    pub sha256: String,
    /// Entries, what could not be used, and what the columns were taken for.
    pub list: ReadList,
    /// What would match too broadly, in the order of the list.
    pub cautions: Vec<Caution>,
    /// A name that no list of the case has: the list's own, or the file's.
    pub name: String,
    /// The case has this very file already; perhaps removed.
    pub known: Option<IndicatorList>,
}

/// Reads a file and looks it over. Nothing is written.
///
/// # Errors
/// The file cannot be read, or is no list; the case cannot be read.
pub fn preview(reader: &CaseReader, path: &Path, options: &ListOptions) -> Result<Preview, IndicatorError> {
    let bytes = read(path)?;
    let sha256 = hex(&Sha256::digest(&bytes));
    let list =
        indicators::read(&bytes, options).map_err(|reason| IndicatorError::NoList { path: path.to_owned(), reason })?;
    let cautions = cautions(reader, &list)?;
    let file = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let own: String = list.name.chars().take(120).collect();
    let name = free_name(reader, if own.trim().is_empty() { &file } else { own.trim() })?;
    let known = query::indicator_list_of(reader, &sha256)?;
    Ok(Preview { path: path.to_owned(), sha256, list, cautions, name, known })
}

/// What the columns of a CSV file are taken for; `None` where it is no text.
///
/// # Errors
/// The file cannot be read.
pub fn columns(path: &Path) -> Result<Option<ColumnPlan>, IndicatorError> {
    Ok(indicators::text_of(&read(path)?).ok().map(|text| indicators::guess_columns(&text)))
}

/// What of a list would match too broadly. Nothing of lists that are not searched for.
///
/// # Errors
/// The case cannot be read.
pub fn cautions(reader: &CaseReader, list: &ReadList) -> Result<Vec<Caution>, IndicatorError> {
    if list.purpose != Purpose::KnownBad {
        return Ok(Vec::new());
    }
    let (space, well_known) = (query::internal_space(reader)?, query::well_known(reader)?);
    let around = Surroundings::new(space.own(), &well_known);
    Ok(list.entries.iter().filter_map(|entry| around.caution(entry)).collect())
}

fn read(path: &Path) -> Result<Vec<u8>, IndicatorError> {
    let unreadable = |reason: String| IndicatorError::Unreadable { path: path.to_owned(), reason };
    let file = std::fs::File::open(path).map_err(|e| unreadable(e.to_string()))?;
    let mut bytes = Vec::new();
    file.take(LONGEST_BYTES + 1).read_to_end(&mut bytes).map_err(|e| unreadable(e.to_string()))?;
    if bytes.len() as u64 > LONGEST_BYTES {
        return Err(unreadable(format!("it is longer than {} MiB", LONGEST_BYTES >> 20)));
    }
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    crate::case::journal::hex(bytes)
}

/// The name, with a number behind it where another list has it.
fn free_name(reader: &CaseReader, name: &str) -> Result<String, IndicatorError> {
    let names = query::indicator_list_names(reader)?;
    let taken = |name: &str| names.iter().any(|known| known == name);
    let mut free = name.to_owned();
    let mut number = 1;
    while taken(&free) {
        number += 1;
        free = format!("{name} ({number})");
    }
    Ok(free)
}

/// What the examiner says of a list that comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportChoice {
    pub name: String,
    pub purpose: Purpose,
    /// Where the list says nothing itself; may be empty.
    pub licence: String,
}

/// Takes a list in that was previewed; its number.
///
/// # Errors
/// Another list has the name, or the case cannot be written.
pub fn import<'c>(
    case: impl Into<Target<'c>>,
    preview: &Preview,
    choice: &ImportChoice,
) -> Result<i64, IndicatorError> {
    let case = case.into();
    let reader = CaseReader::open(case.path)?;
    if query::indicator_list_names(&reader)?.contains(&choice.name) {
        return Err(IndicatorError::NameTaken(choice.name.clone()));
    }
    drop(reader);
    let ReadList { format, entries, issues, date, licence, .. } = &preview.list;
    let list = NewIndicatorList {
        name: choice.name.clone(),
        purpose: choice.purpose,
        source: preview.path.to_string_lossy().into_owned(),
        format: format.code(),
        sha256: preview.sha256.clone(),
        list_date: date.clone(),
        licence: if choice.licence.is_empty() { licence.clone() } else { choice.licence.clone() },
    };
    write(case, |writer| writer.add_indicator_list(&list, entries, issues, &now_utc()))
}

/// The list of typed values where none is named.
pub const TYPED: &str = "Typed";

/// Values typed, pasted or taken from a cell, as entries. `kind`: what they are; by their form where it is absent.
///
/// # Errors
/// The first value that cannot be used.
pub fn typed_entries(
    values: &[String],
    kind: Option<IndicatorKind>,
    comment: &str,
) -> Result<Vec<IndicatorEntry>, IndicatorError> {
    let mut entries = Vec::new();
    for (position, value) in (1..).zip(values) {
        let found = match kind {
            Some(kind) => recognise_as(kind, value),
            None => recognise(value),
        };
        let found = found.map_err(|why| IndicatorError::BadValue { value: value.clone(), detail: why.detail })?;
        entries.push(IndicatorEntry {
            position,
            kind: found.kind,
            written: value.trim().to_owned(),
            value: found.value,
            span: found.span,
            port: found.port,
            name: String::new(),
            comment: comment.to_owned(),
            severity: String::new(),
            tags: Vec::new(),
            valid: TimeRange::default(),
            enabled: true,
            part: None,
        });
    }
    Ok(entries)
}

/// Adds entries to a list of typed values, which is made where there is none; its number.
///
/// # Errors
/// The case cannot be written.
pub fn add_typed<'c>(
    case: impl Into<Target<'c>>,
    name: &str,
    purpose: Purpose,
    entries: &[IndicatorEntry],
) -> Result<i64, IndicatorError> {
    let list = NewIndicatorList { name: name.to_owned(), purpose, format: "typed", ..NewIndicatorList::default() };
    write(case, |writer| writer.add_typed_indicators(&list, entries, &now_utc()))
}

/// Turns a list or an entry on or off; `false` where nothing changes.
///
/// # Errors
/// The case cannot be written.
pub fn enable<'c>(case: impl Into<Target<'c>>, item: IndicatorItem, enabled: bool) -> Result<bool, IndicatorError> {
    write(case, |writer| writer.enable_indicators(item, enabled, &now_utc()))
}

/// Takes a list or an entry out, or brings it back; `false` where nothing changes.
///
/// # Errors
/// The case cannot be written.
pub fn remove<'c>(case: impl Into<Target<'c>>, item: IndicatorItem, removed: bool) -> Result<bool, IndicatorError> {
    write(case, |writer| writer.remove_indicators(item, removed, &now_utc()))
}

/// Whether an entry counts only for records of the time in which it was known to be bad.
///
/// # Errors
/// The case cannot be written.
pub fn honour_validity<'c>(case: impl Into<Target<'c>>, honour: bool) -> Result<(), IndicatorError> {
    write(case, |writer| writer.honour_validity(honour, &now_utc()))
}

/// Gives a thing a name; the label's number. What it is follows from its form where `kind` is absent; a name that is
/// nothing else is a principal's.
///
/// # Errors
/// The thing cannot have a label, the name is empty, or the case cannot be written.
pub fn add_label<'c>(
    case: impl Into<Target<'c>>,
    thing: &str,
    kind: Option<IndicatorKind>,
    name: &str,
    note: &str,
) -> Result<i64, IndicatorError> {
    if name.trim().is_empty() {
        return Err(IndicatorError::Nameless);
    }
    let found = match kind {
        Some(kind) => recognise_as(kind, thing),
        None => recognise(thing).or_else(|_| recognise_as(IndicatorKind::Principal, thing)),
    };
    let found = found.map_err(|why| IndicatorError::BadValue { value: thing.to_owned(), detail: why.detail })?;
    if !Label::KINDS.contains(&found.kind) {
        return Err(IndicatorError::NoLabel(found.kind.code()));
    }
    let label = Label {
        id: 0,
        kind: found.kind,
        value: found.value,
        span: found.span,
        name: name.trim().to_owned(),
        note: note.to_owned(),
        added_utc: String::new(),
        examiner: String::new(),
        removed: false,
    };
    write(case, |writer| writer.add_label(&label, &now_utc()))
}

/// Takes a label off, or puts it back; `false` where nothing changes.
///
/// # Errors
/// The case cannot be written.
pub fn remove_label<'c>(case: impl Into<Target<'c>>, id: i64, removed: bool) -> Result<bool, IndicatorError> {
    write(case, |writer| writer.remove_label(id, removed, &now_utc()))
}

fn write<'c, T>(
    case: impl Into<Target<'c>>,
    change: impl FnOnce(&mut CaseWriter) -> Result<T, CaseError>,
) -> Result<T, IndicatorError> {
    let mut writer = CaseWriter::open(case)?;
    let done = change(&mut writer);
    writer.close()?;
    Ok(done?)
}
