//! The files to import, made once and kept. The same arguments give the same bytes.

use crate::options::Options;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Default-format flow logs by the shared generator.
pub(crate) fn flow_logs(records: u64, options: &Options) -> Result<PathBuf> {
    generated(&format!("flows-{records}"), records, &[], options)
}

/// The same with the fields of all versions up to 5.
pub(crate) fn full_flow_logs(records: u64, options: &Options) -> Result<PathBuf> {
    generated(&format!("full-flows-{records}"), records, &["--v5"], options)
}

fn generated(name: &str, records: u64, more: &[&str], options: &Options) -> Result<PathBuf> {
    kept(&options.work()?.join(name), |folder| {
        let status = Command::new(generator(options)?).arg(records.to_string()).arg(folder).args(more).status()?;
        if status.success() { Ok(()) } else { Err(format!("the generator ended with {status}").into()) }
    })
}

/// Builds the generator in a copy, because cargo writes a lock file beside a manifest and the shared folder is not ours.
fn generator(options: &Options) -> Result<PathBuf> {
    let from = options.shared.join("bench/gen");
    let to = options.work()?.join("gen");
    std::fs::create_dir_all(to.join("src"))?;
    for file in ["Cargo.toml", "src/main.rs"] {
        let source = from.join(file);
        std::fs::copy(&source, to.join(file)).map_err(|error| format!("{}: {error}", source.display()))?;
    }
    let target = options.work()?.join("gen-target");
    let status = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(to.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    if status.success() { Ok(target.join("release/flowgen")) } else { Err("the generator does not build".into()) }
}

/// CloudTrail log files of 2,000 events each.
pub(crate) fn trail_files(events: u64, options: &Options) -> Result<PathBuf> {
    const PER_FILE: u64 = 2_000;
    kept(&options.work()?.join(format!("trail-{events}")), |folder| {
        let folder = folder.join("AWSLogs/111111111111/CloudTrail/ap-northeast-1/2021/05/16");
        std::fs::create_dir_all(&folder)?;
        for (number, first) in (0..events).step_by(PER_FILE as usize).enumerate() {
            let name = format!("111111111111_CloudTrail_ap-northeast-1_20210516T0750Z_{number:016}.json.gz");
            let mut out = GzEncoder::new(BufWriter::new(File::create(folder.join(name))?), Compression::new(6));
            out.write_all(b"{\"Records\":[")?;
            for n in first..(first + PER_FILE).min(events) {
                if n > first {
                    out.write_all(b",")?;
                }
                write_event(n, &mut out)?;
            }
            out.write_all(b"]}")?;
            out.finish()?.flush()?;
        }
        Ok(())
    })
}

/// An event of about 1,300 bytes, of which a third differs from its neighbours, as in real trails.
fn write_event(n: u64, out: &mut impl Write) -> std::io::Result<()> {
    const CALLS: [(&str, &str, bool); 8] = [
        ("ec2", "DescribeInstances", true),
        ("s3", "GetObject", true),
        ("sts", "AssumeRole", true),
        ("s3", "PutObject", false),
        ("iam", "ListUsers", true),
        ("kms", "Decrypt", true),
        ("logs", "CreateLogStream", false),
        ("ec2", "AuthorizeSecurityGroupIngress", false),
    ];
    // SplitMix64's finish: neighbours share no digits.
    let mut hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^= hash >> 27;
    let (service, name, read_only) = CALLS[(hash % 8) as usize];
    let role = hash >> 8 & 31;
    let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
    let error = if hash >> 16 & 15 == 0 {
        "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User is not authorized to perform this action\","
    } else {
        ""
    };
    write!(
        out,
        "{{\"eventVersion\":\"1.08\",\"userIdentity\":{{\"type\":\"AssumedRole\",\"principalId\":\"AROAXBENCHROLE{role:06}:i-{hash:017x}\",\
         \"arn\":\"arn:aws:sts::111111111111:assumed-role/role-{role}/i-{hash:017x}\",\"accountId\":\"111111111111\",\
         \"accessKeyId\":\"ASIAXBENCH{:010}\",\"sessionContext\":{{\"sessionIssuer\":{{\"type\":\"Role\",\"principalId\":\"AROAXBENCHROLE{role:06}\",\
         \"arn\":\"arn:aws:iam::111111111111:role/role-{role}\",\"accountId\":\"111111111111\",\"userName\":\"role-{role}\"}},\
         \"webIdFederationData\":{{}},\"attributes\":{{\"creationDate\":\"2021-05-16T00:00:00Z\",\"mfaAuthenticated\":\"false\"}}}}}},\
         \"eventTime\":\"2021-05-16T{hour:02}:{minute:02}:{second:02}Z\",\"eventSource\":\"{service}.amazonaws.com\",\"eventName\":\"{name}\",\
         \"awsRegion\":\"ap-northeast-1\",\"sourceIPAddress\":\"10.0.{}.{}\",\"userAgent\":\"aws-sdk-go/1.38.0 (go1.16; linux; amd64)\",{error}\
         \"requestParameters\":{{\"bucketName\":\"bucket-{}\",\"key\":\"data/{hash:016x}.json\"}},\"responseElements\":null,\
         \"requestID\":\"{:08x}-0000-4000-8000-{n:012x}\",\"eventID\":\"{:08x}-0000-4000-9000-{n:012x}\",\"readOnly\":{read_only},\
         \"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":\"111111111111\",\"eventCategory\":\"Management\"}}",
        hash % 10_000_000_000,
        hash >> 24 & 255,
        hash >> 32 & 255,
        hash >> 40 & 63,
        hash >> 32,
        hash & 0xffff_ffff,
    )
}

/// Makes a folder under another name first, so that an interrupted run leaves nothing that looks whole.
pub(crate) fn kept(folder: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    if !folder.is_dir() {
        let part = folder.with_extension("part");
        if part.exists() {
            std::fs::remove_dir_all(&part)?;
        }
        std::fs::create_dir_all(&part)?;
        make(&part)?;
        std::fs::rename(&part, folder)?;
    }
    Ok(folder.to_owned())
}

/// Bytes of all gzip files below a folder, unpacked.
pub(crate) fn uncompressed_bytes(folder: &Path) -> Result<u64> {
    let (mut sum, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "gz") {
                let mut content = MultiGzDecoder::new(BufReader::new(File::open(&path)?));
                let mut piece = vec![0; 1 << 20];
                loop {
                    match content.read(&mut piece)? {
                        0 => break,
                        bytes => sum += bytes as u64,
                    }
                }
            }
        }
    }
    Ok(sum)
}
