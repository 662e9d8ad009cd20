//! The command line: arguments, one file per subcommand, over the application layer. Results go to standard output,
//! progress and messages to standard error.

mod allow;
mod answer;
mod arguments;
mod bench;
mod compare;
mod conclusions;
mod custody;
mod error;
mod evidence;
mod exhibit;
pub(crate) mod exit;
mod export;
mod handover;
mod import;
mod index;
mod indicators;
mod info;
mod inventory;
mod journal;
mod label;
mod new;
mod opening;
mod output;
mod pairs;
mod query;
mod raw;
mod records;
mod report;
mod rescue;
mod row_format;
mod series;
mod sightings;
mod sigma;
mod sign;
mod sql;
mod stop;
mod timestamp;
mod top;
mod upgrade;
mod verify;
mod warnings;
mod window;
mod words;

use crate::app::Opening;
use crate::threads::caught;
use clap::{CommandFactory, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

pub use error::CliError;
pub use row_format::{RowFormat, RowStyle};
pub use words::parse;

#[derive(Debug, Parser)]
#[command(
    name = "coldtrail",
    version,
    about = "Offline evidence viewer for AWS VPC flow logs and CloudTrail",
    long_about = "Reads downloaded AWS VPC flow logs and CloudTrail files into a case file and shows them, with proof of where \
                  every row came from. Without a subcommand it opens the window.",
    after_help = "Example:\n  coldtrail new incident.coldtrail --examiner 'A. Mori'\n  coldtrail import incident.coldtrail downloads/\n  \
                  coldtrail flows incident.coldtrail --filter 'dstport = 22 and action = REJECT' --limit 20\n\n\
                  Exit codes:\n  0  done\n  1  done, with warnings about the evidence\n  2  wrong usage or a bad filter\n  \
                  3  the case or a file could not be used\n  4  a verification failed\n  5  stopped before the end by Ctrl+C, SIGTERM \
                  or SIGHUP; a second signal stops the program immediately",
    args_conflicts_with_subcommands = true
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// A case to open, or evidence to import into a new case
    #[arg(value_name = "CASE or PATHS")]
    pub paths: Vec<PathBuf>,
    /// Print results and errors only: no progress, messages or prompts
    #[arg(long, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    New(new::Arguments),
    Import(import::Arguments),
    Info(info::Arguments),
    Index(index::Arguments),
    #[command(subcommand)]
    Evidence(evidence::Command),
    Warnings(warnings::Arguments),
    Flows(records::Arguments),
    Events(records::EventArguments),
    Raw(raw::Arguments),
    Pairs(pairs::Arguments),
    Series(series::Arguments),
    Top(top::Arguments),
    Query(query::Arguments),
    #[command(subcommand)]
    Indicators(indicators::Command),
    Sightings(sightings::Arguments),
    #[command(subcommand)]
    Sigma(sigma::Command),
    #[command(subcommand)]
    Inventory(inventory::Command),
    #[command(subcommand)]
    Allow(allow::Command),
    Compare(compare::Arguments),
    #[command(subcommand)]
    Label(label::Command),
    Export(export::Arguments),
    Report(report::Arguments),
    Sign(sign::Arguments),
    #[command(subcommand)]
    Timestamp(timestamp::Command),
    #[command(subcommand)]
    Custody(custody::Command),
    #[command(subcommand)]
    Tag(conclusions::TagCommand),
    #[command(subcommand)]
    Note(conclusions::NoteCommand),
    #[command(subcommand)]
    Finding(conclusions::FindingCommand),
    #[command(subcommand)]
    Exhibit(exhibit::Command),
    Verify(verify::Arguments),
    Upgrade(upgrade::Arguments),
    Rescue(rescue::Arguments),
    Journal(journal::Arguments),
    Subset(handover::SubsetArguments),
    Discovery(handover::DiscoveryArguments),
    Bench(bench::Arguments),
    Sql(sql::Arguments),
    /// Prints the completion script of a shell
    #[command(
        after_help = "Example:\n  coldtrail completions bash > ~/.local/share/bash-completion/completions/coldtrail"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    #[command(after_help = "Example:\n  coldtrail man > coldtrail.1")]
    Man,
}

/// For when the window could not be opened: the reason, and the summary of the case that it would have shown.
pub fn without_window(why: &dyn std::error::Error, opening: &Opening) -> ExitCode {
    finish(window::run(why, opening))
}

/// Runs one subcommand; the error is printed here, once.
pub fn run(command: Command) -> ExitCode {
    finish(caught(|| answer(command)).unwrap_or_else(|panic| Err(panic.into())))
}

fn answer(command: Command) -> Result<u8, CliError> {
    match command {
        Command::New(arguments) => new::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Info(arguments) => info::run(&arguments),
        Command::Index(arguments) => index::run(&arguments),
        Command::Evidence(command) => evidence::run(&command),
        Command::Warnings(arguments) => warnings::run(&arguments),
        Command::Flows(arguments) => records::flows(&arguments),
        Command::Events(arguments) => records::events(&arguments),
        Command::Raw(arguments) => raw::run(&arguments),
        Command::Pairs(arguments) => pairs::run(&arguments),
        Command::Series(arguments) => series::run(&arguments),
        Command::Top(arguments) => top::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Indicators(command) => indicators::run(&command),
        Command::Sightings(arguments) => sightings::run(&arguments),
        Command::Sigma(command) => sigma::run(&command),
        Command::Inventory(command) => inventory::run(&command),
        Command::Allow(command) => allow::run(&command),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Label(command) => label::run(&command),
        Command::Export(arguments) => export::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Timestamp(command) => timestamp::run(&command),
        Command::Custody(command) => custody::run(&command),
        Command::Tag(command) => conclusions::tag(&command),
        Command::Note(command) => conclusions::note(&command),
        Command::Finding(command) => conclusions::finding(&command),
        Command::Exhibit(command) => exhibit::run(&command),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Upgrade(arguments) => upgrade::run(&arguments),
        Command::Rescue(arguments) => rescue::run(&arguments),
        Command::Subset(arguments) => handover::run_subset(&arguments),
        Command::Discovery(arguments) => handover::discovery(&arguments),
        Command::Journal(arguments) => journal::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Sql(arguments) => sql::run(&arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "coldtrail", &mut script);
            output::bytes(&script)
        }
        Command::Man => manual(),
    }
}

fn finish(done: Result<u8, CliError>) -> ExitCode {
    match done {
        Ok(code) => ExitCode::from(code),
        // Whoever read our output has seen enough (`| head`).
        Err(CliError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            output::fail(&format!("coldtrail: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}

fn manual() -> Result<u8, CliError> {
    let mut page = Vec::new();
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    pages(&command, &mut page)?;
    output::bytes(&page)
}

/// A page for the command and one for each command inside it.
fn pages(command: &clap::Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    let version = concat!("coldtrail ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command.clone()).source(version).render(out)?;
    command.get_subcommands().try_for_each(|inner| pages(inner, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command inside these, with the words that call it.
    fn leaves(command: &clap::Command, words: &[String]) -> Vec<(Vec<String>, clap::Command)> {
        if !command.has_subcommands() {
            return vec![(words.to_vec(), command.clone())];
        }
        let inside = command.get_subcommands().filter(|inner| inner.get_name() != "help");
        inside.flat_map(|inner| leaves(inner, &[words, &[inner.get_name().to_owned()]].concat())).collect()
    }

    #[test]
    fn every_command_takes_quiet() {
        let mut command = Arguments::command();
        command.build();
        let all = leaves(&command, &["coldtrail".to_owned()]);
        assert!(all.len() > 50, "{}", all.len());
        for (words, leaf) in all {
            assert!(leaf.get_arguments().any(|argument| argument.get_long() == Some("quiet")), "{words:?}");
            let with = [&words[..], &["--quiet".to_owned()]].concat();
            let Err(error) = Arguments::try_parse_from(&with) else { continue };
            assert_eq!(error.kind(), clap::error::ErrorKind::MissingRequiredArgument, "{words:?}: {error}");
        }
    }

    #[test]
    fn arguments_are_well_formed_and_every_subcommand_shows_an_example() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for subcommand in command.get_subcommands() {
            let leaves: Vec<&clap::Command> = match subcommand.has_subcommands() {
                true => subcommand.get_subcommands().collect(),
                false => vec![subcommand],
            };
            for leaf in leaves {
                let help = leaf.get_after_help().map(|h| h.to_string()).unwrap_or_default();
                assert!(help.contains("coldtrail "), "{} has no example", leaf.get_name());
                assert!(leaf.get_about().is_some(), "{} says nothing of itself", leaf.get_name());
                for argument in leaf.get_arguments() {
                    assert!(argument.get_help().is_some(), "{} {}", leaf.get_name(), argument.get_id());
                }
            }
        }
    }
}
