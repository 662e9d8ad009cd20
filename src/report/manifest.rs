//! The manifest: the SHA-256 of every file of the folder, as `sha256sum -c` reads it. Lines with `#` say what the files are;
//! `sha256sum` passes over them.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The first line: by it a folder is known to hold a report of ours.
pub(super) const HEAD: &str = "# Coldtrail report, form 1";

const ABOUT: [&str; 13] = [
    "# Check with: sha256sum -c SHA256SUMS",
    "# report.html, report.pdf: the report to be read; report.json: all of it as values, with every row.",
    "# report.case.jsonld: the evidence files, the tool, the examiners and the exhibits with their hashes, as JSON-LD in the",
    "#   terms of CASE 1.x and UCO 1.x (caseontology.org), for other tools.",
    "# attachments/NAME.csv: every row, for a spreadsheet. A text that begins as a formula, and a number that a spreadsheet",
    "#   would round or shorten, stands behind an apostrophe; control and direction characters are spelt out as \u{2039}U+XXXX\u{203a};",
    "#   a text of more than 32,000 characters is cut and says so.",
    "# attachments/NAME.exact.csv: every row without loss (RFC 4180, UTF-8): values as the logs have them. Times are UTC; a",
    "#   cell without anything is an absent value, \"\" an empty text. Do not open these files with a spreadsheet.",
    "# attachments/exhibit-NNN.canonical.jsonl: an exhibit's rows in canonical form: sha256sum of it is the exhibit's digest.",
    "#   The method in the report says how the lines are written, and how the journal's hashes are calculated.",
    "# figures/NAME.svg, NAME.png: the pictures of the report.",
    "#",
];

/// A file's line and name, in the order of their names.
pub(super) fn text(files: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = files.iter().collect();
    sorted.sort();
    let mut text = format!("{HEAD}\n{}\n", ABOUT.join("\n"));
    for (name, hash) in sorted {
        // Writing into memory does not fail.
        let _ = writeln!(text, "{hash}  {name}");
    }
    text
}

/// Lowercase hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The names in a manifest of ours; `None`: it is none.
pub(super) fn names(text: &str) -> Option<Vec<String>> {
    Some(files(text)?.into_iter().map(|(_, name)| name).collect())
}

/// The hashes and names in a manifest of ours; `None`: it is none.
pub(super) fn files(text: &str) -> Option<Vec<(String, String)>> {
    let mut lines = text.lines();
    if lines.next()? != HEAD {
        return None;
    }
    let files = lines.filter(|line| !line.starts_with('#'));
    files.map(|line| line.split_once("  ").map(|(hash, name)| (hash.to_owned(), name.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_its_files_in_order_and_is_known_again() {
        let hash = sha256(b"abc");
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let text = text(&[("b".into(), hash.clone()), ("a/c".into(), hash)]);
        assert_eq!(names(&text), Some(vec!["a/c".to_owned(), "b".to_owned()]));
        assert_eq!(names("something else\n"), None);
    }
}
