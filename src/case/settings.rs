//! The case's own settings, and the list of what an import still has to read.

use super::error::CaseError;
use super::journal;
use super::write::CaseWriter;
use rusqlite::OptionalExtension;

/// What the keys of settings begin with that decide which rows answers have: `allow:ANALYSIS:NUMBER` is an entry of an
/// allow-list, `dismissed:KEY` a lead that was dismissed.
pub const ALLOW: &str = "allow:";
pub const DISMISSED: &str = "dismissed:";

impl CaseWriter {
    /// The settings whose keys begin like this.
    pub fn settings_with_prefix(&self, prefix: &str) -> Result<Vec<(String, String)>, CaseError> {
        let mut statement =
            self.conn.prepare_cached("SELECT key, value FROM setting WHERE substr(key, 1, length(?1)) = ?1")?;
        let rows = statement.query_map([prefix], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn setting(&self, key: &str) -> Result<Option<String>, CaseError> {
        Ok(self.conn.query_row("SELECT value FROM setting WHERE key = ?", [key], |r| r.get(0)).optional()?)
    }

    /// Remembers a setting in the case; journalled.
    pub fn set_setting(&mut self, key: &str, value: &str, at_utc: &str) -> Result<(), CaseError> {
        self.begin()?;
        let done = self.remember_setting(key, value, at_utc).and_then(|()| self.commit());
        if done.is_err() {
            self.rollback();
        }
        done
    }

    /// As `set_setting`, inside a transaction of the caller's.
    pub fn remember_setting(&mut self, key: &str, value: &str, at_utc: &str) -> Result<(), CaseError> {
        self.conn.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )?;
        let parameters = serde_json::json!({"key": key, "value": value});
        self.journal(&journal::Entry { action: "setting", parameters, counts: serde_json::json!({}) }, at_utc)
    }

    /// Replaces the list of what an import still has to read.
    pub fn set_queue(&mut self, items: &[(String, String)]) -> Result<(), CaseError> {
        let transaction = self.conn.unchecked_transaction()?;
        transaction.execute("DELETE FROM import_queue", [])?;
        for (path, options) in items {
            transaction.execute("INSERT INTO import_queue (path, options) VALUES (?, ?)", [path, options])?;
        }
        Ok(transaction.commit()?)
    }

    /// Takes a path off the list; inside the transaction of its evidence.
    pub fn dequeue(&mut self, path: &str) -> Result<(), CaseError> {
        self.conn.prepare_cached("DELETE FROM import_queue WHERE path = ?")?.execute([path])?;
        Ok(())
    }
}
