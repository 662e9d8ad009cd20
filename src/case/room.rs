//! Free disk space for a case that is brought up to this version, and what is left of it afterwards.

use super::error::CaseError;
use rusqlite::Connection;
use rusqlite::limits::Limit;
use std::path::Path;

/// For what does not grow with the case.
const MARGIN: u64 = 16 << 20;

/// Is there room at a place for so many bytes and for a case of this version to be brought up? The whole case is more
/// than its events; only where there is no room for that are their pages counted, which reads all of them.
pub(super) fn is_enough(conn: &Connection, version: i32, place: &Path, beside: u64) -> Result<bool, CaseError> {
    fits(|bytes| is_there(place, beside.saturating_add(bytes)), at_most(conn)?, || needed(conn, version))
}

/// Asks for the exact number of bytes only where there is no room for the larger one, which is known.
fn fits(
    is_there: impl Fn(u64) -> bool,
    at_most: u64,
    needed: impl FnOnce() -> Result<u64, CaseError>,
) -> Result<bool, CaseError> {
    Ok(is_there(at_most) || is_there(needed()?))
}

/// No case of an older version grows by more.
fn at_most(conn: &Connection) -> Result<u64, CaseError> {
    let number = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, u64>(0));
    Ok(number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?).saturating_add(MARGIN))
}

/// About the most bytes by which a case of this version grows while its events are written again: their rows take less than
/// half of what they took before version 6, and their texts at most as much. In version 1 the texts were in the rows. What
/// version 7 derives from an event takes less than its row.
fn needed(conn: &Connection, version: i32) -> Result<u64, CaseError> {
    if version >= 7 {
        return Ok(0);
    }
    let bytes = |table: &str| {
        let sql = "SELECT ifnull(sum(pgsize), 0) FROM dbstat('main', 1) WHERE name = ?";
        conn.query_row(sql, [table], |r| r.get::<_, u64>(0))
    };
    if version == 6 {
        return Ok(bytes("event_row")? + MARGIN);
    }
    let rows = bytes("event")?;
    let rows = if version == 1 { rows } else { rows / 2 };
    Ok(rows + bytes("event_json")? + MARGIN)
}

/// Is there room for so many bytes beside this file, or in this folder? Also where the system does not say.
fn is_there(place: &Path, bytes: u64) -> bool {
    free(place).is_none_or(|free| free >= bytes)
}

#[cfg(unix)]
fn free(place: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(place).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

/// Gives back what the rows of an older version took, where that is worth it and there is free disk space for writing the case again.
/// The case is complete with and without.
pub(super) fn compact(conn: &Connection, path: &Path) {
    let number = |sql: &str| conn.query_row(sql, [], |r| r.get::<_, u64>(0)).unwrap_or(0);
    let [size, all, free] = ["PRAGMA page_size", "PRAGMA page_count", "PRAGMA freelist_count"].map(number);
    let kept = all.saturating_sub(free).saturating_mul(size);
    // Once in the temporary file and once in the case.
    if free <= all / 4 || !is_there(path, kept.saturating_mul(2)) || !is_there(&std::env::temp_dir(), kept) {
        return;
    }
    // SQLite attaches the new file to the connection.
    if let Ok(before) = conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1) {
        let _ = conn.execute_batch("VACUUM");
        let _ = conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_follows_the_events() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("migrate/v5.sql")).unwrap();
        let empty = needed(&conn, 5).unwrap();
        conn.execute_batch(
            "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             INSERT INTO event (id, event_key, call_id, byte_offset, byte_length, completeness, request_parameters)
               SELECT i, i, 1, 0, 0, 4, hex(zeroblob(500)) FROM n",
        )
        .unwrap();
        let grown = needed(&conn, 5).unwrap() - empty;
        assert!((500_000..700_000).contains(&grown), "{grown}");
        assert!(needed(&conn, 1).unwrap() > empty + 1_000_000);
        assert_eq!(needed(&conn, 7).unwrap(), 0);
        for version in 1..7 {
            assert!(needed(&conn, version).unwrap() <= at_most(&conn).unwrap(), "{version}");
        }
    }

    #[test]
    fn pages_are_counted_only_where_there_is_no_room_for_all() {
        let asked = std::cell::Cell::new(0);
        let needed = || {
            asked.set(asked.get() + 1);
            Ok(10)
        };
        let answers = [100, 99, 10, 9].map(|free| fits(|bytes| bytes <= free, 100, needed).unwrap());
        assert_eq!((answers, asked.get()), ([true, true, true, false], 3));
    }

    #[test]
    fn a_case_of_free_pages_is_compacted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let conn = Connection::open(&path).unwrap();
        conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0).unwrap();
        conn.execute_batch(
            "CREATE TABLE t(a); CREATE TABLE u(a); INSERT INTO t VALUES (zeroblob(1000000)); INSERT INTO u VALUES (7)",
        )
        .unwrap();
        let bytes = || std::fs::metadata(&path).unwrap().len();
        let before = bytes();
        compact(&conn, &path);
        assert_eq!(bytes(), before, "nothing is free");
        conn.execute_batch("DROP TABLE t").unwrap();
        compact(&conn, &path);
        assert!(bytes() < before / 10);
        assert_eq!(conn.query_row("SELECT a FROM u", [], |r| r.get::<_, i64>(0)).unwrap(), 7);
        assert_eq!(conn.limit(Limit::SQLITE_LIMIT_ATTACHED).unwrap(), 0);
    }

    #[test]
    fn room_is_asked_of_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        assert!(is_there(folder.path(), 1));
        assert_eq!(is_there(folder.path(), u64::MAX), cfg!(not(unix)));
    }
}
