//! Records over time, in bins of a width that a person can read.

use super::rows::from_where;
use super::{Cancel, QueryError, RecordQuery, filter_sql};
use crate::case::CaseReader;
use crate::model::Dataset;
use rusqlite::params_from_iter;

/// Seconds of a bin, ascending: 1 s to 4 weeks.
const WIDTHS: [i64; 19] = [
    1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
    2_419_200,
];

/// One bin. Of flows: accepted, rejected, neither. Of events: without and with an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    pub start_secs: i64,
    pub good: u64,
    pub bad: u64,
    pub other: u64,
    /// Sum of bytes (flows).
    pub bytes: u64,
}

/// Bins that hold at least one record, ascending; bins between them are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    pub bin_secs: i64,
    pub bins: Vec<Bin>,
}

/// Records of a query over time, in at most about `most` bins. Records without a time are in none.
pub fn histogram(
    reader: &CaseReader,
    query: &RecordQuery,
    most: usize,
    cancel: &Cancel,
) -> Result<Histogram, QueryError> {
    let (time, join) = match query.dataset {
        Dataset::Flows => ("f.start", "LEFT JOIN disposition o ON o.disposition_id = f.disposition_id"),
        Dataset::Events => ("e.time_millis / 1000", "LEFT JOIN call k ON k.call_id = e.call_id"),
    };
    let (from, params) = from_where(query, "")?;
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        let span: (Option<i64>, Option<i64>) = reader.conn.query_row(
            &format!("SELECT min({time}), max({time}) {from}"),
            params_from_iter(&params),
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        let (Some(first), Some(last)) = span else { return Ok(Histogram { bin_secs: 1, bins: Vec::new() }) };
        let bin_secs = width(last.saturating_sub(first), most);
        let (from, params) = from_where(query, join)?;
        let counts = match query.dataset {
            Dataset::Flows => {
                "sum(o.action IS 'ACCEPT'), sum(o.action IS 'REJECT'),
                 sum(o.action IS NOT 'ACCEPT' AND o.action IS NOT 'REJECT'), total(f.bytes)"
            }
            Dataset::Events => "sum(k.error_code IS NULL), sum(k.error_code IS NOT NULL), 0, 0",
        };
        let sql = format!(
            "SELECT {time} - (({time} % {bin_secs}) + {bin_secs}) % {bin_secs} AS bin, {counts} {from}
             GROUP BY bin HAVING bin IS NOT NULL ORDER BY bin"
        );
        let mut statement = reader.conn.prepare(&sql)?;
        let bins = statement
            .query_map(params_from_iter(&params), |r| {
                Ok(Bin {
                    start_secs: r.get(0)?,
                    good: r.get(1)?,
                    bad: r.get(2)?,
                    other: r.get(3)?,
                    bytes: r.get::<_, f64>(4)? as u64,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(Histogram { bin_secs, bins })
    })
}

/// The narrowest width of ours that needs no more than `most` bins for the span.
fn width(span_secs: i64, most: usize) -> i64 {
    let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
    let listed = WIDTHS.into_iter().find(|w| span_secs / w < most);
    // Spans of decades (a hostile time stamp): whole days, as many as it takes.
    listed.unwrap_or_else(|| (span_secs / most / 86_400 + 1).saturating_mul(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_fit_the_span() {
        assert_eq!(width(0, 100), 1);
        assert_eq!(width(7 * 86_400, 200), 3600);
        assert_eq!(width(7 * 86_400, 100), 7200);
        assert!(i64::MAX / width(i64::MAX, 100) <= 100);
    }
}
