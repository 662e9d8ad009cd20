//! Records over time, in bins of a width that a person can read.

use super::rows::from_where;
use super::{Cancel, QueryError, RecordQuery, engine, filter_sql};
use crate::case::CaseReader;
use crate::model::Dataset;
use rusqlite::params_from_iter;

/// Seconds of a bin, ascending: 1 s to 4 weeks.
const WIDTHS: [i64; 19] = [
    1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
    2_419_200,
];

/// Bins of a histogram, whatever width is asked for.
const MOST_BINS: i64 = 1_000_000;

/// How wide the bins are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bins {
    /// About so many at most, from the first to the last record.
    Most(usize),
    /// So many seconds, of several results over one axis; wider where the records would need millions of bins.
    Secs(i64),
}

impl Bins {
    /// Of records this far apart.
    pub(super) fn secs(self, span_secs: i64) -> i64 {
        match self {
            Bins::Most(most) => bin_width(span_secs, most),
            Bins::Secs(secs) if span_secs / secs.max(1) < MOST_BINS => secs.max(1),
            // Of an axis that was made before records of another time came in.
            Bins::Secs(_) => bin_width(span_secs, MOST_BINS as usize),
        }
    }
}

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

/// Records of a query over time. Records without a time are in no bin.
pub fn histogram(
    reader: &CaseReader,
    query: &RecordQuery,
    bins: Bins,
    cancel: &Cancel,
) -> Result<Histogram, QueryError> {
    if let Some(histogram) = engine::attempt(reader, query.dataset, cancel, |engine| engine.histogram(query, bins))? {
        return Ok(histogram);
    }
    histogram_by_sql(reader, query, bins, cancel)
}

/// The same by plain SQL over the rows.
pub(super) fn histogram_by_sql(
    reader: &CaseReader,
    query: &RecordQuery,
    bins: Bins,
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
        let bin_secs = bins.secs(last.saturating_sub(first));
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

/// The narrowest width of ours, in seconds, that needs no more than `most` bins for the span.
pub fn bin_width(span_secs: i64, most: usize) -> i64 {
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
        assert_eq!(bin_width(0, 100), 1);
        assert_eq!(bin_width(7 * 86_400, 200), 3600);
        assert_eq!(bin_width(7 * 86_400, 100), 7200);
        assert!(i64::MAX / bin_width(i64::MAX, 100) <= 100);
        assert_eq!((Bins::Most(100).secs(0), Bins::Secs(7).secs(1_000_000), Bins::Secs(0).secs(5)), (1, 7, 1));
        assert_eq!(Bins::Secs(1).secs(10_000_000), 30, "no more than a million");
    }
}
