//! What examiners decide about answers: entries of allow-lists, and leads that they dismiss. Each is a setting of the case,
//! so it is journalled, travels with the file, and needs no table of its own.

use super::failure::Cause;
use super::import::now_utc;
use crate::analysis::allow::{self, Allowed, Dismissed};
use crate::analysis::{ALL, Analysis};
use crate::case::{ALLOW, CaseError, CaseReader, CaseWriter, DISMISSED, Target};
use crate::filter::{self, Filter, FilterError};
use crate::model::Dataset;
use crate::present::filter_help::mistake;
use crate::present::text::Texts;
use crate::query::{self, QueryError};
use std::collections::BTreeMap;

#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    #[error("no analysis is named {0}")]
    NoAnalysis(String),
    #[error("filter {text} is not valid\n{}", mistake(&Texts::english(), .error, .text))]
    BadFilter { text: String, error: Box<FilterError> },
    #[error("an entry of an allow-list needs a filter: without one it would leave out every row")]
    NoFilter,
    #[error("{0} needs a reason")]
    NoReason(&'static str),
    #[error("the allow-list of {analysis} has no entry {filter}")]
    NoEntry { analysis: String, filter: String },
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// A decision as the case keeps it; without a text it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub key: String,
    pub text: Option<String>,
}

impl Decision {
    /// Is it an entry of an allow-list? Else it is a dismissed lead.
    pub fn is_of_allow_list(&self) -> bool {
        self.key.starts_with(ALLOW)
    }
}

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deciding {
    Allow {
        analysis: String,
        filter: String,
        reason: String,
    },
    Dismiss(Box<Dismissed>),
    /// It was decided before, or is to be removed.
    Put(Decision),
}

/// What was decided so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionList {
    pub allowed: Vec<Allowed>,
    /// Reasons by the keys of leads.
    pub dismissed: BTreeMap<String, String>,
}

impl DecisionList {
    /// # Errors
    /// The case cannot be read.
    pub fn read(reader: &CaseReader) -> Result<Self, QueryError> {
        let dismissed = allow::dismissed(reader)?.into_iter().map(|lead| (lead.key, lead.reason)).collect();
        Ok(Self { allowed: allow::allowed(reader)?, dismissed })
    }
}

/// Which kind of records a filter of this analysis is about.
fn check(analysis: &Analysis, text: &str) -> Result<Filter, DecisionError> {
    let parsed = filter::parse(text, analysis.dataset).or_else(|error| match analysis.name {
        // Leads are about both.
        "leads" => filter::parse(text, Dataset::Events).map_err(|_| error),
        _ => Err(error),
    });
    let bad = |error| DecisionError::BadFilter { text: text.to_owned(), error: Box::new(error) };
    match parsed.map_err(bad)? {
        Filter::All => Err(DecisionError::NoFilter),
        filter => Ok(filter),
    }
}

/// Writes a decision; what takes it back, or `None` where the case has it already.
///
/// # Errors
/// The filter is none, there is no reason, or the case cannot be written.
pub fn decide<'c>(case: impl Into<Target<'c>>, deciding: &Deciding) -> Result<Option<Decision>, DecisionError> {
    let target = case.into();
    let reader = CaseReader::open(target.path)?;
    let decision = match deciding {
        Deciding::Put(decision) => decision.clone(),
        Deciding::Allow { analysis, filter, reason } => {
            let Some(decision) = allowing(&reader, target, (analysis, filter, reason))? else { return Ok(None) };
            decision
        }
        Deciding::Dismiss(lead) => {
            if lead.reason.trim().is_empty() {
                return Err(DecisionError::NoReason("a dismissed lead"));
            }
            let of = Dismissed { added_utc: now_utc(), examiner: examiner(target)?, ..lead.as_ref().clone() };
            Decision { key: format!("{DISMISSED}{}", lead.key), text: serde_json::to_string(&of).ok() }
        }
    };
    let before = query::setting(&reader, &decision.key)?.filter(|text| !text.is_empty());
    drop(reader);
    if before == decision.text {
        return Ok(None);
    }
    let mut writer = CaseWriter::open(target)?;
    let done = writer.set_setting(&decision.key, decision.text.as_deref().unwrap_or_default(), &now_utc());
    writer.close()?;
    done?;
    Ok(Some(Decision { key: decision.key, text: before }))
}

/// The next entry of an allow-list; `None` where it has the filter already.
fn allowing(
    reader: &CaseReader,
    target: Target<'_>,
    (analysis, text, reason): (&str, &str, &str),
) -> Result<Option<Decision>, DecisionError> {
    let known = ALL.iter().find(|known| known.name == analysis);
    let known = known.ok_or_else(|| DecisionError::NoAnalysis(analysis.to_owned()))?;
    let filter = check(known, text)?;
    if reason.trim().is_empty() {
        return Err(DecisionError::NoReason("an entry of an allow-list"));
    }
    let filter = filter.to_string();
    if allow::allowed(reader)?.iter().any(|entry| entry.analysis == analysis && entry.filter == filter) {
        return Ok(None);
    }
    // Numbers of removed entries are not given again.
    let used = query::settings_with_prefix(reader, &format!("{ALLOW}{analysis}:"))?;
    let numbers = used.iter().filter_map(|(key, _)| key.rsplit(':').next()?.parse::<u32>().ok());
    let number = numbers.max().unwrap_or(0).saturating_add(1);
    let entry = Allowed {
        filter,
        reason: reason.trim().to_owned(),
        added_utc: now_utc(),
        examiner: examiner(target)?,
        ..Allowed::default()
    };
    Ok(Some(Decision { key: format!("{ALLOW}{analysis}:{number}"), text: serde_json::to_string(&entry).ok() }))
}

/// What removes the entry with this filter.
///
/// # Errors
/// There is none; the case cannot be read.
pub fn removal(reader: &CaseReader, analysis: &str, text: &str) -> Result<Decision, DecisionError> {
    let known = ALL.iter().find(|known| known.name == analysis);
    let known = known.ok_or_else(|| DecisionError::NoAnalysis(analysis.to_owned()))?;
    let filter = check(known, text)?.to_string();
    let entry = allow::allowed(reader)?.into_iter().find(|entry| entry.analysis == analysis && entry.filter == filter);
    let missing = || DecisionError::NoEntry { analysis: analysis.to_owned(), filter: text.to_owned() };
    Ok(of_entry(&entry.ok_or_else(missing)?))
}

/// What removes an entry.
pub fn of_entry(entry: &Allowed) -> Decision {
    Decision { key: format!("{ALLOW}{}:{}", entry.analysis, entry.number), text: None }
}

/// What restores a dismissed lead.
pub fn of_lead(key: &str) -> Decision {
    Decision { key: format!("{DISMISSED}{key}"), text: None }
}

/// Who decides, as the journal has it.
fn examiner(target: Target<'_>) -> Result<String, DecisionError> {
    match target.examiner {
        Some(examiner) => Ok(examiner.to_owned()),
        None => Ok(query::totals(&CaseReader::open(target.path)?)?.examiner),
    }
}

impl From<DecisionError> for Cause {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::Case(error) => error.into(),
            DecisionError::Query(error) => error.into(),
            DecisionError::NoAnalysis(_)
            | DecisionError::BadFilter { .. }
            | DecisionError::NoFilter
            | DecisionError::NoReason(_)
            | DecisionError::NoEntry { .. } => QueryError::Filter(error.to_string()).into(),
        }
    }
}
