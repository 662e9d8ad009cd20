//! Every file of the shared corpora: hashes and sizes as its manifest says, and the way back.

use super::*;
use std::path::PathBuf;

/// The corpora, or None where they are not laid out (never in CI).
fn corpora() -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
    println!("skipped: {} is missing", path.display());
    None
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// gzip files cut off in the middle; the manifest tells the size of what is there.
const CUT: [&str; 2] = ["constructed/edge/flow-truncated.log.gz", "constructed/edge/ct-truncated.json.gz"];

const PACKED_TWICE: &str = "constructed/edge/flow-double-gz.log.gz.gz";

#[test]
fn every_corpus_file_reads_as_the_manifest_says() {
    let Some(corpora) = corpora() else { return };
    let manifest = std::fs::read_to_string(corpora.join("MANIFEST.tsv")).unwrap();
    let mut files = 0;
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (name, content_bytes, sha256) = (columns[0], columns[4], columns[9]);
        let file = std::fs::read(corpora.join(name)).unwrap();
        let seen = read_all(&file);
        let top = &seen[0];
        assert_eq!(hex(&top.facts.file_sha256), sha256, "{name}");
        if name == PACKED_TWICE {
            // The manifest took one compression off, the reader removes both.
            let mut once = Vec::new();
            flate2::read::MultiGzDecoder::new(file.as_slice()).read_to_end(&mut once).unwrap();
            assert_eq!((once.len().to_string().as_str(), top.facts.packing.as_str()), (content_bytes, "gzip+gzip"));
            assert_eq!(top.facts.content_bytes, 892);
        } else {
            assert_eq!(top.facts.content_bytes.to_string(), content_bytes, "{name}");
        }
        assert_eq!(matches!(top.end, Some(StreamEnd::CutOff(_))), CUT.contains(&name), "{name}: {:?}", top.end);
        for evidence in seen.iter().filter(|s| s.archive.is_none()) {
            if evidence.facts.encoding == "utf-8" {
                assert_eq!(Sha256::digest(&evidence.decoded)[..], evidence.facts.content_sha256, "{name}");
            }
            let bytes = evidence.facts.content_bytes;
            for (offset, len) in [(0, 64), (bytes / 3, 333), (bytes.saturating_sub(50), 100)] {
                let range = evidence.range(offset, len);
                assert_eq!(range.len() as u64, (len as u64).min(bytes - offset), "{name} {offset}");
                if evidence.facts.encoding == "utf-8" {
                    let from = offset as usize;
                    assert!(range == evidence.decoded[from..from + range.len()], "{name} {offset}");
                }
            }
        }
        files += 1;
    }
    assert_eq!(files, manifest.lines().count() - 1);
}
