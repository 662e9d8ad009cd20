//! Files that an examiner adds and that are no evidence: Sigma rules from files and folders, and inventories. The same
//! content comes in once. What is added can be removed, and what is removed restored.

use super::import::now_utc;
use crate::analysis::assets::inventory;
use crate::case::{CaseError, CaseReader, CaseWriter, Target, journal};
use crate::filter::value::parse_time;
use crate::model::{NewSupplement, Supplement, SupplementKind, Timestamp};
use crate::query::{self, QueryError};
use crate::sigma::{RuleFile, RuleSet, RuleState};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A file is read whole; what is longer is something else.
const LONGEST_BYTES: u64 = 256 << 20;
/// Files that one command brings in at most.
const MOST_FILES: usize = 20_000;

#[derive(Debug, thiserror::Error)]
pub enum SupplementError {
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} contains no Sigma rules: there is no .yml or .yaml file", path.display())]
    NoRules { path: PathBuf },
    #[error("{} is not an inventory: {reason}", path.display())]
    NoInventory { path: PathBuf, reason: String },
    #[error("{value} is not valid: {detail}")]
    BadTime { value: String, detail: String },
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// What came of a file that was to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub file: Supplement,
    pub is_new: bool,
}

/// A file of rules with what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesOfFile {
    pub file: Supplement,
    /// Rules and filters that are in use; `None` of a file that was removed.
    pub used: Option<u64>,
    pub not_cloudtrail: Option<u64>,
    /// Why documents cannot be used.
    pub unusable: Vec<String>,
}

/// Adds the rules of a file, or of all .yml and .yaml files of a folder and those inside it, in the order of their names.
///
/// # Errors
/// Nothing is there, a file cannot be read, or the case cannot be written.
pub fn import_rules<'c>(case: impl Into<Target<'c>>, path: &Path) -> Result<Vec<Added>, SupplementError> {
    let mut files = Vec::new();
    for (file, name) in rule_files(path)? {
        files.push(NewSupplement { path: name, captured_utc: None, content: read(&file)? });
    }
    add(case.into(), SupplementKind::Sigma, files)
}

/// Adds an inventory: an answer of AWS's command line as JSON, of the time at which it was made; without one, the time of
/// the file.
///
/// # Errors
/// It is none, the time cannot be read, or the case cannot be written.
pub fn import_inventory<'c>(
    case: impl Into<Target<'c>>,
    path: &Path,
    captured: Option<&str>,
) -> Result<Added, SupplementError> {
    let content = read(path)?;
    let no_inventory = |reason: &str| SupplementError::NoInventory { path: path.to_owned(), reason: reason.to_owned() };
    if inventory::said(&content).is_none() {
        return Err(no_inventory(inventory::NOT_ONE));
    }
    let time = match captured {
        Some(text) => {
            let bad = || SupplementError::BadTime { value: text.to_owned(), detail: "a time is expected".to_owned() };
            parse_time(text).ok_or_else(bad)?.time
        }
        None => {
            let modified = std::fs::metadata(path).and_then(|data| data.modified());
            let modified = modified.map_err(|error| no_inventory(&format!("it has no time: {error}")))?;
            Timestamp(chrono::DateTime::<chrono::Utc>::from(modified).timestamp_millis())
        }
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = NewSupplement { path: name, captured_utc: Some(time.to_iso()), content };
    let added = add(case.into(), SupplementKind::Inventory, vec![file])?;
    added.into_iter().next().ok_or_else(|| no_inventory("it could not be added"))
}

/// Removes files, or restores them; how many changed.
///
/// # Errors
/// The case cannot be written.
pub fn remove<'c>(case: impl Into<Target<'c>>, ids: &[i64], removed: bool) -> Result<usize, SupplementError> {
    let mut writer = CaseWriter::open(case)?;
    let done = writer.remove_supplements(ids, removed, &now_utc());
    writer.close()?;
    Ok(done?)
}

/// Files of a kind that a text names: all, a number, a path, or a folder's path.
///
/// # Errors
/// The case cannot be read.
pub fn named(reader: &CaseReader, kind: SupplementKind, name: &str) -> Result<Vec<Supplement>, SupplementError> {
    let mut files = query::supplements(reader, kind, true)?;
    let folder = format!("{}/", name.trim_end_matches('/'));
    files.retain(|file| file.id.to_string() == name || file.path == name || file.path.starts_with(&folder));
    Ok(files)
}

/// The files of rules with what is in them; those that were removed too where `removed` says so.
///
/// # Errors
/// The case cannot be read.
pub fn rules_of_files(reader: &CaseReader, removed: bool) -> Result<Vec<RulesOfFile>, SupplementError> {
    let files = query::supplements(reader, SupplementKind::Sigma, removed)?;
    let in_use: Vec<&Supplement> = files.iter().filter(|file| !file.removed).collect();
    let contents = in_use.iter().map(|file| query::supplement_content(reader, file.id));
    let contents = contents.collect::<Result<Vec<_>, _>>()?;
    // A path can be there twice, with other contents: the number is what names a file.
    let numbers: Vec<String> = in_use.iter().map(|file| file.id.to_string()).collect();
    let read: Vec<RuleFile<'_>> =
        numbers.iter().zip(&contents).map(|(path, content)| RuleFile { path, sha256: "", content }).collect();
    let set = RuleSet::read(&read);
    let of_file = |file: Supplement| {
        let number = file.id.to_string();
        let states = || set.rules.iter().filter(|rule| rule.path == number).map(|rule| &rule.state);
        let count = |wanted: &[RuleState]| {
            (!file.removed).then(|| states().filter(|state| wanted.contains(state)).count() as u64)
        };
        let reason = |state: &RuleState| match state {
            RuleState::Unusable(reason) => Some(reason.clone()),
            _ => None,
        };
        let used = count(&[RuleState::Used, RuleState::Filter]);
        let not_cloudtrail = count(&[RuleState::NotForCloudTrail]);
        RulesOfFile { used, not_cloudtrail, unusable: states().filter_map(reason).collect(), file }
    };
    Ok(files.into_iter().map(of_file).collect())
}

/// Adds what the case has not yet. Of each file the row of the case; one that was removed stays so.
fn add(case: Target<'_>, kind: SupplementKind, files: Vec<NewSupplement>) -> Result<Vec<Added>, SupplementError> {
    let hash = |file: &NewSupplement| journal::hex(&Sha256::digest(&file.content));
    let known = query::supplements(&CaseReader::open(case.path)?, kind, true)?;
    let mut seen: BTreeSet<String> = known.into_iter().map(|file| file.sha256).collect();
    let hashes: Vec<String> = files.iter().map(hash).collect();
    let is_new: Vec<bool> = hashes.iter().map(|hash| seen.insert(hash.clone())).collect();
    let new: Vec<NewSupplement> =
        files.into_iter().zip(&is_new).filter(|(_, is_new)| **is_new).map(|(file, _)| file).collect();
    let path = case.path.to_owned();
    if !new.is_empty() {
        let mut writer = CaseWriter::open(case)?;
        let done = writer.add_supplements(kind, &new, &now_utc());
        writer.close()?;
        done?;
    }
    let now = query::supplements(&CaseReader::open(&path)?, kind, true)?;
    let of_hash = |hash: &String| now.iter().find(|file| file.sha256 == *hash).cloned();
    let pairs = hashes.iter().zip(is_new);
    Ok(pairs.filter_map(|(hash, is_new)| Some(Added { file: of_hash(hash)?, is_new })).collect())
}

/// Files with the names under which the case lists them.
fn rule_files(path: &Path) -> Result<Vec<(PathBuf, String)>, SupplementError> {
    let unreadable = |reason: String| SupplementError::Unreadable { path: path.to_owned(), reason };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if path.is_file() {
        return Ok(vec![(path.to_owned(), name)]);
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| unreadable(error.to_string()))?;
        let is_yaml =
            entry.path().extension().is_some_and(|e| e.eq_ignore_ascii_case("yml") || e.eq_ignore_ascii_case("yaml"));
        if !entry.file_type().is_file() || !is_yaml {
            continue;
        }
        let inside = entry.path().strip_prefix(path).unwrap_or(entry.path());
        let parts = std::iter::once(name.clone()).chain(inside.iter().map(|part| part.to_string_lossy().into_owned()));
        let listed = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        files.push((entry.into_path(), listed));
        if files.len() > MOST_FILES {
            return Err(unreadable(format!("it contains more than {MOST_FILES} files")));
        }
    }
    match files.is_empty() {
        true => Err(SupplementError::NoRules { path: path.to_owned() }),
        false => Ok(files),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, SupplementError> {
    let unreadable = |reason: String| SupplementError::Unreadable { path: path.to_owned(), reason };
    let file = std::fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(LONGEST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    match bytes.len() as u64 > LONGEST_BYTES {
        true => Err(unreadable(format!("it is longer than {} MiB", LONGEST_BYTES >> 20))),
        false => Ok(bytes),
    }
}
