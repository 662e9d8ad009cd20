//! `coldtrail bench`.

use super::output::bytes;
use super::{CliError, exit, stop};
use crate::app::bench::{RUNS, Timing, bench};
use std::path::PathBuf;

/// Measures query times on this machine in seconds: the best of three after a warm-up
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  coldtrail bench incident.coldtrail --json")]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Print one JSON object: seconds by name
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let mut failed = None;
    let mut tell = |timing: &Timing| {
        if !arguments.json {
            let peak = timing.peak.map(|bytes| format!(" {:>8} MB", bytes / 1_000_000)).unwrap_or_default();
            let line = format!("{:<26} {:>10.4} s {:>12} rows{peak}\n", timing.name, timing.secs, timing.rows);
            failed = failed.take().or(bytes(line.as_bytes()).err());
        }
    };
    let timings = bench(&arguments.case, &stop::on_signal(), &mut tell)?;
    if let Some(error) = failed {
        return Err(error);
    }
    if arguments.json {
        let lines: Vec<String> =
            timings.iter().map(|timing| format!(" \"{}\": {:.4}", timing.name, timing.secs)).collect();
        bytes(format!("{{\n{}\n}}\n", lines.join(",\n")).as_bytes())?;
    } else {
        bytes(format!("best of {RUNS} after a warm-up\n").as_bytes())?;
    }
    Ok(exit::DONE)
}
