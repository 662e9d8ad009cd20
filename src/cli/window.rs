//! `coldtrail [CASE or PATHS...]`: the window, or the summary where there is no display.

use super::{CliError, exit, info, output};
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) fn run(paths: &[PathBuf]) -> ExitCode {
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        return no_display(paths);
    }
    let is_case = |path: &&PathBuf| path.extension().is_some_and(|e| e == "coldtrail");
    let case = paths.iter().find(is_case).cloned();
    let import = paths.iter().filter(|p| !is_case(p)).cloned().collect();
    match crate::ui::run(crate::ui::Startup { case, import }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::tell(&format!("coldtrail: {error}"));
            ExitCode::from(exit::UNUSABLE)
        }
    }
}

fn no_display(paths: &[PathBuf]) -> ExitCode {
    output::tell("coldtrail: there is no display to open a window on; --help lists the subcommands that need none.");
    let Some(case) = paths.first() else { return ExitCode::from(exit::UNUSABLE) };
    match info::print_summary(case) {
        Ok(code) => ExitCode::from(code),
        Err(error) => failed(&error),
    }
}

fn failed(error: &CliError) -> ExitCode {
    output::tell(&format!("coldtrail: {error}"));
    ExitCode::from(error.exit_code())
}
