//! A digest's own members, and those of the files beside it.

use serde::Deserialize;
use serde_json::Value as Json;

/// The members of a digest that its validation needs. Absent and null are the same, but for `lacking`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Members {
    pub aws_account_id: Option<String>,
    pub digest_start_time: Option<String>,
    pub digest_end_time: Option<String>,
    #[serde(rename = "digestS3Bucket")]
    pub bucket: Option<String>,
    #[serde(rename = "digestS3Object")]
    pub object: Option<String>,
    #[serde(rename = "digestPublicKeyFingerprint")]
    pub fingerprint: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    pub previous_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    pub previous_object: Option<String>,
    #[serde(rename = "previousDigestHashValue")]
    pub previous_hash: Option<String>,
    pub previous_digest_signature: Option<String>,
    pub log_files: Option<Vec<LogFile>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct LogFile {
    #[serde(rename = "s3Object")]
    pub object: Option<String>,
    pub hash_value: Option<String>,
    pub hash_algorithm: Option<String>,
}

/// The signature of a saved CloudTrail Lake query: its files, and AWS's signature over their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct QuerySign {
    pub query_complete_time: Option<String>,
    pub hash_signature: Option<String>,
    pub public_key_fingerprint: Option<String>,
    pub files: Vec<ResultFile>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ResultFile {
    pub file_name: Option<String>,
    pub file_hash_value: Option<String>,
}

/// What a digest must have (`previousDigestSignature` may be null), and does not.
pub(super) fn lacking(json: &str, of: &Members) -> Vec<&'static str> {
    let has_previous = serde_json::from_str::<Json>(json).is_ok_and(|of| of.get("previousDigestSignature").is_some());
    let required = [
        ("digestPublicKeyFingerprint", of.fingerprint.is_some()),
        ("digestS3Bucket", of.bucket.is_some()),
        ("digestS3Object", of.object.is_some()),
        ("previousDigestSignature", has_previous),
        ("digestEndTime", of.digest_end_time.is_some()),
        ("digestStartTime", of.digest_start_time.is_some()),
    ];
    required.into_iter().filter(|(_, has)| !has).map(|(name, _)| name).collect()
}

/// The signature that the saved output of `aws s3api head-object` holds, in hex.
pub(super) fn signature(json: &str) -> Option<String> {
    let of: Json = serde_json::from_str(json).ok()?;
    let metadata = of.get("Metadata").or_else(|| of.get("metadata"))?.as_object()?;
    let named = |name: &str| metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    let (_, value) = named("signature").or_else(|| named("x-amz-meta-signature"))?;
    value.as_str().map(str::to_owned)
}
