//! The fuzz targets' properties over mutated samples: the same on every run and every machine, so that a hostile input
//! that breaks one is matched in the ordinary tests and not only where a fuzzer happens to run.

#[path = "../fuzz/bodies.rs"]
mod bodies;

use crate::support::{files_below, repository};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// SplitMix64.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Flips, cuts, doubles and splices, as fuzzers do.
fn mutate(seed: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    const MEAN: [&[u8]; 14] = [
        b"\n",
        b"\r\n",
        b"\"",
        b"\\",
        b"{",
        b"}",
        b"[",
        b",",
        b"-",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"99999999999999999999",
        b"\xe2\x80\xae",
    ];
    let mut bytes = seed.to_vec();
    for _ in 0..1 + rng.below(6) {
        let at = rng.below(bytes.len() + 1);
        match rng.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            1 if at < bytes.len() => bytes[at] = rng.next() as u8,
            2 => bytes.truncate(at),
            3 => {
                let end = (at + rng.below(40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let end = (at + rng.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let from = rng.below(other.len() + 1);
                let to = (from + rng.below(200)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ => {
                bytes.splice(at..at, MEAN[rng.below(MEAN.len())].iter().copied());
            }
        }
    }
    bytes
}

/// Inputs to start from, small ones: at most 4 kB of each kind of file in the sample, unpacked and as it is.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let root = repository().join("sample-logs");
    if target == "filter" {
        let steps = std::fs::read_to_string(root.join("steps.tsv")).unwrap();
        return steps.lines().skip(1).map(|step| step.rsplit('\t').next().unwrap().as_bytes().to_vec()).collect();
    }
    if target == "case" {
        return vec![Vec::new(), vec![0; 40], b"\xffSQLite format 3\0".to_vec()];
    }
    if target.starts_with("list_") {
        let lists = files_below(&root.join("indicators"));
        let mut seeds: Vec<Vec<u8>> = lists.iter().map(|path| std::fs::read(path).unwrap()).collect();
        seeds.extend(LISTS.iter().map(|text| text.as_bytes().to_vec()));
        return seeds;
    }
    let mut seeds = Vec::new();
    for path in files_below(&root.join("evidence")).iter().step_by(if target == "reader" { 9 } else { 5 }) {
        let name = path.to_str().unwrap();
        let bytes = std::fs::read(path).unwrap();
        match target {
            "paths" => seeds.push(name.as_bytes().to_vec()),
            "reader" => seeds.push(bytes),
            "parquet" if name.ends_with(".parquet") => seeds.push([b"\x01", &bytes[..]].concat()),
            "parquet" => {}
            _ => {
                let mut text = Vec::new();
                use std::io::Read;
                if name.ends_with(".gz") {
                    flate2::read::MultiGzDecoder::new(&bytes[..]).take(3_000).read_to_end(&mut text).unwrap();
                } else if !name.ends_with(".parquet") {
                    text.extend(&bytes[..bytes.len().min(3_000)]);
                }
                // The first byte chooses a beginning: 0 is none.
                text.insert(0, 0);
                seeds.push(text);
            }
        }
    }
    if target == "parquet" {
        let files = files_below(&root.join("evidence"));
        let file = files.iter().find(|path| path.extension().is_some_and(|e| e == "parquet")).unwrap();
        seeds.push([b"\x01", &std::fs::read(file).unwrap()[..]].concat());
    }
    seeds
}

/// Small lists of the forms that the sample does not have.
const LISTS: [&str; 6] = [
    r#"{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","pattern":"[ipv4-addr:value = '1.2.3.4' OR domain-name:value = 'a.example']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z"},{"type":"ipv6-addr","value":"2001:db8::1"}]}"#,
    "[network-traffic:dst_port IN (22, 443) AND ipv4-addr:value ISSUBSET '10.0.0.0/8'] FOLLOWEDBY [url:value = 'http://a.example/']",
    r#"{"Event":{"info":"x","Attribute":[{"type":"ip-dst|port","value":"1.2.3.4|443","to_ids":true,"first_seen":"2024-01-01"},{"type":"domain|ip","value":"a.example|5.6.7.8"}]}}"#,
    r#"{"name":"clouds","type":"cidr","list":["198.51.100.0/24","2001:db8::/32"]}"#,
    r#"<?xml version="1.0"?><ioc xmlns="http://schemas.mandiant.com/2010/ioc"><definition><Indicator operator="OR"><IndicatorItem condition="is"><Context search="PortItem/remoteIP"/><Content type="IP">1.2.3.4</Content></IndicatorItem></Indicator></definition></ioc>"#,
    "hxxps://[2001:db8::5]:8443/x\n10.0.0.1 - 10.0.0.9 # span\n1.2.3[.]4:8080\nAKIAXPLANTEDEXAMPLE1\n",
];

/// Runs a body over its seeds and over `rounds` mutations.
fn drive(target: &str, rounds: usize) {
    let body = bodies::TARGETS.iter().find(|(name, _)| *name == target).unwrap().1;
    let seeds = seeds(target);
    assert!(!seeds.is_empty());
    let mut rng = Rng(target.len() as u64);
    for round in 0..seeds.len() + rounds {
        let input = match seeds.get(round) {
            Some(seed) => seed.clone(),
            None => {
                let (seed, other) = (rng.below(seeds.len()), rng.below(seeds.len()));
                mutate(&seeds[seed], &seeds[other], &mut rng)
            }
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| body(&input)));
        if outcome.is_err() {
            let path = std::env::temp_dir().join(format!("coldtrail-fuzz-{target}-{round}"));
            std::fs::write(&path, &input).unwrap();
            panic!("{target}: round {round} breaks a property; the input is in {}", path.display());
        }
    }
}

#[test]
fn flow_text() {
    drive("flow_text", 400);
}

#[test]
fn json() {
    drive("json", 400);
}

#[test]
fn csv() {
    drive("csv", 400);
}

#[test]
fn parquet() {
    drive("parquet", 60);
}

#[test]
fn reader() {
    drive("reader", 300);
}

#[test]
fn paths() {
    drive("paths", 2_000);
}

#[test]
fn filter() {
    drive("filter", 4_000);
}

#[test]
fn case() {
    drive("case", 60);
}

#[test]
fn list_csv() {
    drive("list_csv", 4_000);
}

#[test]
fn list_text() {
    drive("list_text", 4_000);
}

#[test]
fn list_stix() {
    drive("list_stix", 4_000);
}

#[test]
fn list_misp() {
    drive("list_misp", 4_000);
}

#[test]
fn list_openioc() {
    drive("list_openioc", 4_000);
}
