//! Hours that no digest covers: AWS delivers one every hour, also when nothing happened.

use super::chain::DigestFile;
use super::{Kind, Line, Verdict};
use crate::model::Timestamp;
use std::collections::BTreeMap;

pub(super) const HOUR: i64 = 3600;

/// Hours in a gap that have a row each; a longer gap ends with one row for the rest.
const MOST_HOURS: i64 = 24 * 366;

/// Where one digest ends, the next must start. A row for each hour between.
pub(super) fn missing(digests: &[DigestFile]) -> Vec<Line> {
    let mut chains: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for digest in digests.iter().filter(|digest| !digest.backfill) {
        if let (Some(start), Some(end)) = (digest.start, digest.end) {
            chains.entry(&digest.chain).or_default().push((start, end));
        }
    }
    let mut lines = Vec::new();
    for (chain, mut spans) in chains {
        spans.sort_unstable();
        let mut covered: Option<i64> = None;
        for (start, end) in spans {
            if let Some(to) = covered.filter(|to| start > *to) {
                lines.extend(gap(chain, to, start));
            }
            covered = Some(covered.map_or(end, |to| to.max(end)));
        }
    }
    lines
}

fn gap(chain: &str, from: i64, to: i64) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = from;
    while at < to {
        let rest = lines.len() as i64 >= MOST_HOURS;
        let until = if rest { to } else { to.min(at.saturating_add(HOUR)) };
        let time = |secs| Timestamp::from_secs(secs).to_iso();
        lines.push(Line {
            kind: Kind::Hour,
            chain: chain.to_owned(),
            object: chain.to_owned(),
            hour: Some(at),
            verdict: Verdict::Missing,
            reason: format!("no digest covers {} to {}", time(at), time(until)),
            evidence: None,
        });
        at = until;
    }
    lines
}
