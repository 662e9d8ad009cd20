//! Hashes that came with the evidence, compared with those of the files as they were received. What came of it is an entry
//! of the journal.

use super::import::now_utc;
use crate::case::{CaseError, CaseReader, CaseWriter, Target, journal};
use crate::query::{self, QueryError};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Differences that the journal names of each kind; it has the number of all.
const NAMED: usize = 100;

#[derive(Debug, thiserror::Error)]
pub enum HashListError {
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{}, line {line}: a SHA-256 and a file name are expected, as sha256sum writes them", path.display())]
    BadLine { path: PathBuf, line: usize },
    #[error("{} contains no hashes", .0.display())]
    Empty(PathBuf),
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl From<CaseError> for HashListError {
    fn from(error: CaseError) -> Self {
        HashListError::Query(error.into())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Lowercase hex.
    pub sha256: String,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Matches,
    /// A file of this name was received with another hash.
    Differs,
    NotReceived,
    /// It was received and is not in the list.
    NotListed,
}

impl Outcome {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Matches => "matches",
            Outcome::Differs => "differs",
            Outcome::NotReceived => "not_received",
            Outcome::NotListed => "not_listed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub outcome: Outcome,
    pub name: String,
    pub received: Option<String>,
}

/// Reads a list as `sha256sum` writes it, with or without `--tag`.
///
/// # Errors
/// It cannot be read, or a line is none of that form.
fn read(path: &Path, text: &str) -> Result<Vec<Expected>, HashListError> {
    let mut list = Vec::new();
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let bad = || HashListError::BadLine { path: path.to_owned(), line };
        list.push(expected(text).ok_or_else(bad)?);
    }
    match list.is_empty() {
        true => Err(HashListError::Empty(path.to_owned())),
        false => Ok(list),
    }
}

fn expected(line: &str) -> Option<Expected> {
    let tagged = || {
        let (name, hash) = line.strip_prefix("SHA256 (")?.rsplit_once(") = ")?;
        Some((hash, name))
    };
    let plain = || {
        let (hash, name) = line.split_once(' ')?;
        Some((hash, name.trim_start().trim_start_matches('*')))
    };
    let (hash, name) = tagged().or_else(plain)?;
    let is_hash = hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit());
    let name = name.trim_start_matches("./");
    (is_hash && !name.is_empty()).then(|| Expected { sha256: hash.to_ascii_lowercase(), name: name.to_owned() })
}

/// The list in a file, and the file's SHA-256.
///
/// # Errors
/// It cannot be read, or is no list of hashes.
pub fn of_file(path: &Path) -> Result<(Vec<Expected>, String), HashListError> {
    let unreadable = |reason: String| HashListError::Unreadable { path: path.to_owned(), reason };
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let list = read(path, &String::from_utf8_lossy(&bytes))?;
    Ok((list, journal::hex(&Sha256::digest(&bytes))))
}

/// Compares a list with all that the case received, and journals what came of it.
///
/// # Errors
/// The list cannot be read; the case cannot be read or written.
pub fn compare<'c>(case: impl Into<Target<'c>>, path: &Path) -> Result<Vec<Compared>, HashListError> {
    let (list, sha256) = of_file(path)?;
    let target = case.into();
    let evidence = query::evidence_list(&CaseReader::open(target.path)?)?;
    let files: Vec<(&str, &str)> = evidence
        .iter()
        .filter(|file| file.container.is_none())
        .map(|file| (file.path.as_str(), file.file_sha256.as_str()))
        .collect();
    let compared = outcomes(&list, &files);
    let named = |outcome: Outcome| {
        let of = compared.iter().filter(|one| one.outcome == outcome);
        of.take(NAMED).map(|one| json!({"name": one.name, "received": one.received})).collect::<Vec<_>>()
    };
    let count = |outcome: Outcome| compared.iter().filter(|one| one.outcome == outcome).count();
    let parameters = json!({
        "list": path.file_name().unwrap_or_default().to_string_lossy(), "sha256": sha256,
        "differs": named(Outcome::Differs), "not_received": named(Outcome::NotReceived), "not_listed": named(Outcome::NotListed),
    });
    let counts: BTreeMap<&str, usize> = [Outcome::Matches, Outcome::Differs, Outcome::NotReceived, Outcome::NotListed]
        .map(|o| (o.name(), count(o)))
        .into();
    let entry = journal::Entry { action: "hashes_compare", parameters, counts: json!(counts) };
    let mut writer = CaseWriter::open(target)?;
    let done = writer.begin().and_then(|()| writer.journal(&entry, &now_utc())).and_then(|()| writer.commit());
    if done.is_err() {
        writer.rollback();
    }
    writer.close()?;
    done?;
    Ok(compared)
}

/// Each line of the list, then the files that it does not name. `files`: path and hash.
fn outcomes(list: &[Expected], files: &[(&str, &str)]) -> Vec<Compared> {
    let hashes: BTreeSet<&str> = files.iter().map(|(_, hash)| *hash).collect();
    let mut named = BTreeSet::new();
    let mut compared = Vec::new();
    for one in list {
        let of_name = || files.iter().find(|(path, _)| Path::new(path).ends_with(&one.name));
        let (outcome, received) = match (hashes.contains(one.sha256.as_str()), of_name()) {
            (true, _) => (Outcome::Matches, Some(one.sha256.clone())),
            (false, Some((path, hash))) => {
                named.insert(*path);
                (Outcome::Differs, Some((*hash).to_owned()))
            }
            (false, None) => (Outcome::NotReceived, None),
        };
        compared.push(Compared { outcome, name: one.name.clone(), received });
    }
    let listed: BTreeSet<&str> = list.iter().map(|one| one.sha256.as_str()).collect();
    let others = files.iter().filter(|(path, hash)| !listed.contains(hash) && !named.contains(path));
    compared.extend(others.map(|(path, hash)| Compared {
        outcome: Outcome::NotListed,
        name: (*path).to_owned(),
        received: Some((*hash).to_owned()),
    }));
    compared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Option<(String, String)> {
        expected(text).map(|one| (one.sha256, one.name))
    }

    #[test]
    fn lists_are_read_in_the_forms_that_tools_write() {
        let hash = "AB".repeat(32);
        let is = |name: &str| Some((hash.to_lowercase(), name.to_owned()));
        assert_eq!(line(&format!("{hash}  logs/a b.gz")), is("logs/a b.gz"));
        assert_eq!(line(&format!("{hash} *./a.gz")), is("a.gz"));
        assert_eq!(line(&format!("SHA256 (a (1).gz) = {hash}")), is("a (1).gz"));
        assert_eq!(line("abcd  a.gz"), None);
        assert_eq!(line(&hash), None);
        let read = |text: &str| read(Path::new("list"), text);
        assert_eq!(read(&format!("\u{feff}# made by us\n\n{hash}  a\r\n")).unwrap()[0].name, "a");
        assert!(matches!(read("# nothing\n"), Err(HashListError::Empty(_))));
        assert!(matches!(read(&format!("{hash}  a\nx\n")), Err(HashListError::BadLine { line: 2, .. })));
    }

    #[test]
    fn each_file_is_compared_by_hash_and_then_by_name() {
        let expected = |hash: &str, name: &str| Expected { sha256: hash.into(), name: name.into() };
        let list = [expected("1", "renamed"), expected("2", "logs/b"), expected("3", "c")];
        let files = [("/in/logs/a", "1"), ("/in/logs/b", "9"), ("/in/d", "4"), ("/in/xc", "5")];
        let found: Vec<_> = outcomes(&list, &files).into_iter().map(|one| (one.outcome, one.name)).collect();
        let is = [
            (Outcome::Matches, "renamed"),
            (Outcome::Differs, "logs/b"),
            (Outcome::NotReceived, "c"),
            (Outcome::NotListed, "/in/d"),
            (Outcome::NotListed, "/in/xc"),
        ];
        assert_eq!(found, is.map(|(outcome, name)| (outcome, name.to_owned())));
    }
}
