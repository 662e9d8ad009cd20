//! Arguments; opens the window or runs one subcommand; nothing else.

use coldtrail::app::Opening;
use coldtrail::{cli, ui};
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(cli::Arguments { command: Some(command), .. }) => cli::run(command),
        Ok(arguments) => window(&Opening::of(arguments.paths)),
        Err(code) => code,
    }
}

fn window(opening: &Opening) -> ExitCode {
    match ui::run(opening.clone()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => cli::without_window(&why, opening),
    }
}
