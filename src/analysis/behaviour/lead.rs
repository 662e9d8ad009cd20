//! A lead: what an analysis found, with what counts for it and against it. Pure.

use super::counted::Cells;
use super::numbers::{number, rounded};
use super::traffic::Traffic;
use crate::analysis::definition::Asked;
use crate::model::{Dataset, Unit, Value};
use crate::query::Scope;
use sha2::{Digest, Sha256};

/// Bytes of a key that are written.
const KEY_BYTES: usize = 8;
/// A score is between these.
const SCORES: (f64, f64) = (0.0, 100.0);

pub(super) const COLUMNS: [(&str, Unit); 16] = [
    ("rank", Unit::Number),
    ("score", Unit::Number),
    ("kind", Unit::Text),
    ("subject", Unit::Text),
    ("peer", Unit::Text),
    ("what", Unit::Text),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("parts", Unit::Text),
    ("records", Unit::Count),
    ("filter", Unit::Text),
    ("assumption", Unit::Text),
    ("refuted_by", Unit::Text),
    // Of the records that the filter is about: flows or events.
    ("dataset", Unit::Text),
    ("lead_key", Unit::Text),
    ("dismissed", Unit::Text),
];

/// Which analysis found it; in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Beacon,
    Exfil,
    Fan,
    FirstSeen,
    Guessing,
    Lateral,
    Lineage,
    Long,
    Opened,
    Rule,
    Scan,
    Sighting,
    Sigma,
    Tunnel,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Beacon => "beacon",
            Self::Exfil => "exfil",
            Self::Fan => "fan",
            Self::FirstSeen => "firstseen",
            Self::Guessing => "guessing",
            Self::Lateral => "lateral",
            Self::Lineage => "lineage",
            Self::Long => "long",
            Self::Opened => "opened",
            Self::Rule => "rule",
            Self::Scan => "scan",
            Self::Sighting => "sighting",
            Self::Sigma => "sigma",
            Self::Tunnel => "tunnel",
        }
    }

    /// The analysis of events that it comes from.
    pub(super) fn analysis(self) -> Option<&'static str> {
        match self {
            Self::Rule => Some("monitor"),
            Self::Sigma => Some("sigma"),
            Self::Lineage => Some("lineage"),
            _ => None,
        }
    }

    /// What it takes for granted, and what would refute it.
    fn doubts(self) -> (&'static str, &'static str) {
        match self {
            Self::Beacon => (
                "steady times and sizes are a machine's, not a person's",
                "a known agent, update check, monitor or time service at this peer",
            ),
            Self::Exfil => (
                "the host's median hour is its habit, and bytes out are data",
                "a backup, a release, a customer's large download",
            ),
            Self::Fan => ("the host's median hour is its habit", "a deployment, a crawl or a campaign in that hour"),
            Self::FirstSeen => {
                ("what is new after a quiet day is of the case", "the peer was met before the evidence begins")
            }
            Self::Guessing => (
                "a wrong password is a short answered session, a right one a large session",
                "a monitor, a health check, a script",
            ),
            Self::Lateral => ("hosts that work together did so before", "a maintenance window, a new host, a rare job"),
            Self::Long => (
                "records of one 5-tuple without a longer silence are one session",
                "several short sessions with the same ports, or a known tunnel or VPN",
            ),
            Self::Opened => {
                ("the first accepted record is the opening", "a rule for some sources only; no one tried before")
            }
            Self::Scan => (
                "a contact that is rejected, closed or unanswered was a guess",
                "a monitor, a stale configuration, a load balancer",
            ),
            Self::Lineage => (
                "credentials belong to whom the call that issued them names",
                "the call that issued them, in a trail that is not in the evidence",
            ),
            Self::Rule => (
                "who makes such a call wants what it does",
                "a change that the owner planned, or a program that does this every day",
            ),
            Self::Sighting => (
                "the list is right, and the address belonged to the same party then",
                "a shared address, an old entry, a scanner that is on every list",
            ),
            Self::Sigma => (
                "the rule describes what attackers do, and others seldom do it",
                "an administrator or a program whose work looks the same",
            ),
            Self::Tunnel => ("names and echoes are small and vary", "a resolver or a monitor that the owner names"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lead {
    pub kind: Kind,
    pub subject: String,
    pub peer: String,
    /// The two ends, where it is about two.
    pub ends: Option<(u32, u32)>,
    pub what: String,
    pub first: i64,
    pub last: i64,
    /// In words, and how much each counts.
    pub parts: Vec<(String, f64)>,
    pub records: Option<u64>,
    pub filter: String,
    /// Of the records that the filter is about.
    pub dataset: Dataset,
    /// Who acted, of what is known from events.
    pub actor: Option<String>,
    /// In place of the kind's own.
    pub doubts: Option<(&'static str, &'static str)>,
}

impl Lead {
    pub(super) fn add(&mut self, words: impl Into<String>, points: f64) {
        self.parts.push((words.into(), points));
    }

    pub(super) fn sum(&self) -> f64 {
        self.parts.iter().map(|(_, points)| points).sum()
    }

    pub(super) fn score(&self) -> f64 {
        rounded(self.sum().clamp(SCORES.0, SCORES.1), 1)
    }
}

/// The records that a row of leads is about.
pub(super) fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let cells = Cells::of(&COLUMNS, row);
    let dataset = if cells.text("dataset") == "events" { Dataset::Events } else { Dataset::Flows };
    let filter = Scope::written(dataset, &cells.text("filter")).ok()?.filter?;
    Some(match dataset {
        Dataset::Flows => asked.scope.and(filter),
        // What is asked for of flow records is no condition on events.
        Dataset::Events => Scope { dataset, filter: Some(filter), ..asked.scope.clone() },
    })
}

/// A number of points with its sign.
fn signed(points: f64) -> String {
    let points = rounded(points, 1);
    if points < 0.0 { points.to_string() } else { format!("+{points}") }
}

/// By which it is known again: the same as long as it is about the same records.
pub(super) fn key(lead: &Lead) -> String {
    let parts = [lead.kind.name(), &lead.subject, &lead.peer, &lead.filter];
    Sha256::digest(parts.join("\n")).iter().take(KEY_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// `reason`: for which it was dismissed.
pub(super) fn row(of: &Traffic, rank: usize, lead: &Lead, reason: Option<&str>) -> Vec<Value> {
    let text = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
    let parts: Vec<String> = lead.parts.iter().map(|(words, points)| format!("{words} {}", signed(*points))).collect();
    let (assumption, refuted_by) = lead.doubts.unwrap_or_else(|| lead.kind.doubts());
    vec![
        Value::count(rank as u64),
        number(lead.score()),
        text(lead.kind.name()),
        text(&lead.subject),
        text(&lead.peer),
        text(&lead.what),
        of.time(lead.first),
        of.time(lead.last),
        text(&parts.join("; ")),
        lead.records.map_or(Value::Null, Value::count),
        text(&lead.filter),
        text(assumption),
        text(refuted_by),
        text(match lead.dataset {
            Dataset::Flows => "flows",
            Dataset::Events => "events",
        }),
        text(&key(lead)),
        text(reason.unwrap_or_default()),
    ]
}
