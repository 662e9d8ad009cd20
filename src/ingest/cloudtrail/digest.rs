//! Digest files, and the signature of saved CloudTrail Lake query results: kept and listed here, validated elsewhere.
//!
//! Sources: the CloudTrail user guide, digest file structure and CloudTrail Lake sign file structure.

use crate::ingest::json::text::{Members, get, members, value_text};
use crate::model::Format;
use crate::model::batch::{Digest, DigestLogFile};
use serde_json::value::RawValue;

/// The digest that a JSON object is; `None` for any other object.
pub(crate) fn read(json: &str, of: &Members<'_>) -> Option<Digest> {
    let has = |name| get(of, name).is_some();
    let is_digest = has("digestS3Bucket") && has("logFiles") || has("digestStartTime") && has("digestS3Object");
    if !is_digest {
        return None;
    }
    let log_files = files(get(of, "logFiles"), |position, text| DigestLogFile {
        position,
        s3_bucket: text("s3Bucket"),
        s3_object: text("s3Object"),
        hash_value: text("hashValue"),
        hash_algorithm: text("hashAlgorithm"),
    });
    Some(Digest { json: json.into(), log_files })
}

/// The `result_sign.json` that a JSON object is: the hashes of the result files beside it, and a signature over them.
pub(crate) fn read_query_sign(json: &str, of: &Members<'_>) -> Option<Digest> {
    get(of, "hashSignature")?;
    let algorithm = get(of, "hashAlgorithm").and_then(value_text).map(|text| Box::<str>::from(text.as_ref()));
    let log_files = files(Some(get(of, "files")?), |position, text| DigestLogFile {
        position,
        s3_bucket: None,
        s3_object: text("fileName"),
        hash_value: text("fileHashValue"),
        hash_algorithm: algorithm.clone(),
    });
    Some(Digest { json: json.into(), log_files })
}

/// What else the validation of digests needs, as the AWS CLI prints it: the metadata of a digest's object, which has its
/// signature, or public keys. Kept as it is.
pub(crate) fn read_beside(json: &str, of: &Members<'_>) -> Option<(Digest, Format)> {
    let metadata = get(of, "Metadata").and_then(members);
    let signed = metadata.is_some_and(|of| {
        let is_signature =
            |name: &str| ["signature", "x-amz-meta-signature"].iter().any(|known| name.eq_ignore_ascii_case(known));
        of.iter().any(|(name, value)| is_signature(name) && value.get().starts_with('"'))
    });
    let list = ["PublicKeyList", "publicKeyList"].iter().find_map(|name| get(of, name));
    let format = match list.is_some_and(|list| list.starts_with('[')) {
        true => Format::CloudTrailPublicKeys,
        false if signed => Format::CloudTrailDigestMeta,
        false => return None,
    };
    Some((Digest { json: json.into(), log_files: Vec::new() }, format))
}

/// Each object of a list, by its place from 1 and a way to its texts.
fn files(
    list: Option<&str>,
    file: impl Fn(u32, &dyn Fn(&str) -> Option<Box<str>>) -> DigestLogFile,
) -> Vec<DigestLogFile> {
    let list: Vec<&RawValue> = list.and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
    let one = |(json, position): (&&RawValue, u32)| {
        let of = members(json.get()).unwrap_or_default();
        file(position, &|name| get(&of, name).and_then(value_text).map(|text| Box::<str>::from(text.as_ref())))
    };
    list.iter().zip(1..).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_lists_its_log_files() {
        let json = r#"{"digestS3Bucket":"b","previousDigestSignature":null,"logFiles":[
            {"s3Bucket":"b","s3Object":"o\/1","hashValue":"00","hashAlgorithm":"SHA-256"},7]}"#;
        let digest = read(json, &members(json).unwrap()).unwrap();
        assert_eq!(&*digest.json, json);
        assert_eq!(digest.log_files.len(), 2);
        assert_eq!(digest.log_files[0].s3_object.as_deref(), Some("o/1"));
        assert_eq!((digest.log_files[1].position, &digest.log_files[1].hash_value), (2, &None));
        let other = r#"{"logFiles":[]}"#;
        assert_eq!(read(other, &members(other).unwrap()), None);
    }
}
