//! What the case holds of digests, signatures, keys and log files. What a verdict rests on is read from the originals; only
//! where one is not stored in the case, from what the import wrote down of it.

use super::chain::{DigestFile, Given, LocalFile, Original, SignFile, name_of};
use super::parse;
use crate::case::CaseReader;
use crate::case::journal::hex;
use crate::ingest::paths::path_facts;
use crate::model::{EvidenceId, Format, PathFacts};
use crate::query::{self, Cancel, EvidenceRow, QueryError};
use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read};

/// Metadata and key lists are small; a larger file is none.
const MOST_BYTES: u64 = 1 << 20;

/// Seconds of a time as AWS writes it.
pub(super) fn seconds(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp())
}

/// Whether the log files that digests list are read once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Originals {
    Read,
    /// The hashes of the import are taken.
    Unread,
}

pub(super) fn load(
    reader: &CaseReader,
    keys: Option<&str>,
    read: Originals,
    cancel: &Cancel,
) -> Result<Given, QueryError> {
    let mut given = Given::default();
    if let Some(text) = keys.filter(|text| !text.trim().is_empty()) {
        let sha256 = hex(&Sha256::digest(text.as_bytes()));
        let not_keys = |why| QueryError::Filter(format!("the key file is no output of list-public-keys: {why}"));
        given.keys.add(text, &sha256).map_err(not_keys)?;
    }
    let documents = query::digests(reader)?;
    if documents.is_empty() {
        return Ok(given);
    }
    let mut signatures: BTreeMap<String, String> = BTreeMap::new();
    for evidence in query::evidence_list(reader)? {
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let path = evidence.path.replace(['\\', '!'], "/");
        let format = Format::from_code(&evidence.format);
        let document = documents.get(&evidence.id);
        match (format, document) {
            (Some(Format::CloudTrailDigest), Some(json)) => given.digests.push(digest(reader, &evidence, path, json)?),
            (Some(Format::CloudTrailQuerySign), Some(json)) => {
                let sign = serde_json::from_str(json).unwrap_or_default();
                given.signs.push(SignFile { evidence: evidence.id.0, path, sign });
            }
            (Some(Format::CloudTrailDigestMeta), Some(json)) => note_signature(&mut signatures, &path, json),
            // A list that cannot be read has no key; each digest that needs one says so.
            (Some(Format::CloudTrailPublicKeys), Some(json)) => {
                let _ = given.keys.add(json, &evidence.file_sha256);
            }
            _ => {
                if format == Some(Format::Unknown) && evidence.content_bytes <= MOST_BYTES && path.ends_with(".json") {
                    older(reader, &evidence, &path, &mut given, &mut signatures)?;
                }
                given.files.push(local(&evidence, path));
            }
        }
    }
    for digest in &mut given.digests {
        digest.signature = beside(&signatures, &digest.path);
    }
    if read == Originals::Read {
        originals(reader, &mut given, cancel)?;
    }
    Ok(given)
}

/// A file that an older version of this program kept without knowing what it is.
fn older(
    reader: &CaseReader,
    evidence: &EvidenceRow,
    path: &str,
    given: &mut Given,
    signatures: &mut BTreeMap<String, String>,
) -> Result<(), QueryError> {
    if let Some(text) = content(reader, evidence)?.and_then(|bytes| String::from_utf8(bytes).ok()) {
        let _ = given.keys.add(&text, &evidence.file_sha256);
        note_signature(signatures, path, &text);
    }
    Ok(())
}

fn note_signature(signatures: &mut BTreeMap<String, String>, path: &str, json: &str) {
    if let Some(signature) = parse::signature(json) {
        signatures.insert(path.to_owned(), signature);
    }
}

/// The metadata saved beside a digest: a file whose path begins like the digest's, with or without its endings.
fn beside(signatures: &BTreeMap<String, String>, path: &str) -> Option<String> {
    let stem = path.strip_suffix(".gz").unwrap_or(path);
    let stem = stem.strip_suffix(".json").unwrap_or(stem);
    let begins = signatures.range(stem.to_owned()..).take_while(|(other, _)| other.starts_with(stem));
    // The stamp of a digest is followed by no letter or digit of another name: `..Z_backfill` is another digest.
    let own = |other: &str| other.strip_prefix(stem).is_some_and(|rest| rest.starts_with(['.', '-', ' ', '/']));
    begins.filter(|(other, _)| own(other)).map(|(_, signature)| signature.clone()).next()
}

/// All of the uncompressed content; `None` where the case does not hold the original, or it cannot be unpacked.
fn content(reader: &CaseReader, evidence: &EvidenceRow) -> Result<Option<Vec<u8>>, QueryError> {
    if !evidence.raw_kept {
        return Ok(None);
    }
    let len = usize::try_from(evidence.content_bytes).unwrap_or(usize::MAX);
    Ok(query::stored_range(reader, evidence, 0, len)?.ok())
}

fn digest(reader: &CaseReader, evidence: &EvidenceRow, path: String, json: &str) -> Result<DigestFile, QueryError> {
    let bytes = content(reader, evidence)?;
    let text = bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    let (text, note) = match text.filter(|text| serde_json::from_str::<parse::Members>(text).is_ok()) {
        Some(text) => (text, None),
        None => (json, Some("its original was not read: by the SHA-256 taken at import".to_owned())),
    };
    let sha256 = match (&bytes, &note) {
        (Some(bytes), None) => hex(&Sha256::digest(bytes)),
        _ => evidence.content_sha256.clone(),
    };
    let members: parse::Members = serde_json::from_str(text).unwrap_or_default();
    let object = members.object.clone().unwrap_or_else(|| path.clone());
    let facts = path_facts(&object);
    let name = name_of(&object).to_owned();
    let chain = [&facts.account, &facts.region, &facts.log_id].into_iter().flatten().cloned().collect::<Vec<_>>();
    let time = |text: &Option<String>| text.as_deref().and_then(seconds);
    Ok(DigestFile {
        evidence: evidence.id.0,
        lacking: parse::lacking(text, &members),
        sha256,
        signature: None,
        chain: if chain.is_empty() { object } else { chain.join(" ") },
        account: facts.account.or_else(|| members.aws_account_id.clone()),
        region: facts.region,
        backfill: name.split('.').next().is_some_and(|stem| stem.ends_with("_backfill")),
        start: time(&members.digest_start_time),
        end: time(&members.digest_end_time),
        path,
        members,
        note,
    })
}

fn local(evidence: &EvidenceRow, path: String) -> LocalFile {
    let PathFacts { account, region, date, service, .. } = evidence.path_facts.clone();
    let is_log = Format::from_code(&evidence.format) == Some(Format::CloudTrailJson)
        && service.is_some_and(|service| service.starts_with("CloudTrail"));
    let stamp = date.and_then(|date| seconds(&format!("{date}:00Z")));
    LocalFile {
        evidence: evidence.id.0,
        path,
        is_log,
        account,
        region,
        stamp,
        file_sha256: evidence.file_sha256.clone(),
        content_sha256: evidence.content_sha256.clone(),
        packing: evidence.raw_kept.then(|| evidence.packing.clone()),
        original: None,
    }
}

/// Reads the originals of the files that digests list once more.
fn originals(reader: &CaseReader, given: &mut Given, cancel: &Cancel) -> Result<(), QueryError> {
    let logs = given.digests.iter().flat_map(|digest| digest.members.log_files.as_deref().unwrap_or_default());
    let (mut names, mut hashes) = (BTreeSet::new(), BTreeSet::new());
    for log in logs {
        names.extend(log.object.as_deref().map(|object| name_of(object).to_owned()));
        hashes.extend(log.hash_value.as_deref().map(str::to_ascii_lowercase));
    }
    for file in &mut given.files {
        if !names.contains(file.name()) && !hashes.contains(&file.content_sha256) {
            continue;
        }
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        // What cannot be read keeps the hash of the import; its row says so.
        let original =
            |packing: &String| first_member(query::original(reader, EvidenceId(file.evidence)), packing).ok();
        file.original = file.packing.as_ref().and_then(original);
    }
    Ok(())
}

/// Hashes the content of a file: all of it, or of a gzip file the first member.
fn first_member(original: impl Read, packing: &str) -> io::Result<Original> {
    let mut input = BufReader::with_capacity(1 << 16, original);
    let mut hash = Sha256::new();
    if packing != "gzip" {
        io::copy(&mut input, &mut Hasher(&mut hash))?;
        return Ok(Original { sha256: hex(&hash.finalize()), bytes_after: false });
    }
    let mut member = GzDecoder::new(input);
    io::copy(&mut member, &mut Hasher(&mut hash))?;
    let mut rest = member.into_inner();
    let bytes_after = rest.read(&mut [0])? > 0;
    Ok(Original { sha256: hex(&hash.finalize()), bytes_after })
}

struct Hasher<'h>(&'h mut Sha256);

impl io::Write for Hasher<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
