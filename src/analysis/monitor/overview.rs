//! Every rule with what it matches and when, for a page of them.

use super::matches::Matches;
use super::{actors, distinct};
use crate::case::CaseReader;
use crate::filter::{Rule, rules};
use crate::model::{RecordId, Timestamp};
use crate::query::{Cancel, QueryError, Scope};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Parts into which the time of the events is divided.
const PARTS: i64 = 40;

/// A rule and the events that it matches.
#[derive(Clone, Debug)]
pub struct RuleMatches {
    pub rule: &'static Rule,
    pub matches: u64,
    pub failed: u64,
    pub actors: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// How many in each part of the time of all events.
    pub series: Arc<[f32]>,
}

/// Every rule, in the order of the groups.
#[derive(Clone, Debug, Default)]
pub struct Monitored {
    pub rules: Vec<RuleMatches>,
    /// All events that were asked, and from when to when they are.
    pub events: u64,
    pub span: Option<(Timestamp, Timestamp)>,
}

/// What the rules match among the events of a scope; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn monitored(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Monitored, QueryError> {
    let found = Matches::find(reader, scope, rules().iter(), cancel)?;
    let failed = found.failed(reader, scope, cancel)?;
    let actors = actors(reader, scope, cancel)?;
    let span = found.span();
    let rules = found.rules.iter().map(|(rule, rows)| of_rule(&found, (rule, rows), &failed, &actors, span)).collect();
    Ok(Monitored { rules, events: found.events() as u64, span })
}

pub(super) fn of_rule(
    found: &Matches,
    (rule, rows): (&'static Rule, &[u32]),
    failed: &[bool],
    actors: &FxHashMap<RecordId, u32>,
    span: Option<(Timestamp, Timestamp)>,
) -> RuleMatches {
    let times = || rows.iter().filter_map(|row| found.time(*row));
    RuleMatches {
        rule,
        matches: rows.len() as u64,
        failed: rows.iter().filter(|row| failed.get(**row as usize) == Some(&true)).count() as u64,
        actors: distinct(actors, found.records(rows)),
        first: times().min(),
        last: times().max(),
        series: span.map_or_else(Arc::default, |span| series(times(), span)),
    }
}

fn series(times: impl Iterator<Item = Timestamp>, (from, to): (Timestamp, Timestamp)) -> Arc<[f32]> {
    let mut parts = vec![0.0; PARTS as usize];
    let width = (to.0.saturating_sub(from.0) / PARTS).saturating_add(1);
    for time in times {
        let at = usize::try_from(time.0.saturating_sub(from.0) / width).ok();
        if let Some(part) = at.and_then(|at| parts.get_mut(at)) {
            *part += 1.0;
        }
    }
    parts.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_in_a_part() {
        let of = |times: &[i64], span: (i64, i64)| {
            series(times.iter().map(|time| Timestamp(*time)), (Timestamp(span.0), Timestamp(span.1)))
        };
        let parts = of(&[0, 1, 399, 400], (0, 400));
        assert_eq!((parts.len(), parts[0], parts.iter().sum::<f32>()), (40, 2.0, 4.0));
        assert_eq!(parts[36], 2.0, "the last parts are those that the width leaves over");
        assert_eq!(of(&[7, 7], (7, 7))[0], 2.0);
    }
}
