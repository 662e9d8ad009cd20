//! Opening and closing a case file. A case comes from a teammate and is untrusted input: it is opened defensively, its
//! schema must be the one that we write, nothing in it is executed.

use super::error::CaseError;
use super::index::{IndexCache, Seen};
use super::reading::{Copied, Standing};
use super::{journal, migrate, schema, structure};
use crate::part::Part;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Cases up to this size are checked page by page whenever they are opened; larger ones by `verify`. At 500 MB/s the
/// check of a case of 64 MiB stays under the time that a person notices.
const QUICK_CHECK_BYTES: u64 = 64 << 20;

/// What a new case is reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseInfo {
    pub title: String,
    pub examiner: String,
    pub reference: String,
}

/// A read-only connection; one for each thread that reads.
pub struct CaseReader {
    pub(crate) conn: Connection,
    /// Whether the query layer has added its functions to the connection.
    pub(crate) prepared: OnceCell<()>,
    /// The memory of the column index, shared by the readers of one opened case.
    pub(crate) cache: Arc<IndexCache>,
    pub(super) seen: Seen,
    path: PathBuf,
    /// What is read in place of the file, where that is older or damaged.
    copied: Option<Arc<Copied>>,
}

impl CaseReader {
    pub fn open(path: &Path) -> Result<Self, CaseError> {
        Self::open_sharing(path, Arc::default())
    }

    /// As `open`, sharing memory with other readers of the case.
    pub fn open_sharing(path: &Path, cache: Arc<IndexCache>) -> Result<Self, CaseError> {
        let checked = check_for_reading(path)?;
        if checked.damage.is_empty() && checked.version == schema::VERSION {
            return Ok(Self::over(checked.conn, path, cache));
        }
        let copied = cache.copied(|| Copied::of(path, checked))?;
        let conn = connect(copied.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self { copied: Some(copied), ..Self::over(conn, path, cache) })
    }

    /// Over a connection that was checked.
    pub(crate) fn over(conn: Connection, path: &Path, cache: Arc<IndexCache>) -> Self {
        let (prepared, seen, path) = (OnceCell::new(), Seen::default(), path.to_owned());
        Self { conn, prepared, cache, seen, path, copied: None }
    }

    /// How the case is: whether it is read through a copy, and what of it could not be read.
    pub fn standing(&self) -> Standing {
        self.copied.as_ref().map(|copied| copied.standing.clone()).unwrap_or_default()
    }

    /// One moment of the case for everything that is read until this is dropped; without it each statement asks the
    /// file system again whether the case has changed, which for a page of small reads takes longer than they do.
    /// `None` where one is open already.
    pub(crate) fn moment(&self) -> Result<Option<rusqlite::Transaction<'_>>, CaseError> {
        Ok(if self.conn.is_autocommit() { Some(self.conn.unchecked_transaction()?) } else { None })
    }

    /// The memory of the column index.
    pub fn index_cache(&self) -> &Arc<IndexCache> {
        &self.cache
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A second connection to the same case, for another thread; the checks of `open` are not repeated.
    pub fn another(&self) -> Result<Self, CaseError> {
        let file = self.copied.as_ref().map_or(self.path.as_path(), |copied| copied.path());
        let conn = connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self { copied: self.copied.clone(), ..Self::over(conn, &self.path, Arc::clone(&self.cache)) })
    }

    /// Stops what this connection is doing, from any thread.
    pub fn interrupt_handle(&self) -> rusqlite::InterruptHandle {
        self.conn.get_interrupt_handle()
    }

    pub fn journal(&self) -> Result<Vec<journal::Stored>, CaseError> {
        journal::read(&self.conn)
    }

    /// The entries of one action, in order.
    pub fn journal_of(&self, action: &str) -> Result<Vec<journal::Stored>, CaseError> {
        journal::read_of(&self.conn, action)
    }
}

/// Opens for writing: WAL while it is open. A case of an older version, or a damaged one, is not written to.
pub(super) fn open_writable(path: &Path) -> Result<Connection, CaseError> {
    let conn = connect_whole(path)?;
    let found = migrate::version(&conn)?;
    if found < schema::VERSION {
        return Err(CaseError::NeedsUpgrade { path: path.to_owned(), found, known: schema::VERSION });
    }
    writable_pragmas(&conn)?;
    Ok(conn)
}

/// For writing to a case that is whole, of whichever version.
pub(super) fn connect_whole(path: &Path) -> Result<Connection, CaseError> {
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let (_, damage) = check(&conn, path)?;
    if let Some(what) = damage.into_iter().next() {
        return Err(CaseError::Damaged { path: path.to_owned(), what });
    }
    conn.busy_timeout(BUSY)?;
    Ok(conn)
}

/// A case that may be read, with what is wrong with it.
pub(super) struct Checked {
    pub conn: Connection,
    pub version: i32,
    pub damage: Vec<String>,
}

fn check_for_reading(path: &Path) -> Result<Checked, CaseError> {
    let (conn, unreadable) = match connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY) {
        Ok(conn) => (conn, None),
        Err(CaseError::Damaged { what, .. }) => (connect_tolerant(path)?, Some(what)),
        Err(error) => return Err(error),
    };
    let (version, mut damage) = check(&conn, path)?;
    if let Some(what) = unreadable.filter(|_| damage.is_empty()) {
        damage.push(what);
    }
    Ok(Checked { conn, version, damage })
}

/// Read-only, past objects of the schema that cannot be made out and cells that do not fit their page: nothing of such
/// a case is trusted but rows, one by one.
pub(super) fn connect_tolerant(path: &Path) -> Result<Connection, CaseError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|e| CaseError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
    // Before the defensive mode, which forbids it; on a connection that cannot write it does no more than that.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
    restrict(&conn)?;
    Ok(conn)
}

/// How long another program that writes is waited for.
const BUSY: std::time::Duration = std::time::Duration::from_secs(5);

/// A further connection to a case that is open for writing.
pub(super) fn open_beside(path: &Path) -> Result<Connection, CaseError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// Makes a new, empty case file, which appears under its name when it is whole. An existing file is never touched.
pub fn create(path: &Path, info: &CaseInfo, at_utc: &str) -> Result<(), CaseError> {
    if path.symlink_metadata().is_ok() {
        return Err(CaseError::Exists { path: path.to_owned() });
    }
    let refused = |error: std::io::Error| CaseError::of_file(path, &error);
    let part = Part::beside(path).map_err(refused)?;
    let conn = fill(&part.path(), info, at_utc)?;
    conn.close().map_err(|(_, error)| error)?;
    part.place().map_err(refused)
}

fn fill(path: &Path, info: &CaseInfo, at_utc: &str) -> Result<Connection, CaseError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let conn = connect_raw(path, flags)?;
    conn.pragma_update(None, "page_size", 16_384)?;
    conn.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    let transaction = conn.unchecked_transaction()?;
    transaction.execute_batch(&schema::ddl())?;
    transaction.pragma_update(None, "user_version", schema::VERSION)?;
    for (key, value) in [
        ("title", info.title.as_str()),
        ("examiner", &info.examiner),
        ("reference", &info.reference),
        ("created_utc", at_utc),
        ("tool_version", env!("CARGO_PKG_VERSION")),
    ] {
        transaction.execute("INSERT INTO case_info VALUES (?, ?)", [key, value])?;
    }
    let parameters = serde_json::json!({"title": info.title, "reference": info.reference});
    let entry = journal::Entry { action: "create", parameters, counts: serde_json::json!({}) };
    journal::append(&transaction, &info.examiner, at_utc, &entry)?;
    transaction.commit()?;
    Ok(conn)
}

/// Pages in the log (256 MiB) at which the writer itself writes them back: where nobody else did (`checkpoint`).
const WAL_PAGES: i64 = 16_384;

fn writable_pragmas(conn: &Connection) -> Result<(), CaseError> {
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    conn.pragma_update(None, "cache_size", -65_536)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // Warnings and members are written before the evidence that they belong to. For each evidence row SQLite would look
    // through all of them for those that wait for it. Verify finds rows that belong to no evidence.
    conn.pragma_update(None, "foreign_keys", false)?;
    conn.busy_timeout(BUSY)?;
    Ok(())
}

/// One file again: the log is written back and removed. Where another connection still reads, the last one to close
/// does it.
pub(super) fn close(conn: Connection) -> Result<(), CaseError> {
    let _: (i64, i64, i64) =
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    if let Err(error) = conn.pragma_update(None, "journal_mode", "DELETE").map_err(CaseError::from)
        && !error.is_busy()
    {
        return Err(error);
    }
    conn.close().map_err(|(_, e)| e.into())
}

/// Leaves one file behind when the last reader of a case that was open for writing is gone.
///
/// # Errors
/// It cannot be written.
pub fn settle(path: &Path) -> Result<(), CaseError> {
    // One that this program would not write to stays as it is.
    if wal_path(path).exists()
        && migrate::version(&connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)? == schema::VERSION
    {
        close(connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?)?;
    }
    Ok(())
}

fn wal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, CaseError> {
    match std::fs::metadata(path) {
        Ok(meta) if !meta.is_file() => return Err(CaseError::NotACase { path: path.to_owned() }),
        Ok(_) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(CaseError::NotFound { path: path.to_owned() });
        }
        Err(e) => return Err(CaseError::Unreadable { path: path.to_owned(), reason: e.to_string() }),
    }
    let conn = connect_raw(path, flags)?;
    // A first read finds out whether it is a database at all, before anything else is asked of it.
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get::<_, i64>(0)) {
        Ok(_) => Ok(conn),
        Err(e) => Err(match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => CaseError::NotACase { path: path.to_owned() },
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
                CaseError::Damaged { path: path.to_owned(), what: e.to_string() }
            }
            _ => e.into(),
        }),
    }
}

pub(super) fn connect_raw(path: &Path, flags: OpenFlags) -> Result<Connection, CaseError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|e| CaseError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
    restrict(&conn)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    Ok(conn)
}

fn restrict(conn: &Connection) -> Result<(), CaseError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, 256 << 20)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Is it a case, of a version that we know, with nothing in it but what we put there? Its version, and what is damaged:
/// objects of the schema that are missing or that nobody needs to read the rows, and pages.
fn check(conn: &Connection, path: &Path) -> Result<(i32, Vec<String>), CaseError> {
    // One moment of it: another thread or program may be bringing it up to this version.
    let _moment = conn.unchecked_transaction()?;
    let found = version_of(conn, path)?;
    let actual = structure::of(conn).map_err(|error| error.damaged(path))?;
    let mut damage = schema_damage(&migrate::expected_schema(found)?, &actual, path)?;
    if std::fs::metadata(path).is_ok_and(|m| m.len() <= QUICK_CHECK_BYTES) {
        damage.extend(page_damage(conn).unwrap_or_else(|error| vec![error.to_string()]));
    }
    Ok((found, damage))
}

/// The version of a case that this program knows.
pub(super) fn version_of(conn: &Connection, path: &Path) -> Result<i32, CaseError> {
    let application: i32 = conn.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    let found = migrate::version(conn)?;
    if application != schema::APPLICATION_ID || found < 1 {
        return Err(CaseError::NotACase { path: path.to_owned() });
    }
    if found > schema::VERSION {
        return Err(CaseError::Newer { path: path.to_owned(), found, known: schema::VERSION });
    }
    Ok(found)
}

/// What is not as we write it and does no harm; an object that could say or do something else is refused.
fn schema_damage(
    expected: &[(String, String)],
    actual: &[(String, String)],
    path: &Path,
) -> Result<Vec<String>, CaseError> {
    let known_index = |name: &str| name.starts_with("index ") && expected.iter().any(|(known, _)| known == name);
    if let Some((name, _)) = actual.iter().find(|object| !expected.contains(object) && !known_index(&object.0)) {
        return Err(CaseError::Untrusted { path: path.to_owned(), what: name.clone() });
    }
    let missing = expected.iter().filter(|object| !actual.contains(object));
    Ok(missing.map(|(name, _)| format!("{name} is missing or altered")).collect())
}

/// Faults that are reported of at most.
const TOLD_FAULTS: usize = 20;

pub(super) fn page_damage(conn: &Connection) -> Result<Vec<String>, CaseError> {
    let mut statement = conn.prepare(&format!("PRAGMA quick_check({TOLD_FAULTS})"))?;
    let rows = statement.query_map([], |r| r.get::<_, String>(0))?;
    let told: Vec<String> = rows.collect::<Result<_, _>>()?;
    let lines = told.iter().flat_map(|text| text.lines()).filter(|line| *line != "ok" && !line.starts_with("***"));
    Ok(lines.map(str::to_owned).collect())
}

impl CaseError {
    /// The same, of a file that cannot be made out.
    fn damaged(self, path: &Path) -> Self {
        match self {
            CaseError::Corrupt(what) => CaseError::Damaged { path: path.to_owned(), what },
            other => other,
        }
    }

    pub fn is_busy(&self) -> bool {
        matches!(self, CaseError::Busy)
    }
}
