//! Public keys of CloudTrail, as `aws cloudtrail list-public-keys` prints them, and signatures by them.

use crate::case::journal::{hex, unhex};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::{Pkcs1v15Sign, PublicKey};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Keys by their fingerprint.
#[derive(Debug, Default)]
pub(super) struct Keys {
    by_fingerprint: BTreeMap<String, Key>,
    /// Entries of key lists that are no key, or not the one that they say, by the fingerprint that they state: why.
    pub refused: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Key {
    key: PublicKey,
    /// Where it came from: the SHA-256 of the file, which is what the trust in it rests on.
    file_sha256: String,
    /// Seconds.
    validity: (Option<i64>, Option<i64>),
}

/// What a signature is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    /// By this key; with what else there is to say.
    Good(String),
    Bad,
    /// There is no key with that fingerprint: why.
    NoKey(String),
}

/// Epoch seconds, or text as newer versions of the AWS CLI print it.
fn time(value: Option<&Json>) -> Option<i64> {
    match value? {
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds of a time")]
        Json::Number(number) => number.as_f64().map(|secs| secs as i64),
        Json::String(text) => chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp()),
        _ => None,
    }
}

impl Keys {
    /// Takes the keys of a list: `PublicKeyList`, or `publicKeyList` as the API answers.
    ///
    /// # Errors
    /// It is no such list.
    pub(super) fn add(&mut self, json: &str, file_sha256: &str) -> Result<(), String> {
        let of: Json = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let list = ["PublicKeyList", "publicKeyList"].iter().find_map(|name| of.get(name)?.as_array());
        let list = list.ok_or("there is no PublicKeyList in it")?;
        for entry in list {
            let member = |upper: &str, lower: &str| entry.get(upper).or_else(|| entry.get(lower));
            let stated = member("Fingerprint", "fingerprint").and_then(Json::as_str).unwrap_or_default();
            let stated = stated.to_ascii_lowercase();
            let value = member("Value", "value").and_then(Json::as_str).unwrap_or_default();
            let validity = (
                time(member("ValidityStartTime", "validityStartTime")),
                time(member("ValidityEndTime", "validityEndTime")),
            );
            match key(value, &stated) {
                Ok(key) => {
                    let file_sha256 = file_sha256.to_owned();
                    self.by_fingerprint.entry(stated).or_insert(Key { key, file_sha256, validity });
                }
                Err(why) => {
                    self.refused.insert(stated, why);
                }
            }
        }
        Ok(())
    }

    /// Whether `signature` (hex) is one over `text`, RSASSA-PKCS1-v1_5 with SHA-256. `at`: when it was made, seconds.
    pub(super) fn check(&self, fingerprint: &str, signature: &str, text: &str, at: Option<i64>) -> Signed {
        let fingerprint = fingerprint.to_ascii_lowercase();
        let Some(key) = self.by_fingerprint.get(&fingerprint) else {
            return Signed::NoKey(match self.refused.get(&fingerprint) {
                Some(why) => format!("the key with fingerprint {fingerprint} is not used: {why}"),
                None => format!("no public key with fingerprint {fingerprint}"),
            });
        };
        let hash = Sha256::digest(text.as_bytes());
        let good = unhex(signature)
            .is_some_and(|signature| key.key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, &signature).is_ok());
        if !good {
            return Signed::Bad;
        }
        let (from, to) = key.validity;
        let outside = at.is_some_and(|at| from.is_some_and(|from| at < from) || to.is_some_and(|to| at > to));
        let of = format!("signed with key {fingerprint} of the key file with SHA-256 {}", key.file_sha256);
        Signed::Good(if outside { format!("{of}; outside the validity period of that key") } else { of })
    }
}

/// The key that base64 text is; PKCS#1 or SubjectPublicKeyInfo. The fingerprint must be the MD5 of its bytes.
fn key(value: &str, fingerprint: &str) -> Result<PublicKey, String> {
    let der = BASE64_STANDARD.decode(value.trim()).map_err(|error| format!("its value is no base64 ({error})"))?;
    let found = hex(&Md5::digest(&der));
    if found != fingerprint {
        return Err(format!("the fingerprint of its value is {found}"));
    }
    let read = PublicKey::from_pkcs1_der(&der).or_else(|_| PublicKey::from_public_key_der(&der));
    read.map_err(|error| format!("its value is no RSA public key ({error})"))
}
