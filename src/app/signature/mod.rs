//! Signatures of people: a statement beside a report or a case, and a signature over it with the signer's own key in the
//! form of OpenSSH (SSHSIG), which `ssh-keygen -Y verify` checks. The key is read, used and dropped; no file of ours
//! contains it.

mod key;
mod statement;

pub use key::Passphrase;
pub use statement::NAMESPACE;

use super::import::now_utc;
use crate::case::{CaseError, CaseReader, CaseWriter, Signing, Target};
use crate::part;
use crate::report;
use ssh_key::{HashAlg, LineEnding, PrivateKey};
use statement::Statement;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum SignError {
    #[error("{} is not a complete report: {reason}", path.display())]
    NotAReport { path: PathBuf, reason: String },
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} already exists; rename it or remove it to sign again", .0.display())]
    Exists(PathBuf),
    #[error("{} could not be written: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: String },
    #[error("{} cannot be used as a key: {reason}", path.display())]
    BadKey { path: PathBuf, reason: String },
    #[error("the passphrase of {} could not be read: {reason}. See: coldtrail sign --passphrase-file", path.display())]
    NoPassphrase { path: PathBuf, reason: String },
    #[error("the passphrase does not open {}", .0.display())]
    WrongPassphrase(PathBuf),
    /// The journal of the case has no entry with the hash that the report ends with.
    #[error("{} is not a report of {}: the journal of the case does not contain the report's head {head}", report.display(), case.display())]
    OtherCase { report: PathBuf, case: PathBuf, head: String },
    /// What the file itself says is older than what the other program sees.
    #[error("{} is open in another program; close it there, and sign again", .0.display())]
    InUse(PathBuf),
    #[error("{} has a name that a list of hashes cannot contain; rename it", .0.display())]
    Nameless(PathBuf),
    #[error(transparent)]
    Case(#[from] CaseError),
}

/// What is signed, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub report: Option<&'a Path>,
    /// It gets an entry in its journal, and its hash is in the statement.
    pub case: Option<Target<'a>>,
    pub key: &'a Path,
    /// Under which the signer is known to who checks the signature; else the key's comment, else the examiner.
    pub identity: Option<&'a str>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub statement: PathBuf,
    pub signature: PathBuf,
    pub identity: String,
    pub fingerprint: String,
    /// The line for who checks the signature.
    pub allowed_signer: String,
    /// The journal's last entry, where a case or a report names one.
    pub journal_head: String,
}

/// Signs a report, a case, or both together. Nothing is written where the key cannot be used.
///
/// # Errors
/// The key or its passphrase cannot be used; the report is not what its manifest says, or not of this case; there is a
/// signature already; something cannot be written.
pub fn sign(order: &Order<'_>, passphrase: Passphrase<'_>) -> Result<Signed, SignError> {
    let of = order.report.or(order.case.map(|case| case.path)).unwrap_or(Path::new(""));
    let name = statement::name_of(of)?;
    let beside = |ending: &str| part::parent(of).join(format!("{name}{ending}"));
    let (statement_path, signature_path) = (beside(statement::ENDING), beside(statement::SIGNATURE_ENDING));
    for path in [&statement_path, &signature_path] {
        if path.symlink_metadata().is_ok() {
            return Err(SignError::Exists(path.clone()));
        }
    }
    let report = order.report.map(|path| {
        let not = |reason| SignError::NotAReport { path: path.to_owned(), reason };
        report::checked(path).map_err(not)
    });
    let report = report.transpose()?;
    let key = key::read(order.key, passphrase)?;
    // A key that cannot sign is found before the case is written to.
    signature(order.key, &key, b"")?;
    let identity = identity(order, &key)?;
    let mut statement = Statement::of(&identity, &key, now_utc()).map_err(|reason| bad_key(order.key, reason))?;
    if let (Some(report), Some(path)) = (&report, order.report) {
        statement.journal_head = report.journal_head.clone();
        statement.add(&report.sha256, format!("{}/{}", statement::name_of(path)?, report.manifest));
    }
    if let Some(case) = order.case {
        let head = statement.journal_head.clone();
        let known = CaseReader::open(case.path)?.journal()?;
        if let (Some(report), false) = (order.report, known.iter().any(|entry| entry.hash == head)) {
            return Err(SignError::OtherCase { report: report.to_owned(), case: case.path.to_owned(), head });
        }
        is_settled(case.path)?;
        statement.case_head = journal(case, &statement, report.map(|report| report.sha256))?;
        is_settled(case.path)?;
        statement.add(&hash(case.path)?, statement::name_of(case.path)?);
    }
    let text = statement.text(&name);
    let signed = signature(order.key, &key, text.as_bytes())?;
    write(&statement_path, text.as_bytes())?;
    write(&signature_path, signed.as_bytes())?;
    Ok(Signed {
        statement: statement_path,
        signature: signature_path,
        allowed_signer: statement.allowed_signer(),
        fingerprint: statement.fingerprint.clone(),
        journal_head: if statement.case_head.is_empty() { statement.journal_head } else { statement.case_head },
        identity,
    })
}

/// Only a case that nothing else has open is all in its one file.
fn is_settled(case: &Path) -> Result<(), SignError> {
    let mut log = case.as_os_str().to_owned();
    log.push("-wal");
    match Path::new(&log).symlink_metadata().is_ok() {
        true => Err(SignError::InUse(case.to_owned())),
        false => Ok(()),
    }
}

/// The case says who signs before its hash is taken; its head afterwards.
fn journal(case: Target<'_>, statement: &Statement, manifest_sha256: Option<String>) -> Result<String, SignError> {
    let signing = Signing {
        identity: statement.identity.clone(),
        namespace: NAMESPACE,
        public_key: statement.public_key.clone(),
        fingerprint: statement.fingerprint.clone(),
        manifest_sha256,
    };
    let mut writer = CaseWriter::open(case)?;
    let done = writer.add_signature(&signing, &statement.at_utc);
    writer.close()?;
    done?;
    let journal = CaseReader::open(case.path)?.journal()?;
    Ok(journal.last().map(|entry| entry.hash.clone()).unwrap_or_default())
}

fn identity(order: &Order<'_>, key: &PrivateKey) -> Result<String, SignError> {
    let comment = key.comment().as_str_lossy().trim().to_owned();
    let examiner = match order.case {
        Some(Target { examiner: Some(examiner), .. }) => examiner.to_owned(),
        Some(case) => {
            crate::query::totals(&CaseReader::open(case.path)?).map(|totals| totals.examiner).unwrap_or_default()
        }
        None => String::new(),
    };
    let given = order.identity.unwrap_or_default().trim().to_owned();
    let found = [given, comment, examiner].into_iter().find(|name| !name.is_empty());
    Ok(statement::principal(&found.unwrap_or_else(|| "examiner".to_owned())))
}

/// The signature as OpenSSH writes it.
fn signature(path: &Path, key: &PrivateKey, text: &[u8]) -> Result<String, SignError> {
    let signed = key.sign(NAMESPACE, HashAlg::Sha512, text).and_then(|signed| signed.to_pem(LineEnding::LF));
    signed.map_err(|error| bad_key(path, format!("{error}; a key on a device can sign with ssh-keygen -Y sign")))
}

fn bad_key(path: &Path, reason: String) -> SignError {
    SignError::BadKey { path: path.to_owned(), reason }
}

fn hash(path: &Path) -> Result<String, SignError> {
    let unreadable = |error: std::io::Error| SignError::Unreadable { path: path.to_owned(), reason: error.to_string() };
    report::hash_file(path).map_err(unreadable)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SignError> {
    part::write(path, bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => SignError::Exists(path.to_owned()),
        _ => SignError::Unwritable { path: path.to_owned(), reason: error.to_string() },
    })
}
