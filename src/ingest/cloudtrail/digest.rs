//! Digest files: kept and listed here, validated elsewhere.
//!
//! Source: the CloudTrail user guide, digest file structure.

use crate::ingest::json::text::{Members, get, members, value_text};
use crate::model::batch::{Digest, DigestLogFile};
use serde_json::value::RawValue;

/// The digest that a JSON object is; `None` for any other object.
pub fn read(json: &str, of: &Members<'_>) -> Option<Digest> {
    let has = |name| get(of, name).is_some();
    let is_digest = has("digestS3Bucket") && has("logFiles") || has("digestStartTime") && has("digestS3Object");
    if !is_digest {
        return None;
    }
    let files: Vec<&RawValue> =
        get(of, "logFiles").and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
    let log_files = files.iter().zip(1..).map(|(file, position)| log_file(file.get(), position)).collect();
    Some(Digest { json: json.into(), log_files })
}

fn log_file(json: &str, position: u32) -> DigestLogFile {
    let of = members(json).unwrap_or_default();
    let text = |name| get(&of, name).and_then(value_text).map(|text| Box::<str>::from(text.as_ref()));
    DigestLogFile {
        position,
        s3_bucket: text("s3Bucket"),
        s3_object: text("s3Object"),
        hash_value: text("hashValue"),
        hash_algorithm: text("hashAlgorithm"),
    }
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
