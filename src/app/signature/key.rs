//! The signer's own private key, in OpenSSH's form.

use super::SignError;
use ssh_key::PrivateKey;
use std::io::Read;
use std::path::Path;

/// Asked only where the key has one.
pub type Passphrase<'a> = &'a mut dyn FnMut() -> std::io::Result<String>;

/// A key is shorter; what is longer is something else.
const LONGEST_BYTES: u64 = 1 << 20;

pub(super) fn read(path: &Path, passphrase: Passphrase<'_>) -> Result<PrivateKey, SignError> {
    let unreadable = |error: std::io::Error| SignError::Unreadable { path: path.to_owned(), reason: error.to_string() };
    let bad = |reason: String| SignError::BadKey { path: path.to_owned(), reason };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    if file.take(LONGEST_BYTES).read_to_string(&mut text).is_err() {
        return Err(bad("it is not a private key of OpenSSH".to_owned()));
    }
    let key = PrivateKey::from_openssh(&text).map_err(|error| bad(reason(&text, &error)))?;
    if !key.is_encrypted() {
        return Ok(key);
    }
    let no_passphrase =
        |error: std::io::Error| SignError::NoPassphrase { path: path.to_owned(), reason: error.to_string() };
    let given = passphrase().map_err(no_passphrase)?;
    key.decrypt(given.as_bytes()).map_err(|error| match error {
        ssh_key::Error::Crypto => SignError::WrongPassphrase(path.to_owned()),
        error => bad(error.to_string()),
    })
}

/// Why a text is no key of OpenSSH, and what to do about it.
fn reason(text: &str, error: &ssh_key::Error) -> String {
    if text.starts_with("ssh-") || text.starts_with("ecdsa-") {
        "it is a public key; the private one is needed".to_owned()
    } else if text.starts_with("-----BEGIN OPENSSH PRIVATE KEY") {
        error.to_string()
    } else if text.starts_with("-----BEGIN") {
        "it is not in OpenSSH's form; ssh-keygen -p -f FILE writes it so".to_owned()
    } else {
        "it is not a private key of OpenSSH".to_owned()
    }
}
