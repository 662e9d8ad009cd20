//! Every public file of the corpora, imported in place by the program, its count compared with the manifest.

use crate::support::{CorpusFile, corpus, run};
use std::path::Path;

/// Kinds of the manifest that are flow logs or CloudTrail.
fn is_evidence(file: &CorpusFile) -> bool {
    ["vpc-flow", "tgw-flow", "cloudtrail", "cloudwatch-export"]
        .iter()
        .any(|kind| file.kind == *kind || file.kind.strip_prefix(kind).is_some_and(|rest| rest.starts_with(['/', '-'])))
        && !["cloudtrail-digest", "cloudtrail-digest-meta", "cloudtrail-public-keys"].contains(&file.kind.as_str())
}

/// Where ours differs from the manifest: path, what we count, and why that is right.
const DIFFERENT: [(&str, u64, &str); 0] = [];

/// Records and duplicates of one file, imported into a case of its own, and the hash that the import tells.
fn count(home: &Path, file: &Path) -> Result<(u64, String), String> {
    let folder = tempfile::tempdir_in(home).map_err(|e| e.to_string())?;
    let case = folder.path().join("one.coldtrail");
    let case = case.to_str().ok_or("path")?;
    run(home, &["new", case], 0);
    let output = crate::support::coldtrail(home)
        .args(["import", case, file.to_str().ok_or("path")?, "--json"])
        .output()
        .map_err(|e| e.to_string())?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("{:?}: {}", output.status.code(), String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8(output.stdout).map_err(|e| e.to_string())?;
    let (mut sum, mut hash) = (0, String::new());
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).map_err(|e| format!("{line}: {e}"))?;
        if hash.is_empty() {
            // An archive's own row stands before those of its members.
            hash = row["sha256"].as_str().ok_or("sha256")?.to_owned();
        }
        sum += row["records"].as_u64().ok_or("records")? + row["duplicates"].as_u64().ok_or("duplicates")?;
    }
    Ok((sum, hash))
}

#[test]
fn every_file_of_the_corpora_holds_what_the_manifest_says() {
    let Some((folder, files)) = corpus("corpora") else { return };
    let home = tempfile::tempdir().unwrap();
    let files: Vec<&CorpusFile> = files.iter().filter(|file| is_evidence(file)).collect();
    assert!(files.len() > 700, "only {} evidence files in the manifest", files.len());
    let check = |file: &&CorpusFile| -> Option<String> {
        let Some(expected) = file.count else {
            return Some(format!("{}: the manifest has no count", file.path));
        };
        let expected = DIFFERENT.iter().find(|(path, ..)| *path == file.path).map_or(expected, |(_, ours, _)| *ours);
        match count(home.path(), &folder.join(&file.path)) {
            Ok((_, hash)) if hash != file.sha256 => Some(format!("{}: SHA-256 {hash}, not {}", file.path, file.sha256)),
            Ok((found, _)) if found == expected => None,
            Ok((found, _)) => {
                Some(format!("{} ({}): {found}, the manifest says {expected}; {}", file.path, file.format, file.quirks))
            }
            Err(error) => Some(format!("{}: {error}", file.path)),
        }
    };
    let halves = files.split_at(files.len() / 2);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let second = scope.spawn(|| halves.1.iter().filter_map(check).collect::<Vec<_>>());
        let mut wrong: Vec<String> = halves.0.iter().filter_map(check).collect();
        wrong.extend(second.join().unwrap());
        wrong
    });
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

#[test]
fn importing_leaves_the_originals_as_they_were() {
    let Some((folder, files)) = corpus("originals") else { return };
    let home = tempfile::tempdir().unwrap();
    for file in files.iter().filter(|file| file.kind == "vpc-flow").take(3) {
        let copy = home.path().join("in-place");
        std::fs::create_dir_all(&copy).unwrap();
        let evidence = copy.join(Path::new(&file.path).file_name().unwrap());
        std::fs::copy(folder.join(&file.path), &evidence).unwrap();
        let before = (std::fs::read(&evidence).unwrap(), std::fs::metadata(&evidence).unwrap().modified().unwrap());
        assert_eq!(Some(count(home.path(), &evidence).unwrap().0), file.count, "{}", file.path);
        let after = (std::fs::read(&evidence).unwrap(), std::fs::metadata(&evidence).unwrap().modified().unwrap());
        assert!(before == after, "{} was changed", file.path);
        let beside: Vec<_> = std::fs::read_dir(&copy).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside, [evidence.file_name().unwrap()]);
        std::fs::remove_dir_all(&copy).unwrap();
    }
}
