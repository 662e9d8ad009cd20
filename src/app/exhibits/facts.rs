//! What an exhibit rests on: its evidence files with their hashes, what was left out, and what its sources never say.

use crate::analysis::coverage::LeftOut;
use crate::case::CaseReader;
use crate::model::{Dataset, EvidenceId};
use crate::query::{self, Cancel, EvidenceRow};
use crate::questions::{AskError, Basis, spec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A kind of log. What it never says is reported by `limits`, whose ids are those of the texts.
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
}
