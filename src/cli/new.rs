//! `coldtrail new`.

use super::output::tell_left;
use super::{CliError, exit};
use crate::app::import::now_utc;
use crate::case::{self, CaseInfo};
use std::path::PathBuf;

/// Creates an empty case
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail new incident.coldtrail --title 'Web host' --examiner 'A. Mori' --reference 2026-014"
)]
pub struct Arguments {
    /// The case file to create (NAME.coldtrail)
    pub case: PathBuf,
    /// Title of the case
    #[arg(long, default_value = "", hide_default_value = true)]
    pub title: String,
    /// The examiner; recorded in every journal entry
    #[arg(long, default_value = "", hide_default_value = true)]
    pub examiner: String,
    /// The case number used by the authority or client
    #[arg(long, default_value = "", hide_default_value = true)]
    pub reference: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let info = CaseInfo {
        title: arguments.title.clone(),
        examiner: arguments.examiner.clone(),
        reference: arguments.reference.clone(),
    };
    tell_left(&arguments.case);
    case::create(&arguments.case, &info, &now_utc())?;
    Ok(exit::DONE)
}
