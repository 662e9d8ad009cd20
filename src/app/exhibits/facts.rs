//! What an exhibit rests on: its evidence files with their hashes, what was left out, and what its sources never say.

use crate::case::{CaseReader, dataset_name};
use crate::filter::{self, Filter};
use crate::model::{Dataset, EvidenceId, TimeRange};
use crate::query::{self, Cancel, Duplicates, EvidenceRow, Scope};
use crate::questions::{AskError, Basis, spec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A kind of log. What it never says is told by `limits`, whose ids are those of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogSource {
    FlowLogs,
    CloudTrail,
}

impl LogSource {
    pub fn of(dataset: Dataset) -> Self {
        match dataset {
            Dataset::Flows => LogSource::FlowLogs,
            Dataset::Events => LogSource::CloudTrail,
        }
    }

    /// Facts about the log itself, in the order of weight: ids of texts of the catalogue.
    pub fn limits(self) -> &'static [&'static str] {
        match self {
            LogSource::FlowLogs => &[
                "limit-flow-dns",
                "limit-flow-link-local",
                "limit-flow-dhcp",
                "limit-flow-activation",
                "limit-flow-mirrored",
                "limit-flow-router",
                "limit-flow-endpoint",
                "limit-flow-metadata-only",
                "limit-flow-aggregation",
                "limit-flow-addresses",
                "limit-flow-status",
                "limit-flow-action",
                "limit-flow-delivery",
                "limit-flow-unsigned",
            ],
            LogSource::CloudTrail => &[
                "limit-trail-data-events",
                "limit-trail-selectors",
                "limit-trail-regions",
                "limit-trail-delivery",
                "limit-trail-order",
                "limit-trail-redacted",
                "limit-trail-size",
                "limit-trail-address",
                "limit-trail-history",
            ],
        }
    }
}

/// An evidence file that an exhibit rests on, or the archive that it came out of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFact {
    pub evidence: u32,
    pub path: String,
    pub file_bytes: u64,
    pub file_sha256: String,
    pub content_sha256: String,
    /// Elements of it that could not be read.
    pub warnings: u64,
}

/// What is not in an exhibit, of one of the sets of records that it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// `flows`, `events`.
    pub dataset: String,
    /// Copies of records that count once.
    pub duplicates: u64,
    /// NODATA and SKIPDATA records in the time range, whatever the filter.
    pub no_data: u64,
    pub skip_data: u64,
    /// Records that match and have no time: a time range leaves them out.
    pub untimed: u64,
    /// Whole hours of the time range without any record of the dataset: seconds, from is inside, to is not.
    pub gaps: Vec<(i64, i64)>,
}

/// Frozen beside the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub sources: Vec<LogSource>,
    /// In order of their numbers; none for a text.
    pub evidence: Vec<EvidenceFact>,
    pub left_out: Vec<LeftOut>,
    /// Elements of the whole case that could not be read: any of them may have been one of these records.
    pub unread_in_case: u64,
}

impl Facts {
    pub fn to_json(&self) -> String {
        spec::write(self)
    }

    pub fn of_json(text: &str) -> Result<Self, String> {
        spec::read(text)
    }

    /// # Errors
    /// The case cannot be read.
    pub fn gather(reader: &CaseReader, basis: &Basis, cancel: &Cancel) -> Result<Self, AskError> {
        let mut sources: BTreeSet<LogSource> =
            basis.records.iter().map(|(dataset, _)| LogSource::of(*dataset)).collect();
        let mut numbers: BTreeSet<EvidenceId> = basis.records.iter().map(|(_, id)| id.evidence()).collect();
        if basis.with_copies {
            for (_, id) in &basis.records {
                let detail = query::record(reader, *id)?;
                numbers.extend(detail.occurrences.iter().chain(&detail.duplicate_of).map(|id| id.evidence()));
            }
        }
        let mut left_out = Vec::new();
        for scope in &basis.scopes {
            let found = query::evidence_of(reader, scope, cancel)?;
            // Where a page is about both kinds, the one of which there is nothing says nothing.
            if basis.scopes.len() > 1 && found.is_empty() {
                continue;
            }
            sources.insert(LogSource::of(scope.dataset));
            numbers.extend(found);
            left_out.push(LeftOut::of(reader, scope, cancel)?);
        }
        let list = query::evidence_list(reader)?;
        if basis.all_evidence {
            numbers.extend(list.iter().map(|evidence| evidence.id));
        }
        let unread_in_case = list.iter().map(|evidence| evidence.warnings).sum();
        let evidence = with_containers(&list, numbers);
        Ok(Self { sources: sources.into_iter().collect(), evidence, left_out, unread_in_case })
    }
}

/// These evidence files and the archives around them.
fn with_containers(list: &[EvidenceRow], mut numbers: BTreeSet<EvidenceId>) -> Vec<EvidenceFact> {
    // What came out of a container has a number above the container's: from the last to the first, one pass is enough.
    for evidence in list.iter().rev() {
        if let (true, Some(container)) = (numbers.contains(&evidence.id), evidence.container) {
            numbers.insert(container);
        }
    }
    let fact = |evidence: &EvidenceRow| EvidenceFact {
        evidence: evidence.id.0,
        path: evidence.path.clone(),
        file_bytes: evidence.file_bytes,
        file_sha256: evidence.file_sha256.clone(),
        content_sha256: evidence.content_sha256.clone(),
        warnings: evidence.warnings,
    };
    list.iter().filter(|evidence| numbers.contains(&evidence.id)).map(fact).collect()
}

impl LeftOut {
    fn of(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Self, AskError> {
        let count = |scope: &Scope| query::figures(reader, scope, cancel).map(|figures| figures.records);
        let duplicates = match scope.duplicates {
            Duplicates::All => 0,
            Duplicates::Once => {
                let all = count(&Scope { duplicates: Duplicates::All, ..scope.clone() })?;
                all.saturating_sub(count(scope)?)
            }
        };
        let mut left_out = Self { dataset: dataset_name(scope.dataset).to_owned(), duplicates, ..Self::default() };
        if scope.dataset == Dataset::Flows {
            let status = |text| Scope { filter: condition(scope.dataset, text), ..scope.clone() };
            left_out.no_data = count(&status("log_status = NODATA"))?;
            left_out.skip_data = count(&status("log_status = SKIPDATA"))?;
        }
        if scope.range != TimeRange::default() {
            let time = if scope.dataset == Dataset::Flows { "start is null" } else { "event_time is null" };
            let anytime = Scope { range: TimeRange::default(), ..scope.clone() };
            if let Some(untimed) = condition(scope.dataset, time) {
                left_out.untimed = count(&anytime.and(untimed))?;
            }
        }
        left_out.gaps = query::gaps(reader, scope.dataset, scope.range, cancel)?;
        Ok(left_out)
    }
}

/// A condition of our own; a test parses each.
fn condition(dataset: Dataset, text: &str) -> Option<Filter> {
    filter::parse(text, dataset).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::text::Texts;

    #[test]
    fn every_limit_has_a_text() {
        let texts = Texts::english();
        for source in [LogSource::FlowLogs, LogSource::CloudTrail] {
            for id in source.limits() {
                let text = texts.tr(id);
                assert!(text.len() > 20 && text != **id, "{id}: {text}");
            }
        }
    }

    #[test]
    fn own_conditions_are_filters() {
        for (dataset, text) in [
            (Dataset::Flows, "log_status = NODATA"),
            (Dataset::Flows, "log_status = SKIPDATA"),
            (Dataset::Flows, "start is null"),
            (Dataset::Events, "event_time is null"),
        ] {
            assert!(condition(dataset, text).is_some(), "{text}");
        }
    }
}
