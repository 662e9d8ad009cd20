//! What the column index holds and takes.

use super::QueryError;
use crate::case::CaseReader;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexSizes {
    /// Flow rows in the case, and in the index.
    pub rows: u64,
    pub indexed_rows: u64,
    /// Its data, in bytes.
    pub bytes: u64,
}

/// Reads the sizes; in proportion to the segments.
pub fn index_sizes(reader: &CaseReader) -> Result<IndexSizes, QueryError> {
    let number = |sql: &str| -> Result<u64, QueryError> { Ok(reader.conn.query_row(sql, [], |r| r.get(0))?) };
    Ok(IndexSizes {
        rows: number("SELECT ifnull(sum(flow_count), 0) FROM evidence")?,
        indexed_rows: number("SELECT ifnull(sum(flow_rows), 0) FROM column_index")?,
        bytes: number("SELECT ifnull(sum(length(data)), 0) FROM column_segment")?,
    })
}
