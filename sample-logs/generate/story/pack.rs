//! The tree of files under construction, and the packings that do not depend on the machine.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Everything that the generator writes, by path under `sample-logs`.
#[derive(Default)]
pub(crate) struct Tree {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Elements that cannot be read, put in on purpose.
    pub damaged: i64,
    /// Flow records that another file of the tree holds too.
    pub duplicate_flows: i64,
    pub transit_records: i64,
    /// Events that another file of the tree holds too.
    pub duplicate_events: i64,
    /// Ids of the events that any file holds.
    pub distinct_events: BTreeSet<String>,
    /// What the story says in figures: name and value.
    pub figures: Vec<(String, String)>,
}

impl Tree {
    pub(crate) fn add(&mut self, path: &str, bytes: Vec<u8>) {
        let replaced = self.files.insert(path.to_owned(), bytes);
        assert!(replaced.is_none(), "two files with the path {path}");
    }

    pub(crate) fn figure(&mut self, name: &str, value: impl std::fmt::Display) {
        self.figures.push((name.to_owned(), value.to_string()));
    }
}

/// One gzip member without a name or a time.
pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::new(9));
    out.write_all(content).expect("writing into memory does not fail");
    out.finish().expect("writing into memory does not fail")
}

/// A JSON string with its quotes.
pub(super) fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn sha256_hex(content: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
