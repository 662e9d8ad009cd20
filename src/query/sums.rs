//! Sums that cannot overflow, in SQL. A record's bytes may be as many as an `i64` holds, so that three of
//! them are more than a `u64` holds; SQLite's `sum()` fails there and its `total()` rounds.

use rusqlite::Row;

/// The terms of an ORDER BY over two such columns, greatest first, absent last.
pub(super) fn descending_sql(high: &str, low: &str) -> String {
    format!("{high} + ({low} >> 32) DESC NULLS LAST, {low} & 4294967295 DESC NULLS LAST")
}

/// Reads the two columns `sum(x >> 32)` and `sum(x & 4294967295)` from `at` on: upper parts and lower 32 bits, each of
/// which stays far from the limits for as many rows as a case can hold.
/// Counters in the logs are never negative; a case that holds such a value was made
/// by something else, and gives an error rather than a sum that is wrong.
pub(super) fn read_sum(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<u128>> {
    let (high, low): (Option<i64>, Option<i64>) = (row.get(at)?, row.get(at + 1)?);
    let Some((high, low)) = high.zip(low) else { return Ok(None) };
    let sum = (i128::from(high) << 32) + i128::from(low);
    u128::try_from(sum).map(Some).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "SELECT sum(b >> 32), sum(b & 4294967295) FROM t";

    #[test]
    fn sql_adds_what_a_64_bit_sum_cannot_hold() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t(g, b)").unwrap();
        let sum = |rows: &[Option<i64>]| {
            conn.execute("DELETE FROM t", []).unwrap();
            rows.iter().for_each(|b| assert_eq!(conn.execute("INSERT INTO t VALUES (1, ?)", [b]).unwrap(), 1));
            conn.query_row(SUM, [], |r| read_sum(r, 0)).unwrap()
        };
        assert_eq!(sum(&[Some(i64::MAX); 5]), Some(5 * (i64::MAX as u128)));
        assert_eq!(sum(&[Some(1), None, Some(u32::MAX.into()), Some(1 << 32)]), Some(1 << 33));
        assert_eq!(sum(&[None, None]), None);
        assert_eq!(sum(&[]), None);
        assert!(
            conn.query_row("SELECT sum(b) FROM (SELECT 9223372036854775807 b UNION ALL SELECT 1)", [], |r| r
                .get::<_, i64>(0))
                .is_err()
        );
        conn.execute("DELETE FROM t", []).unwrap();
        conn.execute("INSERT INTO t VALUES (1, -5)", []).unwrap();
        assert!(conn.query_row(SUM, [], |r| read_sum(r, 0)).is_err());
        conn.execute_batch(
            "DELETE FROM t; INSERT INTO t VALUES (1, 4294967296), (2, 4294967295), (2, 2), (3, NULL), (4, 0)",
        )
        .unwrap();
        let sql = format!(
            "SELECT group_concat(g, '') FROM (SELECT g FROM (SELECT g, sum(b >> 32) h, sum(b & 4294967295) l FROM t GROUP BY g)
             ORDER BY {})",
            descending_sql("h", "l")
        );
        assert_eq!(conn.query_row(&sql, [], |r| r.get::<_, String>(0)).unwrap(), "2143");
    }
}
