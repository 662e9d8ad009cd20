//! A case file for the benches that read one.

use crate::options::Options;
use std::path::{Path, PathBuf};
use std::process::Command;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A case of the files in these folders, recreated: what an older program wrote is not what is measured.
pub(crate) fn imported(folders: &[&Path], name: &str, options: &Options) -> Result<PathBuf> {
    let case = options.work()?.join(format!("{name}.coldtrail"));
    if case.exists() {
        std::fs::remove_file(&case)?;
    }
    for arguments in [vec!["new"], vec!["import", "--quiet"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coldtrail"));
        command.arg(arguments[0]).arg(&case).args(&arguments[1..]).stdout(std::process::Stdio::null());
        if arguments[0] == "import" {
            command.args(folders);
        }
        let status = command.status()?;
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(format!("{command:?} ended with {status}").into());
        }
    }
    Ok(case)
}
