//! Every public file of the corpora, imported in place by the program: what it holds is what the manifest says, the
//! original comes out again byte for byte, and every record is found in it where the case says.

use crate::desk::{Desk, Imported};
use crate::support::{CorpusFile, corpus};
use coldtrail::app::raw;
use coldtrail::case::CaseReader;
use coldtrail::model::{Dataset, RecordId};
use coldtrail::query::{self, Cancel, Duplicates, EvidenceRow, RecordQuery};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Kinds of the manifest that are flow logs or CloudTrail; the others are kept as they are.
fn is_evidence(file: &CorpusFile) -> bool {
    let kinds = ["vpc-flow", "tgw-flow", "cloudtrail", "cloudwatch-export", "edge"];
    let is_kind = |kind: &&str| file.kind == *kind || file.kind.starts_with(&format!("{kind}/"));
    kinds.iter().any(is_kind) || ["cloudtrail-digest", "cloudtrail-insights"].contains(&&*file.kind)
}

/// Kinds that digest validation reads; they hold no records.
const BESIDE_DIGESTS: [&str; 2] = ["cloudtrail-digest-meta", "cloudtrail-public-keys"];

/// Where ours differs from the manifest, or it says no number: path, what we count, how many of them are warnings, and why.
const DIFFERENT: [(&str, u64, u64, &str); 10] = [
    ("opensearch-catalog/cloudtrail_samples-large.json", 842, 2, "840 events, the surplus } and what it tore apart"),
    ("cloudgrep-tests/bad_cloudtrail.json", 1, 1, "the only event is cut off"),
    ("awsdocs-cloudtrail-user-guide/cloudtrail-log-file-examples-6.INVALID.json", 1, 1, "the only event is no JSON"),
    ("awsdocs-cloudtrail-user-guide/view-cloudtrail-events-cli-1.INVALID.json", 1, 1, "the only item is no JSON"),
    ("cloudgrep-tests/UTF-8-Test.txt", 1, 1, "no log at all: kept, with one warning"),
    ("constructed/edge/empty.log.gz", 0, 0, "nothing in it"),
    ("constructed/edge/zero-bytes.log.gz", 0, 0, "nothing in it"),
    ("constructed/edge/flow-double-gz.log.gz.gz", 7, 0, "the seven lines of the log that was packed twice"),
    ("constructed/edge/flow-inside.zip", 8, 1, "seven lines of its log, and a member that is none"),
    ("constructed/edge/ct-truncated.json.gz", 103, 1, "102 whole events, and the one at the cut"),
];

/// Elements that cannot be read in files whose number is the manifest's.
const WARNINGS: [(&str, u64); 7] = [
    ("awsdocs-vpc-user-guide/custom-nat-6fields-trailing-comments.log", 2),
    ("otel-contrib-awslogs/vpc_flow_log_too_few_fields.log", 1),
    ("otel-contrib-awslogs/vpc_flow_log_too_many_fields.log", 1),
    ("otel-contrib-awslogs/valid_vpc_flow_cw_custom.json", 2),
    ("cloudgrep-tests/000000.gz", 166),
    ("constructed/edge/flow-truncated.log.gz", 1),
    ("constructed/edge/flow-bad-values.log", 4),
];

/// What the file shall come to: its sum, and the warnings in it.
fn expected(file: &CorpusFile) -> (Option<u64>, u64) {
    if BESIDE_DIGESTS.contains(&file.kind.as_str()) {
        return (Some(0), 0);
    }
    if !is_evidence(file) {
        return (Some(1), 1);
    }
    if let Some((_, sum, warnings, _)) = DIFFERENT.iter().find(|(path, ..)| *path == file.path) {
        return (Some(*sum), *warnings);
    }
    (file.count, WARNINGS.iter().find(|(path, _)| *path == file.path).map_or(0, |(_, warnings)| *warnings))
}

/// Rows of an import by the file that they belong to; those of an archive's members with it.
fn by_file(rows: &[Imported]) -> BTreeMap<&str, Vec<&Imported>> {
    let mut files: BTreeMap<&str, Vec<&Imported>> = BTreeMap::new();
    for row in rows {
        files.entry(row.path.split("!/").next().unwrap()).or_default().push(row);
    }
    files
}

/// What is wrong with a file's rows.
fn complaint(folder: &Path, file: &CorpusFile, rows: &BTreeMap<&str, Vec<&Imported>>) -> Option<String> {
    let path = folder.join(&file.path);
    let path = path.to_str().unwrap();
    let Some(rows) = rows.get(path) else { return Some(format!("{path}: not imported")) };
    let (sum, warnings) = expected(file);
    let found = (rows.iter().map(|r| r.sum()).sum::<u64>(), rows.iter().map(|r| r.warnings).sum::<u64>());
    let hash = rows.iter().find(|row| row.path == path).map(|row| row.sha256.as_str());
    if hash != Some(&file.sha256) {
        return Some(format!("{path}: SHA-256 {hash:?}, the manifest says {}", file.sha256));
    }
    let kept_as = if BESIDE_DIGESTS.contains(&file.kind.as_str()) { file.kind.as_str() } else { "unknown" };
    if !is_evidence(file) && rows.iter().any(|row| row.format != kept_as) {
        return Some(format!("{path} ({}) was read as {}", file.kind, rows[0].format));
    }
    (found != (sum?, warnings)).then(|| {
        format!("{path} ({}): {found:?}, expected {sum:?} with {warnings} warnings; {}", file.kind, file.quirks)
    })
}

#[test]
fn every_file_of_the_corpora_holds_what_the_manifest_says() {
    let Some((folder, files)) = corpus("corpora") else { return };
    for file in &files {
        assert!(expected(file).0.is_some(), "{}: neither the manifest nor the test has a number", file.path);
    }
    let desk = Desk::new();
    let paths: Vec<_> = files.iter().map(|file| folder.join(&file.path)).collect();
    let rows = desk.import(&paths);
    let rows = by_file(&rows);
    let wrong: Vec<String> = files.iter().filter_map(|file| complaint(&folder, file, &rows)).collect();
    assert!(files.len() > 850 && wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n"));

    evidence_rows_add_up(&desk);
    originals_come_out_again(&desk);
    let reader = desk.reader();
    let list = query::evidence_list(&reader).unwrap();
    for evidence in &list {
        records_are_where_the_case_says(&reader, evidence);
    }
    crate::only_value::every_value_finds_its_record(&reader, 600);
}

/// What else is in a case does not change what a file holds: one file of every kind and name's ending, on its own.
#[test]
fn a_file_alone_holds_the_same_as_among_others() {
    let Some((folder, files)) = corpus("corpora") else { return };
    let mut kinds: BTreeMap<(&str, &str), &CorpusFile> = BTreeMap::new();
    for file in files.iter().filter(|file| is_evidence(file)) {
        let ending = file.path.rsplit('.').next().unwrap();
        kinds.entry((&file.kind, ending)).or_insert(file);
    }
    let mut chosen: Vec<&CorpusFile> = kinds.into_values().collect();
    chosen.extend(files.iter().filter(|file| file.kind == "edge"));
    let mut wrong = Vec::new();
    for file in &chosen {
        let desk = Desk::new();
        let rows = desk.import(&[folder.join(&file.path)]);
        wrong.extend(complaint(&folder, file, &by_file(&rows)));
        let duplicates: u64 = rows.iter().filter(|row| row.format.starts_with("flow")).map(|row| row.duplicates).sum();
        if duplicates > 0 {
            wrong.push(format!("{}: {duplicates} duplicates in a case with no other file", file.path));
        }
    }
    assert!(chosen.len() > 35 && wrong.is_empty(), "{} of {}:\n{}", wrong.len(), chosen.len(), wrong.join("\n"));
}

/// The counts of an evidence row are those of the tables.
pub(crate) fn evidence_rows_add_up(desk: &Desk) {
    let conn = desk.sqlite();
    let mut statement = conn
        .prepare(
            "SELECT e.path, e.flow_count, (SELECT count(*) FROM flow f WHERE f.id >> 32 = e.evidence_id),
             e.event_count, (SELECT count(*) FROM event v WHERE v.id >> 32 = e.evidence_id),
             e.warning_count, (SELECT count(*) FROM import_warning w WHERE w.evidence_id = e.evidence_id AND w.scope = 'element'),
             e.record_count + e.duplicate_count,
             e.flow_count + e.event_count + (SELECT count(*) FROM digest_log_file d WHERE d.evidence_id = e.evidence_id),
             e.duplicate_count,
             (SELECT count(*) FROM flow_duplicate d WHERE d.id >> 32 = e.evidence_id)
             + (SELECT count(*) FROM event v WHERE v.id >> 32 = e.evidence_id AND v.id <> v.event_key)
             FROM evidence e",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let numbers: Vec<i64> = (1..11).map(|index| row.get(index).unwrap()).collect();
        for pair in numbers.chunks(2) {
            assert_eq!(pair[0], pair[1], "{}: {numbers:?}", row.get::<_, String>(0).unwrap());
        }
    }
}

/// Every original, written out by the program, has the hash that the case and the manifest know.
fn originals_come_out_again(desk: &Desk) {
    use sha2::{Digest, Sha256};
    let out = desk.path("out");
    std::fs::create_dir(&out).unwrap();
    desk.ok(&["evidence", "export", desk.case(), "--out", out.to_str().unwrap()]);
    let list = query::evidence_list(&desk.reader()).unwrap();
    for evidence in &list {
        let bytes = std::fs::read(out.join(raw::export_name(evidence))).unwrap();
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, evidence.file_sha256, "{}", evidence.path);
        if evidence.container.is_none() {
            assert!(bytes == std::fs::read(&evidence.path).unwrap(), "{}", evidence.path);
        }
    }
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), list.len());
}

/// The uncompressed content, unpacked here and not by the program.
fn content(evidence: &EvidenceRow, file: &[u8]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in evidence.packing.split('+').filter(|packing| *packing == "gzip") {
        let mut plain = Vec::new();
        // A file that is cut off has what comes before the cut.
        let _ = flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain);
        bytes = plain;
    }
    bytes
}

fn records_are_where_the_case_says(reader: &CaseReader, evidence: &EvidenceRow) {
    if evidence.records + evidence.duplicates == 0 || evidence.container.is_some() || evidence.encoding.contains("16") {
        return;
    }
    let content = content(evidence, &std::fs::read(&evidence.path).unwrap());
    assert_eq!(content.len() as u64, evidence.content_bytes, "{}", evidence.path);
    let filter = |dataset| coldtrail::filter::parse(&format!("evidence = {}", evidence.id.0), dataset).unwrap();
    for dataset in [Dataset::Flows, Dataset::Events] {
        let query =
            RecordQuery { filter: Some(filter(dataset)), duplicates: Duplicates::All, ..RecordQuery::all(dataset) };
        let ids: Vec<RecordId> = query::rows(reader, &query, &Cancel::default()).unwrap().iter().collect();
        let mut end = 0;
        for (place, id) in ids.iter().enumerate() {
            let first_or_last = place == 0 || place + 1 == ids.len();
            end = record_is_there(reader, evidence, &content, *id, end, first_or_last);
        }
    }
}

/// The record's place holds its own text; returns where it ends, because the next one comes behind it.
fn record_is_there(
    reader: &CaseReader,
    evidence: &EvidenceRow,
    content: &[u8],
    id: RecordId,
    after: u64,
    read_it: bool,
) -> u64 {
    let detail = query::record(reader, id).unwrap();
    let what = format!("{} {id}", evidence.path);
    let Some(place) = detail.place else {
        assert_eq!(evidence.format, "flow-parquet", "{what}");
        if read_it {
            let row: serde_json::Value = serde_json::from_slice(&raw::raw_text(reader, id).unwrap()).unwrap();
            assert!(row.is_object(), "{what}: {row}");
        }
        return 0;
    };
    assert!(place.offset >= after, "{what}: at {} before the end of the one before, {after}", place.offset);
    let text = &content[place.offset as usize..(place.offset + place.len) as usize];
    if read_it {
        assert!(raw::raw_text(reader, id).unwrap() == text, "{what}");
    }
    let text = String::from_utf8_lossy(text);
    let names = ["event_id", "srcaddr", "dstaddr", "packets"];
    let known = detail.fields.iter().filter(|(field, _)| names.contains(&field.name()));
    for (field, value) in known {
        if field.name() == "packets" && text.contains("_packet_size\"") {
            packets_follow_from_sizes(&text, &value.to_text());
            continue;
        }
        assert!(text.contains(&value.to_text()), "{what}: {} {} is not in {text}", field.name(), value.to_text());
    }
    place.offset + place.len
}

/// The playbook's table writes bytes and the average size of a packet, of each direction.
fn packets_follow_from_sizes(text: &str, packets: &str) {
    let object: serde_json::Value = serde_json::from_str(text).unwrap();
    let number = |name: &str| object[name].as_f64().unwrap_or_default();
    let packets: f64 = packets.parse().unwrap();
    let fits = ["in", "out"].iter().any(|way| {
        let size = number(&format!("avg_{way}_packet_size"));
        (packets * size - number(&format!("{way}_bytes"))).abs() <= size
    });
    assert!(fits, "{packets} packets do not follow from {text}");
}

#[test]
fn importing_leaves_the_originals_as_they_were() {
    let Some((folder, files)) = corpus("originals") else { return };
    for file in files.iter().filter(|file| file.kind == "vpc-flow").take(3) {
        let desk = Desk::new();
        let name = Path::new("in-place").join(Path::new(&file.path).file_name().unwrap());
        let evidence = desk.file(name.to_str().unwrap(), std::fs::read(folder.join(&file.path)).unwrap());
        let state = || (std::fs::read(&evidence).unwrap(), std::fs::metadata(&evidence).unwrap().modified().unwrap());
        let before = state();
        desk.import(&[&evidence]);
        assert!(before == state(), "{} was changed", file.path);
        let beside: Vec<_> =
            std::fs::read_dir(desk.path("in-place")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside, [evidence.file_name().unwrap()]);
    }
}
