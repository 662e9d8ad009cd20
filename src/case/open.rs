//! Opening and closing a case file. A case comes from a teammate and is untrusted input: it is opened defensively, its
//! schema must be the one that we write, nothing in it is executed.

use super::error::CaseError;
use super::index::{IndexCache, Seen};
use super::{journal, migrate, schema};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Cases up to this size are checked page by page whenever they are opened; larger ones by `verify`. At 500 MB/s the
/// check of a case of 64 MiB stays under the time that a person notices.
const QUICK_CHECK_BYTES: u64 = 64 << 20;

/// What a new case is told.
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
}

impl CaseReader {
    pub fn open(path: &Path) -> Result<Self, CaseError> {
        Self::open_sharing(path, Arc::default())
    }

    /// As `open`, sharing memory with other readers of the case.
    pub fn open_sharing(path: &Path, cache: Arc<IndexCache>) -> Result<Self, CaseError> {
        let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        check(&conn, path)?;
        if migrate::is_older(&conn)? {
            drop(conn);
            bring_up(path)?;
            conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        }
        Ok(Self::over(conn, path, cache))
    }

    /// Over a connection that was checked.
    pub(crate) fn over(conn: Connection, path: &Path, cache: Arc<IndexCache>) -> Self {
        Self { conn, prepared: OnceCell::new(), cache, seen: Seen::default(), path: path.to_owned() }
    }

    /// One moment of the case for everything that is read until this is dropped; without it each statement asks the file
    /// system anew whether the case has changed, which for a page of small reads takes longer than they do. `None` where
    /// one is open already.
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
        let conn = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self::over(conn, &self.path, Arc::clone(&self.cache)))
    }

    /// Stops what this connection is doing, from any thread.
    pub fn interrupt_handle(&self) -> rusqlite::InterruptHandle {
        self.conn.get_interrupt_handle()
    }

    pub fn journal(&self) -> Result<Vec<journal::Stored>, CaseError> {
        journal::read(&self.conn)
    }
}

/// Opens for writing: WAL while it is open.
pub(super) fn open_writable(path: &Path) -> Result<Connection, CaseError> {
    let conn = bring_up(path)?;
    writable_pragmas(&conn)?;
    Ok(conn)
}

/// Brings a case of an older version up to this one.
fn bring_up(path: &Path) -> Result<Connection, CaseError> {
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check(&conn, path)?;
    conn.busy_timeout(BUSY)?;
    migrate::to_current(&conn, path).map_err(|error| match error {
        CaseError::ReadOnly | CaseError::DiskFull | CaseError::NotWritten => {
            CaseError::Older { path: path.to_owned(), reason: error.to_string() }
        }
        other => other,
    })?;
    Ok(conn)
}

/// How long another program that writes is waited for.
const BUSY: std::time::Duration = std::time::Duration::from_secs(5);

/// A further connection to a case that is open for writing.
pub(super) fn open_beside(path: &Path) -> Result<Connection, CaseError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// Makes a new, empty case file. An existing file is never touched.
pub(super) fn create(path: &Path, info: &CaseInfo, at_utc: &str) -> Result<Connection, CaseError> {
    if path.exists() {
        return Err(CaseError::Exists { path: path.to_owned() });
    }
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
    writable_pragmas(&conn)?;
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
pub fn settle(path: &Path) -> Result<(), CaseError> {
    if wal_path(path).exists() {
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

fn connect_raw(path: &Path, flags: OpenFlags) -> Result<Connection, CaseError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|e| CaseError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, 256 << 20)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Is it a case, of a version that we know, with nothing in it but what we put there?
fn check(conn: &Connection, path: &Path) -> Result<(), CaseError> {
    // One moment of it: another thread or program may be bringing it up to this version.
    let _moment = conn.unchecked_transaction()?;
    let application: i32 = conn.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    if application != schema::APPLICATION_ID {
        return Err(CaseError::NotACase { path: path.to_owned() });
    }
    let found: i32 = conn.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if found < 1 {
        return Err(CaseError::NotACase { path: path.to_owned() });
    }
    if found > schema::VERSION {
        return Err(CaseError::Newer { path: path.to_owned(), found, known: schema::VERSION });
    }
    let expected = migrate::expected_schema(found)?;
    let actual = schema_of(conn)?;
    if let Some((name, _)) = actual.iter().find(|object| !expected.contains(object)) {
        return Err(CaseError::Untrusted { path: path.to_owned(), what: name.clone() });
    }
    if let Some((name, _)) = expected.iter().find(|object| !actual.contains(object)) {
        return Err(CaseError::Damaged { path: path.to_owned(), what: format!("{name} is missing or altered") });
    }
    if std::fs::metadata(path).is_ok_and(|m| m.len() <= QUICK_CHECK_BYTES) {
        let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
        if verdict != "ok" {
            return Err(CaseError::Damaged { path: path.to_owned(), what: verdict });
        }
    }
    Ok(())
}

/// Name and text of every object of a schema. The tables of SQLite's own statistics are nobody's; a view or a trigger of
/// such a name, which only somebody who tampers can make, is one like any other.
pub(super) fn schema_of(conn: &Connection) -> Result<Vec<(String, String)>, CaseError> {
    let mut statement = conn.prepare(
        "SELECT type || ' ' || name, ifnull(sql, '') FROM sqlite_schema
         WHERE NOT (type = 'table' AND name GLOB 'sqlite_stat[0-9]') ORDER BY 1",
    )?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl CaseError {
    pub fn is_busy(&self) -> bool {
        matches!(self, CaseError::Busy)
    }
}
