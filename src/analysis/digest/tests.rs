//! A chain of digests that these tests sign themselves, whole and broken in every way.

use super::chain::{DigestFile, Given, LocalFile, Original, SignFile, judge};
use super::keys::Keys;
use super::parse::{LogFile, Members, QuerySign, ResultFile};
use super::*;
use crate::case::journal::hex;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::pkcs8::EncodePublicKey;
use rsa::{Pkcs1v15Sign, PrivateKey};
use sha2::{Digest as _, Sha256};

/// A key made for these tests.
const KEY: &str = "MIICXQIBAAKBgQC3a0Gq0OBdX2cM97tckMgAfmL3L2FzINwZs/3LQt29UU203U8/l37haW9/Zfhnm/WiM4pOvjP2a0p+31rLIOtcbLwjeHLhoOcrbmcjcW24N17GhBfKgDk1S9cfsJg8A+2fCI6N9mO0o/6jVVHijkBJ16Z3eicmR42+Dmj90Sw+RwIDAQABAoGBAJQll6ami3IfipaYycacUk7Dxp+sr2NUGTLRhJ5WZc9yCfeaAVZ1wM/EX4BhFmBpQd8/DelIC6RvSH5tXWJQNojSQurWRqCObfihFgvctlT0WBZ/RZv+0SoXnaZMZucDefaqpDwjCOm726pkUXqVs46t0uxAYeY/1ZzAgV28TM2RAkEA8gIXMr+7rPPpl1HDRNJsHumkeZiX5oPSgEdocyZ4E8nDto+MViNswPGQWtWUcPttrs6CCpvKo7OtJFNBLy6VjQJBAMIGAAphpPdQTP89eRO6bLoeDE9nFn2Eek4Xi8gVRVV5KrLtxC48t7c6bUo5w6Do82fGOBn2SJYvc42dsPWz/CMCQFjKdZJ0EDqDfye6ouckQPESjfrjBpBXuyq/iE3/Rj0UYM8hWb7c3nDn8CuzgvP0+6gQMlwMDswDBzp1pUvXTp0CQQC5mcvIIogQHLzLHR8JhDgmAkB8ZHzbLTNiKJwKlm5wySvTZidYo7SKjlWlv4QoFS9igfeAvlvJbzL2sXZqU/ZJAkAP4ic+P0uUzbcp0Tx7k00e/VavDvvjq8IL8pAbMF+TeY6dsjg8zoj5MHKDGuJQduNbEW4ySuEW/aFC9Dg5qb5a";

fn private() -> PrivateKey {
    PrivateKey::from_pkcs1_der(&BASE64_STANDARD.decode(KEY).unwrap()).unwrap()
}

fn public() -> Vec<u8> {
    private().to_public_key().to_pkcs1_der().unwrap().as_bytes().to_vec()
}

fn sign(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hex(&private().sign(Pkcs1v15Sign::new::<Sha256>(), &hash).unwrap())
}

fn fingerprint(der: &[u8]) -> String {
    use md5::Digest as _;
    hex(&md5::Md5::digest(der))
}

fn keys() -> Keys {
    keys_of(&fingerprint(&public()), &public())
}

fn keys_of(fingerprint: &str, der: &[u8]) -> Keys {
    let mut keys = Keys::default();
    let value = BASE64_STANDARD.encode(der);
    let list = serde_json::json!({"PublicKeyList": [
        {"Value": value, "Fingerprint": fingerprint, "ValidityStartTime": 1_600_000_000.0, "ValidityEndTime": "2031-01-01T00:00:00Z"},
    ]});
    keys.add(&list.to_string(), "00ff").unwrap();
    keys
}

const START: i64 = 1_700_000_000 - 1_700_000_000 % 3600;

fn iso(secs: i64) -> String {
    crate::model::Timestamp::from_secs(secs).to_iso()
}

fn object(n: i64) -> String {
    format!("AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/d{n}.json.gz")
}

fn log_object(n: i64) -> String {
    format!("AWSLogs/123456789012/CloudTrail/eu-west-1/log{n}.json.gz")
}

fn text_of(digest: &DigestFile) -> String {
    let of = &digest.members;
    let previous = of.previous_digest_signature.as_deref().unwrap_or("null");
    let (end, object) = (of.digest_end_time.as_deref().unwrap(), of.object.as_deref().unwrap());
    format!("{end}\nb/{object}\n{}\n{previous}", digest.sha256)
}

fn log(n: i64) -> LocalFile {
    let content = hex(&Sha256::digest(format!("log {n}").as_bytes()));
    LocalFile {
        evidence: 100 + u32::try_from(n).unwrap(),
        path: format!("/evidence/{}", log_object(n)),
        is_log: true,
        account: Some("123456789012".to_owned()),
        region: Some("eu-west-1".to_owned()),
        stamp: Some(START + n * 3600 + 600),
        file_sha256: "11".to_owned(),
        content_sha256: content.clone(),
        packing: None,
        original: Some(Original { sha256: content, bytes_after: false }),
    }
}

/// A chain of so many digests, an hour and a log file each; the newest has its signature beside it.
fn chain(count: i64) -> Given {
    let mut given = Given { keys: keys(), ..Given::default() };
    let mut previous: Option<(DigestFile, String)> = None;
    for n in 0..count {
        let (start, end) = (START + n * 3600, START + (n + 1) * 3600);
        let listed = LogFile {
            object: Some(log_object(n)),
            hash_value: Some(log(n).content_sha256),
            hash_algorithm: Some("SHA-256".to_owned()),
        };
        let members = Members {
            aws_account_id: Some("123456789012".to_owned()),
            digest_start_time: Some(iso(start)),
            digest_end_time: Some(iso(end)),
            bucket: Some("b".to_owned()),
            object: Some(object(n)),
            fingerprint: Some(fingerprint(&public())),
            previous_bucket: previous.as_ref().map(|_| "b".to_owned()),
            previous_object: previous.as_ref().and_then(|(digest, _)| digest.members.object.clone()),
            previous_hash: previous.as_ref().map(|(digest, _)| digest.sha256.clone()),
            previous_digest_signature: previous.as_ref().map(|(_, signature)| signature.clone()),
            log_files: Some(vec![listed]),
        };
        let digest = DigestFile {
            evidence: u32::try_from(n).unwrap() + 1,
            path: format!("/evidence/{}", object(n)),
            sha256: hex(&Sha256::digest(format!("{members:?}").as_bytes())),
            members,
            chain: "123456789012 eu-west-1 t".to_owned(),
            account: Some("123456789012".to_owned()),
            region: Some("eu-west-1".to_owned()),
            start: Some(start),
            end: Some(end),
            ..DigestFile::default()
        };
        let signature = sign(&text_of(&digest));
        given.digests.push(digest.clone());
        given.files.push(log(n));
        previous = Some((digest, signature));
    }
    if let Some((_, signature)) = previous {
        given.digests.last_mut().unwrap().signature = Some(signature);
    }
    given
}

/// `kind:place:verdict` of each row; the place is the last part of the object without what all have.
fn told(given: &Given) -> Vec<String> {
    let short = |object: &str| object.rsplit('/').next().unwrap().replace(".json.gz", "");
    judge(given)
        .iter()
        .map(|line| match line.kind {
            Kind::Hour => format!("hour {} {}", (line.hour.unwrap() - START) / 3600, line.verdict.name()),
            _ => format!("{} {}", short(&line.object), line.verdict.name()),
        })
        .collect()
}

fn reason(given: &Given, object: &str) -> String {
    judge(given).into_iter().find(|line| line.object.contains(object)).unwrap().reason
}

#[test]
fn an_unbroken_chain_is_verified() {
    let given = chain(3);
    let all = ["d0 verified", "log0 verified", "d1 verified", "log1 verified", "d2 verified", "log2 verified"];
    assert_eq!(told(&given), all);
    assert!(reason(&given, "d1").contains("of the key file with SHA-256 00ff"));
    // The order in which files were imported does not matter.
    let mut turned = chain(3);
    turned.digests.reverse();
    turned.files.reverse();
    assert_eq!(told(&turned), all);
}

#[test]
fn a_key_in_either_form_and_a_signature_in_capitals_count() {
    let spki = private().to_public_key().to_public_key_der().unwrap().as_bytes().to_vec();
    let mut given = chain(1);
    given.keys = keys_of(&fingerprint(&spki), &spki);
    given.digests[0].members.fingerprint = Some(fingerprint(&spki).to_uppercase());
    // The text that is signed does not hold the fingerprint.
    given.digests[0].signature = given.digests[0].signature.as_ref().map(|hex| hex.to_uppercase());
    assert_eq!(told(&given), ["d0 verified", "log0 verified"]);
}

#[test]
fn a_changed_log_file_is_invalid() {
    let mut given = chain(2);
    given.files[0].original = Some(Original { sha256: "22".to_owned(), bytes_after: false });
    assert_eq!(told(&given), ["d0 verified", "log0 invalid", "d1 verified", "log1 verified"]);
    assert!(reason(&given, "log0").starts_with("its SHA-256 is 22, the digest gives "));
}

#[test]
fn bytes_after_the_first_gzip_member_are_invalid() {
    let mut given = chain(1);
    given.files[0].original.as_mut().unwrap().bytes_after = true;
    assert_eq!(told(&given), ["d0 verified", "log0 invalid"]);
}

#[test]
fn a_changed_digest_is_invalid_and_proves_no_log_file() {
    for n in [0, 1, 2] {
        let mut given = chain(3);
        given.digests[n].sha256 = "33".to_owned();
        let mut expected = told(&chain(3));
        expected[2 * n] = format!("d{n} invalid");
        expected[2 * n + 1] = format!("log{n} invalid");
        assert_eq!(told(&given), expected);
    }
}

/// Whoever changes the signature in a digest breaks that digest, and not the one before.
#[test]
fn a_signature_in_an_invalid_digest_accuses_nobody() {
    let mut given = chain(2);
    given.digests[1].members.previous_digest_signature = Some("00".repeat(128));
    given.digests[1].sha256 = "33".to_owned();
    assert_eq!(told(&given), ["d0 unsigned_tail", "log0 unsigned_tail", "d1 invalid", "log1 invalid"]);
    given.digests[0].signature = Some(sign(&text_of(&given.digests[0])));
    assert_eq!(told(&given)[..2], ["d0 verified", "log0 verified"]);
}

#[test]
fn missing_digests_and_their_hours_are_told() {
    let mut given = chain(3);
    given.digests.remove(1);
    let expected = [
        "d0 unsigned_tail",
        "log0 unsigned_tail",
        "d1 missing",
        "hour 1 missing",
        "d2 verified",
        "log2 verified",
        "log1 unlisted",
    ];
    assert_eq!(told(&given), expected);
    let mut given = chain(4);
    given.digests.drain(1..3);
    let told = told(&given);
    assert_eq!(told[2..6], ["hour 1 missing", "d2 missing", "hour 2 missing", "d3 verified"]);
}

#[test]
fn a_chain_that_begins_before_the_case_says_so() {
    let mut given = chain(2);
    given.digests.remove(0);
    assert_eq!(told(&given), ["d0 missing", "d1 verified", "log1 verified", "log0 unlisted"]);
    assert!(reason(&given, "/d0").ends_with("the digests of this chain in the case begin after it"));
    assert_eq!(reason(&given, "log0"), "no digest in the case covers its hour");
}

#[test]
fn missing_and_further_log_files_are_told() {
    let mut given = chain(2);
    given.files.remove(0);
    given.files.push(LocalFile { evidence: 200, path: "/x/extra.json.gz".to_owned(), ..log(1) });
    // The same content under another name is the log file that a digest lists.
    given.files[1].content_sha256 = "44".to_owned();
    let expected = ["d0 verified", "log0 missing", "d1 verified", "log1 verified", "extra unlisted"];
    assert_eq!(told(&given), expected);
    assert_eq!(reason(&given, "extra"), "no digest lists it, although digests of its hour are in the case");
    given.files[1].account = Some("999999999999".to_owned());
    assert_eq!(reason(&given, "extra"), "no digest of its account and Region is in the case");
    given.files[1].is_log = false;
    assert_eq!(told(&given).len(), 4);
}

#[test]
fn a_renamed_log_file_is_found_by_its_content() {
    let mut given = chain(1);
    given.files[0].path = "/x/other.json".to_owned();
    assert_eq!(told(&given), ["d0 verified", "log0 verified"]);
    assert!(reason(&given, "log0").ends_with("found by its content, under the name other.json"));
}

#[test]
fn without_the_key_the_chain_is_linked_by_hashes_only() {
    let mut given = chain(2);
    given.keys = Keys::default();
    assert_eq!(told(&given), ["d0 hash_linked", "log0 hash_linked", "d1 hash_linked", "log1 hash_linked"]);
    assert!(
        reason(&given, "d0")
            .starts_with("the next digest gives its SHA-256; the signature was not checked: no public key")
    );
    given.digests[0].sha256 = "33".to_owned();
    assert_eq!(told(&given)[0], "d0 invalid");
}

#[test]
fn a_key_that_is_not_the_one_it_says_is_not_used() {
    let mut given = chain(1);
    let mut other = public();
    *other.last_mut().unwrap() ^= 2;
    given.keys = keys_of(&fingerprint(&public()), &other);
    assert_eq!(told(&given), ["d0 hash_linked", "log0 hash_linked"]);
    assert!(reason(&given, "d0").contains("is not used: the fingerprint of its value is"));
    // A foreign key under its own fingerprint, named by the digest: the signature is not by it.
    given.keys = keys_of(&fingerprint(&other), &other);
    given.digests[0].members.fingerprint = Some(fingerprint(&other));
    assert_eq!(told(&given), ["d0 invalid", "log0 invalid"]);
    let mut keys = Keys::default();
    assert!(keys.add("[]", "").is_err());
    keys.add(r#"{"publicKeyList":[{"value":"!","fingerprint":"aa"}]}"#, "").unwrap();
    assert!(keys.refused["aa"].starts_with("its value is no base64"));
}

#[test]
fn a_signature_outside_the_validity_of_its_key_is_told() {
    let mut given = chain(1);
    let digest = &mut given.digests[0];
    digest.end = Some(1_500_000_000);
    assert!(reason(&given, "d0").ends_with("outside the validity period of that key"));
}

#[test]
fn without_a_signature_the_newest_is_an_unsigned_tail() {
    let mut given = chain(2);
    given.digests[1].signature = None;
    assert_eq!(told(&given), ["d0 verified", "log0 verified", "d1 unsigned_tail", "log1 unsigned_tail"]);
    given.digests[1].signature = Some(sign("another"));
    assert_eq!(told(&given)[2..], ["d1 invalid", "log1 invalid"]);
}

#[test]
fn a_moved_digest_is_not_confirmed() {
    let mut given = chain(1);
    given.digests[0].path = "/evidence/elsewhere/d0.json.gz".to_owned();
    assert_eq!(told(&given), ["d0 location_unconfirmed", "log0 location_unconfirmed"]);
    // The end of a longer name is not that name.
    given.digests[0].path = format!("/evidence/x{}", object(0));
    assert_eq!(told(&given)[0], "d0 location_unconfirmed");
    given.digests[0].path = object(0);
    assert_eq!(told(&given)[0], "d0 verified");
}

#[test]
fn a_chain_that_starts_again_says_so_and_names_the_hours_between() {
    let mut given = chain(4);
    let mut anew = given.digests.remove(2);
    let of = &mut anew.members;
    (of.previous_bucket, of.previous_object, of.previous_hash, of.previous_digest_signature) = (None, None, None, None);
    anew.signature = Some(sign(&text_of(&anew)));
    given.digests.remove(1);
    given.digests[1] = anew;
    assert_eq!(told(&given)[2..5], ["hour 1 missing", "d2 verified", "log2 verified"]);
    assert!(reason(&given, "d2").ends_with("it names no previous digest: a new chain starts here"));
    assert!(!reason(&given, "d0").contains("new chain"));
}

#[test]
fn a_backfill_digest_covers_no_hour() {
    let mut given = chain(3);
    given.digests[1].backfill = true;
    assert_eq!(told(&given)[3..5], ["log1 verified", "hour 1 missing"].map(str::to_owned).as_slice().to_vec()[..]);
}

#[test]
fn a_digest_without_what_it_must_have_is_invalid() {
    let json = r#"{"digestS3Bucket":"b","digestS3Object":"o","digestEndTime":"x","digestStartTime":"y","previousDigestSignature":null}"#;
    let members: Members = serde_json::from_str(json).unwrap();
    assert_eq!(super::parse::lacking(json, &members), ["digestPublicKeyFingerprint"]);
    let mut given = chain(1);
    given.digests[0].lacking = vec!["digestPublicKeyFingerprint"];
    assert_eq!(told(&given), ["d0 invalid", "log0 invalid"]);
    given.digests[0].lacking.clear();
    given.digests[0].start = None;
    assert!(reason(&given, "d0").contains("cannot be read"));
}

#[test]
fn an_original_that_is_not_stored_is_judged_by_the_import() {
    let mut given = chain(1);
    given.files[0].original = None;
    assert_eq!(told(&given), ["d0 verified", "log0 verified"]);
    assert!(reason(&given, "log0").ends_with("by the SHA-256 taken at import"));
}

#[test]
fn a_case_without_digests_has_no_rows() {
    let given = Given { files: vec![log(0)], ..Given::default() };
    assert_eq!(told(&given), [""; 0]);
}

#[test]
fn saved_query_results_are_checked_against_their_signature() {
    let hashes = ["aa", "bb"];
    let files = hashes.iter().zip(1..).map(|(hash, n)| ResultFile {
        file_name: Some(format!("result_{n}.csv.gz")),
        file_hash_value: Some((*hash).to_owned()),
    });
    let sign_file = SignFile {
        evidence: 1,
        path: "q/result_sign.json".to_owned(),
        sign: QuerySign {
            query_complete_time: Some("2023-11-15T00:00:00Z".to_owned()),
            hash_signature: Some(sign("aa bb")),
            public_key_fingerprint: Some(fingerprint(&public())),
            files: files.collect(),
        },
    };
    let file = |n: u32, sha256: &str| LocalFile {
        evidence: n + 1,
        path: format!("q/result_{n}.csv.gz"),
        file_sha256: sha256.to_owned(),
        ..LocalFile::default()
    };
    let mut given = Given { keys: keys(), signs: vec![sign_file], files: vec![file(1, "aa")], ..Given::default() };
    let verdicts = |given: &Given| -> Vec<&str> { lake::judge(given).iter().map(|line| line.verdict.name()).collect() };
    assert_eq!(verdicts(&given), ["verified", "verified", "missing"]);
    given.files.push(file(2, "cc"));
    assert_eq!(verdicts(&given), ["verified", "verified", "invalid"]);
    given.files[1].content_sha256 = "bb".to_owned();
    assert_eq!(verdicts(&given), ["verified", "verified", "verified"]);
    given.keys = Keys::default();
    assert_eq!(verdicts(&given), ["hash_linked", "hash_linked", "hash_linked"]);
    given.keys = keys();
    given.signs[0].sign.files.swap(0, 1);
    assert_eq!(verdicts(&given)[0], "invalid");
}
