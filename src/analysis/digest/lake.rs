//! Saved query results of CloudTrail Lake: `result_sign.json` is signed over the hashes of the result files beside it.

use super::chain::{Given, LocalFile, SignFile, is_at};
use super::keys::Signed;
use super::{Kind, Line, Verdict};

/// A row for each signature and for each result file that it lists.
pub(super) fn judge(given: &Given) -> Vec<Line> {
    given.signs.iter().flat_map(|sign| one(given, sign)).collect()
}

fn one(given: &Given, file: &SignFile) -> Vec<Line> {
    let sign = &file.sign;
    let hashes: Vec<&str> = sign.files.iter().filter_map(|file| file.file_hash_value.as_deref()).collect();
    let at = sign.query_complete_time.as_deref().and_then(super::load::seconds);
    let signature = sign.hash_signature.as_deref().unwrap_or_default();
    let fingerprint = sign.public_key_fingerprint.as_deref().unwrap_or_default();
    let (verdict, reason) = match given.keys.check(fingerprint, signature, &hashes.join(" "), at) {
        _ if hashes.len() != sign.files.len() => (Verdict::Invalid, "a file in it has no hash".to_owned()),
        Signed::Good(how) => (Verdict::Verified, how),
        Signed::Bad => (Verdict::Invalid, "its signature is not one over these hashes".to_owned()),
        Signed::NoKey(why) => (Verdict::HashLinked, format!("the signature was not checked: {why}")),
    };
    let mut lines = vec![Line {
        kind: Kind::Digest,
        chain: String::new(),
        object: file.path.clone(),
        hour: at,
        verdict,
        reason,
        evidence: Some(file.evidence),
    }];
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for result in &sign.files {
        let name = result.file_name.as_deref().unwrap_or_default();
        let expected = result.file_hash_value.as_deref().unwrap_or_default().to_ascii_lowercase();
        let beside = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let found = given.files.iter().find(|file| file.path == beside);
        let found = found.or_else(|| given.files.iter().find(|file| is_at(&file.path, name)));
        let (verdict, reason) = of_result(found, &expected, verdict);
        let evidence = found.map(|file| file.evidence);
        lines.push(Line { kind: Kind::Log, chain: String::new(), object: beside, hour: at, verdict, reason, evidence });
    }
    lines
}

fn of_result(file: Option<&LocalFile>, expected: &str, of_sign: Verdict) -> (Verdict, String) {
    let Some(file) = file else {
        return (Verdict::Missing, "the signature lists it, and it is not in the case".to_owned());
    };
    // The hash is that of the file as it was delivered, or of what it holds: either proves the content.
    if ![&file.file_sha256, &file.content_sha256].contains(&&expected.to_owned()) {
        let reason = format!("its SHA-256 is {}, the signature gives {expected}", file.file_sha256);
        return (Verdict::Invalid, reason);
    }
    let reason = match of_sign {
        Verdict::Verified => "its SHA-256 is the one in the signature",
        Verdict::HashLinked => "its SHA-256 is the one in the signature file, whose signature was not checked",
        _ => "the signature file that lists it is invalid, so it proves nothing",
    };
    (of_sign, reason.to_owned())
}
