//! `coldtrail [CASE or PATHS...]`: the window, or the summary where there is no display.

use super::{CliError, exit, info};
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) fn run(paths: &[PathBuf]) -> ExitCode {
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        return no_display(paths);
    }
    ExitCode::from(exit::UNUSABLE)
}

fn no_display(paths: &[PathBuf]) -> ExitCode {
    eprintln!("coldtrail: there is no display to open a window on; --help lists the subcommands that need none.");
    let Some(case) = paths.first() else { return ExitCode::from(exit::UNUSABLE) };
    match info::print_summary(case) {
        Ok(code) => ExitCode::from(code),
        Err(error) => failed(&error),
    }
}

fn failed(error: &CliError) -> ExitCode {
    eprintln!("coldtrail: {error}");
    ExitCode::from(error.exit_code())
}
