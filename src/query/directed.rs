//! Records that count both directions of a conversation (`ingest::flow::directed`). Whatever sums records reads each of
//! their directions as a row of its own; the columns hold the first direction only, so that plain SQL answers for a
//! case that has such records.

use super::QueryError;
use crate::case::CaseReader;

/// How often a record with two directions counts as a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Once,
    /// Where records are distinguished by their sides, it is one of each direction.
    InEachDirection,
}

/// Has the case such records?
pub(super) fn is_in(reader: &CaseReader) -> Result<bool, QueryError> {
    // The formats in which they come; the further values of other files need not be looked through.
    let sql =
        "SELECT EXISTS (SELECT 1 FROM evidence WHERE format IN ('flow-foreign-json', 'flow-parquet', 'cloudwatch-csv'))
                  AND EXISTS (SELECT 1 FROM extra WHERE json ->> '$.remote' IN ('srcaddr', 'dstaddr'))";
    Ok(reader.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// The table of flow records with a row for each direction, and `n`, by which it counts as a record.
pub(super) fn sides(counted: Counted) -> String {
    let second = i64::from(counted == Counted::InEachDirection);
    format!(
        "(SELECT id, pair_id, packet_pair_id, interface_id, disposition_id, srcport, dstport, packets, bytes, start,
            duration, extra_id, 1 AS n, 0 AS is_second FROM flow
          UNION ALL
          SELECT w.id, back.pair_id, NULL, w.interface_id, w.disposition_id, w.dstport, w.srcport,
            y.json ->> '$.second.packets', y.json ->> '$.second.bytes', w.start, w.duration, w.extra_id, {second}, 1
          FROM flow w JOIN extra y ON y.extra_id = w.extra_id AND y.json ->> '$.second' IS NOT NULL
          JOIN pair there ON there.pair_id = w.pair_id
          JOIN pair back ON back.source_id IS there.destination_id AND back.destination_id IS there.source_id) f"
    )
}

/// Which side of a row of `sides` is the remote one: `srcaddr`, `dstaddr`, or nothing where the record does not say.
pub(super) const REMOTE: &str = "CASE WHEN NOT f.is_second THEN x.json ->> '$.remote'
      WHEN x.json ->> '$.remote' = 'srcaddr' THEN 'dstaddr' WHEN x.json ->> '$.remote' = 'dstaddr' THEN 'srcaddr' END";
