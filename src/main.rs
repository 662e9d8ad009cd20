//! Arguments; opens the window or runs one subcommand; nothing else.

use clap::Parser;
use coldtrail::app::Opening;
use coldtrail::{cli, ui};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match arguments.command {
        Some(command) => cli::run(command),
        None => window(&Opening::of(arguments.paths)),
    }
}

fn window(opening: &Opening) -> ExitCode {
    match ui::run(opening.clone()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => cli::without_window(&why, opening),
    }
}
