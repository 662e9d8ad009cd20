//! The chain of digests: each is signed, the signature of one is in the next, and the newest one's is the metadata of
//! its object. Judged from the newest to the oldest, because what a digest says of the one before counts for as much as
//! the digest itself.

use super::keys::{Keys, Signed};
use super::parse::{Members, QuerySign};
use super::{Kind, Line, Verdict, hours, logs};
use std::collections::{BTreeMap, BTreeSet};

/// All that is judged.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub keys: Keys,
    pub digests: Vec<DigestFile>,
    pub signs: Vec<SignFile>,
    /// Every other evidence file.
    pub files: Vec<LocalFile>,
}

/// A digest as the case holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DigestFile {
    pub evidence: u32,
    /// Folders separated by `/`.
    pub path: String,
    pub members: Members,
    /// Members that it must have and does not.
    pub lacking: Vec<&'static str>,
    /// SHA-256 of its uncompressed bytes, lowercase hex.
    pub sha256: String,
    /// Out of saved metadata of the object, hex.
    pub signature: Option<String>,
    /// The account, Region and trail, as its object's name says.
    pub chain: String,
    pub account: Option<String>,
    pub region: Option<String>,
    /// Made afterwards, for log files delivered late: it covers no hour of its own.
    pub backfill: bool,
    /// Seconds.
    pub start: Option<i64>,
    pub end: Option<i64>,
    /// What else there is to say of how it was read.
    pub note: Option<String>,
}

/// A signature of saved query results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SignFile {
    pub evidence: u32,
    pub path: String,
    pub sign: QuerySign,
}

/// A file of the case that may be a log file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LocalFile {
    pub evidence: u32,
    pub path: String,
    /// A log file of CloudTrail's own delivery, by its name.
    pub is_log: bool,
    pub account: Option<String>,
    pub region: Option<String>,
    /// When it was delivered, as its name says; seconds.
    pub stamp: Option<i64>,
    pub file_sha256: String,
    /// Of all its uncompressed content.
    pub content_sha256: String,
    /// How its original is packed, where the case holds it.
    pub packing: Option<String>,
    /// Of a file that a digest lists: what its original says.
    pub original: Option<Original>,
}

/// What an original says that was read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Original {
    /// Of the uncompressed content, of the first gzip member only.
    pub sha256: String,
    /// There are bytes after the first gzip member.
    pub bytes_after: bool,
}

impl LocalFile {
    pub(super) fn name(&self) -> &str {
        name_of(&self.path)
    }
}

pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path ends with an object's key, by whole names.
pub(super) fn is_at(path: &str, object: &str) -> bool {
    path.strip_suffix(object).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Everything in order: of each chain by time the digests, their log files and the hours between, then log files that no
/// digest lists.
pub(super) fn judge(given: &Given) -> Vec<Line> {
    if given.digests.is_empty() {
        return Vec::new();
    }
    let known = Known::of(given);
    let index = logs::Index::of(given);
    let mut lines: Vec<Line> = Vec::new();
    for (digest, judged) in given.digests.iter().zip(digests(given, &known)) {
        let listed = logs::listed(&index, digest, judged.verdict);
        lines.extend([judged].into_iter().chain(known.previous(digest)).chain(listed));
    }
    lines.extend(hours::missing(&given.digests));
    lines.sort_by(|line, other| {
        let by_time = (line.hour, line.kind).cmp(&(other.hour, other.kind));
        let by_name = (&line.object, line.evidence).cmp(&(&other.object, other.evidence));
        line.chain.cmp(&other.chain).then(by_time).then(by_name)
    });
    lines.extend(logs::unlisted(given, &index));
    lines
}

/// What is there, to be looked up.
struct Known<'g> {
    /// Bucket and key of each digest.
    objects: BTreeSet<(Option<&'g str>, &'g str)>,
    /// When the first digest of each chain ends, seconds.
    first: BTreeMap<&'g str, i64>,
}

impl<'g> Known<'g> {
    fn of(given: &'g Given) -> Self {
        let object =
            |digest: &'g DigestFile| Some((digest.members.bucket.as_deref(), digest.members.object.as_deref()?));
        let mut first = BTreeMap::new();
        for digest in given.digests.iter().filter(|digest| !digest.backfill) {
            if let Some(end) = digest.end {
                let least = first.entry(digest.chain.as_str()).or_insert(end);
                *least = end.min(*least);
            }
        }
        Self { objects: given.digests.iter().filter_map(object).collect(), first }
    }

    fn is_first(&self, digest: &DigestFile) -> bool {
        self.first.get(digest.chain.as_str()).is_none_or(|first| digest.end.is_none_or(|end| end <= *first))
    }

    /// The digest before this one, where the case does not have it.
    fn previous(&self, digest: &DigestFile) -> Option<Line> {
        let of = &digest.members;
        let object = of.previous_object.as_deref()?;
        if self.objects.contains(&(of.previous_bucket.as_deref(), object)) {
            return None;
        }
        let beginning =
            if self.is_first(digest) { "; the digests of this chain in the case begin after it" } else { "" };
        Some(Line {
            kind: Kind::Digest,
            chain: digest.chain.clone(),
            object: object.to_owned(),
            hour: digest.start.map(|start| start.saturating_sub(hours::HOUR)),
            verdict: Verdict::Missing,
            reason: format!("the next digest names it, and it is not in the case{beginning}"),
            evidence: None,
        })
    }
}

/// The row of each digest, in the order of `given.digests`.
fn digests(given: &Given, known: &Known<'_>) -> Vec<Line> {
    let mut by_previous: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (place, digest) in given.digests.iter().enumerate() {
        let of = &digest.members;
        if let (Some(bucket), Some(object)) = (&of.previous_bucket, &of.previous_object) {
            by_previous.entry((bucket, object)).or_default().push(place);
        }
    }
    let mut order: Vec<usize> = (0..given.digests.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(given.digests.get(*place).map(|digest| (digest.end, digest.evidence))));
    let mut judged: Vec<Option<Line>> = vec![None; given.digests.len()];
    for place in order {
        let Some(digest) = given.digests.get(place) else { continue };
        let of = &digest.members;
        let next = of.bucket.as_deref().zip(of.object.as_deref()).and_then(|key| by_previous.get(&key));
        let next: Vec<(&DigestFile, bool)> = next
            .into_iter()
            .flatten()
            .filter(|other| **other != place)
            .filter_map(|other| {
                let verdict = judged.get(*other).and_then(Option::as_ref).map(|line| line.verdict);
                Some((given.digests.get(*other)?, verdict.is_some_and(|verdict| verdict != Verdict::Invalid)))
            })
            .collect();
        let line = digest_line(given, known, digest, &next);
        if let Some(slot) = judged.get_mut(place) {
            *slot = Some(line);
        }
    }
    judged.into_iter().flatten().collect()
}

/// What a digest's signature covers; `None` where a member of it is absent.
fn text_to_sign(digest: &DigestFile) -> Option<String> {
    let of = &digest.members;
    let (bucket, object, end) = (of.bucket.as_ref()?, of.object.as_ref()?, of.digest_end_time.as_ref()?);
    let previous = of.previous_digest_signature.as_deref().unwrap_or("null");
    Some(format!("{end}\n{bucket}/{object}\n{}\n{previous}", digest.sha256))
}

/// Judges a digest. `next`: those that name it as the one before, and whether they are valid themselves.
fn digest_line(given: &Given, known: &Known<'_>, digest: &DigestFile, next: &[(&DigestFile, bool)]) -> Line {
    let (verdict, mut reasons) = of_signature(given, digest, next);
    let object = digest.members.object.clone().unwrap_or_else(|| digest.path.clone());
    let at = is_at(&digest.path, &object);
    if !at {
        reasons.push(format!("it is not where it says that it was delivered to ({object})"));
    }
    let verdict = if verdict == Verdict::Verified && !at { Verdict::LocationUnconfirmed } else { verdict };
    if digest.members.previous_object.is_none() && !digest.backfill && !known.is_first(digest) {
        reasons.push("it names no previous digest: a new chain starts here".to_owned());
    }
    if digest.start.is_none() || digest.end.is_none() {
        reasons.push(
            "its start or end time cannot be read, so its hours are not compared with those of others".to_owned(),
        );
    }
    reasons.extend(digest.note.clone());
    Line {
        kind: Kind::Digest,
        chain: digest.chain.clone(),
        object,
        hour: digest.start,
        verdict,
        reason: reasons.join("; "),
        evidence: Some(digest.evidence),
    }
}

fn of_signature(given: &Given, digest: &DigestFile, next: &[(&DigestFile, bool)]) -> (Verdict, Vec<String>) {
    let (Some(text), []) = (text_to_sign(digest), digest.lacking.as_slice()) else {
        return (Verdict::Invalid, vec![format!("it has no {}", digest.lacking.join(", "))]);
    };
    let fingerprint = digest.members.fingerprint.as_deref().unwrap_or_default();
    let linked = |other: &DigestFile| {
        other.members.previous_hash.as_deref().map(|hash| hash.eq_ignore_ascii_case(&digest.sha256))
    };
    let mut reasons = Vec::new();
    if next.iter().any(|(other, valid)| *valid && linked(other) == Some(false)) {
        reasons.push(format!("its SHA-256 is {}, the next digest gives another", digest.sha256));
        return (Verdict::Invalid, reasons);
    }
    // Each signature of it, where it stands, and whether that can be relied on.
    let metadata = digest.signature.as_ref().map(|hex| (hex, "in the metadata of its object", true));
    let in_next = next.iter().filter_map(|(other, valid)| {
        let hex = other.members.previous_digest_signature.as_ref()?;
        Some((hex, "in the next digest", *valid))
    });
    let (mut bad, mut doubtful, mut no_key) = (None, false, None);
    for (hex, place, relied_on) in metadata.into_iter().chain(in_next) {
        match given.keys.check(fingerprint, hex, &text, digest.end) {
            Signed::Good(how) => {
                reasons.push(how);
                return (Verdict::Verified, reasons);
            }
            Signed::Bad if relied_on => bad = Some(place),
            Signed::Bad => doubtful = true,
            Signed::NoKey(why) => no_key = Some(why),
        }
    }
    if let Some(place) = bad {
        reasons.push(format!("the signature {place} is not one over this file"));
        return (Verdict::Invalid, reasons);
    }
    if let Some(why) = no_key {
        let by_next = next.iter().any(|(other, valid)| *valid && linked(other) == Some(true));
        let hash = if by_next { "the next digest gives its SHA-256; " } else { "" };
        reasons.push(format!("{hash}the signature was not checked: {why}"));
        return (Verdict::HashLinked, reasons);
    }
    reasons.push(match doubtful {
        true => "the only signature of it is in the next digest, which is invalid itself".to_owned(),
        false => "there is no signature of it: neither the next digest nor the saved output of head-object".to_owned(),
    });
    (Verdict::UnsignedTail, reasons)
}
