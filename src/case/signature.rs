//! That somebody signed: an entry of the journal with the public part of the key. The signature itself covers the case
//! after this entry, so it is outside.

use super::error::CaseError;
use super::journal;
use super::write::CaseWriter;
use serde_json::json;

/// Who signs with which key, and what besides the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    pub identity: String,
    pub namespace: &'static str,
    /// `ssh-ed25519 AAAA...`
    pub public_key: String,
    pub fingerprint: String,
    /// The SHA-256 of a report's manifest.
    pub manifest_sha256: Option<String>,
}

impl CaseWriter {
    /// Writes down that somebody signs this case, or a report of it.
    ///
    /// # Errors
    /// The case cannot be written.
    pub fn add_signature(&mut self, signing: &Signing, at_utc: &str) -> Result<(), CaseError> {
        self.whole(|writer| {
            let parameters = json!({
                "identity": signing.identity, "namespace": signing.namespace, "public_key": signing.public_key,
                "fingerprint": signing.fingerprint, "manifest_sha256": signing.manifest_sha256,
            });
            writer.journal(&journal::Entry { action: "signature_add", parameters, counts: json!({}) }, at_utc)
        })
    }
}
