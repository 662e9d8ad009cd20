//! Moments that stand on every axis of time: findings and tags by the records that they are about, and the events after
//! which the evidence or the network is another: a trail that was stopped or started, a rule of a security group that was
//! changed.

use super::pane::{Asking, Pane};
use super::sigma::SigmaFound;
use super::slots::Slot;
use super::source::{Cancel, Duplicates, Fault, RecordQuery, SortKey, Source};
use super::view::View;
use crate::analysis::changes;
use crate::app::Failure;
use crate::filter;
use crate::model::{Dataset, FieldId, RecordId, TimeRange, Timestamp, Value, field};
use crate::query;
use std::sync::Arc;

/// What a moment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FlagKind {
    TrailStopped,
    TrailStarted,
    RuleChanged,
    /// An ACL, a route or a gateway.
    NetworkChanged,
    /// A call was not allowed.
    Denied,
    /// Nobody had made this call before.
    First,
    /// The first event that a Sigma rule matches.
    Sigma,
    Finding,
    Tag,
}

impl FlagKind {
    #[cfg(test)]
    pub const ALL: [FlagKind; 9] = [
        FlagKind::TrailStopped,
        FlagKind::TrailStarted,
        FlagKind::RuleChanged,
        FlagKind::NetworkChanged,
        FlagKind::Denied,
        FlagKind::First,
        FlagKind::Sigma,
        FlagKind::Finding,
        FlagKind::Tag,
    ];

    /// Its texts are `flag-NAME` and `flag-NAME-about`.
    pub fn name(self) -> &'static str {
        match self {
            FlagKind::TrailStopped => "trail-stopped",
            FlagKind::TrailStarted => "trail-started",
            FlagKind::RuleChanged => "rule-changed",
            FlagKind::NetworkChanged => "network-changed",
            FlagKind::Denied => "denied",
            FlagKind::First => "first",
            FlagKind::Sigma => "sigma",
            FlagKind::Finding => "finding",
            FlagKind::Tag => "tag",
        }
    }
}

/// Calls that succeeded, by what they did.
const CALLS: [(FlagKind, &[&str]); 4] = [
    (FlagKind::TrailStopped, &["StopLogging", "DeleteTrail", "StopEventDataStoreIngestion", "DeleteEventDataStore"]),
    (FlagKind::TrailStarted, &["StartLogging", "CreateTrail", "StartEventDataStoreIngestion"]),
    (FlagKind::RuleChanged, changes::OF_GROUPS),
    (FlagKind::NetworkChanged, changes::OF_PATHS),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    pub at: Timestamp,
    pub kind: FlagKind,
    /// The call, the title of the finding, the tag.
    pub what: String,
    pub record: RecordId,
    pub dataset: Dataset,
    /// The finding, where it is one.
    pub finding: Option<i64>,
}

/// Of the calls and the matches that are known, of the case, of what was written.
type Revisions = ([Option<u64>; 2], u64, u64);

#[derive(Default)]
pub struct Flags {
    /// By the revision of the case.
    calls: Slot<u64, Arc<[Flag]>>,
    /// By the revision of the case.
    sigma: Slot<u64, Arc<SigmaFound>>,
    /// With what examiners wrote, in order: by the revisions of the calls and the matches that are among them, that of
    /// the case, and that of what was written. There may be many, so that they are put together by a worker too.
    all: Slot<Revisions, Vec<Flag>>,
}

impl Flags {
    /// In order of their times.
    pub fn all(&self) -> &[Flag] {
        self.all.shown().map(Vec::as_slice).unwrap_or_default()
    }

    /// The case's Sigma rules that match an event: title and level. None while they are being searched for.
    pub fn sigma_of(&self, event: RecordId) -> impl Iterator<Item = (&str, Option<&'static str>)> {
        self.sigma.shown().into_iter().flat_map(move |found| found.of_event(event))
    }

    /// Those in a stretch of time, in seconds.
    pub fn between(&self, from: i64, to: i64) -> &[Flag] {
        between(self.all(), from, to)
    }
}

/// Of flags in order of their times, those in a stretch of time, in seconds.
pub(crate) fn between(all: &[Flag], from: i64, to: i64) -> &[Flag] {
    let first = all.partition_point(|flag| flag.at.secs() < from);
    let end = all.partition_point(|flag| flag.at.secs() < to);
    all.get(first..end).unwrap_or_default()
}

impl Pane for Flags {
    fn shows(&self, view: View) -> bool {
        matches!(view, View::Records(_) | View::Timeline)
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let lane = &asking.lanes.answers;
        self.calls.ask(lane, asking.revision, |source, _, cancel| Ok(calls(source, cancel)?.into()));
        self.sigma.ask(lane, asking.revision, |source, _, cancel| Ok(Arc::new(SigmaFound::of(source, cancel)?)));
        let called = self.calls.shown().cloned().unwrap_or_default();
        let matched = self.sigma.shown().cloned().unwrap_or_default();
        let revisions = [self.calls.shown_query().copied(), self.sigma.shown_query().copied()];
        let asked = (revisions, asking.revision, asking.conclusions);
        self.all.ask(lane, asked, move |source, _, _| {
            let mut all = written(source)?;
            all.extend(called.iter().cloned());
            all.extend(matched.firsts.iter().map(|(title, at, record)| Flag {
                at: *at,
                kind: FlagKind::Sigma,
                what: title.clone(),
                record: *record,
                dataset: Dataset::Events,
                finding: None,
            }));
            all.sort_by(|a, b| (a.at, a.kind, &a.what, a.record).cmp(&(b.at, b.kind, &b.what, b.record)));
            Ok(all)
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        [self.calls.poll(), self.sigma.poll(), self.all.poll()].into_iter().flatten().filter_map(Result::err).collect()
    }

    fn is_busy(&self) -> bool {
        self.calls.is_busy() || self.sigma.is_busy() || self.all.is_busy()
    }
}

/// What was called, and answered without an error.
fn calls(source: &dyn Source, cancel: &Cancel) -> Result<Vec<Flag>, Fault> {
    let named = |name| field::by_name(Dataset::Events, name);
    let (Some(name), Some(time)) = (named("event_name"), named("event_time")) else { return Ok(Vec::new()) };
    let names: Vec<&str> = CALLS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let text = format!("{} in ({}) and error_code is null", name.name(), names.join(", "));
    let Ok(filter) = filter::parse(&text, Dataset::Events) else { return Ok(Vec::new()) };
    let sort = vec![SortKey { field: time, descending: false }];
    let (range, duplicates) = (TimeRange::default(), Duplicates::Once);
    let query = RecordQuery { dataset: Dataset::Events, filter: Some(filter), range, sort, duplicates };
    let rows = source.rows(&query, cancel)?;
    let ids = rows.ids(0..rows.len());
    let fields: [FieldId; 2] = [time, name];
    let page = source.page(Dataset::Events, &ids, &fields)?;
    Ok(ids.into_iter().zip(page).filter_map(|(id, values)| of_call(id, &values)).collect())
}

/// What a call does that succeeds.
pub(super) fn kind_of_call(name: &str) -> Option<FlagKind> {
    CALLS.iter().find(|(_, names)| names.contains(&name)).map(|(kind, _)| *kind)
}

fn of_call(record: RecordId, values: &[Value]) -> Option<Flag> {
    let [Value::Time(at), Value::Text(what)] = values else { return None };
    let kind = kind_of_call(what)?;
    Some(Flag { at: *at, kind, what: what.clone(), record, dataset: Dataset::Events, finding: None })
}

/// What examiners wrote on records.
fn written(source: &dyn Source) -> Result<Vec<Flag>, Fault> {
    // A table in memory holds nothing that was written.
    let Ok(reader) = source.case() else { return Ok(Vec::new()) };
    let mut of: Vec<(RecordId, FlagKind, String, Option<i64>)> = Vec::new();
    for (id, name) in query::tagged_records(reader)? {
        of.push((id, FlagKind::Tag, name, None));
    }
    for finding in query::findings(reader, false)? {
        let cites = |id: &RecordId| (*id, FlagKind::Finding, finding.text.title.clone(), Some(finding.id));
        of.extend(finding.records.iter().map(cites));
    }
    let ids: Vec<RecordId> = of.iter().map(|(id, ..)| *id).collect();
    let times = query::record_times(reader, &ids)?;
    let flag = |((record, kind, what, finding), time): (_, Option<(Dataset, Timestamp)>)| {
        let (dataset, at) = time?;
        Some(Flag { at, kind, what, record, dataset, finding })
    };
    Ok(of.into_iter().zip(times).filter_map(flag).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::text::{Language, Texts};

    #[test]
    fn every_kind_has_its_words() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for kind in FlagKind::ALL {
                for id in [format!("flag-{}", kind.name()), format!("flag-{}-about", kind.name())] {
                    assert!(texts.has(&id), "{id}");
                }
            }
        }
    }

    #[test]
    fn calls_are_flags_by_what_they_did() {
        let values = |name: &str| [Value::Time(Timestamp(5000)), Value::Text(name.into())];
        let kind = |name| of_call(RecordId(1), &values(name)).map(|flag| flag.kind);
        assert_eq!(kind("StopLogging"), Some(FlagKind::TrailStopped));
        assert_eq!(kind("AuthorizeSecurityGroupIngress"), Some(FlagKind::RuleChanged));
        assert_eq!(kind("ReplaceRoute"), Some(FlagKind::NetworkChanged));
        assert_eq!(kind("DescribeTrails"), None);
        assert_eq!(of_call(RecordId(1), &[Value::Null, Value::Text("StopLogging".into())]), None);
    }
}
