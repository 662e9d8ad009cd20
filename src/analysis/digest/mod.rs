//! CloudTrail log file validation without a network: which log files AWS's signed digests prove unchanged, which they do
//! not, and which hours no digest speaks of. The signatures of saved CloudTrail Lake query results likewise.
//!
//! `load` reads digests, signatures, keys and hashes out of the case; `chain` judges them, and knows no case. `keys` verifies
//! signatures. Source: the CloudTrail user guide, custom implementations of log file and query result validation.

mod chain;
mod hours;
mod keys;
mod lake;
mod load;
mod logs;
mod parse;
#[cfg(test)]
mod tests;

use super::definition::{Analysis, Asked, Parameter, ParameterKind};
use crate::case::CaseReader;
use crate::model::{Dataset, Timestamp, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{Cancel, QueryError, Scope};
use std::collections::BTreeSet;

const KEYS: Parameter = Parameter { name: "keys", kind: ParameterKind::Document, default: None, optional: true };

/// A row for each digest, each log file and each hour without a digest. Public keys are those of the parameter, the
/// text of `aws cloudtrail list-public-keys`, and those of such files among the evidence.
pub(super) static DIGEST: Analysis =
    Analysis { name: "digest", dataset: Dataset::Events, parameters: &[KEYS], needs: &[], run, counted };

const COLUMNS: [(&str, Unit); 6] = [
    ("kind", Unit::Text),
    ("object", Unit::Text),
    ("hour", Unit::Time),
    ("verdict", Unit::Text),
    ("reason", Unit::Text),
    ("evidence", Unit::Count),
];

/// What a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Digest,
    Log,
    Hour,
}

/// What the digests prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// AWS's signature covers it.
    Verified,
    /// The next digest gives its hash; no key at hand to check the signature.
    HashLinked,
    /// Neither the next digest nor the object's metadata is there, so no signature of it.
    UnsignedTail,
    /// Signed, but not where the digest says that it was delivered to.
    LocationUnconfirmed,
    /// Named by a digest, or an hour that no digest covers.
    Missing,
    /// A log file that no digest lists.
    Unlisted,
    Invalid,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Digest => "digest",
            Kind::Log => "log",
            Kind::Hour => "hour",
        }
    }
}

impl Verdict {
    const INVALID: &str = "invalid";

    fn name(self) -> &'static str {
        match self {
            Verdict::Verified => "verified",
            Verdict::HashLinked => "hash_linked",
            Verdict::UnsignedTail => "unsigned_tail",
            Verdict::LocationUnconfirmed => "location_unconfirmed",
            Verdict::Missing => "missing",
            Verdict::Unlisted => "unlisted",
            Verdict::Invalid => Self::INVALID,
        }
    }
}

/// One line of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    kind: Kind,
    /// The account, Region and trail.
    chain: String,
    object: String,
    /// Seconds: when the digest's hour starts.
    hour: Option<i64>,
    verdict: Verdict,
    reason: String,
    evidence: Option<u32>,
}

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let given = asked.parameters.get(KEYS.name).map(String::as_str);
    let case = load::load(reader, given, load::Originals::Read, cancel)?;
    let mut lines = chain::judge(&case);
    lines.extend(lake::judge(&case));
    lines.truncate(asked.limit.unwrap_or(usize::MAX));
    Ok(Rows::new(Column::list(&COLUMNS), lines.into_iter().map(row).collect()))
}

fn row(line: Line) -> Vec<Value> {
    let text = |text: String| if text.is_empty() { Value::Null } else { Value::Text(text) };
    vec![
        text(line.kind.name().to_owned()),
        text(line.object),
        Value::time(line.hour.map(Timestamp::from_secs)),
        text(line.verdict.name().to_owned()),
        text(line.reason),
        line.evidence.map_or(Value::Null, |evidence| Value::count(u64::from(evidence))),
    ]
}

/// Seconds of an account and Region of which digests prove that nothing is missing: from is inside, to is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub account: String,
    pub region: String,
    pub from: i64,
    pub to: i64,
}

/// What verified digests cover, where every log file that they list is in the case as it was delivered. By the keys among
/// the evidence, and by the hashes that the import took.
pub(super) fn whole_spans(reader: &CaseReader, cancel: &Cancel) -> Result<Vec<Span>, QueryError> {
    let case = load::load(reader, None, load::Originals::Unread, cancel)?;
    let lines = chain::judge(&case);
    let broken: BTreeSet<(&str, Option<i64>)> = lines
        .iter()
        .filter(|line| line.kind == Kind::Log && line.verdict != Verdict::Verified)
        .map(|line| (line.chain.as_str(), line.hour))
        .collect();
    let verified = lines.iter().filter(|line| line.kind == Kind::Digest && line.verdict == Verdict::Verified);
    let whole = verified.filter(|line| !broken.contains(&(line.chain.as_str(), line.hour)));
    let of: BTreeSet<u32> = whole.filter_map(|line| line.evidence).collect();
    let digests = case.digests.iter().filter(|digest| of.contains(&digest.evidence) && !digest.backfill);
    let span = |digest: &chain::DigestFile| {
        let (account, region) = (digest.account.clone()?, digest.region.clone()?);
        Some(Span { account, region, from: digest.start?, to: digest.end? })
    };
    Ok(digests.filter_map(span).collect())
}

/// It counts files, no records.
fn counted(_: &Asked, _: &[Value]) -> Option<Scope> {
    None
}

/// Whether a row of the answer says that something is not what AWS delivered.
pub fn is_invalid(row: &[Value]) -> bool {
    row.get(3) == Some(&Value::Text(Verdict::INVALID.to_owned()))
}
