//! The files of a folder that the case lacks: neither evidence, nor written down as offered.

use super::{Area, Checks, Verdict, VerifyError};
use crate::app::import::list_paths;
use crate::case::{CaseReader, journal};
use crate::ingest::reader::{self, CancelToken};
use crate::query;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::AtomicU64;

/// Compares every file of the folder with the case, by its size first and then by its SHA-256.
pub(super) fn check_folder(
    reader: &CaseReader,
    folder: &Path,
    cancel: &CancelToken,
    checks: &mut Checks<'_>,
) -> Result<(), VerifyError> {
    let mut known: HashMap<u64, HashSet<String>> = HashMap::new();
    for evidence in query::evidence_list(reader)?.into_iter().filter(|evidence| evidence.container.is_none()) {
        known.entry(evidence.file_bytes).or_default().insert(evidence.file_sha256);
    }
    let mut offered = HashSet::new();
    for received in query::received(reader)? {
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
    for (path, bytes) in list_paths(&[folder.to_owned()], reader.path()).files {
        if cancel.is_cancelled() {
            return Ok(());
        }
        let name = path.to_string_lossy();
        if offered.contains(&*name) {
            continue;
        }
        let detail = match known.get(&bytes) {
            None => "no evidence has its size".to_owned(),
            Some(hashes) => match reader::hash_file(&path, cancel, &AtomicU64::new(0)) {
                Ok(hash) if hashes.contains(&journal::hex(&hash)) => continue,
                Ok(hash) => format!("no evidence has its SHA-256 {}", journal::hex(&hash)),
                Err(_) if cancel.is_cancelled() => return Ok(()),
                Err(error) => error.to_string(),
            },
        };
        checks.tell(Area::Originals, name, Verdict::Missing, detail);
    }
    Ok(())
}
