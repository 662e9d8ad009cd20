//! Files come in whole or not at all, and several small ones share a transaction: a file that fails takes nothing of
//! the others with it.

use super::error::CaseError;
use rusqlite::Connection;

/// Where the writing connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Transaction {
    #[default]
    Idle,
    /// The first unit since the last commit is being written.
    First,
    /// Finished units, not committed.
    Kept,
    /// Another unit is being written behind finished ones.
    Further,
}

impl Transaction {
    /// Begins a unit: what `rollback` rolls back.
    pub(super) fn begin(&mut self, conn: &Connection) -> Result<(), CaseError> {
        let (sql, next) = match self {
            Self::Kept => ("SAVEPOINT unit", Self::Further),
            _ => ("BEGIN IMMEDIATE", Self::First),
        };
        conn.execute_batch(sql)?;
        *self = next;
        Ok(())
    }

    /// Is this the first unit of a transaction: may others have written since the last one?
    pub(super) fn is_first(&self) -> bool {
        *self == Self::First
    }

    /// The unit is finished; it is on disk with the next commit.
    pub(super) fn keep(&mut self, conn: &Connection) -> Result<(), CaseError> {
        if *self == Self::Further {
            conn.execute_batch("RELEASE unit")?;
        }
        *self = Self::Kept;
        Ok(())
    }

    pub(super) fn commit(&mut self, conn: &Connection) -> Result<(), CaseError> {
        if *self != Self::Idle {
            conn.execute_batch("COMMIT")?;
            *self = Self::Idle;
        }
        Ok(())
    }

    /// Rolls back the unit that is being written. Where SQLite has ended the whole transaction by itself (a full disk),
    /// what was kept but not committed is gone too.
    pub(super) fn rollback(&mut self, conn: &Connection) {
        if conn.is_autocommit() {
            *self = Self::Idle;
            return;
        }
        let (sql, next) = match self {
            Self::Further => ("ROLLBACK TO unit; RELEASE unit", Self::Kept),
            Self::Kept => return,
            Self::Idle | Self::First => ("ROLLBACK", Self::Idle),
        };
        // Nothing more can be done where even this fails; the next statement will say so.
        let _ = conn.execute_batch(sql);
        *self = if conn.is_autocommit() { Self::Idle } else { next };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_that_fails_leaves_the_others() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t(a)").unwrap();
        let mut transaction = Transaction::default();
        let mut write = |value: i64, good: bool| {
            transaction.begin(&conn).unwrap();
            conn.execute("INSERT INTO t VALUES (?)", [value]).unwrap();
            match good {
                true => transaction.keep(&conn).unwrap(),
                false => transaction.rollback(&conn),
            }
        };
        for (value, good) in [(1, false), (2, true), (3, false), (4, true), (5, false)] {
            write(value, good);
        }
        transaction.commit(&conn).unwrap();
        assert_eq!((transaction, conn.is_autocommit()), (Transaction::Idle, true));
        transaction.commit(&conn).unwrap();
        let sum: i64 = conn.query_row("SELECT sum(a) FROM t", [], |r| r.get(0)).unwrap();
        assert_eq!(sum, 6);
    }

    #[test]
    fn a_transaction_that_was_ended_from_below_is_over() {
        let conn = Connection::open_in_memory().unwrap();
        let mut transaction = Transaction::default();
        transaction.begin(&conn).unwrap();
        transaction.keep(&conn).unwrap();
        transaction.begin(&conn).unwrap();
        conn.execute_batch("ROLLBACK").unwrap();
        transaction.rollback(&conn);
        transaction.begin(&conn).unwrap();
        assert_eq!(transaction, Transaction::First);
    }
}
