//! Trusted time (RFC 3161) without a network: a request is written beside a report, carried to an authority on a medium, and
//! its answer is checked and attached. The stamped bytes are those of the report's manifest.

mod algorithm;
mod answer;
mod asn1;
mod chain;

use crate::part;
use crate::report;
use asn1::{MessageImprint, SHA256, TimeStampReq};
use der::asn1::{Int, OctetString};
use der::{Decode, Encode};
use std::path::{Path, PathBuf};
use x509_cert::Certificate;
use x509_cert::spki::AlgorithmIdentifierOwned;

const REQUEST_ENDING: &str = ".tsq";
const ANSWER_ENDING: &str = ".tsr";
const NONCE_BYTES: usize = 16;
/// Requests, answers and certificates are shorter.
const LONGEST_BYTES: u64 = 16 << 20;

#[derive(Debug, thiserror::Error)]
pub enum TimestampError {
    #[error("{} is not a complete report: {reason}", path.display())]
    NotAReport { path: PathBuf, reason: String },
    #[error("{} already exists; an answer fits only the request that it was made for", .0.display())]
    Exists(PathBuf),
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} could not be written: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: String },
    #[error("{} contains no certificates in PEM form: {reason}", path.display())]
    NoCertificates { path: PathBuf, reason: String },
    #[error("{} is not a request of this program", .0.display())]
    BadRequest(PathBuf),
    #[error("no random number could be made: {0}")]
    NoNonce(String),
}

/// What is checked of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    Status,
    Imprint,
    Nonce,
    Signature,
    Usage,
    Time,
    Chain,
}

impl Area {
    pub const ALL: [Area; 7] =
        [Area::Status, Area::Imprint, Area::Nonce, Area::Signature, Area::Usage, Area::Time, Area::Chain];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Area::Status => "status",
            Area::Imprint => "imprint",
            Area::Nonce => "nonce",
            Area::Signature => "signature",
            Area::Usage => "usage",
            Area::Time => "time",
            Area::Chain => "chain",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    Failed,
    Unchecked,
}

impl Verdict {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Failed => "FAILED",
            Verdict::Unchecked => "unchecked",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub area: Area,
    pub verdict: Verdict,
    pub detail: String,
}

impl Check {
    fn good(area: Area, detail: String) -> Self {
        Self { area, verdict: Verdict::Good, detail }
    }

    fn failed(area: Area, detail: String) -> Self {
        Self { area, verdict: Verdict::Failed, detail }
    }

    fn unchecked(area: Area, detail: String) -> Self {
        Self { area, verdict: Verdict::Unchecked, detail }
    }
}

/// The certificates that the examiner brings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brought<'a> {
    /// Trusted; without them the chain is not checked.
    pub roots: Option<&'a Path>,
    /// Not trusted by themselves, where the answer does not contain them.
    pub others: Option<&'a Path>,
}

/// Writes a request beside a report; its path.
///
/// # Errors
/// The report is not what its manifest says; there is a request already.
pub fn request(report: &Path) -> Result<PathBuf, TimestampError> {
    let target = beside(report, REQUEST_ENDING);
    if target.symlink_metadata().is_ok() {
        return Err(TimestampError::Exists(target));
    }
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|error| TimestampError::NoNonce(error.to_string()))?;
    // A positive number without leading zeros.
    if let Some(first) = nonce.first_mut() {
        *first = *first & 0x3f | 0x40;
    }
    let bytes = encoded(&imprint(report)?, &nonce).map_err(|error| TimestampError::NoNonce(error.to_string()))?;
    write(&target, &bytes)?;
    Ok(target)
}

/// Checks an answer and keeps it beside the report if nothing of it failed.
///
/// # Errors
/// There is no request, or an answer already; a file cannot be read or written.
pub fn attach(report: &Path, answer: &Path, brought: Brought<'_>) -> Result<(Vec<Check>, PathBuf), TimestampError> {
    let target = beside(report, ANSWER_ENDING);
    if target.symlink_metadata().is_ok() {
        return Err(TimestampError::Exists(target));
    }
    let bytes = read(answer)?;
    let checks = check(report, &bytes, brought)?;
    if checks.iter().all(|check| check.verdict != Verdict::Failed) {
        write(&target, &bytes)?;
    }
    Ok((checks, target))
}

/// Checks the answer beside a report.
///
/// # Errors
/// The report, its request, its answer or the certificates cannot be read.
pub fn verify(report: &Path, brought: Brought<'_>) -> Result<Vec<Check>, TimestampError> {
    check(report, &read(&beside(report, ANSWER_ENDING))?, brought)
}

fn check(report: &Path, answer: &[u8], brought: Brought<'_>) -> Result<Vec<Check>, TimestampError> {
    let path = beside(report, REQUEST_ENDING);
    let mut request = TimeStampReq::from_der(&read(&path)?).map_err(|_| TimestampError::BadRequest(path.clone()))?;
    // The report as it is now, whatever the request was about.
    request.message_imprint = imprint(report)?;
    let roots = brought.roots.map(certificates).transpose()?;
    let others = brought.others.map(certificates).transpose()?.unwrap_or_default();
    Ok(answer::check(answer, &request, roots.as_deref(), &others))
}

fn imprint(report: &Path) -> Result<MessageImprint, TimestampError> {
    let not = |reason| TimestampError::NotAReport { path: report.to_owned(), reason };
    let checked = report::checked(report).map_err(not)?;
    let hash = crate::case::journal::unhex(&checked.sha256).unwrap_or_default();
    let hashed_message = OctetString::new(hash).map_err(|error| not(error.to_string()))?;
    let hash_algorithm = AlgorithmIdentifierOwned { oid: SHA256, parameters: Some(der::Any::null()) };
    Ok(MessageImprint { hash_algorithm, hashed_message })
}

fn encoded(imprint: &MessageImprint, nonce: &[u8]) -> der::Result<Vec<u8>> {
    let nonce = Some(Int::new(nonce)?);
    let message_imprint = imprint.clone();
    TimeStampReq { version: 1, message_imprint, req_policy: None, nonce, cert_req: true }.to_der()
}

fn beside(report: &Path, ending: &str) -> PathBuf {
    let report = std::path::absolute(report).unwrap_or_else(|_| report.to_owned());
    let mut name = report.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    part::parent(&report).join(name)
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, TimestampError> {
    let none = |reason: String| TimestampError::NoCertificates { path: path.to_owned(), reason };
    let list = Certificate::load_pem_chain(&read(path)?).map_err(|error| none(error.to_string()))?;
    match list.is_empty() {
        true => Err(none("it is empty".to_owned())),
        false => Ok(list),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TimestampError> {
    use std::io::Read;
    let unreadable =
        |error: std::io::Error| TimestampError::Unreadable { path: path.to_owned(), reason: error.to_string() };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LONGEST_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TimestampError> {
    part::write(path, bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => TimestampError::Exists(path.to_owned()),
        _ => TimestampError::Unwritable { path: path.to_owned(), reason: error.to_string() },
    })
}
