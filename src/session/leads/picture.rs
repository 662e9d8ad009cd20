//! A small picture of what a lead is about: the intervals of a beacon, hits and misses of a scan, the hours of a leak
//! against the host's own median; of other leads their records over time.

use super::row::LeadRow;
use crate::app::failure::Cause;
use crate::case::CaseReader;
use crate::filter::Filter;
use crate::model::{Dataset, PRIVATE_SPACE, SeriesTable};
use crate::query::{self, BinWidth, Cancel, Measure, QueryError, Scope, SeriesQuery, SortKey, own_field};
use std::collections::BTreeSet;

/// Records of a beacon that are looked at.
const MOST_TIMES: usize = 5_000;
const BARS: usize = 48;
const HOUR: u32 = 3600;
/// Hours that are drawn at most: four weeks.
const MOST_HOURS: i64 = 24 * 28;

#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    /// How many intervals are as long as each bar says; the last bar has the longer ones too.
    Intervals {
        bars: Vec<f32>,
        bar_secs: f64,
        median: i64,
    },
    Targets {
        missed: u64,
        answered: u64,
    },
    /// Bytes of each hour, which of them are the lead's, and the median of all.
    Hours {
        bars: Vec<f32>,
        own: Vec<bool>,
        median: f32,
    },
    /// Records in equal parts of the time.
    Records {
        bars: Vec<f32>,
    },
}

impl Picture {
    /// Takes time in proportion to the records; never on the frame thread.
    ///
    /// # Errors
    /// As of any query.
    pub(super) fn of(reader: &CaseReader, lead: &LeadRow, cancel: &Cancel) -> Result<Self, Cause> {
        let Some(scope) = lead.scope() else { return Ok(Picture::Records { bars: Vec::new() }) };
        let special = match lead.kind.as_str() {
            "beacon" => intervals(reader, lead, &scope, cancel)?,
            "scan" => targets(&lead.what),
            "exfil" => hours(reader, lead, &scope, cancel)?,
            _ => None,
        };
        match special {
            Some(picture) => Ok(picture),
            None => Ok(records(reader, lead, &scope, cancel)?),
        }
    }
}

/// Of the records that the subject sent.
fn intervals(
    reader: &CaseReader,
    lead: &LeadRow,
    scope: &Scope,
    cancel: &Cancel,
) -> Result<Option<Picture>, QueryError> {
    let subject = &lead.subject;
    let sent = Scope::written(Dataset::Flows, &format!("srcaddr = {subject} or pkt_srcaddr = {subject}"))?;
    let sort = SortKey { field: own_field(Dataset::Flows, "start"), descending: false };
    let scope = scope.and(sent.filter.unwrap_or(Filter::All));
    let rows = query::rows(reader, &scope.records(vec![sort]), cancel)?;
    let times = query::record_times(reader, &rows.ids(0..rows.len().min(MOST_TIMES)))?;
    let times: BTreeSet<i64> = times.into_iter().flatten().map(|(_, time)| time.secs()).collect();
    let mut gaps: Vec<i64> = times.iter().zip(times.iter().skip(1)).map(|(one, next)| next - one).collect();
    gaps.sort_unstable();
    let Some(median) = gaps.get(gaps.len() / 2).copied() else { return Ok(None) };
    let bar_secs = (median as f64 * 3.0 / BARS as f64).max(1.0);
    let mut bars = vec![0.0; BARS];
    for gap in gaps {
        let at = ((gap as f64 / bar_secs) as usize).min(BARS - 1);
        bars.get_mut(at).into_iter().for_each(|bar| *bar += 1.0);
    }
    Ok(Some(Picture::Intervals { bars, bar_secs, median }))
}

/// What the lead says contains the numbers.
fn targets(what: &str) -> Option<Picture> {
    let before = |words: &str| -> Option<u64> {
        let head = what.get(..what.find(words)?)?;
        head.rsplit(' ').next()?.parse().ok()
    };
    Some(Picture::Targets { missed: before(" targets missed")?, answered: before(" answered").unwrap_or(0) })
}

fn hours(reader: &CaseReader, lead: &LeadRow, scope: &Scope, cancel: &Cancel) -> Result<Option<Picture>, QueryError> {
    let outside: Vec<String> = PRIVATE_SPACE.iter().map(|space| format!("not dstaddr in {space}")).collect();
    let text = format!("srcaddr = {} and {}", lead.subject, outside.join(" and "));
    let hourly = |scope: Scope| {
        let query = SeriesQuery { bin: BinWidth::Secs(HOUR), ..SeriesQuery::of(scope, Measure::Bytes) };
        query::series(reader, &query, cancel)
    };
    let all = hourly(Scope::written(Dataset::Flows, &text)?)?;
    let own: BTreeSet<i64> = hourly(scope.clone())?.bins.into_iter().collect();
    let (Some(first), Some(last)) = (all.bins.first().copied(), all.bins.last().copied()) else { return Ok(None) };
    let count = (last - first) / i64::from(HOUR) + 1;
    if count > MOST_HOURS {
        return Ok(None);
    }
    let starts: Vec<i64> = (0..count).map(|hour| first + hour * i64::from(HOUR)).collect();
    let bars: Vec<f32> = starts.iter().map(|start| value(&all, *start) as f32).collect();
    let mut sorted = bars.clone();
    sorted.sort_by(f32::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let own = starts.iter().map(|start| own.contains(start)).collect();
    Ok(Some(Picture::Hours { bars, own, median }))
}

fn value(table: &SeriesTable, start: i64) -> u128 {
    let place = table.bins.binary_search(&start).ok();
    place.and_then(|place| table.lines.first().map(|line| line.value(place))).unwrap_or(0)
}

fn records(reader: &CaseReader, lead: &LeadRow, scope: &Scope, cancel: &Cancel) -> Result<Picture, QueryError> {
    let (Some(first), Some(last)) = (lead.first, lead.last) else { return Ok(Picture::Records { bars: Vec::new() }) };
    let secs = ((last.secs() - first.secs()) / BARS as i64).clamp(1, 86_400) as u32;
    let table = query::series(
        reader,
        &SeriesQuery { bin: BinWidth::Secs(secs), ..SeriesQuery::of(scope.clone(), Measure::Records) },
        cancel,
    )?;
    let mut bars = vec![0.0; BARS + 1];
    let start = table.bins.first().copied().unwrap_or(0);
    for (place, bin) in table.bins.iter().enumerate() {
        let at = usize::try_from((bin - start) / i64::from(secs)).unwrap_or(0);
        let count = table.lines.first().map_or(0, |line| line.value(place));
        bars.get_mut(at).into_iter().for_each(|bar| *bar += count as f32);
    }
    Ok(Picture::Records { bars })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_and_misses_stand_in_what_a_scan_says() {
        for (what, missed, answered) in [
            ("vertical: 3 hosts, 950 targets missed, 0 answered", 950, 0),
            ("horizontal: 1 port, 10 targets missed, 15 answered", 10, 15),
            ("background: 1654 targets missed, none answered", 1654, 0),
        ] {
            assert_eq!(targets(what), Some(Picture::Targets { missed, answered }), "{what}");
        }
        assert_eq!(targets("walk"), None);
    }
}
