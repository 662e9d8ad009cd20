//! `coldtrail rescue`.

use super::output::{escape, fail, tell};
use super::{CliError, exit};
use crate::app::examiner;
use crate::app::import::now_utc;
use crate::case;
use std::path::PathBuf;

/// Recovers the readable part of a damaged case into a new case, which lists what was lost
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The damaged case is not changed. The new case has its journal, with an entry that records the SHA-256 of the damaged file and \
                  lists the rows that could not be read. Exit code 1: rows were lost.\n\nExample:\n  coldtrail rescue \
                  incident.coldtrail incident-rescued.coldtrail --examiner 'A. Mori'"
)]
pub struct Arguments {
    /// The damaged case
    pub case: PathBuf,
    /// The new case; never overwritten
    pub target: PathBuf,
    /// Name to record in the journal; by default the examiner in the settings, or the login name
    #[arg(long, value_name = "NAME")]
    pub examiner: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let by = examiner::of_this_run(arguments.examiner.as_deref());
    let rescued = case::rescue(&arguments.case, &arguments.target, &by, &now_utc())?;
    for lost in &rescued.lost {
        fail(&format!("unreadable: {lost}"));
    }
    tell(&format!(
        "{}: rows recovered: {}, unreadable places: {}; SHA-256 of the damaged file {}",
        escape(&arguments.target.to_string_lossy()),
        rescued.rows,
        rescued.lost.len(),
        rescued.sha256
    ));
    Ok(if rescued.lost.is_empty() { exit::DONE } else { exit::WARNINGS })
}
