//! `coldtrail sql`.

use super::output::{self, Rows};
use super::{CliError, RowFormat, exit, opening, stop};
use crate::query::{self, SqlLimits};
use std::path::PathBuf;

/// Runs read-only SQL over the views flow_record, cloudtrail_event and cloudtrail_occurrence
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail sql incident.coldtrail \"SELECT action, count(*) FROM flow_record GROUP BY action\""
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// One read-only statement
    pub statement: String,
    /// Maximum number of rows
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub limit: usize,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let limits = SqlLimits { rows: arguments.limit, time: None };
    let result = query::read_only_sql(&reader, &arguments.statement, limits, &stop::on_signal())?;
    let mut out = Rows::new(&arguments.rows, &result.columns)?;
    for row in &result.rows {
        stop::check()?;
        out.json_row(row)?;
    }
    out.finish()?;
    if result.cut {
        output::tell(&format!("coldtrail: there are more than {} rows; use --limit to get more", arguments.limit));
    }
    Ok(exit::DONE)
}
