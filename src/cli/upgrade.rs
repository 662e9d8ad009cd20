//! `coldtrail upgrade`.

use super::opening::upgrade;
use super::{CliError, exit};
use std::path::PathBuf;

/// Upgrades a case of an older version, so that it can be changed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Reading needs no upgrade: a case of an older version is read through a temporary copy. An upgraded case cannot be opened by \
                  older programs; keep a copy where they are still in use.\n\nExample:\n  coldtrail upgrade incident.coldtrail \
                  --examiner 'A. Mori'"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Name to record in the journal; by default the examiner in the settings, or the login name
    #[arg(long, value_name = "NAME")]
    pub examiner: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    upgrade(&arguments.case, arguments.examiner.as_deref())?;
    Ok(exit::DONE)
}
