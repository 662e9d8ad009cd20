//! Arguments; opens the window or runs one subcommand; nothing else.

use clap::Parser;
use coldtrail::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match arguments.command {
        Some(command) => cli::run(command),
        None => cli::window(&arguments.paths),
    }
}
