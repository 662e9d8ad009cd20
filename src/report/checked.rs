//! A report on disk whose files are what its manifest says: only such a one is worth a signature or a time stamp.

use super::{manifest, names};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// What a signature needs to know of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The manifest's name in the folder.
    pub manifest: &'static str,
    pub sha256: String,
    /// The last entry of the journal that the report contains.
    pub journal_head: String,
}

/// Reads a report's manifest and compares every file with it.
///
/// # Errors
/// Why it is not a complete report, as a clause.
pub fn checked(folder: &Path) -> Result<Checked, String> {
    let text = fs::read(folder.join(names::MANIFEST)).map_err(|error| format!("{}: {error}", names::MANIFEST))?;
    let lines = std::str::from_utf8(&text).ok().and_then(manifest::files);
    let lines = lines.ok_or_else(|| format!("{} is not the manifest of a report", names::MANIFEST))?;
    for (sha256, name) in &lines {
        let found = hash_file(&folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        if found != *sha256 {
            return Err(format!("{name} is not the file that its manifest names"));
        }
    }
    if !lines.iter().any(|(_, name)| name == names::JSON) {
        return Err(format!("its manifest does not name {}", names::JSON));
    }
    let json = fs::read(folder.join(names::JSON)).map_err(|error| format!("{}: {error}", names::JSON))?;
    let json: Json = serde_json::from_slice(&json).map_err(|error| format!("{}: {error}", names::JSON))?;
    let head = json.get("journal_head").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(Checked { manifest: names::MANIFEST, sha256: manifest::sha256(&text), journal_head: head })
}

/// The SHA-256 of a file of any length, lowercase hex.
///
/// # Errors
/// It cannot be read.
pub fn hash_file(path: &Path) -> io::Result<String> {
    let (mut file, mut hasher, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(manifest::hex(&hasher.finalize())),
            count => hasher.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}
