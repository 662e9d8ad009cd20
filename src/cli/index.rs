//! `coldtrail index`.

use super::opening::{Writing, read};
use super::{CliError, exit, output, stop};
use crate::app::index::{self, Completed, IndexHealth, IndexReport};
use serde_json::json;
use std::path::PathBuf;

/// Shows, removes, rebuilds or checks the column index of a case, which makes queries fast
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  coldtrail index incident.coldtrail --rebuild")]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Remove it: the case gets smaller, queries slower; the next import or opening in the window rebuilds it
    #[arg(long, conflicts_with_all = ["rebuild", "check"])]
    pub drop: bool,
    /// Rebuild it from the rows
    #[arg(long, conflicts_with = "check")]
    pub rebuild: bool,
    /// Check it against every row
    #[arg(long)]
    pub check: bool,
    /// Print a JSON object
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub writing: Writing,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    if arguments.drop {
        index::remove(arguments.writing.at(&arguments.case)?)?;
    }
    if arguments.rebuild {
        let target = arguments.writing.at(&arguments.case)?;
        let done = index::complete(target, true, &stop::on_signal(), &mut || {})?;
        stop::check()?;
        if let Completed::Impossible(fault) = done {
            output::fail(&format!("coldtrail: there is no column index: {fault}"));
            return Ok(exit::UNUSABLE);
        }
    }
    let reader = read(&arguments.case)?;
    let report = index::report(&reader)?;
    output::bytes(told(&report, arguments.json).as_bytes())?;
    if arguments.check
        && let Some(fault) = index::differences(&reader)?
    {
        output::fail(&format!("coldtrail: {fault}; rebuild it with --rebuild"));
        return Ok(exit::DIFFERS);
    }
    Ok(exit::DONE)
}

fn told(report: &IndexReport, as_json: bool) -> String {
    let sizes = &report.sizes;
    let (state, why) = match &report.health {
        IndexHealth::Ready => ("complete", None),
        IndexHealth::Behind { .. } => ("incomplete", None),
        IndexHealth::Missing(why) => ("missing", Some(why)),
        IndexHealth::Damaged(why) => ("damaged", Some(why)),
    };
    if as_json {
        let object = json!({
            "state": state, "reason": why, "rows": sizes.rows, "indexed_rows": sizes.indexed_rows, "bytes": sizes.bytes,
        });
        return format!("{object:#}\n");
    }
    let why = why.map_or_else(String::new, |why| format!(" ({why})"));
    format!(
        "{:<13} {state}{why}\n{:<13} {} of {}\n{:<13} {} bytes\n",
        "index", "rows", sizes.indexed_rows, sizes.rows, "size", sizes.bytes
    )
}
