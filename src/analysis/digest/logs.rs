//! Log files against the digests that list them.

use super::chain::{DigestFile, Given, LocalFile, is_at, name_of};
use super::parse::LogFile;
use super::{Kind, Line, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// A row for each log file that a digest lists. `of_digest`: what the digest itself is worth.
pub(super) fn listed(index: &Index<'_>, digest: &DigestFile, of_digest: Verdict) -> Vec<Line> {
    let list = digest.members.log_files.as_deref().unwrap_or_default();
    list.iter()
        .map(|log| {
            let (verdict, reason, evidence) = judge(index, log, of_digest);
            let object = log.object.clone().unwrap_or_default();
            Line { kind: Kind::Log, chain: digest.chain.clone(), object, hour: digest.start, verdict, reason, evidence }
        })
        .collect()
}

/// The files of the case by their names and contents.
pub(super) struct Index<'g> {
    by_name: BTreeMap<&'g str, Vec<&'g LocalFile>>,
    by_content: BTreeMap<&'g str, Vec<&'g LocalFile>>,
}

impl<'g> Index<'g> {
    pub(super) fn of(given: &'g Given) -> Self {
        let (mut by_name, mut by_content): (BTreeMap<_, Vec<_>>, BTreeMap<_, Vec<_>>) = Default::default();
        for file in &given.files {
            by_name.entry(file.name()).or_default().push(file);
            by_content.entry(file.content_sha256.as_str()).or_default().push(file);
        }
        Self { by_name, by_content }
    }

    /// The file that a digest means: at its place, else of its name, else of its content.
    fn find(&self, log: &LogFile) -> Option<(&'g LocalFile, bool)> {
        let object = log.object.as_deref()?;
        let named = self.by_name.get(name_of(object)).map(Vec::as_slice).unwrap_or_default();
        let exact = named.iter().find(|file| is_at(&file.path, object)).or_else(|| named.first());
        if let Some(file) = exact {
            return Some((file, true));
        }
        let hash = log.hash_value.as_deref()?.to_ascii_lowercase();
        Some((self.by_content.get(hash.as_str())?.first()?, false))
    }
}

fn judge(index: &Index<'_>, log: &LogFile, of_digest: Verdict) -> (Verdict, String, Option<u32>) {
    let Some((file, named)) = index.find(log) else {
        return (Verdict::Missing, "a digest lists it, and it is not in the case".to_owned(), None);
    };
    let expected = log.hash_value.as_deref().unwrap_or_default().to_ascii_lowercase();
    let algorithm = log.hash_algorithm.as_deref().unwrap_or("SHA-256");
    let found = file.original.as_ref().map_or(&file.content_sha256, |original| &original.sha256);
    let (verdict, reason) = if algorithm != "SHA-256" {
        (Verdict::Invalid, format!("its hash in the digest is {algorithm}, not SHA-256"))
    } else if *found != expected {
        (Verdict::Invalid, format!("its SHA-256 is {found}, the digest gives {expected}"))
    } else if file.original.as_ref().is_some_and(|original| original.bytes_after) {
        (Verdict::Invalid, "there are bytes after its first gzip member, which the digest does not cover".to_owned())
    } else {
        let reason = match of_digest {
            Verdict::Verified => "its SHA-256 is the one in the signed digest",
            Verdict::HashLinked => "its SHA-256 is the one in the digest, whose signature was not checked",
            Verdict::UnsignedTail => "its SHA-256 is the one in the digest, of which there is no signature",
            Verdict::LocationUnconfirmed => "its SHA-256 is the one in the digest, whose location is not confirmed",
            _ => "the digest that lists it is invalid, so it proves nothing",
        };
        (of_digest, reason.to_owned())
    };
    let mut reasons = vec![reason];
    if !named {
        reasons.push(format!("found by its content, under the name {}", file.name()));
    }
    if file.original.is_none() && verdict != Verdict::Invalid {
        reasons.push("its original is not stored in the case: by the SHA-256 taken at import".to_owned());
    }
    (verdict, reasons.join("; "), Some(file.evidence))
}

/// A row for each log file of CloudTrail's that no digest lists.
pub(super) fn unlisted(given: &Given, index: &Index<'_>) -> Vec<Line> {
    let lists = given.digests.iter().flat_map(|digest| digest.members.log_files.as_deref().unwrap_or_default());
    let met: BTreeSet<u32> = lists.filter_map(|log| index.find(log)).map(|(file, _)| file.evidence).collect();
    let mut lines: Vec<Line> = given
        .files
        .iter()
        .filter(|file| file.is_log && !met.contains(&file.evidence))
        .map(|file| Line {
            kind: Kind::Log,
            chain: String::new(),
            object: file.path.clone(),
            hour: file.stamp,
            verdict: Verdict::Unlisted,
            reason: why_unlisted(given, file).to_owned(),
            evidence: Some(file.evidence),
        })
        .collect();
    lines.sort_by(|a, b| (&a.object, a.evidence).cmp(&(&b.object, b.evidence)));
    lines
}

fn why_unlisted(given: &Given, file: &LocalFile) -> &'static str {
    let same = |digest: &&DigestFile| digest.account == file.account && digest.region == file.region;
    let mut of_source = given.digests.iter().filter(same).peekable();
    if of_source.peek().is_none() {
        return "no digest of its account and Region is in the case";
    }
    // A log file is in the digest of the hour in which it was delivered, up to a quarter after its events.
    let within = |digest: &DigestFile| {
        let (Some(start), Some(end), Some(stamp)) = (digest.start, digest.end, file.stamp) else { return false };
        (start - 900..=end).contains(&stamp)
    };
    match of_source.any(within) {
        true => "no digest lists it, although digests of its hour are in the case",
        false => "no digest in the case covers its hour",
    }
}
