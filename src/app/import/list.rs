//! From what the examiner named to the list of files, in an order that depends on nothing but their names.

use super::{FailureKind, FileFailure};
use std::io;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Files in the order of import, and what is none.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Path and size in bytes.
    pub files: Vec<(PathBuf, u64)>,
    pub left_out: Vec<FileFailure>,
}

/// Walks folders recursively, by name. Links to files are followed; links to folders only where the examiner names one,
/// as they can lead in circles. The case's own files are left out where they are among the evidence. Everything that is
/// left out is reported.
pub(crate) fn list_paths(paths: &[PathBuf], case: &Path) -> Listing {
    let mut listing = Listing::default();
    let case = Case::of(case);
    for path in paths {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => listing.walk(path, case.as_ref()),
            Ok(metadata) if metadata.is_file() => listing.file(path, metadata.len(), case.as_ref()),
            Ok(metadata) => {
                let reason = format!("neither a file nor a folder: {}", special(&metadata));
                listing.leave_out(path, FailureKind::NotAFile, reason);
            }
            Err(error) => listing.fail(path, &error),
        }
    }
    listing
}

impl Listing {
    fn walk(&mut self, root: &Path, case: Option<&Case>) {
        // The folder before this one in the walk, while nothing was found in it.
        let mut empty: Option<PathBuf> = None;
        for entry in WalkDir::new(root).sort_by_file_name() {
            let found = entry.as_ref().map_or_else(|error| error.path(), |entry| Some(entry.path()));
            if let Some(folder) = empty.take()
                && !found.is_some_and(|found| found.starts_with(&folder))
            {
                self.leave_out(&folder, FailureKind::EmptyFolder, "an empty folder");
            }
            match entry {
                Ok(entry) if entry.file_type().is_dir() => empty = Some(entry.into_path()),
                // The root is a folder; where a link was named it is the link.
                Ok(entry) if entry.depth() == 0 => empty = Some(entry.into_path()),
                Ok(entry) if entry.file_type().is_symlink() => self.link(entry.path(), case),
                Ok(entry) => match entry.metadata() {
                    Ok(metadata) if metadata.is_file() => self.file(entry.path(), metadata.len(), case),
                    Ok(metadata) => self.leave_out(entry.path(), FailureKind::Special, special(&metadata)),
                    Err(error) => self.fail(entry.path(), &error.into()),
                },
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    self.fail(&path, &error.into());
                }
            }
        }
        if let Some(folder) = empty {
            self.leave_out(&folder, FailureKind::EmptyFolder, "an empty folder");
        }
    }

    fn link(&mut self, path: &Path, case: Option<&Case>) {
        let target = std::fs::read_link(path).unwrap_or_default();
        let target = target.to_string_lossy();
        let reason = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => return self.file(path, metadata.len(), case),
            Ok(metadata) if metadata.is_dir() => format!("a link to the folder {target}"),
            Ok(metadata) => format!("a link to {target}, {}", special(&metadata)),
            Err(error) => format!("a link to {target} that leads nowhere: {error}"),
        };
        self.leave_out(path, FailureKind::Link, reason);
    }

    fn file(&mut self, path: &Path, bytes: u64, case: Option<&Case>) {
        match case.filter(|case| case.is(path, bytes)) {
            Some(_) => self.leave_out(path, FailureKind::OwnCase, "the case itself"),
            None => self.files.push((path.to_owned(), bytes)),
        }
    }

    fn fail(&mut self, path: &Path, error: &io::Error) {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => FailureKind::NotFound,
            io::ErrorKind::PermissionDenied => FailureKind::PermissionDenied,
            _ => FailureKind::Media,
        };
        self.leave_out(path, kind, error.to_string());
    }

    fn leave_out(&mut self, path: &Path, kind: FailureKind, reason: impl Into<String>) {
        self.left_out.push(FileFailure { path: path.to_owned(), kind, reason: reason.into() });
    }
}

/// What is neither a file nor a folder.
fn special(metadata: &std::fs::Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "a named pipe";
        } else if kind.is_socket() {
            return "a socket";
        } else if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    let _ = metadata;
    "a special file"
}

/// The case file, to be distinguished among the evidence.
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

    /// Another name may lead to it; resolving one takes time, so only where the size is the same. Beside it are the
    /// files in which SQLite writes while it is open.
    fn is(&self, path: &Path, bytes: u64) -> bool {
        let resolved = |path: &Path| std::fs::canonicalize(path).ok();
        let beside = path.as_os_str().as_encoded_bytes();
        if let Some(name) = ["-wal", "-shm", "-journal"].iter().find_map(|end| beside.strip_suffix(end.as_bytes())) {
            let own = self.path.as_os_str().as_encoded_bytes();
            let own_name = self.path.file_name().map(|name| name.as_encoded_bytes()).unwrap_or_default();
            return name.ends_with(own_name)
                && resolved(path).is_some_and(|path| path.as_os_str().as_encoded_bytes().starts_with(own));
        }
        bytes == self.bytes && resolved(path).is_some_and(|path| path == self.path)
    }
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
        for beside in ["a.coldtrail-wal", "a.coldtrail-shm"] {
            std::fs::write(root.join(beside), beside).unwrap();
        }
        let listing = list_paths(&[root.to_owned(), root.join("gone")], &root.join("a.coldtrail"));
        let names: Vec<_> =
            listing.files.iter().map(|(p, _)| p.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["b/1.log", "b/2.log", "c.log"]);
        let own = FailureKind::OwnCase;
        assert_eq!(kinds(&listing), [own, own, own, FailureKind::NotFound]);
    }

    fn kinds(listing: &Listing) -> Vec<FailureKind> {
        listing.left_out.iter().map(|left_out| left_out.kind).collect()
    }

    #[test]
    fn empty_folders_are_told_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["a/empty", "b", "c/d/e"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        std::fs::write(root.join("b/1.log"), "x").unwrap();
        let listing = list_paths(&[root.to_owned(), root.join("a/empty")], Path::new("none"));
        let told: Vec<_> =
            listing.left_out.iter().map(|l| l.path.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(told, ["a/empty", "c/d/e", "a/empty"]);
        assert!(listing.left_out.iter().all(|left_out| left_out.kind == FailureKind::EmptyFolder));
        assert_eq!(listing.files.len(), 1);
    }

    #[test]
    fn a_very_deep_folder_is_walked_or_told() {
        let folder = tempfile::tempdir().unwrap();
        let deep = (0..1_000).fold(folder.path().to_owned(), |path, _| path.join("d"));
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(deep.join("x.log"), "x").unwrap();
        let listing = list_paths(&[folder.path().to_owned()], Path::new("none"));
        assert_eq!((listing.files.len(), listing.left_out.len()), (1, 0));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_special_files_are_told_and_links_to_files_followed() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        symlink(root, root.join("again")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink("x.log", root.join("same")).unwrap();
        symlink("/dev/null", root.join("null")).unwrap();
        std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        std::fs::write(root.join("x.log"), "x").unwrap();
        std::fs::write(root.join(std::ffi::OsStr::from_bytes(b"y\xff.log")), "y").unwrap();
        let listing = list_paths(&[root.to_owned()], Path::new("none"));
        let files: Vec<&[u8]> = listing.files.iter().map(|(p, _)| p.file_name().unwrap().as_bytes()).collect();
        assert_eq!(files, [b"same".as_slice(), b"x.log".as_slice(), b"y\xff.log".as_slice()]);
        let link = FailureKind::Link;
        assert_eq!(kinds(&listing), [link, link, link, link, FailureKind::Special]);
        let reasons: Vec<&str> = listing.left_out.iter().map(|l| l.reason.as_str()).collect();
        assert_eq!(reasons[0], format!("a link to the folder {}", root.display()));
        assert!(reasons[1].starts_with("a link to nowhere that leads nowhere"), "{}", reasons[1]);
        assert_eq!(reasons[3..], ["a link to /dev/null, a device", "a socket"]);
        // A link that is named is followed; a special file that is named is a failure.
        let listing =
            list_paths(&[root.join("again/x.log"), root.join("again"), root.join("socket")], Path::new("none"));
        assert_eq!(listing.files.len(), 4);
        assert_eq!(kinds(&listing).last(), Some(&FailureKind::NotAFile));
    }
}
