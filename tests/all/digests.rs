//! Digest validation on the constructed chain: valid as it is, and every change to it is told.

use crate::desk::{Desk, gz};
use crate::support::shared;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

const DIGESTS: &str = "AWSLogs/218007301253/CloudTrail-Digest/us-east-1/2023/07/10/218007301253_CloudTrail-Digest_us-east-1_demo-trail_us-east-1_20230710T";
const LOGS: &str = "AWSLogs/218007301253/CloudTrail/us-east-1/2023/07/10/218007301253_CloudTrail_us-east-1_20230710T";
/// A log file of the first digest, and one of the last.
const FIRST_LOG: &str = "1150Z_1vnLavRRp0ek1mP4.json.gz";
const LAST_LOG: &str = "1205Z_86g9Vok9HiUCgSI7.json.gz";

struct Chain {
    desk: Desk,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::write(target, std::fs::read(path).unwrap()).unwrap();
        }
    }
}

impl Chain {
    /// The constructed chain, to be changed before it is imported.
    fn new(shared: &Path) -> Self {
        let desk = Desk::new();
        copy(&shared.join("corpora/constructed/digest/demo-cloudtrail-bucket"), &desk.path("in"));
        Self { desk }
    }

    fn digest(&self, stamp: &str) -> PathBuf {
        self.desk.path(&format!("in/{DIGESTS}{stamp}.json.gz"))
    }

    fn log(&self, name: &str) -> PathBuf {
        self.desk.path(&format!("in/{LOGS}{name}"))
    }

    /// The verdict of each object by the end of its name, and the exit code asserted. Hours by their time.
    fn verdicts(&self, keys: &Path, code: i32) -> BTreeMap<String, String> {
        let (case, keys) = (self.desk.case(), keys.to_str().unwrap());
        let output =
            crate::support::run(self.desk.folder.path(), &["digest", case, "--keys", keys, "--format", "csv"], code);
        let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(names[..5], ["kind", "object", "hour", "verdict", "reason"]);
        let row = |record: csv::StringRecord| {
            let object = record[1].rsplit(['/', '_']).next().unwrap().to_owned();
            let key = if &record[0] == "hour" { record[2].to_owned() } else { object };
            (key, record[3].to_owned())
        };
        reader.records().map(|record| row(record.unwrap())).collect()
    }

    fn imported(self) -> Self {
        self.desk.import(&[self.desk.path("in")]);
        self
    }
}

fn is(verdicts: &BTreeMap<String, String>, object: &str) -> String {
    verdicts
        .iter()
        .find(|(name, _)| name.starts_with(object))
        .unwrap_or_else(|| panic!("{object}: {verdicts:?}"))
        .1
        .clone()
}

fn change(path: &Path, change: impl FnOnce(String) -> String) {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::read(path).unwrap().as_slice()).read_to_string(&mut text).unwrap();
    std::fs::write(path, gz(change(text).as_bytes())).unwrap();
}

#[test]
fn the_constructed_chain_is_verified() {
    let Some(shared) = shared("digests") else { return };
    let keys = shared.join("corpora/constructed/digest/list-public-keys.json");
    let chain = Chain::new(&shared).imported();
    let verdicts = chain.verdicts(&keys, 0);
    assert_eq!(verdicts.len(), 3 + 8);
    assert!(verdicts.values().all(|verdict| verdict == "verified"), "{verdicts:?}");
    // Keys among the evidence serve as well, and nothing is left as a warning about unknown files.
    let desk = Desk::new();
    let imported = desk.import(&[chain.desk.path("in"), keys]);
    let formats: BTreeMap<&str, usize> = imported.iter().fold(BTreeMap::new(), |mut counts, file| {
        *counts.entry(file.format.as_str()).or_default() += 1;
        counts
    });
    let expected = [
        ("cloudtrail-digest", 3),
        ("cloudtrail-digest-meta", 3),
        ("cloudtrail-json", 8),
        ("cloudtrail-public-keys", 1),
    ];
    assert_eq!(formats.into_iter().collect::<Vec<_>>(), expected);
    let rows = desk.ok(&["query", desk.case(), "digest", "--format", "csv"]);
    assert_eq!((rows.matches(",verified,").count(), rows.lines().count()), (11, 12));
    desk.ok(&["verify", desk.case()]);
    // Without any, hashes only.
    let linked = chain.desk.ok(&["digest", chain.desk.case(), "--format", "csv"]);
    assert_eq!((linked.matches(",hash_linked,").count(), linked.lines().count()), (11, 12));
    let wrong = chain.desk.file("wrong.json", "{}");
    chain.desk.fails(&["digest", chain.desk.case(), "--keys", wrong.to_str().unwrap()], 2);
    chain.desk.fails(&["digest", chain.desk.case(), "--keys", "/does/not/exist"], 3);
}

#[test]
fn every_change_to_the_chain_is_told() {
    let Some(shared) = shared("digests") else { return };
    let keys = shared.join("corpora/constructed/digest/list-public-keys.json");
    let change_of = |code: i32, edit: &dyn Fn(&Chain)| {
        let chain = Chain::new(&shared);
        edit(&chain);
        chain.imported().verdicts(&keys, code)
    };
    // An event changed in a log file.
    let found = change_of(4, &|chain| change(&chain.log(FIRST_LOG), |text| text.replacen("us-east-1", "us-east-2", 1)));
    assert_eq!(is(&found, "1vnLavRRp0ek1mP4"), "invalid");
    assert_eq!(found.values().filter(|verdict| *verdict == "verified").count(), 10);
    // Bytes after the first gzip member: another member, and anything else.
    for after in [gz(b""), b"more".to_vec()] {
        let found = change_of(4, &|chain| {
            let bytes = [std::fs::read(chain.log(LAST_LOG)).unwrap(), after.clone()].concat();
            std::fs::write(chain.log(LAST_LOG), bytes).unwrap();
        });
        assert_eq!(is(&found, "86g9Vok9HiUCgSI7"), "invalid");
    }
    // A digest that was changed, so that it lists a file less.
    let found = change_of(4, &|chain| change(&chain.digest("123000Z"), |text| text.replacen("SHA-256", "SHA-512", 1)));
    assert_eq!((is(&found, "20230710T123000Z"), is(&found, "20230710T133000Z")), ("invalid".into(), "verified".into()));
    // Rows beyond the limit, and those of a file, count for the exit code.
    let chain = Chain::new(&shared);
    change(&chain.log(LAST_LOG), |text| text.replacen("us-east-1", "us-east-2", 1));
    let chain = chain.imported();
    let (case, keys_file) = (chain.desk.case(), keys.to_str().unwrap());
    let arguments = ["digest", case, "--keys", keys_file, "--limit", "1", "--format", "csv"];
    let output = crate::support::run(chain.desk.folder.path(), &arguments, 4);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    let file = chain.desk.path("digest.csv");
    let arguments = ["digest", case, "--keys", keys_file, "--limit", "1", "--out", file.to_str().unwrap()];
    crate::support::run(chain.desk.folder.path(), &arguments, 4);
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 2);
    // Digests, log files and metadata that are not there.
    let found = change_of(0, &|chain| {
        std::fs::remove_file(chain.digest("133000Z")).unwrap();
        std::fs::remove_file(chain.log(LAST_LOG)).unwrap();
    });
    assert_eq!(is(&found, "20230710T133000Z"), "missing");
    assert_eq!(is(&found, "2023-07-10T12:30:00"), "missing");
    assert_eq!(is(&found, "86g9Vok9HiUCgSI7"), "missing");
    // Its signature is beside it, so the digest before the gap is verified all the same.
    assert_eq!(is(&found, "20230710T123000Z"), "verified");
    let found = change_of(0, &|chain| {
        std::fs::remove_file(chain.digest("143000Z").with_extension("gz.head-object.json")).unwrap();
        std::fs::rename(chain.digest("133000Z"), chain.desk.path("in/elsewhere.json.gz")).unwrap();
        std::fs::write(chain.log("1155Z_aaaaaaaaaaaaaaaa.json.gz"), gz(br#"{"Records":[]}"#)).unwrap();
    });
    assert_eq!(is(&found, "20230710T143000Z"), "unsigned_tail");
    assert_eq!(is(&found, "20230710T133000Z"), "location_unconfirmed");
    assert_eq!(is(&found, "aaaaaaaaaaaaaaaa"), "unlisted");
}
