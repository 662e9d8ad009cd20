//! Paths that a person passes on, on the command line or by dropping them on the window: which is the case, and what
//! is evidence.

use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    pub case: Option<PathBuf>,
    /// To be imported, into the case or into a new one that is asked for.
    pub evidence: Vec<PathBuf>,
}

impl Opening {
    /// The first case among the paths is the one to open; everything else is evidence.
    pub fn of(paths: Vec<PathBuf>) -> Self {
        let mut opening = Self::default();
        for path in paths {
            if opening.case.is_none() && is_case(&path) {
                opening.case = Some(path);
            } else {
                opening.evidence.push(path);
            }
        }
        opening
    }
}

/// By its name, which counts for a file that is not there too, or by its content: evidence is never an SQLite file.
fn is_case(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "coldtrail") || begins_as_sqlite(path)
}

fn begins_as_sqlite(path: &Path) -> bool {
    // A pipe would wait for whoever writes into it.
    if !path.is_file() {
        return false;
    }
    let mut head = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == *b"SQLite format 3\0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_known_by_name_or_content_and_the_rest_is_evidence() {
        let folder = tempfile::tempdir().unwrap();
        let renamed = folder.path().join("case.db");
        std::fs::write(&renamed, b"SQLite format 3\0 and so on").unwrap();
        let log = folder.path().join("flow.log");
        std::fs::write(&log, b"2 123").unwrap();
        let of = |paths: &[&Path]| Opening::of(paths.iter().map(|p| p.to_path_buf()).collect());
        assert_eq!(of(&[&log, &renamed]), Opening { case: Some(renamed.clone()), evidence: vec![log.clone()] });
        let gone = Path::new("/gone/x.coldtrail");
        assert_eq!(of(&[gone, &renamed]), Opening { case: Some(gone.into()), evidence: vec![renamed] });
        assert_eq!(of(&[folder.path()]), Opening { case: None, evidence: vec![folder.path().into()] });
        assert_eq!(of(&[]), Opening::default());
    }
}
