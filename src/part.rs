//! What is being written has no name of its own yet: it is in a hidden folder beside its place, and gets its name when
//! it is whole, in one step and never over something else. A run that is killed leaves such a folder; the next run that
//! writes beside it removes it, but only where the folder is provably ours and nobody uses it: the lock file in it
//! begins with our mark, and the lock on it, which ends with the process that holds it, is free.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// The end of the folder's name.
const SUFFIX: &str = ".coldtrail-part";
const LOCK: &str = "coldtrail-lock";
/// What gets the target's name.
const CONTENT: &str = "content";
/// What the lock file holds.
const MARK: &[u8] = b"Coldtrail writes here. A later run removes this folder when nobody uses it.\n";
/// Bytes of the target's name in the folder's: file systems allow 255 in all.
const NAME_BYTES: usize = 120;
const TRIES: u32 = 100;

/// Room for one file or folder that is being written. Whatever is in it goes away with it.
pub(crate) struct Part {
    // Removed before the lock on it is given up.
    folder: tempfile::TempDir,
    _lock: File,
    target: PathBuf,
}

impl Part {
    /// Room for what will be `target`, in the same folder. What runs that were killed have left there is removed first.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn beside(target: &Path) -> io::Result<Self> {
        let name = target.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "it names no file"))?;
        let parent = parent(target);
        clear(parent);
        let prefix = format!(".{}.", shortened(name));
        let mut tries = 0;
        loop {
            let folder = tempfile::Builder::new().prefix(&prefix).suffix(SUFFIX).tempdir_in(parent);
            // The hidden name is no part of what went wrong.
            let folder = folder.map_err(|error| io::Error::from(error.kind()))?;
            match lock(folder.path()) {
                Ok(lock) => return Ok(Self { folder, _lock: lock, target: target.to_owned() }),
                // Another run took it for one that was left, before it was locked.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WouldBlock) && tries < TRIES => {
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Where to write what will get the target's name.
    pub(crate) fn path(&self) -> PathBuf {
        self.inside(CONTENT)
    }

    /// Room for something else.
    pub(crate) fn inside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Gives the file its name, where nothing has it.
    ///
    /// # Errors
    /// `ErrorKind::AlreadyExists`, or the file system refuses.
    pub(crate) fn place(self) -> io::Result<()> {
        let file = tempfile::TempPath::try_from_path(self.path())?;
        file.persist_noclobber(&self.target).map_err(|error| error.error)?;
        settle(&self.target);
        Ok(())
    }

    /// Gives the file its name, in place of whatever file has it.
    ///
    /// # Errors
    /// The file system refuses.
    pub(crate) fn replace(self) -> io::Result<()> {
        fs::rename(self.path(), &self.target)?;
        settle(&self.target);
        Ok(())
    }
}

/// Writes a file whole or not at all, never over another.
///
/// # Errors
/// `ErrorKind::AlreadyExists`, or the file system refuses.
pub(crate) fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = Part::beside(target)?;
    let mut file = File::create_new(part.path())?;
    file.write_all(bytes)?;
    file.sync_all()?;
    part.place()
}

/// The new name is on the medium. Where a system cannot say so of folders, the file itself is there all the same.
fn settle(target: &Path) {
    if let Ok(folder) = File::open(parent(target)) {
        let _ = folder.sync_all();
    }
}

/// The folder that a path is in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn shortened(name: &OsStr) -> String {
    let name = name.to_string_lossy();
    let end = name.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= NAME_BYTES).last();
    name.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

/// Makes the lock file and holds its lock.
fn lock(folder: &Path) -> io::Result<File> {
    let path = folder.join(LOCK);
    let mut file = File::options().read(true).write(true).create_new(true).open(&path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(ErrorKind::WouldBlock.into()),
        // A file system without locks: nobody gets one, so nobody removes the folder.
        Ok(()) | Err(TryLockError::Error(_)) => {}
    }
    file.write_all(MARK)?;
    // Another run had the lock for a moment and removed it?
    path.symlink_metadata()?;
    Ok(file)
}

/// A folder that a killed run has left.
#[derive(Debug)]
pub(crate) struct Left {
    pub path: PathBuf,
    /// It is gone; or why it is not.
    pub removed: io::Result<()>,
}

impl std::fmt::Display for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.path.display();
        match &self.removed {
            Ok(()) => write!(f, "removed what a run that was ended had left: {path}"),
            Err(error) => write!(f, "a run that was ended has left {path}, which cannot be removed: {error}"),
        }
    }
}

/// Removes what killed runs have left in a folder, as far as it is provably ours and not in use.
pub(crate) fn clear(folder: &Path) -> Vec<Left> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let ours = entries.filter_map(Result::ok).filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with('.') && name.ends_with(SUFFIX) && entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    let mut paths: Vec<PathBuf> = ours.map(|entry| entry.path()).collect();
    paths.sort();
    let left = paths.into_iter().filter_map(|path| remove(&path).map(|removed| Left { path, removed }));
    left.collect()
}

/// Removes one folder; `None` where it is not ours or in use.
fn remove(folder: &Path) -> Option<io::Result<()>> {
    let path = folder.join(LOCK);
    if path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        // Killed before it made the lock file: then there is nothing else in it either.
        return fs::remove_dir(folder).is_ok().then_some(Ok(()));
    }
    if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return None;
    }
    let mut file = File::options().read(true).write(true).open(&path).ok()?;
    file.try_lock().ok()?;
    let mut mark = Vec::new();
    (&mut file).take(MARK.len() as u64 + 1).read_to_end(&mut mark).ok()?;
    let others = fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let others: Vec<PathBuf> = others.filter(|other| *other != path).collect();
    let marked = mark == MARK || (MARK.starts_with(&mark) && others.is_empty());
    marked.then(|| empty(folder, &others, &path))
}

/// The lock goes last: what is killed here is found by the next run.
fn empty(folder: &Path, others: &[PathBuf], lock: &Path) -> io::Result<()> {
    for other in others {
        match other.symlink_metadata()?.is_dir() {
            true => fs::remove_dir_all(other)?,
            false => fs::remove_file(other)?,
        }
    }
    fs::remove_file(lock)?;
    fs::remove_dir(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_gets_its_name_when_it_is_whole_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.csv");
        let part = Part::beside(&target).unwrap();
        fs::write(part.path(), "one").unwrap();
        assert!(names(folder.path()).iter().all(|name| name.starts_with(".a.csv.") && name.ends_with(SUFFIX)));
        part.place().unwrap();
        assert_eq!((names(folder.path()), fs::read(&target).unwrap()), (vec!["a.csv".to_owned()], b"one".to_vec()));
        let part = Part::beside(&target).unwrap();
        fs::write(part.path(), "two").unwrap();
        assert_eq!(part.place().unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!((names(folder.path()), fs::read(&target).unwrap()), (vec!["a.csv".to_owned()], b"one".to_vec()));
        let part = Part::beside(&target).unwrap();
        fs::write(part.path(), "two").unwrap();
        part.replace().unwrap();
        assert_eq!((names(folder.path()), fs::read(&target).unwrap()), (vec!["a.csv".to_owned()], b"two".to_vec()));
        drop(Part::beside(&target).unwrap());
        assert_eq!(names(folder.path()), ["a.csv"], "what is given up leaves nothing");
    }

    #[test]
    fn what_was_left_is_removed_and_what_is_in_use_or_not_ours_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let used = Part::beside(&at("used")).unwrap();
        fs::write(used.path(), "x").unwrap();
        let make = |name: &str, mark: Option<&[u8]>, more: bool| {
            fs::create_dir_all(at(name).join("inner")).unwrap();
            fs::write(at(name).join("inner/file"), "x").unwrap();
            if !more {
                fs::remove_dir_all(at(name).join("inner")).unwrap();
            }
            if let Some(mark) = mark {
                fs::write(at(name).join(LOCK), mark).unwrap();
            }
        };
        let (begun, ours) = (MARK.get(..9), Some(MARK));
        for (name, mark, more) in [
            (".killed.000001.coldtrail-part", ours, true),
            (".killed.000002.coldtrail-part", begun, false),
            (".killed.000003.coldtrail-part", None, false),
            (".other.000001.coldtrail-part", None, true),
            (".other.000002.coldtrail-part", begun, true),
            (".other.000003.coldtrail-part", Some(b"something else".as_slice()), false),
            (".other.000004.part", ours, true),
            ("other.000005.coldtrail-part", ours, true),
        ] {
            make(name, mark, more);
        }
        let left = clear(folder.path());
        assert!(left.iter().all(|left| left.removed.is_ok()), "{left:?}");
        let removed: Vec<_> = left.iter().map(|left| left.path.file_name().unwrap().to_str().unwrap()).collect();
        let killed = [1, 2, 3].map(|n| format!(".killed.00000{n}.coldtrail-part"));
        assert_eq!(removed, killed);
        assert_eq!(names(folder.path()).len(), 6, "{:?}", names(folder.path()));
        assert_eq!(fs::read(used.path()).unwrap(), b"x");
        assert!(clear(folder.path()).is_empty());
    }

    #[test]
    fn a_name_of_any_length_has_room() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("証".repeat(84));
        let part = Part::beside(&target).unwrap();
        fs::write(part.path(), "one").unwrap();
        part.place().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"one");
        assert!(Part::beside(Path::new("/")).is_err());
    }
}
