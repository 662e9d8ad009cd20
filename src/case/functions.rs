//! SQL functions that filters need, on every connection that reads.

use rusqlite::Connection;

/// Registers them. They are deterministic, and no schema of ours uses one, so that a case reads without them.
pub fn register(conn: &Connection) -> rusqlite::Result<()> {
    crate::query::filter_sql::register_functions(conn)
}
