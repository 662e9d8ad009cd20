//! How a case is read that must not be changed: one of an older version through a temporary copy that is brought up to
//! this one, a damaged one through a temporary copy of what is whole in it. The file itself stays as it is, byte for
//! byte.

use super::error::CaseError;
use super::open::{self, Checked};
use super::{migrate, room, salvage, schema};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempPath;

/// How an opened case is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The version that wrote it, where that is not this one.
    pub older: Option<i32>,
    /// What is wrong with the file.
    pub damage: Vec<String>,
    /// What of a damaged case could not be read.
    pub lost: Vec<String>,
}

impl Standing {
    /// Is the file itself read, and may it be written?
    pub fn is_sound(&self) -> bool {
        *self == Self::default()
    }

    /// The first faults: losses before the damage that caused them, a line each.
    pub fn told(&self, most: usize) -> Vec<&str> {
        self.lost.iter().chain(&self.damage).take(most).map(String::as_str).collect()
    }

    /// Damage and losses, a line each.
    pub fn faults(&self) -> Vec<String> {
        let lost = self.lost.iter().map(|lost| format!("unreadable: {lost}"));
        self.damage.iter().cloned().chain(lost).collect()
    }
}

/// The temporary copy that readers of a case share. It goes with the last of them.
pub(crate) struct Copied {
    pub(super) standing: Standing,
    path: TempPath,
}

impl Copied {
    /// Makes the copy.
    pub(super) fn of(path: &Path, checked: Checked) -> Result<Self, CaseError> {
        let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
        let folder = std::env::temp_dir();
        let made = Self::make(path, checked, &folder);
        made.map_err(|error| match error {
            CaseError::DiskFull | CaseError::NotWritten | CaseError::ReadOnly => {
                CaseError::NoRoom { path: path.to_owned(), folder, bytes, reason: error.to_string() }
            }
            other => other,
        })
    }

    fn make(path: &Path, checked: Checked, folder: &Path) -> Result<Self, CaseError> {
        let Checked { conn, version, damage } = checked;
        let copy = tempfile::Builder::new().prefix("coldtrail-").suffix(".reading").tempfile_in(folder);
        let copy = copy.map_err(|error| CaseError::NoRoom {
            path: path.to_owned(),
            folder: folder.to_owned(),
            bytes: std::fs::metadata(path).map_or(0, |meta| meta.len()),
            reason: error.to_string(),
        })?;
        let copy = copy.into_temp_path();
        let mut lost = Vec::new();
        if damage.is_empty() {
            let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
            if !room::is_enough(&conn, version, folder, bytes)? {
                return Err(CaseError::DiskFull);
            }
            let mut target = scratch(&copy)?;
            // In steps, because another program may be at the case.
            let pages = 4096;
            Backup::new(&conn, &mut target)?.run_to_completion(pages, Duration::from_millis(10), None)?;
            drop(conn);
            finish(&target, path)?;
        } else {
            drop(conn);
            let source = open::connect_tolerant(path)?;
            let target = scratch(&copy)?;
            let mut salvaged = rows_of(&source, &target, version)?;
            salvage::suspect(&source, &damage, &mut salvaged);
            lost = salvaged.lost.iter().map(ToString::to_string).collect();
            finish(&target, path)?;
            salvage::settle(&target)?;
        }
        let older = (version < schema::VERSION).then_some(version);
        Ok(Self { standing: Standing { older, damage, lost }, path: copy })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Copies what can be read of a case of this version into an empty file.
pub(super) fn rows_of(source: &Connection, target: &Connection, version: i32) -> Result<salvage::Salvaged, CaseError> {
    target.pragma_update(None, "page_size", 16_384)?;
    target.pragma_update(None, "foreign_keys", false)?;
    target.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    let transaction = target.unchecked_transaction()?;
    transaction.execute_batch(&migrate::ddl_of(version))?;
    transaction.pragma_update(None, "user_version", version)?;
    let salvaged = salvage::copy(source, &transaction)?;
    transaction.commit()?;
    Ok(salvaged)
}

/// Brings the copy up to this version; its journal stays that of the case.
fn finish(target: &Connection, path: &Path) -> Result<(), CaseError> {
    migrate::to_current(target, path, None, &mut |_, _| {})
}

/// A file that is lost anyway when the machine stops.
fn scratch(path: &Path) -> Result<Connection, CaseError> {
    let conn = open::connect_raw(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "synchronous", "OFF")?;
    let _: String = conn.query_row("PRAGMA journal_mode = MEMORY", [], |r| r.get(0))?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(conn)
}

/// What is to be reported before a case is read that may take a while: the version that wrote it and its size, where it
/// is older. Looks at the file's head only, and says nothing of what is no case.
pub fn older_version(path: &Path) -> Option<(i32, u64)> {
    use std::io::Read;
    if !path.is_file() {
        return None;
    }
    let mut head = [0; 72];
    let mut file = std::fs::File::open(path).ok()?;
    file.read_exact(&mut head).ok()?;
    let number = |at: usize| Some(i32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let version = number(60).filter(|_| number(68) == Some(schema::APPLICATION_ID))?;
    let bytes = file.metadata().ok()?.len();
    (1..schema::VERSION).contains(&version).then_some((version, bytes))
}

/// The case brought up to this version, in place; the one it was of. `by` goes into its journal. `progress` takes how much
/// of the work is done, and how much there is.
///
/// # Errors
/// It is no case, damaged, or cannot be written.
pub fn upgrade(path: &Path, by: &str, progress: &mut dyn FnMut(u64, u64)) -> Result<i32, CaseError> {
    let conn = open::connect_whole(path)?;
    let found = migrate::version(&conn)?;
    let done = match room::is_enough(&conn, found, path, 0)? {
        true => migrate::to_current(&conn, path, Some(by), progress),
        // Said before the work and not in the middle of it.
        false => Err(CaseError::DiskFull),
    };
    done.map_err(|error| match error {
        CaseError::ReadOnly | CaseError::DiskFull | CaseError::NotWritten => {
            CaseError::NotUpgraded { path: path.to_owned(), reason: error.to_string() }
        }
        other => other,
    })?;
    if found < schema::VERSION {
        room::compact(&conn, path);
    }
    conn.close().map_err(|(_, error)| CaseError::from(error))?;
    Ok(found)
}

/// A case to write to, and who writes where that is not the examiner whom the case names.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub path: &'a Path,
    pub examiner: Option<&'a str>,
}

impl<'a> From<&'a Path> for Target<'a> {
    fn from(path: &'a Path) -> Self {
        Self { path, examiner: None }
    }
}

impl<'a> From<&'a PathBuf> for Target<'a> {
    fn from(path: &'a PathBuf) -> Self {
        path.as_path().into()
    }
}
