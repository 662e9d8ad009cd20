//! What several tests need: where things are, the rule for things that are not there, a scratch folder, the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, in order of path.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

pub(crate) fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// For a test that lacks something of the machine: fails on CI, else says so.
pub(crate) fn skip(test: &str, missing: &str) {
    assert!(!on_ci(), "{test}: {missing}, and on CI nothing is skipped");
    eprintln!("{test}: skipped, {missing}");
}

/// The shared folder beside the repository, where there is one.
pub(crate) fn shared(test: &str) -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).to_owned();
    if folder.is_dir() {
        return Some(folder);
    }
    skip(test, "the folder ../shared is not there");
    None
}

/// One file of the corpora as MANIFEST.tsv describes it.
#[derive(Clone, Debug)]
pub(crate) struct CorpusFile {
    /// Relative to the corpora.
    pub path: String,
    /// `vpc-flow`, `cloudtrail` ...
    pub kind: String,
    /// What the file holds, where the manifest says a number.
    pub count: Option<u64>,
    pub quirks: String,
    pub sha256: String,
}

/// The manifest's rows; `None` where the corpora are not there (see `skip`).
pub(crate) fn corpus(test: &str) -> Option<(PathBuf, Vec<CorpusFile>)> {
    let folder = shared(test)?.join("corpora");
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let mut lines = manifest.lines();
    let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column =
        |name: &str| columns.iter().position(|column| *column == name).unwrap_or_else(|| panic!("column {name}"));
    let places = ["path", "kind", "count", "quirks", "sha256"].map(column);
    let rows = lines.filter(|line| !line.is_empty()).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [path, kind, count, quirks, sha256] =
            places.map(|place| cells.get(place).copied().unwrap_or("").to_owned());
        CorpusFile { path, kind, count: count.parse().ok(), quirks, sha256 }
    });
    Some((folder, rows.collect()))
}

/// The program under test, away from the settings of whoever runs it.
pub(crate) fn coldtrail(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldtrail"));
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        command.env(name, home);
    }
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C.UTF-8").env("TZ", "UTC");
    command
}

/// Runs one subcommand to its end; panics with what it printed where the exit code is not `code`.
pub(crate) fn run(home: &Path, arguments: &[&str], code: i32) -> Output {
    let output = coldtrail(home).args(arguments).output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "coldtrail {arguments:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Starts a command, interrupts it as Ctrl+C does once `begun` says that it is at work, and waits for its end. `true` where
/// it was stopped and said so, `false` where it was done before the signal came.
#[cfg(unix)]
pub(crate) fn interrupted(home: &Path, arguments: &[&str], begun: impl Fn() -> bool) -> bool {
    let mut child = coldtrail(home).args(arguments).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !begun() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).output().unwrap();
    let output = child.wait_with_output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => false,
        code => {
            assert_eq!(code, Some(5), "{messages}");
            assert!(messages.contains("stopped"), "{messages}");
            true
        }
    }
}
