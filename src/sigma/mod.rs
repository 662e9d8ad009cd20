//! Sigma rules over CloudTrail events: read from YAML, routed, and evaluated by `rsigma_eval`. Fields of rules are paths
//! into the event's JSON. Which events can match at all is decided from source and name of the call, where a rule's
//! condition allows it to be proven. Pure; uses `model` only.

mod correlate;
mod possible;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use correlate::{BaseHit, Correlator};

use possible::Calls;
use rsigma_eval::{Engine, JsonEvent};
use rsigma_parser::CorrelationRule;
use serde_json::Value;

/// A file of rules.
#[derive(Clone, Copy, Debug)]
pub struct RuleFile<'a> {
    pub path: &'a str,
    pub sha256: &'a str,
    pub content: &'a [u8],
}

/// Whether a document of a file is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleState {
    /// Its matches are found.
    Used,
    /// A filter: it narrows the rules that it names.
    Filter,
    /// Its log source is another.
    NotForCloudTrail,
    /// Why it cannot be used; plain English, for the record.
    Unusable(String),
}

impl RuleState {
    /// Stable name, printed.
    pub fn code(&self) -> &'static str {
        match self {
            RuleState::Used => "used",
            RuleState::Filter => "filter",
            RuleState::NotForCloudTrail => "not_cloudtrail",
            RuleState::Unusable(_) => "unusable",
        }
    }
}

/// A document of a file: a rule, a correlation, a filter, or what could not be read as any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigmaRule {
    /// Empty where it could not be read.
    pub title: String,
    pub id: Option<String>,
    pub level: Option<&'static str>,
    pub status: Option<&'static str>,
    pub tags: Vec<String>,
    pub path: String,
    pub sha256: String,
    pub is_correlation: bool,
    pub state: RuleState,
}

impl SigmaRule {
    /// What a filter compares: its title and its id.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let title = Some(self.title.as_str()).filter(|title| !title.is_empty());
        title.into_iter().chain(self.id.as_deref())
    }
}

/// The rules of all files, ready to be asked.
pub struct RuleSet {
    /// Every document, in the order of the files.
    pub rules: Vec<SigmaRule>,
    /// A rule's id in it is its place in `rules`.
    engine: Engine,
    /// What each rule of the engine says of source and name.
    calls: Vec<Calls>,
    /// By their places in `rules`; what they name is written as places.
    correlations: Vec<(usize, CorrelationRule)>,
    /// By place: does a correlation name it?
    is_base: Vec<bool>,
    /// Paths whose values correlations look at.
    paths: Vec<String>,
}

/// An event that a correlation may count.
pub struct Matched {
    /// Places of the rules that it matches, ascending.
    pub rules: Vec<usize>,
    /// JSON of the values that correlations look at, where it matches a rule that one names.
    pub values: Option<Box<str>>,
}

impl RuleSet {
    /// Reads files; what cannot be used is listed with the reason.
    pub fn read(files: &[RuleFile<'_>]) -> Self {
        read::read(files)
    }

    /// Can an event of this source and name match a rule? Absent ones may be anything.
    pub fn concerns(&self, source: Option<&str>, name: Option<&str>) -> bool {
        self.calls.iter().any(|calls| calls.allow(source, name))
    }

    /// The rules that an event matches; `None` where its text is no JSON object.
    pub fn matched(&self, event: &str) -> Option<Matched> {
        let value: Value = serde_json::from_str(event).ok().filter(Value::is_object)?;
        let event = JsonEvent::borrow(&value);
        let place = |id: &Option<String>| id.as_deref().and_then(|id| id.parse().ok());
        let found = self.engine.evaluate(&event);
        let mut rules: Vec<usize> = found.iter().filter_map(|found| place(&found.header.rule_id)).collect();
        rules.sort_unstable();
        rules.dedup();
        let is_base = rules.iter().any(|rule| self.is_base.get(*rule) == Some(&true));
        let values = is_base.then(|| correlate::values(&event, &self.paths));
        Some(Matched { rules, values })
    }

    pub fn has_correlations(&self) -> bool {
        !self.correlations.is_empty()
    }

    /// Does a correlation name this rule?
    pub fn is_base(&self, rule: usize) -> bool {
        self.is_base.get(rule) == Some(&true)
    }
}
