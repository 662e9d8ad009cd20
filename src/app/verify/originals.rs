//! A folder with originals: listed once, and each file hashed once at most, when something asks for its size. From it
//! come the files that were imported, and the files that the case lacks: neither evidence, nor written down as offered.

use super::{Area, Checks, Verdict, VerifyError};
use crate::app::import::list_paths;
use crate::case::{CaseReader, journal};
use crate::ingest::reader;
use crate::model::Cancel;
use crate::query::{self, EvidenceRow};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

pub(super) struct Originals {
    /// In the order of the listing.
    files: Vec<Original>,
    by_size: HashMap<u64, SameSize>,
    bytes_hashed: AtomicU64,
}

struct Original {
    path: PathBuf,
    bytes: u64,
    /// Its SHA-256 in hex, or why it cannot be read.
    hash: OnceCell<Result<String, String>>,
}

#[derive(Default)]
struct SameSize {
    /// Places in `Originals::files`.
    files: Vec<usize>,
    by_hash: OnceCell<HashMap<String, usize>>,
}

impl Originals {
    /// Lists a folder; the file of the case itself is no original.
    pub(super) fn below(folder: &Path, case: &Path) -> Self {
        let listing = list_paths(&[folder.to_owned()], case);
        let original = |(path, bytes)| Original { path, bytes, hash: OnceCell::new() };
        let files: Vec<Original> = listing.files.into_iter().map(original).collect();
        let mut by_size: HashMap<u64, SameSize> = HashMap::new();
        for (place, file) in files.iter().enumerate() {
            by_size.entry(file.bytes).or_default().files.push(place);
        }
        Self { files, by_size, bytes_hashed: AtomicU64::new(0) }
    }

    fn hash(&self, file: &Original, cancel: &Cancel) -> Result<String, String> {
        let read = || match reader::hash_file(&file.path, cancel, &self.bytes_hashed) {
            Ok(hash) => Ok(journal::hex(&hash)),
            Err(error) => Err(error.to_string()),
        };
        file.hash.get_or_init(read).clone()
    }

    /// The file that was imported, if it is there unchanged.
    pub(crate) fn of(&self, evidence: &EvidenceRow, cancel: &Cancel) -> Option<&Path> {
        let same_size = self.by_size.get(&evidence.file_bytes)?;
        let by_hash = same_size.by_hash.get_or_init(|| {
            let mut by_hash = HashMap::new();
            for (place, file) in same_size.files.iter().filter_map(|place| Some((*place, self.files.get(*place)?))) {
                if let Ok(hash) = self.hash(file, cancel) {
                    by_hash.entry(hash).or_insert(place);
                }
            }
            by_hash
        });
        let file = self.files.get(*by_hash.get(&evidence.file_sha256)?)?;
        Some(&file.path)
    }

    /// Compares every file with the case, by its size first and then by its SHA-256.
    pub(super) fn check_lacking(
        &self,
        reader: &CaseReader,
        cancel: &Cancel,
        checks: &mut Checks<'_>,
    ) -> Result<(), VerifyError> {
        let mut known: HashMap<u64, HashSet<String>> = HashMap::new();
        for evidence in query::evidence_list(reader)?.into_iter().filter(|evidence| evidence.container.is_none()) {
            known.entry(evidence.file_bytes).or_default().insert(evidence.file_sha256);
        }
        let mut offered = HashSet::new();
        for (_, received) in query::received(reader)? {
            match (received.file_bytes, received.file_sha256) {
                (Some(bytes), Some(hash)) => {
                    known.entry(bytes).or_default().insert(hash);
                }
                // It could not be read: only its path is known.
                _ => {
                    offered.insert(received.path);
                }
            }
        }
        for file in &self.files {
            if cancel.is_cancelled() {
                return Ok(());
            }
            let name = file.path.to_string_lossy();
            if offered.contains(&*name) {
                continue;
            }
            let detail = match known.get(&file.bytes) {
                None => "no evidence file has this size".to_owned(),
                Some(hashes) => match self.hash(file, cancel) {
                    Ok(hash) if hashes.contains(&hash) => continue,
                    Ok(hash) => format!("no evidence file has the SHA-256 {hash}"),
                    Err(_) if cancel.is_cancelled() => return Ok(()),
                    Err(error) => error,
                },
            };
            checks.tell(Area::Originals, name, Verdict::Missing, detail);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::import::{self, FileFailure, FileReport, ImportObserver, ImportOptions, ImportRequest, Progress};
    use crate::app::verify::Verified;
    use crate::case::{CaseInfo, CaseWriter};
    use crate::ingest::reader::Expansion;
    use std::sync::atomic::Ordering;

    struct Quiet;

    impl ImportObserver for Quiet {
        fn progress(&mut self, _: &Progress) {}
        fn file_done(&mut self, _: &FileReport) {}
        fn file_failed(&mut self, _: &FileFailure) {}
        fn expansion(&mut self, _: &Path, _: &Expansion) -> bool {
            false
        }
    }

    #[test]
    fn a_file_is_hashed_once_whatever_asks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let originals = folder.path().join("originals");
        std::fs::create_dir(&originals).unwrap();
        let line = "2 123456789010 eni-1 10.0.0.5 10.0.0.9 443 49152 6 10 840 1600000000 1600000060 ACCEPT OK\n";
        std::fs::write(originals.join("a.log"), line).unwrap();
        let case = folder.path().join("one.coldtrail");
        let mut writer = CaseWriter::create(&case, &CaseInfo::default(), "2026-01-02T03:04:05Z").unwrap();
        let (paths, options) = (vec![originals.clone()], ImportOptions::default());
        let request = ImportRequest { paths, options, cancel: Cancel::default() };
        import::run(&mut writer, &case, &request, &mut Quiet).unwrap();
        writer.close().unwrap();
        // As long as the first, and not in the case.
        std::fs::write(originals.join("b.log"), line.replace("840", "841")).unwrap();

        let (reader, cancel) = (CaseReader::open(&case).unwrap(), Cancel::default());
        let found = Originals::below(&originals, &case);
        let evidence = query::evidence_list(&reader).unwrap();
        let mut lacking = Vec::new();
        for _ in 0..2 {
            assert_eq!(found.of(&evidence[0], &cancel), Some(originals.join("a.log").as_path()));
            let mut told = |told: crate::app::verify::Told<'_>| {
                if let crate::app::verify::Told::Check(check) = told {
                    lacking.push((check.item.clone(), check.verdict));
                }
            };
            let mut checks = Checks { told: &mut told, sum: Verified::default() };
            found.check_lacking(&reader, &cancel, &mut checks).unwrap();
        }
        let b = originals.join("b.log").to_string_lossy().into_owned();
        assert_eq!(lacking, [(b.clone(), Verdict::Missing), (b, Verdict::Missing)]);
        assert_eq!(found.bytes_hashed.load(Ordering::Relaxed), 2 * line.len() as u64);
    }
}
