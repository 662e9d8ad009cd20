//! What can be read of a damaged case, as a new case that says so. Nothing of the source is run or written: its rows
//! are read under our own schema, through a copy of it where the source's own is not that.

use super::error::CaseError;
use super::reading::rows_of;
use super::salvage::{Salvaged, settle, suspect};
use super::write::{CaseWriter, IndexStep};
use super::{journal, migrate, open, structure};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rescued {
    pub rows: u64,
    /// What could not be read, by table and range of rows; a line each.
    pub lost: Vec<String>,
    /// SHA-256 of the damaged file.
    pub sha256: String,
}

/// Losses that the journal lists; of more than these it has the number.
const LISTED: usize = 1000;

/// Writes the new case; it appears under its name when it is whole.
///
/// # Errors
/// The target already exists or cannot be written; the source is no case, or nothing of its head can be made out.
pub fn rescue(source: &Path, target: &Path, by: &str, at_utc: &str) -> Result<Rescued, CaseError> {
    if target.exists() {
        return Err(CaseError::Exists { path: target.to_owned() });
    }
    let (sha256, bytes) = hash(source)?;
    let unwritable = |e: std::io::Error| CaseError::Unreadable { path: target.to_owned(), reason: e.to_string() };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder of its own: the log of the new case is beside it while it is made.
    let scratch = tempfile::Builder::new().prefix(".coldtrail-rescue-").tempdir_in(folder).map_err(unwritable)?;
    let made = scratch.path().join("new.coldtrail");
    let (version, damage, salvaged) = copy(source, &made, scratch.path())?;
    let rows = salvaged.rows.values().sum();
    let lost: Vec<String> = salvaged.lost.iter().map(ToString::to_string).collect();
    let mut writer = CaseWriter::open(made.as_path())?;
    writer.set_examiner(by);
    let listed: Vec<&String> = lost.iter().take(LISTED).collect();
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let entry = journal::Entry {
        action: "rescue",
        parameters: json!({"of": name, "sha256": sha256, "bytes": bytes, "version": version, "damage": damage}),
        counts: json!({"rows": rows, "tables": salvaged.rows, "lost": listed, "lost_ranges": lost.len()}),
    };
    writer.begin()?;
    writer.journal(&entry, at_utc)?;
    writer.commit()?;
    // What is wrong with the rows may leave it without an index; answers then come from the rows.
    while writer.index_step()? == IndexStep::More {}
    writer.close()?;
    // Never over a file that came there meanwhile.
    std::fs::hard_link(&made, target).or_else(|_| move_to(&made, target)).map_err(unwritable)?;
    Ok(Rescued { rows, lost, sha256 })
}

/// On file systems without hard links.
fn move_to(made: &Path, target: &Path) -> std::io::Result<()> {
    if target.exists() {
        return Err(std::io::ErrorKind::AlreadyExists.into());
    }
    std::fs::rename(made, target)
}

fn copy(source: &Path, made: &Path, scratch: &Path) -> Result<(i32, Vec<String>, Salvaged), CaseError> {
    let mut conn = open::connect_tolerant(source)?;
    let version = open::version_of(&conn, source)?;
    let expected = migrate::expected_schema(version)?;
    let actual = structure::of(&conn).unwrap_or_default();
    let mut damage: Vec<String> = expected.iter().filter(|object| !actual.contains(object)).map(altered).collect();
    let known = |name: &str| expected.iter().any(|(known, _)| known == name);
    let foreign = actual.iter().filter(|(name, _)| !known(name));
    damage.extend(foreign.map(|(name, _)| format!("{name} is not part of the case format; it was ignored")));
    damage.extend(open::page_damage(&conn).unwrap_or_else(|error| vec![error.to_string()]));
    let is_rows = |object: &&(String, String)| !object.0.starts_with("index ");
    if actual.iter().filter(is_rows).any(|object| !expected.contains(object)) {
        // Read with our own texts of the schema, not with what is there.
        drop(conn);
        let graft = scratch.join("source");
        let unreadable = |e: std::io::Error| CaseError::Unreadable { path: source.to_owned(), reason: e.to_string() };
        std::fs::copy(source, &graft).map_err(unreadable)?;
        with_our_schema(&graft, &migrate::expected_texts(version)?)?;
        conn = open::connect_tolerant(&graft)?;
    }
    let target = open::connect_raw(made, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    let mut salvaged = rows_of(&conn, &target, version)?;
    suspect(&conn, &damage, &mut salvaged);
    migrate::to_current(&target, source, None, &mut |_, _| {})?;
    settle(&target)?;
    target.close().map_err(|(_, error)| CaseError::from(error))?;
    Ok((version, damage, salvaged))
}

fn altered((name, _): &(String, String)) -> String {
    format!("{name} is missing or altered")
}

/// Gives a copy of a case the texts of the schema that its version has: tables keep their place in the file, everything
/// else goes.
fn with_our_schema(copy: &Path, expected: &[(String, String)]) -> Result<(), CaseError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(copy, flags)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
    let mut statement = conn.prepare("SELECT rowid, type || ' ' || name FROM sqlite_schema")?;
    let there: Vec<(i64, String)> =
        statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?;
    for (rowid, name) in there {
        match expected.iter().find(|(known, _)| *known == name && known.starts_with("table ")) {
            Some((_, sql)) => conn.execute("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", (sql, rowid))?,
            None => conn.execute("DELETE FROM sqlite_schema WHERE rowid = ?", [rowid])?,
        };
    }
    Ok(())
}

/// SHA-256 and size of the file.
fn hash(path: &Path) -> Result<(String, u64), CaseError> {
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => CaseError::NotFound { path: path.to_owned() },
        _ => CaseError::Unreadable { path: path.to_owned(), reason: e.to_string() },
    };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 20], 0);
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            return Ok((journal::hex(&hash.finalize()), bytes));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}
