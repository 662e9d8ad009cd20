//! From what the examiner named to the list of files, in an order that depends on nothing but their names.

use super::{FailureKind, FileFailure};
use std::path::{Path, PathBuf};

/// Files in the order of import, and what could not be listed.
#[derive(Debug, Default)]
pub struct Listing {
    /// Path and size in bytes.
    pub files: Vec<(PathBuf, u64)>,
    pub failures: Vec<FileFailure>,
}

/// Walks folders recursively, by name. Links to folders are not followed: they can lead in circles. The case file itself
/// is left out where it stands among the evidence.
pub fn list_paths(paths: &[PathBuf], case: &Path) -> Listing {
    let mut listing = Listing::default();
    let case = Case::of(case);
    for path in paths {
        walk(path, case.as_ref(), true, &mut listing);
    }
    listing
}

/// The case file, to be told apart among the evidence.
struct Case {
    path: PathBuf,
    bytes: u64,
}

impl Case {
    fn of(path: &Path) -> Option<Self> {
        let path = std::fs::canonicalize(path).ok()?;
        let bytes = std::fs::metadata(&path).ok()?.len();
        Some(Self { path, bytes })
    }

    /// Another name may lead to it; resolving one takes time, so only where the size is the same.
    fn is(&self, path: &Path, bytes: u64) -> bool {
        bytes == self.bytes && std::fs::canonicalize(path).is_ok_and(|path| path == self.path)
    }
}

fn walk(path: &Path, case: Option<&Case>, named: bool, listing: &mut Listing) {
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() && (named || path.is_file()) => std::fs::metadata(path),
        other => other,
    };
    let metadata = match metadata {
        Ok(metadata) => metadata,
        Err(error) => return listing.failures.push(failure(path, &error)),
    };
    if metadata.is_dir() {
        let mut names: Vec<PathBuf> = match std::fs::read_dir(path) {
            Ok(entries) => entries.filter_map(|entry| entry.ok().map(|e| e.path())).collect(),
            Err(error) => return listing.failures.push(failure(path, &error)),
        };
        names.sort();
        for name in names {
            walk(&name, case, false, listing);
        }
    } else if metadata.is_file() {
        if !case.is_some_and(|case| case.is(path, metadata.len())) {
            listing.files.push((path.to_owned(), metadata.len()));
        }
    } else if named {
        let reason = "neither a file nor a folder".to_owned();
        listing.failures.push(FileFailure { path: path.to_owned(), kind: FailureKind::NotAFile, reason });
    }
}

fn failure(path: &Path, error: &std::io::Error) -> FileFailure {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => FailureKind::NotFound,
        std::io::ErrorKind::PermissionDenied => FailureKind::PermissionDenied,
        _ => FailureKind::Media,
    };
    FileFailure { path: path.to_owned(), kind, reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_by_name_and_the_case_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("b")).unwrap();
        for name in ["c.log", "b/2.log", "b/1.log", "a.coldtrail"] {
            std::fs::write(root.join(name), name).unwrap();
        }
        let listing = list_paths(&[root.to_owned(), root.join("gone")], &root.join("a.coldtrail"));
        let names: Vec<_> =
            listing.files.iter().map(|(p, _)| p.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["b/1.log", "b/2.log", "c.log"]);
        assert_eq!(listing.failures.len(), 1);
        assert_eq!(listing.failures[0].kind, FailureKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_circle_ends() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        std::fs::write(folder.path().join("x.log"), "x").unwrap();
        assert_eq!(list_paths(&[folder.path().to_owned()], Path::new("none")).files.len(), 1);
    }
}
