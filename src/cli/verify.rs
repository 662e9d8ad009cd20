//! `coldtrail verify`.

use super::import::stop_on_interrupt;
use super::output::{Rows, tell};
use super::{CliError, RowFormat, exit};
use crate::app::verify::{Check, VerifyError, VerifyOptions, verify};
use crate::ingest::reader::CancelToken;
use crate::query::Value;
use std::path::PathBuf;

/// Checks a case: hashes of the evidence, structure, journal, column index, every exhibit asked again
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A row for each check with its verdict: good, FAILED, or unchecked (nothing to check it with, as where an original \
                  was left out of the case). Exit code 4: a check failed.\n\nExample:\n  coldtrail verify incident.coldtrail --replay \
                  --originals /mnt/evidence"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Derive every row again from the originals and compare; needs room for a scratch case beside the case
    #[arg(long)]
    pub replay: bool,
    /// A folder with the original files: compared with what was imported, and read where the case left them out
    #[arg(long, value_name = "DIR")]
    pub originals: Option<PathBuf>,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let cancel = CancelToken::default();
    stop_on_interrupt(&cancel)?;
    let mut out = Rows::new(&arguments.rows, &["check", "item", "verdict", "detail"])?;
    let mut output = Ok(());
    let mut told = |check: &Check| {
        if output.is_ok() {
            let text = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
            let row = [text(check.area.name()), text(&check.item), text(check.verdict.name()), text(&check.detail)];
            output = out.row(&row).and_then(|()| out.flush());
        }
    };
    let options = VerifyOptions { replay: arguments.replay, originals: arguments.originals.clone() };
    if let Some(folder) = options.originals.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(CliError::Usage(format!("{} is no folder", folder.display())));
    }
    let done = verify(&arguments.case, &options, &cancel, &mut told)?;
    output?;
    out.finish()?;
    let sum = format!("checks: {} good, {} failed, {} unchecked", done.good, done.failed, done.unchecked);
    tell(&if done.stopped { format!("{sum}; stopped before the end") } else { sum });
    Ok(match done {
        done if done.failed > 0 => exit::DIFFERS,
        done if done.stopped => exit::UNUSABLE,
        _ => exit::DONE,
    })
}

impl From<VerifyError> for CliError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Query(error) => error.into(),
            VerifyError::Scratch(_) => CliError::Unusable(error.to_string()),
        }
    }
}
